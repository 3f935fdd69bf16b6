import { describe, expect, it } from 'vitest'
import { assetKinds } from '../../../src/domain/kind.ts'
import { Archive } from '../../support/archive.ts'
import { expectRefused, faults, twice } from '../../support/expectations.ts'
import { collect, crowdOfVideos } from '../../support/faults.ts'
import { type Answer, Tenant } from '../../support/world.ts'

const many = (count: number, prefix = 'm') => Array.from({ length: count }, (_, at) => `${prefix}${at}`)

/** A collection `clips` in a project of its own. */
async function withCollection(members: readonly string[] = []) {
  const tenant = await Tenant.arrive()
  const path = `${await tenant.withProject('lab')}/collections`
  const { status, body } = await tenant.ask('POST', path, { name: 'clips', members })
  expect(status).toBe(201)
  const clips = `${path}/clips`
  const shown = async () => (await tenant.ask('GET', clips)).body
  return { tenant, path, clips, list: `${clips}/members`, collection: body, shown }
}

const ids = ({ body }: Answer): string[] => body.members.map(({ id }: { id: string }) => id)

const wrong = [
  'x',
  5,
  null,
  {},
  [5],
  [null],
  [''],
  ['a\tb'],
  ['a\u0000'],
  ['\ud83d'],
  ['x'.repeat(256)],
  many(1_001),
  Array(1_001).fill('x'),
]

