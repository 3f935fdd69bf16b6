import { type SQL, sql } from 'drizzle-orm'
import { members, namespaceStats, namespaces, users } from '../../drizzle/schema.ts'
import type { Guard } from './guard.ts'
import { permitted } from './guard.ts'
import { json, object } from './json.ts'
import { listing, type Page, readPage, type Window, within } from './page.ts'
import { act, after, type Plan, statement } from './plan.ts'
import { type Asking, live, type NamespaceRef, namespaceGuard, userScope } from './scope.ts'
import { type Arguments, command, insertInto, query } from './sql.ts'
import { type Arriving, arriveToCreateNamespace } from './users.ts'
import { changedByThisRequest, outcomeOf, type Resource, readResource, type Stamp, stamped } from './write.ts'

const summary = { id: namespaces.id, slug: namespaces.slug }
const role = (rank: ReturnType<typeof sql>) =>
  sql`case ${rank} when 1 then 'reader' when 2 then 'writer' when 3 then 'owner' end`

const list = query<Asking & Window>('namespaces.list', (a) => {
  const total = sql`ifnull((select ${users.namespaceCount} from ${users} where ${users.id} = scope.user_id), 0)`
  return listing(
    { tables: userScope(a), place: [] },
    total,
    sql`select ${namespaces.id} as id, ${object({
      ...summary,
      role: role(sql`${members.role}`),
      metadata: json(namespaces.metadata),
    })} as body
      from ${members} cross join ${namespaces} on ${namespaces.id} = ${members.namespaceId} and ${live(namespaces)}
      where ${members.userId} = (select user_id from permit) and ${members.namespaceId} < ${a.before}
      order by ${members.namespaceId} desc ${within(a, sql`(select ${total} from scope)`)}`,
  )
})

/** The namespaces that the caller is a member of. */
export const listNamespaces = (asking: Asking, window: Window): Plan<Page> =>
  statement(list, { ...asking, ...window }, (rows) => readPage(rows, window))

const detailed = object({
  ...summary,
  metadata: json(namespaces.metadata),
  role: role(sql`scope.access`),
  spaces: namespaceStats.projects,
  projects: namespaceStats.projects,
  assets: object({
    videos: namespaceStats.videos,
    audio: namespaceStats.audios,
    labelTracks: namespaceStats.labelTracks,
    textTracks: namespaceStats.textTracks,
    images: namespaceStats.images,
  }),
})

const read = query<NamespaceRef>('namespaces.read', (a) => {
  const guard = namespaceGuard(a, 'read')
  const body = sql`(select ${detailed} from ${namespaceStats}
    where ${namespaceStats.namespaceId} = ${namespaces.id})`
  return outcomeOf(guard, namespaces, body, sql`scope.namespace_id`, sql`0`)
})

export const readNamespace = (ref: NamespaceRef): Plan<Resource> => statement(read, ref, readResource)

type New = Asking & Stamp & { readonly id: string; readonly slug: string; readonly metadata?: string | null }

/**
 * What the caller is no member of any more is not told of as made. The caller's home counts as made by the request
 * too, where it came into being with it.
 */
const creating = (a: Arguments<New>): Guard => {
  const isMember = sql`exists (select 1 from ${members}
    where ${members.namespaceId} = ${namespaces.id} and ${members.userId} = scope.user_id)`
  const isMade = sql`(${namespaces.id} = ${a.id} or ${namespaces.createdRequest} = ${a.repeatable}
    or ${changedByThisRequest(namespaces, a)}) and ${live(namespaces)} and ${isMember}`
  const earlier = (condition: SQL) => sql`select ${namespaces.id} as id, ${isMade} as is_made
    from scope cross join ${namespaces} where ${condition}`
  return {
    tables: sql`${userScope(a)}, earlier as materialized (
      ${earlier(sql`${namespaces.id} = ${a.id}`)}
      union all ${earlier(sql`${namespaces.slug} = ${a.slug}`)} limit 1)`,
    place: [],
    done: sql`(select is_made from earlier)`,
    state: [
      [
        'namespace_slug_taken',
        sql`exists (select 1 from earlier) or exists (
        select 1 from ${users} where ${users.username} = ${a.slug} and ${users.id} is not scope.user_id)`,
      ],
    ],
  }
}

const create = command<New>(
  'namespaces.create',
  (a) =>
    sql`${permitted(creating(a))} ${insertInto(
      namespaces,
      { id: a.id, slug: a.slug, metadata: a.metadata, ...stamped(a) },
      sql`from permit where permit.user_id is not null`,
    )}`,
)

const own = command<New>('namespaces.own', (a) =>
  insertInto(
    members,
    { userId: namespaces.createdBy, namespaceId: namespaces.id, role: sql`3`, createdAt: a.now },
    sql`from ${namespaces} where ${namespaces.id} = ${a.id}
        and not exists (select 1 from ${members} where ${members.namespaceId} = ${a.id})`,
  ),
)

/** The home that this request made says what the request says of it. */
const describeHome = command<New & Arriving>(
  'namespaces.describeHome',
  (a) => sql`update ${namespaces} set metadata = ${a.metadata} where ${namespaces.id} = ${a.newHomeId}
    and ${namespaces.slug} = ${a.slug} and ${a.metadata} is not ${namespaces.metadata}`,
)

const created = query<New>('namespaces.created', (a) =>
  outcomeOf(
    creating(a),
    namespaces,
    object({ ...summary, metadata: json(namespaces.metadata) }),
    sql`(select id from earlier)`,
    sql`1`,
  ),
)

/** The caller is its owner, and comes into being first where the server does not know the caller yet. */
export const createNamespace = (values: New & Arriving): Plan<Resource> =>
  after(
    [arriveToCreateNamespace(values), act(create, values), act(own, values), act(describeHome, values)],
    statement(created, values, readResource),
  )
