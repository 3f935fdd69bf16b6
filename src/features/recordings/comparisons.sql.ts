import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { Argument } from '../../db/sql.ts'
import { digitsBeyond64Bits } from '../../domain/digits.ts'
import { rangeOfPrefix } from '../../domain/path.ts'
import type { Comparison, MetaTest, NumberTest, TextTest } from '../../domain/query-conditions.ts'
import { filledUp, numbersApart } from './condition-shape.sql.ts'

/** How one value is compared with what a query says, as SQL. */

/** A scalar of JSON: its type there, and its value in SQL. */
export interface Scalar {
  readonly type: SQL
  readonly value: SQL
  /** Its digits where it is a whole number beyond 64 bits, of which the value is but near; else null. */
  readonly digits: SQL
}

type Compared<V> = (value: V) => SQL

const signs: Readonly<Record<Comparison, SQL>> = {
  '>': sql`>`,
  '>=': sql`>=`,
  '<': sql`<`,
  '<=': sql`<=`,
}
const mirrored = { '>': '<', '>=': '<=', '<': '>', '<=': '>=' } as const

/** A whole number is compared as such, beyond what a double can tell apart. */
const asNumber = (text: SQLWrapper): SQL => sql`cast(${text} as numeric)`

/** `digits` of a scalar, from the JSON of it. */
export const digitsIn = ({ type, value }: Omit<Scalar, 'digits'>, json: SQL): SQL =>
  sql`iif(${type} = 'integer' and ${value} not between -9223372036854775807 and 9223372036854775807, ${json}, null)`

/** Whatever a client says goes into an argument, and never into the text. */
export class Comparisons {
  readonly #argument: (value: string | null) => Argument

  constructor(argument: (value: string | null) => Argument) {
    this.#argument = argument
  }

  text(test: TextTest): Compared<SQLWrapper> {
    switch (test.is) {
      case 'in':
        return this.#isAny(test.texts, (text) => text)
      case 'begins': {
        const { from, to } = rangeOfPrefix(test.text)
        const [first, behind] = [this.#argument(from), this.#argument(to)]
        return (value) => sql`(${value} >= ${first} and (${behind} is null or ${value} < ${behind}))`
      }
      case 'between': {
        const [from, to] = [this.#argument(test.from), this.#argument(test.to)]
        return (value) => sql`(${value} is not null and (${from} is null or ${value} >= ${from})
          and (${to} is null or ${value} <= ${to}))`
      }
      case 'compared': {
        const text = this.#argument(test.text)
        return (value) => sql`${value} ${signs[test.compare]} ${text}`
      }
    }
  }

  number(test: NumberTest): Compared<SQLWrapper> {
    const compared = this.#numbered(test)
    return (value) => compared({ value, digits: sql`null` })
  }

  scalar(test: Exclude<MetaTest, { readonly is: 'there' }>): Compared<Scalar> {
    switch (test.is) {
      case 'scalar in': {
        const isText = this.#isAny(test.texts, (text) => text)
        const isNumber = this.#isAnyNumber(test.numbers)
        const has = (truth: string): SQL => sql.raw(test.truths.includes(truth) ? '1' : '0')
        return (scalar) => sql`case ${scalar.type} when 'text' then ${isText(scalar.value)}
          when 'true' then ${has('true')} when 'false' then ${has('false')} when 'null' then 0
          else ${isNumber(scalar)} end`
      }
      case 'number compared':
      case 'number between': {
        const compared = this.#numbered(test)
        return (scalar) =>
          sql`((${scalar.type} = 'integer' or ${scalar.type} = 'real') and ${compared(scalar)})`
      }
      default: {
        const compared = this.text(test)
        return ({ type, value }) => sql`(${type} = 'text' and ${compared(value)})`
      }
    }
  }

  /** Values are compared one by one, as to look into a list of them would read a row each time. */
  #isAny(values: readonly string[], as: (value: SQLWrapper) => SQLWrapper): Compared<SQLWrapper> {
    const [single, ...others] = filledUp(values).map((value) => as(this.#argument(value)))
    if (single === undefined) return () => sql`false`
    if (others.length === 0) return (own) => sql`${own} = ${single}`
    const each = [single, ...others].map((value) => sql`when ${value} then 1`)
    return (own) => sql`case ${own} ${sql.join(each, sql` `)} else 0 end`
  }

  #isAnyNumber(numbers: readonly string[]): Compared<Numeric> {
    const { beyond, others } = numbersApart(numbers)
    const isOther = this.#isAny(others, asNumber)
    if (beyond.length === 0) return ({ value }) => isOther(value)
    const [isNear, isSpelt] = [this.#isAny(beyond, asNumber), this.#isAny(beyond, (text) => text)]
    return ({ value, digits }) =>
      sql`(${isOther(value)} or iif(${digits} is null, ${isNear(value)}, ${isSpelt(digits)}))`
  }

  #numbered(test: NumberTest): Compared<Numeric> {
    switch (test.is) {
      case 'number in':
        return this.#isAnyNumber(test.numbers)
      case 'number compared':
        return this.#comparedTo(test.number, test.compare)
      case 'number between': {
        const [from, to] = [this.#within(test.from, '>='), this.#within(test.to, '<=')]
        return (number) => sql`(${number.value} is not null and ${from(number)} and ${to(number)})`
      }
    }
  }

  #within(end: string | null, compare: Comparison): Compared<Numeric> {
    return end === null ? () => sql`true` : this.#comparedTo(end, compare)
  }

  /** What is beyond 64 bits, on the same side of zero, is compared by its length and its digits. */
  #comparedTo(number: string, compare: Comparison): Compared<Numeric> {
    const beyond = digitsBeyond64Bits(number)
    const given = this.#argument(beyond ?? number)
    const near = (value: SQLWrapper): SQL => sql`${value} ${signs[compare]} ${asNumber(given)}`
    if (beyond === null) return ({ value }) => near(value)
    const isLess = beyond.startsWith('-')
    const sign = signs[isLess ? mirrored[compare] : compare]
    return ({ value, digits }) => sql`iif(${digits} ${sql.raw(isLess ? '<' : '>=')} '0',
      (length(${digits}), ${digits}) ${sign} (length(${given}), ${given}), ${near(value)})`
  }
}

type Numeric = { readonly value: SQLWrapper; readonly digits: SQL }
