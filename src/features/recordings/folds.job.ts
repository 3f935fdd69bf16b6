import type { Run } from '../../jobs/run.ts'
import { findUnfolded, foldAssets, MOST_FOLDED } from './folds.sql.ts'

/** Folds the names of assets that were moved with a folder, or were there before names were folded. */
export async function foldNames({ budget, done }: Run): Promise<void> {
  while (budget.affords(findUnfolded, 1)) {
    const names = await budget.runSlice(findUnfolded)
    if (names.length > 0) await budget.runSlice(foldAssets(names))
    done.add('folded', names.length)
    if (names.length < MOST_FOLDED) return
  }
}
