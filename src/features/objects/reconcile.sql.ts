import { type SQL, sql } from 'drizzle-orm'
import { namespaces, objects, purges } from '../../../drizzle/schema.ts'
import { act, after, type Plan, type Row, statement, together } from '../../db/plan.ts'
import { type Arguments, insertInto, mintedId, none, query } from '../../db/sql.ts'
import { scheduled } from '../../db/statements.ts'

/**
 * The comparison of bucket and rows, a page of the bucket at a time, in the order of the keys. Keys that are not of
 * the form that the server makes are none of its business.
 */
interface HeldEntry {
  readonly key: string
  /** Bytes */
  readonly size: number
  /** Epoch milliseconds. */
  readonly uploadedAt: number
}

interface Comparing {
  readonly entries: readonly HeldEntry[]
  /** The page is what the bucket holds of the keys after `from`, up to `to`. */
  readonly from: string
  readonly to: string
  /** Rows at once. */
  readonly rows: number
  readonly now: number
  /** What was complete by then the page must show. */
  readonly completeBefore: number
  /** Bytes without a row that were there by then are removed. */
  readonly orphanedBefore: number
}

type A = Arguments<Comparing>

/** `bound`: how far the page is compared, so that no more than `rows` rows are looked at. */
const bound = (a: A): SQL => sql`bound as materialized (select min(${a.to}, ifnull((
  select ${objects.key} from ${objects} where ${objects.key} > ${a.from} and ${objects.key} <= ${a.to}
  order by ${objects.key} limit 1 offset ${a.rows}), ${a.to})) as upto)`

const missing = (a: A): SQL => sql`with ${bound(a)}, missing as materialized (
  select ${objects.id} as id, ${objects.namespaceId} as namespace_id, ${objects.projectId} as project_id,
    ${objects.name} as name, ${objects.size} as size
  from bound cross join ${objects} where ${objects.key} > ${a.from} and ${objects.key} <= bound.upto
    and ${objects.state} = 'complete' and ${objects.completedAt} < ${a.completeBefore}
    and ${objects.key} not in (select entry.value ->> '$.key' from ${a.entries.each} as entry))`

const reportMissing = scheduled<Comparing>(
  'purges.reportMissing',
  (a) =>
    sql`${missing(a)} ${insertInto(
      purges,
      {
        id: mintedId(a.now),
        namespaceId: sql`namespace_id`,
        projectId: sql`project_id`,
        kind: sql`'object'`,
        itemId: sql`id`,
        name: sql`name`,
        rule: sql`'missing'`,
        objects: sql`1`,
        bytes: sql`size`,
        startedAt: a.now,
      },
      sql`from missing where true`,
    )} on conflict (rule, item_id, namespace_id) where kind = 'object' and item_id is not null
      do update set started_at = excluded.started_at, finished_at = null where ${purges.finishedAt} is not null`,
)

const [NAMESPACE, OBJECT] = [
  sql`substr(entry.value ->> '$.key', 1, 24)`,
  sql`substr(entry.value ->> '$.key', 26)`,
]

const orphans = (a: A): SQL => sql`with ${bound(a)}, orphan as materialized (
  select ${NAMESPACE} as namespace_id, ${OBJECT} as id, entry.value ->> '$.size' as size,
    entry.value ->> '$.uploadedAt' as uploaded_at
  from bound cross join ${a.entries.each} as entry
  where entry.value ->> '$.key' <= bound.upto
    and not exists (select 1 from ${objects} where ${objects.key} = entry.value ->> '$.key'))`

/** Bytes may be there again: then the receipt is opened again. */
const reportOrphans = scheduled<Comparing>(
  'purges.reportOrphans',
  (a) =>
    sql`${orphans(a)} ${insertInto(
      purges,
      {
        id: mintedId(a.now),
        namespaceId: sql`namespace_id`,
        kind: sql`'object'`,
        itemId: sql`id`,
        rule: sql`'orphaned'`,
        startedAt: a.now,
      },
      sql`from orphan where true`,
    )} on conflict (rule, item_id, namespace_id) where kind = 'object' and item_id is not null
      do update set started_at = excluded.started_at, finished_at = null, objects = 0
      where ${purges.finishedAt} is not null`,
)

/**
 * Holds for a namespace that this database knows or has known: a bucket that was given to another one by mistake is left
 * alone.
 */
const isKnown = sql`(exists (select 1 from ${namespaces} where ${namespaces.id} = orphan.namespace_id)
  or exists (select 1 from ${purges} as known where known.namespace_id = orphan.namespace_id
    and known.rule <> 'orphaned'))`

/** The claim: a receipt that tells of an object, and is not finished. */
const claimOrphans = scheduled<Comparing>(
  'purges.claimOrphans',
  (a) => sql`${orphans(a)} update ${purges} set objects = 1, bytes = orphan.size from orphan
    where ${purges.rule} = 'orphaned' and ${purges.kind} = 'object' and ${purges.itemId} = orphan.id
      and ${purges.namespaceId} = orphan.namespace_id
      and ${purges.finishedAt} is null and orphan.uploaded_at <= ${a.orphanedBefore} and ${isKnown}`,
)

