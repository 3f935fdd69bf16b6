import { sql } from 'drizzle-orm'
import { index, integer, numeric, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { counter, id, json, recorded, time, trashable } from './columns.ts'

/**
 * Every table, in reading order. Counters, nodes of the tree and first-time provisioning are completed by
 * triggers; they are in the migration `triggers`.
 *
 * Lists are served by full indexes of the form (scope, deleted_at, id): `deleted_at is null` is an equality
 * there, and the purge finds the rows of a deletion by an index of its own. Uniqueness is by partial indexes over live rows.
 */

export const users = sqliteTable(
  'users',
  {
    id: id(),
    /** `local` for the server's own tokens, else the `iss` of the identity provider. */
    issuer: text().notNull(),
    sub: text().notNull(),
    /** The slug that the claims make: the name that nobody else may take. */
    username: text().notNull(),
    email: text(),
    emailVerified: integer(),
    name: text(),
    givenName: text(),
    familyName: text(),
    picture: text(),
    homeId: text().notNull(),
    /** Whether the user has set name or picture: then no token's claims fill them again. */
    isEdited: integer().notNull().default(0),
    namespaceCount: counter(),
    tokenCount: counter(),
    createdAt: time().notNull(),
    updatedAt: time().notNull(),
    version: integer().notNull().default(1),
  },
  (t) => [
    uniqueIndex('users_identity').on(t.issuer, t.sub),
    index('users_username').on(t.username),
    uniqueIndex('users_home').on(t.homeId),
  ],
)

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

export const members = sqliteTable(
  'members',
  {
    userId: text()
      .notNull()
      .references(() => users.id),
    namespaceId: text()
      .notNull()
      .references(() => namespaces.id),
    /** 1 reader, 2 writer, 3 owner: a right includes the lower ones. */
    role: integer().notNull(),
    /** 2 at home, 1 where the user has written something, 0 where somebody has made the user a member, and no more. */
    prominence: integer().notNull().default(0),
    createdAt: time().notNull(),
    /** The marks of the requests that made the user a member, and gave the present role. */
    createdRequest: text(),
    updatedRequest: text(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.namespaceId] }),
    index('members_of_namespace').on(t.namespaceId, t.userId),
    index('members_of_user').on(t.userId, t.prominence, t.namespaceId),
    index('members_owners').on(t.namespaceId, t.userId).where(sql`role = 3`),
  ],
)

/** The last removal of a user from a namespace, by which the request that is sent again recognises it. */
export const departures = sqliteTable(
  'departures',
  {
    userId: text()
      .notNull()
      .references(() => users.id),
    namespaceId: text()
      .notNull()
      .references(() => namespaces.id),
    /** The mark of the request. */
    request: text().notNull(),
    departedAt: time().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.namespaceId] }),
    index('departures_of_namespace').on(t.namespaceId),
    index('departures_by_age').on(t.departedAt),
  ],
)

/** Tokens of robots and jobs. The secret itself is nowhere. */
export const apiTokens = sqliteTable(
  'api_tokens',
  {
    id: id(),
    /** SHA-256 of the token, as hex digits. */
    hash: text().notNull(),
    userId: text()
      .notNull()
      .references(() => users.id),
    name: text().notNull(),
    /** The rights that it has at most; see `scopes` in src/domain/access.ts. */
    scopes: integer().notNull(),
    /** Where it is good for nothing else. */
    namespaceId: text().references(() => namespaces.id),
    projectId: text(),
    expiresAt: time(),
    lastUsedAt: time(),
    revokedAt: time(),
    createdAt: time().notNull(),
  },
  (t) => [
    uniqueIndex('api_tokens_hash').on(t.hash),
    index('api_tokens_of_user').on(t.userId, t.revokedAt, t.id),
    index('api_tokens_of_namespace').on(t.namespaceId),
    index('api_tokens_of_project').on(t.projectId).where(sql`project_id is not null`),
    index('api_tokens_revoked').on(t.revokedAt).where(sql`revoked_at is not null`),
  ],
)

/** Signed tokens that were logged out before their time. */
export const revocations = sqliteTable(
  'revocations',
  {
    /** Whose token it is: `local`, or the `iss` of the identity provider. */
    issuer: text().notNull(),
    /** The token's id. */
    jti: text().notNull(),
    revokedAt: time().notNull(),
    /** When the token would have expired; null where it never does. */
    expiresAt: time(),
  },
  (t) => [
    primaryKey({ columns: [t.issuer, t.jti] }),
    index('revocations_expiring').on(t.expiresAt).where(sql`expires_at is not null`),
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
  /** Of `episodes`, those that are write-protected. */
  protectedEpisodes: counter(),
  /** What is in the trash of the project. */
  trashed: counter(),
  revision: counter(),
  /** Episodes, nodes, assets and members of collections, live or trashed. */
  rows: counter(),
})

/** Counts of the live assets of an episode: what its project counts less while it is in the trash. */
export const episodeStats = sqliteTable('episode_stats', {
  episodeId: text().primaryKey(),
  videos: counter(),
  audios: counter(),
  labelTracks: counter(),
  textTracks: counter(),
  images: counter(),
})

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
    index('nodes_children').on(t.parentId, t.deletedAt, t.name),
    index('nodes_of_project').on(t.projectId, t.id),
    index('nodes_of_deletion').on(t.deletionId).where(sql`deletion_id is not null`),
  ],
)

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
      .on(t.projectId, t.stagingHash, t.createdBy, t.id)
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
    kind: text({ enum: ['video', 'audio', 'label-track', 'text-track', 'image'] }).notNull(),
    name: text(),
    /** As the client gave it. `objectId` is what it refers to, resolved once, inside the namespace. */
    storageId: text(),
    objectId: text().references(() => objects.id),
    fps: numeric({ mode: 'number' }),
    lens: text({ enum: ['fisheye', 'pinhole', 'eqrec'] }),
    sampleRate: integer(),
    channels: integer(),
    format: text({ enum: ['vtt', 'srt', 'jsonl'] }),
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
    // An asset without a name has nothing else by which a repeated request could find it.
    index('assets_nameless')
      .on(t.containerId, t.kind, t.createdRequest)
      .where(sql`name is null and created_request is not null`),
  ],
)

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
    ...recorded(),
    ...trashable(),
  },
  (t) => [
    uniqueIndex('collections_name').on(t.projectId, t.name).where(sql`deleted_at is null`),
    index('collections_newest').on(t.projectId, t.deletedAt, t.id),
    index('collections_of_dataset').on(t.datasetId, t.deletedAt, t.name),
    index('collections_detached').on(t.detachedBy).where(sql`detached_by is not null`),
    index('collections_of_deletion').on(t.deletionId).where(sql`deletion_id is not null`),
  ],
)

/** A member is an opaque id: of a node, an episode, an asset, or whatever an old client stored. */
export const collectionMembers = sqliteTable(
  'collection_members',
  {
    collectionId: text()
      .notNull()
      .references(() => collections.id),
    memberId: text().notNull(),
    position: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.collectionId, t.memberId] }),
    uniqueIndex('collection_members_order').on(t.collectionId, t.position),
  ],
)

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
    index('purges_open').on(t.rule, t.objects, t.id).where(sql`kind = 'object' and finished_at is null`),
    index('purges_finished').on(t.finishedAt).where(sql`finished_at is not null`),
  ],
)

/** How far the schedule's walks have come that take more than one run. */
export const walks = sqliteTable('walks', {
  name: text().primaryKey(),
  /** The last key that was looked at; empty at the start. */
  position: text().notNull(),
})
