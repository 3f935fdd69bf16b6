import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Archive, fire, rowsOf } from '../../support/archive.ts'
import {
  type Accident,
  accidents,
  census,
  type Estate,
  estate,
  FOREIGN,
  faultsOf,
  interrupted,
  Kept,
  keysHeld,
  type Made,
  States,
  textsOf,
  watched,
  withoutRests,
} from '../../support/faults.ts'

/** The trash is due, and the leases are over; then also what has ended in between. */
const [DUE, LATER] = [31, 33]
const NOW = Date.now()

let given: Estate
let start: Kept
let between: Kept
let expected: Awaited<ReturnType<typeof census>>

const states = new States()

/** What a run says that has found a counter to be wrong. */
const mended: unknown[] = []

beforeEach(() => {
  withoutRests()
  vi.spyOn(console, 'info').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation((line: string) => {
    if (line.includes('a counter was mended')) mended.push(line)
  })
})

beforeAll(async () => {
  given = await estate(await Archive.open(), await Archive.open())
  start = await Kept.now('start')
  // By a clock that stands still, what is done again is written with the same times again.
  vi.useFakeTimers({ toFake: ['Date'], now: NOW })
})

afterAll(() => {
  vi.useRealTimers()
})

it('undisturbed, two runs remove what is due, and nothing else', async () => {
  expect(await faultsOf()).toEqual([])
  await start.bringBack()
  await fire(DUE)
  between = await Kept.now('between')
  expect(await start.stillOpen()).toHaveLength(1)
  await start.bringBack()
  await fire(DUE)
  await fire(LATER)
  expect(await start.stillOpen()).toEqual([])
  expected = await census()
  const namesOf = async (table: string, column = 'name') =>
    (await rowsOf(table)).map((row) => row[column]).sort()
  expect(await namesOf('projects')).toEqual(['lab'])
  expect(await namesOf('episodes')).toEqual(['kept'])
  expect(await namesOf('datasets')).toEqual(['kept set'])
  expect(await namesOf('collections')).toEqual(['detached', 'kept'])
  expect(await namesOf('assets')).toEqual([
    '/again.mp4',
    '/kept.mcap',
    '/kept.mp4',
    '/late.mp4',
    '/lost.mp4',
    '/replaced.mp4',
  ])
  expect(await namesOf('nodes', 'path')).toEqual([
    '/a',
    '/a/b',
    '/again.mp4',
    '/kept',
    '/kept.mcap',
    '/kept.mp4',
    '/late.mp4',
    '/lost.mp4',
    '/replaced.mp4',
  ])
  expect(await namesOf('deletions', 'id')).toEqual([given.recent])
  expect(await rowsOf('namespaces', `slug = '${given.other.slug}'`)).toEqual([])
  for (const table of ['parts', 'former_slugs', 'departures', 'api_tokens'])
    expect([table, await rowsOf(table)]).toEqual([table, []])
  const objects = await rowsOf('objects')
  expect(objects).toHaveLength(6)
  const held = objects.filter(({ id }) => id !== given.lost).map(({ key }) => key)
  expect(await keysHeld()).toEqual([...held, FOREIGN].sort())
  expect(await rowsOf('purges', 'finished_at is null')).toMatchObject([
    { rule: 'missing', item_id: given.lost },
  ])
  await expectAllThere()
})

async function expectAllThere(): Promise<void> {
  expect(await faultsOf()).toEqual([])
  expect(mended).toEqual([])
  const { archive, recent, texts } = given
  expect((await archive.restore(recent)).status).toBe(200)
  const names = [...Object.keys(texts), '/late.mp4']
  expect(await textsOf(archive, names)).toEqual({ ...texts, '/late.mp4': 'in the trash' })
}

/** How a run must end that has met with an accident. */
const endings: Readonly<Record<Accident, readonly string[]>> = {
  'fails before': ['ended badly'],
  'fails after': ['ended badly'],
  // R2 is asked once more by the next run.
  'answer lost': ['ended badly'],
  'cut off': ['cut off'],
}

/**
 * The calls of a run at which an accident is one of its own. Where nothing was written, to fail after a call is to fail
 * before it, and to be cut off before it is to be cut off before the next one. D1 is asked once more where its answer
 * was lost, and the run goes on as it would have: so all its answers are lost in one run.
 */
async function callsFor(accident: Accident, kept: Kept, days: number): Promise<readonly number[]> {
  await kept.bringBack()
  const { calls, bindings } = watched()
  await fire(days, bindings)
  const isOwn = ({ what, wrote }: Made): boolean => {
    if (accident === 'fails before') return true
    return wrote && !(accident === 'answer lost' && what === 'batch')
  }
  return calls.flatMap((call, index) => (isOwn(call) ? [index + 1] : []))
}

/**
 * Lets the accident happen at every call of the run, one after the other, and from every state that this has led to
 * undisturbed runs end it. Gives the number of calls.
 */
async function everywhere(
  accident: Accident,
  kept: Kept,
  days: number,
  again: readonly number[],
): Promise<number> {
  const calls = await callsFor(accident, kept, days)
  for (const at of calls) {
    vi.setSystemTime(NOW)
    await kept.bringBack()
    expect(endings[accident]).toContain(await interrupted(days, at, accident))
    await expectEnded(kept, again, at)
  }
  return calls.length
}

/** From the state that a run has left, undisturbed ones end what there is, unless they have ended the same before. */
async function expectEnded(kept: Kept, again: readonly number[], at: number): Promise<void> {
  for (const [index, day] of again.entries()) {
    if (!(await states.isNew(kept, [Date.now(), ...again.slice(index)]))) return
    vi.setSystemTime(Date.now() + 1_000)
    await fire(day)
  }
  expect([at, await kept.stillOpen()]).toEqual([at, []])
  expect([at, await census()]).toEqual([at, expected])
  await expectAllThere()
}

it.each([
  ['in the first run', DUE, [DUE, LATER], () => start],
  ['in the run that ends it all', LATER, [LATER], () => between],
] as const)('the answers of D1 are lost, once each, %s, which does the same', async (_, days, again, of) => {
  const kept = of()
  vi.setSystemTime(NOW)
  await kept.bringBack()
  let isAgain = false
  let lost = 0
  const { bindings } = watched(async (call, { what }) => {
    const isLost = what === 'batch' && !isAgain
    isAgain = isLost
    const result = await call()
    if (!isLost) return result
    lost++
    throw new Error('Network connection lost.')
  })
  await fire(days, bindings)
  expect(lost).toBeGreaterThan(20)
  await expectEnded(kept, again, lost)
})

describe.each(accidents)('a call %s', (accident) => {
  it('in the first run, and the next ones end it with the same receipts', async () => {
    expect(await everywhere(accident, start, DUE, [DUE, LATER])).toBeGreaterThan(
      accident === 'answer lost' ? 2 : 30,
    )
  })

  it('in the run that ends it all, and the next ones end it the same', async () => {
    expect(await everywhere(accident, between, LATER, [LATER])).toBeGreaterThan(
      accident === 'answer lost' ? 1 : 10,
    )
  })
})
