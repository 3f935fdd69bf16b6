import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { expectRefused, faults, twice } from '../../support/expectations.ts'
import { put } from '../../support/samples.ts'
import { type Answer, ask, Tenant, tokenFor } from '../../support/world.ts'

const unique = (word = 'team') => `${word}-${crypto.randomUUID().slice(0, 8)}`

const rename = (by: Tenant, from: string, to: string, asked = {}) =>
  by.ask('PATCH', `/namespaces/${from}`, { slug: to }, asked)

/** A namespace that is nobody's home. */
async function team(owner: Tenant, metadata: unknown = null): Promise<string> {
  const slug = unique()
  expect((await owner.ask('POST', '/namespaces', { slug, metadata })).status).toBe(201)
  return slug
}

const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status).sort()

const usernameOf = async (tenant: Tenant): Promise<string> =>
  (await tenant.ask('GET', '/auth/me')).body.username

/** The 30 days are over. */
const release = (slug: string) =>
  env.DB.prepare('update former_slugs set reserved_until = ?2 where slug = ?1')
    .bind(slug, Date.now() - 1)
    .run()

async function roles(owner: Tenant, slug: string) {
  const [reader, writer, stranger] = [await Tenant.arrive(), await Tenant.arrive(), await Tenant.arrive()]
  for (const [who, role] of [
    [reader, 'reader'],
    [writer, 'writer'],
  ] as const) {
    const path = `/namespaces/${slug}/members/${who.slug}`
    expect((await owner.ask('PUT', path, { role })).status).toBe(201)
  }
  return { reader, writer, stranger }
}

describe('PATCH /namespaces/:slug', () => {
  const next = unique('next')
  const given = { a: 1, b: { c: [null] } }

  it.each([
    [{}, {}],
    [{ slug: next }, { slug: next }],
    [{ metadata: { d: 2 } }, { metadata: { d: 2 } }],
    [{ metadata: {} }, { metadata: {} }],
    [{ metadata: null }, { metadata: null }],
    [
      { slug: `${next}-2`, metadata: null },
      { slug: `${next}-2`, metadata: null },
    ],
  ])('by %j changes nothing else, and sent again writes nothing more', async (changes, changed) => {
    const owner = await Tenant.arrive()
    const slug = await team(owner, given)
    const { id } = (await owner.ask('GET', `/namespaces/${slug}`)).body
    const { status, body, trips } = await twice(owner, 'PATCH', `/namespaces/${slug}`, changes)
    expect([status, body, trips]).toEqual([200, { id, slug, metadata: given, ...changed }, 1])
    const listed = (await owner.ask('GET', '/namespaces')).body.namespaces
    // The home stands first.
    expect(listed[1]).toEqual({ ...body, role: 'owner' })
    expect((await owner.ask('GET', `/namespaces/${body.slug}`)).body).toMatchObject(body)
  })

  it('to the slug that it has changes nothing, and reserves nothing', async () => {
    const owner = await Tenant.arrive()
    const slug = await team(owner)
    expect((await rename(owner, slug, slug)).body).toMatchObject({ slug, metadata: null })
    expect(await env.DB.prepare('select 1 from former_slugs where slug = ?').bind(slug).first()).toBeNull()
  })

  it.each([
    [{ slug: null }, ['slug']],
    [{ slug: '' }, ['slug']],
    [{ slug: 'Upper' }, ['slug']],
    [{ slug: '.dot' }, ['slug']],
    [{ slug: 'a b' }, ['slug']],
    [{ slug: 'x'.repeat(65) }, ['slug']],
    [{ slug: 7, metadata: 'x' }, ['metadata', 'slug']],
    [{ metadata: [] }, ['metadata']],
    [{ metadata: { a: 'x'.repeat(65_529) } }, ['metadata']],
  ])('refuses %.80j', async (body, fields) => {
    const owner = await Tenant.arrive()
    const answer = await owner.ask('PATCH', `/namespaces/${owner.slug}`, body)
    expectRefused(answer, 400)
    expect(faults(answer)).toEqual(fields)
  })

  it('is for owners; 400 before 404 before 403 before 409, and API tokens may not', async () => {
    const owner = await Tenant.arrive()
    const slug = await team(owner)
    const { reader, writer, stranger } = await roles(owner, slug)
    expectRefused(await rename(stranger, slug, ''), 400)
    expectRefused(await rename(stranger, slug, owner.slug), 404)
    expectRefused(await rename(owner, unique('none'), owner.slug), 404)
    for (const member of [reader, writer]) {
      expectRefused(await rename(member, slug, owner.slug), 403)
      expectRefused(await member.ask('PATCH', `/namespaces/${slug}`, { metadata: {} }), 403)
    }
    const made = await owner.ask('POST', '/auth/tokens', { name: 'job', scopes: ['read', 'write', 'upload'] })
    expectRefused(await rename(owner, slug, unique(), { token: made.body.token }), 403)
    expectRefused(await rename(owner, slug, owner.slug), 409)
    expect((await owner.ask('GET', `/namespaces/${slug}`)).status).toBe(200)
  })

  it('refuses a slug that another namespace has, live or trashed', async () => {
    const [owner, other] = [await Tenant.arrive(), await Tenant.arrive()]
    const [slug, own, trashed] = [await team(owner), await team(owner), await team(other)]
    await env.DB.prepare('update namespaces set deleted_at = 1 where slug = ?').bind(trashed).run()
    for (const taken of [own, other.slug, trashed]) {
      const answer = await rename(owner, slug, taken)
      expectRefused(answer, 409)
      expect(answer.body.code).toBe('namespace_slug_taken')
    }
    expectRefused(await rename(other, trashed, unique()), 404)
  })

  it('keeps the name of a known user for that user, however long ago the home was renamed', async () => {
    const [named, owner] = [await Tenant.arrive(), await Tenant.arrive()]
    const [slug, others] = [await team(named), await team(owner)]
    await rename(named, named.slug, `${named.slug}-at-home`)
    // In those days it is the home's own, which alone may go back.
    expectRefused(await rename(named, slug, named.slug), 409)
    await release(named.slug)
    expectRefused(await rename(owner, others, named.slug), 409)
    expect((await rename(named, slug, named.slug)).status).toBe(200)
    expect(await usernameOf(named)).toBe(`${named.slug}-at-home`)
  })
})

