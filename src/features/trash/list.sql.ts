import { type SQL, sql } from 'drizzle-orm'
import {
  deletions,
  episodes,
  namespaceStats,
  namespaces,
  projectStats,
  projects,
} from '../../../drizzle/schema.ts'
import { ADMITTED, notOfMembers, type Refusing } from '../../db/guard.ts'
import { boolean, iso, object } from '../../db/json.ts'
import { listPlan, type Window } from '../../db/page.ts'
import type { Arguments } from '../../db/sql.ts'
import { type NamespaceRef, namespaceGuard, type ProjectRef, projectGuard } from '../../db/standing.ts'
import { guard } from '../../db/statements.ts'
import { usernameOf } from '../accounts/users.sql.ts'

/** How long the trash is kept. */
interface Retention {
  /** Milliseconds. */
  readonly retention: number
}

/** The table of a guard that addresses something in the trash: `deletion`, at most one row. */
export const deletionIn = (
  a: Arguments<{ readonly deletionId: string }>,
  place: SQL,
): SQL => sql`deletion as materialized (
  select ${deletions}.* from ${ADMITTED} cross join ${deletions} where ${deletions.id} = ${a.deletionId} and ${place})`

export const noDeletion: Refusing = ['deletion_not_found', sql`not exists (select 1 from deletion)`]

const entries = (a: Arguments<Retention & Window>, place: SQL, limit: SQL): SQL => sql`
  select ${deletions.id} as id, ${object({
    deletionId: deletions.id,
    kind: deletions.kind,
    id: deletions.itemId,
    name: deletions.name,
    slug: sql`case ${deletions.kind}
      when 'project' then (select ${projects.slug} from ${projects} where ${projects.id} = ${deletions.itemId})
      when 'namespace' then (select ${namespaces.slug} from ${namespaces}
        where ${namespaces.id} = ${deletions.itemId}) end`,
    episode: sql`(select ${episodes.name} from ${episodes} where ${episodes.id} = ${deletions.containerId})`,
    deletedAt: iso(deletions.deletedAt),
    deletedBy: usernameOf(deletions.deletedBy.getSQL()),
    purgeAt: iso(sql`(${deletions.deletedAt} + ${a.retention})`),
    purging: boolean(deletions.purging),
    state: sql`iif(${deletions.purging}, 'purging', ifnull(${deletions.phase}, 'trashed'))`,
  })} as body
  from ${deletions} where ${place} and ${deletions.id} < ${a.before}
  order by ${deletions.id} desc ${limit}`

const listingOfProject = guard<ProjectRef & Retention>('trash.listingOfProject', (a) =>
  projectGuard(a, 'read', { thing: [notOfMembers('read')] }),
)

/** What was deleted inside a project. */
export const listProjectTrash = listPlan(listingOfProject, 'trash.listedOfProject', (a) => {
  const total = sql`(select ${projectStats.trashed} from ${projectStats}
    where ${projectStats.projectId} = standing.project_id)`
  return {
    count: total,
    rows: (limit) => entries(a, sql`${deletions.projectId} = (select project_id from permit)`, limit),
  }
})

const listingOfNamespace = guard<NamespaceRef & Retention>('trash.listingOfNamespace', (a) =>
  namespaceGuard(a, 'read', {}, { withTrashed: true }),
)

/** The deleted projects of a namespace; of one that is deleted itself, also that. */
export const listNamespaceTrash = listPlan(listingOfNamespace, 'trash.listedOfNamespace', (a) => {
  const total = sql`(select ${namespaceStats.trashed} from ${namespaceStats}
    where ${namespaceStats.namespaceId} = standing.namespace_id)`
  const place = sql`${deletions.namespaceId} = (select namespace_id from permit) and ${deletions.projectId} is null`
  return { count: total, rows: (limit) => entries(a, place, limit) }
})
