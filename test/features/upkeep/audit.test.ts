import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { Archive, type Mended, observed, positions, type Run, rowsOf, run } from '../../support/archive.ts'
import { withoutRests } from '../../support/faults.ts'

/** What is counted: every column that triggers keep. */
const COUNTERS = {
  episode_stats: ['videos', 'audios', 'label_tracks', 'text_tracks', 'images', 'files'],
  project_stats: [
    'episodes',
    'datasets',
    'collections',
    'videos',
    'audios',
    'label_tracks',
    'text_tracks',
    'images',
    'files',
    'protected_episodes',
    'trashed',
    'rows',
  ],
  namespace_stats: [
    'members',
    'projects',
    'public_projects',
    'videos',
    'audios',
    'label_tracks',
    'text_tracks',
    'images',
    'files',
    'protected_episodes',
    'trashed',
    'purges',
    'rows',
    'bytes',
  ],
  datasets: ['collection_count'],
  collections: ['member_count'],
  child_counts: ['nodes'],
  objects: ['asset_count'],
  users: ['namespace_count', 'token_count'],
} as const

type Table = keyof typeof COUNTERS

const tables = Object.keys(COUNTERS) as Table[]
const keyOf: Readonly<Record<Table, string>> = {
  episode_stats: 'episode_id',
  project_stats: 'project_id',
  namespace_stats: 'namespace_id',
  datasets: 'id',
  collections: 'id',
  child_counts: 'id',
  objects: 'id',
  users: 'id',
}
/** Rows of a slice. */
const SLICE = 50

/** A table has a walk for what is found by one look at a row, and for what is dear to find another one. */
const walksOf = (table: Table): readonly string[] => {
  const others: Partial<Record<Table, string>> = { project_stats: '.rows', namespace_stats: '.quotas' }
  return ['', ...(others[table] ? [others[table]] : [])].map((part) => `audit.${table}${part}`)
}

const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
const change = (text: string, ...values: unknown[]) =>
  env.DB.prepare(text)
    .bind(...values)
    .run()

/** A full round over all tables: the longest, and the slice that finds nothing after its last row. */
async function round(days = 0): Promise<readonly Mended[]> {
  const counts = await Promise.all(tables.map(async (table) => (await rowsOf(table)).length))
  const mended: Mended[] = []
  for (let runs = 0; runs < Math.ceil(Math.max(...counts) / SLICE) + 1; runs++)
    mended.push(...(await run(days)).mended)
  return mended
}

/** The counters of all rows. */
async function counted() {
  const rows = await Promise.all(tables.map((table) => rowsOf(table)))
  return tables.flatMap((table, at) =>
    (rows[at] ?? []).map((row) => [table, row[keyOf[table]], ...COUNTERS[table].map((name) => row[name])]),
  )
}

let archive: Archive
/** By table, the row that the archive has there. */
let keys: Readonly<Record<Table, string>>

const freshId = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, 24)

/** A collection of two members; gives its id. */
async function collect(project: string, dataset: string): Promise<string> {
  const id = freshId()
  await change(
    `insert into collections (id, project_id, dataset_id, name, tags, created_at, updated_at, created_by, updated_request)
     values (?1, ?2, ?3, ?1, '[]', 0, 0, 'u', 'r')`,
    id,
    project,
    dataset,
  )
  await change(
    `insert into collection_members (collection_id, member_id, position) values (?1, 'a', 1), (?1, 'b', 2)`,
    id,
  )
  return id
}

