import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { assetDrives } from '../../../src/domain/asset-drives.ts'
import { assetConditionOf } from '../../../src/domain/asset-fields.ts'
import { compileOfAssets } from '../../../src/features/recordings/asset-conditions.sql.ts'
import { assetFinding, episodeAssetFinding } from '../../../src/features/recordings/asset-finding.sql.ts'
import { wireKinds } from '../../../src/features/recordings/asset-kinds.ts'
import { fire } from '../../support/archive.ts'
import { MOST_PREPARED, preparedLength } from '../../support/prepared.ts'
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
    ['"ße/üb"', [TEXT]],
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

  it('of words finds whatever alphabet they are of, however they are spelt, and whatever parts them', async () => {
    const tenant = await Tenant.arrive()
    const all = [
      '/äöl.csv',
      '/ÄÖl.csv',
      '/äÖl.csv',
      '/run–01—left.bin',
      '/日本語、テスト.txt',
      '/9\u202fAM ΟΔΟΣ',
      '/Cafe\u0301 İzmir',
    ]
    for (const name of all) await make(tenant, 'file', { name })
    const [, , , run, japanese, street, cafe] = all
    for (const q of ['ÄÖL', 'äöl', 'Äöl', 'äÖL', '"/ÄÖL"*', '"äöL.CSV"'])
      expect([q, await findAll(tenant, q)]).toEqual([q, ['/äÖl.csv', '/ÄÖl.csv', '/äöl.csv']])
    for (const [q, expected] of [
      ['left', [run]],
      ['RUN 01', [run]],
      ['"/run–01—left.bin"', [run]],
      ['eft', []],
      ['テスト', [japanese]],
      ['本語', []],
      ['"本語"', [japanese]],
      ['am 9', [street]],
      ['οδος', [street]],
      ['Οδο', [street]],
      ['CAF\u00c9 iz', [cafe]],
      ['cafe\u0301', [cafe]],
      ['"f\u00e9 izmir"', [cafe]],
      ['İZ', [cafe]],
    ] as const)
      expect([q, await findAll(tenant, q)]).toEqual([q, expected])
  })

  it('of a path finds it however the asset came by that', async () => {
    const tenant = await Tenant.arrive()
    const path = (asset: { body: { id: string } }) => `/assets/file/${asset.body.id}`
    const at = `${tenant.project('lab')}/trash`
    const register = (name: string) =>
      tenant.ask('POST', '/assets/file', { namespace: tenant.slug, project: 'lab', name })
    const folder = async (name: string) => {
      const lookup = `/nodes/lookup?namespace=${tenant.slug}&project=lab&path=${encodeURIComponent(name)}`
      return `/nodes/${(await tenant.ask('GET', lookup)).body.id}`
    }
    const restore = (body: { deletionId: string }, as = '') =>
      tenant.ask('POST', `${at}/${body.deletionId}/restore${as && `?as=${encodeURIComponent(as)}`}`)
    const roads: Record<string, () => Promise<Answer>> = {
      renamed: async () =>
        tenant.ask('PATCH', path(await register('/Änders.csv')), { name: '/ÜBER–01/renamed' }),
      changed: async () => tenant.ask('PATCH', path(await register('/ÜBER–01/changed')), { tags: ['x'] }),
      'restored alone': async () => {
        const { body } = await tenant.ask('DELETE', path(await register('/ÜBER–01/restored alone')))
        return restore(body)
      },
      'restored as': async () => {
        const { body } = await tenant.ask('DELETE', path(await register('/Änders.csv')))
        return restore(body, '/ÜBER–01/restored as')
      },
      'moved below': async () => {
        await register('/X/Y/moved below')
        await tenant.ask('PATCH', await folder('/X/Y'), { name: 'ÜBER–01' })
        await tenant.ask('PATCH', await folder('/X'), { name: 'Ö' })
        return tenant.ask('PATCH', await folder('/Ö/ÜBER–01'), { parentId: null, name: 'ÜBER–01 ' })
      },
      'restored with': async () => {
        await register('/Z/restored with')
        const { body } = await tenant.ask('DELETE', await folder('/Z'))
        return restore(body, 'ÜBER–01  ')
      },
    }
    for (const [road, take] of Object.entries(roads)) {
      expect([road, (await take()).status]).toEqual([road, 200])
      const [name] = await findAll(tenant, `über 01 "${road}"`)
      expect([road, name]).toEqual([road, expect.stringMatching(`ÜBER–01 *\\/${road}$`)])
      expect(await findAll(tenant, `"über–01" "${road}"`)).toEqual([name])
      expect(await findAll(tenant, `"/ÜBER"* "${road}"`)).toEqual([name])
    }
    // A name that is ASCII again is found by that alone.
    await tenant.ask('PATCH', await folder('/ÜBER–01 '), { name: 'OVER-02' })
    expect([await findAll(tenant, 'over 02 moved'), await findAll(tenant, 'über "moved below"')]).toEqual([
      ['/OVER-02/moved below'],
      [],
    ])
  })

  it('goes on by the time at which it began', async () => {
    const moment = Date.now()
    const first = await find(one, 'created>now-1h', '&limit=1')
    const later = vi.spyOn(Date, 'now').mockImplementation(() => moment + 2 * 3_600_000)
    const next = await find(one, 'created>now-1h', `&limit=1&cursor=${first.body.nextCursor}`)
    expect([names(first), names(next)]).toEqual([[null], [LOG]])
    later.mockRestore()
  })

  it.each([
    ['tag=raw', 'tag:raw'],
    ['tag=raw&tag=front', 'tag:raw tag:front'],
    ['name=/cams/', 'name:/cams/*'],
    ['createdAfter=2020&createdBefore=2999-01-01', 'created:*'],
    ['createdBefore=2020', 'created<2020'],
    ['name=/cams&tag=none', 'tag:none'],
  ])('%s is the same as %s, by itself and beside a query', async (plain, q) => {
    const expected = await findAll(one, q)
    for (const within of ['', '/episodes/run-1']) {
      const found = names(await find(one, '', `&${plain}`, within))
      expect(found.toSorted()).toEqual((await findAll(one, q, 1_000, within)).toSorted())
    }
    expect(names(await find(one, 'kind:*', `&${plain}`))).toEqual(expected)
    expect(names(await find(one, '-kind:*', `&${plain}`))).toEqual([])
    expect((await find(one, '', `&${plain}&createdAfter=never`)).status).toBe(400)
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

/** An asset that is put into the database without a request. */
interface Row {
  readonly kind: string
  readonly name: string | null
  /** Of the episodes of the tenant, from 0. */
  readonly episode: number | null
  readonly tags: readonly string[]
  readonly format: string | null
  readonly language: string | null
  readonly lens: string | null
  readonly fps: number | null
  readonly size: number | null
  readonly type: string | null
  readonly meta: Readonly<Record<string, unknown>> | null
}

const EPISODES = [
  { name: 'run-1', status: 'completed', metadata: { robot: 'arm-3' } },
  { name: 'run-2', status: 'failed' },
  { name: 'Läuf 3', status: 'failed', tags: ['x'] },
]

/** A tenant with those assets, the last of them the newest. */
async function having(rows: readonly Row[]): Promise<Tenant> {
  const tenant = await Tenant.arrive()
  const project = await tenant.withProject('lab')
  const episodes: string[] = []
  for (const body of EPISODES)
    episodes.push((await tenant.ask('POST', `${project}/episodes`, body)).body.episode.id)
  const tail = crypto.randomUUID().slice(0, 4)
  const home =
    '(select projects.id from projects join namespaces on namespaces.id = namespace_id where slug_of = ?4)'.replace(
      'slug_of',
      'namespaces.slug',
    )
  const given = rows.map((row) => ({ ...row, episode: row.episode === null ? null : episodes[row.episode] }))
  for (let at = 0; at < given.length; at += 500) {
    const values = [JSON.stringify(given.slice(at, at + 500)), tail, at, tenant.slug]
    await env.DB.batch([
      env.DB.prepare(
        `insert into objects (id, namespace_id, key, state, size, content_type, lease_until, created_by, created_at)
         select '0c0000000000000' || ?2 || printf('%05x', ?3 + key),
           (select id from namespaces where slug = ?4), ?2 || '/' || (?3 + key),
           'complete', value ->> 'size', value ->> 'type', 0, '', 0 from json_each(?1) where value ->> 'size' is not null`,
      ).bind(...values),
      env.DB.prepare(
        `insert into assets (id, project_id, container_id, kind, name, object_id, fps, lens, format, language, tags,
           metadata, created_at, updated_at, created_by, updated_request)
         select '0b0000000000000' || ?2 || printf('%05x', ?3 + key), ${home}, ifnull(value ->> 'episode', ${home}),
           value ->> 'kind', value ->> 'name',
           iif(value ->> 'size' is null, null, '0c0000000000000' || ?2 || printf('%05x', ?3 + key)), value ->> 'fps',
           value ->> 'lens', value ->> 'format', value ->> 'language', value ->> 'tags', value ->> 'meta', 0, 0, '', ''
         from json_each(?1)`,
      ).bind(...values),
    ])
  }
  return tenant
}

/** A part of a query, and whether a row has what it says, evaluated plainly. */
interface Part {
  readonly q: string
  readonly holds: (row: Row) => boolean
}

const KINDS = ['video', 'audio', 'label-track', 'text-track', 'image', 'file']
const FOLDERS = ['/', '/a/', '/a/b/', '/A b/', '/ab/', '/Größe 2/', '/😀/\uffee/', '/a/b,c/"d"/']
const NAMES = ['x', 'Ära', 'ära', 'äRa', 'front-1', 'Front_1', 'a.b', '12', '東、京', 'Ünten', 'x–late—LÄ']
const TAGS = ['a', 'ab', 'b c', 'ü', '😀', '\uffee', '12', '"\\', ',x']
const folderOf = (name: string): string => name.slice(0, name.lastIndexOf('/') + 1)
const quoted = (value: string): string => `"${value.replaceAll(/["\\]/g, '\\$&')}"`

const inOrder = (one: string, other: string): number => {
  const [a, b] = [one, other].map((text) => [...text].map((char) => char.codePointAt(0) ?? 0))
  const at = a?.findIndex((point, index) => point !== b?.[index]) ?? -1
  return at === -1 ? (a?.length ?? 0) - (b?.length ?? 0) : (a?.[at] ?? -1) - (b?.[at] ?? -1)
}

const row: fc.Arbitrary<Row> = fc.record({
  kind: fc.constantFrom(...KINDS),
  name: fc.option(
    fc
      .tuple(fc.constantFrom(...FOLDERS), fc.constantFrom(...NAMES), fc.integer({ min: 0, max: 40_000 }))
      .map(([folder, name, at]) => `${folder}${name} ${at}`),
    { freq: 12 },
  ),
  episode: fc.option(fc.constantFrom(0, 1, 2), { freq: 3 }),
  tags: fc.uniqueArray(fc.constantFrom(...TAGS), { maxLength: 3 }),
  format: fc.option(fc.constantFrom('vtt', 'mcap', 'MP4')),
  language: fc.option(fc.constantFrom('de', 'en')),
  lens: fc.option(fc.constantFrom('fisheye', 'pinhole')),
  fps: fc.option(fc.constantFrom(24, 29.97, 30, 120)),
  size: fc.option(fc.constantFrom(0, 1, 999, 1_000, 1_024, 1_536, 10_000_000)),
  type: fc.constantFrom('video/mp4', 'video/webm', 'text/csv; header=present'),
  meta: fc.option(
    fc.record(
      { k: fc.oneof(fc.constantFrom(...TAGS), fc.integer(), fc.constant(null)), 'k 2': fc.boolean() },
      { requiredKeys: [] },
    ),
  ),
})

const comparing: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
}
const operator = fc.constantFrom(...Object.keys(comparing))

const words = (name: string): string[] => name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

const textual = (
  field: string,
  of: (row: Row) => string | null,
  some: readonly string[],
): fc.Arbitrary<Part> => {
  const wanted = fc.constantFrom(...some)
  const is = (holds: (value: string) => boolean) => (each: Row) => {
    const value = of(each)
    return value !== null && holds(value)
  }
  return fc.oneof(
    fc.uniqueArray(wanted, { minLength: 1, maxLength: 3 }).map((any) => ({
      q: `${field}:${any.map(quoted).join()}`,
      holds: is((value) => any.includes(value)),
    })),
    wanted.map((begin) => ({
      q: `${field}:${quoted(begin)}*`,
      holds: is((value) => value.startsWith(begin)),
    })),
    fc.tuple(wanted, wanted).map(([from, to]) => ({
      q: `${field}:${quoted(from)}..${quoted(to)}`,
      holds: is((value) => inOrder(value, from) >= 0 && inOrder(value, to) <= 0),
    })),
    fc.constant({ q: `${field}:null`, holds: (each: Row) => of(each) === null }),
    fc.constant({ q: `${field}!=null`, holds: (each: Row) => of(each) !== null }),
  )
}

const episodeOf = ({ episode }: Row) => (episode === null ? null : (EPISODES[episode] ?? null))

const terms: fc.Arbitrary<Part> = fc.oneof(
  textual('kind', ({ kind }) => kind, KINDS),
  textual('folder', ({ name }) => name && folderOf(name), FOLDERS),
  textual('name', ({ name }) => name, [...FOLDERS, '/a/x', '/a/b/Ä', '/a/Front_1 2']),
  textual('format', ({ format }) => format, ['vtt', 'mcap', 'MP4', 'm']),
  textual('language', ({ language }) => language, ['de', 'en', 'd']),
  textual('lens', ({ lens }) => lens, ['fisheye', 'pinhole', 'f']),
  textual('type', ({ type, size }) => (size === null ? null : type), [
    'video/mp4',
    'video/',
    'text/csv; header=present',
  ]),
  textual('episode', (each) => episodeOf(each)?.name ?? null, ['run-1', 'run-', 'Läuf 3', 'none']),
  textual('Episode.name', (each) => episodeOf(each)?.name ?? null, ['run-1', 'run-', 'Läuf 3', 'none']),
  textual('episode.status', (each) => episodeOf(each)?.status ?? null, ['completed', 'failed']),
  fc.constant({
    q: 'episode.meta.robot:arm-3',
    holds: (each: Row) => episodeOf(each)?.metadata?.robot === 'arm-3',
  }),
  fc.constant({ q: '-episode.tag:x', holds: (each: Row) => !episodeOf(each)?.tags?.includes('x') }),
  fc.uniqueArray(fc.constantFrom(...TAGS), { minLength: 1, maxLength: 3 }).map((some) => ({
    q: `tag:${some.map(quoted).join()}`,
    holds: ({ tags }: Row) => tags.some((tag) => some.includes(tag)),
  })),
  fc.constantFrom(...TAGS).map((begin) => ({
    q: `tag:${quoted(begin)}*`,
    holds: ({ tags }: Row) => tags.some((tag) => tag.startsWith(begin)),
  })),
  fc.tuple(operator, fc.constantFrom(24, 29.97, 30, 60)).map(([sign, wants]) => ({
    q: `fps${sign}${wants}`,
    holds: ({ fps }: Row) => fps !== null && (comparing[sign]?.(fps - wants) ?? false),
  })),
  fc
    .tuple(
      operator,
      fc.constantFrom<[string, number]>(['1kB', 1_000], ['1KiB', 1_024], ['1', 1], ['10MB', 1e7]),
    )
    .map(([sign, [spelt, bytes]]) => ({
      q: `size${sign}${spelt}`,
      holds: ({ size }: Row) => size !== null && (comparing[sign]?.(size - bytes) ?? false),
    })),
  fc.constant({ q: 'size:1..1KiB', holds: ({ size }: Row) => size !== null && size >= 1 && size <= 1_024 }),
  fc.constantFrom(...TAGS).map((wants) => ({
    q: `meta.k:${quoted(wants)}`,
    holds: ({ meta }: Row) => meta?.k === wants,
  })),
  fc.tuple(operator, fc.integer({ min: -1_000, max: 1_000 })).map(([sign, wants]) => ({
    q: `meta.k${sign}${wants}`,
    holds: ({ meta }: Row) => {
      const value = meta?.k
      if (typeof value === 'number') return comparing[sign]?.(value - wants) ?? false
      return sign === '=' && value === String(wants)
    },
  })),
  fc.constant({ q: 'meta."k 2":true', holds: ({ meta }: Row) => meta?.['k 2'] === true }),
  fc.constant({ q: 'meta.k:*', holds: ({ meta }: Row) => (meta?.k ?? null) !== null }),
  fc
    .constantFrom('front', 'FRONT', '1', 'a', 'größe', 'äRA', 'b', '東京', '京', 'late', 'LÄ')
    .map((wants) => ({
      q: wants,
      holds: ({ name }: Row) => words(name ?? '').some((word) => word.startsWith(wants.toLowerCase())),
    })),
  fc.constantFrom('front_1', 'B/X', 'ab/', 'ÄR', 'ß', '–late', '2/ü').map((wants) => ({
    q: quoted(wants),
    holds: ({ name }: Row) => name?.toLowerCase().includes(wants.toLowerCase()) ?? false,
  })),
)

const { query } = fc.letrec<{ query: Part }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'query' },
    terms,
    fc
      .tuple(tie('query'), tie('query'))
      .map(([a, b]) => ({ q: `(${a.q} ${b.q})`, holds: (row: Row) => a.holds(row) && b.holds(row) })),
    fc
      .tuple(tie('query'), tie('query'))
      .map(([a, b]) => ({ q: `(${a.q} OR ${b.q})`, holds: (row: Row) => a.holds(row) || b.holds(row) })),
    tie('query').map(({ q, holds }) => ({ q: `NOT (${q})`, holds: (row: Row) => !holds(row) })),
  ),
}))

