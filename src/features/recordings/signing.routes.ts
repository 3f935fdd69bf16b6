import type { Plan } from '../../db/plan.ts'
import type { Asking } from '../../db/standing.ts'
import { failures } from '../../domain/failure.ts'
import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import type { Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { projectFailures } from '../places/address.ts'
import { wireKinds } from './asset-kinds.ts'
import { filenameOf, type NamedObject, signAll } from './signed-urls.ts'
import { type Found, findAssets, findAssetsNamed } from './signing.sql.ts'

const MOST_ASSETS = 1_000

const kinds = wireKinds.map(({ shape }) => shape.kind)

const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .min(1, { error: 'is empty' })
    .max(MOST_ASSETS, { error: `has over ${MOST_ASSETS} entries` })
    .optional()
    .meta({ minItems: 1, maxItems: MOST_ASSETS })

/** Said beside whatever else is wrong with the body. */
const when = ({ value }: { readonly value: unknown }) => typeof value === 'object' && value !== null

const Wanted = z
  .object({
    ids: listOf(field.lookup).describe(
      'Ids of assets, wherever they are: namespace and project are not looked at then.',
    ),
    namespace: field.slugRef.optional(),
    project: field.slugRef.optional(),
    paths: listOf(field.filePath).describe('Names of assets of the project'),
    episode: field.lookup.optional().meta({ description: 'Only those of this episode, by its name' }),
    kind: z.enum(kinds).optional(),
    expiresIn: field.lifetimeGiven,
    disposition: field.disposition,
  })
  .refine(({ ids, paths }) => ids !== undefined || paths !== undefined, {
    path: ['ids'],
    error: 'or paths, with namespace and project, is required',
    when,
  })
  .refine(({ ids, paths }) => ids === undefined || paths === undefined, {
    path: ['paths'],
    error: 'is not given together with ids',
    when,
  })
  .refine(({ ids, episode }) => ids === undefined || episode === undefined, {
    path: ['episode'],
    error: 'is not given together with ids',
    when,
  })
  .refine(({ ids, kind }) => ids === undefined || kind === undefined, {
    path: ['kind'],
    error: 'is not given together with ids',
    when,
  })
  .refine(({ paths, namespace }) => paths === undefined || namespace !== undefined, {
    path: ['namespace'],
    error: 'is required with paths',
    when,
  })
  .refine(({ paths, project }) => paths === undefined || project !== undefined, {
    path: ['project'],
    error: 'is required with paths',
    when,
  })
  .meta({ id: 'WantedUrls' })

const shown = { id: field.id.nullable(), path: z.string().nullable() }

const sign = endpoint(
  {
    operationId: 'signAssets',
    grant: 'read',
    method: 'POST',
    path: '/assets/sign',
    tag: 'Assets',
    summary: 'Sign the URLs of up to 1,000 assets',
    description:
      'By `ids`, or by `namespace`, `project` and `paths`. An asset that cannot be had does not fail the others. It only reads.',
    params: z.object({}),
    query: z.object({}),
    body: Wanted,
    bodyExample: { ids: ['019d8a3c5e00a1b2c3d4e5f6'], expiresIn: 3_600 },
    answers: {
      200: {
        description: 'One entry an asset, in the order of the request',
        schema: z.object({
          urls: z.array(
            z.union([
              z.object({ ...shown, url: z.url(), expiresAt: field.time }),
              z.object({ ...shown, id: z.string().nullable(), error: z.string(), code: z.string() }),
            ]),
          ),
        }),
        example: {
          urls: [
            {
              id: '019d8a3c5e00a1b2c3d4e5f6',
              path: '/camera/front/run01.mp4',
              url: 'https://example.r2.cloudflarestorage.com/dreamlake/ns/019d8a3c5e00a1b2c3d4e5fa?X-Amz-Signature=0',
              expiresAt: '2026-04-14T10:30:00.000Z',
            },
            {
              id: null,
              path: '/camera/rear/run01.mp4',
              error: 'Asset not found',
              code: 'asset_not_found',
            },
          ],
        },
      },
    },
    failures: [...projectFailures, 'url_not_signed'],
  },
  async (call) => {
    const { asking, body, database } = call
    const found = await database.run(planOf(asking, body))
    const signed = await signAll(call, found.flatMap(objectOf), body)
    const urls = found.map(({ id, name, object }) =>
      typeof object === 'string'
        ? { id, path: name, error: failures[object], code: object }
        : { id, path: name, ...signed.shift() },
    )
    return jsonAnswer(JSON.stringify({ urls }))
  },
)

function planOf(asking: Asking, body: z.output<typeof Wanted>): Plan<readonly Found[]> {
  const { ids, namespace = '', project = '', paths = [], episode = null, kind } = body
  if (ids !== undefined) return findAssets({ ...asking, ids })
  const names = paths.map(({ text }) => text)
  const place = { ...asking, namespace, project, episode }
  return findAssetsNamed({ ...place, names, kinds: kind ? [kind] : kinds })
}

const objectOf = ({ id, name, object }: Found): NamedObject[] =>
  typeof object === 'string' ? [] : [{ ...object, filename: name === null ? (id ?? '') : filenameOf(name) }]

export const signingEndpoints: readonly Endpoint[] = [sign]
