import { z } from 'zod'
import { type AssetPage, assetListing } from '../../db/assetlist.ts'
import { assetRegistering, type OwnFields } from '../../db/assets.ts'
import { findDownload } from '../../db/downloads.ts'
import { END } from '../../db/page.ts'
import { map } from '../../db/plan.ts'
import { Refusal } from '../../domain/failure.ts'
import { type Glob, parseGlob } from '../../domain/glob.ts'
import { episodePath, foldersAlong, nodePathOf, nodeSegment, rangeOfPrefix } from '../../domain/path.ts'
import { expiryOf, signDownload, storeOf } from '../../storage/presign.ts'
import { type Call, type Endpoint, endpoint, jsonAnswer } from '../endpoint.ts'
import { Cursors, linkTo } from '../page.ts'
import * as field from '../schema.ts'
import { type WireKind, wireKinds } from './assetkinds.ts'

const placeFailures = ['namespace_not_found', 'project_not_found'] as const

function shownBy({ one, shape, shown, ownExample, exampleName }: WireKind) {
  const schema = z
    .object({
      id: field.id,
      projectId: field.id,
      episodeId: field.id.nullable(),
      nodeId: field.id.nullable(),
      name: z.string().nullable(),
      [shape.storageName]: z.string().nullable(),
      ...shown,
      tags: z.array(z.string()),
      metadata: field.metadataShown,
      createdAt: field.time,
      updatedAt: field.time,
    })
    .meta({ id: one })
  const example = {
    id: '019d8a3c5e00a1b2c3d4e5f6',
    projectId: '019d8a3c5e00a1b2c3d4e5f7',
    episodeId: '019d8a3c5e00a1b2c3d4e5f8',
    nodeId: '019d8a3c5e00a1b2c3d4e5f9',
    name: exampleName,
    [shape.storageName]: '019d8a3c5e00a1b2c3d4e5fa',
    ...ownExample,
    tags: [],
    metadata: null,
    createdAt: '2026-04-14T09:30:00.000Z',
    updatedAt: '2026-04-14T09:30:00.000Z',
  }
  return { schema, example }
}

function registering(wire: WireKind): Endpoint {
  const { kind, storageName } = wire.shape
  const register = assetRegistering(wire.shape)
  return endpoint(
    {
      operationId: `register${wire.one}`,
      method: 'POST',
      path: `/assets/${kind}`,
      tag: 'Assets',
      summary: `Register a ${kind}`,
      description:
        'Project, episode and folders are created where they are missing. The same path with another storage id replaces the asset that was there.',
      params: z.object({}),
      query: z.object({}),
      body: z
        .object({
          namespace: field.slugRef,
          project: field.slug,
          episodeName: field.name.optional(),
          name: field.filePath
            .optional()
            .meta({ description: 'A path; without one the asset has no identity.' }),
          [storageName]: field.word.optional().meta({ description: 'The storage id' }),
          ...wire.given,
          tags: field.tags.optional(),
          metadata: field.metadata.optional(),
        })
        .meta({ id: `New${wire.one}` }),
      bodyExample: {
        namespace: 'alice',
        project: 'robotics',
        episodeName: 'run-042',
        name: wire.exampleName,
        [storageName]: '019d8a3c5e00a1b2c3d4e5fa',
        ...wire.ownExample,
      },
      answers: { 201: { description: 'The asset', ...shownBy(wire) } },
      failures: [
        'namespace_not_found',
        'episode_trashed',
        'forbidden',
        'episode_write_protected',
        'object_not_complete',
      ],
    },
    async ({ asking, body, stamp, mint, arriving, database }) => {
      const { namespace, project, episodeName = null, name, ...rest } = field.stored(body)
      const { [storageName]: storageId = null, ...fields } = rest as Readonly<Record<string, unknown>>
      const segments = name?.segments ?? []
      const folders = segments.slice(0, -1)
      const plan = register(
        {
          ...asking,
          ...stamp,
          ...(fields as OwnFields),
          namespace,
          project,
          kind,
          projectId: mint(),
          id: mint(),
          nodeId: mint(),
          deletionId: mint(),
          name: name?.text ?? null,
          filename: segments.at(-1) ?? null,
          path: name ? nodePathOf(segments) : null,
          parentPath: folders.length === 0 ? null : nodePathOf(folders),
          folders: foldersAlong(folders).map((folder) => ({ ...folder, id: mint() })),
          storageId: storageId as string | null,
          episodeName,
          episodeId: mint(),
          episodeNodeId: mint(),
          episodeSegment: episodeName === null ? null : nodeSegment(episodeName),
          episodePath: episodeName === null ? null : episodePath(null, episodeName),
        },
        arriving,
      )
      return jsonAnswer((await database.run(plan)).body, 201)
    },
  )
}

