import { describe, expect, it } from 'vitest'
import { endpoints } from '../../src/endpoints.ts'
import { type Answer, type Asked, ask, Tenant } from '../support/world.ts'

/** `application/merge-patch+json` (RFC 7396): metadata is merged with what is there. */

const MERGE = 'application/merge-patch+json'

interface Thing {
  readonly operationId: string
  readonly made: (tenant: Tenant, metadata?: unknown) => Promise<Answer>
  readonly path: (tenant: Tenant, made: Answer) => string
}

const inProject = (one: string, list: string): Thing => ({
  operationId: `update${one}`,
  made: (t, metadata) => t.ask('POST', `${t.project('robotics')}/${list}`, { name: 'one', metadata }),
  path: (t) => `${t.project('robotics')}/${list}/one`,
})

const things: readonly Thing[] = [
  {
    operationId: 'updateNamespace',
    made: (t, metadata) => t.ask('POST', '/namespaces', { slug: `${t.slug}-x`, metadata }),
    path: (t) => `/namespaces/${t.slug}-x`,
  },
  {
    operationId: 'updateProject',
    made: (t, metadata) => t.ask('POST', `/namespaces/${t.slug}/projects`, { name: 'one', metadata }),
    path: (t) => t.project('one'),
  },
  inProject('Episode', 'episodes'),
  inProject('Dataset', 'datasets'),
  inProject('Collection', 'collections'),
  ...['video', 'audio', 'label-track', 'text-track', 'image', 'file'].map((kind) => ({
    operationId: `update${kind
      .split('-')
      .map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
      .join('')}`,
    made: (t: Tenant, metadata: unknown) =>
      t.ask('POST', `/assets/${kind}`, { namespace: t.slug, project: 'robotics', name: '/v.bin', metadata }),
    path: (_: Tenant, made: Answer) => `/assets/${kind}/${made.body.id}`,
  })),
]

const inMerging: Asked = { headers: { 'Content-Type': MERGE } }

async function having({ made, path }: Thing, metadata?: unknown) {
  const tenant = await Tenant.arrive()
  await tenant.withProject('robotics')
  const answer = await made(tenant, metadata)
  expect(answer.status).toBe(201)
  const at = path(tenant, answer)
  return {
    tenant,
    at,
    merge: (given: unknown, more: object = {}) =>
      tenant.ask('PATCH', at, { ...more, metadata: given }, inMerging),
  }
}

/** Of RFC 7396, appendix A, what has an object on both sides, and what JSON can be told apart by. */
const cases: readonly (readonly [unknown, unknown, unknown])[] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [undefined, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  [{ 'a.b': 1, 'ü"\\': 2 }, { 'a.b': null, 'ü"\\': 3 }, { 'ü"\\': 3 }],
  [{ a: 1 }, null, null],
  [null, {}, {}],
]

describe.each(things)('$operationId', (thing) => {
  it('merges as RFC 7396 says, and leaves the rest alone', async () => {
    const { tenant, at, merge } = await having(thing)
    for (const [before, given, merged] of cases) {
      await tenant.ask('PATCH', at, { metadata: before ?? null })
      const answer = await merge(given)
      expect([answer.status, answer.body.metadata]).toEqual([200, merged])
      expect((await tenant.ask('GET', at)).body.metadata).toEqual(merged)
    }
  })

  it('keeps every digit of what it merges with, and of what is merged', async () => {
    const { tenant, at } = await having(thing)
    await ask('PATCH', at, {
      token: tenant.token,
      raw: '{"metadata":{"from":1234567890123456789,"x":{"y":-0}}}',
      headers: { 'Content-Type': 'application/json' },
    })
    const answer = await ask('PATCH', at, {
      token: tenant.token,
      raw: '{"metadata":{"to":98765432109876543210,"x":{"z":1.5}}}',
      headers: { 'Content-Type': MERGE },
    })
    expect(answer.text).toContain(
      '{"from":1234567890123456789,"x":{"y":-0,"z":1.5},"to":98765432109876543210}',
    )
  })

  it('replaces by application/json, as ever', async () => {
    const { tenant, at } = await having(thing, { a: 1 })
    expect((await tenant.ask('PATCH', at, { metadata: { b: null } })).body.metadata).toEqual({ b: null })
  })

  it('judges 64 KiB of what is merged, and writes nothing else', async () => {
    const { tenant, at, merge } = await having(thing, { a: 'x'.repeat(40_000) })
    const answer = await merge({ b: 'x'.repeat(30_000) })
    expect([answer.status, answer.body.code, answer.body.errors[0].path, answer.rowsWritten]).toEqual([
      400,
      'metadata_too_large',
      'metadata',
      0,
    ])
    expect((await merge({ a: 'y', b: 'x'.repeat(60_000) })).status).toBe(200)
    expect(Object.keys((await tenant.ask('GET', at)).body.metadata)).toEqual(['a', 'b'])
  })

  it('refuses what SQLite would look at for long', async () => {
    const members = (name: string, many: number) =>
      Object.fromEntries(Array.from({ length: many }, (_, n) => [`${name}${n.toString(36)}`, 1]))
    const { merge } = await having(thing, members('a', 6_000))
    const answer = await merge(members('b', 1_000))
    expect([answer.status, answer.body.code, answer.rowsWritten]).toEqual([400, 'metadata_entangled', 0])
    expect((await merge(members('b', 100))).status).toBe(200)
    const escaped = (name: string) => members(`"${name}`.padEnd(50, 'x'), 800)
    const other = await having(thing, escaped('a'))
    expect((await other.merge(escaped('b'))).body.code).toBe('metadata_entangled')
    // What stands in lists is compared with nothing.
    const { merge: fill } = await having(thing, { samples: Array.from({ length: 20_000 }, () => 1) })
    expect((await fill({ ...members('b', 100), more: Array.from({ length: 10_000 }, () => 1) })).status).toBe(
      200,
    )
  })
})

