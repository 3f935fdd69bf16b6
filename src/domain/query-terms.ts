import { spelledAsNode } from './path.ts'
import { QueryFault } from './query.ts'
import type {
  Comparison,
  Condition,
  MetaTest,
  NumberField,
  NumberTest,
  SpanField,
  TextField,
} from './query-conditions.ts'
import type { Scalar, Term, Value } from './query-tree.ts'
import { isNumeric, lengthFrom, sizeFrom, spanFrom } from './query-values.ts'
import type { Span } from './time.ts'

/** How the terms of a query are read, whatever kind of thing has the field: any of its values, by its operator. */

/** A term, what stands behind the name of its field, and `now` in epoch milliseconds. */
interface Asked {
  readonly term: Term
  readonly rest: readonly string[]
  readonly now: number
}

export interface Field {
  readonly read: (asked: Asked) => Condition
  /** Whether its name goes on behind a dot. */
  readonly hasParts?: boolean
}

const COMPARING = ['>', '>=', '<', '<='] as const

export const isOneOf = <T extends string>(names: readonly T[], name: string): name is T =>
  (names as readonly string[]).includes(name)

export const not = (part: Condition): Condition => ({ kind: 'not', part })
export const ALWAYS: Condition = { kind: 'and', parts: [] }
const NEVER: Condition = { kind: 'or', parts: [] }

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

/** A field whose values have no order. */
const unordered = (read: (asked: Asked) => Condition): Field => ({
  read: (asked) => {
    const { operator, field } = asked.term
    if (isOneOf(COMPARING, operator))
      throw new QueryFault(field, `is not compared by ${operator}`, 'it takes : = and !=')
    return read(asked)
  },
})

/** Each value by itself. */
export const each = (of: (value: Value, now: number) => Condition): Field =>
  unordered(({ term, now }) => ofValues(term, (value) => of(value, now)))

/** Texts at the ends of a range. */
interface Range {
  readonly from: Scalar | null
  readonly to: Scalar | null
}

const between = ({ from, to }: Range) =>
  ({ is: 'between', from: from?.text ?? null, to: to?.text ?? null }) as const

export const text = (field: TextField): Field => textSpelt(field, (scalar) => scalar.text, between)

/** With a slash at its end, which its beginning need not have. */
const folderOf =
  (spell: (path: string) => string) =>
  ({ text, at, length }: Scalar, isBeginning = false): string => {
    if (!text.startsWith('/')) throw new QueryFault({ at, length }, 'is no folder: it begins with a slash')
    const spelt = spell(text)
    return isBeginning || spelt.endsWith('/') ? spelt : `${spelt}/`
  }

/** `spell` tells how a path stands where it is looked for. */
function folderSpelt(spell: (path: string) => string): Field {
  const of = folderOf(spell)
  return textSpelt('folder', of, ({ from, to }) =>
    between({ from: from && { ...from, text: of(from) }, to: to && { ...to, text: of(to) } }),
  )
}

/** Of an episode, as nodes spell it, whichever way it was given. */
export const folder = folderSpelt(spelledAsNode)

/** Of an asset, as its path is spelt. */
export const folderOfAsset = folderSpelt((path) => path)

function textSpelt(
  field: TextField,
  spelt: (scalar: Scalar, isBeginning?: boolean) => string,
  within: (range: Range) => ReturnType<typeof between>,
): Field {
  const is = (test: Extract<Condition, { readonly kind: 'text' }>['test']): Condition => ({
    kind: 'text',
    field,
    test,
  })
  const there: Condition = { kind: 'there', field }
  return unordered(({ term }) =>
    ofEqual(
      term,
      (plain) => is({ is: 'in', texts: plain.map((scalar) => spelt(scalar)) }),
      (value) => {
        switch (value.kind) {
          case 'any':
            return there
          case 'null':
            return not(there)
          case 'range':
            return is(within(value))
          case 'prefix':
            return is({ is: 'begins', text: spelt(value, true) })
        }
      },
    ),
  )
}

/** How a value is a time, a length or a size. */
type Reader = (scalar: Scalar) => Span

const timeAt =
  (now: number): Reader =>
  (scalar) =>
    read(scalar, (text) => spanFrom(text, now), 'is no date such as 2026-01-31, time with a zone, or now-7d')

const lengthIn: Reader = (scalar) => read(scalar, lengthFrom, 'is no length such as 250ms, 1.5m or 2h')
const sizeIn: Reader = (scalar) => read(scalar, sizeFrom, 'is no size such as 500, 10MB or 1.5GiB')

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
  throw new QueryFault(value, 'is no time, length or size, but the beginning of a text')
}

export const time = (field: SpanField): Field => spanned(field, timeAt)
export const length = (field: SpanField): Field => spanned(field, () => lengthIn)
export const size = (field: SpanField): Field => spanned(field, () => sizeIn)

const spanned = (field: SpanField, readerAt: (now: number) => Reader): Field => ({
  read: ({ term, now }) => ofValues(term, (value) => ofSpan(term, field, value, readerAt(now))),
})

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

export const during: Field = each((value, now) => {
  if (value.kind === 'any') return { kind: 'during there' }
  if (value.kind === 'null') return not({ kind: 'during there' })
  const { from, to } = rangeOf(value, timeAt(now))
  return from !== null && to !== null && from >= to ? NEVER : { kind: 'during', from, to }
})

const isNumber = ({ text, isQuoted }: Scalar): boolean => !isQuoted && isNumeric(text)
export const isTruth = ({ text, isQuoted }: Scalar): boolean =>
  !isQuoted && (text === 'true' || text === 'false')

/** A field that is a number, and nothing else. */
export function number(field: NumberField): Field {
  const is = (test: NumberTest): Condition => ({ kind: 'number', field, test })
  const there: Condition = { kind: 'there', field }
  const spelt = (scalar: Scalar): string => {
    if (isNumber(scalar)) return scalar.text
    throw new QueryFault(scalar, 'is no number such as 30 or 29.97')
  }
  const ofOther = (value: Other): Condition => {
    switch (value.kind) {
      case 'any':
        return there
      case 'null':
        return not(there)
      case 'prefix':
        throw new QueryFault(value, 'is no number, but the beginning of a text')
      case 'range': {
        const { from, to } = value
        return is({ is: 'number between', from: from && spelt(from), to: to && spelt(to) })
      }
    }
  }
  return {
    read: ({ term }) => {
      const { operator } = term
      return isOneOf(COMPARING, operator)
        ? ofValues(term, (value) =>
            is({ is: 'number compared', compare: operator, number: spelt(value as Scalar & Value) }),
          )
        : ofEqual(term, (plain) => is({ is: 'number in', numbers: plain.map(spelt) }), ofOther)
    },
  }
}

/** A scalar of the metadata, by the path behind the name. */
export const meta: Field = {
  hasParts: true,
  read: ({ term, rest: path }) => {
    if (path.length === 0)
      throw new QueryFault(term.field, 'names no key of the metadata', 'as meta.robot, or meta."two words"')
    const is = (test: MetaTest): Condition => ({ kind: 'meta', path, test })
    const { operator } = term
    if (isOneOf(COMPARING, operator))
      return ofValues(term, (value) => is(comparedTo(value as Scalar & Value, operator)))
    return ofEqual(
      term,
      (plain) => is(equalTo(plain)),
      (other) => (other.kind === 'null' ? not(is({ is: 'there' })) : is(testOf(other))),
    )
  },
}

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
