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
 * Serves an object from the bucket: a single `Range`, `If-Match`, `If-None-Match`, `If-Modified-Since`,
 * `If-Range`. Several ranges at once, and units other than bytes, are answered with the whole, as RFC 9110 has it.
 */
export async function serveObject(bucket: R2Bucket, key: string, request: Request): Promise<ServedObject> {
  const asked = request.headers.get('Range')
  let range: ByteRange | null = null
  if (asked !== null) {
    const object = await bucket.head(key)
    if (!object) return { status: 404 }
    const fresh = request.headers.get('If-Range')
    if (fresh === null || fresh === object.httpEtag) {
      const found = rangeWithin(asked, object.size)
      if (found === 'unsatisfiable') return { status: 416, size: object.size }
      range = found
    }
  }
  const object = await bucket.get(key, { onlyIf: request.headers, ...(range ? { range } : {}) })
  if (!object) return { status: 404 }
  const headers = new Headers({
    'Accept-Ranges': 'bytes',
    ETag: object.httpEtag,
    'Last-Modified': object.uploaded.toUTCString(),
  })
  object.writeHttpMetadata(headers)
  if (!('body' in object)) {
    const isUnchanged = request.headers.has('If-None-Match') || request.headers.has('If-Modified-Since')
    return { status: isUnchanged ? 304 : 412, headers, body: null }
  }
  if (range) {
    headers.set('Content-Range', `bytes ${range.offset}-${range.offset + range.length - 1}/${object.size}`)
  }
  headers.set('Content-Length', String(range ? range.length : object.size))
  return { status: range ? 206 : 200, headers, body: object.body }
}

/** The part of `size` bytes that a `Range` header names; null where the whole is to be sent. */
function rangeWithin(header: string, size: number): ByteRange | 'unsatisfiable' | null {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header.trim()) ?? []
  if (first === '' && last === '') return null
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { offset: size - length, length }
  }
  const offset = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < offset) return null
  if (offset >= size) return 'unsatisfiable'
  return { offset, length: end - offset + 1 }
}