/** An archive in which nothing counts zero. */
async function fill() {
  archive = await Archive.open()
  const { succeed } = archive
  const made = succeed.bind(archive)
  const { project, slug } = archive
  const namespace = `/namespaces/${slug}`
  const place = { namespace: slug, project: 'lab' }
  await made(201, 'POST', `${namespace}/projects`, { name: 'shown', visibility: 'public' })
  await made(201, 'POST', `${namespace}/projects`, { name: 'gone' })
  await made(200, 'DELETE', `${namespace}/projects/gone`)
  const episode = await archive.episode('free')
  await archive.episode('kept', { writeProtected: true })
  const object = await archive.bytes('hello')
  await archive.video('/a.mp4', { bssVideoId: object, episodeName: 'free' })
  const gone = await archive.video('/b.mp4', { bssVideoId: object })
  await made(200, 'DELETE', `/assets/video/${gone.id}`)
  for (const [kind, fields] of [
    ['audio', {}],
    ['label-track', {}],
    ['text-track', { format: 'vtt' }],
    ['image', {}],
    ['file', {}],
  ] as const)
    await made(201, 'POST', `/assets/${kind}`, {
      ...place,
      name: '/x',
      episodeName: 'free',
      ...fields,
    })
  await made(201, 'POST', `${project}/datasets`, { name: 'training' })
  const dataset =
    (await rowsOf('datasets'))
      .map(({ id }) => String(id))
      .sort()
      .at(-1) ?? ''
  await made(201, 'POST', '/auth/tokens', { name: 'robot', scopes: ['read'] })
  const [row] = await rowsOf('objects', `id = '${object}'`)
  const [user] = await rowsOf('users', `username = '${archive.owner.slug}'`)
  const collection = await collect(String(row?.project_id), dataset)
  keys = {
    episode_stats: episode.id,
    project_stats: String(row?.project_id),
    namespace_stats: String(row?.namespace_id),
    datasets: dataset,
    collections: collection,
    child_counts: `${row?.project_id} episode`,
    objects: object,
    users: String(user?.id),
  }
  await change(
    `insert into purges (id, namespace_id, kind, rule, started_at) values (?, ?, 'object', 'idle', 1)`,
    freshId(),
    keys.namespace_stats,
  )
}

beforeEach(async () => {
  withoutRests()
  await env.DB.prepare('delete from walks').run()
  await fill()
})

const read = async (table: Table, counter: string): Promise<number> =>
  Number((await rowsOf(table, `${keyOf[table]} = '${keys[table]}'`))[0]?.[counter])

const write = (table: Table, counter: string, by: number, key = keys[table]) =>
  change(`update ${table} set ${counter} = ${counter} + ? where ${keyOf[table]} = ?`, by, key)

/** Puts the walk over a table right before a key, which others do not come after. */
const goTo = (table: Table, key: string) =>
  change(
    `insert into walks (name, position) select value, ?2 from json_each(?1) where true
     on conflict (name) do update set position = ?2`,
    JSON.stringify(walksOf(table)),
    `${key.slice(0, -1)}!`,
  )

/** Puts the walks over all tables right before the rows of the archive. */
const toArchive = async () => {
  for (const table of tables) await goTo(table, keys[table])
}

describe('a counter', () => {
  it('is one of those that are compared, all of which count something here', async () => {
    const others = ['project_id', 'namespace_id', 'revision']
    for (const table of ['project_stats', 'namespace_stats'] as const) {
      const { results } = await change(`select name from pragma_table_info('${table}')`)
      const names = results.map(({ name }) => String(name)).filter((name) => !others.includes(name))
      expect(names.sort()).toEqual([...COUNTERS[table]].sort())
    }
    for (const table of tables)
      for (const name of COUNTERS[table]) expect([name, await read(table, name)]).not.toEqual([name, 0])
  })

  it('that is right is left alone, and costs no row', async () => {
    await round()
    const before = await counted()
    const { DB, ran } = observed()
    const { line, mended } = await run(0, { DB })
    expect([line.drifts, mended, await counted()]).toEqual([0, [], before])
    const writing = ran.filter(({ rowsWritten }) => rowsWritten > 0)
    // The notes of how far the walks have come, and nothing else.
    expect(writing.filter(({ text }) => !text.includes('insert into "walks"'))).toEqual([])
  })

  const all = tables.flatMap((table) => COUNTERS[table].map((name): [Table, string] => [table, name]))

  it.each(all)('%s.%s is found wrong, mended, and told of', async (table, name) => {
    const before = await counted()
    const is = await read(table, name)
    for (const by of [3, -is, -is - 2]) {
      await write(table, name, by)
      await toArchive()
      const { line, mended } = await run()
      const mine = mended.filter((drift) => drift.table === table && drift.key === keys[table])
      expect(mine).toEqual([{ table, key: keys[table], counters: { [camel(name)]: [is + by, is] } }])
      expect(line.drifts).toBe(mended.length)
      expect(await counted()).toEqual(before)
    }
  })

  it('is mended with others of its row, and told of in one line with them', async () => {
    const before = await counted()
    await change(
      'update namespace_stats set members = 9, purges = 9, images = 9 where namespace_id = ?',
      keys.namespace_stats,
    )
    expect(await round()).toEqual([
      {
        table: 'namespace_stats',
        key: keys.namespace_stats,
        counters: { members: [9, 1], images: [9, 1], purges: [9, 1] },
      },
    ])
    expect(await counted()).toEqual(before)
  })

  it('of a project leaves the sum of its namespace right, also where that was right before', async () => {
    await round()
    const before = await counted()
    for (const name of ['videos', 'images', 'protected_episodes']) {
      await write('project_stats', name, 5)
      await write('namespace_stats', name, -5)
    }
    await round()
    await round()
    expect(await counted()).toEqual(before)
  })

  it('of a project in the trash is mended, and no sum counts it', async () => {
    const key = String(
      (await rowsOf('projects', `slug = 'lab' and namespace_id = '${keys.namespace_stats}'`))[0]?.id,
    )
    await archive.succeed(200, 'DELETE', `${archive.project}?includeProtected=true`)
    await round()
    const before = await counted()
    await write('project_stats', 'videos', 4, key)
    expect(await round()).toMatchObject([{ table: 'project_stats', key, counters: { videos: [5, 1] } }])
    expect(await counted()).toEqual(before)
  })

  it('is not told of a table by that of another', async () => {
    await round()
    await write('users', 'token_count', 1)
    await write('objects', 'asset_count', 1)
    const mended = await round()
    expect(mended.map(({ table, key }) => [table, key])).toEqual([
      ['objects', keys.objects],
      ['users', keys.users],
    ])
  })
})

