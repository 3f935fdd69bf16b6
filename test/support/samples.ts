import { wireKinds } from '../../src/http/routes/assetkinds.ts'
import { type Answer, Tenant } from './world.ts'

/** A tenant with one of everything, and for every operation a request that its owner may make. */
export interface Fixture {
  readonly owner: Tenant
  readonly project: string
}

export async function fixture(): Promise<Fixture> {
  const owner = await Tenant.arrive()
  const project = await owner.withProject('robotics')
  const made: Answer[] = [
    await owner.ask('POST', `${project}/episodes`, { name: 'run-1', folder: '/a/b' }),
    await owner.ask('POST', `${project}/datasets`, { name: 'training' }),
    await owner.ask('POST', '/assets/video', { namespace: owner.slug, project: 'robotics', name: '/v.mp4' }),
  ]
  for (const { status, text } of made) if (status !== 201) throw new Error(text)
  return { owner, project }
}

export interface Sample {
  readonly path: string
  readonly body?: unknown
  /** What the owner's request answers. */
  readonly status: number
  /** Whether a stranger is answered as anybody else: the request is about the caller's own things. */
  readonly isOwn?: boolean
}

/** By operationId. An operation without a sample fails the tests that walk all of them. */
export function samplesFor({ owner, project }: Fixture): Readonly<Record<string, Sample>> {
  const namespace = `/namespaces/${owner.slug}`
  const place = `namespace=${owner.slug}&project=robotics`
  const name = `new-${crypto.randomUUID()}`
  return {
    readOwnAccount: { path: '/auth/me', status: 200, isOwn: true },
    listNamespaces: { path: '/namespaces', status: 200, isOwn: true },
    createNamespace: { path: '/namespaces', body: { slug: name }, status: 201, isOwn: true },
    readNamespace: { path: namespace, status: 200 },
    listSpaces: { path: `${namespace}/spaces`, status: 200 },
    listProjects: { path: `${namespace}/projects`, status: 200 },
    createSpace: { path: `${namespace}/spaces`, body: { name }, status: 201 },
    createProject: { path: `${namespace}/projects`, body: { name: `${name}-2` }, status: 201 },
    updateProject: { path: project, body: { description: name }, status: 200 },
    upsertEpisode: { path: `${project}/episodes`, body: { name, folder: '/x/y' }, status: 201 },
    listEpisodes: { path: `${project}/episodes`, status: 200 },
    updateEpisode: {
      path: `${project}/episodes/run-1`,
      body: { description: name, folder: '/z' },
      status: 200,
    },
    createDataset: { path: `${project}/datasets`, body: { name }, status: 201 },
    listDatasets: { path: `${project}/datasets`, status: 200 },
    readDataset: { path: `${project}/datasets/training`, status: 200 },
    updateDataset: { path: `${project}/datasets/training`, body: { description: name }, status: 200 },
    trashDataset: { path: `${project}/datasets/training`, status: 200 },
    ...Object.fromEntries(
      wireKinds.flatMap(({ one, many, shape: { kind } }): [string, Sample][] => [
        [
          `register${one}`,
          {
            path: `/assets/${kind}`,
            body: { namespace: owner.slug, project: 'robotics', episodeName: name, name: `/c/${name}` },
            status: 201,
          },
        ],
        [`list${many}`, { path: `/assets/${kind}?${place}`, status: 200 }],
        // It has no bytes: found, and told so.
        [`download${one}`, { path: `/assets/${kind}/download?${place}&path=/v.mp4`, status: 404 }],
        [`read${one}Content`, { path: `/assets/${kind}/content?${place}&path=/v.mp4`, status: 404 }],
      ]),
    ),
  }
}
