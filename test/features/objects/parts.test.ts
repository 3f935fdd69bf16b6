import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type Announced,
  LARGE,
  LEAST_PART,
  MEBIBYTE,
  type SentPart,
  standIn,
  stores,
  Uploader,
} from '../../support/stores.ts'
import { type Answer, type Asked, ask } from '../../support/world.ts'

/** Whatever becomes of the tries of a part, its upload comes to an end, and of the bytes that the bucket holds. */

const [ONE, TWO, THREE] = ['the bytes', 'THE BYTES', 'tHe ByTeS']

let uploader: Uploader

beforeEach(async () => {
  uploader = await Uploader.arrive(stores.own)
})

const put = async (url: string, raw: string | Uint8Array, asked: Asked = {}) =>
  ask('PUT', url, { raw, ...asked })

const etagOf = ({ headers }: Answer) => headers.get('ETag')?.replaceAll('"', '') ?? ''

const namedIn = ({ body }: Answer): number[] =>
  (body.errors ?? []).flatMap(({ message }: { message: string }) => {
    const [, part] = /lacks part (\d+)/.exec(message) ?? []
    return part === undefined ? [] : [Number(part)]
  })

const expectIncomplete = (answer: Answer, named: readonly number[]) =>
  expect([answer.status, answer.body.code, namedIn(answer)]).toEqual([409, 'upload_incomplete', named])

const partsOf = async (upload: Announced): Promise<SentPart[]> => (await uploader.read(upload)).body.parts

/** A bucket that has taken a part in, and says so only after something else. */
const bucketWaiting = (before: () => Promise<void>) =>
  ({
    resumeMultipartUpload: (key: string, uploadId: string) => ({
      uploadPart: async (partNumber: number, body: ReadableStream) => {
        const taken = await env.BUCKET.resumeMultipartUpload(key, uploadId).uploadPart(partNumber, body)
        await before()
        return taken
      },
    }),
  }) as unknown as string

describe('two tries of a part', () => {
  it('whose notes land in the other order are of the one that the bucket has last', async () => {
    const upload = await uploader.beginParts(ONE.length)
    const url = await uploader.urlOfPart(upload, 1)
    let newer: Answer | null = null
    const overtaken = async (batch: () => Promise<D1Result[]>) => {
      newer ??= await put(url, TWO)
      return batch()
    }
    const older = await put(url, ONE, { disturb: overtaken })
    expect([older.status, newer && (newer as Answer).status]).toEqual([200, 200])
    const listed = await partsOf(upload)
    expect(listed.map(({ etag }) => etag)).toEqual(newer && [etagOf(newer)])
    expect((await uploader.complete(upload, listed)).status).toBe(200)
    expect(await uploader.textOf(upload)).toBe(TWO)
  })

  it('of which the one noted is not the one held is named, forgotten, and sent again alone', async () => {
    const upload = await uploader.beginParts(LEAST_PART + ONE.length)
    await uploader.putPart(upload, 1, new Uint8Array(LEAST_PART))
    const url = await uploader.urlOfPart(upload, 2)
    const overtaken = async () => {
      expect((await put(url, TWO)).status).toBe(200)
      // Of two within a millisecond, none is the newer.
      await scheduler.wait(2)
    }
    const late = await put(url, ONE, { variables: { BUCKET: bucketWaiting(overtaken) } })
    const listed = await partsOf(upload)
    expect(listed.map(({ etag }) => etag)[1]).toBe(etagOf(late))
    const refused = await uploader.complete(upload, listed)
    expectIncomplete(refused, [2])
    expect(refused.trips).toBe(2)
    expect((await partsOf(upload)).map(({ partNumber }) => partNumber)).toEqual([1])
    expectIncomplete(await uploader.complete(upload), [2])
    await uploader.putPart(upload, 2, THREE)
    const { status, body } = await uploader.complete(upload)
    expect([status, body.size]).toEqual([200, LEAST_PART + THREE.length])
    expect((await uploader.textOf(upload))?.endsWith(THREE)).toBe(true)
  })

  it('of which the second was never noted hold an upload up for no longer than it is sent again', async () => {
    const upload = await uploader.beginParts(ONE.length)
    const first = await uploader.putPart(upload, 1, ONE)
    const url = await uploader.urlOfPart(upload, 1)
    const failing = async () => {
      throw new Error('D1_ERROR: D1 DB is overloaded.')
    }
    expect((await put(url, TWO, { disturb: failing })).status).toBe(503)
    // Another try might still be on its way to be noted.
    expectIncomplete(await uploader.complete(upload, [first]), [])
    expect(await partsOf(upload)).toHaveLength(1)
    expectIncomplete(await uploader.complete(upload, [first]), [1])
    expect(await partsOf(upload)).toEqual([])
    const third = await uploader.putPart(upload, 1, THREE)
    expect((await uploader.complete(upload, [third])).status).toBe(200)
    expect(await uploader.textOf(upload)).toBe(THREE)
  })

  it('of which the second is noted while the first is refused lose nothing', async () => {
    const upload = await uploader.beginParts(ONE.length)
    const first = await uploader.putPart(upload, 1, ONE)
    const url = await uploader.urlOfPart(upload, 1)
    const completedMeanwhile = async (batch: () => Promise<D1Result[]>) => {
      expectIncomplete(await uploader.complete(upload, [first]), [])
      return batch()
    }
    const second = await put(url, TWO, { disturb: completedMeanwhile })
    expect((await partsOf(upload)).map(({ etag }) => etag)).toEqual([etagOf(second)])
    expect((await uploader.complete(upload)).status).toBe(200)
    expect(await uploader.textOf(upload)).toBe(TWO)
  })

  it('sent one after the other, ten times over, are of the last', async () => {
    const upload = await uploader.beginParts(ONE.length)
    const url = await uploader.urlOfPart(upload, 1)
    const last = [ONE, TWO, THREE]
    for (let time = 0; time < 10; time++) expect((await put(url, last[time % 3] ?? '')).status).toBe(200)
    expect((await uploader.complete(upload)).status).toBe(200)
    expect(await uploader.textOf(upload)).toBe(ONE)
  })

  it('sent at once, many times over, end in one of them', async () => {
    const upload = await uploader.beginParts(ONE.length)
    const url = await uploader.urlOfPart(upload, 1)
    for (let round = 0; round < 4; round++) {
      await Promise.all([ONE, TWO, THREE, ONE].map((raw) => put(url, raw)))
      if ((await uploader.complete(upload)).status === 200) break
      expect((await partsOf(upload)).length).toBeLessThanOrEqual(1)
      if (round === 3) await uploader.putPart(upload, 1, ONE)
    }
    expect((await uploader.complete(upload)).status).toBe(200)
    expect([ONE, TWO, THREE]).toContain(await uploader.textOf(upload))
  })
})

