import { Refusal } from '../domain/failure.ts'

/** A part as the bucket holds it. */
export interface Part {
  readonly partNumber: number
  /** Without quotes. */
  readonly etag: string
  /** Bytes */
  readonly size: number
}

/** An object as the bucket holds it. */
export interface Held {
  /** Bytes */
  readonly size: number
  /** Without quotes. */
  readonly etag: string
  /** Hex digits of the whole object's SHA-256, where the bucket itself has verified it; else null. */
  readonly sha256: string | null
}

/** What became of the wish to make an object of its parts. */
export type Assembly =
  | 'assembled'
  /** A part is not there, has another etag, or is too small. Nothing has changed. */
  | 'refused'
  /** There is no such upload: it was assembled or aborted before. */
  | 'unknown'

/**
 * What the server asks of a bucket by itself; clients send and fetch the bytes by signed URLs (`presign.ts`). Every
 * call throws the refusal `bucket_unavailable` when the bucket fails.
 */
export interface Bucket {
  /** The largest object that it can take, in bytes. */
  readonly mostBytes: number
  /** Whether what answers is the bucket, and not only where buckets are. */
  isThere(): Promise<boolean>
  /** Begins an upload in parts; answers the bucket's own id of it. */
  begin(key: string, contentType: string): Promise<string>
  /** Null where it cannot tell which parts it holds: then each one that the Worker takes in is noted in D1. */
  readonly listing: Listing | null
  /** Makes the object of its parts, given by number. */
  assemble(key: string, uploadId: string, parts: readonly Omit<Part, 'size'>[]): Promise<Assembly>
  head(key: string): Promise<Held | null>
  /** The bytes as they come in, which may fail as the call itself. */
  read(key: string): Promise<AsyncIterable<Uint8Array> | null>
  /** Drops an upload in parts with all that was sent of it; one that is not there is fine. */
  abandon(key: string, uploadId: string): Promise<void>
  /** Removes whatever there is of an object: its bytes, and the upload in parts if one was begun. */
  discard(key: string, uploadId: string | null): Promise<void>
  /**
   * Removes objects, `MOST_KEYS` at most, by one call; those that are not there are fine. Gives those that the bucket
   * would not remove.
   */
  remove(keys: readonly string[]): Promise<readonly Unremoved[]>
  /** Up to `MOST_KEYS` objects in the order of their keys, those after `after`; all of them where that is empty. */
  list(after: string): Promise<Listed>
}

/** An object that is still there. */
export interface Unremoved {
  readonly key: string
  readonly cause: unknown
}

/** What S3 and R2 take, and answer, at once. */
export const MOST_KEYS = 1_000

/** A page of what a bucket holds. */
export interface Listed {
  readonly entries: readonly Entry[]
  /** Whether nothing comes after these. */
  readonly isLast: boolean
}

interface Entry {
  readonly key: string
  /** Bytes */
  readonly size: number
  /** Epoch milliseconds. */
  readonly uploadedAt: number
}

/** An entity tag without its quotes. */
export const bareEtag = (etag: string): string => etag.trim().replace(/^(?:W\/)?"(.*)"$/, '$1')

export interface Listing {
  /** The parts that the bucket holds, by number; null for an unknown upload. */
  parts(key: string, uploadId: string): Promise<readonly Part[] | null>
}

/** The bytes of a bucket's answer: that they break off is its failure. */
export async function* bytesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch (error) {
    throw bucketUnavailable(error)
  }
}

export const bucketUnavailable = (cause: unknown): Refusal =>
  Object.assign(new Refusal('bucket_unavailable'), { cause })
