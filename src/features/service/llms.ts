/** The API in short, for language models: made of the document, and of what it says nowhere by itself. */

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly deprecated?: boolean
  readonly items?: Schema
}

interface Parameter {
  readonly $ref?: string
  readonly name: string
  readonly in: string
  readonly required?: boolean
}

interface Operation {
  readonly tags: readonly string[]
  readonly summary: string
  readonly description?: string
  readonly deprecated?: boolean
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<Record<string, unknown>>
}

interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

const rules = (origin: string): string => `## Rules

- Base URL: ${origin}. Every route but those of Service and signed object URLs takes \`Authorization: Bearer <token>\`.
- Bodies and answers are JSON. Unknown fields and parameters are 400, and name the nearest known one.
- Errors are \`application/problem+json\` with \`code\`, \`detail\`, and \`errors: [{ path, message }]\`; \`${origin}/problems/<code>\` says what to do.
- Lists take \`pageSize\` (1 to 200), or \`limit\` (1 to 1,000) where that is among their parameters, and \`cursor\`: \`nextCursor\` of the answer before, null at the end. Lists of assets are bare arrays, and lead on by the header \`Link\`.
- Ids are 24 hex digits. Times are RFC 3339 in UTC.
- A single resource has an \`ETag\`: \`If-None-Match\` gives 304, \`If-Match\` on PATCH and DELETE gives 412 where somebody was faster.
- \`Idempotency-Key\` on a POST that creates or adds makes it safe to send again within 24 hours.
- \`metadata\` is replaced by PATCH; with \`Content-Type: application/merge-patch+json\` it is merged.
- What is deleted goes to the trash, and can be restored until it is purged. Members, API tokens and uploads are ended for good.
- A file is announced (\`POST /uploads\`), sent by PUT to the \`url\` of the answer with its \`headers\` (over 64 MiB in parts, whose URLs \`POST /uploads/{id}/parts\` signs), completed (\`POST /uploads/{id}/complete\`), and its id is given as the storage id when the asset is registered (\`bssVideoId\` of a video, and so on).
`

function line(
  path: string,
  method: string,
  { summary, parameters, requestBody }: Operation,
  { components }: Document,
): string {
  const asked = parameters.flatMap(({ name, in: place, required }) =>
    place === 'query' ? [required ? name : `${name}?`] : [],
  )
  const schema = Object.values(requestBody?.content ?? {})[0]?.schema
  const query = asked.length > 0 ? ` Query: ${asked.join(', ')}.` : ''
  const body = schema ? ` Body: ${fieldsOf(schema, components.schemas)}.` : ''
  return `- \`${method.toUpperCase()} ${path}\`: ${summary}.${query}${body}`
}

type Schemas = Document['components']['schemas']

const settled = (schema: Schema, schemas: Schemas): Schema =>
  schema.$ref ? (schemas[schema.$ref.split('/').at(-1) ?? ''] ?? schema) : schema

/** The values that a field takes, where they are few. */
function valuesOf(given: Schema, schemas: Schemas): readonly unknown[] {
  const { enum: values, const: only, anyOf = [], items } = settled(given, schemas)
  if (values) return values
  if (only !== undefined) return [only]
  return [...anyOf, ...(items ? [items] : [])].flatMap((each) => valuesOf(each, schemas))
}

/** The fields of an object, and of those in a list. */
function fieldsOf(given: Schema, schemas: Schemas): string {
  const { properties = {}, required = [] } = settled(given, schemas)
  const names = Object.entries(properties).flatMap(([name, given]) => {
    const field = settled(given, schemas)
    if (field.deprecated) return []
    const values = valuesOf(field, schemas)
    const inside =
      field.items && settled(field.items, schemas).properties ? `: [${fieldsOf(field.items, schemas)}]` : ''
    const known = values.length > 0 ? ` (${values.join('|')})` : ''
    return [`${name}${required.includes(name) ? '' : '?'}${known}${inside}`]
  })
  return names.length > 0 ? `{ ${names.join(', ')} }` : '{}'
}

/** All operations but those that older clients alone need. */
export function shortOf(document: Document, origin: string): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      operation.deprecated
        ? []
        : [{ tag: operation.tags[0] ?? '', text: line(path, method, operation, document) }],
    ),
  )
  const parts = [...Map.groupBy(operations, ({ tag }) => tag)].map(
    ([tag, lines]) => `## ${tag}\n\n${lines.map(({ text }) => text).join('\n')}\n`,
  )
  const [about = ''] = document.info.description.split('\n\n')
  return [
    `# ${document.info.title} ${document.info.version}\n\n> ${about}\n`,
    rules(origin),
    ...parts,
    `## More\n\n- [The whole document](${origin}/openapi.json): OpenAPI 3.1\n- [The reference](${origin}/docs)\n- [Problems](${origin}/problems)\n`,
  ].join('\n')
}
