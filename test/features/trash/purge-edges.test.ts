import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Archive, fire, rowsOf, run } from '../../support/archive.ts'
import { withoutRests } from '../../support/faults.ts'
import { stores } from '../../support/stores.ts'

/** What keeps one tenant's trouble from being everybody's, and one database's from being another's. */

beforeEach(() => {
  withoutRests()
  vi.restoreAllMocks()
  vi.spyOn(console, 'info').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})

const held = async (prefix: string): Promise<string[]> =>
  (await env.BUCKET.list({ prefix })).objects.map(({ key }) => key)

const spaceOf = async ({ slug }: Archive): Promise<string> =>
  String((await rowsOf('namespaces', `slug = '${slug}'`))[0]?.id)

describe('a bucket', () => {
  it('that holds what another database knows keeps it', async () => {
    const foreign = `${'a'.repeat(24)}/${'b'.repeat(24)}`
    await env.BUCKET.put(foreign, 'of somebody else')
    for (const day of [17, 18, 100]) await fire(day)
    expect(await held('a'.repeat(24))).toEqual([foreign])
    expect(await rowsOf('purges', `namespace_id = '${'a'.repeat(24)}'`)).toMatchObject([
      { rule: 'orphaned', objects: 0, finished_at: null },
    ])
  })

  it('that does not let go of one upload lets go of the others, and of that one at last', async () => {
    const archive = await Archive.open()
    const place = { namespace: archive.slug, project: 'lab' }
    const files = [{ size: 2 ** 27 }, { size: 2 ** 27 }, { size: 2 ** 27 }]
    const { uploads } = await archive.succeed(201, 'POST', '/uploads', { ...place, files })
    for (const { id } of uploads)
      await archive.succeed(200, 'POST', `/uploads/${id}/parts`, { partNumbers: [1] })
    await fire(8)
    const stubborn = uploads[0].key
    const BUCKET = {
      list: (options: R2ListOptions) => env.BUCKET.list(options),
      delete: (keys: string[]) => env.BUCKET.delete(keys),
      resumeMultipartUpload: (key: string, id: string) =>
        key === stubborn
          ? { abort: () => Promise.reject(new Error('not this one (10001)')) }
          : env.BUCKET.resumeMultipartUpload(key, id),
    } as unknown as R2Bucket
    for (const day of [10, 11]) {
      await expect(fire(day, { BUCKET })).rejects.toThrow()
      expect(await rowsOf('objects', `namespace_id = '${await spaceOf(archive)}'`)).toMatchObject([
        { key: stubborn, state: 'purging' },
      ])
    }
    await fire(12)
    expect(await rowsOf('objects', `namespace_id = '${await spaceOf(archive)}'`)).toEqual([])
  })
})

describe('an orphan that the bucket does not let go of', () => {
  it('keeps no others from going, and goes at last', async () => {
    const archive = await Archive.open()
    const space = await spaceOf(archive)
    const keys = ['d', 'e', 'f'].map((digit) => `${space}/${digit.repeat(24)}`)
    const [stubborn = ''] = keys
    const variables = stores.elsewhere.variables as Partial<Env>
    const entries = (held: readonly string[]) =>
      held.map(
        (key) =>
          `<Contents><Key>${key}</Key><Size>1</Size><LastModified>2020-01-01T00:00:00Z</LastModified></Contents>`,
      )
    const kept = new Set(keys)
    let isStubborn = true
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const request = new Request(input, init)
      if (request.method !== 'POST')
        return new Response(
          `<ListBucketResult><IsTruncated>false</IsTruncated>${entries([...kept]).join('')}</ListBucketResult>`,
        )
      for (const [, key = ''] of (await request.text()).matchAll(/<Key>([^<]*)/g))
        if (key !== stubborn || !isStubborn) kept.delete(key)
      const error = `<Error><Key>${stubborn}</Key><Code>AccessDenied</Code></Error>`
      return new Response(`<DeleteResult>${isStubborn ? error : ''}</DeleteResult>`)
    })
    const finished = async () =>
      (await archive.receipts()).filter(({ finishedAt }) => finishedAt !== null).map(({ itemId }) => itemId)
    for (let runs = 0; runs < 2; runs++) {
      await expect(fire(20, variables)).rejects.toThrow()
      expect([[...kept], (await finished()).sort()]).toEqual([[stubborn], ['e'.repeat(24), 'f'.repeat(24)]])
    }
    isStubborn = false
    await fire(20, variables)
    expect([kept.size, (await finished()).length]).toEqual([0, 3])
  })
})

describe('a run that is cut off', () => {
  it('leaves the beginning of the next one to another step', async () => {
    const begun: unknown[] = []
    for (let runs = 0; runs < 6; runs++) {
      const BUCKET = { list: () => Promise.reject(new Error('cut off')) } as unknown as R2Bucket
      const [position] = await rowsOf('walks', "name = 'steps'")
      begun.push(position?.position ?? '0')
      let trips = 0
      const DB = {
        withSession: (constraint: string) => {
          const session = env.DB.withSession(constraint)
          return {
            getBookmark: () => session.getBookmark(),
            prepare: (text: string) => session.prepare(text),
            // Everything after the second answer is lost with the invocation.
            batch: (all: D1PreparedStatement[]) =>
              ++trips > 2 ? Promise.reject(new Error('cut off')) : session.batch(all),
          }
        },
      } as unknown as D1Database
      await expect(fire(0, { DB, BUCKET })).rejects.toThrow()
    }
    expect(new Set(begun).size).toBe(6)
  })
})

