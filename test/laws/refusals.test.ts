import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { endpoints } from '../../src/endpoints.ts'
import { wireKinds } from '../../src/features/recordings/asset-kinds.ts'
import { type Fixture, fixture, inWorlds } from '../support/samples.ts'
import type { Tenant } from '../support/world.ts'

/** A request that is refused for what it meets: nothing of it is written, by D1's own count. */

interface Refused {
  readonly operation: string
  readonly code: string
  readonly status: number
  readonly method: string
  readonly path: (tenant: Prepared) => string
  readonly body?: (tenant: Prepared) => unknown
}

/** A tenant, with uploads in every state. */
interface Prepared extends Tenant {
  readonly uploads: Fixture['uploads']
  readonly older: Fixture['older']
  readonly mate: string
  readonly assets: Fixture['assets']
  /** The node of an episode. */
  readonly episodeNode: string
  readonly deletions: Fixture['deletions']
}

const project = (tenant: Tenant) => tenant.project('robotics')
const missing = (tenant: Tenant) => tenant.project('missing')
const asset = (tenant: Tenant, fields: object) => ({
  namespace: tenant.slug,
  project: 'robotics',
  name: '/new/a.mp4',
  ...fields,
})

const refused: readonly Refused[] = [
  {
    operation: 'createNamespace',
    code: 'namespace_slug_taken',
    status: 409,
    method: 'POST',
    path: () => '/namespaces',
    body: (t) => ({ slug: t.slug }),
  },
  {
    operation: 'updateNamespace',
    code: 'namespace_slug_taken',
    status: 409,
    method: 'PATCH',
    path: (t) => `/namespaces/${t.slug}`,
    body: (t) => ({ slug: t.mate, metadata: {} }),
  },
  {
    operation: 'tagEpisodes',
    code: 'project_not_found',
    status: 404,
    method: 'POST',
    path: (t) => `${missing(t)}/episodes/tags`,
    body: () => ({ names: ['run-1'], add: ['new'] }),
  },
  {
    operation: 'updateEpisode',
    code: 'too_many_tags',
    status: 400,
    method: 'PATCH',
    path: (t) => `${project(t)}/episodes/tagged`,
    body: () => ({ tagsAdd: ['one', 'more'] }),
  },
  {
    operation: 'setMember',
    code: 'user_not_found',
    status: 404,
    method: 'PUT',
    path: (t) => `/namespaces/${t.slug}/members/nobody`,
    body: () => ({ role: 'reader' }),
  },
  {
    operation: 'setMember',
    code: 'home_owner',
    status: 409,
    method: 'PUT',
    path: (t) => `/namespaces/${t.slug}/members/${t.slug}`,
    body: () => ({ role: 'reader' }),
  },
  {
    operation: 'removeMember',
    code: 'home_owner',
    status: 409,
    method: 'DELETE',
    path: (t) => `/namespaces/${t.slug}/members/${t.slug}`,
  },
  {
    operation: 'removeMember',
    code: 'member_not_found',
    status: 404,
    method: 'DELETE',
    path: (t) => `/namespaces/${t.slug}/members/nobody`,
  },
  {
    operation: 'createApiToken',
    code: 'project_not_found',
    status: 404,
    method: 'POST',
    path: () => '/auth/tokens',
    body: (t) => ({ name: 'x', scopes: ['read'], namespace: t.slug, project: 'missing' }),
  },
  {
    operation: 'revokeApiToken',
    code: 'api_token_not_found',
    status: 404,
    method: 'DELETE',
    path: () => '/auth/tokens/missing',
  },
  {
    operation: 'updateOwnAccount',
    code: 'invalid_request',
    status: 400,
    method: 'PATCH',
    path: () => '/auth/me',
    body: () => ({ name: 'x', picture: 'javascript:alert(1)' }),
  },
  {
    operation: 'exchangeToken',
    code: 'exchange_not_configured',
    status: 501,
    method: 'POST',
    path: () => '/auth/exchange',
  },
  {
    operation: 'logOut',
    code: 'logout_without_id',
    status: 400,
    method: 'POST',
    path: () => '/auth/logout',
  },
  {
    operation: 'createSpace',
    code: 'project_slug_taken',
    status: 409,
    method: 'POST',
    path: (t) => `/namespaces/${t.slug}/spaces`,
    body: () => ({ name: 'Robotics' }),
  },
  {
    operation: 'createProject',
    code: 'project_slug_taken',
    status: 409,
    method: 'POST',
    path: (t) => `/namespaces/${t.slug}/projects`,
    body: () => ({ name: 'Robotics' }),
  },
  {
    operation: 'updateProject',
    code: 'project_not_found',
    status: 404,
    method: 'PATCH',
    path: missing,
    body: () => ({ name: 'x' }),
  },
  {
    operation: 'updateProject',
    code: 'project_slug_taken',
    status: 409,
    method: 'PATCH',
    path: project,
    body: () => ({ slug: 'other', name: 'x' }),
  },
  {
    operation: 'upsertEpisode',
    code: 'episode_trashed',
    status: 410,
    method: 'POST',
    path: (t) => `${project(t)}/episodes`,
    body: () => ({ name: 'trashed', folder: '/new/folder' }),
  },
  {
    operation: 'upsertEpisode',
    code: 'episode_write_protected',
    status: 403,
    method: 'POST',
    path: (t) => `${project(t)}/episodes`,
    body: () => ({ name: 'protected', folder: '/new/folder' }),
  },
  {
    operation: 'upsertEpisode',
    code: 'episode_ends_before_start',
    status: 400,
    method: 'POST',
    path: (t) => `${project(t)}/episodes`,
    body: () => ({ name: 'run-1', folder: '/new/folder', endedAt: '2020-01-01T00:00:00Z' }),
  },
  {
    operation: 'updateEpisode',
    code: 'project_not_found',
    status: 404,
    method: 'PATCH',
    path: (t) => `${missing(t)}/episodes/run-1`,
    body: () => ({ folder: '/new' }),
  },
  {
    operation: 'updateEpisode',
    code: 'episode_not_found',
    status: 404,
    method: 'PATCH',
    path: (t) => `${project(t)}/episodes/missing`,
    body: () => ({ folder: '/new' }),
  },
  {
    operation: 'updateEpisode',
    code: 'episode_not_found',
    status: 404,
    method: 'PATCH',
    path: (t) => `${project(t)}/episodes/trashed`,
    body: () => ({ folder: '/new' }),
  },
  {
    operation: 'updateEpisode',
    code: 'episode_trashed',
    status: 410,
    method: 'PATCH',
    path: (t) => `${project(t)}/episodes/run-1`,
    body: () => ({ folder: '/new', name: 'trashed' }),
  },
  {
    operation: 'updateEpisode',
    code: 'episode_write_protected',
    status: 403,
    method: 'PATCH',
    path: (t) => `${project(t)}/episodes/protected`,
    body: () => ({ folder: '/new', writeProtected: false }),
  },
  {
    operation: 'updateEpisode',
    code: 'episode_name_taken',
    status: 409,
    method: 'PATCH',
    path: (t) => `${project(t)}/episodes/run-1`,
    body: () => ({ folder: '/new', name: 'run-2' }),
  },
  {
    operation: 'updateEpisode',
    code: 'episode_duration_contradicts',
    status: 400,
    method: 'PATCH',
    path: (t) => `${project(t)}/episodes/run-1`,
    body: () => ({ folder: '/new', endedAt: '2026-01-01T00:00:10Z', durationMs: 5 }),
  },
  {
    operation: 'createDataset',
    code: 'project_not_found',
    status: 404,
    method: 'POST',
    path: (t) => `${missing(t)}/datasets`,
    body: () => ({ name: 'x' }),
  },
  {
    operation: 'createDataset',
    code: 'dataset_name_taken',
    status: 409,
    method: 'POST',
    path: (t) => `${project(t)}/datasets`,
    body: () => ({ name: 'training' }),
  },
  {
    operation: 'updateDataset',
    code: 'dataset_not_found',
    status: 404,
    method: 'PATCH',
    path: (t) => `${project(t)}/datasets/missing`,
    body: () => ({ name: 'x' }),
  },
  {
    operation: 'updateDataset',
    code: 'dataset_name_taken',
    status: 409,
    method: 'PATCH',
    path: (t) => `${project(t)}/datasets/training`,
    body: () => ({ name: 'eval' }),
  },
  {
    operation: 'trashDataset',
    code: 'dataset_not_found',
    status: 404,
    method: 'DELETE',
    path: (t) => `${project(t)}/datasets/missing`,
  },
  ...collectionRefusals(),
  ...trashRefusals(),
  ...wireKinds.flatMap(({ one, prefix, shape: { kind, storageName } }): Refused[] => [
    {
      operation: `register${one}`,
      code: 'episode_trashed',
      status: 410,
      method: 'POST',
      path: () => `/assets/${kind}`,
      body: (t) => asset(t, { episodeName: 'trashed' }),
    },
    {
      operation: `register${one}`,
      code: 'episode_write_protected',
      status: 403,
      method: 'POST',
      path: () => `/assets/${kind}`,
      body: (t) => asset(t, { episodeName: 'protected' }),
    },
    {
      operation: `register${one}`,
      code: 'object_not_complete',
      status: 409,
      method: 'POST',
      path: () => `/assets/${kind}`,
      body: (t) => asset(t, { episodeName: 'new', [storageName]: t.uploads.pending }),
    },
    {
      operation: `update${one}`,
      code: 'asset_not_found',
      status: 404,
      method: 'PATCH',
      path: () => `/assets/${kind}/missing`,
      body: () => ({ name: '/new/a.mp4' }),
    },
    {
      operation: `update${one}`,
      code: 'asset_name_taken',
      status: 409,
      method: 'PATCH',
      path: (t) => `/assets/${kind}/${t.assets[kind]}`,
      body: () => ({ name: '/other/v.mp4', tags: ['x'] }),
    },
    {
      operation: `trash${one}`,
      code: 'asset_not_found',
      status: 404,
      method: 'DELETE',
      path: () => `/assets/${kind}/missing`,
    },
    ...olderRefusals(one, prefix),
  ]),
  {
    operation: 'announceUploads',
    code: 'namespace_not_found',
    status: 404,
    method: 'POST',
    path: () => '/uploads',
    body: () => ({ namespace: 'nowhere', project: 'new', files: [{ size: 3 }] }),
  },
  {
    operation: 'signUploadParts',
    code: 'upload_complete',
    status: 409,
    method: 'POST',
    path: (t) => `/uploads/${t.uploads.complete}/parts`,
    body: () => ({ partNumbers: [1] }),
  },
  {
    operation: 'signUploadParts',
    code: 'invalid_request',
    status: 400,
    method: 'POST',
    path: (t) => `/uploads/${t.uploads.pending}/parts`,
    body: () => ({ partNumbers: [2] }),
  },
  {
    operation: 'completeUpload',
    code: 'upload_incomplete',
    status: 409,
    method: 'POST',
    path: (t) => `/uploads/${t.uploads.pending}/complete`,
  },
  {
    operation: 'completeUpload',
    code: 'upload_not_found',
    status: 404,
    method: 'POST',
    path: () => '/uploads/missing/complete',
  },
  {
    operation: 'abortUpload',
    code: 'upload_complete',
    status: 409,
    method: 'DELETE',
    path: (t) => `/uploads/${t.uploads.complete}`,
  },
  {
    operation: 'signAssets',
    code: 'project_not_found',
    status: 404,
    method: 'POST',
    path: () => '/assets/sign',
    body: (t) => ({ namespace: t.slug, project: 'missing', paths: ['/v.mp4'] }),
  },
  {
    operation: 'writeObject',
    code: 'url_refused',
    status: 403,
    method: 'PUT',
    path: (t) => `/objects/${t.older.key}?partNumber=1&uploadId=${t.older.uploadId}`,
    body: () => ({}),
  },
]

