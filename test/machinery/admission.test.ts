import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { mintApiToken } from '../../src/domain/api-token.ts'
import { endpoints } from '../../src/endpoints.ts'
import { expectLimited, forged, garbage, type Limit, platform } from '../support/limiters.ts'
import { type Fixture, fixture, type Sample, samplesFor } from '../support/samples.ts'
import { ask, Tenant, tokenFor } from '../support/world.ts'

/** Who is let in, and what is done for whom before it is known who asks. */

const cases = endpoints
  .map(({ route }) => route)
  .filter(({ open }) => !open)
  .map(({ operationId, method }) => ({ operationId, method }))

let shared: Fixture

const sampleOf = (operationId: string): Sample => {
  const sample = samplesFor(shared)[operationId]
  if (!sample) throw new Error(`test/support/samples.ts has no sample of ${operationId}`)
  return sample
}

beforeAll(async () => {
  shared = await fixture()
})

const identified = (username: string, jti = crypto.randomUUID()) => tokenFor(username, { claims: { jti } })

/** Credentials that nobody has seen accepted; the last two are good ones. */
const unseen: Readonly<Record<string, () => string | Promise<string>>> = {
  garbage,
  'a made-up API token': mintApiToken,
  'a made-up signed token': forged,
  'a signed token': () => tokenFor(`new-${crypto.randomUUID()}`),
  'a signed token that can be revoked': () => identified(`new-${crypto.randomUUID()}`),
}

const limitsOf = (counted: readonly { readonly limit: Limit }[]) => counted.map(({ limit }) => limit)

const apiTokenOf = async (tenant: Tenant, scope = 'read') =>
  (await tenant.ask('POST', '/auth/tokens', { name: 'job', scopes: [scope] })).body

describe('where strangers have asked too much from an address', () => {
  it.each(cases)(
    'nothing is done for a credential that nobody has seen: $method $operationId',
    async ({ operationId, method }) => {
      const { path, body } = sampleOf(operationId)
      for (const make of Object.values(unseen)) {
        const { counted, variables } = platform('strangers')
        const asked = { token: await make(), variables, ...(body === undefined ? {} : { body }) }
        expectLimited(await ask(method, path, asked), 'strangers', 300)
        expect(limitsOf(counted)).toEqual(['strangers'])
      }
    },
  )

  it.each(cases)(
    'one that was accepted before goes on being good: $method $operationId',
    async ({ operationId, method }) => {
      const { path, body } = sampleOf(operationId)
      const tenant = await Tenant.arrive()
      const { token } = await apiTokenOf(tenant)
      const tokens = [tenant.token, await identified(tenant.slug), token]
      for (const token of tokens) expect((await ask('GET', '/auth/me', { token })).status).toBe(200)
      for (const token of tokens) {
        const { counted, variables } = platform('strangers')
        const answer = await ask(method, path, { token, variables, ...(body === undefined ? {} : { body }) })
        expect([answer.status === 429, limitsOf(counted)]).toEqual([
          false,
          [method === 'GET' ? 'reads' : 'writes'],
        ])
      }
    },
  )

  it('a configuration that is unsafe does not tell so either', async () => {
    const { variables } = platform('strangers')
    const token = await tokenFor(crypto.randomUUID())
    const asked = { token, variables: { ...variables, JWT_SECRET: 'short' } }
    expectLimited(await ask('GET', '/namespaces', asked), 'strangers', 300)
  })
})

describe('a credential that was not seen', () => {
  it.each(Object.entries(unseen))('counts as a stranger once: %s', async (_, make) => {
    const { counted, variables } = platform()
    await ask('GET', '/namespaces', { token: await make(), variables })
    expect(limitsOf(counted).filter((limit) => limit === 'strangers')).toHaveLength(1)
  })

  it.each([
    [200, 'GET', '/namespaces', undefined],
    [400, 'POST', '/namespaces', { slug: 5 }],
    [404, 'GET', '/namespaces/no.such', undefined],
    [403, 'PATCH', '/auth/me', { name: 'x' }],
  ] as const)('was seen once it was answered with %i', async (status, method, path, body) => {
    const { token } = await apiTokenOf(await Tenant.arrive())
    const given = body === undefined ? {} : { body }
    expect((await ask(method, path, { token, ...given })).status).toBe(status)
    const { variables } = platform('strangers')
    expect((await ask(method, path, { token, ...given, variables })).status).toBe(status)
  })

  it('was not seen where D1 could not say if it is good', async () => {
    const { token } = await apiTokenOf(await Tenant.arrive())
    const overloaded = () => Promise.reject(new Error('D1 is overloaded'))
    const down = () => Promise.reject(new Error('out of order'))
    for (const [status, disturb] of [
      [503, overloaded],
      [500, down],
    ] as const)
      expect((await ask('GET', '/namespaces', { token, disturb })).status).toBe(status)
    expectLimited(
      await ask('GET', '/namespaces', { token, variables: platform('strangers').variables }),
      'strangers',
      300,
    )
  })

  it('is refused after the size of the body was, and before what it says', async () => {
    const large = { 'Content-Length': '9999999' }
    const text = { 'Content-Type': 'text/plain' }
    const asked = { token: garbage(), raw: 'x' }
    expect((await ask('POST', '/namespaces', { ...asked, headers: large })).status).toBe(413)
    expect((await ask('POST', '/namespaces', { ...asked, headers: text })).status).toBe(401)
  })
})

