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
import { type Arguments, none, query } from '../../db/sql.ts'
import { live } from '../../db/standing.ts'
import { scheduled } from '../../db/statements.ts'
import { kinds } from '../recordings/assets.sql.ts'
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
  readonly phase: Phase
  /** The first deletion that waits for no other. */
  readonly first: string
}

type A = Arguments<Slice>

/** What is still being marked, or is coming back, waits. */
const isClaimed = sql`${deletions.purging} = 1 and (${deletions.projectId} is null) = 0 and ${deletions.phase} is null`

const target = (a: A): SQL => sql`target as materialized (
  select ${deletions.id} as id from ${deletions} where ${deletions.id} = ${a.only} and ${isClaimed}
  union all
  select ${deletions.id} from ${a.namespaces.each} as turn cross join ${deletions} on ${deletions.id} in (
    select ${deletions.id} from ${deletions} where ${isClaimed} and ${deletions.namespaceId} = turn.value
    order by ${deletions.turn}, ${deletions.id} limit ${a.most}) where ${a.only} is null)`

/** The rows of each deletion that go, so that a large one does not keep the others waiting. */
const share = (a: A): SQL => sql`max(1, ${a.rows} / (select count(*) from target))`

/** The episodes of a deletion that are looked into at once. */
const EPISODES_AT_ONCE = sql.raw('20')

const firstEpisodes = sql`(select ${episodes.id} as id from ${episodes} where ${episodes.deletionId} = target.id
  limit ${EPISODES_AT_ONCE})`

/** What a phase erases: the rows of a table that `found` selects, by their keys, of the deletion `target.id`. */
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

const doomed = {
  links: {
    table: collections,
    key: collections.id.getSQL(),
    found: sql`select ${collections.id} from ${collections} where ${collections.detachedBy} = target.id`,
  },
  datasets: marked(datasets, none(sql`${collections} where ${collections.datasetId} = ${datasets.id}`)),
  insideAssets: inside(assets, sql`${assets.kind} in (${kinds}) and ${live(assets)}`),
  insideNodes: inside(nodes, live(nodes)),
  assets: marked(assets),
  nodes: marked(nodes),
  // What was deleted inside before is found by its episode.
  episodes: {
    table: episodes,
    key: episodes.id.getSQL(),
    found: sql`select around.id from ${firstEpisodes} as around
      where ${none(sql`${deletions} where ${deletions.containerId} = around.id`)}
        and ${none(sql`${assets} where ${assets.containerId} = around.id`)}
        and ${none(sql`${nodes} where ${nodes.containerId} = around.id and ${live(nodes)}`)}`,
  },
  members: {
    table: collectionMembers,
    key: sql`${collectionMembers}.rowid`,
    found: sql`select ${collectionMembers}.rowid from ${collections}
      cross join ${collectionMembers} on ${collectionMembers.collectionId} = ${collections.id}
      where ${collections.deletionId} = target.id`,
  },
  collections: marked(
    collections,
    none(sql`${collectionMembers} where ${collectionMembers.collectionId} = ${collections.id}`),
  ),
} as const satisfies Readonly<Record<string, Doomed>>

/** `slice`: the rows that go, with the deletion of each. */
const slice = (
  a: A,
  { table, key, found }: Doomed,
  columns = sql`${key} as key`,
): SQL => sql`with ${target(a)},
  slice as materialized (select ${columns}, target.id as deletion_id from target
    cross join ${table} on ${key} in (${found} limit ${share(a)}) limit ${a.rows})`

/** The pair that counts a slice on its receipts and erases it. */
const erasing = (name: string, rows: Doomed) => [
  scheduled<Slice>(
    `erase.${name}.count`,
    (a) => sql`${slice(a, rows)} update ${purges} set rows = ${purges.rows} + found.count
      from (select deletion_id, count(*) as count from slice group by deletion_id) as found
      where ${purges.deletionId} = found.deletion_id`,
  ),
  scheduled<Slice>(
    `erase.${name}`,
    (a) => sql`${slice(a, rows)} delete from ${rows.table} where ${rows.key} in (select key from slice)`,
  ),
]

/** The bytes that nothing refers to afterwards are counted by the receipt of the last deletion that let them go. */
const release = (name: string, rows: Doomed) =>
  scheduled<Slice>(
    `erase.${name}.release`,
    (a) => sql`${slice(a, rows, sql`${assets.objectId} as object_id`)}
      update ${objects} set released_by = slice.deletion_id from slice where ${objects.id} = slice.object_id`,
  )

/** Whose links a restore would have made again. */
const forgetLinks = scheduled<Slice>(
  'erase.links',
  (a) => sql`${slice(a, doomed.links)}
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

/** Each phase erases of one table: datasets first, then rows before what they are found by, where there are few. */
const phases = {
  links: [forgetLinks],
  datasets: erasing('datasets', doomed.datasets),
  inside: [openNested, claimNested],
  insideAssets: [
    release('insideAssets', doomed.insideAssets),
    ...erasing('insideAssets', doomed.insideAssets),
  ],
  insideNodes: erasing('insideNodes', doomed.insideNodes),
  assets: [release('assets', doomed.assets), ...erasing('assets', doomed.assets)],
  nodes: erasing('nodes', doomed.nodes),
  episodes: erasing('episodes', doomed.episodes),
  members: erasing('members', doomed.members),
  collections: erasing('collections', doomed.collections),
  end: [finish, end],
} as const

type Phase = keyof typeof phases

const names = Object.keys(phases) as Phase[]
/** What goes before everything else. */
const preferred: readonly Phase[] = ['links', 'datasets', 'inside']

/** Deletions that wait for nothing inside of their episodes that is still being marked, or is coming back. */
const ready = sql`select target.id from target where not exists (
  select 1 from ${firstEpisodes} as around cross join ${deletions} as nested
    on nested.container_id = around.id and nested.phase is not null)`

const isThere = (a: A, phase: Phase): SQL => {
  if (phase === 'end') return sql`exists (select 1 from target where ${isOver})`
  if (phase === 'inside') return sql`exists (${nested(a)})`
  return sql`exists (select 1 from target where exists (${doomed[phase].found}))`
}

/** The phases take turns, so that what one deletion has in one keeps no others waiting. */
const left = query<Slice & { readonly done: number }>('erase.left', (a) => {
  const others = names.filter((phase) => !preferred.includes(phase))
  const when = (phase: Phase, condition: SQL): SQL => sql`when ${condition} then ${sql.raw(`'${phase}'`)}`
  const position = (phase: Phase): SQL => sql.raw(String(names.indexOf(phase)))
  const cases = [
    ...preferred.map((phase) => when(phase, isThere(a, phase))),
    ...others.map((phase) => when(phase, sql`${a.done} < ${position(phase)} and ${isThere(a, phase)}`)),
    ...others.map((phase) => when(phase, isThere(a, phase))),
    // There is something that no phase finds.
    when('end', sql`exists (${ready})`),
  ]
  return sql`with ${target(a)} select (${ready} limit 1) as first, case ${sql.join(cases, sql.raw(' '))} end as phase`
})

/** Erases a slice in the phase that the plan before has told (null at the start). Gives what is left, null for nothing. */
export const eraseItems = (phase: Phase | null, values: Slice): Plan<Left | null> =>
  after(
    (phase === null ? [] : phases[phase]).map((step) => act(step, values)),
    statement(left, { ...values, done: phase === null ? -1 : names.indexOf(phase) }, ([row]) =>
      row?.phase ? { phase: row.phase as Phase, first: row.first as string } : null,
    ),
  )
