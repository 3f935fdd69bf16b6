import { errorOf } from './error.ts'
import type { Host } from './host.ts'
import { askedPause, isPassing, networkError, pause, pauseAfter } from './retry.ts'
import type { Bytes } from './source.ts'

export interface Signed {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

interface Sending {
  /** Gives a URL; another one where the last was refused, as one that has expired is. */
  readonly sign: (isRefused: boolean) => Promise<Signed>
  readonly bytes: Bytes
  readonly signal: AbortSignal
  readonly onSent: (sent: number) => void
}

const FORBIDDEN = 403
/** A single PUT that has arrived before. */
const PRECONDITION_FAILED = 412

/** Sends bytes to a signed URL until they have arrived. */
export async function send({ platform, patience }: Host, sending: Sending): Promise<void> {
  const { sign, bytes, signal, onSent } = sending
  let isRefused = false
  for (let tries = 1; ; tries++) {
    const { url, headers } = await sign(isRefused)
    onSent(0)
    signal.throwIfAborted()
    const outcome = await platform.put(url, bytes, { headers, signal, onSent }).catch((thrown: unknown) => {
      signal.throwIfAborted()
      return networkError(thrown)
    })
    if (outcome instanceof Response && (outcome.ok || outcome.status === PRECONDITION_FAILED)) {
      // Read to its end, a connection can be used again.
      await outcome.arrayBuffer().catch(() => undefined)
      return onSent(bytes.size)
    }
    const error = outcome instanceof Response ? await errorOf(outcome) : outcome
    // The server did not fail, but what was to be sent.
    if (error.code === 'unreadable') throw error
    const isExpired = error.status === FORBIDDEN && !isRefused
    // A server that refuses a URL need not read what is sent to it, and then its answer may be lost.
    isRefused = error.status === FORBIDDEN || error.status === 0
    if (error.status !== 0 && !isExpired && !isPassing(error.status)) throw error
    const asked = outcome instanceof Response ? askedPause(outcome.headers) : null
    const wait = pauseAfter(tries, asked, patience)
    if (wait === null) throw error
    await pause(isExpired ? 0 : wait, signal)
  }
}
