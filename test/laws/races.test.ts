import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { type Answer, Tenant } from '../support/world.ts'

const MANY = 30

/** The same request, from many clients at once. */
const atOnce = (tenant: Tenant, path: string, body: unknown): Promise<Answer[]> =>
  Promise.all(Array.from({ length: MANY }, () => tenant.ask('POST', path, body)))

const statuses = (answers: readonly Answer[]): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(answers, ({ status }) => status)].map(([status, { length }]) => [status, length]),
  )

/** Rows of a table in a tenant's namespace, whatever their state. */
const count = async (tenant: Tenant, table: string): Promise<number> =>
  (await env.DB.prepare(
    `select count(*) as count from ${table} where project_id in (select id from projects
       where namespace_id = (select id from namespaces where slug = ?))`,
  )
    .bind(tenant.slug)
    .first<number>('count')) ?? -1

describe('thirty equal requests at once', () => {
  it('make one dataset: one 201, and 409 for the others', async () => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject()
    expect(statuses(await atOnce(tenant, `${project}/datasets`, { name: 'training' }))).toEqual({
      201: 1,
      409: MANY - 1,
    })
    expect(await count(tenant, 'datasets')).toBe(1)
  })

  it('make one collection with its members: one 201, and 409 for the others', async () => {
    const tenant = await Tenant.arrive()
    const collections = `${await tenant.withProject()}/collections`
    const answers = await atOnce(tenant, collections, { name: 'clips', members: ['b', 'a'] })
    expect(statuses(answers)).toEqual({ 201: 1, 409: MANY - 1 })
    expect(await count(tenant, 'collections')).toBe(1)
    expect((await tenant.ask('GET', `${collections}/clips`)).body).toMatchObject({
      members: ['b', 'a'],
      membersTotal: 2,
    })
  })

  it('add members once', async () => {
    const tenant = await Tenant.arrive()
    const collections = `${await tenant.withProject()}/collections`
    await tenant.ask('POST', collections, { name: 'clips', members: ['a'] })
    const answers = await atOnce(tenant, `${collections}/clips/members`, { add: ['c', 'a', 'b'] })
    expect(answers.map(({ body }) => body.added).sort()).toEqual([...Array(MANY - 1).fill(0), 2])
    expect(answers.every(({ body }) => body.total === 3)).toBe(true)
    expect((await tenant.ask('GET', `${collections}/clips`)).body.members).toEqual(['a', 'c', 'b'])
  })

  it('make one project: one 201, and 409 for the others', async () => {
    const tenant = await Tenant.arrive()
    const answers = await atOnce(tenant, `/namespaces/${tenant.slug}/spaces`, { name: 'robotics' })
    expect(statuses(answers)).toEqual({ 201: 1, 409: MANY - 1 })
  })

  it('make one namespace: one 201, and 409 for the others', async () => {
    const tenant = await Tenant.arrive()
    const answers = await atOnce(tenant, '/namespaces', { slug: `${tenant.slug}-team` })
    expect(statuses(answers)).toEqual({ 201: 1, 409: MANY - 1 })
  })

  it('make one episode with its project and folders: one 201, and 200 for the others', async () => {
    const tenant = await Tenant.arrive()
    const answers = await atOnce(tenant, `${tenant.project('robotics')}/episodes`, {
      name: 'run-1',
      folder: '/a/b/c',
    })
    expect(statuses(answers)).toEqual({ 201: 1, 200: MANY - 1 })
    expect(new Set(answers.map(({ body }) => body.episode.id)).size).toBe(1)
    expect([await count(tenant, 'episodes'), await count(tenant, 'nodes')]).toEqual([1, 4])
  })

  it('make one asset with its project, episode and folders: the same id for all', async () => {
    const tenant = await Tenant.arrive()
    const answers = await atOnce(tenant, '/assets/video', {
      namespace: tenant.slug,
      project: 'robotics',
      episodeName: 'run-1',
      name: '/camera/front/a.mp4',
      bssVideoId: 'one',
    })
    expect(statuses(answers)).toEqual({ 201: MANY })
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect([await count(tenant, 'assets'), await count(tenant, 'nodes')]).toEqual([1, 4])
  })

  it('bring one user into being', async () => {
    const tenant = await Tenant.unknown()
    const answers = await Promise.all(Array.from({ length: MANY }, () => tenant.ask('GET', '/auth/me')))
    expect(statuses(answers)).toEqual({ 200: MANY })
    expect(new Set(answers.map(({ body }) => body.id + body.namespace.id)).size).toBe(1)
  })
})

