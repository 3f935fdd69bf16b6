import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endpoints } from '../../src/endpoints.ts'
import { Tenant } from '../support/world.ts'

const RUNS = 30

/** Characters that are allowed in names, though not every program expects them. */
const rare = fc.constantFrom(
  ...'aZ0 -_./%?#&+*[]\\"\'`;$:{}<>ßİ日😀\u00a0\u0301\u200b\u202e\u2028\ufeff\uffff\u{10ffff}',
)
/** And some that no line of text may hold. */
const wrong = fc.constantFrom('\u0000', '\n', '\u007f', '\u0085', '\ud800', '\udfff')

const line = fc.string({ unit: rare, minLength: 1, maxLength: 20 })
const text = fc.oneof(
  line,
  fc.string({ unit: fc.oneof(rare, wrong), maxLength: 20 }),
  fc.tuple(rare, fc.integer({ min: 60, max: 1_100 })).map(([char, times]) => char.repeat(times)),
  fc.constantFrom('', '.', '..', '/', '//', '/a/../b', '__proto__', 'constructor', 'null'),
)

const positive = fc.constantFrom(1, 30, 2 ** 31, 2 ** 53 - 1)
const number = fc.constantFrom(0, -0, -1, 0.5, 2 ** 53, 1e21, -1e308, 1e308, 5e-324)
const time = fc.constantFrom(
  '1969-12-31T23:59:59.999Z',
  '2024-02-29T12:00:00.123456789+05:30',
  '2026-04-14T09:30:00Z',
)
const oddTime = fc.constantFrom(
  '0000-01-01T00:00:00+14:00',
  '9999-12-31T23:59:59.999-14:00',
  '2026-02-30T00:00:00Z',
  '2026-04-14T24:00:00Z',
  '2016-12-31T23:59:60Z',
)
const nested = (levels: number): unknown => JSON.parse(`${'{"a":['.repeat(levels)}${']}'.repeat(levels)}`)
const proto = Object.fromEntries([['__proto__', { polluted: true }]])
const metadata = fc.oneof(
  fc.dictionary(fc.oneof(line, text), fc.jsonValue()),
  fc.constantFrom(proto, nested(249)),
)

const anything: fc.Arbitrary<unknown> = fc.oneof(
  text,
  number,
  oddTime,
  metadata,
  fc.constantFrom(null, true, [], {}, [null], [[[]]], nested(251)),
  fc.array(text, { maxLength: 70 }),
)

/** What a field could well be, by its name; what is not listed is a line of text. */
const likely: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  project: fc.constantFrom('lab', 'lab', 'other', 'x'.repeat(64)),
  slug: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{9,30}$/),
  tags: fc.array(line, { maxLength: 3 }),
  metadata,
  status: fc.constantFrom('running', 'completed', 'failed', 'archived'),
  tag: line,
  q: fc.oneof(fc.constantFrom('tag:a', 'meta.x>1 OR -name:a*', 'started:2026'), line),
  createdAfter: fc.oneof(time, fc.constantFrom('2026', '2026-02-31')),
  createdBefore: fc.oneof(time, fc.constantFrom('2027-01', '0000')),
  visibility: fc.constantFrom('private', 'public'),
  writeProtected: fc.constant(false),
  startedAt: time,
  endedAt: time,
  durationMs: positive,
  fps: fc.oneof(positive, fc.constantFrom(0.5, 1e21, 5e-324)),
  sampleRate: positive,
  channels: positive,
  lens: fc.constantFrom('fisheye', 'pinhole', 'eqrec'),
  format: fc.constantFrom('vtt', 'srt', 'jsonl'),
  limit: fc.constantFrom('1', '2', '1000'),
  page: fc.constantFrom('0', '1', '2', '-1', '1e9', '9007199254740993', 'NaN'),
  pageSize: fc.constantFrom('0', '1', '200', '201', 'Infinity'),
  expiresIn: fc.constantFrom('1', '604800'),
  disposition: fc.constantFrom('inline', 'attachment'),
  members: fc.array(line, { maxLength: 3 }),
  add: fc.array(fc.oneof(fc.constant('set'), line), { maxLength: 3 }),
  remove: fc.array(fc.oneof(fc.constant('set'), line), { maxLength: 3 }),
  membersLimit: fc.constantFrom('0', '1', '10000'),
}

type Fields = Record<string, unknown>

interface Oddity {
  readonly query?: Fields
  readonly body?: Fields
  readonly segment?: string
  readonly raw?: string | Uint8Array
  readonly headers?: Record<string, string>
  /** Appended to the query as it is. */
  readonly more?: string
}

const NEEDED = ['namespace', 'project', 'path']

/** Fields as they should be, some of them left out. */
const usualFields = (names: readonly string[], tenant: Tenant): fc.Arbitrary<Fields> => {
  const values = names.map((name) => [
    name,
    name === 'namespace' ? fc.constant(tenant.slug) : (likely[name] ?? line),
  ])
  const model = Object.fromEntries(values.filter(([name]) => name !== 'cursor')) as Record<
    string,
    fc.Arbitrary<unknown>
  >
  const requiredKeys = names.filter((name) => NEEDED.includes(name) || name === 'name' || name === 'slug')
  return fc.record(model, { requiredKeys })
}

