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
import { type Arguments, type Compiled, fragment, none, query } from '../../db/sql.ts'
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

/** `project`: those that this slice is about. */
const projectsOf = (a: A): SQL =>
  fragment(
    'erase.projects',
    sql`${claimedPlace(a)}, project as materialized (
  select ${projects.id} as id from place cross join ${projects} on ${projects.id} = place.item_id
    where place.kind = 'project'
  union all select * from (
    select ${projects.id} from place cross join ${projects} on ${projects.namespaceId} = place.item_id
    where place.kind = 'namespace' limit ${MOST_PROJECTS}))`,
  )

/** `namespace`, which has a row where the place is one. */
const namespaceOfPlace = sql`namespace as materialized (select item_id as id from place where kind = 'namespace')`

const namespaceOf = (a: A): SQL => fragment('erase.namespace', sql`${claimedPlace(a)}, ${namespaceOfPlace}`)

/** The rows that the statement before has erased go on the receipt. */
const count = scheduled<Slice>(
  'purges.count',
  (a) => sql`update ${purges} set rows = ${purges.rows} + changes() where ${purges.deletionId} = ${a.place}`,
)

/** What erases rows, and right behind it what counts them. */
const counted = (erase: Compiled<Slice>): readonly Compiled<Slice>[] => [erase, count]

const inProjects = (table: Trashable | typeof apiTokens | typeof deletions): SQL =>
  sql`project cross join ${table} on ${table.projectId} = project.id`

/** The ids of the first rows of a table that hang in the projects. */
const first = (table: Trashable | typeof apiTokens | typeof deletions, a: A, condition = sql`true`): SQL =>
  sql`select ${table.id} from ${inProjects(table)} where ${condition} limit ${a.rows}`

const erasing = (
  table: Trashable | typeof apiTokens | typeof deletions,
  name: string,
  condition?: SQL,
): Compiled<Slice> =>
  scheduled<Slice>(
    `erase.${name}.ofPlace`,
    (a) =>
      sql`with ${projectsOf(a)} delete from ${table} where ${table.id} in (${first(table, a, condition)})`,
  )

/** Before the same rows are erased. */
const release = scheduled<Slice>(
  'erase.release.ofPlace',
  (a) => sql`with ${projectsOf(a)} update ${objects} set released_by = (select id from place)
    where ${objects.id} in (select object_id from ${assets} where ${assets.id} in (${first(assets, a)}))`,
)

/** Of the first collections alone: those without members go by the next statement, and make room for others. */
const eraseMembers = scheduled<Slice>(
  'erase.members.ofPlace',
  (a) => sql`with ${projectsOf(a)} delete from ${collectionMembers}
    where (${collectionMembers.collectionId}, ${collectionMembers.memberId}) in (
      select ${collectionMembers.collectionId}, ${collectionMembers.memberId} from (
        select ${collections.id} as id from ${inProjects(collections)} limit ${a.rows}) as first
      cross join ${collectionMembers} on ${collectionMembers.collectionId} = first.id limit ${a.rows})`,
)

const eraseCollections = scheduled<Slice>(
  'erase.collections.ofPlace',
  (
    a,
  ) => sql`with ${projectsOf(a)} delete from ${collections} where ${collections.id} in (${first(collections, a)})
    and ${none(sql`${collectionMembers} where ${collectionMembers.collectionId} = ${collections.id}`)}`,
)

/** What was deleted inside before. Where a purge has claimed it already, that one ends it. */
const eraseDeletions = erasing(deletions, 'deletions', sql`${deletions.purging} = 0`)

/** Tokens that are good for nothing else. */
const eraseTokens = erasing(apiTokens, 'apiTokens')

/** Whether nothing is left of a project but itself. */
const isBare = sql.join(
  [
    ...[assets, nodes, episodes, collections, datasets].map((table) =>
      none(sql`${table} where ${table.projectId} = ${projects.id}`),
    ),
    none(sql`${deletions} where ${deletions.projectId} = ${projects.id} and ${deletions.purging} = 0`),
    none(sql`${apiTokens} where ${apiTokens.projectId} = ${projects.id}`),
  ],
  sql.raw(' and '),
)

/** The deletions of the projects that go next, with their namespace. What a purge has claimed already, that one ends. */
const eraseDeletionsOfProjects = scheduled<Slice>(
  'erase.deletionsOfProjects',
  (
    a,
  ) => sql`with ${projectsOf(a)} delete from ${deletions} where ${deletions.purging} = 0 and ${deletions.id} in (
    select ${projects.deletionId} from project cross join ${projects} on ${projects.id} = project.id where ${isBare})`,
)

const eraseProjects = scheduled<Slice>(
  'erase.projects',
  (a) => sql`with ${projectsOf(a)} delete from ${projects} where ${projects.id} in (select id from project)
    and ${isBare}`,
)

/** What hangs at a namespace itself: rows of a table, by their key, under a condition. */
interface OfNamespace {
  readonly table:
    | typeof members
    | typeof apiTokens
    | typeof departures
    | typeof formerSlugs
    | typeof deletions
  readonly key: SQL
  readonly condition: SQL
}

