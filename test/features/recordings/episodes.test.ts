import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { expectRefused, faults, ID, TIME, twice } from '../../support/expectations.ts'
import { type Answer, ask, Tenant } from '../../support/world.ts'

const names = ({ body }: Answer) => body.episodes.map(({ name }: { name: string }) => name)

/** An episode `run` in a project of its own. */
async function withEpisode(fields: object = {}) {
  const tenant = await Tenant.arrive()
  const path = `${tenant.project('lab')}/episodes`
  const { status, body } = await tenant.ask('POST', path, { name: 'run', ...fields })
  expect(status).toBe(201)
  return { tenant, path, run: `${path}/run`, placed: body, episode: body.episode }
}

const trash = ({ id }: { id: string }) =>
  env.DB.prepare('update episodes set deleted_at = 1 where id = ?').bind(id).run()

/** Values that no episode can have. */
const wrong: Record<string, unknown[]> = {
  name: [5, '', '.', '..', 'a\nb', '\ud83d', '😀'.repeat(256)],
  description: [5, '\udc00'],
  tags: ['x', [5], ['a\u0000'], ['x'.repeat(65)], Array.from({ length: 65 }, (_, i) => `${i}`)],
  status: [5, 'paused'],
  writeProtected: ['true', 1],
  metadata: [5, 'x', [], { a: { b: '\ud83d' } }, { a: 'x'.repeat(65_529) }],
  startedAt: [5, 'yesterday', '2026-02-30T00:00:00Z'],
  endedAt: [5, '2026-13-01T00:00:00Z'],
  durationMs: ['5', true],
}

const changes: [object, object?][] = [
  [{ description: 'new' }],
  [{ tags: ['b', 'b', 'a'] }, { tags: ['b', 'a'] }],
  [{ tags: [] }],
  [{ status: 'archived' }],
  [{ metadata: { c: { d: 3 } } }],
  [{ startedAt: '2026-04-14T10:30:00.25+02:00' }, { startedAt: '2026-04-14T08:30:00.250Z' }],
  [{ durationMs: 250 }],
  [{ writeProtected: true }],
  [{ status: 'failed', description: '', writeProtected: false }],
]
const given = { description: 'old', tags: ['a'], status: 'completed', metadata: { a: 1, b: 2 } }