/** One or two fields that are anything. */
const oddFields = (names: readonly string[]): fc.Arbitrary<Fields> =>
  fc.dictionary(fc.constantFrom(...names, 'space', '__proto__', 'unknown'), anything, {
    minKeys: 1,
    maxKeys: 2,
  })

const rawBody = fc.constantFrom(
  '',
  'null',
  '[]',
  '"x"',
  '{"name":',
  '{"name":"x","metadata":{"n":1e999}}',
  '\ufeff{"name":"bom"}',
  `{"name":"x","metadata":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`,
  '['.repeat(1_000_000),
  new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
)

const oddSegment = fc.oneof(
  fc
    .string({ unit: fc.oneof(rare, wrong), maxLength: 9 })
    .map((raw) => encodeURIComponent(raw.toWellFormed())),
  fc.constantFrom('%', '%FF', '%00', '%zz', '..', '%2E%2E', 'nowhere'),
)

const oddHeader = fc.constantFrom<Record<string, string>>(
  { 'X-D1-Bookmark': 'x' },
  { 'X-D1-Bookmark': '00000000-00000000-00000000-00000000000000000000000000000000' },
  { 'X-Request-Id': '../../x' },
  { 'X-Request-Id': 'same' },
  { 'Content-Type': 'text/plain' },
  { Range: 'bytes=0-' },
)

const oddQuery = fc.constantFrom('&%', '&=&&', '&x=%00', '&project=%ED%A0%80', '&__proto__=1&page=1&page=2')

/** Makes what the routes speak of, where it is not there; gives what the path may name. */
async function settle(tenant: Tenant): Promise<Record<string, string>> {
  const lab = tenant.project('lab')
  const run = { name: 'run', folder: '/folder' }
  let episode = await tenant.ask('POST', `${lab}/episodes`, run)
  while (episode.status === 410) {
    const { body } = await tenant.ask('GET', `${lab}/trash`)
    const held = body.trash.find(({ kind }: { kind: string }) => kind === 'episode' || kind === 'folder')
    const restored = await tenant.ask(
      'POST',
      `${lab}/trash/${held.deletionId}/restore?as=run-${held.deletionId}`,
    )
    expect(restored.status).toBe(200)
    episode = await tenant.ask('POST', `${lab}/episodes`, run)
  }
  await tenant.ask('POST', `${lab}/datasets`, { name: 'set' })
  await tenant.ask('POST', `${lab}/collections`, { name: 'set', members: ['set'] })
  const place = { namespace: tenant.slug, project: 'lab', episodeName: 'run' }
  const asset = await tenant.ask('POST', '/assets/video', { ...place, name: '/a/b.mp4' })
  expect(asset.status).toBe(201)
  const gone = await tenant.ask('POST', '/assets/video', { ...place, name: '/gone.mp4' })
  await tenant.ask('DELETE', `/assets/video/${gone.body.id}`)
  const { body } = await tenant.ask('GET', `${lab}/trash?pageSize=1`)
  return { video: asset.body.id, folder: episode.body.folder?.id ?? '', deletionId: body.trash[0].deletionId }
}

const isLine = (value: string): boolean => value.isWellFormed() && !/\p{Cc}/u.test(value)
const isName = (value: string): boolean =>
  isLine(value) && !['', '.', '..'].includes(value) && [...value].length <= 255
const byteLength = (value: string): number => new TextEncoder().encode(value).length
const isCount = (value: string): boolean => Number.isSafeInteger(Number(value)) && Number(value) > 0

function areTags(value: string): boolean {
  const tags: string[] = JSON.parse(value)
  const isTag = (tag: string) => tag !== '' && isLine(tag) && [...tag].length <= 64
  return tags.length <= 64 && new Set(tags).size === tags.length && tags.every(isTag)
}

function isMetadata(value: string): boolean {
  const given: unknown = JSON.parse(value)
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given)
  return isObject && !/\\ud[89a-f]../i.test(value) && byteLength(value) <= 65_536
}

/** What a stored value has to be, by its column. */
const rules: Readonly<Record<string, (value: string) => boolean>> = {
  name: isName,
  member: (value) => value !== '' && isLine(value) && [...value].length <= 255,
  asset: (value) =>
    value.startsWith('/') &&
    value.slice(1).split('/').every(isName) &&
    value.split('/').length <= 33 &&
    byteLength(value) <= 1_024,
  slug: (value) => /^[a-z0-9][a-z0-9._-]{0,63}$/.test(value),
  tags: areTags,
  metadata: isMetadata,
  description: (value) => isLine(value.replace(/[\t\n\r]/g, '')),
  fps: (value) => Number(value) > 0,
  sample_rate: isCount,
  channels: isCount,
  span: (value) => Number(value) >= 0,
  contradiction: (value) => value === '0',
}

