import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, inject, it, vi } from 'vitest'
import { app } from '../../../src/app.ts'
import { OLDER_PART_BYTES } from '../../../src/domain/upload.ts'
import { wireKinds } from '../../../src/features/recordings/asset-kinds.ts'
import { statusOf } from '../../../src/http/problem.ts'
import { expectRefused, faults, ID } from '../../support/expectations.ts'
import { put } from '../../support/samples.ts'
import { type Answer, ask, Tenant } from '../../support/world.ts'

/** What the older command-line client sends, with both of its base URLs set to this server. */

interface Upload {
  readonly uploadId: string
  readonly key: string
}

interface SentFile {
  readonly bytes: Uint8Array
  readonly type?: string
  readonly format?: string
  readonly counts?: object
}

const HASH = '0123456789abcdef'
const OTHER_HASH = 'fedcba9876543210'
const OWN = 'http://localhost:10334'

const clientOf = (tenant: Tenant, prefix = 'videos', variables: Readonly<Record<string, string>> = {}) => {
  const place = { owner: tenant.slug, project: 'lab' }
  const multipart = `/${prefix}/upload/multipart`
  const post = (path: string, body: object) => tenant.ask('POST', path, body, { variables })
  const get = (path: string) => tenant.ask('GET', path, undefined, { variables })
  return {
    init: (fields: object = {}) => post(`${multipart}/init`, { ...place, hash: HASH, ...fields }),
    sign: (upload: Upload, numbers = [1]) => post(`${multipart}/parts`, { ...upload, partNumbers: numbers }),
    done: (upload: Upload) => get(`${multipart}/parts-done?${new URLSearchParams({ ...upload })}`),
    complete: (upload: Upload, parts: unknown) => post(`${multipart}/complete`, { ...upload, parts }),
    record: (fields: object = {}) =>
      post(`/${prefix}`, { ...place, name: '//a/b', episodeId: null, stagingHash: HASH, ...fields }),
    raw: (id: string) => get(`/${prefix}/${id}/raw`),
  }
}

type Client = ReturnType<typeof clientOf>

const succeeded = ({ status, body, text }: Answer) => {
  expect([status, text]).toEqual([200, text])
  return body
}

function expectFailure(answer: Answer, code: keyof typeof statusOf): void {
  expectRefused(answer, statusOf[code])
  expect(answer.body.code).toBe(code)
}

/** The answers to everything that is asked of an upload. */
const allOf = async (client: Client, upload: Upload, parts: unknown) => [
  await client.sign(upload),
  await client.done(upload),
  await client.complete(upload, parts),
]

/** A text on its way: its parts are in the bucket, but nobody said that this is all. */
async function sent(client: Client, text = 'abc', fields: object = {}) {
  const upload: Upload = succeeded(await client.init({ contentType: 'text/plain', ...fields }))
  const count = Math.max(1, Math.ceil(text.length / OLDER_PART_BYTES))
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  const urls = succeeded(await client.sign(upload, numbers)).parts
  const parts: object[] = []
  for (const partNumber of numbers) {
    const piece = text.slice((partNumber - 1) * OLDER_PART_BYTES, partNumber * OLDER_PART_BYTES)
    parts.push({ partNumber, etag: await put(urls[partNumber], piece) })
  }
  return { upload, parts }
}

/** The same, complete. */
async function uploaded(client: Client, text = 'abc', fields: object = {}): Promise<void> {
  const { upload, parts } = await sent(client, text, fields)
  succeeded(await client.complete(upload, parts))
}

/** The storage id of an object that is complete. */
async function recorded(client: Client, text = 'abc'): Promise<string> {
  await uploaded(client, text)
  return succeeded(await client.record()).id
}

const located = ({ status, headers }: Answer): string => {
  expect(status).toBe(302)
  return headers.get('Location') ?? ''
}

const textOf = async (redirect: Answer): Promise<string> => (await ask('GET', located(redirect))).text

/** Asks whoever the URL is of: this server, or the S3 store. */
const fetched = (url: string, init: RequestInit = {}) =>
  url.startsWith(OWN) ? app.fetch(new Request(url, init), env, createExecutionContext()) : fetch(url, init)

const hex = async (bytes: ArrayBuffer): Promise<string> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).toHex()

const digestAt = async (url: string): Promise<string> => hex(await (await fetched(url)).arrayBuffer())

