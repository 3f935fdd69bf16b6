/** A longer name resembles nothing that is known. */
const LONGEST = 64

/** Case, and what joins words, are spelled in many ways. */
const folded = (name: string): string => name.toLowerCase().replaceAll(/[_-]/g, '')

/** The known name that another one most resembles, up to a third of its letters; null where none is near. */
export function nearest(name: string, known: readonly string[]): string | null {
  if (name.length > LONGEST) return null
  const given = folded(name)
  let found: string | null = null
  let fewest = Number.POSITIVE_INFINITY
  for (const each of known) {
    const other = folded(each)
    const most = Math.floor(Math.max(given.length, other.length) / 3)
    if (Math.abs(given.length - other.length) > most) continue
    const edits = editsBetween(given, other)
    if (edits > most || edits >= fewest) continue
    found = each
    fewest = edits
  }
  return found
}

/**
 * How many letters must be put in, taken out, changed, or swapped with their neighbour to make one of the other: Damerau and
 * Levenshtein's distance, where no part is edited twice.
 */
function editsBetween(one: string, other: string): number {
  let above: readonly number[] = []
  let row: readonly number[] = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let index = 0; index < one.length; index++) {
    const next = [index + 1]
    for (let at = 0; at < other.length; at++) {
      const [put = 0, changed = 0, taken = 0] = [next[at], row[at], row[at + 1]]
      const isSwapped = index > 0 && at > 0 && one[index] === other[at - 1] && one[index - 1] === other[at]
      const swapped = isSwapped ? above[at - 1] : undefined
      const same = one[index] === other[at] ? 0 : 1
      next.push(Math.min(put + 1, taken + 1, changed + same, (swapped ?? Number.POSITIVE_INFINITY) + 1))
    }
    above = row
    row = next
  }
  return row[other.length] ?? one.length
}
