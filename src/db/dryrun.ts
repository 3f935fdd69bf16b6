import { type SQL, sql } from 'drizzle-orm'
import {
  assets,
  collectionMembers,
  collections,
  datasets,
  deletions,
  episodes,
  members,
  namespaces,
  nodes,
  objects,
  projects,
} from '../../drizzle/schema.ts'
import { type InNamespace, type InProject, inNamespace, inProject } from './claims.ts'
import { assertPermitted, consulted, type Guard, refusal, VERDICT } from './guard.ts'
import { type Plan, type Row, statement } from './plan.ts'
import { type Compiled, query } from './sql.ts'
import type { Trashable } from './trashing.ts'

/** What a purge would take away. */
export interface DryRun {
  readonly rows: number
  /** Bytes of the objects that nothing else refers to. */
  readonly bytes: number
  /** Whether there is more: a table is counted up to 100,000 rows. */
  readonly truncated: boolean
}

const MOST_COUNTED = sql.raw('100000')

/** The statement that counts: `doomed` are the tables whose rows go, `found` those of the assets among them. */
const counting = (guard: Guard, tables: SQL, counted: readonly SQL[], found: SQL): SQL => {
  const counts = counted.map(
    (rows) => sql`select (select count(*) from (select 1 from ${rows} limit ${MOST_COUNTED} + 1)) as count`,
  )
  return sql`${consulted(guard)}, ${tables},
    let_go as materialized (select object_id, count(*) as count from (
      select ${assets.objectId} as object_id from ${found} where ${assets.objectId} is not null
      limit ${MOST_COUNTED}) group by object_id),
    freed as materialized (select ${objects.size} as size from let_go
      join ${objects} on ${objects.id} = let_go.object_id and ${objects.assetCount} = let_go.count)
    select ${refusal}, null as rows, null as bytes, null as truncated from ${VERDICT}
    union all select null, count(*), ifnull(sum(size), 0), 0 from freed
    union all select null, min(count, ${MOST_COUNTED}), 0, count > ${MOST_COUNTED} from (
      select value as count from json_each(json_array(${sql.join(
        counts.map((count) => sql`(${count})`),
        sql.raw(', '),
      )})))`
}

const inItems = query<InProject>('dryRun.ofItems', (a) => {
  const of = (table: Trashable) => sql`doomed cross join ${table} on ${table.deletionId} = doomed.id`
  return counting(
    inProject(a),
    sql`doomed as materialized (select deletion.id as id from permit cross join deletion
      union all select * from (select nested.id from permit cross join deletion
        cross join ${episodes} on ${episodes.deletionId} = deletion.id
        cross join ${deletions} as nested on nested.container_id = ${episodes.id} limit ${MOST_COUNTED}))`,
    [
      ...[assets, nodes, episodes, collections, datasets].map(of),
      sql`${of(collections)} cross join ${collectionMembers}
        on ${collectionMembers.collectionId} = ${collections.id}`,
    ],
    of(assets),
  )
})

const inPlace = query<InNamespace>('dryRun.ofPlace', (a) => {
  const of = (table: Trashable) => sql`site cross join ${table} on ${table.projectId} = site.id`
  return counting(
    inNamespace(a),
    sql`space as materialized (select deletion.item_id as id from permit cross join deletion
        where +deletion.kind = 'namespace'),
      site as materialized (select deletion.item_id as id from permit cross join deletion
        where +deletion.kind = 'project'
        union all select * from (select ${projects.id} from space
          cross join ${projects} on ${projects.namespaceId} = space.id limit ${MOST_COUNTED}))`,
    [
      ...[assets, nodes, episodes, collections, datasets].map(of),
      sql`${of(collections)} cross join ${collectionMembers}
        on ${collectionMembers.collectionId} = ${collections.id}`,
      sql`site`,
      sql`space cross join ${members} on ${members.namespaceId} = space.id`,
      sql`space cross join ${namespaces} on ${namespaces.id} = space.id`,
    ],
    of(assets),
  )
})

function readDryRun([verdict, ...counts]: readonly Row[]): DryRun {
  assertPermitted(verdict)
  const sum = (column: string) => counts.reduce((total, row) => total + Number(row[column]), 0)
  return { rows: sum('rows'), bytes: sum('bytes'), truncated: sum('truncated') > 0 }
}

const dryRunOf =
  <A extends object>(compiled: Compiled<A>) =>
  (values: A): Plan<DryRun> =>
    statement(compiled, values, readDryRun)

export const dryRunInProject = dryRunOf(inItems)
export const dryRunInNamespace = dryRunOf(inPlace)
