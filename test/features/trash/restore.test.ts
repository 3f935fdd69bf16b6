import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { Archive, KINDS, type Made } from '../../support/archive.ts'
import { expectRefused, twice } from '../../support/expectations.ts'
import { type Answer, Tenant } from '../../support/world.ts'

const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status)

/** What a restored resource is called. */
const calledIn = ({ body }: Answer, kind: string): unknown => {
  if (kind === 'folder') return body.path
  return kind === 'project' || kind === 'namespace' ? body.slug : body.name
}

const asCalled = ({ kind, as }: Made): string => (kind === 'folder' ? `/a/${as}` : as)

const restoring = ({ trash }: Made, deletion: string, as?: string): string =>
  `${trash}/trash/${deletion}/restore${as === undefined ? '' : `?as=${encodeURIComponent(as)}`}`

/** A 409 that names what is in the way, field by field, and writes nothing. */
function expectInTheWay(answer: Answer, ...errors: readonly (readonly [string, string])[]): void {
  expect([answer.status, answer.body.code, answer.rowsWritten]).toEqual([409, 'restore_conflict', 0])
  expect(answer.body.errors).toEqual(
    errors.map(([path, name]) => ({ path, message: expect.stringContaining(name) })),
  )
}

describe('restoring each kind', () => {
  it.each(KINDS)('%s: it is there again in one round trip, and in the trash no more', async (kind) => {
    const archive = await Archive.open()
    const made = await archive.make(kind)
    const deletion = await archive.remove(made.path)
    const answer = await archive.restore(deletion, undefined, made.trash)
    expect([answer.status, answer.body.id, calledIn(answer, kind), answer.trips]).toEqual([
      200,
      made.id,
      made.name,
      1,
    ])
    expect([await archive.trash(made.trash), await archive.contradictions()]).toEqual([[], []])
    expectRefused(await archive.restore(deletion, undefined, made.trash), 404)
    await archive.remove(made.path)
  })

  it.each(KINDS)('%s: under another name, told by the answer and by the lists', async (kind) => {
    const archive = await Archive.open()
    const made = await archive.make(kind)
    const answer = await archive.restore(await archive.remove(made.path), made.as, made.trash)
    expect([answer.status, answer.body.id, calledIn(answer, kind)]).toEqual([200, made.id, asCalled(made)])
    expect(await archive.contradictions()).toEqual([])
    const lasting = ['folder', 'project', 'namespace'].includes(kind) || made.path.endsWith(made.id)
    const path = kind === 'project' || kind === 'namespace' ? made.path.replace(/[^/]+$/, made.as) : made.path
    const now = lasting ? path : made.path.replace(/[^/]+$/, encodeURIComponent(made.as))
    expect((await archive.ask('DELETE', now)).status).toBe(200)
  })

  it.each(KINDS)('%s: the same request id is answered the same, and writes nothing', async (kind) => {
    const archive = await Archive.open()
    for (const isRenamed of [true, false]) {
      const made = await archive.make(kind)
      const deletion = await archive.remove(made.path)
      const path = restoring(made, deletion, isRenamed ? made.as : undefined)
      expect((await twice(archive.owner, 'POST', path)).status).toBe(200)
      if (kind === 'namespace' || kind === 'project' || kind === 'episode' || kind === 'folder') break
    }
  })

  it.each(KINDS)('%s: an answer that D1 loses is asked for once more, and done once', async (kind) => {
    const archive = await Archive.open()
    const made = await archive.make(kind)
    const path = restoring(made, await archive.remove(made.path), made.as)
    let isFirst = true
    const answer = await archive.ask('POST', path, undefined, {
      disturb: async (batch) => {
        const results = await batch()
        if (!isFirst) return results
        isFirst = false
        throw new Error('D1_ERROR: Network connection lost.')
      },
    })
    expect([answer.status, answer.body.id, calledIn(answer, kind), answer.trips]).toEqual([
      200,
      made.id,
      asCalled(made),
      2,
    ])
  })

  it.each(KINDS)('%s: of many at once one is 200, and the others are 404', async (kind) => {
    const archive = await Archive.open()
    const made = await archive.make(kind)
    const path = restoring(made, await archive.remove(made.path))
    const answers = await Promise.all(Array.from({ length: 5 }, () => archive.ask('POST', path)))
    expect(statuses(answers).sort()).toEqual([200, 404, 404, 404, 404])
  })

  it.each(KINDS)('%s: needs a writer, of a namespace an owner', async (kind) => {
    const archive = await Archive.open()
    const [reader, writer, stranger] = [await Tenant.arrive(), await Tenant.arrive(), await Tenant.arrive()]
    for (const [{ slug }, role] of [
      [reader, 'reader'],
      [writer, 'writer'],
    ] as const)
      await archive.succeed(201, 'PUT', `/namespaces/${archive.slug}/members/${slug}`, { role })
    const made = await archive.make(kind)
    const path = restoring(made, await archive.remove(made.path))
    expectRefused(await stranger.ask('POST', path), 404)
    expectRefused(await reader.ask('POST', path), kind === 'namespace' ? 404 : 403)
    if (kind === 'namespace') expectRefused(await writer.ask('POST', path), 404)
    else expect((await writer.ask('POST', path)).status).toBe(200)
  })

  it.each(KINDS)('%s: deleting and restoring under one request id hides nothing', async (kind) => {
    const archive = await Archive.open()
    const headers = { 'X-Request-Id': 'session' }
    const made = await archive.make(kind)
    for (let round = 0; round < 3; round++) {
      expect((await archive.ask('DELETE', made.path, undefined, { headers })).status).toBe(200)
      const [{ deletionId } = { deletionId: '' }] = await archive.trash(made.trash)
      const answer = await archive.ask('POST', restoring(made, deletionId), undefined, { headers })
      expect([answer.status, calledIn(answer, kind)]).toEqual([200, made.name])
    }
    expect(await archive.trash(made.trash)).toEqual([])
  })

  it.each([
    'dataset',
    'collection',
    'video',
    'audio',
    'label-track',
    'text-track',
    'image',
    'file',
    'project',
  ])('%s: one of its name is in the way, and of the other name too', async (kind) => {
    const archive = await Archive.open()
    const made = await archive.make(kind)
    const deletion = await archive.remove(made.path)
    const rival = await archive.make(kind)
    expectInTheWay(await archive.restore(deletion, undefined, made.trash), ['as', made.name])
    expectInTheWay(await archive.restore(deletion, made.name, made.trash), ['as', made.name])
    expect((await archive.restore(deletion, made.as, made.trash)).status).toBe(200)
    const second = await archive.remove(rival.path)
    expectInTheWay(await archive.restore(second, made.as, made.trash), ['as', made.as])
    expect((await archive.restore(second, undefined, made.trash)).status).toBe(200)
  })
})

