import { type WireKind, wireKinds } from '../../src/features/recordings/asset-kinds.ts'
import { type Answer, ask, Tenant } from './world.ts'

/** A tenant with one of everything, and for every operation a request that its owner may make. */
export interface Fixture {
  readonly owner: Tenant
  readonly project: string
  /** An upload that waits for its bytes, one whose bytes are there, and a complete object. */
  readonly uploads: { readonly pending: string; readonly sent: string; readonly complete: string }
  /** An upload by the older routes, with the one part of it sent. */
  readonly older: { readonly uploadId: string; readonly key: string; readonly etag: string }
  /** The name of a member, and an API token of the owner. */
  readonly mate: string
  readonly apiTokenId: string
  /** An asset of each kind, and a folder. */
  readonly assets: Readonly<Record<string, string>>
  readonly folder: string
  /** The node of an asset, which has no bytes. */
  readonly leaf: string
  /** The deletions of a project, and of a dataset inside of one. */
  readonly deletions: { readonly project: string; readonly dataset: string }
}

const STAGED = '0123456789abcdef'

export async function fixture(): Promise<Fixture> {
  const owner = await Tenant.arrive()
  const project = await owner.withProject('robotics')
  const { folder } = await succeed(owner, 201, 'POST', `${project}/episodes`, {
    name: 'run-1',
    folder: '/a/b',
  })
  await succeed(owner, 201, 'POST', `${project}/datasets`, { name: 'training' })
  const place = { namespace: owner.slug, project: 'robotics' }
  const assets: Record<string, string> = {}
  let leaf = ''
  for (const { shape } of wireKinds) {
    const asset = await succeed(owner, 201, 'POST', `/assets/${shape.kind}`, { ...place, name: '/v.mp4' })
    assets[shape.kind] = asset.id
    leaf = asset.nodeId
  }
  await succeed(owner, 201, 'POST', `${project}/collections`, { name: 'clips', members: [leaf, folder.id] })
  const deletions = {
    dataset: await trashed(owner, `${project}/datasets`, 'old', project),
    project: await trashed(owner, `/namespaces/${owner.slug}/projects`, 'old', `/namespaces/${owner.slug}`),
  }
  const files = [{ size: 3 }, { size: 3 }, { size: 3 }]
  const { uploads } = await succeed(owner, 201, 'POST', '/uploads', { ...place, files })
  const [pending, sent, complete] = uploads
  for (const { url, headers } of [sent, complete]) await put(url, 'abc', headers)
  await succeed(owner, 200, 'POST', `/uploads/${complete.id}/complete`)
  const older = await sendOlder(owner)
  const { uploadId, key, etag } = await sendOlder(owner)
  const parts = [{ partNumber: 1, etag }]
  await succeed(owner, 200, 'POST', '/videos/upload/multipart/complete', { uploadId, key, parts })
  const mate = await Tenant.arrive()
  await succeed(owner, 201, 'PUT', `/namespaces/${owner.slug}/members/${mate.slug}`, { role: 'reader' })
  const apiToken = await succeed(owner, 201, 'POST', '/auth/tokens', { name: 'robot', scopes: ['upload'] })
  return {
    owner,
    project,
    mate: mate.slug,
    apiTokenId: apiToken.id,
    assets,
    folder: folder.id,
    leaf,
    deletions,
    uploads: { pending: pending.id, sent: sent.id, complete: complete.id },
    older,
  }
}

interface World<T> {
  readonly own: T
  /** What samples have spent of it. */
  readonly spent: string[]
}

/**
 * Lets tests ask in worlds as good as new for what they ask. The world of answers for which D1 has written nothing
 * serves others too. So does that of an operation whose sample was sent as it is, but for samples that name what this
 * one has spent.
 */
