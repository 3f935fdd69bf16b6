import { Database } from '../../db/database.ts'
import { logFailure } from '../../log.ts'
import { findUnfolded, foldAssets, MOST_FOLDED } from './folds.sql.ts'

/** As many names as what is gone on with after a request may have moved. */
const FIRST_SLICES = 60

/** Folds the names of what was moved; what that does not come to, the schedule does. */
export async function foldMoved(database: Database): Promise<void> {
  for (let slices = 0; slices < FIRST_SLICES; slices++) {
    const names = await database.runSlice(findUnfolded)
    if (names.length > 0) await database.runSlice(foldAssets(names))
    if (names.length < MOST_FOLDED) return
  }
}

interface Answering {
  readonly env: Env
  readonly later: (work: () => Promise<void>) => void
}

/** The same after the answer. */
export const foldLater = ({ env, later }: Answering): void =>
  later(async () => {
    await foldMoved(new Database(env.DB, 'first-primary')).catch((error: unknown) =>
      logFailure('names of assets were not folded', error),
    )
  })
