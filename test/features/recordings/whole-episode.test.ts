import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { assetKinds } from '../../../src/domain/kind.ts'
import { Archive } from '../../support/archive.ts'
import { type Answer, Tenant } from '../../support/world.ts'

const place = (archive: Archive) => ({ namespace: archive.slug, project: 'lab' })
const named = (archive: Archive, name: string) => `${archive.project}/episodes/${encodeURIComponent(name)}`
const told = ({ status, body }: Answer) => [status, body.code]

/** The assets of a list, or of an episode. */
type Shown = { readonly id: string; readonly kind?: string; readonly name: string | null }

/** So many assets of an episode, of the kinds in turn, each with so many bytes of metadata. */
async function crowd(episode: string, count: number, kinds: readonly string[], bytes = 0) {
  await env.DB.prepare(
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1)
     insert into assets (id, project_id, container_id, kind, name, tags, fps, lens, metadata, created_at, updated_at,
       created_by, updated_request)
     select substr(?2, 1, 16) || printf('%08x', i), e.project_id, e.id, k.value, printf('/bulk/%05d', i), '[]',
       iif(k.value = 'video', 30, null), iif(k.value = 'video', 'pinhole', null),
       iif(?4 = 0, null, json_object('x', printf('%.*c', ?4, 'x'))), 0, 0, '', ''
     from n join json_each(?3) k on k.key = i % json_array_length(?3) join episodes e on e.id = ?2`,
  )
    .bind(count, episode, JSON.stringify(kinds), bytes)
    .run()
}

const bulkOf = (shown: readonly Shown[]): (string | null)[] => shown.map(({ name }) => name)
const bulk = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `/bulk/${String(from - at).padStart(5, '0')}`)

/** The links by kind. */
const linksOf = ({ headers }: Answer): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...(headers.get('Link') ?? '').matchAll(/<([^>]+)>; rel="section"; title="([^"]+)"/g)].map(
      ([, link = '', kind = '']) => [kind, link],
    ),
  )

describe('GET P/episodes/:episodeName', () => {
  it('answers the episode with its counts, and its assets as their lists show them, newest first', async () => {
    const archive = await Archive.open()
    const fields = { folder: '/f', tags: ['a'], metadata: { n: 2 ** 60 } }
    const episode = await archive.episode('run', fields)
    const body = { ...place(archive), episodeName: 'run' }
    const object = await archive.bytes('abc')
    const made: Shown[] = []
    for (const each of ['/a/b', null, '/c'])
      for (const kind of assetKinds)
        made.unshift(await archive.succeed(201, 'POST', `/assets/${kind}`, { ...body, name: each }))
    const video = { ...body, name: '/d', bssVideoId: object, tags: ['x'] }
    made.unshift(await archive.succeed(201, 'POST', '/assets/video', video))
    // Neither what is outside, nor what is in the trash.
    await archive.video('/outside.mp4')
    await archive.remove(`/assets/audio/${(await archive.succeed(201, 'POST', '/assets/audio', body)).id}`)
    const answer = await archive.ask('GET', named(archive, 'run'))
    const { counts, assets, assetsTotal, ...rest } = answer.body
    expect([answer.status, answer.trips, answer.headers.get('Link')]).toEqual([200, 1, null])
    expect(rest).toEqual(episode)
    expect(counts).toMatchObject({ videos: 4, audio: 3, labelTracks: 3, textTracks: 3, images: 3 })
    expect(assetsTotal).toBe(made.length)
    expect(assets.map(({ kind: _, ...asset }: Shown) => asset)).toEqual(made)
    expect(assets.map(({ kind }: Shown) => kind).slice(0, 2)).toEqual(['video', assetKinds.at(-1)])
    expect(assets[0].object).toMatchObject({ id: object, size: 3 })
  })

  it('of none is an empty list', async () => {
    const archive = await Archive.open()
    await archive.episode('run')
    const { body } = await archive.ask('GET', named(archive, 'run'))
    expect([body.assets, body.assetsTotal, body.counts.videos]).toEqual([[], 0, 0])
  })

  it('finds any name, by %2F where it has a slash, and no trashed one', async () => {
    const archive = await Archive.open()
    for (const name of ['a/b', '/50%', 'a b?#', 'download']) {
      await archive.episode(name)
      expect((await archive.succeed(200, 'GET', named(archive, name))).name).toBe(name)
    }
    await archive.remove(named(archive, 'a/b'))
    for (const path of [named(archive, 'a/b'), named(archive, 'missing')])
      expect(told(await archive.ask('GET', path))).toEqual([404, 'episode_not_found'])
    const elsewhere = `/namespaces/${archive.slug}/projects/missing/episodes/run`
    expect(told(await archive.ask('GET', elsewhere))).toEqual([404, 'project_not_found'])
  })

  it('is for readers, and for everybody where the project is public', async () => {
    const archive = await Archive.open()
    const stranger = await Tenant.arrive()
    await archive.episode('run')
    expect(told(await stranger.ask('GET', named(archive, 'run')))).toEqual([404, 'namespace_not_found'])
    await archive.succeed(200, 'PATCH', archive.project, { visibility: 'public' })
    expect((await stranger.ask('GET', named(archive, 'run'))).status).toBe(200)
  })
})

describe('an episode of more assets than are shown', () => {
  it('shows the newest 1,000 of all kinds, and links to the others of each kind that has more', async () => {
    const archive = await Archive.open()
    const { id } = await archive.episode('run')
    await crowd(id, 2_500, ['video', 'image'])
    const audio = await archive.succeed(201, 'POST', '/assets/audio', {
      ...place(archive),
      episodeName: 'run',
    })
    const answer = await archive.ask('GET', named(archive, 'run'))
    expect(answer.body.counts).toMatchObject({ videos: 1_250, audio: 1, images: 1_250 })
    expect([answer.body.assetsTotal, answer.body.assets[0].id]).toEqual([2_501, audio.id])
    expect(bulkOf(answer.body.assets.slice(1))).toEqual(bulk(2_500, 999))
    const links = linksOf(answer)
    expect(Object.keys(links)).toEqual(['video', 'image'])
    const rest: Shown[] = []
    for (const link of Object.values(links)) rest.push(...(await archive.succeed(200, 'GET', link)))
    expect(bulkOf(rest).sort()).toEqual(bulk(1_501, 1_501).sort())
  })

  it('ends where they weigh too much, and leads on there', async () => {
    const archive = await Archive.open()
    const { id } = await archive.episode('run')
    await crowd(id, 300, ['video'], 60_000)
    const answer = await archive.ask('GET', named(archive, 'run'))
    const shown = answer.body.assets.length
    expect(shown).toBeGreaterThan(100)
    expect(answer.text.length).toBeLessThan(8_388_608 + 100_000)
    const rest = await archive.succeed(200, 'GET', linksOf(answer).video ?? '')
    expect(bulkOf([...answer.body.assets, ...rest.slice(0, 1)])).toEqual(bulk(300, shown + 1))
  })

  it.each([
    ['of one kind', ['video']],
    ['of all kinds', assetKinds],
    ['of two kinds', ['audio', 'image']],
  ])('%s costs what 1,000 assets do', async (_, kinds) => {
    const archive = await Archive.open()
    const [few, many] = [await archive.episode('few'), await archive.episode('many')]
    await crowd(few.id, 10, kinds)
    await crowd(many.id, 5_000, kinds)
    const [one, other] = [
      await archive.ask('GET', named(archive, 'few')),
      await archive.ask('GET', named(archive, 'many')),
    ]
    expect([one.body.assets.length, other.body.assets.length, other.trips]).toEqual([10, 1_000, 1])
    expect(one.rowsRead).toBeLessThan(120)
    expect(other.rowsRead - one.rowsRead).toBeLessThan(7_000)
  })
})
