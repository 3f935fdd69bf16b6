import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import { connect } from '../node/index.ts'
import { type Command, EXIT, placeIn, type Run, textIn, textsIn, UsageError } from './command.ts'
import { keepLogin, readLogin } from './login.ts'
import { say, sayJson, tell } from './output.ts'

/** A token that is piped in, or typed where nobody sees it. */
async function readToken(): Promise<string> {
  if (!process.stdin.isTTY) {
    let text = ''
    for await (const chunk of process.stdin) text += String(chunk)
    return text.trim()
  }
  process.stderr.write('Token: ')
  const lines = createInterface({ input: process.stdin, terminal: true })
  // Of a terminal that is read key by key, these are keys.
  lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  const token = await Promise.race([lines.question(''), once(lines, 'close').then(() => '')])
  lines.close()
  process.stderr.write('\n')
  return token.trim()
}

async function logIn({ values, json }: Run) {
  const url = textIn(values, 'url') ?? (await readLogin()).url
  if (url === undefined) throw new UsageError('Say where the server is: --url https://api.example.com')
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw new UsageError(`--url is ${url}: it is like https://api.example.com.`)
  const token = await readToken()
  if (token === '') throw new UsageError('There is no token on standard input.')
  const { data } = await connect({ url, token }).GET('/auth/me')
  const path = await keepLogin({ url, token })
  if (json) sayJson({ url, username: data.username, path })
  else tell(`You are ${data.username} at ${url}. It is kept in ${path}.`)
  return EXIT.done
}

export const login: Command = {
  name: 'login',
  summary: 'Keep the address of a server, and a token',
  help: `Usage: dreamlake-edge login --url https://api.example.com

Asks for a token, or reads it from standard input, tries it, and keeps both in
your configuration folder, in a file that only you may read. DREAMLAKE_URL and
DREAMLAKE_TOKEN in the environment come before what is kept.

Example:
  dreamlake-edge login --url https://api.example.com < token.txt`,
  options: {},
  run: logIn,
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }
const SCOPES = ['read', 'write', 'upload'] as const

function secondsIn(text: string): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? []
  const seconds = UNITS[unit]
  if (count === undefined || seconds === undefined)
    throw new UsageError(`--expires is ${text}: it is a number with s, m, h or d, such as 30d.`)
  return Number(count) * seconds
}

async function createToken({ words, values, json, connected }: Run) {
  if (words[0] !== 'create' || words.length > 1)
    throw new UsageError('Say: token create --name NAME --scope SCOPE')
  const name = textIn(values, 'name')
  const asked = textsIn(values, 'scope')
  const scopes = SCOPES.filter((scope) => asked.includes(scope))
  if (name === undefined) throw new UsageError('Say what it is for: --name NAME')
  if (scopes.length === 0 || scopes.length < asked.length)
    throw new UsageError(`Say what it may do: --scope ${SCOPES.join(', --scope ')}`)
  const [within, expires] = [textIn(values, 'in'), textIn(values, 'expires')]
  const { namespace, project } = within === undefined ? {} : placeIn(within)
  const lake = await connected()
  const { data } = await lake.POST('/auth/tokens', {
    body: {
      ...{ name, scopes },
      ...(namespace === undefined ? {} : { namespace }),
      ...(project === undefined ? {} : { project }),
      ...(expires === undefined ? {} : { expiresIn: secondsIn(expires) }),
    },
  })
  if (json) sayJson(data)
  else say(data.token ?? '')
  return EXIT.done
}

export const token: Command = {
  name: 'token',
  summary: 'Make a token for a robot, or for a training job',
  help: `Usage: dreamlake-edge token create --name NAME --scope SCOPE [--in PLACE]

Makes a token that can do no more than you, and prints it, this once.

  --name NAME         what it is for
  --scope SCOPE       read, write or upload; as often as you like
  --in PLACE          good for one namespace, or one namespace/project, alone
  --expires TIME      such as 12h or 30d; without it, never

Example:
  dreamlake-edge token create --name arm-3 --scope upload --in alice/robotics`,
  options: {
    name: { type: 'string' },
    scope: { type: 'string', multiple: true },
    in: { type: 'string' },
    expires: { type: 'string' },
  },
  run: createToken,
}
