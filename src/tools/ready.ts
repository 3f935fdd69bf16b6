import { setTimeout } from 'node:timers/promises'

const MILLISECONDS_BETWEEN_TRIES = 3_000
const LONGEST_ANSWER = 10_000

/** Of what wrangler says that it has deployed to, which a schedule is too. */
export function originOf(target: string): string[] {
  if (/^https?:/.test(target)) return [target]
  return target.includes(' (custom domain') ? [`https://${target.split(' ')[0]}`] : []
}

/** The commit that was deployed, undefined where none is known, and until when it is waited for (epoch milliseconds). */
interface Awaited {
  readonly commit: string | undefined
  readonly until: number
}

/**
 * What keeps an address from being ready, or null. Asks until this very version answers there: a new address is not
 * known everywhere at once, and at an old one the version before may go on for a while.
 */
export async function faultAt(origin: string, { commit, until }: Awaited): Promise<string | null> {
  let fault: string
  do {
    const found = await versionAt(origin)
    if (found !== null && (commit === undefined || found === commit)) return readinessAt(origin)
    fault =
      found === null
        ? `${origin} does not answer yet, as a new address may do for some minutes.`
        : `${origin} still answers as ${found}, and not as ${commit}.`
    await setTimeout(Math.min(MILLISECONDS_BETWEEN_TRIES, Math.max(0, until - Date.now())))
  } while (Date.now() < until)
  return fault
}

/** The commit that answers; null where another than the Worker does, or nobody. */
async function versionAt(origin: string): Promise<string | null> {
  const answer = await ask(origin, '/version')
  if (!answer?.ok) return null
  const { commit }: { readonly commit?: unknown } = JSON.parse(answer.text)
  return String(commit)
}

async function readinessAt(origin: string): Promise<string | null> {
  const answer = await ask(origin, '/readyz')
  if (answer === null) return `${origin} did not answer /readyz.`
  process.stdout.write(`GET ${origin}/readyz\n${answer.status} ${answer.text}\n`)
  return answer.ok ? null : `${origin} is not ready.`
}

interface Answer {
  readonly ok: boolean
  readonly status: number
  readonly text: string
}

/** Only the Worker names its requests. */
async function ask(origin: string, path: string): Promise<Answer | null> {
  try {
    const answer = await fetch(new URL(path, origin), { signal: AbortSignal.timeout(LONGEST_ANSWER) })
    const { ok, status } = answer
    return answer.headers.has('X-Request-Id') ? { ok, status, text: await answer.text() } : null
  } catch {
    return null
  }
}
