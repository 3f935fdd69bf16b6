import type { z } from 'zod'
import { type Config, configOf } from '../config.ts'
import { Database } from '../db/database.ts'
import type { Quotas } from '../db/quota.ts'
import type { Asking } from '../db/scope.ts'
import { type Arriving, judgeToken } from '../db/users.ts'
import type { Stamp } from '../db/write.ts'
import type { Caller } from '../domain/access.ts'
import { type Failure, Refusal } from '../domain/failure.ts'
import { mintId } from '../domain/id.ts'
import { log } from '../log.ts'
import { isUseDue, isUserDue } from './acquaintances.ts'
import { Admission, type Identify, isUnauthorized } from './admission.ts'
import { authenticate } from './authenticate.ts'
import { type RawBody, readBody } from './body.ts'
import { statusOf } from './errors.ts'
import { checkBookmark, isStrict, readerOf, readOpen } from './input.ts'
import { learnUser, noteUse } from './lastuse.ts'
import { prefersLenient } from './prefer.ts'
import { assertStrangerWithinLimit, type Limited } from './ratelimit.ts'
import { arrivingOf, stampOf } from './stamp.ts'

type Tag =
  | 'Service'
  | 'Account'
  | 'Namespaces'
  | 'Projects'
  | 'Episodes'
  | 'Assets'
  | 'Datasets'
  | 'Collections'
  | 'Nodes'
  | 'Trash'
  | 'Uploads'
  | 'Byte service'
  | 'Objects'

/** What a route asks of D1 where it is not one round trip. */
type Trips = 'none' | 'each chunk' | { readonly most: 2; readonly because: string }

/** What a success looks like: `schema` null for one that is not JSON. */
export interface AnswerShape {
  readonly description: string
  readonly schema: z.ZodType | null
  readonly example?: unknown
}

/** A route as the wire sees it: what it takes, what it answers, and how it can fail. */
export interface Route<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject> {
  readonly operationId: string
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** With parameters in braces, as OpenAPI writes them. */
  readonly path: string
  readonly tag: Tag
  readonly summary: string
  readonly description?: string
  readonly params: P
  readonly query: Q
  readonly body?: B
  readonly bodyExample?: unknown
  /** Fields that answers show and that are set by another way, and by which. */
  readonly elsewhere?: Readonly<Record<string, string>>
  readonly answers: Readonly<Record<number, AnswerShape>>
  /** The failures that are the route's own; those of its kind are added by `failuresOf`. */
  readonly failures: readonly Failure[]
  /** Round trips to D1 where it is not one: none, one for each chunk of a streamed answer, or two and why. */
  readonly trips?: Trips
  /** Needs no token. */
  readonly open?: boolean
  /** What it does not know is passed over. */
  readonly isTolerant?: boolean
  /** Of an open route: counts as a stranger's request. */
  readonly limited?: boolean
}

export type AnyRoute = Route<z.ZodObject, z.ZodObject, z.ZodObject>

/** A request, as the middleware hands it on. */
interface Incoming {
  readonly request: Request
  readonly url: URL
  readonly params: Readonly<Record<string, string>>
  readonly env: Env
  readonly requestId: string
  /** Whether the client chose the request id, and so can send the same request again. */
  readonly isRepeatable: boolean
  /** Takes note of the database of this request, for the headers of the answer. */
  readonly opened: (database: Database) => void
  /** Takes note of the limit that applied, for the same. */
  readonly limited: (limited: Limited) => void
  /** Takes note that what is not known is forgiven, as the client prefers. */
  readonly forgiving: () => void
  /** Goes on with something after the answer. */
  readonly later: (work: () => Promise<void>) => void
}

/** A route with its function. */
export interface Endpoint {
  readonly route: AnyRoute
  readonly respond: (incoming: Incoming) => Promise<Response>
}

/** What the function of an open route gets. */
export interface OpenCall<P extends z.ZodObject, Q extends z.ZodObject> {
  readonly request: Request
  readonly url: URL
  readonly env: Env
  readonly config: Config
  readonly params: z.output<P>
  readonly query: z.output<Q>
  /** Epoch milliseconds. */
  readonly now: number
  readonly requestId: string
  readonly opened: (database: Database) => void
  readonly limited: (limited: Limited) => void
}

/** What the function of a protected route gets. */
export interface Call<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject>
  extends OpenCall<P, Q> {
  readonly body: z.output<B>
  readonly caller: Caller
  readonly asking: Asking
  /** What the token says of its user, for the user who is not known yet. */
  readonly arriving: Arriving
  readonly stamp: Stamp
  /** For what adds to a namespace. */
  readonly quotas: Quotas
  readonly mint: () => string
  readonly database: Database
  /** Goes on with something after the answer. */
  readonly later: (work: () => Promise<void>) => void
}

