import { beforeAll, describe, expect, it } from 'vitest'
import { endpoints } from '../../src/endpoints.ts'
import { failuresOf } from '../../src/http/openapi.ts'
import { type Fixture, fixture, inWorlds, type Sample, samplesFor } from '../support/samples.ts'
import { type Answer, type Asked, Tenant } from '../support/world.ts'

/** What a client has read, as the condition of reading it again, and of changing it. */

const operations = endpoints.filter(({ route }) => !route.open).map(({ route }) => route)
const readings = operations.filter(({ isTagged, method }) => isTagged && method === 'GET')
const changes = operations.filter((route) => failuresOf(route).includes('precondition_failed'))
const STALE = '"019d8a3c5e00a1b2c3d4e5f6-1.000000000000000000000000"'

let shared: Fixture

beforeAll(async () => {
  shared = await fixture()
})

const inWorld = inWorlds(fixture, samplesFor)

const tagOf = ({ headers }: Answer): string => headers.get('ETag') ?? 'none'

function send(of: Fixture, operationId: string, method: string, headers: Asked['headers'] = {}) {
  const { path, body } = samplesFor(of)[operationId] as Sample
  return of.owner.ask(method, path, body, { headers })
}

describe.each(readings)('$operationId', ({ operationId }) => {
  const read = (headers?: Asked['headers'], method = 'GET') => send(shared, operationId, method, headers)

  it('has a tag that does not change while the answer does not', async () => {
    const [one, other] = [await read(), await read()]
    expect([one.status, tagOf(one)]).toEqual([200, tagOf(other)])
    expect(one.headers.get('Cache-Control')).toBe('private, no-cache, no-transform')
  })

  it('is not sent again to who has it, at the same cost to D1', async () => {
    const whole = await read()
    const tag = tagOf(whole)
    for (const known of [tag, `W/${tag}`, `${STALE}, ${tag}`, '*']) {
      const answer = await read({ 'If-None-Match': known })
      expect([answer.status, answer.text, tagOf(answer), answer.rowsRead]).toEqual([
        304,
        '',
        tag,
        whole.rowsRead,
      ])
      expect(answer.headers.get('Cache-Control')).toBe('private, no-cache, no-transform')
    }
    expect((await read({ 'If-None-Match': tag }, 'HEAD')).status).toBe(304)
  })

  it('is sent to who has another one, or asks in no known words', async () => {
    for (const known of [
      STALE,
      '"*"',
      'W/"*"',
      `${STALE}, "*"`,
      '',
      'nonsense',
      tagOf(await read()).replaceAll('"', ''),
    ])
      expect((await read({ 'If-None-Match': known })).status).toBe(200)
  })

  it('is 401 and 404 to who may not know of it, whatever tag is shown', async () => {
    const known = { 'If-None-Match': '*' }
    const { path, isOwn } = samplesFor(shared)[operationId] as Sample
    const strangers = await Tenant.arrive()
    expect((await strangers.ask('GET', path, undefined, { headers: known })).status).toBe(isOwn ? 304 : 404)
    expect((await shared.owner.ask('GET', path, undefined, { headers: known, token: 'x' })).status).toBe(401)
  })
})

describe.each(changes)('$operationId of something else than what was read', ({ operationId, method }) => {
  it('is 412, and writes nothing', async () => {
    await inWorld(async (own) => {
      const answer = await send(own, operationId, method, { 'If-Match': STALE })
      expect([answer.status, answer.body.code, answer.rowsWritten]).toEqual([412, 'precondition_failed', 0])
      return [answer]
    })
  })

  it('is 400 where the condition cannot be read, and names it', async () => {
    for (const header of ['', 'nonsense', STALE.replaceAll('"', '')]) {
      const answer = await send(shared, operationId, method, { 'If-Match': header })
      expect([answer.status, answer.body.errors, answer.rowsWritten]).toEqual([
        400,
        [{ path: 'If-Match', message: expect.stringContaining('entity tag') }],
        0,
      ])
    }
  })

  it('is 404 to a stranger', async () => {
    const { path, body, isOwn } = samplesFor(shared)[operationId] as Sample
    const stranger = await Tenant.arrive()
    const answer = await stranger.ask(method, path, body, { headers: { 'If-Match': STALE } })
    expect(answer.status).toBe(isOwn ? 412 : 404)
  })
})

