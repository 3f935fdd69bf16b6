import { isRangeFresh, judge } from './conditions.ts'

/** The bytes of an object, as HTTP asks for them. */
export type ServedObject =
  | { readonly status: 200 | 206; readonly headers: Headers; readonly body: ReadableStream | null }
  | { readonly status: 304 | 412; readonly headers: Headers; readonly body: null }
  | { readonly status: 416; readonly size: number }
  | { readonly status: 404 }

interface ByteRange {
  readonly offset: number
  readonly length: number
}

/**
 * Serves an object from the bucket under the conditions and the single `Range` of the request. Several ranges at
 * once, and units other than bytes, are answered with the whole, as RFC 9110 has it.
 */
export async function serveObject(bucket: R2Bucket, key: string, request: Request): Promise<ServedObject> {
  const asked = request.method === 'GET' ? request.headers.get('Range') : null
  // A range needs the size first; without one the body can come along at once.
  const found = asked === null && request.method === 'GET' ? await bucket.get(key) : await bucket.head(key)
  if (!found) return { status: 404 }
  const headers = new Headers({
    'Accept-Ranges': 'bytes',
    ETag: found.httpEtag,
    'Last-Modified': found.uploaded.toUTCString(),
  })
  found.writeHttpMetadata(headers)
  const condition = judge(request.headers, found)
  if (condition !== 'go ahead') {
    await bodyOf(found)?.cancel()
    return { status: condition === 'unchanged' ? 304 : 412, headers, body: null }
  }
  const range = asked !== null && isRangeFresh(request.headers, found) ? rangeWithin(asked, found.size) : null
  if (range === 'unsatisfiable') return { status: 416, size: found.size }
  const object = asked === null ? found : await bucket.get(key, range ? { range } : {})
  if (!object) return { status: 404 }
  headers.set('Content-Length', String(range ? range.length : found.size))
  if (range)
    headers.set('Content-Range', `bytes ${range.offset}-${range.offset + range.length - 1}/${found.size}`)
  return { status: range ? 206 : 200, headers, body: bodyOf(object) }
}

const bodyOf = (object: R2Object | R2ObjectBody): ReadableStream | null =>
  'body' in object ? (object as R2ObjectBody).body : null

/** The part of `size` bytes that a `Range` header names; null where the whole is to be sent. */
function rangeWithin(header: string, size: number): ByteRange | 'unsatisfiable' | null {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/i.exec(header.trim()) ?? []
  if (first === '' && last === '') return null
  if (first === '') {
    const length = Math.min(Number(last), size)
    if (Number(last) === 0) return 'unsatisfiable'
    // The end of nothing is all of it.
    return size === 0 ? null : { offset: size - length, length }
  }
  const offset = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < offset) return null
  if (offset >= size) return 'unsatisfiable'
  return { offset, length: end - offset + 1 }
}
