import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import { Cursors, LARGEST_LIMIT, limit, walkLinks } from '../../http/page.ts'
import type { Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { type Position, walkBelow } from './descendants.sql.ts'
import { Node, nodeExample, nodeKind } from './node-shape.ts'

/** Nodes that a filtered page looks at. */
const MOST_EXAMINED = 2_000

export const nodeWalk: Endpoint = endpoint(
  {
    operationId: 'listDescendants',
    grant: 'read',
    method: 'GET',
    path: '/nodes/{id}/descendants',
    tag: 'Nodes',
    summary: 'List all that hangs below a node, by path',
    description:
      'An episode is followed by what is inside of it. A page may be short, even empty, and still lead on.',
    params: z.object({ id: field.lookup.meta({ description: 'The id of the node' }) }),
    query: z.object({
      leavesOnly: field.leavesOnly,
      kind: nodeKind.optional().meta({ description: 'Only those of this kind' }),
      limit: limit.optional(),
      cursor: z.string().optional().meta({ description: '`nextCursor` of the answer before' }),
    }),
    answers: {
      200: {
        description: 'One page, by path',
        schema: z.object({
          nodes: z.array(Node),
          nextCursor: z.string().nullable().meta({ description: 'Null at the end.' }),
        }),
        example: { nodes: [nodeExample], nextCursor: null },
      },
    },
    failures: ['node_not_found'],
  },
  async ({ asking, params, query, url, config, database }) => {
    const { leavesOnly, kind = null, limit: most = LARGEST_LIMIT, cursor } = query
    const cursors = new Cursors(url, config)
    const position = cursor === undefined ? {} : await cursors.openPlace<Position>(cursor)
    // Where all that is walked is shown, one more tells whether there is more.
    const examined = leavesOnly || kind !== null ? MOST_EXAMINED : most + 1
    const values = { ...asking, ...position, id: params.id, limit: most, examined, leavesOnly, kind }
    const { nodes, next } = await database.run(walkBelow(values))
    const nextCursor = next === null ? null : await cursors.sealPlace(next)
    const body = `{"nodes":[${nodes.join(',')}],"nextCursor":${JSON.stringify(nextCursor)}}`
    return jsonAnswer(body, 200, walkLinks(url, most, nextCursor))
  },
)
