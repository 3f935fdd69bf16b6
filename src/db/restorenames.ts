import { type SQL, sql } from 'drizzle-orm'
import { assets, collections, datasets, episodes, nodes } from '../../drizzle/schema.ts'
import { MOST_BYTES_OF_A_PATH } from '../domain/path.ts'
import { kinds } from './assets.ts'
import { lastSegment, unescaped } from './nodes.ts'
import type { Restoring } from './restoring.ts'
import { live, type ProjectRef } from './scope.ts'
import type { Arguments } from './sql.ts'

/** What was deleted inside a project, and the name by which it comes back. */
export interface RestoringInside extends ProjectRef, Restoring {
  /** Whether another name is asked for; what it is, as a name and as an asset's, where it is one. */
  readonly isRenamed: boolean
  readonly newName: string | null
  /** The same as a segment of a node's path. */
  readonly newSegment: string | null
  readonly newPath: string | null
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
    where ${table.projectId} = scope.project_id and ${live(table)} and ${table.name} = ${newNameOr(
      a,
      sql`(select own.name from ${table} as own where own.id = deletion.item_id)`,
    )})`
  return sql`case
    when deletion.kind = 'dataset' then ${named(datasets)}
    when deletion.kind = 'collection' then ${named(collections)}
    when deletion.kind = 'episode' then (select ${episodes.name} from ${episodes}
      where ${episodes.projectId} = scope.project_id and ${episodes.name} = ${a.newName}
        and ${episodes.id} <> deletion.item_id)
    when deletion.kind = 'folder' then (select ${nodes.path} from spot cross join ${nodes}
      on ${nodes.containerId} = spot.container_id and ${nodes.path} = spot.path and ${nodes.kind} = 'folder'
      and ${live(nodes)})
    else (select ${assets.name} from ${assets} as own join ${assets}
      on ${assets.containerId} = own.container_id and ${assets.kind} = own.kind
      and ${assets.name} = ifnull(${a.newPath}, own.name) and ${assets.name} is not null and ${live(assets)}
      where own.id = deletion.item_id) end`
}

const MOST_BYTES = sql.raw(String(MOST_BYTES_OF_A_PATH))

const bytes = (text: SQL): SQL => sql`length(cast(${text} as blob))`

/** Holds for a name that the restored cannot have, and for a folder's that would make a path too long. */
export const isNoName = (a: A): SQL => sql`(${a.isRenamed} and (select case
    when kind in (${kinds}) then ${a.newPath} is null
    when kind = 'folder' then ${a.newName} is null or instr(${a.newName}, '/') > 0 or exists (
      select 1 from spot cross join ${nodes} where ${nodes.deletionId} = deletion.id
        and ${bytes(sql`${a.newName}`)} > ${bytes(unescaped(lastSegment(sql`spot.former`)))}
        and ${nodes.containerId} = spot.container_id and ${nodes.kind} <> 'episode'
        and ${bytes(unescaped(sql`${nodes.path}`))} + ${bytes(sql`${a.newName}`)}
        - ${bytes(unescaped(lastSegment(sql`spot.former`)))} > ${MOST_BYTES})
    else ${a.newName} is null end from deletion))`
