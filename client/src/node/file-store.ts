import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Begun, Store } from '../store.ts'

/** Keeps a file for each upload that was begun, in a folder that is made when it is needed. */
export function fileStore(folder: string): Store {
  const pathOf = (key: string) => join(folder, `${createHash('sha256').update(key).digest('hex')}.json`)
  return {
    async get(key) {
      const text = await readFile(pathOf(key), 'utf8').catch(() => undefined)
      return text === undefined ? undefined : (JSON.parse(text) as Begun)
    },
    async set(key, begun) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      // In one step: a program that is killed meanwhile leaves what was there, or what is new, and two at once do not meet.
      const made = `${pathOf(key)}.${randomUUID()}`
      await writeFile(made, JSON.stringify(begun), { mode: 0o600 })
      await rename(made, pathOf(key))
    },
    delete: (key) => rm(pathOf(key), { force: true }),
  }
}
