import { sql } from 'drizzle-orm'
import { namespaceStats, purges } from '../../../drizzle/schema.ts'
import { iso, object } from '../../db/json.ts'
import { listPlan } from '../../db/page.ts'
import { type NamespaceRef, namespaceGuard } from '../../db/standing.ts'
import { guard } from '../../db/statements.ts'
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

const listing = guard<NamespaceRef>('purges.listing', (a) =>
  namespaceGuard(a, 'audit', {}, { withTrashed: true }),
)

/** The receipts of a namespace's own share, for its owners. */
export const listPurges = listPlan(listing, 'purges.listed', (a) => {
  const total = sql`(select ${namespaceStats.purges} from ${namespaceStats}
    where ${namespaceStats.namespaceId} = standing.namespace_id)`
  return {
    count: total,
    rows: (limit) => sql`select ${purges.id} as id, ${receipt} as body from ${purges}
      where ${purges.namespaceId} = (select namespace_id from permit) and ${purges.id} < ${a.before}
      order by ${purges.id} desc ${limit}`,
  }
})
