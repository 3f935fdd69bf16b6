import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { ask, Tenant } from '../../support/world.ts'

/** What an object is of that came without a type: clients of label and text tracks send none. */

const newId = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, 24)

/** An object of three bytes, past the server, as an older client has left it. */
async function stored(
  tenant: Tenant,
  contentType: string | null,
  name: string | null = null,
): Promise<string> {
  const id = newId()
  const key = `${tenant.slug}/${id}`
  await env.BUCKET.put(key, '123')
  await env.DB.prepare(
    `insert into objects (id, namespace_id, project_id, key, state, size, content_type, name, lease_until, created_by,
       created_at)
     select ?1, n.id, p.id, ?2, 'complete', 3, ?3, ?5, 0, n.created_by, 0
     from namespaces n join projects p on p.namespace_id = n.id where n.slug = ?4`,
  )
    .bind(id, key, contentType, tenant.slug, name)
    .run()
  return id
}

const OCTETS = 'application/octet-stream'

interface Told {
  readonly kind?: string
  readonly storage?: string
  readonly type?: string | null
  readonly name: string
  readonly format?: string
}

/** What every answer says of the type of an asset's bytes. */
async function told({ kind = 'video', storage = 'bssVideoId', type = null, name, format }: Told) {
  const tenant = await Tenant.arrive()
  await tenant.withProject('lab')
  const place = { namespace: tenant.slug, project: 'lab' }
  const id = await stored(tenant, type)
  const given = { ...place, name, [storage]: id, ...(format === undefined ? {} : { format }) }
  const made = await tenant.ask('POST', `/assets/${kind}`, given)
  const query = new URLSearchParams(place)
  const [listed] = (await tenant.ask('GET', `/assets/${kind}?${query}`)).body
  const inline = new URLSearchParams({ ...place, path: name, disposition: 'inline' })
  const download = await tenant.ask('GET', `/assets/${kind}/download?${inline}`)
  const signed = await tenant.ask('POST', '/assets/sign', { ids: [made.body.id], disposition: 'inline' })
  const served = await Promise.all([download.body.url, signed.body.urls[0].url].map((url) => ask('GET', url)))
  return {
    types: [
      made.body.object.contentType,
      listed.object.contentType,
      download.body.contentType,
      ...served.map(({ headers }) => headers.get('Content-Type')),
    ],
    disposition: served[0]?.headers.get('Content-Disposition')?.split(';')[0],
  }
}

describe('an object without a type, or of untold bytes', () => {
  it.each([
    ['/a.mp4', 'video/mp4', 'inline'],
    ['/a.MOV', 'video/quicktime', 'inline'],
    ['/a.b/c.webm', 'video/webm', 'inline'],
    ['/a.mkv', 'video/x-matroska', 'inline'],
    ['/a.avi', 'video/x-msvideo', 'inline'],
    ['/a.wav', 'audio/wav', 'inline'],
    ['/a.mp3', 'audio/mpeg', 'inline'],
    ['/a.flac', 'audio/flac', 'inline'],
    ['/a.ogg', 'audio/ogg', 'inline'],
    ['/a.m4a', 'audio/mp4', 'inline'],
    ['/a.png', 'image/png', 'inline'],
    ['/a.jpg', 'image/jpeg', 'inline'],
    ['/a.webp', 'image/webp', 'inline'],
    ['/a.gif', 'image/gif', 'inline'],
    ['/a.avif', 'image/avif', 'inline'],
    ['/a.txt', 'text/plain', 'inline'],
    ['/a.vtt', 'text/vtt', 'attachment'],
    ['/a.srt', 'application/x-subrip', 'attachment'],
    ['/a.jsonl', 'application/x-ndjson', 'attachment'],
    ['/a.ndjson', 'application/x-ndjson', 'attachment'],
    ['/a.json', 'application/json', 'attachment'],
    ['/a.csv', 'text/csv', 'attachment'],
    ['/a.mcap', 'application/x-mcap', 'attachment'],
    ['/a.parquet', 'application/vnd.apache.parquet', 'attachment'],
    ['/a.zip', 'application/zip', 'attachment'],
  ])('named %s is %s, and %s', async (name, type, disposition) => {
    for (const given of [null, OCTETS, 'Application/Octet-Stream; charset=binary'])
      expect(await told({ name, type: given })).toEqual({ types: Array(5).fill(type), disposition })
  })

  it('is what its format says before its name', async () => {
    const track = { kind: 'text-track', storage: 'bssTextTrackId', name: '/captions.srt', format: 'vtt' }
    expect((await told(track)).types).toEqual(Array(5).fill('text/vtt'))
  })

  it.each([
    ['/a', 'mcap', 'application/x-mcap'],
    ['/a.bin', 'Parquet', 'application/vnd.apache.parquet'],
    ['/a.mcap', 'zip', 'application/zip'],
    ['/a.mcap', 'anything else', 'application/x-mcap'],
    ['/a.bin', 'html', null],
  ])('is a file, named %s: of the format %s it is %s', async (name, format, type) => {
    const { types, disposition } = await told({ kind: 'file', storage: 'bssFileId', name, format })
    const served = type ?? OCTETS
    expect([types, disposition]).toEqual([[type, type, served, served, served], 'attachment'])
  })

  it.each(['/a', '/mp4', '/a.', '/a.unheard', '/a.svg', '/a.html', "/a.mp4'", '/a.mp4/b'])(
    'named %s is untold, and kept',
    async (name) => {
      const { types, disposition } = await told({ name })
      expect([types, disposition]).toEqual([[null, null, OCTETS, OCTETS, OCTETS], 'attachment'])
    },
  )
})

it('a type that was told is kept, whatever the name', async () => {
  expect((await told({ name: '/a.mp4', type: 'text/csv' })).types).toEqual(Array(5).fill('text/csv'))
})

it.each(['mp4', 'MP4', 'png'])('an upload that is called %s has no extension', async (name) => {
  const tenant = await Tenant.arrive()
  await tenant.withProject('lab')
  const { headers } = await tenant.ask('GET', `/videos/${await stored(tenant, null, name)}/raw`)
  expect((await ask('GET', headers.get('Location') ?? '')).headers.get('Content-Type')).toBe(OCTETS)
})

it('the older routes tell it by the name of the upload', async () => {
  const tenant = await Tenant.arrive()
  await tenant.withProject('lab')
  const id = await stored(tenant, null, 'captions.vtt')
  const { headers } = await tenant.ask('GET', `/text-tracks/${id}/raw`)
  expect((await ask('GET', headers.get('Location') ?? '')).headers.get('Content-Type')).toBe('text/vtt')
})
