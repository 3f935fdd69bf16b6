import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Database } from '../../../src/db/database.ts'
import { SLICE } from '../../../src/domain/purge.ts'
import { goOn } from '../../../src/features/recordings/slices.sql.ts'
import { Archive, fire, rowsOf } from '../../support/archive.ts'
import { emptied } from '../../support/emptied.ts'
import { crowdOfVideos, faultsOf, withoutRests } from '../../support/faults.ts'
import type { Answer } from '../../support/world.ts'

/** Folders that hold more than one request marks, or brings back. */

const MOST_AT_ONCE = 5_000
const MANY = 5_300
const LARGE = '/top/large'

beforeEach(async () => {
  withoutRests()
  // Every test begins with the first step, and the first turn.
  await emptied()
  vi.spyOn(console, 'info').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})

const told = ({ status, body }: Answer): unknown[] => [status, body.code ?? body.state ?? null]

/** Lets so many batches pass, and no more: what comes after the answer is cut off. */
function cutAfter(batches: number) {
  let passed = 0
  return async (batch: () => Promise<D1Result[]>): Promise<D1Result[]> => {
    if (++passed > batches) throw new Error('D1_ERROR: It is cut off.')
    return batch()
  }
}

interface Large {
  readonly archive: Archive
  /** Of `/top`, `/top/large` and `/top/large/zz`, which comes last in the order of paths. */
  readonly top: string
  readonly folder: string
  readonly below: string
  /** An asset that was deleted before below the folder. */
  readonly earlier: string
  readonly count: number
}

const nodeAt = async (archive: Archive, path: string): Promise<string> =>
  String(
    (
      await rowsOf(
        'nodes',
        `path = '${path}' and kind = 'folder' and deleted_at is null and project_id in (select p.id from projects p
           join namespaces n on n.id = p.namespace_id where n.slug = '${archive.slug}')`,
      )
    )[0]?.id,
  )

/** A folder of `count` nodes: an episode with a video inside, a folder with a video, and videos. */
async function largeFolder(count = MANY): Promise<Large> {
  const archive = await Archive.open()
  await archive.episode('run', { folder: LARGE })
  await archive.video('/inside.mp4', { episodeName: 'run' })
  await archive.video(`${LARGE}/zz/last%.mp4`)
  const gone = await archive.video(`${LARGE}/earlier.mp4`)
  const earlier = await archive.remove(`/assets/video/${gone.id}`)
  const [top, folder, below] = [
    await nodeAt(archive, '/top'),
    await nodeAt(archive, LARGE),
    await nodeAt(archive, `${LARGE}/zz`),
  ]
  await crowdOfVideos(archive, count - 3, `${LARGE}/`, { parent: folder })
  return { archive, top, folder, below, earlier, count }
}

/** Deletes the folder, and marks so many slices of what hangs below. */
async function deleted({ archive, folder }: Large, slices: number): Promise<string> {
  const answer = await archive.ask('DELETE', `/nodes/${folder}`, undefined, { disturb: cutAfter(1 + slices) })
  expect(told(answer)).toEqual([202, 'marking'])
  return answer.body.deletionId
}

const markedIn = async (table: string, deletion: string): Promise<number> =>
  (await rowsOf(table, `deletion_id = '${deletion}'`)).length

const stateOf = async (archive: Archive, deletion: string): Promise<string | undefined> =>
  (await archive.trash()).find(({ deletionId }) => deletionId === deletion)?.state

const place = (archive: Archive) => ({ namespace: archive.slug, project: 'lab' })

/** The roads to what is closed at a path while a folder is under way. */
async function expectClosed({ archive, earlier }: Large, path: string): Promise<void> {
  const restored = `${archive.project}/trash/${earlier}/restore`
  const roads: readonly (readonly [string, string, object?])[] = [
    ['POST', '/assets/video', { ...place(archive), name: `${path}/new.mp4` }],
    ['POST', '/assets/audio', { ...place(archive), name: `${path}/zz/deeper/new.wav` }],
    ['POST', `${archive.project}/episodes`, { name: 'new', folder: path }],
    ['POST', `${archive.project}/episodes`, { name: 'new', folder: `${path}/zz/deeper` }],
    ['PATCH', `${archive.project}/episodes/beside`, { folder: path }],
    ...(path === LARGE ? ([['POST', restored]] as const) : []),
  ]
  for (const [method, road, body] of roads) {
    const answer = await archive.ask(method, road, body)
    expect([road, ...told(answer), answer.rowsWritten]).toEqual([road, 409, 'deletion_marking', 0])
  }
}

