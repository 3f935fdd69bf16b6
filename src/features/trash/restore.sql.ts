import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { deletions, restorations } from '../../../drizzle/schema.ts'
import { ifGranted, type Refusing, refusal, VERDICT } from '../../db/guard.ts'
import type { Row } from '../../db/plan.ts'
import { type Arguments, fragment, insertInto } from '../../db/sql.ts'
import { isBlind, live } from '../../db/standing.ts'
import { following } from '../../db/statements.ts'
import {
  NOT_CREATED,
  type Recorded,
  type Resource,
  readResource,
  type Stamp,
  type Versioned,
} from '../../db/write.ts'
import { Refusal } from '../../domain/failure.ts'

/** A request that takes something out of the trash. */
export interface Restoring extends Stamp {
  readonly deletionId: string
}

type A = Arguments<Restoring>

/** What this very request has restored before. */
export const restoredBefore = (a: A): SQL => sql`exists (select 1 from ${restorations}
  where ${restorations.id} = ${a.deletionId} and ${restorations.request} = ${a.mark})`

export const isPurging: Refusing = ['deletion_purging', sql`(select purging from deletion)`]

/** The guard has a table `obstacle` of one row: `container` and `namesake` name what is in the way, or are null. */
export const inTheWay: Refusing = [
  'restore_conflict',
  sql`exists (select 1 from obstacle where container is not null or namesake is not null)`,
]

/** The restoration, which a guarded statement makes. */
export const recordRestoration = (a: A): SQL =>
  insertInto(
    restorations,
    {
      id: sql`deletion.id`,
      namespaceId: sql`deletion.namespace_id`,
      projectId: sql`deletion.project_id`,
      kind: sql`deletion.kind`,
      itemId: sql`deletion.item_id`,
      request: a.mark,
      restoredAt: a.now,
    },
    sql`from permit cross join deletion where true`,
  )

/**
 * `undone`, at most one row: the deletion that this request is about to undo. What it marked is unmarked by the
 * statements between the restoration and the end of the deletion.
 */
export const undone = (a: A): SQL =>
  fragment(
    'trash.undone',
    sql`undone as materialized (
  select ${deletions.id} as id, ${deletions.kind} as kind, ${deletions.itemId} as item_id,
    ${deletions.projectId} as project_id
  from ${restorations} cross join ${deletions} on ${deletions.id} = ${restorations.id}
  where ${restorations.id} = ${a.deletionId} and ${restorations.request} = ${a.mark})`,
  )

/** The last of those statements, where there is no more to be unmarked. */
export const endDeletion = following<Restoring>(
  'restorations.endDeletion',
  (a) => sql`with ${undone(a)} delete from ${deletions} where ${deletions.id} = (select id from undone)
    and ${deletions.phase} is null`,
)

/** A row that comes back under another name was changed by this request, and by none that was sent before. */
export const remembering = (a: A, table: Recorded, isRenamed: SQL) => ({
  updatedAt: sql`iif(${isRenamed}, ${a.now}, ${table.updatedAt})`,
  updatedRequest: sql`iif(${isRenamed}, ${a.mark}, ${table.updatedRequest})`,
  renamedRequest: sql`iif(${isRenamed}, null, ${table.renamedRequest})`,
  version: sql`${table.version} + 1`,
})

/** What came back, and whether what hung below it still does. */
export interface Restored extends Resource {
  readonly isUnderWay: boolean
}

/** The resource, or as much of it as the token may see. */
const asShown = (body: SQL): SQL => sql`(select iif(${isBlind},
  json_object('id', made.body ->> '$.id', 'name', made.body ->> '$.name'), made.body)
  from (select ${body} as body) as made where made.body is not null)`

/** Something of the row that came back. */
export const restoredRow = (table: Versioned & { deletedAt: SQLiteColumn }, what: SQLWrapper): SQL =>
  sql`(select ${what} from ${table} where ${table.id} = ${restorations.itemId} and ${live(table)})`

/** The statement that reads what became of it: `of` selects something of what came back, by the row of `restorations`. */
export const outcomeOfRestoring = (a: A, of: (what: 'body' | 'version') => SQL): SQL =>
  sql`select ${refusal}, ${restorations.itemId} as id, ${of('version')} as version, ${NOT_CREATED} as created,
      ${asShown(of('body'))} as body,
      obstacle.container as container, obstacle.namesake as namesake, deletion.kind as kind,
      ${ifGranted(sql`deletion.phase is not null`)} as is_under_way
    from ${VERDICT} left join deletion left join obstacle
    left join ${restorations} on ${restorations.id} = ${ifGranted(a.deletionId)} and ${restorations.request} = ${a.mark}`

/** Throws the refusal, which names what is in the way. */
export function readRestored(rows: readonly Row[]): Restored {
  const { refusal: failure, container, namesake, kind, body, is_under_way } = rows[0] ?? {}
  // It was deleted again since this very request has restored it.
  if (failure === null && body === null) throw new Refusal('deletion_not_found')
  if (failure !== 'restore_conflict') return { ...readResource(rows), isUnderWay: is_under_way === 1 }
  const errors = [
    ...(container === null
      ? []
      : [{ path: 'deletionId', message: `${container} is in the trash too: restore it first` }]),
    ...(namesake === null
      ? []
      : [
          {
            path: 'as',
            message:
              kind === 'namespace'
                ? `has to be another slug: ${JSON.stringify(namesake)} is not free`
                : `has to be another name: the ${kind} ${JSON.stringify(namesake)} has this one`,
          },
        ]),
  ]
  throw new Refusal(
    'restore_conflict',
    errors,
    errors.map(({ path, message }) => `${path}: ${message}`).join('; '),
  )
}
