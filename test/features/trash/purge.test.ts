import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { SLICE } from '../../../src/domain/purge.ts'
import { Archive, DAY, fire, rowsOf } from '../../support/archive.ts'
import {
  type Call,
  census,
  collect,
  crowdOfVideos,
  estate,
  faultsOf,
  Kept,
  keysHeld,
  settle,
  textsOf,
  watched,
  withoutRests,
} from '../../support/faults.ts'
import { put } from '../../support/samples.ts'
import { ask, Tenant, tokenFor } from '../../support/world.ts'

/** The lines of the schedule, each as it was logged. */
let lines: Record<string, unknown>[] = []

beforeEach(async () => {
  withoutRests()
  // Every test begins with the first step.
  await change('delete from walks')
  lines = []
  const keep = (line: string) => void lines.push(JSON.parse(line))
  vi.spyOn(console, 'info').mockImplementation(keep)
  vi.spyOn(console, 'error').mockImplementation(keep)
})

const change = (text: string, ...values: unknown[]): Promise<unknown> =>
  env.DB.prepare(text)
    .bind(...values)
    .run()

const spaceOf = async (archive: Archive): Promise<string> =>
  String((await rowsOf('namespaces', `slug = '${archive.slug}'`))[0]?.id)

interface Ran {
  readonly calls: readonly Call[]
  readonly statements: number
  /** Of the run's line. */
  readonly line: Record<string, unknown>
}

/** Fires the schedule and looks at what it asks. */
async function run(days: number, variables: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const { calls, bindings } = watched()
  lines = []
  await fire(days, { ...variables, ...bindings } as Partial<Env>)
  const batches = calls.filter(({ what }) => what === 'batch')
  const [line = {}] = lines.filter(({ message }) => message === 'maintained')
  expect(lines.filter(({ level }) => level !== 'info')).toEqual([])
  return { calls, statements: batches.reduce((sum, { size }) => sum + size, 0), line }
}

const countOf = async (table: string, condition: string): Promise<number> =>
  Number(await env.DB.prepare(`select count(*) as count from ${table} where ${condition}`).first('count'))

