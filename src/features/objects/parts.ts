import { invalid, Refusal } from '../../domain/failure.ts'
import { LEAST_PART_BYTES, mostBytesOfPart, partCountOf } from '../../domain/upload.ts'
import type { Part } from '../../storage/bucket.ts'
import type { NotedPart } from './parts.sql.ts'

/** A part that a client says it has sent. */
export interface SentPart {
  readonly partNumber: number
  /** Without quotes. */
  readonly etag: string
}

/** An answer names so many of them; whoever sends these again learns of the others. */
const MOST_NAMED = 100

const SEND_AGAIN = (part: number): string =>
  `lacks part ${part}, or names another one than the bucket holds: send it again`
const NAME_IT = (part: number): string =>
  `names no part ${part}: add it, with the ETag that its PUT was answered`

/** The refusal that names the parts which are in the way, and says what to do about each. */
export const lacking = (partNumbers: readonly number[], messageOf = SEND_AGAIN): Refusal =>
  new Refusal(
    'upload_incomplete',
    partNumbers.slice(0, MOST_NAMED).map((part) => ({ path: 'parts', message: messageOf(part) })),
  )

/** The parts by number; refuses a list that leaves out a part, or names one twice. */
export function assertAllParts(sent: readonly SentPart[], count: number | null): readonly SentPart[] {
  if (sent.length === 0) throw invalid('parts', 'is empty: leave it out for those that the bucket holds')
  const sorted = [...sent].sort((one, other) => one.partNumber - other.partNumber)
  const repeated = sorted.find(({ partNumber }, index) => partNumber === sorted[index - 1]?.partNumber)
  if (repeated) throw invalid('parts', `has part ${repeated.partNumber} twice`)
  const missing = missingOf(sorted, count)
  if (missing.length > 0) throw lacking(missing, NAME_IT)
  if (count !== null && sorted.length > count) throw invalid('parts', `has more than ${count} entries`)
  return sorted
}

/** Those that are not there, of parts by number; where nobody has said how many there are, up to the last. */
export function missingOf(parts: readonly { readonly partNumber: number }[], count: number | null): number[] {
  const there = new Set(parts.map(({ partNumber }) => partNumber))
  const last = count ?? parts.at(-1)?.partNumber ?? 1
  return Array.from({ length: last }, (_, index) => index + 1).filter((number) => !there.has(number))
}

/** The parts that are named, as they are noted. */
export function asNoted(named: readonly SentPart[], noted: readonly NotedPart[]): readonly NotedPart[] {
  const notes = new Map(noted.map((note) => [note.partNumber, note]))
  const others = named.filter(({ partNumber, etag }) => notes.get(partNumber)?.etag !== etag)
  if (others.length > 0) throw lacking(others.map(({ partNumber }) => partNumber))
  return named.flatMap(({ partNumber }) => notes.get(partNumber) ?? [])
}

interface Announced {
  readonly announcedSize: number | null
  readonly partSize: number
}

/** The parts that the bucket holds, by number, where they add up to what was announced. */
export function asAddsUp<P extends Part>(
  held: readonly P[],
  { announcedSize, partSize }: Announced,
): readonly P[] {
  const missing = missingOf(held, partCountOf(announcedSize, partSize))
  if (missing.length > 0) throw lacking(missing)
  const sum = held.reduce((bytes, { size }) => bytes + size, 0)
  if (announcedSize === null || sum === announcedSize) return held
  const wrong = held.filter(
    ({ partNumber, size }) => size !== mostBytesOfPart(announcedSize, partSize, partNumber),
  )
  throw lacking(wrong.map(({ partNumber }) => partNumber))
}

/** The parts whose sizes no bucket puts together: all but the last are equal, and not too small. */
export function unfitParts(parts: readonly Pick<Part, 'partNumber' | 'size'>[], partSize: number): number[] {
  const usual = parts[0]?.size ?? 0
  const [others, last] = [parts.slice(0, -1), parts.at(-1)]
  const isFit =
    others.every(({ size }) => size === usual && size >= LEAST_PART_BYTES) && (last?.size ?? 0) <= usual
  if (isFit) return []
  const unusual = others.filter(({ size }) => size !== partSize)
  return [...unusual, ...(last && last.size > partSize ? [last] : [])].map(({ partNumber }) => partNumber)
}

/** The parts that are others than a bucket lists. */
export function differing(named: readonly SentPart[], listed: readonly Part[], partSize: number): number[] {
  const held = new Map(listed.map((part) => [part.partNumber, part]))
  const others = named.filter(({ partNumber, etag }) => held.get(partNumber)?.etag !== etag)
  if (others.length > 0) return others.map(({ partNumber }) => partNumber)
  return named
    .slice(0, -1)
    .filter(({ partNumber }) => (held.get(partNumber)?.size ?? 0) < partSize)
    .map(({ partNumber }) => partNumber)
}
