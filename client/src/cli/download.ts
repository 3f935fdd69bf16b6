import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { components } from '../api.ts'
import { DreamLakeError } from '../error.ts'
import type { Kind } from '../kinds.ts'
import type { Dataset } from '../manifest.ts'
import {
  type Command,
  EXIT,
  type Exit,
  type Lake,
  numberIn,
  oneWord,
  projectIn,
  type Run,
  textIn,
  UsageError,
} from './command.ts'
import { FileNames, fileNameOf, filePathAsGiven, filePathOf, isFolder } from './file-names.ts'
import { type Node, nodesAt, onlyOne } from './nodes-at.ts'
import { counted, ProgressBar, say, sayJson, sizeText, tell } from './output.ts'
import { explain, isForAll } from './problem.ts'

type StoredObject = components['schemas']['StoredObject']

/** An asset, and where it goes. */
interface Wanted {
  readonly id: string
  readonly kind: Kind
  /** Its bytes; undefined where they are still to be asked for, null where it has none. */
  readonly object: Pick<StoredObject, 'size' | 'sha256'> | null | undefined
  readonly url?: string | null | undefined
  readonly file: string
}

/** What a leaf is written to: like what copies files, into a folder that is there. */
async function fileOf({ name }: Node, out: string | undefined): Promise<string> {
  if (out === undefined) return fileNameOf(name)
  return out.endsWith('/') || (await isFolder(out)) ? join(out, fileNameOf(name)) : out
}

/** A leaf, or all leaves below a folder or an episode. */
async function* below(
  lake: Lake,
  node: Node,
  out: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Wanted> {
  const wanted = ({ assetId, kind }: Node, file: string): Wanted => ({
    ...{ id: assetId ?? '', kind: kind as Kind, object: undefined, file },
  })
  if (node.leaf) return yield wanted(node, await fileOf(node, out))
  const folder = out ?? fileNameOf(node.name)
  if ((await sizeOf(folder)) !== null) throw new UsageError(`${folder} is a file: say a folder by --out.`)
  const params = { path: { id: node.id }, query: { leavesOnly: true } }
  const names = new FileNames(folder)
  for await (const leaf of lake.pages('/nodes/{id}/descendants', { params, signal })) {
    const path = filePathOf(leaf.path.slice(node.path.length))
    yield wanted(leaf, await names.of(path, leaf.kind))
  }
}

/** What a dataset holds, each asset in a folder of its episode. */
async function* heldBy(
  lake: Lake,
  dataset: Dataset,
  out: string,
  signal: AbortSignal,
): AsyncGenerator<Wanted> {
  const names = new FileNames(out)
  for await (const line of lake.manifest(dataset, { urls: true, signal })) {
    const { assetId, kind, size, sha256, url, episode, path } = line
    const folder = episode === null ? '' : `${fileNameOf(episode)}/`
    const file = await names.of(`${folder}${filePathAsGiven(path ?? assetId)}`, kind)
    yield { id: assetId, kind: kind as Kind, object: size === null ? null : { size, sha256 }, url, file }
  }
}

async function objectOf(
  lake: Lake,
  kind: string,
  id: string,
  signal: AbortSignal,
): Promise<StoredObject | null> {
  const { data } = await lake.GET(`/assets/${kind as Kind}/{id}` as '/assets/file/{id}', {
    params: { path: { id } },
    signal,
  })
  return data.object
}

const sizeOf = (file: string): Promise<number | null> =>
  stat(file).then(
    (found) => (found.isFile() ? found.size : null),
    () => null,
  )

async function sha256Of(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash, { signal })
  return hash.digest('hex')
}

interface Fetched {
  readonly size: number
  /** Whether it was there, and nothing was fetched. */
  readonly wasThere: boolean
  /** Whether its bytes are known to be those that were sent; the server knows that of what it has hashed. */
  readonly isVerified: boolean
}

