import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { expectRefused, faults } from '../../support/expectations.ts'
import { Tenant } from '../../support/world.ts'

async function withEpisodes() {
  const tenant = await Tenant.arrive()
  const path = `${await tenant.withProject()}/episodes`
  const post = (name: string, fields: object = {}) => tenant.ask('POST', path, { name, ...fields })
  const patch = (name: string, fields: object) =>
    tenant.ask('PATCH', `${path}/${encodeURIComponent(name)}`, fields)
  return { tenant, path, post, patch }
}

describe('the folder of an episode', () => {
  it('is made with all above it, and shown', async () => {
    const { post } = await withEpisodes()
    const { status, body } = await post('run', { folder: '/experiments/batch-1' })
    const { folderId } = body.episode
    expect([status, body.folder]).toEqual([
      201,
      { id: folderId, name: 'batch-1', path: '/experiments/batch-1' },
    ])
    expect(body.episode.nodePath).toBe('/experiments/batch-1/run')
  })

  it('is reused, and so is each one above it', async () => {
    const { post } = await withEpisodes()
    const deep = (await post('deep', { folder: '/a/b/c' })).body.folder
    expect((await post('same', { folder: '/a/b/c' })).body.folder).toEqual(deep)
    const middle = (await post('middle', { folder: '/a/b' })).body.folder
    expect((await post('again', { folder: '/a/b' })).body.folder).toEqual(middle)
    expect(middle).toMatchObject({ name: 'b', path: '/a/b' })
    expect((await post('apart', { folder: '/b' })).body.folder.id).not.toBe(middle.id)
  })

  it('is of its project alone', async () => {
    const { tenant, post } = await withEpisodes()
    const here = (await post('run', { folder: '/a' })).body.folder
    const elsewhere = await tenant.ask('POST', `${tenant.project('other')}/episodes`, {
      name: 'run',
      folder: '/a',
    })
    expect(elsewhere.body.folder.id).not.toBe(here.id)
  })

  it('may have the name of an episode beside it', async () => {
    const { post } = await withEpisodes()
    await post('a')
    expect((await post('b', { folder: '/a' })).body.episode.nodePath).toBe('/a/b')
    expect((await post('c', { folder: '/a/b' })).body.episode.nodePath).toBe('/a/b/c')
  })

  it('escapes a percent sign in its path', async () => {
    const { post, patch } = await withEpisodes()
    const { body } = await post('100%', { folder: '/50% off' })
    expect(body.folder).toMatchObject({ name: '50% off', path: '/50%25 off' })
    expect(body.episode.nodePath).toBe('/50%25 off/100%')
    expect((await patch('100%', { status: 'failed' })).body.nodePath).toBe('/50%25 off/100%')
  })

  it.each([
    ['/a%2Fb/c', ['a/b', 'c'], '/a%2Fb/c'],
    ['/a%2fb', ['a/b'], '/a%2Fb'],
    ['/%2F', ['/'], '/%2F'],
    ['/100%25', ['100%'], '/100%25'],
    ['/100%', ['100%'], '/100%25'],
    ['/%252F', ['%2F'], '/%252F'],
    ['/%2525', ['%25'], '/%2525'],
    ['/%41%2', ['%41%2'], '/%2541%252'],
    [`/${'%25'.repeat(255)}`, ['%'.repeat(255)], `/${'%25'.repeat(255)}`],
    [`/${'%'.repeat(255)}`.repeat(4), Array(4).fill('%'.repeat(255)), `/${'%25'.repeat(255)}`.repeat(4)],
  ])('%s is read as the path of a node says it, and can be sent back', async (folder, names, shown) => {
    const { post, patch } = await withEpisodes()
    const { status, body } = await post('run', { folder })
    expect([status, body.folder]).toMatchObject([201, { name: names.at(-1), path: shown }])
    expect(body.episode.nodePath).toBe(`${shown}/run`)
    expect((await post('again', { folder: body.folder.path })).body.folder).toEqual(body.folder)
    await post('moved')
    const moved = (await patch('moved', { folder: body.folder.path })).body
    expect([moved.folderId, moved.nodePath]).toEqual([body.folder.id, `${shown}/moved`])
    const rows = env.DB.prepare(
      "select name from nodes where project_id = ? and kind = 'folder' order by path",
    )
    const { results } = await rows.bind(body.workspace.id).all()
    expect(results.map(({ name }) => name)).toEqual(names)
  })

  it('changes when another is given, and stays when none is', async () => {
    const { path, tenant, post, patch } = await withEpisodes()
    await post('run', { folder: '/a' })
    const kept = (await post('run', { description: 'x' })).body
    expect([kept.folder.path, kept.episode.nodePath]).toEqual(['/a', '/a/run'])
    const moved = (await post('run', { folder: '/b/c' })).body
    expect([moved.folder.path, moved.episode.nodePath]).toEqual(['/b/c', '/b/c/run'])
    const back = (await patch('run', { folder: '/a' })).body
    expect([back.folderId, back.nodePath]).toEqual([kept.folder.id, '/a/run'])
    const renamed = (await patch('run', { name: 'new', folder: '/b/c/d' })).body
    expect(renamed.nodePath).toBe('/b/c/d/new')
    const rooted = (await patch('new', { folder: null })).body
    expect([rooted.folderId, rooted.nodePath]).toEqual([null, '/new'])
    expect((await tenant.ask('GET', path)).body.episodes).toEqual([rooted])
  })

  it.each(
    [
      5,
      '/a/../b',
      '/./a',
      '/a\u0007',
      '/\ud83d',
      `/${'x'.repeat(256)}`,
      '/a'.repeat(33),
      `/${'%25'.repeat(256)}`,
      `/${'x'.repeat(205)}`.repeat(5),
    ].map((bad) => [JSON.stringify(bad), bad]),
  )('cannot be %s', async (_, folder) => {
    const { post, patch } = await withEpisodes()
    await post('run')
    for (const answer of [await post('new', { folder }), await patch('run', { folder })]) {
      expectRefused(answer, 400)
      expect(faults(answer)).toEqual(['folder'])
    }
  })

  it('is not made by a request that is refused', async () => {
    const { post, patch } = await withEpisodes()
    await post('run', { writeProtected: true })
    await post('other')
    expectRefused(await post('run', { folder: '/new' }), 403)
    expectRefused(await patch('other', { name: 'run', folder: '/new' }), 409)
    expectRefused(await patch('none', { folder: '/new' }), 404)
  })
})

