import { expect } from 'vitest'
import { type Answer, type Asked, tokenFor } from './world.ts'

/** The limits, and what stands in for the platform's limiters. */

export const policies = {
  RATE_LIMIT_READS: '6000/60',
  RATE_LIMIT_WRITES: '3000/60',
  RATE_LIMIT_STRANGERS: '300/60',
} as const

export const names = { reads: 'READ_LIMIT', writes: 'WRITE_LIMIT', strangers: 'STRANGER_LIMIT' } as const
export type Limit = keyof typeof names

/** What `ask` hands to the server as its environment; a binding is one of its variables. */
export type Variables = NonNullable<Asked['variables']>

/**
 * A stand-in for the platform's limiters that keeps the keys which it was asked for. Those of `exceeded` have
 * nothing left.
 */
export function platform(...exceeded: readonly Limit[]) {
  const counted: { limit: Limit; key: string }[] = []
  const limiter = (limit: Limit) => ({
    limit: async ({ key }: { key: string }) => {
      counted.push({ limit, key })
      return { success: !exceeded.includes(limit) }
    },
  })
  const bindings = Object.fromEntries(
    (Object.keys(names) as Limit[]).map((limit) => [names[limit], limiter(limit)]),
  )
  return { counted, variables: { ...policies, ...bindings } as unknown as Variables }
}

export const told = ({ headers }: Answer) =>
  ['RateLimit-Policy', 'RateLimit', 'Retry-After'].map((name) => headers.get(name))

export const READS = ['"reads";q=6000;w=60', null, null]
export const WRITES = ['"writes";q=3000;w=60', null, null]
export const STRANGERS = ['"strangers";q=300;w=60', null, null]

export function expectLimited(answer: Answer, limit: Limit, quota: number): void {
  expect([answer.status, answer.body?.code ?? 'rate_limited']).toEqual([429, 'rate_limited'])
  expect(told(answer)).toEqual([`"${limit}";q=${quota};w=60`, `"${limit}";r=0;t=60`, '60'])
  expect([answer.trips, answer.rowsWritten]).toEqual([0, 0])
}

/** No two tests share an address, nor what is counted for it. */
const group = () => (crypto.getRandomValues(new Uint16Array(1))[0] ?? 0).toString(16)
export const anAddress = () => `2001:db8:${group()}:${group()}::1`
export const from = (address: string) => ({ headers: { 'CF-Connecting-IP': address } })

export const garbage = (): string => `${crypto.randomUUID()}.garbage.${crypto.randomUUID()}`
export const forged = () => tokenFor(`forger-${crypto.randomUUID()}`, { secret: 'x'.repeat(40) })
