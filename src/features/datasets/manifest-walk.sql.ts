import { type SQL, sql } from 'drizzle-orm'
import { assets, collectionMembers, collections, episodes, nodes } from '../../../drizzle/schema.ts'
import { type Arguments, fragment } from '../../db/sql.ts'
import { isInTrashedEpisode, live } from '../../db/standing.ts'
import { looseAsset, nodeOf } from './member.sql.ts'

/**
 * The walk through all that a dataset reaches: its collections by name, their members in order, and what hangs at and
 * below each by path. It is nested loops, each by an index in the order of the walk, so that it can begin behind any
 * step, and reads no further than it is asked for. Every turn of a loop is a step, though it may reach no asset: so the
 * work is bounded by the number of steps.
 *
 * The loops, from the outermost:
 *
 * - `mine`: a collection of the dataset.
 * - `held`: a member of it, and `top`, the node that it is of.
 * - `unit`: below a folder outside of episodes, a node: a leaf, or an episode.
 * - `half`: of an episode, first (0) what hangs in no tree, then (1) its tree.
 * - `loose` and `inside`: an asset without a name; a node in the tree of an episode.
 *
 * What an earlier member covers is not walked again: of a member, or an episode, it is asked once, in the key of the loop
 * that would walk it.
 */
export interface Step {
  /** A name. */
  readonly collection: string
  readonly position: number | null
  /** From the node of the member on; null where the loop has none, as below. */
  readonly unitPath: string | null
  readonly unitKind: string | null
  /** The node, and its path in the project: where it is another by now, the walk is astray. */
  readonly unitId: string | null
  readonly unitAt: string | null
  readonly half: number
  readonly looseId: string | null
  /** From the folder on, or the top of the episode. */
  readonly insidePath: string | null
  readonly insideKind: string | null
}

export interface Walking extends Partial<Step> {
  /** The revision that the walk began at: of what was added to the dataset since, it does not know. */
  readonly since: number | null
  /** What the steps may cost together; the last one may exceed it, and there is always one. */
  readonly budget: number
}

type A = Arguments<Walking>

/** Collections of a dataset of which each is looked into; of more, those are found that hold something. */
const FEW = 4

/**
 * The tables that the walk stands on. `facts`, at most one row, is the dataset (`dataset_id`), its project, and `since`.
 * `few` has its first collections, and `bounds`, one row, tells as `is_few` whether these are all.
 */
export const few = sql`few as materialized (select mine.id as id, mine.name as name,
  mine.placed_revision as placed_revision from facts
  cross join ${collections} as mine indexed by collections_of_dataset on mine.dataset_id = facts.dataset_id
  and mine.deleted_at is null limit ${sql.raw(String(FEW + 1))})`

/** Selects whether they are. */
export const countFew = sql`select count(*) <= ${sql.raw(String(FEW))} as is_few from few`

/** What is known of the dataset, of the row at hand: SQLite prepares a table anew wherever it is named. */
interface Known {
  readonly datasetId: SQL
  readonly projectId: SQL
  readonly since: SQL
  readonly isFew: SQL
}

/** Where the walk goes on, and where its steps are. */
const known: Known = {
  datasetId: sql`facts.dataset_id`,
  projectId: sql`facts.project_id`,
  since: sql`facts.since`,
  isFew: sql`bounds.is_few`,
}
const knownOf = (step: SQL): Known => ({
  datasetId: sql`${step}.dataset_id`,
  projectId: sql`${step}.project_id`,
  since: sql`${step}.since`,
  isFew: sql`${step}.is_few`,
})

/** Where a member stands: the name of its collection, and its position. */
interface Place {
  readonly known: Known
  readonly collection: SQL
  readonly position: SQL
}

/** Collections that hold an id, and collections of a dataset, that are looked into for one id. */
const MOST_HOLDERS = sql.raw('64')
const MOST_SIBLINGS = sql.raw('1000')

/** What the database says, as an error, where an id would have to be looked for in more collections than that. */
export const ENTANGLED = 'entangled'

const isRare = (id: SQL, { projectId }: Known): SQL => sql`(select count(*) from (
  select 1 from ${collectionMembers} as other indexed by collection_members_holding
  where other.project_id = ${projectId} and other.member_id = ${id} limit ${MOST_HOLDERS} + 1)) <= ${MOST_HOLDERS}`

const areSiblingsFew = ({ datasetId }: Known): SQL => sql`(select count(*) from (
  select 1 from ${collections} as sibling indexed by collections_of_dataset
  where sibling.dataset_id = ${datasetId} and sibling.deleted_at is null
  limit ${MOST_SIBLINGS} + 1)) <= ${MOST_SIBLINGS}`

