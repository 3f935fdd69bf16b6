import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { SignJWT } from 'jose'
import { expect } from 'vitest'
import type { z } from 'zod'
import { app } from '../../src/app.ts'
import { endpoints } from '../../src/endpoints.ts'
import { answersOf, failuresOf } from '../../src/http/openapi.ts'
import { statusOf } from '../../src/http/problem.ts'
import type { AnyRoute } from '../../src/http/route.ts'
import { type Meter, metered, nothingYet } from './meter.ts'

/** A trip to a database that fails is made again so often. */
const MOST_ASKED_AGAIN = 3

/** The door of the server, with a meter on D1 that the server cannot reach. */

export interface Answer extends Readonly<Meter> {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely; their shape is checked below
  readonly body: any
}

export interface Asked {
  readonly token?: string
  readonly body?: unknown
  /** Sent as it is, in place of `body` as JSON. */
  readonly raw?: string | Uint8Array | ReadableStream
  /** How long `raw` is where it is a stream; or sends it without saying so. */
  readonly length?: number | 'untold'
  readonly headers?: Readonly<Record<string, string>>
  /** Variables of the deployment that differ from development's. */
  readonly variables?: Readonly<Record<string, string | undefined>>
  /** Stands between the server and D1. */
  readonly disturb?: (batch: () => Promise<D1Result[]>) => Promise<D1Result[]>
}

export const ORIGIN = 'http://localhost:10334'

/** An answer whose body nobody has read yet. */
interface Unread {
  readonly response: Response
  /** Goes on while the body is read. */
  readonly meter: Readonly<Meter>
  readonly context: ExecutionContext
}

export async function askUnread(method: string, path: string, asked: Asked = {}): Promise<Unread> {
  const headers = new Headers(asked.headers)
  if (asked.token !== undefined) headers.set('Authorization', `Bearer ${asked.token}`)
  if (asked.body !== undefined && !headers.has('Content-Type'))
    headers.set('Content-Type', 'application/json')
  // What a client sends by itself; a request that never was on the wire has none.
  if (asked.raw !== undefined && !headers.has('Content-Length') && asked.length !== 'untold')
    headers.set('Content-Length', String(lengthOf(asked.raw, asked.length)))
  const body = asked.raw ?? (asked.body === undefined ? undefined : JSON.stringify(asked.body))
  const request = new Request(new URL(path, ORIGIN), {
    method,
    headers,
    body: body ?? null,
  })
  const meter = nothingYet()
  const { BUCKET, ENVIRONMENT, JWT_SECRET } = env
  const DB = metered(env.DB, meter, asked.disturb)
  const deployed = { BUCKET, ENVIRONMENT, JWT_SECRET, ...asked.variables, DB } as Env
  const context = createExecutionContext()
  return { response: await app.fetch(request, deployed, context), meter, context }
}

const lengthOf = (raw: NonNullable<Asked['raw']>, told = 0): number =>
  raw instanceof ReadableStream ? told : new Blob([raw]).size

export async function ask(method: string, path: string, asked: Asked = {}): Promise<Answer> {
  const { response, meter, context } = await askUnread(method, path, asked)
  const atAnswer = { ...meter }
  const { pathname } = new URL(path, ORIGIN)
  const route = routeOf(method, pathname)
  const text = new TextDecoder().decode(await response.arrayBuffer())
  // Some work goes on after an answer, and is no part of it; of a streamed one, most is read while it is read.
  const spent = route?.trips === 'each chunk' ? { ...meter } : atAnswer
  await waitOnExecutionContext(context)
  const type = response.headers.get('Content-Type') ?? ''
  const answer = {
    status: response.status,
    headers: response.headers,
    text,
    body: bodyOf(type, text),
    ...spent,
  }
  const { origin } = new URL(asked.variables?.PUBLIC_URL ?? ORIGIN)
  assertDocumented(method, route, answer, { origin, again: asked.disturb ? MOST_ASKED_AGAIN : 0 })
  return answer
}

/** The JSON of an answer; an array of that of its lines, where it is in lines. */
function bodyOf(type: string, text: string) {
  if (type === 'application/x-ndjson')
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
  return /json/.test(type) && text !== '' ? JSON.parse(text) : null
}

const patterns = endpoints.map(({ route }) => {
  const pattern = route.path
    .replace(/[.]/g, '\\.')
    .replace(/\{key\}/g, '.+')
    .replace(/\{\w+\}/g, '[^/]+')
  return { route, pattern: new RegExp(`^${pattern}$`) }
})

const failures = new Map(endpoints.map(({ route }) => [route, failuresOf(route)]))

function routeOf(method: string, path: string): AnyRoute | undefined {
  const asked = method === 'HEAD' ? 'GET' : method
  return patterns.find(({ route, pattern }) => route.method === asked && pattern.test(path))?.route
}

interface Documented {
  readonly origin: string
  /** Round trips that were made again. */
  readonly again: number
}

