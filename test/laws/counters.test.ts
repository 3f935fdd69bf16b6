import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { driftsOf, isDrifted } from '../support/faults.ts'

/**
 * The counters that triggers keep, against the truth, after any sequence of what the server and its purge do to
 * rows. It speaks SQL, as some of these roads have no route yet and the triggers must not care which one is taken.
 */

const KINDS = ['video', 'audio', 'label-track', 'text-track', 'image', 'file'] as const
const WHO = `'u', 'r'`

let serial = 0
const fresh = (): string => (++serial).toString(16).padStart(24, '0')

interface World {
  readonly users: readonly string[]
  readonly namespaces: readonly string[]
  /** One that is purged makes room for another. */
  readonly projects: string[]
  /** By project, the namespace that it is in. */
  readonly homes: Map<string, string>
  /** Namespaces that are no home, and may be purged. */
  readonly teams: string[]
  readonly objects: readonly string[]
}

async function world(): Promise<World> {
  const users = [fresh(), fresh()]
  const namespaces: string[] = []
  for (const user of users) {
    const home = fresh()
    await env.DB.prepare(
      'insert into provisions (user_id, issuer, sub, username, home_id, slug, request, created_at) values (?1, ?1, ?1, ?1, ?2, ?2, ?2, 0)',
    )
      .bind(user, home)
      .run()
    namespaces.push(home)
  }
  const place: World = {
    users,
    namespaces,
    projects: [],
    homes: new Map(),
    teams: [],
    objects: [fresh(), fresh()],
  }
  for (const namespace of namespaces)
    for (let index = 0; index < 2; index++) place.projects.push(await makeProject(place, namespace))
  for (const id of place.objects)
    await run(
      `insert into objects (id, namespace_id, key, state, size, lease_until, created_by, created_at)
       values (?1, ?2, ?1, 'complete', 0, 0, 'u', 0)`,
      id,
      namespaces[0],
    )
  return place
}

async function makeProject({ homes }: World, namespace: string): Promise<string> {
  const id = fresh()
  await run(
    `insert into projects (id, namespace_id, name, slug, tags, visibility, created_at, updated_at, created_by, updated_request)
     values (?1, ?2, ?1, ?1, '[]', 'private', 0, 0, ${WHO})`,
    id,
    namespace,
  )
  homes.set(id, namespace)
  return id
}

/** What a project holds goes before it. */
async function eraseProject(id: string): Promise<void> {
  const inside = 'project_id = ?1'
  await run(
    `delete from collection_members where collection_id in (select id from collections where ${inside})`,
    id,
  )
  for (const name of ['assets', 'nodes', 'episodes', 'collections', 'datasets', 'deletions'])
    await run(`delete from ${name} where ${inside}`, id)
  await run('delete from projects where id = ?1', id)
}

type Step = (world: World) => Promise<unknown>

const run = (text: string, ...values: unknown[]): Promise<unknown> =>
  env.DB.prepare(text)
    .bind(...values)
    .run()

/** A row of a table in the project, picked by number; null where there is none. */
async function pick(table: string, project: string, number: number): Promise<string | null> {
  const { results } = await env.DB.prepare(`select id from ${table} where project_id = ? order by id`)
    .bind(project)
    .all<{ id: string }>()
  return results[number % Math.max(results.length, 1)]?.id ?? null
}

const project = fc.nat({ max: 3 })
const any = fc.nat({ max: 50 })
const at = (place: World, number: number): string => place.projects[number] ?? ''
const table = fc.constantFrom('episodes', 'assets', 'datasets', 'collections')

