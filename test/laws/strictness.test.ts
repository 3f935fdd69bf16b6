import { describe, expect, it } from 'vitest'
import { endpoints } from '../../src/endpoints.ts'
import type { AnyRoute } from '../../src/http/route.ts'
import { fixture, inWorlds, type Sample, samplesFor } from '../support/samples.ts'
import { type Answer, ask, Tenant, tokenFor } from '../support/world.ts'

/** What is not known is refused, on every route that is not for clients of before. */

const routes = endpoints.map(({ route }) => route)
const isTolerant = ({ tag, operationId }: AnyRoute) => tag === 'Byte service' || operationId === 'logOut'
const named = (chosen: readonly AnyRoute[]) => chosen.map((route) => [route.operationId, route] as const)
const ofOwners = routes.filter(({ open }) => !open)
const strict = named(ofOwners.filter((route) => !isTolerant(route)))
const tolerant = named(ofOwners.filter(isTolerant))

const LENIENT = { headers: { Prefer: 'handling=lenient' } }
const applied = ({ headers }: Answer) => headers.get('Preference-Applied')

const inWorld = inWorlds(fixture, samplesFor)

/** Lets `act` ask as an owner, for whom the sample of the route is made. */
const prepared = (
  { operationId }: AnyRoute,
  act: (owner: Tenant, sample: Sample) => Promise<readonly Answer[]>,
): Promise<void> =>
  inWorld(async (all) => {
    const sample = samplesFor(all)[operationId]
    if (!sample) throw new Error(`${operationId} has no sample`)
    return act(all.owner, sample)
  }, operationId)

const withQuery = (path: string, query: string) => `${path}${path.includes('?') ? '&' : '?'}${query}`

const errorsOf = ({ status, body, rowsWritten }: Answer) => {
  expect([status, body.code, rowsWritten]).toEqual([400, 'invalid_request', 0])
  return body.errors
}

/** Each known name as it may be misspelt, and what is said of it. */
const misspelt = (names: readonly string[]) =>
  names.flatMap((name) =>
    // A second letter is half of a name of one, and makes it another.
    [...(name.length > 1 ? [`${name}x`] : []), `${name.toUpperCase()}_`].map((path) => ({
      path,
      message: `is not known; did you mean ${name}?`,
    })),
  )

/** Where in an example there are objects, but for what is the client's own. */
function objectsIn(example: unknown): string[][] {
  if (typeof example !== 'object' || example === null) return []
  const inner = Object.entries(example)
    .filter(([name]) => name !== 'metadata')
    .flatMap(([name, value]) => objectsIn(value).map((place) => [name, ...place]))
  return Array.isArray(example) ? inner : [[], ...inner]
}

const unheardOf = { path: 'quixotic', message: 'is not known' }

describe('what a route does not know is 400, with the nearest that it knows, and nothing is written', () => {
  it.each(strict)('%s: a parameter', (_, route) =>
    prepared(route, async (owner, sample) => {
      const expected = [...misspelt(Object.keys(route.query.shape)), unheardOf]
      const query = expected.map(({ path }) => `${path}=1`).join('&')
      const answer = await owner.ask(route.method, withQuery(sample.path, query), sample.body)
      expect(errorsOf(answer)).toEqual(expected)
      return [answer]
    }),
  )

  it.each(strict.filter(([, { method }]) => method !== 'GET'))('%s: a field', (_, route) =>
    prepared(route, async (owner, sample) => {
      const answers: Answer[] = []
      const expected = [...misspelt(Object.keys(route.body?.shape ?? {})), unheardOf]
      for (const value of [true, null]) {
        const unknown = Object.fromEntries(expected.map(({ path }) => [path, value]))
        const answer = await owner.ask(route.method, sample.path, { ...Object(sample.body), ...unknown })
        answers.push(answer)
        expect(errorsOf(answer)).toEqual(expected)
      }
      return answers
    }),
  )

  it.each(strict.filter(([, { query }]) => Object.keys(query.shape).length > 0))(
    '%s: a second value for a parameter that takes one',
    (_, route) =>
      prepared(route, async (owner, sample) => {
        const answers: Answer[] = []
        // Of what has several tags, each is asked for.
        for (const path of Object.keys(route.query.shape).filter((name) => name !== 'tag')) {
          const answer = await owner.ask(route.method, withQuery(sample.path, `${path}=1&${path}=1`))
          answers.push(answer)
          expect(errorsOf(answer)).toContainEqual({
            path,
            message: 'is given more than once, and takes one value',
          })
        }
        return answers
      }),
  )
})