export function inWorlds<T>(
  make: () => Promise<T>,
  samplesOf: (own: T) => Readonly<Record<string, Sample>> = () => ({}),
) {
  const left: World<T>[] = []
  const isFit = ({ own, spent }: World<T>, operationId: string | undefined): boolean => {
    if (spent.length === 0) return true
    const sample = operationId === undefined ? undefined : samplesOf(own)[operationId]
    const names = sample && `${sample.path} ${JSON.stringify(sample.body)}`
    return names !== undefined && !spent.some((name) => names.includes(name))
  }
  return async (act: (own: T) => Promise<readonly Answer[]>, operationId?: string): Promise<void> => {
    const at = left.findIndex((world) => isFit(world, operationId))
    const [world = { own: await make(), spent: [] }] = at === -1 ? [] : left.splice(at, 1)
    const answers = await act(world.own)
    const isTouched = answers.some(({ rowsWritten }) => rowsWritten > 0)
    const spends =
      operationId === undefined ? 'everything' : (samplesOf(world.own)[operationId]?.spends ?? [])
    if (isTouched && spends === 'everything') return
    if (isTouched) world.spent.push(...spends)
    left.push(world)
  }
}

async function succeed(owner: Tenant, status: number, method: string, path: string, body?: unknown) {
  const answer = await owner.ask(method, path, body)
  if (answer.status !== status) throw new Error(answer.text)
  return answer.body
}

/** Makes something and deletes it; gives the deletion. */
async function trashed(owner: Tenant, path: string, name: string, place: string): Promise<string> {
  await succeed(owner, 201, 'POST', path, { name })
  await succeed(owner, 200, 'DELETE', `${path}/${name}`)
  const { trash } = await succeed(owner, 200, 'GET', `${place}/trash`)
  return trash[0].deletionId
}

/** Sends bytes to a signed URL of this server; answers their ETag. */
export async function put(
  url: string,
  raw: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const answer = await ask('PUT', url, { raw, headers })
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.headers.get('ETag') ?? ''
}

async function sendOlder(owner: Tenant): Promise<Fixture['older']> {
  const path = '/videos/upload/multipart'
  const place = { owner: owner.slug, project: 'robotics', hash: STAGED }
  const begun = await succeed(owner, 200, 'POST', `${path}/init`, place)
  const { parts } = await succeed(owner, 200, 'POST', `${path}/parts`, { ...begun, partNumbers: [1] })
  return { ...begun, etag: await put(parts['1'], 'abc') }
}

export interface Sample {
  readonly path: string
  readonly body?: unknown
  /** What the owner's request answers. */
  readonly status: number
  /** Whether a stranger is answered as anybody else: the request is about the caller's own things. */
  readonly isOwn?: boolean
  /** The code of the 404 that whoever may not know of it gets, where it is not the namespace's. */
  readonly hidden?: string
  /** What another member is answered, who finds nothing of their own: 404. */
  readonly isMadeBy?: 'owner'
  /** Round trips where they are two: what stands in between is documented with the route. */
  readonly trips?: 2
  /** What an API token needs for it; `personal` is for none. */
  readonly scope: 'read' | 'write' | 'upload' | 'watch' | 'personal'
  /** Whether an owner is needed. */
  readonly isOwners?: boolean
  /** Whether it is about what the owner's own session has begun to send. */
  readonly isSending?: boolean
  /** How other samples name what is not as it was afterwards; nothing where it is not said. */
  readonly spends?: readonly string[] | 'everything'
}

