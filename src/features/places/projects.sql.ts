import { type SQL, sql } from 'drizzle-orm'
import { namespaceStats, namespaces, projectStats, projects } from '../../../drizzle/schema.ts'
import type { Arriving } from '../../db/credential.ts'
import { lacksRole } from '../../db/guard.ts'
import { iso, json, object } from '../../db/json.ts'
import { keepable, keyedAt, settled } from '../../db/keys.ts'
import { listPlan } from '../../db/page.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { type Arguments, assign, changed, fragment, givenOr, insertInto } from '../../db/sql.ts'
import {
  live,
  type NamespaceRef,
  type ProjectRef,
  projectGuard,
  publicProject,
  visitorGuard,
} from '../../db/standing.ts'
import { guard, guarded, outcome } from '../../db/statements.ts'
import {
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
import { roles } from '../../domain/access.ts'
import { arriveByCreatingAt } from '../accounts/users.sql.ts'
import { assetCounts } from './asset-counts.sql.ts'

type Visibility = (typeof projects.$inferSelect)['visibility']

const fields = {
  id: projects.id,
  name: projects.name,
  slug: projects.slug,
  description: projects.description,
  tags: json(projects.tags),
  metadata: json(projects.metadata),
  visibility: projects.visibility,
  createdAt: iso(projects.createdAt),
  updatedAt: iso(projects.updatedAt),
}

export const projectJson = fragment('projectJson', object(fields))

const listing = guard<NamespaceRef>('projects.listing', (a) => visitorGuard(a, 'read'))

/** All projects of a namespace for its members; for others the public ones, uncounted. */
export const listProjects = listPlan(listing, 'projects.listed', (a) => {
  const count = sql`(select iif(standing.is_member, ${namespaceStats.projects}, ${namespaceStats.publicProjects})
    from ${namespaceStats} where ${namespaceStats.namespaceId} = standing.namespace_id)`
  const page = (isMember: 0 | 1, extra: SQL, limit: SQL) => sql`select * from (
    select ${projects.id} as id, ${projectJson} as body from ${projects}
    where ${projects.namespaceId} = (
        select iif(is_member = ${sql.raw(String(isMember))}, namespace_id, null) from permit)
      and ${live(projects)} ${extra} and ${projects.id} < ${a.before}
    order by ${projects.id} desc ${limit})`
  return {
    count,
    rows: (limit) => sql`${page(1, sql``, limit)} union all ${page(0, sql`and ${publicProject}`, limit)}`,
    isCounted: sql`standing.is_member`,
  }
})

const wholeJson = object({
  ...fields,
  episodes: projectStats.episodes,
  datasets: projectStats.datasets,
  collections: projectStats.collections,
  assets: assetCounts(projectStats),
})

const reading = guard<ProjectRef>('projects.reading', (a) => projectGuard(a, 'read'))

const read = outcome(reading, 'projects.read', () => {
  const body = sql`(select ${wholeJson} from ${projectStats} where ${projectStats.projectId} = ${projects.id})`
  return outcomeOf(projects, body, sql`standing.project_id`)
})

/** A project with the counts of what it holds. */
export const readProject = (ref: ProjectRef): Plan<Resource> => statement(read, ref, readResource)

type New = NamespaceRef &
  Stamp &
  Fields & {
    readonly id: string
    readonly name: string
    readonly slug: string
    readonly visibility: Visibility
  }

const creating = guard<New>('projects.creating', (a) =>
  visitorGuard(a, 'write', {
    tables: [
      meets(
        projects,
        a,
        sql`${projects.namespaceId} = standing.namespace_id and ${projects.slug} = ${a.slug} and ${live(projects)}`,
      ),
    ],
    done: sql`(select is_made from earlier)`,
    roles: [lacksRole(roles.owner, sql`${a.visibility} <> 'private'`)],
    state: [['project_slug_taken', sql`exists (select 1 from earlier)`]],
    ...keyedAt(sql`standing.namespace_id`, a),
  }),
)

const create = guarded(
  creating,
  'projects.create',
  (a) =>
    sql`${insertInto(
      projects,
      {
        id: a.id,
        namespaceId: sql`permit.namespace_id`,
        name: a.name,
        slug: a.slug,
        ...describing(a),
        visibility: a.visibility,
        ...stamped(a),
      },
      sql`from permit`,
    )}`,
)

const created = keepable(creating, 'projects.created', () =>
  outcomeOf(projects, shown(projectJson, projects), sql`(select id from earlier)`, sql`1`),
)

export const createProject = (values: New, arriving: Arriving): Plan<Resource> =>
  settled(
    [...arriveByCreatingAt({ namespace: values.namespace }, arriving), act(create, values)],
    created,
    values,
    readResource,
  )

type Changes = ProjectRef &
  Stamp &
  Fields & { readonly name?: string; readonly newSlug?: string; readonly visibility?: Visibility }

const updating = guard<Changes>('projects.updating', (a) =>
  projectGuard(
    a,
    'write',
    {
      done: sql`exists (select 1 from ${projects} where ${projects.id} = standing.project_id and (
        ${changedByThisRequest(projects, a)} or ${renamedByThisRequest(projects, a, projects.slug, a.project)}))`,
      roles: [lacksRole(roles.owner, sql`${a.visibility} <> standing.visibility`)],
      state: [
        unexpected(a, projects, sql`standing.project_id`),
        ...unmergeable(a, projects, sql`standing.project_id`),
        [
          'project_slug_taken',
          sql`exists (select 1 from ${projects} where ${projects.namespaceId} = standing.namespace_id
            and ${projects.slug} = ${a.newSlug} and ${live(projects)} and ${projects.id} <> standing.project_id)`,
        ],
      ],
    },
    // Under its new slug where this very request has renamed it before.
    {
      moved: sql`select ${projects.id} from ${projects} where ${projects.namespaceId} = ${namespaces.id}
        and ${projects.slug} = ${a.newSlug} and ${live(projects)} and ${projects.renamedRequest} = ${a.mark}`,
    },
  ),
)

const update = guarded(
  updating,
  'projects.update',
  (a) =>
    sql`update ${projects} set ${assign(projects, {
      slug: givenOr(a.newSlug, projects.slug),
      ...changed(projects, a, [...described, 'name', 'visibility']),
      ...mergingMetadata(projects, a),
      ...renaming(projects, a, projects.slug, a.newSlug),
      ...touched(projects, a),
    })} where ${projects.id} = (select project_id from permit)`,
)

const updated = outcome(updating, 'projects.updated', () =>
  outcomeOf(projects, shown(projectJson, projects), sql`standing.project_id`),
)

export const updateProject = (values: Changes): Plan<Resource> =>
  after([act(update, values)], statement(updated, values, readResource))

/** What the making of a project on the way needs to know. */
export interface ProjectMaking extends ProjectRef, Stamp {
  readonly projectId: string
  /** Whether a missing one is made. */
  readonly createProject: boolean
}

/** The missing project, named by its slug; for the requests that make it on the way. */
export const makeProject = (a: Arguments<ProjectMaking>): SQL =>
  insertInto(
    projects,
    {
      id: a.projectId,
      namespaceId: sql`permit.namespace_id`,
      name: a.project,
      slug: a.project,
      tags: sql`'[]'`,
      visibility: sql`'private'`,
      ...stamped(a),
    },
    sql`from permit where permit.project_id is null`,
  )
