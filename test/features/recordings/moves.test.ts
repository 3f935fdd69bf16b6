import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { Archive, rowsOf } from '../../support/archive.ts'
import { expectRefused } from '../../support/expectations.ts'
import { crowdOfVideos, faultsOf } from '../../support/faults.ts'
import type { Answer } from '../../support/world.ts'

let archive: Archive

beforeAll(async () => {
  archive = await Archive.open()
})

/** A folder at the top, with `/<it>/inner` below it; gives their ids. */
async function folders(top: string): Promise<{ readonly outer: string; readonly inner: string }> {
  const inner = await archive.episode(`in ${top}`, { folder: `/${top}/inner` })
  const outer = await archive.parentOf(String(inner.folderId))
  return { outer, inner: String(inner.folderId) }
}

const move = (id: string, body: object, headers: Record<string, string> = {}): Promise<Answer> =>
  archive.ask('PATCH', `/nodes/${id}`, body, { headers })

async function pathsOf(...ids: string[]): Promise<unknown[]> {
  const rows = await rowsOf('nodes')
  return ids.map((id) => rows.find((row) => row.id === id)?.path)
}

function expectFailure(answer: Answer, status: number, code: string): void {
  expectRefused(answer, status)
  expect(answer.body.code).toBe(code)
}

const unique = (): string => crypto.randomUUID().slice(0, 8)

/** Nothing hangs on a parent that is not there, or elsewhere than its parent says. */
async function expectSoundTree(): Promise<void> {
  const astray = await env.DB.prepare(
    `select id, path, parent_path from (
      select child.id, child.path, parent.id as found, iif(parent.kind = 'episode', '', parent.path) as parent_path
      from nodes as child left join nodes as parent on parent.id = child.parent_id
        and (parent.deleted_at is null or parent.kind = 'episode')
      where child.deleted_at is null and child.parent_id is not null)
    where found is null or substr(path, 1, length(parent_path) + 1) <> parent_path || '/'
      or instr(substr(path, length(parent_path) + 2), '/') > 0`,
  ).all()
  const named = await env.DB.prepare(
    `select a.id, a.name, n.path from assets as a left join nodes as n on n.id = a.node_id and n.deleted_at is null
      where a.deleted_at is null and a.name is not null
        and replace(replace(n.path, '%2F', '/'), '%25', '%') is not a.name`,
  ).all()
  const placed = await env.DB.prepare(
    `select e.id, e.node_path from episodes as e left join nodes as n on n.id = e.folder_id
      where e.deleted_at is null and e.node_path is not ifnull(n.path, '') || '/' || e.name`,
  ).all()
  expect([astray.results, named.results, placed.results]).toEqual([[], [], []])
  expect(await faultsOf()).toEqual([])
}

describe('a folder', () => {
  it('is renamed, and all below it follows', async () => {
    const top = unique()
    const { outer, inner } = await folders(top)
    const asset = await archive.video(`/${top}/inner/front.mp4`)
    const inside = await archive.video('/camera/front.mp4', { episodeName: `in ${top}` })
    const { status, body, trips } = await move(outer, { name: `${top} 100%` })
    expect([status, trips, body]).toEqual([
      200,
      1,
      {
        id: outer,
        name: `${top} 100%`,
        kind: 'folder',
        leaf: false,
        path: `/${top} 100%25`,
        parentId: null,
        assetId: null,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      },
    ])
    expect(await pathsOf(inner, asset.nodeId, inside.nodeId)).toEqual([
      `/${top} 100%25/inner`,
      `/${top} 100%25/inner/front.mp4`,
      '/camera/front.mp4',
    ])
    const query = `namespace=${archive.slug}&project=lab&prefix=/${encodeURIComponent(`${top} 100%`)}`
    const found = await archive.succeed(200, 'GET', `/assets/video?${query}`)
    expect(found).toMatchObject([
      { id: asset.id, name: `/${top} 100%/inner/front.mp4`, nodeId: asset.nodeId },
    ])
    const { episodes } = await archive.succeed(200, 'GET', `${archive.project}/episodes?pageSize=200`)
    expect(episodes.find(({ name }: { name: string }) => name === `in ${top}`).nodePath).toBe(
      `/${top} 100%25/inner/in ${top}`,
    )
    // What is registered by the new name is the same asset.
    expect((await archive.video(`/${top} 100%/inner/front.mp4`)).id).toBe(asset.id)
    await expectSoundTree()
  })

  it('is moved under another one, and back to the top', async () => {
    const [one, other] = [unique(), unique()]
    const { outer, inner } = await folders(one)
    const goal = await folders(other)
    expect((await move(outer, { parentId: goal.inner })).body).toMatchObject({
      path: `/${other}/inner/${one}`,
      parentId: goal.inner,
    })
    expect(await pathsOf(inner)).toEqual([`/${other}/inner/${one}/inner`])
    await expectSoundTree()
    expect((await move(inner, { parentId: null, name: `${one}-up` })).body).toMatchObject({
      path: `/${one}-up`,
      parentId: null,
      name: `${one}-up`,
    })
    await expectSoundTree()
  })

  it('inside of an episode stays inside, also at its top', async () => {
    const name = `episode ${unique()}`
    const episode = await archive.episode(name)
    const asset = await archive.video('/a/b/c.mp4', { episodeName: name })
    const inner = await archive.parentOf(asset.nodeId)
    const outer = await archive.parentOf(inner)
    const node = await archive.parentOf(outer)
    const raised = (await move(inner, { parentId: null })).body
    expect(raised).toMatchObject({ parentId: node, path: `/${name}/b` })
    expect(await pathsOf(asset.nodeId)).toEqual(['/b/c.mp4'])
    expect((await move(inner, { parentId: outer })).body).toMatchObject({ path: `/${name}/a/b` })
    expect((await move(inner, { parentId: node })).body).toMatchObject({ path: `/${name}/b` })
    const { outer: outside } = await folders(unique())
    expectFailure(await move(inner, { parentId: outside }), 400, 'node_across_episodes')
    expectFailure(await move(outside, { parentId: inner }), 400, 'node_across_episodes')
    expectFailure(await move(outside, { parentId: node }), 400, 'node_across_episodes')
    expect(episode.id).toBeTruthy()
    await expectSoundTree()
  })

  it('that is where it is to be is left as it is', async () => {
    const top = unique()
    const { outer, inner } = await folders(top)
    const [before] = await rowsOf('nodes', `id = '${outer}'`)
    for (const body of [{}, { name: top }, { parentId: null }, { name: top, parentId: null }])
      expect((await move(outer, body)).status).toBe(200)
    expect((await move(inner, { parentId: outer })).status).toBe(200)
    expect(await rowsOf('nodes', `id = '${outer}'`)).toEqual([before])
  })

  it('is moved once by a request that is sent again', async () => {
    const top = unique()
    const { outer } = await folders(top)
    const headers = { 'X-Request-Id': unique() }
    const first = await move(outer, { name: `${top}-2` }, headers)
    const version = async () => (await rowsOf('nodes', `id = '${outer}'`))[0]?.version
    const once = await version()
    const second = await move(outer, { name: `${top}-2` }, headers)
    expect([second.status, second.body]).toEqual([200, first.body])
    expect(await version()).toBe(once)
  })
})

