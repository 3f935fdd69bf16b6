import { assetKinds } from '../../domain/kind.ts'
import * as field from '../../http/field.ts'
import * as z from '../../http/zod.ts'

export const nodeKind = z.enum(['folder', 'episode', ...assetKinds])

export const Node = z
  .object({
    id: field.id,
    name: z.string(),
    kind: nodeKind,
    leaf: z.boolean(),
    path: z.string().meta({ description: "From the project's root." }),
    parentId: field.id.nullable(),
    assetId: field.id.nullable(),
    createdAt: field.time,
    updatedAt: field.time,
  })
  .meta({ id: 'Node' })

export const nodeExample = {
  id: '019d8a3c5e00a1b2c3d4e5f6',
  name: 'batch-2',
  kind: 'folder',
  leaf: false,
  path: '/batch-2',
  parentId: null,
  assetId: null,
  createdAt: '2026-04-14T09:30:00.000Z',
  updatedAt: '2026-04-14T09:30:00.000Z',
}
