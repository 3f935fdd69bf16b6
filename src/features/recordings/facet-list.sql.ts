import { sql } from 'drizzle-orm'
import { facetCounts } from '../../../drizzle/facets.ts'
import { assertPermitted, refusal, VERDICT } from '../../db/guard.ts'
import { type Plan, statement } from '../../db/plan.ts'
import type { Arguments } from '../../db/sql.ts'
import { type ProjectRef, projectGuard } from '../../db/standing.ts'
import { consulting, guard } from '../../db/statements.ts'
import { isFilled } from './facets.sql.ts'

/** What episodes may be found by: the keys of their facets, and what they have there. */

const listing = guard<ProjectRef>('facets.listing', (a) => projectGuard(a, 'read'))

/** Part of what there is, as JSON texts. */
export interface FacetPage {
  readonly items: readonly string[]
  /** Whether there is more, or the schedule has not yet been over all that was there before there were facets. */
  readonly isTruncated: boolean
}

const MOST = 1_000
const most = sql.raw(String(MOST))

const place = sql`(select unhex(project_id) from permit)`

const isThere = (key: string) => sql`exists (select 1 from ${facetCounts}
  where ${facetCounts.projectId} = ${place} and ${facetCounts.key} = ${sql.raw(`'${key}'`)})`

/** From one key to the next: each is one look, however many values it has. */
const keys = consulting<ProjectRef, ProjectRef>(listing, 'facets.listedKeys', () => {
  const firstBehind = (key: ReturnType<typeof sql>) => sql`(select min(${facetCounts.key}) from ${facetCounts}
    where ${facetCounts.projectId} = ${place} and ${facetCounts.key} > ${key} and ${facetCounts.key} < 'meta/')`
  return sql`, found(key) as (select ${firstBehind(sql`'meta'`)}
      union all select ${firstBehind(sql`found.key`)} from found where found.key is not null limit ${most} + 1)
    select ${refusal}, ${isFilled} as is_filled, null as body from ${VERDICT}
    union all select null, null, '"tag"' where ${isThere('tag')}
    union all select null, null, '"status"' where ${isThere('status')}
    union all select null, null, json_quote(key) from found where key is not null`
})

interface Values extends ProjectRef {
  readonly key: string
  /** What their texts begin with, from it to what comes behind all of them; both null for any value. */
  readonly from: string | null
  readonly to: string | null
}

/** Of those that begin alike, so many are looked at to find the commonest. */
const MOST_ALIKE = sql.raw('10000')

const selected = sql`select ${facetCounts.value} as value, ${facetCounts.n} as n from ${facetCounts}
  where ${facetCounts.projectId} = ${place}`

const valuesOf = (name: string, found: (a: Arguments<Values>) => ReturnType<typeof sql>) =>
  consulting<ProjectRef, Values>(
    listing,
    name,
    (a) => sql`select ${refusal}, ${isFilled} as is_filled, null as body from ${VERDICT}
      union all
      select null, null, json_object('value', iif(typeof(value) = 'blob', json(iif(value = x'01', 'true', 'false')), value),
          'count', n)
        from (select value, n from (${found(a)}) order by n desc, value limit ${most} + 1)`,
  )

const values = valuesOf(
  'facets.listedValues',
  (a) =>
    sql`${selected} and ${facetCounts.key} = ${a.key} order by ${facetCounts.size} desc limit ${most} + 1`,
)

const valuesAlike = valuesOf(
  'facets.listedAlike',
  (a) => sql`${selected} and ${facetCounts.key} = ${a.key} and ${facetCounts.value} >= ${a.from}
    and ${facetCounts.value} < ifnull(${a.to}, x'') limit ${MOST_ALIKE}`,
)

function readFacets([verdict, ...rows]: readonly Readonly<Record<string, unknown>>[]): FacetPage {
  const { is_filled } = assertPermitted(verdict)
  return {
    items: rows.slice(0, MOST).map(({ body }) => body as string),
    isTruncated: rows.length > MOST || is_filled !== 1,
  }
}

export const listKeys = (ref: ProjectRef): Plan<FacetPage> => statement(keys, ref, readFacets)

/** The commonest first; of a great many that begin alike those that come first in their order. */
export const listValues = (asked: Values): Plan<FacetPage> =>
  statement(asked.from === null ? values : valuesAlike, asked, readFacets)
