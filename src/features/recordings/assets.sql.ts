import { type SQL, sql } from 'drizzle-orm'
import { assets, episodes, nodes, objects } from '../../../drizzle/schema.ts'
import type { Arriving } from '../../db/credential.ts'
import { deletedItem, inTrash, recordDeletion, type Trashing } from '../../db/deletion.ts'
import { ADMITTED, type Refusing } from '../../db/guard.ts'
import { keepable, keyedAt, settled } from '../../db/keys.ts'
import { act, type Plan } from '../../db/plan.ts'
import { overRows, type Quotas, ROWS_OF_ONE } from '../../db/quota.ts'
import { type Arguments, anyGiven, assign, changed, fragment, insertInto } from '../../db/sql.ts'
import { isOfAnother, live, mayNotAdd, projectMakingGuard } from '../../db/standing.ts'
import { following, guard, guarded } from '../../db/statements.ts'
import { closedFor } from '../../db/underway.ts'
import {
  changedByThisRequest,
  type Fields,
  isThereAlready,
  outcomeOf,
  type Resource,
  readResource,
  shown,
  stamped,
  touched,
  unexpected,
} from '../../db/write.ts'
import type { Folded, FoldedPath } from '../../domain/fold.ts'
import type { AssetKind } from '../../domain/kind.ts'
import type { NewFolder } from '../../domain/path.ts'
import { arriveByCreatingAt } from '../accounts/users.sql.ts'
import { isWithinReach } from '../objects/guard.sql.ts'
import type { Lease } from '../objects/uploads.sql.ts'
import { makeProject, type ProjectMaking } from '../places/projects.sql.ts'
import { type AssetShape, assetJson, type OwnFields, own } from './asset-resource.sql.ts'
import { foldedFields, insertLeaf, type Place } from './asset-target.sql.ts'
import { folding } from './episode-target.sql.ts'
import { countMissing, makeFolders } from './nodes.sql.ts'

/** `deletionId` is for the asset that this one replaces, if there is one. */
export interface Registration
  extends ProjectMaking,
    Fields,
    OwnFields,
    Place,
    Lease,
    Quotas,
    Trashing,
    FoldedPath,
    /** Of the episode's name. */
    Folded {
  readonly id: string
  readonly nodeId: string
  readonly kind: AssetKind
  /** In its stored form; null for an asset without identity. */
  readonly name: string | null
  /** That of the last segment of the name: the format of a new file that is told none. */
  readonly extension: string | null
  /** The folders along `parentPath`, outermost first. */
  readonly folders: readonly NewFolder[]
  readonly storageId: string | null
  readonly episodeName: string | null
  readonly episodeId: string
  readonly episodeNodeId: string
  /** The episode's name as the path of its node, and as its `nodePath`, at the project's root. */
  readonly episodeSegment: string | null
  readonly episodePath: string | null
}

type A = Arguments<Registration>

const inEpisode = (a: A, column: SQL): SQL => sql`(select ${column} from ${episodes}
  where ${episodes.projectId} = standing.project_id and ${episodes.name} = ${a.episodeName})`

/** The episode where one is named (null while it has to be made), else the project. */
const container = (a: A, asking: 'standing' | 'permit'): SQL => {
  const project = sql.raw(`${asking}.project_id`)
  return fragment(
    `assets.container.${asking}`,
    sql`iif(${a.episodeName} is null, ${project}, (select ${episodes.id} from ${episodes}
      where ${episodes.projectId} = ${project} and ${episodes.name} = ${a.episodeName}))`,
  )
}

/** Holds where the storage id is that of an object of this namespace which cannot be used yet, or any more. */
const unusable = (a: A): SQL => sql`exists (select 1 from ${objects} where ${objects.id} = ${a.storageId}
  and ${isWithinReach('standing')} and ${objects.state} in ('pending', 'purging'))`

/** The live leaf of the asset's path. */
const leaf = (a: A, asking: 'standing' | 'permit'): SQL => sql`(select ${nodes.id} from ${nodes}
  where ${nodes.containerId} = ${container(a, asking)}
    and ${nodes.path} = ${a.nodePath} and ${nodes.kind} = ${a.kind} and ${live(nodes)})`

/** Holds where the request gives another storage id than the asset has; the first one that is given is the asset's own. */
const isReplacing = (a: A, storageId: SQL): SQL => sql`ifnull(${storageId} <> ${a.storageId}, 0)`

