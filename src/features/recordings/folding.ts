import { Database } from '../../db/database.ts'
import { logFailure } from '../../log.ts'
import { findUnfolded, foldAssets, MOST_FOLDED } from './folds.sql.ts'

/** As many names as one request moves. */
const FIRST_SLICES = 10

interface Answering {
  readonly env: Env
  readonly later: (work: () => Promise<void>) => void
}

/** Folds, after the answer, the names of what the request has moved; what that does not come to, the schedule does. */
export const foldLater = ({ env, later }: Answering): void =>
  later(async () => {
    const database = new Database(env.DB, 'first-primary')
    try {
      for (let slices = 0; slices < FIRST_SLICES; slices++) {
        const names = await database.runSlice(findUnfolded)
        if (names.length > 0) await database.runSlice(foldAssets(names))
        if (names.length < MOST_FOLDED) return
      }
    } catch (error) {
      logFailure('names of assets were not folded', error)
    }
  })
