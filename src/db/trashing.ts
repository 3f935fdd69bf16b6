import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { assets, collections, datasets, episodes, nodes } from '../../drizzle/schema.ts'
import { deletions, restorations } from '../../drizzle/schema.ts'
import { type Guard, permitted } from './guard.ts'
import { type Arguments, insertInto } from './sql.ts'
import type { Stamp } from './write.ts'

/** A request that puts something into the trash, and the id that its deletion will have. */
export interface Trashing extends Stamp {
  readonly deletionId: string
}

type A = Arguments<Trashing>

/** The tables of what hangs inside a project, and can be in the trash by itself. */
export type Trashable = typeof assets | typeof nodes | typeof episodes | typeof collections | typeof datasets

/** What one deletion may mark of a tree: one writer serves every tenant, and a mark is a row. */
export const MOST_MARKED = sql.raw('100000')

/** Holds where the `rows`, each a `select 1 ...`, are more together than one deletion may mark. */
export const isTooMany = (...rows: readonly SQL[]): SQL =>
  sql`(${sql.join(
    rows.map((each) => sql`(select count(*) from (${each} limit ${MOST_MARKED} + 1))`),
    sql.raw(' + '),
  )}) > ${MOST_MARKED}`

/**
 * Holds where this very request has made the deletion before, whatever has become of it since. Not where there is such
 * a thing again: then it is another one's turn.
 */
export const trashedBefore = (a: A, isMissing: SQL): SQL =>
  sql`exists (select 1 from ${deletions} where ${deletions.id} = ${a.deletionId})
    or exists (select 1 from ${restorations} where ${restorations.id} = ${a.deletionId})
    or ${isMissing} and exists (select 1 from ${deletions} where ${deletions.request} = ${a.repeatable})`

interface Item {
  readonly kind: SQL
  readonly itemId: SQLWrapper
  readonly name: SQLWrapper
  /** Null for what is in no project. */
  readonly projectId?: SQLWrapper
  /** The episode that it is inside of. */
  readonly containerId?: SQLWrapper
}

/** The deletion, which the guarded statement makes; what follows in the batch hangs on it. `from` selects the item. */
export const recordDeletion = (a: A, guard: Guard, item: Item, from: SQL): SQL =>
  sql`${permitted(guard)} ${insertInto(
    deletions,
    {
      id: a.deletionId,
      namespaceId: sql`permit.namespace_id`,
      projectId: sql`permit.project_id`,
      ...item,
      deletedAt: a.now,
      deletedBy: sql`permit.user_id`,
      request: a.repeatable,
    },
    from,
  )}`

/** The id of what the deletion of this request is about. */
export const deletedItem = (a: Arguments<Pick<Trashing, 'deletionId'>>): SQL =>
  sql`(select ${deletions.itemId} from ${deletions} where ${deletions.id} = ${a.deletionId})`

/** What a row in the trash says. */
export const inTrash = (a: A) => ({ deletedAt: sql`${a.now}`, deletionId: sql`${a.deletionId}` })
