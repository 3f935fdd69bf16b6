import { type SQL, sql } from 'drizzle-orm'
import { type Grant, grants } from '../domain/access.ts'
import { explained } from '../domain/explaining.ts'
import { type Failure, Refusal } from '../domain/failure.ts'
import type { Row } from './plan.ts'
import { fragment } from './sql.ts'

/**
 * A failure and the condition under which it is the answer; a condition that is null does not hold. Where the failure
 * alone would not say what to do, the words of which its detail is made (`explained`), or null for none.
 */
export type Refusing = readonly [Failure, SQL, SQL?]

/**
 * All that can refuse a request, said once: every statement that writes carries it as its condition, and the
 * statement that reads the outcome carries it as a column. The parts are judged in the order of the fields.
 */
export interface Guard {
  /** What the request is about: names what the guards of such requests have in common. */
  readonly about: string
  /**
   * The table `standing`, always one row: who asks and where, with `credential`, the 401 of a token that is known only
   * here, `scopes`, `access`, and `is_member`.
   */
  readonly standing: SQL
  /** The tables that the conditions from `done` on speak of. They have rows by `admitted`, and by nothing beside it. */
  readonly tables: readonly SQL[]
  /** 404 of the namespace and the project. */
  readonly place: readonly Refusing[]
  /** Holds when this very request has succeeded before. Judged with the right to do it again. */
  readonly done?: SQL
  /** 404 and 410 of the thing itself. */
  readonly thing?: readonly Refusing[]
  /** 403: what `standing.access` must be at least, and what `standing.scopes` must have. */
  readonly grant?: Grant
  /** 403: what more it takes by what is asked for. */
  readonly roles?: readonly Refusing[]
  /** The answer that a request had which was sent before under the same key. Judged like `done`. */
  readonly kept?: Kept
  /** 400, 403, 409 by what the thing and its neighbours are. */
  readonly state?: readonly Refusing[]
}

/** What is known of the key of a request. */
export interface Kept {
  /** The table `kept`, which has a row where the key was used before. It has it by `admitted`. */
  readonly table: SQL
  /** Holds where it was this very request that used it, at this very place. */
  readonly isSame: SQL
  /** Holds where it was another request that used it. */
  readonly isOther: SQL
  /** The id of where the request is judged. */
  readonly place: SQL
}

/** The failure, and a blank and the words where there are any: never null, which would let the request pass. */
const told = (failure: Failure, words?: SQL): SQL =>
  words ? sql`${sql.raw(`'${failure}'`)} || ifnull(' ' || ${words}, '')` : sql.raw(`'${failure}'`)

const refusing = (list: readonly Refusing[]): SQL[] =>
  list.map(([failure, condition, words]) => sql`when ${condition} then ${told(failure, words)}`)

const caseOf = (cases: readonly SQL[]): SQL => sql`case ${sql.join([...cases], sql.raw(' '))} end`

/** The 403 of a token without any of the scopes, or one that holds under another condition. */
export const lacksScope = (scopes: number, condition?: SQL): Refusing => [
  'forbidden',
  condition ?? sql`standing.scopes & ${sql.raw(String(scopes))} = 0`,
  sql.raw(`'scopes ${scopes}'`),
]

/** The 403 of a lower role than that of the rank, where more than the role is judged only under a condition. */
export const lacksRole = (rank: number, condition?: SQL): Refusing => [
  'forbidden',
  sql`${condition ? sql`${condition} and ` : sql``}standing.access < ${sql.raw(String(rank))}`,
  roleWords(rank),
]

/** What the request takes, and what the caller is: 0 for no member. */
const roleWords = (rank: number): SQL =>
  sql`${sql.raw(`'role ${rank} '`)} || iif(standing.is_member, standing.access, 0)`

/** The 403 of who may read as everybody may, and is no member. */
export const notOfMembers = (grant: Grant): Refusing => [
  'forbidden',
  sql`not standing.is_member`,
  roleWords(grants[grant].rank),
]

