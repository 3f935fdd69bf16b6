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
