import { type FieldError, firstOf, invalidFields } from '../domain/failure.ts'
import type { RawBody } from './body.ts'
import { expectationFault, keyFault } from './conditions.ts'
import type { Named } from './path.ts'
import type { AnyRoute, Route } from './route.ts'
import { bookkeepingIn, errorsOf, sift } from './unknown.ts'
import * as z from './zod.ts'

/** What a client sends besides the body. */
interface Sent extends Named {
  readonly request: Request
  readonly url: URL
}

type Given = Readonly<Record<string, unknown>>

const nothing = z.object({})

/** Whether what the route does not know is refused. To the older byte service clients send what they like. */
export const isStrict = ({ open, isTolerant, tag }: AnyRoute): boolean =>
  !open && !isTolerant && tag !== 'Byte service'

/**
 * What a protected route reads all that the client sends with: judged at once, and unknown names too. The judges are
 * made for the first request.
 */
export function readerOf<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject>(
  route: Route<P, Q, B>,
) {
  let judges: Judges<Q, B> | null = null
  return ({ request, url, params, garbled }: Sent, raw: RawBody, isLenient: boolean) => {
    judges ??= isStrict(route) ? strictJudges(route) : tolerantJudges(route)
    const input = assertValid({
      bookmark: checkBookmark(request),
      expectation: checkHeader(request, 'If-Match', expectationFault),
      key: checkHeader(request, 'Idempotency-Key', route.isKeyed ? keyFault : () => null),
      params: withErrors(garbled.map(notText), check('path', route.params, params)),
      query: judges.query(url, isLenient),
      body: judges.body(raw, isLenient),
    })
    return { ...input, url: asRead(url, route.query) }
  }
}

/** What the client of an open route sends, which is not asked for its names. */
export const readOpen = <P extends z.ZodObject, Q extends z.ZodObject>(
  { params, query }: Pick<Route<P, Q, z.ZodObject>, 'params' | 'query'>,
  sent: Omit<Sent, 'request'>,
) =>
  assertValid({
    params: check('path', params, sent.params),
    query: check('query', query, parametersOf(sent.url, query)),
  })

const notText = (path: string): FieldError => ({ path, message: 'is not percent-encoded UTF-8' })

/** How the two parts of a request are judged. */
interface Judges<Q extends z.ZodObject, B extends z.ZodObject> {
  readonly query: (url: URL, isLenient: boolean) => Checked<z.output<Q>>
  readonly body: (raw: RawBody, isLenient: boolean) => Checked<z.output<B>>
}

const tolerantJudges = <P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject>({
  method,
  query,
  body,
}: Route<P, Q, B>): Judges<Q, B> => ({
  query: (url) => check('query', query, parametersOf(url, query)),
  body: (raw) => check('body', body, body && asGiven(method, spelled(raw.json(), body))),
})

function strictJudges<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject>(
  route: Route<P, Q, B>,
): Judges<Q, B> {
  const { method, query, body, elsewhere = {} } = route
  const taken = body ?? nothing
  const ofQuery = { part: 'query', names: Object.keys(query.shape) } as const
  const ofBody = { part: 'body', names: Object.keys(taken.shape) } as const
  const bookkeeping = body ? bookkeepingIn(Object.values(route.answers).map(({ schema }) => schema)) : []
  const isKept = ([name]: [string, unknown]) => ofBody.names.includes(name) || !bookkeeping.includes(name)
  return {
    query: (url, isLenient) => {
      const { known, unknown } = sift(query, parametersOf(url, query))
      const errors = isLenient ? [] : errorsOf(unknown, ofQuery, ofBody, {})
      const contradicted = contradictionIn(Object.fromEntries(url.searchParams), query)
      return withErrors([...errors, ...repeatedIn(url, query), ...contradicted], check('query', query, known))
    },
    body: (raw, isLenient) => {
      const sent = raw.json()
      const given = Object.fromEntries(Object.entries(spelled(sent, taken)).filter(isKept))
      const { known, unknown } = sift(taken, given)
      const errors = isLenient ? [] : errorsOf(unknown, ofBody, ofQuery, elsewhere)
      return withErrors(
        [...errors, ...contradictionIn(sent, taken)],
        check('body', body, asGiven(method, known as Given)),
      )
    },
  }
}

/** A null is absent on create; on PATCH it clears. */
const asGiven = (method: AnyRoute['method'], given: Given): Given =>
  method === 'POST' ? Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) : given

