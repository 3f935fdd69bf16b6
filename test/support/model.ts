import type { AssetKind } from '../../src/domain/kind.ts'
import { DAY } from './archive.ts'

/** What should be there: a namespace, its tree, its trash and its objects, in the plainest words. */

const HOUR = DAY / 24
const RETENTION = 30 * DAY
const LEASE = 7 * DAY
/** What is as good as new is not renewed. */
const RENEWED_AFTER = HOUR
const PUT_LIVES = HOUR
/** A day for the URLs of an upload, and an hour for what is still on its way. */
const ENDED_FOR = 25 * HOUR

type Kind = 'namespace' | 'project' | 'episode' | 'folder' | 'dataset' | 'collection' | AssetKind

export interface Item {
  readonly kind: Kind
  id: string
  readonly project: Item | null
  /** The episode around it. */
  readonly container: Item | null
  /** Of a project its slug, of what has a node the node's path in its container. */
  path: string | null
  name: string | null
  /** In the tables, its node and its members included. */
  rows: number
  deletion: Deletion | null
  isProtected: boolean
  storageId: string | null
  object: Stored | null
  /** Of a collection. */
  members: readonly string[]
  dataset: Item | null
  /** The deletion that has taken it out of its dataset, while nothing else was said of it. */
  detachedBy: Deletion | null
}

export interface Deletion {
  id: string
  readonly item: Item
  readonly name: string | null
  readonly at: number
  rule: 'requested' | 'retention' | 'container' | null
  isOver: boolean
}

export interface Stored {
  readonly id: string
  readonly project: Item
  readonly text: string
  readonly hasChecksum: boolean
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly announcedAt: number
  state: 'pending' | 'complete' | 'ended'
  /** When it ended, once it has. */
  leaseUntil: number
  isSent: boolean
  /** Whether a purge has let it go: then its bytes are on the receipt of that. */
  isReleased: boolean
}

const assetKinds: readonly Kind[] = ['video', 'audio', 'label-track', 'text-track', 'image', 'file']
export const isAsset = ({ kind }: Item): boolean => assetKinds.includes(kind)

/** Whether it is in the trash: by itself, or with the episode or the project around it, and then it keeps its own state. */
export const isThere = ({ deletion, container, project }: Item): boolean =>
  deletion === null && !container?.deletion && !project?.deletion

const segment = (name: string): string => name.replaceAll('%', '%25').replaceAll('/', '%2F')
const plain = (path: string): string => path.replaceAll('%2F', '/').replaceAll('%25', '%')
export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))
const lastOf = (path: string): string => plain(path.slice(path.lastIndexOf('/') + 1))

/** A refusal is the code of it. */
type Told<T> = T | string

export class Model {
  now: number
  /** A namespace with its one member. */
  readonly namespace: Item
  items: Item[] = []
  readonly everMade: Item[] = []
  /** The trash, and every deletion that ever was. */
  deletions: Deletion[] = []
  readonly everDeleted: Deletion[] = []
  objects: Stored[] = []
  readonly everStored: Stored[] = []
  /** Of all purges together. */
  readonly erased = { rows: 0, objects: 0, bytes: 0, idle: 0, unreferenced: 0 }

  constructor(slug: string, now: number) {
    this.now = now
    this.namespace = { ...blank, kind: 'namespace', path: slug, name: slug, rows: 2 }
  }

  get slug(): string {
    return this.namespace.path ?? ''
  }

  get isGone(): boolean {
    return this.namespace.rows === 0
  }

  get isOpen(): boolean {
    return this.namespace.deletion === null && !this.isGone
  }

  /** Whether its owner still reaches its trash: its purge takes the membership before the namespace. */
  get isOwned(): boolean {
    return this.namespace.rows === 2
  }

  /** Some deletions, most of them in the trash. */
  get deleted(): readonly Deletion[] {
    const inTrash = this.deletions.slice(-4)
    return [...inTrash, ...inTrash, ...this.everDeleted.slice(-2)]
  }

  /** Some items of a sort, most of them live. */
  within(isIt: (item: Item) => boolean): readonly Item[] {
    const isLive = (item: Item) => isIt(item) && isThere(item)
    return [...this.items.filter(isLive).slice(-6), ...this.everMade.filter(isIt).slice(-2)]
  }

