import { type SQL, sql } from 'drizzle-orm'
import { objects, parts } from '../../../drizzle/schema.ts'
import { ifGranted, type Refusing, readVerdict, refusal, VERDICT } from '../../db/guard.ts'
import { act, after, inOrder, type Plan, type Row, statement, together } from '../../db/plan.ts'
import { overBytes, type Quotas } from '../../db/quota.ts'
import { type Arguments, assign } from '../../db/sql.ts'
import { isBlind, isOfAnother } from '../../db/standing.ts'
import {
  following,
  granted,
  guard,
  guarded,
  type NamedGuard,
  outcome,
  unguarded,
  verdict,
} from '../../db/statements.ts'
import { type Stamp, untagged } from '../../db/write.ts'
import { MOST_PARTS } from '../../domain/upload.ts'
import { type ObjectRef, uploadGuard } from './guard.sql.ts'
import type { NotedPart } from './parts.sql.ts'
import { type Lease, type Upload, uploadColumns, uploadFrom } from './uploads.sql.ts'

const isComplete: Refusing = ['upload_complete', sql`standing.object_state = 'complete'`]
const isOver: Refusing = ['upload_aborted', sql`standing.object_state in ('aborted', 'discarded')`]
/** A token that may not read looks at what it is sending, and not at what it has sent. */
const isUnseen: Refusing = [
  'upload_not_found',
  sql`${isBlind} and (standing.object_state <> 'pending' or standing.object_token_id is not standing.token_id)`,
]
const isForeign: Refusing = ['upload_not_found', isOfAnother(sql`standing.object_token_id`)]

const watching = guard<ObjectRef>('uploads.watching', (a) => uploadGuard(a, 'watch', { thing: [isUnseen] }))
const sending = guard<ObjectRef>('uploads.sending', (a) =>
  uploadGuard(a, 'upload', { thing: [isForeign], state: [isComplete, isOver] }),
)
const completing = guard<ObjectRef>('uploads.completing', (a) =>
  uploadGuard(a, 'upload', { thing: [isForeign], state: [isOver] }),
)
/** A discarded upload is ended by the one who completes it, an aborted one by whoever may delete. */
const discarding = guard<ObjectRef>('uploads.discarding', (a) =>
  uploadGuard(a, 'upload', { thing: [isForeign], state: [isComplete] }),
)
const aborting = guard<ObjectRef & Pick<Stamp, 'expected'>>('uploads.aborting', (a) =>
  uploadGuard(a, 'write', { state: [untagged(a), isComplete] }),
)

const find = <A extends ObjectRef>(by: NamedGuard<A>, name: string) =>
  outcome(
    by,
    name,
    () => sql`select ${refusal}, ${uploadColumns},
      not ${isBlind} or standing.object_token_id is standing.token_id as is_shown
      from ${VERDICT} left join ${objects} on ${objects.id} = ${ifGranted(sql`standing.object_id`)}`,
  )

const found = find(watching, 'uploads.found')
const foundToSend = find(sending, 'uploads.foundToSend')
const foundToComplete = find(completing, 'uploads.foundToComplete')

const findNoted = (by: NamedGuard<ObjectRef>, name: string) =>
  granted(
    by,
    name,
    () => sql`select ${parts.partNumber} as part_number, ${parts.etag} as etag,
        ${parts.bucketEtag} as bucket_etag, ${parts.size} as size, ${parts.contested} as contested
      from permit cross join ${parts} on ${parts.objectId} = permit.object_id`,
  )

const noted = findNoted(watching, 'uploads.noted')
const notedToComplete = findNoted(completing, 'uploads.notedToComplete')

const notedPartOf = ({ part_number, etag, bucket_etag, size, contested }: Row): NotedPart => ({
  partNumber: part_number as number,
  etag: etag as string,
  bucketEtag: bucket_etag as string,
  size: size as number,
  isContested: contested === 1,
})

/** An upload, and the parts that the Worker has noted of it, by number. */
export interface UploadInParts {
  readonly upload: Upload
  readonly noted: readonly NotedPart[]
}