describe('a large purge', () => {
  it('of 100,000 assets goes on from run to run, a bounded slice at a time', async () => {
    const archive = await Archive.open()
    const space = await spaceOf(archive)
    const { folderId } = await archive.episode('kept', { folder: '/large' })
    await archive.succeed(200, 'DELETE', `${archive.project}/episodes/kept`)
    await crowdOfVideos(archive, 99_990, '/large/', { parent: folderId })
    await archive.succeed(202, 'DELETE', `/nodes/${folderId}`)
    const isMarking = async () => (await archive.trash()).some(({ state }) => state === 'marking')
    while (await isMarking()) await run(0)
    const other = await Archive.open()
    await other.video('/other.mp4', { bssVideoId: await other.bytes('other') })
    await archive.video('/kept.mp4', { bssVideoId: await archive.bytes('kept') })
    const kept = 'deleted_at is null'
    const live = async () => [
      await rowsOf('assets', `${kept} order by id`),
      await rowsOf('nodes', `${kept} order by id`),
      await keysHeld(),
    ]
    const before = await live()
    const due = `deletion_id is not null and project_id in (select id from projects where namespace_id = '${space}')`
    const left = () => countOf('assets', due)
    expect(await left()).toBe(99_990)
    const runs: number[] = []
    for (let leftBefore = await left(); leftBefore > 0; ) {
      const { calls, statements, line } = await run(31)
      expect(statements).toBeLessThanOrEqual(900)
      expect([line.queries, line.trips]).toEqual([
        statements,
        calls.filter(({ what }) => what === 'batch').length,
      ])
      expect(Math.max(...calls.map(({ what, size }) => (what === 'batch' ? size : 0)))).toBeLessThan(40)
      expect(calls.filter(({ what }) => !['batch', 'list'].includes(what))).toEqual([])
      expect(line.calls).toBe(calls.filter(({ what }) => what === 'list').length)
      const leftNow = await left()
      expect(leftNow === 0 || line.ranOut).toBe(true)
      const gone = leftBefore - leftNow
      expect(gone).toBeLessThanOrEqual(Number(line.slices) * SLICE.rows)
      // The budget is spent on slices.
      expect(leftNow === 0 || gone >= 15_000).toBe(true)
      runs.push(gone)
      leftBefore = leftNow
    }
    expect(runs.length).toBeGreaterThan(1)
    await settle(31)
    expect(await live()).toEqual(before)
    expect(await countOf('nodes', due)).toBe(0)
    const [folder] = (await archive.receipts()).filter(({ kind }) => kind === 'folder')
    expect(folder).toMatchObject({ name: '/large', rows: 2 * 99_990 + 1, objects: 0, bytes: 0 })
    expect(await faultsOf()).toEqual([])
  })

  it('of 3,000 assets one by one takes their objects along, many a call', async () => {
    const archive = await Archive.open()
    const space = await spaceOf(archive)
    const count = 3_000
    await archive.video('/kept.mp4', { bssVideoId: await archive.bytes('kept') })
    await crowdOfVideos(archive, count, '/one/')
    const mine = `project_id in (select id from projects where namespace_id = '${space}') and name like '/one/%'`
    await env.DB.batch(
      [
        `insert into objects (id, namespace_id, project_id, key, state, size, lease_until, created_by, created_at,
           completed_at)
         select id, '${space}', project_id, '${space}/' || id, 'complete', 3, 0, '', 0, 1 from assets where ${mine}`,
        `update assets set storage_id = id, object_id = id, deleted_at = 1, deletion_id = 'd' || substr(id, 2)
         where ${mine}`,
        `update nodes set deleted_at = 1, deletion_id = (select deletion_id from assets where assets.id = item_id)
         where item_id in (select id from assets where ${mine})`,
        `insert into deletions (id, namespace_id, project_id, kind, item_id, name, deleted_at, deleted_by)
         select deletion_id, '${space}', project_id, 'video', id, name, 1, '' from assets where ${mine}`,
      ].map((text) => env.DB.prepare(text)),
    )
    const keys = (await rowsOf('objects', `namespace_id = '${space}' and created_at = 0`)).map(
      ({ key }) => key,
    )
    for (let from = 0; from < count; from += 500)
      await Promise.all(keys.slice(from, from + 500).map((key) => env.BUCKET.put(String(key), 'abc')))
    expect(await faultsOf()).toEqual([])
    const { calls, statements, line } = await run(0)
    expect(line).toMatchObject({ objects: count })
    const deletes = calls.filter(({ what }) => what === 'delete')
    expect(deletes.map(({ size }) => size)).toEqual(
      Array.from({ length: count / SLICE.objects }, () => SLICE.objects),
    )
    expect(statements).toBeLessThanOrEqual(900)
    expect((await keysHeld()).filter((key) => key.startsWith(space))).toHaveLength(1)
    expect(await countOf('objects', `namespace_id = '${space}'`)).toBe(1)
    expect(await rowsOf('deletions', `namespace_id = '${space}'`)).toEqual([])
    const [sums] = await rowsOf(
      `(select count(*) as receipts, sum(rows) as rows, sum(objects) as objects, sum(bytes) as bytes,
         count(finished_at) as finished, min(rows) as least, max(rows) as most
       from purges where namespace_id = '${space}')`,
    )
    expect(sums).toEqual({
      receipts: count,
      rows: 3 * count,
      objects: count,
      bytes: 3 * count,
      finished: count,
      least: 3,
      most: 3,
    })
    expect(await textsOf(archive, ['/kept.mp4'])).toEqual({ '/kept.mp4': 'kept' })
    expect(await faultsOf()).toEqual([])
  })

  it('of uploads in parts gives up 20 of them a slice', async () => {
    const archive = await Archive.open()
    const space = await spaceOf(archive)
    const files = Array.from({ length: 45 }, () => ({ size: 65 * 1_048_576 }))
    const place = { namespace: archive.slug, project: 'lab' }
    const { uploads } = await archive.succeed(201, 'POST', '/uploads', { ...place, files })
    for (const { id } of uploads)
      await archive.succeed(200, 'POST', `/uploads/${id}/parts`, { partNumbers: [1] })
    await run(8)
    expect(await countOf('objects', `namespace_id = '${space}' and state = 'aborted'`)).toBe(45)
    expect((await run(9)).line).toMatchObject({ objects: 0 })
    const { calls } = await run(10)
    const asked = calls.filter(({ what }) => what === 'delete' || what === 'abort')
    const slice = (count: number) => [`delete ${count}`, ...Array(count).fill('abort 1')]
    expect(asked.map(({ what, size }) => `${what} ${size}`)).toEqual([20, 20, 5].flatMap(slice))
    expect(await countOf('objects', `namespace_id = '${space}'`)).toBe(0)
  })
})

