import { type SQL, sql } from 'drizzle-orm'
import { assets, episodes, nodes } from '../../../drizzle/schema.ts'
import { ADMITTED, type Guard, type Refusing } from '../../db/guard.ts'
import { type Arguments, insertInto } from '../../db/sql.ts'
import { type Conditions, type ItemRef, isInTrashedEpisode, itemGuard, live } from '../../db/standing.ts'
import type { Stamp } from '../../db/write.ts'
import type { Grant } from '../../domain/access.ts'
import type { AssetKind } from '../../domain/kind.ts'
import { folderAt } from './nodes.sql.ts'

/** What the requests about one asset have in common: the `target` of their guards, and its node. */

/** Who asks, for which asset, by its id and kind. */
export interface AssetById extends ItemRef {
  readonly kind: AssetKind
}

/** Holds where the `target` of a request is there: not in the trash by itself, nor with the episode around it. */
export const presentTarget = sql`exists (select 1 from target where deleted_at is null
  and not ${isInTrashedEpisode(sql`target.container_id`)})`

export const missingTarget = sql`not ${presentTarget}`

export const isInProtectedEpisode: Refusing = [
  'episode_write_protected',
  sql`exists (select 1 from target join ${episodes} on ${episodes.id} = target.container_id
    where ${episodes.writeProtected})`,
]

/** The guard of a request about one asset, its `target`. */
export function assetGuard(
  a: Arguments<AssetById>,
  grant: Grant,
  rest: Pick<Conditions, 'done' | 'state'> = {},
): Guard {
  const named = sql`${assets.id} = ${a.id} and ${assets.kind} = ${a.kind}`
  const home = sql`(select ${assets.projectId} from ${assets} where ${named})`
  return itemGuard(a, { project: home, missing: 'asset_not_found' }, grant, {
    tables: [
      sql`target as materialized (select ${assets.id} as id, ${assets.containerId} as container_id,
        ${assets.nodeId} as node_id, ${assets.deletedAt} as deleted_at
        from ${ADMITTED} cross join ${assets} where ${named})`,
    ],
    thing: [['asset_not_found', missingTarget]],
    ...rest,
  })
}

/** What is written together with the name of an asset. */
export const foldedFields = ['foldedFrom', 'foldedPath', 'pathWords'] as const

/** Where an asset's name puts its node. */
export interface Place {
  /** The last segment of the name. */
  readonly filename: string | null
  /** The path of the node, and of the folder that holds it; null at the top. */
  readonly nodePath: string | null
  readonly parentPath: string | null
}

/** The node of an asset where its name says: in its folder, at the top of its episode, or of the project. */
export const insertLeaf = (a: Arguments<Stamp & Place>, which: SQL): SQL =>
  insertInto(
    nodes,
    {
      id: assets.nodeId,
      projectId: assets.projectId,
      parentId: sql`case when ${a.parentPath} is not null then ${folderAt(assets.containerId.getSQL(), a.parentPath)}
        else (select ${episodes.nodeId} from ${episodes} where ${episodes.id} = ${assets.containerId}) end`,
      containerId: assets.containerId,
      kind: assets.kind,
      name: a.filename,
      path: a.nodePath,
      itemId: assets.id,
      createdAt: a.now,
      updatedAt: a.now,
    },
    sql`from ${assets} where ${which} and ${assets.name} is not null and ${live(assets)}`,
  )
