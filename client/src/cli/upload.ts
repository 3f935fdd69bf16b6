import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { withAllDigits } from '../json.ts'
import { type Kind, STORAGE_NAME } from '../kinds.ts'
import type { UploadOptions } from '../upload.ts'
import { type Command, EXIT, projectIn, type Run, textIn, textsIn, UsageError } from './command.ts'
import { ProgressBar, say, sayJson, sizeText, tell } from './output.ts'
import { explain } from './problem.ts'

/** A file that is to be sent. */
interface Item extends UploadOptions {
  readonly body: string
  readonly size: number
}

/** A link to a file is sent as that file; one to a folder could lead round and round. */
async function isSent(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile()
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}

/** All files in a folder, by their paths within it, in order. */
async function* filesIn(folder: string, within = ''): AsyncGenerator<string> {
  const entries = await readdir(join(folder, within), { withFileTypes: true })
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = within === '' ? entry.name : `${within}/${entry.name}`
    if (entry.isDirectory()) yield* filesIn(folder, path)
    else if (await isSent(entry, join(folder, path))) yield path
    else tell(`${join(folder, path)} is passed over: it is no file.`)
  }
}

const kinds = Object.keys(STORAGE_NAME) as Kind[]

function kindIn({ values }: Run): Kind | undefined {
  const kind = textIn(values, 'kind')
  if (kind === undefined || kinds.includes(kind as Kind)) return kind as Kind | undefined
  throw new UsageError(`--kind is ${kind}: it is one of ${kinds.join(', ')}.`)
}

function metadataIn({ values }: Run): Record<string, unknown> | undefined {
  const text = textIn(values, 'metadata')
  if (text === undefined) return undefined
  try {
    return withAllDigits(text) as Record<string, unknown>
  } catch {
    throw new UsageError('--metadata is no JSON.')
  }
}

function concurrencyIn({ values }: Run): number {
  const text = textIn(values, 'concurrency') ?? '4'
  if (/^[1-9]\d?$/.test(text)) return Number(text)
  throw new UsageError(`--concurrency is ${text}: it is a number from 1 to 99.`)
}

/** What is to be sent, and where to. A folder's files go where they are within it. */
async function* itemsOf(run: Run): AsyncGenerator<Omit<Item, 'size'>> {
  const to = textIn(run.values, 'to')
  if (to === undefined)
    throw new UsageError('Say where to: --to namespace/project or --to namespace/project/episode.')
  const { rest: episode, ...place } = projectIn(to)
  const as = textIn(run.values, 'as')
  const [kind, metadata, tags] = [kindIn(run), metadataIn(run), textsIn(run.values, 'tag')]
  const common = {
    ...place,
    ...(episode === undefined ? {} : { episode }),
    ...(kind ? { kind } : {}),
    ...(metadata ? { metadata } : {}),
    ...(tags.length > 0 ? { tags } : {}),
  }
  const isOne = run.words.length === 1
  for (const word of run.words) {
    const body = resolve(word)
    const found = await stat(body).catch(() => {
      throw new UsageError(`There is no file or folder ${word}.`)
    })
    if (found.isDirectory())
      for await (const path of filesIn(body))
        yield { ...common, body: join(body, path), path: under(as, path) }
    else {
      const isName = isOne && as !== undefined && !as.endsWith('/')
      yield { ...common, body, path: isName ? rooted(as) : under(as, basename(body)) }
    }
  }
}

const rooted = (path: string): string => (path.startsWith('/') ? path : `/${path}`)
const under = (folder: string | undefined, path: string): string =>
  `${rooted(folder ?? '').replace(/\/$/, '')}/${path}`

async function run(run: Run): Promise<typeof EXIT.done | typeof EXIT.failed | typeof EXIT.partly> {
  if (run.words.length === 0) throw new UsageError('Say which files or folders.')
  // Everything is looked at first: a mistake is told before anything is sent, and the bar knows all.
  const items: Item[] = []
  const bar = new ProgressBar()
  for await (const found of itemsOf(run)) {
    const item = { ...found, size: (await stat(found.body)).size }
    items.push(item)
    bar.expect(item, item.size)
  }
  const lake = await run.connected()
  const counts = { done: 0, failed: 0 }
  const uploads = lake.uploadAll(items, {
    concurrency: concurrencyIn(run),
    signal: run.signal,
    keep: true,
    onProgress(item, { sent, held, total }) {
      bar.label = item.path
      bar.update(item, { done: sent, held, total })
    },
  })
  for await (const ended of uploads) {
    const { body, path, size } = ended.item
    counts['error' in ended ? 'failed' : 'done']++
    if (run.json) {
      bar.clear()
      sayJson(
        'error' in ended ? { file: body, error: explain(ended.error) } : { file: body, asset: ended.asset },
      )
    } else if ('error' in ended) bar.above(`${body}: ${explain(ended.error).message}`, tell)
    else bar.above(`${path}  ${sizeText(size)}`, say)
  }
  bar.clear()
  if (items.length > 1) tell(`${counts.done} of ${items.length} files are there.`)
  if (counts.failed === 0) return EXIT.done
  return counts.done > 0 ? EXIT.partly : EXIT.failed
}

export const upload: Command = {
  name: 'upload',
  summary: 'Send files and folders, and register them as assets',
  help: `Usage: dreamlake-edge upload <files or folders> --to PLACE [--as PATH]

Sends files and registers each as an asset. Projects, episodes and folders come
into being where they are missing. Files of over 64 MiB go in parts: whatever
ends this command, run it again, and only what is missing is sent. Of a folder
links to files are sent too, and links to folders are not.

  --to PLACE          namespace/project, or namespace/project/episode
  --as PATH           the path of a single file; of a folder, or with a slash at
                      its end, what the paths begin with
  --kind KIND         video, audio, image, text-track, label-track or file;
                      otherwise what the name of each file says
  --tag TAG           a tag, as often as you like
  --metadata JSON     such as '{"robot": "arm-3"}'
  --concurrency N     connections at once; 4 if nothing else is said
  --json              a line of JSON for each file

Examples:
  dreamlake-edge upload front.mp4 --to alice/robotics/run-042 --as /camera/
  dreamlake-edge upload recordings/ --to alice/robotics/run-042 --tag night`,
  options: {
    to: { type: 'string' },
    as: { type: 'string' },
    kind: { type: 'string' },
    tag: { type: 'string', multiple: true },
    metadata: { type: 'string' },
    concurrency: { type: 'string' },
  },
  run,
}
