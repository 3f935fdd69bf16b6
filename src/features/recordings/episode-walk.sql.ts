import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { episodes } from '../../../drizzle/schema.ts'
import { assertPermitted, refusal, VERDICT } from '../../db/guard.ts'
import type { Page, Window } from '../../db/page.ts'
import type { Row } from '../../db/plan.ts'
import { type Arguments, bytesOf } from '../../db/sql.ts'
import { live } from '../../db/standing.ts'
import { invalid } from '../../domain/failure.ts'
import type { Asking } from './conditions.sql.ts'
import type { Edge, Walk } from './episode-order.sql.ts'

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

/** To count a range, and find it too large, takes so many rows. */
const READ_FOR_A_RANGE = 3_500

/** What asks more of a row is asked of fewer. */
export function boundsOf({ probes, metadata, scans }: Asking, reads: number, ranges: number): Bounds {
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

/** Where a walk finds its episodes. */
export interface Source {
  /** Tables before it. */
  readonly tables: readonly SQL[]
  /** The id of the one that comes after the row of `walk`; null at the end. */
  readonly next: SQL
  /** What `edge` is of an episode. */
  readonly value: SQLWrapper
  /** Steps that it leads to at most, behind which there may be more; null where there is no such bound. */
  readonly upTo: SQL | null
}

/**
 * The first episodes that fit, one step of `walk` for each that is looked at, until enough is found or too much was looked at:
 * then its last row is a stop, behind which the next page goes on. At the end of everything a row without an id follows. A row
 * is judged once, and what it tells of itself (`is_fit`) is counted by the one after it.
 */
export const walked = (a: A, { tables, next, value, upTo }: Source, asking: Asking, shown: SQL): SQL => {
  const most = upTo === null ? sql`${a.most}` : sql`min(${a.most}, ${upTo})`
  return sql`, ${sql.join(
    tables.map((table) => sql`${table}, `),
    sql``,
  )} walk(id, edge, is_fit, examined, weight, steps, found) as (
    select ${a.before}, ${a.edge}, 0, 0, 0, 0, 0 from permit
    union all
    select ${episodes.id}, ${value},
      case when ${episodes.id} is null or not ${live(episodes)} or ${episodes.id} = walk.id then 0
        else ${asking.where} end,
      walk.examined + (${episodes.id} is not null and ${live(episodes)} and ${episodes.id} <> walk.id),
      walk.weight + ifnull(${weightOf(asking)}, 0), walk.steps + 1, walk.found + walk.is_fit
    from walk left join ${episodes} on ${episodes.id} = ${next} ${asking.joins}
    where walk.id is not null and walk.steps < ${most} and walk.weight < ${a.heaviest}
      and walk.found + walk.is_fit <= ${a.offset} + ${a.limit})
  select ${refusal}, null as id, null as edge, null as is_fit, null as is_stop, null as examined, null as body from ${VERDICT}
  union all
  select null, walk.id, walk.edge, walk.is_fit, walk.steps >= ${most} or walk.weight >= ${a.heaviest},
      walk.examined, ${shown}
    from walk left join ${episodes} on ${episodes.id} = iif(walk.is_fit and walk.found >= ${a.offset}, walk.id, null)
    where walk.is_fit or walk.id is null or walk.steps >= ${most} or walk.weight >= ${a.heaviest}`
}

export function readPage([verdict, ...rows]: readonly Row[], offset: number, limit: number): FoundPage {
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