describe('a request that is sent again', () => {
  it.each(KINDS.filter((kind) => kind !== 'namespace'))(
    'finds nothing when the %s that it restored was deleted again and purged',
    async (kind) => {
      const archive = await Archive.open()
      const made = await archive.make(kind)
      const headers = { 'X-Request-Id': 'lost' }
      const path = restoring(made, await archive.remove(made.path))
      expect((await archive.ask('POST', path, undefined, { headers })).status).toBe(200)
      await archive.purge(await archive.remove(made.path), made.trash)
      expectRefused(await archive.ask('POST', path, undefined, { headers }), 404)
    },
  )

  it.each([
    ['dataset', 'name', 'there'],
    ['episode', 'name', 'there'],
    ['project', 'slug', 'there'],
    ['namespace', 'slug', `there-${crypto.randomUUID()}`],
  ])('renames a %s that was restored under its former name meanwhile', async (kind, field, there) => {
    const archive = await Archive.open()
    const headers = { 'X-Request-Id': 'session' }
    const { path, trash, name } = await archive.make(kind)
    const moved = path.replace(/[^/]+$/, there)
    const place = kind === 'namespace' ? moved : trash
    for (let round = 0; round < 2; round++) {
      const renamed = await archive.ask('PATCH', path, { [field]: there }, { headers })
      expect([renamed.status, renamed.body[field]]).toEqual([200, there])
      await archive.succeed(200, 'DELETE', moved)
      const [{ deletionId } = { deletionId: '' }] = await archive.trash(place)
      expect((await archive.restore(deletionId, name, place)).body[field]).toBe(name)
    }
  })
})

const whatever = ['', '.', '..', 'a\u0001', 'x'.repeat(256)]
const paths = [
  '',
  '/',
  '//',
  '/a/../b',
  './a',
  'a\u007f',
  `/${'x'.repeat(256)}`,
  `/${'x'.repeat(200)}`.repeat(6),
]

