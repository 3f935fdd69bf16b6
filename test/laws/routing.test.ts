import { TrieRouter } from 'hono/router/trie-router'
import { describe, expect, it } from 'vitest'
import { endpoints } from '../../src/endpoints.ts'
import { endpointsAt } from '../../src/routing.ts'

/** Every path with something in place of its parameters. */
const paths = [...new Set(endpoints.map(({ route }) => route.path.replaceAll(/\{\w+\}/g, 'x')))]

const everywhere = new TrieRouter<string>()
for (const { route } of endpoints)
  everywhere.add('ALL', route.path.replaceAll(/\{(\w+)\}/g, ':$1'), route.operationId)

describe('a path leads to the file of all its endpoints', () => {
  it.each(paths)('at %s', async (path) => {
    const [matched] = everywhere.match('ALL', path)
    const found = await endpointsAt(path)
    expect(found.map(({ endpoint }) => endpoint.route.operationId).sort()).toEqual(
      matched.map(([operationId]) => operationId).sort(),
    )
    expect(found.length).toBeGreaterThan(0)
  })

  it('and one that nothing answers to none', async () => {
    for (const path of ['/namespace', '/healthy', '/wp-login.php', '/objects/', '/assets/x'])
      expect(await endpointsAt(path), path).toEqual([])
  })
})
