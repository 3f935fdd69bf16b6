import { setTimeout } from 'node:timers/promises'

const LONGEST_WAIT = 90_000
const MILLISECONDS_BETWEEN_TRIES = 3_000

/** Of what wrangler says that it has deployed to, which a schedule is too. */
export function originOf(target: string): string[] {
  if (/^https?:/.test(target)) return [target]
  return target.includes(' (custom domain') ? [`https://${target.split(' ')[0]}`] : []
}

/** Asks until the Worker itself answers: a new address is not known everywhere at once. */
export async function isReady(url: URL): Promise<boolean> {
  process.stdout.write(`GET ${url.href}\n`)
  for (const begun = Date.now(); Date.now() - begun < LONGEST_WAIT; ) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) }).catch(() => null)
    if (answer?.headers.has('X-Request-Id')) {
      process.stdout.write(`${answer.status} ${await answer.text()}\n`)
      return answer.ok
    }
    await setTimeout(MILLISECONDS_BETWEEN_TRIES)
  }
  process.stdout.write('The Worker does not answer there yet; a new address can take some minutes.\n')
  return false
}
