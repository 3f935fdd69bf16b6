import type { Kind } from '../kinds.ts'
import {
  type Command,
  EXIT,
  type Exit,
  type Lake,
  namedIn,
  noWord,
  numberIn,
  oneWord,
  placeIn,
  type Run,
  scopeIn,
  textIn,
  UsageError,
} from './command.ts'
import { type Node, nodesAt, onlyOne } from './nodes-at.ts'
import { counted, say, sayJson, sizeText, Table, tell } from './output.ts'
import { pointed } from './problem.ts'
import { kindIn } from './upload.ts'

/** Says each thing as a line of JSON, or as a row; tells how many there were. */
async function sayAll<T>(
  things: AsyncIterable<T> | Iterable<T>,
  json: boolean,
  row: (thing: T) => readonly string[],
  most = Number.POSITIVE_INFINITY,
): Promise<number> {
  const table = new Table()
  let count = 0
  for await (const thing of things) {
    if (json) sayJson(thing)
    else table.add(row(thing))
    if (++count === most) break
  }
  table.end()
  return count
}

/** A name as it stands in a path, where only what would be read as an escape has to be one. */
const segmentOf = (name: string): string => name.replaceAll(/%(?=2[5F])/gi, '%25').replaceAll('/', '%2F')

/** A time to the second, as the server has it: in UTC. */
const timeOf = (time: string): string => time.replace(/\.\d+Z$/, 'Z')

async function list(run: Run): Promise<Exit> {
  const { words, values, json, signal, connected } = run
  const lake = await connected()
  if (words.length === 0 && values.kind === undefined) {
    await sayAll(lake.pages('/namespaces', { signal }), json, ({ slug, role }) => [slug, role])
    return EXIT.done
  }
  const where = oneWord(words, 'where')
  const { namespace, project, rest } = placeIn(where)
  if (rest === undefined && values.kind !== undefined)
    throw new UsageError('--kind says which of several of one path is meant: say a path.')
  if (project === undefined) {
    const params = { path: { slug: namespace } }
    const projects = lake.pages('/namespaces/{slug}/projects', { params, signal })
    await sayAll(projects, json, ({ slug, visibility, updatedAt }) => [slug, visibility, timeOf(updatedAt)])
    return EXIT.done
  }
  const place = { namespace, project }
  const row = ({ name, kind, leaf, updatedAt }: Node): string[] => [
    ...[leaf ? segmentOf(name) : `${segmentOf(name)}/`, kind, timeOf(updatedAt)],
  ]
  const below = (query: { readonly parentId: string } | typeof place): AsyncIterable<Node> =>
    lake.pages('/nodes/children', { params: { query }, signal })
  if (rest === undefined) {
    await sayAll(below(place), json, row)
    return EXIT.done
  }
  const found = await nodesAt(run, lake, { ...place, path: `/${rest}`, where })
  const around = found.filter(({ leaf }) => !leaf)
  // As of files: what holds nothing is shown itself.
  const shown = around.length === 0 ? found : below({ parentId: onlyOne(around, where).id })
  await sayAll(shown, json, row)
  return EXIT.done
}

export const ls: Command = {
  name: 'ls',
  summary: 'List namespaces, projects, or what is in a folder or an episode',
  help: `Usage: dreamlake-edge ls [namespace[/project[/path]]]

Lists your namespaces, the projects of one, or what is right below a project, a
folder or an episode. What ends with a slash holds other things.

  --kind KIND         which of several of one path: folder, episode, video, ...
  --json              a line of JSON for each

Examples:
  dreamlake-edge ls alice/robotics
  dreamlake-edge ls alice/robotics/experiments/run-042/camera`,
  options: { kind: { type: 'string' } },
  run: list,
}

const SORTS = ['-created', 'created', '-started', 'started', '-updated', 'name'] as const

function sortIn({ values }: Run): (typeof SORTS)[number] | undefined {
  const sort = textIn(values, 'sort')
  const found = SORTS.find((each) => each === sort)
  if (sort !== undefined && found === undefined)
    throw new UsageError(`--sort is ${sort}: it is one of ${SORTS.join(', ')}.`)
  return found
}

const OF_ASSETS = new Set(['kind', 'type', 'format', 'language', 'lens', 'fps', 'size', 'episode'])

/** A page is no larger than what is wanted. */
const LARGEST_PAGE = 200

