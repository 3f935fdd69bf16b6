import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { type Plan, statement } from './plan.ts'
import { type Arguments, query } from './sql.ts'
import { noteWalks, positionOf } from './walks.ts'

/**
 * Whose turn it is: the schedule goes round the namespaces that have something to be done, some at a time, so that none
 * waits for all that another has.
 */
interface Turn {
  /** The namespace that had its turn last; empty at the start of a round, null where its note is to say. */
  readonly after: string | null
  /** Namespaces at once. */
  readonly most: number
  /** Epoch milliseconds: what is due by now, and what has ended by then. */
  readonly now: number
  readonly before: number
}

type A = Arguments<Turn>

/** Rows that make a turn, by an index of `namespaceId` and, where it matters, `time` within the `condition`. */
interface Due {
  readonly table: SQLiteTable & { readonly namespaceId: SQLiteColumn }
  readonly condition: SQL
  /** The earliest of a namespace's rows must be due by `until`. */
  readonly time?: SQLiteColumn
  readonly until?: SQL
}

/** Namespaces that are stepped over at once as nothing of theirs is due yet. */
const MOST_STEPS = sql.raw('500')

/**
 * The next namespace after `from` with such rows, which an index finds by itself; `due` says whether the earliest of
 * them is due.
 */
const nextOf = ({ table, condition }: Due, from: SQL): SQL =>
  sql`(select min(${table.namespaceId}) from ${table} where ${condition} and ${table.namespaceId} > ${from})`

const isDue = ({ table, condition, time, until }: Due, namespaceId: SQL): SQL =>
  time && until
    ? sql`(select min(${time}) from ${table} where ${condition} and ${table.namespaceId} = ${namespaceId}) <= ${until}`
    : sql`${namespaceId} is not null`

/** Whose turn it is, in the order of their ids. */
export interface Group {
  /** The namespace that had its turn before; empty at the start of a round. */
  readonly after: string
  readonly namespaces: readonly string[]
  /** Where the next group begins; null where the round is over. */
  readonly reached: string | null
}

/** Those who have something to be done, by turns. */
export interface Turns {
  /** The next namespaces whose turn it is. */
  readonly next: (turn: Turn) => Plan<Group>
  /** Notes which of them had its turn last. */
  readonly note: (after: string) => Plan<void>
}

/** The turns of all who have something to be done by any of several tables. */
export function turnsOf(name: string, duesOf: (a: A) => readonly Due[]): Turns {
  const walk = `turn.${name}`
  const next = query<Turn>(`turns.${name}`, (a) => {
    const dues = duesOf(a).map((due, index) => ({ due, steps: sql.raw(`walk${index}`) }))
    const walks = dues.map(
      ({ due, steps }) => sql`${steps}(id) as (
        select ${nextOf(due, sql`(select after from origin)`)}
        union all
        select ${nextOf(due, sql`${steps}.id`)} from ${steps} where ${steps}.id is not null limit ${MOST_STEPS})`,
    )
    const ends = dues.map(
      ({ steps }) => sql`select iif(count(*) = ${MOST_STEPS}, max(id), null) as id from ${steps}`,
    )
    const found = dues.map(
      ({ due, steps }) => sql`select * from (select ${steps}.id as id from ${steps}
        where ${steps}.id is not null and ${isDue(due, sql`${steps}.id`)} limit ${a.most})`,
    )
    const union = (parts: readonly SQL[]) => sql.join([...parts], sql.raw(' union all '))
    return sql`with recursive origin(after) as materialized (select ifnull(${a.after}, ${positionOf(walk)})),
      ${sql.join(walks, sql.raw(', '))},
      horizon as materialized (select min(id) as id from (${union(ends)})),
      found as materialized (select distinct id from (${union(found)})
        where id <= ifnull((select id from horizon), id) order by id limit ${a.most})
      select after, (select id from horizon) as horizon, null as namespace_id from origin
      union all select null, null, id from found`
  })
  return {
    next: (values) =>
      statement(next, values, ([first, ...rows]) => {
        const namespaces = rows.map(({ namespace_id }) => namespace_id as string)
        const isFull = namespaces.length === values.most
        const reached = isFull ? (namespaces.at(-1) ?? null) : (first?.horizon as string | null)
        return { after: first?.after as string, namespaces, reached }
      }),
    note: (after) => noteWalks({ [walk]: after }),
  }
}
