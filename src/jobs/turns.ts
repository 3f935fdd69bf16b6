import type { Plan } from '../db/plan.ts'
import type { Group } from '../db/turns.ts'
import { walkOf } from '../db/walks.ts'
import type { Run } from './run.ts'

/** Namespaces that have their turn together. */
const NAMESPACES = 50

interface Turns {
  /** Whose turn it is after another one. */
  readonly next: (values: { after: string; most: number; now: number; before: number }) => Plan<Group>
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
export function turnsBy(name: string) {
  const walk = walkOf(`turn.${name}`)
  return async (run: Run, turns: Turns): Promise<void> => {
    const { budget } = run
    const failures: unknown[] = []
    let after = budget.affords(walk.read()) ? await budget.run(walk.read()) : null
    // The first round may have begun in the middle: then there is another one.
    let isOfUse = after !== ''
    while (after !== null) {
      const turn = await takeTurn(run, turns, after, failures)
      if (turn === null) break
      isOfUse ||= turn.isOfUse
      const isRound = turn.reached === ''
      if (isRound && !isOfUse) break
      if (isRound) isOfUse = false
      after = turn.reached
      // Also where nothing else can be afforded any more: others are next.
      await budget.run(walk.note(after))
      if (budget.isSpent) break
    }
    if (failures.length > 0) throw failures[0]
  }
}

/** One turn: where the next begins, empty at the end of the round; null where the budget has allowed for nothing. */
async function takeTurn(
  { budget, now }: Run,
  { next, before, most = NAMESPACES, work }: Turns,
  after: string,
  failures: unknown[],
): Promise<{ readonly reached: string; readonly isOfUse: boolean } | null> {
  const turn = next({ after, most, now, before })
  if (!budget.affords(turn)) return null
  const { namespaces, reached } = await budget.run(turn)
  let isOfUse = false
  try {
    isOfUse = namespaces.length > 0 && (await work(namespaces))
  } catch (error) {
    failures.push(error)
  }
  return budget.isSpent && !isOfUse ? null : { reached: reached ?? '', isOfUse }
}

/** What each of some namespaces has of a measure that they share. */
export const shareOf = (measure: number, namespaces: readonly string[]): number =>
  Math.ceil(measure / namespaces.length)
