import { z } from 'zod'
import { Refusal } from '../../domain/failure.ts'
import { serveObject } from '../../storage/objects.ts'
import { isSignedBy, keyAt, OBJECTS_PATH, ownStore } from '../../storage/presign.ts'
import { type Endpoint, openEndpoint } from '../endpoint.ts'
import { problem } from '../errors.ts'

/**
 * The bytes themselves, where no S3 store is configured. A URL is checked by signing it again with every secret
 * that is still accepted, so a change of secret leaves the URLs of before alive until they expire.
 */
const read = openEndpoint(
  {
    operationId: 'readObject',
    method: 'GET',
    path: `${OBJECTS_PATH}/{key}`,
    tag: 'Objects',
    summary: 'Read the bytes behind a signed URL',
    description: 'Answers `Range`, `If-Range` and the conditional headers. The URL comes from `download`.',
    params: z.object({ key: z.string() }),
    query: z.object({
      'response-content-type': z.string().optional(),
      'response-content-disposition': z.string().optional(),
    }),
    answers: {
      200: { description: 'The whole', schema: null },
      206: { description: 'The range', schema: null },
      304: { description: 'It is what the client has', schema: null },
    },
    failures: ['url_refused', 'object_not_found', 'range_not_satisfiable', 'precondition_failed'],
    trips: 'none',
  },
  async ({ request, url, env, config, query, now, requestId }) => {
    const origin = config.publicUrl ?? url.origin
    const stores = await Promise.all(config.tokens.secrets.map((secret) => ownStore(secret, origin)))
    const { pathname, search } = url
    const signed = await Promise.all(stores.map((store) => isSignedBy(store, 'GET', pathname, search, now)))
    if (!signed.includes(true)) throw new Refusal('url_refused')
    const served = await serveObject(env.BUCKET, keyAt(pathname), request)
    if (served.status === 404) throw new Refusal('object_not_found')
    if (served.status === 412) throw new Refusal('precondition_failed')
    const headers = new Headers(served.status === 416 ? {} : served.headers)
    headers.set('Cache-Control', 'private, no-cache')
    if (served.status === 416) {
      headers.set('Content-Range', `bytes */${served.size}`)
      return problem(new Refusal('range_not_satisfiable'), requestId, headers)
    }
    headers.set(
      'Content-Type',
      query['response-content-type'] ?? headers.get('Content-Type') ?? 'application/octet-stream',
    )
    headers.set('Content-Disposition', query['response-content-disposition'] ?? 'attachment')
    return new Response(served.body, { status: served.status, headers })
  },
)

export const objectEndpoints: readonly Endpoint[] = [read]
