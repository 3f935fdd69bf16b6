import { type SQL, sql } from 'drizzle-orm'
import { apiTokens, assets, objects, projects } from '../../../drizzle/schema.ts'
import type { Guard } from '../../db/guard.ts'
import { type Arguments, fragment } from '../../db/sql.ts'
import {
  asRank,
  type Conditions,
  type ItemRef,
  isInTrashedEpisode,
  itemGuard,
  tokenScopes,
} from '../../db/standing.ts'
import { type Grant, scopes } from '../../domain/access.ts'

/** Who asks, for which object. */
export interface ObjectRef extends ItemRef {
  /** The object's key, where the client says it too. */
  readonly key?: string
}

const [CAN_WRITE, CAN_SEE] = [scopes.write, scopes.read | scopes.write].map((bits) =>
  sql.raw(String(bits)),
) as [SQL, SQL]

/** Holds for an object of the namespace which the token sees as such: of that project alone where it can only add, or is confined. */
export const isInSight = (asking: 'standing' | 'permit'): SQL => {
  const of = sql.raw(asking)
  return fragment(
    `isInSight.${asking}`,
    sql`(${of}.token_project_id is null and ${of}.scopes & ${CAN_WRITE} or ${objects.projectId} = ${of}.project_id)`,
  )
}

/** Of the assets that refer to an object so many are looked at: one file may be in very many episodes. */
const MOST_REFERENCES = sql.raw('500')

/**
 * Holds for an object that a request inside a project may refer to: one that is in sight, or that an asset of the
 * project refers to already. `asking` is `standing`, or `permit`, which is made of it.
 */
export const isWithinReach = (asking: 'standing' | 'permit'): SQL => {
  const of = sql.raw(asking)
  return fragment(
    `isWithinReach.${asking}`,
    sql`(${objects.namespaceId} = ${of}.namespace_id
    and (${isInSight(asking)} or exists (select 1 from (
        select own.container_id from ${assets} as own where own.object_id = ${objects.id}
          and own.project_id = ${of}.project_id and own.deleted_at is null limit ${MOST_REFERENCES}) as held
        where not ${isInTrashedEpisode(sql`held.container_id`)})))`,
  )
}

/** A token that can only upload knows what it is sending itself, and nothing else. */
const columns = sql`${objects.id} as object_id, ${objects.state} as object_state,
  ${objects.createdByToken} as object_token_id,`

const joinedObject = (a: Arguments<ObjectRef>): SQL =>
  sql`left join ${objects} on ${objects.id} = ${a.id} and ${objects.key} = ifnull(${a.key}, ${objects.key})
    and ${objects.state} <> 'purging'
    and (${tokenScopes} & ${CAN_SEE} or ${objects.createdByToken} = ${apiTokens.id})`

/** The guard of a request about an upload, which only members see. */
export const uploadGuard = (a: Arguments<ObjectRef>, grant: Grant, rest: Conditions = {}): Guard =>
  itemGuard(
    a,
    {
      project: objects.projectId.getSQL(),
      missing: 'upload_not_found',
      visitors: sql`0`,
      columns,
      joined: joinedObject(a),
    },
    grant,
    rest,
  )

/** The projects of what refers to an object, and is there. */
const referring = sql`select held.project_id from (
    select own.project_id, own.container_id, own.deleted_at from ${assets} as own
    where own.object_id = ${objects.id} limit ${MOST_REFERENCES}) as held
  where held.deleted_at is null and not ${isInTrashedEpisode(sql`held.container_id`)}`

/** A live project that the token is not kept out of. */
const openProject = sql`${projects} as found where found.deleted_at is null
  and found.id = ifnull(${apiTokens.projectId}, found.id)`

/**
 * The guard of a request about the bytes of an object. Members of the project that it was sent to read it, and of those
 * that have an asset of it; everybody else through such an asset of a public project, and no other way.
 */
export const objectGuard = (a: Arguments<ObjectRef>): Guard => {
  const isPublic = sql`exists (select 1 from ${openProject} and found.visibility = 'public'
    and found.id in (${referring}))`
  return itemGuard(
    a,
    {
      project: sql`(select max(found.id) from ${openProject}
        and found.id in (select ${objects.projectId} union all ${referring}))`,
      missing: 'object_not_found',
      visitors: sql`iif(${isPublic}, ${asRank('read')}, 0)`,
      columns,
      joined: joinedObject(a),
    },
    'read',
    { thing: [['object_not_found', sql`standing.object_state <> 'complete'`]] },
  )
}
