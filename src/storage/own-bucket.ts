import {
  type Assembly,
  type Bucket,
  bucketUnavailable,
  bytesOf,
  type Held,
  type Listed,
  MOST_KEYS,
  type Unremoved,
} from './bucket.ts'
import { takeDigested } from './passing.ts'

/** R2's codes, which its errors carry in parentheses. */
const NO_SUCH_UPLOAD = '10024'
/** A part that is too small, missing or another one, and parts of unequal sizes. */
const REFUSED_PARTS = ['10011', '10025', '10048']
const CHECKSUM_DIFFERS = '10037'

const codeOf = (error: unknown): string => /\((\d{5})\)/.exec(String(error))?.[1] ?? ''

/** What a Worker takes at once on every plan of Cloudflare is 100 MB; a part is at most 95 MiB, and there are 10,000. */
const MOST_BYTES = 10_000 * 95 * 1_048_576

/** The Worker's own R2 binding. It cannot list parts: whoever takes one in notes it. */
export class OwnBucket implements Bucket {
  readonly mostBytes = MOST_BYTES
  readonly listing = null
  readonly #r2: R2Bucket

  constructor(r2: R2Bucket) {
    this.#r2 = r2
  }

  async isThere(): Promise<boolean> {
    await asked(this.#r2.head('readiness'))
    return true
  }

  async begin(key: string, contentType: string): Promise<string> {
    const upload = await asked(this.#r2.createMultipartUpload(key, { httpMetadata: { contentType } }))
    return upload.uploadId
  }

  async assemble(key: string, uploadId: string, parts: readonly R2UploadedPart[]): Promise<Assembly> {
    try {
      await this.#r2.resumeMultipartUpload(key, uploadId).complete([...parts])
      return 'assembled'
    } catch (error) {
      const code = codeOf(error)
      if (code === NO_SUCH_UPLOAD) return 'unknown'
      if (REFUSED_PARTS.includes(code)) return 'refused'
      throw bucketUnavailable(error)
    }
  }

  async head(key: string): Promise<Held | null> {
    const found = await asked(this.#r2.head(key))
    if (!found) return null
    const { sha256 } = found.checksums
    return { size: found.size, etag: found.etag, sha256: sha256 ? new Uint8Array(sha256).toHex() : null }
  }

  async read(key: string): Promise<AsyncIterable<Uint8Array> | null> {
    const found = await asked(this.#r2.get(key))
    return found && bytesOf(found.body)
  }

  async abandon(key: string, uploadId: string): Promise<void> {
    const upload = this.#r2.resumeMultipartUpload(key, uploadId)
    await upload.abort().catch((error: unknown) => {
      if (codeOf(error) !== NO_SUCH_UPLOAD) throw bucketUnavailable(error)
    })
  }

  async discard(key: string, uploadId: string | null): Promise<void> {
    await asked(this.#r2.delete(key))
    if (uploadId !== null) await this.abandon(key, uploadId)
  }

  /** All or none of them. */
  async remove(keys: readonly string[]): Promise<readonly Unremoved[]> {
    await asked(this.#r2.delete([...keys]))
    return []
  }

  async list(after: string): Promise<Listed> {
    const { objects, truncated } = await asked(this.#r2.list({ startAfter: after, limit: MOST_KEYS }))
    const entries = objects.map(({ key, size, uploaded }) => ({ key, size, uploadedAt: uploaded.getTime() }))
    return { entries, isLast: !truncated }
  }
}

const asked = <T>(answer: Promise<T>): Promise<T> =>
  answer.catch((error: unknown) => {
    throw bucketUnavailable(error)
  })

/** The bytes of a signed PUT, as they come in. */
export interface Sent {
  /** Null for no bytes. */
  readonly body: ReadableStream<Uint8Array> | null
  /** Bytes */
  readonly length: number
  /** Null where the client gives none. */
  readonly md5: Uint8Array | null
}

/** R2 takes one checksum at a time, and none for a part: an MD5 is compared on the way. */
const taking = <T>(
  { body, length, md5 }: Sent,
  take: (body: ReadableStream<Uint8Array> | Uint8Array) => Promise<T>,
): Promise<T | 'other bytes'> =>
  md5 === null ? take(body ?? new Uint8Array()) : takeDigested({ body, length, md5 }, take)

/** An object's bytes. */
interface SentObject extends Sent {
  readonly contentType: string
  /** As base64, as the header has it; null where none was announced. */
  readonly sha256: string | null
}

/** Takes an object in, unless there is one already: it is never overwritten. */
export async function receiveObject(
  r2: R2Bucket,
  key: string,
  { contentType, sha256, ...sent }: SentObject,
): Promise<{ readonly etag: string } | 'exists' | 'other bytes'> {
  const options = {
    onlyIf: { etagDoesNotMatch: '*' },
    httpMetadata: { contentType },
    ...(sha256 === null ? {} : { sha256: Uint8Array.fromBase64(sha256).toHex() }),
  }
  try {
    const stored = await taking(sent, (body) => r2.put(key, body, options))
    if (stored === 'other bytes') return stored
    return stored ? { etag: stored.etag } : 'exists'
  } catch (error) {
    if (codeOf(error) === CHECKSUM_DIFFERS) return 'other bytes'
    throw bucketUnavailable(error)
  }
}

export interface ReceivedPart {
  /** As R2 knows the part: over 150 characters. */
  readonly bucketEtag: string
  /** 32 hex digits made of it, so that the parts of the largest upload fit into one request. */
  readonly etag: string
}

/** Takes one part in; null where there is no such upload, or none any more. */
export async function receivePart(
  r2: R2Bucket,
  key: string,
  uploadId: string,
  partNumber: number,
  sent: Sent,
): Promise<ReceivedPart | 'other bytes' | null> {
  const upload = r2.resumeMultipartUpload(key, uploadId)
  try {
    const taken = await taking(sent, (body) => upload.uploadPart(partNumber, body))
    if (taken === 'other bytes') return taken
    const { etag: bucketEtag } = taken
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(bucketEtag))
    return { bucketEtag, etag: new Uint8Array(digest, 0, 16).toHex() }
  } catch (error) {
    if (codeOf(error) === NO_SUCH_UPLOAD) return null
    throw bucketUnavailable(error)
  }
}
