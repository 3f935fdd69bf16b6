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

/** A token that a server with the local secret accepts. Throws a `TypeError` for an `expires` that says no time. */
export async function signLocalToken({
  user,
  sub = user,
  email,
  expires = '30d',
}: TokenWish): Promise<string> {
  const { JWT_SECRET, JWT_ISSUER, JWT_AUDIENCE } = localVariables()
  if (!JWT_SECRET) throw new Error('Neither .dev.vars nor .dev.vars.example has a JWT_SECRET.')
  return new SignJWT({ username: user, ...(email === undefined ? {} : { email }) })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime(expires)
    .setJti(crypto.randomUUID())
    .setIssuer(JWT_ISSUER || 'dreamlake')
    .setAudience(JWT_AUDIENCE || 'dreamlake')
    .sign(new TextEncoder().encode(JWT_SECRET))
}
