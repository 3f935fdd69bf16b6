import { keysToInfinity } from '../domain/digits.ts'
import { MOST_IN_A_FORMAT } from '../domain/kind.ts'
import { parseFolderPath, parseNodePath, parsePath } from '../domain/path.ts'
import { isSlug } from '../domain/slug.ts'
import {
  byteLength,
  lineFault,
  linkFault,
  MOST_IN_A_LINK,
  MOST_TAGS,
  metadataFault,
  nameFault,
  proseFault,
  shortFault,
} from '../domain/text.ts'
import { instantOf } from '../domain/time.ts'
import * as z from './zod.ts'

/** The words of the wire: what bodies, queries and answers are made of. */

/** A check that says what is wrong, or null. */
export const refusing =
  <T>(fault: (value: T) => string | null) =>
  (value: T, context: z.RefinementCtx<T>): void => {
    const message = fault(value)
    if (message !== null) context.addIssue({ code: 'custom', message })
  }

export const name = z
  .string()
  .superRefine(refusing(nameFault))
  .meta({ minLength: 1, maxLength: 255, description: 'Verbatim; no control characters, not "." or "..".' })

const MOST_BYTES_OF_PROSE = 16_384

export const prose = z
  .string()
  .superRefine(
    refusing((text) =>
      byteLength(text) > MOST_BYTES_OF_PROSE ? 'is over 16 KiB in UTF-8' : proseFault(text),
    ),
  )
  .meta({ maxLength: MOST_BYTES_OF_PROSE, description: 'Up to 16 KiB; may hold tabs and newlines.' })

/** A line of up to so many characters. */
const shortText = (most: number) =>
  z
    .string()
    .superRefine(refusing((text) => shortFault(text, most)))
    .meta({ minLength: 1, maxLength: most })

export const tag = shortText(64)

export const tags = z
  .array(tag)
  .max(MOST_TAGS, { error: `has over ${MOST_TAGS} entries` })
  .transform((given) => [...new Set(given)])
  .meta({ maxItems: MOST_TAGS, description: 'In order, without duplicates.' })

/** A tag is not both added and taken away: nobody knows which is meant. */
export function refuseContradiction(
  context: Pick<z.RefinementCtx, 'addIssue'>,
  add: readonly string[] | undefined,
  path: string,
  remove: readonly string[] | undefined,
): void {
  const both = remove?.find((tag) => add?.includes(tag))
  if (both !== undefined)
    context.addIssue({
      code: 'custom',
      path: [path],
      message: `has ${JSON.stringify(both)}, which is added too`,
    })
}

/** On PATCH null clears them. */
export const clearableTags = tags.nullable().transform((given) => given ?? [])

export const metadata = z
  .custom<Record<string, unknown>>()
  .superRefine((value, context) => {
    const fault = metadataFault(value)
    const path = fault === null ? keysToInfinity(value) : []
    if (path)
      context.addIssue({ code: 'custom', message: fault ?? 'is a number out of range', path: [...path] })
  })
  .meta({
    type: 'object',
    additionalProperties: true,
    description: 'Any JSON object, up to 64 KiB; whole numbers keep their digits.',
  })

export const slug = z
  .string()
  .superRefine(
    refusing((text) =>
      isSlug(text) ? null : 'is not a slug: 1 to 64 of a-z 0-9 - _ ., starting with a letter or digit',
    ),
  )
  .meta({ pattern: '^[a-z0-9][a-z0-9._-]{0,63}$' })

/** The whole number that a text of digits is; NaN for any other text. */
export const digits = (text: string): number => (/^\d+$/.test(text) ? Number(text) : Number.NaN)

/** Any one line. */
export const line = z.string().superRefine(refusing(lineFault))

/** What a path or query looks something up by: an impossible name is simply not found. */
export const lookup = z.string().superRefine(refusing((text) => (text === '' ? 'is empty' : lineFault(text))))

/** A slug by which something is looked up. */
export const slugRef = lookup.meta({ description: 'A slug' })

const pathBy = (parse: typeof parsePath) =>
  z.string().transform((raw, context) => {
    const parsed = parse(raw)
    if (!('fault' in parsed)) return parsed
    context.addIssue({ code: 'custom', message: parsed.fault })
    return z.NEVER
  })

/** What every path is within. */
export const PATH_LIMITS = 'Up to 1,024 bytes in UTF-8 and 32 segments, none of them `.` or `..`.'

/** A path in its one stored form. */
const path = pathBy(parsePath).meta({ type: 'string', maxLength: 1_024, description: PATH_LIMITS })

/** The path of a folder, as a node's path says it. */
export const folderPath = pathBy(parseFolderPath).meta({ type: 'string', description: PATH_LIMITS })

/** The path of any node, as the node says it. */
export const nodePath = pathBy(parseNodePath).meta({
  type: 'string',
  description: 'As nodes show it: a slash and a percent sign inside a name are %2F and %25.',
})

/** A path that leads to something: not the root. */
export const filePath = path.superRefine(
  refusing(({ segments }) => (segments.length === 0 ? 'is empty' : null)),
)

/** What ISO 8601 writes with four digits for the year, in epoch milliseconds. */
const EARLIEST = Date.parse('0000-01-01T00:00:00.000Z')
const LATEST = Date.parse('9999-12-31T23:59:59.999Z')

const NO_INSTANT = 'is not a time of RFC 3339, with seconds and a zone, such as 2026-04-14T09:30:00.000Z'

