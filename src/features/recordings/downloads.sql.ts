import { type SQL, sql } from 'drizzle-orm'
import { assets, episodes, objects } from '../../../drizzle/schema.ts'
import { ADMITTED, assertPermitted, ifGranted, refusal, VERDICT } from '../../db/guard.ts'
import { type Plan, type Row, statement } from '../../db/plan.ts'
import { type ItemRef, isInTrashedEpisode, live, type ProjectRef, projectGuard } from '../../db/standing.ts'
import { guard, type NamedGuard, outcome } from '../../db/statements.ts'
import type { AssetKind } from '../../domain/kind.ts'
import { contentTypeOfAsset } from './media-type.sql.ts'
import { nodeGuard } from './node-target.sql.ts'

/** The bytes of an asset. */
export interface StoredObject {
  readonly key: string
  readonly contentType: string | null
  /** Bytes. */
  readonly size: number
}

/** The bytes of an asset that a name has found, and the episode that it is in; a name may be in several. */
export interface FoundObject extends StoredObject {
  /** The name of the asset. */
  readonly name: string
  readonly episode: { readonly id: string; readonly name: string } | null
}

export interface AssetRef extends ProjectRef {
  readonly kind: AssetKind
  readonly name: string
  readonly episodeId: string | null
  /** A name. */
  readonly episode: string | null
}

/** Of as many assets of one name, the newest first, the one that is there is looked for. */
const MOST_NAMESAKES = sql.raw('20000')

/** The newest asset that a condition finds; those inside of trashed episodes are stepped over, up to `most`. */
export const newestNamed = (condition: SQL, most: SQL): SQL => sql`(select found.id from (
    select ${assets.id} as id, ${assets.containerId} as container_id from ${assets} where ${condition}
    order by ${assets.id} desc limit ${most}) as found
  where not ${isInTrashedEpisode(sql`found.container_id`)} limit 1)`

/** Holds where the one row of `found`, which has the id of an asset, leads to no bytes. */
const isWithoutObject = sql`not exists (select 1 from found join ${assets} on ${assets.id} = found.id
  join ${objects} on ${objects.id} = ${assets.objectId} and ${objects.state} = 'complete')`

const finding = guard<AssetRef>('downloads.finding', (a) => {
  const episode = sql`(select ${episodes.id} from ${episodes} where ${episodes.projectId} = standing.project_id
    and ${live(episodes)} and (${a.episodeId} is null or ${episodes.id} = ${a.episodeId})
    and ${episodes.name} = ifnull(${a.episode}, (select other.name from ${episodes} as other
      where other.id = ${a.episodeId})))`
  return projectGuard(a, 'read', {
    tables: [
      sql`found as materialized (select iif(${a.episodeId} is null and ${a.episode} is null,
        ${newestNamed(
          sql`${assets.projectId} = standing.project_id and ${assets.kind} = ${a.kind}
          and ${live(assets)} and ${assets.name} = ${a.name}`,
          MOST_NAMESAKES,
        )},
        (select ${assets.id} from ${assets} where ${assets.containerId} = ${episode} and ${assets.kind} = ${a.kind}
          and ${live(assets)} and ${assets.name} = ${a.name} and ${assets.name} is not null)) as id from ${ADMITTED})`,
    ],
    thing: [
      ['asset_not_found', sql`(select id from found) is null`],
      ['asset_without_object', isWithoutObject],
    ],
  })
})

const findingOfNode = guard<ItemRef>('downloads.findingOfNode', (a) =>
  nodeGuard(a, 'read', {
    tables: [
      sql`found as materialized (select item_id as id from target where kind not in ('folder', 'episode'))`,
    ],
    thing: [['asset_without_object', sql`exists (select 1 from found) and ${isWithoutObject}`]],
    state: [['node_not_leaf', sql`not exists (select 1 from found)`]],
  }),
)

const foundBy = <A extends object>(by: NamedGuard<A>, name: string) =>
  outcome<A>(
    by,
    name,
    () => sql`select ${refusal}, ${objects.key} as key, ${objects.size} as size,
      ${contentTypeOfAsset} as content_type, ${assets.name} as name,
      ${episodes.id} as episode_id, ${episodes.name} as episode_name
    from ${VERDICT} left join found left join ${assets} on ${assets.id} = ${ifGranted(sql`found.id`)}
    left join ${objects} on ${objects.id} = ${assets.objectId}
    left join ${episodes} on ${episodes.id} = ${assets.containerId}`,
  )

const found = foundBy(finding, 'downloads.found')
const foundOfNode = foundBy(findingOfNode, 'downloads.foundOfNode')

/** The object that a statement tells with its refusal. */
export function storedObjectFrom([row]: readonly Row[]): StoredObject {
  const { key, size, content_type } = assertPermitted(row)
  return { key: key as string, size: size as number, contentType: content_type as string | null }
}

function foundObjectFrom(rows: readonly Row[]): FoundObject {
  const stored = storedObjectFrom(rows)
  const { name, episode_id, episode_name } = assertPermitted(rows[0])
  const episode = episode_id === null ? null : { id: episode_id as string, name: episode_name as string }
  return { ...stored, name: name as string, episode }
}

/** The object of an asset: the newest of that name where no episode is named. */
export const findDownload = (ref: AssetRef): Plan<FoundObject> => statement(found, ref, foundObjectFrom)

/** The object of the asset of a leaf. */
export const findDownloadOfNode = (ref: ItemRef): Plan<FoundObject> =>
  statement(foundOfNode, ref, foundObjectFrom)