const withParts = (finding: typeof found, noting: typeof noted, ref: ObjectRef): Plan<UploadInParts> =>
  together<{ upload: Upload; noted: readonly NotedPart[] }>({
    upload: statement(finding, ref, uploadFrom),
    noted: statement(noting, ref, (rows) =>
      rows.map(notedPartOf).sort((one, other) => one.partNumber - other.partNumber),
    ),
  })

/** An upload in any state. */
export const readUploadWithParts = (ref: ObjectRef): Plan<UploadInParts> => withParts(found, noted, ref)

interface Sending extends ObjectRef, Lease {
  /** The highest number of the parts that are about to be sent. */
  readonly highest: number
}

const partCount = sql`case when ${objects.partSize} is null then 1 when ${objects.announcedSize} is null
  then ${sql.raw(String(MOST_PARTS))}
  else max(1, (${objects.announcedSize} + ${objects.partSize} - 1) / ${objects.partSize}) end`

const renew = guarded<ObjectRef, Sending>(
  sending,
  'uploads.renew',
  (a) => sql`update ${objects} set ${assign(objects, { leaseUntil: a.leaseUntil })}
    where ${objects.id} = (select object_id from permit) and ${objects.leaseUntil} < ${a.renewedBefore}
      and ${a.highest} <= ${partCount}`,
)

/** A pending upload whose bytes are about to be sent: its lease is renewed, unless it has no such part. */
export const readUploadToSend = (values: Sending): Plan<Upload> =>
  after([act(renew, values)], statement(foundToSend, values, uploadFrom))

interface Beginning extends ObjectRef {
  readonly bucketUploadId: string
}

const begin = guarded<ObjectRef, Beginning>(
  sending,
  'uploads.begin',
  (a) =>
    sql`update ${objects} set ${assign(objects, {
      bucketUploadId: a.bucketUploadId,
    })} where ${objects.id} = (select object_id from permit) and ${objects.bucketUploadId} is null`,
)

/** Remembers the bucket's id of an upload in parts. The first one counts: another request may have been faster. */
export const beginParts = (values: Beginning): Plan<Upload> =>
  after([act(begin, values)], statement(foundToSend, values, uploadFrom))

const renewComplete = guarded<ObjectRef, ObjectRef & Lease>(
  completing,
  'uploads.renewComplete',
  (a) => sql`update ${objects} set ${assign(objects, { leaseUntil: a.leaseUntil })}
    where ${objects.id} = (select object_id from permit) and ${objects.state} = 'complete'
      and ${objects.leaseUntil} < ${a.renewedBefore}`,
)

/** An upload that is pending; or one that is complete already, whose lease is renewed. */
export const readUploadToComplete = (values: ObjectRef & Lease): Plan<UploadInParts> =>
  after([act(renewComplete, values)], withParts(foundToComplete, notedToComplete, values))

/** Parts by which the bucket would not put an upload together, as they were noted then. */
interface Doubting extends ObjectRef {
  readonly doubted: readonly Pick<NotedPart, 'partNumber' | 'etag'>[]
}

/** One that was sent again meanwhile is another one. */
const doubtedParts = (a: Arguments<Doubting>): SQL => sql`${parts.objectId} = (select object_id from permit)
  and (${parts.partNumber}, ${parts.etag}) in (
    select part.value ->> '$.partNumber', part.value ->> '$.etag' from ${a.doubted.each} as part)`

const contest = guarded<ObjectRef, Doubting>(
  completing,
  'uploads.contest',
  (a) => sql`update ${parts} set ${assign(parts, { contested: sql`1` })}
    where ${doubtedParts(a)}`,
)

const forgetContested = guarded<ObjectRef, Doubting>(
  completing,
  'uploads.forgetContested',
  (a) => sql`delete from ${parts} where ${doubtedParts(a)} and ${parts.contested} = 1`,
)

const doubted = verdict(completing, 'uploads.doubted')

/** Remembers that one of the parts is another one than was noted, though nobody knows which. */
export const contestParts = (values: Doubting): Plan<void> =>
  after([act(contest, values)], statement(doubted, values, readVerdict))

