import { type SQL, sql } from 'drizzle-orm'
import { assets } from '../../../drizzle/schema.ts'
import { assertPermitted, refusal, VERDICT } from '../../db/guard.ts'
import { Lately } from '../../db/lately.ts'
import { type Plan, type Row, statement } from '../../db/plan.ts'
import type { Arguments, Build, Compiled } from '../../db/sql.ts'
import { type ProjectRef, projectGuard } from '../../db/standing.ts'
import { consulting, consultingOnce, guard, type NamedGuard } from '../../db/statements.ts'
import type { AssetDrives } from '../../domain/asset-drives.ts'
import { firstIdAt } from '../../domain/id.ts'
import { assetKinds } from '../../domain/kind.ts'
import { hidden, isShown, weight } from './asset-list.sql.ts'
import {
  behind,
  type Extent,
  FROM_THE_BEGINNING,
  type Order,
  type OrderName,
  orders,
} from './asset-orders.sql.ts'
import { type AssetShape, foundAssetJson } from './asset-resource.sql.ts'
import type { Asking } from './condition-shape.sql.ts'
import { MEMBER } from './conditions.sql.ts'
import { type EpisodeRef, reading } from './whole-episode.sql.ts'

/** How much a page looks at. */
interface Bounds {
  /** Assets wanted. */
  readonly limit: number
  /** Rows that are looked at, and what they may weigh together. */
  readonly most: number
  readonly heaviest: number
}

/** Part of what was found: assets as JSON, the key to go on behind, null at the end, and the rows that were looked at. */
export interface FoundPage {
  readonly items: readonly string[]
  readonly next: string | null
  readonly examined: number
}

type Asked = Extent & Bounds
type A = Arguments<Asked>

const finding = guard<ProjectRef>('assets.finding', (a) => projectGuard(a, 'read'))

/** Rows that are read to look at assets, and those of one, besides what a condition probes. */
const MOST_READ = 18_000
const READ_FOR_EACH = 6
const HEAVIEST_EXAMINED = 8_388_608
/** What takes longer than to read the text looks at less of it. */
const METADATA_HEAVIER = 4
const SCANS_AS_LONG = 8

/** What asks more of a row is asked of fewer. */
function boundsOf(condition: Asking | null): Omit<Bounds, 'limit'> {
  const { probes, metadata, scans } = condition ?? { probes: 0, metadata: 0, scans: 0 }
  const shares = Math.max(1, METADATA_HEAVIER * metadata, scans / SCANS_AS_LONG)
  return {
    most: Math.floor(MOST_READ / (READ_FOR_EACH + probes)),
    heaviest: Math.floor(HEAVIEST_EXAMINED / shares),
  }
}

/**
 * `walk`: a row for each asset that is looked at, in the order, behind a first one that only begins. Each step judges the
 * asset that the heads of the step before lead to, until enough fit, or so many were looked at; without an id at the end.
 */
function walk(a: A, { tables, from, inside, heads, firstOf, idOf }: Order, condition: Asking | null): SQL {
  const columns = heads.map((_, at) => sql.raw(`head${at}`))
  const of = (at: number) => sql.raw(`walk.head${at}`)
  const all = sql.join(
    heads.map((_, at) => of(at)),
    sql.raw(', '),
  )
  const first = heads.length === 1 ? all : sql`${sql.raw(firstOf)}(${all})`
  const moved = heads.map(({ after }, at) => sql`iif(${of(at)} = ${first}, ${after(of(at))}, ${of(at)})`)
  const list = (parts: readonly SQL[]) => sql.join([...parts], sql.raw(', '))
  const fits = sql`${assets.id} is not null and ${isShown(assets.containerId)}
    and ${condition?.where ?? sql`true`}`
  return sql`, ${hidden} ${tables ?? sql``},
    walk(id, place, is_fit, examined, steps, weight, found, inside, ${list(columns)}) as materialized (
      select '', '', 0, 0, 0, 0, 0, ${inside}, ${list(heads.map((head) => head.first))} from ${from}
      union all
      select ${assets.id}, ${first}, ${fits},
        walk.examined + (${assets.id} is not null and ${isShown(assets.containerId)}), walk.steps + 1,
        walk.weight + ifnull(${weight} + ${MEMBER} * ${condition?.members ?? sql`0`}, 0), walk.found + walk.is_fit,
        walk.inside, ${list(moved)}
      from walk left join ${assets} on ${assets.id} = ${idOf(first)} ${condition?.joins ?? sql``}
      where walk.id is not null and walk.steps < ${a.most} and walk.weight < ${a.heaviest}
        and walk.found + walk.is_fit < ${a.limit} + 1)`
}

