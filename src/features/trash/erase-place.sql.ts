import { type SQL, sql } from 'drizzle-orm'
import {
  apiTokens,
  assets,
  collectionMembers,
  collections,
  datasets,
  deletions,
  departures,
  episodes,
  formerSlugs,
  members,
  namespaces,
  nodes,
  objects,
  projects,
  purges,
} from '../../../drizzle/schema.ts'
import type { Trashable } from '../../db/deletion.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { type Arguments, none, query } from '../../db/sql.ts'
import { scheduled } from '../../db/statements.ts'
import { turnsOf } from '../../db/turns.ts'

/**
 * One slice of the purge of a project, or of a namespace with its projects, some of them at a time. Nothing of what
 * hangs below was marked: it is found by where it hangs.
 */
interface Slice {
  readonly now: number
  /** The deletion. */
  readonly place: string
  readonly rows: number
  /** What decides the place's turn among others afterwards. */
  readonly turn: number
}

type A = Arguments<Slice>

const claimedPlace = (
  a: A,
): SQL => sql`place as materialized (select ${deletions.id} as id, ${deletions.kind} as kind,
    ${deletions.itemId} as item_id, ${deletions.namespaceId} as namespace_id
  from ${deletions} where ${deletions.id} = ${a.place} and ${deletions.purging} = 1
    and ${deletions.projectId} is null)`

/** Projects of a namespace that a slice looks into. */
const MOST_PROJECTS = sql.raw('50')

/** `site`: the projects that this slice is about. */
const sites = (a: A): SQL => sql`with ${claimedPlace(a)}, site as materialized (
  select ${projects.id} as id from place cross join ${projects} on ${projects.id} = place.item_id
    where place.kind = 'project'
  union all select * from (
    select ${projects.id} from place cross join ${projects} on ${projects.namespaceId} = place.item_id
    where place.kind = 'namespace' limit ${MOST_PROJECTS}))`

const spaceOf = (a: A): SQL => sql`with ${claimedPlace(a)}, space as materialized (
  select item_id as id from place where kind = 'namespace')`

/** The rows that the statement before has erased go on the receipt. */
const count = scheduled<Slice>(
  'purges.count',
  (a) => sql`update ${purges} set rows = ${purges.rows} + changes() where ${purges.deletionId} = ${a.place}`,
)

/** The ids of the first rows of a table that hang at a site. */
const first = (table: Trashable, a: A, condition = sql`true`): SQL =>
  sql`select ${table.id} from site cross join ${table} on ${table.projectId} = site.id
    where ${condition} limit ${a.rows}`

const erasing = (table: Trashable, name: string, condition?: SQL) =>
  scheduled<Slice>(
    `erase.${name}.ofPlace`,
    (a) => sql`${sites(a)} delete from ${table} where ${table.id} in (${first(table, a, condition)})`,
  )

/** Before the same rows are erased. */
const release = scheduled<Slice>(
  'erase.release.ofPlace',
  (a) => sql`${sites(a)} update ${objects} set released_by = (select id from place) where ${objects.id} in (
    select object_id from ${assets} where ${assets.id} in (${first(assets, a)}))`,
)

/** Of the first collections alone: those without members go by the next statement, and make room for others. */
const eraseMembers = scheduled<Slice>(
  'erase.members.ofPlace',
  (a) => sql`${sites(a)} delete from ${collectionMembers}
    where (${collectionMembers.collectionId}, ${collectionMembers.memberId}) in (
      select ${collectionMembers.collectionId}, ${collectionMembers.memberId} from (
        select ${collections.id} as id from site cross join ${collections} on ${collections.projectId} = site.id
        limit ${a.rows}) as first
      cross join ${collectionMembers} on ${collectionMembers.collectionId} = first.id limit ${a.rows})`,
)

const eraseCollections = scheduled<Slice>(
  'erase.collections.ofPlace',
  (a) => sql`${sites(a)} delete from ${collections} where ${collections.id} in (
      select ${collections.id} from site cross join ${collections} on ${collections.projectId} = site.id
      limit ${a.rows})
    and ${none(sql`${collectionMembers} where ${collectionMembers.collectionId} = ${collections.id}`)}`,
)

/** What was deleted inside before. Where a purge has claimed it already, that one ends it. */
const eraseDeletions = scheduled<Slice>(
  'erase.deletions.ofPlace',
  (a) => sql`${sites(a)} delete from ${deletions} where ${deletions.id} in (
    select ${deletions.id} from site cross join ${deletions} on ${deletions.projectId} = site.id
    where ${deletions.purging} = 0 limit ${a.rows})`,
)

