import { describe, expect, it } from 'vitest'
import { type Answer, ask, Tenant } from '../support/world.ts'

/** What a refusal says is to be done about it. */

const told = ({ status, body }: Answer) => [status, body.code, body.detail, body.error === body.detail]

/** A namespace with a private and a public project, and one of each who may and may not. */
async function withMembers() {
  const [owner, reader, writer] = [await Tenant.arrive(), await Tenant.arrive(), await Tenant.arrive()]
  await owner.admit(reader, 1)
  await owner.admit(writer, 2)
  const lab = await owner.withProject('lab')
  const open = await owner.withProject('open')
  expect((await owner.ask('PATCH', open, { visibility: 'public' })).status).toBe(200)
  return { owner, reader, writer, stranger: await Tenant.arrive(), lab, open }
}

async function tokenOf(user: Tenant, scopes: readonly string[], place: object = {}): Promise<string> {
  const { status, body } = await user.ask('POST', '/auth/tokens', { name: 'job', scopes, ...place })
  expect(status).toBe(201)
  return body.token
}

const forbidden = (detail: string) => [403, 'forbidden', detail, true]

describe('a 403 names the role that it takes, and the one that is there', () => {
  it('of members', async () => {
    const { owner, reader, writer, lab } = await withMembers()
    const role = { role: 'reader' }
    const members = `/namespaces/${owner.slug}/members`
    const cases: [Tenant, string, string, object | undefined, string, string][] = [
      [reader, 'POST', `${lab}/datasets`, { name: 'x' }, 'writer', 'reader'],
      [reader, 'POST', `${lab}/episodes`, { name: 'x' }, 'writer', 'reader'],
      [reader, 'PATCH', lab, { name: 'x' }, 'writer', 'reader'],
      [writer, 'PATCH', lab, { visibility: 'public' }, 'owner', 'writer'],
      [
        writer,
        'POST',
        `/namespaces/${owner.slug}/spaces`,
        { name: 'x', visibility: 'public' },
        'owner',
        'writer',
      ],
      [writer, 'PUT', `${members}/${reader.slug}`, role, 'owner', 'writer'],
      [reader, 'DELETE', `${members}/${writer.slug}`, undefined, 'owner', 'reader'],
      [writer, 'PATCH', `/namespaces/${owner.slug}`, { metadata: {} }, 'owner', 'writer'],
      [writer, 'GET', `/namespaces/${owner.slug}/purges`, undefined, 'owner', 'writer'],
    ]
    for (const [who, method, path, body, needed, present] of cases) {
      const answer = await who.ask(method, path, body)
      expect([method, path, ...told(answer)]).toEqual([
        method,
        path,
        ...forbidden(`This takes the role ${needed}; yours is ${present}.`),
      ])
      expect([answer.trips, answer.rowsWritten]).toEqual([1, 0])
    }
  })

  it('of who reads what everybody may', async () => {
    const { stranger, open } = await withMembers()
    const cases = [
      ['POST', `${open}/datasets`, { name: 'x' }, 'writer'],
      ['GET', `${open}/trash`, undefined, 'reader'],
      ['POST', `${open}/trash/0123456789abcdef01234567/restore`, undefined, 'writer'],
    ] as const
    for (const [method, path, body, needed] of cases) {
      const answer = await stranger.ask(method, path, body)
      expect(told(answer)).toEqual(forbidden(`This takes the role ${needed}; you are no member.`))
    }
  })

  it('and nothing to who may not know that there is anything', async () => {
    const { stranger, lab } = await withMembers()
    const answer = await stranger.ask('POST', `${lab}/datasets`, { name: 'x' })
    expect(told(answer)).toEqual([404, 'namespace_not_found', 'Namespace not found', true])
  })
})

