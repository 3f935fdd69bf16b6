import { assetKinds } from '../../domain/kind.ts'
import { SLICE } from '../../domain/purge.ts'
import * as field from '../../http/field.ts'
import type { Endpoint } from '../../http/route.ts'
import { trashEndpoint } from '../../http/trash-endpoint.ts'
import * as z from '../../http/zod.ts'
import { goOn } from './slices.sql.ts'
import { trashFolder } from './trash.sql.ts'

export const Node = z
  .object({
    id: field.id,
    name: z.string(),
    kind: z.enum(['folder', 'episode', ...assetKinds]),
    leaf: z.boolean(),
    path: z.string().meta({ description: "From the project's root." }),
    parentId: field.id.nullable(),
    assetId: field.id.nullable(),
    createdAt: field.time,
    updatedAt: field.time,
  })
  .meta({ id: 'Node' })

const trash = trashEndpoint(
  {
    operationId: 'trashFolder',
    path: '/nodes/{id}',
    tag: 'Nodes',
    summary: 'Move a folder to the trash',
    description:
      'With all that hangs below it. Where that is over 5,000 nodes the answer is 202: the folder is gone, and the rest follows slice by slice; until then nothing is made, changed, moved or restored below it, and no folder around it is deleted (409).',
    slice: (deletionId) => goOn('marking', { deletionId, rows: SLICE.nodes }),
    params: z.object({ id: field.lookup }),
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

export const nodeEndpoints: readonly Endpoint[] = [trash]
