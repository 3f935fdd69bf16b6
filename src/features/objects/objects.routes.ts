import { originOf } from '../../config.ts'
import { Database } from '../../db/database.ts'
import { Refusal } from '../../domain/failure.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { problem } from '../../http/problem.ts'
import { assertUploadWithinLimit } from '../../http/rate-limit.ts'
import type { Endpoint, OpenCall } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { serveObject } from '../../storage/objects.ts'
import { receiveObject, receivePart, type Sent } from '../../storage/own-bucket.ts'
import { isShownInPlace, OBJECTS_PATH } from '../../storage/presign.ts'
import { notePart } from './parts.sql.ts'
import { readMd5 } from './sent-headers.ts'
import { assertSigned } from './signed-request.ts'
import { dropUpload } from './transfers.sql.ts'

/** The bytes themselves, where no S3 store is configured. The signed URL is the authority. */

const ofSigned = { description: 'Of the signed URL, which is taken as it is' }
const signed = z.string().optional().meta(ofSigned)
const params = z.object({ key: z.string().meta(ofSigned) })

const read = openEndpoint(
  {
    operationId: 'readObject',
    method: 'GET',
    path: `${OBJECTS_PATH}/{key}`,
    tag: 'Objects',
    summary: 'Read the bytes behind a signed URL',
    description:
      'Answers `Range`, `If-Range` and the conditional headers. The URL comes from `download`; another spelling of it is the same URL.',
    params,
    query: z.object({
      'response-content-type': signed,
      'response-content-disposition': signed,
    }),
    answers: {
      200: { description: 'The whole', schema: null },
      206: { description: 'The range', schema: null },
      304: { description: 'It is what the client has', schema: null },
    },
    failures: ['url_refused', 'object_not_found', 'range_not_satisfiable', 'precondition_failed'],
    trips: 'none',
  },
  async (call) => {
    const { request, env, requestId } = call
    const { key, query } = await assertSigned('GET', call)
    const served = await serveObject(env.BUCKET, key, request)
    if (served.status === 404) throw new Refusal('object_not_found')
    if (served.status === 412) throw new Refusal('precondition_failed')
    const headers = new Headers(served.status === 416 ? {} : served.headers)
    // Whatever is on the way must leave the bytes, and with them their ETag, as they are.
    headers.set('Cache-Control', 'private, no-cache, no-transform')
    if (served.status === 416) {
      headers.set('Content-Range', `bytes */${served.size}`)
      return problem(
        new Refusal('range_not_satisfiable'),
        { requestId, origin: originOf(call.config, call.url) },
        headers,
      )
    }
    const type = query['response-content-type'] ?? headers.get('Content-Type') ?? 'application/octet-stream'
    const disposition = query['response-content-disposition'] ?? 'attachment'
    headers.set('Content-Type', type)
    // What was signed while more types were shown in place is good for days.
    headers.set('Content-Disposition', isShownInPlace(type) ? disposition : asAttachment(disposition))
    return new Response(served.body, { status: served.status, headers })
  },
)

const asAttachment = (disposition: string): string => disposition.replace(/^\s*[^;\s]*/, 'attachment')

const write = openEndpoint(
  {
    operationId: 'writeObject',
    method: 'PUT',
    path: `${OBJECTS_PATH}/{key}`,
    tag: 'Objects',
    summary: 'Send the bytes of an object, or of one part of it, to a signed URL',
    description:
      'The URL comes from an upload, and so do the headers that it is signed with. An object that is there is not overwritten; a part is, until its upload is complete. `Content-MD5` is verified; `Content-Range`, and a body that is signed in chunks, are refused. Only a part asks D1.',
    params,
    query: z.object({
      partNumber: signed,
      uploadId: signed,
      mostBytes: signed,
    }),
    answers: { 200: { description: 'The bucket has it; its `ETag` names it.', schema: null } },
    failures: [
      'url_refused',
      'length_required',
      'object_exists',
      'checksum_mismatch',
      'part_too_large',
      'upload_not_found',
      'bucket_unavailable',
      'rate_limited',
    ],
  },
  async (call) => {
    const { request, url, env, config } = call
    const { headers, body } = request
    const md5 = readMd5(headers)
    const length = headers.get('Content-Length')
    // A signature over a length that was not sent cannot be checked.
    const isLengthSigned = /content-length/.test(url.searchParams.get('X-Amz-SignedHeaders') ?? '')
    if (length === null && isLengthSigned) throw new Refusal('length_required')
    const { key, query } = await assertSigned('PUT', call)
    const { uploadId } = query
    if (uploadId !== undefined) await assertUploadWithinLimit(call, config, key)
    if (length === null) throw new Refusal('length_required')
    const sent = { body, length: Number(length), md5 }
    if (uploadId !== undefined) {
      assertPartFits(Number(length), query.mostBytes)
      const part = { key, bucketUploadId: uploadId, partNumber: Number(query.partNumber) }
      return takePart(call, part, sent)
    }
    const received = await receiveObject(env.BUCKET, key, {
      ...sent,
      contentType: headers.get('Content-Type') ?? 'application/octet-stream',
      sha256: headers.get('x-amz-checksum-sha256'),
    })
    if (received === 'exists') throw new Refusal('object_exists')
    if (received === 'other bytes') throw new Refusal('checksum_mismatch')
    return accepted(received.etag)
  },
)

/** Of a URL that says how long its part may be. */
function assertPartFits(length: number, mostBytes: string | undefined): void {
  if (mostBytes === undefined || length <= Number(mostBytes)) return
  const message = `is ${length}, where the part has ${mostBytes} bytes at most`
  throw new Refusal('part_too_large', [{ path: 'Content-Length', message }])
}

interface SignedPart {
  readonly key: string
  readonly bucketUploadId: string
  readonly partNumber: number
}

async function takePart(
  { env, now, opened }: OpenCall<typeof params, z.ZodObject>,
  part: SignedPart,
  sent: Sent,
): Promise<Response> {
  const { key, bucketUploadId, partNumber } = part
  const received = await receivePart(env.BUCKET, key, bucketUploadId, partNumber, sent)
  if (received === 'other bytes') throw new Refusal('checksum_mismatch')
  const database = new Database(env.DB, 'first-primary')
  opened(database)
  if (received === null) {
    // Either it was put together, or R2 has dropped it, as it does after some days.
    if (!(await env.BUCKET.head(key))) await database.run(dropUpload({ ...part, now }))
    throw new Refusal('upload_not_found')
  }
  await database.run(notePart({ ...part, ...received, size: sent.length, takenAt: Date.now() }))
  return accepted(received.etag)
}

const accepted = (etag: string): Response => new Response(null, { headers: { ETag: `"${etag}"` } })

export const objectEndpoints: readonly Endpoint[] = [read, write]
