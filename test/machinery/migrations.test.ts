import { applyD1Migrations, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { assetKinds } from '../../src/domain/kind.ts'
import { driftsOf, isDrifted } from '../support/faults.ts'

/** What a migration makes of a database that has rows. */

const migrations = env.TEST_MIGRATIONS
const run = (text: string, ...values: unknown[]) =>
  env.DB.prepare(text)
    .bind(...values)
    .run()

/** A database as all migrations before one have left it. */
async function before(name: string): Promise<void> {
  await reset()
  const at = migrations.findIndex((migration) => migration.name === `${name}.sql`)
  expect(at).toBeGreaterThan(0)
  await applyD1Migrations(env.DB, migrations.slice(0, at))
}

const STAMPS = 'created_at, updated_at, created_by, updated_request'
const STAMPED = "0, 0, 'u', 'r'"

/** Assets of some kinds in a project, in an episode, and in one that is in the trash; some are in the trash themselves. */
async function assets(kinds: readonly string[]): Promise<void> {
  for (const kind of kinds)
    for (const container of ['project', 'episode', 'gone'])
      for (const deletedAt of [null, 1])
        await run(
          `insert into assets (id, project_id, container_id, kind, tags, deleted_at, ${STAMPS})
           values (lower(hex(randomblob(12))), 'project', ?1, ?2, '[]', ?3, ${STAMPED})`,
          container,
          kind,
          deletedAt,
        )
}

async function expectTrue(): Promise<void> {
  const rows = await driftsOf()
  expect(rows.length).toBe(4)
  expect(rows.filter(isDrifted)).toEqual([])
}

describe('0016_files', () => {
  beforeEach(async () => {
    await before('0016_files')
    await run(`insert into namespaces (id, slug, ${STAMPS}) values ('namespace', 'n', ${STAMPED})`)
    await run(
      `insert into projects (id, namespace_id, name, slug, tags, visibility, ${STAMPS})
     values ('project', 'namespace', 'p', 'p', '[]', 'private', ${STAMPED})`,
    )
    for (const id of ['episode', 'gone'])
      await run(
        `insert into episodes (id, project_id, node_id, name, node_path, tags, status, write_protected, ${STAMPS})
       values (?1, 'project', ?1, ?1, '/' || ?1, '[]', 'running', 0, ${STAMPED})`,
        id,
      )
    await assets(assetKinds.filter((kind) => kind !== 'file'))
    await run("update episodes set deleted_at = 1 where id = 'gone'")
    await applyD1Migrations(env.DB, migrations)
  })

  it('what was counted before there were files goes on being the truth', async () => {
    await expectTrue()
    const { results } = await run('select videos, images, files from namespace_stats')
    expect(results).toEqual([{ videos: 2, images: 2, files: 0 }])
  })

  it('files count from the first one on, wherever they go', async () => {
    await assets(['file', 'image'])
    await expectTrue()
    for (const change of [
      "update episodes set deleted_at = 1 where id = 'episode'",
      "update episodes set deleted_at = null where id = 'gone'",
      "update projects set deleted_at = 1 where id = 'project'",
      "update assets set deleted_at = null where container_id = 'gone'",
      "update projects set deleted_at = null where id = 'project'",
      "delete from assets where container_id = 'episode' and deleted_at is not null",
      "delete from assets where container_id = 'project'",
    ]) {
      await run(change)
      await expectTrue()
    }
    const { results } = await run('select files from namespace_stats')
    expect(results).toEqual([{ files: 2 }])
  })
})

describe('0014_child_counts', () => {
  it('counts what hangs in the tree', async () => {
    await before('0014_child_counts')
    const [project, folder] = ['0'.repeat(24), '1'.repeat(24)]
    await run(`insert into namespaces (id, slug, ${STAMPS}) values ('namespace', 'n', ${STAMPED})`)
    await run(
      `insert into projects (id, namespace_id, name, slug, tags, visibility, ${STAMPS})
       values (?1, 'namespace', 'p', 'p', '[]', 'private', ${STAMPED})`,
      project,
    )
    const node = (id: string, parent: string | null, kind: string, path: string, deletedAt: number | null) =>
      run(
        `insert into nodes (id, project_id, parent_id, container_id, kind, name, path, deleted_at, created_at, updated_at)
         values (?1, ?2, ?3, ?2, ?4, ?5, ?5, ?6, 0, 0)`,
        ...[id, project, parent, kind, path, deletedAt],
      )
    await node(folder, null, 'folder', '/a', null)
    await node('2'.repeat(24), folder, 'folder', '/a/b', null)
    await node('3'.repeat(24), folder, 'video', '/a/c', null)
    await node('4'.repeat(24), folder, 'video', '/a/d', 1)
    await applyD1Migrations(env.DB, migrations)
    const { results } = await run('select id, nodes from child_counts order by id')
    expect(results).toEqual([
      { id: `${project} folder`, nodes: 1 },
      { id: `${folder} folder`, nodes: 1 },
      { id: `${folder} video`, nodes: 1 },
    ])
    expect((await driftsOf()).filter(isDrifted)).toEqual([])
  })
})
