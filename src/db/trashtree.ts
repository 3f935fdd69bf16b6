import { type SQL, sql } from 'drizzle-orm'
import { assets, episodes, nodes } from '../../drizzle/schema.ts'
import type { AssetKind } from '../domain/kind.ts'
import { kinds } from './assets.ts'
import { ADMITTED, type Guard, type Refusing, readVerdict, verdictOf } from './guard.ts'
import { pathFromRoot } from './nodes.ts'
import { act, after, type Plan, statement } from './plan.ts'
import { type ItemRef, itemGuard, live, type ProjectRef, projectGuard } from './scope.ts'
import { type Arguments, assign, command, query } from './sql.ts'
import { deletedItem, inTrash, isTooMany, recordDeletion, type Trashing, trashedBefore } from './trashing.ts'

/** Episodes, folders and assets mark what hangs below, rows and nodes, up to a bound. */

/** The live assets of a container, by the index of containers. */
const assetsIn = (container: SQL): SQL =>
  sql`${assets.containerId} ${container} and ${assets.kind} in (${kinds}) and ${live(assets)}`

/** The live nodes of a container, by the index of paths. */
const nodesIn = (container: SQL): SQL => sql`${nodes.containerId} ${container} and ${live(nodes)}`

type TrashingEpisode = ProjectRef & Trashing & { readonly name: string }

const trashingEpisode = (a: Arguments<TrashingEpisode>): Guard =>
  projectGuard(a, 'write', {
    tables: [
      sql`target as materialized (select ${episodes.id} as id, ${episodes.writeProtected} as write_protected
        from ${ADMITTED} cross join ${episodes} where ${episodes.projectId} = scope.project_id
          and ${episodes.name} = ${a.name} and ${live(episodes)})`,
    ],
    done: trashedBefore(a, sql`not exists (select 1 from target)`),
    thing: [['episode_not_found', sql`not exists (select 1 from target)`]],
    state: [
      ['episode_write_protected', sql`(select write_protected from target)`],
      [
        'too_large',
        sql`${isTooMany(sql`select 1 from ${nodes} where ${nodesIn(sql`= (select id from target)`)}`)}
          or ${isTooMany(sql`select 1 from ${assets} where ${assetsIn(sql`= (select id from target)`)}`)}`,
      ],
    ],
  })

const recordEpisode = command<TrashingEpisode>('episodes.trash', (a) =>
  recordDeletion(
    a,
    trashingEpisode(a),
    { kind: sql`'episode'`, itemId: episodes.id, name: episodes.name },
    sql`from permit cross join target cross join ${episodes} on ${episodes.id} = target.id`,
  ),
)

const markEpisode = command<TrashingEpisode>(
  'episodes.markTrashed',
  (a) => sql`update ${episodes} set ${assign(episodes, inTrash(a))}
    where ${episodes.id} = ${deletedItem(a)} and ${live(episodes)}`,
)

/** The episodes of this deletion, one or those below a folder. */
const deletedEpisodes = (a: Arguments<Trashing>): SQL =>
  sql`in (select ${episodes.id} from ${episodes} where ${episodes.deletionId} = ${a.deletionId})`

const markNodesOfEpisodes = command<Trashing>(
  'episodes.markNodes',
  (a) => sql`update ${nodes} set ${assign(nodes, inTrash(a))} where ${nodesIn(deletedEpisodes(a))}`,
)

const markAssetsOfEpisodes = command<Trashing>(
  'episodes.markAssets',
  (a) => sql`update ${assets} set ${assign(assets, inTrash(a))} where ${assetsIn(deletedEpisodes(a))}`,
)

const markOwnNodes = command<Trashing>(
  'episodes.markOwnNodes',
  (a) => sql`update ${nodes} set ${assign(nodes, inTrash(a))} where ${nodes.id} in (
    select ${episodes.nodeId} from ${episodes} where ${episodes.deletionId} = ${a.deletionId})
    and ${live(nodes)}`,
)