it('is taken by every route that changes metadata, and there alone', async () => {
  const takes = endpoints.filter(
    ({ route: { method, body } }) => method === 'PATCH' && body && 'metadata' in body.shape,
  )
  expect(takes.map(({ route }) => route.operationId).sort()).toEqual(
    things.map(({ operationId }) => operationId).sort(),
  )
  const tenant = await Tenant.arrive()
  const at = await tenant.withProject('robotics')
  const made = await tenant.ask('POST', `${at}/episodes`, { name: 'run' }, inMerging)
  expect([made.status, made.body.code]).toEqual([415, 'media_type_unsupported'])
  const patched = await tenant.ask(
    'PATCH',
    at,
    { description: 'x' },
    {
      headers: { 'Content-Type': 'application/json-patch+json' },
    },
  )
  expect(patched.status).toBe(415)
  // Where there is no metadata, absent and null mean the same by either.
  const account = await tenant.ask('PATCH', '/auth/me', { name: 'Alice' }, inMerging)
  expect([account.status, account.body.name]).toEqual([200, 'Alice'])
})

it('merging is another request than replacing, under the same request id', async () => {
  const tenant = await Tenant.arrive()
  const at = await tenant.withProject('robotics')
  const id = { 'X-Request-Id': 'merging.1' }
  await tenant.ask('PATCH', at, { metadata: { a: 1 } })
  await tenant.ask('PATCH', at, { metadata: { b: 2 } }, { headers: { ...id, 'Content-Type': MERGE } })
  const replaced = await tenant.ask('PATCH', at, { metadata: { b: 2 } }, { headers: id })
  expect(replaced.body.metadata).toEqual({ b: 2 })
})

it('a merge that D1 could not say was committed is made once', async () => {
  const tenant = await Tenant.arrive()
  const at = await tenant.withProject('robotics')
  const before = await tenant.ask('PATCH', at, { metadata: { a: 1 } })
  let isFirst = true
  const answer = await tenant.ask(
    'PATCH',
    at,
    { metadata: { b: 2 } },
    {
      ...inMerging,
      disturb: async (batch) => {
        const results = await batch()
        if (!isFirst) return results
        isFirst = false
        throw new Error('D1_ERROR: Network connection lost.')
      },
    },
  )
  expect([answer.status, answer.body.metadata]).toEqual([200, { a: 1, b: 2 }])
  expect(versionOf(answer)).toBe(versionOf(before) + 1)
})

const versionOf = ({ headers }: Answer): number => Number(headers.get('ETag')?.match(/-(\d+)\./)?.[1])

it('by thirty at once loses nothing', async () => {
  const tenant = await Tenant.arrive()
  const at = await tenant.withProject('robotics')
  const all = Array.from({ length: 30 }, (_, n) => n)
  await Promise.all(all.map((n) => tenant.ask('PATCH', at, { metadata: { [`n${n}`]: n } }, inMerging)))
  const { body } = await tenant.ask('GET', at)
  expect(body.metadata).toEqual(Object.fromEntries(all.map((n) => [`n${n}`, n])))
})
