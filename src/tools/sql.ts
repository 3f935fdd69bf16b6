import { emptyDatabase, endpoints, lines, type Statement, statements, statementsOf } from './inside.ts'

/** Prints statements: their texts, how SQLite finds their rows, and which routes run them. */

const USAGE =
  'Usage: npm run sql -- episodes.upsert (or the beginning of several names); without one: all names'

interface Step {
  readonly id: number
  readonly parent: number
  readonly detail: string
}

function planOf(database: ReturnType<typeof emptyDatabase>, { text }: Statement): string {
  const prepared = database.prepare(`explain query plan ${text}`)
  const steps = (text.includes('?1') ? prepared.all('{}') : prepared.all()) as unknown as readonly Step[]
  const depthOf = ({ parent }: Step): number => {
    const above = steps.find(({ id }) => id === parent)
    return above ? depthOf(above) + 1 : 0
  }
  return steps.map((step) => `${'  '.repeat(depthOf(step) + 1)}${step.detail}`).join('\n')
}

/** The routes by the names of the statements that they run first. */
async function usersOf(): Promise<ReadonlyMap<string, readonly string[]>> {
  const users = new Map<string, string[]>()
  for (const endpoint of endpoints.filter(({ route }) => !route.open)) {
    const { method, path } = endpoint.route
    for (const { name } of await statementsOf(endpoint))
      users.set(name, [...(users.get(name) ?? []), `${method} ${path}`])
  }
  return users
}

const [wanted] = process.argv.slice(2)
const found = statements.filter(({ name }) => wanted !== undefined && `${name}.`.startsWith(`${wanted}.`))
if (wanted === undefined) {
  process.stdout.write(`${statements.map(({ name, role }) => `${role.padEnd(9)}  ${name}`).join('\n')}\n`)
} else if (found.length === 0) {
  process.stderr.write(`No statement is called ${wanted}.\n${USAGE}\n`)
  process.exitCode = 2
} else {
  const database = emptyDatabase()
  const users = await usersOf()
  for (const each of found) {
    const by = each.front ? `, ${each.front.form} by ${each.front.guard}` : ''
    process.stdout.write(`-- ${each.name}: ${each.role}${by}\n${lines(each.text)}\n\nQuery plan\n`)
    process.stdout.write(`${planOf(database, each)}\n\nRun by\n`)
    // A trip that waits for another one's answer, and what runs after an answer, is seen by no example.
    const routes = users.get(each.name) ?? [
      'the schedule, or a later trip of a route, or under another input',
    ]
    process.stdout.write(`${routes.map((route) => `  ${route}`).join('\n')}\n\n`)
  }
}
