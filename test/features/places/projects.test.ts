import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { expectRefused, faults, twice } from '../../support/expectations.ts'
import { Tenant } from '../../support/world.ts'

const spaces = ({ slug }: Tenant) => `/namespaces/${slug}/spaces`
const create = (tenant: Tenant, body: unknown) => tenant.ask('POST', spaces(tenant), body)
const slugs = (rows: { slug: string }[]) => rows.map(({ slug }) => slug)

/** A namespace and one of each who may and may not. */
async function withMembers() {
  const [owner, stranger] = [await Tenant.arrive(), await Tenant.arrive()]
  const [reader, writer] = [await Tenant.arrive(), await Tenant.arrive()]
  await owner.admit(reader, 1)
  await owner.admit(writer, 2)
  return { owner, reader, writer, stranger }
}

const trash = ({ slug }: Tenant, project: string) =>
  env.DB.prepare(
    `update projects set deleted_at = 1
     where slug = ?2 and namespace_id = (select id from namespaces where slug = ?1)`,
  )
    .bind(slug, project)
    .run()

/** Values that no project can have. */
const wrong: Record<string, unknown[]> = {
  name: [5, '', '.', '..', 'a\u0007b', '\ud83d', 'x'.repeat(256)],
  slug: [5, '', 'Upper', '.x', 'a b', 'x'.repeat(65)],
  description: [5, '\udc00'],
  tags: ['x', [5], ['a\nb'], ['x'.repeat(65)], Array.from({ length: 65 }, (_, i) => `${i}`)],
  metadata: [5, 'x', [], { a: { '\ud83d': 1 } }, { a: ['\ud83d'] }, { a: 'x'.repeat(65_529) }],
  visibility: [5, 'secret'],
}

describe('POST /namespaces/:slug/spaces', () => {
  const plain = { description: null, tags: [], metadata: null, visibility: 'private' }
  const whole = { description: 'a\tb\nc', tags: ['b', 'a'], metadata: { a: [1, null] }, visibility: 'public' }

  it.each([
    ['spaces', {}, plain],
    ['projects', {}, plain],
    ['spaces', { slug: null, description: null, tags: null, metadata: null, visibility: null }, plain],
    ['spaces', whole, whole],
  ])('at /%s with %j answers 201 with every field', async (route, given, shown) => {
    const tenant = await Tenant.arrive()
    const path = `/namespaces/${tenant.slug}/${route}`
    const { status, body } = await twice(tenant, 'POST', path, { name: 'Robotics Lab', ...given })
    expect([status, body]).toMatchObject([201, { name: 'Robotics Lab', slug: 'robotics-lab', ...shown }])
    expect(body.metadata).toEqual(shown.metadata)
    expect((await tenant.ask('GET', spaces(tenant))).body.spaces).toEqual([body])
  })

  it.each([
    ['Robotics Lab', 'robotics-lab'],
    ['  --_.Crème & Brûlée!! ', 'creme-brulee'],
    ['Übung 1', 'ubung-1'],
    ['U\u0308bung 1', 'ubung-1'],
    ['Ｆｕｌｌ İstanbul ﬁle', 'full-istanbul-file'],
    ['\u0301é\u0301\u0302', 'e'],
    ['a.b_c-d', 'a.b_c-d'],
    ['ends in dot.', 'ends-in-dot.'],
    [`${'x'.repeat(63)} tail`, 'x'.repeat(63)],
    ['x'.repeat(70), 'x'.repeat(64)],
  ])('derives the slug of %j', async (name, slug) => {
    expect((await create(await Tenant.arrive(), { name })).body).toMatchObject({ name, slug })
  })

  it.each(Object.keys(wrong))('refuses every wrong %s', async (field) => {
    const tenant = await Tenant.arrive()
    for (const value of [...(wrong[field] ?? []), ...(field === 'name' ? [undefined, null, '!!!'] : [])]) {
      const answer = await create(tenant, { name: 'x', [field]: value })
      expectRefused(answer, 400)
      expect([JSON.stringify(value), faults(answer)]).toEqual([JSON.stringify(value), [field]])
    }
  })

  it('names every wrong field at once', async () => {
    const tenant = await Tenant.arrive()
    const all = Object.fromEntries(Object.keys(wrong).map((field) => [field, 5]))
    expect(faults(await create(tenant, all))).toEqual(Object.keys(wrong).sort())
    expect(faults(await create(tenant, { name: '!!!', tags: 5 }))).toEqual(['name', 'tags'])
  })

  it('takes the longest name, tags and metadata, and drops duplicate tags', async () => {
    const tags = Array.from({ length: 63 }, (_, i) => `${i}`.padStart(64, 'x'))
    const whole = { name: '😀'.repeat(255), slug: 'x'.repeat(64), tags, metadata: { a: 'x'.repeat(65_528) } }
    const { status, body } = await create(await Tenant.arrive(), { ...whole, tags: [...tags, tags[0]] })
    expect([status, body]).toMatchObject([201, whole])
  })

  it('refuses a slug that a live project of the namespace has', async () => {
    const tenant = await Tenant.arrive()
    await tenant.withProject('lab')
    expectRefused(await create(tenant, { name: 'Lab' }), 409)
    expectRefused(await create(tenant, { name: 'Other', slug: 'lab' }), 409)
    expect((await create(await Tenant.arrive(), { name: 'Lab' })).status).toBe(201)
    await trash(tenant, 'lab')
    expect((await create(tenant, { name: 'Lab' })).status).toBe(201)
  })

  it('is for writers, a public one for owners; 400 before 404 before 403 before 409', async () => {
    const { owner, reader, writer, stranger } = await withMembers()
    await owner.withProject('lab')
    const ask = (who: Tenant, body: unknown) => who.ask('POST', spaces(owner), body)
    expectRefused(await ask(stranger, { name: '' }), 400)
    expectRefused(await ask(stranger, { name: 'lab' }), 404)
    expectRefused(await ask(reader, { name: 'lab' }), 403)
    expectRefused(await ask(writer, { name: 'lab', visibility: 'public' }), 403)
    expectRefused(await ask(writer, { name: 'lab' }), 409)
    expect((await ask(writer, { name: 'other' })).status).toBe(201)
    expect((await ask(owner, { name: 'open', visibility: 'public' })).status).toBe(201)
  })
})