describe('POST P/collections/:name/members', () => {
  it('adds behind those that are there, each once, in the order given', async () => {
    const { tenant, list, shown } = await withCollection(['z', 'a'])
    const answers = [
      await tenant.ask('POST', list, { add: ['m', 'a', 'b', 'm'] }),
      await tenant.ask('POST', list, { add: ['z', 'a'] }),
      await tenant.ask('POST', list, { add: ['0', 'z', '1'] }),
    ]
    expect(answers.map(({ status, body, trips }) => [status, body, trips])).toEqual([
      [200, { added: 2, total: 4 }, 1],
      [200, { added: 0, total: 4 }, 1],
      [200, { added: 2, total: 6 }, 1],
    ])
    expect(await shown()).toMatchObject({ members: ['z', 'a', 'm', 'b', '0', '1'], membersTotal: 6 })
  })

  it.each([[[]], [['here']]])('of %j, which changes nothing, writes nothing', async (add) => {
    const { tenant, list, collection, shown } = await withCollection(['here'])
    const answer = await tenant.ask('POST', list, { add })
    expect([answer.status, answer.body, answer.rowsWritten]).toEqual([200, { added: 0, total: 1 }, 0])
    expect(await shown()).toEqual(collection)
  })

  it('keeps any short text as it is', async () => {
    const texts = [
      '😀',
      "'; drop table collections --",
      '{}',
      '[1]',
      'null',
      '5',
      '5.0',
      '05',
      'É',
      'E\u0301',
    ]
    texts.push('a/b', '%', '"\\"', ' x ', '__proto__', '😀'.repeat(255))
    const { tenant, list, shown } = await withCollection()
    expect((await tenant.ask('POST', list, { add: texts })).body.added).toBe(texts.length)
    expect((await shown()).members).toEqual(texts)
    const { body } = await tenant.ask('GET', list)
    expect(body.members).toEqual(texts.map((id) => ({ id, dangling: true })))
    expect((await tenant.ask('DELETE', list, { remove: texts })).body).toEqual({
      removed: texts.length,
      total: 0,
    })
  })

  it('takes a thousand, and refuses one more', async () => {
    const { tenant, list, shown } = await withCollection(['first'])
    expect((await tenant.ask('POST', list, { add: many(1_000) })).body).toEqual({
      added: 1_000,
      total: 1_001,
    })
    expect((await shown()).members).toEqual(['first', ...many(1_000)])
    const refused = await tenant.ask('POST', list, { add: many(1_001, 'n') })
    expectRefused(refused, 400)
    expect(faults(refused)).toEqual(['add'])
  })

  it('refuses what is no list of members, as DELETE does', async () => {
    const { tenant, list } = await withCollection()
    for (const value of wrong)
      for (const [method, field] of [
        ['POST', 'add'],
        ['DELETE', 'remove'],
      ] as const) {
        const answer = await tenant.ask(method, list, { [field]: value })
        expectRefused(answer, 400)
        expect([JSON.stringify(value), faults(answer)]).toEqual([JSON.stringify(value), [field]])
      }
    for (const [method, body] of [
      ['POST', {}],
      ['DELETE', {}],
      ['DELETE', undefined],
    ] as const)
      expectRefused(await tenant.ask(method, list, body), 400)
    expect(faults(await tenant.ask('POST', list, { remove: ['x'] }))).toEqual(['add', 'remove'])
  })

  it('changes the time of the change, and nothing else', async () => {
    const { tenant, list, collection, shown } = await withCollection(['x'])
    await tenant.ask('POST', list, { add: ['y'] })
    const { updatedAt, ...rest } = await shown()
    expect(updatedAt >= collection.updatedAt).toBe(true)
    expect({ ...rest, updatedAt: collection.updatedAt }).toEqual({
      ...collection,
      members: ['x', 'y'],
      membersTotal: 2,
    })
  })

  it('is told the same when it is sent again', async () => {
    const { tenant, list, shown } = await withCollection(['a'])
    expect((await twice(tenant, 'POST', list, { add: ['b', 'a', 'c'] })).body).toEqual({ added: 2, total: 3 })
    expect((await shown()).members).toEqual(['a', 'b', 'c'])
  })

  it('sent again after another change, adds nothing twice', async () => {
    const { tenant, list, shown } = await withCollection(['a'])
    const named = { headers: { 'X-Request-Id': 'sent-twice' } }
    await tenant.ask('POST', list, { add: ['b', 'c'] }, named)
    await tenant.ask('POST', list, { add: ['d'] })
    const again = await tenant.ask('POST', list, { add: ['b', 'c'] }, named)
    expect([again.status, again.body.total, again.rowsWritten]).toEqual([200, 4, 0])
    expect((await shown()).members).toEqual(['a', 'b', 'c', 'd'])
  })

  it('fits a quota of rows exactly, or writes nothing', async () => {
    const { tenant, list, shown } = await withCollection(['a', 'b'])
    const add = (rows: number, ...members: string[]) =>
      tenant.ask('POST', list, { add: members }, { variables: { QUOTA_ROWS: String(rows) } })
    const refused = await add(3, 'c', 'd')
    expectRefused(refused, 403)
    expect(refused.body.code).toBe('quota_exceeded')
    expect((await shown()).members).toEqual(['a', 'b'])
    // What is there already takes no room.
    expect((await add(3, 'a', 'b', 'c')).body).toEqual({ added: 1, total: 3 })
    expectRefused(await add(3, 'd'), 403)
    expect((await add(3, 'a', 'c')).body).toEqual({ added: 0, total: 3 })
    expect((await add(4, 'd')).body).toEqual({ added: 1, total: 4 })
    const { usage } = (await tenant.ask('GET', `/namespaces/${tenant.slug}`)).body
    expect(usage.rows).toBe(4)
  })

  it('is told the same again when it has filled the quota', async () => {
    const { tenant, list } = await withCollection(['a'])
    const asked = { variables: { QUOTA_ROWS: '3' }, headers: { 'X-Request-Id': 'sent-twice' } }
    for (const _ of ['first', 'again'])
      expect((await tenant.ask('POST', list, { add: ['b', 'c'] }, asked)).body).toEqual({
        added: 2,
        total: 3,
      })
  })

  it('is 404 of a collection that is not there', async () => {
    const { tenant, path, clips } = await withCollection()
    await tenant.ask('DELETE', clips)
    for (const name of ['none', 'clips', 'x'.repeat(300)])
      for (const [method, body] of [
        ['POST', { add: ['x'] }],
        ['DELETE', { remove: ['x'] }],
        ['GET', undefined],
      ] as const) {
        const answer = await tenant.ask(method, `${path}/${encodeURIComponent(name)}/members`, body)
        expectRefused(answer, 404)
        expect(answer.body.code).toBe('collection_not_found')
      }
  })

  it('costs the same for a collection of 1,000 as for one of 20,000, and so does DELETE', async () => {
    const read: number[][] = []
    for (const count of [1_000, 20_000]) {
      const archive = await Archive.open()
      await collect(archive, 'clips', count)
      const list = `${archive.project}/collections/clips/members`
      const answers = [
        await archive.ask('POST', list, { add: [...many(200, 'new '), ...many(200, 'member ')] }),
        await archive.ask('DELETE', list, { remove: [...many(100, 'new '), ...many(100, 'member ')] }),
      ]
      expect(answers.map(({ body, trips }) => [body, trips])).toEqual([
        [{ added: 200, total: count + 200 }, 1],
        [{ removed: 200, total: count }, 1],
      ])
      read.push(answers.map(({ rowsRead }) => rowsRead))
    }
    expect(read[1]).toEqual(read[0])
  })
})

