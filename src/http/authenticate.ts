import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  decodeProtectedHeader,
  errors,
  type JWKSCacheInput,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwksCache,
  jwtVerify,
  SignJWT,
} from 'jose'
import type { Config, IdentityProvider } from '../config.ts'
import type { Caller } from '../domain/access.ts'
import { isApiToken, looksLikeApiToken } from '../domain/apitoken.ts'
import { type Failure, Refusal } from '../domain/failure.ts'
import { slugFrom } from '../domain/slug.ts'
import { lineFault } from '../domain/text.ts'

/** The algorithms of each kind of key. A token never chooses: an HMAC key verifies nothing but HS256. */
const HMAC_ALGORITHM = 'HS256'
const PROVIDER_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA']

/** The issuer of the users that the server's own tokens name; an identity provider's `iss` is a URL. */
const LOCAL_ISSUER = 'local'
const MOST_IN_A_SUBJECT = 255

/** Who sent the request, by its bearer token; refuses it with the reason when nobody can be told from it. */
export async function authenticate(request: Request, config: Config): Promise<Caller> {
  const token = bearerOf(request)
  if (looksLikeApiToken(token)) return callerByApiToken(token)
  const algorithm = algorithmOf(token)
  if (algorithm === HMAC_ALGORITHM) return verifyOwn(token, config)
  if (config.identity && PROVIDER_ALGORITHMS.includes(algorithm))
    return callerFrom(await verifyProvided(token, config.identity), config.identity.issuer)
  throw new Refusal('token_algorithm_refused')
}

/** Who the identity provider says it is: no other token will do. */
export async function authenticateByProvider(request: Request, provider: IdentityProvider): Promise<Caller> {
  const token = bearerOf(request)
  if (!PROVIDER_ALGORITHMS.includes(algorithmOf(token))) throw new Refusal('token_algorithm_refused')
  const payload = await verifyProvided(token, provider)
  if (!isSubject(payload.sub)) throw new Refusal('claims_insufficient')
  return callerFrom(payload, provider.issuer)
}

function bearerOf(request: Request): string {
  const header = request.headers.get('Authorization')
  if (header === null || header.trim() === '') throw new Refusal('token_missing')
  const token = /^Bearer +([\w-]+\.[\w-]*\.[\w-]*|dlk_\w+)$/i.exec(header.trim())?.[1]
  if (!token) throw new Refusal('token_malformed')
  return token
}

/** An API token names nobody by itself: the database knows by its hash whose it is, and whether it still is. */
async function callerByApiToken(token: string): Promise<Caller> {
  if (!isApiToken(token)) throw new Refusal('token_malformed')
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
  return new SignJWT(claims)
    .setProtectedHeader({ alg: HMAC_ALGORITHM, typ: 'JWT' })
    .setSubject(sub)
    .setJti(crypto.randomUUID())
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + tokens.lifetime)
    .setIssuer(tokens.issuer)
    .setAudience(tokens.audience)
    .sign(secret)
}

function algorithmOf(token: string): string {
  try {
    return decodeProtectedHeader(token).alg ?? ''
  } catch {
    throw new Refusal('token_malformed')
  }
}

async function verifyOwn(token: string, { tokens, development }: Config): Promise<Caller> {
  const payload = await firstVerified(token, tokens.secrets)
  const isComplete =
    ![payload.exp, payload.iss, payload.aud].includes(undefined) && textOf(payload.jti) !== null
  if (!development && !isComplete) throw new Refusal('token_claims_missing')
  if (payload.iss !== undefined && payload.iss !== tokens.issuer) throw new Refusal('token_issuer_mismatch')
  if (payload.aud !== undefined && ![payload.aud].flat().includes(tokens.audience)) {
    throw new Refusal('token_audience_mismatch')
  }
  // A token that the server exchanged for an identity token goes on naming that issuer's user.
  const issuer = payload.idp === undefined ? LOCAL_ISSUER : textOf(payload.idp)
  if (issuer === null) throw new Refusal('token_malformed')
  return callerFrom(payload, issuer)
}

/** The claims under the first key whose signature holds; a token of the secret before stays good. */
async function firstVerified(token: string, secrets: readonly Uint8Array[]): Promise<JWTPayload> {
  for (const [index, secret] of secrets.entries()) {
    try {
      return (await jwtVerify(token, secret, { algorithms: [HMAC_ALGORITHM] })).payload
    } catch (error) {
      const isLast = index === secrets.length - 1
      if (!(error instanceof errors.JWSSignatureVerificationFailed) || isLast) throw refusalOf(error)
    }
  }
  throw new Refusal('not_configured')
}

interface KeySet {
  readonly remote: JWTVerifyGetKey
  /** What the issuer answered last, kept by jose. */
  readonly cache: JWKSCacheInput
  /** When the issuer could not be asked last, in epoch milliseconds. */
  failedAt: number
}

const keySets = new Map<string, KeySet>()

/**
 * One key set an isolate. jose caches the keys, asks anew for them every ten minutes, and for an unknown one at most
 * every 30 seconds.
 */
