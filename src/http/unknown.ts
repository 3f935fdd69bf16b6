import { type FieldError, MOST_TOLD } from '../domain/failure.ts'
import { nearest } from '../domain/nearest.ts'
import * as z from './zod.ts'

/** A name that nothing knows where it stands, and those that are known there. */
interface Unknown {
  /** Where it stands, and the name. */
  readonly path: readonly PropertyKey[]
  readonly name: string
  readonly known: readonly string[]
}

/** Something that was sent, parted by what a schema knows of. */
interface Sifted {
  readonly known: unknown
  readonly unknown: readonly Unknown[]
}

/** A longer list is refused for its length. */
const LONGEST_LIST = 10_000

/** Parts what the objects of a schema know from what they do not, at any depth. */
export function sift(schema: z.ZodType, given: unknown, at: readonly PropertyKey[] = []): Sifted {
  const taken = within(schema)
  if (taken instanceof z.ZodObject && isObject(given)) return siftObject(taken, given, at)
  if (!(taken instanceof z.ZodArray && Array.isArray(given))) return { known: given, unknown: [] }
  const element = within(taken.element as z.ZodType)
  if (!(element instanceof z.ZodObject) || given.length > LONGEST_LIST) return { known: given, unknown: [] }
  const parts = given.map((each: unknown, index) => sift(element, each, [...at, index]))
  return { known: parts.map(({ known }) => known), unknown: parts.flatMap(({ unknown }) => unknown) }
}

function siftObject(
  { shape }: z.ZodObject,
  given: Readonly<Record<string, unknown>>,
  at: readonly PropertyKey[],
): Sifted {
  const names = Object.keys(shape)
  const known: [string, unknown][] = []
  const unknown: Unknown[] = []
  for (const [name, value] of Object.entries(given)) {
    const path = [...at, name]
    if (Object.hasOwn(shape, name)) {
      const inner = sift(shape[name] as z.ZodType, value, path)
      known.push([name, inner.known])
      unknown.push(...inner.unknown)
    } else unknown.push({ path, name, known: names })
  }
  return { known: Object.fromEntries(known), unknown }
}

/** What a schema takes, without what says if it must be there and what is made of it. */
function within(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return within(schema.def.innerType as z.ZodType)
  return schema instanceof z.ZodPipe ? within(schema.def.in as z.ZodType) : schema
}

const isObject = (given: unknown): given is Readonly<Record<string, unknown>> =>
  typeof given === 'object' && given !== null && !Array.isArray(given)

/** A part of a request, and the names that are known in it. */
interface Part {
  readonly part: 'query' | 'body'
  readonly names: readonly string[]
}

const MOST_LETTERS_SHOWN = 255

/** One error for each unknown name: with the known one that is nearest, or the way to change what it names. */
export function errorsOf(
  unknown: readonly Unknown[],
  { part }: Part,
  other: Part,
  elsewhere: Readonly<Record<string, string>>,
): FieldError[] {
  const errors = unknown.slice(0, MOST_TOLD).map(({ path, name, known }) => ({
    path: path.join('.').slice(0, MOST_LETTERS_SHOWN),
    message:
      path.length === 1 && Object.hasOwn(elsewhere, name)
        ? `is not set here: ${elsewhere[name]}`
        : (resembling(name, known, '') ??
          resembling(name, other.names, ` in the ${other.part}`) ??
          'is not known'),
  }))
  const more = unknown.length - errors.length
  return more > 0 ? [...errors, { path: part, message: `has ${more} more names that are not known` }] : errors
}

/** Names of one thing, of which the lists know the first, and what makes it the other. */
const AKIN = ['episode', 'episodeName']

function resembling(name: string, known: readonly string[], where: string): string | null {
  const akin = AKIN.includes(name) ? AKIN.find((each) => each !== name && known.includes(each)) : undefined
  const meant = akin ?? nearest(name, known)
  return meant === null ? null : `is not known; did you mean ${meant}${where}?`
}

/** What answers say of a thing that no request changes: it may be sent back, and is not looked at. */
const BOOKKEEPING = [
  ...['id', 'nodeId', 'episodeId', 'projectId', 'folderId', 'nodePath', 'createdAt', 'updatedAt'],
  ...['sub', 'username'],
]

/** The bookkeeping that answers of these shapes show. */
export const bookkeepingIn = (shown: readonly (z.ZodType | null)[]): readonly string[] => {
  const names = new Set(shown.flatMap((schema) => (schema ? namesIn(schema, 2) : [])))
  return BOOKKEEPING.filter((name) => names.has(name))
}

/** The names of the fields of a resource, or of one that stands in an answer beside its place. */
function namesIn(schema: z.ZodType, depth: number): string[] {
  if (depth === 0) return []
  if (schema instanceof z.ZodUnion)
    return schema.options.flatMap((option) => namesIn(option as z.ZodType, depth))
  if (!(schema instanceof z.ZodObject)) return []
  return Object.entries(schema.shape).flatMap(([name, inner]) => [
    name,
    ...namesIn(inner as z.ZodType, depth - 1),
  ])
}
