import { env } from 'cloudflare:workers'
import { expect, onTestFinished } from 'vitest'
import { SLICE } from '../../src/domain/purge.ts'
import { type Archive, fire } from './archive.ts'
import { put } from './samples.ts'
import { ask, Tenant } from './world.ts'

/** What stands between the schedule and its two stores, and what is compared afterwards. */

const wait = scheduler.wait.bind(scheduler)

/**
 * Slices follow one another without a rest: the clock has none that is shorter than most slices. What asks for no time is
 * to come after an answer, and still waits for it.
 */
export function withoutRests(): void {
  scheduler.wait = (milliseconds) => (milliseconds > 0 ? Promise.resolve() : wait(0))
  onTestFinished(() => {
    scheduler.wait = wait
  })
}

/** One call of the schedule: a batch to D1, or a question to R2. */
export interface Call {
  readonly what: 'batch' | 'delete' | 'list' | 'abort'
  /** Statements of a batch, keys of a delete. */
  readonly size: number
}

/** A call that was made, and whether it has changed anything. */
export interface Made extends Call {
  wrote: boolean
}

/** Makes the call, or does not. */
type Mishap = (call: () => Promise<unknown>, which: Call) => Promise<unknown>

export interface Watched {
  readonly calls: Made[]
  readonly bindings: Partial<Env>
}

/** The stores, with nothing but what the schedule asks of them; every call passes through `mishap`. */
export function watched(mishap: Mishap = (call) => call()): Watched {
  const calls: Made[] = []
  const pass = (what: Call['what'], size: number, call: () => Promise<unknown>) => {
    const made: Made = { what, size, wrote: what === 'delete' || what === 'abort' }
    calls.push(made)
    const noting = async () => {
      const result = await call()
      if (what === 'batch') made.wrote = (result as D1Result[]).some(({ meta }) => meta.rows_written > 0)
      return result
    }
    return mishap(noting, { what, size })
  }
  const withSession = (constraint?: string) => {
    const session = env.DB.withSession(constraint)
    return {
      prepare: (text: string) => session.prepare(text),
      getBookmark: () => session.getBookmark(),
      batch: (statements: D1PreparedStatement[]) =>
        pass('batch', statements.length, () => session.batch(statements)),
    }
  }
  const bucket = {
    delete: (keys: string[]) => pass('delete', keys.length, () => env.BUCKET.delete(keys)),
    list: (options: R2ListOptions) => pass('list', 0, () => env.BUCKET.list(options)),
    resumeMultipartUpload: (key: string, uploadId: string) => ({
      abort: () => pass('abort', 1, () => env.BUCKET.resumeMultipartUpload(key, uploadId).abort()),
    }),
  }
  return { calls, bindings: { DB: { withSession }, BUCKET: bucket } as unknown as Partial<Env> }
}

export const accidents = ['fails before', 'fails after', 'answer lost', 'cut off'] as const
export type Accident = (typeof accidents)[number]

type Ending = 'not reached' | 'ended well' | 'ended badly' | 'cut off'

/** Fires the schedule, and lets something happen at its call number `at`. */
export async function interrupted(days: number, at: number, accident: Accident): Promise<Ending> {
  const cut = Promise.withResolvers<Ending>()
  const failing = async (call: () => Promise<unknown>) => {
    if (accident === 'fails before') throw new Error('It failed.')
    if (accident === 'cut off') {
      cut.resolve('cut off')
      return new Promise<never>(() => undefined)
    }
    await call()
    throw new Error(accident === 'answer lost' ? 'Network connection lost.' : 'It failed.')
  }
  const run: Watched = watched((call) => (run.calls.length === at ? failing(call) : call()))
  const ended = fire(days, run.bindings).then(
    (): Ending => (run.calls.length < at ? 'not reached' : 'ended well'),
    (): Ending => 'ended badly',
  )
  return Promise.race([ended, cut.promise])
}

/** Fires the schedule; before its call number `at`, `act` is done. Answers whether there was such a call. */
export async function withBetween(days: number, at: number, act: () => Promise<unknown>): Promise<boolean> {
  const run: Watched = watched(async (call) => {
    if (run.calls.length === at) await act()
    return call()
  })
  await fire(days, run.bindings)
  return run.calls.length >= at
}

const select = async <T = Record<string, unknown>>(text: string, ...values: unknown[]): Promise<T[]> =>
  (
    await env.DB.prepare(text)
      .bind(...values)
      .all<T>()
  ).results

const namesOf = async (condition: string): Promise<string[]> =>
  (
    await select<{ name: string }>(
      `select name from sqlite_master where type = 'table' and ${condition} order by name`,
    )
  ).map(({ name }) => name)

const OURS = `name not like 'kept~_%' escape '~' and name not like 'sqlite~_%' escape '~'
  and name not like '~_cf%' escape '~' and name <> 'd1_migrations'`