describe('any query over assets', () => {
  const asItsKind = (each: Row): Row => {
    if (each.kind === 'video') return { ...each, fps: each.fps ?? 30, lens: each.lens ?? 'pinhole' }
    return each.kind === 'text-track' ? { ...each, format: each.format && 'vtt' } : each
  }
  /** What has an identity is there once. */
  const rows = [
    ...new Map(
      fc
        .sample(row.map(asItsKind), { numRuns: 3_000, seed: 18 })
        .map(
          (each, at) =>
            [each.name === null ? at : [each.episode, each.kind, each.name].join('\n'), each] as const,
        ),
    ).values(),
  ]

  it('finds what a plain reading of 3,000 assets finds, also in one episode', async () => {
    const tenant = await having(rows)
    // They came past the server: the schedule folds their names.
    vi.spyOn(console, 'info').mockImplementation(() => undefined)
    await fire()
    await fc.assert(
      fc.asyncProperty(query, fc.constantFrom(1_000, 77), async ({ q, holds }, limit) => {
        fc.pre(new TextEncoder().encode(q).length <= 1_024)
        const found = rows.filter(holds)
        expect([q, await findAll(tenant, q, limit)]).toEqual([q, found.map(({ name }) => name).toReversed()])
        const inside = found.filter(({ episode }) => episode === 1)
        const byPath = inside
          .filter(({ name }) => name !== null)
          .toSorted((one, other) => inOrder(one.name ?? '', other.name ?? ''))
        expect([q, await findAll(tenant, q, limit, '/episodes/run-2')]).toEqual([
          q,
          [...byPath, ...inside.filter(({ name }) => name === null)].map(({ name }) => name),
        ])
      }),
      { numRuns: 60 },
    )
  })
})

