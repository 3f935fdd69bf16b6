import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { expectRefused, faults, ID, TIME, twice } from '../../support/expectations.ts'
import { type Answer, Tenant } from '../../support/world.ts'

const names = ({ body }: Answer) => body.datasets.map(({ name }: { name: string }) => name)

/** A dataset `set` in a project of its own. */
async function withDataset(fields: object = {}) {
  const tenant = await Tenant.arrive()
  const path = `${await tenant.withProject('lab')}/datasets`
  const { status, body } = await tenant.ask('POST', path, { name: 'set', ...fields })
  expect(status).toBe(201)
  return { tenant, path, set: `${path}/set`, dataset: body }
}

/** Makes a collection in a dataset; gives its id. */
async function collect(
  tenant: Tenant,
  path: string,
  datasetId: string,
  name: string,
  members: string[] = [],
): Promise<string> {
  const collections = path.replace(/datasets$/, 'collections')
  const first = { name, datasetId, members: members.slice(0, 1_000) }
  const { status, body } = await tenant.ask('POST', collections, first)
  expect(status).toBe(201)
  for (let from = 1_000; from < members.length; from += 1_000)
    await tenant.ask('POST', `${collections}/${name}/members`, { add: members.slice(from, from + 1_000) })
  return body.id
}

/** Has the members of a collection stored anew, last to first. */
const storedLastToFirst = (collection: string) =>
  env.DB.batch([
    env.DB.prepare('create table turned as select * from collection_members where collection_id = ?').bind(
      collection,
    ),
    env.DB.prepare('delete from collection_members where collection_id = ?').bind(collection),
    env.DB.prepare('insert into collection_members select * from turned order by position desc'),
    env.DB.prepare('drop table turned'),
  ])

/** Values that no dataset can have. */
const wrong: Record<string, unknown[]> = {
  name: [5, '', '.', '..', 'a\u007fb', '\ud83d', 'x'.repeat(256)],
  description: [5, '\udc00'],
  tags: ['x', [5], ['a\tb'], ['x'.repeat(65)], Array.from({ length: 65 }, (_, i) => `${i}`)],
  metadata: [5, 'x', [], { a: [{ b: '\ud83d' }] }, { a: 'x'.repeat(65_529) }],
}

const whole = { description: 'Q1\ndata', tags: ['b', 'a'], metadata: { a: 1, b: { c: null } } }
const plain = { description: null, tags: [], metadata: null }

describe('POST P/datasets', () => {
  it.each([
    [{}, plain],
    [{ description: null, tags: null, metadata: null }, plain],
    [whole, whole],
    [{ tags: ['b', 'a', 'b'] }, { ...plain, tags: ['b', 'a'] }],
  ])('with %j answers 201 with every field', async (fields, shown) => {
    const tenant = await Tenant.arrive()
    const path = `${await tenant.withProject('lab')}/datasets`
    const [project] = (await tenant.ask('GET', `/namespaces/${tenant.slug}/spaces`)).body.spaces
    const { status, body } = await twice(tenant, 'POST', path, { name: 'set', ...fields })
    expect([status, body]).toMatchObject([201, { id: ID, name: 'set', createdAt: TIME, updatedAt: TIME }])
    const { description, tags, metadata, projectId } = body
    expect({ description, tags, metadata, projectId }).toEqual({ ...shown, projectId: project.id })
    expect((await tenant.ask('GET', `${path}/set`)).body).toMatchObject({ ...body, collections: [] })
  })

  it.each(Object.keys(wrong))('refuses every wrong %s, as PATCH does', async (field) => {
    const { tenant, path, set } = await withDataset()
    for (const value of wrong[field] ?? []) {
      for (const answer of [
        await tenant.ask('POST', path, { name: 'new', [field]: value }),
        await tenant.ask('PATCH', set, { [field]: value }),
      ]) {
        expectRefused(answer, 400)
        expect([JSON.stringify(value), faults(answer)]).toEqual([JSON.stringify(value), [field]])
      }
    }
  })

  it('names every wrong field at once, as PATCH does', async () => {
    const { tenant, path, set } = await withDataset()
    const all = { name: '', description: 5, tags: 5, metadata: 5 }
    expect(faults(await tenant.ask('POST', path, all))).toEqual(Object.keys(all).sort())
    expect(faults(await tenant.ask('PATCH', set, all))).toEqual(Object.keys(all).sort())
    expect(faults(await tenant.ask('POST', path, { ...all, name: undefined }))).toContain('name')
  })

  it('refuses a name that a live dataset of the project has', async () => {
    const { tenant, path, set, dataset } = await withDataset()
    expectRefused(await tenant.ask('POST', path, { name: 'set' }), 409)
    const other = `${await tenant.withProject('other')}/datasets`
    expect((await tenant.ask('POST', other, { name: 'set' })).status).toBe(201)
    await tenant.ask('DELETE', set)
    const { status, body } = await tenant.ask('POST', path, { name: 'set' })
    expect([status, body.id === dataset.id]).toEqual([201, false])
  })

  it('makes no project, and no home', async () => {
    const [tenant, unknown] = [await Tenant.arrive(), await Tenant.unknown()]
    for (const who of [tenant, unknown]) {
      expectRefused(await who.ask('POST', `${who.project('none')}/datasets`, { name: 'set' }), 404)
    }
    expect((await tenant.ask('GET', `/namespaces/${tenant.slug}/spaces`)).body.total).toBe(0)
  })
})

