import { beforeAll, describe, expect, it } from 'vitest'
import { Archive } from '../../support/archive.ts'
import { expectRefused, TIME } from '../../support/expectations.ts'
import { type Answer, ask } from '../../support/world.ts'

let archive: Archive
/** An episode in a folder, and a video in a folder of it. */
let episode: { readonly id: string; readonly folderId: string | null }
let video: { readonly id: string; readonly nodeId: string }

beforeAll(async () => {
  archive = await Archive.open()
  episode = await archive.episode('run/1', { folder: '/a/50%' })
  const bssVideoId = await archive.bytes('the bytes')
  video = await archive.video('/camera/front.mp4', { episodeName: 'run/1', bssVideoId })
})

const read = (id: string): Promise<Answer> => archive.ask('GET', `/nodes/${id}`)

const look = (path: string, also: Record<string, string> = {}): Promise<Answer> =>
  archive.ask(
    'GET',
    `/nodes/lookup?${new URLSearchParams({ namespace: archive.slug, project: 'lab', path, ...also })}`,
  )

function expectFailure(answer: Answer, status: number, code: string): void {
  expectRefused(answer, status)
  expect(answer.body.code).toBe(code)
}

const PATH = '/a/50%25/run%2F1/camera/front.mp4'

describe('a node', () => {
  it('is read with those around it, from the root down, in one round trip', async () => {
    const { status, body, trips } = await read(video.nodeId)
    expect([status, trips]).toEqual([200, 1])
    const { ancestors, ...node } = body
    expect(node).toEqual({
      id: video.nodeId,
      name: 'front.mp4',
      kind: 'video',
      leaf: true,
      path: PATH,
      parentId: ancestors[3].id,
      assetId: video.id,
      createdAt: TIME,
      updatedAt: TIME,
    })
    expect(ancestors.map(({ id: _, ...rest }: Record<string, unknown>) => rest)).toEqual([
      { name: 'a', kind: 'folder', path: '/a' },
      { name: '50%', kind: 'folder', path: '/a/50%25' },
      { name: 'run/1', kind: 'episode', path: '/a/50%25/run%2F1' },
      { name: 'camera', kind: 'folder', path: '/a/50%25/run%2F1/camera' },
    ])
    expect(ancestors[1].id).toBe(episode.folderId)
    for (const { id, path } of ancestors) {
      const each = (await read(id)).body
      expect([each.path, each.leaf, each.assetId]).toEqual([path, false, null])
    }
    expect((await read(ancestors[0].id)).body.ancestors).toEqual([])
  })

  it('is not found in the trash, in a trashed episode, by others, or where there is none', async () => {
    const gone = await archive.video('/gone.mp4')
    await archive.remove(`/assets/video/${gone.id}`)
    await archive.episode('gone')
    const inside = await archive.video('/in.mp4', { episodeName: 'gone' })
    await archive.remove(`${archive.project}/episodes/gone`)
    for (const id of [gone.nodeId, inside.nodeId, 'f'.repeat(24), 'x'])
      expectFailure(await read(id), 404, 'node_not_found')
    const stranger = await Archive.open()
    expectFailure(await stranger.ask('GET', `/nodes/${video.nodeId}`), 404, 'node_not_found')
  })
})

describe('the node at a path', () => {
  it('is found from the root, also through an episode, and from the episode', async () => {
    const { body } = await read(video.nodeId)
    const { ancestors, ...node } = body
    const found = await look(PATH)
    expect([found.status, found.body, found.trips]).toEqual([200, node, 1])
    expect((await look('camera//front.mp4/', { episode: 'run/1' })).body).toEqual(node)
    expect((await look('/a/50%')).body.id).toBe(ancestors[1].id)
    expect((await look('/a/50%25/run%2f1')).body.id).toBe(ancestors[2].id)
    expect((await look('/', { episode: 'run/1' })).body.id).toBe(ancestors[2].id)
  })

  it('is a folder before an episode, an episode before an asset; the kind chooses', async () => {
    await archive.episode('same')
    await archive.episode('below', { folder: '/same' })
    await archive.video('/same')
    const of = async (kind?: string) => (await look('/same', kind ? { kind } : {})).body.kind
    expect(await of()).toBe('folder')
    for (const kind of ['folder', 'episode', 'video']) expect(await of(kind)).toBe(kind)
    expectFailure(await look('/same', { kind: 'audio' }), 404, 'node_not_found')
  })

  it.each([
    ['/nowhere', {}],
    ['/', {}],
    ['/camera/front.mp4', {}],
    ['/camera/front.mp4', { episode: 'none' }],
    [PATH, { episode: 'run/1' }],
    [PATH, { kind: 'folder' }],
  ])('%s is not found with %j', async (path, also) => {
    expectFailure(await look(path, also), 404, 'node_not_found')
  })

  it.each([
    ['/a/../b', {}],
    ['/x'.repeat(66), {}],
    ['/a', { kind: 'asset' }],
    ['/a', { kinds: 'folder' }],
  ])('%s is refused with %j', async (path, also) => {
    expectFailure(await look(path, also), 400, 'invalid_request')
  })

  it('is found at the deepest', async () => {
    const folder = `/${'%25'.repeat(25)}`.repeat(32)
    await archive.episode('deep', { folder })
    const name = `/${'ü'.repeat(14)}`.repeat(32)
    const { nodeId } = await archive.video(name, { episodeName: 'deep' })
    const node = (await read(nodeId)).body
    expect(node.path).toBe(`${folder}/deep${name}`)
    expect(node.ancestors).toHaveLength(64)
    expect((await look(node.path)).body.id).toBe(nodeId)
  })
})

describe('the bytes of a leaf', () => {
  it('are served by a URL, and by a redirect to it', async () => {
    const { status, body, trips } = await archive.ask('GET', `/nodes/${video.nodeId}/download?expiresIn=60`)
    expect([status, trips]).toEqual([200, 1])
    expect(body).toMatchObject({
      filename: 'front.mp4',
      size: 9,
      contentType: 'text/plain',
      episode: { id: episode.id, name: 'run/1' },
    })
    expect((await ask('GET', body.url)).text).toBe('the bytes')
    const redirect = await archive.ask('GET', `/nodes/${video.nodeId}/content`)
    expect(redirect.status).toBe(302)
    expect((await ask('GET', redirect.headers.get('Location') ?? '')).text).toBe('the bytes')
  })

  it.each(['download', 'content'])('are not asked of what is no leaf, or has none: %s', async (what) => {
    const of = (id: string) => archive.ask('GET', `/nodes/${id}/${what}`)
    expectFailure(await of(String(episode.folderId)), 400, 'node_not_leaf')
    expectFailure(await of((await look('/', { episode: 'run/1' })).body.id), 400, 'node_not_leaf')
    const empty = await archive.video(`/empty-${what}.mp4`)
    expectFailure(await of(empty.nodeId), 404, 'asset_without_object')
    await archive.remove(`/assets/video/${empty.id}`)
    expectFailure(await of(empty.nodeId), 404, 'node_not_found')
  })
})
