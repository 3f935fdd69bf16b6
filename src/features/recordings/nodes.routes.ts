import { END } from '../../db/page.ts'
import { foldersAlong, nodePathOf, nodeSegment } from '../../domain/path.ts'
import { SLICE } from '../../domain/purge.ts'
import { endpoint } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import { listAnswer, listShape, pageQuery, windowOf } from '../../http/page.ts'
import { resourceAnswer } from '../../http/resource.ts'
import type { Endpoint } from '../../http/route.ts'
import { trashEndpoint } from '../../http/trash-endpoint.ts'
import * as z from '../../http/zod.ts'
import { projectAsked, projectFailures } from '../places/address.ts'
import { listChildren, listTop } from './children.sql.ts'
import { nodeWalk } from './descendants.routes.ts'
import { nodeDownloads } from './downloads.routes.ts'
import { foldLater } from './folding.ts'
import { moveFolderTo } from './moves.sql.ts'
import { findNode, readNode } from './node-reading.sql.ts'
import { Node, nodeExample, nodeKind } from './node-shape.ts'
import { goOn } from './slices.sql.ts'
import { trashFolder } from './trash.sql.ts'

const trash = trashEndpoint(
  {
    operationId: 'trashFolder',
    grant: 'write',
    path: '/nodes/{id}',
    tag: 'Nodes',
    summary: 'Move a folder to the trash',
    description:
      'With all that hangs below it. Where that is over 5,000 nodes the answer is 202: the folder is gone, and the rest follows slice by slice; until then nothing is made, changed, moved or restored below it, and no folder around it is deleted (409).',
    slice: (deletionId) => goOn('marking', { deletionId, rows: SLICE.nodes }),
    params: z.object({ id: field.lookup.meta({ description: 'The id of the node' }) }),
    query: z.object({}),
    failures: [
      'node_not_found',
      'node_not_folder',
      'episode_write_protected',
      'holds_write_protected',
      'deletion_marking',
    ],
  },
  (values, { params }) => trashFolder({ ...values, id: params.id }),
)

const NodeInPlace = Node.extend({
  ancestors: z
    .array(Node.pick({ id: true, name: true, kind: true, path: true }))
    .meta({ description: 'From the root down.' }),
}).meta({ id: 'NodeInPlace' })

const read = endpoint(
  {
    operationId: 'readNode',
    grant: 'read',
    method: 'GET',
    path: '/nodes/{id}',
    tag: 'Nodes',
    summary: 'A node, with those around it',
    description:
      'With its ancestors from the root down. A node is a folder, an episode, or the leaf of an asset.',
    params: z.object({ id: field.lookup.meta({ description: 'The id of the node' }) }),
    query: z.object({}),
    isTagged: true,
    answers: {
      200: { description: 'The node', schema: NodeInPlace, example: { ...nodeExample, ancestors: [] } },
    },
    failures: ['node_not_found'],
  },
  async (call) => {
    const { asking, params, database } = call
    return resourceAnswer(call, await database.run(readNode({ ...asking, id: params.id })))
  },
)

const when = ({ value }: { readonly value: unknown }) => typeof value === 'object' && value !== null
const isRequired = (name: 'namespace' | 'project') => ({
  path: [name],
  error: 'is required without parentId',
  when,
})

const list = endpoint(
  {
    operationId: 'listChildren',
    grant: 'read',
    method: 'GET',
    path: '/nodes/children',
    tag: 'Nodes',
    summary: 'List what hangs right below a node, or at the top of a project',
    description:
      'Folders and episodes first, then leaves, each by the code points of its name. Below an episode stands what is inside of it.',
    params: z.object({}),
    query: z
      .object({
        parentId: field.lookup.optional().meta({ description: 'A folder, or the node of an episode' }),
        namespace: projectAsked.namespace.optional(),
        project: projectAsked.project.optional(),
        kind: nodeKind.optional().meta({ description: 'Only those of this kind' }),
        ...pageQuery,
      })
      .refine(
        ({ parentId, namespace }) => parentId !== undefined || namespace !== undefined,
        isRequired('namespace'),
      )
      .refine(
        ({ parentId, project }) => parentId !== undefined || project !== undefined,
        isRequired('project'),
      ),
    answers: {
      200: listShape('nodes', Node, nodeExample, 'folders and episodes before leaves, each by name'),
    },
    failures: [...projectFailures, 'node_not_found'],
  },
  async ({ asking, query, url, config, database }) => {
    const [window, cursors] = await windowOf(query, url, config)
    const { parentId, namespace = '', project = '', kind = null } = query
    const wanted = { ...asking, kind, after: window.before === END ? null : window.before }
    const plan =
      parentId === undefined
        ? listTop({ ...wanted, namespace, project }, window)
        : listChildren({ ...wanted, id: parentId }, window)
    return listAnswer('nodes', await database.run(plan), query, url, cursors)
  },
)

