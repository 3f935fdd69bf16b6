import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import {
  apiTokens,
  deletions,
  departures,
  formerSlugs,
  purges,
  restorations,
  revocations,
} from '../../../drizzle/schema.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { type Arguments, none, query } from '../../db/sql.ts'
import { scheduled } from '../../db/statements.ts'

/** What was kept for a while so that a request can be told from another, or a name from its former owner. */
interface Expiring {
  /** Epoch milliseconds. */
  readonly now: number
  /** A request that was sent before this is not sent again. */
  readonly repeatedSince: number
  /** Receipts that were finished before this have served their time. */
  readonly receiptsSince: number
  /** Rows of each table. */
  readonly rows: number
}

interface Kept {
  readonly table: SQLiteTable
  readonly key: readonly SQLiteColumn[]
  readonly isOver: (a: Arguments<Expiring>) => SQL
}

const kept = {
  revocations: {
    table: revocations,
    key: [revocations.issuer, revocations.jti],
    isOver: (a) => sql`${revocations.expiresAt} <= ${a.now}`,
  },
  // A token that has expired is told so as long as it is in its user's list.
  apiTokens: {
    table: apiTokens,
    key: [apiTokens.id],
    isOver: (a) => sql`${apiTokens.revokedAt} <= ${a.repeatedSince}`,
  },
  formerSlugs: {
    table: formerSlugs,
    key: [formerSlugs.slug],
    isOver: (a) => sql`${formerSlugs.reservedUntil} <= ${a.now}`,
  },
  departures: {
    table: departures,
    key: [departures.userId, departures.namespaceId],
    isOver: (a) => sql`${departures.departedAt} <= ${a.repeatedSince}`,
  },
  // By one what is still coming back says who has brought it.
  restorations: {
    table: restorations,
    key: [restorations.id],
    isOver: (a) => sql`${restorations.restoredAt} <= ${a.repeatedSince}
      and ${none(sql`${deletions} where ${deletions.id} = ${restorations.id}`)}`,
  },
  purges: {
    table: purges,
    key: [purges.id],
    isOver: (a) => sql`${purges.finishedAt} <= ${a.receiptsSince}`,
  },
} as const satisfies Readonly<Record<string, Kept>>

const all: readonly [string, Kept][] = Object.entries(kept)

const steps = all.map(([name, { table, key, isOver }]) => {
  const columns = sql.join([...key], sql.raw(', '))
  return scheduled<Expiring>(
    `expire.${name}`,
    (a) => sql`delete from ${table} where (${columns}) in (
      select ${columns} from ${table} where ${isOver(a)} limit ${a.rows})`,
  )
})

const left = query<Expiring>(
  'expire.left',
  (a) =>
    sql`select ${sql.join(
      all.map(([, { table, isOver }]) => sql`exists (select 1 from ${table} where ${isOver(a)})`),
      sql.raw(' or '),
    )} as is_left`,
)

/** Removes some of what has served its time; tells whether there is more. */
export const expire = (values: Expiring): Plan<boolean> =>
  after(
    steps.map((step) => act(step, values)),
    statement(left, values, ([row]) => row?.is_left === 1),
  )
