import type { connect, ManifestLine, Place } from '../../client/src/node/index.ts'
import { assertEqual, assertSameBytes, Failure, say } from './checks.ts'
import type { Sample } from './sample.ts'

const DATASET = 'training-v1'
const COLLECTION = 'everything'

export type Lake = ReturnType<typeof connect>

/** All bytes of a stream. */
export const bytesOf = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> =>
  new Uint8Array(await new Response(stream).arrayBuffer())

const DATASETS = '/namespaces/{slug}/projects/{projectSlug}/datasets'
const COLLECTIONS = '/namespaces/{slug}/projects/{projectSlug}/collections'

/** A dataset, which holds nothing yet. */
export async function makeDataset(
  lake: Lake,
  { namespace, project }: Place,
  projectId: string,
): Promise<void> {
  const path = { slug: namespace, projectSlug: project }
  const body = { name: DATASET, description: 'What the demonstration recorded' }
  const { data: made } = await lake.POST(DATASETS, { params: { path }, body })
  const { data: read } = await lake.GET(`${DATASETS}/{name}`, {
    params: { path: { ...path, name: DATASET } },
  })
  const shown = { id: read.id, name: read.name, projectId: read.projectId }
  assertEqual('The dataset', shown, { id: made.id, name: DATASET, projectId })
  say(`Created the dataset ${DATASET} and read it back.`)
}

/** Puts the episode into the dataset by a collection. */
export async function collect(lake: Lake, { namespace, project }: Place, episodeId: string): Promise<void> {
  const path = { slug: namespace, projectSlug: project }
  const body = { name: COLLECTION, description: 'All episodes of the demonstration' }
  await lake.POST(COLLECTIONS, { params: { path }, body })
  const { data: members } = await lake.POST(`${COLLECTIONS}/{name}/members`, {
    ...{ params: { path: { ...path, name: COLLECTION } }, body: { add: [episodeId] } },
  })
  const { data: collections } = await lake.POST(`${DATASETS}/{name}/collections`, {
    ...{ params: { path: { ...path, name: DATASET } }, body: { add: [COLLECTION] } },
  })
  for (const [what, { added, total }] of Object.entries({ members, collections }))
    assertEqual(`What was added of ${what}`, { added, total }, { added: 1, total: 1 })
  say(`Made the collection ${COLLECTION} of the episode, and put it into the dataset.`)
}

/** Reads the manifest of the dataset as a training job does, and every file by its URL. */
export async function readManifest(reader: Lake, place: Place, samples: readonly Sample[]): Promise<void> {
  const lines = reader.manifest({ ...place, dataset: DATASET }, { urls: true })
  say(`The manifest of ${DATASET}:`)
  for (;;) {
    const { value, done } = await lines.next()
    if (done) {
      assertEqual('The end of the manifest', value, { lines: samples.length, changed: false })
      return
    }
    await compare(reader, value, samples)
  }
}

async function compare(reader: Lake, line: ManifestLine, samples: readonly Sample[]): Promise<void> {
  const { collection, episode, path, kind, contentType, size } = line
  const sample = samples.find((each) => each.kind === kind && each.name === path)
  if (!sample) throw new Failure(`The manifest tells of a ${kind} ${path}, which was not recorded.`)
  assertSameBytes(sample.name, await bytesOf(reader.download(line)), sample.bytes)
  say(`  ${collection}  ${episode}  ${path}  ${contentType}  ${size} bytes, all the same`)
}
