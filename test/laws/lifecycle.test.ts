import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { AssetKind } from '../../src/domain/kind.ts'
import { wireKinds } from '../../src/features/recordings/asset-kinds.ts'
import { statusOf } from '../../src/http/problem.ts'
import { DAY, fire } from '../support/archive.ts'
import { expectFacets } from '../support/facets.ts'
import { withoutRests } from '../support/faults.ts'
import { type Deletion, type Item, isAsset, isThere, Model, parentOf, type Stored } from '../support/model.ts'
import { type Answer, ask, tokenFor } from '../support/world.ts'

/**
 * Any sequence of making, sending, deleting, restoring, purging and waiting, against a model that says what should be
 * there. Every answer is foretold; every few commands, and before and after each run of the schedule, all that the API
 * shows is compared, and in the end that nothing is left of what should be gone.
 */

const numRuns = 16
const mostCommands = 80
const COMPARED_EVERY = 10

const HOUR = DAY / 24
const START = Date.UTC(2030, 0, 1)
const FAR = Date.UTC(2200, 0, 1) / 1_000

/** What the namespace shows of each kind. */
const counts = {
  video: 'videos',
  audio: 'audio',
  'label-track': 'labelTracks',
  'text-track': 'textTracks',
  image: 'images',
  file: 'files',
} as const
const kinds = wireKinds.map(({ shape }) => shape)
const used: readonly AssetKind[] = ['video', 'video', 'video', 'label-track', 'file']
const quoted = encodeURIComponent

interface Receipt {
  readonly deletion_id: string
  readonly kind: string
  readonly rule: string
  readonly finished_at: number | null
  readonly rows: number
  readonly objects: number
  readonly bytes: number
}

class Lab {
  model: Model
  readonly #user: string
  readonly #token: string
  #commands = 0

  private constructor(user: string, token: string, slug: string) {
    this.#user = user
    this.#token = token
    this.model = new Model(slug, START)
  }

  static async open(): Promise<Lab> {
    vi.setSystemTime(START)
    const id = crypto.randomUUID().slice(0, 8)
    const lab = new Lab(`keeper-${id}`, await tokenFor(`keeper-${id}`, { expiresAt: FAR }), `t${id}`)
    await lab.ask('GET', '/auth/me')
    await lab.createNamespace()
    return lab
  }