  live(kind: Kind, project: Item | null, where: Partial<Item> = {}): Item | undefined {
    const wanted = Object.entries({ kind, project, deletion: null, ...where })
    return this.items.find((item) => wanted.every(([key, value]) => item[key as keyof Item] === value))
  }

  project(slug: string): Told<Item> {
    if (!this.isOpen) return 'namespace_not_found'
    return this.live('project', null, { path: slug }) ?? 'project_not_found'
  }

  private episode(project: Item, name: string): Item | undefined {
    return this.items.find(
      (item) => item.kind === 'episode' && item.project === project && item.name === name,
    )
  }

  private make(kind: Kind, rows: number, given: Partial<Item>): Item {
    const item = { ...blank, ...given, kind, rows }
    this.items.push(item)
    this.everMade.push(item)
    return item
  }

  private makeProject(slug: string): Item {
    const there = this.project(slug)
    return typeof there === 'string' ? this.make('project', 1, { path: slug, name: slug }) : there
  }

  private makeFolders(project: Item, container: Item | null, path: string): void {
    if (path === '' || this.live('folder', project, { container, path })) return
    this.makeFolders(project, container, parentOf(path))
    this.make('folder', 1, { project, container, path, name: lastOf(path) })
  }

  createProject(slug: string): Told<Item> {
    const there = this.project(slug)
    if (there === 'namespace_not_found') return there
    return typeof there === 'string' ? this.makeProject(slug) : 'project_slug_taken'
  }

  createDataset(slug: string, name: string): Told<Item> {
    const project = this.project(slug)
    if (typeof project === 'string') return project
    if (this.live('dataset', project, { name })) return 'dataset_name_taken'
    return this.make('dataset', 1, { project, name })
  }

  createCollection(slug: string, name: string, dataset: Item | null, members: readonly string[]): Told<Item> {
    const project = this.project(slug)
    if (typeof project === 'string') return project
    if (!this.isPlace(project, dataset)) return 'dataset_not_found'
    if (this.live('collection', project, { name })) return 'collection_name_taken'
    return this.make('collection', 1 + members.length, { project, name, dataset, members })
  }

  /** Whether collections of a project can be there: in the dataset, or in none. */
  private isPlace(project: Item, dataset: Item | null): boolean {
    return (
      dataset === null || (dataset.project === project && this.items.includes(dataset) && isThere(dataset))
    )
  }

  private collection(slug: string, name: string): Told<Item> {
    const project = this.project(slug)
    if (typeof project === 'string') return project
    return this.live('collection', project, { name }) ?? 'collection_not_found'
  }

  moveCollection(slug: string, name: string, dataset: Item | null): Told<Item> {
    const collection = this.collection(slug, name)
    if (typeof collection === 'string') return collection
    if (!this.isPlace(collection.project as Item, dataset)) return 'dataset_not_found'
    return Object.assign(collection, { dataset, detachedBy: null })
  }

  attach(
    slug: string,
    datasetName: string,
    names: readonly string[],
  ): Told<{ added: number; total: number }> {
    const found = this.named(slug, datasetName, names)
    if (typeof found === 'string') return found
    const [dataset, collections] = found
    const moved = collections.filter((each) => each.dataset !== dataset)
    for (const each of moved) Object.assign(each, { dataset, detachedBy: null })
    return { added: moved.length, total: this.held(dataset).length }
  }

  detach(
    slug: string,
    datasetName: string,
    names: readonly string[],
  ): Told<{ removed: number; total: number }> {
    const found = this.named(slug, datasetName, names)
    if (typeof found === 'string') return found
    const [dataset, collections] = found
    const freed = collections.filter((each) => each.dataset === dataset)
    for (const each of freed) Object.assign(each, { dataset: null, detachedBy: null })
    return { removed: freed.length, total: this.held(dataset).length }
  }

  private named(slug: string, dataset: string, names: readonly string[]): Told<readonly [Item, Item[]]> {
    const project = this.project(slug)
    if (typeof project === 'string') return project
    const set = this.live('dataset', project, { name: dataset })
    if (!set) return 'dataset_not_found'
    const found = [...new Set(names)].map((name) => this.live('collection', project, { name }))
    return found.every((each) => each !== undefined) ? [set, found] : 'collection_not_found'
  }