it('changes are judged by their conditions, all of them', () => {
  const others = operations.filter((route) => !changes.includes(route)).map(({ method }) => method)
  expect([...new Set(others)].sort()).toEqual(['GET', 'POST'])
})

/** What has a tag, where it is made and changed. */
interface Thing {
  readonly name: string
  readonly made: (tenant: Tenant) => Promise<Answer>
  readonly path: (tenant: Tenant, made: Answer) => string
  readonly change: (n: number) => Readonly<Record<string, unknown>>
  /** Whether an answer to a change is all that reading shows. */
  readonly isWhole?: true
}

const project = (tenant: Tenant) => tenant.project('robotics')
const inProject = (list: string, extra = {}) => ({
  made: (t: Tenant) => t.ask('POST', `${project(t)}/${list}`, { name: 'one', ...extra }),
  path: (t: Tenant) => `${project(t)}/${list}/one`,
})
const describing = (n: number) => ({ description: `number ${n}` })

const things: readonly Thing[] = [
  {
    name: 'a namespace',
    made: (t) => t.ask('POST', '/namespaces', { slug: `${t.slug}-x` }),
    path: (t) => `/namespaces/${t.slug}-x`,
    change: (n) => ({ metadata: { n } }),
  },
  {
    name: 'a project',
    made: (t) => t.ask('POST', `/namespaces/${t.slug}/projects`, { name: 'one' }),
    path: (t) => t.project('one'),
    change: describing,
  },
  { name: 'an episode', ...inProject('episodes', { folder: '/a' }), change: describing },
  { name: 'a dataset', ...inProject('datasets'), change: describing },
  {
    name: 'a collection',
    ...inProject('collections', { members: ['b'] }),
    change: describing,
    isWhole: true,
  },
  {
    name: 'an asset',
    made: (t) => t.ask('POST', '/assets/video', { namespace: t.slug, project: 'robotics', name: '/v.mp4' }),
    path: (_, made) => `/assets/video/${made.body.id}`,
    change: (n) => ({ tags: [`number ${n}`] }),
    isWhole: true,
  },
  {
    name: 'a folder',
    made: async (t) => {
      await t.ask('POST', `${project(t)}/episodes`, { name: 'run', folder: '/a' })
      return t.ask('GET', `/nodes/lookup?namespace=${t.slug}&project=robotics&path=/a`)
    },
    path: (_, made) => `/nodes/${made.body.id}`,
    change: (n) => ({ name: `number ${n}` }),
  },
]

async function having(thing: Thing) {
  const tenant = await Tenant.arrive()
  await tenant.withProject('robotics')
  const made = await thing.made(tenant)
  expect(made.status).toBeLessThan(300)
  return { tenant, path: thing.path(tenant, made), tag: tagOf(made) }
}

const BY = (tag: string): Asked => ({ headers: { 'If-Match': tag } })

