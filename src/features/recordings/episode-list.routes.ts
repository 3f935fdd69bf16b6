import type { Config } from '../../config.ts'
import { END } from '../../db/page.ts'
import { episodeStatuses } from '../../domain/kind.ts'
import type { Condition } from '../../domain/query-conditions.ts'
import { conditionOf } from '../../domain/query-fields.ts'
import { endpoint } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import * as filter from '../../http/filter.ts'
import { listAnswer, listShape, pageQuery, windowOf } from '../../http/page.ts'
import type { Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import {
  NAMESPACE,
  NamespaceParams,
  namespaceAt,
  ProjectParams,
  projectAt,
  projectFailures,
} from '../places/address.ts'
import { findEpisodes, listEpisodes } from './episode-list.sql.ts'
import { type Edge, NEWEST_FIRST, type OrderName, orderNames } from './episode-order.sql.ts'
import type { FoundPage, FoundWindow } from './episode-walk.sql.ts'
import { EPISODES, Episode, example } from './episodes.routes.ts'
import { findInNamespace } from './namespace-episodes.sql.ts'
import { listAskedBy, plainConditions, plainFilters } from './plain-filters.ts'
import { conditionIn } from './query-asked.ts'

const ListQuery = z.object({
  ...pageQuery,
  q: z.string().optional().meta({
    description:
      'A query over fields, such as `status:completed tag:front meta.score>0.5 -has:audio started:2026-04`; up to 1,024 bytes.',
  }),
  ...plainFilters,
  status: z.enum(episodeStatuses).optional().meta({ description: 'What its status is' }),
  sort: z.enum(orderNames).optional().meta({
    description:
      'The order, falling where it begins with a minus; by default `-created`. What has not started comes last. Of episodes that change meanwhile a walk by `-updated` may tell twice, or not at all.',
  }),
})

/** What the plain parameters ask of an episode, what costs least first. */
const conditionsIn = ({ status, ...others }: z.output<typeof ListQuery>): readonly Condition[] => [
  ...(status === undefined
    ? []
    : [{ kind: 'text', field: 'status', test: { is: 'in', texts: [status] } } as const]),
  ...plainConditions(others),
]

const list = endpoint(
  {
    operationId: 'listEpisodes',
    grant: 'read',
    method: 'GET',
    path: EPISODES,
    tag: 'Episodes',
    summary: 'List the episodes of a project, newest first',
    description:
      'Those in the trash are left out. Of several filters all hold. A filtered page is not counted, looks at 5,000 episodes or so at most, and may be short, even empty, while `nextCursor` leads on.',
    params: ProjectParams,
    query: ListQuery,
    answers: { 200: listShape('episodes', Episode, example, 'newest first', filter.shown) },
    failures: [...projectFailures, 'query_invalid'],
  },
  async (call) => {
    const { asking, params, query, url, config, database } = call
    const ref = { ...asking, ...projectAt(params) }
    if (isAsked(query))
      return foundAnswer(call, (condition, order, window) =>
        database.run(findEpisodes(ref, condition, order, window)),
      )
    const [window, cursors] = await windowOf(query, listAskedBy(url, { sort: NEWEST_FIRST }), config)
    return listAnswer('episodes', await database.run(listEpisodes(ref, window)), query, url, cursors)
  },
)

const PlacedInProject = Episode.extend({
  project: z.object({ id: field.id, slug: z.string() }),
}).meta({ id: 'EpisodeInNamespace' })

const listOfNamespace = endpoint(
  {
    operationId: 'listNamespaceEpisodes',
    grant: 'read',
    method: 'GET',
    path: `${NAMESPACE}/episodes`,
    tag: 'Episodes',
    summary: 'List the episodes of all projects of a namespace, newest first',
    description:
      'Of its newest 1,000 projects; who is not a member sees those of the public ones. As the list of a project that is filtered: it is not counted, and a page may be short, even empty, while `nextCursor` leads on. It looks at 1,000 episodes at most.',
    params: NamespaceParams,
    query: ListQuery,
    answers: {
      200: listShape(
        'episodes',
        PlacedInProject,
        { ...example, project: { id: example.projectId, slug: 'robotics' } },
        'newest first',
        filter.shown,
      ),
    },
    failures: ['namespace_not_found', 'query_invalid'],
  },
  (call) => {
    const { asking, params, database } = call
    const ref = { ...asking, ...namespaceAt(params) }
    return foundAnswer(call, (condition, order, window) =>
      database.run(findInNamespace(ref, condition, order, window)),
    )
  },
)

type Asked = z.output<typeof ListQuery>

/** Whether something else is asked for than all of a list, the newest first. */
const isAsked = (query: Asked): boolean =>
  conditionsIn(query).length > 0 ||
  (query.q ?? '').trim() !== '' ||
  (query.sort ?? NEWEST_FIRST) !== NEWEST_FIRST

/** A page of what is found, as `find` finds it. */
async function foundAnswer(
  {
    query,
    url,
    config,
    now,
  }: { readonly query: Asked; readonly url: URL; readonly config: Config; readonly now: number },
  find: (condition: Condition, order: OrderName, window: FoundWindow) => Promise<FoundPage>,
): Promise<Response> {
  const [window, cursors] = await windowOf(query, listAskedBy(url, { sort: NEWEST_FIRST }), config)
  const [after, moment] = window.before === END ? [null, now] : edgeIn(window.before)
  const sought = conditionIn(conditionOf, query.q ?? '', moment)
  const parts = [...conditionsIn(query), ...(sought ? [sought] : [])]
  const { sort = NEWEST_FIRST } = query
  const page = await find({ kind: 'and', parts }, sort, { ...window, after })
  const next = page.next && spelled(page.next, moment)
  return listAnswer('episodes', { ...page, next }, query, url, cursors)
}

/** What a walk goes on with, as the bytes of a cursor: the row that it stands at, and the `now` of its first page. */
const spelled = ({ id, value }: Edge, moment: number): string =>
  new TextEncoder().encode(JSON.stringify([id, value, moment])).toHex()

function edgeIn(cursor: string): [Edge, number] {
  const [id, value, moment] = JSON.parse(new TextDecoder().decode(Uint8Array.fromHex(cursor)))
  return [{ id, value }, moment]
}

export const episodeListEndpoints: readonly Endpoint[] = [list, listOfNamespace]
