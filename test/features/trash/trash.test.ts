import { describe, expect, it } from 'vitest'
import { Archive, DAY, fire, KINDS, rowsOf, type Trashed } from '../../support/archive.ts'
import { expectRefused, ID, TIME, twice } from '../../support/expectations.ts'
import { put } from '../../support/samples.ts'
import { type Answer, ask, Tenant } from '../../support/world.ts'

const told = ({ status, body }: Answer): unknown[] => [status, body.code ?? body]
const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status)
const kindsOf = (trash: readonly Trashed[]): string[] => trash.map(({ kind }) => kind)

describe('DELETE of each kind', () => {
  it.each(KINDS)('%s: one entry in the trash in one round trip, and 404 from then on', async (kind) => {
    const archive = await Archive.open()
    const made = await archive.make(kind)
    const before = Date.now()
    const answer = await archive.ask('DELETE', made.path)
    const after = Date.now()
    expect([answer.status, answer.body, answer.trips]).toEqual([200, { success: true, deletionId: ID }, 1])
    expectRefused(await archive.ask('DELETE', made.path), 404)
    const trash = await archive.trash(made.trash)
    const at = Date.parse(trash[0]?.deletedAt ?? '')
    expect([at >= before, at <= after]).toEqual([true, true])
    expect(trash).toEqual([
      {
        deletionId: answer.body.deletionId,
        kind,
        id: made.id,
        name: made.name,
        slug: kind === 'project' || kind === 'namespace' ? expect.any(String) : null,
        episode: null,
        deletedAt: TIME,
        deletedBy: archive.owner.slug,
        purgeAt: new Date(at + 30 * DAY).toISOString(),
        purging: false,
        state: 'trashed',
      },
    ])
  })

  it('says where it hung: the slug of a place, the episode of what was in one', async () => {
    const archive = await Archive.open()
    await archive.episode('run/1')
    const inside = await archive.video('/in.mp4', { episodeName: 'run/1' })
    const outside = await archive.video('/out.mp4')
    for (const { id } of [inside, outside]) await archive.remove(`/assets/video/${id}`)
    const hung = (await archive.trash()).map(({ name, slug, episode }) => ({ name, slug, episode }))
    expect(hung).toEqual([
      { name: '/out.mp4', slug: null, episode: null },
      { name: '/in.mp4', slug: null, episode: 'run/1' },
    ])
    await archive.remove(archive.project)
    const [project] = await archive.trash(`/namespaces/${archive.slug}`)
    expect(project).toMatchObject({ kind: 'project', slug: 'lab', episode: null })
  })

  it.each(KINDS)('%s: the same request id is answered the same, and writes nothing', async (kind) => {
    const archive = await Archive.open()
    const { path, trash } = await archive.make(kind)
    const { body } = await twice(archive.owner, 'DELETE', path)
    expect(body).toEqual({ success: true, deletionId: ID })
    expect(await archive.trash(trash)).toMatchObject([{ deletionId: body.deletionId }])
  })

  it.each(KINDS)('%s: an answer that D1 loses is asked for once more, and done once', async (kind) => {
    const archive = await Archive.open()
    const { path, trash } = await archive.make(kind)
    let isFirst = true
    const answer = await archive.ask('DELETE', path, undefined, {
      disturb: async (batch) => {
        const results = await batch()
        if (!isFirst) return results
        isFirst = false
        throw new Error('D1_ERROR: Network connection lost.')
      },
    })
    expect([answer.status, answer.trips]).toEqual([200, 2])
    expect(await archive.trash(trash)).toHaveLength(1)
  })

  it.each(KINDS)('%s: of many at once one is 200, and the others are 404', async (kind) => {
    const archive = await Archive.open()
    const { path, trash } = await archive.make(kind)
    const answers = await Promise.all(Array.from({ length: 5 }, () => archive.ask('DELETE', path)))
    expect(statuses(answers).sort()).toEqual([200, 404, 404, 404, 404])
    expect(await archive.trash(trash)).toHaveLength(1)
  })

  it.each(['dataset', 'collection', 'project'])(
    '%s: what was made anew goes too, under one request id',
    async (kind) => {
      const archive = await Archive.open()
      const headers = { 'X-Request-Id': 'session' }
      for (let round = 1; round < 4; round++) {
        const { path, trash } = await archive.make(kind)
        expect((await archive.ask('DELETE', path, undefined, { headers })).status).toBe(200)
        expect((await archive.ask('DELETE', path)).status).toBe(404)
        if (kind === 'project') expect(await archive.trash(trash)).toHaveLength(round)
      }
    },
  )

  it.each(KINDS)('%s: needs a writer, of a namespace an owner', async (kind) => {
    const archive = await Archive.open()
    const { path, trash } = await archive.make(kind)
    const [reader, writer, stranger] = await crewOf(archive)
    expectRefused(await stranger.ask('DELETE', path), 404)
    expectRefused(await reader.ask('DELETE', path), 403)
    expect((await ask('DELETE', path)).status).toBe(401)
    const answer = await writer.ask('DELETE', path)
    if (kind === 'namespace') return expectRefused(answer, 403)
    expect(answer.status).toBe(200)
    expect(await archive.trash(trash)).toMatchObject([{ deletedBy: writer.slug }])
  })
})

