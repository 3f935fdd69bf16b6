type Level = 'info' | 'error'

/** One structured line. Nothing of a request's body or token belongs into it. */
export function log(level: Level, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
  // biome-ignore lint/suspicious/noConsole: the console is where a Worker's log goes
  console[level](JSON.stringify({ level, message, ...fields }))
}

/** An unexpected error with its cause and stack, which no client ever sees. */
export function logFailure(
  message: string,
  error: unknown,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  const known =
    error instanceof Error ? { error: error.message, stack: error.stack } : { error: String(error) }
  const cause = error instanceof Error && error.cause ? { cause: String(error.cause) } : {}
  log('error', message, { ...fields, ...known, ...cause })
}
