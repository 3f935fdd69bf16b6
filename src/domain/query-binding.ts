import { fold, foldAscii, wordsOf } from './fold.ts'
import { nearest } from './nearest.ts'
import { parseQuery, QueryFault } from './query.ts'
import type { Condition } from './query-conditions.ts'
import { type Field, not } from './query-terms.ts'
import type { Query, Term, Words } from './query-tree.ts'

/** How the tree of a query becomes a condition, by the fields that a kind of things has. */

/** By their names, in small letters. */
export type Fields = Readonly<Record<string, Field>>

/** So many tests fit into one statement. */
const MOST_TESTS = 100

/** What a query asks of a thing that has the fields, at `now` (epoch milliseconds); null where that is nothing. Throws a QueryFault. */
export function conditionBy(fields: Fields, text: string, now: number): Condition | null {
  const query = parseQuery(text)
  if (query === null) return null
  const condition = ofQuery(query, fields, now)
  if (testsIn(condition) > MOST_TESTS)
    throw new QueryFault(
      { at: 0, length: text.length },
      `asks for over ${MOST_TESTS} things`,
      'values that are no prefix and no range are one thing, however many',
    )
  return condition
}

/** To ask what holds a thing takes as long as so many others. */
const TESTS_OF_HOLDING = 10

/** A test of metadata is as long as two others, and each word is one. */
const testsIn = (condition: Condition): number => {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.parts.reduce((sum, part) => sum + testsIn(part), 0)
    case 'not':
      return testsIn(condition.part)
    case 'episode':
      return testsIn(condition.test)
    case 'words':
      return condition.words.length
    case 'text':
    case 'there':
      return condition.field === 'collection' || condition.field === 'dataset' ? TESTS_OF_HOLDING : 1
    default:
      return condition.kind === 'meta' ? 2 : 1
  }
}

function ofQuery(query: Query, fields: Fields, now: number): Condition {
  switch (query.kind) {
    case 'and':
    case 'or':
      return { kind: query.kind, parts: query.parts.map((part) => ofQuery(part, fields, now)) }
    case 'not':
      return not(ofQuery(query.part, fields, now))
    case 'text':
      return ofWords(query)
    case 'term': {
      const any = ofField(fields, query, query.path, now)
      return query.operator === '!=' ? not(any) : any
    }
  }
}

/** What is looked for in the name, and in quotes also in a description. */
function ofWords(query: Words): Condition {
  const { text, isQuoted, isPrefix } = query
  const words = wordsOf(text)
  if (words.length === 0) throw new QueryFault(query, 'has no letter and no digit to look for')
  if (!isQuoted) return { kind: 'words', words: [...new Set(words)] }
  const folded = fold(text)
  return isPrefix ? { kind: 'beginning', folded } : { kind: 'phrase', folded, foldedAscii: foldAscii(text) }
}

/** Any of the values of a term whose field is at that path; `before` stands before the names of the fields. */
export function ofField(
  fields: Fields,
  term: Term,
  [first = '', ...rest]: readonly string[],
  now: number,
  before = '',
): Condition {
  const name = first.toLowerCase()
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (!field) return refuseField(fields, term, name, before)
  if (rest.length > 0 && !field.hasParts)
    throw new QueryFault(term.field, 'has no parts', `only metadata has: ${before}meta.${rest.join('.')}`)
  return field.read({ term, rest, now })
}

function refuseField(fields: Fields, term: Term, name: string, before: string): never {
  const names = Object.keys(fields)
  const near = nearest(name, names)
  const known = `fields are ${names.map((each) => before + each).join(', ')}`
  const message =
    near === null || near === name ? 'is no field' : `is no field: perhaps ${before}${near} is meant`
  throw new QueryFault(term.field, message, `${known}; put a text with a colon in quotes`)
}
