import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import {
  apiTokens,
  assets,
  childCounts,
  collectionMembers,
  collections,
  datasets,
  deletions,
  episodeStats,
  episodes,
  members,
  namespaceStats,
  namespaces,
  nodes,
  objects,
  projectStats,
  projects,
  purges,
  users,
} from '../../../drizzle/schema.ts'
import { live, publicProject } from '../../db/standing.ts'
import type { AssetKind } from '../../domain/kind.ts'
import { kinds } from '../recordings/asset-resource.sql.ts'

/** What the counters that triggers keep should be, and what it costs to find out. */

/** What some counters of a row should be, found by one look: `truth` selects their values, under their names. */
export interface Counted {
  readonly counters: readonly string[]
  readonly truth: SQL
}

const named = (columns: Readonly<Record<string, SQL>>): SQL =>
  sql.join(
    Object.entries(columns).map(([name, value]) => sql`${value} as ${sql.identifier(name)}`),
    sql.raw(', '),
  )

/** Counters that have nothing to do with each other, each by a look of its own. */
const each = (truths: Readonly<Record<string, SQL>>): readonly Counted[] =>
  Object.entries(truths).map(([name, truth]) => ({
    counters: [name],
    truth: sql`select ${named({ [name]: truth })}`,
  }))

const count = (rows: SQL): SQL => sql`(select count(*) from ${rows})`

const total = (values: SQLWrapper): SQL => sql`ifnull(sum(${values}), 0)`

const byKind = {
  videos: 'video',
  audios: 'audio',
  labelTracks: 'label-track',
  textTracks: 'text-track',
  images: 'image',
  files: 'file',
} as const

type Kinds = keyof typeof byKind

const kindNames = Object.keys(byKind) as Kinds[]

const ofKinds = (counter: (name: Kinds, kind: AssetKind) => SQL): Readonly<Record<string, SQL>> =>
  Object.fromEntries(kindNames.map((name) => [name, counter(name, byKind[name])]))

const plus = (parts: readonly SQLWrapper[]): SQL =>
  sql.join(
    parts.map((part) => sql`${part}`),
    sql.raw(' + '),
  )

export interface Audited {
  /** Tells the audits of one table apart. */
  readonly part?: string
  readonly table: SQLiteTable
  readonly key: SQLiteColumn
  readonly counted: readonly Counted[]
  /** What it costs to compare a row, in rows read; the sum of its counters where that says it. */
  readonly size?: SQL
  /** Rows of a slice. */
  readonly most?: number
}

const byEpisode: Audited = {
  table: episodeStats,
  key: episodeStats.episodeId,
  // There are many, and each is found at once.
  most: 1_000,
  counted: each(
    ofKinds((_, kind) =>
      count(sql`${assets} where ${assets.containerId} = ${episodeStats.episodeId}
        and ${assets.kind} = ${sql.raw(`'${kind}'`)} and ${live(assets)}`),
    ),
  ),
}

const inProject = (table: typeof episodes | typeof datasets | typeof collections, also = live(table)): SQL =>
  count(sql`${table} where ${table.projectId} = ${projectStats.projectId} and ${also}`)

/** What the live episodes of a project count, and its own assets, which are in none. */
const shownInProject: Counted = {
  counters: kindNames,
  truth: sql`select ${named(ofKinds((name) => total(sql`shown.${sql.identifier(name)}`)))} from (
    select ${named(ofKinds((name) => sql`${episodeStats[name]}`))} from ${episodes}
      cross join ${episodeStats} on ${episodeStats.episodeId} = ${episodes.id}
      where ${episodes.projectId} = ${projectStats.projectId} and ${live(episodes)}
    union all
    select ${named(ofKinds((_, kind) => sql`${assets.kind} = ${sql.raw(`'${kind}'`)}`))} from ${assets}
      where ${assets.containerId} = ${projectStats.projectId} and ${assets.kind} in (${kinds}) and ${live(assets)}
  ) as shown`,
}

const byProject: Audited = {
  table: projectStats,
  key: projectStats.projectId,
  size: plus([
    sql`3 * ${projectStats.episodes}`,
    projectStats.datasets,
    projectStats.collections,
    ...kindNames.map((name) => projectStats[name]),
    projectStats.trashed,
  ]),
  counted: [
    shownInProject,
    ...each({
      episodes: inProject(episodes),
      datasets: inProject(datasets),
      collections: inProject(collections),
      protectedEpisodes: inProject(episodes, sql`${live(episodes)} and ${episodes.writeProtected} = 1`),
      trashed: count(sql`${deletions} where ${deletions.projectId} = ${projectStats.projectId}`),
    }),
  ],
}

