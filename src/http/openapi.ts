import packageJson from '../../package.json' with { type: 'json' }
import type { Failure } from '../domain/failure.ts'
import { failures } from '../domain/failure.ts'
import { isStrict } from './input.ts'
import { needsInWords, needsOf } from './needs.ts'
import { type Json, schemaOf } from './openapi-schema.ts'
import { LENIENT } from './prefer.ts'
import { statusOf } from './problem.ts'
import { type AnswerShape, type AnyRoute, tags, UNCHANGED } from './route.ts'
import type * as z from './zod.ts'

/** Whether a route judges what the client expects to change. */
const isConditional = ({ method, open, failures: own }: AnyRoute): boolean =>
  !open && (['PATCH', 'DELETE', 'PUT'].includes(method) || own.includes('precondition_failed'))

/** Whether metadata can be merged. */
const isMergeable = ({ method, body }: AnyRoute): boolean =>
  method === 'PATCH' && body !== undefined && 'metadata' in body.shape

/** The failures that a route has by its kind: a token, a body, a database. */
export function failuresOf(route: AnyRoute): readonly Failure[] {
  const all: Failure[] = [...route.failures, 'internal']
  const takesInput = [route.params, route.query, route.body].some(
    (part) => part && Object.keys(part.shape).length > 0,
  )
  if (!route.open || takesInput) all.push('invalid_request')
  // Whatever a token is good for, it is told whose it is.
  if (!route.open && !(route.grant === 'watch' && route.role === null)) all.push('forbidden')
  if (!route.open) {
    all.push(...(Object.keys(failures) as Failure[]).filter((failure) => failure.startsWith('token_')))
    all.push('rate_limited', 'body_too_large', 'not_configured', 'issuer_unreachable')
  }
  if (isConditional(route)) all.push('precondition_failed')
  if (route.isKeyed) all.push('idempotency_key_reused')
  if (isMergeable(route)) all.push('metadata_too_large', 'metadata_entangled')
  if (route.body || isStrict(route)) all.push('media_type_unsupported', 'encoding_unsupported')
  if (route.trips !== 'none') all.push('database_unavailable')
  return [...new Set(all)]
}

/** The successes of a route: who has what it reads is told no more. */
export const answersOf = ({ method, isTagged, answers }: AnyRoute): AnyRoute['answers'] =>
  isTagged && method === 'GET' ? { ...answers, 304: UNCHANGED } : answers

/** By which a body says that its metadata is to be merged (RFC 7396). */
const MERGE_PATCH = 'application/merge-patch+json'

const EXAMPLE_TAG = '"019d8a3c5e00a1b2c3d4e5f6-3.9f86d081884c7d659a2feaa0"'

const license = { name: packageJson.license, identifier: packageJson.license }
const description = `Recordings of robots and experiments: a namespace holds projects, a project episodes, an episode videos, audio, tracks, images and files in folders; a dataset groups collections of those for training.

**Tokens.** Every request but those under Service and to signed URLs carries \`Authorization: Bearer <token>\`: one that \`POST /auth/exchange\` gives for that of your identity provider, or an API token of \`POST /auth/tokens\` for a robot or a job. What a route takes of your role in the namespace, and of an API token's scopes, stands at each route.

**Problems.** What fails is answered as \`application/problem+json\` with a \`code\`, what is wrong in \`errors\`, and a \`type\` that is the address of a page which says what to do. A 404 also answers who may not know that there is something. 503 and 429 say in \`Retry-After\` when to ask again.

**Unknown names.** A parameter or a field that a route does not know is refused (400), except on the older byte service, \`/auth/exchange\`, \`/auth/logout\` and routes without a token. \`Prefer: ${LENIENT}\` passes over it, and \`Preference-Applied\` says so. What an answer shows of \`id\`, \`createdAt\` and the like may be sent back, and is not looked at.

**Lists** take \`pageSize\`, or \`limit\` where that is among their parameters, and \`cursor\`, which is \`nextCursor\` of the answer before; the header \`Link\` has the same addresses. Lists of assets are bare arrays, and have the header alone. A page costs the same at any depth.

**Sending again.** A single resource has an \`ETag\`: by \`If-None-Match\` what you have is not sent again, by \`If-Match\` you change nothing that somebody has changed since. A POST that creates or adds takes an \`Idempotency-Key\`, under which it is done once however often it is sent.

**Deleting** moves to the trash, from where everything comes back until it is purged. Members, API tokens and uploads are ended for good.

**Headers.** Every answer has an \`X-Request-Id\`, yours where you send one; \`Server-Timing\` tells the round trips to the database. \`X-D1-Bookmark\` of an answer, sent back, lets any replica answer without showing less than you have seen. \`RateLimit-Policy\` tells a limit that applies, and \`RateLimit\` what is left at 429.`

/** The OpenAPI 3.1 document of the routes, from the schemas that validate. */
export function openApiOf(routes: readonly AnyRoute[]): Json {
  const components: Record<string, unknown> = {}
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route, components) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'DreamLake Edge', version: packageJson.version, description, license },
    servers: [{ url: '/' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: { ...components, Problem: problemSchema },
      parameters: headersTaken,
      headers: {
        ETag: {
          description:
            '`"<id>-<version>.<state>"`, strong; the version counts the changes of the thing itself.',
          schema: { type: 'string' },
          example: EXAMPLE_TAG,
        },
        'Idempotency-Replayed': {
          description: 'The request was answered before under the same key: this is that answer.',
          schema: { type: 'string', enum: ['true'] },
        },
      },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  }
}

/** An open route may still need a token: an identity provider's. */
const needsToken = ({ open, failures: own }: AnyRoute): boolean => !open || own.includes('token_missing')

