import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { constants, copyFileSync, existsSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { quiet, root, wranglerPath } from './project.ts'

let running: ChildProcess | null = null
let stoppedBy: NodeJS.Signals | null = null

/** Runs wrangler in the project and gives its exit code. */
function wrangler(args: readonly string[], input: 'inherit' | 'ignore'): Promise<number> {
  const child = spawn(process.execPath, [wranglerPath, ...args], {
    cwd: root,
    env: { ...quiet, ...process.env },
    stdio: [input, 'inherit', 'inherit'],
  })
  running = child
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? exitCodeOf(signal)))
  })
}

const exitCodeOf = (signal: NodeJS.Signals | null): number => 128 + (signal ? osConstants.signals[signal] : 0)

function makeVariables(): void {
  if (existsSync(join(root, '.dev.vars'))) return
  copyFileSync(join(root, '.dev.vars.example'), join(root, '.dev.vars'), constants.COPYFILE_EXCL)
  process.stdout.write('Made .dev.vars from .dev.vars.example.\n')
}

/** `--persist-to DIR` of the user's arguments, for the migrations to go to the same database. */
function persistence(args: readonly string[]): string[] {
  const options = { 'persist-to': { type: 'string' } } as const
  const given = parseArgs({ args: [...args], options, strict: false, allowPositionals: true }).values[
    'persist-to'
  ]
  return typeof given === 'string' ? ['--persist-to', given] : []
}

/** What `/version` tells; nothing where git is not there, or has no commit. */
function commitVariable(): string[] {
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' })
  return status === 0 ? ['--var', `COMMIT:${stdout.trim()}`] : []
}

async function develop(args: readonly string[]): Promise<number> {
  makeVariables()
  // Without an input wrangler applies what is missing and does not ask.
  const migrated = await wrangler(
    ['d1', 'migrations', 'apply', 'DB', '--local', ...persistence(args)],
    'ignore',
  )
  if (stoppedBy) return exitCodeOf(stoppedBy)
  return migrated === 0 ? wrangler(['dev', ...args, ...commitVariable()], 'inherit') : migrated
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stoppedBy = signal
    // Wrangler takes its children along on SIGINT and SIGTERM alone.
    running?.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
  })
}

process.exitCode = await develop(process.argv.slice(2))