async function sendPart(url: string, body: Uint8Array): Promise<string> {
  const headers = { 'Content-Length': `${body.length}` }
  const answer = await fetched(url, { method: 'PUT', body, headers })
  expect([answer.status, await answer.text()]).toEqual([200, ''])
  return answer.headers.get('ETag') ?? ''
}

/** Changes all objects of a tenant. */
const change = (tenant: Tenant, set: string) =>
  env.DB.prepare(
    `update objects set ${set} where namespace_id = (select id from namespaces where slug = '${tenant.slug}')`,
  ).run()

async function publish(tenant: Tenant): Promise<void> {
  const { status } = await tenant.ask('PATCH', tenant.project('lab'), { visibility: 'public' })
  expect(status).toBe(200)
}

const LINE = `${JSON.stringify({ frame: 1, boxes: ['x'.repeat(101)] })}\n`
const LARGE = new TextEncoder().encode(LINE.repeat(Math.ceil((OLDER_PART_BYTES + 1_000) / LINE.length)))
const CAPTION = '1\n00:00:01,000 --> 00:00:02,000\nHello.\n'
const SMALL = new TextEncoder().encode(CAPTION)

const linesOfLarge = { entryCount: LARGE.length / LINE.length, fields: ['frame', 'boxes'] }
const files: Readonly<Record<string, SentFile>> = {
  videos: { bytes: LARGE, type: 'video/mp4' },
  audio: { bytes: SMALL, type: 'audio/wav' },
  labels: { bytes: LARGE, counts: linesOfLarge },
  'text-tracks': { bytes: SMALL, format: 'srt', counts: { entryCount: 1, fields: [] } },
  image: { bytes: SMALL, type: 'image/png' },
  files: { bytes: LARGE, type: 'application/x-mcap' },
}

const journeys = wireKinds.flatMap(({ prefix, shape }) =>
  ['this server', 'an S3 store'].map((store) => ({ prefix, store, ...shape, ...files[prefix] })),
)

describe('the older client', () => {
  it.each(journeys)('sends a file to /$prefix, and gets its bytes back from $store', async (journey) => {
    const { prefix, store, kind, storageName, bytes = SMALL, type, format, counts } = journey
    const isOwn = store === 'this server'
    const variables = isOwn ? {} : inject('s3')
    // This client asks for nothing about its account first.
    const tenant = await Tenant.unknown()
    const client = clientOf(tenant, prefix, variables)
    const digest = await hex(new Uint8Array(bytes).buffer)
    const hash = digest.slice(0, 16)

    const begun = await client.init({ hash, ...(type && { contentType: type }) })
    const upload: Upload = succeeded(begun)
    expect([begun.trips, upload]).toEqual([1, { uploadId: ID, key: expect.any(String) }])
    const open = { expired: false, parts: [] }
    expect(await client.done(upload)).toMatchObject({ trips: 1, body: open })

    const bare: { partNumber: number; etag: string }[] = []
    const quoted: typeof bare = []
    for (let at = 0; at < bytes.length; at += OLDER_PART_BYTES) {
      const partNumber = bare.length + 1
      const signed = await client.sign(upload, [partNumber])
      const { parts } = succeeded(signed)
      expect([signed.trips, Object.keys(parts)]).toEqual([partNumber === 1 ? 2 : 1, [`${partNumber}`]])
      const etag = await sendPart(parts[partNumber], bytes.subarray(at, at + OLDER_PART_BYTES))
      expect(etag).toMatch(/^".+"$/)
      quoted.push({ partNumber, etag })
      bare.push({ partNumber, etag: etag.slice(1, -1) })
      // Killed here, the client would resume and send only what is missing. The S3 store of the tests lists no parts.
      if (isOwn) expect(await client.done(upload)).toMatchObject({ trips: 1, body: { ...open, parts: bare } })
    }
    expect(bare).toHaveLength(bytes === LARGE ? 2 : 1)
    const completed = await client.complete(upload, [...bare.slice(1), ...quoted.slice(0, 1)])
    expect([completed.trips, succeeded(completed)]).toEqual([2, { success: true }])

    const name = `//camera/front/${kind}`
    const file = { name, stagingHash: hash, fileSize: bytes.length, format: format ?? null }
    const found = await client.record({ ...file, episodeId: 'run 1' })
    expect([found.trips, found.rowsWritten, succeeded(found)]).toEqual([1, 0, { id: ID, ...counts }])
    const { id } = found.body
    const raw = await client.raw(id)
    expect([raw.trips, raw.text, await digestAt(located(raw))]).toEqual([1, '', digest])

    const place = { namespace: tenant.slug, project: 'lab' }
    const asset = { ...place, episodeName: null, name, [storageName]: id }
    const registered = await tenant.ask('POST', `/assets/${kind}`, asset)
    expect([registered.status, registered.body.name]).toEqual([201, `/camera/front/${kind}`])
    const list = await tenant.ask('GET', `/assets/${kind}?${new URLSearchParams(place)}`)
    expect(list.body).toMatchObject([{ id: registered.body.id, [storageName]: id, episodeId: null }])
    const query = new URLSearchParams({ ...place, path: name })
    const { body } = await tenant.ask('GET', `/assets/${kind}/download?${query}`, undefined, { variables })
    const contentType = type ?? 'application/octet-stream'
    expect(body).toMatchObject({ filename: kind, size: bytes.length, contentType })
    expect([new URL(body.url).origin === OWN, await digestAt(body.url)]).toEqual([isOwn, digest])
  })

  it('may say null for what it does not know, and space for the project', async () => {
    const client = clientOf(await Tenant.arrive(), 'text-tracks')
    const space = { project: null, space: 'lab' }
    await uploaded(client, '00:01.000 --> 00:02.000', { ...space, contentType: null })
    const asked = { ...space, name: '//a.vtt', format: null, fileSize: null }
    expect(succeeded(await client.record(asked))).toEqual({ id: ID, entryCount: 1, fields: [] })
  })

  it('makes a missing project by beginning an upload, and by nothing else', async () => {
    const tenant = await Tenant.arrive()
    const client = clientOf(tenant)
    await uploaded(client)
    expectFailure(await client.record({ project: 'new' }), 'project_not_found')
    expectFailure(await client.record({ project: 'No slug' }), 'project_not_found')
    for (const ask of [client.record, client.init])
      expectFailure(await ask({ owner: 'nobody' }), 'namespace_not_found')
    expect(faults(await client.init({ project: 'No slug' }))).toEqual(['project'])
    const list = async () => (await tenant.ask('GET', `/namespaces/${tenant.slug}/spaces`)).body.spaces
    expect(await list()).toMatchObject([{ slug: 'lab', name: 'lab' }])
    succeeded(await client.init({ project: 'new' }))
    expect(await list()).toMatchObject([{ slug: 'new', name: 'new' }, { slug: 'lab' }])
    expect((await tenant.ask('GET', `${tenant.project('lab')}/episodes`)).body.episodes).toEqual([])
  })
})

