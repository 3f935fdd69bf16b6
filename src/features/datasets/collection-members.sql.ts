import { type SQL, sql } from 'drizzle-orm'
import { assets, collectionMembers, collections, nodes, projectStats } from '../../../drizzle/schema.ts'
import { assertPermitted, refusal, VERDICT } from '../../db/guard.ts'
import { keepable, keyedAt, settled } from '../../db/keys.ts'
import { act, after, type Plan, type Row, statement } from '../../db/plan.ts'
import { overRows, type Quotas } from '../../db/quota.ts'
import { type Argument, type Arguments, assign, insertInto } from '../../db/sql.ts'
import { projectGuard } from '../../db/standing.ts'
import { consulting, guard, guarded, outcome } from '../../db/statements.ts'
import { type Resource, readResource, type Stamp, touched, unexpected } from '../../db/write.ts'
import { HEAVIEST_PAGE, isLightEnough, weighed } from '../recordings/asset-list.sql.ts'
import { type AssetShape, anyAssetJson } from '../recordings/asset-resource.sql.ts'
import { nodeJson } from '../recordings/nodes.sql.ts'
import { changeOf, isDone, isToChange } from './change.sql.ts'
import { type CollectionRef, namedCollection, noCollection, reading } from './collections.sql.ts'
import { assetOfMember, joinedMember } from './member.sql.ts'

type Changing = CollectionRef &
  Stamp & {
    /** Each once, in their order. */
    readonly ids: readonly string[]
  }

type Adding = Changing & Quotas

/** What a collection says of it, before `members` are added or removed. */
const note = (a: Arguments<Changing>, members: SQL): SQL =>
  sql`update ${collections} set ${assign(collections, {
    changedMembers: sql`(select count(*) from ${members})`,
    ...touched(collections, a),
  })} where ${isToChange(collections, members)}`

const TARGET = sql`(select id from target)`
const fresh = sql.raw('fresh')
const there = sql.raw('there')

const given = (a: Arguments<Changing>): SQL => (a.ids satisfies Argument).each

const member = sql`${collectionMembers} on ${collectionMembers.collectionId} = target.id
  and ${collectionMembers.memberId} = given.value`

const adding = guard<Adding>('collections.addingMembers', (a) =>
  projectGuard(a, 'write', {
    tables: [
      namedCollection(a),
      sql`fresh as materialized (select given.key as key, given.value as id from target cross join ${given(a)} as given
        left join ${member} where ${collectionMembers.memberId} is null)`,
    ],
    done: isDone(a, collections, fresh),
    thing: [noCollection],
    state: [
      overRows(a, {
        atMost: sql`(select count(*) from ${given(a)})`,
        exactly: sql`(select count(*) from fresh)`,
      }),
      unexpected(a, collections, TARGET),
    ],
    ...keyedAt(TARGET, a),
  }),
)

const noteAdded = guarded(adding, 'collections.noteAdded', (a) => note(a, fresh))

/** Behind those that are there. */
const add = guarded(adding, 'collections.addMembers', () =>
  insertInto(
    collectionMembers,
    {
      collectionId: sql`target.id`,
      memberId: sql`fresh.id`,
      position: sql`fresh.key + ifnull((select max(${collectionMembers.position}) + 1 from ${collectionMembers}
        where ${collectionMembers.collectionId} = (select id from target)), 0)`,
      projectId: sql`permit.project_id`,
      addedRevision: sql`ifnull((select ${projectStats.revision} from ${projectStats}
        where ${projectStats.projectId} = (select project_id from permit)), 0)`,
    },
    sql`from permit cross join target cross join fresh`,
  ),
)

const removing = guard<Changing>('collections.removingMembers', (a) =>
  projectGuard(a, 'write', {
    tables: [
      namedCollection(a),
      sql`there as materialized (select ${collectionMembers.memberId} as id from target
        cross join ${given(a)} as given cross join ${member})`,
    ],
    done: isDone(a, collections, there),
    thing: [noCollection],
    state: [unexpected(a, collections, TARGET)],
  }),
)

const noteRemoved = guarded(removing, 'collections.noteRemoved', (a) => note(a, there))