  /** The live collections of a dataset. */
  held(dataset: Item): Item[] {
    return this.items.filter((item) => item.dataset === dataset && item.deletion === null)
  }

  addMembers(slug: string, name: string, members: readonly string[]): Told<{ added: number; total: number }> {
    const collection = this.collection(slug, name)
    if (typeof collection === 'string') return collection
    const added = members.filter((member) => !collection.members.includes(member))
    collection.members = [...collection.members, ...added]
    collection.rows += added.length
    return { added: added.length, total: collection.members.length }
  }

  removeMembers(
    slug: string,
    name: string,
    members: readonly string[],
  ): Told<{ removed: number; total: number }> {
    const collection = this.collection(slug, name)
    if (typeof collection === 'string') return collection
    const left = collection.members.filter((member) => !members.includes(member))
    const removed = collection.members.length - left.length
    collection.members = left
    collection.rows -= removed
    return { removed, total: left.length }
  }

  /** `folder` is null where the request does not say it. */
  upsertEpisode(slug: string, name: string, folder: string | null, protect: boolean): Told<Item> {
    const found = this.project(slug)
    if (found === 'namespace_not_found') return found
    const there = typeof found === 'string' ? undefined : this.episode(found, name)
    if (there?.deletion) return 'episode_trashed'
    if (there?.isProtected) return 'episode_write_protected'
    const project = this.makeProject(slug)
    if (folder !== null) this.makeFolders(project, null, folder)
    const episode = there ?? this.make('episode', 2, { project, name, path: `/${segment(name)}` })
    if (folder !== null) episode.path = `${folder}/${segment(name)}`
    episode.isProtected = protect
    return episode
  }

  register(
    slug: string,
    episodeName: string | null,
    kind: AssetKind,
    name: string | null,
    storageId: string | null,
  ): Told<Item> {
    const found = this.project(slug)
    if (found === 'namespace_not_found') return found
    const there =
      typeof found === 'string' || episodeName === null ? undefined : this.episode(found, episodeName)
    if (there?.deletion) return 'episode_trashed'
    if (there?.isProtected) return 'episode_write_protected'
    const stored = this.objects.find(({ id }) => id === storageId)
    if (stored?.state === 'pending') return 'object_not_complete'
    const object = stored?.state === 'complete' ? stored : null
    if (object) this.renew(object)
    const project = this.makeProject(slug)
    const container =
      episodeName === null
        ? null
        : (there ?? this.make('episode', 2, { project, name: episodeName, path: `/${segment(episodeName)}` }))
    const path = name?.replaceAll('%', '%25') ?? null
    const former = name === null ? undefined : this.live(kind, project, { container, path })
    const isSame = former && [null, former.storageId].includes(storageId)
    if (former && (isSame || former.storageId === null)) {
      former.storageId ??= storageId
      former.object ??= object
      return former
    }
    if (former) {
      this.trash(former, [former])
      // Its node is the new one's.
      former.rows = 1
    }
    if (path !== null) this.makeFolders(project, container, parentOf(path))
    return this.make(kind, path === null ? 1 : 2, { project, container, path, name, storageId, object })
  }

  private trash(item: Item, marked: readonly Item[]): Deletion {
    const inEpisode = item.kind === 'folder' ? `${item.container?.path ?? ''}${item.path}` : item.name
    const deletion = { id: '', item, name: inEpisode, at: this.now, rule: null, isOver: false }
    for (const each of marked) each.deletion = deletion
    for (const each of this.items.filter(({ dataset }) => dataset === item))
      Object.assign(each, { dataset: null, detachedBy: deletion })
    this.deletions.push(deletion)
    this.everDeleted.push(deletion)
    return deletion
  }

  /** Of an episode no more than itself, whatever is inside. */
  private below({ project, container, path }: Item): Item[] {
    return this.items.filter(
      (item) =>
        item.project === project &&
        item.container === container &&
        item.deletion === null &&
        item.path?.startsWith(`${path}/`),
    )
  }

