import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { faults, twice } from '../../support/expectations.ts'
import { ask, Tenant, tokenFor } from '../../support/world.ts'

const unique = (word: string) => `${word}-${crypto.randomUUID().slice(0, 8)}`
const me = (token: string) => ask('GET', '/auth/me', { token })

const isKnown = async ({ slug }: Tenant) =>
  (await env.DB.prepare('select 1 from users where username = ?').bind(slug).first()) !== null

describe('GET /auth/me', () => {
  it('makes the user and the home namespace at the first call, and writes nothing at the second', async () => {
    const tenant = await Tenant.unknown()
    const first = await tenant.ask('GET', '/auth/me')
    expect(first.body).toMatchObject({ sub: `sub-${tenant.slug}`, username: tenant.slug })
    expect(first.body.namespace.slug).toBe(tenant.slug)
    const second = await tenant.ask('GET', '/auth/me')
    expect([second.body, second.rowsWritten]).toEqual([first.body, 0])
    const home = await tenant.ask('GET', `/namespaces/${tenant.slug}`)
    expect(home.body).toMatchObject({ id: first.body.namespace.id, role: 'owner' })
  })

  it('shows what the claims say, and prefers username to the other names', async () => {
    const username = unique('ada')
    const others = { userName: 'other', preferred_username: 'another' }
    const claims = {
      email: 'ada@example.com',
      email_verified: true,
      name: 'Ada Lovelace',
      given_name: 'Ada',
      family_name: 'Lovelace',
      picture: 'https://example.com/ada.png',
    }
    expect((await me(await tokenFor(username, { claims: { ...claims, ...others } }))).body).toMatchObject({
      ...claims,
      username,
    })
  })

  it.each(['username', 'userName', 'preferred_username', 'sub'])(
    'takes the user name from %s',
    async (claim) => {
      const name = unique('Some Body')
      const sub = claim === 'sub' ? name : unique('subject')
      const { body } = await me(await tokenFor('', { claims: { username: undefined, sub, [claim]: name } }))
      expect([body.username, body.sub]).toEqual([name.toLowerCase().replace(' ', '-'), sub])
    },
  )

  it('numbers the home of a user whose name is taken', async () => {
    const { slug } = await Tenant.arrive()
    for (const number of [2, 3]) {
      const { body } = await me(await tokenFor(slug, { claims: { sub: unique('sub') } }))
      expect([body.username, body.namespace.slug]).toEqual([`${slug}-${number}`, `${slug}-${number}`])
    }
  })

  it("numbers the home of a user whose name is somebody's other namespace", async () => {
    const [owner, late] = [await Tenant.arrive(), await Tenant.unknown()]
    expect((await owner.ask('POST', '/namespaces', { slug: late.slug })).status).toBe(201)
    expect((await late.ask('GET', '/auth/me')).body.username).toBe(`${late.slug}-2`)
    expect((await late.ask('GET', `/namespaces/${late.slug}`)).status).toBe(404)
  })

  it('keeps a numbered home within the 64 characters of a slug', async () => {
    const long = unique('l').padEnd(64, 'o')
    expect((await me(await tokenFor(long))).body.username).toBe(long)
    const { body } = await me(await tokenFor(long, { claims: { sub: unique('sub') } }))
    expect(body.username).toMatch(/^[a-z0-9][a-z0-9._-]{0,61}-2$/)
  })

  it('names a user whose claims make no slug by the user id', async () => {
    const { body } = await me(await tokenFor('***', { claims: { sub: `_${'.'.repeat(9)}` } }))
    expect(body.username).toMatch(new RegExp(`^user-${body.id.slice(0, 8)}(-\\d+)?$`))
  })

  it('needs a token', async () => {
    const answer = await ask('GET', '/auth/me')
    expect([answer.status, answer.trips]).toEqual([401, 0])
    expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Bearer/)
  })
})

