import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { root } from '../../src/tools/project.ts'

/** The tool as an operator runs it, with a stand-in for wrangler that has an account of its own in a file. */

interface Account {
  readonly databases: readonly string[]
  readonly buckets: readonly string[]
  readonly secrets: readonly string[]
  /** Commands that fail, by their first words, and what they say. */
  readonly failing?: Readonly<Record<string, string>>
  /** Null for an upload that was called off. */
  readonly version?: string | null
}

let folder: string
let site: Server
let targets: readonly string[]
/** What the deployment answers, in turn; the last one again and again. */
let answers: readonly (readonly [number, Readonly<Record<string, string>>, string])[]
let asked: string[]

const READY = [200, { 'X-Request-Id': 'r-1' }, '{"status":"ok"}'] as const
const empty: Account = { databases: [], buckets: [], secrets: [] }
const full: Account = { databases: ['other', 'dreamlake'], buckets: ['dreamlake'], secrets: ['JWT_SECRET'] }

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dreamlake-deploy-test-'))
  asked = []
  answers = [READY]
  site = createServer(({ url }, response) => {
    asked.push(url ?? '')
    const [status, headers, body] = answers[Math.min(asked.length, answers.length) - 1] ?? READY
    response.writeHead(status, headers).end(body)
  }).listen(0, 'localhost')
  await once(site, 'listening')
  targets = [`http://localhost:${(site.address() as AddressInfo).port}`, 'schedule: */10 * * * *']
})

