import { ANY_TAG, type Stamp } from '../db/write.ts'

/** What a client says of the representations that it has, and can read. */

/** The entity tags in a header, in their quotes; weak ones like strong ones (RFC 9110, 13.1.2). */
export const tagsIn = (header: string | null): string[] =>
  header?.trim() === ANY_TAG
    ? [ANY_TAG]
    : [...(header ?? '').matchAll(/(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g)].map(([, tag = '']) => tag)

/** Whether the client has what has this tag. */
export function isKnown(headers: Headers, tag: string): boolean {
  const known = tagsIn(headers.get('If-None-Match'))
  return known.includes(tag) || known.includes(ANY_TAG)
}

const BYTES_OF_A_DIGEST = 12

/** What tells two texts apart in a tag, as hex. */
export async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return new Uint8Array(digest).subarray(0, BYTES_OF_A_DIGEST).toHex()
}

/** What a client says is to be changed, or deleted, `<id>-<version>` each, or any; null where it says nothing. */
export function expectedIn(headers: Headers): Stamp['expected'] {
  const header = headers.get('If-Match')
  if (header === null) return null
  if (header.trim() === ANY_TAG) return ANY_TAG
  // On its way a tag may have been weakened: it is the state that may have changed then, and that is not compared.
  return tagsIn(header).map((tag) => tag.match(/^"([0-9a-f]{24}-\d+)\../)?.[1] ?? '')
}

/** Whether a client says that there must be nothing yet of what it makes. */
export const mustBeNew = (headers: Headers): boolean => headers.get('If-None-Match')?.trim() === ANY_TAG

/** What is wrong with `If-Match`, or null. */
export function expectationFault(headers: Headers): string | null {
  const isTold = headers.get('If-Match') === null || expectedIn(headers)?.length !== 0
  return isTold ? null : 'is neither * nor an entity tag in quotes, as the header ETag has it'
}

/** What a client may call a request by, so that it is done once: visible ASCII, in quotes or not. */
const KEY = /^("?)([!#-~]{1,255})\1$/

/** The key under which a request is sent; null where there is none. */
export const keyIn = (headers: Headers): string | null =>
  headers.get('Idempotency-Key')?.match(KEY)?.[2] ?? null

/** What is wrong with that, or null. */
export const keyFault = (headers: Headers): string | null =>
  headers.has('Idempotency-Key') && keyIn(headers) === null
    ? 'is not 1 to 255 visible ASCII characters, such as a UUID'
    : null

/**
 * Whether an answer may be compressed by gzip (RFC 9110, 12.5.3): only where it is named, and not refused. In front of a
 * Worker stands what asks for compressed answers in any case, and says beside the request what the client asked for.
 */
export function acceptsGzip({ cf, headers }: Request): boolean {
  const asked = (cf?.clientAcceptEncoding as string | undefined) ?? headers.get('Accept-Encoding') ?? ''
  return asked.split(',').some((coding) => {
    const [name = '', ...parameters] = coding
      .toLowerCase()
      .split(';')
      .map((part) => part.trim())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
    return ['gzip', 'x-gzip'].includes(name) && (weight === undefined || Number(weight) > 0)
  })
}
