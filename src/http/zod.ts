// biome-ignore lint/style/noRestrictedImports: all others have zod from here
import * as zod from 'zod'

/**
 * zod, whose schemas are made when they are first looked at: an isolate looks at few of those that the routes name, and
 * to make them all takes longer than to answer. Until then something stands for each that only knows how it is made,
 * and that cannot be told from it after; but zod knows its schemas by their identity, so what is handed to zod is
 * `settled` first.
 */
// biome-ignore lint/style/noRestrictedImports: as above
export * from 'zod'

/** Where what stands for a schema has the schema itself. */
const REAL = Symbol('the schema itself')

/** The methods that make a schema of a schema, and tell nothing of it. */
const STEPS = new Set<PropertyKey>([
  ...[
    'optional',
    'nullable',
    'nullish',
    'default',
    'prefault',
    'catch',
    'readonly',
    'brand',
    'meta',
    'describe',
  ],
  ...['extend', 'safeExtend', 'pick', 'omit', 'partial', 'required', 'strict', 'loose', 'catchall', 'keyof'],
  ...['min', 'max', 'length', 'positive', 'nonnegative', 'multipleOf', 'int', 'regex', 'trim', 'toLowerCase'],
  ...['array', 'or', 'and', 'pipe', 'check', 'refine', 'superRefine', 'overwrite', 'transform'],
])

type Schema = Record<PropertyKey, unknown>
type Step = (...given: readonly unknown[]) => Schema

/** Stands for the schema that `make` makes, which is made once. */
function deferred(make: () => Schema): Schema {
  let made: Schema | null = null
  const real = (): Schema => {
    made ??= make()
    return made
  }
  return new Proxy<Schema>(
    {},
    {
      get: (_, key) => {
        if (key === REAL) return real()
        if (!STEPS.has(key)) return real()[key]
        return (...given: readonly unknown[]) => deferred(() => (real()[key] as Step)(...given.map(settled)))
      },
      has: (_, key) => key === REAL || key in real(),
    },
  )
}

/** A value in which no schema is deferred any more. */
export function settled<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (REAL in value) return value[REAL] as T
  if (Array.isArray(value)) return value.map(settled) as T
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, settled(each)])) as T
}

/** A function of zod's that makes a schema, as one that defers it. */
const deferring = <F>(make: F): F =>
  ((...given: readonly unknown[]) => deferred(() => (make as Step)(...given.map(settled)))) as F

export const array = deferring(zod.array)
export const boolean = deferring(zod.boolean)
export const custom = deferring(zod.custom)
export const int = deferring(zod.int)
export const literal = deferring(zod.literal)
export const number = deferring(zod.number)
export const object = deferring(zod.object)
export const record = deferring(zod.record)
export const string = deferring(zod.string)
export const union = deferring(zod.union)
export const unknown = deferring(zod.unknown)
export const url = deferring(zod.url)
export const iso = { datetime: deferring(zod.iso.datetime) }

const enumeration = deferring(zod.enum)

export { enumeration as enum }
