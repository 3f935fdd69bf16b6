import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { Failure } from './checks.ts'
import { putPages } from './pages.ts'
import { commitOf, commitVariable, wranglerPath } from './project.ts'
import { faultAt, originOf } from './ready.ts'
import { configOf, type Deployment, deploymentOf, writeConfiguration } from './settings.ts'
import { spelled, Wrangler } from './wrangler.ts'

const USAGE = `Usage: npm run deploy [-- --settings FILE] [--dry-run] [--location weur] [--wait 300] [--wrangler FILE]
--settings is what this deployment has other than wrangler.toml; deployment.toml where it is there.
--dry-run prints the commands in their order and runs none. --location is where a database and a bucket are made
that are not there yet. --wait is for how many seconds the new version is waited for at its addresses.
--wrangler is another program to run than the project's own.
It ends with 0 when all is ready, with 3 when it is deployed but not ready,
with 2 after a wrong option, and else with 1.`
const WHO = `Is somebody logged in? npx wrangler login, or the variable CLOUDFLARE_API_TOKEN;
of several accounts CLOUDFLARE_ACCOUNT_ID names the one.`
const HALF_LIVE = 'The new version is live, but its addresses and its schedule are set only in part.'
const PERHAPS_LIVE = 'Where it says above that it has uploaded the Worker, the new version may be live.'

const Named = z.array(z.object({ name: z.string() }))
/** What wrangler writes down of what it did, a line each. */
const Entry = z.object({
  type: z.string(),
  version_id: z.string().nullish(),
  targets: z.array(z.string()).default([]),
  message: z.string().default(''),
})

class Misuse extends Failure {}

/** The deployment is made; what is told keeps it from being ready. */
class Unready extends Failure {}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Where something is made. Wrangler takes one of the two, and a jurisdiction binds more. */
function placed({ jurisdiction }: Deployment, location?: string): readonly string[] {
  if (jurisdiction !== undefined) return ['--jurisdiction', jurisdiction]
  return location === undefined ? [] : ['--location', location]
}

/** In the order in which they are run; what makes something is left out where it is there. */
const commandsFor = (
  deployment: Deployment,
  location: string | undefined,
  config = configOf(deployment),
) => ({
  listDatabases: ['d1', 'list', '--json', ...config],
  makeDatabase: ['d1', 'create', deployment.database, ...placed(deployment, location), ...config],
  listBuckets: ['r2', 'bucket', 'list', ...placed(deployment), ...config],
  makeBucket: ['r2', 'bucket', 'create', deployment.bucket, ...placed(deployment, location), ...config],
  migrate: ['d1', 'migrations', 'apply', 'DB', '--remote', ...config],
  deploy: ['deploy', ...config, ...commitVariable()],
  listSecrets: ['secret', 'list', '--format', 'json', ...config],
})

type Commands = ReturnType<typeof commandsFor>

function printAll(commands: Commands, { merged, databaseId }: Deployment): void {
  for (const [name, args] of Object.entries(commands)) {
    if (name === 'makeDatabase' && databaseId !== undefined) continue
    say(spelled(args) + (name.startsWith('make') ? '   # where it is not there yet' : ''))
  }
  say('GET /version and /readyz of each address that it is deployed to')
  if (merged) say(`\n${merged.name}:\n${merged.text}`)
}

interface Run {
  readonly wrangler: Wrangler
  readonly deployment: Deployment
  readonly commands: Commands
  /** For how many seconds the new version is waited for. */
  readonly wait: number
}

/** What the Worker needs is there before it is: migrations add to what the old one reads. */
async function deploy(run: Run): Promise<void> {
  findOrMakeDatabase(run)
  findOrMakeBucket(run)
  migrate(run)
  const targets = upload(run)
  const origins = targets.flatMap(originOf)
  assertSecrets(run)
  if (origins.length === 0)
    throw new Unready(`It has no address to ask /readyz at: ${targets.join(', ') || 'none'}.`)
  await assertReady(run, origins)
}

function findOrMakeDatabase({ wrangler, commands, deployment }: Run): void {
  const { database, databaseId } = deployment
  const listed = wrangler.read(commands.listDatabases, `The databases could not be listed. ${WHO}`)
  const isThere = Named.parse(JSON.parse(listed)).some(({ name }) => name === database)
  if (isThere || databaseId !== undefined) return
  wrangler.read(commands.makeDatabase, `The database ${database} could not be made.`)
  say(`Made the database ${database}; the Worker finds it by its name.`)
}

