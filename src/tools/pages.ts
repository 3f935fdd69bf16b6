import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './project.ts'

/**
 * Puts what pages load beside the Worker: the bundle of the reference, under a name that changes with its version, and the
 * headers that it is served with. It runs when packages are installed; `wrangler.toml` names the folder.
 */
const reference = join(root, 'node_modules/@scalar/api-reference')
const folder = join(root, 'dist/pages')
const { version } = JSON.parse(readFileSync(join(reference, 'package.json'), 'utf8')) as {
  readonly version: string
}

const bundle = `docs/scalar-${version}.js`

// Of the very file: what is not there yet is not to be remembered as missing.
const HEADERS = `/${bundle}
  Cache-Control: public, max-age=31536000, immutable
  Strict-Transport-Security: max-age=31536000
  X-Content-Type-Options: nosniff
`

export function putPages(): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'docs'), { recursive: true })
  copyFileSync(join(reference, 'dist/browser/standalone.js'), join(folder, bundle))
  writeFileSync(join(folder, '_headers'), HEADERS)
}

if (import.meta.main) putPages()
