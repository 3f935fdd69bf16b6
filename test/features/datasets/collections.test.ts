import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { Archive } from '../../support/archive.ts'
import { expectRefused, faults, ID, TIME, twice } from '../../support/expectations.ts'
import { collect } from '../../support/faults.ts'
import { type Answer, Tenant } from '../../support/world.ts'

const names = ({ body }: Answer) => body.collections.map(({ name }: { name: string }) => name)

const many = (count: number, prefix = 'm') => Array.from({ length: count }, (_, at) => `${prefix}${at}`)

/** A collection `clips` in a project of its own. */
async function withCollection(fields: object = {}) {
  const tenant = await Tenant.arrive()
  const project = await tenant.withProject('lab')
  const path = `${project}/collections`
  const { status, body } = await tenant.ask('POST', path, { name: 'clips', ...fields })
  expect(status).toBe(201)
  return { tenant, project, path, clips: `${path}/clips`, collection: body }
}

const dataset = async (tenant: Tenant, project: string, name: string) =>
  (await tenant.ask('POST', `${project}/datasets`, { name })).body

/** What the link to the members that are left out leads to, to the end; null where there is no link. */
async function restOf(tenant: Tenant, answer: Answer): Promise<string[] | null> {
  let next = /<([^>]+)>; rel="section"/.exec(answer.headers.get('Link') ?? '')?.[1]
  if (next === undefined) return null
  const rest: string[] = []
  while (next !== undefined) {
    const { status, body, headers } = await tenant.ask('GET', next)
    expect(status).toBe(200)
    rest.push(...body.members.map(({ id }: { id: string }) => id))
    next = /<([^>]+)>; rel="next"/.exec(headers.get('Link') ?? '')?.[1]
  }
  return rest
}

/** Values that no collection can have. */
const wrong: Record<string, unknown[]> = {
  name: [5, '', '.', '..', 'a\u007fb', '\ud83d', 'x'.repeat(256)],
  description: [5, '\udc00'],
  tags: ['x', [5], ['a\tb'], ['x'.repeat(65)], many(65)],
  metadata: [5, 'x', [], { a: [{ b: '\ud83d' }] }, { a: 'x'.repeat(65_529) }],
  datasetId: [5, '', [], 'a\nb'],
}

const wrongMembers = ['x', [5], [null], [''], ['a\tb'], ['\ud83d'], ['x'.repeat(256)], many(5_001)]

const whole = { description: 'Q1\ndata', tags: ['b', 'a'], metadata: { a: 1, b: { c: null } } }
const plain = { description: null, tags: [], metadata: null, datasetId: null, members: [], membersTotal: 0 }