/** What is there is left alone, where it is the same as far as is known; another file is no one's to replace. */
async function foundThere(
  { file }: Wanted,
  { size, sha256 }: Pick<StoredObject, 'size' | 'sha256'>,
  { values, signal }: Run,
): Promise<Fetched | null> {
  const there = await sizeOf(file)
  if (there === null) {
    if (await isFolder(file)) throw new UsageError('It is a folder here: say another file by --out.')
    return null
  }
  const isForced = values.force === true
  const isSame = there === size && (sha256 ? (await sha256Of(file, signal)) === sha256 : !isForced)
  if (isSame) return { size, wasThere: true, isVerified: Boolean(sha256) }
  if (isForced) return null
  throw new UsageError('It is there, and is another file: --force replaces it.')
}

/** Goes on where a command before this one has ended, and shows a file only when it is whole. */
async function fetchFile(wanted: Wanted, lake: Lake, run: Run, bar: ProgressBar): Promise<Fetched> {
  const { id, kind, file, url } = wanted
  const { signal } = run
  const object = wanted.object === undefined ? await objectOf(lake, kind, id, signal) : wanted.object
  if (object === null) throw new UsageError('It has no bytes of its own on this server.')
  const { size, sha256 } = object
  bar.expect(id, size)
  const known = await foundThere(wanted, object, run)
  if (known !== null) {
    bar.update(id, { done: size, held: size, total: size })
    return known
  }
  // Of a name that is as long as may be, none that is longer can be made.
  const part = join(dirname(file), `${id}.part`)
  await mkdir(dirname(file), { recursive: true })
  const there = await sizeOf(part)
  const start = there !== null && there <= size ? there : 0
  // What begins anew is made anew; what goes on is written where it belongs, also when another command does the same.
  if (there !== null && start === 0) await rm(part)
  const bytes = lake.download(
    { assetId: id, size, sha256, ...(url ? { url } : {}) },
    {
      ...{ start, signal },
      onProgress({ received }) {
        bar.label = file
        bar.update(id, { done: start + received, held: start, total: size })
      },
    },
  )
  await pipeline(
    Readable.fromWeb(bytes as Parameters<typeof Readable.fromWeb>[0]),
    createWriteStream(part, start === 0 ? { flags: 'w' } : { flags: 'r+', start }),
    { signal },
  )
  if (start > 0 && sha256 && (await sizeOf(part)) !== null) await verify(part, sha256, signal)
  await shown(part, file, size)
  return { size, wasThere: false, isVerified: Boolean(sha256) }
}

/** Gives a file its name once it is whole. Another command may have done so meanwhile. */
async function shown(part: string, file: string, size: number): Promise<void> {
  const there = await sizeOf(part)
  if (there === null && (await sizeOf(file)) === size) return
  if (there !== size)
    throw new DreamLakeError(`${part} is not whole: download it again.`, { code: 'truncated' })
  await rename(part, file)
}

/** What came in two pieces is compared as a whole. What is of another whole is no beginning of the next one. */
async function verify(file: string, sha256: string, signal: AbortSignal): Promise<void> {
  if ((await sha256Of(file, signal)) === sha256) return
  await rm(file)
  throw new DreamLakeError('The bytes are not those of the asset: download it again.', { code: 'mismatch' })
}

/** Does what there is to do, a few at a time. */
async function atOnce<T>(
  count: number,
  things: AsyncIterator<T>,
  work: (thing: T) => Promise<boolean>,
): Promise<void> {
  const one = async (): Promise<void> => {
    for (let next = await things.next(); !next.done; next = await things.next())
      if (!(await work(next.value))) return
  }
  await Promise.all(Array.from({ length: count }, one))
}

async function toOutput(lake: Lake, node: Node, signal: AbortSignal): Promise<Exit> {
  if (!node.leaf) throw new UsageError('Standard output takes a single asset, and no folder or episode.')
  const id = node.assetId ?? ''
  const bytes = lake.download({ id, object: await objectOf(lake, node.kind, id, signal) }, { signal })
  await pipeline(Readable.fromWeb(bytes as Parameters<typeof Readable.fromWeb>[0]), process.stdout, {
    signal,
  })
  return EXIT.done
}