describe('a renaming whose answer D1 lost', () => {
  it.each([
    ['nothing happened', async () => undefined],
    [
      'the metadata was changed',
      async (owner: Tenant, slug: string) => {
        const { status } = await owner.ask('PATCH', `/namespaces/${slug}`, { metadata: { theirs: true } })
        expect(status).toBe(200)
      },
    ],
  ])('is done once, where meanwhile %s', async (_, meanwhile) => {
    const owner = await Tenant.arrive()
    const undisturbed = await rename(owner, await team(owner), unique())
    const [slug, to] = [await team(owner), unique()]
    let isFirst = true
    const answer = await rename(owner, slug, to, {
      disturb: async (batch: () => Promise<D1Result[]>) => {
        const results = await batch()
        if (!isFirst) return results
        isFirst = false
        await meanwhile(owner, to)
        throw new Error('D1_ERROR: Network connection lost.')
      },
    })
    expect([answer.status, answer.body.slug, answer.trips]).toEqual([200, to, 2])
    expect(undisturbed.rowsWritten).toBeGreaterThan(0)
    expect(answer.rowsWritten).toBe(undisturbed.rowsWritten)
  })

  it('is recognised by its request id after somebody else changed the metadata', async () => {
    const owner = await Tenant.arrive()
    const [slug, to] = [await team(owner), unique()]
    const headers = { 'X-Request-Id': 'lost' }
    expect((await rename(owner, slug, to, { headers })).status).toBe(200)
    await owner.ask('PATCH', `/namespaces/${to}`, { metadata: { theirs: true } })
    const again = await rename(owner, slug, to, { headers })
    expect([again.status, again.body.slug, again.rowsWritten]).toEqual([200, to, 0])
    expect(again.body.metadata).toEqual({ theirs: true })
    expectRefused(await rename(owner, slug, to), 404)
    expectRefused(await rename(await Tenant.arrive(), slug, to, { headers }), 404)
  })

  it('under the id of a whole session is there, and back, and there again', async () => {
    const owner = await Tenant.arrive()
    const [slug, to] = [await team(owner), unique()]
    const headers = { 'X-Request-Id': 'session' }
    for (const [from, next] of [
      [slug, to],
      [to, slug],
      [slug, to],
    ] as const) {
      expect((await rename(owner, from, next, { headers })).status).toBe(200)
      expect((await owner.ask('GET', `/namespaces/${next}`)).status).toBe(200)
    }
  })
})