describe('POST P/collections', () => {
  it.each([
    [{}, plain],
    [{ description: null, tags: null, metadata: null, datasetId: null, members: null }, plain],
    [whole, { ...plain, ...whole }],
    [{ tags: ['b', 'a', 'b'] }, { ...plain, tags: ['b', 'a'] }],
    [{ members: ['z', 'a', 'z', 'm'] }, { ...plain, members: ['z', 'a', 'm'], membersTotal: 3 }],
    [{ members: ['x'.repeat(255)] }, { ...plain, members: ['x'.repeat(255)], membersTotal: 1 }],
  ])('with %j answers 201 with every field', async (fields, shown) => {
    const tenant = await Tenant.arrive()
    const path = `${await tenant.withProject('lab')}/collections`
    const [project] = (await tenant.ask('GET', `/namespaces/${tenant.slug}/spaces`)).body.spaces
    const { status, body, trips } = await twice(tenant, 'POST', path, { name: 'clips', ...fields })
    expect([status, body, trips]).toEqual([
      201,
      { id: ID, name: 'clips', ...shown, projectId: project.id, createdAt: TIME, updatedAt: TIME },
      1,
    ])
    expect((await tenant.ask('GET', `${path}/clips`)).body).toEqual(body)
  })

  it('puts it into a dataset of the project', async () => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject('lab')
    const { id } = await dataset(tenant, project, 'set')
    const fields = { name: 'clips', datasetId: id, members: ['b', 'a'] }
    const { body } = await twice(tenant, 'POST', `${project}/collections`, fields)
    expect(body).toMatchObject({ datasetId: id, members: ['b', 'a'] })
    const { collections, collectionsTotal } = (await tenant.ask('GET', `${project}/datasets/set`)).body
    expect([collections, collectionsTotal]).toEqual([
      [{ id: body.id, name: 'clips', members: ['b', 'a'], membersTotal: 2 }],
      1,
    ])
  })

  it('refuses a dataset that is not there: unknown, trashed, of another project, of somebody else', async () => {
    const { tenant, project, path } = await withCollection()
    const stranger = await Tenant.arrive()
    const other = await dataset(tenant, await tenant.withProject('other'), 'set')
    const theirs = await dataset(stranger, await stranger.withProject('lab'), 'set')
    const gone = await dataset(tenant, project, 'gone')
    await tenant.ask('DELETE', `${project}/datasets/gone`)
    for (const datasetId of ['unknown', gone.id, other.id, theirs.id]) {
      const answer = await tenant.ask('POST', path, { name: 'new', datasetId, members: ['x'] })
      expectRefused(answer, 404)
      expect(answer.body.code).toBe('dataset_not_found')
    }
  })

  it.each(Object.keys(wrong))('refuses every wrong %s, as PATCH does', async (field) => {
    const { tenant, path, clips } = await withCollection()
    for (const value of wrong[field] ?? []) {
      for (const answer of [
        await tenant.ask('POST', path, { name: 'new', [field]: value }),
        await tenant.ask('PATCH', clips, { [field]: value }),
      ]) {
        expectRefused(answer, 400)
        expect([JSON.stringify(value), faults(answer)]).toEqual([JSON.stringify(value), [field]])
      }
    }
  })

  it('refuses wrong members, and more than five thousand', async () => {
    const { tenant, path } = await withCollection()
    for (const members of wrongMembers) {
      const answer = await tenant.ask('POST', path, { name: 'new', members })
      expectRefused(answer, 400)
      expect([JSON.stringify(members), faults(answer)]).toEqual([JSON.stringify(members), ['members']])
    }
    const { status, body } = await tenant.ask('POST', path, { name: 'new', members: many(5_000) })
    expect([status, body.members, body.membersTotal]).toEqual([201, many(5_000), 5_000])
  })

  it('names every wrong field at once, as PATCH does', async () => {
    const { tenant, path, clips } = await withCollection()
    const all = { name: '', description: 5, tags: 5, metadata: 5, datasetId: 5 }
    expect(faults(await tenant.ask('POST', path, all))).toEqual(Object.keys(all).sort())
    expect(faults(await tenant.ask('PATCH', clips, all))).toEqual(Object.keys(all).sort())
    expect(faults(await tenant.ask('POST', path, { ...all, name: undefined }))).toContain('name')
    expect(faults(await tenant.ask('POST', path, { name: null }))).toEqual(['name'])
  })

  it('refuses a name that a live collection of the project has', async () => {
    const { tenant, path, clips, collection } = await withCollection()
    const answer = await tenant.ask('POST', path, { name: 'clips', members: ['x'] })
    expectRefused(answer, 409)
    expect(answer.body.code).toBe('collection_name_taken')
    const other = `${await tenant.withProject('other')}/collections`
    expect((await tenant.ask('POST', other, { name: 'clips' })).status).toBe(201)
    await tenant.ask('DELETE', clips)
    const { status, body } = await tenant.ask('POST', path, { name: 'clips' })
    expect([status, body.id === collection.id]).toEqual([201, false])
  })

  it('makes no project, and no home', async () => {
    const [tenant, unknown] = [await Tenant.arrive(), await Tenant.unknown()]
    for (const who of [tenant, unknown]) {
      expectRefused(await who.ask('POST', `${who.project('none')}/collections`, { name: 'clips' }), 404)
    }
    expect((await tenant.ask('GET', `/namespaces/${tenant.slug}/spaces`)).body.total).toBe(0)
  })

  it('fits a quota of rows exactly, or writes nothing', async () => {
    const { tenant, path } = await withCollection({ members: ['x'] })
    const create = (rows: number, name: string, members: string[]) =>
      tenant.ask('POST', path, { name, members }, { variables: { QUOTA_ROWS: String(rows) } })
    const refused = await create(3, 'new', ['a', 'b', 'c'])
    expectRefused(refused, 403)
    expect(refused.body.code).toBe('quota_exceeded')
    expect((await tenant.ask('GET', `${path}/new`)).status).toBe(404)
    expect((await create(4, 'new', ['a', 'b', 'c'])).body.membersTotal).toBe(3)
    expectRefused(await create(4, 'newer', ['a']), 403)
    expect((await create(4, 'empty', [])).status).toBe(201)
    const { usage } = (await tenant.ask('GET', `/namespaces/${tenant.slug}`)).body
    expect(usage.rows).toBe(4)
  })
})

