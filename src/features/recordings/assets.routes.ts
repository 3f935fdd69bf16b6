import { z } from 'zod'
import { episodePath, foldersAlong, newFolders, nodePathOf, nodeSegment } from '../../domain/path.ts'
import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import type { Endpoint } from '../../http/route.ts'
import { trashEndpoint } from '../../http/trash-endpoint.ts'
import { leaseOf } from '../objects/lifecycle.ts'
import { projectFailures, projectGiven } from '../places/address.ts'
import { shownBy, type WireKind, wireKinds } from './asset-kinds.ts'
import { assetList } from './asset-list.routes.ts'
import type { OwnFields } from './asset-resource.sql.ts'
import { assetRegistering } from './assets.sql.ts'
import { assetDownloads } from './downloads.routes.ts'
import { trashAsset } from './trash.sql.ts'

function registering(wire: WireKind): Endpoint {
  const { kind, storageName } = wire.shape
  const register = assetRegistering(wire.shape)
  const { schema, example } = shownBy(wire)
  return endpoint(
    {
      operationId: `register${wire.one}`,
      method: 'POST',
      path: `/assets/${kind}`,
      tag: 'Assets',
      summary: `Register a ${kind}`,
      description:
        'Project, episode and folders are created where they are missing. The same path with another storage id replaces the asset that was there.',
      params: z.object({}),
      query: z.object({ createProject: field.createProject }),
      body: z
        .object({
          ...projectGiven,
          episodeName: field.name.optional(),
          name: field.filePath
            .optional()
            .meta({ description: 'A path; without one the asset has no identity.' }),
          [storageName]: field.word.optional().meta({ description: 'The storage id' }),
          ...wire.given,
          tags: field.tags.optional(),
          metadata: field.metadata.optional(),
        })
        .meta({ id: `New${wire.one}` }),
      bodyExample: {
        namespace: 'alice',
        project: 'robotics',
        episodeName: 'run-042',
        name: wire.exampleName,
        [storageName]: '019d8a3c5e00a1b2c3d4e5fa',
        ...wire.ownExample,
      },
      elsewhere: { object: `${storageName} says which object it is` },
      answers: { 201: { description: 'The asset', schema: field.changed(schema), example } },
      failures: [
        ...projectFailures,
        'created_by_another',
        'episode_trashed',
        'episode_write_protected',
        'object_not_complete',
        'deletion_marking',
        'quota_exceeded',
      ],
    },
    async (call) => {
      const { asking, query, body, stamp, quotas, mint, arriving, database } = call
      const { namespace, project, episodeName = null, name, ...rest } = field.stored(body)
      const { [storageName]: storageId = null, ...fields } = rest as Readonly<Record<string, unknown>>
      const segments = name?.segments ?? []
      const folders = segments.slice(0, -1)
      const plan = register(
        {
          ...asking,
          ...stamp,
          ...quotas,
          ...leaseOf(call),
          ...(fields as OwnFields),
          namespace,
          project,
          kind,
          projectId: mint(),
          ...query,
          id: mint(),
          nodeId: mint(),
          deletionId: mint(),
          name: name?.text ?? null,
          filename: segments.at(-1) ?? null,
          nodePath: name ? nodePathOf(segments) : null,
          parentPath: folders.length === 0 ? null : nodePathOf(folders),
          folders: newFolders(foldersAlong(folders), mint),
          storageId: storageId as string | null,
          episodeName,
          episodeId: mint(),
          episodeNodeId: mint(),
          episodeSegment: episodeName === null ? null : nodeSegment(episodeName),
          episodePath: episodeName === null ? null : episodePath(null, episodeName),
        },
        arriving,
      )
      return jsonAnswer((await database.run(plan)).body, 201)
    },
  )
}

const trashing = ({ one, shape: { kind } }: WireKind): Endpoint =>
  trashEndpoint(
    {
      operationId: `trash${one}`,
      path: `/assets/${kind}/{id}`,
      tag: 'Assets',
      summary: `Move a ${kind} to the trash`,
      params: z.object({ id: field.lookup }),
      query: z.object({}),
      failures: ['asset_not_found', 'episode_write_protected'],
    },
    (values, { params }) => trashAsset({ ...values, kind, id: params.id }),
  )

export const assetEndpoints: readonly Endpoint[] = wireKinds.flatMap((wire) => [
  registering(wire),
  trashing(wire),
  assetList(wire),
  ...assetDownloads(wire),
])
