import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { describe, expect, it, vi } from 'vitest'
import { connect, DreamLakeError, type ManifestLine } from '../../client/src/index.ts'
import { root } from '../../src/tools/project.ts'
import { compare, operate } from './operations.ts'
import type { Fault, Passed } from './proxy.ts'
import { all, bytesOf, hasty, type Lake, newUser, type Who, world } from './world.ts'

const { here, proxy: proxied } = world()

const MOST_BYTES = 12 * 1_024

it('the main road is small, and imports nothing of Node', async () => {
  const { outputFiles } = await build({
    ...{
      entryPoints: ['client/src/index.ts'],
      absWorkingDir: root,
      bundle: true,
      minify: true,
      write: false,
    },
    ...{ format: 'esm', platform: 'browser', external: ['@noble/hashes'] },
  })
  expect(gzipSync(outputFiles[0]?.contents ?? '').length).toBeLessThan(MOST_BYTES)
})

const OPERATIONS = Number(process.env.OPERATIONS ?? 200)
const FAULTS: readonly Fault[] = ['lost', 'cut', 503, 429, 'unsent']

it('random operations over connections that fail are done once each, and none is lost', async () => {
  const who = await newUser()
  const { proxy, url } = await proxied()
  const direct = connect({ url: here.origin, token: who.token })
  const project = { params: { path: { slug: who.place.namespace } }, body: { name: 'lab' } }
  await direct.GET('/auth/me')
  await direct.POST('/namespaces/{slug}/projects', project)
  await direct.POST('/namespaces/{slug}/projects/{projectSlug}/collections', {
    ...{ params: { path: who.path }, body: { name: 'all' } },
  })
  proxy.fault = () =>
    proxy.passed.length % 10 === 0 ? FAULTS[(proxy.passed.length / 10) % FAULTS.length] : undefined
  const model = await operate(connect({ url, token: who.token, retries: hasty }), who, OPERATIONS, 8)
  expect(proxy.faults.length).toBe(Math.floor(proxy.passed.length / 10))
  await compare(direct, who, model)
})

/** A client, and the requests and answers that it sends and gets. */
function watched(url: string, who: Who) {
  const seen: { request: Request; response: Response }[] = []
  const lake = connect({
    ...{ url, token: who.token, retries: hasty },
    fetch: async (request) => {
      const response = await fetch(request)
      seen.push({ request, response })
      return response
    },
  })
  return { lake, seen }
}

const EPISODES = '/namespaces/{slug}/projects/{projectSlug}/episodes'

