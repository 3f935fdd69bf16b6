import { DatabaseSync } from 'node:sqlite'
import { signLocalToken } from './local-token.ts'
import { migrations } from './migrations.ts'
import { hasCode, localVariables } from './project.ts'
import { insideOfWorker } from './worker.ts'

/** The inside of the Worker, for the tools that show it. */

export interface Statement {
  readonly name: string
  readonly role: string
  readonly front: { readonly guard: string; readonly form: string } | null
  readonly text: string
}

interface Guard {
  readonly name: string
  readonly grant: string | undefined
}

export interface Route {
  readonly operationId: string
  readonly method: string
  readonly path: string
  readonly open?: boolean
  readonly query: { readonly shape: object }
  readonly body?: { readonly shape: object }
  readonly bodyExample?: unknown
  readonly trips?: string | { readonly most: number }
}

interface Endpoint {
  readonly route: Route
  readonly respond: (incoming: object) => Promise<Response>
}

interface Inside {
  readonly grants: Readonly<Record<string, { readonly rank: number; readonly scopes: number }>>
  readonly roles: Readonly<Record<string, number>>
  readonly scopes: Readonly<Record<string, number>>
  readonly endpoints: readonly Endpoint[]
  readonly statements: readonly Statement[]
  readonly guards: readonly Guard[]
  readonly failuresOf: (route: Route) => readonly string[]
}

// Whoever reads the first lines alone has seen enough.
process.stdout.on('error', (error) => {
  if (!hasCode(error, 'EPIPE')) throw error
  process.exit()
})

// The schedule declares statements, too.
export const { endpoints, statements, guards, failuresOf, grants, roles, scopes } =
  await insideOfWorker<Inside>(`
    export { endpoints } from './endpoints.ts'
    export { maintain } from './schedule.ts'
    export { statements } from './db/sql.ts'
    export { guards } from './db/statements.ts'
    export { failuresOf } from './http/openapi.ts'
    export { grants, roles, scopes } from './domain/access.ts'
  `)

/** The clauses of a text, a line each. */
export const lines = (text: string): string =>
  text.replaceAll(/ (?=(select|from|where|union|order by|left join|on conflict|when) )/g, '\n  ')

/** An empty database with the schema that the migrations make. */
export function emptyDatabase(): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  for (const { statements } of migrations) for (const text of statements) database.exec(text)
  return database
}

/** D1 that answers nothing, and remembers what it was asked. */
function recorder(): { readonly d1: object; readonly texts: readonly string[] } {
  const texts: string[] = []
  const prepare = (text: string) => ({ text, bind: () => ({ text }) })
  const batch = (asked: readonly { readonly text: string }[]): never => {
    texts.push(...asked.map(({ text }) => text))
    throw new Error('This database remembers, and answers nothing.')
  }
  return { d1: { withSession: () => ({ prepare, batch, getBookmark: () => null }) }, texts }
}

const ID = '019d8a3c5e00a1b2c3d4e5f6'
/** Values that are good wherever a parameter of that name is. */
const examples: Readonly<Record<string, string>> = {
  namespace: 'robotics',
  project: 'lab',
  path: '/camera/front.mp4',
  slug: 'robotics',
  projectSlug: 'lab',
  username: 'alice',
  hash: '0123456789abcdef',
  name: 'training',
  episodeName: 'run-1',
  key: `${ID}/${ID}`,
}

const token = signLocalToken({ user: 'alice' })

/** The statements that an endpoint runs first: it is asked what its document gives for an example. */
export async function statementsOf({ route, respond }: Endpoint): Promise<readonly Statement[]> {
  const { d1, texts } = recorder()
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const params = Object.fromEntries(names.map((name) => [name, examples[name] ?? ID]))
  const url = new URL(
    `http://localhost${route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '')}`,
  )
  for (const name of ['namespace', 'project', 'path', 'uploadId', 'key'])
    if (name in route.query.shape) url.searchParams.set(name, examples[name] ?? ID)
  const request = new Request(url, {
    method: route.method,
    headers: { Authorization: `Bearer ${await token}`, 'Content-Type': 'application/json' },
    body: route.body ? JSON.stringify(route.bodyExample ?? {}) : null,
  })
  const nothing = () => undefined
  const incoming = {
    ...{
      request,
      url,
      params,
      garbled: [],
      env: { ...localVariables(), ENVIRONMENT: 'development', DB: d1 },
    },
    ...{
      requestId: ID,
      isRepeatable: false,
      opened: nothing,
      limited: nothing,
      forgiving: nothing,
      later: nothing,
    },
  }
  // It fails where the database would answer; what it has asked is known by then.
  await respond(incoming).catch(nothing)
  return texts.flatMap((text) => statements.find((each) => each.text === text) ?? [])
}
