import { describe, expect, it } from 'vitest'
import { type Answer, type Asked, Tenant } from './support/world.ts'

/** A request whose answer was lost, and that the client or the server sends once more. */

interface Repeated {
  readonly operation: string
  readonly method: string
  readonly path: (tenant: Tenant) => string
  readonly body?: (tenant: Tenant) => unknown
}

const project = (tenant: Tenant) => tenant.project('robotics')
const placed = (tenant: Tenant) => ({ namespace: tenant.slug, project: 'robotics', episodeName: 'run-2' })

const writes: readonly Repeated[] = [
  {
    operation: 'create a namespace',
    method: 'POST',
    path: () => '/namespaces',
    body: ({ slug }) => ({ slug: `${slug}-x` }),
  },
  {
    operation: 'create a project',
    method: 'POST',
    path: ({ slug }) => `/namespaces/${slug}/spaces`,
    body: () => ({ name: 'Lab' }),
  },
  {
    operation: 'rename a project',
    method: 'PATCH',
    path: project,
    body: () => ({ slug: 'lab', name: 'Lab' }),
  },
  {
    operation: 'create an episode',
    method: 'POST',
    path: (t) => `${project(t)}/episodes`,
    body: () => ({ name: 'run-2', folder: '/a/b' }),
  },
  {
    operation: 'protect an episode by POST',
    method: 'POST',
    path: (t) => `${project(t)}/episodes`,
    body: () => ({ name: 'run-1', writeProtected: true }),
  },
  {
    operation: 'rename, move and protect an episode',
    method: 'PATCH',
    path: (t) => `${project(t)}/episodes/run-1`,
    body: () => ({ name: 'renamed', folder: '/moved', writeProtected: true }),
  },
  {
    operation: 'register an asset',
    method: 'POST',
    path: () => '/assets/video',
    body: (t) => ({ ...placed(t), name: '/a/v.mp4', bssVideoId: 'first' }),
  },
  {
    operation: 'replace an asset',
    method: 'POST',
    path: () => '/assets/video',
    body: (t) => ({ ...placed(t), episodeName: 'run-1', name: '/v.mp4', bssVideoId: 'second' }),
  },
  {
    operation: 'register an asset without a name',
    method: 'POST',
    path: () => '/assets/audio',
    body: placed,
  },
  {
    operation: 'create a dataset',
    method: 'POST',
    path: (t) => `${project(t)}/datasets`,
    body: () => ({ name: 'eval' }),
  },
  {
    operation: 'rename a dataset',
    method: 'PATCH',
    path: (t) => `${project(t)}/datasets/training`,
    body: () => ({ name: 'renamed' }),
  },
  { operation: 'delete a dataset', method: 'DELETE', path: (t) => `${project(t)}/datasets/training` },
]

async function prepared(): Promise<Tenant> {
  const tenant = await Tenant.arrive()
  const made = [
    await tenant.ask('POST', `${project(tenant)}/episodes`, { name: 'run-1' }),
    await tenant.ask('POST', `${project(tenant)}/datasets`, { name: 'training' }),
    await tenant.ask('POST', '/assets/video', {
      ...placed(tenant),
      episodeName: 'run-1',
      name: '/v.mp4',
      bssVideoId: 'first',
    }),
  ]
  expect(made.map(({ status }) => status)).toEqual([201, 201, 201])
  return tenant
}

const send = (tenant: Tenant, { method, path, body }: Repeated, asked: Asked): Promise<Answer> =>
  tenant.ask(method, path(tenant), body?.(tenant), asked)

describe('the same request under the same request id', () => {
  it.each(writes)('to $operation answers as the first did, and writes nothing', async (write) => {
    const tenant = await prepared()
    const headers = { 'X-Request-Id': 'lost-answer.1' }
    const first = await send(tenant, write, { headers })
    const second = await send(tenant, write, { headers })
    expect(first.rowsWritten).toBeGreaterThan(0)
    expect([second.status, second.body, second.rowsWritten]).toEqual([first.status, first.body, 0])
    expect(second.headers.get('X-Request-Id')).toBe('lost-answer.1')
  })
})

describe('a batch that was committed, though D1 could not say so', () => {
  it.each(writes)('to $operation is asked once more, and done once', async (write) => {
    const [tenant, other] = [await prepared(), await prepared()]
    const undisturbed = await send(other, write, {})
    let isLost = true
    const answer = await send(tenant, write, {
      disturb: async (batch) => {
        const results = await batch()
        if (!isLost) return results
        isLost = false
        throw new Error('D1_ERROR: Network connection lost.')
      },
    })
    expect([answer.status, answer.trips, answer.rowsWritten]).toEqual([
      undisturbed.status,
      2,
      undisturbed.rowsWritten,
    ])
  })
})

describe('another request under the same request id', () => {
  const headers = { 'X-Request-Id': 'reused' }

  it('is another request: each change is made', async () => {
    const tenant = await prepared()
    const path = `${project(tenant)}/datasets/training`
    for (const description of ['one', 'two', 'one']) {
      const answer = await tenant.ask('PATCH', path, { description }, { headers })
      expect(answer.body.description).toBe(description)
    }
  })

  it('of somebody else is told nothing of the first', async () => {
    const [tenant, stranger] = [await prepared(), await Tenant.arrive()]
    const body = { name: 'secret' }
    await tenant.ask('POST', `${project(tenant)}/datasets`, body, { headers })
    const answer = await stranger.ask('POST', `${project(tenant)}/datasets`, body, { headers })
    expect([answer.status, answer.rowsWritten]).toEqual([404, 0])
  })
})

it('a registration that was replaced since is answered as before, and replaces nothing', async () => {
  const tenant = await prepared()
  const body = { ...placed(tenant), name: '/late.mp4', bssVideoId: 'early' }
  const headers = { 'X-Request-Id': 'late' }
  const first = await tenant.ask('POST', '/assets/video', body, { headers })
  const newer = await tenant.ask('POST', '/assets/video', { ...body, bssVideoId: 'newer' })
  const late = await tenant.ask('POST', '/assets/video', body, { headers })
  expect([late.status, late.body.id, late.rowsWritten]).toEqual([201, first.body.id, 0])
  const listed = await tenant.ask(
    'GET',
    `/assets/video?namespace=${tenant.slug}&project=robotics&prefix=/late`,
  )
  expect(listed.body.map(({ id }: { id: string }) => id)).toEqual([newer.body.id])
})

describe('D1 failing', () => {
  it.each([
    'D1_ERROR: D1 DB is overloaded. Requests queued for too long.',
    'D1_ERROR: Too many requests queued.',
  ])('%s is 503 with Retry-After', async (message) => {
    const tenant = await prepared()
    const answer = await tenant.ask('GET', '/namespaces', undefined, {
      disturb: () => Promise.reject(new Error(message)),
    })
    expect([answer.status, answer.body.code, answer.trips]).toEqual([503, 'database_unavailable', 1])
    expect(answer.headers.get('Retry-After')).toBe('5')
  })

  it('in an unknown way is a 500 that tells nothing of it', async () => {
    const tenant = await prepared()
    const answer = await tenant.ask('GET', '/namespaces', undefined, {
      disturb: () => Promise.reject(new Error('D1_ERROR: no such column: secret_column')),
    })
    expect([answer.status, answer.body.code]).toEqual([500, 'internal'])
    expect(answer.text).not.toContain('secret_column')
    expect(answer.headers.get('X-Request-Id')).toBe(answer.body.requestId)
  })
})
