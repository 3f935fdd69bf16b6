import { grants, type Role, roles, type Scope, scopes } from '../domain/access.ts'
import type { AnyRoute } from './route.ts'

interface Needs {
  readonly 'x-role'?: Role | null
  readonly 'x-scope'?: readonly Scope[]
}

/**
 * What a route takes, as the document tells it: the least role in the namespace, null where it is about the caller's own
 * things, and the scopes of which an API token needs one. Where there are none, no API token may do it.
 */
export function needsOf({ grant, role }: AnyRoute): Needs {
  if (!grant) return {}
  const { rank, scopes: bits } = grants[grant]
  const least = (Object.keys(roles) as Role[]).find((each) => roles[each] === rank) ?? null
  const some = (Object.keys(scopes) as Scope[]).filter((scope) => bits & scopes[scope])
  return { 'x-role': role === undefined ? least : role, 'x-scope': some }
}

const NO_API_TOKEN = 'a token of the user itself: no API token may do it'

/** The same in a sentence; empty for a route that needs no token. */
export function needsInWords(route: AnyRoute): string {
  const { 'x-role': role, 'x-scope': some } = needsOf(route)
  if (some === undefined) return ''
  if (some.length === 0) return `Takes ${role ? `the role ${role}, and ` : ''}${NO_API_TOKEN}.`
  const scope = some.map((each) => `\`${each}\``).join(' or ')
  return role
    ? `Takes the role ${role}; of an API token the scope ${scope}.`
    : `Takes any token; of an API token the scope ${scope}.`
}
