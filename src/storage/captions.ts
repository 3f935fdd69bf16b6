import { isWhite, type Line } from './lines.ts'

/** What is looked at of a line of captions: timings with their settings are far shorter. */
export const MOST_OF_A_TIMING = 1_024

/**
 * Counts the cues of captions, line by line. A cue is a line on which the timings parse, in a block (up to a blank
 * line) where a cue may begin.
 */
export interface CueCounter {
  readonly count: number
  add(line: Line): void
}

/**
 * WebVTT: outside of the header and of NOTE, STYLE and REGION blocks, any line with timings begins a cue. This is
 * what the standard's parser does ("collect a WebVTT block"): an arrow beyond the second line, or after timings,
 * ends the block and begins the next one, so that cues need no blank line between them; where its timings do not
 * parse, there is no cue.
 */
export class WebVttCues implements CueCounter {
  #count = 0
  #isFirst = true
  #isBetween = true
  #holdsCues = true

  get count(): number {
    return this.#count
  }

  add(line: Line): void {
    if (line.length === 0) this.#isBetween = true
    else {
      if (this.#isBetween) this.#holdsCues = !(this.#isFirst && startsWith(line, 'WEBVTT')) && !isAside(line)
      this.#isBetween = false
      if (this.#holdsCues && isTiming(line)) this.#count++
    }
    this.#isFirst = false
  }
}

const LINES_BEFORE_TEXT = 2

/** SubRip: the timings are the first line of a block, or the second, after the number. The rest of it is text. */
export class SubRipCues implements CueCounter {
  #count = 0
  /** Lines of the block in which its timings may still come. */
  #left = LINES_BEFORE_TEXT

  get count(): number {
    return this.#count
  }

  add(line: Line): void {
    if (line.isBlank) this.#left = LINES_BEFORE_TEXT
    else if (this.#left > 0) {
      const isCue = isTiming(line)
      if (isCue) this.#count++
      this.#left = isCue ? 0 : this.#left - 1
    }
  }
}

/** Whether a block of WebVTT that begins with the line is a comment, or about how cues look. */
const isAside = (line: Line): boolean =>
  startsWith(line, 'NOTE') || standsAlone(line, 'STYLE') || standsAlone(line, 'REGION')

const standsAlone = (line: Line, word: string): boolean => startsWith(line, word) && endsAt(line, word.length)

/** Whether a line starts with a word, which ends there. */
function startsWith({ bytes, length }: Line, word: string): boolean {
  if (length < word.length) return false
  for (let at = 0; at < word.length; at++) if (bytes[at] !== word.charCodeAt(at)) return false
  return length === word.length || isWhite(bytes[word.length])
}

const endsAt = ({ bytes, length }: Line, at: number): boolean => pastWhite(bytes, at, length) === length

const ZERO = 0x30
const NINE = 0x39
const COLON = 0x3a
const COMMA = 0x2c
const POINT = 0x2e
const ARROW = [0x2d, 0x2d, 0x3e]

const SHORTEST_TIMING = '00:00.000-->00:00.000'.length

/** Whether a line is two times with an arrow between them, and, after white space, any settings. */
function isTiming({ bytes, length }: Line): boolean {
  if (length < SHORTEST_TIMING) return false
  const arrow = pastWhite(bytes, pastTime(bytes, pastWhite(bytes, 0, length), length), length)
  if (arrow < 0 || arrow + ARROW.length > length || ARROW.some((byte, at) => bytes[arrow + at] !== byte))
    return false
  const end = pastTime(bytes, pastWhite(bytes, arrow + ARROW.length, length), length)
  return end === length || (end > 0 && isWhite(bytes[end]))
}

/** Where the white space at a place ends. */
function pastWhite(bytes: Uint8Array, start: number, length: number): number {
  let at = start
  while (at < length && isWhite(bytes[at])) at++
  return at
}

/**
 * Where the time at a place ends, -1 where there is none. Hours may be missing, and the fraction stands after a
 * point or a comma, in both formats: players read either.
 */
function pastTime(bytes: Uint8Array, start: number, length: number): number {
  const first = pastDigits(bytes, start, length)
  const second = pastPair(bytes, first, length)
  const third = pastPair(bytes, second, length)
  const isShort = third < 0
  const point = isShort ? second : third
  if (first === start || point < 0 || (isShort && first - start !== 2)) return -1
  const mark = bytes[point]
  const end = pastDigits(bytes, point + 1, length)
  return point < length && (mark === POINT || mark === COMMA) && end - point === 4 ? end : -1
}

function pastDigits(bytes: Uint8Array, start: number, length: number): number {
  let at = start
  while (at < length && isDigit(bytes[at])) at++
  return at
}

/** Where a colon and two digits at a place end, -1 where they are none. */
function pastPair(bytes: Uint8Array, start: number, length: number): number {
  if (start < 0 || start >= length || bytes[start] !== COLON) return -1
  const end = pastDigits(bytes, start + 1, length)
  return end - start === 3 ? end : -1
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE
