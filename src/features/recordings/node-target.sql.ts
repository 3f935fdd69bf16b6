import { type SQL, sql } from 'drizzle-orm'
import { nodes } from '../../../drizzle/schema.ts'
import { ADMITTED, type Guard } from '../../db/guard.ts'
import type { Arguments } from '../../db/sql.ts'
import { type Conditions, type ItemRef, itemGuard } from '../../db/standing.ts'
import type { Grant } from '../../domain/access.ts'
import { missingTarget } from './asset-target.sql.ts'

/** The `target` of a request about one node, as a table that others select from. */
export const TARGET: SQL = sql.raw('target')

/** The guard of a request about one node, its `target`. */
export function nodeGuard(
  a: Arguments<ItemRef>,
  grant: Grant,
  { tables = [], thing = [], ...rest }: Conditions = {},
): Guard {
  const home = sql`(select ${nodes.projectId} from ${nodes} where ${nodes.id} = ${a.id})`
  return itemGuard(a, { project: home, missing: 'node_not_found' }, grant, {
    tables: [
      sql`target as materialized (select ${nodes.id} as id, ${nodes.containerId} as container_id,
        ${nodes.parentId} as parent_id, ${nodes.kind} as kind, ${nodes.name} as name, ${nodes.path} as path,
        ${nodes.itemId} as item_id, ${nodes.deletedAt} as deleted_at
        from ${ADMITTED} cross join ${nodes} where ${nodes.id} = ${a.id})`,
      ...tables,
    ],
    thing: [['node_not_found', missingTarget], ...thing],
    ...rest,
  })
}
