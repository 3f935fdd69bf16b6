/** What D1 says that requests cost it. */
export interface Meter {
  trips: number
  rowsRead: number
  rowsWritten: number
  /** Statements, and the rows that they gave the Worker; of those the most of one statement. */
  statements: number
  mostRows: number
  /** Bytes of all parameters. */
  bytesBound: number
}

export const nothingYet = (): Meter => ({
  trips: 0,
  rowsRead: 0,
  rowsWritten: 0,
  statements: 0,
  mostRows: 0,
  bytesBound: 0,
})

type Batch = () => Promise<D1Result[]>

/**
 * D1 with a meter that the server cannot reach. It has nothing but sessions and batches: a query past the one
 * road to D1 fails here. `disturb` stands between the server and each batch.
 */
export function metered(
  d1: D1Database,
  meter: Meter,
  disturb: (batch: Batch) => Promise<D1Result[]> = (batch) => batch(),
): D1Database {
  const withSession = (constraint?: string) => {
    const session = d1.withSession(constraint)
    return {
      prepare: (text: string) => {
        const prepared = session.prepare(text)
        const bind = prepared.bind.bind(prepared)
        return Object.assign(prepared, {
          bind: (...values: unknown[]) => {
            meter.bytesBound += new Blob(values.map(String)).size
            return bind(...values)
          },
        })
      },
      getBookmark: () => session.getBookmark(),
      batch: (statements: D1PreparedStatement[]) => {
        meter.trips++
        return disturb(async () => {
          const results = await session.batch(statements)
          meter.statements += results.length
          for (const { meta, results: rows } of results) {
            meter.rowsRead += meta.rows_read
            meter.rowsWritten += meta.rows_written
            meter.mostRows = Math.max(meter.mostRows, rows.length)
          }
          return results
        })
      },
    }
  }
  return { withSession } as unknown as D1Database
}
