import { PATIENCE, type Patience, retried } from './retry.ts'

export interface Settings {
  /** Where the server is, such as `https://api.example.com`. */
  readonly url: string | URL
  /** A token, or what gives one. It is asked before each request, and once more when the server refuses its token. */
  readonly token: string | (() => string | Promise<string>)
  /** Milliseconds until an answer has to begin; 60,000 if nothing else is said. */
  readonly timeout?: number
  readonly retries?: Partial<Patience>
  /** Takes the place of the global one. */
  readonly fetch?: (request: Request) => Promise<Response>
}

const TIMEOUT = 60_000
const VISIBLE = /^[!-~]*$/

/** An id that no other request has. `crypto.randomUUID` is there in secure contexts alone. */
const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )

/** What is not the same when it is done twice, and takes no key. */
const ONCE = /^\/(auth\/(exchange|logout)|(videos|audio|labels|text-tracks|image|files)(\/upload\/.*)?)$/

/** Sends requests of the API: names them, proves who sends them, tries again, and remembers what it has seen. */
export class Transport {
  readonly patience: Patience
  readonly base: string
  readonly #settings: Settings
  /** The newest state of the database that was seen; bookmarks are ordered as texts. */
  #bookmark = ''

  constructor(settings: Settings) {
    this.#settings = settings
    const { protocol, origin, pathname } = new URL(settings.url)
    if (!/^https?:$/.test(protocol)) throw new TypeError(`${settings.url} is not the URL of a server.`)
    this.base = (origin + pathname).replace(/\/+$/, '')
    this.patience = { ...PATIENCE, ...settings.retries }
  }

  /**
   * Answers after as many tries as it takes. All tries have one `X-Request-Id`, and a POST one `Idempotency-Key`: by these
   * the server does it once, and answers each as the first.
   */
  async send(request: Request): Promise<Response> {
    const { method, headers, signal } = request
    const isOnce = method === 'POST' && ONCE.test(new URL(request.url).pathname.slice(this.#prefix.length))
    if (!headers.has('X-Request-Id')) headers.set('X-Request-Id', newId())
    if (method === 'POST' && !headers.has('Idempotency-Key')) headers.set('Idempotency-Key', newId())
    const patience = isOnce ? { ...this.patience, tries: 1 } : this.patience
    const answered = () =>
      retried(
        () => this.#authorization(),
        (authorization) => this.#attempt(request, authorization),
        signal,
        patience,
      )
    const response = await answered()
    return response.status === 401 && typeof this.#settings.token === 'function' && !isOnce
      ? answered()
      : response
  }

  async #authorization(): Promise<string> {
    const { token } = this.#settings
    const value: unknown = typeof token === 'function' ? await token() : token
    // What a header cannot hold would be told with the token in it.
    if (typeof value !== 'string' || !VISIBLE.test(value.trim()))
      throw new TypeError('The token is no text of visible ASCII characters.')
    return `Bearer ${value.trim()}`
  }

  get #prefix(): string {
    return new URL(this.base).pathname.replace(/\/$/, '')
  }

  async #attempt(request: Request, authorization: string): Promise<Response> {
    const { fetch: given, timeout = TIMEOUT } = this.#settings
    const late = new AbortController()
    const timer = setTimeout(
      () => late.abort(new DOMException(`There was no answer after ${timeout} ms.`, 'TimeoutError')),
      timeout,
    )
    try {
      const sent = new Request(request.clone(), { signal: AbortSignal.any([request.signal, late.signal]) })
      sent.headers.set('Authorization', authorization)
      if (this.#bookmark !== '') sent.headers.set('X-D1-Bookmark', this.#bookmark)
      const response = await (given ? given(sent) : fetch(sent))
      const bookmark = response.headers.get('X-D1-Bookmark') ?? ''
      if (bookmark > this.#bookmark) this.#bookmark = bookmark
      return await whole(response)
    } finally {
      clearTimeout(timer)
    }
  }
}

/** JSON is read to its end within the try, so that an answer that was cut is asked for again; a stream is handed on. */
async function whole(response: Response): Promise<Response> {
  const { status, statusText, headers, body } = response
  if (!body || !isJson(headers)) return response
  return new Response(await response.arrayBuffer(), { status, statusText, headers })
}

export const isJson = (headers: Headers): boolean => /\bjson\b/.test(headers.get('Content-Type') ?? '')