describe('the slug of before', () => {
  afterEach(() => vi.useRealTimers())

  async function renamed() {
    const owner = await Tenant.arrive()
    const [slug, to] = [await team(owner), unique('renamed')]
    expect((await owner.ask('POST', `/namespaces/${slug}/spaces`, { name: 'lab' })).status).toBe(201)
    expect((await rename(owner, slug, to)).status).toBe(200)
    return { owner, slug, to }
  }

  it('leads nowhere', async () => {
    const { owner, slug } = await renamed()
    const at = `/namespaces/${slug}`
    const place = { namespace: slug, project: 'lab' }
    const query = new URLSearchParams(place)
    const asked: readonly (readonly [string, string, unknown?])[] = [
      ['GET', at],
      ['PATCH', at, { metadata: {} }],
      ['GET', `${at}/spaces`],
      ['POST', `${at}/spaces`, { name: 'other' }],
      ['GET', `${at}/members`],
      ['PUT', `${at}/members/${owner.slug}`, { role: 'owner' }],
      ['DELETE', `${at}/members/${owner.slug}`],
      ['PATCH', `${at}/projects/lab`, { name: 'x' }],
      ['GET', `${at}/projects/lab/episodes`],
      ['POST', `${at}/projects/lab/episodes`, { name: 'run' }],
      ['POST', `${at}/projects/lab/datasets`, { name: 'set' }],
      ['POST', '/assets/video', place],
      ['GET', `/assets/video?${query}`],
      ['GET', `/assets/video/download?${query}&path=/v.mp4`],
      ['POST', '/assets/sign', { ...place, paths: ['/v.mp4'] }],
      ['POST', '/uploads', { ...place, files: [{ size: 1 }] }],
    ]
    for (const [method, path, body] of asked) {
      const answer = await owner.ask(method, path, body)
      expectRefused(answer, 404)
      expect([method, path, answer.body.code]).toEqual([method, path, 'namespace_not_found'])
    }
  })

  it("is nobody else's for 30 days: another namespace or home cannot have it", async () => {
    const { owner, slug } = await renamed()
    const other = await Tenant.arrive()
    const reserved = await env.DB.prepare('select reserved_until from former_slugs where slug = ?')
      .bind(slug)
      .first<number>('reserved_until')
    expect(Math.round(((reserved ?? 0) - Date.now()) / 86_400_000)).toBe(30)
    for (const who of [owner, other]) {
      expectRefused(await who.ask('POST', '/namespaces', { slug }), 409)
      expectRefused(await rename(who, await team(who), slug), 409)
    }
    const claims = { sub: unique('sub') }
    const late = await ask('GET', '/auth/me', { token: await tokenFor(slug, { claims }) })
    expect([late.body.username, late.body.namespace.slug]).toEqual([`${slug}-2`, `${slug}-2`])
  })

  it('can be taken back, and the other one is reserved from then on', async () => {
    const { owner, slug, to } = await renamed()
    const other = await Tenant.arrive()
    expect((await rename(owner, to, slug)).body.slug).toBe(slug)
    expect((await owner.ask('GET', `/namespaces/${slug}/spaces`)).body.spaces).toHaveLength(1)
    expectRefused(await other.ask('POST', '/namespaces', { slug: to }), 409)
    expectRefused(await other.ask('POST', '/namespaces', { slug }), 409)
    expect((await rename(owner, slug, to)).status).toBe(200)
    expectRefused(await other.ask('POST', '/namespaces', { slug }), 409)
  })

  it.each(['a new namespace', 'a renaming', 'a new user'])('is free after 30 days: for %s', async (whose) => {
    const { owner, slug, to } = await renamed()
    await release(slug)
    const other = await Tenant.arrive()
    if (whose === 'a new namespace') {
      expect((await other.ask('POST', '/namespaces', { slug })).status).toBe(201)
    } else if (whose === 'a renaming') {
      expect((await rename(other, await team(other), slug)).status).toBe(200)
    } else {
      const token = await tokenFor(slug, { claims: { sub: unique('sub') } })
      expect((await ask('GET', '/auth/me', { token })).body.username).toBe(slug)
    }
    expectRefused(await owner.ask('GET', `/namespaces/${slug}`), 404)
    expectRefused(await rename(owner, to, slug), 409)
  })

  /** Those of `slugs` that nobody else can have. */
  async function reservedOf(slugs: readonly string[]): Promise<string[]> {
    const [other, kept] = [await Tenant.arrive(), [] as string[]]
    for (const slug of slugs)
      if ((await other.ask('POST', '/namespaces', { slug })).status === 409) kept.push(slug)
    return kept
  }

  it('is one of ten: with an eleventh, the one that is free the soonest is let go of', async () => {
    const owner = await Tenant.arrive()
    const slugs = [await team(owner)]
    vi.useFakeTimers({ toFake: ['Date'] })
    for (let count = 1; count <= 12; count++) {
      vi.setSystemTime(Date.now() + 1_000)
      const to = unique()
      expect((await rename(owner, slugs.at(-1) ?? '', to)).status).toBe(200)
      slugs.push(to)
    }
    // Two of the twelve, and not the one that it has.
    expect(await reservedOf(slugs)).toEqual(slugs.slice(2))
  })

  it('is let go of by a renaming alone, and of no other namespace', async () => {
    const [owner, other] = [await Tenant.arrive(), await Tenant.arrive()]
    const [slug, neighbour] = [await team(owner), await team(other)]
    for (const [name, mark] of [
      [slug, 'a'],
      [neighbour, 'b'],
    ])
      await env.DB.prepare(
        `insert into former_slugs (slug, namespace_id, reserved_until)
         with recursive n(i) as (select 1 union all select i + 1 from n limit 12)
         select ?1 || '-' || ?2 || i, (select id from namespaces where slug = ?1), ?3 + i from n`,
      )
        .bind(name, mark, Date.now() + 1_000_000_000)
        .run()
    const countOf = (name: string) =>
      env.DB.prepare(
        'select count(*) as n from former_slugs where namespace_id = (select id from namespaces where slug = ?)',
      )
        .bind(name)
        .first<number>('n')
    await owner.ask('PATCH', `/namespaces/${slug}`, { metadata: { a: 1 } })
    expectRefused(await rename(other, slug, unique()), 404)
    expectRefused(await rename(owner, slug, neighbour), 409)
    expect(await countOf(slug)).toBe(12)
    const to = unique()
    const headers = { 'X-Request-Id': 'renaming' }
    for (let count = 0; count < 2; count++)
      expect((await rename(owner, slug, to, { headers })).status).toBe(200)
    expect([await countOf(to), await countOf(neighbour)]).toEqual([10, 12])
    expect(await reservedOf([slug, `${slug}-a12`, `${slug}-a3`])).toEqual([slug, `${slug}-a12`])
  })

  it('is one of ten also where the namespace comes back under another one', async () => {
    const owner = await Tenant.arrive()
    const slugs = [await team(owner)]
    vi.useFakeTimers({ toFake: ['Date'] })
    for (let count = 1; count <= 11; count++) {
      vi.setSystemTime(Date.now() + 1_000)
      const [from, to] = [slugs.at(-1) ?? '', unique()]
      await owner.ask('DELETE', `/namespaces/${from}`)
      const [{ deletionId }] = (await owner.ask('GET', `/namespaces/${from}/trash`)).body.trash
      const restored = await owner.ask('POST', `/namespaces/${from}/trash/${deletionId}/restore?as=${to}`)
      expect([restored.status, restored.body.slug]).toEqual([200, to])
      slugs.push(to)
    }
    expect(await reservedOf(slugs)).toEqual(slugs.slice(1))
  })

  it('of which one is kept for another is not free for what comes back', async () => {
    const owner = await Tenant.arrive()
    const [former, gone] = [await team(owner), await team(owner)]
    expect((await owner.ask('PATCH', `/namespaces/${former}`, { slug: unique() })).status).toBe(200)
    await owner.ask('DELETE', `/namespaces/${gone}`)
    const [{ deletionId }] = (await owner.ask('GET', `/namespaces/${gone}/trash`)).body.trash
    const answer = await owner.ask('POST', `/namespaces/${gone}/trash/${deletionId}/restore?as=${former}`)
    const message = `has to be another slug: "${former}" is not free`
    expect([answer.status, answer.body.errors]).toEqual([409, [{ path: 'as', message }]])
  })

  it('has lists of its own: their cursors are of another list', async () => {
    const owner = await Tenant.arrive()
    const slug = await team(owner)
    for (const name of ['p1', 'p2']) await owner.ask('POST', `/namespaces/${slug}/spaces`, { name })
    const { nextCursor } = (await owner.ask('GET', `/namespaces/${slug}/spaces?pageSize=1`)).body
    const to = unique()
    await rename(owner, slug, to)
    expectRefused(await owner.ask('GET', `/namespaces/${to}/spaces?cursor=${nextCursor}`), 400)
  })
})

