import { END } from '../../db/page.ts'
import { Refusal } from '../../domain/failure.ts'
import { episodeStatuses } from '../../domain/kind.ts'
import { rangeOfPrefix } from '../../domain/path.ts'
import { QueryFault } from '../../domain/query.ts'
import { type Condition, earlier, later, type Narrowed, narrowedBy } from '../../domain/query-conditions.ts'
import { conditionOf } from '../../domain/query-fields.ts'
import { endpoint } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import * as filter from '../../http/filter.ts'
import { listAnswer, listShape, pageQuery, windowOf } from '../../http/page.ts'
import type { Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { ProjectParams, projectAt, projectFailures } from '../places/address.ts'
import { compile } from './episode-conditions.sql.ts'
import { type EpisodeFilter, filterEpisodes, listEpisodes, MOST_WANTED } from './episode-list.sql.ts'
import { EPISODES, Episode, example } from './episodes.routes.ts'

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
})

/** What the plain parameters ask of an episode. */
function filterOf(query: z.output<typeof ListQuery>): EpisodeFilter {
  const { tag: tags = [], status = null, name = '', createdAfter, createdBefore } = query
  const [createdFrom, createdTo] = [createdAfter?.to ?? null, createdBefore?.from ?? null]
  const { from, to } = name === '' ? { from: null, to: null } : rangeOfPrefix(name)
  return { tags, status, from, to, createdFrom, createdTo }
}

const isFilter = ({ tags, status, from, createdFrom, createdTo }: EpisodeFilter): boolean =>
  tags.length > 0 || [status, from, createdFrom, createdTo].some((given) => given !== null)

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

/** The filter that a query is as well, where that leads to fewer episodes; nothing that fits is left out by it. */
function narrowed(filter: EpisodeFilter, condition: Condition | null): EpisodeFilter {
  if (condition === null) return filter
  const { name, createdFrom, createdTo } = narrowedBy(condition)
  const named = filter.from === null && name !== null ? rangeOf(name) : {}
  return {
    ...filter,
    ...named,
    createdFrom: later(filter.createdFrom, createdFrom),
    createdTo: earlier(filter.createdTo, createdTo),
  }
}

/** No name has a control character. */
const rangeOf = ({ text, isWhole }: NonNullable<Narrowed['name']>) =>
  isWhole ? { from: text, to: `${text}\u0001` } : rangeOfPrefix(text)

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
    const asked = filterOf(query)
    const [before, moment] = momentIn(window.before, now)
    const condition = conditionIn(query.q ?? '', moment)
    if (condition === null && !isFilter(asked))
      return listAnswer('episodes', await database.run(listEpisodes(ref, window)), query, url, cursors)
    const sought = condition && compile(condition)
    const page = await database.run(
      filterEpisodes(ref, narrowed(asked, condition), sought, { ...window, before }),
    )
    const next = page.next && `${page.next}${spelled(moment)}`
    return listAnswer('episodes', { ...page, next }, query, url, cursors)
  },
)

/** Epoch milliseconds as the end of a cursor. */
const MOMENT_DIGITS = 12
const spelled = (moment: number): string => moment.toString(16).padStart(MOMENT_DIGITS, '0')

/** A walk keeps the `now` of its first page: where it goes on, and when it began. */
function momentIn(before: string, now: number): [string, number] {
  if (before === END) return [before, now]
  return [before.slice(0, -MOMENT_DIGITS), Number.parseInt(before.slice(-MOMENT_DIGITS), 16)]
}

export const episodeListEndpoints: readonly Endpoint[] = [list]
