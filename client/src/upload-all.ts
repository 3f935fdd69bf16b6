import type { Asset } from './kinds.ts'
import type { Progress, UploadOptions } from './upload.ts'

/** What came of one upload among many. */
export type Uploaded<I> =
  | { readonly item: I; readonly asset: Asset }
  | { readonly item: I; readonly error: unknown }

export interface UploadAllOptions<I> {
  /** How many connections send at once, and how many files; 4 if nothing else is said. */
  readonly concurrency?: number
  readonly signal?: AbortSignal
  readonly keep?: boolean
  readonly onProgress?: (item: I, progress: Progress) => void
}

/** Runs one upload for each item, a few at a time, and tells each as it ends. Whoever stops to listen ends the rest. */
export async function* uploadAll<I extends UploadOptions>(
  items: Iterable<I> | AsyncIterable<I>,
  upload: (item: I, options: UploadOptions) => Promise<Asset>,
  { concurrency = 4, signal, keep, onProgress }: UploadAllOptions<I>,
): AsyncGenerator<Uploaded<I>, void, undefined> {
  const left = new AbortController()
  const both = signal ? AbortSignal.any([signal, left.signal]) : left.signal
  const running = new Map<number, Promise<readonly [number, Uploaded<I>]>>()
  const next = async (): Promise<Uploaded<I>> => {
    const [number, ended] = await Promise.race(running.values())
    running.delete(number)
    signal?.throwIfAborted()
    return ended
  }
  let count = 0
  try {
    for await (const item of items) {
      const options: UploadOptions = {
        ...item,
        signal: item.signal ? AbortSignal.any([item.signal, both]) : both,
        keep: item.keep ?? keep ?? false,
        onProgress: (progress) => {
          item.onProgress?.(progress)
          onProgress?.(item, progress)
        },
      }
      const number = count++
      const ended = upload(item, options).then(
        (asset) => [number, { item, asset }] as const,
        (error: unknown) => [number, { item, error }] as const,
      )
      running.set(number, ended)
      if (running.size >= concurrency) yield await next()
    }
    while (running.size > 0) yield await next()
  } finally {
    left.abort()
    await Promise.all(running.values())
  }
}
