import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseGlob, sift } from '../../src/domain/glob.ts'
import { mintId } from '../../src/domain/id.ts'
import { nearest } from '../../src/domain/nearest.ts'
import {
  episodePath,
  foldersAlong,
  nodePathOf,
  nodeSegment,
  parsePath,
  rangeOfPrefix,
} from '../../src/domain/path.ts'
import { Recent } from '../../src/domain/recent.ts'
import { isSlug, slugFrom } from '../../src/domain/slug.ts'

const holds = <T extends [unknown, ...unknown[]]>(property: fc.IPropertyWithHooks<T>, numRuns = 500): void =>
  fc.assert(property, { numRuns })

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Compares as the database does: by the bytes of UTF-8, which is the order of code points. */
function compare(one: string, other: string): number {
  const [a, b] = [bytes(one), bytes(other)]
  const at = a.findIndex((byte, index) => byte !== b[index])
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1)
}

/** Part of a pattern, the same as a regular expression, and a text that it was made to match. */
interface Part {
  readonly glob: string
  readonly regexp: string
  readonly sample: string
}

const point = (char: string): string => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`
const few = fc.constantFrom(...'ab/-.^$+(\\|{😀ü')
const short = fc.string({ unit: few, maxLength: 6 })
const inSet = fc.tuple(fc.constantFrom(...'abc/.*?[😀ü'), fc.constantFrom(...'abc/.*?[😀ü'), fc.boolean())

const set: fc.Arbitrary<Part> = fc
  .record({
    isNegated: fc.boolean(),
    sign: fc.constantFrom('^', '!'),
    bracket: fc.boolean(),
    items: fc.array(inSet, { minLength: 1, maxLength: 3 }),
    sample: few,
  })
  .map(({ isNegated, sign, bracket, items, sample }) => {
    const ranges = items.map(([from, to, isRange]) =>
      isRange ? ([from, to] as const) : ([from, from] as const),
    )
    const rendered = items.map(([from, to, isRange]) => (isRange ? `${from}-${to}` : from))
    // A range whose end comes before its start holds nothing; a regular expression refuses it.
    const rising = ranges.filter(([from, to]) => compare(from, to) <= 0)
    const not = isNegated ? '^' : ''
    return {
      glob: `[${isNegated ? sign : ''}${bracket ? ']' : ''}${rendered.join('')}]`,
      regexp: `[${not}${bracket ? '\\]' : ''}${rising.map(([from, to]) => `${point(from)}-${point(to)}`).join('')}]`,
      sample,
    }
  })

const literal = (char: string): Part => ({ glob: char, regexp: point(char), sample: char })

const part: fc.Arbitrary<Part> = fc.oneof(
  { weight: 5, arbitrary: few.map(literal) },
  { weight: 2, arbitrary: short.map((sample) => ({ glob: '*', regexp: '.*', sample })) },
  { weight: 1, arbitrary: few.map((sample) => ({ glob: '?', regexp: '.', sample })) },
  { weight: 2, arbitrary: set },
)

const join = (parts: readonly Part[], key: keyof Part): string => parts.map((each) => each[key]).join('')

const globOf = (pattern: string) => {
  const glob = parseGlob(pattern)
  if ('fault' in glob) throw new Error(`${pattern} ${glob.fault}`)
  return glob
}

describe('a glob', () => {
  it('matches what the same regular expression matches', () => {
    holds(
      fc.property(fc.array(part, { maxLength: 12 }), fc.array(short), (parts, names) => {
        const glob = globOf(join(parts, 'glob'))
        const regexp = new RegExp(`^(?:${join(parts, 'regexp')})$`, 'su')
        for (const name of [join(parts, 'sample'), ...names]) {
          expect([name, glob.matches(name)]).toEqual([name, regexp.test(name)])
        }
      }),
      2_000,
    )
  })

  it('promises a prefix and fragments that every match has', () => {
    holds(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const glob = globOf(join(parts, 'glob'))
        const name = join(parts, 'sample')
        if (!glob.matches(name)) return
        expect(name.startsWith(glob.prefix)).toBe(true)
        for (const fragment of glob.fragments) expect(name).toContain(fragment)
      }),
    )
  })

  it('of more parts than a word has bits matches like any other', () => {
    const parts = fc.array(fc.oneof(set, few.map(literal)), { minLength: 33, maxLength: 70 })
    const fitting = parts.filter((chosen) => bytes(join(chosen, 'glob')).length < 1_024)
    holds(
      fc.property(fitting, short, few, (chosen, before, after) => {
        const [pattern, source] = [join(chosen, 'glob'), join(chosen, 'regexp')]
        const [glob, regexp] = [globOf(`*${pattern}`), new RegExp(`^.*${source}$`, 'su')]
        const name = `${before}${join(chosen, 'sample')}`
        for (const each of [name, `${name}${after}`]) expect(glob.matches(each)).toBe(regexp.test(each))
      }),
    )
  })

  it('is refused over 1,024 bytes', () => {
    for (const [char, most] of [
      ['a', 1_024],
      ['ü', 512],
      ['*', 1_024],
    ] as const)
      expect(['fault' in parseGlob(char.repeat(most)), 'fault' in parseGlob(char.repeat(most + 1))]).toEqual([
        false,
        true,
      ])
  })

  it.each([
    ['a star before every letter', `${'*a'.repeat(500)}*b`],
    ['a run of stars', `${'*'.repeat(1_000)}b`],
    ['sets and stars', `${'*[a-z]'.repeat(170)}b`],
    ['wildcards and stars', `${'*?'.repeat(500)}b`],
  ])('with %s comes to an end on a long name that almost fits', (_, pattern) => {
    const glob = globOf(pattern)
    expect(glob.matches('a'.repeat(1_024))).toBe(false)
    expect(glob.matches(`${'a'.repeat(1_023)}b`)).toBe(true)
  })

  const many = Array.from({ length: 60 }, (_, at) => String.fromCodePoint(0x4e00 + at * 330)).map((first) =>
    Array.from({ length: 330 }, (_, at) => String.fromCodePoint((first.codePointAt(0) ?? 0) + at)).join(''),
  )
  const alike = Array.from({ length: 2_000 }, (_, at) => `${'a'.repeat(1_000)}${at % 7 === 0 ? 'b' : 'c'}`)
  it.each([
    ['a star before every letter', `${'*a'.repeat(500)}*b`, alike],
    ['wildcards and stars', `${'*?'.repeat(500)}b`, alike],
    ['wildcards alone', '?'.repeat(1_000), alike],
    ['letters and wildcards', `*${'a?'.repeat(400)}[^c]`, alike],
    ['sets, over ever new characters', `*${'[^a-bc-d]'.repeat(100)}*b`, Array(50).fill(many).flat()],
  ])('with %s spends a bounded number of steps a page, and leaves nothing out', (_, pattern, all) => {
    const glob = globOf(pattern)
    const items = all.map((name) => ({ name }))
    const found: { name: string }[] = []
    for (let at = 0; at < items.length; ) {
      const before = glob.spent()
      const page = sift(items.slice(at), glob, 150)
      expect(page.seen).toBeGreaterThan(0)
      // A page may end with one name more, each of whose characters is new.
      expect(glob.spent() - before).toBeLessThanOrEqual(1_500_000 + 1_024 * (1_024 + 33))
      found.push(...page.found)
      at += page.seen
    }
    expect(glob.spent()).toBeGreaterThan(1_500_000)
    const fresh = globOf(pattern)
    expect(found).toEqual(items.filter(({ name }) => fresh.matches(name)))
  })

  it('of wildcards alone spends one step or two a character', () => {
    for (const pattern of ['?'.repeat(1_000), `${'*?'.repeat(500)}b`, `${'?*'.repeat(500)}*b`]) {
      const glob = globOf(pattern)
      glob.matches('a'.repeat(1_024))
      const first = glob.spent()
      glob.matches('a'.repeat(1_024))
      expect([pattern, glob.spent() - first <= 2 * 1_024]).toEqual([pattern, true])
    }
  })

  it('that is no pattern has a fault, whatever it is', () => {
    holds(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'[]^-*?a\u0000\ud800'), maxLength: 12 }),
        (pattern) => {
          const glob = parseGlob(pattern)
          if ('fault' in glob) expect([...'[\u0000\ud800'].some((char) => pattern.includes(char))).toBe(true)
          else expect(typeof glob.matches('a]')).toBe('boolean')
        },
      ),
    )
  })
})

describe('the range of a prefix', () => {
  const edge = fc.constantFrom(
    'a',
    'b',
    '/',
    '\u007f',
    '\ud7ff',
    '\ue000',
    '\uffff',
    '\u{10000}',
    '\u{10ffff}',
  )
  const text = fc.string({ unit: fc.oneof(edge, fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })) })

  it('holds the texts that start with it, and no others', () => {
    holds(
      fc.property(text, text, fc.array(text), (prefix, rest, others) => {
        const { from, to } = rangeOfPrefix(prefix)
        const near = [
          from,
          `${prefix}${rest}`,
          [...prefix].slice(0, -1).join(''),
          ...(to === null ? [] : [to]),
        ]
        for (const each of [...near, ...near.map((start) => `${start}${rest}`), ...others]) {
          const isWithin = compare(from, each) <= 0 && (to === null || compare(each, to) < 0)
          expect([each, isWithin]).toEqual([each, each.startsWith(prefix)])
        }
      }),
      2_000,
    )
  })

  it('has ends that can be stored', () => {
    holds(
      fc.property(text, (prefix) => {
        const { from, to } = rangeOfPrefix(prefix)
        expect([from.isWellFormed(), (to ?? '').isWellFormed()]).toEqual([true, true])
      }),
    )
  })
})

describe('a path', () => {
  const piece = fc.constantFrom(
    'a',
    '.',
    '..',
    '/',
    '//',
    'ü',
    '😀',
    '%',
    '%2F',
    '\u0000',
    '\u009f',
    '\ud800',
    ' ',
  )
  const raw = fc.oneof(
    fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join('')),
    fc
      .array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 40 })
      .map((parts) => parts.join('/')),
  )

  it('has one form, which is its own form, or a fault', () => {
    holds(
      fc.property(raw, (given) => {
        const parsed = parsePath(given)
        const segments = given.split('/').filter(Boolean)
        const text = `/${segments.join('/')}`
        const isFaulty =
          !given.isWellFormed() ||
          /\p{Cc}/u.test(given) ||
          bytes(text).length > 1_024 ||
          segments.length > 32 ||
          segments.some((segment) => segment === '.' || segment === '..' || [...segment].length > 255)
        expect([given, 'fault' in parsed]).toEqual([given, isFaulty])
        if ('fault' in parsed) return
        expect(parsed).toEqual({ text, segments })
        expect(parsePath(text)).toEqual(parsed)
      }),
      2_000,
    )
  })

  it('passes through folders that each hang under the one before', () => {
    const names = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }), {
      minLength: 1,
      maxLength: 6,
    })
    holds(
      fc.property(names, (segments) => {
        const points = [...nodePathOf(segments)]
        expect(foldersAlong(segments).map((end) => points.slice(0, end).join(''))).toEqual(
          segments.map((_, at) => nodePathOf(segments.slice(0, at + 1))),
        )
      }),
    )
  })

  it('of a node tells its names apart', () => {
    const name = fc.string({
      unit: fc.constantFrom('/', '%', '2', '5', 'F', 'a'),
      minLength: 1,
      maxLength: 6,
    })
    holds(
      fc.property(fc.array(name, { maxLength: 4 }), (names) => {
        const segments = nodePathOf(names).split('/').slice(1)
        const decoded = segments.map((segment) => segment.replaceAll('%2F', '/').replaceAll('%25', '%'))
        expect(decoded).toEqual(names.length === 0 ? [''] : names)
      }),
    )
    expect([nodeSegment('a/b'), nodeSegment('50%')]).toEqual(['a%2Fb', '50%25'])
  })

  it('of an episode has exactly one leading slash, and its verbatim name at the end', () => {
    const name = fc.string({ unit: fc.constantFrom('/', 'a', '%'), minLength: 1, maxLength: 6 })
    holds(
      fc.property(fc.option(fc.constantFrom('/x', '/x/y')), name, (folder, given) => {
        const path = episodePath(folder, given)
        expect(path).toMatch(/^\/(?!\/)/)
        expect(path).toBe(folder ? `${folder}/${given}` : `/${given.replace(/^\/+/, '')}`)
      }),
    )
  })
})

describe('a slug', () => {
  const name = fc.string({
    unit: fc.oneof(fc.constantFrom(...'aZ9-_. '), fc.constantFrom('ü', 'İ', 'K', '😀', '\u0000')),
  })
  const long = fc
    .tuple(name, fc.integer({ min: 0, max: 70 }))
    .map(([text, count]) => 'x'.repeat(count) + text)

  it('made from a name is a slug, and makes itself', () => {
    holds(
      fc.property(fc.oneof(name, long, fc.string({ unit: 'binary' })), (given) => {
        const slug = slugFrom(given)
        if (slug === null) expect(given.toLowerCase()).not.toMatch(/[a-z0-9]/)
        else expect([isSlug(slug), slug.endsWith('-'), slugFrom(slug)]).toEqual([true, false, slug])
      }),
      2_000,
    )
  })

  it.each([
    ['Robotics Lab', 'robotics-lab'],
    ['  --__..A  &  B!! ', 'a-b'],
    ['über_cool.v2', 'uber_cool.v2'],
    ['u\u0308ber', 'uber'],
    ['ß', null],
    ['a--b', 'a--b'],
    [`${'x'.repeat(63)} y`, 'x'.repeat(63)],
    ['._-', null],
    ['日本', null],
  ])('of %j is %j', (given, slug) => expect(slugFrom(given)).toBe(slug))

  it.each(['', '-a', '.a', '_a', 'A', 'a b', 'ä', 'a/b', 'a\n', 'x'.repeat(65)])('is not %j', (text) =>
    expect(isSlug(text)).toBe(false),
  )
})

describe('an id', () => {
  it('rises within a millisecond', () => {
    const ids = Array.from({ length: 20_000 }, () => mintId(1_795_000_000_000))
    expect(ids.every((id) => /^[0-9a-f]{24}$/.test(id))).toBe(true)
    expect(ids.every((id, at) => at === 0 || id > (ids[at - 1] ?? ''))).toBe(true)
    expect(new Set(ids.map((id) => id.slice(12, 15)))).toEqual(new Set(['000']))
  })

  it('sorts by its time, in whatever order they were made', () => {
    const time = fc.integer({ min: 0, max: 2 ** 48 - 1 })
    holds(
      fc.property(time, time, (one, other) => {
        const [a, b] = [mintId(one), mintId(other)]
        expect(Number.parseInt(a.slice(0, 12), 16)).toBe(one)
        if (one !== other) expect(a < b).toBe(one < other)
      }),
    )
  })
})

describe('what is remembered', () => {
  const kept = (recent: Recent<number>, keys: string): string =>
    [...keys].filter((key) => recent.get(key) !== undefined).join('')

  it('is dropped one by one, what was remembered longest ago first', () => {
    const recent = new Recent<number>(3)
    for (const [at, key] of [...'abcd'].entries()) recent.remember(key, at)
    expect(kept(recent, 'abcd')).toBe('bcd')
    recent.remember('b', 7)
    recent.remember('e', 8)
    expect([kept(recent, 'abcde'), recent.get('b')]).toEqual(['bde', 7])
  })

  it('makes room where it is forgotten', () => {
    const recent = new Recent<number>(2)
    recent.remember('a', 1)
    recent.remember('b', 2)
    recent.forget('a')
    recent.forget('x')
    recent.remember('c', 3)
    expect(kept(recent, 'abc')).toBe('bc')
  })
})

describe('the nearest known name', () => {
  const known = ['page', 'pageSize', 'tags', 'bssAudioId', 'episodeName', 'as']
  it.each([
    ['tag', 'tags'],
    ['TAGS', 'tags'],
    ['page_size', 'pageSize'],
    ['pagesizes', 'pageSize'],
    ['pages', 'page'],
    ['pgae', 'page'],
    ['apge', 'page'],
    ['tgsa', null],
    ['sa', null],
    ['gepa', null],
    ['bssVideoId', 'bssAudioId'],
    ['epsiode-name', 'episodeName'],
    ['asx', 'as'],
    ['at', null],
    ['status', null],
    ['', null],
    ['__proto__', null],
    [`tags${'_'.repeat(60)}`, 'tags'],
    [`tags${'_'.repeat(61)}`, null],
  ])('of %s is %s', (name, expected) => {
    expect(nearest(name, known)).toBe(expected)
  })

  it('is the one with the fewest letters changed, whatever the order', () => {
    expect([nearest('pagt', ['pact', 'page']), nearest('pagee', ['paged', 'page'])]).toEqual([
      'pact',
      'paged',
    ])
    expect(nearest('dryrun', ['dryRum', 'dryRun'])).toBe('dryRun')
  })

  it('is itself of what is known, and within a third of the letters of any other', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), fc.string({ maxLength: 3 }), (name, more) => {
        expect(nearest(name, [name])).toBe(name)
        const found = nearest(`${name}${more}`, [name])
        const [letters, added] = [name, more].map((text) => text.replaceAll(/[_-]/g, '').length)
        if (found === null) expect(3 * (added ?? 0)).toBeGreaterThan((letters ?? 0) + (added ?? 0))
      }),
    )
  })
})
