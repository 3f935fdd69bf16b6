import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import {
  CompactSign,
  decodeJwt,
  decodeProtectedHeader,
  EncryptJWT,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWK,
  SignJWT,
} from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { endpoints } from '../../../src/endpoints.ts'
import worker from '../../../src/index.ts'
import { expectRefused, faults, ID } from '../../support/expectations.ts'
import { type Answer, type Asked, ask, Tenant, tokenFor } from '../../support/world.ts'

/** Tokens as a deployment meets them: the identity provider's, those exchanged for them, and what is forged. */

type Claims = Readonly<Record<string, unknown>>
type Served = () => Response | Promise<Response>

const hosts = new Map<string, Served>()
const fetched: string[] = []

beforeEach(() => {
  fetched.length = 0
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    fetched.push(String(input))
    return hosts.get(String(input))?.() ?? Promise.reject(new TypeError('fetch failed'))
  })
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const utf8 = new TextEncoder()
const unique = (word: string) => `${word}-${crypto.randomUUID().slice(0, 8)}`
const randomSecret = () => `${crypto.randomUUID()}-${crypto.randomUUID()}`.slice(0, 40)
const seconds = () => Math.floor(Date.now() / 1_000)

interface Key {
  readonly jwk: JWK
  readonly header: { readonly alg: string; readonly kid: string }
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
}

async function keyOf(kid: string, alg = 'ES256'): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { jwk: { ...(await exportJWK(publicKey)), kid, alg }, header: { alg, kid }, privateKey, publicKey }
}

/** An issuer that no other test has, and a deployment outside development that trusts it. */
class Provider {
  readonly issuer = `https://${crypto.randomUUID()}.example`
  readonly secret = randomSecret()
  readonly sub = unique('sub')
  readonly name = unique('carol')
  readonly variables = {
    ENVIRONMENT: undefined,
    JWT_SECRET: this.secret,
    AUTH_JWKS_URL: `${this.issuer}/jwks`,
    AUTH_ISSUER: this.issuer,
    AUTH_AUDIENCE: 'lab',
  }
  readonly key: Key

  private constructor(key: Key) {
    this.key = key
    this.publish(key.jwk)
  }

  static open = async () => new Provider(await keyOf('first'))

  serve = (answer: Served) => void hosts.set(`${this.issuer}/jwks`, answer)
  publish = (...keys: readonly JWK[]) => this.serve(() => Response.json({ keys }))

  claims = (claims: Claims = {}): Record<string, unknown> => ({
    sub: this.sub,
    username: this.name,
    iss: this.issuer,
    aud: 'lab',
    exp: seconds() + 3_600,
    ...claims,
  })

  sign = (claims: Claims = {}, { header, privateKey } = this.key) =>
    new SignJWT(this.claims(claims)).setProtectedHeader(header).sign(privateKey)

  signText = (text: string, header: Claims = {}) =>
    new CompactSign(utf8.encode(text))
      .setProtectedHeader({ ...this.key.header, ...header })
      .sign(this.key.privateKey, { crit: { unheard: true } })

  /** A token of the server's own, with all that it asks for outside development. */
  own = (claims: Claims = {}, header: Claims = {}, secret = this.secret) =>
    new SignJWT(this.claims({ iss: 'dreamlake', aud: 'dreamlake', jti: crypto.randomUUID(), ...claims }))
      .setProtectedHeader({ alg: 'HS256', ...header })
      .sign(utf8.encode(secret))

  ask = (method: string, path: string, token: string, asked: Asked = {}): Promise<Answer> =>
    ask(method, path, { token, ...asked, variables: { ...this.variables, ...asked.variables } })

  me = (token: string, variables: Asked['variables'] = {}) =>
    this.ask('GET', '/auth/me', token, { variables })
  exchange = (token: string, asked: Asked = {}) => this.ask('POST', '/auth/exchange', token, asked)
  logOut = (token: string, asked: Asked = {}) => this.ask('POST', '/auth/logout', token, asked)

  exchanged = async (claims: Claims = {}, variables: Asked['variables'] = {}): Promise<string> => {
    const { status, body } = await this.exchange(await this.sign(claims), { variables })
    expect(status).toBe(200)
    return body.dreamlake_token
  }

  users = (issuer = this.issuer) =>
    env.DB.prepare('select count(*) as n from users where issuer = ? and sub = ?')
      .bind(issuer, this.sub)
      .first('n')
}

const verdict = ({ status, body }: Answer) => [status, body.code]

/** Every protected route, with a path that leads to nothing. */
const protectedRoutes = endpoints
  .map(({ route }) => route)
  .filter(({ open, operationId }) => !open && operationId !== 'logOut')
  .map(({ method, path }) => [method, path.replace(/\{\w+\}/g, 'none')] as const)

const withBody = (method: string, raw: string): Asked =>
  method === 'GET' ? {} : { raw, headers: { 'Content-Type': 'application/json' } }

