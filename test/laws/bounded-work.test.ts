import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { Database } from '../../src/db/database.ts'
import { endpoints } from '../../src/endpoints.ts'
import { wireKinds } from '../../src/features/recordings/asset-kinds.ts'
import { eraseItems } from '../../src/features/trash/erase-items.sql.ts'
import { Archive } from '../support/archive.ts'
import { type Fixture, fixture, type Sample, samplesFor } from '../support/samples.ts'
import { ask } from '../support/world.ts'

/**
 * What the largest request that is taken makes the database do, by counts: the work of a request is bounded like its
 * bytes, and so are the parameters that travel for it.
 */

const many = <T>(count: number, item: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => item(at))
const hex = (at: number, digits: number) => at.toString(16).padStart(digits, '0')

/** By operationId, what makes the body of its sample as heavy as one may be. */
const heaviest: Readonly<Record<string, object>> = {
  ...Object.fromEntries(
    wireKinds.flatMap(({ one }) => [
      [
        `register${one}`,
        { name: path(255), episodeName: 'é'.repeat(255), tags: many(64, (at) => `${at}`.repeat(32)) },
      ],
      [`update${one}`, { name: path(255), tags: many(64, (at) => `${at}`.repeat(32)) }],
      [`sign${one}Parts`, { partNumbers: many(3_000, (at) => at + 1) }],
      [`complete${one}Upload`, { parts: many(10_000, (at) => ({ partNumber: at + 1, etag: hex(at, 32) })) }],
    ]),
  ),
  upsertEpisode: {
    folder: path(255),
    tags: many(64, (at) => `${at}`.repeat(32)),
    metadata: { text: 'x'.repeat(65_000) },
  },
  updateEpisode: { folder: path(255), metadata: { text: 'x'.repeat(65_000) } },
  announceUploads: {
    files: many(1_000, (at) => ({
      name: `${at}`.padEnd(255, 'n'),
      size: at,
      sha256: hex(at, 64),
      contentType: 'a/b',
    })),
  },
  signUploadParts: { partNumbers: many(1_000, (at) => at + 1) },
  signAssets: { paths: many(900, (at) => `${path(200)}${at}`) },
  createCollection: { members: many(1_000, memberOf) },
  addCollectionMembers: { add: many(1_000, memberOf) },
  removeCollectionMembers: { remove: many(1_000, memberOf) },
  attachCollections: { add: many(1_000, collectionOf) },
  detachCollections: { remove: many(1_000, collectionOf) },
}

function memberOf(at: number): string {
  return `${at}`.padEnd(255, 'm')
}

function collectionOf(at: number): string {
  return `${at}`.padEnd(200, 'c')
}

/** A path of 32 segments and nearly 1,024 bytes, the first of them that long. */
function path(first: number): string {
  const rest = Math.floor((1_000 - first) / 31) - 1
  return `/${'x'.repeat(first)}${`/${'y'.repeat(rest)}`.repeat(31)}`
}

let shared: Fixture
let large: string

beforeAll(async () => {
  shared = await fixture()
  const { owner } = shared
  const files = [{ size: 1_000 * 16 * 1_048_576 }]
  const { body } = await owner.ask('POST', '/uploads', { namespace: owner.slug, project: 'robotics', files })
  large = body.uploads[0].id
  const { id } = (await owner.ask('GET', `${shared.project}/collections/clips`)).body
  await env.DB.prepare(
    `insert into collections (id, project_id, name, tags, created_at, updated_at, created_by, updated_request)
     select printf('%024x', key), project_id, value, '[]', 0, 0, created_by, ''
     from collections cross join json_each(?2) where collections.id = ?1`,
  )
    .bind(id, JSON.stringify(many(1_000, collectionOf)))
    .run()
})

/** An upload of a thousand parts, where the sample's has one. */
const pathOf = (operationId: string, { path }: Sample): string =>
  operationId === 'signUploadParts' ? `/uploads/${large}/parts` : path

