import { MOST_IN_A_FORMAT } from './kind.ts'
import { byteLength, codePoints, lineFault, nameFault } from './text.ts'

export const MOST_BYTES_OF_A_PATH = 1_024
/** Each one costs the database a folder to find or to make: bytes alone would allow five hundred of them. */
export const MOST_SEGMENTS = 32

/** A folder path or an asset's name, in its one stored form. */
export interface Path {
  /** One leading slash, single slashes between, none at the end. `/` is the root. */
  readonly text: string
  readonly segments: readonly string[]
}

type Parsed = Path | { readonly fault: string }

interface Limits {
  readonly bytes: number
  readonly segments: number
}

const LIMITS: Limits = { bytes: MOST_BYTES_OF_A_PATH, segments: MOST_SEGMENTS }

/** A node may hang in an episode, which has a name beside the folders around it. */
const LIMITS_FROM_ROOT: Limits = { bytes: 4 * MOST_BYTES_OF_A_PATH, segments: 2 * MOST_SEGMENTS + 1 }

/** Brings a path to its stored form, or says why it has none. */
export const parsePath = (raw: string): Parsed => parse(raw, (segment) => segment, LIMITS)

/** The same for a folder's path, whose segments are read as those of a node's path. */
export const parseFolderPath = (raw: string): Parsed => parse(raw, nameOfSegment, LIMITS)

/** The same for the path of any node, from the project's root. */
export const parseNodePath = (raw: string): Parsed => parse(raw, nameOfSegment, LIMITS_FROM_ROOT)

function parse(raw: string, nameOf: (segment: string) => string, limits: Limits): Parsed {
  const fault = lineFault(raw)
  if (fault) return { fault }
  const segments = raw
    .split('/')
    .filter((segment) => segment !== '')
    .map(nameOf)
  const text = `/${segments.join('/')}`
  if (byteLength(text) > limits.bytes) return { fault: `is over ${limits.bytes} bytes` }
  if (segments.length > limits.segments) return { fault: `has over ${limits.segments} segments` }
  for (const segment of segments) {
    const segmentFault = nameFault(segment)
    if (segmentFault) return { fault: `has a segment that ${segmentFault}` }
  }
  return { text, segments }
}

const EXTENSION = new RegExp(`\\.([^.]{1,${MOST_IN_A_FORMAT}})$`, 'u')

/** What stands behind the last dot of a name, in lower case; null where that is nothing, or too long for a format. */
export const extensionOf = (name: string): string | null => EXTENSION.exec(name.toLowerCase())?.[1] ?? null

/** A name as it stands in the path of a node, where `/` and `%` inside it are `%2F` and `%25`. */
export const nodeSegment = (name: string): string => name.replaceAll('%', '%25').replaceAll('/', '%2F')

/** The name that a segment of a node's path stands for; a `%` that begins neither of the two is itself. */
const nameOfSegment = (segment: string): string =>
  segment.replaceAll(/%2[5F]/gi, (escaped) => (escaped === '%25' ? '%' : '/'))

/** A path of names, or its beginning, as it stands in the path of a node. */
export const spelledAsNode = (path: string): string =>
  path
    .split('/')
    .map((segment) => nodeSegment(nameOfSegment(segment)))
    .join('/')

/**
 * Where the folders along a path end in it, outermost first, in code points of the path of the node that the segments
 * lead to: so many folders are told by a number each.
 */
export function foldersAlong(segments: readonly string[]): number[] {
  let end = 0
  return segments.map((segment) => {
    end += 1 + codePoints(nodeSegment(segment))
    return end
  })
}

/** A folder that may have to be made, with the id it will then have, and the one that its parent will have. */
export interface NewFolder {
  readonly id: string
  readonly parentId: string | null
  /** Its path is so much of the whole one, in code points. */
  readonly end: number
}

/** The folders that end there in a path, outermost first, each with an id for the case that it has to be made. */
export function newFolders(ends: readonly number[], mint: () => string): NewFolder[] {
  const ids = ends.map(mint)
  return ends.map((end, index) => ({ end, id: ids[index] ?? mint(), parentId: ids[index - 1] ?? null }))
}

/** The path of the node that the segments lead to. */
export const nodePathOf = (segments: readonly string[]): string => `/${segments.map(nodeSegment).join('/')}`

/** An episode's `nodePath`: its folder's path, one slash, its verbatim name; one leading slash, always. */
export const episodePath = (folderPath: string | null, name: string): string =>
  `${folderPath ?? ''}/${name}`.replace(/^\/+/, '/')

/** The texts that start with a prefix, as a range of code point order: `from` included, `to` not. */
export interface Range {
  readonly from: string
  /** Null where nothing follows the prefix. */
  readonly to: string | null
}

const LAST_CODE_POINT = 0x10ffff

export function rangeOfPrefix(prefix: string): Range {
  const points = [...prefix].map((char) => char.codePointAt(0) ?? 0)
  while (points.at(-1) === LAST_CODE_POINT) points.pop()
  const lastPoint = points.pop()
  if (lastPoint === undefined) return { from: prefix, to: null }
  // The surrogates are no characters: what follows U+D7FF is U+E000.
  const next = lastPoint === 0xd7ff ? 0xe000 : lastPoint + 1
  return { from: prefix, to: String.fromCodePoint(...points, next) }
}
