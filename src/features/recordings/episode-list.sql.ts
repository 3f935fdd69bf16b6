import { type SQL, sql } from 'drizzle-orm'
import { episodes, projectStats } from '../../../drizzle/schema.ts'
import { Lately } from '../../db/lately.ts'
import { listPlan, type Window } from '../../db/page.ts'
import { type Plan, statement } from '../../db/plan.ts'
import type { Arguments, Compiled } from '../../db/sql.ts'
import { live, type ProjectRef, projectGuard } from '../../db/standing.ts'
import { consultingOnce, guard } from '../../db/statements.ts'
import type { Condition } from '../../domain/query-conditions.ts'
import { drivesOf, type Range } from '../../domain/query-drives.ts'
import type { Asking } from './condition-shape.sql.ts'
import { compile } from './episode-conditions.sql.ts'
import { type OrderName, orders, rangeIn, type Walk, walkOf } from './episode-order.sql.ts'
import {
  type Bounds,
  boundsOf,
  type FoundPage,
  type FoundWindow,
  picked,
  readPage,
  type Source,
  type Way,
  walked,
} from './episode-walk.sql.ts'
import { episodeJson } from './episodes.sql.ts'
import { type Driving, drive, drivingBy, ELSEWHERE, slotsOf } from './facets.sql.ts'

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

type Asked = ProjectRef & Driving & Walk & Bounds & Pick<Window, 'offset' | 'limit'>
type A = Arguments<Asked>

/** What a page tells of each: all of it, or the id alone. */
const shown = { whole: episodeJson, id: sql`${episodes.id}` } as const

const PROJECT = sql`(select project_id from permit)`

/** What a statement is made of. */
interface Recipe {
  readonly shows: keyof typeof shown
  readonly order: OrderName
  readonly ranges: readonly Range[]
  readonly slots: number
  readonly asking: Asking
}

/** Where the walk of a project finds its episodes. */
function sourceOf(a: A, { order: name, ranges, slots }: Recipe): Source {
  const order = orders[name]
  const driven = drive(a, { ranges, slots, extreme: order.extreme })
  const gathered = driven.gathered
    ? [
        sql`picked as materialized (select row_number() over (order by ${order.by}) as at, ${episodes.id} as id
          from ${driven.gathered} as gathered cross join json_each(gathered.ids) as each
          cross join ${episodes} on ${episodes.id} = each.value where ${order.isBehind(a)})`,
      ]
    : []
  const ways: readonly Way[] = [
    ...(driven.gathered
      ? [{ if: sql`(select ids <> ${ELSEWHERE} from ${driven.gathered})`, ids: picked, isBroad: false }]
      : []),
    ...(driven.way ? [driven.way] : []),
    { if: sql`true`, ids: (at, most) => order.behind(a, PROJECT, at, most), isBroad: true },
  ]
  return { tables: [...driven.tables, ...gathered], ways, value: order.value, upTo: null }
}

const page = (a: A, recipe: Recipe): SQL => walked(a, sourceOf(a, recipe), recipe.asking, shown[recipe.shows])

/** Statements of conditions that were asked for lately, by what is alike in them. */
const lately = new Lately<Compiled<Asked>>(64)

function statementOf(recipe: Recipe): Compiled<Asked> {
  const by = recipe.ranges.map((range) => (range.by === 'facet' && range.key === 'word' ? 'word' : range.by))
  const key = `${recipe.order} ${recipe.shows} ${recipe.slots} ${by} ${recipe.asking.shape}`
  return lately.of(key, () => consultingOnce(listing, 'episodes.found', (a: A) => page(a, recipe)))
}

/** Whoever wants ids alone does something with them. */
const READ_FOR_IDS = 4_000

/** Ranges are counted until one is small enough, and no more of them. */
const MOST_RANGES = 2

/** To count one, and find it too large, takes so many rows; and so many more to gather what something holds. */
const READ_FOR_A_RANGE = 4_000
const READ_TO_GATHER_HELD = 5_000

const readFor = (ranges: readonly Range[]): number =>
  READ_FOR_A_RANGE * Math.max(0, ranges.length - 1) +
  (ranges.some(({ by }) => by === 'collection' || by === 'dataset') ? READ_TO_GATHER_HELD : 0)

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
  const readElsewhere = readFor(ranges) + (shows === 'id' ? READ_FOR_IDS : 0)
  const bounds = boundsOf(asking, reads + merged, readElsewhere)
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
