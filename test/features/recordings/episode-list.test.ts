import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orders } from '../../../src/features/recordings/episode-order.sql.ts'
import { expectRefused } from '../../support/expectations.ts'
import { type Answer, Tenant } from '../../support/world.ts'

const names = ({ body }: Answer): string[] => body.episodes.map(({ name }: { name: string }) => name)

type Query = Record<string, string | readonly string[]>

const search = (query: Query): string =>
  new URLSearchParams(
    Object.entries(query).flatMap(([name, values]) => [values].flat().map((value) => [name, value])),
  ).toString()

interface Given {
  readonly name: string
  readonly status?: string
  readonly tags?: readonly string[]
}

/** A tenant with those episodes, in that order, as the answers show them. */
async function having(given: readonly Given[]) {
  const tenant = await Tenant.arrive()
  const path = `${tenant.project('lab')}/episodes`
  const made = []
  for (const each of given) {
    const { status, body } = await tenant.ask('POST', path, each)
    expect(status).toBe(201)
    made.push(body.episode)
  }
  return { tenant, path, made }
}

/** All pages from the first one on, each in one round trip. */
async function walk(tenant: Tenant, path: string, query: Query): Promise<Answer[]> {
  const pages: Answer[] = []
  for (let cursor: string | null = null; ; ) {
    const asked = cursor === null ? query : { ...query, cursor }
    const page = await tenant.ask('GET', `${path}?${search(asked)}`)
    expect([page.status, page.trips, page.body.total, page.body.totalPages]).toEqual([200, 1, null, null])
    pages.push(page)
    cursor = page.body.nextCursor
    if (cursor === null) return pages
  }
}

/** When the first of many was made, each a second after the one before. */
const FIRST = Date.parse('2026-01-01T00:00:00Z')