const steps: readonly fc.Arbitrary<Step>[] = [
  fc.tuple(project, fc.constantFrom(...KINDS)).map(
    ([p, kind]): Step =>
      (place) =>
        run(
          `insert into assets (id, project_id, container_id, kind, tags, created_at, updated_at, created_by, updated_request)
       values (?1, ?2, ?2, ?3, '[]', 0, 0, ${WHO})`,
          fresh(),
          at(place, p),
          kind,
        ),
  ),
  project.map(
    (p): Step =>
      (place) =>
        run(
          `insert into episodes (id, project_id, node_id, name, node_path, tags, status, write_protected, created_at, updated_at, created_by, updated_request)
       values (?1, ?2, ?1, ?1, ?1, '[]', 'running', 0, 0, 0, ${WHO}) on conflict do nothing`,
          fresh(),
          at(place, p),
        ),
  ),
  project.map(
    (p): Step =>
      (place) =>
        run(
          `insert into datasets (id, project_id, name, tags, created_at, updated_at, created_by, updated_request)
       values (?1, ?2, ?1, '[]', 0, 0, ${WHO})`,
          fresh(),
          at(place, p),
        ),
  ),
  fc.tuple(project, any).map(
    ([p, number]): Step =>
      async (place) =>
        run(
          `insert into collections (id, project_id, dataset_id, name, tags, created_at, updated_at, created_by, updated_request)
       values (?1, ?2, ?3, ?1, '[]', 0, 0, ${WHO})`,
          fresh(),
          at(place, p),
          number % 3 === 0 ? null : await pick('datasets', at(place, p), number),
        ),
  ),
  fc.tuple(project, any, any).map(
    ([p, one, other]): Step =>
      async (place) =>
        run(
          'update collections set dataset_id = ?1 where id = ?2',
          await pick('datasets', at(place, p), one),
          await pick('collections', at(place, p), other),
        ),
  ),
  fc.tuple(project, any).map(
    ([p, number]): Step =>
      async (place) => {
        const collection = await pick('collections', at(place, p), number)
        if (collection)
          await run(
            'insert into collection_members (collection_id, member_id, position) values (?1, ?2, ?3)',
            collection,
            fresh(),
            serial,
          )
      },
  ),
  fc.tuple(project, any).map(
    ([p, number]): Step =>
      async (place) =>
        run(
          'delete from collection_members where collection_id = ?1',
          await pick('collections', at(place, p), number),
        ),
  ),
  fc.tuple(table, project, any, fc.boolean()).map(
    ([name, p, number, isTrashed]): Step =>
      async (place) =>
        run(
          `update ${name} set deleted_at = ?1 where id = ?2`,
          isTrashed ? 1 : null,
          await pick(name, at(place, p), number),
        ),
  ),
  fc.tuple(fc.constantFrom('episodes', 'assets'), project, any).map(
    ([name, p, number]): Step =>
      async (place) => {
        const id = await pick(name, at(place, p), number)
        // What is inside goes before.
        await run('delete from assets where container_id = ?1', id)
        await run(`delete from ${name} where id = ?1`, id)
      },
  ),
  fc.tuple(project, any).map(
    ([p, number]): Step =>
      async (place) => {
        const collection = await pick('collections', at(place, p), number)
        await run('delete from collection_members where collection_id = ?1', collection)
        await run('delete from collections where id = ?1', collection)
      },
  ),
  fc.tuple(project, fc.boolean()).map(
    ([p, isTrashed]): Step =>
      (place) =>
        run('update projects set deleted_at = ?1 where id = ?2', isTrashed ? 1 : null, at(place, p)),
  ),
  fc.tuple(project, fc.constantFrom('public', 'private')).map(
    ([p, visibility]): Step =>
      (place) =>
        run('update projects set visibility = ?1 where id = ?2', visibility, at(place, p)),
  ),
  fc.tuple(fc.nat({ max: 1 }), fc.boolean()).map(
    ([number, isTrashed]): Step =>
      ({ namespaces }) =>
        run('update namespaces set deleted_at = ?1 where id = ?2', isTrashed ? 1 : null, namespaces[number]),
  ),
  fc.nat({ max: 1 }).map(
    (number): Step =>
      ({ namespaces }) =>
        run(
          `insert into members (user_id, namespace_id, role, created_at) select created_by, ?1, 1, 0 from namespaces where id = ?2 on conflict do nothing`,
          namespaces[number],
          namespaces[1 - number],
        ),
  ),
  fc.nat({ max: 1 }).map(
    (number): Step =>
      ({ namespaces }) =>
        run('delete from members where namespace_id = ?1 and role < 3', namespaces[number]),
  ),
]

const ifAny = fc.constantFrom(0, 1)

const state = fc.constantFrom('pending', 'complete', 'aborted', 'discarded', 'purging')

