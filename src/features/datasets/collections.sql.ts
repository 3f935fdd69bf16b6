import { type SQL, sql } from 'drizzle-orm'
import { collectionMembers, collections, datasets, projectStats } from '../../../drizzle/schema.ts'
import { type Trashing, trashedBefore, trashPlan } from '../../db/deletion.ts'
import { ADMITTED, assertPermitted, ifGranted, type Refusing, refusal, VERDICT } from '../../db/guard.ts'
import { iso, json, object } from '../../db/json.ts'
import { listPlan, type Page, type Window, within } from '../../db/page.ts'
import { map, type Plan, type Row, statement, together } from '../../db/plan.ts'
import { type Arguments, fragment } from '../../db/sql.ts'
import { isBlind, live, type ProjectRef, projectGuard } from '../../db/standing.ts'
import { consulting, granted, guard } from '../../db/statements.ts'
import { NOT_CREATED, type Resource, readResource, shown, unexpected } from '../../db/write.ts'

export interface CollectionRef extends ProjectRef {
  readonly name: string
}

const fields = {
  id: collections.id,
  name: collections.name,
  description: collections.description,
  tags: json(collections.tags),
  metadata: json(collections.metadata),
  projectId: collections.projectId,
  datasetId: collections.datasetId,
  membersTotal: collections.memberCount,
  createdAt: iso(collections.createdAt),
  updatedAt: iso(collections.updatedAt),
}

/** All but its members. */
export const headJson = fragment('collectionHeadJson', object(fields))

/** The members of a collection that is shown as one row: D1 refuses texts over 2 MB. */
const MOST_IN_A_ROW = sql.raw('1000')

/** With its first members, in their order; `membersTotal` counts them all. */
export const collectionJson = fragment(
  'collectionJson',
  object({
    ...fields,
    members: sql`(select json_group_array(member_id) from (
    select ${collectionMembers.memberId} as member_id from ${collectionMembers}
    where ${collectionMembers.collectionId} = ${collections.id}
    order by ${collectionMembers.position} limit ${MOST_IN_A_ROW}))`,
  }),
)

/** The members that one answer shows, over all of its collections. */
export const MOST_MEMBERS = 10_000

const mostMembers = sql.raw(String(MOST_MEMBERS))

/** The table `target`: the collection of that name, no row where there is none. */
export const namedCollection = (a: Arguments<CollectionRef>): SQL => sql`target as materialized (
  select ${collections.id} as id from ${ADMITTED} cross join ${collections}
  where ${collections.projectId} = standing.project_id and ${collections.name} = ${a.name} and ${live(collections)})`

export const noCollection: Refusing = [
  'collection_not_found',
  sql`not exists (select 1 from target where id is not null)`,
]

/** Members of a collection, in their order, and the place to go on behind. */
export interface Members {
  readonly ids: readonly string[]
  /** How many it has. */
  readonly total: number
  /** The position of the last one here; below all others where there is none. */
  readonly last: number
}

/** Stands before every member. */
export const BEGINNING = -1

/** A collection with as many of its members as one answer shows. They are null for a token that may not read. */
export interface WholeCollection extends Resource {
  readonly members: Members | null
}

/** What became of a request about one collection: its row, and then its members, in their order. */
export const wholeCollection = (id: SQL, created = NOT_CREATED): SQL => sql`,
  wanted as materialized (select ${id} as id from ${VERDICT} where standing.refusal is null and not ${isBlind})
  select ${refusal}, ${collections.id} as id, ${collections.version} as version, ${created} as created, ${shown(headJson, collections)} as body,
    iif(${isBlind}, null, ${collections.memberCount}) as size, null as position
    from ${VERDICT} left join ${collections} on ${collections.id} = ${ifGranted(id)}
  union all
  select * from (select null, null, null, null, ${collectionMembers.memberId}, null, ${collectionMembers.position}
    from wanted cross join ${collectionMembers} indexed by collection_members_order
    on ${collectionMembers.collectionId} = wanted.id limit ${mostMembers})`

export function readWhole([first, ...rows]: readonly Row[]): WholeCollection {
  const { size } = assertPermitted(first)
  const told = readResource([first as Row])
  if (size === null) return { ...told, members: null }
  const ids = rows.map((row) => row.body as string)
  const last = (rows.at(-1)?.position ?? BEGINNING) as number
  return { ...told, body: withMembers(told.body, ids), members: { ids, total: size as number, last } }
}

/** What was kept of a collection: as it was made, with these members; or as it was later, with those that a row shows. */
export function readKept(rows: readonly Row[], made: readonly string[]): Resource {
  const told = readResource(rows)
  const shown = JSON.parse(told.body) as { readonly membersTotal?: number; readonly members?: unknown }
  const isWithout = shown.membersTotal !== undefined && shown.members === undefined
  return isWithout ? { ...told, body: withMembers(told.body, made) } : told
}