async function run(run: Run): Promise<Exit> {
  const { signal, values, words } = run
  const [out, dataset] = [textIn(values, 'out'), textIn(values, 'dataset')]
  const concurrency = numberIn(values, 'concurrency', 99) ?? 4
  const where = oneWord(words, 'what: namespace/project/path')
  const { rest, ...place } = projectIn(where)
  if (dataset !== undefined && rest !== undefined)
    throw new UsageError('With --dataset say namespace/project alone.')
  if (dataset !== undefined && values.kind !== undefined)
    throw new UsageError('--kind says which of several of one path is meant: a dataset is fetched whole.')
  if (dataset !== undefined && out === '-') throw new UsageError('Standard output takes a single asset.')
  const lake = await run.connected()
  if (dataset !== undefined) {
    const folder = out ?? fileNameOf(dataset)
    return fetchAll(run, lake, heldBy(lake, { ...place, dataset }, folder, signal), concurrency)
  }
  const path = `/${rest ?? ''}`
  if (path === '/') throw new UsageError(`Say what of it: ${where}/PATH, or --dataset NAME.`)
  const node = onlyOne(await nodesAt(run, lake, { ...place, path, where }), where)
  if (out === '-') return toOutput(lake, node, signal)
  return fetchAll(run, lake, below(lake, node, out, signal), concurrency)
}

async function fetchAll(
  run: Run,
  lake: Lake,
  all: AsyncGenerator<Wanted>,
  concurrency: number,
): Promise<Exit> {
  const { signal, json } = run
  const bar = new ProgressBar({ isWhole: false })
  const counts = { fetched: 0, held: 0, failed: 0, unverified: 0 }
  let stop: unknown
  await atOnce(concurrency, all, async (wanted) => {
    const { file, id } = wanted
    try {
      const { size, wasThere, isVerified } = await fetchFile(wanted, lake, run, bar)
      counts[wasThere ? 'held' : 'fetched']++
      if (!isVerified) counts.unverified++
      bar.clear()
      if (json) sayJson({ file, assetId: id, size, fetched: !wasThere, verified: isVerified })
      else say(`${file}  ${sizeText(size)}${wasThere ? '  was there' : ''}`)
    } catch (error) {
      signal.throwIfAborted()
      counts.failed++
      bar.clear()
      if (isForAll(error)) {
        stop = error
        return false
      }
      const problem = explain(error)
      if (json) sayJson({ file, error: problem })
      else tell(`${file}: ${problem.message}`)
    }
    return stop === undefined
  })
  await all.return(undefined)
  bar.clear()
  const { fetched, held, failed, unverified } = counts
  const others = [
    [held, 'were there'],
    [failed, 'failed'],
    [unverified, 'compared by size alone'],
  ] as const
  const rest = others.filter(([count]) => count > 0).map(([count, what]) => `, ${count} ${what}`)
  if (!json && (fetched + held + failed !== 1 || unverified > 0))
    tell(`${counted(fetched, 'file')} fetched${rest.join('')}.`)
  if (stop !== undefined) throw stop
  if (failed === 0) return EXIT.done
  return fetched + held > 0 ? EXIT.partly : EXIT.failed
}

export const download: Command = {
  name: 'download',
  summary: 'Fetch a file, a folder, an episode or a dataset',
  isWork: true,
  help: `Usage: dreamlake-edge download namespace/project/path [--out PATH]
       dreamlake-edge download namespace/project --dataset NAME [--out PATH]

Fetches an asset, or all below a folder or an episode, by the path that ls
shows; or what a dataset holds, each asset in a folder of its episode. Bytes are
compared with their size, and where the server knows it with their SHA-256: it
knows none of what was sent in parts. Run it again: a file that is there and the
same is not fetched again, and what was cut goes on where it ended.

  --out PATH          the file, or the folder, of which an asset that is put
                      into one keeps its name; - writes it to standard output
  --force             replaces files that are there, and others
  --kind KIND         which of several of one path: folder, episode, video, ...
  --concurrency N     files at once; 4 if nothing else is said
  --json              a line of JSON for each file

Examples:
  dreamlake-edge download alice/robotics/run-042/camera/front.mp4
  dreamlake-edge download alice/robotics/run-042 --out run-042
  dreamlake-edge download alice/robotics --dataset training-v1`,
  options: {
    out: { type: 'string' },
    dataset: { type: 'string' },
    force: { type: 'boolean' },
    kind: { type: 'string' },
    concurrency: { type: 'string' },
  },
  run,
}
