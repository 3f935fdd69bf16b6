import { after, type Plan } from '../../db/plan.ts'
import { SLICE } from '../../domain/purge.ts'
import type { Run } from '../../jobs/run.ts'
import { goRound, shareOf } from '../../jobs/turns.ts'
import { claimDue, withItemsToPurge } from './claim.sql.ts'
import { eraseItems, type Left } from './erase-items.sql.ts'
import { erasePlace, pickPlace, postponePlace, withPlacesToPurge } from './erase-place.sql.ts'

/** Slices of some namespaces, or of one project, before others have their turn. */
const MOST_SLICES_IN_A_ROW = 20

/**
 * Claims what is due, and erases of the claimed what was deleted inside projects, slice by slice, until nothing is left
 * or the budget is spent.
 */
export const purgeItems = (run: Run): Promise<void> =>
  goRound(run, {
    of: withItemsToPurge,
    before: run.now - run.retention,
    work: (namespaces) => purgeItemsOf(run, namespaces),
  })

async function purgeItemsOf(
  { budget, now, retention, done }: Run,
  namespaces: readonly string[],
): Promise<boolean> {
  const claim = {
    now,
    deletedBefore: now - retention,
    namespaces,
    most: shareOf(SLICE.deletions, namespaces),
  }
  const most = shareOf(SLICE.targets, namespaces)
  const sliceOf = (phase: Left['phase'] | null) =>
    eraseItems(phase, { now, namespaces, most, rows: SLICE.rows, only: null })
  let left: Left | null = null
  // The first one only claims, and tells what is left.
  for (let slices = 0; slices <= MOST_SLICES_IN_A_ROW; slices++) {
    const slice: Plan<Left | null> =
      left === null ? after(claimDue(claim), sliceOf(null)) : sliceOf(left.phase)
    if (!budget.affords(slice)) return slices > 1
    const next: Left | null = await budget.runSlice(slice)
    // What cannot be ended would be tried for ever.
    if (next?.phase === 'end' && left?.phase === 'end' && next.first === left.first)
      throw new Error(`The deletion ${next.first} cannot be ended.`)
    if (left !== null) done.add('slices', 1)
    left = next
    if (left === null) return slices > 0
  }
  return true
}

/**
 * The same for projects and namespaces: in turn, so that a large one does not keep others waiting. A namespace that waits
 * for the lease of an object is looked at when that is over.
 */
export const purgePlaces = (run: Run): Promise<void> =>
  goRound(run, {
    of: withPlacesToPurge,
    before: run.now,
    most: 1,
    work: ([namespaceId]) =>
      namespaceId === undefined ? Promise.resolve(false) : purgePlaceOf(run, namespaceId),
  })

async function purgePlaceOf({ budget, now, done }: Run, namespaceId: string): Promise<boolean> {
  const picking = pickPlace({ namespaceId, before: now })
  const place = budget.affords(picking) ? await budget.run(picking) : null
  if (place === null) return false
  const sliceOf = (phase: Parameters<typeof erasePlace>[0]) =>
    erasePlace(phase, { now, place, rows: SLICE.rows, turn: now })
  let slice = sliceOf(null)
  // The first one only tells what is left.
  for (let slices = 0; slices <= MOST_SLICES_IN_A_ROW; slices++) {
    if (!budget.affords(slice, 1)) return slices > 1
    const left = await budget.runSlice(slice)
    if (left === 'gone') return true
    if (left === 'waiting') {
      await budget.run(postponePlace({ place, turn: now + 1 }))
      return slices > 0
    }
    slice = sliceOf(left)
    if (slices > 0) done.add('slices', 1)
  }
  return true
}
