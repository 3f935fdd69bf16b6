import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { facetCounts, facets } from '../../../drizzle/facets.ts'
import { episodes } from '../../../drizzle/schema.ts'
import type { Arguments } from '../../db/sql.ts'
import { live } from '../../db/standing.ts'
import { positionOf } from '../../db/walks.ts'
import type { Drives, Range } from '../../domain/query-drives.ts'
import type { Place, Walk } from './episode-order.sql.ts'
import type { Way } from './episode-walk.sql.ts'
import { type Found, heldBy } from './holding.sql.ts'

/** How what a query is certain of leads to episodes, by the table `facets` or by an index of theirs. */

/** What stands in the row of that walk, once the schedule has been over all that was there before there were facets. */
export const FILLED = 'facets.filled'
export const IS_FILLED = 'g'

const num = (value: number): SQL => sql.raw(String(value))

/** What drives a page. */
export interface Driving {
  readonly equalities: readonly (readonly Spelt[])[]
  readonly ranges: readonly { readonly key: string | null; readonly from: End; readonly to: End }[]
}

/** A facet. */
type Spelt = readonly [key: string, type: string, text: string]
type End = readonly [type: string, text: string] | string | number | null
type A = Arguments<Driving & Walk>

export const drivingBy = (equalities: Drives['equalities'], ranges: readonly Range[]): Driving => ({
  equalities: equalities.map((each) => each.map(({ key, value }) => [key, ...value] as const)),
  ranges: ranges.map((range) => ({
    key: range.by === 'facet' ? range.key : null,
    from: range.from,
    to: range.to,
  })),
})

/** How many slots the facets take that are asked for together. */
export const slotsOf = ({ equalities }: Driving): number =>
  Math.max(0, ...equalities.map((each) => each.length))

/** A value as its type says; it has no affinity, as the column has none. */
const typed = (type: SQL, text: SQL): SQL =>
  sql`case ${type} when 'number' then cast(${text} as numeric) when 'byte' then unhex(${text}) else ${text} end`

/** Whether what was there before there were facets has its own by now. */
export const isFilled = sql`(${positionOf(FILLED)} = ${sql.raw(`'${IS_FILLED}'`)})`

/** The ids of projects (`ids`) as the facets have them; no row where those are not complete yet. */
const placeOf = (ids: SQL): SQL =>
  sql`place as materialized (select unhex(project_id) as id from (${ids}) where ${isFilled})`

const place = placeOf(sql`select project_id from permit`)

const PLACE = sql`(select id from place)`
const HAS_PLACE = sql`exists (select 1 from place)`

/** Whether an equality is weighed, and the table before that tells it. */
const EACH = { before: sql``, isWeighed: sql`` }

/**
 * `wanted`: what an episode may have, by equality; `rarest`, one row: the one that fewest have, and how many; `chosen`: its
 * facets, each in a slot, and beside it how many.
 */
const rarest = (a: A, { before, isWeighed } = EACH): SQL => sql`wanted as materialized (
    select drive.key as drive, json_array_length(drive.value) as slots, slot.key as slot, slot.value ->> 0 as key,
      ${typed(sql`slot.value ->> 1`, sql`slot.value ->> 2`)} as value
    from ${a.equalities.each} as drive cross join json_each(drive.value) as slot),
  rarest as materialized (select drive, total from (
    select drive, sum(ifnull(${facetCounts.n}, 0)) as total
    from ${before} wanted ${isWeighed} cross join place left join ${facetCounts} on ${facetCounts.projectId} = place.id
      and ${facetCounts.key} = wanted.key and ${facetCounts.value} = wanted.value
    group by drive) order by total, drive limit 1),
  chosen as materialized (select slot, key, value, total from rarest cross join wanted on wanted.drive = rarest.drive)`

/** A facet, in a project. */
interface InProject {
  readonly project: SQL
  readonly key: SQL
  readonly value: SQL
}

/** What has a facet, behind an id in the order of ids. */
function having(a: A, { project, key, value }: InProject, extreme: 'max' | 'min', id: SQLWrapper): SQL {
  const isMax = extreme === 'max'
  const bytes = (of: SQLWrapper): SQL => sql`ifnull(unhex(${of}), x'ff')`
  return sql`from ${facets} where ${facets.projectId} = ${project} and ${facets.key} = ${key}
    and ${facets.value} = ${value} and ${facets.episodeId} ${sql.raw(isMax ? '<' : '>')} ${bytes(id)}
    and ${facets.episodeId} ${sql.raw(isMax ? '>=' : '<')} ${bytes(a.until)}`
}

