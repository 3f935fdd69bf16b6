/** In milliseconds. */
export const HOUR = 3_600_000
export const DAY = 24 * HOUR
const MINUTE = 60_000

const SPELLING =
  /^(\d{4}-\d\d-\d\d)[Tt ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/

/** The epoch milliseconds of a time with a zone, in any of the spellings of RFC 3339, or null where it is none. */
export function instantOf(text: string): number | null {
  const [, day = '', hour, minute, second, fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] =
    SPELLING.exec(text) ?? []
  const midnight = Date.parse(`${day}T00:00:00Z`)
  // A day that the month does not have is taken for one of the next month.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return null
  const offset = Number(offsetHours) * HOUR + Number(offsetMinutes) * MINUTE
  // A leap second is over when the next minute begins: here it is that instant, whatever its fraction.
  const seconds =
    second === '60' ? MINUTE : Number(second) * 1_000 + Number(fraction.slice(0, 3).padEnd(3, '0'))
  return (
    midnight + Number(hour) * HOUR + Number(minute) * MINUTE + seconds - (sign === '-' ? -offset : offset)
  )
}

/** From the first millisecond to before the last; epoch milliseconds. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** A time is its millisecond, a date all of its year, month or day in UTC; null for what is neither. */
export function spanOf(text: string): Span | null {
  const [, year, month, day] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(text) ?? []
  if (year === undefined) {
    const moment = instantOf(text)
    return moment === null ? null : { from: moment, to: moment + 1 }
  }
  const [y, m, d] = [Number(year), Number(month ?? 1) - 1, Number(day ?? 1)]
  const from = midnightOf(y, m, d)
  // A day that the month does not have is taken for one of the next month.
  if (new Date(from).toISOString().slice(0, text.length) !== text) return null
  if (day !== undefined) return { from, to: midnightOf(y, m, d + 1) }
  return { from, to: month === undefined ? midnightOf(y + 1, 0, 1) : midnightOf(y, m + 1, 1) }
}

/** `Date.UTC` takes the first hundred years for those from 1900 on. */
function midnightOf(year: number, month: number, day: number): number {
  const midnight = new Date(0)
  return midnight.setUTCFullYear(year, month, day)
}
