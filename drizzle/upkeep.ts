import { sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** How far the schedule's walks have come that take more than one run. */
export const walks = sqliteTable('walks', {
  name: text().primaryKey(),
  /** The last key that was looked at; empty at the start. */
  position: text().notNull(),
})
