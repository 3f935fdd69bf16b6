import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { assets, members, namespaces, objects, projects, users } from '../../drizzle/schema.ts'
import { type Grant, grants } from '../domain/access.ts'
import type { Guard, Refusing } from './guard.ts'
import type { Arguments } from './sql.ts'

/** Who asks. */
export interface Asking {
  readonly issuer: string
  readonly sub: string
}

/** Who asks, for which namespace. */
export interface NamespaceRef extends Asking {
  /** Slug. */
  readonly namespace: string
}

/** Who asks, for which project. */
export interface ProjectRef extends NamespaceRef {
  /** Slug. */
  readonly project: string
}

/** Who asks, for which object. */
export interface ObjectRef extends Asking {
  readonly id: string
  /** The object's key, where the client says it too. */
  readonly key?: string
}

/** The only spelling of "not in the trash". */
export const live = (table: SQLiteTable & { deletedAt: SQLiteColumn }): SQL => sql`${table.deletedAt} is null`

const joinedUser = (a: Arguments<Asking>): SQL =>
  sql`left join ${users} on ${users.issuer} = ${a.issuer} and ${users.sub} = ${a.sub}`

/** `scope` of a request about no namespace: `user_id`, null for a user who is not known yet. */
export const userScope = (a: Arguments<Asking>): SQL =>
  sql`scope as materialized (select ${users.id} as user_id from (select 1) ${joinedUser(a)})`

const joinedNamespace = (a: Arguments<NamespaceRef>): SQL => sql`${joinedUser(a)}
  left join ${namespaces} on ${namespaces.slug} = ${a.namespace} and ${live(namespaces)}
  left join ${members} on ${members.userId} = ${users.id} and ${members.namespaceId} = ${namespaces.id}`

const asRank = (grant: Grant): SQL => sql.raw(String(grants[grant]))

/** Holds for a live project that everybody may read. */
export const publicProject = sql`${live(projects)} and ${projects.visibility} = 'public'`

/** `scope` of a request about a namespace: who asks, the namespace, and `access`, which a member has by the role. */
const namespaceScope = (a: Arguments<NamespaceRef>, otherwise: SQL): SQL => sql`scope as materialized (
  select ${users.id} as user_id, ${namespaces.id} as namespace_id, ${namespaces.slug} as namespace_slug,
    ${members.role} is not null as is_member, ifnull(${members.role}, ${otherwise}) as access
  from (select 1) ${joinedNamespace(a)})`

/** The right that a stranger has in a namespace: to read, where a project inside is public. */
const asVisitor = sql`iif(exists (select 1 from ${projects}
  where ${projects.namespaceId} = ${namespaces.id} and ${publicProject}), ${asRank('read')}, 0)`

/**
 * `scope` of a request about a project; a public one gives every caller the right to read. `moved` selects the
 * id of the project where it is no longer found by the slug of the request.
 */
const projectScope = (a: Arguments<ProjectRef>, moved?: SQL): SQL => {
  const bySlug = sql`${projects.namespaceId} = ${namespaces.id} and ${projects.slug} = ${a.project}
    and ${live(projects)}`
  return sql`scope as materialized (
    select ${users.id} as user_id, ${namespaces.id} as namespace_id, ${namespaces.slug} as namespace_slug,
      ${projects.id} as project_id, ${projects.slug} as project_slug, ${projects.visibility} as visibility,
      max(ifnull(${members.role}, 0), iif(${projects.visibility} = 'public', ${asRank('read')}, 0)) as access
    from (select 1) ${joinedNamespace(a)} left join ${projects} on ${
      moved
        ? sql`${projects.id} = ifnull((select ${projects.id} from ${projects} where ${bySlug}), (${moved}))`
        : bySlug
    })`
}

/** Whoever may not know of the namespace learns that there is none. */
const noNamespace: Refusing = ['namespace_not_found', sql`scope.namespace_id is null or scope.access = 0`]

