import { applyD1Migrations, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

const MOST_TRIES = 10

/** Empties bucket and database: what looks through all rows is not to look through those of the tests before. */
export async function emptied(): Promise<void> {
  await reset()
  // Seldom, after a file that has written very much, all rows are there as before.
  for (let tries = 1; await hasTables(); tries++) {
    if (tries === MOST_TRIES) throw new Error('The database of the test files before was not emptied.')
    await reset()
  }
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
}

const hasTables = async (): Promise<boolean> =>
  (await env.DB.prepare(`select name from sqlite_schema where name = 'd1_migrations'`).first()) !== null
