import { byteLength, lineFault } from './text.ts'

const MOST_BYTES_OF_A_GLOB = 1_024

/**
 * A shell-style pattern over whole names: `*` any run, `?` any one character, `[...]` one of a set, `[^...]` and
 * `[!...]` one not of it; a slash is a character like any other. Case-sensitive.
 */
export interface Glob {
  /** What every match starts with. */
  readonly prefix: string
  /** Some of what every match contains; the database narrows by these before `matches` decides. */
  readonly fragments: readonly string[]
  readonly matches: (name: string) => boolean
  /**
   * What matching has cost so far, in steps: one for each word of 32 states that a character was tried on, at most
   * 33 a character, and for each character met for the first time one for each of the pattern. Time goes with it.
   */
  readonly spent: () => number
}

/** Whether a code point fits. */
type Test = (point: number) => boolean

interface Step {
  /** Null for a star, else whether one character fits. */
  readonly test: Test | null
  /** The character of a step that fits only that one. */
  readonly literal: string | null
}

export function parseGlob(pattern: string): Glob | { readonly fault: string } {
  const lineProblem = lineFault(pattern)
  if (lineProblem) return { fault: lineProblem }
  if (byteLength(pattern) > MOST_BYTES_OF_A_GLOB) return { fault: `is over ${MOST_BYTES_OF_A_GLOB} bytes` }
  const chars = [...pattern]
  const parsed = parseSteps(chars)
  if (parsed === null) return { fault: 'has a "[" without its "]"' }
  const steps = withoutIdleStars(parsed)
  const runs = literalRuns(steps)
  const prefix = steps[0]?.literal == null ? '' : (runs[0] ?? '')
  const fragments = mostTelling(runs.slice(prefix === '' ? 0 : 1))
  return { prefix, fragments, ...matcher(steps, chars.length) }
}

/**
 * What a page may spend on matching, in steps (see `spent`): 1,000 names of 1,024 characters whose living states are
 * in one word, or 90 on which all of the largest pattern lives.
 */
const MOST_STEPS_OF_A_PAGE = 1_500_000

/** Part of a search through named items: what fits, and how many were looked at for it, one at least. */
interface Sifted<T> {
  readonly found: readonly T[]
  readonly seen: number
}

/** The first items whose names match, up to `wanted`; stops before one more, or where a page's steps are spent. */
export function sift<T extends { readonly name: string | null }>(
  items: readonly T[],
  glob: Glob,
  wanted: number,
): Sifted<T> {
  const most = glob.spent() + MOST_STEPS_OF_A_PAGE
  const found: T[] = []
  let seen = 0
  for (const item of items) {
    if (glob.spent() >= most) break
    if (item.name !== null && glob.matches(item.name)) {
      if (found.length === wanted) break
      found.push(item)
    }
    seen++
  }
  return { found, seen }
}

const STAR: Step = { test: null, literal: null }
const ANY: Step = { test: () => true, literal: null }

function parseSteps(chars: readonly string[]): Step[] | null {
  const steps: Step[] = []
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? ''
    if (char === '*') steps.push(STAR)
    else if (char === '?') steps.push(ANY)
    else if (char === '[') {
      const set = parseSet(chars, at + 1)
      if (set === null) return null
      steps.push({ test: set.test, literal: null })
      at = set.end
    } else {
      const own = char.codePointAt(0)
      steps.push({ test: (point) => point === own, literal: char })
    }
  }
  return steps
}

/**
 * The same pattern with one star at the end of every run of `?` and `*` that has any: a star among them would keep
 * states alive that lead nowhere else.
 */
function withoutIdleStars(steps: readonly Step[]): Step[] {
  const kept: Step[] = []
  let isStarred = false
  for (const step of steps) {
    if (step === STAR) isStarred = true
    else {
      if (isStarred && step !== ANY) {
        kept.push(STAR)
        isStarred = false
      }
      kept.push(step)
    }
  }
  if (isStarred) kept.push(STAR)
  return kept
}

