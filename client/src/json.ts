/** What no text has that anybody wrote, so that it tells digits from texts. */
const MARK = `digits-${Array.from(crypto.getRandomValues(new Uint32Array(4))).join('-')}:`
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, 'g')

/** As `JSON.stringify`, and a `bigint` with all of its digits. */
export function jsonOf(value: unknown): string {
  const text = JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? MARK + each : each))
  return text.includes(MARK) ? text.replaceAll(MARKED, '$1') : text
}
