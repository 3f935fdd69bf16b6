import type { Database } from '../../db/database.ts'
import type { Plan } from '../../db/plan.ts'
import { UNTOLD_TYPE } from '../../domain/media-type.ts'
import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import type { Call, Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import type { AnyCall } from '../objects/lifecycle.ts'
import { projectFailures } from '../places/address.ts'
import { assetPlace, type WireKind } from './asset-kinds.ts'
import { type FoundObject, findDownload, findDownloadOfNode } from './downloads.sql.ts'
import { filenameOf, signOne } from './signed-urls.ts'

const Wish = z.object({ expiresIn: field.expiresIn, disposition: field.disposition })

const DownloadQuery = z.object({
  ...assetPlace,
  path: field.filePath.meta({ description: 'The name of the asset' }),
  ...Wish.shape,
})

const Download = z
  .object({
    url: z.url().meta({ description: 'Serves the bytes until it expires, without a token.' }),
    filename: z.string(),
    expiresAt: field.time,
    contentType: z.string(),
    size: z.int().meta({ description: 'Bytes' }),
    episode: z
      .object({ id: field.id, name: z.string() })
      .nullable()
      .meta({ description: 'That the asset is in: a path may be in several.' }),
  })
  .meta({ id: 'Download' })

/** Signs the URL of what was found: one round trip, and no other service is asked. */
async function signedDownload(
  call: AnyCall & { readonly query: z.output<typeof Wish>; readonly database: Database },
  plan: Plan<FoundObject>,
) {
  const found = await call.database.run(plan)
  const filename = filenameOf(found.name)
  const signed = await signOne(call, { ...found, filename }, call.query)
  const { contentType, size, episode: around } = found
  return { ...signed, filename, contentType: contentType ?? UNTOLD_TYPE, size, episode: around }
}

const downloadFailures = [
  ...projectFailures,
  'asset_not_found',
  'asset_without_object',
  'url_not_signed',
] as const

const download = (exampleName: string, contentType: string) => ({
  200: {
    description: 'The URL',
    schema: Download,
    example: {
      url: 'https://example.r2.cloudflarestorage.com/dreamlake/ns/019d8a3c5e00a1b2c3d4e5f6?X-Amz-Signature=0',
      filename: filenameOf(exampleName),
      expiresAt: '2026-04-14T10:30:00.000Z',
      contentType,
      size: 180_833,
      episode: { id: '019d8a3c5e00a1b2c3d4e5f8', name: 'run-042' },
    },
  },
})

const redirect = { 302: { description: 'To the URL that `download` would answer', schema: null } }

const redirectTo = ({ url }: { readonly url: string }): Response =>
  new Response(null, { status: 302, headers: { Location: url } })

export function assetDownloads(wire: WireKind): Endpoint[] {
  const { kind } = wire.shape
  const route = {
    method: 'GET' as const,
    tag: 'Assets' as const,
    params: z.object({}),
    query: DownloadQuery,
    failures: downloadFailures,
  }
  const sign = (call: Call<z.ZodObject, typeof DownloadQuery, z.ZodObject>) => {
    const { path, expiresIn, disposition, episodeId = null, episode = null, ...place } = call.query
    const ref = { ...call.asking, ...place, kind, name: path.text, episodeId, episode }
    return signedDownload(call, findDownload(ref))
  }
  return [
    endpoint(
      {
        ...route,
        operationId: `download${wire.one}`,
        grant: 'read',
        path: `/assets/${kind}/download`,
        summary: `Sign a URL that serves the bytes of an asset of kind ${kind}`,
        description:
          'By namespace, project and name. Of several of one name the newest counts, unless an episode is given. The URL needs no token, and is good until `expiresAt`.',
        answers: download(wire.exampleName, wire.exampleType),
      },
      async (call) => jsonAnswer(JSON.stringify(await sign(call))),
    ),
    endpoint(
      {
        ...route,
        operationId: `read${wire.one}Content`,
        grant: 'read',
        path: `/assets/${kind}/content`,
        summary: `Redirect to the bytes of an asset of kind ${kind}`,
        description: 'The same as `download`, as a redirect: for a link, or a player.',
        answers: redirect,
      },
      async (call) => redirectTo(await sign(call)),
    ),
  ]
}

const ofNode = {
  method: 'GET' as const,
  tag: 'Nodes' as const,
  params: z.object({ id: field.lookup.meta({ description: 'The id of the node' }) }),
  query: Wish,
  failures: ['node_not_found', 'asset_without_object', 'node_not_leaf', 'url_not_signed'] as const,
}

const signNode = (call: Call<typeof ofNode.params, typeof Wish, z.ZodObject>) =>
  signedDownload(call, findDownloadOfNode({ ...call.asking, id: call.params.id }))

export const nodeDownloads: readonly Endpoint[] = [
  endpoint(
    {
      ...ofNode,
      operationId: 'downloadNode',
      grant: 'read',
      path: '/nodes/{id}/download',
      summary: 'Sign a URL that serves the bytes of the asset of a leaf',
      description:
        'The same as the download of an asset, by its node. The URL needs no token, and is good until `expiresAt`.',
      answers: download('/camera/front/run01.mp4', 'video/mp4'),
    },
    async (call) => jsonAnswer(JSON.stringify(await signNode(call))),
  ),
  endpoint(
    {
      ...ofNode,
      operationId: 'readNodeContent',
      grant: 'read',
      path: '/nodes/{id}/content',
      summary: 'Redirect to the bytes of the asset of a leaf',
      description: 'The same as `download`, as a redirect: for a link, or a player.',
      answers: redirect,
    },
    async (call) => redirectTo(await signNode(call)),
  ),
]
