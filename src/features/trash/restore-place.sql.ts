import { type SQL, sql } from 'drizzle-orm'
import { deletions, formerSlugs, namespaces, projects, restorations } from '../../../drizzle/schema.ts'
import { ADMITTED, lacksRole, lacksScope } from '../../db/guard.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { assign, insertInto } from '../../db/sql.ts'
import { live, type NamespaceRef, namespaceGuard } from '../../db/standing.ts'
import { following, guard, guarded, outcome } from '../../db/statements.ts'
import { outOfTrash } from '../../db/underway.ts'
import { PERSONAL, roles } from '../../domain/access.ts'
import { isReserved, letGoOfFormer, namespaceJson, RESERVED_FOR } from '../places/namespaces.sql.ts'
import { projectJson } from '../places/projects.sql.ts'
import { deletionIn, noDeletion } from './list.sql.ts'
import {
  endDeletion,
  inTheWay,
  isPurging,
  outcomeOfRestoring,
  type Restored,
  type Restoring,
  readRestored,
  recordRestoration,
  remembering,
  restoredBefore,
  restoredRow,
  undone,
} from './restore.sql.ts'

interface RestoringPlace extends NamespaceRef, Restoring {
  /** Another slug; null for the one that it had. */
  readonly slug: string | null
}

const isNamespace = sql`(select kind = 'namespace' from deletion)`

const restoring = guard<RestoringPlace>('trash.restoringPlace', (a) => {
  const item = sql`(select item_id from deletion)`
  const slugs: Readonly<Record<string, SQL>> = {
    project: sql`(select ${projects.slug} from ${projects} where ${projects.namespaceId} = standing.namespace_id
      and ${projects.slug} = ifnull(${a.slug}, (select own.slug from ${projects} as own where own.id = ${item}))
      and ${live(projects)})`,
    namespace: sql`iif(${a.slug} <> standing.namespace_slug and (
      exists (select 1 from ${namespaces} where ${namespaces.slug} = ${a.slug})
      or ${isReserved(a, a.slug, sql`standing.namespace_id`)}), ${a.slug}, null)`,
  }
  const namesake = Object.entries(slugs).map(([kind, slug]) => sql`when ${sql.raw(`'${kind}'`)} then ${slug}`)
  return namespaceGuard(
    a,
    'write',
    {
      tables: [
        deletionIn(
          a,
          sql`${deletions.namespaceId} = standing.namespace_id and ${deletions.projectId} is null`,
        ),
        sql`obstacle as materialized (select
          iif(standing.is_trashed and deletion.kind = 'project', 'namespace ' || standing.namespace_slug, null) as container,
          case deletion.kind ${sql.join(namesake, sql.raw(' '))} end as namesake
          from ${ADMITTED} cross join deletion)`,
      ],
      done: restoredBefore(a),
      thing: [noDeletion],
      state: [
        // The namespace itself is its owners', and no API token's.
        lacksScope(PERSONAL, sql`${isNamespace} and standing.token_id is not null`),
        lacksRole(roles.owner, isNamespace),
        isPurging,
        inTheWay,
      ],
    },
    {
      withTrashed: true,
      // Under its new slug where this very request has restored it before.
      moved: sql`select ${restorations.itemId} from ${restorations} where ${restorations.id} = ${a.deletionId}
        and ${restorations.request} = ${a.mark} and ${restorations.kind} = 'namespace'`,
    },
  )
})

const record = guarded(restoring, 'trash.restorePlace', (a) => recordRestoration(a))

const isOf = (kind: 'project' | 'namespace'): SQL =>
  sql`(select item_id from undone where kind = ${sql.raw(`'${kind}'`)})`

const unmarkProject = following<RestoringPlace>(
  'projects.restore',
  (a) =>
    sql`with ${undone(a)} update ${projects} set ${assign(projects, {
      ...outOfTrash,
      slug: sql`ifnull(${a.slug}, ${projects.slug})`,
      ...remembering(a, projects, sql`(${a.slug} <> ${projects.slug})`),
    })} where ${projects.id} = ${isOf('project')}`,
)

const reserveFormer = following<RestoringPlace>(
  'namespaces.reserveRestored',
  (a) =>
    sql`with ${undone(a)} ${insertInto(
      formerSlugs,
      {
        slug: namespaces.slug,
        namespaceId: namespaces.id,
        reservedUntil: sql`${a.now} + ${RESERVED_FOR}`,
      },
      sql`from ${namespaces} where ${namespaces.id} = ${isOf('namespace')} and ${namespaces.slug} <> ${a.slug}`,
    )} on conflict (slug) do update set namespace_id = excluded.namespace_id, reserved_until = excluded.reserved_until`,
)

const unmarkNamespace = following<RestoringPlace>(
  'namespaces.restore',
  (a) =>
    sql`with ${undone(a)} update ${namespaces} set ${assign(namespaces, {
      ...outOfTrash,
      slug: sql`ifnull(${a.slug}, ${namespaces.slug})`,
      ...remembering(a, namespaces, sql`(${a.slug} <> ${namespaces.slug})`),
    })} where ${namespaces.id} = ${isOf('namespace')}`,
)

const restored = outcome(restoring, 'trash.restoredPlace', (a) =>
  outcomeOfRestoring(
    a,
    (what) => sql`case ${restorations.kind}
      when 'project' then ${restoredRow(projects, what === 'body' ? projectJson : projects.version)}
      when 'namespace' then ${restoredRow(namespaces, what === 'body' ? namespaceJson : namespaces.version)} end`,
  ),
)

/** A project, or the namespace itself, as it was, with all that hung below. */
export const restorePlace = (values: RestoringPlace): Plan<Restored> =>
  after(
    [
      act(record, values),
      act(unmarkProject, values),
      act(reserveFormer, values),
      act(letGoOfFormer, values),
      act(unmarkNamespace, values),
      act(endDeletion, values),
    ],
    statement(restored, values, readRestored),
  )
