import { type SQL, sql } from 'drizzle-orm'
import { type Grant, grants } from '../domain/access.ts'
import { type Failure, Refusal } from '../domain/failure.ts'
import type { Row } from './plan.ts'

/** A failure and the condition under which it is the answer. A condition that is null does not hold. */
export type Refusing = readonly [Failure, SQL]

/**
 * All that can refuse a request, said once: every statement that writes carries it as its condition, and the
 * statement that reads the outcome carries it as a column. The parts are judged in the order of the fields.
 */
export interface Guard {
  /**
   * The common table expressions that the conditions speak of. The first is `scope`, always one row, with `credential`,
   * the 401 of a token that is known only here, `scopes` and `access`.
   */
  readonly tables: SQL
  /** 404 of the namespace and the project. */
  readonly place: readonly Refusing[]
  /** Holds when this very request has succeeded before. Judged with the right to do it again. */
  readonly done?: SQL
  /** 404 and 410 of the thing itself. */
  readonly thing?: readonly Refusing[]
  /** 403: what `scope.access` must be at least, and what `scope.scopes` must have. */
  readonly grant?: Grant
  /** 403, 412, 409, 422 by what the thing and its neighbours are. */
  readonly state?: readonly Refusing[]
}

/** `done`, or the failure that refuses the request, or null: go ahead. */
function outcome({ place, done, thing = [], grant, state = [] }: Guard): SQL {
  const refusing = (list: readonly Refusing[]) =>
    list.map(([failure, condition]) => sql`when ${condition} then ${sql.raw(`'${failure}'`)}`)
  const [lacksScope, lacksRank] = grant ? lacking(grant) : []
  const cases = [
    sql`when scope.credential is not null then scope.credential`,
    ...refusing(place),
    // A token that may not look learns nothing of the thing.
    ...(lacksScope ? refusing([['forbidden', lacksScope]]) : []),
    ...(done ? [sql`when (${done})${lacksRank ? sql` and not (${lacksRank})` : sql``} then 'done'`] : []),
    ...refusing(thing),
    ...(lacksRank ? refusing([['forbidden', lacksRank]]) : []),
    ...refusing(state),
  ]
  return sql`case ${sql.join(cases, sql.raw(' '))} end`
}

/** Hold where the token, and where the caller's role, does not suffice. */
const lacking = (grant: Grant): readonly [SQL, SQL] => {
  const { rank, scopes } = grants[grant]
  return [sql`scope.scopes & ${sql.raw(String(scopes))} = 0`, sql`scope.access < ${sql.raw(String(rank))}`]
}

/**
 * `with ..., permit as (...)`: `permit` is the row of `scope` when the guard lets the request pass and it has
 * not been done yet, else no row.
 */
export const permitted = (guard: Guard): SQL =>
  sql`with ${guard.tables}, permit as materialized (select * from scope where (${outcome(guard)}) is null)`

/** `with ...` for the statement that reads the outcome. */
export const judged = (guard: Guard): SQL => sql`with ${guard.tables}`

/** The column `refusal`, to be selected from `scope`: the failure that refused the request, or null. */
export const refusal = (guard: Guard): SQL => sql`nullif(${outcome(guard)}, 'done') as refusal`

/** The statement that tells nothing but whether the request was refused. */
export const verdictOf = (guard: Guard): SQL => sql`${judged(guard)} select ${refusal(guard)} from scope`

/** Throws the refusal that the statement tells. */
export const readVerdict = (rows: readonly Row[]): void => void assertPermitted(rows[0])

/** The row of an outcome; throws the refusal that it tells. */
export function assertPermitted(row: Row | undefined): Row {
  if (!row) throw new Error('The statement that reads the outcome has no row.')
  if (row.refusal !== null) throw new Refusal(row.refusal as Failure)
  return row
}
