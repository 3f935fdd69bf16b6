import { type SQL, sql } from 'drizzle-orm'
import { facetCounts, facets } from '../../../drizzle/facets.ts'
import { episodes } from '../../../drizzle/schema.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { type Arguments, assign, bytesOf, query } from '../../db/sql.ts'
import { live } from '../../db/standing.ts'
import { scheduled } from '../../db/statements.ts'
import { positionOf } from '../../db/walks.ts'
import { foldedOf } from '../../domain/fold.ts'
import { isFilled } from './facets.sql.ts'

/**
 * Whether facets are what they should be, some episodes at a time: so they are made of what was there before there were
 * facets, and mended where a trigger has failed.
 */

/** Where the walk over the episodes has come to, and the one over the counts. */
export const FACETS = 'facets'
export const FACET_COUNTS = 'facets.counts'

interface Slice {
  /** Episodes, the first behind the walk's position. */
  readonly most: number
}

/** A name as it should be folded. */
interface Refolded {
  readonly id: string
  readonly name: string
  readonly foldedName: string | null
  readonly foldedWords: string | null
}

interface Examined {
  readonly isFilled: boolean
  /** The last of the slice; empty past the end. */
  readonly last: string
  /** Names that are folded in another way than they should be. */
  readonly names: readonly Refolded[]
  /** Facets that are lacking, that should not be there, or that are not counted. */
  readonly wrong: number
}

/** In `facets_of_episodes`, a view of the database, stands what they should be. */
const truth = (ids: SQL): SQL =>
  sql`select project_id, key, value, episode_id from facets_of_episodes where id in (${ids})`

const key = sql`(${facets.projectId}, ${facets.key}, ${facets.value}, ${facets.episodeId})`

/** What stands there of those episodes, and should not. */
const surplus = (ids: SQL): SQL => sql`${facets.episodeId} in (select unhex(id) from (${ids}))
  and ${key} not in (${truth(ids)})`

/** What should stand there of those episodes, and does not. */
const lacking = (ids: SQL): SQL => sql`select * from (${truth(ids)}) as right where not exists (
  select 1 from ${facets} where ${key} = (right.project_id, right.key, right.value, right.episode_id))`

const isCounted = sql`exists (select 1 from ${facetCounts} where ${facetCounts.projectId} = ${facets.projectId}
  and ${facetCounts.key} = ${facets.key} and ${facetCounts.value} = ${facets.value})`

/** The facets of live episodes for which there is no count. */
const uncounted = (
  ids: SQL,
): SQL => sql`from ${episodes} cross join ${facets} on ${facets.episodeId} = unhex(${episodes.id})
  where ${episodes.id} in (${ids}) and ${live(episodes)} and not ${isCounted}`

const inSlice = sql`select id from slice`

const examine = query<Slice>(
  'facets.examine',
  (a) => sql`with slice as materialized (select ${episodes.id} as id from ${episodes}
      where ${episodes.id} > ${positionOf(FACETS)} order by ${episodes.id} limit ${a.most}),
    wrong as materialized (select 1 from (${lacking(inSlice)})
      union all select 1 from ${facets} where ${surplus(inSlice)}
      union all select 1 ${uncounted(inSlice)})
    select (select max(id) from slice) as last, (select count(*) from wrong) as wrong,
      ${isFilled} as is_filled, null as id, null as name, null as folded, null as words
    union all
    select null, null, null, ${episodes.id}, ${episodes.name}, ${episodes.foldedName}, ${episodes.foldedWords}
      from ${episodes} where ${episodes.id} in (${inSlice})
        and (${bytesOf(episodes.name)} <> length(${episodes.name}) or ${episodes.foldedName} is not null)`,
)

export const examineFacets = (slice: Slice): Plan<Examined> =>
  statement(examine, slice, ([first, ...named]) => ({
    isFilled: first?.is_filled === 1,
    last: (first?.last as string | null | undefined) ?? '',
    wrong: Number(first?.wrong),
    names: named
      .map(({ id, name, folded, words }) => ({
        was: [folded, words],
        is: { id: id as string, name: name as string, ...foldedOf(name as string) },
      }))
      .filter(({ was: [folded, words], is }) => is.foldedName !== folded || is.foldedWords !== words)
      .map(({ is }) => is),
  }))

interface Mending extends Slice {
  readonly names: readonly Refolded[]
}

const sliceOf = (a: Arguments<Mending>): SQL => sql`select ${episodes.id} as id from ${episodes}
  where ${episodes.id} > ${positionOf(FACETS)} order by ${episodes.id} limit ${a.most}`

/** One that was renamed meanwhile has been folded then. */
const refold = scheduled<Mending>(
  'facets.refold',
  (a) => sql`update ${episodes} set ${assign(episodes, {
    foldedName: sql`right.value ->> 'foldedName'`,
    foldedWords: sql`right.value ->> 'foldedWords'`,
  })} from ${a.names.each} as right
    where ${episodes.id} = right.value ->> 'id' and ${episodes.name} = right.value ->> 'name'`,
)