describe('GET P/datasets/:name', () => {
  it('shows its live collections by name, each with its members in order', async () => {
    const { tenant, path, set, dataset } = await withDataset(whole)
    const other = (await tenant.ask('POST', path, { name: 'other' })).body
    const good = await collect(tenant, path, dataset.id, 'good', ['z', 'a', 'm'])
    await storedLastToFirst(good)
    const empty = await collect(tenant, path, dataset.id, 'empty')
    await collect(tenant, path, other.id, 'elsewhere', ['x'])
    await collect(tenant, path, dataset.id, 'gone', ['y'])
    await tenant.ask('DELETE', path.replace(/datasets$/, 'collections/gone'))
    const { status, body } = await tenant.ask('GET', set)
    expect([status, body]).toMatchObject([200, dataset])
    expect(body.collections).toMatchObject([
      { id: empty, name: 'empty', members: [], membersTotal: 0 },
      { id: good, name: 'good', members: ['z', 'a', 'm'], membersTotal: 3 },
    ])
    const listed = await tenant.ask('GET', path)
    const shown = [
      { id: empty, name: 'empty' },
      { id: good, name: 'good' },
    ]
    expect(listed.body.datasets[1]).toMatchObject({ ...dataset, collections: shown })
  })

  it('shows the first 10,000 members, counts them all, and leads to the others', async () => {
    const { tenant, path, set, dataset } = await withDataset()
    const members = Array.from({ length: 6_000 }, (_, i) => `m${(i * 7_919) % 6_000}`)
    for (const name of ['a', 'b'])
      await storedLastToFirst(await collect(tenant, path, dataset.id, name, members))
    for (let at = 0; at < 11; at++) await collect(tenant, path, dataset.id, `c/${at}`, [`${at}`])
    const answer = await tenant.ask('GET', set)
    expect(answer.body.collections.slice(0, 3)).toMatchObject([
      { name: 'a', members, membersTotal: 6_000 },
      { name: 'b', members: members.slice(0, 4_000), membersTotal: 6_000 },
      { name: 'c/0', members: [], membersTotal: 1 },
    ])
    const links = [...(answer.headers.get('Link') ?? '').matchAll(/<([^>]+)>; rel="section"/g)]
    const rest: string[][] = []
    for (let [, next] of links) {
      const ids: string[] = []
      while (next !== undefined) {
        const { body, headers } = await tenant.ask('GET', next)
        ids.push(...body.members.map(({ id }: { id: string }) => id))
        next = /<([^>]+)>; rel="next"/.exec(headers.get('Link') ?? '')?.[1]
      }
      rest.push(ids)
    }
    // One for each of the first ten of which members are left out, by name.
    const others = ['0', '1', '10', '2', '3', '4', '5', '6', '7'].map((each) => [each])
    expect(rest).toEqual([members.slice(4_000), ...others])
  })

  it('has no link where it shows all', async () => {
    const { tenant, path, set, dataset } = await withDataset()
    await collect(tenant, path, dataset.id, 'a', ['x'])
    expect((await tenant.ask('GET', set)).headers.get('Link')).toBeNull()
  })

  it.each(['a/b', '100%', 'a%2Fb', '?a=b&c#d', 'a+b c\\d', '中 😀', '😀'.repeat(255)])(
    'finds %j by its verbatim name',
    async (name) => {
      const { tenant, path, dataset } = await withDataset({ name })
      const own = `${path}/${encodeURIComponent(name)}`
      expect((await tenant.ask('GET', own)).body).toMatchObject({ id: dataset.id, name })
      expect((await tenant.ask('PATCH', own, { tags: ['a'] })).body).toMatchObject({ name, tags: ['a'] })
      expect((await tenant.ask('DELETE', own)).body).toEqual({ success: true, deletionId: ID })
    },
  )
})

describe('PATCH P/datasets/:name', () => {
  it.each<[object, object?]>([
    [{}],
    [{ name: 'new' }],
    [{ name: 'set' }],
    [{ description: 'new' }],
    [{ description: null }],
    [{ tags: ['c', 'c'] }, { tags: ['c'] }],
    [{ tags: null }, { tags: [] }],
    [{ metadata: { d: 4 } }],
    [{ metadata: null }],
  ])('by %j changes nothing else', async (fields, shown) => {
    const { tenant, path, set, dataset } = await withDataset(whole)
    const { status, body } = await twice(tenant, 'PATCH', set, fields)
    expect([status, body]).toEqual([200, { ...dataset, ...fields, ...shown, updatedAt: TIME }])
    expect((await tenant.ask('GET', `${path}/${body.name}`)).body).toMatchObject(body)
  })

  it('frees the name it renames from, and refuses null and a name that is taken', async () => {
    const { tenant, path, set } = await withDataset()
    await tenant.ask('PATCH', set, { name: 'new' })
    expectRefused(await tenant.ask('PATCH', set, { description: 'x' }), 404)
    expect((await tenant.ask('POST', path, { name: 'set' })).status).toBe(201)
    expectRefused(await tenant.ask('PATCH', set, { name: 'new', description: 'x' }), 409)
    expectRefused(await tenant.ask('PATCH', set, { name: null }), 400)
  })
})

