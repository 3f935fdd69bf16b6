import { configOf } from './config.ts'
import { walkOf } from './db/walks.ts'
import { DAY } from './domain/time.ts'
import { purgeObjects } from './features/objects/purge.job.ts'
import { reconcile } from './features/objects/reconcile.job.ts'
import { auditFacets } from './features/recordings/facets.job.ts'
import { foldNames } from './features/recordings/folds.job.ts'
import { goOnWithMarks } from './features/recordings/slices.job.ts'
import { purgeItems, purgePlaces } from './features/trash/purge.job.ts'
import { auditCounters } from './features/upkeep/audit.job.ts'
import { expire } from './features/upkeep/expiry.sql.ts'
import { Budget, type Run, Tally } from './jobs/run.ts'
import { log, logFailure } from './log.ts'
import { storeOf } from './storage/store.ts'

/** Rows of a table that go at once. */
const MOST_EXPIRED = 500
const RECEIPTS_KEPT = 365 * DAY

type Step = (run: Run) => Promise<void>

const expireOld: Step = async ({ budget, now, done }) => {
  const values = {
    now,
    repeatedSince: now - DAY,
    receiptsSince: now - RECEIPTS_KEPT,
    rows: MOST_EXPIRED,
  }
  let plan = expire([], values)
  while (budget.affords(plan)) {
    const left = await budget.runSlice(plan)
    if (left.length === 0) return
    done.add('expired', 1)
    plan = expire(left, values)
  }
}

/** The deletions before the objects that they let go of. */
const steps: readonly (readonly [string, Step])[] = [
  ['expire', expireOld],
  ['marks', goOnWithMarks],
  ['items', purgeItems],
  ['places', purgePlaces],
  ['objects', purgeObjects],
  ['counters', auditCounters],
  ['facets', auditFacets],
  ['names', foldNames],
  ['reconcile', reconcile],
]

/**
 * The step that a run begins with: the first that the run before could not end; or the one after it, where it had the
 * whole budget to itself. So none is kept waiting.
 */
const walk = walkOf('steps')
/** For the notes of how far the run has come, and each of the steps that go round. */
const RESERVE = 6

/**
 * The scheduled work, at the time `now`. Every step is bounded and may be cut off, repeated, or done by two runs at
 * once; one that fails does not keep the others from being done, and makes the run fail in the end. One structured line
 * says what was done and what it cost.
 */
export async function maintain(env: Env, now: number): Promise<void> {
  const config = configOf(env)
  const { retention, uploadTtl } = config
  const budget = new Budget(env.DB, config.cronQueries - RESERVE)
  // No URL is made here: the origin does not matter.
  const { bucket } = await storeOf(config, env.BUCKET, 'http://localhost')
  const first = Number(await budget.run(walk.read()))
  const run: Run = { budget, bucket, now, retention, uploadTtl, done: new Tally() }
  const failures: unknown[] = []
  let next: number | null = null
  // A run that is cut off leaves its place to the step after the one that it began with.
  const usual = (first + 1) % steps.length
  await budget.run(walk.note(String(usual)))
  for (const index of steps.keys()) {
    const current = (first + index) % steps.length
    const [name, step] = steps[current] as (typeof steps)[number]
    try {
      await step(run)
    } catch (error) {
      logFailure('a step of the maintenance failed', error, { step: name })
      failures.push(error)
    }
    if (budget.ranOut()) next ??= index === 0 ? (current + 1) % steps.length : current
  }
  if ((next ?? 0) !== usual) await budget.run(walk.note(String(next ?? 0)))
  const { trips, queries, rowsRead, rowsWritten } = budget.usage
  const cost = { trips, queries, calls: budget.calls, rowsRead, rowsWritten, ranOut: next !== null }
  log('info', 'maintained', { ...cost, ...run.done.counts, failures: failures.length })
  if (failures.length > 0) throw failures[0]
}