/**
 * Holds where an id is a member of the dataset before a place. It is looked for in the collections that hold it, or, where
 * these are many, in those of the dataset.
 */
const isHeldBefore = (id: SQL, { known, collection, position }: Place): SQL => {
  const { datasetId, projectId, since, isFew } = known
  const before = (holder: SQL) => sql`other.member_id = ${id}
    and (${holder}.name, other.position) < (${collection}, ${position})
    and ${holder}.placed_revision < ${since} and other.added_revision < ${since}`
  const amongFew = sql`exists (select 1 from few cross join ${collectionMembers} as other
    on other.collection_id = few.id where ${before(sql`few`)})`
  const amongHolders = sql`exists (select 1
    from ${collectionMembers} as other indexed by collection_members_holding
    cross join ${collections} as holder on holder.id = other.collection_id
      and holder.dataset_id = ${datasetId} and holder.deleted_at is null
    where other.project_id = ${projectId} and ${before(sql`holder`)})`
  const amongSiblings = sql`exists (select 1
    from ${collections} as sibling indexed by collections_of_dataset
    cross join ${collectionMembers} as other on other.collection_id = sibling.id
    where sibling.dataset_id = ${datasetId} and sibling.deleted_at is null and ${before(sql`sibling`)})`
  return sql`case when ${isFew} then ${amongFew} when ${isRare(id, known)} then ${amongHolders}
    when ${areSiblingsFew(known)} then ${amongSiblings}
    else json_extract('{}', ${sql.raw(`'${ENTANGLED}'`)} || substr(${id}, 1, 0)) end`
}

/**
 * Holds where a member before a place covers a node: is of the node, of what it stands for, or of what is above it, up to
 * but without the node `until`.
 */
const isCovered = (node: SQL, until: SQL, place: Place): SQL => sql`exists (
  with recursive up(id, item_id, parent_id) as (
    select first.id, first.item_id, first.parent_id from ${nodes} as first where first.id = ${node}
    union all
    select above.id, above.item_id, above.parent_id from up cross join ${nodes} as above on above.id = up.parent_id
    where above.id is not ${until})
  select 1 from up where ${isHeldBefore(sql`up.id`, place)}
    or up.item_id is not null and ${isHeldBefore(sql`up.item_id`, place)})`

/** Holds for an asset of a step that an earlier member covers. */
export const isToldBefore = (step: SQL): SQL => {
  const place = { known: knownOf(step), collection: sql`${step}.collection`, position: sql`${step}.position` }
  return sql`(${isCovered(sql`${step}.node_id`, sql`${step}.until_id`, place)}
    or ${assets.nodeId} is null and ${isHeldBefore(assets.id.getSQL(), place)})`
}

const isLeaf = (node: SQL): SQL => sql`${node}.kind not in ('folder', 'episode')`

const here: Place = { known, collection: sql`mine.name`, position: sql`held.position` }
const none = sql`null`

/** Whether the top is a folder that holds episodes, or may; else it is one inside of an episode. */
const isOutside = sql`top.kind = 'folder' and top.container_id = top.project_id`

/** The container whose tree is walked inside: of an episode, or of the one that a folder is inside of. */
const around = sql`case when unit.id is not null then iif(unit.kind = 'episode', unit.item_id, null)
  when top.kind = 'episode' then top.item_id
  when top.container_id <> top.project_id and top.kind = 'folder' then top.container_id end`

const isTopCovered = fragment('manifest.isTopCovered', isCovered(sql`top.id`, none, here))

const isUnitCovered = fragment('manifest.isUnitCovered', isCovered(sql`unit.id`, sql`top.id`, here))

const isUncovered = sql`not iif(unit.id is not null, ${isUnitCovered}, ${isTopCovered})`

/** The path inside that everything of the walk begins with. */
const base = sql`iif(unit.id is null and top.kind = 'folder', top.path, '')`

const depthOf = (path: SQL): SQL => sql`(length(${path}) - length(replace(${path}, '/', '')))`

/** What a step costs: about so many nodes are looked up to find out whether an earlier member covers it. */
const cost = sql`1 + case when inside.id is not null then ${depthOf(sql`inside.path`)} when loose.id is not null then 1
  when top.id is not null then 3 * ${depthOf(sql`iif(unit.id is null, top.path, substr(unit.path, length(top.path) + 1))`)}
  else 3 end`

/** Holds where the node at which the step before stood has been moved, or renamed, since. */
export const isAstray = (a: A): SQL => sql`exists (select 1 from ${nodes}
  where ${nodes.id} = ${a.unitId} and ${live(nodes)} and ${nodes.path} <> ${a.unitAt})`

