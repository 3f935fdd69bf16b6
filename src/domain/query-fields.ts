import { fold, foldAscii, wordsOf } from './fold.ts'
import { assetKinds } from './kind.ts'
import { nearest } from './nearest.ts'
import {
  parseQuery,
  type Query,
  QueryFault,
  type Scalar,
  type Term,
  type Value,
  type Words,
} from './query.ts'
import {
  type Comparison,
  type Condition,
  type MetaTest,
  type SpanField,
  type TextField,
  textFields,
  timeFields,
} from './query-conditions.ts'
import { isNumeric, lengthFrom, spanFrom } from './query-values.ts'
import type { Span } from './time.ts'

const FIELDS = [...textFields, ...timeFields, 'duration', 'during', 'protected', 'has', 'meta']

const isOneOf = <T extends string>(names: readonly T[], name: string): name is T =>
  (names as readonly string[]).includes(name)

/** So many tests fit into one statement. */
const MOST_TESTS = 100

/** What a query asks of an episode, at `now` (epoch milliseconds); null where that is nothing. Throws a QueryFault. */
export function conditionOf(text: string, now: number): Condition | null {
  const query = parseQuery(text)
  if (query === null) return null
  const condition = ofQuery(query, now)
  if (testsIn(condition) > MOST_TESTS)
    throw new QueryFault(
      { at: 0, length: text.length },
      `asks for over ${MOST_TESTS} things`,
      'values that are no prefix and no range are one thing, however many',
    )
  return condition
}

/** A test of metadata is as long as two others, and each word is one. */
const testsIn = (condition: Condition): number => {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.parts.reduce((sum, part) => sum + testsIn(part), 0)
    case 'not':
      return testsIn(condition.part)
    case 'words':
      return condition.words.length
    default:
      return condition.kind === 'meta' ? 2 : 1
  }
}

function ofQuery(query: Query, now: number): Condition {
  switch (query.kind) {
    case 'and':
    case 'or':
      return { kind: query.kind, parts: query.parts.map((part) => ofQuery(part, now)) }
    case 'not':
      return { kind: 'not', part: ofQuery(query.part, now) }
    case 'text':
      return ofWords(query)
    case 'term':
      return ofTerm(query, now)
  }
}

/** What is looked for in the name, and in quotes also in the description. */
function ofWords(query: Words): Condition {
  const { text, isQuoted, isPrefix } = query
  const words = wordsOf(text)
  if (words.length === 0) throw new QueryFault(query, 'has no letter and no digit to look for')
  if (!isQuoted) return { kind: 'words', words: [...new Set(words)] }
  if (isPrefix) return { kind: 'beginning', folded: fold(text) }
  return { kind: 'phrase', folded: fold(text), foldedAscii: foldAscii(text) }
}

const COMPARING = ['>', '>=', '<', '<='] as const

function ofTerm(term: Term, now: number): Condition {
  const [first = '', ...rest] = term.path
  const name = first.toLowerCase()
  const any = anyOf(term, name, rest, now)
  return term.operator === '!=' ? { kind: 'not', part: any } : any
}

function anyOf(term: Term, name: string, rest: readonly string[], now: number): Condition {
  if (name === 'meta') return ofMeta(term, rest)
  if (rest.length > 0 || !FIELDS.includes(name)) return refuseField(term, name, rest)
  if (isOneOf(timeFields, name)) return ofValues(term, (value) => ofSpan(term, name, value, timeAt(now)))
  if (name === 'duration') return ofValues(term, (value) => ofSpan(term, 'duration', value, length))
  if (isOneOf(COMPARING, term.operator))
    throw new QueryFault(term.field, `is not compared by ${term.operator}`, 'it takes : = and !=')
  if (isOneOf(textFields, name))
    return ofEqual(
      term,
      (plain) => ofTexts(name, plain),
      (other) => ofText(name, other),
    )
  if (name === 'during') return ofValues(term, (value) => during(value, timeAt(now)))
  if (name === 'has') return ofValues(term, has)
  return ofValues(term, isProtected)
}

