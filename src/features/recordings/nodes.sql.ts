import { type SQL, sql } from 'drizzle-orm'
import { episodes, nodes } from '../../../drizzle/schema.ts'
import { boolean, iso, object } from '../../db/json.ts'
import { type Argument, type Arguments, fragment, insertInto } from '../../db/sql.ts'
import { live } from '../../db/standing.ts'
import type { Stamp } from '../../db/write.ts'
import type { NewFolder } from '../../domain/path.ts'

/** The path of a node from the project's root; the column is relative to the episode that it is inside of. */
export const pathFromRoot = sql`ifnull((select place.path from ${episodes} as around
  join ${nodes} as place on place.id = around.node_id where around.id = ${nodes.containerId}), '') || ${nodes.path}`

/** Holds for the node of an asset. */
export const isLeaf = sql`${nodes.kind} not in ('folder', 'episode')`

export const nodeJson = fragment(
  'nodeJson',
  object({
    id: nodes.id,
    name: nodes.name,
    kind: nodes.kind,
    leaf: boolean(isLeaf),
    path: pathFromRoot,
    parentId: nodes.parentId,
    assetId: sql`iif(${isLeaf}, ${nodes.itemId}, null)`,
    createdAt: iso(nodes.createdAt),
    updatedAt: iso(nodes.updatedAt),
  }),
)

/** The path of the folder that holds the node at a path; empty at the top. */
export const parentPath = (path: SQL): SQL => sql`rtrim(rtrim(${path}, replace(${path}, '/', '')), '/')`

/** The last segment of a path. */
export const lastSegment = (path: SQL): SQL => sql`substr(${path}, length(${parentPath(path)}) + 2)`

/** The names in a path, or in a segment of one, as they are. */
export const unescaped = (path: SQL): SQL => sql`replace(replace(${path}, '%2F', '/'), '%25', '%')`

/** The id of the live folder at a path of a container (an episode, or the project outside episodes). */
export const folderAt = (container: SQL, path: SQL): SQL => sql`(select ${nodes.id} from ${nodes}
  where ${nodes.containerId} = ${container} and ${nodes.path} = ${path} and ${nodes.kind} = 'folder' and ${live(nodes)})`

interface Making extends Stamp {
  readonly folders?: readonly NewFolder[]
}

/** Where the folders of a path are made. */
interface Folders {
  /** The episode that they are inside of, or the project. */
  readonly container: SQL
  /** The path of the innermost. */
  readonly path: SQL
}

const made = (path: SQL): SQL => sql`substr(${path}, 1, made.value ->> '$.end')`

/** How many of the folders are not there yet. */
export const countMissing = (a: Arguments<Pick<Making, 'folders'>>, { container, path }: Folders): SQL =>
  sql`(select count(*) from ${(a.folders satisfies Argument).each} as made
    where ${folderAt(container, made(path))} is null)`

/**
 * All missing folders of a path in one statement. SQLite selects all of it before it inserts, so a parent is
 * looked up among the folders that were there, and else is the new one that stands before. `top` is the node that the outermost
 * folder hangs under, null for the project's root.
 */
export function makeFolders(a: Arguments<Making>, { container, path }: Folders, top: SQL): SQL {
  const parent = parentPath(made(path))
  return insertInto(
    nodes,
    {
      id: sql`made.value ->> '$.id'`,
      projectId: sql`permit.project_id`,
      parentId: sql`case when ${parent} = '' then ${top} else ifnull(${folderAt(container, parent)},
        made.value ->> '$.parentId') end`,
      containerId: container,
      kind: sql`'folder'`,
      name: unescaped(lastSegment(made(path))),
      path: made(path),
      createdAt: a.now,
      updatedAt: a.now,
    },
    sql`from permit cross join ${(a.folders satisfies Argument).each} as made
      where ${folderAt(container, made(path))} is null`,
  )
}
