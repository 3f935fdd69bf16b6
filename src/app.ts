import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import { configOf, originOf } from './config.ts'
import type { Database } from './db/database.ts'
import { Refusal } from './domain/failure.ts'
import { LENIENT } from './http/prefer.ts'
import { problem } from './http/problem.ts'
import { type Limited, tellLimit } from './http/rate-limit.ts'
import { logFailure } from './log.ts'
import { endpointsAt } from './routing.ts'
import { OBJECTS_PATH } from './storage/presign.ts'

interface AppEnv {
  readonly Bindings: Env
  readonly Variables: {
    requestId: string
    isRepeatable: boolean
    database: Database | null
    limited: Limited | null
    isForgiving: boolean
  }
}

export const app = new Hono<AppEnv>()

const isObject = (path: string): boolean => path.startsWith(`${OBJECTS_PATH}/`)

/** What a page may do that is made of an object's bytes, or of what was refused in their place: nothing. */
const SANDBOX = "sandbox; default-src 'none'"

/** Answers to who may not know what is there: how long D1 took would tell. */
const MUTE = [401, 403, 404]

/** What a client may call its request by. */
const SANE_REQUEST_ID = /^[\w.:~+/=@-]{1,128}$/

app.use(async (context, next) => {
  receive(context)
  await next()
  const { headers, status } = context.res
  headers.set('X-Request-Id', context.get('requestId'))
  secure(headers, context.req.path)
  const limited = context.get('limited')
  if (limited) tellLimit(headers, limited)
  if (context.get('isForgiving')) headers.set('Preference-Applied', LENIENT)
  const database = context.get('database')
  if (database && database.usage.trips > 0) tellUsage(headers, database, status)
})

/** Takes the request id of the client, or makes one; of what an endpoint takes note of, there is nothing yet. */
function receive(context: Context<AppEnv>): void {
  const asked = context.req.header('X-Request-Id') ?? ''
  const isSane = SANE_REQUEST_ID.test(asked)
  context.set('requestId', isSane ? asked : crypto.randomUUID())
  context.set('isRepeatable', isSane)
  context.set('database', null)
  context.set('limited', null)
  context.set('isForgiving', false)
}

/** What guards an answer in a browser and on its way, whatever it is. */
function secure(headers: Headers, path: string): void {
  headers.set('X-Content-Type-Options', 'nosniff')
  headers.set('Strict-Transport-Security', 'max-age=31536000')
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'private, no-store')
  if (isObject(path)) headers.set('Content-Security-Policy', SANDBOX)
}

/** How often D1 was asked, for how long where that may be known, and which state of it the answer has seen. */
function tellUsage(headers: Headers, { usage, bookmark }: Database, status: number): void {
  const duration = MUTE.includes(status) ? '' : `;dur=${usage.milliseconds.toFixed(1)}`
  headers.set('Server-Timing', `db;desc="${usage.trips}"${duration}`)
  if (bookmark !== null) headers.set('X-D1-Bookmark', bookmark)
}

const EXPOSED = [
  'ETag',
  'Link',
  'Location',
  'X-Request-Id',
  'X-D1-Bookmark',
  'Server-Timing',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Idempotency-Replayed',
  'Preference-Applied',
]

const LOCAL_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/

const allowOrigins = cors({
  origin: (origin, context) => {
    const { corsOrigins, development } = configOf(context.env)
    return corsOrigins.includes(origin) || (development && LOCAL_ORIGIN.test(origin)) ? origin : null
  },
  allowMethods: ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE'],
  exposeHeaders: EXPOSED,
  maxAge: 3_600,
})

/** A signed URL is the authority: any page may use one. */
const allowAll = cors({
  origin: '*',
  allowMethods: ['GET', 'HEAD', 'PUT'],
  exposeHeaders: [
    'ETag',
    'Content-Range',
    'Content-Length',
    'Accept-Ranges',
    'Content-Disposition',
    'X-Request-Id',
  ],
  maxAge: 3_600,
})

app.use((context, next) => {
  const isPreflight = context.req.header('Access-Control-Request-Method') !== undefined
  if (context.req.header('Origin') === undefined || (context.req.method === 'OPTIONS' && !isPreflight))
    return next()
  return isObject(context.req.path) ? allowAll(context, next) : allowOrigins(context, next)
})

app.all('*', async (context, next) => {
  const method = context.req.method === 'HEAD' ? 'GET' : context.req.method
  const found = (await endpointsAt(context.req.path)).find(({ endpoint }) => endpoint.route.method === method)
  if (!found) return next()
  return found.endpoint.respond({
    request: context.req.raw,
    url: new URL(context.req.url),
    params: found.params,
    garbled: found.garbled,
    env: context.env,
    requestId: context.get('requestId'),
    isRepeatable: context.get('isRepeatable'),
    opened: (database) => context.set('database', database),
    limited: (limited) => context.set('limited', limited),
    forgiving: () => context.set('isForgiving', true),
    // After the answer is on its way, so that it does not wait in a queue behind this.
    later: (work) => context.executionCtx.waitUntil(scheduler.wait(0).then(work)),
  })
})

const askedOf = (context: Context<AppEnv>) => ({
  requestId: context.get('requestId'),
  origin: originOf(configOf(context.env), new URL(context.req.url)),
})

app.notFound(async (context) => {
  const { method, path } = context.req
  const answered = new Set((await endpointsAt(path)).map(({ endpoint }) => endpoint.route.method))
  if (answered.size === 0) return problem(new Refusal('route_not_found'), askedOf(context))
  const headers = {
    Allow: [...answered, ...(answered.has('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', '),
  }
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers })
  // A signed URL is good for one method: another is not told apart from a forged one.
  const failure = isObject(path) ? 'url_refused' : 'method_not_allowed'
  return problem(new Refusal(failure), askedOf(context), headers)
})

app.onError((error, context) => {
  const requestId = context.get('requestId')
  if (error instanceof Refusal) {
    if (error.cause) logFailure(error.message, error.cause, { requestId })
    return problem(error, askedOf(context))
  }
  logFailure('a request failed', error, { requestId, path: context.req.path, method: context.req.method })
  return problem(new Refusal('internal'), askedOf(context))
})
