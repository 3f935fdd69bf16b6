import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Only what hangs is to fail by it: how long something takes is the machine's affair. */
const MOST_MILLISECONDS = 1_800_000

/** What runs in Node, or reads the files of the project, is tested there. */
const IN_NODE = ['test/tools/*.test.ts', 'test/laws/rooms.test.ts']

/** Files that take minutes, the longest first: one that begins last runs alone in the end. */
const LONGEST = ['purge-faults', 'purge-races', 'authority', 'reconcile', 'purge', 'audit', 'strictness']

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`))
      return index === -1 ? LONGEST.length : index
    }
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other))
  }
}

export default defineConfig(async () => ({
  root: new URL('..', import.meta.url).pathname,
  test: {
    testTimeout: MOST_MILLISECONDS,
    hookTimeout: MOST_MILLISECONDS,
    teardownTimeout: MOST_MILLISECONDS,
    // By default one core is left to the watching process, which has little to do.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                TEST_MIGRATIONS: await readD1Migrations('migrations'),
                ENVIRONMENT: 'development',
                JWT_SECRET: 'your-secret-key-change-this-in-production',
              },
            },
          }),
        ],
        test: {
          name: 'worker',
          include: ['test/{features,laws,machinery}/**/*.test.ts'],
          exclude: IN_NODE,
          globalSetup: ['./test/support/global-setup.ts'],
          setupFiles: ['./test/support/setup.ts'],
        },
      },
      { extends: true, test: { name: 'node', include: IN_NODE } },
    ],
  },
}))
