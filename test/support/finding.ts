import { expect } from 'vitest'
import { type Answer, Tenant } from './world.ts'

export const names = ({ body }: Answer): string[] => body.episodes.map(({ name }: { name: string }) => name)

export const find = (tenant: Tenant, q: string, rest = ''): Promise<Answer> =>
  tenant.ask('GET', `${tenant.project('lab')}/episodes?q=${encodeURIComponent(q)}${rest}`)

/** The names of all that is found, however many pages that takes. */
export async function findAll(
  tenant: Tenant,
  q: string,
  { sort = '', pageSize = 200 } = {},
): Promise<string[]> {
  const found: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await find(
      tenant,
      q,
      `&pageSize=${pageSize}${sort && `&sort=${sort}`}${cursor && `&cursor=${cursor}`}`,
    )
    expect([q, page.status, page.trips, page.body.total]).toEqual([q, 200, 1, null])
    found.push(...names(page))
    cursor = page.body.nextCursor
  }
  return found
}

/** A tenant with one episode, and another whose fields are not given. */
export async function havingOne(fields: object): Promise<Tenant> {
  const tenant = await Tenant.arrive()
  for (const body of [{ name: 'bare' }, { name: 'given', ...fields }])
    expect((await tenant.ask('POST', `${tenant.project('lab')}/episodes`, body)).status).toBe(201)
  return tenant
}
