import { rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { parseArgs } from 'node:util'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { migrate, scratch, tokenOf, workerOf } from './host.ts'

/**
 * Sends requests that create and add, each under a key of its own, over connections that are cut at random: before the
 * request has arrived, and before its answer has. What was not answered is sent again, by other tokens and request ids.
 * Fails where in the end something is there twice, or something is not there that an answer has told of.
 */
const { values } = parseArgs({
  options: { requests: { type: 'string', default: '100000' }, clients: { type: 'string', default: '24' } },
})
const REQUESTS = Number(values.requests)
const CLIENTS = Number(values.clients)
/** Of a hundred pieces that pass by, so many are the last of their connection. */
const CUT = { request: 12, answer: 25 }
const USER = 'repeater'
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const cuts = { request: 0, answer: 0 }

/** Passes on what comes in, whole, in part or not at all; then it cuts both connections. */
function passOn(from: Socket, to: Socket, what: keyof typeof CUT): void {
  from.on('data', (chunk) => {
    if (Math.random() * 100 >= CUT[what]) {
      to.write(chunk)
      return
    }
    cuts[what]++
    const part = chunk.subarray(0, Math.floor(Math.random() * (chunk.length + 1)))
    to.write(part, () => {
      from.destroy()
      to.destroy()
    })
  })
  from.on('close', () => to.destroy())
  from.on('error', () => to.destroy())
}

/** Stands between the clients and the server. */
async function cuttingProxy(target: URL): Promise<Server> {
  const proxy = createServer((client) => {
    const server = connect(Number(target.port), target.hostname)
    passOn(client, server, 'request')
    passOn(server, client, 'answer')
  })
  await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve))
  return proxy
}

/** What is made: each kind has no identity of its own, or one that is told apart. */
interface Kind {
  readonly path: string
  readonly status: readonly number[]
  readonly body: (n: number) => object
  // biome-ignore lint/suspicious/noExplicitAny: each kind is answered in its own shape
  readonly idOf: (answer: any, n: number) => string
}

const place = { namespace: USER, project: 'lab' }
const lab = `/namespaces/${USER}/projects/lab`

const kinds: Readonly<Record<string, Kind>> = {
  // Without a name nothing but the key tells one from another.
  assets: {
    path: '/assets/file',
    status: [201],
    body: (n) => ({ ...place, metadata: { n } }),
    idOf: ({ id }) => id,
  },
  uploads: {
    path: '/uploads',
    status: [201],
    body: () => ({ ...place, files: [{ name: 'same', size: 3 }] }),
    idOf: ({ uploads }) => uploads[0].id,
  },
  episodes: {
    path: `${lab}/episodes`,
    status: [201],
    body: (n) => ({ name: `run ${n}` }),
    idOf: ({ episode }) => episode.id,
  },
  members: {
    path: `${lab}/collections/all/members`,
    status: [200],
    body: (n) => ({ add: [`member ${n}`] }),
    idOf: ({ added }, n) => `${added === 1 ? '' : 'not '}member ${n}`,
  },
}

const names = Object.keys(kinds)
const told: Readonly<Record<string, Set<string>>> = Object.fromEntries(names.map((name) => [name, new Set()]))
const counts = { sent: 0, made: 0, replayed: 0 }
const faults: string[] = []

/** What is sent until an answer has come, and what that says. */
async function answerTo(origin: string, tokens: readonly string[], n: number): Promise<string | null> {
  const name = names[n % names.length] ?? ''
  const { path, status, body, idOf } = kinds[name] as Kind
  for (;;) {
    const token = tokens[counts.sent++ % tokens.length]
    const headers = {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': `key-${n}`,
    }
    const sent = { method: 'POST', headers, body: JSON.stringify(body(n)) }
    // A cut connection, before the answer or within it: it is sent again.
    const answer = await fetch(origin + path, sent)
      .then(async (response) => ({ response, text: await response.text() }))
      .catch(() => null)
    if (answer === null) continue
    const { response, text } = answer
    if (response.status === 400 && /did not arrive whole/.test(text)) continue
    if (response.headers.get('Idempotency-Replayed') === 'true') counts.replayed++
    if (status.includes(response.status)) return idOf(JSON.parse(text), n)
    faults.push(`${name} ${n}: ${response.status} ${text}`)
    return null
  }
}

/** Of a hundred that were answered, so many are sent once more, as if nobody had heard it. */
const UNHEARD = 30

async function send(origin: string, tokens: readonly string[], n: number): Promise<void> {
  const answer = await answerTo(origin, tokens, n)
  counts.made++
  if (answer === null) return
  told[names[n % names.length] ?? '']?.add(answer)
  if (Math.random() * 100 >= UNHEARD) return
  const again = await answerTo(origin, tokens, n)
  if (again !== answer) faults.push(`key ${n}: ${answer}, and then ${again}`)
}

const miniflare = new Miniflare(convertV4MiniflareOptions({ workers: [workerOf('server')] }))
let proxy: Server | null = null

try {
  const url = await miniflare.ready
  const database = await migrate(miniflare)
  const tokens = await Promise.all(
    Array.from({ length: 20 }, (_, index) => tokenOf(USER, `session-${index}`)),
  )
  const headers = { Authorization: `Bearer ${tokens[0]}`, 'Content-Type': 'application/json' }
  for (const [path, body] of [
    [`/namespaces/${USER}/projects`, { name: 'lab' }],
    [`${lab}/collections`, { name: 'all' }],
  ] as const) {
    const { status } = await fetch(new URL(path, url), {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    if (status !== 201) throw new Error(`POST ${path}: ${status}`)
  }
  proxy = await cuttingProxy(url)
  const origin = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  let next = 0
  const client = async (): Promise<void> => {
    while (counts.sent < REQUESTS) await send(origin, tokens, next++)
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  const there: Readonly<Record<string, string>> = {
    assets: 'select id from assets',
    uploads: 'select id from objects',
    episodes: 'select id from episodes',
    members: 'select member_id as id from collection_members',
  }
  for (const name of names) {
    const { results } = await database.prepare(there[name] ?? '').all<{ id: string }>()
    const ids = new Set(results.map(({ id }) => id))
    const lost = [...(told[name] ?? [])].filter((id) => !ids.has(id))
    const twice = results.length - (told[name]?.size ?? 0)
    if (lost.length > 0) faults.push(`${name}: ${lost.length} are told of, and not there`)
    if (twice !== 0) faults.push(`${name}: ${twice} more are there than were told of`)
    say(`${name}: ${results.length} made`)
  }
  say(`${counts.sent} requests for ${counts.made} keys; ${counts.replayed} were answered again`)
  say(`${cuts.request} connections cut before the request had passed, ${cuts.answer} before the answer had`)
  for (const fault of faults.slice(0, 20)) say(fault)
  say(faults.length === 0 ? 'Nothing is there twice, and nothing is lost.' : `${faults.length} faults.`)
  process.exitCode = faults.length === 0 ? 0 : 1
} finally {
  proxy?.close()
  await miniflare.dispose()
  rmSync(scratch, { recursive: true, force: true })
}