describe('a call', () => {
  it('is tried again under one key and one id, and sees what the one before has done', async () => {
    const who = await newUser()
    const { proxy, url } = await proxied()
    const { lake, seen } = watched(url, who)
    const faults: (Fault | undefined)[] = [503, 429]
    proxy.fault = () => faults.shift()
    await lake.POST(EPISODES, { params: { path: who.path }, body: { name: 'run 1' } })
    await lake.GET(EPISODES, { params: { path: who.path } })
    expect(seen.map(({ response }) => response.status)).toEqual([503, 429, 201, 200])
    const named = seen
      .slice(0, 3)
      .map(({ request: { headers } }) => [headers.get('Idempotency-Key'), headers.get('X-Request-Id')])
    expect(named).toEqual([named[0], named[0], named[0]])
    expect(named[0]).toEqual([expect.stringMatching(/^\w{32}$/), expect.stringMatching(/^\w{32}$/)])
    const bookmark = seen[2]?.response.headers.get('X-D1-Bookmark')
    expect(seen[3]?.request.headers.get('X-D1-Bookmark')).toBe(bookmark)
    expect(seen[3]?.request.headers.get('Idempotency-Key')).toBeNull()
  })

  it('that is refused throws what the server says', async () => {
    const who = await newUser()
    const lake = connect({ url: here.origin, token: who.token })
    const refused = lake.POST(EPISODES, { params: { path: who.path }, body: { name: '' } })
    await expect(refused).rejects.toBeInstanceOf(DreamLakeError)
    await expect(refused).rejects.toMatchObject({
      ...{ code: 'invalid_request', status: 400, requestId: expect.stringMatching(/^\w{32}$/) },
      errors: [{ path: 'name', message: expect.any(String) }],
    })
  })

  it('whose server does not come back throws so', async () => {
    const { proxy, url } = await proxied()
    const { lake, seen } = watched(url, await newUser())
    proxy.fault = () => 'unsent'
    await expect(lake.GET('/auth/me')).rejects.toMatchObject({ code: 'network', status: 0 })
    expect([seen.length, proxy.passed.length]).toEqual([0, hasty.tries])
    proxy.fault = () => 503
    await expect(lake.GET('/auth/me')).rejects.toMatchObject({ code: 'unexpected_answer', status: 503 })
  })

  it('that cannot be repeated is not', async () => {
    const { proxy, url } = await proxied()
    const { lake } = watched(url, await newUser())
    await lake.GET('/auth/me')
    proxy.fault = () => 503
    await expect(lake.POST('/auth/logout')).rejects.toMatchObject({ status: 503 })
    expect(proxy.passed.map(({ path }) => path)).toEqual(['/auth/me', '/auth/logout'])
  })

  it('by a token that is over asks for another one', async () => {
    const who = await newUser()
    const tokens = ['over', who.token]
    const lake = connect({ url: here.origin, token: async () => tokens.shift() ?? '' })
    expect((await lake.GET('/auth/me')).data.username).toBe(who.place.namespace)
  })

  it('that is aborted throws the reason, and is not tried again', async () => {
    const { proxy, url } = await proxied()
    const { lake } = watched(url, await newUser())
    const stop = new AbortController()
    proxy.fault = () => {
      stop.abort(new Error('enough'))
      return 'unsent'
    }
    await expect(lake.GET('/auth/me', { signal: stop.signal })).rejects.toThrow('enough')
    expect(proxy.passed.length).toBe(1)
  })

  it('that something else answers throws so, whatever it answers with', async () => {
    const answers = [
      [200, 'text/html', '<title>Log in</title>'],
      [502, 'text/html', '<title>Bad gateway</title>'],
      [400, 'application/json', '{"code":502,"detail":null}'],
      [400, 'application/json', 'null'],
    ] as const
    for (const [status, type, text] of answers) {
      const answer = async () => new Response(text, { status, headers: { 'Content-Type': type } })
      const lake = connect({ url: here.origin, token: 'any', retries: hasty, fetch: answer })
      const code = 'unexpected_answer'
      await expect(lake.GET('/auth/me')).rejects.toMatchObject({ name: 'DreamLakeError', code, status })
    }
  })

  it('whose token cannot be had, or sent, is not tried, and does not tell it', async () => {
    const { proxy, url } = await proxied()
    let asked = 0
    const nobody = () => {
      asked++
      throw new Error('nobody is logged in')
    }
    await expect(connect({ url, token: nobody }).GET('/auth/me')).rejects.toThrow('nobody is logged in')
    for (const token of ['secret\nsecret', 'secret…', 'secret secret', undefined as never]) {
      const call = connect({ url, token }).GET('/auth/me')
      await expect(call).rejects.toThrow(/^The token is no text of visible ASCII characters\.$/)
    }
    expect([asked, proxy.passed]).toEqual([1, []])
  })

  it('goes to an address of the web, also below a path', async () => {
    const who = await newUser()
    for (const url of ['', 'api.example.com', 'localhost:8787', 'file:///etc'])
      expect(() => connect({ url, token: who.token })).toThrow(TypeError)
    const paths: string[] = []
    const lake = connect({
      ...{ url: `${here.origin}/some/where//?a=b#c`, token: who.token },
      fetch: (request) => {
        paths.push(new URL(request.url).pathname)
        return fetch(request.url.replace('/some/where', ''), { headers: request.headers })
      },
    })
    await lake.GET('/auth/me')
    expect(paths).toEqual(['/some/where/auth/me'])
  })

  it('leads nobody else to the token', async () => {
    const tokens: unknown[] = []
    const other = createServer(({ headers }, response) => {
      tokens.push(headers.authorization)
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}')
    }).listen(0, 'localhost')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const first = createServer((_, response) =>
      response.writeHead(307, { Location: `http://localhost:${port}/` }).end(),
    ).listen(0, 'localhost')
    await once(first, 'listening')
    const url = `http://localhost:${(first.address() as AddressInfo).port}`
    await connect({ url, token: 'secret' }).GET('/auth/me')
    expect(tokens).toEqual([undefined])
    for (const server of [first, other]) {
      server.closeAllConnections()
      server.close()
    }
  })

  it('has all digits of a bigint', async () => {
    const who = await newUser()
    const lake = connect({ url: here.origin, token: who.token })
    const metadata = { stamp: 1_713_087_000_123_456_789n, deep: [-9_007_199_254_740_993n, '1n', 0.5] }
    await lake.POST(EPISODES, { params: { path: who.path }, body: { name: 'run 1', metadata } })
    const headers = { Authorization: `Bearer ${who.token}` }
    const episode = `${here.origin}/namespaces/${who.place.namespace}/projects/lab/episodes/run%201`
    const text = await (await fetch(episode, { headers })).text()
    expect(text).toContain('"metadata":{"stamp":1713087000123456789,"deep":[-9007199254740993,"1n",0.5]}')
  })

  it('that merges keeps the headers that it is given, in any form', async () => {
    const who = await newUser()
    const lake = connect({ url: here.origin, token: who.token })
    await lake.POST(EPISODES, { params: { path: who.path }, body: { name: 'run 1' } })
    for (const headers of [{ 'If-Match': '"other"' }, new Headers({ 'If-Match': '"other"' })]) {
      const change = lake.MERGE(`${EPISODES}/{episodeName}`, {
        ...{ params: { path: { ...who.path, episodeName: 'run 1' } }, headers },
        body: { metadata: { a: 1 } },
      })
      await expect(change).rejects.toMatchObject({ code: 'precondition_failed' })
    }
  })

  it('that merges leaves whole numbers alone that it does not name', async () => {
    const who = await newUser()
    const headers = { Authorization: `Bearer ${who.token}`, 'Content-Type': 'application/json' }
    const body = '{"name":"run 1","metadata":{"stamp":9007199254740993,"gone":1,"deep":{"a":1,"b":2}}}'
    const episodes = `${here.origin}/namespaces/${who.place.namespace}/projects/lab/episodes`
    expect((await fetch(episodes, { method: 'POST', headers, body })).status).toBe(201)
    const lake = connect({ url: here.origin, token: who.token })
    await lake.MERGE(`${EPISODES}/{episodeName}`, {
      ...{ params: { path: { ...who.path, episodeName: 'run 1' } } },
      body: { metadata: { gone: null, deep: { a: 3 } } },
    })
    const text = await (await fetch(`${episodes}/run%201`, { headers })).text()
    expect(text).toContain('"metadata":{"stamp":9007199254740993,"deep":{"a":3,"b":2}}')
  })

  it('walks every list to its end, in small pages too', async () => {
    const who = await newUser()
    const lake = connect({ url: here.origin, token: who.token })
    for (const n of [1, 2, 3, 4, 5]) {
      await lake.POST('/assets/video', { body: { ...who.place, name: `/${n}.mp4`, episodeName: `run ${n}` } })
    }
    const videos = lake.pages('/assets/video', { params: { query: { ...who.place, limit: 2 } } })
    const nodes = lake.pages('/nodes/children', { params: { query: { ...who.place, pageSize: 2 } } })
    const names = async (items: AsyncIterable<{ name: string | null }>) =>
      (await all(items)).map(({ name }) => name).toSorted()
    const runs = [1, 2, 3, 4, 5].map((n) => `run ${n}`)
    expect(await names(videos)).toEqual([1, 2, 3, 4, 5].map((n) => `/${n}.mp4`))
    expect([await names(nodes), await names(lake.find('run', who.place))]).toEqual([runs, runs])
    expect(await names(lake.find('run', { namespace: who.place.namespace }))).toEqual(runs)
    expect(await names(lake.findAssets('name:/3*', who.place))).toEqual(['/3.mp4'])
  })
})

