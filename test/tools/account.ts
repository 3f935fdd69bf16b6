import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { commitOf, root } from '../../src/tools/project.ts'
import { Running, scratch } from './running.ts'

/** An account at Cloudflare: a stand-in for wrangler that keeps it in a file, and a site that the Worker is at. */

export interface Account {
  readonly databases: readonly string[]
  readonly buckets: readonly string[]
  readonly secrets: readonly string[]
  /** Commands that fail, by their first words, and what they say. */
  readonly failing?: Readonly<Record<string, string>>
  /** Null for an upload that was called off. */
  readonly version?: string | null
}

export const empty: Account = { databases: [], buckets: [], secrets: [] }
export const full: Account = {
  databases: ['other', 'dreamlake'],
  buckets: ['dreamlake'],
  secrets: ['JWT_SECRET'],
}

type Answer = readonly [status: number, headers: Readonly<Record<string, string>>, body: string]

const OF_THE_WORKER = { 'X-Request-Id': 'r-1' }
export const ready: Answer = [200, OF_THE_WORKER, '{"status":"ok"}']
export const unready: Answer = [503, OF_THE_WORKER, '{"code":"not_ready","detail":"BUCKET did not answer"}']
export const stranger: Answer = [404, {}, 'There is nothing here yet']
export const version = (commit: string | null = commitOf() ?? null): Answer => [
  200,
  OF_THE_WORKER,
  JSON.stringify({ name: 'dreamlake-edge', commit }),
]

/** Answers to each path in turn; the last one again and again. */
export class Site {
  readonly asked: string[] = []
  readonly #server: Server
  readonly #answers: Record<string, readonly Answer[]>

  constructor(answers: Record<string, readonly Answer[]>) {
    this.#answers = answers
    this.#server = createServer(({ url = '' }, response) => {
      this.asked.push(url)
      const answers = this.#answers[url] ?? []
      const times = this.asked.filter((each) => each === url).length
      const [status, headers, body] = answers[Math.min(times, answers.length) - 1] ?? stranger
      response.writeHead(status, headers).end(body)
    }).listen(0, 'localhost')
  }

  async origin(): Promise<string> {
    if (!this.#server.listening) await once(this.#server, 'listening')
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.close()
  }
}

/** Prints what wrangler 4.155.0 prints, and writes down what it was asked. */
const STAND_IN = `
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs')
const [, , ...args] = process.argv
const path = __dirname + '/account.json'
const account = JSON.parse(readFileSync(path, 'utf8'))
const keep = (key, name) => writeFileSync(path, JSON.stringify({ ...account, [key]: [...account[key], name] }))
appendFileSync(__dirname + '/asked', args.join(' ') + '\\n')
if (args.includes('--config')) {
  const [, file] = args.splice(args.indexOf('--config'), 2)
  writeFileSync(__dirname + '/taken.toml', readFileSync(file, 'utf8'))
}
const command = args.join(' ')
const note = (entry) => {
  const file = process.env.WRANGLER_OUTPUT_FILE_PATH
  if (file) appendFileSync(file, JSON.stringify({ version: 1, ...entry }) + '\\n')
}
note({ type: 'wrangler-session', command_line_args: args })
for (const [words, says] of Object.entries(account.failing ?? {})) {
  if (!command.startsWith(words)) continue
  process.stderr.write('\\n\\u2718 [ERROR] ' + says + '\\n')
  note({ type: 'command-failed', message: says })
  process.exit(1)
}
const say = (text) => process.stdout.write(text + '\\n')
if (command === 'd1 list --json')
  say(JSON.stringify(account.databases.map((name) => ({ uuid: 'u-' + name, name, version: 'production' })), null, 2))
else if (command.startsWith('d1 create ')) {
  keep('databases', args[2])
  say("\\u2705 Successfully created DB '" + args[2] + "' in region WEUR\\nCreated your new D1 database.\\n")
} else if (command.startsWith('r2 bucket list')) {
  say('\\u001b[1m \\u26c5\\ufe0f wrangler 4.155.0\\u001b[22m\\n\\nListing buckets...')
  say(account.buckets.map((name) => 'name:           ' + name + '\\ncreation_date:  2026-11-01T00:00:00.000Z').join('\\n\\n'))
} else if (command.startsWith('r2 bucket create ')) {
  keep('buckets', args[3])
  say("Creating bucket '" + args[3] + "'...\\n\\u2705 Created bucket '" + args[3] + "' with default storage class of Standard.")
} else if (command === 'd1 migrations apply DB --remote') say('\\u2705 No migrations to apply!')
else if (args[0] === 'deploy') {
  const version = account.version === undefined ? 'v-1' : account.version
  const targets = version ? account.targets : undefined
  note({ type: 'deploy', worker_name: 'dreamlake-edge', version_id: version, targets })
} else if (command === 'secret list --format json')
  say(JSON.stringify(account.secrets.map((name) => ({ name, type: 'secret_text' })), null, '  '))
else if (command.startsWith('secret put ')) keep('secrets', args[2])
else process.exit(64)
`

/** A tool that runs wrangler, as an operator runs it, in a folder of the test. */
export function operator() {
  const own = scratch()
  const sites: Site[] = []
  beforeEach(() => writeFileSync(join(own.folder, 'wrangler.cjs'), STAND_IN))
  afterEach(() => {
    for (const site of sites.splice(0)) site.close()
  })

  /** What wrangler has written down in the folder. */
  const read = (file: string): string => {
    const path = join(own.folder, file)
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  }

  return {
    own,
    read,
    site(answers: Record<string, readonly Answer[]> = { '/version': [version()], '/readyz': [ready] }): Site {
      const site = new Site(answers)
      sites.push(site)
      return site
    },
    async run(name: 'deploy' | 'operate', account: Account, targets: readonly string[], ...args: string[]) {
      writeFileSync(join(own.folder, 'account.json'), JSON.stringify({ ...account, targets }))
      const program = ['--wrangler', join(own.folder, 'wrangler.cjs')]
      const path = join(root, 'src/tools', `${name}.ts`)
      const tool = new Running(process.execPath, [path, ...program, ...args], {}, own.folder)
      await tool.isOver
      return { status: tool.child.exitCode, said: tool.said }
    },
    /** The commands that wrangler was given, without what tells the commit. */
    commands(): string[] {
      const lines = read('asked').trim().split('\n')
      return lines.filter((line) => line !== '').map((line) => line.replace(/ --var COMMIT:\w+$/, ''))
    },
  }
}
