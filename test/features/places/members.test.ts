import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { expectRefused, faults, TIME, twice } from '../../support/expectations.ts'
import { type Answer, type Asked, ask, Tenant, tokenFor } from '../../support/world.ts'

/** A namespace that is nobody's home, where nothing but the last owner keeps it in somebody's hands. */
interface Team {
  readonly slug: string
  readonly members: string
  /** Each of these is an owner; the first one made it. */
  readonly owners: readonly [Tenant, ...Tenant[]]
}

const at = (members: string, { slug }: Tenant): string => `${members}/${slug}`

const put = (by: Tenant, members: string, of: Tenant, role: string, asked: Asked = {}) =>
  by.ask('PUT', at(members, of), { role }, asked)

const arriving = (count: number): Promise<Tenant[]> =>
  Promise.all(Array.from({ length: count }, () => Tenant.arrive()))

async function team(owners = 1): Promise<Team> {
  const [first, ...others] = await arriving(owners)
  if (!first) throw new Error('A team has an owner.')
  const slug = `team-${crypto.randomUUID().slice(0, 8)}`
  expect((await first.ask('POST', '/namespaces', { slug })).status).toBe(201)
  const members = `/namespaces/${slug}/members`
  for (const other of others) expect((await put(first, members, other, 'owner')).status).toBe(201)
  return { slug, members, owners: [first, ...others] }
}

/** A team with one of each who may and may not. */
async function withRoles() {
  const { slug, members, owners } = await team()
  const [reader, writer, stranger] = [await Tenant.arrive(), await Tenant.arrive(), await Tenant.arrive()]
  await put(owners[0], members, reader, 'reader')
  await put(owners[0], members, writer, 'writer')
  return { slug, members, owner: owners[0], reader, writer, stranger }
}

const codes = (answers: readonly Answer[]): string[] =>
  answers.map(({ status, body }) => (status < 400 ? `${status}` : `${status} ${body.code}`)).sort()

/** Who is what, and whether the counters agree with the rows. */
async function rolesIn(slug: string): Promise<Record<string, number>> {
  const { results } = await env.DB.prepare(
    `select u.username, m.role, s.members = (select count(*) from members where namespace_id = n.id) and
       u.namespace_count = (select count(*) from members m2 join namespaces n2 on n2.id = m2.namespace_id
         where m2.user_id = u.id and n2.deleted_at is null) as is_counted
     from namespaces n join namespace_stats s on s.namespace_id = n.id join members m on m.namespace_id = n.id
     join users u on u.id = m.user_id where n.slug = ?`,
  )
    .bind(slug)
    .all<{ username: string; role: number; is_counted: number }>()
  expect(results.map(({ is_counted }) => is_counted)).toEqual(results.map(() => 1))
  return Object.fromEntries(results.map(({ username, role }) => [username, role]))
}

const countOf = ({ slug }: Tenant): Promise<number | null> =>
  env.DB.prepare('select namespace_count from users where username = ?').bind(slug).first('namespace_count')

