import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { mintApiToken } from '../../../src/domain/api-token.ts'
import { expectRefused, faults, ID, TIME } from '../../support/expectations.ts'
import { type Fixture, fixture, put } from '../../support/samples.ts'
import { sha256Of } from '../../support/stores.ts'
import { type Answer, type Asked, ask, Tenant, tokenFor } from '../../support/world.ts'

/** The hash under which the user of the fixture has sent a file by the older routes. */
const STAGED = '0123456789abcdef'

interface ApiToken {
  readonly id: string
  readonly token: string
  readonly ask: (method: string, path: string, body?: unknown, asked?: Asked) => Promise<Answer>
}

/** An API token of that user, and who asks by it. */
async function tokenOf(tenant: Tenant, ...given: readonly (string | object)[]): Promise<ApiToken> {
  const scopes = given.filter((each) => typeof each === 'string')
  const binding = Object.assign({}, ...given.filter((each) => typeof each === 'object'))
  const { status, body } = await tenant.ask('POST', '/auth/tokens', { name: 'robot', scopes, ...binding })
  expect(status).toBe(201)
  const { id, token } = body
  return {
    id,
    token,
    ask: (method, path, sent, asked) =>
      ask(method, path, { token, ...(sent === undefined ? {} : { body: sent }), ...asked }),
  }
}

const codeOf = ({ status, body }: Answer) => [status, body?.code]
const listOf = async (tenant: Tenant) => (await tenant.ask('GET', '/auth/tokens')).body
const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id)
const change = (statement: string, ...values: unknown[]) =>
  env.DB.prepare(statement)
    .bind(...values)
    .run()
const makerOf = (table: 'episodes' | 'assets' | 'objects', id: string) =>
  env.DB.prepare(`select created_by_token from ${table} where id = ?`).bind(id).first('created_by_token')

/** D1 commits the first batch, and its answer never comes. */
function losingTheFirst(): Asked {
  let runs = 0
  return {
    disturb: async (batch) => {
      const results = await batch()
      if (++runs === 1) throw new Error('D1_ERROR: Network connection lost.')
      return results
    },
  }
}

function expectFailure(answer: Answer, status: number, code: string): void {
  expect([...codeOf(answer), answer.rowsWritten]).toEqual([status, code, 0])
}

describe('POST /auth/tokens', () => {
  it('shows the secret this once: D1 has its SHA-256, and nobody has more', async () => {
    const tenant = await Tenant.arrive()
    const { status, body, trips } = await tenant.ask('POST', '/auth/tokens', {
      name: 'robot-7',
      scopes: ['upload', 'read', 'upload'],
      namespace: null,
      expiresIn: null,
    })
    const { token, ...rest } = body
    const shown = { name: 'robot-7', scopes: ['read', 'upload'], namespace: null, project: null }
    expect([status, trips]).toEqual([201, 1])
    expect(rest).toEqual({ id: ID, ...shown, expiresAt: null, createdAt: TIME })
    expect(token).toMatch(/^dlk_[0-9A-Za-z]{46}$/)
    const row = await env.DB.prepare('select * from api_tokens where id = ?').bind(body.id).first()
    expect(row?.hash).toBe(await sha256Of(token))
    const list = await listOf(tenant)
    expect(list.tokens).toEqual([{ ...rest, lastUsedAt: null }])
    expect(JSON.stringify([row, list])).not.toContain(token.slice(4))
  })

  it.each([
    [{}, null],
    [{ project: 'robotics' }, 'robotics'],
    [{ space: 'robotics' }, 'robotics'],
  ])('with %j shows what the token is bound to, and until when', async (given, project) => {
    const tenant = await Tenant.arrive()
    await tenant.withProject()
    const binding = { namespace: tenant.slug, expiresIn: 60, ...given }
    const body = { name: 'job', scopes: ['write'], ...binding }
    const { body: made } = await tenant.ask('POST', '/auth/tokens', body)
    expect(made).toMatchObject({ scopes: ['write'], namespace: tenant.slug, project })
    expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBe(60_000)
  })

  const given = { name: 'job', scopes: ['read'] }
  it.each<[object, string[]]>([
    [{}, ['name', 'scopes']],
    [{ ...given, scopes: [] }, ['scopes']],
    [{ ...given, scopes: 'read' }, ['scopes']],
    [{ ...given, scopes: ['read', 'own'] }, ['scopes']],
    [{ ...given, scopes: [null] }, ['scopes']],
    [{ ...given, name: '' }, ['name']],
    [{ ...given, name: '..' }, ['name']],
    [{ ...given, name: 'x'.repeat(256) }, ['name']],
    [{ ...given, name: 'a\u0007b' }, ['name']],
    [{ ...given, project: 'robotics' }, ['namespace']],
    [{ ...given, namespace: 5 }, ['namespace']],
    [{ ...given, namespace: 'a', project: [] }, ['project']],
    ...[0, -1, 1.5, '60', 1e12].map((expiresIn): [object, string[]] => [
      { ...given, expiresIn },
      ['expiresIn'],
    ]),
  ])('refuses %j', async (body, fields) => {
    const answer = await (await Tenant.arrive()).ask('POST', '/auth/tokens', body)
    expectRefused(answer, 400)
    expect([...new Set(faults(answer))]).toEqual(fields)
  })

  it('binds to nothing that the user is no member of, or that is not there', async () => {
    const [owner, stranger] = [await Tenant.arrive(), await Tenant.arrive()]
    await owner.ask('PATCH', await owner.withProject(), { visibility: 'public' })
    const bind = (tenant: Tenant, namespace: string, project?: string) =>
      tenant.ask('POST', '/auth/tokens', { ...given, namespace, project })
    expectFailure(await bind(stranger, owner.slug), 404, 'namespace_not_found')
    expectFailure(await bind(stranger, owner.slug, 'robotics'), 404, 'namespace_not_found')
    expectFailure(await bind(owner, `${owner.slug}-x`), 404, 'namespace_not_found')
    expectFailure(await bind(owner, owner.slug, 'other'), 404, 'project_not_found')
    await stranger.withProject('other')
    expectFailure(await bind(owner, owner.slug, 'other'), 404, 'project_not_found')
    await owner.admit(stranger, 1)
    expect((await bind(stranger, owner.slug, 'robotics')).status).toBe(201)
  })

  it('sent twice makes two tokens, also under one request id, and both are good', async () => {
    const tenant = await Tenant.arrive()
    const headers = { 'X-Request-Id': 'sent-twice' }
    const send = () => tenant.ask('POST', '/auth/tokens', given, { headers })
    const [first, second] = [await send(), await send()]
    for (const { body } of [first, second])
      expect((await ask('GET', '/auth/me', { token: body.token })).status).toBe(200)
    expect(idsOf((await listOf(tenant)).tokens)).toEqual([second.body.id, first.body.id])
  })

  it('makes one token where D1 could not say that it has committed, and that one is good', async () => {
    const tenant = await Tenant.unknown()
    const { status, body, trips } = await tenant.ask('POST', '/auth/tokens', given, losingTheFirst())
    const list = await listOf(tenant)
    expect([status, trips, idsOf(list.tokens), list.total]).toEqual([201, 2, [body.id], 1])
    expect((await ask('GET', '/auth/me', { token: body.token })).body.username).toBe(tenant.slug)
  })
})

