import { sql } from 'drizzle-orm'
import { objects } from '../../../drizzle/schema.ts'
import { ADMITTED, ifGranted, refusal, VERDICT } from '../../db/guard.ts'
import { type Plan, statement } from '../../db/plan.ts'
import { isBlind, isOfAnother, type ProjectRef, projectGuard } from '../../db/standing.ts'
import { guard, outcome } from '../../db/statements.ts'
import { type ObjectRef, objectGuard } from '../objects/guard.sql.ts'
import { type Upload, uploadColumns, uploadFrom } from '../objects/uploads.sql.ts'
import { type StoredObject, storedObjectFrom } from '../recordings/downloads.sql.ts'
import { contentTypeOfObject } from '../recordings/media-type.sql.ts'

export interface StagedRef extends ProjectRef {
  /** The first 16 hex digits of the SHA-256 that the client announced. */
  readonly stagingHash: string
}

/** Uploads of one user under one hash that are looked at for that of a token. */
const MOST_OF_A_HASH = 500

const findingStaged = guard<StagedRef>('uploads.findingStaged', (a) => {
  const staged = (state: Upload['state']) => sql`(select own.id from (
      select ${objects.id} as id, ${objects.createdByToken} as token_id from ${objects}
      where ${objects.projectId} = standing.project_id and ${objects.stagingHash} = ${a.stagingHash}
        and ${objects.stagingHash} is not null and ${objects.createdBy} = standing.user_id
        and ${objects.state} = ${sql.raw(`'${state}'`)}
      order by ${objects.id} desc limit ${sql.raw(String(MOST_OF_A_HASH))}) as own
    where not ${isOfAnother(sql`own.token_id`)} order by own.id desc limit 1)`
  return projectGuard(a, 'upload', {
    tables: [
      sql`staged as materialized (select ${staged('complete')} as id,
        ${staged('pending')} as pending_id from ${ADMITTED})`,
    ],
    thing: [['upload_not_found', sql`(select ifnull(id, pending_id) from staged) is null`]],
    state: [['upload_incomplete', sql`(select id from staged) is null`]],
  })
})

const foundStaged = outcome(
  findingStaged,
  'uploads.foundStaged',
  () => sql`select ${refusal}, ${uploadColumns},
      not ${isBlind} or ${objects.createdByToken} is standing.token_id as is_shown
    from ${VERDICT} left join staged left join ${objects} on ${objects.id} = ${ifGranted(sql`staged.id`)}`,
)

/**
 * The newest complete upload that this very user has announced under that hash. Nobody verified the hash, so what
 * somebody else announced under it is not taken for it.
 */
export const findStaged = (ref: StagedRef): Plan<Upload> => statement(foundStaged, ref, uploadFrom)

const findingObject = guard<ObjectRef>('uploads.findingObject', objectGuard)

const foundObject = outcome(
  findingObject,
  'uploads.foundObject',
  () => sql`select ${refusal}, ${objects.key} as key, ${objects.size} as size,
      ${contentTypeOfObject} as content_type
    from ${VERDICT} left join ${objects} on ${objects.id} = ${ifGranted(sql`standing.object_id`)}`,
)

/** A complete object, for its bytes. */
export const findObject = (ref: ObjectRef): Plan<StoredObject> =>
  statement(foundObject, ref, storedObjectFrom)
