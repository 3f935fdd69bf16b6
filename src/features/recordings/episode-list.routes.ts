import { END } from '../../db/page.ts'
import { Refusal } from '../../domain/failure.ts'
import { episodeStatuses } from '../../domain/kind.ts'
import { QueryFault } from '../../domain/query.ts'
import type { Condition } from '../../domain/query-conditions.ts'
import { conditionOf } from '../../domain/query-fields.ts'
import { endpoint } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import * as filter from '../../http/filter.ts'
import { listAnswer, listShape, pageQuery, windowOf } from '../../http/page.ts'
import type { Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { ProjectParams, projectAt, projectFailures } from '../places/address.ts'
import { findEpisodes, listEpisodes } from './episode-list.sql.ts'
import { type Edge, type OrderName, orders } from './episode-order.sql.ts'
import { EPISODES, Episode, example } from './episodes.routes.ts'

const NEWEST: OrderName = '-created'
const sorts = Object.keys(orders) as [OrderName, ...OrderName[]]

/** Of a list that one may ask for by tags. */
const MOST_WANTED = 8

const ListQuery = z.object({
  ...pageQuery,
  q: z.string().optional().meta({
    description:
      'A query over fields, such as `status:completed tag:front meta.score>0.5 -has:audio started:2026-04`; up to 1,024 bytes.',
  }),
  tag: filter.allOfTags(MOST_WANTED).optional(),
  status: z.enum(episodeStatuses).optional().meta({ description: 'What its status is' }),
  name: field.line.optional().meta({ description: 'What the name begins with' }),
  createdAfter: filter.span
    .optional()
    .meta({ description: `Made later: after the end of a date, after a time itself. ${filter.SPAN}` }),
  createdBefore: filter.span
    .optional()
    .meta({ description: `Made earlier: before a date begins, before a time itself. ${filter.SPAN}` }),
  sort: z.enum(sorts).optional().meta({
    description:
      'The order, falling where it begins with a minus; by default `-created`. What has not started comes last. Of episodes that change meanwhile a walk by `-updated` may tell twice, or not at all.',
  }),
})

/** What the plain parameters ask of an episode, what costs least first. */
function plainConditions(query: z.output<typeof ListQuery>): readonly Condition[] {
  const { tag: tags = [], status, name = '', createdAfter, createdBefore } = query
  const [from, to] = [createdAfter?.to ?? null, createdBefore?.from ?? null]
  return [
    ...(status === undefined
      ? []
      : [{ kind: 'text', field: 'status', test: { is: 'in', texts: [status] } } as const]),
    ...(from === null && to === null ? [] : [{ kind: 'span', field: 'created', from, to } as const]),
    ...(name === '' ? [] : [{ kind: 'text', field: 'name', test: { is: 'begins', text: name } } as const]),
    ...tags.map((tag) => ({ kind: 'text', field: 'tag', test: { is: 'in', texts: [tag] } }) as const),
  ]
}

/** What `q` asks; null for nothing. */
function conditionIn(q: string, now: number): Condition | null {
  try {
    return conditionOf(q, now)
  } catch (fault) {
    if (!(fault instanceof QueryFault)) throw fault
    const { at, length, message, hint } = fault
    const error = { path: 'q', message, at, length, ...(hint === null ? {} : { hint }) }
    throw new Refusal('query_invalid', [error], `q: ${JSON.stringify(q.slice(at, at + length))} ${message}`)
  }
}

const list = endpoint(
  {
    operationId: 'listEpisodes',
    grant: 'read',
    method: 'GET',
    path: EPISODES,
    tag: 'Episodes',
    summary: 'List the episodes of a project, newest first',
    description:
      'Those in the trash are left out. Of several filters all hold. A filtered page is not counted, looks at 5,000 episodes at most, and may be short, even empty, while `nextCursor` leads on.',
    params: ProjectParams,
    query: ListQuery,
    answers: { 200: listShape('episodes', Episode, example, 'newest first', filter.shown) },
    failures: [...projectFailures, 'query_invalid'],
  },
  async ({ asking, params, query, url, now, config, database }) => {
    const [window, cursors] = await windowOf(query, url, config)
    const ref = { ...asking, ...projectAt(params) }
    const { sort = NEWEST, q = '' } = query
    const plain = plainConditions(query)
    if (plain.length === 0 && q.trim() === '' && sort === NEWEST)
      return listAnswer('episodes', await database.run(listEpisodes(ref, window)), query, url, cursors)
    const [after, moment] = window.before === END ? [null, now] : edgeIn(window.before)
    const sought = conditionIn(q, moment)
    const conditions = sought ? [...plain, sought] : plain
    const page = await database.run(
      findEpisodes(ref, { kind: 'and', parts: conditions }, sort, { ...window, after }),
    )
    const next = page.next && spelled(page.next, moment)
    return listAnswer('episodes', { ...page, next }, query, url, cursors)
  },
)

/** What a walk goes on with, as the bytes of a cursor: the row that it stands at, and the `now` of its first page. */
const spelled = ({ id, value }: Edge, moment: number): string =>
  new TextEncoder().encode(JSON.stringify([id, value, moment])).toHex()

function edgeIn(cursor: string): [Edge, number] {
  const [id, value, moment] = JSON.parse(new TextDecoder().decode(Uint8Array.fromHex(cursor)))
  return [{ id, value }, moment]
}

export const episodeListEndpoints: readonly Endpoint[] = [list]
