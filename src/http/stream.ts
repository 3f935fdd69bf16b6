import type { Caller } from '../domain/access.ts'
import { Refusal } from '../domain/failure.ts'
import { logFailure } from '../log.ts'

export type Chunks = AsyncGenerator<Uint8Array, undefined>

/** When a chunk is asked for: a stream may outlive its token. */
export function askedAgain({ expiresAt }: Caller): number {
  const askedAt = Date.now()
  if (expiresAt !== null && expiresAt <= askedAt) throw new Refusal('token_expired')
  return askedAt
}

/**
 * The chunks as a stream, in which an empty one says nothing: the first is there before the answer begins, and another one
 * is asked for when the one before was taken. A failure aborts the answer, which is never ended as if it were whole; `what`
 * is what was cut off.
 */
export async function streamOf(
  chunks: Chunks,
  what: string,
  requestId: string,
): Promise<ReadableStream<Uint8Array>> {
  let ready: IteratorResult<Uint8Array, undefined> | null = await chunks.next()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          let next = ready ?? (await chunks.next())
          ready = null
          while (next.value?.length === 0) next = await chunks.next()
          if (next.done) controller.close()
          else controller.enqueue(next.value)
        } catch (error) {
          // The status has gone out long ago: nobody but the log learns of the reason.
          logFailure(`${what} was cut off`, error, { requestId })
          throw error
        }
      },
    },
    { highWaterMark: 0 },
  )
}
