import { partCountOf } from '../../domain/upload.ts'
import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import type { Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { announceFiles } from './announcements.routes.ts'
import { complete, readUpload } from './completion.ts'
import { end, signParts } from './lifecycle.ts'
import * as part from './part-fields.ts'
import { listUploads } from './pending.routes.ts'
import { abortUpload } from './transfers.sql.ts'

const nothing = z.object({})
const upload = z.object({ id: field.lookup.meta({ description: 'The id of the upload, and of its object' }) })

const bytes = z.int().min(0).meta({ description: 'Bytes' })

const sign = endpoint(
  {
    operationId: 'signUploadParts',
    grant: 'upload',
    method: 'POST',
    path: '/uploads/{id}/parts',
    tag: 'Uploads',
    summary: 'Sign the URLs of parts, as often as needed',
    description:
      'A single PUT is its own part 1: its URL is signed anew. A part may be sent again until the upload is complete.',
    params: upload,
    query: nothing,
    body: z.object({ partNumbers: part.partNumbers }).meta({ id: 'PartNumbers' }),
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
    grant: 'watch',
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
    grant: 'upload',
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
        parts: part.sentParts.optional().meta({ description: 'By default those that the bucket holds' }),
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
    isUntagged: true,
    grant: 'write',
    method: 'DELETE',
    path: '/uploads/{id}',
    tag: 'Uploads',
    summary: 'Abort an upload, and drop what was sent of it',
    description: 'A complete one is no upload any more (409). Aborting again is 200.',
    params: upload,
    query: nothing,
    body: part.olderRef,
    bodyExample: {},
    answers: { 200: { description: 'It is aborted', schema: field.Success, example: { success: true } } },
    failures: ['upload_not_found', 'upload_complete', 'bucket_unavailable'],
  },
  async (call) => {
    await end(call, abortUpload({ ...call.asking, id: call.params.id, expected: call.stamp.expected }))
    return jsonAnswer('{"success":true}')
  },
)

export const uploadEndpoints: readonly Endpoint[] = [announceFiles, listUploads, sign, read, finish, abort]