describe('with the least that a run may ask of D1', () => {
  const LEAST = { CRON_QUERIES: '45' }

  it('the runs end up where large ones do', async () => {
    const given = await estate(await Archive.open(), await Archive.open())
    const start = await Kept.now('least')
    await start.bringBack()
    for (const day of [31, 33]) await settle(day)
    const expected = await census()
    await start.bringBack()
    for (let runs = 0; runs < 100; runs++) {
      const { statements } = await run(runs < 50 ? 31 : 33, LEAST)
      expect(statements).toBeLessThanOrEqual(45)
    }
    expect(await census()).toEqual(expected)
    expect(await start.stillOpen()).toEqual([])
    expect(await faultsOf()).toEqual([])
    expect(await textsOf(given.archive, Object.keys(given.texts))).toEqual(given.texts)
  })

  it('nothing has to wait for the end of a large purge', async () => {
    const archive = await Archive.open()
    const space = await spaceOf(archive)
    const large = await archive.episode('large')
    await crowdOfVideos(archive, 30_000, '/x', { episode: large.id })
    await archive.remove(`${archive.project}/episodes/large`)
    await archive.bytes('unreferenced')
    await change(
      'insert into revocations (issuer, jti, revoked_at, expires_at) values (?, ?, 0, 1)',
      'local',
      archive.slug,
    )
    await change('update namespace_stats set videos = 7 where namespace_id = ?', space)
    await change(`delete from walks where name <> 'steps'`)
    const at: Record<string, number> = {}
    const due = { assets: "name like '/x%'", objects: `namespace_id = '${space}'` }
    for (let runs = 1; runs <= 30 && Object.keys(at).length < 4; runs++) {
      await fire(31, LEAST as Partial<Env>)
      const done: Readonly<Record<string, boolean>> = {
        object: (await countOf('objects', due.objects)) === 0,
        revocation: (await countOf('revocations', `jti = '${archive.slug}'`)) === 0,
        counter: (await countOf('namespace_stats', `namespace_id = '${space}' and videos = 7`)) === 0,
        bucket: (await countOf('walks', `name = 'bucket'`)) === 1,
      }
      for (const [what, isDone] of Object.entries(done)) if (isDone) at[what] ??= runs
    }
    expect(await countOf('assets', due.assets)).toBeGreaterThan(0)
    expect(at).toEqual({
      object: expect.any(Number),
      revocation: expect.any(Number),
      counter: expect.any(Number),
      bucket: expect.any(Number),
    })
    await settle(31)
  })
})

