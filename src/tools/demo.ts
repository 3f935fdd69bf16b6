import { parseArgs } from 'node:util'
import { z } from 'zod'
import { assertEqual, assertSameBytes, Failure, say } from './checks.ts'
import { type CallRecord, Client } from './client.ts'
import { collect, makeDataset, readManifest } from './demo-dataset.ts'
import { signLocalToken } from './local-token.ts'
import { DURATION_MILLISECONDS, readSamples, type Sample, sampleKinds } from './sample.ts'
import {
  Account,
  Announced,
  Asset,
  Assets,
  Done,
  Download,
  Episode,
  Episodes,
  Made,
  Named,
  Problem,
  Secret,
  Stored,
  Trash,
  Upserted,
} from './shapes.ts'
import { aligned } from './table.ts'

const USAGE = 'Usage: npm run demo [-- --url http://localhost:10334] [--robot]'
const PROJECT = 'demo'
const EPISODE = 'run-001'

interface Settings {
  readonly base: URL
  /** Whether a robot records, and a job downloads, by tokens that can do nothing else. */
  readonly robot: boolean
}

function settingsFrom(args: readonly string[]): Settings {
  const url = { type: 'string', default: 'http://localhost:10334' } as const
  const robot = { type: 'boolean', default: false } as const
  const { values } = parseArgs({ args: [...args], options: { url, robot } })
  return { base: new URL(values.url), robot: values.robot }
}

async function assertAwake(client: Client, base: URL): Promise<void> {
  try {
    await client.call('GET', '/healthz', { expect: 200, answer: z.object({ status: z.literal('ok') }) })
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure(
      `No server answers at ${base.origin}. Run \`npm run dev\` first, or give its address by --url.`,
    )
  }
  say(`The server at ${base.origin} answers.`)
}

/** Sends the samples as a robot does: announce, send, complete. Answers their storage ids, in order. */
async function upload(client: Client, namespace: string, samples: readonly Sample[]): Promise<string[]> {
  const files = await Promise.all(samples.map(fileOf))
  const body = { namespace, project: PROJECT, files }
  const { uploads } = await client.call('POST', '/uploads', { expect: 201, answer: Announced, body })
  assertEqual('The number of announced uploads', uploads.length, samples.length)
  for (const [index, announced] of uploads.entries()) {
    const { name, bytes } = samples[index] as Sample
    if (announced.status === 'exists') throw new Failure(`${name} is there before it was sent.`)
    await client.put(announced.url, bytes, announced.headers)
    const stored = await client.call('POST', `/uploads/${announced.id}/complete`, {
      expect: 200,
      answer: Stored,
    })
    assertEqual(`The size of ${name} in the bucket`, stored.size, bytes.length)
    say(`Uploaded ${name}: ${bytes.length} bytes${stored.sha256 === null ? '' : ', verified by the bucket'}.`)
    if (stored.sha256 !== null) await announceAgain(client, body, index, stored.id)
  }
  return uploads.map(({ id }) => id)
}

/** What the bucket has verified need not be sent a second time. */
async function announceAgain(
  client: Client,
  { files, ...place }: { readonly files: readonly unknown[] },
  index: number,
  id: string,
): Promise<void> {
  const body = { ...place, files: [files[index]] }
  const { uploads } = await client.call('POST', '/uploads', { expect: 201, answer: Announced, body })
  assertEqual('The same file, announced again', uploads, [{ id, status: 'exists' }])
}

async function fileOf({ name, bytes, contentType }: Sample) {
  const digest = await crypto.subtle.digest('SHA-256', bytes)
  return {
    name: filenameOf(name),
    size: bytes.length,
    contentType,
    sha256: Buffer.from(digest).toString('hex'),
  }
}

const filenameOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1)

/** An asset as it was registered. */
type Registered = Readonly<Record<string, unknown>>

async function register(
  client: Client,
  namespace: string,
  sample: Sample,
  storageId: string,
): Promise<Registered> {
  const { kind, name, storageName, own } = sample
  const given = { name, [storageName]: storageId, ...own }
  const body = { namespace, project: PROJECT, episodeName: EPISODE, ...given }
  const { id } = await client.call('POST', `/assets/${kind}`, { expect: 201, answer: Made, body })
  say(`Registered the ${kind} ${name}.`)
  return { id, ...given }
}

