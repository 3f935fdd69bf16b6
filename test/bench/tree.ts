import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { migrate, scratch, tokenOf, workerOf } from './host.ts'
import { seed } from './seeding.ts'

/** What D1 reads for a page of the tree, in a folder of a thousand nodes and in one of many more. */
const { values } = parseArgs({
  options: { tree: { type: 'boolean' }, rows: { type: 'string', default: '1000000' } },
})
const SIZES = [1_000, Number(values.rows)]

const miniflare = new Miniflare(convertV4MiniflareOptions({ workers: [workerOf('server')] }))

interface Told {
  readonly nextCursor?: string
  readonly nodes?: readonly { readonly id: string; readonly path: string }[]
  readonly folder?: { readonly id: string }
  readonly episode?: { readonly projectId: string }
}

try {
  const url = (await miniflare.ready).origin
  const database = await migrate(miniflare)
  const token = await tokenOf('keeper')
  const send = async (method: string, path: string, body?: object) => {
    const headers = {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      'X-Bench-Meter': 'yes',
    }
    const answer = await fetch(url + path, { method, headers, body: body ? JSON.stringify(body) : null })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    const { trips, rowsRead } = JSON.parse(answer.headers.get('X-Bench-Meter') ?? '{}')
    return { cost: `${trips} trip, ${rowsRead} rows`, told: (await answer.json()) as Told }
  }
  await send('GET', '/auth/me')
  const costs: Record<string, string[]> = {}
  for (const [index, size] of SIZES.entries()) {
    const project = `size-${size}`
    const home = `/namespaces/keeper/projects/${project}`
    const { folder, episode } = (await send('POST', `${home}/episodes`, { name: 'run', folder: '/large' }))
      .told
    if (!folder || !episode) throw new Error('The answer has no folder.')
    const { projectId } = episode
    const tags = ['a', 'c']
    await seed(database, size, {
      ...{ project: projectId, container: projectId, path: '/large', parent: folder.id },
      tag: tags[index] ?? 'e',
    })
    const children = `/nodes/children?parentId=${folder.id}&pageSize=200`
    const first = (await send('GET', children)).told
    const leaf = first.nodes?.at(-1)
    const place = `namespace=keeper&project=${project}`
    const paths = {
      'children, 200 of them': children,
      'the next 200': `${children}&cursor=${first.nextCursor}`,
      'the 200 of page 400': `${children}&page=400`,
      '200 of a kind': `${children}&kind=video`,
      'what is at the top': `/nodes/children?${place}`,
      'a node': `/nodes/${leaf?.id}`,
      'the node of a path': `/nodes/lookup?${place}&path=${encodeURIComponent(leaf?.path ?? '')}`,
    }
    for (const [name, path] of Object.entries(paths))
      costs[name] = [...(costs[name] ?? []), (await send('GET', path)).cost]
  }
  const line = (cells: readonly string[]) =>
    process.stdout.write(`${cells.map((cell) => cell.padEnd(26)).join('')}\n`)
  line(['', ...SIZES.map((size) => `of ${size}`)])
  for (const [name, found] of Object.entries(costs)) line([name, ...found])
} finally {
  await miniflare.dispose()
  rmSync(scratch, { recursive: true })
}
