import { secretFault } from './domain/secret.ts'
import { DAY } from './domain/time.ts'

/** Bindings and variables, read once per isolate. docs/operations.md lists them. */
export interface Config {
  readonly development: boolean
  readonly tokens: {
    /** HMAC keys: the current one first, then the one that is still accepted for verification. */
    readonly secrets: readonly Uint8Array[]
    readonly issuer: string
    readonly audience: string
    /** Seconds that a token lives which the server issues. */
    readonly lifetime: number
  }
  /** The identity provider whose tokens are accepted too; null where none is configured. */
  readonly identity: IdentityProvider | null
  /** The S3-compatible store that URLs are signed for; null where the Worker serves the bytes itself. */
  readonly s3: S3Store | null
  /** Origin of self-served object URLs; null for the request's own. */
  readonly publicUrl: string | null
  /** How long the trash is kept; milliseconds. */
  readonly retention: number
  /** How long an object that nothing refers to is kept, and an idle upload; milliseconds. */
  readonly uploadTtl: number
  /** What one run of the schedule may ask, statements and calls of the bucket together. */
  readonly cronQueries: number
  /** What a namespace may hold, in rows and in bytes of objects; null for no bound. */
  readonly quotas: { readonly rows: number | null; readonly bytes: number | null }
  /** What the limiters are bound with, for the headers that tell it; null where a limit is switched off. */
  readonly limits: Readonly<Record<Limit, Policy | null>>
  readonly corsOrigins: readonly string[]
  /** Whether reads whose token can be revoked may be answered by a replica. */
  readonly replicaReads: boolean
  /** What was deployed; null where it is not told. */
  readonly commit: string | null
  /** What makes the configuration unsafe or unusable: while there is any, protected routes answer 503. */
  readonly faults: readonly ConfigFault[]
}

export interface IdentityProvider {
  readonly jwksUrl: string
  readonly issuer: string
  readonly audience: string
}

export interface S3Store {
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** What is counted apart. */
export type Limit = 'reads' | 'writes' | 'strangers'

/** How many requests in how many seconds. */
export interface Policy {
  readonly quota: number
  readonly seconds: number
}

interface ConfigFault {
  readonly variable: string
  readonly fault: string
}

/** The secret of the public clients' debug mode: everybody has it. */
const PUBLIC_SECRET = 'your-secret-key-change-this-in-production'

const DEFAULT_LIFETIME = '30d'
const SECONDS_OF: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }
const DEFAULT_RETENTION_DAYS = 30
const MOST_RETENTION_DAYS = 3_650
const DEFAULT_UPLOAD_TTL_DAYS = 7
const MOST_UPLOAD_TTL_DAYS = 365
/** Of the 1,000 that Cloudflare's paid plan allows an invocation. */
const DEFAULT_CRON_QUERIES = 900
const DEFAULT_QUOTA_ROWS = 2_000_000
const LEAST_CRON_QUERIES = 45
const MOST_CRON_QUERIES = 100_000

/** What stands around the public secret makes it no better. */
function publicFault(value: string): string | null {
  if (value === PUBLIC_SECRET) return 'is the public development secret'
  return value.includes(PUBLIC_SECRET) ? 'contains the public development secret' : null
}

/** An origin as browsers send it, from any spelling of it; null for what is none. */
function webOriginOf(text: string): string | null {
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? URL.parse(text) : null
  if (!url || url.host === '' || url.host.includes('*')) return null
  const rest = url.username + url.password + url.pathname.replace(/^\/$/, '') + url.search + url.hash
  return rest === '' ? `${url.protocol}//${url.host.toLowerCase()}` : null
}

const known = new WeakMap<object, Config>()

export function configOf(env: Env): Config {
  const found = known.get(env)
  if (found) return found
  const made = readConfig(env as unknown as Readonly<Record<string, unknown>>)
  known.set(env, made)
  return made
}

function readConfig(env: Readonly<Record<string, unknown>>): Config {
  const read = new Variables(env)
  const secrets = secretsIn(read)
  for (const name of ['AUTH_JWKS_URL', 'AUTH_ISSUER', 'S3_ENDPOINT']) read.url(name)
  return {
    development: read.development,
    tokens: {
      secrets,
      issuer: read.text('JWT_ISSUER') ?? 'dreamlake',
      audience: read.text('JWT_AUDIENCE') ?? 'dreamlake',
      lifetime: read.duration('JWT_EXPIRATION', DEFAULT_LIFETIME),
    },
    identity: read.group({ jwksUrl: 'AUTH_JWKS_URL', issuer: 'AUTH_ISSUER', audience: 'AUTH_AUDIENCE' }),
    s3: read.group({
      endpoint: 'S3_ENDPOINT',
      bucket: 'S3_BUCKET',
      region: 'S3_REGION',
      accessKeyId: 'S3_ACCESS_KEY_ID',
      secretAccessKey: 'S3_SECRET_ACCESS_KEY',
    }),
    publicUrl: read.origin('PUBLIC_URL'),
    retention: read.days('RETENTION_DAYS', DEFAULT_RETENTION_DAYS, MOST_RETENTION_DAYS),
    cronQueries: read.queries('CRON_QUERIES'),
    quotas: { rows: read.quota('QUOTA_ROWS', DEFAULT_QUOTA_ROWS), bytes: read.quota('QUOTA_BYTES', 0) },
    uploadTtl: read.days('UPLOAD_TTL_DAYS', DEFAULT_UPLOAD_TTL_DAYS, MOST_UPLOAD_TTL_DAYS),
    limits: {
      reads: read.policy('RATE_LIMIT_READS'),
      writes: read.policy('RATE_LIMIT_WRITES'),
      strangers: read.policy('RATE_LIMIT_STRANGERS'),
    },
    corsOrigins: read.webOrigins('CORS_ORIGINS'),
    replicaReads: read.text('REPLICA_READS') === 'true',
    commit: read.text('COMMIT'),
    faults: read.faults,
  }
}