describe('POST /auth/exchange', () => {
  it.each([
    {},
    ...['', 'Basic YTpi', 'Bearer garbage', 'Bearer a.b.c'].map((Authorization) => ({ Authorization })),
  ])('without a configured issuer is 501, whatever the header: %j', async (headers) => {
    const answer = await ask('POST', '/auth/exchange', { headers })
    expect([...verdict(answer), answer.trips]).toEqual([501, 'exchange_not_configured', 0])
    const own = await ask('POST', '/auth/exchange', { token: await tokenFor(unique('alice')) })
    expect(verdict(own)).toEqual([501, 'exchange_not_configured'])
  })

  it('answers a token and whose it is, and makes the user once', async () => {
    const provider = await Provider.open()
    const profile = { email: 'carol@example.com', name: 'Carol' }
    const token = await provider.sign(profile)
    const first = await provider.exchange(token)
    const { sub, name: username } = provider
    const user = { sub, ...profile, username, id: ID }
    expect([first.status, first.body, first.trips]).toEqual([
      200,
      {
        success: true,
        dreamlake_token: expect.any(String),
        user: { ...user, isNewUser: true },
        namespace: { id: ID, slug: username },
      },
      1,
    ])
    const second = await provider.exchange(token, { headers: { 'Content-Type': 'text/plain' } })
    expect([second.body.user, second.rowsWritten]).toEqual([{ ...first.body.user, isNewUser: false }, 0])
    expect(second.body.namespace).toEqual(first.body.namespace)
    expect(second.body.dreamlake_token).not.toBe(first.body.dreamlake_token)
    const home = await provider.ask('GET', `/namespaces/${username}`, second.body.dreamlake_token)
    expect(home.body).toMatchObject({ id: first.body.namespace.id, role: 'owner' })
  })

  it('tells the mail of now, whatever an older token of the server says of it', async () => {
    const provider = await Provider.open()
    const verified = { email_verified: true }
    const older = await provider.exchanged({ email: 'old@example.com', ...verified })
    const newer = await provider.exchanged({ email: 'new@example.com', ...verified })
    for (const token of [newer, older, newer]) {
      const { body, rowsWritten } = await provider.me(token)
      expect([body.email, body.email_verified, rowsWritten]).toEqual(['new@example.com', true, 0])
    }
    // What is verified is the address that is told with it.
    const unsaid = await provider.sign({ email_verified: false })
    expect((await provider.me(unsaid)).body).toMatchObject({ email: 'new@example.com', email_verified: true })
  })

  it('sent five times at once makes one user, and tells one of them that it is new', async () => {
    const provider = await Provider.open()
    const token = await provider.sign()
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => provider.exchange(token)))
    expect(new Set(answers.map(({ body }) => body.user.id)).size).toBe(1)
    expect(answers.filter(({ body }) => body.user.isNewUser)).toHaveLength(1)
    expect(await provider.users()).toBe(1)
  })

  it('whose first answer D1 lost still tells that the user is new', async () => {
    const provider = await Provider.open()
    const answer = await provider.exchange(await provider.sign(), { disturb: losingOneAnswer() })
    expect([answer.status, answer.trips, answer.body.user.isNewUser]).toEqual([200, 2, true])
  })

  it.each<[string, number, string, (provider: Provider) => Promise<string | undefined>]>([
    ['no token', 401, 'token_missing', async () => undefined],
    ['an own token of this server', 401, 'token_algorithm_refused', (p) => p.own()],
    ['an exchanged token', 401, 'token_algorithm_refused', (p) => p.exchanged({ sub: 'another' })],
    ['an API token', 401, 'token_malformed', async () => `dlk_${'a'.repeat(43)}`],
    ['another audience', 401, 'token_audience_mismatch', (p) => p.sign({ aud: 'dreamlake' })],
    ['audiences without ours', 401, 'token_audience_mismatch', (p) => p.sign({ aud: ['a', 'lab '] })],
    ['another issuer', 401, 'token_issuer_mismatch', (p) => p.sign({ iss: `${p.issuer}/` })],
    ['an expired token', 401, 'token_expired', (p) => p.sign({ exp: seconds() - 31 })],
    ['one for later', 401, 'token_not_yet_valid', (p) => p.sign({ nbf: seconds() + 600 })],
    ['no subject', 400, 'claims_insufficient', (p) => p.sign({ sub: undefined })],
    ['an empty subject', 400, 'claims_insufficient', (p) => p.sign({ sub: '' })],
    ['a number as subject', 400, 'claims_insufficient', (p) => p.sign({ sub: 7 })],
    ['a subject with a line break', 400, 'claims_insufficient', (p) => p.sign({ sub: 'a\nb' })],
    ['a subject of 256 characters', 400, 'claims_insufficient', (p) => p.sign({ sub: 'x'.repeat(256) })],
  ])('with %s is %i %s, and makes nobody', async (_, status, code, make) => {
    const provider = await Provider.open()
    const token = await make(provider)
    const given = token === undefined ? {} : { token }
    const answer = await ask('POST', '/auth/exchange', { ...given, variables: provider.variables })
    expect([...verdict(answer), answer.trips, answer.rowsWritten]).toEqual([status, code, 0, 0])
    expect(await provider.users()).toBe(0)
    if (status === 401) expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Bearer/)
  })

  it('refuses an identity token that was logged out, and makes nobody', async () => {
    const provider = await Provider.open()
    const token = await provider.sign({ jti: 'one' })
    expect((await provider.logOut(token)).status).toBe(200)
    const answer = await provider.exchange(token)
    expect([...verdict(answer), answer.rowsWritten]).toEqual([401, 'token_revoked', 0])
    expect(await provider.users()).toBe(0)
  })
})

/** D1 commits the first batch, and its answer never comes. */
function losingOneAnswer(): NonNullable<Asked['disturb']> {
  let isFirst = true
  return async (batch) => {
    const results = await batch()
    if (!isFirst) return results
    isFirst = false
    throw new Error('D1_ERROR: Network connection lost.')
  }
}