describe.each(things)('$name', (thing) => {
  it('is changed, and deleted, by the tag of the answer before, whichever that was', async () => {
    const { tenant, path, tag } = await having(thing)
    const first = await tenant.ask('PATCH', path, thing.change(1), BY(tag))
    const second = await tenant.ask('PATCH', path, thing.change(2), BY(tagOf(first)))
    const read = await tenant.ask('GET', path)
    const third = await tenant.ask('PATCH', path, thing.change(3), BY(`${STALE}, W/${tagOf(read)}`))
    const stale = await tenant.ask('DELETE', path, undefined, BY(tag))
    const deleted = await tenant.ask('DELETE', path, undefined, BY(tagOf(third)))
    expect([first, second, read, third, stale, deleted].map(({ status }) => status)).toEqual([
      200, 200, 200, 200, 412, 200,
    ])
    if (thing.isWhole) expect(tagOf(read)).toBe(tagOf(second))
  })

  it('is changed once by 30 who have read the same', async () => {
    const { tenant, path, tag } = await having(thing)
    const all = Array.from({ length: 30 }, (_, n) => n)
    const answers = await Promise.all(all.map((n) => tenant.ask('PATCH', path, thing.change(n), BY(tag))))
    const done = answers.filter(({ status }) => status === 200)
    expect([done.length, answers.filter(({ status }) => status === 412).length]).toEqual([1, 29])
    const read = await tenant.ask('GET', path)
    expect(read.body).toMatchObject(thing.change(answers.indexOf(done[0] as Answer)))
  })

  it('is changed whatever it is by *, and without a condition', async () => {
    const { tenant, path } = await having(thing)
    const answers = [
      await tenant.ask('PATCH', path, thing.change(1), BY('*')),
      await tenant.ask('PATCH', path, thing.change(2)),
      await tenant.ask('DELETE', path, undefined, BY(' * ')),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  })

  it('is changed once where D1 could not say that it was', async () => {
    const { tenant, path, tag } = await having(thing)
    let isFirst = true
    const answer = await tenant.ask('PATCH', path, thing.change(1), {
      ...BY(tag),
      disturb: async (batch) => {
        const results = await batch()
        if (!isFirst) return results
        isFirst = false
        throw new Error('D1_ERROR: Network connection lost.')
      },
    })
    expect([answer.status, answer.trips]).toEqual([200, 2])
    expect((await tenant.ask('PATCH', path, thing.change(2), BY(tagOf(answer)))).status).toBe(200)
  })

  it('is changed once where the same request is sent again', async () => {
    const { tenant, path, tag } = await having(thing)
    const headers = { 'If-Match': tag, 'X-Request-Id': 'sent-again.1' }
    const [first, second] = [
      await tenant.ask('PATCH', path, thing.change(1), { headers }),
      await tenant.ask('PATCH', path, thing.change(1), { headers }),
    ]
    expect([second.status, tagOf(second), second.rowsWritten]).toEqual([200, tagOf(first), 0])
  })
})

describe('what was made anew under the name of what was read', () => {
  const named = things.filter(({ name }) =>
    ['a project', 'an episode', 'a dataset', 'a collection'].includes(name),
  )

  it.each(named)('is another: $name', async (thing) => {
    const { tenant, path, tag } = await having(thing)
    const deleted = await tenant.ask('DELETE', path)
    if (thing.name === 'an episode') {
      // Its name is free when it is purged.
      const purge = `${project(tenant)}/trash/${deleted.body.deletionId}`
      expect((await tenant.ask('DELETE', purge)).status).toBe(202)
    }
    const anew = await thing.made(tenant)
    expect(anew.status).toBe(201)
    const answers = [
      await tenant.ask('PATCH', path, thing.change(1), BY(tag)),
      await tenant.ask('DELETE', path, undefined, BY(tag)),
      await tenant.ask('PATCH', path, thing.change(1), BY(tagOf(anew))),
    ]
    expect(answers.map(({ status }) => status)).toEqual([412, 412, 200])
  })
})

describe('a condition that does not hold', () => {
  it('is told after who may not, and before what is in the way', async () => {
    const tenant = await Tenant.arrive()
    const episodes = `${await tenant.withProject('robotics')}/episodes`
    await tenant.ask('POST', episodes, { name: 'free' })
    await tenant.ask('POST', episodes, { name: 'taken' })
    await tenant.ask('POST', episodes, { name: 'closed', writeProtected: true })
    const rename = (name: string) => tenant.ask('PATCH', `${episodes}/${name}`, { name: 'taken' }, BY(STALE))
    expect([(await rename('missing')).status, (await rename('closed')).status]).toEqual([404, 403])
    expect((await rename('free')).status).toBe(412)
    const reader = await Tenant.arrive()
    await tenant.ask('PUT', `/namespaces/${tenant.slug}/members/${reader.slug}`, { role: 'reader' })
    expect((await reader.ask('PATCH', `${episodes}/free`, { name: 'taken' }, BY(STALE))).status).toBe(403)
  })

  it('is judged of the members of a collection, and the collections of a dataset', async () => {
    const tenant = await Tenant.arrive()
    const at = await tenant.withProject('robotics')
    const dataset = tagOf(await tenant.ask('POST', `${at}/datasets`, { name: 'set' }))
    const collection = tagOf(await tenant.ask('POST', `${at}/collections`, { name: 'one' }))
    const members = `${at}/collections/one/members`
    const attach = `${at}/datasets/set/collections`
    const answers = [
      await tenant.ask('POST', members, { add: ['a', 'b'] }, BY(collection)),
      await tenant.ask('POST', members, { add: ['c'] }, BY(collection)),
      await tenant.ask('DELETE', members, { remove: ['a'] }, BY(collection)),
      await tenant.ask('POST', attach, { add: ['one'] }, BY(dataset)),
      await tenant.ask('DELETE', attach, { remove: ['one'] }, BY(dataset)),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 412, 412, 200, 412])
    expect((await tenant.ask('GET', `${at}/collections/one`)).body).toMatchObject({
      members: ['a', 'b'],
      datasetId: expect.any(String),
    })
  })

  it('is not known, and so 503, where D1 could not say whether it held, and somebody was faster then', async () => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject('robotics')
    const tag = tagOf(await tenant.ask('GET', project))
    let isFirst = true
    const answer = await tenant.ask(
      'PATCH',
      project,
      { description: 'mine' },
      {
        ...BY(tag),
        disturb: async (batch) => {
          const results = await batch()
          if (!isFirst) return results
          isFirst = false
          await tenant.ask('PATCH', project, { description: 'theirs' })
          throw new Error('D1_ERROR: Network connection lost.')
        },
      },
    )
    expect([answer.status, answer.body.code]).toEqual([503, 'database_unavailable'])
    expect((await tenant.ask('GET', project)).body.description).toBe('theirs')
  })

  it('is judged where an episode is there already, and where a role is', async () => {
    const [tenant, mate] = [await Tenant.arrive(), await Tenant.arrive()]
    const episodes = `${await tenant.withProject('robotics')}/episodes`
    await tenant.ask('POST', episodes, { name: 'run', description: 'first' })
    const stale = await tenant.ask('POST', episodes, { name: 'run', description: 'second' }, BY(STALE))
    const missing = await tenant.ask('POST', episodes, { name: 'new', folder: '/a' }, BY('*'))
    expect([stale.status, stale.rowsWritten]).toEqual([412, 0])
    expect([missing.status, missing.rowsWritten]).toEqual([412, 0])
    expect((await tenant.ask('POST', episodes, { name: 'run', description: 'third' }, BY('*'))).status).toBe(
      200,
    )
    const member = `/namespaces/${tenant.slug}/members/${mate.slug}`
    expect((await tenant.ask('PUT', member, { role: 'reader' }, BY('*'))).status).toBe(412)
    expect((await tenant.ask('PUT', member, { role: 'reader' })).status).toBe(201)
    expect((await tenant.ask('PUT', member, { role: 'writer' }, BY('*'))).status).toBe(200)
    expect((await tenant.ask('PUT', member, { role: 'reader' }, BY(STALE))).status).toBe(412)
  })

  it('is judged where an asset is registered again', async () => {
    const tenant = await Tenant.arrive()
    const post = (fields: object, headers: Asked['headers'] = {}) =>
      tenant.ask(
        'POST',
        '/assets/file',
        { namespace: tenant.slug, project: 'robotics', name: '/a.bin', ...fields },
        { headers },
      )
    const missing = await post({}, { 'If-Match': '*' })
    expect([missing.status, missing.body.code, missing.rowsWritten]).toEqual([412, 'precondition_failed', 0])
    const made = await post({})
    const changed = await post({ tags: ['one'] }, { 'If-Match': tagOf(made) })
    const stale = await post({ tags: ['two'] }, { 'If-Match': tagOf(made) })
    expect([made.status, changed.status, stale.status, stale.rowsWritten]).toEqual([201, 201, 412, 0])
    const storageId = '0'.repeat(24)
    expect((await post({ bssFileId: storageId }, { 'If-Match': STALE })).status).toBe(412)
    const read = await tenant.ask('GET', `/assets/file/${made.body.id}`)
    expect([read.body.tags, tagOf(read)]).toEqual([['one'], tagOf(changed)])
    const trash = `${tenant.project('robotics')}/trash`
    let tag = tagOf(await post({ bssFileId: '1'.repeat(24) }))
    for (const [at, condition] of [tag, '*', null, tag].entries()) {
      const replacing = { bssFileId: `${at + 2}`.repeat(24) }
      const again = { 'If-Match': condition ?? tag, 'X-Request-Id': `replaces-${at}` }
      const [replaced, repeated] = [await post(replacing, again), await post(replacing, again)]
      // By the tag that was replaced first it is another one by the end.
      const expected = at === 3 ? [412, 412] : [201, 201]
      expect([at, replaced.status, repeated.status]).toEqual([at, ...expected])
      if (at === 3) continue
      expect(repeated.body).toEqual(replaced.body)
      const there = await tenant.ask('GET', `/assets/file/${replaced.body.id}`)
      expect([there.status, there.body.bssFileId]).toEqual([200, replacing.bssFileId])
      expect((await tenant.ask('GET', trash)).body.total).toBe(at + 1)
      tag = tagOf(replaced)
    }
  })

  it('is that there is none: then a POST makes it, once', async () => {
    const tenant = await Tenant.arrive()
    const place = { namespace: tenant.slug, project: 'robotics' }
    const episodes = `${tenant.project('robotics')}/episodes`
    const asNew = { 'If-None-Match': ' * ' }
    for (const [path, body] of [
      [episodes, { name: 'run' }],
      ['/assets/video', { ...place, name: '/v.mp4' }],
      // Without a name it has no identity, and is always another one.
      ['/assets/video', place],
    ] as const) {
      const isNamed = 'name' in body
      const headers = { ...asNew, 'X-Request-Id': `sent-again-${path.length}-${isNamed}` }
      const made = await tenant.ask('POST', path, body, { headers })
      const again = await tenant.ask('POST', path, body, { headers })
      const another = await tenant.ask('POST', path, body, { headers: asNew })
      expect([made.status, again.status, again.body]).toEqual([201, 201, made.body])
      expect([another.status, another.body.code]).toEqual(
        isNamed ? [412, 'precondition_failed'] : [201, undefined],
      )
      const all = Array.from({ length: 10 }, () =>
        tenant.ask('POST', path, { ...body, ...(isNamed && { name: '/raced' }) }, { headers: asNew }),
      )
      const statuses = (await Promise.all(all)).map(({ status }) => status).sort()
      expect(statuses).toEqual(isNamed ? [201, ...Array(9).fill(412)] : Array(10).fill(201))
    }
    const tag = { 'If-None-Match': STALE }
    expect((await tenant.ask('POST', episodes, { name: 'run', tags: ['a'] }, { headers: tag })).status).toBe(
      200,
    )
  })

  it('is told after a quota that is used up', async () => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject('robotics')
    await tenant.ask('POST', `${project}/collections`, { name: 'one', members: ['a'] })
    const { status, body } = await tenant.ask(
      'POST',
      `${project}/collections/one/members`,
      { add: ['b'] },
      {
        ...BY(STALE),
        variables: { QUOTA_ROWS: '1' },
      },
    )
    expect([status, body.code]).toEqual([403, 'quota_exceeded'])
  })

  it('is judged of the own account', async () => {
    const tenant = await Tenant.arrive()
    const tag = tagOf(await tenant.ask('GET', '/auth/me'))
    const all = Array.from({ length: 30 }, (_, n) => n)
    const answers = await Promise.all(
      all.map((n) => tenant.ask('PATCH', '/auth/me', { name: `Number ${n}` }, BY(tag))),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(29).fill(412)])
    const done = answers.find(({ status }) => status === 200) as Answer
    expect(tagOf(await tenant.ask('GET', '/auth/me'))).toBe(tagOf(done))
  })
})

it('a tag changes with all that the answer shows', async () => {
  const tenant = await Tenant.arrive()
  const at = await tenant.withProject('robotics')
  await tenant.ask('POST', `${at}/episodes`, { name: 'run' })
  const shown = [at, `/namespaces/${tenant.slug}`, `${at}/episodes/run`]
  const tags = () => Promise.all(shown.map(async (path) => tagOf(await tenant.ask('GET', path))))
  const before = await tags()
  await tenant.ask('POST', '/assets/video', {
    namespace: tenant.slug,
    project: 'robotics',
    episodeName: 'run',
    name: '/v.mp4',
  })
  const after = await tags()
  for (const [index, tag] of after.entries()) expect(tag).not.toBe(before[index])
  // Their own rows have not changed: what was read before serves still.
  const { status } = await tenant.ask(
    'PATCH',
    `${at}/episodes/run`,
    { status: 'failed' },
    BY(before[2] ?? ''),
  )
  expect(status).toBe(200)
})