/** Work for every step of the schedule, and whether it is done. */
async function work() {
  await change(
    `insert into revocations (issuer, jti, revoked_at, expires_at) values ('i', ?, 0, 1)`,
    archive.slug,
  )
  const gone = await archive.video('/gone.mp4')
  const deletion = await archive.remove(`/assets/video/${gone.id}`)
  const idle = await archive.bytes('idle')
  await write('datasets', 'collection_count', 1)
  const orphan = `${keys.namespace_stats}/${keys.datasets}`
  await env.BUCKET.put(orphan, 'x')
  const there = async (table: string, column: string, value: string) =>
    (await rowsOf(table, `${column} = '${value}'`)).length === 0
  return async () => ({
    expire: await there('revocations', 'jti', archive.slug),
    items: await there('deletions', 'id', deletion),
    objects: await there('objects', 'id', idle),
    counters: (await read('datasets', 'collection_count')) === 1,
    reconcile: (await env.BUCKET.head(orphan)) === null,
  })
}

const FAR = 40

describe('a run of the schedule', () => {
  const done = { expire: true, items: true, objects: true, counters: true, reconcile: true }
  const undone = { expire: false, items: false, objects: false, counters: false, reconcile: false }

  /** What the run found before is no matter of this one. */
  const settle = async () => {
    await round(FAR)
    await round(FAR)
    await env.DB.prepare('delete from walks').run()
    await goTo('datasets', keys.datasets)
  }

  it('does the work of all steps', async () => {
    await settle()
    const isDone = await work()
    expect(await isDone()).toEqual(undone)
    const { line, failed, rejected } = await run(FAR)
    expect([await isDone(), line.failures, failed, rejected]).toEqual([done, 0, [], null])
    expect(line).toMatchObject({ drifts: 1, objects: 1, orphans: 1, removed: 1, failures: 0 })
    expect(line.slices).toBeGreaterThanOrEqual(1)
  })

  it.each([
    ['expire', /^delete from "revocations"/],
    ['items', /^with target as materialized/],
    ['objects', /^update "objects" set state = 'purging'/],
    ['counters', /with near as materialized/],
    ['facets', /nearby as materialized/],
    ['reconcile', /^with bound/],
  ])('does what it can where the step %s fails, and fails in the end', async (step, broken) => {
    await settle()
    const isDone = await work()
    const { line, failed, rejected } = await run(FAR, { DB: observed(broken).DB })
    expect([line.failures, failed, String(rejected)]).toEqual([1, [step], 'Error: D1_ERROR: It is broken.'])
    const wanted: Record<string, boolean> = { ...done }
    if (step in wanted) wanted[step] = false
    expect(await isDone()).toEqual(wanted)
    await goTo('datasets', keys.datasets)
    expect([(await run(FAR)).rejected, await isDone()]).toEqual([null, done])
  })

  it('tells of every failure, and is rejected with the first', async () => {
    const { line, failed, rejected } = await run(0, {
      DB: observed(/as revocations,|with near as/).DB,
    })
    expect([line.failures, failed]).toEqual([2, ['expire', 'counters']])
    expect(rejected).toBeInstanceOf(Error)
  })

  it('says in one line what it has done, and what that cost', async () => {
    const { DB, ran } = observed()
    const { line } = await run(0, { DB })
    const names =
      'trips queries calls rowsRead rowsWritten ranOut marked slices ended expired objects folded filled drifts skipped orphans removed missing failures'
    expect(Object.keys(line).sort()).toEqual(names.split(' ').sort())
    const { ranOut, ...figures } = line
    expect(ranOut).toBe(false)
    for (const value of Object.values(figures)) expect(value).toEqual(expect.any(Number))
    const sum = (of: (one: (typeof ran)[number]) => number) => ran.reduce((total, one) => total + of(one), 0)
    const costs = {
      queries: ran.length,
      rowsRead: sum((one) => one.rowsRead),
      rowsWritten: sum((one) => one.rowsWritten),
    }
    expect(line).toMatchObject(costs)
    expect(line.trips).toBe(new Set(ran.map(({ trip }) => trip)).size)
  })

  it('ends within what the free plan may ask of D1, where there is nothing to be done', async () => {
    await run()
    const { line } = await run(0, { CRON_QUERIES: '45' })
    expect(line).toMatchObject({ ranOut: false, failures: 0 })
  })
})

