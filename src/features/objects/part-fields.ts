import { lineFault } from '../../domain/text.ts'
import { MOST_PARTS } from '../../domain/upload.ts'
import * as field from '../../http/field.ts'
import * as z from '../../http/zod.ts'
import { bareEtag } from '../../storage/bucket.ts'

/** The words of the wire about the parts of an upload. */

const MOST_IN_AN_ETAG = 1_024

/** An entity tag as the bucket gave it, with or without its quotes, to the form without. */
const etag = z
  .string()
  .superRefine(
    field.refusing((text) => {
      if (text.trim() === '') return 'is empty'
      return text.length > MOST_IN_AN_ETAG ? `is over ${MOST_IN_AN_ETAG} characters` : lineFault(text)
    }),
  )
  .transform(bareEtag)
  .meta({ type: 'string', maxLength: MOST_IN_AN_ETAG })

const partNumber = z.int().min(1).max(MOST_PARTS)

/** Parts whose URLs are asked for, so many at once: each one costs a signature. */
const partNumbersOf = (most: number) =>
  z
    .array(partNumber)
    .min(1, { error: 'is empty' })
    .max(most, { error: `has over ${most} entries: ask for the others by another request` })
    .meta({ minItems: 1, maxItems: most })

export const partNumbers = partNumbersOf(1_000)

/** Older clients ask for all parts of a file at once, of 10 MiB each. */
export const olderPartNumbers = partNumbersOf(3_000)

const partsOf = <S extends z.ZodObject>(part: S) =>
  z
    .array(part)
    .max(MOST_PARTS, { error: `has over ${MOST_PARTS} entries` })
    .meta({ maxItems: MOST_PARTS, description: 'In any order.' })

const saidByThePath = { deprecated: true, description: 'The path says it. Nothing depends on it.' }

/** What older clients send along where they abort an upload. */
export const olderRef = z
  .object({
    uploadId: field.line.nullish().meta(saidByThePath),
    key: field.line.nullish().meta(saidByThePath),
  })
  .meta({ id: 'AbortedUpload' })

/** Parts that an older client says it has sent. */
export const olderSentParts = partsOf(z.object({ partNumber, etag }))

/** Parts that a client says it has sent. */
export const sentParts = partsOf(
  z.object({
    partNumber,
    etag,
    size: z
      .int()
      .min(0)
      .nullish()
      .meta({ description: 'Bytes, as `GET` shows them. Nothing depends on it.' }),
  }),
)
