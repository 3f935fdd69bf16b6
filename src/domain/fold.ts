/**
 * How names are looked for without their case: SQLite folds ASCII alone, and knows no other letters. What a name of ASCII
 * folds to it works out by itself (the columns `folded` and `words`); of any other name it is stored.
 */

const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text)

/**
 * In small letters, however the text is composed: file systems and keyboards differ in it. A small sigma is another letter at
 * the end of a word, and the small letter of a dotted capital I has a dot of its own: a beginning of either would not be found.
 */
export const fold = (text: string): string =>
  text.normalize('NFC').toLowerCase().replaceAll('i\u0307', 'i').replaceAll('ς', 'σ')

/** As SQLite folds it. */
export const foldAscii = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

/** Runs of letters and digits, in the order of the text. */
export const wordsOf = (text: string): readonly string[] => fold(text).match(/[\p{L}\p{N}]+/gu) ?? []

/** What parts the words of a name of ASCII: whatever is neither a letter nor a digit, but for the blank. */
export const SEPARATORS = [...'-_./+()[]{}#@&=,;:!?%*<>|~^$`"\\\'']

/** What is stored of a name. */
export interface Folded {
  readonly foldedName: string | null
  /** Its words, with a blank before each. */
  readonly foldedWords: string | null
}

/** What is stored of the name of an asset, which is a path. */
export interface FoldedPath {
  /** The path that the others are of. */
  readonly foldedFrom: string | null
  readonly foldedPath: string | null
  readonly pathWords: string | null
}

export function foldedPathOf(path: string | null): FoldedPath {
  const { foldedName, foldedWords } = foldedOf(path ?? '')
  return { foldedFrom: foldedName === null ? null : path, foldedPath: foldedName, pathWords: foldedWords }
}

export const foldedOf = (name: string): Folded =>
  isAscii(name)
    ? { foldedName: null, foldedWords: null }
    : {
        foldedName: fold(name),
        foldedWords: wordsOf(name)
          .map((word) => ` ${word}`)
          .join(''),
      }
