import { env } from 'cloudflare:workers'
import { expect, inject, vi } from 'vitest'
import { headersOfPut, ownSite, type Site, s3Site, signDownload, signPut } from '../../src/storage/presign.ts'
import { type Answer, type Asked, ask, DEVELOPMENT_SECRET, Tenant } from './world.ts'

/** Where bytes can be. What holds of one store holds of the other. */
export interface TestStore {
  readonly name: string
  /** Variables of a deployment whose bytes are there. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** The same where the bucket cannot be asked. */
  readonly deaf: TestStore['variables']
  /** Whether it compares bytes with their announced SHA-256. */
  readonly verifies: boolean
  /** Whether it takes parts of any length, whatever was announced. */
  readonly takesLongParts: boolean
  /** The largest object, in bytes. */
  readonly mostBytes: number
  readonly site: () => Promise<Site>
  /** Uses a signed URL. */
  readonly send: (method: string, url: string, sending?: Sending) => Promise<Told>
  /** The statuses of a request that its URL does not allow. */
  readonly refusals: readonly number[]
}

export interface Sending {
  readonly raw?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

type Told = Pick<Answer, 'status' | 'text' | 'headers'>

/** A text as a client sends it: without a media type of its own. */
const bytesOf = ({ raw }: Sending) => (typeof raw === 'string' ? new TextEncoder().encode(raw) : raw)

export const MEBIBYTE = 1_048_576

const s3 = inject('s3')
const variable = (name: string): string => s3[`S3_${name}`] ?? ''

const elsewhere: TestStore = {
  name: 'an S3 store',
  variables: s3,
  deaf: { ...s3, S3_ENDPOINT: 'http://localhost:1' },
  verifies: false,
  takesLongParts: true,
  mostBytes: 5 * MEBIBYTE * MEBIBYTE,
  site: async () =>
    s3Site({
      endpoint: variable('ENDPOINT'),
      bucket: variable('BUCKET'),
      region: variable('REGION'),
      accessKeyId: variable('ACCESS_KEY_ID'),
      secretAccessKey: variable('SECRET_ACCESS_KEY'),
    }),
  send: async (method, url, sending = {}) => {
    const { status, headers, body } = await fetch(url, {
      method,
      headers: { ...sending.headers },
      body: bytesOf(sending) ?? null,
    })
    return { status, headers, text: await new Response(body).text() }
  },
  refusals: [400, 401, 403],
}

const own: TestStore = {
  name: "the Worker's own bucket",
  variables: {},
  deaf: { BUCKET: undefined },
  verifies: true,
  takesLongParts: false,
  mostBytes: 10_000 * 95 * MEBIBYTE,
  site: () => ownSite(new TextEncoder().encode(DEVELOPMENT_SECRET), 'http://localhost:10334'),
  send: (method, url, sending = {}) => {
    const raw = bytesOf(sending)
    return ask(method, url, { headers: { ...sending.headers }, ...(raw ? { raw } : {}) })
  },
  refusals: [403],
}

export const stores = { elsewhere, own }
export const everyStore = Object.values(stores)

/** What a store holds under a key, past the server; null for nothing. */
export async function held(store: TestStore, key: string): Promise<Response | null> {
  if (store === own) {
    const found = await env.BUCKET.get(key)
    return found && new Response(found.body)
  }
  const what = { key, filename: 'x', contentType: 'text/plain', disposition: 'attachment' } as const
  const answer = await fetch(
    await signDownload(await store.site(), { ...what, expiresIn: 3_600, now: Date.now() }),
  )
  if (answer.ok) return new Response(answer.body)
  expect(answer.status).toBe(404)
  await answer.body?.cancel()
  return null
}

export const textHeld = async (store: TestStore, key: string): Promise<string | null> =>
  (await (await held(store, key))?.text()) ?? null

export const sha256Of = async (text: string): Promise<string> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toHex()

export interface NewFile {
  readonly size?: number
  readonly name?: string | null
  readonly contentType?: string | null
  readonly sha256?: string | null
}

interface Named {
  readonly id: string
}

/** An upload as it was announced; `url` and `headers` of one at once. */
export interface Announced extends Named {
  readonly status: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export interface SentPart {
  readonly partNumber: number
  readonly etag: string
}

/** A row of `objects`. */
interface ObjectRow {
  readonly key: string
  readonly state: string
  readonly bucket_upload_id: string | null
  readonly lease_until: number
  readonly created_at: number
}

/** What every bucket takes as a part that is not the last. */
export const LEAST_PART = 5 * MEBIBYTE

/** The least that is sent in parts: five of them. */
export const LARGE = 64 * MEBIBYTE + 1

/** A tenant of a server whose bytes are in `store`. */
export class Uploader {
  readonly store: TestStore
  readonly tenant: Tenant

