import { afterEach, describe, expect, it, vi } from 'vitest'
import { fire } from '../../support/archive.ts'
import { expectRefused } from '../../support/expectations.ts'
import { put } from '../../support/samples.ts'
import { everyStore, standIn, stores, type TestStore } from '../../support/stores.ts'
import { type Answer, ask, Tenant } from '../../support/world.ts'

/** What a namespace may hold: rows and bytes, counted wherever they are added, and judged before. */

const OLDER = '/videos/upload/multipart'

class Bounded {
  readonly tenant: Tenant
  readonly project: string
  readonly #store: TestStore

  private constructor(tenant: Tenant, project: string, store: TestStore) {
    this.tenant = tenant
    this.project = project
    this.#store = store
  }

  static async open(store = stores.own): Promise<Bounded> {
    const tenant = await Tenant.arrive()
    return new Bounded(tenant, await tenant.withProject(), store)
  }

  /** An upload of an older client, all of which is sent, and how it says so. */
  async assembled(text: string) {
    const { slug: owner } = this.tenant
    const asked = { owner, project: 'robotics', hash: '0123456789abcdef' }
    const { body: begun } = await this.ask({}, 'POST', `${OLDER}/init`, asked)
    const signed = await this.ask({}, 'POST', `${OLDER}/parts`, { ...begun, partNumbers: [1] })
    const sent = await this.#store.send('PUT', signed.body.parts['1'], { raw: text })
    const parts = [{ partNumber: 1, etag: sent.headers.get('ETag') }]
    return { begun, done: { ...begun, parts } }
  }

  get place() {
    return { namespace: this.tenant.slug, project: 'robotics' }
  }

  /** Asks a server of such quotas. */
  ask(
    quotas: { rows?: number; bytes?: number },
    method: string,
    path: string,
    body?: object,
  ): Promise<Answer> {
    const { rows, bytes } = quotas
    const variables = {
      ...this.#store.variables,
      ...(rows === undefined ? {} : { QUOTA_ROWS: String(rows) }),
      ...(bytes === undefined ? {} : { QUOTA_BYTES: String(bytes) }),
    }
    return this.tenant.ask(method, path, body, { variables })
  }

  async usage(): Promise<{ rows: number; bytes: number }> {
    const { usage } = (await this.tenant.ask('GET', `/namespaces/${this.tenant.slug}`)).body
    return { rows: usage.rows, bytes: usage.bytes }
  }
}

afterEach(() => void vi.restoreAllMocks())

const expectExceeded = (answer: Answer): void => {
  expect(answer.body.code).toBe('quota_exceeded')
  expectRefused(answer, 403)
}

describe('the usage of a namespace', () => {
  it('is of episodes, nodes, assets, objects and members, with what it may be', async () => {
    const { tenant, place, project } = await Bounded.open()
    await tenant.ask('POST', '/assets/video', { ...place, episodeName: 'run', name: '/a/b/v.mp4' })
    await tenant.ask('POST', '/uploads', { ...place, files: [{ size: 5 }, { size: 7 }] })
    await tenant.ask('POST', `${project}/episodes`, { name: 'other', folder: '/x' })
    await tenant.ask('POST', `${project}/collections`, { name: 'clips', members: ['a', 'b'] })
    const { body } = await tenant.ask('GET', `/namespaces/${tenant.slug}`)
    // Two episodes with their nodes, three folders, an asset with its leaf, two objects, two members.
    expect(body.usage).toEqual({ rows: 13, bytes: 12, rowsQuota: 2_000_000, bytesQuota: null })
    const bounded = await tenant.ask('GET', `/namespaces/${tenant.slug}`, undefined, {
      variables: { QUOTA_ROWS: '0', QUOTA_BYTES: '100' },
    })
    expect(bounded.body.usage).toMatchObject({ rowsQuota: null, bytesQuota: 100 })
  })

  it('is that of the trash too, until it is purged', async () => {
    const bounded = await Bounded.open()
    const { tenant, place, project } = bounded
    await tenant.ask('POST', '/assets/video', { ...place, episodeName: 'run', name: '/a/v.mp4' })
    const before = await bounded.usage()
    await tenant.ask('DELETE', `${project}/episodes/run`)
    expect(await bounded.usage()).toEqual(before)
    await fire(31)
    expect(await bounded.usage()).toEqual({ rows: 0, bytes: 0 })
  })

  it('counts the bytes of an upload as announced, then as they are, and not when it is aborted', async () => {
    const bounded = await Bounded.open()
    const { tenant, place } = bounded
    const { body } = await tenant.ask('POST', '/uploads', { ...place, files: [{ size: 3 }, { size: 9 }] })
    const [first, second] = body.uploads
    expect(await bounded.usage()).toEqual({ rows: 2, bytes: 12 })
    await put(first.url, 'abc', first.headers)
    expect((await tenant.ask('POST', `/uploads/${first.id}/complete`)).status).toBe(200)
    expect(await bounded.usage()).toEqual({ rows: 2, bytes: 12 })
    await tenant.ask('DELETE', `/uploads/${second.id}`)
    expect(await bounded.usage()).toEqual({ rows: 2, bytes: 3 })
  })
})

