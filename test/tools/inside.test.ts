import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { root } from '../../src/tools/project.ts'

const run = async (...args: readonly string[]) =>
  promisify(execFile)('npm', ['run', '-s', ...args], { cwd: root, maxBuffer: 10_000_000 })

describe('npm run routes', () => {
  it('tells of every route who may ask', async () => {
    const [head, ...rows] = (await run('routes')).stdout.trim().split('\n')
    const column = head?.indexOf('role, and scope') ?? 0
    expect(rows.length).toBeGreaterThan(100)
    for (const row of rows)
      expect(row.slice(column)).toMatch(/^(anybody|(any role|reader|writer|owner), [\w ]+?) {2,}/)
  })

  it('tells of those that are meant what they take, cost, and fail by', async () => {
    const { stdout } = await run('routes', '--', 'DELETE', 'purging')
    const rows = stdout.trim().split('\n').slice(1)
    expect(rows.map((row) => row.split(/ {2,}/).slice(0, 5))).toEqual(
      ['Namespace', 'Project'].map((place) => [
        'DELETE',
        `/namespaces/{slug}${place === 'Project' ? '/projects/{projectSlug}' : ''}/trash/{deletionId}`,
        'owner, write',
        'one',
        `deletions.purgingIn${place}`,
      ]),
    )
    expect(rows.every((row) => row.includes('deletion_not_found'))).toBe(true)
  })
})

describe('npm run sql', () => {
  it('shows a statement, how its rows are found, and by whom it is run', async () => {
    const { stdout } = await run('sql', '--', 'datasets.create')
    expect(stdout).toMatch(/^-- datasets\.create: guarded, permitted by datasets\.creating\n/)
    expect(stdout).toContain('SEARCH datasets USING INDEX datasets_name')
    expect(stdout).toMatch(/Run by\n {2}POST \/namespaces\/\{slug\}\/projects\/\{projectSlug\}\/datasets\n/)
  })

  it('shows all of an aggregate', async () => {
    const { stdout } = await run('sql', '--', 'members')
    expect(stdout.match(/^-- \S+:/gm)).toEqual(
      ['listed', 'set', 'wasSet', 'depart', 'remove', 'removed'].map((verb) => `-- members.${verb}:`),
    )
  })

  it('says what to do where there is no such statement', async () => {
    await expect(run('sql', '--', 'episodes.upser')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/No statement is called episodes\.upser\.\nUsage: npm run sql -- /),
    })
  })
})