  deleteItem(item: Item | undefined, missing: string): Told<Deletion> {
    if (!item || !this.isOpen || !isThere(item)) return missing
    if (!this.items.includes(item)) return missing
    if (item.isProtected || item.container?.isProtected) return 'episode_write_protected'
    if (item.kind !== 'folder') return this.trash(item, [item])
    const below = this.below(item)
    if (below.some(({ isProtected }) => isProtected)) return 'holds_write_protected'
    return this.trash(item, [item, ...below])
  }

  /** `parent` is undefined where the request does not say it, null for the top of the container. */
  moveFolder(folder: Item, name: string | null, parent: Item | null | undefined): Told<Item> {
    const { project, container, path } = folder
    const isReached = (item: Item) => this.isOpen && this.items.includes(item) && isThere(item)
    if (!isReached(folder) || path === null) return 'node_not_found'
    if (parent && !(isReached(parent) && parent.project === project)) return 'parent_not_found'
    if (parent && parent.container !== container) return 'node_across_episodes'
    const around = parent === undefined ? parentOf(path) : (parent?.path ?? '')
    const goal = `${around}/${segment(name ?? lastOf(path))}`
    const below = this.below(folder)
    if (container?.isProtected) return 'episode_write_protected'
    if (below.some(({ isProtected }) => isProtected)) return 'holds_write_protected'
    if (goal.startsWith(`${path}/`)) return 'node_cycle'
    if (goal !== path && this.live('folder', project, { container, path: goal })) return 'node_name_taken'
    for (const each of [folder, ...below]) {
      each.path = `${goal}${each.path?.slice(path.length)}`
      if (isAsset(each)) each.name = plain(each.path)
    }
    folder.name = lastOf(goal)
    return folder
  }

  deleteNamed(slug: string, kind: 'episode' | 'dataset' | 'collection', name: string): Told<Deletion> {
    const project = this.project(slug)
    if (typeof project === 'string') return project
    return this.deleteItem(this.live(kind, project, { name }), `${kind}_not_found`)
  }

  deleteProject(slug: string, includeProtected: boolean): Told<Deletion> {
    const project = this.project(slug)
    if (typeof project === 'string') return project
    const holds = this.items.some((item) => item.project === project && item.isProtected)
    return holds && !includeProtected ? 'holds_write_protected' : this.trash(project, [project])
  }

  deleteNamespace(includeProtected: boolean): Told<Deletion> {
    if (!this.isOpen) return 'namespace_not_found'
    const holds = this.items.some(({ project, isProtected }) => isProtected && project?.deletion === null)
    return holds && !includeProtected ? 'holds_write_protected' : this.trash(this.namespace, [this.namespace])
  }

  /** Why the request does not get at the deletion. */
  private outOfReach({ item, isOver }: Deletion, slug: string): string | null {
    if (item.project === null) {
      if (!this.isOwned) return 'namespace_not_found'
    } else {
      const project = this.project(slug)
      if (typeof project === 'string') return project
      if (project !== item.project) return 'deletion_not_found'
    }
    return isOver ? 'deletion_not_found' : null
  }

  /** Where something comes back, and by which name. */
  private comingBack({ kind, path, name, project }: Item, as: string | null): Pick<Item, 'path' | 'name'> {
    if (as === null) return { path, name }
    // A project keeps its name, and a namespace has no other than its slug.
    if (project === null) return { path: as, name: kind === 'namespace' ? as : name }
    if (assetKinds.includes(kind)) return { path: `/${as}`, name: `/${as}` }
    return { path: path && `${parentOf(path)}/${segment(as)}`, name: as }
  }

  private isInTheWay(item: Item, { path, name }: Pick<Item, 'path' | 'name'>): boolean {
    const { kind, project, container } = item
    if (kind === 'namespace') return false
    if (kind === 'project') return !this.isOpen || this.live(kind, null, { path }) !== undefined
    if (kind === 'dataset' || kind === 'collection') return this.live(kind, project, { name }) !== undefined
    if (kind === 'episode')
      return this.items.some(
        (it) => it !== item && it.kind === kind && it.project === project && it.name === name,
      )
    if (container?.deletion) return true
    return path !== null && this.live(kind, project, { container, path }) !== undefined
  }

