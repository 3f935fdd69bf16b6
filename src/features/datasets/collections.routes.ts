import { z } from 'zod'
import * as field from '../../http/field.ts'
import type { Endpoint } from '../../http/route.ts'
import { trashEndpoint } from '../../http/trash-endpoint.ts'
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
    path: '/namespaces/{slug}/projects/{projectSlug}/collections/{name}',
    tag: 'Collections',
    summary: 'Move a collection to the trash',
    params: z.object({ slug: field.slugRef, projectSlug: field.slugRef, name: field.lookup }),
    query: z.object({}),
    failures: ['namespace_not_found', 'project_not_found', 'collection_not_found'],
  },
  (values, { params: { slug, projectSlug, name } }) =>
    trashCollection({ ...values, namespace: slug, project: projectSlug, name }),
)

export const collectionEndpoints: readonly Endpoint[] = [trash]