describe('the other name', () => {
  it.each([
    ['episode', whatever],
    ['dataset', whatever],
    ['collection', whatever],
    ['folder', [...whatever, 'a/b', '/a', '/']],
    ['video', paths],
    ['image', paths],
    ['file', paths],
    ['project', ['', 'A', 'a b', '-a', 'ä', 'x'.repeat(65)]],
    ['namespace', ['', 'A', 'a b', '-a', 'ä', 'x'.repeat(65)]],
  ])('of a %s is refused where it is none', async (kind, names) => {
    const archive = await Archive.open()
    const made = await archive.make(kind)
    const deletion = await archive.remove(made.path)
    for (const name of names) {
      const answer = await archive.restore(deletion, name, made.trash)
      expect([name, answer.status, answer.rowsWritten, answer.body.errors]).toEqual([
        name,
        400,
        0,
        [{ path: 'as', message: expect.any(String) }],
      ])
    }
    expect((await archive.restore(deletion, made.as, made.trash)).status).toBe(200)
  })

  it.each(['a/b', '100%', 'a%2Fb', '?a=b&c#d', 'a+b c\\d', '中 😀', '/', '😀'.repeat(255)])(
    'of an episode is verbatim: %j',
    async (name) => {
      const archive = await Archive.open()
      const { path, trash } = await archive.make('episode')
      const { body } = await archive.restore(await archive.remove(path), name, trash)
      expect([body.name, body.nodePath]).toEqual([name, `/a/${name}`])
      expect(await archive.contradictions()).toEqual([])
      const list = await archive.succeed(200, 'GET', `${archive.project}/episodes`)
      expect(list.episodes).toMatchObject([{ name, nodePath: `/a/${name}` }])
    },
  )

  it.each([
    ['x.mp4', '/x.mp4'],
    ['//x//100%/ü😀.mp4/', '/x/100%/ü😀.mp4'],
    [`/${'x'.repeat(204)}`.repeat(5).slice(0, 1_024), `/${'x'.repeat(204)}`.repeat(5).slice(0, 1_024)],
  ])('of an asset is a path: %s', async (as, name) => {
    const archive = await Archive.open()
    await archive.episode('run')
    for (const episodeName of [undefined, 'run']) {
      const { id } = await archive.video('/a.mp4', { episodeName })
      const { body } = await archive.restore(await archive.remove(`/assets/video/${id}`), as)
      expect([body.id, body.name]).toEqual([id, name])
    }
    expect([await archive.videos(), await archive.contradictions()]).toEqual([[name, name], []])
  })

  it('of an asset has at most 32 segments', async () => {
    const archive = await Archive.open()
    const { id } = await archive.video('/a.mp4')
    const deletion = await archive.remove(`/assets/video/${id}`)
    for (const segment of ['/a', '/abcdefgh'])
      expectRefused(await archive.restore(deletion, segment.repeat(33)), 400)
    expect((await archive.restore(deletion, '/a'.repeat(32))).body.name).toBe('/a'.repeat(32))
  })

  it('of an episode is one that no other has, in the trash or not', async () => {
    const archive = await Archive.open()
    for (const name of ['run', 'here', 'gone']) await archive.episode(name)
    const deletion = await archive.remove(`${archive.project}/episodes/run`)
    await archive.remove(`${archive.project}/episodes/gone`)
    for (const name of ['here', 'gone']) expectInTheWay(await archive.restore(deletion, name), ['as', name])
    expect((await archive.restore(deletion, 'run')).body.name).toBe('run')
  })

  it('of a namespace is one that nobody has, had lately, or is called', async () => {
    const [archive, other] = [await Archive.open(), await Archive.open()]
    const namespace = `/namespaces/${archive.slug}`
    await other.succeed(200, 'PATCH', `/namespaces/${other.slug}`, { slug: `${other.slug}-new` })
    const deletion = await archive.remove(namespace)
    for (const slug of [other.slug, `${other.slug}-new`, other.owner.slug])
      expectInTheWay(await archive.restore(deletion, slug, namespace), ['as', slug])
    const moved = await archive.restore(deletion, `${archive.slug}-new`, namespace)
    expect([moved.status, moved.body.slug]).toEqual([200, `${archive.slug}-new`])
    expectRefused(await other.ask('POST', '/namespaces', { slug: archive.slug }), 409)
    await archive.succeed(200, 'PATCH', `${namespace}-new`, { slug: archive.slug })
  })

  it('of a folder makes no path too long', async () => {
    const archive = await Archive.open()
    const rest = `/${'x'.repeat(203)}`.repeat(5)
    const name = `/%a${rest}`
    expect(name).toHaveLength(1_023)
    await archive.video(name)
    const { folderId } = await archive.episode('run', { folder: '/%a' })
    let deletion = await archive.remove(`/nodes/${folderId}`)
    for (const as of ['%abc', '€€', '😀']) expectRefused(await archive.restore(deletion, as), 400)
    for (const as of ['€', 'abc', '%', '%a']) {
      expect((await archive.restore(deletion, as)).status).toBe(200)
      expect(await archive.videos()).toEqual([`/${as}${rest}`])
      expect(await archive.contradictions()).toEqual([])
      deletion = await archive.remove(`/nodes/${folderId}`)
    }
  })

  it('of a folder makes no path of a folder below too long, and changes the folder', async () => {
    const archive = await Archive.open()
    await archive.episode('run', { folder: `/aaa${`/${'x'.repeat(203)}`.repeat(5)}` })
    const { folderId } = await archive.episode('run 2', { folder: '/aaa' })
    await env.DB.prepare('update nodes set updated_at = 1 where id = ?').bind(folderId).run()
    const deletion = await archive.remove(`/nodes/${folderId}`)
    expectRefused(await archive.restore(deletion, 'bbbbb'), 400)
    const { status, body } = await archive.restore(deletion, 'bbb')
    expect([status, Date.parse(body.updatedAt) > 1]).toEqual([200, true])
  })
})