describe('what is due', () => {
  it('at the very millisecond, and not before', async () => {
    const archive = await Archive.open()
    const now = Date.now()
    for (const [name, at] of [
      ['/due.mp4', now],
      ['/later.mp4', now + 1],
    ] as const) {
      const { id } = await archive.video(name)
      const deletion = await archive.remove(`/assets/video/${id}`)
      await change('update deletions set deleted_at = ? where id = ?', at, deletion)
    }
    vi.useFakeTimers({ now, toFake: ['Date'] })
    try {
      await fire(30)
      expect((await archive.trash()).map(({ name }) => name)).toEqual(['/later.mp4'])
      expect(await archive.receipts()).toMatchObject([{ name: '/due.mp4' }])
      vi.setSystemTime(now + 1)
      await fire(30)
      expect(await archive.trash()).toEqual([])
    } finally {
      vi.useRealTimers()
    }
  })

  it('is by RETENTION_DAYS, and the trash says when', async () => {
    const archive = await Archive.open()
    const { id } = await archive.video('/a.mp4')
    await archive.remove(`/assets/video/${id}`)
    const [{ deletedAt = '', purgeAt = '' } = {}] = await archive.trash()
    expect(Date.parse(purgeAt) - Date.parse(deletedAt)).toBe(30 * DAY)
    await fire(31, { RETENTION_DAYS: '90' } as unknown as Partial<Env>)
    expect(await archive.trash()).toHaveLength(1)
    await fire(3, { RETENTION_DAYS: '2' } as unknown as Partial<Env>)
    expect(await archive.trash()).toEqual([])
  })

  it('datasets go first, however old the rest is', async () => {
    const archive = await Archive.open()
    const { project } = archive
    const large = await archive.episode('large')
    await crowdOfVideos(archive, 1_200, '/y', { episode: large.id })
    await archive.remove(`${project}/episodes/large`)
    await archive.succeed(201, 'POST', `${project}/datasets`, { name: 'set' })
    await collect(archive, 'in it', 3, 'set')
    await archive.remove(`${project}/datasets/set`)
    const seen: string[] = []
    const { bindings } = watched(async (call) => {
      const result = await call()
      const datasets = await countOf('datasets', 'deletion_id is not null')
      const assets = await countOf('assets', `name like '/y%'`)
      seen.push(`${datasets} ${assets === 0 ? 'none' : assets < 1_200 ? 'some' : 'all'}`)
      return result
    })
    await fire(31, bindings)
    const stages = seen.filter((each, index) => each !== seen[index - 1])
    expect(stages).toEqual(['1 all', '0 all', '0 some', '0 none'])
    expect(await rowsOf('collections', `name = 'in it'`)).toMatchObject([
      { dataset_id: null, detached_by: null, member_count: 3 },
    ])
  })

  it('objects stay while anything refers to them, live or in the trash, and as long as their lease lasts', async () => {
    const archive = await Archive.open()
    const space = await spaceOf(archive)
    const [live, trashed, leased, over] = [
      await archive.bytes('live'),
      await archive.bytes('trashed'),
      await archive.bytes('leased'),
      await archive.bytes('over'),
    ]
    await archive.video('/live.mp4', { bssVideoId: live })
    const { id } = await archive.video('/trashed.mp4', { bssVideoId: trashed })
    await archive.remove(`/assets/video/${id}`)
    const now = Date.now()
    await change('update objects set lease_until = 0 where namespace_id = ?', space)
    await change('update objects set lease_until = ? where id = ?', now + 10 * DAY, leased)
    const held = async () =>
      (await keysHeld()).filter((key) => key.startsWith(space)).map((key) => key.slice(space.length + 1))
    expect(await held()).toEqual([live, trashed, leased, over].sort())
    await fire(9)
    expect(await held()).toEqual([live, trashed, leased].sort())
    await fire(11)
    expect(await held()).toEqual([live, trashed].sort())
    await fire(31)
    expect(await held()).toEqual([live])
    const { objects } = await env.BUCKET.list({ prefix: space })
    expect(objects).toHaveLength(await countOf('objects', `namespace_id = '${space}'`))
  })

  it('an ended upload goes 25 hours after its end, when no URL of it is good any more', async () => {
    const archive = await Archive.open()
    const space = await spaceOf(archive)
    const place = { namespace: archive.slug, project: 'lab' }
    const { uploads } = await archive.succeed(201, 'POST', '/uploads', { ...place, files: [{ size: 4 }] })
    const [{ id, url, headers }] = uploads
    await archive.succeed(200, 'DELETE', `/uploads/${id}`)
    await put(url, 'late', headers)
    await fire(24 / 24)
    expect(await keysHeld()).toContain(`${space}/${id}`)
    expect((await archive.succeed(200, 'GET', `/uploads/${id}`)).status).toBe('aborted')
    await fire(26 / 24)
    expect(await keysHeld()).not.toContain(`${space}/${id}`)
    expect((await archive.ask('GET', `/uploads/${id}`)).status).toBe(404)
    expect(await archive.receipts()).toMatchObject([{ kind: 'object', rule: 'idle', rows: 1, objects: 1 }])
  })

  it('a claimed object is neither there for its upload, nor registered, nor found by its hash', async () => {
    const archive = await Archive.open()
    const id = await archive.bytes('claimed')
    await change('update objects set lease_until = 0 where id = ?', id)
    const { bindings } = watched(async (call, { what }) => {
      if (what === 'delete') throw new Error('R2 is down.')
      return call()
    })
    await expect(fire(0, bindings)).rejects.toThrow()
    const place = { namespace: archive.slug, project: 'lab' }
    const refused = await archive.ask('POST', '/assets/video', { ...place, name: '/a.mp4', bssVideoId: id })
    expect([refused.status, refused.body.code]).toEqual([409, 'object_not_complete'])
    expect((await archive.ask('GET', `/uploads/${id}`)).status).toBe(404)
    await fire()
    const registered = await archive.video('/a.mp4', { bssVideoId: id })
    expect(registered).toMatchObject({ bssVideoId: id })
  })
})

