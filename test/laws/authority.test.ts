import { SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { endpoints } from '../../src/endpoints.ts'
import { type Fixture, fixture, inWorlds, type Sample, samplesFor } from '../support/samples.ts'
import { ask, DEVELOPMENT_SECRET, Tenant, tokenFor } from '../support/world.ts'

/** Every endpoint against every kind of caller. */

const routes = endpoints.map(({ route }) => route)
const guarded = routes.filter(({ open }) => !open)
const cases = guarded.map(({ operationId, method }) => ({ operationId, method }))

let shared: Fixture

const sampleOf = (operationId: string, of: Fixture = shared): Sample => {
  const sample = samplesFor(of)[operationId]
  if (!sample) throw new Error(`test/support/samples.ts has no sample of ${operationId}`)
  return sample
}

beforeAll(async () => {
  shared = await fixture()
})

/** With a second project. */
const inWorld = inWorlds(async () => {
  const own = await fixture()
  await own.owner.withProject('other')
  return own
}, samplesFor)

const past = Math.floor(Date.now() / 1000) - 60
const secret = new TextEncoder().encode(DEVELOPMENT_SECRET)
const signed = (claims: Record<string, unknown>, header: Record<string, unknown> = {}) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256', ...header }).sign(secret)

const refusedTokens: readonly [string, string, () => Promise<string>][] = [
  ['garbage', 'token_malformed', async () => 'garbage'],
  ['three empty parts', 'token_malformed', async () => '..'],
  ['a header that is not JSON', 'token_malformed', async () => 'bm90.anNvbg.c2ln'],
  ['another secret', 'token_signature_invalid', () => tokenFor('alice', { secret: 'x'.repeat(40) })],
  ['an altered payload', 'token_signature_invalid', async () => altered(await tokenFor('alice'))],
  [
    'no signature',
    'token_signature_invalid',
    async () => `${(await tokenFor('alice')).replace(/[^.]*$/, '')}`,
  ],
  ['algorithm none', 'token_algorithm_refused', async () => new UnsecuredJWT({ sub: 'alice' }).encode()],
  ['the secret as a key of HS512', 'token_algorithm_refused', () => signedWith('HS512')],
  ['RS256, where no issuer is configured', 'token_algorithm_refused', async () => claimingRs256()],
  ['expired', 'token_expired', () => tokenFor('alice', { expiresAt: past })],
  ['not valid yet', 'token_not_yet_valid', () => signed({ sub: 'alice', nbf: past + 3_600 })],
  ['another audience', 'token_audience_mismatch', () => signed({ sub: 'alice', aud: 'elsewhere' })],
  ['another issuer', 'token_issuer_mismatch', () => signed({ sub: 'alice', iss: 'elsewhere' })],
  ['no subject', 'token_claims_missing', () => signed({ username: 'alice' })],
  ['an empty subject', 'token_claims_missing', () => signed({ sub: '' })],
  [
    'an expiry that is no number',
    'token_malformed',
    () => signed({ sub: 'alice', exp: 'soon' as unknown as number }),
  ],
  ['an unknown critical header', 'token_malformed', async () => withCriticalHeader()],
]

const signedWith = (alg: string) => new SignJWT({ sub: 'alice' }).setProtectedHeader({ alg }).sign(secret)

const encoded = (value: unknown): string =>
  btoa(JSON.stringify(value)).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')

async function hmac(text: string): Promise<string> {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))
  return new Uint8Array(signature).toBase64({ alphabet: 'base64url', omitPadding: true })
}

/** Says RS256, and is signed with the HMAC secret as if that were the key (RFC 8725, 2.1). */
async function claimingRs256(): Promise<string> {
  const text = `${encoded({ alg: 'RS256' })}.${encoded({ sub: 'alice' })}`
  return `${text}.${await hmac(text)}`
}

async function withCriticalHeader(): Promise<string> {
  const text = `${encoded({ alg: 'HS256', crit: ['unheard'], unheard: true })}.${encoded({ sub: 'alice' })}`
  return `${text}.${await hmac(text)}`
}

