import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, parse } from 'node:path'
import { promisify } from 'node:util'
import { SignJWT } from 'jose'
import type { Miniflare } from 'miniflare'
import { migrations } from '../../src/tools/migrations.ts'

/** What every bench hosts: the built Worker in workerd, on a migrated database, and a load from another process. */

const root = join(import.meta.dirname, '../..')
const secret = 'a secret of the bench, over 32 bytes'

export const scratch = mkdtempSync(join(tmpdir(), 'bench-'))

/** The bundle of an entry as wrangler would deploy it. */
export function built(entry: string, ...flags: string[]): string {
  const { name } = parse(entry)
  const folder = join(scratch, name)
  execFileSync(
    process.execPath,
    [
      'node_modules/wrangler/bin/wrangler.js',
      'deploy',
      entry,
      '--dry-run',
      '--outdir',
      folder,
      ...flags.flatMap((flag) => ['--compatibility-flags', flag]),
    ],
    { cwd: root, stdio: 'ignore', env: { ...process.env, WRANGLER_SEND_METRICS: 'false' } },
  )
  return readFileSync(join(folder, `${name}.js`), 'utf8')
}

/** The date of the platform that all Workers of a bench run on. */
export const DATE = '2026-10-30'

export const hosted = (name: string, contents: string, flags: string[] = []) => ({
  name,
  modules: [{ type: 'ESModule' as const, path: `${name}.js`, contents }],
  compatibilityDate: DATE,
  compatibilityFlags: flags,
  d1Databases: { DB: 'bench' },
  r2Buckets: { BUCKET: 'bench' },
  bindings: { JWT_SECRET: secret },
})

export const workerOf = (name: string, ...flags: string[]) =>
  hosted(name, built(`test/bench/${name}.ts`, ...flags), flags)

export type LocalDatabase = Awaited<ReturnType<Miniflare['getD1Database']>>

export async function migrate(miniflare: Miniflare, worker = 'server'): Promise<LocalDatabase> {
  const database = await miniflare.getD1Database('DB', worker)
  for (const { statements } of migrations)
    await database.batch(statements.map((text) => database.prepare(text)))
  return database
}

export const tokenOf = (user: string, jti = user): Promise<string> =>
  new SignJWT({ username: user })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setIssuer('dreamlake')
    .setAudience('dreamlake')
    .setJti(jti)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))

export interface Measured {
  readonly perSecond: number
  /** Milliseconds, like the other two. */
  readonly median: number
  readonly p95: number
  readonly longest: number
  readonly failed: number
}

interface Load {
  readonly url: string
  readonly token: string
  readonly seconds: number
  readonly method?: string
  readonly body?: string | undefined
  readonly clients?: number
}

/** Runs the load while this process goes on: workerd needs it for its log. */
export async function load({
  url,
  token,
  seconds,
  method = 'GET',
  body,
  clients = 16,
}: Load): Promise<Measured> {
  const parameters = ['--url', url, '--method', method, '--token', token]
  const measures = ['--seconds', String(seconds), '--clients', String(clients)]
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(import.meta.dirname, 'load.ts'),
    ...parameters,
    ...measures,
    ...(body ? ['--body', body] : []),
  ])
  return JSON.parse(stdout) as Measured
}
