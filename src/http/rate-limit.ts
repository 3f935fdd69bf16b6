import type { Config, Limit, Policy } from '../config.ts'
import { Refusal } from '../domain/failure.ts'
import { logFailure } from '../log.ts'

/** The platform's limiters, by their bindings; one that is not bound limits nothing. */
const bindings = { reads: 'READ_LIMIT', writes: 'WRITE_LIMIT', strangers: 'STRANGER_LIMIT' } as const

/** What the headers of an answer say of the limit that applied to its request. */
export interface Limited extends Policy {
  readonly limit: Limit
  readonly isExceeded: boolean
}

/** `RateLimit-Policy`, and where nothing is left `RateLimit` (draft-ietf-httpapi-ratelimit-headers). */
export function tellLimit(headers: Headers, { limit, quota, seconds, isExceeded }: Limited): void {
  headers.set('RateLimit-Policy', `"${limit}";q=${quota};w=${seconds}`)
  if (!isExceeded) return
  headers.set('RateLimit', `"${limit}";r=0;t=${seconds}`)
  headers.set('Retry-After', String(seconds))
}

/** A request that is counted. */
export interface Asked {
  readonly request: Request
  readonly env: Env
  readonly limited: (limited: Limited) => void
}

/** However the header is spelled, it is the same credential; empty for none. */
export const credentialOf = (headers: Headers): string =>
  headers
    .get('Authorization')
    ?.trim()
    .replace(/^Bearer\s+/i, '') ?? ''

type Counted = 'credential' | 'user' | 'address' | 'upload'

/** What something is counted by: a digest, so that no limiter holds a name, an address or a credential. */
export async function keyOf(kind: Counted, ...parts: readonly string[]): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([kind, ...parts]))
  return new Uint8Array(await crypto.subtle.digest('SHA-256', text)).toHex()
}

/** Counts a request by the key of whoever asks, wherever from. */
export const assertWithinLimit = (asked: Asked, config: Config, key: string): Promise<void> =>
  count(['GET', 'HEAD'].includes(asked.request.method) ? 'reads' : 'writes', key, asked, config)

/** Counts a request of nobody, or of who is not known to be anybody: another credential each time helps nothing. */
export const assertStrangerWithinLimit = async (asked: Asked, config: Config): Promise<void> =>
  count('strangers', await keyOf('address', addressOf(asked.request.headers)), asked, config)

/** Counts a part that is sent to a signed URL by its upload, as no user is asked for. */
export const assertUploadWithinLimit = async (
  asked: Asked,
  config: Config,
  objectKey: string,
): Promise<void> => count('writes', await keyOf('upload', objectKey), asked, config)

const addressOf = (headers: Headers): string => {
  const address = headers.get('CF-Connecting-IP') ?? 'local'
  return address.includes(':') ? networkOf(address) : address
}

/** The first 64 bits of an IPv6 address: whoever has one has all that begin like it. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('::')
  const [before, after] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')))
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - (before?.length ?? 0) - (after?.length ?? 0))
  const groups = [...(before ?? []), ...Array<string>(zeros).fill('0'), ...(after ?? [])]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

async function count(limit: Limit, key: string, { env, limited }: Asked, { limits }: Config): Promise<void> {
  const policy = limits[limit]
  const limiter = env[bindings[limit]] as RateLimit | undefined
  if (!policy || !limiter) return
  // A protection that is out of order keeps nobody out.
  const { success } = await limiter.limit({ key }).catch((error: unknown) => {
    logFailure('a rate limiter failed', error, { limit })
    return { success: true }
  })
  limited({ ...policy, limit, isExceeded: !success })
  if (!success) throw new Refusal('rate_limited')
}
