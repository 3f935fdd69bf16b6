import { env } from 'cloudflare:workers'
import { beforeAll, expect, it } from 'vitest'
import { mintApiToken } from '../../src/domain/api-token.ts'
import { endpoints } from '../../src/endpoints.ts'
import { type Fixture, fixture, put, type Sample, samplesFor } from '../support/samples.ts'
import { type Answer, ask, Tenant } from '../support/world.ts'

/**
 * What a request costs that is refused for who asks and where: nothing of what is there shows in its work, whatever it
 * asks for and however much at once.
 */

const protectedRoutes = endpoints.map(({ route }) => route).filter(({ open }) => !open)

let shared: Fixture
let samples: Readonly<Record<string, Sample>>
let callers: Readonly<Record<string, (operationId: string) => string | null>>

const MEMBERS = Array.from({ length: 1_000 }, (_, at) => `member ${at}`)
const COLLECTIONS = ['clips', ...Array.from({ length: 999 }, (_, at) => `collection ${at}`)]

/** A thousand of whatever a body lists, all of them there. */
function large(hash: string): Readonly<Record<string, unknown>> {
  const many = <T>(item: T): T[] => Array<T>(1_000).fill(item)
  const place = { namespace: shared.owner.slug, project: 'robotics' }
  return {
    announceUploads: { ...place, files: many({ size: 3, sha256: hash }) },
    signAssets: { ...place, paths: many('/v.mp4') },
    createCollection: { name: 'new', members: MEMBERS },
    addCollectionMembers: { add: MEMBERS },
    removeCollectionMembers: { remove: MEMBERS },
    attachCollections: { add: COLLECTIONS },
    detachCollections: { remove: COLLECTIONS },
  }
}

beforeAll(async () => {
  shared = await fixture()
  await fixture()
  const { owner } = shared
  const bytes = new TextEncoder().encode('abc')
  const sha256 = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).toHex()
  const announced = await owner.ask('POST', '/uploads', {
    namespace: owner.slug,
    project: 'robotics',
    files: [{ size: 3, sha256 }],
  })
  const [upload] = announced.body.uploads
  await put(upload.url, 'abc', upload.headers)
  expect((await owner.ask('POST', `/uploads/${upload.id}/complete`)).status).toBe(200)
  const { project } = shared
  await owner.ask('POST', `${project}/collections/clips/members`, { add: MEMBERS })
  await env.DB.prepare(
    `insert into collections (id, project_id, dataset_id, name, tags, created_at, updated_at, created_by, updated_request)
     select printf('%024x', key), c.project_id, (select id from datasets d where d.project_id = c.project_id and d.name = 'training'),
       value, '[]', 0, 0, c.created_by, '' from collections c cross join json_each(?2)
     where c.id = ?1 and value <> 'clips'`,
  )
    .bind((await owner.ask('GET', `${project}/collections/clips`)).body.id, JSON.stringify(COLLECTIONS))
    .run()
  const bodies = large(sha256)
  samples = Object.fromEntries(
    Object.entries(samplesFor(shared)).map(([name, sample]) => [
      name,
      name in bodies ? { ...sample, body: bodies[name] } : sample,
    ]),
  )
  const tokenOf = async (scopes: string[]) =>
    (await owner.ask('POST', '/auth/tokens', { name: 'robot', scopes })).body
  const [reading, uploading, revoked] = await Promise.all([
    tokenOf(['read']),
    tokenOf(['upload']),
    tokenOf(['read', 'write', 'upload']),
  ])
  await owner.ask('DELETE', `/auth/tokens/${revoked.id}`)
  const stranger = await Tenant.arrive()
  const made = mintApiToken()
  callers = {
    'a made-up token': () => made,
    'a revoked token': () => revoked.token,
    'a stranger': (operationId) => (samples[operationId]?.isOwn ? null : stranger.token),
    // What the samples are about is another's to it: it does not even see that.
    'a token without the scope': (operationId) => {
      const { scope, isSending, isOwn } = samples[operationId] ?? {}
      if (isSending || isOwn) return null
      return scope === 'read' ? uploading.token : scope === 'watch' ? null : reading.token
    },
  }
})

async function askAll(callerOf: (operationId: string) => string | null): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>()
  for (const { operationId, method } of protectedRoutes) {
    const sample = samples[operationId]
    const token = callerOf(operationId)
    if (!sample || token === null) continue
    const { path, body } = sample
    answers.set(operationId, await ask(method, path, { token, ...(body === undefined ? {} : { body }) }))
  }
  return answers
}

/** Takes away everything of a namespace but who asks and where. Another tenant's rows stay: no table is empty. */
async function empty(slug: string): Promise<void> {
  const id = await env.DB.prepare('select id from namespaces where slug = ?').bind(slug).first<string>('id')
  const inside = 'project_id in (select id from projects where namespace_id = ?1)'
  const conditions = {
    parts: 'object_id in (select id from objects where namespace_id = ?1)',
    assets: inside,
    objects: 'namespace_id = ?1',
    nodes: inside,
    episodes: inside,
    collection_members: `collection_id in (select id from collections where ${inside})`,
    collections: inside,
    datasets: inside,
    deletions: 'namespace_id = ?1',
  }
  await env.DB.batch(
    Object.entries(conditions).map(([table, condition]) =>
      env.DB.prepare(`delete from ${table} where ${condition}`).bind(id),
    ),
  )
}

/** A thing that is addressed by its id alone tells where it is: its own row is read for that. */
const ROWS_OF_AN_ADDRESS = 6
/** Who asks and where, as every statement of a batch judges it. */
const ROWS_OF_A_JUDGEMENT = 15
/** What is a list for each kind of node asks for each of them whether anything may be read; a manifest knows its bounds. */
const ROWS_OF_LISTS: Readonly<Record<string, number>> = { listChildren: 10, readManifest: 10 }

/** What is wrong with an answer, beside the one to the same request where there is nothing. */
function* faultsOf(
  answer: Answer,
  nothing: Answer | undefined,
  isById: boolean,
  ofLists: number,
): Generator<string> {
  const { status, mostRows, rowsRead, rowsWritten, statements, trips } = answer
  if (![401, 403, 404].includes(status)) yield `is answered ${status}`
  if (trips !== 1 || rowsWritten !== 0) yield `makes ${trips} trips and writes ${rowsWritten} rows`
  if (mostRows > 1) yield `gives ${mostRows} rows`
  if (rowsRead > (ROWS_OF_A_JUDGEMENT + ofLists) * statements) yield `reads ${rowsRead} rows`
  const more = rowsRead - (nothing?.rowsRead ?? 0)
  if (more > (isById ? ROWS_OF_AN_ADDRESS * statements : 0)) yield `reads ${more} rows of what is there`
}

it('a refused request gives the Worker one row a statement, and reads the same where there is nothing', async () => {
  const asked = Object.entries(callers)
  const before = await Promise.all(asked.map(([, callerOf]) => askAll(callerOf)))
  await empty(shared.owner.slug)
  const after = await Promise.all(asked.map(([, callerOf]) => askAll(callerOf)))
  const faults = asked.flatMap(([caller], index) =>
    [...(before[index] ?? [])].flatMap(([operationId, answer]) =>
      [
        ...faultsOf(
          answer,
          after[index]?.get(operationId),
          samples[operationId]?.hidden !== undefined,
          ROWS_OF_LISTS[operationId] ?? 0,
        ),
      ].map((fault) => `${operationId} by ${caller} ${fault}`),
    ),
  )
  expect(faults).toEqual([])
  expect(before.map(({ size }) => size > protectedRoutes.length / 2)).toEqual(asked.map(() => true))
})