describe('the name of an episode', () => {
  it.each([
    ['a/b', '/a/b'],
    ['/a', '/a'],
    ['a/../b', '/a/../b'],
    ['100%', '/100%'],
    ['a%2Fb', '/a%2Fb'],
    ['%E0%A4%A', '/%E0%A4%A'],
    ['?a=b&c#d', '/?a=b&c#d'],
    ['a+b c\\d', '/a+b c\\d'],
    ['{x}:y*', '/{x}:y*'],
    ['中 😀', '/中 😀'],
    ['it\'s "q"', '/it\'s "q"'],
    ['😀'.repeat(255), `/${'😀'.repeat(255)}`],
  ])('%j is kept verbatim and finds it again', async (name, nodePath) => {
    const { post, patch } = await withEpisodes()
    const { status, body } = await post(name)
    expect([status, body.episode]).toMatchObject([201, { name, nodePath }])
    const patched = await patch(name, { folder: '/f/g' })
    expect(patched.body).toMatchObject({ id: body.episode.id, name })
    expect((await post(name)).body.episode).toEqual(patched.body)
    expect((await patch(name, { folder: null })).body.nodePath).toBe(nodePath)
    expect((await patch(name, { name: 'plain' })).body).toMatchObject({
      id: body.episode.id,
      nodePath: '/plain',
    })
    expect((await patch('plain', { name })).body).toMatchObject({ id: body.episode.id, name, nodePath })
  })

  it('tells it apart from any other spelling, and from other projects', async () => {
    const { tenant, post } = await withEpisodes()
    for (const name of ['é', 'e\u0301', 'É', ' é', 'é ']) expect((await post(name)).status).toBe(201)
    const elsewhere = await tenant.ask('POST', `${tenant.project('other')}/episodes`, { name: 'é' })
    expect(elsewhere.status).toBe(201)
  })

  it('with slashes stands apart from a folder and an episode of the same path', async () => {
    const { post } = await withEpisodes()
    const slashed = (await post('a/b')).body.episode
    const nested = (await post('b', { folder: '/a' })).body.episode
    expect([nested.nodePath, nested.id === slashed.id]).toEqual(['/a/b', false])
    expect((await post('a%2Fb')).status).toBe(201)
  })
})

