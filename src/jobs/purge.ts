import { claimDue, withItemsToPurge } from '../db/claims.ts'
import { eraseItems, type Left } from '../db/eraseitems.ts'
import { erasePlace, pickPlace, postponePlace, withPlacesToPurge } from '../db/eraseplace.ts'
import {
  claimObjects,
  type Doomed,
  eraseObjects,
  postponeObjects,
  withObjectsToPurge,
} from '../db/objectpurge.ts'
import { SLICE } from '../domain/purge.ts'
import { HOUR } from '../domain/time.ts'
import { PART_LIFETIME } from '../domain/upload.ts'
import type { Run } from './run.ts'
import { turnsBy } from './turns.ts'

/** Slices of some namespaces, or of one project, before others have their turn. */
const MOST_SLICES_IN_A_ROW = 20

/** A URL of an upload may be used until it expires, and what is sent by it then may still be on its way. */
const ENDED_FOR = PART_LIFETIME * 1_000 + HOUR

const inTurnsOfItems = turnsBy('items')

/**
 * Claims what is due, and erases of the claimed what was deleted inside projects, slice by slice, until nothing is left
 * or the budget is spent.
 */
export const purgeItems = (run: Run): Promise<void> =>
  inTurnsOfItems(run, {
    next: withItemsToPurge,
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
  const claiming = claimDue(claim)
  if (!budget.affords(claiming)) return false
  await budget.run(claiming)
  const most = shareOf(SLICE.targets, namespaces)
  const sliceOf = (phase: Left['phase'] | null) =>
    eraseItems(phase, { now, namespaces, most, rows: SLICE.rows, only: null })
  let left: Left | null = null
  // The first one only tells what is left.
  for (let slices = 0; slices <= MOST_SLICES_IN_A_ROW; slices++) {
    const slice = sliceOf(left?.phase ?? null)
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

/** What each of some namespaces has of a measure that they share. */
const shareOf = (measure: number, namespaces: readonly string[]): number =>
  Math.ceil(measure / namespaces.length)

const inTurnsOfPlaces = turnsBy('places')

/**
 * The same for projects and namespaces: in turn, so that a large one does not keep others waiting. A namespace that waits
 * for the lease of an object is looked at when that is over.
 */
export const purgePlaces = (run: Run): Promise<void> =>
  inTurnsOfPlaces(run, {
    next: withPlacesToPurge,
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

const inTurnsOfObjects = turnsBy('objects')

/** Claims objects, removes their bytes, and then their rows, until nothing is left or the budget is spent. */
export async function purgeObjects(run: Run): Promise<void> {
  const failures: unknown[] = []
  await inTurnsOfObjects(run, {
    next: withObjectsToPurge,
    before: run.now - ENDED_FOR,
    work: (namespaces) => purgeObjectsOf(run, namespaces, failures),
  })
  if (failures.length > 0) throw failures[0]
}

async function purgeObjectsOf(
  { budget, bucket, now, done }: Run,
  namespaces: readonly string[],
  failures: unknown[],
): Promise<boolean> {
  const most = shareOf(SLICE.objects, namespaces)
  const claiming = claimObjects({ now, endedBefore: now - ENDED_FOR, namespaces, most })
  const erasing = (ids: readonly string[]) => eraseObjects({ ids, now, runAt: now, rows: SLICE.rows })
  if (!budget.affords(claiming, 1 + SLICE.uploads + erasing([]).statements.length + 1)) return false
  const claimed = await budget.runSlice(claiming)
  done.add('ended', claimed.ended)
  const doomed = withFewUploads(claimed.doomed)
  if (doomed.length === 0) return claimed.ended > 0
  const failed = new Set<string>()
  budget.spend(1)
  for (const { key, cause } of await bucket.remove(doomed.map(({ key }) => key))) {
    failed.add(key)
    failures.push(cause)
  }
  for (const { key, uploadId } of doomed) {
    if (uploadId === null) continue
    budget.spend(1)
    await bucket.abandon(key, uploadId).catch((cause: unknown) => {
      failed.add(key)
      failures.push(cause)
    })
  }
  const [kept, gone] = [true, false].map((isKept) =>
    doomed.filter(({ key }) => failed.has(key) === isKept).map(({ id }) => id),
  ) as [string[], string[]]
  // One that does not go keeps no others from going: it is tried again by the next run, after the others.
  if (kept.length > 0) await budget.run(postponeObjects({ ids: kept, until: now + 1 }))
  done.add('objects', await budget.runSlice(erasing(gone)))
  return true
}

/** The first of them, as each upload in parts is given up by a call of its own. */
function withFewUploads(doomed: readonly Doomed[]): readonly Doomed[] {
  let uploads = 0
  const first = doomed.findIndex(({ uploadId }) => uploadId !== null && ++uploads > SLICE.uploads)
  return first === -1 ? doomed : doomed.slice(0, first)
}