describe('a credential that was accepted', () => {
  afterEach(() => vi.useRealTimers())

  /** The answers to the credential from now on, while strangers may ask and when they may not. */
  async function expectUnknown(token: string, code: string): Promise<void> {
    const first = platform()
    const answer = await ask('GET', '/namespaces', { token, variables: first.variables })
    expect([answer.status, answer.body.code]).toEqual([401, code])
    expect(limitsOf(first.counted).at(-1)).toBe('strangers')
    expect(limitsOf(first.counted).filter((limit) => limit === 'strangers')).toHaveLength(1)
    const { variables } = platform('strangers')
    expectLimited(await ask('GET', '/namespaces', { token, variables }), 'strangers', 300)
  }

  it('is a stranger again when it is revoked: an API token', async () => {
    const tenant = await Tenant.arrive()
    const { id, token } = await apiTokenOf(tenant)
    expect((await ask('GET', '/namespaces', { token })).status).toBe(200)
    await tenant.ask('DELETE', `/auth/tokens/${id}`)
    await expectUnknown(token, 'token_revoked')
  })

  it('is a stranger again when it is revoked: a signed token', async () => {
    const token = await identified((await Tenant.arrive()).slug)
    expect((await ask('GET', '/namespaces', { token })).status).toBe(200)
    expect((await ask('POST', '/auth/logout', { token })).status).toBe(200)
    await expectUnknown(token, 'token_revoked')
  })

  it('is a stranger again when it has expired, and its user is counted no more', async () => {
    const start = Math.floor(Date.now() / 1_000)
    const token = await tokenFor((await Tenant.arrive()).slug, { expiresAt: start + 3_600 })
    expect((await ask('GET', '/namespaces', { token })).status).toBe(200)
    vi.useFakeTimers({ toFake: ['Date'], now: (start + 3_600) * 1_000 })
    await expectUnknown(token, 'token_expired')
  })
})

/** An identity provider that can be down. */
async function provider() {
  const host = `https://${crypto.randomUUID()}.example`
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }
  const asked = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json({ keys: [jwk] }))
  const sign = (key = privateKey) =>
    new SignJWT({ username: `user-${crypto.randomUUID()}` })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setSubject(crypto.randomUUID())
      .setIssuer(host)
      .setAudience('lab')
      .setExpirationTime('1h')
      .sign(key)
  return { asked, sign, variables: { AUTH_JWKS_URL: host, AUTH_ISSUER: host, AUTH_AUDIENCE: 'lab' } }
}

describe('an identity provider', () => {
  afterEach(() => vi.restoreAllMocks())

  it.each(['GET /auth/me', 'POST /auth/exchange'])('is not asked for strangers: %s', async (route) => {
    const [method = '', path = ''] = route.split(' ')
    const { asked, sign, variables } = await provider()
    const { privateKey } = await generateKeyPair('ES256')
    const strangers = platform('strangers')
    for (const token of [await sign(), await sign(privateKey)]) {
      const limited = { token, variables: { ...variables, ...strangers.variables } }
      expectLimited(await ask(method, path, limited), 'strangers', 300)
    }
    expect(asked).not.toHaveBeenCalled()
  })

  it('has users who are one, by its token and by the one that it is exchanged for', async () => {
    const { sign, variables } = await provider()
    const { counted, variables: limits } = platform()
    const all = { ...variables, ...limits }
    const token = await sign()
    const exchanged = await ask('POST', '/auth/exchange', { token, variables: all })
    expect(limitsOf(counted)).toEqual(['strangers', 'writes'])
    const own = exchanged.body.dreamlake_token
    const made = await ask('POST', '/auth/tokens', {
      token: own,
      variables: all,
      body: { name: 'job', scopes: ['read'] },
    })
    for (let use = 0; use < 2; use++) await ask('GET', '/auth/me', { token: made.body.token, variables: all })
    const users = counted.filter(({ limit }) => limit !== 'strangers').map(({ key }) => key)
    expect(users.map((key) => key === users[0])).toEqual([true, true, false, true])
  })

  it('that is down makes no strangers of its users', async () => {
    const { asked, sign, variables } = await provider()
    const [known, unknown] = [await sign(), await sign()]
    expect((await ask('GET', '/auth/me', { token: known, variables })).status).toBe(200)
    asked.mockRejectedValue(new TypeError('fetch failed'))
    const gone = { ...variables, AUTH_JWKS_URL: `${variables.AUTH_JWKS_URL}/moved` }
    const { counted, variables: limits } = platform()
    for (const token of [known, unknown])
      expect((await ask('GET', '/auth/me', { token, variables: { ...gone, ...limits } })).status).toBe(503)
    expect(limitsOf(counted)).toEqual(['reads', 'strangers'])
  })
})
