import { assertEqual, assertSameBytes, Failure, say } from './checks.ts'
import type { Client } from './client.ts'
import type { Sample } from './sample.ts'
import { Change, Dataset, ManifestLine, Named } from './shapes.ts'

const DATASET = 'training-v1'
const COLLECTION = 'everything'

/** A dataset, which holds nothing yet. */
export async function makeDataset(client: Client, project: string, projectId: string): Promise<void> {
  const datasets = `${project}/datasets`
  const body = { name: DATASET, description: 'What the demonstration recorded' }
  const made = await client.call('POST', datasets, { expect: 201, answer: Dataset, body })
  const read = await client.call('GET', `${datasets}/${DATASET}`, { expect: 200, answer: Dataset })
  assertEqual('The dataset', read, { id: made.id, name: DATASET, projectId })
  say(`Created the dataset ${DATASET} and read it back.`)
}

/** Puts the episode into the dataset by a collection. */
export async function collect(client: Client, project: string, episodeId: string): Promise<void> {
  const body = { name: COLLECTION, description: 'All episodes of the demonstration' }
  await client.call('POST', `${project}/collections`, { expect: 201, answer: Named, body })
  const add = async (path: string, id: string): Promise<void> => {
    const change = await client.call('POST', `${project}/${path}`, {
      expect: 200,
      answer: Change,
      body: { add: [id] },
    })
    assertEqual(`What was added by ${path}`, change, { added: 1, total: 1 })
  }
  await add(`collections/${COLLECTION}/members`, episodeId)
  await add(`datasets/${DATASET}/collections`, COLLECTION)
  say(`Made the collection ${COLLECTION} of the episode, and put it into the dataset.`)
}

/** Reads the manifest of the dataset as a training job does, and every file by its URL. */
export async function readManifest(
  reader: Client,
  project: string,
  samples: readonly Sample[],
): Promise<void> {
  const lines = await reader.lines(`${project}/datasets/${DATASET}/manifest?urls=true`, ManifestLine)
  assertEqual('The end of the manifest', lines.pop(), {
    end: true,
    lines: samples.length,
    changed: false,
    nextCursor: null,
  })
  say(`The manifest of ${DATASET}:`)
  const files = lines.filter((line) => 'url' in line)
  for (const { collection, episode, path, kind, contentType, size, url } of files) {
    const sample = samples.find((each) => each.kind === kind && each.name === path)
    if (!sample) throw new Failure(`The manifest tells of a ${kind} ${path}, which was not recorded.`)
    assertSameBytes(path, (await reader.bytes(url)).bytes, sample.bytes)
    say(`  ${collection}  ${episode}  ${path}  ${contentType}  ${size} bytes, all the same`)
  }
}
