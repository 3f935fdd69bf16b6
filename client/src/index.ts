import { type Client, connectOn } from './connect.ts'
import type { Hasher } from './host.ts'
import { put } from './put.ts'
import { type Body, type Bytes, sourceOf } from './source.ts'
import { type Store, usualStore } from './store.ts'
import type { Settings } from './transport.ts'

export type { components, operations, paths } from './api.ts'
export type { Answer, Call } from './calls.ts'
export type { Client, Place, Scope } from './connect.ts'
export type { Downloadable, DownloadOptions } from './download.ts'
export { type Code, DreamLakeError, type FieldError } from './error.ts'
export type { Asset, Kind } from './kinds.ts'
export type { Dataset, ManifestLine, ManifestOptions, Summary } from './manifest.ts'
export type { Item, ListPath } from './pages.ts'
export type { Body } from './source.ts'
export { type Begun, indexedStore, memoryStore, type Store } from './store.ts'
export type { Settings } from './transport.ts'
export type { Progress, UploadOptions } from './upload.ts'
export type { UploadAllOptions, Uploaded } from './upload-all.ts'

/** `crypto.subtle` is there in secure contexts alone. */
async function digest(bytes: Bytes): Promise<string | undefined> {
  if (!crypto.subtle) return undefined
  const hash = await crypto.subtle.digest('SHA-256', await new Response(bytes.stream()).arrayBuffer())
  return hexOf(new Uint8Array(hash))
}

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** What is hashed as it comes is loaded by whoever needs it. */
async function hasher(): Promise<Hasher> {
  const { sha256 } = await import('@noble/hashes/sha2.js')
  const hash = sha256.create()
  return { update: (bytes) => void hash.update(bytes), hex: () => hexOf(hash.digest()) }
}

/** Speaks to a server wherever there is `fetch`. `store` keeps uploads that were begun; a page has one of its own. */
export function connect({ store = usualStore(), ...settings }: Settings & { store?: Store }): Client<Body> {
  return connectOn({ put, store, digest, hasher }, settings, sourceOf)
}
