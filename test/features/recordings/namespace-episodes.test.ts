import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type OrderName, orderNames } from '../../../src/features/recordings/episode-order.sql.ts'
import { type Answer, Tenant } from '../../support/world.ts'

interface Row {
  readonly project: number
  readonly name: string
  readonly tags: readonly string[]
  readonly status: string
  readonly started: number | null
  readonly updated: number
}

const row: fc.Arbitrary<Row> = fc.record({
  project: fc.nat(4),
  name: fc.stringMatching(/^[ab]{1,6}$/),
  tags: fc.subarray(['x', 'y', 'z']),
  status: fc.constantFrom('running', 'completed'),
  started: fc.option(fc.nat(5)),
  updated: fc.nat(50),
})

/** A tenant with those episodes in projects p0 and so on, the last the newest. */
async function having(rows: readonly Row[], projects = 5) {
  const tenant = await Tenant.arrive()
  for (let at = 0; at < projects; at++) await tenant.withProject(`p${at}`)
  const tail = crypto.randomUUID().slice(0, 4)
  await env.DB.prepare(
    `insert into episodes (id, project_id, node_id, name, node_path, tags, status, write_protected, started_at,
       created_at, updated_at, created_by, updated_request)
     select '0a0000000000000' || ?2 || printf('%05x', key),
       (select projects.id from projects join namespaces on namespaces.id = namespace_id
         where namespaces.slug = ?3 and projects.slug = 'p' || (value ->> 'project')),
       '', value ->> 'name', '/' || (value ->> 'name'), value ->> 'tags', value ->> 'status', 0,
       value ->> 'started', 0, value ->> 'updated', '', '' from json_each(?1)`,
  )
    .bind(JSON.stringify(rows), tail, tenant.slug)
    .run()
  return tenant
}

/** A tenant with so many projects, in each of which are three episodes, with the tags `x` and `y`, one behind those of all others. */
async function havingProjects(count: number) {
  const tenant = await Tenant.arrive()
  const namespace = await env.DB.prepare('select id from namespaces where slug = ?')
    .bind(tenant.slug)
    .first('id')
  const tail = crypto.randomUUID().slice(0, 8)
  await env.DB.batch([
    env.DB.prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?3)
       insert into projects (id, namespace_id, name, slug, tags, visibility, created_at, updated_at, created_by, updated_request)
       select printf('%016x', i) || ?2, ?1, 'm' || i, 'm' || i, '[]', 'private', 0, 0, '', '' from n`,
    ).bind(namespace, tail, count),
    env.DB.prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 3 * ?2)
       insert into episodes (id, project_id, node_id, name, node_path, tags, status, write_protected, created_at, updated_at,
         created_by, updated_request)
       select printf('%012x', i) || '0000' || ?1, printf('%016x', (i - 1) % cast(?2 as integer) + 1) || ?1, '', 'run-' || ((i - 1) / cast(?2 as integer) + 1),
         '/run-' || i, '["x","y"]', 'running', 0, 0, 0, '', '' from n`,
    ).bind(tail, count),
  ])
  return tenant
}

const list = (tenant: Tenant, of: Tenant, query: Record<string, string> = {}): Promise<Answer> =>
  tenant.ask('GET', `/namespaces/${of.slug}/episodes?${new URLSearchParams(query)}`)

const told = ({ body }: Answer): string[] =>
  body.episodes.map(
    ({ name, project }: { name: string; project: { slug: string } }) => `${project.slug}/${name}`,
  )

async function walk(tenant: Tenant, of: Tenant, query: Record<string, string>): Promise<string[]> {
  const found: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await list(tenant, of, { ...query, ...(cursor && { cursor }) })
    expect([page.status, page.trips, page.body.total, page.rowsRead < 25_000]).toEqual([200, 1, null, true])
    found.push(...told(page))
    cursor = page.body.nextCursor
  }
  return found
}

const byTime = (timeOf: (row: Row) => number | null, direction: number) => (one: Row, other: Row) =>
  Number(timeOf(one) === null) - Number(timeOf(other) === null) ||
  direction * ((timeOf(one) ?? 0) - (timeOf(other) ?? 0))

