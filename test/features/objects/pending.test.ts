import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { expectRefused, ID, TIME } from '../../support/expectations.ts'
import { LARGE, stores, Uploader } from '../../support/stores.ts'
import { type Answer, ask, Tenant } from '../../support/world.ts'

let uploader: Uploader

beforeEach(async () => {
  uploader = await Uploader.arrive(stores.own)
})

const placeOf = ({ tenant }: Uploader, query = '') => `namespace=${tenant.slug}&project=lab${query}`

const list = (query = '', who = uploader, owner = uploader) =>
  who.ask('GET', `/uploads?${placeOf(owner, query)}`)

const idsOf = ({ body }: Answer): string[] => body.uploads.map(({ id }: { id: string }) => id)

async function tokenOf({ tenant }: Uploader, scopes: readonly string[]): Promise<string> {
  const { status, body } = await tenant.ask('POST', '/auth/tokens', { name: 'robot', scopes })
  expect(status).toBe(201)
  return body.token
}

const asToken = (token: string, method: string, path: string, body?: unknown) =>
  ask(method, path, { token, ...(body === undefined ? {} : { body }) })

const announceAs = async (token: string, { tenant }: Uploader): Promise<string> => {
  const files = [{ name: 'r', size: 3 }]
  const { status, body } = await asToken(token, 'POST', '/uploads', {
    namespace: tenant.slug,
    project: 'lab',
    files,
  })
  expect(status).toBe(201)
  return body.uploads[0].id
}

describe('the pending uploads of a user', () => {
  it('are all that is still to be sent or completed, newest first', async () => {
    const small = await uploader.begin({ name: 'a.txt', size: 3, contentType: 'text/plain' })
    const large = await uploader.begin({ size: LARGE })
    const place = { owner: uploader.tenant.slug, project: 'lab', hash: '0123456789abcdef' }
    const older = await uploader.ask('POST', '/videos/upload/multipart/init', place)
    await uploader.sendWhole('done')
    const aborted = await uploader.begin({ size: 3 })
    expect((await uploader.abort(aborted)).status).toBe(200)
    const { status, trips, body } = await list()
    const shown = { id: ID, name: null, contentType: null, createdAt: TIME, expiresAt: TIME }
    expect([status, trips]).toEqual([200, 1])
    expect(body).toEqual({
      uploads: [
        { ...shown, id: older.body.uploadId, size: null, method: 'MULTIPART' },
        { ...shown, id: large.id, size: LARGE, method: 'MULTIPART' },
        { ...shown, id: small.id, name: 'a.txt', size: 3, contentType: 'text/plain', method: 'PUT' },
      ],
      page: 1,
      pageSize: 50,
      total: 3,
      totalPages: 1,
      nextCursor: null,
    })
    const { created_at, lease_until } = await uploader.rowOf(small)
    const times = [created_at, lease_until].map((time) => new Date(time).toISOString())
    expect([body.uploads[2].createdAt, body.uploads[2].expiresAt]).toEqual(times)
  })

  it('come in pages, by number and by cursor, with their exact number', async () => {
    const { body } = await uploader.announce(Array.from({ length: 7 }, () => ({ size: 3 })))
    const newest = body.uploads
      .map(({ id }: { id: string }) => id)
      .sort()
      .reverse()
    const second = await list('&page=2&pageSize=3')
    expect([idsOf(second), second.body.total, second.body.totalPages]).toEqual([newest.slice(3, 6), 7, 3])
    const walked: string[] = []
    let cursor = ''
    do {
      const answer = await list(`&pageSize=3${cursor}`)
      walked.push(...idsOf(answer))
      cursor = answer.body.nextCursor === null ? '' : `&cursor=${answer.body.nextCursor}`
    } while (cursor !== '')
    expect(walked).toEqual(newest)
    const beyond = await list('&page=99')
    expect([idsOf(beyond), beyond.body.total]).toEqual([[], 7])
  })

  it('are not those of another member, project or namespace', async () => {
    const mate = await Uploader.arrive(stores.own)
    await uploader.begin({ size: 3 })
    await uploader.tenant.admit(mate.tenant, 2)
    const [theirs] = (await mate.announce([{ size: 3 }], {}, uploader.tenant)).body.uploads
    const elsewhere = { namespace: uploader.tenant.slug, project: 'other', files: [{ size: 3 }] }
    expect((await uploader.ask('POST', '/uploads', elsewhere)).status).toBe(201)
    const shown = await list('', mate)
    expect([idsOf(shown), shown.body.total]).toEqual([[theirs.id], 1])
    expect((await list()).body.total).toBe(1)
  })

  it('need a place that is there, and named whole', async () => {
    await uploader.begin({ size: 3 })
    const missing = await uploader.ask('GET', '/uploads')
    expectRefused(missing, 400)
    expect(missing.body.errors.map(({ path }: { path: string }) => path)).toEqual(['namespace', 'project'])
    const stranger = await Uploader.arrive(stores.own)
    expect((await list('', stranger)).body.code).toBe('namespace_not_found')
    const other = `/uploads?namespace=${uploader.tenant.slug}&project=none`
    expect((await uploader.ask('GET', other)).body.code).toBe('project_not_found')
  })

  it('are shown to nobody who may not write', async () => {
    await uploader.begin({ size: 3 })
    const reader = await Uploader.arrive(stores.own)
    await uploader.tenant.admit(reader.tenant, 1)
    expectRefused(await list('', reader), 403)
    const token = await tokenOf(uploader, ['read'])
    expectRefused(await asToken(token, 'GET', `/uploads?${placeOf(uploader)}`), 403)
  })
})

