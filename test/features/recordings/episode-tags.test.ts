import { describe, expect, it } from 'vitest'
import { Tenant } from '../../support/world.ts'

async function withEpisodes(tags: Readonly<Record<string, readonly string[]>>) {
  const tenant = await Tenant.arrive()
  const project = await tenant.withProject('robotics')
  const episodes = `${project}/episodes`
  for (const [name, given] of Object.entries(tags)) await tenant.ask('POST', episodes, { name, tags: given })
  const tagsOf = async (name: string): Promise<string[]> =>
    (await tenant.ask('GET', `${episodes}/${encodeURIComponent(name)}`)).body.tags
  const post = (body: object) => tenant.ask('POST', `${episodes}/tags`, body)
  const patch = (name: string, body: object) => tenant.ask('PATCH', `${episodes}/${name}`, body)
  return { tenant, project, episodes, tagsOf, post, patch }
}

const many = (count: number, prefix = 't') => Array.from({ length: count }, (_, n) => `${prefix}${n}`)

describe('POST P/episodes/tags', () => {
  it('adds behind what is there, takes away, and leaves the rest in its order', async () => {
    const { post, tagsOf } = await withEpisodes({ a: ['x', 'old', 'y'], b: [], 'c/d': ['new', 'old'] })
    const { status, body, trips } = await post({
      names: ['a', 'b', 'c/d', 'a'],
      add: ['new', 'z'],
      remove: ['old'],
    })
    expect([status, body, trips]).toEqual([200, { changed: 3, skipped: [] }, 1])
    expect([await tagsOf('a'), await tagsOf('b'), await tagsOf('c/d')]).toEqual([
      ['x', 'y', 'new', 'z'],
      ['new', 'z'],
      ['new', 'z'],
    ])
  })

  it('passes over what cannot be changed, and says why', async () => {
    const { tenant, episodes, post, tagsOf } = await withEpisodes({
      a: [],
      full: many(63),
      gone: [],
      closed: [],
    })
    await tenant.ask('DELETE', `${episodes}/gone`)
    await tenant.ask('PATCH', `${episodes}/closed`, { writeProtected: true })
    const { body } = await post({ names: ['missing', 'a', 'full', 'gone', 'closed'], add: ['one', 'two'] })
    expect(body).toEqual({
      changed: 1,
      skipped: [
        { name: 'missing', code: 'episode_not_found' },
        { name: 'full', code: 'too_many_tags' },
        { name: 'gone', code: 'episode_not_found' },
        { name: 'closed', code: 'episode_write_protected' },
      ],
    })
    expect([await tagsOf('a'), (await tagsOf('full')).length]).toEqual([['one', 'two'], 63])
  })

  it('changes nothing of an episode whose tags are so already', async () => {
    const { tenant, episodes, post } = await withEpisodes({ a: ['x'] })
    const before = await tenant.ask('GET', `${episodes}/a`)
    const { body, rowsWritten } = await post({ names: ['a'], add: ['x'], remove: ['none'] })
    const after = await tenant.ask('GET', `${episodes}/a`)
    expect([body, rowsWritten, after.headers.get('ETag')]).toEqual([
      { changed: 0, skipped: [] },
      0,
      before.headers.get('ETag'),
    ])
  })

  it('loses no tag of thirty who add at once', async () => {
    const { post, tagsOf } = await withEpisodes({ a: [], b: [] })
    await Promise.all(many(30).map((tag) => post({ names: ['a', 'b'], add: [tag] })))
    for (const name of ['a', 'b']) expect((await tagsOf(name)).sort()).toEqual(many(30).sort())
  })

  it('reaches a thousand episodes in one trip, and none of another project', async () => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject('robotics')
    const other = await tenant.withProject('other')
    const names = many(1_000, 'run-')
    const tags = many(60)
    for (const name of names.slice(0, 3)) {
      await tenant.ask('POST', `${project}/episodes`, { name, tags })
      await tenant.ask('POST', `${other}/episodes`, { name, tags })
    }
    const { status, body, trips } = await tenant.ask('POST', `${project}/episodes/tags`, {
      names,
      add: ['new'],
      remove: ['t0'],
    })
    expect([status, body.changed, body.skipped.length, trips]).toEqual([200, 3, 997, 1])
    expect((await tenant.ask('GET', `${other}/episodes/run-0`)).body.tags).toEqual(tags)
  })

  it.each([
    [{ names: [], add: ['x'] }, 'names'],
    [{ names: many(1_001), add: ['x'] }, 'names'],
    [{ names: ['a'], add: many(65) }, 'add'],
    [{ names: ['a'], add: ['x', 'y'], remove: ['y'] }, 'remove'],
    [{ add: ['x'] }, 'names'],
    [{ names: ['a'], tags: ['x'] }, 'tags'],
  ])('refuses %j', async (body, path) => {
    const { post } = await withEpisodes({ a: [] })
    const answer = await post(body)
    expect([answer.status, answer.body.errors[0].path, answer.rowsWritten]).toEqual([400, path, 0])
  })
})

describe('PATCH of an episode with tagsAdd and tagsRemove', () => {
  it('changes its tags, and what else is given', async () => {
    const { patch } = await withEpisodes({ a: ['x', 'old', 'y'] })
    const first = await patch('a', { tagsAdd: ['new', 'x'], status: 'completed' })
    const second = await patch('a', { tagsRemove: ['old', 'none'] })
    expect([first.body.tags, first.body.status]).toEqual([['x', 'old', 'y', 'new'], 'completed'])
    expect(second.body.tags).toEqual(['x', 'y', 'new'])
  })

  it('loses no tag of thirty who add at once', async () => {
    const { patch, tagsOf } = await withEpisodes({ a: [] })
    await Promise.all(many(30).map((tag) => patch('a', { tagsAdd: [tag] })))
    expect((await tagsOf('a')).sort()).toEqual(many(30).sort())
  })

  it('is 400 beyond 64 tags, and changes nothing', async () => {
    const { patch, tagsOf } = await withEpisodes({ a: many(63) })
    const answer = await patch('a', { tagsAdd: ['one', 'two'], status: 'completed' })
    expect([answer.status, answer.body.code, answer.body.errors[0].path, answer.rowsWritten]).toEqual([
      400,
      'too_many_tags',
      'tagsAdd',
      0,
    ])
    expect((await patch('a', { tagsAdd: ['one', 'two'], tagsRemove: ['t0'] })).status).toBe(200)
    expect((await tagsOf('a')).length).toBe(64)
  })

  it.each([
    [{ tags: ['x'], tagsAdd: ['y'] }, 'tagsAdd'],
    [{ tags: ['x'], tagsRemove: ['y'] }, 'tagsRemove'],
    [{ tagsAdd: ['y'], tagsRemove: ['y'] }, 'tagsRemove'],
    [{ tagsAdd: null }, 'tagsAdd'],
  ])('refuses %j', async (body, path) => {
    const { patch } = await withEpisodes({ a: [] })
    const answer = await patch('a', body)
    expect([answer.status, answer.body.errors[0].path, answer.rowsWritten]).toEqual([400, path, 0])
  })
})
