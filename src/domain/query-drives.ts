import { rangeOfPrefix } from './path.ts'
import type { Comparison, Condition, MetaTest, TextTest } from './query-conditions.ts'
import { byteLength } from './text.ts'

/** What whatever fits has for certain: by that it is found, without a look at every episode. */
export interface Drives {
  /** Of each list any. */
  readonly equalities: readonly (readonly Facet[])[]
  /** What is likely to be the smallest first. */
  readonly ranges: readonly Range[]
  /** When it was made: epoch milliseconds, from the first to before the last. */
  readonly createdFrom: number | null
  readonly createdTo: number | null
}

/** A number as it is spelt; of a truth the byte that stands for it, in hex. */
type FacetValue = readonly [type: 'text' | 'number' | 'byte', text: string]

/** Something that episodes have, as the table `facets` tells it. */
interface Facet {
  readonly key: string
  readonly value: FacetValue
}

/** From the first to the last, which may be one that does not fit any more; null for any. Of what holds things, its name. */
export type Range =
  | { readonly by: 'collection' | 'dataset'; readonly from: string; readonly to: null }
  | { readonly by: 'name' | 'id'; readonly from: string; readonly to: string | null }
  | { readonly by: 'started' | 'updated'; readonly from: number | null; readonly to: number | null }
  | { readonly by: 'facet'; readonly key: string; readonly from: FacetValue; readonly to: FacetValue }

/** So many facets are merged in the order of a list, and no more. */
const MOST_MERGED = 6

/** Of some metadata not all is told by facets: then this one is there. */
const MORE: Facet = { key: '~more', value: ['text', ''] }
export const MOST_BYTES_OF_A_KEY = 128
/** Of a word, in characters. */
const LONGEST_WORD = 32

/** The key of a facet of metadata; null where it is too long for one. */
export function keyOf(path: readonly string[]): string | null {
  const spelt = path.map((key) => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key)))
  const key = ['meta', ...spelt].join('.')
  return byteLength(key) > MOST_BYTES_OF_A_KEY ? null : key
}

/** Of what is joined by AND at the top; anything else leads nowhere. */
export function drivesOf(condition: Condition): Drives {
  const parts = partsOf(condition)
  const equalities = parts
    .map(facetsOf)
    .filter((facets): facets is Facet[] => facets !== null && facets.length <= MOST_MERGED)
  const ranges = parts.flatMap(rangesOf)
  const created = parts.filter((part) => part.kind === 'span' && part.field === 'created') as Span[]
  return {
    equalities,
    ranges: ranges.toSorted((one, other) => preference(one) - preference(other)),
    createdFrom: created.reduce<number | null>((all, { from }) => later(all, from), null),
    createdTo: created.reduce<number | null>((all, { to }) => earlier(all, to), null),
  }
}

type Span = Extract<Condition, { readonly kind: 'span' }>

const partsOf = (condition: Condition): readonly Condition[] =>
  condition.kind === 'and' ? condition.parts.flatMap(partsOf) : [condition]

/** Of two times; of one, where the other is null. */
const later = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other)
const earlier = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other)

const textual = (text: string): FacetValue => ['text', text]

/** The facets of which an episode has one, where the condition holds. */
function facetsOf(condition: Condition): readonly Facet[] | null {
  if (condition.kind === 'text') {
    const { field: key, test } = condition
    const isFacet = (key === 'tag' || key === 'status') && test.is === 'in'
    return isFacet ? test.texts.map((text) => ({ key, value: textual(text) })) : null
  }
  if (condition.kind !== 'meta' || condition.test.is !== 'scalar in') return null
  const { texts, numbers, truths } = condition.test
  const values: readonly FacetValue[] = [
    ...texts.map(textual),
    ...numbers.map((text) => ['number', text] as const),
    ...truths.map((text) => ['byte', text === 'true' ? '01' : '00'] as const),
  ]
  const key = keyOf(condition.path)
  return key === null ? [MORE] : [...values.map((value) => ({ key, value })), MORE]
}

