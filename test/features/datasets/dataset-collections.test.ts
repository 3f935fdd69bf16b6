import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { Archive } from '../../support/archive.ts'
import { expectRefused, faults, twice } from '../../support/expectations.ts'
import { Tenant } from '../../support/world.ts'

const many = (count: number, prefix = 'c') => Array.from({ length: count }, (_, at) => `${prefix}${at}`)

/** A project with the datasets `set` and `other`, and the collections `a`, `b` and `c` in neither. */
async function withDatasets() {
  const tenant = await Tenant.arrive()
  const project = await tenant.withProject('lab')
  const made = async (path: string, fields: object) => {
    const { status, body } = await tenant.ask('POST', `${project}/${path}`, fields)
    expect(status).toBe(201)
    return body
  }
  const [set, other] = [await made('datasets', { name: 'set' }), await made('datasets', { name: 'other' })]
  for (const name of ['a', 'b', 'c']) await made('collections', { name, members: [name] })
  /** The names of the collections that a dataset has. */
  const held = async (name: string) => {
    const { collections, collectionsTotal } = (await tenant.ask('GET', `${project}/datasets/${name}`)).body
    expect(collectionsTotal).toBe(collections.length)
    return collections.map((each: { name: string }) => each.name)
  }
  return {
    tenant,
    project,
    made,
    set,
    other,
    held,
    inSet: `${project}/datasets/set/collections`,
    inOther: `${project}/datasets/other/collections`,
  }
}

const wrong = ['x', 5, null, {}, [5], [null], [''], ['a\tb'], ['\ud83d'], many(1_001)]