/** A tenant with so many episodes `run-00001` and so on; every thousandth has the tag `rare` and is completed. */
async function havingMany(count: number, description: string | null = null) {
  const tenant = await Tenant.arrive()
  const project = await tenant.withProject('lab')
  await env.DB.prepare(
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1)
     insert into episodes (id, project_id, node_id, name, node_path, description, tags, status, write_protected,
       created_at, updated_at, created_by, updated_request)
     select printf('%012x', ?3 + i * 1000) || '000' || ?5 || printf('%05x', i),
       (select projects.id from projects join namespaces on namespaces.id = namespace_id where namespaces.slug = ?2),
       '', printf('run-%05d', i), printf('/run-%05d', i), ?4, iif(i % 1000, '["a"]', '["a","rare"]'),
       iif(i % 1000, 'running', 'completed'), 0, ?3 + i * 1000, ?3, '', '' from n`,
  )
    .bind(count, tenant.slug, FIRST, description, crypto.randomUUID().slice(0, 4))
    .run()
  return { tenant, path: `${project}/episodes` }
}

const bulk = (at: number): string => `run-${String(at).padStart(5, '0')}`
const after = (seconds: number): string => new Date(FIRST + seconds * 1_000).toISOString()

describe('a filter over episodes', () => {
  it.each<[Query, string[]]>([
    [{ tag: 'front' }, ['run-2', 'run-1']],
    [{ tag: ['front', 'night'] }, ['run-2']],
    [{ tag: ['front', 'front'] }, ['run-2', 'run-1']],
    [{ tag: 'Front' }, []],
    [{ tag: 'a"\\b é' }, ['Ü-1']],
    [{ tag: ['1', '2', '3', '4', '5', '6', '7', '8'] }, ['run/3']],
    [{ tag: ['1', '2', '3', '4', '5', '6', '7', '9'] }, []],
    [{ tag: ',' }, []],
    [{ tag: '","' }, []],
    [{ tag: '1","2' }, []],
    [{ tag: 'x,' }, ['run/3']],
    [{ status: 'completed' }, ['run-2']],
    [{ status: 'completed', tag: 'night' }, ['run-2']],
    [{ status: 'failed', tag: 'night' }, []],
    [{ name: 'run' }, ['run/3', 'run-2', 'run-1']],
    [{ name: 'run-' }, ['run-2', 'run-1']],
    [{ name: 'Run' }, []],
    [{ name: 'Ü' }, ['Ü-1']],
    [{ name: '%' }, []],
    [{ createdAfter: '2026' }, []],
    [{ createdAfter: '1999-12-31', name: 'run-1' }, ['run-1']],
    [{ createdBefore: '9999' }, ['Ü-1', 'run/3', 'run-2', 'run-1']],
    [{ createdBefore: '1969-12' }, []],
    [{ createdAfter: '2020', createdBefore: '2019' }, []],
  ])('%j finds what has it, newest first', async (query, expected) => {
    const { tenant, path } = await having([
      { name: 'run-1', tags: ['front'] },
      { name: 'run-2', tags: ['night', 'front'], status: 'completed' },
      { name: 'run/3', tags: ['x,', ',y', '1', '2', '3', '4', '5', '6', '7', '8'] },
      { name: 'Ü-1', tags: ['a"\\b é'], status: 'failed' },
      { name: 'run-4', tags: ['front'], status: 'completed' },
    ])
    expect((await tenant.ask('DELETE', `${path}/run-4`)).status).toBe(200)
    const [page] = await walk(tenant, path, query)
    expect(names(page as Answer)).toEqual(expected)
    expect(page?.body).toMatchObject({ page: 1, pageSize: 50, nextCursor: null })
  })

  it('by nothing is none: the list is counted', async () => {
    const { tenant, path } = await having([{ name: 'a' }])
    const { body } = await tenant.ask('GET', `${path}?name=`)
    expect([names({ body } as Answer), body.total, 'examined' in body]).toEqual([['a'], 1, false])
  })

  it('by a time leaves out that time itself, and a date all of its day', async () => {
    const { tenant, path } = await havingMany(86_400 / 100)
    const first = async (query: Query) =>
      names((await walk(tenant, path, { pageSize: '200', ...query }))[0] as Answer)
    expect(await first({ createdAfter: after(862) })).toEqual([bulk(864), bulk(863)])
    expect(await first({ createdAfter: '2026-01-01T00:14:22+00:00' })).toEqual([bulk(864), bulk(863)])
    expect(await first({ createdBefore: after(3) })).toEqual([bulk(2), bulk(1)])
    for (const date of ['2026', '2026-01', '2026-01-01']) {
      expect(await first({ createdAfter: date })).toEqual([])
      expect(await first({ createdBefore: date })).toEqual([])
    }
    expect((await first({ createdAfter: '2025-12-31', createdBefore: '2026-01-02' })).length).toBe(200)
  })

  it.each<[string, string]>([
    ['tag=', 'tag.0'],
    [`tag=${'x'.repeat(65)}`, 'tag.0'],
    [Array.from({ length: 9 }, (_, at) => `tag=${at}`).join('&'), 'tag'],
    ['status=done', 'status'],
    ['status=failed&status=running', 'status'],
    ['name=a%0Ab', 'name'],
    ['createdAfter=', 'createdAfter'],
    ['createdAfter=yesterday', 'createdAfter'],
    ['createdAfter=2026-02-30', 'createdAfter'],
    ['createdBefore=2026-1', 'createdBefore'],
    ['createdBefore=2026-01-01T00:00:00', 'createdBefore'],
    ['tags=a', 'tags'],
  ])('%s is refused by its name', async (query, path) => {
    const { tenant, path: list } = await having([{ name: 'a' }])
    const { status, body } = await tenant.ask('GET', `${list}?${query}`)
    expect([status, body.code]).toEqual([400, 'invalid_request'])
    expect(body.errors).toMatchObject([{ path }])
  })

  it('has cursors of its own', async () => {
    const { tenant, path } = await having([
      { name: 'a', tags: ['x', 'y'] },
      { name: 'b', tags: ['x', 'y'] },
    ])
    const one = async (query: string) => tenant.ask('GET', `${path}?pageSize=1&${query}`)
    const { body } = await one('tag=x&tag=y')
    expect(body.examined).toBeLessThanOrEqual(2)
    expect(names(await one(`tag=y&tag=x&cursor=${body.nextCursor}`))).toEqual(['a'])
    for (const other of ['tag=x', 'tag=x&tag=y&status=running', ''])
      expectRefused(await one(`${other}&cursor=${body.nextCursor}`), 400)
  })

  it('answers what a plain reading of all of them does, page by page', async () => {
    const tags = fc.subarray(['a', 'b', 'é'])
    const status = fc.constantFrom('running', 'completed', 'failed', 'archived')
    const given = fc.tuple(fc.constantFrom('a', 'ab', 'b', 'ü', '😀', '\uffee'), tags, status)
    const { tenant, path, made } = await having(
      fc
        .sample(given, { numRuns: 60, seed: 7 })
        .map(([start, tags, status], at) => ({ name: `${start}-${at}`, tags, status })),
    )
    const moment = fc.constantFrom(...made.map(({ createdAt }) => createdAt))
    const query = fc.record(
      {
        tag: tags.filter(({ length }) => length > 0),
        status,
        name: fc.constantFrom('a', 'ab', 'ü', '😀', '\uffee', 'a-1'),
        createdAfter: moment,
        createdBefore: moment,
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(query, fc.integer({ min: 1, max: 7 }), async (asked, pageSize) => {
        if (Object.keys(asked).length === 0) return
        const expected = made
          .filter(
            (each) =>
              (asked.tag ?? []).every((tag) => each.tags.includes(tag)) &&
              each.status === (asked.status ?? each.status) &&
              each.name.startsWith(asked.name ?? '') &&
              each.createdAt > (asked.createdAfter ?? '') &&
              each.createdAt < (asked.createdBefore ?? 'z'),
          )
          .toReversed()
        const pages = await walk(tenant, path, { ...asked, pageSize: String(pageSize) })
        expect(pages.flatMap(({ body }) => body.episodes)).toEqual(expected)
        const second = await tenant.ask(
          'GET',
          `${path}?${search({ ...asked, pageSize: String(pageSize), page: '2' })}`,
        )
        expect(second.body.episodes).toEqual(expected.slice(pageSize, 2 * pageSize))
      }),
      { numRuns: 60 },
    )
  })

  it('tells a stranger nothing of what is not shown to all', async () => {
    const { tenant, path } = await having([{ name: 'a', tags: ['x'] }])
    const stranger = await Tenant.arrive()
    const told = async (at: string) => {
      const { status, body } = await stranger.ask('GET', `${at}?tag=x`)
      return [status, { ...body, requestId: '' }]
    }
    expect(await told(path)).toEqual(await told(`${tenant.project('none')}/episodes`))
    await tenant.ask('PATCH', tenant.project('lab'), { visibility: 'public' })
    expect(names(await stranger.ask('GET', `${path}?tag=x`))).toEqual(['a'])
  })
})

describe('a filter over very many episodes', () => {
  it('looks at no more than 5,000 for a page, and leads on', async () => {
    const { tenant, path } = await havingMany(12_000)
    const nothing = await walk(tenant, path, { q: '-tag:*' })
    expect(nothing.map(({ body }) => [body.episodes.length, body.examined])).toEqual([
      [0, 5_000],
      [0, 5_000],
      [0, 2_000],
    ])
    for (const { rowsRead } of nothing) expect(rowsRead).toBeLessThan(25_000)
    const rare = await walk(tenant, path, { q: 'tag:rar* tag:a* status:comp*' })
    expect(rare.flatMap(names)).toEqual(Array.from({ length: 12 }, (_, at) => bulk((12 - at) * 1_000)))
    expect(rare.map(({ body }) => body.examined)).toEqual([5_000, 5_000, 2_000])
    for (const query of [{ tag: 'a' }, { name: 'run-' }, { status: 'running' }] as Query[]) {
      const full = await tenant.ask('GET', `${path}?${search(query)}`)
      expect(names(full).length).toBe(50)
      expect(full.body.examined).toBeLessThanOrEqual(56)
      expect(full.rowsRead).toBeLessThan(query.name ? 5_000 : 400)
    }
  })

  it('looks at what has the rarest of the tags, statuses and values that are wanted', async () => {
    const { tenant, path } = await havingMany(12_000)
    for (const [query, examined] of [
      [{ tag: 'nothing' }, 0],
      [{ tag: ['a', 'nothing'] }, 0],
      [{ tag: ['rare', 'a'], status: 'running' }, 12],
      [{ q: 'status:running tag:a tag:rare' }, 12],
      [{ q: 'tag:rare,nothing -tag:b run' }, 12],
      [{ tag: 'rare', status: 'completed' }, 12],
      [{ status: 'completed' }, 12],
      [{ q: 'meta.robot:arm' }, 0],
      [{ q: 'word' }, 0],
      [{ q: '00007' }, 2],
      [{ q: 'meta.score>1' }, 0],
      [{ q: 'started:2020' }, 0],
    ] as [Query, number][])
      for (const sort of Object.keys(orders)) {
        const page = await tenant.ask('GET', `${path}?${search({ ...query, sort })}`)
        expect([query, sort, page.body.examined, page.body.nextCursor]).toEqual([query, sort, examined, null])
        expect([query, sort, page.rowsRead < 250 || page.rowsRead]).toEqual([query, sort, true])
      }
  })

  it('looks at what a collection or a dataset holds, where that is few', async () => {
    const { tenant, path } = await havingMany(12_000)
    const project = path.replace(/\/episodes$/, '')
    const shown = await tenant.ask('GET', `${path}?name=run-0777`)
    const ids = shown.body.episodes.map(({ id }: { id: string }) => id)
    const inside = await tenant.ask('POST', path, { name: 'inside', folder: '/held/deep' })
    await tenant.ask('POST', path, { name: 'beside', folder: '/other' })
    const { body } = await tenant.ask('GET', `/nodes/${inside.body.episode.folderId}`)
    const folder = body.ancestors?.[0]?.id ?? body.node?.parentId
    expect(folder).toBeTruthy()
    const dataset = await tenant.ask('POST', `${project}/datasets`, { name: 'train' })
    const collection = { name: 'some', members: [...ids, folder, 'nothing'], datasetId: dataset.body.id }
    expect((await tenant.ask('POST', `${project}/collections`, collection)).status).toBe(201)
    for (const q of ['collection:some', 'dataset:train'])
      for (const sort of Object.keys(orders)) {
        const page = await tenant.ask('GET', `${path}?${search({ q, sort })}`)
        expect([q, sort, names(page).toSorted(), page.body.examined, page.rowsRead < 800]).toEqual([
          ...[q, sort, [...names(shown), 'inside'].toSorted(), ids.length + 1, true],
        ])
      }
    expect(
      names(await tenant.ask('GET', `${path}?${search({ q: 'dataset:train tag:a name:run*' })}`)).length,
    ).toBe(10)
  })

  it('by a query reads as little, whatever is asked', async () => {
    const { tenant, path } = await havingMany(12_000)
    const meta = 'meta.a:1 OR meta."b c":1..2 OR meta.c:x*'
    const kinds = 'has:video,audio,image OR has:file'
    for (const [q, examined] of [
      ['tag:nothing*', 5_000],
      ['tag:rare* -tag:a', 5_000],
      ['-tag:a*', 5_000],
      ['tag:",a"*', 224],
      ['tag:1,2,3,4,5,6,7,8,9,10', 224],
      [meta, 5_000],
      [kinds, 2_144],
      [`(${meta}) (${kinds})`, 2_144],
      ['started:2020 OR ended:2020 OR duration:1s OR during:2020 OR updated:1970-02', 5_000],
      ['status:running -tag:a*', 5_000],
      ['status:running run -tag:a*', 5_000],
      ['updated:2026 -tag:a*', 5_000],
      ['tag:a,b,c,d,e,f meta.x:null (tag:b OR tag:c)', 1_875],
    ] as const)
      for (const sort of Object.keys(orders)) {
        const page = await tenant.ask('GET', `${path}?${search({ q, sort })}`)
        expect([q, page.status, names(page)]).toEqual([q, 200, []])
        expect([q, sort, page.rowsRead < 25_000 || page.rowsRead]).toEqual([q, sort, true])
        if (sort === '-created') expect([q, page.body.examined]).toEqual([q, examined])
      }
    const full = await tenant.ask('GET', `${path}?${search({ q: 'tag:a status:running -name:x*' })}`)
    expect([names(full).length, full.rowsRead < 500]).toEqual([50, true])
  })

  it('goes by the names or the time, where few have those', async () => {
    const { tenant, path } = await havingMany(12_000)
    for (const [query, expected] of [
      [{ name: 'run-0000' }, [9, 8, 7, 6, 5, 4, 3, 2, 1]],
      [{ name: 'run-00001', status: 'running' }, [1]],
      [{ createdAfter: after(2), createdBefore: after(5) }, [4, 3]],
      [{ createdBefore: after(3), tag: 'a' }, [2, 1]],
      [{ createdBefore: after(3), tag: 'rare' }, []],
      [{ q: 'name:run-0000* tag:a' }, [9, 8, 7, 6, 5, 4, 3, 2, 1]],
      [{ q: 'name:run-00007' }, [7]],
      [{ q: 'name:run-00007', name: 'run-00008' }, []],
      [{ q: `created>${after(2)} -tag:rare created<${after(5)}` }, [4, 3]],
      [{ q: `created>${after(2)}`, createdBefore: after(5) }, [4, 3]],
      [{ q: 'name:run-00007 created:2025' }, []],
    ] as [Query, number[]][]) {
      const page = await tenant.ask('GET', `${path}?${search(query)}`)
      expect([names(page), page.body.nextCursor]).toEqual([expected.map(bulk), null])
      expect(page.rowsRead).toBeLessThan(250)
    }
  })

  it('needs a cursor where a page by number would leave something out', async () => {
    const { tenant, path } = await havingMany(12_000)
    const at = (page: number) => tenant.ask('GET', `${path}?q=tag:rar*&pageSize=2&page=${page}`)
    expect(names(await at(2))).toEqual([10, 9].map((each) => bulk(each * 1_000)))
    const third = await at(3)
    expectRefused(third, 400)
    expect(third.body.errors).toMatchObject([{ path: 'cursor' }])
  })

  it('reads a bounded weight, however heavy each is', async () => {
    const { tenant, path } = await havingMany(2_000, 'x'.repeat(16_000))
    const pages = await walk(tenant, path, { q: '-tag:*' })
    expect(pages.length).toBe(4)
    for (const { body } of pages) expect(body.examined).toBeLessThanOrEqual(528)
    expect(pages.reduce((sum, { body }) => sum + body.examined, 0)).toBe(2_000)
  })

  it('shows what stays once, whatever comes and goes meanwhile', async () => {
    const { tenant, path } = await havingMany(400)
    const found: string[] = []
    let cursor: string | null = null
    for (let step = 0; step === 0 || cursor !== null; step++) {
      const page: Answer = await tenant.ask(
        'GET',
        `${path}?${search({ tag: 'a', pageSize: '7', ...(cursor && { cursor }) })}`,
      )
      found.push(...names(page))
      cursor = page.body.nextCursor
      await tenant.ask('POST', path, { name: `new-${step}`, tags: ['a'] })
      const gone = await tenant.ask('POST', `${path}/tags`, { names: [bulk(400 - step * 7)], remove: ['a'] })
      expect([gone.status, gone.body.changed]).toEqual([200, 1])
    }
    expect(found).toEqual(Array.from({ length: 400 }, (_, at) => bulk(400 - at)))
  })
})
