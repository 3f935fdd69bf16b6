import { type CueCounter, MOST_OF_A_TIMING, SubRipCues, WebVttCues } from './captions.ts'
import { visitLines } from './lines.ts'

/** How the entries of a text are told apart: JSON Lines by line, captions by their timings. */
export type EntryFormat = 'jsonl' | 'vtt' | 'srt'

export interface Entries {
  readonly entryCount: number
  /** The first 1,000 keys of the first entry of JSON Lines, if it has no more than a mebibyte; none of captions. */
  readonly fields: readonly string[]
}

const MOST_OF_AN_ENTRY = 1_048_576
const MOST_FIELDS = 1_000

/**
 * Counts the entries of a text as it comes in. Nothing but the first entry of JSON Lines becomes a string: a text of
 * line ends alone would make as many as it has bytes.
 */
export async function countEntries(bytes: AsyncIterable<Uint8Array>, format: EntryFormat): Promise<Entries> {
  if (format === 'jsonl') return countJsonLines(bytes)
  const cues: CueCounter = format === 'vtt' ? new WebVttCues() : new SubRipCues()
  await visitLines(bytes, MOST_OF_A_TIMING, (line) => cues.add(line))
  return { entryCount: cues.count, fields: [] }
}

async function countJsonLines(bytes: AsyncIterable<Uint8Array>): Promise<Entries> {
  let entryCount = 0
  let fields: readonly string[] = []
  await visitLines(bytes, MOST_OF_AN_ENTRY, (line) => {
    if (line.isBlank) return
    if (entryCount === 0 && line.isWhole)
      fields = keysOf(new TextDecoder().decode(line.bytes.subarray(0, line.length))).slice(0, MOST_FIELDS)
    entryCount++
  })
  return { entryCount, fields }
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
