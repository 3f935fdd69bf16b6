import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { signLocalToken } from '../../src/tools/local-token.ts'
import { hasCode, root } from '../../src/tools/project.ts'

/** The tools as a developer runs them, in processes of their own. */

let folder: string
const started: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dreamlake-dev-'))
})

afterEach(() => {
  for (const { pid } of started.splice(0)) endGroup(pid)
  rmSync(folder, { recursive: true, force: true })
})

/** Whatever a test that failed has left. */
function endGroup(leader: number | undefined): void {
  if (leader === undefined) return
  try {
    process.kill(-leader, 'SIGKILL')
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error
  }
}

class Running {
  said = ''
  readonly child: ChildProcess
  /** Over when no process has its output any more, which all that it starts inherit. */
  readonly isOver: Promise<unknown>

  constructor(program: string, args: readonly string[]) {
    // Leading a group of its own, so that all of it can be ended.
    this.child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    started.push(this.child)
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => {
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
      this.child.stdout?.on('data', look)
      this.child.once('close', () => reject(new Error(`It ended before it said so: ${this.said}`)))
      look()
    })
  }
}

const tool = (name: string, ...args: string[]): Running =>
  new Running(process.execPath, [join('src/tools', `${name}.ts`), ...args])

/** A server by npm on a free port, and where it listens. */
async function serve(): Promise<{ server: Running; origin: string }> {
  const server = new Running('npm', ['run', 'dev', '--', '--port', '0', '--persist-to', folder])
  return { server, origin: await server.says(/Ready on (http:\/\/localhost:\d+)/) }
}

describe('npm run dev', () => {
  it('tells a taken port at once, before it makes a database', async () => {
    const neighbour = createServer().listen(0, 'localhost')
    await once(neighbour, 'listening')
    const { port } = neighbour.address() as AddressInfo
    const second = tool('dev', '--port', String(port), '--persist-to', folder)
    await second.isOver
    neighbour.close()
    expect(second.child.exitCode).toBe(1)
    expect(second.said).toContain(`port ${port} `)
    expect(second.said).toContain('npm run dev -- --port N')
    expect(readdirSync(folder)).toEqual([])
  })

  it.each([
    [['--port', 'x'], '--port is x'],
    [['--port', '65536'], '--port is 65536'],
    [['--persist-to'], '--persist-to needs a value'],
  ])('refuses %j', async (args, words) => {
    const refused = tool('dev', ...args)
    await refused.isOver
    expect([refused.child.exitCode, refused.said]).toEqual([2, expect.stringContaining(words)])
  })

  it('leaves nothing on its port when npm is killed', async () => {
    const { server, origin } = await serve()
    expect((await fetch(`${origin}/health`)).status).toBe(200)
    server.child.kill('SIGKILL')
    await server.isOver
    await expect(fetch(`${origin}/health`)).rejects.toThrow('fetch failed')
  })
})

describe('npm run cron', () => {
  it('shows what the server has purged, whose database it knows nothing of', async () => {
    const { origin } = await serve()
    const user = `user-${crypto.randomUUID().slice(0, 8)}`
    const authority = { Authorization: `Bearer ${await signLocalToken({ user })}` }
    const headers = { ...authority, 'Content-Type': 'application/json' }
    const episodes = `${origin}/namespaces/${user}/projects/lab/episodes`
    const body = JSON.stringify({ name: 'run-1' })
    expect((await fetch(episodes, { method: 'POST', headers, body })).status).toBe(201)
    expect((await fetch(`${episodes}/run-1`, { method: 'DELETE', headers: authority })).status).toBe(200)
    const today = tool('cron', '--url', origin)
    await today.isOver
    expect([today.child.exitCode, today.said]).toEqual([0, expect.stringContaining('Nothing was purged.')])
    const later = tool('cron', '--url', origin, '--days', '31')
    await later.isOver
    expect(later.child.exitCode).toBe(0)
    expect(later.said).toMatch(new RegExp(`^${user}  episode  run-1  retention .* yes$`, 'm'))
  })

  it('says so where nothing answers, and takes no folder of a database', async () => {
    // No client asks this port, whoever may listen there.
    const alone = tool('cron', '--url', 'http://localhost:1')
    const mistaken = tool('cron', '--persist-to', folder)
    await Promise.all([alone.isOver, mistaken.isOver])
    expect([alone.child.exitCode, alone.said]).toEqual([
      1,
      expect.stringContaining('start it with npm run dev'),
    ])
    expect([mistaken.child.exitCode, mistaken.said]).toEqual([2, expect.stringContaining("'--persist-to'")])
  })
})
