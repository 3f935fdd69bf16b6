import type { Resource } from '../db/write.ts'
import { digestOf, isKnown } from './conditions.ts'
import { jsonAnswer } from './endpoint.ts'
import type { Incoming } from './route.ts'

/** What an answer is besides the resource. */
interface Manner {
  /** 200 by default. */
  readonly status?: number
  /** Of the header `Link`. */
  readonly links?: readonly string[]
}

/** An answer that is one resource, by its tag; 304 to who reads it and has it already. */
export async function resourceAnswer(
  { request }: Pick<Incoming, 'request'>,
  resource: Resource,
  { status = 200, links = [] }: Manner = {},
): Promise<Response> {
  const tag = `"${await stateOf(resource)}"`
  const headers: Record<string, string> = {
    ETag: tag,
    // Where an answer is transformed on its way, its tag is weakened.
    'Cache-Control': 'private, no-cache, no-transform',
    ...(links.length > 0 && { Link: links.join(', ') }),
    ...replayOf(resource),
  }
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (isRead && isKnown(request.headers, tag)) return new Response(null, { status: 304, headers })
  return jsonAnswer(resource.body, status, headers)
}

/** What an answer says that was told before, when the request was sent first. */
export const replayOf = ({ isReplayed }: Pick<Resource, 'isReplayed'>): Record<string, string> =>
  isReplayed ? { 'Idempotency-Replayed': 'true' } : {}

/**
 * `<id>-<version>.<state>`: id and version are those of the row, which a condition on writing compares; the state is a digest
 * of the whole answer, which may show more than the row, and to everybody something else.
 */
const stateOf = async ({ id, version, body }: Resource): Promise<string> =>
  `${id}-${version}.${await digestOf(body)}`
