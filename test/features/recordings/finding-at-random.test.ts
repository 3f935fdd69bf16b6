import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Condition } from '../../../src/domain/query-conditions.ts'
import { conditionOf } from '../../../src/domain/query-fields.ts'
import { findEpisodes } from '../../../src/features/recordings/episode-list.sql.ts'
import { type OrderName, orderNames } from '../../../src/features/recordings/episode-order.sql.ts'
import { findInNamespace } from '../../../src/features/recordings/namespace-episodes.sql.ts'
import { find, findAll, havingOne, names } from '../../support/finding.ts'
import { MOST_PREPARED, preparedLength } from '../../support/prepared.ts'
import { type Answer, Tenant } from '../../support/world.ts'

/** A number of JSON as it is spelt; all else as itself. */
type Json = null | boolean | string | { readonly number: string } | readonly Json[]

interface Row {
  readonly name: string
  readonly folder: string
  readonly isProtected: boolean
  readonly videos: number
  readonly created: number
  readonly updated: number
  readonly status: string
  readonly tags: readonly string[]
  readonly description: string | null
  readonly started: number | null
  readonly ended: number | null
  readonly duration: number | null
  readonly meta: Readonly<Record<string, Json>>
}

/** A part of a query, and whether a row has what it says, evaluated plainly. */
interface Part {
  readonly q: string
  readonly holds: (row: Row) => boolean
}

const texts = ['a', 'ab', 'b c', 'ü', '😀', '\uffee', '', '12', 'true', '"\\', '012']
const text = fc.constantFrom(...texts)
const wanted = fc.constantFrom(...texts.filter(Boolean))
const numbers = [
  ...['0', '-1', '12', '1.5', '9007199254740993', '9007199254740992', '1e3', '-0.25'],
  ...['18446744073709551614', '18446744073709551615', '-18446744073709551615', '-9223372036854775808'],
]
const number = fc.constantFrom(...numbers)
const DAY = 86_400_000
const EPOCH = Date.parse('2026-01-01T00:00:00Z')

const json: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, false, []),
  text,
  number.map((each) => ({ number: each })),
  fc.array(
    fc.oneof(
      text,
      number.map((each) => ({ number: each })),
      fc.constant(null),
    ),
    { maxLength: 3 },
  ),
)

const hour = fc.integer({ min: 0, max: 20 * 24 }).map((hours) => EPOCH + (hours * DAY) / 24)
const suffixes = ['', ' Front', '_ÄB-c', '—été', ' 東京 2', '\'s "x"', '(front)', '...']

const row: fc.Arbitrary<Omit<Row, 'name' | 'created'> & { readonly suffix: string }> = fc.record({
  suffix: fc.constantFrom(...suffixes),
  folder: fc.constantFrom('/', '/a/', '/a/b/', '/ab/', '/ü/'),
  isProtected: fc.boolean(),
  videos: fc.constantFrom(0, 0, 2),
  status: fc.constantFrom('running', 'completed', 'failed', 'archived'),
  tags: fc.uniqueArray(wanted, { maxLength: 3 }),
  description: fc.option(text),
  started: fc.option(hour),
  ended: fc.option(hour, { freq: 1 }),
  updated: hour,
  duration: fc.option(fc.integer({ min: 0, max: 3_000 })),
  meta: fc.record({ k: json, 'k 2': json, 'é"': json }, { requiredKeys: [] }),
})

const written = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(written).join()}]`
  return value !== null && typeof value === 'object'
    ? (value as { number: string }).number
    : JSON.stringify(value)
}

const quoted = (value: string): string => `"${value.replaceAll(/["\\]/g, '\\$&')}"`

/** Whole numbers beyond what a double holds are told apart. */
function order(one: string, other: string): number {
  const isWhole = [one, other].every((each) => /^-?\d+$/.test(each))
  if (!isWhole) return Number(one) - Number(other)
  return BigInt(one) < BigInt(other) ? -1 : Number(BigInt(one) > BigInt(other))
}

const points = (value: string): number[] => [...value].map((char) => char.codePointAt(0) ?? 0)

function inOrder(one: string, other: string): number {
  const [a, b] = [points(one), points(other)]
  const at = a.findIndex((point, index) => point !== b[index])
  if (at === -1) return a.length - b.length
  return (a[at] ?? -1) - (b[at] ?? -1)
}

const comparing: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
}
const operator = fc.constantFrom(...Object.keys(comparing))

const scalars = (value: Json | undefined): readonly Json[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as Json]

