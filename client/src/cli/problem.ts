import stringWidth from 'string-width'
import { DreamLakeError, type FieldError } from '../error.ts'
import { EXIT, type Exit } from './command.ts'

/** An error in words, and for programs. */
export function explain(error: unknown): {
  readonly code: string
  readonly message: string
  readonly errors?: readonly FieldError[]
} {
  if (!(error instanceof DreamLakeError)) {
    const { message, code } = error as NodeJS.ErrnoException
    return { code: code ?? 'failed', message: message ?? String(error) }
  }
  const { errors, code, requestId } = error
  // A single one is what the message says.
  const fields =
    errors.length > 1 ? errors.map(({ path, message }) => `\n  ${path}: ${message}`).join('') : ''
  // Whoever runs the server finds by it what went wrong there; what was asked in a wrong way is told in full.
  const id = requestId === null || error.status < 500 ? '' : ` (request ${requestId})`
  return { code, message: `${error.message}${id}${fields}`, ...(errors.length > 0 ? { errors } : {}) }
}

/** What is wrong in a query, beneath it; and the part that is meant. Null for an error of anything else. */
export function pointed(
  error: unknown,
  query: string,
): { readonly text: string; readonly part: string } | null {
  if (!(error instanceof DreamLakeError) || error.code !== 'query_invalid') return null
  const [first] = error.errors
  if (first?.at === undefined) return null
  const { at, length = 1, message, hint } = first
  const line = query.replaceAll(/\s/g, ' ')
  const before = ' '.repeat(stringWidth(line.slice(0, at)))
  const part = query.slice(at, at + length)
  const marks = '^'.repeat(Math.max(1, stringWidth(part)))
  return { text: `${line}\n${before}${marks}\n${message}${hint === undefined ? '' : `\n${hint}`}`, part }
}

/** How the command ends by an error. */
export function exitBy(error: unknown): Exit {
  if (!(error instanceof DreamLakeError)) return EXIT.failed
  if (error.status === 400) return EXIT.usage
  return [401, 403].includes(error.status) ? EXIT.refused : EXIT.failed
}

/** Whether what failed for one of many would fail for all: the server is away, or refuses whoever asks. */
export const isForAll = (error: unknown): boolean =>
  error instanceof DreamLakeError &&
  // A bucket may refuse one thing, and give the next.
  error.code !== 'unexpected_answer' &&
  (error.code === 'network' ||
    ([401, 403].includes(error.status) && error.code !== 'episode_write_protected') ||
    ['namespace_not_found', 'project_not_found'].includes(error.code) ||
    error.errors.some(({ path }) => path === 'namespace' || path === 'project'))