type Plain = Extract<Value, { readonly kind: 'scalar' }>
type Other = Exclude<Value, Plain>

const isPlain = (value: Value): value is Plain => value.kind === 'scalar'

const anyIn = (parts: readonly Condition[]): Condition =>
  parts.length === 1 ? (parts[0] as Condition) : { kind: 'or', parts }

/** One term is any of its values. */
const ofValues = ({ values }: Term, of: (value: Value) => Condition): Condition => anyIn(values.map(of))

/** The same, where all that something may be equal to is one test. */
function ofEqual(
  { values }: Term,
  equal: (plain: readonly Plain[]) => Condition,
  of: (other: Other) => Condition,
): Condition {
  const plain = values.filter(isPlain)
  const others = values.filter((value) => !isPlain(value)).map(of)
  return anyIn(plain.length > 0 ? [equal(plain), ...others] : others)
}

function refuseField(term: Term, name: string, rest: readonly string[]): never {
  const near = nearest(name, FIELDS)
  const known = `fields are ${FIELDS.join(', ')}`
  if (rest.length > 0 && FIELDS.includes(name))
    throw new QueryFault(term.field, 'has no parts', `only metadata has: meta.${rest.join('.')}`)
  const message = near === null || near === name ? 'is no field' : `is no field: perhaps ${near} is meant`
  throw new QueryFault(term.field, message, `${known}; put a text with a colon in quotes`)
}

const ALWAYS: Condition = { kind: 'and', parts: [] }
const NEVER: Condition = { kind: 'or', parts: [] }
const not = (part: Condition): Condition => ({ kind: 'not', part })

function ofText(field: TextField, value: Other): Condition {
  switch (value.kind) {
    case 'any':
      return { kind: 'there', field }
    case 'null':
      return not({ kind: 'there', field })
    case 'range':
      return { kind: 'text', field, test: between(field === 'folder' ? foldersOf(value) : value) }
    case 'prefix':
      if (field === 'folder') folderOf(value)
      return { kind: 'text', field, test: { is: 'begins', text: value.text } }
  }
}

const ofTexts = (field: TextField, scalars: readonly Scalar[]): Condition => ({
  kind: 'text',
  field,
  test: { is: 'in', texts: scalars.map((each) => (field === 'folder' ? folderOf(each) : each.text)) },
})

/** Texts at the ends of a range. */
interface Range {
  readonly from: Scalar | null
  readonly to: Scalar | null
}

/** As `folderPath` spells it: with a slash at its end. */
function folderOf({ text, at, length }: Scalar): string {
  if (!text.startsWith('/')) throw new QueryFault({ at, length }, 'is no folder: it begins with a slash')
  return text.endsWith('/') ? text : `${text}/`
}

const foldersOf = ({ from, to }: Range) => ({
  from: from && { ...from, text: folderOf(from) },
  to: to && { ...to, text: folderOf(to) },
})

const between = ({ from, to }: Range) =>
  ({ is: 'between', from: from?.text ?? null, to: to?.text ?? null }) as const

/** How a value is a time or a length. */
type Reader = (scalar: Scalar) => Span

const timeAt =
  (now: number): Reader =>
  (scalar) =>
    read(scalar, (text) => spanFrom(text, now), 'is no date such as 2026-01-31, time with a zone, or now-7d')

const length: Reader = (scalar) => read(scalar, lengthFrom, 'is no length such as 250ms, 1.5m or 2h')

/** What is quoted is text, and nothing else. */
function read(
  { text, isQuoted, at, length }: Scalar,
  from: (text: string) => Span | null,
  fault: string,
): Span {
  const span = isQuoted ? null : from(text)
  if (span === null) throw new QueryFault({ at, length }, fault)
  return span
}