const noProject: Refusing = ['project_not_found', sql`scope.project_id is null`]

type Rest = Pick<Guard, 'done' | 'thing' | 'state'> & { readonly tables?: readonly SQL[] }

const guard = (
  scope: SQL,
  place: readonly Refusing[],
  grant: Grant,
  { tables = [], ...rest }: Rest,
): Guard => ({
  tables: sql.join([scope, ...tables], sql.raw(', ')),
  place,
  grant,
  ...rest,
})

/** The guard of a request about a namespace. */
export const namespaceGuard = (a: Arguments<NamespaceRef>, grant: Grant, rest: Rest = {}): Guard =>
  guard(namespaceScope(a, sql`0`), [noNamespace], grant, rest)

/** The guard of a request about what a namespace shows to visitors too. */
export const visitorGuard = (a: Arguments<NamespaceRef>, grant: Grant, rest: Rest = {}): Guard =>
  guard(namespaceScope(a, asVisitor), [noNamespace], grant, rest)

/** The guard of a request inside a project that is there; for `moved` see `projectScope`. */
export const projectGuard = (a: Arguments<ProjectRef>, grant: Grant, rest: Rest = {}, moved?: SQL): Guard =>
  guard(projectScope(a, moved), [noNamespace, noProject], grant, rest)

/** The guard of a request that makes the project when it is missing. */
export const projectMakingGuard = (a: Arguments<ProjectRef>, rest: Rest): Guard =>
  guard(projectScope(a), [noNamespace], 'write', rest)

/** `scope` of a request about an object, which names no project: `home` selects the one that authority is judged on. */
const objectScope = (a: Arguments<ObjectRef>, home: SQL, visitors: SQL): SQL => sql`scope as materialized (
  select ${users.id} as user_id, ${objects.id} as object_id, ${namespaces.id} as namespace_id,
    ${projects.id} as project_id, max(ifnull(${members.role}, 0), ${visitors}) as access
  from (select 1) ${joinedUser(a)}
  left join ${objects} on ${objects.id} = ${a.id} and ${objects.key} = ifnull(${a.key}, ${objects.key})
    and ${objects.state} <> 'purging'
  left join ${projects} on ${projects.id} = ${home} and ${live(projects)}
  left join ${namespaces} on ${namespaces.id} = ${projects.namespaceId} and ${live(namespaces)}
  left join ${members} on ${members.userId} = ${users.id} and ${members.namespaceId} = ${namespaces.id})`

const noObject = sql`scope.namespace_id is null or scope.access = 0`

/** The guard of a request about an upload, which only members see. */
export const uploadGuard = (a: Arguments<ObjectRef>, grant: Grant, rest: Rest = {}): Guard =>
  guard(objectScope(a, objects.projectId.getSQL(), sql`0`), [['upload_not_found', noObject]], grant, rest)

/** The live projects that an object was sent to, or that have an asset of it. */
const projectsOfObject = sql`${projects} as found where found.deleted_at is null and found.id in (
  select ${objects.projectId} union all select ${assets.projectId} from ${assets}
  where ${assets.objectId} = ${objects.id} and ${live(assets)})`

/** The guard of a request about the bytes of an object; everybody may read those of a public project. */
export const objectGuard = (a: Arguments<ObjectRef>): Guard => {
  const isPublic = sql`exists (select 1 from ${projectsOfObject} and found.visibility = 'public')`
  return guard(
    objectScope(
      a,
      sql`(select max(found.id) from ${projectsOfObject})`,
      sql`iif(${isPublic}, ${asRank('read')}, 0)`,
    ),
    [['object_not_found', noObject]],
    'read',
    {
      thing: [
        [
          'object_not_found',
          sql`not exists (select 1 from ${objects} where ${objects.id} = scope.object_id
            and ${objects.state} = 'complete')`,
        ],
      ],
    },
  )
}
