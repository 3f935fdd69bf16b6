import { type SQL, sql } from 'drizzle-orm'
import { invalid } from '../domain/failure.ts'
import { assertPermitted, ifGranted, refusal, VERDICT } from './guard.ts'
import { type Plan, type Row, statement } from './plan.ts'
import type { Arguments } from './sql.ts'
import { consulting, type NamedGuard } from './statements.ts'

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

/** What a list is made of. */
interface Listed {
  /** How many there are. */
  readonly count: SQL
  /** Selects `id` and `body`, from what `permit` lets through, the newest first, as many as `limit` says. */
  readonly rows: (limit: SQL) => SQL
  /** Whether the count may be told; by default it may. */
  readonly isCounted?: SQL
}

/**
 * The plan of a whole list, one statement: a first row of facts (what the guard found, and how many there are), then a
 * row for each resource.
 */
export function listPlan<A extends object>(
  by: NamedGuard<A>,
  name: string,
  listed: (a: Arguments<A & Window>) => Listed,
): (ref: A, window: Window) => Plan<Page> {
  const list = consulting<A, A & Window>(by, name, (a) => {
    const { count, rows, isCounted = sql`true` } = listed(a)
    return sql`select ${refusal}, ${ifGranted(count)} as count, ${isCounted} as is_counted, null as id, null as body
        from ${VERDICT}
      union all
      select null, null, null, id, body from (${rows(within(a, sql`(select ${count} from permit as standing)`))})`
  })
  return (ref, window) => statement(list, { ...ref, ...window }, (rows) => readPage(rows, window))
}

function readPage(rows: readonly Row[], window: Window): Page {
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
