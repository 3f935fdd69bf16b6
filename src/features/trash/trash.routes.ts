import { foldedOf, foldedPathOf } from '../../domain/fold.ts'
import { nodePathOf, nodeSegment, parsePath } from '../../domain/path.ts'
import { SLICE } from '../../domain/purge.ts'
import { nameFault } from '../../domain/text.ts'
import { endpoint } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import { listAnswer, listShape, pageQuery, windowOf } from '../../http/page.ts'
import { resourceAnswer } from '../../http/resource.ts'
import type { AnswerShape, Endpoint } from '../../http/route.ts'
import { goOnLater } from '../../http/trash-endpoint.ts'
import * as z from '../../http/zod.ts'
import { Collection } from '../datasets/collection-shape.ts'
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
import { foldLater, foldMoved } from '../recordings/folding.ts'
import { Node } from '../recordings/node-shape.ts'
import { goOn } from '../recordings/slices.sql.ts'
import {
  DELETED_ITEM,
  DELETED_PLACE,
  DeletedItemParams,
  DeletedPlaceParams,
  deletionKinds,
} from './deletions.ts'
import { listNamespaceTrash, listProjectTrash } from './list.sql.ts'
import { restoringInside } from './restore-item.sql.ts'
import { restorePlace } from './restore-place.sql.ts'

const Deletion = z
  .object({
    deletionId: field.id,
    kind: z.enum(deletionKinds),
    id: field.id.meta({ description: 'Of what was deleted' }),
    name: z.string().nullable().meta({ description: 'Of a folder its path, of an asset its name' }),
    slug: z
      .string()
      .nullable()
      .meta({ description: 'Of a project or a namespace; null once a purge has taken its row' }),
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

const listOfPlaces = endpoint(
  {
    operationId: 'listNamespaceTrash',
    grant: 'read',
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
)

const listOfItems = endpoint(
  {
    operationId: 'listProjectTrash',
    grant: 'read',
    method: 'GET',
    path: `${PROJECT}/trash`,
    tag: 'Trash',
    summary: 'List what was deleted inside a project',
    description:
      'The newest first. What was deleted together is one entry, and is restored and purged together.',
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
)

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
        ...foldedOf(newName ?? ''),
        newSegment: newName === null ? null : nodeSegment(newName),
        newAssetName: isPath ? path.text : null,
        ...foldedPathOf(isPath ? path.text : null),
        newNodePath: isPath ? nodePathOf(path.segments) : null,
      }
    })
    .optional()
    .meta({ type: 'string', ...as }),
})

const sameName = {
  newName: null,
  ...foldedOf(''),
  newSegment: null,
  newAssetName: null,
  ...foldedPathOf(null),
  newNodePath: null,
}
const restoreInside = restoringInside(wireKinds.map(({ shape }) => shape))
const assetsShown = wireKinds.map(shownBy)

const restoreOfPlace = endpoint(
  {
    operationId: 'restorePlace',
    grant: 'write',
    method: 'POST',
    path: `${DELETED_PLACE}/restore`,
    tag: 'Trash',
    summary: 'Restore a project, or the deleted namespace itself',
    description:
      'With all that is inside, as it was. Where its slug was taken meanwhile it is 409, and `as` gives another one. The namespace itself takes an owner, and a token of the user.',
    params: DeletedPlaceParams,
    query: z.object({ as: field.slug.optional().meta(as) }),
    isTagged: true,
    answers: restored(z.union([Project, Namespace, field.Bare]), {
      id: '019d8a3c5e00a1b2c3d4e5f6',
      slug: 'alice',
      metadata: null,
    }),
    failures: ['namespace_not_found', 'deletion_not_found', 'deletion_purging', 'restore_conflict'],
  },
  async (call) => {
    const { asking, params, query, stamp, database } = call
    const ref = { ...asking, ...stamp, ...namespaceAt(params), deletionId: params.deletionId }
    return resourceAnswer(call, await database.run(restorePlace({ ...ref, slug: query.as ?? null })))
  },
)

const restoreOfItem = endpoint(
  {
    operationId: 'restoreInside',
    grant: 'write',
    method: 'POST',
    path: `${DELETED_ITEM}/restore`,
    tag: 'Trash',
    summary: 'Restore what was deleted inside a project',
    description:
      'Exactly what was deleted together comes back. Folders that have gone since are made again; a dataset gets back the collections that are still in none. A folder of over 5,000 nodes is back at once, and what hangs below it follows slice by slice.',
    params: DeletedItemParams,
    query: restoreNamed,
    isTagged: true,
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
      'quota_exceeded',
    ],
  },
  async (call) => {
    const { asking, params, query, stamp, quotas, mint, database, env, later } = call
    const { deletionId } = params
    const plan = restoreInside({
      ...asking,
      ...stamp,
      ...quotas,
      ...projectAt(params),
      deletionId,
      isRenamed: query.as !== undefined,
      ...(query.as ?? sameName),
      nodeId: mint(),
    })
    const restored = await database.run(plan)
    if (restored.isUnderWay)
      goOnLater({ env, later }, goOn('restoring', { deletionId, rows: SLICE.nodes }), deletionId, foldMoved)
    else if (query.as !== undefined) foldLater(call)
    return resourceAnswer(call, restored)
  },
)

export const trashEndpoints: readonly Endpoint[] = [listOfPlaces, listOfItems, restoreOfPlace, restoreOfItem]
