import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { Archive, rowsOf } from '../../support/archive.ts'
import { expectRefused, faults } from '../../support/expectations.ts'
import { driftsOf, isDrifted } from '../../support/faults.ts'
import { type Answer, type Asked, Tenant } from '../../support/world.ts'

/** Each kind with its storage field, fields of its own, and what these are after a null. */
const kinds = [
  ['video', 'bssVideoId', { fps: 29.97, lens: 'fisheye' }, {}],
  ['audio', 'bssAudioId', { sampleRate: 48_000, channels: 2 }, { sampleRate: null, channels: null }],
  ['label-track', 'bssLabelId', {}, {}],
  ['text-track', 'bssTextTrackId', { format: 'srt', language: 'de' }, { format: null, language: null }],
  ['image', 'bssImageId', {}, {}],
] as const

const place = (archive: Archive) => ({ namespace: archive.slug, project: 'lab' })
const at = ({ id }: { readonly id: string }, kind = 'video') => `/assets/${kind}/${id}`
const told = ({ status, body }: Answer) => [status, body.code]

const sound = async (archive: Archive): Promise<void> => {
  expect([await archive.contradictions(), (await driftsOf()).filter(isDrifted)]).toEqual([[], []])
}

describe('GET /assets/<kind>/:id', () => {
  it.each(kinds)('of kind %s answers what the list shows', async (kind, storage, own) => {
    const archive = await Archive.open()
    const given = { ...own, [storage]: await archive.bytes('abc'), tags: ['a'], metadata: { n: 2 ** 60 } }
    const body = { ...place(archive), episodeName: 'run', name: '/a/b', ...given }
    const made = await archive.succeed(201, 'POST', `/assets/${kind}`, body)
    const { namespace, project } = place(archive)
    const [listed] = await archive.succeed(
      200,
      'GET',
      `/assets/${kind}?namespace=${namespace}&project=${project}`,
    )
    const answer = await archive.ask('GET', at(made, kind))
    expect([answer.status, answer.trips, answer.body]).toEqual([200, 1, listed])
    expect(answer.body).toMatchObject({ ...own, id: made.id, object: { size: 3 } })
  })

  it('is 404 for an id of another kind, of nothing, in the trash, or inside of a trashed episode', async () => {
    const archive = await Archive.open()
    const [trashed, inside] = [
      await archive.video('/t.mp4'),
      await archive.video('/i.mp4', { episodeName: 'run' }),
    ]
    const there = await archive.video('/v.mp4')
    await archive.remove(at(trashed))
    await archive.remove(`${archive.project}/episodes/run`)
    const missing = { id: 'f'.repeat(24) }
    const paths = [at(there, 'audio'), at(missing), at({ id: 'no%20id' }), at(trashed), at(inside)]
    for (const method of ['GET', 'PATCH'])
      for (const path of paths) {
        const body = method === 'PATCH' ? { tags: ['x'] } : undefined
        const answer = await archive.ask(method, path, body)
        expect([path, ...told(answer), answer.rowsWritten]).toEqual([path, 404, 'asset_not_found', 0])
      }
    expect((await archive.ask('GET', at(there))).status).toBe(200)
  })

  it('is no route to downloads', async () => {
    const archive = await Archive.open()
    const { namespace, project } = place(archive)
    await archive.video('/v.mp4', { bssVideoId: await archive.bytes('abc') })
    const query = `namespace=${namespace}&project=${project}&path=/v.mp4`
    expect((await archive.succeed(200, 'GET', `/assets/video/download?${query}`)).size).toBe(3)
    expect((await archive.ask('GET', `/assets/video/content?${query}`)).status).toBe(302)
    expect(told(await archive.ask('GET', '/assets/video/download'))).toEqual([400, 'invalid_request'])
  })

  it('is for readers, and for everybody where the project is public', async () => {
    const archive = await Archive.open()
    const stranger = await Tenant.arrive()
    const path = at(await archive.video('/v.mp4'))
    expect(told(await stranger.ask('GET', path))).toEqual([404, 'asset_not_found'])
    await archive.succeed(200, 'PATCH', archive.project, { visibility: 'public' })
    expect((await stranger.ask('GET', path)).status).toBe(200)
    expect(told(await stranger.ask('PATCH', path, { tags: [] }))).toEqual([403, 'forbidden'])
  })

  it('reads as many rows among many as alone', async () => {
    const archive = await Archive.open()
    const path = at(await archive.video('/v.mp4', { episodeName: 'run' }))
    const alone = await archive.ask('GET', path)
    for (let index = 0; index < 10; index++) await archive.video(`/${index}.mp4`, { episodeName: 'run' })
    expect((await archive.ask('GET', path)).rowsRead).toBe(alone.rowsRead)
  })
})

