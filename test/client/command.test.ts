import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { connect } from '../../client/src/node/index.ts'
import { root } from '../../src/tools/project.ts'
import { type Command, commandIn, linesOf } from './command-line.ts'
import { newUser, type Who, world } from './world.ts'

const { here, own, proxy: proxied } = world()

/** Of all tests of this file, in one folder. */
const begin: Command['begin'] = (...args) => commandIn(own.folder).begin(...args)
const run: Command['run'] = (...args) => commandIn(own.folder).run(...args)

const variablesOf = ({ token }: Who) => ({ DREAMLAKE_URL: here.origin, DREAMLAKE_TOKEN: token })

const SAMPLE = join(root, 'test/sample/')
const SAMPLES = [
  '/camera/front.mp4',
  '/labels/detections.jsonl',
  '/microphone/mic.wav',
  '/sensors/imu.mcap',
  '/subtitles/en.vtt',
  '/tables/joints.parquet',
]

describe('dreamlake-edge', () => {
  it('keeps a login where only its user may read it', async () => {
    const { token, place } = await newUser()
    const kept = join(own.folder, 'config/dreamlake-edge/login.json')
    const wrong = await run({}, ['login', '--url', here.origin], 'wrong')
    expect([wrong.status, wrong.told]).toEqual([3, expect.stringContaining('malformed')])
    const { status, told } = await run({}, ['login', '--url', here.origin], `${token}\n`)
    expect([status, told]).toEqual([
      0,
      expect.stringContaining(`You are ${place.namespace} at ${here.origin}`),
    ])
    expect([statSync(kept).mode & 0o777, JSON.parse(readFileSync(kept, 'utf8')).token]).toEqual([
      0o600,
      token,
    ])
    expect(readdirSync(join(own.folder, 'config/dreamlake-edge'))).toEqual(['login.json'])
    expect(await run({}, ['whoami'])).toMatchObject({ status: 0, said: `${place.namespace}\n` })
    const { said } = await run({}, ['whoami', '--json'])
    expect(JSON.parse(said).username).toBe(place.namespace)

    writeFileSync(kept, '{"url":')
    expect(await run({}, ['whoami'])).toMatchObject({
      status: 2,
      told: expect.stringContaining('not logged in'),
    })
    const variables = { DREAMLAKE_URL: here.origin, DREAMLAKE_TOKEN: token }
    expect(await run(variables, ['whoami'])).toMatchObject({ status: 0, said: `${place.namespace}\n` })
    writeFileSync(kept, '{"token": 5}', { mode: 0o644 })
    chmodSync(kept, 0o644)
    expect(await run({}, ['login', '--url', 'localhost:8787'], token)).toMatchObject({ status: 2 })
    expect((await run({}, ['login', '--url', here.origin], token)).status).toBe(0)
    expect(statSync(kept).mode & 0o777).toBe(0o600)
  })

  it('sends a folder, shows it, finds it, and fetches it back', async () => {
    const who = await newUser()
    const variables = variablesOf(who)
    const to = `${who.place.namespace}/lab`
    const sent = await run(variables, ['upload', SAMPLE, '--to', `${to}/run 1`, '--tag', 'night', '--json'])
    const assets = linesOf(sent.said).map((line) => JSON.parse(line).asset)
    expect([sent.status, assets.map(({ name }) => name).toSorted()]).toEqual([0, SAMPLES])
    expect(assets.every(({ tags }) => tags[0] === 'night')).toBe(true)

    expect((await run(variables, ['ls'])).said).toBe(`${who.place.namespace}\towner\n`)
    expect((await run(variables, ['ls', who.place.namespace])).said).toMatch(/^lab\tprivate/)
    const listed = await run(variables, ['ls', `${to}/run 1`])
    expect(linesOf(listed.said)[0]).toMatch(/^camera\/\tfolder/)
    expect((await run(variables, ['find', 'has:video'])).said).toMatch(/^lab\/run 1\trunning/)
    const found = await run(variables, ['find', 'kind:video tag:night', '--assets', '--in', to])
    expect(found.said).toMatch(/^\/camera\/front\.mp4\tvideo\trun 1\t180\.8 kB/)

    const out = join(own.folder, 'out')
    const fetched = await run(variables, ['download', `${to}/run 1`, '--out', out])
    expect([fetched.status, linesOf(fetched.said).length]).toEqual([0, SAMPLES.length])
    for (const path of SAMPLES)
      expect(readFileSync(join(out, path)).equals(readFileSync(join(SAMPLE, path)))).toBe(true)
    const piped = await run(variables, ['download', `${to}/run 1/subtitles/en.vtt`, '--out', '-'])
    expect(piped.said).toBe(readFileSync(join(SAMPLE, 'subtitles/en.vtt'), 'utf8'))
  })

  it('goes on with a download that was cut, and compares the whole', async () => {
    const who = await newUser()
    const variables = variablesOf(who)
    const to = `${who.place.namespace}/lab`
    const file = join(SAMPLE, 'camera/front.mp4')
    const { said } = await run(variables, ['upload', file, '--to', to, '--as', '/a.mp4', '--json'])
    const out = join(own.folder, 'a.mp4')
    const part = join(own.folder, `${JSON.parse(said).asset.id}.part`)
    writeFileSync(part, readFileSync(file))
    truncateSync(part, 100_000)
    expect((await run(variables, ['download', `${to}/a.mp4`, '--out', out])).status).toBe(0)
    expect(readFileSync(out).equals(readFileSync(file))).toBe(true)
    rmSync(out)
    writeFileSync(part, 'others')
    const other = await run(variables, ['download', `${to}/a.mp4`, '--out', out, '--json'])
    expect([other.status, JSON.parse(other.said).error.code]).toEqual([1, 'mismatch'])
    expect((await run(variables, ['download', `${to}/a.mp4`, '--out', out])).status).toBe(0)
    expect(readFileSync(out).equals(readFileSync(file))).toBe(true)
  })

  it('brings back every file that a folder has, by its name', async () => {
    const who = await newUser()
    const variables = variablesOf(who)
    const to = `${who.place.namespace}/lab`
    const folder = join(own.folder, 'odd')
    mkdirSync(join(folder, 'deeper/still'), { recursive: true })
    const names = ['50%.bin', '50%25.bin', 'a%2Fb', 'ü ñ.bin', 'back\\slash', 'C:x', '...', 'n'.repeat(240)]
    for (const name of names) writeFileSync(join(folder, 'deeper', name), name)
    symlinkSync('../50%.bin', join(folder, 'deeper/still/link'))
    symlinkSync('..', join(folder, 'deeper/still/round'))
    writeFileSync(join(folder, 'red\x1b[31m'), '')
    const sent = await run(variables, ['upload', `${folder}/`, '--to', `${to}/run 1`])
    expect([sent.status, sent.told]).toEqual([4, expect.stringContaining('round is passed over')])
    expect([sent.told, sent.told]).toEqual([
      expect.stringContaining('red\ufffd[31m: '),
      expect.not.stringContaining('\x1b'),
    ])
    const out = join(own.folder, 'odd again')
    expect((await run(variables, ['download', `${to}/run 1/deeper`, '--out', out])).status).toBe(0)
    for (const name of names) expect(readFileSync(join(out, name), 'utf8')).toBe(name)
    expect(readFileSync(join(out, 'still/link'), 'utf8')).toBe('50%.bin')
    expect(readdirSync(out).toSorted()).toEqual([...names, 'still'].toSorted())

    const listed = linesOf((await run(variables, ['ls', `${to}/run 1/deeper`])).said)
    const shown = listed.map((line) => line.replace(/\t.*/, '')).filter((name) => /%/.test(name))
    for (const path of shown) {
      const where = join(own.folder, `one ${path}`)
      mkdirSync(where)
      await run(variables, ['download', `${to}/run 1/deeper/${path}`, '--out', where])
      expect(names).toContain(readFileSync(join(where, readdirSync(where)[0] ?? ''), 'utf8'))
    }
    expect(shown).toHaveLength(3)
    expect(await run(variables, ['download', `${to}/run 1`, '--out', '-'])).toMatchObject({ status: 2 })
  })

  it('asks which of several things of one path is meant, and gives each a file of its own', async () => {
    const who = await newUser()
    const { token, place } = who
    const variables = variablesOf(who)
    const to = `${place.namespace}/lab`
    const lake = connect({ url: here.origin, token })
    const send = (path: string, fields: object = {}) =>
      lake.upload(new Blob([path + JSON.stringify(fields)]), {
        namespace: place.namespace,
        project: 'lab',
        path,
        ...fields,
      })
    await send('/of the folder.bin', { episode: 'twice' })
    await send('/twice/of the other.bin')
    await send('/twice')
    await send('/twice', { kind: 'video' })

    const both = await run(variables, ['ls', `${to}/twice`])
    expect([both.status, both.said, both.told]).toEqual([
      2,
      '',
      expect.stringContaining('say --kind folder or --kind episode.'),
    ])
    const listed = async (kind: string) => (await run(variables, ['ls', `${to}/twice`, '--kind', kind])).said
    expect([await listed('folder'), await listed('episode'), await listed('video')]).toEqual([
      expect.stringMatching(/^of the other.bin\tfile/),
      expect.stringMatching(/^of the folder.bin\tfile/),
      expect.stringMatching(/^twice\tvideo/),
    ])
    expect((await run(variables, ['ls', `${to}/twice`, '--kind', 'thing'])).told).toContain(
      'it is one of folder',
    )
    expect((await run(variables, ['ls', `${to}/twice`, '--kind', 'audio'])).status).toBe(1)

    const out = join(own.folder, 'which')
    expect(await run(variables, ['download', `${to}/twice`, '--out', out])).toMatchObject({
      status: 2,
      told: expect.stringContaining('--kind folder or --kind episode or --kind video or --kind file'),
    })
    const fetched = await run(variables, ['download', `${to}/twice`, '--kind', 'episode', '--out', out])
    expect([fetched.status, readdirSync(out)]).toEqual([0, ['of the folder.bin']])

    await send('/all/a')
    await send('/all/a', { kind: 'image' })
    await send('/all/a/b')
    await send('/all/a/c/d')
    await send('/all/a.folder')
    const all = join(own.folder, 'all of them')
    for (const round of ['fetched', 'there already'])
      expect([round, (await run(variables, ['download', `${to}/all`, '--out', all])).status]).toEqual([
        round,
        0,
      ])
    const names = readdirSync(all, { recursive: true, withFileTypes: true })
    expect(names.filter((each) => each.isFile()).length).toBe(5)
    expect(readFileSync(join(all, 'a'), 'utf8')).toContain('/all/a{')

    const some = join(own.folder, 'some of them')
    await send('/some/a/b')
    expect((await run(variables, ['download', `${to}/some`, '--out', some])).status).toBe(0)
    await send('/some/a')
    for (const round of ['fetched', 'there already'])
      expect([round, (await run(variables, ['download', `${to}/some`, '--out', some])).status]).toEqual([
        round,
        0,
      ])
    expect([readdirSync(some), readdirSync(join(some, 'a'))]).toEqual([['a', 'a.file'], ['b']])

    const within = ['download', `${to}/all/a.folder`, '--out', join(own.folder, 'in the way')]
    mkdirSync(join(own.folder, 'in the way/a.folder'), { recursive: true })
    const stopped = await run(variables, within)
    expect([stopped.status, stopped.told]).toEqual([1, expect.stringContaining('It is a folder here')])
    expect(readdirSync(join(own.folder, 'in the way'))).toEqual(['a.folder'])
    for (const where of [[], [to], [place.namespace]])
      expect((await run(variables, ['ls', ...where, '--kind', 'folder'])).status).toBe(2)
    expect((await run(variables, ['download', to, '--dataset', 'x', '--kind', 'video'])).status).toBe(2)
  })

  it('keeps all digits of what is given as metadata', async () => {
    const who = await newUser()
    const metadata =
      '{"stamp": 1713087000123456789, "text \\" 1713087000123456789": "1713087000123456789", "half": 0.5}'
    const file = join(SAMPLE, 'subtitles/en.vtt')
    const args = ['upload', file, '--to', `${who.place.namespace}/lab`, '--metadata', metadata, '--json']
    const { id } = JSON.parse((await run(variablesOf(who), args)).said).asset
    const headers = { Authorization: `Bearer ${who.token}` }
    const text = await (await fetch(`${here.origin}/assets/text-track/${id}`, { headers })).text()
    expect(text).toContain(`"metadata":${metadata.replaceAll(/(?<=[:,]) /g, '')}`)
  })

  it('ends when it is interrupted, whatever it waits for', async () => {
    const who = await newUser()
    const { proxy, url } = await proxied()
    const asked = Promise.withResolvers<void>()
    proxy.fault = () => {
      asked.resolve()
      return 'unanswered'
    }
    const { child, ended } = begin({ ...variablesOf(who), DREAMLAKE_URL: url }, ['ls'])
    await asked.promise
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ status: 130, told: 'Stopped.\n' })
  })

  it('prints a manifest, and makes tokens', async () => {
    const who = await newUser()
    const variables = variablesOf(who)
    const to = `${who.place.namespace}/lab`
    const { said } = await run(variables, ['upload', join(SAMPLE, 'camera/'), '--to', `${to}/run`, '--json'])
    const { id } = JSON.parse(said).asset
    const lake = connect({ url: here.origin, token: who.token })
    const { data } = await lake.POST('/namespaces/{slug}/projects/{projectSlug}/datasets', {
      ...{ params: { path: who.path }, body: { name: 'set' } },
    })
    await lake.POST('/namespaces/{slug}/projects/{projectSlug}/collections', {
      ...{ params: { path: who.path }, body: { name: 'all', datasetId: data.id, members: [id] } },
    })
    const printed = await run(variables, ['manifest', `${to}/set`, '--urls'])
    expect(JSON.parse(printed.said)).toMatchObject({ path: '/front.mp4', url: expect.any(String) })
    expect(printed).toMatchObject({ status: 0, told: '1 asset.\n' })

    const make = ['token', 'create', '--name', 'arm-3', '--scope', 'upload', '--in', to, '--expires', '1h']
    const made = await run(variables, make)
    const robot = { ...variables, DREAMLAKE_TOKEN: made.said.trim() }
    expect((await run(robot, ['upload', join(SAMPLE, 'tables/'), '--to', `${to}/run 2`])).status).toBe(0)
    expect((await run(robot, ['ls', to])).status).toBe(3)
  })

  it('ends by how it went', async () => {
    const who = await newUser()
    const variables = variablesOf(who)
    const to = `${who.place.namespace}/lab`
    const cases = [
      [[], 0],
      [['upload', '--help'], 0],
      [['nothing'], 2],
      [['upload', '--nothing'], 2],
      [['upload', 'nowhere.bin', '--to', to], 2],
      [['upload', SAMPLE, '--to', 'nobody'], 2],
      [['find', 'status:', '--in', to], 2],
      [['manifest', `${to}/set`], 1],
      [['download', `${to}/nothing`], 1],
    ] as const
    const ended = await Promise.all(cases.map(([args]) => run(variables, args)))
    expect(ended.map(({ status }) => status)).toEqual(cases.map(([, status]) => status))
    const homeless = { ...variables, XDG_CONFIG_HOME: join(own.folder, 'none'), DREAMLAKE_TOKEN: '' }
    expect(await run(homeless, ['ls'])).toMatchObject({
      status: 2,
      told: expect.stringContaining('not logged in'),
    })
    const away = { ...variables, DREAMLAKE_TOKEN: 'dlk_nobody' }
    const refused = await run(away, ['whoami', '--json'])
    expect([refused.status, JSON.parse(refused.told).error.code]).toEqual([3, 'token_malformed'])
  })

  it('says nothing that is wider than a terminal', async () => {
    const names = [
      '',
      'login',
      'logout',
      'whoami',
      'ls',
      'find',
      'upload',
      'download',
      'set',
      'dataset',
      'manifest',
      'token',
    ]
    const texts = await Promise.all(names.map((name) => run({}, [...(name === '' ? [] : [name]), '--help'])))
    const widest = texts.flatMap(({ said }) => linesOf(said)).filter((line) => line.length > 80)
    expect([widest, texts.every(({ status }) => status === 0)]).toEqual([[], true])
  })
})