describe('Prefer: handling=lenient', () => {
  it.each(strict)('%s answers as it does without what it does not know, and says so', (_, route) =>
    prepared(route, async (owner, sample) => {
      const { body = {} } = sample
      const sent = route.method === 'GET' ? undefined : { ...Object(body), quixotic: { deep: [1] } }
      const path = withQuery(sample.path, 'quixotic=1')
      const answer = await owner.ask(route.method, path, sent, LENIENT)
      expect([answer.status, applied(answer)]).toEqual([sample.status, 'handling=lenient'])
      return [answer]
    }),
  )

  it.each([
    ['handling=lenient', 200],
    ['Handling = "LENIENT"; note=1', 200],
    ['wait=10;for="a, b", handling=lenient', 200],
    ['handling=strict, handling=lenient', 400],
    ['note="a, handling=lenient"', 400],
    ['handling', 400],
    ['"', 400],
  ])('is asked for by %s: %i', async (Prefer, status) => {
    const tenant = await Tenant.arrive()
    const answer = await tenant.ask('GET', '/namespaces?quixotic=1', undefined, { headers: { Prefer } })
    expect([answer.status, applied(answer)]).toEqual([status, status === 200 ? 'handling=lenient' : null])
  })

  it('forgives neither a wrong value nor a second one', async () => {
    const tenant = await Tenant.arrive()
    const wrong = await tenant.ask('POST', '/namespaces', { slug: 'No Slug', slugg: 1 }, LENIENT)
    expect(errorsOf(wrong)).toMatchObject([{ path: 'slug' }])
    const twice = await tenant.ask('GET', '/namespaces?page=1&page=2', undefined, LENIENT)
    expect(errorsOf(twice)).toMatchObject([{ path: 'page' }])
  })

  it('goes on with a list, whatever else is said beside its cursor', async () => {
    const tenant = await Tenant.arrive()
    for (const slug of ['one', 'two']) await tenant.withProject(slug)
    const list = `/namespaces/${tenant.slug}/projects?pageSize=1`
    const first = await tenant.ask('GET', `${list}&_=1`, undefined, LENIENT)
    const cursor = `&cursor=${first.body.nextCursor}`
    expect(first.headers.get('Link')).not.toContain('_=1')
    for (const said of ['', '&_=2', '&_=1&other=x']) {
      const { status, body } = await tenant.ask('GET', `${list}${cursor}${said}`, undefined, LENIENT)
      expect([status, body.projects.length]).toEqual([200, 1])
    }
  })

  it('is told to browsers too', async () => {
    const tenant = await Tenant.arrive()
    const headers = { ...LENIENT.headers, Origin: 'http://localhost:3000' }
    const answer = await tenant.ask('GET', '/namespaces?quixotic=1', undefined, { headers })
    expect(answer.headers.get('Access-Control-Expose-Headers')).toContain('Preference-Applied')
  })
})

describe('clients of before may send what they like', () => {
  it.each(tolerant)('to %s', (_, route) =>
    prepared(route, async (owner, sample) => {
      const sent = route.method === 'GET' ? undefined : { ...Object(sample.body), quixotic: 1 }
      const answer = await owner.ask(
        route.method,
        withQuery(sample.path, 'quixotic=1&quixotic=2'),
        sent,
        // Without a jti, nobody is logged out.
        route.operationId === 'logOut'
          ? { token: await tokenFor(owner.slug, { claims: { jti: crypto.randomUUID() } }) }
          : LENIENT,
      )
      expect([answer.status, applied(answer)]).toEqual([sample.status, null])
      return [answer]
    }),
  )

  it('and so may whoever needs no token', async () => {
    expect((await ask('GET', '/health?t=1&t=2')).status).toBe(200)
    const plain = await ask('POST', '/auth/exchange')
    const adorned = await ask('POST', '/auth/exchange?t=1', { body: { token: 'x' } })
    expect([adorned.status, adorned.body.code]).toEqual([plain.status, plain.body.code])
  })
})

