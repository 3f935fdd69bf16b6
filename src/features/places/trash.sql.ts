import { type SQL, sql } from 'drizzle-orm'
import {
  deletions,
  namespaceStats,
  namespaces,
  projectStats,
  projects,
  users,
} from '../../../drizzle/schema.ts'
import { type Trashing, trashedBefore, trashPlan } from '../../db/deletion.ts'
import { lacksRole } from '../../db/guard.ts'
import type { Arguments } from '../../db/sql.ts'
import { type NamespaceRef, namespaceGuard, type ProjectRef, projectGuard } from '../../db/standing.ts'
import { guard } from '../../db/statements.ts'
import { unexpected } from '../../db/write.ts'
import { roles } from '../../domain/access.ts'

/** Each of them counts the namespaces that are there. */
const MOST_MEMBERS = sql.raw('5000')

/**
 * Projects and namespaces go to the trash as one marked row: what hangs below keeps its own state and is unreachable,
 * since every query joins the live project and the live namespace.
 */
interface TrashingPlace extends Trashing {
  /** Whether write-protected episodes inside are no obstacle. */
  readonly includeProtected: boolean
}

/** The place that this very request has put into the trash. */
const movedToTrash = (a: Arguments<Trashing>): SQL => sql`select ${deletions.itemId} from ${deletions}
  where ${deletions.id} = ${a.deletionId} or ${deletions.request} = ${a.repeatable}`

type TrashingProject = ProjectRef & TrashingPlace

const trashingProject = guard<TrashingProject>('projects.trashing', (a) => {
  const isProtected = sql`(select ${projectStats.protectedEpisodes} > 0 from ${projectStats}
    where ${projectStats.projectId} = standing.project_id)`
  return projectGuard(
    a,
    'write',
    {
      done: trashedBefore(
        a,
        sql`(select ${projects.deletedAt} is not null from ${projects} where ${projects.id} = standing.project_id)`,
      ),
      roles: [lacksRole(roles.owner, sql`${a.includeProtected} and ${isProtected}`)],
      state: [
        ['holds_write_protected', sql`not ${a.includeProtected} and ${isProtected}`],
        unexpected(a, projects, sql`standing.project_id`),
      ],
    },
    { moved: movedToTrash(a) },
  )
})

export const trashProject = trashPlan(trashingProject, {
  aggregate: 'projects',
  table: projects,
  deleted: () => ({
    item: { kind: sql`'project'`, itemId: projects.id, name: projects.name, projectId: sql`null` },
    from: sql`from permit cross join ${projects} on ${projects.id} = permit.project_id`,
  }),
})

type TrashingNamespace = NamespaceRef & TrashingPlace

const trashingNamespace = guard<TrashingNamespace>('namespaces.trashing', (a) => {
  const counts = (condition: SQL) => sql`(select ${condition} from ${namespaceStats}
    where ${namespaceStats.namespaceId} = standing.namespace_id)`
  return namespaceGuard(
    a,
    'own',
    {
      done: trashedBefore(a, sql`standing.is_trashed`),
      thing: [['namespace_not_found', sql`standing.is_trashed`]],
      state: [
        [
          'holds_write_protected',
          sql`not ${a.includeProtected} and ${counts(sql`${namespaceStats.protectedEpisodes} > 0`)}`,
        ],
        unexpected(a, namespaces, sql`standing.namespace_id`),
        [
          'home_namespace',
          sql`exists (select 1 from ${users} where ${users.homeId} = standing.namespace_id)`,
        ],
        ['too_large', counts(sql`${namespaceStats.members} > ${MOST_MEMBERS}`)],
      ],
    },
    { withTrashed: true },
  )
})

export const trashNamespace = trashPlan(trashingNamespace, {
  aggregate: 'namespaces',
  table: namespaces,
  deleted: () => ({
    item: { kind: sql`'namespace'`, itemId: namespaces.id, name: namespaces.slug, projectId: sql`null` },
    from: sql`from permit cross join ${namespaces} on ${namespaces.id} = permit.namespace_id`,
  }),
})
