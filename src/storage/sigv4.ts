/**
 * AWS Signature Version 4 in the query of a URL.
 *
 * Source: "Authenticating Requests: Using Query Parameters" of the Amazon S3 API reference.
 *
 * Of its own because a request may ask for thousands of URLs: aws4fetch derives the signing key for each of them and
 * imports it for each HMAC. Here a key is derived and imported once a day, and a URL costs one digest and one HMAC
 * (docs/measurements.md). aws4fetch stays the reference: `test/machinery/sigv4.test.ts` compares every kind of URL with
 * what it signs.
 */
export interface Signer {
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export interface Signing {
  readonly method: string
  /** `https://host`, with its port where it is not the scheme's own. */
  readonly origin: string
  /** Encoded by `encodePath`. */
  readonly path: string
  /** Parameters by name, in any order, not encoded. */
  readonly query: Readonly<Record<string, string>>
  /** The headers besides `host` that the request must send, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** `20261122T031500Z` */
  readonly datetime: string
  /** Seconds */
  readonly expiresIn: number
}

const ALGORITHM = 'AWS4-HMAC-SHA256'

/** Every character but those that RFC 3986 leaves unreserved; `encodeURIComponent` leaves `!'()*` alone. */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

/** A path encoded segment by segment, once, as S3 reads it. */
export const encodePath = (path: string): string => path.split('/').map(encode).join('/')

/** `20261122T031500Z` */
export const amzDate = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '')

/** What a service other than S3, or one that is told the digest of the body, has in a signature. */
const OF_S3 = { service: 's3', payload: 'UNSIGNED-PAYLOAD' }

/** The URL with its signature at the end, its parameters in the order in which they are signed. */
export async function signQuery(signer: Signer, signing: Signing, kind = OF_S3): Promise<string> {
  const { method, origin, path, datetime, expiresIn } = signing
  const headers = { ...signing.headers, host: new URL(origin).host }
  const parameters = Object.entries({
    ...signing.query,
    'X-Amz-Algorithm': ALGORITHM,
    'X-Amz-Credential': `${signer.accessKeyId}/${scopeOf(datetime, signer, kind)}`,
    'X-Amz-Date': datetime,
    'X-Amz-Expires': String(expiresIn),
    'X-Amz-SignedHeaders': canonicalHeaders(headers).names,
  })
  const signature = await signRequest(signer, { method, path, parameters, headers, datetime }, kind)
  return `${origin}${path}?${canonicalQuery(parameters)}&X-Amz-Signature=${signature}`
}

/** A parameter of a query, name and value, not encoded. */
export type Parameter = readonly [name: string, value: string]

/** A request as it is signed, whoever has made it. */
export interface Requested extends Pick<Signing, 'method' | 'path' | 'datetime'> {
  /** All but the signature, in any order. */
  readonly parameters: readonly Parameter[]
  /** Those that are signed, `host` among them, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
}

/** The signature of a request: 64 hex digits. However its URL is spelled, it is the same. */
export function signRequest(
  signer: Signer,
  { method, path, parameters, headers, datetime }: Requested,
  kind = OF_S3,
): Promise<string> {
  const { names, lines } = canonicalHeaders(headers)
  const request = [method, path, canonicalQuery(parameters), lines, names, kind.payload].join('\n')
  return signatureOf(signer.secretAccessKey, datetime, scopeOf(datetime, signer, kind), request)
}

const scopeOf = (datetime: string, { region }: Signer, { service }: typeof OF_S3): string =>
  `${datetime.slice(0, 8)}/${region}/${service}/aws4_request`

const canonicalQuery = (parameters: readonly Parameter[]): string =>
  parameters
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    // By name before value: `a=` comes before `a-b=`, though `-` comes before `=`.
    .sort(([one, its], [other, others]) => compare(one, other) || compare(its, others))
    .map((pair) => pair.join('='))
    .join('&')

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other))

function canonicalHeaders(headers: Readonly<Record<string, string>>) {
  const names = Object.keys(headers).sort()
  const lines = names.map((name) => `${name}:${headers[name]?.trim().replace(/ +/g, ' ')}\n`)
  return { names: names.join(';'), lines: lines.join('') }
}

async function signatureOf(
  secret: string,
  datetime: string,
  scope: string,
  canonicalRequest: string,
): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', encoder.encode(canonicalRequest))
  const text = [ALGORITHM, datetime, scope, new Uint8Array(digest).toHex()].join('\n')
  return new Uint8Array(await hmac(await signingKey(secret, scope), text)).toHex()
}

const encoder = new TextEncoder()

const importKey = (bytes: BufferSource): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])

const hmac = (key: CryptoKey, text: string): Promise<ArrayBuffer> =>
  crypto.subtle.sign('HMAC', key, encoder.encode(text))

/** Two secrets for each day that a URL to be checked may be of, and room for URLs that claim to be of others. */
const MOST_KEYS = 64
const keys = new Map<string, CryptoKey>()

async function signingKey(secret: string, scope: string): Promise<CryptoKey> {
  const name = `${scope} ${secret}`
  const known = keys.get(name)
  if (known) return known
  let key = await importKey(encoder.encode(`AWS4${secret}`))
  for (const part of scope.split('/')) key = await importKey(await hmac(key, part))
  if (keys.size >= MOST_KEYS) keys.clear()
  keys.set(name, key)
  return key
}
