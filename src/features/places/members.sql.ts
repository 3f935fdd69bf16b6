import { type SQL, sql } from 'drizzle-orm'
import { departures, members, namespaceStats, namespaces, users } from '../../../drizzle/schema.ts'
import {
  ADMITTED,
  ifGranted,
  lacksRole,
  type Refusing,
  readVerdict,
  refusal,
  VERDICT,
} from '../../db/guard.ts'
import { iso, object } from '../../db/json.ts'
import { listPlan } from '../../db/page.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { type Arguments, assign, insertInto } from '../../db/sql.ts'
import { type NamespaceRef, namespaceGuard } from '../../db/standing.ts'
import { guard, guarded, outcome, verdict } from '../../db/statements.ts'
import { type Resource, readResource, type Stamp, untagged } from '../../db/write.ts'
import { roles } from '../../domain/access.ts'

/** The name of a rank. */
export const roleName = (rank: SQL): SQL =>
  sql`case ${rank} ${sql.join(
    Object.entries(roles).map(([name, each]) => sql.raw(`when ${each} then '${name}'`)),
    sql.raw(' '),
  )} end`

/** A member is named by the slug of the home namespace. */
const home = sql`(select home.slug from ${namespaces} as home where home.id = ${users.homeId})`

/** Whoever was made a member, and has written nothing yet, is shown to others by the username alone. */
const resource = (asking: SQL): SQL =>
  object({
    username: home,
    name: sql`iif(${members.prominence} > 0 or ${users.id} = ${asking}, ${users.name}, null)`,
    role: roleName(members.role.getSQL()),
    createdAt: iso(members.createdAt),
  })

const listing = guard<NamespaceRef>('members.listing', (a) => namespaceGuard(a, 'read'))

/** The members of a namespace, those first whose account is the newest. */
export const listMembers = listPlan(listing, 'members.listed', (a) => {
  const total = sql`(select ${namespaceStats.members} from ${namespaceStats}
    where ${namespaceStats.namespaceId} = standing.namespace_id)`
  return {
    count: total,
    rows: (
      limit,
    ) => sql`select ${members.userId} as id, ${resource(sql`(select user_id from permit)`)} as body
      from ${members} cross join ${users} on ${users.id} = ${members.userId}
      where ${members.namespaceId} = (select namespace_id from permit) and ${members.userId} < ${a.before}
      order by ${members.userId} desc ${limit}`,
  }
})

interface MemberRef extends NamespaceRef {
  /** The slug of the user's home namespace. */
  readonly username: string
}

/** `member`, one row: the user of that name, and what the user is in the namespace. */
const named = (a: Arguments<MemberRef>): SQL => sql`member as materialized (
  select ${users.id} as id, ${members.role} as role, ${members.updatedRequest} as updated_request, ${users.homeId} = standing.namespace_id as is_home
  from ${ADMITTED} left join ${users} on ${users.homeId} = (
    select ${namespaces.id} from ${namespaces} where ${namespaces.slug} = ${a.username})
  left join ${members} on ${members.userId} = ${users.id} and ${members.namespaceId} = standing.namespace_id)`

const OWNER = sql.raw(String(roles.owner))

/** What keeps a namespace in somebody's hands. */
const keeping: readonly Refusing[] = [
  ['home_owner', sql`(select is_home from member)`],
  [
    'last_owner',
    sql`(select role = ${OWNER} from member) and not exists (select 1 from ${members}
      where ${members.namespaceId} = standing.namespace_id and ${members.role} = ${OWNER}
        and ${members.userId} <> (select id from member))`,
  ],
]

interface Setting extends MemberRef, Stamp {
  readonly rank: number
}

const isDemoted = (a: Arguments<Setting>, [failure, condition]: Refusing): Refusing => [
  failure,
  sql`${a.rank} < ${OWNER} and (${condition})`,
]

/** Owners may demote themselves: whoever has just done so is an owner no more, and is told that it was done. */
const setting = guard<Setting>('members.setting', (a) =>
  namespaceGuard(a, 'self', {
    tables: [named(a)],
    done: sql`${a.expected} is null and (select role = ${a.rank} and (standing.access >= ${OWNER} or updated_request = ${a.mark}) from member)`,
    thing: [['user_not_found', sql`(select id from member) is null`]],
    state: [
      lacksRole(roles.owner),
      untagged(a, sql`(select role from member) is not null`),
      ...keeping.map((each) => isDemoted(a, each)),
    ],
  }),
)

const set = guarded(
  setting,
  'members.set',
  (a) =>
    sql`${insertInto(
      members,
      {
        userId: sql`member.id`,
        namespaceId: sql`permit.namespace_id`,
        role: a.rank,
        createdAt: a.now,
        createdRequest: a.mark,
        updatedRequest: a.mark,
      },
      sql`from permit cross join member where true`,
    )} on conflict (user_id, namespace_id) do update set ${assign(members, {
      role: sql`excluded.role`,
      createdRequest: sql`null`,
      updatedRequest: a.mark,
    })}`,
)

const wasSet = outcome(
  setting,
  'members.wasSet',
  (a) => sql`select ${refusal}, ${members.userId} as id, 1 as version,
      ${members.createdRequest} = ${a.mark} as created, ${resource(sql`standing.user_id`)} as body
    from ${VERDICT} left join member left join ${users} on ${users.id} = ${ifGranted(sql`member.id`)}
    left join ${members} on ${members.userId} = ${users.id} and ${members.namespaceId} = standing.namespace_id`,
)

/** Makes a user a member, or changes the member's role. */
export const setMember = (values: Setting): Plan<Resource> =>
  after([act(set, values)], statement(wasSet, values, readResource))

interface Removing extends MemberRef, Stamp {}

/** Holds for a user whom this very request has removed from the namespace. */
const hasLeft = (a: Arguments<Removing>, userId: SQL, namespaceId: SQL): SQL => sql`exists (
  select 1 from ${departures} where ${departures.userId} = ${userId}
    and ${departures.namespaceId} = ${namespaceId} and ${departures.request} = ${a.mark})`

/** Members may remove themselves: then they may still be told that it was done. */
const removing = guard<Removing>('members.removing', (a) =>
  namespaceGuard(
    a,
    'self',
    {
      tables: [named(a)],
      done: sql`(select role is null and ${hasLeft(a, sql`member.id`, sql`standing.namespace_id`)} from member)`,
      thing: [['member_not_found', sql`(select role from member) is null`]],
      state: [
        lacksRole(roles.owner, sql`(select id from member) <> standing.user_id`),
        untagged(a),
        ...keeping,
      ],
    },
    { visitors: sql`iif(${hasLeft(a, users.id.getSQL(), namespaces.id.getSQL())}, 1, 0)` },
  ),
)

const depart = guarded(
  removing,
  'members.depart',
  (a) => sql`${insertInto(
    departures,
    {
      userId: sql`member.id`,
      namespaceId: sql`permit.namespace_id`,
      request: a.mark,
      departedAt: a.now,
    },
    sql`from permit cross join member where true`,
  )} on conflict (user_id, namespace_id) do update set request = excluded.request,
    departed_at = excluded.departed_at`,
)

const remove = guarded(
  removing,
  'members.remove',
  () => sql`delete from ${members}
    where ${members.userId} = (select member.id from member cross join permit)
      and ${members.namespaceId} = (select namespace_id from permit)`,
)

const removed = verdict(removing, 'members.removed')

/** Ends a membership. */
export const removeMember = (values: Removing): Plan<void> =>
  after([act(depart, values), act(remove, values)], statement(removed, values, readVerdict))
