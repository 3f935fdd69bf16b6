import type { Config, IdentityProvider } from '../config.ts'
import type { Caller } from '../domain/access.ts'
import { isApiToken, looksLikeApiToken } from '../domain/api-token.ts'
import { type Failure, Refusal } from '../domain/failure.ts'
import { slugFrom } from '../domain/slug.ts'
import { lineFault, linkFault, nameFault } from '../domain/text.ts'
import { type Claims, LEEWAY_SECONDS, sign, signerOf, verifyOwn, verifyProvided } from './jwt.ts'

/** The issuer of the users that the server's own tokens name; an identity provider's `iss` is a URL. */
const LOCAL_ISSUER = 'local'
const MOST_IN_A_SUBJECT = 255

/** Who sent the request, by its bearer token; refuses it with the reason when nobody can be told from it. */
export async function authenticate(request: Request, config: Config): Promise<Caller> {
  const token = bearerOf(request)
  if (looksLikeApiToken(token)) return callerByApiToken(token)
  const signer = signerOf(token)
  if (signer === 'server') return callerByOwnToken(token, config)
  if (signer === 'provider' && config.identity) return callerProvided(token, config.identity)
  throw refusedFor('token_algorithm_refused', OWN_ALGORITHM_ALONE)
}

const OWN_ALGORITHM_ALONE =
  'The algorithm of the bearer token is not accepted: tokens of the server are HS256, and others need an identity provider, by RS256, PS256, ES256 or EdDSA.'
const PROVIDED_ALONE =
  'The algorithm of the bearer token is not accepted: an identity token is of RS256, PS256, ES256 or EdDSA.'

/** A refusal of the credential that says what is expected of it. */
const refusedFor = (failure: Failure, detail: string): Refusal => new Refusal(failure, [], detail)

/** Who the identity provider says it is: no other token will do. */
export async function authenticateByProvider(request: Request, provider: IdentityProvider): Promise<Caller> {
  const token = bearerOf(request)
  if (signerOf(token) !== 'provider') throw refusedFor('token_algorithm_refused', PROVIDED_ALONE)
  const payload = await verifyProvided(token, provider)
  if (!isSubject(payload.sub)) throw new Refusal('claims_insufficient')
  return callerFrom(payload, provider.issuer, LEEWAY_SECONDS)
}

const callerProvided = async (token: string, provider: IdentityProvider): Promise<Caller> =>
  callerFrom(await verifyProvided(token, provider), provider.issuer, LEEWAY_SECONDS)

function bearerOf(request: Request): string {
  const header = request.headers.get('Authorization')
  if (header === null || header.trim() === '') throw new Refusal('token_missing')
  const given = /^Bearer +(.*)$/i.exec(header.trim())?.[1]
  if (given === undefined)
    throw refusedFor('token_malformed', 'The header is not of the form Authorization: Bearer <token>.')
  if (!/^([\w-]+\.[\w-]*\.[\w-]*|dlk_\w+)$/i.test(given))
    throw refusedFor(
      'token_malformed',
      'The bearer token is malformed: it is neither a JWT nor an API token.',
    )
  return given
}

/** An API token names nobody by itself: the database knows by its hash whose it is, and whether it still is. */
async function callerByApiToken(token: string): Promise<Caller> {
  if (!isApiToken(token))
    throw refusedFor('token_malformed', 'The API token is malformed: it was cut off, or has a typing error.')
  return { ...nobody, tokenHash: await hashOf(token) }
}

const nobody: Caller = {
  issuer: null,
  sub: null,
  tokenHash: null,
  username: null,
  email: null,
  emailVerified: null,
  name: null,
  givenName: null,
  familyName: null,
  picture: null,
  jti: null,
  expiresAt: null,
}

/** What is kept of a token: SHA-256, as hex digits. It is found by an index, so no two are ever compared. */
export async function hashOf(token: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))).toHex()
}

interface IssuedToken {
  readonly issuer: string
  readonly sub: string
  readonly username: string
  readonly email: string | null
  readonly name: string | null
}