const sorted: Readonly<Record<OrderName, (rows: readonly Row[]) => readonly Row[]>> = {
  created: (rows) => rows,
  '-created': (rows) => rows.toReversed(),
  started: (rows) => rows.toSorted(byTime(({ started }) => started, 1)),
  '-started': (rows) => rows.toReversed().toSorted(byTime(({ started }) => started, -1)),
  '-updated': (rows) => rows.toReversed().toSorted(byTime(({ updated }) => updated, -1)),
  name: (rows) => rows.toSorted((one, other) => (one.name < other.name ? -1 : Number(one.name > other.name))),
}

const queries: readonly (readonly [string, (row: Row) => boolean])[] = [
  ['', () => true],
  ['tag:x', ({ tags }) => tags.includes('x')],
  [
    'tag:x,z status:completed',
    ({ tags, status }) => (tags.includes('x') || tags.includes('z')) && status === 'completed',
  ],
  ['-tag:y', ({ tags }) => !tags.includes('y')],
  ['tag:none', () => false],
  ['name:a*', ({ name }) => name.startsWith('a')],
  ['started:null', ({ started }) => started === null],
]

describe('the episodes of a namespace', () => {
  it('are those of all its projects, in any order, by any query', async () => {
    const rows = fc
      .sample(row, { numRuns: 900, seed: 18 })
      .filter(
        (one, at, all) =>
          at === all.findIndex((each) => each.name === one.name && each.project === one.project),
      )
    const tenant = await having(rows)
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...queries),
        fc.constantFrom(...orderNames),
        fc.constantFrom('3', '20', '200'),
        async ([q, holds], sort, pageSize) => {
          const expected = sorted[sort](rows.filter(holds)).map(({ project, name }) => `p${project}/${name}`)
          fc.pre(expected.length < 60 * Number(pageSize))
          expect([q, sort, await walk(tenant, tenant, { q, sort, pageSize })]).toEqual([q, sort, expected])
        },
      ),
      { numRuns: 40 },
    )
    const second = await list(tenant, tenant, { pageSize: '10', page: '2' })
    const all = sorted['-created'](rows).map(({ project, name }) => `p${project}/${name}`)
    expect(told(second)).toEqual(all.slice(10, 20))
  })

  it('are found among many projects, and in large ones, by bounded work', async () => {
    const rows = Array.from({ length: 3_000 }, (_, at) => ({
      ...{ project: at % 3 ? 0 : 1, name: `run-${at}`, tags: at % 500 ? ['x'] : ['rare'] },
      ...{ status: 'running', started: null, updated: at },
    }))
    const tenant = await having(rows, 2)
    const namespace = await env.DB.prepare('select id from namespaces where slug = ?')
      .bind(tenant.slug)
      .first('id')
    await env.DB.prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1200)
       insert into projects (id, namespace_id, name, slug, tags, visibility, created_at, updated_at, created_by, updated_request)
       select printf('%024x', i), ?1, 'm' || i, 'm' || i, '[]', 'private', 0, 0, '', '' from n`,
    )
      .bind(namespace)
      .run()
    const rare = await list(tenant, tenant, { q: 'tag:rare' })
    expect([told(rare).length, rare.body.examined, rare.body.nextCursor]).toEqual([6, 6, null])
    expect(await walk(tenant, tenant, { q: 'tag:rar*', pageSize: '200' })).toEqual(told(rare))
  })

  it('are told a page at a time, however many projects have some', async () => {
    const tenant = await havingProjects(1_000)
    const row = (project: number, at: number) => `m${project}/run-${at}`
    const expected = Array.from({ length: 3 }, (_, at) =>
      Array.from({ length: 1_000 }, (_, project) => row(1_000 - project, 3 - at)),
    ).flat()
    for (const q of ['', 'tag:x', 'tag:x,y', 'tag:x*', 'tag:a,b,x,y', 'tag:x tag:y tag:x status:running']) {
      const found: string[] = []
      for (let cursor = ''; found.length < 100; ) {
        const page: Answer = await list(tenant, tenant, { q, ...(cursor && { cursor }) })
        const { length } = told(page)
        expect([q, length === 50 || length, page.rowsRead < 25_000 || page.rowsRead]).toEqual([q, true, true])
        found.push(...told(page))
        cursor = page.body.nextCursor
      }
      expect([q, found]).toEqual([q, expected.slice(0, found.length)])
    }
    const many = Array.from({ length: 32 }, (_, at) => `tag:${at < 2 ? 'xy'[at] : at}`).join(' ')
    const { rowsRead } = await list(tenant, tenant, { q: many })
    expect(rowsRead < 25_000 || rowsRead).toBe(true)
    const second = await list(tenant, tenant, { page: '2' })
    expect(told(second)).toEqual(expected.slice(50, 100))
    for (const sort of orderNames) {
      const page = await list(tenant, tenant, { sort, pageSize: '200' })
      expect([sort, told(page).length, page.rowsRead < 25_000]).toEqual([sort, 200, true])
    }
  })

  it('are looked at in vain by bounded work, however many projects have some', async () => {
    const tenant = await havingProjects(1_000)
    // Each is in a folder, and in a collection.
    const all = `(select id from projects where namespace_id = (select id from namespaces where slug = ?1))`
    await env.DB.batch(
      [
        `update episodes set node_id = 'e' || substr(id, 2) where project_id in ${all}`,
        `insert into nodes (id, project_id, container_id, kind, name, path, created_at, updated_at)
         select 'd' || substr(id, 2), id, id, 'folder', 'd', '/d', 0, 0 from projects where id in ${all}`,
        `insert into nodes (id, project_id, parent_id, container_id, kind, name, path, item_id, created_at, updated_at)
         select node_id, project_id, 'd' || substr(project_id, 2), project_id, 'episode', name, '/d/' || name, id, 0, 0
         from episodes where project_id in ${all}`,
        `insert into collections (id, project_id, name, tags, created_at, updated_at, created_by, updated_request)
         select 'c' || substr(id, 2), id, 'all', '[]', 0, 0, '', '' from projects where id in ${all}`,
        `insert into collection_members (collection_id, member_id, position, project_id)
         select 'c' || substr(project_id, 2), id, row_number() over (order by id), project_id from episodes where project_id in ${all}`,
      ].map((text) => env.DB.prepare(text).bind(tenant.slug)),
    )
    const vain = [
      '-status:running',
      'has:video',
      'collection:no',
      'tag:x collection:no',
      'collection:no OR dataset:no',
    ]
    for (const q of vain)
      for (const sort of orderNames) {
        const { body, rowsRead } = await list(tenant, tenant, { q, sort })
        expect([q, sort, body.episodes, rowsRead < 25_000 || rowsRead]).toEqual([q, sort, [], true])
        expect([q, sort, body.examined > 300 || body.examined]).toEqual([q, sort, true])
      }
  })

  it('are those of what the caller may read', async () => {
    const some = [0, 1].map((project) => ({
      ...{ project, name: 'run', tags: ['x'], status: 'running', started: null, updated: 0 },
    }))
    const tenant = await having(some, 2)
    const [stranger, reader] = [await Tenant.arrive(), await Tenant.arrive()]
    await tenant.ask('PUT', `/namespaces/${tenant.slug}/members/${reader.slug}`, { role: 'reader' })
    expect(told(await list(reader, tenant))).toEqual(['p1/run', 'p0/run'])
    const none = await list(stranger, tenant, { q: 'tag:x' })
    expect([none.status, none.body.code]).toEqual([404, 'namespace_not_found'])
    await tenant.ask('PATCH', `/namespaces/${tenant.slug}/projects/p0`, { visibility: 'public' })
    const shown = await list(stranger, tenant, { q: 'tag:x' })
    expect([told(shown), shown.body.examined]).toEqual([['p0/run'], 1])
    await tenant.ask('DELETE', `/namespaces/${tenant.slug}/projects/p1`)
    expect(told(await list(tenant, tenant))).toEqual(['p0/run'])
    const [episode] = (await list(tenant, tenant)).body.episodes
    expect(episode).toMatchObject({
      name: 'run',
      metadata: null,
      project: { slug: 'p0', id: episode.projectId },
    })
  })
})