const rowsOfProject: Audited = {
  part: 'rows',
  table: projectStats,
  key: projectStats.projectId,
  size: sql`${projectStats.rows}`,
  counted: each({
    rows: plus([
      ...[episodes, nodes, assets].map((table) =>
        count(sql`${table} where ${table.projectId} = ${projectStats.projectId}`),
      ),
      count(sql`${collections} cross join ${collectionMembers}
        on ${collectionMembers.collectionId} = ${collections.id}
        where ${collections.projectId} = ${projectStats.projectId}`),
    ]),
  }),
}

const sumOfProjects = (column: SQLiteColumn, which = live(projects)): SQL => sql`(select ${total(column)}
  from ${projects} cross join ${projectStats} on ${projectStats.projectId} = ${projects.id}
  where ${projects.namespaceId} = ${namespaceStats.namespaceId} and ${which})`

const byNamespace: Audited = {
  table: namespaceStats,
  key: namespaceStats.namespaceId,
  // Each sum goes over all projects.
  size: sql`${namespaceStats.members} + 16 * ${namespaceStats.projects} + ${namespaceStats.trashed} + ${namespaceStats.purges}`,
  counted: each({
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
  }),
}

/** The projects by whose rows the objects of a namespace are told from them; of more it is taken for larger. */
const MOST_PROJECTS = sql.raw('500')

const firstProjects = sql`(select ${total(sql`own.rows`)} from (select ${projectStats.rows} as rows
  from ${projects} cross join ${projectStats} on ${projectStats.projectId} = ${projects.id}
  where ${projects.namespaceId} = ${namespaceStats.namespaceId} limit ${MOST_PROJECTS}) as own)`

/** An upload counts as the bytes that it was announced with, until the bucket has told what they are. */
const bytesHeld = sql`case ${objects.state} when 'pending' then ifnull(${objects.announcedSize}, 0)
  when 'complete' then ${objects.size} when 'purging' then ${objects.size} else 0 end`

const objectsOfNamespace = sql`${objects} where ${objects.namespaceId} = ${namespaceStats.namespaceId}`

const quotasOfNamespace: Audited = {
  part: 'quotas',
  table: namespaceStats,
  key: namespaceStats.namespaceId,
  // An object costs as much as some rows that are only counted.
  size: sql`2 * (${namespaceStats.projects} + ${namespaceStats.trashed})
    + 4 * max(0, ${namespaceStats.rows} - ${firstProjects})`,
  counted: each({
    rows: plus([sumOfProjects(projectStats.rows, sql`true`), count(objectsOfNamespace)]),
    bytes: sql`(select ${total(bytesHeld)} from ${objectsOfNamespace})`,
  }),
}

/** Whatever is a sum of others after those. */
export const audited: readonly Audited[] = [
  byEpisode,
  byProject,
  rowsOfProject,
  byNamespace,
  quotasOfNamespace,
  {
    table: datasets,
    key: datasets.id,
    counted: each({
      collectionCount: count(
        sql`${collections} where ${collections.datasetId} = ${datasets.id} and ${live(collections)}`,
      ),
    }),
  },
  {
    table: collections,
    key: collections.id,
    counted: each({
      memberCount: count(
        sql`${collectionMembers} where ${collectionMembers.collectionId} = ${collections.id}`,
      ),
    }),
  },
  {
    table: childCounts,
    key: childCounts.id,
    counted: each({
      nodes: count(
        sql`${nodes} where ${nodes.aboveId} = substr(${childCounts.id}, 1, 24)
          and ${nodes.kind} = substr(${childCounts.id}, 26) and ${live(nodes)}`,
      ),
    }),
  },
  {
    table: objects,
    key: objects.id,
    most: 2_000,
    counted: each({
      assetCount: count(sql`${assets} where ${assets.objectId} = ${objects.id}`),
    }),
  },
  {
    table: users,
    key: users.id,
    counted: each({
      namespaceCount:
        count(sql`${members} cross join ${namespaces} on ${namespaces.id} = ${members.namespaceId}
          and ${live(namespaces)} where ${members.userId} = ${users.id}`),
      tokenCount: count(
        sql`${apiTokens} where ${apiTokens.userId} = ${users.id} and ${apiTokens.revokedAt} is null`,
      ),
    }),
  },
]