describe('PUT /namespaces/:slug/members/:username', () => {
  it('answers 201 for a new member, 200 for a change and for no change, which writes nothing', async () => {
    const { slug, members, owners } = await team()
    const bob = await Tenant.arrive()
    const made = await put(owners[0], members, bob, 'reader')
    const member = { username: bob.slug, name: null, createdAt: TIME }
    expect([made.status, made.body, made.trips]).toEqual([201, { ...member, role: 'reader' }, 1])
    const changed = await put(owners[0], members, bob, 'writer')
    expect([changed.status, changed.body]).toEqual([200, { ...made.body, role: 'writer' }])
    const unchanged = await put(owners[0], members, bob, 'writer')
    expect([unchanged.status, unchanged.body, unchanged.rowsWritten]).toEqual([200, changed.body, 0])
    expect(await rolesIn(slug)).toEqual({ [owners[0].slug]: 3, [bob.slug]: 2 })
    expect(await countOf(bob)).toBe(2)
  })

  it('shows others the name of a user who has written something there, and not before', async () => {
    const { slug, members, owners } = await team()
    const [owner] = owners
    const bob = await Tenant.arrive()
    await bob.ask('PATCH', '/auth/me', { name: 'Bob B.' })
    const namesTo = async (tenant: Tenant) => {
      const { body } = await tenant.ask('GET', members)
      return body.members.map(({ name }: { name: string | null }) => name)
    }
    expect((await put(owner, members, bob, 'writer')).body.name).toBeNull()
    expect(await namesTo(owner)).not.toContain('Bob B.')
    // Everybody may know their own.
    expect(await namesTo(bob)).toContain('Bob B.')
    expect((await bob.ask('GET', `/namespaces/${slug}/spaces`)).status).toBe(200)
    expect((await put(owner, members, bob, 'reader')).body.name).toBeNull()
    await put(owner, members, bob, 'writer')
    await bob.ask('POST', `/namespaces/${slug}/projects/lab/episodes`, { name: 'run' })
    expect((await put(owner, members, bob, 'reader')).body.name).toBe('Bob B.')
    expect(await namesTo(owner)).toContain('Bob B.')
  })

  const rest = `select lower(hex(randomblob(12))) as id, p.id as project_id, p.namespace_id as namespace_id,
    u.id as user_id from projects p join namespaces n on n.id = p.namespace_id cross join users u
    where n.slug = ?1 and u.username = ?2`
  const described = `(id, project_id, name, tags, created_at, updated_at, created_by, updated_request)
    select id, project_id, 'x', '[]', 0, 0, user_id, '' from (${rest})`

  it.each([
    ['a dataset', `insert into datasets ${described}`, 1],
    ['a collection', `insert into collections ${described}`, 1],
    [
      'a deletion',
      `insert into deletions (id, namespace_id, project_id, kind, item_id, deleted_at, deleted_by)
       select id, namespace_id, project_id, 'video', id, 0, user_id from (${rest})`,
      1,
    ],
    ['nothing', rest, 0],
  ])('counts what was there before that was noted: %s', async (_, text, prominence) => {
    const [{ slug, members, owners }, elsewhere] = [await team(), await team()]
    const bob = await Tenant.arrive()
    for (const place of [{ members, owners }, elsewhere])
      await put(place.owners[0], place.members, bob, 'writer')
    await owners[0].ask('POST', `/namespaces/${slug}/spaces`, { name: 'lab' })
    await env.DB.prepare(text).bind(slug, bob.slug).run()
    await env.DB.prepare(
      `update members set prominence = 0
       where prominence = 1 and user_id = (select id from users where username = ?)`,
    )
      .bind(bob.slug)
      .run()
    const [migration] = env.TEST_MIGRATIONS.filter(({ name }) => name === '0012_prominence.sql')
    for (const query of migration?.queries ?? []) await env.DB.prepare(query).run()
    const { results } = await env.DB.prepare(
      `select n.slug as slug, m.prominence as prominence from members m join namespaces n on n.id = m.namespace_id
       join users u on u.id = m.user_id where u.username = ?`,
    )
      .bind(bob.slug)
      .all<{ slug: string; prominence: number }>()
    const found = Object.fromEntries(results.map((row) => [row.slug, row.prominence]))
    expect(found).toEqual({ [bob.slug]: 2, [slug]: prominence, [elsewhere.slug]: 0 })
  })

  it.each([{}, { role: null }, { role: 'admin' }, { role: 'OWNER' }, { role: 3 }, { role: ['reader'] }])(
    'refuses the role in %j',
    async (body) => {
      const { members, owners } = await team()
      const answer = await owners[0].ask('PUT', at(members, await Tenant.arrive()), body)
      expectRefused(answer, 400)
      expect([faults(answer), answer.trips]).toEqual([['role'], 0])
    },
  )

  it('names a user by the slug of the home, also after it was renamed', async () => {
    const { slug, members, owners } = await team()
    const bob = await Tenant.arrive()
    const renamed = `${bob.slug}-at-home`
    await bob.ask('PATCH', `/namespaces/${bob.slug}`, { slug: renamed })
    const gone = await put(owners[0], members, bob, 'reader')
    expectRefused(gone, 404)
    expect(gone.body.code).toBe('user_not_found')
    const made = await owners[0].ask('PUT', `${members}/${renamed}`, { role: 'reader' })
    expect([made.status, made.body.username]).toEqual([201, renamed])
    // Another namespace of that user names nobody.
    await bob.ask('POST', '/namespaces', { slug: `${bob.slug}-2nd` })
    expectRefused(await owners[0].ask('PUT', `${members}/${bob.slug}-2nd`, { role: 'reader' }), 404)
    await bob.ask('PATCH', `/namespaces/${renamed}`, { slug: bob.slug })
    const { body } = await owners[0].ask('GET', members)
    expect(body.members.map(({ username }: { username: string }) => username)).toContain(bob.slug)
    expect(await rolesIn(slug)).toEqual({ [owners[0].slug]: 3, [bob.slug]: 1 })
  })

  it.each([
    [404, 'no-such-user'],
    [404, 'a%2Fb'],
    [404, '%2E%2E%2Fetc'],
    [404, "x'%20or%201=1--"],
    [404, '%22%3B%20drop%20table%20users'],
    [404, '100%25'],
    [404, 'J%C3%BCrgen%F0%9F%98%80'],
    [404, '*'],
    [404, 'x'.repeat(65)],
    [400, 'a%00b'],
    [400, 'a%0Ab'],
  ])('answers %i for nobody: %s', async (status, username) => {
    const { members, owners } = await team()
    for (const [method, body, code] of [
      ['PUT', { role: 'reader' }, 'user_not_found'],
      ['DELETE', undefined, 'member_not_found'],
    ] as const) {
      const answer = await owners[0].ask(method, `${members}/${username}`, body)
      expectRefused(answer, status)
      expect(answer.body.code).toBe(status === 404 ? code : 'invalid_request')
    }
  })

  it('finds a user whose name has every character of a slug, however the URL spells it', async () => {
    const { members, owners } = await team()
    const name = `0_a.b-c-${crypto.randomUUID().slice(0, 8)}`
    await ask('GET', '/auth/me', { token: await tokenFor(name) })
    const spelled = [...name].map((char) => `%${char.charCodeAt(0).toString(16)}`).join('')
    const made = await owners[0].ask('PUT', `${members}/${spelled}`, { role: 'writer' })
    expect([made.status, made.body.username]).toEqual([201, name])
    expect((await owners[0].ask('DELETE', `${members}/${name}`)).status).toBe(200)
  })

  it('sent twice under one request id answers 201 twice, and writes once', async () => {
    const { slug, members, owners } = await team()
    const bob = await Tenant.arrive()
    expect((await twice(owners[0], 'PUT', at(members, bob), { role: 'writer' })).status).toBe(201)
    // A change is one, whoever sent what before under that id.
    expect((await twice(owners[0], 'PUT', at(members, bob), { role: 'reader' })).status).toBe(200)
    expect((await twice(owners[0], 'PUT', at(members, bob), { role: 'writer' })).status).toBe(200)
    expect(await rolesIn(slug)).toEqual({ [owners[0].slug]: 3, [bob.slug]: 2 })
  })

  it.each([
    ['new', 201],
    ['changed', 200],
  ])('whose answer D1 lost makes a %s member once: %i', async (kind, status) => {
    const { slug, members, owners } = await team()
    const [bob, other] = [await Tenant.arrive(), await Tenant.arrive()]
    if (kind === 'changed') for (const each of [bob, other]) await put(owners[0], members, each, 'reader')
    const undisturbed = await put(owners[0], members, other, 'writer')
    let isFirst = true
    const answer = await put(owners[0], members, bob, 'writer', {
      disturb: async (batch) => {
        const results = await batch()
        if (!isFirst) return results
        isFirst = false
        throw new Error('D1_ERROR: Network connection lost.')
      },
    })
    const { rowsWritten } = undisturbed
    expect(rowsWritten).toBeGreaterThan(0)
    expect([answer.status, answer.trips, answer.rowsWritten]).toEqual([status, 2, rowsWritten])
    expect(await rolesIn(slug)).toEqual({ [owners[0].slug]: 3, [bob.slug]: 2, [other.slug]: 2 })
  })
})

