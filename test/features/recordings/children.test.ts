import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { Archive, fire, rowsOf } from '../../support/archive.ts'
import { expectRefused, faults } from '../../support/expectations.ts'
import { crowdOfVideos, faultsOf, withoutRests } from '../../support/faults.ts'
import type { Answer } from '../../support/world.ts'

type Query = Readonly<Record<string, string | number>>

const spelled = (query: Query): string =>
  `${new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))}`

const list = (archive: Archive, query: Query): Promise<Answer> =>
  archive.ask('GET', `/nodes/children?${spelled(query)}`)

const top = (archive: Archive, query: Query = {}): Promise<Answer> =>
  list(archive, { namespace: archive.slug, project: 'lab', ...query })

const shown = ({ body }: Answer): string[] =>
  body.nodes.map(({ kind, name }: { kind: string; name: string }) => `${kind} ${name}`)

const audio = (archive: Archive, name: string, fields: object = {}) =>
  archive.succeed(201, 'POST', '/assets/audio', {
    namespace: archive.slug,
    project: 'lab',
    name,
    ...fields,
  })

describe('what hangs at the top', () => {
  let archive: Archive

  beforeAll(async () => {
    archive = await Archive.open()
    await archive.episode('m', { folder: '/f' })
    await archive.episode('b')
    await archive.episode('f')
    await archive.video('/b')
    await archive.video('/a.mp4')
    await audio(archive, '/a.wav')
    await audio(archive, '/b')
    await archive.video('/z/deep.mp4')
    await archive.video('/in/side.mp4', { episodeName: 'b' })
    await archive.video('/nameless.mp4', { name: null })
  })

  const all = [
    'episode b',
    'episode f',
    'folder f',
    'folder z',
    'video a.mp4',
    'audio a.wav',
    'video b',
    'audio b',
  ]

  it('is folders and episodes first, then leaves, each by name', async () => {
    const answer = await top(archive)
    expect([answer.status, answer.trips]).toEqual([200, 1])
    expect([...shown(answer)].sort()).toEqual([...all].sort())
    const names = answer.body.nodes.map(
      ({ leaf, name }: { leaf: boolean; name: string }) => `${leaf} ${name}`,
    )
    expect(names).toEqual([...names].sort())
    expect(answer.body).toMatchObject({ page: 1, pageSize: 50, total: 8, totalPages: 1, nextCursor: null })
    for (const node of answer.body.nodes) {
      const { ancestors, ...read } = (await archive.ask('GET', `/nodes/${node.id}`)).body
      expect([read, ancestors]).toEqual([node, []])
    }
  })

  it.each([1, 2, 3, 7])(
    'is walked %i at a time by cursors, and by pages, with none left out',
    async (pageSize) => {
      const whole = (await top(archive)).body.nodes
      const walked = []
      for (let cursor = ''; ; ) {
        const { body } = await top(archive, { pageSize, ...(cursor ? { cursor } : {}) })
        walked.push(...body.nodes)
        if (body.nextCursor === null) break
        cursor = body.nextCursor
      }
      expect(walked).toEqual(whole)
      const paged = []
      for (let page = 1; page <= Math.ceil(8 / pageSize); page++)
        paged.push(...(await top(archive, { pageSize, page })).body.nodes)
      expect(paged).toEqual(whole)
      expect((await top(archive, { pageSize, page: 99 })).body).toMatchObject({ nodes: [], total: 8 })
    },
  )

  it('is of one kind, with its own total', async () => {
    for (const [kind, total] of Object.entries({ episode: 2, folder: 2, video: 2, audio: 2, image: 0 })) {
      const answer = await top(archive, { kind })
      expect([kind, answer.body.total]).toEqual([kind, total])
      expect(shown(answer)).toEqual(shown(await top(archive)).filter((each) => each.startsWith(`${kind} `)))
    }
    const { body } = await top(archive, { kind: 'video', pageSize: 1 })
    const next = await top(archive, { kind: 'video', pageSize: 1, cursor: body.nextCursor })
    expect([shown(next), next.body.nextCursor]).toEqual([['video b'], null])
  })

  it('leads on to what hangs below', async () => {
    const { nodes } = (await top(archive)).body
    const idOf = (kind: string, name: string) =>
      nodes.find((node: { kind: string; name: string }) => node.kind === kind && node.name === name).id
    expect(shown(await list(archive, { parentId: idOf('folder', 'f') }))).toEqual(['episode m'])
    expect(shown(await list(archive, { parentId: idOf('episode', 'f') }))).toEqual([])
    const inside = await list(archive, { parentId: idOf('episode', 'b') })
    expect([shown(inside), inside.body.nodes[0].path]).toEqual([['folder in'], '/b/in'])
    expect((await list(archive, { parentId: idOf('video', 'b') })).body).toMatchObject({
      nodes: [],
      total: 0,
    })
  })

  it.each([
    [{}, ['namespace', 'project']],
    [{ namespace: 'x' }, ['project']],
    [{ parentId: '' }, ['parentId']],
    [{ parentId: 'x', kind: 'asset' }, ['kind']],
    [{ parentId: 'x', cursor: 'x' }, ['cursor']],
  ])('%j is refused', async (query, fields) => {
    const answer = await list(archive, query)
    expectRefused(answer, 400)
    expect(faults(answer)).toEqual(fields)
  })

  it('is not told by the cursor of another list', async () => {
    const { nextCursor } = (await top(archive, { pageSize: 1 })).body
    expectRefused(await top(archive, { pageSize: 1, kind: 'video', cursor: nextCursor }), 400)
  })

  it('is not told of what is not there, or to others', async () => {
    const { nodes } = (await top(archive)).body
    const stranger = await Archive.open()
    expectRefused(await list(stranger, { parentId: nodes[0].id }), 404)
    expectRefused(await list(archive, { parentId: 'f'.repeat(24) }), 404)
    expectRefused(await list(archive, { namespace: archive.slug, project: 'none' }), 404)
  })
})

