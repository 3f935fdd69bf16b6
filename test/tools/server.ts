import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { root } from '../../src/tools/project.ts'

/**
 * One server, as a developer runs it, for all tests that need no more of it than that it answers. What it says is in a
 * file, so that no other test waits until it says where it listens.
 */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'dreamlake-server-'))
  const said = join(folder, 'said')
  const output = openSync(said, 'a')
  const args = ['run', 'dev', '--', '--port', '0', '--persist-to', join(folder, 'state')]
  const server = spawn('npm', args, { cwd: root, stdio: ['ignore', output, output], detached: true })
  server.once('exit', () => appendFileSync(said, '\nIt ended.\n'))
  project.provide('serverSaid', said)
  return () => {
    server.removeAllListeners('exit')
    if (server.pid !== undefined && server.exitCode === null) process.kill(-server.pid, 'SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}