describe('a page of what is found', () => {
  const light = (at: number): Row => ({
    kind: KINDS[at % 6] ?? '',
    name: `/l/${at}`,
    episode: 1,
    tags: at % 5 === 0 ? ['fifth'] : [],
    format: null,
    language: null,
    lens: 'pinhole',
    fps: 30,
    size: at % 2 === 0 ? at : null,
    type: null,
    meta: null,
  })

  it('of light assets, some of which are in an episode in the trash, reads as few', async () => {
    const other = await having(Array.from({ length: 8_000 }, (_, at) => light(at)))
    await make(other, 'file', { episodeName: 'run-1', name: '/gone' })
    expect((await other.ask('DELETE', `${other.project('lab')}/episodes/run-1`)).status).toBe(200)
    for (const [q, limit] of [
      ['', 1_000],
      ['tag:fifth', 1_000],
      ['tag:fifth type:null', 1_000],
      ['tag:none name:/l/*', 1],
      ['tag:none size>5', 1],
      ['none', 1],
    ] as const) {
      const { body, rowsRead } = await find(other, q, `&limit=${limit}`)
      expect([q, rowsRead < 25_000 || rowsRead, names({ body } as Answer).includes('/gone')]).toEqual([
        q,
        true,
        false,
      ])
    }
    expect((await findAll(other, 'tag:fifth')).length).toBe(1_600)
    expect(await findAll(other, 'tag:null size>7997')).toEqual(['/l/7998'])
  }, 60_000)

  let tenant: Tenant
  beforeAll(async () => {
    tenant = await having([])
    const project = tenant.project('lab')
    const folder = `/${Array.from({ length: 32 }, (_, at) => `f${at}`).join('/')}`
    const { body } = await tenant.ask('POST', `${project}/episodes`, { name: 'deep', folder })
    const inside = `/${Array.from({ length: 31 }, (_, at) => `g${at}`).join('/')}/x`
    const asset = await make(tenant, 'file', { episodeName: 'deep', name: inside })
    const { id } = (await tenant.ask('POST', `${project}/collections`, { name: 'c' })).body
    const list = Array.from({ length: 500 }, (_, at) => at)
    await env.DB.batch([
      // Of all kinds by turns, in a deep episode, all of them at the node of the one that is there.
      env.DB.prepare(
        `with recursive n(i) as (select 1 union all select i + 1 from n where i < 12000)
         insert into assets (id, project_id, container_id, node_id, kind, name, fps, lens, object_id, tags, metadata,
           created_at, updated_at, created_by, updated_request)
         select substr(assets.id, 1, 12) || printf('%012x', i), project_id, container_id, node_id,
           case i % 6 when 0 then 'video' when 1 then 'audio' when 2 then 'label-track' when 3 then 'text-track'
             when 4 then 'image' else 'file' end,
           iif(i % 10 = 0, null, '/cams/' || i || '.mp4'), 30, 'pinhole', null, '[",a","b"]', ?2, 0, 0, '', ''
         from n cross join assets where assets.id = ?1`,
      ).bind(asset, JSON.stringify({ list, text: 'x'.repeat(500) })),
      env.DB.prepare(
        `with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000)
         insert into collections (id, project_id, name, tags, created_at, updated_at, created_by, updated_request)
         select printf('%024x', i), project_id, 'held ' || i, '[]', 0, 0, '', '' from n cross join collections where id = ?1`,
      ).bind(id),
      // Each folder is in a hundred collections.
      env.DB.prepare(
        `insert into collection_members (collection_id, member_id, position, project_id)
         select collections.id, nodes.id, row_number() over (partition by collections.id), nodes.project_id from nodes
         cross join collections where nodes.project_id = (select project_id from assets where id = ?1)
           and collections.project_id = nodes.project_id and nodes.kind = 'folder' and substr(collections.id, -2) < '0c'`,
      ).bind(asset),
    ])
    expect(body.episode.name).toBe('deep')
  }, 60_000)

  it.each([
    ['', 1_000],
    ['', 50],
    ['tag:none', 1],
    ['tag:",none"', 1],
    ['tag:1,2,3,4,5,6,7,8,9', 1],
    ['type:none size:1 folder:/none none episode:* episode.has:video', 1],
    ['name:/cams/*', 1_000],
    ['name:/cams/* tag:none', 1],
    ['name:/cams/1* tag:none', 1],
    ['name:/cams/12* tag:none', 1],
    ['folder:/cams none', 1],
    ['episode:deep tag:none', 1],
    ['kind:video tag:none', 1],
    ['meta.list:none', 1],
    ['meta.list:1 OR meta.text:x* OR meta.list>600', 1_000],
    ['collection:none', 1],
    ['-collection:none', 1_000],
    ['collection:none dataset:none', 1],
    ['episode.collection:none OR episode.collection:other OR dataset:x*', 1],
    [Array.from({ length: 5 }, (_, at) => `collection:${at} OR episode.dataset:${at}`).join(' OR '), 1],
    ['episode.meta.x:1 OR episode.tag:",x"', 1],
  ])('of %s reads a bounded number of rows', async (q, limit) => {
    for (const within of ['', '/episodes/deep']) {
      const { status, rowsRead } = await find(tenant, q, `&limit=${limit}`, within)
      expect([q, status, rowsRead < 25_000 || rowsRead]).toEqual([q, 200, true])
    }
  })

  it('of episodes that are asked what holds them reads as few', async () => {
    await env.DB.prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000)
       insert into episodes (id, project_id, node_id, name, node_path, tags, status, write_protected, created_at,
         updated_at, created_by, updated_request)
       select substr(id, 1, 12) || printf('%012x', i), project_id, node_id, 'x' || i, '/x' || i, tags, status, 0, 0, 0,
         '', '' from n cross join episodes where name = 'deep'
           and project_id in (select projects.id from projects join namespaces on namespaces.id = namespace_id
             where namespaces.slug = ?1)`,
    )
      .bind(tenant.slug)
      .run()
    for (const q of [
      'collection:none*',
      '-collection:none -dataset:none',
      Array.from({ length: 10 }, (_, at) => `collection:${at}*`).join(' OR '),
    ]) {
      const path = `${tenant.project('lab')}/episodes?q=${encodeURIComponent(q)}&pageSize=200`
      const { status, rowsRead, body } = await tenant.ask('GET', path)
      expect([q, status, rowsRead < 25_000 || rowsRead, body.examined > 0]).toEqual([q, 200, true, true])
    }
  })
})

describe('the statement of a query over assets', () => {
  const findInProject = assetFinding(wireKinds.map(({ shape }) => shape))
  const findInEpisode = episodeAssetFinding(wireKinds.map(({ shape }) => shape))
  const some = fc.sample(query, { numRuns: 60, seed: 18 }).map(({ q }) => q)
  const driving = ['kind:file', 'name:/a', 'name:/a/*', 'folder:/a', 'episode:a', 'id:a,b', 'created>2020']
  const beside = [
    'tag:",a"',
    'type:a*',
    'size>1',
    'a "b"',
    'episode.has:video',
    'collection:a dataset:null',
    'meta.a:1',
  ]
  const longest = [
    Array.from({ length: 16 }, () => 'episode.has:*').join(' OR '),
    `type:${Array.from({ length: 100 }, (_, at) => `${at}*`).join()}`,
    `${Array.from({ length: 31 }, () => 'meta.a:1').join(' ')} meta.a:${Array.from({ length: 19 }, () => '1..').join()}`,
    Array.from({ length: 10 }, (_, at) => `-(dataset:${at})`).join(' '),
    `"${'Ä_'.repeat(100)}" ${'ä-É.'.repeat(90)}`,
    `${'-('.repeat(10)}${Array.from({ length: 90 }, (_, at) => `É${at}`).join('-')}${')'.repeat(10)}`,
  ]
  const queries = [
    ...some,
    ...longest,
    ...driving,
    ...driving.flatMap((one) => beside.map((other) => `${one} ${other}`)),
  ]

  it('finds every row by an index, however it is driven', async () => {
    for (const q of queries) {
      const condition = assetConditionOf(q, 0)
      const wanted = {
        after: null,
        limit: 1,
        drives: assetDrives(condition),
        condition: condition && compileOfAssets(condition),
      }
      for (const { statements } of [findInProject({} as never, wanted), findInEpisode({} as never, wanted)]) {
        const text = statements[0]?.compiled.text ?? ''
        expect(new TextEncoder().encode(text).length).toBeLessThan(100_000)
        expect([q, preparedLength(text) < MOST_PREPARED || preparedLength(text)]).toEqual([q, true])
        const { results } = await env.DB.prepare(`explain query plan ${text}`)
          .bind('{}')
          .all<{ detail: string }>()
        const scans = results
          .map(({ detail }) => detail)
          .filter((detail) =>
            /^SCAN (assets|episodes|objects|nodes|collection|dataset|member|holder|around|above)/.test(
              detail,
            ),
          )
        expect([q, scans]).toEqual([q, []])
      }
    }
  })

  it.each(longest)('%s is answered', async (q) => {
    const tenant = await Tenant.arrive()
    await make(tenant, 'file', { name: '/a' })
    expect([q, (await find(tenant, q)).status]).toEqual([q, 200])
  })
})

describe('the assets of an episode', () => {
  it('are told by path, of one path by kind, and those without a name at the end, page by page', async () => {
    const tenant = await Tenant.arrive()
    const names = [
      '/b',
      '/a/b',
      '/a',
      '/a b',
      '/a/\uffee',
      '/a/😀',
      '/ä',
      '/B',
      '/a',
      undefined,
      '/a',
      undefined,
    ]
    const ids: string[] = []
    for (const [at, name] of names.entries())
      ids.push(
        await make(tenant, ['file', 'video', 'image'][at % 3] as string, {
          episodeName: 'run 1/2',
          ...(name && { name }),
          ...(at % 3 === 1 && { tags: ['odd'] }),
        }),
      )
    await make(tenant, 'file', { episodeName: 'other', name: '/a' })
    const { body: whole } = await find(tenant, '', '&limit=1000', '/episodes/run%201%2F2')
    // What has the path and the kind of another asset takes its place.
    const expected = [7, 10, 8, 3, 1, 4, 5, 0, 6, 9, 11].map((at) => ids[at])
    expect(whole.assets.map(({ id }: { id: string }) => id)).toEqual(expected)
    expect([whole.examined, whole.nextCursor]).toEqual([11, null])
    for (const limit of [1, 2, 5]) {
      const found: string[] = []
      for (let cursor = ''; ; ) {
        const rest = `&limit=${limit}${cursor && `&cursor=${cursor}`}`
        const { body } = await find(tenant, '', rest, '/episodes/run%201%2F2')
        found.push(...body.assets.map(({ id }: { id: string }) => id))
        if (body.nextCursor === null) break
        cursor = body.nextCursor
      }
      expect(found).toEqual(expected)
    }
  })

  it('are none where there is no such episode, or it is in the trash', async () => {
    const tenant = await Tenant.arrive()
    await make(tenant, 'file', { episodeName: 'run', name: '/a' })
    const missing = await find(tenant, '', '', '/episodes/none')
    expect([missing.status, missing.body.code]).toEqual([404, 'episode_not_found'])
    expect((await find(tenant, 'kind:file')).body.assets.length).toBe(1)
    await tenant.ask('DELETE', `${tenant.project('lab')}/episodes/run`)
    const gone = await find(tenant, '', '', '/episodes/run')
    expect([gone.status, gone.body.code]).toEqual([404, 'episode_not_found'])
    for (const q of ['', 'kind:file', 'name:/a', 'name:/*', 'episode:run', '-episode:run'])
      expect([q, await findAll(tenant, q)]).toEqual([q, []])
  })
})

describe('a walk through what is found', () => {
  it('neither leaves out nor repeats what stands still while others come and go', async () => {
    const tenant = await Tenant.arrive()
    const made: string[] = []
    for (let at = 0; at < 6; at++)
      made.push(await make(tenant, at % 2 ? 'file' : 'video', { episodeName: 'run', name: `/${at}` }))
    for (const within of ['', '/episodes/run']) {
      const found: string[] = []
      let cursor: string | null = ''
      for (let at = 0; cursor !== null; at++) {
        const page: Answer = await find(tenant, '-tag:x', `&limit=1${cursor && `&cursor=${cursor}`}`, within)
        found.push(...names(page))
        cursor = page.body.nextCursor
        const fresh = await make(tenant, 'audio', { episodeName: 'run', name: `/new-${at}`, tags: ['x'] })
        await tenant.ask('DELETE', `/assets/audio/${fresh}`)
        await make(tenant, 'image', { episodeName: 'run', name: `/zz${within.length}-${at}`, tags: ['x'] })
      }
      const still = made.map((_, at) => `/${at}`)
      expect(found).toEqual(within === '' ? still.toReversed() : still)
    }
  })

  it('is of one list, and of one project', async () => {
    const [tenant, other] = [await Tenant.arrive(), await Tenant.arrive()]
    for (const name of ['/a', '/b']) await make(tenant, 'file', { episodeName: 'run', name })
    await make(other, 'file', { name: '/a' })
    const { nextCursor } = (await find(tenant, 'kind:file', '&limit=1')).body
    for (const answer of [
      await find(tenant, 'kind:video', `&cursor=${nextCursor}`),
      await find(tenant, 'kind:file', `&cursor=${nextCursor}`, '/episodes/run'),
      await find(other, 'kind:file', `&cursor=${nextCursor}`),
    ])
      expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, 'cursor'])
  })

  it('is nobody else’s: whatever is asked, strangers and tokens of another project learn as little', async () => {
    const [tenant, stranger] = [await Tenant.arrive(), await Tenant.arrive()]
    const secret = await make(tenant, 'file', { episodeName: 'run', name: '/secret', tags: ['x'] })
    await tenant.withProject('other')
    const { body: bound } = await tenant.ask('POST', '/auth/tokens', {
      name: 'bound',
      namespace: tenant.slug,
      project: 'other',
      scopes: ['read'],
    })
    const refusals = new Set<string>()
    for (const q of ['', 'tag:x', `id:${secret}`, 'name:/secret', 'episode:run', 'name:/s*', 'none', 'none:'])
      for (const token of [stranger.token, bound.token]) {
        const path = `${tenant.project('lab')}/assets?q=${encodeURIComponent(q)}`
        const { status, body, rowsRead } = await tenant.ask('GET', path, undefined, { token })
        if (q !== 'none:') refusals.add([token === stranger.token, status, body.code, rowsRead].join(' '))
        else expect([status, body.code]).toEqual([400, 'query_invalid'])
        const inside = path.replace('/assets', '/episodes/run/assets')
        expect((await tenant.ask('GET', inside, undefined, { token })).status).toBe(status)
      }
    expect([...refusals].map((each) => each.replace(/\d+$/, ''))).toEqual([
      'true 404 namespace_not_found ',
      'false 404 project_not_found ',
    ])
    await tenant.admit(stranger, 1)
    const read = await stranger.ask('GET', `${tenant.project('lab')}/assets?q=tag:x`)
    expect(read.body.assets.length).toBe(1)
  })
})

describe('docs/finding.md, of assets', async () => {
  const { default: page }: { default: string } = await import('../../../docs/finding.md?raw' as string)
  const [, section = ''] = page.split('## Of assets')
  const [, given = ''] = /```json\n(.*?)```/s.exec(section) ?? []
  const examples = [...section.matchAll(/^\| [^`|]+ \| `(.*?)` \| (.*) \|$/gm)].map(
    ([, q = '', found = '']) => [q, found] as const,
  )
  let tenant: Tenant
  beforeAll(async () => {
    tenant = await Tenant.arrive()
    const run = { name: 'run-042', status: 'completed' }
    expect((await tenant.ask('POST', `${tenant.project('lab')}/episodes`, run)).status).toBe(201)
    for (const { kind, ...fields } of JSON.parse(given)) await make(tenant, kind, fields)
  })

  it('has ten examples and more', () => {
    expect(examples.length).toBeGreaterThan(10)
  })

  it.each(examples)('%s finds %s', async (q, expected) => {
    expect((await findAll(tenant, q)).toReversed()).toEqual(expected.split(', '))
  })
})
