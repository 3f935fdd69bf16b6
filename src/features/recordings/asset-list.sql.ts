import { type Column, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { assets, episodes } from '../../../drizzle/schema.ts'
import { ADMITTED, assertPermitted, ifGranted, refusal, VERDICT } from '../../db/guard.ts'
import { type Plan, type Row, statement } from '../../db/plan.ts'
import { type Arguments, bytesOf, type Compiled, fragment } from '../../db/sql.ts'
import { isInTrashedEpisode, live, type ProjectRef, projectGuard } from '../../db/standing.ts'
import { consulting, guard } from '../../db/statements.ts'
import type { AssetKind } from '../../domain/kind.ts'
import { type AssetShape, assetJson } from './asset-resource.sql.ts'

/** Which assets of a kind are asked for, newest first, and how much of them at once. */
interface AssetWindow {
  readonly episodeId: string | null
  /** A name. */
  readonly episode: string | null
  /** Names from `from` on and, where it is not null, before `to`; both null for all. */
  readonly from: string | null
  readonly to: string | null
  /** What every name contains; null for anything. */
  readonly first: string | null
  readonly second: string | null
  readonly third: string | null
  /** How many rows a filtered page may look at in the order of the list. */
  readonly examined: number
  /** The id that the page before ended with; `END` for the newest. */
  readonly before: string
  /** Rows wanted. */
  readonly limit: number
  /** What the rows may weigh together, in bytes; the last one may exceed it. */
  readonly heaviest: number
}

/** Part of a list: assets as JSON with their names, and the id to go on before, null at the end. */
export interface AssetPage {
  readonly items: readonly { readonly id: string; readonly name: string | null; readonly body: string }[]
  readonly next: string | null
  /** Rows that the answer held, where it was cut because it grew too heavy; else null. */
  readonly cutAt: number | null
}

/** What a row weighs by itself, in bytes: its ids, times and the names of its fields. */
const ROW_BYTES = 500

/**
 * Rows that a filtered page looks at in the order of the list, and steps over to know where it stopped. A range of
 * names with no more matches than that is read by the index of names instead.
 */
export const MOST_EXAMINED = 1_900

type Asked = ProjectRef & AssetWindow & { readonly kind: AssetKind }
type A = Arguments<Asked>

const num = (value: number): SQL => sql.raw(String(value))

const listing = guard<Asked>('assets.listing', (a) =>
  projectGuard(a, 'read', {
    tables: [
      // The episode's id; no row where the one asked for is not there.
      sql`held as materialized (select ${episodes.id} as id from ${ADMITTED} cross join ${episodes}
        where ${episodes.projectId} = standing.project_id and ${live(episodes)}
          and ${episodes.id} = ifnull(${a.episodeId}, (select ${episodes.id} from ${episodes}
            where ${episodes.projectId} = standing.project_id and ${episodes.name} = ${a.episode}))
          and (${a.episode} is null or ${episodes.name} = ${a.episode}))`,
    ],
  }),
)

/** The assets that a search looks at; none of them where `condition` does not hold. */
type Extent = (a: A, condition?: SQL) => SQL

const ofProject: Extent = (a, condition = sql`true`) => sql`${assets.projectId} = (
    select project_id from permit where ${condition})
  and ${assets.kind} = ${a.kind} and ${live(assets)}`

const ofEpisode: Extent = (a, condition = sql`true`) => sql`${assets.containerId} = (
    select held.id from held cross join permit where ${condition})
  and ${assets.kind} = ${a.kind} and ${live(assets)}`

/**
 * `hidden`, one row: whether a project has trashed episodes. What is inside of those is no part of its list, and has to
 * be stepped over; where there are none, nothing is asked of a row.
 */
export const hidden = fragment(
  'assets.hidden',
  sql`hidden as materialized (select exists (select 1 from ${episodes}
  where ${episodes.projectId} = (select project_id from permit) and ${episodes.deletedAt} > 0) as is_there)`,
)

export const isShown = (container: SQLWrapper): SQL =>
  sql`(not (select is_there from hidden) or not ${isInTrashedEpisode(container)})`

const newest = (
  a: A,
  extent: Extent,
): SQL => sql`from ${assets} where ${extent(a)} and ${assets.id} < ${a.before}
  order by ${assets.id} desc`

const fits = (a: A, name: SQL): SQL => sql`(${a.from} is null or ${name} >= ${a.from})
  and (${a.to} is null or ${name} < ${a.to})
  and (${a.first} is null or instr(${name}, ${a.first}) > 0)
  and (${a.second} is null or instr(${name}, ${a.second}) > 0)
  and (${a.third} is null or instr(${name}, ${a.third}) > 0)`

/** The first rows that fit, of a bounded number of rows in the order of the list. */
const walk = (a: A, extent: Extent): SQL => sql`select id from (
    select ${assets.id} as id, ${assets.name} as name, ${assets.containerId} as container_id
      ${newest(a, extent)} limit ${a.examined})
  where ${fits(a, sql`name`)} and ${isShown(sql`container_id`)} limit ${a.limit} + 1`

/** Where the walk stopped looking; null where it saw the end of the list. */
const horizon = (a: A, extent: Extent): SQL =>
  sql`(select ${assets.id} ${newest(a, extent)} limit 1 offset ${a.examined} - 1)`

/** How a page finds its rows: what to select them from, newest first, and where the search stopped. */
interface Search {
  readonly tables?: SQL
  readonly rows: SQL
  readonly horizon: SQL
}

const allOfProject = (a: A): Search => ({
  rows: sql`(select * from (select * ${newest(a, ofProject)}
    limit iif((select is_there from hidden), ${a.examined}, ${a.limit} + 1)) as ${assets}
    where ${isShown(assets.containerId)} limit ${a.limit} + 1) as ${assets}`,
  horizon: sql`iif((select is_there from hidden), ${horizon(a, ofProject)}, null)`,
})

const allOfEpisode = (a: A): Search => ({
  rows: sql`(select * ${newest(a, ofEpisode)} limit ${a.limit} + 1) as ${assets}`,
  horizon: sql`null`,
})

/** The rows of the ids that `found` selects. */
const withIds = (found: SQL): Pick<Search, 'tables' | 'rows'> => ({
  tables: sql`found as materialized (${found}),`,
  rows: sql`found cross join ${assets} on ${assets.id} = found.id`,
})

const filtered = (a: A, extent: Extent): Search => ({
  ...withIds(walk(a, extent)),
  horizon: horizon(a, extent),
})

/** By the index of names where the range is small, by the order of the list where it is not. */
const ranged = (a: A): Search => {
  const few = sql`(select is_few from counted)`
  // The condition stands in the key of the index, so that the road not taken reads nothing.
  const otherwise: Extent = (b) => ofProject(b, sql`not ${few}`)
  const found = withIds(sql`select * from (
      select id from range where ${few} and id < ${a.before} and ${fits(a, sql`name`)}
        and ${isShown(sql`container_id`)}
      order by id desc limit ${a.limit} + 1)
    union all select * from (${walk(a, otherwise)})`)
  return {
    ...found,
    tables: sql`range as materialized (select ${assets.id} as id, ${assets.name} as name,
        ${assets.containerId} as container_id from ${assets}
        where ${ofProject(a)} and ${assets.name} >= ${a.from} and ${assets.name} < ifnull(${a.to}, x'')
        limit ${a.examined} + 1),
      counted as materialized (select count(*) <= ${a.examined} as is_few from range), ${found.tables}`,
    horizon: horizon(a, otherwise),
  }
}

const bytesIn = (text: Column): SQL => sql`ifnull(${bytesOf(text)}, 0)`

/** What a row weighs in an answer, at the most: JSON writes two bytes for some of a text. */
export const weight = fragment(
  'assets.weight',
  sql`(${num(ROW_BYTES)} + ${bytesIn(assets.metadata)} + ${bytesIn(assets.tags)}
  + 2 * (${bytesIn(assets.name)} + ${bytesIn(assets.storageId)} + ${bytesIn(assets.language)}))`,
)

/** What assets may weigh together in one answer, in bytes. */
export const HEAVIEST_PAGE = 8_388_608

/** `weighed`: of the assets of `rows` what is shown, what each weighs, and what those up to it weigh together. */
export const weighed = (shown: SQL, rows: SQL): SQL => sql`weighed as (select ${shown}, ${weight} as own,
  sum(${weight}) over (rows unbounded preceding) as total from ${rows})`

/** Holds for a row of `weighed` that is not too much; the first always fits, and the last may exceed it. */
export const isLightEnough = (heaviest: SQL): SQL => sql`total - own < ${heaviest}`

const page = (a: A, shape: AssetShape, search: Search): SQL =>
  sql`, ${hidden}, ${search.tables ?? sql``}
    ${weighed(sql`${assets.id} as id, ${assets.name} as name, ${assetJson(shape)} as body`, search.rows)}
    select ${refusal}, ${ifGranted(search.horizon)} as horizon, null as id, null as name, null as body,
      null as is_last from ${VERDICT}
    union all
    select null, null, id, name, body, total >= ${a.heaviest} from weighed
      where ${isLightEnough(a.heaviest)}`

function readPage([first, ...rows]: readonly Row[], limit: number): AssetPage {
  const { horizon: seen } = assertPermitted(first)
  const items = rows.slice(0, limit).map((row) => ({
    id: row.id as string,
    name: row.name as string | null,
    body: row.body as string,
  }))
  // There was a row more than asked for, or the answer grew too heavy for the next one.
  const isHeavy = rows.at(-1)?.is_last === 1
  const isCut = rows.length > limit || isHeavy
  const next = isCut ? (items.at(-1)?.id ?? null) : (seen as string | null)
  return { items, next, cutAt: isHeavy ? items.length : null }
}

/** The roads of a page. Each is a statement of its own: what a road does not need, it does not read. */
const roads = {
  all: allOfProject,
  filtered: (a: A) => filtered(a, ofProject),
  ranged,
  ofEpisode: allOfEpisode,
  ofEpisodeFiltered: (a: A) => filtered(a, ofEpisode),
} as const

type Road = keyof typeof roads

function roadOf({ episodeId, episode, from, first }: AssetWindow): Road {
  const isInEpisode = episodeId !== null || episode !== null
  if (from === null && first === null) return isInEpisode ? 'ofEpisode' : 'all'
  if (isInEpisode) return 'ofEpisodeFiltered'
  return from === null ? 'filtered' : 'ranged'
}

/** Lists the assets of a kind. A filtered page may be short, even empty, and still have a `next`. */
export function assetListing(shape: AssetShape): (asked: Asked) => Plan<AssetPage> {
  const by = (road: Road) =>
    consulting(listing, `assets.listed.${shape.kind}.${road}`, (a) => page(a, shape, roads[road](a)))
  const listed: Readonly<Record<Road, Compiled<Asked>>> = {
    all: by('all'),
    filtered: by('filtered'),
    ranged: by('ranged'),
    ofEpisode: by('ofEpisode'),
    ofEpisodeFiltered: by('ofEpisodeFiltered'),
  }
  return (asked) => statement(listed[roadOf(asked)], asked, (rows) => readPage(rows, asked.limit))
}
