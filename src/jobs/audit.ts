import { audits } from '../db/audit.ts'
import { inOrder } from '../db/plan.ts'
import { log } from '../log.ts'
import type { Run } from './run.ts'

const MEASURES = { mostCounted: 50_000, mostAlone: 300_000 } as const
const MOST_STATEMENTS_TO_END = 2

/** Compares the counters of a slice of every table with the truth, and mends them. */
export async function auditCounters({ budget, done }: Run): Promise<void> {
  for (const { compare, mend, goOn } of audits) {
    const comparing = compare(MEASURES)
    if (!budget.affords(comparing, MOST_STATEMENTS_TO_END)) return
    const { drifts, skipped, last } = await budget.runSlice(comparing)
    await budget.run(inOrder([...(drifts.length > 0 ? [mend(drifts)] : []), goOn(last)]))
    for (const drift of drifts) log('error', 'a counter was mended', { ...drift })
    done.add('drifts', drifts.length)
    done.add('skipped', skipped)
  }
}
