import { DreamLakeError } from './error.ts'
import type { Gate } from './gate.ts'
import type { Host } from './host.ts'
import { type Asset, fieldsOf, type Kind, kindOf, STORAGE_NAME, typeOf } from './kinds.ts'
import { sendParts } from './parts.ts'
import { lasting } from './retry.ts'
import { type Signed, send } from './send.ts'
import type { Bytes, Source } from './source.ts'

/** Bytes that the server has, or that are on their way, of all. */
export interface Progress {
  readonly sent: number
  /** Those among them that need not be sent, since the server had them. */
  readonly held: number
  readonly total: number
  /** Whether the server had all of it, so that nothing is sent. */
  readonly isThere: boolean
}

export interface UploadOptions {
  readonly namespace: string
  readonly project: string
  /** The name of the episode that the asset is in; it is made where it is missing. */
  readonly episode?: string
  /** Where the asset is to be, such as `/camera/front.mp4`. */
  readonly path: string
  /** What path and content type say, unless it is given. */
  readonly kind?: Kind
  readonly contentType?: string
  readonly tags?: readonly string[]
  readonly metadata?: Readonly<Record<string, unknown>>
  /** What else the kind has, such as `{ fps: 30 }` of a video. */
  readonly fields?: Readonly<Record<string, string | number>>
  /** The bytes of a stream; of anything else they are known. */
  readonly size?: number
  /** How many connections send at once; 4 if nothing else is said. */
  readonly concurrency?: number
  readonly signal?: AbortSignal
  /** Whether the server keeps what it has when the signal aborts, so that the same upload can go on later. */
  readonly keep?: boolean
  readonly onProgress?: (progress: Progress) => void
}

/** Up to this many bytes are hashed, and sent at once. */
const LARGEST_WHOLE = 64 * 2 ** 20

/** How often parts that the bucket has lost are sent again. */
const ROUNDS = 4

/** What a call answers; undefined for what is not there, or not any more. */
const unlessGone = <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: unknown) => {
    if (isGone(error)) return undefined
    throw error
  })

const isGone = (error: unknown): boolean =>
  error instanceof DreamLakeError && [404, 409].includes(error.status)

/** Milliseconds. Whoever stops does not wait for a server that is away. */
const MOST_FOR_WITHDRAWING = 10_000

interface Pending {
  readonly id: string
  readonly isThere: boolean
  /** Null for what is sent at once. */
  readonly partSize: number | null
  /** A URL that came with the announcement. */
  readonly signed?: Signed
}

export interface Gates {
  /** What sends. */
  readonly sending: Gate
  /** What is hashed in memory. */
  readonly hashing: Gate
}

/** One upload from its announcement to its asset. */
export class Upload {
  readonly #host: Host
  readonly #source: Source
  readonly #options: UploadOptions
  readonly #gates: Gates
  readonly #failed = new AbortController()
  readonly #signal: AbortSignal
  /** What has been sent of each part; 0 is what is sent at once. */
  readonly #sent = new Map<number, number>()
  #total = 0
  /** What was there before anything was sent. */
  #held: number | undefined
  /** What was read of a stream that is sent at once. */
  #whole: Bytes | undefined
  #id: string | undefined

  constructor(host: Host, source: Source, options: UploadOptions, gates: Gates) {
    this.#host = host
    this.#source = source
    this.#options = options
    this.#gates = gates
    const { signal } = options
    this.#signal = signal ? AbortSignal.any([signal, this.#failed.signal]) : this.#failed.signal
  }

