import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import worker from '../../../src/index.ts'
import { stores } from '../../support/stores.ts'
import { ask, Tenant, tokenFor } from '../../support/world.ts'

describe('the service tells of itself', () => {
  it.each(['/health', '/healthz'])('%s asks no store', async (path) => {
    const answer = await ask('GET', path)
    expect([answer.status, answer.body, answer.trips]).toEqual([200, { status: 'ok' }, 0])
  })

  it('/readyz asks D1 once', async () => {
    const answer = await ask('GET', '/readyz')
    expect([answer.status, answer.body, answer.trips]).toEqual([200, { status: 'ok' }, 1])
  })

  it('/readyz is 503 and names D1 when D1 fails', async () => {
    const answer = await ask('GET', '/readyz', { disturb: () => Promise.reject(new Error('D1_ERROR: gone')) })
    expect([answer.status, answer.body.errors]).toEqual([503, [{ path: 'DB', message: 'did not answer' }]])
  })

  it.each<readonly [string, (of: string) => Record<string, string>, object]>([
    ['no such bucket', () => ({ S3_BUCKET: 'no-such-bucket' }), { path: 'S3_BUCKET' }],
    ['the bucket in the endpoint too', (of) => ({ S3_ENDPOINT: `${of}/films` }), { path: 'S3_BUCKET' }],
    ['another path', (of) => ({ S3_ENDPOINT: `${of}/elsewhere` }), { path: 'S3_BUCKET' }],
    ['another secret', () => ({ S3_SECRET_ACCESS_KEY: 'of another' }), { path: 'S3_ENDPOINT' }],
    ['nobody there', () => stores.elsewhere.deaf as Record<string, string>, { path: 'S3_ENDPOINT' }],
  ])('/readyz is 503 and names the store that is set with %s', async (_, change, fault) => {
    const { variables } = stores.elsewhere
    expect((await ask('GET', '/readyz', { variables })).status).toBe(200)
    const changed = { ...variables, ...change(variables.S3_ENDPOINT ?? '') }
    const { status, body } = await ask('GET', '/readyz', { variables: changed })
    expect([status, body.errors]).toEqual([503, [expect.objectContaining(fault)]])
  })

  it('/version names the newest migration', async () => {
    const { body } = await ask('GET', '/version', { variables: { COMMIT: 'abc' } })
    const newest = env.TEST_MIGRATIONS.at(-1)?.name.replace(/\.sql$/, '')
    expect(body).toMatchObject({ name: 'dreamlake-edge', commit: 'abc', migration: newest })
  })

  it('/ leads to the document', async () => {
    expect((await ask('GET', '/')).body.openapi).toBe('/openapi.json')
  })
})

const production = { ENVIRONMENT: undefined, JWT_SECRET: 'a secret of production, over 32 bytes' }
const provider = {
  AUTH_JWKS_URL: 'https://id.example/jwks',
  AUTH_ISSUER: 'https://id.example',
  AUTH_AUDIENCE: 'dreamlake',
}
const bucket = {
  S3_ENDPOINT: 'https://s3.example',
  S3_BUCKET: 'b',
  S3_REGION: 'auto',
  S3_ACCESS_KEY_ID: 'id',
  S3_SECRET_ACCESS_KEY: 'key',
}

/** A secret that has one byte too few, whatever is put around it. */
const SHORT = 'correct horse battery staple 31'

/** What a configuration is like, its variables, and the one of them that is to blame. */
type Unsafe = readonly [string, Readonly<Record<string, string | undefined>>, string]

const weak = (JWT_SECRET: string): Unsafe => [
  `the secret ${JSON.stringify(JWT_SECRET)}`,
  { ...production, JWT_SECRET },
  'JWT_SECRET',
]

describe('a random secret', () => {
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
  it.each([
    ['in base64', random(32).toBase64()],
    ['in base64 that ends in ==', `${random(34).toBase64()}`],
    ['in base64 and a line', `${random(48).toBase64()}\n`],
    ['in hex', random(32).toHex()],
    ['of 32 hex digits, some of which are alike', '000f3b5a1c9e77d2486ba0c1d4e85fff'],
    ['of 32 bytes and a line', '8fJq2LxZ0vTnB7yKc4RwHs1MdGe6UaPi\n'],
  ])('%s will do, to the byte', async (_, secret) => {
    const claims = { iss: 'dreamlake', aud: 'dreamlake', jti: crypto.randomUUID() }
    const status = async (key: string) => {
      const token = await tokenFor('alice', { secret: key, claims })
      return (await ask('GET', '/namespaces', { token, variables: { ...production, JWT_SECRET: secret } }))
        .status
    }
    expect([await status(secret), await status(`${secret}\n`), await status(secret.slice(0, -1))]).toEqual([
      200, 401, 401,
    ])
  })
})

