import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { SignJWT } from 'jose'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'

/**
 * The built Worker in workerd, under load from another process, beside a floor in the same run. Machines differ
 * and drift: only the ratios of one run say anything. It guides; it asserts nothing.
 */
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const SECONDS = values.quick ? 2 : 6
const ROUNDS = values.quick ? 3 : 5

const root = join(import.meta.dirname, '../..')
const scratch = mkdtempSync(join(tmpdir(), 'bench-'))
const secret = 'a secret of the bench, over 32 bytes'

function built(entry: string, ...flags: string[]): string {
  const folder = join(scratch, entry)
  execFileSync(
    process.execPath,
    [
      'node_modules/wrangler/bin/wrangler.js',
      'deploy',
      `test/bench/${entry}.ts`,
      '--dry-run',
      '--outdir',
      folder,
      ...flags.flatMap((flag) => ['--compatibility-flags', flag]),
    ],
    { cwd: root, stdio: 'ignore', env: { ...process.env, WRANGLER_SEND_METRICS: 'false' } },
  )
  return readFileSync(join(folder, `${entry}.js`), 'utf8')
}

const worker = (name: string, ...flags: string[]) => ({
  name,
  modules: [{ type: 'ESModule' as const, path: `${name}.js`, contents: built(name, ...flags) }],
  compatibilityDate: '2026-10-30',
  compatibilityFlags: flags,
  d1Databases: { DB: 'bench' },
  r2Buckets: { BUCKET: 'bench' },
  bindings: { JWT_SECRET: secret },
})

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

interface Measured {
  readonly perSecond: number
  readonly median: number
  readonly failed: number
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
      worker('floor'),
      worker('signers', 'nodejs_compat'),
      worker('server'),
    ],
  }),
)

try {
  const url = (await miniflare.ready).origin
  await migrate()
  const token = await new SignJWT({ username: 'bench' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('bench')
    .setIssuer('dreamlake')
    .setAudience('dreamlake')
    .setJti('bench')
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))

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
      runs.get(name)?.push(await load(url + path, method, token, body))
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

/** Runs the load while this process goes on: workerd needs it for its log. */
async function load(url: string, method: string, token: string, body?: string): Promise<Measured> {
  const parameters = ['--url', url, '--method', method, '--token', token, '--seconds', String(SECONDS)]
  const script = join(import.meta.dirname, 'load.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [
    script,
    ...parameters,
    ...(body ? ['--body', body] : []),
  ])
  return JSON.parse(stdout) as Measured
}

async function migrate(): Promise<void> {
  const database = await miniflare.getD1Database('DB', 'server')
  const files = readdirSync(join(root, 'migrations')).filter((file) => file.endsWith('.sql'))
  for (const file of files.sort()) {
    const statements = readFileSync(join(root, 'migrations', file), 'utf8').split('--> statement-breakpoint')
    for (const text of statements) await database.prepare(text).run()
  }
}
