import { type SQL, sql } from 'drizzle-orm'
import { episodes, projectStats, projects } from '../../../drizzle/schema.ts'
import { object } from '../../db/json.ts'
import { Lately } from '../../db/lately.ts'
import type { Window } from '../../db/page.ts'
import { type Plan, statement } from '../../db/plan.ts'
import type { Arguments, Compiled } from '../../db/sql.ts'
import { live, type NamespaceRef, publicProject, visitorGuard } from '../../db/standing.ts'
import { consulting, consultingOnce, guard } from '../../db/statements.ts'
import type { Condition } from '../../domain/query-conditions.ts'
import { drivesOf } from '../../domain/query-drives.ts'
import { type Asking, compile } from './episode-conditions.sql.ts'
import { beginning, NEWEST_FIRST, type OrderName, orders, type Walk, walkOf } from './episode-order.sql.ts'
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
import { type Driving, driveOfMany, drivingBy, slotsOf } from './facets.sql.ts'

/** The episodes of all projects of a namespace together. */

const listing = guard<NamespaceRef>('episodes.listingOfNamespace', (a) => visitorGuard(a, 'read'))

type Asked = NamespaceRef & Driving & Walk & Bounds & Pick<Window, 'offset' | 'limit'>
type A = Arguments<Asked>

const num = (value: number): SQL => sql.raw(String(value))

/** Projects that are looked into, the newest. */
const MOST_PROJECTS = num(1_000)

/** Rows that are put in order for a page, of all projects together. */
const MOST_GATHERED = num(1_200)
/** Sources that a page has rows of: those with the first ones. */
const MOST_NEAREST = num(30)
/** Facets of so many projects together are looked up; of more, rows are looked at. */
const MOST_SOURCES = num(1_500)

/** What a statement is made of. */
interface Recipe {
  readonly order: OrderName
  readonly slots: number
  readonly asking: Asking
}

const anything: Recipe = {
  order: NEWEST_FIRST,
  slots: 0,
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
 * A project is a source of episodes; by facets, each of the rarest ones in each project is. The heads of all are put in order,
 * and of the sources with the first heads the rows that come next: up to the last one of the first source of which there may be
 * more, or the head of the next source.
 */
function sourceOf(a: A, { order: name, slots, asking }: Recipe): Source {
  const order = orders[name]
  // Where nothing is asked, no more is needed than is shown.
  const most = isAnything(asking) ? sql`${a.offset} + ${a.limit} + 1` : MOST_GATHERED
  const share = sql`(select n from share)`
  const few = sql`select id as project_id from readable
    where (select count(*) from readable) * ${num(slots)} <= ${MOST_SOURCES}`
  const driven = slots > 0 && order.extreme !== null ? driveOfMany(a, few, slots, order.extreme) : null
  const isWalked = driven ? sql`not ${driven.isDriven}` : sql`true`
  const first = (project: SQL, count: SQL): SQL => order.behind(a, project, beginning(a), count)
  const heads = sql`select readable.id as project, 0 as slot, (${first(sql`readable.id`, sql`1`)}) as id
    from readable where ${isWalked}`
  const rows = sql`select nearest.at as source, ${episodes.id} as id from nearest
    cross join ${episodes} on ${episodes.id} in (${first(sql`nearest.project`, share)}) where ${isWalked}`
  const all = (parts: readonly SQL[]): SQL => sql.join([...parts], sql` union all `)
  return {
    tables: [
      readable(),
      ...(driven?.tables ?? []),
      sql`heads as materialized (select project, slot, head.id as id, row_number() over (order by ${order.by}) as at
        from (${all([heads, ...(driven?.heads ?? [])])}) as head cross join ${episodes} on ${episodes.id} = head.id)`,
      sql`nearest as materialized (select * from heads where at <= ${MOST_NEAREST})`,
      sql`share as materialized (select min(${most}, ${MOST_GATHERED} / max(1, count(*))) as n from nearest)`,
      sql`near as materialized (select * from (${all([rows, ...(driven?.rows(share) ?? [])])})
        union all select 0, id from heads where at = ${MOST_NEAREST} + 1)`,
      sql`picked as materialized (select dense_rank() over (order by ${order.by}) as at, ${episodes.id} as id, source
        from near cross join ${episodes} on ${episodes.id} = near.id)`,
      sql`horizon as materialized (select min(last) as at from (
        select max(at) as last from picked group by source having source = 0 or count(*) >= ${share}))`,
    ],
    ways: [{ if: sql`true`, ids: picked, isBroad: false }],
    value: order.value,
    upTo: sql`ifnull((select at from horizon), 9e9)`,
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

const keyOf = ({ order, slots, asking }: Recipe): string => `${order} ${slots} ${asking.shape}`

const statementOf = (recipe: Recipe): Compiled<Asked> =>
  keyOf(recipe) === keyOf(anything)
    ? all
    : lately.of(keyOf(recipe), () => consultingOnce(listing, 'episodes.foundInNamespace', build(recipe)))

/** So many facets have a slot each, as D1 takes five terms, one of which is the rows; what needs more is looked for row by row. */
const MOST_SLOTS = 4

/** The episodes that fit, in that order, each with its project. A page may be short, even empty, and still have a `next`. */
export function findInNamespace(
  ref: NamespaceRef,
  condition: Condition,
  order: OrderName,
  { after, offset, limit }: FoundWindow,
): Plan<FoundPage> {
  const asking = compile(condition)
  const drives = drivesOf(condition)
  const driving = drivingBy(
    drives.equalities.filter((each) => each.length <= MOST_SLOTS),
    [],
  )
  const slots = slotsOf(driving)
  const values = {
    ...ref,
    ...driving,
    ...asking.values,
    ...boundsOf(asking, orders[order].reads, 1),
    ...walkOf(orders[order], after, drives),
    offset,
    limit,
  }
  return statement(statementOf({ order, slots, asking }), values, (rows) => readPage(rows, offset, limit))
}
