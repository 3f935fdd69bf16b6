import type { Config } from '../../config.ts'
import type { Database } from '../../db/database.ts'
import type { ProjectRef } from '../../db/standing.ts'
import { assetDrives } from '../../domain/asset-drives.ts'
import { assetConditionOf } from '../../domain/asset-fields.ts'
import { conditionOf } from '../../domain/query-fields.ts'
import { Cursors } from '../../http/page.ts'
import { compileOfAssets } from '../recordings/asset-conditions.sql.ts'
import { findAssetIds } from '../recordings/asset-finding.sql.ts'
import { findEpisodes } from '../recordings/episode-list.sql.ts'
import { type Edge, NEWEST_FIRST, type OrderName } from '../recordings/episode-order.sql.ts'
import { conditionIn } from '../recordings/query-asked.ts'

/** Who asks, and when; epoch milliseconds. */
interface Asked {
  readonly url: URL
  readonly config: Config
  readonly now: number
  readonly database: Database
}

/** What is to be found, instead of ids that are given. */
interface Sought {
  readonly q: string
  readonly target: 'episodes' | 'assets'
  readonly sort?: OrderName | undefined
  readonly cursor?: string | undefined
}

/** One page of it. */
interface Found {
  readonly ids: readonly string[]
  readonly examined: number
  readonly nextCursor: string | null
}

/** Where a page ended, and the `now` of the first one. */
interface Place<After> {
  readonly after: After
  readonly now: number
}

const MOST_FOUND = 1_000

/** Looks at one page of what a query finds, of episodes or assets that the caller may read. */
export async function findMembers(
  { url, config, now, database }: Asked,
  ref: ProjectRef,
  { q, target, sort = NEWEST_FIRST, cursor }: Sought,
): Promise<Found> {
  // The cursor is of this query: with another one it would leave something out.
  const cursors = new Cursors(
    new URL(`${url.pathname}/found?${new URLSearchParams({ q, target, sort })}`, url),
    config,
  )
  const place = cursor === undefined ? null : await cursors.openPlace<Place<never>>(cursor)
  const moment = place?.now ?? now
  const after = place?.after ?? null
  const { items, examined, next } =
    target === 'episodes'
      ? await database.run(findEpisodes(ref, episodesBy(q, moment), sort, { after, ...page }, 'id'))
      : await database.run(findAssetIds(ref, { after, limit: MOST_FOUND, ...assetsBy(q, moment) }))
  const nextCursor =
    next === null
      ? null
      : await cursors.sealPlace({ after: next, now: moment } satisfies Place<Edge | string>)
  return { ids: items, examined, nextCursor }
}

const page = { offset: 0, limit: MOST_FOUND }

const episodesBy = (q: string, now: number) => conditionIn(conditionOf, q, now) ?? ANY

const ANY = { kind: 'and', parts: [] } as const

function assetsBy(q: string, now: number) {
  const condition = conditionIn(assetConditionOf, q, now)
  return { drives: assetDrives(condition), condition: condition && compileOfAssets(condition) }
}
