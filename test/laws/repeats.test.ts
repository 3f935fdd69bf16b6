import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { type Answer, type Asked, Tenant } from '../support/world.ts'

/** A request whose answer was lost, and that the client or the server sends once more. */

interface Repeated {
  readonly operation: string
  readonly method: string
  readonly path: (tenant: Prepared) => string
  readonly body?: (tenant: Tenant) => unknown
}

/** A tenant with a video. */
interface Prepared extends Tenant {
  readonly video: string
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
    operation: 'change the tags of an episode',
    method: 'PATCH',
    path: (t) => `${project(t)}/episodes/run-1`,
    body: () => ({ tagsAdd: ['new'], tagsRemove: ['old'] }),
  },
  {
    operation: 'change the tags of episodes',
    method: 'POST',
    path: (t) => `${project(t)}/episodes/tags`,
    body: () => ({ names: ['run-1'], add: ['new'] }),
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
    operation: 'rename and change an asset',
    method: 'PATCH',
    path: (t) => `/assets/video/${t.video}`,
    body: () => ({ name: '/a/renamed.mp4', tags: ['new'] }),
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
  {
    operation: 'create a collection',
    method: 'POST',
    path: (t) => `${project(t)}/collections`,
    body: () => ({ name: 'new', members: ['b', 'a'] }),
  },
  {
    operation: 'rename a collection, and take it out of its dataset',
    method: 'PATCH',
    path: (t) => `${project(t)}/collections/held`,
    body: () => ({ name: 'renamed', datasetId: null }),
  },
  { operation: 'delete a collection', method: 'DELETE', path: (t) => `${project(t)}/collections/held` },
  {
    operation: 'add members to a collection',
    method: 'POST',
    path: (t) => `${project(t)}/collections/clips/members`,
    body: () => ({ add: ['b', 'c', 'd'] }),
  },
  {
    operation: 'remove members from a collection',
    method: 'DELETE',
    path: (t) => `${project(t)}/collections/clips/members`,
    body: () => ({ remove: ['b', 'c'] }),
  },
  {
    operation: 'put collections into a dataset',
    method: 'POST',
    path: (t) => `${project(t)}/datasets/training/collections`,
    body: () => ({ add: ['held', 'clips'] }),
  },
  {
    operation: 'take collections out of a dataset',
    method: 'DELETE',
    path: (t) => `${project(t)}/datasets/training/collections`,
    body: () => ({ remove: ['held', 'clips'] }),
  },
]

async function prepared(): Promise<Prepared> {
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
  const collections = `${project(tenant)}/collections`
  made.push(
    await tenant.ask('POST', collections, { name: 'clips', members: ['a', 'b'] }),
    await tenant.ask('POST', collections, { name: 'held', datasetId: made[1]?.body.id }),
  )
  expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201])
  return Object.assign(tenant, { video: made[2]?.body.id })
}

const send = (tenant: Prepared, { method, path, body }: Repeated, asked: Asked): Promise<Answer> =>
  tenant.ask(method, path(tenant), body?.(tenant), asked)

/**
 * D1 commits a batch, `meanwhile` happens, and the answer never comes: the batch is run again, and the request is
 * answered, and has written, as one that nothing disturbed.
 */
async function expectDoneOnce(
  write: Repeated,
  meanwhile: (tenant: Prepared) => Promise<void> = async () => undefined,
): Promise<void> {
  const [tenant, other] = [await prepared(), await prepared()]
  const undisturbed = await send(other, write, {})
  let isFirst = true
  const answer = await send(tenant, write, {
    disturb: async (batch) => {
      const results = await batch()
      if (!isFirst) return results
      isFirst = false
      await meanwhile(tenant)
      throw new Error('D1_ERROR: Network connection lost.')
    },
  })
  expect([answer.status, answer.trips, answer.rowsWritten]).toEqual([
    undisturbed.status,
    2,
    undisturbed.rowsWritten,
  ])
}

