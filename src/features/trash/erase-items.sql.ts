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
} from '../../../drizzle/schema.ts'
import type { Trashable } from '../../db/deletion.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { type Arguments, type Compiled, fragment, none, query } from '../../db/sql.ts'
import { live } from '../../db/standing.ts'
import { scheduled } from '../../db/statements.ts'
import { kinds } from '../recordings/asset-resource.sql.ts'
import { FIRST, openReceipt } from './claim.sql.ts'

/**
 * One slice of the purge of what was deleted inside projects: of one table, up to `rows` rows of the claimed deletions
 * go, of each deletion its share. A slice is one transaction with its receipts, so it may be repeated, cut off, or run
 * twice at once.
 */
interface Slice {
  readonly now: number
  /** Whose deletions are meant. */
  readonly namespaces: readonly string[]
  /** Deletions of each that a slice looks at, the first ones by turn. */
  readonly most: number
  readonly rows: number
  /** The one deletion that is meant instead; null for those of the namespaces. */
  readonly only: string | null
}

/** What a slice leaves. */
export interface Left {
  /** The next phase that has something to do. */
  readonly phase: PhaseName
  /** The first deletion that waits for no other. */
  readonly first: string
}

type A = Arguments<Slice>

/** What is still being marked, or is coming back, waits. */
const isClaimed = sql`${deletions.purging} = 1 and (${deletions.projectId} is null) = 0 and ${deletions.phase} is null`

const target = (a: A): SQL =>
  fragment(
    'erase.target',
    sql`target as materialized (
  select ${deletions.id} as id from ${deletions} where ${deletions.id} = ${a.only} and ${isClaimed}
  union all
  select ${deletions.id} from ${a.namespaces.each} as turn cross join ${deletions} on ${deletions.id} in (
    select ${deletions.id} from ${deletions} where ${isClaimed} and ${deletions.namespaceId} = turn.value
    order by ${deletions.turn}, ${deletions.id} limit ${a.most}) where ${a.only} is null)`,
  )

/** The rows of each deletion that go, so that a large one does not keep the others waiting. */
const share = (a: A): SQL => sql`max(1, ${a.rows} / (select count(*) from target))`

/** The episodes of a deletion that are looked into at once. */
const EPISODES_AT_ONCE = sql.raw('20')

const firstEpisodes = sql`(select ${episodes.id} as id from ${episodes} where ${episodes.deletionId} = target.id
  limit ${EPISODES_AT_ONCE})`

/** Rows that a phase erases: those of a table that `found` selects, by their keys, of the deletion `target.id`. */
interface Doomed {
  readonly table: Trashable | typeof collectionMembers
  readonly key: SQL
  readonly found: SQL
}

const marked = (table: Trashable, condition = sql`true`): Doomed => ({
  table,
  key: table.id.getSQL(),
  found: sql`select ${table.id} from ${table} where ${table.deletionId} = target.id and ${condition}`,
})

/** What is inside of a trashed episode keeps its own state, and goes with it. */
const inside = (table: typeof assets | typeof nodes, condition: SQL): Doomed => ({
  table,
  key: table.id.getSQL(),
  found: sql`select ${table.id} from ${firstEpisodes} as around
    cross join ${table} on ${table.containerId} = around.id and ${condition}`,
})

/** What was deleted inside before is found by its episode, which waits for it. */
const emptyEpisodes: Doomed = {
  table: episodes,
  key: episodes.id.getSQL(),
  found: sql`select around.id from ${firstEpisodes} as around
    where ${none(sql`${deletions} where ${deletions.containerId} = around.id`)}
      and ${none(sql`${assets} where ${assets.containerId} = around.id`)}
      and ${none(sql`${nodes} where ${nodes.containerId} = around.id and ${live(nodes)}`)}`,
}

const memberships: Doomed = {
  table: collectionMembers,
  key: sql`${collectionMembers}.rowid`,
  found: sql`select ${collectionMembers}.rowid from ${collections}
    cross join ${collectionMembers} on ${collectionMembers.collectionId} = ${collections.id}
    where ${collections.deletionId} = target.id`,
}

