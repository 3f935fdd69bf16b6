import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { type Answer, Tenant } from '../../support/world.ts'

const names = ({ body }: Answer): string[] => body.assets.map(({ name }: { name: string | null }) => name)

const find = (tenant: Tenant, q: string, rest = '', within = ''): Promise<Answer> =>
  tenant.ask('GET', `${tenant.project('lab')}${within}/assets?q=${encodeURIComponent(q)}${rest}`)

/** The names of all that is found, however many pages that takes. */
async function findAll(tenant: Tenant, q: string, limit = 1_000, within = ''): Promise<string[]> {
  const found: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await find(tenant, q, `&limit=${limit}${cursor && `&cursor=${cursor}`}`, within)
    expect([q, page.status, page.trips]).toEqual([q, 200, 1])
    expect(page.rowsRead < 25_000 || page.rowsRead).toBe(true)
    found.push(...names(page))
    cursor = page.body.nextCursor
  }
  return found
}

async function make(tenant: Tenant, kind: string, fields: object): Promise<string> {
  const { status, body } = await tenant.ask('POST', `/assets/${kind}`, {
    namespace: tenant.slug,
    project: 'lab',
    ...fields,
  })
  expect([status, body.errors]).toEqual([201, undefined])
  return body.id
}

/** Bytes of an asset. */
async function giveObject(asset: string, size: number, contentType: string | null): Promise<void> {
  const id = asset.replace(/^..../, 'ffff')
  await env.DB.batch([
    env.DB.prepare(
      `insert into objects (id, namespace_id, key, state, size, content_type, lease_until, created_by, created_at)
       select ?1, namespace_id, ?1, 'complete', ?3, ?4, 0, '', 0 from assets join projects on projects.id = project_id
       where assets.id = ?2`,
    ).bind(id, asset, size, contentType),
    env.DB.prepare('update assets set object_id = ?1, storage_id = ?1 where id = ?2').bind(id, asset),
  ])
}

const FRONT = '/cams/front.mp4'
const MIC = '/cams/mic.WAV'
const TEXT = '/Größe/ÜBER_Täg 2.vtt'
const LOG = '/log.mcap'

