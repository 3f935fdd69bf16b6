/** Who asks, from a verified token. What the caller may do is decided in SQL, never here. */
export interface Caller {
  /** `local` for the server's own tokens, else the `iss` of the identity provider. With `sub`, the user. */
  readonly issuer: string
  readonly sub: string
  /** The slug that the token's claims make; null where none makes one. */
  readonly username: string | null
  readonly email: string | null
  readonly emailVerified: boolean | null
  readonly name: string | null
  readonly givenName: string | null
  readonly familyName: string | null
  readonly picture: string | null
  /** The token's id, by which it can be revoked. */
  readonly jti: string | null
}

/** What a route needs. A higher one includes the lower ones: these are the ranks that `members.role` holds. */
export const grants = { read: 1, write: 2, own: 3 } as const

export type Grant = keyof typeof grants