describe('what comes back', () => {
  it('is what was deleted together: an asset that was deleted before stays in the trash', async () => {
    const archive = await Archive.open()
    const episodeName = 'run'
    await archive.episode(episodeName, { folder: '/a' })
    const before = await archive.video('/x/before.mp4', { episodeName })
    await archive.video('/x/kept.mp4', { episodeName, bssVideoId: 'one' })
    await archive.video('/x/kept.mp4', { episodeName, bssVideoId: 'two' })
    const set = await archive.dataset('set')
    await archive.collection('good', set, ['b', 'a'])
    const first = await archive.remove(`/assets/video/${before.id}`)
    const counts = await archive.counts()
    const [tree, videos] = [await archive.tree(), await archive.videos()]
    for (const path of [
      `${archive.project}/episodes/run`,
      `${archive.project}/datasets/set`,
      `${archive.project}/collections/good`,
    ]) {
      const deletion = await archive.remove(path)
      expect((await archive.restore(deletion)).status).toBe(200)
    }
    expect([await archive.counts(), await archive.tree(), await archive.videos()]).toEqual([
      counts,
      tree,
      videos,
    ])
    expect(counts).toEqual({ projects: 1, videos: 1, episodes: 1, datasets: 1, trash: 2 })
    expect((await archive.restore(first)).body).toMatchObject({
      name: '/x/before.mp4',
      nodeId: before.nodeId,
    })
    expect(await archive.contradictions()).toEqual([])
  })

  it('is a project, a namespace, with all counts', async () => {
    const archive = await Archive.open()
    await archive.episode('run', { writeProtected: true })
    await archive.video('/a.mp4')
    await archive.dataset('set')
    await archive.remove((await archive.make('collection')).path)
    const [counts, tree] = [await archive.counts(), await archive.tree()]
    const namespace = `/namespaces/${archive.slug}`
    const mine = (await archive.succeed(200, 'GET', '/namespaces')).total
    for (const path of [archive.project, namespace]) {
      await archive.succeed(200, 'DELETE', `${path}?includeProtected=true`)
      const [{ deletionId } = { deletionId: '' }] = await archive.trash(namespace)
      expect((await archive.restore(deletionId, undefined, namespace)).status).toBe(200)
      expect([await archive.counts(), await archive.tree()]).toEqual([counts, tree])
    }
    expect(counts).toEqual({ projects: 1, videos: 1, episodes: 1, datasets: 1, trash: 1 })
    expect((await archive.succeed(200, 'GET', '/namespaces')).total).toBe(mine)
    expectRefused(await archive.ask('DELETE', namespace), 403)
  })

  it('is a dataset with its collections that are still in none, and their members in order', async () => {
    const archive = await Archive.open()
    const [set, other] = [await archive.dataset('set'), await archive.dataset('other')]
    const kept = await archive.collection('kept', set, ['z', 'a', 'm'])
    const moved = await archive.collection('moved', set, ['x'])
    const before = await archive.collection('before', set)
    const after = await archive.collection('after', set, ['q'])
    const [first] = [await archive.remove(`${archive.project}/collections/before`)]
    const deletion = await archive.remove(`${archive.project}/datasets/set`)
    const last = await archive.remove(`${archive.project}/collections/after`)
    await env.DB.prepare('update collections set dataset_id = ? where id = ?').bind(other, moved).run()
    expect((await archive.restore(deletion)).body).toMatchObject({ id: set, name: 'set' })
    const shown = async (name: string) =>
      (await archive.succeed(200, 'GET', `${archive.project}/datasets/${name}`)).collections.map(
        ({ id, members }: { id: string; members: string[] }) => [id, members],
      )
    expect(await shown('set')).toEqual([[kept, ['z', 'a', 'm']]])
    expect(await shown('other')).toEqual([[moved, ['x']]])
    expect((await archive.restore(first)).body).toMatchObject({
      datasetId: set,
      members: [],
      membersTotal: 0,
    })
    expect((await archive.restore(last)).body).toMatchObject({
      datasetId: set,
      members: ['q'],
      membersTotal: 1,
    })
    expect(await shown('set')).toEqual([
      [after, ['q']],
      [before, []],
      [kept, ['z', 'a', 'm']],
    ])
    const { datasets } = await archive.succeed(200, 'GET', `${archive.project}/datasets`)
    expect(datasets.map((each: { collectionsTotal: number }) => each.collectionsTotal)).toEqual([1, 3])
  })

  it('is a collection that is in no dataset when its own has gone, until that comes back', async () => {
    const archive = await Archive.open()
    const set = await archive.dataset('set')
    await archive.collection('good', set, ['b', 'a'])
    const collection = await archive.remove(`${archive.project}/collections/good`)
    const deletion = await archive.remove(`${archive.project}/datasets/set`)
    expect((await archive.restore(collection, 'better')).body).toMatchObject({
      name: 'better',
      datasetId: null,
      members: ['b', 'a'],
    })
    expect((await archive.restore(deletion, 'bigger')).body).toMatchObject({ id: set, name: 'bigger' })
    const { collections } = await archive.succeed(200, 'GET', `${archive.project}/datasets/bigger`)
    expect(collections).toMatchObject([{ name: 'better', members: ['b', 'a'] }])
  })

  it('is an asset with its bytes', async () => {
    const archive = await Archive.open()
    const bssVideoId = await archive.bytes('hello')
    const { id } = await archive.video('/a.mp4', { bssVideoId })
    await archive.restore(await archive.remove(`/assets/video/${id}`), '/b.mp4')
    const place = `namespace=${archive.slug}&project=lab`
    const { url } = await archive.succeed(200, 'GET', `/assets/video/download?${place}&path=/b.mp4`)
    expect((await archive.ask('GET', url)).text).toBe('hello')
    expectRefused(await archive.ask('GET', `/assets/video/download?${place}&path=/a.mp4`), 404)
  })

  it('is an asset without a name, or with the one that it is given', async () => {
    const archive = await Archive.open()
    const place = { namespace: archive.slug, project: 'lab' }
    const first = await archive.succeed(201, 'POST', '/assets/audio', place)
    const second = await archive.succeed(201, 'POST', '/assets/audio', place)
    const deletions = [
      await archive.remove(`/assets/audio/${first.id}`),
      await archive.remove(`/assets/audio/${second.id}`),
    ] as const
    expect(await archive.trash()).toMatchObject([{ name: null }, { name: null }])
    expect((await archive.restore(deletions[0])).body).toMatchObject({ name: null, nodeId: null })
    expect((await archive.restore(deletions[1], '/a/b.wav')).status).toBe(200)
    const list = await archive.succeed(200, 'GET', `/assets/audio?namespace=${archive.slug}&project=lab`)
    expect(list.map(({ name }: { name: string | null }) => name)).toEqual(['/a/b.wav', null])
    expect(await archive.tree()).toEqual({
      'folder /a': null,
      'audio /a/b.wav': 'folder /a',
    })
  })
})

