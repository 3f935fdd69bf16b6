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
  readonly run: (run: Run) => Promise<Exit>
}

export const textIn = (values: Values, name: string): string | undefined => {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}

export const textsIn = (values: Values, name: string): string[] => {
  const value = values[name]
  return Array.isArray(value) ? value.map(String) : []
}

/** The one word that a command takes. */
export function oneWord(words: readonly string[], what: string): string {
  const [word, ...rest] = words
  if (word === undefined) throw new UsageError(`Say ${what}.`)
  if (rest.length > 0) throw new UsageError(`Say one: ${rest.join(' ')} is one too many.`)
  return word
}

/** The parts of `namespace/project/rest`; the rest may hold slashes. */
export function placeIn(text: string): { namespace: string; project?: string; rest?: string } {
  const [, namespace = '', project, rest] = /^([^/]+)(?:\/([^/]+)(?:\/(.*))?)?\/?$/.exec(text) ?? []
  if (namespace === '') throw new UsageError(`${JSON.stringify(text)} is not namespace/project.`)
  return { namespace, ...(project ? { project } : {}), ...(rest ? { rest } : {}) }
}

export function projectIn(text: string): { namespace: string; project: string; rest?: string } {
  const { project, ...others } = placeIn(text)
  if (project === undefined)
    throw new UsageError(`${JSON.stringify(text)} lacks the project: namespace/project.`)
  return { ...others, project }
}
