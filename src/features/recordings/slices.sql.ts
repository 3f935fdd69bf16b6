import { getTableName, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { assets, deletions, episodes, nodes, restorations } from '../../../drizzle/schema.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { type Arguments, assign, bytesOf, fragment, none, query } from '../../db/sql.ts'
import { live } from '../../db/standing.ts'
import { type following, scheduled } from '../../db/statements.ts'
import { turnsOf } from '../../db/turns.ts'
import { outOfTrash } from '../../db/underway.ts'
import { unescaped } from './nodes.sql.ts'

/** One slice of a deletion that is under way. */
interface Slice {
  readonly deletionId: string
  /** Nodes; and as many assets and episodes. */
  readonly rows: number
}

type A = Arguments<Slice>

/** The live nodes below a folder, in its own container; `folder` is a table with its container and path. */
export const nodesBelow = (
  folder: SQL,
): SQL => sql`${nodes.containerId} = (select container_id from ${folder})
  and ${nodes.path} > (select path || '/' from ${folder}) and ${nodes.path} < (select path || '0' from ${folder})
  and ${live(nodes)}`

const AREA = sql.raw('area')

/** `area`, at most one row: the deletion, with where its folder is, or comes back. */
const area = (name: string, a: Pick<A, 'deletionId'>, condition: SQL, id?: SQL): SQL =>
  fragment(
    `${name}.area`,
    sql`with area as materialized (
  select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id,
    busy.path as path, busy.new_path as new_path
  from ${deletions} as busy where busy.id = ${id ?? a.deletionId} and ${condition})`,
  )

type Marked = typeof assets | typeof episodes | typeof nodes

const firstBelow = (a: A, column: SQLiteColumn): SQL => sql`select ${column} from ${nodes}
  where ${nodesBelow(AREA)} order by ${nodes.path}, ${nodes.kind} limit ${a.rows}`

/**
 * The commands that mark the first nodes below a folder, with the assets and episodes that they are of. An episode is
 * one row, whatever is inside of it.
 */
export function marking(declare: typeof following, name: string, condition: SQL) {
  const mark = (table: Marked, column: SQLiteColumn) =>
    declare<Slice>(
      `${name}.${getTableName(table)}`,
      (a) =>
        sql`${area(name, a, condition)} update ${table} set ${assign(table, {
          deletedAt: sql`(select deleted_at from area)`,
          deletionId: sql`(select id from area)`,
        })} where ${table.id} in (${firstBelow(a, column)}) and ${live(table)}`,
    )
  // The nodes last, as the others are found by them.
  const acts = [mark(assets, nodes.itemId), mark(episodes, nodes.itemId), mark(nodes, nodes.id)]
  return (values: Slice): readonly Plan<void>[] => acts.map((each) => act(each, values))
}

/** Holds for what is inside of a folder that comes back elsewhere: its paths follow. */
const isMoved = (container: SQLWrapper): SQL =>
  sql`(select new_path is not null and container_id = ${container} from area)`

/** A path in the former folder, by the present one. */
const movedPath = (path: SQLWrapper, as = (each: SQL): SQL => each): SQL =>
  sql`(select ${as(sql`area.new_path`)} || substr(${path}, length(${as(sql`area.path`)}) + 1) from area)`

const moved = (container: SQLWrapper, column: SQLWrapper, as?: (each: SQL) => SQL): SQL =>
  sql`iif(${isMoved(container)}, ${movedPath(column, as)}, ${column})`

/**
 * The commands that bring back the first nodes of a deletion with the assets and episodes that they are of, beside the
 * thing itself; and when all nodes are back, assets that never had one. What comes back under another path was changed
 * by the request that restores, and by none that was sent before.
 */
export function unmarking(
  declare: typeof following,
  name: string,
  condition: SQL,
  idOf: (a: Pick<A, 'deletionId'>) => SQL = (a) => a.deletionId,
) {
  const restoration = (column: SQLiteColumn): SQL => sql`(select ${column} from ${restorations}
    where ${restorations.id} = (select id from area))`
  const remembered = (table: typeof assets | typeof episodes, container: SQLWrapper) => ({
    updatedAt: sql`iif(${isMoved(container)}, ${restoration(restorations.restoredAt)}, ${table.updatedAt})`,
    updatedRequest: sql`iif(${isMoved(container)}, ${restoration(restorations.request)}, ${table.updatedRequest})`,
    renamedRequest: sql`iif(${isMoved(container)}, null, ${table.renamedRequest})`,
  })
  const ofDeletion = (table: Marked): SQL => sql`${table.deletionId} = (select id from area)`
  const first = (a: A, column: SQLiteColumn): SQL =>
    sql`select ${column} from ${nodes} where ${ofDeletion(nodes)} limit ${a.rows}`
  const unmark = (table: Marked, part: string, found: (a: A) => SQL, follow: Readonly<Record<string, SQL>>) =>
    declare<Slice>(
      `${name}.${part}`,
      (a) =>
        sql`${area(name, a, condition, idOf(a))} update ${table} set ${fragment(
          `unmarked.${getTableName(table)}`,
          assign(table, { ...outOfTrash, ...follow, version: sql`${table.version} + 1` }),
        )} where ${table.id} in (${found(a)}) and +${ofDeletion(table)}`,
    )
  const ofAsset = {
    name: moved(assets.containerId, assets.name, unescaped),
    ...remembered(assets, assets.containerId),
  }
  const ofEpisode = {
    nodePath: moved(episodes.projectId, episodes.nodePath),
    ...remembered(episodes, episodes.projectId),
  }
  const withoutNode = (a: A): SQL => sql`select ${assets.id} from ${assets}
    where ${assets.deletionId} = (select id from area where ${none(sql`${nodes} where ${ofDeletion(nodes)}`)})
    limit ${a.rows}`
  const acts = [
    unmark(assets, 'assets', (a) => first(a, nodes.itemId), ofAsset),
    unmark(episodes, 'episodes', (a) => first(a, nodes.itemId), ofEpisode),
    // The nodes after what they are of, which is found by them.
    unmark(nodes, 'nodes', (a) => first(a, nodes.id), { path: moved(nodes.containerId, nodes.path) }),
    unmark(assets, 'assetsWithoutNode', withoutNode, ofAsset),
  ]
  return (values: Slice): readonly Plan<void>[] => acts.map((each) => act(each, values))
}

const [IS_MARKING, IS_RESTORING] = [sql`busy.phase = 'marking'`, sql`busy.phase = 'restoring'`]

const endMarking = scheduled<Slice>(
  'deletions.endMarking',
  (a) => sql`${area('deletions.markSlice', a, IS_MARKING)} update ${deletions} set phase = null
    where ${deletions.id} = (select id from area)
      and ${none(sql`${nodes} where ${nodesBelow(AREA)}`)}`,
)

const endRestoring = scheduled<Slice>(
  'deletions.endRestoring',
  (
    a,
  ) => sql`${area('deletions.unmarkSlice', a, IS_RESTORING)} delete from ${deletions} where ${deletions.id} = (select id from area)
    and ${sql.join(
      [assets, episodes, nodes].map((table) =>
        none(sql`${table} where ${table.deletionId} = (select id from area)`),
      ),
      sql.raw(' and '),
    )}`,
)

const isLeft = query<Pick<Slice, 'deletionId'>>(
  'deletions.isUnderWay',
  (a) =>
    sql`select ${deletions.phase} is not null as is_left from ${deletions} where ${deletions.id} = ${a.deletionId}`,
)

/** Of what is marked in a request the paths are few enough to be looked at later. */
const noteLongest = scheduled<Slice>('deletions.noteLongest', (a) => {
  const length = sql`max(${bytesOf(unescaped(sql`${nodes.path}`))})`
  const below = sql`select ${length} from ${nodes} where ${nodes.id} in (${firstBelow(a, nodes.id)}) and ${nodes.kind} <> 'episode'`
  return sql`${area('deletions.markSlice', a, IS_MARKING)} update ${deletions} set ${assign(deletions, {
    longestPath: sql`max(ifnull(${deletions.longestPath}, ${bytesOf(unescaped(sql`${deletions.path}`))}), ifnull((${below}), 0))`,
  })} where ${deletions.id} = (select id from area)`
})

const mark = marking(scheduled, 'deletions.markSlice', IS_MARKING)
const unmark = unmarking(scheduled, 'deletions.unmarkSlice', IS_RESTORING)

type Phase = NonNullable<(typeof deletions.$inferSelect)['phase']>

/** Marks, or brings back, a slice of a deletion that is under way; tells whether there is more. */
export const goOn = (phase: Phase, values: Slice): Plan<boolean> =>
  after(
    phase === 'marking'
      ? [act(noteLongest, values), ...mark(values), act(endMarking, values)]
      : [...unmark(values), act(endRestoring, values)],
    statement(isLeft, values, ([row]) => row?.is_left === 1),
  )

const first = query<{ readonly namespaceId: string }>(
  'deletions.firstUnderWay',
  (a) => sql`select ${deletions.id} as id, ${deletions.phase} as phase from ${deletions}
    where ${deletions.phase} is not null and ${deletions.namespaceId} = ${a.namespaceId}
    order by ${deletions.projectId}, ${deletions.id} limit 1`,
)

/** A deletion that is under way. */
interface UnderWay {
  readonly deletionId: string
  readonly phase: Phase
}

/** The first one of a namespace; null where there is none. */
export const firstUnderWay = (namespaceId: string): Plan<UnderWay | null> =>
  statement(first, { namespaceId }, ([row]) =>
    row ? { deletionId: row.id as string, phase: row.phase as Phase } : null,
  )

/** The namespaces that have deletions under way. */
export const withDeletionsUnderWay = turnsOf('underWay', () => [
  { table: deletions, condition: sql`${deletions.phase} is not null` },
])
