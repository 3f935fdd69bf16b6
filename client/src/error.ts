import type { components } from './api.ts'

type Problem = components['schemas']['Problem']

/** What the client itself finds, beside what the server says. */
type OwnCode =
  /** No answer came, however often it was asked. */
  | 'network'
  /** An answer that is no problem of the server's: of a proxy, or of a bucket. */
  | 'unexpected_answer'
  /** A manifest or a download that ends too early, however often it was begun. */
  | 'truncated'
  /** Bytes that are others than what the server knows of them. */
  | 'mismatch'
  /** A source that cannot be read, or not again. */
  | 'unreadable'

export type Code = Problem['code'] | OwnCode

/** An offending field, as a problem names it. */
export type FieldError = NonNullable<Problem['errors']>[number]

interface Told {
  readonly code: Code
  readonly status?: number
  readonly errors?: readonly FieldError[]
  readonly requestId?: string | null
  readonly cause?: unknown
}

/** The one error of the client. What was aborted throws the reason of its signal instead. */
export class DreamLakeError extends Error {
  override readonly name = 'DreamLakeError'
  readonly code: Code
  /** Of the answer; 0 where there was none. */
  readonly status: number
  readonly errors: readonly FieldError[]
  /** What to tell whoever runs the server. */
  readonly requestId: string | null

  constructor(message: string, { code, status = 0, errors = [], requestId = null, cause }: Told) {
    super(message, { cause })
    this.code = code
    this.status = status
    this.errors = errors
    this.requestId = requestId
  }
}

/** A list that would be walked for ever. */
export const leadsNowhere = (): DreamLakeError =>
  new DreamLakeError('The server leads on to where it was asked.', { code: 'unexpected_answer', status: 200 })

/** The error that an answer is: a problem, the XML of a bucket, or whatever a proxy says. */
export async function errorOf(response: Response): Promise<DreamLakeError> {
  const { status, headers } = response
  const text = await response.text().catch(() => '')
  const requestId = headers.get('X-Request-Id')
  const problem = problemIn(text)
  if (!problem) {
    const message = `The answer was ${status}: ${text.slice(0, 300)}`
    return new DreamLakeError(message, { code: 'unexpected_answer', status, requestId })
  }
  const { code, detail } = problem
  const errors = Array.isArray(problem.errors) ? problem.errors : []
  return new DreamLakeError(detail, { code, status, errors, requestId: problem.requestId ?? requestId })
}

function problemIn(text: string): Problem | null {
  try {
    const value: Partial<Record<keyof Problem, unknown>> | null = JSON.parse(text)
    const isProblem = typeof value?.code === 'string' && typeof value.detail === 'string'
    return isProblem ? (value as Problem) : null
  } catch {
    return null
  }
}
