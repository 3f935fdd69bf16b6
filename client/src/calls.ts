import createClient, {
  type Client,
  type FetchResponse,
  type HeadersOptions,
  type MaybeOptionalInit,
  mergeHeaders,
} from 'openapi-fetch'
import type { HttpMethod, MediaType, PathsWithMethod, RequiredKeysOf } from 'openapi-typescript-helpers'
import type { paths } from './api.ts'
import { errorOf } from './error.ts'
import { jsonOf } from './json.ts'
import { isJson, type Transport } from './transport.ts'

/** What a call answers. What is no success is thrown. */
export interface Answer<R extends { data?: unknown }> {
  readonly data: Exclude<R['data'], undefined>
  readonly response: Response
}

type InitOf<I> =
  RequiredKeysOf<I> extends never ? [(I & { [key: string]: unknown })?] : [I & { [key: string]: unknown }]

/** A path with its parameters, query and body, as the document of the API has them. */
export type Call<M extends HttpMethod> = <
  P extends PathsWithMethod<paths, M>,
  I extends MaybeOptionalInit<paths[P], M>,
>(
  path: P,
  ...init: InitOf<I>
) => Promise<Answer<FetchResponse<Extract<paths[P][M], Record<string, unknown>>, I, MediaType>>>

/** The calls of the API, one for each method. */
export interface Calls {
  readonly GET: Call<'get'>
  readonly HEAD: Call<'head'>
  readonly POST: Call<'post'>
  readonly PUT: Call<'put'>
  readonly PATCH: Call<'patch'>
  readonly DELETE: Call<'delete'>
  /**
   * A PATCH whose `metadata` is merged with what is there (RFC 7396): name the keys that change, and null for those that
   * go. What is not named is not read, and so not rewritten: whole numbers beyond 2^53 stay what they are.
   */
  readonly MERGE: Call<'patch'>
}

export function callsOf(transport: Transport): Calls {
  const client: Client<paths> = createClient<paths>({
    baseUrl: transport.base,
    fetch: (request) => transport.send(request),
    bodySerializer: jsonOf,
  })
  client.use({
    async onResponse({ response, options: { parseAs } }) {
      const { ok, status, body, headers } = response
      // Something else may listen there, such as a page for whoever has to log in first.
      const isOther = ok && body && parseAs === 'json' && !isJson(headers)
      if (status >= 400 || isOther) throw await errorOf(response)
    },
  })
  const { GET, HEAD, POST, PUT, PATCH, DELETE } = client
  const headers = { 'Content-Type': 'application/merge-patch+json' }
  const MERGE = (path: string, init?: { headers?: HeadersOptions }) =>
    PATCH(path as never, { ...init, headers: mergeHeaders(init?.headers, headers) } as never)
  // They differ in their types alone: an answer that is no success has been thrown.
  return { GET, HEAD, POST, PUT, PATCH, DELETE, MERGE } as unknown as Calls
}
