import { noteUseOfApiToken } from '../db/apitokens.ts'
import { Database } from '../db/database.ts'
import type { Asking } from '../db/scope.ts'
import { logFailure } from '../log.ts'
import { introduce } from './acquaintances.ts'
import { keyOf } from './ratelimit.ts'

/** Notes that an API token was used, and learns on that occasion whose it is. */
export async function noteUse(env: Env, asking: Asking, credential: string): Promise<void> {
  try {
    const user = await new Database(env.DB, 'first-primary').run(noteUseOfApiToken(asking))
    if (user) introduce(credential, await keyOf('user', user.issuer, user.sub))
  } catch (error) {
    logFailure('the use of an API token was not noted', error)
  }
}
