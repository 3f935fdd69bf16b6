import { type SQL, sql } from 'drizzle-orm'
import { apiTokens, formerSlugs, namespaces, users } from '../../../drizzle/schema.ts'
import type { Arriving } from '../../db/credential.ts'
import { ifGranted, refusal, VERDICT } from '../../db/guard.ts'
import { boolean, iso, object } from '../../db/json.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { type Arguments, assign, fragment, givenOr } from '../../db/sql.ts'
import { type Asking, isBlind, isRevoked, userGuard } from '../../db/standing.ts'
import { guard, guarded, outcome, unguarded } from '../../db/statements.ts'
import { NOT_CREATED, type Resource, readResource, type Stamp, unexpected } from '../../db/write.ts'
import { tokenFields } from './token-fields.sql.ts'

/** The handle of a user: the slug of the home namespace. */
export const usernameOf = (userId: SQL): SQL => sql`(select home.slug from ${users}
  join ${namespaces} as home on home.id = ${users.homeId} where ${users.id} = ${userId})`

/** The name of a user: what the claims make, else one made from the id. */
const username = (a: Arguments<Arriving>): SQL =>
  sql`ifnull(${a.username}, 'user-' || substr(${a.newUserId}, 1, 8))`

/** Holds for a slug that no namespace has, live or trashed, or had lately, and that is no known user's name. */
const free = (
  a: Arguments<Arriving>,
  slug: SQL,
): SQL => sql`(not exists (select 1 from ${namespaces} where ${namespaces.slug} = ${slug})
  and not exists (select 1 from ${formerSlugs} where ${formerSlugs.slug} = ${slug}
    and ${formerSlugs.reservedUntil} > ${a.now})
  and not exists (select 1 from ${users} where ${users.username} = ${slug}))`

/** Numbered candidates are tried up to here; then the whole id makes the slug. */
const MOST_CANDIDATES = 1_000

/** The user's name where it is free, else `<name>-2`, and so on, within 64 characters. */
const freeHomeSlug = (a: Arguments<Arriving>): SQL =>
  fragment(
    'users.freeHomeSlug',
    sql`ifnull((
  with recursive candidate(n, slug) as (
    select 1, ${username(a)}
    union all
    select n + 1, substr(${username(a)}, 1, 63 - length(n + 1)) || '-' || (n + 1) from candidate
    where n < ${sql.raw(String(MOST_CANDIDATES))} and not ${free(a, sql`candidate.slug`)})
  select slug from candidate where ${free(a, sql`candidate.slug`)} limit 1), 'user-' || ${a.newUserId})`,
  )

/** Makes the user, the home namespace and the ownership of it, if the user is not known yet. */
const provision = (a: Arguments<Arriving>, slug: SQL, condition: SQL): SQL => sql`
  insert into provisions (user_id, issuer, sub, username, email, email_verified, name, given_name, family_name,
    picture, home_id, slug, request, created_at)
  select ${a.newUserId}, ${a.issuer}, ${a.sub}, ${username(a)}, ${a.email}, ${a.emailVerified}, ${a.name},
    ${a.givenName}, ${a.familyName}, ${a.picture}, ${a.newHomeId}, ${slug}, ${a.mark}, ${a.now}
  where ${condition} and ${a.tokenHash} is null and not ${isRevoked(a)} and not exists (
    select 1 from ${users} where ${users.issuer} = ${a.issuer} and ${users.sub} = ${a.sub})`

export const arrive = unguarded<Arriving>('users.arrive', (a) => provision(a, freeHomeSlug(a), sql`true`))

const arriveForNamespace = unguarded<Arriving & { readonly slug: string }>('users.arriveForNamespace', (a) =>
  provision(a, freeHomeSlug(a), free(a, a.slug)),
)

const arriveAtHome = unguarded<Arriving>('users.arriveAtHome', (a) =>
  provision(a, username(a), free(a, username(a))),
)

/** A new user comes into being with a home, before creating the namespace `slug`, and only if that slug is free. */
export const arriveToCreateNamespace = (values: Arriving & { readonly slug: string }): Plan<void> =>
  act(arriveForNamespace, values)

/** What a request that creates something says of it. */
interface Creating extends Partial<Pick<Stamp, 'expected'>> {
  readonly namespace: string
  readonly createProject?: boolean
}

/**
 * A new user comes into being by creating something under the slug of the own name: then that namespace is
 * the home. Nothing happens where the slug is taken, or for a user who is known and so has a home; nor where a request
 * would be refused in a namespace that has nothing yet, for nobody comes into being by what is refused; but for a quota
 * that is too small for the first thing, which is told rather than that there is no namespace.
 */
export const arriveByCreatingAt = (
  { namespace, createProject = true, expected = null }: Creating,
  values: Arriving,
): readonly Plan<void>[] =>
  namespace === values.username && createProject && expected === null ? [act(arriveAtHome, values)] : []

/** Bits of `isEdited`, beside that of both. */
const EDITED = { name: 2, picture: 4 } as const

const isEdited = (what: keyof typeof EDITED): SQL =>
  sql`${users.isEdited} & ${sql.raw(String(1 | EDITED[what]))} <> 0`

/** What the user has not set is filled from the claims. */
const filled = (what: keyof typeof EDITED, claim: SQL): SQL =>
  sql`case when ${isEdited(what)} then ${users[what]} else ifnull(${users[what]}, ${claim}) end`

