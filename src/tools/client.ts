import { z } from 'zod'
import { Failure } from './checks.ts'

/** A call that was answered, for the table at the end. */
export interface CallRecord {
  readonly method: string
  readonly path: string
  readonly status: number
  /** Round trips to the database and their milliseconds, as `Server-Timing` tells them. */
  readonly trips: string
  readonly milliseconds: string
}

interface Call<S extends z.ZodType> {
  readonly expect: number
  readonly answer: S
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
}

interface ByteRange {
  readonly first: number
  /** Inclusive, as in the header. */
  readonly last: number
}

const Problem = z.object({ code: z.string(), detail: z.string(), requestId: z.string() })

const MOST_MILLISECONDS = 30_000

export class Client {
  readonly calls: CallRecord[]
  readonly #base: URL
  readonly #token: string

  constructor(base: URL, token: string, calls: CallRecord[] = []) {
    this.#base = base
    this.#token = token
    this.calls = calls
  }

  /** The same server, asked by another token; the calls are kept together. */
  by(token: string): Client {
    return new Client(this.#base, token, this.calls)
  }

  /** Asks the API, and accepts nothing but the expected status and shape. */
  async call<S extends z.ZodType>(method: string, path: string, call: Call<S>): Promise<z.output<S>> {
    const url = new URL(path, this.#base)
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value)
    const headers = new Headers({ Authorization: `Bearer ${this.#token}` })
    if (call.body !== undefined) headers.set('Content-Type', 'application/json')
    const body = call.body === undefined ? null : JSON.stringify(call.body)
    const response = await this.#send(url, { method, headers, body }, call.expect)
    const parsed = call.answer.safeParse(parsedOrNull(await response.text()))
    if (parsed.success) return parsed.data
    throw new Failure(
      `${method} ${path} answered another shape than expected: ${z.prettifyError(parsed.error)}`,
    )
  }

  /** Asks for an answer in lines, and accepts nothing but the expected shape of each. */
  async lines<S extends z.ZodType>(path: string, answer: S): Promise<z.output<S>[]> {
    const headers = { Authorization: `Bearer ${this.#token}` }
    const response = await this.#send(new URL(path, this.#base), { method: 'GET', headers }, 200)
    const lines = (await response.text()).trimEnd().split('\n')
    return lines.map((line, index) => {
      const parsed = answer.safeParse(parsedOrNull(line))
      if (parsed.success) return parsed.data
      throw new Failure(`GET ${path}: line ${index + 1} is another than expected: ${line.slice(0, 500)}`)
    })
  }

  /** Follows a signed URL, which needs no token. */
  async bytes(url: string, range?: ByteRange): Promise<{ bytes: Uint8Array; headers: Headers }> {
    const headers: HeadersInit = range ? { Range: `bytes=${range.first}-${range.last}` } : {}
    const response = await this.#send(new URL(url), { method: 'GET', headers }, range ? 206 : 200)
    return { bytes: new Uint8Array(await response.arrayBuffer()), headers: response.headers }
  }

  /** Sends bytes to a signed URL, which needs no token. */
  async put(
    url: string,
    body: Uint8Array<ArrayBuffer>,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    await this.#send(new URL(url), { method: 'PUT', headers, body }, 200)
  }

  async #send(url: URL, init: RequestInit & { method: string }, expected: number): Promise<Response> {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.timeout(MOST_MILLISECONDS),
    })
    const { status } = response
    const timing = response.headers.get('Server-Timing') ?? ''
    const path = decodeURIComponent(url.pathname)
    this.calls.push({
      method: init.method,
      path,
      status,
      trips: /;desc="?(\d+)/.exec(timing)?.[1] ?? '-',
      milliseconds: /;dur=([\d.]+)/.exec(timing)?.[1] ?? '-',
    })
    if (status !== expected) {
      throw new Failure(
        `${init.method} ${path}: ${status} instead of ${expected}. ${await reasonOf(response)}`,
      )
    }
    return response
  }
}

/** Code, detail and request id of an answer that was not expected. */
async function reasonOf(response: Response): Promise<string> {
  const text = await response.text()
  const problem = Problem.safeParse(parsedOrNull(text))
  const requestId = response.headers.get('X-Request-Id') ?? 'unknown'
  if (!problem.success) return `The body is ${JSON.stringify(text.slice(0, 500))} (request id ${requestId}).`
  const { code, detail } = problem.data
  return `code ${code}, detail "${detail}", request id ${problem.data.requestId}.`
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