describe('a folder of more than 5,000 nodes', () => {
  it('is found by all of its letters when it came back under another name', async () => {
    const archive = await Archive.open()
    await archive.video('/Übung/first.mp4')
    const folder = await nodeAt(archive, '/Übung')
    await crowdOfVideos(archive, MANY, '/Übung/', { parent: folder })
    const { body } = await archive.ask('DELETE', `/nodes/${folder}`)
    const restored = await archive.restore(body.deletionId, 'ÖFTER')
    expect([restored.status, restored.body.path]).toEqual([200, '/ÖFTER'])
    const moved = "name >= '/ÖFTER/' and name < '/ÖFTER0'"
    const found = await rowsOf('assets', moved)
    expect([found.length, found.filter((asset) => asset.folded_from !== asset.name).length]).toEqual([
      MANY + 1,
      0,
    ])
  })

  it('is gone at once, by one trip, and what hangs below it soon', async () => {
    const large = await largeFolder()
    const { archive, folder, count } = large
    const answer = await archive.ask('DELETE', `/nodes/${folder}`)
    expect([...told(answer), answer.trips]).toEqual([202, 'marking', 1])
    const { deletionId } = answer.body
    expect(await archive.trash()).toMatchObject([
      { deletionId, kind: 'folder', name: LARGE, state: 'trashed', purging: false },
      { kind: 'video' },
    ])
    expect(await archive.videos()).toEqual([])
    expect(await archive.counts()).toEqual({ projects: 1, videos: 0, episodes: 0, datasets: 0, trash: 2 })
    expect(await archive.tree()).toEqual({ 'folder /top': null })
    // An episode is one row, whatever is inside; its video keeps its own state.
    expect(await markedIn('nodes', deletionId)).toBe(count + 1)
    expect(await markedIn('assets', deletionId)).toBe(count - 2)
    expect(await markedIn('episodes', deletionId)).toBe(1)
    expect(await faultsOf()).toEqual([])
  })

  it('with 5,000 is deleted by the request itself, and comes back with it', async () => {
    const { archive, folder } = await largeFolder(MOST_AT_ONCE)
    const deletion = await archive.remove(`/nodes/${folder}`)
    expect([await stateOf(archive, deletion), await archive.videos()]).toEqual(['trashed', []])
    expect((await archive.restore(deletion)).status).toBe(200)
    expect((await archive.videos()).length).toBe(MOST_AT_ONCE - 1)
    expect([await markedIn('nodes', deletion), await faultsOf()]).toEqual([0, []])
  })

  it('is shown as far as it is not marked yet, and cannot be restored; sent again, it goes on', async () => {
    const large = await largeFolder()
    const { archive, folder, count } = large
    const headers = { 'X-Request-Id': 'sent-twice' }
    const asked = { headers, disturb: cutAfter(3) }
    const first = await archive.ask('DELETE', `/nodes/${folder}`, undefined, asked)
    const { deletionId } = first.body
    expect([told(first), await stateOf(archive, deletionId)]).toEqual([[202, 'marking'], 'marking'])
    expect((await archive.videos()).length).toBe(count - 1 - 2 * SLICE.nodes)
    expect(told(await archive.ask('DELETE', `/nodes/${folder}`))).toEqual([404, 'node_not_found'])
    expect(told(await archive.restore(deletionId))).toEqual([409, 'deletion_marking'])
    expect(told(await archive.restore(deletionId, 'other'))).toEqual([409, 'deletion_marking'])
    expect(await faultsOf()).toEqual([])
    const again = await archive.ask('DELETE', `/nodes/${folder}`, undefined, { headers })
    expect([again.status, again.body]).toEqual([202, first.body])
    expect([await stateOf(archive, deletionId), await archive.videos()]).toEqual(['trashed', []])
    const last = await archive.ask('DELETE', `/nodes/${folder}`, undefined, { headers })
    expect([last.status, last.body, last.rowsWritten]).toEqual([200, { success: true, deletionId }, 0])
  })

  it('is closed meanwhile, below and above, and nothing else is', async () => {
    const large = await largeFolder()
    const { archive, top, below } = large
    await archive.episode('beside')
    await deleted(large, 1)
    await expectClosed(large, LARGE)
    for (const node of [top, below]) {
      const answer = await archive.ask('DELETE', `/nodes/${node}`)
      expect([...told(answer), answer.rowsWritten]).toEqual([409, 'deletion_marking', 0])
    }
    await archive.video('/top/larger.mp4')
    await archive.video(`${LARGE}/x.mp4`, { episodeName: 'beside' })
    await archive.succeed(200, 'PATCH', `${archive.project}/episodes/beside`, { folder: '/top' })
    const other = await Archive.open()
    await other.video(`${LARGE}/x.mp4`)
    await fire()
    await archive.video(`${LARGE}/new.mp4`)
    await archive.remove(`/nodes/${top}`)
    expect(await faultsOf()).toEqual([])
  })

  it('is ended by the schedule where it was cut off, by two runs at once too', async () => {
    const [one, two] = [await largeFolder(), await largeFolder()]
    const deletions = [await deleted(one, 2), await deleted(two, 0)] as const
    await Promise.all([fire(), fire()])
    for (const [{ archive, count }, deletion] of [
      [one, deletions[0]],
      [two, deletions[1]],
    ] as const) {
      expect([await stateOf(archive, deletion), await archive.videos()]).toEqual(['trashed', []])
      expect(await markedIn('nodes', deletion)).toBe(count + 1)
      expect((await archive.restore(deletion)).status).toBe(200)
      expect([(await archive.videos()).length, await archive.contradictions()]).toEqual([count - 1, []])
    }
    expect(await faultsOf()).toEqual([])
  })

  it('takes what was deleted meanwhile inside of it as that is', async () => {
    const large = await largeFolder()
    const { archive, count } = large
    const [inFolder] = await rowsOf('nodes', `parent_id = '${large.below}'`)
    const deletion = await deleted(large, 1)
    const episode = await archive.remove(`${archive.project}/episodes/run`)
    const video = await archive.remove(`/assets/video/${inFolder?.item_id}`)
    await fire()
    // The episode, the video, and their nodes are of other deletions.
    expect(await markedIn('nodes', deletion)).toBe(count - 1)
    for (const each of [deletion, episode, video]) expect((await archive.restore(each)).status).toBe(200)
    expect([(await archive.videos()).length, await archive.contradictions()]).toEqual([count - 1, []])
    expect(await faultsOf()).toEqual([])
  })

  it('takes no episode that is write-protected meanwhile: none below it can be changed', async () => {
    const large = await largeFolder()
    const { archive } = large
    await archive.episode('last', { folder: `${LARGE}/zz` })
    const deletion = await deleted(large, 1)
    for (const [method, road, body] of [
      ['PATCH', 'episodes/last', { writeProtected: true }],
      ['PATCH', 'episodes/last', { folder: '/top' }],
      ['POST', 'episodes', { name: 'last', writeProtected: true }],
      ['POST', 'episodes', { name: 'last', status: 'completed' }],
    ] as const) {
      const answer = await archive.ask(method, `${archive.project}/${road}`, body)
      expect([...told(answer), answer.rowsWritten]).toEqual([409, 'deletion_marking', 0])
    }
    await fire()
    expect(await markedIn('episodes', deletion)).toBe(2)
    expect(await faultsOf()).toEqual([])
  })

  it('can be purged meanwhile: it waits until all is marked', async () => {
    const large = await largeFolder()
    const { archive, count } = large
    const deletion = await deleted(large, 1)
    const path = `${archive.project}/trash/${deletion}`
    const dry = await archive.succeed(200, 'DELETE', `${path}?dryRun=true`)
    expect(dry).toEqual({ rows: 2 * SLICE.nodes + 1, bytes: 0, truncated: true })
    await archive.succeed(202, 'DELETE', path)
    expect(await markedIn('nodes', deletion)).toBe(SLICE.nodes + 1)
    expect(told(await archive.restore(deletion))).toEqual([409, 'deletion_purging'])
    await fire()
    expect((await archive.trash()).map(({ kind }) => kind)).toEqual(['video'])
    // Nodes, assets, the episode, and what was inside of it.
    const rows = count + 1 + (count - 2) + 1 + 2
    expect(await archive.receipts()).toMatchObject([{ deletionId: deletion, rows, rule: 'requested' }])
    expect([await archive.videos(), await faultsOf()]).toEqual([[], []])
  })
})