describe('what answers show', () => {
  it('may be sent back: the bookkeeping is not looked at', async () => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject()
    const bookkeeping = { id: 7, projectId: null, createdAt: 'then', updatedAt: [] }
    const place = { namespace: tenant.slug, project: 'robotics' }
    const resources = [
      [project, await tenant.ask('PATCH', project, { description: 'x' })],
      [`${project}/datasets/a`, await tenant.ask('POST', `${project}/datasets`, { name: 'a' })],
      [`/namespaces/${tenant.slug}`, await tenant.ask('PATCH', `/namespaces/${tenant.slug}`, {})],
    ] as const
    for (const [path, { body }] of resources) {
      const { updatedAt, ...same } = body
      const again = await tenant.ask('PATCH', path, body)
      expect([again.status, again.body]).toMatchObject([200, same])
    }
    const collections = `${project}/collections`
    const { members, membersTotal, ...held } = (
      await tenant.ask('POST', collections, { name: 'a', members: ['x'] })
    ).body
    const unchanged = { ...held, updatedAt: expect.any(String), members, membersTotal }
    for (const sent of [held, { ...held, id: bookkeeping.id, projectId: null }])
      expect((await tenant.ask('PATCH', `${collections}/a`, sent)).body).toEqual(unchanged)
    expect((await tenant.ask('POST', collections, { ...held, name: 'b' })).status).toBe(201)
    const episode = await tenant.ask('POST', `${project}/episodes`, { name: 'run', folder: '/a' })
    const run = `${project}/episodes/run`
    const sentBack = { ...episode.body.episode, ...bookkeeping, nodePath: 1, folderId: 2 }
    expect((await tenant.ask('PATCH', run, sentBack)).body).toMatchObject({
      id: episode.body.episode.id,
      nodePath: '/a/run',
    })
    expect((await tenant.ask('POST', `${project}/episodes`, sentBack)).status).toBe(200)
    const asset = await tenant.ask('POST', '/assets/video', { ...place, name: '/a.mp4', episodeName: 'run' })
    const { object, ...own } = asset.body
    expect(object).toBeNull()
    const registered = { ...own, ...place, episodeName: 'run' }
    expect((await tenant.ask('POST', '/assets/video', registered)).body.id).toBe(asset.body.id)
    const me = { id: 1, sub: 'another', username: 'another', createdAt: 0, name: 'Me' }
    expect((await tenant.ask('PATCH', '/auth/me', me)).body).toMatchObject({
      username: tenant.slug,
      name: 'Me',
    })
  })

  it.each<readonly [string, string, string, object, string]>([
    [
      'PATCH',
      '/datasets/set',
      'collections',
      {},
      'POST and DELETE .../collections put some in and take some out',
    ],
    ['POST', '/datasets', 'members', { name: 'x' }, 'a dataset has the members of its collections'],
    ['POST', '/collections', 'membersTotal', { name: 'x' }, 'it counts the members'],
    ['PATCH', '/collections/clips', 'members', {}, 'POST and DELETE .../members add and remove some'],
    ['PATCH', '/collections/clips', 'membersTotal', {}, 'it counts the members'],
    ['PATCH', '', 'episodes', {}, 'POST /namespaces/{slug}/projects/{projectSlug}/episodes makes one'],
    ['PATCH', '/episodes/run', 'counts', {}, 'they are counted, not given'],
    [
      'PATCH',
      '/episodes/run',
      'assets',
      {},
      'POST /assets/video, and so on, registers one with its episodeName',
    ],
  ])('%s …%s: %s has a way of its own, which is told', async (method, path, field, body, way) => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject()
    await tenant.ask('POST', `${project}/datasets`, { name: 'set' })
    await tenant.ask('POST', `${project}/collections`, { name: 'clips' })
    await tenant.ask('POST', `${project}/episodes`, { name: 'run' })
    const answer = await tenant.ask(method, `${project}${path}`, { ...body, [field]: [] })
    expect(errorsOf(answer)).toEqual([{ path: field, message: `is not set here: ${way}` }])
  })

  it.each([
    ['video', 'bssVideoId'],
    ['audio', 'bssAudioId'],
    ['file', 'bssFileId'],
  ])('of an asset of the kind %s, the object is said by its %s', async (kind, storageName) => {
    const tenant = await Tenant.arrive()
    const body = { namespace: tenant.slug, project: 'new', object: { id: 'x' } }
    expect(errorsOf(await tenant.ask('POST', `/assets/${kind}`, body))).toEqual([
      { path: 'object', message: `is not set here: ${storageName} says which object it is` },
    ])
  })

  it('and every way that is told is there', () => {
    const known = new Set(routes.map(({ method, path }) => `${method} ${path}`))
    const told = routes.flatMap(({ elsewhere = {} }) => Object.values(elsewhere))
    const ways = told.flatMap((text) => text.match(/\b(GET|POST|PUT|PATCH|DELETE) \/[^\s,]+/g) ?? [])
    expect(ways.length).toBeGreaterThan(10)
    expect(ways.filter((way) => !known.has(way))).toEqual([])
  })

  it('is taken as bookkeeping by nothing else', async () => {
    const tenant = await Tenant.arrive()
    const filtered = await tenant.ask('POST', '/assets/sign', { ids: ['x'], episodeId: 'x' })
    expect(errorsOf(filtered)).toEqual([
      { path: 'episodeId', message: 'is not known; did you mean episode?' },
    ])
    const listed = await tenant.ask('GET', '/namespaces?createdAt=1')
    expect(errorsOf(listed)).toEqual([{ path: 'createdAt', message: 'is not known' }])
  })
})

