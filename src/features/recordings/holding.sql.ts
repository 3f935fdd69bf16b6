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
 * A list: how many members were looked at, which are a thing (by its id, and not by its node again) or what is above it, or
 * one for each of these that is no member; and then, for each that is asked, whether it fits anything that holds one.
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
      select above.id, iif(above.kind = 'episode', nullif(above.item_id, ${id}), null), above.parent_id
        from up cross join ${nodes} as above on above.id = up.parent_id)
    select json_array(count(*), ${list(asked.map((_, at) => sql.raw(`max(is${at})`)))}) from (
      select ${list(fits)} from up
        left join ${collectionMembers} as member indexed by collection_members_holding
          on member.project_id = ${projectId} and member.member_id in (up.id, up.item_id)
        left join ${collections} as holder on holder.id = member.collection_id and holder.deleted_at is null
        ${asked.some(({ by }) => by === 'dataset') ? inDataset : sql``}
      limit ${MOST_HOLDERS}))`
}

/** Of a dataset with more collections nothing is looked into to find what it holds. */
const MOST_COLLECTIONS = sql.raw('200')

/** Where ids are found: the tables behind another one, the ids, null where there is none, and whether there may be more. */
export interface Found {
  readonly from: SQL
  readonly id: SQL
  readonly isMore: SQL
  /** Rows without an id that stand for nothing. */
  readonly blanks: number
}

/**
 * The ids of what a collection, or the collections of a dataset, hold, where it is asked for: of the members, and of all that
 * hangs below those that are folders. Some are of no episode; of a thing that is held twice there may be two.
 */
export function heldBy(by: Holding, name: SQL, projectId: SQL, isAsked: SQL): Found {
  const isNamed = (table: typeof collections | typeof datasets): SQL =>
    sql`${table.projectId} = iif(${isAsked}, ${projectId}, null) and ${table.name} = ${name} and ${live(table)}`
  const isLarge = by === 'dataset' ? sql`${datasets.collectionCount} > ${MOST_COLLECTIONS}` : sql`false`
  const holders =
    by === 'collection'
      ? sql`left join ${collections} on ${isNamed(collections)}`
      : sql`left join ${datasets} on ${isNamed(datasets)} left join ${collections}
          on ${collections.datasetId} = iif(${isLarge}, null, ${datasets.id}) and ${live(collections)}`
  const found = sql`ifnull(ifnull(below.item_id, node.item_id), member.member_id)`
  return {
    from: sql`cross join permit ${holders}
      left join ${collectionMembers} as member on member.collection_id = ${collections.id}
      left join ${nodes} as node on node.id = member.member_id and node.project_id = member.project_id
      left join ${nodes} as below on below.container_id = iif(node.kind = 'folder', node.container_id, null)
        and below.path > node.path || '/' and below.path < node.path || '0' and below.deleted_at is null
      where not ${isAsked} or ${isLarge} or ${found} is not null`,
    id: found,
    isMore: isLarge,
    blanks: 0,
  }
}
