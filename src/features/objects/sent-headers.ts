import { type FieldError, invalidFields } from '../../domain/failure.ts'

/** An MD5 as `Content-MD5` has it (RFC 1864): 16 bytes. */
const MD5 = /^[A-Za-z\d+/]{21}[AQgw]==$/

/**
 * The MD5 that a PUT gives of its bytes, null for none. Refuses what would be stored as something else than it is: a
 * piece as the whole, and the frames of a body that is signed in chunks as bytes of the object.
 */
export function readMd5(headers: Headers): Uint8Array | null {
  const faults: FieldError[] = []
  if (headers.has('Content-Range'))
    faults.push({
      path: 'Content-Range',
      message: 'is not taken: a PUT sends the whole of what its URL names',
    })
  if (/(^|,)\s*aws-chunked\s*(,|$)/i.test(headers.get('Content-Encoding') ?? ''))
    faults.push({ path: 'Content-Encoding', message: 'is aws-chunked: send the bytes as they are' })
  if (/^STREAMING-/i.test(headers.get('x-amz-content-sha256') ?? ''))
    faults.push({
      path: 'x-amz-content-sha256',
      message: 'announces a body that is signed in chunks: send the bytes as they are, without this header',
    })
  const md5 = headers.get('Content-MD5')
  if (md5 !== null && !MD5.test(md5))
    faults.push({ path: 'Content-MD5', message: 'is not the base64 of 16 bytes' })
  if (faults.length > 0) throw invalidFields(faults)
  return md5 === null ? null : Uint8Array.fromBase64(md5)
}
