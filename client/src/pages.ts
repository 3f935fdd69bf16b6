import type { MaybeOptionalInit } from 'openapi-fetch'
import type { PathsWithMethod } from 'openapi-typescript-helpers'
import type { paths } from './api.ts'
import type { Calls } from './calls.ts'
import { leadsNowhere } from './error.ts'

/** The paths of lists: what takes a cursor, and answers JSON. */
export type ListPath = {
  [P in PathsWithMethod<paths, 'get'>]: paths[P]['get'] extends {
    parameters: { query?: infer Q extends object }
    responses: { 200: { content: { 'application/json': unknown } } }
  }
    ? 'cursor' extends keyof Q
      ? P
      : never
    : never
}[PathsWithMethod<paths, 'get'>]

type Page<P extends ListPath> = paths[P]['get'] extends {
  responses: { 200: { content: { 'application/json': infer D } } }
}
  ? D
  : never

/** What a list holds: the members of an array, or of the one array of an object. */
export type Item<P extends ListPath> =
  Page<P> extends readonly (infer T)[]
    ? T
    : { [K in keyof Page<P>]-?: Page<P>[K] extends readonly (infer T)[] ? T : never }[keyof Page<P>]

interface Init {
  readonly params?: { readonly query?: Readonly<Record<string, unknown>> }
}

/** Walks a list from its first page to its last. Pages may be short, or empty, and lead on. */
export async function* pagesOf<P extends ListPath>(
  { GET }: Calls,
  path: P,
  init: MaybeOptionalInit<paths[P], 'get'>,
): AsyncGenerator<Item<P>, void, undefined> {
  const { params, ...rest } = (init ?? {}) as Init
  const { page: _, ...filters } = params?.query ?? {}
  let query = params?.query ?? {}
  for (;;) {
    const call = GET as (path: string, init: object) => Promise<{ data: unknown; response: Response }>
    const { data, response } = await call(path, { ...rest, params: { ...params, query } })
    yield* itemsIn(data) as Item<P>[]
    const cursor = cursorAfter(data, response)
    if (cursor === null) return
    if (cursor === (query as { cursor?: unknown }).cursor) throw leadsNowhere()
    query = { ...filters, cursor }
  }
}

function itemsIn(data: unknown): unknown[] {
  if (Array.isArray(data)) return data
  return Object.values(data as object).find(Array.isArray) ?? []
}

/** A bare array is led on by its `Link`. */
function cursorAfter(data: unknown, response: Response): string | null {
  if (!Array.isArray(data)) return (data as { nextCursor?: string | null }).nextCursor ?? null
  const [, next] = /<([^>]*)>;[^,]*\brel="?next\b/.exec(response.headers.get('Link') ?? '') ?? []
  return next ? new URL(next, 'http://localhost').searchParams.get('cursor') : null
}
