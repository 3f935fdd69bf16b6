import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { mintApiToken } from '../../src/domain/api-token.ts'
import {
  anAddress,
  expectLimited,
  forged,
  from,
  garbage,
  type Limit,
  names,
  platform,
  policies,
  READS,
  STRANGERS,
  told,
  type Variables,
  WRITES,
} from '../support/limiters.ts'
import { put } from '../support/samples.ts'
import { type Answer, type Asked, ask, Tenant, tokenFor } from '../support/world.ts'

// Spelled as any string: the compiler has no type for a module that is the text of a file.
const { default: wrangler }: { default: string } = await import('../../wrangler.toml?raw' as string)

describe('an answer tells the policy that applied to its request', () => {
  it.each([
    ['GET', '/namespaces', undefined, 200, READS],
    ['HEAD', '/namespaces', undefined, 200, READS],
    ['GET', '/namespaces/no.such', undefined, 404, READS],
    ['GET', '/namespaces?cursor=x', undefined, 400, READS],
    ['POST', '/namespaces', { slug: 'Not a slug' }, 400, WRITES],
    ['PATCH', '/namespaces/no.such', {}, 404, WRITES],
    ['PUT', '/namespaces/no.such/members/x', { role: 'reader' }, 404, WRITES],
    ['DELETE', '/namespaces/no.such/members/x', undefined, 404, WRITES],
  ] as const)('%s %s %j: %i', async (method, path, body, status, headers) => {
    const { variables } = platform()
    const answer = await (await Tenant.arrive()).ask(method, path, body, { variables })
    expect([answer.status, told(answer)]).toEqual([status, headers])
  })

  it('of strangers, where nobody or no good token asks', async () => {
    const { variables } = platform()
    for (const token of [undefined, garbage(), await forged()]) {
      const answer = await ask('POST', '/namespaces', {
        variables,
        ...(token === undefined ? {} : { token }),
      })
      expect([answer.status, told(answer)]).toEqual([401, STRANGERS])
    }
  })
})

describe('a request over its limit', () => {
  const large = { raw: 'x', headers: { 'Content-Length': '9999999', 'Content-Type': 'text/plain' } }

  it.each([
    ['reads', 'GET', '/auth/me', 6_000],
    ['reads', 'HEAD', '/auth/me', 6_000],
    ['writes', 'POST', '/namespaces', 3_000],
    ['writes', 'PATCH', '/auth/me', 3_000],
    ['writes', 'DELETE', '/auth/tokens/x', 3_000],
  ] as const)(
    'of %s is 429, asks D1 nothing, and makes nobody known: %s %s',
    async (limit, method, path, quota) => {
      const { variables } = platform(limit)
      const tenant = await Tenant.unknown()
      const body = method === 'POST' ? { slug: `${tenant.slug}-x` } : undefined
      expectLimited(await tenant.ask(method, path, body, { variables }), limit, quota)
      const known = await env.DB.prepare('select 1 from users where username = ?').bind(tenant.slug).first()
      expect(known).toBeNull()
    },
  )

  it.each([
    ['413', large],
    ['415', { raw: 'x', headers: { 'Content-Type': 'text/plain' } }],
    ['400', { body: { slug: 5 } }],
    ['409', { body: { slug: 'taken' } }],
  ])('is 429 before it would be %s', async (_, asked) => {
    const token = await tokenFor('anybody')
    const { variables } = platform('writes')
    expectLimited(await ask('POST', '/namespaces', { ...asked, token, variables }), 'writes', 3_000)
  })

  it.each(['nobody', 'garbage', 'a forger'])('is 429 before it would be 401: %s', async (who) => {
    const { variables } = platform('strangers')
    const token = { nobody: undefined, garbage: garbage(), 'a forger': await forged() }[who]
    const answer = await ask('GET', '/namespaces', { variables, ...(token ? { token } : {}) })
    expectLimited(answer, 'strangers', 300)
    expect(answer.headers.get('WWW-Authenticate')).toBeNull()
  })

  it.each([
    [404, 'GET', '/nowhere'],
    [404, 'POST', '/namespaces/a/b/c/d/e'],
    [405, 'DELETE', '/namespaces'],
    [405, 'PATCH', '/health'],
  ])('is %i where the route is none, and is not counted: %s %s', async (status, method, path) => {
    const { counted, variables } = platform('reads', 'writes', 'strangers')
    const token = await tokenFor('anybody')
    for (const answer of [
      await ask(method, path, { variables }),
      await ask(method, path, { variables, token }),
    ])
      expect([answer.status, told(answer)]).toEqual([status, [null, null, null]])
    expect(counted).toEqual([])
  })

  it('says so to a page of another origin too', async () => {
    const { variables } = platform('reads')
    const headers = { Origin: 'http://localhost:3000' }
    const answer = await ask('GET', '/namespaces', { token: await tokenFor('anybody'), headers, variables })
    expectLimited(answer, 'reads', 6_000)
    expect(answer.headers.get('Access-Control-Expose-Headers')).toMatch(
      /RateLimit,.*RateLimit-Policy.*Retry-After/,
    )
  })

  it('leaves the other limits alone', async () => {
    const tenant = await Tenant.arrive()
    const statuses = async (limit: Limit) => {
      const { variables } = platform(limit)
      return [
        (await tenant.ask('GET', '/namespaces', undefined, { variables })).status,
        (await tenant.ask('POST', '/namespaces', {}, { variables })).status,
        (await ask('GET', '/namespaces', { variables })).status,
      ]
    }
    expect(await statuses('reads')).toEqual([429, 400, 401])
    expect(await statuses('writes')).toEqual([200, 429, 401])
    expect(await statuses('strangers')).toEqual([200, 400, 429])
  })
})

