import { blob, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * Tables that drizzle-kit cannot make, as they have no rowid: migrations/0026_facets.sql does. Triggers alone write them, and the
 * schedule, which fills and audits them. What stands in them, docs/data-model.md tells.
 */

/** What an episode is found by, live or trashed. Ids are bytes; a value is a text, a number, or a byte for true and false. */
export const facets = sqliteTable('facets', {
  projectId: blob().notNull(),
  key: text().notNull(),
  value: blob().notNull(),
  episodeId: blob().notNull(),
})

/** How many live episodes have a facet. */
export const facetCounts = sqliteTable('facet_counts', {
  projectId: blob().notNull(),
  key: text().notNull(),
  value: blob().notNull(),
  n: integer().notNull(),
  /** The logarithm of `n` to the base of 2, rounded down. */
  size: integer().notNull(),
})