describe('POST P/episodes', () => {
  it('answers 201 with every field, and lists the episode', async () => {
    const { tenant, path, placed } = await withEpisode()
    expect(placed).toMatchObject({
      episode: { id: ID, name: 'run', description: null, tags: [], folderId: null, nodePath: '/run' },
      workspace: { id: placed.episode.projectId, slug: 'lab' },
      folder: null,
      namespace: { id: ID, slug: tenant.slug },
    })
    const rest = { projectId: ID, writeProtected: false, status: 'running', metadata: null }
    const times = { startedAt: null, endedAt: null, durationMs: null, createdAt: TIME, updatedAt: TIME }
    expect(placed.episode).toMatchObject({ ...rest, ...times })
    expect((await tenant.ask('GET', path)).body.episodes).toEqual([placed.episode])
  })

  it('makes a missing project, named by its slug, and uses one that is there', async () => {
    const tenant = await Tenant.arrive()
    const path = `${tenant.project('a.new_lab')}/episodes`
    const { body } = await twice(tenant, 'POST', path, { name: 'run' })
    expect((await tenant.ask('POST', path, { name: 'other' })).body.workspace).toEqual(body.workspace)
    const { spaces } = (await tenant.ask('GET', `/namespaces/${tenant.slug}/spaces`)).body
    const made = { ...body.workspace, name: 'a.new_lab', visibility: 'private', tags: [], metadata: null }
    expect(spaces).toMatchObject([made])
  })

  it.each(['Lab', '-lab', 'a%20b', 'x'.repeat(65)])('refuses the project slug %s', async (slug) => {
    const tenant = await Tenant.arrive()
    expectRefused(await tenant.ask('POST', `${tenant.project(slug)}/episodes`, { name: 'run' }), 400)
  })

  it.each(['another', 'the-same'])(
    'makes a fresh project for a trashed one, under %s request id',
    async (id) => {
      const tenant = await Tenant.arrive()
      const path = `${tenant.project('lab')}/episodes`
      const post = (id: string) =>
        tenant.ask('POST', path, { name: 'run' }, { headers: { 'X-Request-Id': id } })
      const { projectId } = (await post('the-same')).body.episode
      await env.DB.prepare('update projects set deleted_at = 1 where id = ?').bind(projectId).run()
      expectRefused(await tenant.ask('GET', path), 404)
      const { status, body } = await post(id)
      expect([status, body.workspace.id === projectId]).toEqual([201, false])
      expect((await tenant.ask('GET', path)).body.episodes).toEqual([body.episode])
    },
  )

  it.each(changes)(
    'with %j on an existing one answers 200 and changes nothing else',
    async (fields, shown) => {
      const { tenant, path, placed } = await withEpisode(given)
      const { status, body } = await twice(tenant, 'POST', path, { name: 'run', ...fields })
      const episode = { ...placed.episode, ...fields, ...shown, updatedAt: TIME }
      expect([status, body]).toEqual([200, { ...placed, episode }])
    },
  )

  it('takes null for absent, whether it makes or changes', async () => {
    const all = [...Object.keys(wrong), 'folder'].filter((field) => field !== 'name')
    const nulls = Object.fromEntries(all.map((field) => [field, null]))
    const { tenant, path, episode } = await withEpisode({ ...nulls, description: 'kept', folder: '/f' })
    expect(episode).toMatchObject({ tags: [], status: 'running', writeProtected: false, metadata: null })
    const { status, body } = await tenant.ask('POST', path, { name: 'run', ...nulls })
    expect([status, body.episode]).toEqual([200, { ...episode, updatedAt: TIME }])
    expectRefused(await tenant.ask('POST', path, { name: null }), 400)
  })

  it.each(Object.keys(wrong))('refuses every wrong %s, as PATCH does', async (field) => {
    const { tenant, path, run } = await withEpisode()
    for (const value of wrong[field] ?? []) {
      for (const answer of [
        await tenant.ask('POST', path, { name: 'run', [field]: value }),
        await tenant.ask('PATCH', run, { [field]: value }),
      ]) {
        expectRefused(answer, 400)
        expect([JSON.stringify(value), faults(answer)]).toEqual([JSON.stringify(value), [field]])
      }
    }
  })

  it('names every wrong field at once, as PATCH does', async () => {
    const { tenant, path, run } = await withEpisode()
    const all = Object.fromEntries(Object.entries(wrong).map(([field, [value]]) => [field, value]))
    expect(faults(await tenant.ask('POST', path, all))).toEqual(Object.keys(wrong).sort())
    expect(faults(await tenant.ask('PATCH', run, all))).toEqual(Object.keys(wrong).sort())
  })
})

describe('PATCH P/episodes/:episodeName', () => {
  it.each([
    ...changes,
    [{}],
    [{ name: 'new' }, { nodePath: '/new' }],
    [{ name: 'run' }],
    [{ description: null }],
    [{ tags: null }, { tags: [] }],
    [{ metadata: null }],
  ] as typeof changes)('by %j changes nothing else', async (fields, shown) => {
    const { tenant, path, run, episode } = await withEpisode(given)
    const { status, body } = await twice(tenant, 'PATCH', run, fields)
    expect([status, body]).toEqual([200, { ...episode, ...fields, ...shown, updatedAt: TIME }])
    expect((await tenant.ask('GET', path)).body.episodes).toEqual([body])
  })

  it('refuses null where there must be a value', async () => {
    const { tenant, run } = await withEpisode()
    const answer = await tenant.ask('PATCH', run, { name: null, status: null, writeProtected: null })
    expectRefused(answer, 400)
    expect(faults(answer)).toEqual(['name', 'status', 'writeProtected'])
  })

  it('frees the name it renames from, and refuses one that is taken', async () => {
    const { tenant, path, run, episode } = await withEpisode()
    expect((await tenant.ask('PATCH', run, { name: 'new' })).body.id).toBe(episode.id)
    expectRefused(await tenant.ask('PATCH', run, { description: 'x' }), 404)
    expect((await tenant.ask('POST', path, { name: 'run' })).status).toBe(201)
    expectRefused(await tenant.ask('PATCH', run, { name: 'new' }), 409)
    expectRefused(await tenant.ask('PATCH', `${path}/new`, { name: 'run', description: 'x' }), 409)
  })
})

