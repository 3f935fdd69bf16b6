import { type SQL, sql } from 'drizzle-orm'
import { apiTokens, members, namespaces, projects, revocations, users } from '../../../drizzle/schema.ts'
import { type Arriving, unrevoked } from '../../db/credential.ts'
import { ADMITTED, ifGranted, readVerdict, refusal, VERDICT } from '../../db/guard.ts'
import { iso, object } from '../../db/json.ts'
import { keepable, keyedAt, settled } from '../../db/keys.ts'
import { listPlan } from '../../db/page.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { type Arguments, assign, insertInto, query } from '../../db/sql.ts'
import { type Asking, live, userGuard } from '../../db/standing.ts'
import { guard, guarded, verdict } from '../../db/statements.ts'
import { type Resource, readResource, type Stamp, untagged } from '../../db/write.ts'
import { MOST_API_TOKENS } from '../../domain/api-token.ts'
import { tokenFields } from './token-fields.sql.ts'
import { arrive } from './users.sql.ts'

const listing = guard<Asking>('apiTokens.listing', (a) => userGuard(a, 'self'))

/** The caller's API tokens that are not revoked; expired ones too, until another token is made. */
export const listApiTokens = listPlan(listing, 'apiTokens.listed', (a) => {
  const total = sql`ifnull((select ${users.tokenCount} from ${users} where ${users.id} = standing.user_id), 0)`
  return {
    count: total,
    rows: (
      limit,
    ) => sql`select ${apiTokens.id} as id, ${object({ ...tokenFields, lastUsedAt: iso(apiTokens.lastUsedAt) })} as body
      from ${apiTokens} where ${apiTokens.userId} = (select user_id from permit) and ${unrevoked}
        and ${apiTokens.id} < ${a.before}
      order by ${apiTokens.id} desc ${limit}`,
  }
})

const MOST_TOKENS = sql.raw(String(MOST_API_TOKENS))

interface NewApiToken extends Arriving, Pick<Stamp, 'keyId' | 'fingerprint' | 'attempt'> {
  readonly id: string
  readonly hash: string
  readonly title: string
  readonly scopeBits: number
  /** Slugs; null for a token that is not bound. */
  readonly namespace: string | null
  readonly project: string | null
  /** Epoch milliseconds; null for never. */
  readonly tokenExpiresAt: number | null
}

const isExpired = (a: Arguments<NewApiToken>): SQL =>
  sql`(${unrevoked} and ${apiTokens.expiresAt} <= ${a.now})`

const creating = guard<NewApiToken>('apiTokens.creating', (a) =>
  userGuard(a, 'self', {
    tables: [
      sql`place as materialized (
    select ${namespaces.id} as namespace_id, ${projects.id} as project_id from ${ADMITTED}
    left join ${members} on ${members.userId} = standing.user_id and ${members.namespaceId} = (
      select ${namespaces.id} from ${namespaces} where ${namespaces.slug} = ${a.namespace} and ${live(namespaces)})
    left join ${namespaces} on ${namespaces.id} = ${members.namespaceId}
    left join ${projects} on ${projects.namespaceId} = ${namespaces.id} and ${projects.slug} = ${a.project}
      and ${live(projects)})`,
    ],
    // Also of a token that was made before: who is no member any more is not told of it again.
    roles: [
      ['namespace_not_found', sql`${a.namespace} is not null and (select namespace_id from place) is null`],
      ['project_not_found', sql`${a.project} is not null and (select project_id from place) is null`],
    ],
    done: sql`exists (select 1 from ${apiTokens} where ${apiTokens.id} = ${a.id})`,
    state: [
      [
        'too_many_api_tokens',
        sql`(select ${users.tokenCount} from ${users} where ${users.id} = standing.user_id) >= ${MOST_TOKENS}
        and not exists (select 1 from ${apiTokens} where ${apiTokens.userId} = standing.user_id and ${isExpired(a)})`,
      ],
    ],
    ...keyedAt(sql`standing.user_id`, a),
  }),
)

