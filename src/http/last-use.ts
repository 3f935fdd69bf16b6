import { type Holder, holderOfApiToken, noteUseOfApiToken } from '../db/credential.ts'
import { Database } from '../db/database.ts'
import type { Plan } from '../db/plan.ts'
import type { Asking } from '../db/standing.ts'
import { logFailure } from '../log.ts'
import { introduce } from './acquaintances.ts'
import { keyOf } from './rate-limit.ts'

/** Notes that an API token was used, and learns on that occasion whose it is. */
export const noteUse = (env: Env, asking: Asking, credential: string): Promise<void> =>
  learnFrom(noteUseOfApiToken(asking), env, credential)

/** Learns whose an API token is that was used in vain: nothing is noted of that. */
export const learnUser = (env: Env, asking: Asking, credential: string): Promise<void> =>
  learnFrom(holderOfApiToken(asking), env, credential)

async function learnFrom(plan: Plan<Holder | null>, env: Env, credential: string): Promise<void> {
  try {
    const holder = await new Database(env.DB, 'first-primary').run(plan)
    if (holder) introduce(credential, await keyOf('user', holder.issuer, holder.sub))
  } catch (error) {
    logFailure('an API token could not be looked up after the answer', error)
  }
}
