import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { crowd } from '../support/crowd.ts'
import { type Answer, Tenant } from '../support/world.ts'

/** A project as large as a busy one: what a list costs must not show it. */
const EPISODES = 100_000
const MOST_ROWS_READ = 120

let owner: Tenant
let episodes: string

beforeAll(async () => {
  owner = await Tenant.arrive()
  const project = await owner.withProject()
  episodes = `${project}/episodes`
  const { body } = await owner.ask('GET', `/namespaces/${owner.slug}/spaces`)
  await crowd(body.spaces[0].id, EPISODES)
})

const list = (query: string): Promise<Answer> => owner.ask('GET', `${episodes}?${query}`)
const names = (answer: Answer): string[] => answer.body.episodes.map(({ name }: { name: string }) => name)
const expectedNames = (start: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `crowd-${EPISODES - 1 - start - index}`)

describe('a page of 50 of 100,000 episodes', () => {
  it('reads a hundred rows or so, the total included', async () => {
    const answer = await list('')
    expect(names(answer)).toEqual(expectedNames(0, 50))
    expect(answer.body).toMatchObject({ page: 1, pageSize: 50, total: EPISODES, totalPages: EPISODES / 50 })
    expect(answer.rowsRead).toBeLessThanOrEqual(MOST_ROWS_READ)
  })

  it('reads as few by cursor at any depth', async () => {
    const [deep] = await Promise.all([list('page=1900')])
    expect(names(deep)).toEqual(expectedNames(1_899 * 50, 50))
    const next = await list(`cursor=${deep.body.nextCursor}`)
    expect(names(next)).toEqual(expectedNames(1_900 * 50, 50))
    expect(next.rowsRead).toBeLessThanOrEqual(MOST_ROWS_READ)
  })

  it.each(['page=2001', 'page=999999999', 'page=9007199254740991', 'page=99999&pageSize=200'])(
    'past the end by %s is empty, and reads next to nothing',
    async (query) => {
      const answer = await list(query)
      expect(answer.body).toMatchObject({ episodes: [], total: EPISODES, nextCursor: null })
      expect(answer.rowsRead).toBeLessThanOrEqual(20)
    },
  )

  it('ends with the oldest and no cursor', async () => {
    const answer = await list('page=2000')
    expect(names(answer).at(-1)).toBe('crowd-0')
    expect(answer.body.nextCursor).toBeNull()
  })
})