/** A reader, a writer and a stranger. */
async function crewOf(archive: Archive): Promise<readonly [Tenant, Tenant, Tenant]> {
  const [reader, writer, stranger] = [await Tenant.arrive(), await Tenant.arrive(), await Tenant.arrive()]
  for (const [{ slug }, role] of [
    [reader, 'reader'],
    [writer, 'writer'],
  ] as const)
    await archive.succeed(201, 'PUT', `/namespaces/${archive.slug}/members/${slug}`, { role })
  return [reader, writer, stranger]
}

describe('what is deleted', () => {
  it('is in no list and no count any more', async () => {
    const archive = await Archive.open()
    await archive.episode('run')
    await archive.video('/in.mp4', { episodeName: 'run' })
    await archive.video('/in.mp4')
    await archive.dataset('set')
    await archive.succeed(201, 'POST', `/namespaces/${archive.slug}/spaces`, { name: 'other' })
    const counts = { projects: 2, videos: 2, episodes: 1, datasets: 1, trash: 0 }
    expect(await archive.counts()).toEqual(counts)
    await archive.remove(`${archive.project}/datasets/set`)
    await archive.remove(`${archive.project}/episodes/run`)
    await archive.succeed(200, 'DELETE', `/namespaces/${archive.slug}/projects/other`)
    expect(await archive.counts()).toEqual({ projects: 1, videos: 1, episodes: 0, datasets: 0, trash: 2 })
    const { episodes } = await archive.succeed(200, 'GET', `${archive.project}/episodes`)
    const { datasets } = await archive.succeed(200, 'GET', `${archive.project}/datasets`)
    const { spaces } = await archive.succeed(200, 'GET', `/namespaces/${archive.slug}/spaces`)
    expect([episodes, datasets, spaces.length]).toEqual([[], [], 1])
    expect(await archive.videos('&episode=run')).toEqual([])
    await archive.remove(archive.project)
    expect(await archive.succeed(200, 'GET', `/namespaces/${archive.slug}`)).toMatchObject({
      spaces: 0,
      projects: 0,
      assets: { videos: 0 },
    })
  })

  it('leaves its name free: asset, folder, dataset, collection and project are made anew', async () => {
    const archive = await Archive.open()
    for (const kind of ['video', 'folder', 'dataset', 'collection', 'project']) {
      const { path, id } = await archive.make(kind)
      await archive.remove(path)
      if (kind === 'folder') {
        const { folderId } = await archive.episode('run 2', { folder: '/a/b' })
        expect(folderId === id).toBe(false)
      } else if (kind === 'project') {
        const body = { name: 'lab' }
        const fresh = await archive.succeed(201, 'POST', `/namespaces/${archive.slug}/spaces`, body)
        expect(fresh.id === id).toBe(false)
      } else expect((await archive.make(kind)).id === id).toBe(false)
    }
  })

  it('of a project makes room for a fresh one wherever a missing one is made', async () => {
    const archive = await Archive.open()
    const place = { namespace: archive.slug, project: 'lab' }
    for (const [path, body] of [
      [`${archive.project}/episodes`, { name: 'run' }],
      ['/assets/video', { ...place, name: '/a.mp4' }],
      ['/uploads', { ...place, files: [{ size: 1 }] }],
    ] as const) {
      await archive.remove(archive.project)
      await archive.succeed(201, 'POST', path, body)
    }
    const trash = await archive.trash(`/namespaces/${archive.slug}`)
    expect([kindsOf(trash), new Set(trash.map(({ id }) => id)).size]).toEqual([Array(3).fill('project'), 3])
    expect(await archive.counts()).toMatchObject({ projects: 1, videos: 0, episodes: 0 })
  })

  it('of an episode holds the name, on every road to it', async () => {
    const archive = await Archive.open()
    await archive.episode('run')
    await archive.episode('other')
    await archive.remove(`${archive.project}/episodes/run`)
    const place = { namespace: archive.slug, project: 'lab', episodeName: 'run' }
    for (const [method, path, body, status] of [
      ['POST', `${archive.project}/episodes`, { name: 'run', folder: '/x' }, 410],
      ['POST', '/assets/video', { ...place, name: '/x/a.mp4' }, 410],
      ['POST', '/assets/text-track', place, 410],
      ['PATCH', `${archive.project}/episodes/other`, { name: 'run', folder: '/x' }, 410],
      ['PATCH', `${archive.project}/episodes/run`, { description: 'x' }, 404],
      ['DELETE', `${archive.project}/episodes/run`, undefined, 404],
    ] as const)
      expectRefused(await archive.ask(method, path, body), status)
    expect(await archive.tree()).toEqual({ 'episode /other': null })
    const [entry] = await archive.trash()
    await archive.purge(entry?.deletionId ?? '')
    await archive.episode('run')
  })

  it.each(['project', 'namespace'])(
    'of a %s hides all below, by id too, until it is restored',
    async (kind) => {
      const archive = await Archive.open()
      const place = { namespace: archive.slug, project: 'lab' }
      const object = await archive.bytes('hello')
      const { folderId } = await archive.episode('run', { folder: '/a' })
      const { id } = await archive.video('/v.mp4', { bssVideoId: object })
      const files = [{ size: 5 }]
      const { uploads } = await archive.succeed(201, 'POST', '/uploads', { ...place, files })
      const [pending] = uploads
      await put(pending.url, 'hello', pending.headers)
      const reads = [
        ['GET', `/assets/video/download?namespace=${archive.slug}&project=lab&path=/v.mp4`],
        ['GET', `/assets/video?namespace=${archive.slug}&project=lab`],
        ['GET', `/videos/${object}/raw`],
        ['GET', `/uploads/${pending.id}`],
        ['POST', `/uploads/${pending.id}/parts`, { partNumbers: [1] }],
        ['GET', `${archive.project}/episodes`],
        ['GET', `${archive.project}/trash`],
      ] as const
      const roads = [
        ...reads,
        ['POST', `/uploads/${pending.id}/complete`],
        ['DELETE', `/uploads/${pending.id}`],
        ['DELETE', `/assets/video/${id}`],
        ['DELETE', `/nodes/${folderId}`],
        ['DELETE', `${archive.project}/episodes/run`],
      ] as const
      const { path, trash } = await archive.make(kind)
      const deletion = await archive.remove(path)
      for (const [method, road, body] of roads)
        expect([road, told(await archive.ask(method, road, body))[0]]).toEqual([road, 404])
      const signed = await archive.succeed(200, 'POST', '/assets/sign', { ids: [id] })
      expect(signed.urls).toEqual([{ id, path: null, code: 'asset_not_found', error: 'Asset not found' }])
      expect((await archive.restore(deletion, undefined, trash)).status).toBe(200)
      for (const [method, road, body] of reads)
        expect([road, (await archive.ask(method, road, body)).status < 400]).toEqual([road, true])
    },
  )

  it('of a folder is what hangs below it, and nothing beside', async () => {
    const archive = await Archive.open()
    const stay = [
      '/a0/x.mp4',
      '/a-b/x.mp4',
      '/A/x.mp4',
      '/a.mp4',
      '/ä/x.mp4',
      '/x/a/b.mp4',
      '/a!/x.mp4',
      '/aé',
    ]
    const go = ['/a/x.mp4', '/a/%/_.mp4', '/a/ü/😀.mp4', '/a/b/c/d.mp4']
    for (const name of [...stay, ...go]) await archive.video(name)
    const { folderId } = await archive.episode('a/b', { folder: '/a' })
    await archive.episode('run')
    await archive.video('/a/x.mp4', { episodeName: 'run' })
    await archive.video('/deep/x.mp4', { episodeName: 'a/b' })
    await archive.remove(`/nodes/${folderId}`)
    expect(await archive.videos()).toEqual([...stay, '/a/x.mp4'].sort())
    expect(await archive.counts()).toEqual({ projects: 1, videos: 9, episodes: 1, datasets: 0, trash: 1 })
    expect(Object.keys(await archive.tree()).filter((node) => node.startsWith('folder'))).toEqual([
      ...['/A', '/a!', '/a-b', '/a0', '/x', '/x/a', '/ä'].map((path) => `folder ${path}`),
      'folder run:/a',
    ])
  })

  it('of a folder inside an episode is of that episode alone', async () => {
    const archive = await Archive.open()
    for (const episodeName of ['one', 'two', undefined]) await archive.video('/a/x.mp4', { episodeName })
    const { nodeId } = await archive.video('/a/x.mp4', { episodeName: 'one' })
    await archive.remove(`/nodes/${await archive.parentOf(nodeId)}`)
    expect(await archive.trash()).toMatchObject([{ kind: 'folder', name: '/one/a' }])
    expect([await archive.videos('&episode=one'), (await archive.videos()).length]).toEqual([[], 2])
  })

  it('is no node but a folder, and no asset of another kind', async () => {
    const archive = await Archive.open()
    const { id } = await archive.episode('run')
    const video = await archive.video('/a.mp4')
    const [{ node_id: episodeNode } = {}] = await rowsOf('episodes', `id = '${id}'`)
    for (const node of [video.nodeId, episodeNode]) {
      const answer = await archive.ask('DELETE', `/nodes/${node}`)
      expectRefused(answer, 400)
      expect(answer.body.errors).toMatchObject([{ path: 'id' }])
    }
    for (const path of [`/assets/audio/${video.id}`, '/assets/video/x', '/nodes/x', `/nodes/${video.id}`])
      expectRefused(await archive.ask('DELETE', path), 404)
  })
})