const altered = (token: string): string => {
  const [header = '', , signature = ''] = token.split('.')
  return `${header}.${encoded({ sub: 'somebody else', exp: past + 9_999 })}.${signature}`
}

/** A token of a tenant that can be revoked. */
const identified = ({ slug }: Tenant) => tokenFor(slug, { claims: { jti: crypto.randomUUID() } })

describe('a request without a good token is refused by every endpoint, and writes nothing', () => {
  it.each(cases)('$method $operationId without a token', async ({ operationId, method }) => {
    const { path, body } = sampleOf(operationId)
    const answer = await ask(method, path, body === undefined ? {} : { body })
    expect([answer.status, answer.body.code, answer.trips]).toEqual([401, 'token_missing', 0])
    expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer')
  })

  it.each(cases)('$method $operationId with each kind of bad token', async ({ operationId, method }) => {
    const { path, body } = sampleOf(operationId)
    for (const [kind, code, make] of refusedTokens) {
      const answer = await ask(method, path, { token: await make(), ...(body === undefined ? {} : { body }) })
      expect([kind, answer.status, answer.body.code, answer.trips]).toEqual([kind, 401, code, 0])
      expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Bearer error="invalid_token"/)
    }
  })
})

describe('a header that holds no bearer token', () => {
  it.each(['Basic YTpi', 'Bearer', 'Bearer a b', 'bearer', 'Token abc'])('%s is refused', async (header) => {
    const answer = await ask('GET', '/namespaces', { headers: { Authorization: header } })
    expect([answer.status, answer.body.code]).toEqual([401, 'token_malformed'])
  })
})

describe('a stranger gets nothing from any endpoint, and changes nothing', () => {
  it.each(cases)('$method $operationId', async ({ operationId, method }) => {
    const { path, body, isOwn, hidden = 'namespace_not_found' } = sampleOf(operationId)
    const stranger = await Tenant.arrive()
    const answer = await stranger.ask(method, path, body)
    if (isOwn) expect(answer.text).not.toContain(shared.owner.slug)
    else expect([answer.status, answer.body.code, answer.rowsWritten]).toEqual([404, hidden, 0])
  })

  it.each(cases)(
    '$method $operationId, though the server has never heard of them',
    async ({ operationId, method }) => {
      const { path, body, isOwn, hidden = 'namespace_not_found' } = sampleOf(operationId)
      if (isOwn) return
      const answer = await (await Tenant.unknown()).ask(method, path, body)
      expect([answer.status, answer.body.code, answer.rowsWritten]).toEqual([404, hidden, 0])
    },
  )
})

describe('a reader may read, and is refused every write', () => {
  it.each(cases)('$method $operationId', async ({ operationId, method }) => {
    const { path, body, isOwn, isMadeBy, isOwners, scope, status } = sampleOf(operationId)
    const reader = await Tenant.arrive()
    await shared.owner.admit(reader, 1)
    const answer = await reader.ask(method, path, body, { token: await identified(reader) })
    if (isOwn || (['read', 'watch'].includes(scope) && !isOwners)) expect(answer.status).toBe(status)
    else expect([answer.status, answer.rowsWritten]).toEqual([isMadeBy ? 404 : 403, 0])
  })
})

describe('a writer and an owner may do all of it, in one round trip, or the two that are documented', () => {
  it.each(
    cases.flatMap((each) => [
      { ...each, role: 2 as const },
      { ...each, role: 3 as const },
    ]),
  )('$method $operationId with role $role', ({ operationId, method, role }) =>
    inWorld(async (own) => {
      const { path, body, status, isMadeBy, isOwners, trips = 1 } = sampleOf(operationId, own)
      const member = await Tenant.arrive()
      await own.owner.admit(member, role)
      const answer = await member.ask(method, path, body, { token: await identified(member) })
      const allowed = isOwners && role < 3 ? 403 : status
      expect([answer.status, answer.trips]).toEqual([isMadeBy ? 404 : allowed, trips])
      const duration = [403, 404].includes(answer.status) ? '' : ';dur=\\d+\\.\\d'
      expect(answer.headers.get('Server-Timing')).toMatch(new RegExp(`^db;desc="${trips}"${duration}$`))
      expect(answer.headers.get('X-D1-Bookmark')).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$/,
      )
      return [answer]
    }, operationId),
  )
})

