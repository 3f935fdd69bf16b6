/** With so many letters SQLite takes some milliseconds to prepare a statement, wherever D1 has not kept it. */
export const MOST_PREPARED = 600_000

/** How many letters, about, a statement has to SQLite, which prepares a common table anew wherever it is named. */
export function preparedLength(text: string): number {
  const tables = new Map<string, string>()
  let rest = ''
  let from = 0
  const opening = /\b(\w+)(?:\([\w, ]+\))? as (?:materialized )?\(/g
  for (let match = opening.exec(text); match; match = opening.exec(text)) {
    const end = closedAt(text, opening.lastIndex)
    tables.set(match[1] ?? '', text.slice(opening.lastIndex, end))
    rest += text.slice(from, match.index)
    from = end
    opening.lastIndex = end
  }
  rest += text.slice(from)
  const lengths = new Map<string, number>()
  const lengthOf = (body: string, own?: string): number =>
    [...body.matchAll(/\b(?:from|join|,) (\w+)\b/g)].reduce((sum, [, name = '']) => {
      const table = name === own ? undefined : tables.get(name)
      if (table === undefined) return sum
      const known = lengths.get(name) ?? lengthOf(table, name)
      lengths.set(name, known)
      return sum + known
    }, body.length)
  return lengthOf(rest)
}

/** Where the parenthesis is closed that was opened just before. */
function closedAt(text: string, start: number): number {
  let depth = 1
  for (let at = start; at < text.length; at++) {
    if (text[at] === "'") at = text.indexOf("'", at + 1)
    else if (text[at] === '(') depth++
    else if (text[at] === ')' && --depth === 0) return at
  }
  return text.length
}