describe('the pending uploads of a token', () => {
  it('that can only upload are its own, and the user sees them all', async () => {
    const own = await uploader.begin({ size: 3 })
    const [one, other] = [await tokenOf(uploader, ['upload']), await tokenOf(uploader, ['upload'])]
    const first = await announceAs(one, uploader)
    const second = await announceAs(other, uploader)
    const shown = await asToken(one, 'GET', `/uploads?${placeOf(uploader)}`)
    expect([shown.status, idsOf(shown), shown.body.total]).toEqual([200, [first], 1])
    expect(idsOf(await list())).toEqual([own.id, first, second].sort().reverse())
    const reading = await tokenOf(uploader, ['read', 'upload'])
    const all = await asToken(reading, 'GET', `/uploads?${placeOf(uploader)}`)
    expect([idsOf(all).length, all.body.total]).toEqual([3, 3])
  })

  it('are counted exactly whatever becomes of them', async () => {
    const token = await tokenOf(uploader, ['upload'])
    const ids: string[] = []
    for (let index = 0; index < 5; index++) ids.push(await announceAs(token, uploader))
    const [sent = '', aborted = '', discarded = '', erased = ''] = ids
    const totals = async () => [
      (await list()).body.total,
      (await asToken(token, 'GET', `/uploads?${placeOf(uploader)}`)).body.total,
    ]
    expect(await totals()).toEqual([5, 5])
    const { body } = await uploader.signParts({ id: sent }, [1])
    expect((await stores.own.send('PUT', body.parts[1], { raw: 'abc', headers: body.headers })).status).toBe(
      200,
    )
    expect((await uploader.complete({ id: sent })).status).toBe(200)
    expect(await totals()).toEqual([4, 4])
    expect((await uploader.abort({ id: aborted })).status).toBe(200)
    expect((await uploader.abort({ id: aborted })).status).toBe(200)
    expect(await totals()).toEqual([3, 3])
    await env.DB.prepare("update objects set state = 'discarded' where id = ?").bind(discarded).run()
    await env.DB.prepare('delete from objects where id = ?').bind(erased).run()
    expect(await totals()).toEqual([1, 1])
    await env.DB.prepare("update objects set state = 'purging' where id = ?").bind(ids[4]).run()
    expect(await totals()).toEqual([0, 0])
    const held = await env.DB.prepare('select * from pending_uploads where uploads <= 0').all()
    expect(held.results).toEqual([])
  })
})

it('whoever is not known yet has none', async () => {
  const newcomer = new Uploader(stores.own, await Tenant.unknown())
  expect((await list('', newcomer)).status).toBe(404)
})