describe('GET /namespaces/:slug/members', () => {
  it('lists them with their roles, in pages, by number and by cursor, with an exact total', async () => {
    const { members, owners } = await team(2)
    const others = await arriving(5)
    for (const other of others) await put(owners[0], members, other, 'reader')
    await others[0]?.ask('DELETE', at(members, others[0]))
    const { status, body } = await owners[0].ask('GET', members)
    expect(status).toBe(200)
    expect(body).toMatchObject({ page: 1, pageSize: 50, total: 6, totalPages: 1, nextCursor: null })
    const shown = Object.fromEntries(
      body.members.map(({ username, role }: Record<string, string>) => [username, role]),
    )
    const expected = [
      ...owners.map(({ slug }) => [slug, 'owner']),
      ...others.slice(1).map(({ slug }) => [slug, 'reader']),
    ]
    expect([shown, body.members.length]).toEqual([Object.fromEntries(expected), 6])
    expect(body.members[0]).toEqual({
      username: expect.any(String),
      name: null,
      role: expect.any(String),
      createdAt: TIME,
    })
    const walked: unknown[] = []
    let query = 'pageSize=4'
    for (const size of [4, 2]) {
      const page = (await owners[0].ask('GET', `${members}?${query}`)).body
      expect([page.members.length, page.total, page.totalPages]).toEqual([size, 6, 2])
      walked.push(...page.members)
      query = `pageSize=4&cursor=${page.nextCursor}`
    }
    expect(walked).toEqual(body.members)
    const second = await owners[0].ask('GET', `${members}?pageSize=4&page=2`)
    expect([second.body.members, second.body.nextCursor]).toEqual([body.members.slice(4), null])
    expect((await owners[0].ask('GET', `${members}?page=9`)).body).toMatchObject({ members: [], total: 6 })
  })

  it('is for members only, and a cursor of another namespace is refused', async () => {
    const { members, owner, reader, writer, stranger, slug } = await withRoles()
    const lists = [await owner.ask('GET', members), await writer.ask('GET', members)]
    for (const { body } of lists) expect(body).toEqual((await reader.ask('GET', members)).body)
    await owner.ask('POST', `/namespaces/${slug}/spaces`, { name: 'open', visibility: 'public' })
    expectRefused(await stranger.ask('GET', members), 404)
    const { nextCursor } = (await reader.ask('GET', `${members}?pageSize=1`)).body
    const home = `/namespaces/${reader.slug}/members`
    expectRefused(await reader.ask('GET', `${home}?cursor=${nextCursor}`), 400)
  })
})

