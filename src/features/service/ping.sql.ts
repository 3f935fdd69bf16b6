import { sql } from 'drizzle-orm'
import { type Plan, statement } from '../../db/plan.ts'
import { query } from '../../db/sql.ts'

const one = query<Record<never, never>>('ping', () => sql`select 1 as one`)

/** Asks the database for nothing but an answer. */
export const ping = (): Plan<void> => statement(one, {}, () => undefined)
