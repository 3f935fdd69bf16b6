import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { conditionOf } from '../../../src/domain/query-fields.ts'
import { compile } from '../../../src/features/recordings/episode-conditions.sql.ts'
import { filterEpisodes } from '../../../src/features/recordings/episode-list.sql.ts'
import { type Answer, Tenant } from '../../support/world.ts'

const names = ({ body }: Answer): string[] => body.episodes.map(({ name }: { name: string }) => name)

const find = (tenant: Tenant, q: string, rest = ''): Promise<Answer> =>
  tenant.ask('GET', `${tenant.project('lab')}/episodes?q=${encodeURIComponent(q)}${rest}`)

/** The names of all that is found, however many pages that takes. */
async function findAll(tenant: Tenant, q: string): Promise<string[]> {
  const found: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await find(tenant, q, `&pageSize=200${cursor && `&cursor=${cursor}`}`)
    expect([q, page.status, page.trips, page.body.total]).toEqual([q, 200, 1, null])
    found.push(...names(page))
    cursor = page.body.nextCursor
  }
  return found
}

/** A tenant with one episode, and another whose fields are not given. */
async function havingOne(fields: object): Promise<Tenant> {
  const tenant = await Tenant.arrive()
  for (const body of [{ name: 'bare' }, { name: 'given', ...fields }])
    expect((await tenant.ask('POST', `${tenant.project('lab')}/episodes`, body)).status).toBe(201)
  return tenant
}

