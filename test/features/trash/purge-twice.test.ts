import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { Archive, fire } from '../../support/archive.ts'
import {
  census,
  estate,
  faultsOf,
  Kept,
  States,
  textsOf,
  withBetween,
  withoutRests,
} from '../../support/faults.ts'

/** Two runs of the schedule at the same time. */

/** What the schedule says that went wrong, and what it has found to be wrong. */
const complaints: unknown[] = []

beforeEach(() => {
  withoutRests()
  vi.spyOn(console, 'info').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation((line: string) => void complaints.push(line))
})

const [DUE, LATER] = [31, 33]

it('do together what one does alone, whenever the other one begins', async () => {
  const given = await estate(await Archive.open(), await Archive.open())
  const start = await Kept.now('two')
  const states = new States()
  // By a clock that stands still, what is done again is written with the same times again.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  onTestFinished(() => void vi.useRealTimers())
  const end = async () => {
    await fire(LATER)
    await fire(LATER)
    expect([await faultsOf(), complaints]).toEqual([[], []])
    expect(await start.stillOpen()).toEqual([])
    expect(await textsOf(given.archive, Object.keys(given.texts))).toEqual(given.texts)
    return census()
  }
  await start.bringBack()
  await fire(DUE)
  const alone = await end()
  for (const others of [1, 2]) {
    await start.bringBack()
    await Promise.all([fire(DUE), ...Array.from({ length: others }, () => fire(DUE))])
    expect(await end()).toEqual(alone)
  }
  for (let at = 1, isReached = true; isReached; at++) {
    await start.bringBack()
    isReached = await withBetween(DUE, at, () => fire(DUE))
    if (await states.isNew(start)) expect([at, await end()]).toEqual([at, alone])
  }
})