/** Tokens that are good for nothing else. */
const eraseTokens = scheduled<Slice>(
  'erase.apiTokens.ofPlace',
  (a) => sql`${sites(a)} delete from ${apiTokens} where ${apiTokens.id} in (select ${apiTokens.id} from site
    cross join ${apiTokens} on ${apiTokens.projectId} = site.id limit ${a.rows})`,
)

const eraseProjects = scheduled<Slice>(
  'erase.projects',
  (a) => sql`${sites(a)} delete from ${projects} where ${projects.id} in (select id from site)
    and ${sql.join(
      [assets, nodes, episodes, collections, datasets].map((table) =>
        none(sql`${table} where ${table.projectId} = ${projects.id}`),
      ),
      sql.raw(' and '),
    )} and ${none(sql`${deletions} where ${deletions.projectId} = ${projects.id} and ${deletions.purging} = 0`)}
    and ${none(sql`${apiTokens} where ${apiTokens.projectId} = ${projects.id}`)}`,
)

const eraseMemberships = scheduled<Slice>(
  'erase.members.ofNamespace',
  (a) => sql`${spaceOf(a)} delete from ${members} where (${members.userId}, ${members.namespaceId}) in (
      select ${members.userId}, ${members.namespaceId} from space
      cross join ${members} on ${members.namespaceId} = space.id limit ${a.rows})`,
)

/** What a namespace has besides, for the server's own use: it is on no receipt. */
const tidyNamespace = [
  scheduled<Slice>(
    'erase.apiTokens.ofNamespace',
    (
      a,
    ) => sql`${spaceOf(a)} delete from ${apiTokens} where ${apiTokens.id} in (select ${apiTokens.id} from space
      cross join ${apiTokens} on ${apiTokens.namespaceId} = space.id limit ${a.rows})`,
  ),
  scheduled<Slice>(
    'erase.departures.ofNamespace',
    (
      a,
    ) => sql`${spaceOf(a)} delete from ${departures} where (${departures.userId}, ${departures.namespaceId}) in (
      select ${departures.userId}, ${departures.namespaceId} from space
      cross join ${departures} on ${departures.namespaceId} = space.id limit ${a.rows})`,
  ),
  scheduled<Slice>(
    'erase.formerSlugs.ofNamespace',
    (a) => sql`${spaceOf(a)} delete from ${formerSlugs} where ${formerSlugs.slug} in (
      select ${formerSlugs.slug} from space
      cross join ${formerSlugs} on ${formerSlugs.namespaceId} = space.id limit ${a.rows})`,
  ),
  scheduled<Slice>(
    'erase.deletions.ofNamespace',
    (a) => sql`${spaceOf(a)} delete from ${deletions} where ${deletions.id} in (
      select ${deletions.id} from space cross join ${deletions} on ${deletions.namespaceId} = space.id
      where ${deletions.projectId} is null and ${deletions.purging} = 0 limit ${a.rows})`,
  ),
]

const dependents = [projects, objects, members, departures, formerSlugs, apiTokens]

const eraseNamespace = scheduled<Slice>(
  'erase.namespace',
  (a) => sql`${spaceOf(a)} delete from ${namespaces} where ${namespaces.id} = (select id from space)
    and ${sql.join(
      dependents.map((table) => none(sql`${table} where ${table.namespaceId} = ${namespaces.id}`)),
      sql.raw(' and '),
    )}`,
)

const isGone = (a: A): SQL => sql`not exists (select 1 from ${deletions} as own
    join ${projects} on ${projects.id} = own.item_id where own.id = ${a.place} and own.kind = 'project')
  and not exists (select 1 from ${deletions} as own
    join ${namespaces} on ${namespaces.id} = own.item_id where own.id = ${a.place} and own.kind = 'namespace')`

const finish = scheduled<Slice>(
  'erase.finishPlace',
  (a) => sql`update ${purges} set finished_at = ${a.now}
    where ${purges.deletionId} = ${a.place} and ${purges.finishedAt} is null and ${isGone(a)}`,
)

const end = scheduled<Slice>(
  'erase.endPlace',
  (a) => sql`delete from ${deletions} where ${deletions.id} = ${a.place} and exists (select 1 from ${purges}
    where ${purges.deletionId} = ${a.place} and ${purges.finishedAt} is not null)`,
)

const inSites = (table: Trashable): SQL =>
  sql`select 1 from site cross join ${table} on ${table.projectId} = site.id`

const inSpace = (table: typeof members | typeof apiTokens | typeof departures | typeof formerSlugs): SQL =>
  sql`select 1 from space cross join ${table} on ${table.namespaceId} = space.id`

