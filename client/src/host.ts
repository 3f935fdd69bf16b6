import type { Calls } from './calls.ts'
import type { Put } from './put.ts'
import type { Patience } from './retry.ts'
import type { Bytes } from './source.ts'
import type { Store } from './store.ts'

/** A digest that is made as bytes come along. */
export interface Hasher {
  update(bytes: Uint8Array): void
  hex(): string
}

/** What differs between a page and a program of Node. */
export interface Platform {
  readonly put: Put
  readonly store: Store
  /** The SHA-256 of what fits into memory, in hex; undefined where there is no fast one. */
  digest(bytes: Bytes): Promise<string | undefined>
  /** A SHA-256 of what does not. */
  hasher(): Promise<Hasher>
}

/** A connection, for what is built upon its calls. */
export interface Host {
  readonly calls: Calls
  readonly platform: Platform
  readonly patience: Patience
  /** Where the server is. */
  readonly base: string
}
