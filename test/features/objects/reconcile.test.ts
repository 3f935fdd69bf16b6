import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { observed, positions, type Run, rowsOf, run } from '../../support/archive.ts'
import { ID, TIME } from '../../support/expectations.ts'
import { withoutRests } from '../../support/faults.ts'
import {
  type Announced,
  type Asking,
  everyStore,
  keep,
  LARGE,
  LEAST_PART,
  sha256Of,
  stores,
  type TestStore,
  textHeld,
  textsOf,
  Uploader,
  type Watched,
  watch,
} from '../../support/stores.ts'

const BYTES = 'the bytes'
const HOUR = 1 / 24

let uploader: Uploader
let watched: Watched
/** The id of the tenant's namespace. */
let namespace: string

const CLEARING = [
  'update assets set object_id = null',
  'delete from parts',
  'delete from objects',
  'delete from walks',
  `update purges set finished_at = 0 where rule = 'orphaned'`,
]

/** The schedule works on all there is: each test begins with an empty bucket, and without objects. */
async function clear() {
  for (;;) {
    const { objects } = await env.BUCKET.list()
    if (objects.length === 0) break
    await env.BUCKET.delete(objects.map(({ key }) => key))
  }
  await env.DB.batch(CLEARING.map((text) => env.DB.prepare(text)))
}

let tests = 0

const useStore = (store: TestStore) => {
  beforeEach(async () => {
    withoutRests()
    tests++
    await clear()
    uploader = await Uploader.arrive(store)
    namespace = (await uploader.ask('GET', '/auth/me')).body.namespace.id
    watched = watch(store)
    watched.shown.push(namespace)
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })
}

const fire = (days = 0, deployed: object = {}): Promise<Run> =>
  run(days, { ...watched.deployed, ...deployed } as Partial<Env>)

/** What a run has found: objects without a row, those of them that it removed, rows without an object. */
const foundIn = ({ line }: Run) => [line.orphans, line.removed, line.missing]
const reconciled = async (days: number, deployed = {}) => foundIn(await fire(days, deployed))

const receipts = async () =>
  (await uploader.ask('GET', `/namespaces/${uploader.tenant.slug}/purges`)).body.purges
const receiptsOf = async (rule: string) =>
  (await receipts()).filter((receipt: { rule: string }) => receipt.rule === rule)

let serial = 0
const fresh = (): string => (++serial).toString(16).padStart(24, 'e')

/** Bytes that no row knows; gives their key. */
async function orphan(text = BYTES, id = fresh()): Promise<string> {
  const key = `${namespace}/${id}`
  await keep(uploader.store, key, text)
  return key
}

const heldOf = (key: string) => textHeld(uploader.store, key)
const asked = (what: Asking) => watched.calls.filter((call) => call.what === what).map(({ keys }) => keys)
const codeOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code]

/** A complete object that an asset uses. */
async function used(text = BYTES): Promise<Announced> {
  const upload = await uploader.sendWhole(text)
  expect((await uploader.register(upload)).status).toBe(201)
  return upload
}

const rowExists = async ({ id }: { id: string }) => (await rowsOf('objects', `id = '${id}'`)).length === 1

const changed = (text: string, ...values: unknown[]) =>
  env.DB.prepare(text)
    .bind(...values)
    .run()

/** Rows of complete objects in the tenant's namespace, of keys that end in these ids. */
const insertRows = (ids: readonly string[]) =>
  changed(
    `insert into objects (id, namespace_id, key, state, size, lease_until, created_by, created_at, completed_at)
     select value, ?1, ?1 || '/' || value, 'complete', 1, 9e15, 'u', 0, 0 from json_each(?2)`,
    namespace,
    JSON.stringify(ids),
  )

const putAll = async (ids: readonly string[]) => {
  for (let at = 0; at < ids.length; at += 100)
    await Promise.all(ids.slice(at, at + 100).map((id) => env.BUCKET.put(`${namespace}/${id}`, 'x')))
}

/** Ids of this test alone, in their order. */
const idsUpTo = (count: number, first = 0) =>
  Array.from(
    { length: count },
    (_, at) => tests.toString(16).padStart(8, '0') + (first + at).toString(16).padStart(16, '0'),
  )

