import { z } from 'zod'
import { invalidFields } from '../../domain/failure.ts'
import { MOST_BYTES_AT_ONCE, partBytesFor, partCountOf } from '../../domain/upload.ts'
import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import type { Endpoint } from '../../http/route.ts'
import type { Store } from '../../storage/store.ts'
import { projectFailures, projectGiven } from '../places/address.ts'
import { complete, readUpload } from './completion.ts'
import { end, leaseOf, putOf, signParts, storeFor } from './lifecycle.ts'
import { listUploads } from './pending.routes.ts'
import { abortUpload } from './transfers.sql.ts'
import type { Lease, NewUpload, Upload } from './uploads.sql.ts'
import { announceUploads } from './uploads.sql.ts'

const MOST_FILES = 1_000

const nothing = z.object({})
const upload = z.object({ id: field.lookup.meta({ description: 'The id of the upload, and of its object' }) })

const bytes = z.int().min(0).meta({ description: 'Bytes' })

const NewFile = z
  .object({
    name: field.name.nullish().meta({
      description:
        'What the client calls it. A file that is announced without its type is served by the extension.',
    }),
    size: bytes,
    contentType: field.mediaType.nullish(),
    sha256: field.sha256.nullish().meta({
      description:
        'Hex digits. The bucket verifies it of a single PUT, and later uploads of the same are `exists`.',
    }),
  })
  .meta({ id: 'NewFile' })

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

