import { z } from 'zod'
import { arriveAndRead } from '../../db/users.ts'
import { type Endpoint, endpoint, jsonAnswer } from '../endpoint.ts'
import * as field from '../schema.ts'

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

const readOwn = endpoint(
  {
    operationId: 'readOwnAccount',
    method: 'GET',
    path: '/auth/me',
    tag: 'Account',
    summary: 'Read your own account',
    description: 'The first call makes the account and its home namespace.',
    params: z.object({}),
    query: z.object({}),
    answers: {
      200: {
        description: 'The account',
        schema: Account,
        example: {
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
        },
      },
    },
    failures: [],
  },
  async ({ arriving, database }) => jsonAnswer((await database.run(arriveAndRead(arriving))).body),
)

export const accountEndpoints: readonly Endpoint[] = [readOwn]