describe('a deletion by a version of before', () => {
  it('is taken for one inside of its episode', async () => {
    const archive = await Archive.open()
    await archive.episode('run')
    const { id } = await archive.video('/x.mp4', { episodeName: 'run' })
    const deletion = await archive.remove(`/assets/video/${id}`)
    // As it was written there: without the column.
    const [row] = await rowsOf('deletions', `id = '${deletion}'`)
    await env.DB.prepare('delete from deletions where id = ?').bind(deletion).run()
    const { container_id: container, turn: _, ...older } = row ?? {}
    const columns = Object.keys(older)
    await env.DB.prepare(
      `insert into deletions (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
    )
      .bind(...Object.values(older))
      .run()
    expect(await rowsOf('deletions', `id = '${deletion}'`)).toMatchObject([{ container_id: container }])
    await archive.remove(`${archive.project}/episodes/run`)
    expect((await archive.restore(deletion)).body.code).toBe('restore_conflict')
  })
})

describe('a finding', () => {
  it('is closed when it is none any more', async () => {
    const archive = await Archive.open()
    const space = await spaceOf(archive)
    const object = await archive.bytes('kept')
    await archive.video('/a.mp4', { bssVideoId: object })
    const orphan = `${space}/${'c'.repeat(24)}`
    await env.BUCKET.put(orphan, 'x')
    await env.BUCKET.delete(`${space}/${object}`)
    await fire(2)
    const open = async () =>
      (await archive.receipts()).map(({ rule, finishedAt }) => [rule, finishedAt !== null])
    expect((await open()).sort()).toEqual([
      ['missing', false],
      ['orphaned', false],
    ])
    await env.BUCKET.delete(orphan)
    await env.BUCKET.put(`${space}/${object}`, 'kept')
    await fire(3)
    expect((await open()).sort()).toEqual([
      ['missing', true],
      ['orphaned', true],
    ])
    await env.BUCKET.delete(`${space}/${object}`)
    await fire(4)
    expect((await open()).sort()).toEqual([
      ['missing', false],
      ['orphaned', true],
    ])
  })
})

describe('a DELETE whose answer D1 has lost', () => {
  it('does not delete again what was restored meanwhile', async () => {
    const archive = await Archive.open()
    await archive.succeed(201, 'POST', `${archive.project}/datasets`, { name: 'set' })
    const path = `${archive.project}/datasets/set`
    let tries = 0
    const answer = await archive.ask('DELETE', path, undefined, {
      disturb: async (batch) => {
        const results = await batch()
        if (tries++ > 0) return results
        const [first] = await archive.trash()
        expect((await archive.restore(first?.deletionId ?? '')).status).toBe(200)
        throw new Error('D1_ERROR: Network connection lost.')
      },
    })
    expect([answer.status, tries]).toEqual([200, 2])
    expect((await archive.ask('GET', path)).status).toBe(200)
    expect(await archive.trash()).toEqual([])
    const again = await archive.remove(path)
    expect((await archive.restore(again)).status).toBe(200)
  })
})

describe('a purged project', () => {
  it('takes the API tokens along that are good for nothing else', async () => {
    const archive = await Archive.open()
    const wish = { name: 'robot', scopes: ['upload'], namespace: archive.slug }
    await archive.succeed(201, 'POST', '/auth/tokens', { ...wish, project: 'lab' })
    await archive.succeed(201, 'POST', '/auth/tokens', { ...wish, name: 'other' })
    await archive.remove(archive.project)
    await fire(31)
    const { tokens, total } = await archive.succeed(200, 'GET', '/auth/tokens')
    expect([tokens.map(({ name }: { name: string }) => name), total]).toEqual([['other'], 1])
  })
})

describe('namespaces that wait for the leases of their objects', () => {
  it('are shown alone in their trash, without what their projects were there by', async () => {
    const archive = await Archive.open()
    await archive.bytes('leased')
    const namespace = `/namespaces/${archive.slug}`
    const project = await archive.remove(archive.project)
    const all = await archive.remove(namespace)
    expect((await archive.trash(namespace)).map(({ deletionId }) => deletionId).sort()).toEqual(
      [project, all].sort(),
    )
    await archive.succeed(202, 'DELETE', `${namespace}/trash/${all}`)
    await fire()
    expect(await archive.trash(namespace)).toMatchObject([{ deletionId: all, state: 'purging' }])
    expect(await rowsOf('deletions', `id = '${project}'`)).toEqual([])
    await fire(8)
    await fire(8)
    expect(await rowsOf('deletions', `id = '${all}'`)).toEqual([])
  })

  it('cost a run nothing until those are over', async () => {
    const archives: Archive[] = []
    for (let index = 0; index < 12; index++) {
      const archive = await Archive.open()
      await archive.bytes('leased')
      const deletion = await archive.remove(`/namespaces/${archive.slug}`)
      await archive.succeed(202, 'DELETE', `/namespaces/${archive.slug}/trash/${deletion}`)
      archives.push(archive)
    }
    const queries = async (): Promise<number> => Number((await run(1)).line.queries)
    await queries()
    const idle = await queries()
    expect(await queries()).toBeLessThanOrEqual(idle)
    expect(idle).toBeLessThan(70)
    for (const day of [9, 10]) await fire(day)
    for (const { slug } of archives) expect(await rowsOf('namespaces', `slug = '${slug}'`)).toEqual([])
  })
})
