import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { app } from '../../../src/app.ts'
import { type Announced, everyStore, stores, type TestStore, Uploader } from '../../support/stores.ts'
import { type Answer, Tenant } from '../../support/world.ts'

/** What a recording brings besides: logs, tables, point clouds, weights. */

const place = ({ slug }: Tenant) => ({ namespace: slug, project: 'lab' })

const register = (tenant: Tenant, body: object, kind = 'file'): Promise<Answer> =>
  tenant.ask('POST', `/assets/${kind}`, { ...place(tenant), ...body })

const formatOf = async (registered: Promise<Answer>): Promise<string | null> => {
  const { status, body, text } = await registered
  expect([status, text]).toEqual([201, text])
  return body.format
}

describe('the format of a file', () => {
  const long = 'x'.repeat(32)

  it.each([
    ['/logs/run.mcap', 'mcap'],
    ['/table.PARQUET', 'parquet'],
    ['/a.tar.gz', 'gz'],
    ['/.bag', 'bag'],
    ['/weights.Ü', 'ü'],
    [`/a.${long}`, long],
    [`/a.${'😀'.repeat(32)}`, '😀'.repeat(32)],
    [`/a.${long}x`, null],
    // In lower case these are twice as many.
    [`/a.${'İ'.repeat(32)}`, null],
    ['/a', null],
    ['/a.', null],
    ['/a.b/c', null],
    [null, null],
  ])('that is called %j is its extension: %j', async (name, format) => {
    const tenant = await Tenant.arrive()
    for (const given of [{}, { format: null }])
      expect(await formatOf(register(tenant, { name, ...given }))).toBe(format)
  })

  it.each(['mcap', 'ROS 2 bag', 'E57', '😀'.repeat(32)])(
    'is what was given, verbatim: %s',
    async (format) => {
      const tenant = await Tenant.arrive()
      for (const name of ['/a.pcd', '/a', null])
        expect(await formatOf(register(tenant, { name, format }))).toBe(format)
    },
  )

  it.each([
    ['', 'is empty'],
    [`${long}x`, 'is over 32 characters'],
    ['a\tb', 'has a control character'],
    ['\ud800', 'has an unpaired surrogate'],
    [7, expect.any(String)],
  ])('%j is refused, and nothing is written', async (format, message) => {
    const { status, rowsWritten, body } = await register(await Tenant.arrive(), { name: '/a.mcap', format })
    expect([status, rowsWritten, body.errors]).toEqual([400, 0, [{ path: 'format', message }]])
  })

  it('is left alone where it is not given again', async () => {
    const tenant = await Tenant.arrive()
    const again = (body: object = {}) => formatOf(register(tenant, { name: '/a.bin', ...body }))
    expect(await again({ format: 'pcd', bssFileId: 'x' })).toBe('pcd')
    for (const body of [{}, { format: null }, { tags: ['t'] }, { bssFileId: 'x' }])
      expect(await again(body)).toBe('pcd')
    expect(await again({ format: 'las' })).toBe('las')
    expect(await again()).toBe('las')
    // Other bytes are a new file.
    expect(await again({ bssFileId: 'y' })).toBe('bin')
  })

  it('that a file lacks is not made up later', async () => {
    const tenant = await Tenant.arrive()
    const { body } = await register(tenant, { name: '/a.bin' })
    await env.DB.prepare('update assets set format = null where id = ?').bind(body.id).run()
    expect(await formatOf(register(tenant, { name: '/a.bin', tags: ['t'] }))).toBeNull()
  })

  it('is one of three for a text track, and none that its name would say', async () => {
    const tenant = await Tenant.arrive()
    expect(await formatOf(register(tenant, { name: '/a.vtt' }, 'text-track'))).toBeNull()
    const { status, body } = await register(tenant, { name: '/a.vtt', format: 'mcap' }, 'text-track')
    expect([status, body.errors.map(({ path }: { path: string }) => path)]).toEqual([400, ['format']])
  })
})

const letters = (text: string): number[] => [...new TextEncoder().encode(text)]
/** Every byte there is, so that none is lost on the way. */
const every = Array.from({ length: 256 }, (_, byte) => byte)
const MCAP = [0x89, ...letters('MCAP0\r\n')]

const files = [
  ['/logs/run.mcap', 'application/x-mcap', [...MCAP, ...every, ...MCAP]],
  [
    '/tables/joints.parquet',
    'application/vnd.apache.parquet',
    [...letters('PAR1'), ...every, ...letters('PAR1')],
  ],
] as const

describe.each(everyStore)('by way of $name', (store: TestStore) => {
  let uploader: Uploader
  beforeEach(async () => {
    uploader = await Uploader.arrive(store)
  })

  /** What a signed URL serves, and as what: the local S3 store does not heed the type that a URL asks for. */
  async function served(url: string) {
    const isOwn = store === stores.own
    const { status, headers, body } = isOwn
      ? await app.fetch(new Request(url), env, createExecutionContext())
      : await fetch(url)
    const type = isOwn ? headers.get('Content-Type') : new URL(url).searchParams.get('response-content-type')
    return [status, type, [...(await new Response(body).bytes())]]
  }

  async function sent(bytes: readonly number[], contentType: string | null): Promise<Announced> {
    const upload = await uploader.begin({ size: bytes.length, contentType })
    const { status } = await store.send('PUT', upload.url, {
      raw: new Uint8Array(bytes),
      headers: upload.headers,
    })
    expect([status, (await uploader.complete(upload)).status]).toEqual([200, 200])
    return upload
  }

  it.each(files)('%s goes up, is listed, and comes back as %s', async (name, type, bytes) => {
    const { tenant } = uploader
    for (const told of [type, null, 'application/octet-stream']) {
      const { id } = await sent(bytes, told)
      const object = { id, size: bytes.length, contentType: type }
      const registered = await register(tenant, { name, bssFileId: id, episodeName: 'run' })
      const format = name.slice(name.indexOf('.') + 1)
      expect(registered.body).toMatchObject({ name, bssFileId: id, format, object })
      const query = new URLSearchParams({ ...place(tenant), episode: 'run' })
      expect((await tenant.ask('GET', `/assets/file?${query}`)).body).toEqual([registered.body])
      query.set('path', name)
      const { body } = await uploader.ask('GET', `/assets/file/download?${query}`)
      expect(body).toMatchObject({ filename: name.split('/').at(-1), contentType: type, size: bytes.length })
      const content = await uploader.ask('GET', `/assets/file/content?${query}`)
      const signed = await uploader.ask('POST', '/assets/sign', { ids: [registered.body.id] })
      for (const url of [body.url, content.headers.get('Location'), signed.body.urls[0].url])
        expect(await served(url)).toEqual([200, type, bytes])
    }
  })
})
