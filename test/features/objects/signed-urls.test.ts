import { env } from 'cloudflare:workers'
import { AwsV4Signer } from 'aws4fetch'
import fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import { ownSite, signDownload, signPut } from '../../../src/storage/presign.ts'
import { isSignedBy, readSignedUrl } from '../../../src/storage/signed-url.ts'
import { amzDate, encodePath, signQuery } from '../../../src/storage/sigv4.ts'
import { type SigningCase, signingCases } from '../../support/signing-cases.ts'
import { ask, DEVELOPMENT_SECRET, ORIGIN } from '../../support/world.ts'

/** One URL is spelled in many ways: all of them lead to the same bytes, and nothing else leads anywhere. */

const site = () => ownSite(new TextEncoder().encode(DEVELOPMENT_SECRET), ORIGIN)

const TYPE = 'text/plain; charset="a+b/c"'

/** An object under a key, and a URL of it. */
async function served(name: string): Promise<{ readonly bytes: string; readonly url: string }> {
  const key = `${crypto.randomUUID()}/${name}`
  const bytes = `the bytes of ${key}`
  await env.BUCKET.put(key, bytes)
  const what = { key, filename: 'ü/+ x.txt', contentType: TYPE, disposition: 'attachment' } as const
  return { bytes, url: await signDownload(await site(), { ...what, expiresIn: 60, now: Date.now() }) }
}

const get = async (url: string) => {
  const { status, text, headers } = await ask('GET', url)
  return { status, text, type: headers.get('Content-Type') }
}

interface Parts {
  readonly path: string
  readonly items: readonly (readonly [string, string])[]
}

const partsOf = (url: string): Parts => {
  const [path = '', query = ''] = url.slice(ORIGIN.length).split('?')
  const items = query.split('&').map((item): [string, string] => {
    const [name = '', value = ''] = item.split('=')
    return [name, value]
  })
  return { path, items }
}

const urlOf = ({ path, items }: Parts) => `${ORIGIN}${path}?${items.map((item) => item.join('=')).join('&')}`

/** What a URL says, by an understanding of its own; null for one that says nothing. */
function meaningOf(url: string): string | null {
  const { pathname, search } = new URL(url)
  try {
    const items = search
      .slice(1)
      .split('&')
      .filter((item) => item !== '')
      .map((item) => item.replace(/^[^=]*$/, '$&='))
      .map((item) => [item.slice(0, item.indexOf('=')), item.slice(item.indexOf('=') + 1)])
      .map((item) => item.map(decodeURIComponent))
    return JSON.stringify([decodeURIComponent(pathname), items.map((item) => JSON.stringify(item)).sort()])
  } catch {
    return null
  }
}

