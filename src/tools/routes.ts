import { endpoints, failuresOf, grants, guards, type Route, roles, scopes, statementsOf } from './inside.ts'

/** Prints every route: who may ask, what it costs in round trips, and how it can fail. */

const nameOf = (names: Readonly<Record<string, number>>, value: number): string | undefined =>
  Object.entries(names).find(([, each]) => each === value)?.[0]

function grantOf(name: string | undefined): string {
  const grant = name === undefined ? undefined : grants[name]
  if (!grant) return '-'
  const some = Object.keys(scopes).filter((scope) => grant.scopes & (scopes[scope] ?? 0))
  return `${nameOf(roles, grant.rank) ?? 'any role'}, ${some.length > 0 ? some.join(' or ') : 'no API token'}`
}

const tripsOf = ({ trips = 'one' }: Route): string =>
  typeof trips === 'string' ? trips : `up to ${trips.most}`

async function rowOf(endpoint: (typeof endpoints)[number]): Promise<readonly string[]> {
  const { route } = endpoint
  const ran = route.open ? [] : await statementsOf(endpoint)
  const guard = guards.find(({ name }) => ran.some(({ front }) => front?.guard === name))
  return [
    route.method,
    route.path,
    route.open ? 'anybody' : grantOf(guard?.grant),
    tripsOf(route),
    guard?.name ?? '',
    failuresOf(route).join(' '),
  ]
}

const wanted = process.argv.slice(2)
const rows = [
  ['method', 'path', 'role, and scope of an API token', 'trips', 'guard', 'failures'],
  ...(await Promise.all(endpoints.map(rowOf))).filter((row) =>
    wanted.every((text) => row.join(' ').includes(text)),
  ),
]
const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
for (const row of rows)
  process.stdout.write(
    `${row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()}\n`,
  )
