import { env } from 'cloudflare:workers'
import { describe, expect, inject, it } from 'vitest'
import { expectRefused, faults } from '../../support/expectations.ts'
import { expectSignedAsByReference } from '../../support/reference.ts'
import { put } from '../../support/samples.ts'
import { type Answer, type Asked, ask, Tenant } from '../../support/world.ts'

interface Stored {
  readonly kind?: 'video' | 'audio'
  readonly project?: string
  readonly episodeName?: string
  readonly name?: string | null
  /** None: an asset without bytes. */
  readonly text?: string
  readonly variables?: Asked['variables']
}

/** Registers an asset, whose bytes go through the front door; its id. */
async function store(tenant: Tenant, stored: Stored = {}): Promise<string> {
  const { kind = 'video', project = 'lab', name = '/a.mp4', text, variables = {}, ...rest } = stored
  const place = { namespace: tenant.slug, project }
  const storage: Record<string, string> = {}
  if (text !== undefined) {
    const files = [{ size: text.length, contentType: 'text/plain' }]
    const announced = await tenant.ask('POST', '/uploads', { ...place, files }, { variables })
    const [{ id, url, headers }] = announced.body.uploads
    if (url.startsWith('http://localhost:10334')) await put(url, text, headers)
    else expect((await fetch(url, { method: 'PUT', body: text, headers })).status).toBe(200)
    const path = `/uploads/${id}/complete`
    expect((await tenant.ask('POST', path, undefined, { variables })).status).toBe(200)
    storage[kind === 'video' ? 'bssVideoId' : 'bssAudioId'] = id
  }
  const asset = { ...place, name, ...storage, ...rest }
  const { status, body } = await tenant.ask('POST', `/assets/${kind}`, asset)
  expect(status).toBe(201)
  return body.id
}

const sign = (tenant: Tenant, body: object, asked: Asked = {}) =>
  tenant.ask('POST', '/assets/sign', body, asked)

const at = (tenant: Tenant) => ({ namespace: tenant.slug, project: 'lab' })

/** By names in a project of the tenant. */
const signAt = (tenant: Tenant, paths: unknown, fields: object = {}) =>
  sign(tenant, { ...at(tenant), paths, ...fields })

type Signed = Partial<Record<'id' | 'path' | 'url' | 'expiresAt' | 'code', string | null>>

/** The entries of an answer, which took one question of D1 and changed nothing. */
function urlsOf({ status, text, body, trips, rowsWritten }: Answer): readonly Signed[] {
  expect([status, trips, rowsWritten, text]).toEqual([200, 1, 0, text])
  return body.urls
}

const read = async ({ url }: Signed = {}): Promise<string> => (await ask('GET', url ?? '')).text

/** What is behind each entry: its bytes, or why there are none. */
const contents = (answer: Answer): Promise<string[]> =>
  Promise.all(urlsOf(answer).map(async (entry) => (entry.url ? await read(entry) : `${entry.code}`)))

const run = (statement: string, ...values: unknown[]) =>
  env.DB.prepare(statement)
    .bind(...values)
    .run()

async function publish(tenant: Tenant, project = 'lab'): Promise<void> {
  const { status } = await tenant.ask('PATCH', tenant.project(project), { visibility: 'public' })
  expect(status).toBe(200)
}

const UNKNOWN = '0'.repeat(24)
const NOT_FOUND = { error: 'Asset not found', code: 'asset_not_found' }

