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
  projectStats,
  projects,
} from '../../../drizzle/schema.ts'
import type { Trashable } from '../../db/deletion.ts'
import { assertPermitted, refusal, VERDICT } from '../../db/guard.ts'
import { type Plan, type Row, statement } from '../../db/plan.ts'
import type { Compiled } from '../../db/sql.ts'
import { live } from '../../db/standing.ts'
import { consulting } from '../../db/statements.ts'
import { kinds } from '../recordings/asset-resource.sql.ts'
import { purgingInNamespace, purgingInProject } from './claim.sql.ts'

/** What a purge would take away. */
export interface DryRun {
  readonly rows: number
  /** Bytes of the objects that nothing else refers to. */
  readonly bytes: number
  /** Whether there is more: a table is counted up to 10,000 rows, and of a folder what is marked by now. */
  readonly truncated: boolean
}

const MOST_COUNTED = sql.raw('10000')

/** A count of rows, as far as they are counted. */
const upTo = (rows: SQL): SQL => sql`(select count(*) from (select 1 from ${rows} limit ${MOST_COUNTED} + 1))`

/** What a dry run counts. */
interface Counting {
  /** Common tables that the others read, each with a limit of its own. */
  readonly tables: SQL
  /** Rows that a counter knows. */
  readonly exact: SQL
  /** What stands after `from` for the rows of each table that have to be counted. */
  readonly counted: readonly SQL[]
  /** Holds where there is more than a table among `tables` took, and no count says so. */
  readonly cut: SQL
  /** Selects the objects of the assets among them; null of an asset without one. */
  readonly found: SQL
}

/** The statement that counts. What is read is cut before it is filtered, so that the work is bounded too. */
const counting = ({ tables, exact, counted, cut, found }: Counting): SQL =>
  sql`, ${tables},
    let_go as materialized (select object_id, count(*) as count from (
      select object_id from (${found}) limit ${MOST_COUNTED} + 1) group by object_id),
    freed as materialized (select ${objects.size} as size from let_go
      join ${objects} on ${objects.id} = let_go.object_id and ${objects.assetCount} = let_go.count)
    select ${refusal}, null as rows, null as bytes, null as truncated from ${VERDICT}
    union all select null, count(*), ifnull(sum(size), 0),
      ifnull((select sum(count) from let_go), 0) > ${MOST_COUNTED} from freed
    union all select null, ${exact}, 0, 0
    union all select null, min(count, ${MOST_COUNTED}), 0, count > ${MOST_COUNTED} from (
      select value as count from json_each(json_array(${sql.join(counted.map(upTo), sql.raw(', '))})))
    union all select null, 0, 0, deletion.phase is not null or ${cut} from permit cross join deletion`

const objectOf = (rows: SQL): SQL => sql`select ${assets.objectId} as object_id from ${rows}`

const inItems = consulting(purgingInProject, 'dryRun.countedItems', () => {
  const of = (table: Trashable) => sql`doomed cross join ${table} on ${table.deletionId} = doomed.id`
  // What is inside of a trashed episode keeps its own state.
  const assetsInside = sql`episode cross join ${assets} on ${assets.containerId} = episode.id
    and ${assets.kind} in (${kinds}) and ${live(assets)}`
  const nodesInside = sql`episode cross join ${nodes} on ${nodes.containerId} = episode.id and ${live(nodes)}`
  return counting({
    tables: sql`episode as materialized (select ${episodes.id} as id from permit cross join deletion
        cross join ${episodes} on ${episodes.deletionId} = deletion.id limit ${MOST_COUNTED} + 1),
      nested as materialized (select ${deletions.id} as id from episode
        cross join ${deletions} on ${deletions.containerId} = episode.id limit ${MOST_COUNTED} + 1),
      doomed as materialized (select deletion.id as id from permit cross join deletion
        union all select id from nested)`,
    exact: sql`0`,
    counted: [
      ...[assets, nodes, episodes, collections, datasets].map(of),
      assetsInside,
      nodesInside,
      sql`${of(collections)} cross join ${collectionMembers}
        on ${collectionMembers.collectionId} = ${collections.id}`,
    ],
    cut: sql`(select count(*) from nested) > ${MOST_COUNTED}`,
    found: sql`${objectOf(of(assets))} union all ${objectOf(assetsInside)}`,
  })
})

const inPlace = consulting(purgingInNamespace, 'dryRun.countedPlace', () => {
  const of = (table: Trashable) => sql`site cross join ${table} on ${table.projectId} = site.id`
  return counting({
    tables: sql`space as materialized (select deletion.item_id as id from permit cross join deletion
        where +deletion.kind = 'namespace'),
      site as materialized (select deletion.item_id as id from permit cross join deletion
        where +deletion.kind = 'project'
        union all select * from (select ${projects.id} from space
          cross join ${projects} on ${projects.namespaceId} = space.id limit ${MOST_COUNTED} + 1))`,
    exact: sql`(select ifnull(sum(${projectStats.rows}), 0) from site
      cross join ${projectStats} on ${projectStats.projectId} = site.id)`,
    counted: [
      of(collections),
      of(datasets),
      sql`site`,
      sql`space cross join ${members} on ${members.namespaceId} = space.id`,
      sql`space cross join ${namespaces} on ${namespaces.id} = space.id`,
    ],
    cut: sql`0`,
    found: objectOf(of(assets)),
  })
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
