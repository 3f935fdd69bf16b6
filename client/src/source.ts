import { DreamLakeError } from './error.ts'

/** Bytes that can be read as often as is needed. A Blob is some. */
export interface Bytes {
  readonly size: number
  slice(start: number, end: number): Bytes
  stream(): ReadableStream<Uint8Array>
}

/** What an upload reads. */
export interface Source {
  readonly size: number
  readonly name: string | undefined
  readonly type: string
  /** Milliseconds. With name and size it tells the same file again; undefined for what cannot be had again. */
  readonly modified: number | undefined
  /** The bytes from start to end. Of a stream they are asked for in order, and once. */
  take(start: number, end: number): Promise<Bytes>
  /** Told when nothing more is asked for. */
  release?(reason: unknown): Promise<void>
}

/** What can be sent; a stream with its `size`. */
export type Body = Blob | Uint8Array | ReadableStream<Uint8Array>

export function sourceOf(body: Body, size: number | undefined): Source {
  if (body instanceof ReadableStream) return streamed(body, size)
  // Of anything else a Blob is made as well, of what it is as a text.
  if (!(body instanceof Blob || ArrayBuffer.isView(body)))
    throw new TypeError('What is uploaded is a Blob, a Uint8Array, or a ReadableStream.')
  // A view of memory that may be shared is copied by nobody else.
  const blob = body instanceof Blob ? body : new Blob([body as Uint8Array<ArrayBuffer>])
  const { name, lastModified } = blob as Partial<File>
  return {
    ...{ size: blob.size, name, type: blob.type, modified: lastModified },
    take: async (start, end) => blob.slice(start, end),
  }
}

function streamed(stream: ReadableStream<Uint8Array>, size: number | undefined): Source {
  if (size === undefined) throw new TypeError('A stream is uploaded with its size.')
  const reader = stream.getReader()
  let rest = new Uint8Array()
  let position = 0
  const fail = (message: string) => new DreamLakeError(message, { code: 'unreadable' })
  const hasMore = async (): Promise<boolean> => {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return false
      if (value.length > 0) return true
    }
  }
  const take = async (start: number, end: number): Promise<Bytes> => {
    if (start !== position) throw fail('A stream cannot be read a second time.')
    const chunks: Uint8Array<ArrayBuffer>[] = []
    while (position < end) {
      const { value } = rest.length > 0 ? { value: rest } : await reader.read()
      if (!value) throw fail(`The stream ended after ${position} of ${size} bytes.`)
      const taken = value.subarray(0, end - position) as Uint8Array<ArrayBuffer>
      rest = value.subarray(taken.length) as Uint8Array<ArrayBuffer>
      position += taken.length
      chunks.push(taken)
    }
    if (end === size && (rest.length > 0 || (await hasMore())))
      throw fail(`The stream is longer than ${size} bytes.`)
    return new Blob(chunks)
  }
  const release = (reason: unknown) => reader.cancel(reason).catch(() => undefined)
  return { size, name: undefined, type: '', modified: undefined, take, release }
}
