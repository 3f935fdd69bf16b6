import { describe, expect, it } from 'vitest'
import { endpoints } from '../../src/endpoints.ts'
import * as z from '../../src/http/zod.ts'

const isStandIn = (value: object): boolean => '_zod' in value && z.settled(value) !== value

/** All that a schema is made of, at any depth. */
function within(value: unknown, found = new Set<object>()): Set<object> {
  if (typeof value !== 'object' || value === null || found.has(value)) return found
  found.add(value)
  const { _zod } = value as { readonly _zod?: { readonly def: object } }
  for (const each of Object.values(_zod ? _zod.def : value)) within(each, found)
  return found
}

describe('a schema that is made when it is first looked at', () => {
  it('stands nowhere within one that zod has', () => {
    const schemas = endpoints.flatMap(({ route }) => [
      ...[route.params, route.query, route.body].filter((part) => part !== undefined),
      ...Object.values(route.answers).flatMap(({ schema }) => schema ?? []),
    ])
    const parts = schemas.flatMap((schema) => [...within(z.settled(schema))])
    expect(parts.length).toBeGreaterThan(1_000)
    expect(parts.filter(isStandIn)).toEqual([])
  })

  it('is one, however often it is looked at, and one that was made of it knows it', () => {
    const Named = z.object({ name: z.string().min(1) }).meta({ id: 'Named' })
    const Both = z.object({ one: Named, other: Named.optional() })
    expect(z.settled(Named)).toBe(z.settled(Named))
    expect(z.settled(Both.shape.one)).toBe(z.settled(Named))
    expect(Both.shape.other.unwrap()).toBe(z.settled(Named))
    expect(Named instanceof z.ZodObject).toBe(true)
    expect(Named instanceof z.ZodString).toBe(false)
  })

  it('is not made before', () => {
    let made = 0
    const each = z.object({}).extend({
      get part() {
        made++
        return z.string()
      },
    })
    expect(made).toBe(0)
    expect(Object.keys(each.shape)).toEqual(['part'])
    expect(made).toBeGreaterThan(0)
  })
})
