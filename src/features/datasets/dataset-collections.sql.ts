import { type SQL, sql } from 'drizzle-orm'
import { collections, datasets } from '../../../drizzle/schema.ts'
import { ADMITTED } from '../../db/guard.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { type Argument, assign } from '../../db/sql.ts'
import { live, projectGuard } from '../../db/standing.ts'
import { guard, guarded, type NamedGuard, outcome } from '../../db/statements.ts'
import { type Stamp, touched, unexpected } from '../../db/write.ts'
import { type Change, changeOf, isDone, isToChange, readChange } from './change.sql.ts'
import { type DatasetRef, namedDataset, noDataset } from './datasets.sql.ts'

type Changing = DatasetRef &
  Stamp & {
    /** Of collections, each once. */
    readonly names: readonly string[]
  }

const concerned = sql.raw('concerned')

/** The guard of a request that names collections: all of them are there, or nothing is done. */
const naming = (name: string, isConcerned: SQL): NamedGuard<Changing> =>
  guard<Changing>(name, (a) =>
    projectGuard(a, 'write', {
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
      state: [unexpected(a, datasets, sql`(select id from target)`)],
    }),
  )

/** The change of some collections that are named, and of what the dataset says of it. */
function changing(
  by: NamedGuard<Changing>,
  verb: 'attach' | 'detach',
  datasetId: SQL,
): (values: Changing) => Plan<Change> {
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
  const changed = outcome(by, `datasets.${verb}ed`, (a) =>
    changeOf(a, datasets, datasets.changedCollections, datasets.collectionCount),
  )
  return (values) => after([act(note, values), act(change, values)], statement(changed, values, readChange))
}

/** Puts collections into a dataset, from another one too. */
export const attachCollections = changing(
  naming('datasets.attaching', sql`dataset_id is not (select id from target)`),
  'attach',
  sql`(select id from target)`,
)

/** Takes collections out of a dataset; those of another one stay where they are. */
export const detachCollections = changing(
  naming('datasets.detaching', sql`dataset_id is (select id from target)`),
  'detach',
  sql`null`,
)
