import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { Failure } from './checks.ts'
import { commitVariable, root, wranglerPath } from './project.ts'
import { isReady, originOf } from './ready.ts'
import { spelled, Wrangler } from './wrangler.ts'

const USAGE = `Usage: npm run deploy [-- --dry-run] [--location weur] [--wrangler FILE]
--dry-run prints the commands in their order and runs none. --location is where a database and a bucket are made
that are not there yet. --wrangler is another program to run than the project's own.`
const WHO = `Is somebody logged in? npx wrangler login, or the variable CLOUDFLARE_API_TOKEN;
of several accounts CLOUDFLARE_ACCOUNT_ID names the one.`

const Named = z.array(z.object({ name: z.string() }))
/** What wrangler writes down of what it did, a line each. */
const Entry = z.object({
  type: z.string(),
  version_id: z.string().nullish(),
  targets: z.array(z.string()).default([]),
})

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const configuration = readFileSync(join(root, 'wrangler.toml'), 'utf8')

/** A text of the configuration, by a key that is there only once. */
const configured = (key: string): string | undefined =>
  new RegExp(`^${key}\\s*=\\s*"(.+)"`, 'm').exec(configuration)?.[1]

function nameOf(key: string): string {
  const name = configured(key)
  if (name === undefined) throw new Failure(`wrangler.toml has no ${key}.`)
  return name
}

const database = nameOf('database_name')
const bucket = nameOf('bucket_name')
/** What the configuration says of the bucket goes for the database too. */
const jurisdiction = configured('jurisdiction')
const within = jurisdiction === undefined ? [] : ['--jurisdiction', jurisdiction]

/** Where something is made. Wrangler takes one of the two, and a jurisdiction binds more. */
const placed = (location: string | undefined): readonly string[] =>
  location === undefined || within.length > 0 ? within : ['--location', location]

/** In the order in which they are run; what makes something is left out where it is there. */
const commandsFor = (location: string | undefined) => ({
  listDatabases: ['d1', 'list', '--json'],
  makeDatabase: ['d1', 'create', database, ...placed(location)],
  listBuckets: ['r2', 'bucket', 'list', ...within],
  makeBucket: ['r2', 'bucket', 'create', bucket, ...placed(location)],
  migrate: ['d1', 'migrations', 'apply', 'DB', '--remote'],
  deploy: ['deploy', ...commitVariable()],
  listSecrets: ['secret', 'list', '--format', 'json'],
})

type Commands = ReturnType<typeof commandsFor>

function printAll(commands: Commands): void {
  for (const [name, args] of Object.entries(commands))
    say(spelled(args) + (name.startsWith('make') ? '   # where it is not there yet' : ''))
  say('GET /readyz of the address that it is deployed to')
}

/** Whether the new Worker is ready. What it needs is there before it is: migrations add to what the old one reads. */
async function deploy(wrangler: Wrangler, commands: Commands): Promise<boolean> {
  findOrMakeDatabase(wrangler, commands)
  findOrMakeBucket(wrangler, commands)
  migrate(wrangler, commands)
  const targets = upload(wrangler, commands)
  tellMissingSecrets(wrangler, commands)
  const [address] = targets.flatMap(originOf)
  if (address !== undefined) return isReady(new URL('/readyz', address))
  throw new Failure(`It is deployed, but has no address to ask /readyz at: ${targets.join(', ') || 'none'}.`)
}

function findOrMakeDatabase(wrangler: Wrangler, { listDatabases, makeDatabase }: Commands): void {
  const listed = wrangler.read(listDatabases, `The databases could not be listed. ${WHO}`)
  const isThere = Named.parse(JSON.parse(listed)).some(({ name }) => name === database)
  if (isThere || configured('database_id') !== undefined) return
  wrangler.read(makeDatabase, `The database ${database} could not be made.`)
  say(`Made the database ${database}; the Worker finds it by its name.`)
}

function findOrMakeBucket(wrangler: Wrangler, { listBuckets, makeBucket }: Commands): void {
  const listed = wrangler.read(
    listBuckets,
    'The buckets could not be listed; R2 is enabled in the dashboard.',
  )
  if (new RegExp(`^name:\\s+${bucket}$`, 'm').test(listed)) return
  const { isDone, told } = wrangler.run(makeBucket)
  if (isDone) say(`Made the bucket ${bucket}.`)
  // Of many buckets the list has the first ones alone.
  if (isDone || told.includes('already exists')) return
  process.stdout.write(told)
  throw new Failure(`The bucket ${bucket} could not be made.`)
}

function migrate(wrangler: Wrangler, commands: Commands): void {
  const otherwise = 'A migration failed, and nothing was deployed: the Worker of before goes on.'
  const told = wrangler.read(commands.migrate, otherwise)
  say(`Migrations: ${[...new Set(told.match(/\d{4}_\w+\.sql/g))].join(', ') || 'none to apply'}.`)
}

/** Where it is deployed to. Wrangler may ask here, as for the first name under workers.dev. */
function upload(wrangler: Wrangler, commands: Commands): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'dreamlake-deploy-'))
  const WRANGLER_OUTPUT_FILE_PATH = join(folder, 'output')
  try {
    if (!wrangler.run(commands.deploy, 'inherit', { WRANGLER_OUTPUT_FILE_PATH }).isDone)
      throw new Failure(
        'The deployment failed. Once that is mended, npm run deploy goes on from where it is.',
      )
    const lines = readFileSync(WRANGLER_OUTPUT_FILE_PATH, 'utf8').trim().split('\n')
    const entry = lines.map((line) => Entry.parse(JSON.parse(line))).find(({ type }) => type === 'deploy')
    if (!entry?.version_id) throw new Failure('The deployment was called off: the Worker of before goes on.')
    return entry.targets
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function tellMissingSecrets(wrangler: Wrangler, { listSecrets }: Commands): void {
  const listed = wrangler.read(listSecrets, 'It is deployed, but its secrets could not be listed.')
  const set = new Set(Named.parse(JSON.parse(listed)).map(({ name }) => name))
  const isS3 = set.has('S3_ENDPOINT') || configured('S3_ENDPOINT') !== undefined
  const needed = ['JWT_SECRET', ...(isS3 ? ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] : [])]
  for (const name of needed.filter((each) => !set.has(each)))
    say(
      `The secret ${name} is missing. It takes effect as soon as it is set: npx wrangler secret put ${name}`,
    )
  if (!set.has('JWT_SECRET')) say('Make it, and keep it where you keep secrets: openssl rand -base64 48')
}

try {
  const text = { type: 'string' } as const
  const options = { 'dry-run': { type: 'boolean' }, location: text, wrangler: text } as const
  const { location, wrangler = wranglerPath, 'dry-run': isDry } = parseArgs({ options }).values
  const commands = commandsFor(location)
  if (isDry) printAll(commands)
  else if (!(await deploy(new Wrangler(wrangler), commands)))
    throw new Failure('It is deployed, but not ready: mend what is named above, and ask /readyz again.')
} catch (error) {
  // The parser of arguments tells a wrong one by a TypeError with a code.
  const isMisuse = error instanceof TypeError && 'code' in error
  if (!isMisuse && !(error instanceof Failure)) throw error
  process.stderr.write(`${error.message}\n${isMisuse ? `${USAGE}\n` : ''}`)
  process.exitCode = isMisuse ? 2 : 1
}
