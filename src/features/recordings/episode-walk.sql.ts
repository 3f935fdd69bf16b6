import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { episodes } from '../../../drizzle/schema.ts'
import { assertPermitted, refusal, VERDICT } from '../../db/guard.ts'
import type { Page, Window } from '../../db/page.ts'
import type { Row } from '../../db/plan.ts'
import { type Arguments, bytesOf, joined } from '../../db/sql.ts'
import { live } from '../../db/standing.ts'
import { invalid } from '../../domain/failure.ts'
import type { Asking } from './condition-shape.sql.ts'
import { MEMBER } from './conditions.sql.ts'
import type { Edge, Place, Walk } from './episode-order.sql.ts'

/** How a page of episodes that fit is walked together, wherever they are found. */

/** Part of a list in some order. */
export interface FoundWindow extends Pick<Window, 'offset' | 'limit'> {
  /** What the page before ended with; null for the first rows. */
  readonly after: Edge | null
}

/** Of a list that is filtered, or in another order than its own. */
export interface FoundPage extends Omit<Page, 'next'> {
  readonly next: Edge | null
  /** Rows that were looked at. */
  readonly examined: number
}

/** How much a page looks at. */
export interface Bounds {
  readonly most: number
  readonly heaviest: number
}

type A = Arguments<Walk & Bounds & Pick<Window, 'offset' | 'limit'>>

const num = (value: number): SQL => sql.raw(String(value))

/** Rows that are read for a page to look at others, and what those may weigh together: it is short where few of so many fit. */
const MOST_READ = 15_000
const HEAVIEST_EXAMINED = 8_388_608

/** To look into metadata takes longer than to read it: a list in it has many members. */
const METADATA_HEAVIER = 4

/** What is looked for in a text is compared at each place of it; so many take as long as to read it. */
const SCANS_AS_LONG = 8

/** What asks more of a row is asked of fewer; `readElsewhere` is what the same request reads besides. */
export function boundsOf({ probes, metadata, scans }: Asking, reads: number, readElsewhere = 0): Bounds {
  const shares = Math.max(1, METADATA_HEAVIER * metadata, scans / SCANS_AS_LONG)
  const left = MOST_READ - readElsewhere
  return {
    most: Math.floor(left / (reads + probes)),
    heaviest: Math.floor((HEAVIEST_EXAMINED * left) / (MOST_READ * shares)),
  }
}

/** What has to be read of a row to judge it: its tags and, behind them, its metadata; the description stands before. */
const ownWeight = sql`(100 + ifnull(${bytesOf(episodes.description)}, 0) + ${bytesOf(episodes.tags)})`
const weightOf = ({ metadata, members }: Asking): SQL =>
  metadata
    ? sql`(${ownWeight} + ifnull(${bytesOf(episodes.metadata)}, 0) + ${MEMBER} * ${members})`
    : ownWeight

/** A way to the episodes of a walk. */
export interface Way {
  /** Whether it leads on; the first one that does is taken. */
  readonly if: SQL
  /** Selects the first `most` ids, as `id`, behind a place. */
  readonly ids: (at: Place, most: SQL) => SQL
  /** Whether it leads to more than one at a time. */
  readonly isBroad: boolean
}

/** Where a walk finds its episodes. */
export interface Source {
  /** Tables before it. */
  readonly tables: readonly SQL[]
  /** Five at most, as D1 takes no more terms; a broad one is two. */
  readonly ways: readonly Way[]
  /** What `edge` is of an episode. */
  readonly value: SQLWrapper
  /** Steps that it leads to at most, behind which there may be more; null where there is no such bound. */
  readonly upTo: SQL | null
}

/** The one that stands next in the table `picked`. Within a limit, what is selected is not worked out once more for `where`. */
export const picked = ({ steps }: Place): SQL =>
  sql`select id from (select (select id from picked where at = ${steps} + 1) as id limit 1) where id is not null`

/** So many are looked at by one row of the walk, as each row of it is read as well. */
const TOGETHER = 8

/** Rows of others by which one is judged, of several together. */
const MOST_PROBED_TOGETHER = 100
/** Steps that are lost where several turn out to be too much together. */
const LOST = num(3)

/** What is heavier is looked at alone, so that no row of the walk does much more than it may; and so are some behind it. */
const HEAVY = num(20_000)
const ALONE_BEHIND = num(16)

/** What a row of the walk, `walk.step`, tells of what it looked at. */
const step = (path: string): SQL => sql`(walk.step ->> ${sql.raw(`'$${path}'`)})`
const AT: Place = { id: step('[0][0]'), edge: step('[0][1]'), steps: sql`(walk.steps + ${step('[1]')})` }
const heaviest = step('[4]')
const alone = sql`iif(${heaviest} > ${HEAVY}, ${ALONE_BEHIND}, max(walk.alone - 1, 0))`
const found = sql`(walk.found + json_array_length(walk.step, '$[5]'))`

/** Which of the ways it is: the first that leads on. */
const wayOf = (ways: readonly Way[]): SQL =>
  sql`case ${sql.join(
    ways.map((way, index) => sql`when ${way.if} then ${num(index)}`),
    sql` `,
  )} end`

