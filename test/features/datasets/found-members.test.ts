import { describe, expect, it } from 'vitest'
import { expectRefused, faults } from '../../support/expectations.ts'
import { type Answer, Tenant } from '../../support/world.ts'

/** Episodes run-0 and so on, every other one with the tag `even`, each with a video; and a collection `found`. */
async function having(count: number) {
  const tenant = await Tenant.arrive()
  const project = await tenant.withProject('lab')
  const ids: string[] = []
  const assets: string[] = []
  for (let at = 0; at < count; at++) {
    const made = await tenant.ask('POST', `${project}/episodes`, {
      name: `run-${at}`,
      tags: at % 2 ? [] : ['even'],
      startedAt: new Date(Date.UTC(2026, 0, 1 + ((at * 7) % count))).toISOString(),
    })
    ids.push(made.body.episode.id)
    const video = await tenant.ask('POST', '/assets/video', {
      ...{ namespace: tenant.slug, project: 'lab', episodeName: `run-${at}`, name: `/${at}.mp4` },
    })
    assets.push(video.body.id)
  }
  expect((await tenant.ask('POST', `${project}/collections`, { name: 'found' })).status).toBe(201)
  const found = `${project}/collections/found`
  const add = (body: object, headers: Record<string, string> = {}): Promise<Answer> =>
    tenant.ask('POST', `${found}/members`, body, { headers })
  const members = async (): Promise<string[]> => (await tenant.ask('GET', found)).body.members
  return { tenant, project, ids, assets, add, members }
}

describe('POST P/collections/:name/members with a query', () => {
  it('adds the episodes, or the assets, that it finds, in its order, in two round trips', async () => {
    const { ids, assets, add, members } = await having(6)
    const evens = [4, 2, 0]
    const answer = await add({ q: 'tag:even', target: 'episodes' })
    expect([answer.status, answer.body, answer.trips]).toEqual([
      200,
      { added: 3, total: 3, examined: 3, nextCursor: null },
      2,
    ])
    expect(await members()).toEqual(evens.map((at) => ids[at]))
    expect((await add({ q: 'tag:even', target: 'episodes' })).body).toMatchObject({ added: 0, total: 3 })
    const videos = await add({ q: 'kind:video episode.tag:even', target: 'assets' })
    expect(videos.body).toMatchObject({ added: 3, total: 6, nextCursor: null })
    expect((await members()).slice(3)).toEqual(evens.map((at) => assets[at]))
    await add({ q: '', target: 'episodes', sort: 'name' })
    expect((await members()).slice(6)).toEqual([1, 3, 5].map((at) => ids[at]))
  })

  it('adds them page by page, each once', async () => {
    const { tenant, project, add, members } = await having(0)
    const names = Array.from({ length: 1_050 }, (_, at) => `run-${at}`)
    for (let at = 0; at < names.length; at += 50)
      await Promise.all(
        names.slice(at, at + 50).map((name) => tenant.ask('POST', `${project}/episodes`, { name })),
      )
    const first = await add({ q: 'run', target: 'episodes', sort: 'created' })
    expect(first.body).toMatchObject({ added: 1_000, total: 1_000, examined: 1_001 })
    const { nextCursor: cursor } = first.body
    for (const other of [
      { q: 'run', target: 'episodes', sort: 'name', cursor },
      { q: 'name:run*', target: 'episodes', sort: 'created', cursor },
      { q: 'run', target: 'assets', cursor },
      { q: 'run', target: 'episodes', sort: 'created', cursor: 'x' },
    ])
      expect(faults(await add(other))).toEqual(['cursor'])
    const second = await add({ q: 'run', target: 'episodes', sort: 'created', cursor })
    expect(second.body).toEqual({ added: 50, total: 1_050, examined: 50, nextCursor: null })
    expect(new Set(await members()).size).toBe(1_050)
  })

  it('is answered under a key as the first time', async () => {
    const { tenant, project, add, members } = await having(3)
    const headers = { 'Idempotency-Key': crypto.randomUUID() }
    const first = await add({ q: 'tag:even', target: 'episodes' }, headers)
    await tenant.ask('POST', `${project}/episodes`, { name: 'late', tags: ['even'] })
    const again = await add({ q: 'tag:even', target: 'episodes' }, headers)
    expect([again.status, again.body, again.headers.get('Idempotency-Replayed')]).toEqual([
      200,
      first.body,
      'true',
    ])
    expect((await members()).length).toBe(2)
  })

  it.each<[object, string[]]>([
    [{}, ['add']],
    [{ add: [], q: 'x', target: 'episodes' }, ['q']],
    [{ q: 'x' }, ['target']],
    [{ target: 'episodes' }, ['add', 'target']],
    [{ add: [], target: 'episodes' }, ['target']],
    [{ add: [], sort: 'name' }, ['sort']],
    [{ add: [], cursor: 'x' }, ['cursor']],
    [{ q: 'x', target: 'assets', sort: 'name' }, ['sort']],
    [{ q: 'x', target: 'folders' }, ['target']],
    [{ q: 'x', target: 'episodes', sort: 'size' }, ['sort']],
    [{ q: 5, target: 'episodes' }, ['q']],
    [{ q: 'tag:', target: 'episodes' }, ['q']],
    [{ q: 'status:x', target: 'assets' }, ['q']],
  ])('refuses %j', async (body, paths) => {
    const { add } = await having(0)
    const answer = await add(body)
    expectRefused(answer, 400)
    expect(faults(answer)).toEqual(paths)
  })

  it('is refused to who may not write, or not read, and tells a stranger nothing', async () => {
    const { tenant, project } = await having(1)
    const path = `${project}/collections/found/members`
    const body = { q: 'tag:even', target: 'episodes' }
    const stranger = await Tenant.arrive()
    expect((await stranger.ask('POST', path, body)).status).toBe(404)
    await tenant.ask('PATCH', project, { visibility: 'public' })
    expect((await stranger.ask('POST', path, body)).status).toBe(403)
    const missing = await tenant.ask('POST', `${project}/collections/none/members`, body)
    expect([missing.status, missing.body.code]).toEqual([404, 'collection_not_found'])
  })
})
