import { assetKinds } from './kind.ts'
import { QueryFault } from './query.ts'
import { conditionBy, type Fields } from './query-binding.ts'
import type { Condition } from './query-conditions.ts'
import {
  ALWAYS,
  during,
  each,
  folder,
  isOneOf,
  isTruth,
  length,
  meta,
  not,
  text,
  time,
} from './query-terms.ts'

/** The fields of an episode. */
export const episodeFields: Fields = {
  name: text('name'),
  id: text('id'),
  status: text('status'),
  tag: text('tag'),
  description: text('description'),
  folder,
  created: time('created'),
  updated: time('updated'),
  started: time('started'),
  ended: time('ended'),
  duration: length('duration'),
  during,
  protected: each((value) => {
    if (value.kind === 'any') return ALWAYS
    if (value.kind === 'null') return not(ALWAYS)
    if (value.kind === 'scalar' && isTruth(value)) return { kind: 'protected', is: value.text === 'true' }
    throw new QueryFault(value, 'is neither true nor false')
  }),
  has: each((value) => {
    const any: Condition = { kind: 'or', parts: assetKinds.map((asset) => ({ kind: 'has', asset })) }
    if (value.kind === 'any') return any
    if (value.kind === 'null') return not(any)
    if (value.kind === 'scalar' && isOneOf(assetKinds, value.text)) return { kind: 'has', asset: value.text }
    throw new QueryFault(value, 'is no kind of assets', `kinds are ${assetKinds.join(', ')}`)
  }),
  collection: text('collection'),
  dataset: text('dataset'),
  meta,
}

/** What a query asks of an episode, at `now` (epoch milliseconds); null where that is nothing. Throws a QueryFault. */
export const conditionOf = (text: string, now: number): Condition | null =>
  conditionBy(episodeFields, text, now)