it('a user has at most 100 tokens, and one that is revoked makes room', async () => {
  const tenant = await Tenant.arrive()
  const robot = await tokenOf(tenant, 'read')
  const create = () => tenant.ask('POST', '/auth/tokens', { name: 'more', scopes: ['read'] })
  for (let count = 1; count < 100; count++) expect((await create()).status).toBe(201)
  const refused = await create()
  expectFailure(refused, 409, 'too_many_api_tokens')
  expect(refused.body.detail).toMatch(/100 API tokens.*DELETE \/auth\/tokens/)
  await tenant.ask('DELETE', `/auth/tokens/${robot.id}`)
  expect((await create()).status).toBe(201)
})

describe('GET /auth/tokens', () => {
  it("lists one's own in pages, newest first, with their exact number", async () => {
    const [tenant, other] = [await Tenant.arrive(), await Tenant.arrive()]
    await tokenOf(other, 'read')
    const made: string[] = []
    for (let nth = 0; nth < 5; nth++) made.unshift((await tokenOf(tenant, 'read')).id)
    await tenant.ask('DELETE', `/auth/tokens/${made.pop()}`)
    const page = async (query: string) => (await tenant.ask('GET', `/auth/tokens?pageSize=3${query}`)).body
    const first = await page('')
    expect(first).toMatchObject({ page: 1, pageSize: 3, total: 4, totalPages: 2 })
    const [next, second] = [await page(`&cursor=${first.nextCursor}`), await page('&page=2')]
    expect(next.nextCursor).toBeNull()
    expect(idsOf(second.tokens)).toEqual(made.slice(3))
    expect(idsOf([...first.tokens, ...next.tokens])).toEqual(made)
  })

  it('is empty for a user who is not known yet, and makes nobody known', async () => {
    const { body, rowsWritten } = await (await Tenant.unknown()).ask('GET', '/auth/tokens')
    expect([body.tokens, body.total, rowsWritten]).toEqual([[], 0, 0])
  })

  describe('lastUsedAt', () => {
    afterEach(() => vi.useRealTimers())

    it('is noted after a use that succeeded, at most once an hour', async () => {
      const tenant = await Tenant.arrive()
      const robot = await tokenOf(tenant, 'read')
      const noted = () =>
        env.DB.prepare('select last_used_at from api_tokens where id = ?')
          .bind(robot.id)
          .first('last_used_at')
      expect((await listOf(tenant)).tokens[0].lastUsedAt).toBeNull()
      vi.useFakeTimers({ toFake: ['Date'] })
      const start = Date.now()
      const notes: unknown[] = []
      for (const later of [0, 3_599_999, 3_600_000, 3_600_001]) {
        vi.setSystemTime(start + later)
        const used = await robot.ask('GET', '/auth/me')
        expect([used.status, used.rowsWritten]).toEqual([200, 0])
        notes.push(await noted())
      }
      expect(notes).toEqual([start, start, start + 3_600_000, start + 3_600_000])
      vi.useRealTimers()
      expect((await listOf(tenant)).tokens[0].lastUsedAt).toBe(new Date(start + 3_600_000).toISOString())
    })
  })
})

describe('DELETE /auth/tokens/:id', () => {
  it('revokes: the token is refused at the very next request, and is listed no more', async () => {
    const tenant = await Tenant.arrive()
    const [kept, robot] = [await tokenOf(tenant, 'read'), await tokenOf(tenant, 'read')]
    expect((await robot.ask('GET', '/namespaces')).status).toBe(200)
    const answer = await tenant.ask('DELETE', `/auth/tokens/${robot.id}`)
    expect([answer.status, answer.body, answer.trips]).toEqual([200, { success: true }, 1])
    const refused = await robot.ask('GET', '/namespaces')
    expectFailure(refused, 401, 'token_revoked')
    expect(refused.headers.get('WWW-Authenticate')).toMatch(/^Bearer/)
    expect(await listOf(tenant)).toMatchObject({ tokens: [{ id: kept.id }], total: 1 })
    const again = await tenant.ask('DELETE', `/auth/tokens/${robot.id}`)
    expectFailure(again, 404, 'api_token_not_found')
  })

  it('is done where D1 could not say so', async () => {
    const tenant = await Tenant.arrive()
    const robot = await tokenOf(tenant, 'read')
    const path = `/auth/tokens/${robot.id}`
    const { status, trips } = await tenant.ask('DELETE', path, undefined, losingTheFirst())
    expect([status, trips]).toEqual([200, 2])
    expectFailure(await robot.ask('GET', '/auth/me'), 401, 'token_revoked')
  })

  it("finds neither another's token nor an unknown one", async () => {
    const [tenant, other] = [await Tenant.arrive(), await Tenant.arrive()]
    const robot = await tokenOf(other, 'read')
    for (const id of [robot.id, '0'.repeat(24), 'nonsense'])
      expectFailure(await tenant.ask('DELETE', `/auth/tokens/${id}`), 404, 'api_token_not_found')
    expect((await robot.ask('GET', '/auth/me')).status).toBe(200)
  })
})