type Checked<T> = { readonly value: T } | { readonly errors: readonly FieldError[] }

function check<S extends z.ZodObject>(
  part: 'path' | 'query' | 'body',
  schema: S | undefined,
  input: unknown,
): Checked<z.output<S>> {
  if (!schema) return { value: {} as z.output<S> }
  const result = schema.safeParse(input)
  if (result.success) return { value: result.data }
  const errors = result.error.issues.map(({ path, message, code }) => ({
    path: path.join('.'),
    message: code === 'invalid_type' && isAbsent(input, path) ? 'is required' : message,
  }))
  return { errors: firstOf(part, errors) }
}

const isAbsent = (input: unknown, path: readonly PropertyKey[]): boolean =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], input) ===
  undefined

function withErrors<T>(errors: readonly FieldError[], checked: Checked<T>): Checked<T> {
  if (errors.length === 0) return checked
  return { errors: [...errors, ...('errors' in checked ? checked.errors : [])] }
}

/** All that was checked, or one refusal that names every offending field. */
function assertValid<T extends Record<string, Checked<unknown>>>(
  parts: T,
): { [K in keyof T]: T[K] extends Checked<infer V> ? V : never } {
  const errors = Object.values(parts).flatMap((part) => ('errors' in part ? part.errors : []))
  if (errors.length > 0) throw invalidFields(errors)
  const values = Object.entries(parts).map(([key, part]) => [key, 'value' in part ? part.value : undefined])
  return Object.fromEntries(values) as { [K in keyof T]: T[K] extends Checked<infer V> ? V : never }
}

/** All values of a parameter that takes several, the first of any other. */
function parametersOf({ searchParams }: URL, schema: z.ZodObject): Given {
  const first = new Map<string, string | string[]>()
  for (const [name, value] of searchParams) if (!first.has(name)) first.set(name, value)
  for (const name of first.keys()) if (takesSeveral(schema, name)) first.set(name, searchParams.getAll(name))
  return spelled(Object.fromEntries(first), schema)
}

/** The URL with nothing but the parameters that the route reads, as they are spelt now: a list is the same by any others. */
function asRead(url: URL, { shape }: z.ZodObject): URL {
  const isOlder = 'project' in shape && !url.searchParams.has('project')
  const asked = [...url.searchParams].map(([name, value]): [string, string] => [
    isOlder && name === 'space' ? 'project' : name,
    value,
  ])
  const read = new URL(url)
  read.search = String(new URLSearchParams(asked.filter(([name]) => Object.hasOwn(shape, name))))
  return read
}

function takesSeveral({ shape }: z.ZodObject, name: string): boolean {
  const given = Object.hasOwn(shape, name) ? shape[name] : undefined
  return (given instanceof z.ZodOptional ? given.unwrap() : given) instanceof z.ZodArray
}

/** `space` is an older spelling of `project`, wherever that is known. */
function spelled(given: Given, { shape }: z.ZodObject): Given {
  if (!('project' in shape)) return given
  const { space, ...rest } = given
  return rest.project == null && space != null ? { ...rest, project: space } : rest
}

/** Both spellings may be sent, but not for two projects. */
function contradictionIn({ project, space }: Given, { shape }: z.ZodObject): FieldError[] {
  if (!('project' in shape) || project == null || space == null || project === space) return []
  return [{ path: 'space', message: 'is another spelling of project, and says another one' }]
}

/** A parameter has one value, unless it says otherwise: of two, nobody knows which is meant. */
function repeatedIn({ searchParams }: URL, query: z.ZodObject): FieldError[] {
  const names = [...Object.keys(query.shape), ...('project' in query.shape ? ['space'] : [])]
  return names
    .filter((name) => searchParams.getAll(name).length > 1 && !takesSeveral(query, name))
    .map((path) => ({ path, message: 'is given more than once, and takes one value' }))
}

/** A header that says how the request is meant. */
function checkHeader(
  { headers }: Request,
  path: string,
  faultOf: (headers: Headers) => string | null,
): Checked<null> {
  const message = faultOf(headers)
  return message === null ? { value: null } : { errors: [{ path, message }] }
}

const BOOKMARK = /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$/

/** The bookmark that a client sends back, so that no answer shows less than it has seen. */
export function checkBookmark(request: Request): Checked<string | null> {
  const value = request.headers.get('X-D1-Bookmark')
  if (value === null || BOOKMARK.test(value)) return { value }
  return { errors: [{ path: 'X-D1-Bookmark', message: 'is not a bookmark of this server' }] }
}
