import { afterAll, beforeAll } from 'vitest'
import type { connect } from '../../client/src/node/index.ts'
import { signLocalToken } from '../../src/tools/local-token.ts'
import { originOfServer, scratch } from '../tools/running.ts'
import { FaultyProxy } from './proxy.ts'

/** A user of its own, with a project that is made by what is first put into it. */
export async function newUser() {
  const namespace = `user-${crypto.randomUUID().slice(0, 8)}`
  const token = await signLocalToken({ user: namespace })
  return { token, place: { namespace, project: 'lab' }, path: { slug: namespace, projectSlug: 'lab' } }
}

export type Who = Awaited<ReturnType<typeof newUser>>

/** The server, and what a file of tests needs beside it. */
export function world() {
  const own = scratch('all')
  const proxies: FaultyProxy[] = []
  const here = { origin: '', own }
  beforeAll(async () => {
    here.origin = await originOfServer()
  })
  afterAll(() => {
    for (const proxy of proxies) proxy.close()
  })

  return {
    ...{ here, own },
    async proxy() {
      const proxy = new FaultyProxy(here.origin)
      proxies.push(proxy)
      return { proxy, url: await proxy.listen() }
    },
  }
}

/** Waits little, since what is waited for is a proxy. */
export const hasty = { tries: 10, base: 2, most: 20 }

export type Lake = ReturnType<typeof connect>

/** All bytes of a stream. */
export const bytesOf = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> =>
  new Uint8Array(await new Response(stream).arrayBuffer())

/** All items of a list. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