describe('DELETE P/collections/:name/members', () => {
  it('removes those that are there, and leaves the others in their order', async () => {
    const { tenant, list, shown } = await withCollection(['a', 'b', 'c', 'd', 'e'])
    const answers = [
      await tenant.ask('DELETE', list, { remove: ['d', 'none', 'b', 'd'] }),
      await tenant.ask('DELETE', list, { remove: ['b'] }),
      await tenant.ask('DELETE', list, { remove: [] }),
    ]
    expect(
      answers.map(({ status, body, trips, rowsWritten }) => [status, body, trips, rowsWritten > 0]),
    ).toEqual([
      [200, { removed: 2, total: 3 }, 1, true],
      [200, { removed: 0, total: 3 }, 1, false],
      [200, { removed: 0, total: 3 }, 1, false],
    ])
    expect(await shown()).toMatchObject({ members: ['a', 'c', 'e'], membersTotal: 3 })
  })

  it('lets a member come back, behind the others', async () => {
    const { tenant, list, shown } = await withCollection(['a', 'b', 'c'])
    for (const member of ['a', 'c', 'b']) {
      await tenant.ask('DELETE', list, { remove: [member] })
      await tenant.ask('POST', list, { add: [member] })
    }
    expect((await shown()).members).toEqual(['a', 'c', 'b'])
    await tenant.ask('DELETE', list, { remove: ['a', 'b', 'c'] })
    expect((await tenant.ask('POST', list, { add: ['c', 'a'] })).body).toEqual({ added: 2, total: 2 })
    expect((await shown()).members).toEqual(['c', 'a'])
  })

  it('takes a thousand, and gives their room in the quota back', async () => {
    const { tenant, list } = await withCollection(many(1_000))
    expect((await tenant.ask('DELETE', list, { remove: many(1_000) })).body).toEqual({
      removed: 1_000,
      total: 0,
    })
    const { usage } = (await tenant.ask('GET', `/namespaces/${tenant.slug}`)).body
    expect(usage.rows).toBe(0)
  })

  it('is told the same when it is sent again', async () => {
    const { tenant, list, shown } = await withCollection(['a', 'b', 'c'])
    expect((await twice(tenant, 'DELETE', list, { remove: ['b', 'none'] })).body).toEqual({
      removed: 1,
      total: 2,
    })
    expect((await shown()).members).toEqual(['a', 'c'])
  })

  it('sent again after another change, removes nothing else', async () => {
    const { tenant, list, shown } = await withCollection(['a', 'b', 'c'])
    const named = { headers: { 'X-Request-Id': 'sent-twice' } }
    await tenant.ask('DELETE', list, { remove: ['b'] }, named)
    await tenant.ask('POST', list, { add: ['d'] })
    const again = await tenant.ask('DELETE', list, { remove: ['b'] }, named)
    expect([again.status, again.body.total, again.rowsWritten]).toEqual([200, 3, 0])
    expect((await shown()).members).toEqual(['a', 'c', 'd'])
  })
})

