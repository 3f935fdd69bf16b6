import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { assets, episodes, nodes } from '../../../drizzle/schema.ts'
import { ADMITTED, type Refusing } from '../../db/guard.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { type Arguments, assign, bytesOf } from '../../db/sql.ts'
import { type ItemRef, isInTrashedEpisode, live } from '../../db/standing.ts'
import { guard, guarded, outcome } from '../../db/statements.ts'
import { closedAround, isMany, MOST_AT_ONCE } from '../../db/underway.ts'
import { outcomeOf, type Resource, readResource, type Stamp, shown, unexpected } from '../../db/write.ts'
import { MOST_BYTES_OF_A_PATH, MOST_SEGMENTS } from '../../domain/path.ts'
import { isInProtectedEpisode } from './asset-target.sql.ts'
import { nodeGuard, TARGET } from './node-target.sql.ts'
import { isLeaf, lastSegment, nodeJson, parentPath, unescaped } from './nodes.sql.ts'
import { nodesBelow } from './slices.sql.ts'
import { holdsProtected } from './trash.sql.ts'

/**
 * A folder is renamed and moved within its container. Its subtree follows in the same batch: paths, the names of assets,
 * and where episodes say they are. What this request has done before it finds done, as nothing is left to be moved.
 */
interface Moving extends ItemRef, Stamp {
  readonly name?: string
  /** The new name as a segment of a node's path. */
  readonly segment?: string
  /** The folder that it is to hang in, or the node of the episode that it is inside of; null for the top. */
  readonly parentId?: string | null
}

type A = Arguments<Moving>

/** `parent`, at most one row: the node that the request names. */
const parent = (a: A): SQL => sql`parent as materialized (
  select ${nodes.id} as id, ${nodes.kind} as kind, ${nodes.containerId} as container_id, ${nodes.path} as path,
    ${nodes.itemId} as item_id
  from ${ADMITTED} cross join ${nodes} where ${nodes.id} = ${a.parentId}
    and ${nodes.projectId} = standing.project_id and ${live(nodes)}
    and not ${isInTrashedEpisode(nodes.containerId)})`

/** `goal`: where the folder is afterwards. At the top of an episode a folder hangs on the episode's own node. */
const goal = (a: A): SQL => {
  const top = sql`(select ${episodes.nodeId} from ${episodes} where ${episodes.id} = target.container_id)`
  const folder = sql`case when not ${a.parentId.given} then ${parentPath(sql`target.path`)}
    when ${a.parentId} is null then '' else (select iif(kind = 'folder', path, '') from parent) end`
  return sql`goal as materialized (
    select case when not ${a.parentId.given} then target.parent_id
        when ${a.parentId} is null then ${top} else ${a.parentId} end as parent_id,
      ${folder} || '/' || ifnull(${a.segment}, ${lastSegment(sql`target.path`)}) as path,
      ifnull(${a.name}, target.name) as name
    from target)`
}

const parentIs = (condition: SQL): SQL =>
  sql`exists (select 1 from target cross join parent where ${condition})`

const isElsewhere =
  parentIs(sql`case parent.kind when 'folder' then parent.container_id <> target.container_id
  else parent.item_id <> target.container_id end`)

const [FROM, TO] = [sql`(select path from target)`, sql`(select path from goal)`]

/** Holds for a goal below the folder itself. */
const isCycle = sql`${TO} <> ${FROM} and substr(${TO}, 1, length(${FROM}) + 1) = ${FROM} || '/'`

const isTaken = sql`${TO} <> ${FROM} and exists (
  select 1 from target cross join ${nodes} on ${nodes.containerId} = target.container_id
    and ${nodes.path} = ${TO} and ${nodes.kind} = 'folder' and ${live(nodes)})`

/** The name of an asset says its folders by their names: below one whose name has a slash it would be another path. */
const wouldBeMisread = sql`${TO} <> ${FROM} and instr(${TO}, '%2F') > 0 and exists (
  select 1 from ${nodes} where ${nodesBelow(TARGET)} and ${isLeaf})`

/** No more than are moved at once, and one: what is judged of them is bounded. */
const firstBelow = sql`select ${nodes.path} as path, ${nodes.kind} as kind from ${nodes}
  where ${nodesBelow(TARGET)} limit ${sql.raw(String(MOST_AT_ONCE + 1))}`

const lengthOf = (path: SQLWrapper): SQL => bytesOf(unescaped(sql`${path}`))
const depthOf = (path: SQLWrapper): SQL => sql`(length(${path}) - length(replace(${path}, '/', '')))`

