import { SLICE } from '../../domain/purge.ts'
import type { Run } from '../../jobs/run.ts'
import { goRound } from '../../jobs/turns.ts'
import { firstUnderWay, goOn, withDeletionsUnderWay } from './slices.sql.ts'

/** Slices of one namespace before another one has its turn. */
const MOST_SLICES_IN_A_ROW = 20

/** Goes on with the folders that are on their way into the trash, or out of it. */
export const goOnWithMarks = (run: Run): Promise<void> =>
  goRound(run, {
    of: withDeletionsUnderWay,
    before: run.now,
    most: 1,
    work: ([namespaceId]) => (namespaceId === undefined ? Promise.resolve(false) : goOnFor(run, namespaceId)),
  })

async function goOnFor({ budget, done }: Run, namespaceId: string): Promise<boolean> {
  const finding = firstUnderWay(namespaceId)
  const found = budget.affords(finding) ? await budget.run(finding) : null
  if (found === null) return false
  const { deletionId, phase } = found
  for (let slices = 0; slices < MOST_SLICES_IN_A_ROW; slices++) {
    const slice = goOn(phase, { deletionId, rows: SLICE.nodes })
    if (!budget.affords(slice)) return slices > 0
    done.add('marked', 1)
    if (!(await budget.runSlice(slice))) return true
  }
  return true
}
