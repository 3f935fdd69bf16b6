import { type SQL, sql } from 'drizzle-orm'
import { nodes } from '../../../drizzle/schema.ts'
import { assertPermitted, refusal, VERDICT } from '../../db/guard.ts'
import { type Plan, type Row, statement } from '../../db/plan.ts'
import type { Arguments } from '../../db/sql.ts'
import { type ItemRef, live } from '../../db/standing.ts'
import { guard, outcome } from '../../db/statements.ts'
import { presentTarget } from './asset-target.sql.ts'
import { nodeGuard } from './node-target.sql.ts'
import { isLeaf, nodeJson } from './nodes.sql.ts'

/**
 * All that hangs below a node, by path: an episode is followed by what is inside of it, which has paths of its own. The
 * walk goes from node to node by the index of paths, and can begin behind any of them.
 */
export interface Position {
  /** From the node on. */
  readonly outerPath: string
  readonly outerKind: string
  /** The episode that the walk is inside of, and where in it. */
  readonly episode: string | null
  readonly innerPath: string
  readonly innerKind: string
}

interface Walking extends ItemRef, Partial<Position> {
  readonly limit: number
  /** Nodes that are walked at most. */
  readonly examined: number
  readonly leavesOnly: boolean
  readonly kind: string | null
}

type A = Arguments<Walking>

/** The first node behind a place, by the index of paths. */
const firstBehind = (
  container: SQL,
  path: SQL,
  kind: SQL,
  also: SQL,
): SQL => sql`(select ${nodes.id} from ${nodes}
  where ${nodes.containerId} = ${container} and (${nodes.path}, ${nodes.kind}) > (${path}, ${kind})
    and ${live(nodes)} ${also} order by ${nodes.path}, ${nodes.kind} limit 1)`

const inner = firstBehind(
  sql`walk.episode`,
  sql`walk.inner_path`,
  sql`walk.inner_kind`,
  sql`and walk.episode is not null`,
)
const outer = firstBehind(
  sql`top.container_id`,
  sql`walk.outer_path`,
  sql`walk.outer_kind`,
  sql`and ${nodes.path} < top.high`,
)

/** Of an episode's node what is inside of it; of a folder what is below its path. */
const top = sql`top as materialized (
  select iif(kind = 'episode', item_id, container_id) as container_id,
    iif(kind = 'episode', '', path) || '/' as low, iif(kind = 'episode', '', path) || '0' as high
  from target where ${presentTarget})`

/** The episode that the walk was inside of, while it is where it was. */
const around = (a: A): SQL => sql`(select ${nodes.itemId} from ${nodes}
  where ${nodes.containerId} = top.container_id and ${nodes.path} = top.low || ${a.outerPath}
    and ${nodes.kind} = 'episode' and ${live(nodes)} and ${nodes.itemId} = ${a.episode})`

const walk = (
  a: A,
): SQL => sql`walk(n, outer_path, outer_kind, episode, inner_path, inner_kind, id) as materialized (
  select 0, low || ifnull(${a.outerPath}, ''), ifnull(${a.outerKind}, ''), ${around(a)}, ifnull(${a.innerPath}, ''),
    ifnull(${a.innerKind}, ''), null from top
  union all
  select walk.n + 1,
    iif(next.container_id = top.container_id, next.path, walk.outer_path),
    iif(next.container_id = top.container_id, next.kind, walk.outer_kind),
    iif(next.container_id <> top.container_id, walk.episode, iif(next.kind = 'episode', next.item_id, null)),
    iif(next.container_id <> top.container_id, next.path, ''),
    iif(next.container_id <> top.container_id, next.kind, ''),
    next.id
  from walk cross join top cross join ${nodes} as next on next.id = ifnull(${inner}, ${outer})
  where walk.n < ${a.examined})`

const walking = guard<Walking>('nodes.walking', (a) => nodeGuard(a, 'read', { tables: [top, walk(a)] }))

/** Relative to the node, which may be renamed and moved before the next page. */
const outerPath = sql`substr(walk.outer_path, length((select low from top)) + 1)`
const position = sql`${outerPath}, walk.outer_kind, walk.episode, walk.inner_path, walk.inner_kind`

const walked = outcome(
  walking,
  'nodes.walked',
  (
    a,
  ) => sql`select ${refusal}, null as n, null as body, null as outer_path, null as outer_kind, null as episode,
      null as inner_path, null as inner_kind from ${VERDICT}
    union all
    select null, walk.n, null, ${position} from walk where walk.n = (select max(n) from walk)
    union all
    select * from (select null, walk.n, ${nodeJson}, ${position} from walk cross join ${nodes} on ${nodes.id} = walk.id
      where (not ${a.leavesOnly} or ${isLeaf}) and (${a.kind} is null or ${nodes.kind} = ${a.kind})
      limit ${a.limit} + 1)`,
)

/** Some nodes as JSON, and the position to go on behind; null at the end. */
export interface Walked {
  readonly nodes: readonly string[]
  readonly next: Position | null
}

const positionOf = (row: Row): Position => ({
  outerPath: row.outer_path as string,
  outerKind: row.outer_kind as string,
  episode: row.episode as string | null,
  innerPath: row.inner_path as string,
  innerKind: row.inner_kind as string,
})

/** The nodes below one, so many of them, behind a position. */
export const walkBelow = (values: Walking): Plan<Walked> =>
  statement(walked, values, ([facts, last, ...rows]) => {
    assertPermitted(facts)
    const found = rows.slice(0, values.limit)
    // More than fits was found, or as much was walked as is walked at once.
    const end = rows.length > found.length ? found.at(-1) : last?.n === values.examined ? last : undefined
    return { nodes: found.map(({ body }) => body as string), next: end ? positionOf(end) : null }
  })
