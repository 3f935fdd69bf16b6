import type { components } from './api.ts'
import { DreamLakeError, errorOf } from './error.ts'
import type { Hasher, Host } from './host.ts'
import { askedPause, isPassing, networkError, pause, pauseAfter } from './retry.ts'

type ManifestLine = components['schemas']['ManifestLine']
type StoredObject = components['schemas']['StoredObject']

/** An asset, a line of a manifest, or the id of an asset, of whose bytes nothing is known then. */
export type Downloadable =
  | string
  | { readonly id: string; readonly object?: StoredObject | null }
  | Pick<ManifestLine, 'assetId' | 'size' | 'sha256' | 'url'>

export interface DownloadOptions {
  /** The first byte; 0 if nothing else is said. */
  readonly start?: number
  /** The byte behind the last one; that behind all if nothing else is said. */
  readonly end?: number
  readonly signal?: AbortSignal
  /** Is told the bytes that have come, and all that are to come as far as that is known. */
  readonly onProgress?: (progress: { readonly received: number; readonly total: number | undefined }) => void
}

/** Why bytes did not come, and how long the server asks to wait. */
interface Failure {
  readonly error: DreamLakeError
  readonly asked: number | null
}

interface Wanted {
  readonly id: string
  readonly url: string | undefined
  readonly size: number | undefined
  readonly sha256: string | undefined
}

function wantedOf(asset: Downloadable): Wanted {
  if (typeof asset === 'string') return { id: asset, url: undefined, size: undefined, sha256: undefined }
  const [id, known] = 'assetId' in asset ? [asset.assetId, asset] : [asset.id, asset.object]
  const url = 'assetId' in asset ? (asset.url ?? undefined) : undefined
  return { id, url, size: known?.size ?? undefined, sha256: known?.sha256 ?? undefined }
}

/** A URL for the bytes of an asset. */
async function sign({ calls }: Host, id: string, signal: AbortSignal | null): Promise<string> {
  const { data } = await calls.POST('/assets/sign', { body: { ids: [id] }, signal })
  const [signed] = data.urls
  if (signed && 'url' in signed) return signed.url
  throw new DreamLakeError(signed?.error ?? 'The server signed nothing.', {
    code: (signed?.code ?? 'unexpected_answer') as DreamLakeError['code'],
    status: 404,
  })
}

/** The bytes of an asset. They are asked for when they are read, and what was cut goes on where it ended. */
export function download(
  host: Host,
  asset: Downloadable,
  options: DownloadOptions = {},
): ReadableStream<Uint8Array> {
  assertRange(options)
  const left = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal
  const chunks = new Download(host, wantedOf(asset), { ...options, signal }).chunks()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await chunks.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel(reason) {
        // What is waited for may never come.
        left.abort(reason)
        await chunks.return()
      },
    },
    { highWaterMark: 0 },
  )
}

/** A part that cannot be asked for would begin or end somewhere else. */
function assertRange({ start = 0, end = start }: DownloadOptions): void {
  for (const [name, value] of Object.entries({ start, end }))
    if (!Number.isSafeInteger(value) || value < 0)
      throw new TypeError(`${name} is ${value}: it is the number of a byte, from 0 on.`)
}

class Download {
  readonly #host: Host
  readonly #wanted: Wanted
  readonly #options: DownloadOptions
  readonly #start: number
  #at: number
  #url: string | undefined
  /** The byte behind the last one, once it is known. */
  #end: number | undefined
  /** That of the bytes that have come, where it is told. */
  #etag: string | null = null

  constructor(host: Host, wanted: Wanted, options: DownloadOptions) {
    this.#host = host
    this.#wanted = wanted
    this.#options = options
    this.#start = this.#at = options.start ?? 0
    this.#url = wanted.url
    this.#end = this.#within(wanted.size)
  }