describe('an exchanged token', () => {
  it('is HS256 and holds all that is required outside development', async () => {
    const provider = await Provider.open()
    const before = seconds()
    const token = await provider.exchanged()
    expect(decodeProtectedHeader(token).alg).toBe('HS256')
    const { jti, iat, ...claims } = decodeJwt(token)
    const { sub, name: username } = provider
    expect(claims).toMatchObject({ sub, username, iss: 'dreamlake', aud: 'dreamlake' })
    expect(iat).toBeGreaterThanOrEqual(before)
    expect(iat).toBeLessThanOrEqual(seconds())
    expect(jti).toMatch(/^[0-9a-f-]{36}$/)
    expect(decodeJwt(await provider.exchanged()).jti).not.toBe(jti)
  })

  it.each([
    [undefined, 2_592_000],
    ['12h', 43_200],
    ['90s', 90],
    ['7d', 604_800],
  ])('lives as JWT_EXPIRATION says: %s', async (JWT_EXPIRATION, lifetime) => {
    const { iat = 0, exp } = decodeJwt(await (await Provider.open()).exchanged({}, { JWT_EXPIRATION }))
    expect(exp).toBe(iat + lifetime)
  })

  it('is of the issuer and audience that the deployment names, and good for no other', async () => {
    const provider = await Provider.open()
    const named = { JWT_ISSUER: 'lab-server', JWT_AUDIENCE: 'lab-clients' }
    const token = await provider.exchanged({}, named)
    expect((await provider.me(token, named)).status).toBe(200)
    expect(verdict(await provider.me(token))).toEqual([401, 'token_issuer_mismatch'])
    const { JWT_ISSUER } = named
    expect(verdict(await provider.me(token, { JWT_ISSUER }))).toEqual([401, 'token_audience_mismatch'])
  })

  it('names the user of the identity token, and works outside development on every protected route', async () => {
    const provider = await Provider.open()
    const identity = await provider.sign()
    const token = await provider.exchanged()
    expect((await provider.me(token)).body).toEqual((await provider.me(identity)).body)
    const spaces = `/namespaces/${provider.name}/spaces`
    expect((await provider.ask('POST', spaces, token, { body: { name: 'Lab' } })).status).toBe(201)
    const read = await provider.ask('GET', spaces, identity)
    expect(read.body.spaces).toMatchObject([{ slug: 'lab' }])
    for (const [method, path] of protectedRoutes) {
      const { status } = await provider.ask(method, path, token, withBody(method, '{}'))
      expect([200, 201, 400, 404], `${method} ${path} gave ${status}`).toContain(status)
    }
  })

  it('of the same subject is another user for each issuer, and for the server itself', async () => {
    const [one, other] = [await Provider.open(), await Provider.open()]
    const same = { sub: one.sub, username: one.name }
    const { variables } = one
    const answers = [
      await one.me(await one.exchanged(same)),
      await other.me(await other.exchanged(same)),
      await ask('GET', '/auth/me', { variables, token: await one.own(same) }),
    ]
    const { name } = one
    expect(answers.map(({ body }) => body.username)).toEqual([name, `${name}-2`, `${name}-3`])
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(3)
    expect(new Set(answers.map(({ body }) => body.namespace.id)).size).toBe(3)
    expectRefused(await other.ask('GET', `/namespaces/${name}`, await other.exchanged(same)), 404)
  })

  it('survives a change of the secret, and is signed by the new one only', async () => {
    const provider = await Provider.open()
    const before = await provider.exchanged()
    const next = randomSecret()
    const changed = { JWT_SECRET: next, JWT_SECRET_PREVIOUS: provider.secret }
    const { id } = (await provider.me(before)).body
    expect((await provider.me(before, changed)).body.id).toBe(id)
    const after = await provider.exchanged({}, changed)
    const verdicts = [
      await provider.me(after, changed),
      await provider.me(after, { JWT_SECRET: next }),
      await provider.me(after),
      await provider.me(before, { JWT_SECRET: next }),
      await provider.me(before, { JWT_SECRET: next, JWT_SECRET_PREVIOUS: randomSecret() }),
    ].map(({ status, body }) => body.code ?? status)
    const refused = 'token_signature_invalid'
    expect(verdicts).toEqual([200, 200, refused, refused, refused])
  })

  it('that has expired under the secret before is expired, and not taken for another', async () => {
    const provider = await Provider.open()
    const old = await provider.own({ exp: seconds() - 1 })
    const variables = { JWT_SECRET: randomSecret(), JWT_SECRET_PREVIOUS: provider.secret }
    expect(verdict(await provider.me(old, variables))).toEqual([401, 'token_expired'])
  })
})