describe('the first creating POST under the own slug', () => {
  it.each([
    ['spaces', { name: 'Lab' }],
    ['projects', { name: 'Lab' }],
    ['projects/lab/episodes', { name: 'run' }],
  ])('to %s makes the home, and repeated makes nothing more', async (route, body) => {
    const tenant = await Tenant.unknown()
    const { status } = await twice(tenant, 'POST', `/namespaces/${tenant.slug}/${route}`, body)
    expect(status).toBe(201)
    const { rowsWritten, body: account } = await tenant.ask('GET', '/auth/me')
    expect([account.username, rowsWritten]).toEqual([tenant.slug, 0])
    expect((await tenant.ask('GET', `/namespaces/${tenant.slug}`)).body).toMatchObject({
      role: 'owner',
      projects: 1,
    })
  })

  const contradicting = { startedAt: '2026-01-02T00:00:00Z', endedAt: '2026-01-01T00:00:00Z' }

  it.each([
    [400, 'spaces', { name: '' }],
    [404, 'projects/lab/datasets', { name: 'set' }],
    [400, 'projects/Lab/episodes', { name: 'run' }],
    [400, 'projects/lab/episodes', { name: 'run', ...contradicting }],
  ])('makes nobody known when it is refused with %i: %s %j', async (status, route, body) => {
    const tenant = await Tenant.unknown()
    const answer = await tenant.ask('POST', `/namespaces/${tenant.slug}/${route}`, body)
    expect([answer.status, answer.rowsWritten, await isKnown(tenant)]).toEqual([status, 0, false])
  })

  it('makes nothing where the slug is taken', async () => {
    const { slug } = await Tenant.arrive()
    const token = await tokenFor(slug, { claims: { sub: unique('sub') } })
    const answer = await ask('POST', `/namespaces/${slug}/spaces`, { token, body: { name: 'Lab' } })
    expect([answer.status, answer.rowsWritten]).toEqual([404, 0])
  })
})