describe('a folder that comes back with more than 5,000 marks', () => {
  it('does so under another name: every path follows', async () => {
    const large = await largeFolder()
    const { archive, folder, count } = large
    await archive.succeed(202, 'DELETE', `/nodes/${folder}`)
    const [{ deletionId = '' } = {}] = await archive.trash()
    const answer = await archive.restore(deletionId, 'sm%ll')
    expect([answer.status, answer.trips, answer.body]).toMatchObject([200, 1, { id: folder, name: 'sm%ll' }])
    expect((await archive.trash()).map(({ kind }) => kind)).toEqual(['video'])
    const videos = await archive.videos()
    expect(videos.length).toBe(count - 1)
    expect(videos.filter((name) => !name?.startsWith('/top/sm%ll/'))).toEqual(['/inside.mp4'])
    expect(videos).toContain('/top/sm%ll/zz/last%.mp4')
    const { episodes } = await archive.succeed(200, 'GET', `${archive.project}/episodes`)
    expect(episodes).toMatchObject([{ name: 'run', nodePath: '/top/sm%25ll/run' }])
    expect(await archive.counts()).toMatchObject({ videos: count - 1, episodes: 1, trash: 1 })
    expect(await archive.contradictions()).toEqual([])
    for (const table of ['nodes', 'assets', 'episodes']) expect(await markedIn(table, deletionId)).toBe(0)
    expect(await faultsOf()).toEqual([])
  })

  it('reads as much a slice, however much is left', async () => {
    const { archive, folder } = await largeFolder()
    const { body } = await archive.ask('DELETE', `/nodes/${folder}`)
    const road = `${archive.project}/trash/${body.deletionId}/restore`
    expect((await archive.ask('POST', road, undefined, { disturb: cutAfter(1) })).status).toBe(200)
    const database = new Database(env.DB, 'first-primary')
    const slice = { deletionId: body.deletionId, rows: 10 }
    while ((await markedIn('nodes', body.deletionId)) > MANY - 50) {
      const before = database.usage.rowsRead
      expect(await database.run(goOn('restoring', slice))).toBe(true)
      expect(database.usage.rowsRead - before).toBeLessThan(1_000)
    }
  })

  it('leaves an episode that came back before its folder as it is', async () => {
    const large = await largeFolder()
    const { archive, folder } = large
    await archive.succeed(202, 'DELETE', `/nodes/${folder}`)
    const [{ deletionId = '' } = {}] = await archive.trash()
    const road = `${archive.project}/trash/${deletionId}/restore?as=larger`
    expect((await archive.ask('POST', road, undefined, { disturb: cutAfter(3) })).status).toBe(200)
    const changes = { status: 'completed' }
    for (const [method, path, body] of [
      ['PATCH', 'episodes/run', changes],
      ['POST', 'episodes', { name: 'run', ...changes }],
    ] as const)
      expect(told(await archive.ask(method, `${archive.project}/${path}`, body))).toEqual([
        409,
        'deletion_marking',
      ])
    await fire()
    const { episodes } = await archive.succeed(200, 'GET', `${archive.project}/episodes`)
    expect(episodes).toMatchObject([{ name: 'run', nodePath: '/top/larger/run' }])
    expect([await archive.contradictions(), await faultsOf()]).toEqual([[], []])
  })

  it('takes a longer name if no path grows too long by it, and looks at no path again', async () => {
    const large = await largeFolder()
    const { archive, folder } = large
    const long = `${LARGE}/${Array(4).fill('n'.repeat(240)).join('/')}/x.mp4`
    await archive.video(long)
    await archive.succeed(202, 'DELETE', `/nodes/${folder}`)
    const [{ deletionId = '' } = {}] = await archive.trash()
    const most = 'm'.repeat(1_024 - long.length + 'large'.length)
    const refused = await archive.restore(deletionId, `${most}m`)
    expect(told(refused)).toEqual([400, 'restore_name_invalid'])
    expect(refused.rowsRead).toBeLessThan(100)
    expect((await archive.restore(deletionId, most)).status).toBe(200)
    expect(await archive.videos()).toContain(long.replace('large', most))
    expect(await faultsOf()).toEqual([])
  })

  it('of a version of before takes no longer name, as its paths are too many to be looked at', async () => {
    const large = await largeFolder()
    const { archive, folder } = large
    await archive.succeed(202, 'DELETE', `/nodes/${folder}`)
    const [{ deletionId = '' } = {}] = await archive.trash()
    await env.DB.prepare('update deletions set longest_path = null where id = ?').bind(deletionId).run()
    const refused = await archive.restore(deletionId, 'larger')
    expect([...told(refused), refused.rowsRead < 3 * MOST_AT_ONCE]).toEqual([
      400,
      'restore_name_invalid',
      true,
    ])
    expect((await archive.restore(deletionId, 'small')).status).toBe(200)
  })

  it('is back at once, closed meanwhile, and ended by the schedule', async () => {
    const large = await largeFolder()
    const { archive, folder, top, count } = large
    await archive.episode('beside')
    await archive.succeed(202, 'DELETE', `/nodes/${folder}`)
    const [{ deletionId = '' } = {}] = await archive.trash()
    const road = `${archive.project}/trash/${deletionId}`
    const asked = { headers: { 'X-Request-Id': 'sent-twice' }, disturb: cutAfter(3) }
    const first = await archive.ask('POST', `${road}/restore?as=moved`, undefined, asked)
    expect([first.status, await stateOf(archive, deletionId)]).toEqual([200, 'restoring'])
    // What is back is so with its node: nothing is there by half.
    expect((await archive.videos()).length).toBeGreaterThan(SLICE.nodes)
    expect([await archive.contradictions(), await faultsOf()]).toEqual([[], []])
    expect(told(await archive.restore(deletionId))).toEqual([409, 'deletion_marking'])
    for (const query of ['', '?dryRun=true'])
      expect(told(await archive.ask('DELETE', `${road}${query}`))).toEqual([409, 'deletion_marking'])
    await expectClosed(large, '/top/moved')
    for (const node of [folder, top])
      expect(told(await archive.ask('DELETE', `/nodes/${node}`))).toEqual([409, 'deletion_marking'])
    const again = await archive.ask('POST', `${road}/restore?as=moved`, undefined, {
      ...asked,
      disturb: cutAfter(1),
    })
    expect([again.status, again.body, again.rowsWritten]).toEqual([200, first.body, 0])
    // Its time in the trash is over, and it is on its way out all the same.
    await env.DB.prepare('update deletions set deleted_at = 1 where id = ?').bind(deletionId).run()
    await fire()
    expect([await stateOf(archive, deletionId), (await archive.videos()).length]).toEqual([
      undefined,
      count - 1,
    ])
    expect([await archive.contradictions(), await faultsOf()]).toEqual([[], []])
    await archive.video('/top/moved/new.mp4')
    await archive.succeed(202, 'DELETE', `/nodes/${folder}`)
  })

  it('keeps no others waiting where it cannot', async () => {
    const [one, two] = [await largeFolder(), await largeFolder()]
    await one.archive.succeed(202, 'DELETE', `/nodes/${one.folder}`)
    const [{ deletionId = '' } = {}] = await one.archive.trash()
    await one.archive.ask('POST', `${one.archive.project}/trash/${deletionId}/restore`, undefined, {
      disturb: cutAfter(1),
    })
    // As no road makes it.
    const blocking = `${LARGE}/7`
    await env.DB.prepare(
      `insert into nodes (id, project_id, container_id, kind, name, path, created_at, updated_at)
       select ?2, project_id, container_id, kind, name, path, 0, 0 from nodes where path = ?3 and deletion_id = ?1`,
    )
      .bind(deletionId, 'f'.repeat(24), blocking)
      .run()
    const other = await deleted(two, 0)
    await expect(fire()).rejects.toThrow(/UNIQUE/)
    expect([await stateOf(one.archive, deletionId), await stateOf(two.archive, other)]).toEqual([
      'restoring',
      'trashed',
    ])
    await env.DB.prepare('delete from nodes where id = ?').bind('f'.repeat(24)).run()
    await fire()
    expect((await one.archive.videos()).length).toBe(one.count - 1)
    expect(await faultsOf()).toEqual([])
  })
})