describe.each(everyStore)('the bytes in $name that no row knows', (store) => {
  useStore(store)

  it('are reported once, and removed when they are older than any upload', async () => {
    const key = await orphan()
    const told = { id: ID, kind: 'object', itemId: key.slice(25), rule: 'orphaned', startedAt: TIME }
    const found = { ...told, objects: 0, bytes: 0, finishedAt: null }
    for (const days of [0, 1, 16 - HOUR]) {
      expect(await reconciled(days)).toEqual([1, 0, 0])
      expect([await heldOf(key), await receipts()]).toMatchObject([BYTES, [found]])
    }
    expect(await reconciled(16 + HOUR)).toEqual([1, 1, 0])
    expect([await heldOf(key), await receipts()]).toMatchObject([
      null,
      [{ ...told, objects: 1, bytes: 9, finishedAt: TIME }],
    ])
    expect(await reconciled(16 + HOUR)).toEqual([0, 0, 0])
    expect(await receipts()).toHaveLength(1)
    expect(asked('remove')).toEqual([[key]])
  })

  it('are kept for longer where uploads are', async () => {
    const key = await orphan()
    const kept = (days: string, at: number) => reconciled(at, { UPLOAD_TTL_DAYS: days })
    expect(await kept('30', 62 - HOUR)).toEqual([1, 0, 0])
    expect(await kept('1', 4 - HOUR)).toEqual([1, 0, 0])
    expect(await heldOf(key)).toBe(BYTES)
    expect(await kept('1', 4 + HOUR)).toEqual([1, 1, 0])
    expect(await heldOf(key)).toBeNull()
  })

  it('are told from those that rows know, which stay', async () => {
    const live = await used()
    const keys = [await orphan('a'), await orphan('b')]
    expect(await reconciled(17)).toEqual([2, 2, 0])
    expect(asked('remove').map((removed) => removed.toSorted())).toEqual([keys])
    expect([await uploader.textOf(live), await rowExists(live)]).toEqual([BYTES, true])
    expect((await uploader.download(live)).status).toBe(200)
  })

  it('are none of its business under keys that it does not make', async () => {
    const [shape, tag] = ['0'.repeat(24), crypto.randomUUID()]
    const keys = [
      `${tag}/${shape}`,
      `${tag} a b+c&<d>%é"'.txt`,
      `${namespace}/${shape}/${shape}`,
      `${namespace}/${shape}0`,
      `${namespace}/${shape.slice(1)}`,
      `${namespace}/${'A'.repeat(24)}`,
      `${namespace}/${'g'.repeat(24)}`,
      namespace,
    ]
    watched.shown.push(tag)
    for (const key of keys) await keep(store, key, BYTES)
    const mine = await orphan()
    expect(await reconciled(300)).toEqual([1, 1, 0])
    expect(await Promise.all([...keys, mine].map(heldOf))).toEqual([...keys.map(() => BYTES), null])
    expect((await receipts()).map(({ itemId }: { itemId: string }) => itemId)).toEqual([mine.slice(25)])
  })

  it('are removed by the next run where the list or the removal fails', async () => {
    const [key, live] = [await orphan(), await used()]
    for (const what of ['list', 'remove'] as const) {
      watched.failing = what
      const { line, failed, rejected } = await fire(17)
      expect([line.failures, failed]).toEqual([1, ['reconcile']])
      expect(rejected).toBeInstanceOf(Error)
      expect(await heldOf(key)).toBe(BYTES)
    }
    expect(await receipts()).toMatchObject([{ rule: 'orphaned', finishedAt: null }])
    watched.failing = null
    expect(await reconciled(17)).toEqual([1, 1, 0])
    expect([await heldOf(key), await uploader.textOf(live)]).toEqual([null, BYTES])
    expect(await receipts()).toMatchObject([{ rule: 'orphaned', objects: 1, bytes: 9, finishedAt: TIME }])
  })

  it('are gone though D1 failed after the removal, and nothing else is', async () => {
    const [key, live] = [await orphan(), await used()]
    const { line, failed } = await fire(17, { DB: observed(/^update "purges" set finished_at/).DB })
    expect([line.failures, failed]).toEqual([1, ['reconcile']])
    expect(await heldOf(key)).toBeNull()
    expect((await receipts()).map(({ finishedAt }: { finishedAt: unknown }) => finishedAt)).toEqual([null])
    // It was claimed: the next run removes what is gone, and writes that down.
    expect(await reconciled(17)).toEqual([0, 1, 0])
    expect([await uploader.textOf(live), await rowExists(live)]).toEqual([BYTES, true])
    expect(await receipts()).toMatchObject([{ rule: 'orphaned', objects: 1, bytes: 9, finishedAt: TIME }])
    expect(await reconciled(17)).toEqual([0, 0, 0])
  })
})