describe('GET P/collections/:name', () => {
  it.each(['a/b', '100%', 'a%2Fb', '?a=b&c#d', "a+b c\\d'(!)*", '中 😀', '😀'.repeat(255)])(
    'finds %j by its verbatim name',
    async (name) => {
      const { tenant, path, collection } = await withCollection({ name })
      const own = `${path}/${encodeURIComponent(name)}`
      expect((await tenant.ask('GET', own)).body).toEqual(collection)
      expect((await tenant.ask('PATCH', own, { tags: ['a'] })).body).toMatchObject({ name, tags: ['a'] })
      expect((await tenant.ask('POST', `${own}/members`, { add: ['x'] })).body.total).toBe(1)
      expect((await tenant.ask('GET', `${own}/members`)).body.members).toHaveLength(1)
      expect((await tenant.ask('DELETE', own)).body).toEqual({ success: true, deletionId: ID })
      expectRefused(await tenant.ask('GET', own), 404)
    },
  )

  it.each(['clips', 'a/b %2F ?x=1&y#z', "it's (中)"])(
    'shows the first 10,000 members of %j, counts them all, and leads to the others, as PATCH does',
    async (name) => {
      const archive = await Archive.open()
      await collect(archive, name, 12_003)
      const own = `${archive.project}/collections/${encodeURIComponent(name)}`
      for (const answer of [
        await archive.ask('GET', own),
        await archive.ask('PATCH', own, { tags: ['a'] }),
      ]) {
        const { members, membersTotal } = answer.body
        expect([members, membersTotal]).toEqual([many(10_000, 'member '), 12_003])
        expect(await restOf(archive.owner, answer)).toEqual(many(12_003, 'member ').slice(10_000))
      }
      const renamed = await archive.ask('PATCH', own, { name: `${name} 2` })
      expect(await restOf(archive.owner, renamed)).toHaveLength(2_003)
      const removed = { remove: many(1_000, 'member ') }
      const renamedPath = `${archive.project}/collections/${encodeURIComponent(`${name} 2`)}`
      for (const part of [removed, { remove: many(2_003, 'member ').slice(1_003) }])
        await archive.succeed(200, 'DELETE', `${renamedPath}/members`, part)
      const fewer = await archive.ask('GET', renamedPath)
      const left = many(12_003, 'member ').filter((_, at) => at >= 2_003 || (at >= 1_000 && at < 1_003))
      expect([fewer.body.members, fewer.body.membersTotal]).toEqual([left.slice(0, 10_000), 10_003])
      expect(await restOf(archive.owner, fewer)).toEqual(left.slice(10_000))
    },
  )

  it('shows all of exactly 10,000 members, and leads nowhere', async () => {
    const archive = await Archive.open()
    await collect(archive, 'clips', 10_000)
    const answer = await archive.ask('GET', `${archive.project}/collections/clips`)
    expect([answer.body.members.length, answer.body.membersTotal]).toEqual([10_000, 10_000])
    expect(await restOf(archive.owner, answer)).toBeNull()
  })
})