const keyFound = sql.raw(`(found.namespace_id || '/' || found.item_id)`)

/**
 * Closes findings within the page that are none any more, `rows` at most: more of them wait for the walk to come by again.
 * Those that still are some are no more than the page has entries, or rows.
 */
const close = (a: A, rule: 'orphaned' | 'missing', isOver: (isHeld: SQL) => SQL): SQL => sql`with ${bound(a)},
  held(key) as materialized (select entry.value ->> '$.key' from ${a.entries.each} as entry)
  update ${purges} set finished_at = ${a.now} where ${purges.id} in (
    select found.id from ${purges} as found
    where found.rule = ${sql.raw(`'${rule}'`)} and found.kind = 'object' and found.item_id is not null
      and found.finished_at is null and found.objects = ${sql.raw(rule === 'missing' ? '1' : '0')}
      and ${keyFound} > ${a.from} and ${keyFound} <= (select upto from bound)
      and ${isOver(sql`${keyFound} in (select key from held)`)}
    order by ${keyFound} limit ${a.rows})`

/** What is not amiss any more: the bytes of an orphan are gone by themselves. */
const closeOrphans = scheduled<Comparing>('purges.closeOrphans', (a) =>
  close(a, 'orphaned', (isHeld) => sql`not ${isHeld}`),
)

/** The bytes of a missing object are there again, or its row is gone. */
const closeMissing = scheduled<Comparing>('purges.closeMissing', (a) =>
  close(
    a,
    'missing',
    (isHeld) => sql`(${isHeld} or ${none(sql`${objects} where ${objects.key} = ${keyFound}`)})`,
  ),
)

const countOrphans = query<Comparing>(
  'reconcile.orphans',
  (a) => sql`${orphans(a)} select count(*) as count from orphan`,
)

const countMissing = query<Comparing>(
  'reconcile.missing',
  (a) => sql`${missing(a)} select count(*) as count from missing`,
)

const claimed = query<Comparing>(
  'reconcile.claimed',
  (a) => sql`select ${purges.id} as id, ${purges.namespaceId} || '/' || ${purges.itemId} as key from ${purges}
    where ${purges.kind} = 'object' and ${purges.rule} = 'orphaned' and ${purges.finishedAt} is null
      and ${purges.objects} = 1
    order by ${purges.id} limit ${a.rows}`,
)

const upTo = query<Comparing>(
  'reconcile.upTo',
  (a) => sql`with ${bound(a)} select bound.upto as upto from bound`,
)

/** Bytes that are to be removed, with their receipt. */
export interface Orphan {
  readonly id: string
  readonly key: string
}

/** What a comparison has found. */
interface Compared {
  /** Objects without a row. */
  readonly orphans: number
  /** Complete objects that the bucket does not hold. */
  readonly missing: number
  /** Orphans that are claimed, by this page or by a run that was cut off. */
  readonly claimed: readonly Orphan[]
  /** The key up to which it went. */
  readonly upTo: string
}

const countIn = ([row]: readonly Row[]): number => Number(row?.count)

/** Compares a page of the bucket with the rows, reports what is amiss, each object once, and claims old orphans. */
export const compare = (values: Comparing): Plan<Compared> =>
  after(
    [closeOrphans, closeMissing, reportMissing, reportOrphans, claimOrphans].map((step) => act(step, values)),
    together<{ [K in keyof Compared]: Compared[K] }>({
      orphans: statement(countOrphans, values, countIn),
      missing: statement(countMissing, values, countIn),
      claimed: statement(claimed, values, (rows) =>
        rows.map(({ id, key }) => ({ id: id as string, key: key as string })),
      ),
      upTo: statement(upTo, values, ([row]) => row?.upto as string),
    }),
  )

interface Removed {
  /** Of receipts. */
  readonly ids: readonly string[]
  readonly now: number
}

const finishOrphans = scheduled<Removed>(
  'purges.finishOrphans',
  (a) => sql`update ${purges} set finished_at = ${a.now}
    where ${purges.id} in (select value from ${a.ids.each}) and ${purges.finishedAt} is null`,
)

/** Writes down that the bytes of orphans are gone. */
export const finishRemoved = (values: Removed): Plan<void> => act(finishOrphans, values)

const release = scheduled<Pick<Removed, 'ids'>>(
  'purges.releaseOrphans',
  (a) => sql`update ${purges} set objects = 0, bytes = 0
    where ${purges.id} in (select value from ${a.ids.each}) and ${purges.finishedAt} is null`,
)

/** Takes claims back: what could not be removed is claimed again when the walk comes by. */
export const releaseOrphans = (values: Pick<Removed, 'ids'>): Plan<void> => act(release, values)
