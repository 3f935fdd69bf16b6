import { sql } from 'drizzle-orm'
import { episodes, nodes, projects } from '../../../drizzle/schema.ts'
import type { Arriving } from '../../db/credential.ts'
import { boolean, iso, json, object } from '../../db/json.ts'
import { keepable, keyedAt, settled } from '../../db/keys.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { overRows, ROWS_OF_ONE } from '../../db/quota.ts'
import { type Argument, anyGiven, assign, changed, fragment, givenOr, insertInto } from '../../db/sql.ts'
import {
  isBlind,
  isOfAnother,
  live,
  mayNotAdd,
  type ProjectRef,
  projectGuard,
  projectMakingGuard,
} from '../../db/standing.ts'
import { following, guard, guarded, outcome } from '../../db/statements.ts'
import {
  addressed,
  bare,
  describing,
  isThereAlready,
  mergingMetadata,
  outcomeOf,
  type Resource,
  readResource,
  renamedByThisRequest,
  renaming,
  type Stamp,
  shown,
  stamped,
  touched,
  unexpected,
  unmergeable,
} from '../../db/write.ts'
import type { Folded } from '../../domain/fold.ts'
import { arriveByCreatingAt } from '../accounts/users.sql.ts'
import { makeProject, type ProjectMaking } from '../places/projects.sql.ts'
import { changedTags, type TagChanges, tooManyTags } from './episode-tags.sql.ts'
import {
  closedPaths,
  contradictions,
  doneTarget,
  type EpisodeFields,
  excluded,
  folderId,
  folderIn,
  folding,
  own,
  placeNode,
  protectedTarget,
  target,
  trashedTarget,
} from './episode-target.sql.ts'
import { countMissing, folderAt, makeFolders } from './nodes.sql.ts'

export const episodeJson = fragment(
  'episodeJson',
  object({
    id: episodes.id,
    name: episodes.name,
    description: episodes.description,
    tags: json(episodes.tags),
    projectId: episodes.projectId,
    folderId: episodes.folderId,
    nodePath: episodes.nodePath,
    status: episodes.status,
    writeProtected: boolean(episodes.writeProtected),
    metadata: json(episodes.metadata),
    startedAt: iso(episodes.startedAt),
    endedAt: iso(episodes.endedAt),
    durationMs: episodes.durationMs,
    createdAt: iso(episodes.createdAt),
    updatedAt: iso(episodes.updatedAt),
  }),
)

type Upsert = ProjectMaking &
  EpisodeFields &
  Folded & {
    readonly id: string
    readonly nodeId: string
    readonly name: string
    /** The name as a segment of a node's path. */
    readonly segment: string
    /** The `nodePath` that the episode has at `folderPath`. */
    readonly nodePath: string
  }

const upserting = guard<Upsert>('episodes.upserting', (a) =>
  projectMakingGuard(a, {
    tables: [
      // By the very id first, whatever has become of it since a batch whose answer was lost.
      target(sql`ifnull((select ${episodes.id} from ${episodes} where ${episodes.id} = ${a.id}),
        (select ${episodes.id} from ${episodes}
          where ${episodes.projectId} = standing.project_id and ${episodes.name} = ${a.name}))`),
    ],
    done: sql`(select id from target) = ${a.id} or ${doneTarget(a)}`,
    thing: [
      mayNotAdd,
      ['created_by_another', sql`(select ${isOfAnother(sql`created_by_token`)} from target)`],
      trashedTarget,
    ],
    state: [
      protectedTarget,
      unexpected(a, episodes, sql`(select id from target)`),
      isThereAlready(a, sql`(select id from target)`),
      ...contradictions(a),
      ...closedPaths(a),
      overRows(a, {
        atMost: ROWS_OF_ONE,
        exactly: sql`(iif(exists (select 1 from target), 0, 2) + ${countMissing(a, folderIn(a, 'standing'))})`,
      }),
    ],
    ...keyedAt(sql`standing.project_id`, a),
  }),
)

const makeMissingProject = guarded(upserting, 'episodes.makeProject', (a) => makeProject(a))

const makeMissingFolders = guarded(upserting, 'episodes.makeFolders', (a) =>
  makeFolders(a, folderIn(a, 'permit'), sql`null`),
)

const upsert = guarded(
  upserting,
  'episodes.upsert',
  (a) =>
    sql`${insertInto(
      episodes,
      {
        id: a.id,
        projectId: sql`permit.project_id`,
        nodeId: a.nodeId,
        folderId: folderId(a),
        name: a.name,
        ...folding(a),
        nodePath: a.nodePath,
        ...describing(a),
        status: sql`ifnull(${a.status}, 'running')`,
        writeProtected: sql`ifnull(${a.writeProtected}, 0)`,
        startedAt: a.startedAt,
        endedAt: a.endedAt,
        durationMs: a.durationMs,
        ...stamped(a),
      },
      sql`from permit where true`,
    )} on conflict (project_id, name) do update set ${assign(episodes, {
      folderId: sql`case when ${a.folderPath.given} then ${excluded('folder_id')} else ${episodes.folderId} end`,
      nodePath: sql`case when ${a.folderPath.given} then ${excluded('node_path')} else ${episodes.nodePath} end`,
      ...changed(episodes, a, own),
      ...touched(episodes, a),
    })} where ${anyGiven(a, [...own, 'folderPath'])}`,
)