describe('a name that is not known', () => {
  it('does not purge what was to be counted', async () => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject()
    await tenant.ask('POST', `${project}/datasets`, { name: 'set' })
    const { body } = await tenant.ask('DELETE', `${project}/datasets/set`)
    const path = `${project}/trash/${body.deletionId}`
    expect(errorsOf(await tenant.ask('DELETE', path, { dryRun: true }))).toEqual([
      { path: 'dryRun', message: 'is not known; did you mean dryRun in the query?' },
    ])
    expect(errorsOf(await tenant.ask('DELETE', `${path}?dryrun=true`))).toEqual([
      { path: 'dryrun', message: 'is not known; did you mean dryRun?' },
    ])
    expect((await tenant.ask('POST', `${path}/restore`)).status).toBe(200)
  })

  it('of an older client is known by the kind that it is of', async () => {
    const tenant = await Tenant.arrive()
    const audio = { namespace: tenant.slug, project: 'new', name: '/a.wav', bssVideoId: 'x' }
    expect(errorsOf(await tenant.ask('POST', '/assets/audio', audio))).toEqual([
      { path: 'bssVideoId', message: 'is not known; did you mean bssAudioId?' },
    ])
  })

  it('of an episode is told of the other one', async () => {
    const tenant = await Tenant.arrive()
    const place = { namespace: tenant.slug, project: 'lab', name: '/x' }
    const registered = await tenant.ask('POST', '/assets/file', { ...place, episode: 'run' })
    expect(errorsOf(registered)).toEqual([
      { path: 'episode', message: 'is not known; did you mean episodeName?' },
    ])
    const listed = await tenant.ask(
      'GET',
      `/assets/file?namespace=${tenant.slug}&project=lab&episodeName=run`,
    )
    expect(errorsOf(listed)).toEqual([
      { path: 'episodeName', message: 'is not known; did you mean episode?' },
    ])
    const tagged = await tenant.ask('PATCH', await tenant.withProject('lab'), { tagsRemove: ['x'] })
    expect(errorsOf(tagged)).toEqual([{ path: 'tagsRemove', message: 'is not known' }])
  })

  it('is told of every object of a body, however deep', async () => {
    const tenant = await Tenant.arrive()
    const places: string[] = []
    for (const [, { method, path, bodyExample }] of strict)
      for (const place of objectsIn(bodyExample)) {
        const body = structuredClone(bodyExample)
        const object = place.reduce<unknown>((value, key) => Object(value)[key], body)
        Object.assign(Object(object), { quixotic: 1 })
        const answer = await tenant.ask(method, path.replaceAll(/\{\w+\}/g, 'x'), body)
        const named = { path: [...place, 'quixotic'].join('.'), message: 'is not known' }
        expect(errorsOf(answer)).toContainEqual(named)
        places.push(named.path)
      }
    expect(places).toEqual(expect.arrayContaining(['quixotic', 'files.0.quixotic', 'parts.0.quixotic']))
  })

  it('is told of what is inside of a list, each by its place', async () => {
    const tenant = await Tenant.arrive()
    const files = [{ size: 3 }, { size: 3, sha: 'x', content_type: 'a/b', quixotic: 1 }]
    const announced = await tenant.ask('POST', '/uploads', { namespace: tenant.slug, project: 'new', files })
    expect(errorsOf(announced)).toEqual([
      { path: 'files.1.sha', message: 'is not known' },
      { path: 'files.1.content_type', message: 'is not known; did you mean contentType?' },
      { path: 'files.1.quixotic', message: 'is not known' },
    ])
    const parts = [{ partNumber: 1, etag: 'x', size: 3, etags: 'x' }]
    const completed = await tenant.ask('POST', '/uploads/missing/complete', { parts })
    expect(errorsOf(completed)).toEqual([
      { path: 'parts.0.etags', message: 'is not known; did you mean etag?' },
    ])
    const shown = [{ partNumber: 1, etag: 'x', size: 3 }]
    expect((await tenant.ask('POST', '/uploads/missing/complete', { parts: shown })).status).toBe(404)
  })

  it('is told beside whatever else is wrong', async () => {
    const tenant = await Tenant.arrive()
    const answer = await tenant.ask('POST', '/namespaces?names=x', { slug: 'No Slug', tag: 1 })
    expect(errorsOf(answer).map(({ path }: { path: string }) => path)).toEqual(['names', 'tag', 'slug'])
  })

  it('is refused after who asks was judged, in the one batch that judges it', async () => {
    const tenant = await Tenant.arrive()
    const token = await tokenFor(tenant.slug, { claims: { jti: crypto.randomUUID() } })
    const asked = () => ask('GET', '/namespaces?quixotic=1', { token })
    const { status, trips, rowsWritten } = await asked()
    expect([status, trips, rowsWritten]).toEqual([400, 1, 0])
    expect((await ask('POST', '/auth/logout', { token })).status).toBe(200)
    expect((await asked()).body.code).toBe('token_revoked')
    const bare = await ask('DELETE', '/nodes/x?quixotic=1', { body: { quixotic: 1 } })
    expect(bare.status).toBe(401)
  })

  it('costs little and says little, however many there are and however long they are', async () => {
    const tenant = await Tenant.arrive()
    const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`tag${index}`, 1]))
    const answer = await tenant.ask('POST', '/namespaces', { slug: 'x', ...many })
    const errors = errorsOf(answer)
    expect(errors).toHaveLength(101)
    expect(errors.at(-1)).toEqual({ path: 'body', message: 'has 49900 more names that are not known' })
    const long = await tenant.ask('POST', '/namespaces', { slug: 'x', ['n'.repeat(900_000)]: 1 })
    expect(errorsOf(long)).toEqual([{ path: 'n'.repeat(255), message: 'is not known' }])
  })

  it('may be one of the language itself', async () => {
    const tenant = await Tenant.arrive()
    const raw = `{"slug": "${tenant.slug}-2", "__proto__": {"metadata": {}}, "constructor": 1}`
    const headers = { 'Content-Type': 'application/json' }
    const answer = await tenant.ask('POST', '/namespaces?toString=1', undefined, { raw, headers })
    expect(errorsOf(answer).map(({ path }: { path: string }) => path)).toEqual([
      'toString',
      '__proto__',
      'constructor',
    ])
  })
})

