import { z } from 'zod'
import { Database } from '../../db/database.ts'
import { assetKinds } from '../../domain/kind.ts'
import { nodePathOf, nodeSegment, parsePath } from '../../domain/path.ts'
import { SLICE } from '../../domain/purge.ts'
import { nameFault } from '../../domain/text.ts'
import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import { listAnswer, listShape, pageQuery, windowOf } from '../../http/page.ts'
import type { AnswerShape, Call, Endpoint } from '../../http/route.ts'
import { goOnLater } from '../../http/trash-endpoint.ts'
import { logFailure } from '../../log.ts'
import { Collection } from '../datasets/collections.routes.ts'
import { Dataset } from '../datasets/datasets.routes.ts'
import {
  NAMESPACE,
  NamespaceParams,
  namespaceAt,
  PROJECT,
  ProjectParams,
  projectAt,
  projectFailures,
} from '../places/address.ts'
import { Namespace } from '../places/namespaces.routes.ts'
import { Project } from '../places/projects.routes.ts'
import { shownBy, wireKinds } from '../recordings/asset-kinds.ts'
import { Episode } from '../recordings/episodes.routes.ts'
import { Node } from '../recordings/nodes.routes.ts'
import { goOn } from '../recordings/slices.sql.ts'
import { purgeInNamespace, purgeInProject } from './claim.sql.ts'
import { type DryRun, dryRunInNamespace, dryRunInProject } from './dry-run.sql.ts'
import { eraseItems } from './erase-items.sql.ts'
import { erasePlace } from './erase-place.sql.ts'
import { listNamespaceTrash, listProjectTrash } from './list.sql.ts'
import { listPurges } from './receipts.sql.ts'
import { restoringInside } from './restore-item.sql.ts'
import { restorePlace } from './restore-place.sql.ts'

const ofOne = { deletionId: field.lookup }

const kind = z.enum(['namespace', 'project', 'episode', 'folder', 'dataset', 'collection', ...assetKinds])

const Deletion = z
  .object({
    deletionId: field.id,
    kind,
    id: field.id.meta({ description: 'Of what was deleted' }),
    name: z.string().nullable().meta({ description: 'Of a folder its path, of an asset its name' }),
    slug: z.string().nullable().meta({ description: 'Of a project or a namespace' }),
    episode: z.string().nullable().meta({ description: 'The name of the episode that it hung in' }),
    deletedAt: field.time,
    deletedBy: z.string().nullable().meta({ description: 'A username' }),
    purgeAt: field.time.meta({ description: 'When it has been in the trash for long enough' }),
    purging: z
      .boolean()
      .meta({ description: 'Whether the purge has begun: it cannot be restored any more.' }),
    state: z.enum(['trashed', 'marking', 'restoring', 'purging']).meta({
      description:
        'While a large folder is on its way, slice by slice, into the trash (`marking`) or out of it (`restoring`), it cannot be restored.',
    }),
  })
  .meta({ id: 'Deletion' })

const deletion = {
  deletionId: '019d8a3c5e00a1b2c3d4e5f6',
  kind: 'episode',
  id: '019d8a3c5e00a1b2c3d4e5f7',
  name: 'run-042',
  slug: null,
  episode: null,
  deletedAt: '2026-04-14T09:30:00.000Z',
  deletedBy: 'alice',
  purgeAt: '2026-05-14T09:30:00.000Z',
  purging: false,
  state: 'trashed',
}

const lists: readonly Endpoint[] = [
  endpoint(
    {
      operationId: 'listNamespaceTrash',
      method: 'GET',
      path: `${NAMESPACE}/trash`,
      tag: 'Trash',
      summary: 'List the deleted projects of a namespace',
      description: 'Owners of a deleted namespace find it here too.',
      params: NamespaceParams,
      query: z.object(pageQuery),
      answers: {
        200: listShape('trash', Deletion, {
          ...deletion,
          kind: 'project',
          name: 'Robotics Lab',
          slug: 'robotics-lab',
        }),
      },
      failures: ['namespace_not_found'],
    },
    async ({ asking, params, query, url, config, database }) => {
      const [window, cursors] = await windowOf(query, url, config)
      const ref = { ...asking, ...namespaceAt(params), retention: config.retention }
      return listAnswer('trash', await database.run(listNamespaceTrash(ref, window)), query, url, cursors)
    },
  ),
  endpoint(
    {
      operationId: 'listProjectTrash',
      method: 'GET',
      path: `${PROJECT}/trash`,
      tag: 'Trash',
      summary: 'List what was deleted inside a project',
      params: ProjectParams,
      query: z.object(pageQuery),
      answers: { 200: listShape('trash', Deletion, deletion) },
      failures: projectFailures,
    },
    async ({ asking, params, query, url, config, database }) => {
      const [window, cursors] = await windowOf(query, url, config)
      const ref = { ...asking, ...projectAt(params), retention: config.retention }
      return listAnswer('trash', await database.run(listProjectTrash(ref, window)), query, url, cursors)
    },
  ),
]