/** Lists a kind, of which there are those that were registered, the newest first. */
async function list(
  client: Client,
  namespace: string,
  kind: Sample['kind'],
  registered: readonly Registered[],
): Promise<void> {
  const query = { namespace, project: PROJECT }
  const assets = await client.call('GET', `/assets/${kind}`, { expect: 200, answer: z.array(Asset), query })
  assertEqual(`How many there are of kind ${kind}`, assets.length, registered.length)
  for (const [index, made] of registered.toReversed().entries())
    for (const [field, value] of Object.entries(made))
      assertEqual(`${field} of the ${kind}`, assets[index]?.[field], value)
  say(`Listed kind ${kind}: ${assets.map(({ name }) => name).join(', ')}.`)
}

/** Downloads a sample and compares it; answers its signed URL. */
async function fetchBack(client: Client, namespace: string, sample: Sample): Promise<string> {
  const { kind, name, bytes, contentType } = sample
  const query = { namespace, project: PROJECT, episode: EPISODE, path: name }
  const download = await client.call('GET', `/assets/${kind}/download`, {
    expect: 200,
    answer: Download,
    query,
  })
  assertEqual(`The size of ${name}`, download.size, bytes.length)
  assertEqual(`The content type of ${name}`, download.contentType, contentType)
  assertSameBytes(name, (await client.bytes(download.url)).bytes, bytes)
  say(`Downloaded ${name}: all ${bytes.length} bytes are the same.`)
  return download.url
}

async function fetchRange(client: Client, url: string, { name, bytes }: Sample): Promise<void> {
  const first = Math.floor(bytes.length / 3)
  const last = 2 * first - 1
  const found = await client.bytes(url, { first, last })
  assertEqual('Content-Range', found.headers.get('Content-Range'), `bytes ${first}-${last}/${bytes.length}`)
  assertSameBytes(name, found.bytes, bytes.subarray(first, last + 1), first)
  say(`Fetched bytes ${first} to ${last} of ${name}: they are the same.`)
}

/** The one episode that there is. */
async function readEpisode(reader: Client, episodes: string): Promise<z.output<typeof Episode>> {
  const { episodes: all } = await reader.call('GET', episodes, { expect: 200, answer: Episodes })
  const [episode] = all
  if (!episode || all.length > 1) throw new Error(`There are ${all.length} episodes.`)
  return episode
}

/** A robot's token cannot PATCH; a POST changes the episode that the same token has created. */
async function complete(recorder: Client, reader: Client, episodes: string, isRobot: boolean): Promise<void> {
  const now = Date.now()
  const changes = {
    status: 'completed',
    startedAt: new Date(now - DURATION_MILLISECONDS).toISOString(),
    endedAt: new Date(now).toISOString(),
    durationMs: DURATION_MILLISECONDS,
  }
  if (isRobot)
    await recorder.call('POST', episodes, {
      expect: 200,
      answer: Upserted,
      body: { name: EPISODE, ...changes },
    })
  else await recorder.call('PATCH', `${episodes}/${EPISODE}`, { expect: 200, answer: Made, body: changes })
  const { status, startedAt, endedAt, durationMs } = await readEpisode(reader, episodes)
  assertEqual('The finished episode', { status, startedAt, endedAt, durationMs }, changes)
  say(`Episode ${EPISODE} is completed and lasted ${DURATION_MILLISECONDS / 1_000} seconds.`)
}

/** Who records, and who downloads: the user, or a robot and a job with a token each. */
async function castFor(client: Client, namespace: string, robot: boolean): Promise<[Client, Client]> {
  if (!robot) return [client, client]
  await client.call('POST', `/namespaces/${namespace}/projects`, {
    expect: 201,
    answer: Named,
    body: { name: PROJECT },
  })
  const tokenOf = async (name: string, scope: string): Promise<string> => {
    const body = { name, scopes: [scope], namespace, project: PROJECT }
    return (await client.call('POST', '/auth/tokens', { expect: 201, answer: Secret, body })).token
  }
  const cast: [Client, Client] = [
    client.by(await tokenOf('robot', 'upload')),
    client.by(await tokenOf('training job', 'read')),
  ]
  await cast[0].call('GET', `/namespaces/${namespace}/projects/${PROJECT}/episodes`, {
    expect: 403,
    answer: Problem,
  })
  await cast[1].call('POST', `/namespaces/${namespace}/projects/${PROJECT}/episodes`, {
    expect: 403,
    answer: Problem,
    body: { name: 'not allowed' },
  })
  say('Made a token for a robot, which can only upload, and one for a training job, which can only read.')
  return cast
}

