import { accountEndpoints } from './features/accounts/account.routes.ts'
import { apiTokenEndpoints } from './features/accounts/api-tokens.routes.ts'
import { byteServiceEndpoints } from './features/byte-service/byte-service.routes.ts'
import { memberListEndpoints } from './features/datasets/collection-members.routes.ts'
import { collectionEndpoints } from './features/datasets/collections.routes.ts'
import { datasetCollectionEndpoints } from './features/datasets/dataset-collections.routes.ts'
import { datasetEndpoints } from './features/datasets/datasets.routes.ts'
import { manifestEndpoints } from './features/datasets/manifest.routes.ts'
import { objectEndpoints } from './features/objects/objects.routes.ts'
import { uploadEndpoints } from './features/objects/uploads.routes.ts'
import { memberEndpoints } from './features/places/members.routes.ts'
import { namespaceEndpoints } from './features/places/namespaces.routes.ts'
import { projectEndpoints } from './features/places/projects.routes.ts'
import { assetFindingEndpoints } from './features/recordings/asset-finding.routes.ts'
import { assetEndpoints } from './features/recordings/assets.routes.ts'
import { episodeListEndpoints } from './features/recordings/episode-list.routes.ts'
import { episodeTagEndpoints } from './features/recordings/episode-tags.routes.ts'
import { episodeEndpoints } from './features/recordings/episodes.routes.ts'
import { facetEndpoints } from './features/recordings/facets.routes.ts'
import { nodeEndpoints } from './features/recordings/nodes.routes.ts'
import { signingEndpoints } from './features/recordings/signing.routes.ts'
import { wholeEpisodeEndpoints } from './features/recordings/whole-episode.routes.ts'
import { documentEndpoints } from './features/service/documents.routes.ts'
import { indexEndpoints } from './features/service/index.routes.ts'
import { problemEndpoints } from './features/service/problems.routes.ts'
import { serviceEndpoints } from './features/service/service.routes.ts'
import { purgeEndpoints } from './features/trash/purges.routes.ts'
import { trashEndpoints } from './features/trash/trash.routes.ts'
import type { Endpoint } from './http/route.ts'

const routes = () => endpoints.map(({ route }) => route)

/** Everything that the server answers. */
export const endpoints: readonly Endpoint[] = [
  ...indexEndpoints,
  ...serviceEndpoints,
  ...documentEndpoints(routes),
  ...problemEndpoints(routes),
  ...accountEndpoints,
  ...apiTokenEndpoints,
  ...namespaceEndpoints,
  ...memberEndpoints,
  ...projectEndpoints,
  ...episodeTagEndpoints,
  ...episodeEndpoints,
  ...episodeListEndpoints,
  ...wholeEpisodeEndpoints,
  ...facetEndpoints,
  ...assetFindingEndpoints,
  ...assetEndpoints,
  ...signingEndpoints,
  ...datasetEndpoints,
  ...datasetCollectionEndpoints,
  ...collectionEndpoints,
  ...memberListEndpoints,
  ...manifestEndpoints,
  ...nodeEndpoints,
  ...trashEndpoints,
  ...purgeEndpoints,
  ...uploadEndpoints,
  ...byteServiceEndpoints,
  ...objectEndpoints,
]
