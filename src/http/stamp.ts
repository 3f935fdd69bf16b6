import type { Arriving } from '../db/credential.ts'
import type { Asking } from '../db/standing.ts'
import type { Stamp } from '../db/write.ts'
import type { Caller } from '../domain/access.ts'
import { mintId } from '../domain/id.ts'
import type { RawBody } from './body.ts'
import { expectedIn, keyIn, mustBeNew } from './conditions.ts'

interface Sent {
  readonly request: Request
  readonly url: URL
  readonly requestId: string
  /** Whether the client chose the request id, and so can send the same request again. */
  readonly isRepeatable: boolean
  /** Whether the route takes keys. */
  readonly isKeyed: boolean
}

/**
 * What the rows remember of this request. Where the client chose the request id, the mark is made from all that
 * the client sent, so that another request under the same id is another request. Where it is sent under a key, the mark is
 * made of that, and of what is asked for: the request id and the token may be others the next time.
 */
export async function stampOf(sent: Sent, asking: Asking, body: RawBody, now: number): Promise<Stamp> {
  const { request, requestId, isRepeatable } = sent
  const { headers } = request
  const manner = {
    now,
    attempt: mintId(now),
    expected: expectedIn(headers),
    mustBeNew: mustBeNew(headers),
    isMerging: body.isMerging,
    keyId: null,
    fingerprint: null,
  }
  const key = sent.isKeyed ? keyIn(headers) : null
  if (key !== null) {
    const keyId = await digestOf([key, ...addressOf(sent, asking)])
    const fingerprint = await digestOf([sent.url.search], body.bytes)
    const mark = await digestOf([keyId, fingerprint])
    return { ...manner, keyId, fingerprint, mark, repeatable: mark }
  }
  if (!isRepeatable || request.method === 'GET' || request.method === 'HEAD')
    return { ...manner, mark: manner.attempt, repeatable: null }
  const said = [sent.url.search, headers.get('If-Match'), headers.get('If-None-Match'), body.isMerging]
  const mark = await digestOf([requestId, ...addressOf(sent, asking), ...said], body.bytes)
  return { ...manner, mark, repeatable: mark }
}

/** Who asks what of which path. */
const addressOf = ({ request, url }: Sent, { issuer, sub, tokenHash }: Asking): unknown[] => [
  ...(tokenHash === null ? [issuer, sub] : [tokenHash]),
  request.method,
  url.pathname,
]

/** 32 hex digits. */
async function digestOf(head: readonly unknown[], body: Uint8Array = new Uint8Array()): Promise<string> {
  const all = new Blob([JSON.stringify(head), body])
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await all.arrayBuffer()))
  return digest.subarray(0, 16).toHex()
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
