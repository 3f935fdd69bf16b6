import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Hono } from 'hono'
import { root } from './project.ts'
import { insideOfWorker } from './worker.ts'

/**
 * Judges the OpenAPI document as the server answers it, by a code that is not ours, and compares it with the one that is
 * kept, so that a review sees the wire change. With `--write` it is kept anew.
 */

const redoclyPath = join(
  dirname(fileURLToPath(import.meta.resolve('@redocly/cli/package.json'))),
  'bin/cli.js',
)

/** No usage is told, and no newer version asked for. */
const quiet = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_NOTIFICATIONS: 'true' }

/** A redirect is a success here, and not every open route can be asked wrongly. */
const exempt = ['operation-2xx-response', 'operation-4xx-response']

async function documentOfServer(): Promise<string> {
  const { app } = await insideOfWorker<{ readonly app: Hono }>(`export { app } from './app.ts'`)
  const answer = await app.request('/openapi.json', {}, {})
  if (!answer.ok) throw new Error(`The server answered ${answer.status}: ${await answer.text()}`)
  return answer.text()
}

const keptPath = join(root, 'docs/openapi.json')

/** Whether the document is the one that is kept. */
function isKept(document: string): boolean {
  if (process.argv.includes('--write')) writeFileSync(keptPath, document)
  return readFileSync(keptPath, 'utf8') === document
}

const document = `${JSON.stringify(JSON.parse(await documentOfServer()), null, 2)}\n`
const folder = mkdtempSync(join(tmpdir(), 'dreamlake-openapi-'))
try {
  writeFileSync(join(folder, 'openapi.json'), document)
  const skipped = exempt.flatMap((rule) => ['--skip-rule', rule])
  const { status } = spawnSync(
    process.execPath,
    [redoclyPath, 'lint', 'openapi.json', '--format', 'stylish', ...skipped],
    { cwd: folder, stdio: 'inherit', env: { ...process.env, ...quiet } },
  )
  process.exitCode = status ?? 1
  if (!isKept(document)) {
    process.stderr.write(
      'docs/openapi.json is another document: look at the change, and run npm run document.\n',
    )
    process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