describe('raw', () => {
  it('follows the bytes to every project that has an asset of them', async () => {
    const tenant = await Tenant.arrive()
    const [stranger, client] = [await Tenant.arrive(), clientOf(tenant)]
    const id = await recorded(client)
    const statuses = async () =>
      (await Promise.all([tenant, stranger].map((each) => each.ask('GET', `/videos/${id}/raw`)))).map(
        ({ status }) => status,
      )
    expect(await statuses()).toEqual([302, 404])
    const elsewhere = { namespace: tenant.slug, project: 'shown', name: '/a.mp4', bssVideoId: id }
    await tenant.ask('POST', '/assets/video', elsewhere)
    await tenant.ask('PATCH', tenant.project('shown'), { visibility: 'public' })
    expect(await statuses()).toEqual([302, 302])
    await env.DB.prepare(
      "update projects set deleted_at = 1 where slug = 'lab' and id in (select project_id from objects where id = ?)",
    )
      .bind(id)
      .run()
    expect(await statuses()).toEqual([302, 302])
    await env.DB.prepare('update assets set deleted_at = 1 where object_id = ?').bind(id).run()
    expect(await statuses()).toEqual([404, 404])
  })
})

describe('the entries of', () => {
  const json = '{"frame":1,"boxes":[]}'
  const timing = '00:01.000 --> 00:02.000 align:start'
  const fields = ['frame', 'boxes']
  const manyKeys = Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`k${at}`, at]))
  it.each([
    ['labels', 'labels', {}, `${json}\n{"x":2}\n`, 2, fields],
    ['labels without a last newline', 'labels', {}, `${json}\n{"x":2}`, 2, fields],
    ['labels with blank lines', 'labels', {}, `\n \n${json}\n\n\t\n{}\n\n`, 2, fields],
    ['labels with CRLF', 'labels', {}, `${json}\r\n\r\n${json}\r\n`, 2, fields],
    ['labels that begin with no JSON', 'labels', {}, `# frames\n${json}\n`, 2, []],
    ['labels that begin with no object', 'labels', {}, `[1]\n${json}\n`, 2, []],
    ['labels of blank lines alone', 'labels', {}, '\n\n', 0, []],
    ['labels of whatever format', 'labels', { format: 'yolo', name: '/a.vtt' }, json, 1, fields],
    ['captions as JSON Lines', 'text-tracks', { format: 'jsonl' }, `${json}\n`, 1, fields],
    ['WebVTT', 'text-tracks', { format: 'vtt' }, `WEBVTT\r\n\r\nNOTE\r\n\r\n1\r\n${timing}\r\na\r\n`, 1, []],
    ['SubRip', 'text-tracks', { format: 'srt' }, `${CAPTION}\n${CAPTION}`, 2, []],
    ['WebVTT with CR', 'text-tracks', { format: 'VTT' }, `WEBVTT\r\r${timing}\ra\r\r${timing}\rb\r`, 2, []],
    ['a label in one long line', 'labels', {}, `[${'{},'.repeat(2_000_000)}{}]`, 1, []],
    [
      'labels of very many keys',
      'labels',
      {},
      JSON.stringify(manyKeys),
      1,
      Object.keys(manyKeys).slice(0, 1_000),
    ],
    ['labels of one very large object', 'labels', {}, `{"a":"${'x'.repeat(1_100_000)}"}`, 1, []],
    [
      'arrows that are no timings',
      'text-tracks',
      { format: 'vtt' },
      `WEBVTT -->\n\n${timing}\na --> b\n`,
      1,
      [],
    ],
    ['captions by their name', 'text-tracks', { name: '/a.b/film.VTT' }, `WEBVTT\n\n${timing}\na\n`, 1, []],
    ['captions of no format', 'text-tracks', { name: '/a.vtt/film' }, timing, null, null],
    ['captions of an unknown format', 'text-tracks', { format: 'ass', name: '/a.vtt' }, timing, null, null],
  ])('%s are counted', async (_, prefix, asked, content, entryCount, names) => {
    const client = clientOf(await Tenant.arrive(), prefix)
    await uploaded(client, content)
    expect(succeeded(await client.record(asked))).toEqual({ id: ID, entryCount, fields: names })
  })

  it('lines longer than what the bucket gives at once are counted once', async () => {
    const client = clientOf(await Tenant.arrive(), 'labels')
    const keys = [`a${'ü'.repeat(50_000)}`, '😀'.repeat(50_000)]
    const long = JSON.stringify(Object.fromEntries(keys.map((key) => [key, key])))
    await uploaded(client, `${long}\r\n${long}\n\n${long}`)
    const { entryCount, fields } = succeeded(await client.record())
    expect([entryCount, fields.join() === keys.join()]).toEqual([3, true])
  })

  it('nearly 16 MiB of line ends are none, and become no strings', async () => {
    const client = clientOf(await Tenant.arrive(), 'labels')
    await uploaded(client, '\n'.repeat(16_777_215))
    let decoded = 0
    const decode = TextDecoder.prototype.decode
    const spy = vi.spyOn(TextDecoder.prototype, 'decode')
    spy.mockImplementation(function (this: TextDecoder, input, options) {
      decoded += input?.byteLength ?? 0
      return decode.call(this, input, options)
    })
    const answer = await client.record()
    spy.mockRestore()
    expect(succeeded(answer)).toEqual({ id: ID, entryCount: 0, fields: [] })
    expect(decoded).toBeLessThanOrEqual(1_048_576)
  })

  it('those of an object that the bucket stops sending are not told, and can be asked for again', async () => {
    const client = clientOf(await Tenant.arrive(), 'labels', inject('s3'))
    const upload: Upload = succeeded(await client.init())
    const { parts } = succeeded(await client.sign(upload))
    const etag = await sendPart(parts[1], new TextEncoder().encode('{"a":1}\n{"a":2}\n'))
    succeeded(await client.complete(upload, [{ partNumber: 1, etag }]))
    const passed = globalThis.fetch
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
      const request = new Request(input, init)
      if (request.method !== 'GET') return passed(request)
      let isFirst = true
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
        if (!isFirst) throw new TypeError('The network is down.')
        isFirst = false
        controller.enqueue(new TextEncoder().encode('{"a":1}\n'))
      }
      return Promise.resolve(new Response(new ReadableStream({ pull })))
    })
    const answer = await client.record()
    spy.mockRestore()
    expectFailure(answer, 'bucket_unavailable')
    expect(succeeded(await client.record()).entryCount).toBe(2)
  })

  it('those of an object that another token sent are told to who may read', async () => {
    const tenant = await Tenant.arrive()
    await uploaded(clientOf(tenant, 'labels'), '{"a":1}\n')
    const body = { owner: tenant.slug, project: 'lab', name: '/a', stagingHash: HASH }
    for (const [scopes, entryCount] of [
      [['write'], null],
      [['read', 'write'], 1],
    ] as const) {
      const { token } = (await tenant.ask('POST', '/auth/tokens', { name: 'job', scopes })).body
      expect(succeeded(await ask('POST', '/labels', { token, body })).entryCount).toBe(entryCount)
    }
  })

  it('those of its own object are told to a token that may not read', async () => {
    const tenant = await Tenant.arrive()
    const { token } = (await tenant.ask('POST', '/auth/tokens', { name: 'job', scopes: ['upload'] })).body
    const robot = clientOf(Object.assign(Object.create(tenant), { token }), 'labels')
    await uploaded(robot, '{"a":1}\n')
    expect(succeeded(await robot.record())).toMatchObject({ entryCount: 1, fields: ['a'] })
  })

  it('an object of over 16 MiB are not counted', async () => {
    const tenant = await Tenant.arrive()
    const client = clientOf(tenant, 'labels')
    await uploaded(client, '{"a":1}\n')
    await change(tenant, 'size = 16777217')
    expect(succeeded(await client.record())).toEqual({ id: ID, entryCount: null, fields: null })
    await change(tenant, 'size = 16777216')
    expect(succeeded(await client.record())).toEqual({ id: ID, entryCount: 1, fields: ['a'] })
  })
})

