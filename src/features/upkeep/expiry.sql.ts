import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import {
  apiTokens,
  deletions,
  departures,
  formerSlugs,
  idempotencyKeys,
  purges,
  restorations,
  revocations,
} from '../../../drizzle/schema.ts'
import { KEPT_FOR } from '../../db/keys.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { type Arguments, type Compiled, none, query } from '../../db/sql.ts'
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
  // The oldest are looked at, in the order of their making: another index would cost each of them a row.
  idempotencyKeys: {
    table: idempotencyKeys,
    key: [idempotencyKeys.seq],
    isOver: (a) => sql`${idempotencyKeys.seq} in (select seq from (
        select ${idempotencyKeys.seq} as seq, ${idempotencyKeys.createdAt} as created_at from ${idempotencyKeys}
        where ${idempotencyKeys.seq} > 0 order by ${idempotencyKeys.seq} limit ${a.rows})
      where created_at <= ${a.now} - ${sql.raw(String(KEPT_FOR))})`,
  },
  purges: {
    table: purges,
    key: [purges.id],
    isOver: (a) => sql`${purges.finishedAt} <= ${a.receiptsSince}`,
  },
} as const satisfies Readonly<Record<string, Kept>>

type Name = keyof typeof kept

const all: readonly (readonly [Name, Kept])[] = Object.entries(kept) as [Name, Kept][]

const steps = Object.fromEntries(
  all.map(([name, { table, key, isOver }]) => {
    const columns = sql.join([...key], sql.raw(', '))
    const step = scheduled<Expiring>(
      `expire.${name}`,
      (a) => sql`delete from ${table} where (${columns}) in (
        select ${columns} from ${table} where ${isOver(a)} limit ${a.rows})`,
    )
    return [name, step]
  }),
) as Readonly<Record<Name, Compiled<Expiring>>>

const left = query<Expiring>(
  'expire.left',
  (a) =>
    sql`select ${sql.join(
      all.map(
        ([name, { table, isOver }]) =>
          sql`exists (select 1 from ${table} where ${isOver(a)}) as ${sql.raw(name)}`,
      ),
      sql.raw(', '),
    )}`,
)

/** Removes some of what has served its time, of the tables that the plan before has told; tells which have more. */
export const expire = (names: readonly Name[], values: Expiring): Plan<readonly Name[]> =>
  after(
    names.map((name) => act(steps[name], values)),
    statement(left, values, ([row]) => all.flatMap(([name]) => (row?.[name] === 1 ? [name] : []))),
  )