describe('POST /auth/logout', () => {
  it('ends that very token on every protected route at the next request, also of a malformed one', async () => {
    const provider = await Provider.open()
    const [token, another] = [await provider.exchanged(), await provider.exchanged()]
    const answer = await provider.logOut(token)
    expect([answer.status, answer.body, answer.trips]).toEqual([200, { success: true }, 1])
    const slug = unique('team')
    const expectGone = async (method: string, path: string, asked: Asked) => {
      const { status, body, trips, rowsWritten } = await provider.ask(method, path, token, asked)
      expect([status, body.code, trips, rowsWritten], path).toEqual([401, 'token_revoked', 1, 0])
    }
    for (const [method, path] of protectedRoutes) {
      for (const raw of ['{', '{}']) await expectGone(method, path, withBody(method, raw))
    }
    await expectGone('POST', '/namespaces', { body: { slug } })
    expect(verdict(await provider.logOut(token))).toEqual([401, 'token_revoked'])
    expect((await provider.me(another)).status).toBe(200)
    expect((await provider.me(await provider.sign())).status).toBe(200)
    expect((await provider.ask('POST', '/namespaces', another, { body: { slug } })).status).toBe(201)
  })

  it('of one issuer says nothing of the same jti of another', async () => {
    const [one, other] = [await Provider.open(), await Provider.open()]
    const jti = crypto.randomUUID()
    const tokens = [await other.sign({ jti }), await other.own({ jti })] as const
    const gone = await one.sign({ jti })
    expect((await one.logOut(gone)).status).toBe(200)
    expect(verdict(await one.me(gone))).toEqual([401, 'token_revoked'])
    for (const token of tokens) expect((await other.me(token)).status).toBe(200)
  })

  it.each<[string, Claims]>([
    ['none', {}],
    ['a number', { jti: 7 }],
    ['an empty text', { jti: '' }],
  ])('of a token whose jti is %s is 400, and the token goes on', async (_, claims) => {
    const provider = await Provider.open()
    const token = await provider.sign(claims)
    const answer = await provider.logOut(token)
    expect([...verdict(answer), answer.rowsWritten]).toEqual([400, 'logout_without_id', 0])
    expect((await provider.me(token)).status).toBe(200)
  })

  it('of a user whom the server does not know makes nobody, then or later', async () => {
    const provider = await Provider.open()
    const token = await provider.own()
    expect((await provider.logOut(token)).status).toBe(200)
    for (const [method, path, body] of [
      ['GET', '/auth/me', undefined],
      ['PATCH', '/auth/me', { name: 'Carol' }],
      ['POST', '/namespaces', { slug: provider.name }],
      ['POST', `/namespaces/${provider.name}/spaces`, { name: 'Lab' }],
    ] as const) {
      const answer = await provider.ask(method, path, token, body ? { body } : {})
      expect([...verdict(answer), answer.rowsWritten], path).toEqual([401, 'token_revoked', 0])
    }
    expect(await provider.users('local')).toBe(0)
  })

  it('whose answer D1 lost is 200, and done once', async () => {
    const provider = await Provider.open()
    const [token, other] = [await provider.exchanged(), await provider.exchanged()]
    const undisturbed = await provider.logOut(other)
    const answer = await provider.logOut(token, { disturb: losingOneAnswer() })
    expect([answer.status, answer.trips]).toEqual([200, 2])
    expect(answer.rowsWritten).toBe(undisturbed.rowsWritten)
    expect(verdict(await provider.me(token))).toEqual([401, 'token_revoked'])
  })

  it.each([
    ['a fraction of a second', () => Date.now() / 1_000 + 3_600.000_123_4],
    ['a time that no calendar has', () => 1e200],
  ])('of a token that expires at %s ends it', async (_, exp) => {
    const provider = await Provider.open()
    const token = await provider.own({ exp: exp() })
    expect((await provider.me(token)).status).toBe(200)
    expect((await provider.logOut(token)).status).toBe(200)
    expect(verdict(await provider.me(token))).toEqual([401, 'token_revoked'])
  })
})

describe('PATCH /auth/me', () => {
  const picture = 'https://example.com/carol.png'

  it('changes name and picture in one round trip, and no later token undoes it', async () => {
    const provider = await Provider.open()
    const token = await provider.exchanged({ name: 'Carol', picture: 'https://example.com/old.png' })
    const answer = await provider.ask('PATCH', '/auth/me', token, { body: { name: 'Captain', picture } })
    expect([answer.status, answer.trips]).toEqual([200, 1])
    expect(answer.body).toMatchObject({ name: 'Captain', picture, username: provider.name })
    const email = 'new@example.com'
    const identity = await provider.sign({ name: 'Carol', picture: 'https://example.com/old.png', email })
    expect((await provider.me(identity)).body).toEqual({ ...answer.body, email })
    expect((await provider.exchange(identity)).body.user.name).toBe('Captain')
    const only = await provider.ask('PATCH', '/auth/me', token, { body: { name: 'C' } })
    expect(only.body).toEqual({ ...answer.body, email, name: 'C' })
  })

  it('leaves what it is not given to the claims', async () => {
    const tenant = await Tenant.arrive()
    const shown = async () =>
      (
        await ask('GET', '/auth/me', {
          token: await tokenFor(tenant.slug, { claims: { name: 'Claimed', picture } }),
        })
      ).body
    await tenant.ask('PATCH', '/auth/me', { name: null })
    expect(await shown()).toMatchObject({ name: null, picture })
    await tenant.ask('PATCH', '/auth/me', { picture: null })
    expect(await shown()).toMatchObject({ name: null, picture: null })
    const other = await Tenant.arrive()
    await other.ask('PATCH', '/auth/me', {})
    const token = await tokenFor(other.slug, { claims: { name: 'Claimed', picture } })
    expect((await ask('GET', '/auth/me', { token })).body).toMatchObject({ name: 'Claimed', picture })
  })

  it('takes back what an account shows, whatever the claims were', async () => {
    const wrong = { name: 'n'.repeat(256), picture: 'javascript:alert(1)', given_name: 'Ada' }
    for (const claims of [
      wrong,
      { name: '..', picture: ' https://example.com/a' },
      { picture: 'https:a.png' },
    ]) {
      const token = await tokenFor(unique('ada'), { claims })
      const { name, picture: shown } = (await ask('GET', '/auth/me', { token })).body
      expect([name, shown]).toEqual([null, null])
    }
    const tenant = await Tenant.arrive()
    for (const given of [
      'https:a.png',
      ' https://example.com',
      'https://example.com/a b',
      'ftp://example.com',
    ])
      expect(faults(await tenant.ask('PATCH', '/auth/me', { picture: given }))).toEqual(['picture'])
  })

  it('clears with null', async () => {
    const tenant = await Tenant.arrive()
    await tenant.ask('PATCH', '/auth/me', { name: 'Carol', picture })
    const answer = await tenant.ask('PATCH', '/auth/me', { name: null })
    expect(answer.body).toMatchObject({ name: null, picture })
    const both = await tenant.ask('PATCH', '/auth/me', { picture: null })
    expect(both.body).toMatchObject({ name: null, picture: null })
    expect((await tenant.ask('GET', '/auth/me')).body).toEqual(both.body)
  })

  it('makes a user known who was not', async () => {
    const tenant = await Tenant.unknown()
    const answer = await tenant.ask('PATCH', '/auth/me', { name: 'Carol' })
    expect([answer.status, answer.body.username, answer.trips]).toEqual([200, tenant.slug, 1])
    expect((await tenant.ask('GET', '/auth/me')).body).toEqual(answer.body)
  })

  it.each<[Claims, readonly string[]]>([
    [{ name: '' }, ['name']],
    [{ name: 7 }, ['name']],
    [{ name: 'x'.repeat(256) }, ['name']],
    [{ name: 'a\u0007b' }, ['name']],
    [{ name: '\ud800' }, ['name']],
    [{ picture: 'ftp://example.com/a.png' }, ['picture']],
    [{ picture: 'javascript:alert(1)' }, ['picture']],
    [{ picture: 'data:image/png;base64,AA' }, ['picture']],
    [{ picture: '/a.png' }, ['picture']],
    [{ picture: `https://example.com/${'x'.repeat(2_048)}` }, ['picture']],
    [{ picture: ['https://example.com'], name: {} }, ['name', 'picture']],
  ])('refuses %j, names the field, and makes nobody', async (body, fields) => {
    const tenant = await Tenant.unknown()
    const answer = await tenant.ask('PATCH', '/auth/me', body)
    expect([answer.status, faults(answer), answer.rowsWritten]).toEqual([400, fields, 0])
    expect((await tenant.ask('GET', '/namespaces')).body.total).toBe(0)
  })
})

