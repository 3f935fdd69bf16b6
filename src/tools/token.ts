import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { secretFault } from '../domain/secret.ts'
import { signLocalToken, signToken, type TokenWish } from './local-token.ts'

const USAGE = `Usage: npm run -s token -- --user alice [--sub S] [--email E] [--expires 1h] [--secret-stdin]
Without a secret it is a token for the local server. The secret of a deployment is taken from the variable JWT_SECRET, or
with --secret-stdin from the standard input; JWT_ISSUER and JWT_AUDIENCE are variables too, where the deployment has them.`

const EXPOSED = `A secret does not belong among the arguments, where other programs and the history of the shell see it:
give it by the variable JWT_SECRET, or with --secret-stdin by the standard input. One that was given is better changed.`

interface Given {
  readonly wish: TokenWish
  readonly isPiped: boolean
}

/** What gives a secret by its name: `--secret x`, `--jwt-secret=x`, `JWT_SECRET=x`. */
const isSecret = (arg: string): boolean =>
  /^(--[\w-]*secret|\w*secret\w*=)/i.test(arg) && arg !== '--secret-stdin'

/** Repeats nothing of an argument that may be a secret. */
function givenIn(args: readonly string[]): Given {
  if (args.some(isSecret)) throw new TypeError(EXPOSED)
  const string = { type: 'string' } as const
  const piped = { type: 'boolean', default: false } as const
  const options = { user: string, sub: string, email: string, expires: string, 'secret-stdin': piped }
  const parsed = parseArgs({ args: [...args], options, allowPositionals: true })
  if (parsed.positionals.length > 0) throw new TypeError(`Only options are taken. ${EXPOSED}`)
  const { user, 'secret-stdin': isPiped, ...rest } = parsed.values
  if (!user) throw new TypeError('--user is missing.')
  for (const [name, value] of Object.entries(rest))
    if (value === '') throw new TypeError(`--${name} is empty.`)
  return { wish: { user, ...rest }, isPiped }
}

/** The secret of a deployment; null for the local one. */
async function secretOf({ isPiped }: Given): Promise<string | null> {
  const secret = isPiped ? (await text(process.stdin)).trimEnd() : process.env.JWT_SECRET
  if (!isPiped && !secret) return null
  const fault = secretFault(secret ?? '')
  if (fault !== null) throw new TypeError(`The secret ${fault}: no deployment accepts it.`)
  return secret ?? null
}

async function tokenFor(given: Given): Promise<string> {
  const secret = await secretOf(given)
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = process.env
  return secret === null ? signLocalToken(given.wish) : signToken(given.wish, { secret, issuer, audience })
}

try {
  process.stdout.write(`${await tokenFor(givenIn(process.argv.slice(2)))}\n`)
} catch (error) {
  // Both the parser of arguments and jose tell a wrong argument by a TypeError.
  const isMisuse = error instanceof TypeError
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${isMisuse ? `${USAGE}\n` : ''}`)
  process.exitCode = isMisuse ? 2 : 1
}
