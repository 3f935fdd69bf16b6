import { type Failure, Refusal } from '../../domain/failure.ts'
import { partCountOf } from '../../domain/upload.ts'
import { logFailure } from '../../log.ts'
import type { Assembly, Bucket, Held, Listing, Part } from '../../storage/bucket.ts'
import type { ObjectRef } from './guard.sql.ts'
import { type AnyCall, end, leaseOf, storeFor } from './lifecycle.ts'
import type { NotedPart } from './parts.sql.ts'
import {
  asAddsUp,
  asNoted,
  assertAllParts,
  differing,
  lacking,
  missingOf,
  type SentPart,
  unfitParts,
} from './parts.ts'
import {
  completeUpload,
  contestParts,
  discardUpload,
  forgetContestedParts,
  giveUpUpload,
  readUploadToComplete,
  readUploadWithParts,
  type UploadInParts,
} from './transfers.sql.ts'
import type { Upload } from './uploads.sql.ts'

/** The end of the lifecycle: from what the bucket holds of an upload to an object that may be used. */

interface UploadedParts {
  readonly upload: Upload
  readonly parts: readonly Part[]
  /** Whether the bucket still knows the upload. */
  readonly isOpen: boolean
  /** Whether it is put together, and there is no room for it. */
  readonly isWaiting: boolean
}

/** An upload with the parts that the bucket holds of it. */
export async function readUpload(call: AnyCall, ref: ObjectRef): Promise<UploadedParts> {
  const { upload, noted } = await call.database.run(readUploadWithParts(ref))
  const known = { upload, parts: [], isWaiting: false }
  if (upload.state !== 'pending') return { ...known, isOpen: false }
  if (upload.bucketUploadId === null) return { ...known, isOpen: true }
  const { bucket } = await storeFor(call)
  const listed = bucket.listing ? await bucket.listing.parts(upload.key, upload.bucketUploadId) : noted
  if (listed === null) return { ...(await overtaken(call, ref, upload)), parts: [], isOpen: false }
  const parts = listed.map(({ partNumber, etag, size }) => ({ partNumber, etag, size }))
  return { ...known, parts, isOpen: true }
}

/** An upload that the bucket knows no more: put together before its completion was cut off, or dropped. */
async function overtaken(
  call: AnyCall,
  ref: ObjectRef,
  upload: Upload,
): Promise<Pick<UploadedParts, 'upload' | 'isWaiting'>> {
  try {
    const settled = await settle(call, ref, upload, true)
    const found = typeof settled === 'string' ? { ...upload, state: 'aborted' as const } : settled
    return { upload: found, isWaiting: false }
  } catch (error) {
    // Whoever may only look leaves it to others to write that down.
    if (!isRefusal(error, ['forbidden', 'upload_not_found', 'quota_exceeded'])) throw error
    return { upload, isWaiting: isRefusal(error, ['quota_exceeded']) }
  }
}

const isRefusal = (error: unknown, failures: readonly Failure[]): boolean =>
  error instanceof Refusal && failures.includes(error.failure)

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
  const found = await call.database.run(readUploadToComplete({ ...ref, ...leaseOf(call) }))
  if (found.upload.state === 'complete') return found.upload
  const assembly = await assemble(call, ref, found, sent)
  const settled = await settle(call, ref, found.upload, assembly === 'unknown')
  if (typeof settled === 'string') throw new Refusal(settled)
  return settled
}

/** What became of an assembly that was not refused. */
type Made = Exclude<Assembly, 'refused'>

/** Has the bucket put an upload together; a single PUT is whole by itself. */
async function assemble(
  call: AnyCall,
  ref: ObjectRef,
  { upload, noted }: UploadInParts,
  sent: readonly SentPart[] | undefined,
): Promise<Made> {
  const { announcedSize, partSize, bucketUploadId } = upload
  if (partSize === null) return 'assembled'
  const count = partCountOf(announcedSize, partSize)
  const named = sent && assertAllParts(sent, count)
  if (bucketUploadId === null) throw lacking(missingOf([], count))
  const { bucket } = await storeFor(call)
  const begun = { ...upload, partSize, bucketUploadId }
  if (bucket.listing) return assembleListed(bucket, bucket.listing, begun, named)
  return assembleNoted(call, ref, begun, named ? asNoted(named, noted) : asAddsUp(noted, begun))
}

interface Begun extends Upload {
  readonly partSize: number
  readonly bucketUploadId: string
}

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

/** Why an upload that nothing more is to be sent of is no object. */
type Unsettled = 'upload_incomplete' | 'upload_mismatch' | 'upload_aborted'

/** Writes down what the bucket holds of a pending upload that nothing more is to be sent of. */
async function settle(
  call: AnyCall,
  ref: ObjectRef,
  upload: Upload,
  isUnknown: boolean,
): Promise<Upload | Unsettled> {
  const { bucket } = await storeFor(call)
  const held = await bucket.head(upload.key)
  if (held && isAsAnnounced(upload, held)) return pin(call, ref, upload, held)
  if (held) {
    await end(call, discardUpload(ref))
    return 'upload_mismatch'
  }
  if (!isUnknown) return 'upload_incomplete'
  // The bucket has dropped it, as it does after some days: nothing can come of it any more.
  await end(call, giveUpUpload(ref))
  return 'upload_aborted'
}

/** Of a checksum that was not announced, or not verified, nothing is known. */
const isAsAnnounced = ({ announcedSize, announcedSha256 }: Upload, { size, sha256 }: Held): boolean =>
  (announcedSize === null || announcedSize === size) &&
  (announcedSha256 === null || sha256 === null || announcedSha256 === sha256)

/** Lets the object be used; where the upload was aborted while the bucket assembled it, its bytes go. */
async function pin(
  call: AnyCall,
  ref: ObjectRef,
  { key, bucketUploadId }: Upload,
  held: Held,
): Promise<Upload | 'upload_aborted'> {
  const { database, now, quotas } = call
  const { leaseUntil } = leaseOf(call)
  try {
    return await database.run(completeUpload({ ...ref, ...quotas, ...held, leaseUntil, now }))
  } catch (error) {
    if (!isRefusal(error, ['upload_aborted'])) throw error
    const { bucket } = await storeFor(call)
    await bucket.discard(key, bucketUploadId)
    return 'upload_aborted'
  }
}