describe('a record', () => {
  it('is refused until its upload is complete, of an unknown hash, and of another size', async () => {
    const client = clientOf(await Tenant.arrive())
    const { upload, parts } = await sent(client)
    expectFailure(await client.record(), 'upload_incomplete')
    succeeded(await client.complete(upload, parts))
    expectFailure(await client.record({ stagingHash: OTHER_HASH }), 'upload_not_found')
    for (const fileSize of [0, 2, 4]) expectFailure(await client.record({ fileSize }), 'upload_mismatch')
    const fields = { fileSize: 3, stagingHash: HASH.toUpperCase() }
    expect(succeeded(await client.record(fields))).toEqual({ id: ID })
  })

  it('reads a bounded number of the uploads of its hash, however many have been begun', async () => {
    const tenant = await Tenant.arrive()
    const client = clientOf(tenant)
    const { upload } = await sent(client)
    const token = (await tenant.ask('POST', '/auth/tokens', { name: 'robot', scopes: ['upload'] })).body.token
    const place = { owner: tenant.slug, project: 'lab' }
    const read = async (asked: object) => {
      const body = { ...place, name: '/a', episodeId: null, stagingHash: HASH }
      return (await tenant.ask('POST', '/videos', body, asked)).rowsRead
    }
    const reads = async () => [await read({}), await read({ token })]
    const [byUser = 0, byToken = 0] = await reads()
    await env.DB.prepare(
      `with recursive i(i) as (select 1 union all select i + 1 from i limit 3000)
       insert into objects (id, namespace_id, project_id, key, state, size, lease_until, created_by, created_at, staging_hash)
       select printf('%024x', i), namespace_id, project_id, 'of ' || id || i, 'pending', 0, lease_until, created_by,
         created_at, staging_hash from i cross join objects where id = ?1`,
    )
      .bind(upload.uploadId)
      .run()
    const [byUserOfMany = 0, byTokenOfMany = 0] = await reads()
    expect(byUserOfMany).toBe(byUser)
    expect(byTokenOfMany - byToken).toBeLessThan(1_100)
  })

  it('is of the newest complete upload of its hash, in its project', async () => {
    const client = clientOf(await Tenant.arrive())
    const first = await recorded(client, 'first')
    const second = await recorded(client, 'second')
    await sent(client, 'third')
    await uploaded(client, 'elsewhere', { project: 'other' })
    const { id } = succeeded(await client.record())
    expect([id === first, id === second, await textOf(await client.raw(id))]).toEqual([false, true, 'second'])
    const elsewhere = succeeded(await client.record({ project: 'other' }))
    expect(await textOf(await client.raw(elsewhere.id))).toBe('elsewhere')
  })

  it('never is of what another member announced under the same hash', async () => {
    const [tenant, other] = [await Tenant.arrive(), await Tenant.arrive()]
    await tenant.admit(other, 3)
    const [owner, attacker] = [clientOf(tenant), clientOf(other)]
    const there = { owner: tenant.slug }
    await owner.init({ hash: OTHER_HASH })
    await uploaded(attacker, 'forged before', there)
    expectFailure(await owner.record(), 'upload_not_found')
    const { upload, parts } = await sent(owner, 'genuine')
    await uploaded(attacker, 'forged meanwhile', there)
    expectFailure(await owner.record(), 'upload_incomplete')
    succeeded(await owner.complete(upload, parts))
    await uploaded(attacker, 'forged after', there)
    const [mine, theirs] = [succeeded(await owner.record()), succeeded(await attacker.record(there))]
    expect(await textOf(await owner.raw(mine.id))).toBe('genuine')
    expect(await textOf(await attacker.raw(theirs.id))).toBe('forged after')
  })
})

