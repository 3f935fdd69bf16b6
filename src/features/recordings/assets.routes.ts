import { foldedOf, foldedPathOf } from '../../domain/fold.ts'
import {
  episodePath,
  extensionOf,
  foldersAlong,
  newFolders,
  nodePathOf,
  nodeSegment,
  type Path,
} from '../../domain/path.ts'
import { endpoint } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import { resourceAnswer } from '../../http/resource.ts'
import type { Endpoint } from '../../http/route.ts'
import { trashEndpoint } from '../../http/trash-endpoint.ts'
import * as z from '../../http/zod.ts'
import { leaseOf } from '../objects/lifecycle.ts'
import { projectFailures, projectGiven } from '../places/address.ts'
import { shownBy, type WireKind, wireKinds } from './asset-kinds.ts'
import { assetList } from './asset-list.routes.ts'
import type { OwnFields } from './asset-resource.sql.ts'
import { assetRegistering } from './assets.sql.ts'
import { assetDownloads } from './downloads.routes.ts'
import { assetReading, assetUpdating } from './one-asset.sql.ts'
import { trashAsset } from './trash.sql.ts'

const bodyOf = ({ one, given, shape }: WireKind) =>
  z
    .object({
      ...projectGiven,
      episodeName: field.name.optional(),
      name: field.filePath
        .optional()
        .meta({ description: `A path; without one the asset has no identity. ${field.PATH_LIMITS}` }),
      [shape.storageName]: field.word.optional().meta({ description: 'The storage id' }),
      ...given,
      tags: field.tags.optional(),
      metadata: field.metadata.optional(),
    })
    .meta({ id: `New${one}` })

/** What an asset's name says of its node, and of the folders that it hangs in. */
function nodeOf(name: Path | undefined, mint: () => string) {
  const segments = name?.segments ?? []
  const folders = segments.slice(0, -1)
  const filename = segments.at(-1) ?? null
  return {
    name: name?.text ?? null,
    ...foldedPathOf(name?.text ?? null),
    filename,
    extension: filename === null ? null : extensionOf(filename),
    nodePath: name ? nodePathOf(segments) : null,
    parentPath: folders.length === 0 ? null : nodePathOf(folders),
    folders: newFolders(foldersAlong(folders), mint),
  }
}

/** The episode that an asset names, for the case that it has to be made; it is then at the top. */
const episodeOf = (episodeName: string | null, mint: () => string) => ({
  episodeName,
  episodeId: mint(),
  episodeNodeId: mint(),
  episodeSegment: episodeName === null ? null : nodeSegment(episodeName),
  episodePath: episodeName === null ? null : episodePath(null, episodeName),
  ...foldedOf(episodeName ?? ''),
})

/** The asset that a body describes, with ids for all that may have to be made along with it. */
function assetIn(body: z.output<ReturnType<typeof bodyOf>>, storageName: string, mint: () => string) {
  const { namespace, project, episodeName = null, name, ...rest } = field.stored(body)
  const { [storageName]: storageId = null, ...fields } = rest as Readonly<Record<string, unknown>>
  return {
    ...(fields as OwnFields),
    namespace,
    project,
    projectId: mint(),
    id: mint(),
    nodeId: mint(),
    deletionId: mint(),
    ...nodeOf(name, mint),
    storageId: storageId as string | null,
    ...episodeOf(episodeName, mint),
  }
}

function registering(wire: WireKind): Endpoint {
  const { kind, storageName } = wire.shape
  const register = assetRegistering(wire.shape)
  const { schema, example } = shownBy(wire)
  return endpoint(
    {
      operationId: `register${wire.one}`,
      grant: 'upload',
      isKeyed: true,
      method: 'POST',
      path: `/assets/${kind}`,
      tag: 'Assets',
      summary: `Register ${wire.article}`,
      description:
        'Project, episode and folders are created where they are missing. The same path with another storage id replaces the asset that was there.',
      params: z.object({}),
      query: z.object({ createProject: field.createProject }),
      body: bodyOf(wire),
      bodyExample: {
        namespace: 'alice',
        project: 'robotics',
        episodeName: 'run-042',
        name: wire.exampleName,
        [storageName]: '019d8a3c5e00a1b2c3d4e5fa',
        ...wire.ownExample,
      },
      elsewhere: { object: `${storageName} says which object it is` },
      isTagged: true,
      isUpsert: true,
      answers: { 201: { description: 'The asset', schema: field.changed(schema), example } },
      failures: [
        ...projectFailures,
        'created_by_another',
        'episode_trashed',
        'episode_write_protected',
        'precondition_failed',
        'object_not_complete',
        'deletion_marking',
        'quota_exceeded',
      ],
    },
    async (call) => {
      const { asking, query, body, stamp, quotas, mint, arriving, database } = call
      const around = { ...asking, ...stamp, ...quotas, ...leaseOf(call), ...query, kind }
      const plan = register({ ...around, ...assetIn(body, storageName, mint) }, arriving)
      return resourceAnswer(call, await database.run(plan), { status: 201 })
    },
  )
}

