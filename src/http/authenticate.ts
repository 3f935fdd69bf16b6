import {
  createRemoteJWKSet,
  customFetch,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose'
import type { Config, IdentityProvider } from '../config.ts'
import type { Caller } from '../domain/access.ts'
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
  const header = request.headers.get('Authorization')
  if (header === null || header.trim() === '') throw new Refusal('token_missing')
  const token = /^Bearer +([\w-]+\.[\w-]*\.[\w-]*)$/i.exec(header.trim())?.[1]
  if (!token) throw new Refusal('token_malformed')
  const algorithm = algorithmOf(token)
  if (algorithm === HMAC_ALGORITHM) return verifyOwn(token, config)
  if (config.identity && PROVIDER_ALGORITHMS.includes(algorithm))
    return verifyProvided(token, config.identity)
  throw new Refusal('token_algorithm_refused')
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
  return callerFrom(payload, textOf(payload.idp) ?? LOCAL_ISSUER)
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

const keySets = new Map<string, JWTVerifyGetKey>()

/** One key set an isolate: it caches the keys, and asks again for an unknown one at most every 30 seconds. */
function keySetAt(url: string): JWTVerifyGetKey {
  const known = keySets.get(url)
  if (known) return known
  const made = createRemoteJWKSet(new URL(url), {
    [customFetch]: (address, options) =>
      fetch(address, options).catch((cause: unknown) => {
        throw Object.assign(new Refusal('issuer_unreachable'), { cause })
      }),
  })
  keySets.set(url, made)
  return made
}

async function verifyProvided(token: string, provider: IdentityProvider): Promise<Caller> {
  const options = {
    algorithms: PROVIDER_ALGORITHMS,
    issuer: provider.issuer,
    audience: provider.audience,
    requiredClaims: ['exp'],
  }
  const verified = await jwtVerify(token, keySetAt(provider.jwksUrl), options).catch((error: unknown) => {
    if (error instanceof errors.JWKSMultipleMatchingKeys) return verifyWithAny(token, error, options)
    throw refusalOf(error)
  })
  return callerFrom(verified.payload, provider.issuer)
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
  const sub = textOf(payload.sub)
  if (sub === null || sub.length > MOST_IN_A_SUBJECT) throw new Refusal('token_claims_missing')
  const names = [payload.username, payload.userName, payload.preferred_username, sub]
  const slugs = names.map(textOf).map((name) => (name === null ? null : slugFrom(name)))
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
    jti: textOf(payload.jti),
  }
}

/** A claim that can be stored; anything else counts as not there. */
const textOf = (claim: unknown): string | null =>
  typeof claim === 'string' && claim !== '' && lineFault(claim) === null ? claim : null

function refusalOf(error: unknown): Error {
  if (error instanceof Refusal) return error
  if (error instanceof errors.JWKSTimeout) return new Refusal('issuer_unreachable')
  if (error instanceof errors.JOSEError) return new Refusal(failureOf(error))
  // A key that jose will not use, such as one that is too short.
  if (error instanceof TypeError) return new Refusal('token_signature_invalid')
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