/** A project with something of everything that a member can be of. */
async function furnished() {
  const archive = await Archive.open()
  const { id: episode, folderId: folder } = await archive.episode('run', { folder: '/a/b' })
  const asset = await archive.video('/a/v.mp4', { bssVideoId: await archive.bytes('abc'), tags: ['x'] })
  const inside = await archive.video('/in/side.mp4', { episodeName: 'run' })
  const nameless = await archive.video('', { name: null, metadata: { a: 1 } })
  const looseInside = await archive.video('', { name: null, episodeName: 'run' })
  const episodeNode = await archive.parentOf(await archive.parentOf(inside.nodeId))
  const inner = await archive.parentOf(inside.nodeId)
  const members = {
    folder: folder ?? '',
    episode,
    episodeNode,
    asset: asset.id,
    leaf: asset.nodeId,
    inner,
    inside: inside.id,
    insideLeaf: inside.nodeId,
    nameless: nameless.id,
    looseInside: looseInside.id,
  }
  const list = `${archive.project}/collections/clips/members`
  await archive.collection('clips', null, Object.values(members))
  /** What the list says of each. */
  const told = async () => {
    const { body } = await archive.ask('GET', list)
    expect(body.members.map(({ id }: { id: string }) => id)).toEqual(Object.values(members))
    return Object.fromEntries(Object.keys(members).map((name, at) => [name, body.members[at]]))
  }
  const dangling = async () =>
    Object.entries(await told()).flatMap(([name, each]) => (each.dangling ? [name] : []))
  return { archive, list, members, told, dangling }
}