afterEach(() => {
  site.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Prints what wrangler 4.155.0 prints, and writes down what it was asked. */
const STAND_IN = `
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs')
const [, , ...args] = process.argv
const path = __dirname + '/account.json'
const account = JSON.parse(readFileSync(path, 'utf8'))
const keep = (key, name) => writeFileSync(path, JSON.stringify({ ...account, [key]: [...account[key], name] }))
const command = args.join(' ')
appendFileSync(__dirname + '/asked', command + '\\n')
for (const [words, says] of Object.entries(account.failing ?? {})) {
  if (!command.startsWith(words)) continue
  process.stderr.write('\\n\\u2718 [ERROR] ' + says + '\\n')
  process.exit(1)
}
const say = (text) => process.stdout.write(text + '\\n')
if (command === 'd1 list --json')
  say(JSON.stringify(account.databases.map((name) => ({ uuid: 'u-' + name, name, version: 'production' })), null, 2))
else if (command.startsWith('d1 create ')) {
  keep('databases', args[2])
  say("\\u2705 Successfully created DB '" + args[2] + "' in region WEUR\\nCreated your new D1 database.\\n")
} else if (command === 'r2 bucket list') {
  say('\\u001b[1m \\u26c5\\ufe0f wrangler 4.155.0\\u001b[22m\\n\\nListing buckets...')
  say(account.buckets.map((name) => 'name:           ' + name + '\\ncreation_date:  2026-11-01T00:00:00.000Z').join('\\n\\n'))
} else if (command.startsWith('r2 bucket create ')) {
  keep('buckets', args[3])
  say("Creating bucket '" + args[3] + "'...\\n\\u2705 Created bucket '" + args[3] + "' with default storage class of Standard.")
} else if (command === 'd1 migrations apply DB --remote') say('\\u2705 No migrations to apply!')
else if (args[0] === 'deploy') {
  const version = account.version === undefined ? 'v-1' : account.version
  const entries = [
    { type: 'wrangler-session', version: 1, command_line_args: args },
    { type: 'deploy', version: 1, worker_name: 'dreamlake-edge', version_id: version, targets: version ? account.targets : undefined },
  ]
  for (const entry of entries) appendFileSync(process.env.WRANGLER_OUTPUT_FILE_PATH, JSON.stringify(entry) + '\\n')
} else if (command === 'secret list --format json')
  say(JSON.stringify(account.secrets.map((name) => ({ name, type: 'secret_text' })), null, '  '))
else process.exit(64)
`

async function deploy(account: Account, ...args: string[]) {
  const program = join(folder, 'wrangler.cjs')
  writeFileSync(program, STAND_IN)
  writeFileSync(join(folder, 'account.json'), JSON.stringify({ ...account, targets }))
  const tool = join('src/tools', 'deploy.ts')
  const child = spawn(process.execPath, [tool, '--wrangler', program, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  await once(child, 'close')
  return { status: child.exitCode, said }
}

/** The commands that wrangler was given, without what tells the commit. */
function commands(): string[] {
  const path = join(folder, 'asked')
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
  return lines.map((line) => line.replace(/ --var COMMIT:\w+$/, ''))
}

describe('npm run deploy', () => {
  it('makes what a new account lacks, migrates before the Worker is there, and names the secret', async () => {
    answers = [[503, { 'X-Request-Id': 'r-1' }, '{"code":"not_ready","detail":"JWT_SECRET is not set"}']]
    const { status, said } = await deploy(empty, '--location', 'weur')
    expect(commands()).toEqual([
      'd1 list --json',
      'd1 create dreamlake --location weur',
      'r2 bucket list',
      'r2 bucket create dreamlake --location weur',
      'd1 migrations apply DB --remote',
      'deploy',
      'secret list --format json',
    ])
    for (const command of commands()) expect(said).toContain(`$ npx wrangler ${command}`)
    expect(said).toContain('npx wrangler secret put JWT_SECRET')
    expect(said).toContain('503 {"code":"not_ready","detail":"JWT_SECRET is not set"}')
    expect([status, asked]).toEqual([1, ['/readyz']])
  })

  it('makes nothing that is there, and ends well when the deployment is ready', async () => {
    const { status, said } = await deploy(full)
    expect(commands()).toEqual([
      'd1 list --json',
      'r2 bucket list',
      'd1 migrations apply DB --remote',
      'deploy',
      'secret list --format json',
    ])
    expect(said).toContain('200 {"status":"ok"}')
    expect(said).not.toContain('missing')
    expect(status).toBe(0)
  })

  it('asks again where another than the Worker answers', async () => {
    answers = [[404, {}, 'There is nothing here yet'], READY]
    expect(await deploy(full)).toMatchObject({
      status: 0,
      said: expect.stringContaining('200 {"status":"ok"}'),
    })
    expect(asked).toEqual(['/readyz', '/readyz'])
  })

  it('goes on with a bucket that is there but not in the list', async () => {
    const says = 'The bucket you tried to create already exists, and you own it. [code: 10004]'
    const { status } = await deploy({ ...full, buckets: [], failing: { 'r2 bucket create': says } })
    expect([status, commands().at(-1)]).toEqual([0, 'secret list --format json'])
  })

  it.each([
    ['d1 list', 'npx wrangler login'],
    ['d1 create', 'The database dreamlake could not be made.'],
    ['r2 bucket list', 'The buckets could not be listed'],
    ['r2 bucket create', 'The bucket dreamlake could not be made.'],
    ['d1 migrations', 'A migration failed, and nothing was deployed'],
    ['deploy', 'The deployment failed.'],
    ['secret list', 'its secrets could not be listed'],
  ])('stops at %s when it fails, and says so', async (words, sentence) => {
    const { status, said } = await deploy({ ...empty, failing: { [words]: 'It is not to be.' } })
    expect([status, asked]).toEqual([1, []])
    expect(commands().at(-1)).toMatch(new RegExp(`^${words}`))
    expect(said).toContain('It is not to be.')
    expect(said).toContain(sentence)
  })

  it('tells an upload that was called off, and one that has no address', async () => {
    const off = await deploy({ ...full, version: null })
    targets = ['example.com/api/* (zone name: example.com)']
    const homeless = await deploy(full)
    expect(off).toEqual({ status: 1, said: expect.stringContaining('The deployment was called off') })
    expect(homeless).toEqual({ status: 1, said: expect.stringContaining('no address to ask /readyz at') })
    expect(asked).toEqual([])
  })

  it('runs nothing to show what it would run', async () => {
    const { status, said } = await deploy(empty, '--dry-run')
    expect([status, commands()]).toEqual([0, []])
    const shown = [...said.matchAll(/^\$ npx wrangler (\S+ \S+)/gm)].map(([, words]) => words)
    expect(shown).toEqual([
      'd1 list',
      'd1 create',
      'r2 bucket',
      'r2 bucket',
      'd1 migrations',
      'deploy --var',
      'secret list',
    ])
  })

  it('refuses an option that it does not know', async () => {
    const { status, said } = await deploy(empty, '--force')
    expect([status, commands()]).toEqual([2, []])
    expect(said).toContain('Usage: npm run deploy')
  })
})
