import type { SQL } from 'drizzle-orm'
import { digitsBeyond64Bits } from '../../domain/digits.ts'
import type { Condition, NumberTest } from '../../domain/query-conditions.ts'
import { partsOf } from './tag-parts.sql.ts'

/** What a compiled condition is, and what its text depends on. */

/** An argument of one. */
export type Asked = string | number | null

/** A condition as SQL over the rows of a table. Conditions that differ in their values alone have the same text. */
export interface Asking {
  readonly where: SQL
  /** What has to be joined to a row, one row to each; nothing where the conditions may join nothing. */
  readonly joins: SQL
  /** The arguments that the text reads, by their names. */
  readonly values: Readonly<Record<string, Asked>>
  /** What two conditions of the same text have in common. */
  readonly shape: string
  /** Rows of other tables that a row is judged by, at most. */
  readonly probes: number
  /** Tests that read the metadata, or take as long. */
  readonly metadata: number
  /** Texts that are looked for within another one. */
  readonly scans: number
  /** Members of lists in the metadata, each of which is a row that is read, and whatever takes as long. */
  readonly members: SQL
  /** Whether to judge one row may take so much that no other is judged with it. */
  readonly isLong: boolean
}

/** What it does not: values travel by themselves. */
const VALUES = ['text', 'from', 'to', 'folded', 'foldedAscii']

/** What conditions have in common that are compiled to the same text. */
export function shapeOf(condition: Condition): string {
  const paths: string[] = []
  return JSON.stringify(condition, (key, value) => {
    // What is asked of the same list is asked together.
    if (key === 'path') return indexIn(paths, pathTo(value))
    // How the tags are asked depends on what they are.
    if (value?.field === 'tag' && value.test) return { ...value, parts: partsOf(value.test)?.length }
    if (key === 'words') return value.length
    if (key === 'texts') return filledUp(value).length
    if (key === 'numbers') return shapeOfNumbers(value)
    return VALUES.includes(key) ? '' : shapeOfEnds(value)
  })
}

/** Whole numbers beyond 64 bits are compared in another way, by their sign; an open end is not compared. */
function shapeOfEnds(value: { readonly is?: string } | null): unknown {
  const test = value as NumberTest | null
  if (test?.is === 'number compared') return { ...test, number: shapeOfNumber(test.number) }
  if (test?.is === 'number between') return { is: test.is, ends: [test.from, test.to].map(shapeOfNumber) }
  return value
}

const shapeOfNumber = (number: string | null): string | null =>
  number === null ? null : (digitsBeyond64Bits(number)?.replaceAll(/\d/g, '') ?? 'near')

const shapeOfNumbers = (numbers: readonly string[]): readonly number[] => {
  const { beyond, others } = numbersApart(numbers)
  return [beyond, others].map((each) => filledUp(each).length)
}

/** Whole numbers beyond 64 bits, by their digits, and all others. */
export const numbersApart = (numbers: readonly string[]) => ({
  beyond: numbers.map(digitsBeyond64Bits).filter((digits) => digits !== null),
  others: numbers.filter((number) => digitsBeyond64Bits(number) === null),
})

/** As many values as the next power of two, so that few texts serve all lists; the last one several times. */
export function filledUp(values: readonly string[]): readonly string[] {
  const last = values.at(-1)
  if (last === undefined) return values
  const count = 2 ** Math.ceil(Math.log2(values.length))
  return [...values, ...Array.from({ length: count - values.length }, () => last)]
}

/** Where a text is in a list, to which it is added if it is not. */
function indexIn(list: string[], text: string): number {
  if (!list.includes(text)) list.push(text)
  return list.indexOf(text)
}

/** SQLite's own path to a key, whatever is in it. */
export const pathTo = (keys: readonly string[]): string =>
  `$${keys.map((key) => `.${JSON.stringify(key)}`).join('')}`

/** A path in what is asked, or in the episode around it. */
export const placeOf = (keys: readonly string[], isAround: boolean): string =>
  `${isAround ? 'episode ' : ''}${pathTo(keys)}`

/** How often scalars are asked for at each place. */
export function countPlaces(condition: Condition): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const count = (part: Condition, isAround: boolean): void => {
    if (part.kind === 'and' || part.kind === 'or') for (const each of part.parts) count(each, isAround)
    else if (part.kind === 'not') count(part.part, isAround)
    else if (part.kind === 'episode') count(part.test, true)
    else if (part.kind === 'meta' && part.test.is !== 'there') {
      const place = placeOf(part.path, isAround)
      counts.set(place, (counts.get(place) ?? 0) + 1)
    }
  }
  count(condition, false)
  return counts
}