describe('a request that is not valid', () => {
  const upload = { uploadId: 'a', key: 'b' }
  const place = { owner: 'a', project: 'b' }
  const hashes = ['', HASH.slice(1), `${HASH}0`, HASH.replace('f', 'g'), ` ${HASH}`]
  const numbers = [[], [0], [10_001], [1.5], ['1'], 1, Array(3_001).fill(1)]
  const lists = [[{ partNumber: 0, etag: 'a' }], [{ partNumber: 1 }], [{ partNumber: 1, etag: '' }], ['a']]
  const types = [5, 'a\nb', 'a', 'text/html, text/plain']
  const begun = { ...place, hash: HASH }
  const staged = { ...place, name: 'c', stagingHash: HASH }
  const multipart = 'upload/multipart'
  const bodies: [string, string, object[]][] = [
    [`${multipart}/init`, 'hash owner project', [{}, { hash: 5, owner: 5, project: 5 }]],
    [`${multipart}/init`, 'hash', hashes.map((hash) => ({ ...place, hash }))],
    [`${multipart}/init`, 'contentType', types.map((contentType) => ({ ...begun, contentType }))],
    [`${multipart}/parts`, 'key partNumbers uploadId', [{}, { uploadId: null, key: '', partNumbers: null }]],
    [`${multipart}/parts`, 'partNumbers', numbers.map((partNumbers) => ({ ...upload, partNumbers }))],
    [`${multipart}/complete`, 'key parts uploadId', [{}, { uploadId: '', key: 5, parts: {} }]],
    [`${multipart}/complete`, 'parts', lists.map((parts) => ({ ...upload, parts }))],
    ['', 'name owner project stagingHash', [{}, { name: '/a/../b', stagingHash: 'x' }]],
    ['', 'stagingHash', hashes.map((stagingHash) => ({ ...staged, stagingHash }))],
    ['', 'episodeId fileSize format', [{ ...staged, fileSize: -1, format: 5, episodeId: '' }]],
    ['', 'name', [{ ...staged, name: '//' }]],
  ]

  it.each(bodies)('to /labels/%s names %s', async (path, names, refused) => {
    const tenant = await Tenant.arrive()
    for (const body of refused) {
      const answer = await tenant.ask('POST', `/labels/${path}`.replace(/\/$/, ''), body)
      expectRefused(answer, 400)
      expect([...new Set(faults(answer))].join(' ')).toBe(names)
    }
  })

  it('for the parts done names the field that is missing', async () => {
    const tenant = await Tenant.arrive()
    const missing = async (query: string) =>
      faults(await tenant.ask('GET', `/audio/upload/multipart/parts-done?${query}`))
    expect([await missing('key=a'), await missing('uploadId=a&key=')]).toEqual([['uploadId'], ['key']])
  })
})

