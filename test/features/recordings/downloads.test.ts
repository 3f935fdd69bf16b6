import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { app } from '../../../src/app.ts'
import { ownSite, signDownload } from '../../../src/storage/presign.ts'
import { amzDate, signQuery } from '../../../src/storage/sigv4.ts'
import { expectSignedAsByReference } from '../../support/reference.ts'
import { type Answer, type Asked, ask, DEVELOPMENT_SECRET, Tenant } from '../../support/world.ts'

interface Stored {
  readonly name?: string
  readonly key?: string
  readonly bytes?: string | Uint8Array
  readonly contentType?: string | null
  readonly episodeName?: string
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

const newId = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, 24)

/** A registered video with its bytes in the bucket; the id of the object. */
async function store(tenant: Tenant, stored: Stored = {}): Promise<string> {
  const { name = '/a/film.mp4', bytes = LETTERS, contentType = 'text/plain', ...rest } = stored
  const id = newId()
  const { key = `${tenant.slug}/${id}`, ...place } = rest
  await env.BUCKET.put(key, bytes)
  await env.DB.prepare(
    `insert into objects (id, namespace_id, key, state, size, content_type, lease_until, created_by, created_at)
     select ?1, id, ?2, 'complete', ?3, ?4, 0, created_by, 0 from namespaces where slug = ?5`,
  )
    .bind(id, key, bytes.length, contentType, tenant.slug)
    .run()
  const body = { namespace: tenant.slug, project: 'lab', name, bssVideoId: id, ...place }
  expect((await tenant.ask('POST', '/assets/video', body)).status).toBe(201)
  return id
}

type Query = Record<string, string>

const download = (tenant: Tenant, query: Query = {}, asked: Asked = {}, route = 'download') => {
  const all = { namespace: tenant.slug, project: 'lab', path: '/a/film.mp4', ...query }
  return tenant.ask('GET', `/assets/video/${route}?${new URLSearchParams(all)}`, undefined, asked)
}

/** A tenant with an object, and the URL of it. */
async function signed(stored: Stored = {}, query: Query = {}) {
  const tenant = await Tenant.arrive()
  const id = await store(tenant, stored)
  const answer = await download(tenant, { path: stored.name ?? '/a/film.mp4', ...query })
  expect(answer.status).toBe(200)
  return { tenant, id, answer, url: new URL(answer.body.url) }
}

