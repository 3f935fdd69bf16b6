import { firstOf, invalidFields } from '../../domain/failure.ts'
import { MOST_BYTES_AT_ONCE, partBytesFor, partCountOf } from '../../domain/upload.ts'
import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import { replayOf } from '../../http/resource.ts'
import * as z from '../../http/zod.ts'
import type { Store } from '../../storage/store.ts'
import { projectFailures, projectGiven } from '../places/address.ts'
import { leaseOf, putOf, storeFor } from './lifecycle.ts'
import { announceUploads, type NewUpload, type Upload } from './uploads.sql.ts'

const MOST_FILES = 1_000

const AnnouncedFile = z
  .object({
    name: field.name.nullish().meta({
      description:
        'What the client calls it. A file that is announced without its type is served by the extension.',
    }),
    size: z.int().min(0).meta({
      description: 'Bytes; 996,147,200,000 of them at most where the Worker takes them itself, 5 TiB by S3',
    }),
    contentType: field.mediaType.nullish(),
    sha256: field.sha256.nullish().meta({
      description:
        'Hex digits. The bucket verifies it of a single PUT, and later uploads of the same are `exists`.',
    }),
  })
  .meta({ id: 'AnnouncedFile' })

const shownStatus = { id: field.id }
const Announced = z
  .union([
    z.object({ ...shownStatus, status: z.literal('exists') }),
    z.object({
      ...shownStatus,
      status: z.literal('pending'),
      method: z.literal('PUT'),
      url: z.url(),
      headers: z.record(z.string(), z.string()).meta({
        description: 'To be sent as they are, besides Content-Length.',
      }),
      expiresAt: field.time,
    }),
    z.object({
      ...shownStatus,
      status: z.literal('pending'),
      method: z.literal('MULTIPART'),
      uploadId: z.string(),
      key: z.string(),
      partSize: z.int().meta({ description: 'Bytes of every part but the last' }),
      partCount: z.int(),
    }),
  ])
  .meta({ id: 'AnnouncedUpload' })

async function announced(upload: Upload, store: Store, now: number) {
  const { id, state, key, partSize, announcedSize } = upload
  if (state === 'complete') return { id, status: 'exists' }
  const pending = { id, status: 'pending' }
  if (partSize === null) return { ...pending, method: 'PUT', ...(await putOf(upload, store, now)) }
  const partCount = partCountOf(announcedSize, partSize)
  return { ...pending, method: 'MULTIPART', uploadId: id, key, partSize, partCount }
}

export const announceFiles = endpoint(
  {
    operationId: 'announceUploads',
    grant: 'upload',
    isKeyed: true,
    method: 'POST',
    path: '/uploads',
    tag: 'Uploads',
    summary: 'Announce files, and learn how to send each',
    description:
      'Files of over 64 MiB are sent in parts. The id of an upload is the storage id that an asset is registered with once it is complete. A missing project is made.',
    params: z.object({}),
    query: z.object({ createProject: field.createProject }),
    body: z
      .object({
        ...projectGiven,
        files: z
          .array(AnnouncedFile)
          .min(1, { error: 'is empty' })
          .max(MOST_FILES, { error: `has over ${MOST_FILES} entries` })
          .meta({ minItems: 1, maxItems: MOST_FILES }),
      })
      .meta({ id: 'NewUploads' }),
    bodyExample: {
      namespace: 'alice',
      project: 'robotics',
      files: [{ name: 'run01.mp4', size: 180_833, contentType: 'video/mp4' }],
    },
    answers: {
      201: {
        description: 'One entry a file, in their order',
        schema: z.object({ uploads: z.array(Announced) }),
        example: {
          uploads: [
            {
              id: '019d8a3c5e00a1b2c3d4e5fa',
              status: 'pending',
              method: 'PUT',
              url: 'https://example.r2.cloudflarestorage.com/dreamlake/ns/019d8a3c5e00a1b2c3d4e5fa?X-Amz-Signature=0',
              headers: { 'content-type': 'video/mp4', 'if-none-match': '*' },
              expiresAt: '2026-04-14T10:30:00.000Z',
            },
          ],
        },
      },
    },
    failures: [...projectFailures, 'quota_exceeded'],
  },
  async (call) => {
    const { asking, query, body, stamp, quotas, mint, arriving, database, now } = call
    const { files: given, ...place } = body
    const store = await storeFor(call)
    assertNoneTooLarge(given, store.bucket.mostBytes)
    const files = given.map((file) => newUpload(file, mint()))
    const values = { ...asking, ...stamp, ...quotas, ...leaseOf(call), ...place, projectId: mint(), ...query }
    const made = await database.run(announceUploads({ ...values, files }, arriving))
    const uploads: unknown[] = []
    for (const each of made.uploads) uploads.push(await announced(each, store, now))
    return jsonAnswer(JSON.stringify({ uploads }), 201, replayOf(made))
  },
)

type AnnouncedFile = z.output<typeof AnnouncedFile>

/** By what the bucket takes at most. */
function assertNoneTooLarge(files: readonly AnnouncedFile[], mostBytes: number): void {
  const errors = files.flatMap(({ size }, index) =>
    size > mostBytes ? [{ path: `files.${index}.size`, message: `is over ${mostBytes} bytes` }] : [],
  )
  if (errors.length > 0) throw invalidFields(firstOf('body', errors))
}

const newUpload = (
  { name = null, size, contentType = null, sha256 = null }: AnnouncedFile,
  id: string,
): NewUpload => ({
  id,
  name,
  size,
  contentType,
  sha256,
  partSize: size <= MOST_BYTES_AT_ONCE ? null : partBytesFor(size),
  stagingHash: null,
})
