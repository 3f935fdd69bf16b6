import packageJson from '../../package.json' with { type: 'json' }
import type { Failure } from '../domain/failure.ts'
import { failures } from '../domain/failure.ts'
import { isStrict } from './input.ts'
import { LENIENT } from './prefer.ts'
import { statusOf } from './problem.ts'
import type { AnyRoute } from './route.ts'
import * as z from './zod.ts'

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
  if (!route.open) {
    all.push(...(Object.keys(failures) as Failure[]).filter((failure) => failure.startsWith('token_')))
    all.push('forbidden', 'rate_limited', 'body_too_large', 'not_configured', 'issuer_unreachable')
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
  isTagged && method === 'GET'
    ? { ...answers, 304: { description: 'It is as the `ETag` in `If-None-Match` says', schema: null } }
    : answers

type Json = Readonly<Record<string, unknown>>

/** By which a body says that its metadata is to be merged (RFC 7396). */
const MERGE_PATCH = 'application/merge-patch+json'

const EXAMPLE_TAG = '"019d8a3c5e00a1b2c3d4e5f6-3.9f86d081884c7d659a2feaa0"'

const license = { name: packageJson.license, identifier: packageJson.license }
const description = `${packageJson.description}

A parameter or a field that a route does not know is refused (400), except on the older byte service, \`/auth/exchange\`, \`/auth/logout\` and routes without a token. \`Prefer: ${LENIENT}\` passes over it, and \`Preference-Applied\` says so. What an answer shows of \`id\`, \`createdAt\` and the like may be sent back, and is not looked at.`

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
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
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
  }
}

const headersTaken = {
  IfNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    description:
      'The `ETag` of what you have: the answer is 304, without a body, where it still is the same.',
    schema: { type: 'string' },
    example: EXAMPLE_TAG,
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    description:
      'The `ETag` of what you have read: the answer is 412, and nothing is changed, where somebody has changed it since, or it is another one of the same name. Its id and version are compared.',
    schema: { type: 'string' },
    example: EXAMPLE_TAG,
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'A name for this very request, such as a UUID: sent again under it within 24 hours, it is answered as the first time, with `Idempotency-Replayed: true`, and writes nothing. Another request under the same name is 422.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
    example: '7f3e0d3c-4c2b-4c58-9a57-3d1f0f4f7f0e',
  },
} as const

function conditions(route: AnyRoute): Json[] {
  const names: (keyof typeof headersTaken)[] = [
    ...(route.isTagged && route.method === 'GET' ? ['IfNoneMatch' as const] : []),
    ...(isConditional(route) ? ['IfMatch' as const] : []),
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

function described({ description, trips }: AnyRoute): { readonly description?: string } {
  const because =
    typeof trips === 'object'
      ? [`Takes up to ${trips.most} round trips to the database: ${trips.because}`]
      : []
  const all = [...(description ? [description] : []), ...because]
  return all.length === 0 ? {} : { description: all.join(' ') }
}

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
    Object.entries(answersOf(route)).map(([status, { description, schema, isLines, example }]) => [
      status,
      {
        description,
        ...headersOf(route),
        ...(schema && {
          content: {
            [isLines ? 'application/x-ndjson' : 'application/json']: {
              schema: schemaOf(schema, 'output', components),
              example,
            },
          },
        }),
      },
    ]),
  )

function headersOf({ isTagged, isKeyed }: AnyRoute): Json {
  const names = [...(isTagged ? ['ETag'] : []), ...(isKeyed ? ['Idempotency-Replayed'] : [])]
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

/**
 * The JSON schema of a part of the wire. Named parts become components, but for a whole body: programs made from the
 * document take a component for what is answered too, where a field with a default is always there.
 */
function schemaOf(
  given: z.ZodType,
  use: 'input' | 'closed input' | 'output',
  components: Record<string, unknown>,
): Json {
  const schema = z.settled(given)
  const { $schema, $defs, ...made } = z.toJSONSchema(schema, {
    io: use === 'output' ? 'output' : 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // What a transform makes is described by its own words.
      Object.assign(jsonSchema, z.globalRegistry.get(zodSchema))
      for (const [key, value] of Object.entries(jsonSchema)) {
        if (isNoise(key, value, jsonSchema)) Reflect.deleteProperty(jsonSchema, key)
      }
      if (use === 'closed input' && zodSchema instanceof z.ZodObject) jsonSchema.additionalProperties = false
    },
  })
  void $schema
  const { id } = z.globalRegistry.get(schema) ?? {}
  const { [use === 'output' ? '' : (id ?? '')]: whole, ...parts } = $defs ?? {}
  for (const [name, component] of Object.entries(parts)) components[name] = relocated(component)
  return relocated(whole ? { title: id, ...whole } : made) as Json
}

/** What zod says beyond what a reader needs: bounds that every number has, a pattern beside its format. */
function isNoise(key: string, value: unknown, { format }: { readonly format?: string }): boolean {
  if (key === 'minimum' || key === 'maximum') return Math.abs(value as number) === Number.MAX_SAFE_INTEGER
  // Answers may grow fields: a client must not refuse them.
  if (key === 'additionalProperties') return value === false
  return key === 'id' || (key === 'pattern' && format === 'date-time')
}

/** References into the document's components, where zod put them beside the schema. */
const relocated = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/'))

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'error', 'requestId'],
  properties: {
    type: { type: 'string' },
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
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
} as const