describe('a write-protected episode', () => {
  it('is deleted by no road, but by an owner who says so', async () => {
    const archive = await Archive.open()
    const { folderId } = await archive.episode('run', { folder: '/a/b' })
    const { id } = await archive.video('/x/in.mp4', { episodeName: 'run' })
    const nodes = await rowsOf('nodes', `project_id = (select project_id from assets where id = '${id}')`)
    const at = (path: string) => nodes.find((node) => node.path === path)?.id
    await archive.succeed(200, 'PATCH', `${archive.project}/episodes/run`, { writeProtected: true })
    const [reader, writer] = await crewOf(archive)
    for (const path of [
      `${archive.project}/episodes/run`,
      `/assets/video/${id}`,
      `/nodes/${at('/x')}`,
      `/nodes/${folderId}`,
      `/nodes/${at('/a')}`,
      archive.project,
      `/namespaces/${archive.slug}`,
    ])
      expectRefused(await archive.ask('DELETE', path), 403)
    const all = `${archive.project}?includeProtected=true`
    for (const who of [reader, writer]) expectRefused(await who.ask('DELETE', all), 403)
    expectRefused(await archive.ask('DELETE', `${archive.project}?includeProtected=yes`), 400)
    const namespace = `/namespaces/${archive.slug}`
    expectRefused(await writer.ask('DELETE', `${namespace}?includeProtected=true`), 403)
    await archive.succeed(200, 'DELETE', all)
    await archive.succeed(200, 'DELETE', namespace)
    const deletions = await archive.trash(namespace)
    for (const { deletionId } of deletions)
      expect((await archive.restore(deletionId, undefined, namespace)).status).toBe(200)
    expectRefused(await archive.ask('DELETE', archive.project), 403)
    expectRefused(await archive.ask('DELETE', namespace), 403)
    await archive.succeed(200, 'DELETE', `${namespace}?includeProtected=true`)
  })

  it('is no matter where there is none: a writer may say so too', async () => {
    const archive = await Archive.open()
    const [, writer] = await crewOf(archive)
    expect((await writer.ask('DELETE', `${archive.project}?includeProtected=true`)).status).toBe(200)
  })
})