/** Selects the first ids that do. */
const firstHaving = (a: A, source: InProject, extreme: 'max' | 'min', id: SQLWrapper, most: SQL): SQL =>
  sql`select ${idOf(facets.episodeId)} as id ${having(a, source, extreme, id)}
    order by ${facets.episodeId} ${sql.raw(extreme === 'max' ? 'desc' : 'asc')} limit ${most}`

/** The facet in a slot of the rarest, in the project. */
function inSlot(slot: number): InProject {
  const own = (what: string): SQL => sql`(select ${sql.raw(what)} from chosen where slot = ${num(slot)})`
  return { project: PLACE, key: own('key'), value: own('value') }
}

const slotsUpTo = (slots: number): readonly number[] => Array.from({ length: slots }, (_, slot) => slot)

/** Selects the first ids behind a place that have one of the facets. */
function idsIn(a: A, slots: number, extreme: 'max' | 'min', at: Place, most: SQL): SQL {
  if (slots === 1) return firstHaving(a, inSlot(0), extreme, at.id, most)
  const nothing = extreme === 'max' ? sql`x''` : sql`x'ff'`
  const each = slotsUpTo(slots).map(
    (slot) => sql`ifnull((select ${sql.raw(extreme)}(${facets.episodeId})
      ${having(a, inSlot(slot), extreme, at.id)}), ${nothing})`,
  )
  return sql`select ${idOf(sql`first`)} as id
    from (select ${sql.raw(extreme)}(${sql.join(each, sql`, `)}) as first limit ${most}) where first <> ${nothing}`
}

const idOf = (bytes: SQLWrapper): SQL => sql`lower(hex(${bytes}))`
/** `hex` makes a text of null. */
const idIfAny = sql`nullif(${idOf(facets.episodeId)}, '')`

const BEFORE = sql.raw('before')
const IS_LEFT = sql`${BEFORE}.ids is null`

/**
 * The ids of what is in a range, where it is still looked for. Whether it is stands in the key of an index: what a left join
 * asks of the table before it, it would ask for each row.
 */
function inRange(a: A, range: Range, index: number): Found {
  const part = (path: string): SQL => sql`(${a.ranges} ->> ${sql.raw(`'$[${index}].${path}'`)})`
  if (range.by === 'facet') {
    const end = (which: string): SQL => sql`(select ${typed(part(`${which}[0]`), part(`${which}[1]`))})`
    const [arms, either] =
      range.key === 'word'
        ? [sql``, (_: SQL, usual: SQL) => usual]
        : [
            sql`cross join (select 0 as more union all select 1) as arm`,
            (more: SQL, usual: SQL) => sql`iif(arm.more, ${more}, ${usual})`,
          ]
    return {
      from: sql`left join place on ${IS_LEFT} ${arms} left join ${facets} on ${facets.projectId} = place.id
        and ${facets.key} = ${either(sql`'~more'`, part('key'))}
        and ${facets.value} >= ${either(sql`''`, end('from'))} and ${facets.value} <= ${either(sql`''`, end('to'))}`,
      id: idIfAny,
      isMore: sql`place.id is null`,
      blanks: range.key === 'word' ? 1 : 2,
    }
  }
  if (range.by === 'collection' || range.by === 'dataset')
    return heldBy(range.by, part('from'), sql`permit.project_id`, IS_LEFT)
  const column = rangeColumns[range.by]
  // The index of names has what is in the trash too, which counts as well.
  const within = range.by === 'name' ? sql`true` : live(episodes)
  return {
    from: sql`cross join permit left join ${episodes} on ${episodes.projectId} = iif(${IS_LEFT}, permit.project_id, null)
      and ${within} and ${column} >= ifnull(${part('from')}, ${LEAST[range.by]})
      and ${column} < ifnull(${part('to')}, x'')`,
    id: sql`${episodes.id}`,
    isMore: sql`false`,
    blanks: 1,
  }
}

const rangeColumns = {
  name: episodes.name,
  id: episodes.id,
  started: episodes.startedAt,
  updated: episodes.updatedAt,
} as const

const LEAST = { name: sql`''`, id: sql`''`, started: sql`-9e999`, updated: sql`-9e999` } as const

/** Of so many the index of a list's order need not be looked at. */
const FEW_OF_A_FACET = 1_000

/** More than so many are not gathered to put them in order. */
const MOST_GATHERED = 1_500

/** What a page is driven by. */
export interface Driven {
  readonly ranges: readonly Range[]
  readonly slots: number
  /** Which id of facets is next, where the list is in the order of the ids. */
  readonly extreme: 'max' | 'min' | null
}

