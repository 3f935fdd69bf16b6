import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { id, time } from './columns.ts'

/** One row a deletion: what went to the trash together, and comes back or is purged together. */
export const deletions = sqliteTable(
  'deletions',
  {
    id: id(),
    namespaceId: text().notNull(),
    /** Null for a project or a namespace itself. */
    projectId: text(),
    /** The episode that the item is inside of, which takes it along when it is purged itself. */
    containerId: text(),
    kind: text().notNull(),
    itemId: text().notNull(),
    name: text(),
    deletedAt: time().notNull(),
    deletedBy: text().notNull(),
    request: text(),
    /** 1 is the claim of the purge: from then on nothing restores it. */
    purging: integer().notNull().default(0),
    /**
     * Of the claimed ones, those with the smallest go on first: 0 and 1 at the claim; of projects and namespaces the time
     * of their last slices, or until which they wait, in epoch milliseconds.
     */
    turn: integer().notNull().default(0),
    /**
     * While what hung below is being marked, or is coming back, slice by slice: nothing is made there meanwhile. `path`
     * is that of the folder's node in its container, and `newPath` the one by which it comes back.
     */
    phase: text({ enum: ['marking', 'restoring'] }),
    path: text(),
    newPath: text(),
    /** Bytes of the longest path that was marked with the folder, in its container and unescaped. */
    longestPath: integer(),
  },
  (t) => [
    index('deletions_of_project').on(t.projectId, t.id),
    index('deletions_under_way').on(t.namespaceId, t.projectId, t.id).where(sql`phase is not null`),
    index('deletions_of_namespace').on(t.namespaceId, t.id).where(sql`project_id is null`),
    index('deletions_inside').on(t.containerId, t.purging).where(sql`container_id is not null`),
    // What the purge of an episode waits for, and what it has to claim first, however much was deleted inside.
    index('deletions_inside_under_way')
      .on(t.containerId)
      .where(sql`container_id is not null and phase is not null`),
    index('deletions_inside_unclaimed')
      .on(t.containerId)
      .where(sql`container_id is not null and (purging = 0 or turn <> 0) and phase is not 'restoring'`),
    index('deletions_due')
      .on(sql`kind <> 'dataset'`, t.namespaceId, t.deletedAt, t.id)
      .where(sql`purging = 0`),
    index('deletions_claimed')
      .on(sql`project_id is null`, t.namespaceId, t.turn, t.id)
      .where(sql`purging = 1`),
    index('deletions_request').on(t.request).where(sql`request is not null`),
  ],
)

/** The end of a deletion by restoring, by which the request that is sent again recognises it. */
export const restorations = sqliteTable(
  'restorations',
  {
    /** The deletion. */
    id: id(),
    namespaceId: text().notNull(),
    projectId: text(),
    kind: text().notNull(),
    itemId: text().notNull(),
    /** The mark of the request. */
    request: text().notNull(),
    restoredAt: time().notNull(),
  },
  (t) => [index('restorations_by_age').on(t.restoredAt)],
)

/**
 * Receipts: what was purged, or found to be amiss between bucket and database. They outlive what they speak of, and so
 * refer to nothing.
 */
export const purges = sqliteTable(
  'purges',
  {
    id: id(),
    namespaceId: text().notNull(),
    projectId: text(),
    deletionId: text(),
    /** The kind of what was deleted; `object` for bytes that no deletion let go of. */
    kind: text().notNull(),
    itemId: text(),
    name: text(),
    rule: text({
      enum: ['retention', 'requested', 'container', 'unreferenced', 'idle', 'orphaned', 'missing'],
    }).notNull(),
    /** Who asked for it, and the mark of the request; null for the schedule. */
    requestedBy: text(),
    request: text(),
    rows: integer().notNull().default(0),
    objects: integer().notNull().default(0),
    /** Bytes that the bucket was rid of; of a missing object, those that it should hold. */
    bytes: integer().notNull().default(0),
    startedAt: time().notNull(),
    finishedAt: time(),
  },
  (t) => [
    index('purges_of_namespace').on(t.namespaceId, t.id),
    uniqueIndex('purges_of_deletion').on(t.deletionId).where(sql`deletion_id is not null`),
    // The objects without a deletion, by the run of the schedule; and what is amiss, each object by itself.
    uniqueIndex('purges_of_objects')
      .on(t.namespaceId, t.rule, t.startedAt)
      .where(sql`kind = 'object' and item_id is null`),
    uniqueIndex('purges_findings')
      .on(t.rule, t.itemId, t.namespaceId)
      .where(sql`kind = 'object' and item_id is not null`),
    // What is amiss, in the order of the keys of the bucket; and who has been a namespace of this database.
    index('purges_amiss')
      .on(t.rule, sql`(namespace_id || '/' || item_id)`)
      .where(sql`kind = 'object' and item_id is not null and finished_at is null`),
    index('purges_of_known').on(t.namespaceId).where(sql`rule <> 'orphaned'`),
    index('purges_open').on(t.rule, t.objects, t.id).where(sql`kind = 'object' and finished_at is null`),
    index('purges_finished').on(t.finishedAt).where(sql`finished_at is not null`),
  ],
)