describe.each(everyStore)('the rows whose bytes $name does not hold', (store) => {
  useStore(store)

  /** Removes the bytes of an object past the server. */
  const lose = async (upload: Announced) => {
    const { key } = await uploader.rowOf(upload)
    if (store === stores.own) return env.BUCKET.delete(key)
    // The bytes are of another row from now on.
    await changed('update objects set key = ? where id = ?', `${namespace}/${fresh()}`, upload.id)
    await changed(
      `insert into objects (id, namespace_id, key, state, size, lease_until, created_by, created_at)
       values (?, ?, ?, 'pending', 0, 9e15, 'u', 0)`,
      fresh(),
      namespace,
      key,
    )
  }

  it('are reported once, when they are a day old, and stay', async () => {
    const upload = await used()
    await lose(upload)
    expect(await reconciled(1 - HOUR)).toEqual([0, 0, 0])
    expect(await receipts()).toEqual([])
    const told = {
      kind: 'object',
      itemId: upload.id,
      rule: 'missing',
      objects: 1,
      bytes: 9,
      finishedAt: null,
    }
    for (const days of [1 + HOUR, 2, 300]) {
      expect(await reconciled(days)).toEqual([0, 0, 1])
      expect(await receipts()).toMatchObject([told])
    }
    expect(await uploader.rowOf(upload)).toMatchObject({ state: 'complete' })
    expect((await uploader.register(upload)).status).toBe(201)
    expect(asked('remove')).toEqual([])
  })

  it('are sent again by whoever has them, once they are known to be gone', async () => {
    const sha256 = await sha256Of(BYTES)
    const upload = await uploader.sendWhole(BYTES, { sha256 })
    expect((await uploader.register(upload)).status).toBe(201)
    await lose(upload)
    const again = async () => (await uploader.announce([{ size: 9, sha256 }])).body.uploads[0]
    expect((await again()).status).toBe(store.verifies ? 'exists' : 'pending')
    expect(await reconciled(2)).toEqual([0, 0, 1])
    const anew = await again()
    expect([anew.status, anew.id === upload.id]).toEqual(['pending', false])
    expect((await uploader.put(anew, BYTES)).status).toBe(200)
    expect((await uploader.complete(anew)).status).toBe(200)
    expect((await again()).status).toBe(store.verifies ? 'exists' : 'pending')
    expect((await store.send('GET', await uploader.urlOf(anew))).text).toBe(BYTES)
  })

  it('are not those of uploads that are pending, ended, or complete of late', async () => {
    await uploader.begin({ size: 9 })
    const sent = await uploader.begin({ size: 9 })
    expect((await uploader.put(sent, BYTES)).status).toBe(200)
    const [aborted, used] = [await uploader.begin({ size: 9 }), await uploader.begin({ size: 9 })]
    for (const each of [aborted, used]) expect((await uploader.abort(each)).status).toBe(200)
    expect((await uploader.put(used, BYTES)).status).toBe(200)
    await uploader.sendWhole(BYTES)
    expect(await reconciled(1 + HOUR / 2)).toEqual([0, 0, 0])
    expect(await receipts()).toEqual([])
    expect(await uploader.textOf(sent)).toBe(BYTES)
  })

  it('are found after the last key, and in a bucket that holds nothing', async () => {
    const [first, second] = [await used(), await used()]
    await lose(second)
    expect(await reconciled(2)).toEqual([0, 0, 1])
    await lose(first)
    expect(await reconciled(2)).toEqual([0, 0, 2])
    const missing = (await receiptsOf('missing')).map(({ itemId }: { itemId: string }) => itemId)
    expect(missing.sort()).toEqual([first.id, second.id].sort())
  })
})

