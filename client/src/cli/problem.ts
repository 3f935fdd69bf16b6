import { DreamLakeError } from '../error.ts'
import { EXIT, type Exit } from './command.ts'

/** An error in words, and for programs. */
export function explain(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof DreamLakeError)) {
    const { message, code } = error as NodeJS.ErrnoException
    return { code: code ?? 'failed', message: message ?? String(error) }
  }
  const { errors } = error
  // A single one is what the message says.
  const fields = errors.length > 1 ? errors.map(({ path, message }) => `\n  ${path} ${message}`).join('') : ''
  const id = error.requestId === null ? '' : ` (request ${error.requestId})`
  return { code: error.code, message: `${error.message}${id}${fields}` }
}

/** How the command ends by an error. */
export const exitBy = (error: unknown): Exit =>
  error instanceof DreamLakeError && [401, 403].includes(error.status) ? EXIT.refused : EXIT.failed
