import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { episodes } from '../../../drizzle/schema.ts'
import { END } from '../../db/page.ts'
import type { Arguments } from '../../db/sql.ts'
import { firstIdAt } from '../../domain/id.ts'
import type { Drives, Range } from '../../domain/query-drives.ts'

/** The orders of the list of episodes, each walked by its index. */

/** Where a page goes on: behind the row of that id and that value of the order's column, which is null for its id. */
export interface Edge {
  readonly id: string
  readonly value: string | number | null
}

/** What a walk knows of its beginning and of its end. */
export interface Walk {
  /** The id and the value of the order's column, behind which it begins. */
  readonly before: string
  readonly edge: Edge['value']
  /** Up to where it goes in the order's column: from the least on, or to before the greatest; null for all the way. */
  readonly until: string | number | null
  /** Whether it goes on to what has nothing in that column. */
  readonly isOpen: boolean
}

type A = Arguments<Walk>

/** What a walk stands behind: a row by its id and its value of the order's column; and how many rows it has looked at. */
export interface Place {
  readonly id: SQLWrapper
  readonly edge: SQLWrapper
  readonly steps: SQLWrapper
}

export interface Order {
  /** Before the first row. */
  readonly start: Edge
  /** What `edge` is of an episode. */
  readonly value: SQLWrapper
  /** Selects the ids of the first `most` rows of a project that come behind a place. */
  readonly behind: (a: A, project: SQL, at: Place, most: SQL) => SQL
  /** Of an episode: whether it comes after the row with which the page begins. */
  readonly isBehind: (a: A) => SQL
  /** How episodes are put in this order. */
  readonly by: SQL
  /** Whether it is that of the ids, and which one of them is next: the greatest, or the least. */
  readonly extreme: 'max' | 'min' | null
  /** The range of a query that is a part of this order. */
  readonly range: Range['by'] | null
  /** Rows that a step reads at most. */
  readonly reads: number
}

/** In an index all columns before the last but one of which are the same, one step reads one row. */
const READ_BY_A_STEP = 3

const own = sql`walking`
const column = (name: SQLiteColumn): SQL => sql`${own}.${sql.identifier(columnNames.get(name) ?? '')}`
const columnNames = new Map<SQLiteColumn, string>([
  [episodes.id, 'id'],
  [episodes.startedAt, 'started_at'],
  [episodes.updatedAt, 'updated_at'],
])

const of = (project: SQL): SQL => sql`${episodes} as ${own} where ${own}.project_id = ${project}`
const liveOf = (project: SQL): SQL => sql`${of(project)} and ${own}.deleted_at is null`
/** Where a page begins. */
export const beginning = (a: A): Place => ({ id: a.before, edge: a.edge, steps: sql`0` })

const byId = (extreme: 'max' | 'min'): Order => {
  const isMax = extreme === 'max'
  const [isBehind, isUpTo] = isMax ? [sql.raw('<'), sql.raw('>=')] : [sql.raw('>'), sql.raw('<')]
  const direction = sql.raw(isMax ? 'desc' : 'asc')
  return {
    start: { id: isMax ? END : '', value: null },
    value: sql`null`,
    behind: (
      a,
      project,
      at,
      most,
    ) => sql`select ${own}.id from ${liveOf(project)} and ${own}.id ${isBehind} ${at.id}
      and ${own}.id ${isUpTo} ${a.until} order by ${own}.id ${direction} limit ${most}`,
    isBehind: (a) => sql`${episodes.id} ${isBehind} ${a.before} and ${episodes.id} ${isUpTo} ${a.until}`,
    by: sql`${episodes.id} ${direction}`,
    extreme,
    range: null,
    reads: READ_BY_A_STEP,
  }
}