/** Collections that a restore would have put into their dataset again. */
const links: Doomed = {
  table: collections,
  key: collections.id.getSQL(),
  found: sql`select ${collections.id} from ${collections} where ${collections.detachedBy} = target.id`,
}

/** `slice`: the rows that go, with the deletion of each. */
const slice = (name: string, a: A, { table, key, found }: Doomed, columns = sql`${key} as key`): SQL =>
  fragment(
    `erase.${name}.slice`,
    sql`with ${target(a)},
  slice as materialized (select ${columns}, target.id as deletion_id from target
    cross join ${table} on ${key} in (${found} limit ${share(a)}) limit ${a.rows})`,
  )

/** A phase of the purge, and how it is found out whether it has something to do. */
interface Phase {
  readonly acts: readonly Compiled<Slice>[]
  readonly isThere: (a: A) => SQL
  /** Whether it goes before everything else; the others take turns. */
  readonly isPreferred?: true
}

const isFound =
  (name: string, { found }: Doomed) =>
  (): SQL =>
    fragment(`erase.${name}.isFound`, sql`exists (select 1 from target where exists (${found}))`)

/** Counts a slice on its receipts, and erases it. */
const erasing = (name: string, rows: Doomed, before: readonly Compiled<Slice>[] = []): Phase => ({
  acts: [
    ...before,
    scheduled<Slice>(
      `erase.${name}.count`,
      (a) => sql`${slice(name, a, rows)} update ${purges} set rows = ${purges.rows} + found.count
        from (select deletion_id, count(*) as count from slice group by deletion_id) as found
        where ${purges.deletionId} = found.deletion_id`,
    ),
    scheduled<Slice>(
      `erase.${name}`,
      (a) =>
        sql`${slice(name, a, rows)} delete from ${rows.table} where ${rows.key} in (select key from slice)`,
    ),
  ],
  isThere: isFound(name, rows),
})

/** The bytes that nothing refers to afterwards are counted by the receipt of the last deletion that let them go. */
const erasingAssets = (name: string, rows: Doomed): Phase =>
  erasing(name, rows, [
    scheduled<Slice>(
      `erase.${name}.release`,
      (a) => sql`${slice(`${name}.release`, a, rows, sql`${assets.objectId} as object_id`)}
        update ${objects} set released_by = slice.deletion_id from slice where ${objects.id} = slice.object_id`,
    ),
  ])

const forgetLinks = scheduled<Slice>(
  'erase.links',
  (a) => sql`${slice('links', a, links)}
    update ${collections} set detached_by = null where ${collections.id} in (select key from slice)`,
)

/**
 * What was deleted before inside of an episode goes with it, and has a receipt of its own. It goes first, as the episode
 * waits for it; what is coming back has to be back before. An index has those alone that this asks for.
 */
const nested = (
  a: A,
): SQL => sql`select nested.id from target cross join ${episodes} on ${episodes.id} in ${firstEpisodes}
  cross join ${deletions} as nested on nested.container_id = ${episodes.id}
    and (nested.purging = 0 or nested.turn <> ${FIRST}) and nested.phase is not 'restoring' limit ${a.rows}`

const openNested = scheduled<Slice>(
  'erase.inside.open',
  (a) =>
    sql`with ${target(a)} ${openReceipt(
      a.now,
      'container',
      sql`from ${deletions} where ${deletions.id} in (${nested(a)})`,
    )}`,
)

const claimNested = scheduled<Slice>(
  'erase.inside',
  (a) => sql`with ${target(a)} update ${deletions} set purging = 1, turn = ${FIRST}
    where ${deletions.id} in (${nested(a)})`,
)

/** Holds for a deletion of which nothing is left, and which no restore would have made again. */
const isOver = sql.join(
  [
    ...[assets, nodes, episodes, collections, datasets].map((table) =>
      none(sql`${table} where ${table.deletionId} = target.id`),
    ),
    none(sql`${collections} where ${collections.detachedBy} = target.id`),
  ],
  sql.raw(' and '),
)