/** The rows that are still to be added: the asset and its leaf, the episode and its node, folders. */
const added = (a: A): SQL => {
  const isSame = sql`exists (select 1 from earlier where is_done or not ${isReplacing(a, sql`storage_id`)})`
  return sql`(iif(${isSame}, 0, 1) + iif(${a.name} is null or ${leaf(a, 'standing')} is not null, 0, 1)
    + iif(${a.episodeName} is null or ${container(a, 'standing')} is not null, 0, 2)
    + ${countMissing(a, { container: container(a, 'standing'), path: sql`${a.parentPath}` })})`
}

/** Where one of the arms of `earlier` finds an asset, and whether this very request has made or changed it. */
interface Arm {
  readonly found: SQL
  readonly isDone: SQL
}

/** `earlier`, at most one row: the asset that a registration meets, by the first of these that finds one. */
const earlier = (a: A): SQL => {
  const there = sql`${assets.containerId} = ${container(a, 'standing')}
    and ${assets.kind} = ${a.kind} and ${live(assets)}`
  const arms: readonly Arm[] = [
    // By the very id, whatever has become of it since: a batch whose answer was lost is run again.
    { found: sql`${assets.id} = ${a.id}`, isDone: sql`1` },
    // The live one of the same identity.
    {
      found: sql`${there} and ${assets.name} = ${a.name} and ${assets.name} is not null`,
      isDone: changedByThisRequest(assets, a),
    },
    // Without a name there is no identity: what this very request has registered before.
    {
      found: sql`${a.name} is null and ${there} and ${assets.name} is null
        and ${assets.createdRequest} = ${a.repeatable} and ${assets.createdRequest} is not null`,
      isDone: sql`1`,
    },
  ]
  const rows = arms.map(
    ({
      found,
      isDone,
    }) => sql`select ${assets.id} as id, ${assets.storageId} as storage_id, ${isDone} as is_done,
      ${assets.createdByToken} as created_by_token
      from ${ADMITTED} cross join ${assets} where ${found}`,
  )
  return sql`earlier as materialized (${sql.join(rows, sql.raw(' union all '))} limit 1)`
}

/** What this very request has replaced already was as expected. */
const notAsExpected = (a: A): Refusing => {
  const [failure, condition] = unexpected(a, assets, sql`(select id from earlier)`)
  return [failure, sql`${deletedItem(a)} is null and ${condition}`]
}

const registering = guard<Registration>('assets.registering', (a) =>
  projectMakingGuard(a, {
    tables: [earlier(a)],
    done: sql`(select is_done from earlier)`,
    thing: [
      mayNotAdd,
      ['created_by_another', sql`(select ${isOfAnother(sql`created_by_token`)} from earlier)`],
      ['episode_trashed', inEpisode(a, sql`${episodes.deletedAt} is not null`)],
    ],
    state: [
      ['episode_write_protected', inEpisode(a, episodes.writeProtected.getSQL())],
      notAsExpected(a),
      isThereAlready(a, sql`(select id from earlier)`),
      ['object_not_complete', unusable(a)],
      closedFor(container(a, 'standing'), sql`${a.nodePath}`),
      overRows(a, { atMost: ROWS_OF_ONE, exactly: added(a) }),
    ],
    ...keyedAt(sql`standing.project_id`, a),
  }),
)

const makeMissingProject = guarded(registering, 'assets.makeProject', (a) => makeProject(a))

const makeEpisode = guarded(
  registering,
  'assets.makeEpisode',
  (a) =>
    sql`${insertInto(
      episodes,
      {
        id: a.episodeId,
        projectId: sql`permit.project_id`,
        nodeId: a.episodeNodeId,
        name: a.episodeName,
        ...folding(a),
        nodePath: a.episodePath,
        tags: sql`'[]'`,
        status: sql`'running'`,
        writeProtected: sql`0`,
        ...stamped(a),
      },
      sql`from permit where true`,
    )} on conflict (project_id, name) do nothing`,
)

const placeEpisode = following<Registration>(
  'assets.placeEpisode',
  (a) =>
    sql`${insertInto(
      nodes,
      {
        id: episodes.nodeId,
        projectId: episodes.projectId,
        containerId: episodes.projectId,
        kind: sql`'episode'`,
        name: episodes.name,
        path: sql`'/' || ${a.episodeSegment}`,
        itemId: episodes.id,
        createdAt: a.now,
        updatedAt: a.now,
      },
      sql`from ${episodes} where ${episodes.id} = ${a.episodeId}`,
    )} on conflict (id) do nothing`,
)

const makeMissingFolders = guarded(registering, 'assets.makeFolders', (a) =>
  makeFolders(
    a,
    { container: container(a, 'permit'), path: sql`${a.parentPath}` },
    sql`(select ${episodes.nodeId} from ${episodes}
      where ${episodes.projectId} = permit.project_id and ${episodes.name} = ${a.episodeName})`,
  ),
)

