import { type SQL, sql } from 'drizzle-orm'
import { episodes, projectStats, projects } from '../../../drizzle/schema.ts'
import { object } from '../../db/json.ts'
import { Lately } from '../../db/lately.ts'
import { END, type Window } from '../../db/page.ts'
import { type Plan, statement } from '../../db/plan.ts'
import type { Arguments, Compiled } from '../../db/sql.ts'
import { live, type NamespaceRef, publicProject, visitorGuard } from '../../db/standing.ts'
import { consulting, consultingOnce, guard } from '../../db/statements.ts'
import type { Condition } from '../../domain/query-conditions.ts'
import { drivesOf } from '../../domain/query-drives.ts'
import type { Asking } from './condition-shape.sql.ts'
import { compile } from './episode-conditions.sql.ts'
import {
  beginning,
  NEWEST_FIRST,
  type OrderName,
  orders,
  type Place,
  type Walk,
  walkOf,
} from './episode-order.sql.ts'
import {
  type Bounds,
  boundsOf,
  type FoundPage,
  type FoundWindow,
  picked,
  readPage,
  type Source,
  walked,
} from './episode-walk.sql.ts'
import { episodeJson } from './episodes.sql.ts'
import { type Driving, driveOfMany, drivingBy } from './facets.sql.ts'

/** The episodes of all projects of a namespace together. */

const listing = guard<NamespaceRef>('episodes.listingOfNamespace', (a) => visitorGuard(a, 'read'))

type Asked = NamespaceRef & Driving & Walk & Bounds & Pick<Window, 'offset' | 'limit'>
type A = Arguments<Asked>

const num = (value: number): SQL => sql.raw(String(value))

/** Projects that are looked into, the newest. */
const MOST_PROJECTS = num(1_000)

/** Rows that come next of all projects together, and are looked at for a page. */
const MOST_MERGED = num(1_000)
/** Rows that a step reads among several projects; and so many fewer are left for steps, as all projects are begun in. */
const READ_BY_A_STEP = 11
const READ_TO_BEGIN = 4_000
/** Looks at how many have a facet, in all projects together, and heads of facets; what needs more is looked for row by row. */
const MOST_LOOKS = 1_500

/** What a statement is made of. */
interface Recipe {
  readonly order: OrderName
  /** Whether facets may lead to what is asked. */
  readonly isDriven: boolean
  readonly asking: Asking
}

const anything: Recipe = {
  order: NEWEST_FIRST,
  isDriven: false,
  asking: compile({ kind: 'and', parts: [] }),
}

const isAnything = ({ shape }: Asking): boolean => shape === anything.asking.shape

/** `readable`: all projects for members, for others the public ones; of them those that have episodes. */
const readable = (): SQL => {
  const some = (isMember: 0 | 1, condition: SQL): SQL => sql`select * from (
    select ${projects.id} as id from ${projects}
    where ${projects.namespaceId} = (
        select iif(is_member = ${num(isMember)}, namespace_id, null) from permit) and ${live(projects)} and ${condition}
    order by ${projects.id} desc limit ${MOST_PROJECTS})`
  return sql`readable as materialized (select id from (${some(1, sql`true`)} union all ${some(0, publicProject)}) as mine
    cross join ${projectStats} on ${projectStats.projectId} = mine.id where ${projectStats.episodes} > 0)`
}

/**
 * A project is a source of episodes; by facets, each of the rarest ones in each project is. `merged` is a queue of what comes
 * next of each: what is taken from it makes room for the one behind it of the same source. Of an episode that has two of the
 * facets there are two rows, of one place.
 */
