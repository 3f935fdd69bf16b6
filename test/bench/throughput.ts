import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { load, type Measured, migrate, scratch, tokenOf, workerOf } from './host.ts'

/**
 * The built Worker in workerd, under load from another process, beside a floor in the same run. Machines differ
 * and drift: only the ratios of one run say anything. It guides; it asserts nothing.
 */
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const SECONDS = values.quick ? 2 : 6
const ROUNDS = values.quick ? 3 : 5

const router = `export default { fetch(request, env) {
  const { pathname } = new URL(request.url)
  if (pathname.startsWith('/sign/')) return env.SIGNERS.fetch(request)
  return (pathname.startsWith('/floor') || pathname === '/bare' ? env.FLOOR : env.SERVER).fetch(request)
} }`

interface Cost {
  readonly trips: number
  readonly rowsRead: number
  readonly rowsWritten: number
}

/** What the bench reads of an answer. */
interface Placed {
  readonly episode?: { readonly projectId: string }
  readonly signature?: string
}

function projectOf({ episode }: Placed): string {
  if (!episode) throw new Error('The answer has no episode.')
  return episode.projectId
}

interface Case {
  readonly name: string
  readonly path: string
  readonly method?: string
  readonly body?: string
  /** The name of the case that this one is measured against. */
  readonly against: string
}

const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    workers: [
      {
        name: 'router',
        modules: true,
        script: router,
        compatibilityDate: '2026-10-30',
        serviceBindings: { FLOOR: 'floor', SIGNERS: 'signers', SERVER: 'server' },
      },
      workerOf('floor'),
      workerOf('signers', 'nodejs_compat'),
      workerOf('server'),
    ],
  }),
)

try {
  const url = (await miniflare.ready).origin
  await migrate(miniflare)
  const token = await tokenOf('bench')

  const send = async (path: string, method = 'GET', body?: string) => {
    const headers = {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      'X-Bench-Meter': '1',
    }
    const answer = await fetch(url + path, { method, headers, body: body ?? null })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    const cost = JSON.parse(answer.headers.get('X-Bench-Meter') ?? 'null') as Cost | null
    return { cost, body: (await answer.json()) as Placed }
  }

  const project = '/namespaces/bench/projects/lab'
  await send('/auth/me')
  const first = await send(`${project}/episodes`, 'POST', '{"name":"first"}')
  const projectId = projectOf(first.body)
  // The floor's inserts go elsewhere, so that no list sees them.
  const elsewhere = await send('/namespaces/bench/projects/floor/episodes', 'POST', '{"name":"first"}')
  for (let index = 0; index < 200; index++) {
    const body = JSON.stringify({ name: `run-${index}`, tags: ['a', 'b'], metadata: { robot: 'r2', index } })
    await send(`${project}/episodes`, 'POST', body)
  }

  const asset = { namespace: 'bench', project: 'lab', episodeName: 'first', name: '/camera/front/%n.mp4' }
  const cases: readonly Case[] = [
    { name: 'bare route', path: '/bare', against: 'bare route' },
    { name: 'floor: 50 rows, decoded', path: `/floor/rows/${projectId}`, against: 'floor: 50 rows, decoded' },
    {
      name: 'floor: 50 rows, JSON in SQL',
      path: `/floor/json/${projectId}`,
      against: 'floor: 50 rows, decoded',
    },
    { name: 'list episodes (50)', path: `${project}/episodes`, against: 'floor: 50 rows, decoded' },
    {
      name: 'floor: one insert',
      path: `/floor/insert/${projectOf(elsewhere.body)}`,
      method: 'POST',
      body: '{}',
      against: 'floor: one insert',
    },
    {
      name: 'upsert episode, new',
      path: `${project}/episodes`,
      method: 'POST',
      body: '{"name":"%n","folder":"/a/b"}',
      against: 'floor: one insert',
    },
    {
      name: 'upsert episode, there',
      path: `${project}/episodes`,
      method: 'POST',
      body: '{"name":"first","description":"%n"}',
      against: 'floor: one insert',
    },
    {
      name: 'register asset, new',
      path: '/assets/video',
      method: 'POST',
      body: JSON.stringify(asset),
      against: 'floor: one insert',
    },
    ...['aws4fetch', 'cached', 'node', 'own'].map((way) => ({
      name: `1,000 URLs: ${way}`,
      path: `/sign/${way}`,
      against: '1,000 URLs: aws4fetch',
    })),
  ]

  const signatures = await Promise.all(
    cases.filter(({ path }) => path.startsWith('/sign/')).map(({ path }) => send(path)),
  )
  if (new Set(signatures.map(({ body }) => body.signature)).size !== 1)
    throw new Error('The signers do not agree.')

  const runs = new Map<string, Measured[]>(cases.map(({ name }) => [name, []]))
  // In turn, so that a drift of the machine meets all alike.
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, path, method = 'GET', body } of cases) {
      runs.get(name)?.push(await load({ url: url + path, method, token, body, seconds: SECONDS }))
    }
  }

  const medianOf = (name: string, key: keyof Measured): number => {
    const sorted = (runs.get(name) ?? []).map((run) => run[key]).sort((a, b) => a - b)
    return sorted[sorted.length >> 1] ?? 0
  }
  const lines = [['', 'trips', 'rows read', 'written', 'req/s', 'p50 ms', 'of its floor', 'of bare']]
  for (const { name, path, method = 'GET', body, against } of cases) {
    const { cost } = await send(path, method, body?.replaceAll('%n', 'metered'))
    const perSecond = medianOf(name, 'perSecond')
    const failed = (runs.get(name) ?? []).reduce((sum, run) => sum + run.failed, 0)
    lines.push([
      failed === 0 ? name : `${name} (${failed} failed)`,
      String(cost?.trips ?? ''),
      String(cost?.rowsRead ?? ''),
      String(cost?.rowsWritten ?? ''),
      perSecond.toFixed(0),
      medianOf(name, 'median').toFixed(2),
      (perSecond / medianOf(against, 'perSecond')).toFixed(2),
      (perSecond / medianOf('bare route', 'perSecond')).toFixed(2),
    ])
  }
  for (const [name = '', ...rest] of lines) {
    process.stdout.write(`${name.padEnd(30)}${rest.map((cell) => cell.padStart(13)).join('')}\n`)
  }
} finally {
  await miniflare.dispose()
  rmSync(scratch, { recursive: true })
}
