import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { ADMITTED, assertPermitted, ifGranted, refusal, VERDICT } from './guard.ts'
import { object } from './json.ts'
import type { Row } from './plan.ts'
import type { Arguments } from './sql.ts'
import { isBlind } from './standing.ts'

/** When a request writes, and how its rows remember it. */
export interface Stamp {
  /** Epoch milliseconds. */
  readonly now: number
  /** Names this request. The same request, sent again under the same request id, has the same mark. */
  readonly mark: string
  /** The mark where the client chose the request id, and so can send the request again; else null. */
  readonly repeatable: string | null
}

/** A resource as JSON, with what the answer's status and headers are made of. */
export interface Resource {
  readonly body: string
  readonly version: number
  /** Whether this request made it. */
  readonly created: boolean
}

/** A table whose rows remember the requests that changed them. */
export type Recorded = SQLiteTable &
  Record<
    'id' | 'createdRequest' | 'updatedRequest' | 'renamedRequest' | 'updatedAt' | 'version',
    SQLiteColumn
  >

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

/** What became of a write: the refusal, or the row with `id`, from after the write. */
export const outcomeOf = (table: Recorded, body: SQL, id: SQL, created: SQL): SQL =>
  sql`select ${refusal}, ${table.version} as version, ${created} as created, ${body} as body
    from ${VERDICT} left join ${table} on ${table.id} = ${ifGranted(id)}`

export function readResource([row]: readonly Row[]): Resource {
  const { body, version, created } = assertPermitted(row)
  return { body: body as string, version: version as number, created: created === 1 }
}
