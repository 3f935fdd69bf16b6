import { foldedOf } from '../../domain/fold.ts'
import { episodeStatuses } from '../../domain/kind.ts'
import {
  episodePath,
  foldersAlong,
  newFolders,
  nodePathOf,
  nodeSegment,
  type Path,
} from '../../domain/path.ts'
import { endpoint } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import { resourceAnswer } from '../../http/resource.ts'
import type { Endpoint } from '../../http/route.ts'
import { trashEndpoint } from '../../http/trash-endpoint.ts'
import * as z from '../../http/zod.ts'
import { PROJECT, ProjectParams, projectAt, projectFailures } from '../places/address.ts'
import { updateEpisode, upsertEpisode } from './episodes.sql.ts'
import { trashEpisode } from './trash.sql.ts'

export const example = {
  id: '019d8a3c5e00a1b2c3d4e5f6',
  name: 'run-042',
  description: null,
  tags: [],
  projectId: '019d8a3c5e00a1b2c3d4e5f7',
  folderId: null,
  nodePath: '/run-042',
  status: 'running',
  writeProtected: false,
  metadata: null,
  startedAt: null,
  endedAt: null,
  durationMs: null,
  createdAt: '2026-04-14T09:30:00.000Z',
  updatedAt: '2026-04-14T09:30:00.000Z',
}

export const Episode = z
  .object({
    id: field.id,
    name: z.string(),
    description: z.string().nullable(),
    tags: z.array(z.string()),
    projectId: field.id,
    folderId: field.id.nullable(),
    nodePath: z.string().meta({ description: "The folder's path, one slash, the verbatim name." }),
    status: z.enum(episodeStatuses),
    writeProtected: z.boolean(),
    metadata: field.metadataShown,
    startedAt: field.time.nullable(),
    endedAt: field.time.nullable(),
    durationMs: z.int().nullable(),
    createdAt: field.time,
    updatedAt: field.time,
  })
  .meta({ id: 'Episode' })

const PlacedEpisode = z
  .object({
    episode: Episode,
    workspace: z.object({ id: field.id, slug: z.string() }).meta({ description: 'The project.' }),
    folder: z.object({ id: field.id, name: z.string(), path: z.string() }).nullable(),
    namespace: z.object({ id: field.id, slug: z.string() }),
  })
  .meta({ id: 'PlacedEpisode' })

const upserted = z.union([PlacedEpisode, z.object({ episode: field.Bare })])

const placed = {
  episode: {
    ...example,
    folderId: '019d8a3c5e00a1b2c3d4e5f9',
    nodePath: '/experiments/batch-1/run-042',
    tags: ['batch-1'],
  },
  workspace: { id: example.projectId, slug: 'robotics' },
  folder: { id: '019d8a3c5e00a1b2c3d4e5f9', name: 'batch-1', path: '/experiments/batch-1' },
  namespace: { id: '019d8a3c5e00a1b2c3d4e5f8', slug: 'alice' },
}

const folder = field.folderPath.meta({
  description: `Missing folders are created. "/" is the root of the project; %2F and %25 are a slash and a percent sign in a name. ${field.PATH_LIMITS}`,
})
const durationMs = z
  .int()
  .min(0)
  .meta({ description: 'Milliseconds; endedAt - startedAt, give or take one, where all three are given.' })
const writeProtected = z
  .boolean()
  .meta({ description: 'Once true, the episode and all in it stay as they are.' })
const nothing = z.object({})

/** Whatever of the times one body gives must agree; what it leaves out is judged with the row, in SQL. */
const chronological = <S extends z.ZodObject>(schema: S): S => {
  const when = ({ value }: { readonly value: unknown }) => typeof value === 'object' && value !== null
  const known = (time: unknown): number => (typeof time === 'number' ? time : Number.NaN)
  return schema
    .refine((body) => !(known(body.endedAt) < known(body.startedAt)), {
      path: ['endedAt'],
      error: 'is before startedAt',
      when,
    })
    .refine((body) => !differs(known(body.durationMs), known(body.endedAt) - known(body.startedAt)), {
      path: ['durationMs'],
      error: 'is not the difference of startedAt and endedAt',
      when,
    })
}

/** Milliseconds that were cut from finer times may differ by one. Of a time that is not known nothing differs. */
const differs = (one: number, other: number): boolean => Math.abs(one - other) > 1

export const EPISODES = `${PROJECT}/episodes`
export const EpisodeParams = ProjectParams.extend({
  episodeName: field.lookup.meta({ description: 'The name of the episode, its slashes as %2F' }),
})
const writeFailures = [
  'episode_trashed',
  'episode_write_protected',
  'episode_ends_before_start',
  'episode_duration_contradicts',
  'deletion_marking',
  'quota_exceeded',
] as const

/** An episode stays in its project, and what it holds is made, and counted, one by one. */
const elsewhere = {
  episode: 'its fields stand in the body by themselves',
  workspace: 'the path says which project it is in',
  namespace: 'the path says which namespace it is in',
  assets: 'POST /assets/video, and so on, registers one with its episodeName',
  assetsTotal: 'they are counted, not given',
  counts: 'they are counted, not given',
}

/** The folders along the given one, as the plan wants them; nothing where none is given, the root for null. */
function foldersOf(given: Path | null | undefined, mint: () => string) {
  if (given === undefined) return {}
  const segments = given?.segments ?? []
  return {
    folders: newFolders(foldersAlong(segments), mint),
    folderPath: segments.length === 0 ? null : nodePathOf(segments),
  }
}

