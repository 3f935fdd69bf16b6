/** Who asks, from a verified token. What the caller may do is decided in SQL, never here. */
export interface Caller {
  /** `local` for the server's own tokens, else the `iss` of the identity provider. With `sub`, the user. */
  readonly issuer: string | null
  readonly sub: string | null
  /** Of an API token, which names its user in the database alone: SHA-256, as hex digits. */
  readonly tokenHash: string | null
  /** The slug that the token's claims make; null where none makes one. */
  readonly username: string | null
  readonly email: string | null
  readonly emailVerified: boolean | null
  readonly name: string | null
  readonly givenName: string | null
  readonly familyName: string | null
  readonly picture: string | null
  /** The signed token's id, by which it can be revoked. */
  readonly jti: string | null
  /** When the signed token expires, in epoch milliseconds; null where it never does. */
  readonly expiresAt: number | null
}

/** What an API token may be good for, as bits. */
export const scopes = { read: 1, write: 2, upload: 4 } as const

export type Scope = keyof typeof scopes

/** What a signed token has besides: whatever its user may do with tokens, members and namespaces. */
export const PERSONAL = 8

/** The scopes of a signed token. */
export const ALL_SCOPES = scopes.read | scopes.write | scopes.upload | PERSONAL

/**
 * What a route needs: the rank of the caller's role (the ranks that `members.role` holds; a higher one includes the
 * lower ones), and one of these scopes of the token.
 */
export const grants = {
  read: { rank: 1, scopes: scopes.read },
  /** To look at what one may be sending. */
  watch: { rank: 1, scopes: scopes.read | scopes.write | scopes.upload },
  /** To create episodes, assets and uploads. */
  upload: { rank: 2, scopes: scopes.write | scopes.upload },
  write: { rank: 2, scopes: scopes.write },
  /** To see what was purged. */
  audit: { rank: 3, scopes: scopes.read },
  /** To purge before the time. */
  purge: { rank: 3, scopes: scopes.write },
  own: { rank: 3, scopes: PERSONAL },
  /** To manage what is one's own, whatever the role. */
  self: { rank: 0, scopes: PERSONAL },
} as const

export type Grant = keyof typeof grants

/** The roles of members, by rank. */
export const roles = { reader: 1, writer: 2, owner: 3 } as const

export type Role = keyof typeof roles
