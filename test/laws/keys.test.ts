import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { endpoints } from '../../src/endpoints.ts'
import { maintain } from '../../src/schedule.ts'
import { type Fixture, fixture, type Sample, samplesFor } from '../support/samples.ts'
import { type Answer, type Asked, ask, Tenant, tokenFor } from '../support/world.ts'

/** Requests under an `Idempotency-Key`: done once, and answered alike as often as they are sent. */

const routes = endpoints.map(({ route }) => route)
const keyed = routes.filter(({ isKeyed }) => isKeyed)

/** What creates or adds nothing, or where the contract of older clients has no keys. */
const WITHOUT_KEYS = /^(exchangeToken|logOut|signAssets|completeUpload|signUploadParts|restore\w+)$/

it('are taken by every POST that creates or adds', () => {
  const others = routes.filter(
    ({ method, isKeyed, tag }) => method === 'POST' && !isKeyed && tag !== 'Byte service',
  )
  for (const { operationId } of others) expect(operationId).toMatch(WITHOUT_KEYS)
  expect(keyed.map(({ method }) => method)).toEqual(keyed.map(() => 'POST'))
})

const isReplayed = ({ headers }: Answer): boolean => headers.get('Idempotency-Replayed') === 'true'
const keyOf = (name: string): Asked => ({ headers: { 'Idempotency-Key': name } })

/** What an answer says but for what is made anew for each: signatures, and a secret that is told once. */
const told = ({ status, body }: Answer) => [
  status,
  JSON.parse(
    JSON.stringify(body, (name, value) => (['url', 'expiresAt', 'token'].includes(name) ? undefined : value)),
  ),
]

/** What creates leaves a world in which more can be created, under keys of its own. */
const worlds = new Map<string, Promise<Fixture>>()

function worldOf(operationId: string): Promise<Fixture> {
  const world = worlds.get(operationId) ?? fixture()
  worlds.set(operationId, world)
  return world
}

async function sampleOf(operationId: string, world = worldOf(operationId)) {
  const of = await world
  const { path, body } = samplesFor(of)[operationId] as Sample
  const key = crypto.randomUUID()
  const send = (asked: Asked, given = body) =>
    ask('POST', path, { token: of.owner.token, body: given, ...asked })
  return { of, path, body: body as Readonly<Record<string, unknown>>, key, send }
}

const rowsOfKeys = async (): Promise<number> =>
  (await env.DB.prepare('select count(*) as count from idempotency_keys').first<{ count: number }>())
    ?.count ?? 0

describe.each(keyed)('$operationId', ({ operationId }) => {
  it('is done once, and answered as the first time to a new session too', async () => {
    const { of, key, send } = await sampleOf(operationId)
    const first = await send(keyOf(key))
    expect([first.status < 300, isReplayed(first), first.rowsWritten > 0]).toEqual([true, false, true])
    const token = await tokenFor(of.owner.slug, { claims: { jti: crypto.randomUUID() } })
    const headers = { 'Idempotency-Key': `"${key}"`, 'X-Request-Id': crypto.randomUUID() }
    const second = await send({ token, headers })
    expect(told(second)).toEqual(told(first))
    expect([isReplayed(second), second.rowsWritten, second.trips]).toEqual([true, 0, 1])
    expect(second.headers.get('ETag')).toBe(first.headers.get('ETag'))
  })

  it('is 422 with another body, and writes nothing', async () => {
    const { body, key, send } = await sampleOf(operationId)
    await send(keyOf(key))
    const other = await send(keyOf(key), { ...body, ...another(body) })
    expect([other.status, other.body.code, other.rowsWritten]).toEqual([422, 'idempotency_key_reused', 0])
    expect((await send(keyOf(`${key}-2`), { ...body, ...another(body) })).status).toBeLessThan(300)
  })

  it('makes one thing for thirty at once, and tells all of them of it', async () => {
    const { key, send } = await sampleOf(operationId)
    const answers = await Promise.all(Array.from({ length: 30 }, () => send(keyOf(key))))
    const [first] = answers
    for (const answer of answers) expect(told(answer)).toEqual(told(first as Answer))
    expect(answers.filter((answer) => !isReplayed(answer))).toHaveLength(1)
    expect(answers.filter(({ rowsWritten }) => rowsWritten > 0)).toHaveLength(1)
  })

  it('is done once, and not told as a repetition, where D1 could not say that it was', async () => {
    const { key, send } = await sampleOf(operationId)
    let isFirst = true
    const answer = await send({
      ...keyOf(key),
      disturb: async (batch) => {
        const results = await batch()
        if (!isFirst) return results
        isFirst = false
        throw new Error('D1_ERROR: Network connection lost.')
      },
    })
    expect([answer.status < 300, isReplayed(answer), answer.trips]).toEqual([true, false, 2])
    expect(told(await send(keyOf(key)))).toEqual(told(answer))
  })

  it('costs three rows', async () => {
    const [one, other] = [await sampleOf(operationId, fixture()), await sampleOf(operationId, fixture())]
    const [without, within] = [await one.send({}), await other.send(keyOf('costs'))]
    expect([within.rowsWritten - without.rowsWritten, within.trips]).toEqual([3, 1])
  })

  it('is 403 or 404 to who has lost the right to it, and 401 to a bad token', async () => {
    const { of, path, body, key } = await sampleOf(operationId)
    const { isOwn } = samplesFor(of)[operationId] as Sample
    if (!isOwn) {
      const writer = await Tenant.arrive()
      await of.owner.admit(writer, 2)
      const send = () => writer.ask('POST', path, body, keyOf(key))
      expect((await send()).status).toBeLessThan(300)
      const member = `/namespaces/${of.owner.slug}/members/${writer.slug}`
      await of.owner.ask('PUT', member, { role: 'reader' })
      const demoted = await send()
      expect([demoted.status, demoted.rowsWritten]).toEqual([403, 0])
      await of.owner.ask('DELETE', member)
      const removed = await send()
      expect([removed.status, removed.rowsWritten]).toEqual([404, 0])
    }
    const bad = await ask('POST', path, { token: 'x', body, ...keyOf(key) })
    expect(bad.status).toBe(401)
  })

  it('is 400 under what is no key, and names the header', async () => {
    const { send } = await sampleOf(operationId)
    for (const wrong of ['', 'a b', '"open', 'x'.repeat(256), 'é']) {
      const answer = await send(keyOf(wrong))
      expect([answer.status, answer.body.errors?.[0]?.path, answer.rowsWritten]).toEqual([
        400,
        'Idempotency-Key',
        0,
      ])
    }
  })
})

