import { type SQL, sql } from 'drizzle-orm'
import {
  assets,
  collectionMembers,
  collections,
  datasets,
  deletions,
  episodes,
  nodes,
  objects,
  purges,
} from '../../drizzle/schema.ts'
import { NEXT, openReceipt } from './claims.ts'
import { act, after, type Plan, statement } from './plan.ts'
import { type Arguments, command, none, query } from './sql.ts'
import type { Trashable } from './trashing.ts'

/**
 * One slice of the purge of what was deleted inside projects: of one table, up to `rows` rows of the claimed deletions
 * go. A slice is one transaction with its receipts, so it may be repeated, cut off, or run twice at once.
 */
interface Slice {
  readonly now: number
  /** Deletions that a slice looks at, the first ones by turn. */
  readonly most: number
  readonly rows: number
  /** The one deletion that is meant; null for all. */
  readonly only: string | null
}

/** What a slice leaves. */
export interface Left {
  /** The first phase that has something to do. */
  readonly phase: Phase
  /** The deletion whose turn it is. */
  readonly first: string
}

type A = Arguments<Slice>

const target = (a: A): SQL => sql`target as materialized (select ${deletions.id} as id from ${deletions}
  where ${deletions.purging} = 1 and (${deletions.projectId} is null) = 0
    and (${a.only} is null or ${deletions.id} = ${a.only})
  order by ${deletions.turn}, ${deletions.id} limit ${a.most})`

/** `slice`: the rows that go, with the deletion of each. */
const slice = (a: A, columns: SQL, rows: SQL): SQL => sql`with ${target(a)},
  slice as materialized (select ${columns}, target.id as deletion_id from target cross join ${rows} limit ${a.rows})`

/** The receipts of a slice. */
const counted = sql`update ${purges} set rows = ${purges.rows} + found.count
  from (select deletion_id, count(*) as count from slice group by deletion_id) as found
  where ${purges.deletionId} = found.deletion_id`

/** The pair that counts a slice and erases it. */
const erasing = (name: string, columns: SQL, rows: SQL, erase: SQL) => [
  command<Slice>(`erase.${name}.count`, (a) => sql`${slice(a, columns, rows)} ${counted}`),
  command<Slice>(`erase.${name}`, (a) => sql`${slice(a, columns, rows)} ${erase}`),
]

const byId = (table: Trashable): SQL => sql`delete from ${table} where ${table.id} in (select id from slice)`

const deletedAssets = sql`${assets} on ${assets.deletionId} = target.id`
const deletedNodes = sql`${nodes} on ${nodes.deletionId} = target.id`
/** What is inside is found by its episode. */
const deletedEpisodes = sql`${episodes} on ${episodes.deletionId} = target.id
  and ${none(sql`${deletions} where ${deletions.containerId} = ${episodes.id}`)}`
const deletedMembers = sql`${collections} on ${collections.deletionId} = target.id
  cross join ${collectionMembers} on ${collectionMembers.collectionId} = ${collections.id}`
const deletedCollections = sql`${collections} on ${collections.deletionId} = target.id
  and ${none(sql`${collectionMembers} where ${collectionMembers.collectionId} = ${collections.id}`)}`
/** Whose links a restore would have made again. */
const linkedCollections = sql`${collections} on ${collections.detachedBy} = target.id`
const deletedDatasets = sql`${datasets} on ${datasets.deletionId} = target.id
  and ${none(sql`${collections} where ${collections.datasetId} = ${datasets.id}`)}`

/** What was deleted before inside of an episode goes with it, and has a receipt of its own. */
const inside = (a: A): SQL => sql`select nested.id from target
  cross join ${episodes} on ${episodes.deletionId} = target.id
  cross join ${deletions} as nested on nested.container_id = ${episodes.id} and nested.purging = 0 limit ${a.rows}`

const openInside = command<Slice>(
  'erase.inside.open',
  (a) =>
    sql`with ${target(a)} ${openReceipt(
      a.now,
      'container',
      sql`from ${deletions} where ${deletions.id} in (${inside(a)})`,
    )}`,
)

