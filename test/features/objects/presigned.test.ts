import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { headersOfPut, signDownload, signPart, signPut } from '../../../src/storage/presign.ts'
import { anAddress, expectLimited, from, platform, told, WRITES } from '../../support/limiters.ts'
import {
  everyStore,
  LARGE,
  type Sending,
  sha256Of,
  stores,
  type TestStore,
  textHeld,
  Uploader,
} from '../../support/stores.ts'
import { ask } from '../../support/world.ts'

/** A request that a signed URL allows. */
interface Signed extends Sending {
  readonly method: string
  readonly url: string
}

const BYTES = 'the bytes'
const OTHER = 'different'

const statusOf = async (store: TestStore, { method, url, ...sending }: Signed): Promise<number> =>
  (await store.send(method, url, sending)).status

const otherDigit = (value: string): string => `${value.slice(0, -1)}${value.endsWith('0') ? 1 : 0}`

const soon = () => ({ expiresIn: 3_600, now: Date.now() })

async function signedPut(store: TestStore, key: string, raw: string, life = soon()): Promise<Signed> {
  const put = { key, size: new Blob([raw]).size, contentType: 'text/plain', sha256: null, ...life }
  return { method: 'PUT', url: await signPut(await store.site(), put), headers: headersOfPut(put), raw }
}

async function signedGet(store: TestStore, key: string, life = soon()): Promise<Signed> {
  const what = { key, filename: 'x', contentType: 'text/plain', disposition: 'attachment', ...life } as const
  return { method: 'GET', url: await signDownload(await store.site(), what) }
}

/** A signed URL as a client gets it, and what must hold of the bucket after it was misused. */
interface Given {
  readonly key: string
  readonly signed: Signed
  readonly expectUntouched: () => Promise<void>
}

type Kind = 'GET' | 'PUT' | 'part'

const giving: Readonly<Record<Kind, (store: TestStore) => Promise<Given>>> = {
  GET: async (store) => {
    const uploader = await Uploader.arrive(store)
    const object = await uploader.sendWhole(BYTES)
    const { key } = await uploader.rowOf(object)
    const expectUntouched = async () => expect(await textHeld(store, key)).toBe(BYTES)
    return { key, signed: { method: 'GET', url: await uploader.urlOf(object) }, expectUntouched }
  },
  PUT: async (store) => {
    const uploader = await Uploader.arrive(store)
    const sha256 = await sha256Of(BYTES)
    const upload = await uploader.begin({ size: BYTES.length, contentType: 'text/plain', sha256 })
    const { key } = await uploader.rowOf(upload)
    const { url, headers } = upload
    const expectUntouched = async () => {
      for (const each of [key, otherDigit(key)]) expect(await textHeld(store, each)).toBeNull()
    }
    return { key, signed: { method: 'PUT', url, headers, raw: BYTES }, expectUntouched }
  },
  part: async (store) => {
    const uploader = await Uploader.arrive(store)
    const upload = await uploader.beginParts(BYTES.length)
    const sent = await uploader.putPart(upload, 1, BYTES)
    const { key } = await uploader.rowOf(upload)
    const url = await uploader.urlOfPart(upload, 1)
    const expectUntouched = async () => {
      expect(await textHeld(store, key)).toBeNull()
      // Another part in its place would have another etag.
      expect((await uploader.complete(upload, [sent])).status).toBe(200)
      expect(await textHeld(store, key)).toBe(BYTES)
    }
    return { key, signed: { method: 'PUT', url, raw: OTHER }, expectUntouched }
  },
}

type Alteration = (signed: Signed) => Signed

const inUrl =
  (pattern: RegExp | string, change: (found: string) => string): Alteration =>
  (signed) => ({ ...signed, url: signed.url.replace(pattern, change) })

/** The rest of the URL stays as it is spelled: another spelling would be refused for itself. */
const parameter = (name: string, change: (value: string) => string): Alteration =>
  inUrl(new RegExp(`(?<=[?&]${name}=)[^&]*`), change)

const header =
  (name: string, value: string | null): Alteration =>
  (signed) => {
    const { [name]: _, ...others } = signed.headers ?? {}
    return { ...signed, headers: value === null ? others : { ...others, [name]: value } }
  }

const sending =
  (method: string, raw?: string): Alteration =>
  ({ raw: _, ...signed }) => ({ ...signed, method, ...(raw === undefined ? {} : { raw }) })

