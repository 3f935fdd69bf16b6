import { type StdioOptions, spawnSync } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'
import { Failure } from './checks.ts'
import { quiet, root } from './project.ts'

interface Ran {
  readonly isDone: boolean
  /** What it printed, that of its failure included. */
  readonly told: string
}

/** Runs a program of wrangler in the project, and prints each command before. */
export class Wrangler {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** Without an input wrangler asks nothing, and goes on. */
  run(
    args: readonly string[],
    stdio: StdioOptions = ['ignore', 'pipe', 'pipe'],
    more: NodeJS.ProcessEnv = {},
  ): Ran {
    process.stdout.write(`${spelled(args)}\n`)
    const settings = {
      cwd: root,
      env: { ...quiet, ...process.env, ...more },
      stdio,
      encoding: 'utf8',
    } as const
    const { error, status, stdout, stderr } = spawnSync(process.execPath, [this.#path, ...args], settings)
    if (error) throw error
    const isDone = status === 0
    return { isDone, told: stripVTControlCharacters(`${stdout ?? ''}${isDone ? '' : (stderr ?? '')}`) }
  }

  /** Runs what has to succeed, and gives what it printed. */
  read(args: readonly string[], otherwise: string): string {
    const { isDone, told } = this.run(args)
    if (isDone) return told
    process.stdout.write(told)
    throw new Failure(otherwise)
  }
}

export const spelled = (args: readonly string[]): string => `$ npx wrangler ${args.join(' ')}`
