import { stat } from 'node:fs/promises'
import { join } from 'node:path'

/** How files are called that are fetched. */

export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

/** What a file system takes for something else than a part of a name. */
const SPECIAL = process.platform === 'win32' ? /[/\\:<>"|?*]/g : /\//g

const escaped = (text: string): string =>
  text.replaceAll(SPECIAL, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)

/** The name of a file that leads nowhere else, whatever name it is made of. */
export const fileNameOf = (name: string): string =>
  name === '.' || name === '..' ? name.replaceAll('.', '%2E') : escaped(name)

/** Where something below a node goes. In the path of a node a slash and a percent sign inside a name are escaped. */
export const filePathOf = (path: string): string =>
  path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => fileNameOf(segment.replaceAll(/%2[5F]/gi, (each) => (each === '%25' ? '%' : '/'))))
    .join('/')

/**
 * What files are called that are written into one folder: assets of two kinds may have one path, or one that is a folder of
 * others, while files may not. Whoever comes first keeps its name, and the other has its kind behind it; a folder that is
 * there already has come before.
 */
export class FileNames {
  readonly #root: string
  /** Files and folders, as they are called here. */
  readonly #taken = new Set<string>()
  /** What a folder is called here, by its own path. */
  readonly #folders = new Map([['', '']])

  constructor(root: string) {
    this.#root = root
  }

  async of(path: string, kind: string): Promise<string> {
    const { folder, name } = parted(path)
    const file = `${this.#folderOf(folder)}${name}`
    if (await isFolder(join(this.#root, file))) this.#folderOf(path)
    return join(this.#root, this.#free(file, kind))
  }

  /** With a slash at the end, but for that of all. */
  #folderOf(path: string): string {
    const known = this.#folders.get(path)
    if (known !== undefined) return known
    const { folder, name } = parted(path)
    const called = `${this.#free(`${this.#folderOf(folder)}${name}`, 'folder')}/`
    this.#folders.set(path, called)
    return called
  }

  #free(path: string, kind: string): string {
    let free = path
    for (let count = 1; this.#taken.has(free); count++) free = `${path}.${kind}${count === 1 ? '' : count}`
    this.#taken.add(free)
    return free
  }
}

function parted(path: string): { readonly folder: string; readonly name: string } {
  const slash = path.lastIndexOf('/')
  return { folder: path.slice(0, Math.max(slash, 0)), name: path.slice(slash + 1) }
}

/** Where an asset goes whose path is as it was given. */
export const filePathAsGiven = (path: string): string =>
  path
    .split('/')
    .filter((segment) => segment !== '')
    .map(fileNameOf)
    .join('/')