describe('PATCH /assets/<kind>/:id', () => {
  it.each(kinds)(
    'of kind %s changes the given fields alone, and null clears',
    async (kind, storage, own, cleared) => {
      const archive = await Archive.open()
      const given = { tags: ['a'], metadata: { a: 1, b: 2 }, [storage]: 'abc' }
      const made = await archive.succeed(201, 'POST', `/assets/${kind}`, {
        ...place(archive),
        name: '/a/b',
        ...given,
      })
      const path = at(made, kind)
      const own1 = await archive.succeed(200, 'PATCH', path, own)
      expect(own1).toEqual({ ...made, ...own, updatedAt: own1.updatedAt })
      const metadata = await archive.succeed(200, 'PATCH', path, { metadata: { c: 3 } })
      expect(metadata).toMatchObject({ ...own, tags: ['a'], metadata: { c: 3 } })
      expect(metadata.metadata).toEqual({ c: 3 })
      const nulls = Object.fromEntries(
        ['tags', 'metadata', ...Object.keys(cleared)].map((field) => [field, null]),
      )
      const none = await archive.succeed(200, 'PATCH', path, nulls)
      expect(none).toMatchObject({
        ...own,
        ...cleared,
        tags: [],
        metadata: null,
        [storage]: 'abc',
        name: '/a/b',
      })
      expect(await archive.succeed(200, 'GET', path)).toEqual(none)
    },
  )

  it('without a field changes nothing', async () => {
    const archive = await Archive.open()
    const made = await archive.video('/v.mp4')
    const answer = await archive.ask('PATCH', at(made), {})
    expect([answer.status, answer.rowsWritten, answer.body]).toEqual([200, 0, made])
    const bookkeeping = await archive.ask('PATCH', at(made), { id: 'x', createdAt: 'x', nodeId: 'x' })
    expect([bookkeeping.status, bookkeeping.rowsWritten]).toEqual([200, 0])
  })

  it.each([
    ['video', { name: null }, 'name'],
    ['video', { name: '/' }, 'name'],
    ['video', { name: '/a/../b' }, 'name'],
    ['video', { fps: null }, 'fps'],
    ['video', { fps: 0 }, 'fps'],
    ['video', { lens: null }, 'lens'],
    ['video', { tags: 'x' }, 'tags'],
    ['audio', { channels: 1.5 }, 'channels'],
    ['audio', { fps: 30 }, 'fps'],
    ['text-track', { format: 'ass' }, 'format'],
  ])('of kind %s refuses %j', async (kind, body, field) => {
    const archive = await Archive.open()
    const made = await archive.succeed(201, 'POST', `/assets/${kind}`, { ...place(archive), name: '/a' })
    const answer = await archive.ask('PATCH', at(made, kind), body)
    expectRefused(answer, 400)
    expect(faults(answer)).toEqual([field])
  })

  it.each(kinds)('of kind %s names POST as the way to other bytes', async (kind, storage) => {
    const archive = await Archive.open()
    const made = await archive.succeed(201, 'POST', `/assets/${kind}`, { ...place(archive), name: '/a' })
    const answer = await archive.ask('PATCH', at(made, kind), {
      [storage]: 'x',
      object: null,
      episodeName: 'run',
    })
    expectRefused(answer, 400)
    expect(answer.body.errors).toEqual([
      { path: storage, message: expect.stringContaining(`POST /assets/${kind}`) },
      { path: 'object', message: expect.stringContaining(`POST /assets/${kind}`) },
      { path: 'episodeName', message: expect.stringContaining('POST') },
    ])
  })

  it('is for writers; a token without read is told id and name, one that can only upload nothing', async () => {
    const archive = await Archive.open()
    const path = at(await archive.video('/v.mp4'))
    const reader = await Tenant.arrive()
    const { body } = await reader.ask('GET', '/auth/me')
    await archive.succeed(201, 'PUT', `/namespaces/${archive.slug}/members/${body.username}`, {
      role: 'reader',
    })
    expect(told(await reader.ask('PATCH', path, { tags: [] }))).toEqual([403, 'forbidden'])
    const uploading = await archive.robot({ scopes: ['upload'] })
    expect(told(await archive.ask('PATCH', path, { tags: [] }, { token: uploading }))).toEqual([
      403,
      'forbidden',
    ])
    const writing = await archive.robot({ scopes: ['write'] })
    const { body: bare } = await archive.ask('PATCH', path, { name: 'w.mp4' }, { token: writing })
    expect(bare).toEqual({ id: path.split('/').at(-1), name: '/w.mp4' })
    expect(told(await archive.ask('GET', path, undefined, { token: writing }))).toEqual([403, 'forbidden'])
  })

  it('in a write-protected episode is 403', async () => {
    const archive = await Archive.open()
    const path = at(await archive.video('/v.mp4', { episodeName: 'run' }))
    await archive.succeed(200, 'PATCH', `${archive.project}/episodes/run`, { writeProtected: true })
    for (const body of [{ tags: [] }, { name: '/new/w.mp4' }, {}]) {
      const answer = await archive.ask('PATCH', path, body)
      expect([...told(answer), answer.rowsWritten]).toEqual([403, 'episode_write_protected', 0])
    }
  })
})

