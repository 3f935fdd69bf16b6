import { sql } from 'drizzle-orm'
import { collectionMembers, collections } from '../../../drizzle/schema.ts'
import { type Trashing, trashedBefore, trashPlan } from '../../db/deletion.ts'
import { ADMITTED } from '../../db/guard.ts'
import { iso, json, object } from '../../db/json.ts'
import { fragment } from '../../db/sql.ts'
import { live, type ProjectRef, projectGuard } from '../../db/standing.ts'
import { guard } from '../../db/statements.ts'

/** The members that the collection's JSON shows, in their order; `membersTotal` counts them all. */
const MOST_MEMBERS = sql.raw('1000')

export const collectionJson = fragment(
  'collectionJson',
  object({
    id: collections.id,
    name: collections.name,
    description: collections.description,
    tags: json(collections.tags),
    metadata: json(collections.metadata),
    projectId: collections.projectId,
    datasetId: collections.datasetId,
    members: sql`(select json_group_array(member_id) from (
    select ${collectionMembers.memberId} as member_id from ${collectionMembers}
    where ${collectionMembers.collectionId} = ${collections.id}
    order by ${collectionMembers.position} limit ${MOST_MEMBERS}))`,
    membersTotal: collections.memberCount,
    createdAt: iso(collections.createdAt),
    updatedAt: iso(collections.updatedAt),
  }),
)

type TrashingCollection = ProjectRef & Trashing & { readonly name: string }

const trashing = guard<TrashingCollection>('collections.trashing', (a) =>
  projectGuard(a, 'write', {
    tables: [
      sql`target as materialized (select ${collections.id} as id from ${ADMITTED} cross join ${collections}
        where ${collections.projectId} = standing.project_id and ${collections.name} = ${a.name}
          and ${live(collections)})`,
    ],
    done: trashedBefore(a, sql`not exists (select 1 from target)`),
    thing: [['collection_not_found', sql`not exists (select 1 from target)`]],
  }),
)

/** To the trash, with its members and its place in a dataset as they are. */
export const trashCollection = trashPlan(trashing, {
  aggregate: 'collections',
  table: collections,
  deleted: () => ({
    item: { kind: sql`'collection'`, itemId: collections.id, name: collections.name },
    from: sql`from permit cross join target cross join ${collections} on ${collections.id} = target.id`,
  }),
})
