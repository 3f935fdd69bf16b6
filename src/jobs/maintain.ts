import { Database } from '../db/database.ts'
import { optimize } from '../db/maintenance.ts'
import { log } from '../log.ts'

/** The scheduled work: one structured line says what it cost. */
export async function maintain(env: Env): Promise<void> {
  const database = new Database(env.DB, 'first-primary')
  await database.run(optimize())
  const { trips, rowsRead, rowsWritten } = database.usage
  log('info', 'maintained', { trips, rowsRead, rowsWritten })
}