describe('GET /namespaces/:slug/projects/:projectSlug', () => {
  const none = { videos: 0, audio: 0, labelTracks: 0, textTracks: 0, images: 0 }

  it('answers the project with the counts of what it holds, live', async () => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject('lab')
    const { spaces: listed } = (await tenant.ask('GET', spaces(tenant))).body
    const empty = {
      ...listed[0],
      episodes: 0,
      datasets: 0,
      collections: 0,
      assets: expect.objectContaining(none),
    }
    expect((await tenant.ask('GET', project)).body).toEqual(empty)
    const place = { namespace: tenant.slug, project: 'lab' }
    for (const name of ['run-1', 'run-2']) {
      await tenant.ask('POST', '/assets/video', { ...place, episodeName: name, name: '/v.mp4' })
      await tenant.ask('POST', '/assets/text-track', { ...place, episodeName: name, name: '/v.vtt' })
    }
    await tenant.ask('POST', '/assets/audio', { ...place, name: '/mic.wav' })
    await tenant.ask('POST', `${project}/datasets`, { name: 'training' })
    await tenant.ask('DELETE', `${project}/episodes/run-2`)
    const { status, body, trips } = await tenant.ask('GET', project)
    expect([status, trips]).toEqual([200, 1])
    expect(body).toMatchObject({ slug: 'lab', episodes: 1, datasets: 1, collections: 0 })
    expect(body.assets).toMatchObject({ ...none, videos: 1, audio: 1, textTracks: 1 })
  })

  it('is read by a visitor where it is public, and else is not there', async () => {
    const { owner, reader, stranger } = await withMembers()
    const project = await owner.withProject('lab')
    const statuses = async () =>
      Promise.all([owner, reader, stranger].map(async (who) => (await who.ask('GET', project)).status))
    expect(await statuses()).toEqual([200, 200, 404])
    await owner.ask('PATCH', project, { visibility: 'public' })
    expect(await statuses()).toEqual([200, 200, 200])
    await owner.ask('DELETE', project)
    expect(await statuses()).toEqual([404, 404, 404])
  })

  it('reads as many rows of a large project as of an empty one', async () => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject('lab')
    const empty = await tenant.ask('GET', project)
    for (let at = 0; at < 5; at++) await tenant.ask('POST', `${project}/episodes`, { name: `${at}` })
    const { body, rowsRead } = await tenant.ask('GET', project)
    expect([body.episodes, rowsRead]).toEqual([5, empty.rowsRead])
  })
})