function sourceOf(a: A, { order: name, isDriven, asking }: Recipe): Source {
  const order = orders[name]
  // Where nothing is asked, no more is needed than is shown.
  const needed = isAnything(asking) ? sql`${a.offset} + ${a.limit} + 1` : a.most
  const most = sql`min(${needed}, ${MOST_MERGED})`
  const ids = sql`select id as project_id from readable`
  const driven = isDriven && order.extreme !== null ? driveOfMany(a, ids, order.extreme, MOST_LOOKS) : null
  const behind = (project: SQL, at: Pick<Place, 'id' | 'edge'>): SQL =>
    order.behind(a, project, { ...at, steps: sql`0` }, sql`1`)
  const at = { id: sql`merged.id`, edge: sql`merged.edge` }
  const columns = sql`${episodes.id}, ${order.value}, ${order.value} is null`
  const fromTheStart = behind(sql`readable.id`, beginning(a))
  const heads = driven
    ? sql`select readable.id, chosen.key, chosen.value, ${columns} from readable left join chosen on true
        cross join ${episodes} on ${episodes.id} = iif(chosen.key is null, (${fromTheStart}),
          (${driven.next({ project: sql`readable.id`, table: 'chosen' }, sql`${a.before}`)}))`
    : sql`select readable.id, null, null, ${columns} from readable
        cross join ${episodes} on ${episodes.id} = (${fromTheStart})`
  const walkedNext = sql`(${behind(sql`merged.project`, at)})`
  const next = driven
    ? sql`iif(merged.key is null, ${walkedNext},
        (${driven.next({ project: sql`merged.project`, table: 'merged' }, sql`merged.id`)}))`
    : walkedNext
  const direction = sql.raw(order.start.id === END ? 'desc' : 'asc')
  return {
    tables: [
      readable(),
      ...(driven?.tables ?? []),
      sql`merged(project, key, value, id, edge, is_last) as materialized (${heads}
        union all select merged.project, merged.key, merged.value, ${columns}
          from merged cross join ${episodes} on ${episodes.id} = ${next}
        order by 6, 5 ${direction}, 4 ${direction} limit ${most})`,
      sql`picked as materialized (select dense_rank() over (order by is_last, edge ${direction}, id ${direction}) as at, id
        from merged)`,
      sql`horizon as materialized (select iif(count(*) >= ${most}, max(at), 9e9) as at from picked)`,
    ],
    ways: [{ if: sql`true`, ids: picked, isBroad: false }],
    value: order.value,
    upTo: sql`(select at from horizon)`,
  }
}

/** An episode with its project. */
const shown = sql`json_set(${episodeJson}, '$.project', (select ${object({ id: projects.id, slug: projects.slug })}
  from ${projects} where ${projects.id} = ${episodes.projectId}))`

const build =
  (recipe: Recipe) =>
  (a: A): SQL =>
    walked(a, sourceOf(a, recipe), recipe.asking, shown)

const all = consulting<NamespaceRef, Asked>(listing, 'episodes.listedOfNamespace', build(anything))

const lately = new Lately<Compiled<Asked>>(32)

const keyOf = ({ order, isDriven, asking }: Recipe): string => `${order} ${isDriven} ${asking.shape}`

const statementOf = (recipe: Recipe): Compiled<Asked> =>
  keyOf(recipe) === keyOf(anything)
    ? all
    : lately.of(keyOf(recipe), () => consultingOnce(listing, 'episodes.foundInNamespace', build(recipe)))

/** The episodes that fit, in that order, each with its project. A page may be short, even empty, and still have a `next`. */
export function findInNamespace(
  ref: NamespaceRef,
  condition: Condition,
  order: OrderName,
  { after, offset, limit }: FoundWindow,
): Plan<FoundPage> {
  const asking = compile(condition)
  const drives = drivesOf(condition)
  const driving = drivingBy(drives.equalities, [])
  const isDriven = driving.equalities.length > 0
  const values = {
    ...ref,
    ...driving,
    ...asking.values,
    ...boundsOf(asking, READ_BY_A_STEP, READ_TO_BEGIN),
    ...walkOf(orders[order], after, drives),
    offset,
    limit,
  }
  return statement(statementOf({ order, isDriven, asking }), values, (rows) => readPage(rows, offset, limit))
}