describe('the URLs of assets', () => {
  it('come in the order of their ids, each with what it is of', async () => {
    const tenant = await Tenant.arrive()
    const one = await store(tenant, { name: '/x/one.mp4', text: 'one' })
    const none = await store(tenant, { name: '/none.mp4' })
    const nameless = await store(tenant, { name: null, text: 'nameless' })
    const answer = await sign(tenant, { ids: [nameless, UNKNOWN, one, none, one, 'no id'] })
    const signed = { url: expect.stringMatching(/^http/), expiresAt: expect.any(String) }
    expect(urlsOf(answer)).toEqual([
      { id: nameless, path: null, ...signed },
      { id: UNKNOWN, path: null, ...NOT_FOUND },
      { id: one, path: '/x/one.mp4', ...signed },
      {
        id: none,
        path: '/none.mp4',
        error: expect.stringContaining('has no BSS record'),
        code: 'asset_without_object',
      },
      { id: one, path: '/x/one.mp4', ...signed },
      { id: 'no id', path: null, ...NOT_FOUND },
    ])
    const [missing, empty] = ['asset_not_found', 'asset_without_object']
    expect(await contents(answer)).toEqual(['nameless', missing, 'one', empty, 'one', missing])
    const names = urlsOf(answer).map(({ url }) => /filename%3D%22(.*?)%22/.exec(url ?? '')?.[1])
    expect(names).toEqual([nameless, undefined, 'one.mp4', undefined, 'one.mp4', undefined])
  })

  it('come in the order of their paths, which are brought to the form of a name', async () => {
    const tenant = await Tenant.arrive()
    const one = await store(tenant, { name: '/x/one.mp4', text: 'one' })
    const none = await store(tenant, { name: '/none.mp4' })
    const answer = await signAt(tenant, ['none.mp4', 'x//one.mp4/', '/X/one.mp4', '//x/one.mp4', '/x'])
    expect(urlsOf(answer)).toMatchObject([
      { id: none, path: '/none.mp4', error: expect.stringContaining('has no BSS record') },
      { id: one, path: '/x/one.mp4' },
      { id: null, path: '/X/one.mp4', ...NOT_FOUND },
      { id: one, path: '/x/one.mp4' },
      { id: null, path: '/x', ...NOT_FOUND },
    ])
    const [missing, found] = ['asset_not_found', 'one']
    expect(await contents(answer)).toEqual(['asset_without_object', found, missing, found, missing])
  })

  it('are of the newest of several, unless the episode or the kind is named', async () => {
    const tenant = await Tenant.arrive()
    await store(tenant, { text: 'video' })
    await store(tenant, { kind: 'audio', text: 'audio' })
    const contentAt = async (fields: object = {}) =>
      (await contents(await signAt(tenant, ['/a.mp4'], fields)))[0]
    expect(await contentAt()).toBe('audio')
    await store(tenant, { episodeName: 'run/1', text: 'video of 1' })
    expect(await contentAt()).toBe('video of 1')
    await store(tenant, { episodeName: 'run/1', kind: 'audio', text: 'audio of 1' })
    await store(tenant, { episodeName: 'run 2', text: 'video of 2' })
    // A replacement: the one before is in the trash.
    await store(tenant, { episodeName: 'run 2', text: 'newer video of 2' })
    const cases = [
      [{}, 'newer video of 2'],
      [{ episode: null, kind: null }, 'newer video of 2'],
      [{ kind: 'video' }, 'newer video of 2'],
      [{ kind: 'audio' }, 'audio of 1'],
      [{ kind: 'image' }, 'asset_not_found'],
      [{ episode: 'run/1' }, 'audio of 1'],
      [{ episode: 'run/1', kind: 'video' }, 'video of 1'],
      [{ episode: 'run 2' }, 'newer video of 2'],
      [{ episode: 'run 2', kind: 'audio' }, 'asset_not_found'],
      [{ episode: 'run 3' }, 'asset_not_found'],
    ] as const
    for (const [fields, content] of cases)
      expect([fields, await contentAt(fields)]).toEqual([fields, content])
  })

  const PROJECT = '(select project_id from assets where id = ?)'
  it.each([
    ['asset', 'update assets set deleted_at = 1 where id = ?'],
    ['project', `update projects set deleted_at = 1 where id = ${PROJECT}`],
    [
      'namespace',
      `update namespaces set deleted_at = 1 where id = (select namespace_id from projects where id = ${PROJECT})`,
    ],
  ])('are not of what is in the trash by its %s, even in a public project', async (kind, trash) => {
    const tenant = await Tenant.arrive()
    const id = await store(tenant, { text: 'secret' })
    await publish(tenant)
    expect(await contents(await sign(tenant, { ids: [id] }))).toEqual(['secret'])
    await run(trash, id)
    for (const asking of [tenant, await Tenant.arrive()]) {
      expect(urlsOf(await sign(asking, { ids: [id] }))).toEqual([{ id, path: null, ...NOT_FOUND }])
      const { body } = await sign(asking, { ...at(tenant), paths: ['/a.mp4'] })
      const hidden = kind === 'project' && asking !== tenant ? 'namespace' : kind
      expect((body.urls?.[0] ?? body).code).toBe(`${hidden}_not_found`)
    }
  })

  const OBJECT = '(select object_id from assets where id = ?)'
  it.each([
    ['is null', 'update assets set object_id = null where id = ?'],
    ['is of an upload', `update objects set state = 'pending' where id = ${OBJECT}`],
    ['is of an object being purged', `update objects set state = 'purging' where id = ${OBJECT}`],
  ])('are not of an asset whose storage id %s', async (_, change) => {
    const tenant = await Tenant.arrive()
    const id = await store(tenant, { text: 'secret' })
    await run(change, id)
    for (const answer of [await sign(tenant, { ids: [id] }), await signAt(tenant, ['/a.mp4'])])
      expect(urlsOf(answer)).toMatchObject([{ id, path: '/a.mp4', code: 'asset_without_object' }])
  })

  it('are for members: what is of others looks as if there were none', async () => {
    const [tenant, other, unknown] = [await Tenant.arrive(), await Tenant.arrive(), await Tenant.unknown()]
    const id = await store(tenant, { text: 'secret' })
    const mine = await store(other, { text: 'mine' })
    const answer = await sign(other, { ids: [id, mine, UNKNOWN] })
    const [theirs, , none] = urlsOf(answer)
    expect(theirs).toEqual({ ...none, id })
    expect(await contents(answer)).toEqual(['asset_not_found', 'mine', 'asset_not_found'])
    expect(urlsOf(await sign(unknown, { ids: [id] }))).toEqual([theirs])
    for (const asking of [other, unknown]) {
      const hidden = await sign(asking, { ...at(tenant), paths: ['/a.mp4'] })
      const nowhere = await sign(asking, { ...at(tenant), namespace: 'nowhere', paths: ['/a.mp4'] })
      expectRefused(hidden, 404)
      expect(hidden.body).toEqual({ ...nowhere.body, requestId: expect.any(String) })
    }
    const missing = await signAt(tenant, ['/a.mp4'], { project: 'missing' })
    expectRefused(missing, 404)
    expect(missing.body.code).toBe('project_not_found')
  })

  it('are of all namespaces of a reader at once', async () => {
    const [one, two, reader] = [await Tenant.arrive(), await Tenant.arrive(), await Tenant.arrive()]
    const ids = [await store(one, { text: 'one' }), await store(two, { text: 'two' })]
    ids.push(await store(reader, { text: 'mine' }), await store(one, { project: 'other', text: 'other' }))
    await one.admit(reader, 1)
    expect(await contents(await sign(reader, { ids }))).toEqual(['one', 'asset_not_found', 'mine', 'other'])
    await two.admit(reader, 1)
    expect(await contents(await sign(reader, { ids }))).toEqual(['one', 'two', 'mine', 'other'])
  })

  it('are everybody’s in a public project', async () => {
    const tenant = await Tenant.arrive()
    const ids = [await store(tenant, { text: 'public' })]
    ids.push(await store(tenant, { project: 'hidden', text: 'secret' }))
    await publish(tenant)
    for (const stranger of [await Tenant.arrive(), await Tenant.unknown()]) {
      expect(await contents(await sign(stranger, { ids }))).toEqual(['public', 'asset_not_found'])
      const wanted = { ...at(tenant), paths: ['a.mp4'] }
      expect(await contents(await sign(stranger, wanted))).toEqual(['public'])
      expectRefused(await sign(stranger, { ...wanted, project: 'hidden' }), 404)
    }
  })

  it('live and are shown as they are asked to', async () => {
    const tenant = await Tenant.arrive()
    const id = await store(tenant, { text: 'abc' })
    const cases = [
      [{}, '3600', 'attachment'],
      [{ expiresIn: null, disposition: null }, '3600', 'attachment'],
      [{ expiresIn: 1, disposition: 'attachment' }, '1', 'attachment'],
      [{ expiresIn: 604_800, disposition: 'inline' }, '604800', 'inline'],
    ] as const
    for (const [fields, lifetime, shown] of cases) {
      const byId = await sign(tenant, { ids: [id], ...fields })
      for (const { url, expiresAt } of [byId, await signAt(tenant, ['/a.mp4'], fields)].flatMap(urlsOf)) {
        const { searchParams } = new URL(url ?? '')
        expect(searchParams.get('X-Amz-Expires')).toBe(lifetime)
        expect(searchParams.get('response-content-type')).toBe('text/plain')
        expect(searchParams.get('response-content-disposition')).toBe(`${shown}; filename="a.mp4"`)
        const signedAt = new Date(Date.parse(expiresAt ?? '') - Number(lifetime) * 1_000).toISOString()
        expect(signedAt.replace(/[-:]|\.000/g, '')).toBe(searchParams.get('X-Amz-Date'))
      }
    }
  })

  it('are of the S3 store where one is set', async () => {
    const tenant = await Tenant.arrive()
    const variables = inject('s3')
    const ids = [await store(tenant, { name: '/one', text: 'one', variables })]
    ids.push(await store(tenant, { name: "/größe's (1).mp4", text: 'two', variables }))
    const { S3_ENDPOINT, S3_BUCKET, S3_SECRET_ACCESS_KEY: secretAccessKey = '' } = variables
    const texts: string[] = []
    for (const { url } of urlsOf(await sign(tenant, { ids, expiresIn: 7_777 }, { variables }))) {
      const signed = new URL(url ?? '')
      expect(signed.href).toContain(`${S3_ENDPOINT}/${S3_BUCKET}/`)
      expect(signed.searchParams.get('X-Amz-Expires')).toBe('7777')
      await expectSignedAsByReference(signed, 'GET', { secretAccessKey })
      texts.push(await (await fetch(signed)).text())
    }
    expect(texts).toEqual(['one', 'two'])
  })
})