describe('PATCH /namespaces/:slug/projects/:projectSlug', () => {
  const given = { name: 'Lab', slug: 'lab', description: 'old', tags: ['a'], metadata: { a: 1, b: 2 } }

  it.each([
    [{}, {}],
    [{ name: 'New' }, { name: 'New' }],
    [{ slug: 'new' }, { slug: 'new' }],
    [{ slug: 'lab' }, {}],
    [{ description: null }, { description: null }],
    [{ tags: ['b', 'b', 'a'] }, { tags: ['b', 'a'] }],
    [{ tags: null }, { tags: [] }],
    [{ metadata: { c: 3 } }, { metadata: { c: 3 } }],
    [{ metadata: null }, { metadata: null }],
    [{ visibility: 'public' }, { visibility: 'public' }],
  ])('by %j changes nothing else', async (changes, changed) => {
    const tenant = await Tenant.arrive()
    const before = (await create(tenant, given)).body
    const { status, body } = await twice(tenant, 'PATCH', tenant.project('lab'), changes)
    expect([status, body]).toEqual([200, { ...before, ...changed, updatedAt: expect.any(String) }])
    expect((await tenant.ask('GET', spaces(tenant))).body.spaces).toEqual([body])
  })

  it('refuses wrong fields, all at once, and null where there must be a value', async () => {
    const tenant = await Tenant.arrive()
    const path = await tenant.withProject()
    for (const [field, values] of Object.entries(wrong)) {
      for (const value of values) {
        const answer = await tenant.ask('PATCH', path, { [field]: value })
        expectRefused(answer, 400)
        expect([JSON.stringify(value), faults(answer)]).toEqual([JSON.stringify(value), [field]])
      }
    }
    const answer = await tenant.ask('PATCH', path, { name: null, slug: null, visibility: null, tags: 5 })
    expectRefused(answer, 400)
    expect(faults(answer)).toEqual(['name', 'slug', 'tags', 'visibility'])
  })

  it('moves the project to its new slug and frees the old one', async () => {
    const tenant = await Tenant.arrive()
    const path = await tenant.withProject('old')
    await tenant.ask('PATCH', path, { slug: 'new' })
    expectRefused(await tenant.ask('PATCH', path, { name: 'x' }), 404)
    expect((await create(tenant, { name: 'old' })).status).toBe(201)
    expectRefused(await tenant.ask('PATCH', path, { slug: 'new' }), 409)
  })

  it('gives 404 for a project that is not there, or trashed', async () => {
    const tenant = await Tenant.arrive()
    const path = await tenant.withProject('lab')
    await trash(tenant, 'lab')
    expectRefused(await tenant.ask('PATCH', path, { name: 'x' }), 404)
    expectRefused(await tenant.ask('PATCH', tenant.project('Not a slug'), { name: 'x' }), 404)
    expectRefused(await tenant.ask('PATCH', '/namespaces/no.such/projects/lab', { name: 'x' }), 404)
  })

  it('is for writers, its visibility for owners; 400 before 404 before 403 before 409', async () => {
    const { owner, reader, writer, stranger } = await withMembers()
    const path = await owner.withProject('lab')
    await owner.withProject('taken')
    expectRefused(await stranger.ask('PATCH', path, { slug: '' }), 400)
    expectRefused(await stranger.ask('PATCH', path, { slug: 'taken' }), 404)
    expectRefused(await reader.ask('PATCH', path, { slug: 'taken' }), 403)
    expectRefused(await writer.ask('PATCH', path, { slug: 'taken', visibility: 'public' }), 403)
    expectRefused(await writer.ask('PATCH', path, { slug: 'taken' }), 409)
    expect((await owner.ask('PATCH', path, { visibility: 'public' })).status).toBe(200)
    expectRefused(await stranger.ask('PATCH', path, { slug: 'taken' }), 403)
    expectRefused(await writer.ask('PATCH', path, { visibility: 'private' }), 403)
  })
})

