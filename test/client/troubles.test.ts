import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  createReadStream,
  fstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { connect, fileStore, memoryStore, type Progress } from '../../client/src/node/index.ts'
import type { Fault } from './proxy.ts'
import { all, bytesOf, hasty, newUser, world } from './world.ts'

const { own, proxy: proxied } = world()

/** A user, and a client of the user's over a proxy. */
async function newLake(settings: Partial<Parameters<typeof connect>[0]> = {}) {
  const { token, place } = await newUser()
  const { proxy, url } = await proxied()
  const lake = connect({ url, token, retries: hasty, ...settings })
  const pending = () => all(lake.pages('/uploads', { params: { query: place } }))
  await lake.GET('/auth/me')
  await lake.POST('/namespaces/{slug}/projects', {
    ...{ params: { path: { slug: place.namespace } }, body: { name: place.project } },
  })
  return { lake, token, proxy, url, place, pending }
}

/** A file, or what else has a path of its own. */
const newPath = (): string => join(own.folder, crypto.randomUUID())

function smallFile(): string {
  const file = newPath()
  writeFileSync(file, randomBytes(1_000))
  return file
}

describe('a store of uploads that were begun', () => {
  it.each(['', '{', 'null', '{"id":5}', '{"id":"no upload"}'])(
    'that holds %j costs bytes alone',
    async (text) => {
      const folder = newPath()
      const { lake, proxy, place } = await newLake({ store: fileStore(folder) })
      const file = smallFile()
      proxy.fault = ({ method }) => (method === 'PUT' ? 'unsent' : undefined)
      await expect(lake.upload(file, { ...place, path: '/a.bin' })).rejects.toMatchObject({ code: 'network' })
      proxy.fault = () => undefined
      const [kept, ...others] = readdirSync(folder)
      expect([kept, others]).toEqual([expect.stringMatching(/^\w{64}\.json$/), []])
      writeFileSync(join(folder, kept ?? ''), text)
      expect(await lake.upload(file, { ...place, path: '/a.bin' })).toMatchObject({ name: '/a.bin' })
      expect(readdirSync(folder)).toEqual([])
    },
  )

  it('that cannot be written to costs bytes alone', async () => {
    const folder = newPath()
    writeFileSync(folder, '')
    const { lake, place } = await newLake({ store: fileStore(join(folder, 'uploads')) })
    expect(await lake.upload(smallFile(), { ...place, path: '/a.bin' })).toMatchObject({ name: '/a.bin' })
  })

  it('that two uploads of a file use at once holds one of them', async () => {
    const folder = newPath()
    mkdirSync(folder)
    const store = fileStore(folder)
    await Promise.all(['one', 'other', 'third'].map((id) => store.set('key', { id })))
    expect(readdirSync(folder)).toHaveLength(1)
    expect(['one', 'other', 'third']).toContain((await store.get('key'))?.id)
  })
})

const streamOf = (...chunks: Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })

function inodeOf(descriptor: number): number | undefined {
  try {
    return fstatSync(descriptor).ino
  } catch {
    return undefined
  }
}

