import { DreamLakeError } from '../error.ts'
import {
  type Command,
  EXIT,
  type Exit,
  type Lake,
  namedIn,
  type Run,
  textIn,
  textsIn,
  UsageError,
} from './command.ts'
import { counted, sayJson, tell } from './output.ts'
import { pointed } from './problem.ts'
import { metadataIn } from './upload.ts'

const STATUSES = ['running', 'completed', 'failed', 'archived'] as const

async function change(run: Run): Promise<Exit> {
  const { words, values, json, signal, connected } = run
  const { name, namespace, project } = namedIn(words, 'episode')
  const given = textIn(values, 'status')
  const status = STATUSES.find((each) => each === given)
  if (given !== undefined && status === undefined)
    throw new UsageError(`--status is ${given}: it is one of ${STATUSES.join(', ')}.`)
  const [added, removed] = [textsIn(values, 'tag'), textsIn(values, 'untag')]
  const [startedAt, endedAt] = [textIn(values, 'started'), textIn(values, 'ended')]
  const metadata = metadataIn(run)
  const body = {
    ...(status === undefined ? {} : { status }),
    ...(added.length > 0 ? { tagsAdd: added } : {}),
    ...(removed.length > 0 ? { tagsRemove: removed } : {}),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(metadata === undefined ? {} : { metadata }),
  }
  if (Object.keys(body).length === 0)
    throw new UsageError('Say what: --status, --tag, --untag, --started, --ended or --metadata.')
  const lake = await connected()
  const { data } = await lake.MERGE('/namespaces/{slug}/projects/{projectSlug}/episodes/{episodeName}', {
    params: { path: { slug: namespace, projectSlug: project, episodeName: name } },
    body,
    signal,
  })
  if (json) sayJson(data)
  else tell(`${name} is changed.`)
  return EXIT.done
}

export const set: Command = {
  name: 'set',
  summary: 'Change the status, tags, times or metadata of an episode',
  help: `Usage: dreamlake-edge set namespace/project/episode [options]

Changes what is named, and leaves the rest: by it, find finds the episode.

  --status STATUS     running, completed, failed or archived
  --tag TAG           a tag more, as often as you like
  --untag TAG         a tag less
  --started TIME      such as 2026-04-14T09:30:00Z
  --ended TIME
  --metadata JSON     keys that change; null takes one away
  --json              prints the episode

Example:
  dreamlake-edge set alice/robotics/run-042 --status completed --tag night`,
  options: {
    status: { type: 'string' },
    tag: { type: 'string', multiple: true },
    untag: { type: 'string', multiple: true },
    started: { type: 'string' },
    ended: { type: 'string' },
    metadata: { type: 'string' },
  },
  run: change,
}

/** What is there by that name, or comes into being. */
async function unlessMissing<T>(answer: Promise<{ readonly data: T }>): Promise<T | undefined> {
  try {
    return (await answer).data
  } catch (error) {
    if (error instanceof DreamLakeError && /^(dataset|collection)_not_found$/.test(error.code))
      return undefined
    throw error
  }
}

interface Into {
  readonly slug: string
  readonly projectSlug: string
}

/** The collection, in the dataset; each is made where it is missing. */
async function collectionIn(
  lake: Lake,
  path: Into,
  dataset: string,
  collection: string,
  signal: AbortSignal,
): Promise<void> {
  const around = '/namespaces/{slug}/projects/{projectSlug}' as const
  const there = await unlessMissing(
    lake.GET(`${around}/datasets/{name}`, { params: { path: { ...path, name: dataset } }, signal }),
  )
  const { id: datasetId } =
    there ??
    (await lake.POST(`${around}/datasets`, { params: { path }, body: { name: dataset }, signal })).data
  const held = await unlessMissing(
    lake.GET(`${around}/collections/{name}`, { params: { path: { ...path, name: collection } }, signal }),
  )
  if (held === undefined)
    await lake.POST(`${around}/collections`, {
      params: { path },
      body: { name: collection, datasetId },
      signal,
    })
  else if (held.datasetId !== datasetId)
    throw new UsageError(
      `The collection ${collection} is in no dataset ${dataset}: say another by --collection.`,
    )
}

async function fill(run: Run): Promise<Exit> {
  const { words, values, json, signal, connected } = run
  const { name, namespace, project } = namedIn(words, 'dataset')
  const q = textIn(values, 'add')
  if (q === undefined)
    throw new UsageError(
      "Say what it is to hold: --add 'tag:night status:completed', or --add 'id:*' for all.",
    )
  const target = values.assets === true ? 'assets' : 'episodes'
  const collection = textIn(values, 'collection') ?? name
  const path = { slug: namespace, projectSlug: project }
  const lake = await connected()
  try {
    // A query that is wrong makes nothing.
    const first =
      target === 'assets' ? lake.findAssets(q, { namespace, project }) : lake.find(q, { namespace, project })
    await first.next()
    await first.return()
    await collectionIn(lake, path, name, collection, signal)
    let [added, total] = [0, 0]
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const { data } = await lake.POST(
        '/namespaces/{slug}/projects/{projectSlug}/collections/{name}/members',
        {
          params: { path: { ...path, name: collection } },
          body: { q, target, ...(cursor === undefined ? {} : { cursor }) },
          signal,
        },
      )
      added += data.added
      total = data.total
      cursor = data.nextCursor ?? null
    }
    if (json) sayJson({ dataset: name, collection, added, total })
    else tell(`${counted(added, target.slice(0, -1))} added; ${collection} has ${counted(total, 'member')}.`)
    return EXIT.done
  } catch (error) {
    const problem = json ? null : pointed(error, q)
    if (problem === null) throw error
    tell(problem.text)
    return EXIT.usage
  }
}

export const dataset: Command = {
  name: 'dataset',
  summary: 'Put what a query finds into a dataset',
  isWork: true,
  help: `Usage: dreamlake-edge dataset namespace/project/dataset --add QUERY

Adds the episodes that a query finds to a collection in the dataset. Dataset and
collection come into being where they are missing; what is a member stays one.
Then manifest prints what it holds, and download --dataset fetches it.

  --add QUERY         as find takes it
  --assets            assets in place of episodes
  --collection NAME   the collection; of the name of the dataset if nothing else
                      is said
  --json              prints what came of it

Example:
  dreamlake-edge dataset alice/robotics/training-v1 --add 'tag:night'`,
  options: { add: { type: 'string' }, assets: { type: 'boolean' }, collection: { type: 'string' } },
  run: fill,
}