describe('a namespace in the trash', () => {
  it('is there for its owners alone, and in its trash and purges alone', async () => {
    const archive = await Archive.open()
    const namespace = `/namespaces/${archive.slug}`
    const [reader, writer, stranger] = await crewOf(archive)
    const before = (await archive.succeed(200, 'GET', '/namespaces')).total
    await archive.succeed(200, 'DELETE', namespace)
    const [{ deletionId } = { deletionId: '' }] = await archive.trash(namespace)
    for (const who of [reader, writer, stranger]) {
      for (const [method, path] of [
        ['GET', `${namespace}/trash`],
        ['GET', `${namespace}/purges`],
        ['POST', `${namespace}/trash/${deletionId}/restore`],
        ['DELETE', `${namespace}/trash/${deletionId}`],
      ] as const)
        expectRefused(await who.ask(method, path), 404)
    }
    expect(await archive.receipts()).toEqual([])
    for (const [method, path, body, status] of [
      ['GET', namespace, undefined, 404],
      ['PATCH', namespace, { metadata: {} }, 404],
      ['GET', `${namespace}/spaces`, undefined, 404],
      ['GET', `${namespace}/members`, undefined, 404],
      ['PUT', `${namespace}/members/${stranger.slug}`, { role: 'reader' }, 404],
      ['DELETE', `${namespace}/members/${reader.slug}`, undefined, 404],
      ['POST', `${namespace}/spaces`, { name: 'x' }, 404],
      ['POST', `${archive.project}/episodes`, { name: 'x' }, 404],
      ['POST', '/assets/video', { namespace: archive.slug, project: 'x', name: '/x' }, 404],
      ['POST', '/namespaces', { slug: archive.slug }, 409],
      ['PATCH', `/namespaces/${archive.owner.slug}`, { slug: archive.slug }, 409],
    ] as const)
      expectRefused(await archive.ask(method, path, body), status)
    expect((await archive.succeed(200, 'GET', '/namespaces')).total).toBe(before - 1)
  })

  it('is no home', async () => {
    const tenant = await Tenant.arrive()
    const answer = await tenant.ask('DELETE', `/namespaces/${tenant.slug}`)
    expect([...told(answer), answer.rowsWritten]).toEqual([409, 'home_namespace', 0])
    const other = await Tenant.arrive()
    await tenant.admit(other, 3)
    expectRefused(await other.ask('DELETE', `/namespaces/${tenant.slug}?includeProtected=true`), 409)
  })
})

/** Episodes that went to the trash one after the other. */
async function withTrash(count: number): Promise<readonly [Archive, readonly string[]]> {
  const archive = await Archive.open()
  const names = Array.from({ length: count }, (_, index) => `run ${index}`)
  for (const name of names) await archive.episode(name)
  for (const name of names)
    await archive.succeed(200, 'DELETE', `${archive.project}/episodes/${encodeURIComponent(name)}`)
  return [archive, names.reverse()]
}

const namesOf = ({ body }: Answer) => body.trash.map(({ name }: Trashed) => name)

