import { app } from './app.ts'

export default {
  fetch: app.fetch,
  // An isolate that serves requests is seldom the one that runs the schedule.
  scheduled: async ({ scheduledTime }, env) => (await import('./schedule.ts')).maintain(env, scheduledTime),
} satisfies ExportedHandler<Env>