describe('an asset that was replaced', () => {
  /** `/d/a.mp4` of the storage id `one`, replaced by one of `two`. */
  async function replaced(episodeName?: string) {
    const archive = await Archive.open()
    const former = await archive.video('/d/a.mp4', { episodeName, bssVideoId: 'one' })
    const newer = await archive.video('/d/a.mp4', { episodeName, bssVideoId: 'two' })
    const [{ deletionId } = { deletionId: '' }] = await archive.trash()
    return { archive, former, newer, deletionId }
  }

  it.each([undefined, 'run'])('comes back beside the newer one (in %s)', async (episodeName) => {
    const { archive, former, newer, deletionId } = await replaced(episodeName)
    expectInTheWay(await archive.restore(deletionId), ['as', '/d/a.mp4'])
    const { body } = await archive.restore(deletionId, '/d/old.mp4')
    expect([body.id, body.bssVideoId, body.nodeId === newer.nodeId]).toEqual([former.id, 'one', false])
    expect(await archive.videos()).toEqual(['/d/a.mp4', '/d/old.mp4'])
    expect(await archive.contradictions()).toEqual([])
  })

  it.each([undefined, 'run'])(
    'comes back in the place of the newer one, once that is gone (in %s)',
    async (episodeName) => {
      const { archive, former, newer, deletionId } = await replaced(episodeName)
      const second = await archive.remove(`/assets/video/${newer.id}`)
      expect((await archive.restore(deletionId)).body).toMatchObject({ id: former.id, name: '/d/a.mp4' })
      expectInTheWay(await archive.restore(second), ['as', '/d/a.mp4'])
      expect((await archive.restore(second, '/e/new.mp4')).body).toMatchObject({
        id: newer.id,
        nodeId: newer.nodeId,
      })
      expect([await archive.videos(), await archive.contradictions()]).toEqual([
        ['/d/a.mp4', '/e/new.mp4'],
        [],
      ])
      expect(await archive.counts()).toMatchObject({ videos: 2, trash: 0 })
    },
  )

  it('comes back when the newer one was purged', async () => {
    const { archive, former, newer, deletionId } = await replaced()
    const second = await archive.remove(`/assets/video/${newer.id}`)
    await archive.purge(second)
    expect((await archive.restore(deletionId)).body).toMatchObject({ id: former.id, name: '/d/a.mp4' })
    expect(await archive.contradictions()).toEqual([])
  })

  it('stays in the trash when its folder, its episode, comes back', async () => {
    for (const episodeName of [undefined, 'run']) {
      const { archive, newer, deletionId } = await replaced(episodeName)
      const folderId = await archive.parentOf(newer.nodeId)
      for (const path of [
        `/nodes/${folderId}`,
        ...(episodeName ? [`${archive.project}/episodes/run`] : []),
      ]) {
        const deletion = await archive.remove(path)
        expect((await archive.restore(deletion)).status).toBe(200)
        expect(await archive.trash()).toMatchObject([{ deletionId }])
        expect([await archive.videos(), await archive.contradictions()]).toEqual([['/d/a.mp4'], []])
      }
    }
  })

  it('and one more of the same path come back at once: one is 200, one is in the way', async () => {
    const { archive, newer, deletionId } = await replaced()
    const second = await archive.remove(`/assets/video/${newer.id}`)
    const answers = await Promise.all([deletionId, second].map((each) => archive.restore(each)))
    expect(statuses(answers).sort()).toEqual([200, 409])
    expect([await archive.videos(), await archive.contradictions()]).toEqual([['/d/a.mp4'], []])
  })
})

