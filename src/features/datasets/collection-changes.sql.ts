import { type SQL, sql } from 'drizzle-orm'
import { collectionMembers, collections, datasets } from '../../../drizzle/schema.ts'
import { ADMITTED, type Refusing } from '../../db/guard.ts'
import { keepable, keyedAt, settled } from '../../db/keys.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { overRows, type Quotas } from '../../db/quota.ts'
import { type Argument, type Arguments, assign, changed, givenOr, insertInto } from '../../db/sql.ts'
import { live, projectGuard } from '../../db/standing.ts'
import { following, guard, guarded, outcome } from '../../db/statements.ts'
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
  renamedByThisRequest,
  renaming,
  type Stamp,
  shown,
  stamped,
  touched,
  unexpected,
  unmergeable,
} from '../../db/write.ts'
import {
  type CollectionRef,
  collectionJson,
  headJson,
  noCollection,
  readKept,
  readWhole,
  type WholeCollection,
  wholeCollection,
} from './collections.sql.ts'

/** The dataset that a request puts a collection into. */
interface Placing {
  readonly datasetId?: string | null
}

/** The table `dataset`: the one that the request gives, no row where it gives none or there is none. */
const givenDataset = (a: Arguments<Placing>): SQL => sql`dataset as materialized (
  select ${datasets.id} as id from ${ADMITTED} cross join ${datasets}
  where ${datasets.id} = ${a.datasetId} and ${datasets.projectId} = standing.project_id and ${live(datasets)})`

const noDataset = (a: Arguments<Placing>): Refusing => [
  'dataset_not_found',
  sql`${a.datasetId} is not null and not exists (select 1 from dataset)`,
]

/** The id of the dataset as it was found: never one of another project. */
const foundDataset = sql`(select id from dataset)`

type New = CollectionRef &
  Stamp &
  Fields &
  Placing &
  Quotas & {
    readonly id: string
    /** Each once, in their order. */
    readonly members: readonly string[]
  }

const creating = guard<New>('collections.creating', (a) => {
  const added = sql`(select count(*) from ${(a.members satisfies Argument).each})`
  return projectGuard(a, 'write', {
    tables: [
      meets(
        collections,
        a,
        sql`${collections.projectId} = standing.project_id and ${collections.name} = ${a.name}
          and ${live(collections)}`,
      ),
      givenDataset(a),
    ],
    done: sql`(select is_made from earlier)`,
    thing: [noDataset(a)],
    state: [
      ['collection_name_taken', sql`exists (select 1 from earlier)`],
      overRows(a, { atMost: added, exactly: added }),
    ],
    ...keyedAt(sql`standing.project_id`, a),
  })
})

const create = guarded(creating, 'collections.create', (a) =>
  insertInto(
    collections,
    {
      id: a.id,
      projectId: sql`permit.project_id`,
      datasetId: foundDataset,
      name: a.name,
      ...describing(a),
      ...stamped(a),
    },
    sql`from permit`,
  ),
)

/** Into the collection that this request has made, while nobody has changed it since. */
const fill = following<New>(
  'collections.fill',
  (a) =>
    sql`${insertInto(
      collectionMembers,
      {
        collectionId: collections.id,
        memberId: sql`given.value`,
        position: sql`given.key`,
        projectId: collections.projectId,
        addedRevision: collections.placedRevision,
      },
      sql`from ${collections} cross join ${(a.members satisfies Argument).each} as given
      where ${collections.id} = ${a.id} and ${changedByThisRequest(collections, a)}`,
    )} on conflict do nothing`,
)

const MADE = sql`(select id from earlier)`

/** The members that it was made with are not kept: the request gives them again. */
const created = keepable(
  creating,
  'collections.created',
  () => wholeCollection(MADE, sql`1`),
  (a) =>
    outcomeOf(
      collections,
      sql`iif(${collections.id} = ${a.id}, ${shown(headJson, collections)}, ${shown(collectionJson, collections)})`,
      MADE,
      sql`1`,
    ),
)

export const createCollection = (values: New): Plan<Resource> =>
  settled<New, Resource>([act(create, values), act(fill, values)], created, values, readWhole, (rows) =>
    readKept(rows, values.members),
  )

type Changes = CollectionRef & Stamp & Fields & Placing & { readonly newName?: string }

const updating = guard<Changes>('collections.updating', (a) => {
  const named = (
    name: SQL,
  ) => sql`${collections.projectId} = standing.project_id and ${collections.name} = ${name}
    and ${live(collections)}`
  return projectGuard(a, 'write', {
    tables: [
      sql`target as materialized (
        select ${addressed(collections, a, named(a.name), named(a.newName))} as id from ${ADMITTED})`,
      givenDataset(a),
    ],
    done: sql`exists (select 1 from target cross join ${collections} on ${collections.id} = target.id
      where ${changedByThisRequest(collections, a)}
        or ${renamedByThisRequest(collections, a, collections.name, a.name)})`,
    thing: [noCollection, noDataset(a)],
    state: [
      unexpected(a, collections, sql`(select id from target)`),
      ...unmergeable(a, collections, sql`(select id from target)`),
      [
        'collection_name_taken',
        sql`exists (select 1 from ${collections} where ${collections.projectId} = standing.project_id
          and ${collections.name} = ${a.newName} and ${live(collections)}
          and ${collections.id} <> (select id from target))`,
      ],
    ],
  })
})

const update = guarded(
  updating,
  'collections.update',
  (a) =>
    sql`update ${collections} set ${assign(collections, {
      name: givenOr(a.newName, collections.name),
      datasetId: sql`case when ${a.datasetId.given} then ${foundDataset} else ${collections.datasetId} end`,
      // Whoever says where it belongs says it for good.
      detachedBy: sql`case when ${a.datasetId.given} then null else ${collections.detachedBy} end`,
      ...changed(collections, a, described),
      ...mergingMetadata(collections, a),
      ...renaming(collections, a, collections.name, a.newName),
      ...touched(collections, a),
    })} where ${collections.id} = (select target.id from permit cross join target)`,
)

const updated = outcome(updating, 'collections.updated', () => wholeCollection(sql`(select id from target)`))

export const updateCollection = (values: Changes): Plan<WholeCollection> =>
  after([act(update, values)], statement(updated, values, readWhole))
