/** The API in short, for language models: made of the document, and of what it says nowhere by itself. */

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
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
- Lists take \`pageSize\` (1 to 200) and \`cursor\`, from \`nextCursor\` of the answer before; null is the end.
- Ids are 24 hex digits. Times are RFC 3339 in UTC.
- A single resource has an \`ETag\`: \`If-None-Match\` gives 304, \`If-Match\` on PATCH and DELETE gives 412 where somebody was faster.
- \`Idempotency-Key\` on a POST that creates or adds makes it safe to send again within 24 hours.
- \`metadata\` is replaced by PATCH; with \`Content-Type: application/merge-patch+json\` it is merged.
- Deletes go to the trash, and can be restored until they are purged.
- A file is announced (\`POST /uploads\`), sent to the URL of the answer, completed (\`POST /uploads/{id}/complete\`), and its id is given as the storage id when the asset is registered (\`bssVideoId\` of a video, and so on).
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

function fieldsOf(given: Schema, schemas: Document['components']['schemas']): string {
  const schema = given.$ref ? (schemas[given.$ref.split('/').at(-1) ?? ''] ?? given) : given
  const names = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const values = field.enum ? ` (${field.enum.join('|')})` : ''
    return `${name}${schema.required?.includes(name) ? '' : '?'}${values}`
  })
  return names.length > 0 ? `{ ${names.join(', ')} }` : 'any'
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