function collectionRefusals(): Refused[] {
  const refusal = (
    operation: string,
    status: number,
    code: string,
    method: string,
    path: (tenant: Prepared) => string,
    body: unknown,
  ): Refused => ({ operation, code, status, method, path, body: () => body })
  const inside = (path: string) => (t: Prepared) => `${project(t)}${path}`
  const noDataset = { datasetId: 'missing', metadata: {} }
  const halfThere = ['clips', 'missing']
  return [
    refusal('createCollection', 404, 'project_not_found', 'POST', (t) => `${missing(t)}/collections`, {
      name: 'x',
    }),
    refusal('createCollection', 404, 'dataset_not_found', 'POST', inside('/collections'), {
      name: 'x',
      members: ['x'],
      ...noDataset,
    }),
    refusal('createCollection', 409, 'collection_name_taken', 'POST', inside('/collections'), {
      name: 'clips',
      members: ['x'],
    }),
    refusal('updateCollection', 404, 'collection_not_found', 'PATCH', inside('/collections/missing'), {
      name: 'x',
    }),
    refusal('updateCollection', 404, 'dataset_not_found', 'PATCH', inside('/collections/clips'), {
      name: 'x',
      ...noDataset,
    }),
    refusal('updateCollection', 409, 'collection_name_taken', 'PATCH', inside('/collections/clips'), {
      name: 'others',
      datasetId: null,
    }),
    refusal(
      'addCollectionMembers',
      404,
      'collection_not_found',
      'POST',
      inside('/collections/missing/members'),
      {
        add: ['x'],
      },
    ),
    refusal(
      'removeCollectionMembers',
      404,
      'collection_not_found',
      'DELETE',
      inside('/collections/missing/members'),
      {
        remove: ['x'],
      },
    ),
    refusal('attachCollections', 404, 'dataset_not_found', 'POST', inside('/datasets/missing/collections'), {
      add: ['clips'],
    }),
    refusal(
      'attachCollections',
      404,
      'collection_not_found',
      'POST',
      inside('/datasets/training/collections'),
      { add: halfThere },
    ),
    refusal(
      'detachCollections',
      404,
      'dataset_not_found',
      'DELETE',
      inside('/datasets/missing/collections'),
      { remove: ['clips'] },
    ),
    refusal(
      'detachCollections',
      404,
      'collection_not_found',
      'DELETE',
      inside('/datasets/training/collections'),
      { remove: halfThere },
    ),
  ]
}