describe('a quota of rows', () => {
  const adding: readonly [string, number, (b: Bounded) => readonly [string, string, object]][] = [
    ['an episode', 2, ({ project }) => ['POST', `${project}/episodes`, { name: 'new' }]],
    [
      'an episode in two new folders',
      4,
      ({ project }) => ['POST', `${project}/episodes`, { name: 'new', folder: '/a/b' }],
    ],
    [
      'an episode of a new project',
      2,
      ({ tenant }) => ['POST', `${tenant.project('fresh')}/episodes`, { name: 'new' }],
    ],
    ['an asset', 2, ({ place }) => ['POST', '/assets/video', { ...place, name: '/v.mp4' }]],
    ['an asset without a name', 1, ({ place }) => ['POST', '/assets/video', { ...place }]],
    [
      'an asset in two folders of a new episode',
      6,
      ({ place }) => ['POST', '/assets/video', { ...place, episodeName: 'new', name: '/a/b/v.mp4' }],
    ],
    [
      'three uploads',
      3,
      ({ place }) => ['POST', '/uploads', { ...place, files: [{ size: 1 }, { size: 1 }, { size: 1 }] }],
    ],
    [
      'a collection of three members',
      3,
      ({ project }) => ['POST', `${project}/collections`, { name: 'new', members: ['a', 'b', 'a', 'c'] }],
    ],
    [
      'an upload by the older routes',
      1,
      ({ tenant }) => [
        'POST',
        '/videos/upload/multipart/init',
        { owner: tenant.slug, project: 'robotics', hash: '0123456789abcdef' },
      ],
    ],
  ]

  it.each(adding)(
    'takes %s where it fits to the row, and refuses it whole where it does not',
    async (...row) => {
      const [, rows, requestOf] = row
      const bounded = await Bounded.open()
      const [method, path, body] = requestOf(bounded)
      // A quota of 0 is none.
      await bounded.tenant.ask('POST', `${bounded.project}/episodes`, { name: 'there' })
      const { rows: before } = await bounded.usage()
      expectExceeded(await bounded.ask({ rows: before + rows - 1 }, method, path, body))
      expect(await bounded.usage()).toMatchObject({ rows: before })
      const answer = await bounded.ask({ rows: before + rows }, method, path, body)
      expect([200, 201]).toContain(answer.status)
      expect(await bounded.usage()).toMatchObject({ rows: before + rows })
    },
  )

  it('takes folders that are made again where they fit, and refuses a restoration of others whole', async () => {
    const bounded = await Bounded.open()
    const { tenant, place, project } = bounded
    const named = { ...place, name: '/a/b/v.mp4' }
    const { id } = (await tenant.ask('POST', '/assets/video', named)).body
    const made = await tenant.ask('POST', `${project}/episodes`, { name: 'run', folder: '/a' })
    const { folderId } = made.body.episode
    const remove = async (path: string) => (await tenant.ask('DELETE', path)).body.deletionId
    const restore = (deletion: string, rows?: number) =>
      bounded.ask(rows === undefined ? {} : { rows }, 'POST', `${project}/trash/${deletion}/restore`)
    const asset = await remove(`/assets/video/${id}`)
    const { rows } = await bounded.usage()
    expect((await restore(asset, 1)).status).toBe(200)
    const [again, folder] = [await remove(`/assets/video/${id}`), await remove(`/nodes/${folderId}`)]
    expectExceeded(await restore(again, rows + 1))
    expect((await restore(again, rows + 2)).status).toBe(200)
    expect(await bounded.usage()).toMatchObject({ rows: rows + 2 })
    await tenant.ask('DELETE', `/assets/video/${id}`)
    expect((await restore(folder, 1)).body.code).toBe('restore_conflict')
  })

  it('takes the node of a replaced asset that is restored where it fits', async () => {
    const bounded = await Bounded.open()
    const { tenant, place, project } = bounded
    for (const bssVideoId of ['a'.repeat(24), 'b'.repeat(24)])
      expect(
        (await tenant.ask('POST', '/assets/video', { ...place, name: '/v.mp4', bssVideoId })).status,
      ).toBe(201)
    const [{ deletionId }] = (await tenant.ask('GET', `${project}/trash`)).body.trash
    const { rows } = await bounded.usage()
    const restore = (most: number) =>
      bounded.ask({ rows: most }, 'POST', `${project}/trash/${deletionId}/restore?as=%2Fw.mp4`)
    expectExceeded(await restore(rows))
    expect((await restore(rows + 1)).status).toBe(200)
    expect(await bounded.usage()).toMatchObject({ rows: rows + 1 })
  })

  it('leaves changes of what is there alone', async () => {
    const bounded = await Bounded.open()
    const { tenant, place, project } = bounded
    await tenant.ask('POST', `${project}/episodes`, { name: 'run', folder: '/a' })
    const asset = { ...place, episodeName: 'run', name: '/v.mp4' }
    const { body } = await tenant.ask('POST', '/assets/video', asset)
    const full = { rows: 1 }
    const episode = { name: 'run', status: 'completed' }
    expect((await bounded.ask(full, 'POST', `${project}/episodes`, episode)).status).toBe(200)
    expect((await bounded.ask(full, 'PATCH', `${project}/episodes/run`, { folder: '/' })).status).toBe(200)
    const again = await bounded.ask(full, 'POST', '/assets/video', { ...asset, tags: ['x'] })
    expect([again.status, again.body.id]).toEqual([201, body.id])
    expectExceeded(await bounded.ask(full, 'PATCH', `${project}/episodes/run`, { folder: '/b' }))
    const trashed = await bounded.ask(full, 'DELETE', `${project}/episodes/run`)
    const restored = await bounded.ask(full, 'POST', `${project}/trash/${trashed.body.deletionId}/restore`)
    expect([trashed.status, restored.status]).toEqual([200, 200])
  })

  it('is kept by any number of requests at once', async () => {
    const bounded = await Bounded.open()
    const { project } = bounded
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        bounded.ask({ rows: 10 }, 'POST', `${project}/episodes`, { name: `run-${index}` }),
      ),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(15)
    expect(await bounded.usage()).toMatchObject({ rows: 10 })
  })
})