/** By operationId. An operation without a sample fails the tests that walk all of them. */
export function samplesFor({
  owner,
  project,
  uploads,
  older,
  mate,
  apiTokenId,
  assets,
  folder,
  leaf,
  deletions,
}: Fixture): Readonly<Record<string, Sample>> {
  const namespace = `/namespaces/${owner.slug}`
  const place = `namespace=${owner.slug}&project=robotics`
  const name = `new-${crypto.randomUUID()}`
  return {
    readOwnAccount: { path: '/auth/me', status: 200, isOwn: true, scope: 'watch' },
    listNamespaces: { path: '/namespaces', status: 200, isOwn: true, scope: 'read' },
    createNamespace: {
      path: '/namespaces',
      body: { slug: name },
      status: 201,
      isOwn: true,
      scope: 'personal',
    },
    updateOwnAccount: {
      path: '/auth/me',
      body: { name: 'Somebody' },
      status: 200,
      isOwn: true,
      scope: 'personal',
    },
    logOut: { path: '/auth/logout', status: 200, isOwn: true, scope: 'personal' },
    listApiTokens: { path: '/auth/tokens', status: 200, isOwn: true, scope: 'personal' },
    createApiToken: {
      path: '/auth/tokens',
      body: { name, scopes: ['read'] },
      status: 201,
      isOwn: true,
      scope: 'personal',
    },
    revokeApiToken: {
      path: `/auth/tokens/${apiTokenId}`,
      status: 200,
      isMadeBy: 'owner',
      hidden: 'api_token_not_found',
      scope: 'personal',
      spends: [apiTokenId],
    },
    updateNamespace: {
      path: namespace,
      body: { metadata: { name } },
      status: 200,
      isOwners: true,
      scope: 'personal',
    },
    listMembers: { path: `${namespace}/members`, status: 200, scope: 'read' },
    setMember: {
      path: `${namespace}/members/${mate}`,
      body: { role: 'writer' },
      status: 200,
      isOwners: true,
      scope: 'personal',
    },
    removeMember: {
      path: `${namespace}/members/${mate}`,
      status: 200,
      isOwners: true,
      scope: 'personal',
      spends: [mate],
    },
    readNamespace: { path: namespace, status: 200, scope: 'read' },
    listSpaces: { path: `${namespace}/spaces`, status: 200, scope: 'read' },
    listProjects: { path: `${namespace}/projects`, status: 200, scope: 'read' },
    createSpace: { path: `${namespace}/spaces`, body: { name }, status: 201, scope: 'write' },
    createProject: {
      path: `${namespace}/projects`,
      body: { name: `${name}-2` },
      status: 201,
      scope: 'write',
    },
    readProject: { path: project, status: 200, scope: 'read' },
    updateProject: { path: project, body: { description: name }, status: 200, scope: 'write' },
    upsertEpisode: {
      path: `${project}/episodes`,
      body: { name, folder: '/x/y' },
      status: 201,
      scope: 'upload',
    },
    tagEpisodes: {
      path: `${project}/episodes/tags`,
      body: { names: ['run-1'], add: [name] },
      status: 200,
      scope: 'write',
    },
    listEpisodes: { path: `${project}/episodes`, status: 200, scope: 'read' },
    listNamespaceEpisodes: { path: `${namespace}/episodes`, status: 200, scope: 'read' },
    listFacets: { path: `${project}/facets?key=tag`, status: 200, scope: 'read' },
    readEpisode: { path: `${project}/episodes/run-1`, status: 200, scope: 'read' },
    listAssets: { path: `${project}/assets`, status: 200, scope: 'read' },
    listEpisodeAssets: { path: `${project}/episodes/run-1/assets`, status: 200, scope: 'read' },
    updateEpisode: {
      path: `${project}/episodes/run-1`,
      body: { description: name, folder: '/z' },
      status: 200,
      scope: 'write',
      spends: 'everything',
    },
    createDataset: { path: `${project}/datasets`, body: { name }, status: 201, scope: 'write' },
    listDatasets: { path: `${project}/datasets`, status: 200, scope: 'read' },
    readDataset: { path: `${project}/datasets/training`, status: 200, scope: 'read' },
    updateDataset: {
      path: `${project}/datasets/training`,
      body: { description: name },
      status: 200,
      scope: 'write',
    },
    trashDataset: {
      path: `${project}/datasets/training`,
      status: 200,
      scope: 'write',
      spends: ['/datasets/training'],
    },
    readManifest: { path: `${project}/datasets/training/manifest`, status: 200, scope: 'read' },
    attachCollections: {
      path: `${project}/datasets/training/collections`,
      body: { add: ['clips'] },
      status: 200,
      scope: 'write',
    },
    detachCollections: {
      path: `${project}/datasets/training/collections`,
      body: { remove: ['clips'] },
      status: 200,
      scope: 'write',
    },
    createCollection: {
      path: `${project}/collections`,
      body: { name, members: [leaf] },
      status: 201,
      scope: 'write',
    },
    listCollections: { path: `${project}/collections`, status: 200, scope: 'read' },
    readCollection: { path: `${project}/collections/clips`, status: 200, scope: 'read' },
    updateCollection: {
      path: `${project}/collections/clips`,
      body: { description: name },
      status: 200,
      scope: 'write',
    },
    trashCollection: { path: `${project}/collections/clips`, status: 200, scope: 'write', spends: ['clips'] },
    addCollectionMembers: {
      path: `${project}/collections/clips/members`,
      body: { add: [name] },
      status: 200,
      scope: 'write',
    },
    removeCollectionMembers: {
      path: `${project}/collections/clips/members`,
      body: { remove: [leaf] },
      status: 200,
      scope: 'write',
      spends: ['clips'],
    },
    listCollectionMembers: { path: `${project}/collections/clips/members`, status: 200, scope: 'read' },
    trashEpisode: { path: `${project}/episodes/run-1`, status: 200, scope: 'write', spends: 'everything' },
    trashProject: { path: project, status: 200, scope: 'write', spends: 'everything' },
    // It is a home: found, and told so.
    trashNamespace: { path: namespace, status: 409, isOwners: true, scope: 'personal' },
    readNode: { path: `/nodes/${folder}`, status: 200, hidden: 'node_not_found', scope: 'read' },
    listChildren: {
      path: `/nodes/children?namespace=${owner.slug}&project=robotics`,
      status: 200,
      scope: 'read',
    },
    listDescendants: {
      path: `/nodes/${folder}/descendants`,
      status: 200,
      hidden: 'node_not_found',
      scope: 'read',
    },
    lookUpNode: {
      path: `/nodes/lookup?namespace=${owner.slug}&project=robotics&path=/a/b`,
      status: 200,
      scope: 'read',
    },
    downloadNode: {
      path: `/nodes/${leaf}/download`,
      status: 404,
      hidden: 'node_not_found',
      scope: 'read',
    },
    readNodeContent: {
      path: `/nodes/${leaf}/content`,
      status: 404,
      hidden: 'node_not_found',
      scope: 'read',
    },
    moveFolder: {
      path: `/nodes/${folder}`,
      body: { name },
      status: 200,
      hidden: 'node_not_found',
      scope: 'write',
      spends: 'everything',
    },
    trashFolder: {
      path: `/nodes/${folder}`,
      status: 200,
      hidden: 'node_not_found',
      scope: 'write',
      spends: 'everything',
    },
    listNamespaceTrash: { path: `${namespace}/trash`, status: 200, scope: 'read' },
    listProjectTrash: { path: `${project}/trash`, status: 200, scope: 'read' },
    restorePlace: {
      path: `${namespace}/trash/${deletions.project}/restore`,
      status: 200,
      scope: 'write',
      spends: [deletions.project],
    },
    restoreInside: {
      path: `${project}/trash/${deletions.dataset}/restore`,
      status: 200,
      scope: 'write',
      spends: [deletions.dataset],
    },
    purgePlace: {
      path: `${namespace}/trash/${deletions.project}`,
      status: 202,
      isOwners: true,
      scope: 'write',
      spends: [deletions.project],
    },
    purgeInside: {
      path: `${project}/trash/${deletions.dataset}`,
      status: 202,
      isOwners: true,
      scope: 'write',
      spends: [deletions.dataset],
    },
    listPurges: { path: `${namespace}/purges`, status: 200, isOwners: true, scope: 'read' },
    ...Object.fromEntries(
      wireKinds.flatMap(({ one, many, shape: { kind } }): [string, Sample][] => [
        [
          `register${one}`,
          {
            path: `/assets/${kind}`,
            body: { namespace: owner.slug, project: 'robotics', episodeName: name, name: `/c/${name}` },
            status: 201,
            scope: 'upload',
          },
        ],
        [
          `read${one}`,
          { path: `/assets/${kind}/${assets[kind]}`, status: 200, hidden: 'asset_not_found', scope: 'read' },
        ],
        [
          `update${one}`,
          {
            path: `/assets/${kind}/${assets[kind]}`,
            body: { name: `/d/${name}`, tags: [name] },
            status: 200,
            hidden: 'asset_not_found',
            scope: 'write',
            spends: [`/assets/${kind}`, '/v.mp4', leaf],
          },
        ],
        [
          `trash${one}`,
          {
            path: `/assets/${kind}/${assets[kind]}`,
            status: 200,
            hidden: 'asset_not_found',
            scope: 'write',
            spends: [`/assets/${kind}`, '/v.mp4', leaf],
          },
        ],
        [`list${many}`, { path: `/assets/${kind}?${place}`, status: 200, scope: 'read' }],
        // It has no bytes: found, and told so.
        [
          `download${one}`,
          { path: `/assets/${kind}/download?${place}&path=/v.mp4`, status: 404, scope: 'read' },
        ],
        [
          `read${one}Content`,
          { path: `/assets/${kind}/content?${place}&path=/v.mp4`, status: 404, scope: 'read' },
        ],
      ]),
    ),
    signAssets: {
      path: '/assets/sign',
      body: { namespace: owner.slug, project: 'robotics', paths: ['/v.mp4'] },
      status: 200,
      scope: 'read',
    },
    announceUploads: {
      path: '/uploads',
      body: { namespace: owner.slug, project: 'robotics', files: [{ name, size: 3 }] },
      status: 201,
      scope: 'upload',
    },
    listUploads: { path: `/uploads?${place}`, status: 200, scope: 'upload' },
    signUploadParts: {
      path: `/uploads/${uploads.pending}/parts`,
      body: { partNumbers: [1] },
      status: 200,
      hidden: 'upload_not_found',
      scope: 'upload',
      isSending: true,
    },
    readUpload: {
      path: `/uploads/${uploads.pending}`,
      status: 200,
      hidden: 'upload_not_found',
      scope: 'watch',
      isSending: true,
    },
    completeUpload: {
      path: `/uploads/${uploads.sent}/complete`,
      body: {},
      status: 200,
      trips: 2,
      hidden: 'upload_not_found',
      scope: 'upload',
      isSending: true,
      spends: [uploads.sent],
    },
    abortUpload: {
      path: `/uploads/${uploads.pending}`,
      status: 200,
      hidden: 'upload_not_found',
      scope: 'write',
      isSending: true,
      spends: [uploads.pending],
    },
    ...Object.fromEntries(wireKinds.flatMap((wire) => olderSamples(wire, owner, uploads.complete, older))),
  }
}