function trashRefusals(): Refused[] {
  const refusal = (
    operation: string,
    status: number,
    code: string,
    method: string,
    path: (tenant: Prepared) => string,
  ): Refused => ({ operation, code, status, method, path })
  const home = (t: Tenant) => `/namespaces/${t.slug}`
  const inside = (t: Prepared) => `${project(t)}/trash/${t.deletions.dataset}`
  const place = (t: Prepared) => `${home(t)}/trash/${t.deletions.project}`
  const tooLong = `${'a'.repeat(200)}/${'b'.repeat(200)}`
  return [
    refusal('trashNamespace', 403, 'holds_write_protected', 'DELETE', home),
    refusal('trashNamespace', 409, 'home_namespace', 'DELETE', (t) => `${home(t)}?includeProtected=true`),
    refusal('trashProject', 404, 'project_not_found', 'DELETE', missing),
    refusal('trashProject', 403, 'holds_write_protected', 'DELETE', project),
    refusal('trashEpisode', 404, 'episode_not_found', 'DELETE', (t) => `${project(t)}/episodes/missing`),
    refusal('trashEpisode', 404, 'episode_not_found', 'DELETE', (t) => `${project(t)}/episodes/trashed`),
    refusal(
      'trashEpisode',
      403,
      'episode_write_protected',
      'DELETE',
      (t) => `${project(t)}/episodes/protected`,
    ),
    refusal(
      'trashCollection',
      404,
      'collection_not_found',
      'DELETE',
      (t) => `${project(t)}/collections/missing`,
    ),
    refusal('moveFolder', 404, 'node_not_found', 'PATCH', () => '/nodes/missing'),
    refusal('moveFolder', 400, 'node_not_folder', 'PATCH', (t) => `/nodes/${t.episodeNode}`),
    refusal('trashFolder', 404, 'node_not_found', 'DELETE', () => '/nodes/missing'),
    refusal('trashFolder', 400, 'node_not_folder', 'DELETE', (t) => `/nodes/${t.episodeNode}`),
    refusal('restorePlace', 404, 'deletion_not_found', 'POST', (t) => `${home(t)}/trash/missing/restore`),
    refusal('restorePlace', 409, 'restore_conflict', 'POST', (t) => `${place(t)}/restore?as=robotics`),
    refusal('restoreInside', 404, 'deletion_not_found', 'POST', (t) => `${project(t)}/trash/missing/restore`),
    refusal('restoreInside', 409, 'restore_conflict', 'POST', (t) => `${inside(t)}/restore?as=training`),
    refusal(
      'restoreInside',
      400,
      'restore_name_invalid',
      'POST',
      (t) => `${inside(t)}/restore?as=${tooLong}`,
    ),
    refusal('purgePlace', 404, 'deletion_not_found', 'DELETE', (t) => `${home(t)}/trash/missing`),
    refusal('purgeInside', 404, 'deletion_not_found', 'DELETE', (t) => `${project(t)}/trash/missing`),
  ]
}

