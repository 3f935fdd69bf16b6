import { type SQL, sql } from 'drizzle-orm'
import { invalid } from '../domain/failure.ts'
import { assertPermitted, consulted, type Guard, ifGranted, refusal, VERDICT } from './guard.ts'
import type { Row } from './plan.ts'
import type { Arguments } from './sql.ts'

/** What part of a list is asked for: the rows after `before` in the order of falling ids, or from `offset` on. */
export interface Window {
  /** The id that the page before ended with; `END` for the newest rows. */
  readonly before: string
  readonly offset: number
  /** Rows wanted. */
  readonly limit: number
}

/** Sorts after every id. */
export const END = 'g'

/** The deepest offset that is read row by row. Deeper pages are reached by cursor, at the cost of the first. */
export const DEEPEST_OFFSET = 100_000

/** A page of resources as JSON texts, newest first. */
export interface Page {
  readonly items: readonly string[]
  /** Exact; null where it is not counted. */
  readonly total: number | null
  /** The id to go on before; null at the end. */
  readonly next: string | null
}

/**
 * `limit` and `offset` of a page. One row more is read than asked for, to know whether there is a next page;
 * past the end nothing is read, however far it is.
 */
export const within = (a: Arguments<Window>, count: SQL): SQL =>
  sql`limit iif(${a.offset} > 0 and (${a.offset} >= ${count} or ${a.offset} > ${sql.raw(String(DEEPEST_OFFSET))}),
    0, ${a.limit} + 1) offset ${a.offset}`

/**
 * One statement for a whole list: a first row of facts (what the guard found, and how many there are), then a row
 * for each resource. `rows` selects `id` and `body`, from what `permit` lets through. `isCounted` says whether the
 * count may be told.
 */
export const listing = (
  guard: Guard,
  count: SQL,
  rows: SQL,
  isCounted: SQL = sql`true`,
): SQL => sql`${consulted(guard)}
  select ${refusal}, ${ifGranted(count)} as count, ${isCounted} as is_counted, null as id, null as body
    from ${VERDICT}
  union all
  select null, null, null, id, body from (${rows})`

export function readPage(rows: readonly Row[], window: Window): Page {
  const facts = assertPermitted(rows[0])
  const count = facts.count as number
  if (window.offset > DEEPEST_OFFSET && window.offset < count) {
    throw invalid('cursor', `is needed beyond the first ${DEEPEST_OFFSET} rows: go on by nextCursor`)
  }
  const found = rows.slice(1)
  const shown = found.slice(0, window.limit)
  return {
    items: shown.map((row) => row.body as string),
    total: facts.is_counted === 1 ? count : null,
    next: found.length > shown.length ? (shown.at(-1)?.id as string) : null,
  }
}
