import type { Gate } from './gate.ts'
import type { Host } from './host.ts'
import { type Signed, send } from './send.ts'
import type { Source } from './source.ts'

/** What an upload in parts is sent by. */
export interface PartsJob {
  readonly id: string
  readonly source: Source
  readonly partSize: number
  /** The numbers of the parts that are to be sent, in order. */
  readonly missing: readonly number[]
  readonly gate: Gate
  readonly signal: AbortSignal
  readonly onSent: (part: number, sent: number) => void
}

/** How many URLs are asked for at once. */
const BATCH = 16
/** A URL that lives no longer than this is not begun with. */
const MARGIN = 60_000

interface Batch {
  readonly parts: Readonly<Record<string, string>>
  readonly expiresAt: string
}

/** Signs URLs of parts some at a time, shortly before they are needed. */
function signer({ calls }: Host, { id, missing, signal }: PartsJob) {
  const batches = new Map<number, Promise<Batch>>()
  const ask = (part: number): Promise<Batch> => {
    const from = missing.indexOf(part)
    const partNumbers = missing.slice(from, from + BATCH)
    const batch = calls
      .POST('/uploads/{id}/parts', { params: { path: { id } }, body: { partNumbers }, signal })
      .then(({ data }) => data)
    for (const each of partNumbers) batches.set(each, batch)
    return batch
  }
  return async (part: number, isRefused: boolean): Promise<Signed> => {
    const known = isRefused ? undefined : await batches.get(part)
    const isGood = known !== undefined && Date.parse(known.expiresAt) - Date.now() > MARGIN
    const { parts } = isGood ? known : await ask(part)
    return { url: parts[part] ?? '', headers: {} }
  }
}

/** Sends the parts that are missing, as many at once as the gate lets through. No more than those are in memory. */
export async function sendParts(host: Host, job: PartsJob): Promise<void> {
  const { source, partSize, missing, gate, onSent } = job
  const failed = new AbortController()
  const signal = AbortSignal.any([job.signal, failed.signal])
  const sign = signer(host, { ...job, signal })
  const running = new Set<Promise<void>>()
  try {
    for (const part of missing) {
      const leave = await gate.enter()
      // A part is taken when the one before has been: a stream gives its bytes in order.
      const taken = signal.aborted ? null : await takePart(source, partSize, part).catch(fail)
      if (taken === null) {
        leave()
        break
      }
      const sent = send(host, {
        ...{ bytes: taken, signal, onSent: (count) => onSent(part, count) },
        sign: (isRefused) => sign(part, isRefused),
      })
      const ended = sent.then(leave, (error: unknown) => {
        leave()
        fail(error)
      })
      running.add(ended)
      void ended.then(() => running.delete(ended))
    }
  } finally {
    await Promise.all(running)
  }
  signal.throwIfAborted()

  function fail(error: unknown): null {
    failed.abort(error)
    return null
  }
}

const takePart = (source: Source, partSize: number, part: number) =>
  source.take((part - 1) * partSize, Math.min(part * partSize, source.size))