describe('a name in a path', () => {
  it('is read as it is percent-encoded, a percent sign alone as itself', async () => {
    const { tenant, path } = await withEpisode()
    for (const name of ['50%', '%FF', '%zz é', '%25'])
      expect((await tenant.ask('POST', path, { name })).status).toBe(201)
    for (const [spelt, name] of [
      ['50%', '50%'],
      ['50%25', '50%'],
      ['%25FF', '%FF'],
      ['%zz%20%C3%A9', '%zz é'],
      ['%2525', '%25'],
    ])
      expect((await tenant.ask('GET', `${path}/${spelt}`)).body).toMatchObject({ name })
  })

  it.each(['%FF', 'a%20b%C3', '%ED%A0%80', '%C3%A9%FF'])(
    'is refused where it is no UTF-8: %s',
    async (spelt) => {
      const { tenant, path } = await withEpisode()
      const name = spelt.replace('%20', ' ').replace('%C3%A9', 'é')
      expect((await tenant.ask('POST', path, { name })).status).toBe(201)
      for (const method of ['GET', 'DELETE', 'PATCH']) {
        const answer = await tenant.ask(
          method,
          `${path}/${spelt}`,
          method === 'PATCH' ? { tags: [] } : undefined,
        )
        expect([answer.status, faults(answer)]).toEqual([400, ['episodeName']])
      }
      expect((await tenant.ask('GET', path)).body.total).toBe(2)
    },
  )

  it('is refused after all else that is wrong with the request, and with all of it', async () => {
    const { tenant, path } = await withEpisode()
    const at = `${path}/%FF`
    const wrong = { headers: { 'Content-Type': 'text/plain' }, raw: 'x' }
    expect([
      (await ask('GET', at)).status,
      (await tenant.ask('PUT', at)).status,
      (await tenant.ask('OPTIONS', at)).status,
      (await tenant.ask('PATCH', at, undefined, wrong)).status,
    ]).toEqual([401, 405, 204, 415])
    const answer = await tenant.ask('PATCH', '/namespaces/%FE/projects/lab/episodes/%FF', { name: 5 })
    expect([answer.status, faults(answer)]).toEqual([400, ['episodeName', 'name', 'slug']])
  })
})

describe('a trashed episode', () => {
  it('answers 410 to POST and 404 to PATCH', async () => {
    const { tenant, path, run, episode } = await withEpisode({ writeProtected: true })
    await trash(episode)
    expectRefused(await tenant.ask('POST', path, { name: 'run', folder: '/new' }), 410)
    expectRefused(await tenant.ask('PATCH', run, { description: 'x' }), 404)
  })

  it('answers 410 to a rename onto it, and neither is changed', async () => {
    const { tenant, path, episode } = await withEpisode()
    const other = await tenant.ask('POST', path, { name: 'other' })
    await trash(episode)
    expectRefused(await tenant.ask('PATCH', `${path}/other`, { name: 'run', folder: '/new' }), 410)
    const { body } = await tenant.ask('GET', path)
    expect([body.episodes, body.total]).toEqual([[other.body.episode], 1])
  })
})

describe('a write-protected episode', () => {
  it('stays as it is for good', async () => {
    const { tenant, path, run } = await withEpisode()
    const { body } = await twice(tenant, 'PATCH', run, { writeProtected: true })
    for (const fields of [{}, { writeProtected: false }, { writeProtected: true }, { folder: '/new' }]) {
      expectRefused(await tenant.ask('POST', path, { name: 'run', ...fields }), 403)
      expectRefused(await tenant.ask('PATCH', run, fields), 403)
    }
    expectRefused(await tenant.ask('PATCH', run, { name: 'other' }), 403)
    expect((await tenant.ask('GET', path)).body.episodes).toEqual([body])
  })
})