const hexOf = (char: string) =>
  [...new TextEncoder().encode(char)]
    .map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`)
    .join('')

/** A text in one of the spellings that a URL has for it: each character as it is where it may be, or in hex. */
const spelling = (encoded: string, bare: RegExp) =>
  fc
    .tuple(...Array.from(decodeURIComponent(encoded), (char) => fc.tuple(fc.constant(char), fc.nat(2))))
    .map((chars) =>
      chars
        .map(([char, how]) =>
          how === 0 && bare.test(char) ? char : how === 1 ? hexOf(char).toLowerCase() : hexOf(char),
        )
        .join(''),
    )

const IN_PATH = /[\w.~!$&'()*+,;=:@-]/
const IN_QUERY = /[\w.~!$'()*+,;:@/?-]/

const respelled = (url: string) => {
  const { path, items } = partsOf(url)
  const key = path.slice('/objects/'.length).split('/')
  return fc
    .tuple(
      fc.tuple(...key.map((segment) => spelling(segment, IN_PATH))),
      fc.tuple(
        ...items.map(([name, value]) => fc.tuple(spelling(name, IN_QUERY), spelling(value, IN_QUERY))),
      ),
    )
    .chain(([segments, each]) =>
      fc.tuple(
        fc.array(fc.constantFrom('/', '%2F', '%2f'), {
          minLength: segments.length,
          maxLength: segments.length,
        }),
        fc.constant(segments),
        fc.shuffledSubarray(each, { minLength: each.length, maxLength: each.length }),
      ),
    )
    .map(([slashes, segments, shuffled]) => {
      const tail = segments.map((segment, index) => (index === 0 ? '' : slashes[index]) + segment).join('')
      return urlOf({ path: `/objects/${tail}`, items: shuffled })
    })
}

const KEYS = [
  'plain',
  'with space',
  'größe',
  'a+b',
  '%2F%41',
  "it's (1)!*",
  'a/b',
  '😀',
  '..%2F..',
  'a%00b',
  'a//b',
]

describe('a signed URL', () => {
  it.each(KEYS)('of the key %j serves the same however it is spelled', async (name) => {
    const { bytes, url } = await served(name)
    const expected = { status: 200, text: bytes, type: TYPE }
    expect(await get(url)).toEqual(expected)
    await fc.assert(
      fc.asyncProperty(respelled(url), async (spelled) => {
        expect([spelled, await get(spelled)]).toEqual([spelled, expected])
      }),
      { numRuns: 25 },
    )
  })

  it.each(['plain', '..%2F..', 'a b+c'])(
    'of the key %j serves nothing when it says something else',
    async (name) => {
      const { bytes, url } = await served(name)
      const from = `${ORIGIN}/objects/`.length
      const other = fc.constantFrom(...'aA0%/+ .&=?;-', '%2F', '%00', '../', '//', '%25', '&x', '%26', '%3D')
      const change = fc.tuple(fc.integer({ min: from, max: url.length }), other, fc.nat(1))
      await fc.assert(
        fc.asyncProperty(change, async ([at, text, cut]) => {
          const changed = url.slice(0, at) + text + url.slice(at + cut)
          fc.pre(/^\/objects\/./.test(new URL(changed).pathname))
          const isSame = meaningOf(changed) === meaningOf(url)
          const answer = await ask('GET', changed)
          expect([changed, answer.status]).toEqual([changed, isSame ? 200 : 403])
          if (!isSame) expect(answer.text).not.toContain(bytes)
        }),
        { numRuns: 300 },
      )
    },
  )

  it.each<[string, (parts: Parts) => Parts]>([
    [
      'a slash in the query',
      ({ path, items }) => ({ path, items: items.map(([n, v]) => [n, v.replaceAll('%2F', '/')]) }),
    ],
    [
      'small hex digits',
      ({ path, items }) => ({
        path,
        items: items.map(([n, v]) => [n, v.replace(/%../g, (hex) => hex.toLowerCase())]),
      }),
    ],
    ['another order', ({ path, items }) => ({ path, items: items.toReversed() })],
  ])('with %s is the same one', async (_, respell) => {
    const { bytes, url } = await served('x')
    const spelled = urlOf(respell(partsOf(url)))
    expect(spelled).not.toBe(url)
    expect(await get(spelled)).toEqual({ status: 200, text: bytes, type: TYPE })
  })

  it.each<[string, (parts: Parts) => Parts]>([
    [
      'a plus for a space',
      ({ path, items }) => ({ path, items: items.map(([n, v]) => [n, v.replaceAll('%20', '+')]) }),
    ],
    ['a parameter twice', ({ path, items }) => ({ path, items: [...items.slice(0, 1), ...items] })],
    ['its signature twice', ({ path, items }) => ({ path, items: [...items, ...items.slice(-1)] })],
    [
      'a key that is encoded twice',
      ({ path, items }) => ({ path: path.replaceAll('%', '%25').replace('x', '%2578'), items }),
    ],
    ['a slash more', ({ path, items }) => ({ path: path.replace('/x', '//x'), items })],
    ['a NUL more', ({ path, items }) => ({ path: `${path}%00`, items })],
  ])('with %s is another one', async (_, alter) => {
    const { url } = await served('x')
    const altered = urlOf(alter(partsOf(url)))
    expect((await ask('GET', altered)).status).toBe(403)
  })

  it('gives the type that was signed, and not one that a plus makes of it', async () => {
    const key = crypto.randomUUID()
    await env.BUCKET.put(key, '<svg/>')
    const { origin, path, ...signer } = await site()
    const url = await signQuery(signer, {
      method: 'GET',
      origin,
      path: `${path}/${key}`,
      query: { 'response-content-type': 'audio/svg+xml', 'response-content-disposition': 'inline' },
      headers: {},
      datetime: amzDate(Date.now()),
      expiresIn: 60,
    })
    const { headers, status } = await ask('GET', url.replace('%2Bxml', '+xml'))
    const shown = [headers.get('Content-Type'), headers.get('Content-Disposition')]
    expect([status, ...shown]).toEqual([200, 'audio/svg+xml', 'attachment'])
  })
})

describe('a URL that another signer has made', () => {
  it.each(['a', 'with space', 'größe', "it's (1)!*", '😀'])(
    'aws4fetch, of the key %j, is good',
    async (name) => {
      const key = `${crypto.randomUUID()}/${name}`
      await env.BUCKET.put(key, name)
      const { accessKeyId, secretAccessKey, region } = await site()
      const url = `${ORIGIN}/objects/${encodePath(key)}?X-Amz-Expires=60&response-content-type=text%2Fplain`
      const signer = new AwsV4Signer({
        url,
        accessKeyId,
        secretAccessKey,
        region,
        service: 's3',
        signQuery: true,
      })
      const signed = await signer.sign()
      expect(await get(signed.url.href)).toMatchObject({ status: 200, text: name })
    },
  )

  it.each(inject('botocore').map((theirs, index) => ({ theirs, ...(signingCases[index] as SigningCase) })))(
    'botocore, with $method of $key, is good, and no other',
    async ({ theirs, method, bucket, headers, ...rest }) => {
      const films = { ...rest, path: `/${bucket}`, boundsParts: false }
      const isGood = async (url: string) => {
        const signed = readSignedUrl(new URL(url))
        return signed !== null && isSignedBy(films, method, signed, new Headers(headers))
      }
      expect([await isGood(theirs), await isGood(theirs.replaceAll('%2F', '/'))]).toEqual([true, true])
      expect([await isGood(`${theirs}&x`), await isGood(theirs.replace('/films/', '/films/x'))]).toEqual([
        false,
        false,
      ])
    },
  )
})

describe('a refusal of a signed URL', () => {
  const put = async (age = 0) => {
    const what = { key: crypto.randomUUID(), size: 3, contentType: 'text/plain', sha256: null }
    return signPut(await site(), { ...what, expiresIn: 60, now: Date.now() - age })
  }
  const headers = { 'content-type': 'text/plain', 'if-none-match': '*' }
  const refused = async (url: string, sent: Record<string, string>, method = 'PUT') => {
    const { status, body } = await ask(method, url, method === 'GET' ? {} : { raw: 'abc', headers: sent })
    expect([status, body.code]).toEqual([403, 'url_refused'])
    return body
  }

  it('names the headers that the signature covers, and those that are missing', async () => {
    const { detail, errors } = await refused(await put(), { 'content-type': 'text/plain' })
    expect(detail).toContain('content-length, content-type, if-none-match')
    expect(detail).toContain('Missing: if-none-match.')
    expect(detail).not.toContain('expired')
    expect(errors.map(({ path }: { path: string }) => path)).toEqual(['if-none-match'])
  })

  it('names the headers of a store that nobody has signed', async () => {
    const { errors } = await refused(await put(), { ...headers, 'x-amz-meta-a': '1' })
    expect(errors).toEqual([{ path: 'x-amz-meta-a', message: expect.stringContaining('not covered') }])
  })

  it('says that it has expired only of one that was good', async () => {
    const [old, fresh] = [await put(120_000), await put()]
    expect((await refused(old, headers)).detail).toContain('has expired')
    expect((await refused(old.replace(/.$/, '_'), headers)).detail).not.toContain('expired')
    expect((await refused(fresh, { ...headers, 'content-type': 'text/html' })).detail).not.toContain(
      'expired',
    )
    expect((await refused(fresh, {}, 'GET')).detail).toContain('another method')
  })

  it.each(['', '?x=1', '?X-Amz-SignedHeaders=%3Cb%3E&X-Amz-Signature=1'])(
    'of what is no signed URL (%j) repeats nothing of it',
    async (query) => {
      const { detail, errors } = await refused(`/objects/a${query}`, headers)
      expect([detail.includes('<b>'), errors]).toEqual([false, undefined])
    },
  )
})