describe('the comparison of many', () => {
  useStore(stores.own)

  it('goes page by page, and on where the run before has ended', async () => {
    const ids = idsUpTo(3_100)
    await putAll(ids)
    expect(await reconciled(0)).toEqual([3_000, 0, 0])
    const pages = [999, 1_999, 2_999].map((at) => `${namespace}/${ids[at]}`)
    expect((await positions()).bucket).toBe(pages[2])
    expect(asked('list')).toEqual([[''], [pages[0]], [pages[1]]])
    expect(await reconciled(17)).toEqual([100, 100, 0])
    expect([asked('list').slice(3), (await positions()).bucket]).toEqual([[[pages[2]]], ''])
    expect(await reconciled(17)).toEqual([3_000, 3_000, 0])
    expect(asked('remove').map(({ length }) => length)).toEqual([100, 1_000, 1_000, 1_000])
    expect((await env.BUCKET.list()).objects).toEqual([])
    // As many as were held, and not one of them twice.
    const rows = await rowsOf('purges', `namespace_id = '${namespace}'`)
    expect(rows.map(({ item_id }) => item_id).sort()).toEqual(ids)
    expect(rows.every(({ objects, bytes }) => objects === 1 && bytes === 1)).toBe(true)
    expect(await reconciled(17)).toEqual([0, 0, 0])
  })

  it('closes a bounded number of findings at once, whatever else is open', async () => {
    const open = (rule: string, count: number) =>
      changed(
        `insert into purges (id, namespace_id, kind, item_id, rule, objects, started_at)
         with recursive i(i) as (select 1 union all select i + 1 from i limit ?3)
         select lower(hex(randomblob(12))), ?1, 'object', lower(hex(randomblob(12))), ?2, ?4, 0 from i`,
        namespace,
        rule,
        count,
        rule === 'missing' ? 1 : 0,
      )
    const isOpen = async () =>
      (await rowsOf('purges', `namespace_id = '${namespace}' and finished_at is null`)).length
    const read = async () => Number((await fire()).line.rowsRead)
    await open('orphaned', 3_000)
    await open('missing', 3_000)
    const some = await read()
    expect(await isOpen()).toBe(4_000)
    await open('orphaned', 3_000)
    await open('missing', 3_000)
    expect(await read()).toBeLessThan(some + 100)
    expect(await isOpen()).toBe(8_000)
    for (let runs = 0; runs < 5; runs++) await fire()
    expect(await isOpen()).toBe(0)
  })

  it('sees both ends of every page, and what is missing between, before and after', async () => {
    const ids = idsUpTo(4_003)
    const even = ids.filter((_, at) => at % 2 === 1)
    const ends = [0, 999, 1_000, 1_999, 2_000].map((at) => even[at] ?? '')
    const gaps = [0, 2, 2_000, 4_000, 4_002].map((at) => ids[at] ?? '')
    await putAll(even)
    await insertRows([...ends, ...gaps])
    expect(even).toHaveLength(2_001)
    expect(await reconciled(17)).toEqual([1_996, 1_996, 5])
    const missing = await rowsOf('purges', `namespace_id = '${namespace}' and rule = 'missing'`)
    expect(missing.map(({ item_id }) => item_id).sort()).toEqual(gaps)
    expect((await env.BUCKET.list()).objects.map(({ key }) => key)).toEqual(
      ends.map((id) => `${namespace}/${id}`),
    )
    expect(await reconciled(17)).toEqual([0, 0, 5])
    expect((await rowsOf('objects')).length).toBe(10)
  })

  it('asks for no page after one that is full and the last', async () => {
    const ids = idsUpTo(1_000)
    await putAll(ids)
    await insertRows(ids.slice(1))
    expect(await reconciled(0)).toEqual([1, 0, 0])
    expect([asked('list'), (await positions()).bucket]).toEqual([[['']], ''])
  })

  it('looks at so many rows at a time, and skips none', async () => {
    await insertRows(idsUpTo(4_000))
    const last = idsUpTo(1, 3_999)[0] ?? ''
    await putAll([last])
    const { DB, ran } = observed()
    const [, , first] = await reconciled(0, { DB })
    expect(first).toBeGreaterThanOrEqual(3_000)
    expect(first).toBeLessThan(3_100)
    const comparing = ran.filter(({ text }) => text.startsWith('with bound'))
    expect(comparing.length).toBeGreaterThanOrEqual(9)
    for (const { rowsRead } of comparing) expect(rowsRead).toBeLessThan(10_000)
    const [orphans, , second] = await reconciled(0)
    expect([orphans, Number(first) + Number(second)]).toEqual([0, 3_999])
    const rows = await rowsOf('purges', `namespace_id = '${namespace}' and rule = 'missing'`)
    expect(rows).toHaveLength(3_999)
    expect(await env.BUCKET.head(`${namespace}/${last}`)).not.toBeNull()
  })

  it('does not tell of a page twice where the rows end it early', async () => {
    await insertRows(idsUpTo(2_100))
    await putAll(idsUpTo(1, 2_099).concat(idsUpTo(2, 2_100)))
    expect(await reconciled(17)).toEqual([2, 2, 2_099])
  })

  it('stops where the run may ask no more, and goes on with the next', async () => {
    // What a run asks that has one page to look at, with what it keeps in reserve for objects.
    const most = Number((await fire(17)).line.queries) + 2
    await putAll(idsUpTo(2_100))
    const removed: unknown[] = []
    for (let runs = 0; runs < 8; runs++) {
      const { line } = await fire(17, { CRON_QUERIES: String(most) })
      expect(line.queries).toBeLessThanOrEqual(most)
      removed.push(line.removed)
    }
    expect(removed.reduce((sum: number, each) => sum + Number(each), 0)).toBe(2_100)
  })

  it('is not kept waiting for ever by other steps where a run may ask little', async () => {
    await putAll(idsUpTo(3))
    let removed = 0
    for (let runs = 0; runs < 6; runs++)
      removed += Number((await fire(17, { CRON_QUERIES: '45' })).line.removed)
    expect(removed).toBe(3)
  })

  it('finds nothing where there is nothing', async () => {
    expect(await reconciled(17)).toEqual([0, 0, 0])
    expect([asked('list'), asked('remove'), asked('abandon')]).toEqual([[['']], [], []])
  })
})

