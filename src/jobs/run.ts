import { Database, type Usage } from '../db/database.ts'
import type { Plan } from '../db/plan.ts'
import type { Bucket } from '../storage/bucket.ts'

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

  /** Of the bucket, so far. */
  get calls(): number {
    return this.#calls
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

  /** Whether something could not be afforded. */
  get isSpent(): boolean {
    return this.#isShort
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

  /** For long work, which rests in between. */
  runSlice<T>(plan: Plan<T>): Promise<T> {
    return this.#database.runSlice(plan)
  }
}

/** What a run has done, for its line in the log. */
export class Tally {
  readonly counts = {
    marked: 0,
    folded: 0,
    slices: 0,
    ended: 0,
    expired: 0,
    objects: 0,
    filled: 0,
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