describe('what is counted', () => {
  it('is a user, whatever the token and wherever from, by a digest that tells nothing', async () => {
    const { slug, token } = await Tenant.arrive()
    const another = await tokenFor(slug, { claims: { jti: crypto.randomUUID() } })
    const somebody = await tokenFor(crypto.randomUUID())
    const [here, there] = [anAddress(), anAddress()]
    const keys: string[] = []
    for (const [shown, address] of [
      [token, here],
      [token, here],
      [token, there],
      [another, here],
      [somebody, here],
    ] as const) {
      const { counted, variables } = platform()
      const answer = await ask('GET', '/namespaces', { token: shown, variables, ...from(address) })
      const reads = counted.filter(({ limit }) => limit === 'reads').map(({ key }) => key)
      expect([answer.status, told(answer), reads.length]).toEqual([200, READS, 1])
      keys.push(...reads)
    }
    expect(keys.map((key) => key === keys[0])).toEqual([true, true, true, true, false])
  })

  it('is the user of an API token too, once it has told whose it is', async () => {
    const tenant = await Tenant.arrive()
    const { counted, variables } = platform()
    const tokens: string[] = []
    for (const name of ['one', 'two'])
      tokens.push((await tenant.ask('POST', '/auth/tokens', { name, scopes: ['read'] })).body.token)
    await tenant.ask('GET', '/auth/me', undefined, { variables })
    for (const token of [...tokens, ...tokens])
      expect(told(await ask('GET', '/auth/me', { token, variables, ...from(anAddress()) }))).toEqual(READS)
    const [user, ...keys] = counted.filter(({ limit }) => limit === 'reads').map(({ key }) => key)
    expect(keys.map((key) => key === user)).toEqual([false, false, true, true])
    expect(new Set(keys).size).toBe(3)
  })

  it('is the user of an API token that was never of use, and no use of it is noted', async () => {
    const tenant = await Tenant.arrive()
    const { token } = (await tenant.ask('POST', '/auth/tokens', { name: 'job', scopes: ['read'] })).body
    const { counted, variables } = platform()
    await tenant.ask('GET', '/auth/me', undefined, { variables })
    for (const [path, status] of [
      ['/namespaces/no.such', 404],
      ['/namespaces?cursor=x', 400],
    ] as const)
      expect((await ask('GET', path, { token, variables })).status).toBe(status)
    const [user, ...keys] = counted.filter(({ limit }) => limit === 'reads').map(({ key }) => key)
    expect(keys.map((key) => key === user)).toEqual([false, true])
    const { tokens } = (await tenant.ask('GET', '/auth/tokens')).body
    expect(tokens.map(({ lastUsedAt }: { lastUsedAt: string | null }) => lastUsedAt)).toEqual([null])
  })

  it('goes by digests alone', async () => {
    const { counted, variables } = platform()
    const tenant = await Tenant.arrive()
    const { token } = (await tenant.ask('POST', '/auth/tokens', { name: 'job', scopes: ['read'] })).body
    for (const shown of [tenant.token, token, token, garbage(), mintApiToken()])
      await ask('GET', '/namespaces', { token: shown, variables, ...from(anAddress()) })
    await ask('GET', '/namespaces', { variables })
    expect(new Set(counted.map(({ limit }) => limit))).toEqual(new Set(['strangers', 'reads']))
    for (const { key } of counted) expect(key).toMatch(/^[0-9a-f]{64}$/)
  })

  it('is the address alone for a request without a credential', async () => {
    const { counted, variables } = platform()
    for (const address of ['192.0.2.1', '192.0.2.1', '2001:db8::1']) {
      expect((await ask('POST', '/uploads', { variables, ...from(address) })).status).toBe(401)
    }
    expect(counted.map(({ limit }) => limit)).toEqual(['strangers', 'strangers', 'strangers'])
    const [first, second, third] = counted.map(({ key }) => key)
    expect([first === second, first === third]).toEqual([true, false])
  })

  it.each([
    ['garbage', async () => garbage()],
    ['a token of another secret', forged],
    ['a token that has expired', () => tokenFor(crypto.randomUUID(), { expiresAt: 1 })],
    [
      'an API token with a wrong checksum',
      async () => `dlk_${'0'.repeat(40)}${crypto.randomUUID().slice(0, 6)}`,
    ],
  ])('is the address for a credential that is none, another one each time: %s', async (_, make) => {
    const address = anAddress()
    const nobody = platform()
    await ask('GET', '/namespaces', { variables: nobody.variables, ...from(address) })
    const { counted, variables } = platform()
    for (let count = 0; count < 3; count++) {
      const token = await make()
      expect((await ask('GET', '/namespaces', { token, variables, ...from(address) })).status).toBe(401)
    }
    expect(counted).toEqual(Array(3).fill(nobody.counted[0]))
  })

  it('is the address where D1 alone knows that a token is none', async () => {
    const { counted, variables } = platform()
    const tenant = await Tenant.arrive()
    const { body } = await tenant.ask('POST', '/auth/tokens', { name: 'job', scopes: ['read'] })
    await ask('GET', '/namespaces', { token: body.token })
    await tenant.ask('DELETE', `/auth/tokens/${body.id}`)
    for (const token of [mintApiToken(), body.token, body.token]) {
      const asked = { token, variables, ...from('192.0.2.7') }
      expect((await ask('GET', '/namespaces', asked)).status).toBe(401)
    }
    const limits = counted.map(({ limit }) => limit)
    expect(limits).toEqual(['strangers', 'reads', 'reads', 'strangers', 'strangers', 'reads'])
  })

  it('is the network of an IPv6 address, whose owner has all of it', async () => {
    const { counted, variables } = platform()
    const addresses = [
      '2001:db8:0:7::1',
      '2001:db8::7:ffff:1:2:3',
      '2001:0db8:0000:0007:a:b:c:d',
      '2001:db8:0:8::1',
    ]
    for (const address of addresses) await ask('GET', '/namespaces', { variables, ...from(address) })
    const [first, ...others] = counted.map(({ key }) => key)
    expect(others.map((key) => key === first)).toEqual([true, true, false])
  })

  it('is a request without a credential once, also with an empty header of one', async () => {
    const { counted, variables } = platform()
    await ask('GET', '/namespaces', { variables, headers: { Authorization: ' ' } })
    expect(counted.map(({ limit }) => limit)).toEqual(['strangers'])
  })

  it('keeps nobody out where the limiter is out of order', async () => {
    const tenant = await Tenant.arrive()
    const limiter = { limit: () => Promise.reject(new Error('out of order')) }
    const variables = { ...policies, READ_LIMIT: limiter } as unknown as Variables
    expect((await tenant.ask('GET', '/namespaces', undefined, { variables })).status).toBe(200)
  })

  it('is refused where a signature is spelled in another way', async () => {
    const { token } = await Tenant.arrive()
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = letters.indexOf(token.at(-1) ?? '')
    for (const bits of [1, 2, 3]) {
      const respelled = token.slice(0, -1) + letters[last ^ bits]
      const answer = await ask('GET', '/namespaces', { token: respelled })
      expect([answer.status, answer.body.code]).toEqual([401, 'token_malformed'])
    }
  })

  it('is one credential, however its header is spelled', async () => {
    const tenant = await Tenant.arrive()
    const { counted, variables } = platform()
    for (const scheme of ['Bearer ', 'bearer ', 'Bearer    ', ' BEARER  ']) {
      const headers = { Authorization: scheme + tenant.token }
      expect((await ask('GET', '/namespaces', { headers, variables })).status).toBe(200)
    }
    expect(new Set(counted.map(({ key }) => key)).size).toBe(1)
  })

  it('is the address of whoever asks if the server is ready, which asks D1', async () => {
    const { counted, variables } = platform()
    expect(told(await ask('GET', '/readyz', { variables }))).toEqual(STRANGERS)
    expect(counted.map(({ limit }) => limit)).toEqual(['strangers'])
    expect((await ask('GET', '/readyz', { variables: platform('strangers').variables })).status).toBe(429)
  })

  it('is a good credential once, and not its address', async () => {
    const tenant = await Tenant.arrive()
    const { counted, variables } = platform('strangers')
    expect((await tenant.ask('GET', '/namespaces', undefined, { variables })).status).toBe(200)
    expect((await tenant.ask('GET', '/namespaces/no.such', undefined, { variables })).status).toBe(404)
    expect(counted.map(({ limit }) => limit)).toEqual(['reads', 'reads'])
  })
})