const remove = guarded(
  removing,
  'collections.removeMembers',
  () => sql`delete from ${collectionMembers} where ${collectionMembers.memberId} in (select id from there)
    and ${collectionMembers.collectionId} = (select target.id from permit cross join target)`,
)

const told = (a: Arguments<Changing>, verb: 'added' | 'removed'): SQL =>
  changeOf(a, collections, [verb, collections.changedMembers], collections.memberCount)

const added = keepable(adding, 'collections.addedMembers', (a) => told(a, 'added'))

/** The same of what a query has found; null for the cursor at the end. */
type AddingFound = Adding & { readonly examined: number; readonly nextCursor: string | null }

const addedFound = keepable<Adding, AddingFound>(adding, 'collections.addedFound', (a) =>
  changeOf(a, collections, ['added', collections.changedMembers], collections.memberCount, {
    examined: a.examined,
    nextCursor: a.nextCursor,
  }),
)
const removed = outcome(removing, 'collections.removedMembers', (a) => told(a, 'removed'))

/** Adds those that are not there yet, behind the others. */
export const addMembers = (values: Adding): Plan<Resource> =>
  settled([act(noteAdded, values), act(add, values)], added, values, readResource)

/** The same, and tells of the page that they were found on: kept under a key with the rest of the answer. */
export const addFoundMembers = (values: AddingFound): Plan<Resource> =>
  settled([act(noteAdded, values), act(add, values)], addedFound, values, readResource)

/** Removes those that are there. */
export const removeMembers = (values: Changing): Plan<Resource> =>
  after([act(noteRemoved, values), act(remove, values)], statement(removed, values, readResource))

interface Paging extends CollectionRef {
  /** The position that the page before ended with. */
  readonly after: number
  readonly limit: number
}

/** Some members as JSON, and the position to go on behind; null at the end. */
export interface MemberPage {
  readonly items: readonly string[]
  readonly next: number | null
}

const heaviest = sql.raw(String(HEAVIEST_PAGE))

/** The pages of a collection's members, each with what it is of; `shapes` are those of the kinds of assets. */
export function memberListing(shapes: readonly AssetShape[]): (values: Paging) => Plan<MemberPage> {
  const listed = consulting<CollectionRef, Paging>(
    reading,
    'collections.listedMembers',
    (a) => sql`,
      page as materialized (select ${collectionMembers.memberId} as id, ${collectionMembers.position} as position
        from permit cross join target cross join ${collectionMembers} indexed by collection_members_order
        on ${collectionMembers.collectionId} = target.id and ${collectionMembers.position} > ${a.after}
        limit ${a.limit} + 1),
      ${weighed(
        sql`page.position as position, page.id as id, ${nodes.id} as of_node, ${assets.id} as of_asset`,
        sql`page ${joinedMember(sql`page.id`, sql`(select project_id from permit)`)}
          left join ${assets} on ${assets.id} = ${assetOfMember(sql`page.id`, sql`(select project_id from permit)`)}`,
      )}
      select ${refusal}, null as position, null as id, null as node, null as asset, null as is_last from ${VERDICT}
      union all
      select null, position, weighed.id, iif(of_node is null, null, ${nodeJson}),
        iif(of_asset is null, null, ${anyAssetJson(shapes)}), total >= ${heaviest}
      from weighed left join ${nodes} on ${nodes.id} = of_node left join ${assets} on ${assets.id} = of_asset
      where ${isLightEnough(heaviest)}`,
  )
  return (values) => statement(listed, values, (rows) => readPage(rows, values.limit))
}

function readPage([first, ...rows]: readonly Row[], limit: number): MemberPage {
  assertPermitted(first)
  const shown = rows.slice(0, limit)
  // There was a member more than asked for, or the answer grew too heavy for the next one.
  const isCut = rows.length > limit || rows.at(-1)?.is_last === 1
  return {
    items: shown.map(({ id, node, asset }) =>
      node === null && asset === null
        ? JSON.stringify({ id, dangling: true })
        : `{"id":${JSON.stringify(id)},"node":${node},"asset":${asset}}`,
    ),
    next: isCut ? (shown.at(-1)?.position as number) : null,
  }
}
