import { type SQL, sql } from 'drizzle-orm'
import {
  assets,
  collections,
  datasets,
  deletions,
  episodes,
  nodes,
  restorations,
} from '../../../drizzle/schema.ts'
import type { Trashable } from '../../db/deletion.ts'
import { ADMITTED, notOfMembers } from '../../db/guard.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { overRows, ROWS_OF_ONE } from '../../db/quota.ts'
import { assign, type Compiled, fragment, insertInto, mintedId, none } from '../../db/sql.ts'
import { projectGuard } from '../../db/standing.ts'
import { following, guard, guarded, outcome } from '../../db/statements.ts'
import { closedFor, isMany, MOST_AT_ONCE, outOfTrash } from '../../db/underway.ts'
import { collectionJson } from '../datasets/collections.sql.ts'
import { datasetJson } from '../datasets/datasets.sql.ts'
import { type AssetShape, assetJson, kinds } from '../recordings/asset-resource.sql.ts'
import { foldedFields } from '../recordings/asset-target.sql.ts'
import { episodeJson } from '../recordings/episodes.sql.ts'
import { folderAt, lastSegment, nodeJson, parentPath, unescaped } from '../recordings/nodes.sql.ts'
import { unmarking } from '../recordings/slices.sql.ts'
import { deletionIn, noDeletion } from './list.sql.ts'
import {
  endDeletion,
  inTheWay,
  isPurging,
  outcomeOfRestoring,
  type Restored,
  readRestored,
  recordRestoration,
  remembering,
  restoredBefore,
  restoredRow,
  undone,
} from './restore.sql.ts'
import { isNoName, namesake, newNameOr, type RestoringInside, spotOf } from './restore-kinds.sql.ts'

/** The folders that have gone since, outermost last: they are made again. */
const ancestors = fragment(
  'trash.ancestors',
  sql`ancestor(container_id, path) as (
  select container_id, ${parentPath(sql`path`)} from spot where ${parentPath(sql`path`)} <> ''
  union all
  select container_id, ${parentPath(sql`path`)} from ancestor where ${parentPath(sql`path`)} <> '')`,
)

/** The folders that have to be made, and the node of an asset whose own is another's by now. */
const added = sql`((with recursive ${ancestors}
    select count(*) from ancestor where ${folderAt(sql`ancestor.container_id`, sql`ancestor.path`)} is null)
  + (select count(*) from spot cross join ${assets} on ${assets.id} = spot.item_id and spot.kind in (${kinds})
    where spot.path is not null and ${none(sql`${nodes} where ${nodes.id} = ${assets.nodeId}
      and ${nodes.deletionId} = ${assets.deletionId}`)}))`

const restoring = guard<RestoringInside>('trash.restoringItem', (a) =>
  projectGuard(a, 'write', {
    tables: [
      deletionIn(a, sql`${deletions.projectId} = standing.project_id`),
      spotOf(a, 'deletion'),
      sql`obstacle as materialized (select
        (select around.kind || ' ' || json_quote(around.name) from ${episodes}
          join ${deletions} as around on around.id = ${episodes.deletionId}
          where ${episodes.id} = deletion.container_id) as container,
        ${namesake(a)} as namesake from ${ADMITTED} cross join deletion)`,
    ],
    done: restoredBefore(a),
    thing: [notOfMembers('write'), noDeletion],
    state: [
      ['restore_name_invalid', isNoName(a)],
      [
        'episode_write_protected',
        sql`(select ${episodes.writeProtected} from deletion join ${episodes}
          on ${episodes.id} = deletion.container_id)`,
      ],
      isPurging,
      ['deletion_marking', sql`(select phase is not null from deletion)`],
      closedFor(sql`(select container_id from spot)`, sql`(select path from spot)`),
      inTheWay,
      overRows(a, { atMost: ROWS_OF_ONE, exactly: added }),
    ],
  }),
)

const record = guarded(restoring, 'trash.restore', (a) => recordRestoration(a))

/**
 * Where a folder was and where it comes back; and whether more has been marked than comes back at once. An episode of
 * which a version of before has marked all that is inside may be as large. Once, as the folder is elsewhere afterwards.
 */
