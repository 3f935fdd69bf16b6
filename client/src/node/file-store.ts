import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Begun, Store } from '../store.ts'

/** Days after which an upload is forgotten. */
const KEPT_DAYS = 90

/** Removes what is older than that from a folder. */
async function tidied(folder: string): Promise<void> {
  const oldest = Date.now() - KEPT_DAYS * 86_400_000
  for (const name of await readdir(folder)) {
    const file = join(folder, name)
    const { mtimeMs } = await stat(file)
    if (mtimeMs < oldest) await rm(file, { force: true })
  }
}

/** Keeps a file for each upload that was begun, in a folder that is made when it is needed; for 90 days. */
export function fileStore(folder: string): Store {
  let isTidied = false
  const pathOf = (key: string) => join(folder, `${createHash('sha256').update(key).digest('hex')}.json`)
  return {
    async get(key) {
      const text = await readFile(pathOf(key), 'utf8').catch(() => undefined)
      return text === undefined ? undefined : (JSON.parse(text) as Begun)
    },
    async set(key, begun) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      if (!isTidied) {
        isTidied = true
        // What another program removes meanwhile is no error of this one.
        await tidied(folder).catch(() => undefined)
      }
      // In one step: a program that is killed meanwhile leaves what was there, or what is new, and two at once do not meet.
      const made = `${pathOf(key)}.${randomUUID()}`
      await writeFile(made, JSON.stringify(begun), { mode: 0o600 })
      await rename(made, pathOf(key))
    },
    delete: (key) => rm(pathOf(key), { force: true }),
  }
}