const ref = {
  namespace: field.slugRef,
  project: field.slugRef,
  episodeId: field.lookup.optional().meta({ description: 'Only the assets of this episode' }),
  episode: field.lookup.optional().meta({ description: 'The same, by the name of the episode' }),
}

const ListQuery = z.object({
  ...ref,
  prefix: field.line.optional().meta({ description: 'What the names start with' }),
  glob: z
    .string()
    .optional()
    .transform((pattern, context): (Glob & { fault?: never }) | undefined => {
      if (pattern === undefined) return undefined
      const glob = parseGlob(pattern)
      if (!('fault' in glob)) return glob
      context.addIssue({ code: 'custom', message: glob.fault })
      return z.NEVER
    })
    .meta({
      type: 'string',
      description: 'A pattern over whole names: `*`, `?`, `[...]`, `[^...]`. Wins over `prefix`.',
    }),
  limit: z
    .string()
    .optional()
    .transform((text, context) => {
      if (text === undefined) return undefined
      const limit = field.digits(text)
      if (limit >= 1 && limit <= LARGEST_PAGE) return limit
      context.addIssue({ code: 'custom', message: `is not a whole number from 1 to ${LARGEST_PAGE}` })
      return z.NEVER
    })
    .meta({ type: 'integer', minimum: 1, maximum: 1_000, description: 'Answers one page, with its `Link`.' }),
  cursor: z.string().optional().meta({ description: 'From the `Link` of the page before' }),
})

const LARGEST_PAGE = 1_000
const ROWS_IN_A_CHUNK = 1_000

function listing(wire: WireKind): Endpoint {
  const { kind } = wire.shape
  const pageOf = assetListing(wire.shape)
  const { schema, example } = shownBy(wire)
  return endpoint(
    {
      operationId: `list${wire.many}`,
      method: 'GET',
      path: `/assets/${kind}`,
      tag: 'Assets',
      summary: `List the assets of kind ${kind}, newest first`,
      description:
        'Complete and streamed. With `limit` or `cursor` one page, whose `Link` header leads on; a filtered page may be short, even empty, and still lead on.',
      params: z.object({}),
      query: ListQuery,
      answers: { 200: { description: 'The assets', schema: z.array(schema), example: [example] } },
      failures: placeFailures,
      trips: 'each chunk',
    },
    async ({ asking, query, url, config, database }) => {
      const { glob, prefix, cursor, limit, ...place } = query
      const start = glob ? glob.prefix : prefix === undefined ? '' : `/${prefix.replace(/^\//, '')}`
      const { from, to } = start === '' ? { from: null, to: null } : rangeOfPrefix(start)
      const pageFrom = (before: string, rows: number): Promise<AssetPage> => {
        const fragments = glob?.fragments ?? []
        const { episodeId = null, episode = null } = place
        // The database cannot decide a glob: of more candidates than wanted, enough may match.
        const window = {
          before,
          limit: glob ? ROWS_IN_A_CHUNK : rows,
          episodeId,
          episode,
          from,
          to,
          fragments,
        }
        const plan = pageOf({ ...asking, ...place, ...window, kind })
        return database.run(glob ? map(plan, (page) => matching(page, glob, rows)) : plan)
      }
      if (limit === undefined && cursor === undefined) {
        const first = await pageFrom(END, ROWS_IN_A_CHUNK)
        return new Response(streamOf(written(first, pageFrom)), {
          headers: { 'Content-Type': 'application/json' },
        })
      }
      const cursors = new Cursors(url, config)
      const rows = limit ?? LARGEST_PAGE
      const page = await pageFrom(cursor === undefined ? END : await cursors.open(cursor), rows)
      const links = [`<${linkTo(url, { limit: String(rows) })}>; rel="first"`]
      if (page.next !== null) {
        const onward = linkTo(url, { limit: String(rows), cursor: await cursors.seal(page.next) })
        links.push(`<${onward}>; rel="next"`)
      }
      return jsonAnswer(`[${textOf(page)}]`, 200, { Link: links.join(', ') })
    },
  )
}