/** Tokens that have expired make room. */
const retire = guarded(
  creating,
  'apiTokens.retire',
  (a) =>
    sql`update ${apiTokens} set ${assign(apiTokens, {
      revokedAt: apiTokens.expiresAt,
    })} where ${apiTokens.userId} = (select user_id from permit) and ${isExpired(a)}`,
)

const create = guarded(
  creating,
  'apiTokens.create',
  (a) =>
    sql`${insertInto(
      apiTokens,
      {
        id: a.id,
        hash: a.hash,
        userId: sql`permit.user_id`,
        name: a.title,
        scopes: a.scopeBits,
        namespaceId: sql`place.namespace_id`,
        projectId: sql`place.project_id`,
        expiresAt: a.tokenExpiresAt,
        createdAt: a.now,
      },
      sql`from permit cross join place where permit.user_id is not null`,
    )}`,
)

const created = keepable(
  creating,
  'apiTokens.created',
  (
    a,
  ) => sql`select ${refusal}, ${apiTokens.id} as id, 1 as version, 1 as created, ${object(tokenFields)} as body
    from ${VERDICT} left join ${apiTokens} on ${apiTokens.id} = ${ifGranted(a.id)}`,
)

/** Creates an API token of the caller; answers it without the secret, which nobody keeps. */
export const createApiToken = (values: NewApiToken): Plan<Resource> =>
  settled(
    [
      // Who is not known yet is a member of nothing.
      ...(values.namespace === null ? [act(arrive, values)] : []),
      act(retire, values),
      act(create, values),
    ],
    created,
    values,
    readResource,
  )

interface Revoking extends Asking, Pick<Stamp, 'expected'> {
  readonly id: string
}

const revoking = guard<Revoking>('apiTokens.revoking', (a) =>
  userGuard(a, 'self', {
    thing: [
      [
        'api_token_not_found',
        sql`not exists (select 1 from ${apiTokens} where ${apiTokens.id} = ${a.id}
        and ${apiTokens.userId} = standing.user_id
        and (${unrevoked} or ${apiTokens.revokedAt} = ${a.askedAt}))`,
      ],
    ],
    state: [untagged(a)],
  }),
)

const revoke = guarded(
  revoking,
  'apiTokens.revoke',
  (a) => sql`update ${apiTokens} set ${assign(apiTokens, { revokedAt: a.askedAt })}
    where ${apiTokens.id} = ${a.id} and ${apiTokens.userId} = (select user_id from permit) and ${unrevoked}`,
)

const revoked = verdict(revoking, 'apiTokens.revoked')

/** From the next request on the token is good for nothing. */
export const revokeApiToken = (values: Revoking): Plan<void> =>
  after([act(revoke, values)], statement(revoked, values, readVerdict))

interface LoggingOut extends Asking {
  readonly tokenExpiresAt: number | null
}

const loggingOut = guard<LoggingOut>('revocations.loggingOut', (a) => userGuard(a, 'self'))

const logOut = guarded(
  loggingOut,
  'revocations.logOut',
  (a) =>
    sql`${insertInto(
      revocations,
      { issuer: a.issuer, jti: a.jti, revokedAt: a.askedAt, expiresAt: a.tokenExpiresAt },
      sql`from permit where ${a.jti} is not null`,
    )}`,
)

/** A token that this request has revoked counts as good for it: the answer may be asked for again by the server. */
const loggedOut = query<LoggingOut>(
  'revocations.loggedOut',
  (a) => sql`select iif(${revocations.revokedAt} = ${a.askedAt}, null, 'token_revoked') as refusal
    from ${revocations} where ${revocations.issuer} = ${a.issuer} and ${revocations.jti} = ${a.jti}`,
)

/** Revokes the very token by which the caller asks. */
export const revokeSignedToken = (values: LoggingOut): Plan<void> =>
  after([act(logOut, values)], statement(loggedOut, values, readVerdict))