interface Listed {
  readonly maxItems?: number
  readonly items?: object
  readonly anyOf?: readonly Listed[]
}

interface Referred {
  readonly $ref?: string
  readonly properties?: Readonly<Record<string, Listed>>
}

/** Every list that a body takes, with its route, its name, and how many entries it may have, as the document says. */
async function listsOf(): Promise<readonly (readonly [AnyRoute, string, number | undefined])[]> {
  const { paths, components } = (await ask('GET', '/openapi.json')).body
  const resolved = (schema: Referred): Referred =>
    schema.$ref ? components.schemas[schema.$ref.split('/').at(-1) ?? ''] : schema
  return routes.flatMap((route) => {
    const { requestBody } = paths[route.path]?.[route.method.toLowerCase()] ?? {}
    const [content] = Object.values<{ readonly schema: Referred }>(requestBody?.content ?? {})
    const { properties = {} } = resolved(content?.schema ?? {})
    const lists = Object.entries(properties).map(
      ([name, listed]) => [name, [listed, ...(listed.anyOf ?? [])]] as const,
    )
    return lists.flatMap(([name, either]) =>
      either.filter(({ items }) => items).map(({ maxItems }) => [route, name, maxItems] as const),
    )
  })
}

describe('a list of what is wrong', () => {
  it('says how long it may be, and is answered shortly, however long it is', async () => {
    const tenant = await Tenant.arrive()
    const lists = await listsOf()
    expect(lists.filter(([, , most]) => most === undefined)).toEqual([])
    expect(lists.map(([{ operationId }, name]) => `${operationId} ${name}`)).toEqual(
      expect.arrayContaining([
        ...['createApiToken scopes', 'upsertEpisode tags', 'updateEpisode tags'],
        ...['announceUploads files', 'completeUpload parts'],
      ]),
    )
    for (const [{ operationId, method, path, bodyExample }, name, most = 0] of lists)
      for (const length of [most, most + 1, 300_000]) {
        const sample = { ...(bodyExample as object), [name]: Array(length).fill(-1) }
        const answer = await tenant.ask(method, path.replaceAll(/\{\w+\}/g, 'x'), sample)
        const isShort = errorsOf(answer).length <= 101 && answer.text.length < 40_000
        expect([operationId, name, length, isShort]).toEqual([operationId, name, length, true])
      }
  })

  it('tells of the first hundred, and how many more there are', async () => {
    const tenant = await Tenant.arrive()
    const files = Array(1_000).fill({ size: -1, name: 1 })
    const errors = errorsOf(
      await tenant.ask('POST', '/uploads', { namespace: tenant.slug, project: 'p', files }),
    )
    expect(errors).toHaveLength(101)
    expect(errors[0]).toEqual({ path: 'files.0.name', message: expect.any(String) })
    expect(errors.at(-1)).toEqual({ path: 'body', message: 'has 1900 more faults' })
  })
})

