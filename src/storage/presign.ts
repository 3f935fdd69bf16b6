import { AwsV4Signer } from 'aws4fetch'
import type { Config, S3Store } from '../config.ts'
import { deriveKey, isSame } from './keys.ts'

/**
 * The only signer of URLs: AWS Signature Version 4 in the query, for an S3-compatible store or for the Worker's
 * own object routes, which check it by signing again.
 */
export interface Store {
  /** Where the keys of the bucket begin, without a slash at the end. */
  readonly base: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const s3Store = ({ endpoint, bucket, ...rest }: S3Store): Store => ({
  base: `${endpoint.replace(/\/+$/, '')}/${bucket}`,
  ...rest,
})

/** The path under which the Worker serves objects itself. */
export const OBJECTS_PATH = '/objects'

export async function ownStore(secret: Uint8Array, origin: string): Promise<Store> {
  return {
    base: `${origin}${OBJECTS_PATH}`,
    region: 'auto',
    accessKeyId: 'dreamlake',
    secretAccessKey: (await deriveKey(secret, 'object URLs')).toHex(),
  }
}

/** Where the bytes are: an S3-compatible store where one is configured, else the Worker itself at `origin`. */
export async function storeOf({ s3, tokens, publicUrl }: Config, origin: string): Promise<Store> {
  const [secret] = tokens.secrets
  if (s3) return s3Store(s3)
  if (!secret) throw new Error('Without a secret there is no key to sign with.')
  return ownStore(secret, publicUrl ?? origin)
}

export interface Download {
  readonly key: string
  readonly filename: string
  readonly contentType: string
  readonly disposition: 'attachment' | 'inline'
  /** Seconds, 1 to 604,800. */
  readonly expiresIn: number
  /** Epoch milliseconds. */
  readonly now: number
}

/** Every character of a segment that RFC 3986 does not leave unreserved; aws4fetch leaves `!'()*` alone. */
const encodeSegment = (segment: string): string =>
  encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )

const encodeKey = (key: string): string => key.split('/').map(encodeSegment).join('/')

/** Signatures know no part of a second, and a store refuses a time that has not come yet. */
const signingTime = (now: number): number => Math.floor(now / 1_000) * 1_000

/** When a URL that is signed now expires, in epoch milliseconds. */
export const expiryOf = ({ now, expiresIn }: Pick<Download, 'now' | 'expiresIn'>): number =>
  signingTime(now) + expiresIn * 1_000

/** `20261122T031500Z` */
const amzDate = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '')

/** A URL that serves the object until it expires, and nothing else. */
export async function signDownload(store: Store, download: Download): Promise<string> {
  const url = new URL(`${store.base}/${encodeKey(download.key)}`)
  url.searchParams.set('X-Amz-Expires', String(download.expiresIn))
  url.searchParams.set('response-content-disposition', contentDisposition(download))
  url.searchParams.set('response-content-type', download.contentType)
  return (await sign(store, 'GET', url, amzDate(signingTime(download.now)))).href
}

const sign = async (store: Store, method: string, url: URL, datetime: string): Promise<URL> => {
  const { accessKeyId, secretAccessKey, region } = store
  const signer = new AwsV4Signer({
    method,
    url: url.href,
    accessKeyId,
    secretAccessKey,
    region,
    service: 's3',
    datetime,
    signQuery: true,
  })
  return (await signer.sign()).url
}

const SIGNATURE = 'X-Amz-Signature'

/**
 * Whether this store signed this very URL for the method, and it has not expired: it is signed again, and path
 * and query must come out the same to the letter. The signature alone would leave room: canonicalisation knows
 * several spellings of a path, and aws4fetch looks at the first value of a parameter only.
 */
export async function isSignedBy(
  store: Store,
  method: string,
  path: string,
  query: string,
  now: number,
): Promise<boolean> {
  const given = new URLSearchParams(query)
  const datetime = given.get('X-Amz-Date')
  const signedAt = datetime && /^\d{8}T\d{6}Z$/.test(datetime) ? Date.parse(isoOf(datetime)) : Number.NaN
  const expiresIn = Number(given.get('X-Amz-Expires'))
  if (datetime === null || !(now < signedAt + expiresIn * 1_000)) return false
  given.delete(SIGNATURE)
  const signed = await sign(
    store,
    method,
    new URL(`${store.base}/${encodeKey(keyAt(path))}?${given}`),
    datetime,
  )
  return isSame(path + query, signed.pathname + signed.search)
}

/** The key that a path under the object routes names. */
export const keyAt = (path: string): string =>
  path
    .slice(OBJECTS_PATH.length + 1)
    .split('/')
    .map(decoded)
    .join('/')

/** A segment that is not encoded as a URL's is nobody's key. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

const isoOf = (datetime: string): string =>
  datetime.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')

/** The types that a browser may show in place: none of them can carry a script. */
const SHOWN_IN_PLACE = /^(audio\/|video\/|image\/(png|jpeg|gif|webp|avif|bmp)$|text\/plain(;|$))/i

/** `Content-Disposition` (RFC 6266) with a name that every client reads, and one in UTF-8 for those that can. */
function contentDisposition({ disposition, filename, contentType }: Download): string {
  const kind = disposition === 'inline' && SHOWN_IN_PLACE.test(contentType) ? 'inline' : 'attachment'
  const plain = filename.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const extended = plain === filename ? '' : `; filename*=UTF-8''${encodeSegment(filename)}`
  return `${kind}; filename="${plain}"${extended}`
}