describe('afterwards', () => {
  it('the name of an episode is free', async () => {
    const archive = await Archive.open()
    const { project } = archive
    await archive.episode('run')
    await archive.remove(`${project}/episodes/run`)
    const { status, body } = await archive.ask('POST', `${project}/episodes`, { name: 'run' })
    expect([status, body.code]).toEqual([410, 'episode_trashed'])
    await fire(31)
    const { id } = await archive.episode('run')
    await archive.video('/new.mp4', { episodeName: 'run' })
    await fire(31)
    expect((await archive.succeed(200, 'GET', `${project}/episodes`)).episodes).toMatchObject([{ id }])
    expect(await archive.videos()).toEqual(['/new.mp4'])
  })

  it('the slug of a namespace is free, once it went whole with its objects', async () => {
    const archive = await Archive.open()
    const { owner, slug } = archive
    const space = await spaceOf(archive)
    const namespace = `/namespaces/${slug}`
    await archive.video('/a.mp4', { bssVideoId: await archive.bytes('in use') })
    const leased = await archive.bytes('leased')
    await change('update objects set lease_until = ? where id = ?', Date.now() + 40 * DAY, leased)
    await archive.remove(namespace)
    for (const day of [31, 31, 39]) await fire(day)
    expect(await rowsOf('deletions', `namespace_id = '${space}'`)).toMatchObject([
      { kind: 'namespace', purging: 1 },
    ])
    expect((await keysHeld()).filter((key) => key.startsWith(space))).toEqual([`${space}/${leased}`])
    expect((await owner.ask('POST', '/namespaces', { slug })).status).toBe(409)
    expect(await rowsOf('purges', `namespace_id = '${space}' and finished_at is null`)).toHaveLength(1)
    for (const day of [41, 41]) await fire(day)
    for (const table of ['namespaces', 'namespace_stats', 'projects', 'objects', 'members', 'deletions']) {
      const column = table === 'namespaces' ? 'id' : 'namespace_id'
      expect([table, await rowsOf(table, `${column} = '${space}'`)]).toEqual([table, []])
    }
    expect((await keysHeld()).filter((key) => key.startsWith(space))).toEqual([])
    const [receipt] = await rowsOf('purges', `namespace_id = '${space}' and kind = 'namespace'`)
    expect(receipt).toMatchObject({
      rule: 'retention',
      objects: 1,
      bytes: 6,
      finished_at: expect.any(Number),
    })
    expect((await owner.ask('POST', '/namespaces', { slug })).status).toBe(201)
    expect(await archive.receipts()).toEqual([])
    expect(await faultsOf()).toEqual([])
  })
})