describe('GET .../trash', () => {
  it.each([
    ['', [0, 5], { page: 1, pageSize: 50, total: 5, totalPages: 1, nextCursor: null }],
    [
      '?page=2&pageSize=2',
      [2, 4],
      { page: 2, pageSize: 2, total: 5, totalPages: 3, nextCursor: expect.any(String) },
    ],
    ['?page=3&pageSize=2', [4, 5], { page: 3, pageSize: 2, total: 5, totalPages: 3, nextCursor: null }],
    ['?page=9', [5, 5], { page: 9, pageSize: 50, total: 5, totalPages: 1, nextCursor: null }],
    ['?page=x&pageSize=999', [0, 5], { page: 1, pageSize: 200, total: 5, totalPages: 1, nextCursor: null }],
  ])('%s of a project is its page, newest first', async (query, [from, to], page) => {
    const [archive, names] = await withTrash(5)
    const answer = await archive.ask('GET', `${archive.project}/trash${query}`)
    const { trash: _, ...rest } = answer.body
    expect([answer.status, namesOf(answer), rest, answer.trips]).toEqual([
      200,
      names.slice(from, to),
      page,
      1,
    ])
  })

  it('is walked by cursor, though things come and go meanwhile', async () => {
    const [archive, names] = await withTrash(5)
    const at = `${archive.project}/trash?pageSize=2`
    const first = await archive.ask('GET', at)
    await archive.remove((await archive.make('dataset')).path)
    expect((await archive.restore(first.body.trash[0].deletionId)).status).toBe(200)
    const second = await archive.ask('GET', `${at}&cursor=${first.body.nextCursor}`)
    const third = await archive.ask('GET', `${at}&cursor=${second.body.nextCursor}`)
    expect([first, second, third].flatMap(namesOf)).toEqual(names)
    expect([third.body.total, third.body.nextCursor]).toEqual([5, null])
    const [stranger, other] = [await Archive.open(), `/namespaces/${archive.slug}/trash`]
    for (const path of [other, `${stranger.project}/trash`]) {
      const asked = path === other ? archive : stranger
      expectRefused(await asked.ask('GET', `${path}?cursor=${first.body.nextCursor}`), 400)
    }
  })

  it('of a namespace is its projects, by page and by cursor', async () => {
    const archive = await Archive.open()
    const namespace = `/namespaces/${archive.slug}`
    await archive.remove((await archive.make('video')).path)
    for (const name of ['b', 'c']) await archive.succeed(201, 'POST', `${namespace}/spaces`, { name })
    for (const slug of ['lab', 'c', 'b'])
      await archive.succeed(200, 'DELETE', `${namespace}/projects/${slug}`)
    const first = await archive.ask('GET', `${namespace}/trash?pageSize=2`)
    const second = await archive.ask('GET', `${namespace}/trash?pageSize=2&cursor=${first.body.nextCursor}`)
    const paged = await archive.ask('GET', `${namespace}/trash?pageSize=2&page=2`)
    expect([first, second, paged].map(namesOf)).toEqual([['b', 'c'], ['lab'], ['lab']])
    expect([first.body.total, first.body.totalPages, second.body.nextCursor]).toEqual([3, 2, null])
  })

  it('tells when the time is over, by RETENTION_DAYS, and who deleted it', async () => {
    const [archive] = await withTrash(1)
    const { token } = archive.owner
    const variables = { RETENTION_DAYS: '7' }
    const { body } = await ask('GET', `${archive.project}/trash`, { token, variables })
    const [{ deletedAt, purgeAt }] = body.trash
    expect(Date.parse(purgeAt) - Date.parse(deletedAt)).toBe(7 * DAY)
    const robot = await archive.robot({ scopes: ['write'] })
    const { path } = await archive.make('dataset')
    expect((await ask('DELETE', path, { token: robot })).status).toBe(200)
    expect((await archive.trash())[0]).toMatchObject({ kind: 'dataset', deletedBy: archive.owner.slug })
  })

  it('shows what a newer asset has replaced', async () => {
    const archive = await Archive.open()
    const { id } = await archive.video('/a.mp4', { bssVideoId: 'one' })
    await archive.video('/a.mp4', { bssVideoId: 'two' })
    expect(await archive.trash()).toMatchObject([
      { kind: 'video', id, name: '/a.mp4', deletedBy: archive.owner.slug },
    ])
    expect(await archive.counts()).toMatchObject({ videos: 1, trash: 1 })
  })

  it('is for members, also that of a public project', async () => {
    const [archive] = await withTrash(1)
    const [reader, writer, stranger] = await crewOf(archive)
    const namespace = `/namespaces/${archive.slug}/trash`
    const project = `${archive.project}/trash`
    for (const path of [namespace, project]) {
      for (const who of [reader, writer]) expect((await who.ask('GET', path)).status).toBe(200)
      expectRefused(await stranger.ask('GET', path), 404)
      expect((await ask('GET', path)).status).toBe(401)
    }
    await archive.succeed(200, 'PATCH', archive.project, { visibility: 'public' })
    const [{ deletionId } = { deletionId: '' }] = await archive.trash()
    const one = `${project}/${deletionId}`
    expectRefused(await stranger.ask('GET', project), 403)
    expectRefused(await stranger.ask('POST', `${one}/restore`), 403)
    expectRefused(await stranger.ask('DELETE', one), 403)
    expectRefused(await stranger.ask('DELETE', `${project}/x`), 403)
    expectRefused(await stranger.ask('POST', `${project}/x/restore`), 403)
    expectRefused(await stranger.ask('GET', namespace), 404)
    const { path } = await archive.make('video')
    expectRefused(await stranger.ask('DELETE', path), 403)
    expectRefused(await stranger.ask('DELETE', archive.project), 403)
    const spaces = `/namespaces/${archive.slug}/spaces`
    expect((await stranger.ask('GET', spaces)).status).toBe(200)
    await archive.remove(archive.project)
    expectRefused(await stranger.ask('GET', spaces), 404)
  })
})

