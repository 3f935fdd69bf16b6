import { sql } from 'drizzle-orm'
import { apiTokens, departures, formerSlugs, restorations, revocations } from '../../drizzle/schema.ts'
import { act, inOrder, map, type Plan } from './plan.ts'
import { command } from './sql.ts'

/** What was kept for a while so that a request can be told from another, or a name from its former owner. */
interface Expiring {
  /** Epoch milliseconds. */
  readonly now: number
  /** A request that was sent before this is not sent again. */
  readonly repeatedSince: number
  /** Rows of each table. */
  readonly rows: number
}

const steps = [
  command<Expiring>(
    'expire.revocations',
    (a) => sql`delete from ${revocations} where (${revocations.issuer}, ${revocations.jti}) in (
      select ${revocations.issuer}, ${revocations.jti} from ${revocations}
      where ${revocations.expiresAt} <= ${a.now} limit ${a.rows})`,
  ),
  // A token that has expired is told so as long as it is in its user's list.
  command<Expiring>(
    'expire.apiTokens',
    (a) => sql`delete from ${apiTokens} where ${apiTokens.id} in (select ${apiTokens.id} from ${apiTokens}
      where ${apiTokens.revokedAt} <= ${a.repeatedSince} limit ${a.rows})`,
  ),
  command<Expiring>(
    'expire.formerSlugs',
    (
      a,
    ) => sql`delete from ${formerSlugs} where ${formerSlugs.slug} in (select ${formerSlugs.slug} from ${formerSlugs}
      where ${formerSlugs.reservedUntil} <= ${a.now} limit ${a.rows})`,
  ),
  command<Expiring>(
    'expire.departures',
    (a) => sql`delete from ${departures} where (${departures.userId}, ${departures.namespaceId}) in (
      select ${departures.userId}, ${departures.namespaceId} from ${departures}
      where ${departures.departedAt} <= ${a.repeatedSince} limit ${a.rows})`,
  ),
  command<Expiring>(
    'expire.restorations',
    (a) => sql`delete from ${restorations} where ${restorations.id} in (
      select ${restorations.id} from ${restorations}
      where ${restorations.restoredAt} <= ${a.repeatedSince} limit ${a.rows})`,
  ),
]

/** Removes what has served its time. */
export const expire = (values: Expiring): Plan<void> =>
  map(inOrder(steps.map((step) => act(step, values))), () => undefined)