const episodeTrashed = query<TrashingEpisode>('episodes.trashed', (a) => verdictOf(trashingEpisode(a)))

/** An episode with all that is inside of it. Its name stays taken until it is purged. */
export const trashEpisode = (values: TrashingEpisode): Plan<void> =>
  after(
    [
      act(recordEpisode, values),
      act(markEpisode, values),
      act(markAssetsOfEpisodes, values),
      act(markNodesOfEpisodes, values),
      act(markOwnNodes, values),
    ],
    statement(episodeTrashed, values, readVerdict),
  )

type TrashingAsset = ItemRef & Trashing & { readonly kind: AssetKind }

const trashingAsset = (a: Arguments<TrashingAsset>): Guard => {
  const isMissing = sql`not exists (select 1 from target where deleted_at is null)`
  const named = sql`${assets.id} = ${a.id} and ${assets.kind} = ${a.kind}`
  const home = sql`(select ${assets.projectId} from ${assets} where ${named})`
  return itemGuard(a, home, 'asset_not_found', 'write', {
    tables: [
      sql`target as materialized (select ${assets.id} as id, ${assets.containerId} as container_id,
        ${assets.deletedAt} as deleted_at from ${ADMITTED} cross join ${assets} where ${named})`,
    ],
    done: trashedBefore(a, isMissing),
    thing: [['asset_not_found', isMissing]],
    state: [isInProtectedEpisode],
  })
}

const isInProtectedEpisode: Refusing = [
  'episode_write_protected',
  sql`exists (select 1 from target join ${episodes} on ${episodes.id} = target.container_id
    where ${episodes.writeProtected})`,
]

/** The episode that something is inside of; null for what is in the project's own tree. */
const episodeAround = (containerId: SQL, projectId: SQL): SQL => sql`nullif(${containerId}, ${projectId})`

const recordAsset = command<TrashingAsset>('assets.trash', (a) =>
  recordDeletion(
    a,
    trashingAsset(a),
    {
      kind: sql`${assets.kind}`,
      itemId: assets.id,
      name: assets.name,
      containerId: episodeAround(assets.containerId.getSQL(), assets.projectId.getSQL()),
    },
    sql`from permit cross join target cross join ${assets} on ${assets.id} = target.id`,
  ),
)

const markAsset = command<TrashingAsset>(
  'assets.markTrashed',
  (a) => sql`update ${assets} set ${assign(assets, inTrash(a))}
    where ${assets.id} = ${deletedItem(a)} and ${live(assets)}`,
)

/** The node of an asset that was replaced before is the new one's. */
const markLeaf = command<TrashingAsset>(
  'assets.markNode',
  (a) => sql`update ${nodes} set ${assign(nodes, inTrash(a))}
    where ${nodes.id} = (select ${assets.nodeId} from ${assets} where ${assets.id} = ${deletedItem(a)})
      and ${nodes.itemId} = ${deletedItem(a)} and ${live(nodes)}`,
)

const assetTrashed = query<TrashingAsset>('assets.trashed', (a) => verdictOf(trashingAsset(a)))

export const trashAsset = (values: TrashingAsset): Plan<void> =>
  after(
    [act(recordAsset, values), act(markAsset, values), act(markLeaf, values)],
    statement(assetTrashed, values, readVerdict),
  )

type TrashingFolder = ItemRef & Trashing

/** The live nodes below a folder, in its own container; `folder` is a table with its container and path. */
const nodesBelow = (folder: SQL): SQL => sql`${nodes.containerId} = (select container_id from ${folder})
  and ${nodes.path} > (select path || '/' from ${folder}) and ${nodes.path} < (select path || '0' from ${folder})
  and ${live(nodes)}`

const episodesBelow = (folder: SQL): SQL =>
  sql`select ${nodes.itemId} from ${nodes} where ${nodesBelow(folder)} and ${nodes.kind} = 'episode'`