describe('PATCH P/collections/:name', () => {
  it.each<[object, object?]>([
    [{}],
    [{ name: 'new' }],
    [{ name: 'clips' }],
    [{ description: 'new' }],
    [{ description: null }],
    [{ tags: ['c', 'c'] }, { tags: ['c'] }],
    [{ tags: null }, { tags: [] }],
    [{ metadata: { d: 4 } }],
    [{ metadata: null }],
    [{ datasetId: null }],
  ])('by %j changes nothing else', async (fields, shown) => {
    const { tenant, path, clips, collection } = await withCollection({ ...whole, members: ['b', 'a'] })
    const { status, body, trips } = await twice(tenant, 'PATCH', clips, fields)
    expect([status, body, trips]).toEqual([200, { ...collection, ...fields, ...shown, updatedAt: TIME }, 1])
    expect((await tenant.ask('GET', `${path}/${body.name}`)).body).toEqual(body)
  })

  it('puts it into a dataset, into another one, and into none', async () => {
    const { tenant, project, clips, collection } = await withCollection({ members: ['b', 'a'] })
    const one = await dataset(tenant, project, 'one')
    const other = await dataset(tenant, project, 'other')
    for (const datasetId of [one.id, other.id, other.id, null, one.id]) {
      const { body } = await twice(tenant, 'PATCH', clips, { datasetId })
      expect(body).toEqual({ ...collection, datasetId, updatedAt: TIME })
      const { datasets } = (await tenant.ask('GET', `${project}/datasets`)).body
      expect(
        datasets.map((each: { id: string; collectionsTotal: number }) => [each.id, each.collectionsTotal]),
      ).toEqual([other, one].map(({ id }) => [id, Number(id === datasetId)]))
    }
    // What does not speak of it leaves it there.
    expect((await tenant.ask('PATCH', clips, { name: 'clips', tags: [] })).body.datasetId).toBe(one.id)
  })

  it('refuses a dataset that is not there, and changes nothing', async () => {
    const { tenant, project, clips, collection } = await withCollection()
    const other = await dataset(tenant, await tenant.withProject('other'), 'set')
    const gone = await dataset(tenant, project, 'gone')
    await tenant.ask('DELETE', `${project}/datasets/gone`)
    for (const datasetId of ['unknown', gone.id, other.id]) {
      const answer = await tenant.ask('PATCH', clips, { name: 'new', datasetId })
      expectRefused(answer, 404)
      expect(answer.body.code).toBe('dataset_not_found')
    }
    expect((await tenant.ask('GET', clips)).body).toEqual(collection)
  })

  it('frees the name it renames from, and refuses null and a name that is taken', async () => {
    const { tenant, path, clips } = await withCollection()
    await tenant.ask('PATCH', clips, { name: 'new' })
    expectRefused(await tenant.ask('PATCH', clips, { description: 'x' }), 404)
    expect((await tenant.ask('POST', path, { name: 'clips' })).status).toBe(201)
    const answer = await tenant.ask('PATCH', clips, { name: 'new', description: 'x' })
    expectRefused(answer, 409)
    expect(answer.body.code).toBe('collection_name_taken')
    expectRefused(await tenant.ask('PATCH', clips, { name: null }), 400)
    await tenant.ask('DELETE', `${path}/new`)
    expect((await tenant.ask('PATCH', clips, { name: 'new' })).status).toBe(200)
  })

  it('after another change, the same request again is answered by what is there', async () => {
    const { tenant, path, clips } = await withCollection()
    const named = { headers: { 'X-Request-Id': 'sent-twice' } }
    await tenant.ask('PATCH', clips, { name: 'new' }, named)
    await tenant.ask('PATCH', `${path}/new`, { description: 'by somebody else' })
    const { status, body, rowsWritten } = await tenant.ask('PATCH', clips, { name: 'new' }, named)
    expect([status, body.name, body.description, rowsWritten]).toEqual([200, 'new', 'by somebody else', 0])
  })
})

