import { app } from './app.ts'
import { maintain } from './jobs/maintain.ts'

export default {
  fetch: app.fetch,
  scheduled: (_, env) => maintain(env),
} satisfies ExportedHandler<Env>
