import type { CallRecord } from './client.ts'

/** The calls in lines, with aligned columns. */
export function tableOf(calls: readonly CallRecord[]): string {
  const rows = calls.map((call) => [
    `${call.method} ${call.path}`,
    String(call.status),
    call.trips,
    call.milliseconds,
  ])
  const all = [['Call', 'Status', 'DB round trips', 'DB ms'], ...rows]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const aligned = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)
  return all.map((row) => row.map(aligned).join('  ')).join('\n')
}
