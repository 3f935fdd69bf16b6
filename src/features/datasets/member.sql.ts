import { type SQL, sql } from 'drizzle-orm'
import { assets, episodes, nodes } from '../../../drizzle/schema.ts'
import { isInTrashedEpisode, live, reachableAsset } from '../../db/standing.ts'
import { isLeaf } from '../recordings/nodes.sql.ts'

/**
 * What the id of a member is of: a node, or an episode or asset by its own id, which has a node too. Of whatever is not
 * there, not reachable or of another project it is of nothing: the member dangles.
 */
export const nodeOf = (member: SQL): SQL => sql`coalesce(
  (select own.id from ${nodes} as own where own.id = ${member}),
  (select ${episodes.nodeId} from ${episodes} where ${episodes.id} = ${member} and ${live(episodes)}),
  (select ${assets.nodeId} from ${assets} where ${assets.id} = ${member} and ${live(assets)}))`

/** Joins the node of a member, where it has one, as `nodes`. */
export const joinedMember = (member: SQL, project: SQL): SQL => sql`left join ${nodes}
  on ${nodes.id} = ${nodeOf(member)} and ${nodes.projectId} = ${project} and ${live(nodes)}
  and not ${isInTrashedEpisode(nodes.containerId)}`

/** The id of an asset that a member is of and that hangs in no tree. */
export const looseAsset = (member: SQL, project: SQL): SQL => sql`(select ${assets.id} from ${assets}
  where ${assets.id} = ${member} and ${assets.nodeId} is null and ${assets.projectId} = ${project} and ${reachableAsset})`

/** The id of the asset that a member is of, beside its node. */
export const assetOfMember = (member: SQL, project: SQL): SQL =>
  sql`iif(${isLeaf}, ${nodes.itemId}, ${looseAsset(member, project)})`
