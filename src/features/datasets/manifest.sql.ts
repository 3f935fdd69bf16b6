import { type SQL, sql } from 'drizzle-orm'
import { assets, datasets, episodes, objects, projectStats } from '../../../drizzle/schema.ts'
import { assertPermitted, refusal, VERDICT } from '../../db/guard.ts'
import { object } from '../../db/json.ts'
import { type Plan, type Row, statement } from '../../db/plan.ts'
import { bytesOf } from '../../db/sql.ts'
import { live, projectGuard } from '../../db/standing.ts'
import { consulting, guard } from '../../db/statements.ts'
import type { AssetKind } from '../../domain/kind.ts'
import { contentTypeOfAsset } from '../recordings/media-type.sql.ts'
import { type DatasetRef, namedDataset, noDataset } from './datasets.sql.ts'
import {
  countFew,
  few,
  isAstray,
  isHorizon,
  isToldBefore,
  type Step,
  stepsOf,
  type Walking,
} from './manifest-walk.sql.ts'

/** A part of the manifest: the lines behind a step. */
interface Asked extends DatasetRef, Walking {
  readonly kind: AssetKind | null
  /** Lines wanted. */
  readonly lines: number
  /** The same, and what the steps to them may cost, in a dataset of many collections. */
  readonly linesOfMany: number
  readonly budgetOfMany: number
  /** What the lines may weigh together, in bytes; the last one may exceed it. */
  readonly heaviest: number
  /** States of the dataset that the client has seen: in these nothing is told anew. */
  readonly known: readonly string[]
}

/** A line, as JSON, and what its URL is made of; the key is null where there are no bytes. */
export interface Line {
  readonly body: string
  readonly assetId: string
  readonly path: string | null
  readonly key: string | null
  readonly contentType: string | null
}

/** Some lines of a manifest. */
export interface Chunk {
  /** The dataset and its project as they are now: id, version and revision. */
  readonly state: string
  readonly isKnown: boolean
  /** The dataset, and what it counts of changes of its order. */
  readonly datasetId: string
  readonly order: number
  /** Whether the node at which the step before stood is elsewhere by now. */
  readonly isAstray: boolean
  /** The project's revision now. */
  readonly revision: number
  /** Whether the dataset has few collections. */
  readonly isFew: boolean
  /** Whether more lines were read than were light enough. */
  readonly isHeavy: boolean
  readonly lines: readonly Line[]
  /** The step to go on behind; null at the end. */
  readonly next: Step | null
}

const reading = guard<Asked>('manifest.reading', (a) =>
  projectGuard(a, 'read', { tables: [namedDataset(a)], thing: [noDataset] }),
)

const stateOf = sql`${datasets.id} || '-' || ${datasets.version} || '.' || ${projectStats.revision}`

/** What a line weighs by itself, in bytes: its ids and numbers, and the names of its fields. */
const LINE_BYTES = sql.raw('400')

const weight = sql`iif(${assets.id} is null, 0, ${LINE_BYTES} + ifnull(${bytesOf(assets.metadata)}, 0)
  + 2 * (ifnull(${bytesOf(assets.name)}, 0) + ifnull(${bytesOf(episodes.name)}, 0) + length(step.collection)))`

const line = object({
  dataset: sql`(select name from facts)`,
  collection: sql`step.collection`,
  episode: episodes.name,
  path: assets.name,
  kind: assets.kind,
  assetId: assets.id,
  contentType: sql`iif(${objects.id} is null, null, ${contentTypeOfAsset})`,
  size: objects.size,
  sha256: objects.sha256,
})

/** The metadata, which may be large, is read for what fits alone. */
const withMetadata = sql`substr(body, 1, length(body) - 1) || ',"metadata":'
  || ifnull((select ${assets.metadata} from ${assets} where ${assets.id} = told.id), 'null') || '}'`

/** What the rows of lines have beside the facts. */
const names = [
  ...[
    'collection',
    'position',
    'unit_path',
    'unit_kind',
    'unit_id',
    'unit_at',
    'half',
    'loose_id',
    'inside_path',
    'inside_kind',
  ],
  ...['id', 'name', 'key', 'content_type', 'is_horizon'],
]
const columns = sql.raw(names.join(', '))
const nothing = sql.raw([...names, 'body'].map((name) => `null as ${name}`).join(', '))