const get = (url: URL, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  ask(method, `${url.pathname}${url.search}`, { headers })

describe('a download', () => {
  it('answers a URL that serves the bytes, and what they are', async () => {
    const { tenant, answer, url } = await signed()
    expect(answer.body).toMatchObject({ filename: 'film.mp4', contentType: 'text/plain', size: 26 })
    expect([answer.trips, url.origin]).toEqual([1, 'http://localhost:10334'])
    const served = await get(url)
    expect([served.status, served.text, served.trips]).toEqual([200, LETTERS, 0])
    const content = await download(tenant, {}, {}, 'content')
    expect([content.status, content.text, content.trips]).toEqual([302, '', 1])
    expect((await get(new URL(content.headers.get('Location') ?? ''))).text).toBe(LETTERS)
  })

  it('tells the episode that the asset is in, which may be one of several', async () => {
    const tenant = await Tenant.arrive()
    for (const episodeName of ['first', 'second']) await store(tenant, { episodeName })
    await store(tenant, { name: '/b.mp4' })
    const newest = await download(tenant)
    const [first, second] = await Promise.all(
      ['first', 'second'].map((episode) => download(tenant, { episode })),
    )
    expect(first?.body.episode).toEqual({ id: expect.stringMatching(/^[0-9a-f]{24}$/), name: 'first' })
    expect([newest.body.episode, newest.body.episode.name]).toEqual([second?.body.episode, 'second'])
    expect((await download(tenant, { path: '/b.mp4' })).body.episode).toBeNull()
  })

  it('serves any bytes as they are', async () => {
    const bytes = new Uint8Array(100_000).map((_, at) => (at * 31) % 256)
    const { url } = await signed({ bytes })
    const served = await app.fetch(new Request(url), env, createExecutionContext())
    expect(new Uint8Array(await served.arrayBuffer())).toEqual(bytes)
  })

  it('is of the newest asset of that path, in the episode that is asked for', async () => {
    const tenant = await Tenant.arrive()
    const text = async (query: Query) => {
      const { status, body } = await download(tenant, query)
      return status === 200 ? (await get(new URL(body.url))).text : `${status} ${body.error}`
    }
    await store(tenant, { bytes: 'one', episodeName: 'run' })
    await store(tenant, { bytes: 'two', episodeName: 'run' })
    await store(tenant, { bytes: 'three' })
    await store(tenant, { bytes: 'four', episodeName: 'run 2' })
    const listed = await tenant.ask('GET', `/assets/video?namespace=${tenant.slug}&project=lab&episode=run`)
    const [{ episodeId }] = listed.body
    expect(await text({})).toBe('four')
    expect(await text({ path: 'a//film.mp4' })).toBe('four')
    expect(await text({ episode: 'run' })).toBe('two')
    expect(await text({ episodeId })).toBe('two')
    expect(await text({ episodeId, episode: 'run 2' })).toBe('404 Asset not found')
    expect(await text({ episode: 'run 3' })).toBe('404 Asset not found')
    expect(await text({ episodeId: 'x' })).toBe('404 Asset not found')
  })

  it.each(
    [
      '400 namespace= project= path= path=/a/../b disposition=both expiresIn=0 expiresIn=604801 expiresIn=1.5',
      '400 expiresIn= expiresIn=soon',
      '404 namespace=nowhere project=nowhere path=/a/film path=/A/film.mp4',
    ].map((line) => line.split(' ')),
  )('is refused with %s when it is asked for with %s, and so on', async (status, ...queries) => {
    const tenant = await Tenant.arrive()
    await store(tenant)
    for (const route of ['download', 'content']) {
      for (const query of queries) {
        const [name = '', value = ''] = query.split('=')
        const answer = await download(tenant, { [name]: value }, {}, route)
        const field = status === '400' ? name : undefined
        expect([query, `${answer.status}`, answer.body.errors?.[0].path]).toEqual([query, status, field])
      }
    }
  })

  it.each([
    ['is null', 'update assets set storage_id = null, object_id = null where object_id = ?'],
    ['refers to nothing', 'update assets set object_id = null where object_id = ?'],
    ['is of an object being purged', "update objects set state = 'purging' where id = ?"],
  ])('is 404 where the storage id %s', async (_, change) => {
    const { tenant, id } = await signed()
    await env.DB.prepare(change).bind(id).run()
    const { status, body } = await download(tenant)
    expect([status, body.error]).toEqual([404, expect.stringContaining('has no BSS record')])
  })

  it.each(['1', '3600', '604800'])('lives for %s seconds when asked to, and says so', async (expiresIn) => {
    const { url, answer } = await signed({}, { expiresIn })
    expect(url.searchParams.get('X-Amz-Expires')).toBe(expiresIn)
    const signedAt = new Date(Date.parse(answer.body.expiresAt) - Number(expiresIn) * 1_000)
    expect(signedAt.toISOString().replace(/[-:]|\.000/g, '')).toBe(url.searchParams.get('X-Amz-Date'))
  })
})

describe('the name and the type of what is served', () => {
  it.each([
    ['/a/plain name.mp4', 'attachment; filename="plain name.mp4"'],
    ['/a/a"b\\c.mp4', `attachment; filename="a_b_c.mp4"; filename*=UTF-8''a%22b%5Cc.mp4`],
    ['/a/größe.mp4', `attachment; filename="gr__e.mp4"; filename*=UTF-8''gr%C3%B6%C3%9Fe.mp4`],
    ["/a/😀 50%; x='1'.mp4", `; filename*=UTF-8''%F0%9F%98%80%2050%25%3B%20x%3D%271%27.mp4`],
  ])('%s', async (name, wanted) => {
    const { url, answer } = await signed({ name })
    expect(answer.body.filename).toBe(name.slice(3))
    const disposition = (await get(url)).headers.get('Content-Disposition') ?? ''
    expect(disposition).toContain(wanted)
    expect(disposition).toMatch(/^attachment; filename="[ !#-[\]-~]*"(; filename\*=UTF-8''[\w%.~-]+)?$/)
  })

  const shown = [
    ...['video/mp4', 'Video/WebM', 'audio/wav', 'image/png', 'image/jpeg', 'image/webp;q=1'],
    ...['text/plain', 'text/plain; charset=utf-8'],
  ]
  const kept = [
    ...[
      'image/svg+xml',
      'text/html',
      'TEXT/HTML',
      'text/xml',
      'application/pdf',
      'text/plainer',
      'image/pngx',
    ],
    ...['audio/svg+xml', 'Audio/SVG+XML', 'video/xhtml+xml', 'video/xml', 'audio/html', 'video/javascript'],
    ...[
      'audio/mp4; a="text/html"',
      'video/mp4; codecs=a+xml',
      'text/plain; a=ECMAScript',
      'image/png; a=xml',
    ],
    ...['application/xhtml+xml', 'application/xml', 'application/octet-stream', 'model/mp4'],
  ]
  it.each([...shown, ...kept, null])('of type %s, is inline only where that is safe', async (given) => {
    const { url, answer } = await signed({ contentType: given }, { disposition: 'inline' })
    // The name tells the type of what came without one.
    const type = given === null || given === 'application/octet-stream' ? 'video/mp4' : given
    const { headers } = await get(url, {}, 'HEAD')
    expect([answer.body.contentType, headers.get('Content-Type')]).toEqual([type, type])
    const kind = shown.includes(type) ? 'inline' : 'attachment'
    expect(headers.get('Content-Disposition')).toBe(`${kind}; filename="film.mp4"`)
  })

  it.each([
    ['the type that a URL was signed with', 'audio/svg+xml', 'video/mp4', 'attachment; filename="a"'],
    [
      'the type that is stored, where it was signed with none',
      null,
      'audio/svg+xml',
      'attachment; filename="a"',
    ],
    ['a type that is safe', 'video/mp4', 'audio/svg+xml', 'inline; filename="a"'],
  ])('by %s decides anew for whatever was signed before', async (_, signedType, contentType, wanted) => {
    const key = `${newId()}/${newId()}`
    await env.BUCKET.put(key, LETTERS, { httpMetadata: { contentType } })
    const { origin, path, ...signer } = await ownSite(
      new TextEncoder().encode(DEVELOPMENT_SECRET),
      'http://localhost:10334',
    )
    const url = await signQuery(signer, {
      method: 'GET',
      origin,
      path: `${path}/${key}`,
      query: {
        'response-content-disposition': 'inline; filename="a"',
        ...(signedType === null ? {} : { 'response-content-type': signedType }),
      },
      headers: {},
      datetime: amzDate(Math.floor(Date.now() / 1_000) * 1_000),
      expiresIn: 3_600,
    })
    const { status, headers } = await get(new URL(url))
    const shownAs = ['Content-Type', 'Content-Disposition'].map((name) => headers.get(name))
    expect([status, ...shownAs]).toEqual([200, signedType ?? contentType, wanted])
    expect(headers.get('Content-Security-Policy')).toBe("sandbox; default-src 'none'")
  })
})

describe('the bytes', () => {
  it.each([
    ['bytes=0-0', 206, 'a', '0-0'],
    ['bytes=2-4', 206, 'cde', '2-4'],
    ['bytes=20-', 206, 'uvwxyz', '20-25'],
    ['bytes=20-999999999999999999999', 206, 'uvwxyz', '20-25'],
    ['bytes=-3', 206, 'xyz', '23-25'],
    ['bytes=-100', 206, LETTERS, '0-25'],
    ['bytes=26-', 416, null, '*'],
    ['bytes=-0', 416, null, '*'],
    ['bytes=0-1,3-4', 200, LETTERS, null],
    ['bytes=4-2', 200, LETTERS, null],
    ['bytes=-', 200, LETTERS, null],
    ['lines=0-1', 200, LETTERS, null],
  ])('of the range %s', async (Range, status, text, range) => {
    const { url } = await signed()
    const served = await get(url, { Range })
    const shown = served.headers.get('Content-Range')
    expect([served.status, shown]).toEqual([status, range && `bytes ${range}/26`])
    if (text === null) return
    expect([served.text, served.headers.get('Content-Length')]).toEqual([text, `${text.length}`])
    expect([served.headers.get('Accept-Ranges'), served.headers.get('ETag')]).toMatchObject(['bytes', /^"/])
  })

  it('are not sent to who has them, and a part only to who has the rest', async () => {
    const { url } = await signed()
    const etag = (await get(url)).headers.get('ETag') ?? ''
    const statusOf = async (headers: Record<string, string>) => (await get(url, headers)).status
    for (const held of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const unchanged = await get(url, { 'If-None-Match': held })
      expect([unchanged.status, unchanged.text, unchanged.headers.get('ETag')]).toEqual([304, '', etag])
    }
    expect(await statusOf({ 'If-None-Match': '"x"' })).toBe(200)
    expect([await statusOf({ 'If-Match': '"x"' }), await statusOf({ 'If-Match': etag })]).toEqual([412, 200])
    expect(await statusOf({ 'If-None-Match': etag, Range: 'bytes=0-1' })).toBe(304)
    expect(await statusOf({ 'If-Range': etag, Range: 'bytes=0-1' })).toBe(206)
    expect(await statusOf({ 'If-Range': '"x"', Range: 'bytes=0-1' })).toBe(200)
    expect(await statusOf({ 'If-Range': `W/${etag}`, Range: 'bytes=0-1' })).toBe(200)
  })

  it.each(['If-None-Match', 'If-Match', 'If-Range', 'If-Modified-Since', 'If-Unmodified-Since', 'Range'])(
    'are asked for with a nonsensical %s without harm',
    async (header) => {
      const { url } = await signed()
      const values = ['', 'x', '"', '"a', ',', '**', 'W/', 'bytes=99999999999999999999-x']
      const answers = await Promise.all(
        values.map(async (value) => [value, (await get(url, { [header]: value })).status]),
      )
      expect(answers.filter(([, status]) => Number(status) >= 500)).toEqual([])
    },
  )

  it('of an object of no size are none', async () => {
    const { url } = await signed({ bytes: '' })
    const served = await get(url)
    expect([served.status, served.text, served.headers.get('Content-Length')]).toEqual([200, '', '0'])
    const statusOf = async (Range: string) => (await get(url, { Range })).status
    expect([await statusOf('bytes=0-'), await statusOf('bytes=-0')]).toEqual([416, 416])
    const last = await get(url, { Range: 'bytes=-1' })
    expect([last.status, last.headers.get('Content-Range')]).toEqual([200, null])
  })

  it.each(['Sat, 01 Jan 2039 00:00:00 GMT', 'Saturday, 01-Jan-39 00:00:00 GMT', 'Sat Jan  1 00:00:00 2039'])(
    'have not changed by the date %s, and have since the one of 1994',
    async (date) => {
      const { url } = await signed()
      const statusOf = async (name: string, value: string) => (await get(url, { [name]: value })).status
      expect(await statusOf('If-Modified-Since', date)).toBe(304)
      expect(await statusOf('If-Unmodified-Since', date)).toBe(200)
      for (const past of [
        'Sun, 06 Nov 1994 08:49:37 GMT',
        'Sunday, 06-Nov-94 08:49:37 GMT',
        'Sun Nov  6 08:49:37 1994',
      ]) {
        expect([past, await statusOf('If-Modified-Since', past)]).toEqual([past, 200])
        expect([past, await statusOf('If-Unmodified-Since', past)]).toEqual([past, 412])
      }
    },
  )

  it.each([
    ...['foo 2030', '2039', '2039-01-01', '2039-01-01T00:00:00Z', 'Sat, 01 Jan 2039 00:00:00 +0000'],
    ...['Sun, 01 Jan 2039 00:00:00 GMT', 'Mon, 31 Feb 2039 00:00:00 GMT', 'Sat, 1 Jan 2039 00:00:00 GMT'],
    ...['sat, 01 jan 2039 00:00:00 gmt', 'Sat, 01 Jan 2039 24:00:00 GMT', 'Sat Jan 01 00:00:00 GMT 2039'],
    ...['Sat, 01-Jan-39 00:00:00 GMT', 'Sunday, 01-Jan-39 00:00:00 GMT', 'Sat, 01 Jan 1938 00:00:00 GMT x'],
  ])('are sent whatever %s is, which is no date of HTTP', async (value) => {
    const { url } = await signed()
    for (const name of ['If-Modified-Since', 'If-Unmodified-Since'])
      expect([name, (await get(url, { [name]: value })).status]).toEqual([name, 200])
  })

  it('come with headers that let no page act in the name of this server', async () => {
    const { tenant, id, url } = await signed()
    const altered = new URL(url)
    altered.searchParams.set('response-content-type', 'text/html')
    const [whole, part] = [await get(url), await get(url, { Range: 'bytes=0-1' })]
    const [none, refused] = [await get(url, { Range: 'bytes=99-' }), await get(altered)]
    await env.BUCKET.delete(`${tenant.slug}/${id}`)
    const answers = [whole, part, none, refused, await get(url)]
    expect(answers.map(({ status }) => status)).toEqual([200, 206, 416, 403, 404])
    for (const { status, headers } of answers) {
      const policy = headers.get('Content-Security-Policy')
      expect([status, policy]).toEqual([status, "sandbox; default-src 'none'"])
      expect([status, headers.get('X-Content-Type-Options')]).toEqual([status, 'nosniff'])
    }
  })

  it('can be read by any page, which may ask for parts of them', async () => {
    const { url } = await signed()
    const Origin = 'https://elsewhere.example'
    const served = await get(url, { Origin, Range: 'bytes=0-1' })
    expect(served.headers.get('Access-Control-Allow-Origin')).toBe('*')
    const exposed = served.headers.get('Access-Control-Expose-Headers')
    for (const name of ['ETag', 'Content-Range']) expect(exposed).toContain(name)
    const names = 'if-none-match,range'
    const asked = { 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': names }
    const preflight = await get(new URL(url.pathname, url), { Origin, ...asked }, 'OPTIONS')
    expect(preflight.headers.get('Access-Control-Allow-Origin')).toBe('*')
    const allowed = preflight.headers.get('Access-Control-Allow-Headers')?.toLowerCase()
    for (const name of names.split(',')) expect(allowed).toContain(name)
  })
})

describe('a URL', () => {
  it('serves HEAD too', async () => {
    const { url } = await signed()
    const [whole, head] = [await get(url), await get(url, {}, 'HEAD')]
    expect([head.status, head.text]).toEqual([200, ''])
    for (const name of ['Content-Length', 'ETag', 'Content-Type', 'Content-Disposition'])
      expect([name, head.headers.get(name)]).toEqual([name, whole.headers.get(name)])
    url.searchParams.set('X-Amz-Signature', '0'.repeat(64))
    expect((await get(url, {}, 'HEAD')).status).toBe(403)
  })

  it('altered in any parameter is 403', async () => {
    const { url } = await signed()
    const alterations: Record<string, (query: URLSearchParams, name: string, value: string) => void> = {
      changed: (query, name, value) => query.set(name, `${value.slice(0, -1)}${value.endsWith('0') ? 1 : 0}`),
      lengthened: (query, name, value) => query.set(name, `${value}0`),
      emptied: (query, name) => query.set(name, ''),
      removed: (query, name) => query.delete(name),
      repeated: (query, name, value) => query.append(name, value),
      contradicted: (query, name) => query.append(name, 'x'),
    }
    const accepted: string[] = []
    for (const [name, value] of url.searchParams) {
      for (const [alteration, alter] of Object.entries(alterations)) {
        const altered = new URL(url)
        alter(altered.searchParams, name, value)
        if ((await get(altered)).status !== 403) accepted.push(`${name} ${alteration}`)
      }
    }
    expect([url.searchParams.size, accepted]).toEqual([8, []])
  })

  it.each(['X-Amz-Security-Token=x', 'response-cache-control=public', 'x=1', '=1', 'x', 'x=%00'])(
    'with %s added is 403',
    async (added) => {
      const { url } = await signed()
      expect((await get(new URL(`${url.href}&${added}`))).status).toBe(403)
    },
  )

  it('of one object opens no other', async () => {
    const { tenant, url } = await signed()
    const other = await store(tenant, { name: '/b' })
    const opened = `/objects/${tenant.slug}/${other}`
    const longer = ['/', 'x', '%0A'].map((end) => url.pathname + end)
    for (const pathname of [opened, '/objects/%FF', ...longer]) {
      const altered = new URL(url)
      altered.pathname = pathname
      expect([pathname, (await get(altered)).status]).toEqual([pathname, 403])
    }
    expect((await tenant.ask('GET', opened)).status).toBe(403)
  })

  it('of an object with a space in its key opens not the one with a plus', async () => {
    const prefix = crypto.randomUUID()
    const { tenant, url } = await signed({ key: `${prefix}/a b` })
    await store(tenant, { key: `${prefix}/a+b`, name: '/b', bytes: 'secret' })
    expect((await get(new URL(url.href.replace('a%20b', 'a+b')))).status).toBe(403)
  })

  it('is for reading: another method is 403 and touches nothing', async () => {
    const { url } = await signed()
    const answer = await ask('PUT', `${url.pathname}${url.search}`, { raw: 'other' })
    expect((await get(url)).text).toBe(LETTERS)
    expect(answer.status).toBe(403)
  })

  const keys = "with space|größe|a+b|100%|%2F%41|(1)|it's|what?x=1|a#b|😀|!*~&=;:@$,|a//b|a\u2028b"
  it.each(keys.split('|'))('leads to the key %j', async (key) => {
    const { url } = await signed({ key: `${crypto.randomUUID()}/${key}`, bytes: key })
    expect((await get(url)).text).toBe(key)
  })

  it('is good until it expires, and no longer', async () => {
    const { tenant, id } = await signed()
    const own = await ownSite(new TextEncoder().encode(DEVELOPMENT_SECRET), 'http://localhost:10334')
    const what = { key: `${tenant.slug}/${id}`, filename: 'x', contentType: 'text/plain', expiresIn: 86_400 }
    const statusOf = async (age: number) => {
      const aged = { ...what, disposition: 'attachment', now: Date.now() - age * 1_000 } as const
      return (await get(new URL(await signDownload(own, aged)))).status
    }
    expect([await statusOf(80_000), await statusOf(86_400), await statusOf(99_999)]).toEqual([200, 403, 403])
  })

  it('outlives a change of the secret, as long as the one before is known', async () => {
    const { tenant, answer } = await signed()
    const JWT_SECRET = 'a newer secret of more than 32 bytes'
    const rotated = { JWT_SECRET, JWT_SECRET_PREVIOUS: DEVELOPMENT_SECRET }
    const newer = await download(tenant, {}, { variables: rotated })
    const textOf = async ({ body }: Answer, variables = {}) =>
      (await ask('GET', body.url, { variables })).text
    expect([await textOf(answer, rotated), await textOf(newer, rotated)]).toEqual([LETTERS, LETTERS])
    expect(await textOf(newer, { JWT_SECRET })).toBe(LETTERS)
    expect((await ask('GET', answer.body.url, { variables: { JWT_SECRET } })).status).toBe(403)
    expect((await ask('GET', newer.body.url)).status).toBe(403)
  })

  it('is of PUBLIC_URL where that is set', async () => {
    const { tenant } = await signed()
    const variables = { PUBLIC_URL: 'https://edge.example/' }
    const { body } = await download(tenant, {}, { variables })
    expect(new URL(body.url).origin).toBe('https://edge.example')
    expect((await ask('GET', body.url, { variables })).text).toBe(LETTERS)
  })

  it.each(['with space/ü', "it's (1)+#?%"])('is of the S3 store where one is set: %s', async (key) => {
    const tenant = await Tenant.arrive()
    const whole = `${crypto.randomUUID()}/${key}`
    await store(tenant, { key: whole })
    const variables = {
      S3_ENDPOINT: 'https://s3.example:9000/',
      S3_BUCKET: 'films',
      S3_REGION: 'eu-central-1',
      S3_ACCESS_KEY_ID: 'AKID',
      S3_SECRET_ACCESS_KEY: 'a secret',
    }
    const asking = vi.spyOn(globalThis, 'fetch')
    const { body, trips } = await download(tenant, { expiresIn: '77' }, { variables })
    const url = new URL(body.url)
    expect([trips, url.origin]).toEqual([1, 'https://s3.example:9000'])
    // No other service is asked: the URL is signed here.
    expect(asking).not.toHaveBeenCalled()
    asking.mockRestore()
    expect(decodeURIComponent(url.pathname)).toBe(`/films/${whole}`)
    expect(url.searchParams.get('X-Amz-Expires')).toBe('77')
    expect(url.searchParams.get('X-Amz-Credential')).toMatch(/^AKID\/\d{8}\/eu-central-1\/s3\/aws4_request$/)
    await expectSignedAsByReference(url, 'GET', { secretAccessKey: 'a secret' })
  })
})