function olderRefusals(one: string, prefix: string): Refused[] {
  const path = `/${prefix}/upload/multipart`
  const place = (t: Prepared) => ({ owner: t.slug, project: 'robotics' })
  return [
    {
      operation: `init${one}Upload`,
      code: 'namespace_not_found',
      status: 404,
      method: 'POST',
      path: () => `${path}/init`,
      body: () => ({ owner: 'nowhere', project: 'new', hash: '0123456789abcdef' }),
    },
    {
      operation: `sign${one}Parts`,
      code: 'upload_not_found',
      status: 404,
      method: 'POST',
      path: () => `${path}/parts`,
      body: ({ older, uploads }) => ({ uploadId: uploads.pending, key: older.key, partNumbers: [1] }),
    },
    {
      operation: `complete${one}Upload`,
      code: 'upload_incomplete',
      status: 409,
      method: 'POST',
      path: () => `${path}/complete`,
      body: ({ older }) => ({ ...older, parts: [{ partNumber: 1, etag: 'another' }] }),
    },
    {
      operation: `record${one}`,
      code: 'upload_mismatch',
      status: 409,
      method: 'POST',
      path: () => `/${prefix}`,
      body: (t) => ({ ...place(t), name: '/a', stagingHash: '0123456789abcdef', fileSize: 4 }),
    },
  ]
}