/** The current secret, without which nothing is served, and the previous one. */
function secretsIn(read: Variables): Uint8Array[] {
  const current = read.secret('JWT_SECRET')
  if (!current && read.text('JWT_SECRET') === null) read.blame('JWT_SECRET', 'is not set')
  return [current, read.secret('JWT_SECRET_PREVIOUS')].filter((each) => each !== null)
}

/** Reads variables, each by what it is to be, and takes note of what is wrong with them. */
class Variables {
  readonly development: boolean
  readonly faults: ConfigFault[] = []
  readonly #env: Readonly<Record<string, unknown>>

  constructor(env: Readonly<Record<string, unknown>>) {
    this.#env = env
    this.development = this.text('ENVIRONMENT') === 'development'
  }

  blame(variable: string, fault: string): void {
    this.faults.push({ variable, fault })
  }

  /** Null where it is not set, or empty. */
  text(name: string): string | null {
    const value = this.#env[name]
    return typeof value === 'string' && value !== '' ? value : null
  }

  secret(name: string): Uint8Array | null {
    const value = this.text(name)
    if (value === null) return null
    const isAllowedHere = this.development && value === PUBLIC_SECRET
    const fault = isAllowedHere ? null : (publicFault(value) ?? secretFault(value))
    if (fault === null) return new TextEncoder().encode(value)
    this.blame(name, fault)
    return null
  }

  url(name: string): string | null {
    const value = this.text(name)
    if (value === null) return null
    const parsed = URL.parse(value)
    if (!parsed) this.blame(name, 'is not a URL')
    else if (parsed.protocol !== 'https:' && !this.development) this.blame(name, 'is not https')
    return value
  }

  /** All of a group of variables, or null where none is set. Half a group is a fault. */
  group<K extends string>(names: Readonly<Record<K, string>>): Record<K, string> | null {
    const entries = Object.entries<string>(names)
    if (entries.every(([, name]) => this.text(name) === null)) return null
    for (const [, name] of entries)
      if (this.text(name) === null) this.blame(name, 'is not set, though its companions are')
    return Object.fromEntries(entries.map(([key, name]) => [key, this.text(name) ?? ''])) as Record<K, string>
  }

  origin(name: string): string | null {
    const value = this.url(name)
    if (value === null || !URL.canParse(value)) return null
    const { origin: only, pathname, search } = new URL(value)
    if (pathname + search !== '/') this.blame(name, 'has more than an origin')
    return only
  }

  /** Origins, separated by commas. */
  webOrigins(name: string): readonly string[] {
    const given = (this.text(name) ?? '').split(',').filter((each) => each.trim() !== '')
    return given.flatMap((each, index) => {
      const found = webOriginOf(each.trim())
      if (found === null)
        this.blame(name, `has entry ${index + 1}, which is no origin such as https://app.example`)
      return found ?? []
    })
  }

  /** In seconds. */
  duration(name: string, otherwise: string): number {
    const [, amount = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(this.text(name) ?? otherwise) ?? []
    if (Number(amount) > 0) return Number(amount) * (SECONDS_OF[unit] ?? 1)
    this.blame(name, 'is not a duration such as 12h or 30d')
    return 0
  }

  /** `6000/60`: so many requests in so many seconds. */
  policy(name: string): Policy | null {
    const value = this.text(name)
    if (value === null) return null
    const [, quota = '', seconds = ''] = /^([1-9]\d{0,8})\/(10|60)$/.exec(value) ?? []
    if (quota === '') {
      this.blame(name, 'is not a limit such as 6000/60, over 10 or 60 seconds')
      return null
    }
    return { quota: Number(quota), seconds: Number(seconds) }
  }

  /** In milliseconds. */
  days(name: string, otherwise: number, most: number): number {
    const value = Number(this.text(name) ?? otherwise)
    if (!(value >= 1 && value <= most)) this.blame(name, `is not a number of days from 1 to ${most}`)
    return value * DAY
  }

  queries(name: string): number {
    const value = Number(this.text(name) ?? DEFAULT_CRON_QUERIES)
    if (!(Number.isInteger(value) && value >= LEAST_CRON_QUERIES && value <= MOST_CRON_QUERIES))
      this.blame(name, `is not a whole number from ${LEAST_CRON_QUERIES} to ${MOST_CRON_QUERIES}`)
    return value
  }

  /** 0 is no bound. */
  quota(name: string, otherwise: number): number | null {
    const value = Number(this.text(name) ?? otherwise)
    if (Number.isSafeInteger(value) && value >= 0) return value === 0 ? null : value
    this.blame(name, 'is not a whole number, or 0 for none')
    return null
  }
}

/** By which clients reach this server, as far as it knows. */
export const originOf = ({ publicUrl }: Pick<Config, 'publicUrl'>, url: URL): string =>
  publicUrl ?? url.origin
