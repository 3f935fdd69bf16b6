import { type SQL, sql } from 'drizzle-orm'
import { objects, pendingUploads } from '../../../drizzle/schema.ts'
import { iso, object } from '../../db/json.ts'
import { listing, type Page, readPage, type Window, within } from '../../db/page.ts'
import { type Plan, statement } from '../../db/plan.ts'
import { type Arguments, query } from '../../db/sql.ts'
import { isBlind, type ProjectRef, projectGuard } from '../../db/standing.ts'

/** Whose uploads are listed: a token that may not read is told of those that it has begun itself. */
const holder = sql`iif(${isBlind}, scope.token_id, scope.user_id)`

const total = sql`ifnull((select ${pendingUploads.uploads} from ${pendingUploads}
  where ${pendingUploads.projectId} = scope.project_id and ${pendingUploads.holderId} = ${holder}), 0)`

/** The uploads that a column names the caller for, where `who` selects the caller's id. */
const begunBy = (a: Arguments<Window>, column: SQL, who: SQL): SQL => sql`
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
  order by ${objects.id} desc ${within(a, sql`(select ${total} from permit as scope)`)}`

const list = query<ProjectRef & Window>('uploads.list', (a) => {
  const ofUser = begunBy(
    a,
    sql`${objects.createdBy}`,
    sql`select scope.user_id from permit as scope where not ${isBlind}`,
  )
  const ofToken = begunBy(
    a,
    sql`${objects.createdByToken}`,
    sql`select scope.token_id from permit as scope where ${isBlind}`,
  )
  const rows = sql`select id, body from (${ofUser}) union all select id, body from (${ofToken})`
  return listing(projectGuard(a, 'upload'), total, rows)
})

/** The caller's pending uploads in a project, by whatever token of theirs they were begun. */
export const listPendingUploads = (ref: ProjectRef, window: Window): Plan<Page> =>
  statement(list, { ...ref, ...window }, (rows) => readPage(rows, window))