describe('nothing is counted', () => {
  it.each(['/', '/health', '/healthz', '/version', '/openapi.json'])('for %s', async (path) => {
    const { counted, variables } = platform('reads', 'writes', 'strangers')
    for (const asked of [{}, { token: garbage() }]) {
      const answer = await ask('GET', path, { variables, ...asked })
      expect([answer.status, told(answer)]).toEqual([200, [null, null, null]])
    }
    expect(counted).toEqual([])
  })

  it('for signed object URLs, good or altered', async () => {
    const owner = await Tenant.arrive()
    await owner.withProject()
    const { counted, variables } = platform('reads', 'writes', 'strangers')
    const place = { namespace: owner.slug, project: 'robotics' }
    const [upload, other] = (
      await owner.ask('POST', '/uploads', { ...place, files: [{ size: 3 }, { size: 3 }] })
    ).body.uploads
    const sending = { raw: 'abc', headers: upload.headers, variables }
    expect((await ask('PUT', upload.url, sending)).status).toBe(200)
    expect((await ask('PUT', `${upload.url}0`, sending)).status).toBe(403)
    await put(other.url, 'abc', other.headers)
    await owner.ask('POST', `/uploads/${other.id}/complete`)
    await owner.ask('POST', '/assets/video', { ...place, name: '/v.mp4', bssVideoId: other.id })
    const query = new URLSearchParams({ ...place, path: '/v.mp4' })
    const { url } = (await owner.ask('GET', `/assets/video/download?${query}`)).body
    const answer = await ask('GET', url, { variables })
    expect([answer.status, answer.text, told(answer)]).toEqual([200, 'abc', [null, null, null]])
    expect(counted).toEqual([])
  })

  it.each(Object.entries(names))(
    'of %s by a variable without its binding, or the reverse',
    async (limit, name) => {
      const variable = `RATE_LIMIT_${limit.toUpperCase()}`
      for (const missing of [name, variable]) {
        const { counted, variables } = platform('reads', 'writes', 'strangers')
        const asked = { variables: { ...variables, [missing]: undefined } }
        const token = limit === 'strangers' ? {} : { token: (await Tenant.arrive()).token }
        const answer = await ask(limit === 'reads' ? 'GET' : 'POST', '/namespaces', { ...asked, ...token })
        const status = { reads: 200, writes: 400, strangers: 401 }[limit]
        expect([answer.status, told(answer)]).toEqual([status, [null, null, null]])
        expect(counted).toEqual([])
      }
    },
  )
})

