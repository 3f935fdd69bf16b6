import { firstIdAt } from '../../domain/id.ts'
import { episodeStatuses } from '../../domain/kind.ts'
import { rangeOfPrefix } from '../../domain/path.ts'
import { endpoint } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import * as filter from '../../http/filter.ts'
import { listAnswer, listShape, pageQuery, windowOf } from '../../http/page.ts'
import type { Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { ProjectParams, projectAt, projectFailures } from '../places/address.ts'
import { type EpisodeFilter, filterEpisodes, listEpisodes, MOST_WANTED } from './episode-list.sql.ts'
import { EPISODES, Episode, example } from './episodes.routes.ts'

const ListQuery = z.object({
  ...pageQuery,
  tag: filter.allOfTags(MOST_WANTED).optional(),
  status: z.enum(episodeStatuses).optional().meta({ description: 'What its status is' }),
  name: field.line.optional().meta({ description: 'What the name begins with' }),
  createdAfter: filter.span
    .optional()
    .meta({ description: `Made later: after the end of a date, after a time itself. ${filter.SPAN}` }),
  createdBefore: filter.span
    .optional()
    .meta({ description: `Made earlier: before a date begins, before a time itself. ${filter.SPAN}` }),
})

/** What the query asks of an episode; null where that is nothing. */
function filterOf(query: z.output<typeof ListQuery>): EpisodeFilter | null {
  const { tag: tags = [], status = null, name = '', createdAfter, createdBefore } = query
  const [createdFrom, createdTo] = [createdAfter?.to ?? null, createdBefore?.from ?? null]
  if (tags.length === 0 && status === null && name === '' && createdFrom === null && createdTo === null)
    return null
  const { from, to } = name === '' ? { from: null, to: null } : rangeOfPrefix(name)
  return { tags, status, from, to, createdFrom, createdTo, oldest: firstIdAt(createdFrom) }
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
    failures: projectFailures,
  },
  async ({ asking, params, query, url, config, database }) => {
    const [window, cursors] = await windowOf(query, url, config)
    const ref = { ...asking, ...projectAt(params) }
    const asked = filterOf(query)
    const plan =
      asked === null ? listEpisodes(ref, window) : filterEpisodes(ref, asked, upTo(window, asked.createdTo))
    return listAnswer('episodes', await database.run(plan), query, url, cursors)
  },
)

/** An id begins with the time at which it was made: what is newer need not be looked at. */
function upTo<W extends { readonly before: string }>(window: W, time: number | null): W {
  const newest = time === null ? window.before : firstIdAt(time)
  return newest < window.before ? { ...window, before: newest } : window
}

export const episodeListEndpoints: readonly Endpoint[] = [list]
