import { parseArgs } from 'node:util'

/**
 * How fast the built Worker is in workerd: under load, or with `--cold` in an isolate that is new. It guides; it
 * asserts nothing.
 */
const { values } = parseArgs({ options: { cold: { type: 'boolean', default: false } }, strict: false })

await (values.cold ? import('./cold.ts') : import('./throughput.ts'))
