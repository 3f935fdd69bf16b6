import { type SQL, sql } from 'drizzle-orm'
import { walks } from '../../drizzle/schema.ts'
import { act, type Plan, statement } from './plan.ts'
import { query } from './sql.ts'
import { scheduled } from './statements.ts'

const named = (walk: string): SQL => sql.raw(`'${walk}'`)

/**
 * Where a walk has come to. Walks go over everything there is, and take more than one run of the schedule: each goes on
 * from the last key that it has looked at, and begins anew from the empty one.
 */
export const positionOf = (walk: string): SQL =>
  sql`ifnull((select ${walks.position} from ${walks} where ${walks.name} = ${named(walk)}), '')`

const noteAll = scheduled<{ readonly positions: Readonly<Record<string, string>> }>(
  'walks.noteAll',
  (a) => sql`insert into ${walks} (name, position)
    select key, value from ${a.positions.each} where true on conflict (name) do update set position = excluded.position`,
)

/** Notes where several walks have come to, by their names. */
export const noteWalks = (positions: Readonly<Record<string, string>>): Plan<void> =>
  act(noteAll, { positions })

/** How it is read and noted where a walk has come to. */
export function walkOf(walk: string) {
  const read = query<Record<never, never>>(
    `walks.read.${walk}`,
    () => sql`select ${positionOf(walk)} as position`,
  )
  return {
    read: (): Plan<string> => statement(read, {}, ([row]) => row?.position as string),
    note: (position: string): Plan<void> => noteWalks({ [walk]: position }),
  }
}