describe('folders that have gone since', () => {
  it.each(['trashed', 'purged'])('are made again around an episode (%s)', async (how) => {
    const archive = await Archive.open()
    await archive.episode('run', { folder: '/a/50%/c' })
    const { folderId } = await archive.episode('other', { folder: '/a' })
    const deletion = await archive.remove(`${archive.project}/episodes/run`)
    const folder = await archive.remove(`/nodes/${folderId}`)
    if (how === 'purged') await archive.purge(folder)
    const { status, body } = await archive.restore(deletion, 'run 2')
    expect([status, body.nodePath, body.folderId === folderId]).toEqual([200, '/a/50%25/c/run 2', false])
    expect(await archive.tree()).toEqual({
      'episode /a/50%25/c/run 2': 'folder /a/50%25/c',
      'folder /a': null,
      'folder /a/50%25': 'folder /a',
      'folder /a/50%25/c': 'folder /a/50%25',
    })
    expect(await archive.contradictions()).toEqual([])
    if (how === 'trashed') expectInTheWay(await archive.restore(folder), ['as', '/a'])
  })

  it.each(['trashed', 'purged'])('are made again around an asset of an episode (%s)', async (how) => {
    const archive = await Archive.open()
    const { id } = await archive.video('/x/y/a.mp4', { episodeName: 'run' })
    const other = await archive.video('/x/b.mp4', { episodeName: 'run' })
    const folderId = await archive.parentOf(other.nodeId)
    const deletion = await archive.remove(`/assets/video/${id}`)
    const folder = await archive.remove(`/nodes/${folderId}`)
    if (how === 'purged') await archive.purge(folder)
    expect((await archive.restore(deletion)).status).toBe(200)
    expect(await archive.tree()).toEqual({
      'episode /run': null,
      'folder run:/x': 'episode /run',
      'folder run:/x/y': 'folder /x',
      'video run:/x/y/a.mp4': 'folder /x/y',
    })
    expect(await archive.contradictions()).toEqual([])
  })

  it('are made again around a folder, and are not where they are there', async () => {
    const archive = await Archive.open()
    const { folderId: inner } = await archive.episode('run', { folder: '/a/b/c' })
    const { folderId: outer } = await archive.episode('other', { folder: '/a' })
    const first = await archive.remove(`/nodes/${inner}`)
    expect((await archive.restore(first)).body).toMatchObject({ id: inner, path: '/a/b/c' })
    const again = await archive.remove(`/nodes/${inner}`)
    const second = await archive.remove(`/nodes/${outer}`)
    expect((await archive.restore(second)).body).toMatchObject({ id: outer, path: '/a' })
    expect((await archive.restore(again)).body).toMatchObject({ id: inner, path: '/a/b/c' })
    const last = await archive.remove(`/nodes/${inner}`)
    const third = await archive.remove(`/nodes/${outer}`)
    expect((await archive.restore(last, 'd')).body).toMatchObject({ id: inner, path: '/a/b/d' })
    expect(await archive.tree()).toEqual({
      'episode /a/b/d/run': 'folder /a/b/d',
      'folder /a': null,
      'folder /a/b': 'folder /a',
      'folder /a/b/d': 'folder /a/b',
    })
    expectInTheWay(await archive.restore(third), ['as', '/a'])
    expect((await archive.restore(third, 'z')).status).toBe(200)
    expect(await archive.contradictions()).toEqual([])
  })

  it('stay as they are where they came into being anew', async () => {
    const archive = await Archive.open()
    const { id } = await archive.video('/a/b/x.mp4')
    const { folderId } = await archive.episode('run', { folder: '/a' })
    const deletion = await archive.remove(`/assets/video/${id}`)
    await archive.remove(`/nodes/${folderId}`)
    const { folderId: fresh } = await archive.episode('run 2', { folder: '/a' })
    const { nodeId } = (await archive.restore(deletion)).body
    expect(await archive.parentOf(await archive.parentOf(nodeId))).toBe(fresh)
    expect(await archive.contradictions()).toEqual([])
  })
})