describe('a folder is not moved', () => {
  it('into itself, or below', async () => {
    const { outer, inner } = await folders(unique())
    for (const parentId of [outer, inner]) expectFailure(await move(outer, { parentId }), 409, 'node_cycle')
  })

  it('to where there is one already; an episode or an asset of that name is in no way', async () => {
    const [one, other] = [unique(), unique()]
    const { outer } = await folders(one)
    await folders(other)
    expectFailure(await move(outer, { name: other }), 409, 'node_name_taken')
    const beside = unique()
    await archive.episode(beside)
    await archive.video(`/${beside}`)
    expect((await move(outer, { name: beside })).status).toBe(200)
  })

  it('with assets to where a folder has a slash in its name, which would make other names of theirs', async () => {
    const [one, deep] = [unique(), unique()]
    const { outer } = await folders(one)
    const odd = await archive.episode(`odd ${deep}`, { folder: `/${deep}%2Fb` })
    expect((await move(outer, { parentId: odd.folderId })).status).toBe(200)
    expect((await move(outer, { parentId: null })).status).toBe(200)
    const { id } = await archive.video(`/${one}/inner/x.mp4`)
    await archive.video(`/${deep}/b/${one}/inner/b/${one}/inner/x.mp4`)
    expectFailure(await move(outer, { parentId: odd.folderId }), 409, 'asset_below_slash')
    expect((await rowsOf('assets', `id = '${id}'`))[0]?.name).toBe(`/${one}/inner/x.mp4`)
    await expectSoundTree()
  })

  it.each([
    [{ parentId: 'f'.repeat(24) }, 404, 'parent_not_found'],
    [{ name: 'a/b' }, 400, 'invalid_request'],
    [{ name: null }, 400, 'invalid_request'],
    [{ name: '..' }, 400, 'invalid_request'],
    [{ parentId: '' }, 400, 'invalid_request'],
    [{ path: '/x' }, 400, 'invalid_request'],
  ])('by %j', async (body, status, code) => {
    const { outer } = await folders(unique())
    expectFailure(await move(outer, body), status, code)
  })

  it('under what is no folder, or in another project; and only folders are', async () => {
    const { outer } = await folders(unique())
    const { nodeId } = await archive.video(`/${unique()}.mp4`)
    expectFailure(await move(outer, { parentId: nodeId }), 400, 'parent_not_folder')
    expectFailure(await move(nodeId, { name: 'x' }), 400, 'node_not_folder')
    const elsewhere = await Archive.open()
    const there = await elsewhere.episode('there', { folder: '/there' })
    expectFailure(await move(outer, { parentId: there.folderId }), 404, 'parent_not_found')
    expectFailure(await move(String(there.folderId), { name: 'x' }), 404, 'node_not_found')
  })

  it('where a path below it would be too long, or too deep', async () => {
    const top = unique()
    const { outer } = await folders(top)
    const long = `/${'x'.repeat(200)}`.repeat(4)
    await archive.video(`/${top}${long}/y.mp4`)
    expectFailure(await move(outer, { name: 'n'.repeat(255) }), 400, 'path_too_long')
    const deep = unique()
    await archive.video(`/${deep}${'/d'.repeat(30)}/y.mp4`)
    const [row] = await rowsOf('nodes', `path = '/${deep}'`)
    expectFailure(await move(String(row?.id), { parentId: outer }), 400, 'path_too_long')
    expect((await move(outer, { name: 'n'.repeat(150) })).status).toBe(200)
  })

  it('where a write-protected episode is around it, or below', async () => {
    const top = unique()
    const { outer, inner } = await folders(top)
    await archive.episode(`kept ${top}`, { folder: `/${top}/inner`, writeProtected: true })
    expectFailure(await move(outer, { name: 'x' }), 403, 'holds_write_protected')
    expectFailure(await move(inner, { name: 'x' }), 403, 'holds_write_protected')
    const name = `closed ${top}`
    await archive.episode(name)
    const { nodeId } = await archive.video('/a/b.mp4', { episodeName: name })
    const folder = await archive.parentOf(nodeId)
    await archive.succeed(200, 'PATCH', `${archive.project}/episodes/${encodeURIComponent(name)}`, {
      writeProtected: true,
    })
    expectFailure(await move(folder, { name: 'x' }), 403, 'episode_write_protected')
  })

  it('when it is in the trash, or in an episode that is', async () => {
    const top = unique()
    const { outer } = await folders(top)
    await archive.remove(`/nodes/${outer}`)
    expectFailure(await move(outer, { name: 'x' }), 404, 'node_not_found')
    const name = `gone ${top}`
    await archive.episode(name)
    const { nodeId } = await archive.video('/a/b.mp4', { episodeName: name })
    const folder = await archive.parentOf(nodeId)
    await archive.remove(`${archive.project}/episodes/${encodeURIComponent(name)}`)
    expectFailure(await move(folder, { name: 'x' }), 404, 'node_not_found')
  })
})

