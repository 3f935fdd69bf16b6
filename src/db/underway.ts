import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { deletions } from '../../drizzle/schema.ts'
import type { Refusing } from './guard.ts'
import { fragment } from './sql.ts'

/**
 * Folders that hold more than one request may mark, or bring back: their deletions are under way, slice by slice. The
 * folder itself is gone, or back, at once. Meanwhile nothing is made, changed or moved below it, and no folder deleted
 * around it, so that what is marked is what was there, and what comes back finds its place.
 */

/** The nodes that one request marks, or brings back; with more it is under way. */
export const MOST_AT_ONCE = 5_000

/** Holds where the `rows`, a `select ...`, are more than one request marks or brings back. */
export const isMany = (rows: SQL): SQL =>
  sql`(select count(*) from (${rows} limit ${sql.raw(String(MOST_AT_ONCE + 1))})) > ${sql.raw(String(MOST_AT_ONCE))}`

/** The path that is closed meanwhile, in its container: of an episode that comes back, all that is inside. */
const closed = fragment('closed', sql`iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))`)
const closedIn = fragment(
  'closedIn',
  sql`iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id))`,
)

const isBusy = fragment(
  'isBusy',
  sql`busy.namespace_id = standing.namespace_id and busy.project_id = standing.project_id and busy.phase is not null`,
)

/** Holds where something is under way at a path of a container, above or below it; null is the top of the container. */
const isUnderWay = (container: SQL, conflict: SQL): SQL => sql`exists (select 1 from ${deletions} as busy
  where ${isBusy} and ${closedIn} = ${container} and ${conflict})`

const isWithin = (path: SQLWrapper, folder: SQLWrapper): SQL =>
  sql`substr(${path} || '/', 1, length(${folder}) + 1) = ${folder} || '/'`

/** The refusal of whatever would be at a path of a container, where that is closed. */
export const closedFor = (container: SQL, path: SQLWrapper): Refusing => [
  'deletion_marking',
  isUnderWay(container, isWithin(path, closed)),
]

/** The refusal of what concerns a whole folder, where something is under way above or below it. */
export const closedAround = (container: SQL, path: SQLWrapper): Refusing => [
  'deletion_marking',
  isUnderWay(container, sql`(${isWithin(path, closed)} or ${isWithin(closed, path)})`),
]

/** What a row says that is in the trash no more. */
export const outOfTrash = { deletedAt: sql`null`, deletionId: sql`null` }