describe('who may change the members', () => {
  it('is an owner: the others get 403, strangers 404 whatever they name', async () => {
    const { slug, members, owner, reader, writer, stranger } = await withRoles()
    const before = await rolesIn(slug)
    for (const [who, status] of [
      [reader, 403],
      [writer, 403],
      [stranger, 404],
    ] as const) {
      for (const of of [owner, who === reader ? writer : reader]) {
        expectRefused(await put(who, members, of, 'owner'), status)
        expectRefused(await who.ask('DELETE', at(members, of)), status)
      }
      expectRefused(await put(who, members, who, 'owner'), status)
    }
    expectRefused(await stranger.ask('PUT', `${members}/nobody`, { role: 'reader' }), 404)
    expectRefused(await stranger.ask('DELETE', at(members, stranger)), 404)
    expect(await rolesIn(slug)).toEqual(before)
  })

  it('is no API token, not even one of an owner, nor for its own user', async () => {
    const { members, owner, reader } = await withRoles()
    for (const who of [owner, reader]) {
      const made = await who.ask('POST', '/auth/tokens', { name: 'job', scopes: ['read', 'write', 'upload'] })
      const { token } = made.body
      expect(made.status).toBe(201)
      expectRefused(await ask('PUT', at(members, reader), { token, body: { role: 'writer' } }), 403)
      expectRefused(await ask('DELETE', at(members, reader), { token }), 403)
      expect((await ask('GET', members, { token })).status).toBe(200)
    }
  })

  it('everybody may leave, and has left at once', async () => {
    const { slug, members, owner, reader, writer } = await withRoles()
    for (const who of [reader, writer]) {
      const left = await who.ask('DELETE', at(members, who))
      expect([left.status, left.body, left.trips]).toEqual([200, { success: true }, 1])
      expectRefused(await who.ask('GET', members), 404)
      expectRefused(await who.ask('DELETE', at(members, who)), 404)
      const again = await owner.ask('DELETE', at(members, who))
      expectRefused(again, 404)
      expect(again.body.code).toBe('member_not_found')
      expect(await countOf(who)).toBe(1)
    }
    expect(await rolesIn(slug)).toEqual({ [owner.slug]: 3 })
  })

  it('takes effect on the next request, under a token that is as good as before', async () => {
    const { slug, members, owners } = await team()
    const bob = await Tenant.arrive()
    const path = `/namespaces/${slug}/spaces`
    const statuses = async () => [
      (await bob.ask('GET', path)).status,
      (await bob.ask('POST', path, { name: crypto.randomUUID() })).status,
      (await bob.ask('PATCH', `/namespaces/${slug}`, { metadata: {} })).status,
    ]
    expect(await statuses()).toEqual([404, 404, 404])
    await put(owners[0], members, bob, 'reader')
    expect(await statuses()).toEqual([200, 403, 403])
    await put(owners[0], members, bob, 'writer')
    expect(await statuses()).toEqual([200, 201, 403])
    await put(owners[0], members, bob, 'owner')
    expect(await statuses()).toEqual([200, 201, 200])
    await put(owners[0], members, bob, 'reader')
    expect(await statuses()).toEqual([200, 403, 403])
    await owners[0].ask('DELETE', at(members, bob))
    expect(await statuses()).toEqual([404, 404, 404])
  })
})

