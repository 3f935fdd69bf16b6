import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { expectRefused, ID, TIME } from '../../support/expectations.ts'
import {
  type Announced,
  everyStore,
  held,
  LARGE,
  LEAST_PART,
  MEBIBYTE,
  type NewFile,
  type SentPart,
  sha256Of,
  standIn,
  stores,
  type TestStore,
  Uploader,
} from '../../support/stores.ts'
import { type Answer, type Asked, Tenant } from '../../support/world.ts'

const BYTES = 'the bytes'
const OTHER = 'THE BYTES'

let uploader: Uploader

/** Each test has a tenant of its own, by this name. */
const useStore = (store: TestStore) =>
  beforeEach(async () => {
    uploader = await Uploader.arrive(store)
  })

const codeOf = ({ status, body }: Answer) => [status, body.code]
const pathsOf = ({ body }: Answer): string[] => body.errors.map(({ path }: { path: string }) => path)
const idsOf = ({ body }: Answer): string[] => body.uploads.map(({ id }: Announced) => id)
const stateOf = async (upload: Announced) => (await uploader.rowOf(upload)).state

const change = (statement: string, ...values: unknown[]) =>
  env.DB.prepare(statement)
    .bind(...values)
    .run()

/** A pending upload with all of its bytes in the bucket, and the parts that complete it. */
type Sent = readonly [Announced, SentPart[]?]

const sendAtOnce = async (): Promise<Sent> => {
  const upload = await uploader.begin({ size: BYTES.length })
  expect((await uploader.put(upload, BYTES)).status).toBe(200)
  return [upload]
}

const sendInParts = async (): Promise<Sent> => {
  const upload = await uploader.beginParts(BYTES.length)
  return [upload, [await uploader.putPart(upload, 1, BYTES)]]
}

/** It is there for good, or it is gone with its bytes. */
const expectWhole = async (upload: Announced) =>
  expect([await stateOf(upload), await uploader.textOf(upload)]).toEqual(['complete', BYTES])
const expectGone = async (upload: Announced) =>
  expect([await stateOf(upload), await uploader.textOf(upload)]).toEqual(['aborted', null])

/** What has ended without an object cannot be continued, and an asset of it is one of an unknown storage id. */
async function expectOver(upload: Announced, parts: readonly SentPart[] | undefined) {
  expect(await uploader.textOf(upload)).toBeNull()
  expect((await uploader.read(upload)).body).toMatchObject({ status: 'aborted', parts: [] })
  expect(codeOf(await uploader.complete(upload, parts))).toEqual([409, 'upload_aborted'])
  expect(codeOf(await uploader.signParts(upload, [1]))).toEqual([409, 'upload_aborted'])
  expect((await uploader.register(upload)).body.bssVideoId).toBe(upload.id)
  expect(codeOf(await uploader.download(upload))).toEqual([404, 'asset_without_object'])
  const noted = await change('select * from parts where object_id = ?', upload.id)
  expect(noted.results).toEqual([])
}

/** Does something else around the batches of a request. */
const around = (before: (nth: number) => Promise<void>, after = before): Asked => {
  let nth = 0
  return {
    disturb: async (batch) => {
      nth++
      await before(nth)
      const results = await batch()
      await after(nth)
      return results
    },
  }
}

const nothing = async () => undefined

/** Loses the answer of the nth batch. */
const losing = (lost: number): Asked =>
  around(nothing, async (nth) => {
    if (nth === lost) throw new Error('D1_ERROR: Network connection lost.')
  })

const aborting = (upload: Announced, when: number) => async (nth: number) => {
  if (nth === when) expect((await uploader.abort(upload)).status).toBe(200)
}

/** Values that a field may not have, as rows of a table. */
const bad = (path: string, values: readonly unknown[], given: (value: unknown) => unknown) =>
  values.map((value): [string, unknown] => [path, given(value)])