describe('POST P/datasets/:name/collections', () => {
  it('puts all of them into it, and passes over those that are there', async () => {
    const { tenant, project, inSet, held, set } = await withDatasets()
    const answers = [
      await tenant.ask('POST', inSet, { add: ['c', 'a', 'c'] }),
      await tenant.ask('POST', inSet, { add: ['a', 'c'] }),
      await tenant.ask('POST', inSet, { add: [] }),
      await tenant.ask('POST', inSet, { add: ['a', 'b'] }),
    ]
    expect(
      answers.map(({ status, body, trips, rowsWritten }) => [status, body, trips, rowsWritten > 0]),
    ).toEqual([
      [200, { added: 2, total: 2 }, 1, true],
      [200, { added: 0, total: 2 }, 1, false],
      [200, { added: 0, total: 2 }, 1, false],
      [200, { added: 1, total: 3 }, 1, true],
    ])
    expect(await held('set')).toEqual(['a', 'b', 'c'])
    expect((await tenant.ask('GET', `${project}/collections/a`)).body).toMatchObject({
      datasetId: set.id,
      members: ['a'],
      membersTotal: 1,
    })
  })

  it('takes them from another dataset', async () => {
    const { tenant, made, inSet, held, other } = await withDatasets()
    await made('collections', { name: 'd', datasetId: other.id })
    await made('collections', { name: 'e', datasetId: other.id })
    expect((await tenant.ask('POST', inSet, { add: ['a', 'd'] })).body).toEqual({ added: 2, total: 2 })
    expect([await held('set'), await held('other')]).toEqual([['a', 'd'], ['e']])
  })

  it('finds names that have slashes, percent signs and any letters in them', async () => {
    const { tenant, project, made, set } = await withDatasets()
    const names = ['a/b', '100%', 'a%2Fb', '中 😀', '__proto__', '5']
    await made('datasets', { name: 'x/y %' })
    for (const name of names) await made('collections', { name })
    const path = `${project}/datasets/${encodeURIComponent('x/y %')}/collections`
    expect((await tenant.ask('POST', path, { add: names })).body).toEqual({ added: 6, total: 6 })
    expect((await tenant.ask('DELETE', path, { remove: names.slice(1) })).body).toEqual({
      removed: 5,
      total: 1,
    })
    const left = await tenant.ask('GET', `${project}/datasets/${encodeURIComponent('x/y %')}`)
    expect([left.body.collections[0].name, left.body.id === set.id]).toEqual(['a/b', false])
  })

  it.each([
    ['POST', 'add'],
    ['DELETE', 'remove'],
  ])('does nothing where one is missing, which is named, as DELETE does: %s', async (method, field) => {
    const { tenant, project, made, inSet, inOther, held } = await withDatasets()
    await tenant.ask('POST', inSet, { add: ['a'] })
    await tenant.ask('POST', inOther, { add: ['b'] })
    await tenant.ask('DELETE', `${project}/collections/c`)
    const elsewhere = await tenant.withProject('elsewhere')
    await tenant.ask('POST', `${elsewhere}/collections`, { name: 'of another project' })
    await made('collections', { name: 'd' })
    for (const missing of ['c', 'of another project', 'A', 'a ', "no  such '; one 😀"]) {
      const answer = await tenant.ask(method, inSet, { [field]: ['a', 'b', 'd', missing, 'e'] })
      expectRefused(answer, 404)
      expect([answer.body.code, answer.body.detail]).toEqual([
        'collection_not_found',
        `Collection not found: ${missing}`,
      ])
    }
    expect([await held('set'), await held('other')]).toEqual([['a'], ['b']])
  })

  it('takes a thousand, and refuses one more, and what is no list of names, as DELETE does', async () => {
    const { tenant, project, inSet, set } = await withDatasets()
    await env.DB.prepare(
      `insert into collections (id, project_id, name, tags, created_at, updated_at, created_by, updated_request)
       select printf('%012x', key) || substr(datasets.id, 13), project_id, value, '[]', 0, 0, '', ''
       from datasets cross join json_each(?2) where datasets.id = ?1`,
    )
      .bind(set.id, JSON.stringify(many(1_000)))
      .run()
    for (const value of wrong)
      for (const [method, field] of [
        ['POST', 'add'],
        ['DELETE', 'remove'],
      ] as const) {
        const answer = await tenant.ask(method, inSet, { [field]: value })
        expectRefused(answer, 400)
        expect([JSON.stringify(value), faults(answer)]).toEqual([JSON.stringify(value), [field]])
      }
    expect((await tenant.ask('POST', inSet, { add: many(1_000) })).body).toEqual({
      added: 1_000,
      total: 1_000,
    })
    expect((await tenant.ask('GET', `${project}/collections?datasetId=${set.id}`)).body.total).toBe(1_000)
    expect((await tenant.ask('DELETE', inSet, { remove: many(1_000) })).body).toEqual({
      removed: 1_000,
      total: 0,
    })
  })

  it('is told the same when it is sent again', async () => {
    const { tenant, inSet, held } = await withDatasets()
    await tenant.ask('POST', inSet, { add: ['b'] })
    expect((await twice(tenant, 'POST', inSet, { add: ['a', 'b', 'c'] })).body).toEqual({
      added: 2,
      total: 3,
    })
    expect(await held('set')).toEqual(['a', 'b', 'c'])
  })

  it('sent again after another change, puts nothing in twice', async () => {
    const { tenant, inSet, held } = await withDatasets()
    const named = { headers: { 'X-Request-Id': 'sent-twice' } }
    await tenant.ask('POST', inSet, { add: ['a'] }, named)
    await tenant.ask('POST', inSet, { add: ['b'] })
    const again = await tenant.ask('POST', inSet, { add: ['a'] }, named)
    expect([again.status, again.body.total, again.rowsWritten]).toEqual([200, 2, 0])
    expect(await held('set')).toEqual(['a', 'b'])
  })

  it('is 404 of a dataset that is not there, before the collections are looked for', async () => {
    const { tenant, project } = await withDatasets()
    await tenant.ask('DELETE', `${project}/datasets/set`)
    for (const name of ['set', 'none', 'x'.repeat(300)])
      for (const [method, body] of [
        ['POST', { add: ['none'] }],
        ['DELETE', { remove: ['none'] }],
      ] as const) {
        const answer = await tenant.ask(method, `${project}/datasets/${name}/collections`, body)
        expectRefused(answer, 404)
        expect(answer.body.code).toBe('dataset_not_found')
      }
  })

  it('changes the time of the dataset and of the collections, where it changes anything', async () => {
    const { tenant, project, inSet } = await withDatasets()
    await env.DB.prepare('update collections set updated_at = 1').run()
    await env.DB.prepare('update datasets set updated_at = 1').run()
    const times = async () => {
      const at = async (path: string) => (await tenant.ask('GET', `${project}/${path}`)).body.updatedAt
      return (await Promise.all(['datasets/set', 'collections/a', 'collections/b'].map(at))).map(
        (time) => Date.parse(time) > 1,
      )
    }
    await tenant.ask('POST', inSet, { add: [] })
    expect(await times()).toEqual([false, false, false])
    await tenant.ask('POST', inSet, { add: ['a'] })
    expect(await times()).toEqual([true, true, false])
  })
})

