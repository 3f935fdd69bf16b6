import { app } from './app.ts'
import { maintain } from './schedule.ts'

export default {
  fetch: app.fetch,
  scheduled: ({ scheduledTime }, env) => maintain(env, scheduledTime),
} satisfies ExportedHandler<Env>
