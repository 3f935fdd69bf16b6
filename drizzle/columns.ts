import { integer, text } from 'drizzle-orm/sqlite-core'

/** 24 lower-case hex digits, time-ordered; minted by the Worker. */
export const id = () => text().primaryKey()

/** Epoch milliseconds. */
export const time = () => integer()

/** A JSON document as text, as `JSON.stringify` wrote it. */
export const json = () => text()

/** A counter that triggers keep. Nothing but a trigger writes it. */
export const counter = () => integer().notNull().default(0)

/**
 * Who made a row and by which request.
 *
 * `createdRequest`, `updatedRequest` and `renamedRequest` hold the mark of a request, by which a repeated request recognises what it
 * did the first time. Only a request whose id the client chose can be repeated: `createdRequest` is null for others.
 */
export const recorded = () => ({
  createdAt: time().notNull(),
  updatedAt: time().notNull(),
  createdBy: text().notNull(),
  createdByToken: text(),
  createdRequest: text(),
  updatedRequest: text().notNull(),
  renamedRequest: text(),
  version: integer().notNull().default(1),
})

/** `deletedAt` set means trashed; the deletion says by whom, and whether it may still be restored. */
export const trashable = () => ({
  deletedAt: time(),
  deletionId: text(),
})
