/** How the entries of a text are told apart: JSON Lines by line, captions by their timings. */
export type EntryFormat = 'jsonl' | 'vtt' | 'srt'

export interface Entries {
  readonly entryCount: number
  /** The keys of the first entry of JSON Lines; none of captions. */
  readonly fields: readonly string[]
}

/** Counts the entries of a text as it comes in, holding one line of it at a time. */
export async function countEntries(bytes: ReadableStream<Uint8Array>, format: EntryFormat): Promise<Entries> {
  let entryCount = 0
  let fields: readonly string[] = []
  for await (const line of linesOf(bytes)) {
    if (format === 'jsonl' ? line.trim() === '' : !line.includes('-->')) continue
    if (format === 'jsonl' && entryCount === 0) fields = keysOf(line)
    entryCount++
  }
  return { entryCount, fields }
}

/** The lines, by whichever of the line ends; CRLF ends an empty one more, which is no entry. */
async function* linesOf(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  // Joined once a line: a line of many chunks costs what it is long.
  let rest: string[] = []
  for await (const chunk of bytes) {
    const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split(/[\r\n]/)
    rest.push(first)
    for (const other of others) {
      yield rest.join('')
      rest = [other]
    }
  }
  yield rest.join('') + decoder.decode()
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
