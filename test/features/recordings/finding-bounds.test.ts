import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { find, names } from '../../support/finding.ts'
import { Tenant } from '../../support/world.ts'

/** Whatever is asked of whatever is there. */
const MOST_ROWS_READ = 25_000

interface Bulk {
  readonly count: number
  /** The metadata of every so many-th, and of the others. */
  readonly period?: number
  readonly heavy?: unknown
  readonly light?: unknown
  readonly tags?: readonly string[]
}

/** A tenant whose project has many episodes, `run-000000` and so on, a millisecond apart. */
async function having({ count, period = 1, heavy = null, light = { k: 1 }, tags = ['x'] }: Bulk) {
  const tenant = await Tenant.arrive()
  await tenant.withProject('lab')
  const project = await env.DB.prepare(
    `select projects.id from projects join namespaces on namespaces.id = namespace_id
     where namespaces.slug = ?1 and projects.slug = 'lab'`,
  )
    .bind(tenant.slug)
    .first<string>('id')
  await env.DB.prepare(
    `with recursive n(i) as (select 0 union all select i + 1 from n where i < ?2 - 1)
     insert into episodes (id, project_id, node_id, name, node_path, tags, status, write_protected, created_at, updated_at,
       created_by, updated_request, metadata, started_at)
     select printf('%012x', i + 1) || substr(?1, 13), ?1, '', 'run-' || printf('%06d', i), '/run-' || i, ?3, 'running', 0, i, i,
       '', '', iif(i % cast(?4 as integer) = 0, ?5, ?6), i from n`,
  )
    .bind(project, count, JSON.stringify(tags), period, JSON.stringify(heavy), JSON.stringify(light))
    .run()
  return { tenant, project: project as string }
}