function olderSamples(
  { one, prefix }: WireKind,
  { slug: owner }: Tenant,
  complete: string,
  { etag, ...upload }: Fixture['older'],
): [string, Sample][] {
  const path = `/${prefix}/upload/multipart`
  const sending = { hidden: 'upload_not_found', isSending: true } as const
  const query = new URLSearchParams(upload)
  const place = { owner, project: 'robotics' }
  return [
    [
      `init${one}Upload`,
      {
        path: `${path}/init`,
        body: { ...place, hash: STAGED },
        status: 200,
        scope: 'upload',
        spends: [STAGED],
      },
    ],
    [
      `sign${one}Parts`,
      {
        path: `${path}/parts`,
        body: { ...upload, partNumbers: [1] },
        status: 200,
        scope: 'upload',
        ...sending,
      },
    ],
    [`list${one}PartsDone`, { path: `${path}/parts-done?${query}`, status: 200, scope: 'watch', ...sending }],
    [
      `complete${one}Upload`,
      {
        path: `${path}/complete`,
        body: { ...upload, parts: [{ partNumber: 1, etag }] },
        status: 200,
        trips: 2,
        scope: 'upload',
        ...sending,
        spends: [upload.uploadId],
      },
    ],
    // The one that the owner has sent: nobody is given what somebody else announced under a hash.
    [
      `record${one}`,
      {
        path: `/${prefix}`,
        body: { ...place, name: '/a', stagingHash: STAGED },
        status: 200,
        isMadeBy: 'owner',
        scope: 'upload',
        isSending: true,
        spends: [STAGED],
      },
    ],
    [
      `read${one}Raw`,
      {
        path: `/${prefix}/${complete}/raw`,
        status: 302,
        hidden: 'object_not_found',
        scope: 'read',
        isSending: true,
      },
    ],
  ]
}
