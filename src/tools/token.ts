import { parseArgs } from 'node:util'
import { signLocalToken, type TokenWish } from './local-token.ts'

const USAGE = 'Usage: npm run token -- --user alice [--sub S] [--email E] [--expires 1h]'

function wishFrom(args: readonly string[]): TokenWish {
  const text = { type: 'string' } as const
  const options = { user: text, sub: text, email: text, expires: text }
  const { user, ...rest } = parseArgs({ args: [...args], options }).values
  if (!user) throw new TypeError('--user is missing.')
  for (const [name, value] of Object.entries(rest))
    if (value === '') throw new TypeError(`--${name} is empty.`)
  return { user, ...rest }
}

try {
  process.stdout.write(`${await signLocalToken(wishFrom(process.argv.slice(2)))}\n`)
} catch (error) {
  // Both the parser of arguments and jose tell a wrong argument by a TypeError.
  const isMisuse = error instanceof TypeError
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${isMisuse ? `${USAGE}\n` : ''}`)
  process.exitCode = isMisuse ? 2 : 1
}
