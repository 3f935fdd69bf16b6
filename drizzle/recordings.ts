import { sql } from 'drizzle-orm'
import { index, integer, numeric, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { SEPARATORS } from '../src/domain/fold.ts'
import { counter, id, json, recorded, time, trashable } from './columns.ts'
import { objects } from './objects.ts'
import { projects } from './places.ts'

/** The name with a blank for each separator, and one before the first word, as SQLite folds it. */
const spaced = SEPARATORS.reduce(
  (text, separator) => `replace(${text}, '${separator.replace("'", "''")}', ' ')`,
  `' ' || lower(name)`,
)

export const episodes = sqliteTable(
  'episodes',
  {
    id: id(),
    projectId: text()
      .notNull()
      .references(() => projects.id),
    nodeId: text().notNull(),
    folderId: text(),
    name: text().notNull(),
    nodePath: text().notNull(),
    /** Of a name that is not ASCII, as the Worker folds it: lower case, and its words with a blank before each. */
    foldedName: text(),
    foldedWords: text(),
    folded: text().generatedAlwaysAs(sql`ifnull(folded_name, lower(name))`, { mode: 'virtual' }),
    /** The words of the folded name, a blank before each of them. */
    words: text().generatedAlwaysAs(sql.raw(`ifnull(folded_words, ${spaced})`), { mode: 'virtual' }),
    /** That of the folder with a slash behind it: what stands before the name, which may have slashes of its own. */
    folderPath: text().generatedAlwaysAs(sql`substr(node_path, 1, length(node_path) - length(name))`, {
      mode: 'virtual',
    }),
    description: text(),
    tags: json().notNull(),
    status: text({ enum: ['running', 'completed', 'failed', 'archived'] }).notNull(),
    writeProtected: integer().notNull(),
    metadata: json(),
    startedAt: time(),
    endedAt: time(),
    durationMs: integer(),
    ...recorded(),
    ...trashable(),
  },
  (t) => [
    // Over trashed rows too: a trashed episode holds its name (410) until it is purged.
    uniqueIndex('episodes_name').on(t.projectId, t.name),
    index('episodes_newest').on(t.projectId, t.deletedAt, t.id),
    index('episodes_of_deletion').on(t.deletionId).where(sql`deletion_id is not null`),
    index('episodes_started').on(t.projectId, t.deletedAt, t.startedAt, t.id),
    index('episodes_changed').on(t.projectId, t.deletedAt, t.updatedAt, t.id),
    index('episodes_protected')
      .on(t.projectId, t.folderPath)
      .where(sql`write_protected = 1 and deleted_at is null`),
  ],
)

/**
 * The folder tree. `path` starts with a slash and is relative to the episode's node for everything below an
 * episode, to the project's root otherwise: renaming or moving an episode touches its own node alone.
 * A slash or percent sign inside a name is `%2F`, `%25` in a path.
 */
export const nodes = sqliteTable(
  'nodes',
  {
    id: id(),
    projectId: text()
      .notNull()
      .references(() => projects.id),
    parentId: text(),
    /** What it hangs on: the parent, or the project at its top. */
    aboveId: text().generatedAlwaysAs(sql`ifnull(parent_id, project_id)`, { mode: 'virtual' }),
    /** The episode below whose node this one hangs; the project outside episodes and for the episodes' own nodes. */
    containerId: text().notNull(),
    kind: text().notNull(),
    name: text().notNull(),
    path: text().notNull(),
    /** The asset of a leaf, the episode of an episode's node. */
    itemId: text(),
    createdAt: time().notNull(),
    updatedAt: time().notNull(),
    version: integer().notNull().default(1),
    ...trashable(),
  },
  (t) => [
    uniqueIndex('nodes_path').on(t.containerId, t.path, t.kind).where(sql`deleted_at is null`),
    index('nodes_children').on(t.aboveId, t.kind, t.name, t.id).where(sql`deleted_at is null`),
    index('nodes_of_project').on(t.projectId, t.id),
    index('nodes_of_deletion').on(t.deletionId).where(sql`deletion_id is not null`),
  ],
)

export const assets = sqliteTable(
  'assets',
  {
    id: id(),
    projectId: text()
      .notNull()
      .references(() => projects.id),
    /** The asset's episode; the project where it has none. */
    containerId: text().notNull(),
    nodeId: text(),
    kind: text({ enum: ['video', 'audio', 'label-track', 'text-track', 'image', 'file'] }).notNull(),
    name: text(),
    /** Of a name that is not ASCII, as of episodes; and the name that they were made of: of another one they say nothing. */
    foldedFrom: text(),
    foldedPath: text(),
    pathWords: text(),
    folded: text().generatedAlwaysAs(sql`iif(folded_from = name, folded_path, lower(name))`, {
      mode: 'virtual',
    }),
    words: text().generatedAlwaysAs(sql.raw(`iif(folded_from = name, path_words, ${spaced})`), {
      mode: 'virtual',
    }),
    /** As the client gave it. `objectId` is what it refers to, resolved once, inside the namespace. */
    storageId: text(),
    objectId: text().references(() => objects.id),
    fps: numeric({ mode: 'number' }),
    lens: text({ enum: ['fisheye', 'pinhole', 'eqrec'] }),
    sampleRate: integer(),
    channels: integer(),
    format: text(),
    language: text(),
    tags: json().notNull(),
    metadata: json(),
    ...recorded(),
    ...trashable(),
  },
  (t) => [
    uniqueIndex('assets_identity')
      .on(t.containerId, t.kind, t.name)
      .where(sql`deleted_at is null and name is not null`),
    index('assets_newest').on(t.projectId, t.kind, t.deletedAt, t.id),
    index('assets_by_name').on(t.projectId, t.kind, t.deletedAt, t.name, t.id),
    index('assets_of_container').on(t.containerId, t.kind, t.deletedAt, t.id),
    index('assets_of_object').on(t.objectId, t.projectId, t.deletedAt),
    index('assets_of_deletion').on(t.deletionId).where(sql`deletion_id is not null`),
    // SQL moves names, and cannot fold them.
    index('assets_unfolded')
      .on(t.id)
      .where(sql`octet_length(name) <> length(name) and folded_from is not name`),
    // What hangs in no tree is found by its episode.
    index('assets_loose').on(t.containerId, t.id).where(sql`name is null and deleted_at is null`),
    // An asset without a name has nothing else by which a repeated request could find it.
    index('assets_nameless')
      .on(t.containerId, t.kind, t.createdRequest)
      .where(sql`name is null and created_request is not null`),
  ],
)

/** How many live nodes of a kind hang right below a node, or at the top of a project. */
export const childCounts = sqliteTable('child_counts', {
  /** The id of the node, or of the project, a blank, and the kind. */
  id: text().primaryKey(),
  nodes: counter(),
})

/** Counts of the live assets of an episode: what its project counts less while it is in the trash. */
export const episodeStats = sqliteTable('episode_stats', {
  episodeId: text().primaryKey(),
  videos: counter(),
  audios: counter(),
  labelTracks: counter(),
  textTracks: counter(),
  images: counter(),
  files: counter(),
})