/** What the samples' owner is answered by an API token of each kind, and how it is made. */
const apiTokens: Readonly<
  Record<string, { readonly wish: object; readonly status: (sample: Sample) => number }>
> = {
  'that can only upload': {
    wish: { scopes: ['upload'] },
    status: ({ scope, status, isSending }) => {
      if (scope === 'watch' || scope === 'upload') return isSending ? 404 : status
      // What somebody else sends is not even there to be aborted.
      return isSending ? 404 : 403
    },
  },
  'that can only read': {
    wish: { scopes: ['read'] },
    status: ({ scope, status }) => (scope === 'read' || scope === 'watch' ? status : 403),
  },
  'that can only write': {
    wish: { scopes: ['write'] },
    status: ({ scope, status, isSending }) => {
      if (scope === 'watch' && isSending) return 404
      return scope === 'read' || scope === 'personal' ? 403 : status
    },
  },
  'of another project': {
    wish: { scopes: ['read', 'write', 'upload'], project: 'other' },
    status: ({ scope, path, isOwn, status }) => {
      if (isOwn) return scope === 'personal' ? 403 : status
      return path.startsWith('/auth/tokens/') ? 403 : 404
    },
  },
}

describe('an API token of the owner', () => {
  /** It misses what is not there before it is told what it may not do. */
  const isAsked = (answer: number, wanted: number, { path }: Sample) =>
    answer === wanted || (path.startsWith('/auth/logout') && answer === 400)

  it.each(
    Object.entries(apiTokens).flatMap(([kind, { wish, status }]) =>
      cases.map((each) => ({ kind, wish, wanted: status, ...each })),
    ),
  )('$kind is answered as it should be to $method $operationId', (row) =>
    inWorld(async (own) => {
      const sample = sampleOf(row.operationId, own)
      const place = 'project' in row.wish ? { namespace: own.owner.slug } : {}
      const made = await own.owner.ask('POST', '/auth/tokens', { name: 'robot', ...place, ...row.wish })
      const asked = { token: made.body.token }
      const answer = await own.owner.ask(row.method, sample.path, sample.body, asked)
      const wanted = row.wanted(sample)
      expect([answer.status, wanted, isAsked(answer.status, wanted, sample)]).toEqual([
        answer.status,
        wanted,
        true,
      ])
      if (answer.status >= 400) expect([answer.rowsWritten, answer.trips]).toEqual([0, 1])
      else expect(answer.trips).toBe(sample.trips ?? 1)
      await own.owner.ask('DELETE', `/auth/tokens/${made.body.id}`)
      const revoked = await own.owner.ask(row.method, sample.path, sample.body, asked)
      expect([revoked.status, revoked.body.code, revoked.rowsWritten, revoked.trips]).toEqual([
        401,
        'token_revoked',
        0,
        1,
      ])
      return [answer]
    }, row.operationId),
  )
})

const nonsense = {
  tags: 'x',
  metadata: [],
  name: '..',
  slug: '-',
  parts: 'x',
  partNumbers: [0],
  ids: [1],
  role: 'x',
}

