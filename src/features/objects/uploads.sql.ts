import { type SQL, sql } from 'drizzle-orm'
import { objects, projects, purges } from '../../../drizzle/schema.ts'
import type { Arriving } from '../../db/credential.ts'
import { assertPermitted, refusal, VERDICT } from '../../db/guard.ts'
import { object } from '../../db/json.ts'
import { keepable, keyedAt, settled } from '../../db/keys.ts'
import { act, type Plan, type Row } from '../../db/plan.ts'
import { overBytes, overRows, type Quotas } from '../../db/quota.ts'
import { type Arguments, assign, fragment, insertInto, none } from '../../db/sql.ts'
import { live, projectMakingGuard } from '../../db/standing.ts'
import { guard, guarded } from '../../db/statements.ts'
import { type Resource, readResource } from '../../db/write.ts'
import { arriveByCreatingAt } from '../accounts/users.sql.ts'
import { makeProject, type ProjectMaking } from '../places/projects.sql.ts'
import { isInSight } from './guard.sql.ts'

/** An object on its way into the bucket, or there. */
export interface Upload {
  readonly id: string
  readonly key: string
  readonly state: 'pending' | 'complete' | 'aborted' | 'discarded'
  readonly name: string | null
  /** The bucket's own id of an upload in parts; null until parts are signed. */
  readonly bucketUploadId: string | null
  /** Bytes of every part but the last; null for a single PUT. */
  readonly partSize: number | null
  /** Bytes; null where the client did not say. */
  readonly announcedSize: number | null
  /** Hex digits. */
  readonly announcedSha256: string | null
  readonly contentType: string | null
  /** Bytes that the bucket holds; 0 until it is complete. */
  readonly size: number
  /** Hex digits, where the bucket has verified it. */
  readonly sha256: string | null
  readonly etag: string | null
  /** Epoch milliseconds. */
  readonly createdAt: number
  /** Whether the caller's token may see it: its own at least. */
  readonly isShown: boolean
}

const shown = {
  id: objects.id,
  key: objects.key,
  state: objects.state,
  name: objects.name,
  bucket_upload_id: objects.bucketUploadId,
  part_size: objects.partSize,
  announced_size: objects.announcedSize,
  announced_sha256: objects.announcedSha256,
  content_type: objects.contentType,
  size: objects.size,
  sha256: objects.sha256,
  etag: objects.etag,
  created_at: objects.createdAt,
}

export const uploadColumns = fragment(
  'uploadColumns',
  sql.join(
    Object.entries(shown).map(([name, column]) => sql`${column} as ${sql.raw(name)}`),
    sql.raw(', '),
  ),
)

const uploadOf = (row: Row): Upload => ({
  id: row.id as string,
  key: row.key as string,
  state: row.state as Upload['state'],
  name: row.name as string | null,
  bucketUploadId: row.bucket_upload_id as string | null,
  partSize: row.part_size as number | null,
  announcedSize: row.announced_size as number | null,
  announcedSha256: row.announced_sha256 as string | null,
  contentType: row.content_type as string | null,
  size: row.size as number,
  sha256: row.sha256 as string | null,
  etag: row.etag as string | null,
  createdAt: row.created_at as number,
  isShown: row.is_shown !== 0,
})

export const uploadFrom = ([row]: readonly Row[]): Upload => uploadOf(assertPermitted(row))

/** Until when the cron leaves an object alone, and when a lease is so old that it is renewed; epoch milliseconds. */
export interface Lease {
  readonly leaseUntil: number
  readonly renewedBefore: number
}

/** A file that a client wants to send. */
export interface NewUpload {
  readonly id: string
  readonly name: string | null
  /** Bytes */
  readonly size: number | null
  readonly contentType: string | null
  /** Hex digits. */
  readonly sha256: string | null
  readonly partSize: number | null
  readonly stagingHash: string | null
}

export interface Announcing extends ProjectMaking, Lease, Quotas {
  readonly files: readonly NewUpload[]
  /** How many they are, and the sum of their sizes. */
  readonly count: number
  readonly bytes: number
}

type A = Arguments<Announcing>

const file = (field: keyof NewUpload): SQL => sql.raw(`(file.value ->> '$.${field}')`)

/** Objects of one hash that are looked at for each file: they differ by their types, or by their projects. */
const MOST_OF_A_HASH = 20

/**
 * The object that has these very bytes already, by a hash that the bucket has verified; of this namespace alone, so
 * that nobody learns what others hold; a token that is confined to a project, or can only upload, learns of the
 * project alone. Only the newest of the hash are looked at: what is overlooked is sent again, and so is what the bucket
 * was found to have lost. The type is what a download says of it, so another type is another object.
 */
