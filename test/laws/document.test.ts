import { Validator } from '@cfworker/json-schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Fixture, fixture, inWorlds, type Sample, samplesFor } from '../support/samples.ts'
import { type Answer, ask } from '../support/world.ts'

/**
 * The document against the server: requests are made by hand, and of nothing but what it says. Those that it allows are
 * never 400, those that it does not are, and every answer is as it says.
 */

const { body: document } = await ask('GET', '/openapi.json')

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
}

interface Parameter {
  readonly $ref?: string
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: Schema
}

interface Operation {
  readonly method: string
  readonly operationId: string
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >
}

type Fields = Readonly<Record<string, unknown>>

const samples = Object.keys(samplesFor(await fixture()))

const all: readonly Operation[] = Object.values<Record<string, object>>(document.paths)
  .flatMap((item) =>
    Object.entries(item).map(([method, operation]) => ({
      method,
      ...(operation as Omit<Operation, 'method'>),
    })),
  )
  .filter(({ operationId }) => samples.includes(operationId))

/** Kinds of assets differ by their fields alone: one stands for all where requests are made at random. */
const operations = all.filter(({ operationId }) => !/Audio|LabelTrack|TextTrack|Image/.test(operationId))

const bodyOf = ({ requestBody }: Operation): Schema | undefined =>
  requestBody?.content['application/json'] && settled(requestBody.content['application/json'].schema)
const queryOf = ({ parameters }: Operation): readonly Parameter[] =>
  parameters.filter((each) => each.in === 'query' && each.name !== 'cursor')

const settled = (schema: Schema): Schema =>
  schema.$ref ? document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] : schema

/** Letters of one to four bytes, and what needs to be escaped in a URL or in JSON. */
const word = fc.string({ unit: fc.constantFrom(...'abcxyzé日😀-_+&"\\'), minLength: 3, maxLength: 12 })
const formats: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'date-time': fc.constantFrom('2026-04-14T09:30:00Z', '2026-04-14T09:30:00.123+02:00'),
  uri: fc.constant('https://example.com/picture.png'),
}

const patterned = ({ pattern = '', maxLength = 255 }: Schema): fc.Arbitrary<string> =>
  fc.stringMatching(new RegExp(pattern)).filter(({ length }) => length <= maxLength)

/** A value that a schema allows. */
function allowedBy(given: Schema): fc.Arbitrary<unknown> {
  const schema = settled(given)
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return fc.oneof(...choices.map(allowedBy))
  const [type] = [schema.type].flat()
  const least = Math.ceil(schema.minimum ?? (schema.exclusiveMinimum ?? -1) + 1)
  switch (type) {
    case 'string':
      return formats[schema.format ?? ''] ?? (schema.pattern ? patterned(schema) : word)
    case 'integer':
    case 'number':
      return fc.integer({ min: least, max: Math.min(schema.maximum ?? 1_000, 1_000_000) })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(allowedBy(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: 3 })
    default:
      return schema.properties ? fieldsOf(schema) : fc.dictionary(word, fc.jsonValue(), { maxKeys: 3 })
  }
}

const fieldsOf = ({ properties = {}, required = [] }: Schema): fc.Arbitrary<Fields> =>
  fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, allowedBy(schema)])),
    {
      requiredKeys: required as string[],
    },
  )

/** What the document cannot know of: where the request goes, and what belongs together. */
const given = (names: readonly string[], { owner }: Fixture): Fields => {
  const places: Fields = { namespace: owner.slug, project: 'robotics', owner: owner.slug }
  return Object.fromEntries(names.filter((name) => name in places).map((name) => [name, places[name]]))
}

/** Rules that no schema tells, each with its field: the description does. */
const isBeyondSchemas = ({ path, message }: { readonly path: string; readonly message: string }): boolean =>
  [
    /^endedAt is before startedAt/,
    /^created(After|Before) is no date/,
    /^durationMs is not the difference/,
    /^name makes no slug/,
    /^cursor is not a cursor of this list/,
    /^(add|q|target|sort|cursor) is (required|not given together|of)/,
    /^(ids|paths|namespace|project|episode|kind) /,
    /^part(s|Numbers)\S* /,
    /^episodeId /,
    /^tags(Add|Remove) is not given together/,
    /^\S*\.?metadata\S* /,
  ].some((rule) => rule.test(`${path} ${message}`))