/** Projects in the archive's namespace, each with as many nameless videos; gives their ids in order. */
async function seedProjects(count: number, videos: number, first = 0): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, (_, at) => `f${(first + at).toString(16).padStart(23, '0')}`)
  const list = JSON.stringify(ids)
  await change(
    `insert into projects (id, namespace_id, name, slug, tags, visibility, created_at, updated_at, created_by, updated_request)
     select value, ?1, value, value, '[]', 'private', 0, 0, 'u', 'r' from json_each(?2)`,
    keys.namespace_stats,
    list,
  )
  const made = `lower(hex(randomblob(12)))`
  for (let index = 0; index < videos; index++)
    await change(
      `insert into assets (id, project_id, container_id, kind, tags, created_at, updated_at, created_by, updated_request)
       select ${made}, value, value, 'video', '[]', 0, 0, 'u', 'r' from json_each(?)`,
      list,
    )
  return ids
}

const keysOf = ({ mended }: Run, table: Table) =>
  mended.filter((drift) => drift.table === table).map(({ key }) => key)

describe('the comparison of many', () => {
  it('goes in slices that go on with the next run, and begins anew after the last', async () => {
    const ids = await seedProjects(200, 1, 0x1000)
    await change(`update project_stats set episodes = 7 where project_id >= 'f'`)
    await goTo('project_stats', ids[0] ?? '')
    const found: string[] = []
    for (let runs = 0; runs < 4; runs++) {
      const done = await run()
      expect([done.line.drifts, keysOf(done, 'project_stats')]).toEqual([
        50,
        ids.slice(50 * runs, 50 * runs + 50),
      ])
      expect((await positions())['audit.project_stats']).toBe(ids[50 * runs + 49])
      found.push(...keysOf(done, 'project_stats'))
    }
    expect(found).toEqual(ids)
    expect((await run()).line.drifts).toBe(0)
    expect((await positions())['audit.project_stats']).toBe('')
    const [first] = (await rowsOf('project_stats')).map(({ project_id }) => String(project_id)).sort()
    await write('project_stats', 'datasets', 1, first)
    expect(keysOf(await run(), 'project_stats')).toEqual([first])
  })

  it('reads so many rows at a time, however many there are', async () => {
    const ids = await seedProjects(160, 2, 0x2000)
    await run()
    await goTo('project_stats', ids[0] ?? '')
    const { DB, ran } = observed()
    await run(0, { DB })
    const slices = ran.filter(({ text }) => /^with near as .{0,20}select "project_stats"/.test(text))
    expect(slices.length).toBeGreaterThanOrEqual(2)
    for (const { rowsRead } of slices) expect(rowsRead).toBeLessThan(SLICE * 30)
    expect((await positions())['audit.project_stats']).toBe(ids[49])
  })

  const videosOf = async (ids: readonly string[]) => {
    const rows = await rowsOf(
      'project_stats',
      `project_id in (${ids.map((id) => `'${id}'`)}) order by project_id`,
    )
    return rows.map(({ videos }) => videos)
  }

  it('looks at fewer rows at a time where they count much', async () => {
    const ids = await seedProjects(4, 1, 0x3000)
    await change(
      'update project_stats set videos = 30000 where project_id in (select value from json_each(?))',
      JSON.stringify(ids),
    )
    await goTo('project_stats', ids[0] ?? '')
    expect(keysOf(await run(), 'project_stats')).toEqual(ids.slice(0, 2))
    expect(await videosOf(ids)).toEqual([1, 1, 30_000, 30_000])
    expect(keysOf(await run(), 'project_stats')).toEqual(ids.slice(2))
    expect(await videosOf(ids)).toEqual([1, 1, 1, 1])
  })

  it('passes over a row that counts more than can be compared, and says so', async () => {
    const ids = await seedProjects(2, 1, 0x4000)
    const [one = '', two = ''] = ids
    const say = (id: string, videos: number) =>
      change('update project_stats set videos = ? where project_id = ?', videos, id)
    // The namespace, which counts what its projects say, is passed over as well.
    await goTo('namespace_stats', 'f')
    await say(one, 9_000_000)
    await say(two, 250_000)
    await goTo('project_stats', one)
    const first = await run()
    expect([keysOf(first, 'project_stats'), first.line.skipped]).toEqual([[], 1])
    expect((await positions())['audit.project_stats']).toBe(one)
    expect(keysOf(await run(), 'project_stats')).toEqual([two])
    expect(await videosOf(ids)).toEqual([9_000_000, 1])
    await say(one, 1)
  })

  /** The tables that were compared in each trip, by the names that their statements begin with. */
  async function compared() {
    const { DB, ran } = observed()
    await run(0, { DB })
    const comparing = ran.filter(({ text }) => text.startsWith('with near as'))
    const groups = Map.groupBy(comparing, ({ trip }) => trip)
    return [...groups.values()].map((group) => group.map(({ text }) => /select "(\w+)"\./.exec(text)?.[1]))
  }

  const ALL = ['episode_stats', 'project_stats', 'project_stats', 'namespace_stats', 'namespace_stats']
  const OTHERS = ['datasets', 'collections', 'child_counts', 'objects', 'users']

  it('is done in one trip where all of it together is as little as a slice', async () => {
    await round()
    expect(await compared()).toEqual([[...ALL, ...OTHERS]])
  })

  it('has a trip of its own where a slice is large', async () => {
    const [one = ''] = await seedProjects(1, 1, 0x5000)
    await round()
    await change('update project_stats set rows = 60000 where project_id = ?', one)
    await goTo('project_stats', one)
    expect((await compared()).slice(0, 2)).toEqual([ALL.slice(0, 2), [ALL[2]]])
  })

  it('goes on one by one behind what was wrong, as that may be a part of what follows', async () => {
    await round()
    await toArchive()
    await write('project_stats', 'datasets', 1)
    const later = [...ALL.slice(2), ...OTHERS].map((table) => [table])
    expect(await compared()).toEqual([[...ALL, ...OTHERS], ...later])
  })

  it('shares a trip between as many as are a slice together', async () => {
    const [one = ''] = await seedProjects(1, 1, 0x6000)
    await round()
    await change('update project_stats set rows = 26000, videos = 26000 where project_id = ?', one)
    await goTo('project_stats', one)
    const [first, second] = await compared()
    expect([first, second]).toEqual([ALL.slice(0, 2), [ALL[2]]])
  })

  it('mends what is wrong in several tables by one run, also where that may ask little', async () => {
    await run()
    await toArchive()
    await goTo('users', keys.users)
    const wrong = ['episode_stats', 'project_stats', 'users'] as const
    for (const table of wrong) await write(table, COUNTERS[table][0], 1)
    const { line, mended } = await run(0, { CRON_QUERIES: '45' })
    expect([line.failures, [...new Set(mended.map(({ table }) => table))]]).toEqual([0, wrong])
  })

  it('of one table that fails keeps no other from being mended', async () => {
    await round()
    await toArchive()
    await write('datasets', 'collection_count', 1)
    const { DB } = observed(/^with near as materialized \( select "users"/)
    const { failed, mended } = await run(0, { DB })
    expect([failed, mended.map(({ table }) => table)]).toEqual([['counters'], ['datasets']])
    expect((await positions())['audit.objects']).not.toBeUndefined()
  })
})