/** A token of the server's own, for a user of the identity provider: it goes on naming that issuer's user. */
export async function issueToken(
  { issuer, sub, username, email, name }: IssuedToken,
  { tokens }: Config,
  now: number,
): Promise<string> {
  const [secret] = tokens.secrets
  if (!secret) throw new Refusal('not_configured')
  const seconds = Math.floor(now / 1_000)
  const claims = {
    username,
    idp: issuer,
    ...(email === null ? {} : { email }),
    ...(name === null ? {} : { name }),
  }
  const { issuer: by, audience, lifetime } = tokens
  return sign({ claims, sub, issuer: by, audience, issuedAt: seconds, lifetime }, secret)
}

async function callerByOwnToken(token: string, { tokens, development }: Config): Promise<Caller> {
  const payload = await verifyOwn(token, tokens.secrets)
  const isComplete =
    ![payload.exp, payload.iss, payload.aud].includes(undefined) && textOf(payload.jti) !== null
  if (!development && !isComplete) throw lacking('jti', payload.jti, MOST_IN_A_CLAIM)
  if (payload.iss !== undefined && payload.iss !== tokens.issuer) throw new Refusal('token_issuer_mismatch')
  if (payload.aud !== undefined && ![payload.aud].flat().includes(tokens.audience)) {
    throw new Refusal('token_audience_mismatch')
  }
  // A token that the server exchanged for an identity token goes on naming that issuer's user.
  const issuer = payload.idp === undefined ? LOCAL_ISSUER : textOf(payload.idp)
  if (issuer === null) throw new Refusal('token_malformed')
  const caller = callerFrom(payload, issuer)
  // Of mail an exchanged token tells what its issuer once said, and may have said anew since.
  return payload.idp === undefined ? caller : { ...caller, email: null, emailVerified: null }
}

/** Names a claim that is there, and is no text that can be stored; else what a token has to have. */
const lacking = (name: string, claim: unknown, most: number): Refusal =>
  claim === undefined || textOf(claim, most) !== null
    ? new Refusal('token_claims_missing')
    : refusedFor(
        'token_claims_missing',
        `The claim ${name} of the bearer token is not a text of 1 to ${most} characters in one line.`,
      )

/** `leeway` is for how many seconds the token is good after its `exp`. */
function callerFrom(payload: Claims, issuer: string, leeway = 0): Caller {
  const { sub, exp } = payload
  if (!isSubject(sub)) throw lacking('sub', sub, MOST_IN_A_SUBJECT)
  const email = textOf(payload.email)
  const names = [payload.username, payload.userName, payload.preferred_username, sub]
  const slugs = names.map((name) => textOf(name)).map((name) => (name === null ? null : slugFrom(name)))
  return {
    issuer,
    sub,
    username: slugs.find((slug) => slug !== null) ?? null,
    email,
    // What was verified is the address.
    emailVerified:
      email !== null && typeof payload.email_verified === 'boolean' ? payload.email_verified : null,
    name: unless(nameFault, textOf(payload.name)),
    givenName: textOf(payload.given_name),
    familyName: textOf(payload.family_name),
    picture: unless(linkFault, textOf(payload.picture)),
    tokenHash: null,
    jti: textOf(payload.jti),
    expiresAt: typeof exp === 'number' ? (exp + leeway) * 1_000 : null,
  }
}

/** A claim that a request could not set counts as not there: what an account shows can be sent back. */
const unless = (faultOf: (text: string) => string | null, claim: string | null): string | null =>
  claim === null || faultOf(claim) !== null ? null : claim

const isSubject = (claim: unknown): claim is string => textOf(claim, MOST_IN_A_SUBJECT) !== null

const MOST_IN_A_CLAIM = 1_024

/** A claim that can be stored; anything else counts as not there. */
const textOf = (claim: unknown, most = MOST_IN_A_CLAIM): string | null =>
  typeof claim === 'string' && claim !== '' && claim.length <= most && lineFault(claim) === null
    ? claim
    : null
