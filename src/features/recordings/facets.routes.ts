import { invalid } from '../../domain/failure.ts'
import { rangeOfPrefix } from '../../domain/path.ts'
import { parseQuery, QueryFault } from '../../domain/query.ts'
import { keyOf, MOST_BYTES_OF_A_KEY } from '../../domain/query-drives.ts'
import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import type { Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { PROJECT, ProjectParams, projectAt, projectFailures } from '../places/address.ts'
import { listKeys, listValues } from './facet-list.sql.ts'

const Keys = z
  .object({ keys: z.array(z.string()), truncated: z.boolean() })
  .meta({ description: 'Fields of the query by which episodes can be told apart' })

const Values = z
  .object({
    values: z.array(
      z.object({ value: z.union([z.string(), z.number(), z.boolean()]), count: z.int().min(1) }),
    ),
    truncated: z.boolean(),
  })
  .meta({ description: 'What live episodes have there, the commonest first' })

/** The field as facets have it, however it is spelt in a query. */
function keyIn(spelt: string): string {
  const path = pathIn(spelt) ?? []
  const [first = '', ...rest] = path
  const name = first.toLowerCase()
  if ((name === 'tag' || name === 'status') && rest.length === 0) return name
  if (name !== 'meta' || rest.length === 0)
    throw invalid('key', 'is none: tag, status, or a path in the metadata such as meta.robot')
  const key = keyOf(rest)
  if (key === null)
    throw invalid('key', `is over ${MOST_BYTES_OF_A_KEY} bytes: of such a path there are no facets`)
  return key
}

/** A key of facets, as JSON, as the field of a query: in its quotes a letter is itself but for quotes and backslashes. */
const fieldOf = (key: string): string =>
  (JSON.parse(key) as string).replaceAll(/"(?:[^"\\]|\\.)*"/g, (part) => {
    const name = JSON.parse(part) as string
    return `"${name.replaceAll(/["\\]/g, '\\$&')}"`
  })

/** The path of a text that is the field of a query, and no more; null for any other text. */
function pathIn(field: string): readonly string[] | null {
  try {
    const query = parseQuery(`${field}:*`)
    return query?.kind === 'term' && query.at === 0 && query.field.length === field.length ? query.path : null
  } catch (fault) {
    if (fault instanceof QueryFault) return null
    throw fault
  }
}

const list = endpoint(
  {
    operationId: 'listFacets',
    grant: 'read',
    method: 'GET',
    path: `${PROJECT}/facets`,
    tag: 'Episodes',
    summary: 'List what the episodes of a project can be found by',
    description:
      'Without `key` the fields: `tag`, `status`, and paths in the metadata. With it the values that live episodes have there, and how many have each. Of either 1,000 at most; `truncated` tells that there are more. Of metadata with many or long values, some are not told.',
    params: ProjectParams,
    query: z.object({
      key: z.string().optional().meta({ description: 'A field, such as `tag` or `meta.robot`' }),
      prefix: field.line
        .optional()
        .meta({ description: 'What values that are texts begin with; needs `key`.' }),
    }),
    answers: {
      200: {
        description: 'The fields, or the values of one',
        schema: z.union([Keys, Values]),
        example: { values: [{ value: 'front', count: 1_204 }], truncated: false },
      },
    },
    failures: projectFailures,
  },
  async ({ asking, params, query: { key, prefix = '' }, database }) => {
    const ref = { ...asking, ...projectAt(params) }
    if (key === undefined) {
      if (prefix !== '') throw invalid('prefix', 'is of values: give their key')
      const { items, isTruncated } = await database.run(listKeys(ref))
      return jsonAnswer(JSON.stringify({ keys: items.map(fieldOf), truncated: isTruncated }), 200)
    }
    const range = prefix === '' ? { from: null, to: null } : rangeOfPrefix(prefix)
    const { items, isTruncated } = await database.run(listValues({ ...ref, key: keyIn(key), ...range }))
    return jsonAnswer(`{"values":[${items.join()}],"truncated":${isTruncated}}`, 200)
  },
)

export const facetEndpoints: readonly Endpoint[] = [list]
