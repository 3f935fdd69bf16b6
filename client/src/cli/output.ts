import stringWidth from 'string-width'

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it is about
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** What a server, a proxy or the name of a file says is no order to a terminal. */
const shown = (text: string): string => text.replaceAll(CONTROL, '\ufffd')

/** Within a line, a name that has lines of its own keeps to it. */
const inLine = (text: string): string => shown(text.replaceAll(/[\n\t]/g, '\ufffd'))

/** What a command found goes to standard output; how it is doing goes to standard error. */

export const say = (line: string): void => void process.stdout.write(`${shown(line)}\n`)
export const tell = (line: string): void => void process.stderr.write(`${shown(line)}\n`)
export const clearLine = (): void => void process.stderr.write('\r\x1b[K')
/** In JSON whatever a terminal would obey is escaped, and so stays what it is. */
const escaped = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    CONTROL,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

export const sayJson = (value: unknown): void => void process.stdout.write(`${escaped(value)}\n`)
export const tellJson = (value: unknown): void => void process.stderr.write(`${escaped(value)}\n`)

/** `1 file`, `2 files`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** As the shell ends what nobody listens to any more. */
const BROKEN_PIPE = 141

/** Whoever reads the first lines alone has seen enough; what was asked for besides is still to be done. */
export function endWithReader(hasMoreToDo: boolean): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' && hasMoreToDo) return
    if (error.code === 'EPIPE') process.exit(BROKEN_PIPE)
    tell(`Standard output cannot be written: ${error.message}.`)
    process.exit(1)
  })
}

/** A terminal has rows that are aligned as far as they are seen together; a program has cells between tabs. */
const ROWS_ALIGNED = 200
const COLUMNS = 80

/** Says rows as they come. */
export class Table {
  readonly #rows: (readonly string[])[] = []
  readonly #columns: number | undefined

  /** `columns` is how wide the terminal is; undefined for none. */
  constructor(columns = process.stdout.isTTY ? process.stdout.columns || COLUMNS : undefined) {
    this.#columns = columns
  }

  add(row: readonly string[]): void {
    const cells = row.map(inLine)
    if (this.#columns === undefined) say(cells.join('\t').replace(/\t+$/, ''))
    else if (this.#rows.push(cells) === ROWS_ALIGNED) this.end()
  }

  end(): void {
    const rows = this.#rows.splice(0)
    const widths = fittedWidths(rows, this.#columns ?? COLUMNS)
    for (const row of rows) {
      const cells = row.map((cell, column) =>
        padded(shortened(cell, widths[column] ?? 0), widths[column] ?? 0),
      )
      say(cells.join('  ').trimEnd())
    }
  }
}

/** How wide the columns are: as wide as what is in them, but the widest less, where all do not fit together. */
function fittedWidths(rows: readonly (readonly string[])[], columns: number): number[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell))
  const room = columns - 2 * (widths.length - 1)
  for (;;) {
    const total = widths.reduce((sum, width) => sum + width, 0)
    const widest = Math.max(...widths, 0)
    if (total <= room || widest <= LEAST_WIDTH) return widths
    const next = Math.max(LEAST_WIDTH, ...widths.filter((width) => width < widest))
    widths[widths.indexOf(widest)] = Math.max(next, widest - (total - room))
  }
}

const LEAST_WIDTH = 8

const padded = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - stringWidth(text)))

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The end of a name is what tells it from others. */
function shortened(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  const dots = '.'.repeat(Math.min(3, Math.max(0, width - 1)))
  const letters = Array.from(graphemes.segment(text), ({ segment }) => segment)
  let [end, left] = ['', width - dots.length]
  for (const letter of letters.toReversed()) {
    left -= stringWidth(letter)
    if (left < 0) break
    end = letter + end
  }
  return dots + end
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** Bytes as people say them: `52.4 MB`. */
export function sizeText(bytes: number): string {
  const power = UNITS.findIndex((_, index) => bytes < 999.95 * 1_000 ** index)
  const unit = power === -1 ? UNITS.length - 1 : power
  const value = bytes / 1_000 ** unit
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`
}

const two = (number: number): string => String(Math.floor(number)).padStart(2, '0')

/** Seconds as people say them: `1:04`, `2:01:04`. */
export const timeText = (seconds: number): string =>
  seconds < 3_600
    ? `${Math.floor(seconds / 60)}:${two(seconds % 60)}`
    : `${Math.floor(seconds / 3_600)}:${two((seconds % 3_600) / 60)}:${two(seconds % 60)}`

const REDRAWN_MILLISECONDS = 100
const TOLD_MILLISECONDS = 5_000
const BAR = 10

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
  /** Whether all that is to go is known. */
  readonly #isWhole: boolean
  #drawn = Date.now()
  label = ''

  constructor({ isWhole }: { readonly isWhole: boolean }) {
    this.#isWhole = isWhole
  }

  /** That something, such as a file, is to go. */
  expect(part: unknown, total: number): void {
    this.#parts.set(part, { done: 0, total, held: 0 })
  }

  update(part: unknown, { done, total, held }: Part): void {
    this.#parts.set(part, { done, total, held })
    const now = Date.now()
    if (now - this.#drawn < (this.#isTerminal ? REDRAWN_MILLISECONDS : TOLD_MILLISECONDS)) return
    this.#drawn = now
    if (this.#isTerminal) process.stderr.write(`\r\x1b[K${this.line(process.stderr.columns || COLUMNS)}`)
    else tell(this.line(COLUMNS))
  }

  /** A line that stays, above the bar. */
  above(line: string, to: (line: string) => void): void {
    this.clear()
    to(line)
  }

  clear(): void {
    if (this.#isTerminal) clearLine()
  }

  /** What there is room for: first of all how much has gone, and of what. */
  line(columns: number): string {
    const { share, numbers } = this.#told()
    const width = columns - 1
    const filled = Math.round((share ?? 0) * BAR)
    const percent = share === null ? '' : `${String(Math.floor(share * 100)).padStart(3)}%`
    const bar = share === null ? '' : `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}] `
    const ends = [
      ...numbers.map((text) => `${bar}${percent}  ${text}`.trimStart()),
      ...(share === null ? [] : [`${bar}${percent}`, percent]),
    ]
    const end = ends.find((text) => text.length + LEAST_LABEL <= width) ?? ends.at(-1) ?? ''
    const room = width - end.length - 2
    const label = inLine(this.label)
    if (room < 1) return end.slice(0, Math.max(0, width))
    return `${padded(shortened(label, room), room)}  ${end}`
  }

  /** The share that has gone, null where all is not known; and numbers, the more of them the earlier. */
  #told(): { readonly share: number | null; readonly numbers: readonly string[] } {
    let [done, total, held] = [0, 0, 0]
    for (const part of this.#parts.values())
      [done, total, held] = [done + part.done, total + part.total, held + part.held]
    const speed = ((done - held) / Math.max(1, Date.now() - this.#start)) * 1_000
    const fast = `${sizeText(speed)}/s`
    if (!this.#isWhole) return { share: null, numbers: [`${sizeText(done)}  ${fast}`, sizeText(done)] }
    const left = speed > 0 && done < total ? `  ${timeText((total - done) / speed)} left` : ''
    const all = `${sizeText(done)} of ${sizeText(total)}`
    return { share: total === 0 ? 1 : Math.min(1, done / total), numbers: [`${all}  ${fast}${left}`, all] }
  }
}

const LEAST_LABEL = 16
