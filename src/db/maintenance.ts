import { sql } from 'drizzle-orm'
import { type Plan, statement } from './plan.ts'
import { command } from './sql.ts'

const refresh = command<Record<never, never>>('maintenance.optimize', () => sql`pragma optimize`)

/** Lets SQLite refresh the statistics that its planner goes by, where they have grown stale. */
export const optimize = (): Plan<void> => statement(refresh, {}, () => undefined)
