import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { expectRefused } from '../../support/expectations.ts'
import { Tenant } from '../../support/world.ts'

async function having(rows: readonly object[]) {
  const tenant = await Tenant.arrive()
  const project = tenant.project('lab')
  for (const [at, fields] of rows.entries())
    expect((await tenant.ask('POST', `${project}/episodes`, { name: `run-${at}`, ...fields })).status).toBe(
      201,
    )
  const list = (query: Readonly<Record<string, string>> = {}) =>
    tenant.ask('GET', `${project}/facets?${new URLSearchParams(query)}`)
  return { tenant, project, list }
}

const some = [
  { tags: ['front', 'night'], metadata: { robot: 'arm-3', n: 1, ok: true, 'avg score': 0.5, '': 3 } },
  { tags: ['front'], metadata: { robot: 'arm-3', n: 1.0, deep: { k: 'x' }, 'q"\\': 1 } },
  { status: 'completed', metadata: { robot: 'arm-4', n: '1', ok: false, 'a\t\u0001b': 1 } },
]

describe('the facets of a project', () => {
  it('have keys, which are fields of a query', async () => {
    const { tenant, project, list } = await having(some)
    const { body, trips, rowsRead } = await list()
    expect([body.truncated, trips, rowsRead < 100]).toEqual([false, 1, true])
    expect(body.keys).toEqual([
      'tag',
      'status',
      'meta.""',
      'meta."a\t\u0001b"',
      'meta."avg score"',
      'meta."q\\"\\\\"',
      'meta.deep.k',
      'meta.n',
      'meta.ok',
      'meta.robot',
    ])
    for (const key of body.keys) {
      const found = await tenant.ask('GET', `${project}/episodes?q=${encodeURIComponent(`${key}:*`)}`)
      expect([key, found.body.episodes.length > 0]).toEqual([key, true])
      expect((await list({ key })).body.values.length).toBeGreaterThan(0)
    }
  })

  it.each<[string, object[]]>([
    [
      'tag',
      [
        { value: 'front', count: 2 },
        { value: 'night', count: 1 },
      ],
    ],
    [
      'TAG',
      [
        { value: 'front', count: 2 },
        { value: 'night', count: 1 },
      ],
    ],
    [
      'status',
      [
        { value: 'running', count: 2 },
        { value: 'completed', count: 1 },
      ],
    ],
    [
      'meta.robot',
      [
        { value: 'arm-3', count: 2 },
        { value: 'arm-4', count: 1 },
      ],
    ],
    [
      'meta."robot"',
      [
        { value: 'arm-3', count: 2 },
        { value: 'arm-4', count: 1 },
      ],
    ],
    [
      'meta.n',
      [
        { value: 1, count: 2 },
        { value: '1', count: 1 },
      ],
    ],
    [
      'meta.ok',
      [
        { value: false, count: 1 },
        { value: true, count: 1 },
      ],
    ],
    ['meta.none', []],
  ])('have values of %s, the commonest first', async (key, values) => {
    const { list } = await having(some)
    const { body, trips } = await list({ key })
    expect([body, trips]).toEqual([{ values, truncated: false }, 1])
  })

  it.each([
    ['name', 'is none: tag, status, or a path in the metadata such as meta.robot'],
    [`meta.${'k'.repeat(124)}`, 'is over 128 bytes: of such a path there are no facets'],
  ])('have no key %s, and say why', async (key, message) => {
    const { list } = await having([])
    const { status, body } = await list({ key })
    expect([status, body.errors]).toEqual([400, [{ path: 'key', message }]])
  })

  it('are of live episodes, and of those that begin alike', async () => {
    const { tenant, project, list } = await having(some)
    await tenant.ask('DELETE', `${project}/episodes/run-1`)
    expect((await list({ key: 'tag' })).body.values).toEqual([
      { value: 'front', count: 1 },
      { value: 'night', count: 1 },
    ])
    expect((await list()).body.keys).not.toContain('meta.deep.k')
    expect((await list({ key: 'tag', prefix: 'n' })).body.values).toEqual([{ value: 'night', count: 1 }])
    expect((await list({ key: 'meta.n', prefix: '1' })).body.values).toEqual([{ value: '1', count: 1 }])
  })

  it.each<[Record<string, string>, string]>([
    [{ key: 'word' }, 'key'],
    [{ key: '~more' }, 'key'],
    [{ key: '' }, 'key'],
    [{ key: 'name' }, 'key'],
    [{ key: 'meta' }, 'key'],
    [{ key: 'meta.' }, 'key'],
    [{ key: 'meta.a:b tag' }, 'key'],
    [{ key: 'tag:x' }, 'key'],
    [{ key: ' tag' }, 'key'],
    [{ key: 'meta.a:foo' }, 'key'],
    [{ key: 'meta..a' }, 'key'],
    [{ key: 'meta."a' }, 'key'],
    [{ key: `meta.${'x'.repeat(130)}` }, 'key'],
    [{ prefix: 'x' }, 'prefix'],
  ])('are none for %o', async (query, path) => {
    const { list } = await having([])
    const answer = await list(query)
    expectRefused(answer, 400)
    expect(answer.body.errors).toMatchObject([{ path }])
  })

  it('are 1,000 at most, and the commonest of them', async () => {
    const { tenant, project, list } = await having(some)
    const made = await tenant.ask('POST', `${project}/episodes`, { name: 'base' })
    const { id } = made.body.episode
    await env.DB.prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000)
       insert into episodes (id, project_id, node_id, name, node_path, tags, status, write_protected, created_at,
         updated_at, created_by, updated_request, metadata)
       select substr(id, 1, 12) || printf('%012x', i), project_id, '', 'x' || i, '/x' || i, tags, status, 0, 0, 0, '',
         '', json_object('serial', 's' || iif(i % 30, i, 7), 'k' || (i % 1200), 1) from n cross join episodes where id = ?1`,
    )
      .bind(id)
      .run()
    const { body, rowsRead } = await list({ key: 'meta.serial' })
    expect([body.values.length, body.truncated, body.values[0]]).toEqual([
      1_000,
      true,
      { value: 's7', count: 101 },
    ])
    expect(rowsRead).toBeLessThan(6_000)
    const alike = await list({ key: 'meta.serial', prefix: 's29' })
    expect([alike.body.values.length, alike.body.truncated, alike.rowsRead < 500]).toEqual([108, false, true])
    const all = await list()
    expect([all.body.keys.length, all.body.truncated, all.rowsRead < 6_000]).toEqual([1_000, true, true])
    expect(all.body.keys.slice(0, 2)).toEqual(['tag', 'status'])
  })

  it('tell a stranger nothing', async () => {
    const { project } = await having(some)
    const stranger = await Tenant.arrive()
    for (const query of ['', '?key=tag', '?key=tag&prefix=f']) {
      const told = async (path: string) => {
        const { status, body } = await stranger.ask('GET', `${path}/facets${query}`)
        return [status, { ...body, requestId: '', instance: '' }]
      }
      expect(await told(project)).toEqual(await told(`${project}x`))
      expect((await told(project))[0]).toBe(404)
    }
  })
})
