import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { type LocalDatabase, migrate, scratch, tokenOf, workerOf } from './host.ts'
import { memoryBelow } from './memory.ts'
import { seed } from './seeding.ts'

/**
 * What D1 reads for a page of a collection of a thousand members, and of one of many more; and what the manifest of a
 * dataset of many assets costs: round trips, rows, the longest batch, and the memory of workerd, while others write.
 */
const { values } = parseArgs({
  options: {
    manifest: { type: 'boolean' },
    members: { type: 'string', default: '1000000' },
    assets: { type: 'string', default: '100000' },
  },
})
const SIZES = [1_000, Number(values.members)]
const ASSETS = Number(values.assets)
const EPISODES = 100
const MEBIBYTE = 1_048_576

const miniflare = new Miniflare(convertV4MiniflareOptions({ workers: [workerOf('server')] }))

interface Cost {
  readonly rowsRead: number
  readonly rowsWritten: number
  readonly milliseconds: number
}

const line = (cells: readonly string[]) =>
  process.stdout.write(`${cells.map((cell, index) => cell.padEnd(index === 0 ? 44 : 26)).join('')}\n`)

/** Members past the server, some thousands at a time. */
async function fill(database: LocalDatabase, collection: string, size: number): Promise<void> {
  const many = 20_000
  for (let from = 0; from < size; from += many) {
    const to = Math.min(from + many, size)
    await database
      .prepare(
        `with recursive n(i) as (select ${from} union all select i + 1 from n where i + 1 < ${to})
         insert into collection_members (collection_id, member_id, position, project_id)
         select id, printf('member-%d', i), i, project_id from n cross join collections where id = '${collection}'`,
      )
      .run()
  }
}

try {
  const url = (await miniflare.ready).origin
  const database = await migrate(miniflare)
  const token = await tokenOf('keeper')
  const request = async (method: string, path: string, body?: object) => {
    const headers = {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      'X-Bench-Costs': 'yes',
    }
    const answer = await fetch(url + path, { method, headers, body: body ? JSON.stringify(body) : null })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer
  }
  // biome-ignore lint/suspicious/noExplicitAny: a bench reads what it needs
  const send = async (...asked: Parameters<typeof request>): Promise<any> => (await request(...asked)).json()
  const takeCosts = async () => (await (await fetch(`${url}/costs`)).json()) as Cost[]
  const home = '/namespaces/keeper/projects/lab'

  async function printMembers(): Promise<void> {
    const costs: Record<string, string[]> = {}
    for (const size of SIZES) {
      const name = `of-${size}`
      const collection = await send('POST', `${home}/collections`, { name })
      await fill(database, collection.id, size)
      const members = `${home}/collections/${name}/members`
      const { nextCursor } = await send('GET', `${members}?limit=200`)
      const ids = Array.from({ length: 1_000 }, (_, index) => `new-${index}`)
      const asked: [string, string, string, object?][] = [
        ['1,000 made', 'POST', `${home}/collections`, { name: `of-${size} too`, members: ids }],
        ['200 members', 'GET', `${members}?limit=200`],
        ['the next 200', 'GET', `${members}?limit=200&cursor=${nextCursor}`],
        ['the collection, with up to 10,000', 'GET', `${home}/collections/${name}`],
        ['the list, with 100 members of each', 'GET', `${home}/collections?membersLimit=100&pageSize=1`],
        ['1,000 added', 'POST', members, { add: ids }],
        ['1,000 added that are there', 'POST', members, { add: ids }],
        ['1,000 removed', 'DELETE', members, { remove: ids }],
      ]
      for (const [what, method, path, body] of asked) {
        await takeCosts()
        await send(method, path, body)
        const all = await takeCosts()
        const sum = (field: keyof Cost) => all.reduce((total, cost) => total + cost[field], 0)
        const cost = `${sum('rowsRead')} / ${sum('rowsWritten')}, ${sum('milliseconds').toFixed(0)} ms`
        costs[what] = [...(costs[what] ?? []), cost]
      }
    }
    line(['rows read / written', ...SIZES.map((size) => `of ${size}`)])
    for (const [name, found] of Object.entries(costs)) line([name, ...found])
  }

  async function seedAssets(): Promise<void> {
    const datasetId = (await send('POST', `${home}/datasets`, { name: 'set' })).id
    const members: string[] = []
    for (let index = 0; index < EPISODES; index++) {
      const { episode } = await send('POST', `${home}/episodes`, { name: `run-${index}`, folder: '/runs' })
      members.push(episode.id)
      const tag = `a${(100 + index).toString(16).padStart(3, '0')}`
      await seed(database, ASSETS / EPISODES, {
        ...{ project: episode.projectId, container: episode.id, path: '/camera' },
        tag,
      })
    }
    await send('POST', `${home}/collections`, { name: 'all', datasetId, members })
  }

  /** Reads the manifest, while an asset is made for each piece of it that comes in. */
  async function printManifest(query: string, isDisturbed: boolean): Promise<void> {
    await takeCosts()
    const before = memoryBelow(process.pid)
    let most = before
    const response = await request('GET', `${home}/datasets/set/manifest${query}`)
    const decoder = new TextDecoder()
    const seen = new Set<string>()
    let [bytes, lines, rest, pieces] = [0, 0, '', 0]
    let end: unknown
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length
      const complete = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = complete.pop() ?? ''
      for (const text of complete) {
        const told = JSON.parse(text) as { readonly assetId?: string }
        if (told.assetId === undefined) end = told
        else {
          lines++
          seen.add(told.assetId)
        }
      }
      most = Math.max(most, memoryBelow(process.pid))
      if (isDisturbed && pieces++ % 20 === 0) {
        const place = { namespace: 'keeper', project: 'lab', episodeName: `run-${pieces % EPISODES}` }
        const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
        const body = JSON.stringify({ ...place, name: `/late/${pieces}.mp4` })
        await fetch(`${url}/assets/video`, { method: 'POST', headers, body })
      }
    }
    const costs = await takeCosts()
    const longest = Math.max(...costs.map(({ milliseconds }) => milliseconds))
    const read = Math.max(...costs.map(({ rowsRead }) => rowsRead))
    line([
      `manifest${query}${isDisturbed ? ', while assets are made' : ''}`,
      `${lines} lines, ${lines - seen.size} twice`,
      `${costs.length} trips, ${read} rows`,
      `${longest.toFixed(0)} ms the longest`,
      `${(bytes / MEBIBYTE).toFixed(0)} MiB, memory +${((most - before) / MEBIBYTE).toFixed(0)} MiB`,
    ])
    line(['', JSON.stringify(end)])
  }

  await send('GET', '/auth/me')
  await send('POST', `${home}/episodes`, { name: 'first' })
  await printMembers()
  await seedAssets()
  await printManifest('', false)
  await printManifest('', false)
  await printManifest('', true)
  await printManifest('?urls=true', false)
} finally {
  await miniflare.dispose()
  rmSync(scratch, { recursive: true })
}