describe.each(everyStore)('an upload to $name', (store) => {
  useStore(store)

  /** Until when it is told as aborted, and from when on it is not there at all. */
  const expectOver = async (upload: Announced, from: number) => {
    const { key } = await uploader.rowOf(upload)
    expect((await uploader.read(upload)).body).toMatchObject({ status: 'aborted', parts: [] })
    expect(codeOf(await uploader.complete(upload))).toEqual([409, 'upload_aborted'])
    expect(codeOf(await uploader.signParts(upload, [1]))).toEqual([409, 'upload_aborted'])
    await fire(from + 25 * HOUR - HOUR / 2)
    expect(await rowExists(upload)).toBe(true)
    const { line } = await fire(from + 25 * HOUR + HOUR / 2)
    expect([line.objects, await rowExists(upload), await heldOf(key)]).toEqual([1, false, null])
    expect(codeOf(await uploader.read(upload))).toEqual([404, 'upload_not_found'])
    expect(await rowsOf('parts', `object_id = '${upload.id}'`)).toEqual([])
  }

  it('that is idle is aborted, and gone with its bytes when its URLs are', async () => {
    const upload = await uploader.begin({ size: 9 })
    expect((await uploader.put(upload, BYTES)).status).toBe(200)
    await fire(7 - HOUR)
    expect((await uploader.read(upload)).body.status).toBe('pending')
    await fire(7 + HOUR)
    expect([(await uploader.rowOf(upload)).state, await uploader.textOf(upload)]).toEqual(['aborted', BYTES])
    await expectOver(upload, 7 + HOUR)
    expect(await receipts()).toMatchObject([
      { kind: 'object', rule: 'idle', rows: 1, objects: 1, itemId: null, finishedAt: TIME },
    ])
    expect(await reconciled(300)).toEqual([0, 0, 0])
  })

  it('that is idle goes with the parts that were sent of it', async () => {
    const upload = await uploader.beginParts(LEAST_PART + BYTES.length)
    await uploader.putPart(upload, 2, BYTES)
    const url = await uploader.urlOfPart(upload, 1)
    const { key } = await uploader.rowOf(upload)
    await fire(7 + HOUR)
    expect((await uploader.rowOf(upload)).state).toBe('aborted')
    expect(asked('abandon')).toEqual([])
    await expectOver(upload, 7 + HOUR)
    expect(asked('abandon')).toEqual([[key]])
    // Its bytes have no place any more.
    expect((await store.send('PUT', url, { raw: BYTES })).status).toBe(404)
  })

  it('that somebody goes on with is not idle', async () => {
    const [idle, busy] = [await uploader.begin({ size: LARGE }), await uploader.begin({ size: LARGE })]
    await changed('update objects set lease_until = 0')
    await uploader.urlOfPart(busy, 1)
    await fire(7 - HOUR)
    expect([(await uploader.rowOf(idle)).state, (await uploader.rowOf(busy)).state]).toEqual([
      'aborted',
      'pending',
    ])
  })

  it('that was aborted leaves nothing of what is sent by its URL afterwards', async () => {
    const upload = await uploader.begin({ size: 9 })
    expect((await uploader.abort(upload)).status).toBe(200)
    expect((await uploader.put(upload, BYTES)).status).toBe(200)
    expect(await uploader.textOf(upload)).toBe(BYTES)
    await expectOver(upload, 0)
    expect(await reconciled(300)).toEqual([0, 0, 0])
  })

  it('that was discarded leaves nothing of what is sent by its URL afterwards', async () => {
    const upload = await uploader.begin({ size: 9 })
    await keep(store, (await uploader.rowOf(upload)).key, 'other bytes')
    expect(codeOf(await uploader.complete(upload))).toEqual([409, 'upload_mismatch'])
    expect((await uploader.put(upload, BYTES)).status).toBe(200)
    expect([(await uploader.rowOf(upload)).state, await uploader.textOf(upload)]).toEqual([
      'discarded',
      BYTES,
    ])
    await expectOver(upload, 0)
    expect(await reconciled(300)).toEqual([0, 0, 0])
  })

  it('that is in parts is one of 20 that are given up at a time', async () => {
    const uploads = await Promise.all(Array.from({ length: 43 }, () => uploader.begin({ size: LARGE })))
    for (const upload of uploads) await uploader.urlOfPart(upload, 1)
    for (let index = 0; index < 5; index++) await uploader.begin({ size: 9 })
    await fire(8)
    const { line } = await fire(10)
    expect([line.objects, await rowsOf('objects')]).toEqual([48, []])
    const turns = watched.calls
      .filter(({ what }) => what !== 'list')
      .map(({ what, keys }) => (what === 'remove' ? `remove ${keys.length}` : 'abandon'))
      .join(' ')
      .replace(/abandon( abandon)*/g, (all) => `abandon ${all.split(' ').length}`)
      .split(' remove ')
    const given = turns.map((turn) => Number(turn.split('abandon ')[1] ?? 0))
    expect(given.reduce((sum, each) => sum + each)).toBe(43)
    expect(Math.max(...given)).toBe(20)
  })

  it.each(['remove', 'abandon'] as const)(
    'is purged by the next run where the bucket fails to %s',
    async (what) => {
      const upload = await uploader.begin({ size: LARGE })
      await uploader.urlOfPart(upload, 1)
      const { key } = await uploader.rowOf(upload)
      await fire(8)
      watched.failing = what
      const { line, failed, rejected } = await fire(10)
      expect([line.failures, failed]).toEqual([1, ['objects']])
      expect(rejected).toBeInstanceOf(Error)
      expect((await uploader.rowOf(upload)).state).toBe('purging')
      watched.failing = null
      expect((await fire(10)).line.objects).toBe(1)
      expect([await rowExists(upload), asked('abandon').at(-1)]).toEqual([false, [key]])
      expect((await receiptsOf('idle')).length).toBe(1)
    },
  )
})

