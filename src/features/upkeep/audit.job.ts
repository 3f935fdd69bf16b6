import { inOrder, map } from '../../db/plan.ts'
import { noteWalks } from '../../db/walks.ts'
import type { Run } from '../../jobs/run.ts'
import { log } from '../../log.ts'
import { type Audit, audits, measure } from './audit.sql.ts'

const MEASURES = { mostCounted: 50_000, mostAlone: 300_000 } as const
/** To mend what has drifted, and to note how far that has come. */
const MOST_STATEMENTS_AFTER = 2

type Sizes = Readonly<Record<string, number>>

/**
 * Compares the counters of a slice of every table with the truth, and mends them; small slices share a trip. How far
 * that has come is noted in the end: what is cut off is compared once more.
 */
export async function auditCounters({ budget, done }: Run): Promise<void> {
  const measuring = measure(MEASURES)
  if (!budget.affords(measuring)) return
  const sizes = await budget.run(measuring)
  const reached: Record<string, string> = {}
  try {
    for (let count = 0; count < audits.length; ) {
      const comparing = compareAll(firstOf(audits.slice(count), sizes))
      if (!budget.affords(comparing, MOST_STATEMENTS_AFTER)) break
      for (const { walk, mend, drifts, skipped, last } of await budget.runSlice(comparing)) {
        if (drifts.length > 0) await budget.run(mend(drifts))
        count++
        reached[walk] = last
        for (const drift of drifts) log('error', 'a counter was mended', { ...drift })
        done.add('drifts', drifts.length)
        done.add('skipped', skipped)
        // Those that follow may be sums of what was mended: they are compared anew.
        if (drifts.length > 0) break
      }
    }
  } finally {
    if (Object.keys(reached).length > 0) await budget.run(noteWalks(reached))
  }
}

/** As many of them as together cost no more than a slice may. */
function firstOf(rest: readonly Audit[], sizes: Sizes): readonly Audit[] {
  let sum = 0
  const end = rest.findIndex(({ walk }) => {
    sum += sizes[walk] ?? 0
    return sum > MEASURES.mostCounted
  })
  return end === -1 ? rest : rest.slice(0, Math.max(1, end))
}

const compareAll = (group: readonly Audit[]) =>
  inOrder(group.map((audit) => map(audit.compare(MEASURES), (compared) => ({ ...audit, ...compared }))))