const page =
  (order: OrderName, condition: Asking | null, json: SQL): Build<Asked> =>
  (a) =>
    sql`${walk(a, orders[order](a), condition)}
    select ${refusal}, null as id, null as place, null as is_fit, null as examined, null as body from ${VERDICT}
    union all
    select null, walk.id, walk.place, walk.is_fit, walk.examined, ${json} from walk
      left join ${assets} on ${assets.id} = iif(walk.is_fit, walk.id, null)
      where walk.is_fit or walk.steps = (select max(steps) from walk)`

function readPage([verdict, ...rows]: readonly Row[], limit: number): FoundPage {
  assertPermitted(verdict)
  const fitting = rows.filter(({ is_fit }) => is_fit === 1)
  const shown = fitting.slice(0, limit)
  const items = shown.map(({ body }) => body as string)
  const isMore = fitting.length > limit
  const { id, place, examined } = (isMore ? shown : rows).at(-1) as Row
  const isEnd = id === null
  return { items, next: isEnd ? null : (place as string), examined: examined as number }
}

/** By what the assets that fit are found with the least work. */
function orderBy({ ids, episode, name, range }: AssetDrives): Exclude<OrderName, 'byPath'> {
  if (ids !== null) return 'ofIds'
  if (episode !== null) return 'ofEpisode'
  if (name !== null) return 'named'
  return range === null ? 'newest' : 'ranged'
}

/** A page of what is found: behind the key that the page before ended with, so many at most. */
export interface Wanted {
  readonly after: string | null
  readonly limit: number
  readonly drives: AssetDrives
  readonly condition: Asking | null
}

function valuesOf({ after, limit, drives, condition }: Wanted, order: OrderName) {
  const { kinds, ids, episode, name, range, createdFrom, createdTo } = drives
  const start = after === null ? FROM_THE_BEGINNING : behind(order, after)
  const newest = createdTo === null ? start.before : firstIdAt(createdTo)
  return {
    ...start,
    // An id begins with the time at which it was made.
    before: newest < start.before ? newest : start.before,
    oldest: firstIdAt(createdFrom),
    kinds: kinds ?? assetKinds,
    ids: ids ?? [],
    episode,
    path: name,
    from: range?.from ?? null,
    to: range?.to ?? null,
    limit,
    ...boundsOf(condition),
    ...condition?.values,
  }
}

/** Of the statements of an order. */
const MOST_KEPT = 16

/** The statement of an order, by what is asked; `shown` is what it tells of each. */
const by = <G extends ProjectRef>(guarding: NamedGuard<G>, name: string, order: OrderName, shown: SQL) => {
  const all = consulting<G, G & Asked>(guarding, `${name}.${order}`, page(order, null, shown))
  const lately = new Lately<Compiled<G & Asked>>(MOST_KEPT)
  return (condition: Asking | null): Compiled<G & Asked> =>
    condition === null
      ? all
      : lately.of(condition.shape, () =>
          consultingOnce<G, G & Asked>(guarding, name, page(order, condition, shown)),
        )
}

/** Finds assets of all kinds in a project, newest first. A page may be short, even empty, and still lead on. */
function findingInProject(name: string, shown: SQL) {
  const found = {
    newest: by(finding, name, 'newest', shown),
    ofEpisode: by(finding, name, 'ofEpisode', shown),
    named: by(finding, name, 'named', shown),
    ofIds: by(finding, name, 'ofIds', shown),
    ranged: by(finding, name, 'ranged', shown),
  }
  return (ref: ProjectRef, wanted: Wanted): Plan<FoundPage> => {
    const order = orderBy(wanted.drives)
    const values = { ...ref, ...valuesOf(wanted, order) }
    return statement(found[order](wanted.condition), values, (rows) => readPage(rows, wanted.limit))
  }
}

/** Tells their ids. */
export const findAssetIds = findingInProject('assets.foundIds', assets.id.getSQL())

/** Tells all of them; `shapes` are those of the kinds. */
export const assetFinding = (shapes: readonly AssetShape[]) =>
  findingInProject('assets.found', foundAssetJson(shapes))

/** The same in an episode, by path; of one path by kind; what has none comes last, by id. */
export function episodeAssetFinding(shapes: readonly AssetShape[]) {
  const found = by(reading, 'assets.found', 'byPath', foundAssetJson(shapes))
  return (ref: EpisodeRef, wanted: Wanted): Plan<FoundPage> =>
    statement(found(wanted.condition), { ...ref, ...valuesOf(wanted, 'byPath') }, (rows) =>
      readPage(rows, wanted.limit),
    )
}