describe('a query over assets', () => {
  let one: Tenant
  const ids: Record<string, string> = {}
  beforeAll(async () => {
    one = await Tenant.arrive()
    const run = {
      name: 'run-1',
      status: 'completed',
      tags: ['e'],
      folder: '/a/b',
      metadata: { robot: 'arm-3' },
    }
    for (const body of [run, { name: 'run-2', writeProtected: false, durationMs: 1_000 }])
      expect((await one.ask('POST', `${one.project('lab')}/episodes`, body)).status).toBe(201)
    const metadata = { score: 0.5, list: [1, 'x'], big: 9_007_199_254_740_991 }
    ids[FRONT] = await make(one, 'video', {
      episodeName: 'run-1',
      name: FRONT,
      fps: 29.97,
      lens: 'fisheye',
      tags: ['front', 'a,b'],
      metadata,
    })
    ids[MIC] = await make(one, 'audio', { episodeName: 'run-2', name: MIC, sampleRate: 16_000 })
    ids[TEXT] = await make(one, 'text-track', { name: TEXT, format: 'vtt', language: 'de' })
    ids[LOG] = await make(one, 'file', { episodeName: 'run-2', name: LOG, tags: ['front'] })
    ids.none = await make(one, 'image', { episodeName: 'run-1' })
    await giveObject(ids[FRONT], 10_000_000, 'Video/MP4; codecs=x')
    await giveObject(ids[MIC], 1_536, null)
    await giveObject(ids[LOG], 1, 'application/octet-stream')
  })

  const everything = [null, LOG, TEXT, MIC, FRONT]
  const but = (...some: (string | null)[]) => everything.filter((each) => !some.includes(each))

  it.each<[string, (string | null)[]]>([
    ['', everything],
    ['front', [FRONT]],
    ['FRONT cams', [FRONT]],
    ['mp', [FRONT]],
    ['fro*', [FRONT]],
    ['ront', []],
    ['cams-mic', [MIC]],
    ['"ms/mi"', [MIC]],
    ['"/CAMS/"*', [MIC, FRONT]],
    ['"cams"*', []],
    ['größe', [TEXT]],
    ['GRÖSSE', []],
    ['GRÖßE', [TEXT]],
    ['über', [TEXT]],
    ['Über', [TEXT]],
    ['ÜBER täg 2', [TEXT]],
    ['äg', []],
    ['"ße/üb"', []],
    ['"ße/Üb"', [TEXT]],
    ['"/größe"*', [TEXT]],
    ['-front', [null, LOG, TEXT, MIC]],
    [`name:${FRONT}`, [FRONT]],
    [`NAME=${FRONT},${LOG}`, [LOG, FRONT]],
    ['name:/cams/Front.mp4', []],
    ['name:/cams/*', [MIC, FRONT]],
    ['name:/cams..', [LOG, TEXT, MIC, FRONT].filter((each) => each >= '/cams')],
    ['name:*', but(null)],
    ['name:null', [null]],
    [`name!=${FRONT}`, but(FRONT)],
    ['folder:/cams', [MIC, FRONT]],
    ['folder:/cams/', [MIC, FRONT]],
    ['folder:/', [LOG]],
    ['folder:/*', but(null)],
    ['folder:/ca*', [MIC, FRONT]],
    ['folder:/Größe/*', [TEXT]],
    ['folder:null', [null]],
    ['folder:*', but(null)],
    ['folder:/cams../d', [MIC, FRONT]],
    ['folder:/,/cams', [LOG, MIC, FRONT]],
    ['kind:video', [FRONT]],
    ['kind:video,audio', [MIC, FRONT]],
    ['kind:v*', [FRONT]],
    ['kind:null', []],
    ['kind:car', []],
    ['-kind:video', but(FRONT)],
    ['kind:video OR kind:file', [LOG, FRONT]],
    ['tag:front', [LOG, FRONT]],
    ['tag:"a,b"', [FRONT]],
    ['tag:a*', [FRONT]],
    ['tag:null', but(LOG, FRONT)],
    ['type:Video*', [FRONT]],
    ['type:"Video/MP4; codecs=x"', [FRONT]],
    ['type:audio/wav', [MIC]],
    ['type:application/*', [LOG]],
    ['type:null', [null, TEXT]],
    ['type!=audio/wav', but(MIC)],
    ['format:vtt', [TEXT]],
    ['format:*', [LOG, TEXT]],
    ['language:de', [TEXT]],
    ['language:d*,e*', [TEXT]],
    ['lens:fisheye', [FRONT]],
    ['lens:null', but(FRONT)],
    ['fps:29.97', [FRONT]],
    ['fps:30', []],
    ['fps:30,2997e-2', [FRONT]],
    ['fps>29', [FRONT]],
    ['fps<=29.96', []],
    ['fps:29..30', [FRONT]],
    ['fps:..29', []],
    ['fps:*', [FRONT]],
    ['fps:null', but(FRONT)],
    ['fps!=30', everything],
    ['size:10MB', [FRONT]],
    ['size:10mb', [FRONT]],
    ['size:1.5KiB', [MIC]],
    ['size:1536', [MIC]],
    ['size:1536B,1', [LOG, MIC]],
    ['size>1.5kib', [FRONT]],
    ['size>=1.5KiB', [MIC, FRONT]],
    ['size<1KB', [LOG]],
    ['size<=0.01GB', [LOG, MIC, FRONT]],
    ['size:1..2KB', [LOG, MIC]],
    ['size:1.5', []],
    ['size:null', [null, TEXT]],
    ['size:*', [LOG, MIC, FRONT]],
    ['size!=1', but(LOG)],
    ['episode:run-1', [null, FRONT]],
    ['episode:run-*', but(TEXT)],
    ['episode:null', [TEXT]],
    ['episode:*', but(TEXT)],
    ['episode!=run-1', but(null, FRONT)],
    ['episode:run-1,run-3', [null, FRONT]],
    ['episode:none', []],
    ['episode.name:run-1', [null, FRONT]],
    ['episode.name:run-1 kind:image', [null]],
    ['EPISODE.Status:completed', [null, FRONT]],
    ['episode.status!=completed', but(null, FRONT)],
    ['episode.meta.robot=arm-3', [null, FRONT]],
    ['-episode.meta.robot:*', but(null, FRONT)],
    ['episode.tag:e', [null, FRONT]],
    ['episode.tag:null', [LOG, TEXT, MIC]],
    ['episode.folder:/a/*', [null, FRONT]],
    ['episode.has:audio', [LOG, MIC]],
    ['episode.has:null', [TEXT]],
    ['episode.duration:1s', [LOG, MIC]],
    ['episode.created:*', but(TEXT)],
    ['episode.during:*', []],
    ['episode.protected:false', but(TEXT)],
    ['episode.protected:*', but(TEXT)],
    ['episode.protected:null', [TEXT]],
    ['episode.protected:true', []],
    ['created>now-1h', everything],
    ['created<now-1h', []],
    ['meta.score>0.4', [FRONT]],
    ['meta.list:x', [FRONT]],
    ['meta.big:9007199254740991', [FRONT]],
    ['meta.score:null', but(FRONT)],
    ['collection:* OR dataset:*', []],
    ['collection:null', everything],
    ['(kind:video episode.status:completed size>1MB) OR language:de', [TEXT, FRONT]],
    ['-(tag:front OR name:null)', [TEXT, MIC]],
  ])('%s', async (q, expected) => {
    expect([q, await findAll(one, q)]).toEqual([q, expected])
    expect([q, await findAll(one, q, 1)]).toEqual([q, expected])
    const inFirst = await findAll(one, q, 1, '/episodes/run-1')
    expect([q, inFirst]).toEqual([q, [FRONT, null].filter((each) => expected.includes(each))])
  })

  it.each<[string, number, string, RegExp]>([
    ['statu:x', 0, 'statu', /^is no field$/],
    ['status:x', 0, 'status', /is no field/],
    ['langage:x', 0, 'langage', /perhaps language is meant/],
    ['episode.langage:x', 0, 'episode.langage', /is no field/],
    ['episode.statu:x', 0, 'episode.statu', /perhaps episode.status is meant/],
    ['episode.meta:x', 0, 'episode.meta', /names no key/],
    ['episode.name.x:x', 0, 'episode.name.x', /has no parts/],
    ['kind.x:x', 0, 'kind.x', /has no parts/],
    ['has:video', 0, 'has', /is no field/],
    ['size:big', 5, 'big', /no size/],
    ['size:"1"', 5, '"1"', /no size/],
    ['size:10s', 5, '10s', /no size/],
    ['size:1*', 5, '1*', /no time, length or size/],
    ['fps:a', 4, 'a', /no number/],
    ['fps:"30"', 4, '"30"', /no number/],
    ['fps:3*', 4, '3*', /no number/],
    ['fps:1..x', 7, 'x', /no number/],
    ['name>a', 0, 'name', /not compared/],
    ['episode>a', 0, 'episode', /not compared/],
    ['folder:a', 7, 'a', /no folder/],
    ['_', 0, '_', /no letter/],
  ])('%s is refused where it is wrong', async (q, at, what, message) => {
    const { status, body } = await find(one, q)
    expect([status, body.code]).toEqual([400, 'query_invalid'])
    expect(body.errors[0]).toMatchObject({ path: 'q', at, length: what.length })
    expect(body.errors[0].message).toMatch(message)
  })

  it('shows each as its kind does, with what it is and where', async () => {
    const { body } = await find(one, 'kind:video')
    const { body: alone } = await one.ask('GET', `/assets/video/${ids[FRONT]}`)
    const episode = { id: alone.episodeId, name: 'run-1' }
    expect(body).toEqual({ assets: [{ kind: 'video', episode, ...alone }], nextCursor: null, examined: 1 })
    const [text] = (await find(one, 'kind:text-track')).body.assets
    expect([text.kind, text.episode, text.format, text.object]).toEqual(['text-track', null, 'vtt', null])
  })

  it('by an id, in capitals or lists, finds what has it', async () => {
    expect(await findAll(one, `id:${ids[MIC]}`)).toEqual([MIC])
    expect(await findAll(one, `ID:${ids[MIC]},${ids[FRONT]},${ids[FRONT]},x`)).toEqual([MIC, FRONT])
    expect(await findAll(one, `id:${ids[MIC]?.slice(0, 12)}*`)).toContain(MIC)
    expect(await findAll(one, `-id:${ids[MIC]}`)).toEqual(but(MIC))
    expect((await find(one, `id:${ids[MIC]}`)).body.examined).toBe(1)
  })

  it('goes on by the time at which it began', async () => {
    const moment = Date.now()
    const first = await find(one, 'created>now-1h', '&limit=1')
    const later = vi.spyOn(Date, 'now').mockImplementation(() => moment + 2 * 3_600_000)
    const next = await find(one, 'created>now-1h', `&limit=1&cursor=${first.body.nextCursor}`)
    expect([names(first), names(next)]).toEqual([[null], [LOG]])
    later.mockRestore()
  })
})

