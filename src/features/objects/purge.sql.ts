import { type SQL, sql } from 'drizzle-orm'
import { assets, objects, parts, purges } from '../../../drizzle/schema.ts'
import { act, after, inOrder, map, type Plan, statement, together } from '../../db/plan.ts'
import { type Arguments, insertInto, mintedId, query } from '../../db/sql.ts'
import { scheduled } from '../../db/statements.ts'
import { turnsOf } from '../../db/turns.ts'

/**
 * The purge of objects: claim, bytes, rows. An object is claimed by `purging`, its state, when nothing refers to it
 * and its lease is over; from then on it is neither `exists` nor registrable. Its bytes go, and then its row.
 */
interface Claiming {
  /** Epoch milliseconds. */
  readonly now: number
  /** An upload that was ended before this has no URL any more by which bytes could still arrive. */
  readonly endedBefore: number
  readonly namespaces: readonly string[]
  /** Objects of each at once. */
  readonly most: number
}

type A = Arguments<Claiming>

const inState = (state: string): SQL =>
  sql`${objects.assetCount} = 0 and ${objects.state} = ${sql.raw(`'${state}'`)}`

/** The objects of a state that no asset refers to, by the counter, whose leases ended first. */
const idle = (
  a: A,
  state: string,
  until: SQL,
): SQL => sql`select ${objects.id} from ${a.namespaces.each} as turn
  cross join ${objects} on ${objects.id} in (
    select ${objects.id} from ${objects} where ${inState(state)} and ${objects.namespaceId} = turn.value
      and ${objects.leaseUntil} <= ${until}
    order by ${objects.leaseUntil}, ${objects.id} limit ${a.most})`

const isReferredTo = sql`exists (select 1 from ${assets} where ${assets.objectId} = ${objects.id})`

/** An upload that nobody has gone on with. Its lease tells when it ended. */
const abort = scheduled<Claiming>(
  'objects.abortIdle',
  (a) => sql`update ${objects} set state = 'aborted', lease_until = ${a.now}
    where ${objects.id} in (${idle(a, 'pending', a.now)}) and ${objects.state} = 'pending'`,
)

/** The counter only finds; what decides is whether there is an asset. One that it has missed is counted again. */
const recount = scheduled<Claiming>(
  'objects.recount',
  (a) => sql`update ${objects} set asset_count = (
      select count(*) from ${assets} where ${assets.objectId} = ${objects.id})
    where ${objects.id} in (${idle(a, 'complete', a.now)}) and ${isReferredTo}`,
)

const claimUnreferenced = scheduled<Claiming>(
  'objects.claimUnreferenced',
  (a) => sql`update ${objects} set state = 'purging'
    where ${objects.id} in (${idle(a, 'complete', a.now)}) and ${objects.state} = 'complete' and not ${isReferredTo}`,
)

const claimEnded = (state: 'aborted' | 'discarded') =>
  scheduled<Claiming>(
    `objects.claim.${state}`,
    (a) => sql`update ${objects} set state = 'purging'
      where ${objects.id} in (${idle(a, state, a.endedBefore)}) and ${objects.state} = ${sql.raw(`'${state}'`)}
        and not ${isReferredTo}`,
  )

const claimed = query<Claiming>(
  'objects.claimed',
  (a) => sql`select ${objects.id} as id, ${objects.key} as key,
      iif(${objects.completedAt} is null, ${objects.bucketUploadId}, null) as upload_id
    from ${a.namespaces.each} as turn cross join ${objects} on ${objects.id} in (
      select ${objects.id} from ${objects} where ${inState('purging')} and ${objects.namespaceId} = turn.value
        and ${objects.leaseUntil} <= ${a.now}
      order by ${objects.leaseUntil}, ${objects.id} limit ${a.most})`,
)

/** An object whose bytes are to be removed. */
export interface Doomed {
  readonly id: string
  readonly key: string
  /** The bucket's id of an upload in parts that was never completed. */
  readonly uploadId: string | null
}

const countIdle = query<Claiming>(
  'objects.countIdle',
  (a) => sql`select count(*) as count from (${idle(a, 'pending', sql`${a.now}`)})`,
)

/** What was found of the objects of some namespaces. */
interface Claimed {
  /** Idle uploads that were ended: their bytes go when no URL can send any more. */
  readonly ended: number
  /** What is claimed, whichever run has claimed it. */
  readonly doomed: readonly Doomed[]
}

/** Ends idle uploads, and claims what nothing refers to. */
export const claimObjects = (values: Claiming): Plan<Claimed> =>
  together<{ ended: number; doomed: readonly Doomed[] }>({
    ended: statement(countIdle, values, ([row]) => Number(row?.count)),
    doomed: claimDoomed(values),
  })