describe('a home namespace', () => {
  it('stays the home through renames, and no second one is made', async () => {
    const tenant = await Tenant.arrive()
    const before = (await tenant.ask('GET', '/auth/me')).body
    const slug = `${tenant.slug}-x`
    expect((await rename(tenant, tenant.slug, slug)).status).toBe(200)
    const after = await tenant.ask('GET', '/auth/me')
    const { id } = before.namespace
    expect([after.body, after.rowsWritten]).toEqual([
      { ...before, username: slug, namespace: { id, slug } },
      0,
    ])
    for (const [path, body] of [
      ['spaces', { name: 'lab' }],
      ['projects', { name: 'lab' }],
      ['projects/lab/episodes', { name: 'run' }],
    ] as const) {
      expectRefused(await tenant.ask('POST', `/namespaces/${tenant.slug}/${path}`, body), 404)
    }
    const { namespaces, total } = (await tenant.ask('GET', '/namespaces')).body
    expect([namespaces, total]).toEqual([[{ id, slug, role: 'owner', metadata: null }], 1])
    expect((await tenant.ask('POST', `/namespaces/${slug}/spaces`, { name: 'lab' })).status).toBe(201)
  })
})

describe('what a namespace holds', () => {
  async function sent(owner: Tenant, slug: string) {
    const place = { namespace: slug, project: 'lab' }
    const { body } = await owner.ask('POST', '/uploads', {
      ...place,
      files: [{ size: 5, contentType: 'text/plain' }, { size: 4 }],
    })
    const [upload, pending] = body.uploads
    await put(upload.url, 'bytes', upload.headers)
    expect((await owner.ask('POST', `/uploads/${upload.id}/complete`)).status).toBe(200)
    const asset = { ...place, episodeName: 'run', name: '/v.mp4', bssVideoId: upload.id }
    expect((await owner.ask('POST', '/assets/video', asset)).status).toBe(201)
    return { pending }
  }

  const signed = async (owner: Tenant, slug: string): Promise<string> => {
    const path = `/assets/video/download?namespace=${slug}&project=lab&episode=run&path=/v.mp4`
    return (await owner.ask('GET', path)).body.url
  }

  it('stays reachable, and every URL that was signed before stays valid', async () => {
    const owner = await Tenant.arrive()
    const [slug, to] = [await team(owner), unique()]
    const { pending } = await sent(owner, slug)
    const url = await signed(owner, slug)
    const { reader } = await roles(owner, slug)
    const made = await owner.ask('POST', '/auth/tokens', { name: 'job', scopes: ['read'], namespace: slug })
    expect((await rename(owner, slug, to)).status).toBe(200)
    expect(await ask('GET', url)).toMatchObject({ status: 200, text: 'bytes' })
    await put(pending.url, 'late', pending.headers)
    expect((await owner.ask('POST', `/uploads/${pending.id}/complete`)).body.size).toBe(4)
    for (const asked of [{}, { token: reader.token }, { token: made.body.token }]) {
      const path = `/assets/video/download?namespace=${to}&project=lab&path=/v.mp4`
      const answer = await owner.ask('GET', path, undefined, asked)
      expect([answer.status, (await ask('GET', answer.body.url)).text]).toEqual([200, 'bytes'])
    }
    const { body } = await owner.ask('POST', `/namespaces/${to}/projects/lab/episodes`, { name: 'run' })
    expect([body.namespace.slug, body.episode.name]).toEqual([to, 'run'])
    expect((await owner.ask('GET', `/namespaces/${to}`)).body).toMatchObject({ slug: to, projects: 1 })
  })
})

