import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'

/**
 * The wire's JSON of a resource is described once, here in SQL, and passed through (docs/decisions/0002-json-in-sql.md).
 * One row carries one resource, never a whole page: D1 refuses strings over 2 MB.
 */
type Fields = Readonly<Record<string, SQLWrapper>>

/** D1 takes 32 arguments a function; workerd takes 127 and would let a longer one pass every test. */
const MOST_FIELDS = 16

export function object(fields: Fields): SQL {
  const entries = Object.entries(fields)
  if (entries.length > MOST_FIELDS) throw new Error(`json_object takes ${MOST_FIELDS} fields at most.`)
  return sql`json_object(${sql.join(
    entries.map(([key, value]) => sql`${sql.raw(`'${key}'`)}, ${value}`),
    sql.raw(', '),
  )})`
}

/** A column that holds JSON text. */
export const json = (column: SQLWrapper): SQL => sql`json(${column})`

/** A column that holds 0 or 1; null stays null. */
export const boolean = (column: SQLWrapper): SQL =>
  sql`json(case ${column} when 0 then 'false' when 1 then 'true' end)`

/** A column of epoch milliseconds as ISO 8601 UTC with milliseconds; null stays null. */
export const iso = (column: SQLWrapper): SQL =>
  sql`strftime('%Y-%m-%dT%H:%M:%fZ', ${column} / 1000.0, 'unixepoch')`
