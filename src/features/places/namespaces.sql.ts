import { type SQL, sql } from 'drizzle-orm'
import { formerSlugs, members, namespaceStats, namespaces, users } from '../../../drizzle/schema.ts'
import type { Arriving } from '../../db/credential.ts'
import { ADMITTED } from '../../db/guard.ts'
import { json, object } from '../../db/json.ts'
import { keepable, keyedAt, settled } from '../../db/keys.ts'
import { END, listPlan, type Window } from '../../db/page.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { type Quotas, usageOf } from '../../db/quota.ts'
import { type Arguments, assign, fragment, givenOr, insertInto } from '../../db/sql.ts'
import { type Asking, live, type NamespaceRef, namespaceGuard, userGuard } from '../../db/standing.ts'
import { following, guard, guarded, outcome } from '../../db/statements.ts'
import {
  changedByThisRequest,
  mergingMetadata,
  outcomeOf,
  type Resource,
  readResource,
  renamedByThisRequest,
  renaming,
  type Stamp,
  stamped,
  touched,
  unexpected,
  unmergeable,
} from '../../db/write.ts'
import { arriveToCreateNamespace } from '../accounts/users.sql.ts'
import { assetCounts } from './asset-counts.sql.ts'
import { roleName } from './members.sql.ts'

const summary = { id: namespaces.id, slug: namespaces.slug }

export const namespaceJson = fragment(
  'namespaceJson',
  object({ ...summary, metadata: json(namespaces.metadata) }),
)

/** Where a namespace stands in its member's list: what strangers have made one a member of comes last. */
const position = sql`printf('%02x', ${members.prominence}) || ${members.namespaceId}`

const positionBefore = (a: Arguments<Pick<Window, 'before'>>): SQL =>
  sql`(iif(${a.before} = ${sql.raw(`'${END}'`)}, 9, cast(substr(${a.before}, 1, 2) as integer)), substr(${a.before}, 3))`

const listing = guard<Asking>('namespaces.listing', (a) => userGuard(a, 'read'))

/**
 * The namespaces that the caller is a member of, and the token is not kept out of; then they are not counted. The home
 * first, then where the caller has written something, then the rest, the newest first.
 */
export const listNamespaces = listPlan(listing, 'namespaces.listed', (a) => {
  const total = sql`ifnull((select ${users.namespaceCount} from ${users} where ${users.id} = standing.user_id), 0)`
  return {
    count: total,
    rows: (limit) => sql`select ${position} as id, ${object({
      ...summary,
      role: roleName(members.role.getSQL()),
      metadata: json(namespaces.metadata),
    })} as body
      from ${members} cross join ${namespaces} on ${namespaces.id} = ${members.namespaceId} and ${live(namespaces)}
      where ${members.userId} = (select user_id from permit where token_project_id is null)
        and (${members.prominence}, ${members.namespaceId}) < ${positionBefore(a)}
        and ${members.prominence} >= 0
        and ${members.namespaceId} = ifnull((select token_namespace_id from permit), ${members.namespaceId})
      order by ${members.prominence} desc, ${members.namespaceId} desc ${limit}`,
    isCounted: sql`standing.token_namespace_id is null`,
  }
})

const detailed = (a: Arguments<Quotas>) =>
  object({
    ...summary,
    metadata: json(namespaces.metadata),
    role: roleName(sql`standing.access`),
    spaces: namespaceStats.projects,
    projects: namespaceStats.projects,
    assets: assetCounts(namespaceStats),
    usage: object(usageOf(a)),
  })

const reading = guard<NamespaceRef & Quotas>('namespaces.reading', (a) => namespaceGuard(a, 'read'))

const read = outcome(reading, 'namespaces.read', (a) => {
  const body = sql`(select ${detailed(a)} from ${namespaceStats}
    where ${namespaceStats.namespaceId} = ${namespaces.id})`
  return outcomeOf(namespaces, body, sql`standing.namespace_id`)
})

