import { describe, expect, it } from 'vitest'
import { commitOf } from '../../src/tools/project.ts'
import { type Account, empty, full, operator, ready, stranger, unready, version } from './account.ts'

const { run, site, commands } = operator()

const SCHEDULE = 'schedule: */10 * * * *'
/** One try. */
const AT_ONCE = ['--wait', '0']

const deploy = (account: Account, targets: readonly string[] = [], ...args: string[]) =>
  run('deploy', account, targets, ...args)

describe('npm run deploy', () => {
  it('makes what a new account lacks, migrates before the Worker is there, and names the secret', async () => {
    const here = site()
    const { status, said } = await deploy(empty, [await here.origin(), SCHEDULE], '--location', 'weur')
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
    expect(said).toContain('npm run wrangler -- secret put JWT_SECRET')
    expect(said).toContain('It is deployed, but not ready. Missing: JWT_SECRET.')
    expect([status, here.asked]).toEqual([3, []])
  })

  it('makes nothing that is there, and ends well when the deployment is ready', async () => {
    const here = site()
    const { status, said } = await deploy(full, [await here.origin(), SCHEDULE])
    expect(commands()).toEqual([
      'd1 list --json',
      'r2 bucket list',
      'd1 migrations apply DB --remote',
      'deploy',
      'secret list --format json',
    ])
    expect(said).toContain('200 {"status":"ok"}')
    expect(said).not.toContain('Missing')
    expect([status, here.asked]).toEqual([0, ['/version', '/readyz']])
  })

  it('waits while another than the Worker answers, or the version before', async () => {
    const here = site({ '/version': [stranger, version('0000000'), version()], '/readyz': [ready] })
    expect(await deploy(full, [await here.origin()])).toMatchObject({
      status: 0,
      said: expect.stringContaining('200 {"status":"ok"}'),
    })
    expect(here.asked).toEqual(['/version', '/version', '/version', '/readyz'])
  })

  it('asks every address, and says of each what keeps it from being ready', async () => {
    const good = site()
    const sick = site({ '/version': [version()], '/readyz': [unready] })
    const old = site({ '/version': [version('0000000')], '/readyz': [ready] })
    const unborn = site({})
    const origins = await Promise.all([good, sick, old, unborn].map((each) => each.origin()))
    const { status, said } = await deploy(full, [...origins, SCHEDULE], ...AT_ONCE)
    expect(said).toContain('503 {"code":"not_ready","detail":"BUCKET did not answer"}')
    expect(said).toContain('It is deployed, but not ready.')
    expect(said).toContain(`${origins[1]} is not ready.`)
    expect(said).toContain(`${origins[2]} still answers as 0000000, and not as ${commitOf()}.`)
    expect(said).toContain(`${origins[3]} does not answer yet`)
    expect(said).not.toContain(`${origins[0]} is not`)
    expect([status, good.asked]).toEqual([3, ['/version', '/readyz']])
  })

  it('goes on with a bucket that is there but not in the list', async () => {
    const says = 'The bucket you tried to create already exists, and you own it. [code: 10004]'
    const account = { ...full, buckets: [], failing: { 'r2 bucket create': says } }
    const { status } = await deploy(account, [await site().origin()])
    expect([status, commands().at(-1)]).toEqual([0, 'secret list --format json'])
  })

  it.each([
    ['d1 list', 'npx wrangler login'],
    ['d1 create', 'The database dreamlake could not be made.'],
    ['r2 bucket list', 'The buckets could not be listed'],
    ['r2 bucket create', 'The bucket dreamlake could not be made.'],
    ['d1 migrations', 'A migration failed, and nothing was deployed'],
    ['deploy', 'the new version may be live'],
    ['secret list', 'its secrets could not be listed'],
  ])('stops at %s when it fails, and says so', async (words, sentence) => {
    const here = site()
    const account = { ...empty, failing: { [words]: 'It is not to be.' } }
    const { status, said } = await deploy(account, [await here.origin()])
    expect([status, here.asked]).toEqual([1, []])
    expect(commands().at(-1)).toMatch(new RegExp(`^${words}`))
    expect(said).toContain('It is not to be.')
    expect(said).toContain(sentence)
  })

  it('says that the Worker is live where only an address could not be had', async () => {
    const says =
      'Trigger configuration for "dreamlake-edge" was only partially updated:\n\n  Custom domains:\n    - ...'
    const { status, said } = await deploy({ ...full, failing: { deploy: says } })
    expect([status, said]).toEqual([
      1,
      expect.stringContaining('The deployment failed. The new version is live'),
    ])
  })

  it('tells an upload that was called off, and one that has no address', async () => {
    const off = await deploy({ ...full, version: null })
    const homeless = await deploy(full, ['example.com/api/* (zone name: example.com)'])
    expect(off).toEqual({ status: 1, said: expect.stringContaining('The deployment was called off') })
    expect(homeless).toEqual({ status: 3, said: expect.stringContaining('no address to ask /readyz at') })
  })

  it('runs nothing to show what it would run', async () => {
    const { status, said } = await deploy(empty, [], '--dry-run')
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

  it.each([
    [['--force'], 'Usage: npm run deploy'],
    [['--wait', 'long'], '--wait is a number of seconds'],
  ])('refuses %j', async (args, sentence) => {
    const { status, said } = await deploy(empty, [], ...args)
    expect([status, commands()]).toEqual([2, []])
    expect(said).toContain(sentence)
  })
})
