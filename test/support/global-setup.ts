import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { signingCases } from './signing-cases.ts'

/**
 * Starts what the tests need outside of workerd: wrangler's local S3 endpoint, which verifies signatures by a code
 * that is not ours, and where it is installed botocore, as a second signer.
 */

const wranglerPath = join(
  dirname(createRequire(import.meta.url).resolve('wrangler/package.json')),
  'bin/wrangler.js',
)
const config = join(import.meta.dirname, 's3/wrangler.toml')

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { origin, stop } = await start(project.config.hookTimeout)
  project.provide('s3', {
    S3_ENDPOINT: `${origin}/cdn-cgi/local/r2/s3`,
    S3_BUCKET: 'films',
    S3_REGION: 'auto',
    S3_ACCESS_KEY_ID: 'test-access-key',
    S3_SECRET_ACCESS_KEY: 'test-secret-access-key',
  })
  project.provide('botocore', signedByBotocore())
  return stop
}

interface Started {
  readonly origin: string
  readonly stop: () => Promise<void>
}

const MOST_TRIES = 5

/** Between finding a free port and taking it, another process may have taken it. */
async function start(most: number, tries = 1): Promise<Started> {
  const state = mkdtempSync(join(tmpdir(), 'dreamlake-s3-'))
  const server = spawn(
    process.execPath,
    [wranglerPath, 'dev', '--config', config, '--port', '0', '--inspector-port', '0', '--persist-to', state],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' },
    },
  )
  const stop = async () => {
    if (server.exitCode === null) {
      const exited = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGTERM')
      await exited
    }
    rmSync(state, { recursive: true, force: true })
  }
  try {
    return { origin: await originOf(server, most), stop }
  } catch (error) {
    await stop()
    if (tries < MOST_TRIES && /already in use/.test(String(error))) return start(most, tries + 1)
    throw error
  }
}

/** What a started server says where it listens, within so many milliseconds. */
function originOf(server: ChildProcess, most: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const timer = setTimeout(() => reject(new Error(`No server came up: ${said}`)), most)
    const listen = (chunk: Buffer) => {
      said += chunk.toString()
      const [, origin] = /Ready on (http:\/\/localhost:\d+)/.exec(said) ?? []
      if (!origin) return
      clearTimeout(timer)
      resolve(origin)
    }
    server.stdout?.on('data', listen)
    server.stderr?.on('data', listen)
    server.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${said}`)))
  })
}

function signedByBotocore(): string[] {
  const script = join(import.meta.dirname, 'sign_with_botocore.py')
  const { status, stdout, stderr } = spawnSync('python3', [script], {
    input: JSON.stringify(signingCases),
    encoding: 'utf8',
  })
  if (status === 0) return JSON.parse(stdout) as string[]
  // Neither Python nor botocore is a part of this project. Anything else is a fault of the script.
  if (status === null || stderr.includes("No module named 'botocore'")) return []
  throw new Error(stderr)
}
