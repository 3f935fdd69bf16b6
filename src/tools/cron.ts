import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { quiet, root, wranglerPath } from './project.ts'
import { aligned } from './table.ts'

const USAGE = `Usage: npm run cron [-- --url http://localhost:10334 --days 31 --persist-to DIR]
--days fires it as if so many days had passed; what it decides then stands.`

const DAY = 86_400_000
const LONGEST_WAIT = 900_000

const Receipt = z.object({
  namespace: z.string(),
  kind: z.string(),
  name: z.string().nullable(),
  rule: z.string(),
  rows: z.int(),
  objects: z.int(),
  bytes: z.int(),
  finished: z.string(),
})

/** Fires the schedule at a running local server, and shows the receipts of what it did. */
async function fire(url: URL, days: number, persistTo: string | undefined): Promise<void> {
  const time = Date.now() + days * DAY
  const trigger = new URL(`/cdn-cgi/local/scheduled?format=json&time=${time}`, url)
  const answer = await fetch(trigger, { signal: AbortSignal.timeout(LONGEST_WAIT) }).catch(
    (cause: unknown) => {
      throw new Error(`Nothing answers at ${url.origin}: start it with npm run dev.`, { cause })
    },
  )
  const text = await answer.text()
  const { outcome } = z
    .object({ outcome: z.string() })
    .parse(answer.ok ? JSON.parse(text) : { outcome: text })
  process.stdout.write(`The schedule ran as of ${new Date(time).toISOString()}: ${outcome}.\n`)
  const receipts = receiptsOf(time, persistTo)
  const rows = receipts.map((receipt) => Object.values(receipt).map((value) => String(value ?? '')))
  const table = aligned([Object.keys(Receipt.shape), ...rows])
  process.stdout.write(receipts.length === 0 ? 'Nothing was purged.\n' : `${table}\n`)
  if (outcome !== 'ok') process.exitCode = 1
}

/** The receipts that a run has opened or closed, from the local database. */
function receiptsOf(time: number, persistTo: string | undefined): z.output<typeof Receipt>[] {
  const query = `select ifnull((select slug from namespaces where id = p.namespace_id), p.namespace_id) as namespace,
    kind, name, rule, rows, objects, bytes, iif(finished_at is null, 'not yet', 'yes') as finished
    from purges p where started_at = ${time} or finished_at = ${time} order by id`
  const place = persistTo === undefined ? [] : ['--persist-to', persistTo]
  const args = ['d1', 'execute', 'DB', '--local', '--json', '--command', query, ...place]
  const { status, stdout, stderr } = spawnSync(process.execPath, [wranglerPath, ...args], {
    cwd: root,
    env: { ...process.env, ...quiet },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`The local database did not answer: ${stderr || stdout}`)
  const [answer] = z.array(z.object({ results: z.array(Receipt) })).parse(JSON.parse(stdout))
  return answer?.results ?? []
}

try {
  const text = { type: 'string' } as const
  const options = { url: text, days: text, 'persist-to': text }
  const { values } = parseArgs({ options })
  const days = Number(values.days ?? 0)
  if (!Number.isFinite(days)) throw new TypeError('--days is not a number.')
  await fire(new URL(values.url ?? 'http://localhost:10334'), days, values['persist-to'])
} catch (error) {
  // The parser of arguments and of URLs tell a wrong argument by a TypeError.
  const isMisuse = error instanceof TypeError
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${isMisuse ? `${USAGE}\n` : ''}`)
  process.exitCode = isMisuse ? 2 : 1
}
