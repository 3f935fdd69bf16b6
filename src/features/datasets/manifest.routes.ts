import { ANY_TAG } from '../../db/write.ts'
import { assetKinds } from '../../domain/kind.ts'
import { acceptsGzip, tagsIn } from '../../http/conditions.ts'
import { endpoint } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import type { Endpoint } from '../../http/route.ts'
import { streamOf } from '../../http/stream.ts'
import * as z from '../../http/zod.ts'
import { projectFailures } from '../places/address.ts'
import { DATASETS, DatasetParams } from './datasets.routes.ts'
import { beginManifest } from './manifest-reading.ts'

/** Lines of one answer: signing their URLs takes some seconds of a Worker's time. */
const MOST_LINES = 200_000

const kind = z.enum(assetKinds)

const Line = z
  .object({
    dataset: z.string(),
    collection: z.string(),
    episode: z.string().nullable(),
    path: z.string().nullable().meta({ description: "The asset's name" }),
    kind,
    assetId: field.id,
    contentType: z.string().nullable(),
    size: z.int().nullable().meta({ description: 'Bytes; null where there are none.' }),
    sha256: z.string().nullable().meta({ description: 'Null unless the bucket has verified it.' }),
    metadata: field.metadataShown,
    url: z
      .string()
      .nullable()
      .optional()
      .meta({ description: 'With `urls=true`; null where there are no bytes.' }),
    expiresAt: field.time.nullable().optional(),
    cursor: z.string().optional().meta({
      description:
        'With some lines: a stream that was cut off is gone on with behind the last line that had one.',
    }),
  })
  .meta({ id: 'ManifestLine' })

const End = z
  .object({
    end: z.literal(true),
    lines: z.int().meta({ description: 'How many stand before this one.' }),
    changed: z
      .boolean()
      .meta({ description: 'Whether the project was written to since the manifest was begun.' }),
    nextCursor: z.string().nullable().meta({ description: 'Null where nothing is left.' }),
  })
  .meta({ id: 'ManifestEnd' })

const example = {
  dataset: 'training-v2',
  collection: 'front-camera-clips',
  episode: 'run-042',
  path: '/camera/front/run01.mp4',
  kind: 'video',
  assetId: '019d8a3c5e00a1b2c3d4e5f6',
  contentType: 'video/mp4',
  size: 180_833,
  sha256: null,
  metadata: null,
}

const limit = z
  .string()
  .optional()
  .transform((text, context) => {
    const number = text === undefined ? MOST_LINES : field.digits(text)
    if (number >= 1 && number <= MOST_LINES) return number
    context.addIssue({ code: 'custom', message: `is not a whole number from 1 to ${MOST_LINES}` })
    return z.NEVER
  })
  .meta({ type: 'integer', minimum: 1, maximum: MOST_LINES, default: MOST_LINES, description: 'Lines' })

const Query = z.object({
  urls: field.urls,
  expiresIn: field.expiresIn,
  kind: kind.optional().meta({ description: 'Only assets of this kind' }),
  limit,
  cursor: z.string().optional().meta({ description: '`nextCursor`, or the `cursor` of a line' }),
})

const manifest = endpoint(
  {
    operationId: 'readManifest',
    grant: 'read',
    method: 'GET',
    path: `${DATASETS}/{name}/manifest`,
    tag: 'Datasets',
    summary: 'Stream all assets that a dataset reaches, a line of JSON each',
    description:
      'Ordered by collection (by name), member and path; each asset once, where the first member reaches it. The last line says `end`: whoever does not see it has a part. What is added to the dataset while the manifest is read is left to the next one.',
    params: DatasetParams,
    query: Query,
    answers: {
      200: { description: 'Lines of JSON', schema: z.union([Line, End]), isLines: true, example },
      304: { description: 'Nothing has changed since the answer with that `ETag`', schema: null },
    },
    failures: [
      ...projectFailures,
      'dataset_not_found',
      'manifest_out_of_order',
      'manifest_entangled',
      'url_not_signed',
    ],
    trips: 'each chunk',
  },
  async (call) => {
    const { request, requestId, query } = call
    const isCompressed = acceptsGzip(request)
    const aspect = await aspectOf(query)
    const known = query.urls ? [] : statesIn(request.headers.get('If-None-Match'), aspect)
    const { first, text } = await beginManifest(call, known)
    const headers: Record<string, string> = { Vary: 'Accept-Encoding' }
    if (!query.urls) {
      headers.ETag = `"${first.state}-${aspect}${isCompressed ? GZIPPED : ''}"`
      headers['Cache-Control'] = 'private, no-cache, no-transform'
    }
    if (first.isKnown) return new Response(null, { status: 304, headers })
    headers['Content-Type'] = 'application/x-ndjson'
    // The platform encodes what is said to be encoded.
    if (isCompressed) headers['Content-Encoding'] = 'gzip'
    return new Response(await streamOf(text, 'a manifest', requestId), { headers })
  },
)

/** Whoever changes what the lines say changes this: the same state is then told by other tags. */
const FORMAT = 1

/** What of a manifest is asked for, as its tags name it. */
async function aspectOf({ kind, limit, cursor }: z.output<typeof Query>): Promise<string> {
  const text = JSON.stringify([FORMAT, kind ?? null, limit, cursor ?? null])
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return new Uint8Array(digest).subarray(0, 6).toHex()
}

/** A strong tag is of one coding; the same state is known by either. */
const GZIPPED = '-gzip'

/** The states of the dataset whose manifest a client has, by the tags of the same aspect that it names. */
const statesIn = (header: string | null, aspect: string): string[] =>
  tagsIn(header)
    .map((tag) => (tag === ANY_TAG ? tag : tag.slice(1, -1)))
    .map((tag) => (tag.endsWith(GZIPPED) ? tag.slice(0, -GZIPPED.length) : tag))
    .filter((tag) => tag === ANY_TAG || tag.endsWith(`-${aspect}`))
    .map((tag) => (tag === ANY_TAG ? tag : tag.slice(0, -aspect.length - 1)))

export const manifestEndpoints: readonly Endpoint[] = [manifest]