describe('GET P/collections/:name/members', () => {
  it('tells of each what it is: its node and its asset', async () => {
    const { archive, members, told } = await furnished()
    const nodeOf = async (id: string) => {
      const { ancestors, ...node } = await archive.succeed(200, 'GET', `/nodes/${id}`)
      return node
    }
    const assetOf = async (id: string) => ({
      kind: 'video',
      ...(await archive.succeed(200, 'GET', `/assets/video/${id}`)),
    })
    const [video, inside] = [await assetOf(members.asset), await assetOf(members.inside)]
    const { folder, episodeNode, leaf, inner, insideLeaf } = members
    const of = (name: keyof typeof members, node: unknown, asset: unknown) => ({
      id: members[name],
      node,
      asset,
    })
    expect(await told()).toEqual({
      folder: of('folder', await nodeOf(folder), null),
      episode: of('episode', await nodeOf(episodeNode), null),
      episodeNode: of('episodeNode', await nodeOf(episodeNode), null),
      asset: of('asset', await nodeOf(leaf), video),
      leaf: of('leaf', await nodeOf(leaf), video),
      inner: of('inner', await nodeOf(inner), null),
      inside: of('inside', await nodeOf(insideLeaf), inside),
      insideLeaf: of('insideLeaf', await nodeOf(insideLeaf), inside),
      nameless: of('nameless', null, await assetOf(members.nameless)),
      looseInside: of('looseInside', null, await assetOf(members.looseInside)),
    })
    expect([video.object.size, inside.object]).toEqual([3, null])
  })

  it.each(assetKinds)('tells the kind of a %s', async (kind) => {
    const archive = await Archive.open()
    const place = { namespace: archive.slug, project: 'lab' }
    const asset = await archive.succeed(201, 'POST', `/assets/${kind}`, { ...place, name: '/a' })
    const loose = await archive.succeed(201, 'POST', `/assets/${kind}`, { ...place, tags: ['x'] })
    await archive.collection('clips', null, [asset.id, loose.id])
    const { body } = await archive.ask('GET', `${archive.project}/collections/clips/members`)
    expect(body.members).toMatchObject([
      {
        id: asset.id,
        node: { id: asset.nodeId, kind, leaf: true, assetId: asset.id },
        asset: { kind, name: '/a' },
      },
      { id: loose.id, node: null, asset: { kind, id: loose.id, name: null, tags: ['x'] } },
    ])
    const listed = await archive.succeed(200, 'GET', `/assets/${kind}?namespace=${archive.slug}&project=lab`)
    expect(body.members.map(({ asset: each }: { asset: object }) => each)).toEqual(
      listed.reverse().map((each: object) => ({ kind, ...each })),
    )
  })

  it.each([
    ['asset', (m: Record<string, string>) => `/assets/video/${m.asset}`, ['asset', 'leaf']],
    [
      'asset of an episode',
      (m: Record<string, string>) => `/assets/video/${m.inside}`,
      ['inside', 'insideLeaf'],
    ],
    ['asset without a name', (m: Record<string, string>) => `/assets/video/${m.nameless}`, ['nameless']],
    ['folder', (m: Record<string, string>) => `/nodes/${m.inner}`, ['inner', 'inside', 'insideLeaf']],
    [
      'folder with an episode',
      (m: Record<string, string>) => `/nodes/${m.folder}`,
      ['folder', 'episode', 'episodeNode', 'inner', 'inside', 'insideLeaf', 'looseInside'],
    ],
  ])(
    'tells nothing of an %s in the trash, and of what is inside, until it is restored',
    async (_, pathOf, gone) => {
      const { archive, members, told, dangling } = await furnished()
      const before = await told()
      const deletion = await archive.remove(pathOf(members))
      expect(await dangling()).toEqual(gone)
      expect((await archive.restore(deletion)).status).toBe(200)
      expect(Object.keys(await told())).toEqual(Object.keys(before))
      expect(await dangling()).toEqual([])
    },
  )

  it('tells nothing of an episode in the trash, and of what is inside, until it is restored', async () => {
    const { archive, told, dangling } = await furnished()
    const before = await told()
    const deletion = await archive.remove(`${archive.project}/episodes/run`)
    expect(await dangling()).toEqual([
      'episode',
      'episodeNode',
      'inner',
      'inside',
      'insideLeaf',
      'looseInside',
    ])
    await archive.restore(deletion)
    expect(await told()).toEqual(before)
  })

  it('tells nothing of what was purged', async () => {
    const { archive, members, dangling } = await furnished()
    await archive.purge(await archive.remove(`${archive.project}/episodes/run`))
    await archive.purge(await archive.remove(`/assets/video/${members.nameless}`))
    expect(await dangling()).toEqual([
      'episode',
      'episodeNode',
      'inner',
      'inside',
      'insideLeaf',
      'nameless',
      'looseInside',
    ])
  })

  it('of an asset that was replaced knows the node, and not the former id', async () => {
    const { archive, members, told, dangling } = await furnished()
    const { id } = await archive.video('/a/v.mp4', { bssVideoId: 'another' })
    expect(await dangling()).toEqual(['asset'])
    const { asset, leaf } = await told()
    expect(asset).toEqual({ id: members.asset, dangling: true })
    expect(leaf).toMatchObject({
      node: { id: members.leaf, assetId: id },
      asset: { id, bssVideoId: 'another' },
    })
  })

  it('follows what is moved', async () => {
    const { archive, members, told } = await furnished()
    await archive.succeed(200, 'PATCH', `/nodes/${members.folder}`, { name: 'c' })
    await archive.succeed(200, 'PATCH', `/assets/video/${members.asset}`, { name: '/moved.mp4' })
    const { folder, episode, asset } = await told()
    expect([folder.node.path, episode.node.path, asset.node.path, asset.asset.name]).toEqual([
      '/a/c',
      '/a/c/run',
      '/moved.mp4',
      '/moved.mp4',
    ])
  })

  it('tells nothing of another project, nor of somebody else', async () => {
    const { archive, members } = await furnished()
    const home = `/namespaces/${archive.slug}`
    const other = `${home}/projects/other`
    await archive.succeed(201, 'POST', `${home}/projects`, { name: 'other', visibility: 'public' })
    const stranger = await Archive.open()
    const foreign = Object.values(members)
    await stranger.collection('theirs', null, foreign)
    await archive.succeed(201, 'POST', `${other}/collections`, { name: 'clips', members: foreign })
    // Also of a project that everybody may read.
    await archive.succeed(200, 'PATCH', archive.project, { visibility: 'public' })
    const nothing = foreign.map((id) => ({ id, dangling: true }))
    const answers = [
      await archive.ask('GET', `${other}/collections/clips/members`),
      await stranger.ask('GET', `${stranger.project}/collections/theirs/members`),
      await stranger.ask('GET', `${other}/collections/clips/members`),
    ]
    expect(answers.map(({ status, body }) => [status, body.members])).toEqual([
      [200, nothing],
      [200, nothing],
      [200, nothing],
    ])
  })

  it.each([1, 2, 3, 7, 1_000])('is walked %i at a time, in the order of the members', async (limit) => {
    const { archive, list, members } = await furnished()
    const walked: string[] = []
    let next: string | null = null
    do {
      const cursor: string = next === null ? '' : `&cursor=${next}`
      const answer = await archive.ask('GET', `${list}?limit=${limit}${cursor}`)
      expect([answer.status, answer.trips, answer.body.members.length <= limit]).toEqual([200, 1, true])
      walked.push(...ids(answer))
      next = answer.body.nextCursor
      const link = answer.headers.get('Link') ?? ''
      expect([link.includes('rel="first"'), link.includes('rel="next"')]).toEqual([true, next !== null])
      if (next !== null) expect(link).toContain(encodeURIComponent(next))
    } while (next !== null)
    expect(walked).toEqual(Object.values(members))
  })

  it('shows 1,000 where nothing else is asked for, and none of an empty one', async () => {
    const { tenant, path, list } = await withCollection(many(1_000))
    const whole = await tenant.ask('GET', list)
    expect([ids(whole), whole.body.nextCursor]).toEqual([many(1_000), null])
    await tenant.ask('POST', list, { add: ['last'] })
    const first = await tenant.ask('GET', list)
    const rest = await tenant.ask('GET', `${list}?cursor=${first.body.nextCursor}`)
    expect([ids(first), ids(rest), rest.body.nextCursor]).toEqual([many(1_000), ['last'], null])
    await tenant.ask('POST', path, { name: 'empty' })
    const empty = await tenant.ask('GET', `${path}/empty/members`)
    expect(empty.body).toEqual({ members: [], nextCursor: null })
  })

  it('is walked while members come and go: none that stays is left out or shown twice', async () => {
    const { tenant, list } = await withCollection(['a', 'b', 'c', 'd', 'e', 'f'])
    const page = async (cursor?: string) =>
      tenant.ask('GET', `${list}?limit=2${cursor === undefined ? '' : `&cursor=${cursor}`}`)
    const first = await page()
    await tenant.ask('DELETE', list, { remove: ['b', 'c'] })
    await tenant.ask('POST', list, { add: ['g', 'a', 'h'] })
    const second = await page(first.body.nextCursor)
    await tenant.ask('DELETE', list, { remove: ['a', 'd', 'h'] })
    await tenant.ask('POST', list, { add: ['late', 'a'] })
    const third = await page(second.body.nextCursor)
    const fourth = await page(third.body.nextCursor)
    expect([first, second, third, fourth].map(ids)).toEqual([
      ['a', 'b'],
      ['d', 'e'],
      ['f', 'g'],
      ['late', 'a'],
    ])
    expect(fourth.body.nextCursor).toBeNull()
  })

  it('is walked anew where the collection was renamed', async () => {
    const { tenant, path, clips, list } = await withCollection(['a', 'b', 'c'])
    const { nextCursor } = (await tenant.ask('GET', `${list}?limit=1`)).body
    await tenant.ask('PATCH', clips, { name: 'new' })
    expectRefused(await tenant.ask('GET', `${list}?limit=1&cursor=${nextCursor}`), 404)
    expectRefused(await tenant.ask('GET', `${path}/new/members?cursor=${nextCursor}`), 400)
    expect(ids(await tenant.ask('GET', `${path}/new/members`))).toEqual(['a', 'b', 'c'])
  })

  it('refuses a cursor that was altered, or is of another list', async () => {
    const { tenant, path, list } = await withCollection(['a', 'b', 'c'])
    await tenant.ask('POST', path, { name: 'other', members: ['a', 'b', 'c'] })
    const cursorOf = async (at: string) => (await tenant.ask('GET', at)).body.nextCursor
    const own = await cursorOf(`${list}?limit=1`)
    const [, ...rest] = own
    const altered = `${own.startsWith('B') ? 'C' : 'B'}${rest.join('')}`
    const foreign = [await cursorOf(`${path}/other/members?limit=1`), await cursorOf(`${path}?pageSize=1`)]
    for (const cursor of [altered, `${own}A`, own.slice(0, -1), 'x', '', ...foreign]) {
      const answer = await tenant.ask('GET', `${list}?cursor=${cursor}`)
      expectRefused(answer, 400)
      expect([cursor, faults(answer)]).toEqual([cursor, ['cursor']])
    }
    // How many are shown at once is no part of the list.
    expect(ids(await tenant.ask('GET', `${list}?limit=5&cursor=${own}`))).toEqual(['b', 'c'])
  })

  it.each(['0', '-1', '1001', '1.5', 'x', ''])('refuses a limit of %j', async (limit) => {
    const { tenant, list } = await withCollection()
    const answer = await tenant.ask('GET', `${list}?limit=${limit}`)
    expectRefused(answer, 400)
    expect(faults(answer)).toEqual(['limit'])
  })

  it('is short where its assets are heavy, and still leads on to every member', async () => {
    const archive = await Archive.open()
    const place = { namespace: archive.slug, project: 'lab', metadata: { text: 'x'.repeat(65_000) } }
    const members: string[] = []
    for (let at = 0; at < 150; at++) {
      const { id } = await archive.succeed(201, 'POST', '/assets/video', { ...place, name: `/${at}` })
      members.push(id, `nothing ${at}`)
    }
    await archive.collection('clips', null, members)
    const walked: string[][] = []
    for (let next: string | null = ''; next !== null; ) {
      const cursor: string = next === '' ? '' : `?cursor=${next}`
      const answer: Answer = await archive.ask('GET', `${archive.project}/collections/clips/members${cursor}`)
      expect(answer.text.length).toBeLessThan(10_000_000)
      walked.push(ids(answer))
      next = answer.body.nextCursor
    }
    expect(walked.length).toBeGreaterThan(1)
    expect(walked.flat()).toEqual(members)
  })

  it('reads the same of a page of a collection of 1,000 as of one of 20,000, the first and one in the middle', async () => {
    const read: number[][] = []
    for (const count of [1_000, 20_000]) {
      const archive = await Archive.open()
      await collect(archive, 'clips', count)
      const list = `${archive.project}/collections/clips/members`
      let cursor = ''
      for (let passed = 0; passed < count / 2; passed += 500)
        cursor = `&cursor=${(await archive.ask('GET', `${list}?limit=500${cursor}`)).body.nextCursor}`
      const pages = [
        await archive.ask('GET', `${list}?limit=200`),
        await archive.ask('GET', `${list}?limit=200${cursor}`),
      ]
      expect(pages.map((page) => [page.trips, ids(page)[0], ids(page).length])).toEqual([
        [1, 'member 0', 200],
        [1, `member ${count / 2}`, 200],
      ])
      read.push(pages.map(({ rowsRead }) => rowsRead))
    }
    expect(read[1]).toEqual(read[0])
  })

  it('reads in proportion to the page, however many assets the project has', async () => {
    const read: number[] = []
    for (const count of [200, 5_000]) {
      const archive = await Archive.open()
      await crowdOfVideos(archive, count, '/')
      const query = `namespace=${archive.slug}&project=lab`
      const listed = await archive.succeed(200, 'GET', `/assets/video?${query}&limit=200`)
      await archive.collection(
        'clips',
        null,
        listed.flatMap(({ id, nodeId }: Record<string, string>) => [id, nodeId]),
      )
      const answer = await archive.ask('GET', `${archive.project}/collections/clips/members`)
      expect(answer.body.members.every(({ asset }: { asset: object }) => asset !== null)).toBe(true)
      read.push(answer.rowsRead)
    }
    expect(read[1]).toBe(read[0])
    expect(read[0]).toBeLessThan(400 * 15)
  })
})

