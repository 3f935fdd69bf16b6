import { DAY, HOUR, type Span, spanOf } from './time.ts'

/** What a value of a query says as a time, a length or a size; null for what is none. */

const MINUTE = 60_000
const units: Readonly<Record<string, number>> = { m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY }

/** The same as `spanOf`, and `now`, `now-7d` and the like by the caller's clock. */
export function spanFrom(text: string, now: number): Span | null {
  const [, back, unit = ''] = /^now(?:-(\d{1,6})([mhdw]))?$/.exec(text) ?? []
  if (text !== 'now' && back === undefined) return spanOf(text)
  const moment = now - Number(back ?? 0) * (units[unit] ?? 0)
  return { from: moment, to: moment + 1 }
}

const lengths: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: MINUTE, h: HOUR }

/** The whole milliseconds that a length is. */
export const lengthFrom = (text: string): Span | null =>
  wholeFrom(/^(\d{1,12})(?:\.(\d{1,12}))?(ms|s|m|h)$/.exec(text), lengths)

const sizes: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  ...Object.fromEntries(
    [...'kmgt'].flatMap((letter, at) => [
      [`${letter}b`, 1_000 ** (at + 1)],
      [`${letter}ib`, 1_024 ** (at + 1)],
    ]),
  ),
}

/** The whole bytes that a size is; of no unit, it is in bytes. */
export const sizeFrom = (text: string): Span | null =>
  wholeFrom(/^(\d{1,15})(?:\.(\d{1,12}))?([kmgt]?i?b|)$/.exec(text.toLowerCase()), sizes)

/** Decimals are taken as they are spelt; what has a part of the smallest unit is none of its whole ones. */
function wholeFrom(match: RegExpExecArray | null, units: Readonly<Record<string, number>>): Span | null {
  const [, whole, part = '', unit = ''] = match ?? []
  const factor = units[unit]
  if (whole === undefined || factor === undefined) return null
  const scale = 10n ** BigInt(part.length)
  const scaled = BigInt(whole + part) * BigInt(factor)
  const from = Number((scaled + scale - 1n) / scale)
  return { from, to: Number(scaled / scale) + 1 }
}

/** A number as JSON writes it, also with zeros before it. */
export const isNumeric = (text: string): boolean => /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)
