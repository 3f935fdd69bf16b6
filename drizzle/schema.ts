/**
 * Every table, a file for each room; the reading order is that of the references. Counters, nodes of the tree and first-time provisioning are completed by
 * triggers; docs/data-model.md tells which.
 *
 * Lists are served by full indexes of the form (scope, deleted_at, id): `deleted_at is null` is an equality
 * there, and the purge finds the rows of a deletion by an index of its own. Uniqueness is by partial indexes over live rows.
 */

export * from './accounts.ts'
export * from './datasets.ts'
export * from './objects.ts'
export * from './places.ts'
export * from './recordings.ts'
export * from './trash.ts'
export * from './upkeep.ts'
