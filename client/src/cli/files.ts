import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { UsageError } from './command.ts'

/** What is found where files are looked for: one to send, something that is none, or what cannot be read. */
export type Found =
  | { readonly file: string; readonly path: string; readonly size: number }
  | { readonly file: string; readonly passed: string }
  | { readonly file: string; readonly fault: string }

/** What Node puts in the place of bytes that are no UTF-8, by which the file is not found. */
const isGarbled = (name: string): boolean => name.includes('\ufffd')

/** A link to a file is sent as that file; one to a folder could lead round and round. */
async function foundBy(entry: Dirent, file: string, path: string): Promise<Found> {
  if (!entry.isSymbolicLink() && !entry.isFile()) return { file, passed: 'it is no file' }
  try {
    const found = await stat(file)
    return found.isFile() ? { file, path, size: found.size } : { file, passed: 'it leads to no file' }
  } catch (error) {
    return { file, fault: isGarbled(path) ? 'its name is not UTF-8' : (error as Error).message }
  }
}

/** All in a folder, by their paths within it, in order. */
async function* within(folder: string, above = ''): AsyncGenerator<Found> {
  const entries = await readdir(join(folder, above), { withFileTypes: true }).catch((error: Error) => error)
  if (entries instanceof Error) return yield { file: join(folder, above), fault: entries.message }
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = above === '' ? entry.name : `${above}/${entry.name}`
    if (entry.isDirectory()) yield* within(folder, path)
    else yield foundBy(entry, join(folder, path), path)
  }
}

/** The name that a folder keeps; null for one with a slash at its end, which stands for what is in it. */
const nameKept = (word: string, file: string): string | null =>
  /(?:^|[/\\])\.{0,2}$/.test(word) ? null : basename(file)

/** The files that words lead to, by their paths: what is in a folder by where it is in there, behind the name of the folder. */
export async function* filesBy(words: readonly string[]): AsyncGenerator<Found> {
  for (const word of words) {
    if (word === '') throw new UsageError('One of the files has no name.')
    const file = resolve(word)
    const found = await stat(file).catch(() => {
      throw new UsageError(`There is no file or folder ${word}.`)
    })
    const name = nameKept(word, file)
    if (found.isFile()) yield { file, path: basename(file), size: found.size }
    else if (!found.isDirectory()) throw new UsageError(`${word} is no file or folder.`)
    else
      for await (const each of within(file))
        yield 'path' in each && name !== null ? { ...each, path: `${name}/${each.path}` } : each
  }
}
