import { getTableColumns, getTableName, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import {
  apiTokens,
  assets,
  collectionMembers,
  collections,
  datasets,
  deletions,
  episodes,
  members,
  namespaceStats,
  namespaces,
  objects,
  projectStats,
  projects,
  purges,
  users,
} from '../../drizzle/schema.ts'
import type { AssetKind } from '../domain/kind.ts'
import { act, map, type Plan, type Row, statement, together } from './plan.ts'
import { live, publicProject } from './scope.ts'
import { type Arguments, assign, command, query } from './sql.ts'
import { positionOf, walkOf } from './walks.ts'

/**
 * The counters that triggers keep are compared with the truth, some rows at a time, and mended where they differ. A slice
 * begins where the one of the run before has ended.
 */
interface Slice {
  /** What its rows may count together; a single one may count more, up to `mostAlone`. */
  readonly mostCounted: number
  readonly mostAlone: number
}

/** By the counter's column, what it should be. */
type Counters = Readonly<Record<string, SQL>>

const count = (rows: SQL): SQL => sql`(select count(*) from ${rows})`

const inProject = (table: typeof episodes | typeof datasets | typeof collections): SQL =>
  count(sql`${table} where ${table.projectId} = ${projectStats.projectId} and ${live(table)}`)

const assetsOfProject = (kind: AssetKind): SQL =>
  count(sql`${assets} where ${assets.projectId} = ${projectStats.projectId}
    and ${assets.kind} = ${sql.raw(`'${kind}'`)} and ${live(assets)}`)

const sumOfProjects = (column: SQLiteColumn): SQL => sql`(select ifnull(sum(${column}), 0)
  from ${projects} cross join ${projectStats} on ${projectStats.projectId} = ${projects.id}
  where ${projects.namespaceId} = ${namespaceStats.namespaceId} and ${live(projects)})`

const byKind = {
  videos: 'video',
  audios: 'audio',
  labelTracks: 'label-track',
  textTracks: 'text-track',
  images: 'image',
} as const

type Kinds = keyof typeof byKind

const ofKinds = (counter: (name: Kinds, kind: AssetKind) => SQL): Counters =>
  Object.fromEntries(Object.entries(byKind).map(([name, kind]) => [name, counter(name as Kinds, kind)]))

interface Audited {
  readonly table: SQLiteTable
  readonly key: SQLiteColumn
  readonly counters: Counters
  /** What it costs to compare a row, in rows read; the sum of its counters where that says it. */
  readonly size?: SQL
  /** Rows of a slice. */
  readonly most?: number
}

const USUAL_ROWS = 50

/** Projects before namespaces, whose counts are sums of theirs. */
const audited: readonly Audited[] = [
  {
    table: projectStats,
    key: projectStats.projectId,
    counters: {
      episodes: inProject(episodes),
      datasets: inProject(datasets),
      collections: inProject(collections),
      ...ofKinds((_, kind) => assetsOfProject(kind)),
      protectedEpisodes:
        count(sql`${episodes} where ${episodes.projectId} = ${projectStats.projectId} and ${live(episodes)}
          and ${episodes.writeProtected}`),
      trashed: count(sql`${deletions} where ${deletions.projectId} = ${projectStats.projectId}`),
    },
  },
  {
    table: namespaceStats,
    key: namespaceStats.namespaceId,
    // Each sum goes over all projects.
    size: sql`${namespaceStats.members} + 14 * ${namespaceStats.projects} + ${namespaceStats.trashed} + ${namespaceStats.purges}`,
    counters: {
      members: count(sql`${members} where ${members.namespaceId} = ${namespaceStats.namespaceId}`),
      projects: count(
        sql`${projects} where ${projects.namespaceId} = ${namespaceStats.namespaceId} and ${live(projects)}`,
      ),
      publicProjects: count(
        sql`${projects} where ${projects.namespaceId} = ${namespaceStats.namespaceId} and ${publicProject}`,
      ),
      ...ofKinds((name) => sumOfProjects(projectStats[name])),
      protectedEpisodes: sumOfProjects(projectStats.protectedEpisodes),
      trashed: count(sql`${deletions} where ${deletions.namespaceId} = ${namespaceStats.namespaceId}
          and ${deletions.projectId} is null`),
      purges: count(sql`${purges} where ${purges.namespaceId} = ${namespaceStats.namespaceId}`),
    },
  },
  {
    table: datasets,
    key: datasets.id,
    counters: {
      collectionCount: count(
        sql`${collections} where ${collections.datasetId} = ${datasets.id} and ${live(collections)}`,
      ),
    },
  },
  {
    table: collections,
    key: collections.id,
    counters: {
      memberCount: count(
        sql`${collectionMembers} where ${collectionMembers.collectionId} = ${collections.id}`,
      ),
    },
  },
  {
    table: objects,
    key: objects.id,
    // There are many, and each is found at once.
    most: 2_000,
    counters: {
      assetCount: count(sql`${assets} where ${assets.objectId} = ${objects.id}`),
    },
  },
  {
    table: users,
    key: users.id,
    counters: {
      namespaceCount:
        count(sql`${members} cross join ${namespaces} on ${namespaces.id} = ${members.namespaceId}
          and ${live(namespaces)} where ${members.userId} = ${users.id}`),
      tokenCount: count(
        sql`${apiTokens} where ${apiTokens.userId} = ${users.id} and ${apiTokens.revokedAt} is null`,
      ),
    },
  },
]

/** A row whose counters were not the truth. */
interface Drift {
  readonly table: string
  readonly key: string
  /** By counter, what it said and what it should have said. */
  readonly counters: Readonly<Record<string, readonly [number, number]>>
}

interface Compared {
  readonly drifts: readonly Drift[]
  /** Rows that count too much to be compared at once. */
  readonly skipped: number
  /** The key that the slice ends with; empty past the end. */
  readonly last: string
}

/** The audit of one table. */
interface Audit {
  readonly compare: (slice: Slice) => Plan<Compared>
  /** Counts anew what a comparison has found; what differs by then, whatever it was. */
  readonly mend: (drifts: readonly Drift[]) => Plan<void>
  /** Goes on behind a slice that was compared. */
  readonly goOn: (last: string) => Plan<void>
}

function auditOf({ table, key, counters, size: given, most = USUAL_ROWS }: Audited): Audit {
  const name = getTableName(table)
  const columns = getTableColumns(table)
  const entries = Object.entries(counters).map(([counter, truth]) => {
    const column = columns[counter]
    if (!column) throw new Error(`${name} has no counter ${counter}.`)
    return { counter, column, truth }
  })
  const joined = (parts: readonly SQL[], by: string): SQL => sql.join([...parts], sql.raw(by))
  const size =
    given ??
    joined(
      entries.map(({ column }) => sql`${column}`),
      ' + ',
    )
  const sliced = (a: Arguments<Slice>): SQL => sql`with near as materialized (
      select ${key} as id, max(0, ${size}) as size from ${table} where ${key} > ${positionOf(`audit.${name}`)}
      order by ${key} limit ${sql.raw(String(most))}),
    slice as materialized (select id, size from (
      select id, size, sum(size) over (order by id rows unbounded preceding) - size as before from near)
      where before <= ${a.mostCounted})`
  const inSlice = (a: Arguments<Slice>): SQL =>
    sql`${key} in (select id from slice where size <= ${a.mostAlone})`
  const differs = joined(
    entries.map(({ column, truth }) => sql`${column} <> ${truth}`),
    ' or ',
  )
  const pairs = joined(
    entries.map(
      ({ counter, column, truth }) => sql`${sql.raw(`'${counter}'`)}, json_array(${column}, ${truth})`,
    ),
    ', ',
  )
  const drifted = query<Slice>(
    `audit.${name}.drifted`,
    (a) => sql`${sliced(a)} select ${key} as id, json_object(${pairs}) as counters
      from ${table} where ${inSlice(a)} and (${differs})`,
  )
  const mend = command<{ readonly keys: readonly string[] }>(
    `audit.${name}.mend`,
    (a) => sql`update ${table} set ${assign(table, counters)}
      where ${key} in (select value from ${a.keys.each}) and (${differs})`,
  )
  const reached = query<Slice>(
    `audit.${name}.reached`,
    (a) => sql`${sliced(a)} select (select max(id) from slice) as last,
      (select count(*) from slice where size > ${a.mostAlone}) as skipped`,
  )
  const walk = walkOf(`audit.${name}`)
  return {
    compare: (slice) =>
      map(
        together<{ drifts: readonly Drift[]; end: Omit<Compared, 'drifts'> }>({
          drifts: statement(drifted, slice, (rows) => rows.map((row) => driftOf(name, row))),
          end: statement(reached, slice, ([row]) => ({
            skipped: Number(row?.skipped),
            last: (row?.last as string | null | undefined) ?? '',
          })),
        }),
        ({ drifts, end }) => ({ drifts, ...end }),
      ),
    mend: (drifts) => act(mend, { keys: drifts.map((drift) => drift.key) }),
    goOn: (last) => walk.note(last),
  }
}

function driftOf(table: string, { id, counters }: Row): Drift {
  const all = Object.entries(JSON.parse(counters as string) as Record<string, [number, number]>)
  return {
    table,
    key: id as string,
    counters: Object.fromEntries(all.filter(([, [said, is]]) => said !== is)),
  }
}

/** The audits of all tables that have counters. */
export const audits: readonly Audit[] = audited.map(auditOf)
