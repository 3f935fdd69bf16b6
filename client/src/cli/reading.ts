import type { Kind } from '../kinds.ts'
import { type Command, EXIT, oneWord, placeIn, projectIn, type Run, textIn, UsageError } from './command.ts'
import { say, sayJson, sayTable, sizeText, tell } from './output.ts'

/** Says each thing as a line of JSON, or all of them as rows. */
async function sayAll<T>(
  things: AsyncIterable<T>,
  json: boolean,
  row: (thing: T) => string[],
): Promise<void> {
  const rows: string[][] = []
  for await (const thing of things)
    if (json) sayJson(thing)
    else rows.push(row(thing))
  sayTable(rows)
}

/** A name as it stands in a path, where only what would be read as an escape has to be one. */
const segmentOf = (name: string): string => name.replaceAll(/%(?=2[5F])/gi, '%25').replaceAll('/', '%2F')

async function list({ words, json, connected }: Run) {
  const lake = await connected()
  if (words.length === 0) {
    await sayAll(lake.pages('/namespaces'), json, ({ slug, role }) => [slug, role])
    return EXIT.done
  }
  const { namespace, project, rest } = placeIn(oneWord(words, 'where'))
  if (project === undefined) {
    const projects = lake.pages('/namespaces/{slug}/projects', { params: { path: { slug: namespace } } })
    await sayAll(projects, json, ({ slug, visibility, updatedAt }) => [slug, visibility, updatedAt])
    return EXIT.done
  }
  const place = { namespace, project }
  const found =
    rest === undefined
      ? undefined
      : (await lake.GET('/nodes/lookup', { params: { query: { ...place, path: `/${rest}` } } })).data
  const query = found ? { parentId: found.id } : place
  const nodes = lake.pages('/nodes/children', { params: { query } })
  await sayAll(nodes, json, ({ name, kind, leaf, updatedAt }) => [
    ...[leaf ? segmentOf(name) : `${segmentOf(name)}/`, kind, updatedAt],
  ])
  return EXIT.done
}

export const ls: Command = {
  name: 'ls',
  summary: 'List namespaces, projects, or what is in a folder or an episode',
  help: `Usage: dreamlake-edge ls [namespace[/project[/path]]]

Lists your namespaces, the projects of one, or what is right below a project, a
folder or an episode. What ends with a slash holds other things.

  --json              a line of JSON for each

Examples:
  dreamlake-edge ls alice/robotics
  dreamlake-edge ls alice/robotics/experiments/run-042/camera`,
  options: {},
  run: list,
}

async function search({ words, values, json, connected }: Run) {
  const lake = await connected()
  const query = words.join(' ')
  const within = textIn(values, 'in')
  const scope = within === undefined ? { namespace: await homeOf(lake) } : placeIn(within)
  if (values.assets !== true) {
    await sayAll(lake.find(query, scope), json, ({ name, status, tags, createdAt }) => [
      ...[name, status, createdAt, tags.join(' ')],
    ])
    return EXIT.done
  }
  if (scope.project === undefined)
    throw new UsageError('Assets are looked for in a project: --in namespace/project.')
  const assets = lake.findAssets(query, { namespace: scope.namespace, project: scope.project })
  await sayAll(assets, json, ({ name, kind, episode, object }) => [
    ...[name ?? '', kind, episode?.name ?? '', object ? sizeText(object.size) : ''],
  ])
  return EXIT.done
}

async function homeOf(lake: Awaited<ReturnType<Run['connected']>>): Promise<string> {
  const { data } = await lake.GET('/auth/me')
  const { namespace } = data
  if (!namespace) throw new UsageError('Say where: --in namespace/project.')
  return typeof namespace === 'string' ? namespace : namespace.slug
}

export const find: Command = {
  name: 'find',
  summary: 'Find episodes, or assets, by a query over their fields',
  help: `Usage: dreamlake-edge find <query> [--in namespace[/project]] [--assets]

Finds episodes in a project, or in all of a namespace; your own if nothing else
is said. Words look into names; fields are asked for by name:

  tag:night status:completed     meta.robot:arm-3     duration>2m
  started:2026-04-14             -tag:front           kind:video size>1GB

  --in PLACE          namespace/project, or namespace
  --assets            assets in place of episodes; of one project
  --json              a line of JSON for each

Examples:
  dreamlake-edge find 'tag:night meta.score>0.5' --in alice/robotics
  dreamlake-edge find 'kind:video fps>=30' --assets --in alice/robotics`,
  options: { in: { type: 'string' }, assets: { type: 'boolean' } },
  run: search,
}

async function readManifest({ words, values, signal, connected }: Run) {
  const { rest, ...place } = projectIn(oneWord(words, 'which dataset: namespace/project/dataset'))
  if (rest === undefined) throw new UsageError('Say which dataset: namespace/project/dataset.')
  const lake = await connected()
  const kind = textIn(values, 'kind') as Kind | undefined
  const lines = lake.manifest(
    { ...place, dataset: rest },
    { urls: values.urls === true, signal, ...(kind ? { kind } : {}) },
  )
  for (;;) {
    const { value, done } = await lines.next()
    if (!done) sayJson(value)
    else {
      tell(`${value.lines} assets${value.changed ? '; the project was written to meanwhile' : ''}.`)
      return EXIT.done
    }
  }
}

export const manifest: Command = {
  name: 'manifest',
  summary: 'Print what a dataset holds, a line of JSON for each asset',
  help: `Usage: dreamlake-edge manifest namespace/project/dataset [--urls] [--kind kind]

Prints a line of JSON for each asset that a dataset reaches, each once. It ends
with exit code 0 only when all of them were printed.

  --urls              with a URL for the bytes of each
  --kind KIND         of one kind alone

Example:
  dreamlake-edge manifest alice/robotics/training-v1 --urls > training.jsonl`,
  options: { urls: { type: 'boolean' }, kind: { type: 'string' } },
  run: readManifest,
}

async function tellWho({ json, connected }: Run) {
  const lake = await connected()
  const { data } = await lake.GET('/auth/me')
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