/** The candidates that match, `rows` of them at most. */
function matching({ items, next }: AssetPage, glob: Glob, rows: number): AssetPage {
  const matches = items.filter(({ name }) => name !== null && glob.matches(name))
  if (matches.length <= rows) return { items: matches, next }
  const shown = matches.slice(0, rows)
  return { items: shown, next: shown.at(-1)?.id ?? null }
}

const textOf = (page: AssetPage): string => page.items.map(({ body }) => body).join(',')

/**
 * A whole list as the text of one array, a chunk at a time: the next one is asked for when the one before was
 * taken. A failure aborts the answer, and what arrived of it is not valid JSON.
 */
async function* written(
  first: AssetPage,
  pageFrom: (before: string, rows: number) => Promise<AssetPage>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  yield encoder.encode('[')
  let separator = ''
  let page = first
  while (true) {
    const text = textOf(page)
    if (text !== '') {
      yield encoder.encode(separator + text)
      separator = ','
    }
    if (page.next === null) break
    page = await pageFrom(page.next, ROWS_IN_A_CHUNK)
  }
  yield encoder.encode(']')
}

const streamOf = (chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> =>
  new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await chunks.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        await chunks.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )

const DownloadQuery = z.object({
  ...ref,
  path: field.filePath.meta({ description: 'The name of the asset' }),
  expiresIn: field.expiresIn,
  disposition: z.enum(['attachment', 'inline']).optional().meta({ default: 'attachment' }),
})

const Download = z
  .object({
    url: z.url().meta({ description: 'Serves the bytes until it expires, without a token.' }),
    filename: z.string(),
    expiresAt: field.time,
    contentType: z.string(),
    size: z.int().meta({ description: 'Bytes' }),
  })
  .meta({ id: 'Download' })

const DEFAULT_TYPE = 'application/octet-stream'

/** Finds the object and signs its URL: one round trip, and no other service is asked. */
async function signedDownload(
  kind: WireKind['shape']['kind'],
  { asking, query, url, config, now, database }: Call<z.ZodObject, typeof DownloadQuery, z.ZodObject>,
) {
  const { path, expiresIn, disposition = 'attachment', episodeId = null, episode = null, ...place } = query
  const found = await database.run(
    findDownload({ ...asking, ...place, kind, path: path.text, episodeId, episode }),
  )
  const contentType = found.contentType ?? DEFAULT_TYPE
  const download = { ...found, contentType, filename: filenameOf(path.text), disposition, expiresIn, now }
  const signed = await storeOf(config, url.origin)
    .then((store) => signDownload(store, download))
    .catch((cause: unknown) => {
      throw Object.assign(new Refusal('url_not_signed'), { cause })
    })
  return {
    url: signed,
    filename: download.filename,
    expiresAt: new Date(expiryOf(download)).toISOString(),
    contentType,
    size: found.size,
  }
}

const filenameOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1)

const downloadFailures = [
  ...placeFailures,
  'asset_not_found',
  'asset_without_object',
  'url_not_signed',
] as const

function downloads(wire: WireKind): Endpoint[] {
  const { kind } = wire.shape
  const route = { method: 'GET', tag: 'Assets', params: z.object({}), query: DownloadQuery } as const
  return [
    endpoint(
      {
        ...route,
        operationId: `download${wire.one}`,
        path: `/assets/${kind}/download`,
        summary: `Sign a URL that serves the bytes of an asset of kind ${kind}`,
        answers: {
          200: {
            description: 'The URL',
            schema: Download,
            example: {
              url: 'https://example.r2.cloudflarestorage.com/dreamlake/ns/019d8a3c5e00a1b2c3d4e5f6?X-Amz-Signature=0',
              filename: filenameOf(wire.exampleName),
              expiresAt: '2026-04-14T10:30:00.000Z',
              contentType: 'video/mp4',
              size: 180_833,
            },
          },
        },
        failures: downloadFailures,
      },
      async (call) => jsonAnswer(JSON.stringify(await signedDownload(kind, call))),
    ),
    endpoint(
      {
        ...route,
        operationId: `read${wire.one}Content`,
        path: `/assets/${kind}/content`,
        summary: `Redirect to the bytes of an asset of kind ${kind}`,
        answers: { 302: { description: 'To the URL that `download` would answer', schema: null } },
        failures: downloadFailures,
      },
      async (call) =>
        new Response(null, { status: 302, headers: { Location: (await signedDownload(kind, call)).url } }),
    ),
  ]
}

export const assetEndpoints: readonly Endpoint[] = wireKinds.flatMap((wire) => [
  registering(wire),
  listing(wire),
  ...downloads(wire),
])