describe('an unsafe configuration', () => {
  it.each([
    ['x'.repeat(31), 'has under 32 bytes'],
    [`${SHORT}    `, 'has under 32 bytes without the padding at its ends'],
    ['abcdefg'.repeat(5), 'has under 8 different bytes'],
    ['abcdefgh'.repeat(4), 'repeats a text of under 32 bytes'],
    [env.JWT_SECRET, 'is the public development secret'],
    [`${env.JWT_SECRET}\n`, 'contains the public development secret'],
  ])('of the secret %j says why: it %s', async (secret, message) => {
    for (const name of ['JWT_SECRET', 'JWT_SECRET_PREVIOUS']) {
      const { body } = await ask('GET', '/readyz', { variables: { ...production, [name]: secret } })
      expect(body.errors).toEqual([{ path: name, message }])
    }
  })

  it.each<Unsafe>([
    ['no secret', { ...production, JWT_SECRET: undefined }, 'JWT_SECRET'],
    ['a short secret', { ...production, JWT_SECRET: 'x'.repeat(31) }, 'JWT_SECRET'],
    ['the public secret outside development', { ENVIRONMENT: undefined }, 'JWT_SECRET'],
    [
      'the public secret as the one before',
      { ...production, JWT_SECRET_PREVIOUS: env.JWT_SECRET },
      'JWT_SECRET_PREVIOUS',
    ],
    ...[' '.repeat(32), 'x'.repeat(32), 'ä'.repeat(16), 'abcdefg'.repeat(5), 'abcdefgh'.repeat(4)].map(weak),
    ...['one two three\n'.repeat(3), `${'0123456789'.repeat(4)}01234`, `${SHORT} `, `\n\t${SHORT}`].map(weak),
    ...[`${SHORT}xxxx`, `====${SHORT}`, `    ${SHORT}::::::`, `${SHORT}0000 \n`, `${SHORT}😀😀😀😀`].map(
      weak,
    ),
    ...[`${env.JWT_SECRET}\n`, ` ${env.JWT_SECRET} `, `"${env.JWT_SECRET}"`, `xy${env.JWT_SECRET}!`].map(
      weak,
    ),
    ['the padded public secret in development', { JWT_SECRET: `${env.JWT_SECRET}\n` }, 'JWT_SECRET'],
    ['a repeated secret in development', { JWT_SECRET: 'abcdefgh'.repeat(4) }, 'JWT_SECRET'],
    [
      'a padded secret as the one before',
      { ...production, JWT_SECRET_PREVIOUS: `${SHORT}${' '.repeat(9)}` },
      'JWT_SECRET_PREVIOUS',
    ],
    ['an issuer without audience', { ...production, ...provider, AUTH_AUDIENCE: undefined }, 'AUTH_AUDIENCE'],
    ['an issuer without keys', { ...production, ...provider, AUTH_JWKS_URL: undefined }, 'AUTH_JWKS_URL'],
    [
      'keys over http',
      { ...production, ...provider, AUTH_JWKS_URL: 'http://id.example/jwks' },
      'AUTH_JWKS_URL',
    ],
    ['an issuer over http', { ...production, ...provider, AUTH_ISSUER: 'http://id.example' }, 'AUTH_ISSUER'],
    ['an issuer that is no URL', { ...production, ...provider, AUTH_ISSUER: 'local' }, 'AUTH_ISSUER'],
    ['a public URL with a path', { ...production, PUBLIC_URL: 'https://files.example/api' }, 'PUBLIC_URL'],
    ['a trash of no days', { ...production, RETENTION_DAYS: '0' }, 'RETENTION_DAYS'],
    ['a trash of over ten years', { ...production, RETENTION_DAYS: '3651' }, 'RETENTION_DAYS'],
    ['a trash for ever', { ...production, RETENTION_DAYS: 'never' }, 'RETENTION_DAYS'],
    ['uploads that are not kept', { ...production, UPLOAD_TTL_DAYS: '0' }, 'UPLOAD_TTL_DAYS'],
    ['uploads of over a year', { ...production, UPLOAD_TTL_DAYS: '366' }, 'UPLOAD_TTL_DAYS'],
    ['a schedule that may ask too little', { ...production, CRON_QUERIES: '44' }, 'CRON_QUERIES'],
    ['a schedule that may ask half a query', { ...production, CRON_QUERIES: '50.5' }, 'CRON_QUERIES'],
    ['a schedule that may ask anything', { ...production, CRON_QUERIES: 'all' }, 'CRON_QUERIES'],
    ['half a bucket', { ...production, ...bucket, S3_REGION: undefined }, 'S3_REGION'],
  ])('%s answers 503 on protected routes, and /readyz names the variable', async (_, variables, name) => {
    const token = await tokenFor('alice', { secret: production.JWT_SECRET })
    for (const [method, path] of [
      ['GET', '/namespaces'],
      ['POST', '/namespaces'],
      ['GET', '/auth/me'],
    ] as const) {
      const answer = await ask(method, path, { token, variables })
      expect([answer.status, answer.body.code, answer.trips]).toEqual([503, 'not_configured', 0])
      expect(answer.headers.get('Retry-After')).not.toBeNull()
    }
    const ready = await ask('GET', '/readyz', { variables })
    expect([ready.status, ready.body.errors[0].path]).toEqual([503, name])
    expect(ready.text).not.toContain(production.JWT_SECRET)
    expect((await ask('GET', '/health', { variables })).status).toBe(200)
  })
})

