import journal from '../../../migrations/meta/_journal.json' with { type: 'json' }
import packageJson from '../../../package.json' with { type: 'json' }
import { Database } from '../../db/database.ts'
import { type FieldError, Refusal } from '../../domain/failure.ts'
import { jsonAnswer, openEndpoint } from '../../http/endpoint.ts'
import type { Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { logFailure } from '../../log.ts'
import { storeOf } from '../../storage/store.ts'
import { ping } from './ping.sql.ts'

const nothing = { params: z.object({}), query: z.object({}) }
const { name, version } = packageJson
const migration = journal.entries.at(-1)?.tag ?? null

const health = ['/health', '/healthz'].map((path) =>
  openEndpoint(
    {
      ...nothing,
      operationId: path === '/health' ? 'readHealth' : 'readHealthz',
      method: 'GET',
      path,
      tag: 'Service',
      summary: 'Whether the Worker runs; no store is asked',
      description:
        'For a monitor that asks often: it tells that the Worker answers, and nothing of what it stands on.',
      answers: {
        200: {
          description: 'It does',
          schema: z.object({ status: z.literal('ok') }),
          example: { status: 'ok' },
        },
      },
      failures: [],
      trips: 'none',
    },
    () => jsonAnswer('{"status":"ok"}'),
  ),
)

const ready = openEndpoint(
  {
    ...nothing,
    operationId: 'readReadiness',
    method: 'GET',
    path: '/readyz',
    tag: 'Service',
    summary: 'Whether the Worker can serve: its configuration, D1 and the bucket',
    description:
      'For a monitor that asks now and then, and for whoever deploys: 503 names the variable that is missing or unsafe, or the store that does not answer.',
    answers: {
      200: {
        description: 'It can',
        schema: z.object({ status: z.literal('ok') }),
        example: { status: 'ok' },
      },
    },
    failures: ['not_ready', 'rate_limited'],
    limited: true,
  },
  async ({ env, config, url, opened }) => {
    const database = new Database(env.DB, 'first-unconstrained')
    opened(database)
    const variables = config.faults.map(({ variable, fault: message }) => ({ path: variable, message }))
    // With half a configuration nobody knows which bucket to ask.
    const bucket = async () =>
      variables.length > 0 || (await storeOf(config, env.BUCKET, url.origin)).bucket.isThere()
    const stores = await Promise.all([
      fault('DB', database.run(ping())),
      fault(config.s3 ? 'S3_ENDPOINT' : 'BUCKET', bucket(), NO_BUCKET),
    ])
    const errors = [...variables, ...stores.filter((each) => each !== null)]
    if (errors.length > 0) {
      throw new Refusal(
        'not_ready',
        errors,
        errors.map(({ path, message }) => `${path} ${message}`).join('; '),
      )
    }
    return jsonAnswer('{"status":"ok"}')
  },
)

const NO_BUCKET: FieldError = { path: 'S3_BUCKET', message: 'is no bucket at S3_ENDPOINT' }

/** What is wrong with a store: that it does not answer, or what it means that it answers `false`. */
async function fault(
  binding: string,
  asked: Promise<unknown>,
  otherwise: FieldError | null = null,
): Promise<FieldError | null> {
  try {
    return (await asked) === false ? otherwise : null
  } catch (error) {
    logFailure(`${binding} did not answer`, error)
    return { path: binding, message: 'did not answer' }
  }
}

const readVersion = openEndpoint(
  {
    ...nothing,
    operationId: 'readVersion',
    method: 'GET',
    path: '/version',
    tag: 'Service',
    summary: 'What is deployed',
    description: 'The version, the commit that was deployed, and the newest migration that it knows of.',
    answers: {
      200: {
        description: 'The version',
        schema: z.object({
          name: z.string(),
          version: z.string(),
          commit: z.string().nullable(),
          migration: z.string().nullable().meta({ description: 'The newest that this version knows' }),
        }),
        example: { name, version, commit: null, migration },
      },
    },
    failures: [],
    trips: 'none',
  },
  ({ config }) => jsonAnswer(JSON.stringify({ name, version, commit: config.commit, migration })),
)

export const serviceEndpoints: readonly Endpoint[] = [...health, ready, readVersion]
