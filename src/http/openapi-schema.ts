import * as z from './zod.ts'

export type Json = Readonly<Record<string, unknown>>

/**
 * The JSON schema of a part of the wire. Named parts become components, but for a whole body: programs made from the
 * document take a component for what is answered too, where a field with a default is always there.
 */
export function schemaOf(
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