export const readNamespace = (ref: NamespaceRef & Quotas): Plan<Resource> =>
  statement(read, ref, readResource)

/**
 * Holds for a slug that another namespace had lately, or that is the name of another known user. One that is reserved
 * to the namespace itself is free for it, whoever has come by that name since.
 */
export const isReserved = (a: Arguments<Pick<Stamp, 'now'>>, slug: SQL, namespaceId: SQL): SQL => sql`ifnull(
  (select ${formerSlugs.namespaceId} is not ${namespaceId} from ${formerSlugs}
    where ${formerSlugs.slug} = ${slug} and ${formerSlugs.reservedUntil} > ${a.now}),
  exists (select 1 from ${users} where ${users.username} = ${slug} and ${users.id} is not standing.user_id
    and ${users.homeId} is not ${namespaceId}))`

type New = Asking & Stamp & { readonly id: string; readonly slug: string; readonly metadata?: string | null }

/**
 * What the caller is no member of any more is not told of as made. The caller's home counts as made by the request
 * too, where it came into being with it.
 */
const creating = guard<New>('namespaces.creating', (a) => {
  const isMember = sql`exists (select 1 from ${members}
    where ${members.namespaceId} = ${namespaces.id} and ${members.userId} = standing.user_id)`
  const isMade = sql`(${namespaces.id} = ${a.id} or ${namespaces.createdRequest} = ${a.repeatable}
    or ${changedByThisRequest(namespaces, a)}) and ${live(namespaces)} and ${isMember}`
  const earlier = (condition: SQL) => sql`select ${namespaces.id} as id, ${isMade} as is_made
    from ${ADMITTED} cross join ${namespaces} where ${condition}`
  return userGuard(a, 'self', {
    tables: [
      sql`earlier as materialized (
      ${earlier(sql`${namespaces.id} = ${a.id}`)}
      union all ${earlier(sql`${namespaces.slug} = ${a.slug}`)}
      union all ${earlier(sql`${namespaces.createdRequest} = ${a.repeatable} and ${namespaces.id} = (
        select ${formerSlugs.namespaceId} from ${formerSlugs} where ${formerSlugs.slug} = ${a.slug})`)} limit 1)`,
    ],
    done: sql`(select is_made from earlier)`,
    state: [
      ['namespace_slug_taken', sql`exists (select 1 from earlier) or ${isReserved(a, a.slug, sql`null`)}`],
    ],
    ...keyedAt(sql`standing.user_id`, a),
  })
})

const create = guarded(
  creating,
  'namespaces.create',
  (a) =>
    sql`${insertInto(
      namespaces,
      { id: a.id, slug: a.slug, metadata: a.metadata, ...stamped(a) },
      sql`from permit where permit.user_id is not null`,
    )}`,
)

const own = following<New>('namespaces.own', (a) =>
  insertInto(
    members,
    {
      userId: namespaces.createdBy,
      namespaceId: namespaces.id,
      role: sql`3`,
      prominence: sql`1`,
      createdAt: a.now,
    },
    sql`from ${namespaces} where ${namespaces.id} = ${a.id}
        and not exists (select 1 from ${members} where ${members.namespaceId} = ${a.id})`,
  ),
)

/** The home that this request made says what the request says of it. */
const describeHome = following<New & Arriving>(
  'namespaces.describeHome',
  (a) => sql`update ${namespaces} set metadata = ${a.metadata} where ${namespaces.id} = ${a.newHomeId}
    and ${namespaces.slug} = ${a.slug} and ${a.metadata} is not ${namespaces.metadata}`,
)

const created = keepable(creating, 'namespaces.created', () =>
  outcomeOf(namespaces, namespaceJson, sql`(select id from earlier)`, sql`1`),
)

/** The caller is its owner, and comes into being first where the server does not know the caller yet. */
export const createNamespace = (values: New & Arriving): Plan<Resource> =>
  settled(
    [arriveToCreateNamespace(values), act(create, values), act(own, values), act(describeHome, values)],
    created,
    values,
    readResource,
  )

