import type { Config } from '../../config.ts'
import * as field from '../../http/field.ts'
import { Cursors, linkTo } from '../../http/page.ts'
import * as z from '../../http/zod.ts'
import { PROJECT, ProjectParams } from '../places/address.ts'
import { type Members, MOST_MEMBERS } from './collections.sql.ts'

export const Collection = z
  .object({
    id: field.id,
    name: z.string(),
    description: z.string().nullable(),
    tags: z.array(z.string()),
    metadata: field.metadataShown,
    projectId: field.id,
    datasetId: field.id.nullable(),
    members: z.array(z.string()).meta({
      description: `In their order, ${MOST_MEMBERS.toLocaleString('en')} in one answer; \`membersTotal\` counts them all.`,
    }),
    membersTotal: z.int(),
    createdAt: field.time,
    updatedAt: field.time,
  })
  .meta({ id: 'Collection' })

export const example = {
  id: '019d8a3c5e00a1b2c3d4e5f8',
  name: 'front-camera-clips',
  description: null,
  tags: [],
  metadata: null,
  projectId: '019d8a3c5e00a1b2c3d4e5f7',
  datasetId: '019d8a3c5e00a1b2c3d4e5f6',
  members: ['019d8a3c5e00a1b2c3d4e5f9'],
  membersTotal: 1,
  createdAt: '2026-04-15T09:30:00.000Z',
  updatedAt: '2026-04-15T09:30:00.000Z',
}

export const COLLECTIONS = `${PROJECT}/collections`
export const CollectionParams = ProjectParams.extend({
  name: field.lookup.meta({ description: 'The name of the collection' }),
})

/** Members, or collections, that one request adds or removes. */
const MOST_AT_ONCE = 1_000

const listOf = <T extends z.ZodType<string>>(item: T, most: number) =>
  z
    .array(item)
    .max(most, { error: `has over ${most} entries: send the rest in requests of their own` })
    .transform((given) => [...new Set(given)])
    .meta({ maxItems: most })

const membersUpTo = (most: number) =>
  listOf(field.word, most).meta({
    description: 'Ids of nodes, episodes or assets; any other text is kept, and refers to nothing.',
  })

export const members = membersUpTo(MOST_AT_ONCE)

/** Those that a collection is made with. */
export const firstMembers = membersUpTo(5_000)

export const collectionNames = listOf(field.lookup, MOST_AT_ONCE)

/** Where the members of a collection are listed. */
const membersUrl = (params: z.output<typeof ProjectParams>, name: string, url: URL): URL => {
  const parts = { ...params, name }
  const path = `${COLLECTIONS}/{name}/members`.replace(/\{(\w+)\}/g, (_, part: keyof typeof parts) =>
    encodeURIComponent(parts[part]),
  )
  return new URL(path, url)
}

/** The link to the members that an answer leaves out of a collection; null where it shows all. */
export async function restOf(
  { ids, total, last }: Members,
  params: z.output<typeof ProjectParams>,
  name: string,
  url: URL,
  config: Config,
): Promise<string | null> {
  if (ids.length >= total) return null
  const list = membersUrl(params, name, url)
  const onward: Record<string, string> =
    ids.length === 0 ? {} : { cursor: await new Cursors(list, config).sealPlace(last) }
  return `<${linkTo(list, onward)}>; rel="section"`
}
