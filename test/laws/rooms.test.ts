import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

/**
 * Where a file may look. The machinery lies in floors, the subjects in rooms above it; whatever is not listed here is
 * forbidden. The linter holds the same by patterns while one writes; this test reads every import, however it is
 * spelled, and sees what patterns cannot: the order of the rooms, and circles.
 */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  drizzle: ['domain'],
  log: [],
  config: ['domain'],
  storage: ['domain', 'config'],
  db: ['domain', 'drizzle'],
  jobs: ['domain', 'log', 'config', 'storage', 'db'],
  http: ['domain', 'log', 'config', 'storage', 'db'],
  // What a room does in SQL, by the schedule, and on the wire.
  sql: ['domain', 'drizzle', 'db'],
  job: ['domain', 'log', 'config', 'storage', 'db', 'jobs', 'sql'],
  wire: ['domain', 'log', 'config', 'storage', 'db', 'http', 'sql'],
  endpoints: ['http', 'wire'],
  schedule: ['domain', 'log', 'config', 'storage', 'db', 'jobs', 'sql', 'job'],
  routing: ['http', 'wire', 'endpoints'],
  app: ['domain', 'log', 'config', 'storage', 'db', 'http', 'routing'],
  index: ['app', 'schedule', 'jobs'],
}

/** From the ground up: a room knows those before it. */
const ROOMS = [
  'accounts',
  'places',
  'objects',
  'recordings',
  'datasets',
  'byte-service',
  'trash',
  'upkeep',
  'service',
]

interface File {
  readonly path: string
  readonly imports: readonly string[]
}

const root = join(import.meta.dirname, '../..')

const pathsIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))

/** Statements and calls alike: what is spelled as a relative path after `from` or `import`. */
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"?]+)['"]/g

const importsOf = (path: string): string[] =>
  [...readFileSync(join(root, path), 'utf8').matchAll(IMPORT)]
    .map(([, spec = '']) => normalize(join(dirname(path), spec)))
    .filter((target) => target.endsWith('.ts'))

const files: readonly File[] = [...pathsIn('src'), ...pathsIn('drizzle')]
  .filter((path) => !path.startsWith('src/tools/') && path !== 'drizzle/config.ts')
  .map((path) => ({ path, imports: importsOf(path) }))

/** `src/db/plan.ts` is of `db`, `src/app.ts` of `app`, `src/features/trash/claim.sql.ts` of `sql`. */
function floorOf(path: string): string {
  const [first = '', second = ''] = path.split('/')
  if (second === 'features') return /\.(sql|job)\.ts$/.exec(path)?.[1] ?? 'wire'
  return first === 'src' ? second.replace(/\.ts$/, '') : first
}

/** The room's place in the ladder; the machinery lies below all of them, and who gathers them above. */
const roomOf = (path: string): number | null => {
  const room = /^src\/features\/([^/]+)\//.exec(path)?.[1]
  return room === undefined ? null : ROOMS.indexOf(room)
}

function isBreach(from: string, to: string): boolean {
  const [floor, target] = [floorOf(from), floorOf(to)]
  const [room, other] = [roomOf(from), roomOf(to)]
  const isAbove = room !== null && other !== null && other > room
  return isAbove || (floor !== target && !FLOORS[floor]?.includes(target))
}

/** Each circle, as the files along it. */
function circles(): string[] {
  const graph = new Map(files.map(({ path, imports }) => [path, imports]))
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, along: readonly string[]): void => {
    if (along.includes(path)) found.push([...along.slice(along.indexOf(path)), path].join(' -> '))
    if (done.has(path) || along.includes(path)) return
    for (const target of graph.get(path) ?? []) visit(target, [...along, path])
    done.add(path)
  }
  for (const { path } of files) visit(path, [])
  return found
}

describe('the rooms', () => {
  it('are all that there is', () => {
    expect(files.length).toBeGreaterThan(100)
    expect(
      [...new Set(files.map(({ path }) => floorOf(path)))].filter((floor) => !(floor in FLOORS)),
    ).toEqual([])
  })

  it.each(files)('$path imports only what lies below it', ({ path, imports }) => {
    expect(imports.filter((target) => isBreach(path, target))).toEqual([])
  })

  it('have no circle', () => {
    expect(circles()).toEqual([])
  })
})
