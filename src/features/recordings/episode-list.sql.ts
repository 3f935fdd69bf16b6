import { type SQL, sql } from 'drizzle-orm'
import { episodes, projectStats } from '../../../drizzle/schema.ts'
import { assertPermitted, refusal, VERDICT } from '../../db/guard.ts'
import { Lately } from '../../db/lately.ts'
import { listPlan, type Page, type Window } from '../../db/page.ts'
import { type Plan, type Row, statement } from '../../db/plan.ts'
import { type Arguments, bytesOf, type Compiled } from '../../db/sql.ts'
import { live, type ProjectRef, projectGuard } from '../../db/standing.ts'
import { consultingOnce, guard } from '../../db/statements.ts'
import { invalid } from '../../domain/failure.ts'
import type { Condition } from '../../domain/query-conditions.ts'
import { drivesOf, type Range } from '../../domain/query-drives.ts'
import { type Asking, compile } from './episode-conditions.sql.ts'
import { type Edge, type OrderName, orders, rangeIn, type Walk, walkOf } from './episode-order.sql.ts'
import { episodeJson } from './episodes.sql.ts'
import { type Driving, drive, drivingBy, slotsOf } from './facets.sql.ts'

const listing = guard<ProjectRef>('episodes.listing', (a) => projectGuard(a, 'read'))

export const listEpisodes = listPlan(listing, 'episodes.listed', (a) => {
  const total = sql`(select ${projectStats.episodes} from ${projectStats}
    where ${projectStats.projectId} = standing.project_id)`
  return {
    count: total,
    rows: (limit) => sql`select ${episodes.id} as id, ${episodeJson} as body from ${episodes}
      where ${episodes.projectId} = (select project_id from permit) and ${live(episodes)}
        and ${episodes.id} < ${a.before}
      order by ${episodes.id} desc ${limit}`,
  }
})

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
interface Bounds {
  readonly most: number
  readonly heaviest: number
}

type Asked = ProjectRef & Driving & Walk & Bounds & Pick<Window, 'offset' | 'limit'>
type A = Arguments<Asked>

const num = (value: number): SQL => sql.raw(String(value))

/** Rows that are read for a page to look at others, and what those may weigh together: it is short where few of so many fit. */
const MOST_READ = 15_000
const HEAVIEST_EXAMINED = 8_388_608

/** To look into metadata takes longer than to read it: a list in it has many members. */
const METADATA_HEAVIER = 4

/** What is looked for in a text is compared at each place of it; so many take as long as to read it. */
const SCANS_AS_LONG = 8

/** Ranges are counted until one is small enough, and no more of them. */
const MOST_RANGES = 3
/** To count one, and find it too large, takes so many rows. */
const READ_FOR_A_RANGE = 3_500

/** What asks more of a row is asked of fewer. */
function boundsOf({ probes, metadata, scans }: Asking, reads: number, ranges: number): Bounds {
  const shares = Math.max(1, METADATA_HEAVIER * metadata, scans / SCANS_AS_LONG)
  return {
    most: Math.floor((MOST_READ - READ_FOR_A_RANGE * Math.max(0, ranges - 1)) / (reads + probes)),
    heaviest: Math.floor(HEAVIEST_EXAMINED / shares),
  }
}

/** What has to be read of a row to judge it: its tags and, behind them, its metadata; the description stands before. */
const ownWeight = sql`(100 + ifnull(${bytesOf(episodes.description)}, 0) + ${bytesOf(episodes.tags)})`
/** A member of a list is read as two rows; 10,000 are as much as all the metadata that is looked into. */
const MEMBER = num(200)
const weightOf = ({ metadata, members }: Asking): SQL =>
  metadata
    ? sql`(${ownWeight} + ifnull(${bytesOf(episodes.metadata)}, 0) + ${MEMBER} * ${members})`
    : ownWeight

/** What a page tells of each: all of it, or the id alone. */
const shown = { whole: episodeJson, id: sql`${episodes.id}` } as const

/** What a statement is made of. */
interface Recipe {
  readonly shows: keyof typeof shown
  readonly order: OrderName
  readonly ranges: readonly Range[]
  readonly slots: number
  readonly asking: Asking
}

/**
 * The first episodes that fit, one step of `walk` for each that is looked at, until enough is found or too much was looked at:
 * then its last row is a stop, behind which the next page goes on. At the end of everything a row without an id follows. A row
 * is judged once, and what it tells of itself (`is_fit`) is counted by the one after it.
 */
