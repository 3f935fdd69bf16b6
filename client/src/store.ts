/** An upload that was begun, or is complete, by what tells its file again. */
export interface Begun {
  /** The id of the upload. */
  readonly id: string
}

/** Where uploads are kept that were begun, and those that the server would not know by their bytes. */
export interface Store {
  get(key: string): Promise<Begun | undefined>
  set(key: string, begun: Begun): Promise<void>
  delete(key: string): Promise<void>
}

/** What a store cannot tell or keep costs bytes that are sent again; no upload fails by it. */
export const forgiving = (store: Store): Store => ({
  async get(key) {
    const begun: Begun | null | undefined = await unless(() => store.get(key))
    return typeof begun?.id === 'string' ? begun : undefined
  },
  set: (key, begun) => unless(() => store.set(key, begun)),
  delete: (key) => unless(() => store.delete(key)),
})

async function unless<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch {
    return undefined
  }
}

/** Forgets with the program. */
export function memoryStore(): Store {
  const map = new Map<string, Begun>()
  return {
    get: async (key) => map.get(key),
    set: async (key, begun) => void map.set(key, begun),
    delete: async (key) => void map.delete(key),
  }
}

const UPLOADS = 'uploads'

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

/** Outlives a page. */
export function indexedStore(name = 'dreamlake-edge'): Store {
  let opened: Promise<IDBDatabase> | undefined
  const open = () => {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(UPLOADS)
    return settled(request)
  }
  const within = async <T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return settled(work((await opened).transaction(UPLOADS, mode).objectStore(UPLOADS)))
  }
  return {
    get: (key) => within<Begun | undefined>('readonly', (store) => store.get(key)),
    set: async (key, begun) => void (await within('readwrite', (store) => store.put(begun, key))),
    delete: async (key) => void (await within('readwrite', (store) => store.delete(key))),
  }
}

/** A page's own database where there is one. */
export const usualStore = (): Store => (typeof indexedDB === 'undefined' ? memoryStore() : indexedStore())
