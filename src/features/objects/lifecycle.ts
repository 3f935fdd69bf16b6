import type { z } from 'zod'
import type { Database } from '../../db/database.ts'
import type { Plan } from '../../db/plan.ts'
import { invalidFields, Refusal } from '../../domain/failure.ts'
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
import { logFailure } from '../../log.ts'
import type { Assembly, Bucket, Listing, Part } from '../../storage/bucket.ts'
import { expiryOf, headersOfPut, type SinglePut, signPart, signPut } from '../../storage/presign.ts'
import { type Store, storeOf } from '../../storage/store.ts'
import type { ObjectRef } from './guard.sql.ts'
import type { NotedPart } from './parts.sql.ts'
import { asAddsUp, asNoted, assertAllParts, differing, lacking, type SentPart, unfitParts } from './parts.ts'
import {
  beginParts,
  completeUpload,
  contestParts,
  discardUpload,
  forgetContestedParts,
  giveUpUpload,
  readUploadToComplete,
  readUploadToSend,
  readUploadWithParts,
} from './transfers.sql.ts'
import type { Lease, Upload } from './uploads.sql.ts'

/**
 * One lifecycle of uploads, from announced to verified; the routes of `uploads.ts` and `byteservice.ts` are two
 * spellings of it. Authority and state are judged in D1 before the bucket is asked, and again when its answer is
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
  if (wrong.length > 0) throw invalidFields(wrong)
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

interface UploadedParts {
  readonly upload: Upload
  readonly parts: readonly Part[]
  /** Whether the bucket still knows the upload. */
  readonly isOpen: boolean
}

/** An upload with the parts that the bucket holds of it. */
export async function readUpload(call: AnyCall, ref: ObjectRef): Promise<UploadedParts> {
  const { upload, noted } = await call.database.run(readUploadWithParts(ref))
  if (upload.state !== 'pending') return { upload, parts: [], isOpen: false }
  if (upload.bucketUploadId === null) return { upload, parts: [], isOpen: true }
  const { bucket } = await storeFor(call)
  const listed = bucket.listing ? await bucket.listing.parts(upload.key, upload.bucketUploadId) : noted
  if (listed === null) return { upload: await overtaken(call, ref, upload), parts: [], isOpen: false }
  const parts = listed.map(({ partNumber, etag, size }) => ({ partNumber, etag, size }))
  return { upload, parts, isOpen: true }
}

/** An upload that the bucket knows no more: put together before its completion was cut off, or dropped. */
async function overtaken(call: AnyCall, ref: ObjectRef, upload: Upload): Promise<Upload> {
  try {
    return await settle(call, ref, upload, true)
  } catch (error) {
    const failure = error instanceof Refusal ? error.failure : null
    if (failure === 'upload_aborted' || failure === 'upload_mismatch') return { ...upload, state: 'aborted' }
    // Whoever may only look leaves it to others to write that down.
    if (failure === 'forbidden' || failure === 'upload_not_found') return upload
    throw error
  }
}

/**
 * Makes a pending upload a complete object: the bucket assembles its parts, what it then holds is compared with what
 * was announced, and only then D1 says that it may be used. Whatever is cut off in between, asking again goes on
 * from there. Without a list of parts it is of those that the bucket holds.
 */
export async function complete(
  call: AnyCall,
  ref: ObjectRef,
  sent: readonly SentPart[] | undefined,
): Promise<Upload> {
  const { upload, noted } = await call.database.run(readUploadToComplete({ ...ref, ...leaseOf(call) }))
  const { state, announcedSize, partSize, bucketUploadId } = upload
  if (state === 'complete') return upload
  if (partSize === null) return settle(call, ref, upload, false)
  const named = sent && assertAllParts(sent, partCountOf(announcedSize, partSize))
  if (bucketUploadId === null) throw lacking([1])
  const { bucket } = await storeFor(call)
  const begun = { ...upload, partSize, bucketUploadId }
  const assembly = bucket.listing
    ? await assembleListed(bucket, bucket.listing, begun, named)
    : await assembleNoted(call, ref, begun, named ? asNoted(named, noted) : asAddsUp(noted, begun))
  return settle(call, ref, upload, assembly === 'unknown')
}