describe('an upload', () => {
  it('is not complete without its parts, each of them once', async () => {
    const client = clientOf(await Tenant.arrive())
    const { upload, parts } = await sent(client)
    for (const given of [undefined, null, [], [...parts, ...parts]]) {
      const answer = await client.complete(upload, given)
      expectRefused(answer, 400)
      expect(faults(answer)).toEqual(['parts'])
    }
    const second = {
      partNumber: 2,
      etag: await put(succeeded(await client.sign(upload, [2])).parts['2'], 'd'),
    }
    for (const given of [[second], [...parts, { ...second, partNumber: 3 }], [{ partNumber: 1, etag: 'x' }]])
      expectFailure(await client.complete(upload, given), 'upload_incomplete')
    expect(succeeded(await client.complete(upload, parts))).toEqual({ success: true })
  })

  it('is found by its own id with its own key, and only its own key is signed', async () => {
    const client = clientOf(await Tenant.arrive())
    const [{ upload, parts }, other] = [await sent(client), await sent(client, 'other', { hash: OTHER_HASH })]
    const { uploadId, key } = upload
    const row = env.DB.prepare('select bucket_upload_id from objects where id = ?').bind(uploadId)
    const inBucket = String(await row.first('bucket_upload_id'))
    const keys = [other.upload.key, `${key}/`, `/${key}`, `${key}?x`, '*', '%', key.toUpperCase()]
    const refs = keys.map((key) => ({ uploadId, key }))
    for (const ref of [...refs, { uploadId: inBucket, key }, { uploadId: key, key: uploadId }]) {
      for (const answer of await allOf(client, ref, parts)) expectFailure(answer, 'upload_not_found')
    }
    const asked = { ...upload, Key: other.upload.key, bucketUploadId: other.upload.uploadId }
    const signed: [string, string][] = Object.entries(succeeded(await client.sign(asked, [1, 10_000])).parts)
    expect(signed.map(([partNumber]) => partNumber)).toEqual(['1', '10000'])
    for (const [partNumber, url] of signed) {
      const { origin, pathname, searchParams } = new URL(url)
      expect([origin, pathname]).toEqual([OWN, `/objects/${key}`])
      expect([searchParams.get('partNumber'), searchParams.get('uploadId')]).toEqual([partNumber, inBucket])
    }
  })

  it.each(['private', 'public'])('in a %s project is hidden from strangers', async (visibility) => {
    const [tenant, stranger] = [await Tenant.arrive(), await Tenant.arrive()]
    const { upload, parts } = await sent(clientOf(tenant))
    if (visibility === 'public') await publish(tenant)
    const theirs = clientOf(stranger)
    const ended = await stranger.ask('DELETE', `/uploads/${upload.uploadId}`, {})
    for (const answer of [ended, ...(await allOf(theirs, upload, parts))])
      expectFailure(answer, 'upload_not_found')
    const there = { owner: tenant.slug }
    const [begun, found] = [await theirs.init(there), await theirs.record(there)]
    expectFailure(begun, visibility === 'public' ? 'forbidden' : 'namespace_not_found')
    expectFailure(found, visibility === 'public' ? 'upload_not_found' : 'namespace_not_found')
    expect(succeeded(await clientOf(tenant).done(upload)).parts).toHaveLength(1)
  })

  it('is watched by readers, and sent by writers', async () => {
    const [tenant, reader, writer] = [await Tenant.arrive(), await Tenant.arrive(), await Tenant.arrive()]
    const { upload, parts } = await sent(clientOf(tenant))
    await tenant.admit(reader, 1)
    await tenant.admit(writer, 2)
    const there = { owner: tenant.slug }
    const [signed, done, completed] = await allOf(clientOf(reader), upload, parts)
    expect(done?.body.parts).toHaveLength(1)
    for (const answer of [signed, completed, await clientOf(reader).init(there)])
      expectFailure(answer as Answer, 'forbidden')
    for (const answer of await allOf(clientOf(writer), upload, parts)) succeeded(answer)
    succeeded(await clientOf(writer).init(there))
  })

  it('is over once it is complete: it can be completed again, and no more', async () => {
    const client = clientOf(await Tenant.arrive())
    const { upload, parts } = await sent(client)
    const url = succeeded(await client.sign(upload)).parts['1']
    succeeded(await client.complete(upload, parts))
    const again = await client.complete(upload, parts)
    expect([succeeded(again), again.rowsWritten]).toEqual([{ success: true }, 0])
    expect(succeeded(await client.done(upload))).toEqual({ expired: true, parts: [] })
    expectFailure(await client.sign(upload), 'upload_complete')
    expect((await ask('PUT', url, { raw: 'other' })).status).toBe(404)
    expect(await textOf(await client.raw(succeeded(await client.record()).id))).toBe('abc')
  })

  it('is over once it is aborted, by a request that has a body', async () => {
    const tenant = await Tenant.arrive()
    const client = clientOf(tenant)
    const { upload, parts } = await sent(client)
    const aborted = await tenant.ask('DELETE', `/uploads/${upload.uploadId}`, upload)
    expect(succeeded(aborted)).toEqual({ success: true })
    expect(succeeded(await client.done(upload))).toEqual({ expired: true, parts: [] })
    expectFailure(await client.sign(upload), 'upload_aborted')
    expectFailure(await client.complete(upload, parts), 'upload_aborted')
    expectFailure(await client.record(), 'upload_not_found')
  })
})

