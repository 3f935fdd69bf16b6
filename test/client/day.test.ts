import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createSocket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ProgressBar, sizeText, Table, timeText } from '../../client/src/cli/output.ts'
import { commandIn, linesOf } from './command-line.ts'
import { newUser, world } from './world.ts'

const { here, own, proxy: proxied } = world()

/** A user's day: a folder of its own, and the command in it. */
async function newDay() {
  const { token, place } = await newUser()
  const folder = join(own.folder, place.namespace)
  mkdirSync(folder)
  const { begin, run } = commandIn(folder)
  const variables = { DREAMLAKE_URL: here.origin, DREAMLAKE_TOKEN: token }
  const write = (path: string, content: string | Uint8Array = path) => {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return {
    ...{ folder, token, variables, write, begin },
    namespace: place.namespace,
    read: (path: string) => readFileSync(join(folder, path), 'utf8'),
    run: (...args: readonly string[]) => run(variables, args),
  }
}

const RUNS = ['run-1', 'run-2', 'run 3']
const FILES = ['camera/front.mp4', 'mic.wav', 'ü 100%.txt']

describe('a day’s recordings', () => {
  it('become episodes that are found, a dataset, and files elsewhere', async () => {
    const { run, namespace, write, read } = await newDay()
    const paths = RUNS.flatMap((name) => FILES.map((file) => `${name}/${file}`))
    for (const path of paths) write(`day/${path}`, path)
    const to = `${namespace}/lab`
    const sent = await run('upload', 'day/', '--to', to, '--episodes')
    expect([
      sent.status,
      linesOf(sent.said)
        .map((line) => line.replace(/ {2}.*/, ''))
        .toSorted(),
    ]).toEqual([0, paths.toSorted()])
    expect(sent.told).toMatch(/9 of 9 files sent\.\n$/)
    const again = await run('upload', 'day/', '--to', to, '--episodes')
    expect([
      again.status,
      again.told,
      linesOf(again.said).every((line) => line.endsWith('not sent again')),
    ]).toEqual([0, '0 of 9 files sent, 9 not sent again.\n', true])

    for (const name of ['run-1', 'run 3'])
      expect((await run('set', `${to}/${name}`, '--status', 'completed', '--tag', 'night')).status).toBe(0)
    await run('set', `${to}/run-1`, '--metadata', '{"robot":"arm-3","n":9007199254740993}', '--tag', 'x')
    const shown = await run('set', `${to}/run-1`, '--metadata', '{"robot":"arm-4"}', '--untag', 'x', '--json')
    expect(JSON.parse(shown.said)).toMatchObject({ tags: ['night'], metadata: { robot: 'arm-4' } })
    expect((await run('find', 'meta.n=9007199254740993', '--in', to)).said).toMatch(/^run-1\t/)
    const query = 'tag:night status:completed'
    const found = await run('find', query, '--in', to, '--sort', 'name')
    expect(linesOf(found.said).map((line) => line.split('\t')[0])).toEqual(['run 3', 'run-1'])
    expect((await run('find', '-tag:night', '--in', to, '--json')).said).toContain('"name":"run-2"')
    const all = await run('find', 'has:video', '--limit', '2', '--sort', '-created')
    expect(linesOf(all.said).map((line) => line.split('\t')[0]?.startsWith('lab/run'))).toEqual([true, true])
    expect((await run('find', '-night', '--in', to)).status).toBe(0)
    expect(await run('find', 'tag:nothing', '--in', to)).toMatchObject({
      said: '',
      told: 'Nothing is found.\n',
    })

    const made = await run('dataset', `${to}/train`, '--add', query)
    expect(made).toMatchObject({ status: 0, told: '2 episodes added; train has 2 members.\n' })
    expect((await run('dataset', `${to}/train`, '--add', query)).told).toBe(
      '0 episodes added; train has 2 members.\n',
    )
    const clips = await run('dataset', `${to}/clips`, '--add', 'kind:video', '--assets', '--json')
    expect(JSON.parse(clips.said)).toEqual({ dataset: 'clips', collection: 'clips', added: 3, total: 3 })
    expect(await run('dataset', `${to}/clips`, '--add', 'a', '--collection', 'train')).toMatchObject({
      status: 2,
    })

    const fetched = await run('download', to, '--dataset', 'train')
    expect(fetched).toMatchObject({ status: 0, told: '6 files fetched.\n' })
    for (const path of paths.filter((each) => !each.startsWith('run-2')))
      expect(read(`train/${path}`)).toBe(path)
    write('train/run-1/mic.wav', 'mine')
    const more = await run('download', to, '--dataset', 'train')
    expect([more.status, more.told]).toEqual([
      4,
      expect.stringMatching(/mic\.wav: It is there, .*\n0 files fetched, 5 were there, 1 failed\.\n$/),
    ])
    expect(read('train/run-1/mic.wav')).toBe('mine')
    expect(await run('download', to, '--dataset', 'train', '--force')).toMatchObject({
      status: 0,
      told: '1 file fetched, 5 were there.\n',
    })
    expect(read('train/run-1/mic.wav')).toBe('run-1/mic.wav')
  })

  it('are not sent again when they are large and there, and keep what was said of them', async () => {
    const { run, namespace, write, folder, variables, begin } = await newDay()
    write('big.mp4', 'x')
    truncateSync(join(folder, 'big.mp4'), 70_000_000)
    const { proxy, url } = await proxied()
    const send = (...args: readonly string[]) =>
      begin({ ...variables, DREAMLAKE_URL: url }, ['upload', 'big.mp4', '--to', `${namespace}/lab`, ...args])
        .ended
    const first = await send('--tag', 'night', '--json')
    proxy.forget()
    const second = await send('--json')
    const [one, other] = [first, second].map(({ said }) => JSON.parse(said))
    expect([one.sent, other.sent, other.asset.id, other.asset.tags]).toEqual([
      true,
      false,
      one.asset.id,
      ['night'],
    ])
    expect(proxy.sent('PUT')).toBe(0)
    const fetched = await run('download', `${namespace}/lab/big.mp4`, '--out', 'back.mp4')
    expect(fetched.told).toMatch(/1 file fetched, 1 compared by size alone\.\n$/)
    write('big.mp4', 'y')
    expect(JSON.parse((await send('--json')).said)).toMatchObject({ sent: true })
  })

  it('are told apart from what is there already, also where they are empty', async () => {
    const { run, namespace, write } = await newDay()
    write('empty.txt', '')
    const send = () => run('upload', 'empty.txt', '--to', `${namespace}/lab`)
    expect([(await send()).said, (await send()).said]).toEqual([
      expect.stringMatching(/^\/empty\.txt {2}0 B\n$/),
      expect.stringMatching(/^\/empty\.txt {2}0 B {2}not sent again\n$/),
    ])
  })

  it('of several folders keep apart, and are refused where they meet', async () => {
    const { run, namespace, write, folder } = await newDay()
    for (const path of ['a/x.txt', 'b/x.txt', 'c/x.txt']) write(path)
    const to = `${namespace}/lab`
    expect((await run('upload', 'a', 'b', '--to', to, '--as', '/in/')).status).toBe(0)
    const found = await run('find', 'kind:file', '--assets', '--in', to)
    expect(
      linesOf(found.said)
        .map((line) => line.split('\t')[0])
        .toSorted(),
    ).toEqual(['/in/a/x.txt', '/in/b/x.txt'])
    const met = await run('upload', 'a/x.txt', 'b/x.txt', '--to', to)
    expect([met.status, met.told]).toEqual([2, expect.stringContaining('would both be /x.txt')])
    expect((await run('upload', 'a/x.txt', '--to', to, '--episodes')).status).toBe(2)
    expect((await run('upload', 'a', 'b', '--to', to, '--episodes')).status).toBe(0)
    expect((await run('find', 'x', '--in', to)).said).toBe('')
    expect(linesOf((await run('find', '--in', to)).said)).toHaveLength(2)
    const socket = createSocket().listen(join(folder, 'pipe'))
    await once(socket, 'listening')
    const pipe = await run('upload', 'pipe', '--to', to)
    socket.close()
    expect([pipe.status, pipe.told]).toEqual([2, expect.stringContaining('pipe is no file or folder')])
  })

  it('are sent though nobody reads what is said', async () => {
    const { begin, run, variables, namespace, write } = await newDay()
    const count = 40
    for (let at = 0; at < count; at++) write(`many/${at}.txt`)
    const to = `${namespace}/lab/run`
    const { child, ended } = begin(variables, ['upload', 'many/', '--to', to])
    child.stdout.destroy()
    ended.catch(() => undefined)
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(linesOf((await run('ls', to)).said)).toHaveLength(count)
  })

  it('are given up at once where the server is away, or refuses all of them', async () => {
    const { begin, token, namespace, write, run } = await newDay()
    for (let at = 0; at < 20; at++) write(`many/${at}.txt`)
    const refused = await begin({ DREAMLAKE_URL: here.origin, DREAMLAKE_TOKEN: `${token}x` }, [
      ...['upload', 'many', '--to', `${namespace}/lab`],
    ]).ended
    expect([refused.status, refused.told]).toEqual([
      3,
      expect.stringMatching(/0 of 20 files sent, .* not tried/s),
    ])
    const nowhere = await run('upload', 'many', '--to', 'nobody-has-this/lab')
    expect([nowhere.status, nowhere.told]).toEqual([1, expect.stringContaining('not tried')])
  })

  it('keep their names, also where those would lead elsewhere, and are told apart', async () => {
    const { run, namespace, write, read, folder } = await newDay()
    const to = `${namespace}/lab`
    const odd = ['50%.txt', '50%25.txt', 'a%2Fb.txt']
    for (const name of odd) write(`odd/${name}`, name)
    expect((await run('upload', 'odd', '--to', to, '--episodes')).status).toBe(0)
    expect((await run('dataset', `${to}/all/`, '--add', 'id:*')).status).toBe(0)
    expect((await run('download', to, '--dataset', 'all')).status).toBe(0)
    for (const name of odd) expect(read(`all/odd/${name}`)).toBe(name)
    expect((await run('set', `${to}/odd/`, '--tag', 'x')).status).toBe(0)
    for (const args of [
      ['upload', '', '--to', to],
      ['upload', 'odd', '--to', `${to}/run/sub`],
      ['upload', 'odd', '--to', to, '--as', '/a/../b'],
      ['upload', 'odd', '--to', to, '--as', 'x/'.repeat(33)],
      ['upload', 'odd', '--to', to, '--tag', ''],
      ['upload', 'odd', '--to', to, '--tag', 'x'.repeat(65)],
      ['dataset', `${to}/all`, '--add', ''],
      ['set', `${to}/odd`, '--metadata', 'null'],
      ['set', `${to}/odd`, '--started', 'yesterday'],
      ['download', to, '--dataset', ''],
    ])
      expect([args, (await run(...args)).status]).toEqual([args, 2])
    mkdirSync(join(folder, 'empty'))
    expect(await run('upload', 'empty', '--to', to)).toMatchObject({ status: 2 })
    writeFileSync(Buffer.concat([Buffer.from(join(folder, 'empty/bad')), Buffer.from([0xff])]), 'x')
    const garbled = await run('upload', 'empty', 'odd/50%.txt', '--to', to)
    expect([garbled.status, garbled.told]).toEqual([4, expect.stringContaining('its name is not UTF-8')])
  })

  it('of which one may not be written are sent but for that one', async () => {
    const { run, namespace, write, token } = await newDay()
    for (const path of ['day/a/1.txt', 'day/b/1.txt', 'day/c/1.txt']) write(path)
    const to = `${namespace}/lab`
    await run('upload', 'day/a', '--to', to, '--episodes')
    const path = `${here.origin}/namespaces/${namespace}/projects/lab/episodes/a`
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    await fetch(path, { method: 'PATCH', headers, body: '{"writeProtected":true}' })
    write('day/a/2.txt')
    write('day/.DS_Store')
    const { status, told } = await run('upload', 'day/', '--to', to, '--episodes', '--concurrency', '1')
    expect([status, told]).toEqual([4, expect.stringMatching(/2 of 4 files sent.*, 1 passed over/)])
    expect(linesOf((await run('find', '1', '--assets', '--in', to)).said)).toHaveLength(3)
  })

  it('are fetched whole by two commands at once, and anew when they are forced', async () => {
    const { run, begin, variables, namespace, write, folder } = await newDay()
    const bytes = (letter: string) => Buffer.alloc(70_000_000, letter)
    write('big.bin', bytes('a'))
    const to = `${namespace}/lab`
    await run('upload', 'big.bin', '--to', to)
    const { proxy, url } = await proxied()
    const begun = Promise.withResolvers<void>()
    proxy.fault = ({ path }) => {
      if (path.startsWith('/objects/')) begun.resolve()
      return undefined
    }
    const args = ['download', `${to}/big.bin`, '--out', 'back.bin']
    const one = begin({ ...variables, DREAMLAKE_URL: url }, args)
    await begun.promise
    const ended = await Promise.all([one.ended, begin(variables, args).ended])
    expect(ended.map(({ status }) => status)).toEqual([0, 0])
    expect(readFileSync(join(folder, 'back.bin')).equals(bytes('a'))).toBe(true)
    write('big.bin', bytes('b'))
    await run('upload', 'big.bin', '--to', to)
    expect((await run(...args)).said).toContain('was there')
    expect((await run(...args, '--force')).said).not.toContain('was there')
    expect(readFileSync(join(folder, 'back.bin')).equals(bytes('b'))).toBe(true)
  })
})

describe('the command', () => {
  it('tells its token to no server but its own', async () => {
    const { begin, token } = await newDay()
    const heard: (string | undefined)[] = []
    const other = createServer(({ headers }, answer) => {
      heard.push(headers.authorization)
      answer.end('{}')
    }).listen(0, 'localhost')
    await once(other, 'listening')
    const url = `http://localhost:${(other.address() as AddressInfo).port}`
    expect((await begin({}, ['login', '--url', here.origin], token).ended).status).toBe(0)
    for (const [variables, args] of [
      [{}, ['whoami', '--url', url]],
      [{ DREAMLAKE_URL: url }, ['ls']],
    ] as const)
      expect(await begin(variables, args).ended).toMatchObject({
        status: 2,
        told: expect.stringContaining(`not logged in there: dreamlake-edge login --url ${url}`),
      })
    expect(heard).toEqual([])
    expect((await begin({}, ['whoami', '--url', `${here.origin}/`]).ended).status).toBe(0)
    expect((await begin({}, ['logout']).ended).status).toBe(0)
    expect((await begin({}, ['whoami']).ended).status).toBe(2)
    other.close()
  })

  it('shows where a query is wrong', async () => {
    const { run, namespace, write } = await newDay()
    write('some.txt')
    await run('upload', '.', '--to', `${namespace}/lab`)
    expect(await run('find', 'tag:日本 has:vidio')).toMatchObject({
      status: 2,
      told: expect.stringMatching(/^tag:日本 has:vidio\n {13}\^{5}\n.*\n.*video.*\n$/),
    })
    expect((await run('find', 'size>1GB')).told).toMatch(/Assets have the field size: --assets\.\n$/)
    const { status, said, told } = await run('find', 'has:vidio', '--json')
    expect([status, said, JSON.parse(told).error]).toEqual([
      2,
      '',
      {
        code: 'query_invalid',
        message: expect.any(String),
        errors: [expect.objectContaining({ at: 4, length: 5 })],
      },
    ])
  })

  it('makes tokens, lists and ends them', async () => {
    const { run, begin, namespace } = await newDay()
    await run('whoami')
    const made = await run('token', 'create', '--name', 'arm', '--scope', 'read', '--in', namespace, '--json')
    const { id, token } = JSON.parse(made.said)
    const robot = { DREAMLAKE_URL: here.origin, DREAMLAKE_TOKEN: token }
    expect((await run('token', 'list')).said).toBe(`${id}\tarm\tread\t${namespace}\n`)
    expect((await begin(robot, ['ls']).ended).status).toBe(0)
    expect((await run('token', 'revoke', id)).status).toBe(0)
    expect((await begin(robot, ['ls']).ended).status).toBe(3)
    expect((await run('token', 'create', '--name', 'a', '--scope', 'fly')).told).toContain('--scope is fly')
  })

  it('takes its name before its options and behind them, and paths of where it is called', async () => {
    const { run, begin, variables, folder, write, namespace } = await newDay()
    expect(await run('--json', 'whoami')).toMatchObject({ status: 0, said: expect.stringMatching(/^\{/) })
    expect(await run('help', 'find')).toMatchObject({ status: 0, said: expect.stringContaining('--sort') })
    expect((await run('--version')).said).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect((await run('whoami', 'extra')).status).toBe(2)
    expect((await run('find', 'x', '--in', `${namespace}/lab/run`)).status).toBe(2)
    write('inside/here.txt')
    const called = { npm_lifecycle_event: 'cli', INIT_CWD: join(folder, 'inside') }
    const args = ['upload', 'here.txt', '--to', `${namespace}/lab`]
    expect((await begin({ ...variables, ...called }, args).ended).status).toBe(0)
    rmSync(folder, { recursive: true })
  })
})

describe('what is shown', () => {
  const shownAt = (columns: number | undefined, rows: readonly (readonly string[])[]): string[] => {
    const lines: string[] = []
    const write = process.stdout.write
    process.stdout.write = (text) => lines.push(String(text)) > 0
    try {
      const table = new Table(columns)
      for (const row of rows) table.add(row)
      table.end()
    } finally {
      process.stdout.write = write
    }
    return lines.map((line) => line.replace('\n', ''))
  }

  it('fits a terminal, however wide its letters are', () => {
    const rows = [
      ['run-1', 'running', '10 B'],
      ['ロボット🤖', 'running', '10 B'],
      ['a'.repeat(215), 'completed', '3.0 MB'],
    ]
    expect(shownAt(40, rows)).toEqual([
      'run-1                  running    10 B',
      'ロボット🤖             running    10 B',
      `...${'a'.repeat(18)}  completed  3.0 MB`,
    ])
    expect(shownAt(undefined, rows)[1]).toBe('ロボット🤖\trunning\t10 B')
    expect(
      shownAt(
        80,
        Array.from({ length: 130_000 }, (_, n) => [`${n}`, 'file']),
      ),
    ).toHaveLength(130_000)
  })

  it('tells how much has gone in whatever room there is', () => {
    const bar = new ProgressBar({ isWhole: true })
    bar.label = '/day/前方カメラ記録前方カメラ記録前方カメラ記録🤖.mp4'
    bar.update('a', { done: 123_456_789, held: 123_456_789, total: 987_654_321 })
    expect(bar.line(80)).toMatch(/🤖\.mp4 {2}\[#-+\] {2}12% {2}123\.5 MB of 987\.7 MB/)
    expect(bar.line(50)).toMatch(/\.mp4 +\[#-+\] {2}12%$/)
    expect(bar.line(20)).toMatch(/\.mp4 +12%$/)
    const open = new ProgressBar({ isWhole: false })
    open.update('a', { done: 5_000_000, held: 0, total: 5_000_000 })
    expect(open.line(80)).toMatch(/^ +5\.0 MB {2}[\d.]+ \wB\/s$/)
    expect([0, 999.4, 999_950, 999_940, 1e15].map(sizeText)).toEqual([
      '0 B',
      '999 B',
      '1.0 MB',
      '999.9 kB',
      '1000.0 TB',
    ])
    expect([64, 3_599, 85_443].map(timeText)).toEqual(['1:04', '59:59', '23:44:03'])
  })
})