describe('a query over 100,000 episodes', () => {
  /** In all orders. */
  const orders = ([a, b, c]: readonly [string, string, string]) =>
    [
      [a, b, c],
      [a, c, b],
      [b, a, c],
      [b, c, a],
      [c, a, b],
      [c, b, a],
    ].map((terms) => terms.join(' '))

  it.each([
    ...orders(['tag:all', 'tag:most', 'tag:half']),
    ...orders(['tag:half', 'tag:pair', 'tag:four']),
    ...orders(['tag:most', 'status:running', 'tag:all']),
    ...orders(['tag:half', 'status:completed', 'tag:all']),
    ...orders(['status:completed', 'tag:rare', 'tag:half']),
    ...orders(['tag:most', 'tag:none', 'tag:half']),
  ])('of three equalities, %s, reads under 500 rows for a page of 50', async (q) => {
    const expected = q.includes('none') ? 0 : 50
    const first = await list(new URLSearchParams({ q }).toString())
    expect([first.status, first.body.episodes.length, first.rowsRead < 500 || first.rowsRead]).toEqual([
      200,
      expected,
      true,
    ])
    if (expected === 0) return
    const next = await list(new URLSearchParams({ q, cursor: first.body.nextCursor }).toString())
    expect([next.body.episodes.length, next.rowsRead < 500 || next.rowsRead]).toEqual([50, true])
  })

  it.each([
    ['crowd-9999*', 11],
    ['crowd 99999', 1],
    ['name:crowd-1234*', 11],
    ['created>now-1h', 0],
    ['tag:rare', 50],
    ['tag:rare,none', 50],
  ])('%s is found at once', async (q, count) => {
    const { body, rowsRead } = await list(new URLSearchParams({ q }).toString())
    expect([body.episodes.length, rowsRead < 500 || rowsRead]).toEqual([count, true])
  })

  it.each(['-tag:all', '-tag:all crowd', 'tag:none*', 'tag:half -tag:all', 'updated:2023 -tag:all'])(
    '%s, which nothing has, reads under 25,000 rows a page',
    async (q) => {
      for (const sort of ['-created', 'created', '-started', 'started', '-updated', 'name']) {
        const { body, rowsRead } = await list(new URLSearchParams({ q, sort }).toString())
        expect([q, sort, body.episodes, rowsRead < 25_000 || rowsRead]).toEqual([q, sort, [], true])
        expect(body.nextCursor).not.toBeNull()
      }
    },
  )

  it.each([
    ['name:crowd-1*', 'name', 'crowd-1'],
    ['name:crowd-5..crowd-6', 'name', 'crowd-5'],
    ['updated:2023-11-14T22:14:00Z..2023-11-14T22:14:30Z', '-updated', 'crowd-70000'],
    ['updated<2023-11-14T22:14:00Z', '-updated', 'crowd-39999'],
  ])('%s in the order %s begins where its range does', async (q, sort, first) => {
    const { body, rowsRead } = await list(new URLSearchParams({ q, sort }).toString())
    expect([body.episodes[0].name, body.episodes.length, rowsRead < 500 || rowsRead]).toEqual([
      first,
      50,
      true,
    ])
    const next = await list(new URLSearchParams({ q, sort, cursor: body.nextCursor }).toString())
    expect([next.body.episodes.length, next.rowsRead < 500 || next.rowsRead]).toEqual([50, true])
  })

  it.each([
    ['name:crowd-99999', 'name', 1],
    ['updated>2024', '-updated', 0],
    ['updated<2023', '-updated', 0],
    ['started:2023', '-started', 0],
    ['started:2023', 'started', 0],
    ['name:d..e', 'name', 0],
  ])('%s in the order %s ends where its range does', async (q, sort, count) => {
    const { body, rowsRead } = await list(new URLSearchParams({ q, sort }).toString())
    expect([body.episodes.length, body.nextCursor, rowsRead < 100 || rowsRead]).toEqual([count, null, true])
  })

  it('is told what there is by few rows', async () => {
    const facets = (query: string) => owner.ask('GET', `${episodes.replace(/episodes$/, 'facets')}${query}`)
    for (const query of ['', '?key=tag', '?key=status', '?key=tag&prefix=m']) {
      const { status, rowsRead } = await facets(query)
      expect([query, status, rowsRead < 100 || rowsRead]).toEqual([query, 200, true])
    }
    expect((await facets('?key=tag')).body.values).toEqual([
      { value: 'all', count: 100_000 },
      { value: 'most', count: 99_000 },
      { value: 'four', count: 50_000 },
      { value: 'half', count: 50_000 },
      { value: 'pair', count: 50_000 },
      { value: 'rare', count: 100 },
    ])
  })
})

describe('an offset over 100,000 that is not past the end', () => {
  it('is refused, names the cursor, and reads no such offset', async () => {
    const large = await Tenant.arrive()
    const project = await large.withProject()
    const { body } = await large.ask('GET', `/namespaces/${large.slug}/spaces`)
    await env.DB.prepare('update project_stats set episodes = 300000 where project_id = ?')
      .bind(body.spaces[0].id)
      .run()
    const answer = await large.ask('GET', `${project}/episodes?page=1001&pageSize=200`)
    expect([answer.status, answer.body.errors[0].path]).toEqual([400, 'cursor'])
    expect(answer.rowsRead).toBeLessThanOrEqual(20)
  })
})

