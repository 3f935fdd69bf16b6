import type { Database } from '../../db/database.ts'
import type { Plan } from '../../db/plan.ts'
import { invalid, Refusal } from '../../domain/failure.ts'
import type { AssetKind } from '../../domain/kind.ts'
import { Cursors } from '../../http/page.ts'
import type { Call } from '../../http/route.ts'
import { askedAgain, type Chunks } from '../../http/stream.ts'
import type * as z from '../../http/zod.ts'
import { type ProjectParams, projectAt } from '../places/address.ts'
import { filenameOf, type SignedUrl, signAll } from '../recordings/signed-urls.ts'
import { type Chunk, type Line, readManifest } from './manifest.sql.ts'
import { ENTANGLED, type Step } from './manifest-walk.sql.ts'

/** How a manifest is read: chunk by chunk, each of them when the one before was taken. */
type AnyCall = Pick<
  Call<z.ZodObject, z.ZodObject, z.ZodObject>,
  'asking' | 'caller' | 'config' | 'database' | 'env' | 'now' | 'quotas' | 'url'
> & {
  readonly params: z.output<typeof ProjectParams> & { readonly name: string }
  readonly query: {
    readonly urls: boolean
    readonly expiresIn: number
    readonly kind?: AssetKind | undefined
    readonly limit: number
    readonly cursor?: string | undefined
  }
}

/** A chunk at its largest: lines, and what the steps to them may cost, which is enough where they are four folders deep. */
const MOST_LINES = 2_500
const MOST_BUDGET = 15_000
/** Rows that a chunk reads, about, where lines are more work than they usually are. */
const ROWS_IN_A_CHUNK = 150_000
/** Where a line may be in any of many collections, the first chunks tell how much work it is: they are small, and grow. */
const FIRST_SHARE = 0.04
const GROWTH = 4
const SMALLEST_SHARE = 0.004
/** Bytes of lines: a stream that nobody reads holds one chunk. */
const HEAVIEST_CHUNK = 2_097_152
/** Round trips of one answer: D1 takes 1,000 statements an invocation. */
const MOST_TRIPS = 900
/** Lines whose URLs are signed before the isolate turns to others. */
const LINES_AT_ONCE = 500

/** What stays as it was while a manifest is read: it was begun at a revision of the project, in a dataset of an order. */
interface Beginning {
  readonly since: number
  readonly datasetId: string
  readonly order: number
}

/** Where a manifest goes on: behind a step. */
interface Place extends Partial<Step>, Beginning {}

/** Reads what stands behind a place, or from the beginning, `most` lines of it. */
type ReadFrom = (place: Place | null, most: number, known: readonly string[]) => Promise<Chunk>

/** Chunks as large as they may be, by what the one before has cost: what is too heavy to be sent has been read in vain. */
function readerOf({ asking, caller, params, query, database }: AnyCall): ReadFrom {
  const ref = { ...asking, ...projectAt(params), name: params.name, kind: query.kind ?? null }
  let share: number | null = null
  return async (place, most, known) => {
    const linesIn = (part: number) => Math.min(most, Math.ceil(part * MOST_LINES))
    const budgetOf = (part: number) => Math.ceil(part * MOST_BUDGET)
    const readBefore = database.usage.rowsRead
    const { since = null, ...step } = place ?? {}
    const chunk = await told(
      database,
      readManifest({
        ...ref,
        ...step,
        since,
        askedAt: askedAgain(caller),
        known,
        lines: linesIn(share ?? 1),
        budget: budgetOf(share ?? 1),
        linesOfMany: linesIn(share ?? FIRST_SHARE),
        budgetOfMany: budgetOf(share ?? FIRST_SHARE),
        heaviest: HEAVIEST_CHUNK,
      }),
    )
    const taken = share ?? (chunk.isFew ? 1 : FIRST_SHARE)
    const light = chunk.isHeavy ? (2 * chunk.lines.length) / MOST_LINES : 1
    const affordable = Math.min((taken * ROWS_IN_A_CHUNK) / (database.usage.rowsRead - readBefore), light)
    share = Math.max(SMALLEST_SHARE, Math.min(taken * GROWTH, affordable, 1))
    if (place !== null) assertSame(place, chunk)
    return chunk
  }
}

