import { inOrder, type Plan } from '../../db/plan.ts'
import type { Run } from '../../jobs/run.ts'
import { log } from '../../log.ts'
import { audits } from './audit.sql.ts'

const MEASURES = { mostCounted: 50_000, mostAlone: 300_000 } as const
const MOST_STATEMENTS_TO_MEND = 1

/**
 * Compares the counters of a slice of every table with the truth, and mends them. How far that has come is noted in the
 * end: what is cut off is compared once more.
 */
export async function auditCounters({ budget, done }: Run): Promise<void> {
  const notes: Plan<void>[] = []
  try {
    for (const { compare, mend, goOn } of audits) {
      const comparing = compare(MEASURES)
      if (!budget.affords(comparing, MOST_STATEMENTS_TO_MEND + notes.length + 1)) break
      const { drifts, skipped, last } = await budget.runSlice(comparing)
      if (drifts.length > 0) await budget.run(mend(drifts))
      notes.push(goOn(last))
      for (const drift of drifts) log('error', 'a counter was mended', { ...drift })
      done.add('drifts', drifts.length)
      done.add('skipped', skipped)
    }
  } finally {
    if (notes.length > 0) await budget.run(inOrder(notes))
  }
}
