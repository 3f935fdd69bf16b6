import { rmSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { type LocalDatabase, load, type Measured, migrate, scratch, tokenOf, workerOf } from './host.ts'

/**
 * What one tenant's deleting, restoring and purging of a large project costs another tenant's reads, beside their quiet
 * latency in the same run; and what each slice of the purge costs D1. It guides; it asserts nothing.
 */
const { values } = parseArgs({ options: { rows: { type: 'string', default: '500000' } } })
const ROWS = Number(values.rows)
const SECONDS = 6
const DAY = 86_400_000
/** Milliseconds between two deletions: nobody deletes and restores a project without a pause. */
const BREATH = 50

interface Cost {
  readonly statements: number
  readonly rowsRead: number
  readonly rowsWritten: number
  readonly milliseconds: number
}

// The lines of the schedule's log are of no use here.
const quietly = { structuredWorkerdLogs: true, handleStructuredLogs: () => undefined }
const miniflare = new Miniflare(convertV4MiniflareOptions({ workers: [workerOf('server')], ...quietly }))

try {
  const url = (await miniflare.ready).origin
  const database = await migrate(miniflare)
  const [large, quiet] = await Promise.all([tokenOf('large'), tokenOf('quiet')])
  const send = async (token: string, method: string, path: string, body?: object) => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const answer = await fetch(url + path, { method, headers, body: body ? JSON.stringify(body) : null })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    // biome-ignore lint/suspicious/noExplicitAny: a bench reads what it needs
    return (await answer.json()) as any
  }

  const lab = '/namespaces/large/projects/lab'
  for (const [token, user] of [
    [large, 'large'],
    [quiet, 'quiet'],
  ] as const) {
    await send(token, 'GET', '/auth/me')
    for (let index = 0; index < 60; index++)
      await send(token, 'POST', `/namespaces/${user}/projects/lab/episodes`, { name: `run-${index}` })
  }
  await seed(database)
  process.stdout.write(`A project of ${ROWS} rows: assets and nodes, half each.\n\n`)

  const reading = () =>
    load({ url: `${url}/namespaces/quiet/projects/lab/episodes`, token: quiet, seconds: SECONDS, clients: 1 })
  /** The neighbour's reads, while the work is repeated. */
  const beside = async (work: () => Promise<unknown>): Promise<[Measured, number]> => {
    let isOver = false
    const measuring = reading().finally(() => {
      isOver = true
    })
    let times = 0
    while (!isOver) {
      await work()
      times++
    }
    return [await measuring, times]
  }

  const trashed = async (): Promise<string> => {
    await send(large, 'DELETE', lab)
    return (await send(large, 'GET', '/namespaces/large/trash')).trash[0].deletionId
  }
  await reading()
  const before = await reading()
  const [besideDeleting, deletions] = await beside(async () => {
    await send(large, 'POST', `/namespaces/large/trash/${await trashed()}/restore`)
    await setTimeout(BREATH)
  })
  const deletion = await trashed()
  await send(large, 'DELETE', `/namespaces/large/trash/${deletion}`)
  const costs: Cost[] = []
  const fire = async (days: number): Promise<void> => {
    const answer = await fetch(`${url}/schedule?now=${Date.now() + days * DAY}`)
    if (!answer.ok) throw new Error(await answer.text())
    costs.push(...((await answer.json()) as Cost[]))
  }
  const [besidePurging, runs] = await beside(() => fire(0))
  const after = await reading()

  const line = (cells: readonly string[]) =>
    process.stdout.write(
      `${(cells[0] ?? '').padEnd(38)}${cells
        .slice(1)
        .map((cell) => cell.padStart(16))
        .join('')}\n`,
    )
  line(["another tenant's list of 50", 'p50 of quiet', 'p95 of quiet', 'longest ms', 'reads'])
  for (const [name, { median, p95, longest, perSecond }] of [
    ['quiet, before', before],
    [`while deleted and restored ${deletions} times`, besideDeleting],
    [`while purged, ${runs} runs of the schedule`, besidePurging],
    ['quiet, after', after],
  ] as const) {
    const ratios = [median / before.median, p95 / before.p95].map((ratio) => ratio.toFixed(2))
    line([name, ...ratios, longest.toFixed(1), (perSecond * SECONDS).toFixed(0)])
  }

  let more = 0
  while ((await send(large, 'GET', '/namespaces/large/trash')).trash.length > 0) {
    await fire(0)
    more++
  }
  const most = (value: (cost: Cost) => number) => Math.max(...costs.map(value))
  const sorted = costs.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b)
  process.stdout.write(
    `\nThe purge took ${runs + more} runs, ${costs.length} batches. A batch, at most: ${most(({ statements }) => statements)} statements, ` +
      `${most(({ rowsRead }) => rowsRead)} rows read, ${most(({ rowsWritten }) => rowsWritten)} rows written, ` +
      `${most(({ milliseconds }) => milliseconds)} ms in D1 (median ${sorted[sorted.length >> 1]} ms).\n`,
  )
  const [receipt] = (await send(large, 'GET', '/namespaces/large/purges')).purges
  process.stdout.write(`The receipt: ${JSON.stringify(receipt)}\n`)
} finally {
  await miniflare.dispose()
  rmSync(scratch, { recursive: true })
}

/** Assets and their nodes, past the server, some thousands at a time. */
async function seed(database: LocalDatabase): Promise<void> {
  const many = 5_000
  for (let from = 0; from < ROWS / 2; from += many) {
    const count = Math.min(many, ROWS / 2 - from)
    const rows = `with recursive n(i) as (select ${from} union all select i + 1 from n where i + 1 < ${from + count}),
      lab as (select p.id, p.created_by from projects p join namespaces n on n.id = p.namespace_id and n.slug = 'large')`
    await database.batch(
      [
        `insert into assets (id, project_id, container_id, node_id, kind, name, tags, created_at, updated_at, created_by, updated_request)
         ${rows} select printf('a%023x', i), id, id, printf('b%023x', i), 'video', printf('/clips/%d/%d.mp4', i / 1000, i), '[]', 0, 0, created_by, 'seed'
         from n, lab where true`,
        `insert into nodes (id, project_id, container_id, kind, name, path, item_id, created_at, updated_at)
         ${rows} select printf('b%023x', i), id, id, 'video', printf('%d.mp4', i), printf('/clips/%d/%d.mp4', i / 1000, i), printf('a%023x', i), 0, 0
         from n, lab where true`,
      ].map((text) => database.prepare(text)),
    )
  }
}