describe('DELETE P/datasets/:name/collections', () => {
  it('takes all of them out, and passes over those of another dataset, or of none', async () => {
    const { tenant, project, made, inSet, inOther, held } = await withDatasets()
    await made('collections', { name: 'd' })
    await tenant.ask('POST', inSet, { add: ['a', 'b'] })
    await tenant.ask('POST', inOther, { add: ['c'] })
    const answers = [
      await tenant.ask('DELETE', inSet, { remove: ['a', 'c', 'd', 'a'] }),
      await tenant.ask('DELETE', inSet, { remove: ['a', 'c', 'd'] }),
      await tenant.ask('DELETE', inSet, { remove: [] }),
    ]
    expect(
      answers.map(({ status, body, trips, rowsWritten }) => [status, body, trips, rowsWritten > 0]),
    ).toEqual([
      [200, { removed: 1, total: 1 }, 1, true],
      [200, { removed: 0, total: 1 }, 1, false],
      [200, { removed: 0, total: 1 }, 1, false],
    ])
    expect([await held('set'), await held('other')]).toEqual([['b'], ['c']])
    expect((await tenant.ask('GET', `${project}/collections/a`)).body).toMatchObject({
      datasetId: null,
      members: ['a'],
    })
  })

  it('is told the same when it is sent again', async () => {
    const { tenant, inSet, held } = await withDatasets()
    await tenant.ask('POST', inSet, { add: ['a', 'b'] })
    expect((await twice(tenant, 'DELETE', inSet, { remove: ['a', 'c'] })).body).toEqual({
      removed: 1,
      total: 1,
    })
    expect(await held('set')).toEqual(['b'])
  })

  it('sent again after another change, takes nothing else out', async () => {
    const { tenant, inSet, held } = await withDatasets()
    const named = { headers: { 'X-Request-Id': 'sent-twice' } }
    await tenant.ask('POST', inSet, { add: ['a', 'b'] })
    await tenant.ask('DELETE', inSet, { remove: ['a'] }, named)
    await tenant.ask('POST', inSet, { add: ['c'] })
    const again = await tenant.ask('DELETE', inSet, { remove: ['a'] }, named)
    expect([again.status, again.body.total, again.rowsWritten]).toEqual([200, 2, 0])
    expect(await held('set')).toEqual(['b', 'c'])
  })
})

describe('a collection that is in the trash', () => {
  it('comes back into its dataset, though that was in the trash meanwhile', async () => {
    const { tenant, project, inSet, held } = await withDatasets()
    await tenant.ask('POST', inSet, { add: ['a', 'b'] })
    const trash = async (path: string) => (await tenant.ask('DELETE', `${project}/${path}`)).body.deletionId
    const restore = (deletion: string) => tenant.ask('POST', `${project}/trash/${deletion}/restore`)
    const collection = await trash('collections/a')
    expect(await held('set')).toEqual(['b'])
    const dataset = await trash('datasets/set')
    await restore(dataset)
    expect(await held('set')).toEqual(['b'])
    await restore(collection)
    expect(await held('set')).toEqual(['a', 'b'])
  })
})

