import { type SQL, sql } from 'drizzle-orm'
import { assets, episodes, members, namespaces, objects, projects } from '../../../drizzle/schema.ts'
import { assertPermitted, refusal, VERDICT } from '../../db/guard.ts'
import { type Plan, type Row, statement } from '../../db/plan.ts'
import {
  type Asking,
  live,
  type ProjectRef,
  projectGuard,
  reachableAsset,
  userGuard,
} from '../../db/standing.ts'
import { consulting, guard } from '../../db/statements.ts'
import type { Failure } from '../../domain/failure.ts'
import type { AssetKind } from '../../domain/kind.ts'
import { newestNamed, type StoredObject } from './downloads.sql.ts'
import { contentTypeOfAsset } from './media-type.sql.ts'

/** One of many assets whose bytes are asked for: what it is, or why it cannot be had. */
export interface Found {
  readonly id: string | null
  readonly name: string | null
  readonly object: StoredObject | Failure
}

/** A row for each of `wanted`, with the asset that `assetId` selects, and its object. */
const found = (wanted: SQL, assetId: SQL): SQL => sql`,
  row as materialized (select wanted.key as position, ${assetId} as asset_id
    from permit as standing cross join ${wanted} as wanted)
  select ${refusal}, null as position, null as id, null as name, null as key, null as size, null as content_type
    from ${VERDICT}
  union all
  select null, row.position, ${assets.id}, ${assets.name}, ${objects.key}, ${objects.size},
      ${contentTypeOfAsset}
    from row left join ${assets} on ${assets.id} = row.asset_id
    left join ${objects} on ${objects.id} = ${assets.objectId} and ${objects.state} = 'complete'`

function foundOf({ id, name, key, size, content_type }: Row): Found {
  const asset = { id: id as string | null, name: name as string | null }
  if (id === null) return { ...asset, object: 'asset_not_found' }
  if (key === null) return { ...asset, object: 'asset_without_object' }
  return {
    ...asset,
    object: { key: key as string, size: size as number, contentType: content_type as string | null },
  }
}

function readFound([verdict, ...rows]: readonly Row[]): Found[] {
  assertPermitted(verdict)
  return rows.sort((one, other) => Number(one.position) - Number(other.position)).map(foundOf)
}

interface ById extends Asking {
  readonly ids: readonly string[]
}

const findingById = guard<ById>('signing.findingById', (a) => userGuard(a, 'read'))

const byId = consulting(findingById, 'signing.foundById', (a) => {
  const readable = sql`(select ${assets.id} from ${assets}
    join ${projects} on ${projects.id} = ${assets.projectId} and ${live(projects)}
      and ${projects.id} = ifnull(standing.token_project_id, ${projects.id})
    join ${namespaces} on ${namespaces.id} = ${projects.namespaceId} and ${live(namespaces)}
      and ${namespaces.id} = ifnull(standing.token_namespace_id, ${namespaces.id})
    where ${assets.id} = wanted.value and ${reachableAsset} and (${projects.visibility} = 'public' or exists (
      select 1 from ${members} where ${members.userId} = standing.user_id
        and ${members.namespaceId} = ${namespaces.id})))`
  return found(a.ids.each, readable)
})

/** Assets by their ids, wherever they are; what the caller may not read is not found. */
export const findAssets = (values: ById): Plan<readonly Found[]> =>
  statement(byId, values, (rows) =>
    readFound(rows).map((each, index) => ({ ...each, id: values.ids[index] ?? null })),
  )

interface ByName extends ProjectRef {
  readonly names: readonly string[]
  /** The kinds that are looked for. */
  readonly kinds: readonly AssetKind[]
  /** The name of an episode. */
  readonly episode: string | null
  /** Of how many assets of one name and kind the newest is looked for. */
  readonly namesakes: number
}

/** Assets that one request looks at, however many names it gives. */
const MOST_LOOKED_AT = 100_000

const findingByName = guard<ByName>('signing.findingByName', (a) => projectGuard(a, 'read'))

const byName = consulting(findingByName, 'signing.foundByName', (a) => {
  const named = sql`${assets.kind} = kind.value and ${live(assets)} and ${assets.name} = wanted.value`
  const anywhere = sql`(select max(${newestNamed(
    sql`${assets.projectId} = standing.project_id and ${named}`,
    sql`${a.namesakes}`,
  )}) from ${a.kinds.each} as kind)`
  const inEpisode = sql`(select max((select ${assets.id} from ${assets} where ${assets.containerId} = (
      select ${episodes.id} from ${episodes} where ${episodes.projectId} = standing.project_id
        and ${episodes.name} = ${a.episode} and ${live(episodes)})
    and ${named} and ${assets.name} is not null)) from ${a.kinds.each} as kind)`
  return found(a.names.each, sql`iif(${a.episode} is null, ${anywhere}, ${inEpisode})`)
})

/** Assets of a project by their names; of several of one name, the newest. */
export const findAssetsNamed = (values: Omit<ByName, 'namesakes'>): Plan<readonly Found[]> => {
  const { names, kinds } = values
  const namesakes = Math.ceil(MOST_LOOKED_AT / (names.length * kinds.length))
  return statement(byName, { ...values, namesakes }, (rows) =>
    readFound(rows).map((each, index) => ({ ...each, name: values.names[index] ?? null })),
  )
}