describe.each(everyStore)('files announced over $name', (store) => {
  useStore(store)

  it('are told by their size how they are to be sent', async () => {
    const sha256 = await sha256Of(BYTES)
    const small = { size: 64 * MEBIBYTE, contentType: 'video/mp4', sha256: sha256.toUpperCase() }
    const files = [{ size: 0 }, small, { size: LARGE }, { size: store.mostBytes }]
    const { status, trips, body } = await uploader.announce(files)
    expect([status, trips]).toEqual([201, 1])
    const text = expect.any(String)
    const put = { id: ID, status: 'pending', method: 'PUT', url: text, expiresAt: TIME }
    const parts = { id: ID, status: 'pending', method: 'MULTIPART', uploadId: text, key: text }
    const headers = { 'content-type': 'application/octet-stream', 'if-none-match': '*' }
    const checksum = { 'x-amz-checksum-sha256': Uint8Array.fromHex(sha256).toBase64() }
    const { partSize, partCount } = body.uploads[3]
    expect(body.uploads).toEqual([
      { ...put, headers },
      { ...put, headers: { ...headers, 'content-type': 'video/mp4', ...checksum } },
      { ...parts, partSize: 16 * MEBIBYTE, partCount: 5 },
      { ...parts, partSize, partCount: Math.ceil(store.mostBytes / partSize) },
    ])
    expect(partCount).toBeLessThanOrEqual(10_000)
    const { searchParams } = new URL(body.uploads[0].url)
    expect(Number(searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(3_600)
    const refused = await uploader.announce([{ size: store.mostBytes + 1 }])
    expectRefused(refused, 400)
    expect(pathsOf(refused)).toEqual(['files.0.size'])
  })

  it('are a thousand in one round trip, in their order, without a question to the bucket', async () => {
    const files = Array.from({ length: 1_000 }, (_, at) =>
      at % 2 === 0 ? { size: 3, contentType: `text/x-${at}` } : { size: (5 + at) * 16 * MEBIBYTE },
    )
    const answer = await uploader.announce(files, { variables: store.deaf })
    expect([answer.status, answer.trips]).toEqual([201, 1])
    type Told = { headers?: object; partCount?: number }
    const told = answer.body.uploads.map(({ headers, partCount }: Told) =>
      headers ? Object.values(headers)[0] : partCount,
    )
    expect(told).toEqual(files.map(({ contentType }, at) => contentType ?? 5 + at))
    expect(new Set(idsOf(answer)).size).toBe(1_000)
  })

  it('make the project and the home namespace that are missing', async () => {
    const newcomer = new Uploader(store, await Tenant.unknown())
    expect((await newcomer.announce([{ size: 3 }])).status).toBe(201)
    const { body } = await newcomer.ask('GET', `/namespaces/${newcomer.tenant.slug}/projects`)
    expect(body.projects.map(({ slug }: { slug: string }) => slug)).toEqual(['lab'])
  })

  const file = { size: 3 }
  const badField = (name: string, values: readonly unknown[]) =>
    bad(`files.1.${name}`, values, (value) => [file, { ...file, [name]: value }])
  it.each([
    ...bad('files', [undefined, null, {}, [], Array(1_001).fill(file)], (files) => files),
    ...bad('files.0', [null, 5, 'a'], (value) => [value]),
    ...badField('size', [undefined, null, -1, 1.5, '3', true, 2 ** 53]),
    ...badField('sha256', ['', 'ab', 'g'.repeat(64), 'a'.repeat(65), 5]),
    ...badField('contentType', ['', 'video', 'video/', 'a/b\r\nX: y', 'ü/b', 5]),
    ...badField('name', ['', '.', '..', 'a\u0000b', '\ud800', 'x'.repeat(256), 5]),
    ['files.0.size files.1.name files.1.sha256', [{}, { ...file, name: '', sha256: '' }, file]],
  ])('are refused by %s where they are %j', async (paths, files) => {
    const answer = await uploader.announce(files)
    expectRefused(answer, 400)
    expect(pathsOf(answer).sort()).toEqual(paths.split(' '))
  })

  it('may leave out everything but the size, or say null', async () => {
    const upload = await uploader.begin({ size: 3, name: null, contentType: null, sha256: null })
    expect(upload.headers).toEqual({ 'content-type': 'application/octet-stream', 'if-none-match': '*' })
    const { body } = await uploader.read(upload)
    expect(body).toMatchObject({ status: 'pending', name: null, contentType: null, sha256: null })
  })

  it('are each one of their own, also where one request id and all that is told of them are the same', async () => {
    const headers = { 'X-Request-Id': 'session' }
    const announce = async () => (await uploader.announce([{ size: 3 }], { headers })).body.uploads[0]
    const uploads = [await announce(), await announce()]
    for (const [at, upload] of uploads.entries()) {
      expect((await uploader.put(upload, ['abc', 'xyz'][at] ?? '')).status).toBe(200)
      expect((await uploader.complete(upload)).status).toBe(200)
      const served = await store.send('GET', await uploader.urlOf(upload))
      expect(served.text).toBe(['abc', 'xyz'][at])
    }
  })

  it('are announced once though the answer was lost', async () => {
    const answer = await uploader.announce([{ size: 3 }, { size: LARGE }], losing(1))
    expect([answer.status, answer.trips]).toEqual([201, 2])
    const { results } = await change(
      'select id from objects where namespace_id = (select id from namespaces where slug = ?) order by id',
      uploader.tenant.slug,
    )
    expect(results.map(({ id }) => id)).toEqual(idsOf(answer).sort())
  })

  it('are kept for UPLOAD_TTL_DAYS', async () => {
    const { body } = await uploader.announce([{ size: 3 }], { variables: { UPLOAD_TTL_DAYS: '1' } })
    const { lease_until, created_at } = await uploader.rowOf(body.uploads[0])
    expect(lease_until - created_at).toBe(86_400_000)
  })

  it('are shown to a reader, who may do nothing with them, and to nobody else', async () => {
    const [upload] = await sendAtOnce()
    const [reader, stranger] = [await Uploader.arrive(store), await Uploader.arrive(store)]
    await uploader.tenant.admit(reader.tenant, 1)
    const statusesOf = async (who: Uploader) => {
      const answers = [
        await who.read(upload),
        await who.announce([{ size: 3 }], {}, uploader.tenant),
        await who.signParts(upload, [1]),
        await who.complete(upload),
        await who.abort(upload),
      ]
      expect(answers.map(({ rowsWritten }) => rowsWritten)).toEqual([0, 0, 0, 0, 0])
      return answers.map(({ status }) => status)
    }
    const inProject = 'where id = (select project_id from objects where id = ?)'
    expect(await statusesOf(reader)).toEqual([200, 403, 403, 403, 403])
    expect(await statusesOf(stranger)).toEqual([404, 404, 404, 404, 404])
    await change(`update projects set visibility = 'public' ${inProject}`, upload.id)
    expect(await statusesOf(stranger)).toEqual([404, 403, 404, 404, 404])
    await change(`update projects set deleted_at = 1 ${inProject}`, upload.id)
    const hidden = [await uploader.read(upload), await uploader.abort(upload)]
    expect(hidden.map(codeOf)).toEqual(Array(2).fill([404, 'upload_not_found']))
    expect(await stateOf(upload)).toBe('pending')
  })
})

describe.each(everyStore)('an upload at once to $name', (store) => {
  useStore(store)

  it('becomes an object, then an asset, and comes back byte for byte', async () => {
    const sha256 = await sha256Of(BYTES)
    const file = { name: 'a.vtt', size: BYTES.length, contentType: 'text/vtt', sha256 }
    const upload = await uploader.begin(file)
    expect((await uploader.put(upload, BYTES)).status).toBe(200)
    const { status, trips, body } = await uploader.complete(upload)
    const { name, ...known } = { ...file, id: upload.id, sha256: store.verifies ? sha256 : null }
    expect([status, trips]).toEqual([200, 2])
    expect(body).toEqual({ ...known, etag: expect.stringMatching(/^\w+$/), createdAt: TIME })
    const read = await uploader.read(upload)
    expect(read.body).toMatchObject({ ...known, name, status: 'complete', method: 'PUT', parts: [] })
    const answer = await store.send('GET', await uploader.urlOf(upload))
    expect([answer.status, answer.text]).toEqual([200, BYTES])
  })

  it('of no bytes is one too', async () => {
    const object = await uploader.sendWhole('')
    const { status, text } = await store.send('GET', await uploader.urlOf(object))
    expect([status, text]).toEqual([200, ''])
  })

  it('is not complete before its bytes are there, and nobody can register it', async () => {
    const upload = await uploader.begin({ size: BYTES.length })
    const expectPending = async () => {
      const registered = await uploader.register(upload)
      expectRefused(registered, 409)
      expect([registered.body.code, await stateOf(upload)]).toEqual(['object_not_complete', 'pending'])
    }
    expect(codeOf(await uploader.complete(upload))).toEqual([409, 'upload_incomplete'])
    await expectPending()
    expect((await uploader.put(upload, BYTES)).status).toBe(200)
    await expectPending()
    expect((await uploader.complete(upload)).status).toBe(200)
    expect((await uploader.register(upload)).status).toBe(201)
  })

  it('whose bytes come between its abortion and its completion is gone with them', async () => {
    const upload = await uploader.begin({ size: BYTES.length })
    const abortAndPut = async (nth: number) => {
      if (nth !== 1) return
      expect((await uploader.abort(upload)).status).toBe(200)
      expect((await uploader.put(upload, BYTES)).status).toBe(200)
    }
    const answer = await uploader.complete(upload, undefined, around(nothing, abortAndPut))
    expect(codeOf(answer)).toEqual([409, 'upload_aborted'])
    await expectGone(upload)
  })

  it('has its URL signed again, with its headers, as its own only part', async () => {
    const upload = await uploader.begin({ size: BYTES.length, contentType: 'text/plain' })
    const { headers } = upload
    const { body, trips } = await uploader.signParts(upload, [1])
    expect([body, trips]).toEqual([{ parts: { 1: expect.any(String) }, headers, expiresAt: TIME }, 1])
    const beyond = await uploader.signParts(upload, [1, 2])
    expect([beyond.status, pathsOf(beyond)]).toEqual([400, ['partNumbers.1']])
    expect((await store.send('PUT', body.parts[1], { raw: BYTES, headers })).status).toBe(200)
    expect((await uploader.complete(upload)).status).toBe(200)
    expect(codeOf(await uploader.signParts(upload, [1]))).toEqual([409, 'upload_complete'])
  })
})

const bucketIdsOf = (answers: readonly Answer[]): Set<string | null> =>
  new Set(
    answers.flatMap(({ body }) =>
      Object.values<string>(body.parts).map((url) => new URL(url).searchParams.get('uploadId')),
    ),
  )

describe.each(everyStore)('an upload in parts to $name', (store) => {
  useStore(store)

  it('is put together in the order of its parts, whatever the order in which they came', async () => {
    const upload = await uploader.begin({ size: LARGE, contentType: 'video/mp4' })
    const { body } = await uploader.signParts(upload, [1, 2, 3, 4, 5])
    const buffer = new Uint8Array(16 * MEBIBYTE).fill(7)
    const bytesOf = (partNumber: number) => {
      buffer[0] = partNumber
      return partNumber === 5 ? buffer.subarray(0, 1) : buffer
    }
    const sent: SentPart[] = []
    for (const partNumber of [4, 2, 5, 1, 3]) {
      const answer = await store.send('PUT', body.parts[partNumber], { raw: bytesOf(partNumber) })
      expect(answer.status).toBe(200)
      sent.push({ partNumber, etag: answer.headers.get('ETag') ?? '' })
    }
    const completed = await uploader.complete(upload, sent)
    expect([completed.status, completed.trips]).toEqual([200, 2])
    const object = { id: upload.id, size: LARGE, contentType: 'video/mp4', sha256: null }
    expect(completed.body).toEqual({ ...object, etag: expect.any(String), createdAt: TIME })
    const [wanted, kept] = [new crypto.DigestStream('SHA-256'), new crypto.DigestStream('SHA-256')]
    const writer = wanted.getWriter()
    for (const partNumber of [1, 2, 3, 4, 5]) await writer.write(bytesOf(partNumber))
    await writer.close()
    const bytes = await held(store, (await uploader.rowOf(upload)).key)
    await bytes?.body?.pipeTo(kept)
    expect(new Uint8Array(await kept.digest)).toEqual(new Uint8Array(await wanted.digest))
    expect((await uploader.register(upload)).status).toBe(201)
  })

  it.each<[string, (etag: string) => string]>([
    ['as it came', (etag) => etag],
    ['without its quotes', (etag) => etag.replaceAll('"', '')],
    ['marked as weak', (etag) => `W/${etag}`],
  ])('is complete by an etag %s', async (_, spelled) => {
    const [upload, parts = []] = await sendInParts()
    expect(parts[0]?.etag).toMatch(/^"[^"]+"$/)
    const given = parts.map(({ partNumber, etag }) => ({ partNumber, etag: spelled(etag) }))
    expect((await uploader.complete(upload, given)).status).toBe(200)
    await expectWhole(upload)
  })

  const numbers = (...all: readonly number[]) => all.map((partNumber) => ({ partNumber, etag: 'x' }))
  it.each([
    ['no list of parts', undefined, 409, 'lacks part 1'],
    ['an empty list', [], 400, 'is empty'],
    ['the last part lacking', numbers(1, 2, 3, 4), 409, 'names no part 5'],
    ['a part within lacking', numbers(5, 4, 2, 1), 409, 'names no part 3'],
    ['a part twice', numbers(1, 2, 3, 4, 5, 3), 400, 'has part 3 twice'],
    ['a part too many', numbers(1, 2, 3, 4, 5, 6), 400, 'has more than 5 entries'],
    ['parts of which none was ever signed', numbers(1, 2, 3, 4, 5), 409, 'not hold'],
  ])('stays pending when it is completed with %s', async (_, parts, status, message) => {
    const upload = await uploader.begin({ size: LARGE })
    const answer = await uploader.complete(upload, parts)
    expectRefused(answer, status)
    expect(answer.body.code).toBe(status === 400 ? 'invalid_request' : 'upload_incomplete')
    expect(answer.body.detail + JSON.stringify(answer.body.errors)).toContain(message)
    expect(await stateOf(upload)).toBe('pending')
  })

  it.each([
    ...bad('parts.0.partNumber', [0, -1, 1.5, 10_001, '1', null], (n) => ({ partNumber: n, etag: 'x' })),
    ...bad('parts.0.etag', ['', 'a\nb', 5, null], (etag) => ({ partNumber: 1, etag })),
  ])('is not completed by a bad %s: %j', async (path, part) => {
    const answer = await uploader.complete(await uploader.begin({ size: LARGE }), [part])
    expectRefused(answer, 400)
    expect(pathsOf(answer)).toEqual([path])
  })

  it('is of the newest of the parts that were sent under a number', async () => {
    const [upload, before] = await sendInParts()
    const newest = await uploader.putPart(upload, 1, OTHER)
    expect(codeOf(await uploader.complete(upload, before))).toEqual([409, 'upload_incomplete'])
    expect(await stateOf(upload)).toBe('pending')
    expect((await uploader.complete(upload, [newest])).status).toBe(200)
    expect(await uploader.textOf(upload)).toBe(OTHER)
  })

  it('stays pending while a part is smaller than the bucket takes', async () => {
    const upload = await uploader.beginParts(LEAST_PART + 3)
    const last = await uploader.putPart(upload, 2, 'end')
    const small = await uploader.putPart(upload, 1, 'small')
    expect(codeOf(await uploader.complete(upload, [small, last]))).toEqual([409, 'upload_incomplete'])
    expect(await stateOf(upload)).toBe('pending')
    const first = await uploader.putPart(upload, 1, new Uint8Array(LEAST_PART))
    const { status, body } = await uploader.complete(upload, [last, first])
    expect([status, body.size]).toEqual([200, LEAST_PART + 3])
  })

  it.each(store.takesLongParts ? [-1, 1] : [-1])(
    'of %d bytes more than announced is discarded',
    async (more) => {
      const upload = await uploader.beginParts(BYTES.length - more)
      const sent = [await uploader.putPart(upload, 1, BYTES)]
      expect(codeOf(await uploader.complete(upload, sent))).toEqual([409, 'upload_mismatch'])
      await expectOver(upload, sent)
    },
  )

  it('has its URLs signed as often as they are asked for, all for one upload', async () => {
    const upload = await uploader.begin({ size: LARGE })
    const answers: Answer[] = []
    for (const numbers of [[2, 1], [1, 1], [5]]) answers.push(await uploader.signParts(upload, numbers))
    expect(answers.map(({ trips }) => trips)).toEqual([2, 1, 1])
    expect(answers.map(({ body }) => Object.keys(body.parts))).toEqual([['1', '2'], ['1'], ['5']])
    const atOnce = await uploader.begin({ size: LARGE })
    const many = await Promise.all(Array.from({ length: 20 }, () => uploader.signParts(atOnce, [1])))
    expect(many.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect([bucketIdsOf(answers).size, bucketIdsOf(many).size]).toEqual([1, 1])
  })

  it('has a part signed once, however often its number is given', async () => {
    const upload = await uploader.begin({ size: LARGE })
    await uploader.signParts(upload, [1])
    const signing = vi.spyOn(crypto.subtle, 'sign')
    const { body } = await uploader.signParts(upload, [...Array(500).fill(2), ...Array(500).fill(1)])
    const signatures = signing.mock.calls.length
    signing.mockRestore()
    expect([Object.keys(body.parts), signatures]).toEqual([['1', '2'], 2])
  })

  it.each([
    ...bad('partNumbers', [undefined, 1, [], Array(1_001).fill(1)], (numbers) => numbers),
    ...bad('partNumbers.1', [0, -1, 1.5, '1', null, 10_001, 6], (number) => [5, number]),
  ])('has none signed by %s of %j', async (path, numbers) => {
    const answer = await uploader.signParts(await uploader.begin({ size: LARGE }), numbers)
    expectRefused(answer, 400)
    expect(pathsOf(answer)).toEqual([path])
  })
})

const ways = [
  { way: 'at once', send: sendAtOnce },
  { way: 'in parts', send: sendInParts },
] as const

describe.each(everyStore.flatMap((store) => ways.map((way) => ({ store, ...way }))))(
  'what was sent $way to $store.name',
  ({ store, send }) => {
    useStore(store)

    it('is complete once, and answers so again and again, to two at once too', async () => {
      const [upload, parts] = await send()
      const complete = () => uploader.complete(upload, parts)
      const answers = [...(await Promise.all([complete(), complete()])), await complete()]
      expect(answers.map(({ status, body }) => [status, body])).toEqual(
        Array(3).fill([200, { ...answers[0]?.body, id: upload.id }]),
      )
      expect(answers[2]?.rowsWritten).toBe(0)
      expect(codeOf(await uploader.abort(upload))).toEqual([409, 'upload_complete'])
      await expectWhole(upload)
    })

    it('and is aborted is gone with its bytes, and aborted again', async () => {
      const [upload, parts] = await send()
      const part = parts && (await uploader.urlOfPart(upload, 1))
      const answer = await uploader.ask('DELETE', `/uploads/${upload.id}`, {})
      expect([answer.status, answer.body, answer.trips]).toEqual([200, { success: true }, 1])
      await expectOver(upload, parts)
      expect((await uploader.abort(upload)).status).toBe(200)
      if (part) expect((await store.send('PUT', part, { raw: BYTES })).status).toBe(404)
    })

    it('is whole or gone when it is completed and aborted at once', async () => {
      for (let time = 0; time < 6; time++) {
        const [upload, parts] = await send()
        const both = [() => uploader.complete(upload, parts), () => uploader.abort(upload)]
        const answers = await Promise.all((time % 2 === 0 ? both : both.toReversed()).map((ask) => ask()))
        expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
        await ((await stateOf(upload)) === 'complete' ? expectWhole : expectGone)(upload)
      }
    })

    it('is gone when it is aborted just before, or after, its completion asks the bucket', async () => {
      for (const isBefore of [true, false]) {
        const [upload, parts] = await send()
        const abort = aborting(upload, isBefore ? 1 : 2)
        const asked = isBefore ? around(nothing, abort) : around(abort, nothing)
        expect((await uploader.complete(upload, parts, asked)).status).toBe(409)
        await expectGone(upload)
      }
    })

    it('is gone when it is completed while it is aborted', async () => {
      const [upload, parts] = await send()
      const complete = async () =>
        expect(codeOf(await uploader.complete(upload, parts))).toEqual([409, 'upload_aborted'])
      expect((await uploader.abort(upload, around(nothing, complete))).status).toBe(200)
      await expectGone(upload)
    })

    it.each([1, 2])('is complete once though the answer of batch %d was lost', async (nth) => {
      const [upload, parts] = await send()
      const lost = await uploader.complete(upload, parts, losing(nth))
      expect([lost.status, lost.trips]).toEqual([200, 3])
      expect((await uploader.complete(upload, parts)).body).toEqual(lost.body)
      await expectWhole(upload)
    })

    it('is complete by asking again where D1 has failed after the bucket was asked', async () => {
      const [upload, parts] = await send()
      const fail = async (nth: number) => {
        if (nth === 2) throw new Error('D1_ERROR: D1 DB is overloaded.')
      }
      const failed = await uploader.complete(upload, parts, around(fail, nothing))
      expect([codeOf(failed), await stateOf(upload)]).toEqual([[503, 'database_unavailable'], 'pending'])
      expect((await uploader.complete(upload, parts)).status).toBe(200)
      await expectWhole(upload)
    })

    it('is aborted though the answer was lost', async () => {
      const [upload] = await send()
      const lost = await uploader.abort(upload, losing(1))
      expect([lost.status, lost.trips]).toEqual([200, 2])
      await expectGone(upload)
    })

    it('is kept from the purge for as long as it is in use', async () => {
      const [upload, parts] = await send()
      const { lease_until, created_at } = await uploader.rowOf(upload)
      expect(lease_until).toBe(created_at + 7 * 86_400_000)
      const uses = [
        () => uploader.signParts(upload, [1]),
        () => uploader.complete(upload, parts),
        () => uploader.register(upload),
      ]
      for (const use of uses) {
        await change('update objects set lease_until = 1 where id = ?', upload.id)
        expect((await use()).status).toBeLessThan(300)
        expect((await uploader.rowOf(upload)).lease_until).toBeGreaterThanOrEqual(lease_until)
      }
    })
  },
)

describe("the Worker's own bucket", () => {
  const store = stores.own
  useStore(store)

  it('shows the parts that it has, by number, so that a cut off upload sends the others alone', async () => {
    const upload = await uploader.beginParts(2 * LEAST_PART + 3)
    expect((await uploader.read(upload)).body.parts).toEqual([])
    const block = new Uint8Array(LEAST_PART)
    const last = await uploader.putPart(upload, 3, 'end')
    const first = await uploader.putPart(upload, 1, block)
    const etagOf = ({ etag }: SentPart) => etag.replaceAll('"', '')
    const { body, trips } = await uploader.read(upload)
    expect([trips, body.status, body.partSize, body.partCount]).toEqual([1, 'pending', LEAST_PART, 3])
    expect(body.parts).toEqual([
      { partNumber: 1, etag: etagOf(first), size: LEAST_PART },
      { partNumber: 3, etag: etagOf(last), size: 3 },
    ])
    const url = await uploader.urlOfPart(upload, 2)
    const parts = [...body.parts, await uploader.putPart(upload, 2, block)]
    const completed = await uploader.complete(upload, parts)
    expect([completed.status, completed.body.size]).toEqual([200, 2 * LEAST_PART + 3])
    expect((await uploader.read(upload)).body).toMatchObject({ status: 'complete', parts: [] })
    expect((await store.send('PUT', url, { raw: block })).status).toBe(404)
  })

  it('names parts shortly enough for ten thousand of them in one request', async () => {
    const [, parts] = await sendInParts()
    const part = { ...parts?.[0], partNumber: 10_000 }
    expect(JSON.stringify({ parts: Array(10_000).fill(part) }).length).toBeLessThan(MEBIBYTE)
  })

  /** A file whose bytes are verified. */
  const know = async () => {
    const file = { size: BYTES.length, contentType: 'text/plain', sha256: await sha256Of(BYTES) }
    return { file, known: await uploader.sendWhole(BYTES, file) }
  }

  it('takes no bytes twice that it has verified, and keeps them from the purge', async () => {
    const { file, known } = await know()
    await change('update objects set lease_until = 1 where id = ?', known.id)
    const upper = { ...file, sha256: file.sha256.toUpperCase() }
    const { body, trips } = await uploader.announce([{ size: 3 }, file, { size: LARGE }, upper])
    const exists = { id: known.id, status: 'exists' }
    const pending = expect.objectContaining({ status: 'pending' })
    expect([body.uploads, trips]).toEqual([[pending, exists, pending, exists], 1])
    expect((await uploader.rowOf(known)).lease_until).toBeGreaterThan(Date.now())
    expect((await store.send('GET', await uploader.urlOf(known))).text).toBe(BYTES)
  })

  it('looks at few of the objects that have the same bytes, however many files are announced', async () => {
    const { file, known } = await know()
    await change(
      `with recursive c(i) as (select 1 union all select i + 1 from c where i < 1000)
       insert into objects (id, namespace_id, project_id, key, state, size, content_type, sha256, lease_until, created_by, created_at)
       select substr(o.id, 1, 12) || printf('%012x', i), o.namespace_id, o.project_id, o.key || i, 'complete', o.size, 'x/' || i,
         o.sha256, o.lease_until, o.created_by, 0 from c cross join objects o where o.id = ?`,
      known.id,
    )
    const answer = await uploader.announce(Array(1_000).fill({ ...file, contentType: 'y/z' }))
    expect([answer.status, answer.rowsRead < 60_000]).toEqual([201, true])
  })

  it.each<[string, NewFile]>([
    ['another type', { contentType: 'video/mp4' }],
    ['another size', { size: BYTES.length + 1 }],
    ['another hash', { sha256: '0'.repeat(64) }],
    ['no hash', { sha256: null }],
  ])('takes a file of %s than one that it knows', async (_, other) => {
    const { file } = await know()
    expect((await uploader.begin({ ...file, ...other })).status).toBe('pending')
  })

  it.each([
    ['was discarded', "update objects set state = 'discarded' where id = ?"],
    ['is being purged', "update objects set state = 'purging' where id = ?"],
    [
      'is of a project in the trash',
      'update projects set deleted_at = 1 where id = (select project_id from objects where id = ?)',
    ],
  ])('takes bytes again whose object %s', async (_, statement) => {
    const { file, known } = await know()
    await change(statement, known.id)
    const again = await uploader.sendWhole(BYTES, file)
    expect(again.id).not.toBe(known.id)
  })

  it('keeps from the purge what is completed once more', async () => {
    const { known } = await know()
    await change('update objects set lease_until = 1 where id = ?', known.id)
    expect((await uploader.complete(known)).status).toBe(200)
    expect((await uploader.rowOf(known)).lease_until).toBeGreaterThan(Date.now())
  })

  it.each(['!!!', 'YWJj', btoa('x'.repeat(32))])(
    'refuses the checksum %s, which nobody signed',
    async (sum) => {
      const upload = await uploader.begin({ size: BYTES.length })
      const { url, headers } = upload
      const sent = await store.send('PUT', url, {
        raw: BYTES,
        headers: { ...headers, 'x-amz-checksum-sha256': sum },
      })
      expect(sent.status).toBe(403)
      expect((await uploader.put(upload, BYTES)).status).toBe(200)
    },
  )

  describe('after R2 has dropped an upload in parts', () => {
    const dropped = async () => {
      const [upload, parts] = await sendInParts()
      const { bucket_upload_id, key } = await uploader.rowOf(upload)
      await env.BUCKET.resumeMultipartUpload(key, bucket_upload_id ?? '').abort()
      return { upload, parts }
    }

    it('says at its completion that it must be begun anew', async () => {
      const { upload, parts } = await dropped()
      const answer = await uploader.complete(upload, parts)
      expect([...codeOf(answer), answer.trips]).toEqual([409, 'upload_aborted', 2])
      expect((await uploader.read(upload)).body.status).toBe('aborted')
    })

    it('aborts it all the same', async () => {
      const { upload } = await dropped()
      const abort = vi.fn(() => Promise.reject(new Error('abort: The upload does not exist. (10024)')))
      const forgetful = new Proxy(env.BUCKET, {
        get: (bucket, name) => {
          if (name === 'resumeMultipartUpload') return () => ({ abort })
          const value = Reflect.get(bucket, name)
          return typeof value === 'function' ? value.bind(bucket) : value
        },
      })
      const variables = { BUCKET: forgetful } as unknown as Record<string, string>
      const answer = await uploader.tenant.ask('DELETE', `/uploads/${upload.id}`, undefined, { variables })
      expect([answer.status, abort.mock.calls.length]).toEqual([200, 1])
    })
  })

  it('says of a part that R2 has dropped its upload, and that it is over', async () => {
    const upload = await uploader.beginParts(2 * LEAST_PART)
    const url = await uploader.urlOfPart(upload, 1)
    await uploader.putPart(upload, 2, 'end')
    const { key, bucket_upload_id } = await uploader.rowOf(upload)
    await env.BUCKET.resumeMultipartUpload(key, bucket_upload_id ?? '').abort()
    expect((await store.send('PUT', url, { raw: 'x' })).status).toBe(404)
    const { results } = await env.DB.prepare('select 1 from parts where object_id = ?').bind(upload.id).all()
    expect(results).toEqual([])
    expect((await uploader.read(upload)).body.status).toBe('aborted')
  })

  it('names each file that is too large for it, and renews nothing that was asked for wrongly', async () => {
    const size = store.mostBytes + 1
    const answer = await uploader.announce([{ size }, { size: 1 }, { size }])
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'files.0.size',
      'files.2.size',
    ])
    const upload = await uploader.begin({ size: LARGE })
    await change('update objects set lease_until = 1 where id = ?', upload.id)
    const wrong = await uploader.signParts(upload, [999, 1, 998])
    expect([wrong.status, wrong.rowsWritten]).toEqual([400, 0])
    expect(wrong.body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'partNumbers.0',
      'partNumbers.2',
    ])
  })

  it('tells nobody what another namespace holds', async () => {
    const { file } = await know()
    const stranger = await Uploader.arrive(store)
    const { body } = await stranger.announce([file, { ...file, sha256: '0'.repeat(64) }])
    const [told, untold] = body.uploads
    expect([told.status, Object.keys(told)]).toEqual(['pending', Object.keys(untold)])
  })

  it('knows bytes once their upload is complete, not before', async () => {
    const file = { size: BYTES.length, sha256: await sha256Of(BYTES) }
    const upload = await uploader.begin(file)
    expect((await uploader.begin(file)).status).toBe('pending')
    expect((await uploader.put(upload, BYTES)).status).toBe(200)
    expect((await uploader.begin(file)).status).toBe('pending')
    expect((await uploader.complete(upload)).body.sha256).toBe(file.sha256)
    expect(await uploader.begin(file)).toEqual({ id: upload.id, status: 'exists' })
  })

  it('gives nobody wrong bytes that a member has announced by a true hash', async () => {
    const member = await Uploader.arrive(store)
    await uploader.tenant.admit(member.tenant, 2)
    const file = { size: BYTES.length, sha256: await sha256Of(BYTES) }
    const planted = await member.begin(file, uploader.tenant)
    const { 'x-amz-checksum-sha256': _, ...headers } = planted.headers
    const statuses = [
      (await member.put(planted, OTHER)).status,
      (await member.put({ ...planted, headers }, OTHER)).status,
    ]
    expect(statuses).toEqual([400, 403])
    expect(codeOf(await member.complete(planted))).toEqual([409, 'upload_incomplete'])
    expect((await uploader.begin(file)).status).toBe('pending')
  })
})