/** Adds so many assets, each in one of the first `among` episodes in turn. */
async function withAssets(tenant: Tenant, project: string, count: number, among: number): Promise<void> {
  const { body } = await tenant.ask('POST', '/assets/video', {
    ...{ namespace: tenant.slug, project: 'lab', episodeName: 'run-000000', name: '/a/b.mp4' },
  })
  const { results } = await env.DB.prepare(`select name from pragma_table_info('assets')`).all<{
    name: string
  }>()
  const columns = results.map(({ name }) => name)
  const other: Readonly<Record<string, string>> = {
    id: `substr(assets.id, 1, 12) || printf('%012x', i)`,
    name: `'/a/x' || i`,
    node_id: 'null',
    container_id: `printf('%012x', i % cast(?3 as integer) + 1) || substr(?4, 13)`,
  }
  await env.DB.prepare(
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?2) insert into assets (${columns.join()})
     select ${columns.map((name) => other[name] ?? `assets.${name}`).join()} from n cross join assets where assets.id = ?1`,
  )
    .bind(body.id, count, among, project)
    .run()
}

const times = (count: number, term: (at: number) => string, between = ' OR '): string =>
  Array.from({ length: count }, (_, at) => term(at)).join(between)

async function expectFew(
  tenant: Tenant,
  queries: readonly string[],
  sorts = ['-created', '-started', 'name'],
) {
  for (const q of queries)
    for (const sort of sorts) {
      const { status, body, rowsRead } = await find(tenant, q, `&sort=${sort}`)
      expect([q, sort, status, rowsRead < MOST_ROWS_READ || rowsRead]).toEqual([q, sort, 200, true])
      expect([q, sort, body.examined > 0 || body.nextCursor === null]).toEqual([q, sort, true])
    }
}

describe('the worst query reads under 25,000 rows', () => {
  it.each([1, 9, 17])('of light episodes among which every %d. is heavy', async (period) => {
    const { tenant } = await having({ count: 5_200, period, heavy: { s: 'x'.repeat(20_100) } })
    await expectFew(tenant, [
      '-status:running',
      'name:r* id:0* -status:running',
      'run run-0 -status:running',
      'tag:x0,x1,x2,x3 -status:running',
      'run started>1970 -status:running',
      'has:video',
    ])
    const found: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await find(
        tenant,
        '-status:failed',
        `&sort=name&pageSize=200${cursor && `&cursor=${cursor}`}`,
      )
      found.push(...names(page))
      cursor = page.body.nextCursor
    }
    expect([found.length, found.toSorted(), new Set(found).size]).toEqual([5_200, found, 5_200])
  })

  it('of many tags, in ranges and long lists', async () => {
    const { tenant } = await having({ count: 500, tags: Array.from({ length: 64 }, (_, at) => `b${at}`) })
    await expectFew(tenant, [
      `tag:${times(100, () => 'y..z', ',')}`,
      `tag:${times(100, () => '",a"*', ',')}`,
      `tag:${times(60, () => 'y..z', ',')} OR has:*`,
    ])
  })

  it('of lists of values', async () => {
    const { tenant } = await having({ count: 5_500, heavy: { k: 1 } })
    await expectFew(tenant, [
      'name:x,y OR description:b,c OR status:x,y',
      times(32, (at) => `name:z${at},zz`),
      times(16, (at) => `status:z${at},zz OR folder:/z${at},/z`),
      times(16, (at) => `meta.k:1${at},99 OR id:a,b`),
      times(6, (at) => `meta.k:${at + 10},a${at},true`),
    ])
    expect((await find(tenant, 'meta.k:7,1,8,9,10')).body.episodes).toHaveLength(50)
    expect(names(await find(tenant, 'name:a,run-000003,b,c,d', '&sort=created'))).toEqual(['run-000003'])
    const list = Array.from({ length: 20_000 }, (_, at) => (at % 2 ? 1 : 2))
    const { tenant: other } = await having({ count: 1, heavy: { l: list } })
    await expectFew(other, ['meta.l:77,78', times(32, (at) => `meta.l:5${at},77`)])
    expect((await find(other, 'meta.l:77,2,3')).body.episodes).toHaveLength(1)
  })

  it('of objects in the metadata, whatever is asked of them', async () => {
    const object = Object.fromEntries(Array.from({ length: 6_500 }, (_, at) => [at.toString(36), 1]))
    const { tenant, project } = await having({ count: 20, heavy: { o: object, s: 5 } })
    await expectFew(tenant, ['meta.o:1 OR meta.o:2', 'meta.o:1 OR meta.o>2 OR meta.o:x*'])
    await withAssets(tenant, project, 3_500, 1)
    for (const q of ['episode.meta.o:2 OR episode.meta.o:3', 'episode.meta.s:4 OR episode.meta.s:6']) {
      const path = `${tenant.project('lab')}/assets?q=${encodeURIComponent(q)}`
      const { status, body, rowsRead } = await tenant.ask('GET', path)
      expect([q, status, body.assets, rowsRead < MOST_ROWS_READ || rowsRead]).toEqual([q, 200, [], true])
    }
  })

  it('of assets weighs the text of the episodes around', async () => {
    const { tenant, project } = await having({ count: 300, heavy: { s: 'x'.repeat(60_000) } })
    await withAssets(tenant, project, 1_500, 300)
    const path = `${tenant.project('lab')}/assets?q=${encodeURIComponent('episode.meta.nope:4')}`
    const { body } = await tenant.ask('GET', path)
    expect(body).toMatchObject({ assets: [], nextCursor: expect.any(String) })
    expect(body.examined).toBeLessThan(150)
  })

  it('of members that are added, with what that reads', async () => {
    const { tenant } = await having({ count: 5_000, period: 4, heavy: { k: 2 } })
    const collections = `${tenant.project('lab')}/collections`
    await tenant.ask('POST', collections, { name: 'wide' })
    const body = { q: 'meta.k>1 name:run*', target: 'episodes' }
    const added = await tenant.ask('POST', `${collections}/wide/members`, body)
    expect([added.status, added.rowsRead < MOST_ROWS_READ || added.rowsRead]).toEqual([200, true])
    expect(added.body.added).toBeGreaterThan(500)
  })

  /** A tenant with episodes in a folder so deep, 1,500 of which are in each of so many collections of a dataset. */
  async function held(as: 'episode' | 'node' | 'folder', depth: number, collections: number) {
    const tenant = await Tenant.arrive()
    const lab = tenant.project('lab')
    const folder = `/${times(depth, (at) => `f${at}`, '/')}`
    const first = await tenant.ask('POST', `${lab}/episodes`, { name: 'first', folder })
    expect(first.status).toBe(201)
    const { body: set } = await tenant.ask('POST', `${lab}/datasets`, { name: 'set' })
    const { id } = first.body.episode
    const node = (column: string) => `(select ${column} from nodes where item_id = ?1)`
    const numbered = (letter: string, row: string) => `printf('${letter}%011x', ${row}.i) || substr(?1, 13)`
    const rows = (name: string, most: number) =>
      `${name}(i) as (select 1 union all select i + 1 from ${name} where i < ${most})`
    const member = { episode: numbered('0', 'e'), node: numbered('e', 'e'), folder: node('parent_id') }[as]
    const statements = [
      `insert into nodes (id, project_id, parent_id, container_id, kind, name, path, item_id, created_at, updated_at)
       with recursive ${rows('n', 2_000)} select ${numbered('e', 'n')}, ${node('project_id')}, ${node('parent_id')},
         ${node('container_id')}, 'episode', 'run-' || i, ${node('path')} || i, ${numbered('0', 'n')}, 0, 0 from n`,
      `insert into episodes (id, project_id, node_id, folder_id, name, node_path, tags, status, write_protected, created_at,
         updated_at, created_by, updated_request, metadata, started_at)
       with recursive ${rows('n', 2_000)} select ${numbered('0', 'n')}, ${node('project_id')}, ${numbered('e', 'n')},
         ${node('parent_id')}, 'run-' || i, ${node('path')} || i, '[]', 'running', 0, i, i, '', '', '{}', i from n`,
      `insert into collections (id, project_id, dataset_id, name, tags, created_at, updated_at, created_by, updated_request)
       with recursive ${rows('n', collections)} select ${numbered('c', 'n')}, ${node('project_id')}, ?2, 'c' || i, '[]', 0, 0,
         '', '' from n`,
      `insert into collection_members (collection_id, member_id, position, project_id)
       with recursive ${rows('n', collections)}, ${rows('e', as === 'folder' ? 1 : 1_500)}
       select ${numbered('c', 'n')}, ${member}, e.i, ${node('project_id')} from n, e`,
    ]
    await env.DB.batch(
      statements.map((text) =>
        text.includes('?2') ? env.DB.prepare(text).bind(id, set.id) : env.DB.prepare(text).bind(id),
      ),
    )
    return tenant
  }

  it.each([
    ['episode', 1, 1],
    ['episode', 1, 3],
    ['episode', 30, 1],
    ['node', 1, 1],
    ['node', 5, 2],
    ['node', 30, 10],
    ['folder', 2, 2],
  ] as const)('of what is held: by its %s, %d deep, %d times', async (as, depth, collections) => {
    const tenant = await held(as, depth, collections)
    const queries = [
      'collection:c1 -status:running',
      'dataset:set -status:running',
      'collection:c1 has:video',
      '-collection:c1',
      'collection:c1 name:run* -status:running',
      'dataset:set collection:c1 has:video',
      'dataset:nope OR collection:nope',
      'collection:c1,c2 run has:video',
    ]
    await expectFew(tenant, queries, ['-created', '-started', 'name', '-updated'])
    for (const q of queries) {
      const path = `/namespaces/${tenant.slug}/episodes?q=${encodeURIComponent(q)}`
      const { status, rowsRead } = await tenant.ask('GET', path)
      expect([q, status, rowsRead < MOST_ROWS_READ || rowsRead]).toEqual([q, 200, true])
    }
    const body = { q: 'collection:c1 name:r* -status:failed', target: 'episodes' }
    const added = await tenant.ask('POST', `${tenant.project('lab')}/collections/c1/members`, body)
    expect([added.status, added.rowsRead < MOST_ROWS_READ || added.rowsRead]).toEqual([200, true])
  })

  it('of members of what is in the trash', async () => {
    const { tenant, project } = await having({ count: 300, heavy: { k: 1 } })
    await env.DB.batch([
      env.DB.prepare(
        `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1500)
         insert into collections (id, project_id, name, tags, created_at, updated_at, created_by, updated_request, deleted_at)
         select printf('c%011x', i) || substr(?1, 13), ?1, 'c' || i, '[]', 0, 0, '', '', 5 from n`,
      ).bind(project),
      env.DB.prepare(
        `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1500),
           e(j) as (select 1 union all select j + 1 from e where j < 60)
         insert into collection_members (collection_id, member_id, position, project_id)
         select printf('c%011x', i) || substr(?1, 13), printf('%012x', j) || substr(?1, 13), j, ?1 from n, e`,
      ).bind(project),
    ])
    await expectFew(
      tenant,
      ['-collection:x', 'dataset:x OR collection:y', 'collection:c5'],
      ['created', 'name'],
    )
  })
})

it('what 1,500 have is put in order, also beside what nobody has', async () => {
  const { tenant, project } = await having({ count: 2_500 })
  // The newest thousand are not what is looked for.
  await env.DB.prepare(`update episodes set tags = '[]' where project_id = ? and started_at >= 1500`)
    .bind(project)
    .run()
  for (const q of ['tag:x', 'tag:x,none', 'tag:none,x,nothing'])
    for (const sort of ['-started', '-updated']) {
      const { body } = await find(tenant, q, `&sort=${sort}&pageSize=50`)
      expect([q, sort, body.episodes[0].name, body.examined < 100 || body.examined]).toEqual([
        q,
        sort,
        'run-001499',
        true,
      ])
    }
})