/** Only the clock of the server moves; D1 and the tokens' signatures know nothing of it. */
function later(passed: number): void {
  const now = Date.now() + passed * 1_000
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.setSystemTime(now)
}

describe('the keys of the issuer', () => {
  beforeEach(() => later(0))

  it('may change: a new key id is looked up, at most once in 30 seconds', async () => {
    const provider = await Provider.open()
    const next = await keyOf('next')
    expect((await provider.me(await provider.sign())).status).toBe(200)
    provider.publish(provider.key.jwk, next.jwk)
    const stranger = await keyOf('stranger')
    const guess = async () => {
      for (const kid of ['a', 'b', 'c', 'd']) {
        const forged = await provider.sign({}, { ...stranger, header: { alg: 'ES256', kid } })
        expect(verdict(await provider.me(forged))).toEqual([401, 'token_signature_invalid'])
      }
    }
    await guess()
    expect(fetched).toHaveLength(1)
    later(31)
    expect((await provider.me(await provider.sign({}, next))).status).toBe(200)
    expect((await provider.me(await provider.sign())).status).toBe(200)
    await guess()
    expect(fetched).toHaveLength(2)
  })

  it('are good no longer when the issuer has withdrawn them and is asked anew', async () => {
    const provider = await Provider.open()
    const next = await keyOf('next')
    expect((await provider.me(await provider.sign())).status).toBe(200)
    provider.publish(next.jwk)
    later(900)
    expect(verdict(await provider.me(await provider.sign()))).toEqual([401, 'token_signature_invalid'])
    expect((await provider.me(await provider.sign({}, next))).status).toBe(200)
    expect(fetched).toHaveLength(2)
  })

  it.each<[string, Served]>([
    ['is down', () => Promise.reject(new TypeError('fetch failed'))],
    ['answers 500', () => new Response('no', { status: 500 })],
    ['answers HTML', () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } })],
    ['answers no key set', () => Response.json({ keys: 'none' })],
    ['sends elsewhere', () => Response.redirect('https://elsewhere.example/jwks', 302)],
  ])('that are known go on being good while the issuer %s; of others nothing is known', async (_, broken) => {
    const provider = await Provider.open()
    const [next, stranger] = [await keyOf('next'), await keyOf('first')]
    expect((await provider.me(await provider.sign())).status).toBe(200)
    provider.serve(broken)
    // Within the cached set's life, and after it.
    for (const passed of [31, 900]) {
      later(passed)
      expect((await provider.me(await provider.sign())).status).toBe(200)
      expect((await provider.exchange(await provider.sign())).status).toBe(200)
      const unknown = await provider.me(await provider.sign({}, next))
      expect([...verdict(unknown), unknown.rowsWritten]).toEqual([503, 'issuer_unreachable', 0])
      expect(unknown.headers.get('Retry-After')).not.toBeNull()
      const unknownHere = await provider.exchange(await provider.sign({}, next))
      expect(verdict(unknownHere)).toEqual([503, 'issuer_unreachable'])
      const forged = await provider.me(await provider.sign({}, stranger))
      expect(verdict(forged)).toEqual([401, 'token_signature_invalid'])
      const expired = await provider.me(await provider.sign({ exp: seconds() - 31 }))
      expect(verdict(expired)).toEqual([401, 'token_expired'])
    }
    // A key set that is fresh answers for itself; a stale one is asked for once in half a minute, however many ask.
    expect(fetched.length).toBeLessThanOrEqual(3)
    provider.publish(provider.key.jwk, next.jwk)
    later(31)
    expect((await provider.me(await provider.sign({}, next))).status).toBe(200)
    expect(new Set(fetched)).toEqual(new Set([`${provider.issuer}/jwks`]))
  })

  it('are not asked for by an own token, nor by one that is malformed', async () => {
    const provider = await Provider.open()
    provider.serve(() => new Response('no', { status: 500 }))
    expect((await provider.me(await provider.own())).status).toBe(200)
    expect((await provider.me('a.b.c')).status).toBe(401)
    expect(fetched).toEqual([])
  })
})

const inBase64 = (bytes: Uint8Array) => bytes.toBase64({ alphabet: 'base64url', omitPadding: true })
const encoded = (value: unknown) => inBase64(utf8.encode(JSON.stringify(value)))
const unsigned = (header: Claims, claims: Claims) => `${encoded(header)}.${encoded(claims)}`

/** jose signs nothing with a key that does not fit the algorithm. */
async function signedBy(use: { name: string; hash: string }, key: CryptoKey, header: Claims, claims: Claims) {
  const text = unsigned(header, claims)
  return `${text}.${inBase64(new Uint8Array(await crypto.subtle.sign(use, key, utf8.encode(text))))}`
}