async function send(
  of: Fixture,
  { operationId, method }: Operation,
  query: Fields,
  body?: Fields,
): Promise<Answer> {
  const { path } = samplesFor(of)[operationId] as Sample
  const url = new URL(path, 'http://localhost')
  for (const [name, value] of Object.entries(query)) {
    url.searchParams.delete(name)
    for (const each of [value].flat()) url.searchParams.append(name, String(each))
  }
  return of.owner.ask(method.toUpperCase(), `${url.pathname}${url.search}`, body)
}

/** What the document says against a value. */
function faultsOf(schema: Schema, value: unknown): readonly unknown[] {
  const { valid, errors } = new Validator({ ...schema, components: document.components } as object).validate(
    value,
  )
  return valid ? [] : errors.slice(-2)
}

function assertAsDocumented({ responses }: Operation, { status, headers, body }: Answer): void {
  const response = responses[String(status)]
  if (!response) throw new Error(`The document knows no answer ${status}.`)
  const type = (headers.get('Content-Type') ?? '').split(';')[0] ?? ''
  const schema = response.content?.[type]?.schema
  if (status === 302 || status === 304) return
  if (!schema) throw new Error(`The document knows no ${type} of ${status}.`)
  expect(faultsOf(schema, type === 'application/x-ndjson' ? body[0] : body)).toEqual([])
}

const inWorld = inWorlds(fixture, samplesFor)
const RUNS = 2

describe.each(all)('$operationId', (operation) => {
  it('allows the request that is made by hand, and says what it answers', async () => {
    await inWorld(async (own) => {
      const { path, body, status } = samplesFor(own)[operation.operationId] as Sample
      const query = new URL(path, 'http://localhost').searchParams
      for (const [name, text] of query) {
        const schema = queryOf(operation).find((each) => each.name === name)?.schema ?? {}
        expect([name, faultsOf(schema, textAs(schema, text))]).toEqual([name, []])
      }
      const schema = bodyOf(operation)
      if (schema && body !== undefined) expect(faultsOf(schema, body)).toEqual([])
      const answer = await send(own, operation, {}, body as Fields | undefined)
      assertAsDocumented(operation, answer)
      // A tenant's token has no id by which it could be revoked.
      expect(answer.status).toBe(operation.operationId === 'logOut' ? 400 : status)
      return [answer]
    }, operation.operationId)
  })
})

/** What a text in a query says, which knows no other types. */
function textAs(schema: Schema, text: string): unknown {
  const [type] = [schema.type].flat()
  if (type === 'array') return [text]
  return type === 'integer' || type === 'number' || type === 'boolean' ? JSON.parse(text) : text
}

describe.each(operations)('$operationId', (operation) => {
  const schema = bodyOf(operation)
  const query = queryOf(operation)
  const asQuery: Schema = {
    properties: Object.fromEntries(query.map((each) => [each.name, each.schema])),
    required: query.filter(({ required }) => required).map(({ name }) => name),
  }
  const requests = fc.tuple(fieldsOf(asQuery), schema ? fieldsOf(schema) : fc.constant(undefined))

  it('takes what the document allows, and answers as it says', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async ([asked, body]) => {
        await inWorld(async (own) => {
          const sample = samplesFor(own)[operation.operationId] as Sample
          const places = given(Object.keys(asQuery.properties ?? {}), own)
          const whole = body && { ...body, ...given(Object.keys(schema?.properties ?? {}), own) }
          const keys = Object.fromEntries(new URL(sample.path, 'http://localhost').searchParams)
          const answer = await send(own, operation, { ...asked, ...keys, ...places }, whole)
          assertAsDocumented(operation, answer)
          if (answer.status === 400 && answer.body.code === 'invalid_request')
            expect(answer.body.errors.filter((each: never) => !isBeyondSchemas(each))).toEqual([])
          return [answer]
        })
      }),
      // A request that fails is told as it is: to look for a smaller one would take as many tenants again.
      { numRuns: RUNS, endOnFailure: true },
    )
  })

  const wrong = wrongFields(schema)
  it.each(wrong)('refuses $what', async ({ path, change }) => {
    await inWorld(async (own) => {
      const { body } = samplesFor(own)[operation.operationId] as Sample
      const changed = change({ ...(body as Fields) })
      expect(faultsOf(schema ?? {}, changed)).not.toEqual([])
      const answer = await send(own, operation, {}, changed)
      assertAsDocumented(operation, answer)
      const paths = answer.body.errors?.map((each: { path: string }) => each.path.split('.')[0])
      expect([answer.status, paths, answer.rowsWritten]).toEqual([400, expect.arrayContaining([path]), 0])
      return [answer]
    })
  })

  it.each(query.filter((each) => isJudged(each.schema)))(
    'refuses another $name in the query',
    async ({ name }) => {
      const own = shared
      const answer = await send(own, operation, { [name]: 'something-else' })
      assertAsDocumented(operation, answer)
      expect([answer.status, answer.body.errors[0].path]).toEqual([400, name])
    },
  )
})

