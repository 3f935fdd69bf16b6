import { sql } from 'drizzle-orm'
import { assets, episodes, nodes } from '../../../drizzle/schema.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { overRows, type Quotas, ROWS_OF_ONE } from '../../db/quota.ts'
import { anyGiven, assign, changed } from '../../db/sql.ts'
import { live } from '../../db/standing.ts'
import { following, guard, guarded, outcome } from '../../db/statements.ts'
import { closedFor } from '../../db/underway.ts'
import {
  changedByThisRequest,
  type Fields,
  mergingMetadata,
  outcomeOf,
  type Resource,
  readResource,
  renaming,
  type Stamp,
  shown,
  touched,
  unexpected,
  unmergeable,
} from '../../db/write.ts'
import type { FoldedPath } from '../../domain/fold.ts'
import type { NewFolder } from '../../domain/path.ts'
import { type AssetShape, assetJson, type OwnFields, own } from './asset-resource.sql.ts'
import {
  type AssetById,
  assetGuard,
  foldedFields,
  insertLeaf,
  isInProtectedEpisode,
  type Place,
  presentTarget,
} from './asset-target.sql.ts'
import { orMoved } from './episode-target.sql.ts'
import { countMissing, makeFolders } from './nodes.sql.ts'

const TARGET = sql`(select target.id from target)`

const reading = guard<AssetById>('assets.reading', (a) => assetGuard(a, 'read'))

/** Reads an asset, as the list of its kind shows it. */
export function assetReading(shape: AssetShape): (ref: AssetById) => Plan<Resource> {
  const read = outcome(reading, `assets.read.${shape.kind}`, () =>
    outcomeOf(assets, assetJson(shape), TARGET),
  )
  return (ref) => statement(read, ref, readResource)
}

/** Absent fields are left alone; what the name says of the node is given together with it. */
interface Changes extends AssetById, Stamp, Quotas, Fields, OwnFields, Partial<Place & FoldedPath> {
  /** In its stored form. */
  readonly name?: string
  /** The folders along `parentPath`, outermost first. */
  readonly folders?: readonly NewFolder[]
  /** For the node of an asset that had no name, and so none. */
  readonly nodeId: string
}

const besideName = [...own, 'tags', 'metadata'] as const
const fields = ['name', ...besideName] as const

const container = sql`(select target.container_id from target)`

const updating = guard<Changes>('assets.updating', (a) => {
  const others = sql`target cross join ${assets} on ${assets.containerId} = target.container_id
    and ${assets.kind} = ${a.kind} and ${assets.name} = ${a.name} and ${assets.name} is not null and ${live(assets)}
    and ${assets.id} <> target.id`
  const node = sql`iif(${a.name.given} and (select node_id from target) is null, 1, 0)`
  const path = sql`(select ${nodes.path} from target cross join ${nodes} on ${nodes.id} = target.node_id)`
  return assetGuard(a, 'write', {
    // A renaming stays done, whatever else has been changed since.
    done: sql`${presentTarget} and exists (select 1 from target cross join ${assets} on ${assets.id} = target.id
      where ${changedByThisRequest(assets, a)} or ${assets.renamedRequest} = ${a.mark}
        and ${assets.name} = ${a.name} and not (${anyGiven(a, besideName)}))`,
    state: [
      isInProtectedEpisode,
      overRows(a, {
        atMost: ROWS_OF_ONE,
        exactly: sql`(${node} + ${countMissing(a, { container, path: sql`${a.parentPath}` })})`,
      }),
      unexpected(a, assets, TARGET),
      ...unmergeable(a, assets, TARGET),
      ['asset_name_taken', sql`exists (select 1 from ${others})`],
      // What is marked with its folder is not changed on the way, nor moved to where something is marked.
      closedFor(container, path),
      closedFor(container, a.nodePath),
    ],
  })
})

const makeMissingFolders = guarded(updating, 'assets.makeChangedFolders', (a) =>
  makeFolders(
    a,
    { container, path: sql`${a.parentPath}` },
    sql`(select ${episodes.nodeId} from ${episodes} where ${episodes.id} = ${container})`,
  ),
)

const update = guarded(
  updating,
  'assets.update',
  (a) =>
    sql`update ${assets} set ${assign(assets, {
      nodeId: sql`iif(${a.name.given}, ifnull(${assets.nodeId}, ${a.nodeId}), ${assets.nodeId})`,
      ...changed(assets, a, [...fields, ...foldedFields]),
      ...mergingMetadata(assets, a),
      ...renaming(assets, a, assets.name, a.name),
      ...touched(assets, a),
    })} where ${assets.id} = (select target.id from permit cross join target) and (${anyGiven(a, fields)})`,
)

/** The node keeps its id where there was one. A folder may have been moved since with all in it: then it stays there. */
const place = following<Changes>(
  'assets.placeUpdated',
  (a) =>
    sql`${insertLeaf(
      a,
      sql`${assets.id} = ${a.id} and ${assets.updatedRequest} = ${a.mark} and ${assets.name} = ${a.name}`,
    )} ${orMoved}`,
)

/** Changes the given fields of an asset; under a new name its node is where that says. */
export function assetUpdating(shape: AssetShape): (values: Changes) => Plan<Resource> {
  const updated = outcome(updating, `assets.updated.${shape.kind}`, () =>
    outcomeOf(assets, shown(assetJson(shape), assets), TARGET),
  )
  return (values) =>
    after(
      [
        ...(values.folders?.length ? [act(makeMissingFolders, values)] : []),
        act(update, values),
        ...(values.name === undefined ? [] : [act(place, values)]),
      ],
      statement(updated, values, readResource),
    )
}
