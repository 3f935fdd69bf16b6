import { once } from 'node:events'
import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'

/** What becomes of a request: it never arrives, is never answered, its body is not read, or its answer is lost, cut, or another one. */
export type Fault = 'unsent' | 'unanswered' | 'unread' | 'lost' | 'cut' | 403 | 429 | 503

/** A request that has passed, with the bytes of its body that have. */
export interface Passed {
  readonly method: string
  readonly path: string
  bytes: number
}

/** Stands between a client and the server on a port of its own, and counts what goes through. */
export class FaultyProxy {
  readonly passed: Passed[] = []
  readonly faults: Fault[] = []
  /** Told of the bytes of bodies as they pass. */
  watch: () => void = () => undefined
  readonly #onward = new Set<Promise<unknown>>()
  /** Asked for each request. */
  fault: (passed: Passed) => Fault | undefined = () => undefined
  readonly #server: Server
  readonly #target: URL

  constructor(target: string) {
    this.#target = new URL(target)
    this.#server = createServer((incoming, outgoing) => this.#pass(incoming, outgoing))
  }

  async listen(): Promise<string> {
    this.#server.listen(0, 'localhost')
    await once(this.#server, 'listening')
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  /** The bodies of a method that have passed, in bytes. */
  sent(method: string): number {
    return this.passed.filter((each) => each.method === method).reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Until the server has answered all that has reached it whole. */
  async idle(): Promise<void> {
    while (this.#onward.size > 0) await Promise.all(this.#onward)
  }

  /** Forgets what has passed. */
  forget(): void {
    this.passed.length = 0
    this.watch = () => undefined
  }

  count(method: string, path: RegExp): number {
    return this.passed.filter((each) => each.method === method && path.test(each.path)).length
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method = '', url = '' } = incoming
    const passed: Passed = { method, path: url.replace(/\?.*/, ''), bytes: 0 }
    this.passed.push(passed)
    const fault = this.fault(passed)
    if (fault !== undefined) this.faults.push(fault)
    if (fault === 'unsent') incoming.socket.destroy()
    else if (fault === 'unanswered') incoming.resume()
    else if (fault === 'unread') outgoing.writeHead(503, { 'Retry-After': '0', Connection: 'close' }).end()
    else if (typeof fault === 'number') refuse(incoming, outgoing, fault)
    else this.#passOn(incoming, outgoing, passed, fault)
  }

  #passOn(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    passed: Passed,
    fault: 'lost' | 'cut' | undefined,
  ): void {
    const { method, url, headers } = incoming
    const { hostname, port } = this.#target
    // The host that the client knows stays, so that URLs that are signed for it lead through here.
    const onward = request({ hostname, port, method, path: url, headers })
    incoming.on('data', (chunk: Buffer) => {
      passed.bytes += chunk.length
      this.watch()
    })
    incoming.pipe(onward)
    onward.on('response', (answer) => answerBy(answer, outgoing, fault))
    endTogether(incoming, outgoing, onward)
    const isOver = new Promise((resolve) => onward.on('close', resolve))
    this.#onward.add(isOver)
    void isOver.then(() => this.#onward.delete(isOver))
  }
}

function refuse(incoming: IncomingMessage, outgoing: ServerResponse, status: number): void {
  incoming.resume()
  incoming.on('end', () => outgoing.writeHead(status, { 'Retry-After': '0' }).end())
}

function answerBy(answer: IncomingMessage, outgoing: ServerResponse, fault: Fault | undefined): void {
  const { statusCode = 500, headers } = answer
  if (fault === undefined) {
    outgoing.writeHead(statusCode, headers)
    answer.pipe(outgoing)
    outgoing.on('close', () => answer.resume())
    return
  }
  const chunks: Buffer[] = []
  answer.on('data', (chunk: Buffer) => chunks.push(chunk))
  answer.on('end', () => {
    const body = Buffer.concat(chunks)
    if (fault === 'lost') {
      outgoing.destroy()
      return
    }
    outgoing.writeHead(statusCode, headers)
    outgoing.write(body.subarray(0, body.length / 2), () => outgoing.destroy())
  })
}

function endTogether(incoming: IncomingMessage, outgoing: ServerResponse, onward: ClientRequest): void {
  onward.on('error', () => outgoing.destroy())
  // What has arrived whole is done, whether or not anybody hears of it.
  const end = () => void (incoming.complete || onward.destroy())
  incoming.on('error', end)
  outgoing.on('close', end)
}
