import { type SQL, sql } from 'drizzle-orm'
import { namespaces, users } from '../../drizzle/schema.ts'
import { boolean, iso, object } from './json.ts'
import { act, after, type Plan, statement } from './plan.ts'
import { type Asking, userScope } from './scope.ts'
import { type Arguments, assign, command, query } from './sql.ts'
import { type Resource, readResource, type Stamp } from './write.ts'

/** What a verified token says of its user, and the ids that a user who is not known yet will have. */
export interface Arriving extends Asking, Pick<Stamp, 'now' | 'mark'> {
  /** The slug that the claims make, or null. */
  readonly username: string | null
  readonly email: string | null
  readonly emailVerified: boolean | null
  readonly name: string | null
  readonly givenName: string | null
  readonly familyName: string | null
  readonly picture: string | null
  readonly newUserId: string
  readonly newHomeId: string
}

/** The name of a user: what the claims make, else one made from the id. */
const username = (a: Arguments<Arriving>): SQL =>
  sql`ifnull(${a.username}, 'user-' || substr(${a.newUserId}, 1, 8))`

/** Holds for a slug that no namespace has, live or trashed, and that is no known user's name. */
const free = (
  slug: SQL,
): SQL => sql`(not exists (select 1 from ${namespaces} where ${namespaces.slug} = ${slug})
  and not exists (select 1 from ${users} where ${users.username} = ${slug}))`

/** Numbered candidates are tried up to here; then the whole id makes the slug. */
const MOST_CANDIDATES = 1_000

/** The user's name where it is free, else `<name>-2`, and so on, within 64 characters. */
const freeHomeSlug = (a: Arguments<Arriving>): SQL => sql`ifnull((
  with recursive candidate(n, slug) as (
    select 1, ${username(a)}
    union all
    select n + 1, substr(${username(a)}, 1, 63 - length(n + 1)) || '-' || (n + 1) from candidate
    where n < ${sql.raw(String(MOST_CANDIDATES))} and not ${free(sql`candidate.slug`)})
  select slug from candidate where ${free(sql`candidate.slug`)} limit 1), 'user-' || ${a.newUserId})`

/** Makes the user, the home namespace and the ownership of it, if the user is not known yet. */
const provision = (a: Arguments<Arriving>, slug: SQL, condition: SQL): SQL => sql`
  insert into provisions (user_id, issuer, sub, username, email, email_verified, name, given_name, family_name,
    picture, home_id, slug, request, created_at)
  select ${a.newUserId}, ${a.issuer}, ${a.sub}, ${username(a)}, ${a.email}, ${a.emailVerified}, ${a.name},
    ${a.givenName}, ${a.familyName}, ${a.picture}, ${a.newHomeId}, ${slug}, ${a.mark}, ${a.now}
  where ${condition} and not exists (
    select 1 from ${users} where ${users.issuer} = ${a.issuer} and ${users.sub} = ${a.sub})`

const arrive = command<Arriving>('users.arrive', (a) => provision(a, freeHomeSlug(a), sql`true`))

const arriveForNamespace = command<Arriving & { readonly slug: string }>('users.arriveForNamespace', (a) =>
  provision(a, freeHomeSlug(a), free(a.slug)),
)

const arriveAtHome = command<Arriving>('users.arriveAtHome', (a) =>
  provision(a, username(a), free(username(a))),
)

/** A new user comes into being with a home, before creating the namespace `slug`, and only if that slug is free. */
export const arriveToCreateNamespace = (values: Arriving & { readonly slug: string }): Plan<void> =>
  act(arriveForNamespace, values)

/**
 * A new user comes into being by creating something under the slug of the own name: then that namespace is
 * the home. Nothing happens where the slug is taken, or for a user who is known and so has a home.
 */
export const arriveByCreatingAt = (namespace: string, values: Arriving): readonly Plan<void>[] =>
  namespace === values.username ? [act(arriveAtHome, values)] : []

/** Mail follows the identity provider; the names and the picture are the user's own once they are there. */
const follow = command<Arriving>(
  'users.follow',
  (a) => sql`update ${users} set ${assign(users, {
    email: sql`ifnull(${a.email}, ${users.email})`,
    // What was verified is the address: another one starts anew.
    emailVerified: sql`case when ${a.email} <> ifnull(${users.email}, '') then ${a.emailVerified}
      else ifnull(${a.emailVerified}, ${users.emailVerified}) end`,
    name: sql`ifnull(${users.name}, ${a.name})`,
    givenName: sql`ifnull(${users.givenName}, ${a.givenName})`,
    familyName: sql`ifnull(${users.familyName}, ${a.familyName})`,
    picture: sql`ifnull(${users.picture}, ${a.picture})`,
    updatedAt: a.now,
    version: sql`${users.version} + 1`,
  })} where ${users.issuer} = ${a.issuer} and ${users.sub} = ${a.sub} and (
    ${a.email} <> ifnull(${users.email}, '') or ${a.emailVerified} <> ifnull(${users.emailVerified}, -1)
    or (${users.name} is null and ${a.name} is not null)
    or (${users.givenName} is null and ${a.givenName} is not null)
    or (${users.familyName} is null and ${a.familyName} is not null)
    or (${users.picture} is null and ${a.picture} is not null))`,
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

const read = query<Asking>(
  'users.read',
  (a) => sql`with ${userScope(a)}
    select null as refusal, ${users.version} as version, 0 as created, ${resource} as body
    from scope join ${users} on ${users.id} = scope.user_id join ${namespaces} on ${namespaces.id} = ${users.homeId}`,
)

/** The caller's own account, which comes into being with its home namespace when it is asked for first. */
export const arriveAndRead = (values: Arriving): Plan<Resource> =>
  after([act(arrive, values), act(follow, values)], statement(read, values, readResource))