const finish = scheduled<Slice>(
  'erase.finish',
  (a) => sql`with ${target(a)} update ${purges} set finished_at = ${a.now}
    where ${purges.deletionId} in (select target.id from target where ${isOver})
      and ${purges.finishedAt} is null`,
)

const end = scheduled<Slice>(
  'erase.end',
  (a) => sql`with ${target(a)} delete from ${deletions} where ${deletions.id} in (
    select target.id from target cross join ${purges} on ${purges.deletionId} = target.id
    where ${purges.finishedAt} is not null)`,
)

/** Each erases of one table: datasets first, then rows before what they are found by, where there are few. */
const phases = {
  links: { acts: [forgetLinks], isThere: isFound('links', links), isPreferred: true },
  datasets: {
    ...erasing(
      'datasets',
      marked(datasets, none(sql`${collections} where ${collections.datasetId} = ${datasets.id}`)),
    ),
    isPreferred: true,
  },
  inside: {
    acts: [openNested, claimNested],
    isThere: (a) => sql`exists (${nested(a)})`,
    isPreferred: true,
  },
  insideAssets: erasingAssets(
    'insideAssets',
    inside(assets, sql`${assets.kind} in (${kinds}) and ${live(assets)}`),
  ),
  insideNodes: erasing('insideNodes', inside(nodes, live(nodes))),
  assets: erasingAssets('assets', marked(assets)),
  nodes: erasing('nodes', marked(nodes)),
  episodes: erasing('episodes', emptyEpisodes),
  members: erasing('members', memberships),
  collections: erasing(
    'collections',
    marked(
      collections,
      none(sql`${collectionMembers} where ${collectionMembers.collectionId} = ${collections.id}`),
    ),
  ),
  end: { acts: [finish, end], isThere: () => sql`exists (select 1 from target where ${isOver})` },
} as const satisfies Readonly<Record<string, Phase>>

type PhaseName = keyof typeof phases

const names = Object.keys(phases) as PhaseName[]

/** Deletions that wait for nothing inside of their episodes that is still being marked, or is coming back. */
const ready = sql`select target.id from target where not exists (
  select 1 from ${firstEpisodes} as around cross join ${deletions} as nested
    on nested.container_id = around.id and nested.phase is not null)`

/** Those that take turns do so that what one deletion has in one keeps no others waiting. */
const left = query<Slice & { readonly done: number }>('erase.left', (a) => {
  const when = (name: string, condition: SQL): SQL => sql`when ${condition} then ${sql.raw(`'${name}'`)}`
  const all: readonly (readonly [string, Phase])[] = Object.entries(phases)
  const preferred = all.filter(([, { isPreferred }]) => isPreferred)
  const others = all.filter(([, { isPreferred }]) => !isPreferred)
  const isLater = (name: string): SQL =>
    sql`${a.done} < ${sql.raw(String(all.findIndex(([each]) => each === name)))}`
  const cases = [
    ...preferred.map(([name, { isThere }]) => when(name, isThere(a))),
    ...others.map(([name, { isThere }]) => when(name, sql`${isLater(name)} and ${isThere(a)}`)),
    ...others.map(([name, { isThere }]) => when(name, isThere(a))),
    // There is something that no phase finds.
    when('end', sql`exists (${ready})`),
  ]
  return sql`with ${target(a)} select (${ready} limit 1) as first, case ${sql.join(cases, sql.raw(' '))} end as phase`
})

/** Erases a slice in the phase that the plan before has told (null at the start). Gives what is left, null for nothing. */
export const eraseItems = (phase: PhaseName | null, values: Slice): Plan<Left | null> =>
  after(
    (phase === null ? [] : phases[phase].acts).map((step) => act(step, values)),
    statement(left, { ...values, done: phase === null ? -1 : names.indexOf(phase) }, ([row]) =>
      row?.phase ? { phase: row.phase as PhaseName, first: row.first as string } : null,
    ),
  )
