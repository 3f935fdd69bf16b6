import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import chromium from '@sparticuz/chromium'
import { build } from 'esbuild'
import { chromium as playwright } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { connect, memoryStore, type Progress } from '../../client/src/node/index.ts'
import { root } from '../../src/tools/project.ts'
import { Running } from '../tools/running.ts'
import { linesOf } from './command-line.ts'
import type { FaultyProxy } from './proxy.ts'
import { all, bytesOf, hasty, type Lake, newUser, world } from './world.ts'

const { own, proxy: proxied } = world()

/** More than is sent at once: five parts. */
const MEGABYTES = Number(process.env.MEGABYTES ?? 70)
const LARGE = MEGABYTES * 1_000_000
const CHUNK = 10_000_000

function largeFile(size: number): { readonly file: string; readonly sha256: string } {
  const file = join(own.folder, `${crypto.randomUUID()}.bin`)
  const hash = createHash('sha256')
  for (let at = 0; at < size; at += CHUNK) {
    const bytes = randomBytes(Math.min(CHUNK, size - at))
    hash.update(bytes)
    writeFileSync(file, bytes, { flag: 'a' })
  }
  return { file, sha256: hash.digest('hex') }
}

async function digestOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(stream, hash)
  return hash.digest('hex')
}

/** When so many bytes have been sent. */
const whenSent = (proxy: FaultyProxy, bytes: number): Promise<void> =>
  new Promise((resolve) => {
    proxy.watch = () => proxy.sent('PUT') >= bytes && resolve()
  })

/** The bytes that the server holds of the one upload that is pending. */
async function heldOf(lake: Lake, place: { namespace: string; project: string }): Promise<number> {
  const [upload, ...others] = await all(lake.pages('/uploads', { params: { query: place } }))
  expect([upload?.size, others]).toEqual([expect.any(Number), []])
  const { data } = await lake.GET('/uploads/{id}', { params: { path: { id: upload?.id ?? '' } } })
  return data.parts.reduce((sum, { size }) => sum + size, 0)
}

describe('an upload that was killed half-way', () => {
  it.each([
    ['at once', 50_000_000],
    ['in parts', LARGE],
  ])('%s goes on with what is missing', async (how, size) => {
    const { token, place } = await newUser()
    const { proxy, url } = await proxied()
    const { file, sha256 } = largeFile(size)
    const send = () => {
      const args = ['client/src/cli/main.ts', 'upload', file, '--json', '--to', `${place.namespace}/lab`]
      const env = { DREAMLAKE_URL: url, DREAMLAKE_TOKEN: token, XDG_STATE_HOME: own.folder }
      return new Running(process.execPath, [...args, '--concurrency', '2'], env)
    }
    const killed = send()
    await whenSent(proxy, size * 0.6)
    killed.child.kill('SIGKILL')
    await Promise.all([killed.isOver, proxy.idle()])
    const lake = connect({ url, token })
    const held = await heldOf(lake, place)
    expect(held > 0).toBe(how === 'in parts')

    proxy.forget()
    const resumed = send()
    await resumed.isOver
    expect([resumed.child.exitCode, killed.child.signalCode]).toEqual([0, 'SIGKILL'])
    expect([proxy.sent('PUT'), proxy.count('POST', /^\/uploads$/)]).toEqual([size - held, 0])
    // Beside what it says, it tells how far it is, where that takes long.
    const { asset } = JSON.parse(linesOf(resumed.said).find((line) => line.startsWith('{')) ?? '')
    expect(asset.object.size).toBe(size)
    expect(await digestOf(lake.download(asset) as unknown as AsyncIterable<Uint8Array>)).toBe(sha256)
  })
})

/** A page that sends what is chosen, and the client as a bundler puts it in. */
async function pageServer(): Promise<{ server: Server; page: string }> {
  const { outputFiles } = await build({
    ...{ bundle: true, write: false, format: 'esm', platform: 'browser', absWorkingDir: root },
    stdin: { contents: "export * from './client/src/index.ts'", resolveDir: root },
  })
  const server = createServer(({ url }, response) => {
    const isScript = url === '/client.js'
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? outputFiles[0]?.text : '<!doctype html><title>Sender</title><input type="file">')
  })
  await new Promise<void>((resolve) => void server.listen(0, 'localhost', resolve))
  return { server, page: `http://localhost:${(server.address() as AddressInfo).port}/` }
}

