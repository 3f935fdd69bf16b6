import { UNTOLD_TYPE } from '../../domain/media-type.ts'
import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import type { Call, Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { projectFailures } from '../places/address.ts'
import { assetPlace, type WireKind } from './asset-kinds.ts'
import { findDownload } from './downloads.sql.ts'
import { filenameOf, signOne } from './signed-urls.ts'

const DownloadQuery = z.object({
  ...assetPlace,
  path: field.filePath.meta({ description: 'The name of the asset' }),
  expiresIn: field.expiresIn,
  disposition: field.disposition,
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

/** Finds the object and signs its URL: one round trip, and no other service is asked. */
async function signedDownload(
  kind: WireKind['shape']['kind'],
  call: Call<z.ZodObject, typeof DownloadQuery, z.ZodObject>,
) {
  const { path, expiresIn, disposition, episodeId = null, episode = null, ...place } = call.query
  const found = await call.database.run(
    findDownload({ ...call.asking, ...place, kind, name: path.text, episodeId, episode }),
  )
  const filename = filenameOf(path.text)
  const signed = await signOne(call, { ...found, filename }, { expiresIn, disposition })
  const { contentType, size, episode: around } = found
  return { ...signed, filename, contentType: contentType ?? UNTOLD_TYPE, size, episode: around }
}

const downloadFailures = [
  ...projectFailures,
  'asset_not_found',
  'asset_without_object',
  'url_not_signed',
] as const

export function assetDownloads(wire: WireKind): Endpoint[] {
  const { kind } = wire.shape
  const route = { method: 'GET', tag: 'Assets', params: z.object({}), query: DownloadQuery } as const
  return [
    endpoint(
      {
        ...route,
        operationId: `download${wire.one}`,
        path: `/assets/${kind}/download`,
        summary: `Sign a URL that serves the bytes of an asset of kind ${kind}`,
        answers: {
          200: {
            description: 'The URL',
            schema: Download,
            example: {
              url: 'https://example.r2.cloudflarestorage.com/dreamlake/ns/019d8a3c5e00a1b2c3d4e5f6?X-Amz-Signature=0',
              filename: filenameOf(wire.exampleName),
              expiresAt: '2026-04-14T10:30:00.000Z',
              contentType: 'video/mp4',
              size: 180_833,
              episode: { id: '019d8a3c5e00a1b2c3d4e5f8', name: 'run-042' },
            },
          },
        },
        failures: downloadFailures,
      },
      async (call) => jsonAnswer(JSON.stringify(await signedDownload(kind, call))),
    ),
    endpoint(
      {
        ...route,
        operationId: `read${wire.one}Content`,
        path: `/assets/${kind}/content`,
        summary: `Redirect to the bytes of an asset of kind ${kind}`,
        answers: { 302: { description: 'To the URL that `download` would answer', schema: null } },
        failures: downloadFailures,
      },
      async (call) =>
        new Response(null, { status: 302, headers: { Location: (await signedDownload(kind, call)).url } }),
    ),
  ]
}