  restore(deletion: Deletion, slug: string, as: string | null): Told<Item> {
    const { item, rule } = deletion
    const { kind, project, container, path } = item
    if (project === null && as?.includes('/')) return 'invalid_request'
    const unreached = this.outOfReach(deletion, slug)
    if (unreached) return unreached
    if (kind === 'folder' && as?.includes('/')) return 'restore_name_invalid'
    if (container?.isProtected) return 'episode_write_protected'
    if (rule) return 'deletion_purging'
    const back = this.comingBack(item, as)
    if (this.isInTheWay(item, back)) return 'restore_conflict'
    const marked = this.items.filter((it) => it.deletion === deletion)
    for (const each of marked) each.deletion = null
    for (const each of this.items.filter(({ detachedBy }) => detachedBy === deletion))
      Object.assign(each, { dataset: item, detachedBy: null })
    if (kind === 'folder')
      for (const each of marked.filter((it) => it !== item && it.container === container)) {
        each.path = `${back.path}${each.path?.slice(path?.length)}`
        if (isAsset(each)) each.name = plain(each.path)
      }
    Object.assign(item, back, { deletion: null })
    if (isAsset(item) && back.path !== null) item.rows = 2
    if (project !== null && back.path !== null) this.makeFolders(project, container, parentOf(back.path))
    this.end(deletion)
    return item
  }

  private end(deletion: Deletion): void {
    deletion.isOver = true
    this.deletions = this.deletions.filter((each) => each !== deletion)
  }

  /** What was deleted before inside of the episodes of a deletion. */
  private nested(deletion: Deletion): Deletion[] {
    return this.deletions.filter(
      ({ item }) => item.container?.deletion === deletion && this.items.includes(item.container),
    )
  }

  private doomed(deletion: Deletion): Item[] {
    const { item } = deletion
    if (item.kind === 'namespace') return [...this.items, item]
    if (item.kind === 'project') return this.items.filter((each) => each === item || each.project === item)
    const all = [deletion, ...this.nested(deletion)]
    const isOf = (it: Item | null) => it?.deletion != null && all.includes(it.deletion)
    return this.items.filter((each) => isOf(each) || (each.deletion === null && isOf(each.container)))
  }

  dryRun(deletion: Deletion, slug: string): Told<{ rows: number; bytes: number; truncated: boolean }> {
    const unreached = this.outOfReach(deletion, slug)
    if (unreached) return unreached
    const doomed = this.doomed(deletion)
    const freed = this.objects.filter(
      (object) =>
        doomed.some((item) => item.object === object) &&
        this.items.every((item) => item.object !== object || doomed.includes(item)),
    )
    const bytes = freed.reduce((sum, { text }) => sum + text.length, 0)
    return { rows: doomed.reduce((sum, { rows }) => sum + rows, freed.length), bytes, truncated: false }
  }

  /** From now on it may go at any time; what has gone at once is to be seen. */
  purge(deletion: Deletion, slug: string): Told<Deletion> {
    const unreached = this.outOfReach(deletion, slug)
    if (unreached) return unreached
    deletion.rule ??= 'requested'
    return deletion
  }

  /** What of the claimed is there still: rows by item, and deletions with whether they are claimed. */
  see(rows: ReadonlyMap<string, number>, trash: ReadonlyMap<string, number>): void {
    const claimed = this.deletions.filter(({ rule }) => rule)
    for (const item of new Set(claimed.flatMap((each) => this.doomed(each))))
      this.drop(item, item.rows - Math.min(item.rows, rows.get(item.id) ?? 0))
    for (const each of claimed.flatMap((it) => [it, ...this.goingWith(it)])) {
      if (trash.get(each.id)) each.rule ??= 'container'
      if (!trash.has(each.id)) this.end(each)
    }
  }

  private drop(item: Item, rows = item.rows): void {
    this.erased.rows += rows
    item.rows -= rows
    // Of an asset the row goes before the node.
    if (item.object && rows > 0) item.object.isReleased = true
    if (rows > 0) item.object = null
    if (item.rows === 0) this.items = this.items.filter((each) => each !== item)
  }

  /** The deletions that a purge takes along, without or with a receipt. */
  private goingWith(deletion: Deletion): Deletion[] {
    const { kind } = deletion.item
    const others = this.deletions.filter((each) => each !== deletion)
    if (kind === 'namespace') return others
    if (kind === 'project') return others.filter(({ item }) => item.project === deletion.item)
    return this.nested(deletion)
  }

