import { sql } from 'drizzle-orm'
import { apiTokens, users } from '../../drizzle/schema.ts'
import { readVerdict } from './guard.ts'
import { act, after, type Plan, statement } from './plan.ts'
import { assign, query } from './sql.ts'
import { type Asking, userGuard } from './standing.ts'
import { guard, unguarded, verdict } from './statements.ts'
import type { Stamp } from './write.ts'

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

/** Holds for an API token that is not revoked; it may have expired. */
export const unrevoked = sql`${apiTokens.revokedAt} is null`

const judging = guard<Asking>('credential.judging', (a) => userGuard(a, 'watch'))

const judged = verdict(judging, 'credential.judged')

/** Whether the caller's token is still good, and nothing else. */
export const judgeToken = (asking: Asking): Plan<void> => statement(judged, asking, readVerdict)

const HOUR = sql.raw('3600000')

type Using = Pick<Asking, 'tokenHash' | 'askedAt'>

const noteUse = unguarded<Using>(
  'credential.noteUse',
  (a) => sql`update ${apiTokens} set ${assign(apiTokens, { lastUsedAt: a.askedAt })}
    where ${apiTokens.hash} = ${a.tokenHash} and ${unrevoked}
      and ifnull(${apiTokens.lastUsedAt}, 0) <= ${a.askedAt} - ${HOUR}`,
)

/** Whose a token is: with `sub`, the user. */
export interface Holder {
  readonly issuer: string
  readonly sub: string
}

const holder = query<Using>(
  'credential.holder',
  (a) => sql`select ${users.issuer} as issuer, ${users.sub} as sub from ${apiTokens}
    join ${users} on ${users.id} = ${apiTokens.userId} where ${apiTokens.hash} = ${a.tokenHash} and ${unrevoked}`,
)

/** Tells whose an API token is; null where it is good no more. */
export const holderOfApiToken = (values: Using): Plan<Holder | null> =>
  statement(holder, values, ([row]) =>
    row ? { issuer: row.issuer as string, sub: row.sub as string } : null,
  )

/** Notes that an API token was used, at most once an hour, and tells whose it is. */
export const noteUseOfApiToken = (values: Using): Plan<Holder | null> =>
  after([act(noteUse, values)], holderOfApiToken(values))