describe('a token that is not good', () => {
  it('with a typing error in any of its characters is told without a query', async () => {
    const { token } = await tokenOf(await Tenant.arrive(), 'read')
    for (const at of Array.from(token).keys()) {
      const wrong = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
      const answer = await ask('GET', '/namespaces', { token: wrong })
      expect([at, ...codeOf(answer), answer.trips]).toEqual([at, 401, 'token_malformed', 0])
    }
    for (const wrong of [token.slice(0, -1), `${token}A`, token.toLowerCase()])
      expect(codeOf(await ask('GET', '/namespaces', { token: wrong }))).toEqual([401, 'token_malformed'])
  })

  const states: [string, string, (token: ApiToken) => Promise<unknown>][] = [
    ['unknown', 'token_unknown', ({ id }) => change('delete from api_tokens where id = ?', id)],
    ['revoked', 'token_revoked', ({ id }) => change('update api_tokens set revoked_at = 1 where id = ?', id)],
    ['expired', 'token_expired', ({ id }) => change('update api_tokens set expires_at = 1 where id = ?', id)],
  ]
  const requests: [string, string, string, Asked, number][] = [
    ['is read', 'GET', '/auth/me', {}, 200],
    ['is written', 'POST', '/assets/video', { body: { namespace: 'n', project: 'p' } }, 404],
    ['has a malformed body', 'POST', '/assets/video', { body: { namespace: 5 } }, 400],
    ['has no JSON', 'POST', '/uploads', { raw: '{', headers: { 'Content-Type': 'application/json' } }, 400],
    [
      'is of another media type',
      'POST',
      '/uploads',
      { raw: 'a', headers: { 'Content-Type': 'text/x' } },
      415,
    ],
    ['is encoded', 'POST', '/uploads', { raw: '{}', headers: { 'Content-Encoding': 'gzip' } }, 415],
    ['announces too much', 'POST', '/uploads', { body: tooLarge() }, 400],
    ['has an altered cursor', 'GET', '/namespaces?cursor=x', {}, 400],
    ['logs out', 'POST', '/auth/logout', {}, 400],
  ]

  it.each(requests)(
    'is told so in one round trip where the request %s',
    async (_, method, path, asked, good) => {
      const tenant = await Tenant.arrive()
      const whole = await tokenOf(tenant, 'read', 'write')
      const answer = await whole.ask(method, path, undefined, asked)
      expect([answer.status, answer.trips]).toEqual([good, 1])
      for (const [, code, spoil] of states) {
        const robot = await tokenOf(tenant, 'read', 'write')
        await spoil(robot)
        const refused = await robot.ask(method, path, undefined, asked)
        expectFailure(refused, 401, code)
        expect(refused.trips).toBe(1)
      }
    },
  )

  it('is unknown when nobody has made it, and opens nothing', async () => {
    const token = mintApiToken()
    const answer = await ask('POST', '/namespaces/x/spaces', { token, body: { name: 'a' } })
    expectFailure(answer, 401, 'token_unknown')
    expect(answer.trips).toBe(1)
  })
})

/** What the handler itself refuses: a file that no bucket takes. */
function tooLarge() {
  return { namespace: 'n', project: 'p', files: [{ size: Number.MAX_SAFE_INTEGER }] }
}

