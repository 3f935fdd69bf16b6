import { readHttpDate } from './http-date.ts'

/** What a request's conditions say of an object, in the order of RFC 9110, section 13.2.2. */
export type Condition = 'go ahead' | 'unchanged' | 'failed'

interface Versioned {
  /** With its quotes. */
  readonly httpEtag: string
  readonly uploaded: Date
}

/** Judges `If-Match`, `If-Unmodified-Since`, `If-None-Match` and `If-Modified-Since`. What cannot be read matches nothing. */
export function judge(headers: Headers, object: Versioned): Condition {
  const uploaded = Math.floor(object.uploaded.getTime() / 1_000) * 1_000
  const match = headers.get('If-Match')
  const unmodified = timeOf(headers.get('If-Unmodified-Since'))
  if (match !== null) {
    if (!names(match, object.httpEtag, false)) return 'failed'
  } else if (uploaded > unmodified) return 'failed'
  const noneMatch = headers.get('If-None-Match')
  if (noneMatch !== null) return names(noneMatch, object.httpEtag, true) ? 'unchanged' : 'go ahead'
  return uploaded <= timeOf(headers.get('If-Modified-Since')) ? 'unchanged' : 'go ahead'
}

/** Whether `Range` still means this object: `If-Range` is absent, or names it. */
export function isRangeFresh(headers: Headers, object: Versioned): boolean {
  const wanted = headers.get('If-Range')
  return wanted === null || wanted === object.httpEtag || wanted === object.uploaded.toUTCString()
}

/** NaN where there is none that can be read: every comparison with it is false. */
const timeOf = (date: string | null): number => (date === null ? Number.NaN : readHttpDate(date))

function names(list: string, etag: string, isWeak: boolean): boolean {
  if (list.trim() === '*') return true
  const tags = list.match(/(?:W\/)?"[^"]*"/g) ?? []
  return tags.some((tag) => (isWeak ? tag.replace(/^W\//, '') : tag) === etag)
}
