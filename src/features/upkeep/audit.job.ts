import { noteWalks } from '../../db/walks.ts'
import type { Run } from '../../jobs/run.ts'
import { log } from '../../log.ts'
import { audits } from './audit.sql.ts'

const MEASURES = { mostCounted: 50_000, mostAlone: 300_000 } as const
/** To mend what has drifted, and to note how far that has come. */
const MOST_STATEMENTS_AFTER = 2

/**
 * Compares the counters of a slice of every table with the truth, and mends them. How far that has come is noted in the
 * end: what is cut off is compared once more.
 */
export async function auditCounters({ budget, done }: Run): Promise<void> {
  const reached: Record<string, string> = {}
  try {
    for (const { walk, compare, mend } of audits) {
      const comparing = compare(MEASURES)
      if (!budget.affords(comparing, MOST_STATEMENTS_AFTER)) break
      const { drifts, skipped, last } = await budget.runSlice(comparing)
      if (drifts.length > 0) await budget.run(mend(drifts))
      reached[walk] = last
      for (const drift of drifts) log('error', 'a counter was mended', { ...drift })
      done.add('drifts', drifts.length)
      done.add('skipped', skipped)
    }
  } finally {
    if (Object.keys(reached).length > 0) await budget.run(noteWalks(reached))
  }
}