describe('the scopes of a token', () => {
  type Needed = readonly [string, string, (f: Fixture) => [string, unknown?], number]
  const place = ({ owner }: Fixture) => ({ namespace: owner.slug, project: 'robotics' })
  const home = ({ owner }: Fixture) => `/namespaces/${owner.slug}`
  const where = (f: Fixture) => `namespace=${f.owner.slug}&project=robotics`
  const needed: readonly Needed[] = [
    ['read', 'GET', () => ['/namespaces'], 200],
    ['read', 'GET', (f) => [home(f)], 200],
    ['read', 'GET', (f) => [`${home(f)}/spaces`], 200],
    ['read', 'GET', (f) => [`${f.project}/episodes`], 200],
    ['read', 'GET', (f) => [`${f.project}/datasets`], 200],
    ['read', 'GET', (f) => [`${f.project}/datasets/training`], 200],
    ['read', 'GET', (f) => [`/assets/video?${where(f)}`], 200],
    ['read', 'GET', (f) => [`/assets/video?${where(f)}&limit=1`], 200],
    // It has no bytes: found, and told so.
    ['read', 'GET', (f) => [`/assets/video/download?${where(f)}&path=/v.mp4`], 404],
    ['read', 'GET', (f) => [`/assets/video/content?${where(f)}&path=/v.mp4`], 404],
    ['read', 'POST', (f) => ['/assets/sign', { ...place(f), paths: ['/v.mp4'] }], 200],
    ['read', 'POST', () => ['/assets/sign', { ids: ['0'.repeat(24)] }], 200],
    ['write', 'POST', (f) => [`${home(f)}/spaces`, { name: 'Lab' }], 201],
    ['write', 'PATCH', (f) => [f.project, { description: 'new' }], 200],
    ['write', 'PATCH', (f) => [`${f.project}/episodes/run-1`, { description: 'new' }], 200],
    ['write', 'POST', (f) => [`${f.project}/datasets`, { name: 'eval' }], 201],
    ['write', 'PATCH', (f) => [`${f.project}/datasets/training`, { description: 'new' }], 200],
    ['write', 'DELETE', (f) => [`${f.project}/datasets/training`], 200],
    ['write upload', 'POST', (f) => [`${f.project}/episodes`, { name: 'new' }], 201],
    ['write upload', 'POST', (f) => ['/assets/audio', { ...place(f), name: '/a' }], 201],
    ['write upload', 'POST', (f) => ['/uploads', { ...place(f), files: [{ size: 1 }] }], 201],
  ]

  it.each(['read', 'write', 'upload'])(
    '%s: what it is good for is done, and all else is 403',
    async (scope) => {
      const shared = await fixture()
      const robot = await tokenOf(shared.owner, scope)
      for (const [scopes, method, request, status] of needed) {
        const [path, body] = request(shared)
        const answer = await robot.ask(method, path, body)
        if (scopes.includes(scope)) expect([path, answer.status]).toEqual([path, status])
        else expect([path, ...codeOf(answer), answer.rowsWritten]).toEqual([path, 403, 'forbidden', 0])
      }
    },
  )

  it.each([['read'], ['write'], ['upload'], ['read', 'write', 'upload']])(
    '%s %s %s are good for no tokens, members, namespaces or the account',
    async (...scopes) => {
      const [owner, other] = [await Tenant.arrive(), await Tenant.arrive()]
      await owner.admit(other, 2)
      const robot = await tokenOf(owner, ...scopes)
      const at = `/namespaces/${owner.slug}`
      for (const [method, path, body] of [
        ['GET', '/auth/tokens'],
        ['POST', '/auth/tokens', { name: 'more', scopes: ['read'] }],
        ['DELETE', `/auth/tokens/${robot.id}`],
        ['PUT', `${at}/members/${other.slug}`, { role: 'owner' }],
        ['DELETE', `${at}/members/${other.slug}`],
        ['POST', '/namespaces', { slug: `${owner.slug}-x` }],
        ['PATCH', at, { metadata: { a: 1 } }],
        ['PATCH', '/auth/me', { name: 'New' }],
      ] as const) {
        const answer = await robot.ask(method, path, body)
        expect([path, ...codeOf(answer), answer.rowsWritten]).toEqual([path, 403, 'forbidden', 0])
      }
      expectFailure(await robot.ask('POST', '/auth/logout'), 400, 'logout_without_id')
      const me = await owner.ask('GET', '/auth/me')
      const { id, username, namespace } = me.body
      const shown = scopes.includes('read') ? me.body : { id, username, namespace }
      const bound = { name: 'robot', scopes, namespace: null, project: null, expiresAt: null }
      const token = { id: robot.id, ...bound, createdAt: TIME }
      expect((await robot.ask('GET', '/auth/me')).body).toEqual({ ...shown, token })
      expect(me.body.token).toBeUndefined()
    },
  )

  it('reach no further than the role of the user, from the very next request on', async () => {
    const [owner, member] = [await Tenant.arrive(), await Tenant.arrive()]
    const project = await owner.withProject()
    await owner.admit(member, 2)
    const robot = await tokenOf(member, 'read', 'write', 'upload', { namespace: owner.slug })
    const write = (name: string) => robot.ask('POST', `${project}/episodes`, { name })
    const seat = `/namespaces/${owner.slug}/members/${member.slug}`
    expect((await write('first')).status).toBe(201)
    expectFailure(await robot.ask('PATCH', project, { visibility: 'public' }), 403, 'forbidden')
    expect((await owner.ask('PUT', seat, { role: 'reader' })).status).toBe(200)
    expectFailure(await write('second'), 403, 'forbidden')
    expect((await robot.ask('GET', `${project}/episodes`)).status).toBe(200)
    expect((await owner.ask('DELETE', seat)).status).toBe(200)
    expectFailure(await robot.ask('GET', `${project}/episodes`), 404, 'namespace_not_found')
    expectFailure(await write('second'), 404, 'namespace_not_found')
  })
})

