/**
 * The number of the database that new ids are made in, as the three hex digits that each carries: so that an id tells
 * where its row is, should there be more than one.
 */
export const DATABASE = '000'

/** What is random has 36 bits. */
const TAIL_DIGITS = 9
const TAIL_LIMIT = 16 ** TAIL_DIGITS
const TIME_DIGITS = 12
let last = { time: 0, tail: 0 }

/**
 * A new id: 48 bits of `time` (epoch milliseconds), 12 of the database's number, and 36 that are random, and rise within
 * a millisecond, as 24 lower-case hex digits. Sorting ids sorts by time of making.
 */
export function mintId(time: number): string {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  const tail =
    time === last.time
      ? last.tail + 1 + (low % 65_536)
      : // Half of the range is left free for the ids that follow in the same millisecond.
        (high % 8) * 2 ** 32 + low
  last = { time, tail: tail % TAIL_LIMIT }
  return (
    time.toString(16).padStart(TIME_DIGITS, '0') +
    DATABASE +
    last.tail.toString(16).padStart(TAIL_DIGITS, '0')
  )
}

/** What the ids made at `time` (epoch milliseconds) and later sort behind; the empty text, where that is all of them. */
export const firstIdAt = (time: number | null): string =>
  time === null || time <= 0 ? '' : time.toString(16).padStart(TIME_DIGITS, '0')