describe.each(everyStore)('a hash that $name has not verified', (store) => {
  useStore(store)

  it.each<[string, (sha256: string) => Promise<Sent>]>([
    [
      'is of a file in parts',
      async (sha256) => {
        const upload = await uploader.beginParts(BYTES.length, { sha256 })
        return [upload, [await uploader.putPart(upload, 1, BYTES)]]
      },
    ],
    ['was not announced', sendAtOnce],
  ])('because it %s is never one to know bytes by', async (_, send) => {
    const sha256 = await sha256Of(BYTES)
    const { status, body } = await uploader.complete(...(await send(sha256)))
    expect([status, body.sha256]).toEqual([200, null])
    expect((await uploader.begin({ size: BYTES.length, sha256 })).status).toBe('pending')
  })
})

describe('an S3 store', () => {
  useStore(stores.elsewhere)
  afterEach(() => vi.restoreAllMocks())

  it('that does not compare bytes with their hash has verified none', async () => {
    const file = { size: BYTES.length, sha256: await sha256Of(BYTES) }
    const upload = await uploader.begin(file)
    expect((await uploader.put(upload, OTHER)).status).toBe(200)
    const completed = await uploader.complete(upload)
    expect([completed.status, completed.body.sha256]).toEqual([200, null])
    expect((await uploader.begin(file)).status).toBe('pending')
  })

  const failing = (status: number, code: string) => async () =>
    new Response(`<Error><Code>${code}</Code><Message>secret</Message></Error>`, { status })
  const create = async () => new Response('<Result><UploadId>id &amp; more</UploadId></Result>')
  const assemble = async () => new Response('<Result><ETag>"x-1"</ETag></Result>')
  const remove = async () => new Response(null, { status: 204 })
  const hold =
    (headers = {}) =>
    async () =>
      new Response(null, { headers: { 'Content-Length': `${BYTES.length}`, ETag: '"x-1"', ...headers } })
  const checksum = 'x-amz-checksum-sha256'
  const sent = [{ partNumber: 1, etag: '"x"' }]

  /** An upload in parts that the stand-in has begun. */
  const begun = async () => {
    standIn({ Create: create })
    const upload = await uploader.beginParts(BYTES.length)
    const url = new URL(await uploader.urlOfPart(upload, 1))
    expect(url.searchParams.get('uploadId')).toBe('id & more')
    return upload
  }

  it.each([
    [200, 'InternalError', 502, 'bucket_unavailable'],
    [503, 'SlowDown', 502, 'bucket_unavailable'],
    [403, 'AccessDenied', 502, 'bucket_unavailable'],
    [200, 'InvalidPart', 409, 'upload_incomplete'],
    [400, 'InvalidPart', 409, 'upload_incomplete'],
    [400, 'EntityTooSmall', 409, 'upload_incomplete'],
  ])('that completes with %d and %s leaves the upload pending: %d %s', async (status, code, ...wanted) => {
    const upload = await begun()
    const before = await uploader.rowOf(upload)
    standIn({ Complete: failing(status, code) })
    const answer = await uploader.complete(upload, sent)
    expect(codeOf(answer)).toEqual(wanted)
    expect(answer.text).not.toContain('secret')
    expect(await uploader.rowOf(upload)).toEqual(before)
    standIn({ Complete: assemble, Head: hold() })
    expect((await uploader.complete(upload, sent)).status).toBe(200)
  })

  it('is told the parts by number, whatever is in their etags', async () => {
    const upload = await begun()
    await change('update objects set part_size = 3 where id = ?', upload.id)
    let told = ''
    const Complete = async (request: Request) => {
      expect(new URL(request.url).searchParams.get('uploadId')).toBe('id & more')
      told = await request.text()
      return assemble()
    }
    standIn({ Complete, Head: hold() })
    const parts = [3, 1, 2].map((partNumber) => ({ partNumber, etag: `"</ETag>${partNumber}"` }))
    expect((await uploader.complete(upload, parts)).status).toBe(200)
    const numbers = [...told.matchAll(/<PartNumber>(\d+)</g)].map(([, number]) => number)
    expect([numbers, told.split('</ETag>').length]).toEqual([['1', '2', '3'], 4])
  })

  it('lists its parts in pages, and all of them are shown', async () => {
    const upload = await begun()
    const part = (n: number) =>
      `<Part><PartNumber>${n}</PartNumber><ETag>&quot;e${n}&quot;</ETag><Size>${n}0</Size></Part>`
    const asked = standIn({
      List: async ({ url }) => {
        const from = Number(new URL(url).searchParams.get('part-number-marker') ?? 0)
        const numbers = [1, 2, 3, 4].map((n) => from + n).filter((n) => n <= 11)
        const next = `<NextPartNumberMarker>${numbers.at(-1)}</NextPartNumberMarker>`
        const more = `<IsTruncated>${!numbers.includes(11)}</IsTruncated>`
        return new Response(`<Result>${next}${more}${numbers.map(part).join('')}</Result>`)
      },
    })
    const { body, trips } = await uploader.read(upload)
    expect([trips, asked]).toEqual([1, ['List', 'List', 'List']])
    const numbers = Array.from({ length: 11 }, (_, at) => at + 1)
    expect(body.parts).toEqual(numbers.map((n) => ({ partNumber: n, etag: `e${n}`, size: 10 * n })))
  })

  const gone = failing(404, 'NoSuchUpload')
  const nothingThere = async () => new Response(null, { status: 404 })

  it.each([
    ['put together, before its completion was cut off', hold(), 200, 'complete', ['List', 'Head']],
    ['dropped', nothingThere, 200, 'aborted', ['List', 'Head', 'Delete', 'Abort']],
    [
      'put together of other bytes',
      hold({ 'Content-Length': '1' }),
      200,
      'discarded',
      ['List', 'Head', 'Delete', 'Abort'],
    ],
    [
      'put together, says a HEAD without a length',
      async () => new Response(null, { headers: { ETag: '"x"' } }),
      502,
      'pending',
      ['List', 'Head'],
    ],
  ])(
    'that has %s meanwhile is asked what it holds, and D1 learns it',
    async (_, Head, status, state, wanted) => {
      const upload = await begun()
      const asked = standIn({ List: gone, Head, Delete: remove, Abort: gone })
      const answer = await uploader.read(upload)
      expect([answer.status, asked, await stateOf(upload)]).toEqual([status, wanted, state])
      const shown = state === 'discarded' ? 'aborted' : state
      if (status === 200)
        expect([answer.body.status, answer.body.parts, answer.trips]).toEqual([shown, [], 2])
    },
  )

  it('that has put the parts together meanwhile is told of to a reader as pending still', async () => {
    const [upload, reader] = [await begun(), await Uploader.arrive(stores.elsewhere)]
    await uploader.tenant.admit(reader.tenant, 1)
    standIn({ List: gone, Head: hold() })
    expect((await reader.read(upload)).body).toMatchObject({ status: 'pending', parts: [] })
    expect(await stateOf(upload)).toBe('pending')
  })

  it.each([
    ['put together', hold(), [200, undefined], 'complete'],
    ['dropped', nothingThere, [409, 'upload_aborted'], 'aborted'],
  ])(
    'that has %s the parts already, before a crash, is asked what it holds',
    async (_, Head, wanted, state) => {
      const upload = await begun()
      standIn({ Complete: gone, Head, Delete: remove, Abort: gone })
      const answer = await uploader.complete(upload, sent)
      expect([answer.status, answer.body.code]).toEqual(wanted)
      expect(await stateOf(upload)).toBe(state)
    },
  )

  it.each(['Complete', 'List'] as const)('whose answer to %s breaks off has failed', async (operation) => {
    const upload = await begun()
    const broken = async () =>
      new Response(new ReadableStream({ pull: (body) => body.error(new Error('The connection was lost.')) }))
    standIn({ [operation]: broken })
    const answer = operation === 'List' ? await uploader.read(upload) : await uploader.complete(upload, sent)
    expect(codeOf(answer)).toEqual([502, 'bucket_unavailable'])
  })

  it('that is not there is no upload that is gone', async () => {
    const upload = await begun()
    const missing = failing(404, 'NoSuchBucket')
    standIn({ List: missing, Delete: missing, Abort: missing })
    expect(codeOf(await uploader.read(upload))).toEqual([502, 'bucket_unavailable'])
    expect(codeOf(await uploader.abort(upload))).toEqual([502, 'bucket_unavailable'])
  })

  it('that is down changes nothing that D1 knows', async () => {
    const upload = await begun()
    const [small, large] = [await uploader.begin({ size: 3 }), await uploader.begin({ size: LARGE })]
    const rows = () => Promise.all([small, large, upload].map((each) => uploader.rowOf(each)))
    const before = await rows()
    standIn({})
    const answers = [
      await uploader.signParts(large, [1]),
      await uploader.complete(small),
      await uploader.complete(upload, sent),
      await uploader.read(upload),
    ]
    expect(answers.map(codeOf)).toEqual(Array(4).fill([502, 'bucket_unavailable']))
    expect(await rows()).toEqual(before)
  })

  it('that is down while an upload is aborted is cleared when it is aborted again', async () => {
    const upload = await begun()
    standIn({})
    expect(codeOf(await uploader.abort(upload))).toEqual([502, 'bucket_unavailable'])
    const asked = standIn({ Abort: failing(404, 'NoSuchUpload'), Delete: remove })
    expect((await uploader.abort(upload)).status).toBe(200)
    expect([asked, await stateOf(upload)]).toEqual([['Delete', 'Abort'], 'aborted'])
  })

  it('is rid of what it has begun when the upload was aborted meanwhile', async () => {
    const upload = await uploader.begin({ size: LARGE })
    const asked = standIn({ Create: create, Abort: remove, Delete: remove })
    const answer = await uploader.signParts(upload, [1], around(aborting(upload, 2), nothing))
    expect([codeOf(answer), asked]).toEqual([
      [409, 'upload_aborted'],
      ['Create', 'Delete', 'Abort'],
    ])
  })

  it('is rid of what it has begun when another request was faster', async () => {
    const upload = await uploader.begin({ size: LARGE })
    const ids = ['slower', 'faster']
    const removed: (string | null)[] = []
    standIn({
      Create: async () => new Response(`<Result><UploadId>${ids.shift()}</UploadId></Result>`),
      Abort: async ({ url }) => {
        removed.push(new URL(url).searchParams.get('uploadId'))
        return remove()
      },
    })
    const overtake = async (nth: number) => {
      if (nth === 2) await uploader.urlOfPart(upload, 1)
    }
    const answer = await uploader.signParts(upload, [1], around(overtake, nothing))
    expect([[...bucketIdsOf([answer])], removed]).toEqual([['faster'], ['slower']])
  })

  it('that has verified a hash says so, and bytes are known by it', async () => {
    const sha256 = await sha256Of(BYTES)
    const upload = await uploader.begin({ size: BYTES.length, sha256 })
    standIn({ Head: hold({ [checksum]: Uint8Array.fromHex(sha256).toBase64() }) })
    expect((await uploader.complete(upload)).body.sha256).toBe(sha256)
    expect(await uploader.begin({ size: BYTES.length, sha256 })).toEqual({ id: upload.id, status: 'exists' })
  })

  it.each([
    ['of other bytes', { [checksum]: btoa('x'.repeat(32)) }],
    ['of another size', { 'Content-Length': '10' }],
  ])('that holds an object %s is rid of it', async (_, headers) => {
    const upload = await uploader.begin({ size: BYTES.length, sha256: await sha256Of(BYTES) })
    const asked = standIn({ Head: hold(headers), Delete: remove })
    expect(codeOf(await uploader.complete(upload))).toEqual([409, 'upload_mismatch'])
    expect(asked).toEqual(['Head', 'Delete'])
    expect((await uploader.read(upload)).body.status).toBe('aborted')
  })

  it('has verified nothing by a checksum of checksums', async () => {
    const upload = await begun()
    standIn({ Complete: assemble, Head: hold({ [checksum]: `${btoa('x'.repeat(32))}-3` }) })
    const { status, body } = await uploader.complete(upload, sent)
    expect([status, body.sha256, body.etag]).toEqual([200, null, 'x-1'])
  })
})
