import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type {
  assets,
  collections,
  datasets,
  episodes,
  namespaces,
  nodes,
  projects,
} from '../../drizzle/schema.ts'
import { deletions, restorations } from '../../drizzle/schema.ts'
import { assertPermitted, ifGranted, refusal, VERDICT } from './guard.ts'
import { act, after, type Plan, type Row, statement } from './plan.ts'
import { type Arguments, assign, type Compiled, fragment, insertInto } from './sql.ts'
import { live } from './standing.ts'
import { following, guarded, type NamedGuard, outcome } from './statements.ts'
import type { Stamp } from './write.ts'

/** A request that puts something into the trash, and the id that its deletion will have. */
export interface Trashing extends Stamp {
  readonly deletionId: string
}

type A = Arguments<Trashing>

/** The tables of what hangs inside a project, and can be in the trash by itself. */
export type Trashable = typeof assets | typeof nodes | typeof episodes | typeof collections | typeof datasets

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
  /** Of a folder: its node's path in the container, and whether it holds more than is marked at once. */
  readonly path?: SQLWrapper
  readonly phase?: SQLWrapper
}

/** The deletion, which a guarded statement makes; what follows in the batch hangs on it. `from` selects the item. */
export const recordDeletion = (a: A, item: Item, from: SQL): SQL =>
  insertInto(
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
  )

/** A deletion that this request has made, now or when it was sent before. */
export interface Trashed {
  readonly deletionId: string
  /** Whether what hangs below is still being marked. */
  readonly isMarking: boolean
}

/** What became of it. */
const deletionOf = (a: A): SQL => {
  const made = (column: SQL): SQL => sql`coalesce(
    (select ${column} from ${deletions} where ${deletions.id} = ${a.deletionId}),
    (select ${column} from ${deletions} where ${deletions.request} = ${a.repeatable}))`
  return fragment(
    'deletion',
    sql`select ${refusal}, ${ifGranted(made(deletions.id.getSQL()))} as deletion_id,
    ${ifGranted(made(sql`${deletions.phase} = 'marking'`))} as is_marking from ${VERDICT}`,
  )
}

/** What was restored, or purged, since this very request has made its deletion, is told by the id that it had. */
function readTrashed([row]: readonly Row[], { deletionId }: Pick<Trashing, 'deletionId'>): Trashed {
  const { deletion_id, is_marking } = assertPermitted(row)
  return { deletionId: (deletion_id as string | null) ?? deletionId, isMarking: is_marking === 1 }
}

interface Trash<T extends Trashing> {
  /** `trash`, `markTrashed` and `trashed` of it are the statements. */
  readonly aggregate: string
  readonly table: Trashable | typeof namespaces | typeof projects
  /** What is deleted: the item, and the `from` that selects it. */
  readonly deleted: (a: Arguments<T>) => { readonly item: Item; readonly from: SQL }
  /** What follows for what hangs on the item, beside the mark of its own row. */
  readonly further?: readonly Compiled<T>[]
  readonly below?: (values: T) => readonly Plan<void>[]
}

/** The plan that puts something into the trash: the deletion is recorded, then the marks follow, which hang on it. */
export function trashPlan<T extends Trashing>(
  by: NamedGuard<T>,
  { aggregate, table, deleted, further = [], below = () => [] }: Trash<T>,
): (values: T) => Plan<Trashed> {
  const trash = guarded<T>(by, `${aggregate}.trash`, (a) => {
    const { item, from } = deleted(a)
    return recordDeletion(a, item, from)
  })
  const mark = following<T>(
    `${aggregate}.markTrashed`,
    (a) => sql`update ${table} set ${assign(table, inTrash(a))}
      where ${table.id} = ${deletedItem(a)} and ${live(table)}`,
  )
  const trashed = outcome<T>(by, `${aggregate}.trashed`, deletionOf)
  return (values) =>
    after(
      [...[trash, mark, ...further].map((each) => act<T>(each, values)), ...below(values)],
      statement<T, Trashed>(trashed, values, (rows) => readTrashed(rows, values)),
    )
}

/** The id of what the deletion of this request is about. */
export const deletedItem = (a: Arguments<Pick<Trashing, 'deletionId'>>): SQL =>
  sql`(select ${deletions.itemId} from ${deletions} where ${deletions.id} = ${a.deletionId})`

/** What a row in the trash says. */
export const inTrash = (a: A) => ({ deletedAt: sql`${a.now}`, deletionId: sql`${a.deletionId}` })
