import { spawnSync } from 'node:child_process'
import { Failure } from './checks.ts'
import { quiet, root, wranglerPath } from './project.ts'
import { configOf, deploymentOf, writeConfiguration } from './settings.ts'

const USAGE = `Usage: npm run wrangler -- [--settings FILE] COMMAND...
Runs wrangler on the deployment that the settings describe: deployment.toml, where it is there and no other is named.`

/** What wrangler does only in part, or to something else. */
const INSTEAD: Readonly<Record<string, string>> = { deploy: 'npm run deploy', dev: 'npm run dev' }

const OPTIONS: readonly string[] = ['--settings', '--wrangler']

/** Options of this tool stand before the command; what follows is wrangler's. */
function takeOptions(args: string[]): ReadonlyMap<string, string> {
  const taken = new Map<string, string>()
  while (args.length > 1 && OPTIONS.includes(args[0] ?? '')) {
    const [name = '', value = ''] = args.splice(0, 2)
    taken.set(name, value)
  }
  return taken
}

function operate(args: string[]): number {
  const options = takeOptions(args)
  const [command = ''] = args
  if (command === '') throw new Failure(USAGE)
  if (INSTEAD[command] !== undefined) throw new Failure(`Take ${INSTEAD[command]} instead.`)
  const deployment = deploymentOf(options.get('--settings'))
  writeConfiguration(deployment)
  const program = options.get('--wrangler') ?? wranglerPath
  const { error, status } = spawnSync(process.execPath, [program, ...args, ...configOf(deployment)], {
    cwd: root,
    env: { ...quiet, ...process.env },
    stdio: 'inherit',
  })
  if (error) throw error
  return status ?? 1
}

try {
  process.exitCode = operate(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof Failure)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