/** Mail follows the identity provider; the names and the picture are the user's own once they are there. */
const follow = unguarded<Arriving>(
  'users.follow',
  (a) => sql`update ${users} set ${assign(users, {
    email: sql`ifnull(${a.email}, ${users.email})`,
    // What was verified is the address: another one starts anew.
    emailVerified: sql`case when ${a.email} <> ifnull(${users.email}, '') then ${a.emailVerified}
      else ifnull(${a.emailVerified}, ${users.emailVerified}) end`,
    name: filled('name', a.name),
    givenName: sql`ifnull(${users.givenName}, ${a.givenName})`,
    familyName: sql`ifnull(${users.familyName}, ${a.familyName})`,
    picture: filled('picture', a.picture),
    updatedAt: a.now,
    version: sql`${users.version} + 1`,
  })} where ${users.issuer} = ${a.issuer} and ${users.sub} = ${a.sub} and not ${isRevoked(a)} and (
    ${a.email} <> ifnull(${users.email}, '') or ${a.emailVerified} <> ifnull(${users.emailVerified}, -1)
    or (not (${isEdited('name')}) and ${users.name} is null and ${a.name} is not null)
    or (${users.givenName} is null and ${a.givenName} is not null)
    or (${users.familyName} is null and ${a.familyName} is not null)
    or (not (${isEdited('picture')}) and ${users.picture} is null and ${a.picture} is not null))`,
)

const resource = object({
  id: users.id,
  sub: users.sub,
  email: users.email,
  name: users.name,
  username: namespaces.slug,
  given_name: users.givenName,
  family_name: users.familyName,
  picture: users.picture,
  email_verified: boolean(users.emailVerified),
  namespace: object({ id: namespaces.id, slug: namespaces.slug }),
  createdAt: iso(users.createdAt),
})

/** Whose token it is, and where it is at home: all that a token without the right to read is told. */
const bare = object({
  id: users.id,
  username: namespaces.slug,
  namespace: object({ id: namespaces.id, slug: namespaces.slug }),
})

const account = (
  body: SQL,
): SQL => sql`select ${refusal}, ${users.id} as id, ${users.version} as version, ${NOT_CREATED} as created, ${body} as body
  from ${VERDICT} left join ${users} on ${users.id} = ${ifGranted(sql`standing.user_id`)}
  left join ${namespaces} on ${namespaces.id} = ${users.homeId}`

/** An API token is told what it is good for. */
const withToken = (
  body: SQL,
): SQL => sql`(select iif(standing.token_id is null, told.body, json_set(told.body, '$.token',
    json((select ${object(tokenFields)} from ${apiTokens} where ${apiTokens.id} = standing.token_id))))
  from (select ${body} as body) as told)`

const reading = guard<Asking>('users.reading', (a) => userGuard(a, 'watch'))

const read = outcome(reading, 'users.read', () =>
  account(withToken(sql`iif(${isBlind}, ${bare}, ${resource})`)),
)

/** The caller's own account, which comes into being with its home namespace when it is asked for first. */
export const arriveAndRead = (values: Arriving): Plan<Resource> =>
  after([act(arrive, values), act(follow, values)], statement(read, values, readResource))

type Changes = Arriving &
  Pick<Stamp, 'expected'> & {
    readonly newName?: string | null
    readonly newPicture?: string | null
  }

/** Changes the own account. */
const updating = guard<Changes>('users.updating', (a) =>
  userGuard(a, 'self', {
    done: sql`exists (select 1 from ${users} where ${users.id} = standing.user_id
      and ${users.updatedRequest} = ${a.mark})`,
    state: [unexpected(a, users, sql`standing.user_id`)],
  }),
)

const update = guarded(
  updating,
  'users.update',
  (a) =>
    sql`update ${users} set ${assign(users, {
      name: givenOr(a.newName, users.name),
      picture: givenOr(a.newPicture, users.picture),
      isEdited: sql`${users.isEdited} | iif(${a.newName.given}, ${sql.raw(String(EDITED.name))}, 0)
        | iif(${a.newPicture.given}, ${sql.raw(String(EDITED.picture))}, 0)`,
      updatedAt: a.now,
      updatedRequest: a.mark,
      version: sql`${users.version} + 1`,
    })} where ${users.id} = (select user_id from permit)`,
)

const updated = outcome(updating, 'users.updated', () => account(resource))

/** Changes the given fields of the caller's own account. */
export const updateUser = (values: Changes): Plan<Resource> =>
  after(
    // Of an account that is still to come nothing can be expected.
    [...(values.expected === null ? [act(arrive, values)] : []), act(update, values)],
    statement(updated, values, readResource),
  )

/** An account as `POST /auth/exchange` answers it. */
export interface Exchanged {
  readonly user: {
    readonly sub: string
    readonly email: string | null
    readonly name: string | null
    readonly username: string
    readonly id: string
    readonly isNewUser: boolean
  }
  readonly namespace: { readonly id: string; readonly slug: string }
}

const exchanging = guard<Arriving>('users.exchanging', (a) => userGuard(a, 'self'))

const exchanged = outcome(exchanging, 'users.exchanged', (a) =>
  account(
    object({
      user: object({
        sub: users.sub,
        email: users.email,
        name: users.name,
        username: namespaces.slug,
        id: users.id,
        isNewUser: boolean(sql`(${users.id} = ${a.newUserId})`),
      }),
      namespace: object({ id: namespaces.id, slug: namespaces.slug }),
    }),
  ),
)

/** The account of whoever has shown an identity token, which comes into being the first time. */
export const arriveToExchange = (values: Arriving): Plan<Exchanged> =>
  after(
    [act(arrive, values), act(follow, values)],
    statement(exchanged, values, (rows) => JSON.parse(readResource(rows).body) as Exchanged),
  )
