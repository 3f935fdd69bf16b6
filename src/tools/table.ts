/** Rows as lines with aligned columns, the first row being the head; numbers stand to the right. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const isNumeric = widths.map((_, column) =>
    rows.slice(1).every((row) => /^[\d.-]*$/.test(row[column] ?? '')),
  )
  const pad = (text: string, column: number): string =>
    isNumeric[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0)
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}
