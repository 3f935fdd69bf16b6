/** What no text has that anybody wrote, so that it tells digits from texts. */
const MARK = `digits-${Array.from(crypto.getRandomValues(new Uint32Array(4))).join('-')}:`
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, 'g')

/** As `JSON.stringify`, and a `bigint` with all of its digits. */
export function jsonOf(value: unknown): string {
  const text = JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? MARK + each : each))
  return text.includes(MARK) ? text.replaceAll(MARKED, '$1') : text
}

/** As `JSON.parse`, and a whole number beyond 2^53 as a `bigint`. */
export function withAllDigits(text: string): unknown {
  const marked = text.replaceAll(TOKEN, (token) =>
    /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${MARK}${token}"` : token,
  )
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value,
  )
}

/** A text, or a number: digits within a text are none. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
