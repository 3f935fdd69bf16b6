import { isSame } from './keys.ts'
import { OBJECTS_PATH, type Site } from './presign.ts'
import { encodePath, type Parameter, signRequest } from './sigv4.ts'

/**
 * A signed URL as a client sends it back. Clients spell one URL in several ways: what is compared is the canonical
 * request, and what is served is read from that alone.
 */
export interface SignedUrl {
  /** The whole path, decoded once. */
  readonly path: string
  /** All but the signature. */
  readonly parameters: readonly Parameter[]
  readonly signature: string
  /** `20261122T031500Z` */
  readonly datetime: string
  /** The lower-case names of the headers that the signature covers, but for `host`. */
  readonly headers: readonly string[]
  /** By its own date, in epoch milliseconds. */
  readonly expiresAt: number
}

const HEADER_NAMES = /^[a-z\d-]+(;[a-z\d-]+)*$/
const SIGNATURE = 'X-Amz-Signature'

/** Null for what is no signed URL, however it is spelled. */
export function readSignedUrl({ pathname, search }: URL): SignedUrl | null {
  const path = decoded(pathname)
  const all = parametersIn(search)
  if (path === null || all === null) return null
  const [signature, ...others] = all.filter(([name]) => name === SIGNATURE).map(([, value]) => value)
  const parameters = all.filter(([name]) => name !== SIGNATURE)
  const given = new Map(parameters)
  const names = given.get('X-Amz-SignedHeaders') ?? ''
  const datetime = given.get('X-Amz-Date') ?? ''
  const expiresAt = timeOf(datetime) + Number(given.get('X-Amz-Expires')) * 1_000
  if (signature === undefined || others.length > 0) return null
  if (!HEADER_NAMES.test(names) || Number.isNaN(expiresAt)) return null
  const headers = names.split(';').filter((name) => name !== 'host')
  return { path, parameters, signature, datetime, headers, expiresAt }
}

/** The parameters of a query, decoded once: a plus is a plus. Null where one is not encoded as a URL's. */
function parametersIn(search: string): readonly Parameter[] | null {
  const parameters: Parameter[] = []
  for (const item of search.slice(1).split('&').filter(Boolean)) {
    const at = item.indexOf('=')
    const [name, value] = at < 0 ? [item, ''] : [item.slice(0, at), item.slice(at + 1)]
    const pair = [decoded(name), decoded(value)] as const
    if (pair[0] === null || pair[1] === null) return null
    parameters.push([pair[0], pair[1]])
  }
  return parameters
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** NaN for what is no time. */
const timeOf = (datetime: string): number =>
  /^\d{8}T\d{6}Z$/.test(datetime)
    ? Date.parse(datetime.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'))
    : Number.NaN

/** The key that a URL of the Worker's own site names. */
export const keyIn = ({ path }: SignedUrl): string => path.slice(OBJECTS_PATH.length + 1)

/** Those headers that the signature covers, and the request lacks. */
export const missingHeaders = ({ headers }: SignedUrl, sent: Headers): readonly string[] =>
  headers.filter((name) => !sent.has(name))

/** What a store would act on, and nobody has signed. */
export const unsignedHeaders = ({ headers }: SignedUrl, sent: Headers): readonly string[] =>
  [...sent.keys()].filter((name) => name.startsWith('x-amz-') && !headers.includes(name))

/** Whether the site has signed the URL for the method (GET for HEAD) and the headers; it may have expired. */
export async function isSignedBy(
  site: Site,
  method: string,
  url: SignedUrl,
  sent: Headers,
): Promise<boolean> {
  const { path, parameters, datetime } = url
  if (!path.startsWith(`${site.path}/`)) return false
  if (missingHeaders(url, sent).length > 0 || unsignedHeaders(url, sent).length > 0) return false
  const headers = Object.fromEntries(url.headers.map((name) => [name, sent.get(name) ?? '']))
  const signature = await signRequest(site, {
    method,
    path: encodePath(path),
    parameters,
    headers: { ...headers, host: new URL(site.origin).host },
    datetime,
  })
  return isSame(url.signature, signature)
}
