import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { episodes, projectStats } from '../../../drizzle/schema.ts'
import { assertPermitted, refusal, VERDICT } from '../../db/guard.ts'
import { listPlan, type Page, type Window } from '../../db/page.ts'
import { type Plan, type Row, statement } from '../../db/plan.ts'
import { type Arguments, bytesOf, type Compiled } from '../../db/sql.ts'
import { live, type ProjectRef, projectGuard } from '../../db/standing.ts'
import { consulting, consultingOnce, guard } from '../../db/statements.ts'
import { invalid } from '../../domain/failure.ts'
import { firstIdAt } from '../../domain/id.ts'
import { MOST_TAGS } from '../../domain/text.ts'
import { type Asking, JOINED_TAGS, tagBetweenCommas } from './episode-conditions.sql.ts'
import { episodeJson } from './episodes.sql.ts'

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

/** Which episodes are asked for; null for what does not matter. */
export interface EpisodeFilter {
  /** All of them; empty for any. */
  readonly tags: readonly string[]
  readonly status: string | null
  /** Names from `from` on and, where it is not null, before `to`. */
  readonly from: string | null
  readonly to: string | null
  /** Epoch milliseconds, from the first to before the last. */
  readonly createdFrom: number | null
  readonly createdTo: number | null
}

/** Of a list that is filtered. */
export interface FilteredPage extends Page {
  /** Rows that were looked at. */
  readonly examined: number
}

/** Each wanted tag in a place of its own, as the JSON of tags between commas has it. */
const slots = ['tag1', 'tag2', 'tag3', 'tag4', 'tag5', 'tag6', 'tag7', 'tag8'] as const
export const MOST_WANTED = slots.length

type Slots = { readonly [K in (typeof slots)[number]]?: string }

const slotsOf = (tags: readonly string[]): Slots =>
  Object.fromEntries(
    slots.slice(0, tags.length).map((slot, at) => [slot, tagBetweenCommas(tags[at] as string)]),
  )

const isOdd = (tag: string): boolean => tag.startsWith(',')

/** How much a page looks at. */
interface Bounds {
  readonly most: number
  readonly heaviest: number
  /** What no id that is looked at sorts before; empty for any. */
  readonly oldest: string
  /** Tags for which each of a row's tags has to be read. */
  readonly oddTags: readonly string[]
}

/** To look into metadata takes longer than to read it: a list in it has many members. */
const METADATA_HEAVIER = 4

/** What is looked for in a text is compared at each place of it; so many take as long as to read it. */
const SCANS_AS_LONG = 8

/** What asks more of a row is asked of fewer. */
function boundsOf({ tags, from, createdFrom }: EpisodeFilter, condition: Asking | null): Bounds {
  const { probes, metadata, scans } = condition ?? { probes: 0, metadata: 0, scans: 0 }
  const oddTags = tags.filter(isOdd)
  const each = READ_FOR_EACH + (from === null ? 0 : 1) + probes + oddTags.length * (1 + MOST_TAGS)
  const shares = Math.max(1, METADATA_HEAVIER * metadata, scans / SCANS_AS_LONG)
  return {
    most: Math.floor((MOST_EXAMINED * READ_FOR_EACH) / each),
    heaviest: Math.floor(HEAVIEST_EXAMINED / shares),
    oldest: firstIdAt(createdFrom),
    oddTags,
  }
}

type Asked = ProjectRef & Window & EpisodeFilter & Slots & Bounds
type A = Arguments<Asked>

const num = (value: number): SQL => sql.raw(String(value))

/** Rows that a page looks at, and what they may weigh together: it is short where few of so many fit. */
const MOST_EXAMINED = 5_000
const HEAVIEST_EXAMINED = 8_388_608
/** What is read for each, besides what a condition probes. */
const READ_FOR_EACH = 4
/** Of a range of names with no more than that, the index of names tells all; of a larger one the list's order does. */
const MOST_IN_RANGE = 1_000

/** What has to be read of a row to judge it: its tags and, behind them, its metadata; the description stands before. */
const ownWeight = sql`(100 + ifnull(${bytesOf(episodes.description)}, 0) + ${bytesOf(episodes.tags)})`
/** A member of a list is read as two rows; 10,000 are as much as all the metadata that is looked into. */
const MEMBER = num(200)
const weightOf = (condition: Asking | null): SQL =>
  condition?.metadata
    ? sql`(${ownWeight} + ifnull(${bytesOf(episodes.metadata)}, 0) + ${MEMBER} * ${condition.members})`
    : ownWeight

/** Whether the tags are all there; one that begins with a comma is asked for by itself. */
const isTagged = (a: A): SQL => sql`${sql.join(
  slots.map((slot) => sql`(${a[slot]} is null or instr(${JOINED_TAGS}, ${a[slot]}) > 0)`),
  sql.raw(' and '),
)} and not exists (select 1 from ${a.oddTags.each} as wanted
    where not exists (select 1 from json_each(${episodes.tags}) as own where own.value = wanted.value))`

/** What costs least is asked first. */
const fits = (a: A): SQL => sql`((${a.status} is null or ${episodes.status} = ${a.status})
  and (${a.createdFrom} is null or ${episodes.createdAt} >= ${a.createdFrom})
  and (${a.createdTo} is null or ${episodes.createdAt} < ${a.createdTo})
  and (${a.from} is null or ${episodes.name} >= ${a.from})
  and (${a.to} is null or ${episodes.name} < ${a.to})
  and ${isTagged(a)})`

/** The part of the list's order that is looked at. */
const between = (a: A, id: SQLWrapper): SQL => sql`${id} < ${a.before} and ${id} >= ${a.oldest}`

