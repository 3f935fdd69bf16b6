import { stat } from 'node:fs/promises'
import { withAllDigits } from '../json.ts'
import { type Kind, STORAGE_NAME } from '../kinds.ts'
import type { UploadOptions } from '../upload.ts'
import {
  type Command,
  EXIT,
  type Exit,
  episodeIn,
  numberIn,
  type Run,
  textIn,
  textsIn,
  UsageError,
} from './command.ts'
import { type Found, filesBy } from './files.ts'
import { counted, ProgressBar, say, sayJson, sizeText, tell } from './output.ts'
import { explain, isForAll } from './problem.ts'

/** A file that is to be sent. */
interface Item extends UploadOptions {
  readonly body: string
  readonly size: number
}

const kinds = Object.keys(STORAGE_NAME) as Kind[]

export function kindIn({ values }: Pick<Run, 'values'>): Kind | undefined {
  const kind = textIn(values, 'kind')
  if (kind === undefined || kinds.includes(kind as Kind)) return kind as Kind | undefined
  throw new UsageError(`--kind is ${kind}: it is one of ${kinds.join(', ')}.`)
}

export function metadataIn({ values }: Pick<Run, 'values'>): Record<string, unknown> | undefined {
  const text = textIn(values, 'metadata')
  if (text === undefined) return undefined
  try {
    const value: unknown = withAllDigits(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // What it should be is told below.
  }
  throw new UsageError('--metadata is no object in JSON, such as {"robot": "arm-3"}.')
}

const rooted = (path: string): string => (path.startsWith('/') ? path : `/${path}`)
const under = (folder: string | undefined, path: string): string =>
  `${rooted(folder ?? '').replace(/\/$/, '')}/${path}`

const MOST_BYTES_OF_A_PATH = 1_024
const MOST_SEGMENTS = 32
const MOST_IN_A_NAME = 255
const MOST_IN_A_TAG = 64
const MOST_TAGS = 64

/** Why the server would refuse a path, when all bytes were sent by then; undefined where it takes it. */
function pathFault(path: string): string | undefined {
  const names = path.split('/').filter((name) => name !== '')
  if (names.some((name) => name === '.' || name === '..')) return 'has a segment that is "." or ".."'
  if (names.some((name) => [...name].length > MOST_IN_A_NAME))
    return `has a segment of over ${MOST_IN_A_NAME} characters`
  if (names.length > MOST_SEGMENTS) return `has over ${MOST_SEGMENTS} segments`
  if (Buffer.byteLength(`/${names.join('/')}`) > MOST_BYTES_OF_A_PATH)
    return `is over ${MOST_BYTES_OF_A_PATH} bytes`
  return /\p{Cc}/u.test(path) ? 'has a control character' : undefined
}

/** The tags that all get, as the server would take them. */
function tagsIn({ values }: Run): readonly string[] {
  const tags = textsIn(values, 'tag')
  const long = tags.find((tag) => [...tag].length > MOST_IN_A_TAG)
  if (long !== undefined) throw new UsageError(`--tag is over ${MOST_IN_A_TAG} characters: ${long}`)
  if (tags.some((tag) => /\p{Cc}/u.test(tag))) throw new UsageError('--tag has a control character.')
  if (tags.length > MOST_TAGS) throw new UsageError(`--tag is given over ${MOST_TAGS} times.`)
  return tags
}

/** The path of an asset by `--as`: of a single file all of it, of others what it begins with. */
async function pathsBy({ words, values }: Run): Promise<(path: string) => string> {
  const as = textIn(values, 'as')
  const fault = as === undefined ? undefined : pathFault(as)
  if (fault !== undefined) throw new UsageError(`--as ${fault}.`)
  const [word, ...others] = words
  const isOne = word !== undefined && others.length === 0 && (await stat(word).catch(() => null))?.isFile()
  return isOne && as !== undefined && !as.endsWith('/') ? () => rooted(as) : (path) => under(as, path)
}

/** Where a file goes by `--episodes`: the first folder is an episode. */
function inEpisode(path: string, file: string): { episode: string; path: string } {
  const [, episode, rest] = /^([^/]+)\/(.+)$/.exec(path) ?? []
  if (episode === undefined || rest === undefined)
    throw new UsageError(
      `${file} is in no folder that could be an episode: leave out --episodes, or the file.`,
    )
  return { episode, path: rest }
}

type LeftOut = Exclude<Found, { readonly path: string }>

/** Beside folders that become episodes, what a system has hidden there is none to send. */
const unlessHidden = (found: Found, isEach: boolean): Found =>
  isEach && 'path' in found && /^\.[^/]*$/.test(found.path)
    ? { file: found.file, passed: 'it is hidden, and in no folder' }
    : found

/** Tells of what is not sent; gives whether it should have been. */
function tellLeftOut(found: LeftOut, json: boolean): boolean {
  const isFault = 'fault' in found
  const why = isFault ? `cannot be read: ${found.fault}` : `is passed over: ${found.passed}`
  if (json) sayJson(found)
  else tell(`${found.file} ${why}.`)
  return isFault
}

/** What is to be sent, and where to. Everything is looked at first: a mistake is told before anything is sent. */
async function itemsOf(run: Run): Promise<{ items: Item[]; passed: number; faults: number }> {
  const to = textIn(run.values, 'to')
  if (to === undefined)
    throw new UsageError('Say where to: --to namespace/project or --to namespace/project/episode.')
  const { episode, ...place } = episodeIn(to)
  const isEach = run.values.episodes === true
  if (isEach && episode !== undefined)
    throw new UsageError('With --episodes each folder is an episode: --to is namespace/project.')
  const [kind, metadata, tags] = [kindIn(run), metadataIn(run), tagsIn(run)]
  const common = {
    ...place,
    ...(kind ? { kind } : {}),
    ...(metadata ? { metadata } : {}),
    ...(tags.length > 0 ? { tags } : {}),
  }
  const pathOf = await pathsBy(run)
  const items = new Map<string, Item>()
  let [passed, faults] = [0, 0]
  for await (const each of filesBy(run.words)) {
    const found = unlessHidden(each, isEach)
    if (!('path' in found)) {
      if (tellLeftOut(found, run.json)) faults++
      else passed++
      continue
    }
    const at = isEach ? inEpisode(found.path, found.file) : { episode, path: found.path }
    const path = pathOf(at.path)
    const fault = pathFault(path)
    if (fault !== undefined) {
      // No asset can be called so; the others are sent.
      if (run.json) sayJson({ file: found.file, fault })
      else tell(`${found.file}: name: ${fault}`)
      faults++
      continue
    }
    const key = JSON.stringify([at.episode, kind, path])
    const other = items.get(key)
    if (other !== undefined)
      throw new UsageError(
        `${other.body} and ${found.file} would both be ${path}: send them one by one, with --as.`,
      )
    const inside = at.episode === undefined ? {} : { episode: at.episode }
    items.set(key, { ...common, ...inside, path, body: found.file, size: found.size })
  }
  return { items: [...items.values()], passed, faults }
}

/** What has become of the files. */
interface Counts {
  sent: number
  held: number
  failed: number
}

/** Says what came of one, and counts it. */
function report({ json }: Run, counts: Counts, item: Item, error: unknown, isHeld: boolean): void {
  const { body, path, size, episode } = item
  counts[error !== undefined ? 'failed' : isHeld ? 'held' : 'sent']++
  const place = episode === undefined ? path : `${episode}${path}`
  if (error === undefined) {
    if (!json) say(`${place}  ${sizeText(size)}${isHeld ? '  not sent again' : ''}`)
    return
  }
  const problem = explain(error)
  if (json) sayJson({ file: body, error: problem })
  else tell(`${body}: ${problem.message}`)
}

async function run(run: Run): Promise<Exit> {
  if (run.words.length === 0) throw new UsageError('Say which files or folders.')
  const concurrency = numberIn(run.values, 'concurrency', 99) ?? 4
  const { items, passed, faults } = await itemsOf(run)
  if (items.length + faults === 0) throw new UsageError('There is no file in that.')
  const bar = new ProgressBar({ isWhole: true })
  for (const item of items) bar.expect(item, item.size)
  const held = new Set<Item>()
  const counts: Counts = { sent: 0, held: 0, failed: faults }
  const lake = await run.connected()
  const uploads = lake.uploadAll(items, {
    ...{ concurrency, signal: run.signal, keep: true },
    onProgress(item, progress) {
      if (progress.isThere) held.add(item)
      bar.label = item.path
      bar.update(item, { done: progress.sent, held: progress.held, total: progress.total })
    },
  })
  let stop: unknown
  for await (const ended of uploads) {
    const { item } = ended
    const error = 'error' in ended ? ended.error : undefined
    bar.clear()
    if (isForAll(error)) {
      stop = error
      counts.failed++
      break
    }
    report(run, counts, item, error, held.has(item))
    if ('asset' in ended && run.json) sayJson({ file: item.body, asset: ended.asset, sent: !held.has(item) })
  }
  bar.clear()
  const all = items.length + faults
  if (all + passed > 1 && !run.json) tell(summary(counts, all, passed))
  if (stop !== undefined) throw stop
  if (counts.failed === 0) return EXIT.done
  return counts.sent + counts.held > 0 ? EXIT.partly : EXIT.failed
}

function summary({ sent, held, failed }: Counts, all: number, passed: number): string {
  const left = all - sent - held - failed
  const parts: readonly (readonly [number, string])[] = [
    [held, 'not sent again'],
    [failed, 'failed'],
    [left, 'not tried'],
    [passed, 'passed over'],
  ]
  const others = parts.filter(([count]) => count > 0).map(([count, what]) => `, ${count} ${what}`)
  return `${sent} of ${counted(all, 'file')} sent${others.join('')}.`
}

export const upload: Command = {
  name: 'upload',
  summary: 'Send files and folders, and register them as assets',
  isWork: true,
  help: `Usage: dreamlake-edge upload <files or folders> --to PLACE [--as PATH]

Sends files and registers each as an asset. Projects, episodes and folders come
into being where they are missing. Whatever ends this command, run it again: a
file that is there is not sent again, and of one that was begun, and is larger
than 64 MiB, only what is missing. Up to 64 MiB a file is known by its bytes;
above by name, size and time, on this machine. A file that has changed becomes a
new asset, without the tags of the one before it, which goes to the trash.

A folder keeps its name; with a slash at its end it stands for what is in it.
Links to files are sent as files. What is no file is passed over, and told.

  --to PLACE          namespace/project, or namespace/project/episode
  --episodes          each folder becomes an episode of its name: those that
                      are given, or with a slash those in the given one
  --as PATH           the path of a single file; of folders, or with a slash at
                      its end, what the paths begin with
  --kind KIND         video, audio, image, text-track, label-track or file;
                      otherwise what the name of each file says
  --tag TAG           a tag of each asset, as often as you like; see set for
                      those of an episode
  --metadata JSON     of each asset, such as '{"lens": "wide"}'
  --concurrency N     connections at once; 4 if nothing else is said
  --json              a line of JSON for each file

Examples:
  dreamlake-edge upload front.mp4 --to alice/robotics/run-042 --as /camera/
  dreamlake-edge upload 2026-04-14/ --to alice/robotics --episodes`,
  options: {
    to: { type: 'string' },
    episodes: { type: 'boolean' },
    as: { type: 'string' },
    kind: { type: 'string' },
    tag: { type: 'string', multiple: true },
    metadata: { type: 'string' },
    concurrency: { type: 'string' },
  },
  run,
}
