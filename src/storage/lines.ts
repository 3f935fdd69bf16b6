/** One line of a text, looked at in bytes. It is good until the next one: the same bytes serve all lines. */
export interface Line {
  /** How the line begins; what follows after `length` is not of it. */
  readonly bytes: Uint8Array
  /** How many of the bytes are the line's: all of it, or as many as are looked at. */
  readonly length: number
  readonly isWhole: boolean
  /** Whether there is nothing in all of the line but white space. */
  readonly isBlank: boolean
}

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

/** Space, tab, vertical tab, form feed; a carriage return ends a line. */
export const isWhite = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x09 || byte === 0x0b || byte === 0x0c

/**
 * Visits the lines of a text as it comes in, whichever of the line ends it has. The work is one look at each byte,
 * and the memory the first `most` bytes of one line, however many lines there are and however they are cut.
 */
export async function visitLines(
  bytes: AsyncIterable<Uint8Array>,
  most: number,
  visit: (line: Line) => void,
): Promise<void> {
  const line = { bytes: new Uint8Array(most), length: 0, isWhole: true, isBlank: true }
  const take = (chunk: Uint8Array, start: number, end: number): void => {
    for (let at = start; line.isBlank && at < end; at++) line.isBlank = isWhite(chunk[at])
    const upTo = Math.min(end, start + most - line.length)
    for (let at = start; at < upTo; at++) line.bytes[line.length++] = chunk[at] as number
    if (upTo < end) line.isWhole = false
  }
  const end = (): void => {
    visit(line)
    line.length = 0
    line.isWhole = true
    line.isBlank = true
  }
  let isAfterReturn = false
  for await (const chunk of pastMark(bytes)) {
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]
      if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN) continue
      const isSecondHalf = byte === LINE_FEED && isAfterReturn && at === start
      if (!isSecondHalf) {
        take(chunk, start, at)
        end()
      }
      isAfterReturn = byte === CARRIAGE_RETURN
      start = at + 1
    }
    take(chunk, start, chunk.length)
    if (start < chunk.length) isAfterReturn = false
  }
  end()
}

/** The chunks without the mark that a text may begin with, which is no part of its first line. */
async function* pastMark(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let opening: Uint8Array | null = new Uint8Array()
  for await (const chunk of bytes) {
    if (opening === null) {
      yield chunk
      continue
    }
    opening = Uint8Array.of(...opening, ...chunk.subarray(0, BYTE_ORDER_MARK.length))
    const rest = chunk.subarray(BYTE_ORDER_MARK.length)
    if (opening.length < BYTE_ORDER_MARK.length) continue
    yield isMarked(opening) ? opening.subarray(BYTE_ORDER_MARK.length) : opening
    yield rest
    opening = null
  }
  if (opening !== null) yield opening
}

const isMarked = (opening: Uint8Array): boolean => BYTE_ORDER_MARK.every((byte, at) => opening[at] === byte)
