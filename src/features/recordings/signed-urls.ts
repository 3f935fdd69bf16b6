import { Refusal } from '../../domain/failure.ts'
import { UNTOLD_TYPE } from '../../domain/media-type.ts'
import { type Download, expiryOf, signDownload } from '../../storage/presign.ts'
import { type AnyCall, storeFor } from '../objects/lifecycle.ts'
import type { StoredObject } from './downloads.sql.ts'

export interface SignedUrl {
  readonly url: string
  readonly expiresAt: string
}

/** An object under the name that its bytes are to be saved by. */
export interface NamedObject extends Pick<StoredObject, 'key' | 'contentType'> {
  readonly filename: string
}

type Wish = Pick<Download, 'expiresIn' | 'disposition'>

/** Signs the URLs of objects, in their order. No other service is asked. */
export async function signAll(
  call: AnyCall,
  objects: readonly NamedObject[],
  wish: Wish,
): Promise<SignedUrl[]> {
  const { now } = call
  const expiresAt = new Date(expiryOf({ ...wish, now })).toISOString()
  try {
    const { site } = await storeFor(call)
    const signed: SignedUrl[] = []
    for (const { contentType, ...rest } of objects) {
      const download = { ...wish, ...rest, contentType: contentType ?? UNTOLD_TYPE, now }
      signed.push({ url: await signDownload(site, download), expiresAt })
    }
    return signed
  } catch (cause) {
    throw Object.assign(new Refusal('url_not_signed'), { cause })
  }
}

export async function signOne(call: AnyCall, object: NamedObject, wish: Wish): Promise<SignedUrl> {
  const [signed] = await signAll(call, [object], wish)
  if (!signed) throw new Refusal('url_not_signed')
  return signed
}

/** The last segment of an asset's name. */
export const filenameOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1)
