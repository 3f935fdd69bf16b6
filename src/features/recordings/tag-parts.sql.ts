import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { TextTest } from '../../domain/query-conditions.ts'

/** How a tag is looked for in the JSON of tags, without reading each of them. */

/** A text that is looked for in so many ways, each row is asked for its tags one by one. */
const MOST_PARTS = 8

/** What the JSON of tags between commas has somewhere, where one of them fits; null where that cannot be told. */
export function partsOf(test: TextTest): readonly string[] | null {
  if (test.is === 'begins')
    return test.text.startsWith(',') ? null : [`,${JSON.stringify(test.text).slice(0, -1)}`]
  const canTell = test.is === 'in' && test.texts.length <= MOST_PARTS
  return canTell && !test.texts.some((text) => text.startsWith(',')) ? test.texts.map(tagBetweenCommas) : null
}

const tagBetweenCommas = (tag: string): string => `,${JSON.stringify(tag)},`

/** The JSON of the tags, each of them between commas. */
export const joinedTags = (tags: SQLWrapper): SQL =>
  sql`(',' || substr(${tags}, 2, length(${tags}) - 2) || ',')`
