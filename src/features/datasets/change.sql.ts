import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { assertPermitted, ifGranted, refusal, VERDICT } from '../../db/guard.ts'
import type { Row } from '../../db/plan.ts'
import type { Arguments } from '../../db/sql.ts'
import { changedByThisRequest, type Recorded, type Stamp } from '../../db/write.ts'

/** How many a request has added, or removed, and how many there are now. */
export interface Change {
  readonly count: number
  readonly total: number
}

/**
 * Holds where this request has changed the `target` before, nobody else since, and nothing is left to be done: `rows` is the
 * table of what is still to be added or removed.
 */
export const isDone = (
  a: Arguments<Stamp>,
  table: Recorded,
  rows: SQL,
): SQL => sql`not exists (select 1 from ${rows})
  and exists (select 1 from target cross join ${table} on ${table.id} = target.id
    where ${changedByThisRequest(table, a)})`

/**
 * The condition of the note that is made before `rows` are added or removed: while some of them are still to be, the
 * request is not done. One that found nothing to do changes nothing.
 */
export const isToChange = (table: Recorded, rows: SQL): SQL =>
  sql`${table.id} = (select target.id from permit cross join target) and exists (select 1 from ${rows})`

/** What became of it: `count` is the column with the note. */
export const changeOf = (
  a: Arguments<Stamp>,
  table: Recorded,
  count: SQLiteColumn,
  total: SQLiteColumn,
): SQL =>
  sql`select ${refusal}, iif(${changedByThisRequest(table, a)}, ${count}, 0) as count, ${total} as total
    from ${VERDICT} left join ${table} on ${table.id} = ${ifGranted(sql`(select id from target)`)}`

export function readChange([row]: readonly Row[]): Change {
  const { count, total } = assertPermitted(row)
  return { count: count as number, total: total as number }
}
