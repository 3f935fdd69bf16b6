import { type SQL, sql } from 'drizzle-orm'
import { episodes, nodes } from '../../../drizzle/schema.ts'
import { ADMITTED } from '../../db/guard.ts'
import { object } from '../../db/json.ts'
import { type Plan, statement } from '../../db/plan.ts'
import type { Arguments } from '../../db/sql.ts'
import { type ItemRef, live, type ProjectRef, projectGuard } from '../../db/standing.ts'
import { consulting, guard } from '../../db/statements.ts'
import { outcomeOf, type Resource, readResource } from '../../db/write.ts'
import { nodeGuard } from './node-target.sql.ts'
import { isLeaf, nodeJson, pathFromRoot } from './nodes.sql.ts'

/** The nodes around the target, the outermost first, which is met last: each is written before those that it holds. */
const ancestors = sql`(with recursive around(parent_id, list) as (
    select ${nodes.parentId}, '' from target cross join ${nodes} on ${nodes.id} = target.id
    union all
    select ${nodes.parentId}, ${object({ id: nodes.id, name: nodes.name, kind: nodes.kind, path: pathFromRoot })}
      || iif(list = '', '', ',' || list)
    from around cross join ${nodes} on ${nodes.id} = around.parent_id)
  select '[' || list || ']' from around where parent_id is null)`

const reading = guard<ItemRef>('nodes.reading', (a) => nodeGuard(a, 'read'))

const read = consulting(reading, 'nodes.read', (a) =>
  outcomeOf(nodes, sql`json_insert(${nodeJson}, '$.ancestors', json(${ancestors}))`, a.id),
)

/** A node with those around it. */
export const readNode = (ref: ItemRef): Plan<Resource> => statement(read, ref, readResource)

interface Sought extends ProjectRef {
  /** From the project's root, or from the node of the episode; `/` is that node itself. */
  readonly path: string
  /** Where the segments of the path end, but for the last one, in code points. */
  readonly ends: readonly number[]
  /** The name of an episode. */
  readonly episode: string | null
  readonly kind: string | null
}

/** What is preferred of several nodes of one path comes first. */
const preference = (source: number): SQL => sql`iif(${isLeaf}, 2, ${nodes.kind} = 'episode')
  || ${sql.raw(String(source))} || ${nodes.kind} || ' ' || ${nodes.id}`

/**
 * The node of the path in its container; else, as a path may lead through the node of an episode, the node of the rest of
 * it inside of that.
 */
const sought = (a: Arguments<Sought>): SQL => {
  const isWanted = sql`${live(nodes)} and (${a.kind} is null or ${nodes.kind} = ${a.kind})`
  const episode = sql`(select ${episodes.id} from ${episodes} where ${episodes.projectId} = standing.project_id
    and ${episodes.name} = ${a.episode} and ${live(episodes)})`
  return sql`target as materialized (select substr(min(preference), -24) as id from (
    select ${preference(0)} as preference from ${ADMITTED} cross join ${nodes}
      on ${nodes.containerId} = iif(${a.episode} is null, standing.project_id, ${episode})
        and ${nodes.path} = ${a.path} and ${isWanted}
    union all
    select ${preference(1)} from ${ADMITTED} cross join ${a.ends.each} as along
      cross join ${nodes} as around on around.container_id = standing.project_id
        and around.path = substr(${a.path}, 1, along.value) and around.kind = 'episode' and around.deleted_at is null
      cross join ${nodes} on ${nodes.containerId} = around.item_id
        and ${nodes.path} = substr(${a.path}, along.value + 1) and ${isWanted}
      where ${a.episode} is null
    union all
    select ${preference(0)} from ${ADMITTED} cross join ${episodes} on ${episodes.id} = ${episode}
      cross join ${nodes} on ${nodes.id} = ${episodes.nodeId} and ${isWanted}
      where ${a.path} = '/'))`
}

const seeking = guard<Sought>('nodes.seeking', (a) =>
  projectGuard(a, 'read', {
    tables: [sought(a)],
    thing: [['node_not_found', sql`(select id from target) is null`]],
  }),
)

const found = consulting(seeking, 'nodes.found', () =>
  outcomeOf(nodes, nodeJson, sql`(select id from target)`),
)

/** The node at a path: a folder before an episode, an episode before an asset. */
export const findNode = (sought: Sought): Plan<Resource> => statement(found, sought, readResource)