const page = (a: A, { order: name, shows, ranges, slots, asking }: Recipe): SQL => {
  const order = orders[name]
  const driven = drive(a, { ranges, slots, extreme: order.extreme })
  const gathered = driven.gathered
    ? [
        sql`gathered as materialized (${driven.gathered})`,
        sql`few as materialized (select ${driven.isGathered} as is_few)`,
        sql`picked as materialized (select row_number() over (order by ${order.by}) as at, ${episodes.id} as id
          from gathered cross join ${episodes} on ${episodes.id} = gathered.id
          where (select is_few from few) and ${order.isBehind(a)})`,
      ]
    : []
  const walkedTo = order.next(a)
  const drivenTo = driven.next ? sql`when ${driven.next.if} then ${driven.next.id}` : sql``
  const gatheredTo = driven.gathered
    ? sql`when (select is_few from few) then (select id from picked where at = walk.steps + 1)`
    : sql``
  const next =
    driven.next || driven.gathered ? sql`case ${gatheredTo} ${drivenTo} else ${walkedTo} end` : walkedTo
  const tables = [...driven.tables, ...gathered]
  return sql`, ${sql.join(
    tables.map((table) => sql`${table}, `),
    sql``,
  )} walk(id, edge, is_fit, examined, weight, steps, found) as (
    select ${a.before}, ${a.edge}, 0, 0, 0, 0, 0 from permit
    union all
    select ${episodes.id}, ${order.value},
      case when ${episodes.id} is null or not ${live(episodes)} or ${episodes.id} = walk.id then 0
        else ${asking.where} end,
      walk.examined + (${episodes.id} is not null and ${live(episodes)} and ${episodes.id} <> walk.id),
      walk.weight + ifnull(${weightOf(asking)}, 0), walk.steps + 1, walk.found + walk.is_fit
    from walk left join ${episodes} on ${episodes.id} = ${next} ${asking.joins}
    where walk.id is not null and walk.steps < ${a.most} and walk.weight < ${a.heaviest}
      and walk.found + walk.is_fit <= ${a.offset} + ${a.limit})
  select ${refusal}, null as id, null as edge, null as is_fit, null as is_stop, null as examined, null as body from ${VERDICT}
  union all
  select null, walk.id, walk.edge, walk.is_fit, walk.steps >= ${a.most} or walk.weight >= ${a.heaviest},
      walk.examined, ${shown[shows]}
    from walk left join ${episodes} on ${episodes.id} = iif(walk.is_fit and walk.found >= ${a.offset}, walk.id, null)
    where walk.is_fit or walk.id is null or walk.steps >= ${a.most} or walk.weight >= ${a.heaviest}`
}

/** Statements of conditions that were asked for lately, by what is alike in them. */
const lately = new Lately<Compiled<Asked>>(64)

function statementOf(recipe: Recipe): Compiled<Asked> {
  const by = recipe.ranges.map((range) => (range.by === 'facet' && range.key === 'word' ? 'word' : range.by))
  const key = `${recipe.order} ${recipe.shows} ${recipe.slots} ${by} ${recipe.asking.shape}`
  return lately.of(key, () => consultingOnce(listing, 'episodes.found', (a: A) => page(a, recipe)))
}

/** The episodes that fit, in that order. A page may be short, even empty, and still have a `next`. */
export function findEpisodes(
  ref: ProjectRef,
  condition: Condition,
  order: OrderName,
  { after, offset, limit }: FoundWindow,
  shows: keyof typeof shown = 'whole',
): Plan<FoundPage> {
  const { reads, extreme } = orders[order]
  const asking = compile(condition)
  const drives = drivesOf(condition)
  const own = rangeIn(orders[order], drives)
  const ranges = drives.ranges.filter((range) => range !== own).slice(0, MOST_RANGES)
  const driving = drivingBy(drives.equalities, ranges)
  const slots = slotsOf(driving)
  const merged = extreme === null ? 0 : Math.max(0, slots - 1)
  const bounds = boundsOf(asking, reads + merged, ranges.length)
  const values = {
    ...ref,
    ...driving,
    ...asking.values,
    ...bounds,
    ...walkOf(orders[order], after, drives),
    offset,
    limit,
  }
  return statement(statementOf({ order, shows, ranges, slots, asking }), values, (rows) =>
    readPage(rows, offset, limit),
  )
}

function readPage([verdict, ...rows]: readonly Row[], offset: number, limit: number): FoundPage {
  assertPermitted(verdict)
  const fitting = rows.filter(({ is_fit }) => is_fit === 1)
  const shown = fitting.slice(offset, offset + limit)
  const page = { items: shown.map(({ body }) => body as string), total: null }
  if (fitting.length > offset + limit) return { ...page, ...endOf(shown.at(-1)) }
  const end = rows.at(-1)
  // What the pages before it show is not known: it would be told again, or by nobody.
  if (offset > 0 && end?.id !== null && shown.length < limit)
    throw invalid(
      'cursor',
      'is needed for this page: more was looked at than one request may; go on by nextCursor',
    )
  return { ...page, ...endOf(end) }
}

/** Where a page ends; what has no id is the end of everything. */
function endOf(row: Row | undefined): Pick<FoundPage, 'next' | 'examined'> {
  const id = row?.id as string | null | undefined
  const value = (row?.edge as Edge['value'] | undefined) ?? null
  return { next: id ? { id, value } : null, examined: (row?.examined as number | undefined) ?? 0 }
}