describe('what is uploaded', () => {
  it('may be a stream with an empty chunk anywhere', async () => {
    const { lake, place } = await newLake()
    const none = new Uint8Array()
    const stream = streamOf(none, new Uint8Array(10), none, new Uint8Array(5), none)
    expect(await lake.upload(stream, { ...place, path: '/a.bin', size: 15 })).toMatchObject({
      object: { size: 15 },
    })
  })

  it('is a body, and not the text of one', async () => {
    const { lake, proxy, place } = await newLake()
    const bodies = [createReadStream(smallFile()), { size: 5 }, 5, null, undefined]
    for (const body of bodies)
      await expect(lake.upload(body as never, { ...place, path: '/a.bin' })).rejects.toThrow(TypeError)
    expect(proxy.count('POST', /^\/uploads/)).toBe(0)
  })

  it.each([
    ['a short one', 1_500, 'ended after 1000 of 1500'],
    ['a long one', 500, 'longer than 500'],
    ['a short one in parts', 70_000_000, 'ended after 1000 of 70000000'],
  ])('is a stream that is cancelled when it fails: %s', async (_, size, message) => {
    const { lake, place, pending } = await newLake()
    let cancelled = 0
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(1_000)),
      pull(controller) {
        if (size > 1_000) controller.close()
        else controller.enqueue(new Uint8Array(1_000))
      },
      cancel: () => void cancelled++,
    })
    await expect(lake.upload(stream, { ...place, path: '/a.bin', size })).rejects.toMatchObject({
      ...{ code: 'unreadable', message: expect.stringContaining(message) },
    })
    expect([cancelled, await pending()]).toEqual([size < 1_000 ? 1 : 0, []])
  })

  it.each([1_000, 70_000_000])(
    'is a stream of %i bytes that an abort ends, though nothing comes',
    async (size) => {
      const { lake, place, pending } = await newLake()
      const stop = new AbortController()
      const cancelled: unknown[] = []
      const stream = new ReadableStream<Uint8Array>(
        {
          // Asked for when bytes are waited for.
          pull: () => stop.abort(new Error('enough')),
          cancel: (reason) => void cancelled.push(reason),
        },
        { highWaterMark: 0 },
      )
      const options = { ...place, path: '/a.bin', size, signal: stop.signal }
      await expect(lake.upload(stream, options)).rejects.toThrow('enough')
      expect([cancelled, await pending()]).toEqual([[stop.signal.reason], []])
    },
  )

  it.each([
    ['is gone', (file: string) => rmSync(file), 'cannot be read: ENOENT'],
    ['is shorter', (file: string) => truncateSync(file, 20_000_000), 'was changed'],
    ['is another', (file: string) => utimesSync(file, 1, 1), 'was changed'],
  ])('is a file that is read no more when it %s', async (_, change, message) => {
    const { lake, proxy, place } = await newLake()
    const file = newPath()
    writeFileSync(file, '')
    truncateSync(file, 70_000_000)
    let isChanged = false
    proxy.fault = ({ method }) => {
      if (method === 'PUT' && !isChanged) change(file)
      isChanged ||= method === 'PUT'
      return undefined
    }
    await expect(lake.upload(file, { ...place, path: '/a.bin', concurrency: 1 })).rejects.toMatchObject({
      ...{ code: 'unreadable', message: expect.stringContaining(message) },
    })
  })

  it('leaves no file open, however it ends', async () => {
    const { lake, proxy, place } = await newLake()
    const file = smallFile()
    const { ino } = statSync(file)
    const opened = () => readdirSync('/dev/fd').filter((each) => inodeOf(Number(each)) === ino)
    const faults: (Fault | undefined)[] = ['unsent', 'unread', 403, 503, 'lost', 'cut']
    proxy.fault = ({ method }) => (method === 'PUT' ? faults.shift() : undefined)
    await lake.upload(file, { ...place, path: '/a.bin' })
    expect([faults, opened()]).toEqual([[], []])
  })

  it('is sent by one connection at least', async () => {
    const { lake, place } = await newLake()
    const options = { ...place, path: '/a.bin' }
    for (const concurrency of [0, -1, Number.NaN]) {
      await expect(lake.upload(smallFile(), { ...options, concurrency })).rejects.toThrow(RangeError)
      expect(() => lake.uploadAll([], { concurrency })).toThrow(RangeError)
    }
  })

  it('and fails where progress is told is told so', async () => {
    const { lake, place } = await newLake()
    const onProgress = ({ sent }: Progress) => {
      if (sent > 0) throw new Error('no more room')
    }
    await expect(lake.upload(smallFile(), { ...place, path: '/a.bin', onProgress })).rejects.toThrow(
      'no more room',
    )
  })
})

describe('an upload that is aborted', () => {
  it.each([
    [false, 0],
    [true, 1],
  ])('while it is announced, to be kept: %s, leaves %i behind, which can go on', async (keep, left) => {
    const folder = newPath()
    const { lake, proxy, place, pending } = await newLake({ store: fileStore(folder) })
    const file = smallFile()
    const stop = new AbortController()
    proxy.fault = ({ path }) => {
      if (path === '/uploads') stop.abort(new Error('enough'))
      return undefined
    }
    const options = { ...place, path: '/a.bin', keep }
    await expect(lake.upload(file, { ...options, signal: stop.signal })).rejects.toThrow('enough')
    proxy.fault = () => undefined
    expect([(await pending()).length, readdirSync(folder).length]).toEqual([left, left])
    proxy.forget()
    await lake.upload(file, options)
    expect([proxy.count('POST', /^\/uploads$/), await pending()]).toEqual([1 - left, []])
  })
})

