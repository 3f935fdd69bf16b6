import { rmSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { load, type Measured, migrate, scratch, tokenOf, workerOf } from './host.ts'
import { seed } from './seeding.ts'

/**
 * What one tenant's deleting, restoring and purging of much costs another tenant's reads, beside their quiet latency in
 * the same run; and what each batch costs D1. Of a project that is one marked row, an episode likewise, and of a folder
 * that is marked, and comes back, slice by slice. It guides; it asserts nothing.
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '500000' },
    nodes: { type: 'string', default: '100000' },
  },
})
const ROWS = Number(values.rows)
const NODES = Number(values.nodes)
const SECONDS = 6
/** With the one episode that is there: what is marked in the request. */
const AT_ONCE = 4_999
/** Milliseconds between two requests of the tenant with much: nobody deletes and restores without a pause. */
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

const line = (cells: readonly string[]) =>
  process.stdout.write(
    `${(cells[0] ?? '').padEnd(44)}${cells
      .slice(1)
      .map((cell) => cell.padStart(14))
      .join('')}\n`,
  )

try {
  const url = (await miniflare.ready).origin
  const database = await migrate(miniflare)
  const [large, quiet] = await Promise.all([tokenOf('large'), tokenOf('quiet')])
  const send = async (token: string, method: string, path: string, body?: object) => {
    const headers = {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      'X-Bench-Costs': 'yes',
    }
    const answer = await fetch(url + path, { method, headers, body: body ? JSON.stringify(body) : null })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    // biome-ignore lint/suspicious/noExplicitAny: a bench reads what it needs
    return (await answer.json()) as any
  }
  const home = '/namespaces/large'
  const [lab, tree] = [`${home}/projects/lab`, `${home}/projects/tree`]
  for (const [token, user] of [
    [large, 'large'],
    [quiet, 'quiet'],
  ] as const) {
    await send(token, 'GET', '/auth/me')
    for (let index = 0; index < 60; index++)
      await send(token, 'POST', `/namespaces/${user}/projects/lab/episodes`, { name: `run-${index}` })
  }
  const inFolder = async (name: string, path: string) =>
    (await send(large, 'POST', `${tree}/episodes`, { name, folder: path })) as {
      episode: { id: string; projectId: string }
      folder: { id: string }
    }
  const { episode, folder } = await inFolder('run', '/large')
  const { folder: small } = await inFolder('other', '/small')
  const project = await database.prepare("select id from projects where slug = 'lab'").first<string>('id')
  await seed(database, ROWS / 2, {
    project: String(project),
    container: String(project),
    path: '/clips',
    tag: 'a',
  })
  await seed(database, NODES, {
    ...episode,
    project: episode.projectId,
    container: episode.id,
    path: '/in',
    tag: 'c',
  })
  await seed(database, NODES, {
    project: episode.projectId,
    container: episode.projectId,
    path: '/large',
    tag: 'e',
    parent: folder.id,
  })
  await seed(database, AT_ONCE, {
    project: episode.projectId,
    container: episode.projectId,
    path: '/small',
    tag: '0',
    parent: small.id,
  })
  process.stdout.write(
    `A project of ${ROWS} rows; a folder of ${NODES} nodes and their assets; an episode of ${NODES} assets and their nodes.\n\n`,
  )

  const reading = () =>
    load({ url: `${url}/namespaces/quiet/projects/lab/episodes`, token: quiet, seconds: SECONDS, clients: 1 })
  const takeCosts = async (): Promise<readonly Cost[]> =>
    (await fetch(`${url}/costs`)).json() as Promise<Cost[]>
  await reading()
  const before = await reading()
  await takeCosts()

  line([
    "another tenant's list of 50",
    'p50 of quiet',
    'p95 of quiet',
    'reads',
    'batches',
    'longest',
    'rows read',
    'written',
  ])
  const show = (name: string, { median, p95, perSecond }: Measured, costs: readonly Cost[]) => {
    const ratios = [median / before.median, p95 / before.p95].map((ratio) => ratio.toFixed(2))
    const most = (value: (cost: Cost) => number) => Math.max(0, ...costs.map(value))
    line([
      name,
      ...ratios,
      (perSecond * SECONDS).toFixed(0),
      String(costs.length),
      `${most(({ milliseconds }) => milliseconds)} ms`,
      String(most(({ rowsRead }) => rowsRead)),
      String(most(({ rowsWritten }) => rowsWritten)),
    ])
  }
  show('quiet', before, [])
  /** The neighbour's reads, while the work is repeated, or waited for. */
  const beside = async (name: string, work: (isOver: () => boolean) => Promise<unknown>): Promise<void> => {
    let isOver = false
    const measuring = reading().finally(() => {
      isOver = true
    })
    await work(() => isOver)
    show(name, await measuring, await takeCosts())
  }
  const fire = async (): Promise<void> => {
    const answer = await fetch(`${url}/schedule?now=${Date.now()}`)
    if (!answer.ok) throw new Error(await answer.text())
  }
  const trashOf = async (place: string) => (await send(large, 'GET', `${place}/trash`)).trash
  /** Waits for the slices after an answer, and for the runs of the schedule that do the rest. */
  const settled = async (place: string): Promise<void> => {
    for (let round = 0; round < 500; round++) {
      const states: readonly string[] = (await trashOf(place)).map(({ state }: { state: string }) => state)
      if (!states.includes('marking') && !states.includes('restoring')) return
      await setTimeout(100)
      if (round % 20 === 19) await fire()
    }
    throw new Error('It goes on for too long.')
  }
  const gone = async (place: string): Promise<void> => {
    while ((await trashOf(place)).length > 0) await fire()
  }

  await beside('a project deleted and restored, again and again', async (isOver) => {
    while (!isOver()) {
      const { deletionId } = await send(large, 'DELETE', lab)
      await send(large, 'POST', `${home}/trash/${deletionId}/restore`)
      await setTimeout(BREATH)
    }
  })
  const { deletionId: ofLab } = await send(large, 'DELETE', lab)
  await beside('the project purged', async () => {
    await send(large, 'DELETE', `${home}/trash/${ofLab}`)
    await gone(home)
  })
  await beside(`a folder of ${AT_ONCE} deleted, and restored`, async () => {
    const { deletionId, state } = await send(large, 'DELETE', `/nodes/${small.id}`)
    if (state) throw new Error('It was to be marked at once.')
    await send(large, 'POST', `${tree}/trash/${deletionId}/restore`)
  })
  for (const [what, path] of [
    ['a folder', `/nodes/${folder.id}`],
    ['an episode', `${tree}/episodes/run`],
  ] as const) {
    let deletionId = ''
    if (what === 'a folder') await send(large, 'PATCH', `${tree}/episodes/run`, { folder: '/' })
    await beside(`${what} deleted`, async () => {
      deletionId = (await send(large, 'DELETE', path)).deletionId
      await settled(tree)
    })
    await beside(`${what} restored`, async () => {
      await send(large, 'POST', `${tree}/trash/${deletionId}/restore`)
      await settled(tree)
    })
    deletionId = (await send(large, 'DELETE', path)).deletionId
    await settled(tree)
    await beside(`${what} counted (dry run)`, () =>
      send(large, 'DELETE', `${tree}/trash/${deletionId}?dryRun=true`),
    )
    await beside(`${what} purged`, async () => {
      await send(large, 'DELETE', `${tree}/trash/${deletionId}`)
      await gone(tree)
    })
  }
  show('quiet, afterwards', await reading(), [])
  process.stdout.write(
    '\nBatches are those of that tenant and of the schedule; the longest as D1 measures it.\n',
  )
  for (const receipt of (await send(large, 'GET', `${home}/purges`)).purges)
    process.stdout.write(`The receipt: ${JSON.stringify(receipt)}\n`)
} finally {
  await miniflare.dispose()
  rmSync(scratch, { recursive: true })
}
