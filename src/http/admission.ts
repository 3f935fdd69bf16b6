import type { Config } from '../config.ts'
import type { Caller } from '../domain/access.ts'
import { Refusal } from '../domain/failure.ts'
import { forget, isKnown, remember, userOf } from './acquaintances.ts'
import { statusOf } from './problem.ts'
import {
  type Asked,
  assertStrangerWithinLimit,
  assertWithinLimit,
  credentialOf,
  keyOf,
} from './rate-limit.ts'

/** Tells who asks, or refuses it. */
export type Identify = (request: Request, config: Config) => Promise<Caller>

/** Holds for a refusal of the credential itself. */
export const isUnauthorized = (error: unknown): boolean =>
  error instanceof Refusal && statusOf[error.failure] === 401

/**
 * How a request is let in, before anything is done for it: a credential that this isolate has not seen accepted may be
 * a guess, and counts as a stranger's before anybody is asked if it is good.
 */
export class Admission {
  /** The key of the credential. */
  readonly credential: string
  readonly #asked: Asked
  readonly #config: Config
  readonly #isStranger: boolean
  #user: string | null = null

  private constructor(asked: Asked, config: Config, credential: string) {
    this.#asked = asked
    this.#config = config
    this.credential = credential
    this.#isStranger = !isKnown(credential)
  }

  static async of(asked: Asked, config: Config): Promise<Admission> {
    const admission = new Admission(
      asked,
      config,
      await keyOf('credential', credentialOf(asked.request.headers)),
    )
    if (admission.#isStranger) await assertStrangerWithinLimit(asked, config)
    return admission
  }

  /** Who asks, whose request it then counts as; or the refusal, which waits for the size of the body. */
  async identify(by: Identify): Promise<Caller | Refusal> {
    const found = await by(this.#asked.request, this.#config).catch((error: unknown) => {
      if (error instanceof Refusal) return error
      throw error
    })
    if (isUnauthorized(found)) await this.turnAway()
    else if (!(found instanceof Refusal)) await this.#meet(found)
    else if (!this.#isStranger) await this.#count()
    return found
  }

  async #meet({ issuer, sub, jti, tokenHash }: Caller): Promise<void> {
    if (issuer !== null && sub !== null)
      this.#user = userOf(this.credential) ?? (await keyOf('user', issuer, sub))
    // Nobody else has to be asked.
    if (jti === null && tokenHash === null) this.accept()
    await this.#count()
  }

  /** By the user, whatever the token; by the credential while its user is not known. */
  #count(): Promise<void> {
    const key = this.#user ?? userOf(this.credential) ?? this.credential
    return assertWithinLimit(this.#asked, this.#config, key)
  }

  /** The credential was found good by whoever has to be asked. */
  accept(): void {
    remember(this.credential, this.#user)
  }

  /** The credential was found to be none: the request is a stranger's, and is counted as such once. */
  async turnAway(): Promise<void> {
    forget(this.credential)
    if (!this.#isStranger) await assertStrangerWithinLimit(this.#asked, this.#config)
  }
}