const inNamespace = ({ table, condition }: OfNamespace): SQL =>
  sql`namespace cross join ${table} on ${table.namespaceId} = namespace.id where ${condition}`

const erasingOfNamespace = (name: string, rows: OfNamespace): Compiled<Slice> =>
  scheduled<Slice>(
    `erase.${name}.ofNamespace`,
    (a) => sql`with ${namespaceOf(a)} delete from ${rows.table} where (${rows.key}) in (
      select ${rows.key} from ${inNamespace(rows)} limit ${a.rows})`,
  )

const memberships: OfNamespace = {
  table: members,
  key: sql`${members.userId}, ${members.namespaceId}`,
  condition: sql`true`,
}

/** What a namespace has besides, for the server's own use: it is on no receipt. */
const besides: Readonly<Record<string, OfNamespace>> = {
  apiTokens: { table: apiTokens, key: apiTokens.id.getSQL(), condition: sql`true` },
  departures: {
    table: departures,
    key: sql`${departures.userId}, ${departures.namespaceId}`,
    condition: sql`true`,
  },
  formerSlugs: { table: formerSlugs, key: formerSlugs.slug.getSQL(), condition: sql`true` },
  deletions: {
    table: deletions,
    key: deletions.id.getSQL(),
    condition: sql`${deletions.projectId} is null and ${deletions.purging} = 0`,
  },
}

const dependents = [projects, objects, members, departures, formerSlugs, apiTokens]

const eraseNamespace = scheduled<Slice>(
  'erase.namespace',
  (
    a,
  ) => sql`with ${namespaceOf(a)} delete from ${namespaces} where ${namespaces.id} = (select id from namespace)
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

/** A phase erases of one table, or of a few small ones. */
interface Phase {
  /** What stands after `from` for the rows that the phase is there for: it is that of a place while there are any. */
  readonly left: readonly SQL[]
  readonly acts: readonly Compiled<Slice>[]
}

/**
 * The phases in their order, the rows before what they are found by. A namespace whose projects are gone waits for its
 * objects, which go when their leases are over; until then its owners see what becomes of it.
 */
const phases = {
  assets: { left: [inProjects(assets)], acts: [release, ...counted(erasing(assets, 'assets'))] },
  nodes: { left: [inProjects(nodes)], acts: counted(erasing(nodes, 'nodes')) },
  collections: {
    left: [inProjects(collections)],
    acts: [...counted(eraseMembers), ...counted(eraseCollections)],
  },
  datasets: {
    left: [inProjects(datasets)],
    acts: counted(
      erasing(
        datasets,
        'datasets',
        none(sql`${collections} where ${collections.datasetId} = ${datasets.id}`),
      ),
    ),
  },
  episodes: { left: [inProjects(episodes)], acts: counted(erasing(episodes, 'episodes')) },
  projects: {
    left: [sql`project`],
    acts: [eraseDeletions, eraseTokens, eraseDeletionsOfProjects, ...counted(eraseProjects)],
  },
  waiting: {
    left: [sql`namespace cross join ${objects} on ${objects.namespaceId} = namespace.id`],
    acts: [],
  },
  namespace: {
    left: [
      ...[memberships, ...Object.values(besides)].map(inNamespace),
      sql`namespace cross join ${namespaces} on ${namespaces.id} = namespace.id`,
    ],
    acts: [
      ...counted(erasingOfNamespace('members', memberships)),
      ...Object.entries(besides).map(([name, rows]) => erasingOfNamespace(name, rows)),
      ...counted(eraseNamespace),
    ],
  },
} as const satisfies Readonly<Record<string, Phase>>

/** What is left of a place: a phase that has something to do or to wait for, its end, or that there is no such place. */
type Left = keyof typeof phases | 'end' | 'gone'

const left = query<Slice>('erase.leftOfPlace', (a) => {
  const cases = Object.entries(phases).map(([name, { left: rows }]) => {
    const isLeft = rows.map((each) => sql`exists (select 1 from ${each})`)
    return sql`when ${sql.join(isLeft, sql.raw(' or '))} then ${sql.raw(`'${name}'`)}`
  })
  return sql`with ${projectsOf(a)}, ${namespaceOfPlace}
    select case when not exists (select 1 from place) then 'gone' ${sql.join(cases, sql.raw(' '))}
      else 'end' end as phase`
})

/** The statements of what a plan before has told; of nothing, the place gives its turn away. */
const actsOf = (phase: Left | null): readonly Compiled<Slice>[] => {
  if (phase === null) return [rotate]
  if (phase === 'gone') return []
  return phase === 'end' ? [finish, end] : phases[phase].acts
}

const rotate = scheduled<Slice>(
  'deletions.rotate',
  (a) => sql`update ${deletions} set turn = ${a.turn} where ${deletions.id} = ${a.place}
    and ${deletions.purging} = 1`,
)

/**
 * Erases a slice of a claimed project or namespace, in the phase that the plan before has told; of anything else
 * nothing. Tells what is left.
 */
export const erasePlace = (phase: Left | null, values: Slice): Plan<Left> =>
  after(
    actsOf(phase).map((step) => act(step, values)),
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