describe('another name of an asset', () => {
  it.each([
    ['in an episode', { episodeName: 'run' }, 'run:', 'episode /run'],
    ['of the project', {}, '', null],
  ])('%s moves its node, which keeps its id, and makes folders', async (_, fields, prefix, top) => {
    const archive = await Archive.open()
    const made = await archive.video('/a/50%.mp4', fields)
    const body = await archive.succeed(200, 'PATCH', at(made), { name: 'b//c/75%.mp4' })
    expect(body).toMatchObject({ id: made.id, nodeId: made.nodeId, name: '/b/c/75%.mp4' })
    const { 'episode /run': __, ...tree } = await archive.tree()
    expect(tree).toEqual({
      [`folder ${prefix}/a`]: top,
      [`folder ${prefix}/b`]: top,
      [`folder ${prefix}/b/c`]: 'folder /b',
      [`video ${prefix}/b/c/75%25.mp4`]: 'folder /b/c',
    })
    const up = await archive.succeed(200, 'PATCH', at(made), { name: '/d.mp4' })
    expect([up.nodeId, (await archive.tree())[`video ${prefix}/d.mp4`]]).toEqual([made.nodeId, top])
    expect(await archive.videos('&prefix=/d')).toEqual(['/d.mp4'])
    // The names of before are free.
    await archive.video('/a/50%.mp4', fields)
    await sound(archive)
  })

  it('gives a node to one that had no name', async () => {
    const archive = await Archive.open()
    const nameless = await archive.succeed(201, 'POST', '/assets/video', {
      ...place(archive),
      episodeName: 'run',
    })
    expect(nameless).toMatchObject({ name: null, nodeId: null })
    const named = await archive.succeed(200, 'PATCH', at(nameless), { name: '/a/v.mp4' })
    expect(named).toMatchObject({ id: nameless.id, name: '/a/v.mp4' })
    const rows = await rowsOf('nodes', `id = '${named.nodeId}'`)
    expect(rows).toMatchObject([{ item_id: named.id, path: '/a/v.mp4', kind: 'video' }])
    // By now it has an identity.
    const again = await archive.video('/a/v.mp4', { episodeName: 'run' })
    expect(again).toMatchObject({ id: named.id, nodeId: named.nodeId })
    await sound(archive)
  })

  it('is 409 where one of that kind has it, and no other is in the way', async () => {
    const archive = await Archive.open()
    const [made, taken] = [await archive.video('/a.mp4'), await archive.video('/new/b.mp4')]
    await archive.succeed(201, 'POST', '/assets/image', { ...place(archive), name: '/c' })
    await archive.video('/c', { episodeName: 'run' })
    await archive.video('/c/folder.mp4')
    await archive.remove(at(await archive.video('/c')))
    const answer = await archive.ask('PATCH', at(made), { name: '/new/b.mp4', tags: ['x'] })
    expect([...told(answer), answer.rowsWritten]).toEqual([409, 'asset_name_taken', 0])
    await archive.succeed(200, 'PATCH', at(made), { name: '/c' })
    expect(await archive.succeed(200, 'PATCH', at(taken), { name: '/new/b.mp4' })).toMatchObject({
      name: '/new/b.mp4',
    })
    await sound(archive)
  })

  it('is no hindrance to what was replaced under the one before', async () => {
    const archive = await Archive.open()
    const before = await archive.video('/v.mp4', { bssVideoId: 'one' })
    const after = await archive.video('/v.mp4', { bssVideoId: 'two' })
    await archive.succeed(200, 'PATCH', at(after), { name: '/w.mp4' })
    const [{ deletionId } = { deletionId: '' }] = await archive.trash()
    const restored = await archive.restore(deletionId)
    expect([restored.status, restored.body.id]).toEqual([200, before.id])
    expect(await archive.videos()).toEqual(['/v.mp4', '/w.mp4'])
    const deletion = await archive.remove(at(after))
    expect((await archive.restore(deletion)).body).toMatchObject({ name: '/w.mp4', nodeId: after.nodeId })
    await sound(archive)
  })

  it('is closed where a large folder is on its way, and so is what hangs in it', async () => {
    const archive = await Archive.open()
    const [inside, beside] = [await archive.video('/large/v.mp4'), await archive.video('/v.mp4')]
    const { folderId } = await archive.episode('run', { folder: '/other' })
    const deletion = await archive.remove(`/nodes/${folderId}`)
    await env.DB.prepare("update deletions set phase = 'marking', path = '/large' where id = ?")
      .bind(deletion)
      .run()
    for (const [asset, body] of [
      [inside, { tags: ['x'] }],
      [inside, { name: '/away.mp4' }],
      [beside, { name: '/large/new/v.mp4' }],
    ] as const) {
      const answer = await archive.ask('PATCH', at(asset), body)
      expect([...told(answer), answer.rowsWritten]).toEqual([409, 'deletion_marking', 0])
    }
    await archive.succeed(200, 'PATCH', at(beside), { name: '/larger.mp4', tags: ['x'] })
  })

  it('counts its new folders, and a new node, against the quota, and nothing else does', async () => {
    const archive = await Archive.open()
    const [made, nameless] = [
      await archive.video('/a/v.mp4'),
      await archive.succeed(201, 'POST', '/assets/video', place(archive)),
    ]
    const { usage } = await archive.succeed(200, 'GET', `/namespaces/${archive.slug}`)
    const within = (rows: number): Asked => ({ variables: { QUOTA_ROWS: String(usage.rows + rows) } })
    const patch = (asset: { id: string }, body: object, rows: number) =>
      archive.ask('PATCH', at(asset), body, within(rows))
    expect(told(await patch(made, { name: '/b/c/v.mp4' }, 1))).toEqual([403, 'quota_exceeded'])
    expect(told(await patch(nameless, { name: '/w.mp4' }, 0))).toEqual([403, 'quota_exceeded'])
    expect((await patch(made, { name: '/a/w.mp4', tags: ['x'] }, 0)).status).toBe(200)
    expect((await patch(made, { name: '/b/c/v.mp4' }, 2)).status).toBe(200)
    expect((await patch(nameless, { name: '/b/w.mp4' }, 3)).status).toBe(200)
    expect((await archive.succeed(200, 'GET', `/namespaces/${archive.slug}`)).usage.rows).toBe(usage.rows + 3)
    await sound(archive)
  })
})