describe('a removal whose answer was lost', () => {
  it.each(['of another', 'of oneself'])('is done once, and told as done: %s', async (whose) => {
    const [host, member] = [await Tenant.arrive(), await Tenant.arrive()]
    const path = `/namespaces/${host.slug}/members/${member.slug}`
    await host.ask('PUT', path, { role: 'writer' })
    const by = whose === 'of another' ? host : member
    const headers = { 'X-Request-Id': 'lost' }
    let isFirst = true
    const answer = await by.ask('DELETE', path, undefined, {
      headers,
      disturb: async (batch) => {
        const results = await batch()
        if (!isFirst) return results
        isFirst = false
        throw new Error('D1_ERROR: Network connection lost.')
      },
    })
    expect([answer.status, answer.trips]).toEqual([200, 2])
    const again = await by.ask('DELETE', path, undefined, { headers })
    expect([again.status, again.rowsWritten]).toEqual([200, 0])
    const other = await by.ask('DELETE', path)
    expect([other.status, other.body.code]).toEqual([
      404,
      whose === 'of another' ? 'member_not_found' : 'namespace_not_found',
    ])
    await host.ask('PUT', path, { role: 'reader' })
    expect((await by.ask('DELETE', path, undefined, { headers })).status).toBe(200)
    expect((await member.ask('GET', `/namespaces/${host.slug}`)).status).toBe(404)
  })
})

