import { createHash } from 'node:crypto'
import { type Client, connectOn } from '../connect.ts'
import type { Hasher, Platform } from '../host.ts'
import { type Put, put as putWhole } from '../put.ts'
import { type Body, sourceOf } from '../source.ts'
import { memoryStore, type Store } from '../store.ts'
import type { Settings } from '../transport.ts'
import { sourceOfFile } from './file.ts'

export * from '../index.ts'
export { fileStore } from './file-store.ts'

/** What can be sent: a path too, or a `file:` URL. */
export type NodeBody = Body | string | URL

const hasher = (): Hasher => {
  const hash = createHash('sha256')
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') }
}

/** Deno sends a stream without its length, which no bucket takes: there a part is read first. */
const put: Put = async (url, bytes, options) =>
  'Deno' in globalThis
    ? putWhole(url, await new Response(bytes.stream()).blob(), options)
    : putStream(url, bytes, options)

/** Tells what has left as it does: a stream of known length is read no faster than it is sent. */
const putStream: Put = (url, bytes, { headers, signal, onSent }) => {
  const reader = bytes.stream().getReader()
  let sent = 0
  let unread: unknown
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await reader.read().catch((error: unknown) => {
          unread = error
          throw error
        })
        if (done) return controller.close()
        sent += value.length
        onSent(sent)
        controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
  const length = { 'Content-Length': String(bytes.size) }
  const init = { method: 'PUT', headers: { ...headers, ...length }, body, signal, duplex: 'half' }
  return fetch(url, init as RequestInit).catch((error: unknown) => {
    throw unread ?? error
  })
}

const platform: Omit<Platform, 'store'> = {
  put,
  hasher: async () => hasher(),
  async digest(bytes) {
    const hash = hasher()
    const reader = bytes.stream().getReader()
    for (let read = await reader.read(); !read.done; read = await reader.read()) hash.update(read.value)
    return hash.hex()
  },
}

/** As that of the package itself; it takes paths besides, and tells progress as bytes leave. */
export function connect({
  store = memoryStore(),
  ...settings
}: Settings & { store?: Store }): Client<NodeBody> {
  return connectOn<NodeBody>({ ...platform, store }, settings, (body, size) =>
    typeof body === 'string' || body instanceof URL ? sourceOfFile(body) : sourceOf(body, size),
  )
}