describe('POST /namespaces', () => {
  it.each([
    [{}, null],
    [{ metadata: null }, null],
    [{ metadata: { team: ['a', 1] } }, { team: ['a', 1] }],
  ])('with %j makes a namespace that the caller owns', async (given, metadata) => {
    const tenant = await Tenant.arrive()
    const slug = unique('team')
    const { status, body } = await twice(tenant, 'POST', '/namespaces', { slug, ...given })
    expect([status, body.slug, body.metadata]).toEqual([201, slug, metadata])
    const read = await tenant.ask('GET', `/namespaces/${slug}`)
    expect(read.body).toMatchObject({ id: body.id, slug, metadata, role: 'owner', projects: 0 })
  })

  it.each([
    [{}, ['slug']],
    [{ slug: null }, ['slug']],
    [{ slug: 'Upper' }, ['slug']],
    [{ slug: '-dash' }, ['slug']],
    [{ slug: 'a/b' }, ['slug']],
    [{ slug: 'x'.repeat(65) }, ['slug']],
    [{ slug: 5, metadata: [] }, ['metadata', 'slug']],
  ])('refuses %j', async (body, fields) => {
    const answer = await (await Tenant.arrive()).ask('POST', '/namespaces', body)
    expect([answer.status, faults(answer), answer.rowsWritten]).toEqual([400, fields, 0])
  })

  it('refuses a slug that is taken, live or trashed, to its owner too', async () => {
    const [tenant, other] = [await Tenant.arrive(), await Tenant.arrive()]
    const slug = unique('team')
    await tenant.ask('POST', '/namespaces', { slug })
    const live = [
      await tenant.ask('POST', '/namespaces', { slug }),
      await other.ask('POST', '/namespaces', { slug }),
    ]
    await env.DB.prepare('update namespaces set deleted_at = 1 where slug = ?').bind(slug).run()
    for (const answer of [...live, await other.ask('POST', '/namespaces', { slug })]) {
      expect([answer.status, answer.rowsWritten]).toEqual([409, 0])
    }
  })

  it('keeps the name of a known user for that user', async () => {
    const [squatter, named] = [await Tenant.arrive(), await Tenant.unknown()]
    await squatter.ask('POST', '/namespaces', { slug: named.slug })
    await named.ask('GET', '/auth/me')
    await env.DB.prepare('update namespaces set slug = ? where slug = ?').bind(unique('x'), named.slug).run()
    expect((await squatter.ask('POST', '/namespaces', { slug: named.slug })).status).toBe(409)
    expect((await named.ask('POST', '/namespaces', { slug: named.slug })).status).toBe(201)
  })

  it('makes a user known together with the namespace, or not at all', async () => {
    const tenant = await Tenant.unknown()
    const taken = await tenant.ask('POST', '/namespaces', { slug: (await Tenant.arrive()).slug })
    expect([taken.status, taken.rowsWritten, await isKnown(tenant)]).toEqual([409, 0, false])
    expect((await twice(tenant, 'POST', '/namespaces', { slug: unique('team') })).status).toBe(201)
    expect((await tenant.ask('GET', '/namespaces')).body.total).toBe(2)
  })

  const unmade = 'createProject=false'
  const expecting = { 'If-Match': '*' }
  const files = [{ size: 1 }]

  it.each([
    [404, 'POST', `episodes?${unmade}`, { name: 'e' }, {}],
    [404, 'POST', `/assets/video?${unmade}`, { name: '/a.mp4' }, {}],
    [404, 'POST', `/uploads?${unmade}`, { files }, {}],
    [404, 'POST', 'episodes', { name: 'e' }, expecting],
    [404, 'POST', '/assets/video', { name: '/a.mp4' }, expecting],
    [412, 'PATCH', '/auth/me', { name: 'N' }, expecting],
  ])(
    'makes nobody known that is refused with %i: %s %s %j %j',
    async (status, method, path, body, headers) => {
      const tenant = await Tenant.unknown()
      const place =
        path.startsWith('/') && method === 'POST' ? { namespace: tenant.slug, project: 'lab' } : {}
      const at = path.startsWith('/') ? path : `${tenant.project('lab')}/${path}`
      const answer = await tenant.ask(method, at, { ...place, ...body }, { headers })
      expect([answer.status, answer.rowsWritten, await isKnown(tenant)]).toEqual([status, 0, false])
      const other = await Tenant.arrive()
      expect((await other.ask('POST', '/namespaces', { slug: tenant.slug })).status).toBe(201)
    },
  )

  it.each([
    ['/uploads', (namespace: string) => ({ namespace, project: 'lab', files })],
    [
      '/videos/upload/multipart/init',
      (owner: string) => ({ owner, project: 'lab', hash: '0123456789abcdef' }),
    ],
  ])('makes a user known by %s, of which nothing can be expected', async (path, bodyOf) => {
    const tenant = await Tenant.unknown()
    const { status } = await tenant.ask('POST', path, bodyOf(tenant.slug), { headers: expecting })
    expect([status < 300, await isKnown(tenant)]).toEqual([true, true])
  })

  it('by a new user under the own name makes the home, with the given metadata', async () => {
    const tenant = await Tenant.unknown()
    const body = { slug: tenant.slug, metadata: { a: 1 } }
    const answer = await twice(tenant, 'POST', '/namespaces', body)
    expect([answer.status, answer.body]).toMatchObject([201, body])
    expect((await tenant.ask('GET', '/auth/me')).body.namespace.id).toBe(answer.body.id)
  })
})

