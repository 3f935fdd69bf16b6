import { getTableColumns, getTableName, type SQL, sql } from 'drizzle-orm'
import { CasingCache } from 'drizzle-orm/casing'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { act, type Plan, type Row, statement } from '../../db/plan.ts'
import { type Arguments, fragment, query } from '../../db/sql.ts'
import { scheduled } from '../../db/statements.ts'
import { positionOf } from '../../db/walks.ts'
import { type Audited, audited, type Counted } from './counters.sql.ts'

/**
 * The counters that triggers keep are compared with the truth, some rows at a time, and mended where they differ. A slice
 * begins where the one of the run before has ended.
 */
interface Slice {
  /** What its rows may count together; a single one may count more, up to `mostAlone`. */
  readonly mostCounted: number
  readonly mostAlone: number
}

/** Rows that are read of each, whatever it counts. */
const READ_BESIDES = sql.raw('9')

/** Rows of a slice where nothing else is said. */
const USUAL_ROWS = 50

/** A row whose counters were not the truth. */
interface Drift {
  readonly table: string
  readonly key: string
  /** By counter, what it said and what it should have said. */
  readonly counters: Readonly<Record<string, readonly [number, number]>>
}

interface Compared {
  readonly drifts: readonly Drift[]
  /** Rows that count too much to be compared at once. */
  readonly skipped: number
  /** The key that the slice ends with; empty past the end. */
  readonly last: string
}

/** The audit of one table. */
export interface Audit {
  /** What a comparison would cost, in rows read. */
  readonly size: (a: Arguments<Slice>) => SQL
  readonly compare: (slice: Slice) => Plan<Compared>
  /** Counts anew what a comparison has found; what differs by then, whatever it was. */
  readonly mend: (drifts: readonly Drift[]) => Plan<void>
  /** The walk that goes on behind a slice that was compared. */
  readonly walk: string
}

const joined = (parts: readonly SQL[], by: string): SQL => sql.join([...parts], sql.raw(by))

/** The columns of some counters, by their names. */
const columnsOf = (table: SQLiteTable, { counters }: Counted): readonly (readonly [string, SQLiteColumn])[] =>
  counters.map((counter) => {
    const column = getTableColumns(table)[counter]
    if (!column) throw new Error(`${getTableName(table)} has no counter ${counter}.`)
    return [counter, column as SQLiteColumn]
  })

const valuesOf = (table: SQLiteTable, counted: Counted, by = ', '): SQL =>
  joined(
    columnsOf(table, counted).map(([, column]) => sql`${column}`),
    by,
  )

const differing = (table: SQLiteTable, counted: readonly Counted[]): SQL =>
  joined(
    counted.map((each) => sql`(${valuesOf(table, each)}) <> (${each.truth})`),
    ' or ',
  )

/** Of all counters what they say and what they should say, as an array of objects. */
const comparison = (table: SQLiteTable, counted: readonly Counted[]): SQL => {
  const pairs = (each: Counted): SQL =>
    joined(
      columnsOf(table, each).map(
        ([name, column]) =>
          sql`${sql.raw(`'${name}'`)}, json_array(${column}, truth.${sql.identifier(name)})`,
      ),
      ', ',
    )
  const objects = counted.map(
    (each) => sql`(select json_object(${pairs(each)}) from (${each.truth}) as truth)`,
  )
  return sql`json_array(${joined(objects, ', ')})`
}

const casing = new CasingCache('snake_case')

/** Sets the counters to what they should be. */
const mending = (table: SQLiteTable, counted: readonly Counted[]): SQL =>
  joined(
    counted.map((each) => {
      const names = columnsOf(table, each).map(
        ([, column]) => sql`${sql.identifier(casing.getColumnCasing(column))}`,
      )
      return sql`(${joined(names, ', ')}) = (${each.truth})`
    }),
    ', ',
  )

const sizeOf = (table: SQLiteTable, { counted, size }: Audited): SQL =>
  size ??
  joined(
    counted.map((each) => valuesOf(table, each, ' + ')),
    ' + ',
  )

function auditOf(audited: Audited): Audit {
  const { table, key, part, most = USUAL_ROWS } = audited
  const name = [getTableName(table), ...(part ? [part] : [])].join('.')
  const walk = `audit.${name}`
  const counted = audited.counted.map(({ counters, truth }) => ({
    counters,
    truth: fragment(`audit.${name}.${counters.join('+')}`, truth),
  }))
  const sliced = (a: Arguments<Slice>): SQL =>
    fragment(
      `audit.${name}.slice`,
      sql`with near as materialized (
      select ${key} as id, max(0, ${sizeOf(table, audited)}) as size from ${table}
      where ${key} > ${positionOf(walk)} order by ${key} limit ${sql.raw(String(most))}),
    slice as materialized (select id, size from (
      select id, size, sum(size) over (order by id rows unbounded preceding) - size as before from near)
      where before <= ${a.mostCounted})`,
    )
  const inSlice = (a: Arguments<Slice>): SQL =>
    sql`${key} in (select id from slice where size <= ${a.mostAlone})`
  const differs = fragment(`audit.${name}.differs`, differing(table, counted))
  // What differs, and then where the slice has ended.
  const compared = query<Slice>(
    `audit.${name}.compared`,
    (a) => sql`${sliced(a)} select ${key} as id, ${comparison(table, counted)} as counters, null as skipped
      from ${table} where ${inSlice(a)} and (${differs})
      union all select (select max(id) from slice), null, (select count(*) from slice where size > ${a.mostAlone})`,
  )
  const mend = scheduled<{ readonly keys: readonly string[] }>(
    `audit.${name}.mend`,
    (a) => sql`update ${table} set ${mending(table, counted)}
      where ${key} in (select value from ${a.keys.each}) and (${differs})`,
  )
  return {
    size: (a) =>
      sql`(${sliced(a)} select ifnull(sum(size + ${READ_BESIDES}), 0) from slice where size <= ${a.mostAlone})`,
    compare: (slice) =>
      statement(compared, slice, (rows) => {
        const end = rows.at(-1)
        return {
          drifts: rows.slice(0, -1).map((row) => driftOf(getTableName(table), row)),
          skipped: Number(end?.skipped),
          last: (end?.id as string | null | undefined) ?? '',
        }
      }),
    mend: (drifts) => act(mend, { keys: drifts.map((drift) => drift.key) }),
    walk,
  }
}

function driftOf(table: string, { id, counters }: Row): Drift {
  const all = JSON.parse(counters as string) as readonly Record<string, readonly [number, number]>[]
  return {
    table,
    key: id as string,
    counters: Object.fromEntries(
      all.flatMap((some) => Object.entries(some).filter(([, [said, is]]) => said !== is)),
    ),
  }
}

/** The audits of all tables that have counters. */
export const audits: readonly Audit[] = audited.map(auditOf)

const measured = query<Slice>(
  'audit.measured',
  (a) =>
    sql`select ${joined(
      audits.map(({ size, walk }) => sql`${size(a)} as ${sql.identifier(walk)}`),
      ', ',
    )}`,
)

/** What the next comparison of each table would cost, in rows read, by its walk. */
export const measure = (slice: Slice): Plan<Readonly<Record<string, number>>> =>
  statement(measured, slice, ([row]) => row as Readonly<Record<string, number>>)