describe('a folder under another name', () => {
  it('takes all paths below along, whatever is in them', async () => {
    const archive = await Archive.open()
    const { folderId } = await archive.episode('a/a', { folder: '/p/😀%' })
    await archive.episode('%2F', { folder: '/p/😀%/😀%' })
    await archive.video('/p/😀%/😀%/x%2Fy/é.mp4')
    await archive.video('/p/😀%/in.mp4', { episodeName: 'a/a' })
    const place = { namespace: archive.slug, project: 'lab' }
    await archive.succeed(201, 'POST', '/assets/image', { ...place, name: '/p/😀%/x.png' })
    const deletion = await archive.remove(`/nodes/${folderId}`)
    const { body } = await archive.restore(deletion, 'ü %25')
    expect([body.id, body.name, body.path]).toEqual([folderId, 'ü %25', '/p/ü %2525'])
    expect(await archive.videos()).toEqual(['/p/ü %25/😀%/x%2Fy/é.mp4', '/p/😀%/in.mp4'])
    const { episodes } = await archive.succeed(200, 'GET', `${archive.project}/episodes`)
    expect(episodes.map(({ nodePath }: { nodePath: string }) => nodePath)).toEqual([
      '/p/ü %2525/😀%25/%2F',
      '/p/ü %2525/a/a',
    ])
    expect(await archive.contradictions()).toEqual([])
    const { id } = await archive.video('/p/ü %25/😀%/x%2Fy/é.mp4')
    await archive.video('/p/ü %25/new.mp4')
    expect(await archive.videos('&prefix=/p/ü')).toEqual(['/p/ü %25/new.mp4', '/p/ü %25/😀%/x%2Fy/é.mp4'])
    expect([id.length, await archive.contradictions(), await archive.trash()]).toEqual([24, [], []])
  })

  it('leaves alone what has come into being at its former place', async () => {
    const archive = await Archive.open()
    const { folderId } = await archive.episode('run', { folder: '/a' })
    await archive.video('/a/x.mp4', { bssVideoId: 'one' })
    const deletion = await archive.remove(`/nodes/${folderId}`)
    await archive.video('/a/x.mp4', { bssVideoId: 'two' })
    await archive.video('/b')
    await archive.succeed(201, 'POST', '/assets/image', {
      namespace: archive.slug,
      project: 'lab',
      name: '/c',
    })
    expectInTheWay(await archive.restore(deletion), ['as', '/a'])
    expect((await archive.restore(deletion, 'b')).status).toBe(200)
    const video = await archive.remove(`/assets/video/${(await archive.video('/e')).id}`)
    expect((await archive.restore(video, '/c')).status).toBe(200)
    expect(await archive.videos()).toEqual(['/a/x.mp4', '/b', '/b/x.mp4', '/c'])
    expect([await archive.contradictions(), await archive.counts()]).toMatchObject([
      [],
      { videos: 4, episodes: 1 },
    ])
  })

  it('inside an episode stays there', async () => {
    const archive = await Archive.open()
    await archive.episode('run', { folder: '/a' })
    const { nodeId } = await archive.video('/a/b/x.mp4', { episodeName: 'run' })
    const folderId = await archive.parentOf(nodeId)
    const deletion = await archive.remove(`/nodes/${folderId}`)
    expect((await archive.restore(deletion, 'c')).body).toMatchObject({ name: 'c', path: '/a/run/a/c' })
    expect([await archive.videos('&episode=run'), await archive.contradictions()]).toEqual([
      ['/a/c/x.mp4'],
      [],
    ])
  })
})

