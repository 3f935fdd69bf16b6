import { conditionBy, type Fields, ofField } from './query-binding.ts'
import type { Condition, Test } from './query-conditions.ts'
import { episodeFields } from './query-fields.ts'
import { type Field, folderOfAsset, meta, number, size, text, time } from './query-terms.ts'

const episodeName = text('episode')

/** The name of the episode that an asset is in; behind a dot, any field of that episode. */
const episode: Field = {
  hasParts: true,
  read: (asked) => {
    const { term, rest, now } = asked
    return rest.length === 0
      ? episodeName.read(asked)
      : ofEpisode(ofField(episodeFields, term, rest, now, 'episode.'))
  },
}

const IS_IN_ONE: Test = { kind: 'episode', test: { kind: 'there', field: 'id' } }

/** The same, asked of the episode of an asset: whatever is absent there is absent where there is no episode. */
function ofEpisode(condition: Condition): Condition {
  switch (condition.kind) {
    case 'and':
    case 'or':
      if (condition.kind === 'and' && condition.parts.length === 0) return IS_IN_ONE
      return { kind: condition.kind, parts: condition.parts.map(ofEpisode) }
    case 'not':
      return { kind: 'not', part: ofEpisode(condition.part) }
    default:
      return { kind: 'episode', test: condition }
  }
}

const assetFields: Fields = {
  name: text('name'),
  folder: folderOfAsset,
  kind: text('kind'),
  tag: text('tag'),
  type: text('type'),
  format: text('format'),
  language: text('language'),
  lens: text('lens'),
  fps: number('fps'),
  size: size('size'),
  episode,
  created: time('created'),
  collection: text('collection'),
  dataset: text('dataset'),
  id: text('id'),
  meta,
}

/** What a query asks of an asset, at `now` (epoch milliseconds); null where that is nothing. Throws a QueryFault. */
export const assetConditionOf = (text: string, now: number): Condition | null =>
  conditionBy(assetFields, text, now)
