import { type SQL, sql } from 'drizzle-orm'
import { assets, episodeStats, episodes } from '../../../drizzle/schema.ts'
import { ifGranted, refusal, VERDICT } from '../../db/guard.ts'
import { type Plan, type Row, statement, together } from '../../db/plan.ts'
import { live, type ProjectRef, projectGuard } from '../../db/standing.ts'
import { granted, guard, outcome } from '../../db/statements.ts'
import { type Resource, readResource } from '../../db/write.ts'
import { type AssetKind, assetKinds } from '../../domain/kind.ts'
import { assetCounts } from '../places/asset-counts.sql.ts'
import { HEAVIEST_PAGE, isLightEnough, weighed } from './asset-list.sql.ts'
import { type AssetShape, anyAssetJson } from './asset-resource.sql.ts'
import { target } from './episode-target.sql.ts'
import { episodeJson } from './episodes.sql.ts'

export interface EpisodeRef extends ProjectRef {
  readonly name: string
}

/** An episode and the counts of its assets as JSON, and the newest of them. */
export type WholeEpisode = {
  readonly episode: Resource & { readonly counts: string }
  readonly assets: readonly { readonly id: string; readonly kind: AssetKind; readonly body: string }[]
}

/** The assets that one answer shows, unless they weigh too much. */
const MOST_ASSETS = sql.raw('1000')

export const reading = guard<EpisodeRef>('episodes.reading', (a) =>
  projectGuard(a, 'read', {
    tables: [
      target(sql`(select ${episodes.id} from ${episodes} where ${episodes.projectId} = standing.project_id
        and ${episodes.name} = ${a.name} and ${live(episodes)})`),
    ],
    thing: [['episode_not_found', sql`not exists (select 1 from target)`]],
  }),
)

/** The newest of some kinds: the index has each kind by itself in that order, and SQLite merges them up to the limit. */
const newestOf = (kinds: readonly AssetKind[]): SQL =>
  sql`select * from (${sql.join(
    kinds.map(
      (kind) => sql`select ${assets.id} as id from ${assets}
      where ${assets.containerId} = (select target.id from permit cross join target)
        and ${assets.kind} = ${sql.raw(`'${kind}'`)} and ${live(assets)}`,
    ),
    sql.raw(' union all '),
  )} order by id desc limit ${MOST_ASSETS})`

/** D1 takes five terms a compound. */
const newest = sql`(${newestOf(assetKinds.slice(0, 3))} union all ${newestOf(assetKinds.slice(3))}
  order by id desc limit ${MOST_ASSETS}) as newest cross join ${assets} on ${assets.id} = newest.id`

const read = outcome(
  reading,
  'episodes.read',
  () => sql`select ${refusal}, ${episodes.id} as id, ${episodes.version} as version, ${episodeJson} as body,
      ${assetCounts(episodeStats)} as counts
    from ${VERDICT} left join target left join ${episodes} on ${episodes.id} = ${ifGranted(sql`target.id`)}
    left join ${episodeStats} on ${episodeStats.episodeId} = ${episodes.id}`,
)

/** Reads an episode with its newest assets; `shapes` are those of the kinds. */
export function episodeReading(shapes: readonly AssetShape[]): (ref: EpisodeRef) => Plan<WholeEpisode> {
  const readAssets = granted(
    reading,
    'episodes.readAssets',
    () => sql`,
      ${weighed(sql`${assets.id} as id`, newest)}
      select ${assets.id} as id, ${assets.kind} as kind, ${anyAssetJson(shapes)} as body
      from weighed cross join ${assets} on ${assets.id} = weighed.id where ${isLightEnough(sql.raw(String(HEAVIEST_PAGE)))}`,
  )
  return (ref) =>
    together<WholeEpisode>({
      episode: statement(read, ref, (rows) => ({ ...readResource(rows), counts: rows[0]?.counts as string })),
      assets: statement(readAssets, ref, (rows) => rows.map(assetFrom)),
    })
}

const assetFrom = ({ id, kind, body }: Row) => ({
  id: id as string,
  kind: kind as AssetKind,
  body: body as string,
})
