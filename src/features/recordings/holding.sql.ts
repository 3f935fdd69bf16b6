import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { collectionMembers, collections, datasets, nodes } from '../../../drizzle/schema.ts'
import { live } from '../../db/standing.ts'

/** A thing that may be a member of collections. */
export interface Held {
  readonly id: SQLWrapper
  /** Its node, or where it has none, that of what it is in. */
  readonly node: SQLWrapper
  readonly projectId: SQLWrapper
}

/** What holds things has a name; null where it is in the trash. */
export const nameOf = { collection: sql`holder.name`, dataset: sql`around.name` } as const

export type Holding = keyof typeof nameOf

/** Members that are a thing, or what is above it, and are looked at for one thing; also those of what is in the trash. */
const MOST_HOLDERS = sql.raw('5000')

/**
 * A list: how many members were looked at, which are a thing or what is above it, or one for each thing that is no member;
 * and then, for each that is asked, whether it fits anything that holds one.
 */
export function holding(
  asked: readonly { readonly by: Holding; readonly fits: SQL }[],
  { id, node, projectId }: Held,
): SQL {
  const list = (parts: readonly SQL[]) => sql.join([...parts], sql.raw(', '))
  const fits = asked.map(({ fits }, at) => sql`ifnull(${fits}, 0) as ${sql.raw(`is${at}`)}`)
  const inDataset = sql`left join ${datasets} as around on around.id = holder.dataset_id and around.deleted_at is null`
  return sql`(
    with up(id, item_id, parent_id) as (
      select ${id}, null, ${node}
      union all
      select above.id, iif(above.kind = 'episode', above.item_id, null), above.parent_id
        from up cross join ${nodes} as above on above.id = up.parent_id)
    select json_array(count(*), ${list(asked.map((_, at) => sql.raw(`max(is${at})`)))}) from (
      select ${list(fits)} from up
        left join ${collectionMembers} as member indexed by collection_members_holding
          on member.project_id = ${projectId} and member.member_id in (up.id, up.item_id)
        left join ${collections} as holder on holder.id = member.collection_id and holder.deleted_at is null
        ${asked.some(({ by }) => by === 'dataset') ? inDataset : sql``}
      limit ${MOST_HOLDERS}))`
}

/** Of a dataset, so many collections are looked into to find what it holds. */
export const MOST_COLLECTIONS = 200

/** How many collections a dataset has, as `count`. */
export const collectionsOf = (
  name: SQL,
  projectId: SQL,
): SQL => sql`select ${datasets.collectionCount} as count
  from ${datasets} where ${datasets.projectId} = ${projectId} and ${datasets.name} = ${name} and ${live(datasets)}`

/**
 * The ids of what a collection, or the collections of a dataset, hold, as `id`: of the members, and of all that hangs below those
 * that are folders. Some are of no episode; of a thing that is held twice there may be two.
 */
export function heldBy(by: Holding, name: SQL, projectId: SQL): SQL {
  const named = (table: typeof collections | typeof datasets): SQL =>
    sql`select ${table.id} from ${table} where ${table.projectId} = ${projectId} and ${table.name} = ${name} and ${live(table)}`
  const holders =
    by === 'collection'
      ? named(collections)
      : sql`select ${collections.id} from ${collections} where ${collections.datasetId} in (${named(datasets)})
          and ${live(collections)} limit ${sql.raw(String(MOST_COLLECTIONS))}`
  const held = sql`${collectionMembers} as member`
  const isHeld = sql`member.collection_id in (${holders})`
  const node = sql`${nodes} as node on node.id = member.member_id and node.project_id = member.project_id`
  return sql`select member.member_id as id from ${held} where ${isHeld}
    union all select ifnull(node.item_id, '') from ${held} cross join ${node} where ${isHeld}
    union all select ifnull(below.item_id, '') from ${held} cross join ${node} and node.kind = 'folder'
      cross join ${nodes} as below on below.container_id = node.container_id and below.path > node.path || '/'
        and below.path < node.path || '0' and below.deleted_at is null
      where ${isHeld}`
}