describe('receipts', () => {
  it('tell by which rule what went, with rows, objects and bytes, to owners alone, page by page', async () => {
    const archive = await Archive.open()
    const { owner, project, slug } = archive
    const path = `/namespaces/${slug}/purges`
    const lost = await archive.bytes('lost bytes')
    await archive.video('/lost.mp4', { bssVideoId: lost })
    await env.BUCKET.delete(`${await spaceOf(archive)}/${lost}`)
    await archive.episode('run')
    const inside = { episodeName: 'run', bssVideoId: await archive.bytes('12345') }
    await archive.video('/in.mp4', inside)
    const nested = await archive.video('/nested.mp4', { episodeName: 'run' })
    const episode = await archive.remove(`${project}/episodes/run`)
    expect((await archive.ask('DELETE', `${project}/trash/${episode}`)).status).toBe(202)
    expect(nested).toMatchObject({ id: expect.any(String) })
    await archive.episode('outer')
    const inner = await archive.video('/inner.mp4', { episodeName: 'outer' })
    const earlier = await archive.remove(`/assets/video/${inner.id}`)
    const outer = await archive.remove(`${project}/episodes/outer`)
    const { id } = await archive.video('/old.mp4')
    await archive.remove(`/assets/video/${id}`)
    await change('update deletions set deleted_at = ? where id = ?', Date.now() + 20 * DAY, earlier)
    await archive.bytes('unreferenced')
    const place = { namespace: slug, project: 'lab' }
    const files = [{ size: 1 }, { size: 2 }]
    await archive.succeed(201, 'POST', '/uploads', { ...place, files })
    for (const day of [31, 33]) await fire(day)
    const receipts = await archive.receipts()
    const told = Object.fromEntries(
      receipts.map(({ rule, kind, name, rows, objects, bytes }) => [
        `${rule} ${kind} ${name}`,
        [rows, objects, bytes],
      ]),
    )
    expect(told).toEqual({
      'requested episode run': [7, 1, 5],
      'retention episode outer': [2, 0, 0],
      'container video /inner.mp4': [2, 0, 0],
      'retention video /old.mp4': [2, 0, 0],
      'unreferenced object null': [1, 1, 12],
      'idle object null': [2, 2, 0],
      'missing object null': [0, 1, 10],
    })
    const of = (rule: string) => receipts.filter((receipt) => receipt.rule === rule)
    expect(of('requested')).toMatchObject([{ requestedBy: owner.slug, deletionId: episode }])
    expect(of('retention').map(({ requestedBy, deletionId }) => [requestedBy, deletionId])).toContainEqual([
      null,
      outer,
    ])
    expect(of('missing')).toMatchObject([{ itemId: lost, finishedAt: null }])
    const first = await archive.succeed(200, 'GET', `${path}?pageSize=4`)
    const second = await archive.succeed(200, 'GET', `${path}?pageSize=4&cursor=${first.nextCursor}`)
    expect([first.total, first.purges.length, second.nextCursor]).toEqual([7, 4, null])
    expect([...first.purges, ...second.purges]).toEqual(receipts)
    const [writer, stranger] = [await Tenant.arrive(), await Tenant.arrive()]
    await archive.succeed(201, 'PUT', `/namespaces/${slug}/members/${writer.slug}`, { role: 'writer' })
    expect((await writer.ask('GET', path)).status).toBe(403)
    expect((await stranger.ask('GET', path)).status).toBe(404)
    expect((await writer.ask('GET', `/namespaces/${writer.slug}/purges`)).body.purges).toEqual([])
  })

  it('of an orphan: it is reported at once, and removed when no upload can be that old', async () => {
    const archive = await Archive.open()
    const space = await spaceOf(archive)
    const id = '0'.repeat(24)
    await env.BUCKET.put(`${space}/${id}`, 'an orphan')
    for (const key of ['notes.txt', `${space}/notes`, `${space}/${id}/more`]) await env.BUCKET.put(key, 'x')
    await fire()
    expect(await archive.receipts()).toMatchObject([{ rule: 'orphaned', itemId: id, finishedAt: null }])
    await fire(15)
    expect(await keysHeld()).toContain(`${space}/${id}`)
    await fire(17)
    expect(await keysHeld()).not.toContain(`${space}/${id}`)
    for (const key of ['notes.txt', `${space}/notes`, `${space}/${id}/more`])
      expect(await keysHeld()).toContain(key)
    expect(await archive.receipts()).toMatchObject([
      { rule: 'orphaned', itemId: id, objects: 1, bytes: 9, finishedAt: expect.any(String) },
    ])
  })
})