async function byHmac(header: Claims, claims: Claims, secret: string): Promise<string> {
  const use = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', utf8.encode(secret), use, false, ['sign'])
  return signedBy(use, key, header, claims)
}

/** An RSA key that RFC 7518 (3.3) finds too short, published by the issuer itself. */
async function byShortRsa(provider: Provider): Promise<string> {
  const use = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const short = { ...use, modulusLength: 1_024, publicExponent: new Uint8Array([1, 0, 1]) }
  const pair = (await crypto.subtle.generateKey(short, true, ['sign', 'verify'])) as CryptoKeyPair
  const header = { alg: 'RS256', kid: 'short' }
  provider.publish({ ...(await exportJWK(pair.publicKey)), ...header })
  return signedBy(use, pair.privateKey, header, provider.claims())
}

async function byPublishedSecret(provider: Provider, alg: string): Promise<string> {
  const secret = randomSecret()
  provider.publish({ kty: 'oct', k: inBase64(utf8.encode(secret)), kid: 'open' })
  return byHmac({ alg, kid: 'open' }, provider.claims(), secret)
}

async function byKeyOfOtherUse(provider: Provider): Promise<string> {
  provider.publish({ ...provider.key.jwk, use: 'enc' })
  return provider.sign()
}

async function byOtherAlgorithm(provider: Provider): Promise<string> {
  const key = await keyOf('long', 'ES384')
  provider.publish(key.jwk)
  return provider.sign({}, key)
}

/** Signed by a key of the attacker's, with whatever the header says of it. */
async function byAttacker(provider: Provider, header: (key: Key) => Claims): Promise<string> {
  const key = await keyOf('first')
  return provider.sign({}, { ...key, header: { ...key.header, ...header(key) } })
}

const encrypted = (provider: Provider) =>
  new EncryptJWT(provider.claims())
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(new Uint8Array(32))

const ALGORITHM = 'token_algorithm_refused'
const SIGNATURE = 'token_signature_invalid'
const MALFORMED = 'token_malformed'
const elsewhere = { jku: 'https://evil.example/jwks', x5u: 'https://evil.example/x5u' }
const critical = { crit: ['unheard'], unheard: 1 }

type Forged = Readonly<Record<string, (provider: Provider) => string | Promise<string>>>

/** What GET /auth/me and the exchange say of them. */
const forged: readonly (readonly [string, string, Forged])[] = [
  [
    ALGORITHM,
    ALGORITHM,
    {
      'no algorithm': (p) => `${unsigned({ typ: 'JWT' }, p.claims())}.`,
      'alg: none': (p) => `${unsigned({ alg: 'none' }, p.claims())}.`,
      'alg: nOnE': (p) => `${unsigned({ alg: 'nOnE' }, p.claims())}.`,
      'an empty algorithm': (p) => `${unsigned({ alg: '' }, p.claims())}.`,
      'HS512 by the right secret': (p) => p.own({}, { alg: 'HS512' }),
      'an algorithm outside the list': byOtherAlgorithm,
    },
  ],
  [
    SIGNATURE,
    ALGORITHM,
    {
      'HS256 with the public key as its secret': async (p) =>
        p.own({}, { kid: 'first' }, await exportSPKI(p.key.publicKey)),
      'HS256 with the JWK as its secret': (p) => p.own({}, { kid: 'first' }, JSON.stringify(p.key.jwk)),
      'HS256 with the secret of another deployment': (p) => p.own({}, {}, randomSecret()),
      'HS256 with a symmetric key of the set': (p) => byPublishedSecret(p, 'HS256'),
    },
  ],
  [
    'token_issuer_mismatch',
    ALGORITHM,
    { 'HS256 in the name of the issuer': (p) => p.own({ iss: p.issuer }) },
  ],
  [
    SIGNATURE,
    SIGNATURE,
    {
      'RS256 with the HMAC secret': (p) => byHmac({ alg: 'RS256', kid: 'first' }, p.claims(), p.secret),
      'ES256 with the HMAC secret': (p) => byHmac(p.key.header, p.claims(), p.secret),
      'ES256 with a symmetric key of the set': (p) => byPublishedSecret(p, 'ES256'),
      'an RSA key of 1024 bits': byShortRsa,
      'a key that is there for encryption': byKeyOfOtherUse,
      'an empty signature': (p) => `${unsigned(p.key.header, p.claims())}.`,
      'a signature of zeros': (p) => `${unsigned(p.key.header, p.claims())}.${'A'.repeat(86)}`,
      'another payload': async (p) =>
        (await p.sign()).replace(/\.[^.]+/, `.${encoded(p.claims({ sub: 'x' }))}`),
      'a key in the header': (p) => byAttacker(p, ({ jwk }) => ({ jwk })),
      'the address of a key set in the header': (p) => byAttacker(p, () => elsewhere),
      'SQL for a key id': (p) => byAttacker(p, () => ({ kid: "' or 1=1 --" })),
      'a path for a key id': (p) => byAttacker(p, () => ({ kid: '../../../../dev/null' })),
      'a key id of 10 KB': (p) => byAttacker(p, () => ({ kid: 'x'.repeat(10_000) })),
    },
  ],
  [
    MALFORMED,
    MALFORMED,
    {
      'an unknown critical header': (p) => p.signText(JSON.stringify(p.claims()), critical),
      'a token inside the token': async (p) => p.signText(await p.sign(), { cty: 'JWT' }),
      'claims that are an array': (p) => p.signText(JSON.stringify([p.claims()])),
      'claims that are no JSON': (p) => p.signText('sub=carol'),
      'an encrypted token': encrypted,
      'JSON serialisation': (p) => JSON.stringify({ protected: encoded(p.key.header), signature: 'AA' }),
    },
  ],
]