describe('GET /namespaces/:slug/spaces', () => {
  async function withProjects(count: number): Promise<Tenant> {
    const tenant = await Tenant.arrive()
    for (let i = 1; i <= count; i++) await tenant.withProject(`p${i}`)
    return tenant
  }

  it('lists the live ones, newest first, under both names', async () => {
    const tenant = await withProjects(3)
    await trash(tenant, 'p2')
    const page = { page: 1, pageSize: 50, total: 2, totalPages: 1, nextCursor: null }
    const { body } = await tenant.ask('GET', spaces(tenant))
    expect([slugs(body.spaces), body]).toMatchObject([['p3', 'p1'], page])
    const alias = await tenant.ask('GET', `/namespaces/${tenant.slug}/projects`)
    expect(alias.body).toEqual({ ...page, projects: body.spaces })
  })

  it.each([
    ['page=2&pageSize=2', ['p1'], { page: 2, pageSize: 2, totalPages: 2 }],
    ['page=0', ['p3', 'p2', 'p1'], { page: 1 }],
    ['page=-3&pageSize=two', ['p3', 'p2', 'p1'], { page: 1, pageSize: 50 }],
    ['page=one&pageSize=0', ['p3', 'p2', 'p1'], { page: 1, pageSize: 50 }],
    ['pageSize=-1', ['p3', 'p2', 'p1'], { pageSize: 50 }],
    ['pageSize=201', ['p3', 'p2', 'p1'], { pageSize: 200 }],
    ['page=2', [], { page: 2, total: 3, totalPages: 1 }],
    ['page=100000000&pageSize=200', [], { total: 3, totalPages: 1 }],
  ])('with ?%s', async (query, expected, page) => {
    const tenant = await withProjects(3)
    const { status, body } = await tenant.ask('GET', `${spaces(tenant)}?${query}`)
    expect([status, slugs(body.spaces), body]).toMatchObject([200, expected, page])
  })

  it('refuses a cursor that is altered in any character', async () => {
    const tenant = await withProjects(2)
    const cursor: string = (await tenant.ask('GET', `${spaces(tenant)}?pageSize=1`)).body.nextCursor
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (const [at, char] of [...cursor].entries()) {
      const altered = cursor.slice(0, at) + digits[digits.indexOf(char) ^ 1] + cursor.slice(at + 1)
      const { status } = await tenant.ask('GET', `${spaces(tenant)}?cursor=${altered}`)
      expect([at, status]).toEqual([at, 400])
    }
  })

  it('shows a reader everything, and a stranger the public ones, uncounted, or 404', async () => {
    const { owner, reader, stranger } = await withMembers()
    for (const slug of ['p1', 'p2', 'p3']) await owner.withProject(slug)
    expectRefused(await stranger.ask('GET', spaces(owner)), 404)
    for (const slug of ['p1', 'p3']) await owner.ask('PATCH', owner.project(slug), { visibility: 'public' })
    const all = (await reader.ask('GET', spaces(owner))).body
    expect([slugs(all.spaces), all.total]).toEqual([['p3', 'p2', 'p1'], 3])
    for (const visitor of [stranger, await Tenant.unknown()]) {
      const { body } = await visitor.ask('GET', spaces(owner))
      expect(slugs(body.spaces)).toEqual(['p3', 'p1'])
      expect(body).toMatchObject({ total: null, totalPages: null, nextCursor: null })
    }
    const first = (await stranger.ask('GET', `${spaces(owner)}?pageSize=1`)).body
    const rest = await stranger.ask('GET', `${spaces(owner)}?pageSize=1&cursor=${first.nextCursor}`)
    expect([...slugs(first.spaces), ...slugs(rest.body.spaces)]).toEqual(['p3', 'p1'])
  })

  it('answers a stranger far past the end with an empty page', async () => {
    const { owner, stranger } = await withMembers()
    await owner.ask('PATCH', await owner.withProject(), { visibility: 'public' })
    const { status, body } = await stranger.ask('GET', `${spaces(owner)}?page=1000&pageSize=200`)
    expect([status, body.spaces]).toEqual([200, []])
  })
})

describe('a missing project', () => {
  const ways: readonly [string, (slug: string) => readonly [string, object]][] = [
    ['POST P/episodes', (slug) => [`/namespaces/${slug}/projects/missing/episodes`, { name: 'run' }]],
    ['POST /assets/video', (namespace) => ['/assets/video', { namespace, project: 'missing', name: '/v' }]],
    ['POST /uploads', (namespace) => ['/uploads', { namespace, project: 'missing', files: [{ size: 1 }] }]],
    [
      'the older init',
      (owner) => ['/videos/upload/multipart/init', { owner, project: 'missing', hash: '0123456789abcdef' }],
    ],
  ]

  it.each(ways)('is made by %s, but not where createProject=false says so', async (_, requestOf) => {
    const tenant = await Tenant.arrive()
    const [path, body] = requestOf(tenant.slug)
    const refused = await tenant.ask('POST', `${path}?createProject=false`, body)
    expect([refused.status, refused.body.code, refused.rowsWritten]).toEqual([404, 'project_not_found', 0])
    expect((await tenant.ask('POST', `${path}?createProject=true`, body)).status).toBeLessThan(300)
    expect((await tenant.ask('POST', `${path}?createProject=false`, body)).status).toBeLessThan(300)
    expect((await tenant.ask('POST', `${path}?createProject=perhaps`, body)).status).toBe(400)
  })
})
