import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Miniflare } from 'miniflare'
import { getPlatformProxy } from 'wrangler'
import { type Migration, migrations } from './migrations.ts'
import { root } from './project.ts'

/**
 * Applies to the local database what it lacks, each migration whole or not at all. Wrangler does the same, by a workerd
 * for each of them; what it notes, and where, is spelt as it does, so that it goes on where this has ended.
 */

const NOTES = `create table if not exists d1_migrations (
  id integer primary key autoincrement, name text unique,
  applied_at timestamp default current_timestamp not null)`

type Database = Awaited<ReturnType<Miniflare['getD1Database']>>

async function apply(database: Database): Promise<readonly Migration[]> {
  const [, noted] = await database.batch<{ name: string }>([
    database.prepare(NOTES),
    database.prepare('select name from d1_migrations'),
  ])
  const applied = noted?.results.map(({ name }) => name) ?? []
  const missing = migrations.filter(({ name }) => !applied.includes(name))
  for (const { name, statements } of missing)
    await database.batch([
      ...statements.map((text) => database.prepare(text)),
      database.prepare('insert into d1_migrations (name) values (?)').bind(name),
    ])
  return missing
}

const { values } = parseArgs({ options: { 'persist-to': { type: 'string', default: '.wrangler/state' } } })
const { env, dispose } = await getPlatformProxy<{ DB: Database }>({
  configPath: resolve(root, 'wrangler.toml'),
  // The folder of a state of this form, as `wrangler dev` names it.
  persist: { path: resolve(root, values['persist-to'], 'v3') },
})
try {
  const missing = await apply(env.DB)
  if (missing.length > 0) process.stdout.write(`Migrations applied: ${missing.length}.\n`)
} finally {
  await dispose()
}
