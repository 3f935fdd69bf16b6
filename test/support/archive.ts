import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { assetKinds } from '../../src/domain/kind.ts'
import worker from '../../src/index.ts'
import { put } from './samples.ts'
import { type Answer, type Asked, Tenant } from './world.ts'

/** A tenant with a project, and what the tests of the trash do with it. */

export const DAY = 86_400_000

export interface Trashed {
  readonly deletionId: string
  readonly kind: string
  readonly id: string
  readonly name: string | null
  readonly slug: string | null
  readonly episode: string | null
  readonly deletedAt: string
  readonly deletedBy: string | null
  readonly purgeAt: string
  readonly purging: boolean
  readonly state: string
}

/** Something that can go to the trash. */
export interface Made {
  readonly kind: string
  readonly id: string
  readonly name: string
  /** What DELETE is sent to. */
  readonly path: string
  /** Where its trash is. */
  readonly trash: string
  /** Another name, by which it may come back. */
  readonly as: string
}

/** The kinds of what can go to the trash; a project and a namespace last. */
const ITEM_KINDS = ['episode', 'folder', 'dataset', 'collection', ...assetKinds] as const
export const KINDS = [...ITEM_KINDS, 'project', 'namespace'] as const

const MEMBERS_AT_ONCE = 1_000

export class Archive {
  readonly owner: Tenant
  /** The namespace, which is nobody's home. */
  readonly slug: string
  readonly project: string

  private constructor(owner: Tenant, slug: string) {
    this.owner = owner
    this.slug = slug
    this.project = `/namespaces/${slug}/projects/lab`
  }

  static async open(): Promise<Archive> {
    const owner = await Tenant.arrive()
    const slug = `team-${crypto.randomUUID().slice(0, 8)}`
    const archive = new Archive(owner, slug)
    await archive.succeed(201, 'POST', '/namespaces', { slug })
    await archive.succeed(201, 'POST', `/namespaces/${slug}/projects`, { name: 'lab' })
    return archive
  }

