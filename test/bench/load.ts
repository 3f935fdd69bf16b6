import { parseArgs } from 'node:util'

/** A load from a process of its own, bounded in time: prints requests a second and the median in milliseconds. */
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    method: { type: 'string', default: 'GET' },
    token: { type: 'string', default: '' },
    body: { type: 'string' },
    seconds: { type: 'string', default: '3' },
    clients: { type: 'string', default: '16' },
  },
})

const until = performance.now() + Number(values.seconds) * 1_000
const times: number[] = []
let failed = 0

async function client(number: number): Promise<void> {
  for (let index = 0; performance.now() < until; index++) {
    const started = performance.now()
    // Each request is about a thing of its own where the body says so.
    const body = values.body?.replaceAll('%n', `${number}-${index}-${Math.random()}`)
    const response = await fetch(values.url, {
      method: values.method,
      headers: { Authorization: `Bearer ${values.token}`, 'Content-Type': 'application/json' },
      body: body ?? null,
    })
    await response.arrayBuffer()
    if (!response.ok) failed++
    times.push(performance.now() - started)
  }
}

await Promise.all(Array.from({ length: Number(values.clients) }, (_, number) => client(number)))
times.sort((a, b) => a - b)
const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? 0
const measured = { median: at(0.5), p95: at(0.95), longest: at(1), failed }
process.stdout.write(JSON.stringify({ perSecond: times.length / Number(values.seconds), ...measured }))