/** The set that starts at `start`; a `]` that comes first in it stands for itself, as in every shell. */
function parseSet(chars: readonly string[], start: number): { test: Test; end: number } | null {
  const negated = chars[start] === '^' || chars[start] === '!'
  const first = negated ? start + 1 : start
  const end = chars.indexOf(']', first + 1)
  if (end < 0) return null
  const ranges: [number, number][] = []
  for (let at = first; at < end; at++) {
    const from = chars[at]?.codePointAt(0) ?? 0
    const isRange = chars[at + 1] === '-' && at + 2 < end
    ranges.push([from, isRange ? (chars[at + 2]?.codePointAt(0) ?? 0) : from])
    if (isRange) at += 2
  }
  const test: Test = (point) => ranges.some(([from, to]) => from <= point && point <= to) !== negated
  return { test, end }
}

function literalRuns(steps: readonly Step[]): string[] {
  const runs: string[] = []
  let run = ''
  for (const { literal } of steps) {
    if (literal !== null) run += literal
    else if (run !== '') {
      runs.push(run)
      run = ''
    }
  }
  if (run !== '') runs.push(run)
  return runs
}

const MOST_FRAGMENTS = 3
/** Characters whose fitting steps are remembered: more than most alphabets, and at most half a megabyte. */
const MOST_REMEMBERED = 2_048

/** The longest fragments: each one costs the database a look at every name, and the short ones exclude little. */
const mostTelling = (runs: readonly string[]): string[] =>
  [...new Set(runs)].sort((one, other) => other.length - one.length).slice(0, MOST_FRAGMENTS)

type Matcher = Pick<Glob, 'matches' | 'spent'>

/**
 * All states of the pattern at once, a bit each: bit i says that the first i tests have been met. A star keeps
 * its bit alive. No backtracking: each character costs at most one look at each word that has a living state, or
 * lies between such.
 */
function matcher(steps: readonly Step[], patternLength: number): Matcher {
  const { tests, stays } = statesOf(steps)
  const words = (stays.length + 31) >>> 5
  const staying = bits(words, (state) => stays[state] === true)
  let spent = 0
  const fits = new Map<number, Int32Array>()
  const fitsFor = (point: number): Int32Array => {
    const known = fits.get(point)
    if (known) return known
    spent += patternLength
    const made = bits(words, (state) => tests[state]?.(point) === true)
    if (fits.size < MOST_REMEMBERED) fits.set(point, made)
    return made
  }
  // What lies outside of the window from `low` to `high` is of earlier characters, and never read.
  let states = new Int32Array(words)
  let next = new Int32Array(words)
  let low = 0
  let high = 0
  const advance = (fit: Int32Array): void => {
    let carry = 0
    spent += high - low + 1
    for (let word = low; word <= high; word++) {
      const now = states[word] ?? 0
      const met = now & (fit[word] ?? 0)
      next[word] = (met << 1) | carry | (now & (staying[word] ?? 0))
      carry = met >>> 31
    }
    if (carry === 1) next[++high] = carry
    while (low <= high && next[low] === 0) low++
    while (low < high && next[high] === 0) high--
    const former = states
    states = next
    next = former
  }
  const matches = (name: string): boolean => {
    low = 0
    high = 0
    states[0] = 1
    for (let at = 0; at < name.length; ) {
      const point = name.codePointAt(at) ?? 0
      at += point > 0xffff ? 2 : 1
      advance(fitsFor(point))
      if (low > high) return false
    }
    const end = tests.length >>> 5
    return low <= end && end <= high && (((states[end] ?? 0) >>> (tests.length & 31)) & 1) === 1
  }
  return { matches, spent: () => spent }
}

/** The tests in their order, and for each number of tests that may have been met, whether a star follows. */
function statesOf(steps: readonly Step[]): { tests: readonly Test[]; stays: readonly boolean[] } {
  const tests: Test[] = []
  const stays = [false]
  for (const { test } of steps) {
    if (test === null) stays[tests.length] = true
    else {
      tests.push(test)
      stays.push(false)
    }
  }
  return { tests, stays }
}

function bits(words: number, isSet: (state: number) => boolean): Int32Array {
  const made = new Int32Array(words)
  for (let state = 0; state < words * 32; state++) {
    if (isSet(state)) made[state >>> 5] = (made[state >>> 5] ?? 0) | (1 << (state & 31))
  }
  return made
}
