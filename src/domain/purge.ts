/**
 * The measures of the purge. A slice is one batch, which holds D1 and with it every tenant for as long as it takes, so
 * it is small; between two slices others have their turn.
 */
export const SLICE = {
  /** Deletions that are claimed at once, and claimed ones that a slice looks at. */
  deletions: 500,
  targets: 100,
  /** Rows of a table. */
  rows: 250,
  /** Nodes of a folder that are marked, or come back, with what they are of. */
  nodes: 250,
  /** Objects whose bytes go by one call. */
  objects: 500,
  /** Uploads in parts that are given up, each by a call. */
  uploads: 20,
} as const
