import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'

/** The folder of the project. Tools run wrangler there, so relative paths given to them start there too. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The program of wrangler, to be run by Node. */
export const wranglerPath = join(
  dirname(createRequire(import.meta.url).resolve('wrangler/package.json')),
  'bin/wrangler.js',
)

/** What keeps wrangler from asking other hosts, unless the user wants it to. */
export const quiet = { WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' }

/** What is checked out; undefined where git is not there, or has no commit. */
export function commitOf(): string | undefined {
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

/** What `/version` tells, as wrangler takes it. */
export function commitVariable(commit = commitOf()): string[] {
  return commit === undefined ? [] : ['--var', `COMMIT:${commit}`]
}

/** The variables of local development, as a server started by `npm run dev` has them. */
export function localVariables(): Readonly<Record<string, string | undefined>> {
  return { ...variablesIn('.dev.vars.example'), ...variablesIn('.dev.vars') }
}

function variablesIn(file: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(`${root}/${file}`, 'utf8'))
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return {}
    throw error
  }
}

/** Whether the system told one of some errors by its code. */
export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))