describe('an episode that is purged while a large folder inside of it is on its way', () => {
  async function largeInside(): Promise<readonly [Archive, string]> {
    const archive = await Archive.open()
    const { id } = await archive.episode('run')
    const { nodeId } = await archive.video('/large/first.mp4', { episodeName: 'run' })
    const folder = await archive.parentOf(nodeId)
    await crowdOfVideos(archive, MANY, '/large/', { episode: id, parent: folder })
    return [archive, folder]
  }

  /** Purges the episode, as far as the request does, and lets the schedule do the rest. */
  async function purged(archive: Archive): Promise<void> {
    const deletion = await archive.remove(`${archive.project}/episodes/run`)
    await archive.ask('DELETE', `${archive.project}/trash/${deletion}`, undefined, { disturb: cutAfter(3) })
    await fire()
    expect([await archive.trash(), await faultsOf()]).toEqual([[], []])
    expect((await archive.receipts()).map(({ finishedAt }) => finishedAt)).not.toContain(null)
  }

  it('into the trash waits for that, and takes it along', async () => {
    const [archive, folder] = await largeInside()
    const asked = { disturb: cutAfter(2) }
    expect(told(await archive.ask('DELETE', `/nodes/${folder}`, undefined, asked))).toEqual([202, 'marking'])
    await purged(archive)
    const receipts = await archive.receipts()
    expect(receipts.map(({ kind, rule }) => [kind, rule]).sort()).toEqual([
      ['episode', 'requested'],
      ['folder', 'container'],
    ])
    // The episode and the folder with their nodes, and the videos with theirs.
    expect(receipts.reduce((sum, { rows }) => sum + Number(rows), 0)).toBe(3 + 2 * (MANY + 1))
  })

  it('out of the trash waits for that, and takes along what is back', async () => {
    const [archive, folder] = await largeInside()
    await archive.succeed(202, 'DELETE', `/nodes/${folder}`)
    const [{ deletionId = '' } = {}] = await archive.trash()
    const road = `${archive.project}/trash/${deletionId}/restore`
    expect((await archive.ask('POST', road, undefined, { disturb: cutAfter(2) })).status).toBe(200)
    await purged(archive)
    expect(await archive.receipts()).toMatchObject([{ kind: 'episode', rows: 3 + 2 * (MANY + 1) }])
  })
})