describe('what holds a thing', () => {
  let tenant: Tenant
  let all: (string | null)[]
  const episodes = async (q: string): Promise<string[]> => {
    const { status, body } = await tenant.ask(
      'GET',
      `${tenant.project('lab')}/episodes?q=${encodeURIComponent(q)}`,
    )
    expect(status).toBe(200)
    return body.episodes.map(({ name }: { name: string }) => name).toSorted()
  }
  const found = async (q: string) => (await findAll(tenant, q)).toSorted()

  beforeAll(async () => {
    tenant = await Tenant.arrive()
    const project = tenant.project('lab')
    const made = new Map<string, string>()
    for (const [name, folder] of [
      ['e1', '/a/b'],
      ['e2', '/a'],
      ['e3', undefined],
    ]) {
      const { body } = await tenant.ask('POST', `${project}/episodes`, { name, folder })
      made.set(name as string, body.episode.id)
    }
    const file = (name: string | undefined, episodeName?: string) =>
      make(tenant, 'file', { ...(name && { name }), ...(episodeName && { episodeName }) })
    const inside = await file('/x/1', 'e1')
    await file('/x/2', 'e1')
    await file(undefined, 'e1')
    await file('/y/3', 'e2')
    await file('/y/4', 'e3')
    await file('/z/5')
    const bare = await file(undefined)
    all = ['/x/1', '/x/2', '/y/3', '/y/4', '/z/5', null, null]
    const nodeAt = async (path: string, container: string) =>
      (
        await env.DB.prepare('select id from nodes where path = ?1 and container_id = ?2')
          .bind(path, container)
          .first<{ id: string }>()
      )?.id
    const { project_id } = (await env.DB.prepare('select project_id from episodes where id = ?1')
      .bind(made.get('e1'))
      .first<{ project_id: string }>()) ?? { project_id: '' }
    const members: Record<string, (string | undefined)[]> = {
      folder: [await nodeAt('/a', project_id)],
      deep: [await nodeAt('/a/b', project_id)],
      episode: [made.get('e2')],
      'episode-node': [await nodeAt('/e3', project_id)],
      asset: [inside, bare],
      within: [await nodeAt('/y', made.get('e2') ?? '')],
      gone: [made.get('e3')],
      empty: [],
    }
    for (const [name, add] of Object.entries(members)) {
      const collection = await tenant.ask('POST', `${project}/collections`, { name })
      expect(collection.status).toBe(201)
      if (add.length === 0) continue
      expect((await tenant.ask('POST', `${project}/collections/${name}/members`, { add })).status).toBe(200)
    }
    for (const [name, add] of [
      ['train', ['deep', 'within']],
      ['test', ['asset']],
    ] as const) {
      expect((await tenant.ask('POST', `${project}/datasets`, { name })).status).toBe(201)
      expect((await tenant.ask('POST', `${project}/datasets/${name}/collections`, { add })).status).toBe(200)
    }
    await tenant.ask('DELETE', `${project}/collections/gone`)
  })

  it.each<[string, string[], (string | null)[]]>([
    ['collection:folder', ['e1', 'e2'], ['/x/1', '/x/2', '/y/3', null]],
    ['collection:deep', ['e1'], ['/x/1', '/x/2', null]],
    ['collection:episode', ['e2'], ['/y/3']],
    ['collection:episode-node', ['e3'], ['/y/4']],
    ['collection:episode*', ['e2', 'e3'], ['/y/3', '/y/4']],
    ['collection:asset', [], ['/x/1', null]],
    ['collection:within', [], ['/y/3']],
    ['collection:gone', [], []],
    ['collection:empty', [], []],
    ['collection:none,deep,within', ['e1'], ['/x/1', '/x/2', '/y/3', null]],
    ['COLLECTION:*', ['e1', 'e2', 'e3'], ['/x/1', '/x/2', '/y/3', '/y/4', null, null]],
    ['collection:null', [], ['/z/5']],
    ['collection!=folder', ['e3'], ['/y/4', '/z/5', null]],
    ['dataset:train', ['e1'], ['/x/1', '/x/2', '/y/3', null]],
    ['dataset:t*', ['e1'], ['/x/1', '/x/2', '/y/3', null, null]],
    ['dataset:test', [], ['/x/1', null]],
    ['dataset:*', ['e1'], ['/x/1', '/x/2', '/y/3', null, null]],
    ['dataset:null', ['e2', 'e3'], ['/y/4', '/z/5']],
    ['dataset:train collection:asset', [], ['/x/1']],
    ['collection:d..f', ['e1', 'e2', 'e3'], ['/x/1', '/x/2', '/y/3', '/y/4', null]],
  ])('%s', async (q, ofEpisodes, ofAssets) => {
    expect([q, await episodes(q), await found(q)]).toEqual([q, ofEpisodes, ofAssets.toSorted()])
  })

  it('is asked of the episode of an asset by itself', async () => {
    expect(await found('episode.collection:folder')).toEqual(['/x/1', '/x/2', '/y/3', null].toSorted())
    expect(await found('episode.collection:asset')).toEqual([])
    expect(await found('episode.dataset:null')).toEqual(['/y/3', '/y/4', '/z/5', null].toSorted())
  })

  it('is not there once its collection, or dataset, is in the trash', async () => {
    const project = tenant.project('lab')
    await tenant.ask('DELETE', `${project}/datasets/test`)
    expect([await found('dataset:test'), (await found('dataset:null')).length]).toEqual([[], 3])
    await tenant.ask('DELETE', `${project}/collections/folder`)
    expect(await found('collection:folder')).toEqual([])
    expect(await found('-collection:folder')).toEqual(all.toSorted())
  })
})