const claimInside = command<Slice>(
  'erase.inside',
  (a) => sql`with ${target(a)} update ${deletions} set purging = 1, turn = ${NEXT}
    where ${deletions.id} in (${inside(a)})`,
)

/** The bytes that nothing refers to afterwards are counted by the receipt of the last deletion that let them go. */
const release = command<Slice>(
  'erase.release',
  (a) => sql`${slice(a, sql`${assets.objectId} as object_id`, deletedAssets)}
    update ${objects} set released_by = slice.deletion_id from slice where ${objects.id} = slice.object_id`,
)

const forgetLinks = command<Slice>(
  'erase.links',
  (a) => sql`${slice(a, sql`${collections.id} as id`, linkedCollections)}
    update ${collections} set detached_by = null where ${collections.id} in (select id from slice)`,
)

const tables = [assets, nodes, episodes, collections, datasets]

const finish = command<Slice>(
  'erase.finish',
  (a) => sql`with ${target(a)} update ${purges} set finished_at = ${a.now}
    where ${purges.deletionId} in (select target.id from target where ${sql.join(
      tables.map((table) => none(sql`${table} where ${table.deletionId} = target.id`)),
      sql.raw(' and '),
    )}) and ${purges.finishedAt} is null`,
)

const end = command<Slice>(
  'erase.end',
  (a) => sql`with ${target(a)} delete from ${deletions} where ${deletions.id} in (
    select target.id from target cross join ${purges} on ${purges.deletionId} = target.id
    where ${purges.finishedAt} is not null)`,
)

/** Each phase erases of one table: datasets first, then rows before what they are found by. */
const phases = {
  links: [forgetLinks],
  datasets: erasing('datasets', sql`${datasets.id} as id`, deletedDatasets, byId(datasets)),
  inside: [openInside, claimInside],
  assets: [release, ...erasing('assets', sql`${assets.id} as id`, deletedAssets, byId(assets))],
  nodes: erasing('nodes', sql`${nodes.id} as id`, deletedNodes, byId(nodes)),
  episodes: erasing('episodes', sql`${episodes.id} as id`, deletedEpisodes, byId(episodes)),
  members: erasing(
    'members',
    sql`${collectionMembers.collectionId} as collection_id, ${collectionMembers.memberId} as member_id`,
    deletedMembers,
    sql`delete from ${collectionMembers} where (${collectionMembers.collectionId}, ${collectionMembers.memberId})
      in (select collection_id, member_id from slice)`,
  ),
  collections: erasing('collections', sql`${collections.id} as id`, deletedCollections, byId(collections)),
  end: [finish, end],
} as const

type Phase = keyof typeof phases

/** Whether something was deleted inside of an episode is asked where that may have changed: it takes a look at each. */
const left = query<Slice & { readonly seeksInside: boolean }>(
  'erase.left',
  (a) => sql`with ${target(a)} select (select id from target limit 1) as first, case
    when exists (select 1 from target cross join ${linkedCollections}) then 'links'
    when exists (select 1 from target cross join ${deletedDatasets}) then 'datasets'
    when ${a.seeksInside} and exists (${inside(a)}) then 'inside'
    when exists (select 1 from target cross join ${deletedAssets}) then 'assets'
    when exists (select 1 from target cross join ${deletedNodes}) then 'nodes'
    when exists (select 1 from target cross join ${deletedEpisodes}) then 'episodes'
    when exists (select 1 from target cross join ${deletedMembers}) then 'members'
    when exists (select 1 from target cross join ${deletedCollections}) then 'collections'
    when exists (select 1 from target) then 'end' end as phase`,
)

/** Erases a slice in the phase that the plan before has told (null at the start). Gives what is left, null for nothing. */
export const eraseItems = (phase: Phase | null, values: Slice): Plan<Left | null> => {
  const seeksInside = phase === null || phase === 'inside' || phase === 'end'
  return after(
    (phase === null ? [] : phases[phase]).map((step) => act(step, values)),
    statement(left, { ...values, seeksInside }, ([row]) =>
      row?.phase ? { phase: row.phase as Phase, first: row.first as string } : null,
    ),
  )
}
