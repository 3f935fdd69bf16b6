import { SignJWT } from 'jose'
import { localVariables } from './project.ts'

export interface TokenWish {
  readonly user: string
  /** The user name when not given. */
  readonly sub?: string | undefined
  readonly email?: string | undefined
  /** As jose takes it: `1h`, `30d`. */
  readonly expires?: string | undefined
}

/** Of a server, what decides which tokens it accepts. */
export interface Signing {
  readonly secret: string
  /** What the server takes them to be when they are not set. */
  readonly issuer?: string | undefined
  readonly audience?: string | undefined
}

/** A token that a server accepts. Throws a `TypeError` for an `expires` that says no time. */
export async function signToken(
  { user, sub = user, email, expires = '30d' }: TokenWish,
  { secret, issuer, audience }: Signing,
): Promise<string> {
  return new SignJWT({ username: user, ...(email === undefined ? {} : { email }) })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime(expires)
    .setJti(crypto.randomUUID())
    .setIssuer(issuer || 'dreamlake')
    .setAudience(audience || 'dreamlake')
    .sign(new TextEncoder().encode(secret))
}

/** A token that a server with the local secret accepts. */
export async function signLocalToken(wish: TokenWish): Promise<string> {
  const { JWT_SECRET, JWT_ISSUER, JWT_AUDIENCE } = localVariables()
  if (!JWT_SECRET) throw new Error('Neither .dev.vars nor .dev.vars.example has a JWT_SECRET.')
  return signToken(wish, { secret: JWT_SECRET, issuer: JWT_ISSUER, audience: JWT_AUDIENCE })
}