const AssetParams = z.object({ id: field.lookup.meta({ description: 'The id of the asset' }) })

function reading(wire: WireKind): Endpoint {
  const { kind } = wire.shape
  const read = assetReading(wire.shape)
  const { schema, example } = shownBy(wire)
  return endpoint(
    {
      operationId: `read${wire.one}`,
      grant: 'read',
      method: 'GET',
      path: `/assets/${kind}/{id}`,
      tag: 'Assets',
      summary: `Read ${wire.article}`,
      description:
        'As the list shows it; `object` says what its storage id refers to, and is null where that is nothing.',
      params: AssetParams,
      query: z.object({}),
      isTagged: true,
      answers: { 200: { description: 'The asset', schema, example } },
      failures: ['asset_not_found'],
    },
    async (call) => {
      const { asking, params, database } = call
      return resourceAnswer(call, await database.run(read({ ...asking, ...params, kind })))
    },
  )
}

const changesOf = ({ one, changes }: WireKind) =>
  z
    .object({
      name: field.filePath
        .optional()
        .meta({ description: `Another path, in the same episode. ${field.PATH_LIMITS}` }),
      ...changes,
      tags: field.clearableTags.optional(),
      metadata: field.metadata.nullable().optional(),
    })
    .meta({ id: `${one}Changes` })

/** What a change gives, with ids for all that may have to be made along with it. */
function changesIn(body: z.output<ReturnType<typeof changesOf>>, mint: () => string) {
  const { name, ...fields } = field.stored(body)
  const place = name ? { ...nodeOf(name, mint), name: name.text } : {}
  return { ...(fields as OwnFields), ...place, nodeId: mint() }
}

function updating(wire: WireKind): Endpoint {
  const { kind, storageName } = wire.shape
  const update = assetUpdating(wire.shape)
  const { schema, example } = shownBy(wire)
  const anew = `POST /assets/${kind} with the same name and another ${storageName} replaces the asset`
  return endpoint(
    {
      operationId: `update${wire.one}`,
      grant: 'write',
      method: 'PATCH',
      path: `/assets/${kind}/{id}`,
      tag: 'Assets',
      summary: `Change the given fields of ${wire.article}`,
      description:
        'Under another name it keeps its id and its node; folders are created where they are missing.',
      params: AssetParams,
      query: z.object({}),
      body: changesOf(wire),
      bodyExample: { name: wire.exampleName, tags: ['front'] },
      elsewhere: {
        [storageName]: anew,
        object: anew,
        episodeName: 'an asset stays in its episode: POST registers one in another',
        kind: 'the path says of which kind it is',
      },
      isTagged: true,
      answers: { 200: { description: 'The asset', schema: field.changed(schema), example } },
      failures: [
        'asset_not_found',
        'episode_write_protected',
        'asset_name_taken',
        'deletion_marking',
        'quota_exceeded',
      ],
    },
    async (call) => {
      const { asking, params, body, stamp, quotas, mint, database } = call
      const around = { ...asking, ...stamp, ...quotas, ...params, kind }
      return resourceAnswer(call, await database.run(update({ ...around, ...changesIn(body, mint) })))
    },
  )
}

const trashing = ({ one, article, shape: { kind } }: WireKind): Endpoint =>
  trashEndpoint(
    {
      operationId: `trash${one}`,
      grant: 'write',
      path: `/assets/${kind}/{id}`,
      tag: 'Assets',
      summary: `Move ${article} to the trash`,
      description: 'Its bytes stay until it is purged, and longer where another asset refers to them.',
      params: AssetParams,
      query: z.object({}),
      failures: ['asset_not_found', 'episode_write_protected'],
    },
    (values, { params }) => trashAsset({ ...values, kind, id: params.id }),
  )

export const assetEndpoints: readonly Endpoint[] = wireKinds.flatMap((wire) => [
  registering(wire),
  assetList(wire),
  // Before what any id leads to.
  ...assetDownloads(wire),
  reading(wire),
  updating(wire),
  trashing(wire),
])