describe('what is in the way', () => {
  it('is the episode around, as long as it is in the trash', async () => {
    const archive = await Archive.open()
    const { id, nodeId } = await archive.video('/a.mp4', { episodeName: 'run 1' })
    const folder = await archive.video('/d/b.mp4', { episodeName: 'run 1' })
    const folderId = await archive.parentOf(folder.nodeId)
    const inside = [await archive.remove(`/assets/video/${id}`), await archive.remove(`/nodes/${folderId}`)]
    const episode = await archive.remove(`${archive.project}/episodes/run%201`)
    for (const each of inside) {
      expectInTheWay(await archive.restore(each), ['deletionId', '"run 1"'])
      expectInTheWay(await archive.restore(each, 'x'), ['deletionId', '"run 1"'])
    }
    await archive.restore(episode, 'run 2')
    for (const each of inside) expect((await archive.restore(each)).status).toBe(200)
    expect(await archive.videos('&episode=run%202')).toEqual(['/a.mp4', '/d/b.mp4'])
    expect([nodeId.length, await archive.contradictions(), await archive.trash()]).toEqual([24, [], []])
  })

  it('is the folder that took the episode along', async () => {
    const archive = await Archive.open()
    const { folderId } = await archive.episode('run', { folder: '/a' })
    const { id } = await archive.video('/x.mp4', { episodeName: 'run' })
    const inside = await archive.remove(`/assets/video/${id}`)
    const around = await archive.remove(`/nodes/${folderId}`)
    expectInTheWay(await archive.restore(inside), ['deletionId', 'folder "/a"'])
    for (const each of [around, inside]) expect((await archive.restore(each)).status).toBe(200)
  })

  it('is each thing by name: the namespace around, and a project of the slug', async () => {
    const archive = await Archive.open()
    const namespace = `/namespaces/${archive.slug}`
    const deletion = await archive.remove(archive.project)
    await archive.succeed(201, 'POST', `${namespace}/spaces`, { name: 'lab' })
    await archive.succeed(200, 'DELETE', namespace)
    const around = ['deletionId', archive.slug] as const
    expectInTheWay(await archive.restore(deletion, undefined, namespace), around, ['as', 'lab'])
    expectInTheWay(await archive.restore(deletion, 'lab-2', namespace), around)
  })

  it('is the protection that the episode has got since', async () => {
    const archive = await Archive.open()
    const asset = await archive.video('/a.mp4', { episodeName: 'run' })
    const inside = await archive.video('/d/b.mp4', { episodeName: 'run', bssVideoId: 'one' })
    await archive.video('/d/b.mp4', { episodeName: 'run', bssVideoId: 'two' })
    const [{ deletionId: former } = { deletionId: '' }] = await archive.trash()
    const folderId = await archive.parentOf(inside.nodeId)
    const deletions = [
      former,
      await archive.remove(`/assets/video/${asset.id}`),
      await archive.remove(`/nodes/${folderId}`),
    ]
    await archive.succeed(200, 'PATCH', `${archive.project}/episodes/run`, { writeProtected: true })
    for (const each of deletions) {
      const answer = await archive.restore(each, 'x')
      expect([answer.status, answer.body.code, answer.rowsWritten]).toEqual([
        403,
        'episode_write_protected',
        0,
      ])
    }
    expect(await archive.trash()).toHaveLength(3)
  })
})
