import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import {
  apiTokens,
  assets,
  episodes,
  members,
  namespaces,
  projects,
  revocations,
  users,
} from '../../drizzle/schema.ts'
import { ALL_SCOPES, type Grant, grants, scopes } from '../domain/access.ts'
import type { Failure } from '../domain/failure.ts'
import { type Guard, lacksRole, type Refusing } from './guard.ts'
import { type Arguments, fragment } from './sql.ts'

/** Who asks, and by which token. */
export interface Asking {
  /** With `sub`, the user of a signed token. */
  readonly issuer: string | null
  readonly sub: string | null
  /** The id of a signed token that can be revoked. */
  readonly jti: string | null
  /** Of an API token; SHA-256, as hex digits. */
  readonly tokenHash: string | null
  /** Epoch milliseconds; an API token may have expired by then. */
  readonly askedAt: number
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

/** Who asks, for which thing, by its id alone. */
export interface ItemRef extends Asking {
  readonly id: string
}

/** The only spelling of "not in the trash". */
export const live = (table: SQLiteTable & { deletedAt: SQLiteColumn }): SQL => sql`${table.deletedAt} is null`

/**
 * Holds for what is inside of a trashed episode: it keeps its own state, and is out of reach. `container` is an
 * episode, or a project, which is none.
 */
export const isInTrashedEpisode = (container: SQLWrapper): SQL => sql`exists (
  select 1 from ${episodes} as around where around.id = ${container} and around.deleted_at is not null)`

/** Holds for an asset that is there: neither it nor its episode is in the trash. */
export const reachableAsset = sql`${live(assets)} and not ${isInTrashedEpisode(assets.containerId)}`

const joinedUser = (a: Arguments<Asking>): SQL =>
  fragment(
    'joinedUser',
    sql`left join ${apiTokens} on ${apiTokens.hash} = ${a.tokenHash}
  left join ${users} on ${users.id} = ifnull(${apiTokens.userId}, (select holder.id from ${users} as holder
    where holder.issuer = ${a.issuer} and holder.sub = ${a.sub}))`,
  )

/** Holds for a signed token that was logged out. */
export const isRevoked = (
  a: Arguments<Pick<Asking, 'issuer' | 'jti'>>,
): SQL => sql`exists (select 1 from ${revocations}
  where ${revocations.issuer} = ${a.issuer} and ${revocations.jti} = ${a.jti})`

export const tokenScopes = sql`ifnull(${apiTokens.scopes}, ${sql.raw(String(ALL_SCOPES))})`

/** What every `standing` says of the caller: `user_id`, null for a user who is not known yet, and what the token is. */
const caller = (a: Arguments<Asking>): SQL =>
  fragment(
    'caller',
    sql`${users.id} as user_id, case
    when ${a.tokenHash} is not null and ${apiTokens.id} is null then 'token_unknown'
    when ${apiTokens.expiresAt} <= ${a.askedAt} then 'token_expired'
    when ${apiTokens.revokedAt} is not null or ${isRevoked(a)} then 'token_revoked' end as credential,
  ${apiTokens.id} as token_id, ${apiTokens.namespaceId} as token_namespace_id,
  ${apiTokens.projectId} as token_project_id, ${tokenScopes} as scopes`,
  )

export const asRank = (grant: Grant): SQL => sql.raw(String(grants[grant].rank))

const [CAN_READ, CAN_WRITE] = [scopes.read, scopes.write].map((bits) => sql.raw(String(bits))) as [SQL, SQL]

/** Holds for a token that is told of nothing but what it does itself. */
export const isBlind = fragment('isBlind', sql`(standing.scopes & ${CAN_READ} = 0)`)

/** Holds for a token that may add to what is there, and change only what it has added. */
const isAdding = fragment('isAdding', sql`(standing.scopes & ${CAN_WRITE} = 0)`)

/** A token that may only add is told nothing of what is there where its user may not write. */
export const mayNotAdd: Refusing = lacksRole(grants.upload.rank, isAdding)

/** Holds where there is something that this request would change, and the token may change only what it has made. */
export const isOfAnother = (createdByToken: SQL): SQL =>
  sql`(${isAdding} and ${createdByToken} is not standing.token_id)`

/** `standing` of a request about no namespace: everybody may do with the own account what the token allows. */
const userStanding = (a: Arguments<Asking>): SQL =>
  fragment(
    'standing.user',
    sql`standing as materialized (
    select ${caller(a)}, true as is_member, ${asRank('own')} as access from (select 1) ${joinedUser(a)})`,
  )

interface NamespaceOptions {
  /** Selects the id of the namespace where it is no longer found by the slug of the request. */
  readonly moved?: SQL
  /** The right of who is no member. */
  readonly visitors?: SQL
  /** Lets owners reach it in the trash too. */
  readonly withTrashed?: boolean
}

/** The namespace and the caller's part in it. A token that is bound to another one does not see it. */
const joinedNamespace = (
  a: Arguments<NamespaceRef>,
  { moved, withTrashed = false }: NamespaceOptions = {},
): SQL => {
  const bySlug = sql`${namespaces.slug} = ${a.namespace}`
  const orMoved =
    moved &&
    sql`${namespaces.id} = ifnull((select ${namespaces.id} from ${namespaces} where ${bySlug}), (${moved}))`
  const state = withTrashed ? sql`true` : live(namespaces)
  const withinToken = sql`${namespaces.id} = ifnull(${apiTokens.namespaceId}, ${namespaces.id})`
  return sql`${joinedUser(a)}
    left join ${namespaces} on ${orMoved ?? bySlug} and ${state} and ${withinToken}
    left join ${members} on ${members.userId} = ${users.id} and ${members.namespaceId} = ${namespaces.id}`
}

/** Holds for a live project that everybody may read. */
export const publicProject = sql`${live(projects)} and ${projects.visibility} = 'public'`

/** `standing` of a request about a namespace: who asks, the namespace, and `access`, which a member has by the role. */
const namespaceStanding = (a: Arguments<NamespaceRef>, options: NamespaceOptions): SQL => {
  const standing = sql`standing as materialized (
  select ${caller(a)}, ${namespaces.id} as namespace_id, ${namespaces.slug} as namespace_slug,
    ${namespaces.deletedAt} is not null as is_trashed,
    ${members.role} is not null as is_member, ifnull(${members.role}, ${options.visitors ?? sql`0`}) as access
  from (select 1) ${joinedNamespace(a, options)})`
  return Object.keys(options).length === 0 ? fragment('standing.namespace', standing) : standing
}

/** A token that is bound to a project sees no other. */
const withinToken = sql`${projects.id} = ifnull(${apiTokens.projectId}, ${projects.id})`

/** The right that a stranger has in a namespace: to read, where a project inside is public. */
const asVisitor = sql`iif(exists (select 1 from ${projects}
  where ${projects.namespaceId} = ${namespaces.id} and ${publicProject}), ${asRank('read')}, 0)`

interface ProjectOptions {
  /** Selects the id of the project where it is no longer found by the slug of the request. */
  readonly moved?: SQL
}

/** `standing` of a request about a project; a public one gives every caller the right to read. */
const projectStanding = (a: Arguments<ProjectRef>, { moved }: ProjectOptions): SQL => {
  const bySlug = sql`${projects.namespaceId} = ${namespaces.id} and ${projects.slug} = ${a.project}
    and ${live(projects)}`
  const orMoved =
    moved &&
    sql`${projects.id} = ifnull((select ${projects.id} from ${projects} where ${bySlug}), (${moved}))`
  const standing = sql`standing as materialized (
    select ${caller(a)}, ${namespaces.id} as namespace_id, ${namespaces.slug} as namespace_slug,
      ${projects.id} as project_id, ${projects.slug} as project_slug, ${projects.visibility} as visibility,
      ${members.role} is not null as is_member,
      max(ifnull(${members.role}, 0), iif(${projects.visibility} = 'public', ${asRank('read')}, 0)) as access
    from (select 1) ${joinedNamespace(a)} left join ${projects} on ${orMoved ?? bySlug} and ${withinToken})`
  return moved ? standing : fragment('standing.project', standing)
}

const boundToNamespace = sql`iif(standing.token_namespace_id is not null, 'bound', null)`
const boundToProject = sql`iif(standing.token_project_id is not null, 'bound', null)`

/** Whoever may not know of the namespace learns that there is none. */
const noNamespace: Refusing = [
  'namespace_not_found',
  sql`standing.namespace_id is null or standing.access = 0`,
  boundToNamespace,
]

/** The namespace itself is outside of the project that a token is bound to. */
const noWholeNamespace: Refusing = [
  'namespace_not_found',
  sql`standing.namespace_id is null or standing.access = 0 or standing.token_project_id is not null`,
  sql`iif(standing.token_project_id is not null, 'outside', ${boundToNamespace})`,
]

/** A project that is not the one which the token is bound to is not made either. */
const noOtherProject: Refusing = [
  'project_not_found',
  sql`standing.project_id is null and standing.token_project_id is not null`,
  boundToProject,
]

const noProject: Refusing = ['project_not_found', sql`standing.project_id is null`, boundToProject]

/** What the guard of one request judges, beside who asks and where. */
export type Conditions = Pick<Guard, 'kept' | 'done' | 'thing' | 'roles' | 'state'> & {
  readonly tables?: readonly SQL[]
}

/** A guard of requests about one kind of place, or of thing. */
const guardOf = (
  about: string,
  standing: SQL,
  place: readonly Refusing[],
  grant: Grant,
  { tables = [], ...rest }: Conditions,
): Guard => ({ about, standing, tables, place, grant, ...rest })

/** The guard of a request about the caller's own things. */
export const userGuard = (a: Arguments<Asking>, grant: Grant, rest: Conditions = {}): Guard =>
  guardOf('user', userStanding(a), [], grant, rest)

/** A namespace in the trash is there for its owners alone. */
const trashedForOthers: Refusing = [
  'namespace_not_found',
  sql`standing.is_trashed and standing.access < ${asRank('own')}`,
]

/** The guard of a request about a namespace. */
export const namespaceGuard = (
  a: Arguments<NamespaceRef>,
  grant: Grant,
  rest: Conditions = {},
  options: NamespaceOptions = {},
): Guard =>
  guardOf('namespace', namespaceStanding(a, options), [noWholeNamespace, trashedForOthers], grant, rest)

/** The guard of a request about what a namespace shows to visitors too. */
export const visitorGuard = (a: Arguments<NamespaceRef>, grant: Grant, rest: Conditions = {}): Guard =>
  guardOf('visited', namespaceStanding(a, { visitors: asVisitor }), [noWholeNamespace], grant, rest)

/** The guard of a request inside a project that is there. */
export const projectGuard = (
  a: Arguments<ProjectRef>,
  grant: Grant,
  rest: Conditions = {},
  options: ProjectOptions = {},
): Guard => guardOf('project', projectStanding(a, options), [noNamespace, noProject], grant, rest)

/** The guard of a request that makes the project when it is missing. */
export const projectMakingGuard = (
  a: Arguments<ProjectRef & { readonly createProject: boolean }>,
  rest: Conditions,
): Guard =>
  guardOf(
    'projectToMake',
    projectStanding(a, {}),
    [
      noNamespace,
      noOtherProject,
      ['project_not_found', sql`standing.project_id is null and not ${a.createProject}`],
    ],
    'upload',
    rest,
  )

/** Where authority over a thing inside some project is judged, and what a caller is told who has none. */
interface Home {
  /** Selects the project. */
  readonly project: SQL
  readonly missing: Failure
  /** The right of who is no member; by default everybody reads what is in a public project. */
  readonly visitors?: SQL
  /** Of what is joined before, for `standing` to have them; followed by a comma. */
  readonly columns?: SQL
  readonly joined?: SQL
}

const isPublicHome = sql`iif(${projects.visibility} = 'public', ${asRank('read')}, 0)`

/** `standing` of a request that names no project. */
const homeStanding = (
  a: Arguments<ItemRef>,
  { project, missing, visitors = isPublicHome, columns = sql``, joined = sql`` }: Home,
): SQL =>
  fragment(
    `standing.${missing}`,
    sql`standing as materialized (
  select ${caller(a)}, ${columns} ${namespaces.id} as namespace_id, ${projects.id} as project_id,
    ${members.role} is not null as is_member,
    max(ifnull(${members.role}, 0), ${visitors}) as access
  from (select 1) ${joinedUser(a)} ${joined}
  left join ${projects} on ${projects.id} = ${project} and ${live(projects)} and ${withinToken}
  left join ${namespaces} on ${namespaces.id} = ${projects.namespaceId} and ${live(namespaces)}
    and ${namespaces.id} = ifnull(${apiTokens.namespaceId}, ${namespaces.id})
  left join ${members} on ${members.userId} = ${users.id} and ${members.namespaceId} = ${namespaces.id})`,
  )

/** The guard of a request about a thing inside a project. */
export const itemGuard = (a: Arguments<ItemRef>, home: Home, grant: Grant, rest: Conditions = {}): Guard =>
  guardOf(
    home.missing,
    homeStanding(a, home),
    [[home.missing, sql`standing.namespace_id is null or standing.access = 0`]],
    grant,
    rest,
  )
