import { app } from '../../src/app.ts'
import { maintain } from '../../src/schedule.ts'
import { type Meter, metered, nothingYet } from '../support/meter.ts'

/** What one batch cost. */
interface Cost {
  readonly statements: number
  readonly rowsRead: number
  readonly rowsWritten: number
  /** As D1 measures it, all statements together. */
  readonly milliseconds: number
}

/** Of the batches of the schedule, and of requests with `X-Bench-Costs`, since they were asked for last. */
let costs: Cost[] = []

/** D1 that keeps what each batch costs. */
const costed = (d1: D1Database): D1Database =>
  metered(d1, nothingYet(), async (batch) => {
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

function takeCosts(): Response {
  const taken = costs
  costs = []
  return Response.json(taken)
}

/** The server as it is deployed; with `X-Bench-Meter` a request's answer tells what D1 says that it cost. */
export default {
  async fetch(request, env, context): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/schedule') {
      await maintain({ ...env, DB: costed(env.DB) }, Number(searchParams.get('now')))
      return new Response()
    }
    if (pathname === '/costs') return takeCosts()
    if (request.headers.has('X-Bench-Costs'))
      return app.fetch(request, { ...env, DB: costed(env.DB) }, context)
    if (!request.headers.has('X-Bench-Meter')) return app.fetch(request, env, context)
    const meter: Meter = nothingYet()
    const answer = await app.fetch(request, { ...env, DB: metered(env.DB, meter) }, context)
    const told = new Response(answer.body, answer)
    told.headers.set('X-Bench-Meter', JSON.stringify(meter))
    return told
  },
} satisfies ExportedHandler<Env>