describe('who may put collections into datasets', () => {
  it('is told in the order 400, 404, 403', async () => {
    const { tenant, project, inSet, held } = await withDatasets()
    const [reader, writer, stranger] = [await Tenant.arrive(), await Tenant.arrive(), await Tenant.arrive()]
    await tenant.admit(reader, 1)
    await tenant.admit(writer, 2)
    const changes = [
      ['POST', 'add'],
      ['DELETE', 'remove'],
    ] as const
    for (const [method, field] of changes) {
      expectRefused(await stranger.ask(method, inSet, {}), 400)
      expectRefused(await stranger.ask(method, inSet, { [field]: ['a'] }), 404)
      const { code } = (await stranger.ask(method, inSet, { [field]: ['none'] })).body
      expect(code).toBe('namespace_not_found')
      expectRefused(await reader.ask(method, `${project}/datasets/none/collections`, { [field]: ['a'] }), 404)
      expectRefused(await reader.ask(method, inSet, { [field]: ['none'] }), 404)
      expectRefused(await reader.ask(method, inSet, { [field]: ['a'] }), 403)
    }
    await tenant.ask('PATCH', project, { visibility: 'public' })
    for (const [method, field] of changes)
      expectRefused(await stranger.ask(method, inSet, { [field]: ['a'] }), 403)
    expect((await writer.ask('POST', inSet, { add: ['a', 'b'] })).body).toEqual({ added: 2, total: 2 })
    expect((await writer.ask('DELETE', inSet, { remove: ['b'] })).body).toEqual({ removed: 1, total: 1 })
    expect(await held('set')).toEqual(['a'])
  })

  it('is that a token for uploads does nothing, and one that cannot read is told how many', async () => {
    const { tenant, inSet } = await withDatasets()
    const tokenOf = async (scopes: string[], place: object = {}) =>
      (await tenant.ask('POST', '/auth/tokens', { name: 'job', scopes, ...place })).body.token
    await tenant.withProject('elsewhere')
    const bound = await tokenOf(['read', 'write'], { namespace: tenant.slug, project: 'elsewhere' })
    const [uploading, writing] = [await tokenOf(['upload']), await tokenOf(['write'])]
    const body = { add: ['a'] }
    expectRefused(await tenant.ask('POST', inSet, body, { token: uploading }), 403)
    expectRefused(await tenant.ask('DELETE', inSet, { remove: ['a'] }, { token: uploading }), 403)
    expectRefused(await tenant.ask('POST', inSet, body, { token: bound }), 404)
    expect((await tenant.ask('POST', inSet, body, { token: writing })).body).toEqual({ added: 1, total: 1 })
  })

  it.each([
    ['POST', 'add', null],
    ['DELETE', 'remove', 'set'],
  ])('is judged anew when a request is sent again: %s', async (method, field, meanwhile) => {
    const archive = await Archive.open()
    const writer = await Tenant.arrive()
    const members = `/namespaces/${archive.slug}/members/${writer.slug}`
    await archive.succeed(201, 'PUT', members, { role: 'writer' })
    const set = await archive.dataset('set')
    await archive.collection('a', method === 'DELETE' ? set : null)
    const named = { headers: { 'X-Request-Id': 'sent-twice' } }
    const ask = () =>
      writer.ask(method, `${archive.project}/datasets/set/collections`, { [field]: ['a'] }, named)
    expect((await ask()).status).toBe(200)
    const datasetId = meanwhile && set
    await archive.succeed(200, 'PATCH', `${archive.project}/collections/a`, { datasetId })
    await archive.succeed(200, 'PUT', members, { role: 'reader' })
    const again = await ask()
    const { body } = await archive.ask('GET', `${archive.project}/collections/a`)
    expect([again.status, again.rowsWritten, body.datasetId]).toEqual([403, 0, datasetId])
  })
})
