import { mayRound, parseByDigits, sourceOfMember } from '../domain/digits.ts'
import { invalid, Refusal } from '../domain/failure.ts'
import { shapeFault } from '../domain/text.ts'

const MOST_BYTES = 1_048_576

/** A request's body, read whole and judged later: too large comes before who asks, not JSON after. */
export interface RawBody {
  readonly bytes: Uint8Array
  /** Whether it says by its media type that metadata is to be merged (RFC 7396). */
  readonly isMerging: boolean
  /** The object that the body is; an absent one is empty. */
  readonly json: () => Readonly<Record<string, unknown>>
}

export async function readBody(request: Request): Promise<RawBody> {
  if (Number(request.headers.get('Content-Length')) > MOST_BYTES) throw new Refusal('body_too_large')
  const bytes = await collect(request.body)
  const isMerging = request.method === 'PATCH' && isMergePatch(request.headers.get('Content-Type') ?? '')
  return { bytes, isMerging, json: () => parse(bytes, request.headers, isMerging) }
}

/** A client that goes away is no fault of the server. */
async function* whole(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch {
    throw invalid('body', 'did not arrive whole')
  }
}

async function collect(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  if (!body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of whole(body)) {
    size += chunk.byteLength
    if (size > MOST_BYTES) throw new Refusal('body_too_large')
    chunks.push(chunk)
  }
  const all = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.byteLength
  }
  return all
}

const isMergePatch = (mediaType: string): boolean =>
  /^application\/merge-patch\+json\s*(;|$)/i.test(mediaType.trim())

/** JSON by its media type. A patch, whose syntax it has too, is of another meaning. */
const isJson = (mediaType: string): boolean =>
  /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(mediaType.trim()) && !/patch\+json/i.test(mediaType)

/** Several encodings are a list; `identity` is none. */
const isEncoded = (encodings: string): boolean =>
  encodings.split(',').some((each) => !['', 'identity'].includes(each.trim().toLowerCase()))

function parse(bytes: Uint8Array, headers: Headers, isMerging: boolean): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) return {}
  if (isEncoded(headers.get('Content-Encoding') ?? '')) throw new Refusal('encoding_unsupported')
  const mediaType = headers.get('Content-Type')
  if (mediaType !== null && !isMerging && !isJson(mediaType)) throw new Refusal('media_type_unsupported')
  const [text, value] = decode(bytes)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('body', 'is not a JSON object')
  return withDigits(text, value as Record<string, unknown>)
}

function decode(bytes: Uint8Array): readonly [string, unknown] {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
    return [text, JSON.parse(text)]
  } catch {
    throw invalid('body', 'is not valid JSON in UTF-8')
  }
}

/** Metadata comes back as it was given, digit for digit. Only what is metadata is shallow enough to be read so. */
function withDigits(
  text: string,
  value: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (!mayRound(text) || shapeFault(value.metadata) !== null) return value
  const source = sourceOfMember(text, 'metadata')
  return source === null ? value : { ...value, metadata: parseByDigits(source) }
}
