import type { ParseArgsConfig } from 'node:util'
import type { Client } from '../connect.ts'
import type { NodeBody } from '../node/index.ts'

/** How the command ends. */
export const EXIT = { done: 0, failed: 1, usage: 2, refused: 3, partly: 4, interrupted: 130 } as const

export type Exit = (typeof EXIT)[keyof typeof EXIT]

/** What was asked for in a way that means nothing. */
export class UsageError extends Error {}

export type Lake = Client<NodeBody>

export type Options = NonNullable<ParseArgsConfig['options']>
export type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>

/** What a command is run with. */
export interface Run {
  readonly values: Values
  readonly words: readonly string[]
  /** Whether a program reads what is said. */
  readonly json: boolean
  readonly signal: AbortSignal
  readonly connected: () => Promise<Lake>
}

export interface Command {
  readonly name: string
  /** One line, for the list of all commands. */
  readonly summary: string
  readonly help: string
  readonly options: Options
  /** Whether it does something that is to be done whether or not anybody reads what it says. */
  readonly isWork?: true
  /** Whether its words are a query, which may begin with a minus. */
  readonly takesQuery?: true
  readonly run: (run: Run) => Promise<Exit>
}

export const textIn = (values: Values, name: string): string | undefined => {
  const value = values[name]
  if (value === '') throw new UsageError(`--${name} is empty.`)
  return typeof value === 'string' ? value : undefined
}

export const textsIn = (values: Values, name: string): string[] => {
  const value = values[name]
  const texts = Array.isArray(value) ? value.map(String) : []
  if (texts.includes('')) throw new UsageError(`--${name} is empty.`)
  return texts
}

/** A whole number from 1 on. */
export function numberIn(values: Values, name: string, most: number): number | undefined {
  const text = textIn(values, name)
  if (text === undefined) return undefined
  if (/^[1-9]\d*$/.test(text) && Number(text) <= most) return Number(text)
  throw new UsageError(`--${name} is ${text}: it is a number from 1 to ${most}.`)
}

/** The one word that a command takes. */
export function oneWord(words: readonly string[], what: string): string {
  const [word, ...rest] = words
  if (word === undefined) throw new UsageError(`Say ${what}.`)
  noWord(rest)
  return word
}

export function noWord(words: readonly string[]): void {
  if (words.length > 0) throw new UsageError(`${words.join(' ')} is too much.`)
}

/** The parts of `namespace/project/rest`; the rest may hold slashes. */
export function placeIn(text: string): { namespace: string; project?: string; rest?: string } {
  const [, namespace = '', project, rest] = /^([^/]+)(?:\/([^/]+)(?:\/(.*))?)?\/?$/s.exec(text) ?? []
  if (namespace === '') throw new UsageError(`${JSON.stringify(text)} is not namespace/project.`)
  return { namespace, ...(project ? { project } : {}), ...(rest ? { rest } : {}) }
}

/** A namespace, or a project in it, and nothing in that. */
export function scopeIn(text: string): { namespace: string; project?: string } {
  const { rest, ...scope } = placeIn(text)
  if (rest !== undefined) throw new UsageError(`${JSON.stringify(text)} is more than namespace/project.`)
  return scope
}

export function projectIn(text: string): { namespace: string; project: string; rest?: string } {
  const { project, ...others } = placeIn(text)
  if (project === undefined)
    throw new UsageError(`${JSON.stringify(text)} lacks the project: namespace/project.`)
  return { ...others, project }
}

/** A name as `ls` shows it: a slash or a percent sign in it may be escaped, and what holds other things has a slash behind it. */
function nameIn(text: string, rest: string): string {
  const name = rest.replace(/\/$/, '')
  if (name.includes('/'))
    throw new UsageError(`${JSON.stringify(text)} leads into something: a slash in a name is %2F.`)
  return name.replaceAll(/%2[5F]/gi, (each) => (each === '%25' ? '%' : '/'))
}

/** A project, and an episode in it if one is named. */
export function episodeIn(text: string): { namespace: string; project: string; episode?: string } {
  const { rest, ...place } = projectIn(text)
  return rest === undefined ? place : { ...place, episode: nameIn(text, rest) }
}

/** The project and the name of something in it, which is the one word that a command takes. */
export function namedIn(
  words: readonly string[],
  what: string,
): { namespace: string; project: string; name: string } {
  const text = oneWord(words, `which ${what}: namespace/project/${what}`)
  const { rest, ...place } = projectIn(text)
  if (rest === undefined) throw new UsageError(`Say which ${what}: namespace/project/${what}.`)
  return { ...place, name: nameIn(text, rest) }
}