const alterationsOfAll: Readonly<Record<string, Alteration>> = {
  'another signature': parameter('X-Amz-Signature', otherDigit),
  'no signature': inUrl(/&X-Amz-Signature=.*/, () => ''),
  'another key': inUrl(/^[^?]+/, otherDigit),
  'a longer life': parameter('X-Amz-Expires', () => '604800'),
  'another date': parameter('X-Amz-Date', (date) =>
    date.replace(/\dZ$/, (end) => (end === '0Z' ? '1Z' : '0Z')),
  ),
  'another credential': parameter('X-Amz-Credential', (credential) => `x${credential}`),
  'a query item more': inUrl(/$/, () => '&x-id=PutObject'),
  'method DELETE': sending('DELETE'),
  'method POST': sending('POST', BYTES),
}

const alterations: Readonly<Record<Kind, Readonly<Record<string, Alteration>>>> = {
  GET: {
    ...alterationsOfAll,
    'method PUT': sending('PUT', OTHER),
    'another type to be served': parameter('response-content-type', () => 'text%2Fhtml'),
  },
  PUT: {
    ...alterationsOfAll,
    'method GET': sending('GET'),
    'method HEAD': sending('HEAD'),
    'fewer signed headers': parameter('X-Amz-SignedHeaders', () => 'host'),
    'another media type': header('content-type', 'text/html'),
    'no media type': header('content-type', null),
    'another if-none-match': header('if-none-match', '"x"'),
    'no if-none-match': header('if-none-match', null),
    'another checksum': header('x-amz-checksum-sha256', btoa('x'.repeat(32))),
    'no checksum': header('x-amz-checksum-sha256', null),
    'a longer body': sending('PUT', `${BYTES}!`),
    'a shorter body': sending('PUT', BYTES.slice(1)),
    'no body': sending('PUT', ''),
  },
  part: {
    ...alterationsOfAll,
    'method GET': sending('GET'),
    'method HEAD': sending('HEAD'),
    'another part number': parameter('partNumber', () => '2'),
    'another upload id': parameter('uploadId', otherDigit),
  },
}

const cases = Object.entries(alterations).flatMap(([kind, all]) =>
  Object.entries(all).map(([name, alter]) => [kind as Kind, name, alter] as const),
)

describe.each(everyStore)('a URL of $name', (store) => {
  it.each(['GET', 'PUT', 'part'] as const)('for %s is accepted as it was given', async (kind) => {
    const { signed } = await giving[kind](store)
    expect(await statusOf(store, signed)).toBe(200)
  })

  it.each(cases)('for %s with %s is refused, and nothing has changed', async (kind, _, alter) => {
    const { signed, expectUntouched } = await giving[kind](store)
    const altered = alter(signed)
    expect(altered).not.toEqual(signed)
    expect(store.refusals).toContain(await statusOf(store, altered))
    await expectUntouched()
  })

  it('for PUT is good once, and so is any other of that key', async () => {
    const { key, signed } = await giving.PUT(store)
    const other = await signedPut(store, key, OTHER)
    const statuses: number[] = []
    for (const each of [signed, signed, other]) statuses.push(await statusOf(store, each))
    expect([statuses, await textHeld(store, key)]).toEqual([[200, 412, 412], BYTES])
  })

  it('is good until it expires, and no longer', async () => {
    const { key, signed } = await giving.part(store)
    const uploadId = new URL(signed.url).searchParams.get('uploadId') ?? ''
    const fresh = crypto.randomUUID()
    const statuses: number[][] = []
    for (const age of [999_999, 86_401, 80_000]) {
      const life = { expiresIn: 86_400, now: Date.now() - age * 1_000 }
      const url = await signPart(await store.site(), { key, uploadId, partNumber: 1, mostBytes: 9, ...life })
      const all = [await signedPut(store, fresh, BYTES, life), await signedGet(store, fresh, life)]
      const answered: number[] = []
      for (const each of [...all, { ...signed, url }]) answered.push(await statusOf(store, each))
      statuses.push(answered)
    }
    expect(statuses).toEqual([
      [403, 403, 403],
      [403, 403, 403],
      [200, 200, 200],
    ])
  })

  it('of one object opens no other that is there too', async () => {
    const uploader = await Uploader.arrive(store)
    const [one, other] = [await uploader.sendWhole(BYTES), await uploader.sendWhole(OTHER)]
    const url = (await uploader.urlOf(one)).replace(one.id, other.id)
    expect(url).toContain(other.id)
    const answer = await store.send('GET', url)
    expect(store.refusals).toContain(answer.status)
    expect(answer.text).not.toContain(OTHER)
  })

  it('of one part opens no other part, of no other upload', async () => {
    const uploader = await Uploader.arrive(store)
    const [upload, another] = [await uploader.beginParts(6_000_000), await uploader.beginParts(6_000_000)]
    const [one, other] = [await uploader.urlOfPart(upload, 1), await uploader.urlOfPart(another, 1)]
    const idOf = (url: string) => /uploadId=([^&]+)/.exec(url)?.[1] ?? ''
    const signatureOf = (url: string) => url.slice(url.indexOf('X-Amz-Signature'))
    const mixed = [
      one.replace(upload.id, another.id),
      one.replace(idOf(one), idOf(other)),
      one.replace(upload.id, another.id).replace(idOf(one), idOf(other)),
      one.replace(signatureOf(one), signatureOf(await uploader.urlOfPart(upload, 2))),
      one.replace('partNumber=1', 'partNumber=2'),
    ]
    expect(new Set([one, other, ...mixed]).size).toBe(7)
    for (const url of mixed) {
      expect(store.refusals, url).toContain(await statusOf(store, { method: 'PUT', url, raw: OTHER }))
    }
    expect(await statusOf(store, { method: 'PUT', url: one, raw: OTHER })).toBe(200)
  })

  const keys = "with space|größe|a+b|100%|%2F%41|(1)|it's|what?x=1|a#b|😀|!*~&=;:@$,"
  it.each(keys.split('|'))('leads to the key %j', async (name) => {
    const key = `${crypto.randomUUID()}/${name}`
    expect(await statusOf(store, await signedPut(store, key, name))).toBe(200)
    const { method, url } = await signedGet(store, key)
    expect((await store.send(method, url)).text).toBe(name)
  })
})

