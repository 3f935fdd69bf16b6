// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this finds
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same, but for tab, newline and carriage return
const CONTROL_IN_PROSE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/

const encoder = new TextEncoder()

export const byteLength = (text: string): number => encoder.encode(text).length

/** Length in code points, which is what a person counts; `length` counts UTF-16 units. */
export const codePoints = (text: string): number => [...text].length

/** Why a text cannot be stored as a line (a name, a tag, a path), or null where it can. */
export function lineFault(text: string): string | null {
  if (!text.isWellFormed()) return 'has an unpaired surrogate'
  if (CONTROL.test(text)) return 'has a control character'
  return null
}

/** Why a text cannot be stored as prose, which may hold tabs and newlines, or null where it can. */
export function proseFault(text: string): string | null {
  if (!text.isWellFormed()) return 'has an unpaired surrogate'
  if (CONTROL_IN_PROSE.test(text)) return 'has a control character'
  return null
}

/** Why a text is not a line of up to so many characters, or null where it is one. */
export function shortFault(text: string, most: number): string | null {
  if (text === '') return 'is empty'
  return codePoints(text) > most ? `is over ${most} characters` : lineFault(text)
}

const MOST_IN_A_NAME = 255

/** Why a text is not a name, or null where it is one. */
export const nameFault = (text: string): string | null =>
  text === '.' || text === '..' ? 'is "." or ".."' : shortFault(text, MOST_IN_A_NAME)

export const MOST_IN_A_LINK = 2_048

/** Why a text is not the address of something on the web, or null where it is one. */
export function linkFault(text: string): string | null {
  if (text.length > MOST_IN_A_LINK) return `is over ${MOST_IN_A_LINK} characters`
  return /^https?:\/\/\S+$/i.test(text) && URL.canParse(text)
    ? lineFault(text)
    : 'is not an http or https URL'
}

/** Of a resource. */
export const MOST_TAGS = 64

export const MOST_BYTES_OF_METADATA = 65_536
/** SQLite reads JSON of up to 1,000 levels; an answer wraps metadata in a few more. */
const MOST_LEVELS_OF_METADATA = 500

/** Why a value is not metadata, or null where it is: an object of at most 64 KiB as JSON. */
export const metadataFault = (value: unknown): string | null =>
  shapeFault(value) ??
  (byteLength(JSON.stringify(value)) > MOST_BYTES_OF_METADATA ? 'is over 64 KiB as JSON' : null)

/** What is wrong with metadata but its size. */
export function shapeFault(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is not an object'
  // Level by level, so that no nesting can exhaust the stack.
  let level: readonly unknown[] = [value]
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MOST_LEVELS_OF_METADATA) return `is nested over ${MOST_LEVELS_OF_METADATA} levels deep`
    if (!level.every(isWellFormed)) return 'has an unpaired surrogate'
    level = level.flatMap(inside)
  }
  return null
}

/** A number that stands by its digits holds nothing. */
const inside = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null && !JSON.isRawJSON(value) ? Object.values(value) : []

/** Whether a string, or the keys of an object, are well-formed; what is inside is another level. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return true
  return Object.keys(value).every((key) => key.isWellFormed())
}
