import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import { replayOf } from '../../http/resource.ts'
import type { Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { ProjectParams, projectAt, projectFailures } from '../places/address.ts'
import { tagEpisodes } from './episode-tags.sql.ts'
import { EPISODES } from './episodes.routes.ts'

const MOST_EPISODES = 1_000

const Skipped = z
  .object({
    name: z.string(),
    code: z.enum(['episode_not_found', 'episode_write_protected', 'too_many_tags']),
  })
  .meta({ id: 'SkippedEpisode' })

const tag = endpoint(
  {
    operationId: 'tagEpisodes',
    grant: 'write',
    isKeyed: true,
    method: 'POST',
    path: `${EPISODES}/tags`,
    tag: 'Episodes',
    summary: 'Add tags to many episodes, and take others away',
    description:
      'Nobody has to read and write back a list of tags. What is added comes behind those that are there. An episode that is missing, write-protected, or would have over 64 tags is passed over and told; the others are changed.',
    params: ProjectParams,
    query: z.object({}),
    body: z
      .object({
        names: z
          .array(field.lookup)
          .min(1, { error: 'is empty' })
          .max(MOST_EPISODES, {
            error: `has over ${MOST_EPISODES} entries: send the rest in requests of their own`,
          })
          .transform((given) => [...new Set(given)])
          .meta({ minItems: 1, maxItems: MOST_EPISODES, description: 'Of episodes' }),
        add: field.tags.optional(),
        remove: field.tags.optional(),
      })
      .superRefine(({ add, remove }, context) => field.refuseContradiction(context, add, 'remove', remove))
      .meta({ id: 'EpisodesToTag' }),
    bodyExample: { names: ['run-042', 'run-043'], add: ['reviewed'], remove: ['new'] },
    answers: {
      200: {
        description: 'How many were changed, and which were passed over',
        schema: z.object({ changed: z.int(), skipped: z.array(Skipped) }),
        example: { changed: 1, skipped: [{ name: 'run-043', code: 'episode_write_protected' }] },
      },
    },
    failures: projectFailures,
  },
  async ({ asking, params, body, stamp, database }) => {
    const { names, add = [], remove = [] } = body
    const values = { ...asking, ...stamp, ...projectAt(params), names, tagsAdd: add, tagsRemove: remove }
    const tagged = await database.run(tagEpisodes(values))
    return jsonAnswer(tagged.body, 200, replayOf(tagged))
  },
)

export const episodeTagEndpoints: readonly Endpoint[] = [tag]
