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
import type { IdentityProvider } from '../config.ts'
import { type Failure, Refusal } from '../domain/failure.ts'

/** JSON Web Tokens (RFC 7519): the only house of jose. */

export type Claims = JWTPayload

/** The algorithms of each kind of key. A token never chooses: an HMAC key verifies nothing but HS256. */
const HMAC_ALGORITHM = 'HS256'
const PROVIDER_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA']

/** Whose key a token says that it is signed with; `other` for what is accepted by no key. Refuses what is no token. */
export function signerOf(token: string): 'server' | 'provider' | 'other' {
  // Another spelling of the same signature would be another credential to whoever counts them.
  if (!isCanonical(token.slice(token.lastIndexOf('.') + 1))) throw new Refusal('token_malformed')
  const algorithm = algorithmOf(token)
  if (algorithm === HMAC_ALGORITHM) return 'server'
  return PROVIDER_ALGORITHMS.includes(algorithm) ? 'provider' : 'other'
}

/** Whether base64url spells its bytes in the one way that leaves no bit unused. */
function isCanonical(text: string): boolean {
  const alphabet = 'base64url'
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet, lastChunkHandling: 'loose' })
    return bytes.toBase64({ alphabet, omitPadding: true }) === text
  } catch {
    return false
  }
}

function algorithmOf(token: string): string {
  try {
    return decodeProtectedHeader(token).alg ?? ''
  } catch {
    throw new Refusal('token_malformed')
  }
}

/** A token of the server's own, as it is issued. */
export interface Issued {
  readonly claims: Readonly<Record<string, string>>
  readonly sub: string
  readonly issuer: string
  readonly audience: string
  /** Seconds since the epoch, and seconds that it lives. */
  readonly issuedAt: number
  readonly lifetime: number
}

export const sign = (
  { claims, sub, issuer, audience, issuedAt, lifetime }: Issued,
  secret: Uint8Array,
): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: HMAC_ALGORITHM, typ: 'JWT' })
    .setSubject(sub)
    .setJti(crypto.randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + lifetime)
    .setIssuer(issuer)
    .setAudience(audience)
    .sign(secret)

/** The claims under the first key whose signature holds; a token of the secret before stays good. */
export async function verifyOwn(token: string, secrets: readonly Uint8Array[]): Promise<JWTPayload> {
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
/** Without any keys nobody can be let in meanwhile: then it is asked again sooner. */
const FIRST_COOLDOWN_MILLISECONDS = 5_000
/** A day: a key that the issuer has withdrawn meanwhile is not good for ever. */
const LAST_KEYS_MILLISECONDS = 86_400_000

/** How far the identity provider's clock may be from this one. */
export const LEEWAY_SECONDS = 30

/** The claims of a token of the identity provider's. */
export async function verifyProvided(token: string, provider: IdentityProvider): Promise<JWTPayload> {
  const options = {
    algorithms: PROVIDER_ALGORITHMS,
    issuer: provider.issuer,
    audience: provider.audience,
    requiredClaims: ['exp'],
    clockTolerance: LEEWAY_SECONDS,
  }
  const set = keySetAt(provider.jwksUrl)
  const cooldown = 'jwks' in set.cache ? COOLDOWN_MILLISECONDS : FIRST_COOLDOWN_MILLISECONDS
  const isResting = Date.now() - set.failedAt < cooldown
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
