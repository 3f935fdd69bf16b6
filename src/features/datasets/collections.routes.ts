import * as field from '../../http/field.ts'
import type { Endpoint } from '../../http/route.ts'
import { trashEndpoint } from '../../http/trash-endpoint.ts'
import * as z from '../../http/zod.ts'
import { PROJECT, ProjectParams, projectAt, projectFailures } from '../places/address.ts'
import { trashCollection } from './collections.sql.ts'

export const Collection = z
  .object({
    id: field.id,
    name: z.string(),
    description: z.string().nullable(),
    tags: z.array(z.string()),
    metadata: field.metadataShown,
    projectId: field.id,
    datasetId: field.id.nullable(),
    members: z.array(z.string()).meta({ description: 'The first 1,000, in order.' }),
    membersTotal: z.int(),
    createdAt: field.time,
    updatedAt: field.time,
  })
  .meta({ id: 'Collection' })

const trash = trashEndpoint(
  {
    operationId: 'trashCollection',
    path: `${PROJECT}/collections/{name}`,
    tag: 'Collections',
    summary: 'Move a collection to the trash',
    params: ProjectParams.extend({ name: field.lookup }),
    query: z.object({}),
    failures: [...projectFailures, 'collection_not_found'],
  },
  (values, { params }) => trashCollection({ ...values, ...projectAt(params), name: params.name }),
)

export const collectionEndpoints: readonly Endpoint[] = [trash]
