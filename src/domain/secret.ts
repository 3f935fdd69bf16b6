const LEAST_BYTES = 32
const LEAST_DIFFERENT = 8

/** Why a text is no secret to make keys of, or null where it may be one: what could be guessed counts for nothing. */
export function secretFault(text: string): string | null {
  const encoder = new TextEncoder()
  if (encoder.encode(text).length < LEAST_BYTES) return `has under ${LEAST_BYTES} bytes`
  const bytes = encoder.encode(unpadded(text))
  if (bytes.length < LEAST_BYTES) return `has under ${LEAST_BYTES} bytes without the padding at its ends`
  if (new Set(bytes).size < LEAST_DIFFERENT) return `has under ${LEAST_DIFFERENT} different bytes`
  if (periodOf(bytes) < LEAST_BYTES) return `repeats a text of under ${LEAST_BYTES} bytes`
  return null
}

/**
 * A text without white space, and without runs of one character, at either end. Three alike are no run: random
 * digits begin with as many now and then.
 */
function unpadded(text: string): string {
  let core = text
  while (true) {
    const less = core
      .trim()
      .replace(/^(.)\1{3,}/su, '')
      .replace(/(.)\1{3,}$/su, '')
    if (less === core) return core
    core = less
  }
}

/** After how many bytes they repeat themselves, to the end; their number where they never do. */
function periodOf(bytes: Uint8Array): number {
  const overlaps = [0]
  for (let at = 1; at < bytes.length; at++) {
    let overlap = overlaps[at - 1] ?? 0
    while (overlap > 0 && bytes[at] !== bytes[overlap]) overlap = overlaps[overlap - 1] ?? 0
    overlaps.push(bytes[at] === bytes[overlap] ? overlap + 1 : 0)
  }
  return bytes.length - (overlaps.at(-1) ?? 0)
}
