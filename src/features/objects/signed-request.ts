import { Refusal } from '../../domain/failure.ts'
import type { OpenCall } from '../../http/route.ts'
import type * as z from '../../http/zod.ts'
import { ownSite } from '../../storage/presign.ts'
import {
  isSignedBy,
  keyIn,
  missingHeaders,
  readSignedUrl,
  type SignedUrl,
  unsignedHeaders,
} from '../../storage/signed-url.ts'

/** A request by a signed URL that is good. */
export interface Signed {
  readonly key: string
  /** The parameters, as they were signed. */
  readonly query: Readonly<Record<string, string>>
}

/**
 * Checks a URL with every secret that is still accepted, so a change of secret leaves the URLs of before alive until
 * they expire.
 */
export async function assertSigned(
  method: 'GET' | 'PUT',
  { request, url, config, now }: OpenCall<z.ZodObject, z.ZodObject>,
): Promise<Signed> {
  const signed = readSignedUrl(url)
  if (!signed) throw new Refusal('url_refused')
  const origin = config.publicUrl ?? url.origin
  let isGood = false
  for (const secret of config.tokens.secrets)
    isGood ||= await isSignedBy(await ownSite(secret, origin), method, signed, request.headers)
  if (!isGood || signed.expiresAt <= now) throw refused(signed, isGood, request.headers)
  return { key: keyIn(signed), query: Object.fromEntries(signed.parameters) }
}

/** Says what the URL itself tells, so that whoever has it learns nothing new of what it leads to. */
function refused(signed: SignedUrl, isGood: boolean, sent: Headers): Refusal {
  if (isGood) return new Refusal('url_refused', [], 'The signed URL has expired: ask for a new one.')
  const [missing, unsigned] = [missingHeaders(signed, sent), unsignedHeaders(signed, sent)]
  const sentences = [
    'The signed URL is not valid for this request: it was altered, or is for another method or other headers.',
    signed.headers.length > 0
      ? `Its signature covers ${signed.headers.join(', ')}: send these headers as they were given with it.`
      : 'Its signature covers no headers but host.',
    ...(missing.length > 0 ? [`Missing: ${missing.join(', ')}.`] : []),
    ...(unsigned.length > 0 ? [`Not covered, and so not allowed: ${unsigned.join(', ')}.`] : []),
  ]
  const errors = [
    ...missing.map((path) => ({ path, message: 'is missing: the signature covers it' })),
    ...unsigned.map((path) => ({ path, message: 'is not covered by the signature: leave it out' })),
  ]
  return new Refusal('url_refused', errors, sentences.join(' '))
}