describe('outside development', () => {
  const full = { sub: 'alice', iss: 'dreamlake', aud: 'dreamlake', jti: 'one' }
  const asked = async (claims: Record<string, unknown>) =>
    ask('GET', '/namespaces', {
      token: await tokenFor('alice', { secret: production.JWT_SECRET, claims }),
      variables: production,
    })

  it('a token with all claims is accepted', async () => {
    expect((await asked(full)).status).toBe(200)
  })

  it.each(['iss', 'aud', 'jti'])('a token without %s is refused', async (claim) => {
    const { [claim]: _, ...rest } = full as Record<string, unknown>
    expect((await asked(rest)).body.code).toBe('token_claims_missing')
  })

  it.each([7, null, ''])('a token with %j for a jti is refused', async (jti) => {
    expect((await asked({ ...full, jti })).body.code).toBe('token_claims_missing')
  })

  it('a token of the public secret is refused', async () => {
    const answer = await ask('GET', '/namespaces', {
      token: await tokenFor('alice', { claims: full }),
      variables: production,
    })
    expect(answer.body.code).toBe('token_signature_invalid')
  })
})

describe('a change of the secret', () => {
  it('drops no valid token while the one before is known', async () => {
    const tenant = await Tenant.arrive()
    const rotated = { JWT_SECRET: 'the next secret, of over 32 bytes', JWT_SECRET_PREVIOUS: env.JWT_SECRET }
    expect(
      (await tenant.ask('GET', `/namespaces/${tenant.slug}`, undefined, { variables: rotated })).status,
    ).toBe(200)
    const dropped = { JWT_SECRET: 'the next secret, of over 32 bytes' }
    const answer = await tenant.ask('GET', `/namespaces/${tenant.slug}`, undefined, { variables: dropped })
    expect(answer.body.code).toBe('token_signature_invalid')
  })
})

describe('every answer', () => {
  it('has a request id, and keeps a sane one of the client', async () => {
    for (const id of ['run-7', 'a.b:c~d/e=f@g+h_i', 'x'.repeat(128)]) {
      expect(
        (await ask('GET', '/health', { headers: { 'X-Request-Id': id } })).headers.get('X-Request-Id'),
      ).toBe(id)
    }
    for (const id of ['', 'two words', 'x'.repeat(129), 'ä', '<script>']) {
      const kept = (await ask('GET', '/health', { headers: { 'X-Request-Id': id } })).headers.get(
        'X-Request-Id',
      )
      expect(kept).toMatch(/^[0-9a-f-]{36}$/)
    }
  })

  it.each(['/health', '/nowhere', '/namespaces'])('%s may not be sniffed or stored', async (path) => {
    const { headers } = await ask('GET', path)
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(headers.get('Strict-Transport-Security')).toMatch(/^max-age=\d+/)
    expect(headers.get('Cache-Control')).toContain('no-store')
  })

  it('to an unknown route is a problem', async () => {
    const { status, body } = await ask('GET', '/nowhere')
    expect([status, body.code, body.status, body.error]).toEqual([404, 'route_not_found', 404, body.detail])
  })

  it('to an unknown method names the ones there are', async () => {
    const answer = await ask('PUT', '/namespaces')
    expect([answer.status, answer.body.code]).toEqual([405, 'method_not_allowed'])
    expect(answer.headers.get('Allow')).toBe('GET, POST, HEAD, OPTIONS')
  })

  it('to HEAD is that to GET without its body', async () => {
    const tenant = await Tenant.arrive()
    const [get, head] = [await tenant.ask('GET', '/namespaces'), await tenant.ask('HEAD', '/namespaces')]
    expect([head.status, head.text, head.headers.get('Content-Type')]).toEqual([
      200,
      '',
      get.headers.get('Content-Type'),
    ])
  })

  it('to OPTIONS names the methods', async () => {
    const answer = await ask('OPTIONS', '/namespaces')
    expect([answer.status, answer.headers.get('Allow')]).toEqual([204, 'GET, POST, HEAD, OPTIONS'])
  })

  it('refuses a bookmark that is none', async () => {
    const tenant = await Tenant.arrive()
    for (const bookmark of ['garbage', 'first-primary', '0'.repeat(32)]) {
      const answer = await tenant.ask('GET', '/namespaces', undefined, {
        headers: { 'X-D1-Bookmark': bookmark },
      })
      expect([answer.status, answer.body.errors[0].path, answer.trips]).toEqual([400, 'X-D1-Bookmark', 0])
    }
    const own = (await tenant.ask('GET', '/namespaces')).headers.get('X-D1-Bookmark') ?? ''
    const answer = await tenant.ask('GET', '/namespaces', undefined, { headers: { 'X-D1-Bookmark': own } })
    expect(answer.status).toBe(200)
  })
})

