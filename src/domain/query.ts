import type { Operator, Position, Query, Scalar, Value, Words } from './query-tree.ts'
import { byteLength } from './text.ts'

/** What is wrong with a query, and where. */
export class QueryFault extends Error {
  override readonly name = 'QueryFault'

  readonly at: number
  readonly length: number
  readonly hint: string | null

  constructor({ at, length }: Position, message: string, hint: string | null = null) {
    super(message)
    this.at = at
    this.length = length
    this.hint = hint
  }
}

const MOST_BYTES_OF_A_QUERY = 1_024
const MOST_TERMS = 32
const MOST_OPEN = 10
const MOST_VALUES = 100

const RESERVED = ['AND', 'OR', 'NOT']
/** A part of a path where there is none; in quotes it may be empty. No path has it. */
const NOTHING = '\0'

const QUOTE_IT = 'put it in quotes to look for it as it is'

/** What ends a word. */
const isBreak = (char: string | undefined): boolean => char === undefined || /[\s()",]/.test(char)

/** The tree of a text; null for one that says nothing. Throws a QueryFault. */
export function parseQuery(text: string): Query | null {
  if (byteLength(text) > MOST_BYTES_OF_A_QUERY)
    throw new QueryFault({ at: 0, length: text.length }, `is over ${MOST_BYTES_OF_A_QUERY} bytes`)
  return new Parser(text).whole()
}

class Parser {
  readonly #text: string
  #at = 0
  #terms = 0
  #open = 0

  constructor(text: string) {
    this.#text = text
  }

  whole(): Query | null {
    this.#skip()
    if (this.#char() === undefined) return null
    const query = this.#or()
    if (this.#char() === ')') this.#fail(1, 'closes a parenthesis that is not open')
    if (this.#char() !== undefined) this.#fail(1, 'is not expected here', QUOTE_IT)
    return query
  }

  #char(): string | undefined {
    return this.#text[this.#at]
  }

  #fail(length: number, message: string, hint: string | null = null, at = this.#at): never {
    // A character of two units is shown whole.
    const least = (this.#text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
    const shown = Math.min(Math.max(length, least), this.#text.length - at)
    throw new QueryFault({ at, length: shown }, message, hint)
  }

  #skip(): void {
    while (/\s/.test(this.#char() ?? '')) this.#at++
  }

  /** A reserved word, where one stands. */
  #reserved(): string | null {
    return (
      RESERVED.find(
        (word) => this.#text.startsWith(word, this.#at) && isBreak(this.#text[this.#at + word.length]),
      ) ?? null
    )
  }

  #take(word: string): boolean {
    if (this.#reserved() !== word) return false
    this.#at += word.length
    this.#skip()
    return true
  }

  #or(): Query {
    const parts = [this.#and()]
    while (this.#take('OR')) parts.push(this.#and())
    return parts.length === 1 ? (parts[0] as Query) : { kind: 'or', parts }
  }

  #and(): Query {
    const parts = [this.#not()]
    for (;;) {
      const isTaken = this.#take('AND')
      const ends = this.#char() === undefined || this.#char() === ')' || this.#reserved() === 'OR'
      if (ends && !isTaken) return parts.length === 1 ? (parts[0] as Query) : { kind: 'and', parts }
      parts.push(this.#not())
    }
  }

  #not(): Query {
    if (this.#take('NOT')) return { kind: 'not', part: this.#operand('NOT') }
    if (this.#char() !== '-') return this.#operand(null)
    const after = this.#text[this.#at + 1]
    if (after === undefined || /[\s-]/.test(after))
      this.#fail(1, 'negates nothing', 'put the minus directly before what is not to be')
    this.#at++
    return { kind: 'not', part: this.#operand('-') }
  }

  /** What may be negated, by what if it is. */
  #operand(negation: string | null): Query {
    const word = this.#reserved()
    if (word !== null)
      this.#fail(word.length, 'is a reserved word where a term is expected', `for the word itself: "${word}"`)
    if (this.#char() === undefined) this.#failAtEnd(negation)
    if (this.#char() === ')') this.#fail(1, 'closes what has nothing in it')
    if (negation !== null && this.#char() === '-') this.#fail(1, 'negates what is negated already')
    const part = this.#char() === '(' ? this.#group() : this.#term()
    this.#skip()
    return part
  }

  /** The reserved word, or the character, behind which something is lacking. */
  #failAtEnd(negation: string | null): never {
    const text = this.#text.trimEnd()
    const last = RESERVED.find((word) => text.endsWith(word)) ?? text.slice(-1)
    const message = negation === null ? 'has nothing behind it' : 'negates nothing'
    return this.#fail(last.length, message, null, text.length - last.length)
  }

  #group(): Query {
    if (++this.#open > MOST_OPEN) this.#fail(1, `is the ${MOST_OPEN + 1}th parenthesis that is open at once`)
    const at = this.#at++
    this.#skip()
    const query = this.#or()
    if (this.#char() !== ')') this.#fail(1, 'opens a parenthesis that is not closed', null, at)
    this.#at++
    this.#open--
    return query
  }

  #term(): Query {
    if (++this.#terms > MOST_TERMS) this.#fail(1, `is one term too many: a query has ${MOST_TERMS}`)
    const at = this.#at
    if (this.#char() === '"') return this.#quotedWords(at)
    if (this.#char() === ',') this.#fail(1, 'is not expected here', QUOTE_IT)
    if (this.#operator() !== null) this.#fail(1, 'compares no field', 'put the name of a field before it')
    const [path, quotes] = this.#path()
    const operator = this.#operator()
    if (operator === null || path === null) return this.#words(at, quotes)
    const field = { at, length: this.#at - at }
    if (path.some((part) => part.includes(NOTHING)))
      this.#fail(field.length, 'has nothing between its dots, or NUL', null, at)
    this.#at += operator.length
    const values = this.#values(operator)
    return { kind: 'term', path, field, operator, values, at, length: this.#at - at }
  }

  #operator(): Operator | null {
    const found = /^(?:!=|>=|<=|[:=<>])/.exec(this.#text.slice(this.#at, this.#at + 2))
    return (found?.[0] as Operator | undefined) ?? null
  }

  /** The name of a field, up to its operator, null where a part of it is none; and where quotes begin in it first. */
  #path(): [readonly string[] | null, number | null] {
    const path: string[] = [NOTHING]
    let quotes: number | null = null
    while (!isBreak(this.#char()) && this.#operator() === null) {
      if (this.#char() === '.' && this.#text[this.#at + 1] === '"') {
        this.#at++
        quotes ??= this.#at
        path.push(this.#quoted())
        // Behind the quotes stands another part, or the operator.
        if (this.#char() !== '.' && this.#operator() === null) return [null, quotes]
      } else if (this.#char() === '.') {
        path.push(NOTHING)
        this.#at++
      } else {
        path.push(`${(path.pop() ?? NOTHING).replace(NOTHING, '')}${this.#char()}`)
        this.#at++
      }
    }
    return [path, quotes]
  }

  /** A word of text, which ends where it stands. */
  #words(at: number, quotes: number | null): Words {
    if (quotes !== null) this.#fail(1, 'begins within a word', 'put all of it in quotes', quotes)
    while (!isBreak(this.#char())) this.#at++
    if (this.#char() === '"') this.#fail(1, 'begins within a word', 'put all of it in quotes')
    if (this.#char() === ',') this.#fail(1, 'is not expected here', QUOTE_IT)
    const whole = this.#text.slice(at, this.#at)
    const isPrefix = whole.endsWith('*')
    const text = isPrefix ? whole.slice(0, -1) : whole
    if (text === '') this.#fail(1, 'is the beginning of everything', 'put a letter before it', at)
    return { kind: 'text', text, isQuoted: false, isPrefix, at, length: this.#at - at }
  }

  #quotedWords(at: number): Words {
    const text = this.#quoted()
    const isPrefix = this.#char() === '*'
    if (isPrefix) this.#at++
    if (!isBreak(this.#char()) || this.#char() === '"' || this.#char() === ',')
      this.#fail(1, 'is not expected behind quotes', 'a space parts what is looked for')
    return { kind: 'text', text, isQuoted: true, isPrefix, at, length: this.#at - at }
  }

  /** What stands in the quotes that begin here. */
  #quoted(): string {
    const begin = this.#at++
    let text = ''
    for (; this.#char() !== '"'; this.#at++) {
      if (this.#char() === undefined) this.#fail(1, 'opens quotes that are not closed', null, begin)
      if (this.#char() === '\\') {
        this.#at++
        if (this.#char() !== '"' && this.#char() !== '\\')
          this.#fail(2, 'escapes neither a quote nor a backslash', 'write a backslash as \\\\', this.#at - 1)
      }
      text += this.#char()
    }
    this.#at++
    return text
  }

  #values(operator: Operator): readonly Value[] {
    const values: Value[] = []
    for (;;) {
      const begin = this.#at
      const value = this.#value()
      if (value.kind !== 'scalar' && ![':', '=', '!='].includes(operator))
        this.#fail(value.length, `is not compared by ${operator}`, 'by : instead', begin)
      values.push(value)
      if (values.length > MOST_VALUES)
        this.#fail(1, `is the ${MOST_VALUES + 1}st value of a list`, null, begin)
      if (this.#char() !== ',') break
      if (![':', '=', '!='].includes(operator))
        this.#fail(1, `begins a list, which is not compared by ${operator}`)
      this.#at++
    }
    if (!isBreak(this.#char()) || this.#char() === '"')
      this.#fail(1, 'is not expected behind a value', 'put all of it in quotes')
    return values
  }

  #value(): Value {
    const at = this.#at
    const here = () => ({ at, length: this.#at - at })
    const first = this.#scalar()
    if (first?.isQuoted && this.#char() === '*') {
      this.#at++
      return { ...first, ...here(), kind: 'prefix' }
    }
    if (this.#text.startsWith('..', this.#at)) {
      this.#at += 2
      const to = this.#scalar()
      if (first === null && to === null) this.#fail(2, 'is a range without ends', null, at)
      for (const end of [first, to])
        if (end && !end.isQuoted && (end.text === 'null' || end.text.endsWith('*')))
          this.#fail(end.length, 'is no end of a range', 'as a text it stands in quotes', end.at)
      return { kind: 'range', from: first, to, ...here() }
    }
    if (first === null) return this.#fail(1, 'lacks a value', null, Math.min(at, this.#text.length - 1))
    if (first.isQuoted) return { ...first, kind: 'scalar' }
    if (first.text === '*') return { kind: 'any', ...here() }
    if (first.text === 'null') return { kind: 'null', ...here() }
    if (first.text.endsWith('*')) return { ...first, text: first.text.slice(0, -1), kind: 'prefix' }
    return { ...first, kind: 'scalar' }
  }

  /** A word up to its end or to a range, or what stands in quotes; null where there is neither. */
  #scalar(): Scalar | null {
    const at = this.#at
    if (this.#char() === '"') return { text: this.#quoted(), isQuoted: true, at, length: this.#at - at }
    while (!isBreak(this.#char()) && !this.#text.startsWith('..', this.#at)) this.#at++
    return this.#at === at
      ? null
      : { text: this.#text.slice(at, this.#at), isQuoted: false, at, length: this.#at - at }
  }
}
