import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { built, DATE, hosted, migrate, scratch, tokenOf } from './host.ts'

/**
 * What an isolate costs that is new: until it has answered its first request, beside Workers that import the same
 * libraries and do nothing; and then its first request of a real route, beside its tenth.
 *
 * A loader of workerd puts each Worker into a new isolate of a process that runs already: no start of a process is
 * measured. The clock inside of a Worker stands still while it is evaluated, so the process is looked at from outside,
 * one request at a time. On Linux what counts is the time that its threads had a core, in nanoseconds: who else is
 * busy on the machine does not add to it. Elsewhere it is the time on the wall. A Worker without code goes the same
 * way, and its cost is what `net` leaves out. All take turns, so that a drift of the machine meets them alike: only
 * the ratios of one run say anything.
 */
const ROUNDS = 7
const TENTH = 10

/** A Worker's threads may go on for a moment after the answer: milliseconds until all is counted. */
const AFTERWARDS = 30

const contents = {
  empty: 'export default { fetch: () => new Response() }',
  shaken: built('test/bench/bare-shaken.ts'),
  bare: built('test/bench/bare.ts'),
  server: built('src/index.ts'),
}

type Name = keyof typeof contents

const names = Object.keys(contents) as Name[]
const rounds = Array.from({ length: ROUNDS }, (_, round) => `server-${round}`)

const loader = `export default { fetch(request, env) {
  const [, name, round] = new URL(request.url).pathname.split('/')
  const worker = env.LOADER.get(name + round, () => ({
    compatibilityDate: '${DATE}', mainModule: 'index.js', modules: { 'index.js': env[name] },
  }))
  return worker.getEntrypoint().fetch('http://localhost/health')
} }`

const router = `export default { fetch(request, env) {
  const [, name, ...rest] = new URL(request.url).pathname.split('/')
  const path = name === 'loader' ? '/' : '/namespaces/bench/projects/lab/'
  return env[name].fetch(new Request('http://localhost' + path + rest.join('/'), request))
} }`

const services = ['loader', 'warm', ...rounds]

// The lines of the Workers' logs are of no use here.
const quietly = { structuredWorkerdLogs: true, handleStructuredLogs: () => undefined }
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    workers: [
      {
        name: 'router',
        modules: true,
        script: router,
        compatibilityDate: DATE,
        serviceBindings: Object.fromEntries(services.map((name) => [name, name])),
      },
      {
        name: 'loader',
        modules: true,
        script: loader,
        compatibilityDate: DATE,
        workerLoaders: { LOADER: {} },
        bindings: contents,
      },
      ...['warm', ...rounds].map((name) => hosted(name, contents.server)),
    ],
    ...quietly,
  }),
)

/** The process of workerd among the children of this one, where the system tells. */
function workerdOf(): string | null {
  try {
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ')
    return children.find((id) => readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('workerd')) ?? null
  } catch {
    return null
  }
}

/** Milliseconds: of a core that the threads of the process had, or on the wall. */
function spentBy(process: string | null): number {
  if (process === null) return performance.now()
  const tasks = `/proc/${process}/task`
  const nanoseconds = readdirSync(tasks).map((id) => {
    try {
      return Number(readFileSync(`${tasks}/${id}/schedstat`, 'utf8').split(' ')[0])
    } catch {
      return 0 // The thread has ended meanwhile.
    }
  })
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN

const line = (name: string, ...cells: string[]): boolean =>
  process.stdout.write(`${name.padEnd(56)}${cells.map((cell) => cell.padStart(14)).join('')}\n`)

try {
  const url = (await miniflare.ready).origin
  await migrate(miniflare, 'warm')
  const workerd = workerdOf()
  const headers = { Authorization: `Bearer ${await tokenOf('bench')}`, 'Content-Type': 'application/json' }

  /** What a request costs, from outside. */
  const costOf = async (path: string, init: RequestInit = {}): Promise<number> => {
    const before = spentBy(workerd)
    const answer = await fetch(`${url}/${path}`, { ...init, headers })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
    if (workerd !== null) await wait(AFTERWARDS)
    return spentBy(workerd) - before
  }

  const evaluations: Record<Name, number[]> = { empty: [], shaken: [], bare: [], server: [] }
  for (const name of names) await costOf(`loader/${name}/unmeasured`)
  for (const round of rounds)
    for (const name of names) evaluations[name].push(await costOf(`loader/${name}/${round}`))

  const [empty, shaken, bare, server] = names.map((name) => median(evaluations[name])) as [
    number,
    number,
    number,
    number,
  ]
  line(`A new isolate, ${ROUNDS} of each by turns`, 'ms', 'net', 'server is, net', 'gross')
  line('a Worker without code', empty.toFixed(1))
  for (const [name, cost] of [
    ['bare: the libraries', bare],
    ['bare: the libraries without what the server leaves out', shaken],
  ] as const) {
    const [net, gross] = [(server - empty) / (cost - empty), server / cost]
    line(name, cost.toFixed(1), (cost - empty).toFixed(1), `${net.toFixed(2)} x`, `${gross.toFixed(2)} x`)
  }
  line('the server', server.toFixed(1), (server - empty).toFixed(1))

  for (let index = 0; index < 50; index++)
    await costOf('warm/episodes', { method: 'POST', body: JSON.stringify({ name: `run-${index}` }) })
  for (let request = 0; request < TENTH; request++) await costOf('warm/episodes')
  const firsts: number[] = []
  const tenths: number[] = []
  for (const round of rounds) {
    const costs: number[] = []
    for (let request = 0; request < TENTH; request++) costs.push(await costOf(`${round}/episodes`))
    firsts.push(costs[0] ?? Number.NaN)
    tenths.push(costs[TENTH - 1] ?? Number.NaN)
  }
  const [first, tenth] = [median(firsts), median(tenths)]
  line('')
  line(`Listing 50 episodes in ${ROUNDS} new isolates, evaluated before`, 'ms')
  line('the first request', first.toFixed(1))
  line('the tenth', tenth.toFixed(1))
  line('the first is more by', (first - tenth).toFixed(1))
  line('')
  line(workerd === null ? 'Milliseconds on the wall.' : 'Milliseconds of a core, medians.')
} finally {
  await miniflare.dispose()
  rmSync(scratch, { recursive: true })
}