describe('a quota of bytes', () => {
  it('takes what is announced where it fits to the byte, and nothing of it where it does not', async () => {
    const bounded = await Bounded.open()
    const files = { ...bounded.place, files: [{ size: 60 }, { size: 40 }] }
    expectExceeded(await bounded.ask({ bytes: 99 }, 'POST', '/uploads', files))
    expect((await bounded.ask({ bytes: 100 }, 'POST', '/uploads', files)).status).toBe(201)
    expect(await bounded.usage()).toEqual({ rows: 2, bytes: 100 })
    expectExceeded(await bounded.ask({ bytes: 100 }, 'POST', '/uploads', { ...files, files: [{ size: 1 }] }))
  })

  it('counts nothing for what the namespace holds already', async () => {
    const bounded = await Bounded.open()
    const { tenant, place } = bounded
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('abc'))
    const sha256 = new Uint8Array(digest).toHex()
    const files = { ...place, files: [{ size: 3, sha256 }] }
    const [made] = (await tenant.ask('POST', '/uploads', files)).body.uploads
    await put(made.url, 'abc', made.headers)
    await tenant.ask('POST', `/uploads/${made.id}/complete`)
    const again = await bounded.ask({ rows: 1, bytes: 3 }, 'POST', '/uploads', files)
    expect([again.status, again.body.uploads]).toEqual([201, [{ id: made.id, status: 'exists' }]])
  })

  it.each(everyStore)(
    'holds for an upload to $name that did not say how large it is: it stays, and is complete when there is room',
    async (store) => {
      const bounded = await Bounded.open(store)
      const { done } = await bounded.assembled('abc')
      const complete = (bytes: number) => bounded.ask({ bytes }, 'POST', `${OLDER}/complete`, done)
      expectExceeded(await complete(2))
      expect(await bounded.usage()).toEqual({ rows: 1, bytes: 0 })
      const other = { ...bounded.place, files: [{ size: 2 }] }
      expect((await bounded.ask({ bytes: 2 }, 'POST', '/uploads', other)).status).toBe(201)
      expectExceeded(await complete(4))
      expect((await complete(5)).status).toBe(200)
      expect(await bounded.usage()).toEqual({ rows: 2, bytes: 5 })
    },
  )

  it('lets an upload that waits for room be looked at, and have no parts sent again', async () => {
    const bounded = await Bounded.open(stores.elsewhere)
    const { begun, done } = await bounded.assembled('abc')
    expectExceeded(await bounded.ask({ bytes: 2 }, 'POST', `${OLDER}/complete`, done))
    standIn({
      List: async () => new Response('<Error><Code>NoSuchUpload</Code></Error>', { status: 404 }),
      Head: async () => new Response(null, { headers: { 'Content-Length': '3', ETag: '"1"' } }),
    })
    const looked = await bounded.ask({ bytes: 2 }, 'GET', `/uploads/${begun.uploadId}`)
    expect([looked.status, looked.body.status]).toEqual([200, 'pending'])
    const query = new URLSearchParams(begun).toString()
    expectExceeded(await bounded.ask({ bytes: 2 }, 'GET', `${OLDER}/parts-done?${query}`))
    const settled = await bounded.ask({ bytes: 3 }, 'GET', `/uploads/${begun.uploadId}`)
    expect([settled.status, settled.body.status]).toEqual([200, 'complete'])
  })
})

it.each(['-1', 'many', '1.5'])('a quota of %s is no quota: /readyz names the variable', async (value) => {
  const answer = await ask('GET', '/readyz', { variables: { QUOTA_ROWS: value } })
  expect([answer.status, answer.text]).toEqual([503, expect.stringContaining('QUOTA_ROWS')])
})

it('another namespace is not counted', async () => {
  const [full, other] = [await Bounded.open(), await Bounded.open()]
  await full.tenant.ask('POST', `${full.project}/episodes`, { name: 'run' })
  const answer = await other.ask({ rows: 2 }, 'POST', `${other.project}/episodes`, { name: 'run' })
  expect(answer.status).toBe(201)
})