/** Tables before those of a page, and how the next id is found; null for both where nothing drives. */
interface Drive {
  readonly tables: readonly SQL[]
  /**
   * The table of one row that tells what is gathered: as `ids`, a list of ids of which there are few enough to put them in
   * order; `ELSEWHERE` where they are to be found in another way, and null where nothing is rare.
   */
  readonly gathered: SQL | null
  /** The next ids by facets, and whether they are to be found by them; null where they cannot be. */
  readonly way: Way | null
}

/** No list, as JSON. */
export const ELSEWHERE = sql.raw(`'0'`)

/**
 * In the order of ids the rarest facet drives by itself, and a range is gathered where no facet is rare. In another order what
 * is rare is gathered, by its facet or by a range. Of several ranges the first that is small enough is. Each is a table of one
 * row that reads the one before it, once: SQLite prepares a table anew wherever it is named.
 */
export function drive(a: A, { ranges, slots, extreme }: Driven): Drive {
  const hasFacets = slots > 0
  const isOrdered = extreme !== null
  const isGathered = ranges.length > 0 || (hasFacets && !isOrdered)
  const rare = isOrdered ? elsewhereIfRare : idsIfRare(slots)
  const stages = [
    hasFacets ? rare : sql`select null as ids`,
    ...ranges.map((range, index) => goneOn(inRange(a, range, index), index)),
  ]
  return {
    tables: [
      ...(hasFacets || ranges.some(({ by }) => by === 'facet') ? [place] : []),
      ...(hasFacets ? [rarest(a)] : []),
      ...(isGathered
        ? stages.map((stage, index) => sql`${gatheredBy(index)} as materialized (${stage})`)
        : []),
    ],
    gathered: isGathered ? gatheredBy(ranges.length) : null,
    way:
      hasFacets && isOrdered
        ? { if: HAS_PLACE, ids: (at, most) => idsIn(a, slots, extreme, at, most), isBroad: slots === 1 }
        : null,
  }
}

const gatheredBy = (index: number): SQL => sql.raw(`gathered${index}`)

const elsewhereIfRare = sql`select iif(ifnull(min(total), 9e9) <= ${num(FEW_OF_A_FACET)}, ${ELSEWHERE}, null) as ids from rarest`

/** The list of what was found, of so many rows; null where there may be more. Of the rows some may stand for nothing. */
const listed = (isMore: SQL, blanks: number): SQL => sql`iif(
  count(*) - min(count(*) - count(id), ${num(blanks)}) <= ${num(MOST_GATHERED)} and not ${isMore},
  json_group_array(distinct id) filter (where id is not null), null)`
const rowsWith = (blanks: number): SQL => sql`limit ${num(MOST_GATHERED + 1 + blanks)}`

/** What is counted is live; what is in the trash has its facets too. */
const idsIfRare = (slots: number): SQL => sql`
  select ${listed(sql`ifnull(max(total), 9e9) > ${num(MOST_GATHERED)}`, slots)} as ids from (
    select chosen.total as total, ${idIfAny} as id from chosen cross join place left join ${facets}
      on ${facets.projectId} = iif(chosen.total <= ${num(MOST_GATHERED)}, place.id, null)
      and ${facets.key} = chosen.key and ${facets.value} = chosen.value
    ${rowsWith(slots)})`

/** A range, as far as it is looked at, where what is gathered before it is nothing. */
const goneOn = ({ from, id, isMore, blanks }: Found, index: number): SQL => sql`
  select ifnull(max(ids), ${listed(sql`ifnull(max(is_more), false)`, blanks)}) as ids from (
    select ${BEFORE}.ids as ids, ${id} as id, ${isMore} as is_more
    from ${gatheredBy(index)} as ${BEFORE} ${from} ${rowsWith(blanks)})`

/**
 * How the rarest facet leads to the episodes of several projects, `ids`: by `chosen`, each slot in each project by itself;
 * nothing is there where nothing is rare. So many equalities are weighed as leave room for `most` looks.
 */
export function driveOfMany(a: A, ids: SQL, extreme: 'max' | 'min', most: number) {
  const room = sql`(select ${num(most)} / max(1, count(*)) as looks from place) cross join`
  const isWeighed = sql`on (wanted.drive + 1) * wanted.slots <= looks`
  return {
    tables: [placeOf(ids), rarest(a, { before: room, isWeighed })],
    /** Selects the id of the next one of a source, the project and what a row has as `key` and `value`, behind an id. */
    next: ({ project, table }: { readonly project: SQL; readonly table: string }, id: SQLWrapper): SQL => {
      const own = (name: string): SQL => sql.raw(`${table}.${name}`)
      const of = { project: sql`unhex(${project})`, key: own('key'), value: own('value') }
      return firstHaving(a, of, extreme, id, sql`1`)
    },
  }
}
