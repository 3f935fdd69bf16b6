import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Archive } from '../../support/archive.ts'
import { expectRefused, faults, TIME } from '../../support/expectations.ts'
import { crowdOfVideos } from '../../support/faults.ts'
import { type Answer, askUnread, Tenant } from '../../support/world.ts'

interface Line {
  readonly collection: string
  readonly episode: string | null
  readonly path: string | null
  readonly assetId: string
  readonly cursor?: string
}

/** A project with a dataset, `set`. */
async function withDataset() {
  const archive = await Archive.open()
  const dataset = await archive.dataset('set')
  return { archive, dataset, manifest: `${archive.project}/datasets/set/manifest` }
}

const linesOf = ({ body }: Answer): Line[] => body.slice(0, -1)
const endOf = ({ body }: Answer) => body.at(-1)
const pathsOf = (answer: Answer) =>
  linesOf(answer).map(({ collection, episode, path }) =>
    [collection, episode, path].filter(Boolean).join(' '),
  )

/** All pages of a manifest, each of so many lines, gone on with by the cursor of the end, or of a line. */
async function walk(archive: Archive, manifest: string, limit: number, query = ''): Promise<Line[]> {
  const lines: Line[] = []
  for (let cursor = ''; ; ) {
    const answer = await archive.ask('GET', `${manifest}?limit=${limit}${query}${cursor}`)
    expect([answer.status, answer.trips, endOf(answer)]).toMatchObject([
      200,
      1,
      { end: true, changed: false },
    ])
    expect(linesOf(answer)).toHaveLength(endOf(answer).lines)
    lines.push(...linesOf(answer))
    if (endOf(answer).nextCursor === null) return lines
    expect(linesOf(answer)).toHaveLength(limit)
    cursor = `&cursor=${endOf(answer).nextCursor}`
  }
}

type Row = Readonly<Record<string, string | number | null>>

/** The rows of a table that are in the project. */
async function rowsOf({ slug }: Archive, table: string, order: string): Promise<Row[]> {
  const { results } = await env.DB.prepare(
    `select t.* from ${table} t where t.project_id = (select p.id from projects p
       join namespaces n on n.id = p.namespace_id where n.slug = ? and p.slug = 'lab') order by ${order}`,
  )
    .bind(slug)
    .all<Row>()
  return results
}

/** What there is to be reached, read from the tables as they are. */
class Tree {
  readonly #episodes: readonly Row[]
  readonly #nodes: readonly Row[]
  readonly #assets: readonly Row[]

  private constructor(episodes: readonly Row[], nodes: readonly Row[], assets: readonly Row[]) {
    const isLive = ({ deleted_at }: Row) => deleted_at === null
    this.#episodes = episodes.filter(isLive)
    const isAround = (id: unknown) => this.#episodes.some((episode) => episode.id === id)
    const isThere = (row: Row) =>
      isLive(row) && (row.container_id === row.project_id || isAround(row.container_id))
    this.#nodes = nodes.filter(isThere)
    this.#assets = assets.filter(isThere)
  }

  static async of(archive: Archive): Promise<Tree> {
    const [episodes, nodes, assets] = [
      await rowsOf(archive, 'episodes', 'id'),
      await rowsOf(archive, 'nodes', 'path, kind'),
      await rowsOf(archive, 'assets', 'id'),
    ]
    return new Tree(episodes, nodes, assets)
  }