describe('GET P/collections', () => {
  it.each([
    ['', ['c', 'b', 'a'], { page: 1, pageSize: 50, total: 3, totalPages: 1, nextCursor: null }],
    ['?page=2&pageSize=2', ['a'], { page: 2, pageSize: 2, total: 3, totalPages: 2, nextCursor: null }],
    ['?page=-1&pageSize=201', ['c', 'b', 'a'], { page: 1, pageSize: 200 }],
    ['?page=x&pageSize=x', ['c', 'b', 'a'], { page: 1, pageSize: 50 }],
    ['?page=9', [], { page: 9, total: 3, totalPages: 1, nextCursor: null }],
    ['?pageSize=200&membersLimit=1', ['c', 'b', 'a'], { pageSize: 200, total: 3 }],
  ])('%s lists the live ones, newest first', async (query, expected, page) => {
    const { tenant, path, clips } = await withCollection()
    for (const name of ['a', 'b', 'c']) await tenant.ask('POST', path, { name, members: [name, 'x'] })
    await tenant.ask('DELETE', clips)
    const answer = await tenant.ask('GET', `${path}${query}`)
    expect([answer.status, names(answer), answer.body, answer.trips]).toMatchObject([200, expected, page, 1])
  })

  it('shows each as it is by itself', async () => {
    const { tenant, path, project } = await withCollection({ ...whole, members: ['b', 'a'] })
    const { id } = await dataset(tenant, project, 'set')
    await tenant.ask('POST', path, { name: 'other', datasetId: id })
    const { body } = await tenant.ask('GET', path)
    for (const each of body.collections)
      expect(each).toEqual((await tenant.ask('GET', `${path}/${each.name}`)).body)
  })

  it('is walked by cursor, though collections come, change and go meanwhile', async () => {
    const { tenant, path } = await withCollection()
    for (const name of ['a', 'b', 'c']) await tenant.ask('POST', path, { name, members: [name] })
    const first = await tenant.ask('GET', `${path}?pageSize=2`)
    await tenant.ask('POST', path, { name: 'late' })
    await tenant.ask('DELETE', `${path}/b`)
    await tenant.ask('PATCH', `${path}/a`, { name: 'renamed' })
    const rest = await tenant.ask('GET', `${path}?pageSize=2&cursor=${first.body.nextCursor}`)
    expect([names(first), names(rest), rest.body.nextCursor]).toEqual([
      ['c', 'b'],
      ['renamed', 'clips'],
      null,
    ])
    expect(rest.body.collections[0].members).toEqual(['a'])
  })

  it.each([
    ['membersLimit=0', [[], []]],
    ['membersLimit=1', [['z'], ['x']]],
    ['membersLimit=2', [['z', 'a'], ['x']]],
    ['membersLimit=10000', [['z', 'a', 'm'], ['x']]],
    ['', [['z', 'a', 'm'], ['x']]],
  ])('%s shows that many members of each, and counts them all', async (query, expected) => {
    const { tenant, path } = await withCollection({ members: ['x'] })
    await tenant.ask('POST', path, { name: 'other', members: ['z', 'a', 'm'] })
    const { body } = await tenant.ask('GET', `${path}?${query}`)
    expect(body.collections).toMatchObject([
      { name: 'other', members: expected[0], membersTotal: 3 },
      { name: 'clips', members: expected[1], membersTotal: 1 },
    ])
  })

  it('shows 1,000 members of each where nothing else is asked for', async () => {
    const archive = await Archive.open()
    for (const name of ['a', 'b']) await collect(archive, name, 1_001)
    const { body } = await archive.ask('GET', `${archive.project}/collections`)
    for (const { members, membersTotal } of body.collections)
      expect([members, membersTotal]).toEqual([many(1_000, 'member '), 1_001])
  })

  it.each(['-1', '10001', '1.5', '1e3', 'x', '', '0x10'])('refuses a membersLimit of %j', async (value) => {
    const { tenant, path } = await withCollection()
    const answer = await tenant.ask('GET', `${path}?membersLimit=${value}`)
    expectRefused(answer, 400)
    expect(faults(answer)).toEqual(['membersLimit'])
  })

  it.each(['first to last', 'last to first'])(
    'shows 10,000 members over all, the first of each, stored %s',
    async (stored) => {
      const archive = await Archive.open()
      const order = stored === 'last to first' ? 'order by position desc' : 'order by position'
      const ids: string[] = []
      for (const name of ['a', 'b', 'c']) {
        const id = await archive.collection(name)
        ids.push(id)
        await env.DB.prepare(
          `insert into collection_members (collection_id, member_id, position, project_id)
           with recursive n(i) as (select 0 union all select i + 1 from n limit 6000)
           select id, 'm' || i, i as position, project_id from collections cross join n where id = ? ${order}`,
        )
          .bind(id)
          .run()
      }
      const list = `${archive.project}/collections?membersLimit=10000`
      const shown = ({ body }: Answer) =>
        body.collections.map(({ id, members, membersTotal }: Record<string, unknown>) => [
          id,
          String(members),
          membersTotal,
        ])
      const [a, b, c] = ids
      expect(shown(await archive.ask('GET', `${list}&pageSize=1&page=3`))).toEqual([
        [a, String(many(6_000)), 6_000],
      ])
      const all = shown(await archive.ask('GET', list))
      expect([all[0], all[2]]).toEqual([
        [c, String(many(6_000)), 6_000],
        [a, '', 6_000],
      ])
      expect(all[1][1].split(',').slice(0, 3)).toEqual(['m0', 'm1', 'm2'])
      expect(all[1]).toEqual([b, String(many(4_000)), 6_000])
    },
  )

  it('of a dataset has its collections, with the exact total', async () => {
    const { tenant, project, path } = await withCollection()
    const [one, other] = [await dataset(tenant, project, 'one'), await dataset(tenant, project, 'other')]
    for (const name of ['a', 'b', 'c'])
      await tenant.ask('POST', path, { name, datasetId: one.id, members: [name] })
    await tenant.ask('POST', path, { name: 'elsewhere', datasetId: other.id })
    await tenant.ask('POST', path, { name: 'gone', datasetId: one.id })
    await tenant.ask('DELETE', `${path}/gone`)
    const filtered = (more = '') => tenant.ask('GET', `${path}?datasetId=${one.id}${more}`)
    const all = await filtered()
    expect([names(all), all.body]).toMatchObject([
      ['c', 'b', 'a'],
      { total: 3, totalPages: 1, nextCursor: null },
    ])
    expect(all.body.collections.every((each: { datasetId: string }) => each.datasetId === one.id)).toBe(true)
    const second = await filtered('&pageSize=2&page=2')
    expect([names(second), second.body]).toMatchObject([['a'], { total: 3, totalPages: 2, nextCursor: null }])
    expect(second.body.collections[0].members).toEqual(['a'])
    const first = await filtered('&pageSize=2')
    await tenant.ask('PATCH', `${path}/a`, { datasetId: null })
    const rest = await filtered(`&pageSize=2&cursor=${first.body.nextCursor}`)
    expect([names(first), names(rest), rest.body.total]).toEqual([['c', 'b'], [], 2])
    await tenant.ask('DELETE', `${project}/datasets/one`)
    expect((await filtered()).body).toMatchObject({ collections: [], total: 0 })
  })

  it('of a dataset that is not in the project is empty', async () => {
    const { tenant, path } = await withCollection()
    const [elsewhere, stranger] = [await tenant.withProject('other'), await Tenant.arrive()]
    const theirs = await stranger.withProject('lab')
    for (const datasetId of [
      'unknown',
      (await dataset(tenant, elsewhere, 'set')).id,
      (await dataset(stranger, theirs, 'set')).id,
    ]) {
      await tenant.ask('POST', `${elsewhere}/collections`, { name: datasetId, datasetId })
      await stranger.ask('POST', `${theirs}/collections`, { name: datasetId, datasetId })
      const { status, body } = await tenant.ask('GET', `${path}?datasetId=${datasetId}`)
      expect([status, body]).toMatchObject([
        200,
        { collections: [], total: 0, totalPages: 0, nextCursor: null },
      ])
    }
    const answer = await tenant.ask('GET', `${path}?datasetId=`)
    expectRefused(answer, 400)
    expect(faults(answer)).toEqual(['datasetId'])
  })

  it('refuses a cursor that was altered, or is of another list', async () => {
    const { tenant, project, path } = await withCollection()
    const { id } = await dataset(tenant, project, 'set')
    for (const name of ['a', 'b', 'c']) await tenant.ask('POST', path, { name, datasetId: id })
    const { nextCursor } = (await tenant.ask('GET', `${path}?pageSize=1`)).body
    const filtered = (await tenant.ask('GET', `${path}?pageSize=1&datasetId=${id}`)).body.nextCursor
    const [, ...rest] = nextCursor
    const altered = `${nextCursor.startsWith('A') ? 'B' : 'A'}${rest.join('')}`
    for (const query of [
      `cursor=${altered}`,
      `cursor=x`,
      `cursor=`,
      `cursor=${filtered}`,
      `datasetId=${id}&cursor=${nextCursor}`,
    ]) {
      const answer = await tenant.ask('GET', `${path}?${query}`)
      expectRefused(answer, 400)
      expect([query, faults(answer)]).toEqual([query, ['cursor']])
    }
    expectRefused(await tenant.ask('GET', `${project}/datasets?cursor=${nextCursor}`), 400)
  })

  it('reads the same of 1,000 members as of 20,000, and of a dataset among many collections', async () => {
    const read: number[][] = []
    for (const count of [1_000, 20_000]) {
      const archive = await Archive.open()
      const set = await archive.dataset('set')
      await collect(archive, 'held', count, 'set')
      await collect(archive, 'large', count)
      await env.DB.prepare(
        `insert into collections (id, project_id, name, tags, created_at, updated_at, created_by, updated_request)
         with recursive n(i) as (select 1 union all select i + 1 from n limit ?2)
         select printf('%012x', i) || substr(id, 13), project_id, 'other ' || i, '[]', 0, 0, '', ''
         from datasets cross join n where id = ?1`,
      )
        .bind(set, count / 20)
        .run()
      const list = `${archive.project}/collections?pageSize=1&membersLimit=10`
      const answers = [
        await archive.ask('GET', list),
        await archive.ask('GET', `${list}&datasetId=${set}`),
        await archive.ask('GET', `${archive.project}/collections?pageSize=2&membersLimit=0`),
      ]
      expect(answers.map(({ status, trips, body }) => [status, trips, body.collections.length])).toEqual([
        [200, 1, 1],
        [200, 1, 1],
        [200, 1, 2],
      ])
      read.push(answers.map(({ rowsRead }) => rowsRead))
    }
    expect(read[1]).toEqual(read[0])
  })
})

