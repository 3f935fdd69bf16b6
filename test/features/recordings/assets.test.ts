import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { put } from '../../support/samples.ts'
import { type Answer, Tenant } from '../../support/world.ts'

/** Each kind with its storage field, fields of its own, and what these are when they are not given. */
const kinds = [
  ['video', 'bssVideoId', { fps: 29.97, lens: 'fisheye' }, { fps: 30, lens: 'pinhole' }],
  ['audio', 'bssAudioId', { sampleRate: 48_000, channels: 2 }, { sampleRate: null, channels: null }],
  ['label-track', 'bssLabelId', {}, {}],
  ['text-track', 'bssTextTrackId', { format: 'srt', language: 'de' }, { format: null, language: null }],
  ['image', 'bssImageId', {}, {}],
  ['file', 'bssFileId', { format: 'E57' }, { format: null }],
] as const

const ID = /^[0-9a-f]{24}$/

/** Registers a video in the tenant's project. */
const video = (tenant: Tenant, body: object, asked = {}): Promise<Answer> =>
  tenant.ask('POST', '/assets/video', { namespace: tenant.slug, project: 'lab', ...body }, asked)

async function rows(text: string, ...values: unknown[]) {
  const statement = env.DB.prepare(text).bind(...values)
  return (await statement.all()).results
}

const nodesOf = (projectId: string) =>
  rows(
    `select n.id, n.kind, n.path, n.item_id, n.container_id, p.path as parent_path from nodes n
     left join nodes p on p.id = n.parent_id where n.project_id = ? and n.deleted_at is null order by n.path`,
    projectId,
  )

/** An object in the namespace, as an upload would leave it. */
async function object(tenant: Tenant, state: string): Promise<string> {
  const id = crypto.randomUUID().replaceAll('-', '').slice(0, 24)
  await rows(
    `insert into objects (id, namespace_id, key, state, size, lease_until, created_by, created_at)
     select ?1, id, ?1, ?2, 1, 0, created_by, 0 from namespaces where slug = ?3`,
    id,
    state,
    tenant.slug,
  )
  return id
}