describe('who may do what with members', () => {
  it('is told in the order 400, 404, 403', async () => {
    const { tenant, path, list } = await withCollection(['x'])
    const [reader, writer, stranger] = [await Tenant.arrive(), await Tenant.arrive(), await Tenant.arrive()]
    await tenant.admit(reader, 1)
    await tenant.admit(writer, 2)
    const changes = [
      ['POST', { add: ['y'] }],
      ['DELETE', { remove: ['x'] }],
    ] as const
    for (const [method, body] of changes) {
      expectRefused(await stranger.ask(method, list, {}), 400)
      expectRefused(await stranger.ask(method, list, body), 404)
      expectRefused(await reader.ask(method, `${path}/none/members`, body), 404)
      expectRefused(await reader.ask(method, list, body), 403)
    }
    expectRefused(await stranger.ask('GET', list), 404)
    expect(ids(await reader.ask('GET', list))).toEqual(['x'])
    await tenant.ask('PATCH', tenant.project('lab'), { visibility: 'public' })
    expect(ids(await stranger.ask('GET', list))).toEqual(['x'])
    for (const [method, body] of changes) expectRefused(await stranger.ask(method, list, body), 403)
    const done = [
      await writer.ask('POST', list, { add: ['y'] }),
      await writer.ask('DELETE', list, { remove: ['x'] }),
    ]
    expect(done.map(({ body }) => body)).toEqual([
      { added: 1, total: 2 },
      { removed: 1, total: 1 },
    ])
  })

  it('is that a token for uploads does nothing, and one that cannot read is told how many', async () => {
    const { tenant, list } = await withCollection(['x'])
    const tokenOf = async (scopes: string[]) =>
      (await tenant.ask('POST', '/auth/tokens', { name: 'job', scopes })).body.token
    const [uploading, writing] = [await tokenOf(['upload']), await tokenOf(['write'])]
    const requests = [
      ['POST', { add: ['y'] }],
      ['GET', undefined],
      ['DELETE', { remove: ['x'] }],
    ] as const
    for (const [method, body] of requests)
      expectRefused(await tenant.ask(method, list, body, { token: uploading }), 403)
    const answers: Answer[] = []
    for (const [method, body] of requests)
      answers.push(await tenant.ask(method, list, body, { token: writing }))
    expect(answers.map(({ status }) => status)).toEqual([200, 403, 200])
    expect(answers[0]?.body).toEqual({ added: 1, total: 2 })
  })
})