const upsert = endpoint(
  {
    operationId: 'upsertEpisode',
    grant: 'upload',
    isKeyed: true,
    method: 'POST',
    path: EPISODES,
    tag: 'Episodes',
    summary: 'Create an episode, or change the given fields of the one with that name',
    description: 'The project and the folders are created where they are missing.',
    params: ProjectParams.extend({
      projectSlug: field.slug.meta({ description: 'The slug of the project' }),
    }),
    query: z.object({ createProject: field.createProject }),
    body: chronological(
      z.object({
        name: field.name,
        description: field.prose.optional(),
        tags: field.tags.optional(),
        status: z.enum(episodeStatuses).optional(),
        folder: folder.optional(),
        writeProtected: writeProtected.optional(),
        metadata: field.metadata.optional(),
        startedAt: field.instant.optional(),
        endedAt: field.instant.optional(),
        durationMs: durationMs.optional(),
      }),
    ).meta({ id: 'NewEpisode' }),
    bodyExample: { name: 'run-042', folder: '/experiments/batch-1', tags: ['batch-1'] },
    elsewhere,
    isTagged: true,
    isUpsert: true,
    answers: {
      200: {
        description: 'It was there, and has the given fields now',
        schema: upserted,
        example: placed,
      },
      201: { description: 'It was made', schema: upserted, example: placed },
    },
    failures: [...projectFailures, 'created_by_another', ...writeFailures, 'precondition_failed'],
  },
  async (call) => {
    const { asking, params, query, body, stamp, quotas, mint, arriving, database } = call
    const { folder: given, ...fields } = field.stored(body)
    const around = foldersOf(given, mint)
    const plan = upsertEpisode(
      {
        ...asking,
        ...stamp,
        ...quotas,
        ...fields,
        ...around,
        ...projectAt(params),
        projectId: mint(),
        ...query,
        id: mint(),
        nodeId: mint(),
        ...foldedOf(body.name),
        segment: nodeSegment(body.name),
        nodePath: episodePath(around.folderPath ?? null, body.name),
      },
      arriving,
    )
    const episode = await database.run(plan)
    return resourceAnswer(call, episode, { status: episode.created ? 201 : 200 })
  },
)

const update = endpoint(
  {
    operationId: 'updateEpisode',
    grant: 'write',
    method: 'PATCH',
    path: `${EPISODES}/{episodeName}`,
    tag: 'Episodes',
    summary: 'Change the given fields of an episode',
    description:
      'What is not given stays. Another name or folder moves its node, with all that is inside of it; folders are created where they are missing, and a null folder is the root of the project. A write-protected episode changes no more, not even its protection.',
    params: EpisodeParams,
    query: nothing,
    body: chronological(
      z.object({
        name: field.name.optional(),
        description: field.prose.nullable().optional(),
        tags: field.clearableTags.optional(),
        tagsAdd: field.tags.optional().meta({ description: 'Put behind those that are there' }),
        tagsRemove: field.tags.optional().meta({ description: 'Taken away from those that are there' }),
        status: z.enum(episodeStatuses).optional(),
        folder: folder.nullable().optional(),
        writeProtected: writeProtected.optional(),
        metadata: field.metadata.nullable().optional(),
        startedAt: field.instant.nullable().optional(),
        endedAt: field.instant.nullable().optional(),
        durationMs: durationMs.nullable().optional(),
      }),
    )
      .superRefine(({ tags, tagsAdd, tagsRemove }, context) => {
        field.refuseContradiction(context, tagsAdd, 'tagsRemove', tagsRemove)
        for (const [path, given] of Object.entries({ tagsAdd, tagsRemove }))
          if (tags && given)
            context.addIssue({ code: 'custom', path: [path], message: 'is not given together with tags' })
      })
      .meta({ id: 'EpisodeChanges' }),
    bodyExample: { status: 'completed', writeProtected: true },
    elsewhere,
    isTagged: true,
    answers: { 200: { description: 'The episode', schema: field.changed(Episode), example } },
    failures: [
      ...projectFailures,
      'episode_not_found',
      ...writeFailures,
      'episode_name_taken',
      'too_many_tags',
    ],
  },
  async (call) => {
    const { asking, params, body, stamp, quotas, mint, database } = call
    const { folder: given, name: newName = params.episodeName, ...fields } = field.stored(body)
    const plan = updateEpisode({
      ...asking,
      ...stamp,
      ...quotas,
      ...fields,
      ...foldersOf(given, mint),
      ...projectAt(params),
      name: params.episodeName,
      newName,
      ...foldedOf(newName),
      segment: nodeSegment(newName),
    })
    return resourceAnswer(call, await database.run(plan))
  },
)

const trash = trashEndpoint(
  {
    operationId: 'trashEpisode',
    grant: 'write',
    path: `${EPISODES}/{episodeName}`,
    tag: 'Episodes',
    summary: 'Move an episode to the trash',
    description: 'With all that is inside. Its name stays taken (410) until it is purged.',
    params: EpisodeParams,
    query: z.object({}),
    failures: [...projectFailures, 'episode_not_found', 'episode_write_protected'],
  },
  (values, { params }) => trashEpisode({ ...values, ...projectAt(params), name: params.episodeName }),
)

export const episodeEndpoints: readonly Endpoint[] = [upsert, update, trash]
