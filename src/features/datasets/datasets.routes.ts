import { endpoint } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import { listAnswer, listShape, pageQuery, windowOf } from '../../http/page.ts'
import { resourceAnswer } from '../../http/resource.ts'
import type { Endpoint } from '../../http/route.ts'
import { trashEndpoint } from '../../http/trash-endpoint.ts'
import * as z from '../../http/zod.ts'
import { PROJECT, ProjectParams, projectAt, projectFailures } from '../places/address.ts'
import { restOf } from './collection-shape.ts'
import { createDataset, listDatasets, readDataset, trashDataset, updateDataset } from './datasets.sql.ts'

const example = {
  id: '019d8a3c5e00a1b2c3d4e5f6',
  name: 'training-v2',
  description: 'Q1 training data',
  tags: [],
  projectId: '019d8a3c5e00a1b2c3d4e5f7',
  metadata: null,
  createdAt: '2026-04-15T09:30:00.000Z',
  updatedAt: '2026-04-15T09:30:00.000Z',
}

export const Dataset = z
  .object({
    id: field.id,
    name: z.string(),
    description: z.string().nullable(),
    tags: z.array(z.string()),
    projectId: field.id,
    metadata: field.metadataShown,
    createdAt: field.time,
    updatedAt: field.time,
  })
  .meta({ id: 'Dataset' })

const collectionsTotal = z.int().meta({ description: 'All of them, also those that the answer leaves out.' })

const ListedDataset = Dataset.extend({
  collections: z
    .array(z.object({ id: field.id, name: z.string() }))
    .meta({ description: 'The first 100 by name.' }),
  collectionsTotal,
}).meta({ id: 'ListedDataset' })

const WholeDataset = Dataset.extend({
  collections: z.array(
    z.object({
      id: field.id,
      name: z.string(),
      members: z
        .array(z.string())
        .meta({ description: 'In order; 10,000 over all collections of the answer.' }),
      membersTotal: z.int(),
    }),
  ),
  collectionsTotal,
}).meta({ id: 'WholeDataset' })

const collection = { id: '019d8a3c5e00a1b2c3d4e5f8', name: 'front-camera-clips' }

export const DatasetParams = ProjectParams.extend({
  name: field.lookup.meta({ description: 'The name of the dataset' }),
})
const nothing = z.object({})

export const DATASETS = `${PROJECT}/datasets`

/** Collections that a single answer leads on to. */
const MOST_LINKS = 10
/** What a dataset holds is said by its collections. */
const elsewhere = {
  collections: 'POST and DELETE .../collections put some in and take some out',
  collectionsTotal: 'it counts the collections of the dataset',
  members: 'a dataset has the members of its collections',
}

const create = endpoint(
  {
    operationId: 'createDataset',
    grant: 'write',
    isKeyed: true,
    method: 'POST',
    path: DATASETS,
    tag: 'Datasets',
    summary: 'Create a dataset',
    description:
      'It is empty: collections are put into it. A name that a live dataset of the project has is 409.',
    params: ProjectParams,
    query: nothing,
    body: z
      .object({
        name: field.name,
        description: field.prose.optional(),
        tags: field.tags.optional(),
        metadata: field.metadata.optional(),
      })
      .meta({ id: 'NewDataset' }),
    bodyExample: { name: 'training-v2', description: 'Q1 training data' },
    elsewhere,
    isTagged: true,
    answers: { 201: { description: 'The dataset', schema: field.changed(Dataset), example } },
    failures: [...projectFailures, 'dataset_name_taken'],
  },
  async (call) => {
    const { asking, params, body, stamp, mint, database } = call
    const plan = createDataset({
      ...asking,
      ...stamp,
      ...projectAt(params),
      ...field.stored(body),
      id: mint(),
    })
    return resourceAnswer(call, await database.run(plan), { status: 201 })
  },
)