/** The namespaces with idle uploads to end, or objects that nothing refers to. */
export const withObjectsToPurge = turnsOf('objects', (a) =>
  (
    [
      ['pending', a.now],
      ['complete', a.now],
      ['purging', a.now],
      ['aborted', a.before],
      ['discarded', a.before],
    ] as const
  ).map(([state, until]) => ({
    table: objects,
    condition: inState(state),
    time: objects.leaseUntil,
    until: sql`${until}`,
  })),
)

const claimDoomed = (values: Claiming): Plan<readonly Doomed[]> =>
  after(
    [abort, recount, claimUnreferenced, claimEnded('aborted'), claimEnded('discarded')].map((step) =>
      act(step, values),
    ),
    statement(claimed, values, (rows) =>
      rows.map(({ id, key, upload_id }) => ({
        id: id as string,
        key: key as string,
        uploadId: upload_id as string | null,
      })),
    ),
  )

interface Postponing {
  readonly ids: readonly string[]
  /** Epoch milliseconds. */
  readonly until: number
}

const postpone = scheduled<Postponing>(
  'objects.postpone',
  (a) => sql`update ${objects} set lease_until = ${a.until}
    where ${objects.id} in (select value from ${a.ids.each}) and ${objects.state} = 'purging'`,
)

/** Leaves claimed objects alone until then whose bytes could not be removed. */
export const postponeObjects = (values: Postponing): Plan<void> => act(postpone, values)

interface Erasing {
  readonly ids: readonly string[]
  readonly now: number
  /** When the run began: its objects without a deletion are on one receipt a namespace. */
  readonly runAt: number
  /** Parts at once. */
  readonly rows: number
}

/** Noted parts of uploads that never were completed. */
const eraseParts = scheduled<Erasing>(
  'objects.eraseParts',
  (a) => sql`delete from ${parts} where (${parts.objectId}, ${parts.partNumber}) in (
    select ${parts.objectId}, ${parts.partNumber} from ${a.ids.each} as doomed
    cross join ${parts} on ${parts.objectId} = doomed.value limit ${a.rows})`,
)

/** The objects whose rows go: claimed, and without parts. */
const going = (a: Arguments<Erasing>): SQL => sql`going as materialized (
  select ${objects.id} as id, ${objects.namespaceId} as namespace_id, ${objects.size} as size,
    ${objects.releasedBy} as released_by, ${objects.completedAt} as completed_at
  from ${a.ids.each} as doomed cross join ${objects} on ${objects.id} = doomed.value
  where ${objects.state} = 'purging' and not ${isReferredTo} and not exists (
    select 1 from ${parts} where ${parts.objectId} = ${objects.id}))`

const countReleased = scheduled<Erasing>(
  'purges.countReleased',
  (a) => sql`with ${going(a)} update ${purges} set rows = ${purges.rows} + found.count,
      objects = ${purges.objects} + found.count, bytes = ${purges.bytes} + found.bytes
    from (select released_by, count(*) as count, sum(size) as bytes from going where released_by is not null
      group by released_by) as found where ${purges.deletionId} = found.released_by`,
)

/** Where no deletion let go of them, or one of before there were receipts. */
const countOthers = scheduled<Erasing>(
  'purges.countOthers',
  (a) => sql`with ${going(a)}, found as materialized (
      select namespace_id, iif(completed_at is null, 'idle', 'unreferenced') as rule, count(*) as count,
        sum(size) as bytes from going
      where released_by is null or not exists (
        select 1 from ${purges} where ${purges.deletionId} = going.released_by)
      group by 1, 2)
    ${insertInto(
      purges,
      {
        id: mintedId(a.runAt),
        namespaceId: sql`namespace_id`,
        kind: sql`'object'`,
        rule: sql`rule`,
        rows: sql`count`,
        objects: sql`count`,
        bytes: sql`bytes`,
        startedAt: a.runAt,
        finishedAt: a.now,
      },
      sql`from found where true`,
    )} on conflict (namespace_id, rule, started_at) where kind = 'object' and item_id is null
      do update set rows = ${purges.rows} + excluded.rows, objects = ${purges.objects} + excluded.objects,
        bytes = ${purges.bytes} + excluded.bytes, finished_at = excluded.finished_at`,
)

const countGoing = query<Erasing>(
  'objects.going',
  (a) => sql`with ${going(a)} select count(*) as count from going`,
)

const eraseRows = scheduled<Erasing>(
  'objects.erase',
  (a) => sql`with ${going(a)} delete from ${objects} where ${objects.id} in (select id from going)`,
)

/**
 * Erases the rows of objects whose bytes are gone, with their receipts; gives how many. Those that have more noted
 * parts than go at once stay for another time.
 */
export const eraseObjects = (values: Erasing): Plan<number> =>
  map(
    together<{ acts: unknown; count: number; erased: unknown }>({
      acts: inOrder([eraseParts, countReleased, countOthers].map((step) => act(step, values))),
      count: statement(countGoing, values, ([row]) => Number(row?.count)),
      erased: act(eraseRows, values),
    }),
    ({ count }) => count,
  )