describe('different requests at once', () => {
  it('leave one live asset of a path, and every other one in the trash', async () => {
    const tenant = await Tenant.arrive()
    const place = { namespace: tenant.slug, project: 'robotics', name: '/a.mp4' }
    const answers = await Promise.all(
      Array.from({ length: MANY }, (_, index) =>
        tenant.ask('POST', '/assets/video', { ...place, bssVideoId: `${index}` }),
      ),
    )
    expect(statuses(answers)).toEqual({ 201: MANY })
    const listed = await tenant.ask('GET', `/assets/video?namespace=${tenant.slug}&project=robotics`)
    expect(listed.body).toHaveLength(1)
    expect([
      await count(tenant, 'assets'),
      await count(tenant, 'deletions'),
      await count(tenant, 'nodes'),
    ]).toEqual([MANY, MANY - 1, 1])
    const node = await env.DB.prepare('select item_id from nodes where id = ?')
      .bind(listed.body[0].nodeId)
      .first('item_id')
    expect(node).toBe(listed.body[0].id)
  })

  it('add and remove members one after the other: each is there once, and all are counted', async () => {
    const tenant = await Tenant.arrive()
    const collections = `${await tenant.withProject()}/collections`
    await tenant.ask('POST', collections, { name: 'clips' })
    const members = `${collections}/clips/members`
    const answers = await Promise.all(
      Array.from({ length: MANY }, (_, index) =>
        index % 3 === 2
          ? tenant.ask('DELETE', members, { remove: [`m${index - 1}`, `m${index - 2}`] })
          : tenant.ask('POST', members, { add: [`m${index}`, 'shared'] }),
      ),
    )
    const changes = answers.map(({ body }) => (body.added ?? 0) - (body.removed ?? 0))
    const { body } = await tenant.ask('GET', `${collections}/clips`)
    const sum = changes.reduce((total, change) => total + change, 0)
    expect([new Set(body.members).size, body.membersTotal, sum]).toEqual(Array(3).fill(body.members.length))
  })

  it('put a collection into one dataset', async () => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject()
    const names = Array.from({ length: 10 }, (_, index) => `d${index}`)
    for (const name of names) await tenant.ask('POST', `${project}/datasets`, { name })
    await tenant.ask('POST', `${project}/collections`, { name: 'clips' })
    const answers = await Promise.all(
      names.map((name) => tenant.ask('POST', `${project}/datasets/${name}/collections`, { add: ['clips'] })),
    )
    expect(answers.map(({ body }) => body)).toEqual(names.map(() => ({ added: 1, total: 1 })))
    const { datasets } = (await tenant.ask('GET', `${project}/datasets`)).body
    const totals = datasets.map(({ collectionsTotal }: { collectionsTotal: number }) => collectionsTotal)
    expect(totals.sort()).toEqual([...Array(9).fill(0), 1])
  })

  it('rename at most one dataset to a name', async () => {
    const tenant = await Tenant.arrive()
    const datasets = `${await tenant.withProject()}/datasets`
    const names = Array.from({ length: 10 }, (_, index) => `d${index}`)
    await Promise.all(names.map((name) => tenant.ask('POST', datasets, { name })))
    const answers = await Promise.all(
      names.map((name) => tenant.ask('PATCH', `${datasets}/${name}`, { name: 'same' })),
    )
    expect(statuses(answers)).toEqual({ 200: 1, 409: 9 })
  })
})

/** Every counter that triggers keep, beside the truth that it counts. */
it('the counters are exact after all of it', async () => {
  const { results } = await env.DB.prepare(
    `select s.project_id as id,
       s.episodes - (select count(*) from episodes e where e.project_id = s.project_id and e.deleted_at is null) as episodes,
       s.datasets - (select count(*) from datasets d where d.project_id = s.project_id and d.deleted_at is null) as datasets,
       s.collections - (select count(*) from collections c where c.project_id = s.project_id and c.deleted_at is null) as collections,
       s.videos - (select count(*) from assets a where a.project_id = s.project_id and a.kind = 'video' and a.deleted_at is null) as videos
     from project_stats s
     union all
     select n.namespace_id, n.projects - (select count(*) from projects p where p.namespace_id = n.namespace_id and p.deleted_at is null),
       n.members - (select count(*) from members m where m.namespace_id = n.namespace_id), 0,
       n.videos - (select count(*) from assets a join projects p on p.id = a.project_id
         where p.namespace_id = n.namespace_id and a.kind = 'video' and a.deleted_at is null)
     from namespace_stats n`,
  ).all<Record<string, unknown>>()
  expect(results.length).toBeGreaterThan(5)
  for (const { id, ...drift } of results)
    expect([id, drift]).toEqual([id, { episodes: 0, datasets: 0, collections: 0, videos: 0 }])
})