const shared = await fixture()

/** What a client may say wrongly, and be told so; a page that is none is the first. */
const isJudged = (schema: Schema): boolean => schema.enum !== undefined || schema.type === 'boolean'

interface Wrong {
  readonly what: string
  readonly path: string
  readonly change: (body: Fields) => Fields
}

/** Of a field another type than any that it may have. */
function otherThan(schema: Schema): unknown {
  const types = [settled(schema)].flatMap(({ type, anyOf, oneOf, enum: values }) => [
    ...[type ?? []].flat(),
    ...[...(anyOf ?? []), ...(oneOf ?? [])].flatMap((each) => [settled(each).type ?? []].flat()),
    ...(values ?? []).map((value) => typeof value),
  ])
  return [7.5, 'x', true, ['x'], { x: 1 }].find((value) => {
    const type = Array.isArray(value) ? 'array' : typeof value
    return !types.includes(type)
  })
}

function wrongFields(schema: Schema | undefined): readonly Wrong[] {
  if (!schema?.properties) return []
  const properties = Object.entries(schema.properties)
  return [
    ...properties.map(([path, each]) => ({
      what: `${path} of another type`,
      path,
      change: (body: Fields) => ({ ...body, [path]: otherThan(each) }),
    })),
    ...properties.flatMap(([path, each]) =>
      beyond(each).map(({ what, value }) => ({
        what: `${path} that ${what}`,
        path,
        change: (body: Fields) => ({ ...body, [path]: value }),
      })),
    ),
    ...(schema.required ?? []).map((path) => ({
      what: `no ${path}`,
      path,
      change: ({ [path]: _, ...rest }: Fields) => rest,
    })),
  ]
}

interface Beyond {
  readonly what: string
  readonly value: unknown
}

const aSample = <T>(arbitrary: fc.Arbitrary<T>): T => fc.sample(arbitrary, { numRuns: 1, seed: 1 })[0] as T

/** Values that are just beyond each limit of a schema, at any depth. */
function beyond(given: Schema): readonly Beyond[] {
  const schema = settled(given)
  const choices = (schema.anyOf ?? schema.oneOf)?.filter(({ type }) => type !== 'null')
  // What one of many refuses another may take.
  if (choices) return choices[0] && choices.length === 1 ? beyond(choices[0]) : []
  const { minLength, maxLength, minimum, exclusiveMinimum, maximum, minItems, maxItems, items } = schema
  const some = (what: string, limit: number | undefined, make: (limit: number) => unknown): Beyond[] =>
    limit === undefined ? [] : [{ what, value: make(limit) }]
  const item = items && aSample(allowedBy(items))
  return [
    ...some('is too short', minLength, (least) => 'x'.repeat(least - 1)),
    ...some('is too long', maxLength, (most) => 'x'.repeat(most + 1)),
    ...some('is too small', minimum, (least) => least - 1),
    ...some('is too small', exclusiveMinimum, (least) => least),
    ...some('is too large', maximum, (most) => most + 1),
    ...some('has too few', minItems, (least) => Array.from({ length: least - 1 }, () => item)),
    ...some('has too many', maxItems, (most) => Array.from({ length: most + 1 }, () => item)),
    ...(schema.pattern ? [{ what: 'is of no such pattern', value: '\u2028' }] : []),
    ...(schema.enum ? [{ what: 'is none of these', value: 'something-else' }] : []),
    ...(schema.format ? [{ what: `is no ${schema.format}`, value: 'something else' }] : []),
    ...(items
      ? beyond(items).map(({ what, value }) => ({ what: `has one that ${what}`, value: [value] }))
      : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, each]) =>
      beyond(each).map(({ what, value }) => ({
        what: `has ${name} that ${what}`,
        value: { ...aSample(fieldsOf(schema)), [name]: value },
      })),
    ),
  ]
}
