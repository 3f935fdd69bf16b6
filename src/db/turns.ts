import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { type Plan, statement } from './plan.ts'
import { type Arguments, query } from './sql.ts'

/**
 * Whose turn it is: the schedule goes round the namespaces that have something to be done, some at a time, so that none
 * waits for all that another has.
 */
interface Turn {
  /** The namespace that had its turn last; empty at the start of a round. */
  readonly after: string
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
  readonly namespaces: readonly string[]
  /** Where the next group begins; null where the round is over. */
  readonly reached: string | null
}

/** The next namespaces whose turn it is, by any of several tables. */
export function turnsOf(name: string, duesOf: (a: A) => readonly Due[]) {
  const next = query<Turn>(`turns.${name}`, (a) => {
    const dues = duesOf(a).map((due, index) => ({ due, walk: sql.raw(`walk${index}`) }))
    const walks = dues.map(
      ({ due, walk }) => sql`${walk}(id) as (
        select ${nextOf(due, sql`${a.after}`)}
        union all
        select ${nextOf(due, sql`${walk}.id`)} from ${walk} where ${walk}.id is not null limit ${MOST_STEPS})`,
    )
    const ends = dues.map(
      ({ walk }) => sql`select iif(count(*) = ${MOST_STEPS}, max(id), null) as id from ${walk}`,
    )
    const found = dues.map(
      ({ due, walk }) => sql`select * from (select ${walk}.id as id from ${walk}
        where ${walk}.id is not null and ${isDue(due, sql`${walk}.id`)} limit ${a.most})`,
    )
    const union = (parts: readonly SQL[]) => sql.join([...parts], sql.raw(' union all '))
    return sql`with recursive ${sql.join(walks, sql.raw(', '))},
      horizon as materialized (select min(id) as id from (${union(ends)})),
      found as materialized (select distinct id from (${union(found)})
        where id <= ifnull((select id from horizon), id) order by id limit ${a.most})
      select id as horizon, null as namespace_id from horizon
      union all select null, id from found`
  })
  return (values: Turn): Plan<Group> =>
    statement(next, values, ([first, ...rows]) => {
      const namespaces = rows.map(({ namespace_id }) => namespace_id as string)
      const isFull = namespaces.length === values.most
      return { namespaces, reached: isFull ? (namespaces.at(-1) ?? null) : (first?.horizon as string | null) }
    })
}