describe('renamings at once', () => {
  it('to one slug: one wins, all others get 409', async () => {
    const owners = [await Tenant.arrive(), await Tenant.arrive()]
    const to = unique()
    const froms = await Promise.all(
      owners.flatMap((owner) => [0, 1, 2, 3, 4].map(async () => [owner, await team(owner)] as const)),
    )
    const answers = await Promise.all(froms.map(([owner, from]) => rename(owner, from, to)))
    expect(statuses(answers)).toEqual([200, ...Array(9).fill(409)])
  })

  it('of two namespaces for each other: both keep what they have', async () => {
    const owner = await Tenant.arrive()
    const [one, two] = [await team(owner), await team(owner)]
    const ids = async () => {
      const read = await Promise.all([one, two].map((slug) => owner.ask('GET', `/namespaces/${slug}`)))
      return read.map(({ body }) => body.id)
    }
    const before = await ids()
    const answers = await Promise.all([rename(owner, one, two), rename(owner, two, one)])
    for (const answer of answers) expectRefused(answer, 409)
    expect(await ids()).toEqual(before)
  })

  it('of one namespace to two slugs: one wins, and the other finds nothing there', async () => {
    const owner = await Tenant.arrive()
    const slug = await team(owner)
    const answers = await Promise.all([rename(owner, slug, unique()), rename(owner, slug, unique())])
    expect(statuses(answers)).toEqual([200, 404])
  })

  it('and a creation, and the arrival of a user of that name: one of the three has the slug', async () => {
    const [owner, late] = [await Tenant.arrive(), await Tenant.unknown()]
    const from = await team(owner)
    const [renaming, creation, arrival] = await Promise.all([
      rename(owner, from, late.slug),
      owner.ask('POST', '/namespaces', { slug: late.slug }),
      late.ask('GET', '/auth/me'),
    ])
    expect([200, 409]).toContain(renaming.status)
    expect([201, 409]).toContain(creation.status)
    expect([late.slug, `${late.slug}-2`]).toContain(arrival.body.username)
    const winners = [renaming.status < 400, creation.status < 400, arrival.body.username === late.slug]
    expect(winners.filter(Boolean)).toHaveLength(1)
  })

  it('away from a slug and to it: what is left stays reserved', async () => {
    const [owner, other] = [await Tenant.arrive(), await Tenant.arrive()]
    const [slug, others] = [await team(owner), await team(other)]
    const [away, onto] = await Promise.all([rename(owner, slug, unique()), rename(other, others, slug)])
    expect([away.status, onto.status]).toEqual([200, 409])
  })
})