/** All keys of the bucket. */
export async function keysHeld(): Promise<string[]> {
  const keys: string[] = []
  for (let startAfter = ''; ; ) {
    const { objects, truncated } = await env.BUCKET.list(startAfter === '' ? {} : { startAfter })
    keys.push(...objects.map(({ key }) => key))
    startAfter = keys.at(-1) ?? ''
    if (!truncated) return keys
  }
}

/** What differs between two runs that did the same. */
const passing: Readonly<Record<string, readonly string[]>> = {
  purges: ['id', 'started_at', 'finished_at'],
  namespace_stats: ['purges'],
  deletions: ['turn'],
}

/** What differs between two runs that have come to the same place: of some of it, only whether it is there counts. */
const chance: Readonly<Record<string, readonly string[]>> = {
  purges: ['id', 'started_at', 'finished_at'],
  objects: ['bucket_upload_id'],
}

type Row = Readonly<Record<string, unknown>>

function told(row: Row, without: readonly string[] = []): string {
  const columns = Object.entries(row).map(([column, value]) =>
    without.includes(column) ? [column, value !== null] : [column, value],
  )
  return JSON.stringify(Object.fromEntries(columns))
}

/**
 * What some receipts sum up to is what counts: objects without a deletion have one a run, and what is inside of a
 * project or namespace that goes at the same time is on the receipt of whoever comes first.
 */
const isSummed = (
  { kind, item_id, project_id }: Readonly<Record<string, unknown>>,
  projects: string,
): boolean =>
  (project_id !== null && !projects.includes(String(project_id))) ||
  kind === 'project' ||
  kind === 'namespace' ||
  (kind === 'object' && item_id === null)

function summed(rows: readonly Record<string, unknown>[]): string[] {
  const groups = Map.groupBy(
    rows,
    ({ namespace_id, kind, rule, finished_at }) =>
      `${namespace_id} ${kind === 'object' ? rule : 'places'} ${finished_at === null ? 'open' : 'finished'}`,
  )
  return [...groups].map(([group, receipts]) => {
    const sums = ['rows', 'objects', 'bytes'].map((column) =>
      receipts.reduce((sum, row) => sum + Number(row[column]), 0),
    )
    return `${group} ${sums.join(' ')}`
  })
}

/** Every row of every table. */
async function allTables(): Promise<ReadonlyMap<string, readonly Row[]>> {
  const tables = await namesOf(OURS)
  const found = await env.DB.batch<Row>(tables.map((table) => env.DB.prepare(`select * from ${table}`)))
  return new Map(tables.map((table, index) => [table, found[index]?.results ?? []]))
}

/** Every row of every table but how far the walks are, and every key of the bucket. */
export async function census(): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables = await allTables()
  const projects = JSON.stringify(tables.get('projects'))
  const counted = [...tables].flatMap(([table, rows]): [string, string[]][] => {
    if (table === 'walks') return []
    const single = rows.filter((row) => table !== 'purges' || !isSummed(row, projects))
    const sums = rows.filter((row) => !single.includes(row))
    return [[table, [...summed(sums), ...single.map((row) => told(row, passing[table]))].sort()]]
  })
  return { ...Object.fromEntries(counted), keys: await keysHeld() }
}

/** Every row of every table, but for what is up to chance. */
async function rowsOfAll(): Promise<readonly (readonly string[])[]> {
  return [...(await allTables())].map(([table, rows]) => rows.map((row) => told(row, chance[table])).sort())
}

/** The states of D1 and of R2 that were met. What follows one of them depends on nothing else: it follows again. */
export class States {
  readonly #met = new Set<string>()

  /** Whether the state of now was not met before; `kept` is the world that it comes from, `also` what follows. */
  async isNew(kept: Kept, also: readonly unknown[] = []): Promise<boolean> {
    const rows = [...(await allTables())].map(([table, all]) =>
      all.map((row) => told(row, chance[table])).sort(),
    )
    const state = JSON.stringify([rows, await keysHeld(), await kept.stillOpen(), also])
    const isNew = !this.#met.has(state)
    this.#met.add(state)
    return isNew
  }
}

const alive = 'deleted_at is null'
const kinds = {
  videos: 'video',
  audios: 'audio',
  label_tracks: 'label-track',
  text_tracks: 'text-track',
  images: 'image',
  files: 'file',
}
const inProject = (table: string, also: string): string =>
  `(select count(*) from ${table} t where t.project_id = s.project_id and ${also})`
/** The assets of a kind that a project counts: none of those inside of trashed episodes. */
const shownAssets = (kind: string): string =>
  `(select count(*) from assets t left join episodes e on e.id = t.container_id where t.project_id = s.project_id
    and t.kind = '${kind}' and t.${alive} and e.${alive})`