/** What a statement binds besides what the request gives: who asks, where, and ids. */
const BYTES_OF_A_STATEMENT = 2_200
/** A list is bound by the statement that adds its entries, the one that renews what is known, and the one that answers. */
const COPIES = 5
const STATEMENTS = 20

describe('the largest request that is taken', () => {
  it.each(
    endpoints
      .filter(({ route }) => route.body && !route.open)
      .map(({ route: { operationId, method } }) => ({ operationId, method })),
  )(
    'of $operationId binds about as much as it sends, in a bounded number of statements',
    async ({ operationId, method }) => {
      const sample: Sample | undefined = samplesFor(shared)[operationId]
      if (!sample) throw new Error(`There is no sample of ${operationId}.`)
      const body = { ...(sample.body as object), ...heaviest[operationId] }
      const { statements, bytesBound, mostRows, text, status } = await ask(
        method,
        pathOf(operationId, sample),
        {
          token: shared.owner.token,
          body,
        },
      )
      expect([status, text.slice(0, 300)]).not.toEqual([400, text.slice(0, 300)])
      expect(statements).toBeLessThanOrEqual(STATEMENTS)
      expect(bytesBound).toBeLessThanOrEqual(
        COPIES * JSON.stringify(body).length + BYTES_OF_A_STATEMENT * statements,
      )
      expect(mostRows).toBeLessThanOrEqual(1_001)
    },
  )
})

describe('a path', () => {
  it('of 33 segments is refused, and one of 32 makes 31 folders at most', async () => {
    const { owner } = shared
    const asset = { namespace: owner.slug, project: 'robotics' }
    const beyond = await owner.ask('POST', '/assets/video', { ...asset, name: '/x'.repeat(33) })
    expect([beyond.status, beyond.body.errors]).toEqual([
      400,
      [{ path: 'name', message: 'has over 32 segments' }],
    ])
    const { status, rowsWritten, bytesBound } = await owner.ask('POST', '/assets/video', {
      ...asset,
      name: path(255).replaceAll('y', 'z'),
    })
    expect(status).toBe(201)
    // Each folder is a node with its indexes, and counted twice.
    expect(rowsWritten).toBeLessThanOrEqual(33 * 10)
    expect(bytesBound).toBeLessThan(40_000)
  })
})

/** Runs a statement that makes rows out of so many numbers `n`. */
const fill = (count: number, text: string, ...values: unknown[]): Promise<unknown> =>
  env.DB.prepare(`with recursive i(n) as (select 1 union all select n + 1 from i where n < ${count}) ${text}`)
    .bind(...values)
    .run()

describe('a slice of the purge of an episode', () => {
  it.each(['waits', 'is claimed'])(
    'reads little of 20,000 things deleted inside before: each %s',
    async (each) => {
      const archive = await Archive.open()
      const { id } = await archive.episode('run')
      const deletion = await archive.remove(`${archive.project}/episodes/run`)
      await env.DB.prepare('update deletions set purging = 1, turn = 1 where id = ?').bind(deletion).run()
      await fill(
        20_000,
        `insert into deletions (id, namespace_id, project_id, container_id, kind, item_id, deleted_at, deleted_by, purging)
       select lower(hex(randomblob(12))), namespace_id, project_id, ?1, 'video', lower(hex(randomblob(12))), 0,
         deleted_by, ?2 from i cross join deletions where deletions.id = ?3`,
        id,
        Number(each === 'is claimed'),
        deletion,
      )
      const namespaces = [
        String(
          await env.DB.prepare('select id from namespaces where slug = ?').bind(archive.slug).first('id'),
        ),
      ]
      for (const only of [null, deletion]) {
        const database = new Database(env.DB, 'first-primary')
        await database.run(eraseItems(null, { now: 1, namespaces, most: 100, rows: 250, only }))
        expect(database.usage.rowsRead).toBeLessThan(2_000)
      }
    },
  )
})

