import { type SQL, sql } from 'drizzle-orm'
import { collections, datasets } from '../../../drizzle/schema.ts'
import { ADMITTED } from '../../db/guard.ts'
import { keepable, keyedAt, settled } from '../../db/keys.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { type Argument, type Arguments, assign } from '../../db/sql.ts'
import { type Conditions, live, projectGuard } from '../../db/standing.ts'
import { guard, guarded, type NamedGuard, outcome } from '../../db/statements.ts'
import { type Resource, readResource, type Stamp, touched, unexpected } from '../../db/write.ts'
import { changeOf, isDone, isToChange } from './change.sql.ts'
import { type DatasetRef, namedDataset, noDataset } from './datasets.sql.ts'

type Changing = DatasetRef &
  Stamp & {
    /** Of collections, each once. */
    readonly names: readonly string[]
  }

const concerned = sql.raw('concerned')
const TARGET = sql`(select id from target)`

/** What the guard of a request that names collections judges: all of them are there, or nothing is done. */
const naming = (a: Arguments<Changing>, isConcerned: SQL): Conditions => ({
  tables: [
    namedDataset(a),
    sql`named as materialized (select given.value as name, ${collections.id} as id, ${collections.datasetId} as dataset_id
      from ${ADMITTED} cross join ${(a.names satisfies Argument).each} as given
      left join ${collections} on ${collections.projectId} = standing.project_id
        and ${collections.name} = given.value and ${live(collections)})`,
    sql`concerned as materialized (select id from named where ${isConcerned})`,
  ],
  done: isDone(a, datasets, concerned),
  thing: [
    noDataset,
    [
      'collection_not_found',
      sql`exists (select 1 from named where id is null)`,
      sql`(select 'collection ' || name from named where id is null limit 1)`,
    ],
  ],
  state: [unexpected(a, datasets, TARGET)],
})

/** The commands that change some collections that are named, and what the dataset says of it. */
function changing(by: NamedGuard<Changing>, verb: 'attach' | 'detach', datasetId: SQL) {
  const note = guarded(
    by,
    `datasets.note${verb === 'attach' ? 'Attached' : 'Detached'}`,
    (a) =>
      sql`update ${datasets} set ${assign(datasets, {
        changedCollections: sql`(select count(*) from concerned)`,
        ...touched(datasets, a),
      })} where ${isToChange(datasets, concerned)}`,
  )
  const change = guarded(
    by,
    `datasets.${verb}`,
    (a) =>
      sql`update ${collections} set ${assign(collections, {
        datasetId,
        detachedBy: sql`null`,
        ...touched(collections, a),
      })} where ${collections.id} in (select concerned.id from permit cross join concerned)`,
  )
  return (values: Changing) => [act(note, values), act(change, values)]
}

const told = (a: Arguments<Changing>, verb: 'added' | 'removed'): SQL =>
  changeOf(a, datasets, [verb, datasets.changedCollections], datasets.collectionCount)

const attaching = guard<Changing>('datasets.attaching', (a) =>
  projectGuard(a, 'write', {
    ...naming(a, sql`dataset_id is not ${TARGET}`),
    ...keyedAt(TARGET, a),
  }),
)

const attach = changing(attaching, 'attach', TARGET)
const attached = keepable(attaching, 'datasets.attached', (a) => told(a, 'added'))

/** Puts collections into a dataset, from another one too. */
export const attachCollections = (values: Changing): Plan<Resource> =>
  settled(attach(values), attached, values, readResource)

const detaching = guard<Changing>('datasets.detaching', (a) =>
  projectGuard(a, 'write', naming(a, sql`dataset_id is ${TARGET}`)),
)

const detach = changing(detaching, 'detach', sql`null`)
const detached = outcome(detaching, 'datasets.detached', (a) => told(a, 'removed'))

/** Takes collections out of a dataset; those of another one stay where they are. */
export const detachCollections = (values: Changing): Plan<Resource> =>
  after(detach(values), statement(detached, values, readResource))