/** Holds where a path would be longer than one may be; the names of episodes are no part of one. */
const isTooLong = sql`${TO} <> ${FROM} and (select
    ifnull(max(${lengthOf(sql`path`)}), ${lengthOf(FROM)}) - ${lengthOf(FROM)} + ${lengthOf(TO)} > ${sql.raw(String(MOST_BYTES_OF_A_PATH))}
    or ifnull(max(${depthOf(sql`path`)}), ${depthOf(FROM)}) - ${depthOf(FROM)} + ${depthOf(TO)} > ${sql.raw(String(MOST_SEGMENTS))}
  from (${firstBelow}) where kind <> 'episode')`

/** Nodes are counted so far, to say how many there are. */
const MOST_COUNTED = sql.raw('100000')

const tooMany: Refusing = [
  'too_large',
  sql`${TO} <> ${FROM} and ${isMany(sql`select 1 from ${nodes} where ${nodesBelow(TARGET)}`)}`,
  sql`(select 'nodes ' || count(*) || iif(count(*) = ${MOST_COUNTED}, ' more', '') from (
    select 1 from ${nodes} where ${nodesBelow(TARGET)} limit ${MOST_COUNTED}))`,
]

/** What is there already is as good as moved: then this request may have done so before. */
const notAsExpected = (a: A): Refusing => {
  const [failure, condition] = unexpected(a, nodes, sql`(select id from target)`)
  return [failure, sql`${TO} <> ${FROM} and ${condition}`]
}

const moving = guard<Moving>('nodes.moving', (a) =>
  nodeGuard(a, 'write', {
    tables: [parent(a), goal(a)],
    thing: [['parent_not_found', sql`${a.parentId} is not null and not exists (select 1 from parent)`]],
    state: [
      ['node_not_folder', sql`(select kind <> 'folder' from target)`],
      ['parent_not_folder', parentIs(sql`parent.kind not in ('folder', 'episode')`)],
      ['node_across_episodes', isElsewhere],
      ['path_too_long', isTooLong],
      isInProtectedEpisode,
      ['holds_write_protected', holdsProtected],
      notAsExpected(a),
      ['node_cycle', isCycle],
      ['node_name_taken', isTaken],
      tooMany,
      ['asset_below_slash', wouldBeMisread],
      ...[FROM, TO].map((path) => closedAround(sql`(select container_id from target)`, path)),
    ],
  }),
)

/** Where something is to be moved; the folder itself is the last, as the others are found by its path. */
const BEING_MOVED = sql`from permit cross join target cross join goal where goal.path <> target.path`

const below = (column: SQL): SQL => sql`(select ${column} from ${nodes}
  where ${nodesBelow(TARGET)} and exists (select 1 ${BEING_MOVED}))`

const moved = (path: SQLWrapper, as = (each: SQL): SQL => each): SQL =>
  sql`${as(TO)} || substr(${path}, length(${as(FROM)}) + 1)`

/** What is changed by the request that moves a folder, and by none that was sent before. */
const followed = (table: typeof assets | typeof episodes, a: A) => ({
  updatedAt: sql`${a.now}`,
  updatedRequest: sql`${a.mark}`,
  renamedRequest: sql`null`,
  version: sql`${table.version} + 1`,
})

const moveAssets = guarded(
  moving,
  'nodes.moveAssets',
  (
    a,
  ) => sql`update ${assets} set ${assign(assets, { name: moved(assets.name, unescaped), ...followed(assets, a) })}
    where ${assets.id} in ${below(nodes.itemId.getSQL())} and ${live(assets)}`,
)

const moveEpisodes = guarded(
  moving,
  'nodes.moveEpisodes',
  (
    a,
  ) => sql`update ${episodes} set ${assign(episodes, { nodePath: moved(episodes.nodePath), ...followed(episodes, a) })}
    where ${episodes.id} in ${below(nodes.itemId.getSQL())} and ${live(episodes)}`,
)

const moveNodes = guarded(
  moving,
  'nodes.moveBelow',
  (a) =>
    sql`update ${nodes} set ${assign(nodes, {
      path: moved(nodes.path),
      updatedAt: a.now,
      version: sql`${nodes.version} + 1`,
    })} where ${nodes.id} in ${below(nodes.id.getSQL())}`,
)

const moveFolder = guarded(
  moving,
  'nodes.moveFolder',
  (a) =>
    sql`update ${nodes} set ${assign(nodes, {
      parentId: sql`(select parent_id from goal)`,
      name: sql`(select name from goal)`,
      path: TO,
      updatedAt: a.now,
      version: sql`${nodes.version} + 1`,
    })} where ${nodes.id} = (select target.id ${BEING_MOVED})`,
)

const movedFolder = outcome(moving, 'nodes.moved', (a) => outcomeOf(nodes, shown(nodeJson, nodes), a.id))

/** Renames and moves a folder, with all that hangs below it; answers its node. */
export const moveFolderTo = (values: Moving): Plan<Resource> =>
  after(
    [moveAssets, moveEpisodes, moveNodes, moveFolder].map((each) => act(each, values)),
    statement(movedFolder, values, readResource),
  )