const placeUpserted = following<Upsert>(
  'episodes.placeUpserted',
  (a) => placeNode(a, sql`${episodes.id} = (select id from target)`),
  upserting,
)

const placedJson = object({
  episode: episodeJson,
  workspace: sql`json((select ${object({ id: projects.id, slug: projects.slug })} from ${projects}
    where ${projects.id} = ${episodes.projectId}))`,
  folder: sql`json((select ${object({ id: nodes.id, name: nodes.name, path: nodes.path })} from ${nodes}
    where ${nodes.id} = ${episodes.folderId}))`,
  namespace: sql`json_object('id', standing.namespace_id, 'slug', standing.namespace_slug)`,
})

const upserted = keepable(upserting, 'episodes.upserted', (a) =>
  outcomeOf(
    episodes,
    sql`iif(${isBlind}, ${object({ episode: bare(episodes) })}, ${placedJson})`,
    sql`(select id from target)`,
    // Nothing has changed it since: otherwise the request was an update of what was there.
    sql`(${episodes.id} = ${a.id} or ${episodes.createdRequest} = ${a.repeatable} and ${episodes.version} = 1)`,
  ),
)

/** Creates the episode, its project and its folders as needed, or changes the given fields of the one there. */
export const upsertEpisode = (values: Upsert, arriving: Arriving): Plan<Resource> =>
  settled(
    [
      ...arriveByCreatingAt(values, arriving),
      act(makeMissingProject, values),
      ...(values.folders?.length ? [act(makeMissingFolders, values)] : []),
      act(upsert, values),
      act(placeUpserted, values),
    ],
    upserted,
    values,
    readResource,
  )

type Changes = ProjectRef &
  Stamp &
  EpisodeFields &
  /** Of the new name. */
  Folded &
  TagChanges & {
    /** By which the request addresses the episode. */
    readonly name: string
    /** The name that the episode has after the request: its own where that is not changed. */
    readonly newName: string
    /** The new name as a segment of a node's path. */
    readonly segment: string
  }

const updating = guard<Changes>('episodes.updating', (a) => {
  const named = (name: Argument) =>
    sql`${episodes.projectId} = standing.project_id and ${episodes.name} = ${name}`
  const other = sql`(select ${episodes.deletedAt} is not null as trashed from ${episodes} where ${named(a.newName)}
    and ${episodes.id} <> (select id from target))`
  return projectGuard(a, 'write', {
    tables: [
      target(
        addressed(
          episodes,
          a,
          sql`${named(a.name)} and ${live(episodes)}`,
          sql`${named(a.newName)} and ${live(episodes)}`,
        ),
      ),
    ],
    done: sql`${doneTarget(a)} or exists (select 1 from ${episodes} where ${episodes.id} = (select id from target)
      and ${renamedByThisRequest(episodes, a, episodes.name, a.name)})`,
    thing: [
      ['episode_not_found', sql`not exists (select 1 from target)`],
      ['episode_trashed', sql`${other} = 1`],
    ],
    state: [
      protectedTarget,
      overRows(a, { atMost: ROWS_OF_ONE, exactly: countMissing(a, folderIn(a, 'standing')) }),
      unexpected(a, episodes, sql`(select id from target)`),
      ...unmergeable(a, episodes, sql`(select id from target)`),
      tooManyTags(a),
      ...contradictions(a),
      ['episode_name_taken', sql`${other} = 0`],
      ...closedPaths(a),
    ],
  })
})

const makeChangedFolders = guarded(updating, 'episodes.makeChangedFolders', (a) =>
  makeFolders(a, folderIn(a, 'permit'), sql`null`),
)

const update = guarded(updating, 'episodes.update', (a) => {
  const folderPath = sql`case when ${a.folderPath.given} then ${a.folderPath} else (
    select ${nodes.path} from ${nodes} where ${nodes.id} = ${episodes.folderId}) end`
  return sql`update ${episodes} set ${assign(episodes, {
    name: a.newName,
    ...folding(a),
    folderId: sql`case when ${a.folderPath.given}
        then ${folderAt(episodes.projectId.getSQL(), a.folderPath)} else ${episodes.folderId} end`,
    nodePath: sql`'/' || ltrim(ifnull(${folderPath}, '') || '/' || ${a.newName}, '/')`,
    ...changed(episodes, a, own),
    ...mergingMetadata(episodes, a),
    tags: sql`case when ${a.tagsAdd.given} or ${a.tagsRemove.given} then ${changedTags(a, sql`${episodes.tags}`)}
      else ${givenOr(a.tags, episodes.tags)} end`,
    ...renaming(episodes, a, episodes.name, a.newName),
    ...touched(episodes, a),
  })} where ${episodes.id} = (select target.id from permit cross join target)`
})

const placeChanged = following<Changes>(
  'episodes.placeUpdated',
  (a) => placeNode(a, sql`${episodes.id} = (select id from target)`),
  updating,
)

const updated = outcome(updating, 'episodes.updated', () =>
  outcomeOf(episodes, shown(episodeJson, episodes), sql`(select id from target)`),
)

/** Changes the given fields; renaming and moving touch the episode and its own node alone. */
export const updateEpisode = (values: Changes): Plan<Resource> =>
  after(
    [
      ...(values.folders?.length ? [act(makeChangedFolders, values)] : []),
      act(update, values),
      act(placeChanged, values),
    ],
    statement(updated, values, readResource),
  )