describe('a 403 names the scopes of which the token lacks one', () => {
  it.each([
    ['POST', '/datasets', { name: 'x' }, ['read'], 'This takes a token with the scope write.'],
    ['GET', '/episodes', undefined, ['write'], 'This takes a token with the scope read.'],
    ['POST', '/episodes', { name: 'x' }, ['read'], 'This takes a token with the scope write or upload.'],
  ])('%s %s', async (method, path, body, scopes, detail) => {
    const { owner, lab } = await withMembers()
    const token = await tokenOf(owner, scopes)
    expect(told(await owner.ask(method, `${lab}${path}`, body, { token }))).toEqual(forbidden(detail))
  })

  it('and says where no API token will do', async () => {
    const { owner } = await withMembers()
    const token = await tokenOf(owner, ['read', 'write', 'upload'])
    const detail = 'This takes a token of the user itself: an API token may not do it.'
    for (const [method, path, body] of [
      ['PATCH', '/auth/me', { name: 'x' }],
      ['POST', '/namespaces', { slug: 'x' }],
      ['PUT', `/namespaces/${owner.slug}/members/x`, { role: 'reader' }],
    ] as const)
      expect(told(await owner.ask(method, path, body, { token }))).toEqual(forbidden(detail))
  })
})

describe('a token that is bound', () => {
  it('is told so where that is why nothing is found', async () => {
    const { owner, stranger, lab, open } = await withMembers()
    const place = { namespace: owner.slug, project: 'lab' }
    const token = await tokenOf(owner, ['read', 'write'], place)
    const bound = ': the token sees none but the one that it is bound to, and that while its user may.'
    const outside = ': the token is bound to a project, and this is outside of it.'
    const home = `/namespaces/${owner.slug}`
    for (const [path, code, detail] of [
      [home, 'namespace_not_found', `Namespace not found${outside}`],
      [`${home}/members`, 'namespace_not_found', `Namespace not found${outside}`],
      [`/namespaces/${stranger.slug}`, 'namespace_not_found', `Namespace not found${outside}`],
      ['/namespaces/no.such', 'namespace_not_found', `Namespace not found${outside}`],
      [open, 'project_not_found', `Project not found${bound}`],
      [`${home}/projects/none`, 'project_not_found', `Project not found${bound}`],
      [`/namespaces/${stranger.slug}/projects/lab`, 'namespace_not_found', `Namespace not found${bound}`],
    ] as const) {
      const list = path.includes('/projects/') ? `${path}/datasets` : path
      const answer = await owner.ask('GET', list, undefined, { token })
      expect([path, ...told(answer)]).toEqual([path, 404, code, detail, true])
    }
    expect((await owner.ask('GET', `${lab}/datasets`, undefined, { token })).status).toBe(200)
  })
})

describe('a refused credential', () => {
  const header = 'The header is not of the form Authorization: Bearer <token>.'
  const neither = 'The bearer token is malformed: it is neither a JWT nor an API token.'

  it.each([
    ['Token x', header],
    ['Basic YTpi', header],
    ['a.b.c', header],
    ['Bearer', header],
    ['Bearer x', neither],
    ['Bearer a.b c', neither],
    [`Bearer dlk_${'x'.repeat(46)}`, 'The API token is malformed: it was cut off, or has a typing error.'],
  ])('%j is told what is expected', async (Authorization, detail) => {
    const answer = await ask('GET', '/auth/me', { headers: { Authorization } })
    expect(told(answer)).toEqual([401, 'token_malformed', detail, true])
    expect(answer.headers.get('WWW-Authenticate')).toContain(`error_description="${detail}"`)
  })
})

it('whoever has not signed in yet is no member, and it is said what is missing', async () => {
  const owner = await Tenant.arrive()
  const answer = await owner.ask('PUT', `/namespaces/${owner.slug}/members/no.such`, { role: 'reader' })
  expect([answer.status, answer.body.code]).toEqual([404, 'user_not_found'])
  expect(answer.body.detail).toMatch(/^User not found: .*signs in first.*GET \/auth\/me/)
})

it('an asset without bytes says how it gets some', async () => {
  const owner = await Tenant.arrive()
  const place = { namespace: owner.slug, project: 'lab' }
  await owner.ask('POST', '/assets/video', { ...place, name: '/a.mp4' })
  const query = new URLSearchParams({ ...place, path: '/a.mp4' })
  const answer = await owner.ask('GET', `/assets/video/download?${query}`)
  expect([answer.status, answer.body.code]).toEqual([404, 'asset_without_object'])
  expect(answer.body.detail).toMatch(/^Asset has no BSS record: .*POST \/uploads.*register the asset again/)
})