describe('DELETE P/collections/:name', () => {
  it('is done once, and leaves its dataset', async () => {
    const { tenant, project, path, clips } = await withCollection()
    const { id } = await dataset(tenant, project, 'set')
    await tenant.ask('PATCH', clips, { datasetId: id })
    await tenant.ask('POST', path, { name: 'other', datasetId: id })
    const { status, body } = await twice(tenant, 'DELETE', clips)
    expect([status, body]).toEqual([200, { success: true, deletionId: ID }])
    for (const [method, sub, sent] of [
      ['GET', '', undefined],
      ['PATCH', '', {}],
      ['DELETE', '', undefined],
      ['GET', '/members', undefined],
      ['POST', '/members', { add: ['x'] }],
      ['DELETE', '/members', { remove: ['x'] }],
    ] as const)
      expectRefused(await tenant.ask(method, `${clips}${sub}`, sent), 404)
    const list = await tenant.ask('GET', path)
    expect([names(list), list.body.total]).toEqual([['other'], 1])
    expect((await tenant.ask('GET', `${project}/datasets/set`)).body.collectionsTotal).toBe(1)
  })

  it('and restoring it keep its members and its dataset', async () => {
    const { tenant, project, clips } = await withCollection({ ...whole, members: ['z', 'a', 'm'] })
    const { id } = await dataset(tenant, project, 'set')
    const { body: before } = await tenant.ask('PATCH', clips, { datasetId: id })
    const { deletionId } = (await tenant.ask('DELETE', clips)).body
    const { trash } = (await tenant.ask('GET', `${project}/trash`)).body
    expect(trash).toMatchObject([{ deletionId, kind: 'collection', id: before.id, name: 'clips' }])
    const restored = await twice(tenant, 'POST', `${project}/trash/${deletionId}/restore`)
    expect([restored.status, restored.body]).toEqual([200, before])
    expect((await tenant.ask('GET', clips)).body).toEqual(before)
    expect((await tenant.ask('GET', `${project}/datasets/set`)).body.collections).toMatchObject([
      { id: before.id, members: ['z', 'a', 'm'], membersTotal: 3 },
    ])
  })

  it('of the heaviest there can be is undone too', async () => {
    const members = many(1_000, '').map((each) => `${each}${'😀'.repeat(255 - each.length)}`)
    const heavy = {
      description: 'x'.repeat(16_384),
      metadata: { text: 'x'.repeat(65_000) },
      members: members.slice(0, 900),
    }
    const { tenant, project, clips } = await withCollection(heavy)
    await tenant.ask('POST', `${clips}/members`, { add: members.slice(900) })
    const { deletionId } = (await tenant.ask('DELETE', clips)).body
    const { status, body } = await tenant.ask('POST', `${project}/trash/${deletionId}/restore`)
    expect([status, body.members]).toEqual([200, members])
  })

  it('leaves its rows in the quota until they are purged', async () => {
    const { tenant, clips } = await withCollection({ members: ['a', 'b'] })
    const rows = async () => (await tenant.ask('GET', `/namespaces/${tenant.slug}`)).body.usage.rows
    await tenant.ask('DELETE', clips)
    expect(await rows()).toBe(2)
  })
})