/** What the database cannot compare is told as what it is. */
async function told(database: Database, plan: Plan<Chunk>): Promise<Chunk> {
  try {
    return await database.run(plan)
  } catch (error) {
    if (String(error).includes(`'${ENTANGLED}'`)) throw new Refusal('manifest_entangled')
    throw error
  }
}

/** Of another dataset, or in another order, what follows would not be the rest. */
function assertSame(begun: Beginning, { datasetId, order, isAstray }: Chunk): void {
  if (datasetId !== begun.datasetId) throw invalid('cursor', 'is of a dataset that is gone: begin anew')
  if (order !== begun.order || isAstray) throw new Refusal('manifest_out_of_order')
}

/** The first chunk of a manifest, and the text of all of it; in a state that is `known`, there are no lines. */
export async function beginManifest(
  call: AnyCall,
  known: readonly string[],
): Promise<{ readonly first: Chunk; readonly text: Chunks }> {
  const { cursor, limit } = call.query
  const cursors = new Cursors(call.url, call.config)
  const place = cursor === undefined ? null : await cursors.openPlace<Place>(cursor)
  const readFrom = readerOf(call)
  const first = await readFrom(place, limit, known)
  const { datasetId, order } = first
  const begun = { since: place?.since ?? first.revision, datasetId, order }
  return { first, text: textOf(call, cursors, readFrom, first, begun) }
}

async function* textOf(
  call: AnyCall,
  cursors: Cursors,
  readFrom: ReadFrom,
  first: Chunk,
  begun: Beginning,
): Chunks {
  const encoder = new TextEncoder()
  const { limit } = call.query
  let chunk = first
  let lines = 0
  for (let trips = 1; ; trips++) {
    const { next } = chunk
    const nextCursor = next && (await cursors.sealPlace({ ...next, ...begun }))
    lines += chunk.lines.length
    const isLast = next === null || lines >= limit || trips === MOST_TRIPS
    if (chunk.lines.length === 0) yield new Uint8Array()
    for (let from = 0; from < chunk.lines.length; from += LINES_AT_ONCE) {
      const texts = await textsOf(call, chunk.lines.slice(from, from + LINES_AT_ONCE))
      const isEnd = from + LINES_AT_ONCE >= chunk.lines.length
      if (isEnd && nextCursor && !isLast) texts.push(withField(texts.pop() ?? '', { cursor: nextCursor }))
      yield encoder.encode(`${texts.join('\n')}\n`)
    }
    if (isLast) {
      const end = { end: true, lines, changed: chunk.revision !== begun.since, nextCursor }
      yield encoder.encode(`${JSON.stringify(end)}\n`)
      return
    }
    chunk = await readFrom({ ...next, ...begun }, limit - lines, [])
  }
}

/** The lines as JSON, with their URLs where these are asked for. */
async function textsOf(call: AnyCall, lines: readonly Line[]): Promise<string[]> {
  const { urls, expiresIn } = call.query
  if (!urls) return lines.map(({ body }) => body)
  const objects = lines.flatMap(({ key, contentType, path, assetId }) =>
    key === null ? [] : [{ key, contentType, filename: path === null ? assetId : filenameOf(path) }],
  )
  const signed = await signAll({ ...call, now: Date.now() }, objects, {
    expiresIn,
    disposition: 'attachment',
  })
  return lines.map(({ key, body }) => withField(body, key === null ? unsigned : (signed.shift() ?? unsigned)))
}

const unsigned = { url: null, expiresAt: null } satisfies Record<keyof SignedUrl, null>

const withField = (body: string, fields: object): string =>
  `${body.slice(0, -1)},${JSON.stringify(fields).slice(1)}`