it('an upload that two programs go on with is completed by one, and registered by both', async () => {
  const folder = newPath()
  const { lake, token, proxy, url, place, pending } = await newLake({ store: fileStore(folder) })
  const file = newPath()
  writeFileSync(file, '')
  truncateSync(file, 70_000_000)
  const other = connect({ url, token, retries: hasty, store: fileStore(folder) })
  const options = { ...place, path: '/a.bin', concurrency: 1 }
  const ended = Promise.withResolvers<unknown>()
  let puts = 0
  proxy.fault = ({ method }) => {
    if (method === 'PUT' && ++puts === 2) other.upload(file, options).then(ended.resolve, ended.reject)
    return undefined
  }
  const assets = await Promise.all([lake.upload(file, options), ended.promise])
  expect(assets).toMatchObject([{ name: '/a.bin' }, { name: '/a.bin' }])
  expect([proxy.count('POST', /^\/uploads$/), await pending(), readdirSync(folder).length]).toEqual([
    1,
    [],
    1,
  ])
})

it('an upload that could not be registered goes on by a token that may only upload', async () => {
  const { lake, proxy, url, place } = await newLake()
  const { data } = await lake.POST('/auth/tokens', { body: { ...place, name: 'robot', scopes: ['upload'] } })
  const robot = connect({ url, token: data.token ?? '', retries: { tries: 1 }, store: memoryStore() })
  const file = newPath()
  writeFileSync(file, '')
  truncateSync(file, 70_000_000)
  proxy.fault = ({ path }) => (path === '/assets/file' ? 'unsent' : undefined)
  const code = 'network'
  await expect(robot.upload(file, { ...place, path: '/a.bin' })).rejects.toMatchObject({ code })
  proxy.fault = () => undefined
  proxy.forget()
  expect(await robot.upload(file, { ...place, path: '/a.bin' })).toMatchObject({ name: '/a.bin' })
  expect([proxy.sent('PUT'), proxy.count('POST', /^\/uploads$/)]).toEqual([0, 0])
})

/** A bucket that answers by hand. */
async function bucket(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, 'localhost')
  buckets.push(server)
  await once(server, 'listening')
  return `http://localhost:${(server.address() as AddressInfo).port}/object`
}

const buckets: Server[] = []
afterAll(() => {
  for (const server of buckets) {
    server.closeAllConnections()
    server.close()
  }
})

describe('a download', () => {
  it('of no bytes is none, wherever they are', async () => {
    const { lake, place } = await newLake()
    const none = (await lake.upload(new Uint8Array(), { ...place, path: '/none.bin' })) as { id: string }
    const some = (await lake.upload(new Uint8Array(50), { ...place, path: '/some.bin' })) as { id: string }
    const lengths = [
      lake.download(none),
      lake.download(none.id),
      lake.download(some, { start: 50 }),
      lake.download(some, { start: 60 }),
      lake.download(some, { start: 10, end: 10 }),
      lake.download(some, { end: 0 }),
      lake.download(some.id, { end: 0 }),
    ].map(async (stream) => (await bytesOf(stream)).length)
    expect(await Promise.all(lengths)).toEqual(lengths.map(() => 0))
    expect((await bytesOf(lake.download(some, { start: 10, end: 90 }))).length).toBe(40)
  })

  it('fails where progress is told, and leaves nothing out', async () => {
    const { lake, place } = await newLake()
    const asset = (await lake.upload(smallFile(), { ...place, path: '/a.bin' })) as { id: string }
    const onProgress = () => {
      throw new Error('no more room')
    }
    await expect(bytesOf(lake.download(asset, { onProgress }))).rejects.toThrow('no more room')
  })

  it('that nobody reads any more closes its connection, though nothing comes', async () => {
    const { lake } = await newLake()
    const closed = Promise.withResolvers<void>()
    const url = await bucket((_, response) => {
      response.on('close', closed.resolve)
      response.writeHead(200, { 'Content-Length': 100 }).write('the first')
    })
    const reader = lake.download({ assetId: '0'.repeat(24), size: 100, sha256: null, url }).getReader()
    await reader.read()
    const waiting = reader.read()
    // Until it waits for the server.
    await new Promise(setImmediate)
    await reader.cancel()
    await Promise.all([closed.promise, waiting])
  })

  it('goes on with the same bytes alone', async () => {
    const { lake } = await newLake()
    let asked = 0
    const url = await bucket(({ headers }, response) => {
      const etag = `"${asked++}"`
      if (headers.range === undefined)
        response.writeHead(200, { 'Content-Length': 10, ETag: etag }).write('01234', () => response.destroy())
      else response.writeHead(206, { 'Content-Range': 'bytes 5-9/10', ETag: etag }).end('abcde')
    })
    const line = { assetId: '0'.repeat(24), size: 10, sha256: null, url }
    await expect(bytesOf(lake.download(line))).rejects.toMatchObject({
      ...{ code: 'mismatch', message: expect.stringContaining('became others') },
    })
    expect(asked).toBe(2)
  })
})