describe('a dataset that is deleted', () => {
  it('comes back with its collections, but for those of which something else was said meanwhile', async () => {
    const { tenant, project, path } = await withCollection()
    const { id } = await dataset(tenant, project, 'set')
    const other = await dataset(tenant, project, 'other')
    const held = ['kept', 'changed', 'moved', 'taken out', 'put in']
    for (const name of held) await tenant.ask('POST', path, { name, datasetId: id, members: [name] })
    const { deletionId } = (await tenant.ask('DELETE', `${project}/datasets/set`)).body
    const placeOf = async (name: string) =>
      (await tenant.ask('GET', `${path}/${encodeURIComponent(name)}`)).body.datasetId
    expect(await Promise.all(held.map(placeOf))).toEqual(held.map(() => null))
    await tenant.ask('PATCH', `${path}/changed`, { description: 'new' })
    await tenant.ask('POST', `${path}/changed/members`, { add: ['x'] })
    await tenant.ask('PATCH', `${path}/moved`, { datasetId: other.id })
    await tenant.ask('PATCH', `${path}/taken%20out`, { datasetId: null })
    await tenant.ask('POST', `${project}/datasets/other/collections`, { add: ['put in'] })
    expect((await tenant.ask('POST', `${project}/trash/${deletionId}/restore`)).body.id).toBe(id)
    expect(await Promise.all(held.map(placeOf))).toEqual([id, id, other.id, null, other.id])
    const { collections, collectionsTotal } = (await tenant.ask('GET', `${project}/datasets/set`)).body
    expect([collections, collectionsTotal]).toMatchObject([
      [
        { name: 'changed', members: ['changed', 'x'] },
        { name: 'kept', members: ['kept'] },
      ],
      2,
    ])
  })
})

