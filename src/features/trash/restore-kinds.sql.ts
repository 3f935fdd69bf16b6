import { type SQL, sql } from 'drizzle-orm'
import { assets, collections, datasets, episodes, nodes } from '../../../drizzle/schema.ts'
import type { Quotas } from '../../db/quota.ts'
import { type Arguments, bytesOf, fragment } from '../../db/sql.ts'
import { live, type ProjectRef } from '../../db/standing.ts'
import { MOST_AT_ONCE } from '../../db/underway.ts'
import type { Folded, FoldedPath } from '../../domain/fold.ts'
import { MOST_BYTES_OF_A_PATH } from '../../domain/path.ts'
import { kinds as assetKinds } from '../recordings/asset-resource.sql.ts'
import { lastSegment, parentPath, unescaped } from '../recordings/nodes.sql.ts'
import type { Restoring } from './restore.sql.ts'

/** What was deleted inside a project, and the name by which it comes back. */
export interface RestoringInside extends ProjectRef, Restoring, Folded, FoldedPath, Quotas {
  /** Whether another name is asked for; what it is, as a name and as an asset's, where it is one. */
  readonly isRenamed: boolean
  readonly newName: string | null
  /** The same as a segment of a node's path. */
  readonly newSegment: string | null
  readonly newAssetName: string | null
  /** The same as the path of a node. */
  readonly newNodePath: string | null
  /** For the node of an asset whose own is another's by now. */
  readonly nodeId: string
}

type A = Arguments<RestoringInside>

/** What restoring has to know of a kind of items; the row `deletion` says which one it is. */
interface Kind {
  /** The kinds of deletions that are meant, as a list in SQL. */
  readonly names: SQL
  /** Selects the row of `spot`, from the item of `from`. Absent for what hangs in no tree. */
  readonly spot?: (a: A, from: SQL) => SQL
  /** Selects what has by now the name that the restored would have. */
  readonly namesake: (a: A) => SQL
  /** Holds for a new name that such an item cannot have. */
  readonly isNoName: (a: A) => SQL
}

export const newNameOr = (a: A, name: SQL): SQL => sql`ifnull(${a.newName}, ${name})`

const lacksName = (a: A): SQL => sql`${a.newName} is null`

/** Datasets and collections: a name in the project. */
const named = (name: string, table: typeof datasets | typeof collections): Kind => ({
  names: sql.raw(`'${name}'`),
  namesake: (a) => sql`select ${table.name} from ${table}
    where ${table.projectId} = standing.project_id and ${live(table)} and ${table.name} = ${newNameOr(
      a,
      sql`(select own.name from ${table} as own where own.id = deletion.item_id)`,
    )}`,
  isNoName: lacksName,
})

/** What has a node: under its former name, or the new one, where it was. */
const placed = (a: A, from: SQL, container: SQL): SQL =>
  sql`select ${from}.kind as kind, ${from}.item_id as item_id, ${container} as container_id,
    ${nodes.path} as former, ${parentPath(sql`${nodes.path}`)} || '/' ||
    ifnull(${a.newSegment}, ${lastSegment(sql`${nodes.path}`)}) as path, ${nodes.id} as node_id`

/** A trashed episode keeps its name: only a new one can be taken. */
const episode: Kind = {
  names: sql`'episode'`,
  spot: (a, from) => sql`${placed(a, from, sql`${episodes.projectId}`)}
    from ${from} cross join ${episodes} on ${episodes.id} = ${from}.item_id
    cross join ${nodes} on ${nodes.id} = ${episodes.nodeId}`,
  namesake: (a) => sql`select ${episodes.name} from ${episodes}
    where ${episodes.projectId} = standing.project_id and ${episodes.name} = ${a.newName}
      and ${episodes.id} <> deletion.item_id`,
  isNoName: lacksName,
}

const MOST_BYTES = sql.raw(String(MOST_BYTES_OF_A_PATH))

/** The nodes of a deletion, no more of them than one request looks at. */
const marked = sql`(select ${nodes.containerId} as container_id, ${nodes.kind} as kind, ${nodes.path} as path
  from ${nodes} where ${nodes.deletionId} = deletion.id limit ${sql.raw(String(MOST_AT_ONCE + 1))})`

