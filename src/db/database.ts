import { Refusal } from '../domain/failure.ts'
import type { Plan, Row } from './plan.ts'
import { parameterOf } from './sql.ts'

/** What the database did for one request. */
export interface Usage {
  trips: number
  /** Statements of all trips: what D1's limit for one invocation counts. */
  queries: number
  rowsRead: number
  rowsWritten: number
  /** Milliseconds between asking and having the answer, over all trips. */
  milliseconds: number
}

/** Failures in which a batch may or may not have been committed, and asking again can help. */
const PASSING =
  /Network connection lost|storage caused object to be reset|reset because its code was updated|transient issue|client disconnected/
/** Failures in which asking again makes it worse. */
const OVERLOADED = /overloaded|Too many requests queued|exceeded timeout|exceeded its (memory|CPU)/

/** How often a batch is asked for, and how long is rested before the second time at most; before each other twice as long. */
const MOST_ATTEMPTS = 4
const FIRST_REST = 50

const SHARE_OF_REST = 2

/** The one road to D1: `run` is the only await on it, and counts what it costs. */
export class Database {
  readonly usage: Usage = { trips: 0, queries: 0, rowsRead: 0, rowsWritten: 0, milliseconds: 0 }
  readonly #d1: D1Database
  readonly #freshness: string
  #session: D1DatabaseSession | null = null

  /**
   * How fresh a read must be is `freshness`: a bookmark that the client has seen, `first-primary` for the newest
   * truth, `first-unconstrained` where any replica will do. Plans that write go to the primary.
   */
  constructor(d1: D1Database, freshness: string) {
    this.#d1 = d1
    this.#freshness = freshness
  }

  /** Says how new an answer must be to show at least what this one showed; null before the first trip. */
  get bookmark(): string | null {
    return this.#session?.getBookmark() ?? null
  }

  /**
   * Runs a plan as one batch: one round trip, one transaction.
   *
   * A batch whose answer was lost is asked for again, after a rest of any length, so that those who lost theirs together
   * do not come back together. That is safe for writes too: ids and marks were made before, so the second run recognises
   * what the first one did.
   */
  async run<T>(plan: Plan<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const results = await this.#batch(plan).catch(async (error: unknown) => {
        if (OVERLOADED.test(String(error))) throw unavailable(error)
        if (!PASSING.test(String(error))) throw error
        if (attempt === MOST_ATTEMPTS) throw unavailable(error)
        await scheduler.wait(Math.random() * FIRST_REST * 2 ** (attempt - 1))
        return null
      })
      if (results !== null) return readAgain(plan, results, attempt)
    }
  }

  /**
   * Runs a slice of long work, and rests for twice as long as it took: D1 does one thing at a time, and others want
   * their turn.
   */
  async runSlice<T>(plan: Plan<T>): Promise<T> {
    const before = this.usage.milliseconds
    const result = await this.run(plan)
    await scheduler.wait(SHARE_OF_REST * (this.usage.milliseconds - before))
    return result
  }

  async #batch(plan: Plan<unknown>): Promise<D1Result<Row>[]> {
    const writes = plan.statements.some(({ compiled }) => compiled.writes)
    this.#session ??= this.#d1.withSession(writes ? 'first-primary' : this.#freshness)
    const session = this.#session
    const started = performance.now()
    this.usage.trips++
    this.usage.queries += plan.statements.length
    try {
      const results = await session.batch<Row>(
        plan.statements.map(({ compiled, values }) => {
          const prepared = session.prepare(compiled.text)
          // D1 refuses a parameter that nothing reads.
          return compiled.reads.length > 0 ? prepared.bind(parameterOf(compiled, values)) : prepared
        }),
      )
      for (const { meta } of results) {
        this.usage.rowsRead += meta.rows_read
        this.usage.rowsWritten += meta.rows_written
      }
      return results
    } finally {
      this.usage.milliseconds += performance.now() - started
    }
  }
}

/**
 * Reads what a batch tells. Where it was asked for more than once, and says that somebody was faster, the first time may
 * have been committed, and somebody have changed it since: nobody knows, and no more is said.
 */
function readAgain<T>(plan: Plan<T>, results: readonly D1Result<Row>[], attempt: number): T {
  try {
    return plan.read(results.map((result) => result.results))
  } catch (error) {
    const isUnknown = attempt > 1 && error instanceof Refusal && error.failure === 'precondition_failed'
    throw isUnknown ? unavailable(error) : error
  }
}

const unavailable = (cause: unknown): Refusal => Object.assign(new Refusal('database_unavailable'), { cause })
