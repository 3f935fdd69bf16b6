import { parseArgs } from 'node:util'

/**
 * How fast the built Worker is in workerd: under load, or with `--cold` in an isolate that is new; with `--tree`, how
 * much of a large folder is read, and with `--manifest`, of a large collection, and what a large manifest costs. It guides; it asserts nothing.
 */
const flag = { type: 'boolean', default: false } as const
const { values } = parseArgs({ options: { cold: flag, tree: flag, manifest: flag }, strict: false })

if (values.cold) await import('./cold.ts')
else if (values.tree) await import('./tree.ts')
else if (values.manifest) await import('./manifest.ts')
else await import('./throughput.ts')
