import { sql } from 'drizzle-orm'
import { assets } from '../../../drizzle/schema.ts'
import { act, type Plan, statement } from '../../db/plan.ts'
import { assign, query } from '../../db/sql.ts'
import { scheduled } from '../../db/statements.ts'
import { type FoldedPath, foldedPathOf } from '../../domain/fold.ts'
import { foldedFields } from './asset-target.sql.ts'

/**
 * The names of assets that are still to be folded: SQLite cannot, so a request leaves them to the schedule which moves a folder
 * with all that hangs below it. Until then ASCII alone is folded in them.
 */

/** What is stored of an asset's name. */
interface Refolded extends FoldedPath {
  readonly id: string
}

const unfolded = query<{ readonly most: number }>(
  'assets.unfolded',
  (a) => sql`select ${assets.id} as id, ${assets.name} as name from ${assets} indexed by assets_unfolded
    where ${assets.id} > '' and octet_length(${assets.name}) <> length(${assets.name})
      and ${assets.foldedFrom} is not ${assets.name}
    order by ${assets.id} limit ${a.most}`,
)

/** Names that are folded at once. */
export const MOST_FOLDED = 500

/** The first of them, folded. */
export const findUnfolded: Plan<readonly Refolded[]> = statement(unfolded, { most: MOST_FOLDED }, (rows) =>
  rows.map(({ id, name }) => ({ id: id as string, ...foldedPathOf(name as string) })),
)

/** One that was moved meanwhile has another name, and is not folded yet. */
const fold = scheduled<{ readonly folded: readonly Refolded[] }>(
  'assets.fold',
  (a) => sql`update ${assets} set ${assign(
    assets,
    Object.fromEntries(foldedFields.map((field) => [field, sql`folded.value ->> ${sql.raw(`'${field}'`)}`])),
  )} from ${a.folded.each} as folded
    where ${assets.id} = folded.value ->> 'id' and ${assets.name} = folded.value ->> 'foldedFrom'`,
)

export const foldAssets = (folded: readonly Refolded[]): Plan<void> => act(fold, { folded })
