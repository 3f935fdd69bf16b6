import { type SQL, sql } from 'drizzle-orm'
import { assets, episodes, nodes } from '../../../drizzle/schema.ts'
import { deletedItem, inTrash, type Trashing, trashedBefore, trashPlan } from '../../db/deletion.ts'
import { ADMITTED } from '../../db/guard.ts'
import { assign } from '../../db/sql.ts'
import { type ItemRef, live, type ProjectRef, projectGuard } from '../../db/standing.ts'
import { following, guard } from '../../db/statements.ts'
import { closedAround, isMany, MOST_AT_ONCE } from '../../db/underway.ts'
import { unexpected } from '../../db/write.ts'
import { type AssetById, assetGuard, isInProtectedEpisode, missingTarget } from './asset-target.sql.ts'
import { nodeGuard, TARGET } from './node-target.sql.ts'
import { pathFromRoot } from './nodes.sql.ts'
import { marking, nodesBelow } from './slices.sql.ts'

type TrashingEpisode = ProjectRef & Trashing & { readonly name: string }

const trashingEpisode = guard<TrashingEpisode>('episodes.trashing', (a) =>
  projectGuard(a, 'write', {
    tables: [
      sql`target as materialized (select ${episodes.id} as id, ${episodes.writeProtected} as write_protected
        from ${ADMITTED} cross join ${episodes} where ${episodes.projectId} = standing.project_id
          and ${episodes.name} = ${a.name} and ${live(episodes)})`,
    ],
    done: trashedBefore(a, sql`not exists (select 1 from target)`),
    thing: [['episode_not_found', sql`not exists (select 1 from target)`]],
    state: [
      ['episode_write_protected', sql`(select write_protected from target)`],
      unexpected(a, episodes, sql`(select id from target)`),
    ],
  }),
)

const markOwnNode = following<TrashingEpisode>(
  'episodes.markNode',
  (a) => sql`update ${nodes} set ${assign(nodes, inTrash(a))}
    where ${nodes.id} = (select ${episodes.nodeId} from ${episodes} where ${episodes.id} = ${deletedItem(a)})
      and ${live(nodes)}`,
)

/** An episode alone: what is inside of it keeps its own state, and is out of reach. Its name stays taken until it is purged. */
export const trashEpisode = trashPlan(trashingEpisode, {
  aggregate: 'episodes',
  table: episodes,
  deleted: () => ({
    item: { kind: sql`'episode'`, itemId: episodes.id, name: episodes.name },
    from: sql`from permit cross join target cross join ${episodes} on ${episodes.id} = target.id`,
  }),
  further: [markOwnNode],
})

type TrashingAsset = AssetById & Trashing

const trashingAsset = guard<TrashingAsset>('assets.trashing', (a) =>
  assetGuard(a, 'write', {
    done: trashedBefore(a, missingTarget),
    state: [isInProtectedEpisode, unexpected(a, assets, sql`(select id from target)`)],
  }),
)

/** The episode that something is inside of; null for what is in the project's own tree. */
const episodeAround = (containerId: SQL, projectId: SQL): SQL => sql`nullif(${containerId}, ${projectId})`

/** The node of an asset that was replaced before is the new one's. */
const markLeaf = following<TrashingAsset>(
  'assets.markNode',
  (a) => sql`update ${nodes} set ${assign(nodes, inTrash(a))}
    where ${nodes.id} = (select ${assets.nodeId} from ${assets} where ${assets.id} = ${deletedItem(a)})
      and ${nodes.itemId} = ${deletedItem(a)} and ${live(nodes)}`,
)

export const trashAsset = trashPlan(trashingAsset, {
  aggregate: 'assets',
  table: assets,
  deleted: () => ({
    item: {
      kind: sql`${assets.kind}`,
      itemId: assets.id,
      name: assets.name,
      containerId: episodeAround(assets.containerId.getSQL(), assets.projectId.getSQL()),
    },
    from: sql`from permit cross join target cross join ${assets} on ${assets.id} = target.id`,
  }),
  further: [markLeaf],
})

type TrashingFolder = ItemRef & Trashing

/** Holds where a write-protected episode is below the folder: those of a project have an index of their own. */
export const holdsProtected = sql`exists (select 1 from target cross join ${episodes} on ${episodes.projectId} = target.container_id
    and ${episodes.writeProtected} = 1 and ${live(episodes)}
    and ${episodes.folderPath} >= target.path || '/' and ${episodes.folderPath} < target.path || '0')`

const trashingFolder = guard<TrashingFolder>('nodes.trashing', (a) =>
  nodeGuard(a, 'write', {
    done: trashedBefore(a, missingTarget),
    state: [
      ['node_not_folder', sql`(select kind <> 'folder' from target)`],
      isInProtectedEpisode,
      ['holds_write_protected', holdsProtected],
      unexpected(a, nodes, sql`(select id from target)`),
      closedAround(sql`(select container_id from target)`, sql`(select path from target)`),
    ],
  }),
)

/** In the request where they are few, else slice by slice. */
const markBelow = marking(following, 'nodes.markBelow', sql`busy.phase is null and busy.kind = 'folder'`)

/** A folder with all that hangs below it; episodes alone, whatever is inside of them. */
export const trashFolder = trashPlan(trashingFolder, {
  aggregate: 'nodes',
  table: nodes,
  deleted: () => ({
    item: {
      kind: sql`${nodes.kind}`,
      itemId: nodes.id,
      name: pathFromRoot,
      containerId: episodeAround(nodes.containerId.getSQL(), nodes.projectId.getSQL()),
      path: nodes.path,
      phase: sql`iif(${isMany(sql`select 1 from ${nodes} where ${nodesBelow(TARGET)}`)}, 'marking', null)`,
    },
    from: sql`from permit cross join target cross join ${nodes} on ${nodes.id} = target.id`,
  }),
  below: (values) => markBelow({ ...values, rows: MOST_AT_ONCE }),
})
