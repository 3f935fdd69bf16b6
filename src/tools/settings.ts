import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parse, stringify, TomlError, type TomlTable, type TomlValue } from 'smol-toml'
import { z } from 'zod'
import { Failure } from './checks.ts'
import { root } from './project.ts'

/** Taken where no other file is named. */
const USUAL = 'deployment.toml'

/** What a deployment decides. The rest of wrangler.toml is the program's, and the same for all of them. */
const DECIDED: readonly string[] = [
  'name',
  'account_id',
  'routes',
  'workers_dev',
  'preview_urls',
  'vars',
  'd1_databases',
  'r2_buckets',
  'ratelimits',
  'triggers',
  'observability',
  'limits',
  'placement',
]

/** By what the tables of a list are told apart. */
const KEYS: Readonly<Record<string, string>> = {
  d1_databases: 'binding',
  r2_buckets: 'binding',
  ratelimits: 'name',
}

/** Wrangler shows variables to whoever can read the configuration, and keeps no secret of the same name. */
const NO_VARIABLES: Readonly<Record<string, string>> = {
  JWT_SECRET: 'is a secret',
  JWT_SECRET_PREVIOUS: 'is a secret',
  S3_ACCESS_KEY_ID: 'is a secret',
  S3_SECRET_ACCESS_KEY: 'is a secret',
  ENVIRONMENT: 'belongs to development',
  COMMIT: 'is set by npm run deploy',
}

const Configuration = z.object({
  d1_databases: z.tuple([z.object({ database_name: z.string(), database_id: z.string().optional() })]),
  r2_buckets: z.tuple([z.object({ bucket_name: z.string(), jurisdiction: z.string().optional() })]),
  vars: z.record(z.string(), z.string()),
})

export interface Deployment {
  readonly database: string
  readonly databaseId: string | undefined
  readonly bucket: string
  /** What the configuration says of the bucket goes for the database too. */
  readonly jurisdiction: string | undefined
  readonly variables: Readonly<Record<string, string>>
  /** How another command of npm is given the same file; empty where it takes that by itself. */
  readonly flag: string
  /** Null where wrangler.toml stands alone. */
  readonly merged: Merged | null
}

/** A file beside wrangler.toml, as wrangler starts from there to look for what the file names. */
interface Merged {
  readonly name: string
  readonly text: string
}

/** The deployment that a file of settings describes, laid over wrangler.toml. */
export function deploymentOf(given: string | undefined): Deployment {
  const program = tableIn(join(root, 'wrangler.toml'))
  const settings = given ?? (existsSync(USUAL) ? USUAL : null)
  const config = settings === null ? program : laidOver(program, settings)
  const {
    d1_databases: [{ database_name: database, database_id: databaseId }],
    r2_buckets: [{ bucket_name: bucket, jurisdiction }],
    vars: variables,
  } = checked(config, settings)
  const merged = settings === null ? null : mergedOf(settings, config)
  const flag = given === undefined ? '' : `--settings ${given} `
  return { database, databaseId, bucket, jurisdiction, variables, flag, merged }
}

/** The arguments that make wrangler take what is merged. */
export const configOf = ({ merged }: Deployment): string[] => (merged ? ['--config', merged.name] : [])

/** Writes down what is merged, for wrangler to read. */
export function writeConfiguration({ merged }: Deployment): void {
  if (merged) writeFileSync(join(root, merged.name), merged.text)
}

function mergedOf(settings: string, config: TomlTable): Merged {
  // A comment keeps wrangler from writing into the file.
  const heading = `# wrangler.toml with ${settings} over it: change those. This is written anew each time.\n`
  const name = `wrangler.${basename(settings, '.toml')}.toml`
  return { name, text: heading + stringify(config) }
}

function checked(config: TomlTable, settings: string | null): z.output<typeof Configuration> {
  const { data, error } = Configuration.safeParse(config)
  if (data) return data
  const [first] = error.issues
  throw new Failure(`${settings ?? 'wrangler.toml'}: ${first?.path.join('.')}: ${first?.message}`)
}

function tableIn(file: string): TomlTable {
  if (!existsSync(file)) throw new Failure(`There is no file ${file}.`)
  try {
    return parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    throw new Failure(`${file} cannot be read: ${error.message}`)
  }
}

function laidOver(program: TomlTable, settings: string): TomlTable {
  const given = tableIn(resolve(settings))
  for (const key of Object.keys(given)) {
    if (DECIDED.includes(key)) continue
    throw new Failure(`${settings} has ${key}. What a deployment decides is ${DECIDED.join(', ')}.`)
  }
  const { vars = {} } = given
  for (const [name, value] of Object.entries(vars)) {
    if (NO_VARIABLES[name] !== undefined)
      throw new Failure(`${settings} has the variable ${name}, which ${NO_VARIABLES[name]}.`)
    if (typeof value !== 'string') throw new Failure(`${settings}: the variable ${name} is to be in quotes.`)
  }
  return tables(program, given, settings)
}

/** Tables are merged, and so are those of a list that have a key; whatever else is given replaces what was there. */
function tables(program: TomlTable, given: TomlTable, where: string): TomlTable {
  const laid = Object.entries(given).map(([key, value]) => [key, values(program[key], value, key, where)])
  return { ...program, ...Object.fromEntries(laid) }
}

function values(before: TomlValue | undefined, given: TomlValue, name: string, where: string): TomlValue {
  if (before === undefined) return given
  if (kindOf(before) !== kindOf(given))
    throw new Failure(`${where}: ${name} is ${kindOf(given)}, and in wrangler.toml ${kindOf(before)}.`)
  if (isTable(before) && isTable(given)) return tables(before, given, where)
  const key = KEYS[name]
  const isMerged = key !== undefined && Array.isArray(before) && Array.isArray(given) && given.length > 0
  return isMerged ? lists(before.filter(isTable), given.filter(isTable), { name, key, where }) : given
}

interface List {
  readonly name: string
  readonly key: string
  readonly where: string
}

function lists(before: TomlTable[], given: TomlTable[], { name, key, where }: List): TomlTable[] {
  const known = before.map((each) => each[key])
  const unknown = given.find((each) => !known.includes(each[key]))
  if (unknown)
    throw new Failure(
      `${where}: [[${name}]] has the ${key} ${unknown[key]}; wrangler.toml has ${known.join(', ')}.`,
    )
  return before.map((each) => {
    const own = given.find((one) => one[key] === each[key])
    return own ? tables(each, own, where) : each
  })
}

const isTable = (value: TomlValue): value is TomlTable => kindOf(value) === 'a table'

function kindOf(value: TomlValue): string {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && !(value instanceof Date) ? 'a table' : 'a value'
}
