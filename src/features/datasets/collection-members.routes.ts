import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import { Cursors, LARGEST_LIMIT, limit, walkLinks } from '../../http/page.ts'
import { replayOf } from '../../http/resource.ts'
import type { Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { projectAt, projectFailures } from '../places/address.ts'
import { shownBy, wireKinds } from '../recordings/asset-kinds.ts'
import { orderNames } from '../recordings/episode-order.sql.ts'
import { Node, nodeExample } from '../recordings/node-shape.ts'
import { addFoundMembers, addMembers, memberListing, removeMembers } from './collection-members.sql.ts'
import { COLLECTIONS, CollectionParams, members } from './collection-shape.ts'
import { BEGINNING } from './collections.sql.ts'
import { findMembers } from './found-members.ts'

const MEMBERS = `${COLLECTIONS}/{name}/members`

const nothing = z.object({})
const failures = [...projectFailures, 'collection_not_found'] as const
const total = z.int().meta({ description: 'Members that it has now' })

/** What goes with a query, and with nothing else. */
const OF_QUERY = ['target', 'sort', 'cursor'] as const

const MembersToAdd = z
  .object({
    add: members.optional(),
    q: z.string().optional().meta({
      description:
        'In place of `add`: a query over episodes or assets, as their lists take it. Empty for all of them.',
    }),
    target: z
      .enum(['episodes', 'assets'])
      .optional()
      .meta({ description: 'What `q` looks for; needed with it.' }),
    sort: z
      .enum(orderNames)
      .optional()
      .meta({ description: 'Of episodes, the order in which they are added.' }),
    cursor: z.string().optional().meta({ description: '`nextCursor` of the answer before' }),
  })
  .superRefine((given, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message })
    const { add, q, target, sort } = given
    if (add === undefined && q === undefined) refuse('add', 'is required, or q with target')
    if (add !== undefined && q !== undefined) refuse('q', 'is not given together with add')
    if (q === undefined) {
      for (const path of OF_QUERY) if (given[path] !== undefined) refuse(path, 'is of q, which is not given')
      return
    }
    if (target === undefined) refuse('target', 'is required with q: episodes or assets')
    if (target === 'assets' && sort !== undefined)
      refuse('sort', 'is of episodes: assets are added newest first')
  })
  .meta({ id: 'MembersToAdd' })

const add = endpoint(
  {
    operationId: 'addCollectionMembers',
    grant: 'write',
    isKeyed: true,
    method: 'POST',
    path: MEMBERS,
    tag: 'Collections',
    summary: 'Add members to a collection',
    description:
      'Behind those that are there; what is a member already stays where it is. With `q` in place of `add`, one page of what that query finds is added, up to 1,000, and `nextCursor` leads on: send it as `cursor`, with the same query.',
    params: CollectionParams,
    query: nothing,
    body: MembersToAdd,
    bodyExample: { add: ['019d8a3c5e00a1b2c3d4e5f9'] },
    trips: { most: 2, because: 'With `q`, what it finds is read first.' },
    answers: {
      200: {
        description: 'How many were added',
        schema: z.object({
          added: z.int(),
          total,
          examined: z.int().optional().meta({ description: 'Rows that the query looked at.' }),
          nextCursor: z
            .string()
            .nullable()
            .optional()
            .meta({ description: 'Of the query; null at its end.' }),
        }),
        example: { added: 1, total: 3 },
      },
    },
    failures: [...failures, 'precondition_failed', 'quota_exceeded', 'query_invalid'],
  },
  async (call) => {
    const { asking, params, body, stamp, quotas, database } = call
    const place = { ...asking, ...projectAt(params) }
    const values = { ...place, ...stamp, ...quotas, name: params.name }
    const { add: ids, q = '', target, ...rest } = body
    const plan =
      target === undefined
        ? addMembers({ ...values, ids: ids ?? [] })
        : addFoundMembers({ ...values, ...(await findMembers(call, place, { q, target, ...rest })) })
    const added = await database.run(plan)
    return jsonAnswer(added.body, 200, replayOf(added))
  },
)

const remove = endpoint(
  {
    operationId: 'removeCollectionMembers',
    grant: 'write',
    method: 'DELETE',
    path: MEMBERS,
    tag: 'Collections',
    summary: 'Remove members from a collection',
    description: 'What is no member is passed over.',
    params: CollectionParams,
    query: nothing,
    body: z.object({ remove: members }).meta({ id: 'MembersToRemove' }),
    bodyExample: { remove: ['019d8a3c5e00a1b2c3d4e5f9'] },
    answers: {
      200: {
        description: 'How many were removed',
        schema: z.object({ removed: z.int(), total }),
        example: { removed: 1, total: 2 },
      },
    },
    failures,
  },
  async ({ asking, params, body, stamp, database }) => {
    const ref = { ...asking, ...stamp, ...projectAt(params), name: params.name }
    return jsonAnswer((await database.run(removeMembers({ ...ref, ids: body.remove }))).body)
  },
)

const listMembers = memberListing(wireKinds.map(({ shape }) => shape))

/** Each kind as its list shows it, and says what it is. */
const MemberAsset = z.union(
  wireKinds.map((wire) =>
    shownBy(wire)
      .schema.extend({ kind: z.literal(wire.shape.kind) })
      .meta({ id: `${wire.one}OfMember` }),
  ),
)

const Member = z.union([
  z
    .object({
      id: z.string(),
      node: Node.nullable().meta({ description: 'Null for an asset without a name.' }),
      asset: MemberAsset.nullable().meta({ description: 'Null for folders and episodes.' }),
    })
    .meta({ id: 'CollectionMember' }),
  z
    .object({ id: z.string(), dangling: z.literal(true) })
    .meta({ id: 'DanglingMember', description: 'It refers to nothing that is there.' }),
])

const list = endpoint(
  {
    operationId: 'listCollectionMembers',
    grant: 'read',
    method: 'GET',
    path: MEMBERS,
    tag: 'Collections',
    summary: 'List the members of a collection, in their order, with what each of them is',
    description: 'A page may be short where its assets are heavy, and still lead on.',
    params: CollectionParams,
    query: z.object({
      limit: limit.optional(),
      cursor: z.string().optional().meta({ description: '`nextCursor` of the answer before' }),
    }),
    answers: {
      200: {
        description: 'One page, in their order',
        schema: z.object({
          members: z.array(Member),
          nextCursor: z.string().nullable().meta({ description: 'Null at the end.' }),
        }),
        example: { members: [{ id: nodeExample.id, node: nodeExample, asset: null }], nextCursor: null },
      },
    },
    failures,
  },
  async ({ asking, params, query, url, config, database }) => {
    const { limit: most = LARGEST_LIMIT, cursor } = query
    const cursors = new Cursors(url, config)
    const after = cursor === undefined ? BEGINNING : await cursors.openPlace<number>(cursor)
    const ref = { ...asking, ...projectAt(params), name: params.name }
    const { items, next } = await database.run(listMembers({ ...ref, after, limit: most }))
    const nextCursor = next === null ? null : await cursors.sealPlace(next)
    const body = `{"members":[${items.join(',')}],"nextCursor":${JSON.stringify(nextCursor)}}`
    return jsonAnswer(body, 200, walkLinks(url, most, nextCursor))
  },
)

export const memberListEndpoints: readonly Endpoint[] = [add, remove, list]
