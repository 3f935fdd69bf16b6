/** What D1 says that requests cost it. */
export interface Meter {
  trips: number
  rowsRead: number
  rowsWritten: number
}

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
      prepare: (text: string) => session.prepare(text),
      getBookmark: () => session.getBookmark(),
      batch: (statements: D1PreparedStatement[]) => {
        meter.trips++
        return disturb(async () => {
          const results = await session.batch(statements)
          for (const { meta } of results) {
            meter.rowsRead += meta.rows_read
            meter.rowsWritten += meta.rows_written
          }
          return results
        })
      },
    }
  }
  return { withSession } as unknown as D1Database
}
