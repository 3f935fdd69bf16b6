import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest'
import { hasCode, root } from '../../src/tools/project.ts'

/** Tools as a developer runs them, in processes of their own. */

const started: Running['child'][] = []

/** A folder for each test, or for all of a file, which is gone with all processes when that is over. */
export function scratch(of: 'each' | 'all' = 'each'): { readonly folder: string } {
  const own = { folder: '' }
  const [begin, end] = of === 'each' ? [beforeEach, afterEach] : [beforeAll, afterAll]
  begin(() => {
    own.folder = mkdtempSync(join(tmpdir(), 'dreamlake-tools-'))
  })
  end(() => {
    for (const { pid } of started.splice(0)) endGroup(pid)
    rmSync(own.folder, { recursive: true, force: true })
  })
  return own
}

/** Whatever a test that failed has left. */
function endGroup(leader: number | undefined): void {
  if (leader === undefined) return
  try {
    process.kill(-leader, 'SIGKILL')
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error
  }
}

export class Running {
  said = ''
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  /** Over when no process has its output any more, which all that it starts inherit. */
  readonly isOver: Promise<unknown>

  constructor(
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    cwd: string = root,
  ) {
    // Leading a group of its own, so that all of it can be ended.
    this.child = spawn(program, args, {
      ...{ cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
      env: { ...process.env, ...env },
    })
    started.push(this.child)
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.said += chunk.toString()
      })
    this.isOver = once(this.child, 'close')
  }

  /** What it says that matches, as soon as it does. */
  says(pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const [, found] = pattern.exec(this.said) ?? []
        if (found !== undefined) resolve(found)
      }
      this.child.stdout.on('data', look)
      this.child.once('close', () => reject(new Error(`It ended before it said so: ${this.said}`)))
      look()
    })
  }
}

export const tool = (name: string, ...args: string[]): Running =>
  new Running(process.execPath, [join('src/tools', `${name}.ts`), ...args])

/** Where the server of all tests listens, once it does. */
export async function originOfServer(): Promise<string> {
  for (;;) {
    const said = readFileSync(inject('serverSaid'), 'utf8')
    const [, origin] = READY.exec(said) ?? []
    if (origin) return origin
    if (said.endsWith('It ended.\n')) throw new Error(said)
    await pause(50)
  }
}

/** A server of its own, by npm on a free port, and where it listens. */
export async function serve(folder: string): Promise<{ server: Running; origin: string }> {
  const server = new Running('npm', ['run', 'dev', '--', '--port', '0', '--persist-to', folder])
  return { server, origin: await server.says(READY) }
}

const READY = /Ready on (http:\/\/localhost:\d+)/
