import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { assets, episodes } from '../../../drizzle/schema.ts'
import { END } from '../../db/page.ts'
import type { Arguments } from '../../db/sql.ts'
import { live, type ProjectRef } from '../../db/standing.ts'
import { type AssetKind, assetKinds } from '../../domain/kind.ts'

/**
 * The orders in which assets of all kinds are looked at. An index has each kind by itself, so an order has a head for
 * each: the key of the next asset of that kind. The first of the heads is looked at, and its head goes on by one seek.
 */
export interface Order {
  readonly tables?: SQL
  /** What the walk begins with, the permit and what it needs beside it; one row, which no step names again. */
  readonly from: SQL
  /** The project or the episode whose index the heads go by, told by that row; null where they need none. */
  readonly inside: SQL
  readonly heads: readonly Head[]
  /** Of some heads, the first. */
  readonly firstOf: 'max' | 'min'
  /** The id of the asset that has a key; of no asset, where a head has come to its end. */
  readonly idOf: (key: SQL) => SQL
}

interface Head {
  readonly first: SQL
  readonly after: (key: SQL) => SQL
}

/** `inside`, as the steps of the walk tell it. */
const INSIDE = sql.raw('walk.inside')
const PERMIT = sql.raw('permit')

/** Where an order begins, and what of it is looked at. */
export interface Extent extends ProjectRef {
  readonly kinds: readonly AssetKind[]
  /** Of ids: up to before the one, from the other on. */
  readonly before: string
  readonly oldest: string
  /** The name of the episode around; null where the order is not by it. */
  readonly episode: string | null
  /** What an asset is called, or names from `from` on and before `to`. */
  readonly path: string | null
  readonly from: string | null
  readonly to: string | null
  readonly ids: readonly string[]
  /** In the order of paths: what is behind that path, and of the path itself, behind that kind; and behind that id. */
  readonly afterPath: string
  readonly afterKind: number
  readonly afterId: string
}

type A = Arguments<Extent>

/** Of a range of names with no more than that, the index of names tells all; of a larger one the newest do. */
const MOST_IN_RANGE = sql.raw('1000')

const spelled = (kind: AssetKind): SQL => sql.raw(`'${kind}'`)

const isAsked = (a: A, kind: AssetKind): SQL => sql`${spelled(kind)} in (select value from ${a.kinds.each})`

/** Selects what is newest before an id; the empty text where nothing is. */
const newestBefore = (a: A, id: SQL, rows: SQL): SQL => sql`ifnull((select max(${assets.id}) from ${rows}
  and ${live(assets)} and ${assets.id} < ${id} and ${assets.id} >= ${a.oldest}), '')`

/** By an index which begins with what it is `inside` of, and ends in the id behind what `also` asks for. */
interface Newest {
  readonly index: string
  readonly column: SQLWrapper
  readonly inside: SQL
  readonly also?: SQL
}

/** Newest first. What is not to be looked at is inside of nothing: that stands in the key of the index. */
const newestOf = (a: A, { index, column, inside, also }: Newest): readonly Head[] =>
  assetKinds.map((kind) => {
    const rows = (of: SQL) => sql`${assets} indexed by ${sql.raw(index)}
      where ${column} = ${of} ${also ?? sql``} and ${assets.kind} = ${spelled(kind)}`
    return {
      first: newestBefore(a, a.before, rows(sql`iif(${isAsked(a, kind)}, ${inside}, null)`)),
      after: (key) => newestBefore(a, key, rows(INSIDE)),
    }
  })

const byId = { firstOf: 'max', idOf: (key: SQL) => key } as const

const inProject = { column: assets.projectId, inside: sql`permit.project_id` } as const

const newest = (a: A): Order => ({
  ...byId,
  from: PERMIT,
  inside: inProject.inside,
  heads: newestOf(a, { index: 'assets_newest', ...inProject }),
})

const ofEpisode = (a: A): Order => ({
  ...byId,
  tables: sql`, held as materialized (select ${episodes.id} as id from permit cross join ${episodes}
    where ${episodes.projectId} = permit.project_id and ${episodes.name} = ${a.episode} and ${live(episodes)})`,
  from: sql`permit left join held`,
  inside: sql`held.id`,
  heads: newestOf(a, { index: 'assets_of_container', column: assets.containerId, inside: sql`held.id` }),
})

const named = (a: A): Order => ({
  ...byId,
  from: PERMIT,
  inside: inProject.inside,
  heads: newestOf(a, { index: 'assets_by_name', ...inProject, also: sql`and ${assets.name} = ${a.path}` }),
})