  /** The ids of the assets at and below a node, in the order of a manifest. */
  #below({ kind, container_id, path, item_id }: Row): unknown[] {
    if (kind !== 'folder' && kind !== 'episode') return [item_id]
    const inEpisode = kind === 'episode'
    const container = inEpisode ? item_id : container_id
    const loose = this.#assets.filter(
      (asset) => inEpisode && asset.container_id === container && asset.name === null,
    )
    const inside = this.#nodes.filter(
      (node) => node.container_id === container && `${node.path}`.startsWith(`${inEpisode ? '' : path}/`),
    )
    return [
      ...loose.map(({ id }) => id),
      ...inside.flatMap((node) => (node.kind === 'folder' ? [] : this.#below(node))),
    ]
  }

  /** The assets that a member is of. */
  reach(id: string): Row[] {
    const asset = this.#assets.find((each) => each.id === id)
    const nodeId = this.#episodes.find((each) => each.id === id)?.node_id ?? asset?.node_id ?? id
    const node = this.#nodes.find((each) => each.id === nodeId)
    const ids = node ? this.#below(node) : [asset?.id]
    return ids.flatMap((each) => this.#assets.filter((one) => one.id === each))
  }
}

/** What the tables say that a manifest is, read by none of its means. */
async function expected(archive: Archive, kind?: string): Promise<string[]> {
  const tree = await Tree.of(archive)
  const told = new Map<unknown, string>()
  for (const { id, name, deleted_at } of await rowsOf(archive, 'collections', 'name')) {
    if (deleted_at !== null) continue
    const { results } = await env.DB.prepare(
      'select member_id as id from collection_members where collection_id = ? order by position',
    )
      .bind(id)
      .all<{ id: string }>()
    for (const asset of results.flatMap((member) => tree.reach(member.id)))
      if (!told.has(asset.id) && (kind === undefined || asset.kind === kind))
        told.set(asset.id, `${name} ${asset.id}`)
  }
  return [...told.values()]
}

const asTold = (lines: readonly Line[]) => lines.map(({ collection, assetId }) => `${collection} ${assetId}`)

const FOLDERS = ['/a', '/a/b', '/a/b/c', '/d', '/a%25', '/a b']
const place = fc.record({ episode: fc.option(fc.nat(3)), folder: fc.option(fc.constantFrom(...FOLDERS)) })

const worlds = fc.record({
  episodes: fc.array(fc.option(fc.constantFrom(...FOLDERS)), { minLength: 1, maxLength: 4 }),
  assets: fc.array(fc.record({ place, kind: fc.constantFrom('video', 'file'), isNameless: fc.boolean() }), {
    minLength: 3,
    maxLength: 14,
  }),
  /** The members of each, as numbers of the ids that there are. */
  collections: fc.array(fc.array(fc.nat(999), { maxLength: 5 }), { minLength: 1, maxLength: 7 }),
  removed: fc.array(fc.nat(999), { maxLength: 3 }),
})
type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never

/** Makes the tree of a world; gives the ids that can be members, and the paths of what can be deleted. */
async function grow(archive: Archive, { episodes, assets }: World) {
  const ids: string[] = ['no such thing']
  const paths: string[] = []
  for (const [index, folder] of episodes.entries()) {
    ids.push((await archive.episode(`e${index}`, { folder })).id)
    paths.push(`${archive.project}/episodes/e${index}`)
  }
  for (const [index, { place, kind, isNameless }] of assets.entries()) {
    const { id } = await archive.succeed(201, 'POST', `/assets/${kind}`, {
      namespace: archive.slug,
      project: 'lab',
      name: isNameless ? null : `${place.folder ?? ''}/${index % 5}.bin`,
      ...(place.episode !== null && { episodeName: `e${place.episode % episodes.length}` }),
    })
    ids.push(id)
    paths.push(`/assets/${kind}/${id}`)
  }
  const nodes = (await rowsOf(archive, 'nodes', 'path, id')).map(({ id }) => `${id}`)
  return { ids: [...ids, ...nodes], paths: [...paths, ...nodes.map((id) => `/nodes/${id}`)] }
}

describe('GET P/datasets/:name/manifest', () => {
  it('tells of an asset all that a reader needs', async () => {
    const { archive, dataset, manifest } = await withDataset()
    const bssVideoId = await archive.bytes('frames')
    const { id } = await archive.episode('run/1', { folder: '/a' })
    const fields = {
      namespace: archive.slug,
      project: 'lab',
      name: '/cam/x.mp4',
      episodeName: 'run/1',
      bssVideoId,
    }
    const metadata = '{"at":12345678901234567890}'
    const asset = await archive.ask('POST', '/assets/video', undefined, {
      raw: JSON.stringify({ ...fields, metadata: 0 }).replace('"metadata":0', `"metadata":${metadata}`),
      headers: { 'Content-Type': 'application/json' },
    })
    await archive.collection('good', dataset, [id])
    const answer = await archive.ask('GET', manifest)
    expect(linesOf(answer)).toEqual([
      {
        dataset: 'set',
        collection: 'good',
        episode: 'run/1',
        path: '/cam/x.mp4',
        kind: 'video',
        assetId: asset.body.id,
        contentType: 'text/plain',
        size: 6,
        sha256: null,
        metadata: expect.any(Object),
      },
    ])
    expect(answer.text).toContain(metadata)
    expect(endOf(answer)).toEqual({ end: true, lines: 1, changed: false, nextCursor: null })
    expect(answer.headers.get('Content-Type')).toBe('application/x-ndjson')
  })

  it('signs a URL where one is asked for, that serves the bytes for so long', async () => {
    const { archive, dataset, manifest } = await withDataset()
    const bssVideoId = await archive.bytes('frames')
    const asset = await archive.video('/x y.mp4', { bssVideoId })
    const { id: empty } = await archive.video('/empty.mp4')
    await archive.collection('good', dataset, [asset.id, empty])
    const answer = await archive.ask('GET', `${manifest}?urls=true&expiresIn=60`)
    const [line, without] = answer.body
    expect(without).toMatchObject({
      assetId: empty,
      url: null,
      expiresAt: null,
      size: null,
      contentType: null,
    })
    const left = Date.parse(line.expiresAt) - Date.now()
    expect([line.expiresAt, left > 50_000, left <= 60_000]).toEqual([TIME, true, true])
    const { status, text, headers } = await archive.ask('GET', line.url)
    expect([status, text, headers.get('Content-Disposition')]).toEqual([
      200,
      'frames',
      expect.stringContaining('x y.mp4'),
    ])
    expect([answer.headers.get('ETag'), answer.headers.get('Cache-Control')]).toEqual([
      null,
      'private, no-store',
    ])
    expect(linesOf(await archive.ask('GET', manifest))[0]).not.toHaveProperty('url')
  })

  it('tells once what many collections of the project hold, by the first of the dataset that does', async () => {
    const { archive, dataset, manifest } = await withDataset()
    const { id } = await archive.episode('run')
    await archive.video('/v.mp4', { episodeName: 'run' })
    const lone = await archive.video('/w.mp4')
    for (let at = 0; at < 64; at++) await archive.collection(`beside ${at}`, null, [id])
    for (const name of ['c', 'd', 'e']) await archive.collection(name, dataset)
    await archive.collection('a', dataset, [lone.id, id])
    await archive.collection('b', dataset, [id])
    expect(pathsOf(await archive.ask('GET', manifest))).toEqual(['a /w.mp4', 'a run /v.mp4'])
  })

  it('is the same as a plain reading of the tables, whatever the members, at once and page by page', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const { archive, dataset, manifest } = await withDataset()
        const { ids, paths } = await grow(archive, world)
        for (const [index, members] of world.collections.entries()) {
          const chosen = new Set(members.map((each) => `${ids[each % ids.length]}`))
          await archive.collection(`c${(index * 3) % 7}`, dataset, [...chosen])
        }
        for (const each of world.removed) await archive.ask('DELETE', `${paths[each % paths.length]}`)
        const told = await expected(archive)
        const whole = await archive.ask('GET', manifest)
        expect([asTold(linesOf(whole)), endOf(whole).lines]).toEqual([told, told.length])
        expect(asTold(await walk(archive, manifest, 1))).toEqual(told)
        expect(asTold(await walk(archive, manifest, 3))).toEqual(told)
        expect(asTold(await walk(archive, manifest, 2, '&kind=file'))).toEqual(
          await expected(archive, 'file'),
        )
      }),
      { numRuns: 25 },
    )
  })

  it('orders by collection, member and path, and tells an asset where the first member reaches it', async () => {
    const { archive, dataset, manifest } = await withDataset()
    const { id: run, folderId } = await archive.episode('run', { folder: '/a' })
    await archive.video('/cam/2.mp4', { episodeName: 'run' })
    await archive.video('/cam/10.mp4', { episodeName: 'run' })
    await archive.video('/nameless.mp4', { episodeName: 'run', name: null })
    const beside = await archive.video('/a/z.mp4')
    const loose = await archive.video('/loose.mp4', { name: null })
    await archive.collection('b', dataset, [String(folderId), run, beside.nodeId])
    await archive.collection('a', dataset, [beside.id, 'unknown', loose.id])
    await archive.collection('c', null, [run])
    expect(pathsOf(await archive.ask('GET', manifest))).toEqual([
      'a /a/z.mp4',
      'a',
      'b run',
      'b run /cam/10.mp4',
      'b run /cam/2.mp4',
    ])
  })

  it('is 304 while nothing has changed, and told anew after any write to the project', async () => {
    const { archive, dataset, manifest } = await withDataset()
    const { id, folderId } = await archive.episode('run', { folder: '/a/b' })
    const { id: video } = await archive.video('/x.mp4', { episodeName: 'run' })
    await archive.collection('good', dataset, [id])
    const ifNoneMatch = (tag: string | null, query = '', headers = {}) =>
      archive.ask('GET', `${manifest}${query}`, undefined, {
        headers: { 'If-None-Match': String(tag), ...headers },
      })
    const changes: [string, string, object?][] = [
      ['PATCH', `/assets/video/${video}`, { tags: ['new'] }],
      ['PATCH', `${archive.project}/episodes/run`, { name: 'run 2' }],
      ['PATCH', `/nodes/${folderId}`, { name: 'c' }],
      ['POST', `${archive.project}/collections/good/members`, { add: ['x'] }],
      ['DELETE', `${archive.project}/collections/good/members`, { remove: ['x'] }],
      ['PATCH', `${archive.project}/collections/good`, { name: 'better' }],
      ['PATCH', `${archive.project}/datasets/set`, { description: 'x' }],
      ['DELETE', `/assets/video/${video}`],
      ['DELETE', `/nodes/${folderId}`],
    ]
    const seen = new Set<string | null>()
    for (const [method, path, body] of changes) {
      const { status, headers, rowsRead } = await archive.ask('GET', manifest)
      const tag = headers.get('ETag')
      expect([status, tag, seen.has(tag), headers.get('Cache-Control')]).toEqual([
        200,
        expect.stringMatching(new RegExp(`^"${dataset}-\\d+\\.\\d+-[0-9a-f]{12}"$`)),
        false,
        'private, no-cache, no-transform',
      ])
      seen.add(tag)
      for (const each of [tag, `W/${tag}`, `"x", ${tag}`]) {
        const again = await ifNoneMatch(each)
        expect([again.status, again.text, again.headers.get('ETag'), again.trips]).toEqual([304, '', tag, 1])
        expect(again.rowsRead).toBeLessThan(rowsRead)
      }
      const zipped = await ifNoneMatch(tag, '', { 'Accept-Encoding': 'gzip' })
      expect([zipped.status, zipped.headers.get('ETag')]).toEqual([304, `${tag?.slice(0, -1)}-gzip"`])
      for (const other of ['?kind=file', '?limit=1', '?urls=true']) {
        expect((await ifNoneMatch(tag, other)).status).toBe(200)
      }
      expect((await ifNoneMatch('*')).status).toBe(304)
      expect((await archive.ask(method, path, body)).status).toBe(200)
    }
  })

  it('is compressed where that is asked for', async () => {
    const { archive, dataset, manifest } = await withDataset()
    const { id } = await archive.video('/x.mp4')
    await archive.collection('good', dataset, [id])
    const codings: [string, string | null][] = [
      ['gzip', 'gzip'],
      ['br, GZIP;q=0.5', 'gzip'],
      ['gzip;q=0', null],
      ['br', null],
      ['', null],
    ]
    for (const [coding, answered] of codings) {
      const { headers } = await archive.ask('GET', manifest, undefined, {
        headers: { 'Accept-Encoding': coding },
      })
      expect([coding, headers.get('Content-Encoding'), headers.get('ETag')?.endsWith('-gzip"')]).toEqual([
        coding,
        answered,
        answered !== null,
      ])
      expect(headers.get('Vary')).toContain('Accept-Encoding')
    }
  })

  it('refuses what it cannot tell, by the name of the field', async () => {
    const { archive, dataset, manifest } = await withDataset()
    const { id } = await archive.episode('run')
    await archive.video('/x.mp4', { episodeName: 'run' })
    await archive.video('/y.mp4', { episodeName: 'run' })
    await archive.collection('good', dataset, [id])
    const { nextCursor } = endOf(await archive.ask('GET', `${manifest}?limit=1`))
    for (const [query, field] of [
      ['limit=0', 'limit'],
      ['limit=200001', 'limit'],
      ['limit=x', 'limit'],
      ['urls=yes', 'urls'],
      ['kind=movie', 'kind'],
      ['expiresIn=0', 'expiresIn'],
      ['cursor=x', 'cursor'],
      [`kind=video&cursor=${nextCursor}`, 'cursor'],
      [`cursor=${nextCursor.slice(1)}`, 'cursor'],
      ['page=2', 'page'],
    ]) {
      const answer = await archive.ask('GET', `${manifest}?${query}`)
      expectRefused(answer, 400)
      expect([query, faults(answer)]).toEqual([query, [field]])
    }
    await archive.dataset('other')
    expectRefused(
      await archive.ask('GET', `${archive.project}/datasets/other/manifest?cursor=${nextCursor}`),
      400,
    )
    expectRefused(await archive.ask('GET', `${archive.project}/datasets/none/manifest`), 404)
    const stranger = await Tenant.arrive()
    expectRefused(await stranger.ask('GET', manifest), 404)
    await archive.ask('PATCH', archive.project, { visibility: 'public' })
    expect(linesOf(await stranger.ask('GET', manifest))).toHaveLength(2)
    const uploader = await archive.robot({ scopes: ['upload'] })
    expectRefused(await archive.ask('GET', manifest, undefined, { token: uploader }), 403)
  })

  it('tells of an empty dataset, and of one whose members are of nothing, that this is all', async () => {
    const { archive, dataset, manifest } = await withDataset()
    const end = { end: true, lines: 0, changed: false, nextCursor: null }
    expect((await archive.ask('GET', manifest)).body).toEqual([end])
    const gone = await archive.video('/x.mp4')
    await archive.ask('DELETE', `/assets/video/${gone.id}`)
    await archive.collection('empty', dataset)
    await archive.collection('good', dataset, ['unknown', gone.id, gone.nodeId])
    expect((await archive.ask('GET', manifest)).body).toEqual([end])
  })
})

