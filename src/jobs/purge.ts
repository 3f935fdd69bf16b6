import { claimDue } from '../db/claims.ts'
import { eraseItems, type Left } from '../db/eraseitems.ts'
import { erasePlace, pickPlace, postponePlace } from '../db/eraseplace.ts'
import { claimObjects, type Doomed, eraseObjects, postponeObjects } from '../db/objectpurge.ts'
import { SLICE } from '../domain/purge.ts'
import { HOUR } from '../domain/time.ts'
import { PART_LIFETIME } from '../domain/upload.ts'
import type { Run } from './run.ts'

/** Slices of one project or namespace before another one has its turn. */
const MOST_SLICES_IN_A_ROW = 20

/** The turns that a run gives are within this many milliseconds, one each: it has no more slices. */
const ROUND = 1_000

/** A URL of an upload may be used until it expires, and what is sent by it then may still be on its way. */
const ENDED_FOR = PART_LIFETIME * 1_000 + HOUR

const claimingOf = ({ now, retention }: Run) =>
  claimDue({ now, deletedBefore: now - retention, most: SLICE.deletions })

/**
 * Claims what is due, and erases of the claimed what was deleted inside projects, slice by slice, until nothing is left
 * or the budget is spent.
 */
export async function purgeItems(run: Run): Promise<void> {
  const { budget, now, done } = run
  const claiming = claimingOf(run)
  const sliceOf = (phase: Left['phase'] | null) =>
    eraseItems(phase, { now, most: SLICE.deletions, rows: SLICE.rows, only: null })
  while (budget.affords(claiming) && (await budget.run(claiming)).hasItems) {
    let left: Left | null = null
    for (;;) {
      const slice = sliceOf(left?.phase ?? null)
      if (!budget.affords(slice)) return
      const next = await budget.runSlice(slice)
      if (next === null) break
      // What cannot be ended would be tried for ever.
      if (next.phase === 'end' && left?.phase === 'end' && next.first === left.first)
        throw new Error(`The deletion ${next.first} cannot be ended.`)
      left = next
      done.add('slices', 1)
    }
  }
}

/**
 * The same for projects and namespaces: in turn, so that a large one does not keep others waiting. A namespace that waits
 * for the lease of an object is looked at when that is over.
 */
export async function purgePlaces(run: Run): Promise<void> {
  const { budget, now, done } = run
  const claiming = claimingOf(run)
  if (!budget.affords(claiming) || !(await budget.run(claiming)).hasPlaces) return
  const waiting = new Set<string>()
  let turn = now
  for (;;) {
    const picking = pickPlace({ before: now + ROUND })
    const place = budget.affords(picking) ? await budget.run(picking) : null
    // Those that wait come last.
    if (place === null || waiting.has(place)) return
    turn++
    const sliceOf = (phase: Parameters<typeof erasePlace>[0]) =>
      erasePlace(phase, { now, place, rows: SLICE.rows, turn })
    let slice = sliceOf(null)
    // The first one only tells what is left.
    for (let slices = 0; slices <= MOST_SLICES_IN_A_ROW; slices++) {
      if (!budget.affords(slice, 1)) return
      const left = await budget.runSlice(slice)
      if (left === 'waiting') {
        waiting.add(place)
        await budget.run(postponePlace({ place, turn: now + ROUND }))
      }
      if (left === 'waiting' || left === 'gone') break
      slice = sliceOf(left)
      done.add('slices', 1)
    }
  }
}

/** Claims objects, removes their bytes, and then their rows, until nothing is left or the budget is spent. */
export async function purgeObjects({ budget, bucket, now, done }: Run): Promise<void> {
  const claiming = claimObjects({ now, endedBefore: now - ENDED_FOR, most: SLICE.objects })
  const erasing = (ids: readonly string[]) => eraseObjects({ ids, now, runAt: now, rows: SLICE.rows })
  const failures: unknown[] = []
  for (;;) {
    if (!budget.affords(claiming, 1 + SLICE.uploads + erasing([]).statements.length + 1)) break
    const doomed = withFewUploads(await budget.runSlice(claiming))
    if (doomed.length === 0) break
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
  }
  if (failures.length > 0) throw failures[0]
}

/** The first of them, as each upload in parts is given up by a call of its own. */
function withFewUploads(doomed: readonly Doomed[]): readonly Doomed[] {
  let uploads = 0
  const first = doomed.findIndex(({ uploadId }) => uploadId !== null && ++uploads > SLICE.uploads)
  return first === -1 ? doomed : doomed.slice(0, first)
}