describe('API tokens and the trash', () => {
  it.each([
    ['read', [403, 403, 403, 403, 403], [200, 200, 200]],
    ['upload', [403, 403, 403, 403, 403], [403, 403, 403]],
    ['write', [200, 200, 200, 200, 202], [403, 403, 403]],
  ])('of the scope %s', async (scope, writes, reads) => {
    const archive = await Archive.open()
    const namespace = `/namespaces/${archive.slug}`
    const token = await archive.robot({ scopes: [scope] })
    const [set, video] = [await archive.make('dataset'), await archive.make('video')]
    await archive.make('collection')
    const deletion = await archive.remove(`${archive.project}/collections/good`)
    const one = `${archive.project}/trash/${deletion}`
    await archive.episode('other')
    const spare = await archive.remove(`${archive.project}/episodes/other`)
    const answers: number[] = []
    for (const [method, path] of [
      ['DELETE', set.path],
      ['DELETE', video.path],
      ['POST', `${one}/restore`],
      ['DELETE', `${archive.project}/trash/${spare}?dryRun=true`],
      ['DELETE', `${archive.project}/trash/${spare}`],
    ] as const)
      answers.push((await ask(method, path, { token })).status)
    expect(answers).toEqual(writes)
    const lists = [`${archive.project}/trash`, `${namespace}/trash`, `${namespace}/purges`]
    const asked = await Promise.all(lists.map((path) => ask('GET', path, { token })))
    expect(statuses(asked)).toEqual(reads)
  })

  it('that are bound see their own place alone, and none deletes or restores a namespace', async () => {
    const archive = await Archive.open()
    const namespace = `/namespaces/${archive.slug}`
    await archive.succeed(201, 'POST', `${namespace}/spaces`, { name: 'other' })
    const scopes = ['read', 'write']
    const here = await archive.robot({ scopes, namespace: archive.slug, project: 'lab' })
    const elsewhere = await archive.robot({ scopes, namespace: archive.slug, project: 'other' })
    const wide = await archive.robot({ scopes, namespace: archive.slug })
    const home = await archive.robot({ scopes, namespace: archive.owner.slug })
    const { path } = await archive.make('video')
    for (const token of [elsewhere, home]) {
      for (const [method, road] of [
        ['DELETE', path],
        ['DELETE', archive.project],
        ['GET', `${archive.project}/trash`],
      ] as const)
        expectRefused(await ask(method, road, { token }), 404)
    }
    const deletion = await archive.remove(path)
    const own = `${archive.project}/trash/${deletion}`
    for (const token of [elsewhere, home]) {
      expectRefused(await ask('POST', `${own}/restore`, { token }), 404)
      expectRefused(await ask('DELETE', own, { token }), 404)
    }
    expect((await ask('POST', `${own}/restore`, { token: here })).status).toBe(200)
    expect((await ask('DELETE', path, { token: here })).status).toBe(200)
    for (const road of ['trash', 'purges'])
      expectRefused(await ask('GET', `${namespace}/${road}`, { token: here }), 404)
    for (const token of [here, wide])
      expect((await ask('DELETE', namespace, { token })).status).toBe(token === here ? 404 : 403)
    expect((await ask('DELETE', archive.project, { token: here })).status).toBe(200)
    const project = `${namespace}/trash/${(await archive.trash(namespace))[0]?.deletionId}`
    expectRefused(await ask('POST', `${project}/restore`, { token: here }), 404)
    expect((await ask('POST', `${project}/restore`, { token: wide })).status).toBe(200)
    await archive.succeed(200, 'DELETE', namespace)
    const whole = `${namespace}/trash/${(await archive.trash(namespace))[0]?.deletionId}`
    expectRefused(await ask('POST', `${whole}/restore`, { token: wide }), 403)
    expectRefused(await ask('DELETE', whole, { token: wide }), 403)
    expectRefused(await ask('DELETE', `${whole}?dryRun=true`, { token: wide }), 403)
  })
})

/** What the receipts of an archive add up to, when the leases are over and the bytes are gone. */
async function purgedOf(archive: Archive): Promise<object> {
  await fire(8)
  const receipts = await archive.receipts()
  const sum = (column: string) => receipts.reduce((total, receipt) => total + Number(receipt[column]), 0)
  expect(receipts.map(({ finishedAt }) => finishedAt)).not.toContain(null)
  return { rows: sum('rows'), bytes: sum('bytes') }
}