const later: readonly fc.Arbitrary<Step>[] = [
  // Inside of an episode, which may be in the trash.
  fc.tuple(project, any, fc.constantFrom(...KINDS), fc.boolean()).map(
    ([p, number, kind, isTrashed]): Step =>
      async (place) => {
        const episode = await pick('episodes', at(place, p), number)
        if (episode)
          await run(
            `insert into assets (id, project_id, container_id, kind, tags, deleted_at, created_at, updated_at, created_by, updated_request)
       values (?1, ?2, ?3, ?4, '[]', ?5, 0, 0, ${WHO})`,
            fresh(),
            at(place, p),
            episode,
            kind,
            isTrashed ? 1 : null,
          )
      },
  ),
  project.map(
    (p): Step =>
      (place) =>
        run(
          `insert into nodes (id, project_id, container_id, kind, name, path, created_at, updated_at)
       values (?1, ?2, ?2, 'folder', ?1, '/' || ?1, 0, 0)`,
          fresh(),
          at(place, p),
        ),
  ),
  fc.tuple(project, any).map(
    ([p, number]): Step =>
      async (place) =>
        run('delete from nodes where id = ?1', await pick('nodes', at(place, p), number)),
  ),
  fc.tuple(fc.nat({ max: 1 }), state, fc.nat({ max: 9 }), fc.option(fc.nat({ max: 9 }))).map(
    ([number, is, size, announced]): Step =>
      ({ namespaces }) =>
        run(
          `insert into objects (id, namespace_id, key, name, state, size, announced_size, lease_until, created_by, created_at)
       values (?1, ?2, ?1, 'sent', ?3, ?4, ?5, 0, 'u', 0)`,
          fresh(),
          namespaces[number],
          is,
          size,
          announced,
        ),
  ),
  fc.tuple(state, fc.nat({ max: 9 })).map(
    ([is, size]): Step =>
      () =>
        run(
          `update objects set state = ?1, size = ?2 where id = (select max(id) from objects where name = 'sent')`,
          is,
          size,
        ),
  ),
  fc.constant<Step>(() =>
    run(`delete from objects where id = (select max(id) from objects where name = 'sent')`),
  ),
  fc.tuple(project, ifAny).map(
    ([p, isProtected]): Step =>
      (place) =>
        run(
          `insert into episodes (id, project_id, node_id, name, node_path, tags, status, write_protected, created_at, updated_at, created_by, updated_request)
       values (?1, ?2, ?1, ?1, ?1, '[]', 'running', ?3, 0, 0, ${WHO})`,
          fresh(),
          at(place, p),
          isProtected,
        ),
  ),
  fc.tuple(project, any, ifAny).map(
    ([p, number, isProtected]): Step =>
      async (place) =>
        run(
          'update episodes set write_protected = ?1, version = version + 1 where id = ?2',
          isProtected,
          await pick('episodes', at(place, p), number),
        ),
  ),
  // Both at once, as no route does it.
  fc.tuple(project, any, ifAny, fc.boolean()).map(
    ([p, number, isProtected, isTrashed]): Step =>
      async (place) =>
        run(
          'update episodes set write_protected = ?1, deleted_at = ?2 where id = ?3',
          isProtected,
          isTrashed ? 1 : null,
          await pick('episodes', at(place, p), number),
        ),
  ),
  fc.tuple(project, fc.nat({ max: 2 })).map(
    ([p, which]): Step =>
      (place) =>
        run(
          `insert into assets (id, project_id, container_id, kind, object_id, tags, created_at, updated_at, created_by, updated_request)
       values (?1, ?2, ?2, 'image', ?3, '[]', 0, 0, ${WHO})`,
          fresh(),
          at(place, p),
          place.objects[which] ?? null,
        ),
  ),
  fc.tuple(project, any, fc.nat({ max: 2 })).map(
    ([p, number, which]): Step =>
      async (place) =>
        run(
          'update assets set object_id = ?1 where id = ?2',
          place.objects[which] ?? null,
          await pick('assets', at(place, p), number),
        ),
  ),
  fc.tuple(project, fc.boolean()).map(
    ([p, isInside]): Step =>
      (place) =>
        run(
          `insert into deletions (id, namespace_id, project_id, kind, item_id, deleted_at, deleted_by)
       values (?1, ?2, ?3, 'episode', ?1, 0, 'u')`,
          fresh(),
          place.homes.get(at(place, p)),
          isInside ? at(place, p) : null,
        ),
  ),
  fc.tuple(project, any).map(
    ([p, number]): Step =>
      async (place) =>
        run('delete from deletions where id = ?', await pick('deletions', at(place, p), number)),
  ),
  fc.nat({ max: 1 }).map(
    (number): Step =>
      ({ namespaces }) =>
        run('delete from deletions where namespace_id = ? and project_id is null', namespaces[number]),
  ),
  fc.nat({ max: 1 }).map(
    (number): Step =>
      ({ namespaces }) =>
        run(
          `insert into purges (id, namespace_id, kind, rule, started_at) values (?1, ?2, 'object', 'idle', 7)
       on conflict (namespace_id, rule, started_at) where kind = 'object' and item_id is null do update set rows = rows + 1`,
          fresh(),
          namespaces[number],
        ),
  ),
  fc.nat({ max: 1 }).map(
    (number): Step =>
      ({ namespaces }) =>
        run(
          `insert into purges (id, namespace_id, kind, item_id, rule, started_at) values (?1, ?2, 'episode', ?1, 'retention', 0)`,
          fresh(),
          namespaces[number],
        ),
  ),
  project.map(
    (p): Step =>
      async (place) => {
        const id = at(place, p)
        const home = place.homes.get(id) ?? ''
        await eraseProject(id)
        place.projects[p] = await makeProject(place, home)
      },
  ),
  fc.nat({ max: 1 }).map(
    (number): Step =>
      async ({ users, teams }) => {
        const id = fresh()
        await run(
          `insert into namespaces (id, slug, created_at, updated_at, created_by, updated_request) values (?1, ?1, 0, 0, ${WHO})`,
          id,
        )
        await run(
          'insert into members (user_id, namespace_id, role, created_at) values (?1, ?2, 3, 0)',
          users[number],
          id,
        )
        teams.push(id)
      },
  ),
  fc.boolean().map(
    (isPublic): Step =>
      async (place) => {
        const id = place.teams.at(-1)
        if (id === undefined) return
        const made = await makeProject(place, id)
        if (isPublic) await run(`update projects set visibility = 'public' where id = ?`, made)
      },
  ),
  fc.boolean().map(
    (isTrashed): Step =>
      async (place) => {
        const id = place.teams.pop()
        if (id === undefined) return
        if (isTrashed) await run('update namespaces set deleted_at = 1 where id = ?', id)
        for (const [inside, home] of place.homes) if (home === id) await eraseProject(inside)
        for (const name of ['members', 'deletions', 'purges'])
          await run(`delete from ${name} where namespace_id = ?`, id)
        await run('delete from namespaces where id = ?', id)
      },
  ),
  fc.tuple(fc.nat({ max: 1 }), fc.boolean()).map(
    ([number, isRevoked]): Step =>
      ({ users }) =>
        run(
          `insert into api_tokens (id, hash, user_id, name, scopes, revoked_at, created_at) values (?1, ?1, ?2, 'a', 1, ?3, 0)`,
          fresh(),
          users[number],
          isRevoked ? 1 : null,
        ),
  ),
  fc.tuple(fc.nat({ max: 1 }), fc.boolean()).map(
    ([number, isRevoked]): Step =>
      ({ users }) =>
        run('update api_tokens set revoked_at = ?1 where user_id = ?2', isRevoked ? 1 : null, users[number]),
  ),
  fc.nat({ max: 1 }).map(
    (number): Step =>
      ({ users }) =>
        run(
          'delete from api_tokens where id = (select max(id) from api_tokens where user_id = ?)',
          users[number],
        ),
  ),
]