/** A dataset of so many small files, by a dataset that has none before. */
async function madeDataset(lake: Lake, who: Who, files: number): Promise<void> {
  const params = { path: who.path }
  await lake.POST('/namespaces/{slug}/projects', {
    ...{ params: { path: { slug: who.place.namespace } }, body: { name: 'lab' } },
  })
  const { data } = await lake.POST(EPISODES, { params, body: { name: 'run 1' } })
  const paths = Array.from({ length: files }, (_, n) => `/${String(n).padStart(4, '0')}.bin`)
  const items = paths.map((path) => ({
    ...who.place,
    path,
    episode: 'run 1',
    body: new TextEncoder().encode(path),
  }))
  for await (const ended of lake.uploadAll(items)) expect(ended).not.toHaveProperty('error')
  const body = { name: 'all', members: [data.episode.id] }
  await lake.POST('/namespaces/{slug}/projects/{projectSlug}/collections', { params, body })
  await lake.POST('/namespaces/{slug}/projects/{projectSlug}/datasets', { params, body: { name: 'set' } })
  await lake.POST('/namespaces/{slug}/projects/{projectSlug}/datasets/{name}/collections', {
    ...{ params: { path: { ...who.path, name: 'set' } }, body: { add: ['all'] } },
  })
}

/** In seconds. */
const HOUR = 3_600

