import { parseArgs } from 'node:util'
import {
  type Asset,
  connect,
  DreamLakeError,
  type Place,
  type Progress,
} from '../../client/src/node/index.ts'
import { assertEqual, assertSameBytes, Failure, say } from './checks.ts'
import { bytesOf, collect, type Lake, makeDataset, readManifest } from './demo-dataset.ts'
import { signLocalToken } from './local-token.ts'
import { DURATION_MILLISECONDS, readSamples, type Sample, sampleKinds } from './sample.ts'
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

/** A call that was answered, for the table at the end. */
interface CallRecord {
  readonly method: string
  readonly path: string
  readonly status: number
  /** Round trips to the database and their milliseconds, as `Server-Timing` tells them. */
  readonly trips: string
  readonly milliseconds: string
}

/** Connects by a token, and keeps a record of each call of the API. */
function recorded(base: URL, token: string, calls: CallRecord[]): Lake {
  return connect({
    ...{ url: base, token },
    async fetch(request) {
      const response = await fetch(request)
      const timing = response.headers.get('Server-Timing') ?? ''
      calls.push({
        method: request.method,
        path: decodeURIComponent(new URL(request.url).pathname),
        status: response.status,
        trips: /;desc="?(\d+)/.exec(timing)?.[1] ?? '-',
        milliseconds: /;dur=([\d.]+)/.exec(timing)?.[1] ?? '-',
      })
      return response
    },
  })
}

async function assertAwake(base: URL): Promise<void> {
  const lake = connect({ url: base, token: '', retries: { tries: 1 } })
  try {
    await lake.GET('/healthz')
  } catch (error) {
    if (!(error instanceof DreamLakeError) || error.code !== 'network') throw error
    throw new Failure(
      `No server answers at ${base.origin}. Run \`npm run dev\` first, or give its address by --url.`,
    )
  }
  say(`The server at ${base.origin} answers.`)
}

/** Sends a sample as a robot does; answers its asset. */
async function upload(
  lake: Lake,
  place: Place,
  { kind, name, own, contentType, bytes }: Sample,
): Promise<Asset> {
  let last: Progress | undefined
  const send = () =>
    lake.upload(bytes, {
      ...{ ...place, episode: EPISODE, path: name, kind, contentType, fields: own },
      onProgress(progress) {
        last = progress
      },
    })
  const asset = await send()
  assertEqual(`What was sent of ${name}`, last?.sent, bytes.length)
  say(`Uploaded ${name}, ${bytes.length} bytes, and registered it as ${kind}.`)
  // What the bucket has verified need not be sent a second time.
  if (!('object' in asset) || !asset.object?.sha256) return asset
  const again = await send()
  assertEqual('The same file at the same place', again.id, asset.id)
  assertEqual(`What the server had of ${name}`, last?.held, bytes.length)
  return asset
}

/** Lists a kind, of which there are those that were registered, the newest first. */
async function list(
  lake: Lake,
  place: Place,
  kind: Sample['kind'],
  registered: readonly (readonly [Sample, Asset])[],
): Promise<void> {
  const { data } = await lake.GET(`/assets/${kind}`, { params: { query: place } })
  const assets: readonly Readonly<Record<string, unknown>>[] = data
  assertEqual(`How many there are of kind ${kind}`, assets.length, registered.length)
  for (const [index, [{ name, own }, { id }]] of registered.toReversed().entries())
    for (const [field, value] of Object.entries({ id, name, ...own }))
      assertEqual(`${field} of the ${kind}`, assets[index]?.[field], value)
  say(`Listed kind ${kind}: ${assets.map(({ name }) => name).join(', ')}.`)
}

/** Downloads a sample and compares it, and of a video a part too. */
async function fetchBack(lake: Lake, { id }: Asset, { kind, name, bytes }: Sample): Promise<void> {
  assertSameBytes(name, await bytesOf(lake.download(id)), bytes)
  say(`Downloaded ${name}: all ${bytes.length} bytes are the same.`)
  if (kind !== 'video') return
  const start = Math.floor(bytes.length / 3)
  const end = 2 * start
  assertSameBytes(name, await bytesOf(lake.download(id, { start, end })), bytes.subarray(start, end), start)
  say(`Fetched bytes ${start} to ${end - 1} of ${name}: they are the same.`)
}

const EPISODES = '/namespaces/{slug}/projects/{projectSlug}/episodes'

const paramsOf = ({ namespace, project }: Place) => ({ path: { slug: namespace, projectSlug: project } })

/** The one episode that there is. */
async function readEpisode(reader: Lake, place: Place) {
  const { data } = await reader.GET(EPISODES, { params: paramsOf(place) })
  const [episode] = data.episodes
  if (!episode || data.episodes.length > 1) throw new Failure(`There are ${data.episodes.length} episodes.`)
  return episode
}

