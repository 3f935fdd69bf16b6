import { z } from 'zod'
import { type AssetPage, assetListing } from '../../db/assetlist.ts'
import { END } from '../../db/page.ts'
import { map } from '../../db/plan.ts'
import { type Glob, parseGlob } from '../../domain/glob.ts'
import { rangeOfPrefix } from '../../domain/path.ts'
import { type Endpoint, endpoint, jsonAnswer } from '../endpoint.ts'
import { Cursors, linkTo } from '../page.ts'
import * as field from '../schema.ts'
import { assetPlace, placeFailures, shownBy, type WireKind } from './assetkinds.ts'

const ListQuery = z.object({
  ...assetPlace,
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

export function assetList(wire: WireKind): Endpoint {
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