/** By a time, and where that is the same, by the id. What has none comes last. */
const byTime = (range: 'started' | 'updated', isFalling: boolean): Order => {
  const time = range === 'started' ? episodes.startedAt : episodes.updatedAt
  const isUpTo = (a: A): SQL =>
    isFalling
      ? sql`${column(time)} >= ifnull(${a.until}, -9e999)`
      : sql`${column(time)} < ifnull(${a.until}, 9e999)`
  const [sign, direction] = isFalling ? [sql.raw('<'), sql.raw('desc')] : [sql.raw('>'), sql.raw('asc')]
  const bound = isFalling ? sql.raw(`'${END}'`) : sql.raw(`''`)
  /** Those of the same time, those behind it, and those without one. */
  const parts = (a: A, { id, edge }: Place): readonly SQL[] => [
    sql`${column(time)} = ${edge} and ${own}.id ${sign} ${id}`,
    sql`${column(time)} ${sign} ${edge} and ${isUpTo(a)}`,
    ...(time.notNull
      ? []
      : [
          sql`${column(time)} is null and ${a.isOpen} and ${own}.id ${sign} iif(${edge} is null, ${id}, ${bound})`,
        ]),
  ]
  return {
    start: isFalling
      ? { id: END, value: Number.MAX_SAFE_INTEGER }
      : { id: '', value: Number.MIN_SAFE_INTEGER },
    value: time,
    behind: (a, project, at, most) =>
      sql`select id from (${sql.join(
        parts(a, at).map(
          (part) => sql`select * from (select ${own}.id from ${liveOf(project)} and ${part}
            order by ${column(time)} ${direction}, ${own}.id ${direction} limit ${most})`,
        ),
        sql` union all `,
      )}) limit ${most}`,
    isBehind: (
      a,
    ) => sql`case when ${a.edge} is null then ${time} is null and ${episodes.id} ${sign} ${a.before}
      else ${time} ${sign} ${a.edge} or ${time} = ${a.edge} and ${episodes.id} ${sign} ${a.before} or ${time} is null end`,
    by: sql`${time} is null, ${time} ${direction}, ${episodes.id} ${direction}`,
    extreme: null,
    range,
    reads: READ_BY_A_STEP + 1,
  }
}

/** Names are unique in a project; a trashed episode holds its own. */
const byName: Order = {
  start: { id: '', value: '' },
  value: episodes.name,
  behind: (
    a,
    project,
    { id, edge },
    most,
  ) => sql`select ${own}.id from ${of(project)} and ${own}.name >= ${edge}
    and (${own}.name > ${edge} or ${own}.id > ${id}) and ${own}.name < ifnull(${a.until}, x'')
    order by ${own}.name limit ${most}`,
  isBehind: (a) => sql`${episodes.name} > ${a.edge}`,
  by: sql`${episodes.name}, ${episodes.id}`,
  extreme: null,
  range: 'name',
  reads: READ_BY_A_STEP,
}

export const orders = {
  '-created': byId('max'),
  created: byId('min'),
  '-started': byTime('started', true),
  started: byTime('started', false),
  '-updated': byTime('updated', true),
  name: byName,
} as const satisfies Readonly<Record<string, Order>>

export type OrderName = keyof typeof orders

export const orderNames = Object.keys(orders) as [OrderName, ...OrderName[]]
export const NEWEST_FIRST: OrderName = '-created'

/** Where a walk begins and ends that goes on behind `after`, or at the beginning, of what a query is certain of. */
export function walkOf(order: Order, after: Edge | null, drives: Drives): Walk {
  const { id, value } = after ?? order.start
  const range = rangeIn(order, drives)
  if (order.extreme !== null) return walkOfIds(order.extreme, after ?? order.start, drives)
  if (range === null || range.by === 'facet') return { before: id, edge: value, until: null, isOpen: true }
  const isFalling = order.start.id === END
  const [first, until] = isFalling ? [range.to, range.from] : [range.from, range.to]
  const isFirst = after === null && first !== null
  const edge = typeof first === 'string' ? beside(first) : first
  return { before: isFirst ? '' : id, edge: isFirst ? edge : value, until, isOpen: false }
}

/** The range of a query that a walk in this order is; null for none. */
export const rangeIn = ({ range }: Order, { ranges }: Drives): Range | null =>
  ranges.find(({ by }) => by === range) ?? null

/** An id begins with the time at which it was made. */
function walkOfIds(extreme: 'max' | 'min', { id }: Edge, { createdFrom, createdTo }: Drives): Walk {
  const oldest = firstIdAt(createdFrom)
  const newest = createdTo === null ? END : firstIdAt(createdTo)
  const isMax = extreme === 'max'
  const before = isMax ? (newest < id ? newest : id) : oldest > id ? oldest : id
  return { before, edge: null, until: isMax ? oldest : newest, isOpen: true }
}

/** A text that sorts a little before another one. */
function beside(text: string): string {
  const points = [...text].map((char) => char.codePointAt(0) ?? 0)
  const last = points.pop() ?? 0
  const before = last === 0xe000 ? 0xd7ff : last - 1
  return String.fromCodePoint(...points, ...(before < 0 ? [] : [before, 0x10ffff]))
}
