import type { MaybeOptionalInit } from 'openapi-fetch'
import type { paths } from './api.ts'
import { type Calls, callsOf } from './calls.ts'
import { type Downloadable, type DownloadOptions, download } from './download.ts'
import { Gate } from './gate.ts'
import type { Host, Platform } from './host.ts'
import type { Asset } from './kinds.ts'
import { type Dataset, type ManifestLine, type ManifestOptions, manifest, type Summary } from './manifest.ts'
import { type Item, type ListPath, pagesOf } from './pages.ts'
import type { Source } from './source.ts'
import { forgiving } from './store.ts'
import { type Settings, Transport } from './transport.ts'
import { Upload, type UploadOptions } from './upload.ts'
import { type UploadAllOptions, type Uploaded, uploadAll } from './upload-all.ts'

export interface Place {
  readonly namespace: string
  readonly project: string
}

/** Where episodes are looked for: in one project, or in all that may be read. */
export interface Scope {
  readonly namespace: string
  readonly project?: string | undefined
}

type Episodes = '/namespaces/{slug}/projects/{projectSlug}/episodes'
type EpisodesOfAll = '/namespaces/{slug}/episodes'
type Assets = '/namespaces/{slug}/projects/{projectSlug}/assets'

type InitOf<P extends ListPath> =
  undefined extends MaybeOptionalInit<paths[P], 'get'>
    ? [init?: MaybeOptionalInit<paths[P], 'get'>]
    : [init: MaybeOptionalInit<paths[P], 'get'>]

/** A server, for one user. `B` is what it takes for bytes. */
export interface Client<B> extends Calls {
  /** The items of any list, from its first page to its last. */
  pages<P extends ListPath>(path: P, ...init: InitOf<P>): AsyncGenerator<Item<P>, void, undefined>
  /** The episodes that a query finds. */
  find(query: string, scope: Scope): AsyncGenerator<Item<Episodes | EpisodesOfAll>, void, undefined>
  /** The assets of a project that a query finds. */
  findAssets(query: string, place: Place): AsyncGenerator<Item<Assets>, void, undefined>
  /** Sends bytes and registers them; answers the asset. */
  upload(body: B, options: UploadOptions): Promise<Asset>
  /** Many of them, a few at a time; tells each as it ends. */
  uploadAll<I extends UploadOptions & { readonly body: B }>(
    items: Iterable<I> | AsyncIterable<I>,
    options?: UploadAllOptions<I>,
  ): AsyncGenerator<Uploaded<I>, void, undefined>
  /** The bytes of an asset, compared with what is known of them. */
  download(asset: Downloadable, options?: DownloadOptions): ReadableStream<Uint8Array>
  /** The assets that a dataset reaches, each once. */
  manifest(dataset: Dataset, options?: ManifestOptions): AsyncGenerator<ManifestLine, Summary, undefined>
}

const AT_ONCE = 4

/** A client on a platform that knows how to read what it is given. */
export function connectOn<B>(
  platform: Platform,
  settings: Settings,
  sourceOf: (body: B, size: number | undefined) => Source | Promise<Source>,
): Client<B> {
  const transport = new Transport(settings)
  const calls = callsOf(transport)
  const host: Host = {
    ...{ calls, platform: { ...platform, store: forgiving(platform.store) } },
    patience: transport.patience,
    base: transport.base,
  }
  const hashing = new Gate(1)
  const upload = async (body: B, options: UploadOptions, sending: Gate): Promise<Asset> =>
    new Upload(host, await sourceOf(body, options.size), options, { sending, hashing }).run()
  const found = (path: Episodes | EpisodesOfAll | Assets, q: string, { namespace, project = '' }: Scope) =>
    pagesOf(calls, path, {
      params: { path: { slug: namespace, projectSlug: project }, query: q === '' ? {} : { q } },
    })
  return {
    ...calls,
    pages: (path, ...[init]) => pagesOf(calls, path, init as never),
    find: (query, scope) =>
      found(
        scope.project === undefined
          ? '/namespaces/{slug}/episodes'
          : '/namespaces/{slug}/projects/{projectSlug}/episodes',
        query,
        scope,
      ) as never,
    findAssets: (query, place) =>
      found('/namespaces/{slug}/projects/{projectSlug}/assets', query, place) as never,
    upload: async (body, options) => upload(body, options, new Gate(options.concurrency ?? AT_ONCE)),
    uploadAll: (items, options = {}) => {
      const sending = new Gate(options.concurrency ?? AT_ONCE)
      return uploadAll(items, ({ body }, each) => upload(body, each, sending), options)
    },
    download: (asset, options) => download(host, asset, options),
    manifest: (dataset, options) => manifest(host, dataset, options),
  }
}
