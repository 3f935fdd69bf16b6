/**
 * How names are looked for without their case: SQLite folds ASCII alone, and knows no other letters. What a name of ASCII
 * folds to it works out by itself (`episodes.folded`, `episodes.words`); of any other name it is stored.
 */

const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text)

/** A small sigma is another letter at the end of a word: then a beginning of one would not be found. */
export const fold = (text: string): string => text.toLowerCase().replaceAll('ς', 'σ')

/** As SQLite folds it. */
export const foldAscii = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

/** Runs of letters and digits, in the order of the text. */
export const wordsOf = (text: string): readonly string[] => runsIn(fold(text))

/** The same as SQLite folds them. */
export const speltWordsOf = (text: string): readonly string[] => runsIn(text).map(foldAscii)

const runsIn = (text: string): readonly string[] => text.match(/[\p{L}\p{N}]+/gu) ?? []

/**
 * How a folded text may be spelt where SQLite alone has folded it: in small letters, with a capital at the beginning of
 * each word, in capitals. One spelling, where it is ASCII.
 */
export function spellingsOf(folded: string): readonly string[] {
  const capital = folded.replaceAll(/(?<![\p{L}\p{N}])\p{L}/gu, (letter) => letter.toUpperCase())
  return [...new Set([folded, capital, folded.toUpperCase()].map(foldAscii))]
}

/** What parts the words of a name of ASCII: whatever is neither a letter nor a digit, but for the blank. */
export const SEPARATORS = [...'-_./+()[]{}#@&=,;:!?%*<>|~^$`"\\\'']

/** What is stored of a name. */
export interface Folded {
  readonly foldedName: string | null
  /** Its words, with a blank before each. */
  readonly foldedWords: string | null
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