describe('the counts', () => {
  it('follow what is deleted, restored, moved, renamed and registered anew', async () => {
    const archive = await Archive.open()
    const { folderId } = await archive.episode('run', { folder: '/a' })
    const other = await archive.episode('other', { folder: '/b' })
    const total = async (parentId: unknown) =>
      (await list(archive, { parentId: String(parentId) })).body.total
    const first = await archive.video('/a/x.mp4', { bssVideoId: 'one' })
    await archive.video('/a/x.mp4', { bssVideoId: 'two' })
    expect([first.id.length, await total(folderId), await total(other.folderId)]).toEqual([24, 2, 1])
    const deletion = await archive.remove(`${archive.project}/episodes/run`)
    expect(await total(folderId)).toBe(1)
    expect((await archive.restore(deletion)).status).toBe(200)
    await archive.succeed(200, 'PATCH', `${archive.project}/episodes/run`, { folder: '/b', name: 'ran' })
    expect([await total(folderId), await total(other.folderId)]).toEqual([1, 2])
    await archive.succeed(200, 'PATCH', `/nodes/${other.folderId}`, { parentId: folderId })
    expect([await total(folderId), (await top(archive)).body.total]).toEqual([2, 1])
    const whole = await archive.remove(`/nodes/${folderId}`)
    expect((await top(archive)).body.total).toBe(0)
    expect((await archive.restore(whole)).status).toBe(200)
    expect([await total(folderId), await total(other.folderId)]).toEqual([2, 2])
    expect(await faultsOf()).toEqual([])
  })
})

describe('a page', () => {
  it('reads as much of a hundred as of 20,000', async () => {
    const read: (readonly number[])[] = []
    for (const count of [100, 20_000]) {
      const archive = await Archive.open()
      const { folderId } = await archive.episode('run', { folder: '/large' })
      const parentId = String(folderId)
      await crowdOfVideos(archive, count, '/large/', { parent: parentId })
      const first = await list(archive, { parentId, pageSize: 50 })
      const next = await list(archive, { parentId, pageSize: 50, cursor: first.body.nextCursor })
      const ofKind = await list(archive, { parentId, pageSize: 50, kind: 'video' })
      expect([first.body.total, ofKind.body.total]).toEqual([count + 1, count])
      expect([first, next, ofKind].map(({ body }) => body.nodes.length)).toEqual([50, 50, 50])
      for (const page of [count, 9_999_999]) {
        const past = await list(archive, { parentId, page })
        expect([past.body.nodes, past.rowsRead < 100]).toEqual([[], true])
      }
      const [leaf] = next.body.nodes
      const one = await archive.ask('GET', `/nodes/${leaf.id}`)
      const place = { namespace: archive.slug, project: 'lab' }
      const sought = await archive.ask('GET', `/nodes/lookup?${spelled({ ...place, path: leaf.path })}`)
      expect(sought.body.id).toBe(leaf.id)
      read.push([first, next, ofKind, one, sought].map(({ rowsRead }) => rowsRead))
    }
    expect(read[1]).toEqual(read[0])
    expect(Math.max(...(read[0] ?? []))).toBeLessThan(400)
  })

  it('keeps its place when what it ended with is renamed or deleted meanwhile', async () => {
    const archive = await Archive.open()
    for (const name of ['a', 'b', 'c', 'd']) await archive.episode(`in ${name}`, { folder: `/${name}` })
    const { nodes, nextCursor } = (await top(archive, { pageSize: 2 })).body
    await archive.succeed(200, 'PATCH', `/nodes/${nodes[1].id}`, { name: 'z' })
    expect(shown(await top(archive, { pageSize: 9, cursor: nextCursor }))).toEqual([
      'folder c',
      'folder d',
      'folder z',
    ])
    await archive.remove(`/nodes/${nodes[1].id}`)
    expect(shown(await top(archive, { pageSize: 9, cursor: nextCursor }))).toEqual(['folder c', 'folder d'])
  })

  it('is of live nodes alone, and the purge leaves no count of others', async () => {
    withoutRests()
    const archive = await Archive.open()
    await archive.episode('run', { folder: '/a/b' })
    await archive.succeed(200, 'DELETE', archive.project)
    expectRefused(await top(archive), 404)
    const [project] = await rowsOf(
      'projects',
      `slug = 'lab' and namespace_id = (
      select id from namespaces where slug = '${archive.slug}')`,
    )
    const left = () =>
      env.DB.prepare('select count(*) as n from child_counts where id >= ?1 and id < ?1 || ?2')
        .bind(String(project?.id), '!')
        .first('n')
    expect(await left()).toBe(1)
    await fire(31)
    expect(await left()).toBe(0)
    expect(await faultsOf()).toEqual([])
  })
})