const numberIn = (value: Json): string | null =>
  value !== null && typeof value === 'object' ? (value as { number: string }).number : null

const key = fc.constantFrom<[string, string]>(
  ['meta.k', 'k'],
  ['meta."k 2"', 'k 2'],
  ['meta.none', 'none'],
  ['meta.deep."é\\""', 'é"'],
)

const terms: fc.Arbitrary<Part> = fc.oneof(
  fc.tuple(key, operator, number).map(([[field, k], sign, wants]) => ({
    q: `${field}${sign}${wants}`,
    holds: ({ meta }: Row) =>
      scalars(meta[k]).some((each) => {
        const own = numberIn(each)
        if (own !== null) return comparing[sign]?.(order(own, wants)) ?? false
        return sign === '=' && each === wants
      }),
  })),
  fc.tuple(key, operator, wanted).map(([[field, k], sign, wants]) => ({
    q: `${field}${sign}${quoted(wants)}`,
    holds: ({ meta }: Row) =>
      scalars(meta[k]).some((each) => typeof each === 'string' && comparing[sign]?.(inOrder(each, wants))),
  })),
  fc.tuple(key, wanted).map(([[field, k], wants]) => ({
    q: `${field}:${quoted(wants)}*`,
    holds: ({ meta }: Row) =>
      scalars(meta[k]).some((each) => typeof each === 'string' && each.startsWith(wants)),
  })),
  fc.tuple(key, number, number).map(([[field, k], from, to]) => ({
    q: `${field}:${from}..${to}`,
    holds: ({ meta }: Row) =>
      scalars(meta[k]).some((each) => {
        const own = numberIn(each)
        return own !== null && order(own, from) >= 0 && order(own, to) <= 0
      }),
  })),
  key.map(([field, k]) => ({
    q: `${field}:*`,
    holds: ({ meta }: Row) => {
      const value = meta[k]
      return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)
    },
  })),
  key.map(([field, k]) => ({
    q: `${field}:true`,
    holds: ({ meta }: Row) => scalars(meta[k]).some((each) => each === true || each === 'true'),
  })),
  fc.uniqueArray(wanted, { minLength: 1, maxLength: 3 }).map((some) => ({
    q: `tag:${some.map(quoted).join()}`,
    holds: ({ tags }: Row) => tags.some((tag) => some.includes(tag)),
  })),
  wanted.map((begin) => ({
    q: `tag:${quoted(begin)}*`,
    holds: ({ tags }: Row) => tags.some((tag) => tag.startsWith(begin)),
  })),
  fc.constant({ q: 'tag:*', holds: ({ tags }: Row) => tags.length > 0 }),
  fc
    .constantFrom('running', 'failed')
    .map((status) => ({ q: `status:${status}`, holds: (each: Row) => each.status === status })),
  fc.tuple(wanted, wanted).map(([from, to]) => ({
    q: `description:${quoted(from)}..${quoted(to)}`,
    holds: ({ description }: Row) =>
      description !== null && inOrder(description, from) >= 0 && inOrder(description, to) <= 0,
  })),
  wanted.map((wants) => ({
    q: `description:${quoted(wants)}`,
    holds: ({ description }: Row) => description === wants,
  })),
  fc.constant({ q: 'description!=null', holds: ({ description }: Row) => description !== null }),
  fc
    .tuple(
      fc.constantFrom('started', 'ended', 'updated', 'created'),
      operator,
      fc.integer({ min: 1, max: 20 }),
    )
    .map(([field, sign, day]) => ({
      q: `${field}${sign}2026-01-${String(day).padStart(2, '0')}`,
      holds: (each: Row) => {
        const time = each[field as 'started']
        if (time === null) return false
        const from = EPOCH + (day - 1) * DAY
        const side = time < from ? -1 : Number(time >= from + DAY)
        return comparing[sign]?.(side) ?? false
      },
    })),
  fc.constantFrom('started', 'ended').map((field) => ({
    q: `${field}:null`,
    holds: (each: Row) => each[field as 'started'] === null,
  })),
  fc.constantFrom('/', '/a', '/a/b', '/ü').map((folder) => ({
    q: `folder:${folder}`,
    holds: (each: Row) => each.folder === `${folder.replace(/\/$/, '')}/`,
  })),
  fc.constantFrom('/a/', '/ü/').map((folder) => ({
    q: `folder:${folder}*`,
    holds: (each: Row) => each.folder.startsWith(folder),
  })),
  fc.constant({ q: 'protected:true', holds: ({ isProtected }: Row) => isProtected }),
  fc.constant({ q: 'has:video', holds: ({ videos }: Row) => videos > 0 }),
  fc.constantFrom('front', 'äb', 'FRONT x', 'run c', 'ÉT', '東', 's', 'un', '1', '2 run', 'x s').map((q) => ({
    q,
    holds: ({ name }: Row) => {
      const words = wordsIn(name)
      return wordsIn(q).every((word) => words.some((own) => own.startsWith(word)))
    },
  })),
  fc.constantFrom('n-1', '—ÉTÉ', "'S", 'ü', 'b c', '(FRONT)', 'AB').map((wants) => ({
    q: quoted(wants),
    holds: ({ name, description }: Row) =>
      name.toLowerCase().includes(wants.toLowerCase()) ||
      (description?.replaceAll(/[A-Z]/g, lower).includes(wants.replaceAll(/[A-Z]/g, lower)) ?? false),
  })),
  fc.constantFrom('RUN-1', 'run-12', 'x').map((wants) => ({
    q: `${quoted(wants)}*`,
    holds: ({ name }: Row) => name.toLowerCase().startsWith(wants.toLowerCase()),
  })),
  fc.tuple(operator, fc.integer({ min: 0, max: 3_000 })).map(([sign, wants]) => ({
    q: `duration${sign}${wants}ms`,
    holds: ({ duration, started, ended }: Row) => {
      const own = duration ?? (started === null || ended === null ? null : ended - started)
      return own !== null && (comparing[sign]?.(own - wants) ?? false)
    },
  })),
  fc.integer({ min: 1, max: 20 }).map((day) => ({
    q: `during:2026-01-${String(day).padStart(2, '0')}`,
    holds: ({ started, ended, duration }: Row) => {
      const from = EPOCH + (day - 1) * DAY
      const end = ended ?? (started === null || duration === null ? null : started + duration)
      return started !== null && end !== null && started < from + DAY && end >= from
    },
  })),
  fc
    .integer({ min: 0, max: 99 })
    .map((at) => ({ q: `name:run-${at}*`, holds: ({ name }: Row) => name.startsWith(`run-${at}`) })),
)