describe('a malformed request is refused before D1 is asked', () => {
  it.each(guarded.filter(({ body }) => body).map(({ operationId, method }) => ({ operationId, method })))(
    '$method $operationId',
    async ({ operationId, method }) => {
      const { path } = sampleOf(operationId)
      const bad = [
        { raw: '{"name":', status: 400 },
        { raw: '[]', status: 400 },
        { raw: 'null', status: 400 },
        { raw: JSON.stringify({ ...nonsense }), status: 400 },
        { raw: new Uint8Array([0xff, 0xfe]), status: 400 },
        { raw: '{}', type: 'text/plain', status: 415 },
        { raw: new Uint8Array([0x1f, 0x8b, 8]), encoding: 'gzip', status: 415 },
        { raw: `{"metadata":{"a":"${'x'.repeat(1_100_000)}"}}`, status: 413 },
      ]
      for (const { raw, type = 'application/json', encoding = 'identity', status } of bad) {
        const headers = { 'Content-Type': type, 'Content-Encoding': encoding }
        const answer = await shared.owner.ask(method, path, undefined, { raw, headers })
        expect([raw.slice(0, 20), answer.status, answer.trips]).toEqual([raw.slice(0, 20), status, 0])
      }
    },
  )
})

describe('an encoded body', () => {
  const json = JSON.stringify({ name: 'run' })
  const gzip = async () =>
    new Uint8Array(
      await new Response(new Blob([json]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer(),
    )
  const asked = async (encoding: string, token?: string) => {
    const tenant = await Tenant.arrive()
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': encoding }
    const raw = encoding.includes('gzip') ? await gzip() : json
    const path = `/namespaces/${tenant.slug}/projects/lab/episodes`
    return ask('POST', path, { token: token ?? tenant.token, raw, headers })
  }

  it.each(['gzip', 'GZIP', 'br', 'identity, gzip', 'gzip, identity'])(
    'by %s is 415, and told which encoding is taken',
    async (encoding) => {
      const answer = await asked(encoding)
      expect([answer.status, answer.body.code, answer.trips]).toEqual([415, 'encoding_unsupported', 0])
      expect(answer.headers.get('Accept-Encoding')).toBe('identity')
    },
  )

  it.each(['identity', 'Identity', 'identity, identity', ''])('by %j is none', async (encoding) => {
    const answer = await asked(encoding)
    expect([answer.status, answer.headers.get('Accept-Encoding')]).toEqual([201, null])
  })

  it('is judged after the token', async () => {
    expect((await asked('gzip', 'a.b.c')).status).toBe(401)
  })
})

describe('how long D1 took', () => {
  it.each([
    ['not told with 401, which would tell', 'GET', '/namespaces', 401],
    ['not told with 403', 'PATCH', '/auth/me', 403],
    ['not told with 404', 'GET', '/namespaces/no.such', 404],
    ['not told to HEAD either', 'HEAD', '/namespaces/no.such', 404],
    ['told with 400', 'GET', '/namespaces?cursor=x', 400],
    ['told with 409', 'POST', '/namespaces', 409],
    ['told with a success', 'GET', '/namespaces', 200],
  ] as const)('is %s: %s %s', async (_, method, path, status) => {
    const tenant = await Tenant.arrive()
    const made = await tenant.ask('POST', '/auth/tokens', { name: 'job', scopes: ['read'] })
    if (status === 401) await tenant.ask('DELETE', `/auth/tokens/${made.body.id}`)
    const body = { POST: { slug: tenant.slug }, PATCH: { name: 'x' } }[method as string]
    const token = status === 409 ? await identified(tenant) : made.body.token
    const answer = await tenant.ask(method, path, body, { token })
    expect([answer.status, answer.trips]).toEqual([status, 1])
    const timing = answer.headers.get('Server-Timing')
    if ([401, 403, 404].includes(status)) expect(timing).toBe('db;desc="1"')
    else expect(timing).toMatch(/^db;desc="1";dur=\d+\.\d$/)
  })
})

it('only the documented routes need no token', () => {
  expect(routes.filter(({ open }) => open).map(({ path }) => path)).toEqual([
    '/',
    '/health',
    '/healthz',
    '/readyz',
    '/version',
    '/openapi.json',
    '/docs',
    '/llms.txt',
    '/problems',
    '/problems/{code}',
    '/auth/exchange',
    '/objects/{key}',
    '/objects/{key}',
  ])
})