/** Run in the page. */
const SEND = `async ({ url, token, place }) => {
  const { connect } = await import('/client.js')
  const [body] = document.querySelector('input').files
  window.told = []
  const onProgress = ({ sent }) => window.told.push(sent)
  const asset = await connect({ url, token }).upload(body, { ...place, path: '/from/page.bin', concurrency: 2, onProgress })
  return { asset, told: window.told }
}`

it('a page that was reloaded half-way sends what is missing of the same file', async () => {
  const { token, place } = await newUser()
  const { proxy, url } = await proxied()
  const { file, sha256 } = largeFile(LARGE)
  const { server, page: address } = await pageServer()
  const browser = await playwright.launch({
    ...{ executablePath: await chromium.executablePath(), args: ['--no-sandbox'] },
  })
  try {
    const page = await browser.newPage()
    const send = async () => {
      await page.goto(address)
      await page.locator('input').setInputFiles(file)
      return page.evaluate(`(${SEND})(${JSON.stringify({ url, token, place })})`)
    }
    const half = whenSent(proxy, LARGE * 0.6)
    const killed = send().catch((error: Error) => error.message)
    await half
    await page.goto('about:blank')
    expect(await killed).toContain('context was destroyed')
    await proxy.idle()
    const lake = connect({ url, token })
    const held = await heldOf(lake, place)
    expect(held).toBeGreaterThan(0)

    proxy.forget()
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    const { asset, told } = (await send()) as { asset: { id: string }; told: number[] }
    expect([proxy.sent('PUT'), proxy.count('POST', /^\/uploads$/)]).toEqual([LARGE - held, 0])
    expect([told[0], told.at(-1), complaints]).toEqual([held, LARGE, []])
    expect(await digestOf(lake.download(asset.id) as unknown as AsyncIterable<Uint8Array>)).toBe(sha256)
  } finally {
    await browser.close()
    server.close()
  }
})

describe('an upload', () => {
  it('of a stream, of bytes or of a file tells its progress, and is the asset that was asked for', async () => {
    const { token, place } = await newUser()
    const { url } = await proxied()
    const lake = connect({ url, token })
    const { file } = largeFile(300_000)
    const bytes = new Uint8Array(randomBytes(70 * 2 ** 20))
    const stream = new Blob([bytes]).stream()
    const common = { ...place, episode: 'run 1', tags: ['night'], metadata: { robot: 'arm-3' } }
    for (const [body, path, kind, size] of [
      [file, '/camera/front.mp4', 'video', 300_000],
      [new File([bytes.subarray(0, 1_000)], 'x.vtt'), 'captions/en.vtt', 'text-track', 1_000],
      [new Uint8Array(), '/empty.png', 'image', 0],
      [stream, '/logs/run.mcap', 'file', bytes.length],
    ] as const) {
      const told: Progress[] = []
      const options = { ...common, path, size, onProgress: (progress: Progress) => told.push(progress) }
      const asset = await lake.upload(body, options)
      expect(asset).toMatchObject({
        ...{ name: path.startsWith('/') ? path : `/${path}`, tags: ['night'], metadata: { robot: 'arm-3' } },
        object: { size },
      })
      expect(told.at(-1)).toEqual({ sent: size, held: 0, total: size, isThere: false })
      const query = { q: `id:${asset.id}` }
      const path_ = { slug: place.namespace, projectSlug: 'lab' }
      const [found] = await all(
        lake.pages('/namespaces/{slug}/projects/{projectSlug}/assets', { params: { path: path_, query } }),
      )
      expect([found?.kind, found?.episode?.name]).toEqual([kind, 'run 1'])
    }
  })

  it('sends nothing of what the server has verified before', async () => {
    const { token, place } = await newUser()
    const { proxy, url } = await proxied()
    const lake = connect({ url, token })
    const bytes = new Uint8Array(randomBytes(10_000))
    for (const path of ['/one.bin', '/other.bin']) await lake.upload(bytes, { ...place, path })
    expect([proxy.count('PUT', /./), proxy.sent('PUT')]).toEqual([1, bytes.length])
  })

  it.each([
    [false, 0],
    [true, 1],
  ])('that is aborted, to be kept: %s, leaves %i behind', async (keep, left) => {
    const { token, place } = await newUser()
    const { proxy, url } = await proxied()
    const lake = connect({ url, token, store: memoryStore() })
    const { file } = largeFile(70_000_000)
    const stop = new AbortController()
    const upload = lake.upload(file, { ...place, path: '/a.bin', keep, signal: stop.signal })
    await whenSent(proxy, 20_000_000)
    stop.abort(new Error('enough'))
    await expect(upload).rejects.toThrow('enough')
    expect(await all(lake.pages('/uploads', { params: { query: place } }))).toHaveLength(left)
  })

  it('by URLs that are refused, as those that have expired, goes on by others', async () => {
    const { token, place } = await newUser()
    const { proxy, url } = await proxied()
    const refused = new Set<string>()
    proxy.fault = ({ method, path }) => {
      if (method !== 'PUT' || refused.has(path)) return undefined
      refused.add(path)
      return 403
    }
    const lake = connect({ url, token, retries: hasty })
    const { file, sha256 } = largeFile(70_000_000)
    const asset = await lake.upload(file, { ...place, path: '/a.bin' })
    expect(refused.size).toBe(1)
    expect(await digestOf(createReadStream(file))).toBe(sha256)
    expect(await digestOf(lake.download(asset.id) as unknown as AsyncIterable<Uint8Array>)).toBe(sha256)
  })

  it('of many tells each as it ends, and what failed', async () => {
    const { token, place } = await newUser()
    const { url } = await proxied()
    const lake = connect({ url, token })
    const items = Array.from({ length: 20 }, (_, n) => ({
      ...{ body: new Uint8Array(randomBytes(1_000)), ...place, path: n === 7 ? '/' : `/many/${n}.bin` },
    }))
    const ended = await all(lake.uploadAll(items, { concurrency: 3 }))
    const failed = ended.filter((each) => 'error' in each)
    expect([ended.length, failed.map(({ item }) => item.path)]).toEqual([20, ['/']])
    expect(failed[0]?.error).toMatchObject({ code: 'invalid_request', status: 400 })
  })
})

