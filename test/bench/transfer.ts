import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { signLocalToken } from '../../src/tools/local-token.ts'
import { memoryBelow } from './memory.ts'
import { bytesOfPart, lengthOfPart } from './part-bytes.ts'

/**
 * Sends a large object in parts to a development server of its own, kills the sender half-way, resumes it, fetches the
 * object back in ranges, and compares every byte. Says how much the memory of the server's workerd grew meanwhile.
 * Fails above a limit. Linux alone: it reads /proc.
 */
const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '200' },
    'most-growth': { type: 'string', default: '64' },
  },
})
const size = Number(values.megabytes) * 1_000_000
const MEBIBYTE = 1_048_576
if (!(size > 64 * MEBIBYTE)) throw new Error('--megabytes is 68 or more: less is not sent in parts.')
const RANGE = 8 * MEBIBYTE
const SAMPLE_MILLISECONDS = 50
const root = join(import.meta.dirname, '../..')
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const state = mkdtempSync(join(tmpdir(), 'dreamlake-transfer-'))
const server = spawn(
  process.execPath,
  [join(root, 'src/tools/dev.ts'), '--port', '0', '--persist-to', state, '--log-level', 'log'],
  { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], detached: true },
)

function readyAt(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const [, url] = /Ready on (http:\/\/localhost:\d+)/.exec(said) ?? []
      if (url) resolve(url)
    })
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${said}`)))
  })
}

let api = ''
let token = ''

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(api + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

/** Runs a sender, killed once it has sent `most` parts; answers the parts that it has sent. */
function send(id: string, most = Number.POSITIVE_INFINITY): Promise<number[]> {
  const script = join(import.meta.dirname, 'sender.ts')
  const child = spawn(process.execPath, [script, '--api', api, '--token', token, '--id', id], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const sent: number[] = []
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      sent.push(...chunk.toString().trim().split('\n').map(Number))
      if (sent.length >= most) child.kill('SIGKILL')
    })
    child.once('exit', (code, signal) => {
      if (code === 0 || (signal === 'SIGKILL' && sent.length >= most)) resolve(sent)
      else reject(new Error(`The sender ended with ${code ?? signal}.`))
    })
  })
}

interface Shape {
  readonly id: string
  readonly partSize: number
  readonly partCount: number
}

async function announce(bytes: number): Promise<Shape> {
  const files = [{ name: 'large.bin', size: bytes, contentType: 'application/octet-stream' }]
  const place = { namespace: 'transfer', project: 'large' }
  const { uploads } = await ask<{ uploads: Shape[] }>('POST', '/uploads', { ...place, files })
  const [upload] = uploads
  if (!upload) throw new Error('Nothing was announced.')
  return upload
}

/** Fetches the object in ranges and compares each byte with what was sent. */
async function compare({ id, partSize }: Shape): Promise<void> {
  const name = '/large.bin'
  const place = { namespace: 'transfer', project: 'large' }
  await ask('POST', '/assets/video', { ...place, name, bssVideoId: id })
  const query = new URLSearchParams({ ...place, path: name })
  const { url } = await ask<{ url: string }>('GET', `/assets/video/download?${query}`)
  let part = { number: 0, bytes: new Uint8Array() }
  for (let from = 0; from < size; from += RANGE) {
    const to = Math.min(from + RANGE, size) - 1
    const answer = await fetch(url, { headers: { Range: `bytes=${from}-${to}` } })
    const found = new Uint8Array(await answer.arrayBuffer())
    if (answer.status !== 206 || found.length !== to - from + 1)
      throw new Error(`bytes ${from} to ${to}: ${answer.status}, ${found.length} bytes`)
    for (let at = 0; at < found.length; ) {
      const number = Math.floor((from + at) / partSize) + 1
      if (part.number !== number)
        part = { number, bytes: bytesOfPart(number, lengthOfPart({ size, partSize }, number)) }
      const offset = from + at - (number - 1) * partSize
      const length = Math.min(found.length - at, part.bytes.length - offset)
      const wanted = part.bytes.subarray(offset, offset + length)
      if (Buffer.compare(wanted, found.subarray(at, at + length)) !== 0)
        throw new Error(`A byte between ${from + at} and ${from + at + length} came back different.`)
      at += length
    }
  }
}

try {
  api = await readyAt(server)
  token = await signLocalToken({ user: 'transfer', expires: '1h' })
  const pid = server.pid ?? 0
  const atStart = memoryBelow(pid)
  // What a server takes once, whatever the size: compiled code, and room for the garbage between two collections.
  await send((await announce(64 * MEBIBYTE + 1)).id)

  const before = memoryBelow(pid)
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, memoryBelow(pid))
  }, SAMPLE_MILLISECONDS)
  const upload = await announce(size)
  const half = Math.ceil(upload.partCount / 2)
  const sent = await send(upload.id, half)
  say(`Sent ${sent.length} of ${upload.partCount} parts of ${size} bytes; the sender was killed.`)
  const held = await ask<{ parts: { partNumber: number }[] }>('GET', `/uploads/${upload.id}`)
  const resumed = await send(upload.id)
  const again = resumed.filter((partNumber) => held.parts.some((part) => part.partNumber === partNumber))
  say(
    `Resumed: the bucket held ${held.parts.length} parts, ${resumed.length} were sent, ${again.length} again.`,
  )
  if (again.length > 0 || held.parts.length + resumed.length !== upload.partCount)
    throw new Error('The resumed upload did not send just what was missing.')
  await compare(upload)
  say('Fetched back in ranges: every byte is the same.')
  clearInterval(timer)
  const growth = (most - before) / MEBIBYTE
  const [cold, warm] = [atStart, before].map((bytes) => (bytes / MEBIBYTE).toFixed(0))
  say(`The memory of workerd: ${cold} MiB at the start, ${warm} MiB after a first upload of 64 MiB,`)
  say(`and at most ${growth.toFixed(0)} MiB more while ${values.megabytes} MB went in and out.`)
  if (growth >= Number(values['most-growth'])) throw new Error('The memory grew by more than that.')
} finally {
  if (server.pid !== undefined && server.exitCode === null) {
    const exited = new Promise((resolve) => server.once('exit', resolve))
    process.kill(-server.pid, 'SIGTERM')
    await exited
  }
  rmSync(state, { recursive: true, force: true })
}