function rangesOf(condition: Condition): readonly Range[] {
  switch (condition.kind) {
    case 'text':
      return textsOf(condition)
    case 'words':
      return condition.words.map(wordsFrom)
    case 'beginning': {
      const [word] = /^[\p{L}\p{N}]+/u.exec(condition.folded) ?? []
      return word === undefined ? [] : [wordsFrom(word)]
    }
    case 'span': {
      const { field: by, from, to } = condition
      return by === 'started' || by === 'updated' ? [{ by, from, to }] : []
    }
    case 'meta': {
      const key = keyOf(condition.path)
      const ends = endsOf(condition.test)
      return key === null || ends === null ? [] : [{ by: 'facet', key, from: ends[0], to: ends[1] }]
    }
    default:
      return []
  }
}

function textsOf({ field, test }: Extract<Condition, { readonly kind: 'text' }>): readonly Range[] {
  if (field === 'name' || field === 'id') return namesOf(field, test)
  const single = test.is === 'in' && test.texts.length === 1 ? test.texts[0] : undefined
  const isHolding = field === 'collection' || field === 'dataset'
  return isHolding && single !== undefined ? [{ by: field, from: single, to: null }] : []
}

function namesOf(by: 'name' | 'id', test: TextTest): readonly Range[] {
  if (test.is === 'begins') return test.text === '' ? [] : [{ by, ...rangeOfPrefix(test.text) }]
  if (test.is === 'between') return [{ by, from: test.from ?? '', to: test.to && justBehind(test.to) }]
  const [text, another] = test.is === 'in' ? test.texts : []
  return text === undefined || another !== undefined ? [] : [{ by, from: text, to: justBehind(text) }]
}

/** No name has a control character. */
const justBehind = (name: string): string => `${name}\u0001`

/** What sorts behind every text. */
const BEHIND_TEXTS: FacetValue = ['byte', '']

const wordsFrom = (word: string): Range => {
  const { from, to } = rangeOfPrefix([...word].slice(0, LONGEST_WORD).join(''))
  return { by: 'facet', key: 'word', from: textual(from), to: to === null ? BEHIND_TEXTS : textual(to) }
}

const NUMBERS: readonly [FacetValue, FacetValue] = [
  ['number', '-9e999'],
  ['number', '9e999'],
]
const TEXTS: readonly [FacetValue, FacetValue] = [textual(''), BEHIND_TEXTS]

/** Between which facets what a test holds for is; null where that cannot be told. */
function endsOf(test: MetaTest): readonly [FacetValue, FacetValue] | null {
  const half = (
    [first, last]: readonly [FacetValue, FacetValue],
    compare: Comparison,
    value: FacetValue,
  ): readonly [FacetValue, FacetValue] => (compare.startsWith('>') ? [value, last] : [first, value])
  switch (test.is) {
    case 'begins': {
      const { from, to } = rangeOfPrefix(test.text)
      return [textual(from), to === null ? BEHIND_TEXTS : textual(to)]
    }
    case 'compared':
      return half(TEXTS, test.compare, textual(test.text))
    case 'between':
      return [
        test.from === null ? TEXTS[0] : textual(test.from),
        test.to === null ? TEXTS[1] : textual(test.to),
      ]
    case 'number compared':
      return half(NUMBERS, test.compare, ['number', test.number])
    case 'number between':
      return [
        test.from === null ? NUMBERS[0] : ['number', test.from],
        test.to === null ? NUMBERS[1] : ['number', test.to],
      ]
    default:
      return null
  }
}

/** A number is rarer than a word, and a longer one than a short one; what is left open at an end is likely to be more. */
function preference(range: Range): number {
  if (range.by === 'name' || range.by === 'id') return range.from === '' || range.to === null ? 5 : 0
  if (range.by === 'collection' || range.by === 'dataset') return 1
  if (range.by === 'facet' && range.key !== 'word') return 3
  if (range.by === 'facet') return (/\d/.test(range.from[1]) ? 1 : 2) + 1 / (1 + range.from[1].length)
  return range.from === null || range.to === null ? 5 : 4
}
