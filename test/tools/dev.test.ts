import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { signLocalToken } from '../../src/tools/local-token.ts'
import { migrations } from '../../src/tools/migrations.ts'
import { scratch, serve, tool } from './running.ts'

const own = scratch()

describe('npm run dev', () => {
  it('tells a taken port at once, before it makes a database', async () => {
    const neighbour = createServer().listen(0, 'localhost')
    await once(neighbour, 'listening')
    const { port } = neighbour.address() as AddressInfo
    const second = tool('dev', '--port', String(port), '--persist-to', own.folder)
    await second.isOver
    neighbour.close()
    expect(second.child.exitCode).toBe(1)
    expect(second.said).toContain(`port ${port} `)
    expect(second.said).toContain('npm run dev -- --port N')
    expect(readdirSync(own.folder)).toEqual([])
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
})

/** The migrations that the database of a server notes, as wrangler would go on with them. */
function notedIn(state: string): readonly unknown[] {
  const folder = join(state, 'v3/d1/miniflare-D1DatabaseObject')
  const file = readdirSync(folder).find((name) => /^[0-9a-f]{64}\.sqlite$/.test(name)) ?? 'none'
  const database = new DatabaseSync(join(folder, file), { readOnly: true })
  const rows = database.prepare('select name from d1_migrations order by id').all()
  database.close()
  return rows.map(({ name }) => name)
}

describe('npm run cron', () => {
  it('shows what the server has purged, whose port nothing is left on when npm is killed', async () => {
    const { server, origin } = await serve(own.folder)
    expect(notedIn(own.folder)).toEqual(migrations.map(({ name }) => name))
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
    server.child.kill('SIGKILL')
    await server.isOver
    await expect(fetch(`${origin}/health`)).rejects.toThrow('fetch failed')
  })

  it('says so where nothing answers, and takes no folder of a database', async () => {
    // No client asks this port, whoever may listen there.
    const alone = tool('cron', '--url', 'http://localhost:1')
    const mistaken = tool('cron', '--persist-to', own.folder)
    await Promise.all([alone.isOver, mistaken.isOver])
    expect([alone.child.exitCode, alone.said]).toEqual([
      1,
      expect.stringContaining('start it with npm run dev'),
    ])
    expect([mistaken.child.exitCode, mistaken.said]).toEqual([2, expect.stringContaining("'--persist-to'")])
  })
})
