import { type SQL, sql } from 'drizzle-orm'
import { episodes, nodes } from '../../drizzle/schema.ts'
import type { Folder } from '../domain/path.ts'
import { type Guard, permitted } from './guard.ts'
import { boolean, iso, object } from './json.ts'
import { live } from './scope.ts'
import { type Argument, type Arguments, insertInto } from './sql.ts'
import type { Stamp } from './write.ts'

/** A folder that may have to be made, with the id it will then have, and the one that its parent will have. */
export interface NewFolder extends Folder {
  readonly id: string
  readonly parentId: string | null
}

/** The folders along a path, outermost first, each with an id for the case that it has to be made. */
export function newFolders(folders: readonly Folder[], mint: () => string): NewFolder[] {
  const ids = folders.map(mint)
  return folders.map((folder, index) => ({
    ...folder,
    id: ids[index] ?? mint(),
    parentId: ids[index - 1] ?? null,
  }))
}

/** The path of a node from the project's root; the column is relative to the episode that it is inside of. */
export const pathFromRoot = sql`ifnull((select place.path from ${episodes} as around
  join ${nodes} as place on place.id = around.node_id where around.id = ${nodes.containerId}), '') || ${nodes.path}`

const isLeaf = sql`${nodes.kind} not in ('folder', 'episode')`

export const nodeJson = object({
  id: nodes.id,
  name: nodes.name,
  kind: nodes.kind,
  leaf: boolean(isLeaf),
  path: pathFromRoot,
  parentId: nodes.parentId,
  assetId: sql`iif(${isLeaf}, ${nodes.itemId}, null)`,
  createdAt: iso(nodes.createdAt),
  updatedAt: iso(nodes.updatedAt),
})

/** The path of the folder that holds the node at a path; empty at the top. */
export const parentPath = (path: SQL): SQL => sql`rtrim(rtrim(${path}, replace(${path}, '/', '')), '/')`

/** The last segment of a path. */
export const lastSegment = (path: SQL): SQL => sql`substr(${path}, length(${parentPath(path)}) + 2)`

/** The names in a path, or in a segment of one, as they are. */
export const unescaped = (path: SQL): SQL => sql`replace(replace(${path}, '%2F', '/'), '%25', '%')`

/** The id of the live folder at a path of a container (an episode, or the project outside episodes). */
export const folderAt = (container: SQL, path: SQL): SQL => sql`(select ${nodes.id} from ${nodes}
  where ${nodes.containerId} = ${container} and ${nodes.path} = ${path} and ${nodes.kind} = 'folder' and ${live(nodes)})`

/**
 * All missing folders of a path in one statement. SQLite selects all of it before it inserts, so a parent is
 * looked up among the folders that were there, and else is the new one that stands before. `top` is the node that the outermost
 * folder hangs under, null for the project's root.
 */
export function makeFolders(
  a: Arguments<Stamp & { readonly folders?: readonly NewFolder[] }>,
  guard: Guard,
  container: SQL,
  top: SQL,
): SQL {
  const made = sql`made.value ->> '$.path'`
  const parent = sql`made.value ->> '$.parent'`
  return sql`${permitted(guard)} ${insertInto(
    nodes,
    {
      id: sql`made.value ->> '$.id'`,
      projectId: sql`permit.project_id`,
      parentId: sql`case when ${parent} is null then ${top} else ifnull(${folderAt(container, parent)},
        made.value ->> '$.parentId') end`,
      containerId: container,
      kind: sql`'folder'`,
      name: sql`made.value ->> '$.name'`,
      path: made,
      createdAt: a.now,
      updatedAt: a.now,
    },
    sql`from permit cross join ${(a.folders satisfies Argument).each} as made
      where ${folderAt(container, made)} is null`,
  )}`
}
