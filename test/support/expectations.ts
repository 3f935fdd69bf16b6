import { expect } from 'vitest'
import type { Answer, Tenant } from './world.ts'

export const ID = expect.stringMatching(/^[0-9a-f]{24}$/)
export const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

/** The fields that a 400 names, each by its first part. */
export const faults = ({ body }: Answer): string[] =>
  body.errors.map(({ path }: { path: string }) => path.split('.')[0]).sort()

/** A refusal that wrote nothing. */
export function expectRefused(answer: Answer, status: number): void {
  expect([answer.status, answer.rowsWritten]).toEqual([status, 0])
}

/** Sends a request twice under one request id, and gives the first answer. */
export async function twice(tenant: Tenant, method: string, path: string, body?: unknown): Promise<Answer> {
  const named = { headers: { 'X-Request-Id': 'sent-twice' } }
  const first = await tenant.ask(method, path, body, named)
  const second = await tenant.ask(method, path, body, named)
  expect([second.status, second.body, second.rowsWritten]).toEqual([first.status, first.body, 0])
  return first
}
