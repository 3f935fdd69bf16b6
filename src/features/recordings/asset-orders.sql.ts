import { type SQL, sql } from 'drizzle-orm'
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

/** The project, where `condition` holds and the kind is asked for: it stands in the key of an index. */
const project = (condition = sql`true`): SQL => sql`${assets.projectId} = (select project_id from permit
  where ${condition})`

const isAsked = (a: A, kind: AssetKind): SQL => sql`${spelled(kind)} in (select value from ${a.kinds.each})`

/** Selects what is newest before an id; the empty text where nothing is. */
const newestBefore = (a: A, id: SQL, rows: SQL): SQL => sql`ifnull((select max(${assets.id}) from ${rows}
  and ${live(assets)} and ${assets.id} < ${id} and ${assets.id} >= ${a.oldest}), '')`

/** Newest first, by an index that ends in the id behind what `within` asks for; it takes a condition. */
const newestOf = (a: A, index: string, within: (condition: SQL) => SQL): readonly Head[] =>
  assetKinds.map((kind) => {
    const rows = (condition: SQL) => sql`${assets} indexed by ${sql.raw(index)}
      where ${within(condition)} and ${assets.kind} = ${spelled(kind)}`
    return {
      first: newestBefore(a, a.before, rows(isAsked(a, kind))),
      after: (key) => newestBefore(a, key, rows(sql`true`)),
    }
  })

const byId = { firstOf: 'max', idOf: (key: SQL) => key } as const

const newest = (a: A): Order => ({ ...byId, heads: newestOf(a, 'assets_newest', project) })

const ofEpisode = (a: A): Order => ({
  ...byId,
  tables: sql`, held as materialized (select ${episodes.id} as id from permit cross join ${episodes}
    where ${episodes.projectId} = permit.project_id and ${episodes.name} = ${a.episode} and ${live(episodes)})`,
  heads: newestOf(
    a,
    'assets_of_container',
    (condition) => sql`${assets.containerId} = (select id from held where ${condition})`,
  ),
})

const named = (a: A): Order => ({
  ...byId,
  heads: newestOf(
    a,
    'assets_by_name',
    (condition) => sql`${project(condition)} and ${assets.name} = ${a.path}`,
  ),
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
      where ${assets.id} in (select value from ${a.ids.each}) and ${project()} and ${live(assets)}`,
  )
  return { ...byId, tables: sql`, ${table}`, heads: [head] }
}

/** By the index of names where the range is small, the newest where it is not. */
const ranged = (a: A): Order => {
  const ofKind = (kind: AssetKind) => sql`select ${assets.id} as id from ${assets} indexed by assets_by_name
    where ${project(isAsked(a, kind))} and ${assets.kind} = ${spelled(kind)} and ${live(assets)}
      and ${assets.name} >= ${a.from} and ${assets.name} < ifnull(${a.to}, x'')`
  // D1 takes five terms a compound.
  const some = (kinds: readonly AssetKind[]) =>
    sql`select * from (${sql.join(kinds.map(ofKind), sql.raw(' union all '))})`
  const few = sql`(select is_few from counted)`
  const { table, head } = chained(a, sql`select id from range where ${few}`)
  return {
    ...byId,
    tables: sql`, range as materialized (${some(assetKinds.slice(0, 3))} union all ${some(assetKinds.slice(3))}
        limit ${MOST_IN_RANGE} + 1),
      counted as materialized (select count(*) <= ${MOST_IN_RANGE} as is_few from range), ${table}`,
    heads: [head, ...newestOf(a, 'assets_newest', (condition) => project(sql`${condition} and not ${few}`))],
  }
}

/** An id has so many digits; before it stands that of the kind, and what ends a name, in which it cannot be. */
const ID_DIGITS = 24
const KIND_AND_ID = sql.raw(String(ID_DIGITS + 1))
const NAME_END = sql`char(1)`

/** Of an episode, by path: a name begins with a slash, which the key of what has none sorts behind, and `1` behind all. */
const byPath = (a: A): Order => {
  const within = (condition: SQL) =>
    sql`${assets.containerId} = (select target.id from permit cross join target where ${condition})`
  const from = (kind: AssetKind, at: number, name: SQL, condition: SQL) => sql`ifnull((
    select ${assets.name} || ${NAME_END} || ${sql.raw(`'${at}'`)} || ${assets.id}
    from ${assets} indexed by assets_identity where ${within(condition)} and ${assets.kind} = ${spelled(kind)}
      and ${live(assets)} and ${assets.name} is not null and ${assets.name} >= ${name}
    order by ${assets.name} limit 1), '1')`
  const nameless = (id: SQL) => sql`ifnull((select '0' || min(${assets.id})
    from ${assets} indexed by assets_loose where ${within(sql`true`)} and ${assets.name} is null
      and ${live(assets)} and ${assets.id} > ${id}), '1')`
  return {
    firstOf: 'min',
    idOf: (key) => sql`substr(${key}, -${sql.raw(String(ID_DIGITS))})`,
    heads: [
      ...assetKinds.map((kind, at) => ({
        first: from(
          kind,
          at,
          sql`(${a.afterPath} || iif(${a.afterKind} < ${sql.raw(String(at))}, '', ${NAME_END}))`,
          isAsked(a, kind),
        ),
        // What is left of the key is the name and its end: no name but longer ones sorts behind it at once.
        after: (key: SQL) =>
          from(kind, at, sql`substr(${key}, 1, length(${key}) - ${KIND_AND_ID})`, sql`true`),
      })),
      { first: nameless(sql`${a.afterId}`), after: (key) => nameless(sql`substr(${key}, 2)`) },
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
