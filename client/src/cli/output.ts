// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it is about
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** What a server, a proxy or the name of a file says is no order to a terminal. */
const shown = (text: string): string => text.replaceAll(CONTROL, '\ufffd')

/** What a command found goes to standard output; how it is doing goes to standard error. */

export const say = (line: string): void => void process.stdout.write(`${shown(line)}\n`)
export const tell = (line: string): void => void process.stderr.write(`${shown(line)}\n`)
export const clearLine = (): void => void process.stderr.write('\r\x1b[K')
export const sayJson = (value: unknown): void => say(JSON.stringify(value))

/** Whoever reads the first lines alone has seen enough. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
}

/** Rows with aligned columns. */
export function sayTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0),
  )
  for (const row of rows)
    say(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** Bytes as people say them: `52.4 MB`. */
export function sizeText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1_000 ** power
  return `${power === 0 ? value : value.toFixed(1)} ${UNITS[power]}`
}

/** Seconds as people say them: `1:04`. */
const timeText = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`

const REDRAWN_MILLISECONDS = 100
const TOLD_MILLISECONDS = 5_000
const BAR = 16

interface Part {
  readonly done: number
  readonly total: number
  /** What was there before, and counts for no speed. */
  readonly held: number
}

/** How much of all has gone: a bar that is redrawn on a terminal, a line now and then anywhere else. */
export class ProgressBar {
  readonly #isTerminal = process.stderr.isTTY === true
  readonly #start = Date.now()
  readonly #parts = new Map<unknown, Part>()
  #drawn = Date.now()
  label = ''

  /** That something, such as a file, is to go. */
  expect(part: unknown, total: number): void {
    this.#parts.set(part, { done: 0, total, held: 0 })
  }

  update(part: unknown, { done, total, held }: Part): void {
    this.#parts.set(part, { done, total, held })
    const now = Date.now()
    if (now - this.#drawn < (this.#isTerminal ? REDRAWN_MILLISECONDS : TOLD_MILLISECONDS)) return
    this.#drawn = now
    if (this.#isTerminal) process.stderr.write(`\r\x1b[K${this.line(process.stderr.columns || 80)}`)
    else tell(this.line(80))
  }

  /** A line that stays, above the bar. */
  above(line: string, to: (line: string) => void): void {
    this.clear()
    to(line)
  }

  clear(): void {
    if (this.#isTerminal) clearLine()
  }

  line(columns: number): string {
    let [done, total, held] = [0, 0, 0]
    for (const part of this.#parts.values())
      [done, total, held] = [done + part.done, total + part.total, held + part.held]
    const share = total === 0 ? 1 : Math.min(1, done / total)
    const filled = Math.round(share * BAR)
    const speed = ((done - held) / Math.max(1, Date.now() - this.#start)) * 1_000
    const left = speed > 0 && done < total ? `  ${timeText((total - done) / speed)} left` : ''
    const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}] ${String(Math.floor(share * 100)).padStart(3)}%`
    const numbers = `${sizeText(done)} of ${sizeText(total)}  ${sizeText(speed)}/s${left}`
    const room = columns - 1 - bar.length - numbers.length - 4
    return `${fitted(shown(this.label), room)}  ${bar}  ${numbers}`.slice(0, columns - 1)
  }
}

/** The end of a name is what tells it from others. */
function fitted(text: string, room: number): string {
  if (text.length <= room) return text.padEnd(Math.max(0, room))
  return room < 4 ? text.slice(0, Math.max(0, room)) : `...${text.slice(text.length - room + 3)}`
}
