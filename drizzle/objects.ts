import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { counter, id, time } from './columns.ts'
import { namespaces } from './places.ts'

/**
 * Bytes in the bucket, from the moment they are announced. `complete` is the only state in which an asset may refer
 * to one; `aborted` and `discarded` ones have lost their bytes, or are about to.
 */
export const objects = sqliteTable(
  'objects',
  {
    id: id(),
    namespaceId: text()
      .notNull()
      .references(() => namespaces.id),
    projectId: text(),
    key: text().notNull(),
    state: text({ enum: ['pending', 'complete', 'aborted', 'discarded', 'purging'] }).notNull(),
    /** Bytes that the bucket holds; 0 until it is complete. */
    size: integer().notNull(),
    contentType: text(),
    /** Hex digits, where the bucket has verified it. */
    sha256: text(),
    etag: text(),
    leaseUntil: time().notNull(),
    createdBy: text().notNull(),
    createdByToken: text(),
    createdAt: time().notNull(),
    completedAt: time(),
    /** What the client calls it. */
    name: text(),
    /** The bucket's own id of an upload in parts, from the first time that parts are signed. */
    bucketUploadId: text(),
    /** Bytes of every part but the last; null for an object that is sent at once. */
    partSize: integer(),
    /** Null where the client did not say. */
    announcedSize: integer(),
    announcedSha256: text(),
    /** The first 16 hex digits of the SHA-256 that an older client announced: it finds its upload by them. */
    stagingHash: text(),
    /** Assets that refer to it, live or trashed. */
    assetCount: counter(),
    /** The deletion whose purge took the last asset away that referred to it: its receipt counts the bytes. */
    releasedBy: text(),
  },
  (t) => [
    uniqueIndex('objects_key').on(t.key),
    index('objects_of_namespace').on(t.namespaceId, t.id),
    index('objects_content')
      .on(t.namespaceId, t.sha256, t.id)
      .where(sql`state = 'complete' and sha256 is not null`),
    index('objects_staged')
      .on(t.projectId, t.stagingHash, t.createdBy, t.state, t.id)
      .where(sql`staging_hash is not null`),
    index('objects_pending').on(t.projectId, t.createdBy, t.id).where(sql`state = 'pending'`),
    index('objects_pending_of_token')
      .on(t.projectId, t.createdByToken, t.id)
      .where(sql`state = 'pending' and created_by_token is not null`),
    // What the purge looks at, the oldest lease of a namespace first.
    index('objects_idle').on(t.state, t.namespaceId, t.leaseUntil, t.id).where(sql`asset_count = 0`),
  ],
)

/** The parts that the Worker took in by itself, for uploads that are still pending: R2's binding cannot list them. */
export const parts = sqliteTable(
  'parts',
  {
    objectId: text()
      .notNull()
      .references(() => objects.id),
    partNumber: integer().notNull(),
    /** What the client was told: short, whatever the bucket's own looks like. */
    etag: text().notNull(),
    bucketEtag: text().notNull(),
    /** Bytes */
    size: integer().notNull(),
    /** When the bucket had the bytes. */
    createdAt: time().notNull(),
    /** Whether the bucket may hold other bytes than these: it has taken in others under the same number. */
    contested: integer().notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.objectId, t.partNumber] })],
)

/** How many uploads of a project are pending, by the user who has begun them, and by the API token. */
export const pendingUploads = sqliteTable(
  'pending_uploads',
  {
    projectId: text().notNull(),
    /** The id of a user or of an API token. */
    holderId: text().notNull(),
    uploads: counter(),
  },
  (t) => [primaryKey({ columns: [t.projectId, t.holderId] })],
)
