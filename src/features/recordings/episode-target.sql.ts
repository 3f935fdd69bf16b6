import { type SQL, sql } from 'drizzle-orm'
import { episodes, nodes } from '../../../drizzle/schema.ts'
import { ADMITTED, type Refusing } from '../../db/guard.ts'
import type { Quotas } from '../../db/quota.ts'
import { type Argument, type Arguments, assign, givenOr, insertInto } from '../../db/sql.ts'
import { closedFor } from '../../db/underway.ts'
import { described, type Fields, type Stamp } from '../../db/write.ts'
import type { Folded } from '../../domain/fold.ts'
import type { NewFolder } from '../../domain/path.ts'
import { folderAt } from './nodes.sql.ts'

/** What the requests that make and change an episode have in common: the `target` of their guards, and its node. */

/** What is written together with the name of an episode. */
export const folding = (a: Arguments<Folded>) => ({ foldedName: a.foldedName, foldedWords: a.foldedWords })

/** The fields of an episode that a request may give. Absent ones are left alone; times are epoch milliseconds. */
export interface EpisodeFields extends Fields, Quotas {
  readonly status?: string
  readonly writeProtected?: boolean
  readonly startedAt?: number | null
  readonly endedAt?: number | null
  readonly durationMs?: number | null
  /** The folders along `folderPath`, outermost first; given together with it. */
  readonly folders?: readonly NewFolder[]
  /** Where to hang the episode; null for the project's root. */
  readonly folderPath?: string | null
}

/** Times that contradict each other, in the row as it would be after the write. */
export const contradictions = (a: Arguments<EpisodeFields>): readonly Refusing[] => {
  const resulting = (argument: Argument, column: string) =>
    givenOr(argument, sql.raw(`(select ${column} from target)`))
  const start = resulting(a.startedAt, 'started_at')
  const end = resulting(a.endedAt, 'ended_at')
  return [
    ['episode_ends_before_start', sql`${end} < ${start}`],
    // Milliseconds that were cut from finer times may differ by one.
    [
      'episode_duration_contradicts',
      sql`abs(${resulting(a.durationMs, 'duration_ms')} - (${end} - ${start})) > 1`,
    ],
  ]
}

export const target = (id: SQL): SQL => sql`target as materialized (
  select ${episodes.id} as id, ${episodes.deletedAt} as deleted_at, ${episodes.writeProtected} as write_protected,
    ${episodes.startedAt} as started_at, ${episodes.endedAt} as ended_at, ${episodes.durationMs} as duration_ms,
    ${episodes.updatedRequest} as updated_request, ${episodes.createdByToken} as created_by_token
  from ${ADMITTED} cross join ${episodes} where ${episodes.id} = ${id})`

export const trashedTarget: Refusing = ['episode_trashed', sql`(select deleted_at is not null from target)`]
export const protectedTarget: Refusing = [
  'episode_write_protected',
  sql`(select write_protected from target)`,
]
export const doneTarget = (a: Arguments<Stamp>): SQL =>
  sql`(select deleted_at is null and updated_request = ${a.mark} from target)`

/** Of the episode's node, in the project's own tree. */
const pathOfTarget = sql`(select ${nodes.path} from target cross join ${episodes} on ${episodes.id} = target.id
  cross join ${nodes} on ${nodes.id} = ${episodes.nodeId})`

/** Folders of episodes hang in the project's own tree. */
export const folderIn = (a: Arguments<EpisodeFields>, asking: 'standing' | 'permit') => ({
  container: sql.raw(`${asking}.project_id`),
  path: sql`${a.folderPath}`,
})

/** Refuses where the episode would be, and where it is: what is marked with its folder is not changed on the way. */
export const closedPaths = (a: Arguments<EpisodeFields>): readonly Refusing[] =>
  [sql`${a.folderPath}`, pathOfTarget].map((path) => closedFor(sql`standing.project_id`, path))

/** Where a new folder path leads, in the project's own tree. */
export const folderId = (a: Arguments<EpisodeFields>): SQL => folderAt(sql`permit.project_id`, a.folderPath)

/** The fields that POST and PATCH change alike. */
export const own = [...described, 'status', 'writeProtected', 'startedAt', 'endedAt', 'durationMs'] as const

export const excluded = (column: string): SQL => sql.raw(`excluded.${column}`)

/** What follows the insertion of a node that may be there, at another path. */
export const orMoved = sql`on conflict (id) do update set ${assign(nodes, {
  parentId: excluded('parent_id'),
  name: excluded('name'),
  path: excluded('path'),
  updatedAt: excluded('updated_at'),
  version: sql`${nodes.version} + 1`,
})} where ${nodes.path} <> ${excluded('path')}`

/** The node of the episode that this request made or changed, where its folder and name say. */
export const placeNode = (a: Arguments<Stamp & { readonly segment: string }>, which: SQL): SQL =>
  sql`${insertInto(
    nodes,
    {
      id: episodes.nodeId,
      projectId: episodes.projectId,
      parentId: episodes.folderId,
      containerId: episodes.projectId,
      kind: sql`'episode'`,
      name: episodes.name,
      path: sql`ifnull((select folder.path from ${nodes} as folder where folder.id = ${episodes.folderId}), '')
        || '/' || ${a.segment}`,
      itemId: episodes.id,
      createdAt: a.now,
      updatedAt: a.now,
    },
    sql`from ${episodes} where ${which} and ${episodes.updatedRequest} = ${a.mark}`,
  )} ${orMoved}`
