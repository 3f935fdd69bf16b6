import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Archive, DAY, fire, rowsOf } from '../../support/archive.ts'
import {
  collect,
  faultsOf,
  Kept,
  keysHeld,
  textsOf,
  withBetween,
  withoutRests,
} from '../../support/faults.ts'
import { sha256Of, stores, Uploader } from '../../support/stores.ts'
import { type Answer, ask } from '../../support/world.ts'

/** What the schedule says that went wrong, and what it has found to be wrong. */
const complaints: unknown[] = []

beforeEach(() => {
  withoutRests()
  vi.spyOn(console, 'info').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation((line: string) => {
    if (!line.includes('a request failed')) complaints.push(line)
  })
})

/** Lets the trash of a namespace be due today, and the leases of its objects be over. */
async function age(slug: string): Promise<void> {
  const own = 'namespace_id = (select id from namespaces where slug = ?1)'
  await env.DB.batch(
    [
      `update deletions set deleted_at = deleted_at - ${31 * DAY} where ${own}`,
      `update objects set lease_until = lease_until - ${31 * DAY} where ${own}`,
    ].map((text) => env.DB.prepare(text).bind(slug)),
  )
}

/** What an answer says: its status, and the code of a refusal. */
const said = ({ status, body }: Answer): string => (status >= 400 ? `${status} ${body.code}` : `${status}`)

/** The different ones, in their order, of what is said again and again. */
const turns = (all: readonly string[]): string[] => all.filter((each, index) => each !== all[index - 1])

/**
 * Does `act` before every call of a run in turn, each time in the same world, and once after the run, until it comes
 * to its last outcome; `check` is told what came of it when another run is over. Gives what the acts said.
 */
async function atEveryCall(
  last: string,
  act: () => Promise<string>,
  check: (outcome: string) => Promise<void>,
): Promise<string[]> {
  const world = await Kept.now('race')
  const outcomes: string[] = []
  for (let at = 1; outcomes.at(-1) !== last; at++) {
    await world.bringBack()
    let outcome = ''
    const isReached = await withBetween(0, at, async () => {
      outcome = await act()
    })
    if (!isReached) outcome = await act()
    outcomes.push(outcome)
    await fire()
    await check(outcome)
    expect([at, await faultsOf(), complaints]).toEqual([at, [], []])
    if (!isReached) break
  }
  return turns(outcomes)
}

/** The keys that the bucket holds of a namespace, and those that D1 knows of. */
async function keysOf(space: string): Promise<readonly [held: readonly string[], known: readonly unknown[]]> {
  const objects = await rowsOf('objects', `namespace_id = '${space}'`)
  const held = (await keysHeld()).filter((key) => key.startsWith(space))
  return [held, objects.map(({ key }) => key).sort()]
}

const idOf = async ({ slug }: { readonly slug: string }): Promise<string> =>
  String((await rowsOf('namespaces', `slug = '${slug}'`))[0]?.id)

/** What a namespace shows. */
async function viewOf(archive: Archive): Promise<unknown> {
  const place = `namespace=${archive.slug}&project=lab`
  const paths = [`/assets/video?${place}`, `${archive.project}/episodes`, `${archive.project}/datasets`]
  const answers = await Promise.all(paths.map((path) => archive.ask('GET', path)))
  const collections = await rowsOf(
    'collections',
    `deleted_at is null and project_id in (select id from projects where namespace_id = '${await idOf(archive)}')`,
  )
  return [
    answers.map(({ status }) => status),
    answers[0]?.status === 200 &&
      answers[0].body.map(({ id, nodeId }: Record<string, unknown>) => [id, nodeId]),
    answers[1]?.body.episodes?.map(({ name, nodePath }: Record<string, unknown>) => [name, nodePath]),
    answers[2]?.body.datasets?.map(({ id, collectionsTotal }: Record<string, unknown>) => [
      id,
      collectionsTotal,
    ]),
    collections.map(({ name, dataset_id, member_count }) => [name, dataset_id, member_count]),
  ]
}

interface Furnished {
  readonly archive: Archive
  readonly space: string
  /** The path of what is deleted, and of the trash that it is in. */
  readonly path: string
  readonly trash: string
}

const IN = '/in.mp4'
const TOP = '/f/top.mp4'

/** An archive with one of everything, and where `kind` of it is. */
async function furnished(kind: string): Promise<Furnished> {
  const archive = await Archive.open()
  const { project, slug } = archive
  const { folderId } = await archive.episode('run', { folder: '/f' })
  await archive.video(IN, { episodeName: 'run', bssVideoId: await archive.bytes('inside') })
  const { id } = await archive.video(TOP, { bssVideoId: await archive.bytes('at the top') })
  await archive.succeed(201, 'POST', `${project}/datasets`, { name: 'set' })
  await collect(archive, 'members', 3, 'set')
  const namespace = `/namespaces/${slug}`
  const paths: Readonly<Record<string, readonly [string, string]>> = {
    episode: [`${project}/episodes/run`, project],
    folder: [`/nodes/${folderId}`, project],
    video: [`/assets/video/${id}`, project],
    dataset: [`${project}/datasets/set`, project],
    collection: [`${project}/collections/members`, project],
    project: [project, namespace],
    namespace: [namespace, namespace],
  }
  const [path = '', trash = ''] = paths[kind] ?? []
  return { archive, space: await idOf(archive), path, trash }
}

