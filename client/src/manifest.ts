import type { components } from './api.ts'
import { DreamLakeError, leadsNowhere } from './error.ts'
import type { Host } from './host.ts'
import type { Kind } from './kinds.ts'
import { pause, pauseAfter } from './retry.ts'

type ManifestEnd = components['schemas']['ManifestEnd']
export type ManifestLine = components['schemas']['ManifestLine']

export interface Dataset {
  readonly namespace: string
  readonly project: string
  readonly dataset: string
}

export interface ManifestOptions {
  /** Whether each line has a URL, which is good when the line is given. */
  readonly urls?: boolean
  /** Seconds that a URL is good for. */
  readonly expiresIn?: number
  readonly kind?: Kind
  readonly signal?: AbortSignal
}

/** What a manifest that was read to its end came to. */
export interface Summary {
  readonly lines: number
  /** Whether the project was written to meanwhile. */
  readonly changed: boolean
}

/** A URL that lives no longer than this is signed anew before its line is given, and one of a short life in its last half. */
const MARGIN = 30_000
/** Seconds that URLs live which are signed anew, if nothing else is said. */
const USUAL_LIFE = 3_600
/** How many are signed at once. */
const MOST_SIGNED = 1_000

/**
 * The lines of a manifest, each once. One that is cut goes on behind the last line that has a cursor; one that does not
 * come to its end is thrown as `truncated`.
 */
export async function* manifest(
  host: Host,
  dataset: Dataset,
  options: ManifestOptions = {},
): AsyncGenerator<ManifestLine, Summary, undefined> {
  const reading = new Reading(host, dataset, options)
  for (let tries = 1; ; tries++) {
    const before = reading.lines
    const end = yield* reading.part()
    if (end?.nextCursor === null) return { lines: reading.lines, changed: reading.isChanged }
    if (end || reading.lines > before) tries = 1
    const wait = end ? 0 : pauseAfter(tries, null, host.patience)
    if (wait === null)
      throw new DreamLakeError(`The manifest ended after ${reading.lines} lines, and has more.`, {
        code: 'truncated',
      })
    await pause(wait, options.signal)
  }
}

class Reading {
  lines = 0
  isChanged = false
  readonly #host: Host
  readonly #dataset: Dataset
  readonly #options: ManifestOptions
  #cursor: string | undefined
  /** Milliseconds that a URL lives. */
  readonly #life: number
  /** By how many the clock here is ahead of the server's, as a URL that was just signed tells. */
  #ahead = 0
  /** The assets that were given behind the cursor. */
  readonly #given = new Set<string>()

  constructor(host: Host, dataset: Dataset, options: ManifestOptions) {
    this.#host = host
    this.#dataset = dataset
    this.#options = options
    this.#life = (options.expiresIn ?? USUAL_LIFE) * 1_000
  }

  /** The lines of one answer that were not given before, and its end; undefined where it was cut. */
  async *part(): AsyncGenerator<ManifestLine, ManifestEnd | undefined, undefined> {
    const asked = this.#cursor
    for await (const batch of batchesOf(this.#host, this.#dataset, this.#options, asked))
      for (const [index, line] of batch.entries()) {
        if ('end' in line) {
          this.#end(line, asked)
          return line
        }
        if (this.#given.has(line.assetId)) continue
        yield this.#isOver(line) ? await this.#renewed(batch, index) : line
        this.lines++
        this.#given.add(line.assetId)
        if (line.cursor !== undefined) this.#goOn(line.cursor)
      }
    return undefined
  }

  #end({ changed, nextCursor }: ManifestEnd, asked: string | undefined): void {
    if (nextCursor !== null && nextCursor === asked) throw leadsNowhere()
    this.isChanged ||= changed
    this.#goOn(nextCursor ?? undefined)
  }

  #isOver({ url, expiresAt }: ManifestLine): boolean {
    const margin = Math.min(MARGIN, this.#life / 2)
    return typeof url === 'string' && Date.parse(expiresAt ?? '') - Date.now() + this.#ahead < margin
  }

  /** Signs a line of a batch anew, and those behind it. What is not there any more has no URL. */
  async #renewed(batch: Line[], from: number): Promise<ManifestLine> {
    const lines = batch.slice(from, from + MOST_SIGNED).filter((line) => 'assetId' in line)
    const body = { ids: lines.map(({ assetId }) => assetId), expiresIn: this.#life / 1_000 }
    const signal = this.#options.signal ?? null
    const { data } = await this.#host.calls.POST('/assets/sign', { body, signal })
    for (const [index, signed] of data.urls.entries()) {
      const { url, expiresAt } = 'url' in signed ? signed : { url: null, expiresAt: null }
      Object.assign(lines[index] ?? {}, { url, expiresAt })
      if (expiresAt !== null) this.#ahead = Date.now() + this.#life - Date.parse(expiresAt)
    }
    return lines[0] as ManifestLine
  }

  #goOn(cursor: string | undefined): void {
    this.#cursor = cursor
    this.#given.clear()
  }
}

type Line = ManifestLine | ManifestEnd

/** The lines as they come, until the end or a cut. */
async function* batchesOf(
  { calls }: Host,
  { namespace, project, dataset }: Dataset,
  { urls, expiresIn, kind, signal }: ManifestOptions,
  cursor: string | undefined,
): AsyncGenerator<Line[], void, undefined> {
  const path = { slug: namespace, projectSlug: project, name: dataset }
  const query = { urls, expiresIn, kind, cursor }
  const { response } = await calls.GET('/namespaces/{slug}/projects/{projectSlug}/datasets/{name}/manifest', {
    ...{ params: { path, query }, parseAs: 'stream', signal: signal ?? null },
  })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  try {
    for (;;) {
      const found = await reader?.read().catch(() => undefined)
      signal?.throwIfAborted()
      if (!found || found.done) return
      const lines = (rest + found.value).split('\n')
      rest = lines.pop() ?? ''
      yield lines.filter((line) => line !== '').map(parse)
    }
  } finally {
    await reader?.cancel().catch(() => undefined)
  }
}

function parse(line: string): Line {
  try {
    return JSON.parse(line) as Line
  } catch (cause) {
    const message = `A line of the manifest is none: ${line.slice(0, 300)}`
    throw new DreamLakeError(message, { code: 'unexpected_answer', status: 200, cause })
  }
}
