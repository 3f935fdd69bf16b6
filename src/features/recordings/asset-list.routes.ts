import { END } from '../../db/page.ts'
import { map } from '../../db/plan.ts'
import { type Glob, parseGlob, sift } from '../../domain/glob.ts'
import { rangeOfPrefix } from '../../domain/path.ts'
import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import { Cursors, LARGEST_LIMIT, limit, walkLinks } from '../../http/page.ts'
import type { Endpoint, OpenCall } from '../../http/route.ts'
import { askedAgain, type Chunks, streamOf } from '../../http/stream.ts'
import * as z from '../../http/zod.ts'
import { projectFailures } from '../places/address.ts'
import { assetPlace, shownBy, type WireKind } from './asset-kinds.ts'
import { type AssetPage, assetListing, HEAVIEST_PAGE, MOST_EXAMINED } from './asset-list.sql.ts'

const ListQuery = z.object({
  ...assetPlace,
  prefix: field.line.optional().meta({ description: 'What the names start with' }),
  glob: z
    .string()
    .optional()
    .transform((pattern, context): (Glob & { fault?: never }) | undefined => {
      if (pattern === undefined) return undefined
      const glob = pattern === '' ? { fault: 'is empty' } : parseGlob(pattern)
      if (!('fault' in glob)) return glob
      context.addIssue({ code: 'custom', message: glob.fault })
      return z.NEVER
    })
    .meta({
      type: 'string',
      description: 'A pattern over whole names: `*`, `?`, `[...]`, `[^...]` or `[!...]`. Wins over `prefix`.',
    }),
  limit: limit.optional().meta({ description: 'Answers one page, with its `Link`.' }),
  cursor: z.string().optional().meta({ description: 'From the `Link` of the page before' }),
})

/** A stream that nobody reads holds one chunk. */
const HEAVIEST_CHUNK = 1_310_720
/** D1 answers 1,000 queries an invocation: of light assets, a list of two million is complete. */
const ROWS_IN_A_CHUNK = 2_500
const EXAMINED_FOR_A_CHUNK = 10_000

/** What bounds a part of a list besides the number of rows. */
interface Bounds {
  readonly examined: number
  readonly heaviest: number
}

const PAGE: Bounds = { examined: MOST_EXAMINED, heaviest: HEAVIEST_PAGE }
const CHUNK: Bounds = { examined: EXAMINED_FOR_A_CHUNK, heaviest: HEAVIEST_CHUNK }

/** The database cannot decide a glob: of that many candidates, enough may match. */
const CANDIDATES = 1_000

export function assetList(wire: WireKind): Endpoint {
  const { kind } = wire.shape
  const pageOf = assetListing(wire.shape)
  const { schema, example } = shownBy(wire)
  return endpoint(
    {
      operationId: `list${wire.many}`,
      grant: 'read',
      method: 'GET',
      path: `/assets/${kind}`,
      tag: 'Assets',
      summary: `List the assets of kind ${kind}, newest first`,
      description:
        'Complete and streamed. With `limit` or `cursor` one page, whose `Link` header leads on; a filtered page may be short, even empty, and still lead on.',
      params: z.object({}),
      query: ListQuery,
      answers: { 200: { description: 'The assets', schema: z.array(schema), example: [example] } },
      failures: projectFailures,
      trips: 'each chunk',
    },
    async (call) => {
      const { asking, caller, query, database, requestId } = call
      const { glob, prefix, cursor, limit, episodeId = null, episode = null, ...place } = query
      const filter = { ...asking, ...place, kind, episodeId, episode, ...namedBy(glob, prefix) }
      const pageFrom: PageFrom = (before, rows, bounds) => {
        const most = glob ? Math.max(rows, CANDIDATES) : rows
        const plan = pageOf({ ...filter, ...bounds, askedAt: askedAgain(caller), before, limit: most })
        return database.run(glob ? map(plan, (page) => matching(page, glob, rows)) : plan)
      }
      if (limit !== undefined || cursor !== undefined) return pageAnswer(pageFrom, call)
      const stream = await streamOf(chunksOf(pageFrom), 'a list', requestId)
      return new Response(stream, { headers: { 'Content-Type': 'application/json' } })
    },
  )
}

/** The part of a list below an id: `rows` of it at most. */
type PageFrom = (before: string, rows: number, bounds: Bounds) => Promise<AssetPage>

/** What the database asks of a name: the range that its beginning makes, and texts that it holds. */
function namedBy(glob: Glob | undefined, prefix: string | undefined) {
  const start = glob ? glob.prefix : prefix === undefined ? '' : `/${prefix.replace(/^\//, '')}`
  const { from, to } = start === '' ? { from: null, to: null } : rangeOfPrefix(start)
  const [first = null, second = null, third = null] = glob?.fragments ?? []
  return { from, to, first, second, third }
}

/** The candidates that match, `rows` of them at most. What was not looked at is left to the next page. */
function matching(page: AssetPage, glob: Glob, rows: number): AssetPage {
  const { found, seen } = sift(page.items, glob, rows)
  const last = page.items[seen - 1]
  return { ...page, items: found, next: last && seen < page.items.length ? last.id : page.next }
}

const textOf = (page: AssetPage): string => page.items.map(({ body }) => body).join(',')

async function pageAnswer(
  pageFrom: PageFrom,
  { query, url, config }: Pick<OpenCall<z.ZodObject, typeof ListQuery>, 'query' | 'url' | 'config'>,
): Promise<Response> {
  const { cursor, limit: rows = LARGEST_LIMIT } = query
  const cursors = new Cursors(url, config)
  const page = await pageFrom(cursor === undefined ? END : await cursors.open(cursor), rows, PAGE)
  const nextCursor = page.next === null ? null : await cursors.seal(page.next)
  return jsonAnswer(`[${textOf(page)}]`, 200, { ...walkLinks(url, rows, nextCursor) })
}

/**
 * The text of a whole list, as one array. A page that says nothing is no chunk; the first says at least that the array
 * begins. While a chunk waits to be taken, the page that it was made of is held no more.
 */
async function* chunksOf(pageFrom: PageFrom): Chunks {
  const write = arrayWriter()
  let onward: string | null = END
  let rows = ROWS_IN_A_CHUNK
  const chunkFrom = async (before: string): Promise<Uint8Array> => {
    const page = await pageFrom(before, rows, CHUNK)
    // What is too heavy to be sent has been read in vain: the next chunk asks for little more than fits.
    rows = Math.min(ROWS_IN_A_CHUNK, Math.max(2 * (page.cutAt ?? ROWS_IN_A_CHUNK), 1))
    onward = page.next
    return write(page)
  }
  while (onward !== null) {
    const chunk = await chunkFrom(onward)
    if (chunk.length > 0) yield chunk
  }
}

/** Writes pages as the text of one array. */
function arrayWriter(): (page: AssetPage) => Uint8Array {
  const encoder = new TextEncoder()
  let start = '['
  let separator = ''
  return (page) => {
    const text = textOf(page)
    const written = `${start}${text === '' ? '' : separator}${text}${page.next === null ? ']' : ''}`
    start = ''
    if (text !== '') separator = ','
    return encoder.encode(written)
  }
}