const allRows = (project: string): string =>
  `(${['episodes', 'nodes', 'assets'].map((table) => `(select count(*) from ${table} t where t.project_id = ${project})`).join(' + ')}
    + (select count(*) from collections c join collection_members m on m.collection_id = c.id
      where c.project_id = ${project}))`
const inNamespace = (table: string, also = 'true'): string =>
  `(select count(*) from ${table} t where t.namespace_id = s.namespace_id and ${also})`

/** By table, the key of its rows, and by counter what it should be; the row is `s`. */
const truths: Readonly<Record<string, readonly [string, Readonly<Record<string, string>>]>> = {
  project_stats: [
    'project_id',
    {
      episodes: inProject('episodes', alive),
      datasets: inProject('datasets', alive),
      collections: inProject('collections', alive),
      protected_episodes: inProject('episodes', `${alive} and write_protected`),
      trashed: inProject('deletions', 'true'),
      ...Object.fromEntries(Object.entries(kinds).map(([counter, kind]) => [counter, shownAssets(kind)])),
      rows: allRows('s.project_id'),
    },
  ],
  episode_stats: [
    'episode_id',
    Object.fromEntries(
      Object.entries(kinds).map(([counter, kind]) => [
        counter,
        `(select count(*) from assets t where t.container_id = s.episode_id and t.kind = '${kind}' and t.${alive})`,
      ]),
    ),
  ],
  namespace_stats: [
    'namespace_id',
    {
      members: inNamespace('members'),
      projects: inNamespace('projects', alive),
      public_projects: inNamespace('projects', `${alive} and visibility = 'public'`),
      trashed: inNamespace('deletions', 'project_id is null'),
      purges: inNamespace('purges'),
      ...Object.fromEntries(
        Object.entries(kinds).map(([counter, kind]) => [
          counter,
          `(select count(*) from assets t join projects p on p.id = t.project_id and p.${alive}
            left join episodes e on e.id = t.container_id
            where p.namespace_id = s.namespace_id and t.kind = '${kind}' and t.${alive} and e.${alive})`,
        ]),
      ),
      rows: `((select ifnull(sum(${allRows('p.id')}), 0) from projects p where p.namespace_id = s.namespace_id)
        + ${inNamespace('objects')})`,
      bytes: `(select ifnull(sum(case state when 'pending' then ifnull(announced_size, 0) when 'complete' then size
        when 'purging' then size else 0 end), 0) from objects t where t.namespace_id = s.namespace_id)`,
    },
  ],
  datasets: [
    'id',
    { collection_count: `(select count(*) from collections t where t.dataset_id = s.id and ${alive})` },
  ],
  collections: [
    'id',
    { member_count: '(select count(*) from collection_members t where t.collection_id = s.id)' },
  ],
  child_counts: [
    'id',
    {
      nodes: `(select count(*) from nodes t where ifnull(t.parent_id, t.project_id) = substr(s.id, 1, 24)
        and t.kind = substr(s.id, 26) and ${alive})`,
    },
  ],
  objects: ['id', { asset_count: '(select count(*) from assets t where t.object_id = s.id)' }],
  users: [
    'id',
    {
      namespace_count: `(select count(*) from members t join namespaces n on n.id = t.namespace_id
        and n.${alive} where t.user_id = s.id)`,
      token_count: '(select count(*) from api_tokens t where t.user_id = s.id and t.revoked_at is null)',
    },
  ],
}

/** What hangs on something that is not there, and statistics of nothing. */
const danglings: readonly string[] = [
  'select id from assets where object_id is not null and object_id not in (select id from objects)',
  ...['assets', 'nodes', 'episodes', 'datasets', 'collections', 'project_stats'].map(
    (table) => `select project_id from ${table} where project_id not in (select id from projects)`,
  ),
  `select id from child_counts where substr(id, 1, 24) not in (select id from nodes union select id from projects)`,
  `select id from nodes t where ${alive} and not exists (select 1 from child_counts s
    where s.id = ifnull(t.parent_id, t.project_id) || ' ' || t.kind)`,
  'select episode_id from episode_stats where episode_id not in (select id from episodes)',
  'select id from episodes where id not in (select episode_id from episode_stats)',
  ...['projects', 'objects', 'members', 'former_slugs', 'namespace_stats'].map(
    (table) => `select namespace_id from ${table} where namespace_id not in (select id from namespaces)`,
  ),
  'select node_id from assets where deleted_at is null and node_id not in (select id from nodes)',
  'select id from nodes where parent_id is not null and parent_id not in (select id from nodes) and deleted_at is null',
  'select object_id from parts where object_id not in (select id from objects)',
  'select collection_id from collection_members where collection_id not in (select id from collections)',
  ...['assets', 'nodes', 'episodes', 'datasets', 'collections', 'projects', 'namespaces'].map(
    (table) =>
      `select id from ${table} where deletion_id is not null and deletion_id not in (select id from deletions)`,
  ),
  `select item_id from idempotency_keys where ${[
    'assets',
    'episodes',
    'datasets',
    'collections',
    'projects',
    'namespaces',
    'api_tokens',
  ]
    .map((table) => `not exists (select 1 from ${table} t where t.id = item_id)`)
    .join(' and ')}`,
  'select detached_by from collections where detached_by is not null and detached_by not in (select id from deletions)',
]

