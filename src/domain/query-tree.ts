/**
 * The language in which recordings are found: text to a tree, with the position of every part, or what is wrong and where.
 * It knows no field: what a field is, and what its values say, is told by `query-fields.ts`. Positions are UTF-16 units.
 */
export type Query =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Query[] }
  | { readonly kind: 'not'; readonly part: Query }
  | Term
  | Words

/** Where something stands in the text. */
export interface Position {
  readonly at: number
  readonly length: number
}

/** What is looked for in the text of things. */
export interface Words extends Position {
  readonly kind: 'text'
  readonly text: string
  readonly isQuoted: boolean
  /** Whether it is the beginning of a longer one. */
  readonly isPrefix: boolean
}

export type Operator = ':' | '=' | '!=' | '>' | '>=' | '<' | '<='

export interface Term extends Position {
  readonly kind: 'term'
  /** As it was spelt, with its dots; `field` is where it stands. */
  readonly path: readonly string[]
  readonly field: Position
  readonly operator: Operator
  /** Any of them. */
  readonly values: readonly Value[]
}

/** A text, of which what is quoted is nothing else. */
export interface Scalar extends Position {
  readonly text: string
  readonly isQuoted: boolean
}

export type Value =
  | (Scalar & { readonly kind: 'scalar' })
  | (Scalar & { readonly kind: 'prefix' })
  | (Position & { readonly kind: 'range'; readonly from: Scalar | null; readonly to: Scalar | null })
  | (Position & { readonly kind: 'any' | 'null' })