const trashingFolder = (a: Arguments<TrashingFolder>): Guard => {
  const target = sql.raw('target')
  const isMissing = sql`not exists (select 1 from target where deleted_at is null)`
  const below = sql`select 1 from ${nodes} where ${nodesBelow(target)}`
  const inside = (rows: SQL) => sql`select 1 from (${episodesBelow(target)}) as found ${rows}`
  const home = sql`(select ${nodes.projectId} from ${nodes} where ${nodes.id} = ${a.id})`
  return itemGuard(a, home, 'node_not_found', 'write', {
    tables: [
      sql`target as materialized (select ${nodes.id} as id, ${nodes.containerId} as container_id,
        ${nodes.kind} as kind, ${nodes.path} as path, ${nodes.deletedAt} as deleted_at
        from ${ADMITTED} cross join ${nodes} where ${nodes.id} = ${a.id})`,
    ],
    done: trashedBefore(a, isMissing),
    thing: [['node_not_found', isMissing]],
    state: [
      ['node_not_folder', sql`(select kind <> 'folder' from target)`],
      isInProtectedEpisode,
      [
        'holds_write_protected',
        sql`exists (select 1 from (${episodesBelow(target)}) as found
          join ${episodes} on ${episodes.id} = found.item_id where ${episodes.writeProtected})`,
      ],
      [
        'too_large',
        sql`${isTooMany(below, inside(sql`cross join ${nodes} where ${nodesIn(sql`= found.item_id`)}`))}
          or ${isTooMany(below, inside(sql`cross join ${assets} where ${assetsIn(sql`= found.item_id`)}`))}`,
      ],
    ],
  })
}

const recordFolder = command<TrashingFolder>('nodes.trash', (a) =>
  recordDeletion(
    a,
    trashingFolder(a),
    {
      kind: sql`${nodes.kind}`,
      itemId: nodes.id,
      name: pathFromRoot,
      containerId: episodeAround(nodes.containerId.getSQL(), nodes.projectId.getSQL()),
    },
    sql`from permit cross join target cross join ${nodes} on ${nodes.id} = target.id`,
  ),
)

/** The folder of this deletion. */
const folderOf = (a: Arguments<Trashing>): SQL => sql`with folder as materialized (
  select own.id, own.container_id, own.path from ${nodes} as own where own.id = ${deletedItem(a)})`

const folder = sql.raw('folder')

const markEpisodesBelow = command<TrashingFolder>(
  'nodes.markEpisodes',
  (a) => sql`${folderOf(a)} update ${episodes} set ${assign(episodes, inTrash(a))}
    where ${episodes.id} in (${episodesBelow(folder)}) and ${live(episodes)}`,
)

const markAssetsBelow = command<TrashingFolder>(
  'nodes.markAssets',
  (a) => sql`${folderOf(a)} update ${assets} set ${assign(assets, inTrash(a))} where ${assets.id} in (
    select ${nodes.itemId} from ${nodes} where ${nodesBelow(folder)} and ${nodes.kind} in (${kinds}))
    and ${live(assets)}`,
)

const markNodesBelow = command<TrashingFolder>(
  'nodes.markBelow',
  (a) => sql`${folderOf(a)} update ${nodes} set ${assign(nodes, inTrash(a))} where ${nodesBelow(folder)}`,
)

const markFolder = command<TrashingFolder>(
  'nodes.markTrashed',
  (a) => sql`update ${nodes} set ${assign(nodes, inTrash(a))}
    where ${nodes.id} = ${deletedItem(a)} and ${live(nodes)}`,
)

const folderTrashed = query<TrashingFolder>('nodes.trashed', (a) => verdictOf(trashingFolder(a)))

/** A folder with all that hangs below it, episodes with what is inside of them. */
export const trashFolder = (values: TrashingFolder): Plan<void> =>
  after(
    [
      act(recordFolder, values),
      act(markEpisodesBelow, values),
      act(markAssetsOfEpisodes, values),
      act(markNodesOfEpisodes, values),
      act(markAssetsBelow, values),
      act(markNodesBelow, values),
      act(markFolder, values),
    ],
    statement(folderTrashed, values, readVerdict),
  )
