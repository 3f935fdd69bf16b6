import { spanOf } from '../domain/time.ts'
import * as field from './field.ts'
import * as z from './zod.ts'

/** How a query says what a list is to show. */

/** Tags of which a thing has all. */
export const allOfTags = (most: number) =>
  z
    .array(field.tag)
    .max(most, { error: `is given over ${most} times` })
    .meta({ maxItems: most, description: 'May be repeated: what has all of them.' })

/** How a date or a time of a query is spelt. */
export const SPAN = 'RFC 3339, or a year, month or day in UTC, such as 2026-04-14.'

export const span = z
  .string()
  .transform((text, context) => {
    const found = spanOf(text)
    if (found) return found
    context.addIssue({
      code: 'custom',
      message: 'is no date such as 2026-04-14, and no time with a zone (its + as %2B)',
    })
    return z.NEVER
  })
  .meta({
    anyOf: [
      { type: 'string', format: 'date-time' },
      { type: 'string', pattern: '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$' },
    ],
  })

/** What a page that is filtered shows besides. */
export const shown = {
  examined: z.int().optional().meta({ description: 'Rows that were looked at, where the list is filtered.' }),
}