  async run(): Promise<Asset> {
    // What is awaited of a stream may never come.
    const release = () => void this.#source.release?.(this.#signal.reason)
    this.#signal.addEventListener('abort', release)
    try {
      this.#signal.throwIfAborted()
      const pending = (await this.#resumed()) ?? (await this.#announced())
      this.#id = pending.id
      if (!pending.isThere) await this.#delivered(pending)
      else {
        this.#held = this.#source.size
        this.#report(0, this.#source.size)
      }
      const asset = await this.#registered(pending.id)
      // What has no hash is known again by this alone, and is not sent again.
      if (this.#source.size <= LARGEST_WHOLE) await this.#forget()
      return asset
    } catch (error) {
      await this.#source.release?.(error)
      if (!this.#isKept) await this.#withdraw()
      throw this.#signal.aborted ? this.#signal.reason : error
    } finally {
      this.#signal.removeEventListener('abort', release)
    }
  }

  /** Whether the same upload may go on later: what cannot be told again leads nowhere, and counts against the quota. */
  get #isKept(): boolean {
    return this.#options.signal?.aborted ? this.#options.keep === true : this.#key !== undefined
  }

  /** The same file at the same place, on the same server. */
  get #key(): string | undefined {
    const { namespace, project, episode = null, path } = this.#options
    const { name, size, modified } = this.#source
    if (modified === undefined) return undefined
    return JSON.stringify([this.#host.base, namespace, project, episode, path, name, size, modified])
  }

  /** What a program before this one has begun, if the server still knows it. */
  async #resumed(): Promise<Pending | undefined> {
    const begun = this.#key === undefined ? undefined : await this.#host.platform.store.get(this.#key)
    if (!begun) return undefined
    const upload = await unlessGone(this.#state(begun.id))
    // To a token that may only upload, what is complete is not shown any more, but that it is so.
    if (!upload && (await unlessGone(this.#completed(begun.id))))
      return { id: begun.id, isThere: true, partSize: null }
    if (!upload || upload.status === 'aborted' || upload.size !== this.#source.size) return undefined
    const partSize = upload.method === 'MULTIPART' ? upload.partSize : null
    return { id: begun.id, isThere: upload.status === 'complete', partSize }
  }

  async #announced(): Promise<Pending> {
    const { namespace, project, path } = this.#options
    const { size, name = path.slice(path.lastIndexOf('/') + 1) } = this.#source
    const sha256 = size > LARGEST_WHOLE ? undefined : await this.#digest()
    const file = { name, size, contentType: this.#contentType, ...(sha256 ? { sha256 } : {}) }
    const body = { namespace, project, files: [file] }
    // An upload whose announcement is not waited for is one that nobody can end, or go on with.
    const { data } = await lasting(this.#signal, MOST_FOR_WITHDRAWING, (signal) =>
      this.#host.calls.POST('/uploads', { body, signal }),
    )
    const [upload] = data.uploads
    if (!upload) throw new DreamLakeError('The server announced nothing.', { code: 'unexpected_answer' })
    const { id } = upload
    if (upload.status === 'exists') return { id, isThere: true, partSize: null }
    if (this.#key !== undefined) await this.#host.platform.store.set(this.#key, { id })
    return upload.method === 'MULTIPART'
      ? { id, isThere: false, partSize: upload.partSize }
      : { id, isThere: false, partSize: null, signed: upload }
  }

  async #digest(): Promise<string | undefined> {
    return this.#gates.hashing.within(async () => this.#host.platform.digest(await this.#all()))
  }

  async #all(): Promise<Bytes> {
    this.#whole ??= await this.#source.take(0, this.#source.size)
    return this.#whole
  }

  /** Sends what is missing until the server says that it has everything. */
  async #delivered(pending: Pending): Promise<void> {
    for (let round = 1; ; round++) {
      try {
        if (pending.partSize === null) await this.#sendWhole(pending, round > 1)
        else await this.#sendMissing(pending.id, pending.partSize)
      } catch (error) {
        // What goes on with the same upload somewhere else may be the one that completes it.
        if (isGone(error) && (await unlessGone(this.#state(pending.id)))?.status === 'complete') return
        throw error
      }
      try {
        await this.#completed(pending.id)
        return
      } catch (error) {
        const isIncomplete = error instanceof DreamLakeError && error.code === 'upload_incomplete'
        if (error instanceof DreamLakeError && error.code === 'upload_mismatch') await this.#forget()
        if (!isIncomplete || round === ROUNDS) throw error
      }
    }
  }

  async #sendWhole({ id, signed }: Pending, isAgain: boolean): Promise<void> {
    const bytes = await this.#all()
    const sign = async (isRefused: boolean): Promise<Signed> => {
      if (signed && !isRefused && !isAgain) return signed
      const body = { partNumbers: [1] }
      const { data } = await this.#host.calls.POST('/uploads/{id}/parts', {
        ...{ params: { path: { id } }, body, signal: this.#signal },
      })
      return { url: data.parts['1'] ?? '', headers: data.headers ?? {} }
    }
    const onSent = (sent: number) => this.#report(0, sent)
    await this.#gates.sending.within(() => send(this.#host, { sign, bytes, signal: this.#signal, onSent }))
  }

  async #sendMissing(id: string, partSize: number): Promise<void> {
    const { size } = this.#source
    const { parts } = await this.#state(id)
    const lengthOf = (part: number) => Math.min(partSize, size - (part - 1) * partSize)
    const held = new Map(parts.map((part) => [part.partNumber, part.size]))
    const all = Array.from({ length: Math.ceil(size / partSize) }, (_, index) => index + 1)
    const missing = all.filter((part) => held.get(part) !== lengthOf(part))
    // What came in an earlier round of this very upload was sent by it.
    this.#held ??= all.reduce(
      (sum, part) => sum + (held.get(part) === lengthOf(part) ? lengthOf(part) : 0),
      0,
    )
    for (const part of all) this.#sent.set(part, missing.includes(part) ? 0 : lengthOf(part))
    this.#total = [...this.#sent.values()].reduce((sum, sent) => sum + sent, 0)
    await sendParts(this.#host, {
      ...{ id, source: this.#source, partSize, missing, gate: this.#gates.sending, signal: this.#signal },
      onSent: (part, sent) => this.#report(part, sent),
    })
  }

  #completed(id: string) {
    return this.#host.calls.POST('/uploads/{id}/complete', {
      ...{ params: { path: { id } }, signal: this.#signal },
    })
  }

  async #state(id: string) {
    const { data } = await this.#host.calls.GET('/uploads/{id}', {
      ...{ params: { path: { id } }, signal: this.#signal },
    })
    return data
  }

