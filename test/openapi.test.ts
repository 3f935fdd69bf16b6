import { Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import { endpoints } from '../src/endpoints.ts'
import { statusOf } from '../src/http/errors.ts'
import { ask } from './support/world.ts'

const { body: document } = await ask('GET', '/openapi.json')

interface Content {
  readonly schema: object
  readonly example?: unknown
}

interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: object }[]
  readonly requestBody?: {
    readonly content: Record<string, { readonly schema: object; readonly example: unknown }>
  }
  readonly responses: Readonly<Record<string, { readonly content?: Record<string, Content> }>>
  readonly security: readonly unknown[]
}

const operations: readonly [string, Operation][] = Object.entries<Record<string, Operation>>(
  document.paths,
).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
)

it('is OpenAPI 3.1 and names every endpoint once', () => {
  expect(document.openapi).toBe('3.1.0')
  expect(operations.map(([, { operationId }]) => operationId).sort()).toEqual(
    endpoints.map(({ route }) => route.operationId).sort(),
  )
})

it('has no reference that leads nowhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)]
  expect(references.length).toBeGreaterThan(10)
  for (const [, name = ''] of references) expect(Object.keys(document.components.schemas)).toContain(name)
})

it('says of no part of a schema that anything goes, but of metadata', () => {
  const empty = [...JSON.stringify(document.components.schemas).matchAll(/"(\w+)":\{\}/g)].map(
    ([, name]) => name,
  )
  expect(empty.filter((name) => name !== 'additionalProperties' && name !== 'propertyNames')).toEqual([])
})

describe.each(operations)('%s', (_, operation) => {
  it('has a tag, a summary, its parameters, and examples', () => {
    expect(operation.tags).toHaveLength(1)
    expect(operation.summary).not.toBe('')
    for (const { schema } of operation.parameters) expect(schema).toHaveProperty('type')
    for (const content of Object.values(operation.requestBody?.content ?? {}))
      expect(content.example).toBeDefined()
    for (const [status, { content }] of Object.entries(operation.responses)) {
      if (Number(status) < 300 && content) expect(content['application/json']?.example).toBeDefined()
    }
  })
})

describe('what is published accepts what it shows', () => {
  const accepts = (schema: object, value: unknown): boolean =>
    new Validator({ ...schema, components: document.components }, '2020-12').validate(value).valid

  it.each(operations)('%s', (_, { requestBody, responses }) => {
    const contents = [requestBody, ...Object.values(responses)].flatMap((part) =>
      Object.values(part?.content ?? {}),
    )
    for (const { schema, example } of contents.filter((content) => content.example !== undefined)) {
      expect(accepts(schema, example), JSON.stringify(example)).toBe(true)
      expect(accepts(schema, 5)).toBe(false)
    }
  })
})

describe('an example', () => {
  it.each(endpoints.map(({ route }) => [route.operationId, route] as const))(
    'of %s fits its schema',
    (_, route) => {
      for (const { schema, example } of Object.values(route.answers)) {
        if (schema) expect(schema.safeParse(example).error).toBeUndefined()
      }
      if (route.body) expect(route.body.safeParse(route.bodyExample).error).toBeUndefined()
    },
  )
})

it('documents a body and a token for every failure that needs one', () => {
  for (const [, { responses, security }] of operations) {
    expect(Object.hasOwn(responses, '401')).toBe(security.length > 0)
    for (const status of Object.keys(responses)
      .map(Number)
      .filter((each) => each >= 400)) {
      expect(Object.values(statusOf)).toContain(status)
    }
  }
})