describe('registering an asset', () => {
  it.each(kinds)('of kind %s answers all that it was given', async (kind, storage, given) => {
    const tenant = await Tenant.arrive()
    const body = { [storage]: 'abc', ...given, tags: ['b', 'a', 'b'], metadata: { deep: [{ n: 1.5 }, null] } }
    const place = { namespace: tenant.slug, project: 'lab', episodeName: 'run 1', name: '/x/y.bin' }
    const answer = await tenant.ask('POST', `/assets/${kind}`, { ...place, ...body })
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({ ...body, tags: ['b', 'a'], name: '/x/y.bin' })
    for (const id of ['id', 'projectId', 'episodeId', 'nodeId']) expect(answer.body[id]).toMatch(ID)
    expect(answer.body.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  it.each(kinds)('of kind %s takes null for absent', async (kind, storage, given, otherwise) => {
    const tenant = await Tenant.arrive()
    const fields = [storage, 'episodeName', 'name', 'tags', 'metadata', ...Object.keys(given)]
    const nulls = Object.fromEntries(fields.map((field) => [field, null]))
    const place = { namespace: tenant.slug, project: 'lab' }
    for (const body of [place, { ...place, ...nulls }]) {
      const answer = await tenant.ask('POST', `/assets/${kind}`, body)
      expect(answer.status).toBe(201)
      expect(answer.body).toMatchObject({ ...otherwise, name: null, nodeId: null, episodeId: null })
      expect(answer.body).toMatchObject({ [storage]: null, tags: [], metadata: null })
    }
  })

  it.each([
    ['video', { fps: 0 }, 'fps'],
    ['video', { fps: '30' }, 'fps'],
    ['video', { lens: 'wide' }, 'lens'],
    ['audio', { sampleRate: -0.5 }, 'sampleRate'],
    ['audio', { channels: 1.5 }, 'channels'],
    ['text-track', { format: 'ass' }, 'format'],
    ['video', { episodeName: '' }, 'episodeName'],
    ['video', { episodeName: '..' }, 'episodeName'],
    ['video', { episodeName: 'x'.repeat(256) }, 'episodeName'],
    ['video', { tags: ['x'.repeat(65)] }, 'tags.0'],
    ['video', { tags: Array.from({ length: 65 }, (_, at) => `${at}`) }, 'tags'],
    ['video', { metadata: [] }, 'metadata'],
    ['video', { metadata: { x: 'x'.repeat(65_536) } }, 'metadata'],
    ['video', { metadata: { '\ud800': 1 } }, 'metadata'],
    ['video', { bssVideoId: 7 }, 'bssVideoId'],
    ['video', { project: 'No Slug' }, 'project'],
    ['video', { project: null }, 'project'],
    ['video', { namespace: null }, 'namespace'],
  ])('of kind %s with %j is refused once, and writes nothing', async (kind, wrong, path) => {
    const tenant = await Tenant.arrive()
    const body = { namespace: tenant.slug, project: 'lab', ...wrong }
    const answer = await tenant.ask('POST', `/assets/${kind}`, body)
    expect([answer.status, answer.rowsWritten]).toEqual([400, 0])
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toEqual([path])
  })

  it.each([23.976023976023978, 0.30000000000000004, 1e-7, 1e300])('keeps %d fps as it is', async (fps) => {
    expect((await video(await Tenant.arrive(), { fps })).body.fps).toBe(fps)
  })
})

describe('the name of an asset', () => {
  it.each([
    ['a.mp4', '/a.mp4'],
    ['//a///b', '/a/b'],
    [`${'/'.repeat(2_000)}a`, '/a'],
    ['/ü/😀/%2F .mp4', '/ü/😀/%2F .mp4'],
    ['/...', '/...'],
    [`/${'a'.repeat(255)}`.repeat(4), `/${'a'.repeat(255)}`.repeat(4)],
    ['//a'.repeat(32), '/a'.repeat(32)],
  ])('%j is kept in its one form', async (name, stored) => {
    const tenant = await Tenant.arrive()
    expect((await video(tenant, { name })).body.name).toBe(stored)
    const listed = await tenant.ask('GET', `/assets/video?namespace=${tenant.slug}&project=lab`)
    expect(listed.body).toMatchObject([{ name: stored }])
  })

  const tooLong = `${`/${'ü'.repeat(127)}`.repeat(4)}/aaaaa`
  it.each(['', '/', '/a/./b', '/a/../b', '..', '/a\u0000', '/a\tb', '/a\u0085', '/\ud800', tooLong])(
    '%j is refused, and writes nothing',
    async (name) => {
      const answer = await video(await Tenant.arrive(), { name })
      expect([answer.status, answer.rowsWritten]).toEqual([400, 0])
      expect(answer.body.errors).toMatchObject([{ path: 'name' }])
    },
  )

  it('has at most 32 segments, however it is asked for', async () => {
    const tenant = await Tenant.arrive()
    const deep = '/a'.repeat(33)
    const has = (path: string) => [{ path, message: 'has over 32 segments' }]
    const registered = await video(tenant, { name: deep })
    expect([registered.status, registered.body.errors]).toEqual([400, has('name')])
    const place = { namespace: tenant.slug, project: 'lab' }
    const query = new URLSearchParams({ ...place, path: deep })
    expect((await tenant.ask('GET', `/assets/video/download?${query}`)).body.errors).toEqual(has('path'))
    const signed = await tenant.ask('POST', '/assets/sign', { ...place, paths: ['/a', deep] })
    expect(signed.body.errors).toEqual(has('paths.1'))
  })
})

describe('what is made on the way', () => {
  it('is the episode, once, with the defaults of an episode', async () => {
    const tenant = await Tenant.arrive()
    const first = await video(tenant, { episodeName: 'a/b%', name: '/one' })
    const second = await video(tenant, { episodeName: 'a/b%', name: '/two' })
    expect(second.body.episodeId).toBe(first.body.episodeId)
    const { body } = await tenant.ask('GET', `${tenant.project('lab')}/episodes`)
    expect(body.total).toBe(1)
    const shown = { name: 'a/b%', nodePath: '/a/b%', status: 'running', tags: [], writeProtected: false }
    expect(body.episodes).toMatchObject([{ ...shown, id: first.body.episodeId, folderId: null }])
    const nodes = await nodesOf(first.body.projectId)
    expect(nodes.filter(({ kind }) => kind === 'episode')).toMatchObject([{ path: '/a%2Fb%25' }])
  })

  it("hangs the folders under the episode's node, and shares them", async () => {
    const tenant = await Tenant.arrive()
    const episodes = `${tenant.project('lab')}/episodes`
    const made = await tenant.ask('POST', episodes, { name: 'run', folder: '/batch', tags: ['kept'] })
    const first = await video(tenant, { episodeName: 'run', name: '/cam%/front/1.mp4' })
    await video(tenant, { episodeName: 'run', name: '/cam%/back/2.mp4' })
    expect(first.body.episodeId).toBe(made.body.episode.id)
    const nodes = await nodesOf(first.body.projectId)
    expect(nodes.map(({ kind, path, parent_path }) => [kind, path, parent_path])).toEqual([
      ['folder', '/batch', null],
      ['episode', '/batch/run', '/batch'],
      ['folder', '/cam%25', '/batch/run'],
      ['folder', '/cam%25/back', '/cam%25'],
      ['video', '/cam%25/back/2.mp4', '/cam%25/back'],
      ['folder', '/cam%25/front', '/cam%25'],
      ['video', '/cam%25/front/1.mp4', '/cam%25/front'],
    ])
    const listed = await tenant.ask('GET', episodes)
    expect(listed.body.episodes).toMatchObject([{ tags: ['kept'], nodePath: '/batch/run' }])
  })

  it("hangs the folders under the project's root where no episode is named", async () => {
    const { body } = await video(await Tenant.arrive(), { name: '/a/b/c.mp4' })
    expect(await nodesOf(body.projectId)).toMatchObject([
      { kind: 'folder', path: '/a', parent_path: null, container_id: body.projectId },
      { kind: 'folder', path: '/a/b', parent_path: '/a' },
      { kind: 'video', path: '/a/b/c.mp4', parent_path: '/a/b', id: body.nodeId, item_id: body.id },
    ])
  })

  it.each([{ project: 'new' }, { space: 'new' }, { project: null, space: 'new' }])(
    'is the project of %j, named by its slug',
    async (place) => {
      const tenant = await Tenant.arrive()
      const answer = await tenant.ask('POST', '/assets/video', { namespace: tenant.slug, ...place })
      const { body } = await tenant.ask('GET', `/namespaces/${tenant.slug}/spaces`)
      const project = { id: answer.body.projectId, slug: 'new', name: 'new', visibility: 'private' }
      expect([answer.status, body.spaces]).toMatchObject([201, [project]])
    },
  )

  it('is the home namespace of a user who was not known', async () => {
    const tenant = await Tenant.unknown()
    const answer = await video(tenant, { episodeName: 'run', name: '/a/b.mp4' })
    expect([answer.status, answer.trips]).toEqual([201, 1])
    const { body } = await tenant.ask('GET', `/namespaces/${tenant.slug}`)
    expect(body).toMatchObject({ role: 'owner', projects: 1, assets: { videos: 1, images: 0 } })
  })

  it('is a fresh project where the one of that slug is in the trash', async () => {
    const tenant = await Tenant.arrive()
    const { body } = await video(tenant, { name: '/a' })
    await rows('update projects set deleted_at = 1 where id = ?', body.projectId)
    const again = await video(tenant, { name: '/a' })
    expect(again.status).toBe(201)
    expect(again.body.projectId).not.toBe(body.projectId)
    expect(again.body.id).not.toBe(body.id)
  })
})

describe('the storage id of an object that is', () => {
  it.each([
    ['complete', 'own', 201, true],
    ['pending', 'own', 409, false],
    ['purging', 'own', 409, false],
    ['aborted', 'own', 201, false],
    ['discarded', 'own', 201, false],
    ['complete', 'foreign', 201, false],
    ['pending', 'foreign', 201, false],
    ['purging', 'foreign', 201, false],
  ] as const)('%s, in the %s namespace: %d, referring to it: %s', async (state, where, status, refers) => {
    const [tenant, other] = [await Tenant.arrive(), await Tenant.arrive()]
    await other.admit(tenant, 3)
    const bssVideoId = await object(where === 'own' ? tenant : other, state)
    const answer = await video(tenant, { episodeName: 'run', name: '/a/b', bssVideoId })
    expect([answer.status, answer.rowsWritten > 0]).toEqual([status, status === 201])
    if (status === 409) return
    expect(answer.body.bssVideoId).toBe(bssVideoId)
    const stored = await rows('select object_id from assets where id = ?', answer.body.id)
    expect(stored).toEqual([{ object_id: refers ? bssVideoId : null }])
  })
})

describe('registering is refused', () => {
  it('to a stranger who may read the project, and writes nothing', async () => {
    const [tenant, other] = [await Tenant.arrive(), await Tenant.arrive()]
    await tenant.ask('POST', `/namespaces/${tenant.slug}/spaces`, { name: 'lab', visibility: 'public' })
    const answer = await video(other, { namespace: tenant.slug, episodeName: 'run', name: '/a/b' })
    expect([answer.status, answer.rowsWritten]).toEqual([403, 0])
  })

  it('in a trashed episode, until it is purged', async () => {
    const tenant = await Tenant.arrive()
    const { body } = await video(tenant, { episodeName: 'run', name: '/a' })
    await rows('update episodes set deleted_at = 1 where id = ?', body.episodeId)
    const answer = await video(tenant, { episodeName: 'run', name: '/folder/b' })
    expect([answer.status, answer.rowsWritten]).toEqual([410, 0])
    expect((await video(tenant, { name: '/a' })).status).toBe(201)
  })

  it.each([
    ['a new asset', { name: '/new/b' }],
    ['an unnamed one', {}],
    ['a retry', { name: '/a', bssVideoId: 'x', fps: 1 }],
    ['a replacement', { name: '/a', bssVideoId: 'y' }],
  ])('in a write-protected episode: %s', async (_, body) => {
    const tenant = await Tenant.arrive()
    await video(tenant, { episodeName: 'run', name: '/a', bssVideoId: 'x' })
    await tenant.ask('PATCH', `${tenant.project('lab')}/episodes/run`, { writeProtected: true })
    const answer = await video(tenant, { episodeName: 'run', ...body })
    expect([answer.status, answer.rowsWritten]).toEqual([403, 0])
  })
})

describe('the same path again', () => {
  const list = async (tenant: Tenant) =>
    (await tenant.ask('GET', `/assets/video?namespace=${tenant.slug}&project=lab`)).body

  it.each(['x', undefined])('with the same storage id (%s) is a retry', async (bssVideoId) => {
    const tenant = await Tenant.arrive()
    const same = { episodeName: 'run', name: '/a/b', bssVideoId }
    const first = await video(tenant, { ...same, fps: 24, lens: 'eqrec', tags: ['t'], metadata: { m: 1 } })
    const again = await video(tenant, { ...same, name: 'a//b', fps: 25, tags: [], metadata: null })
    expect(again.status).toBe(201)
    expect(again.body).toEqual({ ...first.body, fps: 25, tags: [], updatedAt: again.body.updatedAt })
    const bare = await video(tenant, same)
    expect([bare.status, bare.body]).toEqual([201, { ...again.body, updatedAt: bare.body.updatedAt }])
    expect(await list(tenant)).toEqual([bare.body])
  })

  it.each([
    ['none', 'x', { bssVideoId: null }, 'x'],
    ['none, but one is there now', null, { bssVideoId: 'y' }, 'y'],
    ['none, as before', null, {}, null],
  ])('with the storage id %s is the same asset', async (_, before, given, after) => {
    const tenant = await Tenant.arrive()
    const same = { episodeName: 'run', name: '/a/b' }
    const first = await video(tenant, { ...same, bssVideoId: before, fps: 24, tags: ['t'] })
    const { body, status } = await video(tenant, { ...same, ...given, metadata: { m: 1 } })
    expect([status, body]).toEqual([
      201,
      { ...first.body, bssVideoId: after, metadata: { m: 1 }, updatedAt: body.updatedAt },
    ])
    expect(await list(tenant)).toEqual([body])
    expect((await tenant.ask('GET', `${tenant.project('lab')}/trash`)).body.trash).toEqual([])
  })

  it('takes the bytes that come later, under the very id that lists have shown', async () => {
    const tenant = await Tenant.arrive()
    const place = { namespace: tenant.slug, project: 'lab' }
    const first = await video(tenant, { name: '/a.mp4', tags: ['front'] })
    const { uploads } = (await tenant.ask('POST', '/uploads', { ...place, files: [{ size: 3 }] })).body
    await put(uploads[0].url, 'abc', uploads[0].headers)
    await tenant.ask('POST', `/uploads/${uploads[0].id}/complete`)
    const { body } = await video(tenant, { name: '/a.mp4', bssVideoId: uploads[0].id })
    expect(body).toMatchObject({ id: first.body.id, tags: ['front'] })
    const object = { id: uploads[0].id, size: 3, contentType: 'video/mp4', sha256: null }
    expect([first.body.object, body.object]).toEqual([null, object])
    expect(await list(tenant)).toMatchObject([{ object }])
    expect((await video(tenant, { name: '/a.mp4' })).body.object).toEqual(object)
    const wrong = await video(tenant, { name: '/b.mp4', bssVideoId: 'no such object' })
    expect(wrong.body).toMatchObject({ bssVideoId: 'no such object', object: null })
  })

  it('with another storage id is a replacement', async () => {
    const [before, bssVideoId] = ['x', 'y']
    const tenant = await Tenant.arrive()
    const same = { episodeName: 'run', name: '/a/b' }
    const first = await video(tenant, { ...same, bssVideoId: before, fps: 24, tags: ['t'] })
    const { body, status } = await video(tenant, { ...same, bssVideoId })
    expect([status, body.nodeId]).toEqual([201, first.body.nodeId])
    expect(body).toMatchObject({ bssVideoId, fps: 30, tags: [] })
    expect(body.id > first.body.id).toBe(true)
    expect(await list(tenant)).toEqual([body])
    const node = await rows('select item_id, deleted_at from nodes where id = ?', body.nodeId)
    expect(node).toEqual([{ item_id: body.id, deleted_at: null }])
    const [old] = await rows('select deleted_at, deletion_id from assets where id = ?', first.body.id)
    const [deletion] = await rows(
      `select d.id, d.kind, d.name, d.deleted_at, n.slug from deletions d
       join users u on u.id = d.deleted_by join namespaces n on n.id = u.home_id where d.item_id = ?`,
      first.body.id,
    )
    const shown = { kind: 'video', name: '/a/b', slug: tenant.slug }
    expect(deletion).toEqual({ ...shown, id: old?.deletion_id, deleted_at: old?.deleted_at })
    expect(old?.deleted_at).toBe(Date.parse(body.createdAt))
    const namespace = await tenant.ask('GET', `/namespaces/${tenant.slug}`)
    expect(namespace.body.assets.videos).toBe(1)
  })

  it('in another episode, kind or project, or as a folder, is something else', async () => {
    const tenant = await Tenant.arrive()
    const others = [{ episodeName: 'run' }, { episodeName: 'run 2' }, { project: 'other' }, { name: '/a/a' }]
    const place = { namespace: tenant.slug, project: 'lab', name: '/a' }
    const answers = [
      await video(tenant, place),
      ...(await Promise.all(
        others.map((other, at) => video(tenant, { ...place, bssVideoId: `${at}`, ...other })),
      )),
      await tenant.ask('POST', '/assets/image', { ...place, bssImageId: 'x' }),
    ]
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(6)
    expect(new Set(answers.map(({ body }) => body.nodeId)).size).toBe(6)
    const namespace = await tenant.ask('GET', `/namespaces/${tenant.slug}`)
    expect(namespace.body.assets).toMatchObject({ videos: 5, images: 1 })
  })

  it('does not exist for assets without a name: each is a new one', async () => {
    const tenant = await Tenant.arrive()
    const made = [await video(tenant, { bssVideoId: 'x' }), await video(tenant, { bssVideoId: 'x' })]
    expect(await list(tenant)).toEqual(made.map(({ body }) => body).reverse())
  })
})

it('a registration sent twice under one X-Request-Id writes nothing the second time', async () => {
  const tenant = await Tenant.arrive()
  const bodies = [
    { episodeName: 'run', name: '/a/b', bssVideoId: 'x', tags: ['t'] },
    { episodeName: 'run', name: '/a/b', bssVideoId: 'x', fps: 7 },
    { episodeName: 'run', name: '/a/b', bssVideoId: 'y' },
    { episodeName: 'run', bssVideoId: 'x' },
  ]
  for (const [at, body] of bodies.entries()) {
    const asked = { headers: { 'X-Request-Id': `r-${at}` } }
    const first = await video(tenant, body, asked)
    const again = await video(tenant, body, asked)
    expect([first.status, first.rowsWritten > 0]).toEqual([201, true])
    expect([again.status, again.rowsWritten, again.body]).toEqual([201, 0, first.body])
  }
})
