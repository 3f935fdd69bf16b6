import { type SQL, sql } from 'drizzle-orm'
import { collectionMembers, collections, datasets, projectStats } from '../../../drizzle/schema.ts'
import { deletedItem, type Trashing, trashedBefore, trashPlan } from '../../db/deletion.ts'
import { ADMITTED, assertPermitted, ifGranted, type Refusing, refusal, VERDICT } from '../../db/guard.ts'
import { iso, json, object } from '../../db/json.ts'
import { keepable, keyedAt, settled } from '../../db/keys.ts'
import { listPlan } from '../../db/page.ts'
import { act, after, type Plan, type Row, statement } from '../../db/plan.ts'
import { type Arguments, assign, changed, fragment, givenOr, insertInto } from '../../db/sql.ts'
import { live, type ProjectRef, projectGuard } from '../../db/standing.ts'
import { consulting, following, guard, guarded, outcome } from '../../db/statements.ts'
import { isMany } from '../../db/underway.ts'
import {
  addressed,
  changedByThisRequest,
  described,
  describing,
  type Fields,
  meets,
  mergingMetadata,
  outcomeOf,
  type Resource,
  readResource,
  renamedByThisRequest,
  renaming,
  type Stamp,
  shown,
  stamped,
  touched,
  unexpected,
  unmergeable,
} from '../../db/write.ts'

import { BEGINNING, type Members, MOST_MEMBERS } from './collections.sql.ts'

export interface DatasetRef extends ProjectRef {
  readonly name: string
}

const fields = {
  id: datasets.id,
  name: datasets.name,
  description: datasets.description,
  tags: json(datasets.tags),
  projectId: datasets.projectId,
  metadata: json(datasets.metadata),
  createdAt: iso(datasets.createdAt),
  updatedAt: iso(datasets.updatedAt),
}

export const datasetJson = fragment('datasetJson', object(fields))

/** The collections of a dataset that its entry in the list names; `collectionsTotal` counts them all. */
const MOST_COLLECTIONS_IN_THE_LIST = 100

const listed = object({
  ...fields,
  collections: sql`(select json_group_array(json(entry)) from (
    select ${object({ id: collections.id, name: collections.name })} as entry from ${collections}
    where ${collections.datasetId} = ${datasets.id} and ${live(collections)}
    order by ${collections.name} limit ${sql.raw(String(MOST_COLLECTIONS_IN_THE_LIST))}))`,
  collectionsTotal: datasets.collectionCount,
})

const listing = guard<ProjectRef>('datasets.listing', (a) => projectGuard(a, 'read'))

export const listDatasets = listPlan(listing, 'datasets.listed', (a) => {
  const total = sql`(select ${projectStats.datasets} from ${projectStats}
    where ${projectStats.projectId} = standing.project_id)`
  return {
    count: total,
    rows: (limit) => sql`select ${datasets.id} as id, ${listed} as body from ${datasets}
      where ${datasets.projectId} = (select project_id from permit) and ${live(datasets)}
        and ${datasets.id} < ${a.before}
      order by ${datasets.id} desc ${limit}`,
  }
})

/** The table `target`: the dataset of that name, no row where there is none. */
export const namedDataset = (a: Arguments<DatasetRef>): SQL => sql`target as materialized (
  select ${datasets.id} as id from ${ADMITTED} cross join ${datasets}
  where ${datasets.projectId} = standing.project_id and ${datasets.name} = ${a.name} and ${live(datasets)})`

export const noDataset: Refusing = [
  'dataset_not_found',
  sql`not exists (select 1 from target where id is not null)`,
]

const MOST_COLLECTIONS = 10_000

const reading = guard<DatasetRef>('datasets.reading', (a) =>
  projectGuard(a, 'read', { tables: [namedDataset(a)], thing: [noDataset] }),
)

const read = consulting(reading, 'datasets.read', () => {
  const mine = sql`${collections} where ${collections.datasetId} = (select target.id from permit cross join target)
    and ${live(collections)} order by ${collections.name}`
  return sql`,
    shown as materialized (select ${collections.id} as id, ${collections.name} as name,
      ${collections.memberCount} as size from ${mine} limit ${sql.raw(String(MOST_COLLECTIONS))})
    select ${refusal}, ${datasets.id} as id, ${datasets.version} as version, ${datasetJson} as body,
      ${datasets.collectionCount} as size, null as collection, null as position
      from ${VERDICT} left join target left join ${datasets} on ${datasets.id} = ${ifGranted(sql`target.id`)}
    union all
    select null, null, null, name, size, id, null from shown
    union all
    select * from (select null, null, null, ${collectionMembers.memberId}, null, shown.id, ${collectionMembers.position}
      from shown cross join ${collectionMembers} indexed by collection_members_order
      on ${collectionMembers.collectionId} = shown.id limit ${sql.raw(String(MOST_MEMBERS))})`
})

/** A collection of a dataset, with as many of its members as the answer holds. */
interface HeldCollection extends Members {
  readonly id: string
  readonly name: string
}

/** A dataset, and its collections by name. */
export interface WholeDataset extends Resource {
  readonly collections: readonly HeldCollection[]
  /** How many it has. */
  readonly collectionsTotal: number
}

