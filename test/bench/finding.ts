import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { type LocalDatabase, migrate, scratch, tokenOf, workerOf } from './host.ts'

/**
 * What it costs to find episodes among very many in one project: rows read, and the median of each query beside that of the
 * plain list, asked in turns; and what facets cost a creation in rows written, and the database in bytes.
 */
const { values } = parseArgs({
  options: { episodes: { type: 'string', default: '1000000' }, turns: { type: 'string', default: '30' } },
})
const EPISODES = Number(values.episodes)
const TURNS = Number(values.turns)
const AT_ONCE = 20_000
/** Of the episodes that tell what they weigh with facets, and without. */
const WEIGHED = 20_000
/** When the first of them was made, a second before the next; epoch milliseconds. */
const FIRST = Date.parse('2026-01-01T00:00:00Z')

const miniflare = new Miniflare(convertV4MiniflareOptions({ workers: [workerOf('server')] }))

/** Ten facets each: status, three tags, two words, four values of the metadata. */
async function fill(database: LocalDatabase, project: string, from: number, to: number): Promise<number> {
  let size = 0
  for (let at = from; at < to; at += AT_ONCE) {
    const { meta } = await database
      .prepare(
        `insert into episodes (id, project_id, node_id, name, node_path, tags, status, write_protected, metadata,
           started_at, created_at, updated_at, created_by, updated_request)
         with recursive n(i) as (select cast(?2 as integer) union all select i + 1 from n limit ?3)
         select printf('%012x', ?4 + i * 1000) || substr(?1, 13), ?1, printf('n%011x', i) || substr(?1, 13),
           'run-' || i, '/run-' || i,
           json_array('fleet-a', 'site-' || (i % 7), iif(i % 1000, 'day', 'night')),
           iif(i % 10, 'completed', 'failed'), 0,
           json_object('robot', 'arm-' || (i % 200), 'score', (i * 7919) % 100000 / 1000.0, 'operator', 'op-' || (i % 31),
             'ok', json(iif(i % 3, 'true', 'false'))),
           ?4 + i * 1000, ?4 + i * 1000, ?4 + i * 1000, 'nobody', '' from n`,
      )
      .bind(project, at, Math.min(AT_ONCE, to - at), FIRST)
      .run()
    size = meta.size_after
  }
  return size
}

const line = (cells: readonly string[]) =>
  process.stdout.write(`${cells.map((cell, index) => cell.padEnd(index === 0 ? 62 : 16)).join('')}\n`)

const median = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[all.length >> 1] ?? 0