describe('a part that the bucket will not put together', () => {
  it('for its size is named, and none is forgotten', async () => {
    const upload = await uploader.beginParts(2 * LEAST_PART + 3)
    await uploader.putPart(upload, 1, new Uint8Array(LEAST_PART))
    const sent = [await uploader.putPart(upload, 2, 'small'), await uploader.putPart(upload, 3, 'end')]
    const all = [...(await partsOf(upload)).slice(0, 1), ...sent]
    expectIncomplete(await uploader.complete(upload, all), [2])
    expectIncomplete(await uploader.complete(upload), [2])
    expect(await partsOf(upload)).toHaveLength(3)
  })
})

describe('a part that is longer than its place', () => {
  const tooLong = (answer: Answer) => [answer.status, answer.body?.code, answer.body?.errors?.[0].path]
  const refused = [413, 'part_too_large', 'Content-Length']

  it('is refused before its bytes are taken in, the last one by what is left', async () => {
    const upload = await uploader.beginParts(LEAST_PART + 3)
    const [first, last] = [await uploader.urlOfPart(upload, 1), await uploader.urlOfPart(upload, 2)]
    const BUCKET = new Proxy({}, { get: (_, name) => expect.unreachable(String(name)) }) as unknown as string
    const variables = { BUCKET }
    const longer = new Uint8Array(LEAST_PART + 1)
    const answers = [await put(first, longer, { variables }), await put(last, 'four', { variables })]
    expect(answers.map((answer) => [...tooLong(answer), answer.trips])).toEqual(
      Array(2).fill([...refused, 0]),
    )
    expect(answers[1]?.body.errors[0].message).toContain('3 bytes at most')
    expect((await put(last.replace('mostBytes=3', 'mostBytes=4'), 'four')).status).toBe(403)
    const statuses = [(await put(first, longer.subarray(1))).status, (await put(last, 'end')).status]
    expect(statuses).toEqual([200, 200])
    expect((await uploader.complete(upload)).body.size).toBe(LEAST_PART + 3)
  })

  it('is one of over 10 MiB where an older client has not said how much it sends', async () => {
    const place = { owner: uploader.tenant.slug, project: 'lab', hash: '0123456789abcdef' }
    const begun = (await uploader.ask('POST', '/videos/upload/multipart/init', place)).body
    const asked = { ...begun, partNumbers: [1, 700] }
    const { parts } = (await uploader.ask('POST', '/videos/upload/multipart/parts', asked)).body
    const longer = new Uint8Array(10 * MEBIBYTE + 1)
    expect(tooLong(await put(parts[700], longer))).toEqual(refused)
    expect((await put(parts[1], longer.subarray(1))).status).toBe(200)
  })
})