function operation(route: AnyRoute, components: Record<string, unknown>): Json {
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    ...described(route),
    ...(route.tag === 'Byte service' ? { deprecated: true } : {}),
    parameters: [
      ...parameters(route.params, 'path'),
      ...parameters(route.query, 'query'),
      ...conditions(route),
    ],
    ...requestBody(route, components),
    responses: { ...answers(route, components), ...refusals(route) },
    security: needsToken(route) ? [{ bearer: [] }] : [],
    ...needsOf(route),
    'x-d1-trips': tripsOf(route),
  }
}

/** Without examples: a page from which calls are tried would send them. */
const headersTaken = {
  IfNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    description:
      'The `ETag` of what you have: the answer is 304, without a body, where it still is the same.',
    schema: { type: 'string' },
  },
  IfNoneMatchAny: {
    name: 'If-None-Match',
    in: 'header',
    description: '`*`: the answer is 412, and nothing is changed, where there is one already.',
    schema: { type: 'string', enum: ['*'] },
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    description:
      'The `ETag` of what you have read: the answer is 412, and nothing is changed, where somebody has changed it since, or it is another one of the same name. Its id and version are compared.',
    schema: { type: 'string' },
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'A name for this very request, such as a UUID: sent again under it within 24 hours, it is answered as the first time, with `Idempotency-Replayed: true`, and writes nothing. Another request under the same name is 422.',
    schema: { type: 'string', minLength: 1, maxLength: 257, pattern: '^("?)[!#-~]{1,255}\\1$' },
  },
} as const

function conditions(route: AnyRoute): Json[] {
  const names: (keyof typeof headersTaken)[] = [
    ...(answersOf(route)[304] ? ['IfNoneMatch' as const] : []),
    ...(isConditional(route) && !route.isUntagged ? ['IfMatch' as const] : []),
    ...(route.isUpsert ? ['IfNoneMatchAny' as const] : []),
    ...(route.isKeyed ? ['IdempotencyKey' as const] : []),
  ]
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }))
}

function requestBody(route: AnyRoute, components: Record<string, unknown>): Json {
  const { body, bodyExample: example } = route
  if (!body) return {}
  const required = Object.values(body.shape).some(
    (field) => !(field as z.ZodType).safeParse(undefined).success,
  )
  const schema = schemaOf(body, isStrict(route) ? 'closed input' : 'input', components)
  const content = { 'application/json': { schema, example } }
  const merging = isMergeable(route)
    ? { [MERGE_PATCH]: { schema, example: { metadata: { team: 'lab-a', draft: null } } } }
    : {}
  return { requestBody: { required, content: { ...content, ...merging } } }
}

function described(route: AnyRoute): { readonly description?: string } {
  const { description, trips } = route
  const because =
    typeof trips === 'object'
      ? [`Takes up to ${trips.most} round trips to the database: ${trips.because}`]
      : []
  const all = [...(description ? [description] : []), ...because].join(' ')
  const merging = isMergeable(route)
    ? '`metadata` takes the place of what is there; as `application/merge-patch+json` it is merged with it (RFC 7396), and a null takes a member away.'
    : ''
  const paragraphs = [all, merging, needsInWords(route)].filter((text) => text !== '')
  return paragraphs.length === 0 ? {} : { description: paragraphs.join('\n\n') }
}

const tripsOf = ({ trips }: AnyRoute): number | string =>
  typeof trips === 'object' ? trips.most : trips === 'none' ? 0 : (trips ?? 1)

function parameters(schema: z.ZodObject, place: 'path' | 'query'): Json[] {
  const { properties = {}, required = [] } = schemaOf(schema, 'input', {}) as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description ? { description } : {}),
    schema: rest,
  }))
}

const answers = (route: AnyRoute, components: Record<string, unknown>): Json =>
  Object.fromEntries(
    Object.entries(answersOf(route)).map(([status, shape]) => [
      status,
      {
        description: shape.description,
        ...headersOf(route),
        ...contentOf(shape, components),
      },
    ]),
  )

function contentOf(
  { schema, isLines, media = [], example }: AnswerShape,
  components: Record<string, unknown>,
): { readonly content?: Json } {
  const json = schema && {
    [isLines ? 'application/x-ndjson' : 'application/json']: {
      schema: schemaOf(schema, 'output', components),
      example,
    },
  }
  const others = media.map((type) => [type, { schema: { type: 'string' } }])
  const content = { ...json, ...Object.fromEntries(others) }
  return Object.keys(content).length === 0 ? {} : { content }
}

function headersOf({ isTagged, isKeyed, answers: own }: AnyRoute): Json {
  const names = [...(isTagged || own[304] ? ['ETag'] : []), ...(isKeyed ? ['Idempotency-Replayed'] : [])]
  const headers = names.map((name) => [name, { $ref: `#/components/headers/${name}` }])
  return names.length === 0 ? {} : { headers: Object.fromEntries(headers) }
}

/** One response a status, whose description lists the codes it can carry. */
function refusals(route: AnyRoute): Json {
  const byStatus = Map.groupBy(failuresOf(route), (failure) => statusOf[failure])
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\`: ${failures[code]}`).join('\n\n'),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'error', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri', description: 'The address of the page that explains it.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { enum: Object.keys(failures) },
    error: { type: 'string', description: 'Repeats `detail`.' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: {
          path: { type: 'string' },
          message: { type: 'string' },
          at: { type: 'integer', description: 'Where in the text, in UTF-16 units' },
          length: { type: 'integer' },
          hint: { type: 'string', description: 'What to do' },
        },
      },
    },
  },
} as const
