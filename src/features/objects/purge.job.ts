import { SLICE } from '../../domain/purge.ts'
import { HOUR } from '../../domain/time.ts'
import { PART_LIFETIME } from '../../domain/upload.ts'
import type { Run } from '../../jobs/run.ts'
import { goRound, shareOf } from '../../jobs/turns.ts'
import { claimObjects, type Doomed, eraseObjects, postponeObjects, withObjectsToPurge } from './purge.sql.ts'

/** A URL of an upload may be used until it expires, and what is sent by it then may still be on its way. */
const ENDED_FOR = PART_LIFETIME * 1_000 + HOUR

/** Claims objects, removes their bytes, and then their rows, until nothing is left or the budget is spent. */
export async function purgeObjects(run: Run): Promise<void> {
  const failures: unknown[] = []
  await goRound(run, {
    of: withObjectsToPurge,
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
