import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { counter, id, time } from './columns.ts'
import { namespaces } from './places.ts'

export const users = sqliteTable(
  'users',
  {
    id: id(),
    /** `local` for the server's own tokens, else the `iss` of the identity provider. */
    issuer: text().notNull(),
    sub: text().notNull(),
    /** The slug that the claims make: the name that nobody else may take. */
    username: text().notNull(),
    email: text(),
    emailVerified: integer(),
    name: text(),
    givenName: text(),
    familyName: text(),
    picture: text(),
    homeId: text().notNull(),
    /** What the user has set or cleared, which no token's claims fill again: 2 the name, 4 the picture; 1 is both, of before. */
    isEdited: integer().notNull().default(0),
    namespaceCount: counter(),
    tokenCount: counter(),
    createdAt: time().notNull(),
    updatedAt: time().notNull(),
    /** The mark of the request by which the user has last changed it. */
    updatedRequest: text(),
    version: integer().notNull().default(1),
  },
  (t) => [
    uniqueIndex('users_identity').on(t.issuer, t.sub),
    index('users_username').on(t.username),
    uniqueIndex('users_home').on(t.homeId),
  ],
)

export const members = sqliteTable(
  'members',
  {
    userId: text()
      .notNull()
      .references(() => users.id),
    namespaceId: text()
      .notNull()
      .references(() => namespaces.id),
    /** 1 reader, 2 writer, 3 owner: a right includes the lower ones. */
    role: integer().notNull(),
    /**
     * 2 at home, 1 where the user has written something, 0 where somebody has made the user a member, and no more; ten less
     * while the namespace is in the trash.
     */
    prominence: integer().notNull().default(0),
    createdAt: time().notNull(),
    /** The marks of the requests that made the user a member, and gave the present role. */
    createdRequest: text(),
    updatedRequest: text(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.namespaceId] }),
    index('members_of_namespace').on(t.namespaceId, t.userId),
    index('members_of_user').on(t.userId, t.prominence, t.namespaceId),
    index('members_owners').on(t.namespaceId, t.userId).where(sql`role = 3`),
  ],
)

/** The last removal of a user from a namespace, by which the request that is sent again recognises it. */
export const departures = sqliteTable(
  'departures',
  {
    userId: text()
      .notNull()
      .references(() => users.id),
    namespaceId: text()
      .notNull()
      .references(() => namespaces.id),
    /** The mark of the request. */
    request: text().notNull(),
    departedAt: time().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.namespaceId] }),
    index('departures_of_namespace').on(t.namespaceId),
    index('departures_by_age').on(t.departedAt),
  ],
)

/** Tokens of robots and jobs. The secret itself is nowhere. */
export const apiTokens = sqliteTable(
  'api_tokens',
  {
    id: id(),
    /** SHA-256 of the token, as hex digits. */
    hash: text().notNull(),
    userId: text()
      .notNull()
      .references(() => users.id),
    name: text().notNull(),
    /** The rights that it has at most; see `scopes` in src/domain/access.ts. */
    scopes: integer().notNull(),
    /** Where it is good for nothing else. */
    namespaceId: text().references(() => namespaces.id),
    projectId: text(),
    expiresAt: time(),
    lastUsedAt: time(),
    revokedAt: time(),
    createdAt: time().notNull(),
  },
  (t) => [
    uniqueIndex('api_tokens_hash').on(t.hash),
    index('api_tokens_of_user').on(t.userId, t.revokedAt, t.id),
    index('api_tokens_of_namespace').on(t.namespaceId),
    index('api_tokens_of_project').on(t.projectId).where(sql`project_id is not null`),
    index('api_tokens_revoked').on(t.revokedAt).where(sql`revoked_at is not null`),
  ],
)

/** Signed tokens that were logged out before their time. */
export const revocations = sqliteTable(
  'revocations',
  {
    /** Whose token it is: `local`, or the `iss` of the identity provider. */
    issuer: text().notNull(),
    /** The token's id. */
    jti: text().notNull(),
    revokedAt: time().notNull(),
    /** When the token would have expired; null where it never does. */
    expiresAt: time(),
  },
  (t) => [
    primaryKey({ columns: [t.issuer, t.jti] }),
    index('revocations_expiring').on(t.expiresAt).where(sql`expires_at is not null`),
  ],
)
