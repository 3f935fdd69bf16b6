import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Archive, run } from '../../support/archive.ts'
import { emptied } from '../../support/emptied.ts'
import { expectFacets } from '../../support/facets.ts'
import { find, findAll } from '../../support/finding.ts'
import { type Answer, Tenant } from '../../support/world.ts'

const idOf = async (tenant: Tenant): Promise<string> =>
  (await env.DB.prepare('select id from namespaces where slug = ?').bind(tenant.slug).first<string>('id')) ??
  ''

const words = fc.constantFrom('front', 'Ä', '1', 'true', "it's", '东京', 'x'.repeat(40), '"\\')
const json = fc.oneof(
  words,
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    1,
    1.0,
    -0.5,
    1e300,
    9_007_199_254_740_991,
    'y'.repeat(129),
    '1',
  ),
  fc.array(fc.oneof(words, fc.constantFrom<unknown>(null, 2, true, [1], { a: 1 })), { maxLength: 4 }),
)
const metadata = fc.option(
  fc.dictionary(
    fc.constantFrom('k', 'two words', 'q"\\\n', '', 'é', 'a-b_9', 'z'.repeat(140)),
    fc.oneof(json, fc.dictionary(fc.constantFrom('in', 'k.'), json, { maxKeys: 2 })),
    { maxKeys: 4 },
  ),
)
const fields = fc.record(
  {
    status: fc.constantFrom('running', 'completed', 'failed'),
    tags: fc.uniqueArray(words, { maxLength: 3 }),
    metadata,
  },
  { requiredKeys: [] },
)
const names = fc.constantFrom('run-1', 'Run_2 Ä', 'ÉTÉ—1', '...', 'a/b', 'w'.repeat(50))

type Act = (tenant: Tenant, path: string) => Promise<unknown>

const at = (path: string, name: string): string => `${path}/${encodeURIComponent(name)}`

const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(names, fields).map(([name, given]): Act => {
    const { metadata: meta, ...rest } = given
    return (tenant, path) => tenant.ask('POST', path, { name, ...rest, ...(meta ? { metadata: meta } : {}) })
  }),
  fc.tuple(names, fields).map(
    ([name, given]): Act =>
      (tenant, path) =>
        tenant.ask('PATCH', at(path, name), given),
  ),
  fc.tuple(names, names).map(
    ([name, other]): Act =>
      (tenant, path) =>
        tenant.ask('PATCH', at(path, name), { name: other }),
  ),
  fc.tuple(fc.uniqueArray(names, { minLength: 1 }), words, words).map(
    ([some, add, remove]): Act =>
      (tenant, path) =>
        tenant.ask('POST', `${path}/tags`, {
          names: some,
          add: [add],
          ...(add === remove ? {} : { remove: [remove] }),
        }),
  ),
  names.map(
    (name): Act =>
      (tenant, path) =>
        tenant.ask('DELETE', at(path, name)),
  ),
  fc.tuple(fc.nat(3), fc.option(names)).map(
    ([index, as]): Act =>
      async (tenant, path) => {
        const trash = path.replace('/episodes', '/trash')
        const { body } = await tenant.ask('GET', trash)
        const { deletionId } = body.trash[index] ?? {}
        if (!deletionId) return
        await tenant.ask('POST', `${trash}/${deletionId}/restore${as ? `?as=${encodeURIComponent(as)}` : ''}`)
      },
  ),
)