describe('a body where none is taken', () => {
  it.each([
    ['text/plain', 'dryRun=true', 415],
    ['application/json', '[]', 400],
    ['application/json', '{"dryRun"', 400],
    ['application/json', '{}', 404],
    ['application/json', '', 404],
  ])('of %s %j: %i', async (type, raw, status) => {
    const tenant = await Tenant.arrive()
    const path = `/namespaces/${tenant.slug}/trash/missing`
    const answer = await tenant.ask('DELETE', path, undefined, { raw, headers: { 'Content-Type': type } })
    expect(answer.status).toBe(status)
  })
})

describe('space', () => {
  it('and project are one list: a cursor of either is one of both', async () => {
    const tenant = await Tenant.arrive()
    for (const name of ['one', 'two']) await tenant.ask('POST', `${tenant.project('lab')}/episodes`, { name })
    const list = (as: string) => `/nodes/children?namespace=${tenant.slug}&${as}=lab&pageSize=1`
    for (const [as, other] of [
      ['project', 'space'],
      ['space', 'project'],
    ] as const) {
      const { nextCursor } = (await tenant.ask('GET', list(as))).body
      for (const spelling of [other, as, `space=lab&project`]) {
        const answer = await tenant.ask('GET', `${list(spelling)}&cursor=${nextCursor}`)
        expect([answer.status, answer.body.nodes?.length]).toEqual([200, 1])
      }
    }
  })

  it('stands for project wherever that is known, and nowhere else', async () => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject()
    const place = `namespace=${tenant.slug}&space=robotics`
    expect((await tenant.ask('GET', `/assets/video?${place}`)).status).toBe(200)
    expect(errorsOf(await tenant.ask('GET', `/assets/video?${place}&space=other`))).toMatchObject([
      { path: 'space' },
    ])
    const other = { path: 'space', message: 'is another spelling of project, and says another one' }
    const both = `${place}&project=robotics`
    expect((await tenant.ask('GET', `/assets/video?${both}`)).status).toBe(200)
    expect(errorsOf(await tenant.ask('GET', `/assets/video?${both}s`))).toEqual([other])
    const body = { namespace: tenant.slug, project: 'robotics', space: 'lab', name: '/a.mp4' }
    expect(errorsOf(await tenant.ask('POST', '/assets/video', body))).toEqual([other])
    expect((await tenant.ask('POST', '/assets/video', { ...body, space: 'robotics' })).status).toBe(201)
    expect(errorsOf(await tenant.ask('GET', `${project}/episodes?space=x`))).toEqual([
      { path: 'space', message: 'is not known' },
    ])
    expect(errorsOf(await tenant.ask('POST', '/namespaces', { slug: 'x', space: 'x' }))).toEqual([
      { path: 'space', message: 'is not known' },
    ])
  })
})