const list = endpoint(
  {
    operationId: 'listDatasets',
    grant: 'read',
    method: 'GET',
    path: DATASETS,
    tag: 'Datasets',
    summary: 'List the datasets of a project, newest first',
    description: 'With the first 100 collections of each.',
    params: ProjectParams,
    query: z.object(pageQuery),
    answers: {
      200: listShape('datasets', ListedDataset, {
        ...example,
        collections: [collection],
        collectionsTotal: 1,
      }),
    },
    failures: projectFailures,
  },
  async ({ asking, params, query, url, config, database }) => {
    const [window, cursors] = await windowOf(query, url, config)
    const page = await database.run(listDatasets({ ...asking, ...projectAt(params) }, window))
    return listAnswer('datasets', page, query, url, cursors)
  },
)

const read = endpoint(
  {
    operationId: 'readDataset',
    grant: 'read',
    method: 'GET',
    path: `${DATASETS}/{name}`,
    tag: 'Datasets',
    summary: 'Read a dataset with its collections and their members',
    description:
      'Where collections have more members than are shown, a `Link` (`rel="section"`) for each of the first ten leads to the others.',
    params: DatasetParams,
    query: nothing,
    isTagged: true,
    answers: {
      200: {
        description: 'The dataset',
        schema: WholeDataset,
        example: {
          ...example,
          collections: [{ ...collection, members: ['019d8a3c5e00a1b2c3d4e5f9'], membersTotal: 1 }],
          collectionsTotal: 1,
        },
      },
    },
    failures: [...projectFailures, 'dataset_not_found'],
  },
  async (call) => {
    const { asking, params, url, config, database } = call
    const found = await database.run(readDataset({ ...asking, ...projectAt(params), name: params.name }))
    const shown = found.collections.map(({ id, name, ids, total }) => ({
      id,
      name,
      members: ids,
      membersTotal: total,
    }))
    const extra = `"collections":${JSON.stringify(shown)},"collectionsTotal":${found.collectionsTotal}`
    const cut = found.collections.filter(({ ids, total }) => ids.length < total).slice(0, MOST_LINKS)
    const links = await Promise.all(cut.map((each) => restOf(each, params, each.name, url, config)))
    return resourceAnswer(
      call,
      { ...found, body: `${found.body.slice(0, -1)},${extra}}` },
      { links: links.filter((link) => link !== null) },
    )
  },
)

const update = endpoint(
  {
    operationId: 'updateDataset',
    grant: 'write',
    method: 'PATCH',
    path: `${DATASETS}/{name}`,
    tag: 'Datasets',
    summary: 'Change the given fields of a dataset',
    description: 'What is not given stays. Collections are put in and taken out by `.../collections`.',
    params: DatasetParams,
    query: nothing,
    body: z
      .object({
        name: field.name.optional(),
        description: field.prose.nullable().optional(),
        tags: field.clearableTags.optional(),
        metadata: field.metadata.nullable().optional(),
      })
      .meta({ id: 'DatasetChanges' }),
    bodyExample: { description: 'Q1 training data, cleaned' },
    elsewhere,
    isTagged: true,
    answers: { 200: { description: 'The dataset', schema: field.changed(Dataset), example } },
    failures: [...projectFailures, 'dataset_not_found', 'dataset_name_taken'],
  },
  async (call) => {
    const { asking, params, body, stamp, database } = call
    const { name: newName, ...changes } = field.stored(body)
    const plan = updateDataset({
      ...asking,
      ...stamp,
      ...projectAt(params),
      ...changes,
      name: params.name,
      newName,
    })
    return resourceAnswer(call, await database.run(plan))
  },
)

const trash = trashEndpoint(
  {
    operationId: 'trashDataset',
    grant: 'write',
    path: `${DATASETS}/{name}`,
    tag: 'Datasets',
    summary: 'Move a dataset to the trash',
    description: 'Its collections are not deleted: they become standalone.',
    params: DatasetParams,
    query: nothing,
    failures: [...projectFailures, 'dataset_not_found', 'too_large'],
  },
  (values, { params }) => trashDataset({ ...values, ...projectAt(params), name: params.name }),
)

export const datasetEndpoints: readonly Endpoint[] = [create, list, read, update, trash]