describe('a malformed limit is a fault of the configuration', () => {
  it.each(
    ['6000', '0/60', '6000/30', '6000 per 60', '-1/60', '1e3/60', '6000/60/1'].map((value, index) => {
      const variable = Object.keys(policies)[index % 3] ?? ''
      return { variable, value }
    }),
  )('$variable=$value', async ({ variable, value }) => {
    const variables = { [variable]: value }
    const answer = await ask('GET', '/namespaces', { token: await tokenFor('anybody'), variables })
    expect([answer.status, answer.body.code, answer.trips]).toEqual([503, 'not_configured', 0])
    const ready = await ask('GET', '/readyz', { variables })
    expect([ready.status, ready.body.errors.map(({ path }: { path: string }) => path)]).toEqual([
      503,
      [variable],
    ])
    expect((await ask('GET', '/health', { variables })).status).toBe(200)
  })
})

/** The limits that wrangler.toml binds, as the variables write them. */
function boundLimits(): Record<string, string> {
  const bound = wrangler.matchAll(
    /\[\[ratelimits\]\]\s+name = "(\w+)"\s+namespace_id = "(\d+)"\s+simple = \{ limit = (\d+), period = (\d+) \}/g,
  )
  return Object.fromEntries([...bound].map(([, name, , limit, period]) => [name, `${limit}/${period}`]))
}