/** Whether the next row of the walk looks at several. */
const togetherOn = (ways: readonly Way[]): SQL =>
  joined(
    'or',
    ways.flatMap(({ isBroad }, index) => (isBroad ? [sql`walk.way = ${num(index)} and ${alone} = 0`] : [])),
  )

/** The ids that come behind the last row of the walk. */
function idsBehind(ways: readonly Way[]): SQL {
  const selected = ({ ids }: Way, most: number, condition: SQL): SQL =>
    sql`select id from (${ids(AT, num(most))}) where ${condition}`
  const parts = ways.flatMap((way, index) => {
    const isTaken = sql`walk.way = ${num(index)}`
    if (!way.isBroad) return [selected(way, 1, isTaken)]
    return [
      selected(way, TOGETHER, sql`${isTaken} and ${alone} = 0`),
      selected(way, 1, sql`${isTaken} and ${alone} > 0`),
    ]
  })
  return sql.join(parts, sql` union all `)
}

/**
 * The first episodes that fit. A row of `walk` looks at the next few, until enough is found or too much was looked at: then its
 * last row is a stop, behind which the next page goes on. At the end of everything there is a row without a place. `step` is
 * `[[id, edge] of the last, how many, live ones, their weight, the heaviest, [id, edge, body] of those that fit]`; what all
 * rows before it looked at stands beside it. Where one of several is heavy, none is judged, and the walk goes on one by one.
 */
export const walked = (a: A, source: Source, asking: Asking, shown: SQL): SQL => {
  const { tables, value, upTo } = source
  const isLong = asking.isLong || asking.probes > MOST_PROBED_TOGETHER
  const ways = isLong ? source.ways.map((way) => ({ ...way, isBroad: false })) : source.ways
  const most = upTo === null ? sql`${a.most}` : sql`min(${a.most}, ${upTo})`
  const bulk = sql`(${ownWeight} + ifnull(${bytesOf(episodes.metadata)}, 0) + ${MEMBER} * ${asking.members})`
  const isTogether = togetherOn(ways)
  const isTooMuch = sql`(${isTogether}) and max(${bulk}) > ${HEAVY}`
  const body = sql`iif(${found} + ${num(TOGETHER)} > ${a.offset}, '' || ${shown}, null)`
  const isFit = sql`case when not ${live(episodes)} or (${isTogether}) and ${bulk} > ${HEAVY} then 0
    else ${asking.where} end`
  const examined = sql`(walk.examined + ${step('[2]')})`
  const weight = sql`(walk.weight + ${step('[3]')})`
  const isStop = sql`(${AT.steps} >= ${most} or ${weight} >= ${a.heaviest})`
  return sql`, ${sql.join(
    tables.map((table) => sql`${table}, `),
    sql``,
  )} walk(step, way, alone, steps, examined, weight, found) as (
    select json_array(json_array(${a.before}, ${a.edge}), 0, 0, 0, 0, json_array()), ${wayOf(ways)}, 0, 0, 0, 0, 0 from permit
    union all
    select (select case when ${isTooMuch} then json_array(walk.step -> 0, ${LOST}, 0, 0, max(${bulk}), json_array())
        else json_array(json_group_array(json_array(${episodes.id}, ${value})) -> '$[#-1]', count(*),
          sum(${live(episodes)}), sum(${weightOf(asking)}), max(${bulk}),
          json_group_array(json_array(${episodes.id}, ${value}, ${body})) filter (where ${isFit})) end
        from (${idsBehind(ways)}) as next cross join ${episodes} on ${episodes.id} = next.id ${asking.joins}),
      walk.way, ${alone}, ${AT.steps}, ${examined}, ${weight}, ${found}
    from walk where ${AT.id} is not null and not ${isStop} and ${found} <= ${a.offset} + ${a.limit})
  select ${refusal}, null as step, null as examined from ${VERDICT}
  union all
  select null, walk.step, ifnull(${examined}, walk.examined)
    from walk where walk.step -> '$[5]' <> '[]' or ${AT.id} is null or ${isStop}`
}

/** What a row of the walk looked at, as `step` tells. */
type Step = readonly [
  last: Seen | null,
  steps: number,
  examined: number,
  weight: number,
  heaviest: number,
  fitting: readonly (readonly [...Seen, body: string])[],
]
type Seen = readonly [id: string, value: Edge['value']]

export function readPage([verdict, ...rows]: readonly Row[], offset: number, limit: number): FoundPage {
  assertPermitted(verdict)
  const steps = rows.map((row) => JSON.parse(row.step as string) as Step)
  const fitting = steps.flatMap(([, , , , , some]) => some)
  const shown = fitting.slice(offset, offset + limit)
  const isMore = fitting.length > offset + limit
  const [id, value] = (isMore ? shown.at(-1) : steps.at(-1)?.[0]) ?? [null, null]
  // What the pages before it show is not known: it would be told again, or by nobody.
  if (!isMore && offset > 0 && id !== null && shown.length < limit)
    throw invalid(
      'cursor',
      'is needed for this page: more was looked at than one request may; go on by nextCursor',
    )
  return {
    items: shown.map(([, , body]) => body),
    total: null,
    next: id === null ? null : { id, value },
    examined: (rows.at(-1)?.examined as number | undefined) ?? 0,
  }
}