  constructor(store: TestStore, tenant: Tenant) {
    this.store = store
    this.tenant = tenant
  }

  static arrive = async (store: TestStore) => new Uploader(store, await Tenant.arrive())

  ask(method: string, path: string, body?: unknown, asked: Asked = {}): Promise<Answer> {
    const variables = { ...this.store.variables, ...asked.variables }
    return this.tenant.ask(method, path, body, { ...asked, variables })
  }

  /** Announces files in the namespace of `owner`. */
  announce(files: unknown, asked: Asked = {}, owner = this.tenant): Promise<Answer> {
    return this.ask('POST', '/uploads', { namespace: owner.slug, project: 'lab', files }, asked)
  }

  async begin(file: NewFile, owner = this.tenant): Promise<Announced> {
    const { status, body } = await this.announce([file], {}, owner)
    expect(status).toBe(201)
    return body.uploads[0]
  }

  /** Begins an upload in parts of the least size, to spare the tests the bytes of a real one. */
  async beginParts(size: number, file: NewFile = {}): Promise<Announced> {
    const upload = await this.begin({ ...file, size: LARGE })
    await env.DB.prepare('update objects set announced_size = ?, part_size = ? where id = ?')
      .bind(size, LEAST_PART, upload.id)
      .run()
    return upload
  }

  put({ url, headers }: Announced, raw: string): Promise<Told> {
    return this.store.send('PUT', url, { raw, headers })
  }

  signParts({ id }: Named, partNumbers: unknown, asked: Asked = {}): Promise<Answer> {
    return this.ask('POST', `/uploads/${id}/parts`, { partNumbers }, asked)
  }

  async urlOfPart(upload: Named, partNumber: number): Promise<string> {
    const { status, body } = await this.signParts(upload, [partNumber])
    expect(status).toBe(200)
    return body.parts[partNumber]
  }

  async putPart(upload: Named, partNumber: number, raw: string | Uint8Array): Promise<SentPart> {
    const url = await this.urlOfPart(upload, partNumber)
    const { status, headers } = await this.store.send('PUT', url, { raw })
    expect(status).toBe(200)
    return { partNumber, etag: headers.get('ETag') ?? '' }
  }

  read({ id }: Named): Promise<Answer> {
    return this.ask('GET', `/uploads/${id}`)
  }

  complete({ id }: Named, parts?: readonly unknown[], asked: Asked = {}): Promise<Answer> {
    return this.ask('POST', `/uploads/${id}/complete`, parts && { parts }, asked)
  }

  abort({ id }: Named, asked: Asked = {}): Promise<Answer> {
    return this.ask('DELETE', `/uploads/${id}`, undefined, asked)
  }

  /** An upload as D1 has it. */
  async rowOf({ id }: Named): Promise<ObjectRow> {
    const row = await env.DB.prepare('select * from objects where id = ?').bind(id).first<ObjectRow>()
    if (!row) throw new Error(`There is no object ${id}.`)
    return row
  }

  /** What the bucket holds of an upload. */
  async textOf(upload: Named): Promise<string | null> {
    return textHeld(this.store, (await this.rowOf(upload)).key)
  }

  /** A complete object that was sent at once. */
  async sendWhole(raw: string, file: NewFile = {}): Promise<Announced> {
    const upload = await this.begin({ size: raw.length, contentType: 'text/plain', ...file })
    const statuses = [(await this.put(upload, raw)).status, (await this.complete(upload)).status]
    expect(statuses).toEqual([200, 200])
    return upload
  }

  register({ id }: Named): Promise<Answer> {
    const place = { namespace: this.tenant.slug, project: 'lab' }
    return this.ask('POST', '/assets/video', { ...place, name: `/${id}.mp4`, bssVideoId: id })
  }

  download({ id }: Named): Promise<Answer> {
    const place = { namespace: this.tenant.slug, project: 'lab' }
    const query = new URLSearchParams({ ...place, path: `/${id}.mp4` })
    return this.ask('GET', `/assets/video/download?${query}`)
  }

