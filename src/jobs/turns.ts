import type { Turns } from '../db/turns.ts'
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
  let after: string | null = null
  let isOfUse = false
  for (;;) {
    const turn = await takeTurn(run, round, after, failures)
    if (turn === null) break
    // The first round may have begun in the middle: then there is another one.
    isOfUse ||= turn.isOfUse || (after === null && turn.after !== '')
    const isOver = turn.reached === ''
    if (isOver && !isOfUse) break
    if (isOver) isOfUse = false
    after = turn.reached
    // Also where nothing else can be afforded any more: others are next.
    await run.budget.run(round.of.note(after))
    if (run.budget.isSpent) break
  }
  if (failures.length > 0) throw failures[0]
}

interface Taken {
  /** Where the turn began, and where the next one begins; empty at the start of a round. */
  readonly after: string
  readonly reached: string
  readonly isOfUse: boolean
}

/** One turn; null where the budget has allowed for nothing. */
async function takeTurn(
  { budget, now }: Run,
  { of, before, most = NAMESPACES, work }: Round,
  from: string | null,
  failures: unknown[],
): Promise<Taken | null> {
  const turn = of.next({ after: from, most, now, before })
  if (!budget.affords(turn)) return null
  const { after, namespaces, reached } = await budget.run(turn)
  let isOfUse = false
  try {
    isOfUse = namespaces.length > 0 && (await work(namespaces))
  } catch (error) {
    failures.push(error)
  }
  return budget.isSpent && !isOfUse ? null : { after, reached: reached ?? '', isOfUse }
}

/** What each of some namespaces has of a measure that they share. */
export const shareOf = (measure: number, namespaces: readonly string[]): number =>
  Math.ceil(measure / namespaces.length)
