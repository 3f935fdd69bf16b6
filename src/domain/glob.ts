import { byteLength, lineFault } from './text.ts'

const MOST_BYTES_OF_A_GLOB = 1_024

/**
 * A shell-style pattern over whole names: `*` any run, `?` any one character, `[...]` one of a set, `[^...]`
 * one not of it; a slash is a character like any other. Case-sensitive.
 */
export interface Glob {
  /** What every match starts with. */
  readonly prefix: string
  /** Some of what every match contains; the database narrows by these before `matches` decides. */
  readonly fragments: readonly string[]
  /** Time is proportional to the name's length, whatever the pattern: at most 32 words of 32 states a character. */
  readonly matches: (name: string) => boolean
}

type Test = (char: string) => boolean

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
  const steps = parseSteps([...pattern])
  if (steps === null) return { fault: 'has a "[" without its "]"' }
  const runs = literalRuns(steps)
  const prefix = steps[0]?.literal == null ? '' : (runs[0] ?? '')
  return { prefix, fragments: mostTelling(runs.slice(prefix === '' ? 0 : 1)), matches: matcher(steps) }
}

function parseSteps(chars: readonly string[]): Step[] | null {
  const steps: Step[] = []
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? ''
    if (char === '*') steps.push({ test: null, literal: null })
    else if (char === '?') steps.push({ test: () => true, literal: null })
    else if (char === '[') {
      const set = parseSet(chars, at + 1)
      if (set === null) return null
      steps.push({ test: set.test, literal: null })
      at = set.end
    } else steps.push({ test: (other) => other === char, literal: char })
  }
  return steps
}

/** The set that starts at `start`; a `]` that comes first in it stands for itself, as in every shell. */
function parseSet(chars: readonly string[], start: number): { test: Test; end: number } | null {
  const negated = chars[start] === '^'
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
  const test: Test = (char) => {
    const point = char.codePointAt(0) ?? 0
    return ranges.some(([from, to]) => from <= point && point <= to) !== negated
  }
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
/** Characters whose fitting steps are remembered: more than any name's alphabet. */
const MOST_REMEMBERED = 16_384

/** The longest fragments: each one costs the database a look at every name, and the short ones exclude little. */
const mostTelling = (runs: readonly string[]): string[] =>
  [...new Set(runs)].sort((one, other) => other.length - one.length).slice(0, MOST_FRAGMENTS)

/**
 * All states of the pattern at once, a bit each: bit i says that the first i tests have been met. A star keeps
 * its bit alive. No backtracking, so no pattern can make a name expensive.
 */
function matcher(steps: readonly Step[]): (name: string) => boolean {
  const tests: Test[] = []
  const stays = [false]
  for (const { test } of steps) {
    if (test === null) stays[tests.length] = true
    else {
      tests.push(test)
      stays.push(false)
    }
  }
  const words = (stays.length + 31) >>> 5
  const staying = bits(words, (state) => stays[state] === true)
  const fits = new Map<string, Int32Array>()
  const fitsFor = (char: string): Int32Array => {
    const known = fits.get(char)
    if (known) return known
    const made = bits(words, (state) => tests[state]?.(char) === true)
    if (fits.size < MOST_REMEMBERED) fits.set(char, made)
    return made
  }
  return (name) => {
    let states = new Int32Array(words)
    states[0] = 1
    for (const char of name) {
      const fit = fitsFor(char)
      const next = new Int32Array(words)
      let carry = 0
      let alive = 0
      for (let word = 0; word < words; word++) {
        const now = states[word] ?? 0
        const met = now & (fit[word] ?? 0)
        const after = (met << 1) | carry | (now & (staying[word] ?? 0))
        carry = met >>> 31
        next[word] = after
        alive |= after
      }
      if (alive === 0) return false
      states = next
    }
    const end = tests.length
    return (((states[end >>> 5] ?? 0) >>> (end & 31)) & 1) === 1
  }
}

function bits(words: number, isSet: (state: number) => boolean): Int32Array {
  const made = new Int32Array(words)
  for (let state = 0; state < words * 32; state++) {
    if (isSet(state)) made[state >>> 5] = (made[state >>> 5] ?? 0) | (1 << (state & 31))
  }
  return made
}