  /** The end of what was asked for, of bytes that are so many. */
  #within(size: number | undefined): number | undefined {
    const { end } = this.#options
    return size === undefined ? undefined : Math.min(end ?? size, size)
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    const { sha256, size } = this.#wanted
    const isWhole = this.#start === 0 && this.#end === size
    const hasher = sha256 && isWhole ? await this.#host.platform.hasher() : undefined
    for (let tries = 1; !this.#isOver; tries++) {
      const before = this.#at
      const { error, asked } = yield* this.#received(hasher)
      if (this.#isOver) break
      if (this.#at > before) tries = 1
      const wait = pauseAfter(tries, asked, this.#host.patience)
      if (wait === null) throw error
      await pause(wait, this.#options.signal)
    }
    if (hasher && hasher.hex() !== sha256) throw mismatch('Their SHA-256 is another.')
  }

  /** Whether nothing is left; of no bytes at all that is so before any are asked for. */
  get #isOver(): boolean {
    const end = this.#end ?? this.#options.end
    if (end === undefined || this.#at < end) return false
    if (this.#at > Math.max(end, this.#start)) throw mismatch('They are more than they should be.')
    return true
  }

  /** What comes of one answer, and why there is no more of it. */
  async *#received(hasher: Hasher | undefined): AsyncGenerator<Uint8Array, Failure, undefined> {
    const opened = await this.#opened()
    if (!(opened instanceof ReadableStreamDefaultReader)) return opened
    const { signal, onProgress } = this.#options
    try {
      for (;;) {
        const read = await opened.read().catch((thrown: unknown) => {
          signal?.throwIfAborted()
          return networkError(thrown)
        })
        if (read instanceof DreamLakeError) return { error: read, asked: null }
        if (read.done) return { error: truncated(this.#at), asked: null }
        const { value } = read
        this.#at += value.length
        hasher?.update(value)
        const total = this.#end === undefined ? undefined : this.#end - this.#start
        onProgress?.({ received: this.#at - this.#start, total })
        yield value
      }
    } finally {
      await opened.cancel().catch(() => undefined)
    }
  }

  /** Asks for what has not come yet. What asking again does not mend is thrown. */
  async #opened(): Promise<ReadableStreamDefaultReader<Uint8Array> | Failure> {
    const { signal = null, end } = this.#options
    const isKnown = this.#url !== undefined
    this.#url ??= await sign(this.#host, this.#wanted.id, signal)
    const isPart = this.#at > 0 || end !== undefined
    const headers = new Headers(
      isPart ? { Range: `bytes=${this.#at}-${end === undefined ? '' : end - 1}` } : {},
    )
    const response = await fetch(this.#url, { headers, signal }).catch((thrown: unknown) => {
      signal?.throwIfAborted()
      return networkError(thrown)
    })
    if (response instanceof DreamLakeError) return { error: response, asked: null }
    if (response.ok && response.body) {
      const reason = this.#reasonAgainst(response, isPart)
      if (reason !== null) await response.body.cancel()
      if (reason !== null) throw mismatch(reason)
      this.#end ??= this.#within(sizeIn(response))
      return response.body.getReader()
    }
    if (response.status === 416) this.#end ??= this.#within(sizeIn(response))
    const error = await errorOf(response)
    // There is nothing from there on, as where the size was known before.
    if (response.status === 416 && this.#isOver) return { error, asked: null }
    const isExpired = error.status === 403 && isKnown
    if (!isExpired && !isPassing(error.status)) throw error
    this.#url = undefined
    return { error, asked: isExpired ? 0 : askedPause(response.headers) }
  }

  /** Why what comes does not follow what has come. */
  #reasonAgainst({ status, headers }: Response, isPart: boolean): string | null {
    if (isPart && status !== 206) return 'A part was asked for, and all came.'
    const etag = headers.get('ETag')?.replace(/^W\//, '') ?? null
    if (this.#etag !== null && etag !== null && etag !== this.#etag) return 'They became others meanwhile.'
    this.#etag = etag ?? this.#etag
    return null
  }
}

/** All bytes that there are, as an answer tells it. */
function sizeIn({ headers }: Response): number | undefined {
  const [, size] = /\/(\d+)$/.exec(headers.get('Content-Range') ?? '') ?? []
  const length = size ?? headers.get('Content-Length')
  return length === null ? undefined : Number(length)
}

const mismatch = (reason: string) =>
  new DreamLakeError(`The bytes are not those of the asset. ${reason}`, { code: 'mismatch' })

const truncated = (at: number) =>
  new DreamLakeError(`The bytes ended at ${at}, and there are more.`, { code: 'truncated' })
