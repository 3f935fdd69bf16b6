import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Archive, fire, positions, rowsOf } from '../../support/archive.ts'
import { crowdOfVideos, faultsOf, watched, withoutRests } from '../../support/faults.ts'

/** The schedule goes round the namespaces: none waits for all that another has. It is counted, and never clocked. */

const LEAST = '45'
const YEAR = 365

beforeEach(async () => {
  withoutRests()
  vi.spyOn(console, 'info').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  // Every test begins with the first step, and the first turn.
  await env.DB.prepare('delete from walks').run()
})

const countOf = async (table: string, condition: string): Promise<number> =>
  Number(await env.DB.prepare(`select count(*) as count from ${table} where ${condition}`).first('count'))

const spaceOf = async ({ slug }: Archive): Promise<string> =>
  String((await rowsOf('namespaces', `slug = '${slug}'`))[0]?.id)

/** Runs, one after the other, until `isDone`; gives how many that took. */
async function runsUntil(isDone: () => Promise<boolean>, days: number, queries?: string): Promise<number> {
  const variables = (queries === undefined ? {} : { CRON_QUERIES: queries }) as Partial<Env>
  for (let runs = 1; runs <= 60; runs++) {
    await fire(days, variables)
    if (await isDone()) return runs
  }
  throw new Error('It is not done after 60 runs.')
}

/** What is left of one thing at the end of another, by a run that is looked at before each of its calls. */
async function leftAtTheEnd(
  end: () => Promise<boolean>,
  left: () => Promise<number>,
  days: number,
): Promise<number | null> {
  let found: number | null = null
  const { bindings } = watched(async (call) => {
    const result = await call()
    if (found === null && (await end())) found = await left()
    return result
  })
  await fire(days, bindings)
  return found
}

/** An archive with a large episode in the trash, and a younger one with a video there. */
async function largeAndSmall(count: number): Promise<readonly [Archive, Archive]> {
  const [large, small] = [await Archive.open(), await Archive.open()]
  const { id } = await large.episode('large')
  await crowdOfVideos(large, count, '/x', { episode: id })
  await large.remove(`${large.project}/episodes/large`)
  await small.remove(`/assets/video/${(await small.video('/small.mp4')).id}`)
  return [large, small]
}

const deletionsOf = async (archive: Archive): Promise<number> =>
  countOf('deletions', `namespace_id = '${await spaceOf(archive)}'`)

const assetsOf = (archive: Archive): Promise<number> =>
  countOf(
    'assets',
    `project_id in (select p.id from projects p join namespaces n on n.id = p.namespace_id
      where n.slug = '${archive.slug}')`,
  )

describe('a purge', () => {
  it('of one row is done beside that of 50,000 in another namespace, and not after it', async () => {
    const [large, small] = await largeAndSmall(25_000)
    const isGone = async () => (await deletionsOf(small)) === 0
    expect(await leftAtTheEnd(isGone, () => assetsOf(large), 31)).toBeGreaterThan(20_000)
    await runsUntil(async () => (await deletionsOf(large)) === 0, 31)
    expect(await faultsOf()).toEqual([])
  })

  it('of a small project waits for no large one, with the least that a run may ask', async () => {
    const [large, small] = [await Archive.open(), await Archive.open()]
    await crowdOfVideos(large, 10_000, '/x')
    await small.video('/small.mp4')
    for (const archive of [large, small]) await archive.remove(archive.project)
    // The small one is the younger namespace: its turn is the second.
    await runsUntil(async () => (await deletionsOf(small)) === 0, 31, LEAST)
    expect(await assetsOf(large)).toBeGreaterThan(5_000)
    await runsUntil(async () => (await deletionsOf(large)) === 0, 31)
    expect(await faultsOf()).toEqual([])
  })
})

it('the place of a turn is noted when the next one begins', async () => {
  const archives = [await Archive.open(), await Archive.open()]
  for (const archive of archives) await archive.remove(archive.project)
  const [first] = (await Promise.all(archives.map(spaceOf))).sort()
  const noted: unknown[] = []
  const { bindings } = watched(async (call) => {
    const result = await call()
    noted.push((await positions())['turn.places'])
    return result
  })
  await fire(31, bindings)
  expect(noted).toContain(first)
})

/** Uploads that nobody goes on with, past the server. */
async function idleUploads(archive: Archive, count: number): Promise<void> {
  await env.DB.prepare(
    `insert into objects (id, namespace_id, project_id, key, state, size, announced_size, lease_until, created_by,
       created_at)
     with recursive n(i) as (select 1 union all select i + 1 from n limit ?2)
     select printf('%024x', s.rowid * 1000000 + i), s.id, null, s.id || '/' || printf('%024x', s.rowid * 1000000 + i),
       'pending', 0, 5, 0, '', 0 from namespaces s cross join n where s.slug = ?1`,
  )
    .bind(archive.slug, count)
    .run()
}

const pendingOf = async (archive: Archive): Promise<number> =>
  countOf('objects', `state = 'pending' and namespace_id = '${await spaceOf(archive)}'`)

describe('idle uploads', () => {
  it('end all in one run: 3,000 of them', async () => {
    const archive = await Archive.open()
    await idleUploads(archive, 3_000)
    expect(await faultsOf()).toEqual([])
    await fire()
    expect([await pendingOf(archive), await faultsOf()]).toEqual([0, []])
    await runsUntil(async () => (await countOf('objects', `state = 'aborted'`)) === 0, 2)
    expect(await countOf('objects', `namespace_id = '${await spaceOf(archive)}'`)).toBe(0)
  })

  it('of one namespace end beside those of another, and not after them', async () => {
    const [large, small] = [await Archive.open(), await Archive.open()]
    await idleUploads(large, 3_000)
    await idleUploads(small, 1)
    const isEnded = async () => (await pendingOf(small)) === 0
    expect(await leftAtTheEnd(isEnded, () => pendingOf(large), 0)).toBeGreaterThan(2_000)
    expect(await pendingOf(large)).toBe(0)
    await runsUntil(async () => (await countOf('objects', `state = 'aborted'`)) === 0, 2)
  })
})

describe('what has served its time', () => {
  it('goes in one run, however much there is of it', async () => {
    const count = 3_000
    await env.DB.prepare(
      `insert into revocations (issuer, jti, revoked_at, expires_at)
       with recursive n(i) as (select 1 union all select i + 1 from n limit ?1)
       select 'crowd', i, 0, 1 from n`,
    )
      .bind(count)
      .run()
    await fire()
    expect(await countOf('revocations', `issuer = 'crowd'`)).toBe(0)
  })

  it('is a receipt a year after it was finished, and not before', async () => {
    const archive = await Archive.open()
    const { id } = await archive.video('/gone.mp4')
    const deletion = await archive.remove(`/assets/video/${id}`)
    await archive.purge(deletion)
    const lost = await archive.bytes('lost')
    await archive.video('/lost.mp4', { bssVideoId: lost })
    await env.BUCKET.delete(`${await spaceOf(archive)}/${lost}`)
    await fire(2)
    const rules = async () => (await archive.receipts()).map(({ rule }) => rule).sort()
    const listed = async () =>
      (await archive.succeed(200, 'GET', `/namespaces/${archive.slug}/purges`)).total as number
    await fire(YEAR - 0.1)
    expect([await rules(), await listed()]).toEqual([['missing', 'requested'], 2])
    await fire(YEAR + 0.1)
    // What is not finished stays.
    expect([await rules(), await listed(), await faultsOf()]).toEqual([['missing'], 1, []])
  })
})
