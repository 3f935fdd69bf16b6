import { type SQL, sql } from 'drizzle-orm'
import { idempotencyKeys } from '../../drizzle/schema.ts'
import { ADMITTED, type Kept, refusal, VERDICT } from './guard.ts'
import { act, after, type Plan, type Row, statement } from './plan.ts'
import { type Arguments, type Build, type Compiled, replaceInto } from './sql.ts'
import { keeping, type NamedGuard, outcome } from './statements.ts'
import type { Stamp } from './write.ts'

/**
 * Requests that a client sends under a key (`Idempotency-Key`). The batch that does what is asked for keeps its answer in
 * its last command. The same request, sent again, is told it while its caller may still do the same, and writes nothing.
 */
type Keyed = Pick<Stamp, 'now' | 'keyId' | 'fingerprint' | 'attempt'>

/** For so long a key is known, in milliseconds. */
export const KEPT_FOR = 86_400_000

/**
 * What a guard knows of the key. `place` is the id of what the request adds to, null while that is still to be made: the
 * same request to one that was made anew is another, and takes the key over.
 */
export const keyedAt = (place: SQL, a: Arguments<Keyed>): { readonly kept: Kept } => ({
  kept: {
    table: sql`kept as materialized (select ${idempotencyKeys.fingerprint} as fingerprint,
        ${idempotencyKeys.attempt} as attempt, ${idempotencyKeys.itemId} as item_id,
        ${idempotencyKeys.version} as version, ${idempotencyKeys.created} as created, ${idempotencyKeys.body} as body,
        ${idempotencyKeys.placeId} = ${place} as is_here
      from ${ADMITTED} cross join ${idempotencyKeys} where ${idempotencyKeys.id} = ${a.keyId}
        and ${idempotencyKeys.createdAt} > ${a.now} - ${sql.raw(String(KEPT_FOR))})`,
    isSame: sql`(select fingerprint = ${a.fingerprint} and is_here from kept)`,
    isOther: sql`(select fingerprint <> ${a.fingerprint} from kept)`,
    place,
  },
})

/** An outcome that can be kept, and told again. */
export interface Keepable<A extends object> {
  readonly outcome: Compiled<A>
  readonly keep: Compiled<A>
  readonly recall: Compiled<A>
}

const recalls = new WeakMap<NamedGuard<never>, Compiled<Keyed>>()

/** What was kept of a guard's requests, whatever has become of it since. */
function recallOf(by: NamedGuard<never>): Compiled<Keyed> {
  const [aggregate, gerund] = by.name.split('.')
  const recall =
    recalls.get(by) ??
    outcome<Keyed>(
      by as NamedGuard<Keyed>,
      `${aggregate}.recalled.${gerund}`,
      (a) => sql`select ${refusal}, kept.item_id as id, kept.version as version, kept.created as created,
        kept.body as body, kept.attempt <> ${a.attempt} as is_replayed from ${VERDICT} left join kept`,
    )
  recalls.set(by, recall)
  return recall
}

/**
 * Declares an outcome, `<aggregate>.<participle>`, whose answer is kept. `told` is what is kept of it, in the columns of a
 * resource, where the outcome itself is told otherwise.
 */
export function keepable<G extends Keyed, A extends G = G>(
  by: NamedGuard<G>,
  name: string,
  build: Build<A>,
  told: Build<A> = build,
): Keepable<A> {
  const [aggregate, ...participle] = name.split('.')
  const keep = keeping<A>(by as NamedGuard<never>, `${aggregate}.keep.${participle.join('.')}`, (a) =>
    replaceInto(
      idempotencyKeys,
      {
        id: a.keyId,
        fingerprint: a.fingerprint,
        attempt: a.attempt,
        placeId: by.kept?.place,
        itemId: sql`told.id`,
        version: sql`told.version`,
        created: sql`told.created`,
        body: sql`told.body`,
        createdAt: a.now,
      },
      sql`from permit as standing cross join (${told(a)}) as told where ${a.keyId} is not null and not exists (select 1 from kept where is_here)`,
    ),
  )
  return {
    outcome: outcome<G, A>(by, name, build),
    keep,
    recall: recallOf(by as NamedGuard<never>) as Compiled<A>,
  }
}

/** The commands, and then what became of them: of a request under a key what is kept of it, by `readKept`. */
export const settled = <A extends Keyed, T>(
  commands: readonly Plan<void>[],
  { outcome, keep, recall }: Keepable<A>,
  values: NoInfer<A>,
  read: (rows: readonly Row[]) => T,
  readKept = read,
): Plan<T> =>
  values.keyId === null
    ? after(commands, statement<A, T>(outcome, values, read))
    : after([...commands, act<A>(keep, values)], statement<A, T>(recall, values, readKept))
