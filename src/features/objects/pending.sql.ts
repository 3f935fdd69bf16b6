import { type SQL, sql } from 'drizzle-orm'
import { objects, pendingUploads } from '../../../drizzle/schema.ts'
import { iso, object } from '../../db/json.ts'
import { listPlan, type Window } from '../../db/page.ts'
import type { Arguments } from '../../db/sql.ts'
import { isBlind, type ProjectRef, projectGuard } from '../../db/standing.ts'
import { guard } from '../../db/statements.ts'

/** Whose uploads are listed: a token that may not read is told of those that it has begun itself. */
const holder = sql`iif(${isBlind}, standing.token_id, standing.user_id)`

const total = sql`ifnull((select ${pendingUploads.uploads} from ${pendingUploads}
  where ${pendingUploads.projectId} = standing.project_id and ${pendingUploads.holderId} = ${holder}), 0)`

/** The uploads that a column names the caller for, where `who` selects the caller's id. */
const begunBy = (a: Arguments<Window>, column: SQL, who: SQL, limit: SQL): SQL => sql`
  select ${objects.id} as id, ${object({
    id: objects.id,
    name: objects.name,
    size: objects.announcedSize,
    contentType: objects.contentType,
    createdAt: iso(objects.createdAt),
    expiresAt: iso(objects.leaseUntil),
    method: sql`iif(${objects.partSize} is null, 'PUT', 'MULTIPART')`,
  })} as body
  from ${objects} where ${objects.projectId} = (select project_id from permit) and ${column} = (${who})
    and ${objects.state} = 'pending' and ${objects.id} < ${a.before}
  order by ${objects.id} desc ${limit}`

const listing = guard<ProjectRef>('uploads.listing', (a) => projectGuard(a, 'upload'))

/** The caller's pending uploads in a project, by whatever token of theirs they were begun. */
export const listPendingUploads = listPlan(listing, 'uploads.listed', (a) => {
  const ofUser = (limit: SQL) =>
    begunBy(
      a,
      sql`${objects.createdBy}`,
      sql`select standing.user_id from permit as standing where not ${isBlind}`,
      limit,
    )
  const ofToken = (limit: SQL) =>
    begunBy(
      a,
      sql`${objects.createdByToken}`,
      sql`select standing.token_id from permit as standing where ${isBlind}`,
      limit,
    )
  return {
    count: total,
    rows: (limit) =>
      sql`select id, body from (${ofUser(limit)}) union all select id, body from (${ofToken(limit)})`,
  }
})
