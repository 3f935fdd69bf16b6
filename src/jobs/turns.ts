import { after, inOrder } from '../db/plan.ts'
import type { Group, Turns } from '../db/turns.ts'
import type { Run } from './run.ts'

/** Namespaces that have their turn together. */
const NAMESPACES = 50

interface Round {
  /** Who has something to be done. */
  readonly of: Turns
  /** What has ended, or been in the trash, before this is due; epoch milliseconds. */
  readonly before: number
  /** Namespaces that have their turn together. */
  readonly most?: number
  /** Does a share of what there is to be done for these; tells whether it has done anything. */
  readonly work: (namespaces: readonly string[]) => Promise<boolean>
}

/**
 * Goes round the namespaces that have something to be done, share by share, until there is nothing more or the budget
 * is spent. A run goes on where the one before has stopped: whoever has much keeps nobody waiting for longer than a
 * round. Neither does a failure, which the run ends with.
 */
export async function goRound(run: Run, round: Round): Promise<void> {
  const failures: unknown[] = []
  let from: string | null = null
  let isOfUse = false
  for (;;) {
    const turn = await takeTurn(run, round, from)
    if (turn === null) break
    const isDone = turn.namespaces.length > 0 && (await worked(round.work, turn.namespaces, failures))
    if (run.budget.isSpent && !isDone) break
    // The first round may have begun in the middle: then there is another one.
    isOfUse ||= isDone || (from === null && turn.after !== '')
    if (turn.reached === null && !isOfUse) break
    if (turn.reached === null) isOfUse = false
    from = turn.reached ?? ''
  }
  if (failures.length > 0) throw failures[0]
}

/**
 * The next turn, by the trip that notes where the one before has ended; null where the budget does not allow for it, and
 * that alone is noted: others are next.
 */
async function takeTurn(
  { budget, now }: Run,
  { of, before, most = NAMESPACES }: Round,
  from: string | null,
): Promise<Group | null> {
  const noting = from === null ? [] : [of.note(from)]
  const next = of.next({ after: from, most, now, before })
  if (!budget.isSpent && budget.affords(next, noting.length)) return budget.run(after(noting, next))
  if (noting.length > 0) await budget.run(inOrder(noting))
  return null
}

/** Does the share of those whose turn it is; where that fails, it has done nothing. */
async function worked(
  work: Round['work'],
  namespaces: readonly string[],
  failures: unknown[],
): Promise<boolean> {
  try {
    return await work(namespaces)
  } catch (error) {
    failures.push(error)
    return false
  }
}

/** What each of some namespaces has of a measure that they share. */
export const shareOf = (measure: number, namespaces: readonly string[]): number =>
  Math.ceil(measure / namespaces.length)
