import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { components } from '../api.ts'
import { DreamLakeError } from '../error.ts'
import type { Kind } from '../kinds.ts'
import { type Command, EXIT, type Lake, oneWord, projectIn, type Run, textIn, UsageError } from './command.ts'
import { ProgressBar, say, sayJson, sizeText, tell } from './output.ts'
import { explain } from './problem.ts'

type Node = components['schemas']['Node']
type StoredObject = components['schemas']['StoredObject']

/** A leaf of the tree, and where it goes. */
interface Wanted {
  readonly node: Node
  readonly file: string
}

/** What a file system takes for something else than a part of a name. */
const SPECIAL = process.platform === 'win32' ? /[/\\:<>"|?*]/g : /\//g

const escaped = (text: string): string =>
  text.replaceAll(SPECIAL, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)

/** The name of a file that leads nowhere else, whatever name it is made of. */
const fileNameOf = (name: string): string =>
  name === '.' || name === '..' ? name.replaceAll('.', '%2E') : escaped(name)

/** Where something below a node goes. In the path of a node a slash and a percent sign inside a name are escaped. */
const filePathOf = (path: string): string =>
  path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => fileNameOf(segment.replaceAll(/%2[5F]/gi, (each) => (each === '%25' ? '%' : '/'))))
    .join('/')

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => path.endsWith('/'),
  )

/** What a leaf is written to: like what copies files, into a folder that is there. */
async function fileOf({ name }: Node, out: string | undefined): Promise<string> {
  if (out === undefined) return fileNameOf(name)
  return (await isFolder(out)) ? join(out, fileNameOf(name)) : out
}

/** A leaf, or all leaves below a folder or an episode. */
async function* wantedBy(lake: Lake, node: Node, out: string | undefined): AsyncGenerator<Wanted> {
  if (node.leaf) return yield { node, file: await fileOf(node, out) }
  const folder = out ?? fileNameOf(node.name)
  const leaves = lake.pages('/nodes/{id}/descendants', {
    params: { path: { id: node.id }, query: { leavesOnly: true } },
  })
  const taken = new Set<string>()
  for await (const leaf of leaves) {
    const path = join(folder, filePathOf(leaf.path.slice(node.path.length)))
    // Assets of two kinds may have one path.
    const file = taken.has(path) ? `${path}.${leaf.kind}` : path
    taken.add(file)
    yield { node: leaf, file }
  }
}

async function objectOf(lake: Lake, { kind, assetId }: Node): Promise<StoredObject | null> {
  const { data } = await lake.GET(`/assets/${kind as Kind}/{id}` as '/assets/file/{id}', {
    params: { path: { id: assetId ?? '' } },
  })
  return data.object
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  )

/** Goes on where a command before this one has ended, and shows a file only when it is whole. */
async function fetchFile(
  { node, file }: Wanted,
  lake: Lake,
  { signal }: Run,
  bar: ProgressBar,
): Promise<number> {
  const id = node.assetId ?? ''
  const object = await objectOf(lake, node)
  // Of a name that is as long as may be, none that is longer can be made.
  const part = join(dirname(file), `${id}.part`)
  await mkdir(dirname(file), { recursive: true })
  const there = await sizeOf(part)
  const start = object !== null && there <= object.size ? there : 0
  bar.label = file
  const bytes = lake.download(
    { id, object },
    {
      ...{ start, signal },
      onProgress: ({ received, total = 0 }) =>
        bar.update(id, { done: start + received, held: start, total: start + total }),
    },
  )
  const flags = start === 0 ? 'w' : 'a'
  await pipeline(
    Readable.fromWeb(bytes as Parameters<typeof Readable.fromWeb>[0]),
    createWriteStream(part, { flags }),
  )
  if (start > 0 && object?.sha256) await verify(part, object.sha256)
  await rename(part, file)
  return sizeOf(file)
}

/** What came in two pieces is compared as a whole. What is of another whole is no beginning of the next one. */
async function verify(file: string, sha256: string): Promise<void> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  if (hash.digest('hex') === sha256) return
  await rm(file)
  throw new DreamLakeError('The bytes are not those of the asset: download it again.', { code: 'mismatch' })
}

async function run(run: Run) {
  const { rest, ...place } = projectIn(oneWord(run.words, 'what: namespace/project/path'))
  const lake = await run.connected()
  const { data: node } = await lake.GET('/nodes/lookup', {
    params: { query: { ...place, path: `/${rest ?? ''}` } },
  })
  const out = textIn(run.values, 'out')
  if (out === '-') {
    if (!node.leaf) throw new UsageError('Standard output takes a single asset, and no folder or episode.')
    const bytes = lake.download(
      { id: node.assetId ?? '', object: await objectOf(lake, node) },
      { signal: run.signal },
    )
    await pipeline(Readable.fromWeb(bytes as Parameters<typeof Readable.fromWeb>[0]), process.stdout)
    return EXIT.done
  }
  const bar = new ProgressBar()
  const counts = { done: 0, failed: 0 }
  for await (const wanted of wantedBy(lake, node, out)) {
    const { file } = wanted
    try {
      const size = await fetchFile(wanted, lake, run, bar)
      counts.done++
      bar.clear()
      if (run.json) sayJson({ file, assetId: wanted.node.assetId, size })
      else say(`${file}  ${sizeText(size)}`)
    } catch (error) {
      run.signal.throwIfAborted()
      counts.failed++
      bar.clear()
      if (run.json) sayJson({ file, error: explain(error) })
      else tell(`${file}: ${explain(error).message}`)
    }
  }
  if (counts.failed === 0) return EXIT.done
  return counts.done > 0 ? EXIT.partly : EXIT.failed
}

export const download: Command = {
  name: 'download',
  summary: 'Fetch a file, a folder or an episode',
  help: `Usage: dreamlake-edge download namespace/project/path [--out path]

Fetches an asset, or all below a folder or an episode, by the path that ls
shows. Bytes are compared with their size, and where the server knows it with
their SHA-256. Run it again, and what was cut goes on where it ended.

  --out PATH          the file, or the folder, of which an asset that is put
                      into one keeps its name; - writes it to standard output
  --json              a line of JSON for each file

Examples:
  dreamlake-edge download alice/robotics/run-042/camera/front.mp4
  dreamlake-edge download alice/robotics/run-042 --out run-042`,
  options: { out: { type: 'string' } },
  run,
}
