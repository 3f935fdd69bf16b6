import type { Config } from '../../config.ts'
import { endpoint } from '../../http/endpoint.ts'
import { Cursors, linkTo } from '../../http/page.ts'
import { resourceAnswer } from '../../http/resource.ts'
import type { Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { projectAt, projectFailures } from '../places/address.ts'
import { AssetCounts, count, countNames, exampleCounts } from '../places/asset-counts.ts'
import { shownBy, wireKinds } from './asset-kinds.ts'
import { EPISODES, Episode, EpisodeParams, example } from './episodes.routes.ts'
import { episodeReading, type WholeEpisode } from './whole-episode.sql.ts'

/** Each kind as its list shows it, and says what it is. */
const kinds = wireKinds.map((wire) => {
  const { kind } = wire.shape
  const { schema, example: shown } = shownBy(wire)
  return {
    schema: schema.extend({ kind: z.literal(kind) }).meta({ id: `${wire.one}InEpisode` }),
    example: { kind, ...shown },
  }
})

const Whole = Episode.extend({
  counts: AssetCounts,
  assets: z.array(z.union(kinds.map(({ schema }) => schema))).meta({
    description: 'Of all kinds, the newest first: 1,000 of them, or as many as weigh 8 MiB.',
  }),
  assetsTotal: count,
}).meta({ id: 'WholeEpisode' })

const readEpisode = episodeReading(wireKinds.map(({ shape }) => shape))

const read = endpoint(
  {
    operationId: 'readEpisode',
    grant: 'read',
    method: 'GET',
    path: `${EPISODES}/{episodeName}`,
    tag: 'Episodes',
    summary: 'Read an episode with its newest assets, and the counts of all',
    description:
      'For each kind with more assets than are shown, a `Link` (`rel="section"`, the kind as `title`) leads to the list of the others.',
    params: EpisodeParams,
    query: z.object({}),
    isTagged: true,
    answers: {
      200: {
        description: 'The episode',
        schema: Whole,
        example: {
          ...example,
          counts: exampleCounts,
          assets: kinds.slice(0, 1).map((kind) => kind.example),
          assetsTotal: 28,
        },
      },
    },
    failures: [...projectFailures, 'episode_not_found'],
  },
  async (call) => {
    const { asking, params, url, config, database } = call
    const place = projectAt(params)
    const found = await database.run(readEpisode({ ...asking, ...place, name: params.episodeName }))
    const { body, counts: counted } = found.episode
    const counts = JSON.parse(counted) as Counts
    const total = Object.values(counts).reduce((sum, each) => sum + each, 0)
    const assets = found.assets.map((asset) => asset.body).join(',')
    const extra = `"counts":${counted},"assets":[${assets}],"assetsTotal":${total}`
    const links = await linksOn(found, counts, place, url, config)
    return resourceAnswer(call, { ...found.episode, body: `${body.slice(0, -1)},${extra}}` }, { links })
  },
)

type Counts = Readonly<Record<string, number>>

/** The lists of what is not shown, a kind each: all of it is older than the last that is. */
async function linksOn(
  { episode: { id }, assets }: WholeEpisode,
  counts: Counts,
  place: Readonly<Record<string, string>>,
  url: URL,
  config: Config,
): Promise<string[]> {
  const last = assets.at(-1)
  if (!last) return []
  const isCut = ({ shape: { kind } }: (typeof wireKinds)[number]) =>
    assets.filter((asset) => asset.kind === kind).length < (counts[countNames[kind]] ?? 0)
  return Promise.all(
    wireKinds.filter(isCut).map(async ({ shape: { kind } }) => {
      const list = new URL(`/assets/${kind}?${new URLSearchParams({ ...place, episodeId: id })}`, url)
      const cursor = await new Cursors(list, config).seal(last.id)
      return `<${linkTo(list, { cursor })}>; rel="section"; title="${kind}"`
    }),
  )
}

export const wholeEpisodeEndpoints: readonly Endpoint[] = [read]
