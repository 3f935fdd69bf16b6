import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { inOrder, map, type Plan, type Row, statement, together } from '../../src/db/plan.ts'
import { fragments, query, statements, textOf } from '../../src/db/sql.ts'
import { guards } from '../../src/db/statements.ts'
import '../../src/endpoints.ts'
import '../../src/schedule.ts'
import { sql } from 'drizzle-orm'
import { MOST_PREPARED, preparedLength } from '../support/prepared.ts'

/** What may be read from end to end: parameters, and the few rows that a statement made itself. */
const OWN = /^SCAN (CONSTANT ROW|\(|\d)|VIRTUAL TABLE/

/** Sorts that are bounded, with their reason. */
const DECLARED_SORTS = [
  // The ids of a range of names, 5,000 at most, brought into the order of the list.
  /^assets\.listed\.[a-z-]+\.ranged$/,
  // The tags of an episode and those that are given, 128 at most.
  /^episodes\.(tag|tagged|keep\.tagged|update|updated|makeChangedFolders)$/,
  // 1,500 episodes of several projects, or two of each.
  /^episodes\.listedOfNamespace$/,
  // 1,000 values, or 10,000 that begin alike, the commonest first.
  /^facets\.listed(Values|Alike)$/,
  // The ids of a small range, with an index of their own to find what comes next; and the ids of a list, 100 at most.
  /^assets\.found(Ids)?\.(ranged|ofIds)$/,
  // A slice of the purge, grouped by deletion or namespace.
  /^erase\.\w+\.count$/,
  /^purges\.count(Released|Others)$/,
  // The former slugs of one namespace, eleven of them.
  /^namespaces\.letGoOfFormer$/,
  // 10,000 references at most, grouped by object.
  /^dryRun\./,
  // The newest of half of the kinds, and of the other half.
  /^episodes\.readAssets$/,
  // Of each kind as many as reach to the end of the page.
  /^nodes\.listed/,
  // Some hundreds of namespaces at most.
  /^turns\./,
]

const commonTables = (text: string): string[] => [
  ...[...text.matchAll(/(\w+)(?:\([^()]*\))? as (?:materialized )?\(/g)].map(([, name = '']) => name),
  ...[...text.matchAll(/\) as (\w+)/g)].map(([, name = '']) => name),
]

/**
 * `:name` is the value of that name, `:name?` whether it is given; what needs no quotes has none; and what `json.ts`
 * spells out is a call of it again.
 */
const plain = (text: string): string =>
  text
    .replaceAll(/"(\w+)"/g, '$1')
    .replaceAll(/\(\?1 ->> '\$\.(\w+)'\)/g, ':$1')
    .replaceAll(/\(json_type\(\?1, '\$\.(\w+)'\) is not null\)/g, ':$1?')
    .replaceAll(/json_each\(\?1, '\$\.(\w+)'\)/g, 'each(:$1)')
    .replaceAll(/strftime\('%Y-%m-%dT%H:%M:%fZ', ([^()]+|\([^()]+\)) \/ 1000\.0, 'unixepoch'\)/g, 'iso($1)')
    .replaceAll(/json\(case ([\w.]+|\([^()]+\)) when 0 then 'false' when 1 then 'true' end\)/g, 'boolean($1)')

/** Parentheses with so little between them that it stays on one line. */
const SHORT = /\([^()]{0,100}\)/g

/** A line for each clause. What is short is put out of the way, from the inside out, and comes back in the end. */
function lines(text: string): string {
  const short: string[] = []
  const kept = (group: string): string => `«${short.push(group) - 1}»`
  const restored = (shown: string): string =>
    shown.includes('«')
      ? restored(shown.replaceAll(/«(\d+)»/g, (_, index) => short[Number(index)] ?? ''))
      : shown
  let rest = text
  for (let before = ''; before !== rest; ) {
    before = rest
    rest = rest.replaceAll(SHORT, (group) => (restored(group).length > 100 ? group : kept(group)))
  }
  return restored(
    rest.replaceAll(/ (?=(select|from|where|union|order by|left join|on conflict|when) )/g, '\n '),
  )
}

/** The fragments by their texts, the longest first, as one may hold another. */
const texts = () =>
  [...fragments]
    .map(([name, part]) => [name, plain(textOf(() => part))] as const)
    .sort(([, one], [, other]) => other.length - one.length)

/** A text as it is shown: fragments by their names, but for the one that is meant. */
function legible(text: string, known = texts(), but?: string): string {
  let shown = plain(text)
  for (const [name, part] of known) if (name !== but) shown = shown.replaceAll(part, `<${name}>`)
  return lines(shown)
}

/** Commands that no guard lets pass, and what lets them. */
const UNGUARDED: Readonly<Record<string, string>> = {
  'credential.noteUse': 'the token itself, by its hash, while it is not revoked',
  'users.arrive': 'the claims of a verified token, which nobody logged out: whoever has one may come',
  'users.arriveForNamespace': 'the same',
  'users.arriveAtHome': 'the same',
  'users.follow': 'the same, about its own user',
  'uploads.note': 'the signed URL of the part, for the upload that it was signed for',
  'uploads.drop': 'the same; the bucket has lost the upload',
}

describe('every command', () => {
  const commands = statements.filter(({ writes }) => writes)

  it('is guarded, follows a guarded one, is of the schedule, or is listed here with its reason', () => {
    const unguarded = commands.filter(({ role }) => role === 'unguarded').map(({ name }) => name)
    expect(unguarded.sort()).toEqual(Object.keys(UNGUARDED).sort())
  })

  it.each(commands.filter(({ role }) => role === 'guarded'))(
    '$name hangs on the permit',
    ({ body, front }) => {
      expect(front?.form).toBe('permitted')
      expect(body).toMatch(/\bpermit\b/)
    },
  )

  it.each(commands.filter(({ role }) => role === 'keeping'))(
    '$name keeps an answer once, of a request that was let pass',
    ({ body, front }) => {
      expect(front?.form).toBe('consulted')
      expect(body).toMatch(/from permit .* not exists \(select 1 from kept where is_here\)$/)
    },
  )
})

describe('the tenses', () => {
  const verbOf = (name: string) => name.split('.')[1] ?? ''

  it.each(guards)('$name, a guard, is a gerund', ({ name }) => {
    expect(verbOf(name)).toMatch(/^[a-z]+ing([A-Z]\w*)?$/)
  })

  it.each(statements.filter(({ front, writes }) => front && !writes))(
    '$name, an outcome, is a participle',
    ({ name }) => {
      expect(verbOf(name)).toMatch(/^([a-z]+ed|found|given|read|wasSet)([A-Z]\w*)?$/)
    },
  )

  it.each(statements.filter(({ role }) => role === 'guarded' || role === 'keeping'))(
    '$name, a command, is a verb',
    ({ name }) => {
      expect(verbOf(name)).not.toMatch(/^[a-z]+(ing|ed)([A-Z]|$)/)
    },
  )
})

describe('every statement', () => {
  it('has a name of its own', () => {
    const names = statements.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  it('reads as it did when it was last looked at', async () => {
    // The kinds of assets differ by the names of their fields alone, and walks by their own: one stands for all.
    const isShown = (name: string) =>
      !/\.(audio|label-track|text-track|image|file)\b|^walks\.\w+\.(?!steps)/.test(name)
    for (const { text } of statements) expect(text).not.toBe('')
    const known = texts()
    // A text under two names would be shown as the other.
    expect(new Set(known.map(([, part]) => part)).size).toBe(known.length)
    const shown = statements.filter(({ name }) => isShown(name))
    const aggregates = Map.groupBy(shown, ({ name }) => name.split('.')[0] ?? '')
    for (const [aggregate, own] of aggregates) {
      const parts = own.map(({ name, front, body }) => {
        const by = front ? `, ${front.form} by ${front.guard}` : ''
        return `-- ${name}${by}\n${legible(body, known)}\n`
      })
      await expect(parts.sort().join('\n')).toMatchFileSnapshot(`../statements/${aggregate}.sql`)
    }
    const ofGuards = guards.map((each) => `-- ${each.name}\n${legible(each.as('judged').text, known)}\n`)
    await expect(ofGuards.sort().join('\n')).toMatchFileSnapshot('../statements/guards.sql')
    const ofFragments = known
      .filter(([name]) => isShown(name))
      .map(([name, part]) => `-- <${name}>\n${legible(part, known, name)}\n`)
    await expect(ofFragments.sort().join('\n')).toMatchFileSnapshot('../statements/fragments.sql')
  })

  it.each(statements)('$name takes all its values in one parameter', ({ text }) => {
    expect(text.replaceAll('?1', '')).not.toContain('?')
    expect(new TextEncoder().encode(text).length).toBeLessThan(100_000)
  })

  it('names its tables so seldom that SQLite has little to prepare', () => {
    const long = statements.filter(({ text }) => preparedLength(text) > MOST_PREPARED)
    expect(long.map(({ name, text }) => [name, preparedLength(text)])).toEqual([])
  })

  it.each(statements)(
    '$name finds every row by an index, in the order of the index',
    async ({ name, text }) => {
      if (text.startsWith('pragma')) return
      const prepared = env.DB.prepare(`explain query plan ${text}`)
      const explained = await (text.includes('?1') ? prepared.bind('{}') : prepared).all<{ detail: string }>()
      const made = explained.results.map(
        ({ detail }) => /^(?:CO-ROUTINE|MATERIALIZE) (\w+)/.exec(detail)?.[1] ?? '',
      )
      const own = [...commonTables(text), ...made]
      const isOwnTable = (detail: string) => own.includes(detail.split(' ')[1] ?? '')
      const isDeclared = DECLARED_SORTS.some((pattern) => pattern.test(name))
      const offending = explained.results
        .map(({ detail }) => detail)
        .filter((detail) => /^SCAN/.test(detail) && !OWN.test(detail) && !isOwnTable(detail))
      const sorting = explained.results
        .map(({ detail }) => detail)
        .filter((detail) => /TEMP B-TREE|AUTOMATIC/.test(detail) && !isDeclared)
      expect([...offending, ...sorting]).toEqual([])
    },
  )

  it.each(statements.filter(({ writes }) => !writes))(
    '$name has columns of different names',
    async ({ text }) => {
      const prepared = env.DB.prepare(text)
      const [columns = []] = await (text.includes('?1')
        ? prepared.bind('{"limit":1,"offset":0,"examined":1,"most":1,"rows":1,"lines":1,"linesOfMany":1}')
        : prepared
      ).raw({
        columnNames: true,
      })
      expect(columns.length).toBeGreaterThan(0)
      expect(new Set(columns).size).toBe(columns.length)
    },
  )
})

describe('plans', () => {
  const echo = query<{ readonly value: number }>('test.echo', (a) => sql`select ${a.value} as value`)
  const one = (value: number): Plan<number> => statement(echo, { value }, ([row]) => row?.value as number)
  const rows = (...values: number[]): Row[][] => values.map((value) => [{ value }])

  it('a statement is read from its own rows', () => {
    expect(one(1).read(rows(7))).toBe(7)
  })

  it('map keeps the statements and changes what is read', () => {
    const plan = one(1)
    const mapped = map(plan, (value) => value * 2)
    expect(mapped.statements).toBe(plan.statements)
    expect(mapped.read(rows(7))).toBe(14)
  })

  it('map composes', () => {
    const [f, g] = [(value: number) => value + 1, (value: number) => value * 3]
    expect(map(map(one(1), f), g).read(rows(7))).toBe(map(one(1), (value) => g(f(value))).read(rows(7)))
  })

  it('inOrder keeps the order, and hands each plan its own rows', () => {
    const plan = inOrder<unknown>([one(1), inOrder([one(2), one(3)]), one(4)])
    expect(plan.statements.map(({ values }) => values.value)).toEqual([1, 2, 3, 4])
    expect(plan.read(rows(10, 20, 30, 40))).toEqual([10, [20, 30], 40])
  })

  it('inOrder of nothing asks for nothing', () => {
    expect(inOrder([]).statements).toEqual([])
    expect(inOrder([]).read([])).toEqual([])
  })

  it('together names the results', () => {
    const plan = together<{ first: number; rest: number[] }>({
      first: one(1),
      rest: inOrder([one(2), one(3)]),
    })
    expect(plan.read(rows(10, 20, 30))).toEqual({ first: 10, rest: [20, 30] })
  })

  it('a value cannot be written into a statement by mistake', () => {
    expect(() => query('test.wrong', () => sql`select ${5}`).text).toThrow(/argument/)
  })
})

describe('values', () => {
  const kinds = query<{ readonly value: unknown }>(
    'test.kinds',
    (a) => sql`select typeof(${a.value}) as type, ${a.value.given} as given, ${a.value} || '' as text`,
  )
  const ask = (value: unknown) =>
    env.DB.prepare(kinds.text)
      .bind(JSON.stringify({ value }))
      .first<{ type: string; given: number; text: string | null }>()

  it.each([
    [5, { type: 'integer', given: 1, text: '5' }],
    [5.5, { type: 'real', given: 1, text: '5.5' }],
    ['5', { type: 'text', given: 1, text: '5' }],
    [true, { type: 'integer', given: 1, text: '1' }],
    [null, { type: 'null', given: 1, text: null }],
    [undefined, { type: 'null', given: 0, text: null }],
    ["o'; drop table users --", { type: 'text', given: 1, text: "o'; drop table users --" }],
    ['é 🤖 "\\', { type: 'text', given: 1, text: 'é 🤖 "\\' }],
  ])('%j arrives as what it is', async (value, expected) => {
    expect(await ask(value)).toEqual(expected)
  })
})