describe('a request for URLs', () => {
  const ids = [UNKNOWN]
  const named = { namespace: 'a', project: 'b', paths: ['/a'] }
  const names = ['/a/../b', '', '//', '/a\u0000', `/${'a'.repeat(1_024)}`]
  const lists = [[], 'x', [5, null, ''], Array(1_001).fill(UNKNOWN), ...names.map((name) => ['/a', name])]
  it.each<[string, object[]]>([
    ['ids', [{}, { ...named, paths: null }, ...lists.slice(0, 4).map((given) => ({ ids: given }))]],
    ['paths', [{ ...named, ids }]],
    ['episode kind', [{ ids, episode: 'run', kind: 'video' }]],
    ['paths', lists.map((given) => ({ ...named, paths: given }))],
    ['namespace', [{ ...named, namespace: undefined }]],
    ['project', [{ ...named, project: undefined }]],
    ['namespace project', [{ ...named, namespace: 5, project: '' }]],
    ['kind', [{ ...named, kind: 'film' }]],
    ['episode', [{ ...named, episode: 5 }]],
    ['expiresIn', [0, 604_801, 1.5, '60', true].map((expiresIn) => ({ ids, expiresIn }))],
    ['namespace project', [{ paths: ['/a'] }]],
    ['expiresIn ids', [{ expiresIn: 0 }]],
    ['kind paths', [{ ids, paths: ['/a'], namespace: 'a', project: 'b', kind: 'film' }]],
    ['disposition expiresIn', [{ ids, expiresIn: 0, disposition: 'both' }]],
  ])('is refused, naming %s', async (names, bodies) => {
    const tenant = await Tenant.arrive()
    for (const body of bodies) {
      const answer = await sign(tenant, body)
      expectRefused(answer, 400)
      expect([...new Set(faults(answer))].sort().join(' ')).toBe(names)
    }
  })

  it('may be for 1,000 assets of 20,000, and reads none of the others', async () => {
    const tenant = await Tenant.arrive()
    await store(tenant, { episodeName: 'run', name: '/first', text: 'first' })
    const mark = crypto.randomUUID().slice(0, 8)
    const numbered = 'with recursive n(i) as (select 0 union all select i + 1 from n limit'
    await run(
      `insert into objects (id, namespace_id, key, state, size, lease_until, created_by, created_at)
       ${numbered} 1000) select printf('${mark}%016x', i), id, slug || '/' || i, 'complete', 3, 0, created_by, 0
       from n, namespaces where slug = ?`,
      tenant.slug,
    )
    await run(
      `insert into assets (id, project_id, container_id, kind, name, object_id, fps, lens, tags, created_at, updated_at, created_by, updated_request)
       ${numbered} 20000) select printf('${mark}%016x', i), project_id, container_id, 'video', '/many/' || i,
         iif(i < 1000, printf('${mark}%016x', i), null), 30, 'pinhole', '[]', i, i, 'nobody', ''
       from n, (select project_id, container_id from assets where project_id = (select projects.id from projects
         join namespaces on namespaces.id = projects.namespace_id where namespaces.slug = ?))`,
      tenant.slug,
    )
    const numbers = Array.from({ length: 1_000 }, (_, index) => 999 - index)
    const wanted = numbers.map((number) => `${mark}${number.toString(16).padStart(16, '0')}`)
    const all = numbers.map((number) => `/many/${number}`)
    const sampled = [0, 1, 499, 998, 999]
    for (const index of sampled) await env.BUCKET.put(`${tenant.slug}/${numbers[index]}`, `${numbers[index]}`)
    for (const fields of [{}, { kind: 'video' }, { episode: 'run' }, { ids: wanted, paths: undefined }]) {
      const answer = await signAt(tenant, all, fields)
      const entries = urlsOf(answer)
      expect(entries.map(({ id, path }) => [id, path])).toEqual(wanted.map((id, index) => [id, all[index]]))
      expect(new Set(entries.map(({ url }) => url)).size).toBe(1_000)
      for (const index of sampled) expect(await read(entries[index])).toBe(`${numbers[index]}`)
      expect(answer.rowsRead).toBeLessThan(20_000)
    }
    const absent = all.map((path) => `/absent${path}`)
    const none = await signAt(tenant, absent)
    expect(urlsOf(none)).toEqual(absent.map((path) => ({ id: null, path, ...NOT_FOUND })))
    expect(none.rowsRead).toBeLessThan(20_000)
  })
})