/** The lines of a manifest while it comes in; `between` is done after each piece of it. */
async function read(
  archive: Archive,
  manifest: string,
  between: (pieces: number) => Promise<unknown> = async () => undefined,
) {
  const { response, meter } = await askUnread('GET', manifest, { token: archive.owner.token })
  const decoder = new TextDecoder()
  let text = ''
  let pieces = 0
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true })
    await between(++pieces)
  }
  const all = text.trimEnd().split('\n')
  return {
    lines: all.slice(0, -1).map((line) => JSON.parse(line) as Line),
    end: JSON.parse(all.at(-1) ?? ''),
    meter,
  }
}

describe('a cursor of a manifest', () => {
  it('is good no more where a collection was renamed, or the dataset is another one', async () => {
    const { archive, dataset, manifest } = await withDataset()
    const { id } = await archive.episode('run')
    for (const name of ['/x.mp4', '/y.mp4']) await archive.video(name, { episodeName: 'run' })
    await archive.collection('good', dataset, [id])
    const { nextCursor } = endOf(await archive.ask('GET', `${manifest}?limit=1`))
    const onward = () => archive.ask('GET', `${manifest}?cursor=${nextCursor}`)
    expect(linesOf(await onward())).toHaveLength(1)
    await archive.succeed(200, 'PATCH', `${archive.project}/collections/good`, { name: 'better' })
    const renamed = await onward()
    expectRefused(renamed, 409)
    expect(renamed.body.code).toBe('manifest_out_of_order')
    await archive.succeed(200, 'DELETE', `${archive.project}/datasets/set`)
    await archive.dataset('set')
    const foreign = await onward()
    expectRefused(foreign, 400)
    expect(faults(foreign)).toEqual(['cursor'])
  })

  it('is good no more where the episode that it stands in is elsewhere', async () => {
    const { archive, dataset, manifest } = await withDataset()
    const { folderId } = await archive.episode('run', { folder: '/a' })
    for (const name of ['/x.mp4', '/y.mp4']) await archive.video(name, { episodeName: 'run' })
    await archive.collection('good', dataset, [String(folderId)])
    const { nextCursor } = endOf(await archive.ask('GET', `${manifest}?limit=1`))
    await archive.succeed(200, 'PATCH', `${archive.project}/episodes/run`, { name: 'a-run' })
    const moved = await archive.ask('GET', `${manifest}?cursor=${nextCursor}`)
    expectRefused(moved, 409)
    expect(moved.body.code).toBe('manifest_out_of_order')
    const whole = await archive.ask('GET', manifest)
    await archive.succeed(200, 'DELETE', `${archive.project}/episodes/a-run`)
    expect(linesOf(whole)).toHaveLength(2)
  })
})

