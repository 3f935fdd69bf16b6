#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { connect, fileStore } from '../node/index.ts'
import { login, token } from './access.ts'
import { type Command, EXIT, type Exit, type Lake, type Options, UsageError } from './command.ts'
import { download } from './download.ts'
import { readLogin, uploadsFolder } from './login.ts'
import { clearLine, endWithReader, say, sayJson, tell } from './output.ts'
import { exitBy, explain } from './problem.ts'
import { find, ls, manifest, whoami } from './reading.ts'
import { upload } from './upload.ts'

const commands: readonly Command[] = [login, whoami, ls, find, upload, download, manifest, token]

const HELP = `Usage: dreamlake-edge <command> [options]

Recordings of robots and experiments: send them, find them, fetch them.

${commands.map(({ name, summary }) => `  ${name.padEnd(10)}  ${summary}`).join('\n')}

  --url URL           the server, in place of the one that is kept
  --json              for programs: lines of JSON on standard output
  --help              of each command too

Exit codes: 0 done; 1 failed; 2 asked in a wrong way, or not logged in; 3 not
allowed; 4 some of many failed; 130 interrupted.`

const shared: Options = {
  url: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
}

async function connected(url: string | undefined): Promise<Lake> {
  const kept = await readLogin()
  const found = { url: url ?? kept.url, token: kept.token }
  if (found.url === undefined || found.token === undefined)
    throw new UsageError('You are not logged in: dreamlake-edge login --url https://api.example.com')
  return connect({ url: found.url, token: found.token, store: fileStore(uploadsFolder()) })
}

async function runCommand(command: Command, args: readonly string[], signal: AbortSignal): Promise<Exit> {
  const options = { ...shared, ...command.options }
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const { url, json, help } = values
  if (help === true) {
    say(command.help)
    return EXIT.done
  }
  return command.run({
    ...{ values, words: positionals, json: json === true, signal },
    connected: () => connected(typeof url === 'string' ? url : undefined),
  })
}

/** How the command ends by what was thrown; says why. */
function endBy(error: unknown, command: string, json: boolean, signal: AbortSignal): Exit {
  if (signal.aborted) return EXIT.interrupted
  const isUsage =
    error instanceof UsageError ||
    (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') === true
  const { code, message } = explain(error)
  if (json) sayJson({ error: { code: isUsage ? 'usage' : code, message } })
  else tell(isUsage ? `${message}\nSee dreamlake-edge ${command} --help.` : message)
  return isUsage ? EXIT.usage : exitBy(error)
}

async function main([name = '--help', ...args]: readonly string[]): Promise<Exit> {
  if (['--help', '-h', 'help'].includes(name)) {
    say(HELP)
    return EXIT.done
  }
  const command = commands.find((each) => each.name === name)
  if (!command) {
    tell(`There is no command ${name}.\n\n${HELP}`)
    return EXIT.usage
  }
  const stopped = new AbortController()
  process.once('SIGINT', () => stopped.abort(new Error('interrupted')))
  const run = runCommand(command, args, stopped.signal).catch((error: unknown) =>
    endBy(error, name, args.includes('--json'), stopped.signal),
  )
  return Promise.race([run, interrupted(stopped.signal)])
}

const interrupted = (signal: AbortSignal): Promise<Exit> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(EXIT.interrupted)))

endWithReader()
process.exitCode = await main(process.argv.slice(2))
if (process.exitCode === EXIT.interrupted) {
  if (process.stderr.isTTY) clearLine()
  tell('Stopped. Run it again to go on.')
  // What is still waited for has nothing to say any more, and what was begun can go on.
  process.exit()
}
