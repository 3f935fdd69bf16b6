import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Condition } from '../../../src/domain/query-conditions.ts'
import { conditionOf } from '../../../src/domain/query-fields.ts'
import { findEpisodes } from '../../../src/features/recordings/episode-list.sql.ts'
import { type OrderName, orders } from '../../../src/features/recordings/episode-order.sql.ts'
import { find, findAll, havingOne } from '../../support/finding.ts'
import { Tenant } from '../../support/world.ts'

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
const numbers = ['0', '-1', '12', '1.5', '9007199254740993', '9007199254740992', '1e3', '-0.25']
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
    const order = fc.constantFrom(...(Object.keys(orders) as OrderName[]))
    await fc.assert(
      fc.asyncProperty(query, order, fc.constantFrom(7, 50, 200), async ({ q, holds }, sort, pageSize) => {
        fc.pre(new TextEncoder().encode(q).length <= 1_024)
        const expected = sorted[sort](rows.filter(holds)).map(({ name }) => name)
        fc.pre(expected.length < 100 * pageSize)
        expect([q, sort, await findAll(tenant, q, { sort, pageSize })]).toEqual([q, sort, expected])
      }),
      { numRuns: 80 },
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

describe('the statement of a query', () => {
  const some = fc.sample(query, { numRuns: 100, seed: 18 }).map(({ q }) => q)
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

  it.each(Object.keys(orders) as OrderName[])(
    'in the order %s finds every row by an index',
    async (order) => {
      for (const q of [
        ...some,
        'has:video duration>1s',
        'name:a*',
        'name:a created>2020',
        'run tag:a',
        'updated>2020',
      ]) {
        const condition = conditionOf(q, 0) as Condition
        const window = { after: null, offset: 0, limit: 1 }
        const [{ compiled } = { compiled: null }] = findEpisodes(
          {} as never,
          condition,
          order,
          window,
        ).statements
        const { results } = await env.DB.prepare(`explain query plan ${compiled?.text}`)
          .bind('{}')
          .all<{ detail: string }>()
        const details = results.map(({ detail }) => detail)
        expect(details.some((detail) => /SEARCH episodes USING/.test(detail))).toBe(true)
        expect(
          details.filter((detail) =>
            /^SCAN (episodes|episode_stats|walking|facets|facet_counts)/.test(detail),
          ),
        ).toEqual([])
        expect(
          details.filter((detail) => /SEARCH (walking|facets) USING .*\(project_id=\?\)$/.test(detail)),
        ).toEqual([])
      }
    },
  )
})
