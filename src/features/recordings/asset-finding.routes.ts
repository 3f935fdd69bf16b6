import { assetDrives } from '../../domain/asset-drives.ts'
import { assetConditionOf } from '../../domain/asset-fields.ts'
import type { Condition } from '../../domain/query-conditions.ts'
import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import { Cursors, LARGEST_LIMIT, limit, walkLinks } from '../../http/page.ts'
import type { AnswerShape, Call, Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { PROJECT, ProjectParams, projectAt, projectFailures } from '../places/address.ts'
import { compileOfAssets } from './asset-conditions.sql.ts'
import { assetFinding, episodeAssetFinding, type FoundPage, type Wanted } from './asset-finding.sql.ts'
import { shownBy, wireKinds } from './asset-kinds.ts'
import { EPISODES, EpisodeParams } from './episodes.routes.ts'
import { listAskedBy, plainConditions, plainFilters } from './plain-filters.ts'
import { conditionIn } from './query-asked.ts'

const DEFAULT_LIMIT = 50

const FoundQuery = z.object({
  q: z.string().optional().meta({
    description:
      'A query over fields, such as `kind:video folder:/cams/* size>10MB episode.status:completed`; up to 1,024 bytes.',
  }),
  ...plainFilters,
  limit: limit.optional().meta({
    default: DEFAULT_LIMIT,
    description: `How many at most, up to ${LARGEST_LIMIT.toLocaleString('en')}.`,
  }),
  cursor: z.string().optional().meta({ description: '`nextCursor` of the answer before' }),
})

const Around = z.object({ id: z.string(), name: z.string() }).nullable().meta({
  description: 'The episode that it is in; null where it is in none.',
})

/** Each kind as its list shows it, with what it is and where. */
const kinds = wireKinds.map((wire) => {
  const { kind } = wire.shape
  const { schema, example } = shownBy(wire)
  return {
    schema: schema.extend({ kind: z.literal(kind), episode: Around }).meta({ id: `Found${wire.one}` }),
    example: { kind, episode: { id: '019d8a3c5e00a1b2c3d4e5f8', name: 'run-042' }, ...example },
  }
})

const shownIn = (order: string): AnswerShape => ({
  description: `One page, ${order}`,
  schema: z.object({
    assets: z.array(z.union(kinds.map(({ schema }) => schema))),
    nextCursor: z.string().nullable().meta({ description: 'Null at the end.' }),
    examined: z.int().meta({ description: 'Rows that were looked at.' }),
  }),
  example: { assets: kinds.slice(0, 1).map(({ example }) => example), nextCursor: null, examined: 1 },
})

const shapes = wireKinds.map(({ shape }) => shape)
const findInProject = assetFinding(shapes)
const findInEpisode = episodeAssetFinding(shapes)

/** Where a page ended, and the `now` of the first one. */
interface Place {
  readonly after: string
  readonly now: number
}

/** A page of what is found, as `find` finds it. */
async function answer(
  {
    query,
    url,
    config,
    now,
  }: Pick<Call<z.ZodObject, typeof FoundQuery, z.ZodObject>, 'query' | 'url' | 'config' | 'now'>,
  find: (wanted: Wanted) => Promise<FoundPage>,
): Promise<Response> {
  const { q = '', limit: most = DEFAULT_LIMIT, cursor, ...filters } = query
  const cursors = new Cursors(listAskedBy(url), config)
  const place = cursor === undefined ? null : await cursors.openPlace<Place>(cursor)
  const moment = place?.now ?? now
  const sought = conditionIn(assetConditionOf, q, moment)
  const parts = [...plainConditions(filters), ...(sought ? [sought] : [])]
  const condition: Condition | null = parts.length === 0 ? null : { kind: 'and', parts }
  const { items, next, examined } = await find({
    after: place?.after ?? null,
    limit: most,
    drives: assetDrives(condition),
    condition: condition && compileOfAssets(condition),
  })
  const nextCursor = next === null ? null : await cursors.sealPlace({ after: next, now: moment })
  const rest = JSON.stringify({ nextCursor, examined }).slice(1)
  return jsonAnswer(`{"assets":[${items.join(',')}],${rest}`, 200, { ...walkLinks(url, most, nextCursor) })
}

const inProject = endpoint(
  {
    operationId: 'listAssets',
    grant: 'read',
    method: 'GET',
    path: `${PROJECT}/assets`,
    tag: 'Assets',
    summary: 'List or find the assets of a project, of all kinds, newest first',
    description:
      'What is in the trash, or in an episode that is, is left out. A page looks at 3,000 assets at most, and may be short, even empty, while `nextCursor` leads on.',
    params: ProjectParams,
    query: FoundQuery,
    answers: { 200: shownIn('newest first') },
    failures: [...projectFailures, 'query_invalid'],
  },
  (call) => {
    const ref = { ...call.asking, ...projectAt(call.params) }
    return answer(call, (wanted) => call.database.run(findInProject(ref, wanted)))
  },
)

const inEpisode = endpoint(
  {
    operationId: 'listEpisodeAssets',
    grant: 'read',
    method: 'GET',
    path: `${EPISODES}/{episodeName}/assets`,
    tag: 'Assets',
    summary: 'List or find the assets of an episode, of all kinds, by path',
    description:
      'In the order of code points; of one path by kind; what has no name comes last. A page looks at 3,000 assets at most, and may be short, even empty, while `nextCursor` leads on.',
    params: EpisodeParams,
    query: FoundQuery,
    answers: { 200: shownIn('by path') },
    failures: [...projectFailures, 'episode_not_found', 'query_invalid'],
  },
  (call) => {
    const ref = { ...call.asking, ...projectAt(call.params), name: call.params.episodeName }
    return answer(call, (wanted) => call.database.run(findInEpisode(ref, wanted)))
  },
)

export const assetFindingEndpoints: readonly Endpoint[] = [inProject, inEpisode]
