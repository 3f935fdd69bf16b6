import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ask } from '../../support/world.ts'

/** Tokens of an identity provider, whose key set is the only host that the server may ask. */

interface Provider {
  readonly variables: Readonly<Record<string, string>>
  readonly serve: (answer: () => Response | Promise<Response>) => void
  readonly asked: () => number
}

let provider: Provider

beforeEach(() => {
  const issuer = `https://${crypto.randomUUID()}.example`
  const url = `${issuer}/jwks`
  let answer: () => Response | Promise<Response> = () => new Response('nothing here', { status: 500 })
  const fetching = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    expect(String(input)).toBe(url)
    return answer()
  })
  provider = {
    variables: { AUTH_JWKS_URL: url, AUTH_ISSUER: issuer, AUTH_AUDIENCE: 'dreamlake' },
    serve: (next) => {
      answer = next
    },
    asked: () => fetching.mock.calls.length,
  }
})

afterEach(() => vi.restoreAllMocks())

async function key(alg: string, kid: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }
  const sign = (
    claims: JWTPayload = {},
    expires: string | number = '1h',
    named: { kid?: string } = { kid },
  ) =>
    new SignJWT({ sub: 'carol', iss: provider.variables.AUTH_ISSUER, aud: 'dreamlake', ...claims })
      .setProtectedHeader({ alg, ...named })
      .setExpirationTime(expires)
      .sign(privateKey)
  return { jwk, sign }
}

const serveKeys = (...keys: readonly unknown[]) => provider.serve(() => Response.json({ keys }))
const me = (token: string) => ask('GET', '/auth/me', { token, variables: provider.variables })

describe('a token of the configured issuer', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('is accepted with %s', async (alg) => {
    const { jwk, sign } = await key(alg, alg)
    serveKeys(jwk)
    const answer = await me(await sign({ preferred_username: 'Carol Danvers', email: 'carol@example.com' }))
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ sub: 'carol', email: 'carol@example.com' })
    expect(answer.body.username).toMatch(/^carol-danvers(-\d+)?$/)
  })

  it.each([
    ['another issuer', { iss: 'https://evil.example' }, 'token_issuer_mismatch'],
    ['another audience', { aud: 'elsewhere' }, 'token_audience_mismatch'],
    ['no audience', { aud: undefined }, 'token_claims_missing'],
    ['no subject', { sub: undefined }, 'token_claims_missing'],
    ['a start in the future', { nbf: 4_000_000_000 }, 'token_not_yet_valid'],
  ])('is refused with %s', async (_, claims, code) => {
    const { jwk, sign } = await key('ES256', 'one')
    serveKeys(jwk)
    const answer = await me(await sign(claims as JWTPayload))
    expect([answer.status, answer.body.code]).toEqual([401, code])
  })

  it('is refused when it has expired, and when its key is not of the set', async () => {
    const [one, other] = [await key('ES256', 'one'), await key('ES256', 'other')]
    serveKeys(one.jwk)
    expect((await me(await one.sign({}, 1_000))).body.code).toBe('token_expired')
    expect((await me(await other.sign())).body.code).toBe('token_signature_invalid')
  })

  it('names another user than the same subject of the server itself, or of another issuer', async () => {
    const { jwk, sign } = await key('ES256', 'one')
    serveKeys(jwk)
    const provided = await me(await sign())
    const own = await new SignJWT({ sub: 'carol' })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode('your-secret-key-change-this-in-production'))
    const local = await me(own)
    expect([provided.status, local.status]).toEqual([200, 200])
    expect(local.body.id).not.toBe(provided.body.id)
    expect(local.body.namespace.id).not.toBe(provided.body.namespace.id)
  })

  it('need not name its key, where several are there', async () => {
    const [one, other] = [await key('ES256', 'one'), await key('ES256', 'other')]
    serveKeys(one.jwk, other.jwk)
    const stranger = await key('ES256', 'stranger')
    expect((await me(await other.sign({}, '1h', {}))).status).toBe(200)
    expect((await me(await stranger.sign({}, '1h', {}))).body.code).toBe('token_signature_invalid')
    expect((await me(await other.sign({}, 1_000, {}))).body.code).toBe('token_expired')
  })

  it('verifies an address anew when the address is another one', async () => {
    const { jwk, sign } = await key('ES256', 'one')
    serveKeys(jwk)
    const verified = async (claims: JWTPayload) => (await me(await sign(claims))).body.email_verified
    expect(await verified({ email: 'a@example.com', email_verified: true })).toBe(true)
    expect(await verified({ email: 'a@example.com' })).toBe(true)
    expect(await verified({ email: 'b@example.com' })).toBeNull()
  })

  it('is verified with cached keys', async () => {
    const { jwk, sign } = await key('ES256', 'one')
    serveKeys(jwk)
    await me(await sign())
    await me(await sign())
    expect(provider.asked()).toBe(1)
  })
})

describe('an issuer that cannot tell its keys', () => {
  it.each<[string, () => Response | Promise<Response>]>([
    ['is down', () => Promise.reject(new TypeError('fetch failed'))],
    ['answers 500', () => new Response('no', { status: 500 })],
    ['answers no JSON', () => new Response('<html>')],
    ['answers no key set', () => Response.json({ hello: 'world' })],
  ])('that %s is 503 and not 401', async (_, answer) => {
    const { sign } = await key('ES256', 'one')
    provider.serve(answer)
    const refused = await me(await sign())
    expect([refused.status, refused.body.code]).toEqual([503, 'issuer_unreachable'])
  })
})
