import type { Compiled, Values } from './sql.ts'

/** A row as D1 returns it. Columns are aliased, so that no two share a name. */
export type Row = Readonly<Record<string, unknown>>

interface Statement {
  readonly compiled: Compiled<never>
  readonly values: Values
}

/**
 * Some statements, and how to read their rows. Plans combine but never chain: a plan cannot look at its own
 * results while it is being built, so whatever is composed runs as one batch, which is one round trip and one
 * transaction. `read` runs after the commit: it may describe what the statements did, not decide it.
 */
export interface Plan<T> {
  readonly statements: readonly Statement[]
  readonly read: (results: readonly (readonly Row[])[]) => T
}

/** A plan of one statement. */
export const statement = <A extends object, T>(
  compiled: Compiled<A>,
  values: NoInfer<A>,
  read: (rows: readonly Row[]) => T,
): Plan<T> => ({
  statements: [{ compiled, values: values as Values }],
  read: ([rows]) => read(rows ?? []),
})

/** A plan of one statement whose rows say nothing: a later statement of the batch tells what became of it. */
export const act = <A extends object>(compiled: Compiled<A>, values: NoInfer<A>): Plan<void> =>
  statement(compiled, values, () => undefined)

/** The same statements, read further. `f` may throw a Refusal that describes what the guards already did. */
export const map = <T, U>(plan: Plan<T>, f: (value: T) => U): Plan<U> => ({
  statements: plan.statements,
  read: (results) => f(plan.read(results)),
})

/** A sequence: later plans see the writes of earlier ones. */
export const inOrder = <T>(plans: readonly Plan<T>[]): Plan<T[]> => ({
  statements: plans.flatMap((plan) => plan.statements),
  read: (results) => {
    let start = 0
    return plans.map((plan) => {
      const end = start + plan.statements.length
      const value = plan.read(results.slice(start, end))
      start = end
      return value
    })
  },
})

/** Several plans, in the order of their keys, and one answer made of theirs. */
export const together = <T extends Readonly<Record<string, unknown>>>(
  plans: {
    readonly [K in keyof T]: Plan<T[K]>
  },
): Plan<T> =>
  map(
    inOrder(Object.values(plans) as Plan<unknown>[]),
    (values) => Object.fromEntries(Object.keys(plans).map((key, index) => [key, values[index]])) as T,
  )

/** The acts in their order, then the plan that reads what became of them. */
export const after = <T>(acts: readonly Plan<void>[], verdict: Plan<T>): Plan<T> =>
  map(together<{ acts: unknown; verdict: T }>({ acts: inOrder(acts), verdict }), (results) => results.verdict)
