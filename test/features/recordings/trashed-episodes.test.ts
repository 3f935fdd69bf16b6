import { describe, expect, it } from 'vitest'
import { Archive } from '../../support/archive.ts'
import { crowdOfVideos, faultsOf } from '../../support/faults.ts'
import { type Answer, ask, Tenant } from '../../support/world.ts'

/** What is inside of a trashed episode keeps its own state, and is out of reach until the episode is back. */

const codeOf = ({ status, body }: Answer): unknown => (status >= 400 ? body.code : status)

interface Hidden {
  readonly archive: Archive
  readonly episodeId: string
  /** Of the asset, of its folder and of its object. */
  readonly id: string
  readonly folder: string
  readonly object: string
}

async function withEpisode(): Promise<Hidden> {
  const archive = await Archive.open()
  const { id: episodeId } = await archive.episode('run')
  const object = await archive.bytes('hello')
  const { id, nodeId } = await archive.video('/a/in.mp4', { episodeName: 'run', bssVideoId: object })
  return { archive, episodeId, id, folder: await archive.parentOf(nodeId), object }
}

describe('an asset in a trashed episode', () => {
  it('is in no list, by no filter, and in no count', async () => {
    const { archive, episodeId } = await withEpisode()
    await archive.video('/a/out.mp4')
    const queries = [
      '',
      '&prefix=/a/',
      '&glob=/a/*',
      '&glob=*n.mp4',
      '&limit=10',
      '&limit=10&prefix=/a/in',
      '&episode=run',
      `&episodeId=${episodeId}`,
      '&episode=run&prefix=/a/',
    ]
    const shown = async () =>
      Promise.all(queries.map(async (query) => (await archive.videos(query)).includes('/a/in.mp4')))
    expect(await shown()).toEqual(queries.map(() => true))
    const deletion = await archive.remove(`${archive.project}/episodes/run`)
    expect(await shown()).toEqual(queries.map(() => false))
    expect(await archive.videos()).toEqual(['/a/out.mp4'])
    expect(await archive.counts()).toMatchObject({ videos: 1, episodes: 0 })
    expect((await archive.restore(deletion)).status).toBe(200)
    expect(await shown()).toEqual(queries.map(() => true))
    expect([await archive.counts(), await faultsOf()]).toMatchObject([{ videos: 2, episodes: 1 }, []])
  })

  it('is reached by no road, and by every one when it is back', async () => {
    const { archive, id, folder, object } = await withEpisode()
    const place = `namespace=${archive.slug}&project=lab&path=/a/in.mp4`
    const roads = [
      ['GET', `/assets/video/download?${place}`],
      ['GET', `/assets/video/download?${place}&episode=run`],
      ['GET', `/assets/video/content?${place}`],
    ] as const
    const asked = () =>
      Promise.all(roads.map(async ([method, path]) => codeOf(await archive.ask(method, path))))
    const signed = async () => {
      const paths = { namespace: archive.slug, project: 'lab', paths: ['/a/in.mp4'] }
      const bodies = [{ ids: [id] }, paths, { ...paths, episode: 'run' }]
      const answers = await Promise.all(bodies.map((body) => archive.ask('POST', '/assets/sign', body)))
      return answers.map(({ body }) => body.urls[0].code ?? 'signed')
    }
    const deletion = await archive.remove(`${archive.project}/episodes/run`)
    expect(await asked()).toEqual(Array(3).fill('asset_not_found'))
    expect(await signed()).toEqual(Array(3).fill('asset_not_found'))
    expect(codeOf(await archive.ask('DELETE', `/assets/video/${id}`))).toBe('asset_not_found')
    expect(codeOf(await archive.ask('DELETE', `/nodes/${folder}`))).toBe('node_not_found')
    // Its bytes are the project's: members read them as long as they are there.
    expect((await archive.ask('GET', `/videos/${object}/raw`)).status).toBe(302)
    expect((await archive.restore(deletion)).status).toBe(200)
    expect(await asked()).toEqual([200, 200, 302])
    expect(await signed()).toEqual(Array(3).fill('signed'))
    await archive.succeed(200, 'DELETE', `/nodes/${folder}`)
    expect(await faultsOf()).toEqual([])
  })

  it('shows its bytes to no stranger of a public project', async () => {
    const { archive, object } = await withEpisode()
    await archive.succeed(200, 'PATCH', archive.project, { visibility: 'public' })
    const stranger = await Tenant.arrive()
    const raw = async () => codeOf(await ask('GET', `/videos/${object}/raw`, { token: stranger.token }))
    expect(await raw()).toBe(302)
    const deletion = await archive.remove(`${archive.project}/episodes/run`)
    expect(await raw()).toBe('object_not_found')
    expect((await archive.restore(deletion)).status).toBe(200)
    expect(await raw()).toBe(302)
  })

  it('that was deleted before comes back after the episode, which the refusal names', async () => {
    const { archive, id } = await withEpisode()
    const earlier = await archive.remove(`/assets/video/${id}`)
    const deletion = await archive.remove(`${archive.project}/episodes/run`)
    const refused = await archive.restore(earlier)
    expect([refused.status, refused.body.code]).toEqual([409, 'restore_conflict'])
    expect(refused.body.errors[0].message).toContain('"run"')
    for (const each of [deletion, earlier]) expect((await archive.restore(each)).status).toBe(200)
    expect([await archive.videos(), await archive.contradictions()]).toEqual([['/a/in.mp4'], []])
  })
})

describe('a list beside a large episode in the trash', () => {
  const LARGE = 12_000

  it('is complete by its links, and reads a bounded number of rows a page', async () => {
    const archive = await Archive.open()
    const older = await Promise.all(
      Array.from({ length: 5 }, (_, index) => archive.video(`/older ${index}.mp4`)),
    )
    const { id } = await archive.episode('large')
    await crowdOfVideos(archive, LARGE, '/x', { episode: id })
    const deletion = await archive.remove(`${archive.project}/episodes/large`)
    const newer = await archive.video('/newer.mp4')
    const found: string[] = []
    let pages = 0
    let next: string | undefined = `/assets/video?namespace=${archive.slug}&project=lab&limit=3`
    while (next !== undefined) {
      const answer: Answer = await archive.ask('GET', next)
      expect([answer.status, answer.trips]).toEqual([200, 1])
      expect(answer.rowsRead).toBeLessThan(10_000)
      found.push(...answer.body.map((asset: { id: string }) => asset.id))
      next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('Link') ?? '')?.[1]
      pages++
    }
    expect(found.toSorted()).toEqual([newer.id, ...older.map((each) => each.id)].toSorted())
    expect(pages).toBeLessThan(LARGE / 1_000)
    expect((await archive.videos()).length).toBe(6)
    expect((await archive.restore(deletion)).rowsWritten).toBeLessThan(50)
    expect(await archive.counts()).toMatchObject({ videos: LARGE + 6 })
  })
})
