import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { time } from './columns.ts'

/** The answers to requests that were sent under a key, for when they are sent again. */
export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    /** In the order of their making. */
    seq: integer().primaryKey(),
    /** A digest of the caller, the method, the path and the key. */
    id: text().notNull(),
    /** A digest of the rest of the request. */
    fingerprint: text().notNull(),
    /** Names the sending that was answered first. */
    attempt: text().notNull(),
    /** Where it was judged: the project, the namespace, or the user. One that was made anew knows nothing of it. */
    placeId: text().notNull(),
    /** What the answer is about: the key goes with it. */
    itemId: text().notNull(),
    /** Of the item, and whether the request has made it, at the time of the answer. */
    version: integer().notNull(),
    created: integer().notNull(),
    /** JSON. */
    body: text().notNull(),
    createdAt: time().notNull(),
  },
  (t) => [uniqueIndex('idempotency_keys_id').on(t.id), index('idempotency_keys_of_item').on(t.itemId)],
)

/** How far the schedule's walks have come that take more than one run. */
export const walks = sqliteTable('walks', {
  name: text().primaryKey(),
  /** The last key that was looked at; empty at the start. */
  position: text().notNull(),
})