/** Deletes the episode by mistake, and brings it back with all that is inside. */
async function deleteAndRestore(client: Client, namespace: string, samples: number): Promise<void> {
  const project = `/namespaces/${namespace}/projects/${PROJECT}`
  const listed = async (): Promise<number> => {
    let count = 0
    for (const kind of sampleKinds) {
      const query = { namespace, project: PROJECT }
      count += (await client.call('GET', `/assets/${kind}`, { expect: 200, answer: Assets, query })).length
    }
    return count
  }
  await client.call('DELETE', `${project}/episodes/${EPISODE}`, { expect: 200, answer: Done })
  assertEqual('The assets that are left', await listed(), 0)
  const { trash } = await client.call('GET', `${project}/trash`, { expect: 200, answer: Trash })
  assertEqual(
    'What is in the trash',
    trash.map(({ kind, name }) => ({ kind, name })),
    [{ kind: 'episode', name: EPISODE }],
  )
  const path = `${project}/trash/${trash[0]?.deletionId}/restore`
  await client.call('POST', path, { expect: 200, answer: Episode })
  assertEqual('The assets that are back', await listed(), samples)
  say(`Deleted the episode ${EPISODE}, found it in the trash, and restored it with its ${samples} assets.`)
}

async function play({ base, robot }: Settings): Promise<readonly CallRecord[]> {
  const user = `demo-${crypto.randomUUID().slice(0, 8)}`
  const client = new Client(base, await signLocalToken({ user, expires: '1h' }))
  await assertAwake(client, base)

  const account = await client.call('GET', '/auth/me', { expect: 200, answer: Account })
  const { slug: namespace } = account.namespace
  assertEqual('The home namespace', namespace, user)
  say(`Made a token for the new user ${user}; the namespace ${namespace} appeared.`)

  const [recorder, reader] = await castFor(client, namespace, robot)
  const project = `/namespaces/${namespace}/projects/${PROJECT}`
  const body = { name: EPISODE, folder: '/experiments/demo', tags: ['demo', 'pick-and-place'] }
  await recorder.call('POST', `${project}/episodes`, { expect: 201, answer: Upserted, body })
  const { id: episodeId, projectId, nodePath, tags } = await readEpisode(reader, `${project}/episodes`)
  assertEqual('The tags of the episode', tags, body.tags)
  assertEqual('The path of the episode', nodePath, `${body.folder}/${EPISODE}`)
  say(`Started episode ${EPISODE} at ${nodePath} in the project ${PROJECT}.`)

  const samples = readSamples()
  const storageIds = await upload(recorder, namespace, samples)

  const registered: Registered[] = []
  for (const [index, sample] of samples.entries()) {
    registered.push(await register(recorder, namespace, sample, storageIds[index] ?? ''))
  }
  for (const kind of sampleKinds) {
    const ofKind = registered.filter((_, index) => samples[index]?.kind === kind)
    await list(reader, namespace, kind, ofKind)
  }
  for (const sample of samples) {
    const url = await fetchBack(reader, namespace, sample)
    if (sample.kind === 'video') await fetchRange(reader, url, sample)
  }
  await complete(recorder, reader, `${project}/episodes`, robot)
  await makeDataset(client, project, projectId)
  await collect(client, project, episodeId)
  await deleteAndRestore(client, namespace, samples.length)
  await readManifest(reader, project, samples)
  return client.calls
}

/** A failed fetch tells its reason in the cause only. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

function settings(): Settings {
  try {
    return settingsFrom(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${wordsOf(error)}\n${USAGE}\n`)
    process.exit(2)
  }
}

try {
  const calls = await play(settings())
  const rows = calls.map(({ method, path, status, trips, milliseconds }) => [
    `${method} ${path}`,
    String(status),
    trips,
    milliseconds,
  ])
  const table = aligned([['Call', 'Status', 'DB round trips', 'DB ms'], ...rows])
  say(`\n${table}\n\nThe demonstration passed.`)
} catch (error) {
  process.stderr.write(`The demonstration failed: ${wordsOf(error)}\n`)
  process.exitCode = 1
}
