import type { Database } from '../../db/database.ts'
import type { Plan } from '../../db/plan.ts'
import { firstOf, invalidFields, Refusal } from '../../domain/failure.ts'
import { UNTOLD_TYPE } from '../../domain/media-type.ts'
import {
  MOST_PARTS,
  mostBytesOfPart,
  PART_LIFETIME,
  PUT_LIFETIME,
  partCountOf,
  renewedBefore,
} from '../../domain/upload.ts'
import type { Call } from '../../http/route.ts'
import type * as z from '../../http/zod.ts'
import { expiryOf, headersOfPut, type SinglePut, signPart, signPut } from '../../storage/presign.ts'
import { type Store, storeOf } from '../../storage/store.ts'
import type { ObjectRef } from './guard.sql.ts'
import { beginParts, readUploadToSend } from './transfers.sql.ts'
import type { Lease, Upload } from './uploads.sql.ts'

/**
 * One lifecycle of uploads, from announced to verified; the routes of `uploads.routes.ts` and `byte-service.routes.ts`
 * are two spellings of it. Authority and state are judged in D1 before the bucket is asked, and again when its answer is
 * written down.
 */
export type AnyCall = Pick<
  Call<z.ZodObject, z.ZodObject, z.ZodObject>,
  'asking' | 'config' | 'database' | 'env' | 'now' | 'quotas' | 'url'
>

export const storeFor = ({ config, env, url }: AnyCall): Promise<Store> =>
  storeOf(config, env.BUCKET, url.origin)

export const leaseOf = ({ now, config }: AnyCall): Lease => {
  const leaseUntil = now + config.uploadTtl
  return { leaseUntil, renewedBefore: renewedBefore(leaseUntil) }
}

/** A signed single PUT, as an answer shows it. */
export async function putOf(upload: Upload, { site }: Store, now: number) {
  const put: SinglePut = {
    key: upload.key,
    size: upload.announcedSize ?? 0,
    contentType: upload.contentType ?? UNTOLD_TYPE,
    sha256: upload.announcedSha256,
    expiresIn: PUT_LIFETIME,
    now,
  }
  return {
    url: await signPut(site, put),
    headers: headersOfPut(put),
    expiresAt: new Date(expiryOf(put)).toISOString(),
  }
}

interface SignedParts {
  readonly parts: Readonly<Record<string, string>>
  /** What must be sent with a single PUT. */
  readonly headers?: Readonly<Record<string, string>>
  readonly expiresAt: string
}

/**
 * Signs the URLs of parts; of a single PUT, which is its own only part, signs it anew. The bucket is asked to begin an
 * upload when the first parts of it are signed, not when it is announced: a thousand announced files are no thousand
 * questions, and what nobody sends leaves nothing in the bucket.
 */
export async function signParts(
  call: AnyCall,
  ref: ObjectRef,
  partNumbers: readonly number[],
): Promise<SignedParts> {
  const { database, now } = call
  const highest = Math.max(...partNumbers)
  const upload = await database.run(readUploadToSend({ ...ref, ...leaseOf(call), highest }))
  const most =
    upload.partSize === null ? 1 : (partCountOf(upload.announcedSize, upload.partSize) ?? MOST_PARTS)
  const wrong = partNumbers.flatMap((partNumber, index) =>
    partNumber > most
      ? [{ path: `partNumbers.${index}`, message: `is over ${most}, the number of parts` }]
      : [],
  )
  if (wrong.length > 0) throw invalidFields(firstOf('body', wrong))
  const store = await storeFor(call)
  if (upload.partSize === null) {
    const { url, ...rest } = await putOf(upload, store, now)
    return { parts: { 1: url }, ...rest }
  }
  const uploadId = upload.bucketUploadId ?? (await beginIn(store, database, ref, upload))
  const lifetime = { expiresIn: PART_LIFETIME, now }
  const parts: Record<string, string> = {}
  for (const partNumber of new Set(partNumbers)) {
    const mostBytes = mostBytesOfPart(upload.announcedSize, upload.partSize, partNumber)
    const part = { key: upload.key, uploadId, partNumber, mostBytes, ...lifetime }
    parts[partNumber] = await signPart(store.site, part)
  }
  return { parts, expiresAt: new Date(expiryOf(lifetime)).toISOString() }
}

async function beginIn(
  { bucket }: Store,
  database: Database,
  ref: ObjectRef,
  { key, contentType }: Upload,
): Promise<string> {
  const begun = await bucket.begin(key, contentType ?? UNTOLD_TYPE)
  try {
    const { bucketUploadId } = await database.run(beginParts({ ...ref, bucketUploadId: begun }))
    if (bucketUploadId === null) throw new Error('A begun upload has no id.')
    // Another request was faster: ours is nobody's.
    if (bucketUploadId !== begun) await bucket.abandon(key, begun)
    return bucketUploadId
  } catch (error) {
    // Aborted or taken away meanwhile. After a failure of D1 it may have been written down.
    if (error instanceof Refusal && error.failure !== 'database_unavailable') await bucket.abandon(key, begun)
    throw error
  }
}

/**
 * Ends a pending upload: D1 says so first, then the bytes go. Where the bucket fails in between, asking again removes
 * them.
 */
export async function end(call: AnyCall, plan: Plan<Upload>): Promise<void> {
  const { key, bucketUploadId } = await call.database.run(plan)
  const { bucket } = await storeFor(call)
  await bucket.discard(key, bucketUploadId)
}