const begin = following<RestoringInside>(
  'trash.beginRestoring',
  (a) =>
    sql`with ${undone(a)}, ${spotOf(a, 'undone')} update ${deletions} set ${assign(deletions, {
      path: sql`(select former from spot where kind = 'folder')`,
      newPath: sql`(select path from spot where kind = 'folder' and path <> former)`,
      phase: sql`iif(${isMany(sql`select 1 from ${nodes} where ${nodes.deletionId} = (select id from undone)`)}
      or ${isMany(sql`select 1 from ${assets} where ${assets.deletionId} = (select id from undone)`)}, 'restoring', null)`,
    })} where ${deletions.id} = (select id from undone) and ${deletions.phase} is null`,
)

const makeFolders = following<RestoringInside>(
  'nodes.makeRestored',
  (a) =>
    sql`with recursive ${undone(a)}, ${spotOf(a, 'undone')}, ${ancestors} ${insertInto(
      nodes,
      {
        id: mintedId(a.now),
        projectId: sql`undone.project_id`,
        containerId: sql`ancestor.container_id`,
        kind: sql`'folder'`,
        name: unescaped(lastSegment(sql`ancestor.path`)),
        path: sql`ancestor.path`,
        createdAt: a.now,
        updatedAt: a.now,
      },
      sql`from undone cross join ancestor
      where ${folderAt(sql`ancestor.container_id`, sql`ancestor.path`)} is null`,
    )}`,
)

/** The node that a node at a path hangs under; null at the project's root. */
const parentAt = (container: SQL, path: SQL): SQL => sql`ifnull(${folderAt(container, parentPath(path))},
  iif(${parentPath(path)} = '', (select around.node_id from ${episodes} as around where around.id = ${container}), null))`

/** What the node of an update would hang under. */
const hung = sql`(select ${parentAt(sql`hung.container_id`, sql`hung.path`)} from ${nodes} as hung
  where hung.id = ${nodes.id})`

/** A folder that was made by the same statement as its parent could not know it yet. */
const hangFolders = following<RestoringInside>(
  'nodes.hangRestored',
  (a) => sql`with recursive ${undone(a)}, ${spotOf(a, 'undone')}, ${ancestors}
    update ${nodes} set ${assign(nodes, { parentId: hung })}
    where ${nodes.id} in (select ${folderAt(sql`ancestor.container_id`, sql`ancestor.path`)} from ancestor)
      and +${nodes.parentId} is null and ${hung} is not null`,
)

const unmarkNamed = (name: string, table: typeof datasets | typeof collections) =>
  following<RestoringInside>(
    name,
    (a) =>
      sql`with ${undone(a)} update ${table} set ${assign(table, {
        ...outOfTrash,
        name: newNameOr(a, sql`${table.name}`),
        ...remembering(a, table, sql`${a.isRenamed}`),
      })} where ${table.id} = (select item_id from undone) and ${table.deletionId} = (select id from undone)`,
  )

const unmarkDataset = unmarkNamed('datasets.restore', datasets)
const unmarkCollection = unmarkNamed('collections.restore', collections)

const attach = following<RestoringInside>(
  'datasets.attachRestored',
  (a) =>
    sql`with ${undone(a)} update ${collections} set ${assign(collections, {
      datasetId: sql`ifnull(${collections.datasetId}, (select item_id from undone))`,
      detachedBy: sql`null`,
      updatedAt: a.now,
      version: sql`${collections.version} + 1`,
    })} where ${collections.detachedBy} = (select id from undone)`,
)

const unmarkEpisode = following<RestoringInside>('episodes.restore', (a) => {
  const name = newNameOr(a, sql`${episodes.name}`)
  return sql`with ${undone(a)}, ${spotOf(a, 'undone')} update ${episodes} set ${assign(episodes, {
    ...outOfTrash,
    name,
    foldedName: sql`iif(${a.newName} is null, ${episodes.foldedName}, ${a.foldedName})`,
    foldedWords: sql`iif(${a.newName} is null, ${episodes.foldedWords}, ${a.foldedWords})`,
    folderId: sql`(select ${folderAt(sql`spot.container_id`, parentPath(sql`spot.path`))} from spot)`,
    nodePath: sql`'/' || ltrim((select ${parentPath(sql`spot.path`)} from spot) || '/' || ${name}, '/')`,
    ...remembering(a, episodes, sql`${a.isRenamed}`),
  })} where ${episodes.id} = (select item_id from spot where kind = 'episode')
    and ${episodes.deletionId} = (select id from undone)`
})