describe('GET /namespaces', () => {
  it('lists my home first, then where I have written, the newest first, then the rest', async () => {
    const tenant = await Tenant.arrive()
    const others: Tenant[] = []
    for (let index = 0; index < 5; index++) {
      const other = await Tenant.arrive()
      await other.ask('PUT', `/namespaces/${other.slug}/members/${tenant.slug}`, { role: 'writer' })
      others.push(other)
    }
    const ways: readonly [number, (slug: string) => readonly [string, object]][] = [
      [0, (slug) => [`/namespaces/${slug}/spaces`, { name: 'lab' }]],
      [2, (slug) => [`/namespaces/${slug}/projects/lab/episodes`, { name: 'run' }]],
      [3, (namespace) => ['/uploads', { namespace, project: 'lab', files: [{ size: 1 }] }]],
    ]
    for (const [index, way] of ways) {
      const [path, body] = way(others[index]?.slug ?? '')
      expect((await tenant.ask('POST', path, body)).status).toBe(201)
    }
    const slugs: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await tenant.ask('GET', `/namespaces?pageSize=1${cursor && `&cursor=${cursor}`}`)
      slugs.push(...body.namespaces.map(({ slug }: { slug: string }) => slug))
      cursor = body.nextCursor
    }
    expect(slugs).toEqual([tenant.slug, ...[3, 2, 0, 4, 1].map((index) => others[index]?.slug)])
    const { body } = await tenant.ask('GET', '/namespaces')
    expect(body.namespaces.map(({ slug }: { slug: string }) => slug)).toEqual(slugs)
  })

  it('reads none of those that are in the trash, which come back to where they were', async () => {
    const [tenant, other] = [await Tenant.arrive(), await Tenant.arrive()]
    const listed = async () => {
      const { body, rowsRead } = await tenant.ask('GET', '/namespaces')
      return { slugs: body.namespaces.map(({ slug }: { slug: string }) => slug), total: body.total, rowsRead }
    }
    const kept = unique('kept')
    await tenant.ask('POST', '/namespaces', { slug: kept })
    const alone = await listed()
    const teams = Array.from({ length: 20 }, () => unique('team'))
    for (const slug of teams) {
      await other.ask('POST', '/namespaces', { slug })
      await other.ask('PUT', `/namespaces/${slug}/members/${tenant.slug}`, { role: 'writer' })
    }
    const [written] = teams
    await tenant.ask('POST', `/namespaces/${written}/projects`, { name: 'lab' })
    const before = await listed()
    expect(before.slugs).toEqual([tenant.slug, written, kept, ...teams.slice(1).toReversed()])
    for (const slug of teams) expect((await other.ask('DELETE', `/namespaces/${slug}`)).status).toBe(200)
    expect(await listed()).toEqual(alone)
    for (const slug of teams) {
      const [{ deletionId }] = (await other.ask('GET', `/namespaces/${slug}/trash`)).body.trash
      const restored = await other.ask('POST', `/namespaces/${slug}/trash/${deletionId}/restore`)
      expect(restored.status).toBe(200)
    }
    expect(await listed()).toEqual(before)
  })

  it('finds what was in the trash before that was noted', async () => {
    const tenant = await Tenant.arrive()
    const slug = unique('team')
    await tenant.ask('POST', '/namespaces', { slug })
    await tenant.ask('DELETE', `/namespaces/${slug}`)
    const prominence = () =>
      env.DB.prepare(
        'select prominence from members where namespace_id = (select id from namespaces where slug = ?)',
      )
        .bind(slug)
        .first('prominence')
    await env.DB.prepare(
      'update members set prominence = 1 where namespace_id = (select id from namespaces where slug = ?)',
    )
      .bind(slug)
      .run()
    const [migration] = env.TEST_MIGRATIONS.filter(({ name }) => name === '0029_places_in_the_trash.sql')
    await env.DB.prepare(migration?.queries[0] ?? '').run()
    expect(await prominence()).toBe(-9)
  })

  it('tells my role in each', async () => {
    const [tenant, other] = [await Tenant.arrive(), await Tenant.arrive()]
    const slug = unique('team')
    await tenant.ask('POST', '/namespaces', { slug, metadata: { a: 1 } })
    await other.admit(tenant, 1)
    expect((await tenant.ask('GET', `/namespaces/${other.slug}`)).body.role).toBe('reader')
    const { body } = await tenant.ask('GET', '/namespaces')
    const rows = body.namespaces.map((row: Record<string, unknown>) => [row.slug, row.role, row.metadata])
    expect(rows).toEqual([
      [tenant.slug, 'owner', null],
      [slug, 'owner', { a: 1 }],
      [other.slug, 'reader', null],
    ])
    expect(body).toMatchObject({ page: 1, pageSize: 50, total: 3, totalPages: 1, nextCursor: null })
    const first = await tenant.ask('GET', '/namespaces?pageSize=2')
    const rest = await tenant.ask('GET', `/namespaces?pageSize=2&cursor=${first.body.nextCursor}`)
    expect([...first.body.namespaces, ...rest.body.namespaces]).toEqual(body.namespaces)
  })

  it('is empty for a user who is not known yet, and makes nobody known', async () => {
    const { body, rowsWritten } = await (await Tenant.unknown()).ask('GET', '/namespaces')
    expect([body.namespaces, body.total, body.totalPages, rowsWritten]).toEqual([[], 0, 0, 0])
  })

  it('omits a trashed namespace and does not count it', async () => {
    const tenant = await Tenant.arrive()
    const slug = unique('team')
    await tenant.ask('POST', '/namespaces', { slug })
    await env.DB.prepare('update namespaces set deleted_at = 1 where slug = ?').bind(slug).run()
    const { body } = await tenant.ask('GET', '/namespaces')
    expect([body.namespaces.length, body.total]).toEqual([1, 1])
    expect((await tenant.ask('GET', `/namespaces/${slug}`)).status).toBe(404)
  })
})