describe('the same request under the same request id', () => {
  it.each(writes)('to $operation answers as the first did, and writes nothing', async (write) => {
    const tenant = await prepared()
    const headers = { 'X-Request-Id': 'lost-answer.1' }
    const first = await send(tenant, write, { headers })
    const second = await send(tenant, write, { headers })
    expect(first.status).toBeLessThan(300)
    expect(first.rowsWritten).toBeGreaterThan(0)
    expect([second.status, second.body, second.rowsWritten]).toEqual([first.status, first.body, 0])
    expect(second.headers.get('X-Request-Id')).toBe('lost-answer.1')
  })
})

describe('a batch that was committed, though D1 could not say so', () => {
  it.each(writes)('to $operation is asked once more, and done once', async (write) => {
    await expectDoneOnce(write)
  })
})

/** What somebody else does between a commit whose answer was lost and the second run of its batch. */
const between: readonly (Repeated & {
  readonly meanwhile: string
  readonly touch: (tenant: Prepared) => Promise<Answer>
})[] = [
  {
    operation: 'create a dataset',
    meanwhile: 'renamed',
    method: 'POST',
    path: (t) => `${project(t)}/datasets`,
    body: () => ({ name: 'eval' }),
    touch: (t) => t.ask('PATCH', `${project(t)}/datasets/eval`, { name: 'renamed' }),
  },
  {
    operation: 'create a dataset',
    meanwhile: 'deleted',
    method: 'POST',
    path: (t) => `${project(t)}/datasets`,
    body: () => ({ name: 'eval' }),
    touch: (t) => t.ask('DELETE', `${project(t)}/datasets/eval`),
  },
  {
    operation: 'delete a dataset',
    meanwhile: 'made anew',
    method: 'DELETE',
    path: (t) => `${project(t)}/datasets/training`,
    touch: (t) => t.ask('POST', `${project(t)}/datasets`, { name: 'training' }),
  },
  {
    operation: 'create a collection',
    meanwhile: 'renamed',
    method: 'POST',
    path: (t) => `${project(t)}/collections`,
    body: () => ({ name: 'new', members: ['b', 'a'] }),
    touch: (t) => t.ask('PATCH', `${project(t)}/collections/new`, { name: 'renamed' }),
  },
  {
    operation: 'create a collection',
    meanwhile: 'emptied',
    method: 'POST',
    path: (t) => `${project(t)}/collections`,
    body: () => ({ name: 'new', members: ['b', 'a'] }),
    touch: (t) => t.ask('DELETE', `${project(t)}/collections/new/members`, { remove: ['a', 'b'] }),
  },
  {
    operation: 'create a collection',
    meanwhile: 'deleted',
    method: 'POST',
    path: (t) => `${project(t)}/collections`,
    body: () => ({ name: 'new', members: ['b', 'a'] }),
    touch: (t) => t.ask('DELETE', `${project(t)}/collections/new`),
  },
  {
    operation: 'delete a collection',
    meanwhile: 'made anew',
    method: 'DELETE',
    path: (t) => `${project(t)}/collections/clips`,
    touch: (t) => t.ask('POST', `${project(t)}/collections`, { name: 'clips' }),
  },
  {
    operation: 'rename a collection',
    meanwhile: 'added to',
    method: 'PATCH',
    path: (t) => `${project(t)}/collections/clips`,
    body: () => ({ name: 'renamed' }),
    touch: (t) => t.ask('POST', `${project(t)}/collections/renamed/members`, { add: ['theirs'] }),
  },
  {
    operation: 'add members to a collection',
    meanwhile: 'added to',
    method: 'POST',
    path: (t) => `${project(t)}/collections/clips/members`,
    body: () => ({ add: ['c', 'd'] }),
    touch: (t) => t.ask('POST', `${project(t)}/collections/clips/members`, { add: ['theirs'] }),
  },
  {
    operation: 'remove members from a collection',
    meanwhile: 'added to',
    method: 'DELETE',
    path: (t) => `${project(t)}/collections/clips/members`,
    body: () => ({ remove: ['a'] }),
    touch: (t) => t.ask('POST', `${project(t)}/collections/clips/members`, { add: ['theirs'] }),
  },
  {
    operation: 'put a collection into a dataset',
    meanwhile: 'left by another',
    method: 'POST',
    path: (t) => `${project(t)}/datasets/training/collections`,
    body: () => ({ add: ['clips'] }),
    touch: (t) => t.ask('DELETE', `${project(t)}/datasets/training/collections`, { remove: ['held'] }),
  },
  {
    operation: 'take a collection out of a dataset',
    meanwhile: 'followed by another',
    method: 'DELETE',
    path: (t) => `${project(t)}/datasets/training/collections`,
    body: () => ({ remove: ['held'] }),
    touch: (t) => t.ask('POST', `${project(t)}/datasets/training/collections`, { add: ['clips'] }),
  },
  {
    operation: 'create a project',
    meanwhile: 'moved',
    method: 'POST',
    path: ({ slug }) => `/namespaces/${slug}/spaces`,
    body: () => ({ name: 'Lab' }),
    touch: (t) => t.ask('PATCH', t.project('lab'), { slug: 'moved' }),
  },
  {
    operation: 'create an episode',
    meanwhile: 'renamed',
    method: 'POST',
    path: (t) => `${project(t)}/episodes`,
    body: () => ({ name: 'run-2' }),
    touch: (t) => t.ask('PATCH', `${project(t)}/episodes/run-2`, { name: 'renamed' }),
  },
  {
    operation: 'create an episode',
    meanwhile: 'changed',
    method: 'POST',
    path: (t) => `${project(t)}/episodes`,
    body: () => ({ name: 'run-2', tags: ['mine'] }),
    touch: (t) => t.ask('PATCH', `${project(t)}/episodes/run-2`, { tags: ['theirs'], writeProtected: true }),
  },
  {
    operation: 'create an episode with its project',
    meanwhile: 'moved',
    method: 'POST',
    path: (t) => `${t.project('lab')}/episodes`,
    body: () => ({ name: 'run-2' }),
    touch: (t) => t.ask('PATCH', t.project('lab'), { slug: 'moved' }),
  },
  {
    operation: 'register an asset',
    meanwhile: 'replaced',
    method: 'POST',
    path: () => '/assets/video',
    body: (t) => ({ ...placed(t), name: '/a/v.mp4', bssVideoId: 'mine' }),
    touch: (t) => t.ask('POST', '/assets/video', { ...placed(t), name: '/a/v.mp4', bssVideoId: 'theirs' }),
  },
  {
    operation: 'replace an asset',
    meanwhile: 'replaced',
    method: 'POST',
    path: () => '/assets/video',
    body: (t) => ({ ...placed(t), episodeName: 'run-1', name: '/v.mp4', bssVideoId: 'mine' }),
    touch: (t) =>
      t.ask('POST', '/assets/video', {
        ...placed(t),
        episodeName: 'run-1',
        name: '/v.mp4',
        bssVideoId: 'theirs',
      }),
  },
  {
    operation: 'register an asset with its episode',
    meanwhile: 'renamed',
    method: 'POST',
    path: () => '/assets/video',
    body: (t) => ({ ...placed(t), name: '/a/v.mp4' }),
    touch: (t) => t.ask('PATCH', `${project(t)}/episodes/run-2`, { name: 'renamed' }),
  },
  {
    operation: 'register an asset with its project',
    meanwhile: 'moved',
    method: 'POST',
    path: () => '/assets/video',
    body: (t) => ({ ...placed(t), project: 'lab', name: '/a/v.mp4' }),
    touch: (t) => t.ask('PATCH', t.project('lab'), { slug: 'moved' }),
  },
  {
    operation: 'create a namespace',
    meanwhile: 'used',
    method: 'POST',
    path: () => '/namespaces',
    body: ({ slug }) => ({ slug: `${slug}-x`, metadata: { a: 1 } }),
    touch: (t) => t.ask('POST', `/namespaces/${t.slug}-x/spaces`, { name: 'first' }),
  },
  {
    operation: 'rename a dataset',
    meanwhile: 'changed',
    method: 'PATCH',
    path: (t) => `${project(t)}/datasets/training`,
    body: () => ({ name: 'renamed' }),
    touch: (t) => t.ask('PATCH', `${project(t)}/datasets/renamed`, { description: 'theirs' }),
  },
  {
    operation: 'rename an episode',
    meanwhile: 'changed',
    method: 'PATCH',
    path: (t) => `${project(t)}/episodes/run-1`,
    body: () => ({ name: 'renamed' }),
    touch: (t) =>
      t.ask('PATCH', `${project(t)}/episodes/renamed`, { description: 'theirs', writeProtected: true }),
  },
  {
    operation: 'rename an asset',
    meanwhile: 'changed',
    method: 'PATCH',
    path: (t) => `/assets/video/${t.video}`,
    body: () => ({ name: '/a/renamed.mp4' }),
    touch: (t) => t.ask('PATCH', `/assets/video/${t.video}`, { tags: ['theirs'] }),
  },
  {
    operation: 'rename a project',
    meanwhile: 'changed',
    method: 'PATCH',
    path: project,
    body: () => ({ slug: 'lab' }),
    touch: (t) => t.ask('PATCH', t.project('lab'), { description: 'theirs' }),
  },
]