/** A robot's token cannot PATCH; a POST changes the episode that the same token has created. */
async function complete(recorder: Lake, reader: Lake, place: Place, isRobot: boolean): Promise<void> {
  const now = Date.now()
  const changes = {
    status: 'completed' as const,
    startedAt: new Date(now - DURATION_MILLISECONDS).toISOString(),
    endedAt: new Date(now).toISOString(),
    durationMs: DURATION_MILLISECONDS,
  }
  const params = paramsOf(place)
  if (isRobot) await recorder.POST(EPISODES, { params, body: { name: EPISODE, ...changes } })
  else
    await recorder.PATCH(`${EPISODES}/{episodeName}`, {
      ...{ params: { path: { ...params.path, episodeName: EPISODE } }, body: changes },
    })
  const { status, startedAt, endedAt, durationMs } = await readEpisode(reader, place)
  assertEqual('The finished episode', { status, startedAt, endedAt, durationMs }, changes)
  say(`Episode ${EPISODE} is completed and lasted ${DURATION_MILLISECONDS / 1_000} seconds.`)
}

/** Asks for what a token does not allow. */
async function assertForbidden(call: Promise<unknown>): Promise<void> {
  const code = await call.then(
    () => 'done',
    (error: unknown) => (error instanceof DreamLakeError ? error.code : String(error)),
  )
  assertEqual('What a token cannot do', code, 'forbidden')
}

/** Who records, and who downloads: a robot and a job with a token each. */
async function castFor(lake: Lake, place: Place, by: (token: string) => Lake): Promise<[Lake, Lake]> {
  const { namespace, project } = place
  await lake.POST('/namespaces/{slug}/projects', {
    ...{ params: { path: { slug: namespace } }, body: { name: project } },
  })
  const tokenFor = async (name: string, scope: 'read' | 'upload'): Promise<Lake> => {
    const { data } = await lake.POST('/auth/tokens', { body: { ...place, name, scopes: [scope] } })
    return by(data.token ?? '')
  }
  const [recorder, reader] = [await tokenFor('robot', 'upload'), await tokenFor('training job', 'read')]
  const params = paramsOf(place)
  await assertForbidden(recorder.GET(EPISODES, { params }))
  await assertForbidden(reader.POST(EPISODES, { params, body: { name: 'not allowed' } }))
  say('Made a token for a robot, which can only upload, and one for a training job, which can only read.')
  return [recorder, reader]
}

/** Deletes the episode by mistake, and brings it back with all that is inside. */
async function deleteAndRestore(lake: Lake, place: Place, samples: number): Promise<void> {
  const { path } = paramsOf(place)
  const count = async (): Promise<number> => {
    let found = 0
    for await (const _ of lake.findAssets('', place)) found++
    return found
  }
  await lake.DELETE(`${EPISODES}/{episodeName}`, { params: { path: { ...path, episodeName: EPISODE } } })
  assertEqual('The assets that are left', await count(), 0)
  const { data } = await lake.GET('/namespaces/{slug}/projects/{projectSlug}/trash', { params: { path } })
  assertEqual(
    'What is in the trash',
    data.trash.map(({ kind, name }) => ({ kind, name })),
    [{ kind: 'episode', name: EPISODE }],
  )
  const deletionId = data.trash[0]?.deletionId ?? ''
  await lake.POST('/namespaces/{slug}/projects/{projectSlug}/trash/{deletionId}/restore', {
    params: { path: { ...path, deletionId } },
  })
  assertEqual('The assets that are back', await count(), samples)
  say(`Deleted the episode ${EPISODE}, found it in the trash, and restored it with its ${samples} assets.`)
}

/** Sends the samples, lists and fetches them; answers how many there are. */
async function exchange(recorder: Lake, reader: Lake, place: Place): Promise<readonly Sample[]> {
  const samples = readSamples()
  const registered: (readonly [Sample, Asset])[] = []
  for (const sample of samples) registered.push([sample, await upload(recorder, place, sample)])
  for (const kind of sampleKinds) {
    const ofKind = registered.filter(([sample]) => sample.kind === kind)
    await list(reader, place, kind, ofKind)
  }
  for (const [sample, asset] of registered) await fetchBack(reader, asset, sample)
  return samples
}

async function play({ base, robot }: Settings): Promise<readonly CallRecord[]> {
  await assertAwake(base)
  const user = `demo-${crypto.randomUUID().slice(0, 8)}`
  const calls: CallRecord[] = []
  const by = (token: string): Lake => recorded(base, token, calls)
  const lake = by(await signLocalToken({ user, expires: '1h' }))
  const { data: account } = await lake.GET('/auth/me')
  assertEqual('The user', account.username, user)
  say(`Made a token for the new user ${user}; the namespace ${user} appeared.`)

  const place: Place = { namespace: user, project: PROJECT }
  const [recorder, reader] = robot ? await castFor(lake, place, by) : [lake, lake]
  const body = { name: EPISODE, folder: '/experiments/demo', tags: ['demo', 'pick-and-place'] }
  await recorder.POST(EPISODES, { params: paramsOf(place), body })
  const { id: episodeId, projectId, nodePath, tags } = await readEpisode(reader, place)
  assertEqual('The tags of the episode', tags, body.tags)
  assertEqual('The path of the episode', nodePath, `${body.folder}/${EPISODE}`)
  say(`Started episode ${EPISODE} at ${nodePath} in the project ${PROJECT}.`)

  const samples = await exchange(recorder, reader, place)
  await complete(recorder, reader, place, robot)
  await makeDataset(lake, place, projectId)
  await collect(lake, place, episodeId)
  await deleteAndRestore(lake, place, samples.length)
  await readManifest(reader, place, samples)
  return calls
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
