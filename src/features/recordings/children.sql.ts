import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { childCounts, nodes } from '../../../drizzle/schema.ts'
import { DEEPEST_OFFSET, listPlan, type Page, type Window } from '../../db/page.ts'
import type { Plan } from '../../db/plan.ts'
import type { Arguments } from '../../db/sql.ts'
import { type ItemRef, live, type ProjectRef, projectGuard } from '../../db/standing.ts'
import { guard } from '../../db/statements.ts'
import { assetKinds } from '../../domain/kind.ts'
import { nodeGuard } from './node-target.sql.ts'
import { nodeJson } from './nodes.sql.ts'

/**
 * What hangs right below a node, or at the top of a project: folders and episodes before leaves, each by name. An index
 * has those of one kind in the order of their names; of each kind as many are read as the page needs, and merged.
 */
interface Listing {
  /** All kinds where it is null. */
  readonly kind: string | null
  /** Where the page before has ended, in parts of its position; null at the start. */
  readonly afterRank: number | null
  readonly afterName: string | null
  readonly afterId: string | null
}

type A = Arguments<Listing & Window>

const rankOf = (kind: string): number => (kind === 'folder' || kind === 'episode' ? 0 : 1)

/** The first children of a kind behind the position, as many as reach to the end of the page. */
function childrenOf(a: A, kind: string): SQL {
  const rank = sql.raw(String(rankOf(kind)))
  const from = (part: SQLWrapper): SQL => sql`iif(${rank} = ${a.afterRank}, ${part}, '')`
  return sql`select * from (select ${rank} as rank, ${nodes.name} as name, ${nodes.id} as id from ${nodes}
    where ${nodes.aboveId} = (select id from above) and ${nodes.kind} = ${sql.raw(`'${kind}'`)} and ${live(nodes)}
      and (${a.kind} is null or ${a.kind} = ${sql.raw(`'${kind}'`)}) and ${rank} >= ifnull(${a.afterRank}, 0)
      and (${nodes.name}, ${nodes.id}) > (${from(a.afterName)}, ${from(a.afterId)})
    order by ${nodes.name}, ${nodes.id} limit ifnull((select reach from above), 0))`
}

/** D1 takes five terms a compound. */
const GROUPS = [['folder', 'episode'], assetKinds.slice(0, 3), assetKinds.slice(3)]

const union = (parts: readonly SQL[]): SQL => sql.join([...parts], sql.raw(' union all '))

/** The position of a node among those beside it, as it stands in a cursor. */
const position = sql`lower(hex(page.rank || page.name || page.id))`

const countBelow = (
  a: A,
  above: SQL,
): SQL => sql`(select ifnull(sum(${childCounts.nodes}), 0) from ${childCounts}
  where ${childCounts.id} >= ${above} || ' ' and ${childCounts.id} < ${above} || '!'
    and (${a.kind} is null or ${childCounts.id} = ${above} || ' ' || ${a.kind}))`

/** `ofPermit` selects, as `id`, what the children hang below; `ofStanding` is the same of the caller's row. */
const listed = (a: A, { ofStanding, ofPermit }: { readonly ofStanding: SQL; readonly ofPermit: SQL }) => {
  // Past the end nothing is read, however far it is.
  const reach = sql`iif(${a.offset} > 0 and (${a.offset} > ${sql.raw(String(DEEPEST_OFFSET))}
    or ${a.offset} >= ${countBelow(a, sql`node.id`)}), 0, ${a.offset} + ${a.limit} + 1)`
  const some = (kinds: readonly string[]): SQL =>
    sql`select * from (${union(kinds.map((kind) => childrenOf(a, kind)))})`
  return {
    count: countBelow(a, ofStanding),
    rows: (limit: SQL) => sql`with above as materialized (
        select node.id as id, ${reach} as reach from (${ofPermit}) as node)
      select ${position} as id, ${nodeJson} as body from (
        select * from (${union(GROUPS.map(some))}) order by rank, name, id ${limit}) as page
      cross join ${nodes} on ${nodes.id} = page.id`,
  }
}

const listing = guard<ItemRef>('nodes.listingBelow', (a) => nodeGuard(a, 'read'))

const listingTop = guard<ProjectRef>('nodes.listingTop', (a) => projectGuard(a, 'read'))

const below = listPlan<ItemRef & Listing>(listing, 'nodes.listedBelow', (a) =>
  listed(a, {
    ofStanding: sql`(select id from target)`,
    ofPermit: sql`select target.id as id from permit cross join target`,
  }),
)

const atTop = listPlan<ProjectRef & Listing>(listingTop, 'nodes.listedTop', (a) =>
  listed(a, { ofStanding: sql`standing.project_id`, ofPermit: sql`select project_id as id from permit` }),
)

/** What a position says. */
function partsOf(after: string | null): Omit<Listing, 'kind'> {
  if (after === null) return { afterRank: null, afterName: null, afterId: null }
  const text = new TextDecoder().decode(Uint8Array.fromHex(after))
  return { afterRank: Number(text[0]), afterName: text.slice(1, -24), afterId: text.slice(-24) }
}

type Wanted = { readonly kind: string | null; readonly after: string | null }

/** The children of a node. */
export const listChildren = ({ after, ...ref }: ItemRef & Wanted, window: Window): Plan<Page> =>
  below({ ...ref, ...partsOf(after) }, window)

/** What is at the top of a project. */
export const listTop = ({ after, ...ref }: ProjectRef & Wanted, window: Window): Plan<Page> =>
  atTop({ ...ref, ...partsOf(after) }, window)
