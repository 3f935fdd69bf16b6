import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { MOST_BYTES_OF_METADATA } from '../domain/text.ts'
import { ADMITTED, assertPermitted, ifGranted, type Refusing, refusal, VERDICT } from './guard.ts'
import { object } from './json.ts'
import type { Row } from './plan.ts'
import { type Arguments, bytesOf } from './sql.ts'
import { isBlind } from './standing.ts'

/** When a request writes, and how its rows remember it. */
export interface Stamp {
  /** Epoch milliseconds. */
  readonly now: number
  /** Names this request. The same request, sent again under the same request id, has the same mark. */
  readonly mark: string
  /** The mark where the client chose the request id, and so can send the request again; else null. */
  readonly repeatable: string | null
  /** Names the key under which the client sends it, if it does: the same for all requests of the caller to the same path. */
  readonly keyId: string | null
  /** What else the client sends under the key: another fingerprint is another request. */
  readonly fingerprint: string | null
  /** Names this sending of the request. */
  readonly attempt: string
  /** What the thing must be as yet, `<id>-<version>`: one of these, or any that is there. Null where the client does not say. */
  readonly expected: readonly string[] | typeof ANY_TAG | null
  /** Whether there must be none yet. */
  readonly mustBeNew: boolean
  /** Whether metadata that is given is merged with what is there (RFC 7396); else it takes its place. */
  readonly isMerging: boolean
}

/** Expected of a thing that may be whatever it is, where there is one. */
export const ANY_TAG = '*'

/** A resource as JSON, with what the answer's status and headers are made of. */
export interface Resource {
  readonly id: string
  /** How often its own row has changed. */
  readonly version: number
  readonly body: string
  /** Whether this request made it. */
  readonly created: boolean
  /** Whether it is told again what it was told when it was sent before. */
  readonly isReplayed: boolean
}

/** A table whose rows say how often each has changed. */
export type Versioned = SQLiteTable & Record<'id' | 'version', SQLiteColumn>

/** A table whose rows remember the requests that changed them. */
export type Recorded = Versioned &
  Record<'createdRequest' | 'updatedRequest' | 'renamedRequest' | 'updatedAt', SQLiteColumn>

/** What a new row says of its making; selected from `permit`. */
export const stamped = (a: Arguments<Stamp>) => ({
  createdAt: sql`${a.now}`,
  updatedAt: sql`${a.now}`,
  createdBy: sql`permit.user_id`,
  createdByToken: sql`permit.token_id`,
  createdRequest: sql`${a.repeatable}`,
  updatedRequest: sql`${a.mark}`,
})

/** What a changed row says of its change. */
export const touched = (table: Recorded, a: Arguments<Stamp>) => ({
  updatedAt: sql`${a.now}`,
  updatedRequest: sql`${a.mark}`,
  version: sql`${table.version} + 1`,
})

/**
 * Holds for a row whose last change is this request's, now or when it was sent before. Another change since makes
 * the request a new one: what somebody else wrote meanwhile is not taken for one's own.
 */
export const changedByThisRequest = (table: Recorded, a: Arguments<Pick<Stamp, 'mark'>>): SQL =>
  sql`${table.updatedRequest} = ${a.mark}`

/** Remembers a renaming, whatever else is changed later: `name` is the column, `next` its value if it is given. */
export const renaming = (table: Recorded, a: Arguments<Stamp>, name: SQLiteColumn, next: SQL) => ({
  renamedRequest: sql`case when ${next} <> ${name} then ${a.mark} else ${table.renamedRequest} end`,
})

/**
 * The id of the row that a change addresses: the one of that name, and where there is none, the one that this very
 * request has renamed when it was sent before.
 */
export const addressed = (
  table: Recorded,
  a: Arguments<Pick<Stamp, 'mark'>>,
  named: SQL,
  renamed: SQL,
): SQL =>
  sql`ifnull((select ${table.id} from ${table} where ${named}),
    (select ${table.id} from ${table} where ${renamed} and ${table.renamedRequest} = ${a.mark}))`

/** Holds for a row that this request has renamed before, away from the name by which the request addresses it. */
export const renamedByThisRequest = (
  table: Recorded,
  a: Arguments<Pick<Stamp, 'mark'>>,
  name: SQLiteColumn,
  address: SQL,
): SQL => sql`${name} <> ${address} and ${table.renamedRequest} = ${a.mark}`

/**
 * `earlier`, at most one row: what a creation meets. First of all the row with the very id that this request gives,
 * whatever has become of it since: then a batch whose answer was lost is run again. Else the row that holds the
 * name, by `found`, which this request has made (`is_made`) if it was sent before under the same request id.
 */
export const meets = (
  table: Recorded,
  a: Arguments<Pick<Stamp, 'repeatable'> & { readonly id: string }>,
  found: SQL,
): SQL => sql`earlier as materialized (
  select ${table.id} as id, 1 as is_made from ${ADMITTED} cross join ${table} where ${table.id} = ${a.id}
  union all
  select ${table.id}, ${table.createdRequest} = ${a.repeatable} from ${ADMITTED} cross join ${table} where ${found}
  limit 1)`

/**
 * The 412 of a change of a thing that is not, or no longer, what the client has read. What this very request has changed
 * is still as expected: a batch judges it before each of its commands, and may be run again.
 */