/** A row with counters, and how far each of them is from the truth. */
interface Drift {
  /** Table and key. */
  readonly what: string
  readonly drift: string
}

/** All rows that have counters. */
export async function driftsOf(): Promise<readonly Drift[]> {
  const texts = Object.entries(truths).map(([table, [key, counters]]) => {
    const pairs = Object.entries(counters).map(([counter, truth]) => `'${counter}', s.${counter} - ${truth}`)
    return `select '${table} ' || ${key} as what, json_object(${pairs.join(', ')}) as drift from ${table} s`
  })
  const found = await env.DB.batch<Drift>(texts.map((text) => env.DB.prepare(text)))
  return found.flatMap(({ results }) => results)
}

export const isDrifted = ({ drift }: Drift): boolean =>
  Object.values(JSON.parse(drift) as Record<string, number>).some((difference) => difference !== 0)

/** What is amiss in the database: counters that are not the truth, and rows that hang on nothing. */
export async function faultsOf(): Promise<readonly unknown[]> {
  const found = await env.DB.batch(danglings.map((text) => env.DB.prepare(text)))
  const dangling = found.flatMap(({ results }, index) => results.map((row) => [danglings[index], row]))
  return [...(await driftsOf()).filter(isDrifted), ...dangling]
}

/** Fires the schedule until a run changes nothing more; gives the number of runs. */
export async function settle(days: number, deployed: Partial<Env> = {}, most = 20): Promise<number> {
  let before = ''
  for (let runs = 1; runs <= most; runs++) {
    await fire(days, deployed)
    const now = JSON.stringify(await census())
    if (now === before) return runs
    before = now
  }
  throw new Error(`It goes on after ${most} runs.`)
}

/** An upload in parts that the bucket holds open. */
interface Open {
  readonly key: string
  readonly uploadId: string
}

/** A table, and its columns but those that are generated. */
interface Table {
  readonly table: string
  readonly columns: string
  /** Those of its primary key. */
  readonly key: readonly string[]
  /** The tables that it refers to. */
  readonly parents: readonly string[]
}

async function tableOf(table: string): Promise<Table> {
  const found = await select<{ name: string; pk: number }>(
    `select name, pk from pragma_table_info('${table}')`,
  )
  const referred = await select<{ parent: string }>(
    `select "table" as parent from pragma_foreign_key_list('${table}')`,
  )
  return {
    table,
    columns: found.map(({ name }) => `"${name}"`).join(),
    key: found.filter(({ pk }) => pk > 0).map(({ name }) => `"${name}"`),
    parents: referred.map(({ parent }) => parent),
  }
}

interface Trigger {
  readonly on: string
  readonly sql: string
}

/** The tables in an order in which each comes after those that `before` names for it. */
function inOrder(tables: readonly Table[], before: (table: Table) => readonly string[]): readonly Table[] {
  const rest = new Map(tables.map((each) => [each.table, each]))
  const ordered: Table[] = []
  while (rest.size > 0) {
    const next = [...rest.values()].find((each) =>
      before(each).every((name) => name === each.table || !rest.has(name)),
    )
    if (!next) throw new Error(`${[...rest.keys()].join(', ')} wait for each other.`)
    ordered.push(next)
    rest.delete(next.table)
  }
  return ordered
}

const WRITTEN = /\b(?:insert (?:or \w+ )?into|update|delete from) "?(\w+)/gi

/** By table, those whose triggers write it. */
function writersOf(triggers: readonly Trigger[]): ReadonlyMap<string, readonly string[]> {
  const pairs = triggers.flatMap(({ on, sql }) =>
    [...sql.slice(sql.search(/\bbegin\b/i)).matchAll(WRITTEN)].map(([, written = '']) => ({ on, written })),
  )
  const groups = Map.groupBy(pairs, ({ written }) => written)
  return new Map([...groups].map(([written, all]) => [written, all.map(({ on }) => on)]))
}

/**
 * What makes the tables what they were. No reference hangs in between, and no trigger is taken away: a change of the
 * schema or of a setting has SQLite prepare every statement anew. What triggers have counted on the way is put right in
 * the end.
 */
