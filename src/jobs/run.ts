import { Database, type Usage } from '../db/database.ts'
import type { Plan } from '../db/plan.ts'
import type { Bucket } from '../storage/bucket.ts'

const SHARE_OF_REST = 2

/** D1 for one run of the schedule, within what it may ask of D1 and the bucket. */
export class Budget {
  readonly #database: Database
  readonly #most: number
  /** Of the bucket, which Cloudflare counts too. */
  #calls = 0
  #isShort = false

  constructor(d1: D1Database, most: number) {
    this.#database = new Database(d1, 'first-primary')
    this.#most = most
  }

  get usage(): Usage {
    return this.#database.usage
  }

  /** Takes note of calls of the bucket. */
  spend(calls: number): void {
    this.#calls += calls
  }

  /** Whether a plan may still be run, and as many statements and calls after it as are kept in reserve. */
  affords(plan: Plan<unknown>, reserve = 0): boolean {
    const isAfforded = this.usage.queries + this.#calls + plan.statements.length + reserve <= this.#most
    this.#isShort ||= !isAfforded
    return isAfforded
  }

  /** Whether something could not be afforded since this was asked last. */
  ranOut(): boolean {
    const isShort = this.#isShort
    this.#isShort = false
    return isShort
  }

  run<T>(plan: Plan<T>): Promise<T> {
    return this.#database.run(plan)
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
}

/** What a run has done, for its line in the log. */
export class Tally {
  readonly counts = {
    slices: 0,
    objects: 0,
    drifts: 0,
    skipped: 0,
    orphans: 0,
    removed: 0,
    missing: 0,
  }

  add(name: keyof Tally['counts'], count: number): void {
    this.counts[name] += count
  }
}

/** One run of the schedule. */
export interface Run {
  readonly budget: Budget
  readonly bucket: Bucket
  /** Epoch milliseconds. */
  readonly now: number
  /** How long the trash is kept, and an idle upload; milliseconds. */
  readonly retention: number
  readonly uploadTtl: number
  readonly done: Tally
}
