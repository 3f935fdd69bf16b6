import { type AssetKind, assetKinds } from './kind.ts'
import { type Range, rangeOfPrefix } from './path.ts'
import type { Condition } from './query-conditions.ts'

/** What whatever fits has for certain, and by which assets are found faster; null for what is not known. */
export interface AssetDrives {
  readonly kinds: readonly AssetKind[] | null
  readonly ids: readonly string[] | null
  /** The name of the episode around. */
  readonly episode: string | null
  readonly name: string | null
  /** Of names. */
  readonly range: Range | null
  /** Epoch milliseconds, from the first to before the last. */
  readonly createdFrom: number | null
  readonly createdTo: number | null
}

const NOTHING: AssetDrives = {
  kinds: null,
  ids: null,
  episode: null,
  name: null,
  range: null,
  createdFrom: null,
  createdTo: null,
}

/** Of what is joined by AND at the top; anything else leads nowhere. */
export function assetDrives(condition: Condition | null): AssetDrives {
  if (condition === null) return NOTHING
  if (condition.kind === 'and') return condition.parts.map(assetDrives).reduce(both, NOTHING)
  if (condition.kind === 'span' && condition.field === 'created')
    return { ...NOTHING, createdFrom: condition.from, createdTo: condition.to }
  if (condition.kind === 'episode') return ofEpisode(condition.test)
  return condition.kind === 'text' ? ofText(condition) : NOTHING
}

type OfText = Extract<Condition, { readonly kind: 'text' }>

/** Its name leads to its assets, under either name of the field. */
const ofEpisode = (test: Condition): AssetDrives =>
  test.kind === 'text' && test.field === 'name' ? ofText({ ...test, field: 'episode' }) : NOTHING

function ofText({ field, test }: OfText): AssetDrives {
  if (test.is === 'begins' && test.text !== '' && (field === 'name' || field === 'folder'))
    return { ...NOTHING, range: rangeOfPrefix(test.text) }
  if (test.is !== 'in') return NOTHING
  const [text, another] = test.texts
  if (field === 'kind') return { ...NOTHING, kinds: assetKinds.filter((kind) => test.texts.includes(kind)) }
  if (field === 'id') return { ...NOTHING, ids: test.texts }
  if (text === undefined || another !== undefined) return NOTHING
  if (field === 'name') return { ...NOTHING, name: text }
  if (field === 'episode') return { ...NOTHING, episode: text }
  return field === 'folder' ? { ...NOTHING, range: rangeOfPrefix(text) } : NOTHING
}

/** Of two that lead to as little, the first does. */
function both(one: AssetDrives, other: AssetDrives): AssetDrives {
  const kinds = one.kinds && other.kinds && one.kinds.filter((kind) => other.kinds?.includes(kind))
  return {
    kinds: kinds ?? one.kinds ?? other.kinds,
    ids: one.ids ?? other.ids,
    episode: one.episode ?? other.episode,
    name: one.name ?? other.name,
    range: one.range ?? other.range,
    createdFrom: furthest(Math.max, one.createdFrom, other.createdFrom),
    createdTo: furthest(Math.min, one.createdTo, other.createdTo),
  }
}

/** Of two times; of one, where the other is null. */
const furthest = (
  of: (one: number, other: number) => number,
  one: number | null,
  other: number | null,
): number | null => (one === null || other === null ? (one ?? other) : of(one, other))