describe('the same request under the same request id', () => {
  it('is told what it did, and writes nothing; after another change it is made anew', async () => {
    const archive = await Archive.open()
    const asked = { headers: { 'X-Request-Id': 'session' } }
    const made = await archive.succeed(201, 'POST', '/assets/video', place(archive))
    const patch = (body: object) => archive.ask('PATCH', at(made), body, asked)
    const there = { name: '/a/v.mp4', tags: ['there'] }
    const [first, again] = [await patch(there), await patch(there)]
    expect([first.status, first.rowsWritten > 0, first.body.name]).toEqual([200, true, '/a/v.mp4'])
    expect([again.status, again.rowsWritten, again.body]).toEqual([200, 0, first.body])
    expect((await patch({ name: '/b/v.mp4', tags: ['back'] })).body).toMatchObject({
      name: '/b/v.mp4',
      tags: ['back'],
    })
    expect((await patch(there)).body).toMatchObject({ ...there, nodeId: first.body.nodeId })
    await archive.remove(at(made))
    expect(told(await patch(there))).toEqual([404, 'asset_not_found'])
    await sound(archive)
  })
})

it('a change reads and writes as much among many as alone', async () => {
  const archive = await Archive.open()
  await archive.video('/x/before.mp4', { episodeName: 'run' })
  await archive.video('/y/before.mp4', { episodeName: 'run' })
  const made = await archive.video('/v.mp4', { episodeName: 'run' })
  const alone = await archive.ask('PATCH', at(made), { name: '/x/w.mp4' })
  for (let index = 0; index < 10; index++) await archive.video(`/many/${index}.mp4`, { episodeName: 'run' })
  const among = await archive.ask('PATCH', at(made), { name: '/y/v.mp4' })
  expect([among.status, among.trips, among.rowsWritten]).toEqual([200, 1, alone.rowsWritten])
  expect(among.rowsRead).toBeLessThanOrEqual(alone.rowsRead + 5)
})