/** Requests as they are documented, and as older clients send them. */
describe('what was always right is right', () => {
  const tags = { tags: ['a'], metadata: { any: 'thing' } }
  const named = { name: 'set', description: 'x', ...tags }
  const episode = {
    name: 'run',
    description: null,
    ...tags,
    status: 'running',
    writeProtected: false,
    folder: '/a/b',
  }
  const own = {
    video: { bssVideoId: 'x', fps: 30, lens: 'pinhole' },
    audio: { bssAudioId: 'x', sampleRate: 16_000, channels: 1 },
    'label-track': { bssLabelId: 'x' },
    'text-track': { bssTextTrackId: 'x', format: 'vtt', language: 'en' },
  }

  it('of projects, datasets, collections and episodes', async () => {
    const tenant = await Tenant.arrive()
    const spaces = `/namespaces/${tenant.slug}/spaces`
    const lab = tenant.project('lab')
    const requests: [number, string, string, object?][] = [
      [201, 'POST', spaces, { ...named, name: 'Lab', slug: 'lab' }],
      [200, 'GET', `${spaces}?page=1&pageSize=20`],
      [200, 'PATCH', lab, { ...named, name: 'Lab', slug: 'lab' }],
      [201, 'POST', `${lab}/datasets`, { name: 'set', description: 'x', tags: ['a'] }],
      [200, 'PATCH', `${lab}/datasets/set`, named],
      [200, 'PATCH', `${lab}/datasets/set`, { description: 'y', tags: ['b'] }],
      [200, 'GET', `${lab}/datasets?page=1&pageSize=20`],
      [200, 'GET', `${lab}/datasets/set`],
      [201, 'POST', `${lab}/collections`, { ...named, name: 'clips', datasetId: null, members: ['x', 'y'] }],
      [200, 'PATCH', `${lab}/collections/clips`, { ...named, name: 'clips', datasetId: null }],
      [200, 'POST', `${lab}/collections/clips/members`, { add: ['y', 'z'] }],
      [200, 'DELETE', `${lab}/collections/clips/members`, { remove: ['x'] }],
      [200, 'GET', `${lab}/collections/clips/members?limit=10`],
      [200, 'POST', `${lab}/datasets/set/collections`, { add: ['clips'] }],
      [200, 'GET', `${lab}/collections?page=1&pageSize=20&membersLimit=10`],
      [200, 'GET', `${lab}/collections/clips`],
      [200, 'DELETE', `${lab}/datasets/set/collections`, { remove: ['clips'] }],
      [200, 'DELETE', `${lab}/collections/clips`],
      [201, 'POST', `${lab}/episodes`, episode],
      [200, 'PATCH', `${lab}/episodes/run`, { description: 'x', tags: ['b'] }],
      [200, 'PATCH', `${lab}/episodes/run`, { ...episode, status: 'completed' }],
      [200, 'GET', `${lab}/episodes?page=1&pageSize=20`],
      [200, 'DELETE', `${lab}/datasets/set`],
    ]
    for (const [status, method, path, body] of requests)
      expect([`${method} ${path}`, (await tenant.ask(method, path, body)).status]).toEqual([
        `${method} ${path}`,
        status,
      ])
  })

  it.each(Object.entries(own))('of assets of the kind %s', async (kind, fields) => {
    const tenant = await Tenant.arrive()
    const place = { namespace: tenant.slug, project: 'lab' }
    const register = (episodeName: string | null) =>
      tenant.ask('POST', `/assets/${kind}`, { ...place, episodeName, name: '/a/b.bin', ...fields, ...tags })
    expect((await register(null)).status).toBe(201)
    const { status, body } = await register('run')
    expect(status).toBe(201)
    const { episodeId } = body
    const query = `namespace=${tenant.slug}&project=lab`
    const list = await tenant.ask('GET', `/assets/${kind}?${query}&episode=run&prefix=/a&glob=/a/*`)
    expect([list.status, list.body.length]).toEqual([200, 1])
    expect((await tenant.ask('GET', `/assets/${kind}?${query}&episodeId=${episodeId}`)).body).toHaveLength(1)
    const download = `/assets/${kind}/download?${query}&path=/a/b.bin`
    for (const filter of ['&episode=run', `&episodeId=${episodeId}`])
      expect((await tenant.ask('GET', `${download}${filter}`)).body.code).toBe('asset_without_object')
  })
})
