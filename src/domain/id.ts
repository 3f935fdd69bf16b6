const TAIL_LIMIT = 2 ** 48
let last = { time: 0, tail: 0 }

/**
 * A new id: 48 bits of `time` (epoch milliseconds) and 48 bits that are random, and rise within a
 * millisecond, as 24 lower-case hex digits. Sorting ids sorts by time of making.
 */
export function mintId(time: number): string {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  const tail =
    time === last.time
      ? last.tail + 1 + (low % 65_536)
      : // Half of the range is left free for the ids that follow in the same millisecond.
        (high % 32_768) * 2 ** 32 + low
  last = { time, tail: tail % TAIL_LIMIT }
  return time.toString(16).padStart(12, '0') + last.tail.toString(16).padStart(12, '0')
}
