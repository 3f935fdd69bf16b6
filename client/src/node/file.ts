import { type FileHandle, open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DreamLakeError } from '../error.ts'
import type { Bytes, Source } from '../source.ts'

const CHUNK = 256 * 1_024

/** A part of a file, which is opened when it is read. */
function bytesOf(path: string, start: number, end: number): Bytes {
  const size = end - start
  return {
    size,
    slice: (from, to) => bytesOf(path, start + from, start + Math.min(to, size)),
    stream: () => (size === 0 ? new Blob([]).stream() : read(path, start, end)),
  }
}

function read(path: string, start: number, end: number): ReadableStream<Uint8Array> {
  let file: FileHandle | undefined
  let position = start
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          file ??= await open(path)
          const chunk = new Uint8Array(Math.min(CHUNK, end - position))
          const { bytesRead } = await file.read(chunk, 0, chunk.length, position)
          if (bytesRead === 0) throw changed(path)
          position += bytesRead
          controller.enqueue(chunk.subarray(0, bytesRead))
          if (position < end) return
          await file.close()
          controller.close()
        } catch (error) {
          await file?.close()
          throw unreadable(path, error)
        }
      },
      cancel: () => file?.close(),
    },
    { highWaterMark: 0 },
  )
}

export async function sourceOfFile(file: string | URL): Promise<Source> {
  const path = file instanceof URL ? fileURLToPath(file) : file
  const { size, mtimeMs } = await stat(path)
  return {
    ...{ size, name: basename(path), type: '', modified: mtimeMs },
    async take(start, end) {
      const now = await stat(path).catch((error: unknown) => {
        throw unreadable(path, error)
      })
      if (now.size !== size || now.mtimeMs !== mtimeMs) throw changed(path)
      return bytesOf(path, start, end)
    },
  }
}

const unreadable = (path: string, cause: unknown): DreamLakeError =>
  cause instanceof DreamLakeError
    ? cause
    : new DreamLakeError(`${path} cannot be read: ${(cause as Error).message}`, { code: 'unreadable', cause })

const changed = (path: string): DreamLakeError =>
  new DreamLakeError(`${path} was changed while it was read.`, { code: 'unreadable' })
