import { roles, type Scope, scopes } from './access.ts'
import { type Failure, failures } from './failure.ts'

/** What a refusal says where its failure alone does not: made of words that the database can tell. */

/** The detail of a failure, by the words that were told with it. */
export function explained(failure: Failure, [word, ...rest]: readonly string[]): string {
  if (word === 'role') return takesRole(Number(rest[0]), Number(rest[1]))
  if (word === 'scopes') return takesScope(Number(rest[0]))
  if (word === 'nodes')
    return `It holds ${rest[0]} nodes${rest[1] ? ' or more' : ''}, and at most 5,000 are moved at once: move what is below it folder by folder.`
  if (word === 'collection') return `${failures[failure]}: ${rest.join(' ')}`
  if (word === 'outside')
    return `${failures[failure]}: the token is bound to a project, and this is outside of it.`
  if (word === 'bound')
    return `${failures[failure]}: the token sees none but the one that it is bound to, and that while its user may.`
  return failures[failure]
}

const roleOf = (rank: number): string | undefined =>
  Object.entries(roles).find(([, each]) => each === rank)?.[0]

function takesRole(needed: number, present: number): string {
  const own = roleOf(present)
  return `This takes the role ${roleOf(needed)}; ${own ? `yours is ${own}` : 'you are no member'}.`
}

function takesScope(bits: number): string {
  const names = (Object.keys(scopes) as Scope[]).filter((name) => scopes[name] & bits)
  if (names.length === 0) return 'This takes a token of the user itself: an API token may not do it.'
  return `This takes a token with the scope ${names.join(' or ')}.`
}