describe('DELETE P/datasets/:name', () => {
  it('detaches its collections, and is done once', async () => {
    const { tenant, path, set, dataset } = await withDataset()
    const other = (await tenant.ask('POST', path, { name: 'other' })).body
    const ids = [
      await collect(tenant, path, dataset.id, 'a', ['x', 'y']),
      await collect(tenant, path, other.id, 'b'),
    ]
    const { status, body } = await twice(tenant, 'DELETE', set)
    expect([status, body]).toEqual([200, { success: true, deletionId: ID }])
    const { results } = await env.DB.prepare(
      'select dataset_id, deleted_at, member_count from collections where id in (?, ?) order by name',
    )
      .bind(...ids)
      .all()
    expect(results).toEqual([
      { dataset_id: null, deleted_at: null, member_count: 2 },
      { dataset_id: other.id, deleted_at: null, member_count: 0 },
    ])
    for (const method of ['DELETE', 'GET', 'PATCH']) {
      expectRefused(await tenant.ask(method, set, method === 'PATCH' ? {} : undefined), 404)
    }
    const list = await tenant.ask('GET', path)
    expect([names(list), list.body.total]).toEqual([['other'], 1])
  })
})

describe('GET P/datasets', () => {
  it.each([
    ['', ['c', 'b', 'a'], { page: 1, pageSize: 50, total: 3, totalPages: 1, nextCursor: null }],
    ['?page=2&pageSize=2', ['a'], { page: 2, pageSize: 2, total: 3, totalPages: 2, nextCursor: null }],
    ['?page=-1&pageSize=201', ['c', 'b', 'a'], { page: 1, pageSize: 200 }],
    ['?page=x&pageSize=x', ['c', 'b', 'a'], { page: 1, pageSize: 50 }],
    ['?page=9', [], { page: 9, total: 3, totalPages: 1, nextCursor: null }],
  ])('%s lists the live ones, newest first', async (query, expected, page) => {
    const { tenant, path, set } = await withDataset()
    for (const name of ['a', 'b', 'c']) await tenant.ask('POST', path, { name })
    await tenant.ask('DELETE', set)
    const answer = await tenant.ask('GET', `${path}${query}`)
    expect([answer.status, names(answer), answer.body]).toMatchObject([200, expected, page])
  })

  it('is walked by cursor, though datasets come and go meanwhile', async () => {
    const { tenant, path } = await withDataset()
    for (const name of ['a', 'b', 'c']) await tenant.ask('POST', path, { name })
    const first = await tenant.ask('GET', `${path}?pageSize=2`)
    await tenant.ask('POST', path, { name: 'late' })
    await tenant.ask('DELETE', `${path}/b`)
    const rest = await tenant.ask('GET', `${path}?pageSize=2&cursor=${first.body.nextCursor}`)
    expect([names(first), names(rest), rest.body.nextCursor]).toEqual([['c', 'b'], ['a', 'set'], null])
  })
})

describe('who may do what with datasets', () => {
  it('is told in the order 400, 404, 403, 409', async () => {
    const { tenant, path, set, dataset } = await withDataset()
    const [reader, writer, stranger] = [await Tenant.arrive(), await Tenant.arrive(), await Tenant.arrive()]
    await tenant.admit(reader, 1)
    await tenant.admit(writer, 2)
    await writer.ask('POST', path, { name: 'taken' })
    expectRefused(await stranger.ask('POST', path, { name: '' }), 400)
    for (const method of ['GET', 'DELETE']) expectRefused(await stranger.ask(method, set), 404)
    expectRefused(await stranger.ask('POST', path, { name: 'set' }), 404)
    expectRefused(await reader.ask('POST', path, { name: 'set' }), 403)
    expectRefused(await reader.ask('PATCH', `${path}/none`, { name: 'taken' }), 404)
    expectRefused(await reader.ask('PATCH', set, { name: 'taken' }), 403)
    expectRefused(await reader.ask('DELETE', `${path}/none`), 404)
    expectRefused(await reader.ask('DELETE', set), 403)
    expectRefused(await writer.ask('PATCH', set, { name: 'taken' }), 409)
    await tenant.ask('PATCH', tenant.project('lab'), { visibility: 'public' })
    for (const who of [stranger, reader]) expect((await who.ask('GET', set)).body).toMatchObject(dataset)
    expectRefused(await stranger.ask('DELETE', set), 403)
    expect((await writer.ask('DELETE', set)).status).toBe(200)
  })
})