/** The live episodes in that order, where `condition` holds. It stands in the key of the index: else nothing is read. */
const newest = (a: A, condition = sql`true`): SQL => sql`from ${episodes}
  where ${episodes.projectId} = (select project_id from permit where ${condition}) and ${live(episodes)}
    and ${between(a, episodes.id)}`

/** How a page comes by its rows, the newest first. */
interface Road {
  readonly tables?: SQL
  readonly rows: SQL
}

const walked = (a: A, weight: SQL): Road => ({
  rows: sql`select ${episodes.id} as id, ${weight} as own ${newest(a)} order by ${episodes.id} desc`,
})

/** By the index of names where the range is small, by the order of the list where it is not. */
const ranged = (a: A, weight: SQL): Road => {
  const few = sql`(select is_few from counted)`
  return {
    tables: sql`range as materialized (select ${episodes.id} as id from ${episodes}
        where ${episodes.projectId} = (select project_id from permit) and ${live(episodes)}
          and ${episodes.name} >= ${a.from} and ${episodes.name} < ifnull(${a.to}, x'')
        limit ${num(MOST_IN_RANGE)} + 1),
      counted as materialized (select count(*) <= ${num(MOST_IN_RANGE)} as is_few from range),`,
    rows: sql`select ${episodes.id} as id, ${weight} as own from (
        select id from range where ${few} and ${between(a, sql`id`)}
        union all
        select ${episodes.id} ${newest(a, sql`not ${few}`)}
        order by id desc limit ${a.most} + 1) as way cross join ${episodes} on ${episodes.id} = way.id`,
  }
}

/**
 * The rows that fit, and a stop: the first that is not looked at, or what stands behind the last. Behind it all are
 * stops, so that nothing is read for long after one.
 */
const page = (
  a: A,
  { tables, rows }: Road,
  condition: SQL,
): SQL => sql`, ${tables ?? sql``} found as materialized (
    select walk.id as id, position, is_stop from (
      select id, position, id = '' or position > ${a.most}
          or total - own >= ${a.heaviest} as is_stop
        from (select id, own, sum(1) over upto as position, sum(own) over upto as total
          from (select * from (${rows} limit ${a.most} + 1) union all select '', 0)
          window upto as (rows unbounded preceding))) as walk
      left join ${episodes} on ${episodes.id} = iif(is_stop, null, walk.id)
    where is_stop or ${fits(a)} and ${condition} limit ${a.offset} + ${a.limit} + 1)
  select ${refusal}, null as id, null as position, null as is_stop, null as body from ${VERDICT}
  union all
  select null, found.id, position, is_stop, ${episodeJson}
    from (select *, sum(1) over (rows unbounded preceding) as rank from found) as found
    left join ${episodes} on ${episodes.id} = iif(is_stop or rank <= ${a.offset}, null, found.id)`

const roads = { walked, ranged } as const

type RoadName = keyof typeof roads

const build = (road: RoadName, condition: Asking | null) => (a: A) =>
  page(a, roads[road](a, weightOf(condition)), condition?.where ?? sql`true`)

const filtered = (road: RoadName) =>
  consulting<ProjectRef, Asked>(listing, `episodes.filtered.${road}`, build(road, null))

const byRoad = { walked: filtered('walked'), ranged: filtered('ranged') }

/** Statements of conditions that were asked for lately, by what is alike in them. */
const MOST_KEPT = 64
const kept = new Map<string, Compiled<Asked>>()

function statementOf(road: RoadName, condition: Asking | null): Compiled<Asked> {
  if (condition === null) return byRoad[road]
  const key = `${road} ${condition.shape}`
  const found = kept.get(key) ?? consultingOnce(listing, 'episodes.found', build(road, condition))
  kept.delete(key)
  kept.set(key, found)
  const [oldest] = kept.keys()
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest)
  return found
}

/** The episodes that fit, newest first. A page may be short, even empty, and still have a `next`. */
export function filterEpisodes(
  ref: ProjectRef,
  filter: EpisodeFilter,
  condition: Asking | null,
  window: Window,
): Plan<FilteredPage> {
  const road = filter.from === null ? 'walked' : 'ranged'
  const bounds = boundsOf(filter, condition)
  const from = upTo(window, filter.createdTo)
  const values = { ...ref, ...filter, ...slotsOf(filter.tags), ...bounds, ...condition?.values, ...from }
  return statement(statementOf(road, condition), values, (rows) => readPage(rows, window))
}

/** An id begins with the time at which it was made: what is newer need not be looked at. */
function upTo(window: Window, time: number | null): Window {
  const newest = time === null ? window.before : firstIdAt(time)
  return newest < window.before ? { ...window, before: newest } : window
}

function readPage([verdict, ...rows]: readonly Row[], { offset, limit }: Window): FilteredPage {
  assertPermitted(verdict)
  const stop = rows.find(({ is_stop }) => is_stop === 1)
  const fitting = rows.filter(({ is_stop }) => is_stop === 0).slice(offset)
  const shown = fitting.slice(0, limit)
  const last = shown.at(-1)
  const page = { items: shown.map(({ body }) => body as string), total: null }
  if (!stop || fitting.length > limit)
    return { ...page, next: last?.id as string, examined: last?.position as number }
  const next = stop.id === '' ? null : justBehind(stop.id as string)
  // What the pages before it show is not known: it would be told again, or by nobody.
  if (offset > 0 && next !== null && shown.length < limit)
    throw invalid(
      'cursor',
      'is needed for this page: more was looked at than one request may; go on by nextCursor',
    )
  return { ...page, next, examined: (stop.position as number) - 1 }
}

/** What an id is the next before. */
const justBehind = (id: string): string => `${id}00`
