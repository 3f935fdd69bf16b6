import { env } from 'cloudflare:workers'
import { expect } from 'vitest'

/** What an episode should be found by, worked out by a plain reading. */
interface Source {
  readonly name: string
  readonly status: string
  /** JSON. */
  readonly tags: string
  readonly metadata: string | null
}

const bytes = (text: string): number => new TextEncoder().encode(text).length

const MOST_LOOKED_AT = 100
const MOST_SCALARS = 32

/** A value in metadata by its key, and whether it is a member of a list. */
type Inside = readonly [key: string, value: unknown, isMember: boolean]

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** What is to be looked at inside of a value; null where that is too much. */
function within([key, value, isMember]: Inside): readonly Inside[] | null {
  if (!isObject(value) || isMember) return []
  if (!Array.isArray(value))
    return Object.entries(value).map(([name, each]) => [
      `${key}.${/^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name)}`,
      each,
      false,
    ])
  return value.length > MOST_LOOKED_AT ? null : value.map((each) => [key, each, true])
}

const isLong = ([key, value]: Inside): boolean =>
  bytes(key) > 128 || (typeof value === 'string' && bytes(value) > 128)

/** The scalars of metadata by their keys, level by level, and whether some of them are left out. */
function scalarsOf(metadata: string | null): readonly string[] {
  if (metadata === null) return []
  const queue: Inside[] = [['meta', JSON.parse(metadata), false]]
  let isCut = false
  for (let at = 0; at < queue.length && at < MOST_LOOKED_AT; at++) {
    const more = within(queue[at] as Inside)
    isCut ||= more === null || at === MOST_LOOKED_AT - 1
    queue.push(...(more ?? []))
  }
  const scalars = queue.slice(0, MOST_LOOKED_AT).filter(([, value]) => value !== null && !isObject(value))
  const found = scalars.filter((each) => !isLong(each))
  const isMore = isCut || found.length < scalars.length || found.length > MOST_SCALARS
  const shown = found.slice(0, MOST_SCALARS).map(([key, value]) => `${key} ${JSON.stringify(value)}`)
  return isMore ? [...shown, '~more ""'] : shown
}

/** The facets of an episode, each as `key value`, the value as JSON. */
function facetsOf({ name, status, tags, metadata }: Source): readonly string[] {
  const words = (name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map((word) =>
    [...word].slice(0, 32).join(''),
  )
  const all = [
    `status ${JSON.stringify(status)}`,
    ...(JSON.parse(tags) as string[]).map((tag) => `tag ${JSON.stringify(tag)}`),
    ...words.map((word) => `word ${JSON.stringify(word)}`),
    ...scalarsOf(metadata),
  ]
  return [...new Set(all)].toSorted()
}

const VALUE = `case typeof(value) when 'blob' then iif(value = x'01', 'true', 'false') else json_quote(value) end`

/** Numbers are spelt as JavaScript spells them. */
const spelt = ({ key, value }: { readonly key?: string; readonly value?: string }): string =>
  `${key} ${JSON.stringify(JSON.parse(value ?? ''))}`

/** The facets of episodes are what they should be, and so are the counts of a namespace. */
export async function expectFacets(namespaceId: string): Promise<void> {
  const ofNamespace = `from episodes join projects on projects.id = project_id where namespace_id = ?1`
  const [rows, stored, counts] = await env.DB.batch<Record<string, never>>(
    [
      `select episodes.id, episodes.project_id, episodes.name, status, episodes.tags, episodes.metadata,
         episodes.deleted_at is null as is_live ${ofNamespace}`,
      `select lower(hex(episode_id)) as id, key, ${VALUE} as value from facets
         where project_id in (select unhex(id) from projects where namespace_id = ?1)`,
      `select lower(hex(project_id)) || ' ' || key as key, ${VALUE} as value, n, size from facet_counts
         where project_id in (select unhex(id) from projects where namespace_id = ?1)`,
    ].map((text) => env.DB.prepare(text).bind(namespaceId)),
  )
  const told = new Map<string, string[]>()
  for (const { id = '', ...facet } of stored?.results ?? [])
    told.set(id, [...(told.get(id) ?? []), spelt(facet)])
  const expected = (rows?.results ?? []).map((row) => ({ ...row, facets: facetsOf(row as never) }))
  expect(Object.fromEntries([...told].map(([id, each]) => [id, each.toSorted()]))).toEqual(
    Object.fromEntries(
      expected.map(({ id, facets }: { id?: string; facets: readonly string[] }) => [id, facets]),
    ),
  )
  const tally: Record<string, [number, number]> = {}
  for (const { is_live, project_id, facets } of expected as {
    is_live?: number
    project_id?: string
    facets: string[]
  }[])
    for (const facet of is_live ? facets : []) {
      const n = (tally[`${project_id} ${facet}`]?.[0] ?? 0) + 1
      tally[`${project_id} ${facet}`] = [n, Math.floor(Math.log2(n))]
    }
  expect(
    Object.fromEntries((counts?.results ?? []).map(({ n, size, ...facet }) => [spelt(facet), [n, size]])),
  ).toEqual(tally)
}