interface Begun extends Upload {
  readonly partSize: number
  readonly bucketUploadId: string
}

/** What became of an assembly that was not refused. */
type Made = Exclude<Assembly, 'refused'>

/** The parts of a bucket that lists them. */
async function assembleListed(
  bucket: Bucket,
  listing: Listing,
  upload: Begun,
  named: readonly SentPart[] | undefined,
): Promise<Made> {
  const { key, bucketUploadId } = upload
  const list = () => listing.parts(key, bucketUploadId)
  const held = named ? null : await list()
  if (!named && held === null) return 'unknown'
  const parts = named ?? asAddsUp(held ?? [], upload)
  const assembly = await bucket.assemble(key, bucketUploadId, parts)
  if (assembly !== 'refused') return assembly
  // That the bucket refuses them stands, also where it cannot tell which.
  const listed = await list().catch((error: unknown) => {
    logFailure('the refused parts of an upload could not be listed', error, { upload: upload.id })
    return null
  })
  throw lacking(listed ? differing(parts, listed, upload.partSize) : [])
}

/** The parts that the Worker has taken in. What the bucket refuses is forgotten, or looked at twice. */
async function assembleNoted(
  call: AnyCall,
  ref: ObjectRef,
  { key, partSize, bucketUploadId }: Begun,
  parts: readonly NotedPart[],
): Promise<Made> {
  const { bucket } = await storeFor(call)
  const asHeld = parts.map(({ partNumber, bucketEtag }) => ({ partNumber, etag: bucketEtag }))
  const assembly = await bucket.assemble(key, bucketUploadId, asHeld)
  if (assembly !== 'refused') return assembly
  const unfit = unfitParts(parts, partSize)
  if (unfit.length > 0) throw lacking(unfit)
  const contested = parts.filter(({ isContested }) => isContested)
  if (contested.length > 0) {
    await call.database.run(forgetContestedParts({ ...ref, doubted: contested }))
    throw lacking(contested.map(({ partNumber }) => partNumber))
  }
  // Another try may be on its way to be noted: only who asks again loses what is noted.
  await call.database.run(contestParts({ ...ref, doubted: parts }))
  throw new Refusal('upload_incomplete', [
    {
      path: 'parts',
      message: 'has one that the bucket does not hold any more: complete it again to learn which',
    },
  ])
}

/** Writes down what the bucket holds of a pending upload that nothing more is to be sent of. */
async function settle(
  call: AnyCall,
  ref: ObjectRef,
  { key, bucketUploadId, announcedSize, announcedSha256 }: Upload,
  isUnknown: boolean,
): Promise<Upload> {
  const { database, now, quotas } = call
  const { bucket } = await storeFor(call)
  const held = await bucket.head(key)
  if (!held && !isUnknown) throw new Refusal('upload_incomplete')
  if (!held) {
    // The bucket has dropped it, as it does after some days: nothing can come of it any more.
    await end(call, giveUpUpload(ref))
    throw new Refusal('upload_aborted')
  }
  const isAsAnnounced =
    (announcedSize === null || announcedSize === held.size) &&
    (announcedSha256 === null || held.sha256 === null || announcedSha256 === held.sha256)
  if (!isAsAnnounced) {
    await end(call, discardUpload(ref))
    throw new Refusal('upload_mismatch')
  }
  try {
    const { leaseUntil } = leaseOf(call)
    return await database.run(completeUpload({ ...ref, ...quotas, ...held, leaseUntil, now }))
  } catch (error) {
    // Aborted while the bucket assembled it.
    if (error instanceof Refusal && error.failure === 'upload_aborted')
      await bucket.discard(key, bucketUploadId)
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
