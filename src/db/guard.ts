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
   * The table `scope`, always one row: who asks and where, with `credential`, the 401 of a token that is known only
   * here, `scopes` and `access`.
   */
  readonly scope: SQL
  /** The tables that the conditions from `done` on speak of. They have rows by `admitted`, and by nothing beside it. */
  readonly tables: readonly SQL[]
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

const refusing = (list: readonly Refusing[]): SQL[] =>
  list.map(([failure, condition]) => sql`when ${condition} then ${sql.raw(`'${failure}'`)}`)

const caseOf = (cases: readonly SQL[]): SQL => sql`case ${sql.join([...cases], sql.raw(' '))} end`

/** Hold where the token, and where the caller's role, does not suffice. */
const lacking = (grant: Grant): readonly [SQL, SQL] => {
  const { rank, scopes } = grants[grant]
  return [sql`scope.scopes & ${sql.raw(String(scopes))} = 0`, sql`scope.access < ${sql.raw(String(rank))}`]
}

/** What is told of who asks and where alone: a token that may not look learns nothing of the thing. */
function authority({ place, grant }: Guard): SQL[] {
  const [lacksScope] = grant ? lacking(grant) : []
  return [
    sql`when scope.credential is not null then scope.credential`,
    ...refusing(place),
    ...(lacksScope ? refusing([['forbidden', lacksScope]]) : []),
  ]
}

/** `done`, or the failure that refuses the request, or null: go ahead. */
function outcome(guard: Guard): SQL {
  const { done, thing = [], grant, state = [] } = guard
  const [, lacksRank] = grant ? lacking(grant) : []
  return caseOf([
    ...authority(guard),
    ...(done ? [sql`when (${done})${lacksRank ? sql` and not (${lacksRank})` : sql``} then 'done'`] : []),
    ...refusing(thing),
    ...(lacksRank ? refusing([['forbidden', lacksRank]]) : []),
    ...refusing(state),
  ])
}

/**
 * Where the tables of a guard, and the rows of an answer, come from in place of `scope`: the same row, while nothing of
 * who asks and where refuses the request. So what is refused reads nothing of what it asked for.
 */
export const ADMITTED = sql.raw('admitted as scope')

/** `scope` with `refusal`, the failure that refused the request, or null: what a statement that answers begins with. */
export const VERDICT = sql.raw('verdict as scope')

/** `with ...` for a statement that hangs on what a guarded one has made, and finds it by the guard's tables. */
export const addressing = (guard: Guard): SQL =>
  sql`with ${sql.join(
    [
      guard.scope,
      sql`admitted as materialized (select * from scope where (${caseOf(authority(guard))}) is null)`,
      ...guard.tables,
    ],
    sql.raw(', '),
  )}`

/**
 * `with ..., permit as (...)`: `permit` is the row of `scope` when the guard lets the request pass and it has
 * not been done yet, else no row.
 */
export const permitted = (guard: Guard): SQL =>
  sql`${addressing(guard)}, permit as materialized (select * from scope where (${outcome(guard)}) is null)`

/** `with ..., verdict as (...)` for the statement that reads the outcome. */
export const judged = (guard: Guard): SQL =>
  sql`${addressing(guard)}, verdict as materialized (
    select *, nullif(${outcome(guard)}, 'done') as refusal from scope)`

/** The same with `permit`, which is here the row of a request that nothing refuses: what it asks for hangs on it. */
export const consulted = (guard: Guard): SQL =>
  sql`${judged(guard)}, permit as materialized (select * from verdict where refusal is null)`

/** The column that tells the refusal, selected from `VERDICT`. */
export const refusal = sql.raw('scope.refusal as refusal')

/** Something of a request that nothing refuses, else null, and then it is not looked for. */
export const ifGranted = (value: SQL): SQL => sql`iif(scope.refusal is null, ${value}, null)`

/** The statement that tells nothing but whether the request was refused. */
export const verdictOf = (guard: Guard): SQL => sql`${judged(guard)} select ${refusal} from ${VERDICT}`

/** Throws the refusal that the statement tells. */
export const readVerdict = (rows: readonly Row[]): void => void assertPermitted(rows[0])

/** The row of an outcome; throws the refusal that it tells. */
export function assertPermitted(row: Row | undefined): Row {
  if (!row) throw new Error('The statement that reads the outcome has no row.')
  if (row.refusal !== null) throw new Refusal(row.refusal as Failure)
  return row
}