/** Forgets the contested ones of the parts: they are sent again. */
export const forgetContestedParts = (values: Doubting): Plan<void> =>
  after([act(forgetContested, values)], statement(doubted, values, readVerdict))

interface Completing extends ObjectRef, Quotas {
  readonly size: number
  readonly etag: string
  readonly sha256: string | null
  readonly leaseUntil: number
  readonly now: number
}

/** What the bucket holds counts in place of what was announced; an older client does not say how much it sends. */
const settling = guard<Completing>('uploads.settling', (a) => {
  const more = sql`(select ${a.size} - ifnull(${objects.announcedSize}, 0) from ${objects}
    where ${objects.id} = standing.object_id and ${objects.state} = 'pending')`
  return uploadGuard(a, 'upload', {
    thing: [isForeign],
    state: [isOver, overBytes(a, { atMost: sql`${a.size}`, exactly: sql`ifnull(${more}, 0)` })],
  })
})

const complete = guarded(
  settling,
  'uploads.complete',
  (a) =>
    sql`update ${objects} set ${assign(objects, {
      state: sql`'complete'`,
      size: a.size,
      etag: a.etag,
      sha256: a.sha256,
      leaseUntil: a.leaseUntil,
      completedAt: a.now,
    })} where ${objects.id} = (select object_id from permit) and ${objects.state} = 'pending'`,
)

const foundSettled = find(settling, 'uploads.completed')

/** Forgets the noted parts of an upload that is not pending any more. */
const forgetParts = following<ObjectRef>(
  'uploads.forgetParts',
  (a) => sql`delete from ${parts} where ${parts.objectId} = (
    select ${objects.id} from ${objects} where ${objects.id} = ${a.id} and ${objects.state} <> 'pending')`,
)

/** Pins what the bucket holds: from here on assets may refer to the object. */
export const completeUpload = (values: Completing): Plan<Upload> =>
  after([act(complete, values), act(forgetParts, values)], statement(foundSettled, values, uploadFrom))

/**
 * The plan that marks an upload whose bytes are to be removed; its lease then tells when it ended. One that has ended
 * before is answered as it is.
 */
function ending<A extends ObjectRef>(
  by: NamedGuard<A>,
  verb: string,
  past: string,
  state: 'aborted' | 'discarded',
): (ref: A) => Plan<Upload> {
  const end = guarded(
    by,
    `uploads.${verb}`,
    (a) => sql`update ${objects} set ${assign(objects, {
      state: sql.raw(`'${state}'`),
      leaseUntil: a.askedAt,
    })}
      where ${objects.id} = (select object_id from permit) and ${objects.state} = 'pending'`,
  )
  const foundEnded = find(by, `uploads.${past}`)
  return (ref) =>
    after<Upload>(
      [act<A>(end, ref), act(forgetParts, ref)],
      statement<A, Upload>(foundEnded, ref, uploadFrom),
    )
}

export const abortUpload = ending(aborting, 'abort', 'aborted', 'aborted')
/** Of other bytes than were announced. */
export const discardUpload = ending(discarding, 'discard', 'discarded', 'discarded')
/** Of an upload that the bucket has dropped. */
export const giveUpUpload = ending(discarding, 'giveUp', 'givenUp', 'aborted')

interface Dropped {
  readonly key: string
  readonly bucketUploadId: string
  readonly now: number
}

const drop = unguarded<Dropped>(
  'uploads.drop',
  (a) => sql`update ${objects} set ${assign(objects, { state: sql`'aborted'`, leaseUntil: a.now })}
    where ${objects.key} = ${a.key} and ${objects.bucketUploadId} = ${a.bucketUploadId}
      and ${objects.state} = 'pending'`,
)

const forgetDropped = following<Dropped>(
  'uploads.forgetDropped',
  (a) => sql`delete from ${parts} where ${parts.objectId} = (
    select ${objects.id} from ${objects} where ${objects.key} = ${a.key} and ${objects.state} <> 'pending')`,
)

/** Marks an upload in parts that the bucket has dropped by itself: nothing can come of it any more. */
export const dropUpload = (values: Dropped): Plan<unknown> =>
  inOrder([act(drop, values), act(forgetDropped, values)])
