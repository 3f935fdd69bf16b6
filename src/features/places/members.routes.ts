import { type Role, roles } from '../../domain/access.ts'
import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import { listAnswer, listShape, pageQuery, windowOf } from '../../http/page.ts'
import type { Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { NAMESPACE, NamespaceParams, namespaceAt } from './address.ts'
import { listMembers, removeMember, setMember } from './members.sql.ts'

const role = z.enum(Object.keys(roles) as [Role, ...Role[]])

const Member = z
  .object({
    username: z.string().meta({ description: "The slug of the user's home namespace" }),
    name: z
      .string()
      .nullable()
      .meta({ description: 'Null to others until the member has written something in the namespace.' }),
    role,
    createdAt: field.time,
  })
  .meta({ id: 'Member' })

const example = { username: 'bob', name: null, role: 'writer', createdAt: '2026-04-14T09:30:00.000Z' }

const MEMBERS = `${NAMESPACE}/members`
const MemberParams = NamespaceParams.extend({
  username: field.lookup.meta({ description: "The slug of the user's home namespace" }),
})
const nothing = z.object({})

const list = endpoint(
  {
    operationId: 'listMembers',
    grant: 'read',
    method: 'GET',
    path: MEMBERS,
    tag: 'Namespaces',
    summary: 'List the members of a namespace, the newest accounts first',
    description: 'Every member sees the list.',
    params: NamespaceParams,
    query: z.object(pageQuery),
    answers: { 200: listShape('members', Member, example) },
    failures: ['namespace_not_found'],
  },
  async ({ asking, params, query, url, config, database }) => {
    const [window, cursors] = await windowOf(query, url, config)
    const page = await database.run(listMembers({ ...asking, ...namespaceAt(params) }, window))
    return listAnswer('members', page, query, url, cursors)
  },
)

const set = endpoint(
  {
    operationId: 'setMember',
    isUntagged: true,
    grant: 'self',
    role: 'owner',
    method: 'PUT',
    path: `${MEMBERS}/{username}`,
    tag: 'Namespaces',
    summary: 'Make a user a member, or change the role of one',
    description:
      'The user has signed in once, and is named by the slug of the home namespace. The last owner, and the user of a home namespace, stay owners (409).',
    params: MemberParams,
    query: nothing,
    body: z.object({ role }).meta({ id: 'MemberRole' }),
    bodyExample: { role: 'writer' },
    elsewhere: { name: 'PATCH /auth/me changes it, for the user alone' },
    answers: {
      200: { description: 'The member, who was one before', schema: Member, example },
      201: { description: 'The new member', schema: Member, example },
    },
    failures: ['namespace_not_found', 'user_not_found', 'last_owner', 'home_owner'],
  },
  async ({ asking, params, body, stamp, database }) => {
    const { username } = params
    const plan = setMember({ ...asking, ...stamp, ...namespaceAt(params), username, rank: roles[body.role] })
    const { body: text, created } = await database.run(plan)
    return jsonAnswer(text, created ? 201 : 200)
  },
)

const remove = endpoint(
  {
    operationId: 'removeMember',
    isUntagged: true,
    grant: 'self',
    role: 'owner',
    method: 'DELETE',
    path: `${MEMBERS}/{username}`,
    tag: 'Namespaces',
    summary: 'End a membership; anybody may end their own',
    description:
      'Whoever is no owner may end the own membership alone. What the member has created stays. The last owner, and the user of a home namespace, cannot be removed (409).',
    params: MemberParams,
    query: nothing,
    answers: { 200: { description: 'It has ended', schema: field.Success, example: { success: true } } },
    failures: ['namespace_not_found', 'member_not_found', 'last_owner', 'home_owner'],
  },
  async ({ asking, params, stamp, database }) => {
    const { username } = params
    await database.run(removeMember({ ...asking, ...stamp, ...namespaceAt(params), username }))
    return jsonAnswer('{"success":true}')
  },
)

export const memberEndpoints: readonly Endpoint[] = [list, set, remove]