describe('walking by cursor', () => {
  it('meets every row once, though others are created and removed meanwhile', async () => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject()
    const create = (name: string) => tenant.ask('POST', `${project}/episodes`, { name })
    for (let index = 0; index < 23; index++) await create(`old-${index}`)
    const met: string[] = []
    let cursor: string | null = null
    do {
      const at: string = cursor === null ? '' : `&cursor=${cursor}`
      const page = await tenant.ask('GET', `${project}/episodes?pageSize=5${at}`)
      met.push(...names(page))
      cursor = page.body.nextCursor
      await create(`new-${met.length}`)
    } while (cursor !== null)
    expect(met).toEqual(Array.from({ length: 23 }, (_, index) => `old-${22 - index}`))
  })

  it('refuses a cursor that was altered, made up, or is of another list', async () => {
    const { nextCursor } = (await list('')).body
    const flipped = nextCursor.replace(/^./, (first: string) => (first === 'A' ? 'B' : 'A'))
    const other = await Tenant.arrive()
    const otherProject = await other.withProject()
    for (const [path, cursor] of [
      [episodes, flipped],
      [episodes, 'garbage'],
      [episodes, ''],
      [episodes, `${nextCursor}AAAA`],
      [episodes.replace(/episodes$/, 'datasets'), nextCursor],
    ] as const) {
      const answer = await owner.ask('GET', `${path}?cursor=${cursor}`)
      expect([cursor, answer.status, answer.body.errors?.[0].path]).toEqual([cursor, 400, 'cursor'])
    }
    const foreign = await other.ask('GET', `${otherProject}/episodes?cursor=${nextCursor}`)
    expect(foreign.status).toBe(400)
  })

  it('is judged anew on every page', async () => {
    const member = await Tenant.arrive()
    await owner.admit(member, 1)
    const first = await member.ask('GET', episodes)
    await env.DB.prepare(
      'delete from members where user_id = (select created_by from namespaces where slug = ?) and namespace_id = (select id from namespaces where slug = ?)',
    )
      .bind(member.slug, owner.slug)
      .run()
    const second = await member.ask('GET', `${episodes}?cursor=${first.body.nextCursor}`)
    expect([first.status, second.status]).toEqual([200, 404])
  })

  it('goes on under the secret before', async () => {
    const { nextCursor } = (await list('')).body
    const rotated = {
      JWT_SECRET: 'another-secret-of-more-than-32-bytes',
      JWT_SECRET_PREVIOUS: env.JWT_SECRET,
    }
    const answer = await owner.ask('GET', `${episodes}?cursor=${nextCursor}`, undefined, {
      variables: rotated,
    })
    expect(names(answer)).toEqual(expectedNames(50, 50))
  })
})

describe('the Link header', () => {
  it('leads from the first page to every row', async () => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject()
    for (let index = 0; index < 5; index++)
      await tenant.ask('POST', `${project}/datasets`, { name: `d${index}` })
    const met: string[] = []
    let path: string | undefined = `${project}/datasets?pageSize=2`
    while (path) {
      const answer: Answer = await tenant.ask('GET', path)
      met.push(...answer.body.datasets.map(({ name }: { name: string }) => name))
      path = /<([^>]*)>; rel="next"/.exec(answer.headers.get('Link') ?? '')?.[1]
    }
    expect(met).toEqual(['d4', 'd3', 'd2', 'd1', 'd0'])
  })

  it('names first, previous, next and last where they are known', async () => {
    const relations = (await list('page=3')).headers.get('Link')?.match(/rel="(\w+)"/g)
    expect(relations).toEqual(['rel="first"', 'rel="prev"', 'rel="next"', 'rel="last"'])
  })
})

it('the page before one that is past the end is the last', async () => {
  const tenant = await Tenant.arrive()
  const list = `${await tenant.withProject()}/datasets`
  const linked = async () =>
    (await tenant.ask('GET', `${list}?page=5&pageSize=3`)).headers
      .get('Link')
      ?.match(/page=\d+>; rel="prev"/g)
  expect(await linked()).toBeNull()
  await tenant.ask('POST', list, { name: 'one' })
  expect(await linked()).toEqual(['page=1>; rel="prev"'])
})

it('a page is not linked where only a cursor leads there', async () => {
  const tenant = await Tenant.arrive()
  const path = `${await tenant.withProject()}/episodes`
  await tenant.ask('POST', path, { name: 'one' })
  await env.DB.prepare(
    'update project_stats set episodes = 100201 where project_id = (select project_id from episodes where name = ?1 and created_by = (select created_by from namespaces where slug = ?2))',
  )
    .bind('one', tenant.slug)
    .run()
  const linked = async (query: string) =>
    (await tenant.ask('GET', path + query)).headers.get('Link')?.match(/(?<=rel=")\w+/g)
  expect(await linked('')).toEqual(['first'])
  // The one before is the last there is, and beyond what is reached by number.
  expect(await linked('?page=5000')).toEqual(['first'])
  expect(await linked('?page=1000')).toEqual(['first', 'prev'])
})

it.each([
  ['page=0', { page: 1, pageSize: 50 }],
  ['page=-1&pageSize=-1', { page: 1, pageSize: 50 }],
  ['page=two&pageSize=many', { page: 1, pageSize: 50 }],
  ['page=1.5&pageSize=0', { page: 1, pageSize: 50 }],
  ['pageSize=201', { page: 1, pageSize: 200 }],
  ['pageSize=1e9', { page: 1, pageSize: 200 }],
])('%s is brought into bounds', async (query, expected) => {
  expect((await list(query)).body).toMatchObject(expected)
})