try {
  const url = (await miniflare.ready).origin
  const database = await migrate(miniflare)
  const token = await tokenOf('keeper')
  const request = async (method: string, path: string, body?: object) => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        'Content-Type': 'application/json',
        'X-Bench-Costs': 'yes',
      },
      body: body ? JSON.stringify(body) : null,
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    // biome-ignore lint/suspicious/noExplicitAny: a bench reads what it needs
    return (await answer.json()) as any
  }
  const takeCosts = async (): Promise<{ rowsRead: number; rowsWritten: number }> => {
    const all = (await (await fetch(`${url}/costs`)).json()) as { rowsRead: number; rowsWritten: number }[]
    return {
      rowsRead: all.reduce((sum, { rowsRead }) => sum + rowsRead, 0),
      rowsWritten: all.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0),
    }
  }
  const projectOf = async (slug: string): Promise<string> =>
    (await request('POST', `/namespaces/keeper/projects/${slug}/episodes`, { name: 'first' })).episode
      .projectId

  /** What makes the facets of a new episode; without it there are none. */
  async function withoutFacets<T>(act: () => Promise<T>): Promise<T> {
    const trigger = await database
      .prepare(`select sql from sqlite_master where name = 'facets_of_new_episodes'`)
      .first<string>('sql')
    await database.prepare('drop trigger facets_of_new_episodes').run()
    const done = await act()
    await database.prepare(trigger ?? '').run()
    return done
  }

  async function printWrites(): Promise<void> {
    const given = {
      tags: ['fleet-a', 'site-1', 'day'],
      status: 'completed',
      metadata: { robot: 'arm-1', score: 1.5, operator: 'op-1', ok: true },
    }
    const written = async (name: string): Promise<number> => {
      await takeCosts()
      await request('POST', '/namespaces/keeper/projects/lab/episodes', { name, ...given })
      return (await takeCosts()).rowsWritten
    }
    // The third of its kind: a count that comes to a power of two is written twice.
    for (const name of ['run-a', 'run-b']) await written(name)
    const withFacets = await written('run-c')
    const without = await withoutFacets(() => written('run-d'))
    line(['rows written by a creation, without facets and with ten', `${without}`, `${withFacets}`])
  }

  async function printBytes(): Promise<void> {
    const [bare, faceted] = [await projectOf('bare'), await projectOf('faceted')]
    const size = async () => (await database.prepare('select 1').run()).meta.size_after
    const before = await size()
    const without = (await withoutFacets(() => fill(database, bare, 0, WEIGHED))) - before
    const between = await size()
    const withFacets = (await fill(database, faceted, 0, WEIGHED)) - between
    const each = (bytes: number) => `${Math.round(bytes / WEIGHED)}`
    line(['bytes of an episode in the database, without and with facets', each(without), each(withFacets)])
  }

  const QUERIES: readonly [what: string, query: Readonly<Record<string, string>>][] = [
    ['three equalities, the rarest of 0.1 %', { q: 'tag:night status:failed tag:fleet-a' }],
    ['three equalities, 0.5 %, a third, 10 %', { q: 'meta.robot:arm-3 meta.ok:true status:completed' }],
    ['three equalities, all common', { q: 'tag:fleet-a status:completed tag:day' }],
    ['a prefix of a name, of eleven', { q: 'name:run-12345*' }],
    ['a prefix of a name, of a tenth', { q: 'name:run-1*' }],
    ['words of a name', { q: 'run 12345' }],
    ['a range of time with a tag', { q: 'started:2026-01-02..2026-01-03 tag:site-3' }],
    [
      'the same, in the order of their start',
      { q: 'started:2026-01-02..2026-01-03 tag:site-3', sort: '-started' },
    ],
    ['a numeric range, of 0.1 %', { q: 'meta.score:12.3..12.4' }],
    ['a numeric range, of a half', { q: 'meta.score>50' }],
    ['a query that finds nothing, by a facet', { q: 'tag:nothing status:completed' }],
    ['a query that finds nothing, row by row', { q: '-tag:fleet-a' }],
    ['the failed, by name', { q: 'status:failed', sort: 'name' }],
    ['all, by their start', { sort: '-started' }],
  ]

  async function printQueries(): Promise<void> {
    const path = '/namespaces/keeper/projects/lab'
    const ask = async (query: Readonly<Record<string, string>>) => {
      const from = performance.now()
      const answer = await request('GET', `${path}/episodes?${new URLSearchParams(query)}`)
      return { answer, milliseconds: performance.now() - from }
    }
    line(['a page of 50', 'rows read', 'found', 'examined', 'p50 / list'])
    for (const [what, query] of QUERIES) {
      const times: [number[], number[]] = [[], []]
      for (let turn = 0; turn < TURNS; turn++) {
        times[0].push((await ask({})).milliseconds)
        times[1].push((await ask(query)).milliseconds)
      }
      await takeCosts()
      const { answer } = await ask(query)
      const { rowsRead } = await takeCosts()
      const { episodes, examined, nextCursor } = answer
      const found = `${episodes.length}${nextCursor === null ? '' : '+'}`
      line([what, `${rowsRead}`, found, `${examined}`, (median(times[1]) / median(times[0])).toFixed(1)])
    }
    for (const key of ['', '?key=tag', '?key=meta.robot', '?key=meta.score', '?key=meta.score&prefix=1']) {
      await takeCosts()
      const answer = await request('GET', `${path}/facets${key}`)
      const { rowsRead } = await takeCosts()
      line([
        `facets${key}`,
        `${rowsRead}`,
        `${(answer.keys ?? answer.values).length}${answer.truncated ? '+' : ''}`,
      ])
    }
  }

  const project = await projectOf('lab')
  await printWrites()
  await printBytes()
  await fill(database, project, 0, EPISODES)
  line([`${EPISODES} episodes in one project`])
  await printQueries()
} finally {
  await miniflare.dispose()
  rmSync(scratch, { recursive: true, force: true })
}