/** An endpoint that anybody may ask. */
export function openEndpoint<P extends z.ZodObject, Q extends z.ZodObject>(
  route: Route<P, Q, z.ZodObject>,
  handle: (call: OpenCall<P, Q>) => Promise<Response> | Response,
): Endpoint {
  return {
    route: { ...route, open: true },
    respond: async (incoming) => {
      const config = configOf(incoming.env)
      if (route.limited) await assertStrangerWithinLimit(incoming, config)
      return handle({ ...incoming, config, now: Date.now(), ...readOpen(route, incoming) })
    },
  }
}

/** An endpoint that needs a verified caller. */
export function endpoint<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject>(
  route: Route<P, Q, B>,
  handle: (call: Call<P, Q, B>) => Promise<Response>,
  identify: Identify = authenticate,
): Endpoint {
  const readInput = readerOf(route)
  return {
    route,
    respond: async (incoming) => {
      const config = configOf(incoming.env)
      const admission = await Admission.of(incoming, config)
      assertConfigured(config)
      const caller = await admission.identify(identify)
      const raw = await readBody(incoming.request)
      if (caller instanceof Refusal) throw caller
      const asking = askingOf(caller)
      const database = openDatabase(incoming, config, asking)
      try {
        const isLenient = isStrict(route) && prefersLenient(incoming.request.headers)
        if (isLenient) incoming.forgiving()
        const input = readInput(incoming, raw, isLenient)
        const call = await callOf(incoming, config, caller, asking, raw)
        const answer = await handle({ ...call, ...input, database })
        if (isJudged(asking, database)) accept(incoming, asking, admission, true)
        return answer
      } catch (error) {
        const refused = await judgedToo(error, asking, database)
        if (isUnauthorized(refused)) await admission.turnAway()
        else if (isRefusedByJudgement(refused) && isJudged(asking, database))
          accept(incoming, asking, admission, false)
        throw refused
      }
    },
  }
}

const askingOf = ({ issuer, sub, jti, tokenHash }: Caller): Asking => ({
  issuer,
  sub,
  jti,
  tokenHash,
  askedAt: Date.now(),
})

/** Whether D1 alone knows if the token is still good. */
const isJudgedInD1 = ({ jti, tokenHash }: Asking): boolean => jti !== null || tokenHash !== null

/** Whether nobody has to be asked any more if the token is good. */
const isJudged = (asking: Asking, { usage }: Database): boolean => !isJudgedInD1(asking) || usage.trips > 0

/** What failed on our side tells nothing of the token. */
const isRefusedByJudgement = (error: unknown): boolean =>
  error instanceof Refusal && statusOf[error.failure] < 500

/** What is refused before D1 was asked, is refused after it where nobody else knows if the token is good. */
async function judgedToo(error: unknown, asking: Asking, database: Database): Promise<unknown> {
  if (!(error instanceof Refusal) || isJudged(asking, database)) return error
  return database.run(judgeToken(asking)).then(
    () => error,
    (refused: unknown) => refused,
  )
}

function openDatabase({ request, env, opened }: Incoming, config: Config, asking: Asking): Database {
  const bookmark = checkBookmark(request)
  const seen = ('value' in bookmark ? bookmark.value : null) ?? 'first-unconstrained'
  const database = new Database(env.DB, isJudgedInD1(asking) && !config.replicaReads ? 'first-primary' : seen)
  opened(database)
  return database
}

/** What the function of a protected route gets, but for its input and the database. */
async function callOf(incoming: Incoming, config: Config, caller: Caller, asking: Asking, raw: RawBody) {
  const now = asking.askedAt
  const mint = () => mintId(now)
  const stamp = await stampOf(incoming, asking, raw.bytes, now)
  const arriving = arrivingOf(caller, asking, stamp, mint)
  const quotas = { rowsQuota: config.quotas.rows, bytesQuota: config.quotas.bytes }
  return { ...incoming, config, now, caller, asking, arriving, stamp, quotas, mint }
}

/** After the answer it is noted that an API token was of use, and learnt whose it is. */
function accept({ env, later }: Incoming, asking: Asking, admission: Admission, isOfUse: boolean): void {
  admission.accept()
  const { credential } = admission
  if (asking.tokenHash === null) return
  if (isOfUse && isUseDue(credential, asking.askedAt)) later(() => noteUse(env, asking, credential))
  else if (isUserDue(credential, asking.askedAt)) later(() => learnUser(env, asking, credential))
}

const complained = new WeakSet<Config>()

/** Nothing protected is served under an unsafe configuration; the log names the variables, once an isolate. */
function assertConfigured(config: Config): void {
  if (config.faults.length === 0) return
  if (!complained.has(config)) log('error', 'the configuration is unsafe', { faults: config.faults })
  complained.add(config)
  throw new Refusal('not_configured')
}

/** A resource as it is, with the status that says whether this request made it. */
export const jsonAnswer = (body: string, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(body, { status, headers: { 'Content-Type': 'application/json', ...headers } })
