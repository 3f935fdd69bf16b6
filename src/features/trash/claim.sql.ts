import { type SQL, sql } from 'drizzle-orm'
import { deletions, purges } from '../../../drizzle/schema.ts'
import { lacksScope, notOfMembers, readVerdict } from '../../db/guard.ts'
import { act, after, type Plan, statement } from '../../db/plan.ts'
import { type Arguments, insertInto, mintedId } from '../../db/sql.ts'
import { type NamespaceRef, namespaceGuard, type ProjectRef, projectGuard } from '../../db/standing.ts'
import { guard, guarded, type NamedGuard, scheduled, verdict } from '../../db/statements.ts'
import { turnsOf } from '../../db/turns.ts'
import { type Stamp, untagged } from '../../db/write.ts'
import { PERSONAL } from '../../domain/access.ts'
import { deletionIn, noDeletion } from './list.sql.ts'

type Rule = (typeof purges.$inferSelect)['rule']

/** Who asked for a purge, and by which request. */
interface Asked {
  readonly requestedBy: SQL
  readonly request: SQL
}

/** The receipt of a deletion that is being claimed; `from` selects it. */
export const openReceipt = (now: SQL, rule: Rule, from: SQL, asked?: Asked): SQL =>
  sql`${insertInto(
    purges,
    {
      id: mintedId(now),
      namespaceId: deletions.namespaceId,
      projectId: deletions.projectId,
      deletionId: deletions.id,
      kind: deletions.kind,
      itemId: deletions.itemId,
      name: deletions.name,
      rule: sql.raw(`'${rule}'`),
      ...asked,
      startedAt: now,
    },
    from,
  )} on conflict (deletion_id) where deletion_id is not null do nothing`

/**
 * The turns: datasets come first, then everything else in the order of deleting, by which what was deleted inside of
 * something precedes it.
 */
export const FIRST = sql.raw('0')
const NEXT = sql.raw('1')

interface Claiming {
  /** Epoch milliseconds, like `deletedBefore`. */
  readonly now: number
  readonly deletedBefore: number
  readonly namespaces: readonly string[]
  /** Deletions of each at once. */
  readonly most: number
}

/** What waits in the trash: the datasets, or everything else. */
const waiting = (isOther: SQL): SQL =>
  sql`${deletions.purging} = 0 and (${deletions.kind} <> 'dataset') = ${isOther}`

const due = (
  a: Arguments<Claiming>,
  isOther: SQL,
): SQL => sql`(select ${deletions.id} from ${a.namespaces.each} as turn
  cross join ${deletions} on ${deletions.id} in (
    select ${deletions.id} from ${deletions} where ${waiting(isOther)} and ${deletions.namespaceId} = turn.value
      and ${deletions.deletedAt} <= ${a.deletedBefore} and ${deletions.phase} is null
    order by ${deletions.deletedAt}, ${deletions.id} limit ${a.most}))`

const claiming = (what: 'datasets' | 'others', isOther: SQL) => ({
  open: scheduled<Claiming>(`purges.open.${what}`, (a) =>
    openReceipt(a.now, 'retention', sql`from ${deletions} where ${deletions.id} in ${due(a, isOther)}`),
  ),
  claim: scheduled<Claiming>(
    `deletions.claim.${what}`,
    (a) => sql`update ${deletions} set purging = 1, turn = ${isOther}
      where ${deletions.id} in ${due(a, isOther)} and ${deletions.purging} = 0`,
  ),
})

const claims = [claiming('datasets', FIRST), claiming('others', NEXT)]

/**
 * Claims what has been in the trash for long enough, and opens its receipts. The claim is `purging`, set in one guarded
 * update: from then on nothing restores the deletion, and whoever comes to erase it, in whatever order and how often,
 * finds what is left.
 */
export const claimDue = (values: Claiming): readonly Plan<void>[] =>
  claims.flatMap(({ open, claim }) => [act(open, values), act(claim, values)])

/** The namespaces with something to claim, or claimed items to erase: episodes, folders, datasets, collections, assets. */
export const withItemsToPurge = turnsOf('items', (a) => [
  { table: deletions, condition: waiting(FIRST), time: deletions.deletedAt, until: a.before },
  { table: deletions, condition: waiting(NEXT), time: deletions.deletedAt, until: a.before },
  {
    table: deletions,
    condition: sql`${deletions.purging} = 1 and (${deletions.projectId} is null) = 0`,
  },
])

interface Purging extends Pick<Stamp, 'now' | 'repeatable' | 'expected'> {
  readonly deletionId: string
}

export type InProject = ProjectRef & Purging
export type InNamespace = NamespaceRef & Purging

/** Holds where this very request has claimed it before, and it may be gone by now. */
const claimedBefore = (a: Arguments<Purging>): SQL => sql`exists (select 1 from ${purges}
  where ${purges.deletionId} = ${a.deletionId} and ${purges.request} = ${a.repeatable})`

/** The guard of a request that purges, or counts what would go. */
export const purgingInProject = guard<InProject>('deletions.purgingInProject', (a) =>
  projectGuard(a, 'purge', {
    tables: [deletionIn(a, sql`${deletions.projectId} = standing.project_id`)],
    done: claimedBefore(a),
    thing: [notOfMembers('purge'), noDeletion],
    state: [untagged(a), ['deletion_marking', sql`(select phase = 'restoring' from deletion)`]],
  }),
)

export const purgingInNamespace = guard<InNamespace>('deletions.purgingInNamespace', (a) =>
  namespaceGuard(
    a,
    'purge',
    {
      tables: [
        deletionIn(
          a,
          sql`${deletions.namespaceId} = standing.namespace_id and ${deletions.projectId} is null`,
        ),
      ],
      done: claimedBefore(a),
      thing: [noDeletion],
      // The namespace itself is no API token's.
      state: [
        lacksScope(
          PERSONAL,
          sql`(select kind = 'namespace' from deletion) and standing.token_id is not null`,
        ),
        untagged(a),
      ],
    },
    { withTrashed: true },
  ),
)

function purgingNow<A extends Purging>(by: NamedGuard<A>, where: string) {
  const open = guarded(
    by,
    `purges.openNow.${where}`,
    (a) =>
      sql`${openReceipt(
        sql`${a.now}`,
        'requested',
        sql`from permit cross join ${deletions} where ${deletions.id} = ${a.deletionId}`,
        { requestedBy: sql`permit.user_id`, request: sql`${a.repeatable}` },
      )}`,
  )
  const claim = guarded(
    by,
    `deletions.claimNow.${where}`,
    () => sql`update ${deletions} set purging = 1, turn = ${NEXT}
      where ${deletions.id} = (select deletion.id from deletion cross join permit) and ${deletions.purging} = 0`,
  )
  const claimed = verdict(by, `deletions.claimedNow.${where}`)
  return (values: NoInfer<A>): Plan<void> =>
    // The receipt last: by it the request is known as done.
    after([act(claim, values), act(open, values)], statement(claimed, values, readVerdict))
}

export const purgeInProject = purgingNow(purgingInProject, 'inProject')
export const purgeInNamespace = purgingNow(purgingInNamespace, 'inNamespace')