describe('a batch whose answer was lost, and what it made was touched by another request before it runs again', () => {
  it.each(between)(
    'to $operation, $meanwhile meanwhile, is done once and answered as done',
    async (write) => {
      await expectDoneOnce(write, async (tenant) => {
        expect((await write.touch(tenant)).status).toBeLessThan(300)
      })
    },
  )
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

describe('a request id that a client uses for all it does', () => {
  const headers = { 'X-Request-Id': 'session-1' }

  it('hides no change: A, then B, then A again is A', async () => {
    const tenant = await prepared()
    const episodes = `${project(tenant)}/episodes`
    const answers: Answer[] = []
    for (const tag of ['a', 'b', 'a']) {
      answers.push(await tenant.ask('POST', episodes, { name: 'new', tags: [tag] }, { headers }))
    }
    expect(answers.map(({ status, body }) => [status, ...body.episode.tags])).toEqual([
      [201, 'a'],
      [200, 'b'],
      [200, 'a'],
    ])
  })

  it('hides no member: added, removed and added again', async () => {
    const tenant = await prepared()
    const members = `${project(tenant)}/collections/clips/members`
    const answers: Answer[] = []
    for (const [method, body] of [
      ['POST', { add: ['new'] }],
      ['DELETE', { remove: ['new'] }],
      ['POST', { add: ['new'] }],
      ['DELETE', { remove: ['new'] }],
    ] as const) {
      answers.push(await tenant.ask(method, members, body, { headers }))
    }
    expect(answers.map(({ body }) => body)).toEqual([
      { added: 1, total: 3 },
      { removed: 1, total: 2 },
      { added: 1, total: 3 },
      { removed: 1, total: 2 },
    ])
  })

  it.each<readonly [string, (t: Prepared, headers: object) => Promise<Answer>]>([
    [
      'the dataset',
      (t, own) => t.ask('DELETE', `${project(t)}/datasets/training/collections`, { remove: ['clips'] }, own),
    ],
    [
      'the collection',
      (t, own) => t.ask('PATCH', `${project(t)}/collections/clips`, { datasetId: null }, own),
    ],
    ['deletion', (t, own) => t.ask('DELETE', `${project(t)}/collections/clips`, undefined, own)],
  ])('hides no place in a dataset: in, out by way of %s, and in again', async (_, leave) => {
    const tenant = await prepared()
    const [set, collections] = [`${project(tenant)}/datasets/training`, `${project(tenant)}/collections`]
    const join = () => tenant.ask('POST', `${set}/collections`, { add: ['clips'] }, { headers })
    expect((await join()).body).toEqual({ added: 1, total: 2 })
    expect((await leave(tenant, { headers })).status).toBe(200)
    await tenant.ask('POST', collections, { name: 'clips' }, { headers })
    const { body } = await join()
    const { collectionsTotal } = (await tenant.ask('GET', set)).body
    expect([body, collectionsTotal]).toEqual([{ added: 1, total: 2 }, 2])
  })

  it('hides no leave of a dataset: out, in by way of the collection, and out again', async () => {
    const tenant = await prepared()
    const set = `${project(tenant)}/datasets/training`
    const { id } = (await tenant.ask('GET', set)).body
    const leave = () => tenant.ask('DELETE', `${set}/collections`, { remove: ['held'] }, { headers })
    expect((await leave()).body).toEqual({ removed: 1, total: 0 })
    const joining = { datasetId: id }
    expect((await tenant.ask('PATCH', `${project(tenant)}/collections/held`, joining)).status).toBe(200)
    expect((await leave()).body).toEqual({ removed: 1, total: 0 })
  })

  it('hides no renaming: there and back, and there again', async () => {
    const tenant = await prepared()
    const datasets = `${project(tenant)}/datasets`
    const statuses: number[] = []
    for (const [from, name] of [
      ['training', 'other'],
      ['other', 'training'],
      ['training', 'other'],
    ] as const) {
      statuses.push((await tenant.ask('PATCH', `${datasets}/${from}`, { name }, { headers })).status)
    }
    const listed = await tenant.ask('GET', datasets)
    expect([statuses, listed.body.datasets[0].name]).toEqual([[200, 200, 200], 'other'])
    // Another dataset of the old name is another one: its renaming is a conflict, and is told as one.
    await tenant.ask('POST', datasets, { name: 'training' })
    expect((await tenant.ask('PATCH', `${datasets}/training`, { name: 'other' }, { headers })).status).toBe(
      409,
    )
  })

  it('hides no deletion: what was made anew is deleted anew', async () => {
    const tenant = await prepared()
    const path = `${project(tenant)}/datasets`
    const statuses: number[] = []
    for (const [method, at, body] of [
      ['DELETE', `${path}/training`, undefined],
      ['POST', path, { name: 'training' }],
      ['DELETE', `${path}/training`, undefined],
      ['GET', `${path}/training`, undefined],
    ] as const) {
      statuses.push((await tenant.ask(method, at, body, { headers })).status)
    }
    expect(statuses).toEqual([200, 201, 200, 404])
  })

  it('hides no registration: the one that was asked for last is the one that is listed', async () => {
    const tenant = await prepared()
    const ids: string[] = []
    for (const bssVideoId of ['s1', 's2', 's1']) {
      const body = { ...placed(tenant), name: '/late.mp4', bssVideoId }
      ids.push((await tenant.ask('POST', '/assets/video', body, { headers })).body.id)
    }
    const listed = await tenant.ask(
      'GET',
      `/assets/video?namespace=${tenant.slug}&project=robotics&prefix=/late`,
    )
    expect(listed.body.map(({ id }: { id: string }) => id)).toEqual([ids[2]])
    expect(new Set(ids).size).toBe(3)
  })

  it('hides no trash: an episode that went there meanwhile is gone', async () => {
    const tenant = await prepared()
    const episodes = `${project(tenant)}/episodes`
    const { body } = await tenant.ask('POST', episodes, { name: 'new' }, { headers })
    await env.DB.prepare('update episodes set deleted_at = 1 where id = ?').bind(body.episode.id).run()
    expect((await tenant.ask('POST', episodes, { name: 'new' }, { headers })).status).toBe(410)
  })
})

it('a creation that somebody has changed since is no conflict with itself', async () => {
  const tenant = await prepared()
  const headers = { 'X-Request-Id': 'lost' }
  const datasets = `${project(tenant)}/datasets`
  const first = await tenant.ask('POST', datasets, { name: 'eval' }, { headers })
  await tenant.ask('PATCH', `${datasets}/eval`, { description: 'by somebody else' })
  const again = await tenant.ask('POST', datasets, { name: 'eval' }, { headers })
  expect([again.status, again.body.id, again.rowsWritten]).toEqual([201, first.body.id, 0])
  expect(again.body.description).toBe('by somebody else')
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
