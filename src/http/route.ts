import type { Config } from '../config.ts'
import type { Arriving } from '../db/credential.ts'
import type { Database } from '../db/database.ts'
import type { Quotas } from '../db/quota.ts'
import type { Asking } from '../db/standing.ts'
import type { Stamp } from '../db/write.ts'
import type { Caller, Grant, Role } from '../domain/access.ts'
import type { Failure } from '../domain/failure.ts'
import type { Named } from './path.ts'
import type { Limited } from './rate-limit.ts'
import type * as z from './zod.ts'

/** What the routes are about, in the order of the document. */
export const tags = {
  Account: 'Who you are, and the tokens of your robots and jobs.',
  Namespaces: 'What a team, or a person, has: projects, members with roles, and quotas.',
  Projects: 'What belongs together: episodes, datasets and collections. A public one is read by everybody.',
  Episodes: 'A recording: a robot run, an experiment. What is inside of it are assets, in folders.',
  Assets:
    'Videos, audio, label and text tracks, images and other files: what they are called and say, and where their bytes are.',
  Uploads:
    'How bytes come in: a file is announced, sent to a signed URL, and completed. Its id is then the storage id of an asset.',
  Nodes: 'The tree of folders, episodes and assets in a project.',
  Datasets: 'What a training job takes: collections, and the manifest of all assets that they reach.',
  Collections: 'Ordered lists of episodes, folders and assets, by their ids.',
  Trash: 'What was deleted: it is restored, or purged.',
  Objects: 'The bytes themselves, by signed URLs, where there is no other store.',
  Service: 'What this server is, whether it can serve, and what explains it.',
  'Byte service': 'Uploads as older clients send them. Nothing new is to use it.',
} as const

type Tag = keyof typeof tags

/** What a route asks of D1 where it is not one round trip. */
type Trips = 'none' | 'each chunk' | { readonly most: 2; readonly because: string }

/** What a success looks like: `schema` null for one that is not JSON. */
export interface AnswerShape {
  readonly description: string
  readonly schema: z.ZodType | null
  /** Of an answer in lines, each of which is JSON by the schema; by default the whole answer is. */
  readonly isLines?: true
  /** The media types, beside JSON, that it has for who prefers them. */
  readonly media?: readonly string[]
  readonly example?: unknown
}

/** The answer to who has what it would be. */
export const UNCHANGED: AnswerShape = {
  description: 'It is as the `ETag` in `If-None-Match` says',
  schema: null,
}

/** A route as the wire sees it: what it takes, what it answers, and how it can fail. */
export interface Route<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject> {
  readonly operationId: string
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** What it takes of role and scopes; absent of what needs no token. */
  readonly grant?: Grant
  /** The role that it takes, where the grant does not say it; null for a route about the caller's own things. */
  readonly role?: Role | null
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
  /** Creates or adds, and does so once for a key that the client sends. */
  readonly isKeyed?: true
  /** Ends something that has no tag, and so fits no condition but any. */
  readonly isUntagged?: true
  /** Makes what is not there, and changes what is: a client may insist on either. */
  readonly isUpsert?: true
  /** Answers one resource, by its tag. */
  readonly isTagged?: true
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
export interface Incoming extends Named {
  readonly request: Request
  readonly url: URL
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
