import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { signLocalToken } from '../../src/tools/local-token.ts'
import { root } from '../../src/tools/project.ts'
import { originOfServer, Running, scratch } from './running.ts'

const own = scratch('all')
let origin: string

beforeAll(async () => {
  origin = await originOfServer()
})

const isInstalled = (program: string): boolean => spawnSync(program, ['--version']).status === 0

/** What the README says to paste, by a user of its own, at the server of the tests. */
function firstLook(user: string): string {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const section = /^## A first look$(.*?)^## /ms.exec(readme)?.[1] ?? ''
  const blocks = [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, block = '']) => block)
  return blocks
    .join('\n')
    .replace('http://localhost:10334', origin)
    .replaceAll('/tmp/', `${own.folder}/`)
    .replaceAll('alice', user)
}

describe('the first look of the README', () => {
  it.each(['bash', 'zsh'].filter(isInstalled))('works when it is pasted into %s', async (shell) => {
    const look = new Running(shell, ['-e', '-c', firstLook(`alice-in-${shell}`)])
    await look.isOver
    expect(look.said).not.toContain('"detail"')
    expect([look.child.exitCode, look.said.trim().split('\n').at(-1)]).toEqual([0, 'the same'])
  })
})

describe('an example', () => {
  const by = async (user: string) => ({
    DREAMLAKE_URL: origin,
    DREAMLAKE_TOKEN: await signLocalToken({ user }),
  })

  it.each(['python3'].filter(isInstalled))('in %s sends a file and gets it back', async (python) => {
    const file = join(own.folder, 'front.mp4')
    copyFileSync(join(root, 'test/sample/camera/front.mp4'), file)
    const variables = await by('sender')
    const send = () =>
      new Running(python, ['docs/examples/record.py', 'sender', 'robotics', 'run-043', file], variables)
    for (const sent of [send, send]) {
      const running = sent()
      await running.isOver
      expect([running.child.exitCode, running.said]).toEqual([
        0,
        expect.stringMatching(/^\/camera\/front\.mp4 \d+\nthe same\n$/),
      ])
    }
    const refused = new Running(
      python,
      ['docs/examples/record.py', 'bob', 'robotics', 'run-043', file],
      variables,
    )
    await refused.isOver
    expect([refused.child.exitCode, refused.said]).toEqual([
      1,
      expect.stringContaining('namespace_not_found'),
    ])
  })

  it.each(['python3'].filter(isInstalled))('in %s downloads all files of a dataset', async (python) => {
    const file = join(own.folder, 'left.mp4')
    copyFileSync(join(root, 'test/sample/camera/front.mp4'), file)
    const variables = await by('reader')
    const run = async (...args: string[]) => {
      const running = new Running(python, args, variables)
      await running.isOver
      return [running.child.exitCode, running.said]
    }
    const project = '/namespaces/reader/projects/robotics'
    const ask = async (method: string, path: string, body?: object) => {
      const headers = {
        Authorization: `Bearer ${variables.DREAMLAKE_TOKEN}`,
        'Content-Type': 'application/json',
      }
      const answer = await fetch(`${origin}${project}${path}`, {
        method,
        headers,
        body: body ? JSON.stringify(body) : null,
      })
      expect(answer.status).toBeLessThan(300)
      return (await answer.json()) as { id: string }
    }
    await run('docs/examples/record.py', 'reader', 'robotics', 'day 1/run', file)
    const { id: episode } = await ask('GET', '/episodes/day%201%2Frun')
    const { id: datasetId } = await ask('POST', '/datasets', { name: 'v 1' })
    await ask('POST', '/collections', { name: 'all', datasetId, members: [episode] })
    const target = join(own.folder, 'downloaded')
    const download = () => run('docs/examples/manifest.py', 'reader', 'robotics', 'v 1', target)
    expect(await download()).toEqual([0, '1 assets\n'])
    const downloaded = readFileSync(join(target, 'day%201%2Frun/video/camera/left.mp4'))
    expect(downloaded.equals(readFileSync(file))).toBe(true)
  })

  it('in curl sends a large file in parts, and leaves a small one to be sent at once', async () => {
    const variables = await by('packer')
    const send = async (name: string, bytes: number) => {
      const file = join(own.folder, name)
      writeFileSync(file, '')
      truncateSync(file, bytes)
      const parts = new Running('bash', ['docs/examples/parts.sh', 'packer', 'robotics', file], variables)
      await parts.isOver
      return [parts.child.exitCode, parts.said]
    }
    const bytes = 65 * 2 ** 20
    expect(await send('recording.mcap', bytes)).toEqual([0, expect.stringContaining(`"size":${bytes}`)])
    expect(await send('small.mcap', 5)).toEqual([1, expect.stringContaining('it is sent at once')])
    const headers = { Authorization: `Bearer ${variables.DREAMLAKE_TOKEN}` }
    const pending = await fetch(`${origin}/uploads?namespace=packer&project=robotics`, { headers })
    expect(await pending.json()).toMatchObject({ uploads: [] })
  })
})
