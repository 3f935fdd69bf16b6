import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { orderNames } from '../../../src/features/recordings/episode-order.sql.ts'
import { find, names } from '../../support/finding.ts'
import { Tenant } from '../../support/world.ts'

/** A tenant with an episode `live`, and many in the trash whose names begin alike; all have the tag `x`. */
async function havingTrash(count: number) {
  const tenant = await Tenant.arrive()
  const path = `${tenant.project('lab')}/episodes`
  const made = await tenant.ask('POST', path, {
    name: 'b-live',
    tags: ['x'],
    startedAt: '2026-01-01T00:00:00Z',
  })
  await env.DB.prepare(
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?2)
     insert into episodes (id, project_id, node_id, name, node_path, tags, status, write_protected, started_at, created_at,
       updated_at, created_by, updated_request, deleted_at)
     select substr(id, 1, 12) || printf('%012x', i), project_id, '', 'b-' || i, '/b-' || i, tags, status, 0, i, 0, i, '', '', 1
       from n cross join episodes where id = ?1`,
  )
    .bind(made.body.episode.id, count)
    .run()
  return { tenant, path }
}

describe('a query, where much is in the trash', () => {
  it('reads no more than any other', async () => {
    const { tenant } = await havingTrash(5_000)
    for (const q of [
      'tag:x',
      'tag:x name:b*',
      'name:b*',
      'name:a..c',
      'b',
      'started:1970..2026',
      'status:running tag:x',
    ])
      for (const sort of orderNames) {
        const { status, rowsRead } = await find(tenant, q, `&sort=${sort}`)
        expect([q, sort, status, rowsRead < 25_000 || rowsRead]).toEqual([q, sort, 200, true])
      }
    expect(names(await find(tenant, 'tag:x', '&sort=-created'))).toEqual(['b-live'])
  })

  it('of assets tells a stranger nothing of what is inside of a trashed episode', async () => {
    const tenant = await Tenant.arrive()
    const project = tenant.project('lab')
    const place = { namespace: tenant.slug, project: 'lab' }
    await tenant.ask('POST', '/assets/video', { ...place, episodeName: 'gone', name: '/hidden.mp4' })
    await tenant.ask('POST', '/assets/video', { ...place, name: '/shown.mp4' })
    await tenant.ask('DELETE', `${project}/episodes/gone`)
    await tenant.ask('PATCH', project, { visibility: 'public' })
    const stranger = await Tenant.arrive()
    for (const [q, examined] of [
      ['name:/hidden.mp4', 0],
      ['name:/nothing', 0],
      ['name:/hid*', 0],
      ['', 1],
    ] as const) {
      const { body } = await stranger.ask('GET', `${project}/assets?q=${encodeURIComponent(q)}`)
      expect([q, body.examined, body.nextCursor]).toEqual([q, examined, null])
    }
  })

  it('of collections finds what one holds, however many in the trash do', async () => {
    const tenant = await Tenant.arrive()
    const project = tenant.project('lab')
    const made = await tenant.ask('POST', `${project}/episodes`, { name: 'held' })
    const { id, projectId } = made.body.episode
    await tenant.ask('POST', `${project}/collections`, { name: 'c', members: [id] })
    await env.DB.batch([
      env.DB.prepare(
        `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1200)
         insert into collections (id, project_id, name, tags, created_at, updated_at, created_by, updated_request, deleted_at)
         select printf('%024x', i), ?1, 'gone' || i, '[]', 0, 0, '', '', 1 from n`,
      ).bind(projectId),
      env.DB.prepare(
        `insert into collection_members (collection_id, member_id, position, project_id)
         select id, ?1, 0, project_id from collections where project_id = ?2 and deleted_at = 1`,
      ).bind(id, projectId),
    ])
    for (const q of ['collection:c', 'collection:c*', 'collection:*', '-collection:gone1'])
      expect([q, names(await find(tenant, q))]).toEqual([q, ['held']])
    expect(names(await find(tenant, '-collection:c'))).toEqual([])
  })
})

describe('POST P/episodes/tags', () => {
  it('reads a bounded number of rows for each tag that is there or given', async () => {
    const { tenant, path } = await havingTrash(0)
    const many = Array.from({ length: 60 }, (_, at) => `run-${at}`)
    const old = Array.from({ length: 30 }, (_, at) => `old-${at}`)
    for (const name of many) await tenant.ask('POST', path, { name, tags: old })
    const add = Array.from({ length: 30 }, (_, at) => `new-${at}`)
    for (const changed of [60, 0]) {
      const answer = await tenant.ask('POST', `${path}/tags`, {
        names: many,
        add: [...add, 'old-3'],
        remove: ['old-0'],
      })
      expect([answer.body, answer.rowsRead / many.length < 2_500 || answer.rowsRead]).toEqual([
        { changed, skipped: [] },
        true,
      ])
    }
    const [episode] = (await find(tenant, 'name:run-0')).body.episodes
    expect(episode.tags).toEqual([...old.slice(1), ...add])
  })
})
