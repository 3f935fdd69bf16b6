import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { MEBIBYTE, stores, Uploader } from '../../support/stores.ts'
import { ask } from '../../support/world.ts'

/** What a PUT to the Worker's own bucket says of its bytes is true, or they are not taken. */

const BYTES = 'the bytes'
const OTHER = 'THE BYTES'

let uploader: Uploader

beforeEach(async () => {
  uploader = await Uploader.arrive(stores.own)
})

type Headers = Readonly<Record<string, string>>

const md5Of = async (raw: string | Uint8Array) =>
  new Uint8Array(
    await crypto.subtle.digest('MD5', typeof raw === 'string' ? new TextEncoder().encode(raw) : raw),
  ).toBase64()

/** Two ways to send bytes, and how to see what came of them. */
const ways = {
  'an object': async (raw: string | Uint8Array, sha256?: string) => {
    const upload = await uploader.begin({ size: raw.length, ...(sha256 ? { sha256 } : {}) })
    const { url, headers } = upload
    const kept = async () => (await env.BUCKET.head((await uploader.rowOf(upload)).key))?.size ?? null
    return { upload, url, headers, kept }
  },
  'a part': async (raw: string | Uint8Array) => {
    const upload = await uploader.beginParts(raw.length)
    const url = await uploader.urlOfPart(upload, 1)
    const kept = async (): Promise<number | null> => (await uploader.read(upload)).body.parts[0]?.size ?? null
    return { upload, url, headers: {}, kept }
  },
}

const everyWay = Object.entries(ways).map(([what, send]) => ({ what, send }))

describe.each(everyWay)('a PUT of $what', ({ send }) => {
  it.each<[string, Headers, string]>([
    ['a piece', { 'Content-Range': 'bytes 0-8/100' }, 'Content-Range'],
    ['a piece of it all', { 'Content-Range': 'bytes 0-8/9' }, 'Content-Range'],
    ['chunks that are signed', { 'Content-Encoding': 'gzip, aws-chunked' }, 'Content-Encoding'],
    [
      'chunks that are signed',
      { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' },
      'x-amz-content-sha256',
    ],
    ['an MD5 in hex', { 'Content-MD5': '5d41402abc4b2a76b9719d911017c592' }, 'Content-MD5'],
    ['an MD5 that is too short', { 'Content-MD5': 'YWJj' }, 'Content-MD5'],
    ['an MD5 of nothing', { 'Content-MD5': '' }, 'Content-MD5'],
    ['an MD5 of other bytes at the end', { 'Content-MD5': 'XUFAKrxLKna5cZ2REBfFkj==' }, 'Content-MD5'],
  ])('with %s is refused: %j', async (_, extra, path) => {
    const { url, headers, kept } = await send(BYTES)
    const answer = await ask('PUT', url, { raw: BYTES, headers: { ...headers, ...extra } })
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request'])
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toEqual([path])
    expect([answer.trips, await kept()]).toEqual([0, null])
    expect((await ask('PUT', url, { raw: BYTES, headers })).status).toBe(200)
  })

  it.each(['', BYTES])('with the MD5 of other bytes is refused, and with its own taken: %j', async (raw) => {
    const { url, headers, kept } = await send(raw)
    const put = async (sum: string) =>
      ask('PUT', url, { raw, headers: { ...headers, 'Content-MD5': await md5Of(sum) } })
    const refused = await put(OTHER)
    expect([refused.status, refused.body.code, refused.trips]).toEqual([400, 'checksum_mismatch', 0])
    expect(await kept()).toBeNull()
    expect([(await put(raw)).status, await kept()]).toEqual([200, raw.length])
  })

  it('with its MD5 is taken chunk by chunk, whole', async () => {
    const raw = crypto.getRandomValues(new Uint8Array(65_536))
    const large = new Uint8Array(3 * MEBIBYTE + 1)
    for (let at = 0; at < large.length; at += raw.length) large.set(raw.subarray(0, large.length - at), at)
    const { upload, url, headers, kept } = await send(large)
    const { readable, writable } = new FixedLengthStream(large.length)
    const writer = writable.getWriter()
    const sending = (async () => {
      for (let at = 0; at < large.length; at += 100_000) await writer.write(large.subarray(at, at + 100_000))
      await writer.close()
    })()
    const all = { ...headers, 'Content-MD5': await md5Of(large) }
    const [answer] = await Promise.all([
      ask('PUT', url, { raw: readable, length: large.length, headers: all }),
      sending,
    ])
    expect([answer.status, await kept()]).toEqual([200, large.length])
    const parts = [{ partNumber: 1, etag: answer.headers.get('ETag') ?? '' }]
    expect((await uploader.complete(upload, parts)).status).toBe(200)
    const held = await env.BUCKET.get((await uploader.rowOf(upload)).key)
    expect(new Uint8Array((await held?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(large)
  })
})

describe('an MD5', () => {
  it('is compared besides a SHA-256, which the bucket compares', async () => {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(BYTES))
    const { url, headers, kept } = await ways['an object'](BYTES, new Uint8Array(digest).toHex())
    const put = async (raw: string, sum: string) => {
      const answer = await ask('PUT', url, { raw, headers: { ...headers, 'Content-MD5': await md5Of(sum) } })
      return answer.status
    }
    expect([await put(BYTES, OTHER), await put(OTHER, OTHER), await kept()]).toEqual([400, 400, null])
    expect([await put(BYTES, BYTES), await put(BYTES, BYTES)]).toEqual([200, 412])
  })

  it('that is wrong leaves the part as it was', async () => {
    const { upload, url } = await ways['a part'](BYTES)
    const first = await ask('PUT', url, { raw: BYTES })
    const headers = { 'Content-MD5': await md5Of(BYTES) }
    expect((await ask('PUT', url, { raw: OTHER, headers })).status).toBe(400)
    const parts = [{ partNumber: 1, etag: first.headers.get('ETag') ?? '' }]
    expect((await uploader.complete(upload, parts)).status).toBe(200)
    expect(await uploader.textOf(upload)).toBe(BYTES)
  })

  it('given with a part of an unknown upload changes nothing of its refusal', async () => {
    const { upload, url } = await ways['a part'](BYTES)
    expect((await uploader.abort(upload)).status).toBe(200)
    const headers = { 'Content-MD5': await md5Of(BYTES) }
    expect((await ask('PUT', url, { raw: BYTES, headers })).status).toBe(404)
  })
})