describe('purge against restore', () => {
  it.each([
    ['episode', [TOP]],
    ['folder', []],
    ['video', [IN]],
    ['dataset', [IN, TOP]],
    ['project', null],
    ['namespace', null],
  ])('of a %s: either all of it is back, or all of it is gone', async (kind, left) => {
    const { archive, space, path, trash } = await furnished(kind)
    const before = await viewOf(archive)
    const deletion = await archive.remove(path)
    const after = await viewOf(archive)
    expect(after).not.toEqual(before)
    await age(archive.slug)
    // A namespace goes with the run after that of its objects.
    const last = kind === 'namespace' ? [] : ['404 deletion_not_found']
    const outcomes = await atEveryCall(
      last[0] ?? '',
      async () => said(await archive.restore(deletion, undefined, trash)),
      async (outcome) => {
        if (outcome === '200') {
          expect(await viewOf(archive)).toEqual(before)
          expect(await archive.trash(trash)).toEqual([])
          expect(await archive.receipts()).toEqual([])
          expect(await textsOf(archive, [IN, TOP])).toEqual({ [IN]: 'inside', [TOP]: 'at the top' })
          return
        }
        expect(await rowsOf('deletions', `namespace_id = '${space}'`)).toEqual([])
        const receipts = await rowsOf('purges', `namespace_id = '${space}' and finished_at is not null`)
        expect(receipts).toMatchObject([{ kind, rule: 'retention', objects: 2 - (left?.length ?? 0) }])
        const [held, known] = await keysOf(space)
        expect([held.length, held]).toEqual([left?.length ?? 0, known])
        if (left === null) return
        expect(await viewOf(archive)).toEqual(after)
        expect(Object.values(await textsOf(archive, left))).not.toContain('')
      },
    )
    expect(outcomes).toEqual(['200', '409 deletion_purging', ...last])
  })
})

describe('purge against requests about what goes', () => {
  it('the name of an episode is gone, and then free, and the new one stays', async () => {
    const { archive, path } = await furnished('episode')
    await archive.remove(path)
    await age(archive.slug)
    const outcomes = await atEveryCall(
      '201',
      async () => said(await archive.ask('POST', `${archive.project}/episodes`, { name: 'run' })),
      async (outcome) => {
        const { episodes } = await archive.succeed(200, 'GET', `${archive.project}/episodes`)
        expect(episodes).toHaveLength(outcome === '201' ? 1 : 0)
        expect(await archive.receipts()).toMatchObject([{ kind: 'episode', rows: 5, objects: 1, bytes: 6 }])
      },
    )
    expect(outcomes).toEqual(['410 episode_trashed', '201'])
  })

  it.each(['episode', 'project'])(
    'an owner purges %s at the same time: one receipt, of all',
    async (kind) => {
      const { archive, space, path, trash } = await furnished(kind)
      const deletion = await archive.remove(path)
      await age(archive.slug)
      const outcomes = await atEveryCall(
        '404 deletion_not_found',
        async () => said(await archive.ask('DELETE', `${trash}/trash/${deletion}`)),
        async () => {
          const rows = kind === 'episode' ? 5 : 15
          expect(await archive.receipts()).toMatchObject([{ kind, rows, finishedAt: expect.any(String) }])
          const [held, known] = await keysOf(space)
          expect(held).toEqual(known)
        },
      )
      expect(outcomes).toEqual(['202', '404 deletion_not_found'])
    },
  )

  it('the project around a deletion goes to the trash, and what is claimed inside is gone', async () => {
    const { archive, space, path } = await furnished('episode')
    await archive.remove(path)
    await age(archive.slug)
    const outcomes = await atEveryCall(
      'never',
      async () => said(await archive.ask('DELETE', archive.project)),
      async () => {
        expect(await rowsOf('deletions', `namespace_id = '${space}'`)).toMatchObject([{ kind: 'project' }])
        expect(await archive.receipts()).toMatchObject([{ kind: 'episode', rows: 5 }])
        const [held, known] = await keysOf(space)
        expect([held.length, held]).toEqual([1, known])
      },
    )
    expect(outcomes).toEqual(['200'])
  })
})

const TEXT = 'known bytes'

