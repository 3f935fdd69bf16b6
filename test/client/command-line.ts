import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { root } from '../../src/tools/project.ts'

interface Ran {
  readonly status: number | null
  readonly said: string
  readonly told: string
}

/** The command as a user runs it in a folder of its own. */
export function commandIn(folder: string) {
  function begin(variables: Record<string, string>, args: readonly string[], input = '') {
    const path = join(root, 'client/src/cli/main.ts')
    const { DREAMLAKE_URL: _, DREAMLAKE_TOKEN: __, ...rest } = process.env
    const folders = { XDG_CONFIG_HOME: join(folder, 'config'), XDG_STATE_HOME: join(folder, 'state') }
    const child = spawn(process.execPath, [path, ...args], {
      cwd: folder,
      env: { ...rest, ...folders, ...variables },
    })
    child.stdin.end(input)
    const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
      ([said, told]): Ran => ({ status: child.exitCode, said, told }),
    )
    return { child, ended }
  }
  /** Gives what it said and told, with what is given on standard input. */
  const run = (variables: Record<string, string>, args: readonly string[], input = ''): Promise<Ran> =>
    begin(variables, args, input).ended
  return { begin, run }
}

export type Command = ReturnType<typeof commandIn>

export const linesOf = (said: string): string[] => said.trimEnd().split('\n')