  /** All that there is of a claimed deletion. */
  private erase(deletion: Deletion): void {
    const { item } = deletion
    const isNamespace = item.kind === 'namespace'
    const others = this.goingWith(deletion)
    if (item.project !== null) for (const each of others) each.rule ??= 'container'
    for (const each of this.doomed(deletion)) if (each !== this.namespace) this.drop(each)
    for (const each of others) this.end(each)
    // It waits for its objects, and its owners see that.
    if (isNamespace && this.objects.length > 0) return
    if (isNamespace) this.drop(item)
    this.end(deletion)
  }

  cron(): void {
    for (const each of this.deletions) if (each.at <= this.now - RETENTION) each.rule ??= 'retention'
    const claimed = (isPlace: boolean) =>
      this.deletions.filter(({ rule, item }) => rule && (item.project === null) === isPlace)
    for (const each of [...claimed(false), ...claimed(true)]) if (!each.isOver) this.erase(each)
    for (const object of this.objects) {
      if (object.state === 'pending' && object.leaseUntil <= this.now) {
        object.state = 'ended'
        object.leaseUntil = this.now
      }
    }
    const isOver = (object: Stored) =>
      object.state === 'ended'
        ? object.leaseUntil <= this.now - ENDED_FOR
        : object.state === 'complete' &&
          object.leaseUntil <= this.now &&
          !this.items.some((item) => item.object === object)
    for (const object of this.objects.filter(isOver)) {
      this.erased.rows += 1
      this.erased.objects += 1
      if (object.state === 'ended') this.erased.idle += 1
      else this.erased.bytes += object.text.length
      if (object.state === 'complete' && !object.isReleased) this.erased.unreferenced += 1
    }
    this.objects = this.objects.filter((object) => !isOver(object))
  }

  private renew(object: Stored): void {
    if (object.leaseUntil < this.now + LEASE - RENEWED_AFTER) object.leaseUntil = this.now + LEASE
  }

  /** The object that has these bytes already, or null: a new one has to be made. */
  announce(slug: string, text: string, hasChecksum: boolean): Told<{ project: Item; known: Stored | null }> {
    if (!this.isOpen) return 'namespace_not_found'
    const project = this.makeProject(slug)
    const known = this.objects.findLast(
      (object) =>
        object.state === 'complete' &&
        object.hasChecksum &&
        hasChecksum &&
        object.text === text &&
        object.project.deletion === null &&
        this.items.includes(object.project),
    )
    if (known) this.renew(known)
    return { project, known: known ?? null }
  }

  store(given: Omit<Stored, 'announcedAt' | 'state' | 'leaseUntil' | 'isSent' | 'isReleased'>): void {
    const times = { announcedAt: this.now, leaseUntil: this.now + LEASE }
    const object: Stored = { ...given, ...times, state: 'pending', isSent: false, isReleased: false }
    this.objects.push(object)
    this.everStored.push(object)
  }

  send(object: Stored): Told<Stored> {
    if (this.now > object.announcedAt + PUT_LIVES) return 'url_refused'
    if (object.isSent) return 'object_exists'
    object.isSent = true
    return object
  }

  private isHidden({ project }: Stored): boolean {
    return !this.isOpen || project.deletion !== null || !this.items.includes(project)
  }

  complete(object: Stored): Told<Stored> {
    if (!this.objects.includes(object) || this.isHidden(object)) return 'upload_not_found'
    if (object.state === 'ended') return 'upload_aborted'
    if (!object.isSent) return 'upload_incomplete'
    if (object.state === 'pending') object.leaseUntil = this.now + LEASE
    object.state = 'complete'
    this.renew(object)
    return object
  }

  abort(object: Stored): Told<Stored> {
    if (!this.objects.includes(object) || this.isHidden(object)) return 'upload_not_found'
    if (object.state === 'complete') return 'upload_complete'
    if (object.state === 'pending') object.leaseUntil = this.now
    object.state = 'ended'
    object.isSent = false
    return object
  }
}

const blank = {
  id: '',
  project: null,
  container: null,
  path: null,
  name: null,
  deletion: null,
  isProtected: false,
  storageId: null,
  object: null,
  members: [],
  dataset: null,
  detachedBy: null,
}
