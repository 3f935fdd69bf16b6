import { type Config, configOf } from '../config.ts'
import { judgeToken } from '../db/credential.ts'
import { Database } from '../db/database.ts'
import type { Asking } from '../db/standing.ts'
import type { Caller } from '../domain/access.ts'
import { Refusal } from '../domain/failure.ts'
import { mintId } from '../domain/id.ts'
import { log } from '../log.ts'
import { isUseDue, isUserDue } from './acquaintances.ts'
import { Admission, type Identify, isUnauthorized } from './admission.ts'
import { authenticate } from './authenticate.ts'
import { type RawBody, readBody } from './body.ts'
import { checkBookmark, isStrict, readerOf, readOpen } from './input.ts'
import { learnUser, noteUse } from './last-use.ts'
import { prefersLenient } from './prefer.ts'
import { statusOf } from './problem.ts'
import { assertStrangerWithinLimit } from './rate-limit.ts'
import type { AnyRoute, Call, Endpoint, Incoming, OpenCall, Route } from './route.ts'
import { arrivingOf, stampOf } from './stamp.ts'
import type * as z from './zod.ts'

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
      const admitted = await admit(incoming, identify)
      return judged(admitted, async () => {
        const isLenient = isStrict(route) && prefersLenient(incoming.request.headers)
        if (isLenient) incoming.forgiving()
        const input = readInput(incoming, admitted.raw, isLenient)
        return handle({ ...(await callOf(admitted, route)), ...input })
      })
    },
  }
}

/** A request that is let in, and says who asks; whether the token is still good may be for D1 to tell. */
interface Admitted {
  readonly incoming: Incoming
  readonly config: Config
  readonly admission: Admission
  readonly caller: Caller
  readonly asking: Asking
  readonly raw: RawBody
  readonly database: Database
}

/** Lets a request in, and tells who asks. Too large a body is refused before the credential is. */
async function admit(incoming: Incoming, identify: Identify): Promise<Admitted> {
  const config = configOf(incoming.env)
  const admission = await Admission.of(incoming, config)
  assertConfigured(config)
  const caller = await admission.identify(identify)
  const raw = await readBody(incoming.request)
  if (caller instanceof Refusal) throw caller
  const asking = askingOf(caller)
  const database = openDatabase(incoming, config, asking)
  return { incoming, config, admission, caller, asking, raw, database }
}

/** The answer, or the refusal: whichever it is, the admission learns what it tells of the token. */
async function judged(admitted: Admitted, answer: () => Promise<Response>): Promise<Response> {
  const { asking, admission, database } = admitted
  try {
    const answered = await answer()
    if (isJudged(asking, database)) accept(admitted, true)
    return answered
  } catch (error) {
    const refused = await judgedToo(error, asking, database)
    if (isUnauthorized(refused)) await admission.turnAway()
    else if (isRefusedByJudgement(refused) && isJudged(asking, database)) accept(admitted, false)
    throw refused
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

/** What the function of a protected route gets, but for its input. */
async function callOf(
  { incoming, config, caller, asking, raw, database }: Admitted,
  { isKeyed }: Pick<AnyRoute, 'isKeyed'>,
) {
  const now = asking.askedAt
  const mint = () => mintId(now)
  const stamp = await stampOf({ ...incoming, isKeyed: isKeyed === true }, asking, raw, now)
  const arriving = arrivingOf(caller, asking, stamp, mint)
  const quotas = { rowsQuota: config.quotas.rows, bytesQuota: config.quotas.bytes }
  return { ...incoming, config, now, caller, asking, arriving, stamp, quotas, mint, database }
}

/** After the answer it is noted that an API token was of use, and learnt whose it is. */
function accept({ incoming: { env, later }, asking, admission }: Admitted, isOfUse: boolean): void {
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