describe('a namespace keeps its own slug', () => {
  const namesake = (username: string) =>
    tokenFor(username, { claims: { sub: unique('another') } }).then((token) =>
      ask('GET', '/auth/me', { token }),
    )

  it('though somebody of that name has come since', async () => {
    const owner = await Tenant.arrive()
    const name = unique('acme')
    expect((await owner.ask('POST', '/namespaces', { slug: name })).status).toBe(201)
    expect((await namesake(name)).body.username).toBe(`${name}-2`)
    const same = await owner.ask('PATCH', `/namespaces/${name}`, { slug: name, metadata: { a: 1 } })
    expect([same.status, same.body.metadata]).toEqual([200, { a: 1 }])
    const away = unique('away')
    expect((await rename(owner, name, away)).status).toBe(200)
    expect((await rename(owner, away, name)).status).toBe(200)
  })

  it('which is the name of the user whose home it is, whoever of the owners renames it back', async () => {
    const [host, other] = [await Tenant.arrive(), await Tenant.arrive()]
    await host.ask('PUT', `/namespaces/${host.slug}/members/${other.slug}`, { role: 'owner' })
    const away = unique('away')
    expect((await rename(other, host.slug, away)).status).toBe(200)
    await release(host.slug)
    expect((await rename(other, away, host.slug)).status).toBe(200)
    expect(await usernameOf(host)).toBe(host.slug)
  })
})

it('a creation that was renamed since is no conflict with itself', async () => {
  const owner = await Tenant.arrive()
  const headers = { 'X-Request-Id': 'creating' }
  const slug = unique()
  const create = () => owner.ask('POST', '/namespaces', { slug }, { headers })
  const first = await create()
  await rename(owner, slug, unique('away'))
  const again = await create()
  expect([again.status, again.body.id, again.rowsWritten]).toEqual([201, first.body.id, 0])
})
