#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { connect, fileStore } from '../node/index.ts'
import { login, logout, token } from './access.ts'
import { dataset, set } from './changing.ts'
import { type Command, EXIT, type Exit, type Lake, type Options, UsageError } from './command.ts'
import { download } from './download.ts'
import { readLogin, uploadsFolder } from './login.ts'
import { clearLine, endWithReader, say, tell, tellJson } from './output.ts'
import { exitBy, explain } from './problem.ts'
import { find, ls, manifest, whoami } from './reading.ts'
import { upload } from './upload.ts'

const commands: readonly Command[] = [
  ...[login, logout, whoami, ls, find, upload, download, set, dataset, manifest, token],
]

const HELP = `Usage: dreamlake-edge <command> [options]

Recordings of robots and experiments: send them, find them, fetch them.

${commands.map(({ name, summary }) => `  ${name.padEnd(10)}  ${summary}`).join('\n')}

  --url URL           the server, in place of the one that is kept
  --json              for programs: lines of JSON on standard output, and what
                      is wrong on standard error
  --help              of each command too
  --version

Exit codes: 0 done; 1 failed; 2 asked in a wrong way, or not logged in; 3 not
allowed; 4 some of many failed; 130 interrupted; 141 nobody reads on.`

const shared: Options = {
  url: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
}

/** A server that is away for a minute ends no work that takes a night; whoever waits for an answer is told sooner. */
const PATIENT = { tries: 10, most: 30_000 }
const IMPATIENT = { tries: 4 }

/** The server that the command speaks to, once that is known. */
let server = ''

async function connected(asked: string | undefined, isWork: boolean): Promise<Lake> {
  const { url, token } = await readLogin(asked)
  if (url === undefined || token === undefined)
    throw new UsageError(
      url === undefined
        ? 'You are not logged in: dreamlake-edge login --url https://api.example.com'
        : `You are not logged in there: dreamlake-edge login --url ${url}`,
    )
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw new UsageError(`${url} is no address of a server: it is like https://api.example.com.`)
  server = url
  return connect({ url, token, store: fileStore(uploadsFolder()), retries: isWork ? PATIENT : IMPATIENT })
}

/** A value may begin with a minus, and so may a query: Node would take either for an option. */
function forNode(args: readonly string[], options: Options, takesQuery: boolean): string[] {
  const takesValue = (arg: string | undefined) =>
    arg !== undefined && options[arg.slice(2)]?.type === 'string'
  const isValue = (at: number) => takesValue(args[at - 1]) && !takesValue(args[at - 2])
  const end = args.indexOf('--')
  const given = end === -1 ? args : args.slice(0, end)
  const joined = given.flatMap((arg, at) => {
    if (isValue(at)) return []
    return takesValue(arg) && args[at + 1] !== undefined ? [`${arg}=${args[at + 1]}`] : [arg]
  })
  const isQuery = (arg: string) => takesQuery && /^-[^-]/.test(arg) && arg !== '-h'
  const rest = end === -1 ? [] : args.slice(end + 1)
  return [...joined.filter((arg) => !isQuery(arg)), '--', ...joined.filter(isQuery), ...rest]
}

async function runCommand(command: Command, args: readonly string[], signal: AbortSignal): Promise<Exit> {
  const options = { ...shared, ...command.options }
  const given = forNode(args, options, command.takesQuery === true)
  const { values, positionals } = parseArgs({ args: given, options, allowPositionals: true })
  const { url, json, help } = values
  if (help === true) {
    say(command.help)
    return EXIT.done
  }
  return command.run({
    ...{ values, words: positionals, json: json === true, signal },
    connected: () => connected(typeof url === 'string' ? url : undefined, command.isWork === true),
  })
}

/** How the command ends by what was thrown; says why. */
function endBy(error: unknown, command: string, json: boolean, signal: AbortSignal): Exit {
  if (signal.aborted) return EXIT.interrupted
  const isParsing = (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') === true
  const isUsage = error instanceof UsageError || isParsing
  const { code, message, ...rest } = explain(error)
  // What comes behind the first sentence tells how to ask Node for it.
  const parsed = isParsing ? message.replace(/(['.]) To specify .*/s, '$1') : message
  const text = code === 'network' && server !== '' ? `${parsed}\nIs ${server} the right one?` : parsed
  if (json) tellJson({ error: { code: isUsage ? 'usage' : code, message: text, ...rest } })
  else tell(isUsage ? `${text}\nSee dreamlake-edge ${command} --help.` : text)
  return isUsage ? EXIT.usage : exitBy(error)
}

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version

/** The command stands before its options or behind them. */
function commandIn(args: readonly string[]): { name: string | undefined; rest: readonly string[] } {
  const at = args.findIndex((arg, index) => !arg.startsWith('-') && args[index - 1] !== '--url')
  return { name: args[at], rest: args.filter((_, index) => index !== at) }
}

async function main(args: readonly string[]): Promise<Exit> {
  const { name, rest } = commandIn(args)
  if (name === undefined && args.includes('--version')) {
    say(version())
    return EXIT.done
  }
  if (name === undefined || name === 'help') {
    const about = commands.find((each) => each.name === rest[0])
    say(about?.help ?? HELP)
    return EXIT.done
  }
  const command = commands.find((each) => each.name === name)
  if (!command) {
    tell(`There is no command ${name}.\n\n${HELP}`)
    return EXIT.usage
  }
  endWithReader(command.isWork === true)
  const stopped = new AbortController()
  process.once('SIGINT', () => stopped.abort(new Error('interrupted')))
  const run = runCommand(command, rest, stopped.signal).catch((error: unknown) =>
    endBy(error, name, args.includes('--json'), stopped.signal),
  )
  const exit = await Promise.race([run, interrupted(stopped.signal)])
  if (exit === EXIT.interrupted) {
    if (process.stderr.isTTY) clearLine()
    tell(command.isWork ? 'Stopped. Run it again to go on.' : 'Stopped.')
  }
  return exit
}

const interrupted = (signal: AbortSignal): Promise<Exit> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(EXIT.interrupted)))

// npm runs what a folder around has in that folder; paths are of where it was called.
if (process.env.npm_lifecycle_event === 'cli' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD)
process.exitCode = await main(process.argv.slice(2))
// What is still waited for has nothing to say any more, and what was begun can go on.
if (process.exitCode === EXIT.interrupted) process.exit()
