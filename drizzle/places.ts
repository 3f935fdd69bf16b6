import { sql } from 'drizzle-orm'
import { index, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { counter, id, json, recorded, time, trashable } from './columns.ts'

export const namespaces = sqliteTable(
  'namespaces',
  {
    id: id(),
    slug: text().notNull(),
    metadata: json(),
    ...recorded(),
    ...trashable(),
  },
  (t) => [
    // Over trashed rows too: the slug of a trashed namespace stays reserved until it is purged.
    uniqueIndex('namespaces_slug').on(t.slug),
  ],
)

/** Slugs that a namespace had: nobody else may take one until then. */
export const formerSlugs = sqliteTable(
  'former_slugs',
  {
    slug: text().primaryKey(),
    namespaceId: text()
      .notNull()
      .references(() => namespaces.id),
    reservedUntil: time().notNull(),
  },
  (t) => [
    index('former_slugs_of_namespace').on(t.namespaceId),
    index('former_slugs_reserved').on(t.reservedUntil),
  ],
)

export const projects = sqliteTable(
  'projects',
  {
    id: id(),
    namespaceId: text()
      .notNull()
      .references(() => namespaces.id),
    name: text().notNull(),
    slug: text().notNull(),
    description: text(),
    tags: json().notNull(),
    metadata: json(),
    visibility: text({ enum: ['private', 'public'] }).notNull(),
    ...recorded(),
    ...trashable(),
  },
  (t) => [
    uniqueIndex('projects_slug').on(t.namespaceId, t.slug).where(sql`deleted_at is null`),
    index('projects_newest').on(t.namespaceId, t.deletedAt, t.id),
    index('projects_public').on(t.namespaceId, t.id).where(sql`deleted_at is null and visibility = 'public'`),
  ],
)

/** Counts of the live rows of a namespace's live projects. */
export const namespaceStats = sqliteTable('namespace_stats', {
  namespaceId: text().primaryKey(),
  members: counter(),
  projects: counter(),
  /** Of `projects`, those that everybody may read. */
  publicProjects: counter(),
  videos: counter(),
  audios: counter(),
  labelTracks: counter(),
  textTracks: counter(),
  images: counter(),
  files: counter(),
  /** Live episodes that are write-protected. */
  protectedEpisodes: counter(),
  /** What is in the trash of the namespace: projects, and the namespace itself. */
  trashed: counter(),
  /** Receipts. */
  purges: counter(),
  /** Against the quotas: the `rows` of all its projects and the objects, live or trashed; and the objects' bytes. */
  rows: counter(),
  bytes: counter(),
})

/** Counts of a project's live rows, and its `revision`, which every write inside the project raises. */
export const projectStats = sqliteTable('project_stats', {
  projectId: text().primaryKey(),
  episodes: counter(),
  datasets: counter(),
  collections: counter(),
  videos: counter(),
  audios: counter(),
  labelTracks: counter(),
  textTracks: counter(),
  images: counter(),
  files: counter(),
  /** Of `episodes`, those that are write-protected. */
  protectedEpisodes: counter(),
  /** What is in the trash of the project. */
  trashed: counter(),
  revision: counter(),
  /** Episodes, nodes, assets and members of collections, live or trashed. */
  rows: counter(),
})