/** Bytes by which a folder's new name is longer than its former one. */
const lengthening = (a: A): SQL =>
  sql`(${bytesOf(sql`${a.newName}`)} - ${bytesOf(unescaped(lastSegment(sql`spot.former`)))})`

/**
 * Holds where a folder's new name makes a path too long. The longest one was noted when they were marked; of a folder
 * from before that was so, all paths are looked at, or none is made longer where they are too many.
 */
const makesTooLong = (a: A): SQL => {
  const tooLong = (length: SQL): SQL => sql`${length} + ${lengthening(a)} > ${MOST_BYTES}`
  return sql`exists (select 1 from spot where ${lengthening(a)} > 0 and iif(deletion.longest_path is not null,
    ${tooLong(sql`deletion.longest_path`)}, (
      select count(*) > ${sql.raw(String(MOST_AT_ONCE))} or max(container_id = spot.container_id and kind <> 'episode'
        and ${tooLong(bytesOf(unescaped(sql`path`)))}) from ${marked})))`
}

const folder: Kind = {
  names: sql`'folder'`,
  spot: (a, from) => sql`${placed(a, from, sql`${nodes.containerId}`)}
    from ${from} cross join ${nodes} on ${nodes.id} = ${from}.item_id`,
  namesake: () => sql`select ${nodes.path} from spot cross join ${nodes}
    on ${nodes.containerId} = spot.container_id and ${nodes.path} = spot.path and ${nodes.kind} = 'folder'
    and ${live(nodes)}`,
  isNoName: (a) => sql`${lacksName(a)} or instr(${a.newName}, '/') > 0 or ${makesTooLong(a)}`,
}

const pathOfAsset = sql`replace(${assets.name}, '%', '%25')`

/** An asset may come back under another name with other folders; its own node may be another's by now. */
const asset: Kind = {
  names: assetKinds,
  spot: (a, from) => sql`select ${from}.kind, ${from}.item_id, ${assets.containerId}, ${pathOfAsset},
    ifnull(${a.newNodePath}, ${pathOfAsset}), ${assets.nodeId}
    from ${from} cross join ${assets} on ${assets.id} = ${from}.item_id`,
  namesake: (a) => sql`select ${assets.name} from ${assets} as own join ${assets}
    on ${assets.containerId} = own.container_id and ${assets.kind} = own.kind
    and ${assets.name} = ifnull(${a.newAssetName}, own.name) and ${assets.name} is not null and ${live(assets)}
    where own.id = deletion.item_id`,
  isNoName: (a) => sql`${a.newAssetName} is null`,
}

/** All kinds of items; a folder's spot tells the names of the columns. */
const kinds: readonly Kind[] = [
  folder,
  episode,
  asset,
  named('dataset', datasets),
  named('collection', collections),
]

const byKind = (of: (kind: Kind) => SQL): SQL =>
  sql`case ${sql.join(
    kinds.map((kind) => sql`when deletion.kind in (${kind.names}) then ${of(kind)}`),
    sql.raw(' '),
  )} end`

/**
 * `spot`, at most one row: where in the tree the item of a deletion (`deletion` or `undone`) goes. `path` is that of its
 * node, `former` the one that it had, both in the container; `node_id` the node that it had.
 */
export const spotOf = (a: A, deletion: 'deletion' | 'undone'): SQL => {
  const from = sql.raw(deletion)
  const spots = kinds.flatMap(({ names, spot }) =>
    spot ? [sql`${spot(a, from)} where +${from}.kind in (${names})`] : [],
  )
  return fragment(
    `trash.spot.${deletion}`,
    sql`spot as materialized (${sql.join(spots, sql.raw(' union all '))})`,
  )
}

/** What has the name by now that the restored would have. */
export const namesake = (a: A): SQL => byKind((kind) => sql`(${kind.namesake(a)})`)

/** Holds for a name that the restored cannot have, and for a folder's that would make a path too long. */
export const isNoName = (a: A): SQL =>
  sql`(${a.isRenamed} and (select ${byKind((kind) => kind.isNoName(a))} from deletion))`