function bringingBack(
  name: string,
  tables: readonly Table[],
  triggers: readonly Trigger[],
): readonly string[] {
  const children = inOrder(tables, ({ parents }) => parents)
  const writers = writersOf(triggers)
  const written = inOrder(tables, ({ table }) => writers.get(table) ?? []).filter(({ table }) =>
    writers.has(table),
  )
  const put =
    (how: string) =>
    ({ table, columns }: Table) =>
      `${how} into ${table} (${columns}) select ${columns} from kept_${name}_${table}`
  // What a new row is given by a trigger of its own table, whatever it says.
  const givenAnew = ({ table, columns, key }: Table) =>
    writers.get(table)?.includes(table)
      ? [
          `update ${table} set (${columns}) = (
             select ${columns} from kept_${name}_${table} as kept
             where (${key.map((each) => `kept.${each}`)}) = (${key.map((each) => `${table}.${each}`)}))`,
        ]
      : []
  return [
    ...children.toReversed().map(({ table }) => `delete from ${table}`),
    ...children.map(put('insert or replace')),
    ...written.flatMap((each) => [put('insert or replace')(each), ...givenAnew(each)]),
  ]
}

/** The whole database and bucket as they are now, to be brought back as often as needed. */
export class Kept {
  #open: readonly Open[] = []
  readonly #statements: readonly string[]
  readonly #objects: ReadonlyMap<string, ArrayBuffer>

  private constructor(statements: readonly string[], objects: ReadonlyMap<string, ArrayBuffer>) {
    this.#statements = statements
    this.#objects = objects
  }

  /** Of several, each has a name of its own. */
  static async now(name: string): Promise<Kept> {
    const tables = await Promise.all((await namesOf(OURS)).map(tableOf))
    const triggers = await select<Trigger>(
      `select tbl_name as "on", sql from sqlite_master where type = 'trigger'`,
    )
    await env.DB.batch(
      tables.flatMap(({ table, columns }) => [
        env.DB.prepare(`drop table if exists kept_${name}_${table}`),
        env.DB.prepare(`create table kept_${name}_${table} as select ${columns} from ${table}`),
      ]),
    )
    const objects = new Map<string, ArrayBuffer>()
    for (const key of await keysHeld()) {
      const found = await env.BUCKET.get(key)
      if (found) objects.set(key, await found.arrayBuffer())
    }
    const before = await rowsOfAll()
    const kept = new Kept(bringingBack(name, tables, triggers), objects)
    await kept.bringBack()
    expect(await rowsOfAll()).toEqual(before)
    return kept
  }

