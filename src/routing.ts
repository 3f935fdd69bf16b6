import { TrieRouter } from 'hono/router/trie-router'
import { episodeListEndpoints } from './features/recordings/episode-list.routes.ts'
import { episodeEndpoints } from './features/recordings/episodes.routes.ts'
import { serviceEndpoints } from './features/service/service.routes.ts'
import { decoded, type Named } from './http/path.ts'
import type { Endpoint } from './http/route.ts'

/**
 * Where a path is answered. An isolate answers few of the paths that there are, so a file of endpoints is evaluated, with
 * all that it needs, when a path of its own is first asked for. The episodes, which recording begins with, are
 * evaluated with this file, and so is what the others share with them; but for one episode with its assets.
 */
interface Branch {
  readonly paths: RegExp
  readonly load: () => Promise<readonly Endpoint[]>
}

/** Whoever answers a path, by whatever method, stands in the first branch that the path fits. */
const branches: readonly Branch[] = [
  { paths: /^\/(health|healthz|readyz|version)$/, load: async () => serviceEndpoints },
  {
    paths: /^\/$/,
    load: async () => (await import('./features/service/index.routes.ts')).indexEndpoints,
  },
  // They tell of all routes.
  {
    paths: /^\/(openapi\.json|docs|llms\.txt|problems(\/[^/]+)?)$/,
    load: async () => (await import('./endpoints.ts')).endpoints,
  },
  {
    paths: /^\/auth\/tokens/,
    load: async () => (await import('./features/accounts/api-tokens.routes.ts')).apiTokenEndpoints,
  },
  {
    paths: /^\/auth\//,
    load: async () => (await import('./features/accounts/account.routes.ts')).accountEndpoints,
  },
  {
    paths: /^\/namespaces\/[^/]+(\/projects\/[^/]+)?\/episodes$/,
    load: async () => [...episodeEndpoints, ...episodeListEndpoints],
  },
  {
    paths: /^\/namespaces\/[^/]+\/projects\/[^/]+\/(episodes\/[^/]+\/)?assets$/,
    load: async () => (await import('./features/recordings/asset-finding.routes.ts')).assetFindingEndpoints,
  },
  {
    paths: /^\/namespaces\/[^/]+\/projects\/[^/]+\/episodes\//,
    load: async () => [
      ...(await import('./features/recordings/episode-tags.routes.ts')).episodeTagEndpoints,
      ...episodeEndpoints,
      ...(await import('./features/recordings/whole-episode.routes.ts')).wholeEpisodeEndpoints,
    ],
  },
  {
    paths: /^\/namespaces\/[^/]+\/projects\/[^/]+\/facets$/,
    load: async () => (await import('./features/recordings/facets.routes.ts')).facetEndpoints,
  },
  {
    paths: /^\/namespaces\/[^/]+\/projects\/[^/]+\/datasets\/[^/]+\/collections$/,
    load: async () =>
      (await import('./features/datasets/dataset-collections.routes.ts')).datasetCollectionEndpoints,
  },
  {
    paths: /^\/namespaces\/[^/]+\/projects\/[^/]+\/datasets\/[^/]+\/manifest$/,
    load: async () => (await import('./features/datasets/manifest.routes.ts')).manifestEndpoints,
  },
  {
    paths: /^\/namespaces\/[^/]+\/projects\/[^/]+\/datasets/,
    load: async () => (await import('./features/datasets/datasets.routes.ts')).datasetEndpoints,
  },
  {
    paths: /^\/namespaces\/[^/]+\/projects\/[^/]+\/collections\/[^/]+\/members$/,
    load: async () => (await import('./features/datasets/collection-members.routes.ts')).memberListEndpoints,
  },
  {
    paths: /^\/namespaces\/[^/]+\/projects\/[^/]+\/collections/,
    load: async () => (await import('./features/datasets/collections.routes.ts')).collectionEndpoints,
  },
  {
    paths: /^\/namespaces\/[^/]+(\/projects\/[^/]+)?\/(trash|purges)/,
    load: async () => [
      ...(await import('./features/trash/trash.routes.ts')).trashEndpoints,
      ...(await import('./features/trash/purges.routes.ts')).purgeEndpoints,
    ],
  },
  {
    paths: /^\/namespaces\/[^/]+\/members/,
    load: async () => (await import('./features/places/members.routes.ts')).memberEndpoints,
  },
  {
    paths: /^\/namespaces\/[^/]+\/(projects|spaces)/,
    load: async () => (await import('./features/places/projects.routes.ts')).projectEndpoints,
  },
  {
    paths: /^\/namespaces/,
    load: async () => (await import('./features/places/namespaces.routes.ts')).namespaceEndpoints,
  },
  {
    paths: /^\/assets\/sign$/,
    load: async () => (await import('./features/recordings/signing.routes.ts')).signingEndpoints,
  },
  {
    paths: /^\/assets\//,
    load: async () => (await import('./features/recordings/assets.routes.ts')).assetEndpoints,
  },
  {
    paths: /^\/nodes\//,
    load: async () => (await import('./features/recordings/nodes.routes.ts')).nodeEndpoints,
  },
  {
    paths: /^\/uploads/,
    load: async () => (await import('./features/objects/uploads.routes.ts')).uploadEndpoints,
  },
  {
    paths: /^\/objects\//,
    load: async () => (await import('./features/objects/objects.routes.ts')).objectEndpoints,
  },
  {
    paths: /^\/(videos|audio|labels|text-tracks|image|files)(\/|$)/,
    load: async () => (await import('./features/byte-service/byte-service.routes.ts')).byteServiceEndpoints,
  },
]

/** `/a/{b}` as the router spells it; an object's key may span segments. */
const routed = (path: string): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) =>
    parameter === 'key' ? ':key{[^]+}' : `:${parameter}`,
  )

/** Kept when it is whole: one request never waits for what another one has begun. */
const routers = new Map<Branch, TrieRouter<Endpoint>>()

async function routerOf(branch: Branch): Promise<TrieRouter<Endpoint>> {
  const kept = routers.get(branch)
  if (kept) return kept
  const router = new TrieRouter<Endpoint>()
  for (const endpoint of await branch.load()) router.add('ALL', routed(endpoint.route.path), endpoint)
  routers.set(branch, router)
  return router
}

interface Found extends Named {
  readonly endpoint: Endpoint
}

/** The endpoints of all routes that a path matches, whatever their method. */
export async function endpointsAt(path: string): Promise<readonly Found[]> {
  const branch = branches.find(({ paths }) => paths.test(path))
  if (!branch) return []
  const [matched] = (await routerOf(branch)).match('ALL', path)
  // A router of this kind has no other values than the parameters.
  return matched.map(([endpoint, params]) => ({ endpoint, ...decoded(params as Found['params']) }))
}
