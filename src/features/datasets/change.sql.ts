import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { object } from '../../db/json.ts'
import type { Arguments } from '../../db/sql.ts'
import { changedByThisRequest, outcomeOf, type Recorded, type Stamp } from '../../db/write.ts'

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

/**
 * What became of it: how many it has added, or removed (`count` is the column with the note), and how many there are now;
 * and `more`, which the request knows.
 */
export const changeOf = (
  a: Arguments<Stamp>,
  table: Recorded,
  [verb, count]: readonly ['added' | 'removed', SQLiteColumn],
  total: SQLiteColumn,
  more: Readonly<Record<string, SQLWrapper>> = {},
): SQL =>
  outcomeOf(
    table,
    object({ [verb]: sql`iif(${changedByThisRequest(table, a)}, ${count}, 0)`, total, ...more }),
    sql`(select id from target)`,
  )
