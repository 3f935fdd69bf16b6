import { Refusal } from '../../domain/failure.ts'
import { QueryFault } from '../../domain/query.ts'
import type { Condition } from '../../domain/query-conditions.ts'

/** What a query asks at `now`, as its kind of things reads it; refuses what is none, with its place. */
export function conditionIn(
  read: (text: string, now: number) => Condition | null,
  q: string,
  now: number,
): Condition | null {
  try {
    return read(q, now)
  } catch (fault) {
    if (!(fault instanceof QueryFault)) throw fault
    const { at, length, message, hint } = fault
    const error = { path: 'q', message, at, length, ...(hint === null ? {} : { hint }) }
    throw new Refusal('query_invalid', [error], `q: ${JSON.stringify(q.slice(at, at + length))} ${message}`)
  }
}