describe('a large folder', () => {
  it('is moved with 5,000 nodes; of more it is told how many there are', async () => {
    const own = await Archive.open()
    const { folderId } = await own.episode('run', { folder: '/large' })
    const parent = String(folderId)
    await own.remove(`${own.project}/episodes/run`)
    await crowdOfVideos(own, 5_000, '/large/', { parent })
    const rename = (name: string) => own.ask('PATCH', `/nodes/${parent}`, { name })
    const { status, trips } = await rename('renamed')
    expect([status, trips]).toEqual([200, 1])
    const astray = `project_id = (select project_id from nodes where id = '${parent}') and deleted_at is null`
    expect(await rowsOf('assets', `${astray} and name not like '/renamed/%'`)).toEqual([])
    expect(await rowsOf('nodes', `${astray} and path not like '/renamed%'`)).toEqual([])
    const place = { namespace: own.slug, project: 'lab' }
    await own.succeed(201, 'POST', '/assets/video', { ...place, name: '/renamed/one more.mp4' })
    const refused = await rename('again')
    expectFailure(refused, 409, 'too_large')
    expect(refused.body.detail).toContain('It holds 5001 nodes')
    expect((await rename('renamed')).status).toBe(200)
  })
})

describe('at the same time', () => {
  it('fifty assets that are registered below a folder that is moved are in the tree, each once', async () => {
    const own = await Archive.open()
    const { folderId } = await own.episode('run', { folder: '/moving' })
    const place = { namespace: own.slug, project: 'lab' }
    const names = Array.from({ length: 50 }, (_, index) => `/moving/${index % 5}/v${index}.mp4`)
    const moves = ['one', 'two', 'three'].map((name) => own.ask('PATCH', `/nodes/${folderId}`, { name }))
    const answers = await Promise.all([
      ...names.slice(0, 25).map((name) => own.ask('POST', '/assets/video', { ...place, name })),
      ...moves,
      ...names.slice(25).map((name) => own.ask('POST', '/assets/video', { ...place, name })),
    ])
    expect(answers.filter(({ status }) => status >= 300)).toEqual([])
    const assets = await rowsOf(
      'assets',
      `project_id = (select project_id from nodes where id = '${folderId}')`,
    )
    const basenames = assets.map(({ name }) => String(name).split('/').at(-1))
    expect(basenames.sort()).toEqual(names.map((name) => name.split('/').at(-1)).sort())
    await expectSoundTree()
  })

  it('two folders that are moved into each other make no circle', async () => {
    const own = await Archive.open()
    const ids: string[] = []
    for (const name of ['a', 'b'])
      ids.push(String((await own.episode(name, { folder: `/${name}` })).folderId))
    const [a = '', b = ''] = ids
    const answers = await Promise.all([
      own.ask('PATCH', `/nodes/${a}`, { parentId: b }),
      own.ask('PATCH', `/nodes/${b}`, { parentId: a }),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    await expectSoundTree()
  })
})
