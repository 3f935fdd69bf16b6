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
 * Compares the counters of a slice of every table with the truth, and mends them; small slices share a trip, until one of
 * them is wrong or fails. How far that has come is noted in the end: what is cut off is compared once more.
 */
export async function auditCounters({ budget, done }: Run): Promise<void> {
  const measuring = measure(MEASURES)
  if (!budget.affords(measuring)) return
  const sizes = await budget.runSlice(measuring)
  const reached: Record<string, string> = {}
  const failures: unknown[] = []
  let isTogether = true
  try {
    for (let count = 0; count < audits.length; ) {
      const rest = audits.slice(count)
      const group: readonly Audit[] = isTogether ? firstOf(rest, sizes) : rest.slice(0, 1)
      const comparing = compareAll(group)
      if (!budget.affords(comparing, MOST_STATEMENTS_AFTER)) break
      const compared = await budget.runSlice(comparing).catch((error: unknown) => {
        // Whichever of them it was comes alone, behind those that do not fail.
        if (group.length === 1) throw error
        failures.push(error)
        return []
      })
      isTogether &&= compared.length > 0
      for (const { walk, mend, drifts, skipped, last } of compared) {
        if (drifts.length > 0) await budget.run(mend(drifts))
        count++
        reached[walk] = last
        for (const drift of drifts) log('error', 'a counter was mended', { ...drift })
        done.add('drifts', drifts.length)
        done.add('skipped', skipped)
        // Those that follow may be sums of what was mended: they are compared anew.
        isTogether &&= drifts.length === 0
        if (!isTogether) break
      }
    }
  } finally {
    if (Object.keys(reached).length > 0) await budget.run(noteWalks(reached))
  }
  if (failures.length > 0) throw failures[0]
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
