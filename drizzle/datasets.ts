import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { counter, id, json, recorded, trashable } from './columns.ts'
import { projects } from './places.ts'

export const datasets = sqliteTable(
  'datasets',
  {
    id: id(),
    projectId: text()
      .notNull()
      .references(() => projects.id),
    name: text().notNull(),
    description: text(),
    tags: json().notNull(),
    metadata: json(),
    collectionCount: counter(),
    /** How many collections the last request that put some in, or took some out, has. */
    changedCollections: integer().notNull().default(0),
    /** Rises when a collection inside is renamed: who reads them in their order has to begin anew. Kept by a trigger. */
    orderRevision: counter(),
    ...recorded(),
    ...trashable(),
  },
  (t) => [
    uniqueIndex('datasets_name').on(t.projectId, t.name).where(sql`deleted_at is null`),
    index('datasets_newest').on(t.projectId, t.deletedAt, t.id),
    index('datasets_of_deletion').on(t.deletionId).where(sql`deletion_id is not null`),
  ],
)

export const collections = sqliteTable(
  'collections',
  {
    id: id(),
    projectId: text()
      .notNull()
      .references(() => projects.id),
    datasetId: text().references(() => datasets.id),
    /** The dataset's deletion that set `datasetId` to null: what a restore attaches again. */
    detachedBy: text(),
    name: text().notNull(),
    description: text(),
    tags: json().notNull(),
    metadata: json(),
    memberCount: counter(),
    /** How many members the last request that added or removed some has. */
    changedMembers: integer().notNull().default(0),
    /**
     * The project's revision when it came into its dataset, or came back there: a manifest that was begun before does not
     * know of it. Kept by triggers.
     */
    placedRevision: counter(),
    ...recorded(),
    ...trashable(),
  },
  (t) => [
    uniqueIndex('collections_name').on(t.projectId, t.name).where(sql`deleted_at is null`),
    index('collections_newest').on(t.projectId, t.deletedAt, t.id),
    index('collections_of_dataset').on(t.datasetId, t.deletedAt, t.name),
    index('collections_of_dataset_newest')
      .on(t.datasetId, t.id)
      .where(sql`deleted_at is null and dataset_id is not null`),
    index('collections_detached').on(t.detachedBy).where(sql`detached_by is not null`),
    index('collections_of_deletion').on(t.deletionId).where(sql`deletion_id is not null`),
  ],
)

/** A member is an opaque id: of a node, an episode, an asset, or whatever an old client stored; in the order of their positions. */
export const collectionMembers = sqliteTable(
  'collection_members',
  {
    collectionId: text()
      .notNull()
      .references(() => collections.id),
    memberId: text().notNull(),
    position: integer().notNull(),
    /** That of the collection. */
    projectId: text(),
    /** The project's revision when it was added: a manifest that was begun before does not know of it. */
    addedRevision: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.collectionId, t.memberId] }),
    uniqueIndex('collection_members_order').on(t.collectionId, t.position),
    // Which collections of a project hold something.
    index('collection_members_holding').on(t.projectId, t.memberId, t.collectionId),
  ],
)
