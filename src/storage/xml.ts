/**
 * Reads the answers of the S3 API: machine-made, flat, without attributes or mixed content in what is asked for here.
 * A general parser would be a tenth of the Worker.
 */

/** What stands inside each element of that name, not decoded. */
export const elements = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map(
    ([, inside = '']) => inside,
  )

/** The text of the first element of that name; null where there is none. */
export function textOf(xml: string, name: string): string | null {
  const [text] = elements(xml, name)
  return text === undefined ? null : decoded(text)
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const decoded = (text: string): string =>
  text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return named[name] ?? all
    return String.fromCodePoint(decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal))
  })
