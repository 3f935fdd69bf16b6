import { noteWalks } from '../../db/walks.ts'
import type { Run } from '../../jobs/run.ts'
import { log } from '../../log.ts'
import { FILLED, IS_FILLED } from './facets.sql.ts'
import {
  compareCounts,
  examineFacets,
  FACET_COUNTS,
  FACETS,
  mendFacets,
  recountFacets,
} from './facets-upkeep.sql.ts'

const EPISODES = { most: 100 } as const
const COUNTS = { most: 200, mostCounted: 20_000, mostAlone: 300_000 } as const
/** To mend a slice, and to note how far that has come. */
const MOST_STATEMENTS_AFTER = 5

/**
 * Goes over all episodes, again and again, a slice in a run, and sees that their facets are what they should be; and so over the
 * counts. The first time round it makes them of what was there before: then it goes on for as long as it may.
 */
export async function auditFacets(run: Run): Promise<void> {
  const { budget, done } = run
  const reached = await auditEpisodes(run)
  if (reached === null) return
  const comparing = compareCounts(COUNTS)
  if (budget.affords(comparing, MOST_STATEMENTS_AFTER)) {
    const { drifts, skipped, last } = await budget.runSlice(comparing)
    if (drifts.length > 0) await budget.run(recountFacets(COUNTS))
    for (const drift of drifts) log('error', 'a count of facets was mended', { ...drift })
    done.add('drifts', drifts.length)
    done.add('skipped', skipped)
    reached[FACET_COUNTS] = last
  }
  await budget.run(noteWalks(reached))
}

/** How far the walk over the episodes has come, yet to be noted; null where nothing could be afforded. */
async function auditEpisodes({ budget, done }: Run): Promise<Record<string, string> | null> {
  for (;;) {
    const examining = examineFacets(EPISODES)
    if (!budget.affords(examining, MOST_STATEMENTS_AFTER)) return null
    const { isFilled, last, names, wrong } = await budget.runSlice(examining)
    if (names.length > 0 || wrong > 0) await budget.runSlice(mendFacets({ ...EPISODES, names }))
    done.add(isFilled ? 'drifts' : 'filled', wrong)
    if (isFilled && wrong > 0) log('error', 'facets were mended', { upTo: last, wrong })
    const isFirstRound = !isFilled && last === ''
    if (isFilled || isFirstRound) return { [FACETS]: last, ...(isFirstRound ? { [FILLED]: IS_FILLED } : {}) }
    await budget.run(noteWalks({ [FACETS]: last }))
  }
}
