import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { type Answer, type Asked, askUnread, Tenant } from '../../support/world.ts'

const list = (tenant: Tenant, query: Record<string, string> = {}, asked: Asked = {}): Promise<Answer> =>
  tenant.ask('GET', `/assets/video?${new URLSearchParams({ ...place(tenant), ...query })}`, undefined, asked)

const place = ({ slug }: Tenant) => ({ namespace: slug, project: 'lab' })

const named = ({ body }: Answer): (string | null)[] => body.map(({ name }: { name: string | null }) => name)

/** A tenant with a video of each name, in that order. */
async function having(names: readonly string[], rest: object = {}): Promise<Tenant> {
  const tenant = await Tenant.arrive()
  for (const name of names) {
    const answer = await tenant.ask('POST', '/assets/video', { ...place(tenant), name, ...rest })
    expect([answer.status, answer.body.name]).toEqual([201, name])
  }
  return tenant
}

/** A tenant with videos `/bulk/00001.mp4` and so on; with `episode` all of them are of the episode `run`. */
async function havingMany(count: number, episode = false): Promise<Tenant> {
  const tenant = await Tenant.arrive()
  const path = tenant.project('lab')
  const made = await tenant.ask('POST', `${path}/episodes`, { name: 'run' })
  expect(made.status).toBe(201)
  const { projectId, id } = made.body.episode
  await env.DB.prepare(
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1)
     insert into assets (id, project_id, container_id, kind, name, tags, fps, lens, created_at, updated_at, created_by,
       updated_request)
     select substr(?2, 1, 16) || printf('%08x', i), ?2, ?3, 'video', printf('/bulk/%05d.mp4', i), '[]', 30, 'pinhole',
       0, 0, '', '' from n`,
  )
    .bind(count, projectId, episode ? id : projectId)
    .run()
  return tenant
}

const bulk = (at: number): string => `/bulk/${String(at).padStart(5, '0')}.mp4`

/** The bulk names that fit, newest first. */
const bulkWhere = (count: number, fits: (name: string) => boolean = () => true): string[] =>
  Array.from({ length: count }, (_, at) => bulk(count - at)).filter(fits)

const nextOf = ({ headers }: Answer): string | undefined =>
  /<([^>]+)>; rel="next"/.exec(headers.get('Link') ?? '')?.[1]

/** All pages from the first one on, each in one round trip and no longer than asked for. */
async function walk(tenant: Tenant, query: Record<string, string>): Promise<Answer[]> {
  const pages = [await list(tenant, query)]
  for (let next = nextOf(pages[0] as Answer); next !== undefined; ) {
    const page = await tenant.ask('GET', next)
    pages.push(page)
    next = nextOf(page)
  }
  for (const page of pages) {
    expect([page.status, page.trips]).toEqual([200, 1])
    expect(page.body.length).toBeLessThanOrEqual(Number(query.limit))
  }
  return pages
}

describe('the list of assets', () => {
  it('is a bare array of the newest of each path, newest first, with what the reference shows', async () => {
    const tenant = await having(['/b', '/a', '/c'])
    for (const bssVideoId of ['older', 'newer'])
      await tenant.ask('POST', '/assets/video', { ...place(tenant), name: '/b', bssVideoId })
    const unnamed = await tenant.ask('POST', '/assets/video', { ...place(tenant), tags: ['t'] })
    await tenant.ask('POST', '/assets/image', { ...place(tenant), name: '/b' })
    const answer = await list(tenant)
    expect(named(answer)).toEqual([null, '/b', '/c', '/a'])
    expect(answer.body[0]).toEqual(unnamed.body)
    expect(answer.body[1]).toMatchObject({ bssVideoId: 'newer', fps: 30, lens: 'pinhole' })
    expect([answer.trips, answer.headers.get('Link')]).toEqual([1, null])
  })

  it.each(['video', 'audio', 'label-track', 'text-track', 'image', 'file'])(
    'of kind %s can be empty',
    async (kind) => {
      const tenant = await Tenant.arrive()
      await tenant.withProject('lab')
      const answer = await tenant.ask('GET', `/assets/${kind}?${new URLSearchParams(place(tenant))}`)
      expect([answer.status, answer.text]).toEqual([200, '[]'])
    },
  )

  it.each([
    [{ namespace: '' }, 400],
    [{ project: '' }, 400],
    [{ namespace: 'nowhere-at-all' }, 404],
    [{ project: 'nowhere' }, 404],
    [{ project: 'No Slug' }, 404],
    [{ limit: '0' }, 400],
    [{ limit: '1001' }, 400],
    [{ limit: '1.5' }, 400],
    [{ limit: 'ten' }, 400],
    [{ cursor: 'x' }, 400],
    [{ glob: 'a\u0000' }, 400],
    [{ prefix: 'a\u0007' }, 400],
  ])('asked for with %j is refused with %d', async (query, status) => {
    const tenant = await having(['/a'])
    const answer = await list(tenant, query as Record<string, string>)
    expect(answer.status).toBe(status)
    if (status === 400) expect(answer.body.errors).toMatchObject([{ path: Object.keys(query)[0] }])
  })

  it('takes `space` for `project`, and needs both namespace and project', async () => {
    const tenant = await having(['/a'])
    const at = (query: string) => tenant.ask('GET', `/assets/video?${query}`)
    expect(named(await at(`namespace=${tenant.slug}&space=lab`))).toEqual(['/a'])
    const { status, body } = await at('')
    expect([status, body.errors.map(({ path }: { path: string }) => path)]).toEqual([
      400,
      ['namespace', 'project'],
    ])
  })
})

describe('a filter', () => {
  it('by episode, by its id or its name, shows that one only', async () => {
    const tenant = await having(['/a', '/b'], { episodeName: 'run' })
    await tenant.ask('POST', '/assets/video', { ...place(tenant), name: '/a', episodeName: 'run 2' })
    const outside = await tenant.ask('POST', '/assets/video', { ...place(tenant), name: '/a' })
    const [, { episodeId: other }, { episodeId }] = (await list(tenant)).body
    for (const [query, names] of [
      [{ episodeId }, ['/b', '/a']],
      [{ episode: 'run' }, ['/b', '/a']],
      [{ episode: 'run', episodeId }, ['/b', '/a']],
      [{ episode: 'run', prefix: 'b' }, ['/b']],
      [{ episodeId, glob: '*a' }, ['/a']],
      [{ episode: 'run', episodeId: other }, []],
      [{ episode: 'RUN' }, []],
      [{ episodeId: outside.body.projectId }, []],
      [{ episodeId: 'x' }, []],
    ] as const) {
      expect([query, named(await list(tenant, query as Record<string, string>))]).toEqual([query, names])
    }
  })

  it.each([
    ['x', 1_023],
    ['*', 1_023],
    ['?', 1_023],
    ['*ü', 341],
  ])('by a glob of 1,024 bytes of %s is taken, of more is refused', async (char, times) => {
    const tenant = await having(['/a'])
    const glob = `/${char.repeat(times)}`
    expect(named(await list(tenant, { glob }))).toEqual(char === '*' ? ['/a'] : [])
    expect((await list(tenant, { glob: `${glob}*` })).status).toBe(400)
  })

  it("by another project's episode shows nothing", async () => {
    const [tenant, other] = [await having(['/a']), await having(['/secret'], { episodeName: 'run' })]
    const { episodeId } = (await list(other)).body[0]
    expect((await list(tenant, { episodeId })).body).toEqual([])
  })

  const names = [
    '/camera/front/1.mp4',
    '/camera/front/10.mp4',
    '/camera/back/1.mp4',
    '/Camera/x',
    '/a[1]*?',
    '/ü😀',
  ]
  const extreme = ['/z\u{10ffff}b', '/z\u{10ffff}', '/z\uffff', '/z\ud7ff', '/z\ue000', '/z']
  it.each([
    [{ prefix: 'camera/f' }, [0, 1]],
    [{ prefix: '/camera/front/1' }, [0, 1]],
    [{ prefix: '/camera/front/1.' }, [0]],
    [{ prefix: '//camera' }, []],
    [{ prefix: '/' }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    [{ prefix: '/a[' }, [4]],
    [{ prefix: '/a%' }, []],
    [{ prefix: '/c_' }, []],
    [{ prefix: '/z\u{10ffff}' }, [6, 7]],
    [{ prefix: '/z\ud7ff' }, [9]],
    [{ prefix: '/ü' }, [5]],
    [{ glob: '/camera/front/1*' }, [0, 1]],
    [{ glob: '/camera*4' }, [0, 1, 2]],
    [{ glob: '*/1.mp4' }, [0, 2]],
    [{ glob: '/camera?front?1.mp4' }, [0]],
    [{ glob: '/camera[/]front/[1-9].mp4' }, [0]],
    [{ glob: '/camera[^a-z]front[^x]1?.mp4' }, [1]],
    [{ glob: '/camera[!a-z]front[!x]1?.mp4' }, [1]],
    [{ glob: '/[cC]amera/*[xk]*' }, [2, 3]],
    [{ glob: 'camera*' }, []],
    [{ glob: '/camera' }, []],
    [{ glob: '/CAMERA*' }, []],
    [{ glob: '/a[[]1[]][*][?]' }, [4]],
    [{ glob: '/ü?' }, [5]],
    [{ glob: '/ü[😀-😂]' }, [5]],
    [{ glob: '*back*', prefix: '/Camera' }, [2]],
    [{ glob: `${'*'.repeat(60)}/front/${'?'.repeat(5)}` }, [0]],
    [{ glob: `*${'[!-~]'.repeat(19)}` }, [0, 1]],
  ])('by %j shows what fits', async (query, found) => {
    const all = [...names, ...extreme]
    const tenant = await having(all)
    await tenant.ask('POST', '/assets/video', place(tenant))
    const answer = await list(tenant, query as Record<string, string>)
    expect(named(answer)).toEqual(found.map((at) => all[at]).reverse())
  })
})

describe('a page', () => {
  it('leads on by its Link to every asset, once, with the filter kept', async () => {
    const tenant = await having(['/a/1', '/b/2', '/a/3', '/a/4', '/a/5', '/b/6'])
    for (const [query, names] of [
      [{}, ['/b/6', '/a/5', '/a/4', '/a/3', '/b/2', '/a/1']],
      [{ prefix: 'a/' }, ['/a/5', '/a/4', '/a/3', '/a/1']],
      [{ glob: '*[1-4]' }, ['/a/4', '/a/3', '/b/2', '/a/1']],
    ] as const) {
      for (const limit of ['1', '2', '4', '7']) {
        expect((await walk(tenant, { ...query, limit } as Record<string, string>)).flatMap(named)).toEqual(
          names,
        )
      }
    }
  })

  it('shows no asset again or skips one, though others come and go meanwhile', async () => {
    const tenant = await having(['/1', '/2', '/3', '/4', '/5'])
    const first = await list(tenant, { limit: '2' })
    await tenant.ask('POST', '/assets/video', { ...place(tenant), name: '/6' })
    await tenant.ask('POST', '/assets/video', { ...place(tenant), name: '/4', bssVideoId: 'newer' })
    const second = await tenant.ask('GET', nextOf(first) ?? '')
    expect([...named(first), ...named(second)]).toEqual(['/5', '/4', '/3', '/2'])
  })

  it('asked for by a cursor alone is as long as can be', async () => {
    const tenant = await having(['/1', '/2', '/3'])
    const next = new URL(nextOf(await list(tenant, { limit: '1' })) ?? '', 'http://localhost')
    next.searchParams.delete('limit')
    const page = await tenant.ask('GET', `${next.pathname}${next.search}`)
    expect([named(page), nextOf(page)]).toEqual([['/2', '/1'], undefined])
  })

  it('is refused by a cursor that was altered, or is of another list', async () => {
    const tenant = await having(['/1', '/2', '/3'])
    const next = nextOf(await list(tenant, { limit: '1' })) ?? ''
    const cursor = new URL(next, 'http://localhost').searchParams.get('cursor') ?? ''
    const neighbour = String.fromCharCode(cursor.charCodeAt(cursor.length - 1) + 1)
    const altered = [
      `${cursor.slice(0, -1)}${neighbour}`,
      `${cursor}A`,
      `${cursor}=`,
      ` ${cursor}`,
      `${cursor.slice(0, 9)}\n${cursor.slice(9)}`,
      `${cursor[0] === 'A' ? 'B' : 'A'}${cursor.slice(1)}`,
    ]
    const foreign = [{ prefix: '/' }, { glob: '*' }, { episode: 'run' }].map((each) => ({ ...each, cursor }))
    const queries: Record<string, string>[] = [...altered.map((each) => ({ cursor: each })), ...foreign]
    const answers = await Promise.all(
      queries.map(async (query) => [query, (await list(tenant, query)).status]),
    )
    expect(answers).toEqual(queries.map((query) => [query, 400]))
    const image = await tenant.ask('GET', next.replace('video', 'image'))
    expect(image.status).toBe(400)
  })
})

describe('among many assets', () => {
  const MANY = 12_000

  it('the whole list is complete, in several chunks', async () => {
    const tenant = await havingMany(MANY)
    const answer = await list(tenant)
    expect(answer.trips).toBeGreaterThan(1)
    expect(named(answer)).toEqual(bulkWhere(MANY))
  })

  it.each([
    ['light ones', MANY, ''],
    ['ones with heavy metadata', 200, `metadata = '{"x":"' || hex(zeroblob(32000)) || '"}'`],
    ['ones with long storage ids', 4_000, `storage_id = replace(hex(zeroblob(127)), '00', '"\\"😀')`],
  ])(
    'the whole list of %s comes in chunks of a mebibyte or so, none before it is asked for',
    async (_, count, set) => {
      const tenant = await havingMany(count)
      if (set !== '')
        await env.DB.prepare(
          `update assets set ${set}
         where project_id in (select id from projects where namespace_id = (select id from namespaces where slug = ?))`,
        )
          .bind(tenant.slug)
          .run()
      const path = `/assets/video?${new URLSearchParams(place(tenant))}`
      const { response, meter } = await askUnread('GET', path, { token: tenant.token })
      expect([response.status, meter.trips]).toEqual([200, 1])
      const decoder = new TextDecoder()
      let [chunks, text] = [0, '']
      for await (const chunk of response.body ?? []) {
        chunks++
        text += decoder.decode(chunk, { stream: true })
        expect(chunk.byteLength).toBeLessThanOrEqual(1.5 * 1_048_576)
        expect(meter.trips).toBeLessThanOrEqual(chunks + 1)
      }
      expect(chunks).toBeGreaterThan(3)
      expect(JSON.parse(text).map(({ name }: { name: string }) => name)).toEqual(bulkWhere(count))
    },
  )

  it('heavy ones make for more chunks and shorter pages, and none is left out', async () => {
    const tenant = await havingMany(400)
    await env.DB.prepare(
      `update assets set metadata = '{"x":"' || hex(zeroblob(32000)) || '"}'
       where project_id in (select id from projects where namespace_id = (select id from namespaces where slug = ?))`,
    )
      .bind(tenant.slug)
      .run()
    const answer = await list(tenant)
    expect([answer.trips > 1, named(answer)]).toEqual([true, bulkWhere(400)])
    expect((await walk(tenant, { limit: '1000' })).flatMap(named)).toEqual(bulkWhere(400))
    expect((await walk(tenant, { limit: '1000', prefix: '/' })).flatMap(named)).toEqual(bulkWhere(400))
    expect((await walk(tenant, { limit: '50', glob: '*1.mp4' })).flatMap(named)).toHaveLength(40)
  })

  it.each([false, true])('a walk finds all that fits (in an episode: %s)', async (inEpisode) => {
    const tenant = await havingMany(MANY, inEpisode)
    const within: Record<string, string> = inEpisode ? { episode: 'run' } : {}
    for (const [query, fits] of [
      [{ prefix: '/bulk/0' }, (name: string) => name < '/bulk/1'],
      [{ prefix: '/bulk/0001' }, (name: string) => name.startsWith('/bulk/0001')],
      [{ glob: '*77.mp4' }, (name: string) => name.endsWith('77.mp4')],
      [{ glob: '/bulk/[01][^1]??[7-9]*' }, (name: string) => /^.bulk.[01][^1]..[7-9]/.test(name)],
      [{ glob: '*00003*' }, (name: string) => name === bulk(3)],
      [{ glob: '*[^/.0-9a-z]*' }, () => false],
    ] as const) {
      const wanted = bulkWhere(MANY, fits)
      const asked = { ...within, ...query } as Record<string, string>
      expect([query, named(await list(tenant, asked))]).toEqual([query, wanted])
      expect((await walk(tenant, { ...asked, limit: '997' })).flatMap(named)).toEqual(wanted)
    }
    expect((await walk(tenant, { ...within, glob: '*0001?.*', limit: '3' })).flatMap(named)).toHaveLength(10)
  })

  it('with long names, pages of the dearest glob end early, and lead to all that fits', async () => {
    const tenant = await havingMany(600)
    await env.DB.prepare(
      `update assets set name = '/' || replace(hex(zeroblob(490)), '0', 'a') || 'b' || substr(id, -8) ||
         iif(substr(id, -1) in ('3', 'b'), 'b', 'c')
       where project_id in (select id from projects where namespace_id = (select id from namespaces where slug = ?))`,
    )
      .bind(tenant.slug)
      .run()
    const glob = `${'*a'.repeat(480)}*b`
    const wanted = named(await list(tenant)).filter((name) => name?.endsWith('b'))
    expect(wanted).toHaveLength(75)
    const pages = await walk(tenant, { glob, limit: '1000' })
    expect([pages.flatMap(named), pages.length > 3]).toEqual([wanted, true])
    const streamed = await list(tenant, { glob })
    expect([named(streamed), streamed.trips > 3]).toEqual([wanted, true])
  })

  it.each([
    [
      'a member removed',
      'delete from members where namespace_id = (select id from namespaces where slug = ?)',
    ],
    [
      'the project in the trash',
      'update projects set deleted_at = 1 where namespace_id = (select id from namespaces where slug = ?)',
    ],
  ])('authority is judged in each chunk: with %s the list is cut off', async (_, change) => {
    const tenant = await havingMany(MANY)
    let chunks = 0
    const disturb = async (batch: () => Promise<D1Result[]>) => {
      if (++chunks === 3) await env.DB.prepare(change).bind(tenant.slug).run()
      return batch()
    }
    await expect(list(tenant, {}, { disturb })).rejects.toThrow()
    expect(chunks).toBe(3)
    expect((await list(tenant)).status).toBe(404)
  })
})