describe('who may write an episode', () => {
  it('is a writer; 400 before 404 before 410 before 403 before 409', async () => {
    const { tenant, path, run, episode } = await withEpisode({ writeProtected: true })
    const [reader, writer, stranger] = [await Tenant.arrive(), await Tenant.arrive(), await Tenant.arrive()]
    await tenant.admit(reader, 1)
    await tenant.admit(writer, 2)
    const other = (await writer.ask('POST', path, { name: 'other' })).body.episode
    expectRefused(await stranger.ask('POST', path, { name: '' }), 400)
    expectRefused(await stranger.ask('PATCH', run, { name: '' }), 400)
    expectRefused(await stranger.ask('POST', path, { name: 'new' }), 404)
    expectRefused(await reader.ask('POST', `${tenant.project('new')}/episodes`, { name: 'new' }), 403)
    expectRefused(await reader.ask('POST', path, { name: 'new' }), 403)
    expectRefused(await reader.ask('PATCH', `${path}/other`, { name: 'run' }), 403)
    expectRefused(await writer.ask('PATCH', run, { name: 'other' }), 403)
    expectRefused(await writer.ask('PATCH', `${path}/other`, { name: 'run' }), 409)
    await trash(other)
    expectRefused(await stranger.ask('POST', path, { name: 'other' }), 404)
    expectRefused(await reader.ask('POST', path, { name: 'other' }), 410)
    expectRefused(await writer.ask('PATCH', run, { name: 'other' }), 410)
    await trash(episode)
    expectRefused(await reader.ask('PATCH', run, { name: 'other' }), 404)
  })

  it('is no stranger, though a public project shows its episodes to everybody', async () => {
    const { tenant, path, run, episode } = await withEpisode()
    const stranger = await Tenant.unknown()
    const missing = await stranger.ask('GET', `${tenant.project('none')}/episodes`)
    const hidden = await stranger.ask('GET', path)
    const told = ({ status, body: { requestId: _, ...body } }: Answer) => [status, body]
    expect(told(hidden)).toEqual(told(missing))
    await tenant.ask('PATCH', tenant.project('lab'), { visibility: 'public' })
    const { body } = await stranger.ask('GET', path)
    expect([body.episodes, body.total]).toEqual([[episode], 1])
    expectRefused(await stranger.ask('POST', path, { name: 'new' }), 403)
    expectRefused(await stranger.ask('PATCH', run, { description: 'x' }), 403)
  })
})

describe('GET P/episodes', () => {
  it.each([
    ['', ['c', 'b', 'a'], { page: 1, pageSize: 50, total: 3, totalPages: 1, nextCursor: null }],
    ['?page=2&pageSize=2', ['a'], { page: 2, pageSize: 2, total: 3, totalPages: 2, nextCursor: null }],
    ['?page=0&pageSize=500', ['c', 'b', 'a'], { page: 1, pageSize: 200 }],
    ['?page=x&pageSize=0', ['c', 'b', 'a'], { page: 1, pageSize: 50 }],
    ['?page=9', [], { page: 9, total: 3, totalPages: 1, nextCursor: null }],
  ])('%s lists the live ones, newest first', async (query, expected, page) => {
    const { tenant, path, episode } = await withEpisode()
    for (const name of ['a', 'b', 'c']) await tenant.ask('POST', path, { name })
    await trash(episode)
    const answer = await tenant.ask('GET', `${path}${query}`)
    expect([answer.status, names(answer), answer.body]).toMatchObject([200, expected, page])
  })

  it('gives 404 for a project or namespace that is not there', async () => {
    const { tenant } = await withEpisode()
    expectRefused(await tenant.ask('GET', `${tenant.project('none')}/episodes`), 404)
    expectRefused(await tenant.ask('GET', '/namespaces/no.such/projects/lab/episodes'), 404)
  })
})