describe('the last owner', () => {
  it('can be neither removed nor demoted, and may say so again', async () => {
    const { slug, members, owners } = await team()
    const [owner] = owners
    await put(owner, members, await Tenant.arrive(), 'writer')
    const answers = [
      await put(owner, members, owner, 'reader'),
      await put(owner, members, owner, 'writer'),
      await owner.ask('DELETE', at(members, owner)),
    ]
    for (const answer of answers) expectRefused(answer, 409)
    expect(codes(answers)).toEqual(Array(3).fill('409 last_owner'))
    expect((await put(owner, members, owner, 'owner')).status).toBe(200)
    expect((await rolesIn(slug))[owner.slug]).toBe(3)
  })

  it('of several may give up the role, and is told what became of it', async () => {
    const [host, ...owners] = [await Tenant.arrive(), await Tenant.arrive(), await Tenant.arrive()]
    await host.ask('POST', '/namespaces', { slug: `${host.slug}-team` })
    const at = ({ slug }: Tenant) => `/namespaces/${host.slug}-team/members/${slug}`
    for (const owner of owners) await host.ask('PUT', at(owner), { role: 'owner' })
    const headers = { 'X-Request-Id': 'giving-up' }
    const [first, second] = owners as [Tenant, Tenant]
    for (const written of [true, false]) {
      const answer = await first.ask('PUT', at(first), { role: 'reader' }, { headers })
      expect([answer.status, answer.body.role, answer.rowsWritten > 0]).toEqual([200, 'reader', written])
    }
    expect((await first.ask('PUT', at(first), { role: 'owner' })).status).toBe(403)
    const rest = [host, second]
    const answers = await Promise.all(rest.map((each) => each.ask('PUT', at(each), { role: 'reader' })))
    expect(answers.map(({ status, body }) => body.code ?? status).sort()).toEqual([200, 'last_owner'])
  })

  it('may go once there is another', async () => {
    const { slug, members, owners } = await team(3)
    const [first, second, third] = owners as unknown as [Tenant, Tenant, Tenant]
    expect((await put(second, members, first, 'reader')).status).toBe(200)
    expect((await third.ask('DELETE', at(members, third))).status).toBe(200)
    expectRefused(await second.ask('DELETE', at(members, second)), 409)
    expect(await rolesIn(slug)).toEqual({ [first.slug]: 1, [second.slug]: 3 })
  })

  it.each([
    ['demote each other', 'PUT', ['200', '403 forbidden']],
    ['remove each other', 'DELETE', ['200', '404 namespace_not_found']],
  ] as const)('is left of two who %s at once', async (_, method, expected) => {
    const { slug, members, owners } = await team(2)
    const [one, two] = owners as [Tenant, Tenant]
    const body = method === 'PUT' ? { role: 'writer' } : undefined
    const answers = await Promise.all([
      one.ask(method, at(members, two), body),
      two.ask(method, at(members, one), body),
    ])
    expect(codes(answers)).toEqual(expected)
    expect(Object.values(await rolesIn(slug)).filter((role) => role === 3)).toHaveLength(1)
  })

  it.each([2, 10])('is left of %i who leave at once', async (count) => {
    const { slug, members, owners } = await team(count)
    const answers = await Promise.all(owners.map((each) => each.ask('DELETE', at(members, each))))
    expect(codes(answers)).toEqual([...Array(count - 1).fill('200'), '409 last_owner'])
    expect(Object.values(await rolesIn(slug))).toEqual([3])
    const counts = await Promise.all(owners.map(countOf))
    expect(counts.sort()).toEqual([...Array(count - 1).fill(1), 2])
  })

  it('is left of ten who each demote all the others at once', async () => {
    const { slug, members, owners } = await team(10)
    const answers = await Promise.all(
      owners.flatMap((by) => owners.filter((of) => of !== by).map((of) => put(by, members, of, 'reader'))),
    )
    expect(answers.map(({ status }) => status).filter((status) => ![200, 403].includes(status))).toEqual([])
    expect(Object.values(await rolesIn(slug)).sort()).toEqual([...Array(9).fill(1), 3])
  })
})

describe('the user of a home namespace', () => {
  it('can be neither removed nor demoted by anybody, also where others own it', async () => {
    const [host, guest] = (await arriving(2)) as [Tenant, Tenant]
    const members = `/namespaces/${host.slug}/members`
    expect((await put(host, members, guest, 'owner')).status).toBe(201)
    const answers: Answer[] = []
    for (const who of [host, guest]) {
      answers.push(await put(who, members, host, 'reader'), await put(who, members, host, 'writer'))
      answers.push(await who.ask('DELETE', at(members, host)))
    }
    for (const answer of answers) expectRefused(answer, 409)
    expect(codes(answers)).toEqual(Array(6).fill('409 home_owner'))
    const renamed = `${host.slug}-x`
    await guest.ask('PATCH', `/namespaces/${host.slug}`, { slug: renamed })
    const still = await guest.ask('DELETE', `/namespaces/${renamed}/members/${renamed}`)
    expect([still.status, still.body.code]).toEqual([409, 'home_owner'])
    expect((await host.ask('DELETE', `/namespaces/${renamed}/members/${guest.slug}`)).status).toBe(200)
    expect(await rolesIn(renamed)).toEqual({ [host.slug]: 3 })
  })
})

it('a second request for the same new member at once changes nothing: one 201', async () => {
  const { slug, members, owners } = await team(2)
  const bob = await Tenant.arrive()
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) => put(owners[index % 2] ?? owners[0], members, bob, 'writer')),
  )
  expect(codes(answers)).toEqual([...Array(9).fill('200'), '201'])
  expect((await rolesIn(slug))[bob.slug]).toBe(2)
})
