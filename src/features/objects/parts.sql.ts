import { type SQL, sql } from 'drizzle-orm'
import { objects, parts } from '../../../drizzle/schema.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { assign, insertInto, query } from '../../db/sql.ts'
import { unguarded } from '../../db/statements.ts'
import { Refusal } from '../../domain/failure.ts'

/**
 * The parts that the Worker takes in. Of several tries of one part the bucket holds one, and where two overlap, or the
 * note of one is lost, nobody can tell which: their bytes arrive in one order, the answers and the notes in others. So
 * the newest try is noted, and that there were others makes it contested. The bucket itself judges, when it puts the
 * parts together; where it will not, what is in doubt is forgotten and sent again, so an upload always comes to an end.
 */
export interface NotedPart {
  readonly partNumber: number
  /** What the client was told. */
  readonly etag: string
  readonly bucketEtag: string
  /** Bytes */
  readonly size: number
  /** Whether the bucket may hold another try than this one. */
  readonly isContested: boolean
}

interface Noting extends Omit<NotedPart, 'isContested'> {
  readonly key: string
  readonly bucketUploadId: string
  /** When the bucket had the bytes; epoch milliseconds. */
  readonly takenAt: number
}

const isNewer = sql`excluded.created_at > ${parts.createdAt}`

const newest = (column: SQL, kept: SQL): SQL => sql`iif(${isNewer}, ${column}, ${kept})`

const note = unguarded<Noting>(
  'uploads.note',
  (a) =>
    sql`${insertInto(
      parts,
      {
        objectId: objects.id,
        partNumber: a.partNumber,
        etag: a.etag,
        bucketEtag: a.bucketEtag,
        size: a.size,
        createdAt: a.takenAt,
      },
      sql`from ${objects} where ${objects.key} = ${a.key} and ${objects.bucketUploadId} = ${a.bucketUploadId}
      and ${objects.state} = 'pending'`,
    )} on conflict (object_id, part_number) do update set ${assign(parts, {
      etag: newest(sql`excluded.etag`, parts.etag.getSQL()),
      bucketEtag: newest(sql`excluded.bucket_etag`, parts.bucketEtag.getSQL()),
      size: newest(sql`excluded.size`, parts.size.getSQL()),
      createdAt: sql`max(excluded.created_at, ${parts.createdAt})`,
      contested: sql`max(${parts.contested}, ${parts.bucketEtag} <> excluded.bucket_etag)`,
    })} where ${parts.bucketEtag} <> excluded.bucket_etag or ${parts.size} <> excluded.size`,
)

const notedNow = query<Noting>(
  'uploads.notedNow',
  (a) => sql`select ${parts.partNumber} as part_number from ${objects}
    join ${parts} on ${parts.objectId} = ${objects.id} and ${parts.partNumber} = ${a.partNumber}
    where ${objects.key} = ${a.key} and ${objects.state} = 'pending'`,
)

/** Notes a part that the bucket has taken. The signed URL is the authority: no user is asked for. */
export const notePart = (values: Noting): Plan<void> =>
  after(
    [act(note, values)],
    statement(notedNow, values, ([row]) => {
      if (!row) throw new Refusal('upload_not_found')
    }),
  )
