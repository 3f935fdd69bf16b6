/** Numbers of JSON by their digits: `JSON.parse` makes doubles, which round whole numbers beyond 2^53. */

/** A number that JSON writes as the text which it was read from. */
interface RawNumber {
  readonly rawJSON: string
}

/** What TypeScript does not know of JSON yet. */
declare global {
  interface JSON {
    rawJSON(text: string): RawNumber
    isRawJSON(value: unknown): value is RawNumber
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
    ): unknown
  }
}

/** Whether text may hold whole numbers that a double does not write as they are. */
export const mayRound = (text: string): boolean => /\d{16}|-0(?![\d.eE])/.test(text)

const isWhole = (source: string): boolean => /^-?\d+$/.test(source)

const LARGEST = 2n ** 63n - 1n

/**
 * The digits of a whole number as JSON writes them, where it is not within 64 bits; null for any other number. The least one
 * of those that are counts as beyond them, since a double is as well what is less by little.
 */
export function digitsBeyond64Bits(text: string): string | null {
  const number = wholeIn(text)
  return number !== null && (number > LARGEST || number < -LARGEST) ? String(number) : null
}

/** As much as a double holds. */
const MOST_DIGITS = 309

/** The whole number that a text is, also where it is written with a point or an exponent. */
function wholeIn(text: string): bigint | null {
  if (isWhole(text)) return BigInt(text)
  const [, whole = '', part = '', exponent = '0'] =
    /^(-?\d+)(?:\.(\d*?)0*)?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const zeros = Number(exponent) - part.length
  if (whole === '' || zeros < 0 || zeros > MOST_DIGITS) return null
  return BigInt(whole + part) * 10n ** BigInt(zeros)
}

/** The value of JSON text, whose whole numbers are written again digit for digit. */
export function parseByDigits(text: string): unknown {
  return JSON.parse(text, (_, value, { source }) => {
    if (typeof value !== 'number' || source === undefined || !isWhole(source)) return value
    // What no double holds stays infinite, and is refused as such.
    return Number.isFinite(value) && String(value) !== source ? JSON.rawJSON(source) : value
  })
}

/** The keys, outermost first, that lead to a number beyond what a double holds; null where there is none. */
export function keysToInfinity(value: unknown): readonly string[] | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : []
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return null
  for (const [key, each] of Object.entries(value)) {
    const rest = keysToInfinity(each)
    if (rest) return [key, ...rest]
  }
  return null
}

/** The text of a member of an object, in text that is known to be an object's JSON; the last one of that name. */
export function sourceOfMember(text: string, name: string): string | null {
  let found: string | null = null
  let quote = text.indexOf('"')
  while (quote !== -1) {
    const afterKey = endOfString(text, quote)
    const start = text.indexOf(':', afterKey) + 1
    const end = endOfValue(text, start)
    if (JSON.parse(text.slice(quote, afterKey)) === name) found = text.slice(start, end)
    quote = text.indexOf('"', end)
  }
  return found
}

/** Where the comma or the brace is that follows a member's value. */
function endOfValue(text: string, start: number): number {
  let depth = 0
  let at = start
  for (; at < text.length; at++) {
    const char = text[at]
    if (depth === 0 && (char === ',' || char === '}')) break
    if (char === '"') at = endOfString(text, at) - 1
    else if (char === '[' || char === '{') depth++
    else if (char === ']' || char === '}') depth--
  }
  return at
}

/** Where the string that starts at a quotation mark is over. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}