const withMembers = (body: string, members: readonly string[]): string =>
  `${body.slice(0, -1)},"members":${JSON.stringify(members)}}`

/** The guard of whoever reads one collection. */
export const reading = guard<CollectionRef>('collections.reading', (a) =>
  projectGuard(a, 'read', { tables: [namedCollection(a)], thing: [noCollection] }),
)

const read = consulting(reading, 'collections.read', () => wholeCollection(sql`(select id from target)`))

export const readCollection = (ref: CollectionRef): Plan<WholeCollection> => statement(read, ref, readWhole)

interface Listing extends ProjectRef {
  /** Null for all collections of the project. */
  readonly datasetId: string | null
  /** Members that are shown of each, at most. */
  readonly membersLimit: number
}

type A = Arguments<Listing & Window>

/** The collections that a list is of: how many there are, and the condition that finds them, by an index of ids. */
interface Extent {
  readonly count: SQL
  readonly condition: SQL
}

const inProject = sql`(select project_id from permit)`

/** All of a project, or those of a dataset. */
const extents = {
  ofProject: (): Extent => ({
    count: sql`(select ${projectStats.collections} from ${projectStats}
      where ${projectStats.projectId} = standing.project_id)`,
    condition: sql`${collections.projectId} = ${inProject}`,
  }),
  ofDataset: (a: A): Extent => ({
    count: sql`ifnull((select ${datasets.collectionCount} from ${datasets} where ${datasets.id} = ${a.datasetId}
      and ${datasets.projectId} = standing.project_id and ${live(datasets)}), 0)`,
    condition: sql`${collections.datasetId} = ${a.datasetId} and ${collections.datasetId} is not null
      and +${collections.projectId} = ${inProject}`,
  }),
} as const

const pageOf = (a: A, columns: SQL, condition: SQL, limit: SQL): SQL =>
  sql`select ${columns} from ${collections} where ${condition} and ${live(collections)}
    and ${collections.id} < ${a.before} order by ${collections.id} desc ${limit}`

const listing = guard<Listing>('collections.listing', (a) => projectGuard(a, 'read'))

function listOf(name: keyof typeof extents) {
  const list = listPlan<Listing>(listing, `collections.listed.${name}`, (a) => {
    const { count, condition } = extents[name](a)
    const columns = sql`${collections.id} as id, ${headJson} as body`
    return { count, rows: (limit) => pageOf(a, columns, condition, limit) }
  })
  const below = granted<Listing, Listing & Window>(listing, `collections.listedWithMembers.${name}`, (a) => {
    const { count, condition } = extents[name](a)
    const limit = within(a, sql`(select ${count} from permit as standing)`)
    return sql`, page as materialized (${pageOf(a, sql`${collections.id} as id`, condition, limit)})
      select page.id as collection, ${collectionMembers.memberId} as member, ${collectionMembers.position} as position
      from page cross join ${collectionMembers} indexed by collection_members_order
      on ${collectionMembers.collectionId} = page.id and ${collectionMembers.position} <= (
        select max(position) from (select below.position as position
          from ${collectionMembers} as below indexed by collection_members_order
          where below.collection_id = page.id order by below.position limit ${a.membersLimit}))
      limit ${mostMembers}`
  })
  return (values: Listing, window: Window): Plan<Page> =>
    map(
      together<{ page: Page; members: readonly Row[] }>({
        page: list(values, window),
        members: statement(below, { ...values, ...window }, (rows) => rows),
      }),
      ({ page, members }) => ({ ...page, items: dealt(page.items, members) }),
    )
}

/** The collections, each with its members. */
function dealt(items: readonly string[], rows: readonly Row[]): string[] {
  const byCollection = Map.groupBy(rows, ({ collection }) => collection as string)
  return items.map((body) => {
    const { id } = JSON.parse(body) as { id: string }
    return withMembers(
      body,
      (byCollection.get(id) ?? []).map(({ member }) => member as string),
    )
  })
}

const lists = { ofProject: listOf('ofProject'), ofDataset: listOf('ofDataset') }

/** The collections of a project, or of a dataset of it, the newest first, each with its first members. */
export const listCollections = (values: Listing, window: Window): Plan<Page> =>
  lists[values.datasetId === null ? 'ofProject' : 'ofDataset'](values, window)

type TrashingCollection = CollectionRef & Trashing

const trashing = guard<TrashingCollection>('collections.trashing', (a) =>
  projectGuard(a, 'write', {
    tables: [namedCollection(a)],
    done: trashedBefore(a, sql`not exists (select 1 from target)`),
    thing: [noCollection],
    state: [unexpected(a, collections, sql`(select id from target)`)],
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
