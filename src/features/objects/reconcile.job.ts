import { inOrder } from '../../db/plan.ts'
import { walkOf } from '../../db/walks.ts'
import { DAY } from '../../domain/time.ts'
import type { Run } from '../../jobs/run.ts'
import { MOST_KEYS } from '../../storage/bucket.ts'
import { compare, finishRemoved, type Orphan, releaseOrphans } from './reconcile.sql.ts'

const walk = walkOf('bucket')
/** Pages of the bucket that one run looks at. */
const MOST_PAGES = 3
/** Sorts after every key of ours. */
const END = 'g'

/** What the server makes of ids; a bucket may hold other things, which are none of its business. */
const isOurs = (key: string): boolean => /^[0-9a-f]{24}\/[0-9a-f]{24}$/.test(key)

/**
 * Compares the bucket with the rows, some pages a run. Bytes without a row are reported and, when they are older than
 * any upload can be, claimed, removed, and written down; rows without bytes are reported.
 */
export async function reconcile({ budget, bucket, now, uploadTtl, done }: Run): Promise<void> {
  const orphanedBefore = now - (2 * uploadTtl + 2 * DAY)
  const ending = (gone: readonly Orphan[], kept: readonly Orphan[], position: string) =>
    inOrder([
      finishRemoved({ ids: gone.map(({ id }) => id), now }),
      releaseOrphans({ ids: kept.map(({ id }) => id) }),
      walk.note(position),
    ])
  const failures: unknown[] = []
  if (!budget.affords(walk.read())) return
  let from = await budget.run(walk.read())
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const { entries, isLast } = await bucket.list(from)
    budget.spend(1)
    const to = isLast ? END : entries.at(-1)?.key
    // It says that there is more, and shows none of it: nothing is known of what follows.
    if (to === undefined) break
    const comparing = compare({
      entries: entries.filter(({ key }) => isOurs(key)),
      from,
      to,
      rows: MOST_KEYS,
      now,
      completeBefore: now - DAY,
      orphanedBefore,
    })
    if (!budget.affords(comparing, 1 + ending([], [], '').statements.length)) break
    const { orphans, missing, claimed, upTo } = await budget.runSlice(comparing)
    done.add('orphans', orphans)
    done.add('missing', missing)
    const failed = new Set<string>()
    if (claimed.length > 0) {
      budget.spend(1)
      for (const { key, cause } of await bucket.remove(claimed.map(({ key }) => key))) {
        failed.add(key)
        failures.push(cause)
      }
    }
    const gone = claimed.filter(({ key }) => !failed.has(key))
    const kept = claimed.filter(({ key }) => failed.has(key))
    from = upTo === END ? '' : upTo
    await budget.run(ending(gone, kept, from))
    done.add('removed', gone.length)
    if (from === '') break
  }
  if (failures.length > 0) throw failures[0]
}