describe('purge against those who still want the bytes', () => {
  async function holder() {
    const sender = await Uploader.arrive(stores.own)
    const file = { size: TEXT.length, contentType: 'text/plain', sha256: await sha256Of(TEXT) }
    const object = await sender.sendWhole(TEXT, file)
    await age(sender.tenant.slug)
    return { sender, file, object, space: await idOf(sender.tenant) }
  }

  const shows = async (sender: Uploader, object: { readonly id: string }): Promise<string> => {
    const { status, body } = await sender.download(object)
    return status === 200 ? (await ask('GET', body.url)).text : body.code
  }

  it('who announces them: either they exist and stay, or they are sent again', async () => {
    const { sender, file, object, space } = await holder()
    let announced = object
    const outcomes = await atEveryCall(
      'pending',
      async () => {
        announced = await sender.begin(file)
        return announced.status
      },
      async (outcome) => {
        expect(outcome === 'exists').toBe(announced.id === object.id)
        if (outcome === 'pending') {
          expect((await sender.put(announced, TEXT)).status).toBe(200)
          expect((await sender.complete(announced)).status).toBe(200)
        }
        expect((await sender.register(announced)).status).toBe(201)
        expect(await shows(sender, announced)).toBe(TEXT)
        const [held, known] = await keysOf(space)
        expect([held, known]).toEqual([[`${space}/${announced.id}`], [`${space}/${announced.id}`]])
      },
    )
    expect(outcomes).toEqual(['exists', 'pending'])
  })

  it('who registers them: they stay, or are refused, or are unknown', async () => {
    const { sender, object, space } = await holder()
    const outcomes = await atEveryCall(
      '201 asset_without_object',
      async () => {
        const answer = await sender.register(object)
        const { code } = (await sender.download(object)).body
        return answer.status === 201 ? `201 ${code ?? 'with its object'}` : said(answer)
      },
      async (outcome) => {
        const isThere = outcome === '201 with its object'
        const keys = isThere ? [`${space}/${object.id}`] : []
        expect(await keysOf(space)).toEqual([keys, keys])
        expect((await shows(sender, object)) === TEXT).toBe(isThere)
      },
    )
    expect(outcomes).toEqual(['201 with its object', '409 object_not_complete', '201 asset_without_object'])
  })

  it('who completes them once more renews the lease, until they are claimed', async () => {
    const { sender, object, space } = await holder()
    const outcomes = await atEveryCall(
      '404 upload_not_found',
      async () => said(await sender.complete(object)),
      async (outcome) => {
        const keys = outcome === '200' ? [`${space}/${object.id}`] : []
        expect(await keysOf(space)).toEqual([keys, keys])
      },
    )
    expect(outcomes).toEqual(['200', '404 upload_not_found'])
  })

  it('who completes an idle upload: it is complete, or was aborted and goes a day later', async () => {
    const sender = await Uploader.arrive(stores.own)
    const upload = await sender.begin({ size: TEXT.length, contentType: 'text/plain' })
    expect((await sender.put(upload, TEXT)).status).toBe(200)
    await age(sender.tenant.slug)
    const space = await idOf(sender.tenant)
    const outcomes = await atEveryCall(
      '409 upload_aborted',
      async () => said(await sender.complete(upload)),
      async (outcome) => {
        if (outcome === '200') {
          expect((await sender.register(upload)).status).toBe(201)
          expect(await shows(sender, upload)).toBe(TEXT)
        }
        await fire(1)
        const keys = [`${space}/${upload.id}`]
        expect(await keysOf(space)).toEqual([keys, keys])
        await fire(2)
        const left = outcome === '200' ? keys : []
        expect(await keysOf(space)).toEqual([left, left])
      },
    )
    expect(outcomes).toEqual(['200', '409 upload_aborted'])
  })

  it.each([
    ['the abort', [0], '409 upload_aborted'],
    ['the abort, and a day later the purge', [0, 2], '404 upload_not_found'],
  ])('between the two trips of `complete`, %s: nothing is left', async (_, days, refusal) => {
    const sender = await Uploader.arrive(stores.own)
    const upload = await sender.beginParts(TEXT.length, { contentType: 'text/plain' })
    const part = await sender.putPart(upload, 1, TEXT)
    await age(sender.tenant.slug)
    const space = await idOf(sender.tenant)
    let trips = 0
    const disturb = async (batch: () => Promise<D1Result[]>) => {
      if (++trips === 2) for (const day of days) await fire(day)
      return batch()
    }
    const answer = await sender.complete(upload, [part], { disturb })
    expect([said(answer), trips]).toEqual([refusal, 2])
    await fire(2)
    expect(await keysOf(space)).toEqual([[], []])
    expect(await rowsOf('parts', `object_id = '${upload.id}'`)).toEqual([])
    expect([await faultsOf(), complaints]).toEqual([[], []])
  })

  it('what was put together, and never was written down, goes as an idle upload', async () => {
    const sender = await Uploader.arrive(stores.own)
    const upload = await sender.beginParts(TEXT.length, { contentType: 'text/plain' })
    const part = await sender.putPart(upload, 1, TEXT)
    let trips = 0
    const disturb = (batch: () => Promise<D1Result[]>) =>
      ++trips === 2 ? Promise.reject(new Error('It failed.')) : batch()
    expect((await sender.complete(upload, [part], { disturb })).status).toBe(500)
    const space = await idOf(sender.tenant)
    expect((await keysOf(space))[0]).toHaveLength(1)
    await age(sender.tenant.slug)
    for (const day of [0, 2]) await fire(day)
    expect(await keysOf(space)).toEqual([[], []])
    expect(await rowsOf('parts', `object_id = '${upload.id}'`)).toEqual([])
  })
})