describe('browsers of other origins', () => {
  const from = (origin: string, variables = {}) =>
    ask('GET', '/health', { headers: { Origin: origin }, variables })
  const allowed = async (origin: string, variables = {}) =>
    (await from(origin, variables)).headers.get('Access-Control-Allow-Origin')

  it('are allowed where they are named, and on localhost in development', async () => {
    const named = { ...production, CORS_ORIGINS: 'https://app.example, https://lab.example' }
    expect(await allowed('https://lab.example', named)).toBe('https://lab.example')
    expect(await allowed('https://evil.example', named)).toBeNull()
    expect(await allowed('http://localhost:5173', named)).toBeNull()
    expect(await allowed('http://localhost:5173')).toBe('http://localhost:5173')
    expect(await allowed('http://localhost.evil.example')).toBeNull()
  })

  it.each([
    ['https://app.example/', 'https://app.example'],
    ['HTTPS://App.Example', 'https://app.example'],
    ['https://app.example:443', 'https://app.example'],
    ['http://app.example:80/', 'http://app.example'],
    ['https://app.example:8443', 'https://app.example:8443'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['http://[2001:DB8::1]:8080/', 'http://[2001:db8::1]:8080'],
    ['Capacitor://Localhost', 'capacitor://localhost'],
    [' , https://lab.example ,,https://app.example, ', 'https://app.example'],
  ])('are found by any spelling of theirs: %j', async (CORS_ORIGINS, origin) => {
    const variables = { ...production, CORS_ORIGINS }
    expect(await allowed(origin, variables)).toBe(origin)
    expect((await ask('GET', '/readyz', { variables })).status).toBe(200)
  })

  it.each([
    '*',
    'https://*.example',
    'app.example',
    'localhost:5173',
    'https:app.example',
    '//app.example',
    'https://app.example/path',
    'https://app.example//',
    'https://app.example?a=1',
    'https://app.example/#a',
    'https://user@app.example',
    'https://',
    'file:///',
    'null',
  ])('are named by origins alone: /readyz tells of %j', async (wrong) => {
    const variables = { ...production, CORS_ORIGINS: `https://lab.example,${wrong}` }
    const { status, body } = await ask('GET', '/readyz', { variables })
    const message = 'has entry 2, which is no origin such as https://app.example'
    expect([status, body.errors]).toEqual([503, [{ path: 'CORS_ORIGINS', message }]])
    expect(await allowed('https://lab.example', variables)).toBe('https://lab.example')
  })

  it('may send what the API needs, and read what it tells', async () => {
    const headers = {
      Origin: 'http://localhost:5173',
      'Access-Control-Request-Method': 'PATCH',
      'Access-Control-Request-Headers': 'authorization,content-type,x-d1-bookmark',
    }
    const preflight = await ask('OPTIONS', '/namespaces', { headers })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('Access-Control-Allow-Methods')).toContain('PATCH')
    expect(preflight.headers.get('Access-Control-Allow-Headers')).toContain('x-d1-bookmark')
    expect((await from('http://localhost:5173')).headers.get('Access-Control-Expose-Headers')).toContain(
      'X-D1-Bookmark',
    )
  })
})

it('the scheduled work runs', async () => {
  await expect(worker.scheduled(createScheduledController(), env)).resolves.toBeUndefined()
})
