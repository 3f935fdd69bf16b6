import { readdirSync, readFileSync } from 'node:fs'

/** The resident memory of all workerd processes below a process, in bytes. */
export function memoryBelow(pid: number): number {
  const parents = new Map<number, number>()
  const resident = new Map<number, number>()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const status = readStatus(name)
    const field = (key: string): string => new RegExp(`^${key}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? ''
    parents.set(Number(name), Number(field('PPid')))
    if (field('Name') === 'workerd') resident.set(Number(name), Number(field('VmRSS')) * 1_024)
  }
  const isBelow = (each: number): boolean =>
    each === pid || (parents.has(each) && isBelow(parents.get(each) ?? 0))
  return [...resident].filter(([each]) => isBelow(each)).reduce((sum, [, bytes]) => sum + bytes, 0)
}

/** Empty for a process that has ended meanwhile. */
function readStatus(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