describe.each(everyStore)('an object in $name', (store) => {
  useStore(store)

  it('goes with its lease where nothing uses it', async () => {
    const [upload, other] = [await uploader.sendWhole(BYTES), await used('other')]
    const { key } = await uploader.rowOf(upload)
    await fire(7 - HOUR)
    expect([await rowExists(upload), await heldOf(key)]).toEqual([true, BYTES])
    expect((await fire(7 + HOUR)).line.objects).toBe(1)
    expect([await rowExists(upload), await heldOf(key)]).toEqual([false, null])
    expect(asked('remove')).toEqual([[key]])
    expect(await receipts()).toMatchObject([
      { kind: 'object', rule: 'unreferenced', rows: 1, objects: 1, bytes: 9, finishedAt: TIME },
    ])
    expect(await uploader.textOf(other)).toBe('other')
  })

  it('goes after UPLOAD_TTL_DAYS, as they were when it was completed', async () => {
    const upload = await uploader.begin({ size: 9 })
    expect((await uploader.put(upload, BYTES)).status).toBe(200)
    const variables = { UPLOAD_TTL_DAYS: '2' }
    expect((await uploader.complete(upload, undefined, { variables })).status).toBe(200)
    await fire(2 - HOUR)
    expect(await rowExists(upload)).toBe(true)
    await fire(2 + HOUR)
    expect(await rowExists(upload)).toBe(false)
  })

  it('never goes where an asset uses it, whatever is counted', async () => {
    const upload = await used()
    await fire(300)
    await changed('update objects set asset_count = 0 where id = ?', upload.id)
    expect((await fire(300)).line.objects).toBe(0)
    expect([(await uploader.rowOf(upload)).state, await uploader.textOf(upload)]).toEqual(['complete', BYTES])
    expect((await uploader.download(upload)).status).toBe(200)
    expect(asked('remove')).toEqual([])
  })

  it('stays with an asset in the trash, and goes when that is purged', async () => {
    const upload = await uploader.sendWhole(BYTES)
    const { body } = await uploader.register(upload)
    const { key } = await uploader.rowOf(upload)
    expect((await uploader.ask('DELETE', `/assets/video/${body.id}`)).status).toBe(200)
    await fire(29)
    expect([await rowExists(upload), await heldOf(key)]).toEqual([true, BYTES])
    await fire(31)
    expect([await rowExists(upload), await heldOf(key)]).toEqual([false, null])
    expect(await receipts()).toMatchObject([{ kind: 'video', rule: 'retention', objects: 1, bytes: 9 }])
  })

  it('stays where it is registered again before its asset is purged', async () => {
    const upload = await uploader.sendWhole(BYTES)
    const { body } = await uploader.register(upload)
    expect((await uploader.ask('DELETE', `/assets/video/${body.id}`)).status).toBe(200)
    await fire(29)
    expect((await uploader.register(upload)).status).toBe(201)
    expect((await fire(31)).line.objects).toBe(0)
    expect([await rowExists(upload), await uploader.textOf(upload)]).toEqual([true, BYTES])
    expect((await uploader.download(upload)).status).toBe(200)
  })

  it('that is being purged is not registered any more, and goes with the next run', async () => {
    const upload = await uploader.sendWhole(BYTES)
    const { key } = await uploader.rowOf(upload)
    watched.failing = 'remove'
    expect((await fire(8)).failed).toEqual(['objects'])
    expect((await uploader.register(upload)).status).toBe(409)
    expect(await heldOf(key)).toBe(BYTES)
    watched.failing = null
    expect((await fire(8)).line.objects).toBe(1)
    expect([await rowExists(upload), await heldOf(key)]).toEqual([false, null])
  })

  it('whose bytes are gone when D1 fails is counted once, by the next run', async () => {
    const upload = await uploader.sendWhole(BYTES)
    const { failed } = await fire(8, { DB: observed(/^with going .* delete from/).DB })
    expect([failed, (await uploader.rowOf(upload)).state]).toEqual([['objects'], 'purging'])
    expect(await uploader.textOf(upload)).toBeNull()
    expect((await fire(8)).line.objects).toBe(1)
    expect(await rowExists(upload)).toBe(false)
    expect(await receipts()).toMatchObject([{ rule: 'unreferenced', rows: 1, objects: 1, bytes: 9 }])
  })

  it('goes by one call with 499 others', async () => {
    const ids = idsUpTo(501)
    await insertRows(ids)
    await changed('update objects set lease_until = 0')
    expect((await fire(0)).line.objects).toBe(501)
    expect(asked('remove')).toEqual([
      ids.slice(0, 500).map((id) => `${namespace}/${id}`),
      [`${namespace}/${ids[500]}`],
    ])
    expect(await rowsOf('objects')).toEqual([])
    expect(await receipts()).toMatchObject([{ rule: 'unreferenced', rows: 501, objects: 501, bytes: 501 }])
  })

  it.each([`a&b<c>"d"'e' %+;é/?#=`, 'x/]]>&amp;&#10;', '100%25'])(
    'goes under the key %j too',
    async (odd) => {
      const upload = await uploader.sendWhole(BYTES)
      const key = `${namespace}/${odd}`
      await keep(store, key, BYTES)
      await changed('update objects set key = ? where id = ?', key, upload.id)
      await fire(8)
      expect([await heldOf(key), await rowExists(upload)]).toEqual([null, false])
    },
  )
})