describe('what serves for a while', () => {
  it('expires: revocations, revoked tokens, former slugs, departures, restorations', async () => {
    const archive = await Archive.open()
    const { owner, slug, project } = archive
    const expiresAt = Math.floor(Date.now() / 1_000) + 2 * 86_400
    const session = await tokenFor(owner.slug, { claims: { jti: `jti-${slug}` }, expiresAt })
    expect((await ask('POST', '/auth/logout', { token: session })).status).toBe(200)
    const tokens: string[] = []
    for (const name of ['revoked', 'kept']) {
      const { id } = await archive.succeed(201, 'POST', '/auth/tokens', { name, scopes: ['read'] })
      tokens.push(id)
    }
    await archive.succeed(200, 'DELETE', `/auth/tokens/${tokens[0]}`)
    await archive.succeed(200, 'PATCH', `/namespaces/${slug}`, { slug: `${slug}-2` })
    const leaver = await Tenant.arrive()
    await archive.succeed(201, 'PUT', `/namespaces/${slug}-2/members/${leaver.slug}`, { role: 'reader' })
    await archive.succeed(200, 'DELETE', `/namespaces/${slug}-2/members/${leaver.slug}`)
    const renamed = project.replace(slug, `${slug}-2`)
    const place = { namespace: `${slug}-2`, project: 'lab' }
    const { id } = await archive.succeed(201, 'POST', '/assets/video', { ...place, name: '/a.mp4' })
    await archive.succeed(200, 'DELETE', `/assets/video/${id}`)
    const [{ deletionId = '' } = {}] = await archive.trash(renamed)
    expect((await archive.restore(deletionId, undefined, renamed)).status).toBe(200)
    const kept = async () => ({
      revocations: await countOf('revocations', `jti = 'jti-${slug}'`),
      tokens: (await rowsOf('api_tokens', `id in ('${tokens.join("','")}')`)).map(({ name }) => name).sort(),
      slugs: await countOf('former_slugs', `slug = '${slug}'`),
      departures: await countOf(
        'departures',
        `user_id = (select id from users where username = '${leaver.slug}')`,
      ),
      restorations: await countOf('restorations', `id = '${deletionId}'`),
    })
    const all = { revocations: 1, tokens: ['kept', 'revoked'], slugs: 1, departures: 1, restorations: 1 }
    expect(await kept()).toEqual(all)
    await fire(0.99)
    expect(await kept()).toEqual(all)
    await fire(1.01)
    expect(await kept()).toEqual({ ...all, tokens: ['kept'], departures: 0, restorations: 0 })
    await fire(1.9)
    expect((await kept()).revocations).toBe(1)
    expect((await ask('GET', '/auth/me', { token: session })).body.code).toBe('token_revoked')
    await fire(2.01)
    expect((await kept()).revocations).toBe(0)
    await fire(29.9)
    const stranger = await Tenant.arrive()
    expect((await stranger.ask('POST', '/namespaces', { slug })).status).toBe(409)
    await fire(30.1)
    expect((await stranger.ask('POST', '/namespaces', { slug })).status).toBe(201)
    expect(await faultsOf()).toEqual([])
  })
})