  get #contentType(): string {
    return this.#options.contentType ?? (this.#source.type || typeOf(this.#options.path))
  }

  async #registered(id: string): Promise<Asset> {
    const { namespace, project, episode, path, tags, metadata, fields } = this.#options
    const kind = this.#options.kind ?? kindOf(path, this.#contentType)
    const given = { ...fieldsOf(kind, path), ...fields, tags, metadata }
    const name = path.startsWith('/') ? path : `/${path}`
    const body = { namespace, project, episodeName: episode, name, [STORAGE_NAME[kind]]: id, ...given }
    // The kinds differ in a few fields that the server checks.
    const { data } = await this.#host.calls.POST(`/assets/${kind}` as '/assets/file', {
      body: body as { namespace: string; project: string },
      signal: this.#signal,
    })
    return data
  }

  #report(part: number, sent: number): void {
    this.#total += sent - (this.#sent.get(part) ?? 0)
    this.#sent.set(part, sent)
    const { size: total } = this.#source
    const isThere = this.#held === total
    try {
      this.#options.onProgress?.({ sent: this.#total, held: this.#held ?? 0, total, isThere })
    } catch (error) {
      // It is called from where bytes are read: to whoever reads them it would look like a cut.
      this.#failed.abort(error)
    }
  }

  async #forget(): Promise<void> {
    if (this.#key !== undefined) await this.#host.platform.store.delete(this.#key)
  }

  /** Ends the upload on the server. What cannot be ended, as by a token that may only upload, is idle and ends by itself. */
  async #withdraw(): Promise<void> {
    await this.#forget()
    if (this.#id === undefined) return
    const signal = AbortSignal.timeout(MOST_FOR_WITHDRAWING)
    await this.#host.calls
      .DELETE('/uploads/{id}', { params: { path: { id: this.#id } }, signal })
      .catch(() => undefined)
  }
}