const announce = endpoint(
  {
    operationId: 'announceUploads',
    method: 'POST',
    path: '/uploads',
    tag: 'Uploads',
    summary: 'Announce files, and learn how to send each',
    description:
      'Files of over 64 MiB are sent in parts. The id of an upload is the storage id that an asset is registered with once it is complete. A missing project is made.',
    params: nothing,
    query: z.object({ createProject: field.createProject }),
    body: z
      .object({
        ...projectGiven,
        files: z
          .array(NewFile)
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
    const store = await storeFor(call)
    const { mostBytes } = store.bucket
    const tooLarge = body.files.flatMap(({ size }, index) =>
      size > mostBytes ? [{ path: `files.${index}.size`, message: `is over ${mostBytes} bytes` }] : [],
    )
    if (tooLarge.length > 0) throw invalidFields(tooLarge)
    const files = body.files.map(({ name = null, size, contentType = null, sha256 = null }): NewUpload => {
      const isSmall = size <= MOST_BYTES_AT_ONCE
      return {
        id: mint(),
        name,
        size,
        contentType,
        sha256,
        partSize: isSmall ? null : partBytesFor(size),
        stagingHash: null,
      }
    })
    const { namespace, project } = body
    const lease: Lease = leaseOf(call)
    const values = {
      ...asking,
      ...stamp,
      ...quotas,
      ...lease,
      namespace,
      project,
      projectId: mint(),
      ...query,
      files,
    }
    const made = await database.run(announceUploads(values, arriving))
    const uploads: unknown[] = []
    for (const each of made) uploads.push(await announced(each, store, now))
    return jsonAnswer(JSON.stringify({ uploads }), 201)
  },
)

const sign = endpoint(
  {
    operationId: 'signUploadParts',
    method: 'POST',
    path: '/uploads/{id}/parts',
    tag: 'Uploads',
    summary: 'Sign the URLs of parts, as often as needed',
    description:
      'A single PUT is its own part 1: its URL is signed anew. A part may be sent again until the upload is complete.',
    params: upload,
    query: nothing,
    body: z.object({ partNumbers: field.partNumbers }).meta({ id: 'PartNumbers' }),
    bodyExample: { partNumbers: [1, 2] },
    answers: {
      200: {
        description: 'The URLs, by part number',
        schema: z.object({
          parts: z.record(z.string(), z.url()),
          headers: z.record(z.string(), z.string()).optional().meta({ description: 'Of a single PUT' }),
          expiresAt: field.time,
        }),
        example: {
          parts: {
            1: 'https://example.r2.cloudflarestorage.com/dreamlake/ns/019d8a3c5e00a1b2c3d4e5fa?partNumber=1&uploadId=x&X-Amz-Signature=0',
          },
          expiresAt: '2026-04-15T09:30:00.000Z',
        },
      },
    },
    failures: ['upload_not_found', 'upload_complete', 'upload_aborted', 'bucket_unavailable'],
    trips: { most: 2, because: 'The first time, the bucket begins the upload in between.' },
  },
  async (call) =>
    jsonAnswer(
      JSON.stringify(await signParts(call, { ...call.asking, id: call.params.id }, call.body.partNumbers)),
    ),
)

const Part = z.object({ partNumber: z.int(), etag: z.string(), size: bytes }).meta({ id: 'Part' })

const read = endpoint(
  {
    operationId: 'readUpload',
    method: 'GET',
    path: '/uploads/{id}',
    tag: 'Uploads',
    summary: 'Read an upload, and which parts the bucket holds',
    params: upload,
    query: nothing,
    answers: {
      200: {
        description: 'The upload',
        schema: z.object({
          id: field.id,
          status: z.enum(['pending', 'complete', 'aborted']),
          name: z.string().nullable(),
          method: z.enum(['PUT', 'MULTIPART']),
          size: z.int().nullable(),
          contentType: z.string().nullable(),
          sha256: z.string().nullable().meta({
            description: 'As announced; of a complete upload, as the bucket has verified it.',
          }),
          partSize: z.int().nullable(),
          partCount: z.int().nullable(),
          parts: z.array(Part),
        }),
        example: {
          id: '019d8a3c5e00a1b2c3d4e5fa',
          status: 'pending',
          name: 'run01.mp4',
          method: 'MULTIPART',
          size: 104_857_600,
          contentType: 'video/mp4',
          sha256: null,
          partSize: 16_777_216,
          partCount: 7,
          parts: [{ partNumber: 1, etag: '5d41402abc4b2a76b9719d911017c592', size: 16_777_216 }],
        },
      },
    },
    failures: ['upload_not_found', 'bucket_unavailable'],
    trips: { most: 2, because: 'What the bucket has put together, or dropped, meanwhile is written down.' },
  },
  async (call) => {
    const { upload, parts } = await readUpload(call, { ...call.asking, id: call.params.id })
    const { id, state, name, contentType, partSize, announcedSize } = upload
    const isComplete = state === 'complete'
    const answer = {
      id,
      status: state === 'discarded' ? 'aborted' : state,
      name,
      method: partSize === null ? 'PUT' : 'MULTIPART',
      size: isComplete ? upload.size : announcedSize,
      contentType,
      sha256: isComplete ? upload.sha256 : upload.announcedSha256,
      partSize,
      partCount: partSize === null ? null : partCountOf(announcedSize, partSize),
      parts,
    }
    return jsonAnswer(JSON.stringify(answer))
  },
)

const finish = endpoint(
  {
    operationId: 'completeUpload',
    method: 'POST',
    path: '/uploads/{id}/complete',
    tag: 'Uploads',
    summary: 'Make an upload a complete object',
    description:
      'What the bucket holds is compared with what was announced. Where it is something else the upload is discarded; where something is missing it stays as it is, is told the parts that are to be sent again, and can be asked for again.',
    params: upload,
    query: nothing,
    body: z
      .object({
        parts: field.sentParts.optional().meta({ description: 'By default those that the bucket holds' }),
      })
      .meta({ id: 'SentParts' }),
    bodyExample: { parts: [{ partNumber: 1, etag: '5d41402abc4b2a76b9719d911017c592' }] },
    answers: {
      200: {
        description: 'The object',
        schema: z
          .object({
            id: field.id,
            size: bytes,
            contentType: z.string().nullable(),
            sha256: z.string().nullable().meta({ description: 'Null unless the bucket has verified it.' }),
            etag: z.string(),
            createdAt: field.time,
          })
          .meta({ id: 'Object' })
          .or(field.Bare),
        example: {
          id: '019d8a3c5e00a1b2c3d4e5fa',
          size: 180_833,
          contentType: 'video/mp4',
          sha256: null,
          etag: '5d41402abc4b2a76b9719d911017c592',
          createdAt: '2026-04-14T09:30:00.000Z',
        },
      },
    },
    failures: [
      'upload_not_found',
      'upload_aborted',
      'upload_incomplete',
      'upload_mismatch',
      'quota_exceeded',
      'bucket_unavailable',
    ],
    trips: { most: 2, because: 'The bucket says in between what it holds.' },
  },
  async (call) => {
    const { id, name, size, contentType, sha256, etag, createdAt, isShown } = await complete(
      call,
      { ...call.asking, id: call.params.id },
      call.body.parts,
    )
    if (!isShown) return jsonAnswer(JSON.stringify({ id, name }))
    const time = new Date(createdAt).toISOString()
    return jsonAnswer(JSON.stringify({ id, size, contentType, sha256, etag, createdAt: time }))
  },
)

const abort = endpoint(
  {
    operationId: 'abortUpload',
    method: 'DELETE',
    path: '/uploads/{id}',
    tag: 'Uploads',
    summary: 'Abort an upload, and drop what was sent of it',
    params: upload,
    query: nothing,
    body: field.olderRef,
    bodyExample: {},
    answers: { 200: { description: 'It is aborted', schema: field.Success, example: { success: true } } },
    failures: ['upload_not_found', 'upload_complete', 'bucket_unavailable'],
  },
  async (call) => {
    await end(call, abortUpload({ ...call.asking, id: call.params.id }))
    return jsonAnswer('{"success":true}')
  },
)

export const uploadEndpoints: readonly Endpoint[] = [announce, listUploads, sign, read, finish, abort]