/** Each phase erases of one table, or of a few small ones; the rows before what they are found by. */
const phases = {
  assets: [release, erasing(assets, 'assets'), count],
  nodes: [erasing(nodes, 'nodes'), count],
  collections: [eraseMembers, count, eraseCollections, count],
  datasets: [
    erasing(datasets, 'datasets', none(sql`${collections} where ${collections.datasetId} = ${datasets.id}`)),
    count,
  ],
  episodes: [erasing(episodes, 'episodes'), count],
  projects: [eraseDeletions, eraseTokens, eraseProjects, count],
  namespace: [eraseMemberships, count, ...tidyNamespace, eraseNamespace, count],
  end: [finish, end],
} as const

type Phase = keyof typeof phases

/** What is left of a place: a phase that has something to do, or that there is nothing to do, now or for good. */
type Left = Phase | 'waiting' | 'gone'

/**
 * A namespace whose projects are gone waits for its objects, which go when their leases are over; until then its owners
 * see what becomes of it.
 */
const left = query<Slice>(
  'erase.leftOfPlace',
  (a) => sql`${sites(a)}, space as materialized (select item_id as id from place where kind = 'namespace')
    select case
      when not exists (select 1 from place) then 'gone'
      when exists (${inSites(assets)}) then 'assets'
      when exists (${inSites(nodes)}) then 'nodes'
      when exists (${inSites(collections)}) then 'collections'
      when exists (${inSites(datasets)}) then 'datasets'
      when exists (${inSites(episodes)}) then 'episodes'
      when exists (select 1 from site) then 'projects'
      when exists (select 1 from space cross join ${objects} on ${objects.namespaceId} = space.id) then 'waiting'
      when exists (${inSpace(members)}) or exists (${inSpace(apiTokens)}) or exists (${inSpace(departures)})
        or exists (${inSpace(formerSlugs)}) or exists (select 1 from space
          cross join ${deletions} on ${deletions.namespaceId} = space.id
          where ${deletions.projectId} is null and ${deletions.purging} = 0) then 'namespace'
      when exists (select 1 from space cross join ${namespaces} on ${namespaces.id} = space.id) then 'namespace'
      else 'end' end as phase`,
)

const rotate = scheduled<Slice>(
  'deletions.rotate',
  (a) => sql`update ${deletions} set turn = ${a.turn} where ${deletions.id} = ${a.place}
    and ${deletions.purging} = 1`,
)

/**
 * Erases a slice of a claimed project or namespace, in the phase that the plan before has told; of anything else
 * nothing. Tells what is left.
 */
export const erasePlace = (phase: Phase | null, values: Slice): Plan<Left> =>
  after(
    (phase === null ? [rotate] : phases[phase]).map((step) => act(step, values)),
    statement(left, values, ([row]) => row?.phase as Left),
  )

interface Picking {
  readonly namespaceId: string
  /** Epoch milliseconds. */
  readonly before: number
}

const isClaimed = sql`${deletions.purging} = 1 and (${deletions.projectId} is null) = 1`

const pick = query<Picking>(
  'deletions.pickPlace',
  (a) => sql`select ${deletions.id} as id from ${deletions}
    where ${isClaimed} and ${deletions.namespaceId} = ${a.namespaceId} and ${deletions.turn} <= ${a.before}
    order by ${deletions.turn}, ${deletions.id} limit 1`,
)

/** The claimed project of a namespace, or the namespace itself, whose turn it is before a time; null where there is none. */
export const pickPlace = (values: Picking): Plan<string | null> =>
  statement(pick, values, ([row]) => (row?.id as string | undefined) ?? null)

/** The namespaces with such a place. */
export const withPlacesToPurge = turnsOf('places', (a) => [
  { table: deletions, condition: isClaimed, time: deletions.turn, until: a.now },
])

/** A namespace whose first object is leased waits as long as that, and `turn` at least. */
const postpone = scheduled<Pick<Slice, 'place' | 'turn'>>(
  'deletions.postpone',
  (a) => sql`update ${deletions} set turn = max(${a.turn}, ifnull((
      select ${objects.leaseUntil} from ${objects} where ${objects.namespaceId} = ${deletions.itemId}
      order by ${objects.id} limit 1), 0))
    where ${deletions.id} = ${a.place} and ${deletions.purging} = 1`,
)

/** Gives a namespace that waits for its objects its next turn. */
export const postponePlace = (values: Pick<Slice, 'place' | 'turn'>): Plan<void> => act(postpone, values)