const remove = scheduled<Mending>(
  'facets.remove',
  (a) => sql`delete from ${facets} where ${surplus(sliceOf(a))}`,
)

const add = scheduled<Mending>(
  'facets.add',
  (a) => sql`insert into ${facets} (project_id, key, value, episode_id)
    select * from (${truth(sliceOf(a))}) where true on conflict do nothing`,
)

/** What is counted as nothing is counted anew by the walk over the counts. */
const count = scheduled<Mending>(
  'facets.count',
  (a) => sql`insert into ${facetCounts} (project_id, key, value, n, size)
    select ${facets.projectId}, ${facets.key}, ${facets.value}, 0, 0 ${uncounted(sliceOf(a))} on conflict do nothing`,
)

/** Mends the slice that was examined, before the walk goes on. */
export const mendFacets = (values: Mending): Plan<void> =>
  after(
    [...(values.names.length > 0 ? [act(refold, values)] : []), act(remove, values), act(add, values)],
    act(count, values),
  )

interface Counts {
  /** Counts that are looked at, what they may come to together, and a single one. */
  readonly most: number
  readonly mostCounted: number
  readonly mostAlone: number
}

/** A key of `facet_counts` as text: each part by its type and its bytes or digits. */
const spelt = sql`json_array(hex(${facetCounts.projectId}), ${facetCounts.key}, typeof(${facetCounts.value}),
  case typeof(${facetCounts.value}) when 'text' then hex(${facetCounts.value}) when 'blob' then hex(${facetCounts.value})
    else quote(${facetCounts.value}) end)`

const position = sql`(select nullif(${positionOf(FACET_COUNTS)}, ''))`
const part = (index: number): SQL => sql`${position} ->> ${sql.raw(`'$[${index}]'`)}`
const behind = sql`(${facetCounts.projectId}, ${facetCounts.key}, ${facetCounts.value}) > (
  ifnull(unhex(${part(0)}), x''), ifnull(${part(1)}, ''), case ${part(2)}
    when 'text' then cast(unhex(${part(3)}) as text) when 'blob' then unhex(${part(3)})
    when 'integer' then cast(${part(3)} as integer) when 'real' then cast(${part(3)} as real) else -9e999 end)`

const trueCount = sql`(select count(*) from ${facets} cross join ${episodes} on ${episodes.id} = lower(hex(${facets.episodeId}))
  where ${facets.projectId} = slice.project_id and ${facets.key} = slice.key and ${facets.value} = slice.value
    and ${live(episodes)})`

/** `counted`: the counts behind the walk's position, with what they should be; null where that is too much to find out. */
const counted = (a: Arguments<Counts>): SQL => sql`nearby as materialized (
    select ${facetCounts.projectId} as project_id, ${facetCounts.key} as key, ${facetCounts.value} as value,
      ${facetCounts.n} as n, ${facetCounts.size} as size, ${spelt} as position
    from ${facetCounts} where ${behind}
    order by ${facetCounts.projectId}, ${facetCounts.key}, ${facetCounts.value} limit ${a.most}),
  slice as materialized (select * from (select *, sum(n) over (rows unbounded preceding) - n as before from nearby)
    where before <= ${a.mostCounted}),
  counted as materialized (select *, iif(n <= ${a.mostAlone}, ${trueCount}, null) as truth from slice)`

const differs = sql`(counted.n <> counted.truth or counted.truth > 0
  and counted.size <> cast(log2(counted.truth) as integer))`

const compare = query<Counts>(
  'facets.compare',
  (a) => sql`with ${counted(a)}
    select null as position, null as n, null as truth, count(*) filter (where truth is null) as skipped,
      (select position from slice limit 1 offset (select count(*) from slice) - 1) as last from counted
    union all
    select position, n, truth, null, null from counted where ${differs}`,
)

/** A count that was not the truth. */
interface Miscount {
  readonly key: string
  readonly said: number
  readonly is: number
}

interface Compared {
  readonly drifts: readonly Miscount[]
  /** Counts that are too large to be counted at once. */
  readonly skipped: number
  /** What the slice ends with; empty past the end. */
  readonly last: string
}

export const compareCounts = (slice: Counts): Plan<Compared> =>
  statement(compare, slice, ([first, ...wrong]) => ({
    drifts: wrong.map(({ position, n, truth }) => ({
      key: position as string,
      said: n as number,
      is: truth as number,
    })),
    skipped: Number(first?.skipped),
    last: (first?.last as string | null | undefined) ?? '',
  }))

const recount = scheduled<Counts>(
  'facets.recount',
  (a) => sql`with ${counted(a)} update ${facetCounts} set ${assign(facetCounts, {
    n: sql`counted.truth`,
    size: sql`cast(log2(max(counted.truth, 1)) as integer)`,
  })} from counted where ${facetCounts.projectId} = counted.project_id and ${facetCounts.key} = counted.key
    and ${facetCounts.value} = counted.value and ${differs}`,
)

/** Counts the slice anew that was compared, before the walk goes on. */
export const recountFacets = (slice: Counts): Plan<void> => act(recount, slice)
