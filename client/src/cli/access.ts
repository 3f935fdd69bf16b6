import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import { connect } from '../node/index.ts'
import {
  type Command,
  EXIT,
  type Exit,
  noWord,
  oneWord,
  type Run,
  scopeIn,
  textIn,
  textsIn,
  UsageError,
} from './command.ts'
import { forgetLogin, keepLogin, keptLogin } from './login.ts'
import { say, sayJson, Table, tell } from './output.ts'

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

async function logIn({ words, values, json, signal }: Run): Promise<Exit> {
  noWord(words)
  const url = textIn(values, 'url') ?? (process.env.DREAMLAKE_URL || (await keptLogin()).url)
  if (url === undefined) throw new UsageError('Say where the server is: --url https://api.example.com')
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw new UsageError(`--url is ${url}: it is like https://api.example.com.`)
  const token = await readToken()
  if (token === '') throw new UsageError('There is no token on standard input.')
  const { data } = await connect({ url, token }).GET('/auth/me', { signal })
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

async function logOut({ words, json }: Run): Promise<Exit> {
  noWord(words)
  const wasThere = await forgetLogin()
  if (json) sayJson({ forgotten: wasThere })
  else
    tell(wasThere ? 'The token is forgotten here. It stays good: see token revoke.' : 'There was no login.')
  return EXIT.done
}

export const logout: Command = {
  name: 'logout',
  summary: 'Forget the token that is kept',
  help: `Usage: dreamlake-edge logout

Removes address and token from your configuration folder. The token itself stays
good; an API token is ended by token revoke.`,
  options: {},
  run: logOut,
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

async function createToken({ words, values, json, signal, connected }: Run): Promise<Exit> {
  noWord(words)
  const name = textIn(values, 'name')
  const asked = textsIn(values, 'scope')
  const scopes = SCOPES.filter((scope) => asked.includes(scope))
  const other = asked.find((scope) => !SCOPES.some((each) => each === scope))
  if (name === undefined) throw new UsageError('Say what it is for: --name NAME')
  if (other !== undefined) throw new UsageError(`--scope is ${other}: it is one of ${SCOPES.join(', ')}.`)
  if (scopes.length === 0) throw new UsageError(`Say what it may do: --scope ${SCOPES.join(', --scope ')}`)
  const [within, expires] = [textIn(values, 'in'), textIn(values, 'expires')]
  const { namespace, project } = within === undefined ? {} : scopeIn(within)
  const body = {
    ...{ name, scopes },
    ...(namespace === undefined ? {} : { namespace }),
    ...(project === undefined ? {} : { project }),
    ...(expires === undefined ? {} : { expiresIn: secondsIn(expires) }),
  }
  const lake = await connected()
  const { data } = await lake.POST('/auth/tokens', { body, signal })
  if (json) sayJson(data)
  else say(data.token ?? '')
  return EXIT.done
}

async function listTokens({ words, json, signal, connected }: Run): Promise<Exit> {
  noWord(words)
  const lake = await connected()
  const table = new Table()
  for await (const token of lake.pages('/auth/tokens', { signal })) {
    const { id, name, scopes, namespace, project, expiresAt } = token
    const place = namespace ? `${namespace}${project ? `/${project}` : ''}` : ''
    if (json) sayJson(token)
    else table.add([id, name, scopes.join(','), place, expiresAt ? `until ${expiresAt}` : ''])
  }
  table.end()
  return EXIT.done
}

async function revokeToken({ words, json, signal, connected }: Run): Promise<Exit> {
  const id = oneWord(words, 'which token, by the id that token list shows')
  const lake = await connected()
  await lake.DELETE('/auth/tokens/{id}', { params: { path: { id } }, signal })
  if (json) sayJson({ revoked: id })
  else tell('It is good no more.')
  return EXIT.done
}

const OF_TOKENS: Readonly<Record<string, (run: Run) => Promise<Exit>>> = {
  create: createToken,
  list: listTokens,
  revoke: revokeToken,
}

export const token: Command = {
  name: 'token',
  summary: 'Make tokens for robots and training jobs, list and end them',
  help: `Usage: dreamlake-edge token create --name NAME --scope SCOPE [--in PLACE]
       dreamlake-edge token list
       dreamlake-edge token revoke ID

Makes a token that can do no more than you, and prints it, this once; lists your
tokens by their ids, without the secret; ends one.

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
  run(run) {
    const [what = '', ...words] = run.words
    const work = OF_TOKENS[what]
    if (!work) throw new UsageError('Say: token create, token list or token revoke ID.')
    return work({ ...run, words })
  },
}
