import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../src/tools/project.ts'
import { empty, operator } from './account.ts'

/** What docs/operations.md lists, it lists whole. */

const { own, run } = operator()

const page = readFileSync(join(root, 'docs/operations.md'), 'utf8')

/** What a pattern finds in a file, by its first group. */
const found = (file: string, pattern: RegExp): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(pattern)].map(([, text = '']) => text)

const ofTheWorker = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('tools'))
  .map((file) => join('src', file))

describe('docs/operations.md', () => {
  it('has every variable that is read', () => {
    const variables = new Set(found('src/config.ts', /'([A-Z][A-Z\d]*(?:_[A-Z\d]+)*)'/g))
    expect(variables.size).toBeGreaterThan(20)
    expect([...variables].filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  })

  it('has every setting of a deployment', () => {
    const [list = ''] = found('src/tools/settings.ts', /const DECIDED[^=]*= \[\n([^\]]+)\]/g)
    const settings = [...list.matchAll(/'(\w+)'/g)].map(([, name]) => name)
    expect(settings).toContain('d1_databases')
    expect(settings.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  })

  it('shows settings that are taken', async () => {
    const shown = [...page.matchAll(/^```toml\n([^`]+)^```/gm)].map(([, text = '']) => text)
    expect(shown.length).toBeGreaterThan(4)
    for (const text of shown) {
      writeFileSync(join(own.folder, 'shown.toml'), text)
      expect(await run('deploy', empty, [], '--dry-run', '--settings', 'shown.toml')).toMatchObject({
        status: 0,
      })
    }
  })

  it('has every fault of a variable, up to what differs', () => {
    const pattern = /['`]((?:is|has|contains|repeats) [^'`$]+)/g
    const faults = ['src/config.ts', 'src/domain/secret.ts'].flatMap((file) => found(file, pattern))
    expect(faults).toContain('is not set, though its companions are')
    expect(faults.filter((words) => !page.includes(words))).toEqual([])
  })

  it('has every line that the log may have', () => {
    const pattern = /\blog(?:Failure)?\(\s*(?:'(?:info|error)', )?['`](?:\$\{\w+\} )?([^'`]+)['`]/g
    const lines = ofTheWorker.flatMap((file) => found(file, pattern))
    expect(lines).toEqual(expect.arrayContaining(['maintained', 'did not answer', 'a request failed']))
    expect(lines.filter((line) => !page.includes(line))).toEqual([])
  })
})