/** Folders, each in the one before, and some more in the last of them, past the server; gives the ids of them all. */
async function nested(archive: Archive, depth: number, more: number): Promise<string[]> {
  const { folderId } = await archive.episode('anchor', { folder: '/d0' })
  const rows = [{ id: String(folderId), parent: '', name: 'd0', path: '/d0' }]
  for (let index = 1; index < depth + more; index++) {
    const above = rows[Math.min(index, depth) - 1] ?? rows[0]
    const name = `d${index}`
    const id = crypto.randomUUID().replaceAll('-', '').slice(0, 24)
    rows.push({ id, parent: `${above?.id}`, name, path: `${above?.path}/${name}` })
  }
  await env.DB.prepare(
    `insert into nodes (id, project_id, parent_id, container_id, kind, name, path, created_at, updated_at)
     select value ->> '$.id', project_id, value ->> '$.parent', container_id, 'folder', value ->> '$.name',
       value ->> '$.path', 0, 0
     from json_each(?1) cross join nodes where nodes.id = ?2 and key > 0`,
  )
    .bind(JSON.stringify(rows), folderId)
    .run()
  return rows.map(({ id }) => id)
}

describe('a manifest that is much work', () => {
  /** Rows of members, past the server. */
  const hold = (collections: number, members: readonly string[], archive: Archive) =>
    env.DB.batch([
      env.DB.prepare(
        `insert into collections (id, project_id, name, tags, created_at, updated_at, created_by, updated_request)
         with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1)
         select lower(hex(randomblob(12))), p.id, 'other-' || i, '[]', 0, 0, '', '' from n cross join projects p
         join namespaces s on s.id = p.namespace_id where s.slug = ?2 and p.slug = 'lab'`,
      ).bind(collections, archive.slug),
      env.DB.prepare(
        `insert into collection_members (collection_id, member_id, position, project_id)
         select c.id, m.value, m.key, c.project_id from collections c cross join json_each(?1) m
         where c.name like 'other-%' and c.project_id = (select p.id from projects p
           join namespaces s on s.id = p.namespace_id where s.slug = ?2 and p.slug = 'lab')`,
      ).bind(JSON.stringify(members), archive.slug),
    ])

  it('ends, and takes bounded trips, where what covers is deep and in many collections', async () => {
    const { archive, dataset, manifest } = await withDataset()
    const folders = await nested(archive, 21, 0)
    const videos: string[] = []
    const deepest = Array.from({ length: 21 }, (_, index) => `/d${index}`).join('')
    for (let index = 0; index < 8; index++) videos.push((await archive.video(`${deepest}/${index}.mp4`)).id)
    await hold(150, [...folders, ...videos], archive)
    for (const name of ['a', 'b', 'c', 'd']) await archive.collection(name, dataset)
    await archive.collection('e', dataset, videos)
    const { lines, meter } = await read(archive, manifest)
    expect(lines.map(({ assetId }) => assetId)).toEqual(videos)
    expect([meter.trips < 12, meter.rowsRead / meter.trips < 150_000]).toEqual([true, true])
    const { end } = await read(archive, `${manifest}?kind=file`)
    expect(end).toMatchObject({ end: true, lines: 0, nextCursor: null })
  })

  it('is refused where a member is in too many collections of a dataset that has too many', async () => {
    const { archive, dataset, manifest } = await withDataset()
    const { id } = await archive.video('/x.mp4')
    await hold(1_001, [id], archive)
    await env.DB.prepare(`update collections set dataset_id = ? where name like 'other-%' and project_id = ?`)
      .bind(dataset, (await archive.succeed(200, 'GET', archive.project)).id)
      .run()
    const refused = await archive.ask('GET', manifest)
    expectRefused(refused, 409)
    expect([refused.body.code, refused.trips]).toEqual(['manifest_entangled', 1])
  })

  it('goes no further than its bound of work, where nothing is found', async () => {
    const { archive, dataset, manifest } = await withDataset()
    const folders = await nested(archive, 30, 800)
    await archive.collection('empty', dataset, folders.slice(-800))
    const { end, meter } = await read(archive, manifest)
    expect(end).toMatchObject({ lines: 0, nextCursor: null })
    // 800 members 31 folders deep cost 94 each, of 15,000.
    expect([meter.trips, meter.rowsRead / meter.trips < 100_000]).toEqual([6, true])
  })
})