describe('a dry run of more than 10,000', () => {
  const archiveWith = async (): Promise<readonly [Archive, string, string]> => {
    const archive = await Archive.open()
    const { id, folderId } = await archive.episode('run', { folder: '/large' })
    return [archive, id, String(folderId)]
  }

  /** The rows that it reads: of half, and of all. */
  async function readBy(archive: Archive, road: string, half: () => Promise<unknown>): Promise<number[]> {
    const read: number[] = []
    for (const _ of ['half', 'all']) {
      await half()
      const { body, rowsRead } = await archive.ask('DELETE', `${road}?dryRun=true`)
      expect(body).toEqual({ rows: expect.any(Number), bytes: 0, truncated: true })
      read.push(rowsRead)
    }
    return read
  }

  const minted = 'lower(hex(randomblob(12)))'

  it('empty episodes of a folder reads no more of twice as many, and says that it is cut', async () => {
    const [archive, , folder] = await archiveWith()
    const deletion = await archive.remove(`/nodes/${folder}`)
    const half = () =>
      fill(
        11_000,
        `insert into episodes (id, project_id, node_id, name, node_path, tags, status, write_protected, created_at,
           updated_at, created_by, updated_request, deleted_at, deletion_id)
         select ${minted}, project_id, ${minted}, ${minted}, '', '[]', 'completed', 0, 0, 0, '', '', 0, id
         from i cross join deletions where deletions.id = ?1`,
        deletion,
      )
    const [some, all] = await readBy(archive, `${archive.project}/trash/${deletion}`, half)
    expect(all).toBe(some)
  })

  it('things deleted before inside of an episode does so too', async () => {
    const [archive, id] = await archiveWith()
    const deletion = await archive.remove(`${archive.project}/episodes/run`)
    const half = () =>
      fill(
        11_000,
        `insert into deletions (id, namespace_id, project_id, container_id, kind, item_id, deleted_at, deleted_by)
         select ${minted}, namespace_id, project_id, ?1, 'video', ${minted}, 0, deleted_by
         from i cross join deletions where deletions.id = ?2`,
        id,
        deletion,
      )
    const [some, all] = await readBy(archive, `${archive.project}/trash/${deletion}`, half)
    expect(all).toBe(some)
  })

  it.each(['project', 'folder'])('assets without bytes of a %s does so too', async (kind) => {
    const [archive, , folder] = await archiveWith()
    const ofFolder = await archive.remove(`/nodes/${folder}`)
    const isFolder = kind === 'folder'
    const deletion = isFolder ? ofFolder : await archive.remove(archive.project)
    const half = () =>
      fill(
        11_000,
        `insert into assets (id, project_id, container_id, kind, tags, created_at, updated_at, created_by,
           updated_request, deleted_at, deletion_id)
         select ${minted}, project_id, project_id, 'video', '[]', 0, 0, '', '', 0, id
         from i cross join deletions where deletions.id = ?1`,
        ofFolder,
      )
    const place = isFolder ? archive.project : `/namespaces/${archive.slug}`
    const [some, all] = await readBy(archive, `${place}/trash/${deletion}`, half)
    expect(all).toBe(some)
  })
})

describe('the deletion of a folder', () => {
  it('reads none of 20,000 protected episodes whose names begin like its path, and finds those below', async () => {
    const archive = await Archive.open()
    const { id, folderId } = await archive.episode('e', { folder: '/runs' })
    await archive.episode('/f/', { folder: '/runs/a%2Fb', writeProtected: true })
    await fill(
      20_000,
      `insert into episodes (id, project_id, node_id, name, node_path, tags, status, write_protected, created_at,
         updated_at, created_by, updated_request)
       select lower(hex(randomblob(12))), project_id, lower(hex(randomblob(12))), 'runs/' || n, '/runs/' || n, '[]',
         'completed', 1, 0, 0, '', '' from i cross join episodes where episodes.id = ?1`,
      id,
    )
    const ask = async () => {
      const { status, body, rowsRead } = await archive.ask('DELETE', `/nodes/${folderId}`)
      return [status, body.code, rowsRead < 500]
    }
    expect(await ask()).toEqual([403, 'holds_write_protected', true])
    await env.DB.prepare(`update episodes set write_protected = 0 where name = '/f/'`).run()
    expect(await ask()).toEqual([200, undefined, true])
  })
})