const look = endpoint(
  {
    operationId: 'lookUpNode',
    grant: 'read',
    method: 'GET',
    path: '/nodes/lookup',
    tag: 'Nodes',
    summary: 'The node at a path',
    description:
      'Of several of one path a folder comes before an episode, and an episode before an asset; `kind` chooses.',
    params: z.object({}),
    query: z.object({
      ...projectAsked,
      path: field.nodePath,
      episode: field.lookup.optional().meta({
        description: 'The name of an episode: the path is from its node on, and `/` is that node itself.',
      }),
      kind: nodeKind.optional().meta({ description: 'Only those of this kind' }),
    }),
    isTagged: true,
    answers: { 200: { description: 'The node', schema: Node, example: nodeExample } },
    failures: [...projectFailures, 'node_not_found'],
  },
  async (call) => {
    const { asking, query, database } = call
    const { path, episode = null, kind = null, ...place } = query
    const { segments } = path
    const ends = foldersAlong(segments.slice(0, -1))
    const plan = findNode({ ...asking, ...place, path: nodePathOf(segments), ends, episode, kind })
    return resourceAnswer(call, await database.run(plan))
  },
)

const folderName = field.name.superRefine((name, context) => {
  if (name.includes('/')) context.addIssue({ code: 'custom', message: 'has a slash: it is one name' })
})

const move = endpoint(
  {
    operationId: 'moveFolder',
    grant: 'write',
    method: 'PATCH',
    path: '/nodes/{id}',
    tag: 'Nodes',
    summary: 'Rename or move a folder',
    description:
      'All that hangs below it follows at once: the paths of nodes, the names of assets, and the nodePath of episodes. A null parent is the top: of the episode that the folder is inside of, else of the project.',
    params: z.object({ id: field.lookup.meta({ description: 'The id of the node' }) }),
    query: z.object({}),
    body: z
      .object({
        name: folderName.optional(),
        parentId: field.lookup
          .nullable()
          .optional()
          .meta({ description: 'A folder, or the node of an episode; null for the top' }),
      })
      .meta({ id: 'NodeChanges' }),
    bodyExample: { name: 'batch-2', parentId: null },
    elsewhere: {
      path: 'name and parentId say it',
      kind: 'it stays what it is',
      leaf: 'it stays what it is',
      assetId: 'it stays what it is',
    },
    isTagged: true,
    answers: {
      200: { description: 'The node of the folder', schema: field.changed(Node), example: nodeExample },
    },
    failures: [
      'node_not_found',
      'parent_not_found',
      'node_not_folder',
      'parent_not_folder',
      'node_across_episodes',
      'path_too_long',
      'episode_write_protected',
      'holds_write_protected',
      'node_cycle',
      'node_name_taken',
      'asset_below_slash',
      'too_large',
      'deletion_marking',
    ],
  },
  async (call) => {
    const { asking, params, body, stamp, database } = call
    const named = body.name === undefined ? {} : { segment: nodeSegment(body.name) }
    const plan = moveFolderTo({ ...asking, ...stamp, ...body, ...named, id: params.id })
    const moved = await database.run(plan)
    foldLater(call)
    return resourceAnswer(call, moved)
  },
)

export const nodeEndpoints: readonly Endpoint[] = [list, look, read, move, trash, nodeWalk, ...nodeDownloads]