/**
 * A dataset with all its collections and their members in order, as far as one answer holds them. The order is that of the loops: the
 * collections by name, and the members of each along the index of their positions.
 */
export const readDataset = (ref: DatasetRef): Plan<WholeDataset> =>
  statement(read, ref, ([first, ...rows]) => {
    const { size } = assertPermitted(first)
    const found = new Map<string, { id: string; name: string; ids: string[]; total: number; last: number }>()
    for (const row of rows) {
      const id = row.collection as string
      const known = found.get(id)
      if (known) {
        known.ids.push(row.body as string)
        known.last = row.position as number
      } else {
        found.set(id, { id, name: row.body as string, ids: [], total: row.size as number, last: BEGINNING })
      }
    }
    return {
      ...readResource([first as Row]),
      collections: [...found.values()],
      collectionsTotal: size as number,
    }
  })

type New = DatasetRef & Stamp & Fields & { readonly id: string }

const creating = guard<New>('datasets.creating', (a) =>
  projectGuard(a, 'write', {
    tables: [
      meets(
        datasets,
        a,
        sql`${datasets.projectId} = standing.project_id and ${datasets.name} = ${a.name} and ${live(datasets)}`,
      ),
    ],
    done: sql`(select is_made from earlier)`,
    state: [['dataset_name_taken', sql`exists (select 1 from earlier)`]],
    ...keyedAt(sql`standing.project_id`, a),
  }),
)

const create = guarded(
  creating,
  'datasets.create',
  (a) =>
    sql`${insertInto(
      datasets,
      {
        id: a.id,
        projectId: sql`permit.project_id`,
        name: a.name,
        ...describing(a),
        ...stamped(a),
      },
      sql`from permit`,
    )}`,
)

const created = keepable(creating, 'datasets.created', () =>
  outcomeOf(datasets, shown(datasetJson, datasets), sql`(select id from earlier)`, sql`1`),
)

export const createDataset = (values: New): Plan<Resource> =>
  settled([act(create, values)], created, values, readResource)

type Changes = DatasetRef & Stamp & Fields & { readonly newName?: string }

const updating = guard<Changes>('datasets.updating', (a) => {
  const named = (name: SQL) => sql`${datasets.projectId} = standing.project_id and ${datasets.name} = ${name}
    and ${live(datasets)}`
  return projectGuard(a, 'write', {
    tables: [
      sql`target as materialized (
        select ${addressed(datasets, a, named(a.name), named(a.newName))} as id from ${ADMITTED})`,
    ],
    done: sql`exists (select 1 from target cross join ${datasets} on ${datasets.id} = target.id
      where ${changedByThisRequest(datasets, a)} or ${renamedByThisRequest(datasets, a, datasets.name, a.name)})`,
    thing: [noDataset],
    state: [
      unexpected(a, datasets, sql`(select id from target)`),
      ...unmergeable(a, datasets, sql`(select id from target)`),
      [
        'dataset_name_taken',
        sql`exists (select 1 from ${datasets} where ${datasets.projectId} = standing.project_id
          and ${datasets.name} = ${a.newName} and ${live(datasets)}
          and ${datasets.id} <> (select id from target))`,
      ],
    ],
  })
})

const update = guarded(
  updating,
  'datasets.update',
  (a) =>
    sql`update ${datasets} set ${assign(datasets, {
      name: givenOr(a.newName, datasets.name),
      ...changed(datasets, a, described),
      ...mergingMetadata(datasets, a),
      ...renaming(datasets, a, datasets.name, a.newName),
      ...touched(datasets, a),
    })} where ${datasets.id} = (select target.id from permit cross join target)`,
)

const updated = outcome(updating, 'datasets.updated', () =>
  outcomeOf(datasets, shown(datasetJson, datasets), sql`(select id from target)`),
)

export const updateDataset = (values: Changes): Plan<Resource> =>
  after([act(update, values)], statement(updated, values, readResource))

type TrashingDataset = DatasetRef & Trashing

const trashing = guard<TrashingDataset>('datasets.trashing', (a) =>
  projectGuard(a, 'write', {
    tables: [namedDataset(a)],
    done: trashedBefore(a, sql`not exists (select 1 from target)`),
    thing: [noDataset],
    state: [
      unexpected(a, datasets, sql`(select id from target)`),
      [
        'too_large',
        isMany(sql`select 1 from ${collections} where ${collections.datasetId} = (select id from target)`),
      ],
    ],
  }),
)

const detach = following<TrashingDataset>(
  'datasets.detachCollections',
  (a) =>
    sql`update ${collections} set ${assign(collections, {
      datasetId: sql`null`,
      detachedBy: a.deletionId,
      ...touched(collections, a),
    })} where ${collections.datasetId} = ${deletedItem(a)}`,
)

/** To the trash; its collections become standalone in the same batch. */
export const trashDataset = trashPlan(trashing, {
  aggregate: 'datasets',
  table: datasets,
  deleted: () => ({
    item: { kind: sql`'dataset'`, itemId: datasets.id, name: datasets.name },
    from: sql`from permit cross join target cross join ${datasets} on ${datasets.id} = target.id`,
  }),
  further: [detach],
})