  async bringBack(): Promise<void> {
    await env.DB.batch(this.#statements.map((text) => env.DB.prepare(text)))
    const held = await keysHeld()
    const added = held.filter((key) => !this.#objects.has(key))
    if (added.length > 0) await env.BUCKET.delete(added)
    const gone = [...this.#objects].filter(([key]) => !held.includes(key))
    await Promise.all(gone.map(([key, bytes]) => env.BUCKET.put(key, bytes)))
    this.#open = await openAgain()
  }

  /** The uploads in parts that the bucket still knows. */
  async stillOpen(): Promise<readonly string[]> {
    const known = await Promise.all(
      this.#open.map(({ key, uploadId }) =>
        env.BUCKET.resumeMultipartUpload(key, uploadId)
          .uploadPart(1, 'x')
          .then(
            () => [key],
            (error) => {
              if (/10024/.test(String(error))) return []
              throw error
            },
          ),
      ),
    )
    return known.flat()
  }
}

/** An upload in parts that was given up cannot be taken up again: another one takes its place. */
async function openAgain(): Promise<readonly Open[]> {
  const rows = await select<{ id: string; key: string }>(
    'select id, key from objects where bucket_upload_id is not null and completed_at is null',
  )
  return Promise.all(
    rows.map(async ({ id, key }) => {
      const { uploadId } = await env.BUCKET.createMultipartUpload(key)
      await env.DB.prepare('update objects set bucket_upload_id = ? where id = ?').bind(uploadId, id).run()
      return { key, uploadId }
    }),
  )
}

const freshId = (): string => `0${crypto.randomUUID().replaceAll('-', '').slice(0, 23)}`

/** A collection with as many members, past the server. */
export async function collect(
  archive: Archive,
  name: string,
  members: number,
  dataset: string | null = null,
  project = 'lab',
): Promise<string> {
  const id = freshId()
  await env.DB.batch([
    env.DB.prepare(
      `insert into collections (id, project_id, dataset_id, name, tags, created_at, updated_at, created_by,
         updated_request)
       select ?1, p.id, (select id from datasets where project_id = p.id and name = ?3), ?2, '[]', 0, 0, '', ''
       from projects p join namespaces n on n.id = p.namespace_id where n.slug = ?4 and p.slug = ?5`,
    ).bind(id, name, dataset, archive.slug, project),
    env.DB.prepare(
      `insert into collection_members (collection_id, member_id, position, project_id)
       with recursive n(i) as (select 0 union all select i + 1 from n limit ?2)
       select ?1, 'member ' || i, i, (select project_id from collections where id = ?1) from n limit ?3`,
    ).bind(id, Math.max(members, 1), members),
  ])
  return id
}

/** Videos named `<prefix>0` and so on, each with its node below `parent` or at the top, past the server. */
export async function crowdOfVideos(
  archive: Archive,
  count: number,
  prefix: string,
  {
    episode = null,
    parent = null,
  }: { readonly episode?: string | null; readonly parent?: string | null } = {},
): Promise<void> {
  const salt = freshId().slice(13)
  const from = `with recursive n(i) as (
      select cast(?1 as integer) union all select i + 1 from n limit ?2),
    place as (select p.id as project_id, ifnull(?4, p.id) as container_id
      from projects p join namespaces n on n.id = p.namespace_id where n.slug = ?3 and p.slug = 'lab')`
  const id = (letter: string): string => `printf('${letter}${salt}%012x', n.i)`
  for (let start = 0; start < count; start += ROWS_AT_ONCE) {
    const values = [start, Math.min(ROWS_AT_ONCE, count - start), archive.slug, episode, prefix, parent]
    await env.DB.batch([
      env.DB.prepare(
        `insert into nodes (id, project_id, parent_id, container_id, kind, name, path, item_id, created_at, updated_at)
         ${from} select ${id('e')}, project_id, ?6, container_id, 'video', n.i || '', ?5 || n.i, ${id('a')}, 0, 0
         from place cross join n`,
      ).bind(...values),
      env.DB.prepare(
        `insert into assets (id, project_id, container_id, node_id, kind, name, fps, lens, tags, created_at,
           updated_at, created_by, updated_request)
         ${from} select ${id('a')}, project_id, container_id, ${id('e')}, 'video', ?5 || n.i, 30, 'pinhole', '[]', 0,
           0, '', ''
         from place cross join n where ?6 is null or true`,
      ).bind(...values),
    ])
  }
}

const ROWS_AT_ONCE = 20_000

/** What the schedule meets: a bit of everything that can be in the trash, beside what lives. */
export interface Estate {
  readonly archive: Archive
  /** Its namespace is in the trash, with all that is inside. */
  readonly other: Archive
  /** The texts that must stay, by the name of the live video, or file, that shows them. */
  readonly texts: Readonly<Record<string, string>>
  /** A deletion whose time has not come. */
  readonly recent: string
  /** The objects that stay without a video of their own: of the trash, with a lease, and one without bytes. */
  readonly inTrash: string
  readonly leased: string
  readonly lost: string
}

/** In the bucket, and none of the server's business. */
export const FOREIGN = 'backup/readme'

const announce = async (archive: Archive, file: object): Promise<Announced> =>
  (
    await archive.succeed(201, 'POST', '/uploads', {
      namespace: archive.slug,
      project: 'lab',
      files: [file],
    })
  ).uploads[0]

interface Announced {
  readonly id: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

const keyOf = async (id: string): Promise<string> =>
  (await select<{ key: string }>('select key from objects where id = ?', id))[0]?.key ?? ''

const LARGE = 65 * 1_048_576
const MORE_THAN_A_SLICE = SLICE.rows + 10

/** Uploads that nobody goes on with. */
async function idleIn(archive: Archive): Promise<void> {
  await announce(archive, { size: 3, name: 'never sent' })
  const sent = await announce(archive, { size: 4, name: 'sent, and not completed' })
  await put(sent.url, 'sent', sent.headers)
  const partly = await announce(archive, { size: LARGE, name: 'partly sent' })
  const { parts } = await archive.succeed(200, 'POST', `/uploads/${partly.id}/parts`, { partNumbers: [1] })
  await put(parts[1], 'x'.repeat(10))
}

/** Uploads that have ended in every way. */
async function endedIn(archive: Archive): Promise<void> {
  const aborted = await announce(archive, { size: 4, name: 'aborted' })
  await archive.succeed(200, 'DELETE', `/uploads/${aborted.id}`)
  await put(aborted.url, 'late', aborted.headers)
  const stopped = await announce(archive, { size: LARGE, name: 'aborted in parts' })
  await archive.succeed(200, 'POST', `/uploads/${stopped.id}/parts`, { partNumbers: [1] })
  await archive.succeed(200, 'DELETE', `/uploads/${stopped.id}`)
  const wrong = await announce(archive, { size: LARGE, name: 'of another size' })
  await env.BUCKET.put(await keyOf(wrong.id), 'short')
  await env.DB.prepare('update objects set part_size = null where id = ?').bind(wrong.id).run()
  await archive.succeed(409, 'POST', `/uploads/${wrong.id}/complete`)
}

const file = (archive: Archive, name: string, fields: object) =>
  archive.succeed(201, 'POST', '/assets/file', { namespace: archive.slug, project: 'lab', name, ...fields })

async function episodesIn(archive: Archive, shared: string): Promise<void> {
  const { project } = archive
  await archive.episode('run 1', { folder: '/a/b' })
  const inside = { episodeName: 'run 1' }
  const old = await archive.video('/x/old.mp4', { ...inside, bssVideoId: await archive.bytes('old') })
  await archive.remove(`/assets/video/${old.id}`)
  await archive.video('/x/twice.mp4', { ...inside, bssVideoId: await archive.bytes('first') })
  await archive.video('/x/twice.mp4', { ...inside, bssVideoId: await archive.bytes('second') })
  await archive.video('/x/shared.mp4', { ...inside, bssVideoId: shared })
  await file(archive, '/x/log.mcap', { ...inside, bssFileId: await archive.bytes('log') })
  const lone = await archive.video('/folder/lone.mp4', inside)
  const { nodeId } = lone
  const [node] = await select<{ parent_id: string }>('select parent_id from nodes where id = ?', nodeId)
  await archive.remove(`/nodes/${node?.parent_id}`)
  await archive.remove(`${project}/episodes/run%201`)
  const { folderId } = await archive.episode('in a folder', { folder: '/f' })
  await archive.video('/deep/in.mp4', { episodeName: 'in a folder', bssVideoId: await archive.bytes('in') })
  const before = await archive.video('/deep/before.mp4', { episodeName: 'in a folder' })
  await archive.remove(`/assets/video/${before.id}`)
  await archive.video('/f/beside.mp4', { bssVideoId: shared })
  await archive.succeed(200, 'PATCH', `/nodes/${folderId}`, { name: 'g' })
  await archive.remove(`/nodes/${folderId}`)
  const large = await archive.episode('large')
  await crowdOfVideos(archive, MORE_THAN_A_SLICE, '/large/', { episode: large.id })
  await archive.remove(`${project}/episodes/large`)
}

async function datasetsIn(archive: Archive): Promise<void> {
  const { project } = archive
  for (const name of ['kept set', 'old set'])
    await archive.succeed(201, 'POST', `${project}/datasets`, { name })
  await collect(archive, 'kept', 3, 'kept set')
  await collect(archive, 'detached', 3, 'old set')
  await collect(archive, 'gone', MORE_THAN_A_SLICE)
  await archive.remove(`${project}/datasets/old%20set`)
  await archive.remove(`${project}/collections/gone`)
}

/** A project with live and deleted things inside. */
async function furnish(archive: Archive, slug: string, object: string): Promise<void> {
  const project = `/namespaces/${archive.slug}/projects/${slug}`
  const place = { namespace: archive.slug, project: slug }
  const video = (name: string, fields: object = {}) =>
    archive.succeed(201, 'POST', '/assets/video', { ...place, name, ...fields })
  await archive.succeed(201, 'POST', `${project}/episodes`, {
    name: 'live',
    folder: '/a',
    writeProtected: false,
  })
  await video('/v.mp4', { episodeName: 'live', bssVideoId: await archive.bytes(`in ${slug}`) })
  await video('/w.mp4', { bssVideoId: object })
  const gone = await video('/gone.mp4', { bssVideoId: await archive.bytes(`gone from ${slug}`) })
  await archive.succeed(200, 'DELETE', `/assets/video/${gone.id}`)
  await archive.succeed(201, 'POST', `${project}/episodes`, { name: 'dead' })
  await video('/d.mp4', { episodeName: 'dead' })
  await archive.succeed(200, 'DELETE', `${project}/episodes/dead`)
  await archive.succeed(201, 'POST', `${project}/datasets`, { name: 'set' })
  await collect(archive, 'members', 5, 'set', slug)
  await archive.succeed(201, 'POST', `${project}/datasets`, { name: 'dropped' })
  await collect(archive, 'loose', 5, 'dropped', slug)
  await archive.succeed(200, 'DELETE', `${project}/datasets/dropped`)
}

const inDays = (archive: Archive, deletionId: string, days: number) =>
  env.DB.prepare(
    'update deletions set deleted_at = ? where id = ? and namespace_id = (select id from namespaces where slug = ?)',
  )
    .bind(Date.now() + days * 86_400_000, deletionId, archive.slug)
    .run()

/** Everything at once, deleted today. */
export async function estate(archive: Archive, other: Archive): Promise<Estate> {
  const [kept, second] = [await archive.bytes('kept'), await archive.bytes('second life')]
  const namespace = `/namespaces/${archive.slug}`
  await archive.episode('kept')
  await archive.video('/kept.mp4', { episodeName: 'kept', bssVideoId: kept })
  await archive.video('/again.mp4', { bssVideoId: kept })
  await archive.video('/replaced.mp4', { bssVideoId: await archive.bytes('replaced') })
  await archive.video('/replaced.mp4', { bssVideoId: second })
  await file(archive, '/kept.mcap', { episodeName: 'kept', bssFileId: await archive.bytes('kept log') })
  const old = await file(archive, '/old.mcap', { bssFileId: await archive.bytes('old log') })
  await archive.remove(`/assets/file/${old.id}`)
  const shared = await archive.video('/shared.mp4', { bssVideoId: kept })
  await archive.remove(`/assets/video/${shared.id}`)
  const nameless = await archive.video('/x.mp4', { name: null, bssVideoId: await archive.bytes('nameless') })
  await archive.remove(`/assets/video/${nameless.id}`)
  await datasetsIn(archive)
  await episodesIn(archive, kept)
  await archive.succeed(201, 'POST', `${namespace}/projects`, { name: 'second' })
  await furnish(archive, 'second', second)
  await archive.succeed(200, 'DELETE', `${namespace}/projects/second`)
  const inTrash = await archive.bytes('in the trash')
  const late = await archive.video('/late.mp4', { bssVideoId: inTrash })
  const recent = await archive.remove(`/assets/video/${late.id}`)
  await inDays(archive, recent, 10)
  const now = await archive.video('/now.mp4', { bssVideoId: await archive.bytes('now') })
  const requested = await archive.remove(`/assets/video/${now.id}`)
  await archive.ask('DELETE', `${archive.project}/trash/${requested}`)
  await archive.bytes('unreferenced')
  const [leased, lost] = [await archive.bytes('leased'), await archive.bytes('lost')]
  await env.DB.prepare('update objects set lease_until = ? where id = ?')
    .bind(Date.now() + 1_000 * 86_400_000, leased)
    .run()
  await archive.video('/lost.mp4', { bssVideoId: lost })
  await env.BUCKET.delete(await keyOf(lost))
  await idleIn(archive)
  await endedIn(archive)
  const [space] = await select<{ id: string }>('select id from namespaces where slug = ?', archive.slug)
  await env.BUCKET.put(`${space?.id}/${'0'.repeat(24)}`, 'an orphan')
  await env.BUCKET.put(FOREIGN, 'not ours')
  await dissolve(other)
  const texts = {
    '/kept.mp4': 'kept',
    '/again.mp4': 'kept',
    '/replaced.mp4': 'second life',
    '/kept.mcap': 'kept log',
  }
  return { archive, other, texts, recent, inTrash, leased, lost }
}

/** Fills a namespace, and puts it into the trash. */
async function dissolve(other: Archive): Promise<void> {
  const namespace = `/namespaces/${other.slug}`
  await furnish(other, 'lab', await other.bytes('shared here'))
  await other.succeed(201, 'POST', `${namespace}/projects`, { name: 'open', visibility: 'public' })
  await furnish(other, 'open', await other.bytes('of the public'))
  await other.succeed(200, 'DELETE', `${namespace}/projects/open`)
  await other.succeed(201, 'POST', `${namespace}/projects`, { name: 'empty', visibility: 'public' })
  const [mate, leaver] = [await Tenant.arrive(), await Tenant.arrive()]
  for (const { slug } of [mate, leaver])
    await other.succeed(201, 'PUT', `${namespace}/members/${slug}`, { role: 'writer' })
  await other.succeed(200, 'DELETE', `${namespace}/members/${leaver.slug}`)
  await other.succeed(201, 'POST', '/auth/tokens', { name: 'robot', scopes: ['read'], namespace: other.slug })
  await endedIn(other)
  await other.bytes('nobody')
  await env.DB.prepare(
    `insert into former_slugs (slug, namespace_id, reserved_until)
     select slug || '-before', id, ?2 from namespaces where slug = ?1`,
  )
    .bind(other.slug, Date.now() + 1_000 * 86_400_000)
    .run()
  await other.succeed(200, 'DELETE', namespace)
}

/** What the videos of these names, and the files that are logs, show to whoever downloads them. */
export async function textsOf(archive: Archive, names: readonly string[]): Promise<Record<string, string>> {
  const texts: Record<string, string> = {}
  for (const name of names) {
    const path = encodeURIComponent(name)
    const kind = name.endsWith('.mcap') ? 'file' : 'video'
    const query = `namespace=${archive.slug}&project=lab&path=${path}`
    const { url } = await archive.succeed(200, 'GET', `/assets/${kind}/download?${query}`)
    texts[name] = (await ask('GET', url)).text
  }
  return texts
}