/** The steps behind the one that the request gives, or from the beginning, with what they cost up to each. */
export const stepsOf = (a: A): SQL =>
  sql`select *, sum(cost) over (rows unbounded preceding) as spent from (${turnsOf(a)})`

/** Holds for the step that ends the budget: the walk goes no further. */
export const isHorizon = (budget: SQL): SQL => sql`(step.spent >= ${budget})`

function turnsOf(a: A): SQL {
  // The loops go on where the step before stood, as far as each of them is still there.
  const isOngoing = sql`(mine.name is ${a.collection} and held.position is ${a.position})`
  const isOngoingUnit = sql`(${isOngoing} and iif(unit.id is null, ${a.unitPath} is null,
    unit.path is top.path || ${a.unitPath} and unit.kind is ${a.unitKind}))`
  const onHalf = (half: number): SQL => sql`(${isOngoingUnit} and ${a.half} = ${sql.raw(String(half))})`
  // The step before itself, which is met again where nothing follows in its loops.
  const isAgain = sql`(${isOngoingUnit} and inside.id is null and loose.id is null and half.n = ${a.half})`
  return sql`select facts.dataset_id as dataset_id, facts.project_id as project_id, facts.since as since,
      bounds.is_few as is_few, mine.name as collection, held.position as position,
      substr(unit.path, length(top.path) + 1) as unit_path, unit.kind as unit_kind,
      unit.id as unit_id, unit.path as unit_at, half.n as half,
      loose.id as loose_id, substr(inside.path, length(${base}) + 1) as inside_path, inside.kind as inside_kind,
      case when loose.id is not null then loose.id
        when inside.id is not null then iif(${isLeaf(sql`inside`)}, inside.item_id, null)
        when half.n = 0 or ${isOngoingUnit} then null
        when unit.id is not null then iif(${isLeaf(sql`unit`)}, unit.item_id, null)
        when top.id is not null then iif(${isLeaf(sql`top`)}, top.item_id, null)
        when held.added_revision < facts.since then ${looseAsset(sql`held.member_id`, sql`facts.project_id`)} end as asset_id,
      case when loose.id is not null then null
        when coalesce(inside.id, unit.id, top.id) is not null then coalesce(inside.id, unit.id, top.id)
        else (select ${episodes.nodeId} from ${assets} cross join ${episodes} on ${episodes.id} = ${assets.containerId}
          where ${assets.id} = held.member_id) end as node_id,
      case when inside.id is not null then ifnull(unit.id, top.id) when unit.id is not null then top.id end as until_id,
      iif(${isAgain}, 0, ${cost}) as cost
    from facts cross join bounds
    cross join ${collections} as mine indexed by collections_of_dataset on mine.dataset_id = facts.dataset_id
      and mine.deleted_at is null and mine.name >= ifnull(${a.collection}, '') and not facts.is_known
    left join ${collectionMembers} as held indexed by collection_members_order on held.collection_id = mine.id
      and held.position >= iif(mine.name is ${a.collection}, ifnull(${a.position}, 0), 0)
      and mine.placed_revision < facts.since
    left join ${nodes} as top on top.id = ${nodeOf(sql`held.member_id`)} and top.project_id = facts.project_id
      and top.deleted_at is null and held.added_revision < facts.since
      and not ${isInTrashedEpisode(sql`top.container_id`)}
    left join ${nodes} as unit indexed by nodes_path
      on unit.container_id = iif(${isOutside} and not ${isTopCovered}, top.container_id, null)
      and (unit.path, unit.kind) >= (top.path || iif(${isOngoing}, ifnull(${a.unitPath}, '/'), '/'),
        iif(${isOngoing}, ifnull(${a.unitKind}, ''), ''))
      and unit.path < top.path || '0' and unit.deleted_at is null
    left join (select 0 as n union all select 1) as half
      on half.n >= iif(${isOngoingUnit}, ${a.half}, 0) and (half.n = 1 or ifnull(unit.kind, top.kind) = 'episode')
    left join ${assets} as loose indexed by assets_loose
      on loose.container_id = iif(half.n = 0 and ${isUncovered}, ${around}, null)
      and loose.id > iif(${onHalf(0)}, ifnull(${a.looseId}, ''), '') and loose.name is null and loose.deleted_at is null
    left join ${nodes} as inside indexed by nodes_path
      on inside.container_id = iif(half.n = 1 and ${isUncovered}, ${around}, null)
      and (inside.path, inside.kind) > (${base} || iif(${onHalf(1)}, ifnull(${a.insidePath}, '/'), '/'),
        iif(${onHalf(1)}, ifnull(${a.insideKind}, ''), ''))
      and inside.path < ${base} || '0' and inside.deleted_at is null`
}
