import { app } from '../../src/app.ts'
import { type Meter, metered } from '../support/meter.ts'

/** The server as it is deployed; with `X-Bench-Meter` a request's answer tells what D1 says that it cost. */
export default {
  async fetch(request, env, context): Promise<Response> {
    if (!request.headers.has('X-Bench-Meter')) return app.fetch(request, env, context)
    const meter: Meter = { trips: 0, rowsRead: 0, rowsWritten: 0 }
    const answer = await app.fetch(request, { ...env, DB: metered(env.DB, meter) }, context)
    const told = new Response(answer.body, answer)
    told.headers.set('X-Bench-Meter', JSON.stringify(meter))
    return told
  },
} satisfies ExportedHandler<Env>
