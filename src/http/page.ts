import type { Config } from '../config.ts'
import { DEEPEST_OFFSET, END, type Page, type Window } from '../db/page.ts'
import { invalid, Refusal } from '../domain/failure.ts'
import { deriveKey } from '../storage/keys.ts'
import { jsonAnswer } from './endpoint.ts'
import * as field from './field.ts'
import type { AnswerShape } from './route.ts'
import * as z from './zod.ts'

const DEFAULT_SIZE = 50
const LARGEST_SIZE = 200

/** A whole number of at least 1, or the default; never an error. */
const counting = (otherwise: number, most: number) => (text: string | undefined) => {
  const value = Math.floor(Number(text))
  return value >= 1 ? Math.min(value, most) : otherwise
}

export const LARGEST_LIMIT = 1_000

/** How many of a list are asked for at once, where that has no pages by number. */
export const limit = z
  .string()
  .transform((text, context) => {
    const number = field.digits(text)
    if (number >= 1 && number <= LARGEST_LIMIT) return number
    context.addIssue({ code: 'custom', message: `is not a whole number from 1 to ${LARGEST_LIMIT}` })
    return z.NEVER
  })
  .meta({
    type: 'integer',
    minimum: 1,
    maximum: LARGEST_LIMIT,
    description: `How many at most; ${LARGEST_LIMIT.toLocaleString('en')} without it.`,
  })

/** The query of every list that is an object. */
export const pageQuery = {
  page: z
    .string()
    .optional()
    .transform(counting(1, Number.MAX_SAFE_INTEGER))
    .meta({ type: 'integer', minimum: 1, default: 1, description: '1-based. Anything else is 1.' }),
  pageSize: z
    .string()
    .optional()
    .transform(counting(DEFAULT_SIZE, LARGEST_SIZE))
    .meta({
      type: 'integer',
      minimum: 1,
      maximum: LARGEST_SIZE,
      default: DEFAULT_SIZE,
      description: `Anything above is ${LARGEST_SIZE}, anything else ${DEFAULT_SIZE}.`,
    }),
  cursor: z.string().optional().meta({
    description:
      '`nextCursor` of the answer before. Goes before `page`; the cost of any page is that of the first.',
  }),
}

/** The fields that every list has beside its items. */
const pageShown = {
  page: z.int(),
  pageSize: z.int(),
  total: z.int().nullable().meta({ description: 'Exact; null where it is not counted.' }),
  totalPages: z.int().nullable(),
  nextCursor: z.string().nullable().meta({ description: 'Null at the end.' }),
}

export interface PageQuery {
  readonly page: number
  readonly pageSize: number
  readonly cursor?: string | undefined
}

/** The parameters of a list that are not part of its filter. */
const POSITION = ['page', 'pageSize', 'cursor', 'limit']

/** What a cursor is bound to: the list with its filter, whatever the order of the parameters. */
function listOf(url: URL): string {
  const filter = [...url.searchParams].filter(([name]) => !POSITION.includes(name)).sort()
  return `${url.pathname}?${new URLSearchParams(filter)}`
}

/** Of AES-GCM. */
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * The cursors of one list: where a page ended, sealed together with the list. They tell nothing, as a page may end at what it
 * does not show, and grant nothing: authority is judged anew with every page.
 */
export class Cursors {
  readonly #list: string
  readonly #secrets: readonly Uint8Array[]

  constructor(url: URL, { tokens }: Config) {
    this.#list = listOf(url)
    this.#secrets = tokens.secrets
  }

  async seal(id: string): Promise<string> {
    const [current] = this.#secrets
    if (!current) throw new Refusal('not_configured')
    const nonce = await this.#nonce(current, id)
    const cipher = await crypto.subtle.encrypt(
      this.#by(nonce),
      await keyOf(current, 'encrypt'),
      Uint8Array.fromHex(id),
    )
    return spell(new Uint8Array([...nonce, ...new Uint8Array(cipher)]))
  }

  /** The same of a place that is more than an id. */
  sealPlace(place: unknown): Promise<string> {
    return this.seal(new TextEncoder().encode(JSON.stringify(place)).toHex())
  }

  /** The place in a cursor: it is as it was sealed. */
  async openPlace<T>(cursor: string): Promise<T> {
    return JSON.parse(new TextDecoder().decode(Uint8Array.fromHex(await this.open(cursor)))) as T
  }

  /** The id in a cursor; refuses one that was altered, or that is of another list. */
  async open(cursor: string): Promise<string> {
    const bytes = bytesOf(cursor)
    if (bytes && bytes.length > NONCE_BYTES + TAG_BYTES) {
      const by = this.#by(bytes.subarray(0, NONCE_BYTES))
      for (const secret of this.#secrets) {
        const key = await keyOf(secret, 'decrypt')
        // What was sealed under another secret, or for another list, is not opened.
        const opened = await crypto.subtle.decrypt(by, key, bytes.subarray(NONCE_BYTES)).catch(() => null)
        if (opened) return new Uint8Array(opened).toHex()
      }
    }
    throw invalid('cursor', 'is not a cursor of this list')
  }