describe('an S3 store', () => {
  useStore(stores.elsewhere)

  /** Answers all requests of the schedule by a bucket of these keys; notes the bodies of removals. */
  const answer = ({
    keys = [] as readonly string[],
    uploaded = 0,
    removal = '<DeleteResult/>',
    status = 200,
  }) => {
    const requests: { url: URL; headers: Headers; body: string }[] = []
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const request = new Request(input, init)
      const url = new URL(request.url)
      requests.push({ url, headers: request.headers, body: await request.text() })
      if (url.searchParams.has('delete')) return new Response(removal, { status })
      if (!url.searchParams.has('list-type')) return new Response(null, { status: 204 })
      const from = url.searchParams.get('start-after') ?? ''
      const page = keys.filter((key) => key > from).slice(0, 1_000)
      const contents = page.map(
        (key) =>
          `<Contents><Key>${encodeURIComponent(key).replaceAll('%20', '+')}</Key><Size>7</Size><LastModified>${Number.isNaN(uploaded) ? 'unknown' : new Date(uploaded).toISOString()}</LastModified></Contents>`,
      )
      const more = page.length > 0 && page.at(-1) !== keys.at(-1)
      return new Response(
        `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${more}</IsTruncated>${contents.join('')}</ListBucketResult>`,
      )
    })
    return requests
  }

  const gone = async () => {
    const upload = await uploader.sendWhole(BYTES)
    await changed('update objects set lease_until = 0 where id = ?', upload.id)
    return upload
  }

  it('is listed by pages of 1,000, and rid of each page by one call', async () => {
    const keys = idsUpTo(2_500).map((id) => `${namespace}/${id}`)
    const requests = answer({ keys, uploaded: 0 })
    expect(await reconciled(0)).toEqual([2_500, 2_500, 0])
    const lists = requests.filter(({ url }) => url.searchParams.has('list-type'))
    const asked = lists.map(({ url }) =>
      ['list-type', 'max-keys', 'start-after'].map((name) => url.searchParams.get(name)),
    )
    expect(asked).toEqual([null, keys[999], keys[1_999]].map((from) => ['2', '1000', from]))
    const removals = requests.filter(({ url }) => url.searchParams.has('delete'))
    expect(removals.map(({ body }) => textsOf(body, 'Key').length)).toEqual([1_000, 1_000, 500])
    expect(removals.flatMap(({ body }) => textsOf(body, 'Key')).sort()).toEqual(keys)
    for (const { headers, body } of removals) {
      const digest = await crypto.subtle.digest('MD5', new TextEncoder().encode(body))
      expect(headers.get('Content-MD5')).toBe(new Uint8Array(digest).toBase64())
    }
    const rows = await rowsOf('purges', `namespace_id = '${namespace}'`)
    expect(new Set(rows.map(({ bytes }) => bytes))).toEqual(new Set([7]))
  })

  it('is believed in what it says of the age, and no object without one is removed', async () => {
    const keys = [`${namespace}/${fresh()}`]
    answer({ keys, uploaded: Number.NaN })
    expect(await reconciled(300)).toEqual([1, 0, 0])
    answer({ keys, uploaded: Date.now() })
    expect(await reconciled(0)).toEqual([1, 0, 0])
    expect(await reconciled(16 - HOUR)).toEqual([1, 0, 0])
    expect(await reconciled(16 + HOUR)).toEqual([1, 1, 0])
  })

  const error = (code: string) => `<Error><Key>x</Key><Code>${code}</Code><Message>secret</Message></Error>`
  it.each([
    ['an error inside a 200', `<DeleteResult>${error('InternalError')}</DeleteResult>`, 200],
    [
      'an error after one that is none',
      `<DeleteResult>${error('NoSuchKey')}${error('AccessDenied')}</DeleteResult>`,
      200,
    ],
    ['no bucket', error('NoSuchBucket'), 404],
    ['no permission', error('AccessDenied'), 403],
  ])('that answers a removal by %s is asked again by the next run', async (_, removal, status) => {
    const upload = await gone()
    const { key } = await uploader.rowOf(upload)
    const passed = globalThis.fetch
    answer({ keys: [key], removal, status })
    const { line, failed } = await fire(0)
    expect([failed, line.failures, (await uploader.rowOf(upload)).state]).toEqual([['objects'], 1, 'purging'])
    vi.mocked(globalThis.fetch).mockImplementation(passed)
    expect(await receipts()).toEqual([])
    const requests = answer({ keys: [] })
    expect((await fire(0)).line.objects).toBe(1)
    expect(requests.filter(({ url }) => url.searchParams.has('delete'))).toHaveLength(1)
    expect(await rowExists(upload)).toBe(false)
  })

  it('that answers an error for orphans has not removed them', async () => {
    const keys = [`${namespace}/${fresh()}`]
    answer({ keys, removal: `<DeleteResult>${error('SlowDown')}</DeleteResult>` })
    expect((await fire(0)).failed).toEqual(['reconcile'])
    expect(await rowsOf('purges', `namespace_id = '${namespace}'`)).toMatchObject([{ finished_at: null }])
    answer({ keys })
    expect(await reconciled(0)).toEqual([1, 1, 0])
    expect(await rowsOf('purges', `namespace_id = '${namespace}'`)).toMatchObject([{ objects: 1, bytes: 7 }])
  })

  it('that holds no such key any more is fine', async () => {
    const upload = await gone()
    answer({ removal: `<DeleteResult>${error('NoSuchKey')}</DeleteResult>` })
    const { line, failed } = await fire(0)
    expect([failed, line.objects, await rowExists(upload)]).toEqual([[], 1, false])
  })

  it('is told every key as it is', async () => {
    const odd = `${namespace}/a&b<c>"d"'e'é ]]> &amp;`
    const upload = await gone()
    await changed('update objects set key = ? where id = ?', odd, upload.id)
    const requests = answer({})
    await fire(0)
    const [{ body = '' } = {}] = requests.filter(({ url }) => url.searchParams.has('delete'))
    expect([textsOf(body, 'Key'), body.split('<').length]).toEqual([[odd], 9])
  })

  it('tells keys by which nothing of ours is meant', async () => {
    const keys = ['a b', 'a%2Bb', 'é+&'].sort()
    answer({ keys, uploaded: 0 })
    expect(await reconciled(300)).toEqual([0, 0, 0])
  })

  const list = (inside: string) =>
    vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async () => new Response(`<ListBucketResult>${inside}</ListBucketResult>`))

  it('that encodes no keys is understood', async () => {
    const content = (key: string) => `<Contents><Key>${key}</Key><Size>7</Size></Contents>`
    list(`<IsTruncated>false</IsTruncated>${content('100% sure')}${content(`${namespace}/${fresh()}`)}`)
    expect(await reconciled(0)).toEqual([1, 0, 0])
  })

  it('that shows nothing of a page, and says that there is more, says nothing of what it holds', async () => {
    await insertRows(idsUpTo(2))
    list('<IsTruncated>true</IsTruncated>')
    expect(await reconciled(0)).toEqual([0, 0, 0])
    vi.restoreAllMocks()
    list('<IsTruncated>false</IsTruncated>')
    expect(await reconciled(0)).toEqual([0, 0, 2])
  })
})