const forgeries = forged.flatMap(([code, atExchange, kinds]) =>
  Object.entries(kinds).map(([kind, make]) => ({ kind, code, atExchange, make })),
)

describe('forged and unfit tokens (RFC 8725, RFC 7519)', () => {
  it.each(forgeries)('$kind: refused at both doors, and nobody made', async ({ code, atExchange, make }) => {
    const provider = await Provider.open()
    const token = await make(provider)
    const answers = [await provider.me(token), await provider.exchange(token)]
    expect(answers.map(({ body }) => body.code)).toEqual([code, atExchange])
    for (const { status, trips } of answers) expect([status, trips]).toEqual([401, 0])
    expect([await provider.users(), await provider.users('local')]).toEqual([0, 0])
    for (const url of fetched) expect(url).toBe(`${provider.issuer}/jwks`)
  })

  it.each<[string, Claims, string]>([
    ['an issuer in an array', { iss: ['dreamlake'] }, 'token_issuer_mismatch'],
    ['no issuer', { iss: null }, 'token_issuer_mismatch'],
    ['audiences without ours', { aud: ['a', 'dreamlake '] }, 'token_audience_mismatch'],
    ['an audience in an array of arrays', { aud: [['dreamlake']] }, 'token_audience_mismatch'],
    ['an audience as a key', { aud: { dreamlake: 1 } }, 'token_audience_mismatch'],
    ['an expiry that is null', { exp: null }, MALFORMED],
    ['a start in words', { nbf: 'now' }, MALFORMED],
    ['a time of issue in words', { iat: 'now' }, MALFORMED],
    ['a number as subject', { sub: 7 }, 'token_claims_missing'],
    ['an object as subject', { sub: { id: 'root' } }, 'token_claims_missing'],
    ['a subject with a control character', { sub: 'root\u0000' }, 'token_claims_missing'],
  ])('an own token with %s is 401', async (_, claims, code) => {
    const provider = await Provider.open()
    const answer = await provider.me(await provider.own(claims))
    expect([...verdict(answer), answer.trips]).toEqual([401, code, 0])
  })

  it.each([
    ['sub', 'a'.repeat(256), 255],
    ['sub', 7, 255],
    ['jti', 'a'.repeat(1_025), 1_024],
    ['jti', 7, 1_024],
  ])('a claim %s that is no fit text is named: %j', async (name, value, most) => {
    const provider = await Provider.open()
    const { body } = await provider.me(await provider.own({ [name]: value }))
    expect([body.code, body.detail]).toEqual([
      'token_claims_missing',
      `The claim ${name} of the bearer token is not a text of 1 to ${most} characters in one line.`,
    ])
  })

  it('audiences may be several', async () => {
    const provider = await Provider.open()
    expect((await provider.me(await provider.sign({ aud: ['elsewhere', 'lab'] }))).status).toBe(200)
    expect((await provider.me(await provider.own({ aud: ['elsewhere', 'dreamlake'] }))).status).toBe(200)
  })

  it('claims of a wrong type count as absent where they are not required', async () => {
    const provider = await Provider.open()
    const odd = { username: { a: 1 }, preferred_username: [], email: 7, email_verified: 'yes', name: true }
    const unfit = { ...odd, picture: {}, given_name: 'a\u0000', family_name: '\u001b[31m' }
    for (const token of [await provider.sign(unfit), await provider.own(unfit)]) {
      const { status, body } = await provider.me(token)
      expect([status, body.username.replace(/-\d$/, '')]).toEqual([200, provider.sub])
      const nothing = { email: null, email_verified: null, name: null, picture: null }
      expect(body).toMatchObject({ ...nothing, given_name: null, family_name: null })
    }
  })

  it('the last of two claims of one name counts, for the signature covers both', async () => {
    const provider = await Provider.open()
    const text = JSON.stringify(provider.claims()).replace('{', '{"sub":"root","aud":"elsewhere",')
    expect((await provider.me(await provider.signText(text))).body.sub).toBe(provider.sub)
  })

  it('a key id, a type and keys in the header of an own token change nothing', async () => {
    const provider = await Provider.open()
    const { jwk } = provider.key
    const token = await provider.own({}, { kid: "'; drop table users --", typ: 'at+jwt', jwk, jku: 'x' })
    expect((await provider.me(token)).status).toBe(200)
    expect(fetched).toEqual([])
  })

  it('a token of 10 KB is as good as a short one', async () => {
    const provider = await Provider.open()
    const roles = Array.from({ length: 1_000 }, (_, index) => `role-${index}`)
    const [token, own] = [await provider.sign({ roles }), await provider.own({ roles })]
    expect(Math.min(token.length, own.length)).toBeGreaterThan(10_000)
    expect((await provider.me(own)).status).toBe(200)
    expect((await provider.me(token)).status).toBe(200)
    expect((await provider.exchanged({ roles })).length).toBeLessThan(1_000)
  })

  it.each([
    ['its own', 0, (provider: Provider, window: Claims) => provider.own(window)],
    ["the provider's, whose clock may be half a minute off", 30, (p: Provider, w: Claims) => p.sign(w)],
  ])('exp and nbf hold to the second for a token that is %s', async (_, leeway, sign) => {
    const provider = await Provider.open()
    const start = seconds() + 100
    const token = await sign(provider, { nbf: start, exp: start + 100, iat: start })
    vi.useFakeTimers({ toFake: ['Date'] })
    for (const [at, code] of [
      [start - leeway - 1, 'token_not_yet_valid'],
      [start - leeway, undefined],
      [start + leeway + 99, undefined],
      [start + leeway + 100, 'token_expired'],
    ] as const) {
      vi.setSystemTime(at * 1_000)
      expect((await provider.me(token)).body.code).toBe(code)
    }
  })

  it('a token that is good by the leeway alone lists, is exchanged, and is revoked as long as it is good', async () => {
    const provider = await Provider.open()
    const token = await provider.sign({ exp: seconds() - 5, jti: crypto.randomUUID() })
    const me = await provider.me(token)
    const place = `namespace=${me.body.namespace.slug}&project=lab`
    const asked = { token, variables: provider.variables }
    const listed = await ask('GET', `/assets/video?${place}`, asked)
    expect([...verdict(listed), (await provider.exchange(token)).status]).toEqual([
      404,
      'project_not_found',
      200,
    ])
    expect((await provider.logOut(token)).status).toBe(200)
    await worker.scheduled(createScheduledController(), env)
    expect(verdict(await provider.me(token))).toEqual([401, 'token_revoked'])
  })
})