  #by(nonce: Uint8Array) {
    return { name: 'AES-GCM', iv: nonce, additionalData: new TextEncoder().encode(this.#list) }
  }

  /** A place has one cursor: made of what is sealed, a nonce is never used for anything else. */
  async #nonce(secret: Uint8Array, id: string): Promise<Uint8Array> {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    const material = await deriveKey(secret, 'nonces of cursors')
    const key = await crypto.subtle.importKey('raw', material, algorithm, false, ['sign'])
    const mark = await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(`${id} ${this.#list}`))
    return new Uint8Array(mark).subarray(0, NONCE_BYTES)
  }
}

const keyOf = async (secret: Uint8Array, use: 'encrypt' | 'decrypt'): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', await deriveKey(secret, 'cursors'), 'AES-GCM', false, [use])

const spell = (bytes: Uint8Array): string => bytes.toBase64({ alphabet: 'base64url', omitPadding: true })

function bytesOf(cursor: string): Uint8Array | null {
  try {
    const bytes = Uint8Array.fromBase64(cursor, { alphabet: 'base64url', lastChunkHandling: 'loose' })
    // Other spellings of the same bytes are not what was handed out.
    return spell(bytes) === cursor ? bytes : null
  } catch {
    return null
  }
}

/** The rows that a query asks for, and the cursors of its list. */
export async function windowOf(query: PageQuery, url: URL, config: Config): Promise<[Window, Cursors]> {
  const cursors = new Cursors(url, config)
  const { page, pageSize, cursor } = query
  const window =
    cursor === undefined
      ? { before: END, offset: (page - 1) * pageSize, limit: pageSize }
      : { before: await cursors.open(cursor), offset: 0, limit: pageSize }
  return [window, cursors]
}

/** The shape of a list's answer. */
export const listShape = (
  key: string,
  item: z.ZodType,
  example: unknown,
  order = 'newest first',
  more: z.ZodRawShape = {},
): AnswerShape => ({
  description: `One page, ${order}`,
  schema: z.object({ [key]: z.array(item), ...pageShown, ...more }),
  example: { [key]: [example], page: 1, pageSize: 50, total: 1, totalPages: 1, nextCursor: null },
})

/** A page of resources, which are JSON already, with its `Link` header (RFC 8288). */
export async function listAnswer(
  key: string,
  page: Page & { readonly examined?: number },
  query: PageQuery,
  url: URL,
  cursors: Cursors,
): Promise<Response> {
  const totalPages = page.total === null ? null : Math.ceil(page.total / query.pageSize)
  const nextCursor = page.next === null ? null : await cursors.seal(page.next)
  const rest = JSON.stringify({
    page: query.page,
    pageSize: query.pageSize,
    total: page.total,
    totalPages,
    nextCursor,
    examined: page.examined,
  })
  const at = (set: Record<string, string>): string =>
    linkTo(url, { pageSize: String(query.pageSize), ...set })
  const links = [`<${at({ page: '1' })}>; rel="first"`]
  const before = Math.min(query.page - 1, totalPages ?? Number.POSITIVE_INFINITY)
  const isShown = before > 0 && (before - 1) * query.pageSize <= DEEPEST_OFFSET
  if (query.cursor === undefined && isShown) links.push(`<${at({ page: String(before) })}>; rel="prev"`)
  if (nextCursor !== null) links.push(`<${at({ cursor: nextCursor })}>; rel="next"`)
  if (totalPages !== null && totalPages > 0 && (totalPages - 1) * query.pageSize <= DEEPEST_OFFSET)
    links.push(`<${at({ page: String(totalPages) })}>; rel="last"`)
  return jsonAnswer(`{"${key}":[${page.items.join(',')}],${rest.slice(1)}`, 200, { Link: links.join(', ') })
}

/** The `Link` header of a page of a list that has no pages by number. */
export function walkLinks(url: URL, most: number, nextCursor: string | null): { readonly Link: string } {
  const at = (position: object, rel: string) =>
    `<${linkTo(url, { limit: String(most), ...position })}>; rel="${rel}"`
  const next = nextCursor === null ? [] : [at({ cursor: nextCursor }, 'next')]
  return { Link: [at({}, 'first'), ...next].join(', ') }
}

/** The same list at another place. */
export function linkTo(url: URL, position: Readonly<Record<string, string>>): string {
  const parameters = new URLSearchParams([...url.searchParams].filter(([name]) => !POSITION.includes(name)))
  for (const [name, value] of Object.entries(position)) parameters.set(name, value)
  return `${url.pathname}?${parameters}`
}