it('a manifest that is cut goes on, tells each line once, and is no manifest without its end', async () => {
  const who = await newUser()
  const { proxy, url } = await proxied()
  const lake = connect({ url, token: who.token, retries: hasty })
  await lake.GET('/auth/me')
  await madeDataset(lake, who, 40)
  const dataset = { ...who.place, dataset: 'set' }
  const paths = Array.from({ length: 40 }, (_, n) => `/${String(n).padStart(4, '0')}.bin`)
  let cuts = 0
  const isManifest = ({ path }: Passed) => path.endsWith('/manifest')
  proxy.fault = (passed) => (isManifest(passed) && cuts++ < 2 ? 'cut' : undefined)
  const begun = Date.now()
  const lines = lake.manifest(dataset, { urls: true, expiresIn: 10 * HOUR })
  const found: ManifestLine[] = []
  let last = await lines.next()
  for (; !last.done; last = await lines.next()) {
    found.push(last.value)
    // URLs of the lines that wait are over then, and signed anew for as long: once, though this clock goes wrong.
    if (found.length === 5) vi.spyOn(Date, 'now').mockImplementation(() => begun + 11 * HOUR * 1_000)
  }
  vi.restoreAllMocks()
  expect([cuts, last.value]).toEqual([3, { lines: 40, changed: false }])
  expect(found.map(({ path }) => path)).toEqual(paths)
  expect(proxy.count('POST', /^\/assets\/sign$/)).toBe(1)
  for (const { expiresAt } of found)
    expect(Date.parse(expiresAt ?? '') - begun).toBeGreaterThan(9 * HOUR * 1_000)
  const [first] = found
  if (first) expect(new TextDecoder().decode(await bytesOf(lake.download(first)))).toBe(paths[0])

  proxy.fault = (passed) => (isManifest(passed) ? 'cut' : undefined)
  await expect(all(lake.manifest(dataset))).rejects.toMatchObject({ code: 'truncated' })
})

it('a manifest shows no URL of what was deleted while its line waited, and throws what is none', async () => {
  const who = await newUser()
  const lake = connect({ url: here.origin, token: who.token })
  await lake.GET('/auth/me')
  await madeDataset(lake, who, 3)
  const dataset = { ...who.place, dataset: 'set' }
  const lines = lake.manifest(dataset, { urls: true })
  const first = await lines.next()
  const assets = await all(lake.findAssets('', who.place))
  const waiting = assets.find(({ name }) => name === '/0001.bin')
  await lake.DELETE('/assets/file/{id}', { params: { path: { id: waiting?.id ?? '' } } })
  const later = Date.now() + 24 * HOUR * 1_000
  vi.spyOn(Date, 'now').mockImplementation(() => later)
  const rest = await all(lines)
  vi.restoreAllMocks()
  expect([first.value, ...rest]).toMatchObject([
    { path: '/0000.bin', url: expect.any(String) },
    { path: '/0001.bin', url: null, expiresAt: null },
    { path: '/0002.bin', url: expect.any(String) },
  ])

  const end = { end: true, lines: 0, changed: false, nextCursor: 'round and round' }
  for (const text of [`${JSON.stringify(end)}\n`, '<title>Log in</title>\n']) {
    const answer = async () => new Response(text, { headers: { 'Content-Type': 'application/x-ndjson' } })
    const other = connect({ url: here.origin, token: who.token, fetch: answer })
    await expect(all(other.manifest(dataset))).rejects.toMatchObject({ code: 'unexpected_answer' })
  }
  const page = async () => Response.json({ episodes: [], nextCursor: 'round and round' })
  const other = connect({ url: here.origin, token: who.token, fetch: page })
  await expect(all(other.find('', who.place))).rejects.toMatchObject({ code: 'unexpected_answer' })
})
