import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { afterEach, describe, expect, it } from 'vitest'
import { root } from '../../src/tools/project.ts'
import { full, operator } from './account.ts'

const { own, run, site, commands, read } = operator()

/** Unlike any operator's, since what is made of it is written into the project. */
const NAME = `test-${process.pid}.deployment.toml`
const MADE = `wrangler.${NAME}`

afterEach(() => rmSync(join(root, MADE), { force: true }))

const SETTINGS = `
name = "dreamlake-staging"
workers_dev = false
routes = [{ pattern = "api.example.com", custom_domain = true }]

[vars]
PUBLIC_URL = "https://api.example.com"
RATE_LIMIT_READS = "60/60"

[[d1_databases]]
binding = "DB"
database_name = "staging"

[[r2_buckets]]
binding = "BUCKET"
bucket_name = "staging"
jurisdiction = "eu"

[[ratelimits]]
name = "READ_LIMIT"
namespace_id = "2001"
simple = { limit = 60 }

[triggers]
crons = []
`

async function deploy(settings: string, ...args: string[]) {
  writeFileSync(join(own.folder, NAME), settings)
  return run('deploy', full, [await site().origin()], '--settings', NAME, ...args)
}

describe('npm run deploy -- --settings', () => {
  it('gives wrangler the settings over wrangler.toml, and makes what they name', async () => {
    const { status } = await deploy(SETTINGS, '--location', 'weur')
    expect([status, commands()]).toEqual([
      0,
      [
        `d1 list --json --config ${MADE}`,
        `d1 create staging --jurisdiction eu --config ${MADE}`,
        `r2 bucket list --jurisdiction eu --config ${MADE}`,
        `r2 bucket create staging --jurisdiction eu --config ${MADE}`,
        `d1 migrations apply DB --remote --config ${MADE}`,
        `deploy --config ${MADE}`,
        `secret list --format json --config ${MADE}`,
      ],
    ])
    expect(parse(read('taken.toml'))).toMatchObject({
      main: 'src/index.ts',
      name: 'dreamlake-staging',
      workers_dev: false,
      routes: [{ pattern: 'api.example.com', custom_domain: true }],
      vars: {
        PUBLIC_URL: 'https://api.example.com',
        RATE_LIMIT_READS: '60/60',
        RATE_LIMIT_WRITES: '3000/60',
      },
      d1_databases: [{ binding: 'DB', database_name: 'staging', migrations_dir: 'migrations' }],
      r2_buckets: [{ binding: 'BUCKET', bucket_name: 'staging', jurisdiction: 'eu' }],
      ratelimits: [
        { name: 'READ_LIMIT', namespace_id: '2001', simple: { limit: 60, period: 60 } },
        { name: 'WRITE_LIMIT', namespace_id: '1002', simple: { limit: 3000, period: 60 } },
        { name: 'STRANGER_LIMIT' },
      ],
      triggers: { crons: [] },
      observability: { enabled: true },
    })
  })

  it('makes no database that has an id, and takes a list without entries as it is', async () => {
    const database = '[[d1_databases]]\nbinding = "DB"\ndatabase_name = "theirs"\ndatabase_id = "u-1"'
    expect(await deploy(`ratelimits = []\n${database}`)).toMatchObject({ status: 0 })
    expect(commands().filter((command) => command.includes('create'))).toEqual([])
    expect((await deploy(`ratelimits = []\n${database}`, '--dry-run')).said).not.toContain('d1 create')
    expect(parse(read('taken.toml'))).toMatchObject({
      ratelimits: [],
      d1_databases: [{ database_name: 'theirs', database_id: 'u-1' }],
    })
  })

  it('takes deployment.toml where it is there, and writes nothing to show it', async () => {
    writeFileSync(join(own.folder, 'deployment.toml'), 'name = "by-custom"')
    const { status, said } = await run('deploy', full, [], '--dry-run')
    expect([status, commands()]).toEqual([0, []])
    expect(said).toContain('$ npx wrangler secret list --format json --config wrangler.deployment.toml')
    expect(said).toContain('name = "by-custom"')
  })

  it.each([
    ['var = 1', 'has var. What a deployment decides is name, '],
    ['main = "src/other.ts"', 'has main.'],
    ['name = ', 'cannot be read: '],
    ['vars = "QUOTA_BYTES"', 'vars is a value, and in wrangler.toml a table.'],
    ['[d1_databases]\ndatabase_name = "x"', 'd1_databases is a table, and in wrangler.toml a list.'],
    ['[[d1_databases]]\nbinding = "DATA"', '[[d1_databases]] has the binding DATA; wrangler.toml has DB.'],
    ['[[r2_buckets]]\nbinding = "BUCKET"\nbucket_name = 1', 'r2_buckets.0.bucket_name: '],
    ['[vars]\nQUOTA_BYTES = 10', 'the variable QUOTA_BYTES is to be in quotes.'],
    ['[vars]\nJWT_SECRET = "x"', 'has the variable JWT_SECRET, which is a secret.'],
    ['[vars]\nENVIRONMENT = "development"', 'has the variable ENVIRONMENT, which belongs to development.'],
  ])('refuses %j', async (settings, sentence) => {
    const { status, said } = await deploy(settings)
    expect([status, commands(), existsSync(join(root, MADE))]).toEqual([1, [], false])
    expect(said).toContain(NAME)
    expect(said).toContain(sentence)
  })

  it('refuses a file that is not there', async () => {
    const { status, said } = await run('deploy', full, [], '--settings', 'nowhere.toml')
    expect([status, commands(), said]).toEqual([1, [], expect.stringContaining('There is no file ')])
  })
})

describe('npm run wrangler', () => {
  it('runs a command on the deployment of the settings', async () => {
    writeFileSync(join(own.folder, NAME), SETTINGS)
    const put = await run('operate', full, [], '--settings', NAME, 'secret', 'put', 'JWT_SECRET')
    expect([put.status, commands()]).toEqual([0, [`secret put JWT_SECRET --config ${MADE}`]])
    expect(parse(read('taken.toml'))).toMatchObject({ name: 'dreamlake-staging' })
  })

  it('runs it on wrangler.toml where there are none, and ends as wrangler does', async () => {
    const failed = await run('operate', full, [], 'no', 'such', 'command')
    expect([failed.status, commands()]).toEqual([64, ['no such command']])
  })

  it.each([
    [[], 'Usage: npm run wrangler'],
    [['deploy'], 'Take npm run deploy instead'],
    [['dev'], 'Take npm run dev instead'],
  ])('refuses %j', async (args, sentence) => {
    const { status, said } = await run('operate', full, [], ...args)
    expect([status, commands(), said]).toEqual([2, [], expect.stringContaining(sentence)])
  })
})