type Changes = NamespaceRef & Stamp & { readonly newSlug?: string; readonly metadata?: string | null }

const updating = guard<Changes>('namespaces.updating', (a) =>
  namespaceGuard(
    a,
    'own',
    {
      done: sql`exists (select 1 from ${namespaces} where ${namespaces.id} = standing.namespace_id and (
        ${changedByThisRequest(namespaces, a)} or ${renamedByThisRequest(namespaces, a, namespaces.slug, a.namespace)}))`,
      state: [
        unexpected(a, namespaces, sql`standing.namespace_id`),
        ...unmergeable(a, namespaces, sql`standing.namespace_id`),
        [
          'namespace_slug_taken',
          sql`${a.newSlug} <> standing.namespace_slug and (exists (
            select 1 from ${namespaces} where ${namespaces.slug} = ${a.newSlug}
              and ${namespaces.id} <> standing.namespace_id) or ${isReserved(a, a.newSlug, sql`standing.namespace_id`)})`,
        ],
      ],
    },
    // Under its new slug where this very request has renamed it before.
    {
      moved: sql`select ${namespaces.id} from ${namespaces} where ${namespaces.slug} = ${a.newSlug}
      and ${namespaces.renamedRequest} = ${a.mark}`,
    },
  ),
)

/** 30 days, in milliseconds. */
export const RESERVED_FOR = sql.raw('2592000000')

const reserveFormer = guarded(
  updating,
  'namespaces.reserveFormer',
  (a) =>
    sql`${insertInto(
      formerSlugs,
      {
        slug: sql`permit.namespace_slug`,
        namespaceId: sql`permit.namespace_id`,
        reservedUntil: sql`${a.now} + ${RESERVED_FOR}`,
      },
      sql`from permit where permit.namespace_slug <> ${a.newSlug}`,
    )} on conflict (slug) do update set namespace_id = excluded.namespace_id, reserved_until = excluded.reserved_until`,
)

/** More than a namespace needs, and fewer than it takes to keep all good names from everybody else. */
const MOST_FORMER = sql.raw('10')

/** Where this request has reserved a slug, lets go of those that are too many: the ones that are free the soonest. */
export const letGoOfFormer = following<Pick<NamespaceRef, 'namespace'> & Pick<Stamp, 'now'>>(
  'namespaces.letGoOfFormer',
  (a) => sql`delete from ${formerSlugs} where ${formerSlugs.slug} in (
    select ${formerSlugs.slug} from ${formerSlugs} where ${formerSlugs.namespaceId} = (
      select ${formerSlugs.namespaceId} from ${formerSlugs}
      where ${formerSlugs.slug} = ${a.namespace} and ${formerSlugs.reservedUntil} = ${a.now} + ${RESERVED_FOR})
    order by ${formerSlugs.reservedUntil} desc, ${formerSlugs.slug} limit -1 offset ${MOST_FORMER})`,
)

const update = guarded(
  updating,
  'namespaces.update',
  (a) =>
    sql`update ${namespaces} set ${assign(namespaces, {
      slug: givenOr(a.newSlug, namespaces.slug),
      ...mergingMetadata(namespaces, a),
      ...renaming(namespaces, a, namespaces.slug, a.newSlug),
      ...touched(namespaces, a),
    })} where ${namespaces.id} = (select namespace_id from permit)`,
)

const updated = outcome(updating, 'namespaces.updated', () =>
  outcomeOf(namespaces, namespaceJson, sql`standing.namespace_id`),
)

/** Changes the given fields. The slug of before stays reserved for a while, so that nobody passes for the namespace. */
export const updateNamespace = (values: Changes): Plan<Resource> =>
  after(
    [act(reserveFormer, values), act(letGoOfFormer, values), act(update, values)],
    statement(updated, values, readResource),
  )
