import { readFileSync } from 'node:fs'
import { hasCode } from './project.ts'

const MILLISECONDS_BETWEEN_LOOKS = 500

/**
 * Acts once when the npm that started this process is gone, however it ended. Without npm there is nothing to watch:
 * who starts a server by itself may leave it running.
 */
export function whenNpmIsGone(act: () => void): void {
  if (!process.env.npm_lifecycle_event) return
  const before = starters()
  const looking = setInterval(() => {
    if (starters() === before) return
    clearInterval(looking)
    act()
  }, MILLISECONDS_BETWEEN_LOOKS)
  looking.unref()
}

/** Who started this process: npm, or the shell of its script and npm behind it. Orphans get another parent. */
function starters(): string {
  const parent = process.ppid
  return isScriptShell(parent) ? `${parent} ${parentOf(parent)}` : String(parent)
}

/** A shell either becomes what it runs, or, as those of many Linux systems, waits for it and outlives a killed npm. */
const isScriptShell = (pid: number): boolean => told(pid, 'cmdline').split('\0')[1] === '-c'

const parentOf = (pid: number): string => /^PPid:\s*(\d+)/m.exec(told(pid, 'status'))?.[1] ?? 'gone'

/** What the system tells of a process; nothing where it has no such files, or the process is gone. */
function told(pid: number, what: 'cmdline' | 'status'): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return ''
    throw error
  }
}