describe('a download', () => {
  it('that is cut goes on where it ended, and is compared with its SHA-256', async () => {
    const { token, place } = await newUser()
    const { proxy, url } = await proxied()
    const lake = connect({ url, token, retries: hasty })
    const bytes = new Uint8Array(randomBytes(1_000_000))
    const asset = (await lake.upload(bytes, { ...place, path: '/a.bin' })) as { id: string; object: object }
    let cuts = 0
    proxy.fault = ({ path }) => (path.startsWith('/objects/') && cuts++ < 3 ? 'cut' : undefined)
    expect(await bytesOf(lake.download(asset as never))).toEqual(bytes)
    expect(cuts).toBe(4)
    expect(await bytesOf(lake.download(asset.id, { start: 10, end: 500_000 }))).toEqual(
      bytes.subarray(10, 500_000),
    )
    const object = { ...asset.object, sha256: '0'.repeat(64) }
    await expect(bytesOf(lake.download({ id: asset.id, object } as never))).rejects.toMatchObject({
      code: 'mismatch',
    })
  })

  it('of a part that is none is refused before anything is asked for', async () => {
    const lake = connect({ url: 'http://localhost:9', token: 'none' })
    for (const range of [
      { start: -5 },
      { start: Number.NaN },
      { start: 1.5 },
      { end: -1 },
      { end: Number.NaN },
    ])
      expect(() => lake.download('0'.repeat(24), range)).toThrow(TypeError)
  })

  it('of a part that begins behind the end is empty, whatever is known of the asset', async () => {
    const { token, place } = await newUser()
    const { url } = await proxied()
    const lake = connect({ url, token })
    for (const size of [0, 16]) {
      const asset = (await lake.upload(new Uint8Array(size), { ...place, path: `/${size}` })) as {
        id: string
      }
      for (const range of [{ start: size }, { start: size + 1 }, { start: size, end: size + 4 }])
        for (const known of [asset, asset.id])
          expect((await bytesOf(lake.download(known, range))).length).toBe(0)
      expect((await bytesOf(lake.download(asset.id, { start: 4 }))).length).toBe(Math.max(0, size - 4))
    }
  })

  it('by a URL that has expired is signed anew', async () => {
    const { token, place } = await newUser()
    const { url } = await proxied()
    const lake = connect({ url, token, retries: hasty })
    const bytes = new Uint8Array(randomBytes(1_000))
    const { id: assetId } = await lake.upload(bytes, { ...place, path: '/a.bin' })
    const expired = `${url}/objects/some/thing?X-Amz-Date=20200101T000000Z`
    const line = { assetId, size: bytes.length, sha256: null, url: expired }
    expect(await bytesOf(lake.download(line))).toEqual(bytes)
    await expect(bytesOf(lake.download('0'.repeat(24)))).rejects.toMatchObject({ code: 'asset_not_found' })
  })
})
