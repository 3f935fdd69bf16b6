import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Bytes, Source } from '../source.ts'

const CHUNK = 256 * 1_024

/** A part of a file, which is read when it is needed. */
function bytesOf(path: string, start: number, end: number): Bytes {
  const size = end - start
  return {
    size,
    slice: (from, to) => bytesOf(path, start + from, start + Math.min(to, size)),
    stream() {
      if (size === 0) return new Blob([]).stream()
      const stream = createReadStream(path, { start, end: end - 1, highWaterMark: CHUNK })
      return Readable.toWeb(stream) as ReadableStream<Uint8Array>
    },
  }
}

export async function sourceOfFile(file: string | URL): Promise<Source> {
  const path = file instanceof URL ? fileURLToPath(file) : file
  const { size, mtimeMs } = await stat(path)
  return {
    ...{ size, name: basename(path), type: '', modified: mtimeMs },
    take: async (start, end) => bytesOf(path, start, end),
  }
}