const stored = [
  'select slug, metadata from mine',
  'select name, slug, description, tags, metadata from projects where id in ours',
  `select name, description, tags, metadata, ended_at - started_at as span,
     abs(duration_ms - (ended_at - started_at)) > 1 as contradiction from episodes where project_id in ours`,
  'select name, description, tags, metadata from datasets where project_id in ours',
  'select name, description, tags, metadata from collections where project_id in ours',
  'select member_id as member from collection_members where collection_id in (select id from collections where project_id in ours)',
  'select name as asset, tags, metadata, fps, sample_rate, channels from assets where project_id in ours',
  'select name from nodes where project_id in ours',
]

/** Every value of the tenant's that breaks the rule of its column, and how many there are in all. */
async function judge(tenant: Tenant): Promise<{ broken: unknown[]; count: number }> {
  const scope = `with mine as (select * from namespaces where created_by = (select id from users where username = ?1)),
    ours as (select id from projects where namespace_id in (select id from mine))`
  const all = stored.map((text) => env.DB.prepare(`${scope} ${text}`).bind(tenant.slug))
  const found = (await env.DB.batch<Record<string, unknown>>(all)).flatMap(({ results }) => results)
  const values = found.flatMap((row) => Object.entries(row)).filter(([, value]) => value !== null)
  return { broken: values.filter(([column, value]) => !rules[column]?.(String(value))), count: found.length }
}

const provider = {
  AUTH_JWKS_URL: 'https://issuer.example/keys',
  AUTH_ISSUER: 'https://issuer.example',
  AUTH_AUDIENCE: 'dreamlake',
}

describe('whatever is sent', () => {
  it.each(endpoints.map(({ route }) => [`${route.method} ${route.path}`, route] as const))(
    'to %s, the server does not fail, and stores nothing that breaks a rule',
    async (_, route) => {
      const tenant = await Tenant.arrive()
      const settled = await settle(tenant)
      await tenant.ask('POST', '/namespaces', { slug: `${tenant.slug}-2` })
      const known: Record<string, string> = {
        // Renaming it, the tenant would be at home elsewhere.
        slug: /^(update|trash)Namespace$/.test(route.operationId) ? `${tenant.slug}-2` : tenant.slug,
        projectSlug: 'lab',
        episodeName: 'run',
        name: 'set',
        ...settled,
        id: (route.tag === 'Nodes' ? settled.folder : settled.video) ?? '',
      }
      const [queryNames, bodyNames] = [Object.keys(route.query.shape), Object.keys(route.body?.shape ?? {})]
      const request = fc.record({
        /** One part of a request is odd at a time: so the other parts are not refused before it is looked at. */
        oddity: fc.oneof(
          { weight: 3, arbitrary: fc.constant({}) },
          { weight: 3, arbitrary: oddFields(bodyNames).map((body) => ({ body })) },
          { weight: 1, arbitrary: oddFields(queryNames).map((query) => ({ query })) },
          { weight: 1, arbitrary: oddSegment.map((segment) => ({ segment })) },
          {
            weight: 1,
            arbitrary: fc.record({ raw: rawBody, headers: oddHeader, more: oddQuery }, { requiredKeys: [] }),
          },
        ) as fc.Arbitrary<Oddity>,
        query: usualFields(queryNames, tenant),
        body: usualFields(bodyNames, tenant),
      })
      let isChanged = false
      await fc.assert(
        fc.asyncProperty(request, async ({ oddity, query, body }) => {
          if (isChanged && ['PATCH', 'DELETE'].includes(route.method)) await settle(tenant)
          const { segment, raw, headers, more = '' } = oddity
          const path = route.path.replace(/\{(?!key)(\w+)\}(?=[^{]*$)/, (whole) => segment ?? whole)
          const spelled = path.replace(/\{(\w+)\}/g, (_whole, name: string) => known[name] ?? 'x')
          const all = Object.entries({ ...query, ...oddity.query })
          const parameters = all.map(([name, value]) => [
            name,
            typeof value === 'string' ? value : JSON.stringify(value),
          ])
          const sent =
            raw ??
            JSON.stringify(
              Object.fromEntries([...Object.entries(body), ...Object.entries(oddity.body ?? {})]),
            )
          const answer = await tenant.ask(
            route.method,
            `${spelled}?${new URLSearchParams(parameters)}${more}`,
            undefined,
            {
              ...(route.method === 'GET' ? {} : { raw: sent }),
              headers: { 'Content-Type': 'application/json', ...headers },
              // Without an identity provider nothing is exchanged at all.
              variables: provider,
            },
          )
          expect([answer.status < 500, answer.trips <= 1]).toEqual([true, true])
          isChanged = answer.rowsWritten > 0
        }),
        { numRuns: RUNS },
      )
      const { broken, count } = await judge(tenant)
      expect([broken, count > 5]).toEqual([[], true])
    },
  )
})
