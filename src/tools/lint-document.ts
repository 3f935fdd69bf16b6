import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Hono } from 'hono'

/** Judges the OpenAPI document as the server answers it, by a code that is not ours. */

const redoclyPath = join(
  dirname(fileURLToPath(import.meta.resolve('@redocly/cli/package.json'))),
  'bin/cli.js',
)

/** No usage is told, and no newer version asked for. */
const quiet = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_NOTIFICATIONS: 'true' }

/** A redirect is a success here, not every open route can be asked wrongly, and the names of tags say it all. */
const exempt = ['operation-2xx-response', 'operation-4xx-response', 'tag-description']

/** The Worker is typed for workerd, and so is loaded by its address. */
async function documentOfServer(): Promise<string> {
  const { app } = (await import(new URL('../app.ts', import.meta.url).href)) as { readonly app: Hono }
  const answer = await app.request('/openapi.json', {}, {})
  if (!answer.ok) throw new Error(`The server answered ${answer.status}: ${await answer.text()}`)
  return answer.text()
}

const folder = mkdtempSync(join(tmpdir(), 'dreamlake-openapi-'))
try {
  writeFileSync(join(folder, 'openapi.json'), await documentOfServer())
  const skipped = exempt.flatMap((rule) => ['--skip-rule', rule])
  const { status } = spawnSync(
    process.execPath,
    [redoclyPath, 'lint', 'openapi.json', '--format', 'stylish', ...skipped],
    { cwd: folder, stdio: 'inherit', env: { ...process.env, ...quiet } },
  )
  process.exitCode = status ?? 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
