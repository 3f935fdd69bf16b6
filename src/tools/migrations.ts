import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One step of the schema. */
export interface Migration {
  /** Of its file, by which databases know it. */
  readonly name: string
  readonly statements: readonly string[]
}

const folder = join(import.meta.dirname, '../../migrations')

/** All, in the order in which they are applied. */
export const migrations: readonly Migration[] = readdirSync(folder)
  .filter((name) => name.endsWith('.sql'))
  .sort()
  .map((name) => ({
    name,
    statements: readFileSync(join(folder, name), 'utf8').split('--> statement-breakpoint'),
  }))