describe('wrangler.toml', () => {
  it('says the same of each limit to the platform and to the headers', () => {
    const vars = wrangler.split('[vars]')[1]?.split(/^\[/m)[0] ?? ''
    const told = Object.fromEntries(
      [...vars.matchAll(/^(RATE_LIMIT_\w+) = "(.*)"$/gm)].map(([, name, value]) => [name, value]),
    )
    const bound = boundLimits()
    expect(told).toEqual({
      RATE_LIMIT_READS: bound.READ_LIMIT,
      RATE_LIMIT_WRITES: bound.WRITE_LIMIT,
      RATE_LIMIT_STRANGERS: bound.STRANGER_LIMIT,
    })
    expect(Object.keys(bound)).toHaveLength(3)
    const ids = [...wrangler.matchAll(/namespace_id = "(\d+)"/g)].map(([, id]) => id)
    expect([ids.length, new Set(ids).size]).toEqual([3, 3])
    const { RATE_LIMIT_READS, RATE_LIMIT_WRITES, RATE_LIMIT_STRANGERS } = env
    expect({ RATE_LIMIT_READS, RATE_LIMIT_WRITES, RATE_LIMIT_STRANGERS }).toEqual(told)
  })
})

describe("the platform's own limiters", () => {
  const { READ_LIMIT, WRITE_LIMIT, STRANGER_LIMIT } = env
  const variables = { ...policies, READ_LIMIT, WRITE_LIMIT, STRANGER_LIMIT } as unknown as Variables

  /** What happens within one minute, by the clock; where one ended in between, it is done anew. */
  async function inOneMinute<T>(doing: () => Promise<T>): Promise<T> {
    const minute = () => Math.floor(Date.now() / 60_000)
    for (;;) {
      const before = minute()
      const done = await doing()
      if (minute() === before) return done
    }
  }

  /** Asks until it is refused, and says how often it was not. */
  async function asksUntilRefused(
    asking: () => Promise<Answer>,
    limit: Limit,
    quota: number,
    most: number,
  ): Promise<number> {
    for (let count = 0; count <= most; count++) {
      const answer = await asking()
      if (answer.status !== 429) continue
      expectLimited(answer, limit, quota)
      return count
    }
    return Number.POSITIVE_INFINITY
  }

  it('count a good credential without being in its way', async () => {
    const tenant = await Tenant.arrive()
    const answer = await tenant.ask('GET', '/namespaces', undefined, { variables, ...from(anAddress()) })
    expect([answer.status, told(answer)]).toEqual([200, READS])
  })

  it('refuse an address after 300 requests without a good credential, whatever each of them shows', async () => {
    const shown = [undefined, 'Basic YTpi', () => `Bearer ${garbage()}`]
    const { token } = await Tenant.arrive()
    const outcome = await inOneMinute(async () => {
      const address = anAddress()
      let turn = 0
      const asking = () => {
        const next = shown[turn++ % shown.length]
        const credential = typeof next === 'function' ? next() : next
        const headers = { ...from(address).headers, ...(credential ? { Authorization: credential } : {}) }
        return ask('GET', '/namespaces', { variables, headers })
      }
      const passed = await asksUntilRefused(asking, 'strangers', 300, 300)
      const other = await ask('GET', '/namespaces', { variables, ...from(anAddress()) })
      const known = await ask('GET', '/namespaces', { variables, token, ...from(address) })
      return [passed, other.status, known.status]
    })
    expect(outcome).toEqual([300, 401, 200])
  })

  it.each([
    ['reads', 'GET', 'READ_LIMIT', 6_000],
    ['writes', 'POST', 'WRITE_LIMIT', 3_000],
  ] as const)('refuse a user after the quota of %s, at every address', async (limit, method, name, quota) => {
    // The simulation takes a quota with each call; the one of wrangler.toml would be thousands of requests.
    const limiter = env[name] as { limit: (asked: object) => Promise<{ success: boolean }> }
    const small = { limit: ({ key }: { key: string }) => limiter.limit({ key, limit: 3 }) }
    const few = { ...variables, [name]: small } as unknown as Variables
    const outcome = await inOneMinute(async () => {
      const { slug, token } = await Tenant.arrive()
      const asking = (asked: Asked) =>
        ask(method, '/namespaces', { variables: few, token, ...from(anAddress()), ...asked })
      const passed = await asksUntilRefused(() => asking({}), limit, quota, 3)
      const another = await tokenFor(slug, { claims: { jti: crypto.randomUUID() } })
      const others = method === 'GET' ? 'POST' : 'GET'
      const answers = [
        await asking({ token: another }),
        await asking({ token: (await Tenant.arrive()).token }),
        await ask(others, '/namespaces', { variables: few, token }),
      ]
      return [passed, ...answers.map(({ status }) => status === 429)]
    })
    expect(outcome).toEqual([3, true, false, false])
  })
})
