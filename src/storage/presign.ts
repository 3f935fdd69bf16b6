import type { S3Store } from '../config.ts'
import { deriveKey } from './keys.ts'
import { amzDate, encode, encodePath, type Signer, signQuery } from './sigv4.ts'

/**
 * The URLs of a store: an S3-compatible one, or the Worker's own object routes, which check a URL by signing it
 * again.
 */
export interface Site extends Signer {
  readonly origin: string
  /** Where the keys of the bucket begin, with a slash at the start and none at the end. */
  readonly path: string
  /** Whether it refuses parts that are longer than their URL says. */
  readonly boundsParts: boolean
}

export function s3Site({ endpoint, bucket, ...signer }: S3Store): Site {
  const { origin, pathname } = new URL(endpoint)
  return { origin, path: `${pathname.replace(/\/+$/, '')}/${encode(bucket)}`, boundsParts: false, ...signer }
}

/** The path under which the Worker serves objects itself. */
export const OBJECTS_PATH = '/objects'

export async function ownSite(secret: Uint8Array, origin: string): Promise<Site> {
  return {
    origin,
    path: OBJECTS_PATH,
    boundsParts: true,
    region: 'auto',
    accessKeyId: 'dreamlake',
    secretAccessKey: (await deriveKey(secret, 'object URLs')).toHex(),
  }
}

interface Lifetime {
  /** Seconds, 1 to 604,800. */
  readonly expiresIn: number
  /** Epoch milliseconds. */
  readonly now: number
}

/** Signatures know no part of a second, and a store refuses a time that has not come yet. */
const signingTime = (now: number): number => Math.floor(now / 1_000) * 1_000

/** When a URL that is signed now expires, in epoch milliseconds. */
export const expiryOf = ({ now, expiresIn }: Lifetime): number => signingTime(now) + expiresIn * 1_000

type Text = Readonly<Record<string, string>>

const sign = (
  site: Site,
  method: string,
  key: string,
  { now, expiresIn }: Lifetime,
  query: Text,
  headers: Text = {},
): Promise<string> =>
  signQuery(site, {
    method,
    origin: site.origin,
    path: `${site.path}/${encodePath(key)}`,
    query,
    headers,
    datetime: amzDate(signingTime(now)),
    expiresIn,
  })

export interface Download extends Lifetime {
  readonly key: string
  readonly filename: string
  readonly contentType: string
  readonly disposition: 'attachment' | 'inline'
}

/** A URL that serves the object until it expires, and nothing else. */
export const signDownload = (site: Site, download: Download): Promise<string> =>
  sign(site, 'GET', download.key, download, {
    'response-content-disposition': contentDisposition(download),
    'response-content-type': download.contentType,
  })

export interface SinglePut extends Lifetime {
  readonly key: string
  /** Bytes */
  readonly size: number
  readonly contentType: string
  /** Of the bytes, as hex digits; null where none was announced. */
  readonly sha256: string | null
}

/**
 * What a client must send with a single PUT, by name, besides `Content-Length`, which every client makes from the
 * body and no browser lets a page set. All of it is signed: the bytes can be nothing else, and overwrite nothing.
 */
export const headersOfPut = ({ contentType, sha256 }: SinglePut): Text => ({
  'content-type': contentType,
  'if-none-match': '*',
  ...(sha256 === null ? {} : { 'x-amz-checksum-sha256': Uint8Array.fromHex(sha256).toBase64() }),
})

/** A URL that takes an object's bytes once. */
export const signPut = (site: Site, put: SinglePut): Promise<string> =>
  sign(site, 'PUT', put.key, put, {}, { ...headersOfPut(put), 'content-length': String(put.size) })

export interface PartPut extends Lifetime {
  readonly key: string
  readonly uploadId: string
  readonly partNumber: number
  /** What it may have at most. */
  readonly mostBytes: number
}

/** A URL that takes one part, again and again until the upload is complete: what the parts hold is judged then. */
export const signPart = (site: Site, part: PartPut): Promise<string> =>
  sign(site, 'PUT', part.key, part, {
    partNumber: String(part.partNumber),
    uploadId: part.uploadId,
    ...(site.boundsParts ? { mostBytes: String(part.mostBytes) } : {}),
  })

const SHOWN_IN_PLACE = /^(audio\/|video\/|(image\/(png|jpeg|gif|webp|avif|bmp)|text\/plain)(;|$))/i
/** Browsers take a type for a document by its ending alone: `audio/svg+xml` is one that runs scripts. */
const RUNS_SCRIPTS = /xml|html|script/i

/** Whether a browser may show a type in place: nothing of the kind can carry a script. */
export const isShownInPlace = (contentType: string): boolean =>
  SHOWN_IN_PLACE.test(contentType) && !RUNS_SCRIPTS.test(contentType)

/** `Content-Disposition` (RFC 6266) with a name that every client reads, and one in UTF-8 for those that can. */
function contentDisposition({ disposition, filename, contentType }: Download): string {
  const kind = disposition === 'inline' && isShownInPlace(contentType) ? 'inline' : 'attachment'
  const plain = filename.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const extended = plain === filename ? '' : `; filename*=UTF-8''${encode(filename)}`
  return `${kind}; filename="${plain}"${extended}`
}