describe('an upload that is completed without a list of parts', () => {
  it('is of the parts that the bucket holds', async () => {
    const upload = await uploader.beginParts(LEAST_PART + 3)
    await uploader.putPart(upload, 2, 'end')
    await uploader.putPart(upload, 1, new Uint8Array(LEAST_PART))
    const { status, body, trips } = await uploader.complete(upload)
    expect([status, body.size, trips]).toEqual([200, LEAST_PART + 3, 2])
    expect((await uploader.complete(upload)).body).toEqual(body)
  })

  it('stays as it is while they do not add up, and is told the parts that are in the way', async () => {
    const upload = await uploader.beginParts(LEAST_PART + 3)
    expectIncomplete(await uploader.complete(upload), [1, 2])
    await uploader.putPart(upload, 2, 'e')
    expectIncomplete(await uploader.complete(upload), [1])
    await uploader.putPart(upload, 1, new Uint8Array(LEAST_PART))
    expectIncomplete(await uploader.complete(upload), [2])
    expect((await uploader.rowOf(upload)).state).toBe('pending')
    await uploader.putPart(upload, 2, 'end')
    expect((await uploader.complete(upload)).status).toBe(200)
  })

  it('is told all parts that are not sent, not named, or named wrongly', async () => {
    const upload = await uploader.beginParts(2 * LEAST_PART + 3)
    const first = await uploader.putPart(upload, 1, new Uint8Array(LEAST_PART))
    expectIncomplete(await uploader.complete(upload), [2, 3])
    const second = await uploader.putPart(upload, 2, new Uint8Array(LEAST_PART))
    const third = await uploader.putPart(upload, 3, 'end')
    const wrong = (part: SentPart) => ({ ...part, etag: 'x' })
    expectIncomplete(await uploader.complete(upload, [wrong(first), second, wrong(third)]), [1, 3])
    // The bucket holds these: nothing is to be sent.
    const unnamed = await uploader.complete(upload, [first])
    expect([unnamed.status, unnamed.body.errors.map(({ message }: { message: string }) => message)]).toEqual([
      409,
      [2, 3].map((part) => expect.stringMatching(`^names no part ${part}: add it`)),
    ])
    expect((await uploader.complete(upload, [third, first, second])).status).toBe(200)
  })

  it('may be told the parts as they are shown, with their sizes', async () => {
    const upload = await uploader.beginParts(ONE.length)
    const { etag } = await uploader.putPart(upload, 1, ONE)
    const part = { partNumber: 1, etag, size: ONE.length }
    const wrong = await uploader.complete(upload, [{ ...part, size: 'x' }])
    expect([wrong.status, wrong.body.errors[0].path]).toEqual([400, 'parts.0.size'])
    expect((await uploader.complete(upload, [part])).status).toBe(200)
  })

  it('may say null for a size that it does not know', async () => {
    const upload = await uploader.beginParts(ONE.length)
    const { etag } = await uploader.putPart(upload, 1, ONE)
    expect((await uploader.complete(upload, [{ partNumber: 1, etag, size: null }])).status).toBe(200)
  })
})

describe('an S3 store', () => {
  afterEach(() => vi.restoreAllMocks())

  beforeEach(async () => {
    uploader = await Uploader.arrive(stores.elsewhere)
  })

  const begun = async () => {
    standIn({ Create: async () => new Response('<Result><UploadId>x</UploadId></Result>') })
    const upload = await uploader.begin({ size: LARGE })
    expect((await uploader.signParts(upload, [1])).status).toBe(200)
    return upload
  }

  const listing = (etags: Readonly<Record<number, string>>) => async () => {
    const parts = Object.entries(etags).map(
      ([n, etag]) =>
        `<Part><PartNumber>${n}</PartNumber><ETag>"${etag}"</ETag><Size>${n === '5' ? 1 : 16_777_216}</Size></Part>`,
    )
    return new Response(`<Result><IsTruncated>false</IsTruncated>${parts.join('')}</Result>`)
  }
  const refuse = async () => new Response('<Error><Code>InvalidPart</Code></Error>', { status: 400 })
  const gone = async () => new Response('<Error><Code>NoSuchUpload</Code></Error>', { status: 404 })
  const whole = async () => new Response(null, { headers: { 'Content-Length': `${LARGE}`, ETag: '"w"' } })

  it('that refuses parts is asked which are others, and they are named', async () => {
    const upload = await begun()
    const asked = standIn({ Complete: refuse, List: listing({ 1: 'x', 2: 'x', 4: 'other', 5: 'x' }) })
    const parts = [1, 2, 3, 4, 5].map((partNumber) => ({ partNumber, etag: '"x"' }))
    expectIncomplete(await uploader.complete(upload, parts), [3, 4])
    expect(asked).toEqual(['Complete', 'List'])
  })

  it('puts together what it lists, where no parts are named', async () => {
    const upload = await begun()
    let told = ''
    const Complete = async (request: Request) => {
      told = await request.text()
      return new Response('<Result><ETag>"w"</ETag></Result>')
    }
    standIn({ Complete, Head: whole, List: listing({ 1: 'a', 2: 'b', 4: 'd', 5: 'e' }) })
    expectIncomplete(await uploader.complete(upload), [3])
    standIn({ Complete, Head: whole, List: listing({ 1: 'a', 2: 'b', 3: 'c', 4: 'd', 5: 'e' }) })
    expect((await uploader.complete(upload)).status).toBe(200)
    expect(told.match(/[a-e](?=("|&quot;)?<)/g)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('that has put them together before, when the completion was cut off, is asked what it holds', async () => {
    const upload = await begun()
    standIn({ List: gone, Head: whole })
    const { status, body } = await uploader.complete(upload)
    expect([status, body.size]).toEqual([200, LARGE])
  })
})