const restored = (schema: z.ZodType, example: unknown): Record<number, AnswerShape> => ({
  200: { description: 'The resource', schema, example },
})

const as = { description: 'Another name, where something has taken the former one.' }

const restoreNamed = z.object({
  as: z
    .string()
    .transform((given, context) => {
      const path = parsePath(given)
      const newName = nameFault(given) === null ? given : null
      const isPath = !('fault' in path) && path.segments.length > 0
      if (newName === null && !isPath)
        context.addIssue({ code: 'custom', message: nameFault(given) ?? 'is no name' })
      return {
        newName,
        newSegment: newName === null ? null : nodeSegment(newName),
        newAssetName: isPath ? path.text : null,
        newNodePath: isPath ? nodePathOf(path.segments) : null,
      }
    })
    .optional()
    .meta({ type: 'string', ...as }),
})

const sameName = { newName: null, newSegment: null, newAssetName: null, newNodePath: null }
const restoreInside = restoringInside(wireKinds.map(({ shape }) => shape))
const assetsShown = wireKinds.map(shownBy)

const restores: readonly Endpoint[] = [
  endpoint(
    {
      operationId: 'restorePlace',
      method: 'POST',
      path: `${NAMESPACE}/trash/{deletionId}/restore`,
      tag: 'Trash',
      summary: 'Restore a project, or the deleted namespace itself',
      params: NamespaceParams.extend(ofOne),
      query: z.object({ as: field.slug.optional().meta(as) }),
      answers: restored(z.union([Project, Namespace, field.Bare]), {
        id: '019d8a3c5e00a1b2c3d4e5f6',
        slug: 'alice',
        metadata: null,
      }),
      failures: ['namespace_not_found', 'deletion_not_found', 'deletion_purging', 'restore_conflict'],
    },
    async ({ asking, params, query, stamp, database }) => {
      const ref = { ...asking, ...stamp, ...namespaceAt(params), deletionId: params.deletionId }
      return jsonAnswer((await database.run(restorePlace({ ...ref, slug: query.as ?? null }))).body)
    },
  ),
  endpoint(
    {
      operationId: 'restoreInside',
      method: 'POST',
      path: `${PROJECT}/trash/{deletionId}/restore`,
      tag: 'Trash',
      summary: 'Restore what was deleted inside a project',
      description:
        'Exactly what was deleted together comes back. Folders that have gone since are made again; a dataset gets back the collections that are still in none. A folder of over 5,000 nodes is back at once, and what hangs below it follows slice by slice.',
      params: ProjectParams.extend(ofOne),
      query: restoreNamed,
      answers: restored(
        z.union([Episode, Node, Dataset, Collection, ...assetsShown.map(({ schema }) => schema), field.Bare]),
        assetsShown[0]?.example,
      ),
      failures: [
        ...projectFailures,
        'deletion_not_found',
        'restore_name_invalid',
        'episode_write_protected',
        'deletion_purging',
        'deletion_marking',
        'restore_conflict',
      ],
    },
    async ({ asking, params, query, stamp, mint, database, env, later }) => {
      const plan = restoreInside({
        ...asking,
        ...stamp,
        ...projectAt(params),
        deletionId: params.deletionId,
        isRenamed: query.as !== undefined,
        ...(query.as ?? sameName),
        nodeId: mint(),
      })
      const { body, isUnderWay } = await database.run(plan)
      if (isUnderWay)
        goOnLater(
          { env, later },
          goOn('restoring', { deletionId: params.deletionId, rows: SLICE.nodes }),
          params.deletionId,
        )
      return jsonAnswer(body)
    },
  ),
]

const purgeAnswers: Record<number, AnswerShape> = {
  200: {
    description: 'What would go (`dryRun`)',
    schema: z
      .object({
        rows: z.int(),
        bytes: z.int().meta({ description: 'Of the objects that nothing else refers to' }),
        truncated: z.boolean().meta({
          description:
            'Whether there is more: a table is counted up to 10,000 rows, and of a large folder what is in the trash by now.',
        }),
      })
      .meta({ id: 'DryRun' }),
    example: { rows: 12, bytes: 381_000, truncated: false },
  },
  202: { description: 'The purge has begun', schema: field.Success, example: { success: true } },
}

const purgeQuery = z.object({ dryRun: field.dryRun })
const purgeText = {
  tag: 'Trash',
  description:
    'Needs an owner. The bytes follow as soon as nothing refers to them and their lease is over; `GET /namespaces/:slug/purges` has the receipt.',
} as const

/** Slices that are taken after the answer, enough for what is small; the schedule does the rest. */
const FIRST_SLICES = 8

/** Answers, and goes on. */
const begin = (
  { later, env }: Pick<Call<z.ZodObject, z.ZodObject, z.ZodObject>, 'later' | 'env'>,
  firstSlices: (database: Database) => Promise<unknown>,
): Response => {
  later(async () => {
    await firstSlices(new Database(env.DB, 'first-primary')).catch((error: unknown) =>
      logFailure('the first slices of a purge failed', error),
    )
  })
  return jsonAnswer('{"success":true}', 202)
}