  ask(method: string, path: string, body?: unknown, asked: Asked = {}): Promise<Answer> {
    return this.owner.ask(method, path, body, asked)
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  async succeed(status: number, method: string, path: string, body?: unknown): Promise<any> {
    // Whatever is made is made under a key, which then has to go with it.
    const key = { headers: { 'Idempotency-Key': crypto.randomUUID() } }
    const answer = await this.ask(method, path, body, key)
    if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
    return answer.body
  }

  async episode(
    name: string,
    fields: object = {},
  ): Promise<{ readonly id: string; readonly folderId: string | null }> {
    return (await this.succeed(201, 'POST', `${this.project}/episodes`, { name, ...fields })).episode
  }

  /** Registers a video; gives its id and its node's. */
  async video(name: string, fields: object = {}): Promise<{ readonly id: string; readonly nodeId: string }> {
    const place = { namespace: this.slug, project: 'lab' }
    return this.succeed(201, 'POST', '/assets/video', { ...place, name, ...fields })
  }

  /** The folder, or the episode's node, that a node hangs under. */
  async parentOf(nodeId: string): Promise<string> {
    const row = await env.DB.prepare('select parent_id as id from nodes where id = ?')
      .bind(nodeId)
      .first('id')
    return String(row)
  }

  /** A complete object of these bytes; gives its id. */
  async bytes(text: string): Promise<string> {
    const files = [{ size: text.length, contentType: 'text/plain' }]
    const place = { namespace: this.slug, project: 'lab' }
    const { uploads } = await this.succeed(201, 'POST', '/uploads', { ...place, files })
    await put(uploads[0].url, text, uploads[0].headers)
    await this.succeed(200, 'POST', `/uploads/${uploads[0].id}/complete`)
    return uploads[0].id
  }

  async dataset(name: string): Promise<string> {
    return (await this.succeed(201, 'POST', `${this.project}/datasets`, { name })).id
  }

  /** Puts a collection into a dataset, or beside all of them; members beyond a thousand are added by further requests. */
  async collection(name: string, datasetId: string | null = null, members: string[] = []): Promise<string> {
    const path = `${this.project}/collections`
    const first = { name, datasetId, members: members.slice(0, MEMBERS_AT_ONCE) }
    const { id } = await this.succeed(201, 'POST', path, first)
    for (let from = MEMBERS_AT_ONCE; from < members.length; from += MEMBERS_AT_ONCE) {
      const add = members.slice(from, from + MEMBERS_AT_ONCE)
      await this.succeed(200, 'POST', `${path}/${encodeURIComponent(name)}/members`, { add })
    }
    return id
  }

  /** Makes one thing of a kind. */
  async make(kind: string): Promise<Made> {
    const namespace = `/namespaces/${this.slug}`
    const inside = { kind, trash: this.project }
    const place = { namespace: this.slug, project: 'lab' }
    switch (kind) {
      case 'namespace': {
        const { id } = await this.succeed(200, 'GET', namespace)
        return { kind, trash: namespace, id, name: this.slug, path: namespace, as: `${this.slug}-2` }
      }
      case 'project': {
        const { spaces } = await this.succeed(200, 'GET', `${namespace}/spaces`)
        const { id } = spaces[0] ?? (await this.succeed(201, 'POST', `${namespace}/spaces`, { name: 'lab' }))
        return { kind, trash: namespace, id, name: 'lab', path: this.project, as: 'lab-2' }
      }
      case 'episode': {
        const { id } = await this.episode('run', { folder: '/a' })
        return { ...inside, id, name: 'run', path: `${this.project}/episodes/run`, as: 'run 2' }
      }
      case 'folder': {
        const { folderId } = await this.episode('run', { folder: '/a/b' })
        return { ...inside, id: folderId ?? '', name: '/a/b', path: `/nodes/${folderId}`, as: 'c' }
      }
      case 'dataset': {
        const id = await this.dataset('set')
        return { ...inside, id, name: 'set', path: `${this.project}/datasets/set`, as: 'set 2' }
      }
      case 'collection': {
        const id = await this.collection('good')
        return { ...inside, id, name: 'good', path: `${this.project}/collections/good`, as: 'good 2' }
      }
      default: {
        const asset = await this.succeed(201, 'POST', `/assets/${kind}`, { ...place, name: '/a/x' })
        return { ...inside, id: asset.id, name: '/a/x', path: `/assets/${kind}/${asset.id}`, as: '/a/y' }
      }
    }
  }

  /**
   * The nodes of the project that are there as `kind path`, each with the path of its parent in the tree: live, and in no
   * trashed episode.
   */
  async tree(): Promise<Readonly<Record<string, string | null>>> {
    const { results } = await env.DB.prepare(
      `select n.kind || ' ' || ifnull((select e.name || ':' from episodes e where e.id = n.container_id), '') || n.path
           as node,
         (select u.kind || ' ' || u.path || iif(u.deleted_at is null, '', ' (trashed)') from nodes u
           where u.id = n.parent_id) as parent
       from nodes n join projects p on p.id = n.project_id and p.slug = 'lab' and p.deleted_at is null
       join namespaces s on s.id = p.namespace_id and s.slug = ?
       where n.deleted_at is null and not exists (
         select 1 from episodes e where e.id = n.container_id and e.deleted_at is not null) order by node`,
    )
      .bind(this.slug)
      .all<{ node: string; parent: string | null }>()
    return Object.fromEntries(results.map(({ node, parent }) => [node, parent]))
  }

  /** Where the tree and what hangs in it contradict each other. */
  async contradictions(): Promise<readonly unknown[]> {
    const parent = '(select u.path from nodes u where u.id = n.parent_id and u.deleted_at is null)'
    const { results } = await env.DB.prepare(
      `with lab as (select p.id from projects p join namespaces s on s.id = p.namespace_id
         where s.slug = ? and p.slug = 'lab' and p.deleted_at is null)
       select 'asset ' || a.name as what from lab join assets a on a.project_id = lab.id
         where a.deleted_at is null and a.name is not null and not exists (select 1 from nodes n where n.id = a.node_id
           and n.deleted_at is null and n.item_id = a.id and n.container_id = a.container_id and n.kind = a.kind
           and n.path = replace(a.name, '%', '%25') and substr(a.name, -length(n.name) - 1) = '/' || n.name)
       union all select 'episode ' || e.name from lab join episodes e on e.project_id = lab.id
         where e.deleted_at is null and not exists (select 1 from nodes n where n.id = e.node_id
           and n.deleted_at is null and n.item_id = e.id and n.name = e.name and n.parent_id is e.folder_id
           and e.node_path = ifnull(${parent}, '') || '/' || ltrim(e.name, iif(n.parent_id is null, '/', '')))
       union all select 'node ' || n.path from lab join nodes n on n.project_id = lab.id
         left join episodes e on e.id = n.container_id where n.deleted_at is null and (n.path <> iif(n.parent_id = e.node_id, '', ifnull(${parent}, ''))
             || '/' || replace(replace(n.name, '%', '%25'), '/', '%2F')
           or (n.parent_id is null) <> (n.container_id = n.project_id and instr(substr(n.path, 2), '/') = 0)
           or n.kind not in ('folder', 'episode')
             and not exists (select 1 from assets a where a.id = n.item_id and a.node_id = n.id and a.deleted_at is null))`,
    )
      .bind(this.slug)
      .all()
    return results.map(({ what }) => what)
  }

  /** What the namespace and the lists of the project count. */
  async counts(): Promise<Readonly<Record<string, number>>> {
    const { projects, assets } = await this.succeed(200, 'GET', `/namespaces/${this.slug}`)
    const total = async (list: string) => (await this.succeed(200, 'GET', `${this.project}/${list}`)).total
    const lists = ['episodes', 'datasets', 'trash'] as const
    const totals = await Promise.all(lists.map(async (list) => [list, await total(list)] as const))
    return { projects, videos: assets.videos, ...Object.fromEntries(totals) }
  }

  /** Purges now, to the end. */
  async purge(deletionId: string, place = this.project): Promise<void> {
    await this.succeed(202, 'DELETE', `${place}/trash/${deletionId}`)
    await fire()
  }

  /** Says that the purge has come for a deletion, and not got further. */
  async claim(deletionId: string): Promise<void> {
    await env.DB.prepare('update deletions set purging = 1 where id = ?').bind(deletionId).run()
  }

  /** A token of the owner's for robots. */
  async robot(fields: object): Promise<string> {
    return (await this.succeed(201, 'POST', '/auth/tokens', { name: 'robot', ...fields })).token
  }

  /** The names of the videos that the list shows. */
  async videos(query = ''): Promise<(string | null)[]> {
    const list = await this.succeed(200, 'GET', `/assets/video?namespace=${this.slug}&project=lab${query}`)
    return list.map(({ name }: { name: string | null }) => name).sort()
  }

  async trash(path = this.project): Promise<readonly Trashed[]> {
    return (await this.succeed(200, 'GET', `${path}/trash`)).trash
  }

  /** Deletes, and gives the id of the deletion. */
  async remove(path: string): Promise<string> {
    return (await this.succeed(200, 'DELETE', path)).deletionId
  }

  restore(deletionId: string, as?: string, place = this.project): Promise<Answer> {
    const query = as === undefined ? '' : `?as=${encodeURIComponent(as)}`
    return this.ask('POST', `${place}/trash/${deletionId}/restore${query}`)
  }

  async receipts(): Promise<readonly Record<string, unknown>[]> {
    return (await this.succeed(200, 'GET', `/namespaces/${this.slug}/purges`)).purges
  }
}

/** Fires the schedule, `days` from now. */
export async function fire(days = 0, deployed: object = {}): Promise<void> {
  const controller = createScheduledController({ scheduledTime: new Date(Date.now() + days * DAY) })
  await worker.scheduled(controller, { ...env, ...deployed } as Env)
}

/** All rows of a table, past the server. */
export async function rowsOf(table: string, condition = 'true'): Promise<readonly Record<string, unknown>[]> {
  const { results } = await env.DB.prepare(`select * from ${table} where ${condition}`).all()
  return results
}

/** What one run of the schedule has said. */
export interface Run {
  /** Its line in the log. */
  readonly line: Readonly<Record<string, unknown>>
  readonly mended: readonly Mended[]
  /** The steps that failed. */
  readonly failed: readonly string[]
  /** What it was rejected with; null where it was not. */
  readonly rejected: unknown
}

export interface Mended {
  readonly table: string
  readonly key: string
  readonly counters: Readonly<Record<string, readonly [number, number]>>
}

/** Fires the schedule, `days` from now, and listens to what it says. */
export async function run(days = 0, deployed: object = {}): Promise<Run> {
  const [info, error] = [vi.spyOn(console, 'info'), vi.spyOn(console, 'error')]
  for (const spy of [info, error]) spy.mockImplementation(() => undefined)
  const rejected = await fire(days, deployed).then(
    () => null,
    (reason: unknown) => reason,
  )
  const [said, wrong] = [info, error].map((spy) => spy.mock.calls.map(([line]) => JSON.parse(String(line))))
  for (const spy of [info, error]) spy.mockRestore()
  const lines = (said ?? []).filter(({ message }) => message === 'maintained')
  if (lines.length !== 1) throw new Error(`One line was expected: ${JSON.stringify([said, wrong])}`)
  const { level: _, message: __, ...line } = lines[0]
  const of = (what: string) => (wrong ?? []).filter(({ message }) => message === what)
  return {
    line,
    mended: of('a counter was mended').map(({ table, key, counters }) => ({ table, key, counters })),
    failed: of('a step of the maintenance failed').map(({ step }) => step),
    rejected,
  }
}

/** A statement that the server has run, and what it cost. */
interface Ran {
  readonly text: string
  /** The number of its round trip. */
  readonly trip: number
  readonly rowsRead: number
  readonly rowsWritten: number
}

/** D1, with all statements that it runs; batches with one that `broken` matches fail. */
export function observed(broken?: RegExp) {
  const ran: Ran[] = []
  let trip = 0
  const textOf = new WeakMap<D1PreparedStatement, string>()
  const withSession = (constraint?: string) => {
    const session = env.DB.withSession(constraint)
    const named = (text: string, prepared: D1PreparedStatement): D1PreparedStatement => {
      textOf.set(prepared, text)
      return prepared
    }
    return {
      getBookmark: () => session.getBookmark(),
      prepare: (text: string) => {
        const prepared = named(text, session.prepare(text))
        const bind = prepared.bind.bind(prepared)
        return Object.assign(prepared, { bind: (...values: unknown[]) => named(text, bind(...values)) })
      },
      batch: async (statements: D1PreparedStatement[]) => {
        const texts = statements.map((each) => textOf.get(each) ?? '')
        if (broken && texts.some((text) => broken.test(text))) throw new Error('D1_ERROR: It is broken.')
        const results = await session.batch(statements)
        trip++
        for (const [at, { meta }] of results.entries())
          ran.push({ text: texts[at] ?? '', trip, rowsRead: meta.rows_read, rowsWritten: meta.rows_written })
        return results
      },
    }
  }
  return { DB: { withSession } as unknown as D1Database, ran }
}

/** How far the walks of the schedule have come. */
export const positions = async (): Promise<Readonly<Record<string, unknown>>> =>
  Object.fromEntries((await rowsOf('walks')).map(({ name, position }) => [name, position]))
