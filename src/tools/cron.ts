import { parseArgs } from 'node:util'
import { z } from 'zod'
import { aligned } from './table.ts'

const USAGE = `Usage: npm run cron [-- --url http://localhost:10334 --days 31]
--days fires it as if so many days had passed; what it decides then stands.`

const DAY = 86_400_000
const LONGEST_WAIT = 900_000

/** Below it a local server answers what no deployment does. */
const LOCAL = '/cdn-cgi/local'

const Outcome = z.object({ outcome: z.string() })
const Databases = z.object({ result: z.array(z.object({ name: z.string(), uuid: z.string() })) })

/** Each row of the receipts has the columns of the query, in its order. */
const Rows = z.array(z.union([z.string(), z.number(), z.null()]))
const Receipts = z.object({
  result: z.tuple([z.object({ results: z.object({ columns: z.array(z.string()), rows: z.array(Rows) }) })]),
})

/** Fires the schedule at a running local server, and shows the receipts of what it did. */
async function fire(server: URL, days: number): Promise<void> {
  const time = Math.round(Date.now() + days * DAY)
  const { outcome } = await ask(server, `scheduled?format=json&time=${time}`, Outcome)
  process.stdout.write(`The schedule ran as of ${new Date(time).toISOString()}: ${outcome}.\n`)
  const { columns, rows } = await receiptsOf(server, time)
  const table = aligned([columns, ...rows.map((row) => row.map((value) => String(value ?? '')))])
  process.stdout.write(rows.length === 0 ? 'Nothing was purged.\n' : `${table}\n`)
  if (outcome !== 'ok') process.exitCode = 1
}

/** The receipts that a run has opened or closed, of every namespace, from the database that the server has open. */
async function receiptsOf(server: URL, time: number) {
  const { result: databases } = await ask(server, 'explorer/api/d1/database', Databases)
  const database = databases.find(({ name }) => name === 'DB')
  if (!database) throw new Error(`The server at ${server.origin} has no database by the name of DB.`)
  const sql = `select ifnull((select slug from namespaces where id = p.namespace_id), p.namespace_id) as namespace,
    kind, name, rule, rows, objects, bytes, iif(finished_at is null, 'not yet', 'yes') as finished
    from purges p where started_at = ${time} or finished_at = ${time} order by id`
  const answer = await ask(server, `explorer/api/d1/database/${database.uuid}/raw`, Receipts, { sql })
  return answer.result[0].results
}

/** Asks what only a server that runs locally answers; with a body by POST. A run that failed is answered with 500. */
async function ask<S extends z.ZodType>(
  server: URL,
  path: string,
  shape: S,
  body?: unknown,
): Promise<z.output<S>> {
  const sent = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await fetch(new URL(`${LOCAL}/${path}`, server), {
    ...(body === undefined ? {} : sent),
    signal: AbortSignal.timeout(LONGEST_WAIT),
  }).catch((cause: unknown) => {
    throw new Error(`Nothing answers at ${server.origin}: start it with npm run dev.`, { cause })
  })
  const text = await answer.text()
  const isJson = answer.headers.get('Content-Type') === 'application/json'
  const parsed = shape.safeParse(isJson ? JSON.parse(text) : null)
  if (parsed.success) return parsed.data
  throw new Error(
    `The server at ${server.origin} did not answer as one that npm run dev has started: ${answer.status} ${text.slice(0, 500)}`,
  )
}

try {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { url: text, days: text } })
  const days = Number(values.days ?? 0)
  if (!Number.isFinite(days)) throw new TypeError('--days is not a number.')
  await fire(new URL(values.url ?? 'http://localhost:10334'), days)
} catch (error) {
  // The parser of arguments and of URLs tell a wrong argument by a TypeError.
  const isMisuse = error instanceof TypeError
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${isMisuse ? `${USAGE}\n` : ''}`)
  process.exitCode = isMisuse ? 2 : 1
}
