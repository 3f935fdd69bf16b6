import type { Arriving } from '../db/credential.ts'
import type { Asking } from '../db/standing.ts'
import type { Stamp } from '../db/write.ts'
import type { Caller } from '../domain/access.ts'
import { mintId } from '../domain/id.ts'
import type { RawBody } from './body.ts'
import { expectedIn } from './conditions.ts'

interface Sent {
  readonly request: Request
  readonly url: URL
  readonly requestId: string
  /** Whether the client chose the request id, and so can send the same request again. */
  readonly isRepeatable: boolean
}

/**
 * What the rows remember of this request. Where the client chose the request id, the mark is made from all that
 * the client sent, so that another request under the same id is another request.
 */
export async function stampOf(
  { request, url, requestId, isRepeatable }: Sent,
  { issuer, sub, tokenHash }: Asking,
  { bytes, isMerging }: RawBody,
  now: number,
): Promise<Stamp> {
  const { method, headers } = request
  const manner = { now, expected: expectedIn(headers), isMerging }
  if (!isRepeatable || method === 'GET' || method === 'HEAD')
    return { ...manner, mark: mintId(now), repeatable: null }
  const by = tokenHash === null ? [issuer, sub] : [tokenHash]
  const said = [headers.get('If-Match'), isMerging]
  const head = JSON.stringify([requestId, ...by, method, url.pathname, url.search, ...said])
  const all = new Blob([head, bytes])
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await all.arrayBuffer()))
  const mark = digest.subarray(0, 16).toHex()
  return { ...manner, mark, repeatable: mark }
}

/** What the token says of its user, with the ids that a user who is not known yet will have. */
export const arrivingOf = (
  caller: Caller,
  asking: Asking,
  { now, mark }: Stamp,
  mint: () => string,
): Arriving => ({
  ...asking,
  username: caller.username,
  email: caller.email,
  emailVerified: caller.emailVerified,
  name: caller.name,
  givenName: caller.givenName,
  familyName: caller.familyName,
  picture: caller.picture,
  newUserId: mint(),
  newHomeId: mint(),
  now,
  mark,
})
