import { app } from '../../src/app.ts'
import { maintain } from '../../src/jobs/maintain.ts'
import { metered, nothingYet } from '../support/meter.ts'

/** What one batch cost. */
interface Cost {
  readonly statements: number
  readonly rowsRead: number
  readonly rowsWritten: number
  /** As D1 measures it, all statements together. */
  readonly milliseconds: number
}

/** The schedule at a time of one's own, and what each of its batches cost. */
async function runSchedule(env: Env, now: number): Promise<Response> {
  const costs: Cost[] = []
  const DB = metered(env.DB, nothingYet(), async (batch) => {
    const results = await batch()
    const sum = (value: (meta: D1Meta) => number) =>
      results.reduce((total, { meta }) => total + value(meta as D1Meta), 0)
    costs.push({
      statements: results.length,
      rowsRead: sum((meta) => meta.rows_read),
      rowsWritten: sum((meta) => meta.rows_written),
      milliseconds: sum((meta) => meta.duration),
    })
    return results
  })
  await maintain({ ...env, DB }, now)
  return Response.json(costs)
}

/** The server as it is deployed; with `X-Bench-Meter` a request's answer tells what D1 says that it cost. */
export default {
  async fetch(request, env, context): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/schedule') return runSchedule(env, Number(searchParams.get('now')))
    if (!request.headers.has('X-Bench-Meter')) return app.fetch(request, env, context)
    const meter = nothingYet()
    const answer = await app.fetch(request, { ...env, DB: metered(env.DB, meter) }, context)
    const told = new Response(answer.body, answer)
    told.headers.set('X-Bench-Meter', JSON.stringify(meter))
    return told
  },
} satisfies ExportedHandler<Env>