describe('a query', () => {
  const given = {
    description: 'In the rain, at night',
    tags: ['front', 'a,b', 'say "x\\y"'],
    status: 'completed',
    folder: '/a/b c',
    startedAt: '2026-01-31T10:00:00Z',
    durationMs: 1_500,
    metadata: {
      robot: 'arm-3',
      score: 0.75,
      'avg score': -1.5,
      'a"b\\c.d': 'odd',
      n: { m: [1, 'x', true, null, { y: 2 }, 1e300], e: {}, l: [] },
      z: null,
      t: true,
      num: '042',
      day: '2026-01-31',
      ü: 'Ö',
    },
  }
  const both = ['given', 'bare']
  const yes = ['given']
  const no = ['bare']

  it.each<[string, string[]]>([
    ['status:completed', yes],
    ['STATUS=completed', yes],
    ['status:comp*', yes],
    ['status!=completed', no],
    ['-status:completed', no],
    ['NOT status:completed', no],
    ['status:failed,completed', yes],
    ['status:failed OR status:completed', yes],
    ['status:completed tag:back', []],
    ['status:completed AND tag:front', yes],
    ['status:running (tag:front OR name:bare)', no],
    ['name:given', yes],
    ['name:Given', []],
    ['name:g*,b*', both],
    ['name:c..h', yes],
    ['name:..given', both],
    ['name:*', both],
    ['tag:front tag:"a,b"', yes],
    ['tag:a,b', []],
    ['tag:"say \\"x\\\\y\\""', yes],
    ['tag:"say "*', yes],
    ['tag:null', no],
    ['tag:*', yes],
    ['tag:f..g', yes],
    ['tag!=front', no],
    ['tag:1,2,3,4,5,6,7,8,9,front', yes],
    ['description:"In the rain, at night"', yes],
    ['description:In*', yes],
    ['description:null', no],
    ['-description:rain', both],
    ['-description:a*', both],
    ['description!=a..b', both],
    ['-meta.score>1', both],
    ['-(started:2020 OR duration>1h)', both],
    ['protected:false', both],
    ['protected:true', []],
    ['folder:"/a/b c"', yes],
    ['folder:"/a/b c/"', yes],
    ['folder:/a', []],
    ['folder:/a/*', yes],
    ['folder:/', no],
    ['folder:/*', both],
    ['has:*', []],
    ['has:null', both],
    ['has:video,audio', []],
    ['created:*', both],
    ['created>now-1h', both],
    ['created<=now', both],
    ['created<now-1w', []],
    ['started:2026', yes],
    ['started:2026-01-31', yes],
    ['started:2026-01-31T10:00:00Z', yes],
    ['started:2026-01-31T11:00:00.000+01:00', yes],
    ['started>2026-01', []],
    ['started>=2026-01-31T10:00:00Z', yes],
    ['started>2026-01-31T10:00:00Z', []],
    ['started<2026-01-31', []],
    ['started<=2026-01-31', yes],
    ['started!=2026-01', no],
    ['started:2026-01..2026-02', yes],
    ['started:..2025,2026-01-31..', yes],
    ['started:2027..2025', []],
    ['started:null', no],
    ['ended:null', both],
    ['duration:1.5s', yes],
    ['duration:1500ms', yes],
    ['duration>1s', yes],
    ['duration>1.5s', []],
    ['duration<0.025m duration>=1.4999s', []],
    ['duration:1.4995s..1.5005s', yes],
    ['duration:1s..2s', yes],
    ['during:2026-01-31T10:00:01Z', yes],
    ['during:2026-01-31T10:00:02Z', []],
    ['during:2026-02..', []],
    ['during:..2026-01', yes],
    ['during:*', yes],
    ['during:null', no],
    ['during:2027..2025', []],
    ['during:now..now-20w', []],
    ['duration:1.500s..1.5s', yes],
    ['duration:0.025m', yes],
    ['folder:"/a/b c".."/a/b c"', yes],
    ['folder:"/a".."/a/b c"', yes],
    ['protected:*', both],
    ['protected:null', []],
    ['tag:",x"', []],
    ['tag:",a"*,fr*', yes],
    ['meta.robot=arm-3', yes],
    ['meta.robot:arm*', yes],
    ['meta.Robot:arm-3', []],
    ['META.robot:arm-3', yes],
    ['meta.robot>arm-2', yes],
    ['meta.score>0.5', yes],
    ['meta.score<=0.75', yes],
    ['meta.score:0.750', yes],
    ['meta.score:7.5e-1', yes],
    ['meta.score:"0.75"', []],
    ['meta.score:0.7..0.8', yes],
    ['meta.score>a', []],
    ['meta.score!=5', both],
    ['meta."avg score":-2..-1', yes],
    ['meta."a\\"b\\\\c.d":odd', yes],
    ['meta.n.m:1', yes],
    ['meta.n.m:2,x', yes],
    ['meta.n.m:true', yes],
    ['meta.n.m:false', []],
    ['meta.n.m>1e299', yes],
    ['meta.n.m.y:2', []],
    ['meta.n.m.0:1', []],
    ['meta.n:*', yes],
    ['meta.n.e:*', []],
    ['meta.n.l:null', both],
    ['meta.z:*', []],
    ['meta.z:null', both],
    ['meta.t:true', yes],
    ['meta.t:"true"', []],
    ['meta.num:042', yes],
    ['meta.num:42', []],
    ['meta.num:"042"', yes],
    ['meta.num>1', []],
    ['meta.day:2026-01-31', yes],
    ['meta.day:2026-01..2026-02', yes],
    ['meta.ü:Ö', yes],
    ['meta.constructor:*', []],
  ])('%s', async (q, expected) => {
    expect([q, await findAll(one, q)]).toEqual([q, expected])
  })

  it.each<[string, number, string]>([
    ['tag:a _._', 6, '_._'],
    ['"- -"', 0, '"- -"'],
    ['12:30', 0, '12'],
    ['http://x', 0, 'http'],
    ['name:', 4, ':'],
    ['statu:x', 0, 'statu'],
    ['name.first:x', 0, 'name.first'],
    ['meta:x', 0, 'meta'],
    ['(tag:a', 0, '('],
    ['tag:a)', 5, ')'],
    ['()', 1, ')'],
    ['tag:"a', 4, '"'],
    ['tag:"\\n"', 5, '\\n'],
    ['tag:a"b"', 5, '"'],
    ['created:yesterday', 8, 'yesterday'],
    ['created:"2026"', 8, '"2026"'],
    ['created:20*', 8, '20*'],
    ['duration:5', 9, '5'],
    ['duration:2026', 9, '2026'],
    ['has:cat', 4, 'cat'],
    ['protected:maybe', 10, 'maybe'],
    ['protected:"true"', 10, '"true"'],
    ['folder:a*', 7, 'a*'],
    ['folder:/a..b', 11, 'b'],
    ['name:*..b', 5, '*'],
    ['name:a..null', 8, 'null'],
    ['"a"😀', 3, '😀'],
    ['folder:a', 7, 'a'],
    ['name>a', 0, 'name'],
    ['during>2026', 0, 'during'],
    ['meta.x>a,b', 8, ','],
    ['meta.x>1..2', 7, '1..2'],
    ['meta.x>*', 7, '*'],
    ['>5', 0, '>'],
    ['a"b"', 1, '"'],
    ['*', 0, '*'],
    ['- tag:a', 0, '-'],
    ['--tag:a', 0, '-'],
    ['NOT -tag:a', 4, '-'],
    ['tag:a OR', 7, 'R'],
    ['OR tag:a', 0, 'OR'],
    ['tag:a AND', 8, 'D'],
    [Array.from({ length: 33 }, () => 'tag:a').join(' '), 32 * 6, 't'],
    [`${'('.repeat(11)}tag:a${')'.repeat(11)}`, 10, '('],
    [`tag:${Array.from({ length: 101 }, () => 'a').join()}`, 4 + 100 * 2, 'a'],
    [
      `name:${Array.from({ length: 51 }, () => 'a*').join()} meta.x:${Array.from({ length: 51 }, () => '1*').join()}`,
      0,
      '',
    ],
    [`tag:${'x'.repeat(1_021)}`, 0, ''],
  ])('%s is refused where it is wrong', async (q, at, what) => {
    const { status, body } = await find(one, q)
    expect([status, body.code]).toEqual([400, 'query_invalid'])
    const [error] = body.errors
    expect(error).toMatchObject({ path: 'q', at, length: what.length || q.length })
    expect(q.slice(at, at + error.length)).toBe(what || q)
  })

  it.each<[string, string[]]>([
    ['run', ['Run-042_Front.left', 'run 042']],
    ['RUN 042', ['Run-042_Front.left', 'run 042']],
    ['042 run', ['Run-042_Front.left', 'run 042']],
    ['run-042', ['Run-042_Front.left', 'run 042']],
    ['fro*', ['Run-042_Front.left']],
    ['ront', []],
    ['"ront.L"', ['Run-042_Front.left']],
    ['"n 0"', ['run 042']],
    ['"run 0"*', ['run 042']],
    ['"un 0"*', []],
    ['"RUN-0"*', ['Run-042_Front.left']],
    ['rün', ['RÜN—ÉTÉ 2']],
    ['ÉTÉ -"ün—é"*', ['RÜN—ÉTÉ 2']],
    ['ét 2', ['RÜN—ÉTÉ 2']],
    ['"ün—é"', ['RÜN—ÉTÉ 2']],
    ['"grip É"', ['run 042']],
    ['"GRIP É"', ['run 042']],
    ['"grip é"', []],
    ['grip', []],
    ['-run', ['RÜN—ÉTÉ 2', '東京 Ⅷ', "it's"]],
    ['東', ['東京 Ⅷ']],
    ['ⅷ', ['東京 Ⅷ']],
    ['s it', ["it's"]],
  ])('of the text %s looks into names, and in quotes into descriptions', async (q, expected) => {
    expect([q, (await findAll(texts, q)).toSorted()]).toEqual([q, expected.toSorted()])
  })

  it('finds a name as it is spelt by now', async () => {
    const tenant = await Tenant.arrive()
    const path = `${tenant.project('lab')}/episodes`
    await tenant.ask('POST', path, { name: 'Früh' })
    expect(await findAll(tenant, 'FRÜH')).toEqual(['Früh'])
    await tenant.ask('PATCH', `${path}/Fr%C3%BCh`, { name: 'Spät' })
    expect([await findAll(tenant, 'früh'), await findAll(tenant, 'SPÄT')]).toEqual([[], ['Spät']])
    await tenant.ask('PATCH', `${path}/Sp%C3%A4t`, { name: 'late', tags: ['x'] })
    expect([await findAll(tenant, 'spät'), await findAll(tenant, 'LATE')]).toEqual([[], ['late']])
    await tenant.ask('DELETE', `${path}/late`)
    const { body } = await tenant.ask('GET', `${tenant.project('lab')}/trash`)
    const restored = await tenant.ask(
      'POST',
      `${tenant.project('lab')}/trash/${body.trash[0].deletionId}/restore?as=%C3%89t%C3%A9`,
    )
    expect([restored.status, await findAll(tenant, 'ÉTÉ'), await findAll(tenant, 'late')]).toEqual([
      200,
      ['Été'],
      [],
    ])
  })

  it.each(['', '  '])('%j is none: the list is counted', async (q) => {
    const { body } = await find(one, q)
    expect([names({ body } as Answer), body.total, 'examined' in body]).toEqual([both, 2, false])
  })

  it('is refused where it is given twice', async () => {
    const answer = await one.ask('GET', `${one.project('lab')}/episodes?q=tag:a&q=tag:b`)
    expect([answer.status, answer.body.errors]).toMatchObject([400, [{ path: 'q' }]])
  })

  it('tells whole numbers apart that are one as doubles', async () => {
    const tenant = await Tenant.arrive()
    for (const number of ['9007199254740992', '9007199254740993', '9223372036854775807'])
      expect(
        (
          await tenant.ask('POST', `${tenant.project('lab')}/episodes`, undefined, {
            headers: { 'Content-Type': 'application/json' },
            raw: `{"name":"${number}","metadata":{"n":${number},"list":[${number}]}}`,
          })
        ).status,
      ).toBe(201)
    for (const field of ['meta.n', 'meta.list']) {
      expect(await findAll(tenant, `${field}:9007199254740993`)).toEqual(['9007199254740993'])
      expect(await findAll(tenant, `${field}:1,9007199254740992`)).toEqual(['9007199254740992'])
      expect(await findAll(tenant, `${field}<9007199254740993`)).toEqual(['9007199254740992'])
      expect(await findAll(tenant, `${field}>=9007199254740993`)).toEqual([
        '9223372036854775807',
        '9007199254740993',
      ])
      expect(await findAll(tenant, `${field}:9007199254740993..9223372036854775806`)).toEqual([
        '9007199254740993',
      ])
    }
  })

  it('of lengths takes decimals as they are spelt', async () => {
    const tenant = await Tenant.arrive()
    for (const durationMs of [1_001, 1_005])
      await tenant.ask('POST', `${tenant.project('lab')}/episodes`, { name: `${durationMs}`, durationMs })
    for (const [q, expected] of [
      ['duration:1.001s', ['1001']],
      ['duration<=1.001s', ['1001']],
      ['duration>1.005s', []],
      ['duration:1.005s', ['1005']],
      ['duration:1.0015s', []],
      ['duration>1.0015s', ['1005']],
    ] as const)
      expect([q, await findAll(tenant, q)]).toEqual([q, expected])
  })

  it('of a list in the metadata reads a bounded number of its members', async () => {
    const tenant = await Tenant.arrive()
    const path = `${tenant.project('lab')}/episodes`
    const list = Array.from({ length: 150 }, (_, at) => at)
    const made = await tenant.ask('POST', path, { name: 'run', metadata: { list } })
    await env.DB.prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000)
       insert into episodes (id, project_id, node_id, name, node_path, tags, status, write_protected, created_at,
         updated_at, created_by, updated_request, metadata)
       select substr(id, 1, 12) || printf('%012x', i), project_id, '', 'x' || i, '/x' || i, tags, status, 0, 0, 0, '',
         '', metadata from n cross join episodes where id = ?1`,
    )
      .bind(made.body.episode.id)
      .run()
    for (const q of ['meta.list:x', 'meta.list>200 OR meta.list:a*']) {
      const { status, body, rowsRead } = await find(tenant, q)
      expect([q, status, body.examined > 10, rowsRead < 25_000 || rowsRead]).toEqual([q, 200, true, true])
    }
    expect((await findAll(tenant, 'meta.list:149')).length).toBe(1_001)
  })

  it('of what is inside, of the end, the id and the protection finds the one that has it', async () => {
    const tenant = await havingOne({ endedAt: '2026-03-01T00:00:00Z', writeProtected: true })
    const made = await tenant.ask('POST', '/assets/video', {
      namespace: tenant.slug,
      project: 'lab',
      episodeName: 'bare',
      name: '/front.mp4',
    })
    expect(made.status).toBe(201)
    for (const [q, expected] of [
      ['has:video', ['bare']],
      ['has:audio,video', ['bare']],
      ['has:*', ['bare']],
      ['has:null', ['given']],
      ['has:file', []],
      ['-has:audio', both],
      ['ended:2026-03', ['given']],
      ['updated>=now-1h', both],
      ['updated>now', []],
      ['protected:true', ['given']],
      [`id:${made.body.episodeId}`, ['bare']],
    ] as const)
      expect([q, await findAll(tenant, q)]).toEqual([q, expected])
    await tenant.ask('DELETE', `/assets/video/${made.body.id}`)
    expect(await findAll(tenant, 'has:video')).toEqual([])
  })

  it('by a beginning that holds any character is found by it', async () => {
    const tenant = await havingOne({ metadata: { x: 'a\u0000b' } })
    expect(await findAll(tenant, 'meta.x:"a\u0000"*')).toEqual(['given'])
    expect(await findAll(tenant, 'meta.x:"a\u0001"*')).toEqual([])
  })

  it('goes on by the time at which it began', async () => {
    const tenant = await Tenant.arrive()
    for (const name of ['a', 'b']) await tenant.ask('POST', `${tenant.project('lab')}/episodes`, { name })
    const moment = Date.now()
    const first = await find(tenant, 'created>now-1h', '&pageSize=1')
    const later = vi.spyOn(Date, 'now').mockImplementation(() => moment + 2 * 3_600_000)
    const next = await find(tenant, 'created>now-1h', `&pageSize=1&cursor=${first.body.nextCursor}`)
    expect([names(first), names(next)]).toEqual([['b'], ['a']])
    later.mockRestore()
  })

  it('and plain filters hold together', async () => {
    expect(names(await find(one, 'status:completed', '&tag=front&name=giv'))).toEqual(yes)
    expect(names(await find(one, 'status:completed', '&tag=back'))).toEqual([])
  })

  let one: Tenant
  let texts: Tenant
  beforeAll(async () => {
    one = await havingOne(given)
    texts = await Tenant.arrive()
    const described = { name: 'run 042', description: 'Lost its Grip É' }
    const names = ['Run-042_Front.left', 'RÜN—ÉTÉ 2', '東京 Ⅷ', "it's"]
    for (const body of [described, ...names.map((name) => ({ name }))])
      expect((await texts.ask('POST', `${texts.project('lab')}/episodes`, body)).status).toBe(201)
  })
})

/** A number of JSON as it is spelt; all else as itself. */
type Json = null | boolean | string | { readonly number: string } | readonly Json[]

interface Row {
  readonly name: string
  readonly status: string
  readonly tags: readonly string[]
  readonly description: string | null
  readonly started: number | null
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

const row: fc.Arbitrary<Omit<Row, 'name'>> = fc.record({
  status: fc.constantFrom('running', 'completed', 'failed', 'archived'),
  tags: fc.uniqueArray(wanted, { maxLength: 3 }),
  description: fc.option(text),
  started: fc.option(fc.integer({ min: 0, max: 20 * 24 }).map((hours) => EPOCH + (hours * DAY) / 24)),
  duration: fc.option(fc.integer({ min: 0, max: 3_000 })),
  meta: fc.record({ k: json, 'k 2': json }, { requiredKeys: [] }),
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

const key = fc.constantFrom<[string, string]>(['meta.k', 'k'], ['meta."k 2"', 'k 2'], ['meta.none', 'none'])

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
  fc.tuple(operator, fc.integer({ min: 1, max: 20 })).map(([sign, day]) => ({
    q: `started${sign}2026-01-${String(day).padStart(2, '0')}`,
    holds: ({ started }: Row) => {
      if (started === null) return false
      const from = EPOCH + (day - 1) * DAY
      const side = started < from ? -1 : Number(started >= from + DAY)
      return comparing[sign]?.(side) ?? false
    },
  })),
  fc.tuple(operator, fc.integer({ min: 0, max: 3_000 })).map(([sign, wants]) => ({
    q: `duration${sign}${wants}ms`,
    holds: ({ duration }: Row) => duration !== null && (comparing[sign]?.(duration - wants) ?? false),
  })),
  fc.integer({ min: 1, max: 20 }).map((day) => ({
    q: `during:2026-01-${String(day).padStart(2, '0')}`,
    holds: ({ started, duration }: Row) => {
      const from = EPOCH + (day - 1) * DAY
      return started !== null && duration !== null && started < from + DAY && started + duration >= from
    },
  })),
  fc
    .integer({ min: 0, max: 99 })
    .map((at) => ({ q: `name:run-${at}*`, holds: ({ name }: Row) => name.startsWith(`run-${at}`) })),
)

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
  const given = rows.map((each) => ({
    ...each,
    meta: `{${Object.entries(each.meta)
      .map(([key, value]) => `${JSON.stringify(key)}:${written(value)}`)
      .join()}}`,
  }))
  for (let at = 0; at < given.length; at += 500)
    await env.DB.prepare(
      `insert into episodes (id, project_id, node_id, name, node_path, description, tags, status, write_protected,
         metadata, started_at, duration_ms, created_at, updated_at, created_by, updated_request)
       select '0a0000000000000' || ?2 || printf('%05x', ?3 + key),
         (select projects.id from projects join namespaces on namespaces.id = namespace_id where namespaces.slug = ?4),
         '', value ->> 'name', '/' || (value ->> 'name'), value ->> 'description', value ->> 'tags', value ->> 'status', 0,
         value ->> 'meta', value ->> 'started', value ->> 'duration', 0, 0, '', '' from json_each(?1)`,
    )
      .bind(JSON.stringify(given.slice(at, at + 500)), tail, at, tenant.slug)
      .run()
  return tenant
}

describe('any query', () => {
  it('finds what a plain reading of 5,000 episodes finds', async () => {
    const rows = fc
      .sample(row, { numRuns: 5_000, seed: 18 })
      .map((each, at) => ({ name: `run-${at}`, ...each }))
    const tenant = await having(rows)
    await fc.assert(
      fc.asyncProperty(query, async ({ q, holds }) => {
        fc.pre(new TextEncoder().encode(q).length <= 1_024)
        const expected = rows
          .filter(holds)
          .map(({ name }) => name)
          .toReversed()
        expect([q, await findAll(tenant, q)]).toEqual([q, expected])
      }),
      { numRuns: 60 },
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

  it('finds every row by an index', async () => {
    for (const q of [...some, 'has:video duration>1s', 'name:a*', 'name:a created>2020']) {
      const condition = conditionOf(q, 0)
      const [{ compiled } = { compiled: null }] = filterEpisodes(
        {} as never,
        { from: q.startsWith('name:') ? 'a' : null, tags: [], createdFrom: null, createdTo: null } as never,
        condition && compile(condition),
        { offset: 0, limit: 1, before: 'g' },
      ).statements
      const { results } = await env.DB.prepare(`explain query plan ${compiled?.text}`)
        .bind('{}')
        .all<{ detail: string }>()
      const details = results.map(({ detail }) => detail)
      expect(details.some((detail) => /SEARCH episodes USING/.test(detail))).toBe(true)
      expect(details.filter((detail) => /^SCAN (episodes|episode_stats)/.test(detail))).toEqual([])
    }
  })
})

describe('docs/finding.md', async () => {
  const { default: page }: { default: string } = await import('../../../docs/finding.md?raw' as string)
  const [, given = ''] = /```json\n(.*?)```/s.exec(page) ?? []
  const examples = [...page.matchAll(/^\| `(.*?)` \| (.*?) ?\| .* \|$/gm)]
    .map(([, q = '', found = '']) => [q, found] as const)
    .filter(([q]) => /[:=<>]/.test(q))
  let tenant: Tenant
  beforeAll(async () => {
    tenant = await Tenant.arrive()
    for (const body of JSON.parse(given))
      expect((await tenant.ask('POST', `${tenant.project('lab')}/episodes`, body)).status).toBe(201)
  })

  it('has twenty examples and more', () => {
    expect(examples.length).toBeGreaterThan(20)
  })

  it.each(examples)('%s finds %s', async (q, expected) => {
    expect((await findAll(tenant, q)).toReversed()).toEqual(expected === '' ? [] : expected.split(', '))
  })
})
