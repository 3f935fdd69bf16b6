import { DreamLakeError } from './error.ts'

/** How often, and how patiently, something is tried again. */
export interface Patience {
  /** Tries in all, the first one included. */
  readonly tries: number
  /** Milliseconds before the second try; twice as many before each further one. */
  readonly base: number
  /** The most milliseconds between two tries, unless the server asks for more. */
  readonly most: number
}

export const PATIENCE: Patience = { tries: 6, base: 250, most: 15_000 }

/** A server that asks for more than this is not waited for. */
const MOST_ASKED = 120_000

const PASSING = new Set([408, 425, 429, 500, 502, 503, 504])

/** Whether the same request may find another answer in a while. */
export const isPassing = (status: number): boolean => PASSING.has(status)

/** What `Retry-After` says in milliseconds, in seconds or as a date; null for nothing. */
export function askedPause(headers: Headers): number | null {
  const value = headers.get('Retry-After')
  if (value === null) return null
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now()
  return Number.isNaN(milliseconds) ? null : Math.max(0, milliseconds)
}

/**
 * The milliseconds to wait after the given number of tries; null where it is tried no more. Jitter keeps clients that
 * failed together from coming back together.
 */
export function pauseAfter(tries: number, asked: number | null, patience: Patience): number | null {
  if (tries >= patience.tries || (asked ?? 0) > MOST_ASKED) return null
  const backoff = Math.min(patience.most, patience.base * 2 ** (tries - 1))
  return (asked ?? backoff / 2) + (Math.random() * backoff) / 2
}

export function pause(milliseconds: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    if (signal?.aborted) return reject(signal.reason)
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', stop, { once: true })
  })
}

/** Does what a signal aborts, but not before so many milliseconds have passed. */
export async function lasting<T>(
  signal: AbortSignal,
  milliseconds: number,
  work: (later: AbortSignal) => Promise<T>,
): Promise<T> {
  const later = new AbortController()
  const stop = () => {
    const { reason } = signal
    AbortSignal.timeout(milliseconds).addEventListener('abort', () => later.abort(reason))
  }
  signal.throwIfAborted()
  signal.addEventListener('abort', stop)
  try {
    return await work(later.signal)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** What one try came to: an answer, or what it threw. */
type Outcome = { readonly response: Response } | { readonly thrown: unknown }

/** Tries until an answer is none that passes, or patience is at its end. What passes has answered before, or not at all.
 * What fails before a try is no answer of the server's, and thrown. */
export async function retried<T>(
  prepare: () => Promise<T>,
  attempt: (prepared: T) => Promise<Response>,
  signal: AbortSignal | null | undefined,
  patience: Patience,
): Promise<Response> {
  for (let tries = 1; ; tries++) {
    const outcome = await attempt(await prepare()).then(
      (response): Outcome => ({ response }),
      (thrown): Outcome => ({ thrown }),
    )
    signal?.throwIfAborted()
    if ('response' in outcome && !isPassing(outcome.response.status)) return outcome.response
    const asked = 'response' in outcome ? askedPause(outcome.response.headers) : null
    const wait = pauseAfter(tries, asked, patience)
    if (wait === null) {
      if ('response' in outcome) return outcome.response
      throw networkError(outcome.thrown)
    }
    if ('response' in outcome) await outcome.response.body?.cancel().catch(() => undefined)
    await pause(wait, signal)
  }
}

export function networkError(thrown: unknown): DreamLakeError {
  if (thrown instanceof DreamLakeError) return thrown
  const { message, cause } = thrown instanceof Error ? thrown : new Error(String(thrown))
  const reason = cause instanceof Error && cause.message !== '' ? `${message}: ${cause.message}` : message
  return new DreamLakeError(`The server did not answer: ${reason}`, { code: 'network', cause: thrown })
}