describe('a token that is bound', () => {
  const names = ({ body }: Answer) => body.namespaces.map(({ slug }: { slug: string }) => slug)

  it('to a namespace finds no other, not even what is public', async () => {
    const [owner, other] = [await Tenant.arrive(), await Tenant.arrive()]
    const [own, open] = [await owner.withProject(), await other.withProject()]
    await other.ask('PATCH', open, { visibility: 'public' })
    await other.admit(owner, 2)
    const video = { namespace: other.slug, project: 'robotics', name: '/v.mp4' }
    const { id } = (await other.ask('POST', '/assets/video', video)).body
    const bound = await tokenOf(owner, 'read', 'write', { namespace: owner.slug })
    const free = await tokenOf(owner, 'read', 'write')
    const requests: [string, string, unknown?][] = [
      ['GET', `${open}/episodes`],
      ['POST', `${open}/episodes`, { name: 'new' }],
      ['GET', `/namespaces/${other.slug}`],
      ['GET', `/namespaces/${other.slug}/spaces`],
      ['POST', '/assets/video', { ...video, name: '/w.mp4' }],
      ['POST', '/uploads', { namespace: other.slug, project: 'robotics', files: [{ size: 1 }] }],
    ]
    for (const [method, path, body] of requests) {
      expectFailure(await bound.ask(method, path, body), 404, 'namespace_not_found')
      expect((await free.ask(method, path, body)).status).toBeLessThan(300)
    }
    const found = async (by: ApiToken) =>
      (await by.ask('POST', '/assets/sign', { ids: [id] })).body.urls[0].error
    expect([await found(bound), await found(free)]).toEqual([
      'Asset not found',
      expect.stringMatching(/^Asset has no BSS record/),
    ])
    expect((await bound.ask('POST', `${own}/episodes`, { name: 'new' })).status).toBe(201)
    expect(names(await bound.ask('GET', '/namespaces'))).toEqual([owner.slug])
    expect(names(await free.ask('GET', '/namespaces')).sort()).toEqual([owner.slug, other.slug].sort())
  })

  it.each(['read write', 'upload'])('to a project with %s finds and makes nothing else', async (scopes) => {
    const f = await fixture()
    const { owner } = f
    const home = `/namespaces/${owner.slug}`
    const lab = await owner.withProject('lab')
    const robot = await tokenOf(owner, ...scopes.split(' '), { namespace: owner.slug, project: 'lab' })
    const place = { namespace: owner.slug, project: 'robotics' }
    const older = { owner: owner.slug, project: 'robotics' }
    for (const [method, path, code, body] of [
      ['GET', `${f.project}/episodes`, 'project_not_found'],
      ['POST', `${f.project}/episodes`, 'project_not_found', { name: 'run-1' }],
      ['POST', `${home}/projects/missing/episodes`, 'project_not_found', { name: 'new' }],
      ['PATCH', f.project, 'project_not_found', { description: 'new' }],
      ['GET', `/assets/video?namespace=${owner.slug}&project=robotics`, 'project_not_found'],
      ['POST', '/assets/video', 'project_not_found', { ...place, name: '/v.mp4' }],
      ['POST', '/assets/video', 'project_not_found', { ...place, project: 'missing' }],
      ['POST', '/uploads', 'project_not_found', { ...place, project: 'missing', files: [{ size: 1 }] }],
      ['POST', '/uploads', 'project_not_found', { ...place, files: [{ size: 1 }] }],
      ['POST', '/videos/upload/multipart/init', 'project_not_found', { ...older, hash: STAGED }],
      ['POST', '/videos', 'project_not_found', { ...older, name: '/a', stagingHash: STAGED }],
      ['GET', `/uploads/${f.uploads.pending}`, 'upload_not_found'],
      ['DELETE', `/uploads/${f.uploads.pending}`, 'upload_not_found'],
      ['POST', `/uploads/${f.uploads.pending}/parts`, 'upload_not_found', { partNumbers: [1] }],
      ['POST', `/uploads/${f.uploads.sent}/complete`, 'upload_not_found'],
      ['GET', `/videos/${f.uploads.complete}/raw`, 'object_not_found'],
      ['GET', home, 'namespace_not_found'],
      ['GET', `${home}/spaces`, 'namespace_not_found'],
      ['GET', `${home}/projects`, 'namespace_not_found'],
      ['GET', `${home}/members`, 'namespace_not_found'],
      ['POST', `${home}/spaces`, 'namespace_not_found', { name: 'lab-2' }],
    ] as const) {
      const answer = await robot.ask(method, path, body)
      expect([path, ...codeOf(answer), answer.rowsWritten]).toEqual([path, 404, code, 0])
    }
    const projects = (await owner.ask('GET', `${home}/spaces`)).body.spaces
    expect(projects.map(({ slug }: { slug: string }) => slug)).toEqual(['lab', 'robotics'])
    expect((await robot.ask('POST', `${lab}/episodes`, { name: 'run-1' })).status).toBe(201)
    if (scopes === 'upload') return
    const listed = await robot.ask('GET', '/namespaces')
    expect([listed.status, names(listed)]).toEqual([200, []])
  })

  it('to a project reads an object that it has, in whichever other project it is too', async () => {
    const { owner, uploads } = await fixture()
    const asset = { namespace: owner.slug, project: 'lab', name: '/v.mp4', bssVideoId: uploads.complete }
    expect((await owner.ask('POST', '/assets/video', asset)).status).toBe(201)
    await owner.withProject('third')
    const statuses: number[] = []
    for (const project of ['robotics', 'lab', 'third']) {
      const robot = await tokenOf(owner, 'read', { namespace: owner.slug, project })
      statuses.push((await robot.ask('GET', `/videos/${uploads.complete}/raw`)).status)
    }
    expect(statuses).toEqual([302, 302, 404])
  })

  it('to a project follows it to its new name, and finds none that takes its place', async () => {
    const owner = await Tenant.arrive()
    await owner.withProject('lab')
    const robot = await tokenOf(owner, 'read', 'write', { namespace: owner.slug, project: 'lab' })
    await owner.ask('PATCH', owner.project('lab'), { slug: 'moved' })
    await owner.withProject('lab')
    const write = (slug: string) => robot.ask('POST', `${owner.project(slug)}/episodes`, { name: 'new' })
    expectFailure(await write('lab'), 404, 'project_not_found')
    expect((await write('moved')).status).toBe(201)
    expect((await listOf(owner)).tokens[0].project).toBe('moved')
    const { body } = await owner.ask('GET', `/namespaces/${owner.slug}`)
    await change("update projects set deleted_at = 1 where slug = 'moved' and namespace_id = ?", body.id)
    expectFailure(await write('moved'), 404, 'project_not_found')
  })
})

describe('a token that is bound to a project', () => {
  it('cannot draw an object of another one into it, nor learn of its state', async () => {
    const { owner, uploads } = await fixture()
    await owner.withProject('lab')
    const place = { namespace: owner.slug, project: 'lab' }
    const bound = await tokenOf(owner, 'read', 'write', place)
    for (const [name, bssVideoId] of [
      ['/stolen', uploads.complete],
      ['/pending', uploads.pending],
    ]) {
      const registered = await bound.ask('POST', '/assets/video', { ...place, name, bssVideoId })
      expect([registered.status, registered.body.bssVideoId]).toEqual([201, bssVideoId])
      const query = new URLSearchParams({ ...place, path: name ?? '' })
      const download = await bound.ask('GET', `/assets/video/download?${query}`)
      expectFailure(download, 404, 'asset_without_object')
      expectFailure(await bound.ask('GET', `/videos/${bssVideoId}/raw`), 404, 'object_not_found')
    }
    await owner.ask('POST', '/assets/video', { ...place, name: '/shared', bssVideoId: uploads.complete })
    expect((await bound.ask('GET', `/videos/${uploads.complete}/raw`)).status).toBe(302)
  })
})

