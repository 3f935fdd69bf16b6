import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { Tenant } from '../support/world.ts'

/** What a request may cost, in rows that D1 reads, whatever the project holds and the client asks. */

const VIDEOS = 60_000
let owner: Tenant
let place: string

beforeAll(async () => {
  owner = await Tenant.arrive()
  const project = await owner.withProject()
  const { body } = await owner.ask('POST', `${project}/episodes`, { name: 'run-1' })
  place = `namespace=${owner.slug}&project=robotics`
  await env.DB.prepare(
    `insert into assets (id, project_id, container_id, kind, name, fps, lens, tags, created_at, updated_at, created_by, updated_request)
     with recursive n(i) as (select 0 union all select i + 1 from n limit ?2)
     select printf('%024x', i + 1), ?1, ?1, 'video',
       case i % 10000 when 0 then '/aa/' || i when 1 then '/few/' || i else '/many/' || i || '/abcdefgh.mp4' end,
       30, 'pinhole', '[]', i, i, 'nobody', '' from n`,
  )
    .bind(body.episode.projectId, VIDEOS)
    .run()
})

const rowsRead = async (query: string): Promise<number> => {
  const { status, rowsRead: rows } = await owner.ask('GET', `/assets/video?${place}&${query}`)
  expect(status).toBe(200)
  return rows
}

describe('a list of assets', () => {
  it.each([
    ['no name', 'prefix=/zz&limit=1', 30],
    ['six names', 'prefix=/aa&limit=10', 100],
    ['six names, by a glob', 'glob=/few/*&limit=10', 100],
    ['nearly all names', 'prefix=/many&limit=1', 10_000],
    ['nearly all names, none of which match', 'glob=/many/*zzz&limit=1', 10_000],
    ['no name, by a fragment', 'glob=*zzz*&limit=1', 10_000],
    ['all names, by many fragments', `glob=*${[...'abcdefgh'].join('*')}*&limit=1`, 10_000],
    ['all names, unfiltered', 'limit=50', 250],
  ])('that fits %s reads a bounded number of rows', async (_, query, most) => {
    expect(await rowsRead(query)).toBeLessThanOrEqual(most)
  })
})

it('a path of 32 folders reads in proportion to its length', async () => {
  const project = owner.project('robotics')
  const folder = (length: number) =>
    `/${Array.from({ length }, (_, index) => (index % 10).toString()).join('/')}`
  const short = await owner.ask('POST', `${project}/episodes`, { name: 'short', folder: `/s${folder(3)}` })
  const long = await owner.ask('POST', `${project}/episodes`, { name: 'long', folder: `/l${folder(31)}` })
  expect([short.status, long.status]).toEqual([201, 201])
  expect(long.rowsRead).toBeLessThan(8 * short.rowsRead)
})

it('a page of the heaviest episodes there can be fits an answer', async () => {
  const tenant = await Tenant.arrive()
  const project = await tenant.withProject()
  const heavy = {
    description: '🤖'.repeat(4_096),
    tags: Array.from(
      { length: 64 },
      (_, index) => `${index % 10}${'🤖'.repeat(62)}${Math.floor(index / 10)}`,
    ),
    metadata: { text: 'x'.repeat(65_000) },
  }
  for (let index = 0; index < 20; index++) {
    expect((await tenant.ask('POST', `${project}/episodes`, { name: `${index}`, ...heavy })).status).toBe(201)
  }
  const { text } = await tenant.ask('GET', `${project}/episodes?pageSize=200`)
  expect(text.length / 20).toBeLessThan(100_000)
})