function findOrMakeBucket({ wrangler, commands, deployment: { bucket } }: Run): void {
  const listed = wrangler.read(
    commands.listBuckets,
    'The buckets could not be listed; R2 is enabled in the dashboard.',
  )
  if (new RegExp(`^name:\\s+${bucket}$`, 'm').test(listed)) return
  const { isDone, told } = wrangler.run(commands.makeBucket)
  if (isDone) say(`Made the bucket ${bucket}.`)
  // Of many buckets the list has the first ones alone.
  if (isDone || told.includes('already exists')) return
  process.stdout.write(told)
  throw new Failure(`The bucket ${bucket} could not be made.`)
}

function migrate({ wrangler, commands }: Run): void {
  const otherwise = 'A migration failed, and nothing was deployed: the Worker of before goes on.'
  const told = wrangler.read(commands.migrate, otherwise)
  say(`Migrations: ${[...new Set(told.match(/\d{4}_\w+\.sql/g))].join(', ') || 'none to apply'}.`)
}

/** Where it is deployed to. Wrangler may ask here, as for the first name under workers.dev. */
function upload({ wrangler, commands }: Run): readonly string[] {
  putPages()
  const folder = mkdtempSync(join(tmpdir(), 'dreamlake-deploy-'))
  const WRANGLER_OUTPUT_FILE_PATH = join(folder, 'output')
  try {
    const { isDone } = wrangler.run(commands.deploy, 'inherit', { WRANGLER_OUTPUT_FILE_PATH })
    const entries = entriesIn(WRANGLER_OUTPUT_FILE_PATH)
    if (!isDone) {
      const isLive = entries.some(({ message }) => message.includes('was only partially updated'))
      throw new Failure(
        `The deployment failed. ${isLive ? HALF_LIVE : PERHAPS_LIVE} Once that is mended, npm run deploy goes on from where it is.`,
      )
    }
    const deployed = entries.find(({ type }) => type === 'deploy')
    if (!deployed?.version_id)
      throw new Failure('The deployment was called off: the Worker of before goes on.')
    return deployed.targets
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function entriesIn(file: string): z.output<typeof Entry>[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  return lines.map((line) => Entry.parse(JSON.parse(line)))
}

function assertSecrets({ wrangler, commands, deployment }: Run): void {
  const listed = wrangler.read(commands.listSecrets, 'It is deployed, but its secrets could not be listed.')
  const set = new Set(Named.parse(JSON.parse(listed)).map(({ name }) => name))
  const isS3 = set.has('S3_ENDPOINT') || Boolean(deployment.variables.S3_ENDPOINT)
  const needed = ['JWT_SECRET', ...(isS3 ? ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] : [])]
  const missing = needed.filter((name) => !set.has(name))
  if (missing.length === 0) return
  if (missing.includes('JWT_SECRET'))
    say('Make a JWT_SECRET, and keep it where you keep secrets: openssl rand -base64 48')
  for (const name of missing) say(`Set it: npm run wrangler -- ${deployment.flag}secret put ${name}`)
  throw new Unready(
    `Missing: ${missing.join(', ')}. A secret takes effect as soon as it is set; then ask /readyz.`,
  )
}

async function assertReady({ wait }: Run, origins: readonly string[]): Promise<void> {
  const awaited = { commit: commitOf(), until: Date.now() + 1_000 * wait }
  const found = await Promise.all(origins.map((origin) => faultAt(origin, awaited)))
  const faults = found.filter((fault) => fault !== null)
  if (faults.length > 0) throw new Unready(`${faults.join('\n')}\nAsk /version and /readyz there again.`)
}

const text = { type: 'string' } as const
const options = {
  ...{ settings: text, location: text, wrangler: text },
  ...({ 'dry-run': { type: 'boolean' }, wait: { type: 'string', default: '300' } } as const),
}

try {
  const { values } = parseArgs({ options })
  const deployment = deploymentOf(values.settings)
  const commands = commandsFor(deployment, values.location)
  const wait = Number(values.wait)
  if (Number.isNaN(wait)) throw new Misuse('--wait is a number of seconds.')
  if (values['dry-run']) printAll(commands, deployment)
  else {
    writeConfiguration(deployment)
    await deploy({ wrangler: new Wrangler(values.wrangler ?? wranglerPath), deployment, commands, wait })
  }
} catch (error) {
  // The parser of arguments tells a wrong one by a TypeError with a code.
  const isMisuse = error instanceof Misuse || (error instanceof TypeError && 'code' in error)
  if (!isMisuse && !(error instanceof Failure)) throw error
  const isDeployed = error instanceof Unready
  const [before, after] = [isDeployed ? 'It is deployed, but not ready. ' : '', isMisuse ? `${USAGE}\n` : '']
  process.stderr.write(`${before}${error.message}\n${after}`)
  process.exitCode = (isMisuse && 2) || (isDeployed ? 3 : 1)
}
