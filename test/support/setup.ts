import { emptied } from './emptied.ts'

/** Every file begins with an empty bucket, and a database without rows: one workerd serves file after file. */
await emptied()
