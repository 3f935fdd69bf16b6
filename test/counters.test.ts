import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { expect, it } from 'vitest'

/**
 * The counters that triggers keep, against the truth, after any sequence of what the server and its purge do to
 * rows. It speaks SQL, as some of these roads have no route yet and the triggers must not care which one is taken.
 */

const KINDS = ['video', 'audio', 'label-track', 'text-track', 'image'] as const
const WHO = `'u', 'r'`

let serial = 0
const fresh = (): string => (++serial).toString(16).padStart(24, '0')

interface World {
  readonly namespaces: readonly string[]
  readonly projects: readonly string[]
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
  const projects: string[] = []
  for (const namespace of namespaces) {
    for (let index = 0; index < 2; index++) {
      const id = fresh()
      await env.DB.prepare(
        `insert into projects (id, namespace_id, name, slug, tags, visibility, created_at, updated_at, created_by, updated_request)
         values (?1, ?2, ?1, ?1, '[]', 'private', 0, 0, ${WHO})`,
      )
        .bind(id, namespace)
        .run()
      projects.push(id)
    }
  }
  return { namespaces, projects }
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
      async (place) =>
        run(`delete from ${name} where id = ?1`, await pick(name, at(place, p), number)),
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

const live = 'deleted_at is null'
const columns = {
  video: 'videos',
  audio: 'audios',
  'label-track': 'label_tracks',
  'text-track': 'text_tracks',
  image: 'images',
}

const drifts = [
  `select 'project' as what, s.project_id as id, json_object(${['episodes', 'datasets', 'collections']
    .map(
      (name) =>
        `'${name}', s.${name} - (select count(*) from ${name} t where t.project_id = s.project_id and t.${live})`,
    )
    .join(', ')}, ${KINDS.map(
    (kind) =>
      `'${kind}', s.${columns[kind]} - (select count(*) from assets t where t.project_id = s.project_id and t.kind = '${kind}' and t.${live})`,
  ).join(', ')}) as drift from project_stats s`,
  `select 'namespace' as what, n.namespace_id as id, json_object(
     'projects', n.projects - (select count(*) from projects p where p.namespace_id = n.namespace_id and p.${live}),
     'public', n.public_projects - (select count(*) from projects p where p.namespace_id = n.namespace_id and p.${live} and p.visibility = 'public'),
     'members', n.members - (select count(*) from members m where m.namespace_id = n.namespace_id),
     ${KINDS.map(
       (kind) =>
         `'${kind}', n.${columns[kind]} - (select count(*) from assets t join projects p on p.id = t.project_id and p.${live} where p.namespace_id = n.namespace_id and t.kind = '${kind}' and t.${live})`,
     ).join(', ')}) as drift from namespace_stats n`,
  `select 'dataset' as what, d.id as id, json_object('collections', d.collection_count - (select count(*) from collections c where c.dataset_id = d.id and c.${live})) as drift from datasets d`,
  `select 'collection' as what, c.id as id, json_object('members', c.member_count - (select count(*) from collection_members m where m.collection_id = c.id)) as drift from collections c`,
  `select 'user' as what, u.id as id, json_object('namespaces', u.namespace_count - (select count(*) from members m join namespaces n on n.id = m.namespace_id and n.${live} where m.user_id = u.id)) as drift from users u`,
]

it('the counters are the truth after any sequence of changes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(...steps), { minLength: 5, maxLength: 40 }), async (sequence) => {
      const place = await world()
      for (const step of sequence) await step(place)
      const found = await env.DB.batch<{ what: string; id: string; drift: string }>(
        drifts.map((text) => env.DB.prepare(text)),
      )
      const rows = found.flatMap(({ results }) => results)
      expect(rows.length).toBeGreaterThanOrEqual(8)
      for (const { what, id, drift } of rows) {
        const values = Object.entries(JSON.parse(drift) as Record<string, number>).filter(
          ([, value]) => value !== 0,
        )
        expect([what, id, values]).toEqual([what, id, []])
      }
    }),
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