it('the counters are the truth after any sequence of changes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(...steps, ...later), { minLength: 5, maxLength: 40 }),
      async (sequence) => {
        const place = await world()
        for (const step of sequence) await step(place)
        const rows = await driftsOf()
        expect(rows.length).toBeGreaterThanOrEqual(8)
        expect(rows.filter(isDrifted)).toEqual([])
      },
    ),
    { numRuns: 40 },
  )
})

it('the revision of a project rises with every change inside', async () => {
  const { projects } = await world()
  const [id = ''] = projects
  const revision = async () =>
    (await env.DB.prepare('select revision from project_stats where project_id = ?')
      .bind(id)
      .first<number>('revision')) ?? -1
  const episode = fresh()
  const changes = [
    () =>
      run(
        `insert into episodes (id, project_id, node_id, name, node_path, tags, status, write_protected, created_at, updated_at, created_by, updated_request) values (?1, ?2, ?1, ?1, ?1, '[]', 'running', 0, 0, 0, ${WHO})`,
        episode,
        id,
      ),
    () => run('update episodes set name = ?1, version = version + 1 where id = ?2', fresh(), episode),
    () => run('update episodes set deleted_at = 1 where id = ?', episode),
    () => run('delete from episodes where id = ?', episode),
    () => run('update projects set name = ?1 where id = ?2', fresh(), id),
  ]
  for (const change of changes) {
    const before = await revision()
    await change()
    expect(await revision()).toBeGreaterThan(before)
  }
})