const counted = (dryRun: DryRun) => jsonAnswer(JSON.stringify(dryRun))

const purges: readonly Endpoint[] = [
  endpoint(
    {
      ...purgeText,
      operationId: 'purgePlace',
      method: 'DELETE',
      path: `${NAMESPACE}/trash/{deletionId}`,
      summary: 'Purge a deleted project, or the deleted namespace itself, now',
      params: NamespaceParams.extend(ofOne),
      query: purgeQuery,
      answers: purgeAnswers,
      failures: ['namespace_not_found', 'deletion_not_found'],
    },
    async (call) => {
      const { asking, params, query, now, stamp, database } = call
      const ref = { ...asking, ...stamp, ...namespaceAt(params), deletionId: params.deletionId }
      if (query.dryRun) return counted(await database.run(dryRunInNamespace(ref)))
      await database.run(purgeInNamespace(ref))
      const slice = { now, place: params.deletionId, rows: SLICE.rows, turn: now }
      return begin(call, async (later) => {
        let left = await later.run(erasePlace(null, slice))
        for (let slices = 0; slices < FIRST_SLICES && left !== 'gone' && left !== 'waiting'; slices++)
          left = await later.run(erasePlace(left, slice))
      })
    },
  ),
  endpoint(
    {
      ...purgeText,
      operationId: 'purgeInside',
      method: 'DELETE',
      path: `${PROJECT}/trash/{deletionId}`,
      summary: 'Purge what was deleted inside a project now',
      params: ProjectParams.extend(ofOne),
      query: purgeQuery,
      answers: purgeAnswers,
      failures: [...projectFailures, 'deletion_not_found', 'deletion_marking'],
    },
    async (call) => {
      const { asking, params, query, now, stamp, database } = call
      const ref = { ...asking, ...stamp, ...projectAt(params), deletionId: params.deletionId }
      if (query.dryRun) return counted(await database.run(dryRunInProject(ref)))
      await database.run(purgeInProject(ref))
      const slice = { now, namespaces: [], most: 1, rows: SLICE.rows, only: params.deletionId }
      return begin(call, async (later) => {
        let left = await later.run(eraseItems(null, slice))
        for (let slices = 0; slices < FIRST_SLICES && left !== null; slices++)
          left = await later.run(eraseItems(left.phase, slice))
      })
    },
  ),
]

const Purge = z
  .object({
    id: field.id,
    kind: z.enum([...kind.options, 'object']),
    itemId: field.id.nullable(),
    name: z.string().nullable(),
    projectId: field.id.nullable(),
    deletionId: field.id.nullable(),
    rule: z
      .enum(['retention', 'requested', 'container', 'unreferenced', 'idle', 'orphaned', 'missing'])
      .meta({
        description:
          'Why: its time in the trash was over; an owner asked for it; what it was inside of was purged. Of objects: nothing referred to them; an upload was idle or aborted; there were bytes without a row, or (nothing is purged then) a row without bytes.',
      }),
    requestedBy: z.string().nullable().meta({ description: 'A username' }),
    rows: z.int(),
    objects: z.int(),
    bytes: z.int(),
    startedAt: field.time,
    finishedAt: field.time.nullable(),
  })
  .meta({ id: 'Purge' })

const receipts = endpoint(
  {
    operationId: 'listPurges',
    method: 'GET',
    path: `${NAMESPACE}/purges`,
    tag: 'Trash',
    summary: 'List what was purged of a namespace',
    description:
      'Receipts: what, how many rows and bytes, when, by which rule. Needs an owner. Bytes that follow later are added to the receipt of the deletion that let them go.',
    params: NamespaceParams,
    query: z.object(pageQuery),
    answers: {
      200: listShape('purges', Purge, {
        id: '019d8a3c5e00a1b2c3d4e5f6',
        kind: 'episode',
        itemId: '019d8a3c5e00a1b2c3d4e5f7',
        name: 'run-042',
        projectId: '019d8a3c5e00a1b2c3d4e5f8',
        deletionId: '019d8a3c5e00a1b2c3d4e5f9',
        rule: 'retention',
        requestedBy: null,
        rows: 25,
        objects: 12,
        bytes: 381_000,
        startedAt: '2026-05-14T10:17:00.000Z',
        finishedAt: '2026-05-14T10:17:01.000Z',
      }),
    },
    failures: ['namespace_not_found'],
  },
  async ({ asking, params, query, url, config, database }) => {
    const [window, cursors] = await windowOf(query, url, config)
    const page = await database.run(listPurges({ ...asking, ...namespaceAt(params) }, window))
    return listAnswer('purges', page, query, url, cursors)
  },
)

export const trashEndpoints: readonly Endpoint[] = [...lists, ...restores, ...purges, receipts]
