/** So many things at most, by their keys: where there is no room, what was remembered longest ago is dropped. */
export class Recent<T> {
  readonly #most: number
  /** What was remembered last comes last. */
  readonly #kept = new Map<string, T>()

  constructor(most: number) {
    this.#most = most
  }

  get(key: string): T | undefined {
    return this.#kept.get(key)
  }

  /** Remembers it, as the latest, in place of what was there under the key. */
  remember(key: string, value: T): void {
    this.#kept.delete(key)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size < this.#most) break
      this.#kept.delete(oldest)
    }
    this.#kept.set(key, value)
  }

  forget(key: string): void {
    this.#kept.delete(key)
  }
}
