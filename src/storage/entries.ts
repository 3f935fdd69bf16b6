/** How the entries of a text are told apart: JSON Lines by line, captions by their timings. */
export type EntryFormat = 'jsonl' | 'vtt' | 'srt'

export interface Entries {
  readonly entryCount: number
  /** The first 1,000 keys of the first entry of JSON Lines, if it has no more than a mebibyte; none of captions. */
  readonly fields: readonly string[]
}

/** What is looked at of a line: one may be as long as the object. */
const MOST_OF_A_LINE = 1_048_576
const MOST_FIELDS = 1_000

/** Counts the entries of a text as it comes in, holding the beginning of one line of it at a time. */
export async function countEntries(bytes: ReadableStream<Uint8Array>, format: EntryFormat): Promise<Entries> {
  let entryCount = 0
  let fields: readonly string[] = []
  for await (const line of linesOf(bytes)) {
    if (format === 'jsonl' ? line.trim() === '' : !line.includes('-->')) continue
    if (format === 'jsonl' && entryCount === 0) fields = keysOf(line).slice(0, MOST_FIELDS)
    entryCount++
  }
  return { entryCount, fields }
}

/** The lines, by whichever of the line ends; CRLF ends an empty one more, which is no entry. */
async function* linesOf(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let line = new Line()
  for await (const chunk of bytes) {
    const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split(/[\r\n]/)
    line.add(first)
    for (const other of others) {
      yield line.text
      line = new Line()
      line.add(other)
    }
  }
  line.add(decoder.decode())
  yield line.text
}

/** The beginning of a line that comes in pieces: they are joined once, and only so many are kept. */
class Line {
  readonly #pieces: string[] = []
  #length = 0

  add(piece: string): void {
    if (this.#length < MOST_OF_A_LINE) this.#pieces.push(piece)
    this.#length += piece.length
  }

  get text(): string {
    return this.#pieces.join('')
  }
}

/** None where the line is not a JSON object. */
function keysOf(line: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []
  } catch {
    return []
  }
}