type Variables = Readonly<Record<string, string | undefined>>

const PUBLIC = env.JWT_SECRET
const unsafe: Readonly<Record<string, readonly Variables[]>> = {
  JWT_SECRET: [
    { JWT_SECRET: undefined },
    { JWT_SECRET: 'x'.repeat(31) },
    { JWT_SECRET: 'short', ENVIRONMENT: 'development' },
    { JWT_SECRET: PUBLIC },
    { JWT_SECRET: PUBLIC, ENVIRONMENT: 'Development' },
  ],
  JWT_SECRET_PREVIOUS: [{ JWT_SECRET_PREVIOUS: 'x'.repeat(31) }, { JWT_SECRET_PREVIOUS: PUBLIC }],
  AUTH_JWKS_URL: [{ AUTH_JWKS_URL: undefined }, { AUTH_JWKS_URL: 'http://id.example/jwks' }],
  AUTH_ISSUER: [{ AUTH_ISSUER: undefined }],
  AUTH_AUDIENCE: [{ AUTH_AUDIENCE: '' }],
  JWT_EXPIRATION: ['12x', '0d', '-1h', '30', '1.5h', '30 d'].map((JWT_EXPIRATION) => ({ JWT_EXPIRATION })),
}

describe('an unsafe configuration fails closed', () => {
  it.each(Object.entries(unsafe).flatMap(([name, all]) => all.map((variables) => ({ name, variables }))))(
    '$variables: 503 also at the exchange and to nobody, and /readyz names $name',
    async (given) => {
      const provider = await Provider.open()
      const variables = { ...provider.variables, ...given.variables }
      const own = await provider.own({}, {}, variables.JWT_SECRET || provider.secret)
      for (const asked of [{ token: await provider.sign() }, { token: own }, {}]) {
        for (const path of ['/auth/exchange', '/auth/logout', '/namespaces']) {
          const answer = await ask('POST', path, { ...asked, variables })
          expect([...verdict(answer), answer.trips], path).toEqual([503, 'not_configured', 0])
        }
      }
      const ready = await ask('GET', '/readyz', { variables })
      const named = ready.body.errors.map(({ path }: { path: string }) => path)
      expect([ready.status, named]).toEqual([503, [given.name]])
      expect(ready.text).not.toContain(provider.secret)
      expect(fetched).toEqual([])
    },
  )

  it('on every protected route', async () => {
    const provider = await Provider.open()
    const token = await provider.own()
    for (const [method, path] of protectedRoutes) {
      const asked = { ...withBody(method, '{}'), variables: { AUTH_AUDIENCE: undefined } }
      const answer = await provider.ask(method, path, token, asked)
      expect([...verdict(answer), answer.trips], path).toEqual([503, 'not_configured', 0])
    }
  })

  it.each(['abcdefghijklmnopqrstuvwxyz012345', 'äöüßÄÖÜẞéèêë€ñø'])(
    'a secret of 32 bytes will do: %s',
    async (JWT_SECRET) => {
      const provider = await Provider.open()
      const token = await provider.exchanged({}, { JWT_SECRET })
      expect((await provider.me(token, { JWT_SECRET })).status).toBe(200)
    },
  )
})

describe('an issuer that is ill', () => {
  it('is believed for a day after it was last heard of', async () => {
    const provider = await Provider.open()
    expect((await provider.me(await provider.sign())).status).toBe(200)
    provider.serve(() => new Response('no', { status: 500 }))
    for (const [passed, status] of [
      [3_600, 200],
      [100_000, 503],
    ] as const) {
      later(passed)
      expect((await provider.me(await provider.sign())).status).toBe(status)
    }
  })

  it('is asked once in half a minute while it is down, however many ask', async () => {
    const provider = await Provider.open()
    const next = await keyOf('next')
    expect((await provider.me(await provider.sign())).status).toBe(200)
    provider.serve(() => new Response('no', { status: 500 }))
    later(31)
    fetched.length = 0
    for (let count = 0; count < 5; count++)
      expect((await provider.me(await provider.sign({}, next))).status).toBe(503)
    expect(fetched).toHaveLength(1)
  })

  it('which publishes a key that is none refuses the tokens of that key, and fails nobody else', async () => {
    const provider = await Provider.open()
    const broken = await keyOf('broken')
    provider.publish(provider.key.jwk, { ...broken.jwk, x: 'AAAA' })
    const answer = await provider.me(await provider.sign({}, broken))
    expect(verdict(answer)).toEqual([401, 'token_signature_invalid'])
    expect((await provider.me(await provider.sign())).status).toBe(200)
  })

  it.each(['exp', 'iss', 'aud'])('signs a token without %s in vain', async (claim) => {
    const provider = await Provider.open()
    const answer = await provider.exchange(await provider.sign({ [claim]: undefined }))
    expect([answer.status, answer.body.code, answer.rowsWritten]).toEqual([401, 'token_claims_missing', 0])
  })
})
