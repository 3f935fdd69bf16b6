import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { cloudflareTest, type D1Migration, readD1Migrations } from '@cloudflare/vitest-pool-workers'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Only what hangs is to fail by it: how long something takes is the machine's affair. */
const MOST_MILLISECONDS = 1_800_000

/** What runs in Node, or reads the files of the project, is tested there. */
const IN_NODE = ['test/{client,tools}/*.test.ts', 'test/laws/rooms.test.ts']

/** What asks which modules have declared something is asked where no other file has loaded any. */
const ALONE = ['test/laws/plans.test.ts']

/** Files that take long, the longest first: one that begins last runs alone in the end. */
const LONGEST = [
  'purge-faults',
  'purge-twice',
  'purge-races',
  'authority',
  'purge',
  'reconcile',
  'fuzz',
  'finding-at-random',
  'finding-assets',
  'slices',
  'lifecycle',
  'uploads',
  'audit',
  'pages',
  'examples',
  'dev',
  'deploy',
  'day',
  'transfers',
]

/** What is of one project stands together, for whatever is of another one needs a process anew. */
const PROJECTS = ['worker', 'worker alone', 'node']

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification) => {
      const index = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`))
      return PROJECTS.indexOf(project.name) * 1_000 + (index === -1 ? LONGEST.length : index)
    }
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other))
  }
}

const CORES = availableParallelism()

const IN_MEMORY = '/dev/shm'
const LEAST_FREE = 2 ** 31

/**
 * Databases and buckets are kept in memory where the machine has a file system for it: what a test has written is never
 * read after a loss of power, and so need not wait for a disk.
 */
function keepInMemory(): void {
  if (!existsSync(IN_MEMORY) || process.env.TMPDIR?.startsWith(IN_MEMORY)) return
  const found = statfsSync(IN_MEMORY)
  if (found.bavail * found.bsize < LEAST_FREE) return
  const folder = mkdtempSync(`${IN_MEMORY}/dreamlake-`)
  process.env.TMPDIR = folder
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
}

keepInMemory()

/** Programs that are started again and again, the command line above all, are compiled once. */
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'dreamlake-compiled')

/** Two projects in workerd, which differ only in whether a file has one of its own. */
const inWorkerd = (test: TestProjectInlineConfiguration['test'], migrations: D1Migration[]) => ({
  extends: true as const,
  plugins: [
    cloudflareTest({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        bindings: {
          TEST_MIGRATIONS: migrations,
          ENVIRONMENT: 'development',
          JWT_SECRET: 'your-secret-key-change-this-in-production',
        },
      },
    }),
  ],
  test: {
    globalSetup: ['./test/support/global-setup.ts'],
    setupFiles: ['./test/support/setup.ts'],
    // Two that share a core take longer than one after the other.
    maxWorkers: CORES,
    ...test,
  },
})

export default defineConfig(async () => {
  const migrations = await readD1Migrations('migrations')
  return {
    root: new URL('..', import.meta.url).pathname,
    test: {
      testTimeout: MOST_MILLISECONDS,
      hookTimeout: MOST_MILLISECONDS,
      teardownTimeout: MOST_MILLISECONDS,
      sequence: { sequencer: LongestFirst },
      projects: [
        inWorkerd(
          {
            name: 'worker',
            // One workerd serves file after file; setup.ts gives each an empty database and an empty bucket.
            isolate: false,
            include: ['test/{features,laws,machinery}/**/*.test.ts'],
            exclude: [...IN_NODE, ...ALONE],
          },
          migrations,
        ),
        inWorkerd({ name: 'worker alone', globalSetup: [], include: ALONE }, migrations),
        {
          extends: true,
          test: {
            name: 'node',
            isolate: false,
            // These wait a good deal, for processes that begin.
            maxWorkers: CORES + 1,
            sequence: { groupOrder: 1 },
            globalSetup: ['./test/tools/server.ts'],
            include: IN_NODE,
          },
        },
      ],
    },
  }
})
