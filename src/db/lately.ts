/** Statements that are made of what requests ask: those that were asked for lately, by what is alike in them. */
export class Lately<S> {
  readonly #most: number
  readonly #kept = new Map<string, S>()

  constructor(most: number) {
    this.#most = most
  }

  of(key: string, make: () => S): S {
    const found = this.#kept.get(key) ?? make()
    this.#kept.delete(key)
    this.#kept.set(key, found)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > this.#most && oldest !== undefined) this.#kept.delete(oldest)
    return found
  }
}
