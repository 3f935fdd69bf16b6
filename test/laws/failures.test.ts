import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { endpoints } from '../../src/endpoints.ts'
import { withoutRests } from '../support/faults.ts'
import { type Fixture, fixture, inWorlds, samplesFor } from '../support/samples.ts'
import { type Answer, type Asked, ask, tokenFor } from '../support/world.ts'

/** Every endpoint over a database that fails, in each way that D1 documents. */

/** How often a request asks, where that can help. */
const MOST_ATTEMPTS = 4

const passing = [
  'D1_ERROR: Network connection lost.',
  'D1_ERROR: Internal error in D1 DB storage caused object to be reset.',
  'D1_ERROR: Internal error while starting up D1 DB storage caused object to be reset.',
  'D1_ERROR: D1 DB reset because its code was updated.',
  'D1_ERROR: Cannot resolve D1 DB due to transient issue on remote node.',
  "D1_ERROR: Can't read from request stream because client disconnected.",
]
const overloaded = [
  'D1_ERROR: D1 DB is overloaded. Requests queued for too long.',
  'D1_ERROR: D1 DB is overloaded. Too many requests queued.',
  'D1_ERROR: Too many requests queued.',
  'D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.',
  "D1_ERROR: D1 DB's isolate exceeded its memory limit and was reset.",
  'D1_ERROR: D1 DB exceeded its CPU time limit and was reset.',
]
const UNKNOWN = 'D1_ERROR: no such column: secret_column'

const cases = endpoints
  .filter(({ route }) => !route.open && route.trips !== 'none')
  .map(({ route: { operationId, method, trips } }) => ({
    operationId,
    method,
    isTwice: typeof trips === 'object',
  }))

let shared: Fixture

beforeAll(async () => {
  shared = await fixture()
})

beforeEach(() => {
  // Each failure is logged.
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})

const inWorld = inWorlds(fixture, samplesFor)

async function send(operationId: string, of: Fixture, disturb?: Asked['disturb']): Promise<Answer> {
  const { path, body } = samplesFor(of)[operationId] ?? {}
  if (path === undefined) throw new Error(`test/support/samples.ts has no sample of ${operationId}`)
  const method = cases.find((each) => each.operationId === operationId)?.method ?? 'GET'
  return ask(method, path, {
    token: await tokenFor(of.owner.slug, { claims: { jti: crypto.randomUUID() } }),
    ...(body === undefined ? {} : { body }),
    ...(disturb ? { disturb } : {}),
  })
}

const failing = (message: string) => (): Promise<never> => Promise.reject(new Error(message))

/** That the answer is this failure, and tells nothing of its cause. */
function expectFailed(
  { status, body, headers, text, rowsWritten }: Answer,
  wanted: number,
  code: string,
): void {
  expect([status, body.code, rowsWritten]).toEqual([wanted, code, 0])
  expect(headers.get('Retry-After')).toBe(wanted === 503 ? '5' : null)
  expect(text).not.toMatch(/D1_|D1 DB|storage|secret_column|stack/)
}

describe.each(cases)('$operationId', ({ operationId }) => {
  it('asks again where that can help, and is 503 where it does not', async () => {
    withoutRests()
    for (const message of passing) {
      const answer = await send(operationId, shared, failing(message))
      expectFailed(answer, 503, 'database_unavailable')
      expect([message, answer.trips]).toEqual([message, MOST_ATTEMPTS])
    }
  })

  it('is 503 at once where asking again would make it worse, and 500 where nobody knows', async () => {
    for (const message of overloaded) {
      const answer = await send(operationId, shared, failing(message))
      expectFailed(answer, 503, 'database_unavailable')
      expect([message, answer.trips]).toEqual([message, 1])
    }
    expectFailed(await send(operationId, shared, failing(UNKNOWN)), 500, 'internal')
  })

  it('answers as if nothing had been, when it is heard at the last attempt', () =>
    inWorld(async (own) => {
      withoutRests()
      let attempts = 0
      const answer = await send(operationId, own, (batch) =>
        ++attempts < MOST_ATTEMPTS ? failing(passing[0] ?? '')() : batch(),
      )
      expect(answer.status).toBe(samplesFor(own)[operationId]?.status)
      return [answer]
    }, operationId))
})

describe.each(cases.filter(({ isTwice }) => isTwice))('$operationId', ({ operationId }) => {
  it('is 503 too where the second trip fails, and can be asked again', () =>
    inWorld(async (own) => {
      withoutRests()
      let trips = 0
      const first = await send(operationId, own, (batch) =>
        ++trips === 1 ? batch() : failing(overloaded[0] ?? '')(),
      )
      if (trips > 1) expect([first.status, first.body.code]).toEqual([503, 'database_unavailable'])
      const again = await send(operationId, own)
      expect(again.status).toBe(samplesFor(own)[operationId]?.status)
      return [first, again]
    }, operationId))
})
