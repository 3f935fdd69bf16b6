import { endpoint } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import { listAnswer, listShape, pageQuery, windowOf } from '../../http/page.ts'
import { resourceAnswer } from '../../http/resource.ts'
import type { Endpoint, OpenCall } from '../../http/route.ts'
import { trashEndpoint } from '../../http/trash-endpoint.ts'
import * as z from '../../http/zod.ts'
import { ProjectParams, projectAt, projectFailures } from '../places/address.ts'
import { createCollection, updateCollection } from './collection-changes.sql.ts'
import {
  COLLECTIONS,
  Collection,
  CollectionParams,
  example,
  firstMembers,
  restOf,
} from './collection-shape.ts'
import {
  listCollections,
  MOST_MEMBERS,
  readCollection,
  trashCollection,
  type WholeCollection,
} from './collections.sql.ts'

const nothing = z.object({})

/** What a collection holds is changed where its members are. */
const elsewhere = {
  membersTotal: 'it counts the members',
}
const elsewhereLater = {
  ...elsewhere,
  members: 'POST and DELETE .../members add and remove some',
}

const datasetId = field.lookup.nullable().optional().meta({
  description: 'The dataset that it is in, by its id; null for none',
})

const create = endpoint(
  {
    operationId: 'createCollection',
    grant: 'write',
    isKeyed: true,
    method: 'POST',
    path: COLLECTIONS,
    tag: 'Collections',
    summary: 'Create a collection',
    description:
      'With up to 5,000 members at once; further ones are added by `.../members`. A name that a live collection of the project has is 409.',
    params: ProjectParams,
    query: nothing,
    body: z
      .object({
        name: field.name,
        description: field.prose.optional(),
        tags: field.tags.optional(),
        metadata: field.metadata.optional(),
        datasetId,
        members: firstMembers.optional(),
      })
      .meta({ id: 'NewCollection' }),
    bodyExample: { name: 'front-camera-clips', members: ['019d8a3c5e00a1b2c3d4e5f9'] },
    elsewhere,
    isTagged: true,
    answers: { 201: { description: 'The collection', schema: field.changed(Collection), example } },
    failures: [...projectFailures, 'dataset_not_found', 'collection_name_taken', 'quota_exceeded'],
  },
  async (call) => {
    const { asking, params, body, stamp, quotas, mint, database } = call
    const { members = [], datasetId = null, ...fields } = field.stored(body)
    const plan = createCollection({
      ...asking,
      ...stamp,
      ...quotas,
      ...projectAt(params),
      ...fields,
      datasetId,
      members,
      id: mint(),
    })
    return resourceAnswer(call, await database.run(plan), { status: 201 })
  },
)

const LEAST_SHOWN = 1_000

const membersLimit = z
  .string()
  .optional()
  .transform((text, context) => {
    const number = text === undefined ? LEAST_SHOWN : field.digits(text)
    if (number >= 0 && number <= MOST_MEMBERS) return number
    context.addIssue({ code: 'custom', message: `is not a whole number from 0 to ${MOST_MEMBERS}` })
    return z.NEVER
  })
  .meta({
    type: 'integer',
    minimum: 0,
    maximum: MOST_MEMBERS,
    default: LEAST_SHOWN,
    description: `Members that are shown of each, ${MOST_MEMBERS.toLocaleString('en')} in one answer.`,
  })

const list = endpoint(
  {
    operationId: 'listCollections',
    grant: 'read',
    method: 'GET',
    path: COLLECTIONS,
    tag: 'Collections',
    summary: 'List the collections of a project, newest first',
    description: 'With some members of each, as `membersLimit` says.',
    params: ProjectParams,
    query: z.object({
      ...pageQuery,
      datasetId: field.lookup.optional().meta({ description: 'Only those of this dataset' }),
      membersLimit,
    }),
    answers: { 200: listShape('collections', Collection, example) },
    failures: projectFailures,
  },
  async ({ asking, params, query, url, config, database }) => {
    const [window, cursors] = await windowOf(query, url, config)
    const { datasetId = null, membersLimit } = query
    const asked = { ...asking, ...projectAt(params), datasetId, membersLimit }
    return listAnswer('collections', await database.run(listCollections(asked, window)), query, url, cursors)
  },
)

/** A collection, with a link to the members that the answer leaves out. */
async function wholeAnswer(
  collection: WholeCollection,
  call: OpenCall<typeof CollectionParams, z.ZodObject>,
): Promise<Response> {
  const { body, members } = collection
  const { params, url, config } = call
  const { name } = members === null ? { name: '' } : (JSON.parse(body) as { name: string })
  const rest = members && (await restOf(members, params, name, url, config))
  return resourceAnswer(call, collection, { links: rest === null ? [] : [rest] })
}

const read = endpoint(
  {
    operationId: 'readCollection',
    grant: 'read',
    method: 'GET',
    path: `${COLLECTIONS}/{name}`,
    tag: 'Collections',
    summary: 'Read a collection with its members',
    description: 'Where it has more members than are shown, a `Link` (`rel="section"`) leads to the others.',
    params: CollectionParams,
    query: nothing,
    isTagged: true,
    answers: { 200: { description: 'The collection', schema: Collection, example } },
    failures: [...projectFailures, 'collection_not_found'],
  },
  async (call) => {
    const { asking, params, database } = call
    const ref = { ...asking, ...projectAt(params), name: params.name }
    return wholeAnswer(await database.run(readCollection(ref)), call)
  },
)

const update = endpoint(
  {
    operationId: 'updateCollection',
    grant: 'write',
    method: 'PATCH',
    path: `${COLLECTIONS}/{name}`,
    tag: 'Collections',
    summary: 'Change the given fields of a collection',
    description:
      'What is not given stays. `datasetId` puts it into a dataset, out of another one too; null takes it out.',
    params: CollectionParams,
    query: nothing,
    body: z
      .object({
        name: field.name.optional(),
        description: field.prose.nullable().optional(),
        tags: field.clearableTags.optional(),
        metadata: field.metadata.nullable().optional(),
        datasetId,
      })
      .meta({ id: 'CollectionChanges' }),
    bodyExample: { description: 'Checked by hand' },
    elsewhere: elsewhereLater,
    isTagged: true,
    answers: { 200: { description: 'The collection', schema: field.changed(Collection), example } },
    failures: [...projectFailures, 'collection_not_found', 'dataset_not_found', 'collection_name_taken'],
  },
  async (call) => {
    const { asking, params, body, stamp, database } = call
    const { name: newName, ...changes } = field.stored(body)
    const plan = updateCollection({
      ...asking,
      ...stamp,
      ...projectAt(params),
      ...changes,
      name: params.name,
      newName,
    })
    return wholeAnswer(await database.run(plan), call)
  },
)

const trash = trashEndpoint(
  {
    operationId: 'trashCollection',
    grant: 'write',
    path: `${COLLECTIONS}/{name}`,
    tag: 'Collections',
    summary: 'Move a collection to the trash',
    description:
      'Its members are not touched: they are ids of other things. It comes back with them, and into its dataset.',
    params: CollectionParams,
    query: z.object({}),
    failures: [...projectFailures, 'collection_not_found'],
  },
  (values, { params }) => trashCollection({ ...values, ...projectAt(params), name: params.name }),
)

export const collectionEndpoints: readonly Endpoint[] = [create, list, read, update, trash]