async function prepared(): Promise<Prepared> {
  const { owner: tenant, uploads, older, mate, assets, deletions } = await fixture()
  await tenant.withProject('other')
  const episodes = `${project(tenant)}/episodes`
  await tenant.ask('PATCH', `${episodes}/run-1`, { startedAt: '2026-01-01T00:00:00Z' })
  await tenant.ask('POST', episodes, { name: 'run-2' })
  await tenant.ask('POST', episodes, { name: 'tagged', tags: Array.from({ length: 63 }, (_, n) => `t${n}`) })
  await tenant.ask('POST', episodes, { name: 'protected', writeProtected: true })
  const { body } = await tenant.ask('POST', episodes, { name: 'trashed' })
  await env.DB.prepare('update episodes set deleted_at = 1 where id = ?').bind(body.episode.id).run()
  await tenant.ask('POST', `${project(tenant)}/datasets`, { name: 'eval' })
  await tenant.ask('POST', `${project(tenant)}/collections`, { name: 'others' })
  const episodeNode = await env.DB.prepare('select node_id from episodes where id = ?')
    .bind(body.episode.id)
    .first<string>('node_id')
  for (const { shape } of wireKinds)
    await tenant.ask('POST', `/assets/${shape.kind}`, asset(tenant, { name: '/other/v.mp4' }))
  return Object.assign(tenant, { uploads, older, mate, assets, deletions, episodeNode: episodeNode ?? '' })
}

/** All rows there are, of all tables. */
async function census(): Promise<Record<string, unknown>> {
  const tables = await env.DB.prepare(
    "select name from sqlite_master where type = 'table' and name not glob '_*'",
  ).all<{ name: string }>()
  const counts = await env.DB.batch<{ count: number }>(
    tables.results.map(({ name }) => env.DB.prepare(`select count(*) as count from ${name}`)),
  )
  return Object.fromEntries(tables.results.map(({ name }, index) => [name, counts[index]?.results[0]?.count]))
}

describe('a refused request writes nothing', () => {
  const inWorld = inWorlds(prepared)

  it.each(refused)('$operation: $code', ({ code, status, method, path, body }) =>
    inWorld(async (tenant) => {
      const before = await census()
      const answer = await tenant.ask(method, path(tenant), body?.(tenant))
      expect([answer.status, answer.body.code, answer.rowsWritten]).toEqual([status, code, 0])
      expect(await census()).toEqual(before)
      return [answer]
    }),
  )

  it('is shown for every operation that writes', () => {
    const writing = endpoints.map(({ route }) => route).filter(({ method }) => method !== 'GET')
    expect(new Set(refused.map(({ operation }) => operation))).toEqual(
      new Set(writing.map(({ operationId }) => operationId)),
    )
  })
})