export const unexpected = (
  a: Arguments<Pick<Stamp, 'expected' | 'mark'>>,
  table: Versioned & Partial<Pick<Recorded, 'updatedRequest'>>,
  id: SQL,
): Refusing => {
  const isOwn = table.updatedRequest ? sql`${table.updatedRequest} = ${a.mark} or ` : sql``
  return [
    'precondition_failed',
    sql`${a.expected} is not null and not exists (select 1 from ${table} where ${table.id} = ${id} and (${isOwn}
      ${a.expected} = ${sql.raw(`'${ANY_TAG}'`)}
      or ${table.id} || '-' || ${table.version} in (select tag.value from ${a.expected.each} as tag)))`,
  ]
}

/** The same of a thing that has no versions: whatever the client has read of it, it was no tag. */
export const untagged = (a: Arguments<Pick<Stamp, 'expected'>>, isThere = sql`true`): Refusing => [
  'precondition_failed',
  sql`${a.expected} is not null and not (${a.expected} = ${sql.raw(`'${ANY_TAG}'`)} and ${isThere})`,
]

/** The 412 of making what is there, where that is not for this very request to do again. */
export const isThereAlready = (a: Arguments<Pick<Stamp, 'mustBeNew'>>, id: SQL): Refusing => [
  'precondition_failed',
  sql`${a.mustBeNew} and ${id} is not null`,
]

/** A table whose rows have metadata. */
type Described = Versioned & Record<'metadata', SQLiteColumn>

type Merging = Arguments<Pick<Stamp, 'isMerging'> & Pick<Fields, 'metadata'>>

const merged = (a: Merging, { metadata }: Described): SQL =>
  sql`json_patch(ifnull(${metadata}, '{}'), ${a.metadata})`

/** What a changed row says of its metadata. */
export const mergingMetadata = (table: Described, a: Merging) => ({
  metadata: sql`case when not ${a.metadata.given} then ${table.metadata}
    when ${a.isMerging} and ${a.metadata} is not null then ${merged(a, table)} else ${a.metadata} end`,
})

const MOST_BYTES = sql.raw(String(MOST_BYTES_OF_METADATA))

/**
 * SQLite merges by comparing each member that is given with all that are there. Names without escapes are compared at
 * once, others letter by letter: then each letter counts for as much as a member.
 */
const MOST_COMPARED = sql.raw('1000000')

/** The 400 of metadata that cannot be merged, as the row with `id` would be. */
export const unmergeable = (a: Merging, table: Described, id: SQL): readonly Refusing[] => {
  const isOf = (condition: SQL): SQL => sql`${a.isMerging} and ${a.metadata} is not null and exists (
    select 1 from ${table} where ${table.id} = ${id} and ${condition})`
  const membersOf = (json: SQLWrapper): SQL =>
    sql`(select count(*) from json_tree(${json}) as member where typeof(member.key) = 'text')`
  const present = sql`ifnull(${table.metadata}, '{}')`
  const bytes = sql`(${bytesOf(present)} + ${bytesOf(a.metadata)})`
  const isEscaped = sql`instr(${a.metadata} || ${present}, '\\') > 0`
  const compared = sql`${membersOf(a.metadata)}
    * iif(${isEscaped}, ${bytes}, ${membersOf(a.metadata)} + ${membersOf(present)})`
  return [
    ['metadata_entangled', isOf(sql`${compared} > ${MOST_COMPARED}`)],
    // What is small enough together is so when it is merged.
    [
      'metadata_too_large',
      isOf(sql`${bytes} > ${MOST_BYTES} and ${bytesOf(merged(a, table))} > ${MOST_BYTES}`),
    ],
  ]
}

/** What a request gives of the fields that most resources have. Absent fields are left alone. */
export interface Fields {
  readonly description?: string | null
  /** JSON. */
  readonly tags?: string
  /** JSON. */
  readonly metadata?: string | null
}

/** The names of those fields. */
export const described = ['description', 'tags', 'metadata'] as const

/** What a new row says of them. */
export const describing = (a: Arguments<Fields>) => ({
  description: a.description,
  tags: sql`ifnull(${a.tags}, '[]')`,
  metadata: a.metadata,
})

/** What a token without the right to read is answered in place of a resource. */
export const bare = (row: { readonly id: SQLWrapper; readonly name: SQLWrapper }): SQL =>
  object({ id: row.id, name: row.name })

/** A resource, or as much of it as the token may see. */
export const shown = (resource: SQL, row: { readonly id: SQLWrapper; readonly name: SQLWrapper }): SQL =>
  sql`iif(${isBlind}, ${bare(row)}, ${resource})`

export const NOT_CREATED = sql`0`

/** What became of a request about one row: the refusal, or the row with `id`, from after the write. */
export const outcomeOf = (table: Versioned, body: SQL, id: SQL, created = NOT_CREATED): SQL =>
  sql`select ${refusal}, ${table.id} as id, ${table.version} as version, ${created} as created, ${body} as body
    from ${VERDICT} left join ${table} on ${table.id} = ${ifGranted(id)}`

export function readResource([row]: readonly Row[]): Resource {
  const { id, version, created, body, is_replayed } = assertPermitted(row)
  return {
    id: id as string,
    version: version as number,
    created: created === 1,
    body: body as string,
    isReplayed: is_replayed === 1,
  }
}