describe("what the Worker's own bucket answers to a PUT", () => {
  const { own } = stores

  it('without a length is 411, and nothing is kept', async () => {
    for (const kind of ['PUT', 'part'] as const) {
      const { signed, expectUntouched } = await giving[kind](own)
      const { url, headers = {}, raw = '' } = signed
      const answer = await ask('PUT', url, { raw, headers, length: 'untold' })
      expect([kind, answer.status, answer.body.code]).toEqual([kind, 411, 'length_required'])
      await expectUntouched()
    }
  })

  it('of other bytes than announced is 400, and the right ones may still come', async () => {
    const { signed, expectUntouched } = await giving.PUT(own)
    const { url, headers = {} } = signed
    const answer = await ask('PUT', url, { raw: BYTES.toUpperCase(), headers })
    expect([answer.status, answer.body.code]).toEqual([400, 'checksum_mismatch'])
    await expectUntouched()
    expect(await statusOf(own, signed)).toBe(200)
  })

  it('of a part of an unknown upload is 404', async () => {
    const site = await own.site()
    const url = await signPart(site, {
      key: 'k',
      uploadId: 'unknown',
      partNumber: 1,
      mostBytes: 9,
      ...soon(),
    })
    const answer = await ask('PUT', url, { raw: BYTES })
    expect([answer.status, answer.body.code]).toEqual([404, 'upload_not_found'])
  })

  it('asks D1 for a part alone', async () => {
    const trips: number[] = []
    for (const kind of ['PUT', 'part'] as const) {
      const { url, headers = {}, raw = '' } = (await giving[kind](own)).signed
      trips.push((await ask('PUT', url, { raw, headers })).trips)
    }
    expect(trips).toEqual([0, 1])
  })

  /** The platform's bucket, which says of every part that it takes in that it has this etag. */
  const bucketTelling = (etag: string) =>
    ({
      resumeMultipartUpload: (key: string, uploadId: string) => ({
        uploadPart: async (partNumber: number, body: ReadableStream) => {
          const upload = env.BUCKET.resumeMultipartUpload(key, uploadId)
          return { ...(await upload.uploadPart(partNumber, body)), etag }
        },
      }),
    }) as unknown as string

  it('of a part that is noted already writes nothing, unless it is another one', async () => {
    const longer = `${BYTES}!`
    const uploader = await Uploader.arrive(stores.own)
    const upload = await uploader.beginParts(longer.length)
    const url = await uploader.urlOfPart(upload, 1)
    const written: number[] = []
    for (const [etag, raw] of [
      ['one', BYTES],
      ['one', BYTES],
      ['two', BYTES],
      ['two', longer],
      ['two', longer],
    ] as const) {
      const answer = await ask('PUT', url, { raw, variables: { BUCKET: bucketTelling(etag) } })
      expect([answer.status, answer.trips]).toEqual([200, 1])
      written.push(answer.rowsWritten)
      const { parts } = (await uploader.read(upload)).body
      expect(parts).toEqual([
        { partNumber: 1, etag: answer.headers.get('ETag')?.replaceAll('"', ''), size: raw.length },
      ])
    }
    expect(written.map((rows) => rows > 0)).toEqual([true, false, true, true, false])
  })

  it('of a part counts by its upload, whoever has begun it', async () => {
    const { counted, variables } = platform()
    const uploader = await Uploader.arrive(stores.own)
    const [one, other] = [await uploader.beginParts(LARGE), await uploader.beginParts(LARGE)]
    for (const [upload, partNumber] of [
      [one, 1],
      [one, 2],
      [other, 1],
    ] as const) {
      const url = await uploader.urlOfPart(upload, partNumber)
      const answer = await ask('PUT', url, { raw: BYTES, variables, ...from(anAddress()) })
      expect([answer.status, told(answer)]).toEqual([200, WRITES])
    }
    expect(counted.map(({ limit }) => limit)).toEqual(['writes', 'writes', 'writes'])
    const [first, ...keys] = counted.map(({ key }) => key)
    expect(keys.map((key) => key === first)).toEqual([true, false])
    expect(first).toMatch(/^[0-9a-f]{64}$/)
  })

  it('of a part over the limit is 429, and neither D1 nor the bucket is asked', async () => {
    const uploader = await Uploader.arrive(stores.own)
    const upload = await uploader.beginParts(BYTES.length)
    const url = await uploader.urlOfPart(upload, 1)
    const { counted, variables } = platform('writes')
    const asked: PropertyKey[] = []
    const BUCKET = new Proxy({}, { get: (_, name) => void asked.push(name) }) as unknown as string
    expectLimited(await ask('PUT', url, { raw: BYTES, variables: { ...variables, BUCKET } }), 'writes', 3_000)
    expect(asked).toEqual([])
    expect((await ask('PUT', `${url}0`, { raw: BYTES, variables })).status).toBe(403)
    expect(counted).toHaveLength(1)
    expect((await uploader.read(upload)).body.parts).toEqual([])
  })

  it('lets no page act in the name of this server', async () => {
    const { url, headers = {} } = (await giving.PUT(own)).signed
    const part = (await giving.part(own)).signed.url
    const answers = [
      await ask('PUT', url, { raw: BYTES.toUpperCase(), headers }),
      await ask('PUT', url, { raw: BYTES, headers }),
      await ask('PUT', url, { raw: BYTES, headers }),
      await ask('PUT', url, { raw: `${OTHER}!`, headers }),
      await ask('PUT', url, { raw: BYTES, headers, length: 'untold' }),
      await ask('PUT', part, { raw: BYTES }),
      await ask('DELETE', part),
    ]
    expect(answers.map(({ status }) => status)).toEqual([400, 200, 412, 403, 411, 200, 403])
    for (const { status, headers: shown } of answers) {
      const policy = shown.get('Content-Security-Policy')
      expect([status, policy]).toEqual([status, "sandbox; default-src 'none'"])
      expect([status, shown.get('X-Content-Type-Options')]).toEqual([status, 'nosniff'])
    }
  })

  it('can be had by any page, with the headers that it must send', async () => {
    const { url, headers = {}, raw = '' } = (await giving.PUT(own)).signed
    const Origin = 'https://elsewhere.example'
    const names = Object.keys(headers)
    expect(names.sort()).toEqual(['content-type', 'if-none-match', 'x-amz-checksum-sha256'])
    const preflight = await ask('OPTIONS', url, {
      headers: {
        Origin,
        'Access-Control-Request-Method': 'PUT',
        'Access-Control-Request-Headers': names.join(','),
      },
    })
    const allowed = (name: string) => preflight.headers.get(`Access-Control-Allow-${name}`)?.split(/, ?/)
    expect([preflight.status, preflight.trips, allowed('Origin')]).toEqual([204, 0, ['*']])
    expect([allowed('Headers')?.sort(), allowed('Methods')]).toEqual([names, expect.arrayContaining(['PUT'])])
    const answer = await ask('PUT', url, { raw, headers: { ...headers, Origin } })
    expect([answer.status, answer.headers.get('Access-Control-Allow-Origin')]).toEqual([200, '*'])
    expect(answer.headers.get('Access-Control-Expose-Headers')).toContain('ETag')
    expect(answer.headers.get('ETag')).toMatch(/^"\w+"$/)
  })
})
