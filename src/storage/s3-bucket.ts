import { AwsClient } from 'aws4fetch'
import type { S3Store } from '../config.ts'
import {
  type Assembly,
  type Bucket,
  bareEtag,
  bucketUnavailable,
  bytesOf,
  type Held,
  type Listed,
  MOST_KEYS,
  type Part,
  type Unremoved,
} from './bucket.ts'
import { s3Site } from './presign.ts'
import { encode, encodePath } from './sigv4.ts'
import { elements, textOf } from './xml.ts'

/** Of S3 and R2: 5 TiB. */
const MOST_BYTES = 5 * 1_099_511_627_776
const MOST_MILLISECONDS = 30_000
/** S3 holds the answer back while it puts the parts together, for minutes where there are many. */
const MOST_MILLISECONDS_TO_ASSEMBLE = 600_000
const RETRIES = 2

/** What S3 and its kin call a wish to assemble parts that cannot be granted. */
const REFUSED_PARTS = ['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall', 'InvalidRequest', 'MalformedXML']

/** A bucket behind the S3 API, asked by requests that aws4fetch signs, and repeats where S3 is busy. */
export class S3Bucket implements Bucket {
  readonly mostBytes = MOST_BYTES
  readonly listing = this
  readonly #base: string
  readonly #client: AwsClient