async function search(run: Run): Promise<Exit> {
  const { words, values, json, signal, connected } = run
  const q = words.join(' ')
  const [within, sort, most] = [textIn(values, 'in'), sortIn(run), numberIn(values, 'limit', 1_000_000)]
  const lake = await connected()
  const { namespace, project } =
    within === undefined ? { namespace: await homeOf(lake, signal) } : scopeIn(within)
  const asked = q === '' ? {} : { q }
  const found = async (): Promise<number> => {
    if (values.assets === true) {
      if (project === undefined)
        throw new UsageError('Assets are looked for in a project: --in namespace/project.')
      if (sort !== undefined) throw new UsageError('Assets come newest first: --sort is of episodes.')
      const assets = lake.pages('/namespaces/{slug}/projects/{projectSlug}/assets', {
        params: {
          path: { slug: namespace, projectSlug: project },
          query: { ...asked, limit: Math.min(most ?? LARGEST_PAGE, LARGEST_PAGE) },
        },
        signal,
      })
      return sayAll(
        assets,
        json,
        ({ name, kind, episode, object }) => [
          ...[name ?? '', kind, episode?.name ?? '', object ? sizeText(object.size) : ''],
        ],
        most,
      )
    }
    const query = {
      ...asked,
      ...(sort === undefined ? {} : { sort }),
      pageSize: Math.min(most ?? LARGEST_PAGE, LARGEST_PAGE),
    }
    if (project === undefined)
      return sayAll(
        lake.pages('/namespaces/{slug}/episodes', { params: { path: { slug: namespace }, query }, signal }),
        json,
        (episode) => [`${episode.project.slug}/${episode.name}`, ...aboutOf(episode)],
        most,
      )
    return sayAll(
      lake.pages('/namespaces/{slug}/projects/{projectSlug}/episodes', {
        params: { path: { slug: namespace, projectSlug: project }, query },
        signal,
      }),
      json,
      (episode) => [episode.name, ...aboutOf(episode)],
      most,
    )
  }
  try {
    if ((await found()) === 0 && !json) tell('Nothing is found.')
    return EXIT.done
  } catch (error) {
    const problem = json ? null : pointed(error, q)
    if (problem === null) throw error
    tell(problem.text)
    if (values.assets !== true && OF_ASSETS.has(problem.part))
      tell(`Assets have the field ${problem.part}: --assets.`)
    return EXIT.usage
  }
}

interface Shown {
  readonly status: string
  readonly createdAt: string
  readonly tags: readonly string[]
}

const aboutOf = ({ status, createdAt, tags }: Shown): string[] => [status, timeOf(createdAt), tags.join(' ')]

async function homeOf(lake: Lake, signal: AbortSignal): Promise<string> {
  const { data } = await lake.GET('/auth/me', { signal })
  const { namespace } = data
  if (!namespace) throw new UsageError('Say where: --in namespace/project.')
  return typeof namespace === 'string' ? namespace : namespace.slug
}

export const find: Command = {
  name: 'find',
  summary: 'Find episodes, or assets, by a query over their fields',
  takesQuery: true,
  help: `Usage: dreamlake-edge find <query> [--in namespace[/project]] [--assets]

Finds episodes in a project, or in all of a namespace; your own if nothing else
is said. Words look into names; fields are asked for by name:

  tag:night status:completed     meta.robot:arm-3     duration>2m
  started:2026-04-14             -tag:front           has:video

  --in PLACE          namespace/project, or namespace
  --sort ORDER        -created if nothing else is said; created, -started,
                      started, -updated or name
  --limit N           so many at most
  --assets            assets in place of episodes, of one project, which have
                      fields of their own: kind:video size>1GB fps>=30
  --json              a line of JSON for each

Examples:
  dreamlake-edge find 'tag:night meta.score>0.5' --in alice/robotics
  dreamlake-edge find 'kind:video fps>=30' --assets --in alice/robotics`,
  options: {
    in: { type: 'string' },
    sort: { type: 'string' },
    limit: { type: 'string' },
    assets: { type: 'boolean' },
  },
  run: search,
}

async function readManifest(run: Run): Promise<Exit> {
  const { words, values, signal, connected } = run
  const { name, ...place } = namedIn(words, 'dataset')
  const kind: Kind | undefined = kindIn(run)
  const lake = await connected()
  const lines = lake.manifest(
    { ...place, dataset: name },
    { urls: values.urls === true, signal, ...(kind ? { kind } : {}) },
  )
  for (;;) {
    const { value, done } = await lines.next()
    if (!done) sayJson(value)
    else {
      const { lines: count, changed } = value
      tell(`${counted(count, 'asset')}${changed ? '; the project was written to meanwhile' : ''}.`)
      return EXIT.done
    }
  }
}

export const manifest: Command = {
  name: 'manifest',
  summary: 'Print what a dataset holds, a line of JSON for each asset',
  help: `Usage: dreamlake-edge manifest namespace/project/dataset [--urls] [--kind kind]

Prints a line of JSON for each asset that a dataset reaches, each once. It ends
with exit code 0 only when all of them were printed. To fetch the files, see
download.

  --urls              with a URL for the bytes of each
  --kind KIND         of one kind alone

Example:
  dreamlake-edge manifest alice/robotics/training-v1 --urls > training.jsonl`,
  options: { urls: { type: 'boolean' }, kind: { type: 'string' } },
  run: readManifest,
}

async function tellWho({ words, json, signal, connected }: Run): Promise<Exit> {
  noWord(words)
  const lake = await connected()
  const { data } = await lake.GET('/auth/me', { signal })
  if (json) sayJson(data)
  else say(data.username)
  return EXIT.done
}

export const whoami: Command = {
  name: 'whoami',
  summary: 'Say whose the token is',
  help: `Usage: dreamlake-edge whoami

Prints the user name; with --json all that the server tells of the account.`,
  options: {},
  run: tellWho,
}