const lower = (text: string): string => text.toLowerCase()
const wordsIn = (text: string): readonly string[] => lower(text).match(/[\p{L}\p{N}]+/gu) ?? []

const { query } = fc.letrec<{ query: Part }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'query' },
    terms,
    fc
      .tuple(tie('query'), tie('query'))
      .map(([a, b]) => ({ q: `(${a.q} ${b.q})`, holds: (row: Row) => a.holds(row) && b.holds(row) })),
    fc
      .tuple(tie('query'), tie('query'))
      .map(([a, b]) => ({ q: `(${a.q} OR ${b.q})`, holds: (row: Row) => a.holds(row) || b.holds(row) })),
    tie('query').map(({ q, holds }) => ({ q: `NOT (${q})`, holds: (row: Row) => !holds(row) })),
  ),
}))

/** A tenant with those episodes, the last of them the newest. */
async function having(rows: readonly Row[]): Promise<Tenant> {
  const tenant = await Tenant.arrive()
  await tenant.withProject('lab')
  const tail = crypto.randomUUID().slice(0, 4)
  const given = rows.map((each) => {
    const { 'é"': deep, ...meta } = each.meta
    const isAscii = /^[ -~]*$/.test(each.name)
    return {
      ...each,
      folded: isAscii ? null : lower(each.name),
      words: isAscii
        ? null
        : wordsIn(each.name)
            .map((word) => ` ${word}`)
            .join(''),
      meta: `{${[
        ...Object.entries(meta).map(([key, value]) => `${JSON.stringify(key)}:${written(value)}`),
        ...(deep === undefined ? [] : [`"deep":{"é\\"":${written(deep)}}`]),
      ].join()}}`,
    }
  })
  for (let at = 0; at < given.length; at += 500) {
    const some = JSON.stringify(given.slice(at, at + 500))
    const id = `printf('%012x', value ->> 'created') || '000' || ?2 || printf('%05x', ?3 + key)`
    await env.DB.prepare(
      `insert into episodes (id, project_id, node_id, name, folded_name, folded_words, node_path, description, tags, status,
         write_protected, metadata, started_at, ended_at, duration_ms, created_at, updated_at, created_by, updated_request)
       select ${id},
         (select projects.id from projects join namespaces on namespaces.id = namespace_id where namespaces.slug = ?4),
         '', value ->> 'name', value ->> 'folded', value ->> 'words', (value ->> 'folder') || (value ->> 'name'),
         value ->> 'description', value ->> 'tags', value ->> 'status', value ->> 'isProtected', value ->> 'meta',
         value ->> 'started', value ->> 'ended', value ->> 'duration', value ->> 'created', value ->> 'updated', '', ''
       from json_each(?1)`,
    )
      .bind(some, tail, at, tenant.slug)
      .run()
    await env.DB.prepare(
      `update episode_stats set videos = 2 where episode_id in (
         select ${id} from json_each(?1) where value ->> 'videos')`,
    )
      .bind(some, tail, at)
      .run()
  }
  return tenant
}

/** How rows stand in an order, of which each is at its place by age. */
const sorted: Readonly<Record<OrderName, (rows: readonly Row[]) => readonly Row[]>> = {
  created: (rows) => rows,
  '-created': (rows) => rows.toReversed(),
  started: (rows) => byTime(rows, ({ started }) => started),
  '-started': (rows) => byTime(rows.toReversed(), ({ started }) => started, -1),
  '-updated': (rows) => byTime(rows.toReversed(), ({ updated }) => updated, -1),
  name: (rows) => rows.toSorted((one, other) => inOrder(one.name, other.name)),
}

/** What has no time comes last, either way. */
const byTime = (rows: readonly Row[], timeOf: (row: Row) => number | null, direction = 1): readonly Row[] =>
  rows.toSorted(
    (one, other) =>
      (timeOf(one) === null ? 1 : 0) - (timeOf(other) === null ? 1 : 0) ||
      direction * ((timeOf(one) ?? 0) - (timeOf(other) ?? 0)),
  )

describe('any query', () => {
  it('finds what a plain reading of 5,000 episodes finds, in any order', async () => {
    const rows = fc.sample(row, { numRuns: 5_000, seed: 18 }).map(({ suffix, ...each }, at) => ({
      name: `run-${at}${suffix}`,
      created: EPOCH + at * 300_000,
      ...each,
    }))
    const tenant = await having(rows)
    const order = fc.constantFrom(...orderNames)
    await fc.assert(
      fc.asyncProperty(query, order, fc.constantFrom(7, 50, 200), async ({ q, holds }, sort, pageSize) => {
        fc.pre(new TextEncoder().encode(q).length <= 1_024)
        const expected = sorted[sort](rows.filter(holds)).map(({ name }) => name)
        fc.pre(expected.length < 100 * pageSize)
        expect([q, sort, await findAll(tenant, q, { sort, pageSize })]).toEqual([q, sort, expected])
      }),
      { numRuns: 50 },
    )
  })

  it('that is any text is understood, or refused at a place in it', async () => {
    const piece = fc.constantFrom(
      ...'"\\()-:=!<>*,. ',
      'AND',
      ' OR ',
      'NOT ',
      'tag',
      'meta.',
      'started',
      '..',
      'null',
      '2026',
      '😀',
      'é',
    )
    const some = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((all) => all.join('')),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
    )
    const tenant = await havingOne({})
    await fc.assert(
      fc.asyncProperty(some, async (q) => {
        const { status, body, trips } = await find(tenant, q)
        if (status === 200) return
        expect([status, body.code, trips]).toEqual([400, 'query_invalid', 0])
        const { at, length } = body.errors[0]
        expect(at >= 0 && length > 0 && at + length <= q.length).toBe(true)
      }),
      { numRuns: 400 },
    )
  })
})

describe('a walk by a query', () => {
  it.each(orderNames)('in the order %s shows what stays once, whatever comes and goes', async (sort) => {
    const tenant = await Tenant.arrive()
    const path = `${await tenant.withProject('lab')}/episodes`
    const moment = (at: number) => new Date(EPOCH + (at % 17) * DAY).toISOString()
    const make = (name: string, at: number) =>
      tenant.ask('POST', path, { name, tags: ['x'], ...(at % 5 ? { startedAt: moment(at) } : {}) })
    const stays = Array.from({ length: 60 }, (_, at) => `stays-${(at * 37) % 60}`)
    const goes = Array.from({ length: 60 }, (_, at) => `goes-${at}`)
    for (const [at, name] of stays.entries()) {
      await make(name, at)
      await make(goes[at] ?? '', at + 1)
    }
    for (const q of ['tag:x -name:none', '-tag:y', 'run OR stays OR goes']) {
      const found: string[] = []
      let cursor: string | null = ''
      for (let step = 0; cursor !== null; step++) {
        const page: Answer = await find(tenant, q, `&sort=${sort}&pageSize=9${cursor && `&cursor=${cursor}`}`)
        found.push(...names(page))
        cursor = page.body.nextCursor
        const changes = { startedAt: moment(step), tags: ['x', `${step}`] }
        await tenant.ask('PATCH', `${path}/${goes.at(step % 7) ?? 'none'}`, changes)
        await tenant.ask('DELETE', `${path}/${goes.pop() ?? 'none'}`)
        if (step < 20) await make(`new-${q.length}-${step}`, step)
      }
      expect([q, found.filter((name) => name.startsWith('stays')).toSorted()]).toEqual([q, stays.toSorted()])
    }
  })
})

/** How D1 finds the rows of a statement. */
async function planOf(text = ''): Promise<readonly string[]> {
  expect(new TextEncoder().encode(text).length).toBeLessThan(100_000)
  const { results } = await env.DB.prepare(`explain query plan ${text}`).bind('{}').all<{ detail: string }>()
  return results.map(({ detail }) => detail)
}

describe('the statement of a query', () => {
  const some = fc.sample(query, { numRuns: 40, seed: 18 }).map(({ q }) => q)
  const longest = [
    `meta.a:${Array.from({ length: 95 }, (_, at) => `${at}..`).join()}`,
    Array.from({ length: 32 }, () => 'has:*').join(' OR '),
    `${Array.from({ length: 31 }, () => 'meta.a:1').join(' ')} meta.a:${Array.from({ length: 19 }, () => '1..').join()}`,
    `${Array.from({ length: 32 }, () => 'meta.a:1').join(' ')},${Array.from({ length: 68 }, () => '1..').join()}`,
    `${'-('.repeat(10)}tag:a${')'.repeat(10)}`,
    `tag:${Array.from({ length: 100 }, (_, at) => at).join()}`,
  ]

  it.each(longest)('%s is answered', async (q) => {
    const tenant = await havingOne({})
    const { status, body } = await find(tenant, q, '&name=a')
    expect([status, body.code]).toBeOneOf([
      [200, undefined],
      [400, 'query_invalid'],
    ])
  })

  /** Whatever drives, beside whatever else does. */
  const drivers = [
    'tag:a',
    'meta.k:1',
    'name:a*',
    'run',
    'meta.k>1',
    'started:2026',
    'collection:a',
    'dataset:a',
    'id:0*',
  ]
  const combined = drivers.flatMap((one) =>
    drivers.map((other) => `${one} ${other} status:failed name:b* 12`),
  )
  /** Ten deep, with as many terms as there may be. */
  const deepest = ['run', 'meta.k:1,2', 'collection:a', '"run"', 'has:video', 'tag:",a"*'].map(
    (term) =>
      `${'-('.repeat(10)}${Array.from({ length: term.startsWith('coll') ? 7 : 24 }, () => term).join(' OR ')}${')'.repeat(10)} tag:a name:a* 12 dataset:a`,
  )
  const driven = [
    'has:video duration>1s',
    'name:a*',
    'name:a created>2020',
    'run tag:a',
    'updated>2020',
    'meta.k:1,2',
    ...deepest,
  ]

  it.each(orderNames)('in the order %s finds every row by an index', async (order) => {
    const scans =
      /^SCAN (episodes|episode_stats|walking|facets|facet_counts|projects|collections|datasets|member|node|below)/
    const wholeProjects = /SEARCH (walking|facets) USING .*\(project_id=\?\)$/
    // The other orders are alike: between them they have each pair.
    const isWhole = order === '-created' || order === '-started'
    const pairs = combined.filter((_, at) => isWhole || at % orderNames.length === orderNames.indexOf(order))
    for (const q of [...some, ...driven, ...pairs]) {
      const condition = conditionOf(q, 0) as Condition
      const window = { after: null, offset: 0, limit: 1 }
      for (const plan of [
        findEpisodes({} as never, condition, order, window),
        findInNamespace({} as never, condition, order, window),
      ]) {
        const text = plan.statements[0]?.compiled.text
        expect([q, preparedLength(text ?? '') < MOST_PREPARED || preparedLength(text ?? '')]).toEqual([
          q,
          true,
        ])
        const details = await planOf(text)
        expect(details.some((detail) => /SEARCH episodes USING/.test(detail))).toBe(true)
        const wrong = details.filter((detail) => scans.test(detail) || wholeProjects.test(detail))
        expect([q, wrong]).toEqual([q, []])
      }
    }
  })
})