describe('GET /namespaces/:slug', () => {
  it('counts live projects, and their assets by kind', async () => {
    const tenant = await Tenant.arrive()
    await tenant.withProject('empty')
    const [videos, audios] = [Array(2).fill('video'), Array(3).fill('audio')]
    for (const kind of [...videos, ...audios, 'label-track', 'text-track', 'file', 'image']) {
      const body = { namespace: tenant.slug, project: kind === 'image' ? 'other' : 'lab' }
      expect((await tenant.ask('POST', `/assets/${kind}`, body)).status).toBe(201)
    }
    const counts = async () => (await tenant.ask('GET', `/namespaces/${tenant.slug}`)).body
    const assets = { videos: 2, audio: 3, labelTracks: 1, textTracks: 1, images: 1, files: 1 }
    expect(await counts()).toMatchObject({
      slug: tenant.slug,
      metadata: null,
      spaces: 3,
      projects: 3,
      assets,
    })
    await env.DB.prepare("update projects set deleted_at = 1 where slug = 'other' and created_by = ?")
      .bind((await tenant.ask('GET', '/auth/me')).body.id)
      .run()
    expect(await counts()).toMatchObject({ spaces: 2, projects: 2, assets: { ...assets, images: 0 } })
  })

  it('needs membership, even where a project is public', async () => {
    const [tenant, stranger] = [await Tenant.arrive(), await Tenant.arrive()]
    await tenant.ask('PATCH', await tenant.withProject(), { visibility: 'public' })
    expect((await stranger.ask('GET', `/namespaces/${tenant.slug}`)).status).toBe(404)
    expect((await stranger.ask('GET', `/namespaces/${unique('none')}`)).status).toBe(404)
  })
})

it('what a user has cleared is not filled again from the claims of a token', async () => {
  const slug = `carol-${crypto.randomUUID().slice(0, 8)}`
  const claims = { name: 'Carol', picture: 'https://example.com/c.png' }
  const token = await tokenFor(slug, { claims })
  expect((await ask('GET', '/auth/me', { token })).body).toMatchObject(claims)
  const cleared = { name: null, picture: null }
  expect((await ask('PATCH', '/auth/me', { token, body: cleared })).body).toMatchObject(cleared)
  const after = await ask('GET', '/auth/me', { token })
  expect([after.body, after.rowsWritten]).toEqual([expect.objectContaining(cleared), 0])
})

it('a claim that is longer than any name is none', async () => {
  const slug = `carol-${crypto.randomUUID().slice(0, 8)}`
  const token = await tokenFor(slug, { claims: { name: 'x'.repeat(1_025), email: 'y'.repeat(9_000) } })
  expect((await ask('GET', '/auth/me', { token })).body).toMatchObject({ name: null, email: null })
})