/**
 * Every answer of every test has the documented shape and, for a refusal, a documented code. Of so many, what holds is
 * compared without the words of an assertion.
 */
function assertDocumented(
  method: string,
  route: AnyRoute | undefined,
  answer: Answer,
  { origin, again }: Documented,
): void {
  if (method === 'HEAD') return
  if (answer.status >= 400) assertRefusal(route, answer, origin)
  else if (route) assertAnswer(route, answer, again)
}

function assertRefusal(route: AnyRoute | undefined, { status, headers, body }: Answer, origin: string): void {
  const { code, type } = body as { code: keyof typeof statusOf; type: string }
  same(headers.get('Content-Type'), 'application/problem+json', 'the media type of a refusal')
  same(type, `${origin}/problems/${code}`, 'the type of a refusal')
  same(statusOf[code], status, `the status of ${code}`)
  if (route && !failures.get(route)?.includes(code))
    throw new Error(`${route.operationId} does not document ${code}`)
}

function assertAnswer(route: AnyRoute, answer: Answer, again: number): void {
  const { operationId } = route
  const shape = answersOf(route)[answer.status]
  if (!shape) throw new Error(`${operationId} does not document ${answer.status}`)
  const { schema } = shape
  const tag = answer.headers.get('ETag')
  if (route.isTagged && !ENTITY_TAG.test(tag ?? '')) throw new Error(`The tag of ${operationId} is ${tag}`)
  const isOther = shape.media?.some((type) => answer.headers.get('Content-Type')?.startsWith(type))
  if (schema && !isOther)
    for (const each of shape.isLines ? answer.body : [answer.body]) strictly(schema, each)
  if (route.trips !== 'each chunk' && answer.trips > mostTrips(route) + again)
    throw new Error(`${operationId} took ${answer.trips} round trips`)
}

const ENTITY_TAG = /^"[0-9a-f]{24}-\d+\.[0-9a-f]{24}"$/

function same(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) expect(actual, what).toBe(expected)
}

/** The round trips that a route may take, as it documents them. */
const mostTrips = ({ trips }: AnyRoute): number => (typeof trips === 'object' ? trips.most : 1)

function strictly(schema: z.ZodType, body: unknown): void {
  const result = schema.safeParse(body)
  if (!result.success) throw new Error(`Not as documented: ${result.error.message}\n${JSON.stringify(body)}`)
}

export const DEVELOPMENT_SECRET = 'your-secret-key-change-this-in-production'

export interface TokenOptions {
  readonly secret?: string
  readonly expiresAt?: number
  readonly claims?: Readonly<Record<string, unknown>>
}

/** A token as the public clients' debug mode signs it. */
export const tokenFor = (
  username: string,
  { secret = DEVELOPMENT_SECRET, claims = {}, expiresAt }: TokenOptions = {},
) =>
  new SignJWT({ username, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(typeof claims.sub === 'string' ? claims.sub : `sub-${username}`)
    .setIssuedAt()
    .setExpirationTime(expiresAt ?? Math.floor(Date.now() / 1000) + 3_600)
    .sign(new TextEncoder().encode(secret))

let tenants = 0

/** A user with a home namespace of their own, shared with no other test. */
export class Tenant {
  readonly slug: string
  readonly token: string

  private constructor(slug: string, token: string) {
    this.slug = slug
    this.token = token
  }

  static async arrive(): Promise<Tenant> {
    const tenant = await Tenant.unknown()
    const { status, body } = await tenant.ask('GET', '/auth/me')
    expect([status, body.username]).toEqual([200, tenant.slug])
    return tenant
  }

  /** The same, but the server has not heard of the user yet. */
  static async unknown(): Promise<Tenant> {
    const slug = `user-${++tenants}-${crypto.randomUUID().slice(0, 8)}`
    return new Tenant(slug, await tokenFor(slug))
  }

  ask(method: string, path: string, body?: unknown, asked: Asked = {}): Promise<Answer> {
    return ask(method, path, { token: this.token, ...(body === undefined ? {} : { body }), ...asked })
  }

  /** The path of a project of this tenant. */
  project(slug: string): string {
    return `/namespaces/${this.slug}/projects/${slug}`
  }

  /** A project that is there. */
  async withProject(slug = 'robotics'): Promise<string> {
    const { status } = await this.ask('POST', `/namespaces/${this.slug}/spaces`, { name: slug })
    expect(status).toBe(201)
    return this.project(slug)
  }

  /** Makes another user a member of this tenant's namespace. */
  async admit(other: Tenant, role: 1 | 2 | 3): Promise<void> {
    await env.DB.prepare(
      `insert into members (user_id, namespace_id, role, created_at)
       select (select created_by from namespaces where slug = ?1), id, ?3, 0 from namespaces where slug = ?2`,
    )
      .bind(other.slug, this.slug, role)
      .run()
  }
}
