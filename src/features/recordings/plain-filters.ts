import type { Condition } from '../../domain/query-conditions.ts'
import * as field from '../../http/field.ts'
import * as filter from '../../http/filter.ts'

/** What people ask for first, of episodes and assets alike, without a query; all of it has to hold, and a query too. */

/** Of a list that one may ask for by tags. */
const MOST_WANTED = 8

/** The parameters. */
export const plainFilters = {
  tag: filter.allOfTags(MOST_WANTED).optional(),
  name: field.line.optional().meta({ description: 'What the name begins with' }),
  createdAfter: filter.span
    .optional()
    .meta({ description: `Made later: after the end of a date, after a time itself. ${filter.SPAN}` }),
  createdBefore: filter.span
    .optional()
    .meta({ description: `Made earlier: before a date begins, before a time itself. ${filter.SPAN}` }),
}

/**
 * The list that is asked for, without what says nothing: `defaults` are values that might as well be left out. Cursors are of a
 * list, however it is spelt.
 */
export function listAskedBy(url: URL, defaults: Readonly<Record<string, string>> = {}): URL {
  const asked = [...url.searchParams].filter(
    ([name, value]) => value !== defaults[name] && !saysNothing(name, value),
  )
  return new URL(`${url.pathname}?${new URLSearchParams(asked)}`, url)
}

/** Of a query that is so where it is blank; a name may begin with a blank. */
const saysNothing = (name: string, value: string): boolean =>
  name === 'q' ? value.trim() === '' : name === 'name' && value === ''

/** What they are read as. */
interface Filters {
  readonly tag?: readonly string[] | undefined
  readonly name?: string | undefined
  readonly createdAfter?: { readonly to: number | null } | undefined
  readonly createdBefore?: { readonly from: number | null } | undefined
}

/** What they ask, what costs least first. */
export function plainConditions({
  tag = [],
  name = '',
  createdAfter,
  createdBefore,
}: Filters): readonly Condition[] {
  const [from, to] = [createdAfter?.to ?? null, createdBefore?.from ?? null]
  return [
    ...(from === null && to === null ? [] : [{ kind: 'span', field: 'created', from, to } as const]),
    ...(name === '' ? [] : [{ kind: 'text', field: 'name', test: { is: 'begins', text: name } } as const]),
    ...tag.map((each) => ({ kind: 'text', field: 'tag', test: { is: 'in', texts: [each] } }) as const),
  ]
}