describe('a large manifest', () => {
  const MANY = 7_600

  async function withCrowd() {
    const { archive, dataset, manifest } = await withDataset()
    const { id, folderId } = await archive.episode('run', { folder: '/a' })
    await crowdOfVideos(archive, MANY, '/many/', { episode: id })
    return { archive, dataset, manifest, run: id, folder: String(folderId) }
  }

  it('takes a round trip for each 2,500 lines, and no more than is read', async () => {
    const { archive, dataset, manifest, run, folder } = await withCrowd()
    // What the second and third collection reach is covered by the first.
    for (const [index, members] of [[folder], [run], [run, folder]].entries())
      await archive.collection(`c${index}`, dataset, members)
    const { lines, end, meter } = await read(archive, manifest)
    expect([end, meter.trips]).toEqual([{ end: true, lines: MANY, changed: false, nextCursor: null }, 4])
    expect(new Set(lines.map(({ assetId }) => assetId)).size).toBe(MANY)
    expect(lines.map(({ path }) => path)).toEqual(lines.map(({ path }) => path).sort())
    const unread = await askUnread('GET', manifest, { token: archive.owner.token })
    const reader = unread.response.body?.getReader()
    for (let pieces = 0; pieces < 5; pieces++) await reader?.read()
    expect(unread.meter.trips).toBe(1)
    expect(unread.meter.rowsRead).toBeLessThan(60_000)
    await reader?.cancel()
    expect(unread.meter.trips).toBe(1)
  })

  it('is gone on with behind the last line that had a cursor, where it was cut off', async () => {
    const { archive, dataset, manifest, run } = await withCrowd()
    await archive.collection('good', dataset, [run])
    const { lines } = await read(archive, manifest)
    const marked = lines.flatMap(({ cursor }, index) => (cursor === undefined ? [] : [{ cursor, index }]))
    expect(marked.map(({ index }) => index)).toEqual([2_499, 4_999, 7_499])
    for (const { cursor, index } of marked) {
      const rest = await read(archive, `${manifest}?cursor=${cursor}`)
      expect(asTold(rest.lines)).toEqual(asTold(lines.slice(index + 1)))
      expect(rest.end).toMatchObject({ lines: MANY - index - 1, changed: false })
    }
  })

  it('begins small where there are many collections, whose lines may be more work', async () => {
    const { archive, dataset, manifest, run, folder } = await withCrowd()
    for (let index = 0; index < 6; index++)
      await archive.collection(`c${index}`, dataset, [...(index % 2 ? [run] : [folder]), `x${index}`])
    const { lines, end, meter } = await read(archive, manifest)
    expect([new Set(lines.map(({ assetId }) => assetId)).size, end.lines]).toEqual([MANY, MANY])
    // 100, 400, 1,600, 2,500, 2,500 and what is left.
    expect(meter.trips).toBe(6)
  })

  it('has each asset once that stays where it is, whatever is made, moved and deleted meanwhile', async () => {
    const { archive, dataset, manifest, folder } = await withCrowd()
    const late = await archive.episode('late', { folder: '/b' })
    const videos = await Promise.all(
      Array.from({ length: 6 }, (_, index) => archive.video(`/v${index}.mp4`, { episodeName: 'late' })),
    )
    const moving = await archive.episode('moving', { folder: '/a/moving' })
    await archive.video('/m.mp4', { episodeName: 'moving' })
    await archive.collection('a', dataset, [folder])
    await archive.collection('b', dataset, [late.id])
    await archive.collection('later', null, [late.id])
    const path = `${archive.project}/collections`
    const { lines, end } = await read(archive, manifest, async (pieces) => {
      // Within the first chunks: behind what is told, and before what is still to be told.
      await archive.video(`/new/${pieces}.mp4`, { episodeName: 'run' })
      if (pieces === 2) await archive.succeed(200, 'PATCH', `/nodes/${moving.folderId}`, { name: 'z' })
      if (pieces === 4) {
        // Of what is put in before where the reading stands, it does not know: else nobody would tell of it.
        await archive.succeed(200, 'POST', `${path}/a/members`, { add: [late.id] })
        await archive.collection('0', dataset, [late.id])
        await archive.succeed(200, 'PATCH', `${path}/later`, { datasetId: dataset, name: 'aa' })
        await archive.succeed(200, 'DELETE', `/assets/video/${videos[0]?.id}`)
        await archive.video('/v1.mp4', { episodeName: 'late', bssVideoId: 'another' })
      }
    })
    const told = lines.filter(({ episode }) => episode !== 'moving').map(({ assetId }) => assetId)
    expect([new Set(told).size, end.changed]).toEqual([told.length, true])
    const stayed = lines.filter(({ path }) => path?.startsWith('/many/'))
    expect(stayed).toHaveLength(MANY)
    for (const { id } of videos.slice(2)) expect(told).toContain(id)
    expect(told).not.toContain(videos[0]?.id)
    expect(lines.filter(({ collection }) => collection === 'b')).toHaveLength(5)
    // And the next one knows of it all.
    const next = await read(archive, manifest)
    expect(next.end.changed).toBe(false)
    expect(new Set(next.lines.map(({ collection }) => collection))).toEqual(new Set(['0', 'a']))
    expect(next.lines.length).toBe(new Set(next.lines.map(({ assetId }) => assetId)).size)
  })

  it('is cut off, and never ended, where its reader may not go on', async () => {
    const { archive, dataset, manifest, run } = await withCrowd()
    await archive.collection('good', dataset, [run])
    const cut = read(archive, manifest, async (pieces) => {
      if (pieces === 5) await archive.succeed(200, 'DELETE', `${archive.project}/datasets/set`)
    })
    await expect(cut).rejects.toThrow('Dataset not found')
  })

  it('reads little in vain where the lines are heavy', async () => {
    const { archive, dataset, manifest } = await withDataset()
    const { id } = await archive.episode('run')
    await crowdOfVideos(archive, 300, '/heavy/', { episode: id })
    await env.DB.prepare('update assets set metadata = ?1 where container_id = ?2')
      .bind(JSON.stringify({ text: 'x'.repeat(65_000) }), id)
      .run()
    await archive.collection('good', dataset, [id])
    const { lines, end, meter } = await read(archive, manifest)
    expect([lines.length, end.lines, new Set(asTold(lines)).size]).toEqual([300, 300, 300])
    // 32 lines of 64 KiB a round trip; the first one reads all 300.
    expect([meter.trips, meter.rowsRead < 300 * 14 + 300 * 14 * 3]).toEqual([10, true])
  })

  it('steps over what is covered, or of another kind, by a bounded number of steps a round trip', async () => {
    const { archive, dataset, manifest, run } = await withCrowd()
    const { id } = await archive.succeed(201, 'POST', '/assets/file', {
      namespace: archive.slug,
      project: 'lab',
      name: '/zz.bin',
      episodeName: 'run',
    })
    await archive.collection('good', dataset, [run])
    const { lines, end, meter } = await read(archive, `${manifest}?kind=file`)
    expect([lines.map(({ assetId }) => assetId), end.lines]).toEqual([[id], 1])
    // Each of 7,600 steps costs three of 15,000.
    expect([meter.trips, meter.rowsRead / meter.trips < 30_000]).toEqual([2, true])
  })
})
