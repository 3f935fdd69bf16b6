import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import { replayOf } from '../../http/resource.ts'
import type { Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { projectAt, projectFailures } from '../places/address.ts'
import { collectionNames } from './collection-shape.ts'
import { attachCollections, detachCollections } from './dataset-collections.sql.ts'
import { DATASETS, DatasetParams } from './datasets.routes.ts'

const path = `${DATASETS}/{name}/collections`
const nothing = z.object({})
const total = z.int().meta({ description: 'Collections that it has now' })
const failures = [...projectFailures, 'dataset_not_found', 'collection_not_found'] as const

const attach = endpoint(
  {
    operationId: 'attachCollections',
    grant: 'write',
    isKeyed: true,
    method: 'POST',
    path,
    tag: 'Datasets',
    summary: 'Put collections into a dataset',
    description:
      'All of them, or none where one is missing. One that is in another dataset leaves that; what is in this one already is passed over.',
    params: DatasetParams,
    query: nothing,
    body: z.object({ add: collectionNames }).meta({ id: 'CollectionsToAttach' }),
    bodyExample: { add: ['front-camera-clips'] },
    answers: {
      200: {
        description: 'How many were put in',
        schema: z.object({ added: z.int(), total }),
        example: { added: 1, total: 2 },
      },
    },
    failures: [...failures, 'precondition_failed'],
  },
  async ({ asking, params, body, stamp, database }) => {
    const ref = { ...asking, ...stamp, ...projectAt(params), name: params.name }
    const added = await database.run(attachCollections({ ...ref, names: body.add }))
    return jsonAnswer(added.body, 200, replayOf(added))
  },
)

const detach = endpoint(
  {
    operationId: 'detachCollections',
    grant: 'write',
    method: 'DELETE',
    path,
    tag: 'Datasets',
    summary: 'Take collections out of a dataset',
    description:
      'All of them, or none where one is missing. They become standalone; what is not in this dataset is passed over.',
    params: DatasetParams,
    query: nothing,
    body: z.object({ remove: collectionNames }).meta({ id: 'CollectionsToDetach' }),
    bodyExample: { remove: ['front-camera-clips'] },
    answers: {
      200: {
        description: 'How many were taken out',
        schema: z.object({ removed: z.int(), total }),
        example: { removed: 1, total: 1 },
      },
    },
    failures,
  },
  async ({ asking, params, body, stamp, database }) => {
    const ref = { ...asking, ...stamp, ...projectAt(params), name: params.name }
    return jsonAnswer((await database.run(detachCollections({ ...ref, names: body.remove }))).body)
  },
)

export const datasetCollectionEndpoints: readonly Endpoint[] = [attach, detach]
