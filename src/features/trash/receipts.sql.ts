import { sql } from 'drizzle-orm'
import { namespaceStats, purges } from '../../../drizzle/schema.ts'
import { iso, object } from '../../db/json.ts'
import { listing, type Page, readPage, type Window, within } from '../../db/page.ts'
import { type Plan, statement } from '../../db/plan.ts'
import { query } from '../../db/sql.ts'
import { type NamespaceRef, namespaceGuard } from '../../db/standing.ts'
import { usernameOf } from '../accounts/users.sql.ts'

const receipt = object({
  id: purges.id,
  kind: purges.kind,
  itemId: purges.itemId,
  name: purges.name,
  projectId: purges.projectId,
  deletionId: purges.deletionId,
  rule: purges.rule,
  requestedBy: usernameOf(purges.requestedBy.getSQL()),
  rows: purges.rows,
  objects: purges.objects,
  bytes: purges.bytes,
  startedAt: iso(purges.startedAt),
  finishedAt: iso(purges.finishedAt),
})

const list = query<NamespaceRef & Window>('purges.list', (a) => {
  const total = sql`(select ${namespaceStats.purges} from ${namespaceStats}
    where ${namespaceStats.namespaceId} = scope.namespace_id)`
  return listing(
    namespaceGuard(a, 'audit', {}, { withTrashed: true }),
    total,
    sql`select ${purges.id} as id, ${receipt} as body from ${purges}
      where ${purges.namespaceId} = (select namespace_id from permit) and ${purges.id} < ${a.before}
      order by ${purges.id} desc ${within(a, sql`(select ${total} from permit as scope)`)}`,
  )
})

/** The receipts of a namespace's own share, for its owners. */
export const listPurges = (ref: NamespaceRef, window: Window): Plan<Page> =>
  statement(list, { ...ref, ...window }, (rows) => readPage(rows, window))