describe('the list of tokens', () => {
  it('tells who is no member any more nothing of what the place is called since', async () => {
    const { owner, mate } = await fixture()
    const token = await tokenFor(mate)
    const place = { namespace: owner.slug, project: 'robotics' }
    const made = await ask('POST', '/auth/tokens', {
      token,
      body: { name: 'job', scopes: ['read'], ...place },
    })
    expect([made.body.namespace, made.body.project]).toEqual([owner.slug, 'robotics'])
    await owner.ask('DELETE', `/namespaces/${owner.slug}/members/${mate}`)
    await owner.ask('PATCH', owner.project('robotics'), { slug: 'secret-merger' })
    const { text, body } = await ask('GET', '/auth/tokens', { token })
    expect(text).not.toContain('secret-merger')
    expect([body.tokens[0].namespace, body.tokens[0].project]).toEqual([ID, ID])
  })

  it('has room again once tokens have expired', async () => {
    const tenant = await Tenant.arrive()
    await tokenOf(tenant, 'read')
    await change(
      `insert into api_tokens (id, hash, user_id, name, scopes, expires_at, created_at)
       with recursive n(i) as (select 1 union all select i + 1 from n limit 99)
       select lower(hex(randomblob(12))), lower(hex(randomblob(32))), user_id, 'old', 1, 5, 5
       from n, (select user_id from api_tokens join users on users.id = user_id where users.username = ?)`,
      tenant.slug,
    )
    expect((await listOf(tenant)).total).toBe(100)
    await tokenOf(tenant, 'read')
    expect((await listOf(tenant)).total).toBe(2)
  })
})

it('a request for a token that is refused makes nobody known', async () => {
  const nobody = await Tenant.unknown()
  const body = { name: 'x', scopes: ['read'], namespace: 'nowhere' }
  expectFailure(await nobody.ask('POST', '/auth/tokens', body), 404, 'namespace_not_found')
})

it('an upload token of a reader is not told what is there', async () => {
  const { owner, project } = await fixture()
  const reader = await Tenant.arrive()
  await owner.admit(reader, 1)
  const token = await tokenOf(reader, 'upload')
  for (const name of ['run-1', 'not there'])
    expectFailure(await token.ask('POST', `${project}/episodes`, { name }), 403, 'forbidden')
})

it('an asset that a confined token registered in vain is mended by who may refer to its object', async () => {
  const { owner, uploads } = await fixture()
  await owner.withProject('lab')
  const place = { namespace: owner.slug, project: 'lab' }
  const bound = await tokenOf(owner, 'read', 'write', place)
  const body = { ...place, name: '/x.mp4', bssVideoId: uploads.complete }
  const first = await bound.ask('POST', '/assets/video', body)
  const second = await owner.ask('POST', '/assets/video', body)
  expect([second.status, second.body.id]).toEqual([201, first.body.id])
  const query = new URLSearchParams({ ...place, path: '/x.mp4' })
  expect((await owner.ask('GET', `/assets/video/download?${query}`)).status).toBe(200)
})

describe('a token that can read and upload', () => {
  it('changes nothing that another has made, as one that can only upload', async () => {
    const { owner, project, uploads } = await fixture()
    const token = await tokenOf(owner, 'read', 'upload')
    const protecting = { name: 'run-1', writeProtected: true }
    expectFailure(await token.ask('POST', `${project}/episodes`, protecting), 409, 'created_by_another')
    const replacing = { namespace: owner.slug, project: 'robotics', name: '/v.mp4', bssVideoId: 'two' }
    expectFailure(await token.ask('POST', '/assets/video', replacing), 409, 'created_by_another')
    for (const [action, body] of [
      ['parts', { partNumbers: [1] }],
      ['complete', {}],
    ] as const)
      expectFailure(
        await token.ask('POST', `/uploads/${uploads.sent}/${action}`, body),
        404,
        'upload_not_found',
      )
    expect((await token.ask('GET', `/uploads/${uploads.pending}`)).status).toBe(200)
  })
})

