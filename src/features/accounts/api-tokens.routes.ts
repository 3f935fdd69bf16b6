import { type Scope, scopes } from '../../domain/access.ts'
import { mintApiToken } from '../../domain/api-token.ts'
import { hashOf } from '../../http/authenticate.ts'
import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import { listAnswer, listShape, pageQuery, windowOf } from '../../http/page.ts'
import { replayOf } from '../../http/resource.ts'
import type { Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { createApiToken, listApiTokens, revokeApiToken } from './api-tokens.sql.ts'

const scope = z.enum(Object.keys(scopes) as [Scope, ...Scope[]])
/** Of a few kinds; one may be said twice. */
const MOST_SCOPES = 16
const LONGEST_LIFE = 10 * 365 * 86_400

export const ApiToken = z
  .object({
    id: field.id,
    name: z.string(),
    scopes: z.array(scope),
    namespace: z.string().nullable(),
    project: z.string().nullable(),
    expiresAt: field.time.nullable(),
    createdAt: field.time,
  })
  .meta({ id: 'ApiToken' })

const ListedApiToken = ApiToken.extend({
  lastUsedAt: field.time.nullable().meta({ description: 'Noted at most once an hour' }),
}).meta({ id: 'ListedApiToken' })

const NewApiToken = ApiToken.extend({
  token: z.string().nullable().meta({
    description:
      'The secret. It is shown this once, and kept nowhere: null where the request is answered again.',
  }),
}).meta({ id: 'CreatedApiToken' })

const example = {
  id: '019d8a3c5e00a1b2c3d4e5f6',
  name: 'robot-7',
  scopes: ['upload'],
  namespace: 'alice',
  project: 'robotics',
  expiresAt: null,
  createdAt: '2026-04-14T09:30:00.000Z',
}

const list = endpoint(
  {
    operationId: 'listApiTokens',
    grant: 'self',
    method: 'GET',
    path: '/auth/tokens',
    tag: 'Account',
    summary: 'List your API tokens, without their secrets',
    description: 'The newest first, with the time of the last use; those that were revoked are not there.',
    params: z.object({}),
    query: z.object(pageQuery),
    answers: { 200: listShape('tokens', ListedApiToken, { ...example, lastUsedAt: null }) },
    failures: [],
  },
  async ({ asking, query, url, config, database }) => {
    const [window, cursors] = await windowOf(query, url, config)
    return listAnswer('tokens', await database.run(listApiTokens(asking, window)), query, url, cursors)
  },
)

const create = endpoint(
  {
    operationId: 'createApiToken',
    grant: 'self',
    isKeyed: true,
    method: 'POST',
    path: '/auth/tokens',
    tag: 'Account',
    summary: 'Create an API token for a robot or a job',
    description:
      'It can never do more than you, its scopes, or its namespace and project allow. With `upload` alone it creates episodes, assets and uploads, changes only what it created itself, and reads nothing else.',
    params: z.object({}),
    query: z.object({}),
    body: z
      .object({
        name: field.name,
        namespace: field.slugRef.optional(),
        project: field.slugRef.optional().meta({ description: 'A slug; only together with namespace' }),
        scopes: z
          .array(scope)
          .min(1, { error: 'is empty' })
          .max(MOST_SCOPES, { error: `has over ${MOST_SCOPES} entries` })
          .meta({ minItems: 1, maxItems: MOST_SCOPES }),
        expiresIn: z
          .int()
          .min(1)
          .max(LONGEST_LIFE)
          .optional()
          .meta({ description: 'Seconds; without it the token never expires.' }),
      })
      .refine(({ project, namespace }) => project === undefined || namespace !== undefined, {
        path: ['namespace'],
        error: 'is required with project',
      })
      .meta({ id: 'NewApiToken' }),
    bodyExample: { name: 'robot-7', namespace: 'alice', project: 'robotics', scopes: ['upload'] },
    elsewhere: {
      expiresAt: 'expiresIn says in how many seconds',
      lastUsedAt: 'it is noted when the token is used',
      token: 'the secret is made here, and told in the answer',
    },
    answers: {
      201: {
        description: 'The token, with its secret',
        schema: NewApiToken,
        example: { ...example, token: 'dlk_0000000000000000000000000000000000000000000000' },
      },
    },
    failures: ['namespace_not_found', 'project_not_found', 'too_many_api_tokens'],
  },
  async ({ arriving, stamp, body, now, mint, database }) => {
    const { name, scopes: given, namespace = null, project = null, expiresIn } = body
    const token = mintApiToken()
    const plan = createApiToken({
      ...arriving,
      ...stamp,
      id: mint(),
      hash: await hashOf(token),
      title: name,
      scopeBits: given.reduce((bits, each) => bits | scopes[each], 0),
      namespace,
      project,
      tokenExpiresAt: expiresIn === undefined ? null : now + expiresIn * 1_000,
    })
    const made = await database.run(plan)
    const told = made.isReplayed ? null : token
    return jsonAnswer(`${made.body.slice(0, -1)},"token":${JSON.stringify(told)}}`, 201, replayOf(made))
  },
)

const revoke = endpoint(
  {
    operationId: 'revokeApiToken',
    isUntagged: true,
    grant: 'self',
    method: 'DELETE',
    path: '/auth/tokens/{id}',
    tag: 'Account',
    summary: 'Revoke an API token: it is refused from the next request on',
    description: 'What it has created stays.',
    params: z.object({ id: field.lookup.meta({ description: 'The id of the token' }) }),
    query: z.object({}),
    answers: { 200: { description: 'It is revoked', schema: field.Success, example: { success: true } } },
    failures: ['api_token_not_found'],
  },
  async ({ asking, params, stamp, database }) => {
    await database.run(revokeApiToken({ ...asking, id: params.id, expected: stamp.expected }))
    return jsonAnswer('{"success":true}')
  },
)

export const apiTokenEndpoints: readonly Endpoint[] = [list, create, revoke]