describe('the URLs of parts', () => {
  it('are signed 3,000 at once, and the same one once', async () => {
    const client = clientOf(await Tenant.arrive())
    const upload: Upload = succeeded(await client.init())
    const numbers = Array.from({ length: 3_000 }, (_, at) => at + 7_001)
    expect(Object.keys(succeeded(await client.sign(upload, numbers)).parts)).toEqual(numbers.map(String))
    const beyond = await client.sign(upload, [...numbers, 1])
    const message = 'has over 3000 entries: ask for the others by another request'
    expect([beyond.status, beyond.body.errors]).toEqual([400, [{ path: 'partNumbers', message }]])
    const signing = vi.spyOn(crypto.subtle, 'sign')
    const repeated = await client.sign(upload, [...Array(500).fill(7), ...Array(500).fill(8)])
    const signatures = signing.mock.calls.length
    signing.mockRestore()
    expect([Object.keys(succeeded(repeated).parts), signatures]).toEqual([['7', '8'], 2])
  })
})

describe('the bytes of an object', () => {
  it('are hidden from strangers, and from everybody while it is pending or being purged', async () => {
    const [tenant, stranger] = [await Tenant.arrive(), await Tenant.arrive()]
    const client = clientOf(tenant)
    const { upload } = await sent(client)
    const id = await recorded(client)
    expect(await textOf(await client.raw(id))).toBe('abc')
    for (const hidden of [upload.uploadId, '0'.repeat(24)])
      expectFailure(await client.raw(hidden), 'object_not_found')
    for (const other of [stranger, await Tenant.unknown()])
      expectFailure(await clientOf(other).raw(id), 'object_not_found')
    await change(tenant, "state = 'purging'")
    expectFailure(await client.raw(id), 'object_not_found')
    expectFailure(await client.done(upload), 'upload_not_found')
    expectFailure(await client.record(), 'upload_not_found')
  })

  it('are a stranger’s through what is there of a public project, and no other way', async () => {
    const tenant = await Tenant.arrive()
    const client = clientOf(tenant)
    const id = await recorded(client)
    await publish(tenant)
    const strangers = [clientOf(await Tenant.arrive()), clientOf(await Tenant.unknown())]
    const project = tenant.project('lab')
    const register = async (fields: object) =>
      (
        await tenant.ask('POST', '/assets/video', {
          namespace: tenant.slug,
          project: 'lab',
          episodeName: 'run',
          name: '/v.mp4',
          bssVideoId: id,
          ...fields,
        })
      ).body.id
    const remove = async (path: string) => (await tenant.ask('DELETE', path)).body.deletionId
    const restore = (deletionId: string) => tenant.ask('POST', `${project}/trash/${deletionId}/restore`)
    const expectSeen = async (isSeen: boolean, when: string) => {
      const seen = await Promise.all(strangers.map(async ({ raw }) => (await raw(id)).status))
      expect([when, ...seen]).toEqual([when, ...(isSeen ? [302, 302] : [404, 404])])
      // Members go on.
      expect([when, (await client.raw(id)).status]).toEqual([when, 302])
    }

    await expectSeen(false, 'never registered')
    const assetId = await register({})
    await expectSeen(true, 'registered')
    for (const { raw } of strangers) expect(await textOf(await raw(id))).toBe('abc')
    const deletionId = await remove(`/assets/video/${assetId}`)
    await expectSeen(false, 'deleted')
    await restore(deletionId)
    await expectSeen(true, 'restored')
    await register({ bssVideoId: 'another' })
    await expectSeen(false, 'replaced')
    await register({ name: '/w.mp4' })
    await expectSeen(true, 'registered under another name')
    const episode = await remove(`${project}/episodes/run`)
    await expectSeen(false, 'the episode deleted')
    await restore(episode)
    await expectSeen(true, 'the episode restored')
    await tenant.ask('PATCH', project, { visibility: 'private' })
    await expectSeen(false, 'private')
    await tenant.ask('PATCH', project, { visibility: 'public' })
    await tenant.ask('DELETE', `${project}/trash/${await remove(`${project}/episodes/run`)}`)
    await expectSeen(false, 'purged')
    await register({ episodeName: 'other' })
    await expectSeen(true, 'registered anew')
    await remove(project)
    for (const { raw } of [client, ...strangers]) expectFailure(await raw(id), 'object_not_found')
  })
})