/** ISO 8601 with a zone, as RFC 3339 spells it, to epoch milliseconds. */
export const instant = z
  .string({ error: NO_INSTANT })
  .transform((text, context) => {
    const time = instantOf(text)
    if (time !== null && time >= EARLIEST && time <= LATEST) return time
    const message = time === null ? NO_INSTANT : 'is not within the years 0000 to 9999 in UTC'
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  .meta({
    type: 'string',
    format: 'date-time',
    description: 'With a zone, in any spelling of RFC 3339. Digits beyond milliseconds are cut.',
  })

/** A field of an answer: ISO 8601 UTC with milliseconds. */
export const time = z.iso.datetime({ precision: 3 }).meta({ examples: ['2026-04-14T09:30:00.000Z'] })

/** A field of an answer: 24 lower-case hex digits, time-ordered. */
export const id = z
  .string()
  .regex(/^[0-9a-f]{24}$/)
  .meta({ examples: ['019d8a3c5e00a1b2c3d4e5f6'] })

/** A field of an answer: metadata as it was given. */
export const metadataShown = z.record(z.string(), z.unknown()).nullable()

/** Tags and metadata as the database holds them; what was not given stays undefined, which is absent as JSON. */
export const stored = <T>({ tags, metadata, ...rest }: T & Given): Omit<T, 'tags' | 'metadata'> & Stored => ({
  ...rest,
  tags: tags && JSON.stringify(tags),
  metadata: metadata && JSON.stringify(metadata),
})

interface Given {
  readonly tags?: readonly string[]
  readonly metadata?: Readonly<Record<string, unknown>> | null
}

interface Stored {
  readonly tags?: string
  readonly metadata?: string | null
}

/** A switch in a query. */
const flagOf = (otherwise: boolean) =>
  z
    .string()
    .optional()
    .transform((text, context) => {
      if (text === undefined) return otherwise
      if (text === 'false' || text === 'true') return text === 'true'
      context.addIssue({ code: 'custom', message: 'is not true or false' })
      return z.NEVER
    })
    .meta({ type: 'boolean', default: otherwise })

const flag = flagOf(false)

export const createProject = flagOf(true).meta({
  description: 'Whether a missing project is made; `false` answers 404 for it.',
})

export const includeProtected = flag.meta({
  description: 'Goes for write-protected episodes too. Needs an owner.',
})

export const leavesOnly = flag.meta({ description: 'Leaves out folders and episodes.' })

export const urls = flag.meta({ description: 'Gives each asset with a signed URL of its bytes.' })

export const dryRun = flag.meta({ description: 'Only counts what would go.' })

export const Success = z.object({ success: z.literal(true) }).meta({ id: 'Success' })

/** All that a token without the right to read is told of a resource that it has made or changed. */
export const Bare = z
  .object({ id, name: z.string().nullable() })
  .meta({ id: 'Bare', description: 'In place of the resource, where the token may not read.' })

/** A resource as the answer to a change of it. */
export const changed = <S extends z.ZodType>(resource: S) => z.union([resource, Bare])

const MOST_IN_A_WORD = 255

/** An opaque short text: a storage id, a language code. */
export const word = shortText(MOST_IN_A_WORD)

/** What a file is of, in any words. */
export const format = shortText(MOST_IN_A_FORMAT)

/** The address of something on the web. */
export const link = z
  .string()
  .superRefine(refusing(linkFault))
  .meta({ format: 'uri', pattern: '^[Hh][Tt][Tt][Pp][Ss]?://\\S+$', maxLength: MOST_IN_A_LINK })

const LONGEST_LIFE = 604_800
const USUAL_LIFE = 3_600
const seconds = z
  .int({ error: `is not a whole number of seconds from 1 to ${LONGEST_LIFE}` })
  .min(1)
  .max(LONGEST_LIFE)
const lifetime = { minimum: 1, maximum: LONGEST_LIFE, default: USUAL_LIFE, description: 'Seconds' }

/** Seconds that a signed URL lives, in a query. */
export const expiresIn = z
  .string()
  .optional()
  .transform((text, context) => {
    if (text === undefined) return USUAL_LIFE
    const { data } = seconds.safeParse(digits(text))
    if (data !== undefined) return data
    context.addIssue({
      code: 'custom',
      message: `is not a whole number of seconds from 1 to ${LONGEST_LIFE}`,
    })
    return z.NEVER
  })
  .meta({ type: 'integer', ...lifetime })

/** The same in a body. */
export const lifetimeGiven = seconds.default(USUAL_LIFE).meta(lifetime)

/** How a browser is to treat what is downloaded. */
export const disposition = z.enum(['attachment', 'inline']).default('attachment').meta({
  description: 'Whether a browser saves the bytes, or shows them: audio, video, images and plain text alone.',
})

const MEDIA_TYPE =
  /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}( *; *[\w!#$&^.+-]+=("[\x20-\x21\x23-\x5b\x5d-\x7e]*"|[\w!#$&^.+-]+))*$/

const mediaTypeFault = (text: string): string | null =>
  MEDIA_TYPE.test(text) && lineFault(text) === null && text.length <= MOST_IN_A_WORD
    ? null
    : 'is not a media type'

/** A media type with its parameters (RFC 9110). */
export const mediaType = z
  .string()
  .superRefine(refusing(mediaTypeFault))
  .meta({ maxLength: MOST_IN_A_WORD, pattern: MEDIA_TYPE.source, examples: ['video/mp4'] })

/** 64 hex digits, to lower case. */
export const sha256 = z
  .string()
  .regex(/^[0-9a-fA-F]{64}$/, { error: 'is not 64 hex digits' })
  .transform((text) => text.toLowerCase())
  .meta({ type: 'string', pattern: '^[0-9a-fA-F]{64}$' })