/** The rungs that a request climbs, in their order: the first refusal that holds is the answer. */
const rungs = ({ place, done, kept, thing = [], grant, roles = [], state = [] }: Guard) => {
  const role = grant ? [lacksRole(grants[grant].rank), ...roles] : roles
  /** What was done may be told again to who may still do it. */
  const again = (condition: SQL, told: SQL): SQL =>
    sql`when (${condition})${sql.join(role.map(([, refused]) => sql` and not (${refused})`))} then ${told}`
  return {
    /** 401: a token that is no good is told nothing else. */
    credential: [sql`when standing.credential is not null then standing.credential`],
    /** 404: who may not know of a place learns that there is none. */
    place: refusing(place),
    /** 403: a token that may not look learns nothing of the thing. */
    scopes: grant ? refusing([lacksScope(grants[grant].scopes)]) : [],
    /** No refusal: a request that is sent again is told what it did. 422: the key is another request's. */
    kept: kept ? [again(kept.isSame, sql`'done'`), again(kept.isOther, sql`'idempotency_key_reused'`)] : [],
    done: done ? [again(done, sql`'done'`)] : [],
    /** 404 and 410, before the role: who may read learns whether there is such a thing. */
    thing: refusing(thing),
    /** 403: who may not change it learns no more of it. */
    role: [
      ...(grant ? [fragment(`role.${grants[grant].rank}`, sql.join(refusing(role.slice(0, 1))))] : []),
      ...refusing(roles),
    ],
    /** 400, 403, 409: what the thing and its neighbours are. */
    state: refusing(state),
  }
}

/** The rungs of who asks and where alone. */
function authority(guard: Guard): SQL {
  const { credential, place, scopes } = rungs(guard)
  const taken = guard.grant ? grants[guard.grant].scopes : 0
  return fragment(
    `authority.${guard.about}.${taken}`,
    sql.join([...credential, ...place, ...scopes], sql.raw(' ')),
  )
}

/** `done`, or the failure that refuses the request, or null: go ahead. */
function outcome(guard: Guard): SQL {
  const { kept, done, thing, role, state } = rungs(guard)
  return caseOf([authority(guard), ...kept, ...done, ...thing, ...role, ...state])
}

/**
 * Where the tables of a guard, and the rows of an answer, come from in place of `standing`: the same row, while nothing of
 * who asks and where refuses the request. So what is refused reads nothing of what it asked for.
 */
export const ADMITTED = sql.raw('admitted as standing')

/** `standing` with `refusal`, the failure that refused the request, or null: what a statement that answers begins with. */
export const VERDICT = sql.raw('verdict as standing')

/** `with ...` for a statement that hangs on what a guarded one has made, and finds it by the guard's tables. */
export const addressing = (guard: Guard): SQL =>
  sql`with ${sql.join(
    [
      guard.standing,
      sql`admitted as materialized (select * from standing where (${caseOf([authority(guard)])}) is null)`,
      ...guard.tables,
      ...(guard.kept ? [guard.kept.table] : []),
    ],
    sql.raw(', '),
  )}`

/**
 * `with ..., permit as (...)`: `permit` is the row of `standing` when the guard lets the request pass and it has
 * not been done yet, else no row.
 */
export const permitted = (guard: Guard): SQL =>
  sql`${addressing(guard)}, permit as materialized (select * from standing where (${outcome(guard)}) is null)`

/** `with ..., verdict as (...)` for the statement that reads the outcome. */
export const judged = (guard: Guard): SQL =>
  sql`${addressing(guard)}, verdict as materialized (
    select *, nullif(${outcome(guard)}, 'done') as refusal from standing)`

/** The same with `permit`, which is here the row of a request that nothing refuses: what it asks for hangs on it. */
export const consulted = (guard: Guard): SQL =>
  sql`${judged(guard)}, permit as materialized (select * from verdict where refusal is null)`

/** The column that tells the refusal, selected from `VERDICT`. */
export const refusal = sql.raw('standing.refusal as refusal')

/** Something of a request that nothing refuses, else null, and then it is not looked for. */
export const ifGranted = (value: SQL): SQL => sql`iif(standing.refusal is null, ${value}, null)`

/** Throws the refusal that the statement tells. */
export const readVerdict = (rows: readonly Row[]): void => void assertPermitted(rows[0])

/** The row of an outcome; throws the refusal that it tells. */
export function assertPermitted(row: Row | undefined): Row {
  if (!row) throw new Error('The statement that reads the outcome has no row.')
  if (row.refusal === null) return row
  const [failure, ...words] = (row.refusal as string).split(' ') as [Failure, ...string[]]
  throw new Refusal(failure, [], explained(failure, words))
}
