import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { collectionMembers, collections, datasets, nodes } from '../../../drizzle/schema.ts'

/** A thing that may be a member of collections. */
export interface Held {
  readonly id: SQLWrapper
  /** Its node, or where it has none, that of what it is in. */
  readonly node: SQLWrapper
  readonly projectId: SQLWrapper
}

/** Collections that hold a thing, or what is above it, and are looked into for one thing. */
const MOST_HOLDERS = sql.raw('1000')

const named = {
  collection: { name: sql`holder.name`, joined: sql`` },
  dataset: {
    name: sql`around.name`,
    joined: sql`left join ${datasets} as around on around.id = holder.dataset_id and around.deleted_at is null`,
  },
} as const

/**
 * Whether the name of a live collection, or dataset, that holds a thing, or what is above it, fits; and twice the
 * number of members that were looked at: so it is even where none fits.
 */
export const holding = (by: keyof typeof named, held: Held, fits: (name: SQL) => SQL): SQL => sql`(
  with up(id, item_id, parent_id) as (
    select ${held.id}, null, ${held.node}
    union all
    select above.id, iif(above.kind = 'episode', above.item_id, null), above.parent_id
      from up cross join ${nodes} as above on above.id = up.parent_id)
  select 2 * count(*) + ifnull(max(is_held), 0) from (
    select ifnull(${fits(named[by].name)}, 0) as is_held from up
      left join ${collectionMembers} as member indexed by collection_members_holding
        on member.project_id = ${held.projectId} and member.member_id in (up.id, up.item_id)
      left join ${collections} as holder on holder.id = member.collection_id and holder.deleted_at is null
      ${named[by].joined}
    limit ${MOST_HOLDERS}))`