describe('the facets of episodes', () => {
  it('are what the episodes have, whatever becomes of them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(acts, { minLength: 5, maxLength: 25 }), async (some) => {
        const tenant = await Tenant.arrive()
        const path = `${tenant.project('lab')}/episodes`
        await tenant.ask('POST', path, { name: 'run-1', tags: ['front'], metadata: { k: [1, 'x'] } })
        for (const act of some) await act(tenant, path)
        await expectFacets(await idOf(tenant))
      }),
      { numRuns: 25, endOnFailure: true },
    )
  })

  it('of much metadata are some, and tell that there is more', async () => {
    const tenant = await Tenant.arrive()
    const path = `${tenant.project('lab')}/episodes`
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, each) => [`k${each}`, each]))
    const long = 'ü'.repeat(65)
    for (const [name, meta] of Object.entries({
      many: { ...many, last: 'here' },
      list: { list: Array.from({ length: 20_000 }, (_, each) => each % 10), last: 'here' },
      long: { long, last: 'here' },
      deep: { a: { b: { c: { last: 'here' } } }, last: 'here' },
      wide: Object.fromEntries(Array.from({ length: 1_000 }, (_, each) => [`w${each}`, { x: each }])),
    })) {
      const made = await tenant.ask('POST', path, { name, metadata: meta })
      expect([name, made.status, made.rowsWritten < 250, made.rowsRead < 3_000]).toEqual([
        name,
        201,
        true,
        true,
      ])
    }
    await expectFacets(await idOf(tenant))
    for (const [q, expected] of [
      ['meta.k39:39', ['many']],
      ['meta.k1:1', ['many']],
      ['meta.last:here', ['deep', 'long', 'list', 'many']],
      ['meta.list:7', ['list']],
      [`meta.long:${long}`, ['long']],
      [`meta.long>${long.slice(1)}`, ['long']],
      ['meta.a.b.c.last:here', ['deep']],
      ['meta.w999.x:999', ['wide']],
      ['meta.w999.x:999..1000', ['wide']],
    ] as const)
      expect([q, await findAll(tenant, q)]).toEqual([q, expected])
  })

  it('go with their episodes, and with all that is purged around them', async () => {
    const archive = await Archive.open()
    const { project, slug } = archive
    await archive.episode('free', { tags: ['a'], metadata: { k: 1 } })
    await archive.episode('kept', { tags: ['a'] })
    const path = `/namespaces/${slug}/projects/${project}`
    await archive.succeed(200, 'DELETE', `/namespaces/${slug}/projects/lab/episodes/free`)
    await run(40)
    const namespace = await env.DB.prepare('select id from namespaces where slug = ?')
      .bind(slug)
      .first<string>('id')
    await expectFacets(namespace ?? path)
    await archive.succeed(200, 'DELETE', `/namespaces/${slug}/projects/lab`)
    await run(40)
    await run(40)
    const left = await env.DB.prepare(
      `select (select count(*) from facets where project_id = unhex(?1))
         + (select count(*) from facet_counts where project_id = unhex(?1)) as n`,
    )
      .bind(project)
      .first<number>('n')
    expect(left).toBe(0)
  })
})

/** Everything that the schedule has to make of what was there before there were facets. */
async function forget(): Promise<void> {
  for (const text of [
    'update episodes set folded_name = null, folded_words = null',
    'delete from facets',
    'delete from facet_counts',
    `delete from walks where name like 'facets%'`,
  ])
    await env.DB.prepare(text).run()
}

const QUERIES = [
  'tag:a',
  'tag:a,b status:running',
  'meta.n:7',
  'meta.n:3..5',
  'run',
  '12',
  'name:run-1*',
  '"N-2"',
  'tag:nothing',
] as const
const SORTS = ['-created', 'created', '-started', 'name'] as const

async function answers(tenant: Tenant): Promise<unknown> {
  const found: unknown[] = []
  for (const q of QUERIES) for (const sort of SORTS) found.push([q, sort, await findAll(tenant, q, { sort })])
  return found
}

describe('the schedule', () => {
  it('makes the facets of what was there before; until then queries look at rows, and find the same', async () => {
    await emptied()
    const tenant = await Tenant.arrive()
    const path = `${tenant.project('lab')}/episodes`
    for (let each = 0; each < 130; each++)
      await tenant.ask('POST', path, {
        name: `run-${each}${each % 13 ? '' : ' Ä'}`,
        tags: each % 2 ? ['a'] : ['b'],
        metadata: { n: each % 10 },
      })
    const expected = await answers(tenant)
    const driven = await find(tenant, 'tag:nothing')
    await forget()
    expect(await answers(tenant)).toEqual(expected)
    const walked = await find(tenant, 'tag:nothing')
    expect([driven.body.examined, walked.body.examined]).toEqual([0, 130])
    // While it is at it, changes are made of their own accord.
    await tenant.ask('PATCH', `${path}/run-1`, { tags: ['b'], metadata: { n: 5 } })
    await tenant.ask('DELETE', `${path}/run-2`)
    const { line } = await run()
    expect(line.filled).toBeGreaterThan(130)
    await run()
    await expectFacets(await idOf(tenant))
    expect((await find(tenant, 'tag:nothing')).body.examined).toBe(0)
    expect(await findAll(tenant, 'ä')).toHaveLength(10)
    expect((await run()).line).toMatchObject({ filled: 0, drifts: 0 })
  })

  it('mends what is not true', async () => {
    await emptied()
    const tenant = await Tenant.arrive()
    const path = `${tenant.project('lab')}/episodes`
    for (const name of ['one', 'Zwö'])
      await tenant.ask('POST', path, { name, tags: ['a'], metadata: { n: 1 } })
    for (const text of [
      `insert into facets select project_id, 'tag', 'wrong', episode_id from facets where key = 'status'`,
      `delete from facets where key = 'tag' and value = 'a'`,
      `delete from facet_counts where key = 'meta.n'`,
      `update facet_counts set n = 9, size = 9 where key = 'word'`,
      `update episodes set folded_name = 'x', folded_words = ' x' where name = 'Zwö'`,
    ])
      await env.DB.prepare(text).run()
    for (let runs = 0; runs < 5; runs++) await run()
    await expectFacets(await idOf(tenant))
    const found: Answer = await find(tenant, 'tag:a zwö')
    expect([found.body.episodes.length, found.body.examined]).toEqual([1, 2])
    expect((await run()).line.drifts).toBe(0)
  })
})
