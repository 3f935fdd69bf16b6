import { type SQL, sql } from 'drizzle-orm'
import { assets, collections, datasets, episodes, nodes } from '../../../drizzle/schema.ts'
import { type Arguments, bytesOf } from '../../db/sql.ts'
import { live, type ProjectRef } from '../../db/standing.ts'
import { MOST_AT_ONCE } from '../../db/underway.ts'
import { MOST_BYTES_OF_A_PATH } from '../../domain/path.ts'
import { kinds } from '../recordings/asset-resource.sql.ts'
import { lastSegment, unescaped } from '../recordings/nodes.sql.ts'
import type { Restoring } from './restore.sql.ts'

/** What was deleted inside a project, and the name by which it comes back. */
export interface RestoringInside extends ProjectRef, Restoring {
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

export const newNameOr = (a: A, name: SQL): SQL => sql`ifnull(${a.newName}, ${name})`

/** What has the name by now that the restored would have. `spot` is where it goes in the tree. */
export const namesake = (a: A): SQL => {
  const named = (table: typeof datasets | typeof collections) => sql`(select ${table.name} from ${table}
    where ${table.projectId} = standing.project_id and ${live(table)} and ${table.name} = ${newNameOr(
      a,
      sql`(select own.name from ${table} as own where own.id = deletion.item_id)`,
    )})`
  return sql`case
    when deletion.kind = 'dataset' then ${named(datasets)}
    when deletion.kind = 'collection' then ${named(collections)}
    when deletion.kind = 'episode' then (select ${episodes.name} from ${episodes}
      where ${episodes.projectId} = standing.project_id and ${episodes.name} = ${a.newName}
        and ${episodes.id} <> deletion.item_id)
    when deletion.kind = 'folder' then (select ${nodes.path} from spot cross join ${nodes}
      on ${nodes.containerId} = spot.container_id and ${nodes.path} = spot.path and ${nodes.kind} = 'folder'
      and ${live(nodes)})
    else (select ${assets.name} from ${assets} as own join ${assets}
      on ${assets.containerId} = own.container_id and ${assets.kind} = own.kind
      and ${assets.name} = ifnull(${a.newAssetName}, own.name) and ${assets.name} is not null and ${live(assets)}
      where own.id = deletion.item_id) end`
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

/** Holds for a name that the restored cannot have, and for a folder's that would make a path too long. */
export const isNoName = (a: A): SQL => sql`(${a.isRenamed} and (select case
    when kind in (${kinds}) then ${a.newAssetName} is null
    when kind = 'folder' then ${a.newName} is null or instr(${a.newName}, '/') > 0 or ${makesTooLong(a)}
    else ${a.newName} is null end from deletion))`