const known = (asking: 'standing' | 'permit'): SQL =>
  fragment(
    `uploads.known.${asking}`,
    sql`(select ${objects.id} from (
    select ${objects}.* from ${objects} where ${objects.namespaceId} = ${sql.raw(asking)}.namespace_id
      and ${objects.state} = 'complete' and ${objects.sha256} is not null and ${objects.sha256} = ${file('sha256')}
    order by ${objects.id} desc limit ${sql.raw(String(MOST_OF_A_HASH))}) as objects
  join ${projects} on ${projects.id} = ${objects.projectId} and ${live(projects)}
  where ${isInSight(asking)} and ${objects.size} = ${file('size')}
    and ifnull(${objects.contentType}, '') = coalesce(${file('contentType')}, ${objects.contentType}, '')
    and ${none(sql`${purges} where ${purges.kind} = 'object' and ${purges.rule} = 'missing'
      and ${purges.itemId} = ${objects.id} and ${purges.namespaceId} = ${objects.namespaceId}
      and ${purges.finishedAt} is null`)}
  order by ${objects.id} desc limit 1)`,
  )

/** What is still to be added of the files: `measure` of those that are neither known nor there yet. */
const added = (a: A, measure: SQL): SQL => sql`(select ifnull(sum(${measure}), 0) from ${a.files.each} as file
  where ${none(sql`${objects} where ${objects.id} = ${file('id')}`)} and ${known('standing')} is null)`

const announcing = guard<Announcing>('uploads.announcing', (a) =>
  projectMakingGuard(a, {
    state: [
      overRows(a, { atMost: sql`${a.count}`, exactly: added(a, sql`1`) }),
      overBytes(a, { atMost: sql`${a.bytes}`, exactly: added(a, file('size')) }),
    ],
    ...keyedAt(sql`standing.project_id`, a),
  }),
)

const makeMissingProject = guarded(announcing, 'uploads.makeProject', (a) => makeProject(a))

const announce = guarded(
  announcing,
  'uploads.announce',
  (a) =>
    sql`${insertInto(
      objects,
      {
        id: file('id'),
        namespaceId: sql`permit.namespace_id`,
        projectId: sql`permit.project_id`,
        key: sql`permit.namespace_id || '/' || ${file('id')}`,
        state: sql`'pending'`,
        size: sql`0`,
        contentType: file('contentType'),
        leaseUntil: a.leaseUntil,
        createdBy: sql`permit.user_id`,
        createdByToken: sql`permit.token_id`,
        createdAt: a.now,
        name: file('name'),
        partSize: file('partSize'),
        announcedSize: file('size'),
        announcedSha256: file('sha256'),
        stagingHash: file('stagingHash'),
      },
      sql`from permit cross join ${a.files.each} as file where ${known('permit')} is null`,
    )} on conflict do nothing`,
)

const renewKnown = guarded(
  announcing,
  'uploads.renewKnown',
  (a) => sql`update ${objects} set ${assign(objects, { leaseUntil: a.leaseUntil })}
    where ${objects.id} in (
      select ${known('permit')} from permit cross join ${a.files.each} as file)
      and ${objects.leaseUntil} < ${a.renewedBefore}`,
)

/** The objects of the files, new ones and those that are known, in the order of the files. */
const given = (
  a: A,
): SQL => sql`(select * from verdict where refusal is null) as permit cross join ${a.files.each} as file
  cross join ${objects} on ${objects.id} = ifnull(
    (select ${objects.id} from ${objects} where ${objects.id} = ${file('id')}), ${known('permit')})`

const announced = keepable(
  announcing,
  'uploads.announced',
  (a) => sql`select ${refusal}, (select project_id from verdict) as id, 1 as version, 1 as created,
    (select json_group_array(json(row)) from (select ${object(shown)} as row from ${given(a)})) as body from ${VERDICT}`,
)

/** The uploads of the files, in their order. */
export interface Announced extends Pick<Resource, 'isReplayed'> {
  readonly uploads: readonly Upload[]
}

/**
 * Makes an object of each file whose bytes the namespace does not hold yet, in the order of the files. The same
 * request, sent again without a key, makes new ones: nothing tells two files of the same name and size apart, and what
 * nobody sends is purged.
 */
export function announceUploads(
  asked: Omit<Announcing, 'count' | 'bytes'>,
  arriving: Arriving,
): Plan<Announced> {
  const { files } = asked
  const bytes = files.reduce((sum, { size }) => sum + (size ?? 0), 0)
  const values = { ...asked, count: files.length, bytes }
  return settled(
    [
      // Nothing is expected of an upload.
      ...arriveByCreatingAt({ ...values, expected: null }, arriving),
      act(makeMissingProject, values),
      act(announce, values),
      // Nothing else is known than what has a hash.
      ...(files.some(({ sha256 }) => sha256 !== null) ? [act(renewKnown, values)] : []),
    ],
    announced,
    values,
    (rows) => {
      const { body, isReplayed } = readResource(rows)
      return { uploads: (JSON.parse(body) as readonly Row[]).map(uploadOf), isReplayed }
    },
  )
}
