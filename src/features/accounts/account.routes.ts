import { Refusal } from '../../domain/failure.ts'
import { authenticateByProvider, issueToken } from '../../http/authenticate.ts'
import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import { resourceAnswer } from '../../http/resource.ts'
import type { Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { ApiToken } from './api-tokens.routes.ts'
import { revokeSignedToken } from './api-tokens.sql.ts'
import { arriveAndRead, arriveToExchange, updateUser } from './users.sql.ts'

const Account = z
  .object({
    id: field.id,
    sub: z.string(),
    email: z.string().nullable(),
    name: z.string().nullable(),
    username: z.string().meta({ description: 'The slug of the home namespace, by which members are named.' }),
    given_name: z.string().nullable(),
    family_name: z.string().nullable(),
    picture: z.string().nullable(),
    email_verified: z.boolean().nullable(),
    namespace: z.object({ id: field.id, slug: z.string() }),
    createdAt: field.time,
  })
  .meta({ id: 'Account' })

const example = {
  id: '019d8a3c5e00a1b2c3d4e5f6',
  sub: 'alice',
  email: 'alice@example.com',
  name: null,
  username: 'alice',
  given_name: null,
  family_name: null,
  picture: null,
  email_verified: null,
  namespace: { id: '019d8a3c5e00a1b2c3d4e5f7', slug: 'alice' },
  createdAt: '2026-04-14T09:30:00.000Z',
}

/** To an API token: what it is good for. */
const ofToken = { token: ApiToken.optional() }

/** What nobody but the issuer of a user's tokens says. */
const claimed = 'it is what the tokens of your issuer say'

const nothing = { params: z.object({}), query: z.object({}) }

const readOwn = endpoint(
  {
    operationId: 'readOwnAccount',
    grant: 'watch',
    role: null,
    method: 'GET',
    path: '/auth/me',
    tag: 'Account',
    summary: 'Read your own account',
    description: 'The first call makes the account and its home namespace.',
    params: z.object({}),
    query: z.object({}),
    isTagged: true,
    answers: {
      200: {
        description: 'The account; to a token without the right to read, no more than whose it is',
        schema: z.union([
          Account.extend(ofToken),
          Account.pick({ id: true, username: true, namespace: true }).extend(ofToken),
        ]),
        example,
      },
    },
    failures: [],
  },
  async (call) => resourceAnswer(call, await call.database.run(arriveAndRead(call.arriving))),
)

const update = endpoint(
  {
    ...nothing,
    operationId: 'updateOwnAccount',
    grant: 'self',
    method: 'PATCH',
    path: '/auth/me',
    tag: 'Account',
    summary: 'Change your name or picture',
    description: 'What is set here, null too, is not filled from the claims of your tokens any more.',
    body: z
      .object({
        name: field.name.nullable().optional(),
        picture: field.link.nullable().optional(),
      })
      .meta({ id: 'AccountChanges' }),
    bodyExample: { name: 'Alice' },
    elsewhere: {
      email: claimed,
      email_verified: claimed,
      given_name: claimed,
      family_name: claimed,
      namespace: 'PATCH /namespaces/{slug} renames it, and you with it',
    },
    isTagged: true,
    answers: {
      200: { description: 'The account', schema: Account, example: { ...example, name: 'Alice' } },
    },
    failures: [],
  },
  async (call) => {
    const { arriving, body, stamp, database } = call
    const { name, picture } = body
    const changes = {
      ...(name === undefined ? {} : { newName: name }),
      ...(picture === undefined ? {} : { newPicture: picture }),
    }
    return resourceAnswer(
      call,
      await database.run(updateUser({ ...arriving, ...changes, expected: stamp.expected })),
    )
  },
)

const exchange = endpoint(
  {
    ...nothing,
    operationId: 'exchangeToken',
    method: 'POST',
    path: '/auth/exchange',
    tag: 'Account',
    summary: "Exchange an identity provider's token for one of this server",
    description:
      'The identity token is the bearer token of the request; no body. The first exchange makes the account and its home namespace.',
    open: true,
    answers: {
      200: {
        description: 'The token, and whose it is',
        schema: z.object({
          success: z.literal(true),
          dreamlake_token: z.string(),
          user: z.object({
            sub: z.string(),
            email: z.string().nullable(),
            name: z.string().nullable(),
            username: z.string(),
            id: field.id,
            isNewUser: z.boolean(),
          }),
          namespace: z.object({ id: field.id, slug: z.string() }),
        }),
        example: {
          success: true,
          dreamlake_token: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl',
          user: {
            sub: 'alice',
            email: 'alice@example.com',
            name: 'Alice',
            username: 'alice',
            id: '019d8a3c5e00a1b2c3d4e5f6',
            isNewUser: true,
          },
          namespace: { id: '019d8a3c5e00a1b2c3d4e5f7', slug: 'alice' },
        },
      },
    },
    failures: [
      'exchange_not_configured',
      'claims_insufficient',
      'token_missing',
      'token_malformed',
      'token_algorithm_refused',
      'token_signature_invalid',
      'token_expired',
      'token_not_yet_valid',
      'token_issuer_mismatch',
      'token_audience_mismatch',
      'token_claims_missing',
      'token_revoked',
      'issuer_unreachable',
      'rate_limited',
      'body_too_large',
      'not_configured',
    ],
  },
  async ({ arriving, config, now, database }) => {
    const { user, namespace } = await database.run(arriveToExchange(arriving))
    const { sub, username, email, name } = user
    const issuer = arriving.issuer ?? ''
    const token = await issueToken({ issuer, sub, username, email, name }, config, now)
    return jsonAnswer(JSON.stringify({ success: true, dreamlake_token: token, user, namespace }))
  },
  async (request, { identity }) => {
    if (!identity) throw new Refusal('exchange_not_configured')
    return authenticateByProvider(request, identity)
  },
)

const logOut = endpoint(
  {
    ...nothing,
    operationId: 'logOut',
    grant: 'self',
    method: 'POST',
    path: '/auth/logout',
    tag: 'Account',
    summary: 'Revoke the very token of this request, by its jti',
    description:
      'It is refused from the next request on; other tokens of yours stay good. A token without `jti` cannot be revoked (400).',
    isTolerant: true,
    answers: { 200: { description: 'It is revoked', schema: field.Success, example: { success: true } } },
    failures: ['logout_without_id'],
  },
  async ({ asking, caller, database }) => {
    if (asking.jti === null) throw new Refusal('logout_without_id')
    await database.run(revokeSignedToken({ ...asking, tokenExpiresAt: caller.expiresAt }))
    return jsonAnswer('{"success":true}')
  },
)

export const accountEndpoints: readonly Endpoint[] = [readOwn, update, exchange, logOut]
