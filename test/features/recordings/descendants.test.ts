import { beforeAll, describe, expect, it } from 'vitest'
import { Archive } from '../../support/archive.ts'
import { expectRefused, faults } from '../../support/expectations.ts'
import { crowdOfVideos } from '../../support/faults.ts'
import type { Answer } from '../../support/world.ts'

let archive: Archive
/** The folder `/a`, with two episodes, a folder and leaves below it. */
let folder: string

beforeAll(async () => {
  archive = await Archive.open()
  const { folderId } = await archive.episode('m', { folder: '/a' })
  folder = String(folderId)
  await archive.episode('deep', { folder: '/a/b/c' })
  await archive.video('/camera/front.mp4', { episodeName: 'm' })
  await archive.video('/camera/back.mp4', { episodeName: 'm' })
  await archive.video('/x.mp4', { episodeName: 'deep' })
  await archive.video('/a/z.mp4')
  await archive.video('/a/m')
  await archive.video('/beside.mp4')
  await archive.video('/nameless.mp4', { name: null })
  const gone = await archive.video('/a/gone.mp4')
  await archive.remove(`/assets/video/${gone.id}`)
})

const below = (id: string, query = ''): Promise<Answer> =>
  archive.ask('GET', `/nodes/${id}/descendants?${query}`)

const shown = ({ body }: Answer): string[] =>
  body.nodes.map(({ kind, path }: { kind: string; path: string }) => `${kind} ${path}`)

async function walk(id: string, query: string): Promise<string[]> {
  const all: string[] = []
  for (let cursor = ''; ; ) {
    const answer = await below(id, `${query}${cursor && `&cursor=${cursor}`}`)
    expect([answer.status, answer.trips]).toEqual([200, 1])
    all.push(...shown(answer))
    cursor = answer.body.nextCursor
    if (cursor === null) return all
  }
}

const ALL = [
  'folder /a/b',
  'folder /a/b/c',
  'episode /a/b/c/deep',
  'video /a/b/c/deep/x.mp4',
  'episode /a/m',
  'folder /a/m/camera',
  'video /a/m/camera/back.mp4',
  'video /a/m/camera/front.mp4',
  'video /a/m',
  'video /a/z.mp4',
]

describe('all below a folder', () => {
  it('is listed by path, an episode before what is inside of it', async () => {
    const answer = await below(folder)
    expect([answer.status, answer.trips, shown(answer), answer.body.nextCursor]).toEqual([200, 1, ALL, null])
    for (const node of answer.body.nodes) {
      const { ancestors: _, ...read } = (await archive.ask('GET', `/nodes/${node.id}`)).body
      expect(read).toEqual(node)
    }
  })

  it.each([1, 2, 3, 9, 10, 11])('is walked %i at a time, with none left out', async (limit) => {
    expect(await walk(folder, `limit=${limit}`)).toEqual(ALL)
    const leaves = ALL.filter((each) => each.startsWith('video '))
    expect(await walk(folder, `limit=${limit}&leavesOnly=true`)).toEqual(leaves)
    expect(await walk(folder, `limit=${limit}&kind=video`)).toEqual(leaves)
    expect(await walk(folder, `limit=${limit}&kind=episode`)).toEqual([ALL[2], ALL[4]])
    expect(await walk(folder, `limit=${limit}&kind=episode&leavesOnly=true`)).toEqual([])
  })

  it('is, of an episode, what is inside; of a leaf, nothing', async () => {
    const { nodes } = (await below(folder)).body
    const idOf = (index: number) => nodes[index].id
    expect(shown(await below(idOf(4)))).toEqual(ALL.slice(5, 8))
    expect(shown(await below(idOf(5)))).toEqual(ALL.slice(6, 8))
    expect(shown(await below(idOf(9)))).toEqual([])
  })

  it.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['leavesOnly=yes', 'leavesOnly'],
    ['kind=asset', 'kind'],
    ['cursor=x', 'cursor'],
  ])('is refused for %s', async (query, field) => {
    const answer = await below(folder, query)
    expectRefused(answer, 400)
    expect(faults(answer)).toEqual([field])
  })

  it('is not told of what is not there, or to others', async () => {
    expectRefused(await below('f'.repeat(24)), 404)
    const stranger = await Archive.open()
    expectRefused(await stranger.ask('GET', `/nodes/${folder}/descendants`), 404)
  })

  it('goes on where it was when the folder is renamed, and not inside of an episode that is gone', async () => {
    const own = await Archive.open()
    const { folderId } = await own.episode('e', { folder: '/m' })
    for (const name of ['/1.mp4', '/2.mp4']) await own.video(name, { episodeName: 'e' })
    for (const name of ['/m/f.mp4', '/m/g.mp4', '/n/other.mp4']) await own.video(name)
    const of = (query: string) => own.ask('GET', `/nodes/${folderId}/descendants?${query}`)
    const first = await of('limit=2')
    expect(shown(first)).toEqual(['episode /m/e', 'video /m/e/1.mp4'])
    const { nextCursor } = first.body
    for (const name of ['a', 'z', 'm']) {
      await own.succeed(200, 'PATCH', `/nodes/${folderId}`, { name })
      const rest = [`video /${name}/e/2.mp4`, `video /${name}/f.mp4`, `video /${name}/g.mp4`]
      expect(shown(await of(`cursor=${nextCursor}`))).toEqual(rest)
    }
    await own.remove(`${own.project}/episodes/e`)
    expect(shown(await of(`cursor=${nextCursor}`))).toEqual(['video /m/f.mp4', 'video /m/g.mp4'])
  })

  it('reads as much of a hundred as of 20,000, and goes on where nothing fits for long', async () => {
    const read: (readonly number[])[] = []
    for (const count of [100, 20_000]) {
      const own = await Archive.open()
      const made = await own.episode('run', { folder: '/large' })
      await crowdOfVideos(own, count, '/large/', { parent: String(made.folderId) })
      const of = (query: string) => own.ask('GET', `/nodes/${made.folderId}/descendants?${query}`)
      const first = await of('limit=50')
      const next = await of(`limit=50&cursor=${first.body.nextCursor}`)
      expect([first, next].map(({ body }) => body.nodes.length)).toEqual([50, 50])
      read.push([first, next].map(({ rowsRead }) => rowsRead))
      const rare = await of('kind=audio')
      expect([rare.body.nodes, rare.body.nextCursor === null, rare.rowsRead < 30_000]).toEqual([
        [],
        count < 2_000,
        true,
      ])
    }
    expect(read[1]).toEqual(read[0])
  })
})