/** The newest of the ids of `some`, each with the one that comes next. */
const chained = (a: A, some: SQL) => ({
  table: sql`chain as materialized (select id, lead(id) over (order by id desc) as next from (${some}) as some
    where id < ${a.before} and id >= ${a.oldest})`,
  head: {
    first: sql`ifnull((select max(id) from chain), '')`,
    after: (key: SQL) => sql`ifnull((select next from chain where chain.id = ${key}), '')`,
  },
})

const ofIds = (a: A): Order => {
  const { table, head } = chained(
    a,
    sql`select ${assets.id} as id from ${assets}
      where ${assets.id} in (select value from ${a.ids.each})
        and ${assets.projectId} = (select project_id from permit) and ${live(assets)}`,
  )
  return { ...byId, tables: sql`, ${table}`, from: PERMIT, inside: sql`null`, heads: [head] }
}

/** By the index of names where the range is small, the newest where it is not. */
const ranged = (a: A): Order => {
  const { table, head } = chained(a, sql`select id from counted cross join range where is_few`)
  const inside = sql`iif(counted.is_few, null, permit.project_id)`
  return {
    ...byId,
    tables: sql`, range as materialized (select ${assets.id} as id
        from permit cross join ${a.kinds.each} as asked cross join ${assets} indexed by assets_by_name
        where ${assets.projectId} = permit.project_id and ${assets.kind} = asked.value and ${live(assets)}
          and ${assets.name} >= ${a.from} and ${assets.name} < ifnull(${a.to}, x'')
        limit ${MOST_IN_RANGE} + 1),
      counted as materialized (select count(*) <= ${MOST_IN_RANGE} as is_few from range), ${table}`,
    from: sql`permit cross join counted`,
    inside,
    heads: [head, ...newestOf(a, { index: 'assets_newest', column: assets.projectId, inside })],
  }
}

/** An id has so many digits; before it stands that of the kind, and what ends a name, in which it cannot be. */
const ID_DIGITS = 24
const KIND_AND_ID = sql.raw(String(ID_DIGITS + 1))
const NAME_END = sql`char(1)`

/** Of an episode, by path: a name begins with a slash, which the key of what has none sorts behind, and `1` behind all. */
const byPath = (a: A): Order => {
  const inside = sql`target.id`
  const from = (kind: AssetKind, at: number, name: SQL, of: SQL) => sql`ifnull((
    select ${assets.name} || ${NAME_END} || ${sql.raw(`'${at}'`)} || ${assets.id}
    from ${assets} indexed by assets_identity where ${assets.containerId} = ${of} and ${assets.kind} = ${spelled(kind)}
      and ${live(assets)} and ${assets.name} is not null and ${assets.name} >= ${name}
    order by ${assets.name} limit 1), '1')`
  const nameless = (id: SQL, of: SQL) => sql`ifnull((select '0' || min(${assets.id})
    from ${assets} indexed by assets_loose where ${assets.containerId} = ${of} and ${assets.name} is null
      and ${live(assets)} and ${assets.id} > ${id}), '1')`
  return {
    from: sql`permit cross join target`,
    inside,
    firstOf: 'min',
    idOf: (key) => sql`substr(${key}, -${sql.raw(String(ID_DIGITS))})`,
    heads: [
      ...assetKinds.map((kind, at) => ({
        first: from(
          kind,
          at,
          sql`(${a.afterPath} || iif(${a.afterKind} < ${sql.raw(String(at))}, '', ${NAME_END}))`,
          sql`iif(${isAsked(a, kind)}, ${inside}, null)`,
        ),
        // What is left of the key is the name and its end: no name but longer ones sorts behind it at once.
        after: (key: SQL) => from(kind, at, sql`substr(${key}, 1, length(${key}) - ${KIND_AND_ID})`, INSIDE),
      })),
      {
        first: nameless(sql`${a.afterId}`, inside),
        after: (key) => nameless(sql`substr(${key}, 2)`, INSIDE),
      },
    ],
  }
}

export const orders = { newest, ofEpisode, named, ofIds, ranged, byPath } as const

export type OrderName = keyof typeof orders

type After = Pick<Extent, 'before' | 'afterPath' | 'afterKind' | 'afterId'>

/** What no key sorts before. */
const LAST_KEY = '1'

export const FROM_THE_BEGINNING: After = { before: END, afterPath: '', afterKind: -1, afterId: '' }

/** Where an order goes on behind the asset of a key. */
export function behind(order: OrderName, key: string): After {
  if (order !== 'byPath') return { ...FROM_THE_BEGINNING, before: key }
  const id = key.slice(-ID_DIGITS)
  if (!key.startsWith('/')) return { ...FROM_THE_BEGINNING, afterPath: LAST_KEY, afterId: id }
  const name = key.slice(0, -ID_DIGITS - 2)
  return { ...FROM_THE_BEGINNING, afterPath: name, afterKind: Number(key.at(-ID_DIGITS - 1)) }
}