describe('a token with upload alone', () => {
  const older = '/videos/upload/multipart'
  const place = ({ slug }: Tenant, project = 'robotics') => ({ namespace: slug, project })
  const oneFile = (tenant: Tenant, file: object = { size: 3 }) => ({ ...place(tenant), files: [file] })

  /** Announces, sends and completes one file by that token or tenant. */
  async function upload(by: ApiToken | Tenant, tenant: Tenant, file: object = { size: 3 }): Promise<string> {
    const [{ id, url, headers }] = (await by.ask('POST', '/uploads', oneFile(tenant, file))).body.uploads
    await put(url, 'abc', headers)
    expect((await by.ask('POST', `/uploads/${id}/complete`)).body).toMatchObject({ id, size: 3 })
    return id
  }

  it('makes project, episode, object and asset, and signs each with its name', async () => {
    const owner = await Tenant.arrive()
    const robot = await tokenOf(owner, 'upload')
    const id = await upload(robot, owner, { size: 3, contentType: 'text/plain' })
    const made = await robot.ask('POST', `${owner.project('robotics')}/episodes`, { name: 'run-1' })
    const asset = { ...place(owner), episodeName: 'run-2', name: '/a/v.mp4', bssVideoId: id }
    const registered = await robot.ask('POST', '/assets/video', asset)
    expect([made.status, registered.status]).toEqual([201, 201])
    const { episodes } = (await owner.ask('GET', `${owner.project('robotics')}/episodes`)).body
    const makers = [await makerOf('objects', id), await makerOf('assets', registered.body.id)]
    for (const episode of episodes) makers.push(await makerOf('episodes', episode.id))
    expect(makers).toEqual([robot.id, robot.id, robot.id, robot.id])
    const found = await owner.ask('POST', '/assets/sign', { ids: [registered.body.id] })
    expect((await ask('GET', found.body.urls[0].url)).text).toBe('abc')
  })

  it('changes by POST what it has made itself, and adds to what others made', async () => {
    const owner = await Tenant.arrive()
    const episodes = `${await owner.withProject()}/episodes`
    const robot = await tokenOf(owner, 'upload', { ...place(owner) })
    await robot.ask('POST', episodes, { name: 'own' })
    const again = await robot.ask('POST', episodes, { name: 'own', tags: ['b'], status: 'completed' })
    const own = async (name: string) =>
      (await owner.ask('GET', episodes)).body.episodes.find((each: { name: string }) => each.name === name)
    expect([again.status, again.body]).toEqual([200, { episode: { id: (await own('own')).id, name: 'own' } }])
    expect((await own('own')).tags).toEqual(['b'])
    const theirs = await owner.ask('POST', episodes, { name: 'theirs' })
    const asset = { ...place(owner), episodeName: 'theirs', name: '/v.mp4' }
    const first = await robot.ask('POST', '/assets/video', { ...asset, bssVideoId: 'one' })
    const tagged = await robot.ask('POST', '/assets/video', { ...asset, bssVideoId: 'one', tags: ['x'] })
    const second = await robot.ask('POST', '/assets/video', { ...asset, bssVideoId: 'two' })
    const [shown] = (await owner.ask('GET', `/assets/video?namespace=${owner.slug}&project=robotics`)).body
    expect(shown).toMatchObject({ id: second.body.id, episodeId: theirs.body.episode.id })
    expect([tagged.body, first.body]).toEqual([first.body, { id: first.body.id, name: '/v.mp4' }])
    expect([first.status, tagged.status, second.status]).toEqual([201, 201, 201])
    expect(second.body.id).not.toBe(first.body.id)
  })

  it('without read is answered no more than id and name, by whatever it makes or changes', async () => {
    const owner = await Tenant.arrive()
    const project = await owner.withProject()
    const secret = { description: 'secret', tags: ['secret'], metadata: { secret: 1 } }
    await owner.ask('POST', `${project}/episodes`, { name: 'run', ...secret })
    await owner.ask('POST', `${project}/datasets`, { name: 'set', ...secret })
    await owner.ask('PATCH', project, secret)
    const deleted = await owner.ask('POST', `${project}/datasets`, { name: 'gone', ...secret })
    const { deletionId } = (await owner.ask('DELETE', `${project}/datasets/gone`)).body
    const files = [{ name: 'a.bin', size: 3, contentType: 'text/secret' }]
    const [upload] = (await owner.ask('POST', '/uploads', { ...place(owner), files })).body.uploads
    await put(upload.url, 'abc', upload.headers)
    const video = { ...place(owner), episodeName: 'run', name: '/v.mp4', ...secret, description: undefined }
    const asset = await owner.ask('POST', '/assets/video', video)
    const robot = await tokenOf(owner, 'write')
    for (const [method, path, body, id, name] of [
      ['PATCH', project, {}, null, 'robotics'],
      ['PATCH', `${project}/episodes/run`, {}, null, 'run'],
      ['PATCH', `${project}/datasets/set`, {}, null, 'set'],
      ['POST', `${project}/datasets`, { name: 'new' }, null, 'new'],
      ['POST', `/namespaces/${owner.slug}/spaces`, { name: 'fresh' }, null, 'fresh'],
      [
        'POST',
        '/assets/video',
        { ...place(owner), episodeName: 'run', name: '/v.mp4' },
        asset.body.id,
        '/v.mp4',
      ],
      ['POST', `${project}/trash/${deletionId}/restore`, undefined, deleted.body.id, 'gone'],
      ['POST', `/uploads/${upload.id}/complete`, undefined, upload.id, 'a.bin'],
      ['POST', `/uploads/${upload.id}/complete`, undefined, upload.id, 'a.bin'],
    ] as const) {
      const answer = await robot.ask(method, path, body)
      expect([path, answer.body]).toEqual([path, { id: id ?? ID, name }])
    }
    const upserted = await robot.ask('POST', `${project}/episodes`, { name: 'run' })
    expect(upserted.body).toEqual({ episode: { id: ID, name: 'run' } })
  })

  it.each(['the user', 'another token', 'another token, and trashed'])(
    'is told nothing of what %s has made under that name',
    async (maker) => {
      const owner = await Tenant.arrive()
      const [robot, other] = [await tokenOf(owner, 'upload'), await tokenOf(owner, 'upload')]
      const by = maker === 'the user' ? owner : other
      const episodes = `${await owner.withProject()}/episodes`
      const secret = { description: 'secret', tags: ['secret'], metadata: { secret: 1 } }
      const asset = { ...place(owner), episodeName: 'run-1', name: '/v.mp4', bssVideoId: 'one' }
      const made = await by.ask('POST', episodes, { name: 'run-1', ...secret })
      const { episode } = made.body
      const video = (await by.ask('POST', '/assets/video', { ...asset, tags: ['secret'] })).body
      if (maker.endsWith('trashed'))
        await change('update episodes set deleted_at = 1 where id = ?', episode.id)
      for (const [path, body] of [
        [episodes, { name: 'run-1' }],
        [episodes, { name: 'run-1', description: 'mine', writeProtected: true, folder: '/mine' }],
        ['/assets/video', asset],
        ['/assets/video', { ...asset, tags: ['mine'] }],
        ['/assets/video', { ...asset, bssVideoId: 'two' }],
      ] as const) {
        const answer = await robot.ask('POST', path, body)
        expectFailure(answer, 409, 'created_by_another')
        expect(answer.text).not.toMatch(new RegExp(`secret|${episode.id}|${video.id}`))
      }
    },
  )

  it('is not taken for another token of the same user that sends the same under the same request id', async () => {
    const owner = await Tenant.arrive()
    const [one, other] = [await tokenOf(owner, 'upload'), await tokenOf(owner, 'upload')]
    const asked = { headers: { 'X-Request-Id': 'recording-1' } }
    const requests: [string, unknown][] = [
      [`${owner.project('robotics')}/episodes`, { name: 'run-1' }],
      ['/assets/video', { ...place(owner), name: '/v.mp4' }],
    ]
    for (const [path, body] of requests) {
      const first = await one.ask('POST', path, body, asked)
      const second = await one.ask('POST', path, body, asked)
      expect([first.status, second.status, second.rowsWritten, second.body]).toEqual([
        201,
        201,
        0,
        first.body,
      ])
      expectFailure(await other.ask('POST', path, body, asked), 409, 'created_by_another')
    }
    const nameless = ['/assets/audio', place(owner)] as const
    const ids = [one, one, other].map((by) => by.ask('POST', ...nameless, asked))
    const [first, second, third] = idsOf((await Promise.all(ids)).map(({ body }) => body))
    expect([second === first, third === first]).toEqual([true, false])
  })

  it('reads, signs and completes of all uploads its own pending ones', async () => {
    const f = await fixture()
    const [robot, other] = [await tokenOf(f.owner, 'upload'), await tokenOf(f.owner, 'upload')]
    const file = { size: 65 * 1_048_576, name: 'own' }
    const [own] = (await robot.ask('POST', '/uploads', oneFile(f.owner, file))).body.uploads
    const at = `/uploads/${own.id}`
    const { parts } = (await robot.ask('POST', `${at}/parts`, { partNumbers: [1] })).body
    expect(await makerOf('objects', own.id)).toBe(robot.id)
    const sent = await put(parts['1'], new Uint8Array(own.partSize))
    const read = await robot.ask('GET', at)
    expect([read.status, read.body.name, read.body.parts.length]).toEqual([200, 'own', 1])
    expect(sent).toContain(read.body.parts[0].etag)
    expectFailure(await robot.ask('DELETE', at), 403, 'forbidden')
    const { pending, sent: waiting, complete } = f.uploads
    const done = await upload(robot, f.owner)
    expect((await robot.ask('POST', `/uploads/${done}/complete`)).body.id).toBe(done)
    for (const [by, method, path, body] of [
      [other, 'GET', at],
      [other, 'DELETE', at],
      [other, 'POST', `${at}/parts`, { partNumbers: [1] }],
      [other, 'POST', `${at}/complete`, { parts: [{ partNumber: 1, etag: 'e' }] }],
      [robot, 'GET', `/uploads/${pending}`],
      [robot, 'POST', `/uploads/${pending}/parts`, { partNumbers: [1] }],
      [robot, 'POST', `/uploads/${waiting}/complete`],
      [robot, 'POST', `/uploads/${complete}/complete`],
      [robot, 'GET', `/uploads/${complete}`],
      [robot, 'GET', `/uploads/${done}`],
      [robot, 'GET', `/uploads/${'0'.repeat(24)}`],
    ] as const)
      expectFailure(await by.ask(method, path, body), 404, 'upload_not_found')
    expectFailure(await robot.ask('GET', `/videos/${complete}/raw`), 404, 'object_not_found')
    expectFailure(await robot.ask('GET', `/videos/${done}/raw`), 403, 'forbidden')
  })

  it('learns of bytes that are there already within its project only', async () => {
    const owner = await Tenant.arrive()
    const file = { size: 3, sha256: await sha256Of('abc') }
    const id = await upload(owner, owner, file)
    const announce = async (by: ApiToken, project: string) => {
      const { body } = await by.ask('POST', '/uploads', { ...place(owner, project), files: [file] })
      const [{ id: told, status }] = body.uploads
      return told === id ? status : `another, ${status}`
    }
    await owner.withProject('lab')
    const bound = await tokenOf(owner, 'write', place(owner, 'lab'))
    const [robot, free] = [await tokenOf(owner, 'upload'), await tokenOf(owner, 'write')]
    expect(await announce(robot, 'robotics')).toBe('exists')
    expect(await announce(robot, 'lab')).toBe('another, pending')
    expect(await announce(bound, 'lab')).toBe('another, pending')
    expect(await announce(free, 'lab')).toBe('exists')
  })

  it('sends by the older routes, and of that nobody else can go on', async () => {
    const f = await fixture()
    const { owner } = f
    const [robot, other] = [await tokenOf(owner, 'upload'), await tokenOf(owner, 'upload')]
    const at = { owner: owner.slug, project: 'robotics' }
    const record = { ...at, name: '/v.mp4', stagingHash: STAGED }
    // The user has sent one under this very hash.
    expectFailure(await robot.ask('POST', '/videos', record), 404, 'upload_not_found')
    const begun = (await robot.ask('POST', `${older}/init`, { ...at, hash: STAGED })).body
    const signed = await robot.ask('POST', `${older}/parts`, { ...begun, partNumbers: [1] })
    const parts = [{ partNumber: 1, etag: await put(signed.body.parts['1'], 'abc') }]
    const query = `${older}/parts-done?${new URLSearchParams(begun)}`
    for (const theirs of [begun, { uploadId: f.older.uploadId, key: f.older.key }]) {
      const by = theirs === begun ? other : robot
      for (const [method, path, body] of [
        ['GET', `${older}/parts-done?${new URLSearchParams(theirs)}`],
        ['POST', `${older}/parts`, { ...theirs, partNumbers: [1] }],
        ['POST', `${older}/complete`, { ...theirs, parts }],
      ] as const)
        expectFailure(await by.ask(method, path, body), 404, 'upload_not_found')
    }
    expect((await robot.ask('GET', query)).body.parts.length).toBe(1)
    expectFailure(await robot.ask('POST', '/videos', record), 409, 'upload_incomplete')
    expect((await robot.ask('POST', `${older}/complete`, { ...begun, parts })).status).toBe(200)
    expect((await robot.ask('POST', '/videos', record)).body.id).toBe(begun.uploadId)
    expectFailure(await other.ask('POST', '/videos', record), 404, 'upload_not_found')
    expectFailure(await robot.ask('GET', query), 404, 'upload_not_found')
  })
})