  /** Registers an object, and gives the URL that serves it. */
  async urlOf(object: Named): Promise<string> {
    expect((await this.register(object)).status).toBe(201)
    const { status, body } = await this.download(object)
    expect(status).toBe(200)
    return body.url
  }
}

/** What is asked of an S3 store, by the names that its reference has for it. */
type Operation = 'Create' | 'List' | 'Complete' | 'Abort' | 'Head' | 'Delete'

function operationOf({ method, url }: Request): Operation {
  const { searchParams } = new URL(url)
  if (searchParams.has('uploads')) return 'Create'
  if (method === 'HEAD') return 'Head'
  if (method === 'DELETE') return searchParams.has('uploadId') ? 'Abort' : 'Delete'
  return method === 'POST' ? 'Complete' : 'List'
}

/**
 * Answers in place of an S3 store what the local one never does, and is down for everything else. Gives the
 * operations that it is asked for.
 */
export function standIn(answers: Partial<Record<Operation, (request: Request) => Promise<Response>>>) {
  const asked: Operation[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    const request = new Request(input, init)
    const operation = operationOf(request)
    asked.push(operation)
    const answer = answers[operation]
    return answer ? answer(request) : Promise.reject(new TypeError('The network is down.'))
  })
  return asked
}

/** Puts bytes under a key, past the server. */
export async function keep(store: TestStore, key: string, text: string): Promise<void> {
  if (store === own) return void (await env.BUCKET.put(key, text))
  const put = { key, size: new Blob([text]).size, contentType: 'text/plain', sha256: null }
  const signed = { ...put, expiresIn: 3_600, now: Date.now() }
  const url = await signPut(await store.site(), signed)
  expect((await store.send('PUT', url, { raw: text, headers: headersOfPut(signed) })).status).toBe(200)
}

/** What the schedule asks of a bucket. */
export type Asking = 'list' | 'remove' | 'abandon'

interface BucketCall {
  readonly what: Asking
  /** Those to be removed, that of an upload in parts, or the one that a list begins after. */
  readonly keys: readonly string[]
}

/** A store that the schedule works on: what it is asked, and where it is to fail. */
export interface Watched {
  readonly deployed: Partial<Env>
  readonly calls: readonly BucketCall[]
  /** What it fails at until it is told otherwise. */
  failing: Asking | null
  /** The beginnings of the keys that it lists; the S3 store is shared by all tests. */
  readonly shown: string[]
}

export function watch(store: TestStore): Watched {
  const calls: BucketCall[] = []
  const watched = { deployed: {}, calls, failing: null, shown: [] } satisfies Watched as Watched
  const note = (what: Asking, ...keys: string[]): void => {
    calls.push({ what, keys })
    if (watched.failing === what) throw new TypeError('The network is down.')
  }
  if (store === own) return Object.assign(watched, { deployed: { BUCKET: watchedBinding(note) } })
  watchFetch(watched, note)
  return Object.assign(watched, { deployed: store.variables as Partial<Env> })
}

type Note = (what: Asking, ...keys: string[]) => void

const watchedBinding = (note: Note): R2Bucket =>
  ({
    list: async (options: R2ListOptions) => {
      note('list', options.startAfter ?? '')
      return env.BUCKET.list(options)
    },
    delete: async (keys: string[]) => {
      note('remove', ...keys)
      return env.BUCKET.delete(keys)
    },
    resumeMultipartUpload: (key: string, uploadId: string) => ({
      abort: async () => {
        note('abandon', key)
        return env.BUCKET.resumeMultipartUpload(key, uploadId).abort()
      },
    }),
  }) as unknown as R2Bucket

/** The texts of the elements of a name. */
export const textsOf = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) =>
    text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))),
  )

function watchFetch(watched: Watched, note: Note): void {
  const passed = globalThis.fetch
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init)
    const { searchParams, pathname } = new URL(request.url)
    const key = decodeURIComponent(pathname.split('/films/')[1] ?? '')
    if (searchParams.has('delete')) note('remove', ...textsOf(await request.clone().text(), 'Key'))
    if (request.method === 'DELETE' && searchParams.has('uploadId')) note('abandon', key)
    if (!searchParams.has('list-type')) return passed(request)
    note('list', searchParams.get('start-after') ?? '')
    const answer = await passed(request)
    const xml = await answer.text()
    const shown = xml.replace(/<Contents>.*?<\/Contents>/gs, (content) => {
      const name = decodeURIComponent(textsOf(content, 'Key')[0] ?? '')
      return watched.shown.some((prefix) => name.startsWith(prefix)) ? content : ''
    })
    return new Response(shown, { status: answer.status })
  })
}
