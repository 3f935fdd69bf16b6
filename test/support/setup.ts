import { applyD1Migrations, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

/** Every file begins with an empty bucket, and a database without rows: one workerd serves file after file. */
await reset()
await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