describe('who may do what with collections', () => {
  it('is told in the order 400, 404, 403, 409', async () => {
    const { tenant, path, clips, collection } = await withCollection()
    const [reader, writer, stranger] = [await Tenant.arrive(), await Tenant.arrive(), await Tenant.arrive()]
    await tenant.admit(reader, 1)
    await tenant.admit(writer, 2)
    expect((await writer.ask('POST', path, { name: 'taken' })).status).toBe(201)
    expectRefused(await stranger.ask('POST', path, { name: '' }), 400)
    for (const method of ['GET', 'DELETE']) expectRefused(await stranger.ask(method, clips), 404)
    expectRefused(await stranger.ask('GET', path), 404)
    expectRefused(await stranger.ask('POST', path, { name: 'clips' }), 404)
    expectRefused(await reader.ask('POST', path, { name: 'clips' }), 403)
    expectRefused(await reader.ask('PATCH', `${path}/none`, { name: 'taken' }), 404)
    expectRefused(await reader.ask('PATCH', clips, { name: 'taken' }), 403)
    expectRefused(await reader.ask('DELETE', `${path}/none`), 404)
    expectRefused(await reader.ask('DELETE', clips), 403)
    expect((await reader.ask('GET', clips)).body).toEqual(collection)
    expect((await reader.ask('GET', path)).body.total).toBe(2)
    expectRefused(await writer.ask('PATCH', clips, { name: 'taken' }), 409)
    await tenant.ask('PATCH', tenant.project('lab'), { visibility: 'public' })
    for (const who of [stranger, reader]) expect((await who.ask('GET', clips)).body).toEqual(collection)
    expect((await stranger.ask('GET', path)).body.total).toBe(2)
    for (const [method, at, body] of [
      ['POST', path, { name: 'new' }],
      ['PATCH', clips, { tags: [] }],
      ['DELETE', clips, undefined],
    ] as const)
      expectRefused(await stranger.ask(method, at, body), 403)
    expect((await writer.ask('DELETE', clips)).status).toBe(200)
  })

  it('is that a token for uploads does nothing, and one that cannot read is told the id and the name', async () => {
    const { tenant, path, clips, collection } = await withCollection({ members: ['x'] })
    const tokenOf = async (scopes: string[]) =>
      (await tenant.ask('POST', '/auth/tokens', { name: 'job', scopes })).body.token
    const [uploading, writing] = [await tokenOf(['upload']), await tokenOf(['write'])]
    const requests = [
      ['POST', path, { name: 'new', members: ['x'] }],
      ['PATCH', clips, { description: 'x' }],
      ['GET', clips, undefined],
      ['GET', path, undefined],
      ['DELETE', clips, undefined],
    ] as const
    for (const [method, at, body] of requests)
      expectRefused(await tenant.ask(method, at, body, { token: uploading }), 403)
    const answers: Answer[] = []
    for (const [method, at, body] of requests)
      answers.push(await tenant.ask(method, at, body, { token: writing }))
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 403, 403, 200])
    expect(answers[0]?.body).toEqual({ id: ID, name: 'new' })
    expect(answers[1]?.body).toEqual({ id: collection.id, name: 'clips' })
    expect(answers[1]?.headers.get('Link')).toBeNull()
  })
})