function keySetAt(url: string): KeySet {
  const known = keySets.get(url)
  if (known) return known
  const cache: JWKSCacheInput = {}
  const remote = createRemoteJWKSet(new URL(url), {
    [jwksCache]: cache,
    [customFetch]: (address, options) =>
      fetch(address, options).catch((cause: unknown) => {
        throw Object.assign(new Refusal('issuer_unreachable'), { cause })
      }),
  })
  const made = { remote, cache, failedAt: 0 }
  keySets.set(url, made)
  return made
}

/** An issuer that is down is asked no more often than one that is up. */
const COOLDOWN_MILLISECONDS = 30_000
/** A day: a key that the issuer has withdrawn meanwhile is not good for ever. */
const LAST_KEYS_MILLISECONDS = 86_400_000

async function verifyProvided(token: string, provider: IdentityProvider): Promise<JWTPayload> {
  const options = {
    algorithms: PROVIDER_ALGORITHMS,
    issuer: provider.issuer,
    audience: provider.audience,
    requiredClaims: ['exp'],
  }
  const set = keySetAt(provider.jwksUrl)
  const isResting = 'jwks' in set.cache && Date.now() - set.failedAt < COOLDOWN_MILLISECONDS
  if (isResting) return verifyByLastKeys(token, set, options, new Refusal('issuer_unreachable'))
  try {
    return await verifyBy(set.remote, token, options)
  } catch (error) {
    const refused = refusalOf(error)
    if (!(refused instanceof Refusal) || refused.failure !== 'issuer_unreachable') throw refused
    set.failedAt = Date.now()
    return verifyByLastKeys(token, set, options, refused)
  }
}

/** While the issuer is down the keys that it had go on being good, and of others nothing can be said. */
async function verifyByLastKeys(
  token: string,
  { cache }: KeySet,
  options: JWTVerifyOptions,
  unreachable: Refusal,
): Promise<JWTPayload> {
  if (!('jwks' in cache) || Date.now() - cache.uat > LAST_KEYS_MILLISECONDS) throw unreachable
  try {
    return await verifyBy(createLocalJWKSet(cache.jwks), token, options)
  } catch (error) {
    throw error instanceof errors.JWKSNoMatchingKey ? unreachable : refusalOf(error)
  }
}

async function verifyBy(
  keys: JWTVerifyGetKey,
  token: string,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, options)).payload
  } catch (error) {
    if (error instanceof errors.JWKSMultipleMatchingKeys)
      return (await verifyWithAny(token, error, options)).payload
    throw error
  }
}

/** A token need not say which of several keys it is signed with. */
async function verifyWithAny(token: string, keys: AsyncIterable<CryptoKey>, options: JWTVerifyOptions) {
  for await (const key of keys) {
    try {
      return await jwtVerify(token, key, options)
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw refusalOf(error)
    }
  }
  throw new Refusal('token_signature_invalid')
}

function callerFrom(payload: JWTPayload, issuer: string): Caller {
  const { sub } = payload
  if (!isSubject(sub)) throw new Refusal('token_claims_missing')
  const names = [payload.username, payload.userName, payload.preferred_username, sub]
  const slugs = names.map((name) => textOf(name)).map((name) => (name === null ? null : slugFrom(name)))
  return {
    issuer,
    sub,
    username: slugs.find((slug) => slug !== null) ?? null,
    email: textOf(payload.email),
    emailVerified: typeof payload.email_verified === 'boolean' ? payload.email_verified : null,
    name: textOf(payload.name),
    givenName: textOf(payload.given_name),
    familyName: textOf(payload.family_name),
    picture: textOf(payload.picture),
    tokenHash: null,
    jti: textOf(payload.jti),
    expiresAt: typeof payload.exp === 'number' ? payload.exp * 1_000 : null,
  }
}

const isSubject = (claim: unknown): claim is string => textOf(claim, MOST_IN_A_SUBJECT) !== null

const MOST_IN_A_CLAIM = 1_024

/** A claim that can be stored; anything else counts as not there. */
const textOf = (claim: unknown, most = MOST_IN_A_CLAIM): string | null =>
  typeof claim === 'string' && claim !== '' && claim.length <= most && lineFault(claim) === null
    ? claim
    : null

function refusalOf(error: unknown): Error {
  if (error instanceof Refusal) return error
  if (error instanceof errors.JWKSTimeout) return new Refusal('issuer_unreachable')
  if (error instanceof errors.JOSEError) return new Refusal(failureOf(error))
  // A key that cannot be used, such as one that is too short, or none at all.
  if (error instanceof TypeError || error instanceof DOMException)
    return new Refusal('token_signature_invalid')
  return error instanceof Error ? error : new Error(String(error))
}

function failureOf(error: errors.JOSEError): Failure {
  if (error instanceof errors.JWTExpired) return 'token_expired'
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.reason === 'missing') return 'token_claims_missing'
    if (error.claim === 'nbf' && error.reason === 'check_failed') return 'token_not_yet_valid'
    if (error.claim === 'iss') return 'token_issuer_mismatch'
    if (error.claim === 'aud') return 'token_audience_mismatch'
    return 'token_malformed'
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'token_algorithm_refused'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'token_signature_invalid'
  if (error instanceof errors.JWKSNoMatchingKey) return 'token_signature_invalid'
  // A generic one is what a key set answers with when its host answers with anything but a key set.
  if (error.code === 'ERR_JOSE_GENERIC' || error instanceof errors.JWKSInvalid) return 'issuer_unreachable'
  return 'token_malformed'
}