describe('the deletion of an episode by a version of before, which has marked all that is inside', () => {
  /** Marks as that version did. */
  async function markedInside(count: number): Promise<readonly [Archive, string]> {
    const archive = await Archive.open()
    const { id } = await archive.episode('run')
    await archive.video('/x.mp4', { episodeName: 'run', name: null })
    await crowdOfVideos(archive, count, '/', { episode: id })
    const deletion = await archive.remove(`${archive.project}/episodes/run`)
    await env.DB.batch(
      ['assets', 'nodes'].map((table) =>
        env.DB.prepare(
          `update ${table} set deleted_at = d.deleted_at, deletion_id = d.id from deletions d
           where d.id = ?1 and ${table}.container_id = d.item_id`,
        ).bind(deletion),
      ),
    )
    expect(await faultsOf()).toEqual([])
    return [archive, deletion]
  }

  it.each([3, MANY])('is undone with its %d videos', async (count) => {
    const [archive, deletion] = await markedInside(count)
    expect((await archive.restore(deletion)).status).toBe(200)
    expect((await archive.videos('&episode=run')).length).toBe(count + 1)
    expect([await archive.trash(), await faultsOf()]).toEqual([[], []])
  })

  it('closes the episode while they come back', async () => {
    const [archive, deletion] = await markedInside(MANY)
    const road = `${archive.project}/trash/${deletion}/restore`
    const asked = { disturb: cutAfter(2) }
    expect((await archive.ask('POST', road, undefined, asked)).status).toBe(200)
    const refused = await archive.ask('POST', '/assets/video', {
      ...place(archive),
      episodeName: 'run',
      name: '/new.mp4',
    })
    expect(told(refused)).toEqual([409, 'deletion_marking'])
    await fire()
    expect((await archive.videos('&episode=run')).length).toBe(MANY + 1)
    expect(await faultsOf()).toEqual([])
  })

  it('is purged with them, and counted', async () => {
    const [archive, deletion] = await markedInside(300)
    await archive.purge(deletion)
    expect(await archive.receipts()).toMatchObject([{ deletionId: deletion, rows: 2 + 1 + 600 }])
    expect([await archive.trash(), await faultsOf()]).toEqual([[], []])
  })
})