describe('the times of an episode', () => {
  const [nine, ten] = ['2026-04-14T09:00:00.000Z', '2026-04-14T10:00:00.000Z']
  const hour = 3_600_000

  it.each([
    [{ startedAt: nine, endedAt: ten, durationMs: hour }],
    [{ startedAt: nine, endedAt: nine, durationMs: 0 }],
    [{ startedAt: nine, endedAt: ten, durationMs: null }],
    [{ startedAt: null, endedAt: ten, durationMs: 5 }],
    [{ startedAt: ten, endedAt: null, durationMs: 5 }],
    [{ startedAt: '1969-12-31T23:59:59.999Z', endedAt: '9999-12-31T23:59:59.999Z', durationMs: null }],
  ])('%j are kept as given, and nothing is derived', async (times) => {
    const { post, patch } = await withEpisodes()
    expect((await post('run', times)).body.episode).toMatchObject(times)
    await post('other')
    expect((await patch('other', times)).body).toMatchObject(times)
  })

  it('are shown in UTC, whatever zone they are given in', async () => {
    const { post } = await withEpisodes()
    const { body } = await post('run', {
      startedAt: '2026-04-14T11:00:00+02:00',
      endedAt: '2026-04-14T04:30:00.5-05:30',
    })
    expect(body.episode).toMatchObject({ startedAt: nine, endedAt: '2026-04-14T10:00:00.500Z' })
  })

  it.each([
    ['2026-04-14t09:00:00z', nine],
    ['2026-04-14 09:00:00Z', nine],
    ['2026-04-14 14:30:00+05:30', nine],
    ['2026-04-14T09:00:00+00:00', nine],
    ['2026-04-14T09:00:00-00:00', nine],
    ['2026-04-14T08:59:60Z', nine],
    ['2026-04-14T08:59:60.999Z', nine],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2015-06-30T19:59:60-04:00', '2015-07-01T00:00:00.000Z'],
    ['2024-02-29T00:00:00.1239999999Z', '2024-02-29T00:00:00.123Z'],
    ['2026-04-14T08:59:59.9999999Z', '2026-04-14T08:59:59.999Z'],
    ['1969-12-31T23:59:59.9999Z', '1969-12-31T23:59:59.999Z'],
    ['0000-02-29T00:00:00Z', '0000-02-29T00:00:00.000Z'],
  ])('are read as RFC 3339 spells them: %s', async (spelled, shown) => {
    const { post } = await withEpisodes()
    const { status, body } = await post('run', { startedAt: spelled, endedAt: spelled })
    expect([status, body.episode]).toMatchObject([201, { startedAt: shown, endedAt: shown }])
  })

  it.each([
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-04-00T00:00:00Z',
    '2026-04-14T24:00:00Z',
    '2026-04-14T09:60:00Z',
    '2026-04-14T09:00:61Z',
    '2026-04-14T09:00:00+25:00',
    '2026-04-14T09:00:00+05:60',
    '2026-04-14T09:00:00+0530',
    '2026-04-14T09:00:00',
    '2026-04-14T09:00Z',
    '2026-04-14T09:00:00.Z',
    '2026-04-14  09:00:00Z',
    '2026-04-14',
    '20260414T090000Z',
    ' 2026-04-14T09:00:00Z',
    '9999-12-31T23:59:60Z',
  ])('are refused where they are none: %j', async (startedAt) => {
    const { post } = await withEpisodes()
    const answer = await post('run', { startedAt })
    expectRefused(answer, 400)
    expect(faults(answer)).toEqual(['startedAt'])
  })

  it.each([-1, 0, 1])('may be cut from finer ones: %i milliseconds beside the duration', async (off) => {
    const { post, patch } = await withEpisodes()
    const durationMs = hour + off
    expect((await post('run', { startedAt: nine, endedAt: ten, durationMs })).status).toBe(201)
    await post('other', { startedAt: nine })
    await patch('other', { endedAt: ten })
    const { status, body } = await patch('other', { durationMs })
    expect([status, body]).toMatchObject([200, { startedAt: nine, endedAt: ten, durationMs }])
  })

  it.each([
    [{ startedAt: nine }, { endedAt: '2026-04-14T08:59:59.999Z' }, 'endedAt'],
    [{ endedAt: nine }, { startedAt: ten }, 'endedAt'],
    [{ startedAt: nine, endedAt: ten }, { durationMs: hour - 2 }, 'durationMs'],
    [{ startedAt: nine, endedAt: ten }, { durationMs: hour + 2 }, 'durationMs'],
    [{ durationMs: hour, startedAt: nine }, { endedAt: '2026-04-14T10:00:00.002Z' }, 'durationMs'],
    [{}, { startedAt: nine, endedAt: ten, durationMs: hour + 2 }, 'durationMs'],
    [{}, { startedAt: ten, endedAt: nine }, 'endedAt'],
    [{}, { startedAt: nine, endedAt: ten, durationMs: 0 }, 'durationMs'],
  ])('after %j refuse %j', async (before, fields, field) => {
    const { post, patch } = await withEpisodes()
    await post('run', before)
    for (const answer of [await patch('run', fields), await post('run', fields)]) {
      expectRefused(answer, 400)
      expect(faults(answer)).toEqual([field])
    }
  })

  it('are judged on what a change leaves, cleared ones included', async () => {
    const { post, patch } = await withEpisodes()
    await post('run', { startedAt: nine, endedAt: ten, durationMs: hour })
    expectRefused(await patch('run', { endedAt: nine }), 400)
    const cleared = await patch('run', { endedAt: nine, durationMs: null })
    expect([cleared.status, cleared.body.durationMs]).toEqual([200, null])
    const moved = await patch('run', { startedAt: ten, endedAt: null, durationMs: 7 })
    expect(moved.body).toMatchObject({ startedAt: ten, endedAt: null, durationMs: 7 })
  })

  const contradicting = { startedAt: ten, endedAt: nine }

  it('that contradict each other in one body are refused before anything is looked for', async () => {
    const { tenant, path, patch } = await withEpisodes()
    const body = { name: 'run', ...contradicting }
    const elsewhere = await tenant.ask('POST', '/namespaces/no.such/projects/lab/episodes', body)
    const stranger = await (await Tenant.arrive()).ask('POST', path, body)
    expect([elsewhere.status, stranger.status, (await patch('none', contradicting)).status]).toEqual([
      400, 400, 400,
    ])
  })

  it('that contradict each other are named beside the other wrong fields', async () => {
    const { post } = await withEpisodes()
    expect(faults(await post('run', { ...contradicting, tags: 5 }))).toEqual(['endedAt', 'tags'])
  })

  it.each(['9999-12-31T23:59:59-01:00', '0000-01-01T00:00:00+01:00'])(
    'that no four-digit year of UTC holds are refused: %s',
    async (startedAt) => {
      const { post } = await withEpisodes()
      const answer = await post('run', { startedAt })
      expectRefused(answer, 400)
      expect(faults(answer)).toEqual(['startedAt'])
    },
  )
})
