import { Refusal } from '../../domain/failure.ts'
import { extensionOf } from '../../domain/path.ts'
import { OLDER_PART_BYTES } from '../../domain/upload.ts'
import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import type { Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { countEntries, type EntryFormat } from '../../storage/entries.ts'
import { complete, readUpload } from '../objects/completion.ts'
import { type AnyCall, leaseOf, signParts, storeFor } from '../objects/lifecycle.ts'
import * as part from '../objects/part-fields.ts'
import { announceUploads, type Upload } from '../objects/uploads.sql.ts'
import { projectFailures } from '../places/address.ts'
import { type WireKind, wireKinds } from '../recordings/asset-kinds.ts'
import { signOne } from '../recordings/signed-urls.ts'
import { findObject, findStaged } from './staged.sql.ts'

/**
 * The routes of the older byte service, for the clients that know no others: another spelling of the lifecycle of
 * `uploads.routes.ts`. `owner` is a namespace; `key` and `uploadId` find an upload, and what is signed is the row's own.
 */
const nothing = z.object({})
const route = { tag: 'Byte service', params: nothing, query: nothing } as const

const uploadRef = {
  uploadId: field.lookup.meta({ description: 'As `init` answered it' }),
  key: field.lookup.meta({ description: 'The same' }),
}

const refOf = ({ asking }: AnyCall, { uploadId, key }: { uploadId: string; key: string }) => ({
  ...asking,
  id: uploadId,
  key,
})

const hash = z
  .string()
  .regex(/^[0-9a-fA-F]{16}$/, { error: 'is not 16 hex digits' })
  .transform((text) => text.toLowerCase())
  .meta({ type: 'string', pattern: '^[0-9a-fA-F]{16}$', description: "The first of the file's SHA-256" })

const anUpload = { uploadId: '019d8a3c5e00a1b2c3d4e5fa', key: 'ns/019d8a3c5e00a1b2c3d4e5fa' }
const uploadFailures = ['upload_not_found', 'upload_aborted', 'bucket_unavailable'] as const

const beginning = ({ one, prefix }: WireKind): Endpoint =>
  endpoint(
    {
      ...route,
      operationId: `init${one}Upload`,
      grant: 'upload',
      method: 'POST',
      path: `/${prefix}/upload/multipart/init`,
      summary: 'Begin an upload in parts of 10 MiB',
      query: z.object({ createProject: field.createProject }),
      body: z
        .object({
          owner: field.slugRef,
          project: field.slug,
          hash,
          contentType: field.mediaType.optional(),
        })
        .meta({ id: `Init${one}Upload` }),
      bodyExample: { owner: 'alice', project: 'robotics', hash: '0123456789abcdef' },
      answers: {
        200: {
          description: 'The upload',
          schema: z.object({ uploadId: z.string(), key: z.string() }),
          example: anUpload,
        },
      },
      failures: [...projectFailures, 'quota_exceeded'],
    },
    async (call) => {
      const { asking, query, body, stamp, quotas, mint, arriving, database } = call
      const file = {
        id: mint(),
        name: null,
        size: null,
        contentType: body.contentType ?? null,
        sha256: null,
        partSize: OLDER_PART_BYTES,
        stagingHash: body.hash,
      } as const
      const place = { namespace: body.owner, project: body.project, projectId: mint(), ...query }
      const values = { ...asking, ...stamp, ...quotas, ...leaseOf(call), ...place, files: [file] }
      const {
        uploads: [made],
      } = await database.run(announceUploads(values, arriving))
      return jsonAnswer(JSON.stringify({ uploadId: made?.id, key: made?.key }))
    },
  )

const signing = ({ one, prefix }: WireKind): Endpoint =>
  endpoint(
    {
      ...route,
      operationId: `sign${one}Parts`,
      grant: 'upload',
      method: 'POST',
      path: `/${prefix}/upload/multipart/parts`,
      summary: 'Sign the URLs of parts',
      body: z.object({ ...uploadRef, partNumbers: part.olderPartNumbers }).meta({ id: `${one}PartNumbers` }),
      bodyExample: { ...anUpload, partNumbers: [1, 2] },
      answers: {
        200: {
          description: 'The URLs, by part number',
          schema: z.object({ parts: z.record(z.string(), z.url()) }),
          example: { parts: { 1: 'https://example.r2.cloudflarestorage.com/dreamlake/key?partNumber=1' } },
        },
      },
      failures: [...uploadFailures, 'upload_complete'],
      trips: { most: 2, because: 'The first time, the bucket begins the upload in between.' },
    },
    async (call) => {
      const { parts } = await signParts(call, refOf(call, call.body), call.body.partNumbers)
      return jsonAnswer(JSON.stringify({ parts }))
    },
  )

const listing = ({ one, prefix }: WireKind): Endpoint =>
  endpoint(
    {
      ...route,
      operationId: `list${one}PartsDone`,
      grant: 'watch',
      method: 'GET',
      path: `/${prefix}/upload/multipart/parts-done`,
      summary: 'List the parts that the bucket holds',
      query: z.object(uploadRef),
      answers: {
        200: {
          description: 'The parts; `expired` where the upload is over and must be begun anew',
          schema: z.object({
            expired: z.boolean(),
            parts: z.array(z.object({ partNumber: z.int(), etag: z.string() })),
          }),
          example: { expired: false, parts: [{ partNumber: 1, etag: '5d41402abc4b2a76b9719d911017c592' }] },
        },
      },
      failures: ['upload_not_found', 'bucket_unavailable', 'quota_exceeded'],
      trips: {
        most: 2,
        because: 'What the bucket has put together, or dropped, meanwhile is written down.',
      },
    },
    async (call) => {
      const { parts, isOpen, isWaiting } = await readUpload(call, refOf(call, call.query))
      // Neither are parts missing of it, nor is it to be begun anew.
      if (isWaiting) throw new Refusal('quota_exceeded')
      const done = parts.map(({ partNumber, etag }) => ({ partNumber, etag }))
      return jsonAnswer(JSON.stringify({ expired: !isOpen, parts: done }))
    },
  )

const completing = ({ one, prefix }: WireKind): Endpoint =>
  endpoint(
    {
      ...route,
      operationId: `complete${one}Upload`,
      grant: 'upload',
      method: 'POST',
      path: `/${prefix}/upload/multipart/complete`,
      summary: 'Make the object of its parts',
      body: z.object({ ...uploadRef, parts: part.olderSentParts }).meta({ id: `Sent${one}Parts` }),
      bodyExample: { ...anUpload, parts: [{ partNumber: 1, etag: '5d41402abc4b2a76b9719d911017c592' }] },
      answers: {
        200: { description: 'It is complete', schema: field.Success, example: { success: true } },
      },
      failures: [...uploadFailures, 'upload_incomplete', 'quota_exceeded'],
      trips: { most: 2, because: 'The bucket says in between what it holds.' },
    },
    async (call) => {
      await complete(call, refOf(call, call.body), call.body.parts)
      return jsonAnswer('{"success":true}')
    },
  )

/** Counting reads the object: a larger one is told without. */
const MOST_BYTES_COUNTED = 16 * 1_048_576

const counted = {
  entryCount: z.int().nullable().meta({
    description: 'Null where the object is over 16 MiB, or another token sent it and this one may not read.',
  }),
  fields: z.array(z.string()).nullable().meta({ description: 'Of the first entry' }),
}

const recording = ({ one, prefix, entries }: WireKind): Endpoint =>
  endpoint(
    {
      ...route,
      operationId: `record${one}`,
      grant: 'upload',
      method: 'POST',
      path: `/${prefix}`,
      summary: 'The storage id of what was uploaded under a hash',
      body: z
        .object({
          name: field.filePath,
          owner: field.slugRef,
          project: field.slugRef,
          episodeId: field.name.optional().meta({ description: 'The name of the episode' }),
          stagingHash: hash,
          format: field.word.optional(),
          fileSize: z.int().min(0).optional().meta({ description: 'Bytes' }),
        })
        .meta({ id: `Recorded${one}` }),
      bodyExample: {
        name: '/camera/front/run01',
        owner: 'alice',
        project: 'robotics',
        episodeId: 'run-042',
        stagingHash: '0123456789abcdef',
      },
      answers: {
        200: {
          description: 'The storage id',
          schema: z.object({ id: field.id, ...(entries ? counted : {}) }),
          example: {
            id: '019d8a3c5e00a1b2c3d4e5fa',
            ...(entries ? { entryCount: 12, fields: ['frame', 'boxes'] } : {}),
          },
        },
      },
      failures: [
        ...projectFailures,
        'upload_not_found',
        'upload_incomplete',
        'upload_mismatch',
        ...(entries ? (['bucket_unavailable'] as const) : []),
      ],
    },
    async (call) => {
      const { owner, project, stagingHash, fileSize, name, format } = call.body
      const found = await call.database.run(
        findStaged({ ...call.asking, namespace: owner, project, stagingHash }),
      )
      if (fileSize !== undefined && fileSize !== found.size) throw new Refusal('upload_mismatch')
      const counts = entries
        ? await countsOf(
            call,
            found,
            entries(format?.toLowerCase() ?? extensionOf(name.segments.at(-1) ?? '') ?? ''),
          )
        : {}
      return jsonAnswer(JSON.stringify({ id: found.id, ...counts }))
    },
  )

async function countsOf(call: AnyCall, { key, size, isShown }: Upload, format: EntryFormat | null) {
  const untold = { entryCount: null, fields: null }
  if (format === null || size > MOST_BYTES_COUNTED || !isShown) return untold
  const { bucket } = await storeFor(call)
  const bytes = await bucket.read(key)
  return bytes ? countEntries(bytes, format) : untold
}

const reading = ({ one, prefix }: WireKind): Endpoint =>
  endpoint(
    {
      ...route,
      operationId: `read${one}Raw`,
      grant: 'read',
      method: 'GET',
      path: `/${prefix}/{id}/raw`,
      summary: 'Redirect to the bytes of an object',
      params: z.object({ id: field.lookup.meta({ description: 'A storage id' }) }),
      query: z.object({ expiresIn: field.expiresIn, disposition: field.disposition }),
      answers: { 302: { description: 'To a signed URL', schema: null } },
      failures: ['object_not_found', 'url_not_signed'],
    },
    async (call) => {
      const { expiresIn, disposition } = call.query
      const { id } = call.params
      const found = await call.database.run(findObject({ ...call.asking, id }))
      const object = { ...found, filename: id }
      const { url: Location } = await signOne(call, object, { expiresIn, disposition })
      return new Response(null, { status: 302, headers: { Location } })
    },
  )

export const byteServiceEndpoints: readonly Endpoint[] = wireKinds.flatMap((wire) => [
  beginning(wire),
  signing(wire),
  listing(wire),
  completing(wire),
  recording(wire),
  reading(wire),
])