function rangeOf(value: Value, of: Reader): { from: number | null; to: number | null } {
  if (value.kind === 'scalar') return of(value)
  if (value.kind === 'range')
    return { from: value.from && of(value.from).from, to: value.to && of(value.to).to }
  throw new QueryFault(value, 'is no time or length, but the beginning of a text')
}

function ofSpan(term: Term, field: SpanField, value: Value, of: Reader): Condition {
  if (value.kind === 'any') return { kind: 'there', field }
  if (value.kind === 'null') return not({ kind: 'there', field })
  const { from, to } = rangeOf(value, of)
  const within = (begin: number | null, end: number | null): Condition => ({
    kind: 'span',
    field,
    from: begin,
    to: end,
  })
  switch (term.operator) {
    case '>':
      return within(to, null)
    case '>=':
      return within(from, null)
    case '<':
      return within(null, from)
    case '<=':
      return within(null, to)
    default:
      return within(from, to)
  }
}

function during(value: Value, of: Reader): Condition {
  if (value.kind === 'any') return { kind: 'during there' }
  if (value.kind === 'null') return not({ kind: 'during there' })
  const { from, to } = rangeOf(value, of)
  return from !== null && to !== null && from >= to ? NEVER : { kind: 'during', from, to }
}

function has(value: Value): Condition {
  const any: Condition = { kind: 'or', parts: assetKinds.map((asset) => ({ kind: 'has', asset })) }
  if (value.kind === 'any') return any
  if (value.kind === 'null') return not(any)
  if (value.kind === 'scalar' && isOneOf(assetKinds, value.text)) return { kind: 'has', asset: value.text }
  throw new QueryFault(value, 'is no kind of assets', `kinds are ${assetKinds.join(', ')}`)
}

function isProtected(value: Value): Condition {
  if (value.kind === 'any') return ALWAYS
  if (value.kind === 'null') return NEVER
  if (value.kind === 'scalar' && isTruth(value)) return { kind: 'protected', is: value.text === 'true' }
  throw new QueryFault(value, 'is neither true nor false')
}

function ofMeta(term: Term, path: readonly string[]): Condition {
  if (path.length === 0 || path.includes(''))
    throw new QueryFault(term.field, 'names no key of the metadata', 'as meta.robot, or meta."two words"')
  const is = (test: MetaTest): Condition => ({ kind: 'meta', path, test })
  const { operator } = term
  if (isOneOf(COMPARING, operator))
    return ofValues(term, (value) => is(comparedTo(value as Scalar, operator)))
  return ofEqual(
    term,
    (plain) => is(equalTo(plain)),
    (other) => (other.kind === 'null' ? not(is({ is: 'there' })) : is(testOf(other))),
  )
}

const isNumber = ({ text, isQuoted }: Scalar): boolean => !isQuoted && isNumeric(text)
const isTruth = ({ text, isQuoted }: Scalar): boolean => !isQuoted && (text === 'true' || text === 'false')

/** What is unquoted is also the number, or the truth, that it spells. */
const equalTo = (scalars: readonly Scalar[]): MetaTest => ({
  is: 'scalar in',
  texts: scalars.map(({ text }) => text),
  numbers: scalars.filter(isNumber).map(({ text }) => text),
  truths: scalars.filter(isTruth).map(({ text }) => text),
})

const comparedTo = (value: Scalar, compare: Comparison): MetaTest =>
  isNumber(value)
    ? { is: 'number compared', compare, number: value.text }
    : { is: 'compared', compare, text: value.text }

function testOf(value: Other): MetaTest {
  if (value.kind === 'prefix') return { is: 'begins', text: value.text }
  return value.kind === 'range' ? rangeIn(value) : { is: 'there' }
}

/** Of numbers where all of its ends are such, else of texts. */
function rangeIn({ from, to }: Range): MetaTest {
  const ends = [from, to].filter((end) => end !== null)
  return ends.every(isNumber)
    ? { is: 'number between', from: from?.text ?? null, to: to?.text ?? null }
    : between({ from, to })
}