const replace = guarded(registering, 'assets.replace', (a) =>
  recordDeletion(
    a,
    {
      kind: a.kind,
      itemId: sql`earlier.id`,
      name: a.name,
      containerId: sql`nullif(${container(a, 'permit')}, permit.project_id)`,
    },
    sql`from permit cross join earlier where ${isReplacing(a, sql`earlier.storage_id`)}`,
  ),
)

const trashReplaced = following<Registration>(
  'assets.trashReplaced',
  (a) =>
    sql`update ${assets} set ${assign(assets, inTrash(a))} where ${assets.id} = ${deletedItem(a)} and ${live(assets)}`,
)

const renewLease = guarded(
  registering,
  'assets.renewLease',
  (a) => sql`update ${objects} set ${assign(objects, { leaseUntil: a.leaseUntil })}
    where ${objects.id} = ${a.storageId} and exists (select 1 from permit where ${isWithinReach('permit')})
      and ${objects.state} = 'complete' and ${objects.leaseUntil} < ${a.renewedBefore}`,
)

const DEFAULT_FPS = 30

const register = guarded(registering, 'assets.register', (a) => {
  return sql`${insertInto(
    assets,
    {
      id: a.id,
      projectId: sql`permit.project_id`,
      containerId: container(a, 'permit'),
      nodeId: sql`iif(${a.name} is null, null, ifnull(${leaf(a, 'permit')}, ${a.nodeId}))`,
      kind: a.kind,
      name: a.name,
      ...Object.fromEntries(foldedFields.map((field) => [field, a[field]])),
      storageId: a.storageId,
      objectId: sql`(select ${objects.id} from ${objects} where ${objects.id} = ${a.storageId}
        and ${isWithinReach('permit')} and ${objects.state} = 'complete')`,
      ...Object.fromEntries(own.map((field) => [field, a[field]])),
      fps: sql`iif(${a.kind} = 'video', ifnull(${a.fps}, ${sql.raw(String(DEFAULT_FPS))}), null)`,
      lens: sql`iif(${a.kind} = 'video', ifnull(${a.lens}, 'pinhole'), null)`,
      format: sql`ifnull(${a.format}, iif(${a.kind} = 'file', ${a.extension}, null))`,
      tags: sql`ifnull(${a.tags}, '[]')`,
      metadata: a.metadata,
      ...stamped(a),
    },
    sql`from permit where true`,
  )} on conflict (container_id, kind, name) where deleted_at is null and name is not null
    do update set ${assign(assets, {
      ...changed(assets, a, [...own, 'tags', 'metadata']),
      storageId: sql`ifnull(${assets.storageId}, excluded.storage_id)`,
      objectId: sql`ifnull(${assets.objectId}, excluded.object_id)`,
      ...touched(assets, a),
    })} where ${anyGiven(a, [...own, 'tags', 'metadata'])}
      or ${assets.storageId} is null and excluded.storage_id is not null
      or ${assets.objectId} is null and excluded.object_id is not null`
})

const placeAsset = following<Registration>(
  'assets.place',
  (
    a,
  ) => sql`${insertLeaf(a, sql`${assets.id} = ${a.id}`)} on conflict (id) do update set item_id = excluded.item_id, updated_at = excluded.updated_at,
    version = ${nodes.version} + 1 where ${nodes.itemId} <> excluded.item_id`,
)

/**
 * Registers an asset, making its project, episode and folders as needed. One of the same identity is updated, and takes
 * the storage id if it has none; one of another storage id goes to the trash, and the new one takes its place in the
 * tree.
 */
export function assetRegistering(
  shape: AssetShape,
): (values: Registration, arriving: Arriving) => Plan<Resource> {
  const registered = keepable(registering, `assets.registered.${shape.kind}`, () =>
    outcomeOf(assets, shown(assetJson(shape), assets), sql`(select id from earlier)`, sql`1`),
  )
  return (values, arriving) =>
    settled(
      [
        ...arriveByCreatingAt(values, arriving),
        act(makeMissingProject, values),
        ...(values.episodeName === null ? [] : [act(makeEpisode, values), act(placeEpisode, values)]),
        ...(values.folders.length === 0 ? [] : [act(makeMissingFolders, values)]),
        ...(values.name === null ? [] : [act(replace, values), act(trashReplaced, values)]),
        ...(values.storageId === null ? [] : [act(renewLease, values)]),
        act(register, values),
        ...(values.name === null ? [] : [act(placeAsset, values)]),
      ],
      registered,
      values,
      readResource,
    )
}
