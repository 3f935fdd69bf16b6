import type { AssetKind } from './kind.ts'

/** What a query asks of an episode or an asset: a tree of tests, each of one field and one way. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | Test

/** A test is true or false; of what is absent, or of another type, it is false. */
export type Test =
  | { readonly kind: 'text'; readonly field: TextField; readonly test: TextTest }
  /** Each, folded, begins a word of the name. */
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** The name contains it, folded; or the description does, in which ASCII alone is folded. */
  | { readonly kind: 'phrase'; readonly folded: string; readonly foldedAscii: string }
  /** The folded name begins with it. */
  | { readonly kind: 'beginning'; readonly folded: string }
  | {
      readonly kind: 'span'
      readonly field: SpanField
      readonly from: number | null
      readonly to: number | null
    }
  | { readonly kind: 'number'; readonly field: NumberField; readonly test: NumberTest }
  | { readonly kind: 'there'; readonly field: TextField | SpanField | NumberField }
  /** Whether the time of an episode overlaps that one. */
  | { readonly kind: 'during'; readonly from: number | null; readonly to: number | null }
  | { readonly kind: 'during there' }
  | { readonly kind: 'protected'; readonly is: boolean }
  | { readonly kind: 'has'; readonly asset: AssetKind }
  | { readonly kind: 'meta'; readonly path: readonly string[]; readonly test: MetaTest }
  /** Of the episode that an asset is in; false for an asset outside of episodes. */
  | { readonly kind: 'episode'; readonly test: Test }

/** Texts are compared by code point. */
export type TextTest =
  | { readonly is: 'in'; readonly texts: readonly string[] }
  | { readonly is: 'compared'; readonly compare: Comparison; readonly text: string }
  | { readonly is: 'begins'; readonly text: string }
  | { readonly is: 'between'; readonly from: string | null; readonly to: string | null }

/** Numbers as they are spelt, so that whole ones keep their digits. */
export type NumberTest =
  | { readonly is: 'number in'; readonly numbers: readonly string[] }
  | { readonly is: 'number compared'; readonly compare: Comparison; readonly number: string }
  | { readonly is: 'number between'; readonly from: string | null; readonly to: string | null }

export type MetaTest =
  | Exclude<TextTest, { readonly is: 'in' }>
  | Exclude<NumberTest, { readonly is: 'number in' }>
  /** Truths are `true` and `false`. */
  | {
      readonly is: 'scalar in'
      readonly texts: readonly string[]
      readonly numbers: readonly string[]
      readonly truths: readonly string[]
    }
  | { readonly is: 'there' }

export type Comparison = '>' | '>=' | '<' | '<='

/** What holds a thing has a name that is asked for like its own. */
type Holding = 'collection' | 'dataset'

/** `episode` is the name of the one that an asset is in. */
export type TextField =
  | 'name'
  | 'id'
  | 'tag'
  | 'folder'
  | Holding
  | 'status'
  | 'description'
  | 'kind'
  | 'type'
  | 'format'
  | 'language'
  | 'lens'
  | 'episode'

/** Times in epoch milliseconds, a length in milliseconds, a size in bytes. */
export type SpanField = 'created' | 'updated' | 'started' | 'ended' | 'duration' | 'size'
export type NumberField = 'fps'