  ask(method: string, path: string, body?: unknown): Promise<Answer> {
    return ask(method, path, { token: this.#token, ...(body === undefined ? {} : { body }) })
  }

  /** Asks, and sees to it that the answer is the foretold one. */
  async expects(
    told: unknown,
    status: number,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer['body']> {
    const answer = await this.ask(method, path, body)
    const what = `${method} ${path} ${JSON.stringify(body) ?? ''}`
    const foretold = typeof told === 'string' ? [statusOf[told as keyof typeof statusOf], told] : [status]
    const given = [answer.status, ...(answer.status >= 400 ? [answer.body.code] : [])]
    expect(given, `${what}: ${answer.text}`).toEqual(foretold)
    if (answer.status < 300) await this.learn()
    return answer.body
  }

  get home(): string {
    return `/namespaces/${this.model.slug}`
  }

  at(project: Item | string | null): string {
    return project === null
      ? this.home
      : `${this.home}/projects/${typeof project === 'string' ? project : project.path}`
  }

  async command(run: (lab: Lab) => Promise<unknown>): Promise<void> {
    this.pass(1_000)
    await run(this)
    if (++this.#commands % COMPARED_EVERY === 0) await this.compare()
  }

  pass(milliseconds: number): void {
    this.model.now += milliseconds
    vi.setSystemTime(this.model.now)
  }

  /** The ids of what has been made, which no answer tells. */
  private async learn(): Promise<void> {
    const { items, deletions, namespace } = this.model
    const find = async (text: string, ...values: unknown[]) =>
      (await env.DB.prepare(text)
        .bind(...values)
        .first<string>('id')) ?? `no ${values}`
    for (const item of items.filter(({ id }) => id === '')) {
      const { kind, project, container, path, name } = item
      if (kind === 'project')
        item.id = await find(
          'select id from projects where namespace_id = ? and slug = ? and deleted_at is null',
          namespace.id,
          path,
        )
      else if (kind === 'episode' || kind === 'dataset' || kind === 'collection')
        item.id = await find(
          `select id from ${kind}s where project_id = ? and name = ? and deleted_at is null`,
          project?.id,
          name,
        )
      else if (kind === 'folder')
        item.id = await find(
          `select id from nodes where container_id = ? and path = ? and kind = 'folder' and deleted_at is null`,
          (container ?? project)?.id,
          path,
        )
    }
    for (const deletion of deletions.filter(({ id }) => id === ''))
      deletion.id = await find('select id from deletions where item_id = ?', deletion.item.id)
  }

  async createNamespace(): Promise<void> {
    const { slug, isGone, namespace, now } = this.model
    const isFree = isGone || namespace.id === ''
    const body = await this.expects(isFree || 'namespace_slug_taken', 201, 'POST', '/namespaces', { slug })
    if (!isFree) return
    this.model = new Model(slug, now)
    this.model.namespace.id = body.id
  }

  async register(
    slug: string,
    episode: string | null,
    kind: AssetKind,
    name: string | null,
    storage: number | null,
  ) {
    const { model } = this
    const stored = storage === null ? null : (pick(model.everStored.slice(-5), storage)?.id ?? 'elsewhere')
    const told = model.register(slug, episode, kind, name, stored)
    const storageName = kinds.find((shape) => shape.kind === kind)?.storageName ?? ''
    const body = await this.expects(told, 201, 'POST', `/assets/${kind}`, {
      namespace: model.slug,
      project: slug,
      episodeName: episode,
      name,
      [storageName]: stored,
    })
    if (typeof told === 'string') return
    if (told.id === '') told.id = body.id
    expect([body.id, body.name]).toEqual([told.id, name])
  }

  async announce(project: string, text: string, hasChecksum: boolean, goes: 'nowhere' | 'sent' | 'complete') {
    const { model } = this
    const told = model.announce(project, text, hasChecksum)
    const sha256 = hasChecksum ? new Uint8Array(await digest(text)).toHex() : null
    const files = [{ size: text.length, sha256 }]
    const body = await this.expects(told, 201, 'POST', '/uploads', { namespace: model.slug, project, files })
    if (typeof told === 'string') return
    const [{ id, status, url, headers }] = body.uploads
    expect([status, told.known?.id ?? id]).toEqual([told.known ? 'exists' : 'pending', id])
    if (told.known) return
    model.store({ id, project: told.project, text, hasChecksum, url, headers })
    const stored = model.objects.at(-1)
    if (stored && goes !== 'nowhere') await this.send(stored)
    if (stored && goes === 'complete') await this.complete(stored)
  }

  async send(stored: Stored | undefined): Promise<void> {
    if (!stored) return
    const told = this.model.send(stored)
    const { status } = await ask('PUT', stored.url, { raw: stored.text, headers: stored.headers })
    expect(status, `PUT ${stored.id}`).toBe(
      typeof told === 'string' ? statusOf[told as keyof typeof statusOf] : 200,
    )
  }

  async complete(stored: Stored | undefined): Promise<void> {
    if (stored) await this.expects(this.model.complete(stored), 200, 'POST', `/uploads/${stored.id}/complete`)
  }

  async abort(stored: Stored | undefined): Promise<void> {
    if (stored) await this.expects(this.model.abort(stored), 200, 'DELETE', `/uploads/${stored.id}`)
  }

  async restore(deletion: Deletion | undefined, as: string | null): Promise<void> {
    if (!deletion) return
    const { item, id } = deletion
    // The slugs of namespaces are everybody's.
    const name = as !== null && item.kind === 'namespace' ? `${this.model.slug}${as}` : as
    const path = `${this.at(item.project)}/trash/${id}/restore${name === null ? '' : `?as=${quoted(name)}`}`
    const told = this.model.restore(deletion, item.project?.path ?? '', name)
    const body = await this.expects(told, 200, 'POST', path)
    if (typeof told !== 'string') expect([body.id, path]).toEqual([item.id, path])
  }

  async purge(deletion: Deletion | undefined, isDry: boolean): Promise<void> {
    if (!deletion) return
    const { model } = this
    const { item, id } = deletion
    const slug = item.project?.path ?? ''
    const path = `${this.at(item.project)}/trash/${id}`
    const foretold = model.dryRun(deletion, slug)
    const counted = await this.expects(foretold, 200, 'DELETE', `${path}?dryRun=true`)
    if (typeof foretold !== 'string') expect(counted, path).toEqual(foretold)
    if (isDry) return
    const told = model.purge(deletion, slug)
    await this.expects(told, 202, 'DELETE', path)
    if (typeof told === 'string') return
    const [trash = [], ...rows] = await this.read(TRASH, ...ROWS)
    model.see(tally(rows), new Map(trash as [string, number][]))
  }

  /** What is in the tables of the namespace, past the server. */
  private async read(...texts: string[]): Promise<unknown[][][]> {
    const { id } = this.model.namespace
    const found = await env.DB.batch<object>(texts.map((text) => env.DB.prepare(text).bind(id)))
    return found.map(({ results }) => results.map((row) => Object.values(row)))
  }

  async cron(): Promise<void> {
    // What it mends would not be seen any more.
    await this.compare()
    await this.fire()
  }

  private async fire(): Promise<void> {
    this.model.cron()
    await fire()
    await this.compare()
  }

  async compare(): Promise<void> {
    const { model } = this
    if (model.isGone) expect((await this.ask('GET', this.home)).status).toBe(404)
    else await this.expects(model.isOpen || 'namespace_not_found', 200, 'GET', this.home)
    if (model.isOpen) await this.compareNamespace()
    if (model.isOwned) await this.compareTrash(null)
    await this.compareRows()
    await this.compareReceipts()
  }

  /** A whole list, with its total. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  private async list(path: string, key: string): Promise<any[]> {
    const { status, body, text } = await this.ask('GET', `${path}?pageSize=200`)
    expect([status, body.total], `${path}: ${text}`).toEqual([200, body[key]?.length])
    return body[key]
  }

  private async compareNamespace(): Promise<void> {
    const { items } = this.model
    const projects = items.filter(({ kind, deletion }) => kind === 'project' && deletion === null)
    const there = items.filter((item) => item.project && isThere(item))
    const { body } = await this.ask('GET', this.home)
    const assets = kinds.map(({ kind }) => [counts[kind], there.filter((item) => item.kind === kind).length])
    expect([body.projects, body.assets]).toEqual([projects.length, Object.fromEntries(assets)])
    const listed = await this.list(`${this.home}/projects`, 'projects')
    expect(listed.map(({ id, slug, name }) => [id, slug, name])).toEqual(
      newestFirst(projects).map(({ id, path, name }) => [id, path, name]),
    )
    for (const project of projects) {
      const inside = newestFirst(there.filter((item) => item.project === project))
      await this.compareProject(project, inside)
      await this.compareTrash(project)
    }
  }

  private async compareProject(project: Item, inside: readonly Item[]): Promise<void> {
    const path = this.at(project)
    const of = (wanted: string) => inside.filter(({ kind }) => kind === wanted)
    const heldBy = (dataset: Item) => this.model.held(dataset).map(({ id, name }) => ({ id, name }))
    const byName = (one: Pick<Item, 'name'>, other: Pick<Item, 'name'>) =>
      String(one.name) < String(other.name) ? -1 : 1
    const datasets = await this.list(`${path}/datasets`, 'datasets')
    expect(
      datasets.map(({ name, collections, collectionsTotal }) => [name, collections, collectionsTotal]),
    ).toEqual(of('dataset').map((each) => [each.name, heldBy(each).sort(byName), heldBy(each).length]))
    const collections = await this.list(`${path}/collections`, 'collections')
    expect(
      collections.map(({ id, name, datasetId, members, membersTotal }) => [
        id,
        name,
        datasetId,
        members,
        membersTotal,
      ]),
    ).toEqual(
      of('collection').map((it) => [it.id, it.name, it.dataset?.id ?? null, it.members, it.members.length]),
    )
    const episodes = await this.list(`${path}/episodes`, 'episodes')
    expect(
      episodes.map(({ id, name, nodePath, writeProtected }) => [id, name, nodePath, writeProtected]),
    ).toEqual(
      of('episode').map((it) => [it.id, it.name, `${parentOf(it.path ?? '')}/${it.name}`, it.isProtected]),
    )
    const place = `namespace=${this.model.slug}&project=${project.path}`
    for (const { kind, storageName } of kinds.filter((shape) => used.includes(shape.kind))) {
      const { body } = await this.ask('GET', `/assets/${kind}?${place}`)
      expect(body.map((it: Item & Record<string, unknown>) => [it.id, it.name, it[storageName]])).toEqual(
        of(kind).map(({ id, name, storageId }) => [id, name, storageId]),
      )
    }
  }

  private async compareTrash(project: Item | null): Promise<void> {
    const found = await this.list(`${this.at(project)}/trash`, 'trash')
    const time = (at: number) => new Date(at).toISOString()
    const foretold = this.model.deletions.filter(({ item }) => item.project === project).reverse()
    // A project that goes with its namespace has its row, and so its slug, taken before its entry.
    const slugOf = ({ kind, path, rows }: Item) =>
      kind === 'namespace' || (kind === 'project' && rows > 0) ? path : null
    expect(found).toEqual(
      foretold.map(({ id, item, name, at, rule }) => ({
        deletionId: id,
        kind: item.kind,
        id: item.id,
        name,
        slug: slugOf(item),
        episode: item.container?.name ?? null,
        deletedAt: time(at),
        deletedBy: this.#user,
        purgeAt: time(at + 30 * DAY),
        purging: rule !== null,
        state: rule === null ? 'trashed' : 'purging',
      })),
    )
  }

  /** The tables of the tree, of the trash and of objects, and the bucket. */
  private async compareRows(): Promise<void> {
    const { namespace, items, deletions, objects } = this.model
    const [nodes = [], trash, stored, ...rows] = await this.read(NODES, TRASH, OBJECTS, ...ROWS)
    const placed = items.filter(
      (it) => this.model.isOpen && it.project !== null && it.path !== null && isThere(it),
    )
    const above = ({ project, container, path }: Item) =>
      this.model.live('folder', project, { container, path: parentOf(path ?? '') })?.id ??
      container?.id ??
      null
    expect(sorted(nodes)).toEqual(
      sorted(placed.map((it) => [it.kind, (it.container ?? it.project)?.id, it.path, it.id, above(it)])),
    )
    expect(sorted([...tally(rows)])).toEqual(
      sorted([...items, namespace].filter((it) => it.rows > 0).map((it) => [it.id, it.rows])),
    )
    await expectFacets(namespace.id)
    expect(trash).toEqual(deletions.map(({ id, rule }) => [id, rule ? 1 : 0]))
    expect(stored).toEqual(objects.map(({ id, state }) => [id, state]))
    const held = await env.BUCKET.list({ prefix: `${namespace.id}/` })
    expect(held.objects.map(({ key }) => key)).toEqual(
      objects.filter(({ isSent }) => isSent).map(({ id }) => `${namespace.id}/${id}`),
    )
  }

  private async compareReceipts(): Promise<void> {
    const { namespace, everDeleted, erased, isOwned } = this.model
    const { results } = await env.DB.prepare('select * from purges where namespace_id = ?')
      .bind(namespace.id)
      .all<Receipt>()
    const [others, ofDeletions] = [true, false].map((isOther) =>
      results.filter((row) => (row.kind === 'object') === isOther),
    ) as [typeof results, typeof results]
    const sum = (column: 'rows' | 'objects' | 'bytes', of = results) =>
      of.reduce((total, row) => total + row[column], 0)
    const by = (wanted: string) =>
      sum(
        'objects',
        others.filter(({ rule }) => rule === wanted),
      )
    expect({
      ...{ rows: sum('rows'), objects: sum('objects'), bytes: sum('bytes') },
      ...{ idle: by('idle'), unreferenced: by('unreferenced') },
    }).toEqual(erased)
    expect(
      sorted(ofDeletions.map((row) => [row.deletion_id, row.kind, row.rule, row.finished_at !== null])),
    ).toEqual(
      sorted(everDeleted.filter((it) => it.rule).map((it) => [it.id, it.item.kind, it.rule, it.isOver])),
    )
    expect(others.filter(({ rule }) => rule !== 'idle' && rule !== 'unreferenced')).toEqual([])
    if (isOwned) expect(await this.list(`${this.home}/purges`, 'purges')).toHaveLength(results.length)
  }

  /** Every live asset gives the very bytes that were sent, or has none. */
  async download(): Promise<void> {
    const { items, slug, isOpen } = this.model
    const live = newestFirst(items.filter((it) => isOpen && isAsset(it) && isThere(it)))
    for (const { kind, project, container, name } of live.filter((it) => it.name !== null)) {
      const { object = null } =
        live.find(
          (it) =>
            it.kind === kind &&
            it.project === project &&
            it.name === name &&
            (!container || it.container === container),
        ) ?? {}
      const episode = container ? `&episode=${quoted(container.name ?? '')}` : ''
      const query = `namespace=${slug}&project=${project?.path}&path=${quoted(name ?? '')}${episode}`
      const path = `/assets/${kind}/download?${query}`
      const body = await this.expects(object ?? 'asset_without_object', 200, 'GET', path)
      if (object) expect((await ask('GET', body.url)).text).toBe(object.text)
    }
  }

  /** Long after, all that nobody wants is gone, and all that lives is there. */
  async end(): Promise<void> {
    await this.download()
    await this.compare()
    for (const days of [40, 10, 1]) {
      this.pass(days * DAY)
      await this.fire()
    }
    await this.download()
    const { deletions, items, objects, everDeleted, isGone } = this.model
    expect(deletions).toEqual([])
    expect(items.filter(({ deletion }) => deletion)).toEqual([])
    expect(objects.filter((object) => !items.some((it) => it.object === object))).toEqual([])
    if (isGone) expect([items, objects]).toEqual([[], []])
    expect(everDeleted.every(({ isOver }) => isOver)).toBe(true)
  }

  /** Leaves nothing that the runs after it would have to look at. */
  async close(): Promise<void> {
    await this.ask('DELETE', `${this.home}?includeProtected=true`)
    for (const days of [40, 10, 1]) {
      this.pass(days * DAY)
      await fire()
    }
  }
}

const ofProjects = 'where project_id in (select id from projects where namespace_id = ?1)'
/** The nodes in reach, with what they are of and hang under. */
const NODES = `select kind, container_id, path, ifnull(item_id, id) as item, (select ifnull(above.item_id, above.id)
  from nodes as above where above.id = nodes.parent_id and above.deleted_at is null) as above
  from nodes where deleted_at is null
    and not exists (select 1 from episodes where episodes.id = container_id and episodes.deleted_at is not null)
    and project_id in (select projects.id from projects
    join namespaces on namespaces.id = namespace_id and namespaces.deleted_at is null
    where namespace_id = ?1 and projects.deleted_at is null)`
/** The thing that each row is of. */
const ROWS = [
  'select id from namespaces where id = ?1',
  'select namespace_id from members where namespace_id = ?1',
  'select id from projects where namespace_id = ?1',
  `select ifnull(item_id, id) as id from nodes ${ofProjects}`,
  ...['assets', 'episodes', 'datasets', 'collections'].map(
    (table) => `select id from ${table} ${ofProjects}`,
  ),
  `select collection_id from collection_members where collection_id in (select id from collections ${ofProjects})`,
]
/** How many rows there are of each thing. */
const tally = (found: readonly unknown[][][]): Map<string, number> =>
  found.flat().reduce((sum, [id]) => sum.set(String(id), (sum.get(String(id)) ?? 0) + 1), new Map())
const TRASH = 'select id, purging from deletions where namespace_id = ?1 order by id'
const OBJECTS = `select id, iif(state in ('pending', 'complete'), state, 'ended') from objects
  where namespace_id = ?1 order by id`
const digest = (text: string) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
const newestFirst = (items: readonly Item[]) => items.toSorted((one, other) => (one.id < other.id ? 1 : -1))
const sorted = (rows: readonly unknown[][]) => rows.map((row) => JSON.stringify(row)).sort()
const pick = <T>(from: readonly T[], number: number): T | undefined => from[number % Math.max(from.length, 1)]

type Command = fc.AsyncCommand<object, Lab>

/** A command by what it is given; it is always allowed, and its answer foretold. */
const step = <T>(
  name: string,
  given: fc.Arbitrary<T>,
  run: (lab: Lab, given: T) => Promise<unknown>,
): fc.Arbitrary<Command> =>
  given.map((values) => ({
    check: () => true,
    run: (_, lab) => lab.command(() => run(lab, values)),
    toString: () => `${name}${JSON.stringify(values)}`,
  }))

const project = fc.constantFrom('p', 'p', 'p', 'q')
const episode = fc.constantFrom('e', 'e/2')
const folder = fc.constantFrom('/a', '/a/b', '/a.b%', '')
const kind = fc.constantFrom(...used)
const any = fc.nat({ max: 100 })
const isRare = fc.constantFrom(true, ...Array(5).fill(false))

const register = step(
  'register',
  fc.tuple(
    project,
    fc.option(episode),
    kind,
    fc.option(
      fc.tuple(folder, fc.constantFrom('x', 'x', 'y')).map((parts) => parts.join('/')),
      { freq: 8 },
    ),
    fc.option(any, { freq: 4 }),
  ),
  (lab, [slug, name, ...rest]) => lab.register(slug, name, ...rest),
)
/** The same path, with other bytes or with the same ones. */
const replace = step(
  'replace',
  fc.tuple(any, fc.option(any, { freq: 4 })),
  async (lab, [number, storage]) => {
    const { kind, project, container, name } = pick(lab.model.within(isAsset), number) ?? {}
    if (kind && project?.path)
      await lab.register(project.path, container?.name ?? null, kind as AssetKind, name ?? null, storage)
  },
)
const upsertEpisode = step(
  'upsertEpisode',
  fc.tuple(
    project,
    episode,
    fc.option(fc.constantFrom('/a', '/a/b', '/a.b%')),
    fc.constantFrom(true, ...Array(9).fill(false)),
  ),
  (lab, [slug, name, path, writeProtected]) => {
    const folders = path === null ? {} : { folder: path }
    const told = lab.model.upsertEpisode(slug, name, path?.replace('%', '%25') ?? null, writeProtected)
    const isNew = typeof told !== 'string' && told.id === ''
    return lab.expects(told, isNew ? 201 : 200, 'POST', `${lab.at(slug)}/episodes`, {
      name,
      writeProtected,
      ...folders,
    })
  },
)
const announce = step(
  'announce',
  fc.tuple(
    project,
    fc.constantFrom('a', 'bb'),
    fc.constantFrom(true, true, false),
    fc.constantFrom('nowhere', 'sent', 'complete', 'complete', 'complete'),
  ),
  (lab, given) => lab.announce(...given),
)
const isFolder = ({ kind }: Item): boolean => kind === 'folder'
const deleteItem = (
  name: string,
  isIt: (item: Item) => boolean,
  missing: string,
  prefix: (item: Item) => string,
) =>
  step(name, any, async (lab, number) => {
    const item = pick(lab.model.within(isIt), number)
    if (item)
      await lab.expects(lab.model.deleteItem(item, missing), 200, 'DELETE', `${prefix(item)}/${item.id}`)
  })
const deleteAsset = deleteItem('deleteAsset', isAsset, 'asset_not_found', (item) => `/assets/${item.kind}`)
const deleteFolder = deleteItem('deleteFolder', isFolder, 'node_not_found', () => '/nodes')
const moveFolder = step(
  'moveFolder',
  fc.tuple(
    any,
    fc.option(fc.constantFrom('a', 'b', '50%')),
    fc.constantFrom('where it is', 'to the top', 'below another', 'below another'),
    any,
  ),
  async (lab, [number, name, where, other]) => {
    const folder = pick(lab.model.within(isFolder), number)
    if (!folder) return
    const another = where === 'below another' ? pick(lab.model.within(isFolder), other) : null
    const parent = where === 'where it is' ? undefined : (another ?? null)
    await lab.expects(lab.model.moveFolder(folder, name, parent), 200, 'PATCH', `/nodes/${folder.id}`, {
      ...(name === null ? {} : { name }),
      ...(parent === undefined ? {} : { parentId: parent?.id ?? null }),
    })
  },
)
const deleteEpisode = step('deleteEpisode', fc.tuple(project, episode), (lab, [slug, name]) =>
  lab.expects(
    lab.model.deleteNamed(slug, 'episode', name),
    200,
    'DELETE',
    `${lab.at(slug)}/episodes/${quoted(name)}`,
  ),
)
const dataset = fc.constantFrom('d', 'z')
const createDataset = step('createDataset', fc.tuple(project, dataset), (lab, [slug, name]) =>
  lab.expects(lab.model.createDataset(slug, name), 201, 'POST', `${lab.at(slug)}/datasets`, { name }),
)
const deleteDataset = step('deleteDataset', fc.tuple(project, dataset), (lab, [slug, name]) =>
  lab.expects(
    lab.model.deleteNamed(slug, 'dataset', name),
    200,
    'DELETE',
    `${lab.at(slug)}/datasets/${name}`,
  ),
)
const isDataset = ({ kind }: Item): boolean => kind === 'dataset'
const isCollection = ({ kind }: Item): boolean => kind === 'collection'
const members = fc.shuffledSubarray(['m', 'n', 'o', 'a', 'b'])
/** One that is there, or was; or none. */
const placeOf = (lab: Lab, number: number | null): Item | null =>
  (number === null ? null : pick(lab.model.within(isDataset), number)) ?? null
const createCollection = step(
  'createCollection',
  fc.tuple(project, fc.constantFrom('c', 'y', 'z'), fc.option(any, { freq: 3 }), members),
  (lab, [slug, name, number, given]) => {
    const dataset = placeOf(lab, number)
    const told = lab.model.createCollection(slug, name, dataset, given)
    const body = { name, datasetId: dataset?.id ?? null, members: given }
    return lab.expects(told, 201, 'POST', `${lab.at(slug)}/collections`, body)
  },
)
/** A command about a collection that is there, or was. */
const ofCollection = <T>(
  name: string,
  given: fc.Arbitrary<T>,
  run: (lab: Lab, slug: string, name: string, given: T) => Promise<unknown>,
) =>
  step(name, fc.tuple(any, given), async (lab, [number, values]) => {
    const { project, name } = pick(lab.model.within(isCollection), number) ?? {}
    if (project?.path && name) await run(lab, project.path, name, values)
  })
const collectionAt = (lab: Lab, slug: string, name: string) => `${lab.at(slug)}/collections/${quoted(name)}`
const moveCollection = ofCollection(
  'moveCollection',
  fc.option(any, { freq: 2 }),
  (lab, slug, name, number) => {
    const dataset = placeOf(lab, number)
    const told = lab.model.moveCollection(slug, name, dataset)
    return lab.expects(told, 200, 'PATCH', collectionAt(lab, slug, name), { datasetId: dataset?.id ?? null })
  },
)
const deleteCollection = ofCollection('deleteCollection', fc.constant(null), (lab, slug, name) =>
  lab.expects(lab.model.deleteNamed(slug, 'collection', name), 200, 'DELETE', collectionAt(lab, slug, name)),
)
const changeMembers = ofCollection(
  'changeMembers',
  fc.tuple(fc.constantFrom(true, true, false), members),
  async (lab, slug, name, [isAdding, given]) => {
    const { model } = lab
    const told = isAdding ? model.addMembers(slug, name, given) : model.removeMembers(slug, name, given)
    const [method, body] = isAdding ? ['POST', { add: given }] : ['DELETE', { remove: given }]
    const answer = await lab.expects(
      told,
      200,
      String(method),
      `${collectionAt(lab, slug, name)}/members`,
      body,
    )
    if (typeof told !== 'string') expect(answer).toEqual(told)
  },
)
const changeCollections = ofCollection(
  'changeCollections',
  fc.tuple(any, fc.boolean(), fc.array(fc.constantFrom('c', 'y', 'z'), { maxLength: 1 })),
  async (lab, slug, name, [number, isAdding, others]) => {
    const { model } = lab
    const dataset = pick(model.within(isDataset), number)?.name ?? 'd'
    const given = [name, ...others]
    const told = isAdding ? model.attach(slug, dataset, given) : model.detach(slug, dataset, given)
    const [method, body] = isAdding ? ['POST', { add: given }] : ['DELETE', { remove: given }]
    const path = `${lab.at(slug)}/datasets/${quoted(dataset)}/collections`
    const answer = await lab.expects(told, 200, String(method), path, body)
    if (typeof told !== 'string') expect(answer).toEqual(told)
  },
)
const restore = step(
  'restore',
  fc.tuple(any, fc.option(fc.constantFrom('z', 'y', 'e', 'e/2', 'a'), { freq: 2 })),
  (lab, [number, as]) => lab.restore(pick(lab.model.deleted, number), as),
)
const purge = step('purge', fc.tuple(any, fc.constantFrom(true, false, false)), (lab, [number, isDry]) =>
  lab.purge(pick(lab.model.deleted, number), isDry),
)
const wait = step('wait', fc.constantFrom(2, 26, 72, 192), async (lab, hours) => lab.pass(hours * HOUR))
const cron = step('cron', fc.constantFrom(0, 0, 0, 26, 72, 192, 744), (lab, hours) => {
  lab.pass(hours * HOUR)
  return lab.cron()
})

const upload = (name: string, run: (lab: Lab, stored: Stored | undefined) => Promise<unknown>) =>
  step(name, any, (lab, number) => run(lab, pick(lab.model.everStored.slice(-5), number)))

const commands = [
  ...[register, register, register, replace, replace, upsertEpisode, upsertEpisode, announce, announce],
  ...[
    deleteAsset,
    deleteAsset,
    deleteFolder,
    deleteFolder,
    moveFolder,
    moveFolder,
    moveFolder,
    deleteEpisode,
    deleteEpisode,
  ],
  ...[createCollection, createCollection, createCollection, moveCollection, changeMembers, changeMembers],
  ...[changeCollections, deleteCollection],
  ...[
    createDataset,
    createDataset,
    deleteDataset,
    restore,
    restore,
    restore,
    restore,
    purge,
    purge,
    purge,
    wait,
    cron,
    cron,
  ],
  upload('send', (lab, stored) => lab.send(stored)),
  upload('complete', (lab, stored) => lab.complete(stored)),
  upload('abort', (lab, stored) => lab.abort(stored)),
  step('createProject', project, (lab, name) =>
    lab.expects(lab.model.createProject(name), 201, 'POST', `${lab.home}/projects`, { name }),
  ),
  step('deleteProject', fc.tuple(project, fc.boolean()), (lab, [slug, includeProtected]) =>
    lab.expects(
      lab.model.deleteProject(slug, includeProtected),
      200,
      'DELETE',
      `${lab.at(slug)}?includeProtected=${includeProtected}`,
    ),
  ),
  step('namespace', isRare, (lab, isDeleted) =>
    isDeleted
      ? lab.expects(lab.model.deleteNamespace(true), 200, 'DELETE', `${lab.home}?includeProtected=true`)
      : lab.createNamespace(),
  ),
]

beforeEach(() => {
  withoutRests()
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => void vi.useRealTimers())

it('what should be there is there, and what should be gone is gone, after any sequence of requests', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.noBias(fc.commands(commands, { maxCommands: mostCommands, size: 'max' })),
      async (sequence) => {
        const lab = await Lab.open()
        try {
          await fc.asyncModelRun(() => ({ model: {}, real: lab }), sequence)
          await lab.end()
        } catch (error) {
          await lab.close()
          throw error
        }
      },
    ),
    { numRuns },
  )
})
