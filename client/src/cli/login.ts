import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** Where a user speaks to, and as whom. */
export interface Login {
  readonly url: string
  readonly token: string
}

const isWindows = process.platform === 'win32'

/** A folder of the user's, by the variable that names it or where it usually is. */
const folderOf = (variable: string, windows: string, usual: string): string =>
  join(
    process.env[variable] || (isWindows && process.env[windows]) || join(homedir(), usual),
    'dreamlake-edge',
  )

const loginPath = (): string => join(folderOf('XDG_CONFIG_HOME', 'APPDATA', '.config'), 'login.json')

/** Where uploads that were begun are kept. */
export const uploadsFolder = (): string =>
  join(folderOf('XDG_STATE_HOME', 'LOCALAPPDATA', '.local/state'), 'uploads')

/** What is no login, such as one that was cut by a full disk, is none. */
function loginIn(text: string): Partial<Login> {
  try {
    const { url, token } = JSON.parse(text) as { url: unknown; token: unknown }
    return { ...(typeof url === 'string' ? { url } : {}), ...(typeof token === 'string' ? { token } : {}) }
  } catch {
    return {}
  }
}

export const keptLogin = async (): Promise<Partial<Login>> =>
  loginIn(await readFile(loginPath(), 'utf8').catch(() => ''))

const originOf = (url: string | undefined): string | undefined =>
  url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined

/**
 * The server that is asked for, that of the environment, or the one that is kept; and a token of the environment's, or the
 * one that is kept, which is told to no other server than its own.
 */
export async function readLogin(asked: string | undefined): Promise<Partial<Login>> {
  const kept = await keptLogin()
  const url = asked ?? (process.env.DREAMLAKE_URL || kept.url)
  const token = process.env.DREAMLAKE_TOKEN || (originOf(url) === originOf(kept.url) ? kept.token : undefined)
  return { ...(url === undefined ? {} : { url }), ...(token === undefined ? {} : { token }) }
}

/** Forgets it; tells whether there was one. */
export async function forgetLogin(): Promise<boolean> {
  const { token } = await keptLogin()
  await rm(loginPath(), { force: true })
  return token !== undefined
}

/** Keeps it where nobody else may read it; tells where. */
export async function keepLogin(login: Login): Promise<string> {
  const path = loginPath()
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  // In one step, and never in a file that was there, which keeps the mode that it has.
  const made = `${path}.${randomUUID()}`
  await writeFile(made, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600 })
  await rename(made, path)
  return path
}