describe('DELETE .../trash/:deletionId', () => {
  it.each(KINDS)('of a %s purges it: 202, and a receipt that says what the dry run said', async (kind) => {
    const archive = await Archive.open()
    const made = await archive.make(kind)
    const path = `${made.trash}/trash/${await archive.remove(made.path)}`
    const dry = await archive.ask('DELETE', `${path}?dryRun=true`)
    expect([dry.status, dry.trips, dry.rowsWritten]).toEqual([200, 1, 0])
    expect(await archive.trash(made.trash)).toMatchObject([{ purging: false }])
    const answer = await archive.ask('DELETE', path)
    expect([answer.status, answer.body]).toEqual([202, { success: true }])
    const [first] = await rowsOf('purges', `item_id = '${made.id}'`)
    expect(first?.rows).toBeGreaterThan(0)
    await fire()
    if (kind === 'namespace') {
      expectRefused(await archive.ask('GET', `/namespaces/${archive.slug}/trash`), 404)
      const [receipt] = await rowsOf('purges', `item_id = '${made.id}'`)
      expect([dry.body.bytes, receipt]).toMatchObject([0, { rows: dry.body.rows, kind, rule: 'requested' }])
      return archive.succeed(201, 'POST', '/namespaces', { slug: archive.slug })
    }
    expect(await archive.receipts()).toEqual([
      {
        id: ID,
        kind,
        itemId: made.id,
        name: made.name,
        projectId: kind === 'project' ? null : ID,
        deletionId: path.split('/').at(-1),
        rule: 'requested',
        requestedBy: archive.owner.slug,
        rows: dry.body.rows,
        objects: 0,
        bytes: 0,
        startedAt: TIME,
        finishedAt: TIME,
      },
    ])
    const rows = { episode: 2, folder: 3, dataset: 1, collection: 1, project: 1 }[kind as string] ?? 2
    expect(dry.body).toEqual({ rows, bytes: 0, truncated: false })
    expect(await archive.trash(made.trash)).toEqual([])
    for (const road of ['', '?dryRun=true']) expectRefused(await archive.ask('DELETE', `${path}${road}`), 404)
    expectRefused(await archive.ask('POST', `${path}/restore`), 404)
  })

  it('counts the bytes that nothing else refers to, and takes along what was deleted inside before', async () => {
    const archive = await Archive.open()
    const [own, twin, shared, kept] = [
      await archive.bytes('own'),
      await archive.bytes('twins'),
      await archive.bytes('shared by another'),
      await archive.bytes('kept'),
    ]
    await archive.episode('run')
    const episodeName = 'run'
    const { id } = await archive.video('/before.mp4', { episodeName, bssVideoId: own })
    for (const name of ['/1.mp4', '/2.mp4']) await archive.video(name, { episodeName, bssVideoId: twin })
    const { nodeId } = await archive.video('/d/3.mp4', { episodeName, bssVideoId: shared })
    await archive.video('/3.mp4', { bssVideoId: shared })
    await archive.video('/4.mp4', { bssVideoId: kept })
    await archive.remove(`/assets/video/${id}`)
    await archive.remove(`/nodes/${await archive.parentOf(nodeId)}`)
    const deletion = await archive.remove(`${archive.project}/episodes/run`)
    const path = `${archive.project}/trash/${deletion}`
    const dry = await archive.succeed(200, 'DELETE', `${path}?dryRun=true`)
    // Four assets with a node each, a folder, the episode and its node, two objects.
    expect(dry).toEqual({ rows: 13, bytes: 8, truncated: false })
    await archive.succeed(202, 'DELETE', path)
    expect(await purgedOf(archive)).toEqual({ rows: dry.rows, bytes: dry.bytes })
    expect((await archive.receipts()).map(({ kind, rule }) => [kind, rule]).sort()).toEqual([
      ['episode', 'requested'],
      ['folder', 'container'],
      ['video', 'container'],
    ])
    expect(await archive.counts()).toEqual({ projects: 1, videos: 2, episodes: 0, datasets: 0, trash: 0 })
    for (const object of [shared, kept])
      expect((await archive.ask('GET', `/videos/${object}/raw`)).status).toBe(302)
  })

  it('of an asset that shares its bytes frees none; of the last one all', async () => {
    const archive = await Archive.open()
    const bssVideoId = await archive.bytes('hello')
    const ids = [await archive.video('/1.mp4', { bssVideoId }), await archive.video('/2.mp4', { bssVideoId })]
    const bytes: number[] = []
    for (const { id } of ids) {
      const path = `${archive.project}/trash/${await archive.remove(`/assets/video/${id}`)}`
      bytes.push((await archive.succeed(200, 'DELETE', `${path}?dryRun=true`)).bytes)
      await archive.succeed(202, 'DELETE', path)
    }
    expect([bytes, await purgedOf(archive)]).toEqual([[0, 5], { rows: 5, bytes: 5 }])
  })

  it('of a dataset leaves its collections, of a collection its dataset', async () => {
    const archive = await Archive.open()
    const set = await archive.dataset('set')
    for (const name of ['one', 'two']) await archive.collection(name, set, ['x', 'y'])
    const collection = await archive.remove(`${archive.project}/collections/one`)
    const one = `${archive.project}/trash/${collection}?dryRun=true`
    expect(await archive.succeed(200, 'DELETE', one)).toEqual({ rows: 3, bytes: 0, truncated: false })
    await archive.purge(collection)
    const { collections } = await archive.succeed(200, 'GET', `${archive.project}/datasets/set`)
    expect(collections).toMatchObject([{ name: 'two', membersTotal: 2 }])
    await archive.purge(await archive.remove(`${archive.project}/datasets/set`))
    const last = await archive.remove(`${archive.project}/collections/two`)
    expect((await archive.restore(last)).body).toMatchObject({ datasetId: null, members: ['x', 'y'] })
  })

  it('of a project is of all that hangs below, in the trash or not', async () => {
    const archive = await Archive.open()
    const set = await archive.dataset('set')
    await archive.collection('good', set, ['x', 'y'])
    await archive.episode('run', { folder: '/a' })
    const bssVideoId = await archive.bytes('hello')
    await archive.video('/a.mp4', { episodeName: 'run', bssVideoId })
    const { id } = await archive.video('/b.mp4', { bssVideoId })
    await archive.remove(`/assets/video/${id}`)
    const path = `/namespaces/${archive.slug}/trash/${await archive.remove(archive.project)}`
    const dry = await archive.succeed(200, 'DELETE', `${path}?dryRun=true`)
    // Two assets, four nodes, an episode, a dataset, a collection with two members, the project, an object.
    expect(dry).toEqual({ rows: 13, bytes: 5, truncated: false })
    await archive.succeed(202, 'DELETE', path)
    expect(await purgedOf(archive)).toEqual({ rows: dry.rows, bytes: dry.bytes })
  })

  it('needs an owner, also to count', async () => {
    const archive = await Archive.open()
    const [reader, writer, stranger] = await crewOf(archive)
    const paths = [
      `${archive.project}/trash/${await archive.remove((await archive.make('video')).path)}`,
      `/namespaces/${archive.slug}/trash/${await archive.remove((await archive.make('project')).path)}`,
    ]
    await archive.restore(paths[1]?.split('/').at(-1) ?? '', undefined, `/namespaces/${archive.slug}`)
    await archive.remove(archive.project)
    const [inside, place] = [paths[0] ?? '', `/namespaces/${archive.slug}`]
    const [{ deletionId } = { deletionId: '' }] = await archive.trash(place)
    for (const query of ['', '?dryRun=true']) {
      for (const who of [reader, writer])
        expectRefused(await who.ask('DELETE', `${place}/trash/${deletionId}${query}`), 403)
      expectRefused(await stranger.ask('DELETE', `${place}/trash/${deletionId}${query}`), 404)
    }
    expectRefused(await archive.ask('DELETE', `${place}/trash/${deletionId}?dryRun=1`), 400)
    await archive.restore(deletionId, undefined, place)
    for (const query of ['', '?dryRun=true']) {
      for (const who of [reader, writer]) expectRefused(await who.ask('DELETE', `${inside}${query}`), 403)
      expectRefused(await stranger.ask('DELETE', `${inside}${query}`), 404)
    }
    for (const who of [reader, writer]) expectRefused(await who.ask('GET', `${place}/purges`), 403)
    expectRefused(await stranger.ask('GET', `${place}/purges`), 404)
    expect([await archive.receipts(), await archive.trash()]).toMatchObject([[], [{ purging: false }]])
  })

  it('finds a deletion in its own trash alone', async () => {
    const [archive, other] = [await Archive.open(), await Archive.open()]
    const namespace = `/namespaces/${archive.slug}`
    await archive.succeed(201, 'POST', `${namespace}/spaces`, { name: 'second' })
    const inside = await archive.remove((await archive.make('video')).path)
    await archive.succeed(200, 'DELETE', `${namespace}/projects/second`)
    const [{ deletionId: project } = { deletionId: '' }] = await archive.trash(namespace)
    await archive.succeed(201, 'POST', `${namespace}/spaces`, { name: 'third' })
    for (const [who, path] of [
      [archive, `${namespace}/trash/${inside}`],
      [archive, `${namespace}/projects/third/trash/${inside}`],
      [archive, `${archive.project}/trash/${project}`],
      [other, `${other.project}/trash/${inside}`],
      [other, `/namespaces/${other.slug}/trash/${project}`],
      [archive, `${archive.project}/trash/x`],
      [archive, `${namespace}/trash/${'0'.repeat(24)}`],
    ] as const) {
      for (const [method, road] of [
        ['POST', `${path}/restore`],
        ['DELETE', `${path}?dryRun=true`],
        ['DELETE', path],
      ] as const) {
        const answer = await who.ask(method, road)
        expect([...told(answer), answer.rowsWritten]).toEqual([404, 'deletion_not_found', 0])
      }
    }
    expect([await archive.receipts(), (await archive.trash(namespace)).length]).toEqual([[], 1])
  })

  it.each(KINDS)('that has begun is shown, and lets no %s be restored', async (kind) => {
    const archive = await Archive.open()
    const { path, trash, as } = await archive.make(kind)
    const deletion = await archive.remove(path)
    await archive.claim(deletion)
    expect(await archive.trash(trash)).toMatchObject([
      { deletionId: deletion, purging: true, state: 'purging' },
    ])
    for (const name of [undefined, as]) {
      const answer = await archive.restore(deletion, name, trash)
      expect([...told(answer), answer.rowsWritten]).toEqual([409, 'deletion_purging', 0])
    }
    const { status } = await archive.ask('DELETE', `${trash}/trash/${deletion}`)
    expect(status).toBe(202)
  })

  it('that is sent again under its request id is answered the same, also when all is gone', async () => {
    const archive = await Archive.open()
    const headers = { 'X-Request-Id': 'lost' }
    for (const kind of ['video', 'project']) {
      const { path, trash } = await archive.make(kind)
      const one = `${trash}/trash/${await archive.remove(path)}`
      for (let round = 0; round < 3; round++) {
        const { status, body } = await archive.ask('DELETE', one, undefined, { headers })
        expect([status, body]).toEqual([202, { success: true }])
        await fire()
      }
      expectRefused(await archive.ask('DELETE', one), 404)
    }
    expect(await archive.receipts()).toMatchObject([{ kind: 'project' }, { kind: 'video', rows: 2 }])
  })

  it('that is sent again while it goes on is one purge with one receipt', async () => {
    const archive = await Archive.open()
    const deletion = await archive.remove((await archive.make('video')).path)
    const path = `${archive.project}/trash/${deletion}`
    const answers = await Promise.all(Array.from({ length: 4 }, () => archive.ask('DELETE', path)))
    expect(statuses(answers).every((status) => status === 202 || status === 404)).toBe(true)
    expect(statuses(answers)).toContain(202)
    await fire()
    expect(await archive.receipts()).toMatchObject([{ rows: 2, rule: 'requested' }])
  })
})
