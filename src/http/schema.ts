import { z } from 'zod'
import { parsePath } from '../domain/path.ts'
import { isSlug } from '../domain/slug.ts'
import { byteLength, codePoints, lineFault, metadataFault, nameFault, proseFault } from '../domain/text.ts'

/** The words of the wire: what bodies, queries and answers are made of. */

/** A check that says what is wrong, or null. */
const refusing =
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

const MOST_TAGS = 64
const MOST_IN_A_TAG = 64

const tag = z.string().superRefine(
  refusing((text) => {
    if (text === '') return 'is empty'
    return codePoints(text) > MOST_IN_A_TAG ? `is over ${MOST_IN_A_TAG} characters` : lineFault(text)
  }),
)

export const tags = z
  .array(tag)
  .max(MOST_TAGS, { error: `has over ${MOST_TAGS} entries` })
  .transform((given) => [...new Set(given)])
  .meta({ maxItems: MOST_TAGS, description: 'In order, without duplicates.' })

/** On PATCH null clears them. */
export const clearableTags = tags.nullable().transform((given) => given ?? [])

export const metadata = z
  .custom<Record<string, unknown>>()
  .superRefine(refusing(metadataFault))
  .meta({ type: 'object', additionalProperties: true, description: 'Any JSON object, up to 64 KiB.' })

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

/** A path in its one stored form. */
export const path = z
  .string()
  .transform((raw, context) => {
    const parsed = parsePath(raw)
    if (!('fault' in parsed)) return parsed
    context.addIssue({ code: 'custom', message: parsed.fault })
    return z.NEVER
  })
  .meta({ type: 'string', maxLength: 1_024 })

/** A path that leads to something: not the root. */
export const filePath = path.superRefine(
  refusing(({ segments }) => (segments.length === 0 ? 'is empty' : null)),
)

/** What ISO 8601 writes with four digits for the year, in epoch milliseconds. */
const EARLIEST = Date.parse('0000-01-01T00:00:00.000Z')
const LATEST = Date.parse('9999-12-31T23:59:59.999Z')

/** ISO 8601 with a zone, to epoch milliseconds. */
export const instant = z.iso
  .datetime({ offset: true, error: 'is not an ISO 8601 time with a zone' })
  .transform((text, context) => {
    const time = Date.parse(text)
    if (time >= EARLIEST && time <= LATEST) return time
    context.addIssue({ code: 'custom', message: 'is not within the years 0000 to 9999 in UTC' })
    return z.NEVER
  })
  .meta({ type: 'string', format: 'date-time' })

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

export const Success = z.object({ success: z.literal(true) }).meta({ id: 'Success' })

const MOST_IN_A_WORD = 255

/** An opaque short text: a storage id, a language code. */
export const word = z
  .string()
  .superRefine(
    refusing((text) => {
      if (text === '') return 'is empty'
      return codePoints(text) > MOST_IN_A_WORD ? `is over ${MOST_IN_A_WORD} characters` : lineFault(text)
    }),
  )
  .meta({ minLength: 1, maxLength: MOST_IN_A_WORD })

/** Seconds that a signed URL lives. */
export const expiresIn = z
  .string()
  .optional()
  .transform((text = '3600', context) => {
    const seconds = digits(text)
    if (seconds >= 1 && seconds <= 604_800) return seconds
    context.addIssue({ code: 'custom', message: 'is not a whole number of seconds from 1 to 604800' })
    return z.NEVER
  })
  .meta({ type: 'integer', minimum: 1, maximum: 604_800, default: 3600, description: 'Seconds' })
