import { Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import { endpoints } from '../../src/endpoints.ts'
import { statusOf } from '../../src/http/problem.ts'
import { fixture, type Sample, samplesFor } from '../support/samples.ts'
import { ask } from '../support/world.ts'

const { body: document } = await ask('GET', '/openapi.json')

interface Content {
  readonly schema: object
  readonly example?: unknown
}

interface Operation {
  readonly deprecated?: boolean
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description?: string
  readonly parameters: readonly {
    readonly name: string
    readonly in: string
    readonly description?: string
    readonly schema: object
  }[]
  readonly 'x-role'?: string | null
  readonly 'x-scope'?: readonly string[]
  readonly 'x-d1-trips': number | string
  readonly requestBody?: {
    readonly content: Record<string, { readonly schema: object; readonly example: unknown }>
  }
  readonly responses: Readonly<Record<string, { readonly content?: Record<string, Content> }>>
  readonly security: readonly unknown[]
}

/** What many operations take is described once. */
const described = (parameter: Operation['parameters'][number] & { readonly $ref?: string }) =>
  parameter.$ref ? document.components.parameters[parameter.$ref.split('/').at(-1) ?? ''] : parameter

const operations: readonly [string, Operation][] = Object.entries<Record<string, Operation>>(
  document.paths,
).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]): [string, Operation] => [
    `${method} ${path}`,
    { ...operation, parameters: operation.parameters.map(described) },
  ]),
)

it('is OpenAPI 3.1 and names every endpoint once', () => {
  expect(document.openapi).toBe('3.1.0')
  expect(operations.map(([, { operationId }]) => operationId).sort()).toEqual(
    endpoints.map(({ route }) => route.operationId).sort(),
  )
})

it('has no name for two operations', () => {
  const names = operations.map(([, { operationId }]) => operationId)
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})

it('has no reference that leads nowhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)]
  expect(references.length).toBeGreaterThan(10)
  for (const [, part = '', name = ''] of references)
    expect(Object.keys(document.components[part])).toContain(name)
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
    expect([operation.summary, operation.description]).toEqual([expect.any(String), expect.any(String)])
    for (const { name, description, schema } of operation.parameters)
      expect([name, description, schema]).toEqual([
        name,
        expect.any(String),
        expect.objectContaining({ type: expect.anything() }),
      ])
    for (const content of Object.values(operation.requestBody?.content ?? {}))
      expect(content.example).toBeDefined()
    for (const [status, { content }] of Object.entries(operation.responses)) {
      if (Number(status) < 300)
        for (const [type, { example }] of Object.entries(content ?? {}))
          if (/json/.test(type)) expect(example).toBeDefined()
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

interface Schema extends Readonly<Record<string, unknown>> {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array'
}

/** All schemas in a part of the document, those of the components that it names too. */
function schemasIn(part: unknown): Schema[] {
  if (typeof part !== 'object' || part === null) return []
  const { $ref } = part as Schema
  const [, , , name] = String($ref ?? '').split('/')
  const inner = [...Object.values(part), ...(name ? [document.components.schemas[name]] : [])]
  return [part as Schema, ...inner.flatMap(schemasIn)]
}

describe('the schemas', () => {
  const parts = operations.map(([, operation]) => operation)
  const bodies = parts.filter(({ requestBody }) => requestBody)
  const objectsIn = (part: unknown) =>
    schemasIn(part).filter(({ type, properties }) => type === 'object' && properties)

  it('have no value listed that is of another type', () => {
    const enums = schemasIn(document.paths).filter((schema) => Array.isArray(schema.enum) && schema.type)
    expect(enums.length).toBeGreaterThan(20)
    for (const schema of enums)
      for (const value of schema.enum as unknown[])
        expect(new Validator({ type: schema.type }).validate(value).valid, JSON.stringify(schema)).toBe(true)
  })

  it('take both values of a switch', () => {
    const switches = parts.flatMap(({ parameters }) => parameters.filter(({ name }) => name === 'dryRun'))
    expect(switches.length).toBe(2)
    for (const { schema } of switches)
      for (const [value, isTaken] of [
        [true, true],
        [false, true],
        ['true', false],
      ] as const)
        expect(new Validator(schema).validate(value).valid).toBe(isTaken)
  })

  it('of bodies know their fields and no other, but for those that older clients send', () => {
    for (const { operationId, tags, requestBody } of bodies) {
      const objects = objectsIn(Object.values(requestBody?.content ?? {}).map(({ schema }) => schema))
      expect(objects.length).toBeGreaterThan(0)
      const isOpen = objects.map(({ additionalProperties }) => additionalProperties !== false)
      expect(isOpen, operationId).toEqual(objects.map(() => tags[0] === 'Byte service'))
    }
  })

  it('of answers let them grow', () => {
    for (const { responses } of parts)
      for (const schema of objectsIn(responses)) expect(schema.additionalProperties).not.toBe(false)
  })

  it('of bodies require nothing that has a default, also in programs that are made of them', () => {
    const withDefaults = (properties: unknown) =>
      Object.entries(Object(properties)).flatMap(([name, schema]) =>
        'default' in Object(schema) ? [name] : [],
      )
    for (const { requestBody } of bodies)
      for (const { required = [], properties } of objectsIn(requestBody))
        expect(withDefaults(properties).filter((name) => (required as string[]).includes(name))).toEqual([])
    // A component is taken for what is answered too, where what has a default is always there.
    const named = bodies.flatMap(({ requestBody }) => schemasIn(requestBody).filter(({ $ref }) => $ref))
    for (const reference of named)
      for (const { properties } of objectsIn(reference)) expect(withDefaults(properties)).toEqual([])
    expect(withDefaults(objectsIn(document.paths['/assets/video'].post.requestBody)[0]?.properties)).toEqual([
      'fps',
      'lens',
    ])
  })

  it('of the older byte service are on their way out, and no other', () => {
    for (const { deprecated = false, tags } of parts) expect(deprecated).toBe(tags[0] === 'Byte service')
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

describe('the role and the scopes of an operation', () => {
  /** What the laws of authority have found true of the server, by the samples that they ask with. */
  const scopesOf = { read: ['read'], write: ['write'], upload: ['write', 'upload'], personal: [] }

  it('are those that the server takes', async () => {
    const samples = samplesFor(await fixture())
    const protectedOnes = operations.filter(([, { 'x-scope': scope }]) => scope !== undefined)
    expect(protectedOnes.length).toBe(Object.keys(samples).length)
    for (const [, operation] of protectedOnes) {
      const { scope, isOwn, isOwners } = samples[operation.operationId] as Sample
      const told = [operation.operationId, operation['x-role'], operation['x-scope']]
      const scopes = scope === 'watch' ? ['read', 'write', 'upload'] : scopesOf[scope]
      const isReading = scope === 'read' || scope === 'watch'
      const role = isOwners ? 'owner' : isReading ? 'reader' : 'writer'
      expect(told).toEqual([
        operation.operationId,
        isOwn || (scope === 'personal' && !isOwners) ? null : role,
        scopes,
      ])
    }
  })

  it('stand in words in the description, where a token is needed', () => {
    for (const [, { description, 'x-role': role, 'x-scope': scopes }] of operations)
      if (scopes) expect(description).toMatch(role ? `Takes the role ${role}` : /Takes (any|a) token/)
  })
})