const unmarkAsset = following<RestoringInside>(
  'assets.restore',
  (a) => sql`with ${undone(a)}, ${spotOf(a, 'undone')} update ${assets} set ${assign(assets, {
    ...outOfTrash,
    name: sql`ifnull(${a.newAssetName}, ${assets.name})`,
    ...Object.fromEntries(
      foldedFields.map((field) => [
        field,
        sql`iif(${a.newAssetName} is null, ${assets[field]}, ${a[field]})`,
      ]),
    ),
    // The node of one that was replaced is another's.
    nodeId: sql`iif(ifnull(${a.newAssetName}, ${assets.name}) is not null and not exists (
      select 1 from ${nodes} where ${nodes.id} = ${assets.nodeId} and ${nodes.deletionId} = ${assets.deletionId}),
      ${a.nodeId}, ${assets.nodeId})`,
    ...remembering(a, assets, sql`${a.isRenamed}`),
  })} where ${assets.id} = (select item_id from spot where kind in (${kinds}))
    and ${assets.deletionId} = (select id from undone)`,
)

/** What hangs below a folder, in the request where it is few, else slice by slice. */
const unmarkBelow = unmarking(
  following,
  'trash.restoreBelow',
  sql`busy.phase is null`,
  // By the restoration, which a refused request has not made.
  (a) => sql`(select ${restorations.id} from ${restorations} where ${restorations.id} = ${a.deletionId})`,
)

const unmarkNode = following<RestoringInside>(
  'nodes.restore',
  (a) =>
    sql`with ${undone(a)}, ${spotOf(a, 'undone')} update ${nodes} set ${assign(nodes, {
      ...outOfTrash,
      name: sql`(select ${unescaped(lastSegment(sql`spot.path`))} from spot)`,
      path: sql`(select path from spot)`,
      updatedAt: sql`iif(${a.isRenamed}, ${a.now}, ${nodes.updatedAt})`,
      parentId: sql`(select ${parentAt(sql`spot.container_id`, sql`spot.path`)} from spot)`,
      version: sql`${nodes.version} + 1`,
    })} where ${nodes.id} = (select node_id from spot) and ${nodes.deletionId} = (select id from undone)`,
)

const placeAsset = following<RestoringInside>(
  'assets.placeRestored',
  (a) =>
    sql`with ${undone(a)}, ${spotOf(a, 'undone')} ${insertInto(
      nodes,
      {
        id: assets.nodeId,
        projectId: assets.projectId,
        parentId: parentAt(sql`spot.container_id`, sql`spot.path`),
        containerId: assets.containerId,
        kind: assets.kind,
        name: unescaped(lastSegment(sql`spot.path`)),
        path: sql`spot.path`,
        itemId: assets.id,
        createdAt: a.now,
        updatedAt: a.now,
      },
      sql`from spot cross join ${assets} on ${assets.id} = spot.item_id
      where ${assets.nodeId} = ${a.nodeId} and spot.path is not null`,
    )} on conflict (id) do nothing`,
)

/** In their order; what is of another kind than the item finds nothing. */
const acts: readonly Compiled<RestoringInside>[] = [
  ...[record, begin],
  // The folders that it hangs in.
  ...[makeFolders, hangFolders],
  // The item itself.
  ...[unmarkDataset, attach],
  unmarkCollection,
  unmarkEpisode,
  unmarkAsset,
  // Its node, which an asset may have to be given.
  ...[unmarkNode, placeAsset],
]

/** Restores what was deleted inside a project; `shapes` are those of the kinds of assets. */
export function restoringInside(shapes: readonly AssetShape[]): (values: RestoringInside) => Plan<Restored> {
  const kinds: readonly (readonly [string, Trashable, SQL])[] = [
    ['dataset', datasets, datasetJson],
    ['collection', collections, collectionJson],
    ['episode', episodes, episodeJson],
    ['folder', nodes, nodeJson],
    ...shapes.map((shape) => [shape.kind, assets, assetJson(shape)] as const),
  ]
  const restored = outcome(restoring, 'trash.restored', (a) =>
    outcomeOfRestoring(a, (what) => {
      const cases = kinds.map(
        ([kind, table, body]) =>
          sql`when ${sql.raw(`'${kind}'`)} then ${restoredRow(table, what === 'body' ? body : table.version)}`,
      )
      return sql`case ${restorations.kind} ${sql.join(cases, sql.raw(' '))} end`
    }),
  )
  return (values) =>
    after(
      [
        ...acts.map((each) => act(each, values)),
        ...unmarkBelow({ ...values, rows: MOST_AT_ONCE }),
        act(endDeletion, values),
      ],
      statement(restored, values, readRestored),
    )
}