/** A body that asks for something else. */
const another = (body: Readonly<Record<string, unknown>>): object => {
  if ('add' in body) return { add: [body.add, body.add].flat() }
  if ('slug' in body) return { slug: `${body.slug}-2` }
  if ('files' in body) return { files: [{ name: 'other', size: 4 }] }
  return { name: `${body.name}-2` }
}

describe('a key', () => {
  async function withEpisodes() {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject('robotics')
    const post = (name: string, key: string, asked: Asked = {}) =>
      tenant.ask('POST', `${project}/episodes`, { name }, { ...asked, headers: { 'Idempotency-Key': key } })
    return { tenant, project, post }
  }

  it('tells what was made, though it was changed, and deleted, since', async () => {
    const { tenant, project, post } = await withEpisodes()
    const first = await post('run', 'a')
    await tenant.ask('PATCH', `${project}/episodes/run`, { name: 'renamed', description: 'new' })
    expect(told(await post('run', 'a'))).toEqual(told(first))
    await tenant.ask('DELETE', `${project}/episodes/renamed`)
    expect(told(await post('run', 'a'))).toEqual(told(first))
  })

  it('tells that something was there, as it did', async () => {
    const { post } = await withEpisodes()
    await post('run', 'first')
    const there = await post('run', 'second')
    const again = await post('run', 'second')
    expect([there.status, again.status, isReplayed(again)]).toEqual([200, 200, true])
  })

  it("is the caller's own, and that of a method and a path", async () => {
    const { tenant, project, post } = await withEpisodes()
    const first = await post('run', 'a')
    const mate = await Tenant.arrive()
    await tenant.admit(mate, 2)
    const answers = [
      await mate.ask('POST', `${project}/episodes`, { name: 'run' }, keyOf('a')),
      await tenant.ask('POST', `${project}/datasets`, { name: 'run' }, keyOf('a')),
      await tenant.ask('POST', `${await tenant.withProject('other')}/episodes`, { name: 'run' }, keyOf('a')),
      await tenant.ask('POST', `${project}/episodes?createProject=false`, { name: 'run' }, keyOf('a')),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 201, 201, 422])
    expect(answers.map(isReplayed)).toEqual([false, false, false, false])
    const robot = await tenant.ask('POST', '/auth/tokens', { name: 'robot', scopes: ['read', 'write'] })
    const byRobot = await ask('POST', `${project}/episodes`, {
      token: robot.body.token,
      body: { name: 'run' },
      ...keyOf('a'),
    })
    expect([byRobot.status, isReplayed(byRobot), byRobot.body.episode.id]).toEqual([
      200,
      false,
      first.body.episode.id,
    ])
  })

  it('is not kept by what was refused', async () => {
    const { tenant, project } = await withEpisodes()
    const post = () => tenant.ask('POST', `${project}/datasets`, { name: 'set' }, keyOf('a'))
    const { body } = await tenant.ask('POST', `${project}/datasets`, { name: 'set' })
    expect((await post()).status).toBe(409)
    await tenant.ask('DELETE', `${project}/datasets/set`)
    const made = await post()
    expect([made.status, isReplayed(made), made.body.id === body.id]).toEqual([201, false, false])
  })

  it('names one request, whatever project stands in its body', async () => {
    const tenant = await Tenant.arrive()
    for (const slug of ['one', 'other']) await tenant.withProject(slug)
    const announce = (project: string) =>
      tenant.ask('POST', '/uploads', { namespace: tenant.slug, project, files: [{ size: 3 }] }, keyOf('a'))
    const register = (project: string) =>
      tenant.ask('POST', '/assets/file', { namespace: tenant.slug, project }, keyOf('a'))
    for (const send of [announce, register]) {
      const first = await send('one')
      const other = await send('other')
      expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused'])
      const again = await send('one')
      expect([told(again), isReplayed(again)]).toEqual([told(first), true])
    }
  })

  it('is another of a collection, and a dataset, that was made anew', async () => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject('robotics')
    const lists = [
      [`${project}/collections`, 'members', 'm'],
      [`${project}/datasets`, 'collections', 'held'],
    ] as const
    await tenant.ask('POST', `${project}/collections`, { name: 'held' })
    for (const [list, inside, what] of lists) {
      const add = () => tenant.ask('POST', `${list}/one/${inside}`, { add: [what] }, keyOf('a'))
      await tenant.ask('POST', list, { name: 'one' })
      await add()
      await tenant.ask('DELETE', `${list}/one`)
      await tenant.ask('POST', list, { name: 'one' })
      const anew = await add()
      expect([anew.body, isReplayed(anew)]).toEqual([{ added: 1, total: 1 }, false])
    }
  })

  it('tells a collection as it is, where the key was forgotten and the request is not', async () => {
    const tenant = await Tenant.arrive()
    const collections = `${await tenant.withProject('robotics')}/collections`
    const make = () => tenant.ask('POST', collections, { name: 'c', members: ['a', 'b', 'c'] }, keyOf('a'))
    await make()
    await tenant.ask('DELETE', `${collections}/c/members`, { remove: ['b', 'c'] })
    await env.DB.prepare('update idempotency_keys set created_at = 0').run()
    const anew = await make()
    expect([anew.status, anew.body.members, anew.body.membersTotal]).toEqual([201, ['a'], 1])
    expect((await make()).body).toEqual(anew.body)
  })

  it('is not told of a token for a namespace to who has left it', async () => {
    const [tenant, mate] = [await Tenant.arrive(), await Tenant.arrive()]
    await tenant.admit(mate, 2)
    const post = () =>
      mate.ask(
        'POST',
        '/auth/tokens',
        { name: 'robot', namespace: tenant.slug, scopes: ['read'] },
        keyOf('a'),
      )
    expect((await post()).status).toBe(201)
    await tenant.ask('DELETE', `/namespaces/${tenant.slug}/members/${mate.slug}`)
    expect((await post()).status).toBe(404)
  })

  it('is another in a project that was made anew', async () => {
    const { tenant, project, post } = await withEpisodes()
    const first = await post('run', 'a')
    await tenant.ask('DELETE', project)
    // It makes the project that is missing.
    const second = await post('run', 'a')
    expect([second.status, isReplayed(second)]).toEqual([201, false])
    expect(second.body.episode.id).not.toBe(first.body.episode.id)
    expect(told(await post('run', 'a'))).toEqual(told(second))
  })

  it('is forgotten after 24 hours, and taken away by the schedule', async () => {
    const { tenant, project, post } = await withEpisodes()
    await post('run', 'a')
    const aged = (by: number) =>
      env.DB.prepare('update idempotency_keys set created_at = created_at - ?').bind(by).run()
    await aged(86_390_000)
    expect(isReplayed(await post('run', 'a'))).toBe(true)
    await aged(20_000)
    await tenant.ask('PATCH', `${project}/episodes/run`, { description: 'new' })
    const anew = await post('run', 'a')
    expect([anew.status, isReplayed(anew)]).toEqual([200, false])
    await aged(86_410_000)
    expect(await rowsOfKeys()).toBeGreaterThan(0)
    await maintain(env, Date.now())
    expect(await rowsOfKeys()).toBe(0)
  })

  it('goes with what it names', async () => {
    const { tenant, project, post } = await withEpisodes()
    await post('run', 'a')
    const before = await rowsOfKeys()
    const { body } = await tenant.ask('DELETE', `${project}/episodes/run`)
    expect((await tenant.ask('DELETE', `${project}/trash/${body.deletionId}`)).status).toBe(202)
    expect(await rowsOfKeys()).toBe(before - 1)
    const anew = await post('run', 'a')
    expect([anew.status, isReplayed(anew)]).toEqual([201, false])
  })

  it('needs an owner again for what needed one', async () => {
    const tenant = await Tenant.arrive()
    const mate = await Tenant.arrive()
    await tenant.ask('PUT', `/namespaces/${tenant.slug}/members/${mate.slug}`, { role: 'owner' })
    const post = () =>
      mate.ask(
        'POST',
        `/namespaces/${tenant.slug}/projects`,
        { name: 'open', visibility: 'public' },
        keyOf('a'),
      )
    expect((await post()).status).toBe(201)
    await tenant.ask('PUT', `/namespaces/${tenant.slug}/members/${mate.slug}`, { role: 'writer' })
    expect((await post()).status).toBe(403)
  })

  it('tells no secret twice', async () => {
    const tenant = await Tenant.arrive()
    const post = () => tenant.ask('POST', '/auth/tokens', { name: 'robot', scopes: ['read'] }, keyOf('a'))
    const [first, second] = [await post(), await post()]
    expect(first.body.token).toMatch(/^dlk_/)
    expect([second.status, second.body.token, second.body.id]).toEqual([201, null, first.body.id])
    expect((await tenant.ask('GET', '/auth/tokens')).body.total).toBe(1)
  })

  it('leads to the same uploads, by URLs that are good', async () => {
    const tenant = await Tenant.arrive()
    await tenant.withProject('robotics')
    const files = [
      { name: 'a', size: 3 },
      { name: 'b', size: 100_000_000 },
    ]
    const body = { namespace: tenant.slug, project: 'robotics', files }
    const post = () => tenant.ask('POST', '/uploads', body, keyOf('a'))
    const [first, second] = [await post(), await post()]
    expect(told(second)).toEqual(told(first))
    const [{ url, headers }] = second.body.uploads
    expect((await ask('PUT', url, { raw: 'abc', headers })).status).toBe(200)
    const list = await tenant.ask('GET', `/uploads?namespace=${tenant.slug}&project=robotics`)
    expect(list.body.total).toBe(2)
  })

  it('is told no more than its token may see', async () => {
    const { tenant, project } = await withEpisodes()
    const robot = await tenant.ask('POST', '/auth/tokens', { name: 'robot', scopes: ['upload'] })
    const post = () =>
      ask('POST', `${project}/episodes`, { token: robot.body.token, body: { name: 'run' }, ...keyOf('a') })
    const [first, second] = [await post(), await post()]
    expect(first.body).toEqual({ episode: { id: expect.any(String), name: 'run' } })
    expect([second.body, isReplayed(second)]).toEqual([first.body, true])
  })

  it('counts members as they were added, whatever has come since', async () => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject('robotics')
    const members = Array.from({ length: 1_500 }, (_, n) => `m${n}`)
    const make = () => tenant.ask('POST', `${project}/collections`, { name: 'c', members }, keyOf('a'))
    const add = () => tenant.ask('POST', `${project}/collections/c/members`, { add: ['x', 'm1'] }, keyOf('a'))
    const made = await make()
    const added = await add()
    await tenant.ask('DELETE', `${project}/collections/c/members`, { remove: ['x', 'm2'] })
    expect([(await add()).body, added.body.added, added.body.total]).toEqual([added.body, 1, 1_501])
    expect([(await make()).body, made.body.members]).toEqual([made.body, members])
    expect((await tenant.ask('GET', `${project}/collections/c`)).body.membersTotal).toBe(1_499)
  })

  it('is passed over where nothing is created', async () => {
    const of: Fixture = await fixture()
    const samples = samplesFor(of)
    const before = await rowsOfKeys()
    for (const { operationId, method } of routes.filter(({ isKeyed, open }) => !isKeyed && !open)) {
      const sample = samples[operationId]
      if (!sample || method === 'GET' || method === 'DELETE') continue
      const { body } = await of.owner.ask(method, sample.path, sample.body, keyOf('not a key'))
      expect([operationId, JSON.stringify(body)]).not.toEqual([operationId, expect.stringContaining('Key')])
    }
    expect(await rowsOfKeys()).toBe(before)
  })
})
