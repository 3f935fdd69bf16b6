import { type ChildProcess, spawn } from 'node:child_process'
import { constants, copyFileSync, existsSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { whenNpmIsGone } from './orphan.ts'
import { putPages } from './pages.ts'
import { isTaken } from './port.ts'
import { commitVariable, quiet, root, wranglerPath } from './project.ts'

const USUAL_PORT = '10334'

let running: ChildProcess | null = null
let stoppedBy: NodeJS.Signals | null = null

/** Runs a program of Node in the project and gives its exit code. */
async function run(program: string, args: readonly string[]): Promise<number> {
  if (stoppedBy) return exitCodeOf(stoppedBy)
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root,
    env: { ...quiet, ...process.env },
    stdio: 'inherit',
  })
  running = child
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? exitCodeOf(signal)))
  })
}

const exitCodeOf = (signal: NodeJS.Signals | null): number => 128 + (signal ? osConstants.signals[signal] : 0)

function stop(signal: NodeJS.Signals): void {
  stoppedBy = signal
  // Wrangler takes its children along on SIGINT and SIGTERM alone.
  running?.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
}

function makeVariables(): void {
  if (existsSync(join(root, '.dev.vars'))) return
  copyFileSync(join(root, '.dev.vars.example'), join(root, '.dev.vars'), constants.COPYFILE_EXCL)
  process.stdout.write('Made .dev.vars from .dev.vars.example.\n')
}

/** Of the user's arguments, which all go to wrangler, those that concern this tool too. */
interface Given {
  readonly port: string | undefined
  readonly ip: string | undefined
  readonly 'persist-to': string | undefined
  readonly 'inspector-port': string | undefined
}

function givenIn(args: readonly string[]): Given {
  const text = { type: 'string' } as const
  const options = { port: text, ip: text, 'persist-to': text, 'inspector-port': text }
  const { values } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true })
  const textOf = (name: keyof Given) => {
    const value = values[name]
    if (value === true) throw new TypeError(`--${name} needs a value.`)
    return typeof value === 'string' ? value : undefined
  }
  const port = textOf('port')
  if (port !== undefined && !(/^\d+$/.test(port) && Number(port) <= 65_535))
    throw new TypeError(`--port is ${port}: it is a number up to 65535.`)
  return {
    port,
    ip: textOf('ip'),
    'persist-to': textOf('persist-to'),
    'inspector-port': textOf('inspector-port'),
  }
}

/** The port that was looked at, and for the inspector any, so that two servers never want the same one. */
const serving = ({ port, 'inspector-port': inspector }: Given): string[] => [
  ...(port === undefined ? ['--port', USUAL_PORT] : []),
  ...(inspector === undefined ? ['--inspector-port', '0'] : []),
]

async function develop(args: readonly string[]): Promise<number> {
  const given = givenIn(args)
  const port = given.port ?? USUAL_PORT
  if (await isTaken(Number(port), given.ip ?? 'localhost')) {
    process.stderr.write(
      `Something listens on port ${port} already. End it, or choose another port: npm run dev -- --port N\n`,
    )
    return 1
  }
  makeVariables()
  putPages()
  const persistence = given['persist-to'] === undefined ? [] : ['--persist-to', given['persist-to']]
  const migrated = await run(join(import.meta.dirname, 'migrate.ts'), persistence)
  if (migrated !== 0) return migrated
  return run(wranglerPath, ['dev', ...args, ...serving(given), ...commitVariable()])
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal))
whenNpmIsGone(() => stop('SIGTERM'))

try {
  process.exitCode = await develop(process.argv.slice(2))
} catch (error) {
  // A wrong argument is told by a TypeError.
  if (!(error instanceof TypeError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
