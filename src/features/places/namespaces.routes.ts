import { type Role, roles } from '../../domain/access.ts'
import { endpoint } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import { listAnswer, listShape, pageQuery, windowOf } from '../../http/page.ts'
import { resourceAnswer } from '../../http/resource.ts'
import type { Endpoint } from '../../http/route.ts'
import { trashEndpoint } from '../../http/trash-endpoint.ts'
import * as z from '../../http/zod.ts'
import { NAMESPACE, NamespaceParams, namespaceAt } from './address.ts'
import { AssetCounts, count, exampleCounts } from './asset-counts.ts'
import { createNamespace, listNamespaces, readNamespace, updateNamespace } from './namespaces.sql.ts'
import { trashNamespace } from './trash.sql.ts'

const role = z.enum(Object.keys(roles) as [Role, ...Role[]])
const example = { id: '019d8a3c5e00a1b2c3d4e5f6', slug: 'alice', metadata: null }

export const Namespace = z
  .object({ id: field.id, slug: z.string(), metadata: field.metadataShown })
  .meta({ id: 'Namespace' })

const ListedNamespace = Namespace.extend({ role }).meta({ id: 'ListedNamespace' })

const WholeNamespace = Namespace.extend({
  role,
  spaces: count,
  projects: count,
  assets: AssetCounts,
  usage: z
    .object({
      rows: count.meta({
        description: 'Episodes, nodes, assets, objects and members of collections, also those in the trash',
      }),
      bytes: count.meta({ description: 'Of objects, as they are or were announced' }),
      rowsQuota: count.nullable().meta({ description: 'Null where there is no bound' }),
      bytesQuota: count.nullable().meta({ description: 'Null where there is no bound' }),
    })
    .meta({ id: 'Usage' }),
}).meta({ id: 'WholeNamespace' })

/** What a namespace holds is made, and counted, one by one. */
const elsewhere = {
  role: `PUT ${NAMESPACE}/members/{username} gives one`,
  spaces: `POST ${NAMESPACE}/spaces makes one`,
  projects: `POST ${NAMESPACE}/projects makes one`,
  assets: 'POST /assets/video, and so on, registers one',
  usage: 'it is measured, not given',
}

const list = endpoint(
  {
    operationId: 'listNamespaces',
    grant: 'read',
    role: null,
    method: 'GET',
    path: '/namespaces',
    tag: 'Namespaces',
    summary: 'List the namespaces that you are a member of',
    description:
      'The home first, then those in which you have created or deleted something, then the rest. A token that is bound to a namespace sees that one alone.',
    params: z.object({}),
    query: z.object(pageQuery),
    answers: {
      200: listShape('namespaces', ListedNamespace, { ...example, role: 'owner' }, 'the home first'),
    },
    failures: [],
  },
  async ({ asking, query, url, config, database }) => {
    const [window, cursors] = await windowOf(query, url, config)
    return listAnswer('namespaces', await database.run(listNamespaces(asking, window)), query, url, cursors)
  },
)

const create = endpoint(
  {
    operationId: 'createNamespace',
    grant: 'self',
    isKeyed: true,
    method: 'POST',
    path: '/namespaces',
    tag: 'Namespaces',
    summary: 'Create a namespace that you own',
    description:
      'It is empty, and yours. A slug that another one has, had within 30 days, or that is the name of another user, is 409.',
    params: z.object({}),
    query: z.object({}),
    body: z.object({ slug: field.slug, metadata: field.metadata.optional() }).meta({ id: 'NewNamespace' }),
    bodyExample: { slug: 'robot-team' },
    elsewhere,
    isTagged: true,
    answers: {
      201: { description: 'The namespace', schema: Namespace, example: { ...example, slug: 'robot-team' } },
    },
    failures: ['namespace_slug_taken'],
  },
  async (call) => {
    const { arriving, body, stamp, mint, database } = call
    const plan = createNamespace({ ...arriving, ...stamp, ...field.stored(body), id: mint() })
    return resourceAnswer(call, await database.run(plan), { status: 201 })
  },
)

const read = endpoint(
  {
    operationId: 'readNamespace',
    grant: 'read',
    method: 'GET',
    path: NAMESPACE,
    tag: 'Namespaces',
    summary: 'Read a namespace with the counts of what it holds',
    description: 'Also how much of its quotas is used. Only members see it.',
    params: NamespaceParams,
    query: z.object({}),
    isTagged: true,
    answers: {
      200: {
        description: 'The namespace',
        schema: WholeNamespace,
        example: {
          ...example,
          role: 'owner',
          spaces: 1,
          projects: 1,
          assets: exampleCounts,
          usage: { rows: 73, bytes: 381_000, rowsQuota: 2_000_000, bytesQuota: null },
        },
      },
    },
    failures: ['namespace_not_found'],
  },
  async (call) => {
    const { asking, params, quotas, database } = call
    const plan = readNamespace({ ...asking, ...quotas, ...namespaceAt(params) })
    return resourceAnswer(call, await database.run(plan))
  },
)

const update = endpoint(
  {
    operationId: 'updateNamespace',
    grant: 'own',
    method: 'PATCH',
    path: NAMESPACE,
    tag: 'Namespaces',
    summary: 'Rename a namespace, or change its metadata',
    description:
      'The slug of before stays reserved for 30 days, unless ten others were reserved since. URLs that were signed before stay valid.',
    params: NamespaceParams,
    query: z.object({}),
    body: z
      .object({ slug: field.slug.optional(), metadata: field.metadata.nullable().optional() })
      .meta({ id: 'NamespaceChanges' }),
    bodyExample: { slug: 'robot-lab' },
    elsewhere,
    isTagged: true,
    answers: {
      200: { description: 'The namespace', schema: Namespace, example: { ...example, slug: 'robot-lab' } },
    },
    failures: ['namespace_not_found', 'namespace_slug_taken'],
  },
  async (call) => {
    const { asking, params, body, stamp, database } = call
    const { slug, ...rest } = field.stored(body)
    const changes = { ...rest, ...(slug === undefined ? {} : { newSlug: slug }) }
    const plan = updateNamespace({ ...asking, ...stamp, ...changes, ...namespaceAt(params) })
    return resourceAnswer(call, await database.run(plan))
  },
)

const trash = trashEndpoint(
  {
    operationId: 'trashNamespace',
    grant: 'own',
    path: NAMESPACE,
    tag: 'Namespaces',
    summary: 'Move a namespace to the trash',
    description: 'With all its projects. Its slug stays reserved until it is purged; a home namespace stays.',
    params: NamespaceParams,
    query: z.object({ includeProtected: field.includeProtected }),
    failures: ['namespace_not_found', 'holds_write_protected', 'home_namespace', 'too_large'],
  },
  (values, { params, query }) => trashNamespace({ ...values, ...query, ...namespaceAt(params) }),
)

export const namespaceEndpoints: readonly Endpoint[] = [list, create, read, update, trash]