  constructor(store: S3Store) {
    const { origin, path, region, accessKeyId, secretAccessKey } = s3Site(store)
    this.#base = origin + path
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: RETRIES })
  }

  /** Asked of an object, a bucket that is not there answers as one without the object. */
  async isThere(): Promise<boolean> {
    const xml = await succeeded(
      await this.#ask('GET', '', 'list-type=2&max-keys=1'),
      'NoSuchBucket',
      'NoSuchKey',
    )
    return xml !== null && elements(xml, 'ListBucketResult').length > 0
  }

  async begin(key: string, contentType: string): Promise<string> {
    const headers = { 'content-type': contentType }
    const answer = await this.#ask('POST', key, 'uploads=', { headers })
    const uploadId = textOf((await succeeded(answer)) ?? '', 'UploadId')
    if (uploadId === null) throw bucketUnavailable('CreateMultipartUpload answered no id.')
    return uploadId
  }

  async parts(key: string, uploadId: string): Promise<readonly Part[] | null> {
    const all: Part[] = []
    let marker: string | null = null
    for (;;) {
      const from: string = marker === null ? '' : `part-number-marker=${encode(marker)}&`
      const answer = await this.#ask('GET', key, `${from}uploadId=${encode(uploadId)}`)
      const xml = await succeeded(answer, 'NoSuchUpload')
      if (xml === null) return null
      for (const part of elements(xml, 'Part')) all.push(partOf(part))
      const next = textOf(xml, 'NextPartNumberMarker')
      // A marker that does not move would be asked for forever.
      if (textOf(xml, 'IsTruncated') !== 'true' || next === null || next === marker) return all
      marker = next
    }
  }

  async assemble(key: string, uploadId: string, parts: readonly Omit<Part, 'size'>[]): Promise<Assembly> {
    const body = parts.map(
      ({ partNumber, etag }) =>
        `<Part><PartNumber>${partNumber}</PartNumber><ETag>&quot;${escaped(etag)}&quot;</ETag></Part>`,
    )
    const init = {
      headers: { 'content-type': 'application/xml' },
      body: `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${body.join('')}</CompleteMultipartUpload>`,
    }
    const answer = await this.#ask(
      'POST',
      key,
      `uploadId=${encode(uploadId)}`,
      init,
      MOST_MILLISECONDS_TO_ASSEMBLE,
    )
    // The status is sent before the work is done: what became of it stands in the body, also of a 200.
    const xml = await textIn(answer)
    const failure = elements(xml, 'Error')[0]
    if (failure === undefined && answer.ok) return 'assembled'
    const code = failure === undefined ? null : textOf(failure, 'Code')
    if (code === 'NoSuchUpload') return 'unknown'
    if (code !== null && REFUSED_PARTS.includes(code)) return 'refused'
    throw bucketUnavailable(`CompleteMultipartUpload answered ${answer.status} ${code}.`)
  }

  async head(key: string): Promise<Held | null> {
    const answer = await this.#ask('HEAD', key, '', { headers: { 'x-amz-checksum-mode': 'ENABLED' } })
    // It has no body that could tell what is missing.
    if (answer.status === 404) return null
    await succeeded(answer)
    const { headers } = answer
    const [length, etag] = [headers.get('Content-Length'), headers.get('ETag')]
    if (length === null || etag === null) throw bucketUnavailable('HEAD answered no length, or no ETag.')
    const sha256 = headers.get('x-amz-checksum-sha256')
    // One of parts is a digest of digests, which ends with their number.
    const isWhole = sha256 !== null && /^[\w+/]{43}=$/.test(sha256)
    return {
      size: Number(length),
      etag: bareEtag(etag),
      sha256: isWhole ? Uint8Array.fromBase64(sha256).toHex() : null,
    }
  }

  async read(key: string): Promise<AsyncIterable<Uint8Array> | null> {
    const answer = await this.#ask('GET', key)
    if (answer.ok) return answer.body && bytesOf(answer.body)
    await succeeded(answer, 'NoSuchKey')
    return null
  }

  async abandon(key: string, uploadId: string): Promise<void> {
    await this.#delete(key, `uploadId=${encode(uploadId)}`)
  }

  async discard(key: string, uploadId: string | null): Promise<void> {
    await this.#delete(key)
    if (uploadId !== null) await this.abandon(key, uploadId)
  }

  async remove(keys: readonly string[]): Promise<readonly Unremoved[]> {
    const objects = keys.map((key) => `<Object><Key>${escaped(key)}</Key></Object>`)
    const body = `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${objects.join('')}</Delete>`
    const digest = await crypto.subtle.digest('MD5', new TextEncoder().encode(body))
    const headers = { 'content-type': 'application/xml', 'content-md5': new Uint8Array(digest).toBase64() }
    const xml = await succeeded(await this.#ask('POST', '', 'delete=', { headers, body }))
    // What could not be removed stands in the body of a 200.
    return elements(xml ?? '', 'Error').flatMap((error) => {
      const [key, code] = [textOf(error, 'Key'), textOf(error, 'Code')]
      if (code === 'NoSuchKey') return []
      const cause = bucketUnavailable(`DeleteObjects answered ${code} for an object.`)
      if (key === null || !keys.includes(key)) throw cause
      return [{ key, cause }]
    })
  }

  async list(after: string): Promise<Listed> {
    const from = after === '' ? '' : `&start-after=${encode(after)}`
    const query = `encoding-type=url&list-type=2&max-keys=${MOST_KEYS}${from}`
    const xml = (await succeeded(await this.#ask('GET', '', query))) ?? ''
    const isEncoded = textOf(xml, 'EncodingType') === 'url'
    const decoded = (key: string) => (isEncoded ? decodeURIComponent(key.replaceAll('+', ' ')) : key)
    const entries = elements(xml, 'Contents').map((content) => ({
      key: decoded(textOf(content, 'Key') ?? ''),
      size: Number(textOf(content, 'Size')),
      uploadedAt: Date.parse(textOf(content, 'LastModified') ?? ''),
    }))
    return { entries, isLast: textOf(xml, 'IsTruncated') !== 'true' }
  }

  async #delete(key: string, query = ''): Promise<void> {
    const answer = await this.#ask('DELETE', key, query)
    await succeeded(answer, 'NoSuchUpload', 'NoSuchKey')
  }

  #ask(
    method: string,
    key: string,
    query = '',
    init: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {},
    most = MOST_MILLISECONDS,
  ): Promise<Response> {
    const path = key === '' ? '' : `/${encodePath(key)}`
    const url = `${this.#base}${path}${query === '' ? '' : `?${query}`}`
    const signal = AbortSignal.timeout(most)
    return this.#client.fetch(url, { ...init, method, signal }).catch((error: unknown) => {
      throw bucketUnavailable(error)
    })
  }
}

/**
 * The body of a success; null for a 404 of one of those codes. Everything else is the bucket's failure, told by its
 * code alone.
 */
async function succeeded(answer: Response, ...missing: readonly string[]): Promise<string | null> {
  const text = await textIn(answer)
  if (answer.ok) return text
  const code = textOf(text, 'Code')
  if (answer.status === 404 && code !== null && missing.includes(code)) return null
  throw bucketUnavailable(`The bucket answered ${answer.status} ${code}.`)
}

const textIn = (answer: Response): Promise<string> =>
  answer.text().catch((error: unknown) => {
    throw bucketUnavailable(error)
  })

const partOf = (xml: string): Part => ({
  partNumber: Number(textOf(xml, 'PartNumber')),
  etag: bareEtag(textOf(xml, 'ETag') ?? ''),
  size: Number(textOf(xml, 'Size')),
})

const escaped = (text: string): string => text.replace(/[<>&"']/g, (char) => `&#${char.charCodeAt(0)};`)