/** An array of at least so many: what the horizon is repeated by, so that the limit is reached, and the walk ends there. */
const filler = (most: SQL): SQL => sql`'[' || replace(hex(zeroblob(${most} / 2 + 1)), '0', '0,') || '0]'`

const read = consulting<Asked>(reading, 'manifest.read', (a) => {
  const most = sql`(select lines from bounds)`
  const budget = sql`(select budget from bounds)`
  return sql`,
    facts as materialized (select permit.project_id as project_id, ${datasets.id} as dataset_id, ${datasets.name} as name,
      ${projectStats.revision} as revision, ifnull(${a.since}, ${projectStats.revision}) as since, ${stateOf} as state,
      ${datasets.orderRevision} as order_revision, ${isAstray(a)} as is_astray,
      exists (select 1 from ${a.known.each} where value in ('*', ${stateOf})) as is_known
      from permit cross join target cross join ${datasets} on ${datasets.id} = target.id
      cross join ${projectStats} on ${projectStats.projectId} = permit.project_id),
    ${few},
    bounds as materialized (select is_few, iif(is_few, ${a.lines}, ${a.linesOfMany}) as lines,
      iif(is_few, ${a.budget}, ${a.budgetOfMany}) as budget from (${countFew}))
    select ${refusal}, facts.state as state, facts.is_known as is_known, facts.revision as revision, ${most} as most,
      facts.dataset_id as dataset_id, facts.order_revision as order_revision, facts.is_astray as is_astray,
      (select is_few from bounds) as is_few,
      ${nothing}
      from ${VERDICT} left join facts
    union all
    select null, null, null, null, null, null, null, null, null, ${columns}, iif(total - weight < ${a.heaviest}, ${withMetadata}, null)
    from (select step.*, ${isHorizon(budget)} as is_horizon, filler.key as fill, ${assets.id} as id,
        ${assets.name} as name, ${objects.key} as key, ${contentTypeOfAsset} as content_type, ${line} as body,
        ${weight} as weight, sum(${weight}) over (rows unbounded preceding) as total
      from (${stepsOf(a)}) as step
      left join ${assets} on ${assets.id} = step.asset_id and ${live(assets)}
        and (${a.kind} is null or ${assets.kind} = ${a.kind}) and not ${isToldBefore(sql`step`)}
      left join ${objects} on ${objects.id} = ${assets.objectId} and ${objects.state} = 'complete'
      left join ${episodes} on ${episodes.id} = ${assets.containerId}
      left join json_each(iif(${isHorizon(budget)}, ${filler(most)}, '[]')) as filler
      where ${assets.id} is not null or ${isHorizon(budget)}
      limit ${most} + 1) as told
    where ifnull(fill, 0) = 0`
})

/** The lines behind a step, as many as fit, or none in a state that the client has seen. */
export const readManifest = (values: Asked): Plan<Chunk> =>
  statement(read, values, ([first, ...rows]) => {
    const { state, is_known, revision, is_few, most, dataset_id, order_revision, is_astray } =
      assertPermitted(first)
    // One line more than fits, or one that is too heavy, is left to the next chunk.
    const found = rows.slice(0, most as number)
    const heavy = found.findIndex(({ id, body }) => id !== null && body === null)
    const told = heavy < 0 ? found : found.slice(0, heavy)
    const isCut = told.length < rows.length || told.at(-1)?.is_horizon === 1
    const last = told.at(-1)
    return {
      state: state as string,
      isKnown: is_known === 1,
      datasetId: dataset_id as string,
      order: order_revision as number,
      isAstray: is_astray === 1,
      revision: revision as number,
      isFew: is_few === 1,
      isHeavy: heavy >= 0,
      lines: told.filter(({ id }) => id !== null).map(lineOf),
      next: isCut && last ? stepOf(last) : null,
    }
  })

const lineOf = (row: Row): Line => ({
  body: row.body as string,
  assetId: row.id as string,
  path: row.name as string | null,
  key: row.key as string | null,
  contentType: row.content_type as string | null,
})

const stepOf = (row: Row): Step => ({
  collection: row.collection as string,
  position: row.position as number | null,
  unitPath: row.unit_path as string | null,
  unitKind: row.unit_kind as string | null,
  unitId: row.unit_id as string | null,
  unitAt: row.unit_at as string | null,
  half: row.half as number,
  looseId: row.loose_id as string | null,
  insidePath: row.inside_path as string | null,
  insideKind: row.inside_kind as string | null,
})
