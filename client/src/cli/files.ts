import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { UsageError } from './command.ts'

/** What is found where files are looked for: one to send, or why something is none. */
export type Found =
  | { readonly file: string; readonly path: string; readonly size: number }
  | { readonly file: string; readonly reason: string }

/** A link to a file is sent as that file; one to a folder could lead round and round. */
async function sizeOf(entry: Dirent, file: string): Promise<number | string> {
  if (entry.isSymbolicLink() || entry.isFile()) {
    try {
      const found = await stat(file)
      return found.isFile() ? found.size : 'it leads to no file'
    } catch (error) {
      return (error as Error).message
    }
  }
  return 'it is no file'
}

/** All in a folder, by their paths within it, in order. */
async function* within(folder: string, above = ''): AsyncGenerator<Found> {
  const entries = await readdir(join(folder, above), { withFileTypes: true })
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = above === '' ? entry.name : `${above}/${entry.name}`
    const file = join(folder, path)
    if (entry.isDirectory()) yield* within(folder, path)
    else {
      const size = await sizeOf(entry, file)
      yield typeof size === 'number' ? { file, path, size } : { file, reason: size }
    }
  }
}

/**
 * The files that words lead to, by their paths: what is in a folder by where it is in there. Of several words each folder
 * keeps its name, so that what is in one does not meet what is in another.
 */
export async function* filesBy(words: readonly string[]): AsyncGenerator<Found> {
  for (const word of words) {
    const file = resolve(word)
    const found = await stat(file).catch(() => {
      throw new UsageError(`There is no file or folder ${word}.`)
    })
    if (found.isFile()) yield { file, path: basename(file), size: found.size }
    else if (!found.isDirectory()) throw new UsageError(`${word} is no file or folder.`)
    else if (words.length === 1) yield* within(file)
    else
      for await (const each of within(file))
        yield 'path' in each ? { ...each, path: `${basename(file)}/${each.path}` } : each
  }
}
