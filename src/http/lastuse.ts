import { noteUseOfApiToken } from '../db/apitokens.ts'
import { Database } from '../db/database.ts'
import type { Asking } from '../db/scope.ts'
import { HOUR } from '../domain/time.ts'
import { logFailure } from '../log.ts'

const MOST_USES_KEPT = 10_000
const uses = new Map<string, number>()

/** Whether this isolate has not noted a use of that token for an hour. */
export function isUseDue(tokenHash: string, now: number): boolean {
  if (now - (uses.get(tokenHash) ?? 0) < HOUR) return false
  if (uses.size >= MOST_USES_KEPT) uses.clear()
  uses.set(tokenHash, now)
  return true
}

/** Notes that an API token was used. */
export const noteUse = (env: Env, asking: Asking): Promise<void> =>
  new Database(env.DB, 'first-primary')
    .run(noteUseOfApiToken(asking))
    .catch((error: unknown) => logFailure('the use of an API token was not noted', error))
