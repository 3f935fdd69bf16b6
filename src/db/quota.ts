import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { namespaceStats } from '../../drizzle/schema.ts'
import type { Refusing } from './guard.ts'
import { type Arguments, fragment } from './sql.ts'

/** What a namespace may hold; null for no bound. */
export interface Quotas {
  /** Episodes, nodes, assets, objects and members of collections, live or trashed. */
  readonly rowsQuota: number | null
  /** Bytes of objects, as they are or were announced. */
  readonly bytesQuota: number | null
}

type A = Arguments<Quotas>

const used = (column: SQLiteColumn): SQL =>
  fragment(
    `used.${column.name}`,
    sql`ifnull((select ${column} from ${namespaceStats}
  where ${namespaceStats.namespaceId} = standing.namespace_id), 0)`,
  )

/**
 * What a request adds. `exactly` is what is still to be added when it is asked, so that what a batch has added already
 * does not refuse the rest of it; it is only found out where `atMost` would not fit.
 */
interface Added {
  readonly atMost: SQL
  readonly exactly: SQL
}

const exceeds = (quota: SQL, column: SQLiteColumn, { atMost, exactly }: Added): SQL =>
  sql`(${quota} is not null and iif(${used(column)} + ${atMost} <= ${quota}, 0,
    ${exactly} > 0 and ${used(column)} + ${exactly} > ${quota}))`

export const overRows = (a: A, added: Added): Refusing => [
  'quota_exceeded',
  exceeds(a.rowsQuota, namespaceStats.rows, added),
]

export const overBytes = (a: A, added: Added): Refusing => [
  'quota_exceeded',
  exceeds(a.bytesQuota, namespaceStats.bytes, added),
]

/** More than one episode or asset adds, with all its folders. */
export const ROWS_OF_ONE = sql.raw('100')

/** What the namespace holds, and may hold, as an answer shows it. */
export const usageOf = (a: A) => ({
  rows: namespaceStats.rows,
  bytes: namespaceStats.bytes,
  rowsQuota: sql`${a.rowsQuota}`,
  bytesQuota: sql`${a.bytesQuota}`,
})
